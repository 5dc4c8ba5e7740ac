"""Where a run starts: the tables of an organisation, brought to the do-nothing state.

A pilot of two years finds what satisfaction is usual; customers then start from attitude and
expectation at that mean and with settled contact counts, and five more years of doing nothing
follow before week 0. The state at week 0 is kept by configuration and seed, so that scenarios
that differ in their schedule only share it.
"""

import dataclasses
import math
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

import numpy as np

from sim.compiled import entry
from sim.configuration import (
    Configuration,
    Rules,
    planned_front,
    rules_of,
    seed_of,
    structure_of,
)
from sim.distributions import effort_table
from sim.levers import at_rest
from sim.measures import COLUMN, Record, empty_record
from sim.mechanisms.deciding import meetings
from sim.mechanisms.remembering import LONG_AGO
from sim.parameters import WEEKS_PER_YEAR
from sim.people import People, arrive
from sim.randomness import CUSTOMER_START, CUSTOMER_TRAITS, PERSON_START, normal, uniforms
from sim.state import (
    BLOCK,
    MOST_CONTACTS,
    Blocks,
    Choices,
    Contacts,
    Customers,
    Firm,
    Floats,
    Staff,
    Tables,
    Teams,
    World,
    copy_tables,
)
from sim.structure import Structure, tree
from sim.week import run

PILOT_WEEKS = 104
SPIN_UP_WEEKS = 260
USUAL_OVER = 52  # weeks at the end of the pilot whose mean quality counts as usual
FIRST_GUESS = 0.5  # of quality and effort, before the pilot
WEEKLY_HOURS = 36.0  # of a job, by definition: only ratios of hours matter
LONGEST_CUSTOMER = 50.0  # years, and
LEAST_CHURN = 0.02  # a year: bounds of the settled counts that customers start with
LEAST_QUITS = 1e-4  # a week: bound of the tenure that staff start with
BUSY_WEEK = 8.0  # standard deviations of weekly contacts that there is room for
NO_WEEK = -100000  # before any week
USUAL_PEOPLE, USUAL_LEVELS = 400.0, 3.0  # tree whose meetings `inside_share` includes, 1+7+49+343
MOST_INSIDE = 0.9  # share of hours
Running = Callable[[World, Rules, Floats, np.uint64, int, Record], None]  # as `sim.week.run`
KEPT_BYTES = 512 * 1024 * 1024  # of states at week 0 held in memory


@entry
def fill_staff(staff: Staff, quits: float, seed: np.uint64, p: People) -> None:
    """People who are there already: traits, and a tenure that fits the turnover."""
    for person in range(staff.kind.size):
        arrive(person, staff, seed, p.value, p)
        chance = uniforms(seed, PERSON_START, 0, person, 0)[0]
        staff.tenure[person] = -math.log(chance) / max(quits, LEAST_QUITS)


@entry
def fill_customers(
    customers: Customers, first: int, gap: float, share: float, years: float, seed: np.uint64
) -> int:
    """Customers who are there already, with settled counts; how many are active."""
    active = 0
    for customer in range(customers.attitude.size):
        here, wait, been, _ = uniforms(seed, CUSTOMER_START, 1, customer, 0)
        customers.next_contact[customer] = first - gap * math.log(wait)
        count = -math.log(been) * years * WEEKS_PER_YEAR / gap
        customers.contacts[customer] = int(min(float(MOST_CONTACTS), count))
        customers.active[customer] = 1 if here < share else 0
        active += customers.active[customer]
        customers.style[customer] = normal(seed, CUSTOMER_TRAITS, 0, customer, 0)
    return active


def _staff(people: int) -> Staff:
    columns: dict[str, Any] = {name: np.zeros(people) for name in Staff._fields}
    for name in ("generation", "kind", "vacancy", "served", "adopted", "heartless"):
        columns[name] = np.zeros(people, dtype=np.int64)
    for name in ("belief", "reference", "intended_effort", "effort", "visible_effort"):
        columns[name] = np.full(people, FIRST_GUESS)
    columns["allowed"] = np.full(people, FIRST_GUESS)
    columns["quality"] = np.full(people, FIRST_GUESS)
    return Staff(**columns)


