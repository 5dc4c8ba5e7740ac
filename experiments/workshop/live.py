"""What follows from a room? Many runs of a side, fast enough to watch while a lever is dragged.

Every run is a row of the plausible set and a seed. Both sides have the same rows and seeds in the
same order, so that a difference is taken run by run. Coarse: few runs of a small organisation.
Fine: more rows and seeds at the size of the room; its first runs are the coarse ones where sizes
agree. Calls may come from any thread; they block, so keep them off an event loop.

What happens until a lever begins does not hang on it: it is run once for a row and a seed and
kept, so that only what follows is run again. The same bits as a whole run.
"""

import os
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Lock
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.workshop import offered
from experiments.workshop.own import Own
from experiments.workshop.points import QUARTER, names_of, points_of, weeks_of
from experiments.workshop.room import Room
from experiments.workshop.told import told_of
from experiments.workshop.turns import Stop, Superseded
from scenarios.claims.hypothesis import NPS_OF_INTEREST
from scenarios.plausible import below, plausible
from sim.configuration import Configuration, rules_of, seed_of
from sim.levers import Action, timetable
from sim.measures import Record
from sim.runs import simulate
from sim.start import at_week_zero, size_of
from sim.state import World, copy_tables
from sim.switching import record_of
from sim.week import run

Floats = NDArray[np.float64]
Lots = tuple[tuple[int, int], ...]  # (row of the plausible set, seed) of each run
BAND = (5.0, 50.0, 95.0)  # percentiles of runs
POINTS_A_YEAR = 4
FIXED_WORK = 3000  # customers that cost as much as a week costs without any; measured


@dataclass(frozen=True)
class Fans:
    """A side, or a difference of two: every measure over every run."""

    weeks: NDArray[np.int64]  # [points] ends of quarters
    values: dict[str, Floats]  # by measure, [runs, points]; NaN where nothing is known or shown
    low: dict[str, Floats]  # 5 % of the runs, [points]
    middle: dict[str, Floats]  # median
    high: dict[str, Floats]  # 95 %
    lots: Lots
    people: int  # of the organisation that was run
    customers: int
    reduced: bool  # whether that is smaller than the room's
    fine: bool

    @property
    def runs(self) -> int:
        """Runs in a band."""
        return len(self.lots)

    @property
    def rows(self) -> int:
        """Rows of the plausible set among them."""
        return len({row for row, _ in self.lots})

    @property
    def seeds(self) -> int:
        """Seeds among them."""
        return len({seed for _, seed in self.lots})

    @property
    def levels(self) -> int:
        """Levels of the organisation: `effort_0` is the top, `effort_1` the next."""
        return sum(name.removeprefix("effort_").isdigit() for name in self.values)


class Verdict(NamedTuple):
    """The last year of a difference, in the measure's unit."""

    middle: float
    low: float
    high: float
    above: int  # runs in which it is more than the smallest effect of interest, 0 without one
    below: int
    runs: int


class _Bounded:
    """A few things by key, the least recently used out first. For many threads."""

    def __init__(self, most: float) -> None:
        self.most, self.size, self.lock = most, 0.0, Lock()
        self.held: OrderedDict[Hashable, tuple[object, float]] = OrderedDict()

    def get(self, key: Hashable) -> object | None:
        with self.lock:
            if key not in self.held:
                return None
            self.held.move_to_end(key)
            return self.held[key][0]

    def put(self, key: Hashable, value: object, size: float = 1.0) -> None:
        if size > self.most:
            return
        with self.lock:
            if key in self.held:
                self.size -= self.held.pop(key)[1]
            self.held[key] = (value, size)
            self.size += size
            while self.size > self.most:
                self.size -= self.held.popitem(last=False)[1][1]


