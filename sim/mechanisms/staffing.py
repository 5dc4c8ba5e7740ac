"""Staffing: who leaves, how long the place stays empty, who comes.

Every week, for each person:

    hazard = base * exp(-slope * (engagement - usual) + strained * strain + misfit * |x - mean x|
                        - kept * keeping * max(0, x - mean x))
    with an exit offer, beside it, a month:
    P(go)  = 1 / (1 + exp(-(offered + career * (taste - usual) + position * leads
                            + mood * (usual engagement - engagement))))

A leader's place is taken over the week after by somebody else, whose team then looks at the
leader more and believes a little less. Another place stays empty for the hiring time and a week,
longer when hiring picks on values, and is not filled while there are fewer customers than staff
were planned for. Positions never become more; where staffing expands, a position of the front
stands for more hands as customers become more, at the pace of hiring. Newcomers' values lie around

    applicants = declared mean value + picking * hiring lever
                 + attraction * (eNPS as surveyed - usual eNPS) / 100

People leave by last week's engagement and strain; hiring, keeping and the offer act by last week's
levers: so no lever changes within its own week who is there. Those who take the offer more often
than somebody of usual taste would are counted as leaving because of the structure.

They begin with the effort that their team shows and learn their trade (see serving). Composition
effects of hiring are thus visible as a change of mean value without anybody changing.
"""

from dataclasses import dataclass
from math import exp

from sim.compiled import kernel
from sim.levers import EXIT_OFFER, HIRING, KEEPING
from sim.parameters import WEEKS_PER_MONTH, Grade, Kind, Turns, parameter
from sim.people import People, arrive, clip
from sim.randomness import QUIT, uniforms
from sim.state import Choices, Firm, Integers, Moment, Staff, Teams
from sim.structure import Structure

WRITES = (
    "staff.generation", "staff.kind", "staff.slope", "staff.drive", "staff.value",
    "staff.disposition", "staff.tenure", "staff.vacancy", "staff.belief", "staff.reference",
    "staff.latent", "staff.intended_effort", "staff.effort", "staff.visible_effort",
    "staff.engagement", "staff.strain", "staff.engagement_before", "staff.strain_before",
    "staff.taste", "staff.threshold", "staff.rank", "staff.compliance", "staff.adopted",
    "staff.exposure", "staff.heartless", "staff.met", "teams.weeks_led", "teams.credibility",
    "firm.hands", "firm.quits", "firm.hires", "firm.structural", "firm.took_offer",
)  # fmt: skip

ASSUMED = Grade.ASSUMED
NONE_FOUND = "no measurement found"


@dataclass(frozen=True)
class Staffing:
    """Leaving and coming."""

    # fmt: off
    quits: float = parameter(
        0.105, 0.0, 0.6, "share a year", ASSUMED,
        "set so that realised turnover is near the .14 of Dutch in-house contact centres "
        "(Philipse Business School)",
        "people who leave in a year at usual engagement", kind=Kind.SETTING,
        turns=Turns.YEARLY_TO_WEEK)
    slope: float = parameter(
        4.0, 0.0, 8.0, "per unit of engagement", ASSUMED,
        "tuned to r of about -.2 between satisfaction and quitting (recalled)",
        "how strongly engagement holds people")
    usual_engagement: float = parameter(
        0.55, 0.0, 1.0, "engagement", ASSUMED, "the usual engagement of a preset",
        "engagement at which the declared share leaves", kind=Kind.FIXED)
    strained: float = parameter(
        1.0, 0.0, 4.0, "-", ASSUMED, "direction from Seibert et al. 2011",
        "how strongly full strain drives people out")
    misfit: float = parameter(
        0.5, 0.0, 4.0, "per unit of value", ASSUMED, "direction from person-organisation fit",
        "how strongly unlike values drive people out")
    follows: float = parameter(
        1.0, 0.0, 1.0, "share", ASSUMED, "direction from Schneider et al. 2003",
        "how fully staffing follows a loss of customers; a reverse path")
    expands: float = parameter(
        0.0, 0.0, 1.0, "share", ASSUMED, NONE_FOUND,
        "how fully hours for customers follow a growth of customers", kind=Kind.SETTING)
    hiring_weeks: int = parameter(
        8, 0, 52, "weeks", ASSUMED, NONE_FOUND, "weeks that a place stays empty")
    hiring_patience: float = parameter(
        2.0, 0.0, 4.0, "times", ASSUMED, NONE_FOUND,
        "extra hiring time when hiring picks fully on values")
    picking: float = parameter(
        0.15, 0.0, 0.3, "practised value", ASSUMED, "about one standard deviation of applicants",
        "value gained when hiring picks fully on values")
    attraction: float = parameter(
        0.05, 0.0, 0.2, "practised value", ASSUMED, NONE_FOUND,
        "value of applicants gained per 100 points of eNPS")
    keeping: float = parameter(
        3.0, 0.0, 8.0, "per unit of value", ASSUMED, "claim H21: direction only",
        "how strongly care holds those who put the customer first")
    offered: float = parameter(
        -2.1, -4.0, 0.0, "logit", ASSUMED, "calibrated: 14 % went in the month of Zappos' offer "
        "(Business Insider)", "taking an exit offer within a month, at usual taste and engagement")
    career: float = parameter(
        4.0, 0.0, 8.0, "logit", ASSUMED, "calibrated: a third named the structure (HBR 2016)",
        "a full point of taste for hierarchy")
    position: float = parameter(
        0.6, 0.0, 2.0, "logit", ASSUMED, NONE_FOUND, "leading somebody")
    unhappy: float = parameter(
        6.0, 0.0, 10.0, "logit", ASSUMED, "calibrated with `offered`: three in ten left within the "
        "year (press on Zappos 2015)", "a full point less of engagement")
    usual_taste: float = parameter(
        0.4, 0.0, 1.0, "taste", ASSUMED, "the mean of Beta(2, 3)",
        "taste for hierarchy that neither takes nor leaves an offer", kind=Kind.FIXED)
    usual_enps: float = parameter(
        10.0, -50.0, 50.0, "points", ASSUMED, "a published mean is about 14",
        "eNPS that neither attracts nor deters", kind=Kind.FIXED)
    # fmt: on


