"""How do many parts become one file? In order, bit for bit, and only then are the parts removed.

`runs.parquet` holds every run by point, arm and seed. It is written piece by piece, read again
and compared before it takes its name, so that no more than a few parts are ever in memory.
"""

import json
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from experiments.store import FolderError
from experiments.sweep import files, parts
from experiments.sweep.parts import BrokenPart

if TYPE_CHECKING:
    from experiments.sweep.runner import Work

ROWS = 20_000  # of a row group, about: some ten megabytes
KEPT = 64  # parts that are held in memory

Done = Callable[[int], None]  # told how many runs have been written since


def is_compacted(folder: Path) -> bool:
    """Whether the runs of a folder stand in one file."""
    return (folder / parts.RUNS).is_file()


def compact(work: "Work", folder: Path, progress: Done = lambda runs: None) -> Path:
    """Put all parts into one file and remove them; the caller holds the lock.

    Raises FolderError if a part is missing or broken: nothing is removed then.
    """
    path = folder / parts.RUNS
    if not path.is_file():
        _check_room(work, folder)
        with files.writing(path) as target:
            sums = _write(work, folder, target, progress)
            target.flush()
            _compare(Path(target.name), sums)
    finish(work, folder)
    return path


def finish(work: "Work", folder: Path) -> None:
    """Remove parts that stand in the one file already. Raises FolderError if it is not whole."""
    path = folder / parts.RUNS
    try:
        told = parts.about(path)
    except BrokenPart as broken:
        raise FolderError(
            f"{path} is not what was written: {broken}; rename it and run the sweep again"
        ) from None
    if told.get("identity") != work.identity or told.get("runs") != work.plan.runs:
        raise FolderError(f"{path} is not of this sweep; rename it and run the sweep again")
    for number in range(work.plan.chunks) if _parts(folder) else ():
        parts.path_of(folder, work.name(number)).unlink(missing_ok=True)


def rows(work: "Work", folder: Path, number: int) -> pa.Table:
    """The rows of a chunk out of the one file, in the order of the chunk."""
    point, arm, seed = work.plan.at(np.arange(*work.plan.span(number)))
    a_point = work.plan.arms * work.plan.seeds
    wanted = point.astype(np.int64) * a_point + arm.astype(np.int64) * work.plan.seeds
    wanted += seed - work.plan.first_seed
    with pq.ParquetFile(folder / parts.RUNS, page_checksum_verification=True) as opened:
        sizes = [opened.metadata.row_group(k).num_rows for k in range(opened.num_row_groups)]
        ends = np.cumsum(sizes)
        groups = np.unique(np.searchsorted(ends, wanted, side="right"))
        table = opened.read_row_groups(groups.tolist())
    starts = {int(k): int(ends[k]) - sizes[k] for k in groups}
    there = np.concatenate([np.arange(sizes[k]) + starts[int(k)] for k in groups])
    return table.take(np.searchsorted(there, wanted)).replace_schema_metadata(None)


def _parts(folder: Path) -> bool:
    return any((folder / parts.PARTS).glob(f"*{parts.ENDS}"))


def _check_room(work: "Work", folder: Path) -> None:
    missing = [
        number
        for number in range(work.plan.chunks)
        if not parts.path_of(folder, work.name(number)).is_file()
    ]
    if missing:
        runs = sum(work.plan.size(number) for number in missing)
        raise FolderError(
            f"{folder} is not finished: {runs:,} of {work.plan.runs:,} runs are missing; run the "
            f"sweep with the same settings first"
        )


def _write(work: "Work", folder: Path, target: Any, progress: Done) -> list[str]:
    """Write all row groups; the sum of each."""
    sums: list[str] = []
    failed = 0
    reader = _Reader(work, folder)
    options = parts.writer_options(work.schema)
    with pq.ParquetWriter(target, work.schema, **options) as writer:
        for points in _pieces(work):
            table = reader.rows(work.plan.places(points))
            writer.write_table(table, row_group_size=max(len(table), 1))
            sums.append(parts.bits(table))
            failed += parts.failed(table)
            progress(len(table))
        told = {
            "format": parts.FORMAT, "identity": work.identity, "runs": work.plan.runs,
            "failed": failed, "processors": dict(reader.processors),
            "seconds": round(reader.seconds, 3), "bits": sums,
        }  # fmt: skip
        writer.add_key_value_metadata({parts.ABOUT.decode(): json.dumps(told)})
    return sums


def _pieces(work: "Work") -> Iterator[NDArray[np.int64]]:
    """Points whose runs make one row group."""
    size = max(1, ROWS // (work.plan.arms * work.plan.seeds))
    for first in range(0, work.plan.points, size):
        yield np.arange(first, min(first + size, work.plan.points))


class _Reader:
    """Rows by their place in the plan; the parts read last are kept."""

    def __init__(self, work: "Work", folder: Path) -> None:
        self.work, self.folder = work, folder
        self.kept: OrderedDict[int, pa.Table] = OrderedDict()
        self.counted = np.zeros(work.plan.chunks, dtype=bool)
        self.processors: Counter[str] = Counter()  # runs by processor
        self.seconds = 0.0

    def rows(self, places: NDArray[np.int64]) -> pa.Table:
        """The rows at these places, in their order."""
        by_place = np.argsort(places)
        chunk, row = np.divmod(places[by_place], self.work.plan.length)
        cuts = np.flatnonzero(np.diff(chunk)) + 1
        tables = [
            self._part(int(chunk[piece[0]])).take(row[piece])
            for piece in np.split(np.arange(places.size), cuts)
        ]
        back = np.empty(places.size, dtype=np.int64)
        back[by_place] = np.arange(places.size)
        return pa.concat_tables(tables).unify_dictionaries().combine_chunks().take(back)

    def _part(self, number: int) -> pa.Table:
        if number in self.kept:
            self.kept.move_to_end(number)
            return self.kept[number]
        name = self.work.name(number)
        try:
            part = parts.load(self.folder, name, self.work.schema)
            self.work.check_keys(number, part.table)
        except (parts.BrokenPart, FileNotFoundError) as error:
            raise FolderError(
                f"{parts.path_of(self.folder, name)} is broken ({error}); run the sweep with the "
                f"same settings, which repeats it"
            ) from error
        if not self.counted[number]:
            self.counted[number] = True
            self.processors[part.about["processor"]] += len(part.table)
            self.seconds += part.about["seconds"]
        self.kept[number] = part.table
        if len(self.kept) > KEPT:
            self.kept.popitem(last=False)
        return part.table


def _compare(path: Path, sums: list[str]) -> None:
    """Raise FolderError unless every row group reads as it was written."""
    with pq.ParquetFile(path, page_checksum_verification=True) as opened:
        same = opened.num_row_groups == len(sums) and all(
            parts.bits(opened.read_row_group(place)) == sums[place] for place in range(len(sums))
        )
    if not same:
        raise FolderError(f"{path.parent} could not be compacted: what was written reads otherwise")
