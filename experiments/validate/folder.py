"""What does a validation leave behind? A folder: a page, a table, a picture and a manifest.

validate.html    the page, which opens without internet
validate.json    every row with each of its numbers
validate.csv     one line a row
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
from experiments.validate.running import Outcome, Row
from experiments.validate.words import asked_text, how, note
from scenarios.targets.target import Curve, Falling, Limits

KIND, FORMAT = "validation", 1
PAGE, TABLE, JSON, PICTURE = "validate.html", "validate.csv", "validate.json", "distances"
COLUMNS: tuple[str, ...] = (
    "id", "status", "value", "low", "high", "target", "tolerance", "distance", "hit", "seconds",
    "note", "area", "measured", "unit", "source", "grade", "how", "replicates", "expected_miss",
    "reading", "mend",
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
        "mend": target.mend, "parts": several,
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
    table = csv.DictWriter(held, COLUMNS, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    for each in rows:
        table.writerow({name: _cell(value) for name, value in entry(each).items()})
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
            "seconds": round(outcome.seconds, 1),
            "command": settings["command"],
            **store.circumstances(),
            "files": {
                path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files
            },
        }
    )  # fmt: skip
