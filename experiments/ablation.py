"""What do two arms still differ by without a mechanism? Each switched off in both, same seeds.

With d what the arms differ by, d(m) the same with mechanism m off in both from week 0, and
d(none) with all of these mechanisms off, each of them seed by seed:

    contribution of m = d - d(m)
    remaining         = d(none)
    interaction       = d - remaining - sum of the contributions

so that the rows add up to d. A chain of mechanisms counts whole for every link, and the
interaction takes that back. `experiments/why.py` runs and words it, `docs/why.md` says how to
read it.
"""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from experiments.compare import check_measure, compared
from experiments.results import Arm, Floats, Study
from experiments.summary import yearly
from sim.configuration import MECHANISMS, Configuration
from sim.measures import COLUMN, MEASURES
from sim.parameters import WEEKS_PER_YEAR, ParameterError

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from experiments.run import Done
    from experiments.settings import Plan

YEAR = 3  # looked at unless another is named or the run is shorter
FEWEST_SEEDS = 2  # without a second there is no band
CONFIDENCE, POWER, ERROR = 0.95, 0.8, 0.05  # of an interval; of a survey; of a false alarm
MOST_DIGITS = 5  # behind the point
MOST_WAVES = 10_000  # of a survey: more is never
REMAINING, INTERACTION, DIFFERENCE = "left with all off", "interaction", "difference"
TRUE = {"nps": "nps_true", "enps": "enps_true"}  # what a sample says -> what all would say
SHARES = "the shares of promoters and detractors"
SPREAD = "measured less true scores"
EXAMPLE = "zwerm why copy_of_a_copy:example copy_of_a_copy:words"


class Unit(NamedTuple):
    """Mechanisms that are switched off together."""

    name: str
    mechanisms: tuple[str, ...]


# With only one of these off the other would go on with the contacts, or the thanks for them, of
# the last week before.
TOGETHER = ("serving", "remembering")
UNITS = tuple(
    Unit(" and ".join(TOGETHER), TOGETHER) if name == TOGETHER[0] else Unit(name, (name,))
    for name in MECHANISMS
    if name not in TOGETHER[1:]
)
# What has to stay on: without it the measure is not taken, or stands still in every arm.
CARRIED_BY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("nps", "nps_true", "nps_transactional", "pleased", "loyal"), (*TOGETHER, "surveys")
    ),
    **dict.fromkeys(("enps", "enps_true"), ("surveys",)),
    **dict.fromkeys(("vacancies", "quits", "structural"), ("staffing",)),
    **dict.fromkeys(("doing", "saying"), ("leading",)),
    **dict.fromkeys(("system", "compliance", "adopted", "cynicism"), ("culture",)),
    **dict.fromkeys(("safety", "heard", "known"), ("listening",)),
    **dict.fromkeys(
        ("discretion", "clarity", "inside", "waiting", "denied", "load"), ("deciding",)
    ),
    **dict.fromkeys(("revenue", "cost", "profit", "margin"), ("accounts",)),
    "climate": ("mood",),
    **dict.fromkeys(
        ("quality", "satisfaction", "attitude", "expectation", "customers", "joined", "left",
         "contacts", "utilisation", "offer", "reputation", "complaints", "gifts", "share"),
        TOGETHER,
    ),
}  # fmt: skip


class Question(NamedTuple):
    """Two arms, and everything that is run to tell them apart."""

    cfg: "DictConfig"  # settings whose arms are the two, and both without each unit
    plan: "Plan"  # the same, ready to run
    measure: str
    year: int  # from 1


@dataclass(frozen=True)
class Row:
    """A part of the difference, in the measure's unit."""

    name: str
    mean: float  # over seeds
    interval: tuple[float, float]  # 95 % of the mean, Student's t
    band: tuple[float, float]  # 5 to 95 % of seeds
    by_seed: tuple[float, ...]
    base: float | None = None  # how far the second arm moves without it, mean over seeds
    off_in: tuple[str, ...] = ()  # arms in which it is off anyway; in both: nothing by definition


@dataclass(frozen=True)
class Survey:
    """What a sample would see of the difference."""

    answers: tuple[int, int]  # in a wave, of each arm
    source: str  # where the error comes from: SHARES or SPREAD
    error: float  # standard error of the difference in one wave, points
    chance: float  # to see the difference in one wave
    waves: int | None  # that see it with a chance of .8; None = more than anybody holds
    every_weeks: int


