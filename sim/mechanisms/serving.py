"""Serving: what a contact is worth. Willing, able, allowed (willen, kunnen, mogen).

Every week, for each front person:

    willing = visible effort * (1 - kpi pull * kpi), at least a floor
    able    = skill * min(1, slack) * (1 - share + share * chain), at least .01
    chain   = own team's system^(1 - s) * departments' geometric mean^s
              * (1 + silo cost * (usual silo - silo * (1 - cross visits)))
    allowed = 1 - need loss * (1 + strain_cost * strain), at least .01
    quality = [w1 * willing^r + w2 * able^r + w3 * allowed^r]^(1/r)   (CES, weights sum to 1)
    skill   = 1 - gap * exp(-months of tenure / skill_months)
    slack   = 1 - weight * (utilisation last week - usual utilisation)

Each customer has an own clock with exponential gaps. A contact goes to a front person by a
seeded draw (who is away is stood in for by the next who is there), or to the customer's own
account holder, or to a bot (`sim/encounters.py`):

    bot     = .2 + .45 * mean system on routine needs; on rare ones the failing quality,
              unless a person stands behind it
    contact = quality + offer + noise - late * max(0, utilisation - 1) - selling cost * selling
              - crisis depth * crisis
              + surprise (where help at the moment of use, or a gift, happens to fall)

s is the weight of other departments in what a contact takes. Routing sees rare needs early, so that
fewer of them begin with a bot. Precedence decides whom scarce people serve: customers who were let
down lately reach a person more often, and others a bot,

    P(bot) = share * (1 - precedence)                      let down within `recent_months`
             share * (1 + precedence * L / (1 - L))        others; L = share of the former last week

so that people have as much to do as before. Judging people by process figures makes contacts
shorter and pulls minds elsewhere. Staff learn where a gift helps by giving. The offer (price and
product against rivals) is a slow autoregressive process that moves customers whatever staff do.
Each variable enters once.
"""

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from sim.compiled import kernel, maker
from sim.encounters import Ways, close_up, serve_blocks
from sim.levers import (
    AUTOMATION,
    CRISIS,
    CROSS_VISITS,
    GIFTS,
    KPI,
    MOMENTS,
    PEOPLE_BEHIND,
    PRECEDENCE,
    ROUTING,
    SELLING,
)
from sim.parameters import WEEKS_PER_YEAR, Grade, Kind, Turns, parameter
from sim.randomness import OFFER, normal_quantile, uniforms
from sim.state import TOP_TEAM, Blocks, Contacts, Customers, Firm, Floats, Moment, Staff, Teams
from sim.structure import Structure, largest

WRITES = (
    "staff.quality", "staff.served", "teams.chain", "customers.next_contact", "customers.contacts",
    "contacts.customer", "contacts.employee", "contacts.number", "contacts.quality",
    "firm.contacts", "firm.utilisation", "firm.offer", "firm.chain", "firm.gift_sense",
    "firm.gifts", "firm.let_down",
)  # fmt: skip

ASSUMED = Grade.ASSUMED
NONE_FOUND = "no measurement found"
HARMONIC = -1.0  # exponent of the harmonic mean, by definition
LEAST = 0.01  # of being able or allowed, by definition: keeps a power of them finite


