"""Surveys: what is measured, beside what is true.

An answer on 0 to 10, from attitude A or engagement g and a lasting answer style:

    rating = clip(round(base + scale * level + style + country), 0, 10)
    NPS    = 100 * (share of 9 and 10 - share of 0 to 6)

Every quarter `nps_sample` customers answer, of whom those who are happier answer a little more
often; at the same time everybody is asked without error for the true NPS. Transactional NPS
asks the same of this week's contacts, about the contact. Every half-year `enps_sample` staff
answer. The error of a survey is thus drawn, not assumed: SD = 100 * sqrt((p + d - (p - d)^2) / n).
"""

from dataclasses import dataclass
from math import exp, floor

import numpy as np

from sim.compiled import kernel, maker
from sim.parameters import Grade, Kind, parameter
from sim.randomness import (
    ENPS_SAMPLE,
    NPS_SAMPLE,
    PERSON_STYLE,
    TNPS_SAMPLE,
    fill_pairs,
    normal_quantile,
    uniforms,
)
from sim.state import BLOCK, Blocks, Contacts, Customers, Firm, Floats, Integers, Moment, Staff

WRITES = (
    "firm.nps", "firm.nps_true", "firm.nps_transactional", "firm.enps", "firm.enps_true",
    "firm.praise", "firm.loyal",
)  # fmt: skip

ASSUMED = Grade.ASSUMED
NONE_FOUND = "no measurement found"
PROMOTER, DETRACTOR, PLEASED = 9, 6, 7  # on the scale of 0 to 10, by definition
# Share of customers nearly sure to buy again (9 or 10), by satisfaction 1 to 10 (ACSI 2015
# micro-data, 8,239 answers). At 5 and 6 ASSUMED, in between.
BUYING_AGAIN = np.array([0.01, 0.01, 0.01, 0.01, 0.03, 0.07, 0.15, 0.37, 0.74, 0.91])
HIGHEST = 10
MOST_TRIES = 30  # people asked per answer wanted before a survey gives up
ASKED_TOGETHER = 256  # for speed only


@dataclass(frozen=True)
class Surveys:
    """How customers and staff answer."""

    # fmt: off
    nps_sample: int = parameter(
        400, 10, 20000, "answers", ASSUMED, "margin of 7 points at 40/20",
        "customers who answer in a quarter", kind=Kind.SETTING)
    enps_sample: int = parameter(
        120, 3, 5000, "answers", ASSUMED, "margin of 14 points at 30/30",
        "staff who answer in a half-year; everybody if there are fewer", kind=Kind.SETTING)
    customer_base: float = parameter(
        4.7, 0.0, 8.0, "points of rating", ASSUMED, "calibrated to three good words for a bad one "
        "(East, Hammond & Wright 2007)",
        "rating at an attitude of nothing")
    customer_scale: float = parameter(
        6.0, 2.0, 12.0, "points of rating", ASSUMED, NONE_FOUND,
        "rating that a full point of attitude adds")
    customer_style: float = parameter(
        1.5, 0.5, 3.0, "points of rating (SD)", ASSUMED, "ACSI 2015: SD of answers 2.1 in all",
        "how differently people use the scale")
    staff_base: float = parameter(
        3.0, 0.0, 8.0, "points of rating", ASSUMED, "puts eNPS near published means",
        "rating at an engagement of nothing")
    staff_scale: float = parameter(
        8.5, 2.0, 12.0, "points of rating", ASSUMED, NONE_FOUND,
        "rating that a full point of engagement adds")
    staff_style: float = parameter(
        1.2, 0.3, 3.0, "points of rating (SD)", ASSUMED, NONE_FOUND,
        "how differently staff use the scale")
    country: float = parameter(
        0.0, -2.0, 2.0, "points of rating", ASSUMED,
        "a Dutch very satisfied is an 8, a Brazilian a 10",
        "how a country uses the scale", kind=Kind.SETTING)
    response: float = parameter(
        0.3, 0.02, 1.0, "share", ASSUMED, NONE_FOUND, "customers who answer when asked")
    response_slope: float = parameter(
        1.0, -4.0, 4.0, "per unit of attitude", ASSUMED, NONE_FOUND,
        "how much more often happy customers answer")
    # fmt: on


