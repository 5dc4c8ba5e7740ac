"""A user's own surveys: how is a CSV of units and waves read?

One row for each unit (a country, a branch, a firm) and wave: `unit`, `wave`, `eNPS`, `NPS` and, if
known, `n` (answers; or `n_enps` and `n_nps`), `promoters` and `detractors` (percent, of NPS).
Columns in any order, names in any case; comma, semicolon or tab; decimal points or commas. A wave
is a whole number (a year counts as one), 2024Q1, 2024H1 or 2024-03. An empty cell is a gap.
"""

import csv
import io
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

import numpy as np

from scenarios.lags import Floats, averaged
from sim.parameters import WEEKS_PER_YEAR, ParameterError

COLUMNS = {  # what a column may be called
    "unit": ("unit", "eenheid", "land", "country"),
    "wave": ("wave", "golf", "meting", "period", "periode"),
    "enps": ("enps", "e-nps"),
    "nps": ("nps",),
    "n": ("n", "answers", "antwoorden"),
    "n_enps": ("n_enps", "n enps"),
    "n_nps": ("n_nps", "n nps"),
    "promoters": ("promoters",),
    "detractors": ("detractors",),
}
NEEDED = ("unit", "wave", "enps", "nps")
HEADER = "unit,wave,enps,nps,n"
DELIMITERS = (";", ",", "\t")
MOST_ROWS = 20_000
MOST_WAVES = 1_000
MOST_CELLS = 50_000  # units times waves
ROUNDING = 1.5  # points by which NPS may differ from promoters less detractors

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")
_WHOLE = re.compile(r"(\d{1,9})([.,]0+)?")
_PARTS = (  # how a part of a year is written, parts in a year
    (re.compile(r"(\d{4})[ /-]?[qk]([1-4])"), 4),
    (re.compile(r"(\d{4})[ /-]?[hs]([12])"), 2),
    (re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-\d\d)?"), 12),
)


class Series(NamedTuple):
    """Surveys on a grid of equal waves; NaN where there is no number."""

    units: tuple[str, ...]  # in the order of the file
    waves: tuple[str, ...]  # as written; empty where no row has this wave
    waves_per_year: float | None  # None if the file does not say
    enps: Floats  # [units, waves] points, -100 to 100
    nps: Floats
    n_enps: Floats  # [units, waves] answers
    n_nps: Floats
    promoters: Floats  # [units, waves] percent of those who answered the question of NPS
    detractors: Floats
    notes: tuple[str, ...]  # what a reader has to know, a sentence each


class _Row(NamedTuple):
    line: int  # of the spreadsheet, the header is 1
    cells: dict[str, str]  # by column


class _Wave(NamedTuple):
    parts: int  # in a year; 1 for whole numbers
    number: int  # of the part of a year, or the whole number itself


def error_of(promoters: Floats, detractors: Floats, answers: Floats) -> Floats:
    """Standard deviation of a measured NPS, points: 100 sqrt((p + d - (p - d)^2) / n).

    Shares p and d of 0 to 1, n answers.
    """
    return 100.0 * np.sqrt((promoters + detractors - (promoters - detractors) ** 2) / answers)


def largest_error(score: Floats, answers: Floats) -> Floats:
    """The same when only the score is known (points): nobody passive, which is its upper bound."""
    return 100.0 * np.sqrt((1.0 - (score / 100.0) ** 2) / answers)


def smallest_error(score: Floats, answers: Floats) -> Floats:
    """Its lower bound: only promoters (or only detractors) and passives."""
    share = np.abs(score) / 100.0
    return 100.0 * np.sqrt((share - share**2) / answers)


def from_weeks(enps: Floats, nps: Floats, weeks: int, names: Sequence[str] = ()) -> Series:
    """Surveys of the model's own runs, [units, weeks], as waves of so many weeks.

    Numbers of answers are not known here (NaN).
    """
    waves = [averaged(each, weeks) for each in (enps, nps)]
    unknown = np.full_like(waves[0], np.nan)
    units = tuple(names) or tuple(f"run {place}" for place in range(1, len(enps) + 1))
    labels = tuple(str(place) for place in range(1, waves[0].shape[1] + 1))
    per_year = WEEKS_PER_YEAR / weeks
    return Series(
        units, labels, per_year, waves[0], waves[1], unknown, unknown, unknown, unknown, ()
    )


