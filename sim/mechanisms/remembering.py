"""Remembering: what customers make of a contact, what they keep, tell and do.

At every contact with quality q, for a customer who expects X and remembers A:

    deviation = q - (X + promise)
    satisfaction = q + theta * deviation        worse than expected: 1.13 times as steep in all,
                                                q + (ratio * (1 + theta) - 1) * deviation
    A <- A + gain * (satisfaction - A)          gain = max(least, first * n0 / (n0 + contacts))
    X <- X + adaptation * (q - X)               a treadmill

A failed contact that is put right counts no worse than what was remembered, unless another one
failed within the last 20 months (Maxham & Netemeyer 2002). Every round a customer hears one of four
neighbours: A <- A + hearing * (A_neighbour - A); the network is computed from identity. Once a
year, on the customer's own week, a customer stays or goes and a prospect comes or waits:

    P(go)   = churn * exp(-slope * (A - usual satisfaction - comparing * gain of rivals))
    P(come) = join * exp(+slope * (reputation - usual satisfaction))

Who is called back (closed loop) is put right more often. With a shift of power customers compare
more: the slope grows. In a crisis reputation falls as long as the top keeps silent. Whoever is
dissatisfied may complain (ACSI 2015, by rating 1 to 10); listening takes it from there. Rival
rules: `memory` 1 keeps the gain constant, 2 lets what stands out overwrite more (peaks). Rivals may
raise what customers can have elsewhere: those of one market by what they do (`sim.market`, where
prospects are shared by reputation), others at a pace of their own (`rival_pace`).

Shrinking gain: Rust et al. 1999 (form); loss ratio: ACSI 2015 (8,239 answers, computed).
"""

from dataclasses import dataclass
from math import exp, log

import numpy as np

from sim.compiled import kernel, maker
from sim.levers import CLOSED_LOOP, CRISIS, POWER_SHIFT, PROMISE, REACTION
from sim.parameters import WEEKS_PER_YEAR, Grade, Kind, Turns, parameter
from sim.people import clip
from sim.randomness import (
    CUSTOMER_START,
    CUSTOMER_TRAITS,
    RECOVERY,
    RENEWAL,
    Whole,
    normal_quantile,
    uniforms,
)
from sim.state import BLOCK, Blocks, Contacts, Customers, Firm, Floats, Moment, Staff, Whole32
from sim.structure import Structure, neighbour

WRITES = (
    "customers.attitude", "customers.expectation", "customers.heard", "customers.contacts",
    "customers.generation", "customers.last_failure", "customers.active",
    "customers.next_contact", "customers.style", "contacts.satisfaction", "staff.thanks",
    "firm.reputation", "firm.joined", "firm.left", "firm.active", "firm.complaints",
)  # fmt: skip

COMPUTED, ASSUMED = Grade.COMPUTED, Grade.ASSUMED
NONE_FOUND = "no measurement found"
NEIGHBOURS = 4
BATCH = 1024  # customers whose neighbours are looked up together: for speed only
# Share of customers who complained, by satisfaction 1 to 10 (ACSI 2015 micro-data, 8,239 answers).
COMPLAINING = np.array([0.76, 0.69, 0.51, 0.44, 0.30, 0.25, 0.19, 0.14, 0.09, 0.06])
SHRINKING, CONSTANT, PEAKS = 0, 1, 2  # rules of memory
LONG_AGO = -32000  # week of the last failure of somebody who never had one


