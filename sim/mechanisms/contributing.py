"""Contributing: how much of their discretionary capacity people give, a public-goods game.

Every round (one laboratory round stands for `round_weeks` weeks), for each person:

    belief    <- .0059 + .415 * peers' last visible effort + .569 * belief
    leader     = cred * (.3 * saying + .7 * doing) + (1 - cred) * belief
    reference  = w * leader + (1 - w) * belief
    w          = w_later + (w_new - w_later) * exp(-time led / w_months)
    P          = own schedule at the reference, by type
    intended   = clip(pay(p) * [identity * (-.0237 + .242 * P + .666 * reference) + drive])
    effort     = Beta quantile with that mean and a precision, at Phi(latent)
    latent    <- rho * latent + sqrt(1 - rho^2) * normal
    visible    = running mean of effort, every week

    pay(p)     = 1 - delta * (1 - exp(-p / p0)) + gamma * (1 - exp(-p / p1))
    drive      = own drive * context + mu_g * (engagement - g0) + mu_x * (value - x0)
    identity   = 1 + iota0 * shared identity

Types, belief and effort coefficients: Fischbacher & Gaechter 2010 (computed from their data).
With a broadcast, a part of the leader's signal comes from the top directly; a top that walks among
the front is seen too. Engagement and values reach effort here and nowhere else;
`drive_from_engagement` = 0 cuts the link. The rival rule (`copying` = 1) knows no game: everybody
intends `copy_ratio` times what the own leader does.
"""

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np

from sim.compiled import kernel, maker
from sim.distributions import effort_at
from sim.levers import BROADCAST, CONTEXT, PAY, WALKS
from sim.parameters import Grade, Kind, Turns, parameter
from sim.people import CC, ERODED, OTHER, TRIANGLE
from sim.randomness import EFFORT, normal_quantile, uniforms
from sim.state import TOP_TEAM, Floats, Moment, Staff, Teams
from sim.structure import Structure

WRITES = (
    "staff.belief", "staff.reference", "staff.latent", "staff.intended_effort", "staff.effort",
    "staff.visible_effort", "staff.drive", "staff.kind",
)  # fmt: skip

COMPUTED, ASSUMED = Grade.COMPUTED, Grade.ASSUMED
FG = "Fischbacher & Gächter 2010"
GR = "fitted to Gneezy & Rustichini 2000"


