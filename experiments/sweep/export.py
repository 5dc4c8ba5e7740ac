"""A sweep for other programs: CSV for everybody, netCDF for R, Julia, Panoply and the like.

A target is written under another name and renamed when it is whole, and one that is there is only
replaced if that is said. CSV is written run by run, so that memory stays flat however long the
sweep is; netCDF is built whole.
"""

import csv as plain_csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.store import FolderError
from experiments.sweep import files
from experiments.sweep.parts import LAST
from experiments.sweep.reading import NAMED, broken, open_parquet, run_files
from experiments.sweep.results import ABOUT, Sweep, open_sweep

if TYPE_CHECKING:
    import pyarrow as pa

KEYS = ("point", "arm", "seed", "reason")
KEYS_ABOUT = ("row of the design", "way of doing it", "seed of the run",
              "why the run failed; empty = it is done")  # fmt: skip
BATCH = 16384  # runs held at once
LARGEST = 2**32 - 4  # bytes of one variable of a netCDF file with 64-bit offsets
SAFE = 2**53  # whole numbers that a double holds exactly


def csv(folder: Path | str, target: Path | str, *, overwrite: bool = False) -> Path:
    """One row a run: factors, point, arm, seed, reason, and every measure's last year.

    What is not known is an empty cell. Beside it stands TARGET.units.csv with unit and meaning of
    each column. Quarters are in netCDF only. Raises FolderError; leaves nothing if it fails.
    """
    from pyarrow import csv as arrow_csv

    sweep, path = open_sweep(folder), Path(target).expanduser()
    units = path.with_name(f"{path.stem}.units.csv")
    _free((path, units), overwrite)
    names = [*sweep.factors, *KEYS, *sweep.measures]
    with files.writing(path) as opened:
        schema, batches = _batches(sweep, names)
        with arrow_csv.CSVWriter(opened, schema) as writer:
            for batch in batches:
                writer.write_table(batch)
        with files.writing(units) as beside:
            beside.write(_units(sweep).encode("utf-8"))
    return path


def netcdf(folder: Path | str, target: Path | str, *, overwrite: bool = False) -> Path:
    """The dataset of `Sweep.dataset()` as netCDF 3 with 64-bit offsets: every reader has it.

    Seeds beyond 32 bits become doubles, beyond 2^53 texts: the format has no longer whole numbers.
    Raises FolderError, also where a variable is larger than the format holds.
    """
    sweep, path = open_sweep(folder), Path(target).expanduser()
    _free((path,), overwrite)
    found = sweep.dataset()
    for name, variable in found.variables.items():
        if variable.nbytes > LARGEST:
            raise FolderError(
                f"{name} has {variable.nbytes:,} bytes and netCDF 3 holds {LARGEST:,} a variable; "
                f"export CSV, or read the Parquet files"
            )
    found = found.assign_coords({
        name: (each.dims, _narrow(each.to_numpy()), each.attrs)
        for name, each in found.coords.items()
    })  # fmt: skip
    for name in found.variables:
        found[name].encoding["_FillValue"] = None  # NaN is NaN, and coordinates have none missing
    with files.writing(path) as opened:
        opened.write(found.to_netcdf(engine="scipy", format="NETCDF3_64BIT"))
    return path


def _free(targets: tuple[Path, ...], overwrite: bool) -> None:
    """Raises FolderError if a target cannot be written."""
    for path in targets:
        if path.is_dir():
            raise FolderError(f"{path} is a folder; name a file")
        if path.exists() and not overwrite:
            raise FolderError(f"{path} is there already; give another name, or delete it first")
    folder = targets[0].absolute().parent
    if not folder.is_dir():
        raise FolderError(f"there is no folder {folder}; make it first, or name another")


# --- CSV --------------------------------------------------------------------------------------


def _batches(sweep: Sweep, names: list[str]) -> "tuple[pa.Schema, Iterator[pa.Table]]":
    """The columns of the table, and the runs in pieces."""
    import pyarrow as pa

    design = sweep.design_table.select([*sweep.factors])
    points = sweep.design_table.column("point")
    kinds: dict[str, Any] = {
        **{name: design.schema.field(name).type for name in sweep.factors},
        "point": pa.int32(), "arm": pa.string(), "seed": pa.int64(), "reason": pa.string(),
        **dict.fromkeys(sweep.measures, pa.float64()),
    }  # fmt: skip
    schema = pa.schema([pa.field(name, kinds[name]) for name in names])

    def pieces() -> Iterator["pa.Table"]:
        for runs in _runs(sweep):
            found = {
                name: runs.column(LAST + name if name in sweep.units else name) for name in names
                if name not in sweep.factors
            }  # fmt: skip
            rows = _rows_of(points, found["point"])
            found |= {name: design.column(name).take(rows) for name in sweep.factors}
            columns = [_known(found[name].cast(kinds[name])) for name in names]
            yield pa.table(columns, schema=schema)

    return schema, pieces()


def _runs(sweep: Sweep) -> Iterator["pa.Table"]:
    """The runs file by file and piece by piece. Raises FolderError for a broken file."""
    import pyarrow as pa

    wanted = [*KEYS, *(LAST + name for name in sweep.measures)]
    for path in run_files(sweep.folder):
        with open_parquet(path) as source:
            try:
                for batch in source.iter_batches(BATCH, columns=wanted):
                    yield pa.Table.from_batches([batch])
            except (pa.ArrowException, OSError) as error:
                raise broken(path) from error


def _rows_of(points: Any, wanted: Any) -> Any:
    """Where each point stands in the design."""
    from pyarrow.compute import SetLookupOptions, call_function

    return call_function("index_in", [wanted], SetLookupOptions(value_set=points.combine_chunks()))


def _known(column: Any) -> Any:
    """The column with nulls for NaN, which CSV writes as empty cells."""
    import pyarrow as pa
    from pyarrow.compute import call_function

    if not pa.types.is_floating(column.type):
        return column
    unknown = call_function("is_nan", [column])
    return call_function("if_else", [unknown, pa.scalar(None, column.type), column])


def _units(sweep: Sweep) -> str:
    """The table of columns: name, unit, meaning."""
    from io import StringIO

    from experiments.sweep.report_factors import known_factors

    text = StringIO()
    rows = plain_csv.writer(text, lineterminator="\n")
    rows.writerow(("column", "unit", "about"))
    for each in known_factors(sweep):
        rows.writerow((each.name, each.unit, each.about))
    units = ("-", NAMED, "-", "text")
    rows.writerows(zip(KEYS, units, KEYS_ABOUT, strict=True))
    rows.writerows((name, unit, ABOUT.get(name, name)) for name, unit in sweep.units.items())
    return text.getvalue()


# --- netCDF -----------------------------------------------------------------------------------


def _narrow(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Values that netCDF 3 can hold: whole numbers in 32 bits or exact otherwise, texts as such."""
    if values.dtype.kind == "O":
        return np.array(["" if each is None else str(each) for each in values], dtype=object)
    if values.dtype.kind not in "iu" or values.dtype.itemsize < 8:
        return values
    largest = int(np.abs(values).max()) if values.size else 0
    if largest < 2**31:
        return values.astype(np.int32)
    return values.astype(np.float64) if largest <= SAFE else values.astype(str).astype(object)
