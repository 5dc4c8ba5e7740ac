"""What can be asked of the laboratory? The game, its players and what makes no sense together."""

from dataclasses import dataclass, field

import numpy as np

from sim.lab_leading import (
    EXCLUSION,
    NOBODY,
    POWERLESS,
    ROTATING,
    Leadership,
)
from sim.mechanisms.contributing import Contributing
from sim.mechanisms.leading import Leading
from sim.parameters import Grade, Kind, ParameterError, checked, parameter
from sim.people import People
from sim.state import Floats

STRANGERS, PARTNERS = 0, 1  # who meets whom
FREE_PLAY, STRATEGY = 0, 1  # how followers answer
GIVING, TAKING = 0, 1  # how the game is told
BY_MINIMUM, BY_MEAN = 0, 1  # how shared identity enters

LARGEST = 40_000_000  # players times rounds

COMPUTED = Grade.COMPUTED
FG = "Fischbacher & Gächter 2010"
PUT_IN = "put in: round 1 of " + FG
CHOICE = "a choice of the experiment"


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
    marginal_return: float = parameter(
        0.4, 0.0, 5.0, "tokens back a token", Grade.READ, FG,
        "what a token given returns to every member; moves earnings only", kind=Kind.SETTING)
    matching: int = parameter(
        0, 0, 1, "0 or 1", Grade.READ, FG + ": strangers",
        "0 = strangers, new groups every round; 1 = partners", kind=Kind.SETTING)
    leader: int = parameter(
        0, 0, 3, "0 to 3", Grade.ASSUMED, CHOICE,
        "0 = nobody, 1 = one member moves first and is seen (among partners always the same), "
        "2 = each in turn, 3 = who volunteers", kind=Kind.SETTING)
    method: int = parameter(
        0, 0, 1, "0 or 1", Grade.ASSUMED, CHOICE,
        "1 = strategy method: followers play their own schedule", kind=Kind.SETTING)
    frame: int = parameter(
        0, 0, 1, "0 or 1", Grade.ASSUMED, CHOICE,
        "0 = giving to a public good, 1 = taking from a common pot", kind=Kind.SETTING)
    taking_loss: float = parameter(
        0.0, 0.0, 0.5, "share", Grade.ASSUMED, "no measurement seen: off",
        "what willingness loses where the same game is told as taking")
    identity_by: int = parameter(
        0, 0, 1, "0 or 1", Grade.ASSUMED,
        "the minimum gives the null results of Drouvelis & Nosenzo 2013",
        "identity shared with the others: 0 = by the minimum, 1 = by the mean", kind=Kind.SETTING)
    piece_rate: float = parameter(
        0.0, 0.0, 2.0, "serious piece rates", Grade.ASSUMED, CHOICE,
        "contingent pay for giving, of everybody", kind=Kind.SETTING)
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
class Types:
    """Somebody's own shares of types, in place of the published ones; they sum to 1."""

    conditional: float
    free_riders: float
    triangle: float
    other: float


@dataclass(frozen=True)
class Game:
    """A laboratory with the rules that its players follow."""

    laboratory: Laboratory = field(default_factory=Laboratory)
    people: People = field(default_factory=People)
    contributing: Contributing = field(default_factory=Contributing)
    leading: Leading = field(default_factory=Leading)
    leadership: Leadership = field(default_factory=Leadership)
    identities: tuple[int, ...] = ()  # a label for each seat, 0 = of no group; seat 1 leads first
    types: Types | None = None


def checked_game(game: Game) -> Game:
    """The game with every value checked. Raises ParameterError with one sentence."""
    found = Game(
        checked("laboratory", game.laboratory), checked("people", game.people),
        checked("contributing", game.contributing), checked("leading", game.leading),
        checked("leadership", game.leadership), game.identities, game.types,
    )  # fmt: skip
    lab = found.laboratory
    if lab.groups * lab.size * lab.rounds > LARGEST:
        raise ParameterError(
            f"{lab.groups} groups of {lab.size} over {lab.rounds} rounds are more than "
            f"{LARGEST:,} decisions; ask for fewer groups"
        )
    _check_types(found)
    _check_identities(found)
    _check_leader(found)
    return found


def _check_types(game: Game) -> None:
    people = game.people
    if game.types is None:
        if people.conditional + people.free_riders + people.triangle > 1.0:
            raise ParameterError(
                "people.conditional + people.free_riders + people.triangle is more than 1; lower "
                "one"
            )
        return
    shares = (
        game.types.conditional, game.types.free_riders, game.types.triangle, game.types.other
    )  # fmt: skip
    if not all(0.0 <= share <= 1.0 for share in shares):
        raise ParameterError(
            f"shares of types lie between 0 and 1, not {min(shares):g} or {max(shares):g}; type "
            f"for instance cc=.5,fr=.3,tri=.1,other=.1"
        )
    if abs(sum(shares) - 1.0) > 1e-6:
        raise ParameterError(
            f"shares of types sum to {sum(shares):g}; make it 1, for instance "
            f"cc=.5,fr=.3,tri=.1,other=.1"
        )


def _check_identities(game: Game) -> None:
    labels, size = game.identities, game.laboratory.size
    if labels and len(labels) != size:
        raise ParameterError(
            f"{len(labels)} identities for groups of {size}; type one for each seat, for instance "
            f"identities={','.join(['1'] * min(size, 9))}"
        )
    for each in labels:
        if isinstance(each, bool) or not isinstance(each, int) or not 0 <= each <= 1000:
            raise ParameterError(
                f"identity {each!r} is no label; type whole numbers from 1, or 0 for no group"
            )


def _check_leader(game: Game) -> None:
    lab, leadership = game.laboratory, game.leadership
    partners = lab.matching == PARTNERS
    if lab.leader == ROTATING and not partners:
        raise ParameterError(
            "strangers have a new leader every round anyway; type leader=fixed, or "
            "matching=partners with leader=rotating"
        )
    if lab.leader == NOBODY:
        for name, there in (("power", leadership.power), ("pay", leadership.pay)):
            if there:
                raise ParameterError(f"{name} is for a leader; type leader=fixed, or leave it out")
        if lab.method == STRATEGY:
            raise ParameterError(
                "the strategy method answers a first mover; type leader=fixed, or method=free"
            )
    if leadership.power == EXCLUSION and not (partners and lab.size >= 3):
        raise ParameterError(
            "who is excluded misses the next round of the same group; type matching=partners and "
            "size=3 or more"
        )
    shared = game.identities or game.contributing.identity > 0.0
    told = lab.frame == TAKING or lab.piece_rate > 0.0
    if lab.method == STRATEGY and (shared or told or leadership.power != POWERLESS):
        raise ParameterError(
            "the strategy method plays schedules as they were measured, without power, identity, "
            "pay or another frame; type method=free"
        )


def shared_identity(game: Game) -> Floats:
    """How much of the identity of the others in the group each seat shares, [size], 0 to 1."""
    labels, size = game.identities, game.laboratory.size
    if not labels:
        return np.full(size, game.contributing.identity)
    same = np.array([[float(one == other and one > 0) for other in labels] for one in labels])
    others = same[~np.eye(size, dtype=bool)].reshape(size, size - 1)
    by_mean = game.laboratory.identity_by == BY_MEAN
    return others.mean(axis=1) if by_mean else others.min(axis=1)
