"""Why did this employee's practised value change in the last round? Whom and what it followed.

The person's layer of `sim/mechanisms/culture.py`, term by term: the own leader, the team, the
system, what programmes push, what control made a habit, and chance. Values answer to last week's
levers and to how things were done, what leaders did and how far they were believed a round ago.
"""

from typing import NamedTuple

import numpy as np

from agents.before import Before
from agents.ledger import Ledger, Reason, Row
from agents.why import EMPTY, PLACED, TOLERANCE, bounds, presence
from sim.levers import (
    COACHING,
    CONTEXT,
    GUIDING,
    MANIFESTO,
    PARTICIPATION,
    PEER_REWARD,
    RITUALS,
    SPOTLIGHT,
    TRAINING,
)
from sim.mechanisms.culture import (
    EXEMPLARS,
    WIDELY,
    Culture,
    exemplars,
    means_of_teams,
    next_value,
    pushes,
    rewarded,
    susceptibility,
)
from sim.randomness import VALUE_NOISE, normal
from sim.state import TOP_TEAM, Floats, World

CAUSE, CHANCE, RULE = Reason.CAUSE, Reason.CHANCE, Reason.RULE


class Around(NamedTuple):
    """What everybody meets in a round, before anybody moves."""

    shown: Floats  # value that each team shows, [teams]
    best: float  # value that the examples in the spotlight show
    widely: bool  # whether values are shared widely
    rewards: Floats  # of colleagues, by who gets them, [people]


def around(before: Before) -> Around:
    """What culture works out of the tables before it moves anybody's values."""
    found, p = before.found_by("culture"), before.rules.culture
    staff, structure, levers = found.staff, found.structure, found.choices.before
    teams, people = structure.leader.size, staff.value.size
    shown, unused = np.empty(teams), np.empty((2, teams))
    _, practised, _ = means_of_teams(staff, structure, p, shown, unused[0], unused[1])
    best = exemplars(staff, p, np.empty(EXEMPLARS)) if levers[SPOTLIGHT] > 0.0 else 0.0
    rewards = np.zeros(people)
    if levers[PEER_REWARD] > 0.0:
        rewarded(staff, structure, rewards)
    return Around(shown, best, bool(practised > WIDELY), rewards)


def only(levers: Floats, *kept: int) -> Floats:
    """The levers with all but some of them at nothing."""
    alone = np.zeros_like(levers)
    alone[list(kept)] = levers[list(kept)]
    return alone


class Met(NamedTuple):
    """What one person meets in a round."""

    value: float
    compliance: float
    openness: float  # to others, share a round
    doing: float  # the own leader's, as of last round
    credibility: float
    peers: float  # value that the team shows
    system: float
    noise: float


def _met(before: Before, found: World, shared: Around, person: int) -> Met:
    staff, teams, p = found.staff, found.teams, before.rules.culture
    team = int(found.structure.team[person])
    team = team if team >= 0 else TOP_TEAM
    seed, week = before.moment
    drawn = normal(seed, VALUE_NOISE, week, person, int(staff.generation[person]))
    return Met(
        value=float(staff.value[person]),
        compliance=float(staff.compliance[person]),
        openness=susceptibility(float(staff.tenure[person]), p),
        doing=float(teams.seen_doing[team]),
        credibility=float(teams.seen_credibility[team]),
        peers=float(shared.shown[team]),
        system=float(teams.seen_system[team]),
        noise=p.noise * drawn,
    )


