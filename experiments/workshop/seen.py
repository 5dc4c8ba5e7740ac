"""What does the organisation look like, quarter by quarter, and why does this person do that?

One run of those behind the fans, the first, at the size of the room. Places are in a circle of
radius 1. Of an org list everybody has the colour of their team's mean, and none in teams of fewer
than five.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.figures.places import packed, radial
from experiments.workshop import offered
from experiments.workshop.live import Live, lots_of
from experiments.workshop.own import Own
from experiments.workshop.points import QUARTER, weeks_of
from experiments.workshop.room import Room
from experiments.workshop.said import RoomError
from experiments.workshop.told import told_of
from experiments.workshop.turns import Stop, Superseded
from sim.configuration import Configuration, rules_of, seed_of
from sim.levers import timetable
from sim.measures import Record
from sim.start import at_week_zero
from sim.state import World
from sim.structure import Structure
from sim.switching import record_of, restructured
from sim.week import run

if TYPE_CHECKING:
    from agents.ledger import Ledger

Floats = NDArray[np.float64]
About = Literal["effort", "belief", "value", "engagement"]
EXPLAINED = 13  # weeks before the one that is asked about, of which copies are kept


class Layout(NamedTuple):
    """Where everybody stands from a point on."""

    first: int  # point from which it holds
    kind: str  # "tree", "circles", "hybrid" or "chart"
    x: Floats  # [people]
    y: Floats
    dot: Floats  # [people] diameters
    level: NDArray[np.int64]  # [people] steps up to the head
    team: NDArray[np.int64]  # [people] -1 for the head
    leads: NDArray[np.bool_]  # [people]
    lines: Floats  # [lines, 4] x, y of boss and follower; none in circles
    hoops: Floats  # [circles, 3] x, y, radius; none in a tree


@dataclass(frozen=True)
class Seen:
    """An organisation through the years. NaN: nobody there, or too few to show."""

    weeks: NDArray[np.int64]  # [points]
    layouts: tuple[Layout, ...]  # a change of structure brings another
    value: Floats  # [points, people] practised values
    effort: Floats  # [points, people] visible effort, a 13-week mean
    flowers: Floats  # [points, sample] attitude of customers, NaN for who is none now
    groups_only: bool  # colours are means of teams
    row: int  # of the plausible set
    seed: int

    def layout(self, point: int) -> Layout:
        """Where everybody stands at a point."""
        return [each for each in self.layouts if each.first <= point][-1]


def seen(
    live: Live, room: Room, side: str, owns: Mapping[str, Own] | None = None,
    stop: Stop | None = None,
) -> Seen:  # fmt: skip
    """A side of a room, person by person at the end of every quarter. Blocks.

    Raises RoomError, or Superseded once `stop()` is true.
    """
    told = told_of(room, side, owns)
    row, seed = lots_of(room, told, fine=False)[0]
    walk = _Walk(live.quiet(told, row), told, seed)
    points = told.weeks // QUARTER
    sample = _sample(told)
    people = told.organisation.people
    value, effort = np.full((2, points, people), np.nan)
    flowers = np.full((points, sample.size), np.nan)
    layouts = [layout_of(walk.world.structure, walk.kind, 0)]
    for point in range(points):
        if stop is not None and stop():
            raise Superseded
        if walk.on(QUARTER):
            layouts.append(layout_of(walk.world.structure, walk.kind, point))
        value[point], effort[point] = _staff(walk.world, told.structure == "chart")
        customers = walk.world.customers
        here = customers.active[sample] == 1
        flowers[point, here] = customers.attitude[sample][here]
    return Seen(
        weeks_of(points), tuple(layouts), value, effort, flowers, told.structure == "chart",
        row, seed,
    )  # fmt: skip


class _Walk:
    """An organisation that goes on some weeks at a time, through its change of structure."""

    def __init__(self, quiet: Configuration, told: Configuration, seed: int) -> None:
        self.quiet, self.told, self.seed = quiet, told, seed
        self.world, self.week, self.kind = at_week_zero(quiet, seed), 0, told.structure
        self.waiting = list(told.switches)
        self.table = timetable(told.actions, told.weeks)

    def on(self, weeks: int) -> bool:
        """Go on; whether the structure changed on the way."""
        end, changed = self.week + weeks, False
        if self.waiting and self.waiting[0].week < end:
            switch = self.waiting.pop(0)
            self._stretch(switch.week)
            self.world = restructured(self.world, self.quiet, switch.to)
            self.kind, changed = switch.to, True
        self._stretch(end)
        return changed

    def _stretch(self, end: int) -> None:
        if end == self.week:
            return
        record = record_of(self.told)
        part = Record(record.weekly[self.week : end], record.levels[self.week : end])
        table = self.table[self.week : end]
        run(self.world, rules_of(self.quiet), table, seed_of(self.seed), self.week, part)
        self.week = end


def layout_of(structure: Structure, kind: str, first: int) -> Layout:
    """Where everybody stands: a radial tree, or circles within circles."""
    places = packed(structure) if kind == "circles" else radial(structure)
    leads = np.zeros(structure.boss.size, dtype=bool)
    leads[structure.leader] = True
    return Layout(
        first, kind, places.xy[:, 0], places.xy[:, 1], places.dot, structure.level,
        structure.team, leads, np.hstack([places.start, places.end]), places.hoops,
    )  # fmt: skip


def _staff(world: World, listed: bool) -> tuple[Floats, Floats]:
    """Values and visible effort, [people] each; of a list the means of teams."""
    there = world.staff.vacancy == 0
    found = [
        np.where(there, column, np.nan)
        for column in (world.staff.value, world.staff.visible_effort)
    ]
    if listed:
        from experiments.figures.portrait import Picture, team_means

        found = [team_means(Picture("", world.structure, each)) for each in found]
    return found[0], found[1]


def _sample(told: Configuration) -> NDArray[np.int64]:
    """Customers' places that are looked at, spread over all of them."""
    size, most = told.organisation.customers, offered.content()["seen"]["flowers"]
    return np.unique(np.linspace(0, size - 1, min(size, most)).astype(np.int64))


def why_of(
    live: Live, room: Room, side: str, person: int, week: int, about: About = "effort",
    owns: Mapping[str, Own] | None = None,
) -> "Ledger":  # fmt: skip
    """Why somebody gave this effort by the end of a week, term by term, in the room's language.

    Blocks, a second or two. `week` counts weeks gone by, 1 to the end. Raises RoomError.
    """
    from agents.organisation import Organisation
    from experiments.workshop.ledger_words import in_language

    told = told_of(room, side, owns)
    bounds = offered.content()["seen"]
    if told.structure == "chart":
        raise RoomError("listed")
    size = told.organisation
    if size.people > bounds["why_people"] or size.customers > bounds["why_customers"]:
        raise RoomError("too_large_for_why", people=bounds["why_people"],
                        customers=bounds["why_customers"])  # fmt: skip
    if not 0 <= person < size.people:
        raise RoomError("nobody", person=person)
    if not 1 <= week <= told.weeks:
        raise RoomError("why_week", week=week, most=told.weeks)
    row, seed = lots_of(room, told, fine=False)[0]
    whole = live.on_row(told, row)
    organisation = Organisation(whole, seed=seed, customer_sample=0, explain=False)
    quiet = max(0, week - EXPLAINED)
    if quiet:
        organisation.run_for(quiet)
    organisation.explain = True
    organisation.run_for(week - quiet)
    return in_language(organisation.employee(person).why(about), room.language)
