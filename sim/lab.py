"""The laboratory: groups play a public-goods game with the kernels that move the organisation.

Conventions of the laboratory: no drive and no pay, round-1 contributions and beliefs are put in
(Fischbacher & Gaechter 2010), strangers are matched anew every round, contributions are whole
tokens. From round 2 on everything comes from sim/mechanisms/contributing.py. With a leader, one
member moves first, gives the own intended contribution plus the lead bonus, and the others see
it: their reference weighs what the leader did against their belief.
"""

from dataclasses import dataclass, field
from math import floor, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import entry, kernel
from sim.configuration import seed_of
from sim.distributions import effort_at, effort_table
from sim.mechanisms.contributing import (
    Contributing,
    intended_effort,
    leader_weight,
    next_belief,
    next_latent,
    schedule,
)
from sim.mechanisms.leading import Leading
from sim.parameters import (
    Calendar,
    Grade,
    Kind,
    ParameterError,
    checked,
    kernel_values,
    parameter,
)
from sim.people import People, kind_at, slope_at
from sim.randomness import LAB, LAB_START, PERSON_SLOPE, PERSON_TYPE, normal_quantile, uniforms
from sim.state import Floats

COMPUTED = Grade.COMPUTED
FG = "Fischbacher & Gächter 2010"
PUT_IN = "put in: round 1 of " + FG

# Round 1 by type (CC, free rider, triangle, other), tokens of 20 (Fischbacher & Gaechter 2010).
FIRST_CONTRIBUTION = np.array([8.61, 4.88, 9.06, 9.43]) / 20.0
FIRST_BELIEF = np.array([9.88, 9.22, 8.53, 12.21]) / 20.0


@dataclass(frozen=True)
class Laboratory:
    """A public-goods game. Defaults are those of Fischbacher & Gaechter 2010."""

    # fmt: off
    groups: int = parameter(
        300, 1, 1000000, "groups", Grade.ASSUMED, "enough for small bands", "groups that play",
        kind=Kind.SETTING)
    size: int = parameter(4, 2, 50, "people", Grade.READ, FG, "members of a group",
        kind=Kind.SETTING)
    rounds: int = parameter(10, 1, 200, "rounds", Grade.READ, FG, "rounds", kind=Kind.SETTING)
    endowment: int = parameter(
        20, 1, 1000, "tokens", Grade.READ, FG, "tokens a round", kind=Kind.SETTING)
    leader: int = parameter(
        0, 0, 1, "0 or 1", Grade.ASSUMED, "a choice of the experiment",
        "1 = one member moves first and is seen", kind=Kind.SETTING)
    persistence: float = parameter(
        0.6, 0.3, 0.9, "correlation a round", COMPUTED, FG + ": .4 to .8 between rounds",
        "how much of last round's draw stays in this one")
    first_precision: float = parameter(
        0.96, 0.5, 3.0, "-", COMPUTED, PUT_IN + ", SD 6.99 of 20",
        "precision of round-1 contributions")
    first_belief_precision: float = parameter(
        3.2, 1.0, 8.0, "-", COMPUTED, PUT_IN + ", SD 4.88 of 20", "precision of round-1 beliefs")
    first_together: float = parameter(
        0.642, 0.4, 0.8, "correlation", COMPUTED, PUT_IN,
        "correlation of round-1 contribution and belief")
    # fmt: on


@dataclass(frozen=True)
class Game:
    """A laboratory with the rules that its players follow."""

    laboratory: Laboratory = field(default_factory=Laboratory)
    people: People = field(default_factory=People)
    contributing: Contributing = field(default_factory=Contributing)
    leading: Leading = field(default_factory=Leading)


class Play(NamedTuple):
    """What happened: shares of the endowment, [rounds, players]; players of a group adjoin."""

    contribution: Floats
    belief: Floats  # before the round, about the mean of the others
    kind: NDArray[np.int64]  # [players]


@kernel
def whole(share: float, endowment: int) -> float:
    """A share of the endowment as whole tokens, in shares; halves round up."""
    return floor(share * endowment + 0.5) / endowment


@entry
def first_round(
    play: Play, slope: Floats, latent: Floats, gives: Floats, expects: Floats, lab: Laboratory,
    people: People, seed: np.uint64,
) -> None:  # fmt: skip
    """Types, and the contributions and beliefs of round 1 as they were measured."""
    along = sqrt(1.0 - lab.first_together * lab.first_together)
    for player in range(play.kind.size):
        kind = kind_at(uniforms(seed, PERSON_TYPE, 0, player, 0)[0], people)
        play.kind[player] = kind
        slope[player] = slope_at(uniforms(seed, PERSON_SLOPE, 0, player, 0)[0])
        one, other, _, _ = uniforms(seed, LAB_START, 0, player, 0)
        latent[player] = normal_quantile(one)
        hope = lab.first_together * latent[player] + along * normal_quantile(other)
        gave = effort_at(FIRST_CONTRIBUTION[kind], latent[player], gives)
        play.contribution[0, player] = whole(gave, lab.endowment)
        play.belief[0, player] = effort_at(FIRST_BELIEF[kind], hope, expects)


