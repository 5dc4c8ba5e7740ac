"""Are claims judged by what was declared, each run made once, and nothing but what was typed?"""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from claiming import EXAMPLE, NOTHING, SMALL, UNTESTED, MadeUp, hypothesis, judged_by
from conftest import same

from experiments.claims import command
from experiments.claims.plan import plan_of
from experiments.claims.running import judge_all
from experiments.cli import BAD_INPUT, OK, STOPPED, main
from scenarios.claims import claims, judged
from scenarios.claims.building import Where, cells, circumstances, configuration, laid
from scenarios.claims.hypothesis import (
    Change,
    Expects,
    Hypothesis,
    Runs,
    Untested,
    acting,
    difference,
    parameters,
)
from scenarios.claims.verdict import (
    Effect,
    Expected,
    Miss,
    Verdict,
    effect_of,
    judge,
    missed,
)
from sim.levers import Action
from sim.measures import LEVEL_MEASURES, MEASURES, Record
from sim.parameters import ParameterError
from sim.runs import simulate

ABOVE, BELOW = Expected(Expects.ABOVE, 2.0), Expected(Expects.BELOW, 2.0)
NEAR, WITHIN = Expected(Expects.NEAR_ZERO, 2.0), Expected(Expects.WITHIN, 0.0, 1.0, 4.0)


def effect(mean: float, half: float = 0.5) -> Effect:
    return Effect(mean, mean - half, mean + half, (mean,) * 3)


# --- verdicts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "expected", "miss"),
    [
        (effect(3.0), ABOVE, None),
        (effect(2.0), ABOVE, None),  # as much as was asked
        (effect(1.9), ABOVE, Miss.SMALL),
        (effect(3.0, 3.5), ABOVE, Miss.UNCLEAR),
        (effect(0.0, 0.0), ABOVE, Miss.SMALL),
        (effect(0.5, 1.0), ABOVE, Miss.SMALL),  # whatever it is, it is too small
        (effect(-3.0), ABOVE, Miss.OPPOSITE),
        (effect(-1.0), ABOVE, Miss.SMALL),
        (effect(math.nan), ABOVE, Miss.UNKNOWN),
        (effect(-3.0), BELOW, None),
        (effect(3.0), BELOW, Miss.OPPOSITE),
        (effect(-3.0, 3.5), BELOW, Miss.UNCLEAR),
        (effect(0.0, 2.0), NEAR, None),
        (effect(1.0, 1.5), NEAR, Miss.UNCLEAR),
        (effect(2.5, 0.1), NEAR, Miss.AWAY),
        (effect(1.0, 9.0), WITHIN, None),  # its mean is what counts
        (effect(4.1), WITHIN, Miss.OUTSIDE),
        (effect(0.9), WITHIN, Miss.OUTSIDE),
    ],
)
def test_how_an_effect_misses(found: Effect, expected: Expected, miss: Miss | None) -> None:
    assert missed(found, expected) is miss


@pytest.mark.parametrize(
    ("default", "own", "elsewhere", "verdict", "constructed", "depends"),
    [
        (3.0, None, {}, Verdict.EMERGES, None, ()),
        (3.0, 3.0, {"a": 3.0}, Verdict.EMERGES, False, ()),
        (3.0, 0.0, {"a": 3.0}, Verdict.CONSTRUCTED, True, ()),
        (3.0, None, {"a": 3.0, "b": 0.0}, Verdict.DEPENDS, None, ("b",)),
        (3.0, 0.0, {"a": 0.0}, Verdict.DEPENDS, True, ("a",)),
        (3.0, 3.0, {"a": -3.0}, Verdict.DEPENDS, False, ("a",)),
        (0.0, 0.0, {"a": 3.0, "b": 0.0}, Verdict.DEPENDS, None, ("a",)),
        (0.0, 3.0, {"a": 0.0}, Verdict.FAILS, None, ()),
        (-3.0, None, {}, Verdict.FAILS, None, ()),
        (math.nan, 3.0, {"a": 3.0}, Verdict.UNTESTED, None, ()),
        (3.0, math.nan, {}, Verdict.CONSTRUCTED, True, ()),  # without the rule no such number
        (3.0, None, {"a": math.nan}, Verdict.DEPENDS, None, ("a",)),
    ],
)
def test_every_verdict_can_be_reached(
    default: float,
    own: float | None,
    elsewhere: dict[str, float],
    verdict: Verdict,
    constructed: bool | None,
    depends: tuple[str, ...],
) -> None:
    around = {name: effect(mean) for name, mean in elsewhere.items()}
    off = None if own is None else effect(own)
    found = judge(ABOVE, effect(default), off, around)
    assert found.verdict is verdict
    assert found.by_construction is constructed
    assert found.depends_on == depends
    assert found.holds == (missed(effect(default), ABOVE) is None)


