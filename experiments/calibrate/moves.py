"""Where does a walker try to go? Some of its numbers drawn anew, or a step as others lie apart.

    anew   a few numbers are drawn from all of their range; the others stay (one or more sites of a
           Metropolis sampler: Metropolis et al. 1953, Hastings 1970)
    step   a few numbers move by a share of the difference between two other walkers, which is as
           wide as the living are spread (differential evolution Monte Carlo: ter Braak 2006,
           Statistics and Computing 16; turned back at the ends of a range)

A way back is as likely as the way there, so that a walker that only accepts what is not ruled out
comes past every such place equally often. Half of all tries are of each kind. How many numbers are
touched falls where tries are mostly refused and grows where they are mostly accepted; those that
were seen to move no target are touched more often, because that costs next to nothing.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.calibrate.space import Space
from scenarios.matching import Floats

Flags = NDArray[np.bool_]
KINDS = ("anew", "step")
QUIET_MOST, QUIETER = 0.8, 3.0  # largest share of numbers that move nothing; times the others
FEW, MANY, TURN = 0.2, 0.35, 0.6  # accepted share below or above which fewer or more are touched
LEAST, MOST = 0.01, 1.0
STRIDE = 2.38  # over the root of twice as many numbers as are touched (ter Braak 2006)


class Reach(NamedTuple):
    """Share of the numbers that matter which one try touches, by kind."""

    anew: float = 0.3
    step: float = 0.5


class Tries(NamedTuple):
    """Places that walkers try."""

    points: Floats  # [walkers, factors]
    anew: Flags  # [walkers, factors], numbers that were drawn from their whole range
    kind: NDArray[np.int64]  # [walkers], place in KINDS


def adapted(reach: Reach, kind: NDArray[np.int64], accepted: Flags) -> Reach:
    """The shares after what became of some tries."""
    found = []
    for at, share in enumerate(reach):
        mine = accepted[kind == at]
        rate = float(mine.mean()) if mine.size else (FEW + MANY) / 2.0
        turned = share * TURN if rate < FEW else share / TURN if rate > MANY else share
        found.append(min(MOST, max(LEAST, turned)))
    return Reach(*found)


def tried(
    living: Floats, slots: NDArray[np.int64], matters: Flags, reach: Reach, space: Space,
    pool: Floats, seed: tuple[int, int],
) -> Tries:  # fmt: skip
    """A try of each walker in `slots`, which are rows of `living`, [all walkers, factors].

    New numbers come from `pool`, [many, factors], spread over all of the ranges.
    """
    points = living[slots]
    chance = np.random.Generator(np.random.Philox([2, *seed]))
    kind = chance.integers(0, len(KINDS), len(points))
    share = np.array(reach)[kind][:, np.newaxis]
    share = np.where(matters, share, np.minimum(QUIET_MOST, QUIETER * share))
    touched = chance.random(points.shape) < share
    one = chance.integers(0, points.shape[1], len(points))
    touched[np.arange(len(points)), one] |= ~touched.any(axis=1)
    drawn = chance.integers(0, len(pool), points.shape)
    fresh = np.take_along_axis(pool, drawn, axis=0)
    stepped = _stepped(points, living, slots, touched, space, chance)
    anew = touched & (kind == 0)[:, np.newaxis]
    stepping = touched & (kind == 1)[:, np.newaxis]
    return Tries(np.where(anew, fresh, np.where(stepping, stepped, points)), anew, kind)


def _stepped(
    points: Floats, living: Floats, slots: NDArray[np.int64], touched: Flags, space: Space,
    chance: np.random.Generator,
) -> Floats:  # fmt: skip
    """Every number moved by a share of the difference of two other walkers, [walkers, factors]."""
    others = len(living) - 1
    first = chance.integers(0, others, len(points))
    second = (first + chance.integers(1, max(2, others), len(points))) % max(1, others)
    one, other = (each + (each >= slots) for each in (first, second))  # never the walker itself
    stride = STRIDE / np.sqrt(2.0 * touched.sum(axis=1, keepdims=True))
    return space.turned_back(points + stride * (living[one] - living[other]))
