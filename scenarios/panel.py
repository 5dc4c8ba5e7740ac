"""Panels: many units (countries) that start the same programme at different dates.

Three kinds of panel are read side by side: one in which engagement moves effort (the link), one
in which a programme moves staff and service alike without any link (common cause), one with
neither (placebo). The dates are drawn from the seed. Nothing here or below contains a lag.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.lags import averaged, best_lag, changes, correlations, shuffled, within
from sim.configuration import LONGEST, Configuration
from sim.levers import Action
from sim.measures import COLUMN
from sim.parameters import WEEKS_PER_MONTH, WEEKS_PER_YEAR, ParameterError
from sim.randomness import UNIT, uniforms
from sim.runs import Task, simulate_many

Floats = NDArray[np.float64]

ANNUAL_LAGS = [0, 1, 2, 3]  # years, the lags that annual waves can tell apart
HALF_YEAR = 26  # weeks, the grid on which half-yearly eNPS meets NPS
GRID_LAGS = list(range(-4, 11))  # half-years
PERMUTATIONS = 200
BAND = (5.0, 95.0)


@dataclass(frozen=True)
class Panel:
    """Units that start one programme at different dates, in several kinds."""

    kinds: Mapping[str, Configuration]  # actions count from the unit's own date
    units: int = 22
    panels: int = 20  # repetitions of the whole panel
    first_start: int = 26  # weeks
    last_start: int = 312

    def __post_init__(self) -> None:
        """Raises ParameterError for what cannot be a panel."""
        weeks = (0, LONGEST)
        allowed = {"units": (3, 500), "panels": (1, 10000), "first_start": weeks,
                   "last_start": weeks}  # fmt: skip
        for name, (low, high) in allowed.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise ParameterError(
                    f"panel.{name} = {value!r} cannot be used; type a whole number from {low} to "
                    f"{high}"
                )
        if self.first_start > self.last_start:
            raise ParameterError(
                f"panel.first_start = {self.first_start} lies after panel.last_start = "
                f"{self.last_start}; type an earlier week"
            )
        for name, told in self.kinds.items():
            if self.last_start >= told.weeks:
                raise ParameterError(
                    f"panel.last_start = {self.last_start} lies after the run of {name} ends in "
                    f"week {told.weeks}; type an earlier week"
                )


def unit_seed(seed: int, unit: int) -> int:
    """The seed of one unit of a panel: the same in every kind of panel."""
    one, other, _, _ = uniforms(np.uint64(seed), UNIT, 0, unit, 0)
    return int(one * 2**32) * 2**32 + int(other * 2**32)


def unit_start(seed: int, unit: int, first: int, last: int) -> int:
    """The week in which one unit starts the programme."""
    return first + int(uniforms(np.uint64(seed), UNIT, 1, unit, 0)[0] * (last - first + 1))


def unit_task(told: Configuration, panel: Panel, seed: int, unit: int) -> Task:
    """One unit's run: the kind's programme and switches, moved to the unit's own date."""
    start = unit_start(seed, unit, panel.first_start, panel.last_start)
    actions = tuple(_moved(each, start) for each in told.actions)
    actions = tuple(each for each in actions if each.start < told.weeks)
    switches = tuple(each._replace(week=each.week + start) for each in told.switches)
    switches = tuple(each for each in switches if each.week < told.weeks)
    moved = dataclasses.replace(told, actions=actions, switches=switches)
    return Task(moved, unit_seed(seed, unit))


def _moved(action: Action, weeks: int) -> Action:
    end = None if action.end is None else action.end + weeks
    return action._replace(start=action.start + weeks, end=end)


