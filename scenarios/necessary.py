"""Is there no high outcome without a high condition? Necessary condition analysis.

After Dul 2016 (Organizational Research Methods 19(1)): a necessary condition leaves the upper left
corner of the scatter empty. A ceiling is drawn over the points, and the effect size d is the share
of the scope (the box around all points) that lies above it. CE-FDH is a staircase through the
upper left points; CR-FDH the least-squares line through them, which some points may exceed.

d is above 0 for nearly any two surveys that correlate, and its permutation test (Dul, van der Laan
& Kuik 2020, same journal 23(2)) asks only whether that is chance: it fires the more, the more x is
sufficient (Sorjonen & Melin 2019, Frontiers in Psychology 10:283). So d is held against a Gaussian
copula: the same values, the same correlation, nothing necessary. What exceeds that is the excess.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from scenarios.lags import FEWEST_PAIRS, TIMES, WHOLE_SERIES, Floats, repaired

SIZES = ((0.1, "small"), (0.3, "medium"), (0.5, "large"), (np.inf, "very large"))  # Dul 2016
LEVELS = tuple(range(0, 101, 10))  # percent of the range of the outcome


class Scope(NamedTuple):
    """The box around all points."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def area(self) -> float:
        """Width times height, in the units of both."""
        return (self.right - self.left) * (self.top - self.bottom)


class Ceiling(NamedTuple):
    """A ceiling over the points and how much it leaves empty."""

    peers: Floats  # [peers, 2] the upper left points, from left to right
    slope: float  # of the line; NaN for a staircase
    intercept: float
    scope: Scope
    effect: float  # d, 0 to 1
    accuracy: float  # share of points on or below it, 0 to 1


def size_of(effect: float) -> str:
    """What Dul calls an effect of this size."""
    return next(name for limit, name in SIZES if effect < limit)


def scope_of(x: Floats, y: Floats) -> Scope:
    """The box around points; x and y [points]. Raises ValueError without two different values."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or not np.isfinite(np.concatenate([x, y])).all():
        raise ValueError("x and y are finite numbers, [points] each, of the same length")
    if x.size < 2 or x.min() == x.max() or y.min() == y.max():
        raise ValueError("the condition and the outcome need two different values each")
    return Scope(float(x.min()), float(x.max()), float(y.min()), float(y.max()))


def peers_of(x: Floats, y: Floats) -> Floats:
    """The points with nothing to their upper left, [peers, 2], left to right."""
    order = np.lexsort((-y, x))
    sorted_x, sorted_y = x[order], y[order]
    before = np.concatenate([[-np.inf], np.maximum.accumulate(sorted_y)[:-1]])
    higher = sorted_y > before
    return np.stack([sorted_x[higher], sorted_y[higher]], axis=1)


def staircase(x: Floats, y: Floats) -> Ceiling:
    """CE-FDH: the highest outcome so far, from left to right; x and y [points]."""
    scope = scope_of(x, y)
    effect = float(_staircases(np.asarray(x, float), np.asarray(y, float)[None])[0])
    return Ceiling(peers_of(x, y), np.nan, np.nan, scope, effect, 1.0)


def _staircases(x: Floats, many: Floats) -> Floats:
    """Effect of CE-FDH of x [points] with each row of [times, points]; NaN is left out."""
    order = np.argsort(x, kind="stable")
    high = np.where(np.isfinite(many), many, -np.inf)[:, order]
    known, at = np.isfinite(high), x[order]
    left = np.where(known, at, np.inf).min(axis=1)
    right = np.where(known, at, -np.inf).max(axis=1)
    top, bottom = high.max(axis=1), np.where(known, high, np.inf).min(axis=1)
    reached = np.maximum(np.maximum.accumulate(high, axis=1), bottom[:, None])
    ends = np.clip(at, left[:, None], right[:, None])
    zone = ((top[:, None] - reached[:, :-1]) * np.diff(ends, axis=1)).sum(axis=1)
    return zone / ((right - left) * (top - bottom))


def line(x: Floats, y: Floats) -> Ceiling:
    """CR-FDH: the line through the peers by least squares; d = 0 with a single peer."""
    scope, peers = scope_of(x, y), peers_of(x, y)
    if len(peers) < 2:
        return Ceiling(peers, 0.0, scope.top, scope, 0.0, 1.0)
    away = peers - peers.mean(axis=0)
    slope = float((away[:, 0] * away[:, 1]).sum() / (away[:, 0] ** 2).sum())
    intercept = float(peers[:, 1].mean() - slope * peers[:, 0].mean())
    below = y <= intercept + slope * x + 1e-9 * (scope.top - scope.bottom)
    effect = _above_line(slope, intercept, scope) / scope.area
    return Ceiling(peers, slope, intercept, scope, effect, float(below.mean()))


def _above_line(slope: float, intercept: float, scope: Scope) -> float:
    """Area of the scope above a rising line: exact, as the cut line is straight in pieces."""
    crossings = [(limit - intercept) / slope for limit in (scope.bottom, scope.top)]
    at = np.sort(np.clip([scope.left, *crossings, scope.right], scope.left, scope.right))
    above = scope.top - np.clip(intercept + slope * at, scope.bottom, scope.top)
    return float(np.trapezoid(above, at))


class Needed(NamedTuple):
    """A row of a bottleneck table."""

    level: int  # of the outcome, percent of its range
    outcome: float
    condition: float | None  # the least that goes with it; None if any will do
    reachable: bool  # False if a line does not get there within the scope


def bottleneck(ceiling: Ceiling, levels: tuple[int, ...] = LEVELS) -> list[Needed]:
    """The least of the condition that goes with each level of the outcome."""
    scope, rows = ceiling.scope, []
    for level in levels:
        outcome = scope.bottom + level / 100.0 * (scope.top - scope.bottom)
        if not np.isnan(ceiling.slope):
            needed = (outcome - ceiling.intercept) / ceiling.slope if ceiling.slope else scope.left
        else:
            reached = ceiling.peers[:, 1] >= outcome - 1e-9 * (scope.top - scope.bottom)
            needed = float(ceiling.peers[np.argmax(reached), 0])
        reachable = bool(needed <= scope.right)
        condition = None if needed <= scope.left or not reachable else float(needed)
        rows.append(Needed(level, outcome, condition, reachable))
    return rows


# --- more than chance, more than correlation ---------------------------------------------------


class Necessity(NamedTuple):
    """What necessary condition analysis says of two surveys, or why it says nothing."""

    stairs: Ceiling | None
    line: Ceiling | None
    pairs: int
    correlation: float  # of normal scores
    p_stairs: float  # share of shuffles with a d as large
    p_line: float
    expected: float  # d of CE-FDH that the correlation alone gives, mean over copulas
    p_excess: float  # share of copulas with a d as large
    refusal: str

    @property
    def excess(self) -> float:
        """Effect of CE-FDH beyond what the correlation alone gives."""
        return self.stairs.effect - self.expected if self.stairs else np.nan


def necessity(x: Floats, y: Floats, times: int = TIMES, seed: int = 1) -> Necessity:
    """Is x necessary for y? Both [units, waves], NaN where not asked; [points, 1] for cases.

    Shuffling and copulas break up series as `scenarios.lags.repaired` does, so that waves of one
    unit do not count as if they were separate cases. With two to five units of several waves
    there is no test of what lies between units: p is NaN.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    both = np.isfinite(x) & np.isfinite(y)
    units = int(both.any(axis=1).sum())
    x, y = x[both.any(axis=1)], y[both.any(axis=1)]
    both = np.isfinite(x) & np.isfinite(y)
    pairs = int(both.sum())
    if pairs < FEWEST_PAIRS:
        return _refused(pairs, f"{pairs} points are too few; {FEWEST_PAIRS} are the least")
    if np.ptp(x[both]) == 0.0 or np.ptp(y[both]) == 0.0:
        return _refused(pairs, "one of the two surveys does not move")
    stairs, straight = staircase(x[both], y[both]), line(x[both], y[both])
    rho = float(np.corrcoef(_scores(x[both]), _scores(y[both]))[0, 1])
    nothing = Necessity(stairs, straight, pairs, rho, np.nan, np.nan, np.nan, np.nan, "")
    if 1 < units < WHOLE_SERIES:
        return nothing
    chance = np.random.Generator(np.random.Philox(seed))
    flat = np.isfinite(x).reshape(-1)
    known_x = x.reshape(-1)[flat]
    shuffled = _meeting(known_x, repaired(y, times, chance).reshape(times, -1)[:, flat])
    if not shuffled.size:
        return nothing._replace(refusal="gaps lie so that shuffled series do not meet")
    copula = _copulas(known_x, shuffled, y[both], rho)
    chance_stairs, copula_stairs = _staircases(known_x, shuffled), _staircases(known_x, copula)
    return nothing._replace(
        p_stairs=_at_least(stairs.effect, chance_stairs),
        p_line=_at_least(straight.effect, _lines(known_x, shuffled)),
        expected=float(copula_stairs.mean()),
        p_excess=_at_least(stairs.effect, copula_stairs),
    )