def _followed(met: Met, p: Culture, levers: Floats) -> list[Row]:
    """What other people and the system of the team did."""
    led = met.openness * p.from_leader * met.credibility * (met.doing - met.value)
    joined = met.openness * p.from_peers * (met.peers - met.value)
    held = p.from_system * (met.system - met.value) if p.layers == 2 else 0.0
    rituals = float(levers[RITUALS])
    # fmt: off
    parts = [
        (f"own leader's deeds ({met.doing:.3f}, believed {met.credibility:.2f})", led, "leading"),
        ("leaders coach: their deeds count more", p.coach * float(levers[COACHING]) * led,
         "culture"),
        (f"what the team shows ({met.peers:.3f})", joined, "culture"),
        (f"how things are done here ({met.system:.3f})", held, "culture"),
        ("rituals: the team counts more, the system less",
         rituals * (p.close * joined - p.slow * held), "culture"),
    ]
    # fmt: on
    return [Row(label, amount, CAUSE, source) for label, amount, source in parts]


def _pushed(met: Met, shared: Around, person: int, p: Culture, levers: Floats) -> list[Row]:
    """What programmes, control and rewards did; each is what its levers push alone."""

    def push(*kept: int, compliance: float = 0.0, widely: bool = False) -> float:
        return pushes(met.value, compliance, shared.best, widely, p, only(levers, *kept))

    stage = push(SPOTLIGHT)
    guided = push(SPOTLIGHT, GUIDING, widely=shared.widely) - stage
    thanks = p.thanks * float(levers[PEER_REWARD]) * (1.0 - p.reciprocity)
    parts = [
        ("spotlight on those who show most", stage),
        ("leaders guide: examples count more", guided),
        ("training, where people know why", push(TRAINING, CONTEXT)),
        ("a manifesto that people wrote themselves", push(MANIFESTO, PARTICIPATION)),
        ("habit: what control made people show", push(CONTEXT, compliance=met.compliance)),
        ("rewards of colleagues", thanks * float(shared.rewards[person])),
    ]
    return [Row(label, amount, CAUSE, "culture") for label, amount in parts]


def _moved(met: Met, shared: Around, person: int, p: Culture, levers: Floats) -> float:
    """The value a round on, from the kernels' own functions."""
    pushed = pushes(met.value, met.compliance, shared.best, shared.widely, p, levers)
    thanks = p.thanks * levers[PEER_REWARD] * (1.0 - p.reciprocity)
    pushed += thanks * shared.rewards[person]
    pushed += met.noise
    after = next_value(
        met.value, met.openness, met.doing, met.credibility, met.peers, met.system, pushed, p,
        levers,
    )  # fmt: skip
    return float(after)


def again(before: Before, person: int) -> float:
    """Somebody's practised value after the last round, worked out once more."""
    p, found = before.rules.culture, before.found_by("culture")
    shared = before.once("around", around)
    return _moved(_met(before, found, shared, person), shared, person, p, found.choices.before)


def _value_rows(before: Before, found: World, person: int) -> list[Row]:
    p, levers = before.rules.culture, found.choices.before
    shared = before.once("around", around)
    met = _met(before, found, shared, person)
    rows = _followed(met, p, levers) + _pushed(met, shared, person, p, levers)
    rows.append(Row("what else moved them", met.noise, CHANCE, "culture"))
    after = _moved(met, shared, person, p, levers)
    return rows + bounds(rows, after, "culture", 1.0, met.value)


def value(before: Before, now: World, person: int) -> Ledger:
    """Why somebody's practised value changed in the last round."""
    found = before.found_by("culture")
    number = float(now.staff.value[person] - found.staff.value[person])
    title = f"change of practised value of employee {person}, round of week {before.moment.week}"
    changes = int(now.staff.generation[person] - found.staff.generation[person])
    absent = found.staff.vacancy[person] > 0
    how = presence(found, now, person)
    if how == PLACED:
        rows = [Row("somebody else has the place now", number, RULE, "staffing")]
    elif how == EMPTY and (absent or changes > 1):
        rows = [Row("the place is empty: as it was left", number, RULE, "staffing")]
    elif not before.rules.on.culture:
        rows = [Row("culture is switched off: nothing moved it", 0.0, RULE, "culture")]
    else:
        rows = _value_rows(before, found, person)
    return Ledger(title, number, "practised value, 0 to 1", tuple(rows)).closed(TOLERANCE)
