"""Do walkers find what is not ruled out, all of it, with the same bits however they are run?"""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from calibrating import ASKED, RESULTS, SUPPORT, MadeUp, put_in

from experiments.calibrate import command, findings, folder, walking
from experiments.calibrate.moves import Reach, adapted, tried
from experiments.calibrate.space import space_of
from experiments.calibrate.walking import next_threshold, walk
from experiments.calibrate.waves import Outcome, Told
from experiments.cli import BAD_INPUT, OK, STOPPED, main
from experiments.points import Asked, begin
from scenarios.plausible import read

DEAR = (*ASKED, Asked("T13", 2, dear=True))
REACH = 3 * 1.25**0.5  # tolerances that a number may lie off, without chance


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> MadeUp:
    """Patterns that are made up."""
    return put_in(monkeypatch)


def walked(target: Path, threads: int = 2, **changes: Any) -> Outcome:
    """Sixty walkers over the parameters of mood, with made-up patterns."""
    given: dict[str, Any] = {"space": space_of(["mood.*"]), "asked": ASKED, "points": (60,)}
    told = Told(**{**given, "walkers": 60, **changes})
    begin(told.identity(), target, target.exists())
    return walk(told, target, lambda name, count: nullcontext(lambda done: None), threads)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Outcome, Path]]:
    """A walk in which one row is dear."""
    with pytest.MonkeyPatch.context() as patch:
        put_in(patch)
        target = tmp_path_factory.mktemp("walk") / "one"
        yield walked(target, asked=DEAR), target


def test_the_set_lies_where_the_targets_are(found: tuple[Outcome, Path]) -> None:
    outcome, _ = found
    names = outcome.told.space.names
    chosen = outcome.points[findings.kept(outcome)]
    support = chosen[:, names.index(SUPPORT)]
    assert len(chosen) > 40
    assert len(np.unique(chosen, axis=0)) == len(chosen)
    # By hand: turnover .14 + (s - .2) and a ratio of 3 + 10 (.25 - s); chance adds less than .01.
    assert (np.abs(support - 0.2) <= 0.03 * REACH + 0.01).all()
    assert (np.abs(0.25 - support) <= 0.1 * REACH + 0.01).all()
    assert outcome.rows[findings.kept(outcome)].max() <= 3.0
    assert not np.isnan(outcome.rows[findings.kept(outcome)]).any()


def test_the_set_reaches_as_far_as_the_targets_allow(found: tuple[Outcome, Path]) -> None:
    outcome, _ = found
    told = {each.name: each for each in findings.narrowed(outcome)}
    assert told[SUPPORT].is_narrowed
    allowed = 2 * 0.03 * REACH / (told[SUPPORT].high - told[SUPPORT].low)
    assert 0.6 * allowed < told[SUPPORT].left < 1.1 * allowed
    others = [each for name, each in told.items() if name not in (SUPPORT, RESULTS)]
    assert all(each.left > 0.7 for each in others)
    assert not any(each.is_narrowed for each in others)


def test_a_set_around_the_declared_numbers_is_not_called_narrowed_for_that(
    tmp_path: Path,
    made_up: MadeUp,
) -> None:
    outcome = walked(tmp_path / "one", space=space_of(["mood.*"], 0.3), walkers=40)
    told = {each.name: each for each in findings.narrowed(outcome)}
    assert not told[RESULTS].is_narrowed
    assert all(each.left < 0.36 for each in told.values())
    low, high = outcome.told.space.ends
    assert ((outcome.points >= low - 1e-6) & (outcome.points <= high + 1e-6)).all()


def test_numbers_that_walkers_share_are_worth_fewer_draws(found: tuple[Outcome, Path]) -> None:
    outcome, _ = found
    draws, rows = findings.worth(outcome), len(findings.kept(outcome))
    assert ((draws >= 1.0) & (draws <= rows)).all()
    assert draws.max() < rows
    assert outcome.walked is not None
    assert 1 < outcome.walked.founders < rows


