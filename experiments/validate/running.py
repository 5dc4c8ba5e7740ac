"""How are rows measured? One by one, those that share runs together; a stop keeps what is done.

What a row takes is declared with its pattern, so that the time left can be told.
"""

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scenarios.targets import patterns, targets, unmeasured
from scenarios.targets.judging import Hit, Judged, judge
from scenarios.targets.pattern import Floats, Pattern, replicates_of
from scenarios.targets.target import Target

if TYPE_CHECKING:
    from experiments.validate.over_set import OverSet

Report = Callable[["Row", int, int, float], None]  # row, rows done, rows in all, seconds left
Work = Callable[[], Floats]
FEWEST_SECONDS = 0.5  # that a row counts for when the time left is told


@dataclass(frozen=True)
class Row:
    """What came of a row of the table."""

    target: Target
    pattern: Pattern | None = None
    judged: Judged | None = None  # None = not measured
    replicates: int = 0
    seconds: float = 0.0
    why_not: str = ""  # why it is not measured
    over_set: "OverSet | None" = None  # over the plausible set, None = not looked at

    @property
    def hit(self) -> Hit:
        """The verdict."""
        return Hit.UNMEASURED if self.judged is None else self.judged.hit


@dataclass
class Outcome:
    """What came of the rows that were chosen, in the order of the table."""

    rows: list[Row] = field(default_factory=list)
    chosen: int = 0
    seconds: float = 0.0
    stopped: bool = False  # somebody stopped it before all were measured
    set_asked: int = 0  # rows of the plausible set that were asked for
    set_done: int = 0  # and that were measured


def measure_all(
    chosen: Sequence[str],
    replicates: int | None = None,
    settings: Mapping[str, float] | None = None,
    report: Report | None = None,
    worked: Callable[[Work], Floats] | None = None,
) -> Outcome:
    """Measure these rows. An interrupt leaves what was measured.

    `report` is told of every row; `worked` does the work of a row, by default at once. Raises
    ParameterError before anything is run.
    """
    began = time.monotonic()
    told, wanted = targets(), set(chosen)
    todo = [each for name, each in patterns().items() if name in wanted]
    counts = [replicates_of(each, replicates) for each in todo]
    weights = [_weight(each, count) for each, count in zip(todo, counts, strict=True)]
    done = {
        name: Row(told[name], why_not=why) for name, why in unmeasured().items() if name in wanted
    }
    outcome = Outcome(chosen=len(chosen))
    try:
        for at, (each, count) in enumerate(zip(todo, counts, strict=True)):
            row = measured(told[each.id], each, count, settings or {}, worked or _at_once)
            done[each.id] = row
            if report:
                spent, weighed = time.monotonic() - began, sum(weights[: at + 1])
                left = sum(weights[at + 1 :]) * spent / weighed
                report(row, at + 1, len(todo), left)
    except KeyboardInterrupt:
        outcome.stopped = True
    outcome.rows = [done[name] for name in told if name in done]
    outcome.seconds = time.monotonic() - began
    return outcome


def _weight(pattern: Pattern, count: int) -> float:
    return max(FEWEST_SECONDS, pattern.seconds * count / pattern.replicates)


def _at_once(work: Work) -> Floats:
    return work()


def measured(
    target: Target, pattern: Pattern, count: int, settings: Mapping[str, float],
    worked: Callable[[Work], Floats],
) -> Row:  # fmt: skip
    """One row. A pattern that fails is a row that is not measured, with the reason."""
    began = time.monotonic()
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore", RuntimeWarning)  # numbers that do not exist are NaN
            found = worked(lambda: pattern.measured(settings, replicates=count))
            judged = judge(found, target.aim, pattern.draws)
    except Exception as error:
        from experiments.store import reason

        why = f"It failed: {reason(error)}"
        return Row(target, pattern, None, count, time.monotonic() - began, why)
    return Row(target, pattern, judged, count, time.monotonic() - began)
