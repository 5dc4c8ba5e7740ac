"""Lag tools: a known lag is found, chance is not, and what cannot be said is refused in words."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.cross_lagged import cross_lagged
from scenarios.lags import (
    NO_PROOF,
    WHOLE_SERIES,
    Floats,
    Lag,
    _correlations_of_many,
    correlations,
    half_time,
    lag_in_differences,
    lag_in_levels,
    lags_within_reach,
    meaning,
    peak_of_one_stage,
    repaired,
)

SHUFFLES = 99


def slow(units: int, waves: int, keeps: float, seed: int) -> Floats:
    """Independent AR(1) series that have settled."""
    chance = np.random.Generator(np.random.Philox(seed))
    series = np.zeros((units, waves + 60))
    for wave in range(1, waves + 60):
        series[:, wave] = keeps * series[:, wave - 1] + chance.standard_normal(units)
    return series[:, 60:]


def following(units: int, waves: int, lag: int, seed: int) -> tuple[Floats, Floats]:
    """A slow series and one that repeats it `lag` waves later, with noise of its own."""
    longer = slow(units, waves + abs(lag), 0.6, seed)
    noise = 0.7 * slow(units, waves, 0.0, seed + 1)
    early, late = longer[:, abs(lag) :], longer[:, :waves]
    return (early, late + noise) if lag >= 0 else (late, early + noise)


# --- a formula --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("driver", "stage", "peak"),
    [(30.0, 30.0, 15.0), (120.0, 24.0, 15.0), (30.0, 53.0, 22.0), (1e-6, 20.0, 0.0),
     (1e12, 20.0, 20.0 * math.log(2.0))],
)  # fmt: skip
def test_the_peak_of_one_stage(driver: float, stage: float, peak: float):
    assert peak_of_one_stage(driver, stage) == pytest.approx(peak, abs=0.5)


def test_the_peak_has_no_jump_at_equal_rates_and_refuses_nothing():
    assert peak_of_one_stage(30.0, 30.0) == 15.0
    assert peak_of_one_stage(30.0, 30.0 * (1.0 + 1e-9)) == pytest.approx(15.0, abs=1e-6)
    with pytest.raises(ValueError, match="above 0"):
        peak_of_one_stage(0.0, 30.0)


def test_the_peak_is_found_in_a_simulated_chain():
    """N18 to a month: one stage of 24 months behind an Ornstein-Uhlenbeck driver of 60."""
    driver, stage, months, units = 60.0, 24.0, 2400, 40
    chance = np.random.Generator(np.random.Philox(3))
    cause, effect = np.zeros((units, months)), np.zeros((units, months))
    keeps, moves = math.exp(-1.0 / driver), 1.0 - math.exp(-1.0 / stage)
    for month in range(1, months):
        cause[:, month] = keeps * cause[:, month - 1] + chance.standard_normal(units)
        effect[:, month] = effect[:, month - 1] + moves * (cause[:, month] - effect[:, month - 1])
    found = lag_in_levels(cause, effect, times=2)
    assert found.best == pytest.approx(peak_of_one_stage(driver, stage), abs=1.0)


# --- found, and not found ---------------------------------------------------------------------


@pytest.mark.parametrize("lag", [-2, 1, 3])
@pytest.mark.parametrize("read", [lag_in_levels, lag_in_differences])
def test_a_known_lag_is_found_in_a_panel_and_in_one_series(read, lag: int):
    for units, waves in ((12, 16), (1, 80)):
        found = read(*following(units, waves, lag, seed=5), times=SHUFFLES)
        assert (found.best, found.holds) == (lag, True)
        assert found.p == pytest.approx(1 / (SHUFFLES + 1))


def test_a_lag_of_two_years_is_found_in_eight_annual_waves_of_twenty_countries():
    found = [lag_in_levels(*following(20, 8, 2, seed), times=SHUFFLES) for seed in range(20)]
    assert sum(each.best == 2 and each.holds for each in found) >= 18


def placebos(read, units: int, waves: int, keeps: float, panels: int) -> list[Lag]:
    return [
        read(slow(units, waves, keeps, 2 * seed), slow(units, waves, keeps, 2 * seed + 1),
             times=SHUFFLES, seed=seed)
        for seed in range(panels)
    ]  # fmt: skip


@pytest.mark.parametrize("read", [lag_in_levels, lag_in_differences])
def test_of_unrelated_panels_no_more_than_the_nominal_share_holds(read):
    """120 panels: of those that stand out at 5 % more than 14 come by chance in 1 of 700 cases."""
    found = placebos(read, 20, 8, 0.7, 120)
    assert sum(each.holds for each in found) <= sum(each.p <= 0.05 for each in found) <= 14
    outside = [(each.correlation > each.high) | (each.correlation < each.low) for each in found]
    assert 0.05 < np.mean(outside) < 0.15  # a band of 5 to 95 %


def test_unrelated_panels_have_no_lag_of_their_own():
    """N19: no best lag holds over 35 % of panels, and correlations are small."""
    found = placebos(lag_in_levels, 20, 8, 0.7, 120)
    best = [each.best for each in found]
    assert max(best.count(lag) for lag in range(-4, 5)) < 0.35 * len(best)
    assert np.mean([np.abs(each.correlation).mean() for each in found]) < 0.1


def test_of_unrelated_single_series_few_stand_out():
    """Blocks of waves are a rougher null: docs/lags.md gives the share for slow series."""
    found = placebos(lag_in_levels, 1, 24, 0.5, 100)
    assert sum(each.p <= 0.05 for each in found) <= 16  # 16 of 100 at 8 %: 1 in 200


def test_a_common_cause_draws_the_picture_of_a_link():
    """Neither series moves the other, and still the lag holds: why `meaning` says what it says."""
    cause = slow(20, 14, 0.6, 1)
    staff = cause[:, 2:] + 0.5 * slow(20, 12, 0.0, 2)
    customers = cause[:, :-2] + 0.5 * slow(20, 12, 0.0, 3)
    found = lag_in_levels(staff, customers, times=SHUFFLES)
    assert (found.best, found.holds) == (2, True)
    assert meaning(found).endswith(NO_PROOF)


def test_drifts_that_units_share_show_in_levels_and_not_in_differences():
    chance = np.random.Generator(np.random.Philox(4))
    drift = 0.3 * chance.standard_normal((20, 1)) * np.arange(16.0)
    first, second = (drift + chance.standard_normal((20, 16)) for _ in range(2))
    assert lag_in_levels(first, second, SHUFFLES).p <= 0.02
    assert lag_in_differences(first, second, SHUFFLES).p > 0.05


# --- refused ----------------------------------------------------------------------------------


def gaps(units: int, waves: int) -> Floats:
    return np.full((units, waves), np.nan)


def test_fewer_than_three_overlapping_waves_are_refused():
    early, late = gaps(8, 8), gaps(8, 8)
    early[:, :5], late[:, 3:] = slow(8, 5, 0.5, 1), slow(8, 5, 0.5, 2)
    found = lag_in_levels(early, late)
    assert "overlap in 2 waves" in found.refusal
    assert (found.best, found.lags, found.holds) == (None, [], False)
    assert (
        "no unit has three waves" in lag_in_levels(slow(8, 2, 0.5, 1), slow(8, 2, 0.5, 2)).refusal
    )


def test_what_cannot_be_correlated_is_refused_with_its_reason():
    short = lag_in_levels(slow(1, 8, 0.5, 1), slow(1, 8, 0.5, 2))
    assert short.refusal.startswith("8 pairs of waves are too few")
    still = lag_in_levels(np.full((9, 9), 33.3), slow(9, 9, 0.5, 2))
    assert "does not move" in still.refusal
    three = lag_in_levels(slow(9, 3, 0.5, 1), slow(9, 3, 0.5, 2), times=SHUFFLES)
    assert (three.best, three.lags) == (None, [0])
    assert "too few to tell one lag from another" in three.refusal
    for each in (short, still, three):
        assert not each.holds
        assert meaning(each) == f"Nothing can be said about a lag: {each.refusal}."
    with pytest.raises(ValueError, match="one shape"):
        lag_in_levels(slow(2, 9, 0.5, 1), slow(3, 9, 0.5, 2))


def test_a_lag_at_the_edge_is_refused_and_inside_it_is_not():
    first, second = following(20, 8, 4, seed=1)
    edge = lag_in_levels(first, second, times=SHUFFLES)
    assert edge.lags[-1] == 4
    assert "at lag 4, the edge of what can be looked at with 8 waves" in edge.refusal
    assert edge.p <= 0.05  # they belong together all the same
    assert lag_in_levels(*following(20, 12, 4, seed=1), times=SHUFFLES).best == 4


def test_reach_is_half_the_waves_of_a_panel_and_a_quarter_of_few_series():
    panel, few = slow(WHOLE_SERIES, 12, 0.5, 1), slow(WHOLE_SERIES - 1, 12, 0.5, 1)
    assert lags_within_reach(panel, panel) == list(range(-6, 7))
    assert lags_within_reach(few, few) == list(range(-3, 4))
    long = slow(1, 700, 0.5, 1)
    assert lags_within_reach(long, long)[-1] == 120


# --- what shuffling does ----------------------------------------------------------------------


@pytest.mark.parametrize(("units", "waves"), [(7, 9), (2, 11)])
def test_shuffling_keeps_every_number_and_whole_series_where_it_can(units: int, waves: int):
    series = slow(units, waves, 0.5, 1)
    made = repaired(series, 30, np.random.default_rng(1))
    assert made.shape == (30, units, waves)
    for each in made:
        assert np.array_equal(np.sort(each.ravel()), np.sort(series.ravel()))
        if units >= WHOLE_SERIES:
            assert {tuple(row) for row in each} == {tuple(row) for row in series}
        else:
            assert np.array_equal(np.sort(each, axis=1), np.sort(series, axis=1))
    assert not all(np.array_equal(each, series) for each in made)


def test_many_at_once_are_the_same_as_one_by_one():
    first, others = slow(6, 10, 0.5, 1), np.stack([slow(6, 10, 0.5, seed) for seed in range(2, 7)])
    lags = list(range(-4, 5))
    whole = [correlations(first, other, lags) for other in others]
    assert np.allclose(_correlations_of_many(first, others, lags), whole)
    flat = np.ones((1, 6, 10))
    assert np.isnan(_correlations_of_many(first, flat, lags)).all()
    first[0, 3], others[1, 2, 5], others[4, :, :4] = np.nan, np.nan, np.nan
    one_by_one = [correlations(first, other, lags) for other in others]
    assert np.allclose(_correlations_of_many(first, others, lags), one_by_one, equal_nan=True)


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 10_000), scale=st.floats(0.01, 100.0), move=st.floats(-80.0, 80.0),
    units=st.sampled_from([1, 3, 7]),
)  # fmt: skip
def test_lags_do_not_depend_on_scale_or_on_where_nothing_lies(
    seed: int, scale: float, move: float, units: int
):
    first, second = slow(units, 16, 0.5, seed), slow(units, 16, 0.5, seed + 1)
    for read in (lag_in_levels, lag_in_differences):
        plain = read(first, second, times=19)
        other = read(move + scale * first, second * scale - move, times=19)
        assert (plain.lags, plain.best) == (other.lags, other.best)
        assert np.allclose(plain.correlation, other.correlation, atol=1e-9)
        assert plain.p == pytest.approx(other.p, abs=1e-12)
        assert 1 / 20 <= plain.p <= 1.0
        assert (np.abs(plain.correlation) <= 1.0 + 1e-12).all()
        assert (plain.low <= plain.high).all()


def test_the_order_of_units_means_nothing_and_swapping_turns_the_lag_round():
    first, second = following(9, 14, 2, seed=3)
    there, back = lag_in_levels(first, second, 19), lag_in_levels(second, first, 19)
    assert (there.best, back.best) == (2, -2)
    assert np.allclose(there.correlation, back.correlation[::-1])
    turned = lag_in_levels(first[::-1], second[::-1], 19)
    assert np.allclose(there.correlation, turned.correlation)


# --- words ------------------------------------------------------------------------------------


def a_lag(best: int, p: float) -> Lag:
    curve = np.array([0.1, 0.2, 0.1, 0.0, 0.0])
    curve[best + 2] = 0.9
    return Lag([-2, -1, 0, 1, 2], curve, -0.3 * np.ones(5), 0.3 * np.ones(5),
               np.full(5, 90), best, p, "")  # fmt: skip


def test_words_say_who_leads_and_never_who_moves_whom():
    assert meaning(a_lag(1, 0.01)).startswith("NPS moves most like eNPS did 1 wave before")
    assert meaning(a_lag(-1, 0.01)).startswith("eNPS moves most like NPS did 1 wave before")
    assert meaning(a_lag(0, 0.01)).startswith("eNPS and NPS move together in the same wave")
    assert "2 waves (24 months)" in meaning(a_lag(1, 0.01), said="2 waves (24 months)")
    chance = meaning(a_lag(1, 0.3))
    assert "chance shows as much (p = 0.3)" in chance
    assert NO_PROOF not in chance


# --- half-times -------------------------------------------------------------------------------


def rise(units: int, waves: int, step: int, months: float, height: float = 10.0) -> Floats:
    """One stage of `months` behind a step."""
    since = np.maximum(np.arange(waves) - step, 0.0)
    return np.tile(5.0 + height * (1.0 - np.exp(-since / months)), (units, 1))


@pytest.mark.parametrize("height", [10.0, -7.0])
@pytest.mark.parametrize("months", [3.0, 12.0])
def test_half_time_of_one_stage_is_its_formula(months: float, height: float):
    found = half_time(rise(3, 150, 20, months, height), 20)
    assert found.waves == pytest.approx(months * math.log(2.0), abs=0.1)
    assert found.change == pytest.approx(height, rel=0.01)
    assert not found.still_moving


def test_half_time_at_once_and_on_staggered_steps():
    at_once = np.where(np.arange(40) >= 20, 8.0, 1.0)[None]
    assert half_time(at_once, 20).waves == 0.0
    steps = np.array([10, 14, 25])
    units = np.concatenate([rise(1, 90, step, 6.0) for step in steps])
    assert half_time(units, steps).waves == pytest.approx(6.0 * math.log(2.0), abs=0.1)


def test_half_time_refuses_and_says_when_it_is_too_short():
    assert half_time(rise(1, 40, 10, 30.0), 10).still_moving
    noise = slow(1, 40, 0.0, 1)
    assert "less than three times its scatter" in half_time(noise, 20).refusal
    assert math.isnan(half_time(noise, 20).waves)
    for step in (2, 35, 0, 40):
        assert "three waves before" in half_time(rise(1, 40, 10, 3.0), step).refusal
    gappy = rise(4, 80, 20, 6.0)
    gappy[:, ::7] = np.nan
    assert half_time(gappy, 20).refusal == ""


# --- both directions --------------------------------------------------------------------------


def pair(units: int, waves: int, forward: float, backward: float, seed: int, keeps: float = 0.5):
    chance = np.random.Generator(np.random.Philox(seed))
    x, y = np.zeros((units, waves + 60)), np.zeros((units, waves + 60))
    for wave in range(1, waves + 60):
        before = x[:, wave - 1], y[:, wave - 1]
        x[:, wave] = keeps * before[0] + backward * before[1] + chance.standard_normal(units)
        y[:, wave] = keeps * before[1] + forward * before[0] + chance.standard_normal(units)
    return x[:, 60:], y[:, 60:]


@pytest.mark.parametrize(("forward", "backward"), [(0.4, 0.0), (0.0, 0.4), (0.0, 0.0), (0.3, 0.3)])
def test_the_direction_is_recovered(forward: float, backward: float):
    """60 panels of 20 units and 10 waves; an effect is seen in most, none in few."""
    found = [cross_lagged(*pair(20, 10, forward, backward, seed)) for seed in range(60)]
    for name, true in (("forward", forward), ("backward", backward)):
        arrows = [arrow for each in found if (arrow := getattr(each, name)) is not None]
        assert len(arrows) >= 55
        share = np.mean([arrow.is_sure for arrow in arrows])
        assert share >= 0.8 if true else share <= 0.17
        slope = np.mean([arrow.slope for arrow in arrows])
        assert slope > 0.15 if true else abs(slope) < 0.04  # .09 to .11 without the correction


def test_slopes_are_those_of_a_long_series():
    """One series of 4,000 waves: standardised slopes come from the true ones and the spreads."""
    x, y = pair(1, 4000, 0.3, 0.1, 9)
    found = cross_lagged(x, y)
    assert found.forward is not None
    assert found.backward is not None
    assert found.forward.slope == pytest.approx(0.3 * x.std() / y.std(), abs=0.05)
    assert found.backward.slope == pytest.approx(0.1 * y.std() / x.std(), abs=0.05)
    assert found.forward.low < found.forward.slope < found.forward.high


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 100.0), move=st.floats(-80.0, 80.0))
def test_directions_turn_with_the_series_and_ignore_scale(seed: int, scale: float, move: float):
    x, y = pair(12, 9, 0.2, 0.1, seed)
    there, back = cross_lagged(x, y), cross_lagged(y * scale + move, x)
    assert there.refusal == back.refusal
    if there.forward is not None and back.backward is not None:
        assert np.allclose(there.forward, back.backward, atol=1e-9)


def test_directions_are_refused_where_nothing_can_be_said():
    assert "too few" in cross_lagged(*pair(1, 9, 0.4, 0.0, 1)).refusal
    assert "does not move" in cross_lagged(np.ones((8, 9)), slow(8, 9, 0.5, 1)).refusal
    ramp = np.arange(8.0) + 0.01 * slow(9, 8, 0.0, 1)
    assert "drift too slowly" in cross_lagged(ramp, ramp[::-1]).refusal
    assert cross_lagged(gaps(4, 9), gaps(4, 9)).forward is None
