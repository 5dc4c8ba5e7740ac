"""The whole model: what a contact, a week of staff and a customer cost, and what threads bring."""

from time import perf_counter, process_time
from typing import NamedTuple

from benchmarks.reduced import Sizes
from benchmarks.timing import Spread, Work, in_turn, ratio, say, spread
from sim.configuration import Configuration, Organisation, Parameters, rules_of, seed_of
from sim.levers import timetable
from sim.measures import COLUMN, empty_record
from sim.mechanisms.serving import Serving
from sim.runs import Task, simulate_many
from sim.start import at_week_zero
from sim.week import run

FEW = 20  # customers: the least an organisation may have
SEED = 1


class Costs(NamedTuple):
    """What a contact and a week of staff cost, in seconds of the processor."""

    contact: Spread
    staff_week: Spread
    contacts: int  # made in the run with many customers


def told(sizes: Sizes, customers: int) -> Configuration:
    """Everything on, nobody acting."""
    return Configuration(
        Organisation(people=sizes.staff, customers=customers),
        Parameters(serving=Serving(contacts_per_year=sizes.contacts_per_year)),
        weeks=sizes.weeks,
    )


def _timed_run(each: Configuration) -> tuple[float, int]:
    """Seconds that all weeks took, from week 0, and contacts made."""
    world, table = at_week_zero(each, SEED), timetable(each.actions, each.weeks)
    rules, record = rules_of(each), empty_record(each.weeks, int(world.structure.level.max()) + 1)
    began = process_time()
    run(world, rules, table, seed_of(SEED), 0, record)
    return process_time() - began, int(record.weekly[:, COLUMN["contacts"]].sum())


def costs(sizes: Sizes) -> Costs:
    """A contact: (time with many customers - time with FEW) / contacts; a week: that with FEW."""
    say("Whole model: getting ready")
    many, few = told(sizes, sizes.customers), told(sizes, FEW)
    _, contacts = _timed_run(many)
    works: list[Work] = [lambda: _timed_run(many)[0], lambda: _timed_run(few)[0]]
    works[1]()
    long, short = in_turn("Whole model", works, sizes.repeats)
    return Costs(
        spread([(a - b) / contacts for a, b in zip(long, short, strict=True)]),
        spread([seconds / sizes.weeks for seconds in short]),
        contacts,
    )


def thread_ratio(sizes: Sizes, runs: int) -> Spread:
    """Time of so many runs on one thread over that on two, by the clock."""
    tasks = [Task(told(sizes, sizes.customers), seed) for seed in range(runs)]
    simulate_many(tasks, threads=2)  # every spin-up is kept from here on

    def on(threads: int) -> Work:
        def work() -> float:
            began = perf_counter()
            simulate_many(tasks, threads=threads)
            return perf_counter() - began

        return work

    one, two = in_turn("Threads", [on(1), on(2)], sizes.repeats)
    return ratio(one, two)


def bytes_per_customer(sizes: Sizes) -> float:
    """What the tables of customers and contacts take, divided by customers' places."""
    world = at_week_zero(told(sizes, sizes.customers), SEED)
    columns = (*world.customers, *world.contacts)
    return sum(column.nbytes for column in columns) / sizes.customers
