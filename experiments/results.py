"""What a study leaves behind: every arm of a scenario, every seed, week by week.

An arm is one way of doing it; all arms of a study run on the same seeds, so that differences are
paired seed by seed.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.configuration import Configuration, shape_of, structure_of
from sim.levers import costs, timetable
from sim.measures import COLUMN

Floats = NDArray[np.float64]
KINDS = ("true link", "common cause only", "placebo")  # of panel: arms with these names


@dataclass(frozen=True)
class Arm:
    """One way of doing it, on every seed."""

    name: str
    about: str
    told: Configuration
    weekly: Floats = field(repr=False)  # [seeds, weeks, MEASURES of sim.measures]
    levels: Floats = field(repr=False)  # [seeds, weeks, levels, LEVEL_MEASURES of sim.measures]
    costs: Floats = field(repr=False)  # [weeks, (hours a week, euro a week)] of the levers

    def series(self, measure: str) -> Floats:
        """One measure, [seeds, weeks]. NaN in weeks without a survey."""
        return self.weekly[:, :, COLUMN[measure]]


def costs_of(told: Configuration) -> Floats:
    """What the levers cost, [weeks, (hours a week, euro a week)].

    From a change of structure on, of the leaders there are then. One that waits for values or NPS
    comes in another week of each run, if at all: it is left out.
    """
    table, people = timetable(told.actions, told.weeks), told.organisation.people
    spent = costs(table, structure_of(told).leader.size, people)
    for switch in told.switches:
        if switch.at_value is None and switch.if_nps_falls is None:
            leaders = shape_of(told, switch.to).leader.size
            spent[switch.week :] = costs(table[switch.week :], leaders, people)
    return spent


@dataclass(frozen=True)
class Study:
    """A scenario, run."""

    name: str  # of the scenario
    title: str
    about: str
    arms: tuple[Arm, ...]
    main: str  # the arm that the scenario is about
    against: str  # the arm it is compared with
    seeds: tuple[int, ...]
    extra: dict[str, Any] = field(default_factory=dict)  # a panel's statistics, for instance
    measures: tuple[str, ...] = ()  # that tell its story, beside NPS

    def __repr__(self) -> str:
        arms = ", ".join(each.name for each in self.arms)
        return f"<Study {self.name}: arms {arms}; {len(self.seeds)} seeds>"

    def arm(self, name: str) -> Arm:
        """The arm of this name. Raises KeyError."""
        for each in self.arms:
            if each.name == name:
                return each
        raise KeyError(f"no arm {name!r}; there are {', '.join(each.name for each in self.arms)}")

    def difference(self, measure: str) -> Floats:
        """Main arm less the arm it is compared with, seed by seed, [seeds, weeks]."""
        return self.arm(self.main).series(measure) - self.arm(self.against).series(measure)


def band(values: Floats, low: float = 5.0, high: float = 95.0) -> tuple[Floats, Floats, Floats]:
    """Median and band over the first axis (seeds): (median, low, high); NaN where all are."""
    known = ~np.isnan(values).all(axis=0)
    out = np.full((3, *values.shape[1:]), np.nan)
    out[:, known] = np.nanpercentile(values[:, known], [50.0, low, high], axis=0)
    return out[0], out[1], out[2]
