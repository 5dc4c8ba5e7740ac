"""Is each run made once, a verdict kept when somebody stops it, and the rest told in a sentence?"""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from claiming import SMALL, UNTESTED, MadeUp, hypothesis, judged_by
from conftest import same

from experiments.claims import command
from experiments.claims.plan import plan_of
from experiments.claims.running import judge_all
from experiments.cli import BAD_INPUT, OK, STOPPED, main
from scenarios.claims import claims, judged
from scenarios.claims.building import configuration
from scenarios.claims.hypothesis import Change, Expects, acting, difference
from scenarios.claims.verdict import Miss, Verdict
from sim.levers import Action
from sim.measures import Record
from sim.runs import simulate

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


def test_made_up_runs_tell_arms_apart_and_off_from_on() -> None:
    runner = MadeUp(gain=2.0)
    found = judged_by(runner, hypothesis()).judgements[0].finding
    assert found is not None
    assert found.default.mean == pytest.approx(1.8, abs=0.05)
    assert found.verdict is Verdict.CONSTRUCTED
