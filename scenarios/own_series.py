"""Which rows of parameters could have drawn a user's own surveys, and what does that narrow?

Approximate Bayesian computation by rejection. For each row the model draws a panel of the user's
own shape (units, waves, gaps, answers) and the same statistics are taken of both:

    lags     correlations within units of eNPS with NPS so many waves later, levels
    within   standard deviations within units, eNPS and NPS
    between  standard deviations of the units' means (three units or more)
    means    means of both

    z = (simulated - measured) / (sqrt(2) * sampling error of the measured)
    distance = root of the mean over groups of the mean of z^2

Both are samples, hence sqrt(2). Sampling errors come from resampling whole units. A row is kept if
its distance is at most the 95 % point of the same distance between resamples and their mean, times
what few units take (Student's t against the normal, and n / (n - 1)). How often a true row is kept
was measured: see docs/own.md. With fewer than six units blocks of waves are resampled instead; they
say nothing of how units differ, so `between` and `means` do not decide then.

Each unit is one and the same organisation with luck, offers and outside news of its own. NPS is
surveyed by the model from as many as answered; to everybody's eNPS an error for the number of
answers is added, with as many passive as lies half-way between the bounds (ASSUMED).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.lags import (
    BLOCKS,
    WHOLE_SERIES,
    Floats,
    asked,
    averaged,
    correlations,
    lags_within_reach,
    within,
)
from scenarios.own_organisation import changed
from scenarios.own_questions import declaration_of
from scenarios.panel import Panel, unit_task
from scenarios.series import Series, largest_error, smallest_error
from sim.configuration import LONGEST, Configuration
from sim.measures import COLUMN
from sim.parameters import WEEKS_PER_YEAR, ParameterError
from sim.runs import simulate_many

Row = Mapping[str, float]  # parameters by full name
Flags = NDArray[np.bool_]

GROUPS = ("lags", "within", "between", "means")
OVER_UNITS = ("between", "means")  # groups that resampling waves says nothing of
MOST_LAGS = 4  # looked at in each direction
FURTHEST_YEARS = 3.0  # lags beyond are not matched (ASSUMED)
FEWEST_BETWEEN = 3  # units that a spread between them needs
MOST_UNITS = 500
TIMES = 499  # resamples
KEPT_SHARE = 95.0  # percent of true rows that are kept
MOST_SURVEY_WEEKS = 52  # between two surveys of the model's own
AT_ONCE = 64  # runs whose records are held together


class Statistic(NamedTuple):
    """One number of a panel."""

    group: str
    name: str


class Shape(NamedTuple):
    """What the user's file looks like, for panels of the same shape."""

    weeks: int  # in a wave
    every: int  # weeks between two surveys of a simulated unit
    nps_answers: NDArray[np.int64]  # [units], of a single survey
    enps_answers: Floats  # [units, waves]
    has_enps: Flags  # [units, waves]
    has_nps: Flags
    notes: tuple[str, ...]

    @property
    def units(self) -> int:
        """Units of a panel."""
        return self.has_nps.shape[0]

    @property
    def waves(self) -> int:
        """Waves of a panel."""
        return self.has_nps.shape[1]


class Measured(NamedTuple):
    """The user's own statistics with their sampling error."""

    statistics: tuple[Statistic, ...]
    values: Floats  # [statistics]
    error: Floats  # [statistics]
    lags: list[int]
    tolerance: float  # of the distance over the groups that are matched
    by_group: dict[str, float]  # the same for each group alone
    matched: tuple[str, ...]


@dataclass(frozen=True)
class Fit:
    """Rows beside the user's surveys."""

    measured: Measured
    found: Floats  # [rows, statistics]
    distance: Floats  # [rows] over the matched groups
    kept: Flags  # [rows]
    alone: dict[str, float]  # group -> share of rows that would be kept by it alone


# --- statistics -------------------------------------------------------------------------------


def too_short(series: Series) -> str:
    """Why nothing can be matched, empty if something can."""
    enps, nps = asked(series.enps, series.nps)
    if not lags_within_reach(enps, nps):
        return (
            f"{len(series.units)} x {len(series.waves)} (units x waves) is too short to narrow "
            f"anything: it takes three overlapping waves in a unit and ten pairs of waves in all"
        )
    if min(spread_within(enps), spread_within(nps)) == 0.0:
        return "one of the two surveys does not move, so there is nothing to match"
    return ""


def matched_lags(series: Series, per_year: float) -> list[int]:
    """Lags in waves, as many each way, evenly over what is within reach and three years."""
    reach = lags_within_reach(*asked(series.enps, series.nps))[-1]
    furthest = min(reach, max(1, int(FURTHEST_YEARS * per_year)))
    ahead = np.unique(np.round(np.linspace(0, furthest, min(furthest, MOST_LAGS) + 1)).astype(int))
    return sorted({*ahead.tolist(), *(-ahead).tolist()})


def spread_within(series: Floats) -> float:
    """Standard deviation of waves around their unit's mean, over [units, waves]."""
    known = series[np.isfinite(series).sum(axis=1) > 1]
    if known.shape[0] == 0:
        return 0.0
    left = within(known)
    free = int(np.isfinite(left).sum()) - left.shape[0]
    return float(np.sqrt(np.nansum(left**2) / free))


