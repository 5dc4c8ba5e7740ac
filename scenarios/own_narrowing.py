"""What do the rows that were kept say of each parameter, beyond chance?"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scenarios.lags import SURE, Floats
from scenarios.own_series import Flags, Row

SHUFFLES = 999


class Narrowing(NamedTuple):
    """What became of one parameter: 5, 50 and 95 % before and among the kept."""

    parameter: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    p: float  # share of random choices of as many rows that differ as much in any parameter

    @property
    def is_narrowed(self) -> bool:
        """Whether the kept rows differ from all of them by more than chance."""
        return self.p <= SURE


def narrowed(rows: Sequence[Row], kept: Flags, weights: Floats | None = None) -> list[Narrowing]:
    """What the kept rows say of every parameter that differs between rows, surest first.

    For each parameter Kuiper's V counts, which sees a range that narrows as well as one that moves;
    chance is the largest of all parameters when as many rows are picked at random.
    """
    names = [name for name in rows[0] if len({row[name] for row in rows}) > 1]
    if not names or not 0 < kept.sum() < len(rows):
        return []
    weight = np.ones(len(rows)) if weights is None else np.asarray(weights, dtype=float)
    table = np.array([[row[name] for name in names] for row in rows])
    order = np.argsort(table, axis=0, kind="stable")
    sorted_weight = weight[order]  # [rows, parameters]
    values = np.take_along_axis(table, order, axis=0)
    last = np.vstack([values[1:] > values[:-1], np.ones((1, len(names)), dtype=bool)])  # of equals
    whole = np.cumsum(sorted_weight, axis=0) / weight.sum()

    def apart(flags: Flags) -> Floats:
        part = np.cumsum(sorted_weight * flags[order], axis=0) / weight[flags].sum()
        gap = np.where(last, part - whole, 0.0)
        return gap.max(axis=0) - gap.min(axis=0)

    chance = np.random.Generator(np.random.Philox(1))
    largest = np.array([apart(chance.permutation(kept)).max() for _ in range(SHUFFLES)])
    said = []
    for name, size, column in zip(names, apart(kept), table.T, strict=True):
        p = float((1 + (largest >= size - 1e-12).sum()) / (1 + SHUFFLES))
        before, after = _quantiles(column, weight), _quantiles(column[kept], weight[kept])
        said.append(Narrowing(name, before, after, p))
    return sorted(said, key=lambda each: each.p)


def _quantiles(values: Floats, weight: Floats) -> tuple[float, float, float]:
    """5, 50 and 95 % by weight."""
    order = np.argsort(values)
    share = (np.cumsum(weight[order]) - 0.5 * weight[order]) / weight.sum()
    low, middle, high = np.interp([0.05, 0.5, 0.95], share, values[order])
    return float(low), float(middle), float(high)
