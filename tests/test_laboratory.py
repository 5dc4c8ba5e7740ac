"""Presets and rows of the laboratory: every row has a number or a reason, and could come out wrong.

Bounds on hits are not tested: a row may miss. What is tested is that a statistic reads what it
says, on plays made by hand or where the answer is known.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from scenarios.laboratory import (
    CANNOT,
    FG,
    LEAD,
    MEASURED,
    answers,
    others_mean,
    selfish,
    slopes,
    weights,
)
from scenarios.laboratory_games import (
    game_of,
    known_names,
    preset,
    presets,
    published,
    types_of,
)
from scenarios.targets import targets
from sim.lab import Play, play_game
from sim.lab_games import Types
from sim.parameters import ParameterError

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
REPLICATES = 20


def by_hand(contribution, group, role) -> Play:
    gave = np.array(contribution, dtype=float)
    empty = np.zeros_like(gave)
    return Play(
        gave, empty, np.zeros(gave.shape[1], dtype=np.int64), empty.astype(np.int8),
        np.array(role, dtype=np.int8), np.array(group, dtype=np.int32), empty, empty[0],
    )  # fmt: skip


# --- rows -------------------------------------------------------------------------------------


def test_every_row_has_a_number_or_a_reason():
    rows = {name for name, each in targets().items() if each.area == "lab"}
    assert MEASURED.keys() | CANNOT.keys() == rows
    assert not MEASURED.keys() & CANNOT.keys()
    assert all(each.endswith(".") for each in CANNOT.values())


@pytest.mark.parametrize("name", MEASURED)
def test_a_row_is_a_number_for_each_replicate_and_repeats_itself(name: str):
    first = MEASURED[name]({}, 3, 4)
    assert first.shape == (4,)
    assert first.dtype == np.float64
    assert np.isfinite(first).all()
    assert MEASURED[name]({}, 4, 3).tolist() == first[1:].tolist()


# What moves a row, and by how much it is moved at least.
MOVED = [
    ("FG03", {"contributing.effort_reference": 0.75}, 1.0),
    ("FG07", {"laboratory.first_precision": 0.5}, 0.05),
    ("FG09", {"people.conditional": 0.62}, 0.04),
    ("FG13", {"contributing.belief_peers": 0.45}, 0.034),
    ("APS01", {"leading.lead_bonus": 0.2}, 5.0),
    ("APS09", {"contributing.erosion": 0.0}, -0.1),
    ("APS10", {"contributing.erosion_exploited": 0.34}, 0.03),
    ("EI02", {"leading.lead_bonus": 0.0}, -0.05),
    ("EI04", {"leadership.reward_hope": 0.0}, -0.05),
    ("EI05", {"laboratory.marginal_return": 0.75}, 0.03),
    ("DN01", {"contributing.identity_gain": 0.0}, -0.2),
    ("DN02", {"laboratory.identity_by": 1.0}, 0.05),
    ("GR01", {"contributing.weight_later": 0.8}, -0.1),
    ("CA01", {"leadership.volunteer_pay": 0.0, "leadership.pay_accepted": 0.0}, -0.002),
    ("GRU01", {"contributing.pay_crowding": 0.0}, -0.3),
]


@pytest.mark.parametrize(("name", "settings", "least"), MOVED)
def test_a_row_moves_with_what_it_is_about(name, settings, least):
    usual, changed = (MEASURED[name](each, 1, 20).mean() for each in ({}, settings))
    assert (changed - usual) * np.sign(least) > abs(least)


def test_settings_that_play_no_part_are_refused_by_every_kind_of_row():
    for name in ("FG01", "EI04", "GRU01"):
        for wrong in ("leading.lead_bonsu", "serving.exponent"):
            with pytest.raises(ParameterError, match="unknown setting"):
                MEASURED[name]({wrong: 0.1}, 1, 2)
    with pytest.raises(ParameterError, match="out of range"):
        MEASURED["FG01"]({"leading.lead_bonus": 3.0}, 1, 2)
    with pytest.raises(ParameterError, match="replicates"):
        MEASURED["FG01"]({}, 1, 0)


def test_published_means_are_those_of_the_data():
    file = SHARED / "data" / "aps2020_leader_follower.csv"
    if not file.is_file():
        pytest.skip("the data are not at hand")
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    theirs = published("andreozzi_ploner_saral_2020")
    for name, column in (("leader", "uc"), ("answer_half", "ccM"), ("answer_all", "ccH")):
        means = [np.mean([float(r[column]) for r in rows if r["period"] == str(p)]) / 100
                 for p in range(1, 11)]  # fmt: skip
        assert theirs[name] == pytest.approx(means, abs=1e-4)


# --- statistics by hand ----------------------------------------------------------------------


def test_the_others_are_those_of_the_own_group_who_are_there():
    play = by_hand([[0.2, 0.4, 0.9, 0.0, 1.0, 0.5]], [[0, 0, 0, 1, 1, 1]], [[1, 2, 2, 3, 1, 2]])
    found = others_mean(play)[0]
    assert found[:3] == pytest.approx([0.65, 0.55, 0.3])
    assert found[4:] == pytest.approx([0.5, 1.0])  # the excluded one does not count


def test_slopes_are_least_squares():
    one, other = np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 0.0, 1.0, 0.0])
    assert slopes(3.0 + 2.0 * one - other, one, other) == pytest.approx([2.0, -1.0])


def test_answers_are_whole_tokens_and_nothing_at_all_is_selfish():
    game = preset("andreozzi_ploner_saral_2020").games()["first mover"]
    play = play_game(game, 1)
    found = answers(game, play, 0)
    assert set(np.unique(found)) <= {0.0, 0.5, 1.0}
    assert selfish(game, play, 0)[play.kind == 1].all()
    steep = (play.kind == 0) & (play.slope > 0.6)
    assert found[steep, 1:].min() >= 0.5
    assert not selfish(game, play, 0)[steep].any()


def test_weights_are_found_again():
    """Followers who answer .6 of the leader and .3 of the other follower's past."""
    chance = np.random.Generator(np.random.Philox(1))
    gave = chance.random((10, 400, 3))
    belief = chance.random((10, 400, 3))
    gave[0, :, 1:] = 0.7 * gave[0, :, :1] + 0.1 * belief[0, :, 1:]
    for round_ in range(1, 10):
        gave[round_, :, 1:] = 0.6 * gave[round_, :, :1] + 0.3 * gave[round_ - 1, :, :0:-1]
    play = by_hand(gave.reshape(10, -1), np.zeros((10, 1200)), np.zeros((10, 1200)))
    play = play._replace(belief=belief.reshape(10, -1))
    assert weights(play, 3) == pytest.approx([0.7, 0.6, 0.3])


