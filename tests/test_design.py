"""Are the points of a sweep those that were asked for?"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from designing import PULL, WEEKS, design, points_of, refusal

from experiments.cli import main
from experiments.settings import compose, refuse_sweep, resolved, restored, study_plan
from experiments.sweep.base import Base
from experiments.sweep.design import KEPT, design_of, kept
from experiments.sweep.factors import WORDS, factor_named, factors_of, numbers
from scenarios.library import entries, names
from sim.levers import LEVERS
from sim.mechanisms.leading import Leading
from sim.parameters import Kind, ParameterError, declarations

ROOT = Path(__file__).resolve().parent.parent


# --- what lies ready ------------------------------------------------------------------------


@pytest.mark.parametrize("name", names("sweep"))
def test_every_sweep_can_be_run(name: str, tmp_path: Path):
    rows = tmp_path / "points.csv"
    rows.write_text("leading.pull;organisation.structure\n0,3;tree\n;circles\n", encoding="utf-8")
    given = [f"sweep.file={rows}"] if name == "rows" else []
    cfg = compose([f"sweep={name}", *given])
    made, ready = design_of(cfg), Base.of(cfg)
    assert made.name == name
    assert made.size >= 2
    assert set(made.columns) == {each.name for each in made.factors}
    for point in points_of(made):
        for arm in ready.arms:
            ready.told(arm, point)


def test_sweeps_are_listed(capsys):
    assert main(["list", "sweeps"]) == 0
    printed = capsys.readouterr().out
    assert all(each.name in printed for each in entries("sweep"))
    assert "levers.example.strength" in printed
    assert all(each.about for each in entries("sweep"))


def documented() -> list[str]:
    """What is typed in docs/sweeps.md, to the end of the section on designs."""
    text = (ROOT / "docs" / "sweeps.md").read_text(encoding="utf-8")
    before, designs = text.split("\n## Designs\n")
    typed = before + designs.partition("\n## ")[0]
    return re.findall(r"^zwerm sweep (?=.*sweep[.=])(.*)$", typed, re.MULTILINE)


@pytest.mark.parametrize("line", documented())
def test_what_is_documented_works_from_a_shell(line: str, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("points.csv").write_text("leading.pull\n0.3\n", encoding="utf-8")
    words = [word for word in shlex.split(line, comments=True) if not word.startswith("--")]
    assert design(*words).size >= 1


# --- settings -------------------------------------------------------------------------------


def test_a_run_without_a_sweep_says_nothing_of_sweeps():
    content = resolved(compose(["scenario=zappos"]))
    assert "sweep" not in content
    assert study_plan(restored(content)) == study_plan(compose(["scenario=zappos"]))


def test_the_settings_of_a_sweep_are_restored():
    cfg = compose(["sweep=timing", "sweep.factors.organisation=[retail,default]"])
    content = yaml.safe_load(yaml.safe_dump(resolved(cfg), sort_keys=False))
    again = restored(content)
    assert points_of(design_of(again)) == points_of(design_of(cfg))
    point = {"organisation": "retail", "levers.example.start": 26}
    assert Base.restored(content).told("example", point) == Base.of(cfg).told("example", point)


@pytest.mark.parametrize("typed", ["sweep=timing", "sweep=rows", "sweep.points=8", PULL])
def test_a_single_run_is_no_sweep(typed: str, capsys, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ParameterError, match="type `zwerm sweep sweep="):
        refuse_sweep(compose([typed]))
    for command in ("run", "compare"):
        assert main([command, "scenario=copy_of_a_copy", typed]) == 2
        assert "type `zwerm sweep sweep=" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_hydra_refuses_a_sweep_too(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "experiments.run", "sweep=timing"],
        capture_output=True, text=True, timeout=120, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 2
    assert "type `zwerm sweep sweep=timing" in done.stderr


SAME = [
    "sweep.factors={leading.pull: {low: 0.3}, leading.lead_bonus: null}",
    "sweep.factors={leading: {pull: {low: 0.3}, lead_bonus: null}}",
    "sweep.factors={parameters.leading.pull: {low: 0.3}, leading.lead_bonus:null}",
]


@pytest.mark.parametrize("typed", SAME)
def test_names_may_be_written_as_groups(typed: str):
    said = ["sweep.factors.leading.pull.low=0.3", "sweep.factors.leading.lead_bonus="]
    assert design("sweep.method=grid", typed).factors == design("sweep.method=grid", *said).factors


def test_what_is_typed_comes_on_top_of_the_file():
    made = design("sweep=timing", "sweep.factors.levers.example.start=[5]", PULL)
    assert [each.name for each in made.factors][:2] == [
        "levers.example.start",
        "levers.example.ramp",
    ]
    assert made.factors[0].values == (5,)
    assert made.factors[-1].name == "leading.pull"
    left = design("sweep=timing", "sweep.factors.levers.example.start=false")
    assert [each.name for each in left.factors] == ["levers.example.ramp"]


def test_no_factor_is_called_like_a_word():
    assert not {name.rpartition(".")[2] for name in numbers(WEEKS)} & set(WORDS)


# --- factors --------------------------------------------------------------------------------


def test_ranges_come_from_the_declarations():
    for name, declared in numbers(WEEKS).items():
        factor = factor_named(name, None, WEEKS)
        assert (factor.unit, factor.about) == (declared.unit, declared.about)
        assert factor.whole == isinstance(declared.default, int)
        assert declared.low == factor.low
        assert factor.high == (WEEKS if name.endswith((".ramp", ".end")) else declared.high)


def test_every_lever_has_four_factors():
    found = [name for name in numbers(WEEKS) if name.startswith("levers.")]
    assert len(found) == 4 * len(LEVERS)
    assert factor_named("levers.attention.strength", None, WEEKS).high == 8.0
    assert factor_named("levers.attention.start", None, 52).high == 51


def test_fixed_numbers_are_no_factors():
    assert not any(each.kind == Kind.FIXED for each in numbers(WEEKS).values())


def test_patterns():
    everything = factors_of({"all_uncertain": None}, WEEKS)
    assert len(everything) == sum(each.kind == Kind.UNCERTAIN for each in numbers(WEEKS).values())
    leading = factors_of({"leading.*": {"levels": 3}}, WEEKS)
    assert {each.name.partition(".")[0] for each in leading} == {"leading"}
    assert {each.levels for each in leading} == {3}
    said = {"leading.pull": [0.3], "leading.*": None, "leading.tolerance": False}
    mixed = {each.name: each for each in factors_of(said, WEEKS)}
    assert mixed["leading.pull"].values == (0.3,)
    assert "leading.tolerance" not in mixed
    assert "leading.commitment" not in {
        each.name for each in factors_of(said, WEEKS, taken={"leading.commitment"})
    }


def test_patterns_leave_what_an_arm_sets():
    arms = "sweep.arms=[true link, placebo]"
    made = design("sweep=one_at_a_time", "scenario=aegon", arms)
    assert "contributing.drive_from_engagement" not in made.columns
    assert "contributing.drive_from_engagement" in design("sweep=one_at_a_time").columns


BAD_FACTORS = [
    ("leading.pul", None, "unknown factor leading.pul; did you mean leading.pull?"),
    ("pull", None, "did you mean leading.pull?"),
    ("zzzqqq", None, "`zwerm list parameters` and `zwerm list levers` show"),
    ("example", None, "example is a lever; write levers.example.strength"),
    ("levers.example", None, "levers.example is a lever; write levers.example.strength"),
    ("levers.example.strenght", None, "did you mean strength?"),
    ("levers.exampel.start", None, "did you mean levers.example.start?"),
    ("scenario", None, "scenario is no factor; the arms of one scenario"),
    ("years", None, "all runs of a sweep last equally long"),
    ("engine.seeds", None, "engine.seeds is no factor"),
    ("calendar.round_weeks", None, "is no factor: it is a definition"),
    ("leading.pull", 0.3, "0.3 is one value"),
    ("leading.pull", "high", "'high' is one value"),
    ("leading.pull", True, "True is one value"),
    ("leading.pull", [], "[] is no list"),
    ("leading.pull", [0.3, "x"], "leading.pull = 'x' is not a number"),
    ("leading.pull", [0.3, 0.3], "names 0.3 twice"),
    ("leading.pull", [0.3, 3], "leading.pull = 3 is out of range; allowed is 0.25 to 0.49"),
    ("leading.pull", {"low": 0.1}, "leading.pull.low = 0.1 is out of range; allowed is 0.25"),
    ("leading.pull", {"high": float("nan")}, "leading.pull.high = nan is not a finite number"),
    ("leading.pull", {"low": 0.4, "high": 0.3}, "low = 0.4 lies above high = 0.3; swap them"),
    ("leading.pull", {"low": 0.3, "high": 0.3}, "low and high are both 0.3"),
    ("leading.pull", {"lo": 0.3, "high": 0.4}, "unknown word 'lo'; did you mean low?"),
    ("leading.pull", {"values": [0.3], "low": 0.3}, "has both values and low"),
    ("leading.pull", {"values": 0.3}, "values = 0.3 is no list"),
    ("leading.pull", {"levels": 1}, "leading.pull.levels = 1 is out of range"),
    ("organisation.span", [2.5], "organisation.span = 2.5 must be a whole number"),
    ("levers.example.start", [WEEKS], "levers.example.start = 520 is out of range"),
    ("levers.example.strength", {"high": 2}, "levers.example.strength.high = 2 is out of range"),
    ("organisation.structure", ["tre"], "unknown organisation.structure 'tre'; did you mean tree?"),
    ("organisation.structure", ["chart"], "unknown organisation.structure 'chart'"),
    ("organisation.structure", {"low": 1}, "has names, no low; write [tree, circles]"),
    ("organisation", ["retial"], "unknown organisation 'retial'; did you mean retail?"),
    ("leadin.*", None, "leadin.* stands for nothing; did you mean leading?"),
    ("calendar.*", None, "no parameter of calendar is uncertain"),
    ("all_uncertain", {"low": 0}, "all_uncertain takes the declared ranges"),
]


@pytest.mark.parametrize(("name", "said", "expected"), BAD_FACTORS, ids=lambda each: str(each)[:40])
def test_bad_factors_get_one_sentence(name: str, said: Any, expected: str):
    with pytest.raises(ParameterError) as caught:
        factors_of({name: said}, WEEKS)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


# --- bad designs ------------------------------------------------------------------------------

UNCERTAIN = sum(each.kind is Kind.UNCERTAIN for each in declarations(Leading))
SWITCHING = "switches=[{to: circles, week: 26}]"
BAD_DESIGNS = [
    (["scenario=zappos"], "no sweep is chosen; type sweep=NAME"),
    (["sweep.method=grd", PULL], "unknown sweep.method 'grd'; did you mean grid?"),
    (["sweep.method=grid"], "the sweep has no factors"),
    (["sweep.method=latin", "sweep.points=0", PULL], "sweep.points = 0 is out of range"),
    (["sweep.method=grid", "sweep.levels=1", PULL], "sweep.levels = 1 is out of range"),
    (["sweep.method=sobol", "sweep.points=100", PULL], "powers of two only; type 64 or 128"),
    (["sweep.method=sobol", "sweep.points=9999999", PULL], "type 8388608"),
    (["sweep.method=grid", "sweep.levels=10", "sweep.factors={leading.*: null}"],
     f"the grid has {10**UNCERTAIN:,} points and may have 10,000,000"),
    (["sweep.method=grid", "sweep.file=x.csv", PULL], "sweep.file is read by sweep.method=rows"),
    (["sweep=rows"], "rows needs a file; add sweep.file=points.csv"),
    (["sweep=timing", "sweep.arms=[exmple]"], "has no arm 'exmple'; did you mean example?"),
    (["sweep=timing", "sweep.arms=[words,words]"], "sweep.arms names 'words' twice"),
    (["sweep=timing", "sweep.measures=[npz]"], "unknown measure 'npz'; did you mean nps?"),
    (["sweep=timing", "scenario=zappos"], "scenario zappos has no arm 'example'"),
    (["sweep=timing", "sweep.factors.leading.pull.low=0.1"], "allowed is 0.25 to 0.49"),
    (["sweep=timing", "sweep.factors.organisation=[shop]"], "unknown organisation 'shop'"),
    (["sweep.method=grid", "sweep.factors={levers.words.start: [5]}"],
     "add levers.words.strength (0 to 1) to the factors"),
    (["sweep.method=grid", "sweep.factors={switches.circles.week: [5]}"],
     "does not change to circles; choose one with switches: [{to: circles}]"),
    (["sweep.method=grid", SWITCHING, "sweep.factors={switches.hybrid.week: [5]}"],
     "does not change to hybrid; known names: circles"),
    (["sweep.method=grid", "sweep.factors={switches.circles.week: [5]}",
      "switches=[{to: circles, week: 5}, {to: tree, week: 9}, {to: circles, week: 20}]"],
     "changes to circles more than once"),
    (["sweep.method=grid", SWITCHING, "sweep.factors={switches: null}"],
     "switches is no factor; name the date of a change of structure"),
    (["sweep.method=grid", SWITCHING, "sweep.factors={switches.circles.week: [520]}"],
     "switches.circles.week = 520 is out of range; allowed is 0 to 519"),
    (["sweep.method=grid", "scenario=zappos", "sweep.arms=[tree, circles]",
      "sweep.factors={organisation.structure: null}"],
     "the arms circles, tree differ in organisation.structure"),
    (["sweep.method=grid", "sweep.factors={levers.words.strength: null}",
      "actions=[{lever: words, strength: 1, end: 9}, {lever: words, strength: 1, start: 9}]"],
     "uses words more than once"),
    (["sweep.method=grid", "sweep.factors=3"], "names no factor"),
    (["sweep.method=grid", "sweep.factors.leading.pull=(3"], "cannot be read"),
    (["sweep.method=grid", "sweep.factors.leading.pull=[0.3"], "cannot be read"),
    (["sweep.metho=grid"], "did you mean sweep.method?"),
    (["sweep=tiiming"], "unknown sweep 'tiiming'; did you mean timing?"),
]  # fmt: skip


@pytest.mark.parametrize(("overrides", "expected"), BAD_DESIGNS, ids=lambda each: str(each)[:50])
def test_bad_designs_get_one_sentence(overrides: list[str], expected: str):
    sentence = refusal(*overrides)
    assert expected in sentence
    assert "\n" not in sentence


def test_measures_that_are_kept():
    assert kept([]) == KEPT
    assert kept(["nps_true"]) == ("nps_true",)
