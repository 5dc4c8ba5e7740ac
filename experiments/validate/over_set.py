"""In which share of the plausible set is a row hit, and between which numbers does it lie there?

Every row that parameters move is measured at rows of the set, on few seeds, and their mean is held
against the limits as it stands. Seeds differ from row to row of the set, so that what lies between
5 and 95 % holds both what nobody knows and chance. A share of panels is none of a single panel:
those rows are judged once, by all panels together, one a row of the set.
"""

import math
import time
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from experiments.validate.set_words import NONE
from scenarios.matching import LABORATORY, settings_for
from scenarios.targets import patterns, targets
from scenarios.targets.judging import Hit, Judged, judge, wilson
from scenarios.targets.panels import KINDS, Kind, best_annual_lags, more_than_chance, seen
from scenarios.targets.pattern import Floats, Pattern, Settings

if TYPE_CHECKING:
    from experiments.validate.running import Outcome

FIRST_SEED = 1000  # of the first row of the set; those of the declared numbers begin with 1
# Few, because rows of the set are many: all together take a third of a minute of one processor for
# each row of the set, half of it for panels. Chance is therefore a part of every band.
SEEDS, GAMES = 4, 12  # of organisations; of games of the laboratory, which take no time
OTHERS: Mapping[str, int] = {
    **dict.fromkeys(("N01", "N02", "N03", "N04", "N06", "N09", "N19", "N21"), 1),  # a panel each
    "N12": 1, "T18": 2, "T24": 2,  # half a second of one processor a seed
    "N17": 8, "N22": 8, "N23": 8,  # two years, the same runs
    "T03": 8, "T20": 8,  # shares of seeds
}  # fmt: skip
BAND = (5.0, 50.0, 95.0)  # percent
FIXED = "no parameter that is uncertain moves it: it is a calculation with numbers of its own"
PUT_IN = "no parameter that is uncertain moves it: it follows from how a rule is written"
UNMOVED: Mapping[str, str] = {  # by id, why no row of the set can move it
    **dict.fromkeys(("N16", "N18", "N20", "T01", "T02", "T04", "T06"), FIXED),
    **dict.fromkeys(("DN02", "DN03", "N13"), PUT_IN),
}
POOLED = "a share of panels, and there is one panel a row: all of them are judged together"

Work = Callable[[], Floats]
Report = Callable[[int, int, float], None]  # rows of the set done, in all, seconds left


@dataclass(frozen=True)
class Panels:
    """The best annual lags of one kind of panel, a panel for each row of the set."""

    kind: Kind
    lags: tuple[int | None, ...]  # years
    clear: tuple[bool, ...]  # more than chance shows

    def counts(self, lags: Sequence[int], clear: bool = False) -> dict[str, int]:
        """Panels by best lag, `none` without any; with `clear` none is also what chance shows."""
        kept = [lag if shown or not clear else None
                for lag, shown in zip(self.lags, self.clear, strict=True)]  # fmt: skip
        found = Counter(kept)
        return {**{str(lag): found[lag] for lag in lags}, NONE: found[None]}


@dataclass(frozen=True)
class OverSet:
    """What became of a row of the table over the set."""

    judged: tuple[Judged, ...] = ()  # at each row of the set
    replicates: int = 0
    failed: int = 0  # rows of the set at which it could not be measured
    why_not: str = ""  # why there is no share
    panels: Panels | None = None
    together: Judged | None = None  # of a share of panels: all of them at once

    @property
    def rows(self) -> int:
        """Rows of the set at which it was measured."""
        return len(self.judged)

    @property
    def hits(self) -> int:
        """At how many of them it is hit."""
        return sum(each.hit is Hit.YES for each in self.judged)

    @property
    def share(self) -> float:
        """Share of these at which it is hit; NaN without any."""
        return self.hits / self.rows if self.rows else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """90 % interval of the share, if rows were drawn from more (Wilson)."""
        return wilson(self.hits, self.rows) if self.rows else (math.nan, math.nan)

    def bands(self) -> list[tuple[float, float, float]]:
        """5, 50 and 95 % of each number of the row; NaN where no row of the set has one."""
        if not self.judged:
            return []
        values = np.array([[part.value for part in each.parts] for each in self.judged])
        known = [column[np.isfinite(column)] for column in values.T]
        return [
            tuple(float(each) for each in np.percentile(column, BAND))  # type: ignore[misc]
            if column.size else (math.nan,) * 3
            for column in known
        ]  # fmt: skip


