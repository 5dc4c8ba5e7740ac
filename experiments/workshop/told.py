"""What is the model told for a side of a room? One configuration, all bounds checked before."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from threading import Lock

from experiments.workshop import offered
from experiments.workshop.own import Own
from experiments.workshop.room import SIDES, Move, Room, actions_of, checked
from experiments.workshop.said import RoomError
from sim.configuration import Configuration, Switch

composing = Lock()  # Hydra keeps what it composes in one global place


@lru_cache(maxsize=64)
def preset(name: str) -> Configuration:
    """A preset doing nothing."""
    from experiments.settings import compose, study_plan

    with composing:
        return study_plan(compose([f"organisation={name}"])).arms[0].told


def base_of(room: Room, owns: Mapping[str, Own] | None = None) -> Configuration:
    """The organisation of a room, as large as it is by itself. Raises RoomError."""
    if not room.is_own:
        return preset(room.organisation)
    own = (owns or {}).get(room.organisation)
    if own is None:
        raise RoomError("own_missing")
    return own.told


def told_of(
    room: Room, side: str, owns: Mapping[str, Own] | None = None, *, coarse: bool = False
) -> Configuration:
    """The configuration of a side. Coarse: no larger than what runs while something is dragged.

    An org list keeps its people. Raises RoomError.
    """
    base = base_of(room, owns)
    people, customers = room.people, room.customers
    if coarse:
        most = offered.content()["live"]
        people, customers = min(people, most["people"]), min(customers, most["customers"])
    is_list = base.structure == "chart"
    people = base.organisation.people if is_list else people
    kind, week = room.shape(side)
    if is_list and (week or kind in ("hybrid", "circles")):
        raise RoomError("list_shape")
    structure = kind if kind and not week and not is_list else base.structure
    switches = (Switch(kind, week),) if kind and week and kind != structure else ()
    size = replace(base.organisation, people=people, customers=customers)
    return replace(
        base, organisation=size, structure=structure, switches=switches,
        actions=actions_of(room, side), weeks=room.weeks,
    )  # fmt: skip


def with_story(room: Room, name: str) -> Room:
    """The room with a story's organisation, years, levers and structures on both sides.

    Raises RoomError for a story that there is none of.
    """
    from scenarios.library import content_of, entry

    if name not in offered.stories():
        raise RoomError("story", name=name)
    told = offered.stories()[name]
    content = content_of("scenario", told.scenario)
    changed = replace(
        room, story=name, years=int(content.get("years", room.years)), first=(), second=(),
        organisation=entry("scenario", told.scenario).organisation or offered.organisations()[0],
        guess=(),
    )  # fmt: skip
    for side, arm in zip(SIDES, (told.first, told.second), strict=True):
        node = content["scenario"]["arms"][arm]
        switch = next(iter(node.get("switches") or ()), {})
        own = {side: tuple(_move(each) for each in node.get("actions") or ()),
               f"structure_{side}": switch.get("to", ""),
               f"switch_{side}": switch.get("week", 0)}  # fmt: skip
        changed = replace(changed, **own)
    return checked(changed)


def _move(action: Mapping[str, object]) -> Move:
    return Move(**{name: value for name, value in action.items() if value is not None})  # pyright: ignore[reportArgumentType]
