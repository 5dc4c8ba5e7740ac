"""What is the table of runs, and how does it come out of and into files?

One row a run: which one (point, arm, seed), why it failed (empty = it did not), the mean of every
measure over the last year, and of the measures that are kept the mean of every quarter. A part is
one chunk of it in one Parquet file; `runs.parquet` is all of them in order.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from experiments.store import FolderError
from experiments.sweep import files
from sim.measures import COLUMN, MEASURES
from sim.parameters import WEEKS_PER_YEAR

FORMAT = 1  # of the table
DESIGN, RUNS, PARTS = "design.parquet", "runs.parquet", "parts"
LAST, SERIES = "last_", "series_"  # how the columns of measures begin
QUARTER = 13  # weeks
LAST_WEEKS = WEEKS_PER_YEAR  # over which the last state of a run is averaged
ABOUT = b"zwerm"  # what a file says of itself, in its metadata
FILE_BYTES = 1000  # what a part holds beside its columns; measured
COLUMN_BYTES = 200  # what one column adds to a part whatever its rows; measured
ENDS = ".parquet"


class BrokenPart(Exception):
    """A part that is not what was written; the message says why."""


class Part(NamedTuple):
    """A part as it was read."""

    table: pa.Table
    about: dict[str, Any]  # chunk, processor, seconds, …


# --- the table ------------------------------------------------------------------------------


def quarters(weeks: int) -> int:
    """Quarters of a run; the last may be shorter."""
    return -(-weeks // QUARTER)


@cache
def schema(measures: tuple[str, ...], quarters: int) -> pa.Schema:
    """The columns of the table of runs, units in the metadata of each."""

    def field(name: str, kind: Any, unit: str) -> pa.Field:
        return pa.field(name, kind, metadata={b"unit": unit.encode()})

    units = {each.name: each.unit for each in MEASURES}
    series = _list(quarters)
    return pa.schema(
        [
            field("point", pa.int32(), "row of the design"),
            field("arm", pa.dictionary(pa.int32(), pa.string()), "name"),
            field("seed", pa.int64(), "-"),
            field("reason", pa.string(), "text, empty if the run is done"),
            *(field(LAST + name, pa.float64(), unit) for name, unit in units.items()),
            *(field(SERIES + name, series, units[name]) for name in measures),
        ]
    )


def _list(quarters: int) -> Any:
    """A number for each quarter; its inner name is the one that Parquet gives back."""
    return pa.list_(pa.field("element", pa.float32()), quarters)


def means(values: NDArray[np.float64], starts: Sequence[int]) -> NDArray[np.float64]:
    """Means over blocks of weeks that begin at `starts`, [blocks, columns]; NaN is left out."""
    known = ~np.isnan(values)
    count = np.add.reduceat(known, starts, axis=0, dtype=np.int64)
    total = np.add.reduceat(np.where(known, values, 0.0), starts, axis=0)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


class Rows:
    """Rows of the table of runs, to be filled one run at a time."""

    def __init__(self, runs: int, measures: tuple[str, ...], weeks: int) -> None:
        self.measures = measures
        self.columns = [COLUMN[name] for name in measures]
        self.starts = range(0, weeks, QUARTER)
        self.last_start = max(0, weeks - LAST_WEEKS)
        self.last = np.full((len(MEASURES), runs), np.nan)
        self.series = np.full((len(measures), runs, len(self.starts)), np.nan, dtype=np.float32)
        self.reasons = [""] * runs

    def done(self, row: int, weekly: NDArray[np.float64]) -> None:
        """A run's record, [weeks, measures]."""
        self.last[:, row] = means(weekly[self.last_start :], [0])[0]
        if self.columns:
            self.series[:, row] = means(weekly[:, self.columns], self.starts).T

    def failed(self, row: int, reason: str) -> None:
        """A run that could not be done."""
        self.reasons[row] = reason

    def table(
        self,
        point: NDArray[np.int32],
        arm: NDArray[np.int8],
        seed: NDArray[np.int64],
        arms: Sequence[str],
    ) -> pa.Table:
        """The table; numbers of runs that failed are null."""
        bad = np.array([reason != "" for reason in self.reasons], dtype=bool)
        names = pa.DictionaryArray.from_arrays(arm.astype(np.int32), pa.array(arms, pa.string()))
        size = len(self.starts)
        lists = [
            pa.FixedSizeListArray.from_arrays(
                pa.array(each.ravel()), type=_list(size), mask=pa.array(bad)
            )
            for each in self.series
        ]
        columns = [
            pa.array(point, pa.int32()), names, pa.array(seed, pa.int64()),
            pa.array(self.reasons, pa.string()),
            *(pa.array(each, mask=bad) for each in self.last), *lists,
        ]  # fmt: skip
        return pa.table(columns, schema=schema(self.measures, size))


def bits(table: pa.Table) -> str:
    """SHA-256 of every value of a table: the values themselves, not the file they are in."""
    found = hashlib.sha256(repr(table.schema.names).encode())
    for name in table.schema.names:
        found.update(plain_bytes(table.column(name)))
    return found.hexdigest()