def read_series(path: str | Path) -> Series:
    """Read a file of surveys. Raises ParameterError: one sentence, the row and what to type."""
    path = Path(path)
    rows, has = _rows(path)
    waves, lines = [_wave(path, row) for row in rows], {}
    for row, wave in zip(rows, waves, strict=True):
        if wave.parts != waves[0].parts:
            _refuse(
                path, row.line, f"wave {row.cells['wave']!r} is of another kind than "
                f"{rows[0].cells['wave']!r} in row {rows[0].line}; write all waves alike",
            )  # fmt: skip
        unit = row.cells["unit"]
        if not unit:
            _refuse(path, row.line, "the unit is empty; type a name, for instance NL")
        if (unit, wave.number) in lines:
            _refuse(
                path, row.line, f"unit {unit!r} and wave {row.cells['wave']!r} stand in row "
                f"{lines[unit, wave.number]} too; keep one of the two",
            )  # fmt: skip
        lines[unit, wave.number] = row.line
    return _on_a_grid(path, rows, waves, has)


def _on_a_grid(path: Path, rows: list[_Row], waves: list[_Wave], has: set[str]) -> Series:
    """Numbers at [units, waves], the waves as far apart as the closest two."""
    units = list(dict.fromkeys(row.cells["unit"] for row in rows))
    first, last = min(each.number for each in waves), max(each.number for each in waves)
    apart = math.gcd(*(each.number - first for each in waves)) or 1
    count = (last - first) // apart + 1
    if count > MOST_WAVES or count * len(units) > MOST_CELLS:
        raise ParameterError(
            f"{path}: {len(units)} units and {count} waves from {rows[0].cells['wave']!r} on are "
            f"more than can be read ({MOST_WAVES} waves, {MOST_CELLS:,} cells); number the waves "
            f"1, 2, 3, or give a part"
        )
    row_of = {unit: place for place, unit in enumerate(units)}
    grids = {name: np.full((len(units), count), np.nan) for name in COLUMNS if name not in NEEDED}
    grids |= {"enps": np.full((len(units), count), np.nan), "nps": np.full_like(grids["n"], np.nan)}
    labels = [""] * count
    for row, wave in zip(rows, waves, strict=True):
        at = row_of[row.cells["unit"]], (wave.number - first) // apart
        labels[at[1]] = labels[at[1]] or row.cells["wave"]
        for name in has - {"unit", "wave"}:
            grids[name][at] = _CHECKS[name](path, row, name)
        _check_shares(path, row, *(grids[name][at] for name in ("promoters", "detractors", "nps")))
    enps_answers, nps_answers = (
        np.where(np.isnan(grids[each]), grids["n"], grids[each]) for each in ("n_enps", "n_nps")
    )
    return Series(
        tuple(units), tuple(labels), _per_year(waves, apart), grids["enps"], grids["nps"],
        enps_answers, nps_answers, grids["promoters"], grids["detractors"],
        tuple(_notes(grids, units, count, apart, has)),
    )  # fmt: skip


def _per_year(waves: list[_Wave], apart: int) -> float | None:
    """Waves in a year: from parts of a year, or from whole numbers that are years."""
    if waves[0].parts > 1 or all(1900 <= each.number <= 2100 for each in waves):
        return waves[0].parts / apart
    return None


def _notes(
    grids: dict[str, Floats], units: list[str], count: int, apart: int, has: set[str]
) -> list[str]:
    said = []
    if len(units) == 1:
        said.append("There is one unit: chance is drawn from its own waves only.")
    for name, title in (("enps", "eNPS"), ("nps", "NPS")):
        gaps = int(np.isnan(grids[name]).sum())
        if gaps:
            said.append(f"{title} is missing in {gaps} of {len(units) * count} unit-waves.")
    if apart > 1:
        said.append(f"Waves are {apart} apart in the file; they count as neighbours.")
    if not has & {"n", "n_enps", "n_nps"}:
        said.append("There is no column n: the error of the surveys cannot be told.")
    return said


# --- cells ------------------------------------------------------------------------------------


def _refuse(path: Path, line: int, why: str) -> NoReturn:
    raise ParameterError(f"{path}, row {line}: {why}")


def _number(path: Path, row: _Row, name: str, allowed: str) -> float:
    """The number in a cell, NaN if it is empty."""
    text = row.cells.get(name, "").replace("−", "-")
    if not text:
        return math.nan
    if _NUMBER.fullmatch(text):
        return float(text.replace(",", "."))
    plain = text.lstrip("+-").casefold()
    kind = "text, not a number"
    if plain in ("nan", "inf", "infinity", "∞"):
        kind = "not a number" if plain == "nan" else "not finite"
    raise ParameterError(
        f"{path}, row {row.line}: {name} = {text!r} is {kind}; type {allowed}, or leave the cell "
        f"empty"
    )


def _score(path: Path, row: _Row, name: str) -> float:
    return _between(path, row, name, -100.0, 100.0)


def _percent(path: Path, row: _Row, name: str) -> float:
    return _between(path, row, name, 0.0, 100.0)


