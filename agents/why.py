"""Why does this employee do and believe that? Effort and belief taken apart.

Each ledger takes the equation at the head of a mechanism's file term by term, with the kernels'
own small functions and the tables as that mechanism found them. A reference in the equation
for effort, for instance, is split into what the leader's words, the leader's deeds and so on
put into it. What the kernels do after adding up (keeping a number between 0 and 1) is the row
of kind `rule`; a draw around a mean is the row of kind `chance`. Levers are those that leaders
use, which need not be those of the schedule. Engagement: `agents/why_mood.py`, practised values:
`agents/why_value.py`.
"""

from typing import Any, NamedTuple

from agents.before import Before
from agents.ledger import Ledger, Reason, Row
from sim.distributions import effort_at
from sim.levers import CONTEXT, PAY
from sim.mechanisms.contributing import (
    Contributing,
    intended_effort,
    leader_weight,
    next_belief,
    next_latent,
    own_drive,
    pay_factor,
    reach_of,
    reference_of,
    schedule,
    signal,
)
from sim.people import KINDS
from sim.randomness import EFFORT, uniforms
from sim.state import TOP_TEAM, World

CAUSE, CHANCE, RULE = Reason.CAUSE, Reason.CHANCE, Reason.RULE
TOLERANCE = 1e-12  # of a sum of some twenty terms of order one
OF_CAPACITY = "share of capacity"
STRETCH = "a good or bad stretch: the draw, less its mean"
HERE, PLACED, EMPTY = "here", "placed", "empty"


def with_values[Values](p: Values, **values: float) -> Values:
    """The same numbers of a mechanism with some of them replaced."""
    as_tuple: Any = p  # declared as the dataclass, in a run its named tuple
    return as_tuple._replace(**values)


def presence(found: World, now: World, person: int) -> str:
    """Whether the holder of a place was there for the mechanism, came later, or is gone."""
    if now.staff.vacancy[person] > 0:
        return EMPTY
    same = found.staff.generation[person] == now.staff.generation[person]
    return HERE if same and found.staff.vacancy[person] == 0 else PLACED


def bounds(
    rows: list[Row], value: float, source: str, rate: float = 1.0, origin: float = 0.0
) -> list[Row]:
    """What keeping a value within 0 and 1 adds to rows that make up rate * (value - origin).

    Nothing, inside these bounds: should a kernel get a term that is missing here, it says so.
    """
    rest = rate * (value - origin) - sum(row.amount for row in rows)
    if abs(rest) <= TOLERANCE:
        return []
    kept = value in (0.0, 1.0)
    label = "kept between 0 and 1" if kept else "a term that this account does not know"
    return [Row(label, rest, RULE, source)]


# Belief


def peers_effort(found: World, person: int) -> float:
    """Mean visible effort of the others in the team, as seen in this round."""
    staff, structure = found.staff, found.structure
    team = structure.team[person]
    total, present = 0.0, 0
    for at in range(structure.member_start[team], structure.member_start[team + 1]):
        if staff.vacancy[structure.members[at]] == 0:
            total += float(staff.visible_effort[structure.members[at]])
            present += 1
    if present == 1:
        return float(found.teams.doing[team])
    return (total - float(staff.visible_effort[person])) / (present - 1)


def belief_in_round(found: World, p: Contributing, person: int) -> float:
    """What somebody believes of peers in this round, after seeing what they did."""
    return next_belief(float(found.staff.belief[person]), peers_effort(found, person), p)


def belief(before: Before, now: World, person: int) -> Ledger:
    """Why a follower expects this effort of peers: the last round's learning."""
    found, p = before.found_by("contributing"), before.rules.contributing
    number = float(now.staff.belief[person])
    title = f"belief of employee {person} about peers, round of week {before.moment.week}"
    rows = _not_in_round(before, found, now, person, number)
    if rows is None and found.structure.team[person] < 0:
        rows = [Row("the head follows in no team: as before", number, RULE, "contributing")]
    if rows is None:
        peers, own = peers_effort(found, person), float(found.staff.belief[person])
        rows = [
            Row("from nowhere", p.belief_base, CAUSE, "contributing"),
            Row(f"what peers did ({peers:.3f})", p.belief_peers * peers, CAUSE, "contributing"),
            Row(f"what was believed ({own:.3f})", p.belief_own * own, CAUSE, "contributing"),
        ]
        rows += bounds(rows, next_belief(own, peers, p), "contributing")
    return Ledger(title, number, OF_CAPACITY, tuple(rows)).closed(TOLERANCE)