@kernel
def match(order: NDArray[np.int64], lab: Laboratory, round_: int, seed: np.uint64) -> None:
    """Shuffle the players into new groups (Fisher & Yates)."""
    for place in range(order.size - 1, 0, -1):
        chance = uniforms(seed, LAB, round_, place, 1)[0]
        pick = int(chance * (place + 1))
        order[place], order[pick] = order[pick], order[place]


@kernel
def answer(
    player: int, reference: float, bonus: float, play: Play, slope: Floats, latent: Floats,
    round_: int, table: Floats, lab: Laboratory, p: Contributing,
) -> None:  # fmt: skip
    """One player's contribution to this reference. Writes play.contribution."""
    planned = schedule(play.kind[player], slope[player], reference, p)
    mean = min(1.0, intended_effort(planned, reference, 0.0, 1.0, 1.0, p) + bonus)
    gave = effort_at(mean, latent[player], table)
    play.contribution[round_, player] = whole(gave, lab.endowment)


@entry
def play_rounds(
    play: Play, slope: Floats, latent: Floats, table: Floats, lab: Laboratory, p: Contributing,
    bonus: float, seed: np.uint64,
) -> None:  # fmt: skip
    """Rounds 2 and later; with a leader, round 1 as well. Writes play."""
    order = np.arange(play.kind.size)
    size, led = lab.size, lab.leader == 1
    for round_ in range(lab.rounds):
        match(order, lab, round_, seed)
        for player in range(order.size):
            if round_ > 0:
                chance = uniforms(seed, LAB, round_, player, 0)[0]
                latent[player] = next_latent(latent[player], chance, p)
        for first in range(0, order.size, size):
            if round_ == 0 and not led:
                break
            leader = order[first]
            if led:
                belief = play.belief[round_, leader]
                answer(leader, belief, bonus, play, slope, latent, round_, table, lab, p)
            weight = leader_weight(0.0, p) if led else 0.0  # strangers: every leader is new
            for at in range(first + (1 if led else 0), first + size):
                player = order[at]
                belief = play.belief[round_, player]
                shown = play.contribution[round_, leader] if led else 0.0
                reference = weight * shown + (1.0 - weight) * belief
                answer(player, reference, 0.0, play, slope, latent, round_, table, lab, p)
        if round_ + 1 < lab.rounds:
            learn(play, order, round_, size, p)


@kernel
def learn(play: Play, order: NDArray[np.int64], round_: int, size: int, p: Contributing) -> None:
    """Beliefs for the next round, from what the others in the group gave. Writes play.belief."""
    for first in range(0, order.size, size):
        total = 0.0
        for at in range(first, first + size):
            total += play.contribution[round_, order[at]]
        for at in range(first, first + size):
            player = order[at]
            others = (total - play.contribution[round_, player]) / (size - 1)
            play.belief[round_ + 1, player] = next_belief(play.belief[round_, player], others, p)


def play_game(game: Game | None = None, seed: int = 1) -> Play:
    """Play a game. Raises ParameterError for values that cannot be used."""
    game = game or Game()
    laboratory = checked("laboratory", game.laboratory)
    if laboratory.groups * laboratory.size > 5_000_000:
        raise ParameterError("laboratory: over 5 million players; ask for fewer groups")
    lab = kernel_values(laboratory, Calendar())
    rule = kernel_values(checked("contributing", game.contributing), Calendar())
    rule = rule._replace(persistence=lab.persistence)
    people = kernel_values(checked("people", game.people), Calendar())
    bonus = kernel_values(checked("leading", game.leading), Calendar()).lead_bonus
    players = lab.groups * lab.size
    play = Play(
        np.zeros((lab.rounds, players)),
        np.zeros((lab.rounds, players)),
        np.zeros(players, dtype=np.int64),
    )
    slope, latent, key = np.zeros(players), np.zeros(players), seed_of(seed)
    gives, expects = effort_table(lab.first_precision), effort_table(lab.first_belief_precision)
    first_round(play, slope, latent, gives, expects, lab, people, key)
    play_rounds(play, slope, latent, effort_table(rule.precision), lab, rule, bonus, key)
    return play
