"""How are claims run and judged? Claim by claim, on threads, each run once and kept while needed.

A verdict is taken as soon as a claim has its runs, and runs that no other claim waits for are
dropped: what is held in memory does not grow with the number of claims. An interrupt ends it at
once; what is judged by then is kept.
"""

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.claims.plan import Plan, Run, Work, plan_of
from scenarios.claims import Claim, claims
from scenarios.claims.building import Circumstance, Where, circumstances
from scenarios.claims.hypothesis import Arms, Hypothesis, Judged, Runs, Untested
from scenarios.claims.verdict import Effect, Finding, Verdict, effect_of, expected_of, judge
from sim.measures import Record
from sim.runs import Task, simulate_many

if TYPE_CHECKING:
    from experiments.claims.over_set import Share

Done = Callable[[float], None]  # told how many runs are finished
RunMany = Callable[[Sequence[Task], Done], list[Record]]


@dataclass(frozen=True)
class Judgement:
    """What came of one claim."""

    claim: Claim
    judged: Judged
    finding: Finding | None = None  # None = not run
    seeds: int = 0
    runs: int = 0  # that it rests on, those it shares with others included
    seconds: float = 0.0  # of the runs that were made for it
    share: "Share | None" = None  # over the plausible set, None = not looked at

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return Verdict.UNTESTED if self.finding is None else self.finding.verdict


@dataclass
class Outcome:
    """What came of the claims that were chosen."""

    judgements: list[Judgement] = field(default_factory=list)
    chosen: int = 0
    runs: int = 0  # that were made
    seconds: float = 0.0
    stopped: bool = False  # somebody stopped it before all were judged


class Kept:
    """Records while somebody waits for them, as small as statistics allow."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.records: dict[Run, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}

    def missing(self, work: Work) -> list[Run]:
        """Runs that are still to be made, in order."""
        return self.plan.ordered(run for run in work.runs if run not in self.records)

    def keep(self, runs: Sequence[Run], records: Sequence[Record]) -> None:
        """Take the records in."""
        for run, record in zip(runs, records, strict=True):
            self.records[run] = (record.weekly.astype(np.float32), record.levels.astype(np.float32))

    def arms(self, work: Work, circumstance: str) -> Arms:
        """What the arms of a hypothesis left under one circumstance, in double precision."""
        return {
            arm: Runs(self._stacked(work, family, 0), self._stacked(work, family, 1))
            for (where, arm), family in work.families.items()
            if where == circumstance
        }

    def _stacked(self, work: Work, family: int, part: int) -> NDArray[np.float64]:
        runs = [self.records[Run(family, seed)][part][: work.weeks] for seed in work.seeds]
        return np.stack(runs).astype(np.float64)

    def release(self, work: Work) -> None:
        """Drop what nobody else waits for."""
        for run in work.runs:
            self.plan.users[run] -= 1
            if self.plan.users[run] == 0:
                del self.records[run]


def judge_all(
    chosen: Mapping[str, Judged],
    seeds: int | None = None,
    threads: int | None = None,
    shown: Callable[[int], Done] | None = None,
    run_many: RunMany | None = None,
) -> Outcome:
    """Run and judge these claims, in their order. An interrupt leaves what was judged.

    `shown` is told the number of runs and gives what is told of those done; `run_many` runs tasks,
    by default on threads. Raises ParameterError before anything is run.
    """
    began = time.monotonic()
    plan = plan_of([each for each in chosen.values() if isinstance(each, Hypothesis)], seeds)
    outcome = Outcome(chosen=len(chosen))
    kept, works = Kept(plan), {work.hypothesis.claim: work for work in plan.works}
    progress = shown(len(plan.weeks)) if shown and plan.works else lambda count: None
    runner = run_many or (lambda tasks, done: simulate_many(tasks, threads, done))
    try:
        for name, judged in chosen.items():
            if isinstance(judged, Untested):
                outcome.judgements.append(Judgement(claims()[name], judged))
                continue
            work = works[name]
            seconds = _run(kept, work, outcome, runner, progress)
            finding = found(work.hypothesis, lambda where, work=work: kept.arms(work, where))
            kept.release(work)
            size = len(work.runs)
            outcome.judgements.append(
                Judgement(claims()[name], judged, finding, len(work.seeds), size, seconds)
            )
    except KeyboardInterrupt:
        outcome.stopped = True
    outcome.seconds = time.monotonic() - began
    return outcome


def _run(kept: Kept, work: Work, outcome: Outcome, run_many: RunMany, progress: Done) -> float:
    """Make what is missing for a claim; the seconds it took."""
    began, before = time.monotonic(), outcome.runs
    missing = kept.missing(work)
    if missing:
        tasks = [kept.plan.task(run) for run in missing]
        kept.keep(missing, run_many(tasks, lambda count: progress(before + count)))
    outcome.runs += len(missing)
    return time.monotonic() - began


def found(hypothesis: Hypothesis, arms_of: Callable[[str], Arms]) -> Finding:
    """The verdict on a hypothesis; `arms_of` gives its arms under a circumstance."""
    effects: dict[Where, dict[str, Effect]] = {where: {} for where in Where}
    for each in circumstances(hypothesis):
        effects[each.where][each.name] = _effect(hypothesis, each, arms_of(each.name))
    own = effects[Where.OWN_OFF].get(Where.OWN_OFF)
    default = effects[Where.DEFAULT][Where.DEFAULT]
    return judge(expected_of(hypothesis), default, own, effects[Where.ELSEWHERE])


def _effect(hypothesis: Hypothesis, circumstance: Circumstance, arms: Arms) -> Effect:
    """The statistic of one circumstance. Raises RuntimeError that names it if it fails."""
    seeds = next(iter(arms.values())).weekly.shape[0]
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore", RuntimeWarning)  # numbers that do not exist are NaN
            values = np.asarray(hypothesis.statistic(arms), dtype=np.float64)
    except Exception as error:
        where = f"the statistic of {hypothesis.claim}, {circumstance.name}, failed"
        raise RuntimeError(f"{where} ({type(error).__name__}: {error})") from error
    if values.shape != (seeds,):
        raise RuntimeError(
            f"the statistic of {hypothesis.claim} gives numbers of shape {values.shape}; it has to "
            f"give one for each of {seeds} seeds"
        )
    return effect_of(values)
