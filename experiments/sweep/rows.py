"""A user's own points: a CSV with a factor in each column, as a spreadsheet saves it.

Semicolons or commas between cells; with semicolons a decimal comma is understood. What stands in
a cell is not judged here: the run of its row says what is wrong with it.
"""

import csv
import io
from pathlib import Path
from typing import NamedTuple

from experiments.sweep.factors import MOST_POINTS, read_number
from sim.parameters import ParameterError

SHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")
SAVE = "save it as CSV (UTF-8)"
ZIP = b"PK\x03\x04"  # what an .xlsx and an .ods begin with
NO_TEXT = b"\x00"


class Rows(NamedTuple):
    """The cells of a file."""

    columns: dict[str, list[str | None]]  # by the name in the header; None = empty
    decimal_comma: bool

    def numbers(self, name: str) -> list[str | float | None]:
        """A column with every cell that is a number as one."""
        return [self._number(cell) for cell in self.columns[name]]

    def _number(self, cell: str | None) -> str | float | None:
        if cell is None:
            return None
        text = cell.replace(",", ".") if self.decimal_comma else cell
        number = read_number(text)
        return cell if number is None else number


def read_rows(path: Path) -> Rows:
    """The cells of a CSV. Raises ParameterError with one sentence if it is none."""
    text = _text(path)
    first = text.partition("\n")[0]
    separator = ";" if ";" in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in line]) for line in reader]
    except csv.Error as error:
        raise ParameterError(f"{path}, line {reader.line_num}: {error}; {SAVE}") from None
    # A line of separators only is a point like the base; one with nothing on it is none.
    lines = [(number, line) for number, line in lines if len(line) > 1 or any(line)]
    while lines and not any(lines[-1][1]):  # as spreadsheets leave at the end
        lines.pop()
    if not lines:
        raise ParameterError(f"{path} is empty; its first line names factors: leading.pull,…")
    header = _header(path, lines.pop(0)[1])
    if not lines:
        raise ParameterError(f"{path} has a header and no rows; write a point in each row")
    if len(lines) > MOST_POINTS:
        raise ParameterError(f"{path} has {len(lines):,} rows and may have {MOST_POINTS:,}")
    columns: dict[str, list[str | None]] = {name: [] for name in header}
    for number, line in lines:
        surplus = any(line[len(header) :])
        if len(line) < len(header) or surplus:
            hint = "; put semicolons between cells that have a decimal comma" if surplus else ""
            raise ParameterError(
                f"{path}, line {number}: the header has {len(header)} columns and this line "
                f"{len(line)}{hint}"
            )
        for name, cell in zip(header, line, strict=False):
            columns[name].append(cell or None)
    return Rows(columns, separator == ";")


def _text(path: Path) -> str:
    """The text of the file."""
    if path.suffix.lower() in SHEETS:
        raise ParameterError(f"{path} is no CSV; open it in a spreadsheet and {SAVE}")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ParameterError(f"{path} is not there; sweep.file names a CSV") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ParameterError(f"{path} cannot be read ({reason}); sweep.file names a CSV") from None
    if content.startswith(ZIP) or NO_TEXT in content:
        raise ParameterError(f"{path} is no text; open it in a spreadsheet and {SAVE}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ParameterError(f"{path} is not in UTF-8; {SAVE}") from None


def _header(path: Path, cells: list[str]) -> list[str]:
    """The names of the columns."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    for place, name in enumerate(cells, start=1):
        if not name:
            raise ParameterError(f"{path}: column {place} has no name; name a factor or delete it")
        if cells.count(name) > 1:
            raise ParameterError(f"{path} has {name} twice in its header; leave one out")
    return cells
