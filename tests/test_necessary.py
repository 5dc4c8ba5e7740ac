"""Necessary condition analysis: worked by hand, against known values, and where nothing is needed.

The example by hand: x 0 1 2 3 4, y 1 0 3 2 4, a scope of 4 by 4. The peers are (0, 1), (2, 3) and
(4, 4). Above the staircase lie 2 times 3 and 2 times 1 of 16. The line through the peers is
7/6 + 3/4 x; above it lies a triangle of height 17/6 and slope 3/4: 289/54.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.necessary import (
    Needed,
    _copulas,
    _staircases,
    bottleneck,
    line,
    necessity,
    peers_of,
    scope_of,
    size_of,
    staircase,
)

ORACLE = Path(__file__).parents[1] / ".." / "shared" / "data" / "nca-oracle.csv"
X, Y = np.array([0.0, 1.0, 2.0, 3.0, 4.0]), np.array([1.0, 0.0, 3.0, 2.0, 4.0])
SHUFFLES = 99


def gaussian(points: int, rho: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Correlated, and nothing is necessary; [points, 1] each."""
    one, other = np.random.Generator(np.random.Philox(seed)).standard_normal((2, points, 1))
    return one, rho * one + np.sqrt(1.0 - rho**2) * other


def needing(points: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The outcome never exceeds the condition; [points, 1] each."""
    one, other = np.random.Generator(np.random.Philox(seed)).random((2, points, 1))
    return one, one * other


# --- by hand ----------------------------------------------------------------------------------


def test_both_ceilings_by_hand():
    assert peers_of(X, Y).tolist() == [[0.0, 1.0], [2.0, 3.0], [4.0, 4.0]]
    assert scope_of(X, Y).area == 16.0
    stairs, straight = staircase(X, Y), line(X, Y)
    assert (stairs.effect, stairs.accuracy) == (0.5, 1.0)
    assert straight.slope == pytest.approx(0.75)
    assert straight.intercept == pytest.approx(7.0 / 6.0)
    assert straight.effect == pytest.approx(289.0 / 54.0 / 16.0)
    assert straight.accuracy == 0.8  # (2, 3) lies above 8/3


def test_the_bottlenecks_by_hand():
    levels = (0, 25, 50, 75, 100)
    assert bottleneck(staircase(X, Y), levels) == [
        Needed(0, 0.0, None, True), Needed(25, 1.0, None, True), Needed(50, 2.0, 2.0, True),
        Needed(75, 3.0, 2.0, True), Needed(100, 4.0, 4.0, True),
    ]  # fmt: skip
    needed = [each.condition for each in bottleneck(line(X, Y), levels)]
    assert needed[:2] == [None, None]
    assert needed[2:] == pytest.approx([10.0 / 9.0, 22.0 / 9.0, 34.0 / 9.0])


def test_a_line_that_does_not_get_to_the_top_says_so():
    x, y = np.array([0.0, 1.0, 2.0, 9.0, 10.0]), np.array([0.0, 5.0, 5.5, 5.6, 10.0])
    last = bottleneck(line(x, y))[-1]
    assert (last.condition, last.reachable) == (None, False)


def test_ties_in_the_condition_count_by_their_highest_outcome():
    x, y = np.array([0.0, 0.0, 1.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0, 2.0, 2.0])
    assert peers_of(x, y).tolist() == [[0.0, 1.0], [1.0, 2.0]]
    assert staircase(x, y).effect == 0.25


def test_the_corners_of_the_scale():
    filled = np.array([0.0, 1.0, 1.0, 0.0]), np.array([1.0, 0.0, 1.0, 0.0])
    assert staircase(*filled).effect == line(*filled).effect == 0.0
    empty = np.array([0.0, 1.0, 1.0]), np.array([0.0, 0.0, 1.0])
    assert staircase(*empty).effect == 1.0
    assert line(*empty).effect == 0.5
    assert [size_of(d) for d in (0.05, 0.1, 0.3, 0.5)] == ["small", "medium", "large", "very large"]


@pytest.mark.parametrize(
    ("x", "y"), [([1.0, 1.0], [0.0, 1.0]), ([0.0], [1.0]), ([0.0, np.nan], [0.0, 1.0]),
                 ([0.0, 1.0], [0.0, 1.0, 2.0])],
)  # fmt: skip
def test_what_has_no_scope_is_refused(x: list[float], y: list[float]):
    with pytest.raises(ValueError, match=r"two different values|same length|must match"):
        staircase(np.array(x), np.array(y))


# --- known values -----------------------------------------------------------------------------


@pytest.mark.skipif(not ORACLE.is_file(), reason="the file of known values is not there")
def test_known_effect_sizes():
    """N20: what R's NCA gives for a fixed sample."""
    x, y = np.loadtxt(ORACLE, delimiter=",", skiprows=1).T
    assert staircase(x, y).effect == pytest.approx(0.4840147, abs=1e-6)
    assert line(x, y).effect == pytest.approx(0.4544966, abs=1e-3)


# --- for any points ---------------------------------------------------------------------------

numbers = st.integers(-100, 100).map(float)
points = st.lists(st.tuples(numbers, numbers), min_size=2, max_size=40).filter(
    lambda found: all(len({each[at] for each in found}) > 1 for at in (0, 1))
)


@given(found=points)
def test_effects_are_shares_and_the_staircase_is_what_lies_above_every_point(found):
    x, y = np.array(found).T
    stairs, straight = staircase(x, y), line(x, y)
    assert 0.0 <= stairs.effect <= 1.0
    assert 0.0 <= straight.effect <= 1.0
    assert 0.0 <= straight.accuracy <= 1.0
    cells = np.arange(x.min(), x.max()) + 0.5  # whole numbers: the staircase is flat in between
    above = [y.max() - y[x <= cell].max() for cell in cells]
    assert stairs.effect == pytest.approx(sum(above) / scope_of(x, y).area, abs=1e-12)


@given(
    found=points, scale=st.floats(0.01, 100.0), move=st.floats(-100.0, 100.0),
    order=st.randoms(use_true_random=False),
)  # fmt: skip
def test_effects_ignore_scale_place_and_order(found, scale: float, move: float, order):
    x, y = np.array(found).T
    mixed = list(found)
    order.shuffle(mixed)
    other = np.array(mixed).T * scale + move
    for ceiling in (staircase, line):
        assert ceiling(*other).effect == pytest.approx(ceiling(x, y).effect, abs=1e-9)


@given(found=points)
def test_a_point_in_the_corner_fills_it(found):
    x, y = np.append(np.array(found).T, [[-100.0], [100.0]], axis=1)
    assert staircase(x, y).effect == 0.0


@given(found=points, gap=st.integers(0, 39))
def test_many_staircases_leave_gaps_out(found, gap: int):
    x, y = np.array(found).T
    holed = y.copy()
    holed[gap % y.size] = np.nan
    known = np.isfinite(holed)
    whole = staircase(x, y).effect
    assert _staircases(x, y[None])[0] == pytest.approx(whole, abs=1e-12)
    if np.ptp(x[known]) > 0 and np.ptp(y[known]) > 0:
        left = staircase(x[known], y[known]).effect
        both = _staircases(x, np.stack([y, holed]))
        assert both == pytest.approx([whole, left], abs=1e-12)


# --- more than chance, more than correlation ---------------------------------------------------


def test_correlation_alone_fires_the_permutation_test_and_not_the_excess():
    """With r = .7 and nothing necessary most tests fire, the excess at its nominal share."""
    found = [necessity(*gaussian(200, 0.7, seed), SHUFFLES, seed) for seed in range(40)]
    assert np.mean([each.p_stairs <= 0.05 for each in found]) > 0.8
    assert sum(each.p_excess <= 0.05 for each in found) <= 7  # of 40 at 5 %: 1 in 300
    effects = [each.stairs.effect for each in found if each.stairs]
    assert np.mean(effects) == pytest.approx(np.mean([each.expected for each in found]), abs=0.02)
    assert 0.2 < np.mean(effects) < 0.4


def test_unrelated_points_are_not_told_from_chance():
    found = [necessity(*gaussian(100, 0.0, seed), SHUFFLES, seed) for seed in range(60)]
    assert sum(each.p_stairs <= 0.05 for each in found) <= 9  # of 60 at 5 %: 1 in 400
    assert sum(each.p_line <= 0.05 for each in found) <= 9
    assert np.mean([each.p_stairs for each in found]) == pytest.approx(0.5, abs=0.15)


def test_a_planted_necessity_exceeds_its_correlation():
    found = [necessity(*needing(200, seed), SHUFFLES, seed) for seed in range(20)]
    assert all(1 / (SHUFFLES + 1) <= each.p_excess <= 0.05 for each in found)
    assert all(each.excess > 0.05 for each in found)
    assert all(each.stairs is not None and each.stairs.effect > 0.4 for each in found)


def test_waves_of_a_unit_are_not_counted_as_cases():
    """Units that differ lastingly, unrelated: as cases they fire, as series they hardly do."""
    fired = {"cases": 0, "series": 0}
    for seed in range(40):
        chance = np.random.Generator(np.random.Philox(seed))
        x, y = (np.repeat(chance.standard_normal((8, 1)), 12, axis=1) for _ in range(2))
        x, y = (each + 0.1 * chance.standard_normal(each.shape) for each in (x, y))
        fired["series"] += necessity(x, y, SHUFFLES, seed).p_stairs <= 0.05
        fired["cases"] += necessity(x.reshape(-1, 1), y.reshape(-1, 1), SHUFFLES).p_stairs <= 0.05
    assert fired["series"] <= 7
    assert fired["cases"] > 14


def test_copulas_have_the_values_and_the_correlation_they_are_told():
    x, y = (each[:, 0] for each in gaussian(400, 0.6, 1))
    chance = np.random.Generator(np.random.Philox(2))
    shuffled = np.stack([chance.permutation(y) for _ in range(50)])
    made = _copulas(x, shuffled, y, 0.6)
    assert all(np.array_equal(np.sort(each), np.sort(y)) for each in made)
    assert np.mean([np.corrcoef(x, each)[0, 1] for each in made]) == pytest.approx(0.6, abs=0.03)


def test_few_units_and_few_points_get_no_test():
    few = necessity(
        np.random.default_rng(1).random((3, 8)), np.random.default_rng(2).random((3, 8))
    )
    assert few.stairs is not None
    assert np.isnan([few.p_stairs, few.p_line, few.p_excess, few.excess]).all()
    assert "9 points are too few" in necessity(X[:3, None] + X[None, :3], np.eye(3)).refusal
    still = necessity(np.ones((20, 1)), np.arange(20.0)[:, None])
    assert "does not move" in still.refusal
    assert np.isnan(still.excess)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), holes=st.floats(0.0, 0.6), units=st.sampled_from([1, 4, 9]))
def test_gaps_anywhere_give_an_answer_or_a_reason(seed: int, holes: float, units: int):
    chance = np.random.Generator(np.random.Philox(seed))
    x, y = chance.integers(-3, 4, (2, units, 12)).astype(float)
    x[chance.random(x.shape) < holes] = np.nan
    y[chance.random(y.shape) < holes] = np.nan
    found = necessity(x, y, 19)
    if found.stairs is None:
        assert found.refusal
    elif np.isfinite(found.p_excess):
        for p in (found.p_stairs, found.p_line, found.p_excess):
            assert 0.0 < p <= 1.0
        assert 0.0 <= found.expected <= 1.0
