"""Which values of the free parameters make year zero show what was answered?

The sum over outcomes of ((got - asked) / tolerance)^2 is made small by scipy's bounded least
squares, with slopes from finite steps on few common seeds, in a cheaper stand-in: outside news and
the offer stand still. From there on the real thing is looked at, on many other seeds, and brought
to what was asked in a few steps by the stand-in's slopes:

    v <- v - slopes^-1 (real(v) - asked)

Organisations that are alike differ by chance in who leads and who works there; what is brought to
the answers is the mean over them. In both there are no more customers than a steady week of
contacts takes.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from scenarios.own_organisation import (
    OUTCOMES,
    SOUGHT,
    Floats,
    Sought,
    Values,
    changed,
    described,
    many_seeds,
    value_of,
    year_zero,
)
from scenarios.own_questions import Answers, declaration_of
from sim.configuration import Configuration
from sim.parameters import WEEKS_PER_YEAR, ParameterError

PEOPLE_STEPPED = 5_000  # in all seeds of the stand-in together (ASSUMED)
FEWEST_SEEDS, MOST_SEEDS = 6, 64  # of the stand-in
FIRST_REAL = 1_001  # seed from which the real thing is run
WEEKLY_CONTACTS = 800  # a week then varies by 4 percent (ASSUMED)
STEP = 0.05  # of a range, for slopes
NEAR = 0.08  # of a range: slopes are taken anew beyond
GOOD = 0.3  # of a tolerance: near enough to stop
MOST_STEPS = 8
HOPELESS = 4.0  # tolerances: chance in the stand-in does not move it as far
MOST_LOOKS = 4  # at the real thing
AT_END = 0.01  # of a range: this near its end a parameter has nowhere to go
Report = Callable[[int], None]  # told how many runs are finished


class Found(NamedTuple):
    """An organisation that fits the answers."""

    told: Configuration
    set: dict[str, str]  # parameter -> the question that gave its value
    solved: dict[str, str]  # parameter -> the outcome that it was sought for
    runs: int


class Solution(NamedTuple):
    """Where a search ended."""

    values: dict[str, float]  # of the free parameters
    got: dict[str, float]  # all outcomes
    misses: dict[str, float]  # outcome -> distance in tolerances, of those beyond theirs


def stand_in(told: Configuration) -> Configuration:
    """The same without outside news, with as many customers as it takes."""
    news = ("serving.offer_spread", "mood.climate_spread", "mood.weather_spread")
    return changed(steady(told), dict.fromkeys(news, 0.0))


def steady(told: Configuration) -> Configuration:
    """The same with no more customers than give a steady week of contacts."""
    enough = int(WEEKLY_CONTACTS * WEEKS_PER_YEAR / told.parameters.serving.contacts_per_year)
    least = int(declaration_of("organisation.customers").low)
    count = max(least, min(told.organisation.customers, enough))
    return changed(told, {"organisation.customers": count})


class Search:
    """Mean outcomes by the values of free parameters, each set of them run once."""

    def __init__(self, told: Configuration, report: Report | None = None) -> None:
        self.real = steady(told)
        self.base = stand_in(told)
        wanted = PEOPLE_STEPPED // told.organisation.people
        self.seeds = max(FEWEST_SEEDS, min(MOST_SEEDS, wanted))
        self.shift = np.zeros(len(OUTCOMES))  # what the real thing shows above the stand-in
        self.runs = 0
        self.report = report
        self._known: dict[Configuration, Floats] = {}

    def outcomes(self, points: Sequence[Values]) -> Floats:
        """Means of the stand-in with what was added to it, [points, outcomes]."""
        told = [changed(self.base, each) for each in points]
        new = [each for each in dict.fromkeys(told) if each not in self._known]
        if new:
            found = year_zero(new, 1, self.seeds).mean(axis=1)
            self._known.update(zip(new, found, strict=True))
            self._ran(len(new) * self.seeds)
        return np.stack([self._known[each] for each in told]) + self.shift

    def look(self, values: Values) -> Floats:
        """Means of the real thing over many seeds, [outcomes]; moves the stand-in to it."""
        told, count = changed(self.real, values), many_seeds(self.real)
        found = year_zero([told], FIRST_REAL, count)[0].mean(axis=0)
        self._ran(count)
        self.shift += found - self.outcomes([values])[0]
        return found

    def value_of(self, parameter: str) -> float:
        """What the organisation has now."""
        return float(value_of(self.base, parameter))

    def _ran(self, runs: int) -> None:
        self.runs += runs
        if self.report:
            self.report(self.runs)


class Aim:
    """What is wanted and which parameters are free, as distances over the unit box.

    A place is the free parameters' shares of their ranges, [free]; a distance counts tolerances.
    """

    def __init__(
        self, search: Search, wanted: Mapping[str, float], free: Sequence[Sought], pinned: Values
    ) -> None:
        self.search, self.free, self.pinned = search, free, pinned
        self.targets = [SOUGHT[name] for name in wanted]
        self.columns = [OUTCOMES.index(each.outcome) for each in self.targets]
        self.scale = np.array([each.tolerance for each in self.targets])
        self.asked = np.array(list(wanted.values()))
        self.known: list[tuple[Floats, Floats]] = []  # places and the slopes there

    def values(self, place: Floats) -> dict[str, float]:
        """The parameters at a place, those that are pinned too."""
        pairs = zip(self.free, place.tolist(), strict=True)
        return {**self.pinned, **{each.parameter: each.at(share) for each, share in pairs}}

    def place(self, values: Values) -> Floats:
        """Where these values lie; what is not among them is as the organisation has it."""
        return np.array([
            each.share_of(values.get(each.parameter, self.search.value_of(each.parameter)))
            for each in self.free
        ])  # fmt: skip

    def distance(self, outcomes: Floats) -> Floats:
        """From what is wanted, [..., targets] from [..., outcomes]."""
        return (outcomes[..., self.columns] - self.asked) / self.scale

    def off(self, places: Sequence[Floats]) -> Floats:
        """Distances in the stand-in, [places, targets]."""
        return self.distance(self.search.outcomes([self.values(each) for each in places]))

    def slopes(self, place: Floats) -> Floats:
        """How distances change over the box, [targets, free]; those of a near place do."""
        here = self.off([place])[0]
        far = [float(np.abs(place - there).max()) for there, _ in self.known]
        if self.known and (min(far) <= NEAR or np.abs(here).max() <= GOOD):
            return self.known[int(np.argmin(far))][1]
        steps = np.where(place + STEP <= 1.0, STEP, -STEP)
        found = ((self.off(list(place + np.diag(steps))) - here) / steps[:, None]).T
        self.known.append((place.copy(), found))
        return found

    def nearest(self, place: Floats) -> Floats:
        """The place, from this one on, at which the stand-in comes nearest."""
        from scipy.optimize import least_squares

        def enough(intermediate_result: Any) -> None:
            if np.abs(intermediate_result.fun).max() <= GOOD:
                raise StopIteration

        if not self.free or not self.targets or np.abs(self.off([place])).max() <= GOOD:
            return place
        by_steps: Any = self.slopes
        return least_squares(
            lambda each: self.off([each])[0], place, by_steps, (0.0, 1.0), method="dogbox",
            ftol=1e-3, xtol=1e-3, max_nfev=MOST_STEPS, callback=enough,
        ).x  # fmt: skip

    def solution(self, place: Floats, outcomes: Floats) -> Solution:
        """A place as a solution, with what was seen there, [outcomes]."""
        far = np.abs(self.distance(outcomes))
        misses = {each.outcome: float(size) for each, size in zip(self.targets, far, strict=True)
                  if size > 1.0}  # fmt: skip
        got: dict[str, float] = dict(zip(OUTCOMES, outcomes.tolist(), strict=True))
        return Solution(self.values(place), got, misses)


def solve(
    search: Search, wanted: Mapping[str, float], free: Sequence[Sought], pinned: Values,
    begin: Values | None = None,
) -> Solution:  # fmt: skip
    """The values of the free parameters that bring the stand-in nearest to what is wanted."""
    aim = Aim(search, wanted, free, pinned)
    place = aim.nearest(aim.place(begin or {}))
    return aim.solution(place, search.outcomes([aim.values(place)])[0])


def solve_for_real(search: Search, wanted: Mapping[str, float]) -> Solution:
    """The same for the real thing: from the stand-in's place on in steps by the stand-in's slopes.

    The nearest place that was looked at; hopeless ones are not looked at.
    """
    aim = Aim(search, wanted, [SOUGHT[name] for name in wanted], {})
    place = aim.nearest(aim.place({}))
    found = aim.solution(place, search.outcomes([aim.values(place)])[0])
    if max(found.misses.values(), default=0.0) > HOPELESS:
        return found
    seen: list[tuple[float, Solution]] = []
    for _ in range(MOST_LOOKS):
        outcomes = search.look(aim.values(place))
        off = aim.distance(outcomes)
        seen.append((float(np.abs(off).max(initial=0.0)), aim.solution(place, outcomes)))
        if seen[-1][0] <= GOOD:
            break
        step = np.linalg.lstsq(aim.slopes(place), -off, rcond=None)[0]
        place = np.clip(place + step, 0.0, 1.0)
    return min(seen, key=lambda each: each[0])[1]


def found_for(told: Configuration, answers: Answers, search: Search | None = None) -> Found:
    """The organisation that fits the answers.

    Raises ParameterError where they do not fit together: which, and the nearest that do.
    """
    told, origin = described(told, answers)
    search = search or Search(told)
    wanted = {name: float(answers[name]) for name in SOUGHT if name in answers}
    solution = solve_for_real(search, wanted)
    if stuck(solution, {}):
        from scenarios.own_misfit import misfit

        raise ParameterError(misfit(search, wanted, solution))
    told = changed(told, solution.values)
    if "customers" in answers:
        told = _with_places(told, int(answers["customers"]), search, solution)
    solved = {SOUGHT[name].parameter: name for name in wanted}
    return Found(told, origin, solved, search.runs)


def stuck(solution: Solution, pinned: Values) -> list[Sought]:
    """Outcomes that are missed while their own parameter is at an end of its range."""
    found = []
    for name in solution.misses:
        each = SOUGHT[name]
        share = each.share_of(solution.values[each.parameter])
        if each.parameter not in pinned and min(share, 1.0 - share) <= AT_END:
            found.append(each)
    return found


def _with_places(
    told: Configuration, wanted: int, search: Search, solution: Solution
) -> Configuration:
    """As many places, prospects included, as give the number of customers that was asked."""
    places = wanted * search.base.organisation.customers / solution.got["customers"]
    declared = declaration_of("organisation.customers")
    if places > declared.high:
        most = int(wanted * declared.high / places)
        raise ParameterError(
            f"customers = {wanted:,} and the prospects beside them are more than can be "
            f"simulated; type customers={most}"
        )
    return changed(told, {"organisation.customers": max(int(declared.low), round(places))})
