"""Kernels against numbers worked by hand, and against closed forms."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.distributions import (
    LATENT_LIMIT,
    LATENT_STEP,
    beta_quantile,
    beta_share,
    effort_at,
    effort_table,
)
from sim.mechanisms.contributing import (
    Contributing,
    intended_effort,
    leader_weight,
    next_belief,
    own_drive,
    pay_factor,
    reference_of,
    schedule,
    signal,
)
from sim.mechanisms.culture import Culture, next_system
from sim.mechanisms.leading import Leading, next_credibility, next_doing
from sim.mechanisms.remembering import Remembering, gain_after, satisfaction_with
from sim.mechanisms.serving import Serving, combined, next_offer, skill_after
from sim.mechanisms.staffing import Staffing, quit_hazard
from sim.mechanisms.surveys import rating, score
from sim.parameters import Calendar, kernel_values
from sim.people import CC, FREE_RIDER, OTHER, TRIANGLE, slope_at
from sim.state import Moment

CALENDAR = Calendar()
C = kernel_values(Contributing(), CALENDAR)
L = kernel_values(Leading(), CALENDAR)
SERVE = kernel_values(Serving(), CALENDAR)
KEEP = kernel_values(Remembering(), CALENDAR)
shares = st.floats(0.0, 1.0)


def test_belief_by_hand():
    assert next_belief(0.5, 0.2, C) == pytest.approx(0.0059 + 0.415 * 0.2 + 0.569 * 0.5)


def test_signal_by_hand():
    # believed fully: .3 of the words, .7 of the deeds; not at all: the belief about peers
    assert signal(0.9, 0.5, 1.0, 0.2, C) == pytest.approx(0.3 * 0.9 + 0.7 * 0.5)
    assert signal(0.9, 0.5, 0.0, 0.2, C) == pytest.approx(0.2)


def test_reference_by_hand_with_and_without_broadcast():
    own = 0.6 * (0.3 * 0.4 + 0.7 * 0.5) + 0.4 * 0.2
    top = 0.3 * 0.9 + 0.7 * 0.8
    assert signal(0.4, 0.5, 0.6, 0.2, C) == pytest.approx(own)
    assert signal(0.9, 0.8, 1.0, 0.2, C) == pytest.approx(top)
    assert reference_of(0.2, own, top, 0.4, 0.0) == pytest.approx(0.4 * own + 0.6 * 0.2)
    heard = 0.7 * own + 0.3 * top
    assert reference_of(0.2, own, top, 0.4, 0.3) == pytest.approx(0.4 * heard + 0.6 * 0.2)


def test_weight_of_a_leader_falls_from_new_to_later():
    assert leader_weight(0.0, C) == pytest.approx(0.8)
    assert leader_weight(1e6, C) == pytest.approx(0.4)
    assert leader_weight(3 * 4.345, C) == pytest.approx(0.4 + 0.4 * math.exp(-1))


def test_schedules_by_type():
    assert schedule(CC, 0.9, 0.5, C) == pytest.approx(-0.01 + 0.45)
    assert schedule(FREE_RIDER, 0.9, 0.5, C) == 0.0
    assert schedule(TRIANGLE, 0.9, 0.5, C) == pytest.approx(0.275)
    assert schedule(TRIANGLE, 0.9, 0.75, C) == pytest.approx(0.1375)
    assert schedule(TRIANGLE, 0.9, 1.0, C) == pytest.approx(0.0)
    assert schedule(OTHER, 0.9, 0.5, C) == pytest.approx(0.386 + 0.053)


def test_effort_by_hand_and_clipped():
    assert intended_effort(0.4, 0.5, 0.06, 1.0, 1.0, C) == pytest.approx(
        -0.0237 + 0.242 * 0.4 + 0.666 * 0.5 + 0.06
    )
    assert intended_effort(0.0, 0.0, 0.0, 1.0, 1.0, C) == 0.0
    assert intended_effort(1.0, 1.0, 0.9, 1.2, 1.0, C) == 1.0


def test_a_little_pay_costs_and_a_lot_buys():
    # ratios of Gneezy & Rustichini: 23.1, 34.7 and 34.1 over 28.4
    assert pay_factor(0.0, C) == 1.0
    assert pay_factor(0.1, C) < 0.95
    assert pay_factor(1.0, C) > 1.1


def test_drive_is_where_engagement_and_values_enter():
    assert own_drive(0.1, 0.55, 0.5, 0.5, C) == pytest.approx(0.05)
    gain = own_drive(0.1, 0.65, 0.5, 0.5, C) - 0.05
    assert gain == pytest.approx(0.1 * C.drive_from_engagement)


def test_doing_by_hand():
    # .5 + .37 * .5 * (.3 - .5) + .5 * (.9 - .5)
    assert next_doing(0.5, 0.3, 0.9, 0.0, L) == pytest.approx(0.5 - 0.037 + 0.2)
    assert next_doing(0.5, 0.3, 0.9, 0.5, L) == pytest.approx(0.5 - 0.037 + 0.1)  # imprinted


def test_credibility_by_hand():
    gain, loss = 1 - 0.95 ** (4 / 4.345), 1 - 0.5 ** (4 / 4.345)
    assert next_credibility(0.6, 0.01, L) == pytest.approx(0.6 + gain * 0.4)
    assert next_credibility(0.6, 0.35, L) == pytest.approx(0.6 - loss * 0.6 * 0.3)


def test_a_leader_who_does_what_is_said_keeps_credibility():
    credibility = 0.7
    for _ in range(130):
        credibility = next_credibility(credibility, 0.0, L)
        assert credibility >= 0.7
    assert credibility > 0.95


@pytest.mark.parametrize(
    ("identity", "weight", "drive", "fades"),
    [(1.0, 0.5, 0.0, 0.610), (1.0, 0.5, 0.064, 0.610), (1.0, 1.0, 0.064, 0.769),
     (1.175, 0.5, 0.0, 0.799)],
)  # fmt: skip
def test_a_copy_of_a_copy_fades_as_the_closed_form_says(identity, weight, drive, fades):
    """With the population's linear schedule a level copies e' = A + rho * e (evidence, section 4).

    beta = .242 * .425 + .666, D = 1 - (.415 / .431) * iota * beta * (1 - w), rho = iota beta w / D.
    """

    def level_below(leader: float) -> float:
        effort = belief = 0.4
        for _ in range(400):
            belief = next_belief(belief, effort, C)
            reference = weight * leader + (1.0 - weight) * belief
            planned = 0.956 / 20 + 0.425 * reference
            effort = intended_effort(planned, reference, drive, identity, 1.0, C)
        return effort

    low, high = level_below(0.5), level_below(0.6)
    assert (high - low) / 0.1 == pytest.approx(fades, abs=0.002)


def test_follower_at_a_leader_of_half_is_at_79_percent():
    effort = belief = 0.4
    for _ in range(400):
        belief = next_belief(belief, effort, C)
        reference = 0.5 * 0.5 + 0.5 * belief
        planned = 0.956 / 20 + 0.425 * reference
        effort = intended_effort(planned, reference, 0.064, 1.0, 1.0, C)
    assert effort / 0.5 == pytest.approx(0.79, abs=0.01)


@settings(deadline=None, max_examples=60)
@given(st.floats(0.05, 5.0), st.floats(0.05, 5.0), st.floats(0.001, 0.999))
def test_beta_distribution_against_scipy(a: float, b: float, x: float):
    assert beta_share(a, b, x) == pytest.approx(stats.beta.cdf(x, a, b), abs=1e-10)


@settings(deadline=None, max_examples=30)
@given(st.floats(0.3, 4.0), st.floats(0.3, 4.0), st.floats(0.01, 0.99))
def test_beta_quantile_against_scipy(a: float, b: float, share: float):
    assert beta_quantile(a, b, share) == pytest.approx(stats.beta.ppf(share, a, b), abs=1e-8)


@settings(deadline=None, max_examples=40)
@given(shares)
def test_effort_keeps_its_mean(mean: float):
    """The draw is mean-preserving: averaged over the latent normal it gives the mean back."""
    table = effort_table(C.precision)
    latent = np.arange(-LATENT_LIMIT, LATENT_LIMIT, LATENT_STEP / 2)
    weights = stats.norm.pdf(latent)
    drawn = np.array([effort_at(mean, float(z), table) for z in latent])
    assert np.average(drawn, weights=weights) == pytest.approx(mean, abs=0.002)
    assert effort_at(0.0, 1.0, table) == 0.0
    assert effort_at(1.0, -1.0, table) == 1.0


def test_slopes_follow_the_published_quantiles():
    assert slope_at(0.5) == pytest.approx(0.929)
    assert slope_at(0.05) == pytest.approx((0.013 + 0.089) / 2)
    drawn = [slope_at((n + 0.5) / 4000) for n in range(4000)]
    assert np.mean(drawn) == pytest.approx(0.74, abs=0.09)


def test_system_by_hand_and_kept_when_nobody_acts():
    p = kernel_values(Culture(), CALENDAR)
    rate = 1 - 0.94 ** (4 / 4.345)
    moved = next_system(0.4, 0.5, 0.7, 0.3, 1.0, p)
    step = 0.7 + p.improvement - 0.4
    assert moved == pytest.approx(0.4 + rate * (step + 0.1 * 0.1 - 0.3 * 0.1))
    assert next_system(0.4, 0.4, 0.9, 0.4, 0.0, p) == 0.4


@settings(deadline=None)
@given(st.floats(0.05, 1.0), st.floats(0.05, 1.0), st.floats(0.05, 1.0))
def test_quality_lies_between_the_weakest_and_the_strongest(w: float, a: float, m: float):
    quality = combined(w, a, m, SERVE)
    assert min(w, a, m) - 1e-9 <= quality <= max(w, a, m) + 1e-9
    assert combined(w, w, w, SERVE) == pytest.approx(w)


def test_harmonic_quality_by_hand():
    assert combined(0.3, 0.7, 0.6, SERVE) == pytest.approx(
        1 / (0.30 / 0.3 + 0.35 / 0.7 + 0.35 / 0.6)
    )


def test_the_harmonic_shortcut_is_the_limit_of_its_neighbours():
    near = kernel_values(replace(Serving(), exponent=-1.0 + 1e-9), CALENDAR)
    assert combined(0.2, 0.7, 0.5, SERVE) == pytest.approx(combined(0.2, 0.7, 0.5, near), rel=1e-7)


def test_skill_by_hand():
    assert skill_after(0.0, SERVE) == pytest.approx(0.6)
    assert skill_after(8 * 4.345, SERVE) == pytest.approx(1 - 0.4 * math.exp(-1))


def test_offer_keeps_its_spread():
    p = replace(Serving(), offer_spread=0.1)
    p = kernel_values(p, CALENDAR)
    offer, seen = 0.0, []
    for number in range(120_000):
        offer = next_offer(offer, Moment(np.uint64(4), number), p)
        seen.append(offer)
    # 120,000 weeks hold about 575 independent stretches: SD of the SD is 3 %, so 4 SD are 12 %
    assert np.std(seen) == pytest.approx(0.1, rel=0.12)


def test_satisfaction_by_hand_and_the_loss_ratio():
    assert satisfaction_with(0.6, 0.5, KEEP) == pytest.approx(0.63)
    gained = satisfaction_with(0.6, 0.5, KEEP) - 0.5
    lost = 0.5 - satisfaction_with(0.4, 0.5, KEEP)
    assert lost / gained == pytest.approx(1.13)


def test_gain_shrinks_with_contacts_to_its_least():
    assert gain_after(0, KEEP) == pytest.approx(0.30)
    assert gain_after(1, KEEP) == pytest.approx(0.20)
    assert gain_after(4, KEEP) == gain_after(500, KEEP) == pytest.approx(0.10)


def test_quit_hazard_by_hand():
    p = kernel_values(Staffing(quits=0.2), CALENDAR)
    weekly = 1 - 0.8 ** (1 / 52)
    assert quit_hazard(0.55, 0.0, 0.0, p) == pytest.approx(weekly)
    assert quit_hazard(0.30, 0.1, 0.2, p) == pytest.approx(weekly * math.exp(1.0 + 0.1 + 0.1))


@pytest.mark.parametrize(
    ("level", "answer"), [(-5.0, 0), (0.0, 0), (0.49, 0), (0.5, 1), (8.49, 8), (8.5, 9), (99, 10)]
)
def test_ratings_round_and_stay_on_the_scale(level: float, answer: int):
    assert rating(0.0, 1.0, level, 0.0, 0.0) == answer


def test_net_promoter_score():
    assert score(40, 20, 100) == 20.0
    assert math.isnan(score(0, 0, 0))
