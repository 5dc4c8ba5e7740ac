"""How many runs will a sweep take, how long, and how much room? Nothing is written."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.run import model_is_compiled
from experiments.sweep import parts, plan
from experiments.sweep.chunk import ran
from experiments.sweep.runner import Work, folder_of, work_of

if TYPE_CHECKING:
    from omegaconf import DictConfig

TRIED, LONGEST_TRY = 5, 5.0  # runs that are tried, as long as it takes no more seconds


class Forecast(NamedTuple):
    """What a sweep will take."""

    work: Work
    folder: Path
    seconds: float  # of one processor
    measured: bool  # scaled by runs that were tried; else by formula alone
    workers: int | None  # side by side, None = unknown
    bytes: float
    free: float  # bytes of the disk, NaN = unknown


def forecast(cfg: "DictConfig", folder: Path | None = None) -> Forecast:
    """What the sweep of these settings will take. Raises what running it would."""
    from os import cpu_count

    work = work_of(cfg)
    engine = work.engine
    seconds = plan.costs(work.plan, work.base, work.design)[0] * work.plan.runs
    scale = _scale(work) if engine.executor == "threads" else None
    workers = engine.threads if engine.executor == "threads" else engine.workers
    usual = None if engine.executor != "threads" and engine.address else cpu_count() or 1
    target = folder or engine.output or folder_of(work)
    return Forecast(
        work, target, seconds * (scale or 1.0), scale is not None, workers or usual,
        size(work), _free(target),
    )  # fmt: skip


def size(work: Work) -> float:
    """Bytes on the disk, about: what the rows hold, and what each part holds beside them."""
    schema = work.schema
    a_part = parts.FILE_BYTES + parts.COLUMN_BYTES * len(schema.names)
    return work.plan.runs * parts.row_bytes(schema) + work.plan.chunks * a_part


def _scale(work: Work) -> float | None:
    """How much longer a few runs take than the formula says; None if nothing can be tried."""
    if not model_is_compiled():
        return None
    single = work._replace(plan=plan.with_length(work.plan, 1))
    measured = expected = 0.0
    for number in np.unique(np.linspace(0, work.plan.runs - 1, TRIED).astype(np.int64)).tolist():
        chunk = single.chunk(number)
        try:
            told = work.base.told(work.base.arms[chunk.arm[0]], chunk.values[int(chunk.point[0])])
        except Exception:  # it is recorded when the point is run
            continue
        seconds = sum(plan.cost(told))
        if seconds > LONGEST_TRY:
            continue
        if not expected:
            ran(work.job, chunk)  # loads what was compiled
        measured += ran(work.job, chunk).about["seconds"]
        expected += seconds
        if measured > LONGEST_TRY:
            break
    return measured / expected if expected else None


def _free(folder: Path) -> float:
    there = next(each for each in [folder.absolute(), *folder.absolute().parents] if each.exists())
    try:
        return float(shutil.disk_usage(there).free)
    except OSError:
        return float("nan")


# --- telling --------------------------------------------------------------------------------


def told(found: Forecast) -> str:
    """A forecast in a few lines."""
    work, order = found.work, found.work.plan
    how = "scaled by a few runs tried here" if found.measured else "an estimate, nothing was tried"
    side = ""
    if found.workers:
        side = f", {duration(found.seconds / found.workers)} with {found.workers} side by side"
    lines = [
        f"{work.design.name}: {order.points:,} points x {order.arms} arms x {order.seeds} seeds = "
        f"{order.runs:,} runs in {order.chunks:,} chunks of {order.length}",
        f"time: {duration(found.seconds)} of one processor{side} ({how})",
        f"disk: {amount(found.bytes)} in {found.folder}",
    ]
    if found.bytes > found.free:
        lines.append(f"only {amount(found.free)} is free there: make room, or use --out")
    return "\n".join(lines)


def duration(seconds: float) -> str:
    """Seconds in words."""
    if seconds < 90:
        return f"about {max(seconds, 1):.0f} seconds"
    if seconds < 5400:
        return f"about {seconds / 60:.0f} minutes"
    if seconds < 2 * 86400:
        return f"about {seconds / 3600:.1f} hours"
    return f"about {seconds / 86400:.1f} days"


def amount(size: float) -> str:
    """Bytes in words."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:,.3g} TB"
