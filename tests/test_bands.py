"""Are numbers nobody knows and chance told apart, and do claims count rows of the set rightly?"""

import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from claiming import UNTESTED, MadeUp, hypothesis, judged_by

from experiments import bands
from experiments.claims.folder import csv_text, entry
from experiments.claims.over_set import SEEDS, at_row, counts, shares, with_shares
from experiments.claims.running import Outcome, judge_all
from experiments.cli import BAD_INPUT, OK, main
from scenarios import plausible
from scenarios.claims.hypothesis import Expects, Judged, parameters
from scenarios.claims.verdict import Expected
from scenarios.plausible import PlausibleSet
from sim.measures import Record
from sim.runs import Task

ROWS = ({"mood.support": 0.05}, {"mood.support": 0.4}, {"mood.support": 0.75})


@pytest.fixture
def small_set(monkeypatch: pytest.MonkeyPatch) -> PlausibleSet:
    """Three rows in place of what stands in conf/."""
    found = PlausibleSet(ROWS, {}, "abc")
    monkeypatch.setattr(plausible, "plausible", lambda: found)
    return found


# --- variance -------------------------------------------------------------------------------


def test_variance_is_taken_apart_by_hand() -> None:
    found = bands.parted(np.array([[0.0, 2.0], [10.0, 12.0]]))
    assert found.within == 2.0
    assert found.between == 50.0 - 1.0
    assert found.share == pytest.approx(49.0 / 51.0)


def test_shares_of_known_variances_are_found() -> None:
    chance = np.random.Generator(np.random.Philox(4))
    values = chance.normal(0, 2, (4000, 1)) + chance.normal(0, 1, (4000, 4))
    # Standard errors: of 4 about 4 sqrt(2/4000) (1 + 1/16) = .095, of 1 sqrt(2/12000) = .013;
    # five of them fail in less than one of a million seeds, and this seed is fixed.
    found = bands.parted(values)
    assert found.between == pytest.approx(4.0, abs=0.48)
    assert found.within == pytest.approx(1.0, abs=0.065)


def test_what_cannot_be_taken_apart_is_not() -> None:
    assert math.isnan(bands.parted(np.ones((1, 5))).share)
    assert math.isnan(bands.parted(np.ones((5, 1))).share)
    assert math.isnan(bands.parted(np.ones((3, 3))).share)
    assert bands.parted(np.array([[0.0, 1.0], [1.0, 0.0]])).between == 0.0


def test_a_run_over_the_set_says_both(
    tmp_path: Path, small_set: PlausibleSet, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    typed = ["scenario=copy_of_a_copy", "organisation.people=57", "organisation.customers=300",
             "years=2", "engine.seeds=2", "scenario.figures=[fan]"]  # fmt: skip
    assert main(["run", *typed, "engine.plausible=3", "--out", str(folder)]) == OK
    assert "Over 3 rows of the plausible set and 2 seeds each" in capsys.readouterr().out
    told = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["plausible"]
    apart = told["measures"]["difference"]["nps_true"]
    assert 0.0 <= apart["share_between"] <= 1.0
    assert apart["low"] <= apart["median"] <= apart["high"]
    assert (folder / bands.TABLE).is_file()
    assert "Pale bands" in (folder / "figures" / "fan.svg").read_text("utf-8")
    assert main(["run", "--from", str(folder)]) == OK
    plain = tmp_path / "plain"
    assert main(["run", *typed, "engine.figures=false", "--out", str(plain)]) == OK
    assert not (plain / bands.TABLE).exists()
    assert (plain / "weeks.csv").read_bytes() == (folder / "weeks.csv").read_bytes()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["run", "engine.plausible=4"], "type 1 to 3"),
        (["sweep", "sweep=timing", "engine.plausible=2"], "a sweep has points of its own"),
        (["claims", "B09", "--plausible", "9"], "type 1 to 3"),
    ],
)
def test_too_many_rows_are_refused_before_a_run(
    typed: list[str], said: str, small_set: PlausibleSet, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(typed) == BAD_INPUT
    assert said in capsys.readouterr().err


# --- claims ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "expected", "holds"),
    [
        (2.0, Expected(Expects.ABOVE, 2.0), True),
        (1.9, Expected(Expects.ABOVE, 2.0), False),
        (0.0, Expected(Expects.ABOVE, 0.0), False),
        (-2.0, Expected(Expects.BELOW, 2.0), True),
        (2.0, Expected(Expects.BELOW, 2.0), False),
        (-2.0, Expected(Expects.NEAR_ZERO, 2.0), True),
        (2.1, Expected(Expects.NEAR_ZERO, 2.0), False),
        (3.0, Expected(Expects.WITHIN, 0.0, 3.0, 4.0), True),
        (math.nan, Expected(Expects.NEAR_ZERO, 2.0), False),
    ],
)
def test_an_effect_counts_from_the_smallest_of_interest_on(
    effect: float, expected: Expected, holds: bool
) -> None:
    assert counts(effect, expected) is holds


class ByRow(MadeUp):
    """Runs whose effect is as large as the row's support."""

    def record(self, task: Task) -> Record:
        self.gain = task.told.parameters.mood.support
        return super().record(task)


def test_the_share_is_of_rows_and_the_claim_is_stronger_than_a_row() -> None:
    runner = ByRow()

    def judging(some: Mapping[str, Judged], seeds: int) -> Outcome:
        return judge_all(some, seeds, run_many=runner)

    claim = hypothesis(least=0.3)  # the example is .9, so the effect .9 * support
    held = hypothesis("B10", base=parameters(mood={"support": 0.8}), least=0.3)
    found = shares({"B09": claim, "B10": held, "B08": UNTESTED}, ROWS, judging)
    assert set(found) == {"B09", "B10"}
    assert (found["B09"].holds, found["B09"].rows, found["B10"].holds) == (2, 3, 3)
    assert found["B09"].effects == pytest.approx([0.9 * each["mood.support"] for each in ROWS],
                                                 abs=0.05)  # fmt: skip
    assert len({task.seed for task in runner.tasks}) == SEEDS
    outcome = judged_by(MadeUp(), claim, UNTESTED)
    with_shares(outcome, found)
    assert entry(outcome.judgements[0])["share"] == pytest.approx(2 / 3, abs=1e-5)
    assert "share" not in entry(outcome.judgements[1])
    head, first, *_ = csv_text(outcome.judgements).splitlines()
    assert "rows_of_the_set" in head
    assert first.endswith(",3")


def test_a_row_that_does_not_go_with_a_claim_is_not_counted() -> None:
    claim = hypothesis(base=parameters(people={"conditional": 0.6}))
    assert at_row(claim, {"people.free_riders": 0.26}) is not None
    assert at_row(hypothesis(base=parameters(people={"conditional": 0.65})),
                  {"people.free_riders": 0.26}) is None  # fmt: skip
