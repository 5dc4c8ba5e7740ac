"""Which team does best with one budget? Up to four teams, each with a prediction made beforehand.

Everybody starts from the same organisation and gets the same rows and seeds, so teams are compared
run by run. A prediction is what a team expects its moves to change, against doing nothing, in the
last year. Costs are those of `sim.levers`; what comes out is in the accounts of the model.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.results import costs_of
from experiments.workshop import offered
from experiments.workshop.live import POINTS_A_YEAR, Fans, Live, Verdict, compare, verdict
from experiments.workshop.own import Own, checked_name
from experiments.workshop.room import Move, Room, checked
from experiments.workshop.said import RoomError
from experiments.workshop.told import told_of
from experiments.workshop.turns import Stop
from sim.configuration import structure_of
from sim.levers import LEVERS, NAMES, WORLD_OUTSIDE
from sim.parameters import WEEKS_PER_YEAR

MOST: int = offered.content()["teams"]["most"]
CHOSEN = tuple(each.name for each in LEVERS if each.who != WORLD_OUTSIDE)  # what a budget can buy


@dataclass(frozen=True)
class Team:
    """A team and what it chose."""

    name: str
    moves: tuple[Move, ...] = ()
    structure: str = ""  # as in `Room`
    switch: int = 0
    prediction: float | None = None  # change of the contest's measure, None = not made yet


@dataclass(frozen=True)
class Contest:
    """Teams with one organisation, one measure (`room.measure`) and one budget."""

    room: Room
    teams: tuple[Team, ...]


class Spent(NamedTuple):
    """A budget, or what is spent of it, on average over the years of the run."""

    hours: float  # a week, of all leaders together
    euros: float  # a year, of the whole organisation


class Result(NamedTuple):
    """What came of a team."""

    team: Team
    fans: Fans
    change: Verdict  # last year, against doing nothing, run by run
    spent: Spent
    miss: float | None  # what happened less what was predicted
    in_band: bool | None  # whether the prediction lies within 5 to 95 % of runs


class Debrief(NamedTuple):
    """Facts for the talk afterwards; names of teams, several where they are level, or none."""

    idle: bool  # no team moves a lever or chooses a structure
    alike: bool  # all end the same in every run
    furthest: tuple[str, ...]  # the largest change for the better, in the median; none below zero
    closest: tuple[str, ...]  # the smallest miss of a prediction
    thriftiest: tuple[str, ...]  # of those better by the smallest effect of interest, fewest euros
    wins: NDArray[np.float64]  # [teams, teams] share of runs in which one ends ahead of the other
    told_apart: bool  # whether the furthest is ahead of every other in 9 of 10 runs


TOLD_APART = 0.9


def room_for(contest: Contest, team: Team) -> Room:
    """The team's moves as A, and nobody doing anything as B. Raises RoomError."""
    return checked(replace(
        contest.room, first=team.moves, second=(), structure_first=team.structure,
        structure_second="", switch_first=team.switch, switch_second=0, story="", guess=(),
    ))  # fmt: skip


def budget_of(room: Room, owns: Mapping[str, Own] | None = None) -> Spent:
    """What each team may spend, for an organisation of this size."""
    bounds, told = offered.content()["teams"], told_of(_nothing(room), "first", owns)
    leaders = structure_of(told).leader.size
    return Spent(bounds["hours"] * leaders, bounds["euros"] * told.organisation.people)


def spent_by(contest: Contest, team: Team, owns: Mapping[str, Own] | None = None) -> Spent:
    """What a team spends. Raises RoomError for moves that cannot be."""
    hours, euros = costs_of(told_of(room_for(contest, team), "first", owns)).mean(axis=0)
    return Spent(float(hours), float(euros) * WEEKS_PER_YEAR)


def _nothing(room: Room) -> Room:
    """The room as its organisation is, with nobody doing anything as A."""
    return replace(room, first=(), structure_first="", switch_first=0)


