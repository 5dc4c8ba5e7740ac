"""Which organisation does a visitor bring along? An org list, or answers to the twelve questions.

What is kept has no names: reporting lines and departments as row numbers, or answers. A session
holds its own organisations; nothing of them is shared with another session.
"""

import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.workshop import offered
from experiments.workshop.said import RoomError
from experiments.workshop.turns import Stop, Superseded, turn
from sim.configuration import Configuration, Organisation
from sim.parameters import ParameterError

LIST, ANSWERS = "list", "answers"
FEWEST = 5  # people of a list of whom anything may be shown


@dataclass(frozen=True)
class Own:
    """An organisation of one's own."""

    key: str  # what `Room.organisation` says
    name: str  # what the visitor called it
    kind: str  # LIST or ANSWERS
    content: Mapping[str, Any]  # what a session file keeps, and `own_of` takes
    told: Configuration  # doing nothing
    notes: tuple[str, ...] = ()  # what was mended in the list, in English

    @property
    def is_list(self) -> bool:
        """Whether rows stand for people who exist, so that only groups are shown."""
        return self.kind == LIST


def own_of(name: str, kind: str, content: Mapping[str, Any]) -> Own:
    """An organisation from what `Own.content` keeps, checked. Raises RoomError."""
    name = checked_name(name)
    try:
        told = _from_list(content) if kind == LIST else _from_answers(content)
    except RoomError:
        raise
    except (ParameterError, ValueError, TypeError, KeyError) as error:
        raise RoomError("own_broken", text=str(error)) from None
    text = json.dumps([kind, content], sort_keys=True)
    key = "own-" + hashlib.sha256(text.encode()).hexdigest()[:8]
    return Own(key, name, kind, dict(content), told)


def checked_name(name: object) -> str:
    """A name that somebody typed, without what cannot be seen. Raises RoomError."""
    most = offered.content()["name"]
    seen = "".join(each for each in str(name) if each.isprintable()).strip()
    if not seen or len(seen) > most:
        raise RoomError("name", count=len(seen), most=most)
    return seen


def from_answers(
    name: str, answers: Mapping[str, Any], report: Callable[[int], None] | None = None,
    stop: Stop | None = None,
) -> Own:  # fmt: skip
    """An organisation from answers to the questions of `scenarios.own_questions`.

    Sizes, structure, contacts and autonomy are set. For outcomes (eNPS, NPS, turnover ...) numbers
    of the model are searched for, some thousand runs: `report` is told how many are done, and
    `stop` ends it. Raises RoomError, or Superseded.
    """
    own = own_of(name, ANSWERS, {"answers": dict(answers), "values": {}})
    sought = [each for each in answers if _is_outcome(each) and str(answers[each]).strip()]
    if not sought:
        return own
    values = _searched(dict(answers), sought, report, stop)
    return own_of(name, ANSWERS, {"answers": dict(answers), "values": values})


def _searched(
    answers: dict[str, Any], sought: list[str], report: Callable[[int], None] | None,
    stop: Stop | None,
) -> dict[str, float]:  # fmt: skip
    """Values of the parameters that bring year zero to the answers, by full name."""
    from scenarios.own_organisation import SOUGHT, described, value_of
    from scenarios.own_questions import answered
    from scenarios.own_search import Search, found_for

    def ran(count: int) -> None:
        if stop is not None and stop():
            raise Superseded
        if report:
            report(count)

    told = answered(answers)
    search = Search(described(Configuration(), told)[0], ran)
    try:
        with turn(stop):
            found = found_for(Configuration(), told, search).told
    except ParameterError:
        raise RoomError("own_misfit", names=", ".join(sought)) from None
    wanted = [SOUGHT[name].parameter for name in sought if name in SOUGHT]
    return {name: float(value_of(found, name)) for name in wanted}


def _is_outcome(name: str) -> bool:
    from scenarios.own_questions import question

    return question(name).is_outcome


def from_list(name: str, file: bytes, *, repair: bool = False) -> Own:
    """An organisation from an org list (CSV), see `scenarios.chart`. Raises RoomError."""
    from scenarios.chart import ChartError, read_chart

    if len(file) > offered.content()["upload"]:
        raise RoomError("file_large", most=offered.content()["upload"] // 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(file)
        try:
            chart = read_chart(path, repair)
        except ChartError as error:
            raise _chart_error(str(error)) from None
    content = {"bosses": chart.boss.tolist(), "departments": chart.department.tolist()}
    made = own_of(name, LIST, content)
    return Own(made.key, made.name, LIST, made.content, made.told, chart.mended)


SIGNS = {  # of `scenarios.chart.ChartError`, the first that fits -> key of our sentence
    "managers in a cycle": "list_cycle",
    "several heads": "list_head",
    "no head": "list_head",
    "the manager is not in the list": "list_manager",
    "own manager": "list_manager",
    "listed twice": "list_twice",
    " column": "list_column",
    " is empty": "list_empty",
    " no people": "list_empty",
    " is not a text file": "list_text",
}
MOST_LINES = 10  # that a sentence names


def _chart_error(text: str) -> RoomError:
    """What is wrong with a list first of all, in words that a page says in its own language."""
    key = next((key for sign, key in SIGNS.items() if sign in text), "list_broken")
    about = next((line for line in text.split("\n") for sign in SIGNS if sign in line), text)
    lines = re.findall(r"(?:lines? |and )(\d+)", about)
    more = " …" if len(lines) > MOST_LINES else ""
    return RoomError(key, lines=(", ".join(lines[:MOST_LINES]) or "–") + more)


def _from_list(content: Mapping[str, Any]) -> Configuration:
    bosses, departments = (_rows(content.get(name)) for name in ("bosses", "departments"))
    count, most = len(bosses), offered.bound("people").high
    if not FEWEST <= count <= most:
        raise RoomError("list_size", count=count, low=FEWEST, high=most)
    usual = Organisation()
    size = Organisation(people=count, customers=usual.customers)
    if departments and len(departments) != count:
        raise RoomError("own_broken", text="departments")
    _check_lines(bosses)
    return Configuration(size, structure="chart", bosses=bosses, departments=departments)


def _rows(given: Any) -> tuple[int, ...]:
    if not isinstance(given, list) or not all(type(each) is int for each in given):
        raise RoomError("own_broken", text="rows")
    return tuple(given)


def _check_lines(bosses: tuple[int, ...]) -> None:
    """Raise RoomError unless everybody's line ends at one head."""
    if sum(boss == -1 for boss in bosses) != 1 or not all(-1 <= b < len(bosses) for b in bosses):
        raise RoomError("own_broken", text="head")
    ends = [boss == -1 for boss in bosses]
    for person in range(len(bosses)):
        line: list[int] = []
        at = person
        while not ends[at]:
            if len(line) > len(bosses):
                raise RoomError("list_cycle", lines="–")
            line.append(at)
            at = bosses[at]
        for each in line:
            ends[each] = True


def _from_answers(content: Mapping[str, Any]) -> Configuration:
    from scenarios.own_organisation import SOUGHT, changed, described
    from scenarios.own_questions import answered

    told, _ = described(Configuration(), answered(content["answers"]))
    values, most = dict(content["values"]), offered.bound("people").high
    if not set(values) <= {each.parameter for each in SOUGHT.values()}:
        raise RoomError("own_broken", text="values")
    if told.organisation.people > most:
        raise RoomError("size", what="people", value=told.organisation.people, low=FEWEST,
                        high=most)  # fmt: skip
    return changed(told, values)
