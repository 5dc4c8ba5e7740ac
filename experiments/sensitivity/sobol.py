"""What share of the variance is whose? First-order and total Sobol indices, by SALib.

    first   the share that goes if the factor alone were known
    total   the share that stays if all others were known: alone and with others

Points are Saltelli's: two samples A and B, and A with one column of B for each factor (Saltelli et
al. 2010). A block of points in which one has no number is left out whole. Intervals, 95 %, come
from drawing blocks anew.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.results import Floats
from experiments.sensitivity.space import MISSING
from sim.parameters import ParameterError

RESAMPLES = 1000
RESAMPLING_SEED = 20010215
TAILS = (2.5, 97.5)  # percent
FEWEST_BLOCKS = 16  # below which no index is told (ASSUMED)
FLAT = 1e-12  # of the size of a number: less is no movement


class Share(NamedTuple):
    """The indices of one factor; not cut at 0 and 1."""

    name: str
    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float


class Shares(NamedTuple):
    """The indices of all factors, the largest total first; none if there are too few blocks."""

    of: tuple[Share, ...]
    blocks: int  # that were used
    left_out: int  # in which a point has no number

    @property
    def together(self) -> float:
        """Share that no factor has alone: what they do with each other; NaN without indices."""
        return 1.0 - sum(each.first for each in self.of) if self.of else np.nan


def sampled(count: int, points: int, seed: int) -> Floats:
    """Saltelli's points of the unit cube, [points * (count + 2), count].

    Raises ParameterError if SALib is missing.
    """
    try:
        from SALib.sample import sobol
    except ImportError:
        raise ParameterError(MISSING) from None
    return np.asarray(sobol.sample(_problem(count), points, calc_second_order=False, seed=seed))


def _problem(count: int) -> dict[str, object]:
    names = [f"factor {place}" for place in range(count)]
    return {"num_vars": count, "names": names, "bounds": [[0.0, 1.0]] * count}


def independent(rows: int, count: int) -> NDArray[np.int64]:
    """Which rows of Saltelli's points are those of A and B: they share no value."""
    size = count + 2
    first = np.arange(0, rows, size)
    return np.sort(np.concatenate([first, first + size - 1]))


def shares(names: Sequence[str], value: Floats) -> Shares:
    """The indices from a result at Saltelli's points, [points * (names + 2)]."""
    from SALib.analyze import sobol

    blocks = value.reshape(-1, len(names) + 2)
    whole = np.isfinite(blocks).all(axis=1)
    used, left_out = int(whole.sum()), int((~whole).sum())
    kept = blocks[whole]
    flat = not kept.size or np.ptp(kept) <= FLAT * max(1.0, float(np.abs(kept).max()))
    if used < FEWEST_BLOCKS or flat:
        return Shares((), used, left_out)
    found = sobol.analyze(
        _problem(len(names)), kept.ravel(), calc_second_order=False, num_resamples=RESAMPLES,
        keep_resamples=True, seed=RESAMPLING_SEED,
    )  # fmt: skip
    first, total = (
        np.vstack([found[kind], np.percentile(found[f"{kind}_conf_all"], TAILS, axis=0)])
        for kind in ("S1", "ST")
    )  # [index, low, high; factors]
    each = [
        Share(name, *map(float, np.concatenate([first[:, at], total[:, at]])))
        for at, name in enumerate(names)
    ]
    return Shares(tuple(sorted(each, key=lambda one: -one.total)), used, left_out)
