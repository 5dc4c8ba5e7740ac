"""Same configuration and seed, same bits: however the run is carried out."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import busy, columns, same, small

from sim.configuration import MECHANISMS, Configuration, Organisation, Parameters, rules_of
from sim.levers import at_rest, timetable
from sim.measures import COLUMN, empty_record
from sim.runs import Task, simulate, simulate_many
from sim.start import at_week_zero, build
from sim.state import Moment
from sim.week import PARTS, part, run, steps, week


def test_compiled_and_plain_python_agree_bit_for_bit():
    told = replace(busy(30), organisation=Organisation(people=15, customers=40))
    rules, table = rules_of(told), timetable(told.actions, told.weeks)
    one, other = build(told, 11), build(told, 11)
    for number in range(told.weeks):
        moment = Moment(np.uint64(11), number)
        week(one, rules, table[number], moment)
        for which in range(PARTS):
            part(which, other, rules, table[number], moment, 0, 1)
    first, second = columns(one), columns(other)
    different = [c for c in first if first[c].tobytes() != second[c].tobytes()]
    assert different == []


def test_one_thread_and_two_agree():
    tasks = [Task(busy(52), seed) for seed in range(6)]
    alone, together = simulate_many(tasks, threads=1), simulate_many(tasks, threads=2)
    assert all(same(a, b) for a, b in zip(alone, together, strict=True))


def test_the_order_of_tasks_does_not_matter():
    tasks = [Task(busy(30), seed) for seed in range(4)]
    forth, back = simulate_many(tasks, 2), simulate_many(tasks[::-1], 2)
    assert all(same(a, b) for a, b in zip(forth, back[::-1], strict=True))


def test_stopped_and_resumed_is_the_whole():
    told = busy(60)
    table, rules = timetable(told.actions, told.weeks), rules_of(told)
    levels = int(at_week_zero(told, 3).structure.level.max()) + 1
    whole, world = empty_record(60, levels), at_week_zero(told, 3)
    run(world, rules, table, np.uint64(3), 0, whole)
    world = at_week_zero(told, 3)
    first, second = empty_record(25, levels), empty_record(35, levels)
    run(world, rules, table[:25], np.uint64(3), 0, first)
    run(world, rules, table[25:], np.uint64(3), 25, second)
    assert np.array_equal(np.vstack([first.weekly, second.weekly]), whole.weekly, equal_nan=True)


def test_mechanism_by_mechanism_is_the_week():
    told = busy(40)
    rules, table = rules_of(told), timetable(told.actions, told.weeks)
    one, other = at_week_zero(told, 8), at_week_zero(told, 8)
    one_by_one = steps()
    for number in range(told.weeks):
        moment = Moment(np.uint64(8), number)
        week(one, rules, table[number], moment)
        for step in one_by_one.values():
            step(other, rules, table[number], moment)
    first, second = columns(one), columns(other)
    assert all(first[c].tobytes() == second[c].tobytes() for c in first)


def test_a_kept_spin_up_gives_the_same_as_a_fresh_one():
    told = small(30)
    first = simulate(told, 21)
    assert same(first, simulate(told, 21))
    from sim import start

    start._kept.worlds.clear()
    assert same(first, simulate(told, 21))


def test_runs_do_not_touch_the_kept_state():
    told = busy(30)
    before = columns(at_week_zero(told, 5))
    simulate(told, 5)
    after = columns(at_week_zero(told, 5))
    assert all(before[c].tobytes() == after[c].tobytes() for c in before)


def test_seeds_differ():
    assert not same(simulate(small(30), 1), simulate(small(30), 2))


@pytest.mark.parametrize("off", [name for name in MECHANISMS if name != "serving"])
def test_switching_one_thing_off_moves_no_others_draws(off: str):
    """Who contacts whom when, and how lucky, does not depend on anything else that is on.

    Nobody comes, goes or leaves a job here, since those change who is there to be drawn for.
    """
    base = Parameters()
    still = replace(
        base,
        remembering=replace(base.remembering, churn=0.0, join=0.0),
        staffing=replace(base.staffing, quits=0.0),
    )
    told = small(40, parameters=still)
    one, other = at_week_zero(told, 6), at_week_zero(told, 6)
    rules, fewer = rules_of(told), rules_of(replace(told, off=(off,)))
    for number in range(40):
        moment = Moment(np.uint64(6), number)
        week(one, rules, at_rest(), moment)
        week(other, fewer, at_rest(), moment)
        made = one.firm.contacts[0]
        assert made == other.firm.contacts[0]
        assert np.array_equal(one.contacts.customer[:made], other.contacts.customer[:made])
        assert np.array_equal(one.contacts.employee[:made], other.contacts.employee[:made])
        if off not in ("contributing", "surveys", "remembering"):
            assert np.array_equal(one.staff.latent, other.staff.latent)


def test_what_is_off_is_off_from_week_zero_and_not_before():
    told = replace(small(26), off=("contributing", "surveys"))
    whole, without = simulate(small(26), 4), simulate(told, 4)
    effort = COLUMN["effort"]
    assert without.weekly[0, effort] == pytest.approx(whole.weekly[0, effort], abs=0.02)
    assert np.ptp(without.weekly[:, effort]) < np.ptp(whole.weekly[:, effort])
    assert np.isnan(without.weekly[:, COLUMN["nps"]]).all()
    assert np.isnan(without.weekly[:, COLUMN["enps"]]).all()


def test_common_random_numbers_make_pairs_tight():
    """A paired difference varies far less than the difference of independent runs."""
    from sim.levers import Action

    told = Configuration(organisation=Organisation(people=57, customers=600), weeks=104)
    acted = replace(told, actions=(Action("promise", 0.5),))
    seeds = range(12)
    attitude = COLUMN["attitude"]

    def ends(each):
        tasks = [Task(each, seed) for seed in seeds]
        return np.array([r.weekly[-26:, attitude].mean() for r in simulate_many(tasks)])

    one, other = ends(told), ends(acted)
    paired = (other - one).std()
    independent = (other - np.roll(one, 1)).std()
    assert paired < 0.5 * independent
