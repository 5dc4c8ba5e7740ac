"""An organisation from an org list, as HR systems export it.

One line per person: `person`, `manager` (empty for the head) and, if there is one, `department`.
Other columns are never kept: a person is an id here and nothing else.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.structure import from_bosses

COLUMNS = {
    "person": ("person", "persoon", "medewerker", "employee"),
    "manager": ("manager", "leidinggevende"),
    "department": ("department", "afdeling"),
}
DELIMITERS = (",", ";", "\t")
LARGEST_CHART = 200_000  # people
NAMED = 10  # places an error names per kind before it says how many more there are
NO_DEPARTMENT = "(none)"  # where the column is there and the cell is empty

HEAD = -1  # the manager cell is empty
OUTSIDE = -2  # the manager is not in the list


class ChartError(ValueError):
    """The org list cannot be used; the message names every problem, its lines and the way out."""


class Chart(NamedTuple):
    """Reporting lines of the people in a list, rows in the order of the file."""

    people: tuple[str, ...]  # [people] ids
    boss: NDArray[np.int64]  # [people] row of the manager, -1 for the head
    department: NDArray[np.int64]  # [people] row of department_names
    department_names: tuple[str, ...]
    mended: tuple[str, ...]  # what was changed, a sentence each; empty unless repair was asked


class _Record(NamedTuple):
    line: int  # in the file, from 1
    person: str
    manager: str
    department: str


class _Row(NamedTuple):
    line: int  # first line in the file, from 1
    cells: list[str]
    quote_open: bool  # runs over several lines with an odd number of quotes


class _Problem(NamedTuple):
    kind: str
    places: list[str]
    mendable: bool


def read_chart(path: str | Path, repair: bool = False) -> Chart:
    """Read an org list: comma, semicolon or tab; UTF-8 or Windows-1252; English or Dutch header.

    With `repair`: of a person listed twice the first line counts; the head with most people below
    stays (the first of equals) and other heads, those whose manager is unknown or themselves, and
    the first-listed member of a cycle report to the head. If nobody's manager cell is empty, the
    head is sought among those with an unknown manager or themselves: the list is then a part of a
    larger one. Without a department column a department is what stands under one direct report
    of the head and bears that person's id.

    Raises ChartError; a list that repair cannot make a tree is refused with repair, too.
    """
    path = Path(path)
    records, has_departments, problems = _read_records(path)
    listed, repeats = _first_mentions(records)
    boss = _bosses(listed)
    problems += _repeat_problems(repeats) + _line_problems(listed, boss)
    if repair:
        problems = [problem for problem in problems if not problem.mendable]
    if problems:
        raise ChartError(_refusal(path, problems))
    mended = [
        f"Line {again.line}: {again.person} is listed before, on line {first.line}; that counts."
        for again, first in repeats
    ]
    mended += _mend(listed, boss)
    rows = np.array(boss, dtype=np.int64)
    people = tuple(record.person for record in listed)
    if has_departments:
        department, names = _numbered([record.department for record in listed])
    else:
        department, names = _branches(rows, people)
    return Chart(people, rows, department, names, tuple(mended))


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ChartError(f"{path} is not there: give the path of an org list (CSV)") from None
    except OSError as error:
        raise ChartError(f"{path} cannot be read ({error.strerror}): give a CSV file") from None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ChartError(f"{path} is not a text file: save the org list as CSV (UTF-8)")


def _read_records(path: Path) -> tuple[list[_Record], bool, list[_Problem]]:
    """The filled lines, whether they have departments, and the lines that cannot be read."""
    lines = list(io.StringIO(_read_text(path), newline=""))
    if not any(line.strip() for line in lines):
        raise ChartError(f"{path} is empty: give a header person,manager,department and people")
    try:
        header, rows = _open_table(lines)
        place = _find_columns(path, header)
        records, problems = _parse(rows, place, len(header))
    except csv.Error as error:
        raise ChartError(f"{path} is not a readable CSV file ({error}): mend the file") from None
    if not records and not problems:
        raise ChartError(f"{path} has a header and no people: give one line per person")
    if len(records) > LARGEST_CHART:
        raise ChartError(
            f"{path} lists {len(records):,} people: up to {LARGEST_CHART:,} can be read; "
            f"give a part of the organisation"
        )
    return records, "department" in place, problems


def _open_table(lines: Sequence[str]) -> tuple[list[str], Iterator[_Row]]:
    """Header and rows, by the delimiter under which the header has most known columns."""
    known = {name for names in COLUMNS.values() for name in names}
    tables: list[tuple[list[str], Iterator[_Row]]] = []
    for delimiter in DELIMITERS:
        rows = _filled_rows(lines, delimiter)
        first = next(rows, None)
        header = [" ".join(cell.split()).casefold() for cell in first.cells] if first else []
        tables.append((header, rows))
    return max(tables, key=lambda table: (len(known.intersection(table[0])), len(table[0])))


def _filled_rows(lines: Sequence[str], delimiter: str) -> Iterator[_Row]:
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    line = 1
    for row in reader:
        cells = [cell.strip() for cell in row]
        if any(cells):
            quotes = 0
            if reader.line_num > line:
                quotes = sum(text.count('"') for text in lines[line - 1 : reader.line_num])
            yield _Row(line, cells, quotes % 2 == 1)
        line = reader.line_num + 1


def _find_columns(path: Path, header: list[str]) -> dict[str, int]:
    """Position of each column; department may be absent."""
    place: dict[str, int] = {}
    for column, names in COLUMNS.items():
        found = [index for index, name in enumerate(header) if name in names]
        if len(found) > 1:
            twice = ", ".join(header[index] for index in found)
            raise ChartError(f"{path} has {len(found)} columns for {column} ({twice}): leave one")
        if found:
            place[column] = found[0]
        elif column != "department":
            raise ChartError(
                f"{path} has no column {column} (found: {', '.join(header)}): "
                f"name it one of {', '.join(names)}"
            )
    return place


def _parse(
    rows: Iterator[_Row], place: dict[str, int], width: int
) -> tuple[list[_Record], list[_Problem]]:
    records: list[_Record] = []
    nameless: list[str] = []
    too_wide: list[str] = []
    unclosed: list[str] = []
    for line, found, quote_open in rows:
        cells = found + [""] * (width - len(found))
        department = cells[place["department"]] if "department" in place else ""
        record = _Record(line, cells[place["person"]], cells[place["manager"]], department)
        if quote_open or any("\n" in cell or "\r" in cell for cell in record[1:]):
            unclosed.append(f"line {line}")
        elif any(cells[width:]):
            too_wide.append(f"line {line}")
        elif not record.person:
            nameless.append(f"line {line}")
        else:
            records.append(record)
    problems = [
        _Problem("a quote is opened and not closed on its line", unclosed, mendable=False),
        _Problem("more cells than the header has columns", too_wide, mendable=False),
        _Problem("the person cell is empty", nameless, mendable=False),
    ]
    return records, [problem for problem in problems if problem.places]


def _first_mentions(
    records: list[_Record],
) -> tuple[list[_Record], list[tuple[_Record, _Record]]]:
    """Each person's first record, and every later one beside that first."""
    first: dict[str, _Record] = {}
    repeats: list[tuple[_Record, _Record]] = []
    for record in records:
        if record.person in first:
            repeats.append((record, first[record.person]))
        else:
            first[record.person] = record
    return list(first.values()), repeats


