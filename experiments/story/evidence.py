"""Which mechanisms carry a story, and what came of its claims? Numbers for the fifth step."""

from typing import Any

import numpy as np

from experiments.run import interruptibly, shown
from experiments.story.definition import Story

WHY_SEEDS = 8
DIGITS = 4


def evidence(each: Story, own: list[str]) -> dict[str, Any]:
    """`why` (rows of `zwerm why`, without one for a story of panels) and `claims`, by id."""
    found: dict[str, Any] = {"claims": claims_of(each)}
    if each.why is not None:
        found["why"] = why_of(each, own)
    return found


def why_of(each: Story, own: list[str]) -> dict[str, Any]:
    """What the difference between the two arms loses without each mechanism, largest first."""
    from experiments.ablation import answer, ask, run_all
    from experiments.run import number_of_runs
    from experiments.settings import engine_of

    asked = each.why
    assert asked is not None
    sized = [f"organisation.{name}={each.content[name]}" for name in ("people", "customers")]
    typed = [*sized, f"engine.seeds={WHY_SEEDS}", "engine.figures=false", *own]
    question = ask(asked.first, asked.second, typed, asked.measure, asked.year)
    runs = number_of_runs(question.plan, engine_of(question.cfg))
    with shown("why", runs) as progress:
        found = answer(run_all(question, progress), asked.measure, asked.year)
    rows = sorted(found.mechanisms, key=lambda row: -abs(row.mean))
    return {
        "first": asked.first, "second": asked.second, "measure": asked.measure,
        "year": asked.year, "seeds": len(found.seeds), "people": each.content["people"],
        "kept_on": list(found.kept_on),
        "rows": [_row(row.name, row.mean, row.interval) for row in rows],
        "remaining": _row("", found.remaining.mean, found.remaining.interval),
        "interaction": _row("", found.interaction.mean, found.interaction.interval),
        "difference": _row("", found.difference.mean, found.difference.interval),
    }  # fmt: skip


def _row(name: str, mean: float, interval: tuple[float, float]) -> dict[str, Any]:
    low, high = interval
    said = {"name": name} if name else {}
    return said | {"mean": _digits(mean), "low": _digits(low), "high": _digits(high)}


def _digits(value: float) -> float | None:
    return round(float(value), DIGITS) if np.isfinite(value) else None


def claims_of(each: Story) -> dict[str, Any]:
    """Each claim's verdict, effect and what it depends on, as `zwerm claims` judges it."""
    from contextlib import ExitStack

    from experiments.claims.running import Done, judge_all
    from scenarios.claims import judged
    from sim.runs import simulate_many

    known = judged()
    with ExitStack() as stack:

        def begin(runs: int) -> Done:
            return stack.enter_context(shown("claims", runs))

        outcome = judge_all(
            {name: known[name] for name in each.claims}, shown=begin,
            run_many=lambda tasks, done: interruptibly(
                lambda counted: simulate_many(tasks, None, counted), done
            ),
        )  # fmt: skip
    return {judgement.claim.name: _judged(judgement) for judgement in outcome.judgements}


def _judged(judgement: Any) -> dict[str, Any]:
    """The verdict by the name of its kind, the effect by default, where it depends on what."""
    from scenarios.claims.hypothesis import Hypothesis

    finding, told = judgement.finding, judgement.judged
    said: dict[str, Any] = {"verdict": judgement.verdict.name.lower(), "seeds": judgement.seeds}
    if finding is None or not isinstance(told, Hypothesis):
        return said
    mean, low, high = (_digits(value) for value in finding.default[:3])
    return said | {
        "unit": told.unit, "mean": mean, "low": low, "high": high, "holds": finding.holds,
        "depends_on": list(finding.depends_on),
    }  # fmt: skip