# --- presets and settings ------------------------------------------------------------------------


def test_every_preset_can_be_played():
    assert next(iter(presets())) == FG
    for name in presets():
        for game in preset(name).games({"rounds": 2}).values():
            assert play_game(game, 1).contribution.shape[0] == 2
        assert preset(name).source
        assert preset(name).about.endswith(".")


def test_settings_by_word_by_number_and_by_full_name_are_the_same_game():
    one = game_of({"leader": "rotating", "matching": "partners", "size": "5", "pay": "moderate"})
    other = game_of({"laboratory.leader": 2.0, "matching": 1, "laboratory.size": 5.0,
                     "leadership.pay": 0.25})  # fmt: skip
    assert one == other
    assert game_of({"identities": "1, 1,2,2"}).identities == (1, 1, 2, 2)
    assert game_of({"leading.lead_bonus": ".2"}).leading.lead_bonus == 0.2
    assert "leadership.pull" in known_names()


def test_types_as_they_are_typed():
    found = types_of("cc=.5, fr=.3,tri=.1")
    assert (found.conditional, found.free_riders, found.triangle) == (0.5, 0.3, 0.1)
    assert found.other == pytest.approx(0.1)
    assert game_of({"types": "cc=0,fr=1"}).types == Types(0.0, 1.0, 0.0, 0.0)


BAD = [
    ({"leder": "fixed"}, "did you mean leader?"),
    ({"leader": "rotates"}, "did you mean rotating?"),
    ({"size": "many"}, "type a number"),
    ({"size": 2.5}, "must be a whole number"),
    ({"size": "1"}, "out of range"),
    ({"lead_bonus": 0.2}, "did you mean leading.lead_bonus?"),
    ({"leading.lead_bonsu": 0.2}, "did you mean leading.lead_bonus?"),
    ({"wholly unknown": 1}, "`zwerm lab --list` shows what can be set"),
    ({"identities": "a,b"}, "type a label for each seat"),
    ({"types": "cc=.5,xx=.5"}, "no type is called 'xx'"),
    ({"types": "cc=half"}, "is no share"),
    ({"types": "cc=.9,fr=.9"}, "sum to 1.8"),
    ({"types": "cc=nan"}, "between 0 and 1"),
]


@pytest.mark.parametrize(("settings", "says"), BAD)
def test_what_cannot_be_used_is_refused_in_one_sentence(settings, says):
    with pytest.raises(ParameterError) as refused:
        game_of(settings)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_unknown_preset_is_refused_with_the_nearest():
    with pytest.raises(ParameterError, match=f"did you mean {LEAD}"):
        preset("leader_or_non")
