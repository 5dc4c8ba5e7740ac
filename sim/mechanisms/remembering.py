"""Remembering: what customers make of a contact, what they keep, tell and do.

At every contact with quality q, for a customer who expects X and remembers A:

    deviation = q - (X + promise)
    satisfaction = q + theta * deviation        theta is larger for losses (ratio 1.13)
    A <- A + gain * (satisfaction - A)          gain = max(least, first * n0 / (n0 + contacts))
    X <- X + adaptation * (q - X)               a treadmill

A failed contact that is put right counts no worse than what was remembered, unless another one
failed within the last 20 months (Maxham & Netemeyer 2002). Every round a customer hears one of four
neighbours: A <- A + hearing * (A_neighbour - A); the network is computed from identity. Once a
year, on the customer's own week, a customer stays or goes and a prospect comes or waits:

    P(go)   = churn * exp(-slope * (A - usual satisfaction))
    P(come) = join * exp(+slope * (reputation - usual satisfaction))

Shrinking gain: Rust et al. 1999 (form); loss ratio: ACSI 2015 (8,239 answers, computed).
"""

from dataclasses import dataclass
from math import exp, log

import numpy as np

from sim.compiled import kernel
from sim.levers import PROMISE
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
from sim.state import Contacts, Customers, Firm, Floats, Moment, Staff
from sim.structure import Structure, neighbour

WRITES = (
    "customers.attitude", "customers.expectation", "customers.heard", "customers.contacts",
    "customers.generation", "customers.last_failure", "customers.active",
    "customers.next_contact", "customers.style", "contacts.satisfaction", "staff.thanks",
    "firm.reputation", "firm.joined", "firm.left", "firm.active",
)  # fmt: skip

COMPUTED, ASSUMED = Grade.COMPUTED, Grade.ASSUMED
NONE_FOUND = "no measurement found"
NEIGHBOURS = 4
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
        0.15, 0.03, 0.4, "share", ASSUMED, "calibrated to the Aegon claim; with the contact rate "
        "the mover of the lag",
        "share of memory that any contact overwrites")
    theta: float = parameter(
        0.30, 0.0, 0.8, "-", ASSUMED, "form of Oliver, Mittal",
        "how much better than expected adds to satisfaction")
    loss_ratio: float = parameter(
        1.13, 1.0, 2.5, "ratio", COMPUTED, "ACSI 2015 micro-data (8,239 answers)",
        "how much more worse than expected takes off")
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
def satisfaction_with(quality: float, expected: float, p: Remembering) -> float:
    """What a customer makes of a contact, from delivered and expected quality."""
    deviation = quality - expected
    theta = p.theta if deviation >= 0.0 else p.theta * p.loss_ratio
    return clip(quality + theta * deviation)


@kernel
def remember(
    customers: Customers, contacts: Contacts, made: int, thanks: Floats,
    p: Remembering, promise: float, moment: Moment,
) -> None:  # fmt: skip
    """What this week's contacts leave behind. Writes customers, contacts, thanks of staff."""
    attitudes, expectations = customers.attitude, customers.expectation
    failures = customers.last_failure
    satisfactions = contacts.satisfaction
    who, numbers, qualities = contacts.customer, contacts.number, contacts.quality
    employees, raised = contacts.employee, p.promise_weight * promise
    for row in range(made):
        customer, number = np.int64(who[row]), np.int64(numbers[row])
        quality = np.float64(qualities[row])
        attitude = np.float64(attitudes[customer])
        expectation = np.float64(expectations[customer])
        satisfaction = satisfaction_with(quality, expectation + raised, p)
        if quality < p.failure:
            since = moment.week - np.int64(failures[customer])
            generation = np.int64(customers.generation[customer])
            chance = uniforms(moment.seed, RECOVERY, number, customer, generation)[0]
            if since > p.forgiving_months and chance < p.recovery:
                satisfaction = max(satisfaction, attitude)
            failures[customer] = moment.week
        attitudes[customer] = attitude + gain_after(number, p) * (satisfaction - attitude)
        expectations[customer] = expectation + p.adaptation * (quality - expectation)
        satisfactions[row] = satisfaction
        if employees[row] >= 0:
            thanks[employees[row]] += satisfaction


@kernel
def talk(customers: Customers, firm: Firm, p: Remembering, turn: int) -> None:
    """Everybody hears one neighbour; reputation follows. Writes customers, firm.reputation."""
    attitudes, heard, active = customers.attitude, customers.heard, customers.active
    size, which = attitudes.size, turn % NEIGHBOURS
    total = 0.0
    for customer in range(size):
        heard[customer] = attitudes[customer]
        if active[customer] == 1:
            total += np.float64(attitudes[customer])
    if p.hearing > 0.0:
        for customer in range(size):
            if active[customer] == 0:
                continue
            other = neighbour(customer, which, size, p.far_share)
            if active[other] == 1:
                attitude, told = np.float64(heard[customer]), np.float64(heard[other])
                attitudes[customer] = attitude + p.hearing * (told - attitude)
    if firm.active[0] > 0:
        mean = total / firm.active[0]
        firm.reputation[0] += p.reputation_months * (mean - firm.reputation[0])


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
def leaving(better: float, p: Remembering) -> float:
    """Chance that a customer goes this year, at an attitude this much above the usual."""
    return min(1.0, p.churn * exp(-p.churn_slope * better))


@kernel
def coming(better: float, p: Remembering) -> float:
    """Chance that a prospect comes this year, at a reputation this much above the usual."""
    return min(1.0, p.join * exp(p.churn_slope * better))


@kernel
def renew(customers: Customers, firm: Firm, p: Remembering, gap: float, moment: Moment) -> None:
    """Those whose week it is stay or go, come or wait. Writes customers, firm."""
    usual, reputation = firm.usual_satisfaction[0], firm.reputation[0]
    come = coming(reputation - usual, p)
    for customer in range(moment.week % WEEKS_PER_YEAR, customers.active.size, WEEKS_PER_YEAR):
        generation = np.int64(customers.generation[customer])
        chance = uniforms(moment.seed, RENEWAL, moment.week, customer, generation)[0]
        if customers.active[customer] == 0:
            if chance < come:
                begin(customer, customers, reputation, gap, moment, p)
                firm.joined[0] += 1
        else:
            if chance < leaving(np.float64(customers.attitude[customer]) - usual, p):
                customers.active[customer] = 0
                firm.left[0] += 1
    firm.active[0] += firm.joined[0] - firm.left[0]


@kernel
def remembering(
    customers: Customers, contacts: Contacts, staff: Staff, firm: Firm, structure: Structure,
    p: Remembering, contacts_per_year: float, round_weeks: int,
    levers: Floats, moment: Moment,
) -> None:  # fmt: skip
    """Contacts become memory; memory becomes talk, staying and going."""
    for person in structure.front_staff:
        staff.thanks[person] = 0.0
    remember(customers, contacts, firm.contacts[0], staff.thanks, p, levers[PROMISE], moment)
    if moment.week % round_weeks == 0:
        talk(customers, firm, p, moment.week // round_weeks)
    firm.joined[0], firm.left[0] = 0, 0
    renew(customers, firm, p, WEEKS_PER_YEAR / contacts_per_year, moment)
