"""How is one result looked into? Groups, single factors, shares of variance, boxes, in this order.

Each step goes on with what the one before left: groups whose steps move nothing are not taken
apart, and variance is shared out among the factors that matter most; all others stay at their
default. Every step is a sweep in its own folder, so a stop loses nothing.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.results import Floats
from experiments.run import say
from experiments.sensitivity import boxes, morris, sobol
from experiments.sensitivity.rows import Rows, ran, work_of
from experiments.sensitivity.space import Points, Space, columns, groups_of
from experiments.sweep.runner import Say
from scenarios.headlines import Number

if TYPE_CHECKING:
    import pandas as pd

METHODS = ("morris", "sobol", "prim")  # each with those before it
BASE, GROUPS, SINGLES, SHARES = "base", "groups", "singles", "shares"  # steps that run something
GROUP_TRAJECTORIES, TRAJECTORIES, POINTS = 10, 4, 64
MOST_TRAJECTORIES, MOST_POINTS = 1000, 2**16
KEEP, MOST_KEPT = 6, 40
NEGLIGIBLE = 0.1  # of mu* of the strongest group: below it a group is not taken apart (ASSUMED)
SCREENING_SEEDS, BASE_SEEDS = 1, 16
DESIGN_SEED = 1


class Asked(NamedTuple):
    """What is to be done for each result."""

    method: str = METHODS[-1]
    points: int | None = None  # trajectories of screening, or blocks of Saltelli's points
    keep: int = KEEP
    ranges: str = "declared"
    seeds: int | None = None

    @property
    def trajectories(self) -> int:
        """Trajectories of single factors."""
        return self.points if self.points and self.method == METHODS[0] else TRAJECTORIES

    @property
    def blocks(self) -> int:
        """Blocks of Saltelli's points."""
        return self.points if self.points and self.method != METHODS[0] else POINTS

    def seeds_of(self, step: str, space: Space) -> int:
        """Seeds of a step: in screening more points say more than more seeds."""
        if self.seeds is not None:
            return self.seeds
        if step == BASE:
            return BASE_SEEDS
        return SCREENING_SEEDS if step in (GROUPS, SINGLES) else space.headline.seeds


class Of(NamedTuple):
    """What was found of one number."""

    number: Number
    base: float  # at the defaults; NaN if it is not defined there
    groups: list[morris.Screened]
    singles: list[morris.Screened]
    shares: sobol.Shares | None  # None = not asked for
    found: tuple[boxes.Found, ...]  # cases that are small, and that are turned round


class Study(NamedTuple):
    """What was found of one result."""

    space: Space
    rows: dict[str, Rows]  # by step
    apart: list[str]  # groups that were taken apart
    kept: list[str]  # factors among which variance is shared out
    numbers: tuple[Of, ...]

    def independent(self) -> NDArray[np.int64]:
        """Rows of the last step that share no value: the points of boxes and maps."""
        rows = self.rows[SHARES]
        count = len(rows.factors)
        return sobol.independent(next(iter(rows.answers.values())).value.size, count)

    def design(self) -> "pd.DataFrame":
        """The factors of those rows."""
        import pandas as pd

        at = self.independent()
        columns_of = self.rows[SHARES].columns
        return pd.DataFrame({name: np.asarray(each)[at] for name, each in columns_of.items()})

    def values(self, number: Number) -> Floats:
        """A number at those rows."""
        return self.rows[SHARES].answers[number.name].value[self.independent()]


