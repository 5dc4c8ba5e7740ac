"""Does a calibration rule out what it should, keep what it measured, and say what it found?"""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from calibrating import ASKED, RESULTS, SUPPORT, MadeUp, plain, put_in

from experiments.calibrate import command, findings, folder
from experiments.calibrate.emulating import emulator, matter
from experiments.calibrate.space import space_of
from experiments.calibrate.waves import Outcome, Told, calibrate
from experiments.cli import BAD_INPUT, OK, STOPPED, main
from experiments.points import Asked, Point, begin, load, measure_all, measured, path_of, save
from experiments.store import FolderError
from scenarios.matching import Part
from scenarios.plausible import read
from scenarios.targets.target import Limits
from sim.parameters import ParameterError


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> MadeUp:
    """Patterns that are made up."""
    return put_in(monkeypatch)


def quiet(name: str, count: int) -> Any:
    """No progress."""
    return nullcontext(lambda done: None)


def ignored(done: float) -> None:
    """No progress."""


def calibrated(target: Path, threads: int = 2, **changes: Any) -> Outcome:
    """A calibration over the parameters of mood, with made-up patterns."""
    given: dict[str, Any] = {"space": space_of(["mood.*"]), "asked": ASKED, "points": (80, 40)}
    told = Told(**{**given, **changes})
    begin(told.identity(), target, target.exists())
    return calibrate(told, target, quiet, threads)


# --- points ---------------------------------------------------------------------------------


def test_a_point_comes_back_as_it_was(tmp_path: Path, made_up: MadeUp) -> None:
    found = measured(Point("a", {SUPPORT: 0.25}), [*ASKED, Asked("T13", 3)], 1)
    found.values["T13"][1, 1] = np.nan
    save(tmp_path, found)
    again = load(tmp_path, "a")
    assert again is not None
    for row, values in found.values.items():
        np.testing.assert_array_equal(values, again.values[row])
    text = path_of(tmp_path, "a").read_text(encoding="utf-8")
    path_of(tmp_path, "a").write_text(text.replace("3.0", "3.1", 1), encoding="utf-8")
    assert load(tmp_path, "a") is None
    assert load(tmp_path, "b") is None


def test_dear_rows_are_left_out_where_cheap_ones_rule_out(made_up: MadeUp) -> None:
    asked = [Asked("T13", 2, dear=True), *ASKED]
    found = measured(Point("a", {}), asked, 1, lambda values: False)
    assert list(found.values) == ["N11", "N17"]
    assert list(measured(Point("a", {}), asked, 1, lambda values: True).values)[-1] == "T13"


def test_a_row_that_cannot_be_run_says_why(made_up: MadeUp) -> None:
    made_up.failing = True
    found = measured(Point("a", {SUPPORT: 0.75}), ASKED, 1)
    assert found.failed["N11"] == "ParameterError: it cannot be run"
    assert not found.values


def test_an_interrupt_keeps_what_is_done(tmp_path: Path, made_up: MadeUp) -> None:
    points = [Point(f"{at}", {SUPPORT: at / 20.0}) for at in range(10)]
    made_up.stop_after = 9
    with pytest.raises(KeyboardInterrupt):
        measure_all(points, ASKED, 1, tmp_path, ignored, threads=1)
    there = {path.stem for path in tmp_path.glob("*.json")}
    assert 1 <= len(there) <= 4
    made_up.stop_after, made_up.asked = None, []
    found = measure_all(points, ASKED, 1, tmp_path, ignored, threads=1)
    assert [each.name for each in found] == [each.name for each in points]
    assert len(made_up.asked) == 2 * (10 - len(there))


# --- space and emulators --------------------------------------------------------------------