@dataclass(frozen=True)
class Serving:
    """What makes a contact good."""

    # fmt: off
    contacts_per_year: float = parameter(
        12.0, 0.2, 104.0, "contacts a year", ASSUMED,
        "insurance about yearly, banking monthly (industry chart); presets differ",
        "how often a customer has contact", kind=Kind.SETTING)
    digital_share: float = parameter(
        0.2, 0.0, 1.0, "share of contacts", ASSUMED, "direction from contact moderation, Glassdoor",
        "contacts that no person handles", kind=Kind.SETTING)
    account_holders: int = parameter(
        0, 0, 1, "0 or 1", ASSUMED, "a choice of the organisation",
        "1 = every customer has an own account holder", kind=Kind.SETTING)
    usual_utilisation: float = parameter(
        0.8, 0.3, 0.95, "share", ASSUMED, "declared baseline",
        "hours asked over hours there when fully staffed", kind=Kind.SETTING)
    willing_floor: float = parameter(
        0.2, 0.01, 0.5, "share of capacity", ASSUMED, "calibrated to the curve of buying again "
        "(ACSI 2015): at .05 more than a quarter of contacts failed",
        "effort that the job itself extracts")
    willing_weight: float = parameter(
        0.30, 0.1, 0.5, "share", ASSUMED, NONE_FOUND, "weight of being willing")
    able_weight: float = parameter(
        0.35, 0.1, 0.6, "share", ASSUMED, NONE_FOUND, "weight of being able")
    allowed_weight: float = parameter(
        0.35, 0.1, 0.6, "share", ASSUMED, NONE_FOUND, "weight of being allowed")
    exponent: float = parameter(
        -1.0, -6.0, 1.0, "-", ASSUMED, "a hypothesis: 1 compensates, -6 is a bottleneck",
        "how far strengths make up for weaknesses (0 is refused)")
    skill_gap: float = parameter(
        0.4, 0.2, 0.6, "share", ASSUMED,
        "handling time of newcomers 1.3 to 1.8 times the usual (WFM Labs) implies .23 to .44",
        "skill that a newcomer lacks")
    skill_months: float = parameter(
        8.0, 3.0, 18.0, "months", ASSUMED, "3 to 18 months to proficiency (WFM Labs)",
        "how fast newcomers learn", turns=Turns.MONTHS_TO_WEEKS)
    slack_weight: float = parameter(
        1.5, 0.0, 4.0, "-", ASSUMED, NONE_FOUND, "ability lost per unit of extra utilisation")
    system_share: float = parameter(
        0.4, 0.0, 0.8, "share", ASSUMED, NONE_FOUND,
        "part of being able that hangs on the team's system")
    strain_cost: float = parameter(
        0.3, 0.0, 1.0, "-", ASSUMED, NONE_FOUND, "need that strained people no longer read")
    noise: float = parameter(
        0.12, 0.0, 0.3, "quality (SD)", ASSUMED, NONE_FOUND, "luck of a contact")
    late: float = parameter(
        0.5, 0.0, 2.0, "quality", ASSUMED, "timeliness is a hygiene factor",
        "quality lost per unit of utilisation above one")
    bot_base: float = parameter(
        0.2, 0.0, 0.6, "quality", ASSUMED, NONE_FOUND, "a bot with no system behind it")
    bot_system: float = parameter(
        0.45, 0.0, 0.6, "quality", ASSUMED, NONE_FOUND, "what a full system adds to a bot")
    rare_share: float = parameter(
        0.2, 0.0, 0.6, "share of contacts", ASSUMED, NONE_FOUND, "needs that are not routine",
        kind=Kind.SETTING)
    bot_failing: float = parameter(
        0.1, 0.0, 0.4, "quality", ASSUMED, NONE_FOUND, "a bot on a rare need")
    across: float = parameter(
        0.3, 0.0, 1.0, "share", ASSUMED, NONE_FOUND,
        "weight of other departments in what a contact takes", kind=Kind.SETTING)
    silo: float = parameter(
        0.3, 0.0, 1.0, "0 to 1", ASSUMED, NONE_FOUND,
        "how much departments keep to themselves", kind=Kind.SETTING)
    usual_silo: float = parameter(
        0.3, 0.0, 1.0, "0 to 1", ASSUMED, "the default of `silo`",
        "silos that neither help nor cost", kind=Kind.FIXED)
    silo_cost: float = parameter(
        0.3, 0.0, 1.0, "share", ASSUMED, "claim C01: direction only",
        "part of the chain that full silos break")
    kpi_pull: float = parameter(
        0.2, 0.0, 0.6, "share", ASSUMED, "claims V15, H14: direction only",
        "effort that process figures draw away from the customer")
    kpi_speed: float = parameter(
        0.1, 0.0, 0.4, "share", ASSUMED, "claim V15: direction only",
        "how much shorter contacts become that are counted")
    moment_share: float = parameter(
        0.15, 0.0, 0.5, "share of contacts", ASSUMED, NONE_FOUND,
        "contacts that help at the moment of use reaches")
    gift_share: float = parameter(
        0.05, 0.0, 0.3, "share of contacts", ASSUMED, NONE_FOUND,
        "contacts in which staff who may give a surprise do")
    surprise: float = parameter(
        0.3, 0.0, 0.6, "quality", ASSUMED, NONE_FOUND, "what help in time or a good gift adds")
    gift_months: float = parameter(
        12.0, 2.0, 36.0, "months", ASSUMED, "claim C16: direction only",
        "how fast staff learn where a gift helps", turns=Turns.MONTHS_TO_WEEK)
    routing_gain: float = parameter(
        0.7, 0.0, 1.0, "share", ASSUMED, "claim V08: direction only",
        "rare needs that full routing sees before a bot gets them")
    recent_months: float = parameter(
        6.0, 1.0, 24.0, "months", ASSUMED, "claim V08: direction only",
        "within how long a customer who was let down takes precedence",
        turns=Turns.MONTHS_TO_WEEKS)
    selling_cost: float = parameter(
        0.06, 0.0, 0.3, "quality", ASSUMED, "claim H06: direction only",
        "what pressure to sell takes off a contact")
    crisis_depth: float = parameter(
        0.25, 0.0, 0.6, "quality", ASSUMED, NONE_FOUND, "what a full crisis takes off a contact")
    offer_spread: float = parameter(
        0.02, 0.0, 0.2, "quality (SD)", ASSUMED, "to be calibrated on r(eNPS, NPS) across units",
        "how far price and product move customers", kind=Kind.SETTING)
    offer_months: float = parameter(
        24.0, 3.0, 60.0, "months", ASSUMED, "no measurement found",
        "how long a good or bad offer lasts", turns=Turns.MONTHS_TO_WEEK)
    # fmt: on


