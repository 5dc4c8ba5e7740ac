"""Which lag lies between two series, and what chance alone would show.

Series come as [units, waves], one row a unit (a country, a firm), waves equally spaced. A lag of
k means that the second series follows the first k waves later. Levels are taken within a unit
(its own mean off), so that lasting differences between units do not count. A lag is not a cause:
see the panel of scenarios/panel.py that has a common cause only.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST_WAVES = 3  # overlapping waves that a correlation at a lag needs


def within(series: Floats) -> Floats:
    """The series with each unit's own mean off, [units, waves]; NaN stays NaN."""
    return series - np.nanmean(series, axis=1, keepdims=True)


def changes(series: Floats) -> Floats:
    """Differences from wave to wave, [units, waves - 1]."""
    return np.diff(series, axis=1)


def correlation_at(first: Floats, second: Floats, lag: int) -> float:
    """Pooled correlation of first[t] with second[t + lag]; NaN with too few waves or no spread."""
    waves = first.shape[1]
    if waves - abs(lag) < FEWEST_WAVES:
        return float("nan")
    early = first[:, : waves - lag] if lag >= 0 else first[:, -lag:]
    late = second[:, lag:] if lag >= 0 else second[:, : waves + lag]
    known = ~(np.isnan(early) | np.isnan(late))
    x, y = early[known], late[known]
    if x.size < FEWEST_WAVES or x.std() == 0.0 or y.std() == 0.0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def correlations(first: Floats, second: Floats, lags: list[int]) -> Floats:
    """Correlation at every lag, [lags]."""
    return np.array([correlation_at(first, second, lag) for lag in lags])


def best_lag(first: Floats, second: Floats, lags: list[int]) -> int | None:
    """The lag with the largest correlation, None if there is none."""
    found = correlations(first, second, lags)
    return None if np.isnan(found).all() else lags[int(np.nanargmax(found))]


def shuffled(first: Floats, second: Floats, lags: list[int], times: int, seed: int) -> Floats:
    """Correlations when each unit's first series meets another unit's second, [times, lags].

    Shuffling units keeps the shape of every series and breaks only what belongs together.
    """
    chance = np.random.Generator(np.random.Philox(seed))
    units = first.shape[0]
    return np.array(
        [correlations(first, second[chance.permutation(units)], lags) for _ in range(times)]
    )


def averaged(series: Floats, weeks: int) -> Floats:
    """Means over blocks of weeks, [units, blocks], NaN where a block has no survey."""
    blocks = series.shape[1] // weeks
    cut = series[:, : blocks * weeks].reshape(series.shape[0], blocks, weeks)
    known = ~np.isnan(cut)
    total = np.where(known, cut, 0.0).sum(axis=2)
    count = known.sum(axis=2)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


# --- what a found lag is worth ----------------------------------------------------------------

FEWEST_PAIRS = 10  # pairs of waves in all that a lag needs (ASSUMED)
WHOLE_SERIES = 6  # units from which whole series are shuffled; 6! = 720 ways (ASSUMED)
BLOCKS = 5  # into which the waves of a unit are cut when there are fewer units (ASSUMED)
FURTHEST = 120  # waves, the largest lag ever looked at
TIMES, TIMES_LARGE, LARGE = 999, 199, 5_000  # shuffles, and for more unit-waves than this
NULL_BAND = (5.0, 95.0)  # percent: at any one lag chance alone lies outside in one case of ten
SURE = 0.05  # largest p of a lag that is called more than chance
NO_PROOF = (
    "That is no proof that one moves the other: something that moves both, one sooner than the "
    "other, draws the same picture."
)
AT_ONCE = 4_000_000  # numbers of shuffled series that are held at once
CLEAR = 3.0  # SD before a step that a change has to exceed (ASSUMED)
STILL = 1e-9  # points: less is no movement


