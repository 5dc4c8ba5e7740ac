"""The laboratory: groups play a public-goods game with the kernels that move the organisation.

Conventions of the laboratory: no drive, round-1 contributions and beliefs are put in (Fischbacher
& Gaechter 2010), contributions are whole tokens. Strangers are matched anew every round, partners
stay. From round 2 on everything comes from sim/mechanisms/contributing.py. With a leader, one
member moves first, gives the own intended contribution plus the lead bonus, and the others see it:
their reference weighs what the leader did against their belief. In the strategy method followers
play their own schedule at what the leader gave. Who leads, with which power and pay:
sim/lab_leading.py. What can be asked: sim/lab_games.py.

    earnings = endowment - given + marginal return * given by the group   (+ pay, + reward)

The marginal return moves earnings only: where it was looked for, giving did not depend on it.
"""

from math import floor, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import entry, kernel
from sim.configuration import seed_of
from sim.distributions import effort_at, effort_table
from sim.lab_games import (
    STRANGERS,
    STRATEGY,
    TAKING,
    Game,
    Laboratory,
    checked_game,
    shared_identity,
)
from sim.lab_leading import (
    EXCLUDED,
    EXCLUSION,
    FIXED,
    FOLLOWER,
    LEADER,
    MEMBER,
    NOBODY,
    REWARD,
    ROTATING,
    Leadership,
    example_credibility,
    expected_power,
    volunteer_chance,
)
from sim.mechanisms.contributing import (
    Contributing,
    intended_effort,
    leader_weight,
    next_belief,
    next_kind,
    next_latent,
    pay_factor,
    schedule,
    signal,
)
from sim.mechanisms.leading import Leading, next_doing
from sim.parameters import Calendar, kernel_values
from sim.people import People, kind_at, slope_at
from sim.randomness import LAB, LAB_START, PERSON_SLOPE, PERSON_TYPE, normal_quantile, uniforms
from sim.state import Floats

__all__ = ["Game", "Laboratory", "Play", "play_game", "schedules"]

# Round 1 by type (CC, free rider, triangle, other), tokens of 20 (Fischbacher & Gaechter 2010).
FIRST_CONTRIBUTION = np.array([8.61, 4.88, 9.06, 9.43]) / 20.0
FIRST_BELIEF = np.array([9.88, 9.22, 8.53, 12.21]) / 20.0


class Play(NamedTuple):
    """What happened: shares of the endowment, [rounds, players]; partners of a group adjoin."""

    contribution: Floats  # 0 for who is excluded
    belief: Floats  # before the round, about the mean of the others
    kind: NDArray[np.int64]  # [players] type at the start
    kinds: NDArray[np.int8]  # type in the round: differs where cooperators wear out
    role: NDArray[np.int8]  # 0 member, no leader; 1 leader; 2 follower; 3 excluded
    group: NDArray[np.int32]  # played in this group
    earnings: Floats  # tokens
    slope: Floats  # [players] of a conditional cooperator's schedule


class Seats(NamedTuple):
    """What players carry from round to round, [players], and groups, [groups]."""

    order: NDArray[np.int64]  # players by seat; those of a group adjoin
    latent: Floats
    shown: Floats  # what somebody gave when last leading, share; -1 = never led
    reply: Floats  # what the others gave then, share
    out: NDArray[np.int8]  # 1 = excluded from this round
    before: NDArray[np.int64]  # [groups] who led last, -1 = nobody
    terms: NDArray[np.int64]  # [groups] rounds that this leader has led on end


class LabRules(NamedTuple):
    """What kernels of the laboratory read."""

    lab: Laboratory
    leadership: Leadership
    contributing: Contributing
    leading: Leading
    people: People
    round_weeks: int


@kernel
def whole(share: float, endowment: int) -> float:
    """A share of the endowment as whole tokens, in shares; halves round up."""
    return floor(share * endowment + 0.5) / endowment


