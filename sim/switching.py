"""Switching: a change of structure within a run, at a date or when something is seen.

People stay who and where they are; what changes is who follows whom, who serves, who is asked and
how much is decided at the front. Roles lose clarity, managers who lead nobody any more lose status,
and leaders are new to their teams. A team's system is that of those who come together in it.

Whether a switch that waits for something is due is looked at every quarter, at the end of a week.
"""

import numpy as np

from sim.configuration import Configuration, Rules, Switch, rules_of, seed_of, shape_of
from sim.levers import timetable
from sim.measures import COLUMN, Record, empty_record
from sim.start import Running, shape_firm
from sim.state import Floats, Teams, World
from sim.structure import Structure
from sim.week import run

LOOK_WEEKS = 13  # weeks between two looks at whether a switch is due, by definition


def levels_of(told: Configuration) -> int:
    """Levels of the deepest structure that the run may see."""
    kinds = (told.structure, *(each.to for each in told.switches))
    return max(int(shape_of(told, kind).level.max()) for kind in kinds) + 1


def record_of(told: Configuration) -> Record:
    """A record with room for every structure of the run."""
    return empty_record(told.weeks, levels_of(told))


def due(switch: Switch, week: int, record: Record) -> bool:
    """Whether this switch is made before this week, from what was measured until then."""
    if week < switch.week:
        return False
    if switch.at_value is None and switch.if_nps_falls is None:
        return True
    if week == 0 or week % LOOK_WEEKS != 0:
        return False
    if switch.at_value is not None:
        return bool(record.weekly[week - 1, COLUMN["value"]] >= switch.at_value)
    asked = record.weekly[switch.week : week, COLUMN["nps"]]
    asked = asked[~np.isnan(asked)]
    return asked.size > 1 and bool(asked[0] - asked[-1] >= (switch.if_nps_falls or 0.0))


def next_look(switch: Switch, week: int, weeks: int) -> int:
    """The next week before which this switch may be due."""
    if week < switch.week:
        waiting = switch.week
        if switch.at_value is None and switch.if_nps_falls is None:
            return min(weeks, waiting)
        return min(weeks, -(-max(waiting, 1) // LOOK_WEEKS) * LOOK_WEEKS)
    return min(weeks, (week // LOOK_WEEKS + 1) * LOOK_WEEKS)


def restructured(world: World, told: Configuration, kind: str) -> World:
    """The same people and customers in another structure. Writes staff.engagement and firm."""
    new, p = shape_of(told, kind), told.parameters.deciding
    teams = _teams(world, new, told)
    lost = _leads(world.structure) & ~_leads(new)
    world.staff.engagement[lost] = np.maximum(0.0, world.staff.engagement[lost] - p.status_lost)
    clarity = world.firm.clarity[0] * (1.0 - p.clarity_lost)
    shape_firm(world.firm, new, kind, told)
    world.firm.clarity[0] = clarity
    return world._replace(teams=teams, structure=new)


def run_through(
    world: World, told: Configuration, seed: int, record: Record, running: Running = run
) -> World:
    """All weeks of a run from week 0, through its switches, into the record; the last world."""
    rules, table, key = rules_of(told), timetable(told.actions, told.weeks), seed_of(seed)
    week, left = 0, list(told.switches)
    while week < told.weeks:
        if left and due(left[0], week, record):
            world = restructured(world, told, left.pop(0).to)
            continue
        end = next_look(left[0], week, told.weeks) if left else told.weeks
        _stretch(world, rules, table, key, week, end, record, running)
        week = end
    return world


def _stretch(
    world: World, rules: Rules, table: Floats, key: np.uint64, first: int, end: int,
    record: Record, running: Running,
) -> None:  # fmt: skip
    part = Record(record.weekly[first:end], record.levels[first:end])
    running(world, rules, table[first:end], key, first, part)


def _leads(structure: Structure) -> np.ndarray:
    leads = np.zeros(structure.boss.size, dtype=bool)
    leads[structure.leader] = True
    return leads


def _teams(world: World, new: Structure, told: Configuration) -> Teams:
    """Teams of the new structure: leaders bring what they do, members how things were done."""
    old, before = world.structure, world.teams
    led = np.full(old.boss.size, -1)
    led[old.leader[::-1]] = np.arange(old.leader.size)[::-1]
    home = np.where(led >= 0, led, np.maximum(old.team, 0))  # the old team somebody stands for
    columns = {name: getattr(before, name)[home[new.leader]] for name in Teams._fields}
    own = world.staff.visible_effort[new.leader]
    for name in ("doing", "saying", "seen_doing"):
        columns[name] = np.where(led[new.leader] >= 0, columns[name], own)
    follows = np.maximum(old.team, 0)
    for team in range(new.leader.size):
        members = new.members[new.member_start[team] : new.member_start[team + 1]]
        if members.size:
            columns["system"][team] = before.system[follows[members]].mean()
            columns["seen_system"][team] = before.seen_system[follows[members]].mean()
            columns["safety"][team] = before.safety[follows[members]].mean()
    fresh = led[new.leader] < 0
    columns["weeks_led"] = np.where(fresh, 0.0, columns["weeks_led"])
    trust = told.parameters.leading.new_credibility
    for name in ("credibility", "seen_credibility"):
        columns[name] = np.where(fresh, trust, columns[name])
    columns["unkept"] = np.zeros(new.leader.size)
    return Teams(**columns)
