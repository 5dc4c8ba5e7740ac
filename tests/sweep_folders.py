"""What tests of finished sweeps share: folders of sweeps whose runs are known functions."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import yaml
from pyarrow import parquet

from sim.measures import MEASURES

UNITS = {"leading.pull": "share", "people.value": "practised value",
         "levers.example.strength": "share of capacity"}  # fmt: skip
KEPT = ("nps_true", "enps_true")
REFUSED = "leading.pull = 2 is out of range; allowed is 0 to 1 (share)"
Outcome = Callable[[Mapping[str, Any], str, int], float]


def field(name: str, kind: pa.DataType, unit: str) -> pa.Field:
    return pa.field(name, kind, metadata={"unit": unit})


def design_table(columns: Mapping[str, Sequence[Any]]) -> pa.Table:
    arrays = {"point": pa.array(range(len(next(iter(columns.values())))), pa.int32())}
    arrays |= {name: pa.array(list(values)) for name, values in columns.items()}
    fields = [field(name, each.type, UNITS.get(name, "name")) for name, each in arrays.items()]
    return pa.table(list(arrays.values()), pa.schema(fields))


def runs_table(runs: Sequence[tuple[int, str, int, float]], quarters: int) -> pa.Table:
    """Runs as the contract has them: the outcome is nps_true, NaN = failed."""
    point, arm, seed, value = (list(each) for each in zip(*runs, strict=True))
    known = np.array(value)
    columns = {
        "point": pa.array(point, pa.int32()),
        "arm": pa.array(arm).dictionary_encode(),
        "seed": pa.array(seed, pa.int64()),
        "reason": pa.array([REFUSED if np.isnan(each) else "" for each in value]),
    }
    units = dict.fromkeys(columns, "-")
    for place, each in enumerate(MEASURES):
        shift = 0.0 if each.name == "nps_true" else 100.0 * (place + 1)
        columns[f"last_{each.name}"] = pa.array(known + shift)
        units[f"last_{each.name}"] = each.unit
    for name in KEPT:
        rising = known[:, np.newaxis] - np.arange(quarters)[::-1]
        cells = pa.FixedSizeListArray.from_arrays(
            pa.array(rising.astype(np.float32).ravel()), quarters, mask=pa.array(np.isnan(known))
        )
        columns[f"series_{name}"] = cells
        units[f"series_{name}"] = "points"
    fields = [field(name, each.type, units[name]) for name, each in columns.items()]
    return pa.table(list(columns.values()), pa.schema(fields))


def written(
    folder: Path,
    columns: Mapping[str, Sequence[Any]],
    outcome: Outcome,
    *,
    arms: Sequence[str] = ("example", "nothing"),
    seeds: Sequence[int] = (1, 2, 3, 4),
    quarters: int = 8,
    files: int = 3,
    left_out: int = 0,
    method: str = "latin",
) -> Path:
    """A sweep's folder with runs of a known function; the last `left_out` runs are missing."""
    (folder / "parts").mkdir(parents=True)
    parquet.write_table(design_table(columns), folder / "design.parquet")
    size = len(next(iter(columns.values())))
    points = [{name: values[row] for name, values in columns.items()} for row in range(size)]
    runs = [(row, arm, seed, outcome(points[row], arm, seed))
            for row in range(size) for arm in arms for seed in seeds]  # fmt: skip
    runs = runs[: len(runs) - left_out]
    for place, rows in enumerate(np.array_split(np.arange(len(runs)), files)):
        table = runs_table([runs[row] for row in rows[::-1]], quarters)
        path = folder / "parts" / f"{place:04}.parquet"
        parquet.write_table(table, path, write_page_checksum=True)
    settings = {"weeks": quarters * 13, "sweep": {"name": "known", "method": method},
                "organisation": {"name": "small"}, "leading": {"pull": 0.3},
                "people": {"value": 0.5}}  # fmt: skip
    (folder / "config.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    manifest = {"made_by": "zwerm", "name": "known", "design": {"method": method},
                "arms": list(arms), "weeks": quarters * 13,
                "scenario": "copy_of_a_copy", "main": arms[0], "against": arms[-1],
                "seeds": list(seeds), "kernels": "0" * 16, "zwerm": "0.1.0",
                "overrides": ["sweep=known"]}  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def additive(point: Mapping[str, Any], arm: str, seed: int) -> float:
    """20 points of pull, 5 of structure, 3 of arm; a seed's luck is shared by both arms."""
    if point["leading.pull"] > 1.0:
        return np.nan
    circles = point["organisation.structure"] == "circles"
    return 20.0 * point["leading.pull"] + 5.0 * circles + 3.0 * (arm == "example") + seed / 10


GRID = {
    "leading.pull": [0.1, 0.1, 0.2, 0.2, 0.3, 0.3],
    "organisation.structure": ["tree", "circles"] * 3,
}


SIZE = 60


def spread(size: int = SIZE) -> dict[str, list[Any]]:
    """A design in which everything varies together."""
    chance = np.random.default_rng(7)
    return {
        "leading.pull": chance.permutation(np.linspace(0.1, 0.5, size)).tolist(),
        "people.value": chance.permutation(np.linspace(0.0, 1.0, size)).tolist(),
        "organisation.structure": chance.permutation(["tree", "circles"] * (size // 2)).tolist(),
        "levers.example.strength": chance.permutation(np.linspace(0.5, 1.0, size)).tolist(),
    }
