"""How many seeds does it take to know a mean, or a paired difference, well enough?

    half width = t(n - 1) * sd / sqrt(n)

with Student's t at the level of confidence asked for. t itself depends on n, so that n is found by
trying: from the normal quantile, which is never too large, upwards.
"""

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from experiments.compare import check_measure
from experiments.figures.numbers import SMALLEST_EFFECT
from experiments.listing import table
from experiments.results import Floats, Study
from experiments.store import FolderError
from experiments.summary import last_year
from experiments.sweep.results import Sweep, open_sweep
from sim.measures import COLUMN, MEASURES
from sim.parameters import ParameterError

CONFIDENCE = 0.95
MOST = 10**9  # seeds
QUANTILES = (("median", 0.5), ("90 %", 0.9), ("worst", 1.0))  # of points, by their SD


class Spread(NamedTuple):
    """How far seeds lie apart, point by point."""

    name: str  # an arm, or `one - other`
    paired: bool
    sd: Floats  # [points], NaN where fewer than two seeds are known
    seeds: int  # seeds of a point, as many as most have


# --- numbers ----------------------------------------------------------------------------------


def half_width(sd: float, seeds: int, confidence: float = CONFIDENCE) -> float:
    """Half the confidence interval of a mean of so many seeds; NaN for one. Unit as `sd`."""
    from scipy.stats import t

    if seeds < 2:
        return math.nan
    return float(t.ppf(0.5 + confidence / 2, seeds - 1)) * sd / math.sqrt(seeds)


def needed(sd: float, half_width: float, confidence: float = CONFIDENCE) -> int:
    """The fewest seeds (2 or more) whose mean is known to within `half_width`, which has sd's unit.

    Raises ParameterError for what is no number of the right kind.
    """
    from scipy.stats import norm

    _check(sd, half_width, confidence)
    least = (float(norm.ppf(0.5 + confidence / 2)) * sd / half_width) ** 2
    if least > MOST:
        raise ParameterError(
            f"a half width of {half_width:g} with an SD of {sd:g} takes more than {MOST:,} seeds; "
            f"give a larger one"
        )
    seeds = max(2, math.ceil(least))
    while _wider(sd, seeds, confidence, half_width):
        seeds += 1
    return seeds


def _wider(sd: float, seeds: int, confidence: float, wanted: float) -> bool:
    return half_width(sd, seeds, confidence) > wanted * (1 + 1e-12)


def _check(sd: float, wanted: float, confidence: float) -> None:
    if not (math.isfinite(sd) and sd >= 0):
        raise ParameterError(f"sd = {sd} must be a number, 0 or more")
    if not (math.isfinite(wanted) and wanted > 0):
        raise ParameterError(f"half width = {wanted} must be a number above 0")
    if not 0 < confidence < 1:
        raise ParameterError(
            f"confidence = {confidence} must lie between 0 and 1, for instance .95"
        )


# --- spreads ----------------------------------------------------------------------------------


def spread(name: str, values: Floats, *, paired: bool = False) -> Spread:
    """How far seeds lie apart, from [points, seeds]."""
    known = (~np.isnan(values)).sum(axis=1)
    sd = np.full(values.shape[0], np.nan)
    several = known > 1
    if several.any():
        sd[several] = np.nanstd(values[several], axis=1, ddof=1)
    return Spread(name, paired, sd, int(np.median(known[several])) if several.any() else 0)


def spreads(source: Sweep | Study, measure: str) -> list[Spread]:
    """Of every arm, and of the main arm less each other, in the last year."""
    if isinstance(source, Study):
        main, names = source.main, [arm.name for arm in source.arms]
        values = {arm.name: last_year(arm)[np.newaxis, :, COLUMN[measure]] for arm in source.arms}
    else:
        main, names = source.main, list(source.arms)
        values = {name: source.values(measure, name) for name in names}
    others = [name for name in names if name != main]
    return [
        *(spread(name, values[name]) for name in [main, *others]),
        *(spread(f"{main} - {name}", values[main] - values[name], paired=True) for name in others),
    ]


# --- text -------------------------------------------------------------------------------------


def text(
    source: Path | str | Sweep | Study,
    measure: str = "nps_true",
    half_width: float | None = None,
    confidence: float = CONFIDENCE,
) -> str:
    """For each arm and each paired difference: the seeds needed, and what the present ones give.

    `source` is a sweep's folder, an opened sweep or a study; `half_width` has the measure's unit,
    by default half the smallest effect of interest for NPS. Raises ParameterError or FolderError.
    """
    measure = check_measure(measure)
    unit = MEASURES[COLUMN[measure]].unit
    wanted = _default(measure, unit) if half_width is None else half_width
    _check(0.0, wanted, confidence)
    opened = open_sweep(source) if isinstance(source, Path | str) else source
    found = spreads(opened, measure)
    if all(np.isnan(each.sd).all() for each in found):
        raise FolderError(
            f"no point has two seeds of {measure}, so their spread is not known; run it again "
            f"with engine.seeds=10"
        )
    points = found[0].sd.size
    head = ("", "SD", f"half width now ({unit})", f"seeds for ±{wanted:g}")
    over = f"over {points:,} points" if points > 1 else "in one point"
    parts = [
        f"{measure} ({unit}), mean of the last year, {over}: {100 * confidence:g} % interval of a "
        f"mean over seeds.",
        *(_table(each, head, wanted, confidence) for each in found if each.seeds),
        _remarks(found, points),
    ]
    return "\n\n".join(parts)


def _default(measure: str, unit: str) -> float:
    if unit != "points":
        raise ParameterError(
            f"give the half width that {measure} is wanted with, in {unit}: --half-width 0.01"
        )
    return SMALLEST_EFFECT / 2


def _table(each: Spread, head: tuple[str, ...], wanted: float, confidence: float) -> str:
    known = each.sd[~np.isnan(each.sd)]
    kind = "paired, seed by seed" if each.paired else "one arm"
    shown = QUANTILES if known.size > 1 else (("", 0.5),)
    rows = []
    for name, share in shown:
        sd = float(np.quantile(known, share))
        now = half_width(sd, each.seeds, confidence)
        rows.append((f"{name} point" if name else "", f"{sd:.3g}", f"{now:.3g}",
                     f"{needed(sd, wanted, confidence):,}"))  # fmt: skip
    title = f"{each.name} ({kind}, {each.seeds} seeds)"
    return table((title, *head[1:]), rows)


def _remarks(found: list[Spread], points: int) -> str:
    """What to keep in mind: pairing, and how well an SD is known."""
    said = []
    single, paired = found[0], next((each for each in found if each.paired), None)
    if paired is not None and paired.seeds:
        unpaired = np.nanmedian(np.hypot(found[0].sd, found[1].sd))
        ratio = float(np.nanmedian(paired.sd) / unpaired) if unpaired > 0 else math.nan
        if math.isfinite(ratio):
            said.append(
                f"The same seeds in both arms leave {100 * ratio:.0f} % of the SD that independent "
                f"ones would."
            )
    from scipy.stats import chi2

    free = max(single.seeds - 1, 1)
    low, high = (math.sqrt(free / float(chi2.ppf(end, free))) for end in (0.975, 0.025))
    said.append(
        f"An SD from {single.seeds} seeds is itself known to within a factor {low:.2f} to "
        f"{high:.2f} (95 %, normal)"
        + ("; the worst of many points is partly luck." if points > 1 else ".")
    )
    return " ".join(said)
