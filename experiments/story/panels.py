"""How are the panels of `two years` read? The scenario's own panel, with fewer countries and years.

Each panel is kept in a file of its own as soon as it is run, so that the same command goes on.
"""

import hashlib
import io
import json
import time
from collections.abc import Callable
from os import cpu_count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments import store
from experiments.story.definition import Story
from experiments.story.grid import made
from experiments.story.stored import FORMAT, identity
from scenarios.lags import best_lag, correlations, within
from scenarios.panel import ANNUAL_LAGS, GRID_LAGS, HALF_YEAR, Panel, averaged, read_kind, unit_task
from sim.measures import COLUMN
from sim.parameters import WEEKS_PER_YEAR

Floats = NDArray[np.float64]
SURVEYS = ("enps", "nps")
SCALE = 100  # steps of a correlation of 1


class Read(NamedTuple):
    """Surveys of all panels of a kind, [panels, countries, weeks]."""

    enps: Floats
    nps: Floats

    def cut(self, countries: int, weeks: int) -> "Read":
        """The same with the first countries and weeks only."""
        return Read(self.enps[:, :countries, :weeks], self.nps[:, :countries, :weeks])


def panels_of(each: Story, own: list[str], folder: Path | None = None) -> dict[str, Any]:
    """Run what is not there yet and read every setting. Answers Ctrl-C at once."""
    from experiments.run import interruptibly, say, shown
    from experiments.settings import compose, study_plan
    from experiments.sweep.forecast import duration
    from experiments.sweep.plan import cost

    plan = study_plan(compose([f"scenario={each.scenario}", *own]))
    panel, count = plan.panel, each.content["panels"]
    assert panel is not None  # the scenario is one of panels; a test holds it
    target = folder or store.RUNS / f"story-{each.name}-{_mark(panel, own)}"
    target.mkdir(parents=True, exist_ok=True)
    began = time.process_time()
    told = next(iter(panel.kinds.values()))
    runs = count * panel.units * len(panel.kinds)
    seconds = runs * sum(cost(told)) / (cpu_count() or 1)
    say(f"{runs:,} runs, {duration(seconds)} by the formula of sweeps; more on a busy machine.")
    with shown(each.name, runs) as progress:
        surveys = interruptibly(
            lambda done: _all_surveys(panel, count, target, done), progress
        )  # fmt: skip
    return {
        "made_by": store.MADE_BY,
        "format": FORMAT,
        "story": each.name,
        "asked": identity(each),
        "own": own,
        "made": made(),
        "seeds": list(range(1, count + 1)),
        "runs": runs,
        "seconds": round(time.process_time() - began),
        "people": told.organisation.people,
        "customers": told.organisation.customers,
        "kinds": list(panel.kinds),
        "lags": [round(lag * HALF_YEAR / WEEKS_PER_YEAR, 1) for lag in GRID_LAGS],
        "annual": ANNUAL_LAGS,
        "scale": SCALE,
        "settings": {
            f"{countries} {years}": {
                kind: _setting(read.cut(countries, years * WEEKS_PER_YEAR))
                for kind, read in surveys.items()
            }
            for countries in each.content["countries"]
            for years in each.content["years"]
        },
    }


def _mark(panel: Panel, own: list[str]) -> str:
    """Eight digits of what is run: a folder of other code or settings is another folder."""
    text = json.dumps([made(), repr(panel), own], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _all_surveys(
    panel: Panel, count: int, folder: Path, done: Callable[[float], None]
) -> dict[str, Read]:
    """Both surveys of every kind, panel by panel, from the folder where they are there."""
    found: dict[str, list[Floats]] = {kind: [] for kind in panel.kinds}
    size = panel.units * len(panel.kinds)
    for place in range(count):
        path = folder / f"panel-{place + 1}.npz"
        if not path.exists():
            before = place * size
            _run(panel, place + 1, path, lambda runs, before=before: done(before + runs))
        with np.load(path) as kept:
            for number, kind in enumerate(panel.kinds):
                found[kind].append(kept[f"kind{number}"])
        done((place + 1) * size)
    stacked = {kind: np.stack(each) for kind, each in found.items()}
    return {kind: Read(each[:, :, 0], each[:, :, 1]) for kind, each in stacked.items()}


def _run(panel: Panel, seed: int, path: Path, done: Callable[[float], None]) -> None:
    """One panel of every kind, written whole: [countries, surveys, weeks] each."""
    from experiments.figures.style import write_whole
    from sim.runs import simulate_many

    tasks = [unit_task(told, panel, seed, unit)
             for told in panel.kinds.values() for unit in range(panel.units)]  # fmt: skip
    records = simulate_many(tasks, None, done)
    columns = [COLUMN[name] for name in SURVEYS]
    weekly = np.stack([record.weekly[:, columns].T for record in records])
    shaped = weekly.reshape(len(panel.kinds), panel.units, *weekly.shape[1:])
    held = io.BytesIO()
    np.savez_compressed(held, **{f"kind{place}": each for place, each in enumerate(shaped)})
    write_whole(path, held.getvalue())


def _setting(read: Read) -> dict[str, Any]:
    """What one setting shows of one kind: curve with bands, best lags, every panel's own curve."""
    found = read_kind(read.enps, read.nps, 1)
    curves = {name: [_step(value) for value in found[name]]
              for name in ("correlation", "low", "high", "null_low", "null_high")}  # fmt: skip
    pairs = list(zip(read.enps, read.nps, strict=True))
    half = [correlations(*_within(pair, HALF_YEAR), GRID_LAGS) for pair in pairs]
    best = [best_lag(*_within(pair, WEEKS_PER_YEAR), ANNUAL_LAGS) for pair in pairs]
    return {
        **curves,
        "best": found["best_lag_share"],
        "panels": [[_step(None if np.isnan(value) else value) for value in each] for each in half],
        "best_of": best,
    }


def _within(pair: tuple[Floats, Floats], weeks: int) -> tuple[Floats, Floats]:
    enps, nps = (within(averaged(each, weeks)) for each in pair)
    return enps, nps


def _step(value: float | None) -> int | None:
    return None if value is None else round(float(value) * SCALE)