def test_an_interval_is_student_s() -> None:
    found = effect_of(np.array([1.0, 2.0, 3.0, 4.0]))
    half = 3.182446 * np.std([1, 2, 3, 4], ddof=1) / 2.0  # t of 3 degrees, from tables
    assert found[:3] == pytest.approx((2.5, 2.5 - half, 2.5 + half), rel=1e-6)
    assert found.by_seed == (1.0, 2.0, 3.0, 4.0)


def test_seeds_without_a_number() -> None:
    half = effect_of(np.array([1.0, 3.0, np.nan, np.inf]))
    assert half.mean == 2.0
    assert half.known == 2
    assert math.isnan(half.by_seed[3])
    fewer = effect_of(np.array([1.0, 3.0, np.nan, np.nan, np.nan]))
    assert math.isnan(fewer.mean)
    assert math.isnan(effect_of(np.array([1.0])).mean)


# --- building -------------------------------------------------------------------------------


def test_changes_are_laid_on_each_other() -> None:
    below = Change(
        "circles", {"people": 60}, {"mood": {"load": 0.1, "paper": 0.2}}, EXAMPLE.actions,
        off=("mood",),
    )  # fmt: skip
    above = Change(None, {"span": 5}, {"mood": {"load": 0.4}, "people": {"value": 0.3}},
                   (Action("words", 0.1),), off=("surveys",))  # fmt: skip
    both = laid(below, above)
    assert both.structure == "circles"
    assert both.organisation == {"people": 60, "span": 5}
    assert both.parameters == {"mood": {"load": 0.4, "paper": 0.2}, "people": {"value": 0.3}}
    assert [each.lever for each in both.actions] == ["example", "words"]
    told = configuration(2, both)
    assert (told.weeks, told.structure, told.off) == (104, "circles", ("mood", "surveys"))
    assert (told.organisation.people, told.organisation.customers) == (60, 1200)
    assert (told.parameters.mood.load, told.parameters.people.value) == (0.4, 0.3)


def test_an_arm_stays_what_it_is_elsewhere_and_a_rule_that_is_off_is_off_in_all() -> None:
    motive = {
        "goes on": parameters(choosing={"motive": 1.0}),
        "stops": parameters(choosing={"motive": 0.0}),
    }
    told = cells(
        hypothesis(
            arms=motive,
            own=parameters(choosing={"motive": 1.0}),
            elsewhere={"other": parameters(choosing={"motive": 0.5, "hurdle": 9.0})},
        )
    )
    found = {cell: each.parameters.choosing for cell, each in told.items()}
    assert [found[Where.DEFAULT, arm].motive for arm in motive] == [1.0, 0.0]
    assert [found[Where.OWN_OFF, arm].motive for arm in motive] == [1.0, 1.0]
    assert [found["other", arm].motive for arm in motive] == [1.0, 0.0]
    assert {found["other", arm].hurdle for arm in motive} == {9.0}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (parameters(moood={"load": 0.1}), "unknown group of parameters 'moood'; did you mean mood"),
        (parameters(mood={"laod": 0.1}), "unknown parameter mood.laod; did you mean load?"),
        (parameters(mood={"load": 7.0}), "mood.load = 7 is out of range; allowed is 0 to 1"),
        (Change(organisation={"peple": 9}), "unknown parameter organisation.peple"),
        (acting(Action("exampel", 0.9)), "unknown lever 'exampel'; did you mean example?"),
        (Change(off=("mod",)), "unknown mechanism 'mod'; did you mean mood?"),
        (Change("tre"), "unknown structure 'tre'; did you mean tree?"),
    ],
)
def test_a_name_that_is_none_is_told_in_one_sentence(change: Change, says: str) -> None:
    with pytest.raises(ParameterError) as error:
        cells(hypothesis(arms={"arm": change}))
    assert str(error.value).startswith("hypothesis B09, arm 'arm', by default: ")
    assert says in str(error.value)


