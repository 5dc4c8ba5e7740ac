"""Which runs do claims ask for? Equal ones once, the longest for all that begin alike.

Runs that differ in their length only are one run: a shorter one is the beginning of a longer one.
Runs that share their state at week 0 (organisation, parameters and structure) follow each other, so
that the spin-up behind it is found in memory; first all seeds of one, then all seeds of the next,
because two at the same time would both have to make it.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from scenarios.claims.building import cells
from scenarios.claims.hypothesis import Hypothesis
from sim.configuration import Configuration
from sim.parameters import ParameterError
from sim.runs import Task

FIRST_SEED = 1
FEWEST_SEEDS, MOST_SEEDS = 2, 1000


class Run(NamedTuple):
    """One run, whatever its length."""

    family: int  # configurations that differ in their weeks only
    seed: int


@dataclass(frozen=True)
class Work:
    """One hypothesis and the runs that it rests on."""

    hypothesis: Hypothesis
    seeds: tuple[int, ...]
    families: Mapping[tuple[str, str], int]  # by (circumstance, arm)
    weeks: int

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """Each once, in no order of importance."""
        return tuple(
            Run(family, seed) for family in dict.fromkeys(self.families.values())
            for seed in self.seeds
        )  # fmt: skip


@dataclass
class Plan:
    """All work, and what is shared among it."""

    works: list[Work] = field(default_factory=list)
    told: list[Configuration] = field(default_factory=list)  # of each family, the first met
    state: list[int] = field(default_factory=list)  # of each family, its state at week 0
    weeks: dict[Run, int] = field(default_factory=dict)  # the longest that is asked for
    users: Counter[Run] = field(default_factory=Counter)  # claims that still wait for it

    def task(self, run: Run) -> Task:
        """What is to be run."""
        told = self.told[run.family]
        if told.weeks != self.weeks[run]:
            told = dataclasses.replace(told, weeks=self.weeks[run])
        return Task(told, run.seed)

    def ordered(self, runs: Iterable[Run]) -> list[Run]:
        """Runs in the order in which states at week 0 are found in memory."""
        return sorted(runs, key=lambda run: (self.state[run.family], run.family, run.seed))


def plan_of(hypotheses: Sequence[Hypothesis], seeds: int | None = None) -> Plan:
    """What these hypotheses ask for; `seeds` replaces the number that each declares.

    Raises ParameterError for a hypothesis that cannot be built.
    """
    plan = Plan()
    families: dict[Any, int] = {}
    states: dict[Any, int] = {}
    for hypothesis in hypotheses:
        found: dict[tuple[str, str], int] = {}
        weeks = 0
        for cell, told in cells(hypothesis).items():
            family = families.setdefault(_but_weeks(told), len(plan.told))
            if family == len(plan.told):
                plan.told.append(told)
                plan.state.append(states.setdefault(_at_week_zero(told), len(states)))
            found[cell], weeks = family, told.weeks
        numbers = seeds_of(hypothesis.seeds if seeds is None else seeds)
        work = Work(hypothesis, numbers, found, weeks)
        for run in work.runs:
            plan.weeks[run] = max(weeks, plan.weeks.get(run, 0))
        plan.users.update(work.runs)
        plan.works.append(work)
    return plan


def seeds_of(count: int) -> tuple[int, ...]:
    """The seeds of a hypothesis, the same for all."""
    if not FEWEST_SEEDS <= count <= MOST_SEEDS:
        raise ParameterError(
            f"seeds = {count} cannot be used: an interval takes {FEWEST_SEEDS} or more; type "
            f"{FEWEST_SEEDS} to {MOST_SEEDS}"
        )
    return tuple(range(FIRST_SEED, FIRST_SEED + count))


def _at_week_zero(told: Configuration) -> Any:
    """What the state at week 0 depends on, the seed apart."""
    return told.organisation, told.parameters, told.structure, told.bosses, told.departments


def _but_weeks(told: Configuration) -> Any:
    rivals = tuple(_but_weeks(each) for each in told.rivals)
    return _at_week_zero(told), told.actions, told.switches, told.off, rivals
