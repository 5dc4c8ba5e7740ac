"""What came out in a few numbers: last year's means over seeds, paired differences, costs."""

from typing import Any

import numpy as np

from experiments.results import Arm, Floats, Study, band
from sim.measures import MEASURES
from sim.parameters import WEEKS_PER_YEAR

DIGITS = 6  # significant digits of a number in a summary


def mean_known(values: Floats, axis: int) -> Floats:
    """Mean over an axis without the weeks that have no survey; NaN where no week has one."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def yearly(series: Floats) -> Floats:
    """Means of each year, [seeds, years], from [seeds, weeks]; the last year may be short."""
    cuts = range(0, series.shape[1], WEEKS_PER_YEAR)
    years = [mean_known(series[:, start : start + WEEKS_PER_YEAR], axis=1) for start in cuts]
    return np.stack(years, axis=1)


def last_year(arm: Arm) -> Floats:
    """Means over the last 52 weeks (over all, if there are fewer), [seeds, measures]."""
    return mean_known(arm.weekly[:, -WEEKS_PER_YEAR:], axis=1)


def summary_of(study: Study) -> dict[str, Any]:
    """The content of `summary.json`. Differences are main minus against, seed by seed."""
    weeks = study.arms[0].weekly.shape[1]
    differences = last_year(study.arm(study.main)) - last_year(study.arm(study.against))
    return {
        "scenario": study.name,
        "title": study.title,
        "about": study.about,
        "weeks": weeks,
        "seeds": len(study.seeds),
        "measured_over": f"the last {min(weeks, WEEKS_PER_YEAR)} weeks",
        "band": "5 to 95 % of seeds",
        "units": {each.name: each.unit for each in MEASURES},
        "arms": {arm.name: _arm(arm) for arm in study.arms},
        "difference": {
            "of": study.main,
            "minus": study.against,
            "measures": _bands(differences, above_zero=True),
        },
        "panel": _finite(study.extra.get("panel")),
    }


def _arm(arm: Arm) -> dict[str, Any]:
    hours, euros = arm.costs.sum(axis=0)
    years = arm.costs.shape[0] / WEEKS_PER_YEAR
    return {
        "about": arm.about,
        "measures": _bands(last_year(arm)),
        "levers_cost": {
            "hours": number(hours),
            "hours_a_year": number(hours / years),
            "euro": number(euros),
            "euro_a_year": number(euros / years),
        },
    }


def _bands(values: Floats, above_zero: bool = False) -> dict[str, Any]:
    """Median and band of each measure over seeds, from [seeds, measures]."""
    found: dict[str, Any] = {}
    for place, (middle, low, high) in enumerate(zip(*band(values), strict=True)):
        entry = {"median": number(middle), "low": number(low), "high": number(high)}
        if above_zero:
            known = values[:, place][~np.isnan(values[:, place])]
            entry["share_above_zero"] = number((known > 0).mean()) if known.size else None
        found[MEASURES[place].name] = entry
    return found


def _finite(content: Any) -> Any:
    """The same, with None where a number is none."""
    if isinstance(content, dict):
        return {key: _finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(each) for each in content]
    return None if isinstance(content, float) and not np.isfinite(content) else content


def number(value: float) -> float | None:
    """A number as JSON takes it, or None."""
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None
