"""Which runs does a hypothesis ask for? From changes laid on each other to configurations.

Every circumstance (as it is by default, with the rule of its own off, and each that is named under
`elsewhere`) has every arm. Raises ParameterError with one sentence for a name that is none.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import reduce
from typing import Any, NamedTuple

from scenarios.claims.hypothesis import CUSTOMERS, PEOPLE, Change, Hypothesis
from sim.configuration import Configuration, Organisation, Parameters
from sim.parameters import WEEKS_PER_YEAR, ParameterError, declarations, nearest

USUAL = Change(organisation={"people": PEOPLE, "customers": CUSTOMERS})


class Where(StrEnum):
    """What a circumstance is there for."""

    DEFAULT = "by default"
    OWN_OFF = "own rule off"
    ELSEWHERE = "elsewhere"


class Circumstance(NamedTuple):
    """What all arms of a hypothesis are run under."""

    name: str
    where: Where
    change: Change


def circumstances(hypothesis: Hypothesis) -> tuple[Circumstance, ...]:
    """The default, then the rule of its own off if there is one, then those elsewhere."""
    first = [Circumstance(Where.DEFAULT, Where.DEFAULT, Change())]
    if hypothesis.own is not None:
        first.append(Circumstance(Where.OWN_OFF, Where.OWN_OFF, hypothesis.own))
    others = hypothesis.elsewhere.items()
    return (*first, *(Circumstance(name, Where.ELSEWHERE, change) for name, change in others))


def cells(hypothesis: Hypothesis) -> dict[tuple[str, str], Configuration]:
    """What each arm is told under each circumstance, by (circumstance, arm)."""
    found: dict[tuple[str, str], Configuration] = {}
    for each in circumstances(hypothesis):
        for name, arm in hypothesis.arms.items():
            around = (each.change, arm) if each.where is Where.ELSEWHERE else (arm, each.change)
            market = laid(hypothesis.base, each.change)
            try:
                told = configuration(hypothesis.years, hypothesis.base, *around, market=market)
            except ParameterError as error:
                where = f"hypothesis {hypothesis.claim}, arm {name!r}, {each.name}"
                raise ParameterError(f"{where}: {error}") from error
            found[each.name, name] = told
    return found


def configuration(years: float, *changes: Change, market: Change | None = None) -> Configuration:
    """The usual organisation with these changes, the later ones on top.

    Rivals are what `market` makes of the usual organisation (by default the first of the changes),
    without what is done there, and with their own change on top.
    """
    change = laid(USUAL, *changes)
    alike = market or laid(*changes[:1])
    alike = dataclasses.replace(alike, actions=(), switches=(), rivals=())
    return _told(years, change, [_told(years, laid(USUAL, alike, each)) for each in change.rivals])


def _told(years: float, change: Change, rivals: Sequence[Configuration] = ()) -> Configuration:
    """One organisation with all that is laid upon it. Raises ParameterError."""
    parameters = Parameters()
    groups = [each.name for each in dataclasses.fields(parameters)]
    for group, values in change.parameters.items():
        if group not in groups:
            raise ParameterError(f"unknown group of parameters {group!r}; {nearest(group, groups)}")
        changed = _replaced(group, getattr(parameters, group), values)
        parameters = dataclasses.replace(parameters, **{group: changed})
    return Configuration(
        organisation=_replaced("organisation", Organisation(), change.organisation),
        parameters=parameters,
        structure=change.structure or "tree",
        actions=change.actions,
        switches=change.switches,
        off=tuple(sorted(set(change.off))),
        rivals=tuple(rivals),
        weeks=round(years * WEEKS_PER_YEAR),
    )


def laid(*changes: Change) -> Change:
    """One change for several, the later ones on top."""
    return reduce(_on_top, changes, Change())


def _on_top(below: Change, above: Change) -> Change:
    groups = {name: dict(values) for name, values in below.parameters.items()}
    for name, values in above.parameters.items():
        groups[name] = {**groups.get(name, {}), **values}
    return Change(
        structure=above.structure or below.structure,
        organisation={**below.organisation, **above.organisation},
        parameters=groups,
        actions=(*below.actions, *above.actions),
        switches=(*below.switches, *above.switches),
        off=(*below.off, *above.off),
        rivals=(*below.rivals, *above.rivals),
    )


def _replaced[Group](name: str, group: Group, values: Mapping[str, float]) -> Group:
    """The group with these values; ranges are checked by `Configuration`."""
    known = [each.name for each in declarations(group)]
    for each in values:
        if each not in known:
            raise ParameterError(f"unknown parameter {name}.{each}; {nearest(each, known)}")
    changed: Any = dataclasses.replace(group, **values)  # type: ignore[type-var]
    return changed
