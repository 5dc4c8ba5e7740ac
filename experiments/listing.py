"""What can be chosen, as tables for a terminal: scenarios, sweeps, organisations and the rest."""

import shutil
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from scenarios.library import entries

GAP = "  "
NARROWEST = 40  # characters of a text
INDENTS: dict[str, Any] = {"initial_indent": "    ", "subsequent_indent": "    "}
WIDTH = 120  # characters when the output is no terminal
LISTS = ("scenarios", "levers", "parameters", "organisations", "sweeps")


def listed(what: str, word: str = "") -> str:
    """The table, or the part of it whose rows hold the word."""
    match what:
        case "scenarios":
            return _scenarios(word)
        case "organisations":
            return _organisations(word)
        case "levers":
            return _levers(word)
        case "sweeps":
            return _sweeps(word)
        case _:
            return _parameters(word)


def width() -> int:
    """Characters of a line."""
    return shutil.get_terminal_size((WIDTH, 24)).columns


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need be."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [
        GAP.join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)).rstrip()
        for row in [head, *rows]
    ]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def described(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose last cell is a text that stands below its row."""
    top, line, *short = table(head, [row[:-1] for row in rows]).splitlines()
    out = [top, line]
    for first, (*_, text) in zip(short, rows, strict=True):
        out += [first, *textwrap.wrap(text, max(NARROWEST, width()), **INDENTS)]
    return "\n".join(out)


def figure(value: float) -> str:
    """A number for people."""
    return f"{value:,.0f}" if abs(value) >= 1e5 else f"{value:g}"


def sentence(title: str) -> str:
    """A title with a full stop, unless it asks."""
    return title if title.endswith(("?", "!", ".")) else f"{title}."


def _scenarios(word: str) -> str:
    if word:
        return _scenarios_with(word)
    rows = [
        (each.name, each.organisation or "default", str(len(each.arms) or 1), each.title)
        for each in entries("scenario")
    ]
    use = (
        "Use: `zwerm run scenario=NAME`; `zwerm list scenarios WORD` says what is assumed in those "
        "that hold a word (C25, silence); `zwerm explain scenario:NAME` has all arms."
    )
    return f"{table(('scenario', 'organisation', 'arms', 'title'), rows)}\n\n{use}"


def _scenarios_with(word: str) -> str:
    """Those that hold a word anywhere, with what is assumed and who says so."""
    rows = []
    for each in entries("scenario"):
        about = f"{sentence(each.title)} {each.about}"
        if each.assumed:
            about += f" Assumed: {'; '.join(each.assumed)}."
        if each.sources:
            about += f" Sources: {'; '.join(each.sources)}."
        about += f" Arms: {', '.join(each.arms) or 'what you set, beside nothing'}."
        rows.append((each.name, each.organisation or "default", about))
    found = _holding(word, rows)
    if not found:
        return f"No scenario holds {word!r}."
    return described(("scenario", "organisation"), found)


def _holding(word: str, rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows that hold a word anywhere, whatever its capitals."""
    return [row for row in rows if word.lower() in " ".join(row).lower()]


def _sweeps(word: str) -> str:
    rows = []
    for each in entries("sweep"):
        factors = f" Factors: {', '.join(each.factors)}." if each.factors else ""
        scenario = each.scenario or "any"
        rows.append((each.name, each.method, scenario, f"{each.about}{factors}"))
    if not (rows := _holding(word, rows)):
        return f"No sweep holds {word!r}."
    use = (
        "Use: `zwerm sweep sweep=NAME`, with any setting of `zwerm run` and 'sweep.factors={…}' "
        "on top."
    )
    return f"{described(('sweep', 'method', 'scenario'), rows)}\n\n{use}"


def _organisations(word: str) -> str:
    rows = []
    for each in entries("organisation"):
        changed = ", ".join(f"{name} {value}" for name, value in each.differences.items())
        about = f"{each.about[:1].upper()}{each.about[1:]}."
        rows.append((each.name, f"{about} Differs in {changed or 'nothing'}."))
    if not (rows := _holding(word, rows)):
        return f"No organisation holds {word!r}."
    return described(("organisation",), rows)


def _levers(word: str) -> str:
    from sim.levers import LEVERS

    rows = [
        (
            each.name, figure(each.rest), f"{each.low:g} to {each.high:g}", each.unit,
            figure(each.hours), figure(each.euros), each.grade.value, each.read_by,
            f"{each.about}. Source: {each.source}.",
        )
        for each in LEVERS
    ]  # fmt: skip
    if not (rows := _holding(word, rows)):
        return f"No lever holds {word!r}."
    head = ("lever", "rest", "range", "unit", "hours", "euro", "grade", "read by")
    costs = (
        "hours: a week for each leader who takes part; euro: a week for each employee; both at "
        "full strength.\ngrade: of the cost. "
        "Use: 'actions=[{lever: example, strength: 0.9, start: 52, ramp: 13}]' (weeks)."
    )
    return f"{described(head, rows)}\n\n{costs}"


def _parameters(word: str) -> str:
    head = ("parameter", "default", "range", "unit", "grade", "kind")
    low = word.lower()
    rows = [row for row in _parameter_rows() if low in row[0].lower() or low in row[-1].lower()]
    if not rows:
        return f"No parameter has {word!r} in its name or description."
    return described(head, rows)


def _parameter_rows() -> Iterator[tuple[str, ...]]:
    from dataclasses import fields

    from sim.configuration import Organisation, Parameters
    from sim.parameters import declarations

    groups: dict[str, Any] = {"organisation": Organisation}
    groups |= {each.name: each.type for each in fields(Parameters)}
    for group, declared in groups.items():
        for each in declarations(declared):
            allowed = f"{figure(each.low)} to {figure(each.high)}"
            yield (
                f"{group}.{each.name}", figure(each.default), allowed, each.unit,
                each.grade.value, each.kind.value, f"{each.about}. Source: {each.source}.",
            )  # fmt: skip