@dataclass(frozen=True)
class Why:
    """An answer: rows that add up to the difference."""

    measure: str
    unit: str
    year: int
    weeks: int  # of that year that were run
    arms: tuple[str, str]  # the first less the second
    levels: tuple[float, float]  # mean over seeds
    seeds: tuple[int, ...]
    mechanisms: tuple[Row, ...]
    remaining: Row  # with all of these mechanisms off
    interaction: Row
    difference: Row
    kept_on: tuple[str, ...]  # units that cannot be switched off for this measure
    apart: tuple[str, ...]  # settings in which the arms differ before week 0
    survey: Survey | None

    @property
    def rows(self) -> tuple[Row, ...]:
        """Everything that adds up, in order."""
        return (*self.mechanisms, self.remaining, self.interaction)

    def number(self, value: float) -> str:
        """A difference with its sign and as many digits as the largest row needs."""
        largest = max(abs(row.mean) for row in (*self.rows, self.difference))
        digits = 2 - math.floor(math.log10(largest)) if largest > 0 else 2
        digits = min(max(digits, 0), MOST_DIGITS)
        return f"{round(value, digits) + 0.0:+.{digits}f}"


# --- asking ---------------------------------------------------------------------------------


def ask(
    first: str, second: str, settings: Sequence[str] = (), measure: str = "nps_true",
    year: int | None = None,
) -> Question:  # fmt: skip
    """Two arms, each `scenario` or `scenario:arm`, and those they need. Raises ParameterError."""
    from experiments.settings import engine_of, resolved, study_plan

    check_measure(measure)
    if first == second:
        raise ParameterError(f"{first} is named twice; name two that differ, as in {EXAMPLE}")
    cfg = compared([*settings, f"scenario={first},{second}"])
    if len(engine_of(cfg).seeds) < FEWEST_SEEDS:
        raise ParameterError("one seed shows no band; type engine.seeds=8, or more")
    weeks = resolved(cfg)["weeks"]
    last = math.ceil(weeks / WEEKS_PER_YEAR)
    year = min(YEAR, last) if year is None else year
    if not 1 <= year <= last:
        longer = f", or add years={year}" if year > last else ""
        raise ParameterError(f"--year {year} is outside the run; type 1 to {last}{longer}")
    one, other = (arm.told for arm in study_plan(cfg).arms)
    if one == other:
        raise ParameterError(f"{first} and {second} are the same; name two that differ: {EXAMPLE}")
    weeks = min(weeks, year * WEEKS_PER_YEAR)
    for told in (one, other):
        _check_asked(measure, told, year, weeks)
    _shorten(cfg, weeks)
    units = units_for(measure)
    if one.rivals or other.rivals:  # who does not remember does not choose either
        units = tuple(unit for unit in units if "remembering" not in unit.mechanisms)
    _add_arms(cfg, units)
    return Question(cfg, study_plan(cfg), measure, year)


def units_for(measure: str) -> tuple[Unit, ...]:
    """What may be switched off without losing the measure itself."""
    carrying = set(CARRIED_BY.get(measure, ()))
    return tuple(unit for unit in UNITS if not carrying & set(unit.mechanisms))


def _check_asked(measure: str, told: Configuration, year: int, weeks: int) -> None:
    """Raise ParameterError for a survey that nobody holds in that year."""
    if "surveys" not in CARRIED_BY.get(measure, ()):
        return
    if "surveys" in told.off:
        raise ParameterError(f"{measure} is not measured with surveys off; take it out of off")
    gap = _weeks_between(measure, told)
    if math.ceil((year - 1) * WEEKS_PER_YEAR / gap) * gap >= weeks:
        raise ParameterError(
            f"{measure} is asked every {gap} weeks and not in year {year}; choose another --year"
        )


def _weeks_between(measure: str, told: Configuration) -> int:
    """Weeks between two surveys that yield the measure."""
    calendar = told.parameters.calendar
    return calendar.enps_weeks if measure.startswith("enps") else calendar.nps_weeks


def _shorten(cfg: "DictConfig", weeks: int) -> None:
    """End the run with the year that is asked for, and leave out what would begin later."""
    cfg.weeks = weeks
    for arm in cfg.scenario.arms.values():
        for firm in (arm, *arm.get("rivals", ())):
            firm.actions = [each for each in firm.actions if each.get("start", 0) < weeks]
            firm.switches = [each for each in firm.switches if each.get("week", 0) < weeks]


