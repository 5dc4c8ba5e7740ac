"""What does a contest leave behind? A folder.

index.html     the page, which opens without internet
contest.csv    a line for each rule and row of targets
contest.json   the same, with scores
contest.svg    the heat map; also as PNG
identity.json  what its numbers depend on
points/        what each row of the set gave under each rule
"""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments import store
from experiments.contest.running import Cell, Told, scores
from experiments.contest.words import CAPTION, LEAD, sentences, spoken
from experiments.figures.style import write_whole
from experiments.short_page import page_text, section
from experiments.summary import number
from experiments.sweep.report_html import figure, table
from experiments.validate.words import asked_text
from scenarios.contest import RULES
from scenarios.targets import targets

PAGE, TABLE, JSON, PICTURE = "index.html", "contest.csv", "contest.json", "contest"
COLUMNS: tuple[str, ...] = (
    "rule",
    "row",
    "status",
    "share",
    "low",
    "high",
    "passed",
    "measured",
    "same_as_ours",
)


def entry(cell: Cell) -> dict[str, Any]:
    """One rule on one row of targets; `low` and `high` are of the 90 % interval of the share."""
    low, high = cell.interval
    return {
        "rule": cell.rule, "row": cell.row, "status": targets()[cell.row].status.value,
        "share": number(cell.share), "low": number(low), "high": number(high),
        "passed": cell.passed, "measured": cell.measured, "same_as_ours": cell.is_ours,
    }  # fmt: skip


def csv_text(cells: Sequence[Cell]) -> str:
    """All cells as CSV."""
    held = io.StringIO()
    lines = csv.DictWriter(held, COLUMNS, lineterminator="\n")
    lines.writeheader()
    lines.writerows(entry(each) for each in cells)
    return held.getvalue()


def json_text(told: Told, cells: Sequence[Cell], left: Sequence[str], command: str) -> str:
    """All cells as JSON, with scores and what it took."""
    content = {
        "command": f"zwerm {command}", "finished": store.now(), "rows_of_the_set": len(told.rows),
        "set": told.set_sum, "rules": {each.name: dict(each.settings) for each in told.rules},
        "seeds": {each.row: each.replicates for each in told.asked}, "not_run": list(left),
        **store.circumstances(),
        "scores": [{**each._asdict(), "status": each.status.value} for each in scores(cells)],
        "cells": [entry(each) for each in cells],
    }  # fmt: skip
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def fill(
    told: Told, cells: Sequence[Cell], left: Sequence[str], folder: Path, command: str
) -> str:  # fmt: skip
    """Write everything beside the points. Why there is no picture, if drawing failed."""
    write_whole(folder / TABLE, csv_text(cells).encode())
    write_whole(folder / JSON, json_text(told, cells, left, command).encode())
    drawn, undrawn = _draw(cells, folder)
    write_whole(folder / PAGE, _page(told, cells, left, drawn, command).encode())
    return undrawn


def _draw(cells: Sequence[Cell], folder: Path) -> tuple[str, str]:
    try:
        from experiments.contest.picture import picture
        from experiments.figures.style import save, svg

        made = picture(cells)
        save(made, folder, PICTURE, "paper")
        return svg(made), ""
    except Exception as error:  # whatever it is, the numbers are there
        return "", store.reason(error)


def _page(told: Told, cells: Sequence[Cell], left: Sequence[str], drawn: str, command: str) -> str:
    from experiments.page.inline import inline

    shown = figure([inline(drawn, PICTURE, spoken(cells))], CAPTION) if drawn else ""
    sections = [
        section(1, "Who passes which row?", "Share of the set that passes, in percent.", shown),
        section(2, "In the mean", "Rows that no rival moves are left out.", _scores(cells)),
        section(3, "Every row", "Share of the set, and its 90 % interval.", _rows(cells)),
        section(4, "The rules", "One setting each; all else is a row of the set.", _rules()),
    ]  # fmt: skip
    return page_text("Contest", "Rival rules, the same targets", LEAD,
                     sentences(told, cells, left), sections, command)  # fmt: skip


def _scores(cells: Sequence[Cell]) -> str:
    head = [("rule", ""), ("status", ""), ("rows", ""), ("mean share", "")]
    lines = [[(each.rule, ""), (each.status.value, ""), (str(each.rows), ""),
              (f"{each.mean:.0%}", "")] for each in scores(cells)]  # fmt: skip
    return table("Mean share of the set that passes", head, lines, text=(0, 1))


def _rows(cells: Sequence[Cell]) -> str:
    rules = list(dict.fromkeys(each.rule for each in cells))
    head = [("row", ""), ("what", ""), ("asked", ""), ("status", ""),
            *((name, "") for name in rules)]  # fmt: skip
    lines = []
    for name in dict.fromkeys(each.row for each in cells):
        target = targets()[name]
        mine = [each for each in cells if each.row == name]
        lines.append([(name, ""), (target.measured, ""), (asked_text(target.aim), target.unit),
                      (target.status.value, ""), *(_share(each) for each in mine)])  # fmt: skip
    return table("Every rule on every row", head, lines, text=(0, 1, 2, 3))


def _share(cell: Cell) -> tuple[str, str]:
    if not cell.measured:
        return "not measured", ""
    low, high = cell.interval
    below = "same as ours" if cell.is_ours and cell.rule != RULES[0].name else ""
    return f"{cell.share:.0%}", below or f"{low:.0%} to {high:.0%}"


def _rules() -> str:
    head = [("rule", ""), ("setting", ""), ("what it says", "")]
    lines = [[(each.name, ""), ("; ".join(f"{name}={value:g}" for name, value in
                                          each.settings.items()) or "none", ""),
              (each.about, "")] for each in RULES]  # fmt: skip
    return table("Rules", head, lines, text=(0, 1, 2))
