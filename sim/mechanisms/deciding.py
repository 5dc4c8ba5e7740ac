"""Deciding: how much of a customer's need the front may meet, who is asked, and what it costs.

Every round. Rules lose what no script foresaw, discretion what people misread or bend; what the
rules do not foresee at all (`deviating` of the cases) is decided or asked about:

    rules    = residual at ten scripts * (scripts / 10)^(-2 / 6) * variety
    freedom  = variance * (1 - reading * empathy) + bias^2 * (1 - x)^2        (form of Dessein 2002)
    loss     = (1 - deviating) * [(1 - d)^2 * fit * rules + d^2 * freedom]
               + deviating * [d * freedom + (1 - d) * asked]
    allowed  = (1 - loss) * (1 - confusion * (1 - clarity))

In a tree and a hybrid, what the front does not decide goes to the manager, whose hours a week
for decisions are filled to the load rho:

    rho      = people * cases * deviating * (1 - d) * busy * hours a decision / hours for decisions
    days     = pause + hours a decision / ((1 - rho) * hours for decisions / 5)     (rho to .98)
    no       = deny + max(0, 1 - 1 / rho)                       (overload refuses)
    denied   = 1 - (1 - no)^screens                    (all have to agree: Sah & Stiglitz 1986)
    asked    = (1 - denied) * (variance + bias^2 * (1 - x of manager)^2) + denied * refusal
               + waiting cost * screens * days

In circles nobody is asked inside a role; across roles people take the advice of 1 + Poisson others,
each after an exponential delay of a day, and wait for the last: days = E[1 + 1/2 + ... + 1/A].
Objections rise with how far apart people's values are, and cost quality and hours:

    objected = base + apart * mean |x_i - mean x|
    d        = freedom of circles * clarity + the lever
    denied   = deny^(1 + advisers)                                        (one who agrees is enough)
    asked    = share across roles * (waiting cost * days + deviating * denied * refusal)
               + conflict * objected                                             (of every case)

In any structure newcomers dare only a part of d at first: 1 - exp(-tenure / ripe).

Hours that stay inside: what is declared, plus meetings (circles and hybrid: roles * (a + b *
(size - 1)), tree: c + e * levels above the front) beyond those of a tree of four levels, plus ties
between units, which grow with the logarithm of size, plus objections. Setting bounds to discretion
costs managers hours: bounds * people * 4 d (1 - d). What is left of a manager's week limits all
change.

    clarity <- clarity + (1 - clarity) * rate                (9 months after a change of structure)
"""

from dataclasses import dataclass
from math import exp

import numpy as np

from sim.compiled import kernel, maker
from sim.levers import COACHING, CONTACT_DUTY, DISCRETION, EMPATHY
from sim.parameters import Grade, Kind, Turns, parameter
from sim.people import clip
from sim.state import Firm, Floats, Moment, Staff, Teams
from sim.structure import Structure, largest

WRITES = (
    "staff.allowed", "teams.hours_left", "firm.discretion", "firm.clarity", "firm.inside",
    "firm.capacity", "firm.waiting", "firm.denied", "firm.load",
)  # fmt: skip

COMPUTED, ASSUMED = Grade.COMPUTED, Grade.ASSUMED
NONE_FOUND = "no measurement found"
REFERENCE_SCRIPTS = 10.0  # where `residual` was computed, by definition
NEED_DIMENSIONS = 6.0  # ways in which customers' needs differ, by definition
WORKING_DAYS = 5.0  # a week, by definition
FULLEST = 0.98  # load from which a queue no longer settles within the week, by definition
MIXED = 4.0  # makes d * (1 - d) one where a mixture is even, by definition
MOST_ADVICE = 12  # terms of the Poisson sum that are added up, by definition
ROUND = "computed: residual of clustered normal needs"


