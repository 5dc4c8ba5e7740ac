"""Where does what pay? Two factors at a time, and the region instead of a winner.

A map runs the arms of a question at every cell of a grid, with the same seeds everywhere. What is
shown in a cell is a mean over seeds; whether it differs from nothing is told by its interval.
Values that a map sets are held where they are set (`HELD`), because people who learn from leaders,
peers and systems would soon have other ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from scenarios.claims.hypothesis import (
    Arms,
    Change,
    Floats,
    acting,
    difference,
    parameters,
)
from sim.configuration import Configuration
from sim.levers import Action
from sim.parameters import WEEKS_PER_YEAR, ParameterError, nearest

HELD = {"susceptible": 0.0, "susceptible_new": 0.0, "from_system": 0.0}
START = 26  # weeks, of whatever an arm does
SEEDS = 8


class Axis(NamedTuple):
    """One factor of a map."""

    name: str
    unit: str
    values: tuple[float, ...]
    change: Callable[[float], Change]  # what a value changes in every arm


@dataclass(frozen=True)
class Map:
    """A question asked at every cell of a grid."""

    name: str
    title: str
    about: str  # what is asked, and what a cell shows
    across: Axis
    up: Axis
    arms: Mapping[str, Callable[[float, float], Change]]  # of the values across and up
    statistic: Callable[[Arms], Floats]  # one number a seed
    of: str  # what the number is, with its unit
    is_difference: bool  # of two arms: nothing is then the middle of the colours
    claims: tuple[str, ...]
    panels: Mapping[str, Change] = field(default_factory=lambda: {"": Change()})  # by caption
    base: Change = field(default_factory=Change)
    years: float = 3.0
    seeds: int = SEEDS
    read: str = ""  # how to read it, and what it does not show


def _set(group: str, name: str) -> Callable[[float], Change]:
    return lambda value: parameters(**{group: {name: value}})


def _valued(value: float) -> Change:
    return parameters(people={"value": value}, culture=HELD)


def _always(change: Change) -> Callable[[float, float], Change]:
    return lambda across, up: change


def _nothing(across: float, up: float) -> Change:
    return Change()


VALUES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)

CIRCLES_OR_TREE = Map(
    name="circles_or_tree",
    title="Where circles beat a tree",
    about="The same people and customers as circles and as a tree, over how much customers' needs "
    "differ and how customer-centric people are; one panel for each share of cases that touch "
    "another role.",
    across=Axis("practised values", "0 to 1", VALUES, _valued),
    up=Axis("variety of needs", "times the usual", (0.4, 0.7, 1.0, 1.3, 1.6),
            _set("deciding", "variety")),
    arms={"circles": _always(Change(structure="circles")), "tree": _nothing},
    statistic=difference("nps_true", "circles", "tree", 2.0, 3.0),
    of="points of NPS, circles less tree",
    is_difference=True,
    claims=("V02", "V06", "V19", "V30"),
    panels={
        "little touches another role": parameters(deciding={"across": 0.05}),
        "a quarter touches another role": Change(),
        "most touches another role": parameters(deciding={"across": 0.7}),
    },
    read="Five assumed numbers decide where the border runs (residual of rules, misreading, bias, "
    "meeting hours, conflict): read the shape, not the place. Values are held where they are set.",
)  # fmt: skip

DISCRETION = tuple(round(0.1 * step, 1) for step in range(0, 11, 2))


def _best(arms: Arms) -> Floats:
    """The discretion with the highest NPS, by seed."""
    found = np.stack([arms[f"{each}"].mean("nps_true", 2.0, 3.0) for each in DISCRETION])
    return np.array(DISCRETION)[np.argmax(found, axis=0)]


BEST_DISCRETION = Map(
    name="best_discretion",
    title="How much to leave to the front",
    about="Which of six shares of decisions at the front gives the highest NPS in a tree.",
    across=Axis("practised values", "0 to 1", VALUES, _valued),
    up=Axis("variety of needs", "times the usual", (0.4, 0.7, 1.0, 1.3, 1.6),
            _set("deciding", "variety")),
    arms={
        f"{each}": _always(parameters(deciding={"discretion": each})) for each in DISCRETION
    },
    statistic=_best,
    of="share of decisions",
    is_difference=False,
    claims=("V17", "V19", "B16"),
    seeds=6,
    read="The mean over seeds of the best of six shares. Bounds cost managers' hours, which "
    "matters to change only and not to this figure. Values are held where they are set.",
)  # fmt: skip


def _coalition(share: float, memory: float) -> Change:
    return acting(Action("coalition", share, START), parameters=_memory(memory).parameters)


def _withdrawn(share: float, memory: float) -> Change:
    """All but everybody for two years, then this share."""
    full = Action("coalition", 0.6, START, 0, START + 2 * WEEKS_PER_YEAR)
    later = Action("coalition", share, START + 2 * WEEKS_PER_YEAR)
    return acting(full, later, parameters=_memory(memory).parameters)


def _memory(months: float) -> Change:
    return parameters(culture={"memory_months": months, "losing_heart": 0.0})


def _adopted(arm: str) -> Callable[[Arms], Floats]:
    return lambda arms: arms[arm].mean("adopted", 5.0, 6.0)


SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
MEMORIES = (1.0, 3.0, 6.0, 12.0)
COALITION = Map(
    name="coalition",
    title="Where a coalition tips everybody",
    about="Share of staff who do what is new in the sixth year, over the size of the coalition and "
    "over how long people judge what others do.",
    across=Axis("coalition", "share of staff", SHARES, lambda value: Change()),
    up=Axis("memory", "months", MEMORIES, lambda value: Change()),
    arms={"up": _coalition},
    statistic=_adopted("up"),
    of="share of staff who do it",
    is_difference=False,
    claims=("C21", "C22", "D34"),
    years=6.0,
    read="Members do not lose heart here. Centola et al. 2018 found tipping just above a quarter "
    "where everybody met everybody; here people see their own team most.",
)
COALITION_DOWN = Map(
    name="coalition_withdrawn",
    title="What stays when a coalition shrinks again",
    about="The same, after two years with three fifths of staff in the coalition that then shrank "
    "to this size; less what a coalition of this size brings about by itself.",
    across=COALITION.across,
    up=COALITION.up,
    arms={"down": _withdrawn, "up": _coalition},
    statistic=lambda arms: _adopted("down")(arms) - _adopted("up")(arms),
    of="share of staff who do it, withdrawn less begun small",
    is_difference=True,
    claims=("D09",),
    years=6.0,
    read="Above nothing means hysteresis: the way down is not the way up.",
)


def _washed(promise: float, practice: float) -> Change:
    actions = [Action("promise", promise, START, 13)] if promise > 0 else []
    if practice != 0.5:
        actions.append(Action("example", practice, START, 13))
        actions.append(Action("attention", 8.0 * (practice - 0.5), START, 13))
    return acting(*actions)


WASHING = Map(
    name="washing",
    title="Promise and practice",
    about="What promises of the brand and deeds of the top do to NPS in the third year, against "
    "nobody doing anything. Deeds are the top's example and managers' hours for change together.",
    across=Axis("promise", "share", (0.0, 0.25, 0.5, 0.75, 1.0), lambda value: Change()),
    up=Axis("the top's example", "share of capacity", (0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
            lambda value: Change()),
    arms={"done": _washed, "nothing": _nothing},
    statistic=difference("nps_true", "done", "nothing", 2.0, 3.0),
    of="points of NPS against doing nothing",
    is_difference=True,
    claims=("D07", "V20", "B07"),
    read="Rows are deeds, columns are words. The lowest row is washing.",
)  # fmt: skip

SPAN = Map(
    name="span",
    title="Span of control and the wait for a decision",
    about="Days that a case waits for its manager, over how many people report to one manager and "
    "how long a decision takes.",
    across=Axis("span", "people", (4, 6, 8, 10, 12, 16, 20),
                lambda value: Change(organisation={"span": int(value)})),
    up=Axis("decision", "hours", (0.1, 0.2, 0.4, 0.6, 0.8), _set("deciding", "decision_hours")),
    arms={"tree": _nothing},
    statistic=lambda arms: arms["tree"].mean("waiting", 0.5, 1.0),
    of="days",
    is_difference=False,
    claims=("V28", "V29", "H20"),
    base=Change(organisation={"people": 210}),
    years=1.0,
    seeds=4,
    read="Beyond a full load managers refuse instead of letting people wait for ever: the wait "
    "levels off, refusals grow (measure `denied`).",
)  # fmt: skip

MAPS = {
    each.name: each
    for each in (CIRCLES_OR_TREE, BEST_DISCRETION, COALITION, COALITION_DOWN, WASHING, SPAN)
}


def known(names: list[str]) -> list[Map]:
    """These maps; all of them for no name. Raises ParameterError."""
    for name in names:
        if name not in MAPS:
            raise ParameterError(f"unknown map {name!r}; {nearest(name, list(MAPS))}")
    return [MAPS[name] for name in names] or list(MAPS.values())


class Cell(NamedTuple):
    """One place of a map."""

    panel: str
    row: int  # of `up`
    column: int  # of `across`
    arms: dict[str, Configuration]


def cells(each: Map) -> list[Cell]:
    """What each arm is told at every place of the map."""
    from scenarios.claims.building import configuration

    found: list[Cell] = []
    for panel, around in each.panels.items():
        for row, up in enumerate(each.up.values):
            for column, across in enumerate(each.across.values):
                place = (each.base, around, each.across.change(across), each.up.change(up))
                told = {
                    name: configuration(each.years, *place, arm(across, up))
                    for name, arm in each.arms.items()
                }
                found.append(Cell(panel, row, column, told))
    return found
