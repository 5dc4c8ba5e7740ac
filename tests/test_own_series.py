"""A user's own surveys: which rows of parameters could have drawn them, and what is narrowed?"""

import csv
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from experiments import own_series as command
from experiments.cli import main
from scenarios import own_series
from scenarios.own_narrowing import narrowed
from scenarios.own_organisation import changed
from scenarios.own_series import (
    GROUPS,
    for_few,
    matched,
    matched_lags,
    measured,
    panels,
    resampled,
    shape_of,
    spread_within,
    statistics_of,
    surveyed,
    too_short,
    units_of,
)
from scenarios.series import Series, from_weeks, read_series
from sim.configuration import Configuration, Organisation
from sim.parameters import ParameterError

SMALL = Configuration(Organisation(people=30, customers=200))


@pytest.fixture(autouse=True)
def fewer_resamples(monkeypatch):
    monkeypatch.setattr(own_series, "TIMES", 199)  # in place of 499, for time


def noise(units: int = 8, waves: int = 8, seed: int = 1, link: float = 0.0) -> Series:
    """Yearly surveys: lasting differences, movement, and NPS a wave behind eNPS by `link`."""
    chance = np.random.Generator(np.random.Philox(seed))
    enps = 10.0 * chance.standard_normal((units, 1)) + 8.0 * chance.standard_normal((units, waves))
    late = np.roll(enps, 1, axis=1)
    nps = 5.0 + link * late + 6.0 * chance.standard_normal((units, waves))
    clipped = [np.repeat(np.clip(each, -90.0, 90.0), 52, axis=1) for each in (enps, nps)]
    return from_weeks(clipped[0], clipped[1], 52)


def drawn(row: dict[str, float], units: int = 8, waves: int = 5, seed: int = 900) -> Series:
    """What the model itself draws for a row, as a file would hold it."""
    blank = noise(units, waves)
    counted = blank._replace(n_enps=np.full((units, waves), 60.0),
                             n_nps=np.full((units, waves), 150.0))  # fmt: skip
    enps, nps = next(panels([row], SMALL, shape_of(counted, 1.0), seed))
    return counted._replace(enps=enps, nps=nps)


def typed(folder: Path, series: Series, first: int = 2015) -> Path:
    """The surveys as a user's file, with semicolons and decimal commas."""
    path = folder / "surveys.csv"
    lines = ["\ufeffunit;wave;eNPS;NPS;n"]
    for unit, rows in zip(series.units, zip(series.enps, series.nps, strict=True), strict=True):
        for wave, (enps, nps) in enumerate(zip(*rows, strict=True)):
            lines.append(f"{unit};{first + wave};{enps:.1f};{nps:.1f};90".replace(".", ","))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# --- statistics -------------------------------------------------------------------------------


def test_statistics_of_a_small_table_by_hand():
    enps = np.array([[0.0, 2.0, 4.0, 2.0], [10.0, 12.0, 14.0, 12.0], [20.0, 22.0, 24.0, 22.0]])
    found = {each.name: value for each, value in statistics_of(enps, 2.0 * enps, [0]).items()}
    assert found["correlation, NPS +0 waves"] == pytest.approx(1.0)
    assert found["eNPS, SD within units"] == pytest.approx(np.sqrt(8.0 / 3.0))
    assert found["NPS, SD between units"] == pytest.approx(20.0)
    assert found["eNPS, mean"] == pytest.approx(12.0)
    gaps = enps.copy()
    gaps[0, 0] = np.nan
    assert spread_within(gaps[:1]) == pytest.approx(np.std([2.0, 4.0, 2.0], ddof=1))
    two = statistics_of(enps[:2], enps[:2], [0])
    assert {each.group for each in two} == {"lags", "within", "means"}


def test_lags_are_few_and_as_many_each_way():
    assert matched_lags(noise(8, 8), 1.0) == [-3, -2, -1, 0, 1, 2, 3]
    quarterly = matched_lags(noise(8, 40), 4.0)
    assert quarterly == [-12, -9, -6, -3, 0, 3, 6, 9, 12]


def test_resamples_keep_what_belongs_together():
    series = noise(8, 6)
    for enps, nps in resampled(series, 5, 1):
        rows = [np.flatnonzero((series.enps == row).all(axis=1)).item() for row in enps]
        assert np.array_equal(nps, series.nps[rows])
    few = noise(2, 10)
    for enps, nps in resampled(few, 5, 1):
        for unit in range(2):
            waves = [np.flatnonzero(few.enps[unit] == value).item() for value in enps[unit]]
            assert np.array_equal(nps[unit], few.nps[unit, waves])