@dataclass(frozen=True)
class Deciding:
    """What rules and discretion lose, and what asking costs."""

    # fmt: off
    discretion: float = parameter(
        0.1, 0.0, 1.0, "share of decisions", ASSUMED, "a tree that goes by its rules",
        "decisions that a tree leaves to the front", kind=Kind.SETTING)
    discretion_hybrid: float = parameter(
        0.5, 0.0, 1.0, "share of decisions", ASSUMED, "between a tree and circles",
        "decisions that circles below managers leave to the front", kind=Kind.SETTING)
    discretion_circles: float = parameter(
        1.0, 0.0, 1.0, "share of decisions", ASSUMED, "no approval inside a role, by definition of "
        "circles", "decisions that circles leave to the front", kind=Kind.SETTING)
    scripts: int = parameter(
        10, 1, 1000, "scripts", ASSUMED, "a service desk's handful",
        "ready answers that the rules offer", kind=Kind.SETTING)
    residual: float = parameter(
        0.56, 0.1, 0.9, "share of a need", COMPUTED, ROUND,
        "need that ten scripts leave unmet when needs differ in six ways")
    variety: float = parameter(
        1.0, 0.2, 1.6, "times", ASSUMED, "the scale of the formula",
        "how much customers' needs differ, against those that scripts were made for",
        kind=Kind.SETTING)
    fit: float = parameter(
        0.8, 0.5, 1.0, "share", ASSUMED, "what rules foresee, they meet better", "residual of "
        "what rules foresee, against the residual of all needs")
    variance: float = parameter(
        0.15, 0.02, 0.4, "share of a need", ASSUMED, "at middling competence",
        "need lost because people misread it")
    reading: float = parameter(
        0.4, 0.0, 1.0, "share", ASSUMED, "claim H12: direction only",
        "how much less people misread who have learnt to listen")
    bias: float = parameter(
        1.0, 0.3, 1.5, "-", ASSUMED, "the scale of the formula",
        "need lost because people want something else")
    deviating: float = parameter(
        0.25, 0.0, 0.6, "share of cases", ASSUMED, NONE_FOUND, "cases that rules do not foresee",
        kind=Kind.SETTING)
    cases: float = parameter(
        16.0, 1.0, 60.0, "cases a week", ASSUMED, "four a week that deviate put 7 people's manager "
        "to a load of .56", "cases that one person has", kind=Kind.SETTING)
    decision_hours: float = parameter(
        0.4, 0.05, 2.0, "hours", ASSUMED, NONE_FOUND, "manager's hours that a decision takes")
    hours_for_decisions: float = parameter(
        20.0, 4.0, 36.0, "hours a week", ASSUMED, NONE_FOUND, "what a manager has for decisions")
    pause: float = parameter(
        0.5, 0.0, 5.0, "days", ASSUMED, NONE_FOUND, "wait before a manager looks at a case at all")
    deny: float = parameter(
        0.2, 0.0, 0.6, "share", ASSUMED, NONE_FOUND, "what managers refuse who are not overloaded")
    refusal: float = parameter(
        1.2, 0.5, 1.5, "share of a need", ASSUMED, NONE_FOUND,
        "need that a refusal loses; beyond 1 it also annoys")
    screens: int = parameter(
        1, 1, 5, "managers", ASSUMED, "a choice of the organisation; two in Sah & Stiglitz 1986",
        "managers who all have to agree to what rules do not foresee", kind=Kind.SETTING)
    waiting_cost: float = parameter(
        0.2, 0.0, 0.6, "share of a need a day", ASSUMED, ".15 at the .73 days of a span of 7",
        "need that a day of waiting loses")
    across: float = parameter(
        0.25, 0.0, 1.0, "share of cases", ASSUMED, NONE_FOUND,
        "cases in circles that touch another role", kind=Kind.SETTING)
    advisers: float = parameter(
        1.5, 0.0, 6.0, "people", ASSUMED, NONE_FOUND,
        "mean number of advisers beyond the first (Poisson)")
    advice_days: float = parameter(
        1.0, 0.1, 5.0, "days", ASSUMED, NONE_FOUND, "how long an adviser takes on average")
    objections: float = parameter(
        0.03, 0.0, 0.2, "share of cases", ASSUMED, NONE_FOUND,
        "cases objected to among people of equal values")
    objections_apart: float = parameter(
        0.3, 0.0, 1.0, "per unit of value", ASSUMED, NONE_FOUND,
        "how objections rise with distance in values")
    conflict: float = parameter(
        0.8, 0.0, 2.0, "share of a need", ASSUMED, NONE_FOUND, "need that an objection loses")
    objection_hours: float = parameter(
        6.0, 0.0, 40.0, "hours a week", ASSUMED, NONE_FOUND,
        "hours of each member if every case were objected to")
    ripe_months: float = parameter(
        2.0, 0.2, 12.0, "months", ASSUMED, NONE_FOUND,
        "how fast newcomers dare to use their discretion", turns=Turns.MONTHS_TO_WEEKS)
    clarity_months: float = parameter(
        9.0, 2.0, 24.0, "months", ASSUMED, NONE_FOUND, "how fast roles become clear again",
        turns=Turns.MONTHS_TO_ROUND)
    clarity_lost: float = parameter(
        0.5, 0.0, 1.0, "share", ASSUMED, NONE_FOUND, "clarity that a change of structure takes")
    confusion: float = parameter(
        0.6, 0.0, 0.8, "share", ASSUMED, "a dip of 3 to 18 % (assumed band)",
        "what is lost of being allowed when nothing is clear")
    status_lost: float = parameter(
        0.15, 0.0, 0.4, "engagement", ASSUMED, NONE_FOUND,
        "what managers lose who lead nobody after a change of structure")
    bounds: float = parameter(
        1.0, 0.0, 4.0, "hours a week", ASSUMED, "set so that mixtures cost managers .10 to .20",
        "manager's hours that keeping bounds takes for each person, at an even mixture")
    manager_week: float = parameter(
        40.0, 20.0, 60.0, "hours a week", ASSUMED, NONE_FOUND, "a manager's week", kind=Kind.FIXED)
    link_week: float = parameter(
        8.0, 0.0, 20.0, "hours a week", ASSUMED, "lead links serve customers as well",
        "hours that a lead link has for leading")
    meeting_base: float = parameter(
        1.0, 0.0, 8.0, "hours a week", ASSUMED, NONE_FOUND, "meetings of any manager",
        kind=Kind.FIXED)
    meeting_each: float = parameter(
        0.5, 0.0, 3.0, "hours a week", ASSUMED, NONE_FOUND,
        "meetings that each report takes of a manager")
    coaching_each: float = parameter(
        0.57, 0.0, 2.0, "hours a week", ASSUMED, "4 hours for 7 reports",
        "manager's hours that coaching takes for each report")
    tree_meetings: float = parameter(
        1.5, 0.0, 8.0, "hours a week", ASSUMED, NONE_FOUND, "meetings and reports of staff in a "
        "tree, levels not counted")
    level_meetings: float = parameter(
        0.3, 0.0, 2.0, "hours a week", ASSUMED, NONE_FOUND, "reports that each level adds")
    roles: float = parameter(
        2.0, 1.0, 6.0, "roles", ASSUMED, NONE_FOUND, "roles, and so circles, of a person")
    circle_meetings: float = parameter(
        0.5, 0.0, 4.0, "hours a week", ASSUMED, NONE_FOUND, "meetings that a role brings")
    circle_each: float = parameter(
        0.12, 0.0, 0.5, "hours a week", ASSUMED, NONE_FOUND,
        "what each other member of a circle adds to them")
    tie_hours: float = parameter(
        0.4, 0.0, 2.0, "hours a week", ASSUMED, "ties across units grow by .8 per doubling of "
        "size by e; half an hour each", "hours a week that a size e times as large adds")
    duty: float = parameter(
        0.02, 0.0, 0.1, "share", ASSUMED, "one leader in seven, one day in 22",
        "capacity for customers that leaders' days among customers add")
    # fmt: on


