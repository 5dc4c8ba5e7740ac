"""A sweep's folder, opened: its runs as a pandas frame or an xarray dataset, with units.

    sweep = open_sweep("runs/first_look")
    sweep.frame(["nps_true"])        one row a run, factors first
    sweep.dataset()                  dims point, arm, seed, quarter; factors along point
    sweep.paired("nps_true")         main arm less the other, seed by seed

Nothing is read before it is asked for, and then only the columns that are. A sweep that has not
finished opens like any other: runs that are not there are NaN, as are runs that failed.
"""

import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.results import Floats
from experiments.store import FolderError
from experiments.sweep.parts import DESIGN, LAST, QUARTER, SERIES
from experiments.sweep.reading import (
    NAMED,
    factor_values,
    manifest_in,
    numbers,
    open_parquet,
    places,
    read_columns,
    run_files,
    settings_in,
    texts,
    unit_of,
)
from sim.measures import MEASURES
from sim.parameters import WEEKS_PER_YEAR, ParameterError, nearest

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import xarray as xr

ABOUT = {each.name: each.about for each in MEASURES}


def open_sweep(folder: Path | str) -> "Sweep":
    """The sweep in this folder. Raises FolderError with one sentence."""
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise FolderError(f"{path} is no folder; give one that `zwerm sweep` left behind")
    if not (path / DESIGN).is_file():
        raise FolderError(
            f"{path} holds no sweep: {DESIGN} is missing; give a folder that `zwerm sweep` made"
        )
    return Sweep(path)


