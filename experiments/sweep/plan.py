"""Which runs, in which order, and which of them make a chunk?

Runs = points x arms x seeds. They stand in one order, and a run is known by its place in it:

    group of points that share the state at week 0 > seed > point > arm

so that runs which follow each other mostly start from the same state. A chunk is a piece of that
order. Nothing here grows with the number of runs, and 4 bytes a point is all that grows with the
design.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.sweep.factors import ACTS
from sim.configuration import Configuration
from sim.parameters import WEEKS_PER_YEAR
from sim.start import PILOT_WEEKS, SPIN_UP_WEEKS

if TYPE_CHECKING:
    from experiments.sweep.base import Base
    from experiments.sweep.design import Design

# Seconds of compiled time, on one processor of 2020 or later: a fit to 13 sizes of organisation,
# right within a third. Only the length of chunks depends on it, never a number.
A_WEEK = 25e-6
A_PERSON_WEEK = 0.15e-6
A_CUSTOMER_WEEK = 6e-9
A_CONTACT = 62e-9
A_RUN = 2e-3  # outside compiled code
A_TABLE = 0.14  # of effort's quantiles, made anew for each value of
PRECISION = "contributing.precision"
START_WEEKS = PILOT_WEEKS + SPIN_UP_WEEKS  # before week 0

USUAL_CHUNK, LONGEST_CHUNK = 2.0, 5.0  # seconds, of a mean chunk and of one of the dearest runs
SHORTEST_CHUNK = 0.2  # seconds, of a sweep so small that there would be
FEWEST_CHUNKS = 64  # ... fewer than this: nobody should wait for the last one
MOST_CHUNKS = 200_000  # files that a folder is still handled well with
SAMPLED = 64  # points that the cost is estimated from

Integers = NDArray[np.int64]


class Chunk(NamedTuple):
    """A piece of the order, ready to be run anywhere: small and plain."""

    number: int
    name: str  # its id
    point: NDArray[np.int32]  # of each run
    arm: NDArray[np.int8]  # which of the arms
    seed: Integers
    values: dict[int, dict[str, Any]]  # the factors of each of its points


@dataclass(frozen=True)
class Plan:
    """All runs of a sweep, cut into chunks."""

    order: NDArray[np.int32]  # points, those of a group side by side
    starts: Integers  # [groups + 1] where each group begins in `order`
    arms: int
    seeds: int
    first_seed: int
    length: int  # runs of a chunk; the last has what is left

    @property
    def points(self) -> int:
        """How many points."""
        return self.order.size

    @property
    def runs(self) -> int:
        """How many runs."""
        return self.points * self.arms * self.seeds

    @property
    def chunks(self) -> int:
        """How many chunks."""
        return -(-self.runs // self.length)

    @cached_property
    def _first(self) -> Integers:
        """[groups + 1] the place of each group's first run."""
        return self.starts * (self.arms * self.seeds)

    @cached_property
    def _stands(self) -> Integers:
        """[points] where each point stands in `order`."""
        stands = np.empty(self.points, dtype=np.int64)
        stands[self.order] = np.arange(self.points)
        return stands

    def span(self, number: int) -> tuple[int, int]:
        """The first place of a chunk, and the one after its last."""
        first = number * self.length
        return first, min(first + self.length, self.runs)

    def size(self, number: int) -> int:
        """Runs of a chunk."""
        first, stop = self.span(number)
        return stop - first

    def at(self, places: Integers) -> tuple[NDArray[np.int32], NDArray[np.int8], Integers]:
        """Point, arm and seed of the runs at these places."""
        group = np.searchsorted(self._first, places, side="right") - 1
        rest = places - self._first[group]
        a_seed = (self.starts[group + 1] - self.starts[group]) * self.arms
        seed, rest = np.divmod(rest, a_seed)
        stand, arm = np.divmod(rest, self.arms)
        point = self.order[self.starts[group] + stand]
        return point, arm.astype(np.int8), seed + self.first_seed

    def places(self, points: Integers) -> Integers:
        """The places of all runs of these points, by point, arm and seed."""
        stand = self._stands[points]
        group = np.searchsorted(self.starts, stand, side="right") - 1
        a_seed = (self.starts[group + 1] - self.starts[group]) * self.arms
        first = self._first[group] + (stand - self.starts[group]) * self.arms
        arm, seed = np.arange(self.arms), np.arange(self.seeds)
        return (
            first[:, None, None] + arm[:, None] + seed * a_seed[:, None, None]
        ).ravel()  # [points, arms, seeds]


def planned(base: "Base", design: "Design", seeds: Sequence[int], length: int = 0) -> Plan:
    """The plan of a sweep. `length` is the number of runs in a chunk; 0 = chosen by their cost."""
    order, starts = _side_by_side(base, design)
    whole = Plan(order, starts, len(base.arms), len(seeds), seeds[0], length or 1)
    return whole if length else with_length(whole, chunk_length(whole, base, design))


