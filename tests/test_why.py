"""Do the rows add up to the difference, and does `zwerm why` say what it cannot do?"""

import dataclasses
import json
import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from conftest import BUSY_ACTIONS, small, with_parameters
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments import store
from experiments.ablation import (
    CARRIED_BY,
    DIFFERENCE,
    REMAINING,
    UNITS,
    Why,
    answer,
    ask,
    seen,
    survey_of,
    units_for,
    without,
)
from experiments.figures.style import save
from experiments.figures.waterfall import waterfall
from experiments.results import Arm, Study
from experiments.why import json_text, notes, survey_text, text, why, why_command
from sim.configuration import Configuration, Switch
from sim.measures import COLUMN, MEASURES, NAMES
from sim.parameters import ParameterError
from sim.runs import Task, simulate_many

SEEDS = 3
TINY = ("organisation.people=15", "organisation.customers=60", "engine.seeds=2", "weeks=14")
ACTIONS = "actions=[{lever: recognition, strength: 1.0}]"
UNIT_NAMES = [unit.name for unit in units_for("nps_true")]
ARMS = 2 * (2 + len(UNIT_NAMES))  # two arms: as they are, without each unit, without all


# --- arithmetic on records that nobody ran ----------------------------------------------------


def arm(name: str, values: np.ndarray, off: tuple[str, ...] = (), **others: float) -> Arm:
    """An arm whose nps_true is this in each seed, all year long."""
    weekly = np.full((values.size, 52, len(MEASURES)), np.nan)
    weekly[:, :, COLUMN["nps_true"]] = values[:, np.newaxis]
    for measure, value in others.items():
        weekly[:, :, COLUMN[measure]] = value
    told = Configuration(off=off, weeks=52)
    return Arm(name, "", told, weekly, np.empty((values.size, 52, 0, 3)), np.zeros((52, 2)))


def study(*arms: Arm) -> Study:
    """A study about arm A against arm B."""
    seeds = tuple(range(1, arms[0].weekly.shape[0] + 1))
    return Study("toy", "toy", "", arms, "A", "B", seeds)


def toy(whole: float, left: dict[str, float]) -> Why:
    """An answer where A differs from B by `whole`, and by `left` without a unit (else no less)."""
    zero = np.zeros(SEEDS)
    arms = [arm("A", zero + whole), arm("B", zero)]
    for name in (*UNIT_NAMES, REMAINING):
        arms += [arm(without("A", name), zero + left.get(name, whole)),
                 arm(without("B", name), zero)]  # fmt: skip
    return answer(study(*arms), "nps_true", 1)


def means(found: Why) -> dict[str, float]:
    return {row.name: row.mean for row in (*found.rows, found.difference)}


def test_a_single_path():
    found = means(toy(4.0, {"leading": 0.0, REMAINING: 0.0}))
    assert found.pop("leading") == found.pop(DIFFERENCE) == 4.0
    assert set(found.values()) == {0.0}


def test_parallel_paths_leave_nothing_to_interact():
    found = means(toy(4.0, {"leading": 3.0, "mood": 1.0, REMAINING: 0.0}))
    assert (found["leading"], found["mood"], found["interaction"]) == (1.0, 3.0, 0.0)


def test_a_chain_counts_for_every_link_and_says_so():
    found = toy(4.0, {"leading": 0.0, "contributing": 0.0, REMAINING: 0.0})
    assert means(found)["leading"] == means(found)["contributing"] == 4.0
    assert means(found)["interaction"] == -4.0
    assert "leading, contributing" in " ".join(notes(found))
    assert "one chain" in text(found)


def test_what_stays_with_all_off_is_no_interaction():
    found = toy(4.0, {})
    assert (means(found)[REMAINING], means(found)["interaction"]) == (4.0, 0.0)
    assert "+4.00 is left with all off" in text(found)


values = st.lists(st.floats(-100, 100), min_size=2, max_size=2)


@settings(deadline=None, max_examples=20)
@given(st.lists(values, min_size=ARMS, max_size=ARMS))
def test_rows_add_up_seed_by_seed(drawn: list[list[float]]):
    names = [each for name in (*UNIT_NAMES, REMAINING)
             for each in (without("A", name), without("B", name))]  # fmt: skip
    arms = [arm(name, np.array(each))
            for name, each in zip(["A", "B", *names], drawn, strict=True)]  # fmt: skip
    found = answer(study(*arms), "nps_true", 1)
    added = np.sum([row.by_seed for row in found.rows], axis=0)
    assert added == pytest.approx(np.array(found.difference.by_seed), abs=1e-9)
    assert sum(row.mean for row in found.rows) == pytest.approx(found.difference.mean, abs=1e-9)
    json.loads(json_text(found))