def plain_bytes(column: pa.ChunkedArray) -> bytes:
    """A column's values as bytes, one way for each value whatever the layout in memory."""
    return _plain(column.combine_chunks())


def _plain(column: Any) -> bytes:
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())
    if pa.types.is_string(column.type):
        return json.dumps(column.to_pylist()).encode()
    there = column.is_valid().to_numpy(zero_copy_only=False)
    if pa.types.is_fixed_size_list(column.type):
        column = column.flatten()  # of those that are there
    elif not there.all():
        column = column.drop_null()
    values = column.to_numpy(zero_copy_only=False)
    if values.dtype.kind == "f":
        values = np.where(np.isnan(values), values.dtype.type(np.nan), values)
    return there.tobytes() + values.tobytes()


# --- files ----------------------------------------------------------------------------------


def path_of(folder: Path, chunk: str) -> Path:
    """Where the part of a chunk stands."""
    return folder / PARTS / f"{chunk}{ENDS}"


def writer_options(table: pa.Schema) -> dict[str, Any]:
    """How Parquet files of runs are written: small for few rows, every page with its checksum."""
    return {
        "write_page_checksum": True,
        "write_statistics": False,
        "use_dictionary": ["arm", "reason"],
        "compression": "zstd",
    }


def save(folder: Path, chunk: str, table: pa.Table, about: dict[str, Any]) -> None:
    """Write a part: whole under its name, or not at all. Raises OSError."""
    told = {**about, "chunk": chunk, "format": FORMAT, "bits": bits(table)}
    marked = table.replace_schema_metadata({ABOUT: json.dumps(told, sort_keys=True)})
    target = pa.BufferOutputStream()
    pq.write_table(marked, target, **writer_options(table.schema))
    files.write(path_of(folder, chunk), target.getvalue().to_pybytes())


def about(path: Path) -> dict[str, Any]:
    """What a file of runs says of itself. Raises BrokenPart."""
    try:
        return _told(pq.read_metadata(path).metadata)
    except (pa.ArrowException, OSError) as error:
        raise BrokenPart(f"{path.name} cannot be read") from error


def _told(found: dict[bytes, bytes] | None) -> dict[str, Any]:
    try:
        told = json.loads((found or {})[ABOUT])
    except (KeyError, ValueError):
        raise BrokenPart("it does not say what it is") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise BrokenPart("it has another format")
    return told


def load(folder: Path, chunk: str, expected: pa.Schema) -> Part:
    """The part of a chunk, every page held against its checksum, every value against its sum.

    Raises BrokenPart if it is not what was written, FileNotFoundError if it is not there.
    """
    path = path_of(folder, chunk)
    content = path.read_bytes()
    try:
        with pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True) as opened:
            table = opened.read(use_threads=False)
            told = _told(opened.metadata.metadata)
    except (pa.ArrowException, OSError) as error:
        raise BrokenPart(f"it is truncated or damaged ({str(error).splitlines()[0]})") from error
    table = table.replace_schema_metadata(None)
    if told.get("chunk") != chunk:
        raise BrokenPart(f"it holds chunk {told.get('chunk')}")
    if not table.schema.equals(expected, check_metadata=True):
        raise BrokenPart("its columns are not those of this sweep")
    if told.get("bits") != bits(table):
        raise BrokenPart("its numbers are not those that were written")
    return Part(table, told)


def failed(table: pa.Table) -> int:
    """How many runs of a table failed."""
    return len(table) - table.column("reason").to_pylist().count("")


def pieces(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """These columns of a file of runs, a row group at a time. Raises FolderError."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as opened:
            for place in range(opened.num_row_groups):
                yield opened.read_row_group(place, list(columns))
    except (pa.ArrowException, OSError) as error:
        raise FolderError(f"{path} is broken: {str(error).splitlines()[0]}") from error


def runs_table(folder: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Every run that is there, compacted or in parts; in no order. Raises FolderError."""
    compacted = folder / RUNS
    found = [compacted] if compacted.is_file() else sorted((folder / PARTS).glob(f"*{ENDS}"))
    wanted = None if columns is None else list(columns)
    tables = []
    for path in found:
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as opened:
                tables.append(opened.read(wanted).replace_schema_metadata(None))
        except (pa.ArrowException, OSError) as error:
            raise FolderError(
                f"{path} is broken; run the sweep again with the same settings, which repeats it"
            ) from error
    if not tables:
        raise FolderError(f"{folder} holds no runs yet; run the sweep first")
    return pa.concat_tables(tables).unify_dictionaries()


def row_bytes(table: pa.Schema, text: int = 4) -> int:
    """Bytes of one run on the disk, about: numbers hardly shrink, texts are short."""
    sizes = {pa.int32(): 4, pa.int64(): 8, pa.float64(): 8}
    total = 0
    for each in table:
        if pa.types.is_fixed_size_list(each.type):
            total += 4 * each.type.list_size
        else:
            total += sizes.get(each.type, text)
    return total
