"""Which numbers can a result hang on, and within which ranges?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from experiments.results import Floats
from experiments.settings import compose
from experiments.sweep.base import Base
from experiments.sweep.design import Column
from experiments.sweep.factors import Factor, factors_of
from scenarios.headlines import Headline

if TYPE_CHECKING:
    from omegaconf import DictConfig

type Points = dict[str, Column]  # by the name of a factor, [points]; None = as in the base

RANGES = ("declared", "plausible")
UNCERTAIN = "uncertain"  # the sweep in conf/sweep that says what is uncertain, and how far
PLAUSIBLE = (0.025, 0.975)  # of the rows of the plausible set: the range that is left
MISSING = (
    "sensitivity needs SALib and the EMA workbench; install them with `uv sync --extra sensitivity`"
)


class Space(NamedTuple):
    """A result's base and what is varied in it."""

    headline: Headline
    cfg: "DictConfig"
    base: Base
    factors: tuple[Factor, ...]

    def named(self, names: Sequence[str]) -> tuple[Factor, ...]:
        """These factors, in the order of the space."""
        return tuple(each for each in self.factors if each.name in names)


def space_of(headline: Headline, ranges: str = RANGES[0]) -> Space:
    """Everything uncertain that the arms do not set themselves. Raises ParameterError."""
    arms = ",".join(f"'{each}'" for each in headline.arms)
    cfg = compose(
        [
            f"sweep={UNCERTAIN}", *headline.settings, "sweep.method=rows", f"sweep.arms=[{arms}]",
            f"sweep.measures=[{','.join(headline.measures)}]",
        ]
    )  # fmt: skip
    base = Base.of(cfg)
    factors = factors_of(cast(Any, cfg.sweep.factors), base.weeks, base.taken())
    base.check(factors)
    if ranges == RANGES[1]:
        factors = narrowed(factors, plausible_rows())
    return Space(headline, cfg, base, factors)


# --- the plausible set ------------------------------------------------------------------------


def plausible_rows() -> dict[str, Floats]:
    """The plausible set, [rows] by the name of a factor. Raises ParameterError if there is none."""
    from scenarios.plausible import plausible

    rows = plausible().rows
    return {name: np.array([each[name] for each in rows], dtype=float) for name in rows[0]}


def narrowed(factors: Sequence[Factor], rows: dict[str, Floats]) -> tuple[Factor, ...]:
    """The factors over what 95 % of the plausible rows hold, if that is less than declared.

    What the plausible set does not vary keeps its range, and so does what it holds at one value.
    """
    found = []
    for each in factors:
        if each.name in rows:
            low, high = np.quantile(rows[each.name], PLAUSIBLE).tolist()
            low, high = max(low, each.low), min(high, each.high)
            each = each._replace(low=low, high=high) if low < high else each
        found.append(each)
    return tuple(found)


# --- points -----------------------------------------------------------------------------------


def groups_of(factors: Sequence[Factor]) -> list[str]:
    """The mechanism of each factor: the first part of its name."""
    return [each.name.partition(".")[0] for each in factors]


def columns(unit: Floats, factors: Sequence[Factor]) -> Points:
    """Points of the unit cube, [points, factors], as values; whole numbers get equal shares."""
    found: Points = {}
    for place, each in enumerate(factors):
        low, high, along = each.low, each.high, unit[:, place]
        if each.whole:
            low, high = np.ceil(low), np.floor(high)
            values = np.minimum(low + np.floor(along * (high - low + 1)), high).astype(np.int64)
        else:
            values = np.clip(low + along * (high - low), low, high)
        found[each.name] = values
    return found
