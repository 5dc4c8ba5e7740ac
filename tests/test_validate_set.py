"""Does `zwerm validate --plausible` count what the runs gave, and leave out what cannot move?"""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

import scenarios.plausible
from experiments.cli import BAD_INPUT, OK, STOPPED, main
from experiments.validate import document, over_set, set_words
from experiments.validate.folder import COLUMNS, SET_COLUMNS, entry
from experiments.validate.over_set import FIRST_SEED, GAMES, SEEDS, UNMOVED, measure_over, seeds_of
from experiments.validate.running import Outcome, Row, measure_all
from scenarios.matching import settings_for
from scenarios.panel import ANNUAL_LAGS
from scenarios.plausible import draws
from scenarios.targets import panels, patterns, targets
from scenarios.targets.judging import Hit, judge, wilson
from scenarios.targets.panels import KINDS, Seen, best_annual_lags, more_than_chance
from scenarios.targets.pattern import Pattern
from sim.parameters import WEEKS_PER_YEAR

NAME = "mood.customers"  # a number that made-up rows read
ROWS = [{NAME: 0.14}, {NAME: 0.30}, {NAME: 0.15}, {NAME: 0.16}]  # N11 asks for .14 ± .03
Asked = list[tuple[float, int, int]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """N11 gives what the parameter says, and the set is ROWS; what it was asked for."""
    calls: Asked = []

    def gives(settings: Mapping[str, float], first: int, count: int) -> np.ndarray:
        calls.append((settings.get(NAME, 0.14), first, count))
        return np.full(count, settings.get(NAME, 0.14))

    monkeypatch.setitem(patterns(), "N11", Pattern("N11", gives, 8, 1.0, "made up"))
    monkeypatch.setattr(scenarios.plausible, "draws", lambda count, seed=1: ROWS[:count])
    return calls


def told_of(path: Path) -> dict[str, dict]:
    return {each["id"]: each for each in json.loads(path.read_text(encoding="utf-8"))}


# --- shares ---------------------------------------------------------------------------------------


def test_a_row_of_the_set_that_misses_is_counted_as_a_miss(asked: Asked, tmp_path: Path, capsys):
    out, more, table = tmp_path / "out", tmp_path / "rows.json", tmp_path / "rows.csv"
    words = ["--plausible", "4", "--out", str(out), "--json", str(more), "--csv", str(table)]
    assert main(["validate", "N11", "T04", *words]) == OK
    said = capsys.readouterr()
    rows = told_of(more)
    low, high = wilson(3, 4)
    assert rows["N11"]["share_of_set"] == 0.75
    assert rows["N11"]["rows_of_set"] == 4
    found = [rows["N11"][f"share_of_set_{end}"] for end in ("low", "high")]
    assert found == pytest.approx([low, high], abs=1e-5)
    edges = [rows["N11"][f"set_{name}"] for name in ("low", "median", "high")]
    values = [each[NAME] for each in ROWS]
    assert edges == pytest.approx(np.percentile(values, [5, 50, 95]), abs=1e-6)
    assert rows["N11"]["value"] == pytest.approx(0.14)  # as declared, beside it
    assert "3 of 4 (75%" in said.out
    assert "row 4 of 4 of the plausible set; 0 s left" in said.err
    assert asked[1:] == [
        (row[NAME], FIRST_SEED + SEEDS * at, SEEDS) for at, row in enumerate(ROWS)
    ]  # seeds of its own at each
    lines = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert tuple(lines[0]) == (*COLUMNS, *SET_COLUMNS)
    page = (out / "validate.html").read_text(encoding="utf-8")
    assert set_words.TITLE in page
    assert "3 of 4 (75%" in page
    assert not (out / "panels.csv").exists()


def test_nothing_is_said_of_the_set_unless_it_is_asked_for(asked: Asked, tmp_path: Path):
    out = tmp_path / "out"
    assert main(["validate", "N11", "--out", str(out)]) == OK
    row = told_of(out / "validate.json")["N11"]
    assert not [name for name in row if name in SET_COLUMNS or name == "panels"]
    assert set_words.TITLE not in (out / "validate.html").read_text(encoding="utf-8")
    assert len(asked) == 1


def test_a_row_of_the_set_at_which_nothing_can_be_measured_is_told(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
):
    def fails(settings: Mapping[str, float], first: int, count: int) -> np.ndarray:
        if settings.get(NAME) == 0.30:
            raise ValueError("made up")
        return np.full(count, 0.14)

    monkeypatch.setitem(patterns(), "N11", Pattern("N11", fails, 8, 1.0, "made up"))
    outcome = measure_all(["N11"])
    measure_over(outcome, ROWS)
    row = entry(outcome.rows[0])
    assert (row["rows_of_set"], row["share_of_set"]) == (3, 1.0)
    assert "at 1 row of the set it could not be measured" in row["set_note"]


def test_a_number_that_is_missing_at_most_seeds_is_a_miss(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
):
    def lacks(settings: Mapping[str, float], first: int, count: int) -> np.ndarray:
        return np.full(count, np.nan if NAME in settings else 0.14)

    monkeypatch.setitem(patterns(), "N11", Pattern("N11", lacks, 8, 1.0, "made up"))
    outcome = measure_all(["N11"])
    measure_over(outcome, ROWS)
    row = entry(outcome.rows[0])
    assert (row["rows_of_set"], row["share_of_set"], row["set_median"]) == (4, 0.0, None)


# --- what does not move -----------------------------------------------------------------------


def test_a_row_that_no_parameter_moves_is_not_run_again(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
):
    real, calls = patterns()["T04"], list[int]()

    def counting(settings: Mapping[str, float], first: int, count: int) -> np.ndarray:
        calls.append(first)
        return real.measure(settings, first, count)

    counted = Pattern("T04", counting, 1, 1.0, "counted", False)
    monkeypatch.setitem(patterns(), "T04", counted)
    outcome = measure_all(["T04", "N11"])
    measure_over(outcome, ROWS)
    assert len(calls) == 1
    row = next(entry(each) for each in outcome.rows if each.target.id == "T04")
    for name in ("share_of_set", "rows_of_set", "set_low", "set_median", "set_high"):
        assert row[name] is None
    assert row["set_note"].startswith("no parameter that is uncertain moves it")
    assert ("T04", set_words.set_sentence(row)) in set_words.left_out([row])


@pytest.mark.parametrize("name", [each for each in UNMOVED if each != "N18"])  # ten seconds
def test_rows_that_are_said_not_to_move_do_not(name: str):
    each, count = patterns()[name], 2 if patterns()[name].draws else 1
    here = each.measured({}, FIRST_SEED, count)
    for row in draws(2, seed=3):
        there = each.measured(settings_for(name, row), FIRST_SEED, count)
        assert there == pytest.approx(here, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("name", ["FG01", "APS03", "DN01", "EI04", "T05", "T09", "N14"])
def test_rows_that_are_run_over_the_set_do_move(name: str):
    each, row = patterns()[name], draws(1, seed=3)[0]
    assert name not in UNMOVED
    here, there = (each.measured(told, FIRST_SEED, seeds_of(each))
                   for told in ({}, settings_for(name, row)))  # fmt: skip
    assert not np.allclose(here, there, atol=1e-9)


def test_seeds_at_a_row_of_the_set_are_few():
    for name, each in patterns().items():
        assert 1 <= seeds_of(each) <= min(each.replicates, GAMES)
        if not each.draws:
            assert seeds_of(each) == 1
        if name in (kind.row for kind in KINDS):
            assert seeds_of(each) == 1  # a panel a row


# --- panels ---------------------------------------------------------------------------------------


def panel_with(lag: int | None, units: int = 20, years: int = 8) -> Seen:
    """Surveys of which NPS repeats eNPS so many years later, or has nothing to do with it."""
    chance = np.random.Generator(np.random.Philox(7))
    staff = chance.standard_normal((units, years + 4))
    if lag is None:
        customers = chance.standard_normal((units, years))
    else:
        customers = staff[:, 4 - lag : 4 - lag + years]
    enps, nps = (
        np.repeat(each, WEEKS_PER_YEAR, axis=1)[None] for each in (staff[:, 4:], customers)
    )
    return Seen(enps, nps, enps, nps, nps)


@pytest.mark.parametrize("lag", ANNUAL_LAGS)
def test_a_lag_that_is_there_is_found_and_is_more_than_chance(lag: int):
    assert best_annual_lags(panel_with(lag)) == [lag]
    assert more_than_chance(panel_with(lag), 1) == [True]


def test_surveys_that_have_nothing_to_do_with_each_other_are_no_more_than_chance():
    found = panel_with(None)
    assert best_annual_lags(found)[0] in ANNUAL_LAGS  # the largest of four is always one
    assert more_than_chance(found, 1) == [False]
    still = found._replace(nps=np.zeros_like(found.nps))
    assert best_annual_lags(still) == [None]
    assert more_than_chance(still, 1) == [False]


@pytest.fixture
def small_panels(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three units instead of twenty."""
    panels._panel.cache_clear()
    monkeypatch.setattr(panels, "UNITS", 3)
    yield
    panels._panel.cache_clear()


def test_panels_are_run_one_a_row_and_counted(small_panels: None, tmp_path: Path, capsys):
    names, out = [kind.row for kind in KINDS], tmp_path / "out"
    words = ["--replicates", "2", "--plausible", "2", "--out", str(out)]
    assert main(["validate", *names, *words]) == OK
    rows = told_of(out / "validate.json")
    for kind in KINDS:
        found, row = rows[kind.row]["panels"], rows[kind.row]
        wanted = [
            best_annual_lags(panels.seen(each, kind.preset, kind.arm, FIRST_SEED + at, 1))[0]
            for at, each in enumerate(draws(2))
        ]
        expected = {str(lag): wanted.count(lag) for lag in ANNUAL_LAGS}
        assert found["best_lag"] == {**expected, "none": wanted.count(None)}
        assert sum(found["more_than_chance"].values()) == found["panels"] == 2
        assert row["share_of_set"] is None
        assert "judged together" in row["set_note"]
    lines = list(csv.DictReader((out / "panels.csv").read_text(encoding="utf-8").splitlines()))
    assert [each["kind"] for each in lines[::2]] == [kind.name for kind in KINDS]
    assert lines[0]["lag_none"] == str(rows["N01"]["panels"]["best_lag"]["none"])
    assert set_words.PANELS_TITLE in capsys.readouterr().out
    assert set_words.PANELS_TITLE in (out / "validate.html").read_text(encoding="utf-8")


def test_all_panels_together_are_held_against_the_row(monkeypatch: pytest.MonkeyPatch):
    lags = iter([2, 2, 1, 2])
    monkeypatch.setattr(over_set, "seen", lambda *_: None)
    monkeypatch.setattr(over_set, "best_annual_lags", lambda _: [next(lags)])
    monkeypatch.setattr(over_set, "more_than_chance", lambda _, seed: [seed != FIRST_SEED])
    share = iter([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])  # two of the declared numbers first
    fake = Pattern(
        "N01", lambda s, f, n: np.array([next(share) for _ in range(n)]), 2, 1, "made up"
    )
    monkeypatch.setitem(patterns(), "N01", fake)
    outcome = measure_all(["N01"])
    measure_over(outcome, ROWS)
    found = entry(outcome.rows[0])["panels"]
    assert found["best_lag"] == {"0": 0, "1": 1, "2": 3, "3": 0, "none": 0}
    assert found["more_than_chance"] == {"0": 0, "1": 1, "2": 2, "3": 0, "none": 1}
    assert found["parts"][0]["value"] == 0.75
    assert found["hit"] == Hit.UNDECIDED.value  # 3 of 4, at least half asked


# --- what is typed --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [("0", "type 1 to 301"), ("-2", "type 1 to 301"), ("302", "type 1 to 301"),
     ("many", "'many' is no number of rows of the plausible set; type a whole number"),
     ("2.5", "type a whole number")],
)  # fmt: skip
def test_a_number_of_rows_that_cannot_be_is_told_in_a_sentence(
    typed: str, said: str, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    assert main(["validate", "T04", "--plausible", typed]) == BAD_INPUT
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("through", "share"), [(0, None), (2, 0.5)])
def test_a_stop_keeps_the_rows_of_the_set_that_are_through(
    through: int, share: float | None, asked: Asked, tmp_path: Path, capsys,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    real = patterns()["N11"].measure

    def stops(settings: Mapping[str, float], first: int, count: int) -> np.ndarray:
        if first == FIRST_SEED + SEEDS * through:
            raise KeyboardInterrupt
        return real(settings, first, count)

    monkeypatch.setitem(patterns(), "N11", Pattern("N11", stops, 8, 1.0, "made up"))
    monkeypatch.setattr(document, "DOCUMENT", tmp_path / "validation.md")
    out = tmp_path / "out"
    assert main(["validate", "N11", "--plausible", "4", "--out", str(out)]) == STOPPED
    said = " ".join(capsys.readouterr().out.split())
    assert f"Stopped by somebody after {through} of 4 rows of the plausible set" in said
    row = told_of(out / "validate.json")["N11"]
    assert row["value"] == pytest.approx(0.14)
    assert row.get("share_of_set") == share
    assert row.get("rows_of_set") == (through or None)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["rows_of_set_done"], manifest["rows_of_set_asked"]) == (through, 4)


# --- the document ---------------------------------------------------------------------------------


def test_the_document_has_the_section_only_if_it_was_asked_for(asked: Asked, tmp_path: Path):
    rows = [Row(each, why_not="It was not run here.") for each in targets().values()]
    found = judge(np.full(8, 0.14), targets()["N11"].aim)
    rows = [
        Row(each.target, patterns()["N11"], found, 8) if each.target.id == "N11" else each
        for each in rows
    ]
    outcome = Outcome(rows, len(rows))
    plain = document.text([entry(each) for each in outcome.rows])
    assert set_words.TITLE not in plain
    measure_over(outcome, ROWS)
    said = document.write([entry(each) for each in outcome.rows], tmp_path / "v.md").read_text()
    assert f"\n## {set_words.TITLE}\n" in said
    assert "| N11 | calibrated on |" in said
    assert "3 of 4 (75%" in said
    assert said.index(f"## {set_words.TITLE}") < said.index("## Misses")
