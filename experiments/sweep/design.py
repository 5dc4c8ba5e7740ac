"""Which points a sweep has: a grid, a sample, one factor at a time, or a user's own rows."""

from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from experiments.sweep.factors import (
    MOST_POINTS,
    PRESET,
    Factor,
    Sampling,
    factor_named,
    factors_of,
    flat,
    named_values,
)
from experiments.sweep.rows import read_rows
from sim.measures import NAMES as MEASURES
from sim.parameters import ParameterError, check, declarations, nearest

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from experiments.sweep.base import Base

METHODS = ("grid", "latin", "sobol", "one_at_a_time", "rows")
KEPT = ("nps", "enps", "effort_front", "value", "satisfaction", "customers")
DIGITS = 12  # of evenly spread values: 0.3, not 0.30000000000000004
Column = list[Any] | NDArray[Any]


class Design(NamedTuple):
    """The points of a sweep."""

    name: str
    method: str  # one of METHODS
    factors: tuple[Factor, ...]
    columns: dict[str, Column]  # by the name of a factor, [points]; None = as in the base

    @property
    def size(self) -> int:
        """Number of points."""
        return len(next(iter(self.columns.values())))

    def point(self, place: int) -> dict[str, Any]:
        """The values of one point as plain numbers and texts, by the name of the factor."""
        found = {name: column[place] for name, column in self.columns.items()}
        return {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in found.items()
        }


def design_of(cfg: "DictConfig") -> Design:
    """The design that the settings `sweep` describe, checked against their base.

    Raises ParameterError with one sentence, or ChartError for an org list.
    """
    from experiments.sweep.base import Base

    node = cfg.sweep
    method = checked_method(node.method)
    for each in declarations(Sampling):
        check("sweep", each, node[each.name])
    kept(list(node.measures))
    base = Base.of(cfg)
    name = str(node.name or method)
    if method == "rows":
        if node.factors:
            raise ParameterError("rows takes its factors from the file; leave out sweep.factors")
        factors, columns = _rows(_file(node.file), base.weeks)
        base.check(factors)
        return Design(name, method, factors, columns)
    if node.file:
        raise ParameterError(f"sweep.file is read by sweep.method=rows only, not by {method}")
    factors = factors_of(cast(Any, node.factors), base.weeks, base.taken())
    if not factors:
        raise ParameterError(
            "the sweep has no factors; add for instance "
            "'sweep.factors={leading.pull: {low: 0.3, high: 0.4}}'"
        )
    base.check(factors)
    if method == "grid":
        columns = _grid(factors, node.levels)
    elif method == "one_at_a_time":
        columns = _one_at_a_time(factors, node.levels, base)
    else:
        columns = _sample(method, factors, node.points, node.design_seed)
    return Design(name, method, factors, columns)


def checked_method(method: str) -> str:
    """The name of a method. Raises ParameterError."""
    if not method:
        raise ParameterError(
            "no sweep is chosen; type sweep=NAME (`zwerm list sweeps`) or "
            "sweep.method=grid and sweep.factors"
        )
    if method not in METHODS:
        raise ParameterError(f"unknown sweep.method {method!r}; {nearest(method, list(METHODS))}")
    return method


def kept(measures: Sequence[str]) -> tuple[str, ...]:
    """The measures whose quarterly series are kept, from those wanted. Raises ParameterError."""
    for name in measures:
        if name not in MEASURES:
            raise ParameterError(
                f"sweep.measures: unknown measure {name!r}; {nearest(name, list(MEASURES))}"
            )
        if measures.count(name) > 1:
            raise ParameterError(f"sweep.measures names {name!r} twice; leave one out")
    return tuple(measures) or KEPT


def presets_named(cfg: "DictConfig") -> list[str]:
    """The presets of organisations that points of this sweep name. Raises ParameterError."""
    node, known = cfg.sweep, named_values(PRESET)
    if node.method == "rows":
        if not node.file:
            return []
        column = read_rows(_file(node.file)).columns.get(PRESET, [])
        return [name for name in known if name in column]
    given = dict(flat(node.factors)).get(PRESET, False)
    return [] if given is False else list(factor_named(PRESET, given, weeks=1).values)


# --- methods --------------------------------------------------------------------------------


