"""The order of a week, and whole runs in compiled code. Start reading here.

A step is a week. Levers are set by the schedule, then each mechanism moves its own columns of
the tables, in the order in which they stand in `part`:

    levers -> listening -> leading -> contributing -> culture -> deciding -> serving
           -> remembering -> mood -> staffing -> surveys -> accounts

What leaders choose is in `sim/choosing.py`; every mechanism is one file in `sim/mechanisms`; the
tables are in `sim/state.py`; random numbers depend on who, when and what for only.

A week has parts because customers come in blocks (`sim.state.BLOCK`), which threads may handle
side by side (`sim/large.py`): what customers do waits for the firm, and the firm waits until all
blocks are through. One thread goes through the same parts and the same blocks.
"""

from collections.abc import Callable

import numpy as np

from sim.choosing import choose
from sim.compiled import entry, kernel
from sim.configuration import Rules, Switches
from sim.measures import Record, measure, sum_customers
from sim.mechanisms.accounts import accounts
from sim.mechanisms.contributing import contributing
from sim.mechanisms.culture import culture
from sim.mechanisms.deciding import deciding
from sim.mechanisms.leading import leading
from sim.mechanisms.listening import listening
from sim.mechanisms.mood import mood
from sim.mechanisms.remembering import be_told, choose_in, count_customers, take_in, talk_in
from sim.mechanisms.serving import close_service, open_service, serve
from sim.mechanisms.staffing import staffing
from sim.mechanisms.surveys import ask_everybody, surveys
from sim.state import Floats, Moment, World

PARTS = 9
CHOOSING = 6  # the part in which customers stay or go, come or wait
BY_BLOCKS = (1, 3, 5, 6, 7)  # parts of the week that handle customers; the others are the firm's
SUMS, MEASURES = PARTS, PARTS + 1  # what follows a week
NOWHERE = (np.empty(0), np.empty((0, 0)))  # for parts that measure nothing
Weekly = Callable[[World, Rules, Floats, Moment], None]


# fmt: off
@kernel
def part(
    number: int, world: World, rules: Rules, levers: Floats, moment: Moment, first: int, past: int
) -> None:
    """One part of a week: every mechanism in order, each with the tables it reads and writes.

    Parts of customers handle blocks `first` to `past`; the others look at the firm as a whole.
    """
    staff, teams, customers, contacts = world.staff, world.teams, world.customers, world.contacts
    blocks, firm, choices, structure = world.blocks, world.firm, world.choices, world.structure
    on, rounds, table = rules.on, rules.calendar.round_weeks, world.tables.effort
    yearly, usual = rules.serving.contacts_per_year, rules.serving.usual_utilisation
    prior, trust = rules.listening.prior, rules.leading.new_credibility
    quarter, half_year = rules.calendar.nps_weeks, rules.calendar.enps_weeks
    if number == 0:
        choose(choices, firm, rules.choosing, levers, moment)
    now = choices.now
    if number == 0:
        if on.listening:
            listening(teams, firm, structure, rules.listening, rounds, now, moment)
        if on.leading:
            leading(
                teams, staff, firm, choices, structure, rules.leading, rounds, prior, moment)
        if on.contributing:
            contributing(staff, teams, structure, table, rules.contributing, rounds, now, moment)
        if on.culture:
            culture(staff, teams, firm, choices, structure, rules.culture, rounds, moment)
        if on.deciding:
            deciding(
                staff, teams, firm, structure, rules.deciding, rounds, usual, now, moment)
        if on.serving:
            open_service(staff, teams, firm, structure, rules.serving, now, moment)
    elif number == 1:
        if on.serving:
            serve(
                staff, customers, contacts, blocks, firm, structure, rules.serving, now, moment,
                first, past)
    elif number == 2:
        if on.serving:
            close_service(staff, contacts, blocks, firm, structure, rules.serving, now)
    elif number == 3:
        if on.remembering:
            take_in(
                customers, contacts, blocks, rules.remembering, rounds, yearly, now, moment,
                first, past)
    elif number == 4:
        if on.remembering:
            be_told(staff, blocks, firm, structure, rules.remembering, rounds, now, moment)
    elif number == 5:
        if on.remembering:
            talk_in(customers, rules.remembering, rounds, moment, first, past)
    elif number == CHOOSING:
        if on.remembering:
            choose_in(
                customers, blocks, firm, rules.remembering, yearly, now, moment, first, past)
    elif number == 7:
        if on.surveys:
            ask_everybody(customers, blocks, rules.surveys, quarter, moment, first, past)
    else:
        if on.remembering:
            count_customers(blocks, firm)
        if on.mood:
            mood(staff, teams, firm, structure, rules.mood, usual, now, moment)
        if on.staffing:
            staffing(
                staff, teams, firm, choices, structure, rules.staffing, rules.people, trust,
                moment)
        if on.surveys:
            surveys(
                staff, customers, contacts, blocks, firm, rules.surveys, quarter, half_year,
                moment)
        if on.accounts:
            accounts(staff, firm, structure, rules.accounts, now)


# fmt: on
@entry
def act(
    begin: int, end: int, world: World, rules: Rules, levers: Floats, moment: Moment, first: int,
    past: int, row: Floats, levels: Floats,
) -> None:  # fmt: skip
    """Parts `begin` to `end` for those who go through a week in Python; measures are two more."""
    for number in range(begin, end):
        if number < PARTS:
            part(number, world, rules, levers, moment, first, past)
        elif number == SUMS:
            sum_customers(world, first, past)
        else:
            measure(world, rules, moment, row, levels)


def week(world: World, rules: Rules, levers: Floats, moment: Moment) -> None:
    """One week, all parts and all blocks in order."""
    blocks = world.blocks.contacts.size
    act(0, PARTS, world, rules, levers, moment, 0, blocks, *NOWHERE)


def look(world: World, rules: Rules, moment: Moment, row: Floats, levels: Floats) -> None:
    """Measure a week: one row of a record, in the order of MEASURES."""
    blocks = world.blocks.contacts.size
    act(SUMS, MEASURES + 1, world, rules, NOWHERE[0], moment, 0, blocks, row, levels)


@entry
def run(
    world: World, rules: Rules, timetable: Floats, seed: np.uint64, first: int, record: Record
) -> None:
    """All weeks of a timetable [weeks, levers], from week `first`, written into the record."""
    go_through(world, rules, timetable, seed, first, record)


@kernel
def go_through(
    world: World, rules: Rules, timetable: Floats, seed: np.uint64, first: int, record: Record
) -> None:
    """The same, called by compiled code."""
    blocks = world.blocks.contacts.size
    for row in range(timetable.shape[0]):
        moment = Moment(seed, first + row)
        for number in range(PARTS):
            part(number, world, rules, timetable[row], moment, 0, blocks)
        sum_customers(world, 0, blocks)
        measure(world, rules, moment, record.weekly[row], record.levels[row])


def steps(off: tuple[str, ...] = (), weekly: Weekly = week) -> dict[str, Weekly]:
    """The same order, one mechanism at a time, for those who step in Python.

    `weekly` takes the place of `week` for the mechanism in which customers choose: in a market
    rivals come in there.

    Each step is the same `week` with every other mechanism off, so bits agree by
    construction. Used by Mesa models with a mechanism of the user's own and by contract tests.
    """

    def only(name: str) -> Weekly:
        on = Switches(*(int(each == name and each not in off) for each in Switches._fields))
        through = weekly if name == "remembering" else week
        return lambda world, rules, levers, moment: through(
            world, rules._replace(on=on), levers, moment
        )

    return {name: only(name) for name in Switches._fields}
