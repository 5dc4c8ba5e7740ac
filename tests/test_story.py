"""Stories: does a grid hold what runs give, and is there a word for everything in it?"""

import itertools
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from telling import HERE, STORIES, grid

from experiments.ablation import UNITS
from experiments.settings import compose, study_plan
from experiments.story import evidence, page, stored
from experiments.story.definition import Slider, Story, settings_of, story
from experiments.story.grid import against, grid_of, half_years, packed
from experiments.story.panels import panels_of
from experiments.story.words import LANGUAGES, paths, words_of
from experiments.sweep.runner import work_of
from scenarios.claims import claims
from scenarios.claims.verdict import Verdict
from scenarios.library import CONF, names
from sim.measures import COLUMN
from sim.runs import simulate

LARGEST_GRID = 600_000  # bytes
OF_LEVERS = [name for name in STORIES if not story(name).is_panel]


# --- definitions ----------------------------------------------------------------------------


def test_there_are_five_stories():
    assert len(STORIES) == 5
    for name in STORIES:
        each = story(name)
        assert each.scenario in names("scenario")
        assert set(each.claims) <= set(claims())


@pytest.mark.parametrize("name", OF_LEVERS)
def test_the_sweep_has_the_points_of_the_sliders_in_their_order(name: str):
    each = story(name)
    work = work_of(compose(settings_of(each, [])))
    assert work.design.size == each.points <= 729
    for slider in each.sliders:
        assert 0 <= slider.rest < len(slider.values)
        assert 0 <= slider.shown < len(slider.values)
    for levels in itertools.islice(
        itertools.product(*(range(len(slider.values)) for slider in each.sliders)), 0, None, 37
    ):
        point = work.design.point(each.place(list(levels)))
        wanted = {slider.name: slider.values[level]
                  for slider, level in zip(each.sliders, levels, strict=True)}  # fmt: skip
        assert point == wanted
    told = work.base.told(work.base.arms[0], work.design.point(each.rest))
    assert told.weeks > each.weeks


def test_what_a_point_is_compared_with_keeps_the_circumstances():
    sliders = (Slider("levers.example.strength", (0.5, 0.7, 0.9), 0, 2, True),
               Slider("people.value", (0.3, 0.6), 1, 0, False))  # fmt: skip
    each = Story("name", "nothing", (), {}, sliders)
    assert each.rests() == [0, 1, 0, 1, 0, 1]
    assert (each.rest, each.shown) == (1, 4)


def test_a_story_of_panels_has_a_scenario_of_panels():
    each = story("two_years")
    panel = study_plan(compose([f"scenario={each.scenario}"])).panel
    assert panel is not None
    assert max(each.content["countries"]) <= panel.units


# --- numbers --------------------------------------------------------------------------------


def test_half_years_are_means_of_two_quarters_of_the_years_shown():
    quarters = np.arange(5.0)[None, None]
    assert half_years(quarters, 52).tolist() == [[[0.5, 2.5]]]


def test_medians_and_bands_by_hand():
    values = np.array([[[1.0], [2.0], [3.0]], [[5.0], [5.0], [5.0]]])  # [points, seeds, times]
    found = packed(values, 10)
    assert found["median"] == [20, 50]
    assert found["below"] == found["above"] == [9, 0]  # 5 % of 1, 2, 3 is 1.1
    assert (found["low"], found["high"]) == (11, 50)


def test_differences_are_taken_seed_by_seed():
    values = np.array([[[1.0, 1.0], [9.0, 9.0]], [[2.0, 2.0], [10.0, 10.0]]])
    assert against(values, [0, 0], 10) == {"median": [0, 10], "low": [0, 10], "high": [0, 10]}


def tiny(name: str, **changes) -> Story:
    """A story with one slider, small and short."""
    each = story(name)
    content = {**each.content, "people": 10, "customers": 30, "years": 1, "seeds": 2, **changes}
    actions = [{**action, "start": 4, "ramp": 0} for action in content.get("actions", [])]
    return replace(each, sliders=each.sliders[:1], content={**content, "actions": actions})


def test_a_grid_is_what_runs_give_and_goes_on(tmp_path: Path, capsys):
    each = tiny("copy_of_a_copy")
    found = grid_of(each, [], tmp_path / "sweep")
    told = work_of(compose(settings_of(each, []))).base.told("chosen", {})
    weekly = [simulate(told, seed).weekly[:26, COLUMN["effort_front"]] for seed in (1, 2)]
    means = [(week[:13].mean() + week[13:].mean()) / 2 for week in weekly]
    series = found["series"]["effort_front"]
    assert series["median"][0] == pytest.approx(1000 * np.mean(means), abs=1)
    assert found["runs"] == 3 * 2
    parts = {path: path.stat().st_mtime_ns for path in (tmp_path / "sweep" / "parts").iterdir()}
    assert grid_of(each, [], tmp_path / "sweep")["series"] == found["series"]
    assert parts == {path: path.stat().st_mtime_ns for path in parts}


