"""Culture in two layers: what people hold to be right, and how things are done here.

Every round. The person's layer, for everybody with practised value x, shown value v, own leader's
doing a, credibility c and team's system z as of last round, in a team that shows v_team:

    v   = clip(x + compliance + step * adopted)                              (what is shown)
    x  <- x + S * [w_L * (1 + coaching) * c * (a - x) + w_P * (1 + close * rituals) * (v_team - x)]
            + from_system * (1 - slow * rituals) * (z - x)
            + stage * spotlight * (1 + guiding if mean x > .6) * max(0, exemplars - x)
            + course * training * context * (1 - x)
            + commitment * manifesto * max(0, 2 * participation - 1) * max(0, written - x)
            + habit * context * compliance + thanks * peer reward (who gave most) + noise
    S   = base + new * exp(-fading * (months of tenure - 1))                 (susceptibility)
    compliance <- compliance + rate * [control * max(0, norm - x) - compliance]

Somebody of the coalition (rank below its share) does what is new whatever others do, until without
any follower the heart goes out of it. Others join in as long as their exposure, a running mean of
the share of those around who do, lies above their threshold (Granovetter 1978; Centola 2018).

The slow layer, a team's system, with the system z_above of the team in which its leader follows:

    z  <- z + rate * [h * aim * (a + improvement - z) + u * (z_above - z) + y * (v_team - z)]
    h   = hours that managers spend on it and have / reference hours, in covered departments
    aim = floor + (1 - floor) * known          (who has not listened changes the wrong things)

What is claimed beyond what is shown, and change that misses its aim, make people cynical:

    claimed   = usual shown + claim * max(promise, words, imposed manifesto)
    cynicism <- cynicism + doubt * max(0, claimed - mean v) * (1 - cynicism)
                + fatigue * h * (1 - aim) * (1 - cynicism) - forget * cynicism

No lever moves x within its own week: the person's layer answers to last week's levers and last
round's leaders, and is moved before the slow layer. Two layers because one cannot give both the
quick fading of training and the slow success of leaders; `layers` = 1 is the rival rule. Form:
Harrison & Carroll 1991; constants of S: Bhatt's successor model.
"""

from dataclasses import dataclass
from math import exp

import numpy as np

from sim.compiled import kernel, maker
from sim.levers import (
    ATTENTION,
    COACHING,
    COALITION,
    COMPLIMENTS,
    CONTEXT,
    CONTROL,
    GUIDING,
    MANIFESTO,
    PARTICIPATION,
    PEER_REWARD,
    PROMISE,
    RITUALS,
    SPOTLIGHT,
    TRAINING,
    WORDS,
)
from sim.parameters import WEEKS_PER_MONTH, Grade, Kind, Turns, parameter
from sim.people import clip
from sim.randomness import HEART, VALUE_NOISE, normal, uniforms
from sim.state import TOP_TEAM, Choices, Firm, Floats, Moment, Staff, Teams
from sim.structure import Structure, largest

WRITES = (
    "staff.value", "staff.compliance", "staff.adopted", "staff.exposure", "staff.heartless",
    "teams.system", "teams.seen_doing", "teams.seen_system", "teams.seen_credibility",
    "firm.system", "firm.gap", "firm.cynicism",
)  # fmt: skip

READ, ASSUMED = Grade.READ, Grade.ASSUMED
NONE_FOUND = "no measurement found"
TUNED = "tuned to culture that takes three to four years and training that fades in months"
BHATT = "Bhatt's successor of Harrison & Carroll 1991 (code read)"
EXEMPLARS = 3  # people in the spotlight a month, by definition
WIDELY = 0.6  # mean practised value from which guiding works (claim D29), by definition
MAJORITY = 0.5  # by definition