@entry
def first_round(
    play: Play, latent: Floats, gives: Floats, expects: Floats, lab: Laboratory, people: People,
    seed: np.uint64,
) -> None:  # fmt: skip
    """Types, and the contributions and beliefs of round 1 as they were measured."""
    along = sqrt(1.0 - lab.first_together * lab.first_together)
    for player in range(play.kind.size):
        kind = kind_at(uniforms(seed, PERSON_TYPE, 0, player, 0)[0], people)
        play.kind[player], play.kinds[0, player] = kind, kind
        play.slope[player] = slope_at(uniforms(seed, PERSON_SLOPE, 0, player, 0)[0])
        one, other, _, _ = uniforms(seed, LAB_START, 0, player, 0)
        latent[player] = normal_quantile(one)
        hope = lab.first_together * latent[player] + along * normal_quantile(other)
        gave = effort_at(FIRST_CONTRIBUTION[kind], latent[player], gives)
        play.contribution[0, player] = whole(gave, lab.endowment)
        play.belief[0, player] = effort_at(FIRST_BELIEF[kind], hope, expects)


@kernel
def match(order: NDArray[np.int64], round_: int, seed: np.uint64) -> None:
    """Shuffle the players into new groups (Fisher & Yates)."""
    for place in range(order.size - 1, 0, -1):
        chance = uniforms(seed, LAB, round_, place, 1)[0]
        pick = int(chance * (place + 1))
        order[place], order[pick] = order[pick], order[place]


@kernel
def who_leads(
    first: int, round_: int, play: Play, seats: Seats, rules: LabRules, seed: np.uint64
) -> int:
    """The player who leads the group whose first seat this is, -1 if nobody does."""
    size, how = rules.lab.size, rules.lab.leader
    if how == NOBODY:
        return -1
    if how in (FIXED, ROTATING):
        turn = round_ % size if how == ROTATING else 0
        for step in range(size):
            player = seats.order[first + (turn + step) % size]
            if seats.out[player] == 0:
                return player
    volunteers, chosen = 0, -1
    for at in range(first, first + size):
        player = seats.order[at]
        _, _, offers, luck = uniforms(seed, LAB, round_, player, 0)
        kind, belief = play.kinds[round_, player], play.belief[round_, player]
        if seats.out[player] == 0 and offers < volunteer_chance(kind, belief, rules.leadership):
            volunteers += 1
            if luck * volunteers < 1.0:  # each of them with the same chance
                chosen = player
    return chosen


@kernel
def meant(
    player: int, reference: float, drive: float, identity: float, round_: int, play: Play,
    rules: LabRules,
) -> float:  # fmt: skip
    """The mean contribution that this reference calls for, share of the endowment."""
    p, lab = rules.contributing, rules.lab
    planned = schedule(play.kinds[round_, player], play.slope[player], reference, p)
    mean = intended_effort(planned, reference, drive, identity, pay_factor(lab.piece_rate, p), p)
    if lab.frame == TAKING:
        mean *= 1.0 - lab.taking_loss
    return mean


@kernel
def lead(
    leader: int, identity: float, round_: int, play: Play, seats: Seats, table: Floats,
    rules: LabRules,
) -> float:  # fmt: skip
    """What the leader gives: own intention and lead bonus. Writes play.contribution."""
    belief = play.belief[round_, leader]
    mean = meant(leader, belief, 0.0, identity, round_, play, rules)
    mean = min(1.0, mean + rules.leading.lead_bonus)
    if rules.leadership.pull > 0.0 and seats.shown[leader] >= 0.0:
        mean = next_doing(seats.shown[leader], seats.reply[leader], mean, 0.0, rules.leading)
    gave = whole(effort_at(mean, seats.latent[leader], table), rules.lab.endowment)
    play.contribution[round_, leader], seats.shown[leader] = gave, gave
    return gave


@kernel
def weight_of(group: int, leader: int, seats: Seats, rules: LabRules) -> float:
    """How much this leader counts against beliefs. Writes seats."""
    same = rules.lab.matching != STRANGERS and seats.before[group] == leader
    seats.terms[group] = seats.terms[group] + 1 if same else 0
    seats.before[group] = leader
    weight = leader_weight(float(seats.terms[group] * rules.round_weeks), rules.contributing)
    if rules.lab.leader > ROTATING:
        weight = min(1.0, weight + rules.leadership.voluntary_weight)
    return weight