def statistics_of(enps: Floats, nps: Floats, lags: list[int]) -> dict[Statistic, float]:
    """All statistics of one panel, [units, waves] each; NaN for what cannot be computed."""
    pair = asked(enps, nps)
    inside = correlations(within(pair[0]), within(pair[1]), lags)
    found = {Statistic("lags", f"correlation, NPS {lag:+d} waves"): float(r)
             for lag, r in zip(lags, inside, strict=True)}  # fmt: skip
    for name, series in (("eNPS", enps), ("NPS", nps)):
        means = np.nanmean(series[np.isfinite(series).any(axis=1)], axis=1)
        found[Statistic("within", f"{name}, SD within units")] = spread_within(series)
        if means.size >= FEWEST_BETWEEN:
            spread = float(means.std(ddof=1))
            found[Statistic("between", f"{name}, SD between units")] = spread
        found[Statistic("means", f"{name}, mean")] = float(means.mean())
    return found


def resampled(series: Series, times: int, seed: int) -> Iterator[tuple[Floats, Floats]]:
    """Panels drawn anew from the user's own: whole units, or blocks of waves of each unit."""
    chance = np.random.Generator(np.random.Philox(seed))
    units, waves = series.enps.shape
    length = -(-waves // BLOCKS)
    for _ in range(times):
        if units >= WHOLE_SERIES:
            picked = chance.integers(units, size=units)
            yield series.enps[picked], series.nps[picked]
            continue
        starts = chance.integers(waves, size=(units, BLOCKS))
        order = (starts[:, :, None] + np.arange(length)).reshape(units, -1)[:, :waves] % waves
        yield (np.take_along_axis(series.enps, order, axis=1),
               np.take_along_axis(series.nps, order, axis=1))  # fmt: skip


def measured(
    series: Series, per_year: float, groups: Sequence[str] = GROUPS, seed: int = 1
) -> Measured:
    """The user's statistics, their sampling errors and the tolerances that follow from them.

    Statistics that cannot be computed or do not vary are left out.
    """
    lags = matched_lags(series, per_year)
    own = statistics_of(series.enps, series.nps, lags)
    units = asked(series.enps, series.nps)[0].shape[0]
    groups = _deciding(groups, units)
    drawn = [statistics_of(*pair, lags) for pair in resampled(series, TIMES, seed)]
    table = np.array([[each.get(name, np.nan) for name in own] for each in drawn])
    table = table[np.isfinite(table).all(axis=1)]
    if table.shape[0] < TIMES // 2:
        raise ParameterError("the surveys have too many gaps to tell their sampling error")
    error = table.std(axis=0, ddof=1)
    varies = (error > 0.0) & np.isfinite(list(own.values()))
    names = tuple(name for name, does in zip(own, varies, strict=True) if does)
    chosen = tuple(group for group in groups if any(each.group == group for each in names))
    z = (table - table.mean(axis=0))[:, varies] / error[varies]

    more = for_few(units if units >= WHOLE_SERIES else units * BLOCKS)

    def tolerance(groups: Sequence[str]) -> float:
        return more * float(np.percentile(_distance(z, names, groups), KEPT_SHARE))

    return Measured(
        names, np.array([own[name] for name in names]), error[varies], lags, tolerance(chosen),
        {group: tolerance([group]) for group in dict.fromkeys(each.group for each in names)
         if units >= WHOLE_SERIES or group not in OVER_UNITS},
        chosen,
    )  # fmt: skip


def _deciding(groups: Sequence[str], units: int) -> tuple[str, ...]:
    """The groups that can decide with so many units. Raises ParameterError if none can."""
    able = tuple(each for each in groups if units >= WHOLE_SERIES or each not in OVER_UNITS)
    if not able:
        named = " and ".join(OVER_UNITS)
        raise ParameterError(f"{named} take {WHOLE_SERIES} units or more; type --match lags,within")
    return able


def for_few(count: int) -> float:
    """How much further than a normal distance one goes whose errors rest on so few resampled."""
    from scipy.stats import norm, t

    if count < 2:
        return np.inf
    end = 0.5 + KEPT_SHARE / 200.0
    return float(np.sqrt(count / (count - 1)) * t.ppf(end, count - 1) / norm.ppf(end))


def _distance(z: Floats, names: Sequence[Statistic], groups: Sequence[str]) -> Floats:
    """Root of the mean over groups of the mean of z squared, [rows] from [rows, statistics]."""
    squares = []
    for group in groups:
        places = [place for place, each in enumerate(names) if each.group == group]
        squares.append(np.mean(z[:, places] ** 2, axis=1))
    return np.sqrt(np.mean(squares, axis=0))


# --- simulated panels -------------------------------------------------------------------------


def shape_of(series: Series, per_year: float) -> Shape:
    """What panels have to look like. Raises ParameterError for more than can be simulated."""
    units, waves = series.enps.shape
    weeks = max(1, round(WEEKS_PER_YEAR / per_year))
    if units > MOST_UNITS or waves * weeks > LONGEST:
        raise ParameterError(
            f"{units} units over {waves * weeks / WEEKS_PER_YEAR:.0f} years are more than can be "
            f"simulated; give at most {MOST_UNITS} units and {LONGEST // WEEKS_PER_YEAR} years"
        )
    surveys = -(-weeks // MOST_SURVEY_WEEKS)  # of the model's own in a wave
    told = {name: declaration_of(f"surveys.{name}_sample") for name in ("nps", "enps")}
    notes = []
    if not (np.isfinite(series.n_enps).any() and np.isfinite(series.n_nps).any()):
        notes.append(
            f"The file has no number of answers for both surveys: {told['enps'].default:g} of "
            f"staff and {told['nps'].default:g} of customers are assumed where there is none."
        )
    answers = np.array([
        np.median(each[np.isfinite(each)]) if np.isfinite(each).any() else told["nps"].default
        for each in series.n_nps
    ])  # fmt: skip
    answers = np.clip(np.round(answers / surveys), told["nps"].low, told["nps"].high)
    enps_answers = np.where(np.isfinite(series.n_enps), series.n_enps, told["enps"].default)
    return Shape(
        weeks, weeks // surveys, answers.astype(np.int64), enps_answers,
        np.isfinite(series.enps), np.isfinite(series.nps), tuple(notes),
    )  # fmt: skip


def units_of(told: Configuration, row: Row, shape: Shape) -> list[Configuration]:
    """What each unit of a panel is told, [units]. Raises ParameterError."""
    own = replace(changed(told, row), weeks=shape.waves * shape.weeks)
    known: dict[int, Configuration] = {}
    for answers in dict.fromkeys(shape.nps_answers.tolist()):
        asking = {"surveys.nps_sample": answers, "calendar.nps_weeks": shape.every,
                  "calendar.enps_weeks": shape.every}  # fmt: skip
        known[answers] = changed(own, asking)
    return [known[answers] for answers in shape.nps_answers.tolist()]


def panels(
    rows: Sequence[Row], told: Configuration, shape: Shape, first_seed: int = 1,
    done: Callable[[float], None] | None = None,
) -> Iterator[tuple[Floats, Floats]]:  # fmt: skip
    """Measured eNPS and NPS of a panel for each row, [units, waves]; each row has luck of its own.

    What `told` does begins in each unit on a date of its own. `done` is told the finished runs.
    """
    for place, row in enumerate(rows):
        try:
            units = units_of(told, row, shape)
        except ParameterError as error:
            raise ParameterError(f"row {place + 1}: {error}") from None
        dates = Panel({"own": units[0]}, max(3, shape.units), 1, 0, units[0].weeks - 1)
        seed = first_seed + place
        tasks = [unit_task(each, dates, seed, unit) for unit, each in enumerate(units)]
        enps, nps = [], []
        for begin in range(0, len(tasks), AT_ONCE):
            for record in simulate_many(tasks[begin : begin + AT_ONCE]):
                enps.append(record.weekly[:, COLUMN["enps_true"]])
                nps.append(record.weekly[:, COLUMN["nps"]])
            if done:
                done(place * len(tasks) + len(enps))
        yield (
            surveyed(averaged(np.array(enps), shape.weeks), shape, seed),
            np.where(shape.has_nps, averaged(np.array(nps), shape.weeks), np.nan),
        )


def surveyed(enps: Floats, shape: Shape, seed: int) -> Floats:
    """ENPS as so many answers would show it, with the gaps of the file, [units, waves]."""
    chance = np.random.Generator(np.random.Philox(seed))
    bounds = [bound(enps, shape.enps_answers) for bound in (largest_error, smallest_error)]
    error = np.sqrt((bounds[0] ** 2 + bounds[1] ** 2) / 2.0)
    shown = np.clip(enps + error * chance.standard_normal(enps.shape), -100.0, 100.0)
    return np.where(shape.has_enps, shown, np.nan)


# --- matching ---------------------------------------------------------------------------------


def matched(
    rows: Sequence[Row], series: Series, told: Configuration, per_year: float,
    groups: Sequence[str] = GROUPS, first_seed: int = 1,
    done: Callable[[float], None] | None = None,
) -> Fit:  # fmt: skip
    """Every row beside the user's surveys. Raises ParameterError for a row that cannot be used."""
    own = measured(series, per_year, groups)
    shape = shape_of(series, per_year)
    found = np.array([
        [statistics_of(enps, nps, own.lags).get(name, np.nan) for name in own.statistics]
        for enps, nps in panels(rows, told, shape, first_seed, done)
    ])  # fmt: skip
    z = (found - own.values) / (np.sqrt(2.0) * own.error)
    z = np.where(np.isfinite(z), z, np.inf)
    distance = _distance(z, own.statistics, own.matched)
    alone = {
        group: float((_distance(z, own.statistics, [group]) <= tolerance).mean())
        for group, tolerance in own.by_group.items()
    }
    return Fit(own, found, distance, distance <= own.tolerance, alone)
