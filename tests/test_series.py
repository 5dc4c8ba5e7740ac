"""A user's CSV: what spreadsheets write is read, and what is wrong is said with its row."""

import contextlib
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.series import (
    error_of,
    from_weeks,
    largest_error,
    read_series,
    smallest_error,
)
from sim.parameters import ParameterError

HEAD = "unit,wave,enps,nps,n\n"
PLAIN = HEAD + "NL,2019,12.5,30,400\nNL,2020,14,31,400\nBE,2019,-5,-1.5,90\nBE,2020,0,2,95\n"


def file(folder: Path, content: str | bytes) -> Path:
    path = folder / "surveys.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(folder: Path, content: str | bytes) -> str:
    with pytest.raises(ParameterError) as caught:
        read_series(file(folder, content))
    said = str(caught.value)
    assert "\n" not in said
    return said


def test_a_plain_file(tmp_path):
    found = read_series(file(tmp_path, PLAIN))
    assert (found.units, found.waves) == (("NL", "BE"), ("2019", "2020"))
    assert found.enps.tolist() == [[12.5, 14.0], [-5.0, 0.0]]
    assert found.nps.tolist() == [[30.0, 31.0], [-1.5, 2.0]]
    assert found.n_nps.tolist() == found.n_enps.tolist() == [[400.0, 400.0], [90.0, 95.0]]
    assert found.waves_per_year == 1.0
    assert found.notes == ()


DUTCH = (
    '\ufeffN;"NPS ";Golf;eNPS;Eenheid\n'
    '400;"30,0";2019;12,5;NL\n"400";+31;2020;14;NL\n90;−1,5;2019;-5;BE\n\n95;2;2020;,0;BE\n'
)


@pytest.mark.parametrize(
    "content",
    [DUTCH, DUTCH.encode("utf-16"), DUTCH.replace("\n", "\r\n"), DUTCH.replace(";", "\t"),
     PLAIN.replace("12.5", '"12,5"').replace("-1.5", '"-1,5"'), PLAIN.replace(",", ", "),
     PLAIN.upper(), PLAIN.replace("\n", ",,\n"), PLAIN.replace("2019", "2019.0"),
     PLAIN.replace("-1.5", "\x961,5").replace(",", ";").replace("\x961;5", "-1,5")],
)  # fmt: skip
def test_however_a_spreadsheet_writes_it(tmp_path, content: str | bytes):
    plain, found = read_series(file(tmp_path, PLAIN)), read_series(file(tmp_path, content))
    assert found.units == plain.units
    for name in ("enps", "nps", "n_nps"):
        assert getattr(found, name).tolist() == getattr(plain, name).tolist()


def test_letters_of_windows_are_read(tmp_path):
    content = PLAIN.replace("NL", "Curaçao").encode("cp1252")
    assert read_series(file(tmp_path, content)).units[0] == "Curaçao"


@pytest.mark.parametrize(
    ("waves", "per_year"),
    [(["2019Q1", "2019 q2", "2019-Q4"], 4.0), (["2019K1", "2019K3"], 2.0),
     (["2019H1", "2019H2", "2020H1"], 2.0), (["2019-03", "2019-06", "2019-12"], 4.0),
     (["2019-03-31", "2019-04-30"], 12.0), (["2014", "2016", "2020"], 0.5), (["1", "2"], None)],
)  # fmt: skip
def test_waves_and_how_many_a_year(tmp_path, waves: list[str], per_year: float | None):
    rows = "".join(f"NL,{wave},1,{at},400\n" for at, wave in enumerate(waves))
    found = read_series(file(tmp_path, HEAD + rows))
    assert found.waves_per_year == per_year
    known = found.nps[0][np.isfinite(found.nps[0])]
    assert known.tolist() == list(range(len(waves)))
    assert [wave for wave in found.waves if wave] == waves


def test_gaps_and_one_unit_are_noted(tmp_path):
    found = read_series(file(tmp_path, HEAD + "NL,1,1,2,9\nNL,2,,3,9\nNL,5,4,,\n"))
    assert math.isnan(found.enps[0, 1])
    assert found.waves == ("1", "2", "", "", "5")
    assert "There is one unit" in found.notes[0]
    assert "eNPS is missing in 3 of 5" in found.notes[1]
    assert "NPS is missing in 3 of 5" in found.notes[2]
    apart = read_series(file(tmp_path, "unit,wave,enps,nps\nNL,2,1,1\nNL,4,1,2\n"))
    assert any("2 apart" in note for note in apart.notes)
    assert any("no column n" in note for note in apart.notes)


