"""What a point of a sweep changes: from the base and a point to what a run is told.

The base is any composed configuration. Stronger wins: organisation < scenario < sweep < command
line < what makes an arm differ < the point. A point may name its organisation; everything else
still comes on top of that. What leaders do (`levers.…`) and when the structure changes
(`switches.…`) differ on the first arm only: the arms it is compared with stay what they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from experiments.settings import CHOSEN, NOTHING, resolved, restored, study_plan
from experiments.sweep.acting import acted, check_acting, switched, week_of
from experiments.sweep.factors import (
    ACTS,
    LEVER,
    PRESET,
    STRUCTURE,
    STRUCTURES,
    SWITCH,
    Factor,
    numbers,
    read_number,
    unknown,
)
from scenarios.rivals import followed
from sim.configuration import (
    Configuration,
    Organisation,
    Parameters,
    structure_of,
)
from sim.parameters import Declaration, ParameterError, check, nearest

if TYPE_CHECKING:
    from omegaconf import DictConfig

FRONT = "organisation.front_capacity"
SIZES = ("organisation.people", "organisation.span", "organisation.circle_size")
Point = Mapping[str, Any]


class _Changes(NamedTuple):
    """A point, checked value by value."""

    preset: str
    structure: str  # empty = as it is
    numbers: dict[str, float | int]
    levers: dict[str, dict[str, float | int]]  # by lever and part
    switches: dict[str, int]  # week of the change to a structure


class Base:
    """A composed configuration, and what its points make of it."""

    arms: tuple[str, ...]  # those that are run, the one that levers act on first
    weeks: int

    def __init__(self, settings: Mapping[str, Any]) -> None:
        sweep = settings.get("sweep") or {}
        self._settings = {name: each for name, each in settings.items() if name != "sweep"}
        self._settings["scenario"] = {**settings["scenario"], "panel": None}  # not run in a sweep
        self._own: str = settings["organisation"]["name"]
        self._presets: dict[str, Any] = {self._own: {}, **(sweep.get("presets") or {})}
        self._same_front = bool(sweep.get("same_front"))
        self._told: dict[str, dict[str, Configuration]] = {}
        told = self._arms_of(self._own)
        node = settings["scenario"]
        main = node["main"] or next(iter(told))
        self.arms = _arms(sweep.get("arms") or [], list(told), main, node["name"])
        self.weeks = told[self.arms[0]].weeks
        self._groups = {arm: _first_like(arm, told) for arm in told}

    @classmethod
    def of(cls, cfg: "DictConfig") -> "Base":
        """The base that settings from `compose` describe. Raises ParameterError or ChartError."""
        return cls(resolved(cfg))

    @classmethod
    def restored(cls, settings: Mapping[str, Any]) -> "Base":
        """The base that `resolved` settings describe, for instance those in a folder.

        Raises ParameterError or ChartError.
        """
        return cls(resolved(restored(settings)))

    def told(self, arm: str, point: Point) -> Configuration:
        """What the run of an arm at a point is told.

        None and an empty text mean: as in the base. Raises ParameterError with one sentence.
        """
        changes = self._changes(point)
        told = self._arm(arm, changes.preset)
        return self._changed(told, arm, changes)

    def value(self, name: str) -> Any:
        """What the first arm of the base has for a factor. Raises ParameterError."""
        if name == PRESET:
            return self._own
        told = self._told[self._own][self.arms[0]]
        if name == STRUCTURE:
            return told.structure
        if name not in numbers(self.weeks):
            raise unknown(name, self.weeks)
        if name.startswith(SWITCH):
            return week_of(told.switches, name)
        if not name.startswith(LEVER):
            return _number(told, name)
        _, lever, part = name.split(".")
        action = next((each for each in told.actions if each.lever == lever), None)
        if action is None:
            return numbers(self.weeks)[name].default
        value = getattr(action, part)
        return self.weeks if value is None else value

    def spin_up_group(self, point: Point, arm: str | None = None) -> str:
        """The same for points (and arms) whose organisation is the same at week 0.

        They differ at most in what leaders do, so that a run that follows one of the same group
        and seed finds its state at week 0 ready.
        """
        given = {name: _plain(value) for name, value in point.items() if not _is_empty(value)}
        preset = str(given.pop(PRESET, self._own))
        group = self._groups[arm or self.arms[0]]
        parts = [preset, group]
        try:
            own = self._arm(group, preset)
        except ParameterError:  # the run will say so
            return "|".join(parts)
        for name in sorted(given):
            if not name.startswith(ACTS) and given[name] != _number(own, name):
                parts.append(f"{name}={given[name]!r}")
        return "|".join(parts)

    def check(self, factors: Iterable[Factor]) -> None:
        """Raise ParameterError where factors do not suit the base."""
        names = [each.name for each in factors]
        told = self._told[self._own]
        if told[self.arms[0]].structure == "chart":
            _check_list(names)
        first = told[self.arms[0]]
        check_acting(names, first.actions, first.switches)
        for name in names:
            if name == PRESET or name.startswith(ACTS):
                continue
            if len({_number(told[arm], name) for arm in self.arms}) > 1:
                listed = ", ".join(self.arms)
                raise ParameterError(
                    f"the arms {listed} differ in {name}, so it is no factor; run one of them, "
                    f"for instance 'sweep.arms=[{self.arms[0]}]', or take it out: "
                    f"sweep.factors.{name}=false"
                )

    def taken(self) -> set[str]:
        """The numbers that an arm of this sweep sets itself."""
        arms = self._settings["scenario"]["arms"] or {}
        return {
            f"{group}.{name}"
            for arm in self.arms
            for group, values in (arms.get(arm) or {}).items()
            if isinstance(values, Mapping)
            for name in values
        }

    # --- inside -----------------------------------------------------------------------------

    def _arms_of(self, preset: str) -> dict[str, Configuration]:
        """The configuration of every arm with a preset, composed once. Raises ParameterError."""
        if preset not in self._told:
            if preset not in self._presets:
                raise ParameterError(
                    f"organisation {preset!r} is none of this sweep; "
                    f"{nearest(preset, list(self._presets))}"
                )
            merged = {
                name: {**each, **self._presets[preset].get(name, {})}
                if isinstance(each, Mapping)
                else each
                for name, each in self._settings.items()
            }
            told = {each.name: each.told for each in study_plan(restored(merged)).arms}
            if not self._settings["scenario"]["arms"] and CHOSEN not in told:
                told = {CHOSEN: told[NOTHING], **told}
            self._told[preset] = told
        return self._told[preset]

    def _arm(self, arm: str, preset: str) -> Configuration:
        arms = self._arms_of(preset)
        if arm not in arms:
            raise ParameterError(f"no arm is called {arm!r}; {nearest(arm, list(arms))}")
        return arms[arm]

    def _changes(self, point: Point) -> _Changes:
        """The point sorted and checked. Raises ParameterError."""
        known = numbers(self.weeks)
        preset = str(_given(point, PRESET, self._own))
        changes = _Changes(preset, self._structure(point), {}, {}, {})
        for name, value in point.items():
            if name in (PRESET, STRUCTURE) or _is_empty(value):
                continue
            if name not in known:
                raise unknown(name, self.weeks)
            path, _, last = name.rpartition(".")
            number = _checked(path, known[name], _plain(value))
            if name.startswith(LEVER):
                changes.levers.setdefault(path.removeprefix(LEVER), {})[last] = number
            elif name.startswith(SWITCH):
                changes.switches[path.removeprefix(SWITCH)] = int(number)
            else:
                changes.numbers[name] = number
        return changes

    def _structure(self, point: Point) -> str:
        structure = _given(point, STRUCTURE, "")
        if structure and structure not in STRUCTURES:
            raise ParameterError(
                f"unknown {STRUCTURE} {structure!r}; {nearest(str(structure), list(STRUCTURES))}"
            )
        return structure

    def _changed(self, told: Configuration, arm: str, changes: _Changes) -> Configuration:
        """The configuration with the changes in it, checked whole. Raises ParameterError."""
        if told.structure == "chart":
            _check_list([STRUCTURE] * bool(changes.structure) + [*changes.numbers])
        groups = _by_group(changes.numbers)
        size: dict[str, Any] = {**groups.pop("organisation", {})}
        front = self._front(told, changes)
        if front is not None:
            size["front_capacity"] = front
        new = {name: replace(getattr(told.parameters, name), **groups[name]) for name in groups}
        acts = arm == self.arms[0]
        changed = replace(
            told,
            organisation=replace(told.organisation, **size),
            parameters=replace(told.parameters, **new),
            structure=changes.structure or told.structure,
            actions=acted(told.actions, changes.levers) if acts else told.actions,
            switches=switched(told.switches, changes.switches) if acts else told.switches,
        )
        return followed(told, changed)

    def _front(self, told: Configuration, changes: _Changes) -> float | None:
        """The front capacity that is held equal, None where nothing changes it.

        That of the scenario's own arm (`scenario.same_front_as`), or with `sweep.same_front` of
        this arm, with the people, span and circles of the point but with its own structure.
        """
        resized = any(name in changes.numbers for name in SIZES)
        reference = self._settings["scenario"]["same_front_as"]
        if FRONT in changes.numbers or told.structure == "chart":
            return None
        if reference:
            if not resized:
                return None
            told = self._arm(reference, changes.preset)
        elif not self._same_front or told.organisation.front_capacity > 0:  # which was given
            return None
        people, span, circle_size = (
            int(changes.numbers[name] if name in changes.numbers else _number(told, name))
            for name in SIZES
        )
        return _front_staff(told.structure, people, span, circle_size)


# --- pieces ---------------------------------------------------------------------------------


def _arms(wanted: list[str], known: list[str], main: str, scenario: str) -> tuple[str, ...]:
    """The arms that are run, the scenario's main one first. Raises ParameterError."""
    for name in wanted:
        if name not in known:
            raise ParameterError(
                f"sweep.arms: scenario {scenario} has no arm {name!r}; {nearest(name, known)}"
            )
        if wanted.count(name) > 1:
            raise ParameterError(f"sweep.arms names {name!r} twice; leave one out")
    return tuple(sorted(wanted, key=lambda name: name != main)) or (main,)


