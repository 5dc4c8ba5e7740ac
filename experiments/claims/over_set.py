"""In which share of the plausible set does a claim hold? Its effect, row by row of the set.

Of each row only the circumstance by default is run, on few seeds, and the effect is their mean: it
counts if it is at least the smallest effect of interest on the predicted side (or near zero, or
within the limits). What a hypothesis says itself is stronger than the row.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from experiments.claims.running import Outcome, judge_all
from scenarios.claims.building import cells, laid
from scenarios.claims.hypothesis import Expects, Hypothesis, Judged
from scenarios.claims.verdict import Expected, expected_of
from scenarios.targets.judging import wilson
from scenarios.targets.pattern import Settings, change_of
from sim.parameters import ParameterError

SEEDS = 4  # of each arm at each row


@dataclass(frozen=True)
class Share:
    """What became of a claim over the set."""

    effects: tuple[float, ...]  # one a row, NaN where there is no such number
    holds: int

    @property
    def rows(self) -> int:
        """Rows of the set on which it could be run."""
        return len(self.effects)

    @property
    def share(self) -> float:
        """Share of these in which it holds; NaN without any."""
        return self.holds / self.rows if self.rows else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """90 % interval of the share, if rows were drawn from more (Wilson)."""
        return wilson(self.holds, self.rows) if self.rows else (math.nan, math.nan)


Judging = Callable[[Mapping[str, Judged], int], Outcome]  # claims and the number of seeds


def counts(effect: float, expected: Expected) -> bool:
    """Whether an effect is what was predicted and large enough to matter."""
    expects, least, low, high = expected
    if math.isnan(effect):
        return False
    if expects is Expects.WITHIN:
        return low <= effect <= high
    if expects is Expects.NEAR_ZERO:
        return abs(effect) <= least
    ahead = effect if expects is Expects.ABOVE else -effect
    return ahead > 0.0 and ahead >= least


def at_row(hypothesis: Hypothesis, row: Settings) -> Hypothesis | None:
    """The hypothesis by default with a row below it; None if both do not go together."""
    base = laid(change_of(row), hypothesis.base)
    found = replace(hypothesis, base=base, own=None, elsewhere={})
    try:
        cells(found)
    except ParameterError:
        return None
    return found


def shares(
    chosen: Mapping[str, Judged], rows: Sequence[Settings], judging: Judging | None = None
) -> dict[str, Share]:
    """Every claim that is run, over these rows. Raises KeyboardInterrupt."""
    run = judging or (lambda some, seeds: judge_all(some, seeds))
    effects: dict[str, list[float]] = {
        name: [] for name, each in chosen.items() if isinstance(each, Hypothesis)
    }
    for row in rows:
        here = {name: each for name, judged in chosen.items()
                if isinstance(judged, Hypothesis) and (each := at_row(judged, row))}  # fmt: skip
        outcome = run(here, SEEDS)
        if outcome.stopped:
            raise KeyboardInterrupt
        for each in outcome.judgements:
            assert each.finding is not None
            effects[each.claim.name].append(each.finding.default.mean)
    return {name: _share(chosen[name], found) for name, found in effects.items()}


def _share(judged: Judged, effects: Sequence[float]) -> Share:
    assert isinstance(judged, Hypothesis)
    expected = expected_of(judged)
    return Share(tuple(effects), sum(counts(each, expected) for each in effects))


def with_shares(outcome: Outcome, found: Mapping[str, Share]) -> None:
    """Put the share beside each verdict."""
    outcome.judgements = [
        replace(each, share=found.get(each.claim.name)) for each in outcome.judgements
    ]
