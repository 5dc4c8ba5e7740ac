"""What a run is told: the organisation, its parameters and a schedule, checked in one place.

Everything above the engine (Hydra, the facade, tests) builds a `Configuration`; `rules_of` turns
it into the numbers that kernels read.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.choosing import Choosing
from sim.levers import Action, checked_schedule
from sim.mechanisms.accounts import Accounts
from sim.mechanisms.contributing import Contributing
from sim.mechanisms.culture import Culture
from sim.mechanisms.deciding import Deciding
from sim.mechanisms.leading import Leading
from sim.mechanisms.listening import Listening
from sim.mechanisms.mood import Mood
from sim.mechanisms.remembering import Remembering
from sim.mechanisms.serving import Serving
from sim.mechanisms.staffing import Staffing
from sim.mechanisms.surveys import Surveys
from sim.parameters import (
    Calendar,
    Grade,
    Kind,
    ParameterError,
    checked,
    kernel_values,
    nearest,
    parameter,
)
from sim.people import People
from sim.structure import Structure, circles, from_bosses, tree

STRUCTURES = ("tree", "circles", "hybrid", "chart")
MECHANISMS = (
    "listening", "leading", "contributing", "culture", "deciding", "serving", "remembering", "mood",
    "staffing", "surveys", "accounts",
)  # fmt: skip
SHORTEST, LONGEST = 1, 5200  # weeks of a run
CHOICE = "a choice of the organisation"
MOST_RIVALS = 9  # of one organisation in its market
MOST_ROWS = 100_000_000  # of customers in the tables of a market: some 3 GB


@dataclass(frozen=True)
class Organisation:
    """Size and shape."""

    # fmt: off
    people: int = parameter(
        400, 3, 100000, "people", Grade.ASSUMED, "1 + 7 + 49 + 343", "staff", kind=Kind.SETTING)
    customers: int = parameter(
        20000, 20, 50000000, "customers", Grade.ASSUMED, CHOICE,
        "customers' places, prospects included", kind=Kind.SETTING)
    span: int = parameter(
        7, 2, 30, "people", Grade.READ, "spans of 5 to 10 (several sources)",
        "people who report to one manager in a tree", kind=Kind.SETTING)
    circle_size: int = parameter(
        8, 3, 20, "people", Grade.ASSUMED, "Buurtzorg has up to 12, Haier 10 to 15",
        "people in a circle", kind=Kind.SETTING)
    inside_share: float = parameter(
        0.25, 0.0, 0.8, "share of hours", Grade.ASSUMED,
        "over a quarter of productive power is lost on average (Mankins & Garton)",
        "hours that stay inside: meetings, reports, coordination", kind=Kind.SETTING)
    usual_inside_share: float = parameter(
        0.25, 0.0, 0.8, "share of hours", Grade.ASSUMED, "the default of `inside_share`",
        "inside hours at which utilisation is the usual one", kind=Kind.FIXED)
    front_capacity: float = parameter(
        0.0, 0.0, 100000.0, "positions", Grade.ASSUMED, CHOICE,
        "front positions that capacity is held equal to; 0 = those there are", kind=Kind.SETTING)
    planned_front: float = parameter(
        0.0, 0.0, 100000.0, "positions", Grade.ASSUMED, CHOICE,
        "front positions that the hours of a contact are derived from; 0 = those of a tree of the "
        "same people and span, or of the org list", kind=Kind.SETTING)
    # fmt: on


@dataclass(frozen=True)
class Parameters:
    """Every number of the model, by the file that declares it."""

    calendar: Calendar = field(default_factory=Calendar)
    people: People = field(default_factory=People)
    choosing: Choosing = field(default_factory=Choosing)
    listening: Listening = field(default_factory=Listening)
    leading: Leading = field(default_factory=Leading)
    contributing: Contributing = field(default_factory=Contributing)
    culture: Culture = field(default_factory=Culture)
    deciding: Deciding = field(default_factory=Deciding)
    serving: Serving = field(default_factory=Serving)
    remembering: Remembering = field(default_factory=Remembering)
    mood: Mood = field(default_factory=Mood)
    staffing: Staffing = field(default_factory=Staffing)
    surveys: Surveys = field(default_factory=Surveys)
    accounts: Accounts = field(default_factory=Accounts)


class Switches(NamedTuple):
    """Which mechanisms act: 1 = on. An ablation switches one off."""

    listening: int = 1
    leading: int = 1
    contributing: int = 1
    culture: int = 1
    deciding: int = 1
    serving: int = 1
    remembering: int = 1
    mood: int = 1
    staffing: int = 1
    surveys: int = 1
    accounts: int = 1


class Rules(NamedTuple):
    """The numbers that kernels read, converted to their own step, and the switches."""

    calendar: Calendar
    people: People
    choosing: Choosing
    listening: Listening
    leading: Leading
    contributing: Contributing
    culture: Culture
    deciding: Deciding
    serving: Serving
    remembering: Remembering
    mood: Mood
    staffing: Staffing
    surveys: Surveys
    accounts: Accounts
    on: Switches


class Switch(NamedTuple):
    """A change of structure within a run: at a date, or once values are shared widely enough."""

    to: str  # "tree", "circles" or "hybrid"
    week: int = 0  # earliest week
    at_value: float | None = None  # mean practised value from which it happens, None = at the date
    if_nps_falls: float | None = None  # points below the first look, from which it happens


@dataclass(frozen=True)
class Configuration:
    """One organisation under one schedule."""

    organisation: Organisation = field(default_factory=Organisation)
    parameters: Parameters = field(default_factory=Parameters)
    structure: str = "tree"  # one of STRUCTURES
    bosses: tuple[int, ...] = ()  # row of everybody's boss, for structure "chart"
    departments: tuple[int, ...] = ()  # row by row, for structure "chart"
    actions: tuple[Action, ...] = ()
    switches: tuple[Switch, ...] = ()  # changes of structure, in order
    off: tuple[str, ...] = ()  # mechanisms switched off
    rivals: tuple["Configuration", ...] = ()  # in the same market; they run for as many weeks
    weeks: int = 520

    def __post_init__(self) -> None:
        """Check everything. Raises ParameterError with one sentence."""
        object.__setattr__(self, "organisation", checked("organisation", self.organisation))
        groups = {
            each.name: checked(each.name, getattr(self.parameters, each.name))
            for each in fields(self.parameters)
        }
        object.__setattr__(self, "parameters", dataclasses.replace(self.parameters, **groups))
        object.__setattr__(self, "actions", checked_schedule(self.actions))
        object.__setattr__(self, "switches", tuple(_checked_switch(e) for e in self.switches))
        _check_choices(self)
        _check_together(self)
        object.__setattr__(self, "rivals", tuple(_checked_rivals(self)))


def _checked_switch(switch: Switch) -> Switch:
    """The change of structure, or ParameterError with one sentence."""
    kinds = [name for name in STRUCTURES if name != "chart"]
    if switch.to not in kinds:
        raise ParameterError(
            f"unknown structure {switch.to!r} to switch to; {nearest(str(switch.to), kinds)}"
        )
    week = switch.week
    if isinstance(week, bool) or not isinstance(week, int) or not 0 <= week <= LONGEST:
        raise ParameterError(f"switch to {switch.to}: week = {week!r} must be 0 to {LONGEST}")
    for name, most in (("at_value", 1.0), ("if_nps_falls", 200.0)):
        value = getattr(switch, name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
            raise ParameterError(
                f"switch to {switch.to}: {name} = {value!r} must be a number, 0 to {most:g}"
            )
    if switch.at_value is not None and switch.if_nps_falls is not None:
        raise ParameterError(
            f"switch to {switch.to}: give at_value or if_nps_falls, one of the two"
        )
    return switch


def _checked_rivals(told: Configuration) -> Iterator[Configuration]:
    """Those of the same market, as long as the run. Raises ParameterError with one sentence."""
    if len(told.rivals) > MOST_RIVALS:
        raise ParameterError(
            f"a market holds up to {MOST_RIVALS} rivals, and {len(told.rivals)} are named; leave "
            "some out"
        )
    places = sum(each.organisation.customers for each in (told, *told.rivals))
    if told.rivals and places * (1 + len(told.rivals)) > MOST_ROWS:
        raise ParameterError(
            f"every firm of a market has a row for each of its {places:,} customers' places; type "
            f"organisation.customers={MOST_ROWS // (1 + len(told.rivals)) ** 2} or fewer, or name "
            "fewer rivals"
        )
    for number, rival in enumerate(told.rivals, start=1):
        where = f"rival {number}"
        if rival.rivals:
            raise ParameterError(
                f"{where} has rivals of its own; name all rivals in one list of the first"
            )
        if "remembering" in rival.off:
            raise ParameterError(f"{where}: customers who do not remember do not choose")
        try:
            yield rival if rival.weeks == told.weeks else _shortened(rival, told.weeks)
        except ParameterError as error:
            raise ParameterError(f"{where}: {error}") from error
    if told.rivals and "remembering" in told.off:
        raise ParameterError("customers who do not remember do not choose; leave out rivals")


def _shortened(rival: Configuration, weeks: int) -> Configuration:
    """A rival for as many weeks; what it would begin later is left out."""
    return dataclasses.replace(
        rival, weeks=weeks,
        actions=tuple(each for each in rival.actions if each.start < weeks),
        switches=tuple(each for each in rival.switches if each.week < weeks),
    )  # fmt: skip


def _check_choices(told: Configuration) -> None:
    if told.structure not in STRUCTURES:
        raise ParameterError(
            f"unknown structure {told.structure!r}; {nearest(told.structure, list(STRUCTURES))}"
        )
    for name in told.off:
        if name not in MECHANISMS:
            raise ParameterError(f"unknown mechanism {name!r}; {nearest(name, list(MECHANISMS))}")
    weeks = told.weeks
    if isinstance(weeks, bool) or not isinstance(weeks, int) or not SHORTEST <= weeks <= LONGEST:
        raise ParameterError(f"weeks = {weeks!r} must be a whole number, {SHORTEST} to {LONGEST}")
    if told.structure == "chart" and len(told.bosses) != told.organisation.people:
        raise ParameterError("a chart needs one boss for each of the organisation's people")


def _check_together(told: Configuration) -> None:
    """Values that are fine alone but not together."""
    people, serving = told.parameters.people, told.parameters.serving
    if people.conditional + people.free_riders + people.triangle > 1.0:
        raise ParameterError(
            "people.conditional + people.free_riders + people.triangle is more than 1; lower one"
        )
    if abs(serving.exponent) < 1e-3:
        raise ParameterError("serving.exponent = 0 is not defined; type 0.01 or -0.01 instead")
    weeks = [each.week for each in told.switches]
    if weeks != sorted(weeks):
        raise ParameterError("switches must stand in the order of their weeks; sort them")
    if told.switches and told.structure == "chart":
        raise ParameterError(
            "an org list has one structure; leave out switches, or give organisation.structure=tree"
        )
    if weeks and weeks[-1] >= told.weeks:
        raise ParameterError(
            f"the switch to {told.switches[-1].to} in week {weeks[-1]} comes after the run ends in "
            f"week {told.weeks}; switch earlier or run for longer"
        )
    for each in told.actions:
        if each.start >= told.weeks:
            raise ParameterError(
                f"lever {each.lever} starts in week {each.start}, after the run ends in week "
                f"{told.weeks}; start it earlier or run for longer"
            )


def structure_of(told: Configuration) -> Structure:
    """The index arrays of the organisation's structure as it begins."""
    return shape_of(told, told.structure)