def checked_contest(contest: Contest, owns: Mapping[str, Own] | None = None) -> Contest:
    """The contest, or RoomError: too many teams, a name, a prediction, more than the budget."""
    if len(contest.teams) > MOST:
        raise RoomError("team_many", most=MOST)
    teams = tuple(replace(team, name=checked_name(team.name)) for team in contest.teams)
    most, reach = budget_of(contest.room, owns), reach_of(contest.room.measure)
    for team in teams:
        for move in team.moves:
            if move.lever in NAMES and move.lever not in CHOSEN:
                raise RoomError("team_nobody", name=team.name, lever=move.lever)
        found = spent_by(contest, team, owns)
        if found.hours > most.hours or found.euros > most.euros:
            raise RoomError(
                "team_over", name=team.name, hours=round(found.hours), euros=round(found.euros),
                most_hours=round(most.hours), most_euros=round(most.euros),
            )  # fmt: skip
        if team.prediction is not None and not -reach <= team.prediction <= reach:  # NaN too
            most_shown = reach * offered.measures()[contest.room.measure].factor
            raise RoomError("prediction", low=-most_shown, high=most_shown)
    return replace(contest, teams=teams)


def reach_of(measure: str) -> float:
    """How far a measure can change on its axis."""
    shown = offered.measures()[measure]
    return shown.high - shown.low


def play(
    live: Live, contest: Contest, fine: bool = True, owns: Mapping[str, Own] | None = None,
    stop: Stop | None = None,
) -> tuple[Result, ...]:  # fmt: skip
    """Every team on the same runs, in their order. Blocks. Raises RoomError or Superseded."""
    contest = checked_contest(contest, owns)
    found = []
    for team in contest.teams:
        room = room_for(contest, team)
        fans, nothing = (live.fans(room, side, fine, owns, stop) for side in ("first", "second"))
        change = verdict(compare(fans, nothing), room.measure)
        miss = None if team.prediction is None else change.middle - team.prediction
        within = None if team.prediction is None else change.low <= team.prediction <= change.high
        found.append(Result(team, fans, change, spent_by(contest, team, owns), miss, within))
    return tuple(found)


def debrief(results: Sequence[Result], measure: str) -> Debrief:
    """What can be said of all teams together. Raises ValueError without a team."""
    if not results:
        raise ValueError("there is no team to speak of; let one play")
    up = 1.0 if offered.measures()[measure].better == offered.HIGH else -1.0
    ends = np.stack([up * each.fans.values[measure][:, -POINTS_A_YEAR:].mean(axis=1)
                     for each in results])  # fmt: skip
    wins = (ends[:, None] > ends[None]).mean(axis=2)
    alike = bool((ends == ends[0]).all())
    best = max(range(len(results)), key=lambda at: up * results[at].change.middle)
    others = [at for at in range(len(results)) if at != best]
    gained = [] if alike and others else [
        each for each in results if up * each.change.middle > 0.0
    ]  # fmt: skip
    guessed = [each for each in results if each.miss is not None]
    ahead = [each.change.above if up > 0.0 else each.change.below for each in results]  # runs
    moved = [each for each, runs in zip(results, ahead, strict=True)
             if runs > each.change.runs / 2]  # fmt: skip
    return Debrief(
        idle=not any(each.team.moves or each.team.structure for each in results),
        alike=alike,
        furthest=_least(gained, lambda each: -up * each.change.middle),
        closest=_least(guessed, lambda each: abs(each.miss or 0.0)),
        thriftiest=_least(moved, lambda each: each.spent.euros),
        wins=wins,
        told_apart=bool(others) and all(wins[best, at] >= TOLD_APART for at in others),
    )


def _least(results: Sequence[Result], size: Callable[[Result], float]) -> tuple[str, ...]:
    """The teams with the smallest size, in their order."""
    least = min(map(size, results), default=0.0)
    return tuple(each.team.name for each in results if size(each) == least)