def with_length(plan: Plan, length: int) -> Plan:
    """The same runs in chunks of another length."""
    return replace(plan, length=length)


def _side_by_side(base: "Base", design: "Design") -> tuple[NDArray[np.int32], Integers]:
    """Points with those that share a state at week 0 side by side, groups as they first come."""
    same, first = _alike(design)
    if first.size == design.size:  # no two points share anything
        return np.arange(design.size, dtype=np.int32), np.arange(design.size + 1)
    number: dict[str, int] = {}
    group = np.empty(first.size, dtype=np.int64)
    for place, point in enumerate(first.tolist()):
        group[place] = number.setdefault(_group(base, design.point(point)), len(number))
    group = group[same]
    order = np.argsort(group, kind="stable").astype(np.int32)
    return order, np.concatenate([[0], np.cumsum(np.bincount(group))])


def _alike(design: "Design") -> tuple[Integers, Integers]:
    """Points that differ in what leaders do at most: their number, and the first of each."""
    same, first = np.zeros(design.size, dtype=np.int64), np.zeros(1, dtype=np.int64)
    for name, column in design.columns.items():
        if name.startswith(ACTS) or first.size == design.size:
            continue
        values = np.asarray(column)
        if values.dtype.kind not in "if":
            values = np.array([repr(value) for value in column])
        level = np.unique(values, return_inverse=True)[1]
        pair = same * (int(level.max()) + 1) + level
        _, first, same = np.unique(pair, return_index=True, return_inverse=True)
    by_first = np.argsort(first)
    rank = np.empty(first.size, dtype=np.int64)
    rank[by_first] = np.arange(first.size)
    return rank[same], first[by_first]


def _group(base: "Base", point: Mapping[str, Any]) -> str:
    """What the state at week 0 of a point depends on, also if the point cannot be run."""
    try:
        return base.spin_up_group(point)
    except Exception:  # it is recorded when the point is run
        return repr(point)


# --- what it costs --------------------------------------------------------------------------


def cost(told: Configuration) -> tuple[float, float]:
    """Seconds on one processor, estimated: of the run itself, and of what lies before week 0.

    week = A_WEEK + people A_PERSON_WEEK + customers A_CUSTOMER_WEEK + contacts A_CONTACT
    """
    size = told.organisation
    contacts = size.customers * told.parameters.serving.contacts_per_year / WEEKS_PER_YEAR
    week = A_WEEK + size.people * A_PERSON_WEEK + size.customers * A_CUSTOMER_WEEK
    week += contacts * A_CONTACT
    return A_RUN + week * told.weeks, A_RUN + week * START_WEEKS


def costs(plan: Plan, base: "Base", design: "Design") -> tuple[float, float]:
    """Seconds of a run, estimated: in the mean, and of the dearest; from a sample of points.

    What lies before week 0 counts once for the points of a group and for each arm and seed.
    """
    table = A_TABLE / (plan.arms * plan.seeds) if PRECISION in design.columns else 0.0
    found: list[float] = []
    for stand in np.unique(np.linspace(0, plan.points - 1, SAMPLED).astype(np.int64)):
        group = int(np.searchsorted(plan.starts, stand, side="right")) - 1
        sharing = int(plan.starts[group + 1] - plan.starts[group])
        for arm in base.arms:
            try:
                run, before = cost(base.told(arm, design.point(int(plan.order[stand]))))
            except Exception:  # it is recorded when the point is run
                continue
            found.append(run + before / sharing + table)
    return (float(np.mean(found)), max(found)) if found else (A_RUN, A_RUN)


def chunk_length(plan: Plan, base: "Base", design: "Design") -> int:
    """Runs in a chunk, so that it takes one to five seconds; less in a small sweep."""
    mean, most = costs(plan, base, design)
    enough = max(SHORTEST_CHUNK / mean, plan.runs / FEWEST_CHUNKS)
    length = math.floor(min(USUAL_CHUNK / mean, LONGEST_CHUNK / most, enough))
    return max(1, min(length, plan.runs), -(-plan.runs // MOST_CHUNKS))


# --- chunks ---------------------------------------------------------------------------------


def chunk_name(identity: str, first: int, stop: int) -> str:
    """The id of a chunk: 16 hexadecimal digits, the same for the same runs of the same sweep."""
    return hashlib.sha256(f"{identity} {first} {stop}".encode()).hexdigest()[:16]


def name_of(plan: Plan, identity: str, number: int) -> str:
    """The id of a chunk of a plan."""
    return chunk_name(identity, *plan.span(number))


def chunk_of(plan: Plan, design: "Design", identity: str, number: int) -> Chunk:
    """One chunk with everything that is needed to run it."""
    first, stop = plan.span(number)
    point, arm, seed = plan.at(np.arange(first, stop))
    values = {int(each): design.point(int(each)) for each in np.unique(point)}
    return Chunk(number, chunk_name(identity, first, stop), point, arm, seed, values)
