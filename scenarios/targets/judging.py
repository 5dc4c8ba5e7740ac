"""Does the model hit a target? From numbers on seeds to a mean, an interval, a distance, a verdict.

    interval   90 %, of the mean over seeds: Student's t; of a share (numbers 0 and 1) Wilson's;
               of the distance from a curve the bootstrap over seeds (999, always the same draws);
               a number that no seed moves has none, and stands for itself
    hit        the whole interval lies within the limits
    missed     the whole interval lies outside, or fewer than half of the seeds have such a number
    undecided  the interval reaches over a limit: more seeds may decide, or show that it is close
    distance   in tolerances, 1 = at the limit: |mean - middle| / half the width; of a curve the
               root mean square over what is allowed; of a one-sided limit 1 + what is missing /
               scale, not below 0

A row of several numbers is hit if each is, and missed if any is. A row that falls is several rows
of one: each number less the next, seed by seed, has to lie above zero. Limits are as published;
nothing here widens them.
"""

import math
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from scenarios.targets.pattern import Floats
from scenarios.targets.target import Aim, Curve, Falling, Limits

CONFIDENCE = 0.90
FEWEST = 2  # seeds with a number, below which there is no interval
BOOTSTRAPS = 999
BOOTSTRAP_SEED = 1


class Hit(StrEnum):
    """What came of a row."""

    YES = "hit"
    NO = "missed"
    UNDECIDED = "undecided"
    UNMEASURED = "not measured"


class Found(NamedTuple):
    """One number of a row."""

    name: str
    value: float  # NaN if there is none
    low: float  # of the 90 % interval; NaN with one seed
    high: float
    distance: float  # in tolerances; NaN where there is no scale
    hit: Hit


class Judged(NamedTuple):
    """A row with all its numbers."""

    parts: tuple[Found, ...]
    distance: float  # the largest of all
    hit: Hit


def judge(values: Floats, aim: Aim, draws: bool = True) -> Judged:
    """Judge numbers, [replicates, values]; `draws` False = no seed moves them.

    Raises ValueError if there are more or fewer values than the row has.
    """
    values = np.asarray(values, dtype=np.float64)
    values = values.reshape(values.shape[0], -1)
    _check_width(values.shape[1], aim)
    if isinstance(aim, Curve):
        parts = (_near_curve(values, aim, draws),)
    elif isinstance(aim, Falling):
        steps = values[:, :-1] - values[:, 1:]
        pairs = zip(aim.names[:-1], aim.names[1:], strict=True)
        asked = [Limits(f"{a} less {b}", 0.0, math.inf, aim.scale, True) for a, b in pairs]
        parts = tuple(_within(steps[:, at], each, draws) for at, each in enumerate(asked))
    else:
        parts = tuple(_within(values[:, at], each, draws) for at, each in enumerate(aim))
    distances = [each.distance for each in parts]
    return Judged(parts, float(np.max(distances)), together([each.hit for each in parts]))


def _check_width(found: int, aim: Aim) -> None:
    wanted = len(aim.names) if isinstance(aim, Curve | Falling) else len(aim)
    if found != wanted:
        raise ValueError(f"the pattern gives {found} numbers a seed and the target has {wanted}")


def together(hits: list[Hit]) -> Hit:
    """Hit if all are, missed if any is."""
    if Hit.NO in hits:
        return Hit.NO
    return Hit.UNDECIDED if Hit.UNDECIDED in hits else Hit.YES


def _within(values: Floats, asked: Limits, draws: bool) -> Found:
    known = values[np.isfinite(values)]
    if known.size == 0 or known.size < values.size / 2.0:
        return Found(asked.name, math.nan, math.nan, math.nan, math.nan, Hit.NO)
    value = float(known.mean())
    if not draws:
        low = high = value
    elif asked.share:
        low, high = wilson(round(float(known.sum())), known.size)
    else:
        low, high = interval(known)
    return Found(
        asked.name, value, low, high, distance_of(value, asked), _verdict(low, high, asked)
    )


def interval(values: Floats) -> tuple[float, float]:
    """90 % interval of the mean of [replicates]; NaN for a single one."""
    if values.size < FEWEST:
        return math.nan, math.nan
    from scipy.special import stdtrit

    mean, error = float(values.mean()), float(values.std(ddof=1)) / math.sqrt(values.size)
    half = float(stdtrit(values.size - 1, 0.5 + CONFIDENCE / 2.0)) * error
    return mean - half, mean + half


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """90 % interval of a share (Wilson 1927)."""
    from scipy.special import ndtri

    z = float(ndtri(0.5 + CONFIDENCE / 2.0))
    share, weight = hits / tries, z * z / tries
    middle = (share + weight / 2.0) / (1.0 + weight)
    half = z * math.sqrt(share * (1.0 - share) / tries + weight / tries / 4.0) / (1.0 + weight)
    low = 0.0 if hits == 0 else middle - half
    return low, 1.0 if hits == tries else middle + half


def _verdict(low: float, high: float, asked: Limits) -> Hit:
    if math.isnan(low) or math.isnan(high):
        return Hit.UNDECIDED
    if _inside(low, asked) and _inside(high, asked):
        return Hit.YES
    beyond = high < asked.low or low > asked.high
    if asked.open:
        beyond = high <= asked.low or low >= asked.high
    return Hit.NO if beyond else Hit.UNDECIDED


def _inside(value: float, asked: Limits) -> bool:
    if asked.open:
        return asked.low < value < asked.high
    return asked.low <= value <= asked.high


def distance_of(value: float, asked: Limits) -> float:
    """How far a number lies from what is asked, in tolerances; 1 at the limit."""
    if math.isfinite(asked.low) and math.isfinite(asked.high):
        middle, half = (asked.low + asked.high) / 2.0, (asked.high - asked.low) / 2.0
        away = abs(value - middle)
        return away / half if half > 0.0 else (0.0 if away == 0.0 else math.inf)
    missing = asked.low - value if math.isfinite(asked.low) else value - asked.high
    return max(0.0, 1.0 + missing / asked.scale) if asked.scale > 0.0 else math.nan


def _near_curve(values: Floats, aim: Curve, draws: bool) -> Found:
    """Root mean square of the mean curve less the published one."""
    asked = Limits("RMSE", -math.inf, aim.rmse, aim.rmse)
    if np.isnan(values).all(axis=0).any():
        return Found("RMSE", math.nan, math.nan, math.nan, math.nan, Hit.NO)
    wanted = np.array(aim.values)
    value = _rmse(values, wanted)
    low = high = value
    if draws:
        low = high = math.nan
        if len(values) >= FEWEST:
            chance = np.random.Generator(np.random.Philox(BOOTSTRAP_SEED))
            picks = chance.integers(len(values), size=(BOOTSTRAPS, len(values)))
            again = np.array([_rmse(values[each], wanted) for each in picks])
            edges = 50.0 * (1.0 - CONFIDENCE), 50.0 * (1.0 + CONFIDENCE)
            low, high = (float(each) for each in np.nanpercentile(again, edges))
    return Found("RMSE", value, low, high, value / aim.rmse, _verdict(low, high, asked))


def _rmse(values: Floats, wanted: Floats) -> float:
    known = np.isfinite(values)
    count = known.sum(axis=0)
    mean = np.where(known, values, 0.0).sum(axis=0) / np.maximum(count, 1)
    away = np.where(count > 0, mean - wanted, np.nan)
    return float(np.sqrt(np.nanmean(away**2)))
