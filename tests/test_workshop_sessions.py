"""Are sessions, teams and organisations of one's own kept whole, and strangers refused?"""

import json
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import pytest

from experiments.ablation import Row, Survey, Why
from experiments.claims.verdicts import accepted
from experiments.workshop import offered, why_believe
from experiments.workshop.difference import difference, survey_sentence
from experiments.workshop.live import Live
from experiments.workshop.own import from_answers, from_list, own_of
from experiments.workshop.room import Move, Room
from experiments.workshop.said import LANGUAGES, RoomError, said
from experiments.workshop.sessions import Session, opened, saved
from experiments.workshop.teams import (
    Contest,
    Team,
    budget_of,
    checked_contest,
    debrief,
    play,
    spent_by,
)
from experiments.workshop.turns import AT_ONCE, Superseded, turn
from experiments.workshop.words import words_of
from scenarios.targets.target import targets
from sim.levers import NAMES

SMALL = Room(people=20, customers=100, years=1, first=(Move("example", 0.9, 13),))
TEAMS = (
    Team("Red", (Move("example", 0.9, 13),), prediction=2.0),
    Team("Blue", (Move("context", 1.0, 13),), "circles", 20, -1.5),
    Team("Grey"),
)
LIST = (
    "person,manager,department\nAnna Jansen,,Head\nPiet,Anna Jansen,Sales\nJan,Anna Jansen,Sales\n"
    "Els,Piet,Sales\nKim,Piet,Sales\nBo,Jan,Shop\n"
)


@pytest.fixture(scope="module")
def live() -> Live:
    return Live()


# --- sessions -----------------------------------------------------------------------------------


def whole() -> Session:
    own = from_list("ours", LIST.encode())
    rooms = (Room(), SMALL, replace(SMALL, organisation=own.key, language="en"))
    return Session("a morning", rooms, {own.key: own}, Contest(SMALL, TEAMS))


def test_a_session_opens_as_it_was_saved() -> None:
    session = whole()
    found = opened(saved(session))
    assert found.rooms == session.rooms
    assert found.contest == session.contest
    own = next(iter(session.owns.values()))
    assert found.owns[own.key].told == own.told
    assert found.name == session.name


def test_a_session_file_has_no_names_of_people() -> None:
    text = saved(whole()).decode()
    assert "Jansen" not in text
    assert "Piet" not in text


def edited(**changes: object) -> bytes:
    return json.dumps({**json.loads(saved(whole())), **changes}).encode()


STRANGERS = {
    "no text": (b"\x80\x04\x95pickle", "session_foreign"),
    "no JSON": (b"zwerm", "session_foreign"),
    "another JSON": (b'{"made_by": "somebody"}', "session_foreign"),
    "a list": (b"[]", "session_foreign"),
    "endless brackets": (b"[" * 200_000, "session_foreign"),
    "cut short": (saved(Session("x", (Room(),)))[:-20], "session_foreign"),
    "another format": (edited(format=2), "session_version"),
    "edited": (edited(rooms=[{"y": "7"}]), "session_broken"),
    "no seal": (edited(seal=None), "session_broken"),
}


@pytest.mark.parametrize(("file", "key"), STRANGERS.values(), ids=STRANGERS)
def test_a_foreign_session_gets_one_sentence(file: bytes, key: str) -> None:
    with pytest.raises(RoomError) as caught:
        opened(file)
    assert caught.value.key == key
    assert said(caught.value, "nl") != said(caught.value, "en")


def test_whoever_makes_the_seal_fit_is_still_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    from experiments.workshop import sessions

    monkeypatch.setattr(sessions, "_seal", lambda content: "fits")
    for rooms, key in (([{"y": "99"}], "size"), ([["y"]], "session_broken"), (7, "session_broken")):
        with pytest.raises(RoomError) as caught:
            opened(edited(rooms=rooms, seal="fits"))
        assert caught.value.key == key


# --- organisations of one's own -----------------------------------------------------------------


def test_a_list_becomes_an_organisation() -> None:
    own = from_list("ours", LIST.encode())
    assert own.is_list
    assert own.told.bosses == (-1, 0, 0, 1, 1, 2)
    assert own_of(own.name, own.kind, own.content).key == own.key


