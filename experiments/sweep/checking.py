"""How far is a sweep, and is everything there as it was written?"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.store import FolderError
from experiments.sweep import compacting, files, manifest, parts
from experiments.sweep.chunk import ran

if TYPE_CHECKING:
    from experiments.sweep.runner import Work

LONGEST_GAP = 60.0  # seconds between two parts that are no pause yet
MOST_TOLD = 10  # faults that are told one by one

Done = Callable[[int], None]


class Status(NamedTuple):
    """How far a sweep is."""

    name: str
    runs: int
    done: int  # those that failed included
    failed: int
    rate: float  # runs a second over the time in which parts were written; NaN = unknown
    running: bool  # a process is at it now
    compacted: bool
    broken: int  # parts that cannot be read

    @property
    def left(self) -> int:
        """Runs still to be done."""
        return self.runs - self.done


class Verdict(NamedTuple):
    """What came of looking at everything."""

    runs: int  # runs that are there as they were written
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    repeated: int = 0  # chunks that were run again

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


# --- status ---------------------------------------------------------------------------------


def status(folder: Path) -> Status:
    """How far the sweep of a folder is; nothing is changed. Raises FolderError."""
    told = manifest.read(folder)
    running = files.is_locked(folder)
    if compacting.is_compacted(folder):
        try:
            failed = parts.about(folder / parts.RUNS)["failed"]
        except parts.BrokenPart as error:
            raise FolderError(f"{folder / parts.RUNS} is not what was written: {error}") from None
        runs = told["runs"]
        return Status(told["name"], runs, runs, failed, float("nan"), running, True, 0)
    done = failed = broken = 0
    times: list[tuple[float, int]] = []
    for path in sorted((folder / parts.PARTS).glob(f"*{parts.ENDS}")):
        try:
            with pq.ParquetFile(path) as opened:
                table = opened.read(["reason"])
        except FileNotFoundError:  # set aside or compacted just now
            continue
        except (pa.ArrowException, OSError):
            broken += 1
            continue
        done, failed = done + len(table), failed + parts.failed(table)
        times.append((path.stat().st_mtime, len(table)))
    return Status(told["name"], told["runs"], done, failed, rate(times), running, False, broken)


def rate(times: list[tuple[float, int]]) -> float:
    """Runs a second from when each part was written and its runs; pauses are left out."""
    ordered = sorted(times)
    gaps = np.diff([time for time, _ in ordered])
    usual = np.median(gaps) if gaps.size else 0.0
    working = gaps <= max(LONGEST_GAP, 20 * usual)
    seconds = float(gaps[working].sum())
    runs = sum(count for (_, count), kept in zip(ordered[1:], working, strict=True) if kept)
    return runs / seconds if seconds > 0 else float("nan")


# --- verifying ------------------------------------------------------------------------------


def verify(work: "Work", told: dict[str, Any], folder: Path, repeat: int = 0,
           progress: Done = lambda runs: None) -> Verdict:  # fmt: skip
    """Look at every run, once, and run `repeat` chunks again. Nothing is changed.

    Every run has to be there exactly once, in pages that match their checksums, with the bits
    that were written.
    """
    faults, notes = [], []
    processors: Counter[str] = Counter()
    if compacting.is_compacted(folder):
        found = _verify_compacted(work, folder, faults, processors, progress)
    else:
        found = _verify_parts(work, folder, faults, processors, progress)
    if len(processors) > 1:
        listed = ", ".join(f"{name} ({runs:,} runs)" for name, runs in processors.most_common())
        notes.append(f"computed on {len(processors)} types of processor: {listed}; bits are "
                     f"promised for one type only")  # fmt: skip
    changed = [
        f"{manifest.CALLED.get(name, name)} was {told.get(name)} and is {value}"
        for name, value in work.told.code.items()
        if told.get(name) != value
    ]
    repeated = 0
    if repeat and changed:
        faults.append(f"nothing was run again: {'; '.join(changed)}")
    elif repeat and not faults:
        repeated = _repeat(work, folder, repeat, faults, processors)
    return Verdict(found, tuple(faults), tuple(notes), repeated)


def _verify_parts(work: "Work", folder: Path, faults: list[str], processors: Counter[str],
                  progress: Done) -> int:  # fmt: skip
    found = missing = 0
    names = {path.name for path in (folder / parts.PARTS).glob(f"*{parts.ENDS}")}
    for number in range(work.plan.chunks):
        name = work.name(number)
        names.discard(f"{name}{parts.ENDS}")
        try:
            part = parts.load(folder, name, work.schema)
            work.check_keys(number, part.table)
        except FileNotFoundError:
            missing += work.plan.size(number)
        except parts.BrokenPart as broken:
            faults.append(f"{parts.PARTS}/{name}{parts.ENDS} is broken: {broken}")
        else:
            found += len(part.table)
            processors[part.about["processor"]] += len(part.table)
        progress(work.plan.size(number))
    if missing:
        faults.append(f"{missing:,} runs are missing; the same command runs them")
    faults.extend(f"{parts.PARTS}/{name} is no part of this sweep" for name in sorted(names))
    return found


def _verify_compacted(work: "Work", folder: Path, faults: list[str], processors: Counter[str],
                      progress: Done) -> int:  # fmt: skip
    path = folder / parts.RUNS
    found = 0
    try:
        told = parts.about(path)
        processors.update(told["processors"])
        if told["identity"] != work.identity:
            faults.append(f"{parts.RUNS} is not of this sweep")
        with pq.ParquetFile(path, page_checksum_verification=True) as opened:
            if not opened.schema_arrow.remove_metadata().equals(work.schema, check_metadata=True):
                faults.append(f"the columns of {parts.RUNS} are not those of this sweep")
            for group in range(opened.num_row_groups):
                table = opened.read_row_group(group)
                if parts.bits(table) != told["bits"][group]:
                    faults.append(f"piece {group} of {parts.RUNS} is not what was written")
                found += len(table)
                progress(len(table))
    except (parts.BrokenPart, pa.ArrowException, OSError, KeyError, IndexError) as error:
        faults.append(f"{parts.RUNS} is broken: {str(error).splitlines()[0]}")
        return found
    if found != work.plan.runs:
        faults.append(f"{parts.RUNS} holds {found:,} runs instead of {work.plan.runs:,}")
    elif not faults:
        _check_order(work, folder, faults)
    return found


def _check_order(work: "Work", folder: Path, faults: list[str]) -> None:
    """Every run once: they stand by point, arm and seed."""
    a_point = work.plan.arms * work.plan.seeds
    first = 0
    with pq.ParquetFile(folder / parts.RUNS) as opened:
        for batch in opened.iter_batches(columns=["point", "arm", "seed"]):
            place = np.arange(first, first + len(batch))
            first += len(batch)
            arm, seed = np.divmod(place % a_point, work.plan.seeds)
            same = (
                np.array_equal(batch.column("point").to_numpy(), place // a_point)
                and batch.column("arm").to_pylist() == np.array(work.base.arms)[arm].tolist()
                and np.array_equal(batch.column("seed").to_numpy(), seed + work.plan.first_seed)
            )
            if not same:
                faults.append(f"{parts.RUNS} does not hold every run once, by point, arm and seed")
                return


def _repeat(work: "Work", folder: Path, repeat: int, faults: list[str],
            processors: Counter[str]) -> int:  # fmt: skip
    """Run chunks again that are spread over the sweep; how many."""
    compacted = compacting.is_compacted(folder)
    spread = np.linspace(0, work.plan.chunks - 1, min(repeat, work.plan.chunks))
    numbers = np.unique(spread.astype(np.int64)).tolist()
    for number in numbers:
        name = work.name(number)
        if compacted:
            there = compacting.rows(work, folder, number)
        else:
            there = parts.load(folder, name, work.schema).table
        again = ran(work.job, work.chunk(number))
        if parts.bits(again.table) != parts.bits(there):
            other = [each for each in processors if each != again.about["processor"]]
            why = f"; it may have been computed on {other[0]}" if other else ""
            faults.append(f"chunk {name} gives other numbers when it is run again{why}")
    return len(numbers)


def told_verdict(verdict: Verdict, folder: Path) -> str:
    """The verdict in a few lines."""
    lines = [f"- {fault}" for fault in verdict.faults[:MOST_TOLD]]
    if len(verdict.faults) > MOST_TOLD:
        lines.append(f"- and {len(verdict.faults) - MOST_TOLD} more")
    again = f"; {verdict.repeated} chunks run again gave the same bits" if verdict.repeated else ""
    if verdict.whole:
        head = f"{folder}: all {verdict.runs:,} runs are there once, as they were written{again}."
    else:
        head = f"{folder}: {verdict.runs:,} runs are as they were written, but:"
    return "\n".join([head, *lines, *(f"Note: {note}." for note in verdict.notes)])
