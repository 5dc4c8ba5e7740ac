"""What came out of a game, round by round? Means over the players of a seed, bands over seeds."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.maps import half_width
from experiments.results import band
from experiments.summary import number
from scenarios.laboratory_games import Floats, published
from sim.lab import Play, play_game, schedules
from sim.lab_games import FREE_PLAY, Game
from sim.lab_leading import EXCLUDED, FOLLOWER, LEADER

POINTS = 21  # references at which schedules are asked, and bins of what leaders gave
MEASURES: dict[str, tuple[str, str]] = {  # name -> unit, what it is
    "contribution": ("share of endowment", "given, whoever is excluded counted as nothing"),
    "belief": ("share of endowment", "expected of the others, before the round"),
    "zero": ("share of players", "who gave nothing"),
    "leader": ("share of endowment", "given by leaders"),
    "followers": ("share of endowment", "given by followers"),
    "led": ("share of groups", "that have a leader"),
    "excluded": ("share of players", "who are shut out of the round"),
    "earnings": ("endowments", "of a player"),
    "leader_earnings": ("endowments", "of leaders, pay included"),
}


@dataclass(frozen=True)
class Reply:
    """What was given at what the leader gave; without a leader, what people say they would give."""

    at: Floats  # [points] shares of the endowment
    gives: Floats  # [points] NaN where it never happened
    cases: Floats  # [points]


@dataclass(frozen=True)
class Arm:
    """A game on every seed."""

    name: str
    game: Game
    rounds: Mapping[str, Floats]  # measure -> [seeds, rounds]; NaN where there is nobody
    reply: Reply


@dataclass(frozen=True)
class Experiment:
    """Arms side by side on the same seeds."""

    name: str
    title: str
    about: str
    source: str
    seeds: tuple[int, ...]
    arms: tuple[Arm, ...]

    @property
    def published(self) -> Mapping[str, Any]:
        """Published means of the same game, if there are any."""
        return published(self.name)

    def arm(self, name: str) -> Arm:
        """An arm by name."""
        return next(each for each in self.arms if each.name == name)


def played(
    about: tuple[str, str, str, str], games: Mapping[str, Game], seeds: Sequence[int],
    done: Callable[[float], None] | None = None,
) -> Experiment:  # fmt: skip
    """Play every game on every seed; `about` is name, title, about and source.

    `done` is told the number of games. Raises ParameterError.
    """
    arms, finished = [], 0
    for name, game in games.items():
        rows: dict[str, list[Floats]] = {measure: [] for measure in MEASURES}
        totals, counts = np.zeros(POINTS), np.zeros(POINTS)
        for seed in seeds:
            play = play_game(game, seed)
            for measure, values in by_round(game, play).items():
                rows[measure].append(values)
            total, count = replies(game, play)
            totals, counts, finished = totals + total, counts + count, finished + 1
            if done:
                done(finished)
        reply = Reply(np.linspace(0.0, 1.0, POINTS), _ratio(totals, counts), counts)
        arms.append(Arm(name, game, {m: np.array(each) for m, each in rows.items()}, reply))
    return Experiment(*about, tuple(seeds), tuple(arms))


def _ratio(total: Floats, count: Floats) -> Floats:
    """Totals over counts, NaN where nothing was counted."""
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def by_round(game: Game, play: Play) -> dict[str, Floats]:
    """Every measure of one play, [rounds]."""
    gave, tokens = play.contribution, game.laboratory.endowment
    there, leads = play.role != EXCLUDED, play.role == LEADER
    follows = play.role == FOLLOWER

    def mean(values: Floats, who: Any) -> Floats:
        return _ratio((values * who).sum(axis=1), who.sum(axis=1).astype(float))

    return {
        "contribution": gave.mean(axis=1),
        "belief": mean(play.belief, there),
        "zero": mean((gave == 0.0).astype(float), there),
        "leader": mean(gave, leads),
        "followers": mean(gave, follows),
        "led": leads.sum(axis=1) / game.laboratory.groups,
        "excluded": 1.0 - there.mean(axis=1),
        "earnings": play.earnings.mean(axis=1) / tokens,
        "leader_earnings": mean(play.earnings / tokens, leads),
    }


def replies(game: Game, play: Play) -> tuple[Floats, Floats]:
    """Total given and number of cases at each point: after that lead, or by own schedule."""
    if game.laboratory.leader == 0:
        asked = schedules(play, game, np.linspace(0.0, 1.0, POINTS))
        return asked.sum(axis=0), np.full(POINTS, float(asked.shape[0]))
    total, count = np.zeros(POINTS), np.zeros(POINTS)
    for round_, role in enumerate(play.role):
        shown = np.full(game.laboratory.groups, np.nan)
        leads = role == LEADER
        shown[play.group[round_, leads]] = play.contribution[round_, leads]
        seen = shown[play.group[round_]]
        looked = (role == FOLLOWER) & np.isfinite(seen)
        place = np.floor(seen[looked] * (POINTS - 1) + 0.5).astype(np.int64)
        total += np.bincount(place, play.contribution[round_, looked], POINTS)
        count += np.bincount(place, minlength=POINTS)
    return total, count


# --- tables -----------------------------------------------------------------------------------


def known_mean(values: Floats) -> float:
    """The mean of what is known, NaN if nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else np.nan


