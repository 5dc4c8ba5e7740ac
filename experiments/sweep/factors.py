"""What can be varied, over which range, and how a user says so.

Ranges, units and sentences come from the declarations in `sim/`. A factor is a number of the
organisation or of a mechanism that is not fixed (`leading.pull`), part of what a leader does
(`levers.example.strength`), the date of a change of structure (`switches.circles.week`),
`organisation.structure` or the preset `organisation`.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from math import nan
from typing import Any, NamedTuple

from scenarios.library import names
from sim.configuration import LONGEST, Organisation, Parameters
from sim.levers import LEVERS, Lever
from sim.parameters import (
    Declaration,
    Grade,
    Kind,
    ParameterError,
    Turns,
    check,
    declarations,
    nearest,
    parameter,
)

PRESET, STRUCTURE = "organisation", "organisation.structure"
STRUCTURES = ("tree", "circles", "hybrid")  # those that need no list of people
LEVER, SWITCH = "levers.", "switches."
ACTS = (LEVER, SWITCH)  # what happens from week 0 on, on the first arm only
PARTS = ("strength", "start", "ramp", "end")  # of what a leader does
WORDS = ("low", "high", "levels", "values")  # that a factor is described with
ALL_UNCERTAIN, ALL_OF_GROUP = "all_uncertain", ".*"
MOST_POINTS = 10_000_000
CHOICE, FIXED = "a choice of the sweep", Kind.FIXED
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
SHARED = {  # what all points of a sweep share -> what to type instead
    "scenario": "the arms of one scenario are run beside each other: sweep.arms=[…]",
    "years": "all runs of a sweep last equally long: years=…",
    "weeks": "all runs of a sweep last equally long: weeks=…",
    "actions": "name a part of what a leader does, for instance levers.example.strength",
    "switches": "name the date of a change of structure, for instance switches.circles.week",
    "rivals": "rivals are those of the scenario or of its arms: sweep.arms=[…]",
    "off": "an ablation is an arm of a scenario: sweep.arms=[…]",
}


@dataclass(frozen=True)
class Sampling:
    """How many points a design has."""

    # fmt: off
    points: int = parameter(
        128, 1, MOST_POINTS, "points", Grade.ASSUMED, CHOICE,
        "points of a Latin hypercube or of a Sobol design", kind=FIXED)
    levels: int = parameter(
        5, 2, 10000, "values", Grade.ASSUMED, CHOICE,
        "values of each factor of a grid, or of one at a time", kind=FIXED)
    design_seed: int = parameter(
        1, 0, 2**62, "-", Grade.ASSUMED, CHOICE, "seed of the design; runs have their own",
        kind=FIXED)
    # fmt: on


class Factor(NamedTuple):
    """Something that differs between the points of a sweep."""

    name: str
    unit: str
    low: float  # NaN for named values
    high: float
    values: tuple[Any, ...]  # those that were given, () = the whole range
    whole: bool  # takes whole numbers only
    about: str
    levels: int = 0  # of a grid or one at a time, 0 = as many as the sweep says

    @property
    def named(self) -> bool:
        """Whether its values are names."""
        return self.low != self.low


# --- what there is --------------------------------------------------------------------------


@cache
def declared_numbers() -> dict[str, Declaration]:
    """Every number of the organisation and of the mechanisms by its full name, fixed ones too."""
    groups: list[tuple[str, Any]] = [("organisation", Organisation)]
    groups += [(each.name, each.type) for each in fields(Parameters)]
    return {f"{path}.{each.name}": each for path, group in groups for each in declarations(group)}


@cache
def numbers(weeks: int) -> dict[str, Declaration]:
    """Every number that can be a factor of runs of this length, by its full name."""
    found = {name: each for name, each in declared_numbers().items() if each.kind != FIXED}
    for lever in LEVERS:
        found |= {f"{LEVER}{lever.name}.{each.name}": each for each in _parts(lever, weeks)}
    for kind in STRUCTURES:
        about = f"week from which the structure may change to {kind}"
        found[f"{SWITCH}{kind}.week"] = Declaration(
            "week", 0, 0, weeks - 1, "weeks", Grade.ASSUMED, CHOICE, about, Kind.SETTING,
            Turns.AS_IS,
        )  # fmt: skip
    return found


def _parts(lever: Lever, weeks: int) -> Iterator[Declaration]:
    """What there is to choose about one lever."""
    rest: tuple[Any, ...] = (lever.grade, lever.source, lever.about, Kind.SETTING, Turns.AS_IS)
    yield Declaration("strength", lever.rest, lever.low, lever.high, lever.unit, *rest)
    for name, default, low, high, about in (
        ("start", 0, 0, weeks - 1, "week in which it begins"),
        ("ramp", 0, 0, LONGEST, "weeks from rest to full strength"),
        ("end", weeks, 1, LONGEST, "week in which it ends"),
    ):
        rest = (Grade.ASSUMED, CHOICE, f"{lever.name}: {about}", Kind.SETTING, Turns.AS_IS)
        yield Declaration(name, default, low, high, "weeks", *rest)


def named_values(name: str) -> list[str]:
    """The names that a factor can take; none if it takes numbers."""
    return {PRESET: names(PRESET), STRUCTURE: list(STRUCTURES)}.get(name, [])


def read_number(text: str) -> float | None:
    """The number that a text is, None if it is none."""
    number = float(text) if NUMBER.fullmatch(text.strip()) else float("inf")
    return number if abs(number) < float("inf") else None


def unknown(name: str, weeks: int) -> ParameterError:
    """The error for a name that is no factor."""
    if name in SHARED:
        return ParameterError(f"{name} is no factor; {SHARED[name]}")
    if name.startswith("engine."):
        return ParameterError(f"{name} is no factor: it does not change a run; type {name}=…")
    if name in declared_numbers():
        return ParameterError(
            f"{name} is no factor: it is a definition, a scale or a choice of design; "
            f"`zwerm list parameters` shows which are uncertain or a setting"
        )
    known = [*numbers(weeks), STRUCTURE, PRESET]
    lever, _, part = name.removeprefix(LEVER).rpartition(".")
    if name.removeprefix(LEVER) in {each.name for each in LEVERS}:
        return ParameterError(
            f"{name} is a lever; write {LEVER}{name.removeprefix(LEVER)}.strength"
        )
    if name.startswith(LEVER) and lever in {each.name for each in LEVERS}:
        return ParameterError(f"unknown factor {name}; {nearest(part, list(PARTS))}")
    same = [each for each in known if each.rpartition(".")[2] == name]
    wanted = f"did you mean {same[0]}?" if same else nearest(name, known)
    if not wanted.startswith("did you mean"):
        wanted = "`zwerm list parameters` and `zwerm list levers` show what can be varied"
    return ParameterError(f"unknown factor {name}; {wanted}")


# --- what was said --------------------------------------------------------------------------


def factors_of(
    content: Mapping[str, Any], weeks: int, taken: Collection[str] = ()
) -> tuple[Factor, ...]:
    """The factors that were named, in order. Raises ParameterError.

    A pattern stands for uncertain parameters, `all_uncertain` for all and `leading.*` for those
    of a group, without those that are `taken` (an arm sets them itself). What is said about a
    single name is stronger than a pattern, and `false` takes it out.
    """
    said: dict[str, Any] = {}
    for name, given in flat(content):
        if name == ALL_UNCERTAIN or name.endswith(ALL_OF_GROUP):
            for each in _matching(name, given):
                if each not in taken:
                    said.setdefault(each, given)
        else:
            said[name.removeprefix("parameters.")] = given
    kept = {name: given for name, given in said.items() if given is not False}
    return tuple(factor_named(name, given, weeks) for name, given in kept.items())


def flat(content: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Full names, also where they are written as groups within groups."""
    for key, given in content.items():
        name = f"{path}{key}"
        if isinstance(given, Mapping) and given and not given.keys() & set(WORDS):
            yield from flat(given, f"{name}.")
        else:
            yield name, given


