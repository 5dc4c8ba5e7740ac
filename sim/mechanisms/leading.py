"""Leading: what leaders do where others see it, what they say, and whether they are believed.

Every round, for each team with leader i and followers' mean visible effort E:

    doing   <- doing + pull * weight * (E - doing) + commitment * (intended - doing)
    intended = the top's chosen example, or, for everyone else who leads,
               own intended effort + lead bonus
    saying   = doing + words          (words: the top's lever; others say what they do)
    gap      = |saying - doing|
    credibility <- credibility + gain * (1 - credibility)      if gap <= tolerance
                   credibility - loss * credibility * (gap - tolerance)   otherwise

Leaders lower themselves to their followers (Andreozzi, Ploner & Saral 2020: .37 per unit of
shortfall) unless commitment holds them up. Middle managers answer the level above with the
same rule for effort as everybody (see contributing): that recursion is the copy of a copy, and
no other constant makes copies fade. Credibility: direction from Simons 2002, sizes assumed.
"""

from dataclasses import dataclass

from sim.compiled import kernel
from sim.levers import EXAMPLE, WORDS
from sim.parameters import Grade, Turns, parameter
from sim.state import Floats, Moment, Staff, Teams
from sim.structure import Structure

WRITES = ("teams.doing", "teams.saying", "teams.credibility", "teams.weeks_led", "teams.shown")

READ, COMPUTED, ASSUMED = Grade.READ, Grade.COMPUTED, Grade.ASSUMED


@dataclass(frozen=True)
class Leading:
    """How leaders move and are believed."""

    # fmt: off
    pull: float = parameter(
        0.37, 0.25, 0.49, "share a round", COMPUTED, "Andreozzi, Ploner & Saral 2020 (SE .06)",
        "how far leaders lower themselves per unit of shortfall of their followers")
    pull_weight: float = parameter(
        0.5, 0.0, 1.0, "share", ASSUMED, "laboratory leaders are equals, managers are not",
        "how much of the laboratory pull holds for a leader with a position")
    commitment: float = parameter(
        0.5, 0.0, 1.0, "share a round", ASSUMED, "no measurement found",
        "how strongly leaders return to what they intend")
    lead_bonus: float = parameter(
        0.1, 0.0, 0.3, "share of capacity", ASSUMED,
        "must be positive for leading to raise contributions in the laboratory; size assumed",
        "what being looked at adds to what a leader does")
    credibility_gain: float = parameter(
        0.05, 0.01, 0.15, "per month", ASSUMED, "direction from Simons 2002",
        "trust regained while words and deeds agree", turns=Turns.MONTHLY_TO_ROUND)
    credibility_loss: float = parameter(
        0.5, 0.1, 0.9, "per month", ASSUMED, "direction from Simons 2002",
        "trust lost per unit of gap between words and deeds", turns=Turns.MONTHLY_TO_ROUND)
    tolerance: float = parameter(
        0.05, 0.0, 0.2, "share of capacity", ASSUMED, "no measurement found",
        "gap between words and deeds that nobody notices")
    new_credibility: float = parameter(
        0.7, 0.3, 1.0, "share", ASSUMED, "no measurement found",
        "how far a new leader is believed")
    # fmt: on


@kernel
def next_doing(doing: float, followers: float, intended: float, p: Leading) -> float:
    """A leader's doing one round on, share of capacity."""
    moved = doing + p.pull * p.pull_weight * (followers - doing) + p.commitment * (intended - doing)
    return min(1.0, max(0.0, moved))


@kernel
def next_credibility(credibility: float, gap: float, p: Leading) -> float:
    """How far a leader is believed one round on, 0 to 1."""
    if gap <= p.tolerance:
        return credibility + p.credibility_gain * (1.0 - credibility)
    return max(0.0, credibility - p.credibility_loss * credibility * (gap - p.tolerance))


@kernel
def shown_by(team: int, teams: Teams, staff: Staff, structure: Structure) -> float:
    """Mean visible effort of the followers who are there; the leader's doing if none is."""
    total, present = 0.0, 0
    for at in range(structure.member_start[team], structure.member_start[team + 1]):
        person = structure.members[at]
        if staff.vacancy[person] == 0:
            total += staff.visible_effort[person]
            present += 1
    if present == 0:
        return float(teams.doing[team])
    return float(total / present)


@kernel
def leading(
    teams: Teams, staff: Staff, structure: Structure, p: Leading, round_weeks: int,
    levers: Floats, moment: Moment,
) -> None:  # fmt: skip
    """Move every leader one round on. Writes teams."""
    if moment.week % round_weeks != 0:
        return
    for team in range(structure.leader.size):
        leader = structure.leader[team]
        top = structure.boss[leader] < 0
        intended = float(levers[EXAMPLE])
        if not top:
            intended = min(1.0, float(staff.intended_effort[leader]) + p.lead_bonus)
        teams.shown[team] = shown_by(team, teams, staff, structure)
        doing = next_doing(teams.doing[team], teams.shown[team], intended, p)
        saying = min(1.0, doing + levers[WORDS]) if top else doing
        teams.doing[team] = doing
        teams.saying[team] = saying
        teams.credibility[team] = next_credibility(teams.credibility[team], abs(saying - doing), p)
        teams.weeks_led[team] += round_weeks
