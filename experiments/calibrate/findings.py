"""What did the targets say? Rows ruled out, parameters narrowed, rows hard to have together."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.calibrate.emulating import MATTERS, matter
from experiments.calibrate.waves import Outcome
from scenarios.matching import (
    CUT,
    WORST,
    Conflict,
    Floats,
    by_row,
    conflicts,
    hits,
    implausibility,
    worst,
)
from scenarios.targets.pattern import Settings

FEWEST, MOST = 200, 400  # rows of the set: below it is small, above some are drawn
BAND = (5.0, 95.0)  # percent of the set
SURE = 0.05  # chance of one parameter or more called narrowed that is not


class Ruled(NamedTuple):
    """What one row did in one wave."""

    row: str
    measured: int  # points
    out: float  # share whose number lies beyond the cut
    alone: float  # share that no other row rules out beyond the cut
    hit: float  # share within the published limits


class Narrowed(NamedTuple):
    """A parameter in the set beside what was declared."""

    name: str
    unit: str
    low: float  # declared
    high: float
    set_low: float  # 5 % of the set
    middle: float
    set_high: float  # 95 %
    slope: float  # the most that it moves a number by; standard deviations for one of its own
    p: float  # of a set this uneven by chance (Kolmogorov-Smirnov; Holm over all parameters)
    draws: float  # independent ones that the set's numbers are worth

    @property
    def matters(self) -> bool:
        """Whether it moves any of the numbers."""
        return self.slope >= MATTERS

    @property
    def is_narrowed(self) -> bool:
        """Whether the set is distributed otherwise than what it was drawn from."""
        return self.p <= SURE

    @property
    def left(self) -> float:
        """Width of the middle 90 % of the set over that of 90 % of the declared range."""
        return (self.set_high - self.set_low) / (0.9 * (self.high - self.low))


def kept(outcome: Outcome, most: int = MOST) -> NDArray[np.int64]:
    """Places of the points that make the set, drawn if there are more than enough."""
    found = np.flatnonzero(outcome.left_in) if outcome.walked is None else outcome.walked.chosen
    if found.size <= most:
        return found
    chance = np.random.Generator(np.random.Philox(outcome.told.design_seed))
    return np.sort(chance.permutation(found)[:most])


def left_over(outcome: Outcome) -> int:
    """How many points nothing ruled out; of a walk, how many places walkers ended at."""
    return int(outcome.left_in.sum() if outcome.walked is None else outcome.walked.chosen.size)


def settings_of(outcome: Outcome) -> list[Settings]:
    """The plausible set."""
    points = outcome.points
    return [outcome.told.space.settings(points[place]) for place in kept(outcome)]


def ruled(outcome: Outcome) -> list[list[Ruled]]:
    """Every row in every wave, [waves][rows]."""
    found, begin = [], 0
    within = hits(outcome.seen, outcome.parts)
    for wave in outcome.waves:
        mine = within[begin : begin + len(wave.points)]
        begin += len(wave.points)
        found.append([
            _ruled(name, at, wave.rows, mine) for at, name in enumerate(outcome.row_names)
        ])  # fmt: skip
    return found


def _ruled(name: str, at: int, rows: Floats, within: NDArray[np.bool_]) -> Ruled:
    known = ~np.isnan(rows[:, at])
    count = int(known.sum())
    if not count:
        return Ruled(name, 0, np.nan, np.nan, np.nan)
    out = rows[known, at] > CUT
    others = np.delete(rows[known], at, axis=1)
    others_in = (np.where(np.isnan(others), 0.0, others) <= CUT).all(axis=1)
    hit = float(within[known, at].mean())
    return Ruled(name, count, float(out.mean()), float((out & others_in).mean()), hit)


def stricter(outcome: Outcome) -> dict[str, int]:
    """How many points of wave 1 cheap rows would leave in, by the rule and by others.

    Later waves stop at the first row that rules a point out, so that nothing can be said of them.
    """
    wave, parts = outcome.waves[0], outcome.parts
    cheap = [not each.dear for name in outcome.row_names
             for each in outcome.told.asked if each.row == name]  # fmt: skip
    plain = by_row(implausibility(wave.seen, parts, 0.0), parts)[1][:, cheap]
    rows, within = wave.rows[:, cheap], hits(wave.seen, parts)[:, cheap]
    return {
        "the rule": int((worst(rows) <= CUT).sum()),
        "no discrepancy": int((worst(plain) <= CUT).sum()),
        "every row hit": int(within.all(axis=1).sum()),
        "one row more beyond the cut": int((worst(rows, WORST + 1) <= CUT).sum()),
        "two rows more": int((worst(rows, WORST + 2) <= CUT).sum()),
    }


def narrowed(outcome: Outcome) -> list[Narrowed]:
    """Every parameter, those that the targets say most about first."""
    space = outcome.told.space
    slopes = matter(outcome.waves[-1].made, len(space.names))
    values = outcome.points[kept(outcome)]
    draws = worth(outcome)
    first, last = space.ends
    p = _holm(_uneven((values - first) / (last - first), draws))
    found = []
    for at, each in enumerate(space.factors):
        low, middle, high = (
            np.percentile(values[:, at], [BAND[0], 50.0, BAND[1]]) if len(values) else [np.nan] * 3
        )
        found.append(Narrowed(each.name, each.unit, each.low, each.high, float(low), float(middle),
                              float(high), float(slopes[at]), float(p[at]),
                              float(draws[at])))  # fmt: skip
    return sorted(found, key=lambda each: (each.p, -each.slope))


def worth(outcome: Outcome) -> Floats:
    """How many independent draws the numbers of the set are worth, [factors].

    Walkers that descend from one another share numbers that neither has drawn anew: rows over the
    sum of squared shares of a draw (Kish 1965).
    """
    places, walked = kept(outcome), outcome.walked
    if walked is None:
        return np.full(len(outcome.told.space.names), float(len(places)))
    lines = walked.lines[np.searchsorted(walked.chosen, places)]
    counts = [np.unique(column, return_counts=True)[1] for column in lines.T]
    found = [float(each.sum()) ** 2 / max(1.0, float((each**2).sum())) for each in counts]
    return np.array(found, dtype=np.float64)


def _uneven(unit: Floats, draws: Floats) -> Floats:
    """Chance of columns this far from even, if they are so many draws, [factors]."""
    from scipy.stats import kstest, kstwo

    if len(unit) < 2:
        return np.ones(unit.shape[1])
    sizes = np.maximum(1, np.rint(draws))
    return np.array([
        kstwo.sf(kstest(column, "uniform").statistic, size)
        for column, size in zip(unit.T, sizes, strict=True)
    ])  # fmt: skip


def hit_by_set(outcome: Outcome) -> dict[str, float]:
    """Which share of the set lies within the published limits of each row."""
    within = hits(outcome.seen, outcome.parts)[kept(outcome)]
    shares = within.mean(axis=0) if len(within) else np.full(within.shape[1], np.nan)
    return dict(zip(outcome.row_names, shares.tolist(), strict=True))


def covered(outcome: Outcome) -> dict[str, float]:
    """Which share of its whole range each parameter covers in the set, least first."""
    found = sorted(narrowed(outcome), key=lambda each: (each.left, each.name))
    return {each.name: each.left for each in found}


def _holm(p: Floats) -> Floats:
    """Chances with how many were asked in view (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    steps = p[order] * (p.size - np.arange(p.size))
    out = np.empty_like(p)
    out[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return out


def in_conflict(outcome: Outcome) -> list[Conflict]:
    """Pairs of rows, those that exclude each other most first; over the first wave.

    Later waves look where rows were met, which would hide it.
    """
    return conflicts(outcome.row_names, outcome.waves[0].rows)
