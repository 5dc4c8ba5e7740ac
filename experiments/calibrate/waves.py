"""How is the plausible set found? Wave by wave: measure, rule out, look where nothing is ruled out.

Wave 1 is spread over all of space. What it measured makes emulators; each further wave is spread
over what they do not rule out, and is measured in its turn. A point belongs to the set only if it
was measured itself and is not ruled out: an emulator chooses where to look, never what is kept.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.calibrate.emulating import Emulator, emulators, predicted
from experiments.calibrate.space import Space
from experiments.points import Asked, Measured, Point, measure_all
from experiments.sweep import files
from scenarios.matching import (
    CUT,
    DISCREPANCY,
    WORST,
    Floats,
    Part,
    Seen,
    by_row,
    implausibility,
    parts_of,
    seen,
    worst,
)

DECLARED_SEEDS = 8
SPEAKS = 0.01  # share of points that a number rules out, from which it gets more than a line
CANDIDATES, MOST_BATCHES = 10_000, 20  # points that emulators look at in one go, and how often
Show = Callable[[str, int], AbstractContextManager[Callable[[float], None]]]  # name, how many


@dataclass(frozen=True)
class Told:
    """What a calibration is asked for."""

    space: Space
    asked: tuple[Asked, ...]
    points: tuple[int, ...]  # of each wave
    first_seed: int = 1  # of runs
    design_seed: int = 1
    walkers: int = 0  # 0 = waves; else see walking.py

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every number that is asked for."""
        return parts_of([each.row for each in self.asked])

    def identity(self) -> dict[str, object]:
        """What its numbers depend on, as plain values."""
        from experiments.store import circumstances

        return {
            "factors": {each.name: [each.low, each.high] for each in self.space.factors},
            "asked": [asdict(each) for each in self.asked],
            "targets": {each.name: [each.aim, each.tolerance] for each in self.parts},
            "points": list(self.points),
            "first_seed": self.first_seed,
            "design_seed": self.design_seed,
            "around": self.space.around,
            "walkers": self.walkers,
            "cut": CUT, "worst": WORST, "discrepancy": DISCREPANCY,
            **circumstances(),
        }  # fmt: skip


@dataclass
class Wave:
    """One wave: points, and what was measured of them."""

    number: int
    points: Floats  # [points, factors]
    seen: Seen
    rows: Floats  # [points, rows], implausibility
    left_in: NDArray[np.bool_]  # [points]
    failed: int  # points with a row that failed
    tried: int = 0  # candidates that emulators looked at to find them
    made: list[Emulator | None] = field(default_factory=list)  # from all points up to this wave


class WalkRound(NamedTuple):
    """What came of one threshold, see walking.py."""

    threshold: float
    rows: int  # of targets that were asked
    alive: int  # walkers within it, before others took their place
    tried: int
    accepted: int
    moved: int  # walkers that were accepted once or more
    moving: int  # walkers that tried


class Walked(NamedTuple):
    """What walkers left behind."""

    rounds: tuple[WalkRound, ...]
    chosen: NDArray[np.int64]  # places of the points that make the set
    lines: NDArray[np.int64]  # [chosen, factors], which draw a number comes from
    founders: int  # points of the start that the set descends from
    ended: int  # places where walkers ended, before all rows were measured
    spent: float  # seconds, as rows declare them, of what was measured
    whole: float  # seconds if every row had been measured at every point