@kernel
def follow(
    player: int, shown: float, weight: float, identity: float, round_: int, play: Play,
    seats: Seats, table: Floats, rules: LabRules,
) -> None:  # fmt: skip
    """What somebody gives after seeing the leader; weight 0 = nobody leads. Writes play."""
    p, lab = rules.contributing, rules.lab
    if lab.method == STRATEGY and weight > 0.0:
        planned = schedule(play.kinds[round_, player], play.slope[player], shown, p)
        play.contribution[round_, player] = whole(planned, lab.endowment)
        return
    belief, drive = play.belief[round_, player], 0.0
    if weight > 0.0:
        drive = expected_power(rules.leadership)
        believed = example_credibility(rules.leadership)
        if believed < 1.0:
            shown = signal(shown, shown, believed, belief, p)
    reference = weight * shown + (1.0 - weight) * belief
    mean = meant(player, reference, drive, identity, round_, play, rules)
    gave = effort_at(mean, seats.latent[player], table)
    play.contribution[round_, player] = whole(gave, lab.endowment)


@kernel
def play_group(
    group: int, round_: int, play: Play, seats: Seats, shared: Floats, table: Floats,
    rules: LabRules, seed: np.uint64,
) -> None:  # fmt: skip
    """One round of one group. Writes play and seats."""
    size, gain = rules.lab.size, rules.contributing.identity_gain
    first = group * size
    leader = who_leads(first, round_, play, seats, rules, seed)
    shown, weight = 0.0, 0.0
    for at in range(first, first + size):
        if seats.order[at] == leader:
            identity = 1.0 + gain * shared[at - first]
            shown = lead(leader, identity, round_, play, seats, table, rules)
            weight = weight_of(group, leader, seats, rules)
    for at in range(first, first + size):
        player = seats.order[at]
        play.group[round_, player] = group
        if seats.out[player] == 1:
            play.role[round_, player], play.contribution[round_, player] = EXCLUDED, 0.0
        elif player == leader:
            play.role[round_, player] = LEADER
        else:
            play.role[round_, player] = FOLLOWER if leader >= 0 else MEMBER
            if leader >= 0 or round_ > 0:  # else as it was measured
                identity = 1.0 + gain * shared[at - first]
                follow(player, shown, weight, identity, round_, play, seats, table, rules)


@kernel
def settle(group: int, round_: int, play: Play, seats: Seats, rules: LabRules) -> None:
    """Earnings of a group, and what its leader does with power. Writes play and seats."""
    lab, leadership = rules.lab, rules.leadership
    first, last = group * lab.size, (group + 1) * lab.size
    total, leader, lowest, highest, others = 0.0, -1, -1, -1, 0
    for at in range(first, last):
        player = seats.order[at]
        gave, role = play.contribution[round_, player], play.role[round_, player]
        total += gave
        if role == LEADER:
            leader = player
        elif role == FOLLOWER:
            others += 1
            if lowest < 0 or gave < play.contribution[round_, lowest]:
                lowest = player
            if highest < 0 or gave > play.contribution[round_, highest]:
                highest = player
    back = lab.marginal_return * total
    for at in range(first, last):
        player = seats.order[at]
        seats.out[player] = 0
        kept = 1.0 - play.contribution[round_, player]
        inside = 0.0 if play.role[round_, player] == EXCLUDED else back
        play.earnings[round_, player] = lab.endowment * (kept + inside)
    if leader < 0:
        return
    shown = play.contribution[round_, leader]
    seats.reply[leader] = (total - shown) / others
    play.earnings[round_, leader] += lab.endowment * leadership.pay
    if leadership.power == REWARD:
        play.earnings[round_, highest] += lab.endowment * leadership.reward_size
    if leadership.power == EXCLUSION and play.contribution[round_, lowest] < shown:
        seats.out[lowest] = 1


