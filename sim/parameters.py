"""What every number is: declared once, with range, unit, grade, source and kind.

A mechanism declares its parameters as a frozen dataclass whose fields are made by
`parameter`. Everything else reads that one declaration: range checks, the Hydra schema,
`zwerm list`, the documentation, the bounds of a sweep. `kernel_values` turns an instance
into the named tuple of numbers that kernels read; it is the one place where rates per
month or per year become rates per week or per round.
"""

import dataclasses
import math
from collections import namedtuple
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from enum import StrEnum
from functools import cache, lru_cache
from threading import Lock
from typing import Any, NamedTuple, cast

WEEKS_PER_YEAR = 52
WEEKS_PER_MONTH = 4.345  # 365.25 / 12 / 7
CHECKED = "_is_checked"  # mark of a group whose numbers were looked at


class Grade(StrEnum):
    """How well a number is known."""

    READ = "READ"  # seen in the cited source
    COMPUTED = "COMPUTED"  # computed from raw data or from a formula
    RECALLED = "RECALLED"  # general knowledge, to be checked before it is quoted
    ASSUMED = "ASSUMED"  # a modelling choice


class Kind(StrEnum):
    """What a number may be used for."""

    UNCERTAIN = "uncertain"  # nobody knows it: sweeps and bands range over it
    FIXED = "fixed"  # a definition, a scale or a design choice
    SETTING = "setting"  # describes this organisation: a preset sets it


class Turns(StrEnum):
    """What a declared number becomes on its way into a kernel."""

    AS_IS = "as is"
    MONTHLY_TO_WEEK = "rate per month, applied every week"
    MONTHLY_AMOUNT_TO_ROUND = "amount per month, applied every round"
    MONTHLY_TO_ROUND = "rate per month, applied every round"
    YEARLY_TO_WEEK = "rate per year, applied every week"
    MONTHS_TO_WEEK = "months to relax, applied every week"
    MONTHS_TO_ROUND = "months to relax, applied every round"
    MONTHS_TO_WEEKS = "months, counted in weeks"


class Declaration(NamedTuple):
    """One parameter: what it is, how far it may go and who says so."""

    name: str
    default: float | int
    low: float
    high: float
    unit: str
    grade: Grade
    source: str
    about: str
    kind: Kind
    turns: Turns


class ParameterError(ValueError):
    """A value that cannot be used; the message says which, why and what to type instead."""


def parameter(
    default: float | int,
    low: float,
    high: float,
    unit: str,
    grade: Grade,
    source: str,
    about: str,
    *,
    kind: Kind = Kind.UNCERTAIN,
    turns: Turns = Turns.AS_IS,
) -> Any:
    """A dataclass field that carries its own declaration. Raises ValueError for bad bounds."""
    if not low <= default <= high:
        raise ValueError(f"{about}: the default {default} lies outside {low} to {high}")
    declared = Declaration("", default, low, high, unit, grade, source, about, kind, turns)
    return field(default=default, metadata={"declaration": declared})


def declarations(group: Any) -> tuple[Declaration, ...]:
    """The declarations of a mechanism's parameters (class or instance), in order."""
    return _declared(group if isinstance(group, type) else type(group))


@cache
def _declared(group: type) -> tuple[Declaration, ...]:
    return tuple(
        each.metadata["declaration"]._replace(name=each.name) for each in fields(cast(Any, group))
    )


def check(path: str, declared: Declaration, value: object) -> float | int:
    """The value as a number of the declared type, or ParameterError with one clear sentence."""
    given = cast(float, value)
    if type(given) is type(declared.default) and declared.low <= given <= declared.high:
        return given  # as nearly always, and for every number of every run of a sweep
    where = f"{path}.{declared.name}" if path else declared.name
    allowed = f"{declared.low:g} to {declared.high:g} ({declared.unit})"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ParameterError(f"{where} = {value!r} is not a number; type one from {allowed}")
    if not math.isfinite(value):
        raise ParameterError(f"{where} = {value} is not a finite number; type one from {allowed}")
    if not declared.low <= value <= declared.high:
        raise ParameterError(f"{where} = {value:g} is out of range; allowed is {allowed}")
    if isinstance(declared.default, int):
        if value != int(value):
            raise ParameterError(f"{where} = {value:g} must be a whole number from {allowed}")
        return int(value)
    return float(value)