def test_points_are_spread_within_their_ranges() -> None:
    space = space_of(["mood.*", "staffing.hiring_weeks"])
    points = space.points(50, 3)
    assert ((points >= space.low) & (points <= space.high)).all()
    slices = np.sort(np.floor(space.unit(points)[:, 0] * 50 + 1e-6))
    assert np.abs(slices - np.arange(50)).max() <= 1
    np.testing.assert_array_equal(points, space.points(50, 3))
    assert not np.array_equal(points, space.points(50, 4))
    told = space.settings(points[0])
    assert isinstance(told["staffing.hiring_weeks"], int)
    for value in points[:5].ravel().tolist():
        assert float(f"{value:.6g}") == value


def test_points_around_the_declared_numbers_keep_to_their_part_of_the_range() -> None:
    names = ["mood.*", "staffing.hiring_weeks"]
    points, near = space_of(names).points(50, 1), space_of(names, 0.3).points(50, 1)
    declared = space_of(names).declared
    weeks = space_of(names).names.index("staffing.hiring_weeks")
    drawn = declared + 0.3 * (points - declared)
    np.testing.assert_allclose(
        np.delete(near, weeks, axis=1), np.delete(drawn, weeks, axis=1), rtol=1e-5, atol=1e-9
    )
    assert (near[:, weeks] == np.rint(drawn[:, weeks])).all()


def test_a_wrong_name_is_refused() -> None:
    with pytest.raises(ParameterError, match="did you mean"):
        space_of(["mod.*"])


def test_an_emulator_finds_what_matters_and_how_sure_it_is() -> None:
    space = space_of(["mood.*"])
    unit = space.unit(space.points(120, 1))
    part = Part("N11", Limits("", 0.0, 2.0, 1.0))
    noise = np.random.default_rng(1).normal(0.0, 0.02, 120)
    values = 1.0 + unit[:, 2] + 0.4 * np.sin(4.0 * unit[:, 5]) + noise
    made = emulator(unit, values, part)
    assert made is not None
    assert set(np.argsort(-np.abs(made.slopes))[:2].tolist()) <= {2, 5, *made.active}
    assert made.explained > 0.9
    fresh = space.unit(space.points(200, 2))
    mean, variance = made.predicted(fresh)
    truth = 1.0 + fresh[:, 2] + 0.4 * np.sin(4.0 * fresh[:, 5])
    assert np.mean(np.abs(mean - truth) <= 3.0 * np.sqrt(variance)) > 0.97
    assert matter([made, None], 16)[2] > 0.5


def test_there_is_no_emulator_of_what_does_not_vary() -> None:
    unit = np.random.default_rng(1).random((60, 3))
    part = Part("N11", Limits("", 0.0, 2.0, 1.0))
    assert emulator(unit, np.ones(60), part) is None
    assert emulator(unit[:9], unit[:9, 0], part) is None


# --- waves ----------------------------------------------------------------------------------


def test_what_is_left_in_was_measured_and_is_where_the_targets_are(
    tmp_path: Path,
    made_up: MadeUp,
) -> None:
    outcome = calibrated(tmp_path / "one")
    at = outcome.told.space.names.index(SUPPORT)
    support = outcome.points[:, at]
    # By hand: turnover .14 + (s - .2) within 3 * .03 * sqrt(1.25), and the ratio 3 + 10 (.25 - s)
    # within 3 * sqrt(1.25); chance adds less than .01.
    reach = 3 * 1.25**0.5
    allowed = (np.abs(support - 0.2) <= 0.03 * reach + 0.01) & (
        np.abs(0.25 - support) <= 0.1 * reach + 0.01
    )
    assert allowed[outcome.left_in].all()
    assert 0 < outcome.left_in.sum() < len(support)
    first, second = outcome.waves
    assert second.left_in.mean() > first.left_in.mean()
    told = {each.name: each for each in findings.narrowed(outcome)}
    assert told[SUPPORT].matters
    assert not told[RESULTS].is_narrowed


def test_threads_and_pauses_do_not_change_a_bit(tmp_path: Path, made_up: MadeUp) -> None:
    whole = calibrated(tmp_path / "whole", threads=2)
    made_up.asked, made_up.stop_after = [], 60
    with pytest.raises(KeyboardInterrupt):
        calibrated(tmp_path / "paused", threads=1)
    made_up.stop_after = None
    paused = calibrated(tmp_path / "paused", threads=1)
    np.testing.assert_array_equal(whole.points, paused.points)
    np.testing.assert_array_equal(whole.rows, paused.rows)
    assert findings.settings_of(whole) == findings.settings_of(paused)