@dataclass
class _Measured:
    """What is gathered of one row of the table, a number for each row of the set done."""

    pattern: Pattern
    count: int  # seeds
    judged: list[Judged | None] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)
    lags: list[int | None] = field(default_factory=list)
    clear: list[bool] = field(default_factory=list)


def seeds_of(pattern: Pattern) -> int:
    """Seeds of a row at each row of the set."""
    if not pattern.draws:
        return 1
    usual = GAMES if targets()[pattern.id].area == LABORATORY else SEEDS
    return min(pattern.replicates, OTHERS.get(pattern.id, usual))


def seconds_for(names: Sequence[str], draws: int) -> float:
    """What so many rows of the set take, about."""
    known = patterns()
    todo = [known[name] for name in names if name in known and name not in UNMOVED]
    return draws * sum(each.seconds * seeds_of(each) / each.replicates for each in todo)


def measure_over(
    outcome: "Outcome", draws: Sequence[Settings], report: Report | None = None,
    worked: Callable[[Work], Floats] | None = None,
) -> None:  # fmt: skip
    """Measure the rows of an outcome at these rows of the set and put what came of it beside them.

    An interrupt leaves the rows of the set that are through, and says so in the outcome.
    """
    began, run = time.monotonic(), worked or (lambda work: work())
    measured = {each.target.id for each in outcome.rows if each.judged is not None}
    todo = {
        name: _Measured(each, seeds_of(each))
        for name, each in patterns().items()
        if name in measured and name not in UNMOVED
    }
    outcome.set_asked, outcome.set_done = len(draws), 0
    try:
        for place, row in enumerate(draws):
            for each in todo.values():
                _measure(each, row, FIRST_SEED + place * each.count, run)
            outcome.set_done = place + 1
            if report:
                spent = time.monotonic() - began
                left = (len(draws) - place - 1) * spent / (place + 1)
                report(outcome.set_done, len(draws), left)
    except KeyboardInterrupt:
        outcome.stopped = True
    outcome.seconds += time.monotonic() - began
    if outcome.set_done:
        outcome.rows = [
            replace(each, over_set=_over_set(each.target.id, todo, outcome.set_done))
            if each.judged is not None else each
            for each in outcome.rows
        ]  # fmt: skip


def _measure(each: _Measured, row: Settings, seed: int, run: Callable[[Work], Floats]) -> None:
    """One row of the table at one row of the set; a failure leaves None there."""
    name, kind = each.pattern.id, _kind(each.pattern.id)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore", RuntimeWarning)  # numbers that do not exist are NaN
            found = run(lambda: each.pattern.measured(settings_for(name, row), seed, each.count))
            judged = judge(found, targets()[name].aim, draws=False)  # the mean, as it stands
            if kind is not None:
                panel = seen(row, kind.preset, kind.arm, seed, 1)
                lags, clear = best_annual_lags(panel), more_than_chance(panel, seed)
                each.lags += lags
                each.clear += clear
    except Exception:
        each.judged.append(None)
        return
    each.values.append(found)
    each.judged.append(judged)


def _kind(name: str) -> Kind | None:
    return next((each for each in KINDS if each.row == name), None)


def _over_set(name: str, todo: Mapping[str, _Measured], done: int) -> OverSet:
    """What was gathered at the rows of the set that are through."""
    if name in UNMOVED:
        return OverSet(why_not=UNMOVED[name])
    each, kind = todo[name], _kind(name)
    known = tuple(judged for judged in each.judged[:done] if judged is not None)
    failed = done - len(known)
    if kind is None:
        return OverSet(known, each.count, failed)
    count = len(known)
    panels = Panels(kind, tuple(each.lags[:count]), tuple(each.clear[:count]))
    together = judge(np.concatenate(each.values[:count]), targets()[name].aim) if count else None
    return OverSet((), each.count, failed, POOLED, panels, together)
