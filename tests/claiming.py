"""What tests of claims share: small hypotheses, and runs that are made up in no time."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from experiments.claims.running import Outcome, judge_all
from scenarios.claims.hypothesis import (
    Change,
    Expects,
    Hypothesis,
    Judged,
    Untested,
    acting,
    difference,
    parameters,
)
from sim.levers import Action
from sim.measures import LEVEL_MEASURES, MEASURES, Record
from sim.runs import Task

NOTHING, EXAMPLE = Change(), acting(Action("example", 0.9))
SMALL = Change(organisation={"people": 57, "customers": 400})


def hypothesis(claim: str = "B09", **changes: Any) -> Hypothesis:
    """Effort of the front is higher with an example, in a small organisation and one year."""
    told: dict[str, Any] = {
        "implies": "The front gives more.", "measures": "effort of the front, example less nothing",
        "unit": "share of capacity", "arms": {"nothing": NOTHING, "example": EXAMPLE},
        "statistic": difference("effort_front", "example", "nothing", 0.5, 1),
        "expects": Expects.ABOVE, "least": 0.01, "base": SMALL, "years": 1, "seeds": 4,
        "own": Change(off=("leading",)),
        "elsewhere": {"nobody looks": parameters(contributing={"weight_later": 0.2})},
        **changes,
    }  # fmt: skip
    return Hypothesis(claim=claim, **told)


UNTESTED = Untested("B08", "There is no pay here.")


class MadeUp:
    """Runs tasks at once: every measure is noise of the seed, plus what levers add up to.

    `gain` is what a unit of a lever adds; with leading off it adds nothing.
    """

    def __init__(self, gain: float = 1.0, stop_after: int | None = None) -> None:
        self.gain, self.stop_after = gain, stop_after
        self.tasks: list[Task] = []
        self.calls = 0

    def __call__(self, tasks: Sequence[Task], done: Callable[[float], None]) -> list[Record]:
        if self.calls == self.stop_after:
            raise KeyboardInterrupt
        self.calls += 1
        self.tasks += tasks
        done(len(tasks))
        return [self.record(task) for task in tasks]

    def record(self, task: Task) -> Record:
        told = task.told
        added = 0.0 if "leading" in told.off else sum(each.strength for each in told.actions)
        noise = np.random.default_rng(task.seed).normal(0.0, 0.01)
        level = self.gain * added + noise * (1.0 + added)
        weekly = np.full((told.weeks, len(MEASURES)), level)
        return Record(weekly, np.full((told.weeks, 3, len(LEVEL_MEASURES)), level))


def judged_by(runner: MadeUp, *chosen: Judged) -> Outcome:
    """What comes of these claims with made-up runs."""
    return judge_all({each.claim: each for each in chosen}, run_many=runner)