def _teams(structure: Structure, staff: Staff, rules: Rules) -> Teams:
    count = structure.leader.size
    columns = {name: np.full(count, FIRST_GUESS) for name in Teams._fields}
    columns["credibility"] = np.full(count, float(rules.leading.new_credibility))
    columns["weeks_led"] = staff.tenure[structure.leader]
    columns["seen_credibility"] = columns["credibility"].copy()
    columns["safety"] = np.full(count, float(rules.listening.usual_safety))
    columns["unkept"] = np.zeros(count)
    columns["hours_left"] = np.full(count, float(rules.deciding.manager_week))
    return Teams(**columns)


def _customers(count: int) -> Customers:
    return Customers(
        attitude=np.full(count, FIRST_GUESS, dtype=np.float32),
        expectation=np.full(count, FIRST_GUESS, dtype=np.float32),
        heard=np.full(count, FIRST_GUESS, dtype=np.float32),
        next_contact=np.zeros(count, dtype=np.float32),
        style=np.zeros(count, dtype=np.float32),
        contacts=np.zeros(count, dtype=np.uint16),
        generation=np.zeros(count, dtype=np.uint16),
        last_failure=np.full(count, LONG_AGO, dtype=np.int16),
        active=np.zeros(count, dtype=np.uint8),
    )


def _blocks(customers: int, people: int, per_week: float) -> Blocks:
    """Tallies for each block of customers, and room for its contacts in a very busy week."""
    sizes = [min(BLOCK, customers - begin) for begin in range(0, customers, BLOCK)]
    expected = [size * per_week for size in sizes]
    rooms = [math.ceil(mean + BUSY_WEEK * math.sqrt(mean) + BUSY_WEEK) for mean in expected]
    count = len(sizes)
    whole: dict[str, Any] = {
        name: np.zeros(count, dtype=np.int64)
        for name in ("start", "contacts", "with_person", "joined", "left", "gifts", "let_down")
    }
    return Blocks(
        room=np.cumsum([0, *rooms], dtype=np.int64),
        served=np.zeros((count, people), dtype=np.int64),
        thanks=np.zeros((count, people)),
        told=np.zeros(count),
        answers=np.zeros((count, 4), dtype=np.int64),
        felt=np.zeros((count, 2)),
        met=np.zeros((count, 2)),
        complaints=np.zeros(count),
        loyal=np.zeros(count),
        **whole,
    )


def _contacts(room: int) -> Contacts:
    return Contacts(
        customer=np.zeros(room, dtype=np.int32),
        employee=np.zeros(room, dtype=np.int32),
        number=np.zeros(room, dtype=np.int32),
        quality=np.zeros(room, dtype=np.float32),
        satisfaction=np.zeros(room, dtype=np.float32),
    )


def room_for(
    customers: int, people: int, contacts_per_year: float
) -> tuple[Customers, Contacts, Blocks]:
    """Empty tables for so many customers' places, served by so many people."""
    blocks = _blocks(customers, people, contacts_per_year / WEEKS_PER_YEAR)
    return _customers(customers), _contacts(int(blocks.room[-1])), blocks


def _firm() -> Firm:
    whole = ("contacts", "active", "quits", "hires", "joined", "left")
    columns: dict[str, Any] = {
        name: np.zeros(1, dtype=np.int64 if name in whole else np.float64) for name in Firm._fields
    }
    return Firm(**columns)


def _choices() -> Choices:
    return Choices(
        now=at_rest(),
        before=at_rest(),
        week=np.full(1, NO_WEEK, dtype=np.int64),
        since=np.full(1, -1, dtype=np.int64),
        nps_then=np.zeros(1),
        stopped=np.zeros(1, dtype=np.int64),
    )