@kernel
def rating(base: float, scale: float, level: float, style: float, country: float) -> int:
    """An answer on 0 to 10; halves round up."""
    answer = floor(base + scale * level + style + country + 0.5)
    return int(min(float(HIGHEST), max(0.0, answer)))


@kernel
def customer_rating(level: float, style: float, p: Surveys) -> int:
    """What a customer answers about this level of attitude or satisfaction."""
    return rating(p.customer_base, p.customer_scale, level, p.customer_style * style, p.country)


@kernel
def sure_to_buy_again(answer: int) -> float:
    """Share of those nearly sure to, of customers with this answer about satisfaction, 0 to 10."""
    return float(BUYING_AGAIN[max(1, answer) - 1])


@kernel
def staff_rating(
    person: int, generation: int, engagement: float, p: Surveys, seed: np.uint64
) -> int:
    """What this person answers about the firm as a place to work."""
    chance = uniforms(seed, PERSON_STYLE, 0, person, generation)[0]
    style = p.staff_style * normal_quantile(chance)
    return rating(p.staff_base, p.staff_scale, engagement, style, p.country)


@kernel
def score(promoters: int, detractors: int, answers: int) -> float:
    """Net promoter score in points, NaN without answers."""
    return 100.0 * (promoters - detractors) / answers if answers > 0 else np.nan


@kernel
def ask_everybody(
    customers: Customers, blocks: Blocks, p: Surveys, nps_weeks: int, moment: Moment,
    first: int, past: int,
) -> None:  # fmt: skip
    """How all active customers of these blocks would answer this quarter. Writes blocks."""
    if moment.week % nps_weeks != 0:
        return
    for block in range(first, past):
        begin, end = block * BLOCK, min((block + 1) * BLOCK, customers.active.size)
        blocks.loyal[block] = ask_all(customers, begin, end, p, blocks.answers[block])


@kernel
def ask_all(customers: Customers, begin: int, end: int, p: Surveys, answers: Integers) -> float:
    """Count the answers of these customers: all, promoters, detractors, pleased.

    Returns how many are nearly sure to buy again, expected.
    """
    attitudes, active, styles = customers.attitude, customers.active, customers.style
    asked, promoters, detractors, pleased, loyal = 0, 0, 0, 0, 0.0
    for customer in range(begin, end):
        level, here = np.float64(attitudes[customer]), np.int64(active[customer])
        answer = customer_rating(level, np.float64(styles[customer]), p)
        promoters += here * (answer >= PROMOTER)  # no branch to guess
        detractors += here * (answer <= DETRACTOR)
        pleased += here * (answer >= PLEASED)
        loyal += here * sure_to_buy_again(answer)
        asked += here
    answers[0], answers[1], answers[2], answers[3] = asked, promoters, detractors, pleased
    return loyal


@kernel
def add_up(blocks: Blocks, firm: Firm) -> None:
    """True NPS, who has something good to tell, who will buy again. Writes firm."""
    asked, promoters, detractors, pleased, loyal = 0, 0, 0, 0, 0.0
    for block in range(blocks.contacts.size):
        asked += blocks.answers[block, 0]
        promoters += blocks.answers[block, 1]
        detractors += blocks.answers[block, 2]
        pleased += blocks.answers[block, 3]
        loyal += blocks.loyal[block]
    firm.nps_true[0] = score(promoters, detractors, asked)
    firm.praise[0] = pleased / asked if asked > 0 else np.nan
    firm.loyal[0] = loyal / asked if asked > 0 else np.nan


@maker
def ask_customers(customers: Customers, firm: Firm, p: Surveys, moment: Moment) -> None:
    """Relationship NPS from a sample. Writes firm.nps."""
    draws = np.empty((2, ASKED_TOGETHER))
    ask_until_enough(customers, firm, p, moment, draws)


