"""Why did this customer, and customers on average, change their mind this week?

A contact of quality q moves attitude by gain * (satisfaction - attitude). With expectation X,

    satisfaction - attitude = (X - attitude) + (1 + theta) * (q - X) - theta * promise

and q - X is shared out: quality that a person gives is compared with a person whose being
willing, able and allowed would all just meet the expectation, and each of the three gets its
average effect over every order of replacing one after the other (Shapley 1953); offer, lateness,
pressure to sell, a crisis and luck are what they add to quality, and so do help at the moment of
use and gifts, which fall to some contacts by chance. A complaint is no cause: it follows from what
was felt. What is left of rounding (customers are kept in single precision) stays in no row.
"""

from collections.abc import Iterable, Iterator
from math import factorial
from typing import Any, NamedTuple

import numpy as np

from agents.before import Before
from agents.ledger import Ledger, Reason, Row
from agents.why import with_values
from sim.levers import CLOSED_LOOP, CRISIS, CROSS_VISITS, KPI, PROMISE, SELLING
from sim.mechanisms.remembering import (
    COMPLAINING,
    Remembering,
    gain_by_rule,
    rates_a_contact,
    remember,
    satisfaction_with,
    take_in,
    talk_in,
    weight_of,
)
from sim.mechanisms.serving import (
    Serving,
    chain_of,
    combined,
    lateness,
    prepare,
    ways_of,
)
from sim.randomness import CONTACT, normal_quantile, uniforms
from sim.state import TOP_TEAM, Contacts, Floats32, World, copy_tables

CAUSE, CHANCE, RULE = Reason.CAUSE, Reason.CHANCE, Reason.RULE
ROUNDING = 1e-7  # of one number in single precision
TOLERANCE = 1e-6  # of a week's change: a few of them
UNIT = "attitude, 0 to 1"

type Factors = tuple[float, float, float]  # willing, able, allowed


class Moved(NamedTuple):
    """How far a contact moved attitude, by reason."""

    memory: float = 0.0
    willing: float = 0.0
    able: float = 0.0
    allowed: float = 0.0
    bot: float = 0.0
    offer: float = 0.0
    late: float = 0.0
    selling: float = 0.0
    crisis: float = 0.0
    help: float = 0.0
    gift: float = 0.0
    promise: float = 0.0
    forgiven: float = 0.0
    luck: float = 0.0
    bounds: float = 0.0
    unknown: float = 0.0


MEANING: dict[str, tuple[str, Reason, str]] = {
    "memory": ("memory moves to what was expected", CAUSE, "remembering"),
    "willing": ("willing, against what was expected", CAUSE, "contributing"),
    "able": ("able, against what was expected", CAUSE, "serving"),
    "allowed": ("allowed, against what was expected", CAUSE, "deciding"),
    "bot": ("a bot, against what was expected", CAUSE, "serving"),
    "offer": ("offer: price and product against rivals", CAUSE, "serving"),
    "late": ("lateness", CAUSE, "serving"),
    "selling": ("pressure to sell", CAUSE, "serving"),
    "crisis": ("a crisis", CAUSE, "serving"),
    "help": ("help at the moment of use, a surprise", CHANCE, "serving"),
    "gift": ("a gift, a surprise", CHANCE, "serving"),
    "promise": ("brand promise raised what was expected", CAUSE, "remembering"),
    "forgiven": ("a failure put right and forgiven", CHANCE, "remembering"),
    "luck": ("luck of the contact", CHANCE, "serving"),
    "bounds": ("kept between 0 and 1", RULE, "remembering"),
    "unknown": ("a term that this account does not know", RULE, "remembering"),
}


def shares(start: float, factors: Factors, p: Serving) -> Factors:
    """What replacing `start` by each factor adds to quality, averaged over all orders."""
    count = len(factors)
    worth = []
    for chosen in range(2**count):
        willing, able, allowed = (
            each if chosen >> at & 1 else start for at, each in enumerate(factors)
        )
        worth.append(combined(willing, able, allowed, p))

    def share(at: int) -> float:
        total = 0.0
        for chosen in range(2**count):
            if not chosen >> at & 1:
                size = chosen.bit_count()
                orders = factorial(size) * factorial(count - 1 - size) / factorial(count)
                total += orders * (worth[chosen | 1 << at] - worth[chosen])
        return total

    return share(0), share(1), share(2)