def _matching(pattern: str, given: Any) -> list[str]:
    """The uncertain parameters that a pattern stands for."""
    if given not in (None, False) and not (isinstance(given, Mapping) and set(given) == {"levels"}):
        raise ParameterError(
            f"{pattern} takes the declared ranges, not {given!r}; write {pattern}: null"
        )
    group = "" if pattern == ALL_UNCERTAIN else pattern.removesuffix("*")
    found = [
        name
        for name, each in declared_numbers().items()
        if each.kind == Kind.UNCERTAIN and name.startswith(group)
    ]
    if not found:
        groups = sorted({name.partition(".")[0] for name in declared_numbers()})
        wanted = nearest(group.removesuffix("."), groups)
        if group.removesuffix(".") in groups:
            wanted = f"no parameter of {group.removesuffix('.')} is uncertain; name them one by one"
        raise ParameterError(f"{pattern} stands for nothing; {wanted}")
    return found


def factor_named(name: str, given: Any, weeks: int) -> Factor:
    """The factor of that name and what was said about it, for runs of so many weeks.

    `given` is None (the whole declared range), {low, high, levels}, {values: […]} or a list of
    values. Raises ParameterError.
    """
    choices = named_values(name)
    declared = numbers(weeks).get(name)
    if not choices and declared is None:
        raise unknown(name, weeks)
    words = _words(name, given)
    levels = int(check(name, _declared_levels(), words["levels"])) if "levels" in words else 0
    if declared is None:
        return _named(name, choices, words)
    low, high = declared.low, declared.high
    if name.startswith(LEVER) and declared.name in ("ramp", "end"):
        high = weeks  # what comes after the run changes nothing in it
    values: tuple[Any, ...] = ()
    if "values" in words:
        path, _, _ = name.rpartition(".")
        values = tuple(check(path, declared, each) for each in words["values"])
        low, high = min(values), max(values)
    low, high = _ends(name, declared, {"low": low, "high": high} | words)
    _check_once(name, values)
    whole = isinstance(declared.default, int)
    return Factor(name, declared.unit, low, high, values, whole, declared.about, levels)


