"""How do walkers find what is not ruled out, when hardly any point of the whole space is left in?

A population at home in all of space is brought under a threshold of implausibility that falls round
by round to the cut, as in sequential Monte Carlo:

    1. start: a Latin hypercube over all of space, every row that costs little measured
    2. the threshold falls to what a share of the walkers keep, never below the cut
    3. those beyond it take the place of others that are not, and walk on from there (moves.py);
       a try is accepted if no row exceeds the threshold, and given up at the first row that does
    4. at the cut all walkers walk on, so that those who stood together drift apart
    5. where they stand then, all rows are measured on all their seeds: what is not ruled out by
       these is the set

Until the last step only rows that rule out anything at the start are asked, most of them on one
seed, whose chance is no excuse yet: it is a sieve, and what it lets through is not kept by that. A
place near the edge may fall through by chance, so that edges are soft.

A round is one of Drovandi & Pettitt's replenishment (2011, Biometrics 67) with the adaptive
threshold of Del Moral, Doucet & Jasra (2012, Statistics and Computing 22), on the implausibility of
history matching as in Williamson & Vernon (2013, arXiv 1309.3520). It draws from all that is not
ruled out, every place of it alike: no place counts as better than another.

Why no library: pyABC (Klinger, Rickert & Hasenauer 2018) takes whichever particles come first and
draws with the generator of each worker, so that its numbers depend on how many there are, and its
usual kernels need a covariance of all 225 parameters; dynesty and emcee want a likelihood, hopsy
straight limits. Points given up early, points on the disk and any number of threads are needed
here, and the algorithm is short.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.calibrate.emulating import MATTERS, emulators, matter
from experiments.calibrate.moves import Flags, Reach, adapted, tried
from experiments.calibrate.rows import seconds
from experiments.calibrate.waves import (
    SPEAKS,
    Outcome,
    Show,
    Told,
    Walked,
    WalkRound,
    finite,
    judged,
    look_at_declared,
    ruling,
    still_open,
)
from experiments.points import Asked, Done, Measured, Point, measure_all
from scenarios.matching import CUT, Floats, by_row, implausibility, seen, worst

SPREAD = 1.25  # points of the start for each walker; the best stay
KEEP = 0.4  # share of walkers that a threshold keeps
TRIES = 2  # of a walker that was replaced, a round
LAST_TRIES = 2  # of every walker when the threshold has come to the cut
MOST_ROUNDS = 30
RARELY = 0.02  # share ruled out at the start, below which a row waits for the last step
POOL = 4000  # numbers of each range that tries draw from
NOTHING = 0.05  # seconds of a row, below which it is measured on all its seeds from the start
SHARED = "contributing.precision"  # points with the same one share a table that takes long to make


class Start(NamedTuple):
    """What the first points said."""

    matters: Flags  # [factors], whether any number moves with it
    quick: tuple[Asked, ...]  # rows that rule out, on one seed; most for its seconds first
    whole: tuple[Asked, ...]  # all rows on all their seeds, in that order
    pool: Floats  # [many, factors], numbers to draw from


@dataclass
class Walk:
    """Walkers under way, and everything that was measured."""

    told: Told
    folder: Path
    show: Show
    threads: int | None
    outcome: Outcome
    points: Floats  # [walkers, factors]
    worst: Floats  # [walkers], implausibility by the rows that were asked
    lines: NDArray[np.int64]  # [walkers, factors], which draw a number comes from
    places: NDArray[np.int64]  # [walkers], the same for walkers at the same place
    founders: NDArray[np.int64]  # [walkers], the point of the start each descends from
    reach: Reach = field(default_factory=Reach)
    step: int = 0  # tries of all walkers so far
    drawn: int = 0  # lines and places that were begun
    rounds: list[WalkRound] = field(default_factory=list)
    spent: float = 0.0  # seconds of what was measured
    tries: int = 0  # points

    def count(self, measured: Sequence[Measured], asked: Sequence[Asked]) -> None:
        """What measuring these took, about."""
        self.tries += len(measured)
        price = {each.row: seconds(each) for each in asked}
        self.spent += sum(price.get(row, 0.0) for each in measured for row in each.values)


# --- the start ----------------------------------------------------------------------------------


def walk(told: Told, folder: Path, show: Show, threads: int | None = None) -> Outcome:
    """All rounds; what is in the folder is not measured again. Raises KeyboardInterrupt."""
    outcome = Outcome(told)
    look_at_declared(outcome, folder, show, threads)
    going, start = _started(outcome, folder, show, threads)
    _fall(going, start)
    outcome.walked = _ended(going, start)
    outcome.waves[-1].made = outcome.waves[0].made
    return outcome


def _started(outcome: Outcome, folder: Path, show: Show, threads: int | None) -> tuple[Walk, Start]:
    """Walkers all over space, and what they say of parameters and rows."""
    told = outcome.told
    cheap = tuple(_quick(each) for each in told.asked if not each.dear)
    cheap = cheap or tuple(_quick(each) for each in told.asked)
    points = told.space.points(math.ceil(SPREAD * told.walkers), 1000 * told.design_seed)
    count = len(points)
    with show("start", count) as done:
        measured = _measured(
            _named("start", points, told), cheap, told.first_seed, folder / "points", done,
            threads=threads,
        )  # fmt: skip
    ends = _ends(outcome, measured, cheap)
    _added(outcome, points, measured)
    first = np.sort(np.argsort(ends, kind="stable")[: told.walkers])
    lines = np.tile(first[:, np.newaxis], points.shape[1])
    going = Walk(told, folder, show, threads, outcome, points[first], ends[first], lines,
                 first.copy(), first.copy(), drawn=count)  # fmt: skip
    going.count(measured, cheap)
    share = ruling(outcome)
    unit, mean = told.space.unit(points), finite(outcome.seen.mean)
    made = emulators(unit, mean, told.parts, share >= SPEAKS, told.design_seed)
    outcome.waves[0].made = made
    matters = matter(made, points.shape[1]) >= MATTERS
    return going, _start_of(outcome, cheap, matters, share)


def _quick(each: Asked) -> Asked:
    """A row on one seed, unless all of them take no time."""
    return replace(each, replicates=each.replicates if seconds(each) < NOTHING else 1, dear=False)


def _measured(points: list[Point], *given: Any, **named: Any) -> list[Measured]:
    """As `measure_all`, with points that share a table one after the other."""
    order = sorted(range(len(points)), key=lambda at: points[at].settings.get(SHARED, 0.0))
    found = measure_all([points[at] for at in order], *given, **named)
    back = dict(zip(order, found, strict=True))
    return [back[at] for at in range(len(points))]


def _start_of(outcome: Outcome, cheap: Sequence[Asked], matters: Flags, share: Floats) -> Start:
    told = outcome.told
    out = {each.row: max(float(one) for one, part in zip(share, outcome.parts, strict=True)
                         if part.row == each.row) for each in cheap}  # fmt: skip
    order = sorted(cheap, key=lambda each: seconds(each) / max(RARELY / 2.0, out[each.row]))
    quick = tuple(each for each in order if out[each.row] >= RARELY) or tuple(order)
    by_row = {each.row: each for each in told.asked}
    names = list(dict.fromkeys([*(each.row for each in order), *by_row]))
    pool = told.space.points(POOL, 1000 * told.design_seed + 1)
    return Start(matters, quick, tuple(by_row[name] for name in names), pool)


def _named(name: str, points: Floats, told: Told) -> list[Point]:
    return [
        Point(f"{name}-{at:05d}", told.space.settings(row)) for at, row in enumerate(points)
    ]  # fmt: skip


def _added(
    outcome: Outcome, points: Floats, measured: Sequence[Measured], whole: bool = False
) -> None:
    """Put what was measured beside the rest; only where it was on all seeds can it be left in."""
    wave = judged(outcome, len(outcome.waves) + 1, points, measured, len(points))
    wave.left_in &= whole
    outcome.waves.append(wave)


def _ends(outcome: Outcome, measured: Sequence[Measured], asked: Sequence[Asked]) -> Floats:
    """Implausibility of points, [points]; infinite where one of these rows is missing."""
    found = seen([each.values for each in measured], outcome.parts)
    rows = by_row(implausibility(found, outcome.parts), outcome.parts)[1]
    whole = np.array([
        not each.failed and all(one.row in each.values for one in asked) for each in measured
    ])  # fmt: skip
    return np.where(whole, worst(rows), np.inf)


# --- a threshold that falls ---------------------------------------------------------------------


def next_threshold(worst_of: Floats, before: float) -> float:
    """What a share of walkers keep, below the threshold before it and not below the cut.

    `worst_of` is [walkers]. What does not fall to that is taken down by the smallest step there is.
    """
    known = np.sort(worst_of[np.isfinite(worst_of)])
    if not known.size:
        return before
    found = float(known[min(known.size, math.ceil(KEEP * len(worst_of))) - 1])
    if found >= before:
        below = known[known < before]
        found = float(below[-1]) if below.size else before
    return max(CUT, found)


def _fall(going: Walk, start: Start) -> None:
    """Rounds until all walkers are within the cut, or no further one helps."""
    threshold = math.inf
    for _ in range(MOST_ROUNDS):
        before, threshold = threshold, next_threshold(going.worst, threshold)
        alive = np.flatnonzero(going.worst <= threshold)
        if not alive.size or threshold == before > CUT:
            return
        slots = _replaced(going, alive)
        if threshold <= CUT:
            everyone = np.arange(len(going.points))
            _round(going, start, threshold, everyone, alive.size, LAST_TRIES)
            return
        _round(going, start, threshold, slots, alive.size, TRIES)


def _replaced(going: Walk, alive: NDArray[np.int64]) -> NDArray[np.int64]:
    """Walkers beyond the threshold take the place of others, evenly; which these are."""
    gone = np.setdiff1d(np.arange(len(going.points)), alive)
    chance = np.random.Generator(np.random.Philox([1, going.told.design_seed, len(going.rounds)]))
    turns = -(-gone.size // alive.size)
    taken = np.concatenate([chance.permutation(alive) for _ in range(turns)] or [gone])[: gone.size]
    for column in (going.points, going.lines, going.worst, going.places, going.founders):
        column[gone] = column[taken]
    return gone


def _round(
    going: Walk, start: Start, threshold: float, slots: NDArray[np.int64], alive: int, times: int
) -> None:
    """All tries of these walkers under one threshold."""
    within = max(float((going.worst <= CUT).mean()), 1.0 / len(going.points))
    left = 0 if threshold <= CUT else math.ceil(math.log(within) / math.log(KEEP))
    name = f"threshold {threshold:.2f}" + (f", about {left} more" if left > 0 else "")
    found: list[tuple[Floats, list[Measured], Flags]] = []
    with going.show(name, len(slots) * times) as done:
        for turn in range(times if slots.size else 0):
            before = turn * len(slots)
            found.append(
                _tried(going, start, threshold, slots, lambda count, at=before: done(at + count))
            )
    if found:
        every = [one for _, each, _ in found for one in each]
        _added(going.outcome, np.concatenate([each for each, _, _ in found]), every)
    accepted = np.array([each for _, _, each in found], dtype=bool).reshape(-1, len(slots))
    going.rounds.append(WalkRound(
        threshold, len(start.quick), alive, accepted.size, int(accepted.sum()),
        int(accepted.any(axis=0).sum()), len(slots),
    ))  # fmt: skip


def _tried(
    going: Walk, start: Start, threshold: float, slots: NDArray[np.int64], done: Done
) -> tuple[Floats, list[Measured], Flags]:
    """One try of each of these walkers: where, what was measured there, who went."""
    told, outcome = going.told, going.outcome
    going.step += 1
    made = tried(going.points, slots, start.matters, going.reach, told.space, start.pool,
                 (told.design_seed, going.step))  # fmt: skip

    def is_open(values: Mapping[str, Floats]) -> bool:
        return still_open(values, told.parts, cut=threshold)

    measured = _measured(
        _named(f"walk-{going.step:03d}", made.points, told), start.quick, told.first_seed,
        going.folder / "points", done, is_open, going.threads, eager=True,
    )  # fmt: skip
    going.count(measured, start.quick)
    ends = _ends(outcome, measured, start.quick)
    yes = ends <= threshold
    going.reach = adapted(going.reach, made.kind, yes)
    went, fresh = slots[yes], going.drawn + np.flatnonzero(yes)
    going.drawn += len(slots)
    going.points[went], going.worst[went], going.places[went] = made.points[yes], ends[yes], fresh
    going.lines[went] = np.where(made.anew[yes], fresh[:, np.newaxis], going.lines[went])
    return made.points, measured, yes


# --- the end ------------------------------------------------------------------------------------


def _ended(going: Walk, start: Start) -> Walked:
    """The set: every place where a walker stands that no row rules out on all its seeds."""
    told, outcome = going.told, going.outcome
    within = np.flatnonzero(going.worst <= CUT)
    slots = within[np.unique(going.places[within], return_index=True)[1]]
    points = going.points[slots]

    def is_open(values: Mapping[str, Floats]) -> bool:
        return still_open(values, told.parts, outcome.luck)

    with going.show("all rows", len(slots)) as done:
        measured = _measured(
            _named("whole", points, told), start.whole, told.first_seed, going.folder / "points",
            done, is_open, going.threads, eager=True,
        )  # fmt: skip
    going.count(measured, start.whole)
    before = len(outcome.points)
    left = np.empty(0, dtype=np.int64)
    if slots.size:
        _added(outcome, points, measured, whole=True)
        left = np.flatnonzero(outcome.waves[-1].left_in)
    each = sum(seconds(one) for one in told.asked)
    return Walked(
        tuple(going.rounds), before + left, going.lines[slots[left]],
        np.unique(going.founders[slots[left]]).size, len(slots), going.spent, each * going.tries,
    )  # fmt: skip