@dataclass(frozen=True)
class Contributing:
    """The rule for effort."""

    # fmt: off
    belief_base: float = parameter(
        0.0059, -0.009, 0.021, "share of capacity", COMPUTED, FG + " (2 SE)",
        "belief that comes from nowhere")
    belief_peers: float = parameter(
        0.415, 0.375, 0.455, "share", COMPUTED, FG + " (2 SE)", "weight of what peers just did")
    belief_own: float = parameter(
        0.569, 0.497, 0.641, "share", COMPUTED, FG + " (2 SE)", "weight of the earlier belief")
    effort_base: float = parameter(
        -0.0237, -0.048, 0.001, "share of capacity", COMPUTED, FG + " (2 SE)",
        "effort at a reference of nothing")
    effort_schedule: float = parameter(
        0.242, 0.104, 0.380, "share", COMPUTED, FG + " (2 SE)", "weight of the own schedule")
    effort_reference: float = parameter(
        0.666, 0.548, 0.784, "share", COMPUTED, FG + " (2 SE)", "weight of the reference itself")
    conditional_start: float = parameter(
        -0.01, -0.03, 0.01, "share of capacity", COMPUTED, FG + ": -.20 of 20 tokens",
        "what a conditional cooperator's schedule starts from")
    triangle_peak: float = parameter(
        0.5, 0.4, 0.6, "share of capacity", COMPUTED, FG + ": flat from 9 to 13 of 20 tokens",
        "reference at which the triangle type gives most", kind=Kind.FIXED)
    triangle_height: float = parameter(
        0.275, 0.25, 0.30, "share of capacity", COMPUTED,
        FG + ": between the peak of 5.0 tokens and the 6.0 that a mean level of 2.99 asks for",
        "what the triangle type gives at its peak", kind=Kind.FIXED)
    other_start: float = parameter(
        0.386, 0.3, 0.5, "share of capacity", COMPUTED, FG + ": 7.71 of 20 tokens",
        "what other types give at a reference of nothing")
    other_slope: float = parameter(
        0.106, 0.0, 0.25, "share", COMPUTED, FG + " (SD .267)", "how other types follow")
    precision: float = parameter(
        1.45, 0.8, 3.0, "-", COMPUTED, "fitted (least squares, rounds 2 to 10) to zeros and spread "
        "of " + FG,
        "precision of the effort distribution around its mean")
    persistence: float = parameter(
        0.95, 0.5, 0.995, "correlation a round", ASSUMED,
        "laboratory .4 to .8 a round; at work habits are slower",
        "how much of last round's draw stays in this one")
    visible_weeks: int = parameter(
        13, 4, 52, "weeks", ASSUMED, "a quarter",
        "over how many weeks others judge somebody's effort (running mean of the same mean age)")
    leader_words: float = parameter(
        0.3, 0.0, 1.0, "share", ASSUMED, "direction from Simons 2002",
        "weight of what a believed leader says, against what it does")
    weight_new: float = parameter(
        0.8, 0.5, 1.0, "share", ASSUMED, "ordering from Gächter & Renner 2018",
        "weight of the leader right after the leader came")
    weight_later: float = parameter(
        0.4, 0.2, 0.8, "share", ASSUMED, "ordering from Gächter & Renner 2018: peers outweigh",
        "weight of the leader in the long run")
    weight_months: float = parameter(
        3.0, 1.0, 12.0, "months", ASSUMED, "no measurement found",
        "how fast the weight of a new leader wears off", turns=Turns.MONTHS_TO_WEEKS)
    broadcast_reach: float = parameter(
        0.3, 0.0, 0.6, "share", ASSUMED, "no measurement found",
        "part of the leader's signal that a full broadcast takes from the top directly")
    walk_reach: float = parameter(
        0.3, 0.0, 1.0, "share", ASSUMED, "claim B13: direction only",
        "part of a full broadcast that daily walks of the top come to")
    copying: int = parameter(
        0, 0, 1, "0 or 1", ASSUMED, "rival rule: a copy of a copy taken literally (claim B06)",
        "1 = everybody copies a fixed share of the own leader instead", kind=Kind.SETTING)
    copy_ratio: float = parameter(
        0.79, 0.5, 1.0, "ratio", Grade.READ, "Eichenseer 2023: followers give .79 of the leader",
        "share of a leader's doing that the rival rule copies")
    drive_from_engagement: float = parameter(
        0.15, 0.0, 0.6, "share of capacity", ASSUMED, "the link: its sign is what is disputed",
        "effort that a full point of engagement adds")
    drive_from_values: float = parameter(
        0.15, 0.0, 0.4, "share of capacity", ASSUMED, "no measurement found",
        "effort that a full point of practised value adds")
    engagement_zero: float = parameter(
        0.55, 0.0, 1.0, "engagement", ASSUMED, "the usual engagement of a preset",
        "engagement that adds and takes nothing", kind=Kind.FIXED)
    value_zero: float = parameter(
        0.5, 0.0, 1.0, "practised value", ASSUMED, "the middle of the scale",
        "practised value that adds and takes nothing", kind=Kind.FIXED)
    identity_gain: float = parameter(
        0.11, 0.0, 0.25, "share", ASSUMED, "refitted to +30 % in Drouvelis & Nosenzo 2013",
        "how much a fully shared identity multiplies")
    identity: float = parameter(
        0.0, 0.0, 1.0, "share", ASSUMED, "none by default",
        "identity that leader and team share", kind=Kind.SETTING)
    pay_crowding: float = parameter(
        0.357, 0.0, 0.6, "share", Grade.RECALLED, GR, "effort that any contingent pay crowds out")
    pay_crowding_scale: float = parameter(
        0.03, 0.01, 0.1, "serious piece rates", Grade.RECALLED, GR, "pay at which crowding sets in")
    pay_gain: float = parameter(
        0.60, 0.0, 1.0, "share", Grade.RECALLED, GR, "effort that high contingent pay buys")
    pay_gain_scale: float = parameter(
        0.30, 0.1, 1.0, "serious piece rates", Grade.RECALLED, GR, "pay at which buying sets in")
    pay_wear: float = parameter(
        0.01, 0.0, 0.05, "share of capacity per month", ASSUMED, "Deci, Koestner & Ryan 1999",
        "drive worn off while pay is contingent", turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    erosion: float = parameter(
        0.0, 0.0, 1.0, "share of the laboratory hazard", ASSUMED,
        "off: already inside the regression of " + FG,
        "how much of the two-player game's wearing out of cooperators is switched on")
    erosion_exploited: float = parameter(
        0.281, 0.216, 0.346, "per round", COMPUTED, "Andreozzi, Ploner & Saral 2020 (n = 192)",
        "chance to stop cooperating after giving more than the others")
    erosion_otherwise: float = parameter(
        0.099, 0.069, 0.129, "per round", COMPUTED, "Andreozzi, Ploner & Saral 2020",
        "chance to stop cooperating otherwise")
    erosion_recovery: float = parameter(
        0.147, 0.08, 0.21, "per round", COMPUTED, "Andreozzi, Ploner & Saral 2020",
        "chance to cooperate again")
    # fmt: on


@kernel
def next_belief(belief: float, peers: float, p: Contributing) -> float:
    """Expected effort of peers after seeing what they did, share of capacity."""
    return min(1.0, max(0.0, p.belief_base + p.belief_peers * peers + p.belief_own * belief))


@kernel
def leader_weight(weeks_led: float, p: Contributing) -> float:
    """How much a leader counts against peers, falling after a change of leader."""
    fresh = exp(-weeks_led / p.weight_months)
    return p.weight_later + (p.weight_new - p.weight_later) * fresh


@kernel
def signal(
    saying: float, doing: float, credibility: float, belief: float, p: Contributing
) -> float:
    """What a leader's words and deeds are taken to mean, share of capacity."""
    shown = p.leader_words * saying + (1.0 - p.leader_words) * doing
    return credibility * shown + (1.0 - credibility) * belief


@kernel
def schedule(kind: int, slope: float, reference: float, p: Contributing) -> float:
    """What a person of this type says they would give at this reference."""
    if kind == CC:
        return min(1.0, max(0.0, p.conditional_start + slope * reference))
    if kind == TRIANGLE:
        rising = reference / p.triangle_peak
        falling = (1.0 - reference) / (1.0 - p.triangle_peak)
        return p.triangle_height * max(0.0, min(rising, falling))
    if kind == OTHER:
        return min(1.0, p.other_start + p.other_slope * reference)
    return 0.0  # free riders and those who have given up


@kernel
def pay_factor(pay: float, p: Contributing) -> float:
    """What contingent pay does to effort: a little pay costs, a lot buys."""
    crowded = p.pay_crowding * (1.0 - exp(-pay / p.pay_crowding_scale))
    bought = p.pay_gain * (1.0 - exp(-pay / p.pay_gain_scale))
    return 1.0 - crowded + bought


@kernel
def intended_effort(
    planned: float, reference: float, drive: float, identity: float, paid: float, p: Contributing
) -> float:
    """Mean effort, share of capacity: the equation above, clipped to 0 and 1."""
    answer = p.effort_base + p.effort_schedule * planned + p.effort_reference * reference
    return min(1.0, max(0.0, paid * (identity * answer + drive)))


@kernel
def next_latent(latent: float, chance: float, p: Contributing) -> float:
    """The persistent standard normal behind somebody's effort, one round on."""
    kept = p.persistence
    return kept * latent + sqrt(1.0 - kept * kept) * normal_quantile(chance)


@kernel
def next_kind(kind: int, exploited: bool, chance: float, p: Contributing) -> int:
    """Cooperators may give up and come back; only when erosion is on."""
    if kind == CC:
        hazard = p.erosion_exploited if exploited else p.erosion_otherwise
        return ERODED if chance < p.erosion * hazard else CC
    if kind == ERODED and chance < p.erosion * p.erosion_recovery:
        return CC
    return kind


@kernel
def reference_of(belief: float, heard: float, direct: float, weight: float, reach: float) -> float:
    """What this round's effort answers to: the leader's signal and the belief about peers.

    `heard` is the own leader's signal and `direct` the top's, of which a broadcast gives the part
    `reach`; `weight` is the leader's against peers.
    """
    if reach > 0.0:
        heard = (1.0 - reach) * heard + reach * direct
    return weight * heard + (1.0 - weight) * belief


@kernel
def reach_of(levers: Floats, p: Contributing) -> float:
    """Part of the leader's signal that comes from the top directly."""
    return p.broadcast_reach * max(levers[BROADCAST], p.walk_reach * levers[WALKS])


@kernel
def own_drive(
    drive: float, engagement: float, value: float, context: float, p: Contributing
) -> float:
    """Intrinsic drive at today's context, engagement and values, share of capacity."""
    felt = p.drive_from_engagement * (engagement - p.engagement_zero)
    return drive * context + felt + p.drive_from_values * (value - p.value_zero)


@kernel
def believe(staff: Staff, teams: Teams, structure: Structure, p: Contributing) -> None:
    """Everybody's belief after seeing what their peers did. Writes staff.belief."""
    beliefs, visible, vacancy = staff.belief, staff.visible_effort, staff.vacancy
    members, starts = structure.members, structure.member_start
    for team in range(structure.leader.size):
        total, present = 0.0, 0
        for at in range(starts[team], starts[team + 1]):
            if vacancy[members[at]] == 0:
                total += visible[members[at]]
                present += 1
        for at in range(starts[team], starts[team + 1]):
            person = members[at]
            if vacancy[person] == 0:
                peers = float(teams.doing[team])
                if present > 1:
                    peers = float(total - visible[person]) / (present - 1)
                beliefs[person] = next_belief(float(beliefs[person]), peers, p)


@kernel
def contribute(
    staff: Staff, teams: Teams, structure: Structure, table: Floats, p: Contributing,
    levers: Floats, weights: Floats, moment: Moment,
) -> None:  # fmt: skip
    """Everybody's effort this round. Writes staff, weights [teams]."""
    kinds, efforts, latents, drives = staff.kind, staff.effort, staff.latent, staff.drive
    references, intentions = staff.reference, staff.intended_effort
    vacancy, beliefs, follows = staff.vacancy, staff.belief, structure.team
    engagement, value, slope = staff.engagement, staff.value, staff.slope
    generations = staff.generation
    saying, doing, credibility = teams.saying, teams.doing, teams.credibility
    top_saying, top_doing = float(saying[TOP_TEAM]), float(doing[TOP_TEAM])
    top_credibility = float(credibility[TOP_TEAM])
    for team in range(weights.size):
        weights[team] = leader_weight(teams.weeks_led[team], p)
    paid, identity = pay_factor(levers[PAY], p), 1.0 + p.identity_gain * p.identity
    reach = reach_of(levers, p)
    for person in range(efforts.size):
        if vacancy[person] > 0:
            continue
        generation = generations[person]
        chance, turn, _, _ = uniforms(moment.seed, EFFORT, moment.week, person, generation)
        team = follows[person]
        if team < 0:  # the head answers to nobody
            reference = top_doing
            intended = reference
        else:
            belief = float(beliefs[person])
            heard = signal(
                float(saying[team]), float(doing[team]), float(credibility[team]), belief, p
            )
            direct = signal(top_saying, top_doing, top_credibility, belief, p)
            reference = reference_of(belief, heard, direct, float(weights[team]), reach)
            planned = schedule(kinds[person], slope[person], reference, p)
            drive = own_drive(drives[person], engagement[person], value[person], levers[CONTEXT], p)
            intended = intended_effort(planned, reference, drive, identity, paid, p)
            if p.copying == 1:
                intended = p.copy_ratio * float(doing[team])
        references[person], intentions[person] = reference, intended
        latents[person] = next_latent(latents[person], chance, p)
        efforts[person] = effort_at(intended, latents[person], table)
        if levers[PAY] > 0.0:
            drives[person] = max(0.0, drives[person] - p.pay_wear)
        if p.erosion > 0.0:
            exploited = efforts[person] > beliefs[person]
            kinds[person] = next_kind(kinds[person], exploited, turn, p)


@kernel
def show(staff: Staff, p: Contributing) -> None:
    """What others see of effort, a week on. Writes staff.visible_effort."""
    seen = 2.0 / (p.visible_weeks + 1.0)
    efforts, visible = staff.effort, staff.visible_effort
    for person in range(efforts.size):
        visible[person] += seen * (efforts[person] - visible[person])


@maker
def answer(
    staff: Staff, teams: Teams, structure: Structure, table: Floats, p: Contributing,
    levers: Floats, moment: Moment,
) -> None:  # fmt: skip
    """Beliefs, then efforts, one round on. Writes staff."""
    believe(staff, teams, structure, p)
    weights = np.empty(structure.leader.size)
    contribute(staff, teams, structure, table, p, levers, weights, moment)


@kernel
def contributing(
    staff: Staff, teams: Teams, structure: Structure, table: Floats, p: Contributing,
    round_weeks: int, levers: Floats, moment: Moment,
) -> None:  # fmt: skip
    """Beliefs, then efforts, one round on; what others see, every week. Writes staff."""
    if moment.week % round_weeks == 0:
        answer(staff, teams, structure, table, p, levers, moment)
    show(staff, p)
