"""Does the number do what was predicted of it, and whose doing is that? Pure functions on arrays.

An effect is one number a seed. It holds when its mean is at least the smallest effect of interest
on the predicted side of zero and the 95 % interval of the mean (Student's t over seeds) lies on
that side, too. Where a number is to be near zero, the whole interval has to be; where it is to lie
within limits, its mean has to.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from scenarios.claims.hypothesis import Expects, Floats, Hypothesis

CONFIDENCE = 0.95
FEWEST = 2  # seeds with a number, below which there is no interval


class Verdict(StrEnum):
    """What came of a claim in this model."""

    CONSTRUCTED = "holds by construction"
    EMERGES = "emerges"
    DEPENDS = "depends on"
    FAILS = "fails"
    UNTESTED = "cannot be tested here"


class Miss(StrEnum):
    """In which way an effect does not hold."""

    OPPOSITE = "the other way round"
    SMALL = "too small to matter"
    UNCLEAR = "too uncertain"
    AWAY = "not near zero"
    OUTSIDE = "outside the limits"
    UNKNOWN = "no number"


class Expected(NamedTuple):
    """What is predicted of an effect; see `Hypothesis`."""

    expects: Expects
    least: float
    low: float = math.nan
    high: float = math.nan


class Effect(NamedTuple):
    """A number over seeds."""

    mean: float  # of the seeds that have one; NaN if too few do
    low: float  # of the 95 % interval of the mean
    high: float
    by_seed: tuple[float, ...]  # NaN where the number does not exist

    @property
    def known(self) -> int:
        """Seeds that have a number."""
        return sum(not math.isnan(each) for each in self.by_seed)


@dataclass(frozen=True)
class Finding:
    """What came of a hypothesis."""

    verdict: Verdict
    default: Effect
    own: Effect | None = None  # with the rule of its own off
    elsewhere: Mapping[str, Effect] = field(default_factory=dict)
    by_construction: bool | None = None  # None = it has no rule of its own, or does not hold
    depends_on: tuple[str, ...] = ()  # circumstances in which it turns out otherwise
    missed: Miss | None = None  # how it misses by default

    @property
    def holds(self) -> bool:
        """Whether it holds by default."""
        return self.missed is None


def expected_of(hypothesis: Hypothesis) -> Expected:
    """What a hypothesis predicts."""
    return Expected(hypothesis.expects, hypothesis.least, hypothesis.low, hypothesis.high)


def effect_of(values: Floats) -> Effect:
    """Mean and interval of one number a seed, [seeds]. A number that does not exist is NaN.

    There is no mean unless at least two seeds, and half of all, have a number: what only some
    runs can show is no effect of all of them.
    """
    by_seed = tuple(float(each) for each in np.asarray(values, dtype=np.float64).ravel())
    known = np.array([each for each in by_seed if math.isfinite(each)])
    by_seed = tuple(each if math.isfinite(each) else math.nan for each in by_seed)
    if known.size < max(FEWEST, len(by_seed) / 2):
        return Effect(math.nan, math.nan, math.nan, by_seed)
    mean = float(known.mean())
    half = _quantile(known.size - 1) * float(known.std(ddof=1)) / math.sqrt(known.size)
    return Effect(mean, mean - half, mean + half, by_seed)


def _quantile(freedom: int) -> float:
    """Of Student's t, for a two-sided interval."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + CONFIDENCE / 2.0))


def missed(effect: Effect, expected: Expected) -> Miss | None:
    """How an effect misses what was predicted of it, None if it holds."""
    if math.isnan(effect.mean):
        return Miss.UNKNOWN
    expects, least, low, high = expected
    if expects is Expects.WITHIN:
        return None if low <= effect.mean <= high else Miss.OUTSIDE
    if expects is Expects.NEAR_ZERO:
        if -least <= effect.low and effect.high <= least:
            return None
        return Miss.UNCLEAR if abs(effect.mean) <= least else Miss.AWAY
    up = expects is Expects.ABOVE
    near, far = (effect.low, effect.high) if up else (-effect.high, -effect.low)
    mean = effect.mean if up else -effect.mean
    if near > 0.0:
        return None if mean >= least else Miss.SMALL
    if far < 0.0 and mean <= -least:
        return Miss.OPPOSITE
    return Miss.SMALL if far < 0.0 or max(-near, far) <= least else Miss.UNCLEAR


def judge(
    expected: Expected, default: Effect, own: Effect | None, elsewhere: Mapping[str, Effect]
) -> Finding:
    """The verdict on one hypothesis."""
    miss = missed(default, expected)
    holds = miss is None
    otherwise = tuple(
        name for name, effect in elsewhere.items() if (missed(effect, expected) is None) != holds
    )
    constructed = None
    if holds and own is not None:
        constructed = missed(own, expected) is not None
    if miss is Miss.UNKNOWN:
        verdict, otherwise = Verdict.UNTESTED, ()
    elif otherwise:
        verdict = Verdict.DEPENDS
    elif not holds:
        verdict = Verdict.FAILS
    else:
        verdict = Verdict.CONSTRUCTED if constructed else Verdict.EMERGES
    return Finding(verdict, default, own, dict(elsewhere), constructed, otherwise, miss)
