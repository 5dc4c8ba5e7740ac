"""How implausible are parameters, given what was published? History matching, on arrays only.

    I = |measured - middle| / sqrt(tolerance^2 + variance + discrepancy^2)

of each number that a row of conf/targets.yaml asks for (Vernon, Goldstein & Bower 2010, Bayesian
Analysis 5(4)). Tolerance is half the width of the published limits, or the `scale` of a row with
one limit, from which distance then counts. Variance is that of the mean over seeds, plus that of an
emulator where it takes the place of runs; a row on one seed has the variance that seeds have at the
declared numbers. Discrepancy is how far these rules may be from the world even at their best
numbers: DISCREPANCY tolerances, ASSUMED, since nobody knows it. A row of several numbers is as
implausible as the worst of them. Parameters are ruled out if the WORST-th largest of their rows'
implausibilities exceeds CUT: by Pukelsheim's (1994) rule of three sigmas, a number with a single
peak lies further away than that in 5 % of cases at most.

Nothing here widens a tolerance: the one term that is added stands above and is shown.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.targets import patterns, targets, unmeasured
from scenarios.targets.pattern import Settings
from scenarios.targets.target import Curve, Falling, Limits, Status
from sim.parameters import ParameterError, nearest

Floats = NDArray[np.float64]
CUT = 3.0
WORST = 1  # 1 = no row may exceed the cut, 2 = one may
DISCREPANCY = 0.5  # tolerances, ASSUMED
FEWEST_BOTH = 5  # points that each of two rows lets through, below which nothing is said of both
LABORATORY, EROSION = "lab", "contributing.erosion"
FURTHEST = 10.0  # tolerances from what is asked; what a seed gives beyond counts as that far
UNKNOWN_SHARE = 0.5  # of seeds without a number, from which the row counts as missed


class Part(NamedTuple):
    """One number that a row asks for."""

    row: str  # id in conf/targets.yaml
    limits: Limits

    @property
    def name(self) -> str:
        """The row, and which of its numbers."""
        return f"{self.row} {self.limits.name}".strip()

    @property
    def aim(self) -> float:
        """Where the number is to lie: the middle, or the one limit there is."""
        low, high = self.limits.low, self.limits.high
        if math.isinf(low):
            return high
        return low if math.isinf(high) else (low + high) / 2.0

    @property
    def tolerance(self) -> float:
        """A distance of one, in the unit of the row."""
        low, high = self.limits.low, self.limits.high
        return self.limits.scale if math.isinf(high - low) else (high - low) / 2.0


class Seen(NamedTuple):
    """What was measured of some points, or predicted of them."""

    mean: Floats  # [points, parts], NaN = not measured; inf = there is no such number
    variance: Floats  # [points, parts], of the mean


# --- rows that can be matched -----------------------------------------------------------------


def calibrated_rows() -> list[str]:
    """Rows of status `calibrated on` that are measured here, in the order of the table."""
    return [name for name in _calibrated() if name in patterns() and not _unfit(name)]


def _calibrated() -> list[str]:
    return [name for name, each in targets().items() if each.status is Status.CALIBRATED]


def _unfit(name: str) -> str:
    """Why nothing can be told implausible by a row; empty if it can."""
    aim = targets()[name].aim
    if isinstance(aim, Curve | Falling):
        return "it asks for a curve or an order"
    if any(not Part(name, each).tolerance > 0.0 for each in aim):
        return "it has one limit and no scale, so that no distance from it is declared"
    return ""


def left_out() -> dict[str, str]:
    """Rows of status `calibrated on` that are not among them, with the reason."""
    why = {name: unmeasured().get(name) or _unfit(name) for name in _calibrated()}
    return {name: said for name, said in why.items() if said}


def checked_rows(ids: Sequence[str]) -> list[str]:
    """These rows in the order of the table; all that can be without any. Raises ParameterError."""
    known = calibrated_rows()
    for name in ids:
        if name in known:
            continue
        if name in targets() and targets()[name].status is not Status.CALIBRATED:
            raise ParameterError(
                f"{name} is of status {targets()[name].status}: to calibrate on it would use it "
                f"up as a test; type some of {', '.join(known)}"
            )
        if name in left_out():
            raise ParameterError(f"{name} cannot be calibrated on: {left_out()[name]}")
        raise ParameterError(f"no target is called {name!r}; {nearest(name, known)}")
    return [name for name in known if not ids or name in ids]


def parts_of(rows: Sequence[str]) -> tuple[Part, ...]:
    """Every number that these rows ask for. Raises ParameterError for a row that is no interval."""
    found: list[Part] = []
    for name in rows:
        if why := _unfit(name):
            raise ParameterError(f"{name} cannot be calibrated on: {why}; leave it out")
        aim = targets()[name].aim
        assert isinstance(aim, tuple)
        found += [Part(name, each) for each in aim if isinstance(each, Limits)]
    return tuple(found)


def settings_for(row: str, settings: Settings) -> Settings:
    """What of these settings a row can be told: a game of the laboratory knows few mechanisms.

    Erosion is left to the games: whether it acts is part of what they are.
    """
    if targets()[row].area != LABORATORY:
        return settings
    from scenarios.laboratory_games import known_names

    known = set(known_names()) - {EROSION}
    return {name: value for name, value in settings.items() if name in known}


# --- from numbers to implausibility -----------------------------------------------------------


def seen(
    points: Sequence[Mapping[str, Floats]], parts: Sequence[Part], luck: Floats | None = None
) -> Seen:
    """Mean and its variance from what seeds gave: for each point, by row, [seeds, values].

    `luck` is the variance of one seed, [parts], for rows that were measured on a single one.
    """
    mean = np.full((len(points), len(parts)), np.nan)
    variance = np.full(mean.shape, np.nan)
    first = {each.row: at for at, each in reversed(list(enumerate(parts)))}
    for at, measured in enumerate(points):
        for column, part in enumerate(parts):
            if part.row in measured:
                values = _drawn_in(measured[part.row][:, column - first[part.row]], part)
                mean[at, column], variance[at, column] = _over_seeds(values, part.limits.share)
                if values.size == 1 and luck is not None:
                    variance[at, column] = luck[column]
    return Seen(mean, variance)


def _drawn_in(values: Floats, part: Part) -> Floats:
    """Numbers no further than FURTHEST: one that explodes is no excuse by its own variance."""
    reach = FURTHEST * part.tolerance
    return np.where(np.isnan(values), values, np.clip(values, part.aim - reach, part.aim + reach))


def _over_seeds(values: Floats, share: bool) -> tuple[float, float]:
    """Mean and variance of the mean; an infinite mean if too few seeds have a number."""
    known = values[np.isfinite(values)]
    if known.size == 0 or known.size < UNKNOWN_SHARE * values.size:
        return math.inf, 0.0
    mean = float(known.mean())
    if share:  # of a share nobody knows how sure it is from seeds that agree (Laplace 1774)
        likely = (float(known.sum()) + 1.0) / (known.size + 2.0)
        return mean, likely * (1.0 - likely) / known.size
    return mean, float(known.var(ddof=1)) / known.size if known.size > 1 else 0.0


def distances(mean: Floats, parts: Sequence[Part]) -> Floats:
    """How far numbers lie from what is asked, in tolerances, [points, parts]."""
    columns = []
    for column, part in enumerate(parts):
        away = mean[:, column] - part.aim
        if math.isinf(part.limits.low):
            away = np.maximum(0.0, away)
        elif math.isinf(part.limits.high):
            away = np.maximum(0.0, -away)
        columns.append(np.where(np.isinf(mean[:, column]), np.inf, np.abs(away) / part.tolerance))
    return np.stack(columns, axis=1)


def implausibility(found: Seen, parts: Sequence[Part], discrepancy: float = DISCREPANCY) -> Floats:
    """Of each number, [points, parts]; NaN where nothing was measured."""
    scale = np.array([each.tolerance for each in parts])
    return distances(found.mean, parts) / np.sqrt(
        1.0 + found.variance / scale**2 + discrepancy**2
    )  # fmt: skip


def by_row(found: Floats, parts: Sequence[Part]) -> tuple[list[str], Floats]:
    """The worst number of each row: their ids, and [points, rows]; NaN where none is known."""
    rows = list(dict.fromkeys(each.row for each in parts))
    columns = []
    for name in rows:
        mine = found[:, [at for at, each in enumerate(parts) if each.row == name]]
        known = np.where(np.isnan(mine), -np.inf, mine).max(axis=1)
        columns.append(np.where(np.isnan(mine).all(axis=1), np.nan, known))
    return rows, np.stack(columns, axis=1)


def worst(rows: Floats, place: int = WORST) -> Floats:
    """The `place`-th largest implausibility of each point, [points]; 0 with fewer known rows."""
    known = np.where(np.isnan(rows), 0.0, rows)
    if known.shape[1] < place:
        return np.zeros(len(known))
    return np.sort(known, axis=1)[:, -place]


def hits(found: Seen, parts: Sequence[Part]) -> NDArray[np.bool_]:
    """Whether all numbers of a row lie within its published limits, [points, rows]."""
    inside = []
    for column, part in enumerate(parts):
        value, (_, low, high, _, is_open, *_) = found.mean[:, column], part.limits
        within = (value > low) & (value < high) if is_open else (value >= low) & (value <= high)
        inside.append(np.where(np.isnan(value), np.nan, ~within))
    return by_row(np.stack(inside, axis=1), parts)[1] == 0.0


# --- which rows are hard to have together ------------------------------------------------------


class Conflict(NamedTuple):
    """Two rows that parameters seldom meet together."""

    one: str
    other: str
    first: float  # share of points that the one lets through
    second: float
    both: float
    ratio: float  # share that meets both, over what it would be if one told nothing of the other


def conflicts(names: Sequence[str], rows: Floats, cut: float = CUT) -> list[Conflict]:
    """Pairs of rows, those that exclude each other most first, [points, rows]."""
    found = []
    for one in range(len(names)):
        for other in range(one + 1, len(names)):
            known = ~np.isnan(rows[:, [one, other]]).any(axis=1)
            passed = rows[known][:, [one, other]] <= cut
            if min(passed.sum(axis=0), default=0) < FEWEST_BOTH:
                continue
            first, second = passed.mean(axis=0)
            both = float(passed.all(axis=1).mean())
            ratio = both / float(first * second)
            found.append(Conflict(names[one], names[other], first, second, both, ratio))
    return sorted(found, key=lambda each: each.ratio)