@dataclass(frozen=True)
class Culture:
    """How fast people and routines change, and with whom."""

    # fmt: off
    layers: int = parameter(
        2, 1, 2, "layers", ASSUMED, "rival rule: one layer (Harrison & Carroll 1991)",
        "1 = people are not held by the system of their team", kind=Kind.SETTING)
    susceptible: float = parameter(
        0.06, 0.0, 0.2, "per month", READ, BHATT + ": .05", "how open people are to others for "
        "good", turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    susceptible_new: float = parameter(
        0.3, 0.0, 0.6, "per month", READ, BHATT, "how much more open newcomers are",
        turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    fading: float = parameter(
        0.3, 0.05, 1.0, "per month of tenure", READ, BHATT, "how fast openness wears off")
    from_leader: float = parameter(
        0.35, 0.0, 0.8, "share", ASSUMED, TUNED, "pull of what the own leader does")
    from_peers: float = parameter(
        0.45, 0.0, 0.9, "share", ASSUMED, TUNED, "pull of what the team shows")
    from_system: float = parameter(
        0.08, 0.0, 0.2, "per month", ASSUMED, TUNED, "pull of how things are done here",
        turns=Turns.MONTHLY_TO_ROUND)
    noise: float = parameter(
        0.01, 0.0, 0.05, "practised value a round (SD)", READ, BHATT + ": 0 to .1",
        "what else moves people")
    coach: float = parameter(
        1.0, 0.0, 2.0, "-", ASSUMED, "claim D29: direction only",
        "how much more a leader who coaches pulls")
    close: float = parameter(
        0.2, 0.0, 1.0, "-", ASSUMED, "claim D27: direction only",
        "how much more peers pull where there are rituals")
    slow: float = parameter(
        0.2, 0.0, 1.0, "share", ASSUMED, "claim D27: direction only",
        "how much less the system pulls where there are rituals")
    stage: float = parameter(
        0.015, 0.0, 0.06, "per month", ASSUMED, "claim B12: direction only",
        "pull of colleagues in the spotlight", turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    guide: float = parameter(
        1.0, 0.0, 3.0, "-", ASSUMED, "claim D29: direction only",
        "how much more examples pull once leaders give them the stage")
    course: float = parameter(
        0.05, 0.0, 0.2, "share a month", ASSUMED, "claims D08, C07: direction only",
        "what training shifts, of what is missing, where everybody knows why",
        turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    commitment: float = parameter(
        0.02, 0.0, 0.1, "per month", ASSUMED, "claim D28: direction only",
        "pull of a manifesto that all have written", turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    written: float = parameter(
        0.8, 0.5, 1.0, "practised value", ASSUMED, NONE_FOUND, "what a manifesto asks for")
    norm: float = parameter(
        0.8, 0.5, 1.0, "practised value", ASSUMED, NONE_FOUND, "what control asks for")
    compliance_months: float = parameter(
        1.1, 0.3, 6.0, "months", ASSUMED, "gone within about three months",
        "how fast what control enforces comes and goes", turns=Turns.MONTHS_TO_ROUND)
    habit: float = parameter(
        0.02, 0.0, 0.1, "per month", ASSUMED, "claim D01: direction only",
        "part of what is shown under control that becomes one's own where everybody knows why",
        turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    thanks: float = parameter(
        0.004, 0.0, 0.02, "practised value a month", ASSUMED, "claim H18: direction only",
        "what a colleague's reward adds for who gets it", turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    reciprocity: float = parameter(
        0.3, 0.0, 1.0, "share", ASSUMED, "claim H18: a risk, not measured",
        "rewards that are given back and say nothing; above .7 they make people cynical",
        kind=Kind.SETTING)
    collusion: float = parameter(
        0.7, 0.5, 1.0, "share", ASSUMED, NONE_FOUND, "reciprocity from which rewards are a trade",
        kind=Kind.FIXED)
    step: float = parameter(
        0.2, 0.0, 0.5, "practised value", ASSUMED, NONE_FOUND,
        "what doing what is new shows beyond one's own values")
    memory_months: float = parameter(
        6.0, 1.0, 24.0, "months", ASSUMED, "Centola et al. 2018: tipping depends on memory",
        "over how long people judge what others do", turns=Turns.MONTHS_TO_ROUND)
    far: float = parameter(
        0.1, 0.0, 1.0, "share", ASSUMED, NONE_FOUND, "weight of others than the own team")
    clustered: int = parameter(
        0, 0, 1, "0 or 1", ASSUMED, "claim C22; clustered seeds: Centola & Macy (recalled)",
        "1 = a coalition is made of whole teams instead of people anywhere", kind=Kind.SETTING)
    first: float = parameter(
        0.05, 0.0, 0.2, "share", ASSUMED, "claim C23: direction only",
        "how much lower compliments to first followers make thresholds")
    losing_heart: float = parameter(
        0.10, 0.0, 0.4, "per month", ASSUMED, "claim C23: direction only",
        "chance that somebody who began without followers gives up", turns=Turns.MONTHLY_TO_ROUND)
    thanked: float = parameter(
        0.6, 0.0, 1.0, "share", ASSUMED, "claim C23: direction only",
        "how much compliments lower that chance")
    system_rate: float = parameter(
        0.06, 0.02, 0.15, "per month", ASSUMED, TUNED,
        "speed of a team's system at full pull", turns=Turns.MONTHLY_TO_ROUND)
    reference_hours: float = parameter(
        4.0, 1.0, 8.0, "hours a week", ASSUMED, NONE_FOUND,
        "manager's hours that count as full attention", kind=Kind.FIXED)
    coverage: float = parameter(
        1.0, 0.0, 1.0, "share of departments", ASSUMED, "claim C06: a choice of the scenario",
        "departments in which leaders change how things are done", kind=Kind.SETTING)
    from_above: float = parameter(
        0.1, 0.0, 0.5, "share", ASSUMED, NONE_FOUND, "pull of the system one level up")
    from_behaviour: float = parameter(
        0.3, 0.0, 0.6, "share", ASSUMED, NONE_FOUND, "pull of what the team shows")
    drop: float = parameter(
        0.01, 0.0, 0.05, "share a month", ASSUMED, "claim D28: direction only",
        "part of what a team's system lacks that a list of what to drop removes",
        turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    improvement: float = parameter(
        0.1, 0.0, 0.4, "share of capacity", ASSUMED, "claim B05: better than yesterday; no size",
        "how far above their own doing leaders set what they change")
    aim_floor: float = parameter(
        0.5, 0.0, 1.0, "share", ASSUMED, "claims D33, D21: direction only",
        "part of change that helps customers when nobody has listened")
    claim: float = parameter(
        0.4, 0.0, 1.0, "practised value", ASSUMED, NONE_FOUND,
        "what full promises or words claim beyond what is shown")
    doubt: float = parameter(
        0.02, 0.0, 0.2, "per month", ASSUMED, "claims V20, D07: direction only",
        "cynicism from a full gap between paper and practice",
        turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    fatigue: float = parameter(
        0.005, 0.0, 0.05, "per month", ASSUMED, "claim D33: direction only",
        "cynicism from change that misses its aim altogether",
        turns=Turns.MONTHLY_AMOUNT_TO_ROUND)
    forget: float = parameter(
        0.04, 0.0, 0.2, "per month", ASSUMED, NONE_FOUND, "how fast cynicism wears off",
        turns=Turns.MONTHLY_TO_ROUND)
    # fmt: on


@kernel
def shown_value(value: float, compliance: float, adopted: int, p: Culture) -> float:
    """What a person shows of customer-centric values, 0 to 1."""
    return clip(value + compliance + p.step * adopted)


@kernel
def susceptibility(tenure: float, p: Culture) -> float:
    """How open somebody is after this many weeks in the job, share a round."""
    months = tenure / WEEKS_PER_MONTH
    return min(1.0, p.susceptible + p.susceptible_new * exp(-p.fading * max(0.0, months - 1.0)))


@kernel
def next_value(
    value: float, openness: float, doing: float, credibility: float, peers: float, system: float,
    pushed: float, p: Culture, levers: Floats,
) -> float:  # fmt: skip
    """A practised value one round on, 0 to 1. `pushed` is what does not come from others."""
    by_leader = p.from_leader * (1.0 + p.coach * levers[COACHING]) * credibility
    by_peers = p.from_peers * (1.0 + p.close * levers[RITUALS])
    held = p.from_system * (1.0 - p.slow * levers[RITUALS]) if p.layers == 2 else 0.0
    pull = openness * (by_leader * (doing - value) + by_peers * (peers - value))
    return clip(value + pull + held * (system - value) + pushed)


@kernel
def pushes(
    value: float, compliance: float, exemplars: float, widely: bool, p: Culture, levers: Floats
) -> float:
    """What spotlight, training, manifesto and habit add to a value this round."""
    stage = p.stage * levers[SPOTLIGHT]
    if widely:
        stage *= 1.0 + p.guide * levers[GUIDING]
    shared = max(0.0, 2.0 * levers[PARTICIPATION] - 1.0)
    return (
        stage * max(0.0, exemplars - value)
        + p.course * levers[TRAINING] * levers[CONTEXT] * (1.0 - value)
        + p.commitment * levers[MANIFESTO] * shared * max(0.0, p.written - value)
        + p.habit * levers[CONTEXT] * compliance
    )


@kernel
def next_compliance(compliance: float, value: float, control: float, p: Culture) -> float:
    """What control makes people show beyond their own values, one round on."""
    return compliance + p.compliance_months * (control * max(0.0, p.norm - value) - compliance)


@kernel
def joins_in(exposure: float, threshold: float, lowered: float) -> bool:
    """Whether somebody does what others do: enough of them do."""
    return exposure > 0.0 and exposure >= threshold - lowered


@kernel
def shows(person: int, staff: Staff, p: Culture) -> float:
    """What this person shows."""
    value, compliance = float(staff.value[person]), float(staff.compliance[person])
    return shown_value(value, compliance, int(staff.adopted[person]), p)


@kernel
def means_of_teams(
    staff: Staff, structure: Structure, p: Culture, shown: Floats, doing_so: Floats,
    there_too: Floats,
) -> tuple[float, float, float]:  # fmt: skip
    """Shown value, adopters and people present by team, [teams].

    Returns means of what is shown and of what is practised, and the share of adopters. The leader
    counts among adopters and people present; with nobody else present what the leader shows is
    what the team shows.
    """
    values, practised, adopters, there = 0.0, 0.0, 0.0, 0
    for person in range(staff.value.size):
        if staff.vacancy[person] == 0:
            values += shows(person, staff, p)
            practised += staff.value[person]
            adopters += staff.adopted[person]
            there += 1
    for team in range(structure.leader.size):
        leader = structure.leader[team]
        total, counted = 0.0, 0
        led = 1.0 if staff.vacancy[leader] == 0 else 0.0
        around = led * staff.adopted[leader]
        for at in range(structure.member_start[team], structure.member_start[team + 1]):
            person = structure.members[at]
            if staff.vacancy[person] == 0:
                total += shows(person, staff, p)
                around += staff.adopted[person]
                counted += 1
        own = shows(leader, staff, p)
        shown[team] = total / counted if counted > 0 else own
        doing_so[team], there_too[team] = around, counted + led
    if there == 0:
        return 0.0, 0.0, 0.0
    return values / there, practised / there, adopters / there


@kernel
def exemplars(staff: Staff, p: Culture, best: Floats) -> float:
    """Mean shown value of the few who show most. Writes best [EXEMPLARS]."""
    best[:] = 0.0
    for person in range(staff.value.size):
        if staff.vacancy[person] > 0:
            continue
        value = shows(person, staff, p)
        lowest = np.argmin(best)
        if value > best[lowest]:
            best[lowest] = value
    return float(best.sum() / EXEMPLARS)


@kernel
def rewarded(staff: Staff, structure: Structure, rewards: Floats) -> None:
    """Who gets the team's rewards: who visibly gives most. Writes rewards [people], in givers."""
    rewards[:] = 0.0
    for team in range(structure.leader.size):
        best, most, givers = -1, 0.0, 0
        for at in range(structure.member_start[team], structure.member_start[team + 1]):
            person = structure.members[at]
            if staff.vacancy[person] == 0:
                givers += 1
                if staff.visible_effort[person] > most:
                    best, most = person, staff.visible_effort[person]
        if best >= 0:
            rewards[best] += givers - 1.0


@kernel
def move_values(
    staff: Staff, teams: Teams, structure: Structure, shown: Floats, mean: float, best: float,
    rewards: Floats, p: Culture, levers: Floats, moment: Moment,
) -> None:  # fmt: skip
    """The person's layer one round on. Writes staff.value, staff.compliance.

    `shown` by team, `mean` of practised values, `best` what those in the spotlight show, `rewards`
    what colleagues give [people], read only while they may.
    """
    thanks = p.thanks * levers[PEER_REWARD] * (1.0 - p.reciprocity)
    for person in range(staff.value.size):
        if staff.vacancy[person] > 0:
            continue
        value, compliance = staff.value[person], staff.compliance[person]
        team = structure.team[person]
        followed = team if team >= 0 else TOP_TEAM
        openness = susceptibility(staff.tenure[person], p)
        pushed = pushes(value, compliance, best, mean > WIDELY, p, levers)
        if levers[PEER_REWARD] > 0.0:
            pushed += thanks * rewards[person]
        generation = staff.generation[person]
        pushed += p.noise * normal(moment.seed, VALUE_NOISE, moment.week, person, generation)
        staff.value[person] = next_value(
            value, openness, teams.seen_doing[followed], teams.seen_credibility[followed],
            shown[followed], teams.seen_system[followed], pushed, p, levers,
        )  # fmt: skip
        staff.compliance[person] = next_compliance(compliance, value, levers[CONTROL], p)


@kernel
def belongs(person: int, team: int, staff: Staff, p: Culture, share: float, teams: int) -> bool:
    """Whether somebody is of the coalition: people anywhere, or whole teams."""
    place = staff.rank[person]
    if p.clustered == 1:
        place = (max(0, team) + 0.5) / teams
    return place < share and staff.heartless[person] == 0


@kernel
def join_in(
    staff: Staff, structure: Structure, around: Floats, there_too: Floats, everywhere: float,
    p: Culture, levers: Floats, moment: Moment,
) -> None:  # fmt: skip
    """Who does what is new, a round on. Writes staff.adopted, exposure, heartless.

    `around` are adopters and `there_too` people present by team, its leader included.
    """
    share, praise = levers[COALITION], levers[COMPLIMENTS]
    lowered = p.first * praise if everywhere < MAJORITY else 0.0
    gives_up = p.losing_heart * (1.0 - p.thanked * praise)
    for person in range(staff.value.size):
        if staff.vacancy[person] > 0:
            continue
        team = structure.team[person]
        near = team if team >= 0 else TOP_TEAM
        beside = max(1.0, there_too[near] - 1.0)
        others = (around[near] - staff.adopted[person]) / beside
        met = (1.0 - p.far) * others + p.far * everywhere
        staff.exposure[person] += p.memory_months * (met - staff.exposure[person])
        if belongs(person, team, staff, p, share, around.size):
            staff.adopted[person] = 1
            generation = staff.generation[person]
            chance = uniforms(moment.seed, HEART, moment.week, person, generation)[0]
            if others == 0.0 and chance < gives_up:
                staff.heartless[person] = 1
        else:
            joins = joins_in(staff.exposure[person], staff.threshold[person], lowered)
            staff.adopted[person] = 1 if joins else 0


@kernel
def next_system(
    system: float, above: float, doing: float, shown: float, hours: float, p: Culture
) -> float:
    """A team's system one round on, 0 to 1. `hours`: of full attention, as far as well aimed."""
    pull = (
        hours * (min(1.0, doing + p.improvement) - system)
        + p.from_above * (above - system)
        + p.from_behaviour * (shown - system)
    )
    return min(1.0, max(0.0, system + p.system_rate * pull))


@kernel
def attention(levers: Floats, hours_left: float, p: Culture) -> float:
    """Share of full attention that a leader can give to how things are done."""
    return min(1.0, max(0.0, min(levers[ATTENTION], hours_left)) / p.reference_hours)


@kernel
def move_systems(
    teams: Teams, firm: Firm, structure: Structure, shown: Floats, moved: Floats, p: Culture,
    levers: Floats,
) -> float:  # fmt: skip
    """The slow layer one round on; mean attention that misses its aim. Writes teams, firm, moved.

    `shown` is what teams show of values, `moved` room to work, both [teams].
    """
    aim = p.aim_floor + (1.0 - p.aim_floor) * firm.known[0]
    total, worked = 0.0, 0.0
    departments = largest(structure.department) + 1
    for team in range(moved.size):
        above = structure.above[team]
        above = above if above >= 0 else team
        hours = 0.0
        if structure.department[structure.leader[team]] < p.coverage * departments:
            hours = attention(levers, teams.hours_left[team], p)
        worked += hours
        own, around = teams.system[team], teams.system[above]
        moved[team] = next_system(own, around, teams.doing[team], shown[team], hours * aim, p)
        moved[team] += p.drop * levers[MANIFESTO] * (1.0 - moved[team])
    for team in range(moved.size):
        teams.system[team] = moved[team]
        total += moved[team]
    firm.system[0] = total / moved.size if moved.size > 0 else firm.system[0]
    return worked / moved.size * (1.0 - aim) if moved.size > 0 else 0.0


@kernel
def next_cynicism(cynicism: float, gap: float, wasted: float, p: Culture, levers: Floats) -> float:
    """Disbelief in what is claimed one round on, 0 to 1."""
    traded = p.doubt * levers[PEER_REWARD] * max(0.0, p.reciprocity - p.collusion)
    built = p.doubt * gap + p.fatigue * wasted + traded
    return clip(cynicism + built * (1.0 - cynicism) - p.forget * cynicism)


@kernel
def culture(
    staff: Staff, teams: Teams, firm: Firm, choices: Choices, structure: Structure, p: Culture,
    round_weeks: int, moment: Moment,
) -> None:  # fmt: skip
    """People's values from last week's levers, then systems. Writes staff, teams, firm."""
    if moment.week % round_weeks == 0:
        change(staff, teams, firm, choices, structure, p, moment)


@maker
def change(
    staff: Staff, teams: Teams, firm: Firm, choices: Choices, structure: Structure, p: Culture,
    moment: Moment,
) -> None:  # fmt: skip
    """Both layers a round on."""
    now, before = choices.now, choices.before
    teams_led = structure.leader.size
    shown, around, there_too = np.empty(teams_led), np.empty(teams_led), np.empty(teams_led)
    mean, practised, everywhere = means_of_teams(staff, structure, p, shown, around, there_too)
    imposed = now[MANIFESTO] * max(0.0, 1.0 - 2.0 * now[PARTICIPATION])
    claimed = p.claim * max(now[PROMISE], max(now[WORDS], imposed))
    firm.gap[0] = max(0.0, firm.usual_value[0] + claimed - mean) if claimed > 0.0 else 0.0
    best, rewards = 0.0, shown  # not read unless a lever asks for them
    if before[SPOTLIGHT] > 0.0:
        best = exemplars(staff, p, np.empty(EXEMPLARS))
    if before[PEER_REWARD] > 0.0:
        rewards = np.empty(staff.value.size)
        rewarded(staff, structure, rewards)
    move_values(staff, teams, structure, shown, practised, best, rewards, p, before, moment)
    if before[COALITION] > 0.0 or everywhere > 0.0:
        join_in(staff, structure, around, there_too, everywhere, p, before, moment)
    wasted = move_systems(teams, firm, structure, shown, np.empty(teams_led), p, now)
    firm.cynicism[0] = next_cynicism(firm.cynicism[0], firm.gap[0], wasted, p, now)
    for team in range(teams_led):  # row by row: whole columns would compile an error's words
        teams.seen_doing[team] = teams.doing[team]
        teams.seen_system[team] = teams.system[team]
        teams.seen_credibility[team] = teams.credibility[team]
