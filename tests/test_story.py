"""Stories: is what a page shows what the grid holds, in both languages, without a network?"""

import itertools
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from experiments.ablation import UNITS
from experiments.cli import BAD_INPUT, OK, main
from experiments.settings import compose, study_plan
from experiments.story import evidence, page, stored
from experiments.story.definition import Slider, Story, settings_of, story, story_names
from experiments.story.grid import against, grid_of, half_years, packed
from experiments.story.panels import panels_of
from experiments.story.words import LANGUAGES, paths, words_of
from experiments.sweep.runner import work_of
from scenarios.claims import claims
from scenarios.claims.verdict import Verdict
from scenarios.library import CONF, names
from sim.measures import COLUMN
from sim.runs import simulate

STORIES = story_names()
OF_LEVERS = [name for name in STORIES if not story(name).is_panel]
LARGEST_GRID, LARGEST_PAGE = 600_000, 3_000_000  # bytes
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
               None)  # fmt: skip
HERE = Path(page.__file__).parent


def grid(name: str) -> dict:
    found = stored.read(story(name))
    assert found is not None, f"run `zwerm story {name} --fresh --keep`"
    return found


def written(name: str, language: str = "nl", content: dict | None = None) -> str:
    return page.text_of(story(name), content or grid(name), language, f"zwerm story {name}")


def embedded(text: str) -> dict:
    found = re.search(r'<script id="content" type="application/json">(.*?)</script>', text)
    assert found
    return json.loads(found[1])


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


# --- the page -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STORIES)
def test_no_request_leaves_the_page(name: str):
    text = written(name)
    assert len(text.encode()) < LARGEST_PAGE
    assert not re.search(r"https?:|//[a-z]+\.|@import|url\(|\bimport\b *\(|fetch\(|XMLHttp", text)
    assert not re.findall(
        r"<(?:script|img|iframe|link|object|embed|video|audio)\b[^>]*\bsrc=", text
    )
    assert re.findall(r'\bhref="([^"]*)"', text) == ["#text"]
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    told = policy[1].replace("&#x27;", "'")
    assert told.startswith("default-src 'none';")
    script = re.search(r"<script>(.*)</script>", text, re.DOTALL)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert script
    assert style
    assert page.digest(script[1]) in told
    assert page.digest(style[1]) in told
    assert "unsafe" not in told


@pytest.mark.parametrize("name", STORIES)
def test_the_page_holds_the_numbers_of_the_grid(name: str):
    found = embedded(written(name, "en"))
    assert found["grid"] == grid(name)
    assert found["language"] == "en"
    assert set(found["words"]) == set(LANGUAGES)


def test_nothing_that_is_told_ends_its_element():
    content = grid("washing") | {"own": ["</script><img src=x onerror=alert(1)>&<!--"]}
    text = written("washing", content=content)
    assert "<img" not in text
    assert text.count("</script>") == 2
    assert embedded(text)["grid"]["own"] == content["own"]


