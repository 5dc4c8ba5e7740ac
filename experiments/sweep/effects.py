"""How much does each factor move an outcome, over all that the others do?

The points of a design are sorted into bins of one factor. How far the means of the bins lie
apart, as a share of the variance over points, is the correlation ratio (Pearson 1905), the
simplest estimate of a first-order Sobol index (Saltelli et al. 2008, The Primer):

    share = (S_between - (bins - 1) * noise) / S_all

S sums squares about the mean. Bins of random points differ by chance alone; what chance adds is
taken off, with `noise` the variance within bins (Kelley 1935, epsilon squared). In a full grid
every bin holds the same values of all other factors, so that only the luck of seeds is left:
there `noise` is the squared standard error of a point's mean. Intervals of shares come from
resampling points (in a grid: seeds), 95 %, shifted by the bias that resampling itself shows.
"""

import math
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.results import Floats
from experiments.summary import mean_known

if TYPE_CHECKING:
    import pandas as pd

Whole = NDArray[np.int64]

MOST_BINS = 10  # of a numeric factor
MOST_LEVELS = 12  # values that are shown as they are, unbinned
POINTS_A_BIN = 8
AS_BASE = "as in the base"
CELL = 4  # points of a heat map's cell, on average
MOST_CELLS = 8  # along one side
RESAMPLES = 400
AT_ONCE = 5_000_000  # numbers held while resampling
CONFIDENCE = 0.95
BAND = (5.0, 95.0)  # percent of points
RESAMPLING_SEED = 20130901


class Kind(Enum):
    """How the points of a design lie."""

    GRID = "grid"  # every combination once
    SPREAD = "spread"  # all factors vary together
    ALONE = "alone"  # one factor at a time, the others as in the base


class Bins(NamedTuple):
    """Where the points lie along one factor."""

    which: Whole  # [points], -1 = its value is not known
    centre: Floats  # [bins], mean value; for names 0, 1, 2 …
    names: tuple[str, ...]  # of the bins, () = numbers
    exact: bool  # each bin is one value

    @property
    def size(self) -> int:
        """How many bins there are."""
        return self.centre.size


class Effect(NamedTuple):
    """What goes with one factor, bin by bin."""

    factor: str
    bins: Bins
    points: Whole  # [bins]
    mean: Floats  # [bins], of points' means over seeds
    sure: Floats  # [bins], half width of the 95 % interval of the mean; NaN from one point
    low: Floats  # [bins], 5 % of points
    high: Floats  # [bins], 95 %
    share: float  # of the variance over points; NaN where it is not defined
    share_low: float
    share_high: float

    @property
    def swing(self) -> float:
        """Largest mean less smallest."""
        known = self.mean[~np.isnan(self.mean)]
        return float(known.max() - known.min()) if known.size else np.nan


class Cells(NamedTuple):
    """Means over two factors at once."""

    across: str
    up: str
    x: Bins
    y: Bins
    mean: Floats  # [y, x], NaN where there is no point
    sure: Floats  # [y, x], half width of the 95 % interval of the mean
    points: Whole  # [y, x]


# --- bins -------------------------------------------------------------------------------------


def is_named(values: NDArray[Any]) -> bool:
    """Whether a factor's values are names."""
    return values.dtype.kind not in "iufb"


