"""What did somebody answer about an organisation, and what does its do-nothing year zero show?

For each outcome that was answered one parameter is free, within its declared range:

    eNPS            people.engagement      how engaged people are at reference circumstances
    NPS             surveys.customer_base  what customers rate at the same attitude
    turnover        staffing.quits         who leaves at usual engagement
    customers lost  remembering.churn      who leaves at usual satisfaction
    focus           people.value           how customer-centric people and applicants are

That NPS is laid to how customers rate is a choice (ASSUMED): an NPS does not say whether price,
product, service or habit is behind it. How the values are found: `scenarios/own_search.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.own_questions import AUTONOMY, Answers, declaration_of, shaped
from scenarios.targets.pattern import known_names
from sim.configuration import Configuration
from sim.measures import COLUMN
from sim.parameters import WEEKS_PER_YEAR, ParameterError, nearest
from sim.runs import Task, simulate_many

Floats = NDArray[np.float64]
Values = Mapping[str, float]  # by full name of a parameter

OUTCOMES: tuple[str, ...] = ("enps", "nps", "turnover", "customers_lost", "focus", "customers")
PEOPLE_SEEN = 100_000  # in all seeds together, when the mean over organisations counts (ASSUMED)
FEWEST_SEEDS, MOST_SEEDS = 24, 256  # organisations alike differ by 8 to 13 points of eNPS and NPS
FIRST_CHECK = 10_001  # seed from which what was found is looked at again
AT_ONCE = 256  # runs whose records are held together
MOST_CHECKED = 20_000  # customers of a run that looks again
LOYAL = 0.02  # a year: half of the most secure preset's .04 (ASSUMED); people retire and move


@dataclass(frozen=True)
class Sought:
    """An outcome and the parameter that is free for it."""

    outcome: str
    parameter: str
    tolerance: float
    low: float
    high: float
    digits: int  # behind the point, of an outcome that is told

    def at(self, share: float) -> float:
        """The value at a share of the range, with four digits."""
        value = self.low + share * (self.high - self.low)
        return min(self.high, max(self.low, float(f"{value:.4g}")))

    def share_of(self, value: float) -> float:
        """Where in the range a value lies, 0 to 1."""
        return float(np.clip((value - self.low) / (self.high - self.low), 0.0, 1.0))


def _sought(outcome: str, parameter: str, tolerance: float, digits: int, low: float = 0) -> Sought:
    told = declaration_of(parameter)
    return Sought(outcome, parameter, tolerance, max(low, told.low), told.high, digits)


SOUGHT: dict[str, Sought] = {
    each.outcome: each
    for each in (
        _sought("enps", "people.engagement", 2.0, 0),
        _sought("nps", "surveys.customer_base", 2.0, 0),
        _sought("turnover", "staffing.quits", 0.01, 3, LOYAL),
        _sought("customers_lost", "remembering.churn", 0.01, 3),
        _sought("focus", "people.value", 0.02, 2),
    )
}
WITHIN = {**{name: each.tolerance for name, each in SOUGHT.items()}, "customers": 0.05}


class Look(NamedTuple):
    """What an outcome is beside what was asked."""

    outcome: str
    asked: float | None  # None = the question was left empty
    got: float  # mean over seeds
    error: float  # standard error of it
    low: float  # 5 to 95 % of seeds: one organisation's year zero
    high: float
    tolerance: float  # of customers a share, of all others in their own unit

    @property
    def is_met(self) -> bool:
        """Whether it is within the tolerance; what was not asked is."""
        if self.asked is None:
            return True
        scale = self.asked if self.outcome == "customers" else 1.0
        return bool(abs(self.got - self.asked) <= self.tolerance * scale)


# --- configurations ---------------------------------------------------------------------------


def changed(told: Configuration, values: Values) -> Configuration:
    """The same with other values, by full name. Raises ParameterError for what cannot be."""
    groups: dict[str, dict[str, Any]] = {}
    for full, value in values.items():
        group, _, name = full.partition(".")
        if full not in _known():
            near = nearest(full, _known())
            if not near.startswith("did you mean"):  # there are too many to name them all
                near = "`zwerm list parameters` names them"
            raise ParameterError(f"unknown parameter {full!r}; {near}")
        groups.setdefault(group, {})[name] = value
    size = replace(told.organisation, **groups.pop("organisation", {}))
    of = told.parameters
    new = {group: replace(getattr(of, group), **each) for group, each in groups.items()}
    return replace(told, organisation=size, parameters=replace(of, **new))


def value_of(told: Configuration, parameter: str) -> Any:
    """What a configuration has, by full name."""
    group, _, name = parameter.partition(".")
    if parameter == "organisation.structure":
        return told.structure
    part = told.organisation if group == "organisation" else getattr(told.parameters, group)
    return getattr(part, name)


_names: list[str] = []


def _known() -> list[str]:
    if not _names:
        _names.extend(known_names())
    return _names


def described(told: Configuration, answers: Answers) -> tuple[Configuration, dict[str, str]]:
    """The organisation with all answers that are parameters, and which question gave which.

    Raises ParameterError where answers do not fit together.
    """
    told = shaped(told, answers)
    values: dict[str, Any] = {}
    origin: dict[str, str] = {}
    size = "circle_size" if told.structure == "circles" else "span"
    if "staff" in answers:
        origin["organisation.people"] = "staff"
    if "structure" in answers:
        origin["organisation.structure"] = "structure"
    if "span" in answers or "layers" in answers:
        origin[f"organisation.{size}"] = "span" if "span" in answers else "layers"
    if "customers" in answers:
        values["organisation.customers"] = int(answers["customers"])
        origin["organisation.customers"] = "customers"
    for name, parameter in (
        ("contacts", "serving.contacts_per_year"),
        ("autonomy", AUTONOMY[told.structure]),
    ):
        if name in answers:
            values[parameter] = answers[name]
            origin[parameter] = name
    told = replace(changed(told, values), actions=(), switches=(), off=())
    _check_replacement(told, answers)
    return told, origin


def _check_replacement(told: Configuration, answers: Answers) -> None:
    """Raise ParameterError for customers who leave and are never replaced."""
    memory = told.parameters.remembering
    if memory.join == 0.0 and float(answers.get("customers_lost", 0.0)) > 0.0:
        raise ParameterError(
            "nobody comes to this organisation (remembering.join = 0), so customers who leave "
            "would never be replaced; type customers_lost=0, or start with --like default"
        )


# --- measuring --------------------------------------------------------------------------------


def many_seeds(told: Configuration) -> int:
    """Seeds over which a mean is told: more for few people."""
    return max(FEWEST_SEEDS, min(MOST_SEEDS, PEOPLE_SEEN // told.organisation.people))


def year_zero(told: Sequence[Configuration], first_seed: int, seeds: int) -> Floats:
    """Outcomes of the first do-nothing year, [configurations, seeds, outcomes]."""
    one = [replace(each, weeks=WEEKS_PER_YEAR) for each in told]
    tasks = [Task(each, first_seed + seed) for each in one for seed in range(seeds)]
    found = []
    for begin in range(0, len(tasks), AT_ONCE):
        records = simulate_many(tasks[begin : begin + AT_ONCE])
        found += [_outcomes(record.weekly, task.told)
                  for record, task in zip(records, tasks[begin:], strict=False)]  # fmt: skip
    return np.array(found).reshape(len(told), seeds, len(OUTCOMES))


def _outcomes(weekly: Floats, told: Configuration) -> list[float]:
    """Outcomes of a year, in the order of OUTCOMES, from [weeks, measures]."""

    def of(measure: str) -> Floats:
        return weekly[:, COLUMN[measure]]

    there = told.organisation.people - of("vacancies").mean()
    customers = of("customers").mean()
    return [
        float(np.nanmean(of("enps_true"))), float(np.nanmean(of("nps"))),
        float(of("quits").sum() / max(there, 1.0)),
        float(of("left").sum() / max(customers, 1.0)),
        float(of("value").mean()), float(customers),
    ]  # fmt: skip


def looked_at(told: Configuration, answers: Answers, seeds: int | None = None) -> list[Look]:
    """What comes out on seeds that no search has seen, beside what was asked.

    Very many customers are looked at through fewer; their number is then scaled up again.
    """
    count = seeds or many_seeds(told)
    places = told.organisation.customers
    seen = min(places, MOST_CHECKED)
    run = changed(told, {"organisation.customers": seen})
    found = year_zero([run], FIRST_CHECK, count)[0]
    found[:, OUTCOMES.index("customers")] *= places / seen
    looks = []
    for name, each in zip(OUTCOMES, found.T, strict=True):
        low, high = np.percentile(each, [5.0, 95.0])
        error = float(each.std(ddof=1) / count**0.5) if count > 1 else np.nan
        asked = float(answers[name]) if name in answers else None
        looks.append(
            Look(name, asked, float(each.mean()), error, float(low), float(high), WITHIN[name])
        )
    return looks
