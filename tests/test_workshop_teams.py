"""Can a team choose a structure and every lever that has a price, and is all of it shown?"""

from dataclasses import replace

import numpy as np
import pytest

from experiments.results import costs_of
from experiments.workshop import charts
from experiments.workshop.charts import Axis, Line
from experiments.workshop.difference import _arm
from experiments.workshop.live import Fans, Live, Verdict
from experiments.workshop.own import from_list
from experiments.workshop.plans import debrief_texts, plan_text, shape_text, steps
from experiments.workshop.room import FRONT, SHAPES, Move, Room
from experiments.workshop.said import LANGUAGES, RoomError
from experiments.workshop.sessions import Session, opened, saved
from experiments.workshop.teams import (
    CHOSEN,
    Contest,
    Result,
    Spent,
    Team,
    budget_of,
    checked_contest,
    debrief,
    play,
    spent_by,
)
from experiments.workshop.told import told_of
from experiments.workshop.words import words_of
from sim.configuration import Switch, shape_of
from sim.levers import NAMES, WORLD_OUTSIDE
from sim.measures import empty_record

ROOM = Room(people=100, customers=120, years=2)  # 15 lead a tree, 16 lead circles
BARRIERS = Move("barriers", 1.0, 0)
LIST = (
    "person,manager,department\nAnna,,Head\nPiet,Anna,Sales\nJan,Anna,Sales\nEls,Piet,Sales\n"
    "Kim,Piet,Sales\nBo,Jan,Shop\n"
)


# --- budget ---------------------------------------------------------------------------------


def test_hours_are_of_those_who_lead_then() -> None:
    contest = Contest(ROOM, ())
    tree, circles = (spent_by(contest, Team("x", (BARRIERS,), kind)).hours
                     for kind in ("tree", "circles"))  # fmt: skip
    assert tree != circles
    halfway = spent_by(contest, Team("x", (BARRIERS,), "circles", ROOM.weeks // 2)).hours
    assert halfway == pytest.approx((tree + circles) / 2)
    leaders = shape_of(told_of(ROOM, "first"), "circles").leader.size
    assert circles == pytest.approx(NAMES["barriers"].hours * leaders)


def test_the_waterfall_counts_hours_of_those_who_lead_then_too() -> None:
    halfway = ROOM.weeks // 2
    room = replace(ROOM, first=(BARRIERS,), structure_first="circles", switch_first=halfway)
    told = told_of(room, "first")
    record = empty_record(told.weeks, 3)
    spent = _arm("A", told, [record]).costs[:, 0]
    leaders = [shape_of(told, kind).leader.size for kind in ("tree", "circles")]
    assert leaders[0] != leaders[1]
    for week, count in zip((halfway - 1, halfway), leaders, strict=True):
        assert spent[week] == pytest.approx(NAMES["barriers"].hours * count)
    # Nobody knows beforehand in which week of a run a mark is passed.
    waiting = replace(told, switches=(Switch("circles", halfway, at_value=0.6),))
    assert costs_of(waiting)[-1, 0] == pytest.approx(NAMES["barriers"].hours * leaders[0])


@pytest.mark.parametrize("kind", SHAPES)
def test_another_structure_has_no_price_of_its_own(kind: str) -> None:
    assert spent_by(Contest(ROOM, ()), Team("x", (), kind, 20)) == (0.0, 0.0)


def test_the_budget_is_that_of_the_organisation_whatever_a_does() -> None:
    acting = replace(ROOM, first=(BARRIERS,), structure_first="circles")
    assert budget_of(acting) == budget_of(ROOM)


def test_a_team_may_choose_whatever_has_a_price() -> None:
    assert {name for name in FRONT if name in NAMES} <= set(CHOSEN)
    assert {name for name, each in NAMES.items() if each.hours or each.euros} <= set(CHOSEN)
    for name in set(NAMES) - set(CHOSEN):
        assert NAMES[name].who == WORLD_OUTSIDE
        with pytest.raises(RoomError) as caught:
            checked_contest(Contest(ROOM, (Team("x", (Move(name, 1.0, 0),)),)))
        assert caught.value.key == "team_nobody"


def test_a_list_of_people_keeps_its_structure() -> None:
    own = from_list("ours", LIST.encode())
    contest = Contest(replace(ROOM, organisation=own.key), (Team("x", (), "circles", 10),))
    with pytest.raises(RoomError) as caught:
        checked_contest(contest, {own.key: own})
    assert caught.value.key == "list_shape"


def test_a_session_keeps_the_structure_of_a_team() -> None:
    teams = (Team("Red", (BARRIERS,), "circles", 40, 1.0), Team("Blue", (), "hybrid"))
    contest = Contest(ROOM, teams)
    again = opened(saved(Session("x", (ROOM,), {}, contest))).contest
    assert again is not None
    assert again.teams == teams


def test_a_prediction_is_refused_in_the_unit_in_which_it_was_typed() -> None:
    room, team = replace(ROOM, measure="cynicism"), Team("x", prediction=1.5)
    with pytest.raises(RoomError) as caught:
        checked_contest(Contest(room, (team,)))  # 150 was typed, of 100
    assert caught.value.values == {"low": -100.0, "high": 100.0}


# --- the debrief ----------------------------------------------------------------------------


def ended(
    name: str, by: float, moves: tuple[Move, ...] = (BARRIERS,), euros: float = 0.0,
    miss: float | None = None, measure: str = ROOM.measure,
) -> Result:  # fmt: skip
    """A team that ends this much above doing nothing in each of ten runs."""
    values = np.tile(np.linspace(-1, 1, 10)[:, None] + by, (1, 8))
    fans = Fans(np.arange(13, 117, 13), {measure: values}, {}, {}, {}, (), 100, 120, False, True)
    change = Verdict(by, by, by, 10 * (by > 2), 10 * (by < -2), 10)
    return Result(Team(name, moves), fans, change, Spent(0.0, euros), miss, None)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 4])