class Live:
    """Runs sides of rooms on threads that all sessions share, and keeps what it ran (bounded)."""

    def __init__(self, threads: int | None = None) -> None:
        kept = offered.content()["kept"]
        threads = threads or os.cpu_count() or 1
        self._coarse = ThreadPoolExecutor(threads, "workshop")
        self._fine = ThreadPoolExecutor(threads, "workshop-fine")  # nobody's drag waits for these
        self._runs = _Bounded(kept["futures"] * 2 * offered.content()["live"]["fine_rows"])
        self._starts = _Bounded(kept["starts"] * 1e6)
        self._rows = _Bounded(1024)
        self.coarse_rows: int = offered.content()["live"]["rows"]  # more on a faster machine

    def warm(
        self, room: Room, owns: Mapping[str, Own] | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> None:  # fmt: skip
        """Compile the model, spin up what coarse fans of this room need, and see how many rows this
        machine runs while a lever is dragged. `progress` is told 0 to 1.
        """
        told = told_of(replace(room, first=()), "first", owns, coarse=True)
        most = offered.content()["live"]["most_rows"]
        lots = lots_of(room, told, fine=False, rows=most)
        waiting = [self._coarse.submit(self._run, told, lot, None) for lot in lots]
        for count, each in enumerate(waiting, start=1):
            each.result()
            if progress:
                progress(count / len(waiting))
        self.coarse_rows = self._rows_in_time(told, lots)

    def _rows_in_time(self, told: Configuration, lots: Lots) -> int:
        """As many rows as this machine runs in the time that a drag may take, within bounds."""
        bounds = offered.content()["live"]
        least, most = bounds["rows"], bounds["most_rows"]
        moved = replace(told, actions=(Action("words", 0.5),))
        began = perf_counter()
        _all([self._coarse.submit(self._run, moved, lot, None) for lot in lots[:least]])
        took = perf_counter() - began
        return int(min(most, max(least, least * bounds["drag_seconds"] / took)))

    def fans(
        self, room: Room, side: str, fine: bool = False,
        owns: Mapping[str, Own] | None = None, stop: Stop | None = None,
    ) -> Fans:  # fmt: skip
        """Every measure of a side (`first` or `second`). `owns`: the session's organisations.

        Raises RoomError, or Superseded once `stop()` is true.
        """
        told = told_of(room, side, owns, coarse=not fine)
        size = told.organisation
        lots = lots_of(room, told, fine, self.coarse_rows)
        pool = self._fine if fine else self._coarse
        waiting = [pool.submit(self._run, told, lot, stop) for lot in lots]
        values = np.stack(_all(waiting))  # [runs, measures, points]
        return _fans(
            dict(zip(names_of(told), np.moveaxis(values, 1, 0), strict=True)), lots, fine,
            size.people, size.customers, is_reduced(room, told),
        )  # fmt: skip

    def close(self) -> None:
        """Start no further run."""
        for pool in (self._coarse, self._fine):
            pool.shutdown(wait=False, cancel_futures=True)

    def _run(self, told: Configuration, lot: tuple[int, int], stop: Stop | None) -> Floats:
        """All points of one run, [measures, points], kept."""
        known = self._runs.get((told, lot))
        if isinstance(known, np.ndarray):
            return known
        if stop is not None and stop():
            raise Superseded
        found = points_of(told, self._record(told, lot))
        self._runs.put((told, lot), found)
        return found

    def _record(self, told: Configuration, lot: tuple[int, int]) -> Record:
        quiet, (_, seed) = self.quiet(told, lot[0]), lot
        if told.switches:
            return simulate(self.on_row(told, lot[0]), seed)
        begun = max((begins(each) for each in told.actions), default=told.weeks - QUARTER)
        world, before = self._reached(quiet, told.actions, seed, begun)
        return self._onward(quiet, told.actions, seed, copy_tables(world), before, told.weeks)

    def _reached(
        self, quiet: Configuration, actions: tuple[Action, ...], seed: int, week: int
    ) -> tuple[World, Record]:
        """The organisation before a week in which a lever begins, and what was seen until then."""
        if not week:
            return at_week_zero(quiet, seed), until(record_of(quiet), 0)
        earlier = tuple(each for each in actions if begins(each) < week)
        key = (quiet, earlier, seed, week)
        known = self._starts.get(key)
        if isinstance(known, tuple):
            return known
        begun = max((begins(each) for each in earlier), default=0)
        world, before = self._reached(quiet, earlier, seed, begun)
        world = copy_tables(world)
        found = world, self._onward(quiet, earlier, seed, world, before, week)
        self._starts.put(key, found, size_of(world) + sum(each.nbytes for each in found[1]))
        return found

    def _onward(
        self, quiet: Configuration, actions: tuple[Action, ...], seed: int, world: World,
        before: Record, week: int,
    ) -> Record:  # fmt: skip
        """What is seen from the first week to this one. Moves the world there."""
        first, record = len(before.weekly), until(record_of(quiet), week)
        for seen, known in zip(record, before, strict=True):
            seen[:first] = known
        rest = Record(record.weekly[first:], record.levels[first:])
        table = timetable(actions, quiet.weeks)[first:week]
        run(world, rules_of(quiet), table, seed_of(seed), first, rest)
        return record

    def on_row(self, told: Configuration, row: int) -> Configuration:
        """A side on a row of the plausible set: numbers that nobody set are the row's."""
        return replace(
            self.quiet(told, row), actions=told.actions, switches=told.switches, off=told.off
        )

    def quiet(self, told: Configuration, row: int) -> Configuration:
        """The organisation doing nothing, with a row of the set laid below what was set."""
        key = (told.organisation, told.parameters, told.structure, told.bosses, told.weeks, row)
        known = self._rows.get(key)
        if isinstance(known, Configuration):
            return known
        nothing = replace(told, actions=(), switches=(), off=())
        found = below({"": nothing}, plausible().rows[row])[""]
        self._rows.put(key, found)
        return found


def _all(waiting: list[Future[Floats]]) -> list[Floats]:
    """All results; if one fails the others are dropped."""
    try:
        return [each.result() for each in waiting]
    except BaseException:
        for each in waiting:
            each.cancel()
        raise


def is_reduced(room: Room, told: Configuration) -> bool:
    """Whether the organisation that is run is smaller than the room's; a list keeps its people."""
    fewer = told.structure != "chart" and told.organisation.people < room.people
    return fewer or told.organisation.customers < room.customers


def begins(action: Action) -> int:
    """The quarter in which an action begins, as its first week."""
    return action.start // QUARTER * QUARTER


def until(record: Record, week: int) -> Record:
    """The first weeks of a record, in arrays that are not shared."""
    return Record(record.weekly[:week].copy(), record.levels[:week].copy())


def lots_of(room: Room, told: Configuration, fine: bool, rows: int = 0) -> Lots:
    """(row, seed) of every run, in order; the first of a fine fan are those of a coarse one.

    `rows`: how many a coarse fan has, 0 = as few as can be.
    """
    live = offered.content()["live"]
    rows, seeds = rows or live["rows"], live["seeds"]
    if fine:
        size = told.organisation
        work = (size.people + size.customers + FIXED_WORK) * told.weeks
        fit = max(rows, int(live["fine_work"] / work))  # runs
        rows = min(fit, live["fine_rows"])
        seeds = max(1, min(fit // rows, live["fine_seeds"]))
    order = np.random.Generator(np.random.Philox(1)).permutation(len(plausible().rows))
    chosen = [int(row) for row in order[:rows]]  # as `PlausibleSet.draws` does
    return tuple((row, seed) for seed in range(room.seed, room.seed + seeds) for row in chosen)


def _fans(
    values: dict[str, Floats], lots: Lots, fine: bool, people: int,
    customers: int, reduced: bool,
) -> Fans:  # fmt: skip
    stacked = np.stack(list(values.values()))  # [measures, runs, points]
    known = ~np.isnan(stacked).all(axis=1)
    bands = np.full((3, *known.shape), np.nan)
    if known.all() and not np.isnan(stacked).any():
        bands[:] = np.percentile(stacked, BAND, axis=1)
    else:
        for at in range(len(stacked)):
            here = known[at]
            bands[:, at, here] = np.nanpercentile(stacked[at][:, here], BAND, axis=0)
    low, middle, high = (dict(zip(values, each, strict=True)) for each in bands)
    return Fans(
        weeks_of(stacked.shape[2]), values, low, middle, high, lots, people, customers, reduced,
        fine,
    )  # fmt: skip


def compare(first: Fans, second: Fans) -> Fans:
    """The difference first less second, run by run, with its band.

    Raises ValueError if the two were not run on the same rows, seeds and size.
    """
    same = ("lots", "people", "customers", "fine")
    if any(getattr(first, name) != getattr(second, name) for name in same):
        raise ValueError("the two sides were not run alike; ask for both again")
    shared = [name for name in first.values if name in second.values]
    values = {name: first.values[name] - second.values[name] for name in shared}
    return _fans(values, first.lots, first.fine, first.people, first.customers, first.reduced)


def verdict(difference: Fans, measure: str) -> Verdict:
    """What the last year of a difference says; the runs beyond ±2 points for NPS and eNPS."""
    mean = difference.values[measure][:, -POINTS_A_YEAR:].mean(axis=1)
    low, middle, high = (float(each) for each in np.percentile(mean, BAND))
    least = NPS_OF_INTEREST if offered.measures()[measure].unit == "points" else np.inf
    above, below_it = int((mean > least).sum()), int((mean < -least).sum())
    return Verdict(middle, low, high, above, below_it, mean.size)