def test_runs_say_what_was_not_measured() -> None:
    runs = Runs(np.ones((2, 52, len(MEASURES))), np.ones((2, 52, 3, len(LEVEL_MEASURES))))
    assert runs.mean("nps", 0, 1).tolist() == [1.0, 1.0]
    assert runs.level("value", 0, 1).shape == (2, 3)
    with pytest.raises(ParameterError, match="unknown measure 'npss'; did you mean nps"):
        runs.mean("npss", 0, 1)
    with pytest.raises(ParameterError, match="unknown measure 'nps'"):
        runs.level("nps", 0, 1)
    with pytest.raises(ParameterError, match="years 0 to 2 are not within a run of 1 years"):
        runs.of("nps", 0, 2)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"arms": {}}, "has no arms"),
        ({"least": -1.0}, "least = -1.0 is a size"),
        ({"least": math.nan}, "least = nan is a size"),
        ({"expects": Expects.WITHIN}, "WITHIN needs low and high"),
        ({"expects": Expects.WITHIN, "low": 2.0, "high": 1.0}, "WITHIN needs low and high"),
    ],
)
def test_a_hypothesis_that_cannot_be_judged(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        hypothesis(**changes)


# --- the claims -----------------------------------------------------------------------------


def test_every_claim_is_judged_once() -> None:
    assert list(judged()) == list(claims())
    assert len(claims()) == 136


HYPOTHESES = [each for each in judged().values() if isinstance(each, Hypothesis)]


@pytest.mark.parametrize("each", HYPOTHESES, ids=[each.claim for each in HYPOTHESES])
def test_a_hypothesis_can_be_run(each: Hypothesis) -> None:
    told = cells(each)
    default = {arm: made for (where, arm), made in told.items() if where == Where.DEFAULT}
    assert len(set(default.values())) == len(each.arms), "two arms are the same"
    for circumstance in circumstances(each)[1:]:
        here = {arm: made for (where, arm), made in told.items() if where == circumstance.name}
        assert here != default, f"{circumstance.name} changes nothing"
    names = [circumstance.name for circumstance in circumstances(each)]
    assert len(names) == len(set(names))
    assert each.implies.endswith(".")
    assert each.seeds >= 2


@pytest.mark.parametrize("each", HYPOTHESES, ids=[each.claim for each in HYPOTHESES])
def test_a_statistic_gives_a_number_a_seed(each: Hypothesis) -> None:
    weeks, rng = round(each.years * 52), np.random.default_rng(1)
    arms = {
        name: Runs(
            rng.uniform(0.1, 0.9, (each.seeds, weeks, len(MEASURES))),
            rng.uniform(0.1, 0.9, (each.seeds, weeks, 4, len(LEVEL_MEASURES))),
        )
        for name in each.arms
    }
    with np.errstate(all="ignore"):
        values = each.statistic(arms)
    assert np.shape(values) == (each.seeds,)


def test_what_is_not_run_has_a_reason() -> None:
    for each in judged().values():
        if isinstance(each, Untested):
            assert len(each.because) > 30
            assert each.because.endswith(".")


# --- sharing runs ---------------------------------------------------------------------------


def test_a_pair_is_run_once_however_many_ask_for_it() -> None:
    runner = MadeUp()
    one, other = hypothesis("B09"), hypothesis("B10", statistic=difference(
        "effort", "example", "nothing", 0.5, 1))  # fmt: skip
    outcome = judged_by(runner, one, other)
    alone = MadeUp()
    judged_by(alone, one)
    pairs = [(task.told, task.seed) for task in runner.tasks]
    assert len(pairs) == len(set(pairs)) == len(alone.tasks) == 3 * 2 * 4
    assert outcome.runs == len(pairs)
    assert [each.runs for each in outcome.judgements] == [24, 24]


def test_a_short_run_is_taken_from_a_longer_one() -> None:
    runner = MadeUp()
    longer = hypothesis("B10", years=2, statistic=difference("nps", "example", "nothing", 1, 2))
    more_seeds = hypothesis("B11", seeds=6)
    judged_by(runner, hypothesis("B09"), longer, more_seeds)
    assert len(runner.tasks) == 3 * 2 * 6
    weeks = {(task.seed, task.told.weeks) for task in runner.tasks}
    assert weeks == {(seed, 104 if seed <= 4 else 52) for seed in range(1, 7)}


def test_the_beginning_of_a_run_is_the_shorter_run() -> None:
    acts = acting(Action("example", 0.9, start=3, ramp=30), Action("attention", 4.0))
    short, long = (simulate(configuration(years, SMALL, acts), 3) for years in (0.5, 1.0))
    assert same(short, Record(*(each[:26] for each in long)))


def test_runs_that_share_a_state_follow_each_other_without_meeting() -> None:
    plan = plan_of([hypothesis()])
    work = plan.works[0]
    ordered = plan.ordered(work.runs)
    states = [plan.state[run.family] for run in ordered]
    assert states == sorted(states)
    assert states.count(0) == 2 * 2 * 4  # off is no part of the state: two arms, on and off
    assert [run.seed for run in ordered[:8]] == [1, 2, 3, 4] * 2


def test_what_nobody_waits_for_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    from experiments.claims import running

    held: list[running.Kept] = []
    most: list[int] = []

    class Watched(running.Kept):
        def __init__(self, plan: running.Plan) -> None:
            super().__init__(plan)
            held.append(self)

        def release(self, work: running.Work) -> None:
            most.append(len(self.records))
            super().release(work)

    monkeypatch.setattr(running, "Kept", Watched)
    bases = [Change(organisation={"people": people}) for people in (50, 51, 52)]
    others = [hypothesis(f"B1{at}", base=base) for at, base in enumerate(bases)]
    judged_by(MadeUp(), *others)
    assert most == [24, 24, 24]
    assert held[0].records == {}


# --- running --------------------------------------------------------------------------------


def test_a_wrong_prediction_fails_and_a_right_one_holds() -> None:
    right = hypothesis("B09", seeds=6, years=2, least=0.005, elsewhere={}, statistic=difference(
        "effort_front", "example", "nothing", 1, 2))  # fmt: skip
    wrong = dataclasses.replace(right, claim="B10", expects=Expects.BELOW)
    outcome = judge_all({"B09": right, "B10": wrong}, threads=2)
    held, failed = (each.finding for each in outcome.judgements)
    assert held is not None
    assert failed is not None
    assert held.verdict is Verdict.CONSTRUCTED
    assert held.own is not None
    assert held.own.by_seed == (0.0,) * 6  # the top's example is nothing without leading
    assert failed.verdict is Verdict.FAILS
    assert failed.missed is Miss.OPPOSITE
    assert failed.default == held.default
    assert outcome.runs == 2 * 2 * 6


def test_seeds_can_be_given() -> None:
    runner = MadeUp()
    outcome = judge_all({"B09": hypothesis()}, seeds=3, run_many=runner)
    assert {task.seed for task in runner.tasks} == {1, 2, 3}
    assert outcome.judgements[0].seeds == 3


def test_an_interrupt_keeps_what_was_judged() -> None:
    far = hypothesis("B10", base=Change(organisation={"people": 60}))
    outcome = judged_by(MadeUp(stop_after=1), UNTESTED, hypothesis("B09"), far)
    assert outcome.stopped
    assert outcome.chosen == 3
    assert [each.claim.name for each in outcome.judgements] == ["B08", "B09"]


@pytest.mark.parametrize(
    ("statistic", "says"),
    [
        (lambda arms: arms["nobody"], "the statistic of B09, by default, failed .KeyError"),
        (lambda arms: np.zeros(3), "gives numbers of shape .3,.; it has to give one for each of 4"),
    ],
)
def test_a_statistic_that_fails_is_named(statistic: object, says: str) -> None:
    with pytest.raises(RuntimeError, match=says):
        judged_by(MadeUp(), hypothesis(statistic=statistic))


# --- typing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["B6"], "no claim is called 'B6'; did you mean B06?"),
        (["B99"], "no claim is called 'B99'; did you mean B0"),
        (["everything"], "no claim is called 'everything'; `zwerm claims --list` shows all ids"),
        (["B06", "--seeds", "1"], "seeds = 1 cannot be used: an interval takes 2 or more; type 2"),
        (["B06", "--seeds", "many"], "invalid int value: 'many'"),
        (["B06", "--json", "no/such/folder/x.json"], "there is no folder no/such/folder for x.js"),
        (["B06", "--out", "tests"], "is there already and not empty"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["claims", *words]) == BAD_INPUT
    said = capsys.readouterr()
    assert said.out == ""
    assert says in said.err
    assert said.err.count("\n") == 1


def test_claims_are_chosen_by_id_or_source() -> None:
    assert list(command.chosen_of(["c25", "B06"])) == ["B06", "C25"]
    assert list(command.chosen_of(["b"])) == [f"B{each:02}" for each in range(1, 18)]
    assert command.chosen_of([]) == judged()


def test_the_list_says_what_is_tested(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--list", "B08", "B09"]) == OK
    said = " ".join(capsys.readouterr().out.split())
    assert "B09 example 2 arms, 5 years, 24 seeds" in said
    assert "B08 example not run" in said
    assert claims()["B09"].text in said


def test_two_claims_for_real(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, also = tmp_path / "claims", tmp_path / "claims.json"
    words = ["claims", "B09", "B08", "--seeds", "3", "--out", str(folder), "--json", str(also)]
    assert main(words) == OK
    said = capsys.readouterr().out
    assert "B08    cannot be tested here" in said
    assert f"Open {folder / 'claims.html'}" in said
    first, second = json.loads(also.read_text(encoding="utf-8"))
    assert also.read_bytes() == (folder / "claims.json").read_bytes()
    assert (first["id"], first["verdict"], first["effect"]) == (
        "B08",
        "cannot be tested here",
        None,
    )
    assert second["verdict"] in said
    assert second["seeds"] == 3
    assert second["low"] <= second["effect"] <= second["high"]
    assert second["circumstances"][0]["effect"] == second["effect"]
    assert second["effect"] == pytest.approx(
        np.mean(second["circumstances"][0]["by_seed"]), rel=1e-4
    )
    rows = (folder / "claims.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 3
    assert rows[0].startswith("id,source,theme,claim,verdict")
    assert sorted(path.name for path in folder.iterdir()) == [
        "claims.csv", "claims.html", "claims.json", "config.yaml", "figures", "manifest.json",
    ]  # fmt: skip
    assert [path.name for path in (folder / "figures").iterdir()] == ["B09.svg"]
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["claims"] == ["B08", "B09"]
    assert manifest["command"] == "claims B09 B08 --seeds=3"
    assert set(manifest["files"]) == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    } - {"manifest.json"}


def test_stopping_leaves_a_folder_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    far = hypothesis("B10", base=Change(organisation={"people": 60}))
    outcome = judged_by(MadeUp(stop_after=1), hypothesis("B09"), far)
    monkeypatch.setattr(command, "_judged", lambda chosen, seeds: outcome)
    code = command.perform({"B09": far, "B10": far}, None, tmp_path / "kept", None)
    assert code == STOPPED
    sentence = "Stopped by somebody after 1 of 2 claims; the others were not judged."
    assert sentence in capsys.readouterr().out
    assert sentence in (tmp_path / "kept" / "claims.html").read_text(encoding="utf-8")
    nothing = judged_by(MadeUp(stop_after=0), hypothesis("B09"))
    monkeypatch.setattr(command, "_judged", lambda chosen, seeds: nothing)
    with pytest.raises(KeyboardInterrupt):
        command.perform({"B09": far}, None, tmp_path / "none", None)
    assert not (tmp_path / "none").exists()


def test_doing_nothing_differs_from_an_example() -> None:
    """What the made-up runs are good for: they tell arms apart, and off from on."""
    runner = MadeUp(gain=2.0)
    found = judged_by(runner, hypothesis()).judgements[0].finding
    assert found is not None
    assert found.default.mean == pytest.approx(1.8, abs=0.05)
    assert found.verdict is Verdict.CONSTRUCTED
    assert NOTHING != EXAMPLE