@kernel
def skill_after(tenure: float, p: Serving) -> float:
    """Skill after this many weeks in the job, 0 to 1."""
    return 1.0 - p.skill_gap * exp(-tenure / p.skill_months)


@kernel
def able_with(skill: float, utilisation: float, system: float, p: Serving) -> float:
    """Skill, room to work and the team's system together, 0 to 1."""
    slack = 1.0 - p.slack_weight * (utilisation - p.usual_utilisation)
    process = 1.0 - p.system_share + p.system_share * system
    return min(1.0, max(LEAST, skill * min(1.0, slack) * process))


@kernel
def combined(willing: float, able: float, allowed: float, p: Serving) -> float:
    """Constant elasticity of substitution over willing, able and allowed."""
    power = p.exponent
    weights = p.willing_weight + p.able_weight + p.allowed_weight
    if power == HARMONIC:  # the default, without the slow powers
        total = p.willing_weight / willing + p.able_weight / able + p.allowed_weight / allowed
        return weights / total
    total = (
        p.willing_weight * willing**power
        + p.able_weight * able**power
        + p.allowed_weight * allowed**power
    )
    return (total / weights) ** (1.0 / power)


@kernel
def chain_of(own: float, others: float, visits: float, p: Serving) -> float:
    """What a contact finds behind the front: the own team's system and the other departments'.

    `others` is what these weigh, their mean to the power `across`: the same for every team.
    """
    joint = own
    if p.across > 0.0:
        joint = own ** (1.0 - p.across) * others
    silos = p.silo_cost * (p.usual_silo - p.silo * (1.0 - visits))
    return min(1.0, joint * (1.0 + silos))


@kernel
def chain_of_departments(
    teams: Teams, structure: Structure, total: Floats, people: Floats
) -> float:
    """Geometric mean of the departments' systems; each the mean over its front staff.

    `total` and `people` are room to work, [departments].
    """
    total[:], people[:] = 0.0, 0.0
    for person in structure.front_staff:
        team = structure.team[person]
        total[structure.department[person]] += teams.system[team if team >= 0 else TOP_TEAM]
        people[structure.department[person]] += 1.0
    logs, found = 0.0, 0
    for department in range(total.size):
        if people[department] > 0.0:
            logs += log(max(LEAST, total[department] / people[department]))
            found += 1
    return exp(logs / found) if found > 0 else 1.0


@kernel
def prepare(
    person: int, system: float, utilisation: float, kpi: float, staff: Staff, p: Serving
) -> float:
    """Expected quality of a contact with this person, 0 to 1."""
    willing = max(p.willing_floor, staff.visible_effort[person] * (1.0 - p.kpi_pull * kpi))
    able = able_with(skill_after(staff.tenure[person], p), utilisation, system, p)
    lost = (1.0 - staff.allowed[person]) * (1.0 + p.strain_cost * staff.strain[person])
    return combined(willing, able, max(LEAST, 1.0 - lost), p)


@kernel
def next_offer(offer: float, moment: Moment, p: Serving) -> float:
    """The offer a week on: a first-order autoregression with the declared spread."""
    kept = 1.0 - p.offer_months
    chance = normal_quantile(uniforms(moment.seed, OFFER, moment.week, 0, 0)[0])
    return kept * offer + p.offer_spread * sqrt(1.0 - kept * kept) * chance


@kernel
def lateness(utilisation: float, p: Serving) -> float:
    """Quality that every contact loses when more is asked than there are hours."""
    return p.late * max(0.0, utilisation - 1.0)


@kernel
def bot_share(levers: Floats, p: Serving) -> float:
    """Share of contacts that begin with a bot."""
    return min(1.0, p.digital_share + float(levers[AUTOMATION]))


@kernel
def bot_quality(system: float, p: Serving) -> float:
    """A bot's quality on a routine need."""
    return p.bot_base + p.bot_system * system