BAD_LISTS = {
    "a cycle": ("person,manager\na,\nb,c\nc,d\nd,b\ne,a\nf,a\n", "list_cycle"),
    "no manager column": ("person,chief\na,\nb,a\n", "list_column"),
    "nothing": ("", "list_empty"),
    "several heads": ("person,manager\na,\nb,\nc,a\nd,a\ne,a\n", "list_head"),
    "a stranger": ("person,manager\na,\nb,x\nc,a\nd,a\ne,a\n", "list_manager"),
    "twice": ("person,manager\na,\nb,a\nb,c\nc,a\nd,a\n", "list_twice"),
    "an open quote": ('person,manager\na,\n"b,a\nc,a\n', "list_broken"),
    "too few": ("person,manager\na,\nb,a\nc,a\n", "list_size"),
}


@pytest.mark.parametrize(("text", "key"), BAD_LISTS.values(), ids=BAD_LISTS)
def test_a_bad_list_is_said_in_both_languages(text: str, key: str) -> None:
    with pytest.raises(RoomError) as caught:
        from_list("ours", text.encode())
    assert caught.value.key == key
    told = [said(caught.value, language) for language in LANGUAGES]
    assert told[0] != told[1]
    assert not any("/tmp" in each for each in told)


@pytest.mark.parametrize("name", ["x" * 500, "", " \u200b\n"])
def test_a_name_is_bounded(name: str) -> None:
    with pytest.raises(RoomError) as caught:
        from_list(name, LIST.encode())
    assert caught.value.key == "name"
    assert len(said(caught.value, "nl")) < 200


@pytest.mark.parametrize(
    "bosses", [[-1, 0, 3, 4, 2, 0], [-1, -1, 0, 0, 0], [-1, 9, 0, 0, 0], [-1, True, 0, 0, 0], "x"]
)
def test_rows_of_a_session_file_are_checked(bosses: object) -> None:
    with pytest.raises(RoomError):
        own_of("ours", "list", {"bosses": bosses, "departments": []})


def test_answers_set_sizes_and_what_cannot_be_answered_is_refused() -> None:
    own = from_answers("ours", {"staff": 40, "structure": "circles", "contacts": "6"})
    assert (own.told.organisation.people, own.told.structure) == (40, "circles")
    for answers, key in (({"staff": 5000}, "size"), ({"staf": 40}, "own_broken"),
                         ({"enps": "much"}, "own_broken")):  # fmt: skip
        with pytest.raises(RoomError) as caught:
            from_answers("ours", answers)
        assert caught.value.key == key


def test_outcomes_are_searched_for_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from experiments.workshop import own as workshop_own

    monkeypatch.setattr(workshop_own, "_searched", lambda *_: {"people.engagement": 0.61})
    own = from_answers("ours", {"staff": 40, "enps": 20})
    assert own.told.parameters.people.engagement == 0.61
    again = opened(saved(Session("x", (Room(),), {own.key: own})))
    assert again.owns[own.key].told == own.told


def test_a_search_can_be_stopped() -> None:
    with pytest.raises(Superseded):
        from_answers("ours", {"staff": 20, "customers": 100, "enps": 20}, stop=lambda: True)


# --- teams --------------------------------------------------------------------------------------


def test_doing_nothing_costs_nothing_and_costs_are_those_of_levers() -> None:
    contest = Contest(SMALL, TEAMS)
    red, _, grey = (spent_by(contest, team) for team in TEAMS)
    lever = NAMES["example"]
    use = (0.9 - lever.rest) / (lever.high - lever.rest)
    assert grey == (0.0, 0.0)
    assert red.hours == pytest.approx(lever.hours * use * 39 / 52)


def test_a_team_above_its_budget_is_refused() -> None:
    moves = tuple(Move(name, NAMES[name].high, 0) for name in ("training", "moments", "pay"))
    assert spent_by(Contest(SMALL, ()), Team("Red", moves)).euros > budget_of(SMALL).euros
    with pytest.raises(RoomError) as caught:
        checked_contest(Contest(SMALL, (Team("Red", moves),)))
    assert caught.value.key == "team_over"


