"""How is a session kept? A JSON file: checked when it is opened, and nothing in it is ever run.

It holds rooms as links hold them, organisations of one's own without names of people, and the
teams. Who edits a file by hand gets one sentence: its seal no longer fits.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from experiments.store import now
from experiments.workshop import offered
from experiments.workshop.own import Own, checked_name, own_of
from experiments.workshop.room import Move, Room, query_of, room_of
from experiments.workshop.said import RoomError
from experiments.workshop.teams import Contest, Team, checked_contest

MADE_BY, FORMAT = "zwerm workshop", 1
LARGEST = 16 * 2**20  # bytes


@dataclass(frozen=True)
class Session:
    """What a visitor has done so far."""

    name: str
    rooms: tuple[Room, ...]  # the last is the one that is open
    owns: Mapping[str, Own] = field(default_factory=dict)
    contest: Contest | None = None


MOST_ROOMS = 200


def saved(session: Session) -> bytes:
    """The session as a file. Raises RoomError for what cannot be kept."""
    content: dict[str, Any] = {
        "made_by": MADE_BY,
        "format": FORMAT,
        "saved": now(),
        "name": checked_name(session.name),
        "rooms": [query_of(room) for room in session.rooms[-MOST_ROOMS:]],
        "owns": [
            {"name": own.name, "kind": own.kind, "content": dict(own.content)}
            for own in session.owns.values()
        ],
        "contest": None if session.contest is None else _contest(session.contest),
    }
    content["seal"] = _seal(content)
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def opened(file: bytes) -> Session:
    """The session in a file. Raises RoomError for a foreign, broken or edited one."""
    content = _content(file)
    try:
        owns = [own_of(each["name"], each["kind"], each["content"]) for each in content["owns"]]
        if len(owns) > offered.content()["kept"]["organisations"]:
            raise RoomError("own_many", most=offered.content()["kept"]["organisations"])
        session = Session(
            checked_name(content["name"]),
            tuple(room_of(each) for each in content["rooms"][-MOST_ROOMS:]),
            {own.key: own for own in owns},
        )
        contest = content["contest"]
        if contest is None:
            return session
        teams = tuple(_team(each) for each in contest["teams"])
        whole = checked_contest(Contest(room_of(contest["room"]), teams), session.owns)
        return Session(session.name, session.rooms, session.owns, whole)
    except RoomError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RoomError("session_broken") from None


def _content(file: bytes) -> dict[str, Any]:
    if len(file) > LARGEST:
        raise RoomError("file_large", most=LARGEST // 2**20)
    try:
        content = json.loads(file.decode("utf-8"))
    except (ValueError, RecursionError):
        raise RoomError("session_foreign") from None
    if not isinstance(content, dict) or content.get("made_by") != MADE_BY:
        raise RoomError("session_foreign")
    if content.get("format") != FORMAT:
        raise RoomError("session_version", found=str(content.get("format")), known=FORMAT)
    if content.get("seal") != _seal(content):
        raise RoomError("session_broken")
    return content


def _seal(content: Mapping[str, Any]) -> str:
    """SHA-256 of everything but the seal: it shows a slip of the hand, it is no signature."""
    unsealed = {name: value for name, value in content.items() if name != "seal"}
    return hashlib.sha256(json.dumps(unsealed, sort_keys=True).encode()).hexdigest()


def _contest(contest: Contest) -> dict[str, Any]:
    teams = [
        {"name": team.name, "prediction": team.prediction,
         "room": query_of(Room(years=contest.room.years, first=team.moves,
                               structure_first=team.structure, switch_first=team.switch))}
        for team in contest.teams
    ]  # fmt: skip
    return {"room": query_of(contest.room), "teams": teams}


def _team(content: Mapping[str, Any]) -> Team:
    room, guess = room_of(content["room"]), content["prediction"]
    moves: tuple[Move, ...] = room.first
    prediction = None if guess is None else float(guess)
    return Team(content["name"], moves, room.structure_first, room.switch_first, prediction)