def _grid(factors: Sequence[Factor], levels: int) -> dict[str, Column]:
    """Every combination; the last factor changes fastest."""
    values = [_levels(each, levels) for each in factors]
    size = prod(map(len, values))
    if size > MOST_POINTS:
        raise ParameterError(
            f"the grid has {size:,} points and may have {MOST_POINTS:,}; lower sweep.levels, name "
            f"fewer values, or type sweep.method=latin sweep.points=1000"
        )
    columns: dict[str, Column] = {}
    inner = size
    for factor, each in zip(factors, values, strict=True):
        inner //= len(each)
        places = np.tile(np.repeat(np.arange(len(each)), inner), size // (inner * len(each)))
        columns[factor.name] = _picked(factor, each, places)
    return columns


def _sample(method: str, factors: Sequence[Factor], points: int, seed: int) -> dict[str, Column]:
    """Points spread over the whole space, from a number between 0 and 1 for each factor."""
    from scipy.stats import qmc

    rng = np.random.default_rng(seed)
    if method == "latin":
        unit = qmc.LatinHypercube(len(factors), rng=rng).random(points)
    else:
        lower = 1 << (points.bit_length() - 1)
        if points != lower:
            fit = [str(each) for each in (lower, 2 * lower) if each <= MOST_POINTS]
            raise ParameterError(
                f"sweep.points = {points}: a Sobol design is balanced at powers of two only; "
                f"type {' or '.join(fit)}"
            )
        unit = qmc.Sobol(len(factors), rng=rng).random_base2(lower.bit_length() - 1)
    return {each.name: _spread(each, unit[:, place]) for place, each in enumerate(factors)}


def _one_at_a_time(factors: Sequence[Factor], levels: int, base: "Base") -> dict[str, Column]:
    """The base, then each factor at its own values with all others as they are in the base."""
    usual = {each.name: base.value(each.name) for each in factors}
    values = {each.name: _levels(each, levels) for each in factors}
    columns: dict[str, list[Any]] = {name: [usual[name]] for name in usual}
    for name, levelled in values.items():
        for other, column in columns.items():
            as_it_is = None if name == PRESET else usual[other]  # as the preset has it
            column += levelled if other == name else [as_it_is] * len(levelled)
    return {each.name: _column(each, columns[each.name]) for each in factors}


def _rows(path: Path, weeks: int) -> tuple[tuple[Factor, ...], dict[str, Column]]:
    """The factors and points of a user's file. What a cell cannot be is found when it is run."""
    rows = read_rows(path)
    with_names = [factor_named(name, None, weeks) for name in rows.columns]
    columns = {
        each.name: _column(each, rows.columns[each.name] if each.named else rows.numbers(each.name))
        for each in with_names
    }
    return tuple(with_names), columns


def _file(name: str | None) -> Path:
    if not (name or "").strip():
        raise ParameterError("rows needs a file; add sweep.file=points.csv")
    return Path(str(name)).expanduser()


# --- values ---------------------------------------------------------------------------------


def _levels(factor: Factor, levels: int) -> list[Any]:
    """The values of a factor in a grid: those given, or evenly over its range."""
    if factor.values:
        return list(factor.values)
    even = np.linspace(factor.low, factor.high, factor.levels or levels)
    if factor.whole:
        return sorted({round(each) for each in even.tolist()})
    return [float(f"{each:.{DIGITS}g}") for each in even.tolist()]


def _spread(factor: Factor, unit: NDArray[np.float64]) -> Column:
    """Numbers from 0 to 1 as values of a factor; what is counted gets equal shares."""
    low, high = factor.low, factor.high
    if factor.values:
        places = np.minimum((unit * len(factor.values)).astype(int), len(factor.values) - 1)
        return _picked(factor, factor.values, places)
    if factor.whole:
        return np.minimum(low + np.floor(unit * (high - low + 1)), high).astype(np.int64)
    return np.clip(low + unit * (high - low), low, high)


def _picked(factor: Factor, values: Sequence[Any], places: NDArray[np.int64]) -> Column:
    """The values at these places."""
    return _column(factor, [values[place] for place in places.tolist()])


def _column(factor: Factor, values: list[Any]) -> Column:
    """An array where all are numbers, a list where some are not."""
    if factor.named or not all(isinstance(each, int | float) for each in values):
        return values
    whole = factor.whole and all(float(each).is_integer() for each in values)
    return np.array(values, dtype=np.int64 if whole else np.float64)
