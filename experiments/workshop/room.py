"""What has a visitor chosen? A room: all of it in one value, that a link holds exactly.

Side `first` is A and `second` is B. Weeks count from the start of the run. A room is a value:
whoever changes something makes another with `dataclasses.replace`, so that undo is a list.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from itertools import batched, pairwise
from typing import Any, NoReturn

from experiments.workshop import offered
from experiments.workshop.said import LANGUAGES, RoomError
from sim.levers import NAMES, Action, checked_schedule
from sim.parameters import WEEKS_PER_YEAR, ParameterError

FRONT: tuple[str, ...] = offered.front()
MORE: tuple[str, ...] = offered.more()
SIDES = ("first", "second")
SHAPES = ("", "tree", "circles", "hybrid")  # "" = as the organisation is
OWN = "own-"  # what the key of an organisation of one's own begins with
OWN_KEY = re.compile(r"own-[0-9a-f]{8}")
WORD = re.compile(r"[a-z_]{0,30}")
NUMBER = re.compile(r"-?\d{1,6}(\.\d{1,22})?(e-?\d{1,3})?", re.ASCII)
WHOLE = re.compile(r"\d{1,7}", re.ASCII)
BETWEEN = "~"  # the parts of a move, moves, and numbers of a link; it stands as it is in a URL
LONGEST_NAME = 60  # letters that are looked up
GUESSES = 44  # points of a drawn guess


@dataclass(frozen=True)
class Move:
    """A dated use of a lever."""

    lever: str  # a name of `sim.levers.NAMES`
    strength: float  # in the unit of the lever
    start: int  # week
    ramp: int = 0  # weeks from rest to full strength
    end: int = 0  # week; 0 = to the end of the run


@dataclass(frozen=True)
class Room:
    """Everything that a visitor has chosen. `room_of` makes one from a link and checks it."""

    organisation: str = offered.organisations()[0]  # a preset, or the key of one's own (`own.py`)
    story: str = ""  # a name of `offered.stories()`; only says where the moves came from
    years: int = offered.bound("years").default
    people: int = offered.bound("people").default  # an org list has its own
    customers: int = offered.bound("customers").default
    first: tuple[Move, ...] = ()
    second: tuple[Move, ...] = ()
    structure_first: str = ""  # one of SHAPES
    structure_second: str = ""
    switch_first: int = 0  # week of the change; 0 = like that from before the run
    switch_second: int = 0
    seed: int = offered.bound("seed").default  # the first of the seeds
    measure: str = next(iter(offered.measures()))
    language: str = LANGUAGES[0]
    beamer: bool = False
    view: str = ""  # which view of the page is open: a word
    guess: tuple[float, ...] = ()  # drawn before the answer was shown, a value a quarter

    @property
    def weeks(self) -> int:
        """Weeks of a run."""
        return self.years * WEEKS_PER_YEAR

    @property
    def is_own(self) -> bool:
        """Whether the organisation is one of the visitor's own."""
        return self.organisation.startswith(OWN)

    def moves(self, side: str) -> tuple[Move, ...]:
        """The moves of a side."""
        return self.first if side == "first" else self.second

    def shape(self, side: str) -> tuple[str, int]:
        """Structure and switch week of a side."""
        if side == "first":
            return self.structure_first, self.switch_first
        return self.structure_second, self.switch_second

    def with_side(self, side: str, moves: tuple[Move, ...]) -> "Room":
        """The room with other moves on a side, checked. Raises RoomError."""
        return checked(replace(self, **{side: moves}))


def actions_of(room: Room, side: str) -> tuple[Action, ...]:
    """The schedule of a side as the model takes it."""
    return tuple(
        Action(each.lever, each.strength, each.start, each.ramp, each.end or None)
        for each in room.moves(side)
    )


# --- checking -----------------------------------------------------------------------------------


def checked(room: Room) -> Room:
    """The room, or RoomError with the key of one sentence."""
    for name in ("years", "people", "customers", "seed"):
        _check_size(name, getattr(room, name))
    if not room.is_own and room.organisation not in offered.organisations():
        known = offered.organisations()
        near = (*get_close_matches(room.organisation[:LONGEST_NAME], known, n=1), known[0])
        raise RoomError("organisation", name=room.organisation, near=near[0])
    if room.is_own and not OWN_KEY.fullmatch(room.organisation):
        raise RoomError("broken", part="o")
    if room.story and room.story not in offered.stories():
        raise RoomError("story", name=room.story)
    if room.measure not in offered.measures():
        raise RoomError("measure", name=room.measure)
    if room.language not in LANGUAGES:
        raise RoomError("language", name=room.language)
    if not WORD.fullmatch(room.view):
        raise RoomError("broken", part="w")
    if len(room.guess) > GUESSES or not all(map(math.isfinite, room.guess)):
        raise RoomError("broken", part="g")
    for side in SIDES:
        _check_shape(room, side)
        _check_moves(room, side)
    return room


def _check_size(name: str, value: object) -> None:
    low, high = offered.bound(name)[1:]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise RoomError("size", what=name, value=value, low=low, high=high)


