"""Many runs on threads: the same bits for any number of threads and any order."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from os import cpu_count
from typing import NamedTuple

from sim.configuration import Configuration
from sim.large import is_large, run_large
from sim.market import Market
from sim.measures import Record
from sim.start import at_week_zero
from sim.switching import record_of, run_through


class Task(NamedTuple):
    """One run: a configuration and a seed."""

    told: Configuration
    seed: int


def simulate(told: Configuration, seed: int) -> Record:
    """One run from week 0, in compiled code; of several in a market, what the first leaves."""
    if told.rivals:
        return Market(told, seed).run()[0]
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
    records: dict[int, Record] = {}
    large = [place for place, task in enumerate(tasks) if is_large(task.told)]
    for count, place in enumerate(large):
        weekly = (lambda share, count=count: done(count + share)) if done else None
        records[place] = run_large(*tasks[place], threads, weekly)
    others = {place: task for place, task in enumerate(tasks) if place not in records}
    counted = (lambda count: done(len(large) + count)) if done else None
    records |= _side_by_side(simulate, others, threads, counted)
    return [records[place] for place in range(len(tasks))]


def simulate_markets(
    tasks: Sequence[Task],
    threads: int | None = None,
    done: Callable[[float], None] | None = None,
) -> list[list[Record]]:
    """The same for markets: of each task the organisation and its rivals, in their order."""
    markets = _side_by_side(_market, dict(enumerate(tasks)), threads or cpu_count() or 1, done)
    return [markets[place] for place in range(len(tasks))]


def _market(told: Configuration, seed: int) -> list[Record]:
    return Market(told, seed).run()


def _side_by_side[Result](
    work: Callable[[Configuration, int], Result],
    tasks: Mapping[int, Task],
    threads: int,
    done: Callable[[int], None] | None,
) -> dict[int, Result]:
    """What each task yields, by its place; those not yet begun are dropped on an interrupt."""
    results: dict[int, Result] = {}
    with ThreadPoolExecutor(threads) as pool:
        waiting: dict[Future[Result], int] = {
            pool.submit(work, *task): place for place, task in tasks.items()
        }
        try:
            for count, finished in enumerate(as_completed(waiting), start=1):
                results[waiting[finished]] = finished.result()
                if done:
                    done(count)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return results