def over_all(arm: Arm, measure: str) -> Floats:
    """A measure over all rounds, [seeds]; NaN where it is never known."""
    return np.array([known_mean(row) for row in arm.rounds[measure]])


def copy_ratio(arm: Arm) -> float:
    """What followers give of what leaders give, over all seeds; NaN without a leader."""
    return known_mean(arm.rounds["followers"]) / known_mean(arm.rounds["leader"])


def rounds_text(found: Experiment) -> str:
    """A row for each arm, measure and round, as CSV."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["arm", "measure", "unit", "round", "mean", "low_5", "high_95", "seeds",
                   "published"])  # fmt: skip
    for arm in found.arms:
        for measure, (unit, _) in MEASURES.items():
            values = arm.rounds[measure]
            known = found.published.get(measure, ())
            _, low, high = band(values)
            for place in range(values.shape[1]):
                mean = known_mean(values[:, place])
                numbers = (_cell(each) for each in (mean, low[place], high[place]))
                theirs = _cell(known[place]) if place < len(known) else ""
                rows.writerow([arm.name, measure, unit, place + 1, *numbers, len(found.seeds),
                               theirs])  # fmt: skip
    return out.getvalue()


def replies_text(found: Experiment) -> str:
    """What was given at each lead, as CSV; without a leader what people say they would give."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["arm", "leader_gives", "answer", "cases", "published"])
    known = found.published.get("schedule")
    theirs = dict(zip(np.round(known["at"], 6), known["gives"], strict=True)) if known else {}
    for arm in found.arms:
        for at, gives, cases in zip(arm.reply.at, arm.reply.gives, arm.reply.cases, strict=True):
            if cases:
                said = theirs.get(round(float(at), 6))
                rows.writerow([arm.name, f"{at:g}", _cell(gives), int(cases),
                               "" if said is None else _cell(said)])  # fmt: skip
    return out.getvalue()


def _cell(value: float) -> str:
    return f"{value:.6g}" if np.isfinite(value) else ""


def summary(found: Experiment) -> dict[str, Any]:
    """Means over all rounds with 95 % intervals over seeds, and paired differences: for JSON."""
    first = found.arms[0]
    arms = {}
    for arm in found.arms:
        means = {measure: _interval(over_all(arm, measure)) for measure in MEASURES}
        less = over_all(arm, "contribution") - over_all(first, "contribution")
        arms[arm.name] = {
            **means,
            "copy_ratio": number(copy_ratio(arm)),
            "more_than_first_arm": _interval(less) if arm is not first else None,
            "by_round": {m: [number(known_mean(column)) for column in arm.rounds[m].T]
                         for m in MEASURES},
        }  # fmt: skip
    return {
        "name": found.name, "title": found.title, "source": found.source,
        "seeds": list(found.seeds), "first_arm": first.name, "arms": arms,
    }  # fmt: skip


def _interval(values: Floats) -> dict[str, float | None]:
    known = values[np.isfinite(values)]
    if not known.size:
        return {"mean": None, "half_width_95": None}
    return {"mean": number(float(known.mean())), "half_width_95": number(half_width(known))}


def is_schedule(arm: Arm) -> bool:
    """Whether the reply is what people say they would give, not what they gave."""
    return arm.game.laboratory.leader == 0 or arm.game.laboratory.method != FREE_PLAY
