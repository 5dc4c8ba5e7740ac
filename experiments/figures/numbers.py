"""Which numbers does a study come down to? Its last year, paired differences, and a verdict."""

from enum import Enum
from typing import NamedTuple

import numpy as np

from experiments import summary
from experiments.results import Arm, Floats, Study, band
from experiments.summary import mean_known
from sim.measures import COLUMN
from sim.parameters import WEEKS_PER_YEAR

SMALLEST_EFFECT = 2.0  # NPS points: a smaller difference is not worth caring about
MOST = 0.9  # share of the seeds that decides a verdict
FEWEST_SEEDS = 5  # below this, no verdict
START_WEEKS = 4  # one round: what counts as the start of a run


class Spread(NamedTuple):
    """Median and 5 to 95 % over seeds; NaN where nothing was measured."""

    median: float
    low: float
    high: float


class Verdict(Enum):
    """What a paired difference in NPS amounts to."""

    HIGHER = "higher"
    LOWER = "lower"
    NULL = "null"  # within the smallest effect of interest
    UNCLEAR = "unclear"  # seeds disagree
    FEW = "few"  # too few seeds to say


def spread(values: Floats) -> Spread:
    """Over seeds, [seeds]."""
    median, low, high = band(values[:, np.newaxis])
    return Spread(float(median[0]), float(low[0]), float(high[0]))


def last_year(arm: Arm, measure: str) -> Floats:
    """The mean of the last 52 weeks (of all, if there are fewer), [seeds]."""
    return summary.last_year(arm)[:, COLUMN[measure]]


def level_at(arm: Arm, column: int, end: bool) -> Floats:
    """A level measure in the last year, or in the first four weeks, [seeds, levels]."""
    weeks = slice(-WEEKS_PER_YEAR, None) if end else slice(0, START_WEEKS)
    return mean_known(arm.levels[:, weeks, :, column], axis=1)


def compared(study: Study) -> bool:
    """Whether there is something to compare the main arm with."""
    return study.main != study.against


def difference(study: Study, measure: str) -> Floats:
    """Main minus against in the last year, seed by seed, [seeds]."""
    return last_year(study.arm(study.main), measure) - last_year(study.arm(study.against), measure)


def weekly_difference(study: Study, measure: str) -> Floats:
    """Main minus against, seed by seed, [seeds, weeks]; as long as the shorter of the two."""
    main = study.arm(study.main).series(measure)
    against = study.arm(study.against).series(measure)
    weeks = min(main.shape[1], against.shape[1])
    return main[:, :weeks] - against[:, :weeks]


def level_difference(study: Study, column: int) -> Floats | None:
    """Main minus against by level in the last year, [seeds, levels]; None if levels differ."""
    main = level_at(study.arm(study.main), column, end=True)
    against = level_at(study.arm(study.against), column, end=True)
    if main.shape != against.shape or not compared(study):
        return None
    return main - against


def beyond(differences: Floats) -> int:
    """Seeds whose difference is larger than the smallest effect of interest, either way."""
    return int(np.count_nonzero(np.abs(differences) > SMALLEST_EFFECT))


def verdict(differences: Floats) -> Verdict:
    """What paired differences in NPS amount to, [seeds]."""
    known = differences[~np.isnan(differences)]
    if known.size < FEWEST_SEEDS:
        return Verdict.FEW
    if np.mean(known > SMALLEST_EFFECT) >= MOST:
        return Verdict.HIGHER
    if np.mean(known < -SMALLEST_EFFECT) >= MOST:
        return Verdict.LOWER
    if np.mean(np.abs(known) <= SMALLEST_EFFECT) >= MOST:
        return Verdict.NULL
    return Verdict.UNCLEAR
