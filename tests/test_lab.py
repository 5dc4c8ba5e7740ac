"""The laboratory against Fischbacher & Gächter 2010 (in-sample: coefficients come from them)."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.laboratory_games import preset
from sim.lab import Game, Laboratory, play_game, schedules
from sim.lab_games import Types, shared_identity
from sim.lab_leading import Leadership
from sim.mechanisms.contributing import Contributing
from sim.mechanisms.leading import Leading
from sim.parameters import ParameterError

# Means of 140 subjects by round, tokens of 20; shares of zero contributions (computed from the
# published data of Fischbacher & Gächter 2010, AER 100(1)).
CONTRIBUTION = [7.893, 7.743, 6.257, 5.343, 4.800, 4.050, 3.807, 3.421, 2.750, 2.236]
BELIEF = [9.800, 9.407, 8.764, 7.407, 6.714, 5.943, 5.136, 4.457, 4.150, 3.321]
ZERO = [0.236, 0.229, 0.314, 0.314, 0.336, 0.393, 0.386, 0.443, 0.479, 0.557]
ENDOWMENT = 20
# Standard errors of the published coefficients, shares.
ERRORS = {
    "belief_base": 0.148 / ENDOWMENT, "belief_peers": 0.020, "belief_own": 0.036,
    "effort_base": 0.244 / ENDOWMENT, "effort_schedule": 0.069, "effort_reference": 0.059,
}  # fmt: skip
KEPT = "5c751f33f488eff5"  # digest of the means of three games, 12 digits


FG = "fischbacher_gaechter_2010"
ARMS = PUBLISHED, WITHIN = "nobody leads", "within the errors"


@pytest.fixture(scope="module")
def arms():
    # 20,000 players: means are known to .06 tokens, shares to .004; eight times as many: to .02
    groups = {PUBLISHED: 5000, WITHIN: 40_000}
    return {arm: play_game(preset(FG).games({"groups": groups[arm]})[arm], 1) for arm in ARMS}


@pytest.fixture(scope="module")
def played(arms):
    return arms[PUBLISHED]


def test_round_one_is_put_in(played):
    assert played.contribution[0].mean() * ENDOWMENT == pytest.approx(CONTRIBUTION[0], abs=0.3)
    assert played.belief[0].mean() * ENDOWMENT == pytest.approx(BELIEF[0], abs=0.3)
    together = np.corrcoef(played.contribution[0], played.belief[0])[0, 1]
    assert together == pytest.approx(0.642, abs=0.08)


@pytest.mark.parametrize("round_", range(3, 11))
@pytest.mark.parametrize("arm", ARMS)
def test_contributions_from_round_three_on(arms, arm: str, round_: int):
    found = arms[arm].contribution[round_ - 1].mean() * ENDOWMENT
    assert found == pytest.approx(CONTRIBUTION[round_ - 1], abs=0.5)


@pytest.mark.parametrize("round_", range(1, 11))
@pytest.mark.parametrize("arm", ARMS)
def test_zero_shares(arms, arm: str, round_: int):
    found = (arms[arm].contribution[round_ - 1] == 0.0).mean()
    assert found == pytest.approx(ZERO[round_ - 1], abs=0.08)


@pytest.mark.parametrize("round_", range(1, 11))
def test_beliefs(arms, round_: int):
    """Every round, with coefficients within half a standard error of the published ones."""
    found = arms[WITHIN].belief[round_ - 1].mean() * ENDOWMENT
    assert found == pytest.approx(BELIEF[round_ - 1], abs=0.5)


@pytest.mark.parametrize(
    "round_",
    [1, 2, pytest.param(3, marks=pytest.mark.xfail(strict=True, reason="a known miss of .7: the "
     "published update explains round-2 beliefs by .4 too little")), *range(4, 11)],
)  # fmt: skip
def test_beliefs_with_the_published_coefficients(played, round_: int):
    found = played.belief[round_ - 1].mean() * ENDOWMENT
    assert found == pytest.approx(BELIEF[round_ - 1], abs=0.5)


def test_what_was_fitted_lies_within_half_a_standard_error():
    """And nothing but these six coefficients was fitted."""
    fitted, published = (preset(FG).games()[arm] for arm in (WITHIN, PUBLISHED))
    for name, error in ERRORS.items():
        moved = getattr(fitted.contributing, name) - getattr(published.contributing, name)
        assert abs(moved) <= 0.5 * error + 1e-9
    back = {name: getattr(published.contributing, name) for name in ERRORS}
    assert replace(fitted, contributing=replace(fitted.contributing, **back)) == published


def test_individuals_persist(played):
    """Published correlations of contributions between rounds lie between .4 and .8."""
    pairs = zip(played.contribution[:-1], played.contribution[1:], strict=True)
    found = [np.corrcoef(one, other)[0, 1] for one, other in pairs]
    assert min(found) > 0.4
    assert max(found) < 0.8


def test_a_leader_with_lead_bonus_raises_contributions_and_one_without_lowers_them():
    def mean(leader: int, bonus: float) -> float:
        game = Game(Laboratory(groups=3000, leader=leader), leading=Leading(lead_bonus=bonus))
        return play_game(game, 7).contribution.mean()

    nobody = mean(0, 0.0)
    assert mean(1, 0.1) > nobody + 0.02
    assert mean(1, 0.0) < nobody - 0.02


def test_same_seed_same_game_and_another_seed_another():
    game = Game(Laboratory(groups=20))
    one, again, other = play_game(game, 3), play_game(game, 3), play_game(game, 4)
    assert one.contribution.tobytes() == again.contribution.tobytes()
    assert one.contribution.tobytes() != other.contribution.tobytes()


def test_contributions_are_whole_tokens(played):
    tokens = played.contribution * ENDOWMENT
    assert np.allclose(tokens, np.round(tokens))


def test_group_members_adjoin_and_everybody_plays(played):
    assert played.kind.size == 20_000
    assert np.isin(played.kind, [0, 1, 2, 3]).all()


@pytest.mark.parametrize("bad", [{"groups": 0}, {"endowment": -1}, {"groups": 10**6, "size": 50}])
def test_bad_games_are_refused(bad):
    with pytest.raises(ParameterError):
        play_game(Game(Laboratory(**bad)))


# --- leaders, groups and earnings ---------------------------------------------------------------


def game(types=None, identities=(), leadership=None, contributing=None, **laboratory) -> Game:
    return Game(
        Laboratory(**laboratory), leadership=Leadership(**(leadership or {})),
        contributing=Contributing(**(contributing or {})), identities=identities, types=types,
    )  # fmt: skip


def grouped(play, size: int):
    """Contributions, roles and earnings of partners, [rounds, groups, seats]."""
    shape = (play.role.shape[0], -1, size)
    return (each.reshape(shape) for each in (play.contribution, play.role, play.earnings))


def test_the_default_game_has_kept_its_bits():
    """The digest of the games before leaders, partners and earnings came in."""
    then = Leading(lead_bonus=0.1)
    held = hashlib.sha256()
    for told in ({}, {"leader": 1}, {"groups": 77, "size": 3, "rounds": 7, "endowment": 13}):
        play = play_game(replace(game(**told), leading=then), 5)
        means = [*play.contribution.mean(axis=1), *play.belief.mean(axis=1)]
        held.update(" ".join(f"{each:.12g}" for each in means).encode())
    assert held.hexdigest()[:16] == KEPT


def test_earnings_of_a_group_by_hand():
    """Four members, 20 tokens, .4: what is kept and .4 of all that is given."""
    play = play_game(game(groups=1, rounds=1, matching=1), 3)
    gave = play.contribution[0] * 20
    by_hand = [20 - each + 0.4 * gave.sum() for each in gave]
    assert play.earnings[0] == pytest.approx(by_hand)


def test_nothing_given_earns_the_endowment():
    play = play_game(game(groups=50, piece_rate=0.0, rounds=3, marginal_return=0.0), 1)
    assert play.earnings == pytest.approx(20 * (1.0 - play.contribution))


def test_a_paid_leader_and_the_rewarded_follower_earn_what_was_declared():
    given = {"pay": 0.5, "power": 2, "reward_size": 0.25}
    play = play_game(game(groups=40, matching=1, leader=1, leadership=given), 2)
    gave, role, earned = grouped(play, 4)
    plain = 20 * (1 - gave + 0.4 * gave.sum(axis=2, keepdims=True))
    extra = earned - plain
    assert extra[role == 1] == pytest.approx(10.0)
    best = np.where(role == 2, gave, -1.0).argmax(axis=2)[..., None]
    assert np.take_along_axis(extra, best, 2) == pytest.approx(5.0)
    assert extra.sum(axis=2) == pytest.approx(15.0)


def test_who_gave_least_and_less_than_the_leader_is_out_for_one_round():
    play = play_game(game(groups=60, matching=1, leader=1, leadership={"power": 1}), 4)
    gave, role, earned = grouped(play, 4)
    assert (role[0] != 3).all()
    for round_ in range(9):
        for group in range(60):
            followers = np.flatnonzero(role[round_, group] == 2)
            lowest = followers[gave[round_, group, followers].argmin()]
            out = gave[round_, group, lowest] < gave[round_, group, 0]
            expected = [lowest] if out else []
            assert np.flatnonzero(role[round_ + 1, group] == 3).tolist() == expected
    assert gave[role == 3] == pytest.approx(0.0)
    assert earned[role == 3] == pytest.approx(20.0)
    assert (role == 3).any()


def test_excluded_players_see_nothing():
    play = play_game(game(groups=60, matching=1, leader=1, leadership={"power": 1}), 4)
    out = play.role[:-1] == 3
    assert (play.belief[1:][out] == play.belief[:-1][out]).all()
    assert (play.belief[1:][~out] != play.belief[:-1][~out]).any()


def test_who_leads():
    _, fixed, _ = grouped(play_game(game(groups=9, matching=1, leader=1), 1), 4)
    assert (fixed[:, :, 0] == 1).all()
    _, turns, _ = grouped(play_game(game(groups=9, matching=1, leader=2), 1), 4)
    assert [turns[round_].argmin(axis=1).tolist() for round_ in range(5)] == [
        [seat] * 9 for seat in (0, 1, 2, 3, 0)
    ]
    offers = play_game(game(groups=2000, matching=1, leader=3), 1)
    _, roles, _ = grouped(offers, 4)
    led = (roles == 1).sum(axis=2)
    assert set(np.unique(led)) == {0, 1}
    assert ((roles == 2).any(axis=2) == (led == 1)).all()  # members where nobody leads
    leads = (offers.role == 1).mean(axis=0)
    assert leads[offers.kind == 0].mean() > 1.5 * leads[offers.kind == 1].mean()
    hopeful = offers.belief[offers.role == 1].mean()
    assert hopeful > offers.belief.mean() + 0.02


def test_without_volunteers_the_game_is_the_one_without_a_leader():
    nobody = {"volunteer_base": 0.0, "volunteer_cooperative": 0.0, "volunteer_belief": 0.0}
    one = play_game(game(groups=30, leader=3, leadership=nobody), 6)
    other = play_game(game(groups=30), 6)
    assert one.contribution.tobytes() == other.contribution.tobytes()
    assert (one.role == 0).all()


def test_partners_stay_and_strangers_do_not():
    partners, strangers = (play_game(game(groups=50, matching=m), 2) for m in (1, 0))
    assert (partners.group == np.repeat(np.arange(50), 4)).all()
    assert (strangers.group[0] != strangers.group[1]).any()
    for round_ in range(10):
        assert (np.bincount(strangers.group[round_]) == 4).all()


def test_identity_enters_by_the_minimum_or_by_the_mean():
    def shared(labels, by):
        return shared_identity(game(size=3, identity_by=by, identities=labels)).tolist()

    assert shared((1, 1, 1), 0) == [1.0, 1.0, 1.0]
    assert shared((1, 1, 2), 0) == [0.0, 0.0, 0.0]
    assert shared((1, 1, 2), 1) == [0.5, 0.5, 0.0]
    assert shared((0, 0, 0), 1) == [0.0, 0.0, 0.0]


def test_the_strategy_method_plays_the_own_schedule():
    asked = game(groups=200, size=2, endowment=2, leader=1, method=1)
    play = play_game(asked, 3)
    said = schedules(play, asked, np.array([0.0, 0.5, 1.0]))
    partner = np.empty((10, 400))
    for round_ in range(10):
        order = np.argsort(play.group[round_], kind="stable").reshape(-1, 2)
        partner[round_, order[:, 0]] = play.contribution[round_, order[:, 1]]
        partner[round_, order[:, 1]] = play.contribution[round_, order[:, 0]]
    place = (partner * 2).astype(int)
    expected = np.floor(said[np.arange(400), place] * 2 + 0.5) / 2
    follows = play.role == 2
    assert (play.contribution[follows] == expected[follows]).all()


def test_cooperators_wear_out_only_where_erosion_is_on():
    off, on = (play_game(game(groups=500, contributing={"erosion": e}), 1) for e in (0.0, 1.0))
    assert (off.kinds == off.kind).all()
    assert (on.kinds[0] == on.kind).all()
    gone = (on.kinds == 4).mean(axis=1)
    assert gone[-1] > gone[2] > gone[0] == 0.0


def test_ones_own_types_take_the_place_of_the_published_ones():
    play = play_game(game(types=Types(0.0, 1.0, 0.0, 0.0), groups=50), 1)
    assert (play.kind == 1).all()
    mixed = play_game(game(types=Types(0.2, 0.3, 0.4, 0.1), groups=5000), 1)
    found = np.bincount(mixed.kind, minlength=4) / mixed.kind.size
    assert found == pytest.approx([0.2, 0.3, 0.4, 0.1], abs=0.015)  # 4 SE of 20,000


def test_taking_changes_nothing_unless_willingness_is_lost():
    giving, taking, less = (
        play_game(game(groups=300, frame=f, taking_loss=loss), 2).contribution
        for f, loss in ((0, 0.3), (1, 0.0), (1, 0.3))
    )
    assert giving.tobytes() == taking.tobytes()
    assert less.mean() < giving.mean() - 0.02


def test_the_marginal_return_moves_earnings_only():
    low, high = (play_game(game(groups=40, marginal_return=m), 2) for m in (0.3, 0.75))
    assert low.contribution.tobytes() == high.contribution.tobytes()
    assert high.earnings.mean() > low.earnings.mean()


def test_high_pay_takes_belief_from_the_example():
    def follow(pay: float) -> float:
        led = game(groups=3000, leader=1, leadership={"pay": pay})
        play = play_game(led, 2)
        return float(np.polyfit(*_pairs(play), 1)[0])

    assert follow(0.3) == pytest.approx(follow(0.0))
    assert follow(2.0) < follow(0.0) - 0.2


def _pairs(play):
    """What the leader gave and what a follower gave, of the first round."""
    shown = np.zeros(play.group.max() + 1)
    leads, follows = play.role[0] == 1, play.role[0] == 2
    shown[play.group[0, leads]] = play.contribution[0, leads]
    return shown[play.group[0, follows]], play.contribution[0, follows]


def test_pull_lowers_a_leader_whose_followers_gave_less():
    def later(pull: float) -> float:
        led = game(groups=2000, matching=1, leader=1, leadership={"pull": pull})
        play = play_game(led, 2)
        return play.contribution[1:][play.role[1:] == 1].mean()

    assert later(1.0) < later(0.0) - 0.005


BAD_GAMES = [
    ({"leader": 2}, "matching=partners with leader=rotating"),
    ({"leadership": {"power": 2}}, "power is for a leader; type leader=fixed"),
    ({"leadership": {"pay": 0.5}}, "pay is for a leader"),
    ({"leader": 1, "leadership": {"power": 1}}, "type matching=partners and size=3"),
    ({"method": 1}, "the strategy method answers a first mover"),
    ({"leader": 1, "method": 1, "piece_rate": 0.5}, "type method=free"),
    ({"identities": (1, 1)}, "2 identities for groups of 4"),
    ({"identities": (1, 1, 1, -1)}, "is no label"),
    ({"types": Types(0.5, 0.5, 0.5, 0.5)}, "sum to 2"),
    ({"types": Types(1.5, -0.5, 0.0, 0.0)}, "between 0 and 1"),
    ({"groups": 10**6, "rounds": 200}, "ask for fewer groups"),
]


@pytest.mark.parametrize(("bad", "says"), BAD_GAMES)
def test_games_that_make_no_sense_are_refused_in_one_sentence(bad, says):
    with pytest.raises(ParameterError) as refused:
        play_game(game(**bad))
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@settings(deadline=None, max_examples=40)
@given(
    size=st.integers(3, 7), rounds=st.integers(1, 6), leader=st.integers(0, 3),
    power=st.integers(0, 2), endowment=st.integers(1, 30), erosion=st.floats(0.0, 1.0),
    pay=st.floats(0.0, 2.0), seed=st.integers(0, 2**64 - 1),
)  # fmt: skip
def test_every_game_keeps_its_bounds(size, rounds, leader, power, endowment, erosion, pay, seed):
    free = {"power": power if leader else 0, "pay": pay if leader else 0.0}
    play = play_game(
        game(groups=7, size=size, rounds=rounds, matching=1, leader=leader, endowment=endowment,
             leadership=free, contributing={"erosion": erosion}),
        seed,
    )  # fmt: skip
    gave, role, earned = grouped(play, size)
    tokens = gave * endowment
    assert ((gave >= 0) & (gave <= 1) & (np.abs(tokens - np.round(tokens)) < 1e-9)).all()
    assert ((play.belief >= 0) & (play.belief <= 1)).all()
    assert ((role == 1).sum(axis=2) <= 1).all()
    assert ((role == 3).sum(axis=2) <= (1 if free["power"] == 1 else 0)).all()
    # what a group earns is what it kept and what came back, pay and reward
    back = 0.4 * tokens.sum(axis=2) * (role != 3).sum(axis=2)
    led = (role == 1).sum(axis=2)
    extra = endowment * led * (free["pay"] + (0.25 if free["power"] == 2 else 0.0))
    kept = size * endowment - tokens.sum(axis=2)
    assert earned.sum(axis=2) == pytest.approx(kept + back + extra)
