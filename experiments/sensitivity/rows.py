"""What is a result at every point of a design? The points are run as a sweep, then read.

Whatever a sweep does, this does: it goes on where it was stopped, shows how far it is, and keeps
the reason of a run that failed.
"""

import copy
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.results import Floats
from experiments.run import say
from experiments.sensitivity.space import Points, Space
from experiments.settings import engine_of, resolved
from experiments.sweep import manifest, plan
from experiments.sweep.design import Design, kept
from experiments.sweep.factors import Factor
from experiments.sweep.results import open_sweep
from experiments.sweep.runner import Say, Work, run_sweep
from scenarios.headlines import Headline, Number, Quarters


class Unfinished(Exception):
    """The runs of a design are not all there; one sentence."""

    def __init__(self, said: str, paused: bool) -> None:
        super().__init__(said)
        self.paused = paused  # by who typed, not by what failed


class Answers(NamedTuple):
    """A number at every point of a design."""

    value: Floats  # [points], NaN where there is none
    luck: float  # share of the variance over points that other seeds would move; NaN for one seed

    @property
    def missing(self) -> float:
        """Share of points without a number."""
        return float(np.isnan(self.value).mean())


class Rows(NamedTuple):
    """A design that was run."""

    folder: Path
    factors: tuple[Factor, ...]
    columns: Points
    answers: dict[str, Answers]  # by the name of a number
    runs: int
    failed: int
    seconds: float  # that its chunks took on their threads, waiting for a processor included


def work_of(space: Space, stage: str, points: Points, seeds: int, command: str = "") -> Work:
    """The sweep of these points. Raises ParameterError."""
    cfg = copy.deepcopy(space.cfg)
    cfg.sweep.name, cfg.engine.seeds = f"{space.headline.name}-{stage}", seeds
    engine = engine_of(cfg)
    design = Design(cfg.sweep.name, "rows", space.named(list(points)), points)
    told = manifest.told_of(resolved(cfg), design)
    order = plan.planned(space.base, design, engine.seeds, engine.chunk)
    measures = kept(list(cfg.sweep.measures))
    return Work(space.base, design, told, measures, order, engine, told.identity, command)


def ran(
    space: Space, stage: str, points: Points, seeds: int, folder: Path, told: Say = say,
    command: str = "",
) -> Rows:  # fmt: skip
    """Run these points and read them.

    Raises FolderError for a folder of another design, Unfinished if runs are missing.
    """
    work = work_of(space, stage, points, seeds, command)
    outcome = run_sweep(work, folder / work.design.name, told)
    if not outcome.complete:
        left = outcome.runs - outcome.done
        why = f"{outcome.stopped or f'{outcome.given_up:,} runs could not be done here'}"
        raise Unfinished(f"{why} with {left:,} runs of {stage} left", outcome.interrupted)
    answers, seconds = read(outcome.folder, space.headline)
    return Rows(
        outcome.folder, space.named(list(points)), points, answers, outcome.runs, outcome.failed,
        seconds,
    )  # fmt: skip


def read(folder: Path, headline: Headline) -> tuple[dict[str, Answers], float]:
    """Every number of a headline at every point of a sweep, and the seconds its chunks took."""
    from experiments.sweep.parts import SERIES

    sweep = open_sweep(folder)
    found = sweep.dataset([], headline.measures)
    cube = {
        name: {arm: found[SERIES + name].sel(arm=arm).to_numpy() for arm in headline.arms}
        for name in headline.measures
    }  # [points, seeds, quarters]
    answers = {each.name: _answers(each, cube, headline) for each in headline.numbers}
    return answers, _seconds(folder)


def _answers(
    number: Number, cube: dict[str, dict[str, NDArray[Any]]], headline: Headline
) -> Answers:
    points, seeds, _ = cube[headline.measures[0]][headline.arms[0]].shape
    value, without = np.full(points, np.nan), np.full((points, seeds), np.nan)
    for point in range(points):
        here: Quarters = {
            arm: {name: cube[name][arm][point].astype(float) for name in headline.measures}
            for arm in headline.arms
        }
        if any(np.isnan(each).all() for arm in here.values() for each in arm.values()):
            continue  # a run failed
        value[point] = number.statistic(here)
        for seed in range(seeds if seeds > 1 else 0):
            without[point, seed] = number.statistic(_without(here, seed))
    return Answers(value, luck(value, without))


def _without(here: Quarters, seed: int) -> Quarters:
    """The same without one of the seeds."""
    return {
        arm: {name: np.delete(each, seed, axis=0) for name, each in measures.items()}
        for arm, measures in here.items()
    }


def luck(value: Floats, without: Floats) -> float:
    """Share of the variance over points that other seeds would move; NaN if it is not known.

    `value` is [points], `without` [points, seeds] what it is with one seed left out: the
    jackknife. What a seed does to all points alike is none of it, as all points share the seeds.
    """
    known = np.isfinite(value) & np.isfinite(without).all(axis=1)
    variance = float(value[known].var(ddof=1)) if known.sum() > 1 else 0.0
    if variance <= 0.0:
        return np.nan
    left = without[known]
    alike = left.mean(axis=0, keepdims=True) - left.mean()
    apart = left - left.mean(axis=1, keepdims=True) - alike
    seeds = left.shape[1]
    squares = (seeds - 1) / seeds * (apart**2).sum(axis=1).mean() * known.sum() / (known.sum() - 1)
    return min(1.0, float(squares) / variance)


def _seconds(folder: Path) -> float:
    """What the parts of a sweep say that they took."""
    from experiments.sweep import parts
    from experiments.sweep.reading import run_files

    return sum(float(parts.about(path).get("seconds", 0.0)) for path in run_files(folder))