def test_panels_are_kept_and_not_run_twice(tmp_path: Path, capsys):
    each = story("two_years")
    each = replace(each, content={**each.content, "panels": 2, "countries": [3], "years": [4]})
    own = ["scenario.panel.units=3", "organisation.people=10", "organisation.customers=30",
           "years=4", "scenario.panel.last_start=60"]  # fmt: skip
    found = panels_of(each, own, tmp_path)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")}
    assert len(kept) == 2
    kinds = found["settings"]["3 4"]
    assert list(kinds) == found["kinds"] == ["true link", "common cause only", "placebo"]
    for kind in kinds.values():
        assert sum(kind["best"].values()) == pytest.approx(1.0)
        assert len(kind["panels"]) == len(kind["best_of"]) == 2
        assert {len(each) for each in kind["panels"]} == {len(found["lags"])}
    assert panels_of(each, own, tmp_path)["settings"] == found["settings"]
    assert kept == {path: path.stat().st_mtime_ns for path in kept}


def test_mechanisms_add_up_to_the_difference(monkeypatch):
    monkeypatch.setattr(evidence, "WHY_SEEDS", 2)
    each = tiny("copy_of_a_copy")
    assert each.why is not None
    found = evidence.why_of(replace(each, why=each.why._replace(year=2)), [])
    parts = [*found["rows"], found["remaining"], found["interaction"]]
    assert sum(row["mean"] for row in parts) == pytest.approx(found["difference"]["mean"], abs=2e-3)
    sizes = [abs(row["mean"]) for row in found["rows"]]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 0


@pytest.mark.parametrize("name", STORIES)
def test_the_grid_that_comes_along_is_whole_and_small(name: str):
    each, found = story(name), grid(name)
    assert stored.path_of(each).stat().st_size < LARGEST_GRID
    assert stored.text_of(found) == stored.path_of(each).read_bytes()
    assert list(found["claims"]) == list(each.claims)
    assert {told["verdict"] for told in found["claims"].values()} <= {
        verdict.name.lower() for verdict in Verdict
    }
    assert found["own"] == []
    if each.is_panel:
        count = len(each.content["countries"]) * len(each.content["years"])
        assert len(found["settings"]) == count
        return
    times = len(found["years"])
    assert times == 2 * each.content["years"]
    assert found["runs"] == each.points * len(found["seeds"])
    for measure in each.kept:
        told = found["series"][measure]
        assert len(told["median"]) == len(told["below"]) == each.points * times
        assert min(told["below"]) >= 0 <= min(told["above"])
    for measure in each.measures:
        rests = found["against"][measure]["median"]
        assert all(rests[rest] == 0 for rest in each.rests())
    assert found["why"]["measure"] in COLUMN


def test_a_grid_of_another_definition_is_refused():
    each = story("washing")
    other = replace(each, content={**each.content, "seeds": 99})
    assert stored.identity(each) != stored.identity(other)
    shown = {"factors": {name: {**told, "shown": 1} for name, told in
                         each.content["factors"].items()}}  # fmt: skip
    assert stored.identity(replace(each, content={**each.content, **shown})) == stored.identity(
        each
    )
    with pytest.raises(stored.FolderError, match="another definition of washing; type zwerm story"):
        stored.read(other)


# --- words ----------------------------------------------------------------------------------


def told(language: str) -> dict[str, str]:
    return paths(yaml.safe_load((CONF / "text" / f"{language}.yaml").read_text("utf-8"))["story"])


def test_both_languages_say_the_same_things():
    one, other = (told(language) for language in LANGUAGES)
    assert one.keys() == other.keys()
    for key, said in one.items():
        found = [sorted(re.findall(r"\{\w+\}", text)) for text in (said, other[key])]
        assert found[0] == found[1], key
        assert said.strip() or key.endswith("unit"), key
        if len(said) > 40:
            assert said != other[key], f"{key} is not translated"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", STORIES)
def test_every_slider_claim_and_measure_has_words(name: str, language: str):
    each, words = story(name), words_of(language, name)
    assert list(words["story"]["claims"]) == list(each.claims)
    labels = words["story"].get("sliders", [])
    assert [len(said["levels"]) for said in labels] == [len(one.values) for one in each.sliders]
    assert set(each.kept) <= set(words["measures"])
    assert {unit.name for unit in UNITS} == set(words["mechanisms"])
    assert {verdict.name.lower() for verdict in Verdict} == set(words["verdicts"])


@pytest.mark.parametrize("name", STORIES)
def test_scripts_name_only_words_that_exist(name: str):
    words = words_of("en", name)
    code = "".join((HERE / each).read_text("utf-8") for each in page.scripts_of(story(name)))
    for path in set(re.findall(r"\bwords\(\)\.(\w+(?:\.\w+)?)", code)):
        first, _, second = path.partition(".")
        assert first in words, path
        assert not second or second in words[first] or not isinstance(words[first], dict), path
    for key in set(re.findall(r"\bown\(\)\.(\w+)", code)) - {"arms"}:
        assert key in words["story"], key


def test_results_are_not_written_in():
    for language in LANGUAGES:
        for key, said in told(language).items():
            if ".reveal." in key or key.startswith("reveal"):
                assert not re.search(r"\d", said), f"{key} holds a number: {said}"


@pytest.mark.parametrize("name", STORIES)
def test_the_guide_knows_every_story(name: str):
    guide = (CONF.parent / "docs" / "stories.md").read_text("utf-8")
    row = re.search(rf"^\| `{name}` \|.*$", guide, re.MULTILINE)
    assert row
    assert story(name).is_panel or f": {story(name).points} |" in row[0]
