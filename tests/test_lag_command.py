"""`zwerm lag`: surveys become a page that says what the numbers say, or that they do not."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.cli import main
from experiments.lag import (
    FEW,
    noise_sentence,
    path_sentences,
    reported,
    said,
    span,
)
from experiments.lag_page import ceiling_figure, lags_text, numbers, plain, write
from scenarios.lags import times_for
from scenarios.series import Series, from_weeks, read_series
from sim.parameters import ParameterError


def surveys(units: int, waves: int, lag: int = 2, link: float = 1.0, seed: int = 3) -> Series:
    """Yearly surveys in which NPS repeats eNPS two years later, with noise of its own."""
    chance = np.random.Generator(np.random.Philox(seed))
    staff = np.zeros((units, waves + lag + 40))
    for wave in range(1, staff.shape[1]):
        staff[:, wave] = 0.6 * staff[:, wave - 1] + 8.0 * chance.standard_normal(units)
    noise = 4.0 * chance.standard_normal((units, waves))
    enps = np.clip(staff[:, 40 + lag :], -90.0, 90.0)
    nps = np.clip(10.0 + link * staff[:, 40 : 40 + waves] + noise, -90.0, 90.0)
    return from_weeks(np.repeat(enps, 52, axis=1), np.repeat(nps, 52, axis=1), 52)


def typed(folder: Path, series: Series, first: int = 2010, n: int = 400) -> Path:
    """The surveys as a user's file."""
    path = folder / "surveys.csv"
    lines = ["Wave;eNPS;NPS;Unit;n"]
    for unit, rows in zip(series.units, zip(series.enps, series.nps, strict=True), strict=True):
        for wave, (enps, nps) in enumerate(zip(*rows, strict=True)):
            lines.append(f"{first + wave};{enps:.2f};{nps:.2f};{unit};{n}".replace(".", ","))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_file_becomes_a_page_numbers_and_figures(tmp_path, capsys):
    file, folder = typed(tmp_path, surveys(12, 14)), tmp_path / "out"
    assert main(["lag", str(file), "--out", str(folder), "--step", "2016"]) == 0
    told = capsys.readouterr().out
    assert "12 units, 14 waves, 2010 to 2023, 1 a year." in told
    assert "Levels: NPS moves most like eNPS did 2 waves (24 months) before" in told
    assert "That is no proof" in told
    assert "Half-time after wave 2016" in told
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "index.html", "lag.json", "lags.csv", "manifest.json", "levels.png", "levels.svg",
        "differences.png", "differences.svg", "ceiling.png", "ceiling.svg",
    }  # fmt: skip
    found = json.loads((folder / "lag.json").read_text(encoding="utf-8"))
    assert (found["levels"]["best"], found["levels"]["holds"]) == (2, True)
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert page.count('role="img"') == 3
    assert "http" not in page
    assert "What this cannot show" in page
    for sentences in found["said"].values():
        for each in sentences:
            assert each.replace("'", "&#x27;") in page
            assert each in told
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["file"] == "surveys.csv"
    assert len(manifest["sha256"]) == 64


def test_the_table_holds_every_lag_and_its_band(tmp_path):
    found = reported(surveys(12, 14))
    rows = list(csv.DictReader(io.StringIO(lags_text(found))))
    assert len(rows) == len(found.levels.lags) + len(found.differences.lags)
    at = found.levels.lags.index(2)
    assert rows[at]["lag_waves"] == "2"
    assert float(rows[at]["correlation"]) == pytest.approx(found.levels.correlation[at], rel=1e-5)
    assert int(rows[at]["pairs"]) == 12 * 12
    assert times_for(found.series.enps) == 999 > times_for(np.zeros((500, 11))) == 199


