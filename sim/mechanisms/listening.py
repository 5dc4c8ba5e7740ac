"""Listening: what of the customer reaches those who lead, and what the front may ask for.

Every round. A complaint is heard on the floor; each level up passes on a part:

    passed   = filter * (.5 + .5 * safety of the team)          (each hop)
    heard    = mean over front staff of the product of `passed` up to the head
    news     = by_complaints * heard + by_survey + by_calls * closed loop + by_walks * walks
               + by_reviews * visibility of reviews
    believed <- believed + news * (reputation - believed) + optimism * (prior - believed)
    stories  = the same without the survey, which is a number, plus contact duty
    known    <- known + insight * stories * (1 - known) - drift * known

Where managers ask the front what stands in its way (lever `barriers`), and have hours left:

    kept     = min(1, hours left in the round / (hours an obstacle takes * people * asks))
    system   <- system + gain * asks * kept * (1 - system)
    safety   <- safety + trust * asks * kept * (1 - safety)
    unkept   <- unkept + asks * (1 - kept); at three: safety falls, and unkept begins anew

Calls (closed loop) also teach the floor: system <- system + lesson * closed loop * (1 - system).
Safety goes back to the usual by itself. Complaint rates: ACSI 2015 (in `remembering`).
"""

from dataclasses import dataclass

import numpy as np

from sim.compiled import kernel, maker
from sim.levers import BARRIERS, CLOSED_LOOP, CONTACT_DUTY, WALKS
from sim.parameters import Grade, Kind, Turns, parameter
from sim.people import clip
from sim.state import Firm, Floats, Moment, Teams
from sim.structure import Structure

WRITES = (
    "teams.safety", "teams.unkept", "teams.system", "firm.heard", "firm.believed", "firm.known",
)  # fmt: skip

ASSUMED = Grade.ASSUMED
NONE_FOUND = "no measurement found"
DISAPPOINTING = 3.0  # asks that come to nothing before people stop telling, by definition


