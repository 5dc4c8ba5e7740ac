"""Who are the agents? Employees, leaders and customers, as views on the rows of the tables.

A view holds a row number and nothing else: every column of the table is an attribute that reads
and writes the table itself, so whoever changes a view changes the model. The attributes are made
from the tables' own fields, with their comments as documentation (try `help(Employee)`).

Where the organisation comes from an imported list, rows stand for people who exist. What a single
one of them feels, and whether they left, is then not shown; `Organisation.group` gives means.
"""

import inspect
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from mesa import Agent
from mesa.agentset import AgentSet

from agents import why, why_customers, why_mood, why_value
from agents.ledger import Ledger
from agents.portrayal import Portrayal, portray_customer, portray_employee
from sim.state import Customers, Staff, Teams

if TYPE_CHECKING:
    from agents.organisation import Organisation

# Mood, what wears people down, and what says whether they stay.
PRIVATE = (
    "engagement", "strain", "engagement_before", "strain_before", "disposition", "vacancy",
    "generation", "tenure", "taste", "heartless",
)  # fmt: skip
SMALLEST_GROUP = 5  # people; with real names, anything smaller is nobody's business


class PrivacyError(RuntimeError):
    """Somebody asked about one person what is shown for groups only."""


def documented(table: type) -> dict[str, str]:
    """What each column of a table is, from the comment behind its declaration."""
    comments = dict(re.findall(r"^    (\w+): [^#\n]*# (.*)$", inspect.getsource(table), re.M))
    fields: tuple[str, ...] = getattr(table, "_fields", ())
    return {name: comments.get(name, "") for name in fields}


def _column(table: str, name: str, about: str, row: str) -> property:
    """An attribute that reads and writes `table.name[row]`."""
    private = table == "staff" and name in PRIVATE

    def read(view: Any) -> float | int:
        if private:
            view.model.refuse_if_listed(name)
        return getattr(getattr(view.model.world, table), name)[getattr(view, row)].item()

    def write(view: Any, value: float) -> None:
        column = getattr(getattr(view.model.world, table), name)
        whole = np.issubdtype(column.dtype, np.integer)
        if not np.isfinite(value) or (whole and value != int(value)):
            kind = "a whole number" if whole else "a finite number"
            raise ValueError(f"{name} = {value!r}: {about or name}; give {kind}")
        column[getattr(view, row)] = value

    return property(read, write, doc=about)


def columns[View: type](table: str, fields: type, row: str) -> Callable[[View], View]:
    """Give a view an attribute for every column of a table, at the row it keeps in `row`."""

    def equipped(view: View) -> View:
        for name, about in documented(fields).items():
            setattr(view, name, _column(table, name, about, row))
        return view

    return equipped


class View(Agent["Organisation"]):
    """A row of a table as an agent."""

    row: int  # in its table

    if TYPE_CHECKING:  # columns are attributes too, made below from the tables' fields

        def __getattr__(self, name: str) -> float: ...  # fmt: skip
        def __setattr__(self, name: str, value: Any) -> None: ...

    def __init__(self, model: "Organisation", row: int) -> None:
        super().__init__(model)
        self.row = row

    def __repr__(self) -> str:
        return f"{type(self).__name__} {self.row}"


@columns("staff", Staff, row="row")
class Employee(View):
    """A position and whoever holds it: a row of `sim.state.Staff`, place in the structure, why."""

    def take_role(self, role: "type[Employee]") -> None:
        """Lead or lead no more: the same object and number in another set of the model's agents."""
        if type(self) is role:
            return
        model, number = self.model, self.unique_id
        model.deregister_agent(self)
        taken: Any = role
        self.__class__ = taken
        model.register_agent(self)
        self.unique_id = number  # collected data go on under the same number

    @property
    def team(self) -> int:
        """Number of the team this person follows in, -1 for the head."""
        return int(self.model.world.structure.team[self.row])

    @property
    def level(self) -> int:
        """Steps up to the head, who stands at 0."""
        return int(self.model.world.structure.level[self.row])

    @property
    def department(self) -> int:
        """Number of the department."""
        return int(self.model.world.structure.department[self.row])

    @property
    def front(self) -> bool:
        """Whether this person serves customers."""
        return bool(self.model.world.structure.front[self.row])

    @property
    def boss(self) -> "Leader | None":
        """Who leads the team this person follows in; None for the head."""
        row = int(self.model.world.structure.boss[self.row])
        boss = self.model.employee(row) if row >= 0 else None
        return boss if isinstance(boss, Leader) else None

    @property
    def peers(self) -> "AgentSet[Employee]":
        """The others in the same team."""
        return self.model.members([self.team] if self.team >= 0 else [], but=self.row)

    @property
    def leads(self) -> tuple[int, ...]:
        """Numbers of the teams this person leads, from the top down; empty for most."""
        return tuple(np.flatnonzero(self.model.world.structure.leader == self.row).tolist())

    @property
    def followers(self) -> "AgentSet[Employee]":
        """Everybody in the teams this person leads."""
        return self.model.members(self.leads)

    def why(self, about: Literal["effort", "belief", "value", "engagement"] = "effort") -> Ledger:
        """Effort or belief of the last round, its change of practised value, or last week's of
        engagement, accounted for.

        Raises PrivacyError for engagement, for value (it tells tenure) and for places that changed
        hands, where people are listed by name; ValueError before the first week or for anything
        else.
        """
        if about == "engagement":
            self.model.refuse_if_listed("engagement")
            return why_mood.engagement(self.model.last_week, self.model.world, self.row)
        if about == "value":
            self.model.refuse_if_listed("what moves the values")
            return why_value.value(self.model.last_round, self.model.world, self.row)
        if about not in ("effort", "belief"):
            raise ValueError(
                f"why({about!r}) is unknown; ask for effort, belief, value or engagement"
            )
        last, now = self.model.last_round, self.model.world
        listed = self.model.listed
        if listed and why.presence(last.found_by("contributing"), now, self.row) != why.HERE:
            self.model.refuse_if_listed("leaving and coming")
        if about == "belief":
            return why.belief(last, now, self.row)
        return why.effort(last, now, self.row, private=listed)

    def portrayal(self, by: str = "visible_effort") -> Portrayal:
        """How to draw this person, coloured by a column that runs from 0 to 1."""
        return portray_employee(self, by)


@columns("teams", Teams, row="highest_team")
class Leader(Employee):
    """An employee who leads, with the columns of `sim.state.Teams` for the highest team led.

    In circles somebody may lead several teams, whose numbers stand in `leads`.
    """

    @property
    def highest_team(self) -> int:
        """The first of the teams led, counted from the top."""
        return self.leads[0]


@columns("customers", Customers, row="row")
class Customer(View):
    """A customer's place and whoever holds it: a row of `sim.state.Customers`."""

    def why(self) -> Ledger:
        """Last week's change of attitude, contact by contact. ValueError before the first week."""
        return why_customers.attitude(self.model.last_week, self.model.world, self.row)

    def portrayal(self, by: str = "attitude") -> Portrayal:
        """How to draw this customer, coloured by a column that runs from 0 to 1."""
        return portray_customer(self, by)