def binned(values: NDArray[Any], most: int = MOST_BINS, exact: bool = False) -> Bins:
    """A factor's points in bins: each value one if they are few (or `exact`), else equal counts."""
    if is_named(values):
        told = [each if isinstance(each, str) and each else AS_BASE for each in values]
        names, which = np.unique(np.array(told, dtype=str), return_inverse=True)
        return Bins(which, np.arange(names.size, dtype=float), tuple(names.tolist()), True)
    values = values.astype(float)
    known = ~np.isnan(values)
    levels = np.unique(values[known])
    few = levels.size <= MOST_LEVELS and 2 * levels.size <= known.sum()
    which = np.full(values.size, -1, dtype=np.int64)
    if exact or few:
        which[known] = np.searchsorted(levels, values[known])
        return Bins(which, levels, (), True)
    bins = int(np.clip(known.sum() // POINTS_A_BIN, 2, most))
    edges = np.quantile(values[known], np.arange(1, bins) / bins)
    _, which[known] = np.unique(np.searchsorted(edges, values[known], "right"), return_inverse=True)
    return Bins(which, _means(which, values), (), False)


def _sums(which: Whole, values: Floats, bins: int) -> Floats:
    there = which >= 0
    return np.bincount(which[there], values[there], minlength=bins)


def _means(which: Whole, values: Floats) -> Floats:
    bins = int(which.max(initial=-1)) + 1
    return _sums(which, values, bins) / _sums(which, np.ones(values.size), bins)


# --- shares of variance -----------------------------------------------------------------------


def share_explained(
    which: Whole, outcome: Floats, weight: Floats | None = None, noise: float | None = None
) -> Floats:
    """Share of the variance over points that a factor's bins explain, [resamples].

    `outcome` is [points] or [points, resamples], all known; `weight` [resamples, points] counts
    how often a point is taken. Without `noise`, the variance within bins. Not cut at 0 and 1; NaN
    where nothing varies or no bin holds two points.
    """
    values = outcome[:, np.newaxis] if outcome.ndim == 1 else outcome
    values = values - values.mean(axis=0)  # sums of squares lose less
    member = (which[:, np.newaxis] == np.arange(int(which.max()) + 1)).astype(float)
    if weight is None:
        counts = np.tile(member.sum(axis=0), (values.shape[1], 1))  # [resamples, bins]
        sums, squares = values.T @ member, (values**2).sum(axis=0)
    else:
        counts, sums = weight @ member, (weight * values.T) @ member
        squares = weight @ values[:, 0] ** 2
    total = counts.sum(axis=1)
    all_of_it = squares - sums.sum(axis=1) ** 2 / total
    between = (sums**2 / np.maximum(counts, 1.0)).sum(axis=1) - sums.sum(axis=1) ** 2 / total
    used = (counts > 0).sum(axis=1)
    free = total - used
    within = (all_of_it - between) / np.maximum(free, 1.0) if noise is None else noise
    defined = (all_of_it > 1e-20) & (free > 0)
    share = (between - (used - 1) * within) / np.where(defined, all_of_it, 1.0)
    return np.where(defined, share, np.nan)


def point_means(outcome: Floats) -> tuple[Floats, float]:
    """Means over seeds, [points], and the mean squared error that seeds leave in one of them."""
    means = mean_known(outcome, axis=1)
    count = (~np.isnan(outcome)).sum(axis=1)
    several = count > 1
    if not several.any():
        return means, np.nan
    spread = np.nanvar(outcome[several], axis=1, ddof=1) / count[several]
    return means, float(spread.mean())


def _interval(estimate: float, resampled: Floats) -> tuple[float, float]:
    """95 % interval, shifted by the bias of resampling and cut at 0 and 1."""
    known = resampled[~np.isnan(resampled)]
    if known.size < RESAMPLES // 2 or np.isnan(estimate):
        return np.nan, np.nan
    tail = 100.0 * (1.0 - CONFIDENCE) / 2.0
    low, high = np.percentile(known, [tail, 100.0 - tail]) - (known.mean() - estimate)
    return cut(low), cut(high)


def cut(share: float) -> float:
    """A share within 0 and 1; NaN stays."""
    return float(np.clip(share, 0.0, 1.0))


def _share(bins: Bins, outcome: Floats, kind: Kind) -> tuple[float, float, float]:
    """The share of a factor with its interval, from [points, seeds]."""
    means, noise = point_means(outcome)
    used = (bins.which >= 0) & ~np.isnan(means)
    which, means = bins.which[used], means[used]
    if kind is Kind.ALONE or np.unique(which).size < 2:
        return np.nan, np.nan, np.nan
    if kind is Kind.GRID:
        noise = 0.0 if np.isnan(noise) else noise
        estimate = float(share_explained(which, means, noise=noise)[0])
        resampled = _other_seeds(which, outcome[used], noise)
    else:
        estimate = float(share_explained(which, means)[0])
        resampled = _other_points(which, means)
    return (cut(estimate), *_interval(estimate, resampled))


def _other_points(which: Whole, means: Floats) -> Floats:
    """Shares with points drawn anew, [resamples]."""
    draw, size = np.random.default_rng(RESAMPLING_SEED), which.size
    block = max(1, AT_ONCE // size)
    found = []
    for first in range(0, RESAMPLES, block):
        taken = [
            np.bincount(draw.integers(0, size, size), minlength=size)
            for _ in range(first, min(first + block, RESAMPLES))
        ]
        found.append(share_explained(which, means, np.array(taken, dtype=float)))
    return np.concatenate(found)


def _other_seeds(which: Whole, outcome: Floats, noise: float) -> Floats:
    """Shares with seeds drawn anew, the same for all points, [resamples]; none from one seed."""
    seeds = outcome.shape[1]
    if seeds < 2:
        return np.empty(0)
    draw = np.random.default_rng(RESAMPLING_SEED)
    drawn = [mean_known(outcome[:, draw.integers(0, seeds, seeds)], axis=1)
             for _ in range(RESAMPLES)]  # fmt: skip
    points = np.array(drawn)
    whole = ~np.isnan(points).any(axis=0)
    if np.unique(which[whole]).size < 2:
        return np.empty(0)
    return share_explained(which[whole], points[:, whole].T, noise=noise)


# --- effects ----------------------------------------------------------------------------------


def kind_of(design: "pd.DataFrame", method: str = "") -> Kind:
    """How the points of a design lie."""
    if method == "one_at_a_time":
        return Kind.ALONE
    if method in ("latin", "sobol") or (method == "rows" and len(design.columns) == 1):
        return Kind.SPREAD
    whole = not design.isna().any(axis=None) and not design.duplicated().any()
    if whole and math.prod(design.nunique()) == len(design):
        return Kind.GRID
    return Kind.SPREAD


def effects(design: "pd.DataFrame", outcome: Floats, kind: Kind) -> list[Effect]:
    """The effect of every factor on an outcome, [points, seeds]; the strongest first.

    Strongest by the share of variance; one at a time, by the swing.
    """
    made = []
    for name in design.columns:
        rows = _moved_alone(design, name) if kind is Kind.ALONE else np.arange(len(design))
        bins = binned(design[name].to_numpy()[rows], exact=kind is Kind.ALONE)
        made.append(_effect(str(name), bins, outcome[rows], kind))
    return sorted(made, key=_strength, reverse=True)


def _strength(found: Effect) -> tuple[float, float]:
    return tuple(np.nan_to_num([found.share, found.swing], nan=-1.0))


def _moved_alone(design: "pd.DataFrame", name: str) -> Whole:
    """The base, which stands first, and the points at which this factor alone differs from it."""
    others = design.drop(columns=name)
    if others.empty:
        return np.arange(len(design))
    alike = others.eq(others.iloc[0]) | others.isna()
    return np.flatnonzero(alike.all(axis=1).to_numpy())


def _effect(name: str, bins: Bins, outcome: Floats, kind: Kind) -> Effect:
    means, _ = point_means(outcome)
    places = np.where(np.isnan(means), -1, bins.which)
    members = [np.flatnonzero(places == each) for each in range(bins.size)]
    low, high = np.array([_band(means[each]) for each in members]).T.reshape(2, -1)
    return Effect(
        name, bins, np.array([each.size for each in members]),
        np.array([means[each].mean() if each.size else np.nan for each in members]),
        np.array([_sure(outcome[each], kind) for each in members]), low, high,
        *_share(bins, outcome, kind),
    )  # fmt: skip


def _sure(outcome: Floats, kind: Kind) -> float:
    """Half the 95 % interval of a mean over points, [points, seeds].

    Random points could have been others; those of a grid, or moved alone, are all there are, and
    what could have been otherwise are the seeds.
    """
    axis = 1 if kind is Kind.SPREAD else 0
    values = mean_known(outcome, axis=axis)
    return half_width(values[~np.isnan(values)])


def _band(values: Floats) -> tuple[float, float]:
    low, high = np.percentile(values, BAND) if values.size else (np.nan, np.nan)
    return float(low), float(high)


def half_width(values: Floats) -> float:
    """Half the 95 % interval of a mean (Student's t); NaN from fewer than two values."""
    from scipy.stats import t

    if values.size < 2:
        return np.nan
    return float(
        t.ppf(0.5 + CONFIDENCE / 2, values.size - 1)
        * values.std(ddof=1) / np.sqrt(values.size)
    )  # fmt: skip


def cells(design: "pd.DataFrame", outcome: Floats, kind: Kind, across: str, up: str) -> Cells:
    """Means of an outcome, [points, seeds], over two factors at once."""
    side = int(np.clip(np.sqrt(len(design) / CELL), 2, MOST_CELLS))
    x, y = binned(design[across].to_numpy(), side), binned(design[up].to_numpy(), side)
    means, _ = point_means(outcome)
    shape = (y.size, x.size)
    mean, sure = np.full(shape, np.nan), np.full(shape, np.nan)
    points = np.zeros(shape, dtype=np.int64)
    for row, column in np.ndindex(shape):
        here = (y.which == row) & (x.which == column) & ~np.isnan(means)
        points[row, column] = here.sum()
        if here.any():
            mean[row, column] = means[here].mean()
            sure[row, column] = _sure(outcome[here], kind)
    return Cells(across, up, x, y, mean, sure, points)


def tied(design: "pd.DataFrame", least: float = 0.3) -> list[tuple[str, str, float]]:
    """Pairs of numeric factors whose rank correlation is larger than this, the largest first."""
    columns = {str(name): design[name].to_numpy() for name in design.columns}
    numeric = [name for name, values in columns.items() if not is_named(values)]
    if len(numeric) < 2:
        return []
    ranks = design.filter(items=numeric).rank().corr().to_numpy()
    found = [
        (numeric[one], numeric[other], float(ranks[one, other]))
        for one, other in np.ndindex(ranks.shape)
        if one < other and abs(ranks[one, other]) > least
    ]
    return sorted(found, key=lambda pair: -abs(pair[2]))


def unexplained(found: Sequence[Effect]) -> float:
    """Share that no factor explains alone: interactions, and what bins and seeds leave."""
    shares = np.array([each.share for each in found])
    return cut(1.0 - np.nansum(shares)) if not np.isnan(shares).all() else np.nan


def luck(outcome: Floats) -> float:
    """Share of the variance over points' means that the luck of seeds leaves in them."""
    means, noise = point_means(outcome)
    known: Any = means[~np.isnan(means)]
    variance = known.var(ddof=1) if known.size > 1 else 0.0
    return cut(noise / variance) if variance > 0 else np.nan