@kernel
def ask_until_enough(
    customers: Customers, firm: Firm, p: Surveys, moment: Moment, draws: Floats
) -> None:
    """The same, with room to work: draws [2, people asked at a time]."""
    usual, size, together = firm.usual_satisfaction[0], customers.attitude.size, draws.shape[1]
    # Whoever answers is at most this likely to, at an attitude of 0 or of 1.
    highest = p.response * max(exp(-p.response_slope * usual), exp(p.response_slope * (1 - usual)))
    promoters, detractors, answers, asked = 0, 0, 0, 0
    while answers < p.nps_sample and asked < p.nps_sample * MOST_TRIES:
        fill_pairs(moment.seed, NPS_SAMPLE, moment.week, asked, draws)
        for draw in range(min(together, p.nps_sample * MOST_TRIES - asked)):
            if draws[1, draw] >= highest or answers == p.nps_sample:
                continue
            customer = int(draws[0, draw] * size)
            level = np.float64(customers.attitude[customer])
            likely = p.response * exp(p.response_slope * (level - usual))
            if customers.active[customer] == 0 or draws[1, draw] >= likely:
                continue
            answer = customer_rating(level, np.float64(customers.style[customer]), p)
            promoters += answer >= PROMOTER
            detractors += answer <= DETRACTOR
            answers += 1
        asked += together
    firm.nps[0] = score(promoters, detractors, answers)


@kernel
def ask_after_contact(
    customers: Customers, contacts: Contacts, firm: Firm, p: Surveys, moment: Moment
) -> None:
    """Transactional NPS from this week's contacts. Writes firm.nps_transactional."""
    made = firm.contacts[0]
    promoters, detractors, answers = 0, 0, 0
    for draw in range(min(p.nps_sample, made)):
        row = int(uniforms(moment.seed, TNPS_SAMPLE, moment.week, draw, 0)[0] * made)
        level = np.float64(contacts.satisfaction[row])
        customer = contacts.customer[row]
        answer = customer_rating(level, np.float64(customers.style[customer]), p)
        promoters += answer >= PROMOTER
        detractors += answer <= DETRACTOR
        answers += 1
    firm.nps_transactional[0] = score(promoters, detractors, answers)


@maker
def ask_staff(staff: Staff, firm: Firm, p: Surveys, moment: Moment) -> None:
    """ENPS from a sample without repeats, and from everybody. Writes firm."""
    generations, engagement = staff.generation, staff.engagement
    there = np.flatnonzero(staff.vacancy == 0)
    wanted = min(p.enps_sample, there.size)
    promoters, detractors = 0, 0
    if wanted == 0:
        firm.enps[0] = np.nan
    for draw in range(there.size):
        if draw < wanted:  # who comes after the sample, in which order, is all the same
            chance = uniforms(moment.seed, ENPS_SAMPLE, moment.week, draw, 0)[0]
            pick = draw + int(chance * (there.size - draw))
            there[draw], there[pick] = there[pick], there[draw]
        person = there[draw]
        generation, level = int(generations[person]), float(engagement[person])
        answer = staff_rating(person, generation, level, p, moment.seed)
        promoters += answer >= PROMOTER
        detractors += answer <= DETRACTOR
        if draw + 1 == wanted:
            firm.enps[0] = score(promoters, detractors, wanted)
    firm.enps_true[0] = score(promoters, detractors, there.size)


@kernel
def surveys(
    staff: Staff, customers: Customers, contacts: Contacts, blocks: Blocks, firm: Firm,
    p: Surveys, nps_weeks: int, enps_weeks: int, moment: Moment,
) -> None:  # fmt: skip
    """Ask customers every quarter and staff every half-year. Writes firm."""
    if moment.week % nps_weeks == 0:
        add_up(blocks, firm)
        ask_customers(customers, firm, p, moment)
        ask_after_contact(customers, contacts, firm, p, moment)
    if moment.week % enps_weeks == 0:
        ask_staff(staff, firm, p, moment)
