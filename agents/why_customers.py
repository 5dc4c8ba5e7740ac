"""Why did this customer, and customers on average, change their mind this week?

A contact of quality q moves attitude by gain * (satisfaction - attitude). With expectation X,

    satisfaction - attitude = (X - attitude) + (1 + theta) * (q - X) - theta * promise

and q - X is shared out: quality that a person gives is compared with a person whose being
willing, able and allowed would all just meet the expectation, and each of the three gets its
average effect over every order of replacing one after the other (Shapley 1953); offer, lateness
and luck are what they add to quality. What is left of rounding (customers are kept in single
precision) stays in no row.
"""

from collections.abc import Iterable, Iterator
from math import factorial
from typing import Any, NamedTuple

import numpy as np

from agents.before import Before
from agents.ledger import Ledger, Reason, Row
from agents.why import with_values
from sim.levers import PROMISE
from sim.mechanisms.remembering import (
    Remembering,
    gain_after,
    listen,
    remember,
    satisfaction_with,
    talk,
)
from sim.mechanisms.serving import (
    Serving,
    bot_quality,
    bot_share,
    combined,
    lateness,
    prepare,
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


class Service:
    """What serving found this week: who could give what, and what happened to every contact."""

    def __init__(self, before: Before) -> None:
        self.p: Serving = before.rules.serving
        self.found = before.found_by("serving")
        self.seed = before.moment.seed
        self.by_bot = bot_share(before.levers, self.p)
        self.utilisation = float(self.found.firm.utilisation[0])
        self.late = lateness(self.utilisation, self.p)
        self.offer = float(before.found_by("remembering").firm.offer[0])
        self._known: dict[int, Factors] = {}

    def factors(self, person: int) -> Factors:
        """How willing, able and allowed somebody was, each as quality if it alone counted."""
        if person not in self._known:
            team = int(self.found.structure.team[person])
            system = float(self.found.teams.system[team if team >= 0 else TOP_TEAM])
            weights = ("willing_weight", "able_weight", "allowed_weight")
            willing, able, allowed = (
                prepare(
                    person, system, self.utilisation, self.found.staff,
                    with_values(self.p, **{each: float(each == alone) for each in weights}),
                )
                for alone in weights
            )  # fmt: skip
            self._known[person] = willing, able, allowed
        return self._known[person]

    def chances(self, customer: int, number: int) -> tuple[float, bool]:
        """The luck of a contact, in quality, and whether a bot would find its need routine."""
        generation = int(self.found.customers.generation[customer])
        _, luck, _, how = uniforms(self.seed, CONTACT, number, customer, generation)
        return self.p.noise * normal_quantile(luck), how >= self.by_bot * self.p.rare_share

    def against(self, expected: float, employee: int, routine: bool) -> tuple[Moved, float]:
        """Who or what served, compared with the expectation, and the quality to begin with."""
        if employee < 0:
            system = float(self.found.firm.system[0])
            quality = bot_quality(system, self.p) if routine else self.p.bot_failing
            return Moved(bot=quality - expected), quality
        willing, able, allowed = shares(expected, self.factors(employee), self.p)
        quality = expected + willing + able + allowed
        return Moved(willing=willing, able=able, allowed=allowed), quality


def contact_moves(before: Before, rows: Iterable[int]) -> Iterator[tuple[int, Moved]]:
    """What each of these contacts did to its customer's attitude: (employee, amounts).

    Rows of the contacts table in the order they happened, all those of a customer or none.
    About 80 microseconds a contact.
    """
    if not before.rules.on.remembering:
        return
    world = copy_tables(before.found_by("remembering"))
    service, p = Service(before), before.rules.remembering
    promise = float(before.levers[PROMISE])
    for row in rows:
        cells: list[Any] = [column[row : row + 1] for column in world.contacts]
        one = Contacts(*cells)
        customer = int(one.customer[0])
        attitude = float(world.customers.attitude[customer])
        expected = float(world.customers.expectation[customer])
        remember(world.customers, one, 0, 1, world.staff.thanks, p, promise, before.moment)
        yield int(one.employee[0]), _moved(service, one, attitude, expected, promise, p)


def _moved(
    service: Service, one: Contacts, attitude: float, expected: float, promise: float,
    p: Remembering,
) -> Moved:  # fmt: skip
    """One contact, remembered already, taken apart as in the equation above."""
    number, quality = int(one.number[0]), float(one.quality[0])
    luck, routine = service.chances(int(one.customer[0]), number)
    served, raw = service.against(expected, int(one.employee[0]), routine)
    raw += service.offer - service.late + luck
    raised = p.promise_weight * promise
    deviation = quality - (expected + raised)
    theta = p.theta if deviation >= 0.0 else p.theta * p.loss_ratio
    unbounded = quality + theta * deviation
    satisfied = satisfaction_with(quality, expected + raised, p)
    final = one.satisfaction[0]
    forgiven = float(final) - satisfied if np.float32(satisfied) != final else 0.0
    gain = gain_after(number, p)
    felt = gain * (1.0 + theta)
    beyond = felt * (quality - raw) + gain * (satisfied - unbounded)
    beyond = beyond if abs(beyond) > ROUNDING else 0.0
    kept = quality in (0.0, 1.0) or satisfied in (0.0, 1.0)
    return Moved(
        memory=gain * (expected - attitude),
        willing=felt * served.willing,
        able=felt * served.able,
        allowed=felt * served.allowed,
        bot=felt * served.bot,
        offer=felt * service.offer,
        late=-felt * service.late,
        promise=-gain * theta * raised,
        forgiven=gain * forgiven,
        luck=felt * luck,
        bounds=beyond if kept else 0.0,
        unknown=0.0 if kept else beyond,
    )


def stages(before: Before) -> tuple[Floats32, Floats32]:
    """Attitudes after this week's contacts, and after word of mouth as well; [customers] each."""
    rules, moment = before.rules, before.moment
    world = copy_tables(before.found_by("remembering"))
    customers, p = world.customers, rules.remembering
    if rules.on.remembering:
        made, promise = int(world.firm.contacts[0]), float(before.levers[PROMISE])
        remember(customers, world.contacts, 0, made, world.staff.thanks, p, promise, moment)
    contacted = customers.attitude.copy()
    turn, rest = divmod(moment.week, rules.calendar.round_weeks)
    if rules.on.remembering and rest == 0:
        size = customers.active.size
        listen(customers, 0, size)
        if p.hearing > 0.0:
            talk(customers, 0, size, p, turn)
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