def shape_firm(firm: Firm, structure: Structure, kind: str, told: Configuration) -> None:
    """What the firm is as a tree, as circles or as a hybrid. Writes firm."""
    size, p = told.organisation, told.parameters.deciding
    front = structure.front_staff.size
    positions = size.front_capacity or front
    firm.approvals[0] = 0.0 if kind == "circles" else 1.0
    firm.round_table[0] = 1.0 if kind in ("circles", "hybrid") else 0.0
    of_kind = {"circles": p.discretion_circles, "hybrid": p.discretion_hybrid}
    firm.freedom[0] = firm.discretion[0] = of_kind.get(kind, p.discretion)
    levels = float(structure.level.max())
    extra = meetings(firm.round_table[0], levels, size.circle_size, size.people, p)
    usual = meetings(0.0, USUAL_LEVELS, size.circle_size, USUAL_PEOPLE, p)
    inside = size.inside_share + (extra - usual) / WEEKLY_HOURS
    firm.meetings[0] = firm.inside[0] = min(MOST_INSIDE, max(0.0, inside))
    firm.full_hours[0] = WEEKLY_HOURS * positions / front
    firm.capacity[0] = firm.full_hours[0] * (1.0 - firm.inside[0])


def _usual_hours(told: Configuration) -> float:
    """Hours a week for customers of all planned front positions, in a tree of this size."""
    size, p = told.organisation, told.parameters.deciding
    levels = float(tree(size.people, size.span).level.max())
    own = meetings(0.0, levels, size.circle_size, size.people, p)
    usual = meetings(0.0, USUAL_LEVELS, size.circle_size, USUAL_PEOPLE, p)
    inside = size.usual_inside_share + (own - usual) / WEEKLY_HOURS
    return WEEKLY_HOURS * (1.0 - min(MOST_INSIDE, max(0.0, inside))) * planned_front(told)


def _begin_firm(world: World, told: Configuration, active: int) -> None:
    """Capacity, the hours a contact takes and what is usual, from what is declared.

    The hours of a contact make utilisation the usual one with the planned front positions and
    the usual share of inside hours; more or fewer hours for customers then move it.
    """
    firm, serving = world.firm, told.parameters.serving
    shape_firm(firm, world.structure, told.structure, told)
    planned = _usual_hours(told)
    personal = 1.0 - serving.digital_share * (1.0 - serving.rare_share)
    a_week = max(active, 1) * serving.contacts_per_year / WEEKS_PER_YEAR * personal
    hours = serving.usual_utilisation * planned
    firm.hours_per_contact[0] = hours / a_week if a_week > 0.0 else 0.0
    firm.utilisation[0] = serving.usual_utilisation
    firm.active[0] = active
    firm.usual_customers[0] = active
    firm.reputation[0] = firm.usual_satisfaction[0] = FIRST_GUESS
    firm.system[0] = firm.chain[0] = FIRST_GUESS
    firm.believed[0] = told.parameters.listening.prior
    firm.known[0] = firm.gift_sense[0] = FIRST_GUESS
    firm.clarity[0] = firm.hands[0] = firm.share[0] = 1.0
    firm.usual_value[0] = told.parameters.people.value
    firm.enps[0] = told.parameters.staffing.usual_enps


def build(told: Configuration, seed: int) -> World:
    """The tables of an organisation before its pilot. Arrays are fresh."""
    rules, structure, key = rules_of(told), structure_of(told), seed_of(seed)
    staff = _staff(told.organisation.people)
    fill_staff(staff, rules.staffing.quits, key, rules.people)
    yearly = told.parameters.serving.contacts_per_year
    size = told.organisation
    customers, contacts, blocks = room_for(size.customers, size.people, yearly)
    memory = told.parameters.remembering
    share = memory.join / (memory.join + memory.churn) if memory.join > 0 else 1.0
    years = min(1.0 / max(memory.churn, LEAST_CHURN), LONGEST_CUSTOMER)
    first = -(PILOT_WEEKS + SPIN_UP_WEEKS)
    active = fill_customers(customers, first, WEEKS_PER_YEAR / yearly, share, years, key)
    world = World(
        staff=staff,
        teams=_teams(structure, staff, rules),
        customers=customers,
        contacts=contacts,
        blocks=blocks,
        firm=_firm(),
        choices=_choices(),
        structure=structure,
        tables=Tables(effort_table(told.parameters.contributing.precision)),
    )
    _begin_firm(world, told, active)
    return world


