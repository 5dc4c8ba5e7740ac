"""Which parameters are varied, over which ranges, and where are points in that space?

Ranges are those of sweep `uncertain`: the declared ones, a few ended earlier because numbers have
to go together. Points are Latin hypercubes, as the sweeps make them. With `around` below one they
are drawn towards the declared numbers by that share: fewer are ruled out, and nothing is said of
what lies further away.
"""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.sweep.factors import Factor
from scenarios.matching import Floats
from scenarios.targets.pattern import Settings
from sim.configuration import Parameters
from sim.parameters import ParameterError, nearest

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from experiments.sweep.design import Column

SWEEP = "uncertain"
DIGITS = 6  # significant digits of a value, so that a table gives it back exactly


class Space(NamedTuple):
    """The parameters that are varied; all others stay as they are declared."""

    factors: tuple[Factor, ...]
    around: float = 1.0  # share of each range, around the declared number

    @property
    def declared(self) -> Floats:
        """Declared numbers, [factors]."""
        groups = Parameters()
        named = (each.name.split(".") for each in self.factors)
        return np.array([float(getattr(getattr(groups, group), name)) for group, name in named])

    @property
    def names(self) -> tuple[str, ...]:
        """Their full names."""
        return tuple(each.name for each in self.factors)

    @property
    def low(self) -> Floats:
        """Lower ends, [factors]."""
        return np.array([each.low for each in self.factors])

    @property
    def high(self) -> Floats:
        """Upper ends, [factors]."""
        return np.array([each.high for each in self.factors])

    def unit(self, values: Floats) -> Floats:
        """Values as shares of their ranges, [points, factors]."""
        return (values - self.low) / (self.high - self.low)

    def settings(self, values: Floats) -> Settings:
        """One point, [factors], as settings."""
        return {
            each.name: int(value) if each.whole else value
            for each, value in zip(self.factors, values.tolist(), strict=True)
        }

    def points(self, count: int, seed: int) -> Floats:
        """A Latin hypercube, [points, factors]."""
        columns = _design(count, seed)
        found = np.array([columns[name] for name in self.names], dtype=float).T
        if self.around < 1.0:
            found = self.declared + self.around * (found - self.declared)
            whole = np.array([each.whole for each in self.factors])
            found = np.where(whole, np.rint(found), found)
        return self.rounded(found)

    @property
    def ends(self) -> tuple[Floats, Floats]:
        """Lowest and highest numbers that points can have, [factors] each."""
        if self.around == 1.0:
            return self.low, self.high
        declared, around = self.declared, self.around
        return declared + around * (self.low - declared), declared + around * (self.high - declared)

    def turned_back(self, values: Floats) -> Floats:
        """Values that went past an end of what points can have, as far on this side of it."""
        low, high = self.ends
        width = high - low
        found = low + width - np.abs((values - low) % (2.0 * width) - width)
        whole = np.array([each.whole for each in self.factors])
        return self.rounded(np.where(whole, np.rint(found), found))

    def rounded(self, values: Floats) -> Floats:
        """Values with few digits, within their ranges."""
        with np.errstate(divide="ignore"):
            size = np.where(values == 0.0, 0.0, np.floor(np.log10(np.abs(values))))
        scale = 10.0 ** (DIGITS - 1 - size)
        return np.clip(np.rint(values * scale) / scale, self.low, self.high)


def _design(count: int, seed: int) -> "dict[str, Column]":
    from experiments.sweep.design import design_of

    cfg = _settings().copy()
    cfg.sweep.points, cfg.sweep.design_seed = count, seed
    return design_of(cfg).columns


@cache
def _settings() -> "DictConfig":
    """The settings of the sweep; read only."""
    from experiments.settings import compose

    return compose([f"sweep={SWEEP}", "sweep.method=latin", "sweep.points=1"])


def space_of(wanted: Sequence[str] = (), around: float = 1.0) -> Space:
    """All uncertain parameters, or those whose names match one of these (`mood.*`).

    Raises ParameterError for a pattern that nothing matches.
    """
    from experiments.sweep.design import design_of

    factors = design_of(_settings()).factors
    names = [each.name for each in factors]
    for pattern in wanted:
        if not any(fnmatchcase(name, pattern) for name in names):
            groups = sorted({f"{name.partition('.')[0]}.*" for name in names})
            close = nearest(pattern, names + groups)
            if not close.startswith("did you mean"):
                close = f"type for instance {', '.join(groups[:3])}"
            raise ParameterError(f"no uncertain parameter is called {pattern!r}; {close}")
    kept = tuple(
        each for each in factors
        if not wanted or any(fnmatchcase(each.name, pattern) for pattern in wanted)
    )  # fmt: skip
    return Space(kept, around)
