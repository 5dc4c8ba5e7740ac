"""What do judged claims leave behind? A folder: a page, tables, pictures and a manifest.

claims.html     the page, which opens without internet
claims.csv      one row a claim
claims.json     the same with every circumstance and every seed
figures/        one SVG for each claim that was run
config.yaml     which claims, how many seeds
manifest.json   versions, kernel hash, processor, SHA-256 of every file
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments import store
from experiments.claims.running import Judgement, Outcome
from experiments.claims.words import reason, rows, verdict_text
from experiments.summary import number
from experiments.sweep.files import sealed
from scenarios.claims.hypothesis import Hypothesis
from scenarios.claims.verdict import Effect, Miss

KIND, FORMAT = "claims", 1
PAGE, TABLE, JSON, FIGURES = "claims.html", "claims.csv", "claims.json", "figures"
COLUMNS: tuple[str, ...] = (
    "id", "source", "theme", "claim", "verdict", "depends_on", "by_construction", "effect", "low",
    "high", "unit", "expects", "least", "from", "to", "implies", "measures", "seeds", "runs",
    "seconds", "reason", "note", "share", "share_low", "share_high", "rows_of_the_set",
)  # fmt: skip


def entry(judgement: Judgement) -> dict[str, Any]:
    """What came of a claim, as JSON takes it. `low` and `high` are of the 95 % interval."""
    claim, judged, finding = judgement.claim, judgement.judged, judgement.finding
    found: dict[str, Any] = {
        "id": claim.name, "source": claim.source, "theme": claim.theme, "claim": claim.text,
        "verdict": judgement.verdict.value, "verdict_in_full": verdict_text(judgement),
        "reason": reason(judgement), "runs": judgement.runs, "seeds": judgement.seeds,
        "seconds": round(judgement.seconds, 2),
    }  # fmt: skip
    if not isinstance(judged, Hypothesis) or finding is None:
        return {**found, "effect": None, "low": None, "high": None}
    effect = finding.default
    return {
        **found,
        "effect": number(effect.mean),
        "low": number(effect.low),
        "high": number(effect.high),
        "unit": judged.unit,
        "measures": judged.measures,
        "implies": judged.implies,
        "expects": judged.expects.value,
        "least": number(judged.least),
        "from": number(judged.low),
        "to": number(judged.high),
        "years": judged.years,
        "depends_on": list(finding.depends_on),
        "by_construction": finding.by_construction,
        "note": judged.note,
        "circumstances": [_circumstance(*row) for row in rows(judgement)],
        **_over_set(judgement),
    }


def _over_set(judgement: Judgement) -> dict[str, Any]:
    """The share of the plausible set in which it holds; nothing if that was not looked at."""
    found = judgement.share
    if found is None:
        return {}
    low, high = found.interval
    return {
        "share": number(found.share), "share_low": number(low), "share_high": number(high),
        "rows_of_the_set": found.rows, "effect_by_row": [number(each) for each in found.effects],
    }  # fmt: skip


def _circumstance(name: str, effect: Effect, miss: Miss | None) -> dict[str, Any]:
    return {
        "name": name, "holds": miss is None, "missed": None if miss is None else miss.value,
        "effect": number(effect.mean), "low": number(effect.low), "high": number(effect.high),
        "by_seed": [number(each) for each in effect.by_seed],
    }  # fmt: skip


def json_text(judgements: Sequence[Judgement]) -> str:
    """All claims as JSON, a list."""
    content = [entry(each) for each in judgements]
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def csv_text(judgements: Sequence[Judgement]) -> str:
    """All claims as CSV, a row each; what a claim has not is empty."""
    held = io.StringIO()
    table = csv.DictWriter(held, COLUMNS, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    for each in judgements:
        row = entry(each)
        if "depends_on" in row:
            row["depends_on"] = "; ".join(row["depends_on"])
        table.writerow(row)
    return held.getvalue()


def fill(outcome: Outcome, settings: Mapping[str, Any], started: str, folder: Path) -> str:
    """Fill a folder that is there. Why there are no pictures, if drawing failed: "" = there are."""
    from experiments.sweep.manifest import config_text

    (folder / store.CONFIG).write_text(config_text(settings), encoding="utf-8")
    (folder / TABLE).write_text(csv_text(outcome.judgements), encoding="utf-8")
    (folder / JSON).write_text(json_text(outcome.judgements), encoding="utf-8")
    pictures, undrawn = _draw(outcome, folder / FIGURES)
    from experiments.claims import page

    (folder / PAGE).write_text(page.text(outcome, pictures, settings), encoding="utf-8")
    content = _manifest(outcome, settings, started, folder)
    (folder / store.MANIFEST).write_text(
        json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
    )
    return undrawn


def _draw(outcome: Outcome, folder: Path) -> tuple[dict[str, str], str]:
    """A picture for each claim that was run, as SVG by id; and why there is none."""
    pictures: dict[str, str] = {}
    try:
        from experiments.claims.picture import picture
        from experiments.figures.style import svg

        folder.mkdir()
        for each in outcome.judgements:
            if each.finding is not None:
                pictures[each.claim.name] = svg(picture(each))
                path = folder / f"{each.claim.name}.svg"
                path.write_text(pictures[each.claim.name], encoding="utf-8")
    except Exception as error:  # whatever it is, the numbers are there
        return {}, store.reason(error)
    return pictures, ""


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
            "claims": [each.claim.name for each in outcome.judgements],
            "chosen": outcome.chosen,
            "runs": outcome.runs,
            "seconds": round(outcome.seconds, 1),
            "command": settings["command"],
            **store.circumstances(),
            "files": {path.relative_to(folder).as_posix(): _sum(path) for path in files},
        }
    )


def _sum(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
