"""How is a number read off the runs: interactions, times, shares that are kept, lags of panels.

Statistics give one number a seed. What only the mean over seeds can tell (a share of a small gain,
a time until something) comes as jackknife pseudo-values: their mean is that number without its
first-order bias, their spread its uncertainty over seeds (Tukey 1958).
"""

from collections.abc import Callable

import numpy as np

from scenarios.claims.hypothesis import Arms, Floats, Runs, Statistic, difference
from scenarios.lags import averaged, correlations, within
from sim.parameters import WEEKS_PER_MONTH, WEEKS_PER_YEAR

HALF_YEAR = WEEKS_PER_YEAR // 2
QUARTER = WEEKS_PER_YEAR // 4
PANEL_LAGS = list(range(-4, 9))  # half-years by which the second series may follow the first


def interaction(
    measure: str, both: str, one: str, other: str, neither: str, first: float, last: float
) -> Statistic:
    """What two things together do beyond what each does alone, years `first` to `last`."""

    def statistic(arms: Arms) -> Floats:
        with_other = difference(measure, both, other, first, last)(arms)
        return with_other - difference(measure, one, neither, first, last)(arms)

    return statistic


def less_the_highest(
    measure: str, one: str, others: tuple[str, ...], first: float, last: float
) -> Statistic:
    """An arm less that of the others with the highest mean over seeds."""

    def statistic(arms: Arms) -> Floats:
        found = [arms[name].mean(measure, first, last) for name in others]
        highest = max(found, key=lambda each: float(np.nanmean(each)))
        return arms[one].mean(measure, first, last) - highest

    return statistic


def lowest_less(
    measure: str, one: str, others: tuple[str, ...], first: float, last: float
) -> Statistic:
    """That of the others with the lowest mean over seeds, less one arm."""

    def statistic(arms: Arms) -> Floats:
        found = [arms[name].mean(measure, first, last) for name in others]
        lowest = min(found, key=lambda each: float(np.nanmean(each)))
        return lowest - arms[one].mean(measure, first, last)

    return statistic


def jackknife(read: Callable[..., float], *series: Floats) -> Floats:
    """Pseudo-values of what `read` makes of all seeds, [seeds]; seeds are the rows of series."""
    seeds = series[0].shape[0]
    without = [read(*(np.delete(each, seed, axis=0) for each in series)) for seed in range(seeds)]
    return seeds * read(*series) - (seeds - 1.0) * np.array(without)


def share_of_means(part: Floats, whole: Floats) -> float:
    """Mean of one over the mean of the other; NaN if there is nothing to share."""
    total = float(np.nanmean(whole))
    return float(np.nanmean(part)) / total if total > 0.0 else float("nan")


def kept(
    measure: str, one: str, other: str, early: tuple[float, float], late: tuple[float, float]
) -> Statistic:
    """Share of the early gain of an arm over another that is still there late."""

    def statistic(arms: Arms) -> Floats:
        gained = difference(measure, one, other, *early)(arms)
        left = difference(measure, one, other, *late)(arms)
        return jackknife(share_of_means, left, gained)

    return statistic


def path(runs: Runs, measure: str, years: float) -> Floats:
    """A measure week by week from the start, [seeds, weeks]; gaps between surveys are bridged."""
    series = runs.of(measure, 0, years)
    weeks = np.arange(series.shape[1])
    known = ~np.isnan(series)
    return np.array(
        [np.interp(weeks, weeks[at], row[at]) for row, at in zip(series, known, strict=True)]
    )


def months_until(share: float, gain: Floats) -> float:
    """Months until the mean gain, [seeds, weeks], reaches this share of its last year's mean.

    Over quarters, counted at their end; NaN if the gain of the last year is not above zero.
    """
    mean = gain.mean(axis=0)
    smooth = np.convolve(mean, np.full(QUARTER, 1.0 / QUARTER), mode="valid")
    wanted = share * float(mean[-WEEKS_PER_YEAR:].mean())
    if wanted <= 0.0:
        return float("nan")
    week = int(np.argmax(smooth >= wanted))
    if week == 0:
        return QUARTER / WEEKS_PER_MONTH
    step = (wanted - smooth[week - 1]) / (smooth[week] - smooth[week - 1])
    return float(week - 1 + step + QUARTER) / WEEKS_PER_MONTH


def peak_lag(first: Floats, second: Floats) -> float:
    """Months by which the second series follows: the peak of pooled correlations within units.

    Series are half-yearly, [seeds, units, half-years]; a parabola through the highest correlation
    and its neighbours gives the peak between half-years.
    """
    waves = first.shape[-1]
    one, two = within(first.reshape(-1, waves)), within(second.reshape(-1, waves))
    found = correlations(one, two, PANEL_LAGS)
    at = int(np.nanargmax(found))
    lag = float(PANEL_LAGS[at])
    if 0 < at < found.size - 1:
        before, here, after = found[at - 1 : at + 2]
        lag += 0.5 * (before - after) / (before - 2.0 * here + after)
    return lag * HALF_YEAR / WEEKS_PER_MONTH


def lag_of_countries(first: str, second: str, years: float) -> Statistic:
    """Months by which the second survey follows the first; every run is a country."""

    def statistic(arms: Arms) -> Floats:
        series = [
            np.stack([averaged(runs.of(name, 0, years), HALF_YEAR) for runs in arms.values()], 1)
            for name in (first, second)
        ]
        return jackknife(peak_lag, *series)

    return statistic
