"""How are a pattern's runs made? On threads, the last few kept, because patterns share arms."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from os import cpu_count

import numpy as np

from scenarios.claims.hypothesis import Change, Runs
from scenarios.targets.pattern import Settings, told
from sim.configuration import Configuration, Rules, rules_of, seed_of
from sim.levers import timetable
from sim.measures import Record
from sim.parameters import WEEKS_PER_YEAR
from sim.runs import Task, simulate_many
from sim.start import at_week_zero
from sim.state import Floats, World
from sim.switching import record_of, run_through
from sim.week import run

KEPT_ARMS = 10  # of a few megabytes each
Look = Callable[[int, World], None]  # the week that is over, and the tables after it


def arms_of(
    settings: Settings, changes: Mapping[str, Change], years: float, first_seed: int,
    replicates: int, preset: str = "", base: Change | None = None,
) -> dict[str, Runs]:  # fmt: skip
    """Each change run on the same seeds. The arrays are shared: read them only."""
    return {
        name: _runs(told(settings, years, each, preset=preset, base=base), first_seed, replicates)
        for name, each in changes.items()
    }


@lru_cache(maxsize=KEPT_ARMS)
def _runs(configured: Configuration, first_seed: int, replicates: int) -> Runs:
    seeds = range(first_seed, first_seed + replicates)
    records = simulate_many([Task(configured, seed) for seed in seeds])
    return Runs(
        np.stack([each.weekly for each in records]), np.stack([each.levels for each in records])
    )


def on_threads[Result](
    work: Callable[[int], Result], first_seed: int, replicates: int
) -> list[Result]:
    """What `work` gives for each seed, side by side, in the order of the seeds."""
    with ThreadPoolExecutor(cpu_count() or 1) as pool:
        return list(pool.map(work, range(first_seed, first_seed + replicates)))


def run_with_looks(configured: Configuration, seed: int, look: Look) -> World:
    """A run through all its weeks and switches, with a look at the tables after each week."""

    def running(
        world: World, rules: Rules, table: Floats, key: np.uint64, first: int, record: Record
    ) -> None:
        for row in range(table.shape[0]):
            part = Record(record.weekly[row : row + 1], record.levels[row : row + 1])
            run(world, rules, table[row : row + 1], key, first + row, part)
            look(first + row, world)

    world = at_week_zero(configured, seed)
    return run_through(world, configured, seed, record_of(configured), running)


def run_by_years(configured: Configuration, seed: int, look: Look) -> None:
    """A run without switches, with a look at the tables before the first and after each year."""
    world, rules = at_week_zero(configured, seed), rules_of(configured)
    table, record = timetable(configured.actions, configured.weeks), record_of(configured)
    look(0, world)
    for begin in range(0, configured.weeks, WEEKS_PER_YEAR):
        rows = slice(begin, min(begin + WEEKS_PER_YEAR, configured.weeks))
        part = Record(record.weekly[rows], record.levels[rows])
        run(world, rules, table[rows], seed_of(seed), begin, part)
        look(rows.stop, world)