@kernel
def quit_hazard(engagement: float, strain: float, unlike: float, p: Staffing) -> float:
    """Chance to leave this week."""
    pressure = (
        -p.slope * (engagement - p.usual_engagement) + p.strained * strain + p.misfit * unlike
    )
    return min(1.0, p.quits * exp(pressure))


@kernel
def takes_offer(engagement: float, taste: float, leads: bool, p: Staffing) -> float:
    """Chance to take a standing exit offer within a month."""
    pull = p.offered + p.career * (taste - p.usual_taste)
    pull += p.unhappy * (p.usual_engagement - engagement)
    if leads:
        pull += p.position
    return 1.0 / (1.0 + exp(-pull))


@kernel
def a_week(monthly: float) -> float:
    """A chance a month as a chance a week."""
    return 1.0 - (1.0 - monthly) ** (1.0 / WEEKS_PER_MONTH)


@kernel
def mean_value(staff: Staff) -> float:
    """Mean practised value of those who are there."""
    total, present = 0.0, 0
    for person in range(staff.value.size):
        if staff.vacancy[person] == 0:
            total += staff.value[person]
            present += 1
    return total / present if present > 0 else 0.0


@kernel
def settle(
    person: int, usual: float, value: float, staff: Staff, p: People, moment: Moment
) -> None:
    """Somebody new takes the place, sees what is usual there and begins."""
    arrive(person, staff, moment.seed, value, p)
    staff.vacancy[person] = 0
    staff.belief[person] = usual
    staff.reference[person] = usual
    staff.intended_effort[person] = usual
    staff.effort[person] = usual
    staff.visible_effort[person] = usual
    staff.met[person] = 0.0


@kernel
def leave(
    person: int, leads: int, weeks: int, credibility: float, staff: Staff, teams: Teams,
    leader: Integers,
) -> None:  # fmt: skip
    """The place falls empty, or changes hands if its holder leads."""
    staff.generation[person] += 1
    staff.vacancy[person] = 1 if leads >= 0 else 1 + weeks
    staff.effort[person] = 0.0
    if leads >= 0:
        for team in range(teams.weeks_led.size):
            if leader[team] == person:
                teams.weeks_led[team] = 0.0
                teams.credibility[team] = credibility


@kernel
def expand(firm: Firm, p: Staffing) -> None:
    """Hands for more customers than there used to be, as fast as people are hired. Writes firm."""
    usual = firm.usual_customers[0]
    growth = max(0.0, firm.active[0] / usual - 1.0) if usual > 0.0 else 0.0
    firm.hands[0] += (1.0 + p.expands * growth - firm.hands[0]) / max(1, p.hiring_weeks)


@kernel
def staffing(
    staff: Staff, teams: Teams, firm: Firm, choices: Choices, structure: Structure, p: Staffing,
    people: People, new_credibility: float, moment: Moment,
) -> None:  # fmt: skip
    """Leaving and coming this week. Writes staff, teams, firm."""
    leads = structure.leads
    levers = choices.before
    firm.quits[0], firm.hires[0], firm.took_offer[0] = 0, 0, 0.0
    expand(firm, p)
    mean = mean_value(staff)
    picky = levers[HIRING]
    weeks = int(p.hiring_weeks * (1.0 + p.hiring_patience * picky))
    better = p.attraction * (firm.enps[0] - p.usual_enps) / 100.0
    value = clip(people.value + p.picking * picky + better)
    usual = firm.usual_customers[0]
    fewer = min(1.0, firm.active[0] / usual) if usual > 0.0 else 1.0
    wanted = structure.front_staff.size * (1.0 - p.follows * (1.0 - fewer))
    there = 0
    for person in structure.front_staff:
        there += staff.vacancy[person] == 0
    for person in range(staff.vacancy.size):
        if staff.vacancy[person] > 0:
            if staff.vacancy[person] > 1:
                staff.vacancy[person] -= 1
            elif leads[person] >= 0 or there < wanted:
                team = structure.team[person]
                usual = float(staff.visible_effort[person])
                if team >= 0:
                    usual = float(teams.shown[team])
                settle(person, usual, value, staff, people, moment)
                firm.hires[0] += 1
                there += structure.front[person]
            continue
        staff.tenure[person] += 1.0
        mood, beyond = staff.engagement_before[person], staff.value[person] - mean
        hazard = quit_hazard(mood, staff.strain_before[person], abs(beyond), p)
        hazard *= exp(-p.keeping * levers[KEEPING] * max(0.0, beyond))
        offered, because = 0.0, 0.0
        if levers[EXIT_OFFER] > 0.0:
            taste, led = staff.taste[person], leads[person] >= 0
            offered = levers[EXIT_OFFER] * a_week(takes_offer(mood, taste, led, p))
            because = offered - levers[EXIT_OFFER] * a_week(
                takes_offer(mood, p.usual_taste, led, p)
            )
        going = hazard + (1.0 - hazard) * offered
        generation = staff.generation[person]
        if uniforms(moment.seed, QUIT, moment.week, person, generation)[0] < going:
            firm.structural[0] += max(0.0, because) / going
            firm.took_offer[0] += (1.0 - hazard) * offered / going
            leave(person, leads[person], weeks, new_credibility, staff, teams, structure.leader)
            firm.quits[0] += 1
            there -= structure.front[person]