def test_a_folder_of_another_calibration_is_refused(tmp_path: Path, made_up: MadeUp) -> None:
    calibrated(tmp_path / "one", points=(3,))
    with pytest.raises(FolderError, match="other values of points"):
        calibrated(tmp_path / "one", points=(4,))
    told = Told(space_of(["mood.*"]), ASKED, (3,))
    with pytest.raises(FolderError, match="go on with --resume"):
        begin(told.identity(), tmp_path / "one", again=False)


def test_points_that_fail_are_not_left_in(tmp_path: Path, made_up: MadeUp) -> None:
    made_up.failing = True
    outcome = calibrated(tmp_path / "one", points=(40,))
    at = outcome.told.space.names.index(SUPPORT)
    failed = outcome.points[:, at] > 0.7
    assert outcome.waves[0].failed == failed.sum() > 0
    assert not outcome.left_in[failed].any()


def test_the_set_says_how_it_was_made_and_can_be_read(tmp_path: Path, made_up: MadeUp) -> None:
    outcome = calibrated(tmp_path / "one")
    found = folder.fill(outcome, tmp_path / "one", "calibrate --points 120")
    kept = read(tmp_path / "one" / "plausible.csv", tmp_path / "one" / "plausible.yaml")
    assert list(kept.rows) == findings.settings_of(outcome)
    assert kept.about["targets"]["N11"]["tolerance"] == 0.03
    assert kept.about["rule"]["discrepancy_grade"] == "ASSUMED"
    assert kept.about["is_small"] is True
    said = command.text(found)
    assert "fewer than 200" in said
    assert f"Left in: {outcome.left_in.sum()} of 120 points" in said
    page = (tmp_path / "one" / "index.html").read_text(encoding="utf-8")
    assert "http" not in page.replace("http://www.w3.org", "")
    json.loads((tmp_path / "one" / "findings.json").read_text(encoding="utf-8"))


def test_a_share_ruled_out_is_a_count(tmp_path: Path, made_up: MadeUp) -> None:
    outcome = calibrated(tmp_path / "one", points=(80,))
    (rows,) = findings.ruled(outcome)
    for at, each in enumerate(rows):
        assert each.measured == 80
        assert each.out == np.mean(outcome.rows[:, at] > 3.0)


# --- what is typed --------------------------------------------------------------------------


def test_the_command_runs_pauses_and_goes_on(
    tmp_path: Path,
    made_up: MadeUp,
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed = ["calibrate", "--points", "12", "--waves", "2", "--rows", "N11,N17",
             "--parameters", "mood.*", "--out", str(tmp_path / "one")]  # fmt: skip
    made_up.stop_after = 10
    assert main(typed) == STOPPED
    assert "--resume" in capsys.readouterr().err
    made_up.stop_after = None
    assert main([*typed, "--resume", "--json", str(tmp_path / "found.json")]) == OK
    assert json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))["waves"]
    assert "Left in:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--points", "1"], "--points 1 is out of range"),
        (["--rows", "N10"], "would use it up as a test"),
        (["--parameters", "nobody"], "no uncertain parameter"),
        (["--resume"], "add --out FOLDER"),
        (["--json", "/nowhere/x.json"], "make it first"),
    ],
)
def test_what_cannot_be_used_is_said(
    typed: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", *typed]) == BAD_INPUT
    assert said in capsys.readouterr().err


# --- one real point -------------------------------------------------------------------------


def test_a_real_point_moves_with_its_parameters() -> None:
    one, other = (
        measured(Point("a", {"contributing.visible_weeks": 13, SUPPORT: support}),
                 [Asked("N17", 1)], 1) for support in (0.1, 0.7)
    )  # fmt: skip
    assert plain(one.values) != plain(other.values)