def checked[Group](path: str, group: Group) -> Group:
    """The same parameters with every value checked against its declaration.

    A group is frozen: one that went through here is not looked at again.
    """
    if getattr(group, CHECKED, False):
        return group
    changed: dict[str, Any] = {}
    for declared in declarations(group):
        given = getattr(group, declared.name)
        value = check(path, declared, given)
        if type(value) is not type(given):
            changed[declared.name] = value
    found = dataclasses.replace(cast(Any, group), **changed) if changed else group
    object.__setattr__(found, CHECKED, True)
    return found


def nearest(name: str, names: list[str]) -> str:
    """A phrase that helps somebody who typed a wrong name."""
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    if not close:
        close = [n for n in names if name and (name in n or n in name)][:1]
    return f"did you mean {close[0]}?" if close else f"known names: {', '.join(sorted(names))}"


@dataclass(frozen=True)
class Calendar:
    """When things happen. A step is a week, 52 a year."""

    # fmt: off
    round_weeks: int = parameter(
        4, 1, 13, "weeks", Grade.ASSUMED, "one laboratory round stands for four weeks",
        "weeks between two rounds of contributing, leading and culture", kind=Kind.FIXED,
    )
    nps_weeks: int = parameter(
        13, 1, 52, "weeks", Grade.ASSUMED, "quarterly, as relationship surveys usually are",
        "weeks between two customer surveys", kind=Kind.SETTING,
    )
    enps_weeks: int = parameter(
        26, 1, 104, "weeks", Grade.ASSUMED, "half-yearly, as staff surveys usually are",
        "weeks between two staff surveys", kind=Kind.SETTING,
    )
    # fmt: on


def per_week(value: float, turns: Turns, round_weeks: int) -> float:
    """A declared rate or duration as what happens in one step of its kernel."""
    match turns:
        case Turns.MONTHLY_TO_WEEK:
            return 1.0 - (1.0 - value) ** (1.0 / WEEKS_PER_MONTH)
        case Turns.MONTHLY_AMOUNT_TO_ROUND:
            return value * round_weeks / WEEKS_PER_MONTH
        case Turns.MONTHLY_TO_ROUND:
            return 1.0 - (1.0 - value) ** (round_weeks / WEEKS_PER_MONTH)
        case Turns.YEARLY_TO_WEEK:
            return 1.0 - (1.0 - value) ** (1.0 / WEEKS_PER_YEAR)
        case Turns.MONTHS_TO_WEEK:
            return 1.0 - math.exp(-1.0 / (value * WEEKS_PER_MONTH))
        case Turns.MONTHS_TO_ROUND:
            return 1.0 - math.exp(-round_weeks / (value * WEEKS_PER_MONTH))
        case Turns.MONTHS_TO_WEEKS:
            return value * WEEKS_PER_MONTH
        case Turns.AS_IS:
            return value


_making = Lock()


def _tuple_type(group: type) -> Any:
    """The named tuple of a group, reachable as `Group.Values` so that compiled code is reused.

    A kernel's cache finds the types of its arguments by name; a nameless one never matches, and
    a second one of the same name would have everything compiled again: hence the lock.
    """
    with _making:
        return group.__dict__.get("Values") or _made_type(group)


def _made_type(group: type) -> Any:
    made: Any = namedtuple("Values", [each.name for each in fields(group)])
    made.__module__, made.__qualname__ = group.__module__, f"{group.__qualname__}.Values"
    group.Values = made
    return made


@lru_cache(maxsize=1024)
def kernel_values(group: Any, calendar: Calendar) -> Any:
    """The named tuple that kernels read: the same names, converted to the kernel's own step."""
    converted = [
        value
        if isinstance(value := getattr(group, d.name), int)
        else per_week(value, d.turns, calendar.round_weeks)
        for d in declarations(group)
    ]
    return _tuple_type(type(group))(*converted)
