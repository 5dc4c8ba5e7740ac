"""A change of structure within a run: when it happens, what it keeps and what it costs."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import same, small, with_parameters

from sim.configuration import Configuration, Switch
from sim.measures import COLUMN, Record
from sim.parameters import ParameterError
from sim.runs import Task, simulate, simulate_many
from sim.start import at_week_zero
from sim.structure import circles, tree
from sim.switching import due, next_look, record_of, restructured, run_through

TO_CIRCLES = (Switch("circles", 30),)


def of(record: Record, measure: str) -> np.ndarray:
    return record.weekly[:, COLUMN[measure]]


def test_nothing_differs_before_the_switch_and_much_after_it():
    stays, switches = (simulate(small(60, switches=s), 3) for s in ((), TO_CIRCLES))
    assert np.array_equal(stays.weekly[:30], switches.weekly[:30], equal_nan=True)
    assert of(switches, "clarity")[31] < 0.6 < of(stays, "clarity")[31]
    assert of(switches, "discretion")[-1] > 0.4 > of(stays, "discretion")[-1]
    assert of(switches, "clarity")[-1] > of(switches, "clarity")[31]


def test_a_run_that_begins_in_circles_and_one_that_goes_over_to_them_come_to_look_alike():
    began = simulate(small(520, structure="circles"), 3)
    went = simulate(small(520, switches=(Switch("circles", 0),)), 3)
    for measure in ("discretion", "clarity", "inside"):
        assert of(went, measure)[-1] == pytest.approx(of(began, measure)[-1], abs=0.02)


def test_people_stay_who_they_are():
    told = small(60)
    world = at_week_zero(told, 1)
    before = {name: getattr(world.staff, name).copy() for name in world.staff._fields}
    circled = restructured(world, told, "circles")
    assert circled.structure == circles(57, 8)
    for name in ("value", "tenure", "generation", "kind", "belief", "strain"):
        assert np.array_equal(getattr(circled.staff, name), before[name]), name
    assert circled.customers is world.customers
    assert circled.teams.doing.size == circles(57, 8).leader.size
    for column in circled.teams:
        assert np.isfinite(column).all()


def test_managers_who_lead_nobody_any_more_lose_status_and_nobody_else_does():
    told = with_parameters(small(60), deciding={"status_lost": 0.15})
    told = replace(told, organisation=replace(told.organisation, span=3))
    world = at_week_zero(told, 1)
    before = world.staff.engagement.copy()
    circled = restructured(world, told, "circles")
    led = np.isin(np.arange(57), tree(57, 3).leader)
    leads = np.isin(np.arange(57), circled.structure.leader)
    lost = led & ~leads
    assert lost.sum() > 3
    assert before[lost] - circled.staff.engagement[lost] == pytest.approx(0.15)
    assert np.array_equal(before[~lost], circled.staff.engagement[~lost])


def test_a_switch_waits_for_values():
    told = small(80)
    never = simulate(replace(told, switches=(Switch("circles", 10, at_value=0.99),)), 2)
    assert np.array_equal(never.weekly, simulate(told, 2).weekly, equal_nan=True)
    soon = simulate(replace(told, switches=(Switch("circles", 10, at_value=0.01),)), 2)
    assert of(soon, "discretion")[12] < 0.2 < of(soon, "discretion")[13]  # looked at every quarter


def test_a_switch_back_when_customers_leave_off():
    switch = Switch("hybrid", 13, if_nps_falls=5.0)
    record = record_of(small(80))
    record.weekly[13, COLUMN["nps"]], record.weekly[26, COLUMN["nps"]] = 20.0, 16.0
    assert not due(switch, 39, record)
    record.weekly[39, COLUMN["nps"]] = 15.0
    assert due(switch, 52, record)
    assert not due(switch, 51, record)  # no look in that week


@pytest.mark.parametrize("switch", [Switch("circles", 30), Switch("circles", 30, at_value=0.5)])
@pytest.mark.parametrize("week", [0, 12, 29, 30, 38, 39, 52])
def test_no_look_is_skipped(switch: Switch, week: int):
    """Between two looks of a run no week is left out in which the switch could be due."""
    record = record_of(small(80))
    record.weekly[:, COLUMN["value"]] = 0.9
    if due(switch, week, record):
        return  # a run would have switched by now
    end = next_look(switch, week, 80)
    assert week < end <= 80
    assert not any(due(switch, between, record) for between in range(week + 1, end))


def test_same_bits_on_any_number_of_threads_and_in_stretches():
    told = small(60, switches=(Switch("circles", 20), Switch("hybrid", 40)))
    tasks = [Task(told, seed) for seed in range(4)]
    one, two = simulate_many(tasks, threads=1), simulate_many(tasks, threads=2)
    assert all(same(a, b) for a, b in zip(one, two, strict=True))
    record = record_of(told)
    run_through(at_week_zero(told, 0), told, 0, record)
    assert same(record, one[0])


@pytest.mark.parametrize(
    ("switches", "says"),
    [
        ((Switch("circle", 3),), "did you mean circles"),
        ((Switch("chart", 3),), "unknown structure"),
        ((Switch("circles", -1),), "must be 0 to"),
        ((Switch("circles", 60),), "after the run ends"),
        ((Switch("circles", 9), Switch("hybrid", 4)), "order of their weeks"),
        ((Switch("circles", 9, at_value=float("nan")),), "at_value"),
        ((Switch("circles", 9, at_value=0.5, if_nps_falls=3.0),), "one of the two"),
    ],
)
def test_what_cannot_be_is_refused_with_one_sentence(switches: tuple[Switch, ...], says: str):
    with pytest.raises(ParameterError, match=says):
        small(60, switches=switches)


def test_an_org_list_does_not_switch():
    bosses = (-1, 0, 0, 1, 1)
    size = replace(small().organisation, people=5)
    with pytest.raises(ParameterError, match="one structure"):
        Configuration(size, structure="chart", bosses=bosses, switches=TO_CIRCLES, weeks=60)