# Effort


class Round(NamedTuple):
    """What goes into somebody's effort in a round, from the kernels' own functions."""

    belief: float
    weight: float  # of the leader against peers
    reach: float  # part of the leader's signal that comes from the top directly
    reference: float
    planned: float
    drive: float
    identity: float
    paid: float
    intended: float
    effort: float


def _drawn(before: Before, found: World, person: int, intended: float) -> float:
    """Effort with this mean at this round's draw."""
    seed, week = before.moment
    generation = int(found.staff.generation[person])
    chance = uniforms(seed, EFFORT, week, person, generation)[0]
    latent = next_latent(float(found.staff.latent[person]), chance, before.rules.contributing)
    return effort_at(intended, latent, found.tables.effort)


def in_round(before: Before, found: World, person: int) -> Round:
    """A follower's last round once more, from the tables as the mechanism found them."""
    staff, teams, levers = found.staff, found.teams, found.choices.now
    p, team = before.rules.contributing, int(found.structure.team[person])
    expected = belief_in_round(found, p, person)
    weight = leader_weight(float(teams.weeks_led[team]), p)
    reach = float(reach_of(levers, p))
    heard, direct = (
        signal(float(teams.saying[each]), float(teams.doing[each]),
               float(teams.credibility[each]), expected, p)
        for each in (team, TOP_TEAM)
    )  # fmt: skip
    reference = reference_of(expected, heard, direct, weight, reach)
    planned = schedule(int(staff.kind[person]), float(staff.slope[person]), reference, p)
    drive = own_drive(
        float(staff.drive[person]), float(staff.engagement[person]), float(staff.value[person]),
        float(levers[CONTEXT]), p,
    )  # fmt: skip
    identity = 1.0 + p.identity_gain * p.identity
    paid = pay_factor(float(levers[PAY]), p)
    intended = intended_effort(planned, reference, drive, identity, paid, p)
    if p.copying == 1:
        intended = p.copy_ratio * float(teams.doing[team])
    effort = _drawn(before, found, person, intended)
    return Round(
        expected, weight, reach, reference, planned, drive, identity, paid, intended, effort
    )


def _reference_rows(found: World, person: int, one: Round, p: Contributing) -> list[Row]:
    """The reference by where it comes from. `signal` is linear, so its parts add up."""
    teams, team = found.teams, int(found.structure.team[person])
    saying, doing = float(teams.saying[team]), float(teams.doing[team])
    trust, top_trust = float(teams.credibility[team]), float(teams.credibility[TOP_TEAM])
    top_saying, top_doing = float(teams.saying[TOP_TEAM]), float(teams.doing[TOP_TEAM])
    near = p.effort_reference * one.weight * (1.0 - one.reach)
    far = p.effort_reference * one.weight * one.reach
    unbelieved = near * signal(0.0, 0.0, trust, one.belief, p)
    unbelieved += far * signal(0.0, 0.0, top_trust, one.belief, p)
    peers = p.effort_reference * (1.0 - one.weight) * one.belief
    # fmt: off
    parts = [
        (f"leader's words ({saying:.3f}, believed {trust:.2f})",
         near * signal(saying, 0.0, trust, 0.0, p)),
        (f"leader's deeds ({doing:.3f}, believed {trust:.2f})",
         near * signal(0.0, doing, trust, 0.0, p)),
        (f"broadcast or walks: the top's words and deeds (reach {one.reach:.2f})",
         far * signal(top_saying, top_doing, top_trust, 0.0, p)),
        ("leader not believed, so belief about peers", unbelieved),
        (f"belief about peers ({one.belief:.3f})", peers),
    ]
    # fmt: on
    return [Row(label, amount, CAUSE, "contributing") for label, amount in parts]