def spin_up(told: Configuration, seed: int, running: Running = run) -> World:
    """The organisation at week 0 after a pilot and five years of doing nothing.

    Every mechanism acts until then: what is switched off is off from week 0. `running` runs
    weeks: on one thread, or another function of the same bits.
    """
    told = dataclasses.replace(told, actions=(), switches=(), off=())
    rules, key = rules_of(told), seed_of(seed)
    world = build(told, seed)
    levels = int(world.structure.level.max()) + 1
    rest = np.tile(at_rest(), (PILOT_WEEKS, 1))
    pilot = empty_record(PILOT_WEEKS, levels)
    running(world, rules, rest, key, -(PILOT_WEEKS + SPIN_UP_WEEKS), pilot)
    seen = pilot.weekly[-USUAL_OVER:]
    met, made = seen[:, COLUMN["satisfaction"]], seen[:, COLUMN["contacts"]]
    known = made > 0
    usual = float(np.average(met[known], weights=made[known])) if known.any() else FIRST_GUESS
    for column in (world.customers.attitude, world.customers.expectation, world.customers.heard):
        column[:] = usual
    world.firm.reputation[0] = world.firm.usual_satisfaction[0] = usual
    world.firm.usual_customers[0] = world.firm.active[0]
    rest = np.tile(at_rest(), (SPIN_UP_WEEKS, 1))
    settled = empty_record(SPIN_UP_WEEKS, levels)
    running(world, rules, rest, key, -SPIN_UP_WEEKS, settled)
    _settle_accounts(world, told, settled)
    return world


def _settle_accounts(world: World, told: Configuration, settled: Record) -> None:
    """The fee with which the organisation as it is keeps its usual margin; what it shows."""
    firm, p = world.firm, told.parameters.accounts
    last = settled.weekly[-USUAL_OVER:]
    firm.usual_value[0] = last[:, COLUMN["value"]].mean()
    customers = max(1.0, last[:, COLUMN["customers"]].mean())
    won = last[:, COLUMN["joined"]].mean() * p.winning
    firm.fee[0] = last[:, COLUMN["cost"]].mean() / ((1.0 - p.usual_margin) * customers - won)
    firm.nps_then[0], firm.enps_then[0] = firm.nps[0], firm.enps[0]


def size_of(world: World) -> int:
    """Bytes of the tables that a world does not share with others."""
    tables = (world.staff, world.teams, world.customers, world.contacts, world.blocks)
    return sum(column.nbytes for table in tables for column in table)


class _Kept:
    """Worlds at week 0, least recently used out first, bounded in bytes."""

    def __init__(self) -> None:
        self.worlds: OrderedDict[Any, World] = OrderedDict()
        self.bytes = 0
        self.lock = Lock()

    def get(self, key: Any) -> World | None:
        with self.lock:
            if key in self.worlds:
                self.worlds.move_to_end(key)
            return self.worlds.get(key)

    def put(self, key: Any, world: World) -> bool:
        """Whether there is room for it."""
        size = size_of(world)
        if size > KEPT_BYTES:
            return False
        with self.lock:
            if key not in self.worlds:
                self.bytes += size
            self.worlds[key] = world
            while self.bytes > KEPT_BYTES:
                _, oldest = self.worlds.popitem(last=False)
                self.bytes -= size_of(oldest)
        return True


_kept = _Kept()


def at_week_zero(told: Configuration, seed: int, running: Running = run) -> World:
    """A world of one's own at week 0; the spin-up behind it is run once and kept if it is small."""
    key = (told.organisation, told.parameters, told.structure, told.bosses, told.departments, seed)
    world = _kept.get(key)
    if world is None:
        world = spin_up(told, seed, running)
        if not _kept.put(key, world):
            return world
    return copy_tables(world)
