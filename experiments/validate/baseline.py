"""What was hit when somebody last accepted it, and what is hit no longer? `conf/validated.yaml`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from experiments.validate.running import Row
from scenarios.library import CONF, LOADER
from scenarios.targets.judging import Hit
from sim.parameters import ParameterError

FILE = CONF / "validated.yaml"
HEAD = (
    "# What rows of conf/targets.yaml gave when this was accepted: `zwerm validate --accept`.\n"
    "# With --strict a row that was hit then and is not now ends with exit code 1.\n"
)


def accepted(path: Path | None = None) -> dict[str, Any]:
    """Verdict and numbers by id. Raises ParameterError if nothing was accepted yet."""
    path = path or FILE
    if not path.is_file():
        raise ParameterError(
            f"{path.name} is not there to compare with; type `zwerm validate --accept` first"
        )
    return yaml.load(path.read_text(encoding="utf-8"), LOADER)["rows"]


def accept(rows: Sequence[Row], path: Path | None = None) -> None:
    """Write what these rows gave; those that were not run stay as they are."""
    from experiments.figures.style import write_whole
    from sim.compiled import kernel_hash

    path = path or FILE
    kept = accepted(path) if path.is_file() else {}
    for row in rows:
        found = [] if row.judged is None else row.judged.parts
        kept[row.target.id] = {
            "verdict": row.hit.value,
            "found": [float(f"{each.value:.4g}") for each in found],
        }
    content = {"kernels": kernel_hash(), "rows": {name: kept[name] for name in sorted(kept)}}
    text = yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=100)
    write_whole(path, (HEAD + text).encode())


def worsened(rows: Sequence[Row], before: dict[str, Any]) -> list[str]:
    """Ids of rows that were hit when accepted and are not now."""
    return [
        row.target.id
        for row in rows
        if row.hit is not Hit.YES
        and before.get(row.target.id, {}).get("verdict") == Hit.YES.value
    ]  # fmt: skip


def worsened_text(names: Sequence[str]) -> str:
    """What is hit no longer, one sentence."""
    rows = "row" if len(names) == 1 else "rows"
    return (
        f"{rows} {', '.join(names)} passed before and {'does' if len(names) == 1 else 'do'} no "
        f"longer; mend the rules, or type `zwerm validate --accept` if this is meant."
    )