def studied(
    space: Space, asked: Asked, folder: Path, told: Say = say, command: str = ""
) -> Study:  # fmt: skip
    """One result through all steps. Raises FolderError, ParameterError or Unfinished."""
    rows: dict[str, Rows] = {}

    def run(name: str, points: Points) -> Rows:
        seeds = asked.seeds_of(name, space)
        rows[name] = ran(space, name, points, seeds, folder, told, command)
        return rows[name]

    def step(name: str, unit: Floats, names: list[str]) -> Rows:
        return run(name, columns(unit, space.named(names)))

    everything = [each.name for each in space.factors]
    run(BASE, _defaults(space))
    groups = groups_of(space.factors)
    unit = morris.sampled(groups, GROUP_TRAJECTORIES, DESIGN_SEED)
    first = _screening(step(GROUPS, unit, everything), unit, groups)
    apart = morris.not_negligible(list(first.values()), NEGLIGIBLE)
    names = [each.name for each in space.factors if each.name.partition(".")[0] in apart]
    second: dict[str, list[morris.Screened]] = {name: [] for name in first}
    kept: list[str] = []
    if names:
        unit = morris.sampled(names, asked.trajectories, DESIGN_SEED)
        second = _screening(step(SINGLES, unit, names), unit, names)
        kept = morris.matter(list(second.values()), asked.keep)
        kept = [each.name for each in space.named(kept)]
    if kept and asked.method != METHODS[0]:
        step(SHARES, sobol.sampled(len(kept), asked.blocks, DESIGN_SEED), kept)
    study = Study(space, rows, apart, kept, ())
    found = [_of(study, each, first[each.name], second[each.name], asked)
             for each in space.headline.numbers]  # fmt: skip
    return study._replace(numbers=tuple(found))


def _screening(
    rows: Rows, unit: Floats, groups: list[str]
) -> dict[str, list[morris.Screened]]:  # fmt: skip
    return {
        name: morris.screened(morris.elementary_effects(unit, groups, each.value), groups)
        for name, each in rows.answers.items()
    }


def _of(
    study: Study, number: Number, groups: list[morris.Screened], singles: list[morris.Screened],
    asked: Asked,
) -> Of:  # fmt: skip
    base = float(study.rows[BASE].answers[number.name].value[0])
    shares, found = None, ()
    if SHARES in study.rows:
        value = study.rows[SHARES].answers[number.name].value
        shares = sobol.shares([each.name for each in study.rows[SHARES].factors], value)
        if asked.method == METHODS[2]:
            found = tuple(_boxes(study, number))
    return Of(number, base, groups, singles, shares, found)


def _boxes(study: Study, number: Number) -> Iterator[boxes.Found]:
    """Where the number is too small to matter or turned round, and where it is turned round."""
    value, design = study.values(number), study.design()
    signed = number.expects * value
    for case, wanted in cases(number, signed).items():
        yield boxes.discovered(design, value, wanted, case)


def cases(number: Number, signed: Floats) -> dict[str, NDArray[np.bool_]]:
    """Which points are of interest, in words; `signed` is positive where it is as expected."""
    side = "below" if number.expects > 0 else "above"
    least = f"{number.expects * number.least:g}"
    return {
        f"{side} {least}: less than the smallest effect of interest": signed < number.least,
        f"{side} 0: the other way round": signed < 0.0,
    }


def _defaults(space: Space) -> Points:
    """One point at which everything is as in the base."""
    return {space.factors[0].name: [None]}


# --- before anything is run -------------------------------------------------------------------


class Step(NamedTuple):
    """What one step will take."""

    name: str
    points: int
    runs: int
    seconds: float  # of one processor, by formula
    at_most: bool  # fewer if the step before leaves less


def forecast(space: Space, asked: Asked) -> list[Step]:
    """What each step takes at most. Nothing is run."""
    everything = [each.name for each in space.factors]
    groups = groups_of(space.factors)
    designs = {
        GROUPS: (morris.sampled(groups, GROUP_TRAJECTORIES, DESIGN_SEED), everything),
        SINGLES: (morris.sampled(everything, asked.trajectories, DESIGN_SEED), everything),
    }
    if asked.method != METHODS[0]:
        kept = everything[: asked.keep]
        designs[SHARES] = (sobol.sampled(len(kept), asked.blocks, DESIGN_SEED), kept)
    points = {BASE: _defaults(space)}
    points |= {name: columns(unit, space.named(names)) for name, (unit, names) in designs.items()}
    return [_step(space, name, each, asked) for name, each in points.items()]


def _step(space: Space, name: str, points: Points, asked: Asked) -> Step:
    from experiments.sweep import plan

    work = work_of(space, name, points, asked.seeds_of(name, space))
    seconds = plan.costs(work.plan, work.base, work.design)[0] * work.plan.runs
    return Step(name, work.plan.points, work.plan.runs, seconds, name in (SINGLES, SHARES))
