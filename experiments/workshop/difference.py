"""Why do A and B differ? A waterfall by mechanism, and whether a survey would see the difference.

The same as `zwerm why`: each mechanism is switched off on both sides, on the same runs. These are
the first of those behind the fans, rows of the plausible set, so that the whole is the difference
that the fans show and not that of the model's default numbers. It takes some hundred runs; whoever
waits sees how far it is and can stop it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from experiments.ablation import MOST_WAVES, POWER, REMAINING, Row, Unit, Why, answer, units_for
from experiments.ablation import without as without_name
from experiments.results import Arm, Study, costs_of
from experiments.run import veil
from experiments.workshop import offered
from experiments.workshop.live import Live, lots_of
from experiments.workshop.own import Own
from experiments.workshop.room import SIDES, Room
from experiments.workshop.said import RoomError, decimals, sentence
from experiments.workshop.told import told_of
from experiments.workshop.turns import Stop, Superseded, turn
from scenarios.library import content_of
from sim.configuration import Configuration, structure_of
from sim.measures import COLUMN, Record
from sim.parameters import WEEKS_PER_YEAR, ParameterError
from sim.runs import Task, simulate_many

NAMES = ("A", "B")


@dataclass(frozen=True)
class Difference:
    """A less B, taken apart: `why.rows` add up to `why.difference`."""

    why: Why
    people: int  # of the organisation that was run
    customers: int

    def label(self, row: Row, language: str) -> str:
        """What a row is called."""
        known = content_of("text", language)["story"]["mechanisms"]
        return str(known[row.name]) if row.name in known else sentence(
            language, f"rows.{row.name.replace(' ', '_')}"
        )  # fmt: skip

    def survey(self, language: str) -> str:
        """What a survey would see of the difference, in one or two sentences."""
        return survey_sentence(self.why, language)


def difference(
    live: Live, room: Room, measure: str = "", year: int = 0, owns: Mapping[str, Own] | None = None,
    progress: Callable[[float, int], None] | None = None, stop: Stop | None = None,
) -> Difference:  # fmt: skip
    """A less B in a year (0 = the last) in a measure of the model ("" = the room's). Blocks.

    A large organisation is run as small as coarse fans run it. `progress` is told how many runs
    are done, of how many. Raises RoomError, or Superseded once `stop()` is true.
    """
    measure, year = measure or room.measure, year or room.years
    if measure not in COLUMN:
        raise RoomError("measure", name=measure)
    if not 1 <= year <= room.years:
        raise RoomError("not_in_year", year=year)
    sides = [_until(told_of(room, side, owns, coarse=True), year) for side in SIDES]
    if sides[0] == sides[1]:
        raise RoomError("same_sides")
    arms = _arms(dict(zip(NAMES, sides, strict=True)), measure)
    lots = lots_of(room, sides[0], fine=True)[: offered.content()["live"]["why_rows"]]
    tasks = [Task(live.on_row(told, row), seed) for told in arms.values() for row, seed in lots]

    def done(count: float) -> None:
        if stop is not None and stop():
            raise Superseded
        if progress:
            progress(count, len(tasks))

    with turn(stop):
        records = simulate_many(tasks, None, done)
    found = tuple(
        _arm(name, told, records[at * len(lots) : (at + 1) * len(lots)])
        for at, (name, told) in enumerate(arms.items())
    )
    study = Study(name="workshop", title="", about="", arms=found, main=NAMES[0],
                  against=NAMES[1], seeds=tuple(range(len(lots))), measures=())  # fmt: skip
    try:
        told = answer(study, measure, year)
    except ParameterError:
        raise RoomError("not_in_year", year=year) from None
    size = sides[0].organisation
    return Difference(told, size.people, size.customers)


def _until(told: Configuration, year: int) -> Configuration:
    """The same until the end of a year, without what would begin later."""
    weeks = year * WEEKS_PER_YEAR
    return replace(
        told, weeks=weeks, actions=tuple(each for each in told.actions if each.start < weeks),
        switches=tuple(each for each in told.switches if each.week < weeks),
    )  # fmt: skip


def _arms(sides: Mapping[str, Configuration], measure: str) -> dict[str, Configuration]:
    """Both sides, both without each mechanism, and both without all of them."""
    units = units_for(measure)
    every = Unit(REMAINING, tuple(name for unit in units for name in unit.mechanisms))
    arms = dict(sides)
    for name, told in sides.items():
        for unit in (*units, every):
            arms[without_name(name, unit.name)] = replace(told, off=unit.mechanisms)
    return arms


def _arm(name: str, told: Configuration, records: list[Record]) -> Arm:
    weekly, levels = (np.stack(each) for each in zip(*records, strict=True))
    if told.structure == "chart":
        veil(structure_of(told), weekly, levels)
    return Arm(name, "", told, weekly, levels, costs_of(told))


def survey_sentence(why: Why, language: str) -> str:
    """Would a survey see the difference, and after how many waves?"""
    asked = why.survey
    if asked is None:
        return sentence(language, "survey.none")
    values: dict[str, Any] = {
        "answers": decimals(language, min(asked.answers), 0),
        "error": decimals(language, asked.error, 1),
        "difference": decimals(language, why.difference.mean, 1, sign=True),
        "chance": decimals(language, 100.0 * asked.chance, 0),
        "power": decimals(language, 100.0 * POWER, 0),
        "weeks": asked.every_weeks,
        "most": decimals(language, MOST_WAVES, 0),
    }
    if asked.waves is None:
        return sentence(language, "survey.never", **values)
    if asked.chance >= POWER:
        return sentence(language, "survey.one", **values)
    weeks = asked.waves * asked.every_weeks
    count, unit = (weeks, "weeks") if weeks < 2 * WEEKS_PER_YEAR else (
        math.ceil(weeks / WEEKS_PER_YEAR), "years"
    )  # fmt: skip
    span = sentence(language, f"survey.span_{unit}", count=decimals(language, count, 0))
    values |= {"waves": decimals(language, asked.waves, 0), "span": span}
    return sentence(language, "survey.many", **values)