def _add_arms(cfg: "DictConfig", units: tuple[Unit, ...]) -> None:
    """Both arms without each unit, and without all, where that is not what they are already.

    An arm keeps only what differs from the settings that all share.
    """
    from omegaconf import OmegaConf

    arms: dict[str, dict[str, Any]] = {}
    shared = cast(dict[str, Any], OmegaConf.to_container(cfg))
    one, other = (arm["rivals"] for arm in shared["scenario"]["arms"].values())
    if one == other:  # written once, not into every arm
        cfg.rivals = shared["rivals"] = one
    for name, arm in shared["scenario"]["arms"].items():
        differing = {key: value for key, value in arm.items() if value != shared.get(key)}
        arms[name] = {**differing, "actions": arm["actions"], "off": arm["off"]}
    for name, arm in list(arms.items()):
        for unit in (*units, _all_of(units)):
            if not set(unit.mechanisms) <= set(arm["off"]):
                off = list(dict.fromkeys([*arm["off"], *unit.mechanisms]))
                arms[without(name, unit.name)] = {**arm, "off": off}
    cfg.scenario.arms = arms


def _all_of(units: tuple[Unit, ...]) -> Unit:
    return Unit(REMAINING, tuple(name for unit in units for name in unit.mechanisms))


def without(arm: str, unit: str) -> str:
    """The name of an arm in which a unit is off."""
    return f"{arm} with all off" if unit == REMAINING else f"{arm} without {unit}"


# --- answering ------------------------------------------------------------------------------


def run_all(question: Question, progress: "Done | None" = None) -> Study:
    """Every arm on the same seeds, all runs in one batch. Answers Ctrl-C at once."""
    from experiments.run import run_study
    from experiments.settings import engine_of

    engine = engine_of(question.cfg)._replace(figures=False)  # an answer has a figure of its own
    return run_study(question.plan, engine, progress)


def answer(study: Study, measure: str, year: int) -> Why:
    """The rows that add up, from a study with the arms that `ask` adds. Raises ParameterError."""
    arms = (study.arm(study.main), study.arm(study.against))
    first, second = (arm.name for arm in arms)
    units = units_for(measure)
    seeds, values = _values(study, measure, year, (*units, _all_of(units)))
    whole = values[first] - values[second]

    def row(unit: Unit, part: Floats) -> Row:
        off_in = tuple(arm.name for arm in arms if set(unit.mechanisms) <= set(arm.told.off))
        base = float((values[without(second, unit.name)] - values[second]).mean())
        return dataclasses.replace(_row(unit.name, part), base=base, off_in=off_in)

    left = {
        unit: values[without(first, unit.name)] - values[without(second, unit.name)]
        for unit in (*units, _all_of(units))
    }
    remaining = left.pop(_all_of(units))
    parts = {unit: whole - each for unit, each in left.items()}
    interaction = whole - remaining - sum(parts.values(), np.zeros(whole.size))
    difference = _row(DIFFERENCE, whole)
    return Why(
        measure=measure, unit=MEASURES[COLUMN[measure]].unit, year=year, arms=(first, second),
        weeks=min(WEEKS_PER_YEAR, arms[0].weekly.shape[1] - (year - 1) * WEEKS_PER_YEAR),
        levels=(float(values[first].mean()), float(values[second].mean())), seeds=seeds,
        mechanisms=tuple(row(unit, part) for unit, part in parts.items()),
        remaining=row(_all_of(units), remaining), interaction=_row(INTERACTION, interaction),
        difference=difference, kept_on=tuple(each.name for each in UNITS if each not in units),
        apart=_apart(arms[0].told, arms[1].told),
        survey=survey_of(arms, measure, year, difference.mean),
    )  # fmt: skip


def _values(
    study: Study, measure: str, year: int, units: Sequence[Unit]
) -> tuple[tuple[int, ...], dict[str, Floats]]:
    """The seeds in which every arm is known, and there the year's mean of each arm, [seeds].

    An arm in which a unit is off anyway is its own counterpart without it.
    """
    there = {arm.name: yearly(arm.series(measure))[:, year - 1] for arm in study.arms}
    found: dict[str, Floats] = {}
    for name in (study.main, study.against):
        found[name] = there[name]
        for unit in units:
            found[without(name, unit.name)] = there.get(without(name, unit.name), there[name])
    known = ~np.isnan(np.stack(list(found.values()))).any(axis=0)
    if known.sum() < FEWEST_SEEDS:
        raise ParameterError(
            f"{measure} is not known in year {year} of these arms; choose another measure or year"
        )
    seeds = tuple(seed for seed, here in zip(study.seeds, known, strict=True) if here)
    return seeds, {name: each[known] for name, each in found.items()}


