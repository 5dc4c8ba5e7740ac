"""How is a chunk of a sweep run? The same wherever it is: on a thread or on another machine.

What can be wrong with one run (a value out of range, say) becomes the reason in its row. What is
wrong with the machine, memory or disk, ends the chunk, which is then run again.
"""

import json
import os
import threading
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from experiments.store import circumstances
from experiments.sweep.parts import Rows
from experiments.sweep.plan import Chunk
from sim.configuration import Configuration, Rules, rules_of, seed_of
from sim.levers import timetable
from sim.measures import empty_record
from sim.runs import simulate
from sim.start import spin_up
from sim.state import Floats, World, copy_tables
from sim.switching import record_of, run_through
from sim.week import run

if TYPE_CHECKING:
    from experiments.sweep.base import Base

LONGEST_REASON = 300  # characters
# What a run may fail of each time, so that its row keeps the reason. Anything else may be of the
# machine: the chunk is then run again, here or at the next call.
OF_A_RUN = (ArithmeticError, AssertionError, LookupError, TypeError, ValueError)
_telling = threading.Lock()  # settings are composed, and kernels' types made, one at a time


class Job(NamedTuple):
    """What all chunks of a sweep share."""

    settings: str  # resolved, as JSON
    measures: tuple[str, ...]  # of which every quarter is kept
    chart: str = ""  # SHA-256 of the org list, "" = none


class Ran(NamedTuple):
    """A chunk that was run."""

    number: int
    table: pa.Table
    about: dict[str, Any]  # where and by what: kernels, versions, processor, seconds


class Stopped(Exception):
    """Raised between two runs when somebody stopped the sweep."""


@lru_cache(maxsize=2)
def base_of(settings: str, chart: str) -> "Base":
    """The base that settings tell, kept. Raises OSError if the org list is another one here."""
    from experiments.sweep.base import Base
    from experiments.sweep.manifest import sum_of_chart

    told = json.loads(settings)
    if sum_of_chart(told) != chart:
        raise OSError(
            f"{told['organisation']['chart']} is not the org list that the sweep was begun with"
        )
    return Base.restored(told)


@lru_cache(maxsize=1)
def place() -> dict[str, str]:
    """What a number may depend on beside its settings: code, versions, processor."""
    return circumstances()


class _Arm:
    """One arm along a chunk: what its last run was told, and the state that it began with."""

    def __init__(self) -> None:
        self.point: int | None = None
        self.told: Configuration | None = None
        self.rules: Rules | None = None
        self.table: Floats | None = None
        self.key: tuple[Any, ...] = ()  # what the state at week 0 depends on
        self.world: World | None = None
        self.done: tuple[Any, ...] = ()  # what else the last run depended on
        self.weekly: Floats | None = None

    def tell(self, base: "Base", name: str, point: int, values: dict[str, Any]) -> Configuration:
        """What the arm is told at a point."""
        if self.told is None or point != self.point:
            self.told = None
            with _telling:
                told = base.told(name, values)
                self.rules = rules_of(told)
            self.table = timetable(told.actions, told.weeks)
            self.point, self.told = point, told
        return self.told

    def run(self, told: Configuration, seed: int) -> Floats:
        """The record of a run, [weeks, measures]: what `simulate` gives, bit for bit.

        Runs that follow each other and differ in their schedule only share the state at week 0,
        and those that do not differ at all, as the arm a lever is compared with, the record.
        """
        if told.rivals:
            return simulate(told, seed).weekly
        key = (seed, told.structure, told.organisation, told.parameters, told.bosses,
               told.departments)  # fmt: skip
        if self.world is None or key != self.key:
            self.world = self.weekly = None
            self.world, self.key = spin_up(told, seed), key
        schedule = (told.actions, told.switches, told.off, told.weeks)
        if self.weekly is not None and schedule == self.done:
            return self.weekly
        assert self.rules is not None
        assert self.table is not None
        world = copy_tables(self.world)
        if told.switches:
            record = record_of(told)
            world = run_through(world, told, seed, record)
        else:
            record = empty_record(told.weeks, int(world.structure.level.max()) + 1)
            run(world, self.rules, self.table, seed_of(seed), 0, record)
        if told.structure == "chart":
            _veil(world, record.weekly)
        self.weekly, self.done = record.weekly, schedule
        return record.weekly


def _veil(world: World, weekly: Floats) -> None:
    """NaN for what an org list would show of fewer than five people."""
    from experiments import run as runs

    levels = int(world.structure.level.max()) + 1
    runs.veil(world.structure, weekly[None], empty_record(1, levels).levels[None])


def ran(job: Job, chunk: Chunk, stopping: threading.Event | None = None) -> Ran:
    """Run a chunk. Raises what is not of a run (`OF_A_RUN`), and Stopped if told to."""
    began = time.perf_counter()
    with _telling:
        base = base_of(job.settings, job.chart)
    rows = Rows(chunk.point.size, job.measures, base.weeks)
    arms = [_Arm() for _ in base.arms]
    keys = zip(chunk.point.tolist(), chunk.arm.tolist(), chunk.seed.tolist(), strict=True)
    for row, (point, arm, seed) in enumerate(keys):
        if stopping is not None and stopping.is_set():
            raise Stopped
        try:
            told = arms[arm].tell(base, base.arms[arm], point, chunk.values[point])
            rows.done(row, arms[arm].run(told, seed))
        except OF_A_RUN as error:
            rows.failed(row, reason(error))
    table = rows.table(chunk.point, chunk.arm, chunk.seed, base.arms)
    seconds = round(time.perf_counter() - began, 3)
    return Ran(chunk.number, table, {**place(), "seconds": seconds, "process": os.getpid()})


def reason(error: Exception) -> str:
    """Why a run failed, in one line."""
    from sim.parameters import ParameterError

    said = " ".join(str(error).split())
    if not isinstance(error, ParameterError) or not said:
        said = f"{type(error).__name__}: {said}"
    return said[:LONGEST_REASON]
