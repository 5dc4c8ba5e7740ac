"""Why believe this? What was held against published numbers, and who says what about a lever.

Facts only: nothing is run here. Verdicts on claims are those that were accepted; where the model
has changed since, they say so.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import yaml

from experiments.claims.verdicts import accepted as accepted_verdicts
from experiments.explain_facts import claims, claims_in, claims_in_dutch
from experiments.workshop.said import words
from scenarios.library import CONF, LOADER, content_of
from scenarios.targets.target import Status, targets
from sim.compiled import kernel_hash
from sim.levers import ALL, NAMES, TOP, WORLD_OUTSIDE

WHO = {TOP: "top", ALL: "all", WORLD_OUTSIDE: "nobody"}  # which leaders a lever takes
VERDICTS = ("hit", "missed", "undecided", "not measured")


class Share(NamedTuple):
    """Rows of one status, and what came of them."""

    status: str  # key below `exports.statuses`
    name: str
    meaning: str
    hit: int
    missed: int
    undecided: int
    unmeasured: int

    @property
    def rows(self) -> int:
        """All rows of the status."""
        return self.hit + self.missed + self.open

    @property
    def open(self) -> int:
        """Rows that are neither hit nor missed."""
        return self.undecided + self.unmeasured


class Miss(NamedTuple):
    """A published number that the model does not meet."""

    name: str
    measured: str  # what was measured, in English
    source: str
    reading: str  # what to make of it, in English; may be empty


class Said(NamedTuple):
    """A claim about a lever, and what came of it in this model."""

    name: str  # its id
    text: str  # in the language of the page, in our words
    source: str  # where it was said
    verdict: str  # key below `workshop.verdicts`; "" = not run yet


class Card(NamedTuple):
    """Everything about a lever."""

    lever: str
    name: str
    about: str
    unit: str
    low: float
    rest: float
    high: float
    hours: float  # a week, of each leader who takes part, at full strength
    who: str  # a value of WHO
    euros: float  # a week, for each employee
    grade: str  # of the cost
    source: str
    read_by: str  # the mechanism whose rule reads it
    claims: tuple[Said, ...]


def validation(language: str) -> list[Share]:
    """What came of every row of `conf/targets.yaml`, by status, tested ones first."""
    found = accepted()["rows"]
    told = []
    for status in Status:
        ids = [name for name, each in targets().items() if each.status is status]
        counts = [sum(_verdict(found, name) == each for name in ids) for each in VERDICTS]
        if ids:
            key = status.name.lower()
            said = words(language)["statuses"][key]
            told.append(Share(key, said["name"], said["meaning"], *counts))
    return told


def misses() -> list[Miss]:
    """Tested rows that were missed, none left out."""
    found = accepted()["rows"]
    return [
        Miss(name, each.measured, each.source, each.reading)
        for name, each in targets().items()
        if each.status is Status.CHECK and _verdict(found, name) == "missed"
    ]


def is_outdated() -> bool:
    """Whether the model has changed since its validation was accepted."""
    return accepted()["kernels"] != kernel_hash()


@cache
def accepted() -> dict[str, Any]:
    """What `zwerm validate --accept` kept."""
    return yaml.load((CONF / "validated.yaml").read_text(encoding="utf-8"), LOADER)


def _verdict(found: Mapping[str, Any], name: str) -> str:
    return str(found.get(name, {}).get("verdict", "not measured"))


def card(lever: str, language: str) -> Card:
    """Everything about a lever. Words in the language where they exist, sources in English.

    Raises KeyError for a lever that there is none of.
    """
    told, said = NAMES[lever], content_of("text", language)["workshop"]["levers"][lever]
    return Card(
        lever=lever, name=said["name"], about=said["about"],
        unit=words(language)["units"][told.unit], low=told.low, rest=told.rest, high=told.high,
        hours=told.hours, who=WHO[told.who], euros=told.euros, grade=str(told.grade),
        source=told.source, read_by=told.read_by,
        claims=tuple(claim(name, language) for name in claims_in([told.source])),
    )  # fmt: skip


def claim(name: str, language: str) -> Said:
    """A claim and what came of it. Raises KeyError."""
    _, *told = claims()[name] if language == "en" else ("", *claims_in_dutch()[name])
    found = accepted_verdicts().claims.get(name)
    return Said(name, *told, verdict=found.verdict.name.lower() if found else "")


def engine() -> str:
    """With which engine the verdicts were made, where it is not this one; else empty."""
    told = accepted_verdicts()
    return told.engine if told.is_outdated else ""


def is_not(language: str) -> list[str]:
    """What this is not, sentence by sentence."""
    return [str(each) for each in words(language)["is_not"]]
