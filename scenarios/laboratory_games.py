"""Which games can the laboratory play? Presets, settings by name, and what was published.

All of it stands in `conf/laboratory.yaml`; a preset is a few arms, each a name with settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from scenarios.library import CONF
from sim.lab_games import Game, Laboratory, Types, checked_game
from sim.lab_leading import Leadership
from sim.parameters import ParameterError, check, declarations, nearest

Floats = NDArray[np.float64]

# What may be typed for a number, and what it stands for.
WORDS: dict[str, dict[str, float]] = {
    "leader": {"none": 0, "fixed": 1, "rotating": 2, "voluntary": 3},
    "matching": {"strangers": 0, "partners": 1},
    "method": {"free": 0, "strategy": 1},
    "frame": {"giving": 0, "taking": 1},
    "identity_by": {"minimum": 0, "mean": 1},
    "power": {"none": 0, "exclusion": 1, "reward": 2},
    "pay": {"none": 0.0, "moderate": 0.25, "high": 1.0},  # endowments a round, ASSUMED
}
TYPES = {"cc": "conditional", "fr": "free_riders", "tri": "triangle", "other": "other"}
GROUPS = ("laboratory", "leadership", "people", "contributing", "leading")
SHORT = {each.name: "laboratory" for each in declarations(Laboratory)} | {
    each.name: "leadership" for each in declarations(Leadership)
}  # names that need no group in front


@dataclass(frozen=True)
class Preset:
    """An experiment that can be named: its arms differ in settings."""

    name: str
    title: str
    about: str
    source: str
    arms: Mapping[str, Mapping[str, Any]]

    def games(self, settings: Mapping[str, Any] | None = None) -> dict[str, Game]:
        """The game of each arm, with further settings on top. Raises ParameterError."""
        return {name: game_of({**arm, **(settings or {})}) for name, arm in self.arms.items()}


# --- settings -------------------------------------------------------------------------------


def game_of(settings: Mapping[str, Any]) -> Game:
    """The game that settings by name describe; the first name is as good as `laboratory.name`.

    Raises ParameterError with one sentence for a name or a value that cannot be used.
    """
    changes: dict[str, dict[str, float | int]] = {name: {} for name in GROUPS}
    identities: tuple[int, ...] = ()
    types: Types | None = None
    for name, value in settings.items():
        if name == "identities":
            identities = _labels(value)
        elif name == "types":
            types = types_of(value) if isinstance(value, str) else value
        else:
            group, field = _placed(name)
            declared = next(d for d in declarations(_class_of(group)) if d.name == field)
            changes[group][field] = check(group, declared, number_of(field, value))
    base = Game(identities=identities, types=types)
    parts = {
        name: replace(getattr(base, name), **changed) for name, changed in changes.items()
    }  # fmt: skip
    return checked_game(replace(base, **parts))


def _class_of(group: str) -> type:
    return type(getattr(Game(), group))


@cache
def known_names() -> tuple[str, ...]:
    """Everything that may be set, by its full name."""
    return tuple(
        f"{group}.{each.name}" for group in GROUPS for each in declarations(_class_of(group))
    )


def _placed(name: str) -> tuple[str, str]:
    """Group and field of a name that was typed. Raises ParameterError."""
    group, dot, field = name.partition(".")
    if not dot and name in SHORT:
        return SHORT[name], name
    if dot and name in known_names():
        return group, field
    same = [each for each in known_names() if each.rpartition(".")[2] == name.rpartition(".")[2]]
    if same:
        raise ParameterError(f"unknown setting {name}; did you mean {same[0]}?")
    candidates = [*SHORT, "identities", "types"] if not dot else [*known_names()]
    close = nearest(name, candidates)
    if not close.startswith("did you mean"):
        close = "`zwerm lab --list` shows what can be set"
    raise ParameterError(f"unknown setting {name} of the laboratory; {close}")


def number_of(field: str, value: Any) -> Any:
    """A word as the number that it stands for; numbers in text as numbers."""
    words = WORDS.get(field, {})
    if not isinstance(value, str):
        return value
    if value in words:
        return words[value]
    try:
        typed = float(value)
    except ValueError:
        known = nearest(value, list(words)) if words else "type a number"
        raise ParameterError(f"{field} = {value!r} cannot be used; {known}") from None
    return int(typed) if np.isfinite(typed) and typed == int(typed) else typed


def _labels(value: Any) -> tuple[int, ...]:
    """Labels of seats, from a list or from text as 1,1,2."""
    parts = value.strip("[] ").split(",") if isinstance(value, str) else list(value)
    try:
        return tuple(int(each) for each in parts if str(each).strip())
    except (TypeError, ValueError):
        raise ParameterError(
            f"identities = {value!r} cannot be read; type a label for each seat, for instance "
            f"identities=1,1,2"
        ) from None


def types_of(text: str) -> Types:
    """Shares of types as they are typed: cc=.5,fr=.3,tri=.1; what is left over is `other`.

    Raises ParameterError.
    """
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, _, value = (each.strip() for each in part.partition("="))
        if name not in TYPES:
            raise ParameterError(f"no type is called {name!r}; {nearest(name, list(TYPES))}")
        try:
            shares[name] = float(value)
        except ValueError:
            raise ParameterError(
                f"{part.strip()!r} is no share; type for instance cc=.5,fr=.3,tri=.1"
            ) from None
    shares.setdefault("other", max(0.0, 1.0 - sum(shares.values())))
    return Types(**{full: shares.get(short, 0.0) for short, full in TYPES.items()})


# --- what stands in conf ----------------------------------------------------------------------


@cache
def content() -> dict[str, Any]:
    """The file `conf/laboratory.yaml`, read once."""
    return yaml.safe_load((CONF / "laboratory.yaml").read_text(encoding="utf-8"))


@cache
def presets() -> dict[str, Preset]:
    """All presets, in the order of the file."""
    return {
        name: Preset(name, each["title"], " ".join(each["about"].split()), each["source"],
                     each["arms"])
        for name, each in content()["presets"].items()
    }  # fmt: skip


def preset(name: str) -> Preset:
    """A preset by name. Raises ParameterError with the nearest one."""
    if name not in presets():
        raise ParameterError(f"no preset is called {name!r}; {nearest(name, list(presets()))}")
    return presets()[name]


@cache
def published(name: str) -> dict[str, Any]:
    """Published means of a preset, shares of the endowment by round; empty if there are none."""
    found = content()["published"].get(name, {})
    return {
        key: np.array(value, dtype=float) if isinstance(value, list) else value
        for key, value in found.items()
    }
