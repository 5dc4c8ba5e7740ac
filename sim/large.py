"""One large organisation on several threads, customers split by blocks: same bits as on one.

Threads share a week part by part (`sim.week.part`): what is the firm's runs once, what customers
do runs block by block on all threads, and the next part begins when every block is through.
Blocks are cut by customers only (`sim.state.BLOCK`), never by threads.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise

import numpy as np

from sim.configuration import Configuration, Rules
from sim.measures import Record
from sim.start import PILOT_WEEKS, SPIN_UP_WEEKS, at_week_zero
from sim.state import BLOCK, Floats, Moment, World
from sim.switching import record_of, run_through
from sim.week import BY_BLOCKS, PARTS, SUMS, act

LARGE = 2 * BLOCK  # customers from which a run is worth more than one thread

Weekly = Callable[[float], None]  # told the share of the weeks that are done, 0 to 1


@contextmanager
def on_threads(threads: int, weekly: Weekly | None = None, weeks: int = 1) -> Iterator[Callable]:
    """A function like `sim.week.run` that shares each week among threads.

    `weekly` is told how far it is: weeks done over `weeks`. What it raises ends the run.
    """
    done = 0
    with ThreadPoolExecutor(threads) as pool:

        def running(
            world: World, rules: Rules, table: Floats, seed: np.uint64, first: int, record: Record
        ) -> None:
            nonlocal done
            blocks = world.blocks.contacts.size
            cuts = [blocks * share // threads for share in range(threads + 1)]
            spans = [span for span in pairwise(cuts) if span[0] < span[1]]
            for row in range(table.shape[0]):
                told = (world, rules, table[row], Moment(seed, first + row))
                into = (record.weekly[row], record.levels[row])
                for number in range(PARTS + 2):
                    if number in (*BY_BLOCKS, SUMS):
                        shared = [
                            pool.submit(act, number, number + 1, *told, *span, *into)
                            for span in spans
                        ]
                        for each in shared:
                            each.result()
                    else:
                        act(number, number + 1, *told, 0, blocks, *into)
                done += 1
                if weekly:
                    weekly(done / weeks)

        yield running


def is_large(told: Configuration) -> bool:
    """Whether a run of this organisation is worth all threads; one in a market runs on one."""
    return told.organisation.customers >= LARGE and not told.rivals


def run_large(told: Configuration, seed: int, threads: int, weekly: Weekly | None = None) -> Record:
    """One run from the start of its spin-up, on threads. Bits as `sim.runs.simulate`.

    Holds one world: about 32 bytes a customer.
    """
    weeks = PILOT_WEEKS + SPIN_UP_WEEKS + told.weeks
    with on_threads(threads, weekly, weeks) as running:
        world = at_week_zero(told, seed, running)
        record = record_of(told)
        run_through(world, told, seed, record, running)
    return record
