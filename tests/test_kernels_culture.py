"""Listening, culture, deciding, staffing and accounts: kernels against numbers worked by hand."""

import math

import numpy as np
import pytest
from conftest import small
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.choosing import Choosing, gives_up
from sim.levers import HOURS_ALL, HOURS_TOP, NAMES, at_rest
from sim.mechanisms.accounts import levers_cost
from sim.mechanisms.culture import (
    Culture,
    next_compliance,
    next_cynicism,
    next_value,
    pushes,
    susceptibility,
)
from sim.mechanisms.deciding import (
    Deciding,
    advice_days,
    answer_loses,
    freedom_loses,
    hours_of,
    load_of,
    need_loss,
    refused,
    rules_lose,
    sojourn,
)
from sim.mechanisms.leading import Leading, imprinted
from sim.mechanisms.listening import Listening, heard_at_top, next_belief_at_top, passed
from sim.mechanisms.remembering import COMPLAINING, Remembering, complains, rates_a_contact
from sim.mechanisms.serving import Serving, chain_of
from sim.mechanisms.staffing import Staffing, a_week, takes_offer
from sim.parameters import WEEKS_PER_MONTH, Calendar, kernel_values
from sim.people import taste_at
from sim.start import build

CALENDAR = Calendar()
HEAR = kernel_values(Listening(), CALENDAR)
GROW = kernel_values(Culture(), CALENDAR)
DECIDE = kernel_values(Deciding(), CALENDAR)
LEAD = kernel_values(Leading(), CALENDAR)
shares = st.floats(0.0, 1.0)
ROUND = 4.0 / WEEKS_PER_MONTH  # months in a round


def with_levers(**values: float) -> np.ndarray:
    row = at_rest()
    for name, value in values.items():
        row[NAMES[name].number] = value
    return row


def test_a_level_passes_on_what_it_dares():
    assert passed(1.0, HEAR) == pytest.approx(0.7)
    assert passed(0.0, HEAR) == pytest.approx(0.35)


def test_the_top_hears_the_product_over_the_levels():
    world = build(small(), 1)  # 1 + 7 + 49: two levels of leaders above the front
    reach = np.empty(world.structure.leader.size)
    told = heard_at_top(world.teams, world.structure, reach, HEAR)
    assert told == pytest.approx(passed(0.6, HEAR) ** 2)


def test_the_top_believes_what_arrives_and_else_that_all_is_well():
    assert next_belief_at_top(0.8, 0.4, 0.0, HEAR) == pytest.approx(0.8)
    belief = 0.8
    for _ in range(500):
        belief = next_belief_at_top(belief, 0.4, 0.3, HEAR)
    back = 0.1 * ROUND  # optimism against news of .3
    assert belief == pytest.approx((0.3 * 0.4 + back * 0.8) / (0.3 + back))


def test_openness_wears_off_with_tenure():
    month = WEEKS_PER_MONTH
    assert susceptibility(month, GROW) == pytest.approx((0.06 + 0.3) * ROUND)
    assert susceptibility(11 * month, GROW) == pytest.approx((0.06 + 0.3 * math.exp(-3)) * ROUND)


def test_a_value_moves_to_leader_team_and_system():
    held = 1 - 0.92**ROUND
    moved = next_value(0.5, 0.1, 0.9, 0.5, 0.7, 0.4, 0.01, GROW, at_rest())
    expected = 0.5 + 0.1 * (0.35 * 0.5 * 0.4 + 0.45 * 0.2) + held * -0.1 + 0.01
    assert moved == pytest.approx(expected)
    coached = next_value(0.5, 0.1, 0.9, 0.5, 0.7, 0.4, 0.01, GROW, with_levers(coaching=1.0))
    assert coached - moved == pytest.approx(0.1 * 0.35 * 0.5 * 0.4)


def test_one_layer_is_not_held_by_the_system():
    one = kernel_values(Culture(layers=1), CALENDAR)
    assert next_value(0.5, 0.0, 0.5, 0.5, 0.5, 0.0, 0.0, one, at_rest()) == 0.5


