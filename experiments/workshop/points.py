"""Which points does a run become? The ends of quarters, for every measure that is shown.

A survey's figure is the latest until then, everything else the mean of the quarter that ends
there: nothing shows before it happened. Of an org list nothing is shown of fewer than five.
"""

import numpy as np
from numpy.typing import NDArray

from experiments.run import veil
from experiments.summary import mean_known
from experiments.workshop import offered
from sim.configuration import Configuration, structure_of
from sim.levers import costs, timetable
from sim.measures import COLUMN, Record
from sim.parameters import WEEKS_PER_YEAR
from sim.switching import levels_of

Floats = NDArray[np.float64]
QUARTER = 13  # weeks
SURVEYED = ("nps", "nps_true", "enps", "enps_true")
A_HEAD = ("cost", "profit")  # euro a year for each employee


def weeks_of(points: int) -> NDArray[np.int64]:
    """The weeks after which points are taken, [points]."""
    return QUARTER * np.arange(1, points + 1)


def names_of(told: Configuration) -> tuple[str, ...]:
    """Measures in the order of `points_of`: those of the page, then effort by level."""
    return (*offered.measures(), *(f"effort_{level}" for level in range(levels_of(told))))


def points_of(told: Configuration, record: Record) -> Floats:
    """Every measure at every point, [measures, points]."""
    weekly, levels = record.weekly[None], record.levels[None]
    if told.structure == "chart":
        weekly, levels = weekly.copy(), levels.copy()
        veil(structure_of(told), weekly, levels)
    weekly, levels = weekly[0], levels[0]
    spent = _spent(told)
    rows = [
        spent[name] if name in spent else _measure(name, weekly, told)
        for name in offered.measures()
    ]
    efforts = _quarters(levels[:, :, 0])
    return np.vstack([*rows, *efforts.T])


def _measure(name: str, weekly: Floats, told: Configuration) -> Floats:
    series = weekly[:, COLUMN[name]]
    if name in SURVEYED:
        return _latest(series)
    found = _quarters(series[:, None])[:, 0]
    if name in A_HEAD:
        return found * WEEKS_PER_YEAR / told.organisation.people
    if offered.measures()[name].unit == "of_start":
        return 100.0 * found / series[0]
    return found


def _quarters(series: Floats) -> Floats:
    """Means of quarters, [points, columns], from [weeks, columns]."""
    return mean_known(series.reshape(-1, QUARTER, series.shape[1]), axis=1)


def _latest(series: Floats) -> Floats:
    """The latest known figure at the end of each quarter, [points]."""
    known = ~np.isnan(series)
    place = np.maximum.accumulate(np.where(known, np.arange(series.size), 0))
    return series[place][QUARTER - 1 :: QUARTER]


def _spent(told: Configuration) -> dict[str, Floats]:
    """What the levers cost: hours a week of a leader, euro a year for each employee, [points]."""
    leaders, people = structure_of(told).leader.size, told.organisation.people
    spent = costs(timetable(told.actions, told.weeks), leaders, people)
    hours, euros = _quarters(spent).T
    return {"lever_hours": hours / leaders, "lever_euros": euros * WEEKS_PER_YEAR / people}