def test_too_short_a_series_says_so_and_still_makes_a_page(tmp_path, capsys):
    file, folder = typed(tmp_path, surveys(1, 6)), tmp_path / "short"
    assert main(["lag", str(file), "--out", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "nothing can be said about a lag: 6 pairs of waves are too few" in told
    assert "Nothing can be said about directions" in told
    assert "same wave: nothing can be said: 6 points are too few" in told
    assert "There is one unit" in told
    assert not list(folder.glob("*.png"))
    assert "too few" in (folder / "index.html").read_text(encoding="utf-8")


def test_unrelated_surveys_are_told_as_chance():
    """8 firms of unrelated surveys: 4 or more are told as a lag in 1 of 2,700 cases."""
    told = [said(reported(surveys(8, 10, link=0.0, seed=seed)))["Lag"][0] for seed in range(8)]
    assert sum("more than chance" in each for each in told) <= 3
    assert sum("chance shows as much" in each or "the edge" in each for each in told) >= 5


def test_necessity_is_read_three_ways_and_says_what_correlation_gives():
    found = reported(surveys(12, 14))
    assert list(found.necessary) == [
        "as measured, same wave", "within units, same wave", "within units, NPS 2 waves later",
    ]  # fmt: skip
    late = found.necessary["within units, NPS 2 waves later"]
    assert late.correlation > 0.7
    assert late.p_stairs <= 0.05 < late.p_excess  # a link draws d, but no more than its r does
    sentences = said(found)["No high NPS without high eNPS?"]
    assert "no more than any such correlation leaves empty" in sentences[2]
    alone = reported(surveys(1, 40)).necessary
    assert next(iter(alone)) == "as measured, same wave"
    assert "within units, same wave" not in alone
    few = reported(surveys(3, 20)).necessary
    assert np.isnan(few["as measured, same wave"].p_stairs)
    assert np.isfinite(few["within units, same wave"].p_excess)


def test_directions_are_told_with_their_intervals():
    found = reported(surveys(20, 16, lag=1))
    assert found.paths.forward is not None
    assert found.paths.forward.is_sure
    first, second = path_sentences(found)
    assert f"eNPS to NPS {found.paths.forward.slope:+.2f}" in first
    assert second.startswith(("eNPS says something about the next NPS", "Each says something"))


def test_the_error_of_surveys_names_its_bound(tmp_path):
    series = read_series(typed(tmp_path, surveys(8, 12), n=400))
    noise = reported(series).noise[1]
    assert noise.is_bound
    assert noise.least < noise.error <= 5.0  # 100 / sqrt(400)
    assert "upper bound, as if nobody were passive" in noise_sentence(noise)
    rounded = series._replace(nps=np.full_like(series.nps, 20.0))
    shares = np.full_like(series.nps, 40.0)
    known = rounded._replace(promoters=shares, detractors=shares / 2.0)
    exact = reported(known).noise[1]
    assert (exact.is_bound, exact.error) == (False, pytest.approx(3.74, abs=0.005))
    assert "from the shares in the file" in noise_sentence(exact)
    unknown = reported(surveys(8, 12)).noise[0]
    assert "the error is unknown" in noise_sentence(unknown)
    few = series._replace(n_nps=np.full_like(series.nps, 3.0))
    assert "All movement within units" in noise_sentence(reported(few).noise[1])


def test_what_levels_and_differences_say_together():
    found = reported(surveys(12, 14))
    chance = found.levels._replace(p=0.4)
    only = {
        "two slow drifts would look the same": replace(found, differences=chance),
        "what drifts slowly hides it in levels": replace(found, levels=chance),
        "there is no such thing as the lag": replace(
            found, differences=found.levels._replace(best=1, low=-found.levels.high,
                                                     high=np.zeros_like(found.levels.high)),
        ),
    }  # fmt: skip
    for sentence, each in only.items():
        assert [sentence in told for told in said(each)["Lag"]] == [False, False, True]
    assert len(said(found)["Lag"]) == 2
    assert said(reported(surveys(3, 40)))["Lag"][2] == FEW


@pytest.mark.parametrize(
    ("lag", "per_year", "words"),
    [(2, 1.0, "2 waves (24 months)"), (1, 4.0, "1 wave (3 months)"), (-3, None, "3 waves"),
     (0.836, 2.0, "0.836 waves (5.02 months)")],
)  # fmt: skip
def test_a_lag_in_words(lag: float, per_year: float | None, words: str):
    assert span(lag, per_year) == words


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["none.csv"], "none.csv is not there; type the path"),
        ([], "the following arguments are required: FILE.csv"),
        (["FILE", "--step", "2031"], "--step 2031 is no wave of the file; did you mean 20"),
        (["FILE", "--waves-per-year", "4"], "is not what the waves of the file say (1)"),
        (["FILE", "--waves-per-year", "0"], "--waves-per-year 0 is out of range; type 0.05 to 366"),
        (["FILE", "--waves-per-year", "nan"], "is out of range"),
        (["FILE", "--waves-per-year", "x"], "invalid float value"),
        (["FILE", "--out", " "], "names no folder"),
    ],
)
def test_wrong_words_get_a_sentence(tmp_path, capsys, words: list[str], sentence: str):
    file = typed(tmp_path, surveys(2, 5))
    assert main(["lag", *(str(file) if word == "FILE" else word for word in words)]) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert told.startswith("zwerm: ")
    assert told.count("\n") == 1


def test_numbered_waves_take_their_rate_from_the_option(tmp_path, capsys):
    file = typed(tmp_path, surveys(12, 14), first=1)
    settings = ["--waves-per-year", "4", "--out", str(tmp_path / "out")]
    assert main(["lag", str(file), *settings]) == 0
    assert "2 waves (6 months) before" in capsys.readouterr().out
    assert main(["lag", str(file), *settings]) == 2  # the folder is there
    assert main(["--help"]) == 0
    assert "\n  lag  " in capsys.readouterr().out


def test_what_is_typed_in_a_file_is_escaped_on_the_page(tmp_path):
    found = reported(surveys(2, 5)._replace(waves=("<b>", "2", "3", "4", "5")))
    write(found, tmp_path, typed(tmp_path, surveys(2, 5)), "zwerm lag <i>")
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<b>" not in page
    assert "<i>" not in page


def test_numbers_are_plain_and_figures_refuse_what_is_not_there():
    found = reported(surveys(1, 5))
    assert json.loads(json.dumps(numbers(found), allow_nan=False))["levels"]["best"] is None
    assert plain({"a": np.array([1.0, np.nan]), "b": np.int64(2)}) == {"a": [1.0, None], "b": 2}
    with pytest.raises(ValueError, match="no ceiling"):
        ceiling_figure(
            found.series.enps, found.series.nps, found.necessary["as measured, same wave"]
        )
    with pytest.raises(ParameterError, match="is no wave of the file"):
        reported(surveys(2, 9), step="10")
