"""How is the grid of a story run? As a sweep, resumable; then bands as whole numbers."""

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments import store
from experiments.story.definition import QUARTER, Story, settings_of
from experiments.story.stored import FORMAT, identity
from sim.parameters import WEEKS_PER_YEAR

Floats = NDArray[np.float64]
BAND = (5.0, 95.0)  # percent of seeds
HALF_YEAR = 2  # quarters: a value of the page is their mean
SCALES = {"points": 10}  # of one unit; others are shares and take 1000
SHARE = 1000


class Unfinished(Exception):
    """The sweep ended early; the same command goes on."""

    def __init__(self, why: str, interrupted: bool) -> None:
        super().__init__(why)
        self.interrupted = interrupted


def grid_of(each: Story, own: list[str], folder: Path | None = None) -> dict[str, Any]:
    """Run what is not there yet and make the grid. Raises Unfinished, or what a sweep raises."""
    from experiments.run import say
    from experiments.settings import compose
    from experiments.sweep.forecast import forecast, told
    from experiments.sweep.results import open_sweep
    from experiments.sweep.runner import run_sweep, work_of

    cfg = compose(settings_of(each, own))
    say(told(forecast(cfg, folder)))
    work = work_of(cfg)
    outcome = run_sweep(work, folder)
    if not outcome.complete or outcome.failed:
        why = outcome.stopped or next(iter(outcome.reasons), "some runs could not be done")
        said = f"{why}; the same command goes on in {outcome.folder}"
        raise Unfinished(said, outcome.interrupted)
    opened = open_sweep(outcome.folder)
    size = work.base.told(work.base.arms[0], {}).organisation
    halves = {name: half_years(opened.series(name).to_numpy()[:, 0], each.weeks)
              for name in each.kept}  # fmt: skip
    count = next(iter(halves.values())).shape[-1]
    seconds = _seconds(outcome.folder)
    return {
        "made_by": store.MADE_BY,
        "format": FORMAT,
        "story": each.name,
        "asked": identity(each),
        "own": own,
        "made": made(),
        "seeds": list(opened.seeds),
        "runs": outcome.runs,
        "seconds": seconds,
        "people": size.people,
        "customers": size.customers,
        "years": [round((half + 1) * HALF_YEAR * QUARTER / WEEKS_PER_YEAR, 4)
                  for half in range(count)],
        "series": {name: packed(values, scale_of(name)) for name, values in halves.items()},
        "against": {name: against(halves[name], each.rests(), scale_of(name))
                    for name in each.measures},
    }  # fmt: skip


def made() -> dict[str, str]:
    """By which code: the kernels' hash and the version of the package."""
    circumstances = store.circumstances()
    return {name: circumstances[name] for name in ("kernels", "zwerm") if name in circumstances}


def _seconds(folder: Path) -> int:
    """Processor seconds of all parts of a sweep."""
    from experiments.sweep import parts

    found = sorted((folder / parts.PARTS).glob(f"*{parts.ENDS}"))
    return math.ceil(sum(float(parts.about(path)["seconds"]) for path in found))


def half_years(quarters: NDArray[Any], weeks: int) -> Floats:
    """Means of pairs of quarters of the weeks shown, [points, seeds, half-years]."""
    shown = quarters[..., : weeks // QUARTER].astype(np.float64)
    count = shown.shape[-1] // HALF_YEAR
    pairs = shown[..., : count * HALF_YEAR].reshape(*shown.shape[:-1], count, HALF_YEAR)
    return pairs.mean(axis=-1)


def scale_of(measure: str) -> int:
    """Steps in one unit: a value is a whole number over this."""
    from sim.measures import COLUMN, MEASURES

    return SCALES.get(MEASURES[COLUMN[measure]].unit, SHARE)


def packed(values: Floats, scale: int) -> dict[str, Any]:
    """Median and band over seeds of [points, seeds, times], as flat whole numbers."""
    low, median, high = _steps(np.percentile(values, [BAND[0], 50.0, BAND[1]], axis=1), scale)
    return {
        "scale": scale,
        "low": int(low.min()),
        "high": int(high.max()),
        "median": median.ravel().tolist(),
        "below": (median - low).ravel().tolist(),
        "above": (high - median).ravel().tolist(),
    }


def against(values: Floats, rests: list[int], scale: int) -> dict[str, Any]:
    """The last year less that of what it is compared with, by seed: median and band, [points]."""
    last = values[..., -HALF_YEAR:].mean(axis=-1)
    found = np.percentile(last - last[rests], [BAND[0], 50.0, BAND[1]], axis=1)
    low, median, high = _steps(found, scale)
    return {"median": median.tolist(), "low": low.tolist(), "high": high.tolist()}


def _steps(values: Floats, scale: int) -> NDArray[np.int64]:
    return np.rint(values * scale).astype(np.int64)
