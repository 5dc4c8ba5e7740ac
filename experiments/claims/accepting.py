"""May a folder of judged claims become the verdicts that everything shows? `zwerm claims --accept`.

Only if all claims were judged, with at least the seeds that each declares, and nothing in the
folder was changed since. What is written is `conf/verdicts.yaml` and the counts in docs/claims.md.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from experiments.claims import verdicts
from experiments.claims.folder import JSON, KIND
from experiments.claims.words import ORDER
from experiments.store import MADE_BY, MANIFEST, FolderError
from experiments.sweep.files import sealed
from scenarios.claims import claims, judged
from scenarios.claims.building import Where
from scenarios.claims.hypothesis import Hypothesis
from scenarios.claims.verdict import Verdict
from scenarios.library import CONF

PAGE = CONF.parent / "docs" / "claims.md"
BEGIN, END = "<!-- begin: counts -->", "<!-- end: counts -->"
MADE = ("command", "finished", "runs", "kernels", "zwerm", "python", "numpy", "numba", "llvmlite",
        "processor", "machine")  # fmt: skip
HEAD = """\
# What came of every claim of conf/claims.yaml, as `zwerm claims --accept` wrote it. Do not edit it
# by hand. `effect` is the mean over seeds, `low` and `high` are of its 95 % interval. A verdict is
# about this model and this engine (`kernels`), not about the world.
"""

Entry = Mapping[str, Any]  # a claim as `claims.json` has it


def accept(folder: Path, path: Path | None = None, page: Path | None = None) -> str:
    """Write what came out; what was written, one sentence.

    Raises FolderError for a folder that is not whole, and then writes nothing.
    """
    from experiments.figures.style import write_whole

    path, page = path or verdicts.FILE, page or PAGE
    manifest, entries = _read(folder)
    _check(folder, manifest, entries)
    found = {each["id"]: _row(each) for each in entries}
    content = {"made": _made(manifest, entries), "claims": {name: found[name] for name in claims()}}
    text = yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=100)
    write_whole(path, f"{HEAD}{text}".encode())
    verdicts.read.cache_clear()
    if page.is_file():
        write_whole(page, with_counts(page.read_text(encoding="utf-8"), path).encode())
    return f"{path} holds the verdicts of {len(found)} claims, from {folder}."


def _read(folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Manifest and claims of a folder, as they were written. Raises FolderError."""
    instead = "name a folder that `zwerm claims --out FOLDER` left"
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        written = (folder / JSON).read_bytes()
        entries = json.loads(written)
        ours = manifest["made_by"] == MADE_BY and manifest["kind"] == KIND
        same = manifest["files"][JSON] == hashlib.sha256(written).hexdigest()
        same = same and manifest == sealed(manifest)
    except (OSError, ValueError, KeyError, TypeError):
        raise FolderError(f"{folder} holds no judged claims; {instead}") from None
    if not ours:
        raise FolderError(f"{folder} holds no judged claims; {instead}")
    if not same:
        raise FolderError(f"{folder} was changed after it was written; {instead}")
    return manifest, entries


def _check(folder: Path, manifest: Mapping[str, Any], entries: Sequence[Entry]) -> None:
    """Raise FolderError unless all claims were judged, as they are declared today."""
    again = "run all of them with `zwerm claims --accept`"
    by_id = {each["id"]: each for each in entries}
    missing = [name for name in claims() if name not in by_id]
    if manifest["stopped"] or missing or len(entries) != len(claims()):
        raise FolderError(
            f"{folder} holds {len(entries)} of {len(claims())} claims, not every one; {again}"
        )
    for name, told in judged().items():
        each, seeds = by_id[name], by_id[name]["seeds"]
        if not isinstance(told, Hypothesis):
            continue
        if seeds < told.seeds:
            raise FolderError(
                f"{folder} has {seeds} seeds of {name}, which declares {told.seeds}; {again}"
            )
        asked = (told.measures, told.implies, told.unit, told.expects.value)
        if tuple(each.get(word) for word in ("measures", "implies", "unit", "expects")) != asked:
            raise FolderError(f"{name} has been declared anew since {folder} was made; {again}")


def _made(manifest: Mapping[str, Any], entries: Sequence[Entry]) -> dict[str, Any]:
    """How the verdicts were made."""
    seeds = [each["seeds"] for each in entries if each["seeds"]]
    told = {name: manifest[name] for name in MADE if name in manifest}
    return told | {
        "command": f"{MADE_BY} {manifest['command']}", "seeds": f"{min(seeds)} to {max(seeds)}",
        "claims_json": manifest["files"][JSON],
    }  # fmt: skip


def _row(each: Entry) -> dict[str, Any]:
    """A claim as the file keeps it, without what says nothing."""
    row = {"verdict": each["verdict"], **{name: each[name] for name in ("effect", "low", "high")
                                          if each[name] is not None}}  # fmt: skip
    default = next((one for one in each.get("circumstances", ())
                    if one["name"] == Where.DEFAULT.value), {})  # fmt: skip
    told = {"unit": each.get("unit"), "seeds": each["seeds"], "missed": default.get("missed"),
            "depends_on": each.get("depends_on"),
            "rows_of_the_set": each.get("rows_of_the_set")}  # fmt: skip
    row |= {name: value for name, value in told.items() if value}
    return row | ({"share": each["share"]} if told["rows_of_the_set"] else {})


# --- the page -------------------------------------------------------------------------------


def counts_table(path: Path | None = None) -> str:
    """How many claims got which verdict, as a table, and how that was made."""
    told = verdicts.accepted(path)
    found = [each.verdict for each in told.claims.values()]
    rows = [f"| {verdict.value} | {found.count(verdict)} | {_of_the_set(told, verdict)} |"
            for verdict in ORDER]  # fmt: skip
    made = told.made
    how = (f"Made on {str(made['finished'])[:10]} by `{made['command']}`, engine `{told.engine}`; "
           f"{len(found) - found.count(Verdict.UNTESTED)} of {len(found)} claims were "
           "judged.")  # fmt: skip
    head = "| verdict | claims | share of the plausible set in which they hold, median and range |"
    return "\n".join([head, "|---|---|---|", *rows, "", how])


def _of_the_set(told: verdicts.Accepted, verdict: Verdict) -> str:
    """In how much of the plausible set the claims with this verdict hold; empty if not run."""
    shares = [each.share for each in told.claims.values()
              if each.verdict is verdict and each.share is not None]  # fmt: skip
    if not shares:
        return ""
    middle, low, high = (100 * each for each in (median(shares), min(shares), max(shares)))
    return f"{middle:.0f} % ({low:.0f} to {high:.0f} %)"


def with_counts(text: str, path: Path | None = None) -> str:
    """A page with the table of counts made anew, between its two marks."""
    made = f"{BEGIN}\n{counts_table(path)}\n{END}"
    return re.sub(f"{BEGIN}.*?{END}", lambda _: made, text, flags=re.DOTALL)