def _row(name: str, values: Floats) -> Row:
    """Mean, interval and band of paired differences, [seeds]."""
    from experiments.sweep.power import half_width

    mean = float(values.mean())
    half = half_width(float(values.std(ddof=1)), values.size, CONFIDENCE)
    low, high = (float(each) for each in np.percentile(values, [5.0, 95.0]))
    by_seed = tuple(float(each) for each in values)
    return Row(name, mean, (mean - half, mean + half), (low, high), by_seed)


def _apart(one: Configuration, other: Configuration) -> tuple[str, ...]:
    """In what the arms differ beside what leaders do and what is off: groups of settings."""
    pairs: dict[str, tuple[Any, Any]] = {
        "structure": (one.structure, other.structure),
        "organisation": (one.organisation, other.organisation),
    }
    for each in dataclasses.fields(one.parameters):
        pairs[each.name] = tuple(getattr(told.parameters, each.name) for told in (one, other))
    return tuple(name for name, (mine, yours) in pairs.items() if mine != yours)


# --- surveys --------------------------------------------------------------------------------


def survey_of(arms: tuple[Arm, Arm], measure: str, year: int, difference: float) -> Survey | None:
    """What samples would see, None if no sample is asked for the measure.

    For NPS the record tells the shares p of promoters and d of detractors (those who are not
    `pleased`), so the error is 100 * sqrt((p + d - (p - d)^2) / n), two samples together. For
    eNPS it does not; there it is the spread of measured less true scores over seeds and waves,
    which also knows that nobody is asked twice.
    """
    sampled = next((name for name, true in TRUE.items() if measure in (name, true)), None)
    if sampled is None:
        return None
    by_shares = sampled == "nps"
    errors = [_by_shares(arm, year) if by_shares else _by_spread(arm, sampled) for arm in arms]
    error = math.hypot(*errors)
    if math.isnan(error):
        return None
    answers = (_answers(arms[0].told, sampled), _answers(arms[1].told, sampled))
    gap = _weeks_between(sampled, arms[0].told)
    return Survey(answers, SHARES if by_shares else SPREAD, error, *seen(difference, error), gap)


def _by_shares(arm: Arm, year: int) -> float:
    """Standard error of one wave from the shares of a year, mean over seeds and waves."""
    weeks = slice((year - 1) * WEEKS_PER_YEAR, year * WEEKS_PER_YEAR)
    score = arm.series("nps_true")[:, weeks] / 100.0
    variance = score + 2.0 * (1.0 - arm.series("pleased")[:, weeks]) - score**2
    known = variance[~np.isnan(variance)]
    size = _answers(arm.told, "nps")
    return 100.0 * math.sqrt(float(known.mean()) / size) if known.size else math.nan


def _by_spread(arm: Arm, sampled: str) -> float:
    """Standard deviation of measured less true scores over all seeds and waves that were run."""
    errors = arm.series(sampled) - arm.series(TRUE[sampled])
    known = errors[~np.isnan(errors)]
    return float(known.std(ddof=1)) if known.size > 1 else math.nan


def _answers(told: Configuration, sampled: str) -> int:
    surveys = told.parameters.surveys
    people = min(surveys.enps_sample, told.organisation.people)
    return people if sampled == "enps" else surveys.nps_sample


def seen(difference: float, error: float) -> tuple[float, int | None]:
    """(chance that one wave of each arm shows it, waves for a chance of .8), 5 % two-sided."""
    from scipy.stats import norm

    if error == 0.0 or difference == 0.0:
        return (ERROR, None) if difference == 0.0 else (1.0, 1)
    away, beyond = abs(difference) / error, float(norm.ppf(1 - ERROR / 2))
    chance = float(norm.cdf(away - beyond) + norm.cdf(-away - beyond))
    waves = math.ceil(((beyond + float(norm.ppf(POWER))) / away) ** 2)
    return chance, waves if waves <= MOST_WAVES else None