def _first_like(arm: str, told: Mapping[str, Configuration]) -> str:
    """The first arm whose organisation is the same at week 0."""
    state = _at_week_zero(told[arm])
    return next(name for name, each in told.items() if _at_week_zero(each) == state)


def _at_week_zero(told: Configuration) -> tuple[Any, ...]:
    return told.organisation, told.parameters, told.structure, told.bosses, told.departments


def _number(told: Configuration, name: str) -> Any:
    """What a configuration has under a full name, None for a name that is none."""
    if name == STRUCTURE:
        return told.structure
    path, _, last = name.rpartition(".")
    group = told.organisation if path == "organisation" else getattr(told.parameters, path, None)
    return getattr(group, last, None)


def _by_group(values: Mapping[str, float | int]) -> dict[str, dict[str, float | int]]:
    """Full names as groups of names."""
    groups: dict[str, dict[str, float | int]] = {}
    for name, value in values.items():
        path, _, last = name.rpartition(".")
        groups.setdefault(path, {})[last] = value
    return groups


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _plain(value: Any) -> Any:
    """A number also where it came as a text or as a scalar of NumPy."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        number = read_number(value)
        return value if number is None else number
    return value


def _checked(path: str, declared: Declaration, value: Any) -> float | int:
    """What `check` gives; it prepares a sentence for every number, and few need one."""
    fits = type(value) is type(declared.default) and declared.low <= value <= declared.high
    return value if fits else check(path, declared, value)


def _given(point: Point, name: str, otherwise: str) -> Any:
    value = point.get(name)
    return otherwise if _is_empty(value) else value


def _check_list(names: Iterable[str]) -> None:
    """Raise ParameterError for what an org list gives."""
    for name in names:
        if name in (STRUCTURE, *SIZES):
            raise ParameterError(
                f"{name} is given by the org list, so it is no factor; take it out, or leave out "
                f"organisation.chart"
            )


@lru_cache(maxsize=4096)
def _front_staff(structure: str, people: int, span: int, circle_size: int) -> float:
    """Front positions of a structure of this size."""
    size = Organisation(people=people, span=span, circle_size=circle_size)
    return float(structure_of(Configuration(size, Parameters(), structure)).front_staff.size)