def _check_shape(room: Room, side: str) -> None:
    kind, week = room.shape(side)
    if kind not in SHAPES:
        raise RoomError("shape", name=kind)
    if isinstance(week, bool) or not isinstance(week, int) or not 0 <= week < room.weeks:
        raise RoomError("switch_week", week=week, weeks=room.weeks - 1)


def _check_moves(room: Room, side: str) -> None:
    moves, most = room.moves(side), offered.content()["moves"]
    if len(moves) > most:
        raise RoomError("too_many", count=len(moves), most=most)
    for each in moves:
        _check_move(each, room.weeks)
    by_lever: dict[str, list[Move]] = {}
    for each in moves:
        by_lever.setdefault(each.lever, []).append(each)
    for lever, several in by_lever.items():
        several.sort(key=lambda each: each.start)
        for before, after in pairwise(several):
            if not before.end or before.end > after.start:
                raise RoomError("overlap", lever=lever, first=before.start, second=after.start)
    try:
        checked_schedule(actions_of(room, side))
    except ParameterError as error:  # pragma: no cover - all of it is said above
        raise RoomError("schedule", text=str(error)) from None


def _check_move(move: Move, weeks: int) -> None:
    if move.lever not in NAMES:
        raise RoomError("lever", name=move.lever)
    lever = NAMES[move.lever]
    if isinstance(move.strength, bool) or not lever.low <= move.strength <= lever.high:  # NaN too
        raise RoomError("strength", lever=move.lever, value=move.strength, low=lever.low,
                        high=lever.high)  # fmt: skip
    for name in ("start", "ramp", "end"):
        week = getattr(move, name)
        most = weeks - 1 if name == "start" else offered.bound("years").high * WEEKS_PER_YEAR
        if isinstance(week, bool) or not isinstance(week, int) or not 0 <= week <= most:
            raise RoomError("week", lever=move.lever, week=week, most=most)
    if move.end and move.end <= move.start:
        raise RoomError("end", lever=move.lever, start=move.start, end=move.end)


# --- the link -----------------------------------------------------------------------------------

SHORT = {
    "organisation": "o", "story": "s", "years": "y", "people": "p", "customers": "c",
    "first": "a", "second": "b", "structure_first": "ta", "structure_second": "tb",
    "switch_first": "wa", "switch_second": "wb", "seed": "r", "measure": "m", "language": "l",
    "beamer": "z", "view": "w", "guess": "g",
}  # fmt: skip


def query_of(room: Room) -> dict[str, str]:
    """What a link says of a room: only what is not as it is at first. `room_of` gives it back."""
    usual, found = Room(), {}
    for name, short in SHORT.items():
        value = getattr(room, name)
        if value != getattr(usual, name):
            found[short] = _written(value)
    return found


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return BETWEEN.join(_part(each) for each in value)
    return str(value)


def _part(each: Any) -> str:
    if not isinstance(each, Move):
        return _digits(each)
    weeks = (str(week) for week in (each.start, each.ramp, each.end))
    return BETWEEN.join([each.lever, _digits(each.strength), *weeks])


def _digits(value: float) -> str:
    """The shortest text that reads back as the same number."""
    return repr(float(value)).removesuffix(".0")


def room_of(query: Mapping[str, str]) -> Room:
    """The room that a link describes, checked. Raises RoomError for whatever is not one."""
    known = {short: name for name, short in SHORT.items()}
    if sum(len(str(value)) for value in query.values()) > offered.content()["link"]:
        raise RoomError("link_long", most=offered.content()["link"])
    kinds = {each.name: type(each.default) for each in fields(Room)}
    found: dict[str, Any] = {}
    for short, text in query.items():
        if short not in known:
            raise RoomError("broken", part=short)
        name = known[short]
        try:
            found[name] = _read(name, kinds[name], str(text))
        except ValueError:
            raise RoomError("broken", part=short) from None
    return checked(Room(**found))


def _read(name: str, kind: type, text: str) -> Any:
    """A value of a link. Raises ValueError."""
    readers: dict[str, Callable[[str], Any]] = {
        "first": _moves, "second": _moves, "guess": lambda told: tuple(_numbers(told)),
    }  # fmt: skip
    if name in readers:
        return readers[name](text)
    if kind is bool:
        return text == "1" if text in ("0", "1") else _refuse(text)
    return _whole(text) if kind is int else text


def _moves(text: str) -> tuple[Move, ...]:
    parts = text.split(BETWEEN) if text else []
    if len(parts) % len(fields(Move)):
        _refuse(text)
    found = []
    for lever, strength, *weeks in batched(parts, len(fields(Move))):
        start, ramp, end = map(_whole, weeks)
        found.append(Move(lever, _number(strength), start, ramp, end))
    return tuple(found)


def _numbers(text: str) -> Iterator[float]:
    return map(_number, text.split(BETWEEN) if text else ())


def _number(text: str) -> float:
    return float(text) if NUMBER.fullmatch(text) else _refuse(text)


def _whole(text: str) -> int:
    return int(text) if WHOLE.fullmatch(text) else _refuse(text)


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)