class Lag(NamedTuple):
    """A lag with its band, or why there is none; lags in waves, positive: the second is later."""

    lags: list[int]  # looked at, ascending
    correlation: Floats  # [lags]
    low: Floats  # [lags] 5 and 95 % of what shuffled series show
    high: Floats  # [lags]
    pairs: NDArray[np.int64]  # [lags] pairs of waves behind each correlation
    best: int | None  # of the largest correlation, None if refused
    p: float  # share of shuffles that stand out as far at any lag; NaN if nothing was looked at
    refusal: str  # why there is no best lag; empty if there is one

    @property
    def holds(self) -> bool:
        """Whether the best lag is more than what chance shows."""
        if self.best is None:
            return False
        place = self.lags.index(self.best)
        return bool(self.p <= SURE) and bool(self.correlation[place] > self.high[place])


def lag_in_levels(first: Floats, second: Floats, times: int = TIMES, seed: int = 1) -> Lag:
    """The lag between two surveys within units; both [units, waves], NaN where not asked."""
    first, second = asked(first, second)
    return _found(within(first), within(second), first.shape[1], times, seed)


def lag_in_differences(first: Floats, second: Floats, times: int = TIMES, seed: int = 1) -> Lag:
    """The same between changes from wave to wave: two slow drifts alone do not show here."""
    first, second = asked(first, second)
    return _found(changes(first), changes(second), first.shape[1], times, seed)


def times_for(series: Floats) -> int:
    """Shuffles that a table of this size gets: fewer if it is large, and then needs fewer."""
    return TIMES if series.size <= LARGE else TIMES_LARGE