def _between(path: Path, row: _Row, name: str, low: float, high: float) -> float:
    allowed = f"a number from {low:g} to {high:g}"
    value = _number(path, row, name, allowed)
    if value < low or value > high:
        _refuse(path, row.line, f"{name} = {value:g} is out of range; type {allowed}")
    return value


def _count(path: Path, row: _Row, name: str) -> float:
    allowed = "a whole number from 1, without separators"
    value = _number(path, row, name, allowed)
    if value < 1 or value % 1 > 0:
        _refuse(path, row.line, f"{name} = {row.cells[name]} cannot be used; type {allowed}")
    return value


_CHECKS: dict[str, Callable[[Path, _Row, str], float]] = {
    "enps": _score, "nps": _score, "promoters": _percent, "detractors": _percent,
    "n": _count, "n_enps": _count, "n_nps": _count,
}  # fmt: skip


def _check_shares(path: Path, row: _Row, promoters: float, detractors: float, nps: float) -> None:
    if promoters + detractors > 100.0:
        _refuse(path, row.line, "promoters and detractors are over 100 percent; type shares of all")
    if abs(promoters - detractors - nps) > ROUNDING:
        _refuse(
            path, row.line, f"promoters less detractors is {promoters - detractors:g} and NPS "
            f"{nps:g}; mend one of them",
        )  # fmt: skip


def _wave(path: Path, row: _Row) -> _Wave:
    text = row.cells["wave"].casefold()
    whole = _WHOLE.fullmatch(text)
    if whole:
        return _Wave(1, int(whole[1]))
    for pattern, parts in _PARTS:
        found = pattern.fullmatch(text)
        if found:
            return _Wave(parts, int(found[1]) * parts + int(found[2]) - 1)
    raise ParameterError(
        f"{path}, row {row.line}: wave = {row.cells['wave']!r} cannot be placed; type a whole "
        f"number, or a part of a year as 2024Q1, 2024H1 or 2024-03"
    )


# --- the file ---------------------------------------------------------------------------------


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ParameterError(f"{path} is not there; type the path of a CSV file") from None
    except OSError as error:
        raise ParameterError(
            f"{path} cannot be read ({error.strerror}); type the path of a CSV file"
        ) from None
    utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.lstrip("\ufeff")
    raise ParameterError(f"{path} is no text file; save the table as CSV (UTF-8)")


def _rows(path: Path) -> tuple[list[_Row], set[str]]:
    """Filled rows and the columns there are."""
    text = _text(path)
    if not text.strip():
        raise ParameterError(f"{path} is empty; type a header ({HEADER}) and a row for each wave")
    tables = [_table(path, text, delimiter) for delimiter in DELIMITERS]
    known = {name for names in COLUMNS.values() for name in names}
    header, found = max(tables, key=lambda each: len(known.intersection(each[0])))
    place = _places(path, header)
    rows = []
    for line, cells in found:
        if any("\n" in cell for cell in cells):
            _refuse(path, line, "a quote is opened and not closed; close it or leave it out")
        if any(cells[len(header) :]):
            _refuse(
                path, line, f"{len(cells)} cells where the header has {len(header)}; with decimal "
                f"commas put semicolons between cells",
            )  # fmt: skip
        full = cells + [""] * (len(header) - len(cells))
        rows.append(_Row(line, {name: full[at] for name, at in place.items()}))
    if not rows:
        raise ParameterError(f"{path} has a header and no rows; type a row for each unit and wave")
    if len(rows) > MOST_ROWS:
        raise ParameterError(f"{path} has {len(rows):,} rows; give at most {MOST_ROWS:,}")
    return rows, set(place)


def _table(path: Path, text: str, delimiter: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Header in small letters, and the filled rows with their line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    rows, line = [], 1
    try:
        for cells in reader:
            filled = [cell.strip() for cell in cells]
            if any(filled):
                rows.append((line, filled))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ParameterError(f"{path} is no readable CSV ({error}); mend row {line}") from None
    header = [" ".join(cell.split()).casefold() for cell in rows[0][1]] if rows else []
    return header, rows[1:]


def _places(path: Path, header: list[str]) -> dict[str, int]:
    """Where each column is."""
    place: dict[str, int] = {}
    for name, names in COLUMNS.items():
        found = [at for at, title in enumerate(header) if title in names]
        if len(found) > 1:
            raise ParameterError(f"{path} has {len(found)} columns for {name}; leave one")
        if found:
            place[name] = found[0]
        elif name in NEEDED:
            raise ParameterError(
                f"{path} has no column {name} (found: {', '.join(header)}); type a header like "
                f"{HEADER}"
            )
    return place