def test_numbers_of_answers_may_differ_and_shares_may_be_given(tmp_path):
    head = "unit,wave,enps,nps,n,n_enps,promoters,detractors\n"
    found = read_series(file(tmp_path, head + "NL,1,1,20,400,120,40,20\nNL,2,1,21,400,,,\n"))
    assert found.n_enps.tolist() == [[120.0, 400.0]]
    assert found.promoters[0, 0] == 40.0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty; type a header"),
        (" \n\n", "is empty; type a header"),
        ("\ufeff", "is empty; type a header"),
        (HEAD, "has a header and no rows; type a row"),
        (PLAIN.replace("wave", "wvae"), "no column wave (found: unit, wvae"),
        (PLAIN.replace("enps", "e"), "no column enps"),
        (PLAIN.replace(",nps", ",score"), "no column nps"),
        ("NL,2019,1,2,400\n", "no column unit"),
        (PLAIN.replace("enps", "nps"), "no column enps"),
        (PLAIN.replace(",n\n", ",answers\n").replace("unit", "unit,n", 1), "2 columns for n;"),
        (PLAIN.replace("14", "good"), "row 3: enps = 'good' is text, not a number; type a number"),
        (PLAIN.replace("14", "14 %"), "row 3: enps = '14 %' is text"),
        (PLAIN.replace("14", "1e1"), "row 3: enps = '1e1' is text"),
        (PLAIN.replace("14", "NaN"), "row 3: enps = 'NaN' is not a number; type a"),
        (PLAIN.replace("31", "-inf"), "row 3: nps = '-inf' is not finite; type a number"),
        (PLAIN.replace("31", "Infinity"), "row 3: nps = 'Infinity' is not finite"),
        (PLAIN.replace("31", "9" * 400), "row 3: nps = inf is out of range"),
        (PLAIN.replace("31", "100.5"), "row 3: nps = 100.5 is out of range; type a number"),
        (PLAIN.replace("31", "-101"), "row 3: nps = -101 is out of range"),
        (PLAIN.replace("95", "0"), "row 5: n = 0 cannot be used; type a whole number from 1"),
        (PLAIN.replace("95", "-3"), "row 5: n = -3 cannot be used"),
        (PLAIN.replace("95", "1.200"), "row 5: n = 1.200 cannot be used"),
        (PLAIN.replace("95", "nan"), "row 5: n = 'nan' is not a number; type a whole number"),
        (PLAIN + "NL,2020,1,1,9\n", "row 6: unit 'NL' and wave '2020' stand in row 3 too; keep"),
        (PLAIN + "NL,2020.0,1,1,9\n", "stand in row 3 too"),
        (PLAIN + ",2021,1,1,9\n", "row 6: the unit is empty; type a name"),
        (PLAIN + "NL,,1,1,9\n", "row 6: wave = '' cannot be placed; type a whole number"),
        (PLAIN + "NL,spring,1,1,9\n", "row 6: wave = 'spring' cannot be placed"),
        (PLAIN + "NL,2021Q5,1,1,9\n", "row 6: wave = '2021Q5' cannot be placed"),
        (PLAIN + "NL,2021Q1,1,1,9\n", "row 6: wave '2021Q1' is of another kind than '2019'"),
        (PLAIN + "NL,2021,12,5,1,9\n", "row 6: 6 cells where the header has 5; with decimal"),
        (PLAIN + 'NL,2021,"1,1,9\nBE,2022,1,1,9\n', "row 6: a quote is opened and not closed"),
        (PLAIN + "NL,900000,1,1,9\n", "more than can be read"),
        (b"\x00\x01\x02\xff", "is no text file; save the table as CSV"),
        ("unit,wave,enps,nps,promoters,detractors\nNL,1,1,20,70,50\n", "over 100 percent"),
        ("unit,wave,enps,nps,promoters,detractors\nNL,1,1,20,40,30\n", "promoters less detractors"),
        ("unit,wave,enps,nps,promoters\nNL,1,1,20,140\n", "promoters = 140 is out of range"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence(tmp_path, content: str | bytes, said: str):
    assert said in refusal(tmp_path, content)


def test_a_file_that_is_not_there_or_a_folder(tmp_path):
    with pytest.raises(ParameterError, match="is not there; type the path"):
        read_series(tmp_path / "none.csv")
    with pytest.raises(ParameterError, match="cannot be read"):
        read_series(tmp_path)


def test_a_table_that_is_too_long_is_refused(tmp_path):
    rows = "".join(f"u{row},1,1,1,9\n" for row in range(20_001))
    assert "20,001 rows; give at most 20,000" in refusal(tmp_path, HEAD + rows)


@given(content=st.text(alphabet='unitwaveps,;\n"019.-QH \t', max_size=120))
def test_any_text_is_read_or_refused(tmp_path_factory, content: str):
    path = file(tmp_path_factory.getbasetemp(), HEAD + content)
    with contextlib.suppress(ParameterError):
        found = read_series(path)
        assert np.nanmax(np.abs(found.enps), initial=0.0) <= 100.0


def test_the_error_of_a_survey():
    """N16: promoters .4, detractors .2, n = 400; and by drawing the answers."""
    exact = float(error_of(np.array(0.4), np.array(0.2), np.array(400.0)))
    assert exact == pytest.approx(3.74, abs=0.005)
    chance = np.random.Generator(np.random.Philox(1))
    answers = chance.multinomial(400, [0.4, 0.4, 0.2], 20_000)
    drawn = (answers[:, 0] - answers[:, 2]) / 4.0
    assert drawn.std() == pytest.approx(exact, abs=0.1)  # its own error is .02
    score, asked = np.array(20.0), np.array(400.0)
    assert smallest_error(score, asked) <= exact <= largest_error(score, asked)
    assert largest_error(score, asked) == pytest.approx(
        error_of(np.array(0.6), np.array(0.4), asked)
    )
    assert smallest_error(score, asked) == pytest.approx(
        error_of(np.array(0.2), np.array(0.0), asked)
    )


def test_surveys_of_the_model_become_waves():
    enps = np.full((2, 104), np.nan)
    enps[:, [0, 26, 52, 78]] = [1.0, 2.0, 3.0, 4.0]
    found = from_weeks(enps, np.full((2, 104), 7.0), 26)
    assert found.enps.tolist() == [[1.0, 2.0, 3.0, 4.0]] * 2
    assert (found.waves, found.waves_per_year) == (("1", "2", "3", "4"), 2.0)
    assert found.units == ("run 1", "run 2")
    assert np.isnan(found.n_nps).all()