@pytest.mark.parametrize(
    ("teams", "key"),
    [
        (TEAMS + TEAMS, "team_many"),
        ((Team("x" * 500),), "name"),
        ((Team("Red", prediction=float("nan")),), "prediction"),
        ((Team("Red", (Move("example", 0.9, 60),)),), "week"),
    ],
)
def test_a_contest_is_checked(teams: tuple[Team, ...], key: str) -> None:
    with pytest.raises(RoomError) as caught:
        checked_contest(Contest(SMALL, teams))
    assert caught.value.key == key


def test_teams_play_on_the_same_runs(live: Live) -> None:
    results = play(live, Contest(SMALL, TEAMS), fine=False)
    assert len({each.fans.lots for each in results}) == 1
    grey = results[2]
    assert grey.change[:3] == (0.0, 0.0, 0.0)
    assert grey.miss is None
    red = results[0]
    assert red.miss == pytest.approx(red.change.middle - 2.0)
    told = debrief(results, SMALL.measure)
    assert told.wins.shape == (3, 3)
    assert (np.diag(told.wins) == 0).all()
    best = max(results, key=lambda each: each.change.middle)
    assert told.furthest == (best.team.name,)
    assert set(told.closest) <= {"Red", "Blue"}
    assert not told.idle
    assert not told.alike


# --- why ----------------------------------------------------------------------------------------


def test_the_waterfall_adds_up_to_what_the_fans_show(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(offered.content()["live"], "why_rows", 3)
    told: list[tuple[float, int]] = []
    found = difference(
        live, SMALL, "effort_front", progress=lambda done, total: told.append((done, total))
    )
    parts = sum(row.mean for row in found.why.rows)
    assert parts == pytest.approx(found.why.difference.mean)
    done, total = told[-1]
    assert done == total > 6
    sides = [live.fans(SMALL, side).values["effort_front"][:3] for side in ("first", "second")]
    mean = (sides[0] - sides[1]).mean()
    assert found.why.difference.mean == pytest.approx(mean, rel=1e-9)
    for language in LANGUAGES:
        assert all(found.label(row, language) for row in found.why.rows)
        assert found.survey(language)


@pytest.mark.parametrize(
    ("waves", "dutch", "english"),
    [(2, "26 weken", "26 weeks"), (7, "91 weken", "91 weeks"), (9, "zo’n 3 jaar", "some 3 years")],
)
def test_how_long_a_survey_takes_is_said_in_weeks_and_then_in_years(
    waves: int, dutch: str, english: str
) -> None:
    row = Row("", 5.0, (4.0, 6.0), (3.0, 7.0), ())
    asked = Survey((400, 400), "", 3.0, 0.4, waves, 13)
    why = Why("nps_true", "", 1, 52, ("A", "B"), (5.0, 0.0), (1,), (), row, row, row, (), (), asked)
    assert survey_sentence(why, "nl").endswith(f"één per 13 weken: {dutch}.")
    assert survey_sentence(why, "en").endswith(f"one every 13 weeks: {english}.")


def test_a_waterfall_can_be_stopped_and_needs_two_sides(live: Live) -> None:
    with pytest.raises(Superseded):
        difference(live, SMALL, stop=lambda: True)
    with pytest.raises(RoomError) as caught:
        difference(live, Room(people=20, customers=100, years=1))
    assert caught.value.key == "same_sides"


def test_who_comes_late_waits_or_gives_up() -> None:
    with ExitStack() as stack:
        for _ in range(AT_ONCE):
            stack.enter_context(turn())
        with pytest.raises(Superseded), turn(stop=lambda: True):
            pass
    with turn(stop=lambda: True):  # there is room again, so nobody looks
        pass


def test_every_row_of_the_targets_is_counted_and_no_miss_left_out() -> None:
    shares = why_believe.validation("nl")
    assert sum(each.rows for each in shares) == len(targets())
    tested = next(each for each in shares if each.status == "check")
    assert len(why_believe.misses()) == tested.missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lever_has_a_card(language: str) -> None:
    for name, lever in NAMES.items():
        card = why_believe.card(name, language)
        assert card.name
        assert card.about
        assert card.unit
        assert (card.hours, card.euros, card.source) == (lever.hours, lever.euros, lever.source)
    assert why_believe.is_not(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_verdict_is_the_accepted_one_and_has_words(language: str) -> None:
    for name, found in accepted().claims.items():
        key = why_believe.claim(name, language).verdict
        assert key == found.verdict.name.lower()
        assert words_of(language)["verdicts"][key]