def asked(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Both series of the units that have three waves of each, [kept units, waves].

    Raises ValueError for series that are not two tables of one shape.
    """
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if first.ndim != 2 or first.shape != second.shape:
        raise ValueError(f"series are [units, waves] of one shape: {first.shape}, {second.shape}")
    known = [np.isfinite(each).sum(axis=1) >= FEWEST_WAVES for each in (first, second)]
    return first[known[0] & known[1]], second[known[0] & known[1]]


def lags_within_reach(first: Floats, second: Floats) -> list[int]:
    """Lags that can be looked at, waves, symmetric around 0; both series [units, waves].

    A lag needs three overlapping waves in one unit, ten pairs in all, and no more than half the
    waves (a quarter with fewer units than `WHOLE_SERIES`, where chance is drawn from the waves).
    """
    units, waves = first.shape
    furthest = min(waves // (2 if units >= WHOLE_SERIES else 4), FURTHEST)
    reach = -1
    for lag in range(furthest + 1):
        if not all(_is_enough(first, second, each) for each in (lag, -lag)):
            break
        reach = lag
    return list(range(-reach, reach + 1)) if reach >= 0 else []


def _overlap(first: Floats, second: Floats, lag: int) -> tuple[Floats, Floats]:
    """What of first[t] and second[t + lag] lies side by side, [..., units, overlap]."""
    waves = first.shape[-1]
    if lag >= 0:
        return first[..., : waves - lag], second[..., lag:]
    return first[..., -lag:], second[..., : waves + lag]


def _pairs(first: Floats, second: Floats, lag: int) -> NDArray[np.int64]:
    early, late = _overlap(first, second, lag)
    return (np.isfinite(early) & np.isfinite(late)).sum(axis=1)


def _is_enough(first: Floats, second: Floats, lag: int) -> np.bool_:
    found = _pairs(first, second, lag)
    return found.max(initial=0) >= FEWEST_WAVES and found.sum() >= FEWEST_PAIRS


def repaired(second: Floats, times: int, chance: np.random.Generator) -> Floats:
    """The series with what belongs together broken, [times, units, waves].

    From six units on whole series change places between units: every series keeps its shape. With
    fewer units each series is cut in five blocks, from a random wave on, that change places.
    """
    units, waves = second.shape
    if units >= WHOLE_SERIES:
        order = np.array([chance.permutation(units) for _ in range(times)])
        return second[order]
    length = max(1, -(-waves // BLOCKS))
    starts = [np.arange(at, min(at + length, waves)) for at in range(0, waves, length)]
    out = np.empty((times, units, waves))
    for time in range(times):
        for unit in range(units):
            order = np.concatenate([starts[at] for at in chance.permutation(len(starts))])
            out[time, unit] = second[unit, (order + chance.integers(waves)) % waves]
    return out


def _correlations_of_many(first: Floats, others: Floats, lags: list[int]) -> Floats:
    """`correlations` of one series with many, [times, units, waves] to [times, lags]."""
    out = np.full((others.shape[0], len(lags)), np.nan)
    for place, lag in enumerate(lags):
        early, late = _overlap(first, others, lag)
        x, y = early.reshape(-1), late.reshape(late.shape[0], -1)
        if np.isfinite(x).all() and np.isfinite(y).all():
            x, y = x - x.mean(), y - y.mean(axis=1, keepdims=True)
            spread = np.sqrt((x @ x) * np.einsum("tp,tp->t", y, y))
            np.divide(y @ x, spread, out=out[:, place], where=spread > 0.0)
            continue
        known = np.isfinite(x) & np.isfinite(y)
        size = known.sum(axis=1)
        usable = size >= FEWEST_WAVES
        count = np.maximum(size, 1)[:, None]
        left = np.where(known, x, 0.0)
        right = np.where(known, y, 0.0)
        left = np.where(known, left - left.sum(axis=1, keepdims=True) / count, 0.0)
        right = np.where(known, right - right.sum(axis=1, keepdims=True) / count, 0.0)
        spread = np.sqrt((left**2).sum(axis=1) * (right**2).sum(axis=1))
        usable &= spread > 0.0
        out[usable, place] = (left * right).sum(axis=1)[usable] / spread[usable]
    return out


def _null(first: Floats, second: Floats, lags: list[int], times: int, seed: int) -> Floats:
    """Correlations of shuffled series, [times, lags]."""
    chance = np.random.Generator(np.random.Philox(seed))
    step = max(1, AT_ONCE // max(second.size, 1))
    parts = [
        _correlations_of_many(first, repaired(second, min(step, times - at), chance), lags)
        for at in range(0, times, step)
    ]
    return np.concatenate(parts)


def _found(first: Floats, second: Floats, waves: int, times: int, seed: int) -> Lag:
    """The lag between two series that are ready to be correlated."""
    lags = lags_within_reach(first, second)
    found = correlations(first, second, lags)
    moves = all(each.size and np.nanstd(each) > STILL for each in (first, second))
    if not lags or not moves or np.isnan(found).any():
        return _nothing(_why_too_short(first, second, waves, bool(lags)))
    null = _null(first, second, lags, times, seed)
    low, high = np.nanpercentile(null, NULL_BAND, axis=0)
    pairs = np.array([_pairs(first, second, lag).sum() for lag in lags], dtype=np.int64)
    best = lags[int(np.argmax(found))]
    refusal = ""
    if len(lags) < FEWEST_WAVES:
        refusal = f"{waves} waves are too few to tell one lag from another"
    elif abs(best) == lags[-1]:
        refusal = (
            f"the largest correlation is at lag {best}, the edge of what can be looked at with "
            f"{waves} waves, so the lag may lie beyond it"
        )
    p = _standing_out(found, null)
    return Lag(lags, found, low, high, pairs, None if refusal else best, p, refusal)


def _standing_out(found: Floats, null: Floats) -> float:
    """Share of shuffles that stand out at their best lag as far as what was found at its own.

    At each lag the correlation counts in standard deviations of the shuffles, because far lags
    rest on fewer pairs; the largest of all lags counts, because the best of many was picked.
    """
    rows = np.vstack([found, null])
    spread = np.maximum(np.nanstd(null, axis=0), 1e-12)
    out = np.nanmax((rows - np.nanmean(null, axis=0)) / spread, axis=1)
    return float((out >= out[0] - 1e-9).mean())


def _nothing(refusal: str) -> Lag:
    none = np.zeros(0)
    return Lag([], none, none, none, np.zeros(0, dtype=np.int64), None, float("nan"), refusal)


def _why_too_short(first: Floats, second: Floats, waves: int, is_long: bool) -> str:
    if is_long:
        return "one of the two series does not move, so nothing can be correlated"
    if first.shape[0] == 0:
        return "no unit has three waves of both surveys, which is the least that is needed"
    found = _pairs(first, second, 0)
    if found.max() < FEWEST_WAVES:
        return (
            f"the surveys overlap in {found.max()} waves of a unit at most; three are the least "
            f"that is needed"
        )
    return f"{found.sum()} pairs of waves are too few; {FEWEST_PAIRS} are the least that is needed"


def meaning(found: Lag, first: str = "eNPS", second: str = "NPS", said: str = "") -> str:
    """What a found lag can and cannot mean, in one or two sentences.

    `said` is the lag in words, as "2 waves (24 months)".
    """
    if found.best is None:
        return f"Nothing can be said about a lag: {found.refusal}."
    lag = said or f"{abs(found.best)} wave{'s' if abs(found.best) != 1 else ''}"
    if not found.holds:
        return (
            f"The largest correlation is at {lag if found.best else 'lag 0'}, but chance shows "
            f"as much (p = {found.p:.2g}). A link may be there all the same: short series hide it."
        )
    if found.best == 0:
        seen = f"{first} and {second} move together in the same wave"
    else:
        leader, later = (first, second) if found.best > 0 else (second, first)
        seen = f"{later} moves most like {leader} did {lag} before"
    return f"{seen}, more than chance shows (p = {found.p:.2g}). {NO_PROOF}"


# --- a formula and a step ----------------------------------------------------------------------


def peak_of_one_stage(driver: float, stage: float) -> float:
    """Lag of the largest correlation of one stage behind a slow driver, in the unit of both.

    ln(2b / (a + b)) / (b - a), a = 1 / driver (an Ornstein-Uhlenbeck process), b = 1 / stage.
    Half a stage if both are equal; 0 behind noise without memory; .69 stages behind a driver that
    hardly turns. Raises ValueError unless both are above 0.
    """
    if not (driver > 0.0 and stage > 0.0):
        raise ValueError(f"times have to be above 0: driver {driver}, stage {stage}")
    a, b = 1.0 / driver, 1.0 / stage
    return float(np.log1p((b - a) / (a + b)) / (b - a)) if a != b else stage / 2.0


class HalfTime(NamedTuple):
    """How long after a step a series is half way, or why nobody can tell."""

    waves: float  # after the step; NaN if refused
    change: float  # from before the step to the last quarter after it
    still_moving: bool  # it has not settled: the true half-time is longer
    refusal: str


def half_time(series: Floats, step: int | NDArray[np.int64]) -> HalfTime:
    """Waves from a step to half the change, [units, waves]; the step is a wave, or one a unit.

    Units are laid over each other at their step and averaged. Half means half of what has changed
    by the last quarter of the waves after the step. Between waves a straight line is drawn.
    """
    curve, at = _since_step(series, step)
    nothing = np.nan, np.nan, False
    if at < FEWEST_WAVES or curve.size - at < 2 * FEWEST_WAVES:
        return HalfTime(*nothing, "three waves before a step and six after it are the least")
    before, after = curve[:at], curve[at:]
    quarter = max(1, after.size // 4)
    end, earlier = after[-quarter:].mean(), after[-2 * quarter : -quarter].mean()
    change = float(end - before.mean())
    if abs(change) <= max(CLEAR * before.std(ddof=1), STILL):
        said = "it changes by less than three times its scatter before the step"
        return HalfTime(np.nan, change, False, said)
    way = (curve[at - 1 :] - before.mean()) / change
    way[0] = min(way[0], 0.0)  # nothing of it comes before the step
    over = int(np.argmax(way >= 0.5))
    share = (0.5 - way[over - 1]) / (way[over] - way[over - 1])
    waves = max(0.0, over - 2 + share)
    return HalfTime(float(waves), change, bool(abs(end - earlier) > 0.1 * abs(change)), "")


def _since_step(series: Floats, step: int | NDArray[np.int64]) -> tuple[Floats, int]:
    """The mean of all units around their step where every wave is known, and the step in it."""
    units, waves = series.shape
    steps = np.broadcast_to(np.asarray(step, dtype=np.int64), (units,))
    before, after = int(steps.min(initial=waves)), int((waves - steps).min(initial=waves))
    if units == 0 or before < 1 or after < 1:
        return np.zeros(0), 0
    rows = [series[unit, at - before : at + after] for unit, at in enumerate(steps)]
    known = np.isfinite(rows)
    count = known.sum(axis=0)
    curve = np.where(known, rows, 0.0).sum(axis=0) / np.maximum(count, 1)
    return curve[count > 0], int((count[:before] > 0).sum())
