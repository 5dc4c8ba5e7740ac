"""A study as tables, with a unit for every column.

A row is one observation (an arm, a seed, a week) and a column one measure: each has a unit of its
own, and stacking them in one column would mix units and make the file thirty times as long. Units
stand in the schema of the Parquet files and, for those who read CSV, in `weeks.units.csv`. Weeks
without a survey are empty cells.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.results import Arm, Study
from sim.measures import LEVEL_MEASURES, MEASURES, Measure

KEYS = (Measure("arm", "name", "way of doing it"), Measure("seed", "-", "seed of the run"),
        Measure("week", "weeks", "since the start of the run"))  # fmt: skip


def save_tables(study: Study, folder: Path) -> None:
    """Write weeks.parquet, weeks.csv, weeks.units.csv and levels.parquet into the folder."""
    import pyarrow as pa
    import pyarrow.csv as arrow_csv
    from pyarrow import parquet

    weeks = pa.concat_tables(_weeks_table(arm, study.seeds) for arm in study.arms)
    levels = pa.concat_tables(_levels_table(arm, study.seeds) for arm in study.arms)
    parquet.write_table(weeks, folder / "weeks.parquet", compression="zstd")
    parquet.write_table(levels, folder / "levels.parquet", compression="zstd")
    arrow_csv.write_csv(weeks, folder / "weeks.csv")
    with (folder / "weeks.units.csv").open("w", encoding="utf-8", newline="") as units:
        rows = csv.writer(units)
        rows.writerow(("column", "unit", "about"))
        rows.writerows((*KEYS, *MEASURES))


def _weeks_table(arm: Arm, seeds: Sequence[int]) -> Any:
    count, weeks, _ = arm.weekly.shape
    rows = arm.weekly.reshape(count * weeks, -1)
    keys = _keys(arm.name, seeds, np.repeat(np.arange(count), weeks), weeks, 1)
    return _table(keys, rows, (*KEYS, *MEASURES))


def _levels_table(arm: Arm, seeds: Sequence[int]) -> Any:
    count, weeks, levels, _ = arm.levels.shape
    rows = arm.levels.reshape(count * weeks * levels, -1)
    keys = _keys(arm.name, seeds, np.repeat(np.arange(count), weeks * levels), weeks, levels)
    keys.append(np.tile(np.arange(levels, dtype=np.int16), count * weeks))
    level = Measure("level", "hops", "reporting lines up to the head, 0 at the head")
    return _table(keys, rows, (*KEYS, level, *LEVEL_MEASURES))


def _keys(name: str, seeds: Sequence[int], run: Any, weeks: int, levels: int) -> list[Any]:
    week = np.tile(np.repeat(np.arange(weeks, dtype=np.int32), levels), len(seeds))
    return [_repeated(name, run.size), np.array(seeds, dtype=np.uint64)[run], week]


def _table(keys: list[Any], rows: Any, described: Sequence[Measure]) -> Any:
    """An Arrow table; unit and meaning of each column stand in its field."""
    import pyarrow as pa

    columns = [_column(column) for column in (*keys, *rows.T)]
    schema = pa.schema([
        pa.field(each.name, column.type, metadata={"unit": each.unit, "about": each.about})
        for each, column in zip(described, columns, strict=True)
    ])  # fmt: skip
    return pa.Table.from_arrays(columns, schema=schema)


# Arrow's own conversions import pandas, which takes longer than all the rest of a small run.


def _column(values: Any) -> Any:
    """Numbers as an Arrow array, NaN as null."""
    import pyarrow as pa

    if isinstance(values, pa.Array):
        return values
    known = None
    if values.dtype == np.float64:
        known = pa.py_buffer(np.packbits(~np.isnan(values), bitorder="little"))
    numbers = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), values.size, [known, numbers])


def _repeated(text: str, count: int) -> Any:
    """The same text in every row, as an Arrow array."""
    import pyarrow as pa

    encoded = text.encode()
    ends = np.arange(count + 1, dtype=np.int32) * np.int32(len(encoded))
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(encoded * count)]
    return pa.Array.from_buffers(pa.string(), count, buffers)