# --- the command ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (["wash"], "no story is called 'wash'; did you mean washing?"),
        ([], "name one story"),
        (["washing", "coalition"], "name one story"),
        (["washing", "--language", "de"], "--language 'de' is not spoken here"),
        (["washing", "organisation=retail"], "add --fresh"),
        (["washing", "--fresh", "years=3"], "years is what the story itself sets"),
        (["washing", "--keep"], "type --fresh --keep"),
        (["washing", "--out", "page.pdf"], "give a name that ends in .html"),
        (["washing", "--out", "nowhere/page.html"], "there is no folder nowhere"),
        (["washing", "--colour"], "--help"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence(
    typed, sentence, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(["story", *typed]) == BAD_INPUT
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_the_command_writes_a_page_from_the_grid(tmp_path: Path, capsys):
    target = tmp_path / "verhaal.html"
    assert main(["story", "coalition", "--out", str(target), "--language", "en"]) == OK
    assert "it needs no network" in capsys.readouterr().out
    text = target.read_text("utf-8")
    assert embedded(text)["grid"] == grid("coalition")
    assert [path.name for path in tmp_path.iterdir()] == ["verhaal.html"]


def test_the_list_tells_every_story(capsys):
    assert main(["story", "--list"]) == OK
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == STORIES


# --- in a browser ---------------------------------------------------------------------------

DRIVER = """
const said = {};
go(1);
const area = document.querySelector(".area");
area.focus();
for (const key of ["ArrowUp", "ArrowRight", "ArrowUp", "ArrowRight"]) {
  area.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}
said.drawn = state.guess.filter((value) => value !== null).length;
const drawing = typeof chart === "undefined" ? alone : chart;
const spot = document.querySelector(".spot").getBoundingClientRect();
const at = drawing.inside({ clientX: spot.x + spot.width / 2, clientY: spot.y + spot.height / 2 });
said.away = Math.hypot(drawing.across(at.x) - drawing.spot.getAttribute("cx"),
                       drawing.up(at.y) - drawing.spot.getAttribute("cy"));
drawing.between(at, { x: at.x + 1.01, y: at.y });
said.swept = state.guess.filter((value) => value !== null).length;
said.step = state.step;
document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
said.after = state.step;
said.reveal = document.getElementById("text").textContent;
said.bands = document.querySelectorAll(".band").length;
go(3);
const input = document.querySelector("#text input");
input.value = input.value === "0" ? 1 : 0;
input.dispatchEvent(new Event(STORY.sliders.length ? "input" : "change"));
said.ghosts = document.querySelectorAll(".line.ghost").length;
said.readout = pictures.textContent;
document.querySelectorAll(".languages button")[1].click();
said.english = document.querySelector("h2").textContent;
said.lang = document.documentElement.lang;
for (const place of [4, 5, 6]) { go(place); said[place] = text.textContent; }
document.body.dataset.said = JSON.stringify(said);
"""


def driven(name: str, tmp_path: Path, monkeypatch) -> dict:
    """What a page said after somebody drew, slid and changed the language."""
    assert BROWSER
    last = HERE / page.scripts_of(story(name))[-1]
    whole = last.read_text("utf-8") + DRIVER
    read = page._file
    monkeypatch.setattr(page, "_file", lambda each: whole if each == last.name else read(each))
    target = tmp_path / f"{name}.html"
    target.write_text(written(name), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=1000",
               "--window-size=1900,600",
               f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]  # fmt: skip
    done = subprocess.run([BROWSER, *options, target.as_uri()], capture_output=True, text=True,
                          timeout=60, check=True)  # fmt: skip
    found = re.search(r'data-said="([^"]*)"', done.stdout)
    assert found, done.stderr[-2000:]
    return json.loads(found[1].replace("&quot;", '"').replace("&amp;", "&"))


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("name", ["washing", "two_years"])
def test_a_browser_draws_slides_and_changes_the_language(name: str, tmp_path: Path, monkeypatch):
    said = driven(name, tmp_path, monkeypatch)
    nl, en = (words_of(language, name) for language in LANGUAGES)
    assert (said["drawn"], said["step"], said["after"]) == (3, 1, 2)
    assert said["away"] < 0.5  # a pointer draws where it is, on a screen of any shape
    assert said["swept"] == 5
    assert "5" in said["reveal"]
    assert nl["reveal"]["none"] not in said["reveal"]
    assert said["bands"] >= 1
    assert en["steps"]["try"] in said["english"]
    assert said["lang"] == "en"
    for claim in story(name).claims:
        assert en["story"]["claims"][claim] in said["4"]
    assert en["story"]["talk"][0] in said["6"]
    assert "{" not in said["4"] + said["5"] + said["6"] + said["reveal"] + said["readout"]
    if name == "washing":
        assert said["ghosts"] == 1
        assert re.search(r"\d,\d", said["readout"])  # a decimal comma in Dutch
