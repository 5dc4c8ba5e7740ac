"""Which lag lies between two series, and what chance alone would show.

Series come as [units, waves], one row a unit (a country, a firm), waves equally spaced. A lag of
k means that the second series follows the first k waves later. Levels are taken within a unit
(its own mean off), so that lasting differences between units do not count. A lag is not a cause:
see the panel of scenarios/panel.py that has a common cause only.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST_WAVES = 3  # overlapping waves that a correlation at a lag needs


def within(series: Floats) -> Floats:
    """The series with each unit's own mean off, [units, waves]; NaN stays NaN."""
    return series - np.nanmean(series, axis=1, keepdims=True)


def changes(series: Floats) -> Floats:
    """Differences from wave to wave, [units, waves - 1]."""
    return np.diff(series, axis=1)


def correlation_at(first: Floats, second: Floats, lag: int) -> float:
    """Pooled correlation of first[t] with second[t + lag]; NaN with too few waves or no spread."""
    waves = first.shape[1]
    if waves - abs(lag) < FEWEST_WAVES:
        return float("nan")
    early = first[:, : waves - lag] if lag >= 0 else first[:, -lag:]
    late = second[:, lag:] if lag >= 0 else second[:, : waves + lag]
    known = ~(np.isnan(early) | np.isnan(late))
    x, y = early[known], late[known]
    if x.size < FEWEST_WAVES or x.std() == 0.0 or y.std() == 0.0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def correlations(first: Floats, second: Floats, lags: list[int]) -> Floats:
    """Correlation at every lag, [lags]."""
    return np.array([correlation_at(first, second, lag) for lag in lags])


def best_lag(first: Floats, second: Floats, lags: list[int]) -> int | None:
    """The lag with the largest correlation, None if there is none."""
    found = correlations(first, second, lags)
    return None if np.isnan(found).all() else lags[int(np.nanargmax(found))]


def shuffled(first: Floats, second: Floats, lags: list[int], times: int, seed: int) -> Floats:
    """Correlations when each unit's first series meets another unit's second, [times, lags].

    Shuffling units keeps the shape of every series and breaks only what belongs together.
    """
    chance = np.random.Generator(np.random.Philox(seed))
    units = first.shape[0]
    return np.array(
        [correlations(first, second[chance.permutation(units)], lags) for _ in range(times)]
    )


def averaged(series: Floats, weeks: int) -> Floats:
    """Means over blocks of weeks, [units, blocks], NaN where a block has no survey."""
    blocks = series.shape[1] // weeks
    cut = series[:, : blocks * weeks].reshape(series.shape[0], blocks, weeks)
    known = ~np.isnan(cut)
    total = np.where(known, cut, 0.0).sum(axis=2)
    count = known.sum(axis=2)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