def test_a_mechanism_that_is_off_in_both_contributes_nothing():
    luck = np.random.default_rng(1).normal(size=SEEDS)
    off = ("culture",)
    arms = [arm("A", 3.3 + luck, off), arm("B", 0.1 * luck, off)]
    for name in (*UNIT_NAMES, REMAINING):
        if name != "culture":  # nobody runs what is there already
            arms += [arm(without("A", name), luck, off), arm(without("B", name), luck, off)]
    found = answer(study(*arms), "nps_true", 1)
    culture = next(row for row in found.mechanisms if row.name == "culture")
    assert culture.by_seed == (0.0,) * SEEDS
    assert (culture.mean, culture.base, culture.off_in) == (0.0, 0.0, ("A", "B"))
    assert "off in both" in text(found)


def test_seeds_in_which_something_is_unknown_are_left_out_everywhere():
    holed = [arm("A", np.array([4.0, np.nan, 5.0])), arm("B", np.zeros(SEEDS))]
    found = answer(study(*holed), "nps_true", 1)
    assert found.seeds == (1, 3)
    assert found.difference.by_seed == (4.0, 5.0)
    with pytest.raises(ParameterError, match="choose another measure or year"):
        answer(study(*holed), "enps_true", 1)


def test_interval_and_band_of_a_row():
    arms = (arm("A", np.array([1.0, 2.0, 3.0])), arm("B", np.zeros(3)))
    row = answer(study(*arms), "nps_true", 1).difference
    half = 4.302652729749464 / math.sqrt(3)  # Student's t with two degrees of freedom, SD 1
    assert row.interval == pytest.approx((2.0 - half, 2.0 + half))
    assert row.band == pytest.approx((1.1, 2.9))


# --- surveys --------------------------------------------------------------------------------


def test_power_of_a_survey():
    assert seen(2.8016, 1.0)[0] == pytest.approx(0.8, abs=1e-3)
    assert seen(2.81, 1.0)[1] == 1
    assert seen(1.401, 1.0)[1] == 4
    assert seen(-1.401, 1.0)[1] == 4
    assert seen(0.0, 1.0) == (0.05, None)
    assert seen(0.5, 0.0) == (1.0, 1)
    assert seen(1e-3, 5.0)[1] is None


def test_the_error_of_a_survey():
    one = arm("A", np.full(SEEDS, 15.0), pleased=0.75)  # 40 % promoters, 25 % detractors
    found = survey_of((one, one), "nps_true", 1, 5.0)
    assert found is not None
    assert found.error == pytest.approx(100 * math.sqrt(2 * (0.65 - 0.15**2) / 400))
    assert survey_of((one, one), "effort", 1, 5.0) is None
    weekly = np.full((2, 52, len(MEASURES)), np.nan)
    weekly[:, ::26, COLUMN["enps_true"]] = 10.0
    weekly[:, ::26, COLUMN["enps"]] = [[9.0, 11.0], [11.0, 9.0]]
    two = dataclasses.replace(one, weekly=weekly)
    found = survey_of((two, two), "enps_true", 1, 5.0)
    assert found is not None
    assert found.error == pytest.approx(math.sqrt(2 * 4 / 3))
    assert found.answers == (120, 120)


def test_what_is_said_of_surveys():
    assert "one wave is enough" in survey_text(with_survey(50.0))
    assert "44 waves, 11 years" in survey_text(with_survey(2.41))
    assert "nor in 10,000" in survey_text(with_survey(0.01))
    assert "No survey" in survey_text(toy(1.0, {}))


def with_survey(difference: float) -> Why:
    """A toy whose survey has an error of 5.69 points."""
    one = toy(difference, {})
    arms = (arm("A", np.zeros(2), pleased=0.6758), arm("B", np.zeros(2), pleased=0.6758))
    return dataclasses.replace(one, survey=survey_of(arms, "nps_true", 1, difference))


# --- what may be switched off -----------------------------------------------------------------


@cache
def run_without(unit: str) -> tuple[np.ndarray, np.ndarray]:
    """The weeks of a busy and an idle arm without a unit, [seeds, weeks, measures].

    Both go over to circles, as in a tree that stays one some measures never move; and many leave,
    with some seeds also the top, so that somebody new has to be believed.
    """
    off = next((each.mechanisms for each in UNITS if each.name == unit), ())
    idle = small(weeks=53, off=off, switches=(Switch("circles", 14),))
    idle = with_parameters(idle, staffing={"quits": 0.6})
    busy = dataclasses.replace(idle, actions=BUSY_ACTIONS)
    records = simulate_many([Task(told, seed) for told in (busy, idle) for seed in range(8)])
    weekly = np.stack([record.weekly for record in records])
    return weekly[:8], weekly[8:]


@pytest.mark.parametrize("measure", [name for name in NAMES if name != "share"])  # of a market
def test_what_carries_a_measure_is_kept_on(measure: str):
    """Without it nothing is measured, or nothing anybody does is seen; without others it moves."""
    for unit in UNITS:
        busy, idle = (weekly[:, :, COLUMN[measure]] for weekly in run_without(unit.name))
        if set(unit.mechanisms) & set(CARRIED_BY.get(measure, ())):
            assert np.array_equal(busy, idle, equal_nan=True)
        else:
            both = np.hstack([busy, idle])
            known = both[:, ~np.isnan(both).any(axis=0)]
            assert np.ptp(known, axis=1).max() > 0