class Happened(NamedTuple):
    """What a contact's own draws and this week's levers made of it, in quality."""

    offer: float
    late: float
    selling: float
    crisis: float
    help: float
    gift: float
    luck: float


class Service:
    """What serving found this week: who could give what, and what happened to every contact."""

    def __init__(self, before: Before) -> None:
        p = before.rules.serving
        self.p, self.found = p, before.found_by("serving")
        self.seed, self.week = before.moment
        after = before.found_by("remembering")
        self.levers, self.chain = after.choices.now, float(after.firm.chain[0])
        self.utilisation = float(self.found.firm.utilisation[0])
        so_far = self.found.firm
        during = after.firm._replace(utilisation=so_far.utilisation, let_down=so_far.let_down)
        self.ways = ways_of(during, p, self.levers)
        self.every = Happened(
            offer=float(after.firm.offer[0]),
            late=-lateness(self.utilisation, p),
            selling=-p.selling_cost * float(self.levers[SELLING]),
            crisis=-p.crisis_depth * float(self.levers[CRISIS]),
            help=0.0, gift=0.0, luck=0.0,
        )  # fmt: skip
        self._known: dict[int, Factors] = {}

    def factors(self, person: int) -> Factors:
        """How willing, able and allowed somebody was, each as quality if it alone counted."""
        if person not in self._known:
            team = int(self.found.structure.team[person])
            own = float(self.found.teams.system[team if team >= 0 else TOP_TEAM])
            others = self.chain**self.p.across
            system = chain_of(own, others, float(self.levers[CROSS_VISITS]), self.p)
            weights = ("willing_weight", "able_weight", "allowed_weight")
            willing, able, allowed = (
                prepare(
                    person, system, self.utilisation, float(self.levers[KPI]), self.found.staff,
                    with_values(self.p, **{each: float(each == alone) for each in weights}),
                )
                for alone in weights
            )  # fmt: skip
            self._known[person] = willing, able, allowed
        return self._known[person]

    def happened(self, customer: int, number: int, employee: int) -> tuple[Happened, bool]:
        """What was added to a contact, and whether a bot would find its need routine."""
        generation = int(self.found.customers.generation[customer])
        _, luck, _, how = uniforms(self.seed, CONTACT, number, customer, generation)
        ways, helped, given = self.ways, 0.0, 0.0
        bots = ways.by_bot
        if ways.preferred < bots:
            since = self.week - int(self.found.customers.last_failure[customer])
            bots = ways.preferred if since <= self.p.recent_months else ways.others
        if employee >= 0 and how >= bots:
            if how < bots + (1.0 - bots) * ways.helps:
                helped = ways.surprise
            elif how < bots + (1.0 - bots) * ways.gives:
                given = ways.gift
        luck = self.p.noise * normal_quantile(luck)
        happened = self.every._replace(help=helped, gift=given, luck=luck)
        return happened, how >= bots * ways.rare

    def against(self, expected: float, employee: int, routine: bool) -> tuple[Moved, float]:
        """Who or what served, compared with the expectation, and the quality to begin with."""
        if employee < 0:
            quality = self.ways.routine if routine else self.p.bot_failing
            return Moved(bot=quality - expected), quality
        willing, able, allowed = shares(expected, self.factors(employee), self.p)
        quality = expected + willing + able + allowed
        return Moved(willing=willing, able=able, allowed=allowed), quality


def put_right(closed_loop: float, p: Remembering) -> float:
    """Share of failures that are put right, at once or by a call."""
    return p.recovery + (1.0 - p.recovery) * p.call_success * closed_loop


def contact_moves(before: Before, rows: Iterable[int]) -> Iterator[tuple[int, Moved]]:
    """What each of these contacts did to its customer's attitude: (employee, amounts).

    Rows of the contacts table in the order they happened, all those of a customer or none.
    About 80 microseconds a contact.
    """
    if not before.rules.on.remembering:
        return
    world = copy_tables(before.found_by("remembering"))
    service, p = Service(before), before.rules.remembering
    promise = float(service.levers[PROMISE])
    righted = put_right(float(service.levers[CLOSED_LOOP]), p)
    rates = np.empty(COMPLAINING.size)
    rates_a_contact(before.rules.serving.contacts_per_year, rates)
    thanks = world.staff.thanks
    for row in rows:
        cells: list[Any] = [column[row : row + 1] for column in world.contacts]
        one = Contacts(*cells)
        customer = int(one.customer[0])
        attitude = float(world.customers.attitude[customer])
        expected = float(world.customers.expectation[customer])
        remember(world.customers, one, 0, 1, thanks, p, promise, righted, rates, before.moment)
        yield int(one.employee[0]), _moved(service, one, attitude, expected, promise, p)


