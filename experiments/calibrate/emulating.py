"""What would the rows say at points that nobody measured? A line and a Gaussian process.

    number = line(all parameters) + process(the few that matter) + the rest

The line is the lasso (Tibshirani 1996), which leaves out what does not matter; the process a
Matérn 5/2 over the ACTIVE parameters with the largest slopes, its widths by maximum likelihood; the
rest (seeds, and parameters that are not among them) is noise, which widens every prediction. Both
come from scikit-learn. How good a prediction is shows where each point is left out in turn (in
closed form: Rasmussen & Williams 2006, eq. 5.12). A number that rules out next to nothing gets the
line alone.
"""

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.matching import Floats, Part, Seen

ACTIVE = 6  # parameters in the process of one number
MATTERS = 0.1  # standard deviations of a number that one of a parameter moves it by
FURTHEST = 8.0  # tolerances from the target beyond which it does not matter how far
FEWEST_POINTS = 40  # measured ones that an emulator takes
MOST_POINTS = 250  # the latest, that the process is fitted to
FOLDS = 5


class Emulator(NamedTuple):
    """What stands in for the runs behind one number."""

    centre: float
    spread: float
    line: Any  # sklearn's lasso
    process: Any  # sklearn's Gaussian process, None = the line alone
    rest: float  # variance around the line
    active: tuple[int, ...]  # factors in the process
    slopes: Floats  # [factors], standard deviations by standard deviation
    explained: float  # share of the variance, each point predicted from the others
    beyond: float  # share of points further than three standard deviations from what is predicted

    def predicted(self, unit: Floats) -> tuple[Floats, Floats]:
        """Mean and variance at these points, [points] each; `unit` is [points, factors]."""
        x = _scaled(unit)
        if self.process is None:
            mean = self.centre + self.spread * self.line.predict(x)
            return mean, np.full(len(x), self.spread**2 * self.rest)
        rest, error = self.process.predict(x[:, self.active], return_std=True)
        mean = self.line.predict(x) + rest
        return self.centre + self.spread * mean, (self.spread * error) ** 2


def _scaled(unit: Floats) -> Floats:
    """Shares of ranges with a mean of 0 and a standard deviation of 1 if spread evenly."""
    return (unit - 0.5) * np.sqrt(12.0)


def emulator(
    unit: Floats, values: Floats, part: Part, whole: bool = True, seed: int = 1
) -> Emulator | None:
    """An emulator of one number from measured points, None if these are too few or all alike.

    `unit` is [points, factors], `values` [points]; what is far from the target is drawn nearer.
    Without `whole` it is the line alone.
    """
    known = np.isfinite(values)
    if known.sum() < FEWEST_POINTS:
        return None
    furthest = FURTHEST * part.tolerance
    y = np.clip(values[known], part.aim - furthest, part.aim + furthest)
    centre, spread = float(y.mean()), float(y.std())
    if not spread > 1e-9 * part.tolerance:
        return None
    x, y = _scaled(unit[known]), (y - centre) / spread
    line = _lasso(x, y, seed)
    slopes = np.asarray(line.coef_, dtype=np.float64)
    order = np.argsort(-np.abs(slopes), kind="stable")[:ACTIVE]
    active = tuple(int(each) for each in order if slopes[each] != 0.0) or (int(order[0]),)
    left = y - line.predict(x)
    if not whole:
        rest = float(left.var())
        return Emulator(centre, spread, line, None, rest, active, slopes, 1.0 - rest, 0.0)
    process = _process(x[-MOST_POINTS:][:, active], left[-MOST_POINTS:], seed)
    explained, beyond = _left_out(process, left[-MOST_POINTS:], y[-MOST_POINTS:])
    rest = float(left.var())
    return Emulator(centre, spread, line, process, rest, active, slopes, explained, beyond)


def _lasso(x: Floats, y: Floats, seed: int) -> Any:
    from sklearn.linear_model import LassoCV
    from sklearn.model_selection import KFold

    folds = KFold(FOLDS, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a path did not converge to the last digit
        return LassoCV(alphas=30, eps=0.01, cv=folds, max_iter=2000).fit(x, y)


def _process(x: Floats, y: Floats, seed: int) -> Any:
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    widths: Any = np.full(x.shape[1], 3.0)  # one a parameter, which its stub does not know
    kernel = ConstantKernel(0.3, (1e-4, 10.0)) * Matern(widths, (0.3, 100.0), nu=2.5)
    kernel += WhiteKernel(0.3, (1e-4, 2.0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a width lies at its bound
        return GaussianProcessRegressor(kernel, random_state=seed).fit(x, y)


def _left_out(process: Any, left: Floats, y: Floats) -> tuple[float, float]:
    """Share of variance explained, and of errors beyond three sigmas, each point left out."""
    from scipy.linalg import cho_solve

    inverse = cho_solve((process.L_, True), np.eye(len(left)))
    variance = 1.0 / np.diag(inverse)
    error = process.alpha_.ravel() * variance
    explained = 1.0 - float(np.mean(error**2) / y.var()) if y.var() > 0.0 else 0.0
    return explained, float(np.mean(np.abs(error) > 3.0 * np.sqrt(variance)))


def emulators(
    unit: Floats, mean: Floats, parts: Sequence[Part], whole: NDArray[np.bool_], seed: int = 1
) -> list[Emulator | None]:
    """One for each number, from measured points; the same whatever the number of processors."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return [emulator(unit, mean[:, at], part, bool(whole[at]), seed)
                for at, part in enumerate(parts)]  # fmt: skip


def predicted(made: Sequence[Emulator | None], unit: Floats) -> Seen:
    """What emulators say of points, as if it had been measured; NaN where there is none."""
    from threadpoolctl import threadpool_limits

    mean = np.full((len(unit), len(made)), np.nan)
    variance = np.full(mean.shape, np.nan)
    with threadpool_limits(1):
        for at, each in enumerate(made):
            if each is not None:
                mean[:, at], variance[:, at] = each.predicted(unit)
    return Seen(mean, variance)


def matter(made: Sequence[Emulator | None], factors: int) -> Floats:
    """The largest slope of each factor over all numbers, [factors]; 0 where it matters to none."""
    sizes = [np.abs(each.slopes) for each in made if each is not None]
    return np.max(sizes, axis=0) if sizes else np.zeros(factors)