def test_the_sampling_error_of_a_mean_is_that_of_its_units():
    series = noise(40, 6)
    own = measured(series, 1.0)
    at = next(place for place, each in enumerate(own.statistics) if each.name == "eNPS, mean")
    means = series.enps.mean(axis=1)
    assert own.error[at] == pytest.approx(means.std() / np.sqrt(40), rel=0.15)
    assert 0.8 < own.tolerance < 2.5  # a distance of one is an error in all
    assert set(own.by_group) == set(GROUPS)


@pytest.mark.parametrize(
    ("series", "sentence"),
    [
        (noise(1, 4), "too short to narrow anything"),
        (noise(3, 2), "too short to narrow anything"),
        (noise(6, 6)._replace(nps=np.full((6, 6), 10.0)), "does not move"),
        (noise(6, 6), ""),
    ],
)
def test_too_short_is_said(series: Series, sentence: str):
    told = too_short(series)
    assert sentence in told
    assert bool(told) == bool(sentence)


def test_few_units_say_nothing_of_how_units_differ():
    own = measured(noise(3, 12), 1.0)
    assert (own.matched, set(own.by_group)) == (("lags", "within"), {"lags", "within"})
    with pytest.raises(ParameterError, match="type --match lags,within"):
        measured(noise(3, 12), 1.0, ["means"])
    assert for_few(1000) == pytest.approx(1.0, abs=0.003)
    assert for_few(1000) < for_few(8) < for_few(4)


# --- panels -----------------------------------------------------------------------------------


def test_panels_have_the_shape_gaps_and_answers_of_the_file():
    series = noise(3, 4)
    holes = series.enps.copy()
    holes[1, 2] = np.nan
    series = series._replace(enps=holes, n_nps=np.array([[100.0] * 4, [30.0] * 4, [5.0] * 4]),
                             n_enps=np.full((3, 4), 50.0))  # fmt: skip
    shape = shape_of(series, 2.0)
    assert (shape.weeks, shape.every, shape.units, shape.waves) == (26, 26, 3, 4)
    told = units_of(SMALL, {"mood.support": 0.2}, shape)
    assert [each.parameters.surveys.nps_sample for each in told] == [100, 30, 10]  # 10 is the least
    assert {(each.weeks, each.parameters.mood.support) for each in told} == {(104, 0.2)}
    enps, nps = next(panels([{}], SMALL, shape))
    assert np.array_equal(np.isnan(enps), np.isnan(holes))
    assert np.isfinite(nps).all()
    assert shape_of(series, 0.5).every == 52  # two surveys of the model's own in a wave
    assert shape.notes == ()
    assert "are assumed" in shape_of(noise(3, 4), 1.0).notes[0]
    with pytest.raises(ParameterError, match="more than can be simulated"):
        shape_of(noise(3, 4), 0.02)


def test_the_error_of_few_answers_is_that_of_the_formula():
    series = noise(200, 50)._replace(n_enps=np.full((200, 50), 40.0))
    shown = surveyed(np.full((200, 50), 20.0), shape_of(series, 1.0), 7)
    most, least = 100 * np.sqrt(0.96 / 40), 100 * np.sqrt((0.2 - 0.04) / 40)
    assert shown.std() == pytest.approx(np.sqrt((most**2 + least**2) / 2), rel=0.03)
    assert shown.mean() == pytest.approx(20.0, abs=0.5)


def test_each_row_has_luck_of_its_own_and_the_same_again():
    shape = shape_of(noise(3, 3), 1.0)
    one, other = panels([{}, {}], SMALL, shape)
    assert not np.array_equal(one[0], other[0])
    again = list(panels([{}, {}], SMALL, shape))
    assert np.array_equal(again[1][1], other[1])


# --- matching ---------------------------------------------------------------------------------


def rows_of_base(count: int) -> list[dict[str, float]]:
    """Rows over how customers rate and over something that no survey of these shows."""
    chance = np.random.Generator(np.random.Philox(5))
    return [
        {"surveys.customer_base": float(base), "accounts.selling_gain": float(other)}
        for base, other in zip(
            chance.uniform(2.5, 7.7, count), chance.uniform(0.0, 0.3, count), strict=True
        )
    ]


def test_rows_that_could_have_drawn_the_surveys_are_kept():
    """The truth is 5.1. Fails by chance in about 1 of 500 (a row 1.2 away is 25 points of NPS)."""
    series = drawn({"surveys.customer_base": 5.1})
    rows = rows_of_base(24)
    fit = matched(rows, series, SMALL, 1.0)
    base = np.array([row["surveys.customer_base"] for row in rows])
    near = np.abs(base - 5.1)
    assert fit.kept[near < 0.25].mean() > 0.5
    assert not fit.kept[near > 1.2].any()
    said = narrowed(rows, fit.kept)
    assert said[0].parameter == "surveys.customer_base"
    assert said[0].is_narrowed
    low, high = said[0].after[0], said[0].after[2]
    assert low < 5.1 < high
    assert high - low < 0.7 * (said[0].before[2] - said[0].before[0])
    assert not said[1].is_narrowed  # what surveys cannot see
    assert fit.alone["means"] < fit.alone["lags"]


