"""What is a sweep, so that a folder can be told from any other? Its identity and its manifest.

    manifest.json     identity, settings' sum, design, seeds, length of chunks, code and versions
    config.yaml       every setting, resolved
    design.parquet    one row a point, one column a factor

The identity holds whatever a number may depend on: what is run and by which code. How it is run
(threads, a cluster, the length of chunks) and the type of processor are no part of it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.store import (
    CONFIG,
    INSTEAD,
    LARGEST_TEXT,
    MADE_BY,
    MANIFEST,
    PACKAGES,
    FolderError,
    circumstances,
    now,
)
from experiments.sweep import files, parts

if TYPE_CHECKING:
    from experiments.sweep.base import Base
    from experiments.sweep.design import Design
    from experiments.sweep.plan import Plan

KIND, FORMAT = "sweep", 1
CODE = ("kernels", "rows", "python", *PACKAGES)  # of which another one may move bits
CALLED = {"kernels": "the code of the model", "rows": "the code of sweeps",
          "design": "the design"}  # fmt: skip
SEEDS = ("seeds", "first_seed")  # what of `engine` is part of what is run
WORDS = ("sweep.about", "sweep.file", "organisation.chart", "scenario.title", "scenario.about")
OF_ROWS = ("factors.py", "base.py", "chunk.py", "parts.py", "plan.py")  # that make the numbers
SHOWN = 5  # differences that a sentence names


@dataclass(frozen=True)
class Told:
    """What a sweep is: everything its numbers may depend on."""

    settings: dict[str, Any]  # resolved
    design: str  # SHA-256 of its points
    chart: str  # SHA-256 of the org list, "" = none
    code: dict[str, str]  # kernels, versions

    @cached_property
    def identity(self) -> str:
        """SHA-256 of all of it."""
        return files.digest([flat(self.settings), self.design, self.chart, self.code])


# --- identity -------------------------------------------------------------------------------


@cache
def rows_hash() -> str:
    """Sixteen hexadecimal digits for the code that turns a point into a row."""
    folder = Path(__file__).parent
    content = b"\0".join((folder / name).read_bytes() for name in OF_ROWS)
    return hashlib.sha256(content).hexdigest()[:16]


def code() -> dict[str, str]:
    """The code and the versions that numbers may depend on."""
    found = {**circumstances(), "rows": rows_hash()}
    return {name: found[name] for name in CODE if name in found}


def told_of(settings: Mapping[str, Any], design: "Design") -> Told:
    """What the sweep of these settings is. Raises FolderError if the org list cannot be read."""
    return Told(dict(settings), design_sum(design_table(design)), sum_of_chart(settings), code())


def sum_of_chart(settings: Mapping[str, Any]) -> str:
    """SHA-256 of the org list that settings name, "" = none. Raises OSError."""
    chart = settings["organisation"].get("chart")
    if not chart:
        return ""
    with Path(chart).expanduser().open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that numbers may depend on, by their full names."""
    found: dict[str, Any] = {}

    def walk(node: Any, path: str) -> None:
        if isinstance(node, Mapping) and node:
            for key, value in node.items():
                walk(value, f"{path}.{key}" if path else str(key))
        elif path not in WORDS:
            found[path] = node

    engine = {name: settings["engine"][name] for name in SEEDS}
    walk({**settings, "engine": engine}, "")
    return found


def differences(manifest: Mapping[str, Any], settings: Mapping[str, Any], told: Told) -> list[str]:
    """What is not as it was when the folder was begun, a phrase each."""
    before, after = flat(settings), flat(told.settings)
    changed = [
        f"{name} was {before.get(name, 'not set')} and is {after.get(name, 'not set')}"
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]
    if not changed and manifest["design"]["sum"] != told.design:
        changed.append(f"{told.settings['sweep'].get('file') or 'the design'} has other points")
    if manifest["chart"] != told.chart:
        changed.append("the org list is not the one it was")
    return changed + [
        f"{CALLED.get(name, name)} was {manifest.get(name)} and is {told.code.get(name)}"
        for name in CODE
        if manifest.get(name) != told.code.get(name)
    ]


# --- the design on the disk -----------------------------------------------------------------


def design_table(design: "Design") -> pa.Table:
    """One row a point: its number, and each factor with its unit."""
    columns = [pa.array(np.arange(design.size, dtype=np.int32))]
    fields = [pa.field("point", pa.int32(), metadata={b"unit": b"row of the design"})]
    for factor in design.factors:
        column = _column(design.columns[factor.name])
        unit = "name" if factor.low != factor.low else factor.unit
        told = {b"unit": unit.encode(), b"about": factor.about.encode()}
        fields.append(pa.field(factor.name, column.type, metadata=told))
        columns.append(column)
    return pa.table(columns, schema=pa.schema(fields))