class Sweep:
    """Every run of a sweep: (point of the design, arm, seed)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = manifest_in(folder)
        self._columns: dict[str, NDArray[Any]] = {}

    def __repr__(self) -> str:
        return (
            f"<Sweep {self.name}: {len(self.design)} points x {len(self.arms)} arms x "
            f"{len(self.seeds)} seeds, {self.done:,} of {self.planned:,} runs there; factors "
            f"{', '.join(self.factors)}>"
        )

    # --- what was asked for -----------------------------------------------------------------

    @property
    def name(self) -> str:
        """The sweep's name, or its folder's."""
        return str(self.manifest.get("name") or self.folder.name)

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The resolved settings, as in config.yaml; empty if there are none."""
        return settings_in(self.folder)

    @cached_property
    def design_table(self) -> "pa.Table":
        """design.parquet as it is."""
        return read_columns(self.folder / DESIGN)

    @cached_property
    def design(self) -> "pd.DataFrame":
        """The factors, one row a point; NaN or None means as in the base. Units in `attrs`."""
        import pandas as pd

        table, units = self.design_table, self.factor_units
        columns = {
            name: factor_values(table.column(name), units[name] == NAMED) for name in self.factors
        }
        points = pd.Index(table.column("point").to_numpy(), name="point")
        frame = pd.DataFrame(columns, index=points)
        frame.attrs["units"] = dict(units)
        return frame

    @cached_property
    def factor_units(self) -> dict[str, str]:
        """The unit of each factor, by its full name; `name` where the values are names."""
        return {field.name: unit_of(field) for field in self.design_table.schema
                if field.name != "point"}  # fmt: skip

    @property
    def factors(self) -> tuple[str, ...]:
        """Full names of what is varied."""
        return tuple(self.factor_units)

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """Arms that are run, the main one first."""
        return tuple(self.manifest.get("arms") or self._different("arm"))

    @property
    def main(self) -> str:
        """The arm that the sweep is about."""
        told = self.manifest.get("main")
        return str(told) if told in self.arms else next(iter(self.arms), "")

    @property
    def against(self) -> str | None:
        """The arm that the main one is compared with; None if there is one arm only."""
        told = self.manifest.get("against")
        others = [name for name in self.arms if name != self.main]
        return str(told) if told in others else next(reversed(others), None)

    @cached_property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of each point and arm."""
        return tuple(self.manifest.get("seeds") or self._different("seed"))

    @property
    def method(self) -> str:
        """How the points were chosen; empty if nothing says."""
        told = self.manifest.get("design") or self.settings.get("sweep") or {}
        return str(told.get("method") or "")

    @property
    def weeks(self) -> int | None:
        """Length of a run; None if nothing says."""
        return self.manifest.get("weeks") or self.settings.get("weeks")

    @cached_property
    def units(self) -> dict[str, str]:
        """The unit of each measure of the last year."""
        if self._schema is None:
            return {each.name: each.unit for each in MEASURES}
        return {field.name.removeprefix(LAST): unit_of(field) for field in self._schema
                if field.name.startswith(LAST)}  # fmt: skip

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures of the last year."""
        return tuple(self.units)

    @property
    def kept(self) -> tuple[str, ...]:
        """Measures of which every quarter was kept."""
        names = [] if self._schema is None else self._schema.names
        return tuple(each.removeprefix(SERIES) for each in names if each.startswith(SERIES))

    # --- what is there ----------------------------------------------------------------------

    @property
    def planned(self) -> int:
        """How many runs the sweep has when it is finished."""
        return len(self.design_table) * len(self.arms) * len(self.seeds)

    @property
    def done(self) -> int:
        """How many runs are there, those that failed included."""
        return self._place.size

    @property
    def failed(self) -> int:
        """How many runs failed."""
        return int(np.count_nonzero(self._reasons != ""))

    @property
    def complete(self) -> bool:
        """Whether every run is there, done or failed."""
        return self.done == self.planned

    @property
    def note(self) -> str:
        """What is missing, in one sentence; empty if nothing is."""
        if self.complete:
            return ""
        return (
            f"Not finished: {self.done:,} of {self.planned:,} runs are there; the same command "
            f"with --out {self.folder} runs the rest."
        )

    def failures(self) -> "pd.DataFrame":
        """The runs that failed: factors, point, arm, seed and the reason."""
        frame = self._keyed()
        frame["reason"] = self._reasons
        frame = frame.loc[frame["reason"] != ""].reset_index(drop=True)
        frame.attrs["units"] = {**self.factor_units, "reason": "text"}
        return frame

    def frame(self, measures: Sequence[str] | None = None) -> "pd.DataFrame":
        """One row a run: factors, point, arm, seed, and each measure's mean over the last year.

        Runs that failed are NaN. Units in `frame.attrs["units"]`. Raises ParameterError.
        """
        wanted = self._known(measures, self.measures)
        self._load([LAST + name for name in wanted])
        frame = self._keyed()
        for name in wanted:
            frame[name] = self._columns[LAST + name]
        frame.attrs["units"] = {**self.factor_units, **{each: self.units[each] for each in wanted}}
        return frame

    def values(self, measure: str, arm: str | None = None) -> Floats:
        """The last year of one measure, [points, seeds]; of the main arm if none is given."""
        name, arm = LAST + self._known([measure], self.measures)[0], arm or self.main
        if arm not in self.arms:
            raise ParameterError(f"no arm {arm!r} in this sweep; {nearest(arm, list(self.arms))}")
        self._load([name])
        return self._cube(name)[:, self.arms.index(arm)]

    def paired(self, measure: str, against: str | None = None) -> "xr.DataArray":
        """The main arm less another on the same seed, in the last year: dims point, seed.

        Raises ParameterError, also if there is nothing to subtract.
        """
        import xarray as xr

        other = against or self.against
        if other is None:
            raise ParameterError(
                f"this sweep has one arm ({self.main}), so there is nothing to subtract; name two "
                f"in sweep.arms, or take a base with two arms"
            )
        difference = self.values(measure) - self.values(measure, other)
        about = f"{ABOUT.get(measure, measure)}: {self.main} less {other}"
        told = {**self._told(measure), "long_name": about, "of": self.main, "minus": other}
        where = {"point": self._along("point"), "seed": self._along("seed"), **self._factors()}
        return xr.DataArray(difference, where, ("point", "seed"), name=measure, attrs=told)

    def series(self, measure: str) -> "xr.DataArray":
        """A measure quarter by quarter: dims point, arm, seed, quarter. Raises ParameterError."""
        return self.dataset([], [measure])[SERIES + measure]

    def dataset(
        self,
        measures: Sequence[str] | None = None,
        series: Sequence[str] | None = None,
        *,
        grid: bool = False,
    ) -> "xr.Dataset":
        """Means over the last year by the measure's name, quarters as `series_` and the name.

        Dims point, arm, seed and quarter; factors are coordinates of the points. None means all
        there are. With `grid`, a design that holds every combination once has the factors
        themselves as dims. Raises ParameterError.
        """
        import xarray as xr

        last, every = self._known(measures, self.measures), self._known(series, self.kept)
        self._load([*(LAST + name for name in last), *(SERIES + name for name in every)])
        dims = ("point", "arm", "seed")
        made: dict[str, Any] = {
            name: (dims, self._cube(LAST + name), self._told(name)) for name in last
        }
        where = {**{name: self._along(name) for name in dims}, **self._factors()}
        for name in every:
            cube = self._cube(SERIES + name)
            told = {**self._told(name), "cell_methods": f"mean of {QUARTER} weeks"}
            made[SERIES + name] = (*dims, "quarter"), cube, told
            where.update(self._quarters(cube.shape[-1]))
        found = xr.Dataset(made, where, self._attributes())
        return self._unstacked(found) if grid else found

    # --- reading ----------------------------------------------------------------------------

    @cached_property
    def _files(self) -> list[Path]:
        return run_files(self.folder)

    @cached_property
    def _schema(self) -> "pa.Schema | None":
        """The columns of the table of runs; None while there is none."""
        if not self._files:
            return None
        with open_parquet(self._files[0]) as source:
            return source.schema_arrow

    def _different(self, name: str) -> list[Any]:
        """What stands in a key column, each once: for a folder whose manifest does not say."""
        found: set[Any] = set()
        for path in self._files:
            found |= set(read_columns(path, [name]).column(name).to_pylist())
        return sorted(found)

    @cached_property
    def _keys(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]:
        """Of each run, once: its place in [points, arms, seeds], its row, its reason; by place."""
        points = self.design_table.column("point").to_pylist()
        place, reason = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=object)]
        for path in self._files:
            table = read_columns(path, ("point", "arm", "seed", "reason"))
            at = places(table.column("point"), points, path) * len(self.arms)
            at = (at + places(table.column("arm"), self.arms, path)) * len(self.seeds)
            place.append(at + places(table.column("seed"), self.seeds, path))
            reason.append(texts(table.column("reason")))
        found, row = np.unique(np.concatenate(place), return_index=True)
        return found, row, np.concatenate(reason)[row]

    @property
    def _place(self) -> NDArray[np.int64]:
        return self._keys[0]

    @property
    def _reasons(self) -> NDArray[Any]:
        return self._keys[2]

    def _load(self, names: Sequence[str]) -> None:
        """Read columns that were not read yet, all in one pass over the files."""
        missing = [name for name in names if name not in self._columns]
        tables = [read_columns(path, missing) for path in self._files] if missing else []
        for name in missing:
            pieces = [numbers(table.column(name)) for table in tables]
            self._columns[name] = (np.concatenate(pieces) if pieces else np.empty(0))[self._keys[1]]

    def _cube(self, name: str) -> NDArray[Any]:
        """A column as [points, arms, seeds] or [points, arms, seeds, quarters]."""
        column = self._columns[name]
        cube = np.full((self.planned, *column.shape[1:]), np.nan, dtype=column.dtype)
        cube[self._place] = column
        size = (len(self.design_table), len(self.arms), len(self.seeds))
        return cube.reshape(*size, *column.shape[1:])

    def _keyed(self) -> "pd.DataFrame":
        """Factors, point, arm and seed of every run that is there."""
        pair, seed = np.divmod(self._place, max(len(self.seeds), 1))
        point, arm = np.divmod(pair, max(len(self.arms), 1))
        frame = self.design.iloc[point].reset_index()[[*self.factors, "point"]]
        frame["arm"] = np.array(self.arms, dtype=object)[arm]
        frame["seed"] = np.array(self.seeds, dtype=np.int64)[seed]
        return frame

    # --- describing -------------------------------------------------------------------------

    def _known(self, names: Sequence[str] | None, there: Sequence[str]) -> list[str]:
        """The names, if all are there. Raises ParameterError."""
        wanted = list(there) if names is None else [names] if isinstance(names, str) else names
        for name in wanted:
            if name in there:
                continue
            if name in self.measures:
                raise ParameterError(
                    f"quarters of {name} were not kept, only of {', '.join(there) or 'nothing'}; "
                    f"name it in sweep.measures and run the sweep again"
                )
            raise ParameterError(f"unknown measure {name!r}; {nearest(name, list(self.measures))}")
        return list(wanted)

    def _told(self, name: str) -> dict[str, str]:
        """What a dataset says of a measure."""
        weeks = min(self.weeks or WEEKS_PER_YEAR, WEEKS_PER_YEAR)
        return {"units": self.units[name], "long_name": ABOUT.get(name, name),
                "cell_methods": f"mean of the last {weeks} weeks"}  # fmt: skip

    def _along(self, name: str) -> tuple[str, NDArray[Any], dict[str, str]]:
        """The coordinate of a dim."""
        match name:
            case "point":
                return name, self.design.index.to_numpy(), {"long_name": "point of the design"}
            case "arm":
                return name, np.array(self.arms, dtype=object), {"long_name": "way of doing it"}
            case _:
                return name, np.array(self.seeds, dtype=np.int64), {"long_name": "seed of the run"}

    def _factors(self) -> dict[str, Any]:
        """Factors as coordinates of the points."""
        return {
            name: ("point", self.design[name].to_numpy(), {"units": unit, "long_name": name})
            for name, unit in self.factor_units.items()
        }

    def _quarters(self, count: int) -> dict[str, Any]:
        """Quarters by number, and when they end."""
        number = np.arange(1, count + 1, dtype=np.int32)
        ends = np.minimum(number * QUARTER, self.weeks or count * QUARTER) / WEEKS_PER_YEAR
        return {
            "quarter": ("quarter", number, {"long_name": "quarter of the run, the first is 1"}),
            "year": ("quarter", ends, {"units": "years", "long_name": "end of the quarter"}),
        }

    def _attributes(self) -> dict[str, str]:
        """What a dataset says of itself."""
        made = {"title": self.name, "main": self.main, "against": self.against, "note": self.note,
                **{name: self.manifest.get(name) for name in ("zwerm", "kernels")}}  # fmt: skip
        return {name: str(text) for name, text in made.items() if text}

    def _unstacked(self, found: "xr.Dataset") -> "xr.Dataset":
        """Points as a grid of the factors. Raises ParameterError if they are none."""
        known = not self.design.isna().any(axis=None) and not self.design.duplicated().any()
        if not known or math.prod(self.design.nunique()) != len(self.design):
            raise ParameterError(
                f"the {len(self.design)} points of {self.name} are no full grid; leave out "
                f"grid=True, and bin the factors instead"
            )
        names = list(self.factors)
        told = {name: dict(found[name].attrs) for name in names}
        if len(names) == 1:
            found = found.swap_dims(point=names[0]).drop_vars("point").sortby(names[0])
        else:
            found = found.drop_vars("point").set_index(point=names).unstack("point")
        for name in names:
            found[name].attrs.update(told[name])
        return found.transpose(*names, "arm", "seed", ..., missing_dims="ignore")
