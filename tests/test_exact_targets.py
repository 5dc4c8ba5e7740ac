"""Published results that the rules have to give exactly: thresholds, screens, delegation, queues.

The ids are those of our table of targets: T01 Granovetter 1978, T02 the same with normal
thresholds, T04 Sah & Stiglitz 1986, T05 the form of Dessein 2002, T06 clustered needs, T09 span.
T27 is held by tests/test_mechanisms.py.
"""

import numpy as np
import pytest
from scipy.cluster.vq import kmeans2
from scipy.stats import norm

from sim.mechanisms.culture import joins_in
from sim.mechanisms.deciding import (
    Deciding,
    accepted,
    freedom_loses,
    load_of,
    mixed_loss,
    rules_lose,
    sojourn,
)
from sim.parameters import Calendar, kernel_values

DECIDE = kernel_values(Deciding(), Calendar())


def crowd(thresholds: np.ndarray) -> float:
    """Share of a crowd that ends up joining, everybody seeing everybody; zeros begin."""
    joined = thresholds <= 0.0
    while True:
        share = float(joined.mean())
        now = np.array([t <= 0.0 or joins_in(share, float(t), 0.0) for t in thresholds])
        if (now == joined).all():
            return share
        joined = now


def test_t01_one_threshold_decides_over_a_riot():
    thresholds = np.arange(100) / 100.0
    assert crowd(thresholds) * 100 == pytest.approx(100)
    thresholds[1] = 0.02
    assert crowd(thresholds) * 100 == pytest.approx(1)


@pytest.mark.parametrize(("spread", "final"), [(0.122, 0.055), (0.125, 1.0)])
def test_t02_normal_thresholds_jump_near_a_spread_of_an_eighth(spread: float, final: float):
    chances = (np.arange(4000) + 0.5) / 4000
    assert crowd(norm.ppf(chances, 0.25, spread)) == pytest.approx(final, abs=0.01)


def test_t04_hierarchies_refuse_and_polyarchies_accept():
    good, bad = 0.8, 0.3
    assert accepted(good, 2, True) == pytest.approx(0.64)
    assert accepted(bad, 2, True) == pytest.approx(0.09)
    assert accepted(good, 2, False) == pytest.approx(0.96)
    assert accepted(bad, 2, False) == pytest.approx(0.51)


@pytest.mark.parametrize("value", [0.2, 0.5, 0.8])
def test_t05_the_best_discretion_is_the_closed_form(value: float):
    rules, freedom = rules_lose(DECIDE), freedom_loses(value, 0.0, DECIDE)
    grid = np.linspace(0.0, 1.0, 2001)
    best = grid[np.argmin([mixed_loss(float(d), rules, freedom) for d in grid])]
    assert best == pytest.approx(rules / (rules + 0.15 + (1 - value) ** 2), abs=0.002)


def clustered(scripts: int, dimensions: int) -> float:
    """What is left of normal needs around their nearest of so many scripts, a dimension."""
    needs = np.random.default_rng(5).normal(size=(12000, dimensions))
    centres, nearest = kmeans2(needs, scripts, minit="++", iter=60, rng=np.random.default_rng(5))
    return float(((needs - centres[nearest]) ** 2).mean())


def test_t06_scripts_meet_needs_ever_more_slowly():
    """The residual that is put in is what clustering gives, and so is its slope."""
    ten, hundred = clustered(10, 6), clustered(100, 6)
    assert ten == pytest.approx(Deciding().residual, abs=0.02)
    slope = np.log(hundred / ten) / np.log(10)
    assert slope == pytest.approx(-2 / 6, rel=0.25)
    many = kernel_values(Deciding(scripts=100), Calendar())
    assert np.log(rules_lose(many) / rules_lose(DECIDE)) / np.log(10) == pytest.approx(-2 / 6)


def test_t09_twelve_reports_wait_three_times_as_long_as_seven():
    seven, twelve = (sojourn(load_of(span, 0.0, 1.0, DECIDE), DECIDE) for span in (7, 12))
    assert twelve > 3 * seven