def _drive_rows(before: Before, found: World, person: int, one: Round, private: bool) -> list[Row]:
    """Own drive, engagement and values; together where engagement is nobody's business."""
    if private:
        label = "own drive, engagement and values"
        return [Row(label, one.drive, CAUSE, "contributing")]
    p, staff, context = before.rules.contributing, found.staff, float(found.choices.now[CONTEXT])
    drive = own_drive(float(staff.drive[person]), p.engagement_zero, p.value_zero, context, p)
    felt = own_drive(0.0, float(staff.engagement[person]), p.value_zero, context, p)
    valued = own_drive(0.0, p.engagement_zero, float(staff.value[person]), context, p)
    return [
        Row(f"own drive, as far as context is known ({context:.2f})", drive, CAUSE, "contributing"),
        Row("engagement, against the usual", felt, CAUSE, "mood"),
        Row("practised values, against the middle", valued, CAUSE, "culture"),
    ]


def _effort_rows(before: Before, found: World, person: int, private: bool) -> list[Row]:
    p = before.rules.contributing
    one = in_round(before, found, person)
    if p.copying == 1:
        doing = float(found.teams.doing[int(found.structure.team[person])])
        label = f"copy of the leader's deeds ({doing:.3f}), the rival rule"
        rows = [Row(label, p.copy_ratio * doing, CAUSE, "contributing")]
    else:
        rows = _game_rows(before, found, person, one, private)
    rows += bounds(rows, one.intended, "contributing")
    return [*rows, Row(STRETCH, one.effort - one.intended, CHANCE, "contributing")]


def _game_rows(before: Before, found: World, person: int, one: Round, private: bool) -> list[Row]:
    """The answer to the game: schedule, reference, drive, identity and pay."""
    p, kind = before.rules.contributing, KINDS[int(found.staff.kind[person])]
    rows = [
        Row("base", p.effort_base, CAUSE, "contributing"),
        Row(f"own schedule ({kind})", p.effort_schedule * one.planned, CAUSE, "contributing"),
        *_reference_rows(found, person, one, p),
    ]
    answer = p.effort_base + p.effort_schedule * one.planned + p.effort_reference * one.reference
    rows += _drive_rows(before, found, person, one, private)
    unpaid = one.identity * answer + one.drive
    return [
        *rows,
        Row("shared identity", (one.identity - 1.0) * answer, CAUSE, "contributing"),
        Row("contingent pay", (one.paid - 1.0) * unpaid, CAUSE, "contributing"),
    ]


def effort(before: Before, now: World, person: int, private: bool) -> Ledger:
    """Why somebody gave this effort in the last round."""
    found = before.found_by("contributing")
    number = float(now.staff.effort[person])
    title = f"effort of employee {person}, round of week {before.moment.week}"
    rows = _not_in_round(before, found, now, person, number)
    if rows is None and found.structure.team[person] < 0:
        doing = float(found.teams.doing[TOP_TEAM])
        luck = _drawn(before, found, person, doing) - doing
        rows = [
            Row("what the top visibly does", doing, CAUSE, "leading"),
            Row(STRETCH, luck, CHANCE, "contributing"),
        ]
    if rows is None:
        rows = _effort_rows(before, found, person, private)
    return Ledger(title, number, OF_CAPACITY, tuple(rows)).closed(TOLERANCE)


def _not_in_round(
    before: Before, found: World, now: World, person: int, number: float
) -> list[Row] | None:
    """The rows of somebody whom the last round did not touch; None for everybody else."""
    how = presence(found, now, person)
    if how == EMPTY:
        return [Row("the place is empty: as it was left", number, RULE, "staffing")]
    if how == PLACED:
        team = int(now.structure.team[person])
        usual = now.staff.intended_effort[person]
        if team >= 0 and now.structure is found.structure:
            usual = now.teams.shown[team]
        label = "came after the round: what is usual in the team"
        return [Row(label, float(usual), CAUSE, "staffing")]
    if not before.rules.on.contributing:
        return [Row("contributing is switched off: as before", number, RULE, "contributing")]
    return None