@kernel
def rules_lose(p: Deciding) -> float:
    """Share of a need that scripts leave unmet."""
    residual = p.residual * (p.scripts / REFERENCE_SCRIPTS) ** (-2.0 / NEED_DIMENSIONS)
    return min(1.0, residual * p.variety)


@kernel
def freedom_loses(value: float, empathy: float, p: Deciding) -> float:
    """Share of a need that somebody of this practised value loses who decides alone."""
    read = p.variance * (1.0 - p.reading * empathy)
    return read + p.bias * p.bias * (1.0 - value) ** 2


@kernel
def mixed_loss(discretion: float, rules: float, freedom: float) -> float:
    """Loss at a mixture of rules and discretion (form of Dessein 2002)."""
    return (1.0 - discretion) ** 2 * rules + discretion**2 * freedom


@kernel
def need_loss(discretion: float, freedom: float, asked: float, p: Deciding) -> float:
    """Share of a need that is lost; `asked` is lost of what others decide."""
    routine = mixed_loss(discretion, p.fit * rules_lose(p), freedom)
    deviating = discretion * freedom + (1.0 - discretion) * asked
    return (1.0 - p.deviating) * routine + p.deviating * deviating


@kernel
def load_of(people: float, discretion: float, busy: float, p: Deciding) -> float:
    """Hours that decisions ask of a manager over the hours there are."""
    decisions = people * p.cases * p.deviating * (1.0 - discretion) * busy
    return decisions * p.decision_hours / p.hours_for_decisions


