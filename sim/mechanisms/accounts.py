"""Accounts: what comes in, what it costs, what is left. An outcome: it moves nothing back.

Every week, in euro:

    revenue = active customers * fee * (1 + selling_gain * selling)
    cost    = staff there * wage + overhead * places + hires * hiring
              + levers: hours of leaders * hour + euro for each employee
              + took the offer * 3 months' wage + gifts * price + joined customers * winning
    profit  = revenue - cost

The fee is set before week 0 so that the organisation as it is keeps `usual_margin` of revenue.
Costs of levers and their sources stand with the levers (`sim/levers.py`).
"""

from dataclasses import dataclass

from sim.compiled import kernel
from sim.levers import EUROS, HOURS_ALL, HOURS_TOP, REST, SELLING, SPAN
from sim.parameters import WEEKS_PER_MONTH, Grade, Kind, parameter
from sim.state import Firm, Floats, Staff
from sim.structure import Structure

WRITES = ("firm.revenue", "firm.cost", "firm.profit")

ASSUMED = Grade.ASSUMED
NONE_FOUND = "no measurement found"
MONTHS_PAID = 3.0  # of an exit offer (Zappos 2015), by definition


@dataclass(frozen=True)
class Accounts:
    """Prices and wages."""

    # fmt: off
    wage: float = parameter(
        1000.0, 300.0, 4000.0, "euro a week", ASSUMED, "about 52,000 euro a year with charges",
        "what an employee costs", kind=Kind.SETTING)
    hour: float = parameter(
        50.0, 15.0, 200.0, "euro", ASSUMED, NONE_FOUND, "what a leader's hour costs",
        kind=Kind.SETTING)
    overhead: float = parameter(
        500.0, 0.0, 4000.0, "euro a week", ASSUMED, NONE_FOUND,
        "rooms, machines and purchases for each place", kind=Kind.SETTING)
    hiring: float = parameter(
        8000.0, 0.0, 60000.0, "euro", ASSUMED, NONE_FOUND, "finding and training somebody",
        kind=Kind.SETTING)
    winning: float = parameter(
        4.0, 0.0, 52.0, "weeks of the fee", ASSUMED, NONE_FOUND, "winning a customer",
        kind=Kind.SETTING)
    gift: float = parameter(
        15.0, 0.0, 200.0, "euro", ASSUMED, "claim C15: a card and a toy", "a gift",
        kind=Kind.SETTING)
    selling_gain: float = parameter(
        0.06, 0.0, 0.3, "share", ASSUMED, "claim H06: direction only",
        "what pressure to sell adds to revenue")
    usual_margin: float = parameter(
        0.08, -0.2, 0.4, "share of revenue", ASSUMED, NONE_FOUND, "margin before anybody acts",
        kind=Kind.SETTING)
    # fmt: on


@kernel
def levers_cost(levers: Floats, leaders: int, people: int, hour: float) -> float:
    """Euro a week that the levers cost beyond rest."""
    hours, euros = 0.0, 0.0
    for lever in range(levers.size):
        use = (levers[lever] - REST[lever]) / SPAN[lever]
        hours += use * (HOURS_TOP[lever] + HOURS_ALL[lever] * leaders)
        euros += use * EUROS[lever] * people
    return hours * hour + euros


@kernel
def running_cost(staff: Staff, firm: Firm, fronts: int, p: Accounts) -> float:
    """Euro this week for staff, places and those who come; growth takes more of both."""
    there, grown = 0, (firm.hands[0] - 1.0) * fronts
    for person in range(staff.vacancy.size):
        there += staff.vacancy[person] == 0
    won = firm.joined[0] * p.winning * firm.fee[0]
    paid, places = there + grown, staff.vacancy.size + grown
    return paid * p.wage + places * p.overhead + firm.hires[0] * p.hiring + won


@kernel
def accounts(staff: Staff, firm: Firm, structure: Structure, p: Accounts, levers: Floats) -> None:
    """This week's revenue, cost and profit. Writes firm."""
    paid_off = firm.took_offer[0] * MONTHS_PAID * WEEKS_PER_MONTH * p.wage
    leaders = structure.leader.size
    revenue = firm.active[0] * firm.fee[0] * (1.0 + p.selling_gain * levers[SELLING])
    cost = (
        running_cost(staff, firm, structure.front_staff.size, p) + firm.gifts[0] * p.gift + paid_off
    )
    cost += levers_cost(levers, leaders, staff.vacancy.size, p.hour)
    firm.revenue[0], firm.cost[0], firm.profit[0] = revenue, cost, revenue - cost
