"""Lag estimators against series whose lag is known, and against a formula."""

import math

import numpy as np
import pytest

from scenarios.lags import averaged, best_lag, changes, correlation_at, shuffled, within


def noise(*shape: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


@pytest.mark.parametrize("lag", [-2, 0, 1, 3])
def test_a_shifted_series_has_its_shift(lag: int):
    base = noise(8, 60)
    late = np.roll(base, lag, axis=1)
    lags = list(range(-4, 5))
    assert best_lag(base, late, lags) == lag
    assert best_lag(changes(base), changes(late), lags) == lag


def test_too_few_waves_and_no_spread_give_nothing():
    assert math.isnan(correlation_at(noise(5, 4), noise(5, 4), 2))
    assert math.isnan(correlation_at(np.ones((3, 9)), noise(3, 9), 0))
    assert best_lag(np.ones((3, 9)), noise(3, 9), [0, 1]) is None


def test_within_takes_lasting_differences_off():
    series = noise(6, 20) + np.arange(6.0)[:, None] * 100.0
    assert np.allclose(within(series).mean(axis=1), 0.0)


def test_averages_skip_weeks_without_a_survey():
    series = np.full((1, 26), np.nan)
    series[0, [0, 13]] = 10.0, 20.0
    assert averaged(series, 13).tolist() == [[10.0, 20.0]]
    assert averaged(series, 26).tolist() == [[15.0]]
    assert math.isnan(averaged(np.full((1, 4), np.nan), 4)[0, 0])


def test_shuffling_units_breaks_only_what_belongs_together():
    first = noise(40, 30)
    second = first + 0.5 * noise(40, 30, seed=2)
    null = shuffled(first, second, [0], 200, seed=3)[:, 0]
    # of 40 * 30 unrelated pairs r has SD .029: five SD
    assert abs(null.mean()) < 0.15
    assert correlation_at(first, second, 0) > 0.8
    assert np.quantile(null, 0.95) < 0.3


@pytest.mark.parametrize(("driver", "stage"), [(30.0, 30.0001), (120.0, 24.0), (30.0, 53.0)])
def test_peak_of_one_stage_behind_a_slow_driver(driver: float, stage: float):
    """N18: ln(2b / (a + b)) / (b - a) months for rates a of the driver and b of the stage."""
    a, b = 1.0 / driver, 1.0 / stage
    months, units = 6000, 60
    rng = np.random.default_rng(5)
    cause, effect = np.zeros((units, months)), np.zeros((units, months))
    for month in range(1, months):
        cause[:, month] = cause[:, month - 1] * math.exp(-a) + rng.standard_normal(units)
        effect[:, month] = effect[:, month - 1] + b * (cause[:, month - 1] - effect[:, month - 1])
    found = best_lag(cause, effect, list(range(60)))
    expected = math.log(2 * b / (a + b)) / (b - a)
    assert found == pytest.approx(expected, abs=1.0)
