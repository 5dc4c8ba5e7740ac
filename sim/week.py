"""The order of a week, and whole runs in compiled code. Start reading here.

A step is a week. Levers are set by the schedule, then each mechanism moves its own columns of
the tables, in the order in which they stand in `week`:

    levers -> [listening] -> leading -> contributing -> culture -> deciding -> serving
           -> remembering -> mood -> staffing -> surveys -> [accounts]

Those in brackets come with a later version. Every mechanism is one file in `sim/mechanisms`;
the tables are in `sim/state.py`; random numbers depend on who, when and what for only.
"""

from collections.abc import Callable

import numpy as np

from sim.compiled import kernel
from sim.configuration import Rules, Switches
from sim.measures import Record, measure
from sim.mechanisms.contributing import contributing
from sim.mechanisms.culture import culture
from sim.mechanisms.deciding import deciding
from sim.mechanisms.leading import leading
from sim.mechanisms.mood import mood
from sim.mechanisms.remembering import remembering
from sim.mechanisms.serving import serving
from sim.mechanisms.staffing import staffing
from sim.mechanisms.surveys import surveys
from sim.state import Floats, Moment, World


# fmt: off
@kernel
def week(world: World, rules: Rules, levers: Floats, moment: Moment) -> None:
    """One week: every mechanism in order, each with the tables it reads and writes."""
    staff, teams, customers, contacts = world.staff, world.teams, world.customers, world.contacts
    firm, structure, table = world.firm, world.structure, world.tables.effort
    on, rounds = rules.on, rules.calendar.round_weeks
    yearly, usual = rules.serving.contacts_per_year, rules.serving.usual_utilisation
    freedom, trust = rules.deciding.discretion, rules.leading.new_credibility
    quarter, half_year = rules.calendar.nps_weeks, rules.calendar.enps_weeks
    if on.leading:
        leading(teams, staff, structure, rules.leading, rounds, levers, moment)
    if on.contributing:
        contributing(
            staff, teams, structure, table, rules.contributing, rounds, levers, moment)
    if on.culture:
        culture(teams, firm, structure, rules.culture, rounds, levers, moment)
    if on.deciding:
        deciding(staff, rules.deciding, rounds, levers, moment)
    if on.serving:
        serving(
            staff, teams, customers, contacts, firm, structure, rules.serving, levers, moment)
    if on.remembering:
        remembering(
            customers, contacts, staff, firm, structure, rules.remembering, yearly, rounds,
            levers, moment)
    if on.mood:
        mood(staff, teams, firm, structure, rules.mood, freedom, usual, levers, moment)
    if on.staffing:
        staffing(
            staff, teams, firm, structure, rules.staffing, rules.people, trust, levers, moment)
    if on.surveys:
        surveys(
            staff, customers, contacts, firm, rules.surveys, quarter, half_year, moment)


# fmt: on
@kernel
def run(
    world: World, rules: Rules, timetable: Floats, seed: np.uint64, first: int, record: Record
) -> None:
    """All weeks of a timetable [weeks, levers], from week `first`, written into the record."""
    for row in range(timetable.shape[0]):
        moment = Moment(seed, first + row)
        week(world, rules, timetable[row], moment)
        measure(world, rules, moment, record.weekly[row], record.levels[row])


def steps(off: tuple[str, ...] = ()) -> dict[str, Callable[[World, Rules, Floats, Moment], None]]:
    """The same order, one mechanism at a time, for those who step in Python.

    Each step is the same compiled `week` with every other mechanism off, so bits agree by
    construction. Used by Mesa models with a mechanism of the user's own and by contract tests.
    """

    def only(name: str) -> Callable[[World, Rules, Floats, Moment], None]:
        on = Switches(*(int(each == name and each not in off) for each in Switches._fields))
        return lambda world, rules, levers, moment: week(
            world, rules._replace(on=on), levers, moment
        )

    return {name: only(name) for name in Switches._fields}