@dataclass(frozen=True)
class Listening:
    """How news travels upward, and what is done with it."""

    # fmt: off
    passes: float = parameter(
        0.7, 0.3, 1.0, "share", ASSUMED, "claims B13, D04; filters upward, no measurement found",
        "part of what is told that a level passes on where it is safe to speak")
    by_complaints: float = parameter(
        0.2, 0.0, 1.0, "per month", ASSUMED, NONE_FOUND,
        "how far complaints, if all reached the top, would move what it believes",
        turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    by_survey: float = parameter(
        0.05, 0.0, 0.5, "per month", ASSUMED, "claim D20: asking is easy",
        "how far a survey's number moves what the top believes",
        turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    by_calls: float = parameter(
        0.15, 0.0, 0.5, "per month", ASSUMED, "claim D20",
        "how far calls to customers who were let down do", turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    by_walks: float = parameter(
        0.3, 0.0, 0.6, "per month", ASSUMED, "claim B13",
        "how far daily walks among customers do", turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    by_reviews: float = parameter(
        0.1, 0.0, 0.5, "per month", ASSUMED, "claim D19",
        "how far public reviews do that everybody sees", turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    reviews: float = parameter(
        0.3, 0.0, 1.0, "share", ASSUMED, NONE_FOUND, "how visible public reviews are",
        kind=Kind.SETTING)
    optimism: float = parameter(
        0.1, 0.0, 0.5, "per month", ASSUMED, "claim V05: firms underestimate",
        "how fast a top that hears nothing believes again that all is well",
        turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    prior: float = parameter(
        0.8, 0.4, 1.0, "attitude", ASSUMED, NONE_FOUND, "what a top believes that hears nothing")
    insight: float = parameter(
        0.4, 0.0, 1.0, "-", ASSUMED, NONE_FOUND, "how fast stories teach what customers need")
    drift: float = parameter(
        0.02, 0.0, 0.1, "per month", ASSUMED, NONE_FOUND,
        "how fast needs move away from what is known", turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    by_duty: float = parameter(
        0.1, 0.0, 0.5, "per month", ASSUMED, "claim D06",
        "stories that a day a month among customers brings",
        turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    obstacle_hours: float = parameter(
        1.5, 0.5, 8.0, "hours", ASSUMED, NONE_FOUND, "manager's hours that an obstacle takes")
    obstacle_gain: float = parameter(
        0.01, 0.0, 0.06, "share a month", ASSUMED, NONE_FOUND,
        "part of what the team's system lacks that an ask removes",
        turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    lesson: float = parameter(
        0.003, 0.0, 0.03, "share a month", ASSUMED, "claim D20: learning from causes",
        "part of what the teams' systems lack that calls teach",
        turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    usual_safety: float = parameter(
        0.6, 0.1, 1.0, "0 to 1", ASSUMED, NONE_FOUND, "how safe it is to speak up at rest",
        kind=Kind.SETTING)
    safety_gain: float = parameter(
        0.05, 0.0, 0.2, "share a month", ASSUMED, NONE_FOUND,
        "safety that kept promises add", turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    safety_loss: float = parameter(
        0.05, 0.0, 0.3, "0 to 1", ASSUMED, NONE_FOUND, "safety that three unkept asks cost")
    safety_return: float = parameter(
        0.03, 0.0, 0.2, "per month", ASSUMED, NONE_FOUND,
        "how fast safety goes back to the usual", turns=Turns.MONTHLY_TO_ROUND)
    # fmt: on


@kernel
def passed(safety: float, p: Listening) -> float:
    """Part of what is told that goes one level up."""
    return p.passes * (0.5 + 0.5 * safety)


@kernel
def heard_at_top(teams: Teams, structure: Structure, reach: Floats, p: Listening) -> float:
    """Share of what front staff tell that reaches the head, mean over front staff.

    Writes reach [teams], the same for what each team's leader is told.
    """
    for team in range(reach.size):
        above = structure.above[team]
        reach[team] = passed(teams.safety[team], p) * (reach[above] if above >= 0 else 1.0)
    total, counted = 0.0, 0
    for person in structure.front_staff:
        team = structure.team[person]
        total += reach[team] if team >= 0 else 1.0
        counted += 1
    return float(total / counted) if counted > 0 else 0.0


@maker
def heard_now(teams: Teams, structure: Structure, p: Listening) -> float:
    """Share of what front staff tell that reaches the head."""
    return heard_at_top(teams, structure, np.empty(structure.leader.size), p)


@kernel
def next_belief_at_top(believed: float, actual: float, news: float, p: Listening) -> float:
    """What the top believes of customers a round on."""
    return clip(believed + min(1.0, news) * (actual - believed) + p.optimism * (p.prior - believed))


@kernel
def ask(team: int, people: int, asks: float, teams: Teams, p: Listening, weeks: int) -> None:
    """A manager asks what stands in the way, and does what there are hours for. Writes teams."""
    needed = p.obstacle_hours * people * asks
    kept = min(1.0, max(0.0, teams.hours_left[team]) * weeks / needed) if needed > 0.0 else 1.0
    teams.system[team] += p.obstacle_gain * asks * kept * (1.0 - teams.system[team])
    safety = teams.safety[team] + p.safety_gain * asks * kept * (1.0 - teams.safety[team])
    teams.unkept[team] += asks * (1.0 - kept)
    if teams.unkept[team] >= DISAPPOINTING:
        teams.unkept[team] = 0.0
        safety -= p.safety_loss
    teams.safety[team] = clip(safety)


@kernel
def listening(
    teams: Teams, firm: Firm, structure: Structure, p: Listening, round_weeks: int,
    levers: Floats, moment: Moment,
) -> None:  # fmt: skip
    """What the top knows, and what asking does, a round on. Writes teams, firm."""
    if moment.week % round_weeks != 0:
        return
    for team in range(teams.safety.size):
        teams.safety[team] += p.safety_return * (p.usual_safety - teams.safety[team])
        if levers[BARRIERS] > 0.0:
            people = structure.member_start[team + 1] - structure.member_start[team]
            ask(team, people, levers[BARRIERS], teams, p, round_weeks)
        lesson = p.lesson * levers[CLOSED_LOOP]
        teams.system[team] += lesson * (1.0 - teams.system[team])
    firm.heard[0] = heard_now(teams, structure, p)
    stories = (
        p.by_complaints * firm.heard[0]
        + p.by_calls * levers[CLOSED_LOOP]
        + p.by_walks * levers[WALKS]
        + p.by_reviews * p.reviews
    )
    news = stories + p.by_survey
    firm.believed[0] = next_belief_at_top(firm.believed[0], firm.reputation[0], news, p)
    taught = p.insight * (stories + p.by_duty * levers[CONTACT_DUTY])
    firm.known[0] = clip(firm.known[0] + taught * (1.0 - firm.known[0]) - p.drift * firm.known[0])