def test_training_needs_a_reason():
    trained = pushes(0.5, 0.0, 0.9, False, GROW, with_levers(training=1.0, context=1.0))
    assert trained == pytest.approx(0.05 * ROUND * 0.5)
    assert pushes(0.5, 0.0, 0.9, False, GROW, with_levers(training=1.0, context=0.0)) == 0.0


def test_a_manifesto_binds_only_those_who_wrote_it():
    imposed = with_levers(manifesto=1.0, participation=0.5)
    assert pushes(0.5, 0.0, 0.9, False, GROW, imposed) == 0.0
    shared = with_levers(manifesto=1.0, participation=1.0)
    assert pushes(0.5, 0.0, 0.9, False, GROW, shared) == pytest.approx(0.02 * ROUND * 0.3)


def test_guiding_doubles_the_spotlight_once_values_are_shared():
    levers = with_levers(spotlight=1.0, guiding=1.0)
    alone = pushes(0.5, 0.0, 0.9, False, GROW, levers)
    assert pushes(0.5, 0.0, 0.9, True, GROW, levers) == pytest.approx(2 * alone)
    assert alone == pytest.approx(0.015 * ROUND * 0.4)


def test_compliance_is_gone_three_months_after_control():
    shown = 0.0
    for _ in range(20):
        shown = next_compliance(shown, 0.4, 1.0, GROW)
    assert shown == pytest.approx(0.4, abs=0.001)  # up to the norm of .8
    for _ in range(3):
        shown = next_compliance(shown, 0.4, 0.0, GROW)
    assert shown < 0.1 * 0.4


def test_cynicism_grows_with_the_gap_and_wears_off():
    grown = next_cynicism(0.1, 0.4, 0.0, GROW, at_rest())
    forgotten = 1 - 0.96**ROUND
    assert grown == pytest.approx(0.1 + 0.02 * ROUND * 0.4 * 0.9 - forgotten * 0.1)
    traded = kernel_values(Culture(reciprocity=0.9), CALENDAR)
    assert next_cynicism(0.0, 0.0, 0.0, traded, with_levers(peer_reward=1.0)) > 0.0
    assert next_cynicism(0.0, 0.0, 0.0, GROW, with_levers(peer_reward=1.0)) == 0.0


def test_a_top_that_made_the_culture_is_slow():
    assert imprinted(0.0, LEAD) == 0.0
    assert imprinted(260.0, LEAD) == pytest.approx(0.3 * (1 - math.exp(-1)))


def test_money_stops_at_the_hurdle_and_conviction_never():
    money = kernel_values(Choosing(motive=0.0), CALENDAR)
    assert gives_up(0, 10.0, 12.0, 52, money)  # 12 months are 52.1 weeks; 2 points are too few
    assert not gives_up(0, 10.0, 16.0, 52, money)
    assert not gives_up(0, 10.0, 12.0, 51, money)
    assert not gives_up(0, 10.0, 0.0, 52, kernel_values(Choosing(), CALENDAR))


def test_a_managers_load_by_hand():
    # 7 people * 16 cases * .25 deviate * .4 hours / 20 hours
    assert load_of(7, 0.0, 1.0, DECIDE) == pytest.approx(0.56)
    assert sojourn(0.56, DECIDE) == pytest.approx(0.5 + 0.4 / (0.44 * 4))
    assert refused(0.9, DECIDE) == pytest.approx(0.2)
    assert refused(2.0, DECIDE) == pytest.approx(0.7)


def test_need_lost_in_a_tree_that_decides_nothing_at_the_front():
    asked = answer_loses(0.5, 0.56, DECIDE)
    days = 0.5 + 0.4 / (0.44 * 4)
    assert asked == pytest.approx(0.8 * (0.15 + 0.25) + 0.2 * 1.2 + 0.2 * days)
    lost = need_loss(0.0, freedom_loses(0.5, 0.0, DECIDE), asked, DECIDE)
    assert lost == pytest.approx(0.75 * 0.8 * 0.56 + 0.25 * asked)
    alone = need_loss(1.0, freedom_loses(0.5, 0.0, DECIDE), asked, DECIDE)
    assert alone == pytest.approx(0.15 + 0.25)


