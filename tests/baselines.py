"""Numbers that may only change with a line "changes results" in the changelog.

`uv run python tests/baselines.py` writes tests/baselines.yaml anew.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import yaml
from conftest import busy, small

from sim.configuration import Configuration, Organisation, Parameters
from sim.lab import Game, Laboratory, play_game
from sim.levers import Action
from sim.measures import NAMES
from sim.runs import simulate

FILE = Path(__file__).with_name("baselines.yaml")
LAST = 52  # weeks
DIGITS = 10  # the same bits are promised for one kind of processor only


def configurations() -> dict[str, Configuration]:
    """What is held fast: one of each kind."""
    base = Parameters()
    insurance = replace(
        base,
        serving=replace(base.serving, contacts_per_year=1.5, digital_share=0.3, offer_spread=0.06),
    )
    size = Organisation(people=57, customers=400)
    example = (Action("example", 0.9, 26, 26),)
    return {
        "tree at rest": small(156),
        "tree with an example": small(156, actions=example),
        "circles at rest": small(156, structure="circles"),
        "insurance": Configuration(organisation=size, parameters=insurance, weeks=156),
        "everything busy": busy(104),
    }


def measured() -> dict[str, dict[str, float]]:
    """Means of every measure over the last year, seed 1; and the laboratory's rounds."""
    found: dict[str, dict[str, float]] = {}
    for name, told in configurations().items():
        means = np.nanmean(simulate(told, 1).weekly[-LAST:], axis=0)
        found[name] = {
            measure: float(f"{mean:.{DIGITS}g}") for measure, mean in zip(NAMES, means, strict=True)
        }
    played = play_game(Game(Laboratory(groups=200)), 1).contribution.mean(axis=1)
    found["laboratory"] = {f"round {n + 1}": float(f"{m:.{DIGITS}g}") for n, m in enumerate(played)}
    return found


if __name__ == "__main__":
    FILE.write_text(yaml.safe_dump(measured(), sort_keys=False), encoding="utf-8")