@dataclass(frozen=True)
class Remembering:
    """How customers learn, forget, talk and leave."""

    # fmt: off
    first_gain: float = parameter(
        0.30, 0.1, 0.6, "share", ASSUMED, "form of Rust et al. 1999; size assumed",
        "share of memory that a first contact overwrites")
    settling_contacts: float = parameter(
        2.0, 0.5, 10.0, "contacts", ASSUMED, "form of Rust et al. 1999; size assumed",
        "contacts after which the share has halved")
    least_gain: float = parameter(
        0.10, 0.03, 0.4, "share", ASSUMED, "calibrated to the Aegon claim; with the contact rate "
        "the mover of the lag",
        "share of memory that any contact overwrites")
    theta: float = parameter(
        0.30, 0.0, 0.8, "-", ASSUMED, "form of Oliver, Mittal",
        "how much better than expected adds to satisfaction")
    loss_ratio: float = parameter(
        1.13, 1.0, 2.5, "ratio", COMPUTED, "ACSI 2015 micro-data (8,239 answers)",
        "satisfaction lost by a unit worse than expected over that gained by a unit better")
    adaptation: float = parameter(
        0.30, 0.0, 0.8, "share", ASSUMED, "form of Oliver, Mittal",
        "how fast expectation follows what was delivered")
    promise_weight: float = parameter(
        0.10, 0.0, 0.4, "quality", ASSUMED, NONE_FOUND,
        "expectation that a full brand promise adds")
    failure: float = parameter(
        0.20, 0.05, 0.35, "quality", ASSUMED, NONE_FOUND, "quality below which a contact failed")
    recovery: float = parameter(
        0.5, 0.0, 1.0, "share of failures", ASSUMED, "54 to 70 % of resolved complainers rebuy",
        "failures that are put right")
    forgiving_months: float = parameter(
        20.0, 6.0, 48.0, "months", Grade.RECALLED, "Maxham & Netemeyer 2002",
        "time within which a second failure is not forgiven", turns=Turns.MONTHS_TO_WEEKS)
    hearing: float = parameter(
        0.02, 0.0, 0.1, "per month", ASSUMED, NONE_FOUND,
        "pull of a neighbour's attitude", turns=Turns.MONTHLY_TO_ROUND)
    far_share: float = parameter(
        0.1, 0.0, 1.0, "share of ties", ASSUMED, "small world (Watts & Strogatz 1998)",
        "neighbours who live elsewhere", kind=Kind.FIXED)
    churn: float = parameter(
        0.10, 0.0, 0.6, "share a year", ASSUMED, NONE_FOUND,
        "customers who leave in a year at usual satisfaction", kind=Kind.SETTING)
    churn_slope: float = parameter(
        4.0, 0.0, 12.0, "per unit of attitude", ASSUMED, "shape from ACSI repurchase intentions",
        "how strongly attitude moves going and coming; low = switching is costly",
        kind=Kind.SETTING)
    join: float = parameter(
        0.5, 0.0, 1.0, "share a year", ASSUMED, NONE_FOUND,
        "prospects who come in a year at usual reputation", kind=Kind.SETTING)
    reputation_months: float = parameter(
        6.0, 1.0, 24.0, "months", ASSUMED, NONE_FOUND,
        "how fast reputation follows customers' attitude", turns=Turns.MONTHS_TO_ROUND)
    memory: int = parameter(
        0, 0, 2, "0, 1 or 2", ASSUMED, "rival rules: constant gain; peaks (peak-end, recalled)",
        "0 = gain shrinks with contacts, 1 = constant, 2 = what stands out counts more",
        kind=Kind.SETTING)
    peak: float = parameter(
        2.0, 0.0, 6.0, "per unit of quality", ASSUMED, NONE_FOUND,
        "how much more a contact overwrites that stands out, under the rule of peaks")
    call_success: float = parameter(
        0.5, 0.0, 1.0, "share", ASSUMED, "54 to 70 % of resolved complainers rebuy",
        "failures not put right at once that a call still puts right")
    silence: float = parameter(
        0.05, 0.0, 0.3, "attitude a week", ASSUMED, "claim D17: direction only",
        "reputation lost in a week of a full crisis without an answer")
    more_choice: float = parameter(
        1.0, 0.0, 3.0, "times", ASSUMED, "claim V04: direction only",
        "how much more strongly attitude moves customers after a full shift of power")
    rival_pace: float = parameter(
        0.0, -0.05, 0.05, "attitude a year", ASSUMED, NONE_FOUND,
        "how fast rivals outside the model raise what customers can have elsewhere",
        kind=Kind.SETTING)
    comparing: float = parameter(
        0.5, 0.0, 1.0, "share", ASSUMED, "claim H01: direction only",
        "how fully what rivals in the same market gain counts in staying with us",
        kind=Kind.SETTING)
    new_spread: float = parameter(
        0.05, 0.0, 0.2, "attitude (SD)", ASSUMED, NONE_FOUND,
        "how much new customers differ in what they expect")
    # fmt: on