# --- asking and the whole command -------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nothing", "nothing"], "named twice"),
        (["nothing:chosen", "nothing:nothing", "actions=[]"], "has no arm 'chosen'"),
        (["copy_of_a_copy", "copy_of_a_copy:example"], "are the same"),
        (["copy_of_a_copy"], "name the two to tell apart"),
        (["scenario=copy_of_a_copy,nothing"], "without scenario="),
        (["copy_of_a_copy:example", "copy_of_a_copy:word"], "did you mean words"),
        (["copy_of_a_copy", "nothing", "--measure=npss"], "did you mean nps"),
        (["copy_of_a_copy", "nothing", "years=5", "--year=6"], "type 1 to 5, or add years=6"),
        (["copy_of_a_copy", "nothing", "years=5", "--year=0"], "type 1 to 5$"),
        (["copy_of_a_copy", "nothing", "years=5", "engine.seeds=1"], "engine.seeds=8"),
        (["copy_of_a_copy", "nothing", "years=5", "off=[surveys]"], "take it out of off"),
        (["copy_of_a_copy", "nothing", "years=3", "--year=2", "--measure=enps",
          "calendar.enps_weeks=104"], "choose another --year"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(words: list[str], sentence: str):
    with pytest.raises(ParameterError, match=sentence) as caught:
        why_command(words)
    assert "\n" not in str(caught.value)


def test_a_question_ends_with_its_year_and_drops_what_begins_later():
    question = ask("copy_of_a_copy:example", "copy_of_a_copy:words", (), "nps_true", 1)
    assert question.cfg.weeks == 52
    assert all(not list(each.actions) for each in question.cfg.scenario.arms.values())
    assert len(question.cfg.scenario.arms) == ARMS


def test_arms_keep_their_changes_of_structure():
    names = ("zappos_switch:halfway back", "zappos_switch:tree")
    question = ask(*names, TINY[:3], "nps_true", 4)
    told = {arm.name: arm.told for arm in question.plan.arms}
    assert [each.to for each in told[names[0]].switches] == ["circles", "hybrid"]
    assert told[names[1]].switches == ()
    assert all(arm.switches for name, arm in told.items() if name.startswith(names[0]))
    earlier = ask(*names, TINY[:3], "nps_true", 3)
    (switch,) = earlier.plan.arms[0].told.switches
    assert switch == Switch("circles", 104)


def test_recognition_reaches_engagement_by_mood_alone():
    found = why("nothing:chosen", "nothing:nothing", *TINY, ACTIONS, measure="engagement")
    mood = next(row for row in found.mechanisms if row.name == "mood")
    assert found.difference.mean > 0
    assert mood.by_seed == found.difference.by_seed
    assert set(found.remaining.by_seed) == {0.0}
    assert found.kept_on == ()


def test_a_folder_that_repeats(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = ["nothing:chosen", "nothing:nothing", *TINY, ACTIONS]
    assert why_command([*words, "--out", "told"]) == 0
    printed = capsys.readouterr().out
    assert "stays on: it carries nps_true" in printed
    folder = tmp_path / "told"
    assert store.verified(folder)["overrides"][0] == "why"
    assert store.repeat(folder).identical
    content = json.loads((folder / "why.json").read_text(encoding="utf-8"))
    rows = [*content["mechanisms"], content["remaining"], content["interaction"]]
    whole = sum(row["mean"] for row in rows)
    assert whole == pytest.approx(content["difference"]["mean"], rel=1e-3, abs=1e-3)
    assert {path.name for path in (folder / "figures").iterdir()} == {
        "waterfall.png", "waterfall.svg"}  # fmt: skip
    assert (folder / "why.txt").read_text(encoding="utf-8").strip() in printed
    with pytest.raises(store.FolderError, match="not empty"):
        why_command([*words, "--out", "told"])


def test_json_alone_on_the_standard_output(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = ["zappos:circles", "zappos:tree", *TINY, "--json", "--measure=effort"]
    assert why_command([*words, "engine.figures=false", "engine.output=told"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert "structure" in content["apart"]
    assert any("before week 0" in note for note in content["notes"])
    assert content["survey"] is None
    assert not (tmp_path / "told" / "figures").exists()


@pytest.mark.parametrize("style", ["paper", "beamer"])
def test_the_figure_names_every_row(tmp_path: Path, style: str):
    found = toy(4.0, {"leading": 0.0, "contributing": -1.0, REMAINING: 0.5})
    paths = save(waterfall(found, style), tmp_path, "waterfall", style)
    drawn = paths[1].read_text(encoding="utf-8")
    for word in (*UNIT_NAMES, "interaction", "points", "−", "3 seeds"):
        assert word in drawn
    again = save(waterfall(found, style), tmp_path, "again", style)
    assert [each.read_bytes() for each in again] == [each.read_bytes() for each in paths]


def test_no_difference_is_said():
    assert "do not differ" in text(toy(0.0, {}))
