"""Which of two surveys says something about the other's next wave? Cross-lagged regressions.

    x[t] = own x[t-1] + backward y[t-1] + e        within units, in standard deviations
    y[t] = forward x[t-1] + own y[t-1] + e

Least squares with each unit's mean off errs by about 1 / waves in both directions, because that
mean holds later waves (Nickell 1981, Econometrica 49(6)). A true slope one way then draws a false
one the other way. What is given is corrected for that (Hahn & Kuersteiner 2002, Econometrica
70(4)):

    A' + inverse(Z'Z / rows) inverse(I - A) Omega / waves

with A the two rows above, Z the earlier waves and Omega the covariance of e. What is left is the
error of surveys: noise in x makes y speak for it. So a slope is no proof either.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from scenarios.lags import FEWEST_PAIRS, STILL, Floats, asked, within

CLUSTERS = 10  # units from which standard errors are taken over units (ASSUMED)
SLOWEST = 0.95  # share of a deviation left a wave later, above which nothing is said (ASSUMED)


class Arrow(NamedTuple):
    """One direction, in standard deviations."""

    slope: float  # of the later on the earlier survey, its own last wave held equal
    error: float  # standard error, over units if there are ten or more
    low: float  # 95 % interval
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the interval excludes nothing."""
        return self.low > 0.0 or self.high < 0.0


class CrossLagged(NamedTuple):
    """Both directions, or why there are none."""

    forward: Arrow | None  # first -> second, a wave later
    backward: Arrow | None  # second -> first
    pairs: int  # rows of each regression
    refusal: str


def cross_lagged(first: Floats, second: Floats) -> CrossLagged:
    """Both regressions on neighbouring waves; series [units, waves], NaN where not asked."""
    first, second = asked(first, second)
    series = [_standardised(each) for each in (first, second)]
    x, y = series
    if x is None or y is None:
        return CrossLagged(None, None, 0, "no unit has three waves of both, or one does not move")
    known = np.isfinite(x[:, :-1] + y[:, :-1] + x[:, 1:] + y[:, 1:])
    names, unit = np.unique(np.nonzero(known)[0], return_inverse=True)
    rows = int(known.sum())
    if rows - 2 - names.size < FEWEST_PAIRS:
        said = f"{rows} pairs of neighbouring waves are too few for both directions"
        return CrossLagged(None, None, rows, said)
    earlier = _own_mean_off(np.stack([x[:, :-1][known], y[:, :-1][known]], axis=1), unit)
    later = _own_mean_off(np.stack([x[:, 1:][known], y[:, 1:][known]], axis=1), unit)
    slopes, errors, free = _fitted(earlier, later, unit)
    if np.abs(np.linalg.eigvals(slopes)).max() > SLOWEST:
        said = "the surveys drift too slowly for so few waves to tell one direction from the other"
        return CrossLagged(None, None, rows, said)
    reach = float(student.ppf(0.975, free))
    arrows = [
        Arrow(slope, error, slope - reach * error, slope + reach * error)
        for slope, error in (
            (float(slopes[0, 1]), float(errors[0, 1])),
            (float(slopes[1, 0]), float(errors[1, 0])),
        )
    ]
    return CrossLagged(arrows[0], arrows[1], rows, "")


def _standardised(series: Floats) -> Floats | None:
    """Within units, in standard deviations over all units; None if nothing moves."""
    if series.shape[0] == 0:
        return None
    own = within(series)
    spread = float(np.nanstd(own))
    return own / spread if spread > STILL else None


def _own_mean_off(rows: Floats, unit: NDArray[np.intp]) -> Floats:
    """Columns less the mean of their unit, [rows, 2]."""
    size = np.bincount(unit)
    means = np.stack([np.bincount(unit, column) / size for column in rows.T], axis=1)
    return rows - means[unit]


def _fitted(earlier: Floats, later: Floats, unit: NDArray[np.intp]) -> tuple[Floats, Floats, int]:
    """Corrected slopes [of, on], their standard errors, and degrees of freedom."""
    rows, units = earlier.shape[0], int(unit.max()) + 1
    slopes = np.linalg.lstsq(earlier, later, rcond=None)[0]
    left = later - earlier @ slopes
    inverse = np.linalg.pinv(earlier.T @ earlier)
    free = rows - units - 2
    residual = left.T @ left / free
    waves = rows / units
    turned = np.linalg.pinv(np.eye(2) - slopes.T)
    corrected = slopes + rows * inverse @ turned @ residual / waves
    if units < CLUSTERS:
        return corrected, np.sqrt(np.outer(np.diag(inverse), np.diag(residual))), free
    errors = np.empty((2, 2))
    for column in range(2):
        weighted = earlier * left[:, [column]]
        scores = np.stack([np.bincount(unit, each) for each in weighted.T], axis=1)
        spread = inverse @ (scores.T @ scores) @ inverse * units / (units - 1)
        errors[:, column] = np.sqrt(np.diag(spread))
    return corrected, errors, units - 1