@kernel
def gain_after(contacts: Whole, p: Remembering) -> float:
    """Share of memory that the next contact overwrites."""
    shrinking = p.first_gain * p.settling_contacts / (p.settling_contacts + contacts)
    return max(p.least_gain, shrinking)


@kernel
def gain_by_rule(contacts: Whole, deviation: float, p: Remembering) -> float:
    """Share of memory that this contact overwrites, under the rule that holds."""
    if p.memory == CONSTANT:
        return p.least_gain
    gain = gain_after(contacts, p)
    if p.memory == PEAKS:
        gain = min(1.0, gain * (1.0 + p.peak * abs(deviation)))
    return gain


@kernel
def complains(satisfaction: float, rates: Floats) -> float:
    """Chance to complain about a contact; `rates` by satisfaction 1 to 10."""
    return rates[int(min(9.0, 9.0 * satisfaction + 0.5))]


@kernel
def rates_a_contact(contacts_per_year: float, rates: Floats) -> None:
    """Chances to complain about a contact, from shares of customers who did. Writes rates [10]."""
    power = 1.0 / max(1.0, contacts_per_year)
    for answer in range(rates.size):
        rates[answer] = 1.0 - (1.0 - COMPLAINING[answer]) ** power


@kernel
def weight_of(deviation: float, p: Remembering) -> float:
    """What a unit above or below expectation adds to or takes off what was delivered."""
    if deviation >= 0.0:
        return p.theta
    return p.loss_ratio * (1.0 + p.theta) - 1.0


@kernel
def satisfaction_with(quality: float, expected: float, p: Remembering) -> float:
    """What a customer makes of a contact, from delivered and expected quality."""
    deviation = quality - expected
    return clip(quality + weight_of(deviation, p) * deviation)


@kernel
def remember(
    customers: Customers, contacts: Contacts, start: int, stop: int, thanks: Floats,
    p: Remembering, promise: float, put_right: float, rates: Floats, moment: Moment,
) -> float:  # fmt: skip
    """What contacts `start` to `stop` leave behind: complaints expected of them.

    `put_right` is the share of failures that are, `rates` the chances to complain by satisfaction
    1 to 10. Writes customers, contacts, thanks [people].
    """
    attitudes, expectations = customers.attitude, customers.expectation
    failures = customers.last_failure
    satisfactions = contacts.satisfaction
    who, numbers, qualities = contacts.customer, contacts.number, contacts.quality
    employees, raised = contacts.employee, p.promise_weight * promise
    complaints = 0.0
    for row in range(start, stop):
        customer, number = np.int64(who[row]), np.int64(numbers[row])
        quality = np.float64(qualities[row])
        attitude = np.float64(attitudes[customer])
        expectation = np.float64(expectations[customer])
        satisfaction = satisfaction_with(quality, expectation + raised, p)
        if quality < p.failure:
            since = moment.week - np.int64(failures[customer])
            generation = np.int64(customers.generation[customer])
            chance = uniforms(moment.seed, RECOVERY, number, customer, generation)[0]
            if since > p.forgiving_months and chance < put_right:
                satisfaction = max(satisfaction, attitude)
            failures[customer] = moment.week
        gain = gain_by_rule(number, satisfaction - attitude, p)
        attitudes[customer] = attitude + gain * (satisfaction - attitude)
        expectations[customer] = expectation + p.adaptation * (quality - expectation)
        satisfactions[row] = satisfaction
        if employees[row] >= 0:
            thanks[employees[row]] += satisfaction
        complaints += complains(satisfaction, rates)
    return complaints