def run_panel(
    panel: Panel,
    first_seed: int,
    threads: int | None = None,
    done: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Run every kind on the same seeds and read the lags.

    Returns {"kinds": {name: what `read_kind` gives}, "units", "panels"}. `done` is told how many
    of the kinds * panels * units runs are finished.
    """
    kinds: dict[str, Any] = {}
    finished = 0
    size = panel.panels * panel.units
    for name, told in panel.kinds.items():
        tasks = [
            unit_task(told, panel, first_seed + repetition, unit)
            for repetition in range(panel.panels)
            for unit in range(panel.units)
        ]
        before = finished
        report = (lambda count, before=before: done(before + count)) if done else None
        records = simulate_many(tasks, threads, report)
        finished += size
        weekly = np.stack([record.weekly for record in records])
        shape = (panel.panels, panel.units, told.weeks)
        enps = weekly[:, :, COLUMN["enps"]].reshape(shape)
        nps = weekly[:, :, COLUMN["nps"]].reshape(shape)
        kinds[name] = read_kind(enps, nps, first_seed)
    return {"kinds": kinds, "units": panel.units, "panels": panel.panels}


def read_kind(enps: Floats, nps: Floats, seed: int) -> dict[str, Any]:
    """What the surveys of one kind of panel say; eNPS and NPS are [panels, units, weeks].

    Correlations are within units. Keys: lags_months, correlation with low and high (over
    panels), null_low and null_high (units shuffled), the same for yearly differences under
    `differences`, best_lag_share and best_lag_share_differences (annual waves), mean_abs_r at
    the annual lags, r_between (across units, means over all years).
    """
    levels = [_grid(e, n, HALF_YEAR) for e, n in zip(enps, nps, strict=True)]
    yearly = [(_year_on_year(e), _year_on_year(n)) for e, n in levels]
    annual = [_grid(e, n, WEEKS_PER_YEAR) for e, n in zip(enps, nps, strict=True)]
    steps = [(changes(e), changes(n)) for e, n in annual]
    return {
        "lags_months": [round(lag * HALF_YEAR / WEEKS_PER_MONTH, 1) for lag in GRID_LAGS],
        **_curve(levels, seed),
        "differences": _curve(yearly, seed),
        "best_lag_share": _shares(annual),
        "best_lag_share_differences": _shares(steps),
        "mean_abs_r": _mean_size(annual),
        "r_between": _between(enps, nps),
    }


def _grid(enps: Floats, nps: Floats, weeks: int) -> tuple[Floats, Floats]:
    """Both surveys within units on one grid."""
    return within(averaged(enps, weeks)), within(averaged(nps, weeks))


def _year_on_year(series: Floats) -> Floats:
    gap = WEEKS_PER_YEAR // HALF_YEAR
    return series[:, gap:] - series[:, :-gap]


def _curve(pairs: list[tuple[Floats, Floats]], seed: int) -> dict[str, list[float | None]]:
    found = np.array([correlations(e, n, GRID_LAGS) for e, n in pairs])
    times = max(1, PERMUTATIONS // len(pairs))
    null = np.concatenate(
        [shuffled(e, n, GRID_LAGS, times, seed + at) for at, (e, n) in enumerate(pairs)]
    )
    low, middle, high = _percentiles(found, [BAND[0], 50.0, BAND[1]])
    null_low, null_high = _percentiles(null, list(BAND))
    curves = {"correlation": middle, "low": low, "high": high}
    curves |= {"null_low": null_low, "null_high": null_high}
    return {name: [_rounded(value) for value in curve] for name, curve in curves.items()}


def _percentiles(found: Floats, wanted: list[float]) -> Floats:
    """Percentiles over rows, [wanted, columns]; NaN where no row has a number."""
    known = ~np.isnan(found).all(axis=0)
    out = np.full((len(wanted), found.shape[1]), np.nan)
    out[:, known] = np.nanpercentile(found[:, known], wanted, axis=0)
    return out


def _shares(pairs: list[tuple[Floats, Floats]]) -> dict[str, float]:
    best = [best_lag(e, n, ANNUAL_LAGS) for e, n in pairs]
    return {str(lag): round(best.count(lag) / len(best), 4) for lag in ANNUAL_LAGS}


def _rounded(value: float) -> float | None:
    """Four digits; None (which JSON knows) for what could not be computed."""
    return None if np.isnan(value) else round(float(value), 4)


def _mean_size(pairs: list[tuple[Floats, Floats]]) -> dict[str, float | None]:
    """Mean absolute correlation at each annual lag."""
    found = np.abs([correlations(e, n, ANNUAL_LAGS) for e, n in pairs]).mean(axis=0)
    return {str(lag): _rounded(r) for lag, r in zip(ANNUAL_LAGS, found, strict=True)}


def _between(enps: Floats, nps: Floats) -> float:
    """Mean over panels of the correlation across units of the means over all years."""
    pairs = zip(np.nanmean(enps, axis=2), np.nanmean(nps, axis=2), strict=True)
    return round(float(np.mean([np.corrcoef(e, n)[0, 1] for e, n in pairs])), 4)