def shape_of(told: Configuration, structure: str) -> Structure:
    """The index arrays of one structure; a hybrid has the lines of a tree, and circles below."""
    size = told.organisation
    if structure in ("tree", "hybrid"):
        return tree(size.people, size.span)
    if structure == "circles":
        return circles(size.people, size.circle_size)
    departments = np.array(told.departments, dtype=np.int64) if told.departments else None
    return from_bosses(np.array(told.bosses, dtype=np.int64), departments)


def planned_front(told: Configuration) -> float:
    """Front positions with which utilisation is the usual one."""
    size = told.organisation
    if size.planned_front > 0:
        return size.planned_front
    if told.structure == "chart":
        return float(structure_of(told).front_staff.size)
    return float(tree(size.people, size.span).front_staff.size)


def rules_of(told: Configuration) -> Rules:
    """What kernels read."""
    calendar = told.parameters.calendar
    values: list[Any] = [
        kernel_values(getattr(told.parameters, each.name), calendar)
        for each in fields(told.parameters)
    ]
    return Rules(*values, on=Switches(**dict.fromkeys(told.off, 0)))


def seed_of(seed: int) -> np.uint64:
    """A seed as kernels take it. Raises ParameterError unless it is 0 to 2^64 - 1."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**64:
        raise ParameterError(f"seed = {seed!r} must be a whole number, 0 to 2^64 - 1")
    return np.uint64(seed)


Rows = NDArray[np.int64]
