"""Why believe this? What was held against published numbers, and who says what about a lever.

Facts only: nothing is run here. Verdicts on claims are those that come with the stories; where the
model has changed since, they say so.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import yaml

from experiments.explain_facts import claims_in
from experiments.workshop.said import words
from scenarios.claims import claims, judged
from scenarios.claims.hypothesis import Untested
from scenarios.library import CONF, LOADER, content_of, names
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
        return self.hit + self.missed + self.undecided + self.unmeasured


class Miss(NamedTuple):
    """A published number that the model does not meet."""

    name: str
    measured: str  # what was measured, in English
    source: str
    reading: str  # what to make of it, in English; may be empty


class Said(NamedTuple):
    """A claim about a lever, and what came of it in this model."""

    name: str  # its id
    text: str  # in English, in our words
    source: str
    verdict: str  # key below `story.verdicts`; "" = not run yet
    outdated: bool  # whether the model has changed since the verdict


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
        claims=tuple(claim(name) for name in claims_in([told.source])),
    )  # fmt: skip


def claim(name: str) -> Said:
    """A claim and what came of it. Raises KeyError."""
    told, made = claims()[name], stored().get(name)
    if made is None:
        untested = isinstance(judged().get(name), Untested)
        return Said(name, told.text, told.source, "untested" if untested else "", False)
    return Said(name, told.text, told.source, made[0], made[1] != kernel_hash())


@cache
def stored() -> dict[str, tuple[str, str]]:
    """For each claim of a story its verdict, and the hash of the model that gave it."""
    found: dict[str, tuple[str, str]] = {}
    for story in names("story"):
        path = CONF / "story" / f"{story}.json"
        if not path.is_file():
            continue
        content = json.loads(path.read_text(encoding="utf-8"))
        for name, said in content["claims"].items():
            found[name] = (said["verdict"], content["made"]["kernels"])
    return found


def is_not(language: str) -> list[str]:
    """What this is not, sentence by sentence."""
    return [str(each) for each in words(language)["is_not"]]