@kernel
def sojourn(load: float, p: Deciding) -> float:
    """Days until a manager has decided, in a queue with this load."""
    a_day = (1.0 - min(FULLEST, load)) * p.hours_for_decisions / WORKING_DAYS
    return p.pause + p.decision_hours / a_day


@kernel
def refused(load: float, p: Deciding) -> float:
    """Share of what is asked that is refused; an overloaded manager refuses the rest."""
    over = 1.0 - 1.0 / load if load > 1.0 else 0.0
    return min(1.0, p.deny + over)


@kernel
def accepted(chance: float, screens: float, everybody: bool) -> float:
    """Chance that what one accepts with `chance` passes several: all of them, or any of them."""
    if everybody:
        return chance**screens
    return 1.0 - (1.0 - chance) ** screens


@kernel
def answer_loses(value: float, load: float, p: Deciding) -> float:
    """Share of a need that is lost when a manager of this practised value decides."""
    yes = accepted(1.0 - refused(load, p), p.screens, True)
    decided = yes * freedom_loses(value, 0.0, p) + (1.0 - yes) * p.refusal
    return decided + p.waiting_cost * p.screens * sojourn(load, p)


@kernel
def advice_days(p: Deciding) -> float:
    """Expected days until the last of 1 + Poisson advisers has answered."""
    chance, expected, harmonic = exp(-p.advisers), 0.0, 0.0
    for more in range(MOST_ADVICE):
        harmonic += 1.0 / (more + 1.0)
        expected += chance * harmonic
        chance *= p.advisers / (more + 1.0)
    return p.advice_days * expected


@kernel
def objected(apart: float, p: Deciding) -> float:
    """Share of cases objected to among people whose values lie this far apart."""
    return min(1.0, p.objections + p.objections_apart * apart)


@kernel
def ripe(tenure: float, p: Deciding) -> float:
    """Share of their discretion that people use after this many weeks."""
    return 1.0 - exp(-tenure / p.ripe_months)


@kernel
def distance(staff: Staff) -> float:
    """Mean distance of values from their mean, of those who are there."""
    total, there = 0.0, 0
    for person in range(staff.value.size):
        if staff.vacancy[person] == 0:
            total += staff.value[person]
            there += 1
    mean, apart = total / max(there, 1), 0.0
    for person in range(staff.value.size):
        if staff.vacancy[person] == 0:
            apart += abs(staff.value[person] - mean)
    return apart / max(there, 1)


@kernel
def hours_of(
    people: float, load: float, discretion: float, approvals: float, levels: float, p: Deciding,
    levers: Floats,
) -> float:  # fmt: skip
    """Hours a week that a leader has left for change, 0 or more."""
    if approvals == 0.0:
        return max(0.0, p.link_week - p.coaching_each * people * levers[COACHING])
    taken = (
        min(1.0, load) * p.hours_for_decisions
        + p.meeting_base + p.meeting_each * people
        + p.level_meetings * levels
        + p.bounds * people * MIXED * discretion * (1.0 - discretion)
        + p.coaching_each * people * levers[COACHING]
    )  # fmt: skip
    return max(0.0, p.manager_week - taken)


@kernel
def meetings(round_table: float, levels: float, size: float, people: float, p: Deciding) -> float:
    """Hours a week that structure and size keep everybody inside."""
    between = p.tie_hours * np.log(people)
    if round_table == 1.0:
        return p.roles * (p.circle_meetings + p.circle_each * (size - 1.0)) + between
    return p.tree_meetings + p.level_meetings * levels + between