@kernel
def bots_for_others(by_bot: float, precedence: float, let_down: float) -> float:
    """Share of bots among contacts of those who were not let down, so that the whole stays."""
    if let_down >= 1.0:
        return by_bot
    return min(1.0, by_bot * (1.0 + precedence * let_down / (1.0 - let_down)))


@kernel
def prepare_all(
    staff: Staff, teams: Teams, firm: Firm, structure: Structure, p: Serving, levers: Floats
) -> None:
    """What a contact with each of the front will be like. Writes staff.quality, teams.chain."""
    utilisation, others = firm.utilisation[0], firm.chain[0] ** p.across
    for team in range(teams.system.size):
        teams.chain[team] = chain_of(teams.system[team], others, levers[CROSS_VISITS], p)
    for person in structure.front_staff:
        team = structure.team[person]
        system = teams.chain[team if team >= 0 else TOP_TEAM]
        staff.quality[person] = prepare(person, system, utilisation, levers[KPI], staff, p)


@maker
def chain_now(teams: Teams, structure: Structure) -> float:
    """Geometric mean of the departments' systems."""
    departments = largest(structure.department) + 1
    total, people = np.empty(departments), np.empty(departments)
    return chain_of_departments(teams, structure, total, people)


@kernel
def open_service(
    staff: Staff, teams: Teams, firm: Firm, structure: Structure, p: Serving, levers: Floats,
    moment: Moment,
) -> None:  # fmt: skip
    """What a contact with everybody will be like this week. Writes staff.quality, firm."""
    firm.chain[0] = chain_now(teams, structure)
    prepare_all(staff, teams, firm, structure, p, levers)
    firm.offer[0] = next_offer(firm.offer[0], moment, p)
    if levers[GIFTS] > 0.0:
        firm.gift_sense[0] += p.gift_months * (1.0 - firm.gift_sense[0])


@kernel
def ways_of(firm: Firm, p: Serving, levers: Floats) -> Ways:
    """How contacts are handled this week."""
    late = lateness(firm.utilisation[0], p)
    lost = late + p.selling_cost * levers[SELLING] + p.crisis_depth * levers[CRISIS]
    helps = p.moment_share * levers[MOMENTS]
    by_bot = bot_share(levers, p)
    return Ways(
        by_bot=by_bot,
        preferred=by_bot * (1.0 - levers[PRECEDENCE]),
        others=bots_for_others(by_bot, levers[PRECEDENCE], firm.let_down[0]),
        helped=levers[PEOPLE_BEHIND],
        routine=bot_quality(firm.system[0], p),
        rare=p.rare_share * (1.0 - p.routing_gain * levers[ROUTING]),
        shift=firm.offer[0] - lost,
        helps=helps,
        gives=helps + p.gift_share * levers[GIFTS],
        surprise=p.surprise,
        gift=p.surprise * firm.gift_sense[0],
        failing=p.bot_failing,
        noise=p.noise,
        holders=p.account_holders,
        gap=WEEKS_PER_YEAR / p.contacts_per_year,
        recent=p.recent_months,
    )


@kernel
def serve(
    staff: Staff, customers: Customers, contacts: Contacts, blocks: Blocks, firm: Firm,
    structure: Structure, p: Serving, levers: Floats, moment: Moment, first: int, past: int,
) -> None:  # fmt: skip
    """This week's contacts of these blocks. Writes customers.next_contact, contacts, blocks."""
    serve_blocks(
        staff.vacancy, staff.quality, structure.front_staff, customers, contacts, blocks,
        ways_of(firm, p, levers), moment, first, past,
    )  # fmt: skip


@kernel
def close_service(
    staff: Staff, contacts: Contacts, blocks: Blocks, firm: Firm, structure: Structure,
    p: Serving, levers: Floats,
) -> None:  # fmt: skip
    """What the week's contacts add up to. Writes staff.served, contacts, firm."""
    firm.contacts[0] = close_up(contacts, blocks)
    firm.gifts[0] = 0.0
    let_down = 0
    for block in range(blocks.contacts.size):
        firm.gifts[0] += blocks.gifts[block]
        let_down += blocks.let_down[block]
    firm.let_down[0] = let_down / firm.contacts[0] if firm.contacts[0] > 0 else 0.0
    there, with_person = 0, 0
    for person in structure.front_staff:
        served = 0
        for block in range(blocks.contacts.size):
            served += blocks.served[block, person]
        staff.served[person] = served
        there += staff.vacancy[person] == 0
    for block in range(blocks.contacts.size):
        with_person += blocks.with_person[block]
    if there > 0:
        shorter = 1.0 - p.kpi_speed * levers[KPI]
        asked = with_person * firm.hours_per_contact[0] * shorter
        firm.utilisation[0] = asked / (there * firm.hands[0] * firm.capacity[0])
