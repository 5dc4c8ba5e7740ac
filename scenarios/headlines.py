"""Which results is the model known for, and by which one number is each read?

A headline is a base (settings as they are typed), arms that are run on the same seeds, and numbers
that are made of them. What a number is expected to be stands beside it, before anything is run.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

from scenarios.claims.hypothesis import NPS_OF_INTEREST, mean_known
from scenarios.lags import half_time
from sim.parameters import WEEKS_PER_MONTH, ParameterError, nearest

Floats = NDArray[np.float64]
Quarters = Mapping[str, Mapping[str, Floats]]  # by arm and measure, [seeds, quarters]
Statistic = Callable[[Quarters], float]  # NaN where it is not defined

QUARTER = 13  # weeks, of which a sweep keeps the mean
LAST = 4  # quarters that make the last year
SMALLEST_RISE = 0.05  # of what the top does, share of capacity, to compare with (ASSUMED)
SMALLEST_POINT = 1.0  # points of eNPS and of NPS that count as a rise (ASSUMED)
STEP = 52  # week of the step
# One organisation of three levels, 1 + 7 + 49, and few customers: cheap enough for thousands.
SMALL = ("organisation.people=57", "organisation.customers=400")


@dataclass(frozen=True)
class Number:
    """One number of a headline."""

    name: str
    title: str
    unit: str
    statistic: Statistic
    expects: int  # +1 or -1: the sign that the claims say
    least: float  # smallest effect of interest, in the unit
    undefined: str  # when there is no number


@dataclass(frozen=True)
class Headline:
    """A result, ready to be looked at over everything that nobody knows."""

    name: str
    title: str
    about: str  # what is compared, in which organisation
    settings: tuple[str, ...]  # of the base, as behind `zwerm sweep`
    arms: tuple[str, ...]
    measures: tuple[str, ...]  # of which quarters are needed
    numbers: tuple[Number, ...]
    claims: tuple[str, ...]
    seeds: int = 2


def last_year(series: Floats) -> float:
    """Mean over the last year of all seeds, [seeds, quarters]; NaN if nothing is known."""
    known = mean_known(series[:, -LAST:])
    return float(known[np.isfinite(known)].mean()) if np.isfinite(known).any() else nan


def gain(found: Quarters, measure: str, one: str, other: str) -> float:
    """What two arms differ by on the same seeds in the last year."""
    return last_year(found[one][measure] - found[other][measure])


def passed_on(found: Quarters) -> float:
    """Rise of front effort over the rise of what the top does; NaN if the top hardly rises."""
    top = gain(found, "doing", "example", "nothing")
    front = gain(found, "effort_front", "example", "nothing")
    return front / top if top >= SMALLEST_RISE else nan


def _circles_less_tree(values: str) -> Statistic:
    return lambda found: gain(found, "nps_true", f"{values} circles", f"{values} tree")


def months_behind(found: Quarters) -> float:
    """Months that NPS's half-time comes after eNPS's, both since the step.

    Seeds are laid over each other, and what happens without the programme is taken off, so that
    nothing moves before the step. NaN unless both rise by a point at least.
    """
    halves = [
        half_time(found["chosen"][name] - found["nothing"][name], STEP // QUARTER)
        for name in ("enps_true", "nps_true")
    ]
    rises = all(each.change >= SMALLEST_POINT for each in halves)
    waves = halves[1].waves - halves[0].waves
    return waves * QUARTER / WEEKS_PER_MONTH if rises and isfinite(waves) else nan


COPY = Headline(
    name="copy",
    title="A copy of a copy",
    about="The top goes from .5 to .9 of its capacity and stays there; how much of its own rise "
    "reaches the front, two levels below, in the fifth year.",
    settings=("scenario=copy_of_a_copy", *SMALL),
    arms=("example", "nothing"),
    measures=("effort_front", "doing"),
    numbers=(
        Number(
            "passed_on", "Share of the top's rise that reaches the front", "share of the rise",
            passed_on, expects=1, least=0.1,  # ASSUMED
            undefined=f"the top does less than {SMALLEST_RISE:g} more than without the example",
        ),
    ),
    claims=("B06", "B07", "B10"),
)  # fmt: skip

_NEVER = "a run failed"
CIRCLES = Headline(
    name="circles",
    title="Circles as a means or as a consequence",
    about="A tree goes over to circles in its seventh year: where leaders have worked on values "
    "since the beginning, and where they have not. NPS in the tenth year, circles less tree.",
    settings=("scenario=means_or_consequence", *SMALL),
    arms=("high circles", "high tree", "low circles", "low tree"),
    measures=("nps_true",),
    numbers=(
        Number("shared", "Circles less tree where values are shared", "points of NPS",
               _circles_less_tree("high"), expects=1, least=NPS_OF_INTEREST, undefined=_NEVER),
        Number("not_shared", "Circles less tree where values are not shared", "points of NPS",
               _circles_less_tree("low"), expects=-1, least=NPS_OF_INTEREST, undefined=_NEVER),
    ),
    claims=("V02", "V19", "V30"),
)  # fmt: skip

LAG = Headline(
    name="lag",
    title="How long NPS trails eNPS",
    about="An insurer begins a programme at once after a year: recognition for staff, the top's "
    "example, and four hours a week of every manager. Months from the half-time of eNPS to that "
    "of NPS, over the seven years that follow.",
    settings=(
        "organisation=insurance", "organisation.people=57", "organisation.customers=1500",
        "years=8", f"calendar.enps_weeks={QUARTER}",
        f"actions=[{{lever: recognition, strength: 1.0, start: {STEP}}}, "
        f"{{lever: example, strength: 0.9, start: {STEP}}}, "
        f"{{lever: attention, strength: 4.0, start: {STEP}}}]",
    ),
    arms=("chosen", "nothing"),
    measures=("enps_true", "nps_true"),
    numbers=(
        Number("months", "Months that NPS trails eNPS", "months", months_behind, expects=1,
               least=3.0,  # ASSUMED: one wave of surveys
               undefined=f"eNPS or NPS rises by less than {SMALLEST_POINT:g} point, or falls"),
    ),
    claims=("C24", "C25"),
)  # fmt: skip

HEADLINES = {each.name: each for each in (COPY, CIRCLES, LAG)}


def known(names: Sequence[str]) -> list[Headline]:
    """The headlines of these names, each once; all without one. Raises ParameterError."""
    for name in names:
        if name not in HEADLINES:
            raise ParameterError(f"no result is called {name!r}; {nearest(name, list(HEADLINES))}")
    return [each for name, each in HEADLINES.items() if not names or name in names]