def _refused(pairs: int, why: str) -> Necessity:
    return Necessity(None, None, pairs, np.nan, np.nan, np.nan, np.nan, np.nan, why)


def _scores(values: Floats) -> Floats:
    """Normal scores of the ranks of [..., points]; NaN stays."""
    ranks = rankdata(values, axis=-1, nan_policy="omit")
    size = np.isfinite(values).sum(axis=-1, keepdims=True)
    return ndtri((ranks - 0.5) / size)


def _copulas(x: Floats, shuffled: Floats, y: Floats, rho: float) -> Floats:
    """Outcomes that share only a Gaussian correlation with x, [times, points].

    x keeps its order; what does not come from it has the shape of shuffled series.
    """
    latent = rho * _scores(x) + np.sqrt(max(0.0, 1.0 - rho**2)) * _scores(shuffled)
    known = np.isfinite(latent)
    ranks = rankdata(latent, axis=-1, method="ordinal", nan_policy="omit")
    share = (np.where(known, ranks, 1.0) - 0.5) / known.sum(axis=-1, keepdims=True)
    values = np.sort(y)
    place = np.clip((share * values.size).astype(np.int64), 0, values.size - 1)
    return np.where(known, values[place], np.nan)


def _lines(x: Floats, many: Floats) -> Floats:
    """Effect of CR-FDH of x [points] with each row of [times, points]; NaN is left out."""
    known = np.isfinite(many)
    return np.array([line(x[at], row[at]).effect for row, at in zip(many, known, strict=True)])


def _meeting(x: Floats, many: Floats) -> Floats:
    """The rows of which enough lies side by side with x, and moves."""
    known = np.isfinite(many)
    enough = known.sum(axis=1) >= FEWEST_PAIRS
    for values in (np.broadcast_to(x, many.shape), many):
        highest = np.where(known, values, -np.inf).max(axis=1)
        enough &= highest > np.where(known, values, np.inf).min(axis=1)
    return many[enough]


def _at_least(found: float, others: Floats) -> float:
    """Share of others, with the found one among them, that are as large."""
    return float((1 + (others >= found - 1e-12).sum()) / (1 + others.size))