def test_of_teams_that_change_nothing_none_is_furthest(language: str, count: int) -> None:
    teams = tuple(Team(f"T{number}") for number in range(count))
    results = play(Live(), Contest(replace(ROOM, language=language), teams), fine=False)
    facts = debrief(results, ROOM.measure)
    assert facts.idle
    assert facts.alike
    assert facts.furthest == facts.thriftiest == ()
    told = debrief_texts(results, ROOM.measure, language)
    assert told == [words_of(language)["teams"]["idle"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_teams_with_one_plan_are_said_to_end_the_same(language: str) -> None:
    results = [ended("Red", 5.0, miss=1.0), ended("Blue", 5.0, miss=-1.0)]
    told, words = debrief_texts(results, ROOM.measure, language), words_of(language)["teams"]
    assert told[0] == words["alike"]
    assert debrief(results, ROOM.measure).furthest == ()
    assert words["closest"].format(name="Red, Blue") in told  # level: none is left out
    assert words["not_apart"] not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_does_nothing_is_not_furthest_where_the_others_fall_behind(language: str) -> None:
    results = [ended("Grey", 0.0, moves=()), ended("Red", -3.0), ended("Blue", -1.0)]
    told = debrief_texts(results, ROOM.measure, language)
    assert told == [words_of(language)["teams"]["none_better"]]


def test_of_level_teams_both_are_named_and_neither_is_told_apart() -> None:
    results = [ended("Red", 5.0, euros=9.0), ended("Grey", 0.0, moves=()), ended("Blue", 5.0)]
    facts = debrief(results, ROOM.measure)
    assert facts.furthest == ("Red", "Blue")
    assert facts.thriftiest == ("Blue",)
    assert not facts.told_apart


@pytest.mark.parametrize("measure", ["cynicism", "cost"])
def test_where_less_is_better_the_lowest_is_furthest(measure: str) -> None:
    results = [ended("More", 3.0, measure=measure), ended("Less", -3.0, measure=measure)]
    facts = debrief(results, measure)
    assert facts.furthest == facts.thriftiest == ("Less",)
    assert facts.told_apart
    assert facts.wins[1, 0] == 1.0


# --- what is shown --------------------------------------------------------------------------


def test_a_plan_is_said_with_every_step_in_order() -> None:
    team = Team("x", (Move("example", 0.9, 52), Move("attention", 2.5, 13, 0, 39)), "circles", 26)
    told = plan_text(team, "nl")
    assert told == "; ".join(each.text for each in steps(team, "nl"))
    assert [each.week for each in steps(team, "nl")] == [13, 26, 52]
    assert "cirkels na 0,5 jaar" in told
    assert "90% na 1 jaar" in told
    assert "2,5 uur per week van jaar 0,25 tot 0,75" in told
    assert plan_text(replace(team, moves=(BARRIERS,)), "nl").startswith(
        f"{words_of('nl')['levers']['barriers']['name']} 100% vanaf het begin"
    )
    assert "circles after year 0.5" in plan_text(team, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_of_nothing_is_said_too(language: str) -> None:
    words = words_of(language)
    assert plan_text(Team("x"), language) == words["teams"]["does_nothing"]
    assert shape_text(Team("x"), language) == ""
    for kind in SHAPES[1:]:
        told = plan_text(Team("x", (), kind), language)
        assert words["structure"][kind] in told
        assert told != plan_text(Team("x", (), kind, 30), language)


def test_a_change_of_structure_is_a_stroke_in_the_race() -> None:
    axis = Axis("effort", "effort", "effort", "%", 0, 1, 100.0, 0)
    line = Line(*(np.full(3, value) for value in (0.1, 0.2, 0.3)))
    frame = charts.fan(axis, 2, words_of("nl")["charts"], "nl", True, False)
    weeks = np.array([13, 26, 39])
    lines = [("Red", "#000000", line), ("Blue", "#111111", line)]
    drawn = charts.race(frame, lines, weeks, [[(0.5, "cirkels")], []])["series"]
    red, blue = (each["markLine"]["data"] for each in drawn if "markLine" in each)
    assert [each["xAxis"] for each in red] == [0.5]
    assert red[0]["label"]["formatter"] == "cirkels"
    assert blue == []


def test_teams_of_one_name_are_drawn_apart() -> None:
    axis = Axis("effort", "effort", "effort", "%", 0, 1, 100.0, 0)
    frame = charts.fan(axis, 2, words_of("nl")["charts"], "nl", True, False)
    line = Line(*(np.full(3, value) for value in (0.1, 0.2, 0.3)))
    lines = [("Red", "#000000", line), ("Red", "#111111", line)]
    drawn = charts.race(frame, lines, np.array([13, 26, 39]))["series"]
    assert len({each["id"] for each in drawn}) == len(drawn) == 6
    assert len({each["stack"] for each in drawn if "stack" in each}) == 2
    named = [each["endLabel"]["formatter"] for each in drawn if "endLabel" in each]
    assert named == ["Red", "Red"]
    room = charts.race(frame, lines, np.array([13, 26, 39]))["grid"]["right"]
    for each in (each["endLabel"] for each in drawn if "endLabel" in each):
        assert each["width"] + each["distance"] <= room  # a long name is cut and not run over
        assert each["overflow"] == "truncate"


def test_teams_with_another_structure_play_on_the_same_runs() -> None:
    teams = (Team("Red", (), "circles", 26), Team("Grey"))
    red, grey = play(Live(), Contest(ROOM, teams), fine=False)
    assert red.fans.lots == grey.fans.lots
    before = np.flatnonzero(red.fans.weeks < 26)
    name = ROOM.measure
    assert (red.fans.values[name][:, before] == grey.fans.values[name][:, before]).all()
    assert (red.fans.values["effort"][:, -1] != grey.fans.values["effort"][:, -1]).any()


def test_names_of_levels_do_not_cover_each_other() -> None:
    axis = Axis("effort", "effort", "effort", "%", 0, 1, 100.0, 0)
    options = charts.fan(axis, 7, words_of("nl")["charts"], "nl", True)
    levels = [
        (name, np.full(3, value)) for name, value in (("top", 60.0), ("2", 47.0), ("3", 46.0))
    ]
    charts.fill(options, np.array([13, 26, 39]), {}, None, levels)
    labels = [each["endLabel"] for each in options["series"] if "endLabel" in each]
    named = [each for each in labels if each["formatter"]]
    ends = [charts.RACE_PIXELS * (1 - values[-1] / 100) + each["offset"][1]
            for (_, values), each in zip(levels, named, strict=True)]  # fmt: skip
    assert (np.diff(ends) >= charts.NAME_PIXELS - 0.2).all()


def test_names_at_the_ends_of_a_race_do_not_cover_each_other() -> None:
    axis, pixels = {"min": 0.0, "max": 1.0}, charts.NAME_PIXELS
    for values in ([0.5, 0.5, 0.5], [0.9, 0.52, 0.5, 0.49], [0.1, 0.9], [np.nan, 0.0]):
        moved = charts.nudges(values, axis)
        at = [charts.RACE_PIXELS * (1.0 - value) for value in np.nan_to_num(values)]
        ends = [place + by for place, by in zip(at, moved, strict=True)]
        order = sorted(range(len(at)), key=lambda each: at[each])
        gaps = np.diff([ends[each] for each in order])
        assert (gaps >= pixels - 0.2).all()
    assert charts.nudges([0.1, 0.9], axis) == [0.0, 0.0]
