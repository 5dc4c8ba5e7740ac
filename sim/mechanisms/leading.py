"""Leading: what leaders do where others see it, what they say, and whether they are believed.

Every round, for each team with leader i and followers' mean visible effort E:

    doing   <- doing + pull * weight * (E - doing)
                     + commitment * (1 - imprinted) * (intended - doing)
    intended = for the top: example + newness + urgency * max(0, prior - believed)
               + persuasion * change agent * (1 + company * coalition)
               for everyone else who leads: own intended effort + lead bonus
    imprinted = imprint * (1 - exp(-time led / imprint_years))      for the top, else 0
    saying   = doing + words          (words: the top's lever; others say what they do)
    gap      = |saying - doing| + paper * cynicism
    credibility <- credibility + gain * (1 - credibility)      if gap <= tolerance
                   credibility - loss * credibility * (gap - tolerance)   otherwise

Leaders lower themselves to their followers (Andreozzi, Ploner & Saral 2020: .37 per unit of
shortfall) unless commitment holds them up. Middle managers answer the level above with the
same rule for effort as everybody (see contributing): that recursion is the copy of a copy, and
no other constant makes copies fade. Credibility: direction from Simons 2002, sizes assumed.

A top that learns that customers are less happy than it believed (listening) does more. A change
agent without power has to persuade, and does so better in the company of a coalition. Who made
the culture changes slower (imprint). Another top takes over when the lever `new_top` goes up, or
when the board, once a year, sees NPS and eNPS both lower than a year ago and acts (`watched`: or
one of them, where customers or staff bring the top down); its own example is then drawn, and
everybody begins anew: believed as a new leader is, without imprint.
"""

from dataclasses import dataclass
from math import exp

from sim.compiled import kernel
from sim.levers import BOARD_LOOKS, CHANGE_AGENT, COALITION, EXAMPLE, NEW_TOP, WORDS
from sim.parameters import WEEKS_PER_YEAR, Grade, Kind, Turns, parameter
from sim.people import clip
from sim.randomness import BOARD, normal_quantile, uniforms
from sim.state import TOP_TEAM, Choices, Firm, Floats, Moment, Staff, Teams
from sim.structure import Structure

WRITES = (
    "teams.doing", "teams.saying", "teams.credibility", "teams.weeks_led", "teams.shown",
    "firm.replaced", "firm.newness", "firm.nps_then", "firm.enps_then", "firm.believed",
)  # fmt: skip

CUSTOMERS, STAFF = 1, 2  # whose survey alone counts (`watched`), by definition
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
        0.14, 0.0, 0.3, "share of capacity", ASSUMED,
        "calibrated to what first movers give in Andreozzi, Ploner & Saral 2020",
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
    urgency: float = parameter(
        0.2, 0.0, 1.0, "share of capacity", ASSUMED, "claims D14, D12: direction only",
        "what a top does more, per unit of attitude that customers are below what it would like "
        "to believe")
    persuasion: float = parameter(
        0.05, 0.0, 0.2, "share of capacity", ASSUMED, "claim D11: direction only",
        "what a change agent without power adds to the top's example")
    company: float = parameter(
        4.0, 0.0, 10.0, "-", ASSUMED, "claims D11, C21: direction only",
        "how much more a change agent persuades with everybody in the coalition")
    imprint: float = parameter(
        0.3, 0.0, 0.9, "share", ASSUMED, "claims D13, D30: direction only",
        "how much slower a top changes who made the culture")
    imprint_years: float = parameter(
        5.0, 1.0, 15.0, "years", ASSUMED, "no measurement found",
        "how fast a new top becomes one who made the culture", kind=Kind.FIXED)
    paper: float = parameter(
        0.5, 0.0, 2.0, "-", ASSUMED, "claims V20, D07: direction only",
        "gap between words and deeds that full cynicism adds")
    board_hazard: float = parameter(
        0.02, 0.0, 0.1, "per month", ASSUMED, "claim D32: direction only",
        "chance that a board replaces a top under which NPS and eNPS fell",
        turns=Turns.MONTHLY_TO_WEEK)
    watched: int = parameter(
        0, 0, 2, "0, 1 or 2", ASSUMED, "claim D32: board, customers or staff",
        "whose fall counts: 0 = NPS and eNPS together, 1 = NPS (customers), 2 = eNPS (staff)",
        kind=Kind.SETTING)
    board_choice: float = parameter(
        0.65, 0.3, 1.0, "share of capacity", ASSUMED, "no measurement found",
        "example of the top that a board picks")
    board_spread: float = parameter(
        0.15, 0.0, 0.3, "share of capacity (SD)", ASSUMED, "no measurement found",
        "how much tops differ that boards pick")
    usual_example: float = parameter(
        0.5, 0.0, 1.0, "share of capacity", ASSUMED, "the lever at rest",
        "example that a board's choice is compared with", kind=Kind.FIXED)
    # fmt: on


