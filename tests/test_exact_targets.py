"""Published results that the rules have to give exactly: thresholds, screens, delegation, queues.

The ids are those of `conf/targets.yaml`; the numbers come from the same functions as those of
`zwerm validate` (scenarios/targets/exact.py). T27 is held by tests/test_mechanisms.py as
well, N18 by tests/test_lags_tools.py.
"""

import numpy as np
import pytest

from scenarios.targets import exact
from scenarios.targets.exact import (
    best_discretion,
    clustered,
    deciding_with,
    formula_of_discretion,
    known_points,
    normal_crowd,
    riots,
    screened,
    slope_of_clusters,
    slope_of_scripts,
    waits,
)
from scenarios.targets.judging import Hit, judge
from scenarios.targets.target import targets
from sim.mechanisms.deciding import Deciding

DECIDE = deciding_with({})


def test_t01_one_threshold_decides_over_a_riot():
    assert riots() == pytest.approx((100.0, 1.0))


@pytest.mark.parametrize(("spread", "final"), [(0.122, 0.055), (0.125, 1.0)])
def test_t02_normal_thresholds_jump_near_a_spread_of_an_eighth(spread: float, final: float):
    assert normal_crowd(spread) == pytest.approx(final, abs=0.01)


def test_t04_hierarchies_refuse_and_polyarchies_accept():
    assert screened() == pytest.approx((0.64, 0.09, 0.96, 0.51))


@pytest.mark.parametrize("value", [0.2, 0.5, 0.8])
def test_t05_the_best_discretion_is_the_closed_form(value: float):
    formula = formula_of_discretion(value, DECIDE)
    assert formula == pytest.approx(0.56 / (0.56 + 0.15 + (1 - value) ** 2))
    assert best_discretion(value, DECIDE) == pytest.approx(formula, abs=0.002)


def test_t06_scripts_meet_needs_ever_more_slowly():
    """The residual that is put in is what clustering gives, and so is its slope."""
    assert clustered(10, 6) == pytest.approx(Deciding().residual, abs=0.02)
    assert slope_of_clusters() == pytest.approx(-2 / 6, rel=0.25)
    assert slope_of_scripts(DECIDE) == pytest.approx(-2 / 6)


def test_t09_twelve_reports_wait_three_times_as_long_as_seven():
    assert waits(DECIDE) > 3.0
    quick = deciding_with({"deciding.decision_hours": 0.1})
    assert waits(quick) < 1.2


def test_t27_levers_never_set_values_and_a_breach_is_found(monkeypatch: pytest.MonkeyPatch):
    asked = targets()["T27"].aim
    found = [exact.breaches({}, seed) for seed in (1, 2)]
    assert judge(np.array(found), asked).hit is Hit.YES
    assert judge(np.array([[0.0, 0.0, 1.0]] * 2), asked).hit is Hit.NO
    ends = iter([exact._far_ends(), exact._far_ends() * 0.5])
    monkeypatch.setattr(exact, "_far_ends", lambda: next(ends))
    assert exact.breaches({}, 1)[2] > 0  # two runs that differ are told apart


def test_n20_the_fixed_sample_is_the_one_that_was_published():
    x, y = known_points()
    assert (x[0], y[0]) == pytest.approx((0.51182162470025672, 0.40004936522814105), abs=1e-15)
    assert (x[1], y[1]) == pytest.approx((0.9504636963259353, 0.43122674877740619), abs=1e-15)