def test_advice_takes_as_long_as_the_slowest_adviser():
    """E[1 + ... + 1/A], A = 1 + Poisson(1.5), against the sum over many terms."""
    harmonic = np.cumsum(1.0 / np.arange(1, 60))
    expected = sum(stats.poisson.pmf(k, 1.5) * harmonic[k] for k in range(59))
    assert advice_days(DECIDE) == pytest.approx(expected, rel=1e-4)


def test_bounds_cost_managers_hours_only_where_freedom_is_mixed():
    rules, bounded, free = (
        hours_of(7, 0.0, d, 1.0, 3.0, DECIDE, at_rest()) for d in (0.0, 0.5, 1.0)
    )
    assert rules == free == pytest.approx(40 - 1 - 3.5 - 0.9)
    assert rules - bounded == pytest.approx(7.0)


@settings(deadline=None, max_examples=50)
@given(shares, shares, st.floats(0.0, 3.0))
def test_no_loss_is_negative(discretion: float, value: float, load: float):
    asked = answer_loses(value, load, DECIDE)
    freedom = freedom_loses(value, 1.0, DECIDE)
    assert need_loss(discretion, freedom, asked, DECIDE) >= 0.0
    assert rules_lose(DECIDE) <= 1.0


def test_complaints_a_contact_add_up_to_the_published_share_a_year():
    monthly, seldom = np.empty(COMPLAINING.size), np.empty(COMPLAINING.size)
    rates_a_contact(12.0, monthly)
    rates_a_contact(0.5, seldom)
    assert 1 - (1 - monthly) ** 12 == pytest.approx(COMPLAINING)
    assert seldom == pytest.approx(COMPLAINING)
    assert [complains(s, COMPLAINING) for s in (0.0, 1.0, 5 / 9)] == [0.76, 0.06, 0.25]
    assert Remembering().call_success <= 1.0


def test_other_departments_hold_the_front_back():
    p = kernel_values(Serving(), CALENDAR)
    half, fifth = 0.5**p.across, 0.2**p.across
    assert chain_of(0.5, half, 0.0, p) == pytest.approx(0.5)
    assert chain_of(0.8, fifth, 0.0, p) == pytest.approx(0.8**0.7 * 0.2**0.3)
    assert chain_of(0.5, half, 1.0, p) == pytest.approx(0.5 * (1 + 0.3 * 0.3))  # visits end silos


def test_an_offer_draws_those_who_like_hierarchy():
    p = kernel_values(Staffing(), CALENDAR)
    usual = takes_offer(0.55, 0.4, False, p)
    assert usual == pytest.approx(1 / (1 + math.exp(-p.offered)))
    assert takes_offer(0.55, 0.8, False, p) > 2 * usual
    assert 1 - (1 - a_week(usual)) ** WEEKS_PER_MONTH == pytest.approx(usual)


@pytest.mark.parametrize("chance", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_taste_is_a_beta_of_two_and_three(chance: float):
    assert taste_at(chance) == pytest.approx(stats.beta.ppf(chance, 2, 3), abs=1e-8)


def test_what_levers_cost_by_hand():
    walks, coach = NAMES["walks"], NAMES["coaching"]
    assert HOURS_TOP[walks.number] == walks.hours
    assert HOURS_ALL[coach.number] == coach.hours
    row = with_levers(walks=1.0, coaching=0.5, recognition=0.25)
    hours = walks.hours + 0.5 * coach.hours * 8 + 0.25 * NAMES["recognition"].hours * 8
    euros = 0.25 * NAMES["recognition"].euros * 57
    assert levers_cost(row, 8, 57, 50.0) == pytest.approx(hours * 50.0 + euros)
    assert levers_cost(at_rest(), 8, 57, 50.0) == 0.0