@kernel
def manage(
    staff: Staff, teams: Teams, firm: Firm, structure: Structure, p: Deciding, busy: float,
    levers: Floats, lost: Floats,
) -> None:  # fmt: skip
    """Leaders' load and what asking them loses, by team. Writes lost [teams], teams, firm."""
    free, levels = firm.discretion[0], float(largest(structure.level))
    loads, days, denials, asked_people = 0.0, 0.0, 0.0, 0.0
    for team in range(structure.leader.size):
        front = 0
        for at in range(structure.member_start[team], structure.member_start[team + 1]):
            front += int(structure.front[structure.members[at]])
        size = int(structure.member_start[team + 1] - structure.member_start[team])
        load = load_of(front, free, busy, p) if firm.approvals[0] == 1.0 else 0.0
        lost[team] = answer_loses(float(staff.value[structure.leader[team]]), load, p)
        teams.hours_left[team] = hours_of(size, load, free, firm.approvals[0], levels, p, levers)
        loads += front * load
        days += front * p.screens * sojourn(load, p)
        denials += front * (1.0 - accepted(1.0 - refused(load, p), p.screens, True))
        asked_people += front
    if asked_people > 0.0 and firm.approvals[0] == 1.0:
        firm.load[0], firm.waiting[0] = loads / asked_people, days / asked_people
        firm.denied[0] = denials / asked_people


@kernel
def take_counsel(staff: Staff, firm: Firm, p: Deciding, lost: Floats) -> float:
    """What advice and objections lose in circles: of every case. Writes lost [teams], firm."""
    wait = advice_days(p)
    against = objected(distance(staff), p)
    lost[:] = 0.0
    no = 1.0 - accepted(1.0 - p.deny, 1.0 + p.advisers, False)
    firm.load[0], firm.waiting[0], firm.denied[0] = 0.0, wait, no
    asking = p.waiting_cost * wait + p.deviating * no * p.refusal
    return p.across * asking + p.conflict * against


@kernel
def allow(
    staff: Staff, firm: Firm, structure: Structure, p: Deciding, levers: Floats, lost: Floats,
    counsel: float,
) -> None:  # fmt: skip
    """What each of the front may do. Writes staff.allowed; `lost` by team, `counsel` everywhere."""
    confused = 1.0 - p.confusion * (1.0 - firm.clarity[0])
    for person in structure.front_staff:
        team = structure.team[person]
        own = firm.discretion[0] * ripe(float(staff.tenure[person]), p)
        freedom = freedom_loses(float(staff.value[person]), levers[EMPATHY], p)
        asked = float(lost[team]) if firm.approvals[0] == 1.0 and team >= 0 else freedom
        loss = need_loss(own, freedom, asked, p) + counsel
        staff.allowed[person] = clip(1.0 - loss) * confused


@kernel
def deciding(
    staff: Staff, teams: Teams, firm: Firm, structure: Structure, p: Deciding, round_weeks: int,
    usual_utilisation: float, levers: Floats, moment: Moment,
) -> None:  # fmt: skip
    """What everybody may do for a customer this round. Writes staff, teams, firm."""
    if moment.week % round_weeks == 0:
        settle(staff, teams, firm, structure, p, usual_utilisation, levers)


@maker
def settle(
    staff: Staff, teams: Teams, firm: Firm, structure: Structure, p: Deciding,
    usual_utilisation: float, levers: Floats,
) -> None:  # fmt: skip
    """Who decides what, a round on."""
    firm.clarity[0] += p.clarity_months * (1.0 - firm.clarity[0])
    given = firm.freedom[0] * (firm.clarity[0] if firm.approvals[0] == 0.0 else 1.0)
    firm.discretion[0] = clip(given + levers[DISCRETION])
    lost = np.zeros(structure.leader.size)
    manage(staff, teams, firm, structure, p, firm.utilisation[0] / usual_utilisation, levers, lost)
    counsel, hours = 0.0, 0.0
    if firm.approvals[0] == 0.0:
        counsel = take_counsel(staff, firm, p, lost)
        hours = p.objection_hours * objected(distance(staff), p)
    allow(staff, firm, structure, p, levers, lost, counsel)
    duty = p.duty * levers[CONTACT_DUTY]
    firm.inside[0] = clip(firm.meetings[0] + hours / p.manager_week)
    firm.capacity[0] = firm.full_hours[0] * (1.0 - firm.inside[0]) * (1.0 + duty)