def _column(values: Any) -> pa.Array:
    """A factor's values: numbers, or texts if they are not all numbers."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "if":
        return pa.array(values)
    plain = values.tolist() if isinstance(values, np.ndarray) else list(values)
    known = [each for each in plain if each is not None]
    if any(isinstance(each, str | bool) for each in known):
        texts = [each if each is None or isinstance(each, str) else repr(each) for each in plain]
        return pa.array(texts, pa.string())
    whole = all(isinstance(each, int) and abs(each) < 2**53 for each in known)
    return pa.array(plain, pa.int64() if whole and known else pa.float64())


def design_sum(table: pa.Table) -> str:
    """SHA-256 of the points of a design."""
    found = hashlib.sha256()
    for name in table.column_names:
        column = table.column(name)
        found.update(f"{name} {column.type}".encode())
        found.update(parts.plain_bytes(column))
    return found.hexdigest()


def read_design(folder: Path) -> "Design":
    """The design of a folder, as its runs were told it. Raises FolderError."""
    from experiments.sweep.design import Design
    from experiments.sweep.factors import Factor

    manifest, path = read(folder), folder / parts.DESIGN
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError):
        raise FolderError(f"{path} cannot be read; the folder is not whole") from None
    if design_sum(table) != manifest["design"]["sum"]:
        raise FolderError(f"{path} is not what was written (its SHA-256 differs)")
    told = manifest["design"]
    factors = tuple(
        Factor(**{**each, "values": tuple(each["values"]), "low": _number(each["low"]),
                  "high": _number(each["high"])})
        for each in told["factors"]
    )  # fmt: skip
    columns = {name: _values(table.column(name)) for name in table.column_names[1:]}
    return Design(manifest["name"], told["method"], factors, columns)


def _values(column: pa.ChunkedArray) -> Any:
    if column.null_count or pa.types.is_string(column.type):
        return column.to_pylist()
    return column.to_numpy()


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _factors(design: "Design") -> list[dict[str, Any]]:
    """The factors as JSON can say them: NaN becomes null."""
    return [
        {name: None if value != value else value for name, value in each._asdict().items()}
        for each in design.factors
    ]


# --- the manifest ---------------------------------------------------------------------------


def manifest_of(
    base: "Base", design: "Design", plan: "Plan", told: Told, measures: Sequence[str]
) -> dict[str, Any]:
    """What manifest.json says; `measures` are those of which every quarter is kept."""
    scenario, engine = told.settings["scenario"], told.settings["engine"]
    main, others = base.arms[0], base.arms[1:]
    against = scenario["against"] if scenario["against"] in others else (others or ("",))[-1]
    return files.sealed(
        {
            "made_by": MADE_BY,
            "kind": KIND,
            "format": FORMAT,
            "name": design.name,
            "about": told.settings["sweep"].get("about", ""),
            "scenario": scenario["name"],
            "identity": told.identity,
            "started": now(),
            "arms": list(base.arms),
            "main": main,
            "against": against,
            "seeds": list(range(engine["first_seed"], engine["first_seed"] + engine["seeds"])),
            "weeks": base.weeks,
            "measures": list(measures),
            "design": {"method": design.method, "points": design.size, "sum": told.design,
                       "factors": _factors(design)},
            "runs": plan.runs,
            "chunk": plan.length,
            "chunks": plan.chunks,
            "chart": told.chart,
            "config": config_sum(told.settings),
            "table": parts.FORMAT,
            **told.code,
            **{name: circumstances()[name] for name in ("processor", "machine")},
        }
    )  # fmt: skip


def config_text(settings: Mapping[str, Any]) -> str:
    """The settings as config.yaml holds them."""
    import yaml

    return yaml.safe_dump(dict(settings), sort_keys=False, allow_unicode=True)


def config_sum(settings: Mapping[str, Any]) -> str:
    """SHA-256 of config.yaml."""
    return hashlib.sha256(config_text(settings).encode()).hexdigest()


def write(folder: Path, manifest: Mapping[str, Any], settings: Mapping[str, Any],
          design: "Design") -> None:  # fmt: skip
    """Begin a folder; the manifest comes last, so that a folder with one is whole."""
    target = pa.BufferOutputStream()
    pq.write_table(design_table(design), target, write_page_checksum=True)
    files.write(folder / parts.DESIGN, target.getvalue().to_pybytes())
    files.write(folder / CONFIG, config_text(settings).encode())
    (folder / parts.PARTS).mkdir(exist_ok=True)
    files.names_to_disk(folder)
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False)
    files.write(folder / MANIFEST, f"{text}\n".encode())


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a sweep's folder. Raises FolderError with one sentence."""
    path = folder / MANIFEST
    if not folder.is_dir():
        raise FolderError(f"{folder} is no folder; give one that `zwerm sweep` left behind")
    try:
        if path.stat().st_size > LARGEST_TEXT:
            raise FolderError(f"{path} is too large to be one of ours")
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FolderError(f"{folder} has no {MANIFEST}; it is no folder of a sweep") from None
    except ValueError:
        raise FolderError(f"{path} is not whole or not ours: it cannot be read") from None
    if not isinstance(content, dict) or content.get("made_by") != MADE_BY:
        raise FolderError(f"{path} was not made by {MADE_BY}")
    if content.get("kind") != KIND:
        raise FolderError(f"{folder} holds a single study, not a sweep; see `zwerm run --from`")
    if content.get("format") != FORMAT:
        raise FolderError(
            f"{path} has format {content.get('format')!r}; this version reads {FORMAT}"
        )
    if content != files.sealed(content):
        raise FolderError(f"{path} is not what was written (its SHA-256 differs)")
    return content


def settings(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a sweep's folder, plain values. Raises FolderError."""
    import yaml

    path = folder / CONFIG
    try:
        text = path.read_text(encoding="utf-8")
        content = yaml.safe_load(text)
    except FileNotFoundError:
        raise FolderError(f"{folder} is not whole: {CONFIG} is missing") from None
    except (yaml.YAMLError, ValueError):
        raise FolderError(f"{path} is not a readable configuration") from None
    if hashlib.sha256(text.encode()).hexdigest() != manifest["config"]:
        raise FolderError(f"{path} is not what was written (its SHA-256 differs)")
    return content


def refuse_other(folder: Path, manifest: Mapping[str, Any], told: Told) -> None:
    """Raise FolderError if a folder was begun with other settings, design or code."""
    if manifest["identity"] == told.identity and manifest["table"] == parts.FORMAT:
        return
    found = differences(manifest, settings(folder, manifest), told)
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    why = "; ".join(found[:SHOWN]) or "it was made by another version"
    raise FolderError(f"{folder} was begun otherwise: {why}{more}; {INSTEAD}")
