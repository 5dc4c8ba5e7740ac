"""Schedules as arrays, costs, and what is refused."""

import math
from typing import cast

import pytest
from conftest import small
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.configuration import Configuration, Organisation, Parameters
from sim.levers import ATTENTION, EXAMPLE, LEVERS, NAMES, Action, at_rest, costs, timetable
from sim.mechanisms.leading import Leading
from sim.parameters import (
    Calendar,
    ParameterError,
    Turns,
    check,
    declarations,
    kernel_values,
    nearest,
    per_week,
)


def test_rest_when_nobody_acts():
    table = timetable((), 10)
    assert table.shape == (10, len(LEVERS))
    assert (table == at_rest()).all()


def test_start_ramp_and_end_by_hand():
    table = timetable((Action("example", 0.9, 2, 4, 8),), 10)[:, EXAMPLE]
    assert table.tolist() == pytest.approx([0.5, 0.5, 0.6, 0.7, 0.8, 0.9, 0.9, 0.9, 0.5, 0.5])


def test_costs_by_hand():
    table = timetable((Action("attention", 4.0, 1), Action("example", 1.0, 1)), 2)
    paid = costs(table, leaders=10, people=100)
    assert paid[0].tolist() == [0.0, 0.0]
    # half of attention's range costs half of 8 hours of ten leaders; example 4 hours of the top
    assert paid[1].tolist() == pytest.approx([0.5 * 8 * 10 + 4.0, 0.0])
    assert table[1, ATTENTION] == 4.0


@settings(deadline=None)
@given(
    st.sampled_from(sorted(NAMES)), st.floats(0, 1), st.integers(0, 60), st.integers(0, 60),
    st.one_of(st.none(), st.integers(1, 60)),
)  # fmt: skip
def test_a_schedule_stays_between_rest_and_strength(name, share, start, ramp, length):
    lever = NAMES[name]
    strength = lever.low + share * (lever.high - lever.low)
    end = None if length is None else start + length
    row = timetable((Action(name, strength, start, ramp, end),), 100)[:, lever.number]
    low, high = sorted((lever.rest, strength))
    assert (row >= low - 1e-12).all()
    assert (row <= high + 1e-12).all()
    assert (row[:start] == lever.rest).all()


@pytest.mark.parametrize(
    ("action", "says"),
    [
        (Action("exmaple", 0.9), "did you mean example"),
        (Action("example", 1.2), "allowed is 0 to 1"),
        (Action("example", math.nan), "out of range"),
        (Action("example", 0.9, 10, 0, 5), "before it starts"),
        (Action("example", 0.9, -1), "whole week"),
        (Action("example", 0.9, 1.5), "whole week"),  # pyright: ignore[reportArgumentType]
        (Action("example", "high"), "is not a number"),  # pyright: ignore[reportArgumentType]
        (Action("example", 0.9, 300), "after the run ends"),
    ],
)
def test_bad_actions_get_one_clear_sentence(action: Action, says: str):
    with pytest.raises(ParameterError, match=says) as caught:
        small(104, actions=(action,))
    assert "\n" not in str(caught.value)


def test_contradictory_schedules_are_refused():
    with pytest.raises(ParameterError, match="overlap"):
        timetable((Action("example", 0.9, 0), Action("example", 0.7, 20)), 50)
    timetable((Action("example", 0.9, 0, 0, 20), Action("example", 0.7, 20)), 50)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"structure": "circels"}, "did you mean circles"),
        ({"off": ("moods",)}, "did you mean mood"),
        ({"weeks": 0}, "whole number"),
        ({"weeks": 10.5}, "whole number"),
        ({"structure": "chart"}, "one boss for each"),
        ({"organisation": Organisation(people=-3)}, "people = -3 is out of range"),
        ({"organisation": Organisation(customers=cast(int, 30.5))}, "whole number"),
    ],
)
def test_bad_configurations_get_one_clear_sentence(changes: dict, says: str):
    with pytest.raises(ParameterError, match=says):
        Configuration(**changes)


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0, "much", True, None])
def test_bad_values_are_refused_by_the_declaration(value: object):
    declared = next(iter(declarations(Leading())))
    with pytest.raises(ParameterError, match=r"leading\.pull"):
        check("leading", declared, value)


def test_values_that_do_not_go_together_are_refused():
    base = Parameters()
    from dataclasses import replace

    with pytest.raises(ParameterError, match="more than 1"):
        small(parameters=replace(base, people=replace(
            base.people, conditional=0.65, free_riders=0.30, triangle=0.15)))  # fmt: skip
    with pytest.raises(ParameterError, match="not defined"):
        small(parameters=replace(base, serving=replace(base.serving, exponent=0.0)))


def test_rates_are_converted_in_one_place():
    assert per_week(0.05, Turns.MONTHLY_TO_WEEK, 4) == pytest.approx(1 - 0.95 ** (1 / 4.345))
    assert per_week(0.05, Turns.MONTHLY_TO_ROUND, 4) == pytest.approx(1 - 0.95 ** (4 / 4.345))
    assert per_week(0.20, Turns.YEARLY_TO_WEEK, 4) == pytest.approx(1 - 0.8 ** (1 / 52))
    values = kernel_values(Leading(), Calendar())
    assert values.credibility_gain == pytest.approx(1 - 0.95 ** (4 / 4.345))
    assert values.pull == 0.37


def test_nearest_name():
    assert nearest("exampel", list(NAMES)) == "did you mean example?"
    assert "known names" in nearest("zzz", list(NAMES))