def _bosses(listed: list[_Record]) -> list[int]:
    """Row of each person's manager, HEAD or OUTSIDE."""
    row_of = {record.person: row for row, record in enumerate(listed)}
    row_of[""] = HEAD
    return [row_of.get(record.manager, OUTSIDE) for record in listed]


def _trace(boss: list[int]) -> tuple[list[int], list[list[int]]]:
    """Row where each reporting line ends (OUTSIDE if it runs in a cycle), and the cycles.

    A line ends with a head, an unknown manager or a person who is own manager. Every cycle starts
    at its first-listed member and follows the managers.
    """
    unseen, walking = -3, -4
    end = [unseen] * len(boss)
    cycles: list[list[int]] = []
    for start in range(len(boss)):
        walk: list[int] = []
        row = start
        while end[row] == unseen:
            end[row] = walking
            walk.append(row)
            if boss[row] < 0 or boss[row] == row:
                end[row] = row
                break
            row = boss[row]
        if end[row] == walking:
            cycle = walk[walk.index(row) :]
            first = cycle.index(min(cycle))
            cycles.append(cycle[first:] + cycle[:first])
            end[row] = OUTSIDE
        for passed in walk:
            end[passed] = end[row]
    return end, cycles


def _repeat_problems(repeats: list[tuple[_Record, _Record]]) -> list[_Problem]:
    same: list[str] = []
    different: list[str] = []
    for again, first in repeats:
        place = f"{again.person} on lines {first.line} and {again.line}"
        if again.manager == first.manager:
            same.append(place)
        else:
            managers = f"{first.manager or 'none'}, {again.manager or 'none'}"
            different.append(f"{place} ({managers})")
    problems = [
        _Problem("listed twice with the same manager", same, mendable=True),
        _Problem("listed twice with different managers", different, mendable=True),
    ]
    return [problem for problem in problems if problem.places]