def test_dear_rows_wait_for_those_that_cheap_ones_leave_in(tmp_path: Path, made_up: MadeUp) -> None:
    outcome = walked(tmp_path / "one", asked=DEAR)
    dear = [place for place, (row, _) in enumerate(made_up.asked) if row == "T13"]
    assert min(dear[1:]) > 60 * 2  # the first is that of the declared numbers
    assert len(dear) < 0.5 * sum(row == "N11" for row, _ in made_up.asked)
    assert outcome.walked is not None
    assert outcome.walked.spent < 0.8 * outcome.walked.whole
    assert outcome.walked.rounds[-1].rows == 2


def test_tries_are_given_up_at_the_first_row_beyond_the_threshold(
    tmp_path: Path,
    made_up: MadeUp,
) -> None:
    outcome = walked(tmp_path / "one")
    assert outcome.walked is not None
    rounds = [each for each in outcome.walked.rounds if each.tried]
    missed = 0
    for wave, each in zip(outcome.waves[1:-1], rounds, strict=True):
        missing = np.isnan(wave.rows).any(axis=1)
        missed += missing.sum()
        assert (np.nanmax(wave.rows[missing], axis=1) > each.threshold).all()
        assert each.accepted == (~missing & (wave.rows.max(axis=1) <= each.threshold)).sum()
    assert missed


def test_threads_and_pauses_do_not_change_a_bit(tmp_path: Path, made_up: MadeUp) -> None:
    whole = walked(tmp_path / "whole", threads=3)
    every = len(made_up.asked)
    made_up.stop_after, made_up.asked = 250, []
    with pytest.raises(KeyboardInterrupt):
        walked(tmp_path / "paused", threads=1)
    made_up.stop_after, made_up.asked = None, []
    paused = walked(tmp_path / "paused", threads=1)
    assert 0 < len(made_up.asked) < every - 200
    np.testing.assert_array_equal(whole.points, paused.points)
    np.testing.assert_array_equal(whole.rows, paused.rows)
    assert findings.settings_of(whole) == findings.settings_of(paused)
    other = walked(tmp_path / "other", design_seed=2)
    assert findings.settings_of(whole) != findings.settings_of(other)


def test_points_that_fail_are_never_in_the_set(tmp_path: Path, made_up: MadeUp) -> None:
    made_up.failing = True
    outcome = walked(tmp_path / "one")
    support = outcome.points[:, outcome.told.space.names.index(SUPPORT)]
    assert outcome.waves[0].failed > 0
    assert (support[findings.kept(outcome)] <= 0.7).all()


