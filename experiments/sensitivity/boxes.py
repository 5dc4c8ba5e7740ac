"""Where does a result turn round, or become too small to matter? Boxes, by PRIM.

The patient rule induction method (Friedman & Fisher 1999; scenario discovery, Bryant & Lempert
2010) peels thin slices off the space of factors as long as cases of interest become denser. Of
all boxes on the way the one with the largest harmonic mean of density and coverage is taken, and
limits that chance would draw as well (quasi-p above .05) are dropped.

    density    share of the points in the box that are cases of interest
    coverage   share of all cases of interest that lie in the box
    quasi-p    chance of as dense a box if this factor's limits did nothing (one-sided binomial)
"""

import logging
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.results import Floats
from experiments.sensitivity.space import MISSING
from sim.parameters import ParameterError

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 10  # cases of interest, and others, below which no box is looked for (ASSUMED)
MOST_BOXES = 3
SURE = 0.05  # largest quasi-p of a limit that is kept
SMALLEST_MASS = 0.05  # share of points that a box holds at least


class Limit(NamedTuple):
    """What a box says of one factor."""

    name: str
    low: float
    high: float
    p_low: float  # quasi-p; NaN where the limit is that of the range
    p_high: float


class Box(NamedTuple):
    """A region in which cases of interest are dense."""

    limits: tuple[Limit, ...]
    density: float
    coverage: float
    mass: float  # share of the points that are left for it


class Found(NamedTuple):
    """The boxes of one kind of case."""

    case: str  # which points are of interest, in words
    cases: int
    points: int  # that have a number
    boxes: tuple[Box, ...]
    why: str  # there is none; "" = there is one

    @property
    def share(self) -> float:
        """Share of the points that are cases of interest: the density without a box."""
        return self.cases / self.points if self.points else np.nan


def discovered(
    design: "pd.DataFrame", value: Floats, wanted: NDArray[np.bool_], case: str
) -> Found:
    """The boxes of the points that are `wanted`, at most three; points without a number are none.

    Raises ParameterError if the EMA workbench is missing.
    """
    known = np.isfinite(value)
    cases, points = int((wanted & known).sum()), int(known.sum())
    if cases < FEWEST:
        why = f"{cases} of {points} points are cases; {FEWEST} are the least"
        return Found(case, cases, points, (), why)
    if points - cases < FEWEST:
        why = f"all but {points - cases} of {points} points are cases, so there is no border"
        return Found(case, cases, points, (), why)
    search = _search(design.loc[known].reset_index(drop=True), wanted[known])
    boxes: list[Box] = []
    for _ in range(MOST_BOXES):
        box = search.find_box()
        found = _best(box, search) if box is not None else None
        if found is None or not found.limits or found.density <= cases / points:
            break
        boxes.append(found)
    why = "" if boxes else "no limits make cases denser than chance would"
    return Found(case, cases, points, tuple(boxes), why)


def _search(design: "pd.DataFrame", wanted: NDArray[np.bool_]) -> Any:
    """PRIM of the EMA workbench, told to be quiet."""
    try:
        with warnings.catch_warnings():  # it says what it lacks for figures that nobody asked for
            warnings.simplefilter("ignore")
            from ema_workbench.analysis.prim import Prim
    except ImportError:
        raise ParameterError(MISSING) from None
    logging.getLogger("EMA").setLevel(logging.WARNING)
    return Prim(design, wanted.astype(int), mass_min=SMALLEST_MASS)


def _best(box: Any, search: Any) -> Box | None:
    """The box with the best of density and coverage, without limits that chance would draw."""
    way = box.peeling_trajectory
    coverage, density = way["coverage"].to_numpy(float), way["density"].to_numpy(float)
    both = np.maximum(coverage + density, 1e-12)
    place = int(np.argmax(2 * coverage * density / both))
    box.select(place)
    while True:
        limits = _limits(box, search, place)
        weak = [each for each in limits if not _is_sure(each)]
        if not weak:
            break
        worst = max(weak, key=lambda each: np.nanmin([each.p_low, each.p_high]))
        box.drop_restriction(worst.name, place)
        place = len(box.box_lims) - 1
    row = box.peeling_trajectory.iloc[place]
    return Box(limits, float(row["density"]), float(row["coverage"]), float(row["mass"]))


def _is_sure(limit: Limit) -> bool:
    """Whether one of its limits is more than chance."""
    return bool(np.nanmin([limit.p_low, limit.p_high]) <= SURE)


def _limits(box: Any, search: Any, place: int) -> tuple[Limit, ...]:
    """The factors that a box restricts, with their quasi-p."""
    ends, found = box.box_lims[place], []
    for name, (p_low, p_high) in box.p_values[place].items():
        low, high = ends[name].tolist()
        chances = [np.nan if each == -1 else float(each) for each in (p_low, p_high)]
        if not np.isnan(chances).all():
            found.append(Limit(str(name), float(low), float(high), *chances))
    return tuple(found)