def _line_problems(listed: list[_Record], boss: list[int]) -> list[_Problem]:
    """What keeps the reporting lines from being one tree."""
    unknown: list[str] = []
    own: list[str] = []
    heads: list[str] = []
    for row, record in enumerate(listed):
        if boss[row] == OUTSIDE:
            unknown.append(f"line {record.line} {record.person} (manager {record.manager})")
        elif boss[row] == row:
            own.append(f"line {record.line} {record.person}")
        elif boss[row] == HEAD:
            heads.append(f"line {record.line} {record.person}")
    cycles = [
        _listing([f"line {listed[row].line} {listed[row].person}" for row in cycle], " → ")
        + f" → {listed[cycle[0]].person}"
        for cycle in _trace(boss)[1]
    ]
    spare_heads = heads if len(heads) > 1 else []
    headless = "no head: everybody has a manager; leave the manager cell of the head empty"
    problems = [
        _Problem("the manager is not in the list", unknown, mendable=True),
        _Problem("own manager", own, mendable=True),
        _Problem("several heads (the manager cell is empty)", spare_heads, mendable=True),
        _Problem("managers in a cycle", cycles, mendable=True),
    ]
    problems = [problem for problem in problems if problem.places]
    if listed and not heads:
        problems.append(_Problem(headless, [], mendable=bool(unknown or own)))
    return problems


def _mend(listed: list[_Record], boss: list[int]) -> list[str]:
    """Turn `boss` into one tree in place; what was done, a sentence each."""
    end, cycles = _trace(boss)
    below = Counter(end)
    heads = [row for row, up in enumerate(boss) if up == HEAD]
    loose = [row for row, up in enumerate(boss) if up in (OUTSIDE, row)]
    head = max(heads or loose, key=lambda row: below[row])
    first_of_cycle = {cycle[0] for cycle in cycles}
    sentences: list[str] = []
    for row, (record, up) in enumerate(zip(listed, boss, strict=True)):
        if up == HEAD:
            was = "had no manager"
        elif up == OUTSIDE:
            was = f"had manager {record.manager}, who is not in the list"
        elif up == row:
            was = "was own manager"
        elif row in first_of_cycle:
            was = f"had manager {record.manager}, in a cycle"
        else:
            continue
        boss[row] = HEAD if row == head else head
        now = "is the head" if row == head else f"reports to the head {listed[head].person}"
        if row != head or up != HEAD:
            sentences.append(f"Line {record.line}: {record.person} {was}; now {now}.")
    return sentences


def _numbered(cells: list[str]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Departments numbered in the order in which the file names them."""
    number: dict[str, int] = {}
    numbers = [number.setdefault(cell or NO_DEPARTMENT, len(number)) for cell in cells]
    return np.array(numbers, dtype=np.int64), tuple(number)


def _branches(
    boss: NDArray[np.int64], people: tuple[str, ...]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Departments by direct report of the head; the head counts in the first."""
    structure = from_bosses(boss)
    reports = np.flatnonzero(structure.level == min(1, boss.size - 1))
    return structure.department, tuple(people[row] for row in reports)


def _refusal(path: Path, problems: list[_Problem]) -> str:
    """The one message that lists every problem by kind."""
    lines = [f"{path} is no organisation yet:"]
    for problem in problems:
        count = f" ({len(problem.places)})" if len(problem.places) > 1 else ""
        places = f": {_listing(problem.places)}" if problem.places else ""
        lines.append(f"- {problem.kind}{count}{places}")
    if all(problem.mendable for problem in problems):
        lines.append("Mend the file, or add organisation.chart_repair=true.")
    else:
        lines.append("Mend the file (organisation.chart_repair=true does not mend all of this).")
    return "\n".join(lines)


def _listing(places: list[str], joint: str = ", ") -> str:
    text = joint.join(places[:NAMED])
    more = len(places) - NAMED
    return f"{text} and {more} more" if more > 0 else text
