"""Which numbers can be left alone? Screening by elementary effects (Morris 1991).

Points stand on a grid of four levels, in the middle of the quarters of each range (at the ends of
all ranges at once rules switch each other off), and move along trajectories, one group of factors
at a time. The effect of a step is the change of the result over the step's length, so it is in the
unit of the result over the whole range of a factor:

    mu* = mean |effect|                (Campolongo, Cariboni & Saltelli 2007)
    sigma = standard deviation of effects: curvature, and what a factor does with others

The points are SALib's. Effects are made here, because a point without a number must cost the two
steps that touch it and not a whole trajectory; a test holds them against SALib where all is known.
Intervals, 95 %, come from drawing trajectories anew.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.results import Floats
from experiments.sensitivity.space import MISSING
from sim.parameters import ParameterError

LEVELS = 4
STEP = 0.5  # of a range: two levels, as SALib's trajectories move
RESAMPLES = 1000
RESAMPLING_SEED = 20070901
TAILS = (2.5, 97.5)  # percent
FEWEST = 2  # effects, below which there is no interval


class Screened(NamedTuple):
    """What steps of one group of factors, or of one factor, do to a result."""

    name: str
    mu: float  # with signs; NaN for a group
    mu_star: float
    mu_star_low: float
    mu_star_high: float
    sigma: float
    sigma_low: float
    sigma_high: float
    effects: int  # that are known

    @property
    def is_dead(self) -> bool:
        """Whether no step ever changed anything."""
        return self.effects > 0 and self.mu_star == 0.0


def sampled(groups: Sequence[str], trajectories: int, seed: int) -> Floats:
    """Points of the unit cube, [trajectories * (groups + 1), factors]; a group's name a factor.

    Raises ParameterError if SALib is missing.
    """
    try:
        from SALib.sample import morris
    except ImportError:
        raise ParameterError(MISSING) from None
    count = len(groups)
    problem = {
        "num_vars": count,
        "names": [f"factor {place}" for place in range(count)],
        "bounds": [[0.0, 1.0]] * count,
        "groups": list(groups),
    }
    ends = np.asarray(morris.sample(problem, trajectories, num_levels=LEVELS, seed=seed))
    return (ends * (LEVELS - 1) + 0.5) / LEVELS


def elementary_effects(unit: Floats, groups: Sequence[str], value: Floats) -> dict[str, Floats]:
    """The effects of every group, [trajectories], NaN where an end of the step has no number.

    Effects of a single factor carry the sign of its step; those of a group do not.
    """
    names = list(dict.fromkeys(groups))
    place = np.array([names.index(each) for each in groups])
    size = len(names) + 1
    walks = unit.reshape(-1, size, unit.shape[1])
    steps = np.diff(walks, axis=1)  # [trajectories, groups, factors]
    change = np.diff(value.reshape(-1, size), axis=1) / STEP
    moved = np.abs(steps).argmax(axis=2)  # a factor of the group that moved
    sign = np.sign(np.take_along_axis(steps, moved[:, :, np.newaxis], axis=2)[:, :, 0])
    alone = np.bincount(place)[place[moved]] == 1
    change = np.where(alone, change * sign, change)
    found = np.full((len(names), walks.shape[0]), np.nan)
    rows = np.broadcast_to(np.arange(walks.shape[0])[:, np.newaxis], change.shape)
    found[place[moved], rows] = change
    return {name: found[at] for at, name in enumerate(names)}


def screened(effects: dict[str, Floats], groups: Sequence[str]) -> list[Screened]:
    """mu*, sigma and their intervals of every group, the strongest first."""
    single = {name for name in effects if list(groups).count(name) == 1}
    trajectories = next(iter(effects.values())).size
    draws = np.random.default_rng(RESAMPLING_SEED).integers(
        trajectories, size=(RESAMPLES, trajectories)
    )
    found = [_screened(name, each, name in single, draws) for name, each in effects.items()]
    return sorted(found, key=lambda each: -np.nan_to_num(each.mu_star, nan=-1.0))


def _screened(
    name: str, effects: Floats, single: bool, draws: NDArray[np.int64]
) -> Screened:  # fmt: skip
    known = effects[np.isfinite(effects)]
    if not known.size:
        return Screened(name, *[np.nan] * 7, effects=0)
    sizes, spreads = _moments(np.abs(effects)[draws])[0], _moments(effects[draws])[1]
    low, high = _ends(sizes, known.size)
    sigma_low, sigma_high = _ends(spreads, known.size)
    return Screened(
        name, float(known.mean()) if single else np.nan, float(np.abs(known).mean()), low, high,
        float(known.std(ddof=1)) if known.size >= FEWEST else np.nan, sigma_low, sigma_high,
        known.size,
    )  # fmt: skip


def _moments(drawn: Floats) -> tuple[Floats, Floats]:
    """Means and standard deviations of what is known in each row; NaN where too little is."""
    known = np.isfinite(drawn)
    count = known.sum(axis=1)
    values = np.where(known, drawn, 0.0)
    mean = values.sum(axis=1) / np.maximum(count, 1)
    squares = np.where(known, (values - mean[:, np.newaxis]) ** 2, 0.0).sum(axis=1)
    spread = np.sqrt(squares / np.maximum(count - 1, 1))
    return np.where(count > 0, mean, np.nan), np.where(count >= FEWEST, spread, np.nan)


def _ends(resampled: Floats, count: int) -> tuple[float, float]:
    known = resampled[np.isfinite(resampled)]
    if count < FEWEST or not known.size:
        return np.nan, np.nan
    low, high = np.percentile(known, TAILS)
    return float(low), float(high)


def matter(found: Sequence[Sequence[Screened]], keep: int) -> list[str]:
    """The names that matter most, by mu* as a share of the largest, over several numbers.

    Names whose steps never changed anything are never among them.
    """
    shares: dict[str, float] = {}
    for each in found:
        largest = max((one.mu_star for one in each if one.mu_star == one.mu_star), default=0.0)
        for one in each:
            if one.mu_star > 0.0 and largest > 0.0:
                shares[one.name] = max(shares.get(one.name, 0.0), one.mu_star / largest)
    return sorted(shares, key=lambda name: -shares[name])[:keep]


def not_negligible(found: Sequence[Sequence[Screened]], least: float) -> list[str]:
    """Names that for some number may move it by `least` of what the strongest does, or more."""
    kept: dict[str, None] = {}
    for each in found:
        largest = max((one.mu_star for one in each if one.mu_star == one.mu_star), default=0.0)
        for one in each:
            reach = one.mu_star if one.mu_star_high != one.mu_star_high else one.mu_star_high
            if largest > 0.0 and reach > 0.0 and reach >= least * largest:
                kept[one.name] = None
    return list(kept)