def test_a_true_row_is_kept():
    """Each of 8 panels is drawn by the row itself: with .88 kept, 5 or more in 995 of 1,000."""
    shape = shape_of(noise(8, 6), 1.0)
    told = list(panels([{}] * 9, SMALL, shape, 50))
    series = noise(8, 6)
    kept = 0
    for (enps, nps), other in pairwise(told):
        own = measured(series._replace(enps=enps, nps=nps), 1.0)
        values = statistics_of(*other, own.lags)
        z = (np.array([values[each] for each in own.statistics]) - own.values) / own.error
        kept += own_series._distance(z[None] / np.sqrt(2.0), own.statistics, own.matched)[0] <= (
            own.tolerance
        )
    assert kept >= 5


def test_nothing_is_narrowed_by_chance():
    """Kept at random: a parameter is called narrowed in 5 % of draws; 5 of 20 in 1 of 400."""
    chance = np.random.Generator(np.random.Philox(11))
    rows = [{"a": float(a), "b": float(b)} for a, b in chance.uniform(size=(80, 2))]
    called = sum(narrowed(rows, chance.random(80) < 0.4)[0].is_narrowed for _ in range(20))
    assert called <= 4
    assert narrowed(rows, np.ones(80, dtype=bool)) == []
    assert narrowed(rows, np.zeros(80, dtype=bool)) == []


def test_weights_count():
    rows = [{"a": 0.0}, {"a": 1.0}, {"a": 2.0}, {"a": 3.0}] * 10
    weight = np.array([1.0, 1.0, 1.0, 97.0] * 10)
    kept = np.array([True] * 20 + [False] * 20)
    found = narrowed(rows, kept, weight)[0]
    assert found.before[1] == found.after[1] == pytest.approx(3.0)
    assert not found.is_narrowed


# --- the command ------------------------------------------------------------------------------


