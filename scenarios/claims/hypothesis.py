"""What does a claim imply, and what would refute it? Declared in full before anything runs.

A hypothesis compares arms with the same seeds. It says which number is looked at, what is expected
of it and how large an effect has to be to matter; with which change the rule goes that was built
for it (`own`); and under which other circumstances it is looked at again (`elsewhere`), best those
in which it might not hold. A claim that no honest run can speak to is `Untested`, with its reason.

Changes are laid on each other in this order, later ones replacing: base, elsewhere, arm, own. So an
arm stays what it is elsewhere, and a rule that is off is off in every arm.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.configuration import Switch
from sim.levers import Action
from sim.measures import COLUMN, LEVEL_MEASURES
from sim.parameters import WEEKS_PER_YEAR, ParameterError, nearest

Floats = NDArray[np.float64]
NPS_OF_INTEREST = 2.0  # points of NPS from which a difference matters
SEEDS = 24
LEVEL_COLUMN = {each.name: column for column, each in enumerate(LEVEL_MEASURES)}
PEOPLE, CUSTOMERS = 120, 1200  # of the organisation that hypotheses are run on unless they say else


@dataclass(frozen=True)
class Change:
    """How an arm differs from the base, or the base from the default organisation.

    Laid on top of each other: names in `organisation` and `parameters` replace, actions, switches
    mechanisms that are off and rivals are added.
    """

    structure: str | None = None
    organisation: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    switches: tuple[Switch, ...] = ()
    off: tuple[str, ...] = ()
    rivals: "tuple[Change, ...]" = ()  # in the same market, each on top of the base alone


class Runs(NamedTuple):
    """What the seeds of one arm left behind. Raises ParameterError for what was not measured."""

    weekly: Floats  # [seeds, weeks, measures], see `sim.measures.MEASURES`
    levels: Floats  # [seeds, weeks, levels, level measures]

    def mean(self, measure: str, first: float, last: float) -> Floats:
        """Mean of a measure from year `first` to `last`, by seed. Weeks without it are skipped."""
        return mean_known(self.of(measure, first, last))

    def of(self, measure: str, first: float, last: float) -> Floats:
        """A measure from year `first` to year `last`, [seeds, weeks]."""
        return self.weekly[:, self._weeks(first, last), _column(measure, COLUMN)]

    def level(self, measure: str, first: float, last: float) -> Floats:
        """Mean of a level measure from year `first` to `last`, [seeds, levels]; 0 is the head."""
        column = _column(measure, LEVEL_COLUMN)
        return mean_known(self.levels[:, self._weeks(first, last), :, column])

    def _weeks(self, first: float, last: float) -> slice:
        begin, end = round(first * WEEKS_PER_YEAR), round(last * WEEKS_PER_YEAR)
        weeks = self.weekly.shape[1]
        if not 0 <= begin < end <= weeks:
            raise ParameterError(
                f"years {first:g} to {last:g} are not within a run of {weeks / WEEKS_PER_YEAR:g} "
                f"years; give the hypothesis more years or look earlier"
            )
        return slice(begin, end)


def mean_known(values: Floats) -> Floats:
    """Mean over the second axis without what is NaN; NaN where nothing is known."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _column(measure: str, columns: Mapping[str, int]) -> int:
    if measure not in columns:
        raise ParameterError(f"unknown measure {measure!r}; {nearest(measure, list(columns))}")
    return columns[measure]


Arms = Mapping[str, Runs]  # by name
Statistic = Callable[[Arms], Floats]  # one number a seed


class Expects(StrEnum):
    """What is predicted of the mean over seeds."""

    ABOVE = "above"  # at least `least` above zero
    BELOW = "below"  # at least `least` below zero
    WITHIN = "within"  # between `low` and `high`
    NEAR_ZERO = "near zero"  # no more than `least` from zero


@dataclass(frozen=True)
class Hypothesis:
    """One claim, ready to be run."""

    claim: str  # its id in conf/claims.yaml
    implies: str  # what it implies in this model, one sentence
    measures: str  # what the statistic is, in words, with its unit
    arms: Mapping[str, Change]  # on top of the base
    statistic: Statistic
    expects: Expects
    least: float = NPS_OF_INTEREST  # smallest effect of interest, in the unit of the statistic
    low: float = np.nan  # for WITHIN
    high: float = np.nan
    base: Change = Change()
    own: Change | None = None  # switches off the rule that was built for it; None = there is none
    elsewhere: Mapping[str, Change] = field(default_factory=dict)  # other circumstances, by name
    years: float = 5.0
    seeds: int = SEEDS
    note: str = ""  # what the run cannot show, or how to read it
    unit: str = ""  # of the statistic, as tables show it

    def __post_init__(self) -> None:
        """Raises ParameterError for what cannot be judged."""
        where = f"hypothesis {self.claim}"
        if not self.arms:
            raise ParameterError(f"{where} has no arms; give at least one")
        if not self.least >= 0.0:
            raise ParameterError(f"{where}: least = {self.least} is a size; type 0 or more")
        if self.expects is Expects.WITHIN and not self.low <= self.high:
            raise ParameterError(f"{where}: WITHIN needs low and high, in this order")


@dataclass(frozen=True)
class Untested:
    """A claim that is not run, and why no run would be an honest test."""

    claim: str
    because: str


Judged = Hypothesis | Untested


def difference(measure: str, one: str, other: str, first: float, last: float) -> Statistic:
    """What a measure differs by between two arms, from year `first` to year `last`."""

    def statistic(arms: Arms) -> Floats:
        return arms[one].mean(measure, first, last) - arms[other].mean(measure, first, last)

    return statistic


def parameters(**groups: Mapping[str, float]) -> Change:
    """A change of parameters only: `parameters(mood={"support": 0.0})`."""
    return Change(parameters=groups)


def acting(*actions: Action, **more: Any) -> Change:
    """A change of actions, and of what else is named."""
    return Change(actions=actions, **more)