@dataclass
class Outcome:
    """What came of a calibration."""

    told: Told
    waves: list[Wave] = field(default_factory=list)
    declared: dict[str, float] = field(default_factory=dict)  # implausibility by row
    luck: Floats | None = None  # [parts], variance of one seed at the declared numbers
    walked: Walked | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every number that was asked for."""
        return self.told.parts

    @property
    def row_names(self) -> list[str]:
        """Ids of the rows, as columns of `Wave.rows`."""
        return list(dict.fromkeys(each.row for each in self.parts))

    @property
    def points(self) -> Floats:
        """All that were measured, [points, factors]."""
        return np.concatenate([each.points for each in self.waves])

    @property
    def seen(self) -> Seen:
        """What was measured of all."""
        return Seen(
            np.concatenate([each.seen.mean for each in self.waves]),
            np.concatenate([each.seen.variance for each in self.waves]),
        )

    @property
    def rows(self) -> Floats:
        """Implausibilities of all, [points, rows]."""
        return np.concatenate([each.rows for each in self.waves])

    @property
    def left_in(self) -> NDArray[np.bool_]:
        """Points that nothing ruled out, [points]."""
        return np.concatenate([each.left_in for each in self.waves])


def calibrate(told: Told, folder: Path, show: Show, threads: int | None = None) -> Outcome:
    """All waves; what is in the folder is not measured again. Raises KeyboardInterrupt."""
    outcome = Outcome(told)
    look_at_declared(outcome, folder, show, threads)
    for number, count in enumerate(told.points, start=1):
        points, tried = _design(outcome, number, count, folder)
        measured = _measured(told, number, points, folder, show, threads)
        outcome.waves.append(judged(outcome, number, points, measured, tried))
        unit = told.space.unit(outcome.points)
        near = ruling(outcome) >= SPEAKS
        made = emulators(unit, finite(outcome.seen.mean), told.parts, near, told.design_seed)
        outcome.waves[-1].made = made
    return outcome


def finite(mean: Floats) -> Floats:
    """What emulators learn from: numbers that exist."""
    return np.where(np.isfinite(mean), mean, np.nan)


def look_at_declared(outcome: Outcome, folder: Path, show: Show, threads: int | None) -> None:
    """The declared numbers on more seeds: how implausible they are, and what one seed moves."""
    told, parts = outcome.told, outcome.parts
    asked = [replace(each, replicates=max(each.replicates, DECLARED_SEEDS)) for each in told.asked]
    with show("declared numbers", 1) as done:
        measured = measure_all(
            [Point("declared", {})], asked, told.first_seed, folder / "points", done,
            threads=threads,
        )  # fmt: skip
    found = seen([measured[0].values], parts)
    seeds = np.array([each.replicates for part in parts for each in asked if each.row == part.row])
    outcome.luck = found.variance[0] * seeds
    rows = by_row(implausibility(found, parts), parts)[1][0]
    outcome.declared = dict(zip(outcome.row_names, rows.tolist(), strict=True))


def _measured(
    told: Told, number: int, points: Floats, folder: Path, show: Show, threads: int | None
) -> list[Measured]:
    named = [Point(f"{number}-{at:05d}", told.space.settings(row)) for at, row in enumerate(points)]
    with show(f"wave {number}", len(named)) as done:
        return measure_all(
            named, told.asked, told.first_seed, folder / "points", done,
            lambda values: still_open(values, told.parts), threads, eager=number > 1,
        )  # fmt: skip


def still_open(
    values: Mapping[str, Floats], parts: Sequence[Part], luck: Floats | None = None,
    cut: float = CUT,
) -> bool:  # fmt: skip
    """Whether a point is left in by the rows that it has."""
    found = seen([values], parts, luck)
    return bool(worst(by_row(implausibility(found, parts), parts)[1])[0] <= cut)


def judged(
    outcome: Outcome, number: int, points: Floats, measured: Sequence[Measured], tried: int
) -> Wave:
    """A wave from what was measured of its points, [points, factors]."""
    told = outcome.told
    found = seen([each.values for each in measured], told.parts, outcome.luck)
    rows = by_row(implausibility(found, told.parts), told.parts)[1]
    failed = np.array([bool(each.failed) for each in measured])
    complete = np.array([len(each.values) == len(told.asked) for each in measured])
    left_in = (worst(rows) <= CUT) & complete & ~failed
    return Wave(number, points, found, rows, left_in, int(failed.sum()), tried)


def ruling(outcome: Outcome) -> Floats:
    """Share of points that each number rules out, of those where it was measured, [parts]."""
    found = implausibility(outcome.seen, outcome.parts)
    known = ~np.isnan(found)
    return (known & (found > CUT)).sum(axis=0) / np.maximum(1, known.sum(axis=0))


def _guessed(
    made: Sequence[Emulator | None], unit: Floats, parts: Sequence[Part], order: NDArray[np.int64]
) -> Floats:
    """The implausibility that counts as emulators see it, [points].

    Numbers that rule out most are asked first; points that are out are asked no more.
    """
    mean, variance = (np.full((len(unit), len(parts)), np.nan) for _ in range(2))
    far = np.zeros(len(unit))
    for at in order:
        left = np.flatnonzero(far <= CUT)
        if left.size:
            some = predicted([made[at]], unit[left])
            mean[left, at], variance[left, at] = some.mean[:, 0], some.variance[:, 0]
            rows = by_row(implausibility(Seen(mean[left], variance[left]), parts), parts)[1]
            far[left] = worst(rows)
    return far


# --- where to look ------------------------------------------------------------------------------


def _design(outcome: Outcome, number: int, count: int, folder: Path) -> tuple[Floats, int]:
    """The points of a wave and how many candidates they were chosen from; read if made before."""
    path = folder / f"wave-{number}.json"
    if path.is_file():
        told = json.loads(path.read_text(encoding="utf-8"))
        return np.array(told["points"]), int(told["tried"])
    points, tried = _chosen(outcome, number, count)
    files.write(path, json.dumps({"tried": tried, "points": points.tolist()}).encode())
    return points, tried


def _chosen(outcome: Outcome, number: int, count: int) -> tuple[Floats, int]:
    """Spread over space in the first wave, later over what emulators do not rule out."""
    told = outcome.told
    seed = 1000 * told.design_seed + 100 * (number - 1)
    if number == 1:
        return told.space.points(count, seed), count
    made, found, tried = outcome.waves[-1].made, [], 0
    some, far = np.empty((0, len(told.space.names))), np.empty(0)
    order = np.argsort(-ruling(outcome), kind="stable")
    for batch in range(MOST_BATCHES):
        some = told.space.points(CANDIDATES, seed + batch + 1)
        far = _guessed(made, told.space.unit(some), told.parts, order)
        found.append(some[far <= CUT])
        tried += CANDIDATES
        if sum(map(len, found)) >= count:
            break
    kept = np.concatenate(found)[:count]
    if not len(kept):  # emulators rule out everything: look where they do so least
        kept = some[np.argsort(far, kind="stable")[:count]]
    return kept, tried