def rows_file(folder: Path, rows: list[dict[str, float]]) -> Path:
    path = folder / "rows.csv"
    names = list(rows[0])
    lines = [",".join(names), *(",".join(f"{row[name]:.4f}" for name in names) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


SIZE = ["organisation.people=30", "organisation.customers=200"]


def test_a_file_of_surveys_narrows_rows(tmp_path: Path, capsys):
    file = typed(tmp_path, drawn({"surveys.customer_base": 5.1}))
    rows = rows_file(tmp_path, rows_of_base(40))
    out = tmp_path / "out"
    words = ["--data", str(file), "--rows", str(rows), "--out", str(out), "--points", "8",
             "--json", str(tmp_path / "own.json"), *SIZE]  # fmt: skip
    assert command.own_command(words) == 0
    told = capsys.readouterr().out
    assert "What the surveys narrow" in told
    assert "Of 8 rows (rows.csv)" in told
    assert "nobody acts in them" in told
    names = {path.name for path in out.iterdir()}
    assert names == {"own.json", "rows.csv", "statistics.csv", "narrowed.csv", "manifest.json",
                     "lag"}  # fmt: skip
    assert (out / "lag" / "index.html").is_file()
    found = json.loads((out / "own.json").read_text(encoding="utf-8"))
    assert found == json.loads((tmp_path / "own.json").read_text(encoding="utf-8"))
    table = list(csv.DictReader((out / "rows.csv").read_text(encoding="utf-8").splitlines()))
    assert sum(int(row["kept"]) for row in table) == found["kept"]
    for row in table:
        assert (float(row["distance"]) <= found["tolerance"] + 1e-5) == (row["kept"] == "1")
    assert all(each in told for each in found["said"])


def test_what_no_row_reaches_is_said(tmp_path: Path, capsys):
    series = noise(8, 6)  # means near 5, units far more apart than copies of one firm
    file = typed(tmp_path, series._replace(nps=series.nps + 80.0))
    rows = rows_file(tmp_path, rows_of_base(6))
    words = ["--data", str(file), "--rows", str(rows), *SIZE]
    assert command.own_command([*words, "--out", str(tmp_path / "a")]) == 0
    told = capsys.readouterr().out
    assert "No row fits" in told
    assert "means 0 %" in told.replace("0%", "0 %")
    assert "narrowed.csv" not in told


def test_too_short_a_file_still_tells_its_lag(tmp_path: Path, capsys):
    file = typed(tmp_path, noise(1, 4))
    assert command.own_command(["--data", str(file), "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr().out
    assert "too short to narrow anything" in told
    assert "Nothing can be said about a lag" in told or "nothing can be said about a lag" in told
    assert not (tmp_path / "out" / "rows.csv").exists()


def test_numbered_waves_and_no_plausible_set(tmp_path: Path, capsys, monkeypatch):
    file = typed(tmp_path, noise(8, 6), first=1)
    rows = rows_file(tmp_path, rows_of_base(3))
    words = ["--data", str(file), "--out"]
    assert command.own_command([*words, str(tmp_path / "a"), "--rows", str(rows)]) == 0
    assert "add --waves-per-year N" in capsys.readouterr().out
    monkeypatch.setattr("scenarios.plausible.CONF", tmp_path)
    assert command.own_command([*words, str(tmp_path / "b"), "--waves-per-year", "1"]) == 0
    assert "There is no plausible set here" in capsys.readouterr().out


def test_the_plausible_set_leaves_what_the_organisation_sets(monkeypatch):
    from scenarios import plausible

    rows = tuple({"surveys.customer_base": 5.0 + at / 10, "mood.support": 0.3} for at in range(4))
    made = plausible.PlausibleSet(rows, {}, "")
    monkeypatch.setattr(plausible, "plausible", lambda: made)
    monkeypatch.setattr(plausible, "TABLE", "config.yaml")  # a file that is there
    own = changed(SMALL, {"surveys.customer_base": 4.0})
    found = command.rows_of(None, own)
    assert found is not None
    assert [dict(row) for row in found.rows] == [{"mood.support": 0.3}] * 4
    every = command.rows_of(None, SMALL, most=2)
    assert every is not None
    assert [dict(row) for row in every.rows] == [rows[0], rows[3]]


WRONG = [
    (["--rows", "none.csv"], "none.csv is not there"),
    (["--rows", "bad.csv"], "row 3: "),
    (["--rows", "names.csv"], "did you mean mood.support?"),
    (["--rows", "cells.csv"], "mood.support = 'x' is no number"),
    (["--match", "lag"], "did you mean lags?"),
    (["--match", ","], "names no group"),
    (["--points", "1"], "type 2 or more"),
    (["--waves-per-year", "4"], "is not what the waves of the file say"),
    (["organisation=telekom"], "did you mean telecom?"),
]


@pytest.mark.parametrize(("words", "sentence"), WRONG)
def test_wrong_words_get_a_sentence(tmp_path, monkeypatch, words: list[str], sentence: str):
    monkeypatch.chdir(tmp_path)
    for name, text in (
        ("bad.csv", "mood.support\n0.2\n9\n"), ("names.csv", "moood.support\n0.2\n"),
        ("cells.csv", "mood.support\nx\n"),
    ):  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    file = typed(tmp_path, noise(8, 6))
    with pytest.raises(ParameterError) as caught:
        command.own_command(["--data", str(file), *words])
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


MALFORMED = [
    ("unit,wave,eNPS\nNL,2019,5\n", "has no column nps"),
    ("unit,wave,eNPS,NPS\nNL,2019,five,5\n", "enps = 'five' is text, not a number"),
    ("unit,wave,eNPS,NPS\nNL,2019,5,5\nNL,2019,6,6\n", "stand in row 2 too"),
    ("unit,wave,eNPS,NPS\nNL,spring,5,5\n", "cannot be placed"),
    ("unit,wave,eNPS,NPS\nNL,2019,5,500\n", "is out of range"),
    ("unit,wave,eNPS,NPS,n\nNL,2019,5,5,0\n", "n = 0 cannot be used"),
    ("", "is empty"),
]


@pytest.mark.parametrize(("text", "sentence"), MALFORMED)
def test_a_malformed_file_gets_a_sentence(tmp_path: Path, text: str, sentence: str):
    path = tmp_path / "surveys.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        command.own_command(["--data", str(path), "--out", str(tmp_path / "out")])
    assert sentence in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_decimal_commas_and_a_byte_order_mark_are_read(tmp_path: Path):
    series = noise(3, 4)
    read = read_series(typed(tmp_path, series))
    assert read.enps == pytest.approx(series.enps, abs=0.06)
    assert (read.n_nps == 90).all()


def test_units_that_act_say_so():
    from sim.levers import Action

    busy = replace(SMALL, actions=(Action("example", 0.9, 0),), weeks=104)
    own = command.Own(None, busy, None, None, [], "", ())  # pyright: ignore[reportArgumentType]
    assert "on a date of its own" in command._programme(own)
    assert main(["--version"]) == 0