@kernel
def listen(customers: Customers, begin: int, end: int) -> float:
    """What neighbours will hear of these customers. Writes heard; the sum over active ones."""
    attitudes, heard, active = customers.attitude, customers.heard, customers.active
    total = 0.0
    for customer in range(begin, end):
        heard[customer] = attitudes[customer]
        total += np.float64(active[customer]) * np.float64(attitudes[customer])
    return total


@kernel
def talk(
    customers: Customers, begin: int, end: int, others: Whole32, p: Remembering, turn: int
) -> None:
    """Each of these customers hears one neighbour. Writes attitude, others [BATCH]."""
    attitudes, heard, active = customers.attitude, customers.heard, customers.active
    size, which = attitudes.size, turn % NEIGHBOURS
    for first in range(begin, end, BATCH):
        count = min(BATCH, end - first)
        for at in range(count):
            others[at] = neighbour(first + at, which, size, p.far_share)
        for at in range(count):
            customer, other = first + at, np.int64(others[at])
            pull = p.hearing * np.float64(active[customer] & active[other])
            attitude, told = np.float64(heard[customer]), np.float64(heard[other])
            attitudes[customer] = attitude + pull * (told - attitude)


@kernel
def begin(customer: int, customers: Customers, reputation: float, gap: float, moment: Moment,
          p: Remembering) -> None:  # fmt: skip
    """A new customer in this place, who expects what is said of us."""
    customers.generation[customer] += 1
    generation = np.int64(customers.generation[customer])
    luck, wait, _, _ = uniforms(moment.seed, CUSTOMER_START, 0, customer, generation)
    prior = clip(reputation + p.new_spread * normal_quantile(luck))
    traits = uniforms(moment.seed, CUSTOMER_TRAITS, 0, customer, generation)
    customers.style[customer] = normal_quantile(traits[0])
    customers.attitude[customer] = prior
    customers.expectation[customer] = prior
    customers.contacts[customer] = 0
    customers.last_failure[customer] = LONG_AGO
    customers.next_contact[customer] = moment.week + 1.0 - gap * log(wait)
    customers.active[customer] = 1


@kernel
def leaving(better: float, choice: float, p: Remembering) -> float:
    """Chance that a customer goes this year, at an attitude this much above the usual.

    `choice` is how much more strongly attitude counts than it used to.
    """
    return min(1.0, p.churn * exp(-p.churn_slope * choice * better))


@kernel
def coming(better: float, choice: float, p: Remembering) -> float:
    """Chance that a prospect comes this year, at a reputation this much above the usual."""
    return min(1.0, attraction(better, choice, p))


@kernel
def attraction(better: float, choice: float, p: Remembering) -> float:
    """The same before it is bounded: what rivals in one market share prospects by."""
    return p.join * exp(p.churn_slope * choice * better)


@kernel
def usually(firm: Firm, p: Remembering, week: int) -> float:
    """Attitude that comes with the declared shares of going and coming."""
    return firm.usual_satisfaction[0] + p.rival_pace * (max(0, week) / WEEKS_PER_YEAR)


@kernel
def renew(
    customers: Customers, begin_at: int, end: int, firm: Firm, p: Remembering, gap: float,
    levers: Floats, moment: Moment,
) -> tuple[int, int]:  # fmt: skip
    """Those whose week it is stay or go, come or wait: how many came, how many went."""
    usual, reputation = usually(firm, p, moment.week), firm.reputation[0]
    choice = 1.0 + p.more_choice * levers[POWER_SHIFT]
    come, joined, left = coming(reputation - usual, choice, p), 0, 0
    usual += p.comparing * firm.elsewhere[0]
    turn = begin_at + (moment.week - begin_at) % WEEKS_PER_YEAR
    for customer in range(turn, end, WEEKS_PER_YEAR):
        generation = np.int64(customers.generation[customer])
        chance = uniforms(moment.seed, RENEWAL, moment.week, customer, generation)[0]
        if customers.active[customer] == 0:
            if chance < come:
                begin(customer, customers, reputation, gap, moment, p)
                joined += 1
        else:
            if chance < leaving(np.float64(customers.attitude[customer]) - usual, choice, p):
                customers.active[customer] = 0
                left += 1
    return joined, left