@kernel
def learn(
    group: int, round_: int, play: Play, seats: Seats, rules: LabRules, seed: np.uint64
) -> None:
    """Beliefs and types for the next round. Who is excluded sees nothing. Writes play."""
    size, p = rules.lab.size, rules.contributing
    total, present = 0.0, 0
    for at in range(group * size, (group + 1) * size):
        player = seats.order[at]
        total += play.contribution[round_, player]
        present += 0 if play.role[round_, player] == EXCLUDED else 1
    for at in range(group * size, (group + 1) * size):
        player = seats.order[at]
        kind, belief = play.kinds[round_, player], play.belief[round_, player]
        if play.role[round_, player] != EXCLUDED:
            gave = play.contribution[round_, player]
            others = (total - gave) / (present - 1)
            belief = next_belief(belief, others, p)
            if p.erosion > 0.0:
                turn = uniforms(seed, LAB, round_, player, 0)[1]
                kind = next_kind(kind, gave > others, turn, p)
        play.belief[round_ + 1, player], play.kinds[round_ + 1, player] = belief, kind


@entry
def play_rounds(
    play: Play, seats: Seats, shared: Floats, table: Floats, rules: LabRules, seed: np.uint64
) -> None:
    """All rounds; without a leader round 1 stays as it was put in. Writes play and seats."""
    lab, p = rules.lab, rules.contributing
    for round_ in range(lab.rounds):
        if lab.matching == STRANGERS:
            match(seats.order, round_, seed)
        for player in range(seats.order.size):
            if round_ > 0:
                chance = uniforms(seed, LAB, round_, player, 0)[0]
                seats.latent[player] = next_latent(seats.latent[player], chance, p)
        for group in range(lab.groups):
            play_group(group, round_, play, seats, shared, table, rules, seed)
            if round_ + 1 < lab.rounds:
                learn(group, round_, play, seats, rules, seed)
            settle(group, round_, play, seats, rules)


@entry
def fill_schedules(play: Play, round_: int, at: Floats, p: Contributing, found: Floats) -> None:
    """Own schedules at references `at`, [players, references]. Writes found."""
    for player in range(play.kind.size):
        for place in range(at.size):
            found[player, place] = schedule(
                play.kinds[round_, player], play.slope[player], at[place], p
            )


def schedules(play: Play, game: Game, at: Floats, round_: int = 0) -> Floats:
    """What everybody says they would give, [players, references], shares of the endowment.

    The strategy method before round `round_` (from 0) at the references `at`, unrounded.
    """
    found = np.zeros((play.kind.size, at.size))
    fill_schedules(play, round_, at, kernel_values(game.contributing, Calendar()), found)
    return found


def _rules(game: Game) -> LabRules:
    """What the kernels read."""
    calendar = Calendar()
    lab = kernel_values(game.laboratory, calendar)
    people = kernel_values(game.people, calendar)
    if game.types is not None:
        people = people._replace(
            conditional=game.types.conditional, free_riders=game.types.free_riders,
            triangle=game.types.triangle,
        )  # fmt: skip
    return LabRules(
        lab, kernel_values(game.leadership, calendar),
        kernel_values(game.contributing, calendar)._replace(persistence=lab.persistence),
        kernel_values(game.leading, calendar)._replace(pull_weight=game.leadership.pull), people,
        calendar.round_weeks,
    )  # fmt: skip


def play_game(game: Game | None = None, seed: int = 1) -> Play:
    """Play a game. Raises ParameterError for values that cannot be used."""
    game, key = checked_game(game or Game()), seed_of(seed)
    rules = _rules(game)
    lab, players = rules.lab, rules.lab.groups * rules.lab.size
    shape = (lab.rounds, players)
    play = Play(
        np.zeros(shape), np.zeros(shape), np.zeros(players, dtype=np.int64),
        np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int8),
        np.zeros(shape, dtype=np.int32), np.zeros(shape), np.zeros(players),
    )  # fmt: skip
    seats = Seats(
        np.arange(players), np.zeros(players), np.full(players, -1.0), np.zeros(players),
        np.zeros(players, dtype=np.int8), np.full(lab.groups, -1), np.zeros(lab.groups, np.int64),
    )  # fmt: skip
    gives, expects = effort_table(lab.first_precision), effort_table(lab.first_belief_precision)
    first_round(play, seats.latent, gives, expects, lab, rules.people, key)
    effort = effort_table(rules.contributing.precision)
    play_rounds(play, seats, shared_identity(game), effort, rules, key)
    return play