@cache
def _declared_levels() -> Declaration:
    return next(each for each in declarations(Sampling) if each.name == "levels")


def _words(name: str, given: Any) -> dict[str, Any]:
    """What was said, by the words low, high, levels and values."""
    if given is None:
        return {}
    if isinstance(given, Sequence) and not isinstance(given, str):
        given = {"values": given}
    if not isinstance(given, Mapping):
        raise ParameterError(
            f"{name}: {given!r} is one value, which makes no factor; write a list [{given!r}, …] "
            f"or a range {{low: …, high: …}}"
        )
    for word in given:
        if word not in WORDS:
            raise ParameterError(f"{name}: unknown word {word!r}; {nearest(str(word), [*WORDS])}")
    words = {str(word): value for word, value in given.items() if value is not None}
    if "values" not in words:
        return words
    values = words["values"]
    if len(words) > 1:
        other = next(word for word in words if word != "values")
        raise ParameterError(f"{name} has both values and {other}; leave one of them out")
    if not isinstance(values, Sequence) or isinstance(values, str) or not values:
        raise ParameterError(f"{name}: values = {values!r} is no list; write [value, value]")
    return words


def _named(name: str, choices: list[str], words: dict[str, Any]) -> Factor:
    """A factor whose values are names."""
    for word in words:
        if word != "values":
            raise ParameterError(f"{name} has names, no {word}; write [{', '.join(choices[:2])}]")
    values = tuple(words.get("values", choices))
    for each in values:
        if each not in choices:
            raise ParameterError(f"unknown {name} {each!r}; {nearest(str(each), choices)}")
    _check_once(name, values)
    about = "the kind of organisation" if name == PRESET else "how people are led"
    return Factor(name, "-", nan, nan, values, False, about)


def _ends(name: str, declared: Declaration, words: Mapping[str, Any]) -> tuple[float, float]:
    """The low and the high end, checked."""
    low, high = (check(name, declared._replace(name=end), words[end]) for end in ("low", "high"))
    if low > high:
        raise ParameterError(f"{name}: low = {low:g} lies above high = {high:g}; swap them")
    if low == high and "values" not in words:
        raise ParameterError(
            f"{name}: low and high are both {low:g}, which makes no factor; "
            f"leave it out, or write a list with one value: [{low:g}]"
        )
    return low, high


def _check_once(name: str, values: tuple[Any, ...]) -> None:
    twice = next((each for each in values if values.count(each) > 1), None)
    if twice is not None:
        raise ParameterError(f"{name} names {twice!r} twice; leave one out")