@maker
def take_in(
    customers: Customers, contacts: Contacts, blocks: Blocks, p: Remembering, round_weeks: int,
    contacts_per_year: float, levers: Floats, moment: Moment, first: int, past: int,
) -> None:  # fmt: skip
    """Contacts of these blocks become memory. Writes customers, contacts, blocks."""
    rates = np.empty(COMPLAINING.size)
    rates_a_contact(contacts_per_year, rates)
    put_right = p.recovery + (1.0 - p.recovery) * p.call_success * levers[CLOSED_LOOP]
    for block in range(first, past):
        thanks, start = blocks.thanks[block], blocks.start[block]
        thanks[:] = 0.0
        stop = start + blocks.contacts[block]
        blocks.complaints[block] = remember(
            customers, contacts, start, stop, thanks, p, levers[PROMISE], put_right, rates, moment
        )
        if moment.week % round_weeks == 0:
            begin_at, end = block * BLOCK, min((block + 1) * BLOCK, customers.active.size)
            blocks.told[block] = listen(customers, begin_at, end)


@kernel
def be_told(
    staff: Staff, blocks: Blocks, firm: Firm, structure: Structure, p: Remembering,
    round_weeks: int, levers: Floats, moment: Moment,
) -> None:  # fmt: skip
    """What staff and the public hear of it. Writes staff.thanks, firm."""
    firm.complaints[0] = 0.0
    for block in range(blocks.contacts.size):
        firm.complaints[0] += blocks.complaints[block]
    silence = levers[CRISIS] * (1.0 - levers[REACTION])
    firm.reputation[0] = clip(firm.reputation[0] - p.silence * silence)
    for person in structure.front_staff:
        staff.thanks[person] = 0.0
        for block in range(blocks.contacts.size):
            staff.thanks[person] += blocks.thanks[block, person]
    if moment.week % round_weeks == 0 and firm.active[0] > 0:
        total = 0.0
        for block in range(blocks.contacts.size):
            total += blocks.told[block]
        mean = total / firm.active[0]
        firm.reputation[0] += p.reputation_months * (mean - firm.reputation[0])


@maker
def talk_in(
    customers: Customers, p: Remembering, round_weeks: int, moment: Moment, first: int, past: int
) -> None:
    """Memory becomes talk in these blocks, once a round. Writes attitude."""
    if moment.week % round_weeks == 0 and p.hearing > 0.0:
        begin_at, end = first * BLOCK, min(past * BLOCK, customers.active.size)
        others = np.empty(BATCH, np.int32)
        talk(customers, begin_at, end, others, p, moment.week // round_weeks)


@kernel
def choose_in(
    customers: Customers, blocks: Blocks, firm: Firm, p: Remembering, contacts_per_year: float,
    levers: Floats, moment: Moment, first: int, past: int,
) -> None:  # fmt: skip
    """Memory becomes staying and going in these blocks. Writes customers, blocks."""
    gap = WEEKS_PER_YEAR / contacts_per_year
    for block in range(first, past):
        begin_at, end = block * BLOCK, min((block + 1) * BLOCK, customers.active.size)
        joined, left = renew(customers, begin_at, end, firm, p, gap, levers, moment)
        blocks.joined[block], blocks.left[block] = joined, left


@kernel
def count_customers(blocks: Blocks, firm: Firm) -> None:
    """Who came and went in all blocks. Writes firm."""
    firm.joined[0], firm.left[0] = 0, 0
    for block in range(blocks.contacts.size):
        firm.joined[0] += blocks.joined[block]
        firm.left[0] += blocks.left[block]
    firm.active[0] += firm.joined[0] - firm.left[0]