@kernel
def next_doing(
    doing: float, followers: float, intended: float, imprinted: float, p: Leading
) -> float:
    """A leader's doing one round on, share of capacity."""
    held = p.commitment * (1.0 - imprinted)
    moved = doing + p.pull * p.pull_weight * (followers - doing) + held * (intended - doing)
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
def imprinted(weeks_led: float, p: Leading) -> float:
    """How much slower somebody changes who has led for so long."""
    return p.imprint * (1.0 - exp(-weeks_led / (p.imprint_years * WEEKS_PER_YEAR)))


@kernel
def intended_by_top(firm: Firm, prior: float, p: Leading, levers: Floats) -> float:
    """What the top means to show, share of capacity."""
    persuaded = p.persuasion * levers[CHANGE_AGENT] * (1.0 + p.company * levers[COALITION])
    pain = p.urgency * max(0.0, prior - firm.believed[0])
    return clip(levers[EXAMPLE] + firm.newness[0] + pain + persuaded)


@kernel
def board(firm: Firm, p: Leading, looks: float, moment: Moment) -> bool:
    """Whether the board replaces the top this week. Writes firm."""
    if moment.week % WEEKS_PER_YEAR == 0:
        customers, staff = firm.nps[0] < firm.nps_then[0], firm.enps[0] < firm.enps_then[0]
        fell = customers and staff
        if p.watched == CUSTOMERS:
            fell = customers
        elif p.watched == STAFF:
            fell = staff
        firm.nps_then[0], firm.enps_then[0] = firm.nps[0], firm.enps[0]
        yearly = 1.0 - (1.0 - p.board_hazard) ** WEEKS_PER_YEAR
        chance, luck, _, _ = uniforms(moment.seed, BOARD, moment.week, 0, 0)
        if fell and chance < looks * yearly:
            chosen = clip(p.board_choice + p.board_spread * normal_quantile(luck))
            firm.newness[0] = chosen - p.usual_example
            return True
    return False


@kernel
def replace_top(teams: Teams, firm: Firm, structure: Structure, prior: float, p: Leading) -> None:
    """Somebody else at the top, who has yet to be believed. Writes teams, firm."""
    head = structure.leader[TOP_TEAM]
    for team in range(structure.leader.size):
        if structure.leader[team] == head:
            teams.weeks_led[team], teams.credibility[team] = 0.0, p.new_credibility
    firm.believed[0] = prior


@kernel
def lead(
    teams: Teams, staff: Staff, structure: Structure, p: Leading, round_weeks: int, by_top: float,
    words: float, cynicism: float,
) -> None:  # fmt: skip
    """Move every leader one round on. Writes teams."""
    for team in range(structure.leader.size):
        leader = structure.leader[team]
        top = structure.boss[leader] < 0
        intended, slow = by_top, imprinted(teams.weeks_led[team], p)
        if not top:
            intended = min(1.0, float(staff.intended_effort[leader]) + p.lead_bonus)
            slow = 0.0
        teams.shown[team] = shown_by(team, teams, staff, structure)
        doing = next_doing(teams.doing[team], teams.shown[team], intended, slow, p)
        saying = min(1.0, doing + words) if top else doing
        teams.doing[team] = doing
        teams.saying[team] = saying
        gap = abs(saying - doing) + p.paper * cynicism
        teams.credibility[team] = next_credibility(teams.credibility[team], gap, p)
        teams.weeks_led[team] += round_weeks


@kernel
def leading(
    teams: Teams, staff: Staff, firm: Firm, choices: Choices, structure: Structure, p: Leading,
    round_weeks: int, prior: float, moment: Moment,
) -> None:  # fmt: skip
    """Who is at the top, weekly; what leaders do, once a round. Writes teams, firm."""
    levers = choices.now
    ordered = levers[NEW_TOP] > choices.before[NEW_TOP]
    by_board = board(firm, p, levers[BOARD_LOOKS], moment)
    firm.replaced[0] = 1.0 if ordered or by_board else 0.0
    if ordered or by_board:
        replace_top(teams, firm, structure, prior, p)
    if moment.week % round_weeks == 0:
        by_top = intended_by_top(firm, prior, p, levers)
        lead(teams, staff, structure, p, round_weeks, by_top, levers[WORDS], firm.cynicism[0])
