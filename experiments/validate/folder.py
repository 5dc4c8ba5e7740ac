"""What does a validation leave behind? A folder: a page, a table, a picture and a manifest.

validate.html    the page, which opens without internet
validate.json    every row with each of its numbers
validate.csv     one line a row
panels.csv       best annual lags over the plausible set, if that was asked for
distances.svg    how far each row is from what was asked, in tolerances; also as PNG
config.yaml      which rows, how many replicates
manifest.json    versions, kernel hash, processor, SHA-256 of every file
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments import store
from experiments.summary import number
from experiments.sweep.files import sealed
from experiments.validate.over_set import OverSet
from experiments.validate.running import Outcome, Row
from experiments.validate.set_words import set_note
from experiments.validate.words import asked_text, how, note
from scenarios.panel import ANNUAL_LAGS
from scenarios.targets.judging import Hit
from scenarios.targets.target import Curve, Falling, Limits

KIND, FORMAT = "validation", 1
PAGE, TABLE, JSON, PICTURE = "validate.html", "validate.csv", "validate.json", "distances"
PANELS = "panels.csv"
COLUMNS: tuple[str, ...] = (
    "id", "status", "value", "low", "high", "target", "tolerance", "distance", "hit", "seconds",
    "note", "area", "measured", "unit", "source", "grade", "how", "replicates", "expected_miss",
    "reading", "mend",
)  # fmt: skip
SET_COLUMNS: tuple[str, ...] = (  # behind those, if the plausible set was asked for
    "share_of_set", "share_of_set_low", "share_of_set_high", "rows_of_set", "seeds_of_set",
    "set_low", "set_median", "set_high", "set_note",
)  # fmt: skip


def entry(row: Row) -> dict[str, Any]:
    """What came of a row, as JSON takes it. `low` and `high` are of the 90 % interval.

    A row of several numbers has them under `parts`; its own `value` is theirs, in a list.
    """
    target, parts = row.target, [] if row.judged is None else list(row.judged.parts)
    several = [{"of": each.name, "value": number(each.value), "low": number(each.low),
                "high": number(each.high), "distance": number(each.distance),
                "hit": each.hit.value} for each in parts]  # fmt: skip
    own = {name: _one(several, name) for name in ("value", "low", "high")}
    return {
        "id": target.id, "area": target.area, "status": target.status.value,
        "measured": target.measured, **own, "unit": target.unit, "target": asked_text(target.aim),
        "tolerance": _tolerance(row),
        "distance": number(row.judged.distance) if row.judged else None,
        "hit": row.hit.value, "seconds": round(row.seconds, 2), "note": note(row),
        "how": how(row), "replicates": row.replicates, "source": target.source,
        "grade": target.grade, "expected_miss": target.expected_miss, "reading": target.reading,
        "mend": target.mend, "parts": several, **_over_set(row.over_set),
    }  # fmt: skip


def _over_set(found: OverSet | None) -> dict[str, Any]:
    """What the plausible set says of a row; nothing if nobody asked.

    None stands for what a row that no parameter moves does not have; `set_note` says why.
    """
    if found is None:
        return {}
    low, high = found.interval
    bands = [[number(each) for each in part] for part in zip(*found.bands(), strict=True)]
    edges = [each[0] if len(each) == 1 else each for each in bands] or [None, None, None]
    return {
        "share_of_set": number(found.share), "share_of_set_low": number(low),
        "share_of_set_high": number(high), "rows_of_set": found.rows if found.judged else None,
        "seeds_of_set": found.replicates or None, "set_low": edges[0], "set_median": edges[1],
        "set_high": edges[2], "set_note": set_note(found),
        **({"panels": _panels(found)} if found.panels else {}),
    }  # fmt: skip


def _panels(found: OverSet) -> dict[str, Any]:
    """Best annual lags of one kind of panel, and what its row of the table says of all at once."""
    panels, together = found.panels, found.together
    assert panels is not None
    parts = [] if together is None else [
        {"of": each.name, "value": number(each.value), "low": number(each.low),
         "high": number(each.high), "hit": each.hit.value} for each in together.parts
    ]  # fmt: skip
    return {
        "kind": panels.kind.name, "preset": panels.kind.preset, "arm": panels.kind.arm,
        "panels": len(panels.lags), "best_lag": panels.counts(ANNUAL_LAGS),
        "more_than_chance": panels.counts(ANNUAL_LAGS, clear=True),
        "hit": Hit.UNMEASURED.value if together is None else together.hit.value, "parts": parts,
    }  # fmt: skip


def _one(several: list[dict[str, Any]], name: str) -> Any:
    found = [each[name] for each in several]
    return None if not found else found[0] if len(found) == 1 else found


def _tolerance(row: Row) -> Any:
    aim = row.target.aim
    if isinstance(aim, Curve):
        return aim.rmse
    asked = [Limits("", 0, 0, aim.scale)] if isinstance(aim, Falling) else aim
    found = [number(each.scale) for each in asked]
    return found[0] if len(found) == 1 else found


def json_text(rows: Sequence[Row]) -> str:
    """All rows as JSON, a list."""
    content = [entry(each) for each in rows]
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def csv_text(rows: Sequence[Row]) -> str:
    """All rows as CSV, a line each; several numbers stand in one cell, semicolons between."""
    held = io.StringIO()
    asked = any(each.over_set is not None for each in rows)
    columns = (*COLUMNS, *SET_COLUMNS) if asked else COLUMNS
    table = csv.DictWriter(held, columns, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    for each in rows:
        table.writerow({name: _cell(value) for name, value in entry(each).items()})
    return held.getvalue()


def panels_text(rows: Sequence[Row]) -> str:
    """Best annual lags as CSV, two lines a kind of panel; empty without panels."""
    lines = []
    for row in rows:
        if row.over_set is None or row.over_set.panels is None:
            continue
        found = _panels(row.over_set)
        for counted in ("best_lag", "more_than_chance"):
            lags = {f"lag_{lag}": count for lag, count in found[counted].items()}
            lines.append({"kind": found["kind"], "row": row.target.id, "preset": found["preset"],
                          "arm": found["arm"], "counted": counted, "panels": found["panels"],
                          **lags})  # fmt: skip
    if not lines:
        return ""
    held = io.StringIO()
    table = csv.DictWriter(held, list(lines[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(lines)
    return held.getvalue()


def _cell(value: Any) -> Any:
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def fill(outcome: Outcome, settings: Mapping[str, Any], started: str, folder: Path) -> str:
    """Fill a folder that is there. Why there is no picture, if drawing failed: "" = there is."""
    from experiments.sweep.manifest import config_text
    from experiments.validate import page

    (folder / store.CONFIG).write_text(config_text(settings), encoding="utf-8")
    (folder / TABLE).write_text(csv_text(outcome.rows), encoding="utf-8")
    (folder / JSON).write_text(json_text(outcome.rows), encoding="utf-8")
    if panels := panels_text(outcome.rows):
        (folder / PANELS).write_text(panels, encoding="utf-8")
    picture, undrawn = _draw(outcome, folder)
    (folder / PAGE).write_text(page.text(outcome, picture, settings), encoding="utf-8")
    content = _manifest(outcome, settings, started, folder)
    (folder / store.MANIFEST).write_text(
        json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
    )
    return undrawn


def _draw(outcome: Outcome, folder: Path) -> tuple[str, str]:
    """The picture as SVG, empty if nothing was measured; and why there is none."""
    if all(each.judged is None for each in outcome.rows):
        return "", ""
    try:
        from experiments.figures.style import save, svg
        from experiments.validate.picture import picture

        drawn = picture(outcome.rows)
        save(drawn, folder, PICTURE, "paper")
        return svg(drawn), ""
    except Exception as error:  # whatever it is, the numbers are there
        return "", store.reason(error)


def _manifest(
    outcome: Outcome, settings: Mapping[str, Any], started: str, folder: Path
) -> dict[str, Any]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return sealed(
        {
            "made_by": store.MADE_BY,
            "kind": KIND,
            "format": FORMAT,
            "started": started,
            "finished": store.now(),
            "stopped": outcome.stopped,
            "rows": [each.target.id for each in outcome.rows],
            "chosen": outcome.chosen,
            "rows_of_set_asked": outcome.set_asked,
            "rows_of_set_done": outcome.set_done,
            "seconds": round(outcome.seconds, 1),
            "command": settings["command"],
            **store.circumstances(),
            "files": {
                path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files
            },
        }
    )  # fmt: skip
