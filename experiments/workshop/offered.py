"""What does the workshop offer, and how much of it? Read from `conf/workshop.yaml`, data only."""

from functools import cache
from typing import Any, NamedTuple

import yaml

from scenarios.library import CONF, LOADER, names
from sim.levers import NAMES

FILE = "workshop.yaml"
HIGH, LOW = "high", "low"  # ends of an axis
STRUCTURE = "structure"  # in front like a lever, and none: it has no strength


class Bound(NamedTuple):
    """What a size is if nobody says, and how far it may go."""

    default: int
    low: int
    high: int


class Shown(NamedTuple):
    """A measure with its fixed axis."""

    name: str
    unit: str  # points, share, of_start (% of the first week), euro_head (a year) or hours
    low: float
    high: float
    decimals: int
    better: str = HIGH  # which end teams want: HIGH or LOW

    @property
    def factor(self) -> float:
        """From the model's numbers to those on the screen: shares are percents there."""
        return 100.0 if self.unit == "share" else 1.0

    @property
    def places(self) -> int:
        """Decimals on the screen."""
        return 1 if self.unit in ("share", "points") else self.decimals


class Told(NamedTuple):
    """A story: a scenario and the arms that become A and B."""

    scenario: str
    first: str
    second: str


@cache
def content() -> dict[str, Any]:
    """The file as it stands, read once."""
    return yaml.load((CONF / FILE).read_text(encoding="utf-8"), LOADER)


def bound(name: str) -> Bound:
    """The bounds of years, people, customers or seed."""
    return Bound(*content()["sizes"][name])


@cache
def front() -> tuple[str, ...]:
    """The twelve front levers, `structure` among them."""
    return tuple(content()["front"])


@cache
def beside() -> dict[str, tuple[str, ...]]:
    """For each front lever the levers that are shown with it."""
    return {name: tuple(others) for name, others in content()["front"].items()}


@cache
def more() -> tuple[str, ...]:
    """Every other lever of the model, those that stand beside a front lever first."""
    near = [name for others in beside().values() for name in others]
    return tuple(dict.fromkeys([*near, *(name for name in NAMES if name not in front())]))


@cache
def measures() -> dict[str, Shown]:
    """The measures that can be looked at, in the order of the page."""
    return {name: Shown(name, **told) for name, told in content()["measures"].items()}


@cache
def stories() -> dict[str, Told]:
    """The stories by name."""
    return {name: Told(name, *arms) for name, arms in content()["stories"].items()}


@cache
def organisations() -> tuple[str, ...]:
    """Every preset, those of the file first."""
    return tuple(dict.fromkeys([*content()["organisations"], *names("organisation")]))
