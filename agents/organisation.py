"""How does a Mesa model step the same week as the engine? An organisation with agents to look at.

    organisation = Organisation(Configuration(...), seed=1)
    organisation.run_for(52)                                   # or step(), one week
    organisation.employees.select(lambda e: e.level == 1).agg("visible_effort", max)
    print(organisation.employee(17).why())

The tables are the state; agents are views on their rows. A step calls the compiled `sim.week.week`
and measures, so tables and record agree bit for bit with `sim.runs.simulate`, changes of structure
within the run included. Mechanisms of your own (`extra`) make a step call the mechanisms one by one
with yours in between: slower, and the same bits as long as yours change nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import numpy as np
from mesa import Agent, DataCollector, Model
from mesa.agentset import AgentSet

from agents.before import EXPLAINED, Before
from agents.ledger import Ledger
from agents.portrayal import across
from agents.views import PRIVATE, SMALLEST_GROUP, Customer, Employee, Leader, PrivacyError
from agents.why_week import week_ledger
from sim.configuration import MECHANISMS, Configuration, Switch, rules_of, seed_of
from sim.levers import timetable
from sim.market import Market, waiting
from sim.measures import COLUMN, NAMES, Record
from sim.parameters import ParameterError, nearest
from sim.randomness import EXTRA, uniforms
from sim.start import at_week_zero
from sim.state import Floats, Moment, Staff, World, copy_tables
from sim.switching import due, record_of, restructured
from sim.week import look, steps, week

type Extra = Callable[[Organisation], None]

GROUP = ("effort", "value", "engagement", "strain")  # what `group` tells if nothing is asked
PURPOSES = 2**14  # different draws of one agent in one week


def after[Mechanism: Callable[..., None]](mechanism: str) -> Callable[[Mechanism], Mechanism]:
    """Mark a function of your own to act right after this mechanism instead of at the end."""

    def marked(extra: Mechanism) -> Mechanism:
        setattr(extra, "after", mechanism)  # noqa: B010 - functions take attributes, types differ
        return extra

    return marked


class Organisation(Model):
    """An organisation as a Mesa model; one step is a week.

    extra: functions of the organisation, or objects to be called with it, that act every week,
    after the mechanism named by their attribute `after`, else at the end of the week.
    customer_sample: how many customers become agents; all if there are no more.
    collect: attributes of agents that the data collector keeps every week, beside all measures.
    explain: keep copies for `why`, a quarter of a millisecond a week at the default size.
    Raises ParameterError for a wrong seed, mechanism or attribute.
    """

    world: World  # the tables themselves
    record: Record  # what is measured, a row per week; NaN in weeks to come
    timetable: Floats  # [weeks, levers]; weeks to come may be changed while the model runs
    structure: str  # what the organisation is now: "tree", "circles", "hybrid" or "chart"
    market: Market | None  # its rivals step with it; they have no agents
    across: Floats  # place of everybody across a drawing, 0 to 1, [people]
    week: int  # the week that is running, or has run last; -1 before the first

    def __init__(
        self, configuration: Configuration | None = None, *, seed: int = 1,
        extra: Sequence[Extra] = (), customer_sample: int = 200, collect: Sequence[str] = (),
        explain: bool = True,
    ) -> None:  # fmt: skip
        key = seed_of(seed)
        super().__init__(rng=seed)
        told = Configuration() if configuration is None else configuration
        self.configuration, self.seed, self.explain = told, key, explain
        self.rules, self.extra = rules_of(told), _checked_extra(extra)
        self.market = Market(told, seed) if told.rivals else None
        if self.market is not None:
            self.rules = waiting(self.rules)
        self.world = self.market.own.world if self.market else at_week_zero(told, seed)
        self.timetable, self.week = timetable(told.actions, told.weeks), -1
        self.record, self.structure = record_of(told), told.structure
        self._waiting: list[Switch] = list(told.switches)
        self._last_week: Before | None = None
        self._last_round: Before | None = None
        self._weekly = self.market.week if self.market else week
        self._steps = steps(told.off, self._weekly)
        self._look(customer_sample)
        self.datacollector = self._collector(collect)

    def __repr__(self) -> str:
        staff, customers = self.world.staff, self.world.customers
        return (
            f"<Organisation ({self.structure}): {staff.kind.size} people, "
            f"{customers.attitude.size} places of customers, week {self.week}>"
        )

    # Stepping

    def step(self) -> None:
        """One week: the schedule's levers, every mechanism, measures, data collection."""
        if self.week + 1 >= self.configuration.weeks:
            raise ValueError(
                f"the run has ended after its {self.configuration.weeks} weeks; make one with "
                'more: zwerm.organisation("years=10") or Configuration(weeks=520)'
            )
        self.week += 1
        engagement = self.world.staff.engagement.copy() if self.explain else np.empty(0)
        while self._waiting and due(self._waiting[0], self.week, self.record):
            self._restructure(self._waiting.pop(0).to)
        self._remember(engagement)
        if self.extra:
            self._step_by_step()
        else:
            self._weekly(self.world, self.rules, self.scheduled, self.moment)
        if self.market is not None and self._last_week is not None:
            self._last_week.awaited[:] = self.market.awaited[:1]
        row = self.week
        weekly, levels = self.record.weekly[row], self.record.levels[row]
        look(self.world, self.rules, self.moment, weekly, levels)
        self.datacollector.collect(self)
        self.running = self.week + 1 < self.configuration.weeks

    @property
    def moment(self) -> Moment:
        """Seed and week as kernels take them."""
        return Moment(self.seed, self.week)

    @property
    def scheduled(self) -> Floats:
        """What the schedule asks of each lever in this week, in the order of `sim.levers.LEVERS`.

        ValueError before the first week.
        """
        if self.week < 0:
            raise ValueError("no week has begun; call step() first")
        return self.timetable[self.week]

    @property
    def levers(self) -> Floats:
        """The value of each lever as leaders use it in this week; at rest before the first."""
        return self.world.choices.now

    def measured(self, name: str) -> float:
        """This week's value of a measure; NaN before the first week or without a survey.

        ParameterError for an unknown name.
        """
        if name not in COLUMN:
            raise ParameterError(f"unknown measure {name!r}; {nearest(name, list(NAMES))}")
        return float(self.record.weekly[self.week, COLUMN[name]]) if self.week >= 0 else np.nan

    def draw(self, agent: Agent | None, purpose: int = 0) -> float:
        """A uniform number for an extra: the same whenever this agent asks in this week.

        `purpose` 0 to 16383 tells several draws apart. None draws for the organisation. No draw
        of the model's own is touched.
        """
        if not 0 <= purpose < PURPOSES:
            raise ValueError(f"purpose = {purpose!r} must be a whole number, 0 to {PURPOSES - 1}")
        row, table, generation = 0, 0, 0
        if isinstance(agent, Employee):
            row, table = agent.row, 1
            generation = int(self.world.staff.generation[row])
        elif isinstance(agent, Customer):
            row, table = agent.row, 2
            generation = int(self.world.customers.generation[row])
        key = (purpose << 18) | (table << 16) | (generation & 0xFFFF)  # 14, 2 and 16 bits
        return uniforms(self.seed, EXTRA, self.week, row, key)[0]

    def _step_by_step(self) -> None:
        for name, mechanism in self._steps.items():
            if self._last_week is not None and name in EXPLAINED:
                self._last_week.keep(name, self.world)
            mechanism(self.world, self.rules, self.scheduled, self.moment)
            for act in self.extra.get(name, ()):
                act(self)
        for act in self.extra.get("", ()):
            act(self)

    def _restructure(self, kind: str) -> None:
        """The same people in another structure; views are made to follow it."""
        self.world = restructured(self.world, self.configuration, kind)
        self.structure = kind
        self._follow_structure()

    def _remember(self, engagement: Floats) -> None:
        """Keep a copy of what the week starts from; `engagement` before a change of structure."""
        if not self.explain:
            return
        start, asked, off = copy_tables(self.world), self.scheduled.copy(), self.configuration.off
        self._last_week = Before(start, engagement, self.rules, asked, self.moment, off)
        if self.week % self.rules.calendar.round_weeks == 0:
            self._last_round = self._last_week

    # Looking

    def employee(self, row: int) -> Employee:
        """The view of a position."""
        return self._staff[row]

    def customer(self, row: int) -> Customer:
        """The view of any customer's place; one outside the sample is no agent of the model."""
        size = self.world.customers.attitude.size
        if not 0 <= row < size:
            raise IndexError(f"customer {row} does not exist; there are 0 to {size - 1}")
        if row not in self._customers:
            view = Customer(self, row)
            view.remove()
            self._customers[row] = view
        return self._customers[row]

    def members(self, teams: Sequence[int], but: int = -1) -> AgentSet[Employee]:
        """Everybody who follows in these teams, except one."""
        structure = self.world.structure
        start, end = structure.member_start[:-1], structure.member_start[1:]
        rows = [
            row for team in teams for row in structure.members[start[team] : end[team]].tolist()
        ]
        return AgentSet([self._staff[row] for row in rows if row != but], random=self.random)

    def group(self, who: Iterable[Employee], *names: str) -> dict[str, float]:
        """Means over those of a group who are there; `people` and `empty` count its places.

        `names` are columns of `sim.state.Staff`. Raises PrivacyError for fewer than five people
        where the organisation comes from an imported list.
        """
        rows = np.array(sorted({each.row for each in who}), dtype=np.int64)
        staff = self.world.staff
        here = rows[staff.vacancy[rows] == 0]
        if self.listed and here.size < SMALLEST_GROUP:
            raise PrivacyError(
                f"a group of fewer than {SMALLEST_GROUP} people is not shown where people are "
                "listed by name; take a larger group, such as a department"
            )
        means = {"people": float(rows.size), "empty": float(rows.size - here.size)}
        for name in names or GROUP:
            if name not in Staff._fields:
                near = nearest(name, list(Staff._fields))
                raise ParameterError(f"unknown column of staff {name!r}; {near}")
            column = getattr(staff, name)[here]
            means[name] = float(np.mean(column)) if here.size else np.nan
        return means

    @property
    def listed(self) -> bool:
        """Whether rows stand for people who exist."""
        return self.configuration.structure == "chart"

    @property
    def in_circles(self) -> bool:
        """Whether the organisation is drawn as circles; a hybrid has the lines of a tree."""
        return self.structure == "circles"

    def refuse_if_listed(self, what: str) -> None:
        """Raise PrivacyError for what is shown for groups only, if people are listed by name."""
        if self.listed:
            raise PrivacyError(
                f"{what} of a single employee is not shown where people are listed by name; ask "
                f"organisation.group(...) about {SMALLEST_GROUP} people or more"
            )

    def _look(self, sample: int) -> None:
        leading = set(self.world.structure.leader.tolist())
        self._staff = [
            (Leader if row in leading else Employee)(self, row)
            for row in range(self.world.staff.kind.size)
        ]
        size = self.world.customers.attitude.size
        if sample < 0:
            raise ParameterError(f"customer_sample = {sample!r} must be 0 or more")
        chosen = np.sort(self.rng.choice(size, min(sample, size), replace=False))
        self._customers = {row: Customer(self, row) for row in chosen.tolist()}
        self.employees: AgentSet[Employee] = AgentSet(self._staff, random=self.random)
        self.leaders: AgentSet[Leader] = AgentSet([], random=self.random)
        self.customers: AgentSet[Customer] = AgentSet(self._customers.values(), random=self.random)
        self._follow_structure()

    def _follow_structure(self) -> None:
        """Make leaders of those who lead now, and of nobody else; views stay the same objects."""
        self.across = across(self.world.structure)
        leading = set(self.world.structure.leader.tolist())
        self.leaders.clear()
        for view in self._staff:
            view.take_role(Leader if view.row in leading else Employee)
            if isinstance(view, Leader):
                self.leaders.add(view)

    def _collector(self, collect: Sequence[str]) -> DataCollector:
        for name in collect:
            if self.listed and name in PRIVATE:
                self.refuse_if_listed(name)
            if not any(hasattr(kind, name) for kind in (Leader, Customer)):
                known = [n for k in (Leader, Customer) for n in dir(k) if not n.startswith("_")]
                raise ParameterError(f"no agent has {name!r} to collect; {nearest(name, known)}")
        return DataCollector(
            model_reporters={name: partial(Organisation.measured, name=name) for name in NAMES},
            agent_reporters={name: partial(_read, name=name) for name in collect},
        )

    # Explaining

    @property
    def last_week(self) -> Before:
        """What the last week started from. ValueError if there was none, or no copy is kept."""
        return self._kept(self._last_week)

    @property
    def last_round(self) -> Before:
        """What the week of the last round started from."""
        return self._kept(self._last_round)

    def why_week(self) -> Ledger:
        """Why the mean attitude of customers changed in the last week."""
        return week_ledger(self.last_week, self.world)

    def _kept(self, before: Before | None) -> Before:
        if before is None:
            remedy = "call step() first" if self.explain else "make it with explain=True"
            raise ValueError(f"there is nothing to explain yet; {remedy}")
        return before


def _read(agent: Agent, name: str) -> float:
    """An attribute of an agent that has it, else NaN."""
    return getattr(agent, name, np.nan)


def _checked_extra(extra: Sequence[Extra]) -> dict[str, list[Extra]]:
    """Mechanisms of the user's own by the mechanism they follow; "" is the end of the week."""
    found: dict[str, list[Extra]] = {}
    for each in extra:
        if not callable(each):
            raise ParameterError(f"extra {each!r} cannot be called; give a function")
        name = getattr(each, "after", "")
        if name and name not in MECHANISMS:
            near = nearest(str(name), list(MECHANISMS))
            who = getattr(each, "__name__", repr(each))
            raise ParameterError(f"extra {who} comes after {name!r}, no mechanism; {near}")
        found.setdefault(str(name), []).append(each)
    return found