def test_nothing_is_left_where_the_targets_exclude_everything(
    tmp_path: Path,
    made_up: MadeUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("calibrating._Row.measured", lambda *_: np.full((2, 1), np.nan))
    outcome = walked(tmp_path / "one")
    assert findings.kept(outcome).size == 0
    told = folder.fill(outcome, tmp_path / "one", "calibrate --walk 60")
    assert "of 0 places" in command.text(told)


# --- thresholds and moves -------------------------------------------------------------------


def test_the_threshold_falls_to_half_and_stops_at_the_cut() -> None:
    worst = np.array([8.0, 7.0, 6.0, 5.0, 4.0, np.inf])
    assert next_threshold(worst, np.inf) == 6.0
    assert next_threshold(np.array([8.0] * 5 + [4.0]), 8.0) == 4.0
    assert next_threshold(np.array([8.0] * 6), 8.0) == 8.0
    assert next_threshold(np.array([1.0, 2.0, 9.0, 9.0]), 9.0) == 3.0
    assert next_threshold(np.full(4, np.inf), 7.0) == 7.0


def test_tries_stay_within_the_ranges_and_touch_some_numbers_only() -> None:
    space = space_of(["mood.*", "staffing.hiring_weeks"])
    living = space.points(200, 1)
    matters = np.zeros(len(space.names), dtype=bool)
    matters[:4] = True
    made = tried(living, np.arange(200), matters, Reach(0.1, 0.1), space, space.points(500, 2),
                 (1, 1))  # fmt: skip
    assert ((made.points >= space.low) & (made.points <= space.high)).all()
    touched = made.points != living
    assert 0.05 < touched[:, :4].mean() < 0.2 < touched[:, 4:].mean() < 0.4
    assert (made.anew.any(axis=1) <= (made.kind == 0)).all()
    weeks = made.points[:, space.names.index("staffing.hiring_weeks")]
    assert (weeks == np.rint(weeks)).all()


def test_what_goes_past_an_end_is_turned_back() -> None:
    space = space_of(["mood.support", "mood.results"], 0.5)
    low, high = space.ends
    width = high - low
    values = np.stack([low - 0.1 * width, high + 0.2 * width, low + 0.3 * width])
    expected = np.stack([low + 0.1 * width, high - 0.2 * width, low + 0.3 * width])
    np.testing.assert_allclose(space.turned_back(values), expected, rtol=1e-5)


def test_tries_grow_bolder_where_they_are_accepted() -> None:
    kind = np.array([0] * 10 + [1] * 10)
    before = Reach(0.2, 0.2)
    after = adapted(before, kind, np.array([True] * 10 + [False] * 10))
    assert after.anew > 0.2 > after.step
    assert adapted(before, kind, np.array(([True] * 3 + [False] * 7) * 2)) == before


def test_a_walk_left_to_itself_comes_past_every_place_alike() -> None:
    """Without targets the numbers of walkers stay even in their ranges, from any start of those."""
    space = space_of(["mood.*"])
    points, pool = space.points(300, 1), space.points(4000, 2)
    all_matter = np.ones(len(space.names), dtype=bool)
    for turn in range(12):
        points = tried(points, np.arange(300), all_matter, Reach(0.5, 0.5), space, pool,
                       (3, turn)).points  # fmt: skip
    shares = np.sort(space.unit(points), axis=0)
    even = (np.arange(300) + 0.5)[:, np.newaxis] / 300
    # Kolmogorov-Smirnov at one in ten thousand for each of the parameters
    assert np.abs(shares - even).max() < 2.23 / 300**0.5


# --- what is typed --------------------------------------------------------------------------


def test_the_command_walks_pauses_and_says_what_it_found(
    tmp_path: Path, made_up: MadeUp, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "one"
    typed = ["calibrate", "--walk", "40", "--rows", "N11,N17", "--parameters", "mood.*",
             "--out", str(target)]  # fmt: skip
    made_up.stop_after = 100
    assert main(typed) == STOPPED
    assert "--walk 40" in capsys.readouterr().err
    made_up.stop_after = None
    assert main([*typed, "--resume"]) == OK
    said = capsys.readouterr().out
    assert "places where 40 walkers ended" in said
    assert "of the whole range of a parameter" in said
    kept = read(target / "plausible.csv", target / "plausible.yaml")
    told = kept.about["parameters"]["share_of_range_covered"]
    assert set(told) == set(kept.rows[0])
    assert told[SUPPORT] == min(told.values())
    assert kept.about["walk"]["walkers"] == 40
    page = (target / "index.html").read_text(encoding="utf-8")
    assert "How far does the set reach?" in page
    assert json.loads((target / "findings.json").read_text(encoding="utf-8"))["walk"]["rounds"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--walk", "3"], "--walk 3 is out of range; type 10 to 5000"),
        (["--walk", "40", "--waves", "2"], "leave out --points and --waves"),
        (["--walk", "40", "--points", "90"], "leave out --points and --waves"),
    ],
)
def test_what_cannot_be_used_is_said(
    typed: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", *typed]) == BAD_INPUT
    assert said in capsys.readouterr().err


def test_every_row_has_a_price() -> None:
    assert walking.seconds(Asked("N17", 8)) > 0.0
