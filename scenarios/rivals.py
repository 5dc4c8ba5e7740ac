"""What do rivals of the same market have in common with an organisation whose numbers change?"""

import dataclasses
from typing import Any

from sim.configuration import Configuration


def followed(before: Configuration, after: Configuration) -> Configuration:
    """`after`, with rivals that go along in whatever they had in common with `before`.

    A point of a sweep or a row of the plausible set says something of the world, or of a kind of
    organisation: a twin stays a twin. What makes a rival differ stays. What leaders do is not
    shared.
    """
    if not before.rivals:
        return after
    return dataclasses.replace(
        after, rivals=tuple(_along(each, before, after) for each in before.rivals)
    )


def _along(rival: Configuration, before: Configuration, after: Configuration) -> Configuration:
    same = rival.structure == before.structure
    return dataclasses.replace(
        rival,
        organisation=_group(rival.organisation, before.organisation, after.organisation),
        parameters=dataclasses.replace(
            rival.parameters,
            **{
                each.name: _group(
                    getattr(rival.parameters, each.name),
                    getattr(before.parameters, each.name),
                    getattr(after.parameters, each.name),
                )
                for each in dataclasses.fields(rival.parameters)
            },
        ),
        structure=after.structure if same else rival.structure,
    )


def _group[Group](rival: Group, before: Group, after: Group) -> Group:
    """A group of numbers: those that were the same are the same again."""
    if before == after:
        return rival
    changed: dict[str, Any] = {
        each.name: getattr(after, each.name)
        for each in dataclasses.fields(rival)  # type: ignore[arg-type]
        if getattr(rival, each.name) == getattr(before, each.name)
    }
    return dataclasses.replace(rival, **changed)  # type: ignore[type-var]
