"""What stands in the files of a sweep's folder? Tables column by column, manifest, settings.

Whatever cannot be read becomes one sentence, a FolderError, that names the file.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.store import CONFIG, LARGEST_TEXT, MADE_BY, MANIFEST, FolderError
from experiments.sweep.parts import ENDS, PARTS, RUNS

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

NAMED = "name"  # unit of a factor whose values are names


# --- files ------------------------------------------------------------------------------------


def run_files(folder: Path) -> list[Path]:
    """The Parquet files that hold runs: the compacted one, or the parts."""
    compacted = folder / RUNS
    if compacted.is_file():
        return [compacted]
    return sorted((folder / PARTS).glob(f"*{ENDS}"))


def open_parquet(path: Path) -> "ParquetFile":
    """A Parquet file, its footer read. Raises FolderError if it is broken."""
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        return ParquetFile(path, page_checksum_verification=True)
    except (ArrowException, OSError) as error:
        raise broken(path) from error


def broken(path: Path) -> FolderError:
    """What to say of a file that cannot be read."""
    return FolderError(
        f"{path} is broken; run the sweep again with the same settings, which repeats what it held"
    )


def read_columns(path: Path, names: Sequence[str] | None = None) -> "pa.Table":
    """These columns of a table, or all. Raises FolderError if it is broken or another's."""
    from pyarrow import ArrowException

    with open_parquet(path) as source:
        for name in names or ():
            if name not in source.schema_arrow.names:
                raise FolderError(
                    f"{path} has no column `{name}`; another version of zwerm wrote it"
                )
        try:
            return source.read(columns=None if names is None else list(names))
        except (ArrowException, OSError) as error:
            raise broken(path) from error


def manifest_in(folder: Path) -> dict[str, Any]:
    """The content of manifest.json; empty if there is none yet. Raises FolderError."""
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    try:
        content = json.loads(_text(path))
    except ValueError:
        raise FolderError(
            f"{path} is broken; run the sweep again with the same settings, which writes it anew"
        ) from None
    if not isinstance(content, dict) or content.get("made_by") != MADE_BY:
        raise FolderError(f"{path} was not made by {MADE_BY}")
    return content


def settings_in(folder: Path) -> dict[str, Any]:
    """The content of config.yaml as plain values; empty if there is none. Raises FolderError."""
    import yaml

    path = folder / CONFIG
    if not path.is_file():
        return {}
    try:
        content = yaml.safe_load(_text(path))
    except (yaml.YAMLError, ValueError):
        raise FolderError(f"{path} is not a readable configuration") from None
    return content if isinstance(content, dict) else {}


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST_TEXT:
        raise FolderError(f"{path} is too large to be one of ours")
    return path.read_text(encoding="utf-8")


# --- columns ----------------------------------------------------------------------------------


def unit_of(field: "pa.Field") -> str:
    """The unit in a field's metadata; without one, what its type allows."""
    import pyarrow as pa

    told = (field.metadata or {}).get(b"unit", b"").decode()
    numeric = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
    return told or ("-" if numeric else NAMED)


def factor_values(column: "pa.ChunkedArray", named: bool) -> NDArray[Any]:
    """A factor's values: objects if they are names, else numbers (NaN for what is none)."""
    import pandas as pd
    import pyarrow as pa

    kind = column.type
    if pa.types.is_integer(kind) and not column.null_count:
        return column.to_numpy()
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return column.cast(pa.float64()).to_numpy()
    plain = pd.Series(column.to_pylist(), dtype=object)
    figures = pd.Series(pd.to_numeric(plain, errors="coerce"))
    return (plain if named or bool(figures.isna().all()) else figures).to_numpy()


def places(column: "pa.ChunkedArray", known: Sequence[Any], where: Path) -> NDArray[np.int64]:
    """Where each value stands among those that are known. Raises FolderError for a stranger."""
    import pyarrow as pa
    from pyarrow.compute import SetLookupOptions, call_function

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    found = call_function(
        "index_in", [column], SetLookupOptions(value_set=pa.array(known, column.type))
    )
    if found.null_count:
        stranger = column.filter(found.is_null())[0].as_py()
        raise FolderError(
            f"{where} holds a run of {stranger!r}, which the design and the manifest do not "
            f"have; its files come from different sweeps"
        )
    return found.to_numpy().astype(np.int64)


def texts(column: "pa.ChunkedArray") -> NDArray[Any]:
    """A column of texts, '' where there is none."""
    import pyarrow as pa

    return column.cast(pa.string()).fill_null("").to_numpy().astype(object)


def numbers(column: "pa.ChunkedArray") -> NDArray[Any]:
    """A measure's column, [runs] or [runs, quarters]; what is not there is NaN."""
    import pyarrow as pa

    if not pa.types.is_fixed_size_list(column.type):
        return column.to_numpy().astype(np.float64)
    out = np.full((len(column), column.type.list_size), np.nan, dtype=np.float32)
    there = column.is_valid().to_numpy()
    flat = column.combine_chunks().flatten()  # without those of null rows
    out[there] = flat.to_numpy(zero_copy_only=False).reshape(-1, column.type.list_size)
    return out