def _moved(
    service: Service, one: Contacts, attitude: float, expected: float, promise: float,
    p: Remembering,
) -> Moved:  # fmt: skip
    """One contact, remembered already, taken apart as in the equation above."""
    number, quality, employee = int(one.number[0]), float(one.quality[0]), int(one.employee[0])
    happened, routine = service.happened(int(one.customer[0]), number, employee)
    served, raw = service.against(expected, employee, routine)
    raw += sum(happened)
    raised = p.promise_weight * promise
    deviation = quality - (expected + raised)
    theta = weight_of(deviation, p)
    unbounded = quality + theta * deviation
    satisfied = satisfaction_with(quality, expected + raised, p)
    final = one.satisfaction[0]
    forgiven = float(final) - satisfied if np.float32(satisfied) != final else 0.0
    gain = gain_by_rule(number, satisfied + forgiven - attitude, p)
    felt = gain * (1.0 + theta)
    beyond = felt * (quality - raw) + gain * (satisfied - unbounded)
    beyond = beyond if abs(beyond) > ROUNDING else 0.0
    kept = quality in (0.0, 1.0) or satisfied in (0.0, 1.0)
    added = {name: felt * amount for name, amount in happened._asdict().items()}
    return Moved(
        memory=gain * (expected - attitude),
        willing=felt * served.willing,
        able=felt * served.able,
        allowed=felt * served.allowed,
        bot=felt * served.bot,
        promise=-gain * theta * raised,
        forgiven=gain * forgiven,
        bounds=beyond if kept else 0.0,
        unknown=0.0 if kept else beyond,
        **added,
    )


def stages(before: Before) -> tuple[Floats32, Floats32]:
    """Attitudes after this week's contacts, and after word of mouth as well; [customers] each."""
    return before.once("stages", _stages)


def _stages(before: Before) -> tuple[Floats32, Floats32]:
    rules, moment = before.rules, before.moment
    world = copy_tables(before.found_by("remembering"))
    customers, blocks, p = world.customers, world.blocks, rules.remembering
    rounds, yearly = rules.calendar.round_weeks, rules.serving.contacts_per_year
    every = (0, blocks.contacts.size)
    if rules.on.remembering:
        levers = world.choices.now
        take_in(customers, world.contacts, blocks, p, rounds, yearly, levers, moment, *every)
    contacted = customers.attitude.copy()
    if rules.on.remembering:
        talk_in(customers, p, rounds, moment, *every)
    return contacted, customers.attitude


def attitude(before: Before, now: World, customer: int) -> Ledger:
    """Why a customer's attitude changed this week: contacts, word of mouth, a change of hands."""
    start, found = before.start.customers, before.found_by("remembering")
    own = np.flatnonzero(found.contacts.customer[: found.firm.contacts[0]] == customer)
    rows: list[Row] = []
    for count, (employee, moved) in enumerate(contact_moves(before, own.tolist()), start=1):
        who = f"employee {employee}" if employee >= 0 else "no person"
        rows += rows_of(moved, f"contact {count} with {who}: ")
    contacted, talked = (float(stage[customer]) for stage in stages(before))
    rows.append(Row("word of mouth", talked - contacted, CAUSE, "remembering"))
    if now.customers.generation[customer] != start.generation[customer]:
        fresh = float(now.customers.attitude[customer]) - talked
        rows.append(Row("somebody new is the customer here", fresh, RULE, "remembering"))
    number = float(now.customers.attitude[customer]) - float(start.attitude[customer])
    title = f"change of attitude of customer {customer}, week {before.moment.week}"
    left = bool(start.active[customer]) and not now.customers.active[customer]
    title += " (left this week)" if left else ""
    return Ledger(title, number, UNIT, tuple(rows)).closed(TOLERANCE)


def rows_of(moved: Moved, prefix: str = "", per: float = 1.0) -> list[Row]:
    """The rows of a ledger for what contacts did, divided by `per`."""
    return [
        Row(prefix + label, getattr(moved, name) / per, kind, source)
        for name, (label, kind, source) in MEANING.items()
    ]
