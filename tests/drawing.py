"""What tests of figures share: studies from the engine and by hand, and a panel that is made up."""

import dataclasses
from functools import cache
from typing import Any

import numpy as np

from experiments.results import Arm, Study
from sim.configuration import Configuration, Organisation, structure_of
from sim.levers import Action, costs, timetable
from sim.measures import COLUMN, LEVEL_MEASURES, MEASURES
from sim.runs import Task, simulate_many

SMALL = Organisation(people=57, customers=400)
WEEKS = 104
EXAMPLE = (Action("example", 0.9, start=20, ramp=13),)


def kind(peak: float, height: float, shares: tuple[float, ...]) -> dict[str, Any]:
    """Test data for one kind of panel; no model was run for it."""
    lags = np.arange(-24, 61, 6)
    line = height * np.exp(-(((lags - peak) / 25.0) ** 2))
    wide = np.full(lags.size, 0.2)
    years = dict(zip("0123", shares, strict=True))
    return {
        "lags_months": lags, "correlation": line, "low": line - wide, "high": line + wide,
        "null_low": -wide, "null_high": wide, "best_lag_share": years,
        "best_lag_share_differences": dict(zip("0123", shares[1:] + shares[:1], strict=True)),
    }  # fmt: skip


PANEL = {
    "test_data": True,
    "kinds": {
        "true link": kind(24, 0.6, (0.02, 0.25, 0.62, 0.11)),
        "common cause only": kind(22, 0.5, (0.04, 0.28, 0.58, 0.10)),
        "placebo": kind(0, 0.0, (0.31, 0.21, 0.20, 0.28)),
    },
}


def run_arm(name: str, told: Configuration, seeds: tuple[int, ...]) -> Arm:
    """An arm from the engine."""
    records = simulate_many([Task(told, seed) for seed in seeds])
    table = timetable(told.actions, told.weeks)
    return Arm(
        name, f"about {name}", told, np.stack([each.weekly for each in records]),
        np.stack([each.levels for each in records]), costs(table, 8, told.organisation.people),
    )  # fmt: skip


def snapshot(arm: Arm) -> dict[str, Any]:
    """Test data for a snapshot: effort by level with noise."""
    structure = structure_of(arm.told)
    noise = np.random.default_rng(1).random(structure.boss.size)
    return {"structure": structure, "visible_effort": noise, "value": 1.0 - noise}


@cache
def simulated(seeds: int = 4, extra: bool = True) -> Study:
    """A small study from the engine: a tree that does nothing, one with an example, circles."""
    told = Configuration(organisation=SMALL, weeks=WEEKS)
    row = tuple(range(seeds))
    arms = (
        run_arm("nothing", told, row),
        run_arm("example", dataclasses.replace(told, actions=EXAMPLE), row),
        run_arm("circles", dataclasses.replace(told, structure="circles"), row),
    )
    held = {"snapshots": {each.name: snapshot(each) for each in arms}, "panel": PANEL}
    return Study(
        "small", "Small", "A small study.", arms, "example", "nothing", row, held if extra else {}
    )


def made(
    effects: list[float], name: str = "made", levels: int = 3, noise: float = 0.0, **extra: Any
) -> Study:
    """A study by hand: NPS 10 in one arm, 10 plus an effect of its own in each seed of the other.

    Effort is .4 everywhere, and .4 + .32, .08, .02 from the top down in the other.
    """
    told = Configuration(organisation=SMALL, weeks=WEEKS)
    seeds = len(effects)
    weekly = np.full((seeds, WEEKS, len(MEASURES)), 0.4)
    weekly[:, :, [COLUMN[each] for each in ("nps", "nps_true", "enps", "enps_true")]] = np.nan
    draws = np.random.default_rng(2).normal(0.0, noise, (seeds, WEEKS)) if noise else 0.0
    for measure in ("nps", "nps_true", "enps", "enps_true"):
        weekly[:, ::13, COLUMN[measure]] = 10.0 + np.broadcast_to(draws, (seeds, WEEKS))[:, ::13]
    other = weekly.copy()
    for measure in ("nps", "nps_true"):
        other[:, ::13, COLUMN[measure]] += np.array(effects)[:, np.newaxis]
    low = np.full((seeds, WEEKS, levels, len(LEVEL_MEASURES)), 0.4)
    fading = 0.25 ** np.arange(levels, dtype=np.float64)
    high = low + 0.32 * fading[:, np.newaxis]
    high[:, :10] = 0.4
    paid = np.zeros((WEEKS, 2))
    arms = (
        Arm("nothing", "as it is", told, weekly, low, paid),
        Arm("example", "the top goes first", dataclasses.replace(told, actions=EXAMPLE), other,
            high, np.full((WEEKS, 2), (8.0, 0.0))),
    )  # fmt: skip
    return Study(
        name, "Made by hand", "For a test.", arms, "example", "nothing", tuple(range(seeds)), extra
    )
