"""One large organisation: the same bits on any number of threads, and no more memory than said."""

import numpy as np
import pytest

from sim import large, start
from sim.configuration import Configuration, Organisation, rules_of
from sim.levers import at_rest
from sim.measures import COLUMN, Record, empty_record
from sim.runs import Task, simulate_many
from sim.start import build
from sim.state import BLOCK, World
from sim.week import run

WEEKS = 14  # a survey, and three rounds of talk
TOLD = Configuration(Organisation(people=30, customers=2 * BLOCK + 1000), weeks=WEEKS)


def finished(threads: int) -> tuple[World, Record]:
    """Tables and record after some weeks without spin-up; 0 threads = in compiled code."""
    world, rules = build(TOLD, 3), rules_of(TOLD)
    record = empty_record(WEEKS, int(world.structure.level.max()) + 1)
    table = np.tile(at_rest(), (WEEKS, 1))
    first = -364
    if threads == 0:
        run(world, rules, table, np.uint64(3), first, record)
    else:
        with large.on_threads(threads) as running:
            running(world, rules, table, np.uint64(3), first, record)
    return world, record


@pytest.fixture(scope="module")
def compiled() -> tuple[World, Record]:
    return finished(0)


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_threads_leave_the_same_bits(threads: int, compiled: tuple[World, Record]) -> None:
    world, record = finished(threads)
    assert record.weekly.tobytes() == compiled[1].weekly.tobytes()
    assert record.levels.tobytes() == compiled[1].levels.tobytes()
    for table in ("staff", "teams", "customers", "contacts", "blocks", "firm", "choices"):
        pairs = zip(getattr(world, table), getattr(compiled[0], table), strict=True)
        assert all(one.tobytes() == other.tobytes() for one, other in pairs), table


def test_contacts_lie_closed_up_in_the_order_of_the_blocks(
    compiled: tuple[World, Record],
) -> None:
    world = compiled[0]
    made = world.firm.contacts[0]
    blocks = world.contacts.customer[:made] // BLOCK
    assert (np.diff(blocks) >= 0).all()
    assert np.bincount(blocks).tolist() == world.blocks.contacts.tolist()
    assert world.staff.served.sum() == np.count_nonzero(world.contacts.employee[:made] >= 0)


def test_counts_are_those_of_the_tables(compiled: tuple[World, Record]) -> None:
    world, record = compiled
    active = world.customers.active == 1
    assert record.weekly[-1, COLUMN["customers"]] == np.count_nonzero(active)
    mean = world.customers.attitude[active].mean(dtype=np.float64)
    assert record.weekly[-1, COLUMN["attitude"]] == pytest.approx(mean, rel=1e-12)


def test_a_large_run_among_many_takes_all_threads_and_counts_while_it_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = Configuration(Organisation(people=15, customers=40), weeks=5)
    usual = simulate_many([Task(small, seed) for seed in (1, 2)], threads=2)
    monkeypatch.setattr(large, "LARGE", 1)
    monkeypatch.setattr(start, "_kept", start._Kept())
    seen: list[float] = []
    found = simulate_many([Task(small, seed) for seed in (1, 2)], 2, seen.append)
    assert all(a.weekly.tobytes() == b.weekly.tobytes() for a, b in zip(found, usual, strict=True))
    assert seen == sorted(seen)
    assert seen[-1] == 2.0
    assert len(seen) == 2 * (364 + 5)


def test_a_world_too_large_to_keep_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = start._Kept()
    monkeypatch.setattr(start, "_kept", kept)
    monkeypatch.setattr(start, "KEPT_BYTES", 1)
    small = Configuration(Organisation(people=15, customers=40), weeks=5)
    monkeypatch.setattr(start, "copy_tables", lambda _: pytest.fail("a copy was made"))
    start.at_week_zero(small, 1)
    assert not kept.worlds
