"""Many runs on threads: the same bits for any number of threads and any order."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from os import cpu_count
from typing import NamedTuple

from sim.configuration import Configuration
from sim.large import is_large, run_large
from sim.measures import Record
from sim.start import at_week_zero
from sim.switching import record_of, run_through


class Task(NamedTuple):
    """One run: a configuration and a seed."""

    told: Configuration
    seed: int


def simulate(told: Configuration, seed: int) -> Record:
    """One run from week 0, in compiled code."""
    world = at_week_zero(told, seed)
    record = record_of(told)
    run_through(world, told, seed, record)
    return record


def simulate_many(
    tasks: Sequence[Task],
    threads: int | None = None,
    done: Callable[[float], None] | None = None,
) -> list[Record]:
    """All runs, in the order of the tasks. `done` is called with the number finished so far.

    Kernels release the interpreter's lock, so threads run side by side. A large organisation
    gets all threads for itself, one after the other, and counts while it runs. On an interrupt
    the runs that have not started are dropped and the interrupt goes on.
    """
    threads = threads or cpu_count() or 1
    records: list[Record | None] = [None] * len(tasks)
    large = [place for place, task in enumerate(tasks) if is_large(task.told)]
    for count, place in enumerate(large):
        weekly = (lambda share, count=count: done(count + share)) if done else None
        records[place] = run_large(*tasks[place], threads, weekly)
    with ThreadPoolExecutor(threads) as pool:
        waiting: dict[Future[Record], int] = {
            pool.submit(simulate, *task): place
            for place, task in enumerate(tasks)
            if records[place] is None
        }
        try:
            for count, finished in enumerate(as_completed(waiting), start=len(large) + 1):
                records[waiting[finished]] = finished.result()
                if done:
                    done(count)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [record for record in records if record is not None]
