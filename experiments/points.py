"""How are rows of targets measured at many points, a file a point, so that nothing is lost?

A point is a set of settings. What its patterns gave on their seeds stands in one small file, which
takes its name when it is whole. What is there is done: to go on is to look. Points are measured
side by side on threads; their numbers do not depend on how many, nor on the order.

Rows that cost much are left out of a point that the cheap ones have ruled out; where only that is
wanted to know, each row is left out of a point that an earlier one has ruled out.
"""

import json
import math
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.store import FolderError
from experiments.sweep import files
from experiments.sweep.manifest import CALLED
from scenarios.matching import Floats, settings_for
from scenarios.targets import pattern
from scenarios.targets.pattern import Settings
from sim.parameters import ParameterError

ENDS, IDENTITY = ".json", "identity.json"
SPARE = 2  # points handed in for each thread, so that nobody is idle
OF_A_POINT = (ArithmeticError, AssertionError, LookupError, ParameterError, ValueError)


@dataclass(frozen=True)
class Asked:
    """A row, and the seeds that it is measured on."""

    row: str
    replicates: int
    dear: bool = False  # only where the cheap rows leave the point in


class Point(NamedTuple):
    """Settings to be measured, under a name of their own."""

    name: str
    settings: Settings


@dataclass(frozen=True)
class Measured:
    """What came of a point."""

    name: str
    values: Mapping[str, Floats]  # by row, [seeds, values]; rows that were left out are not there
    failed: Mapping[str, str]  # by row, why there are no numbers


Open = Callable[[Mapping[str, Floats]], bool]  # whether a point is still worth the dear rows
Done = Callable[[float], None]


class Stopped(Exception):
    """Raised between two rows when somebody stopped it."""


# --- one point ----------------------------------------------------------------------------------


def measured(
    point: Point, asked: Sequence[Asked], first_seed: int, still_open: Open | None = None,
    stopping: threading.Event | None = None, eager: bool = False,
) -> Measured:  # fmt: skip
    """Measure the rows of one point, cheap ones first. A row that fails says why.

    `eager` looks before each row whether the point is still open, else only before dear ones.
    """
    values: dict[str, Floats] = {}
    failed: dict[str, str] = {}
    for each in sorted(asked, key=lambda one: one.dear):
        if stopping is not None and stopping.is_set():
            raise Stopped
        looks = still_open is not None and (each.dear or (eager and values))
        if looks and still_open is not None and not still_open(values):
            break
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore", RuntimeWarning)  # what does not exist is NaN
                settings = settings_for(each.row, point.settings)
                values[each.row] = pattern(each.row).measured(settings, first_seed, each.replicates)
        except OF_A_POINT as error:
            failed[each.row] = f"{type(error).__name__}: {error}".splitlines()[0][:300]
    return Measured(point.name, values, failed)


# --- files --------------------------------------------------------------------------------------


def path_of(folder: Path, name: str) -> Path:
    """Where a point stands."""
    return folder / f"{name}{ENDS}"


def save(folder: Path, found: Measured) -> None:
    """Write a point: whole under its name, or not at all. Raises OSError."""
    told = {
        "name": found.name,
        "values": {row: _plain(values) for row, values in found.values.items()},
        "failed": dict(found.failed),
    }
    text = json.dumps(files.sealed(told), allow_nan=False)
    files.write(path_of(folder, found.name), f"{text}\n".encode())


def _plain(values: Floats) -> list[list[float | None]]:
    return [[each if math.isfinite(each) else None for each in row] for row in values.tolist()]


def load(folder: Path, name: str) -> Measured | None:
    """A point that is there, None if it is not or is not what was written."""
    try:
        told = json.loads(path_of(folder, name).read_text(encoding="utf-8"))
        if told != files.sealed(told) or told["name"] != name:
            return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    values = {row: _array(each) for row, each in told["values"].items()}
    return Measured(name, values, told["failed"])


def _array(values: Any) -> Floats:
    return np.array([[math.nan if each is None else each for each in row] for row in values])


def begin(identity: Mapping[str, Any], folder: Path, again: bool) -> None:
    """Make the folder, or take up one that was begun with the same. Raises FolderError.

    `identity` is what the numbers of its points depend on.
    """
    path, mine = folder / IDENTITY, json.loads(json.dumps(identity))
    if path.is_file():
        theirs = json.loads(path.read_text(encoding="utf-8"))
        different = sorted(name for name in mine if theirs.get(name) != mine[name])
        if different:
            names = ", ".join(str(CALLED.get(name, name)) for name in different)
            raise FolderError(
                f"{folder} was begun with other values of {names}; name another folder with --out, "
                f"or go back to what there was then"
            )
        if not again:
            raise FolderError(f"{folder} is there already; go on with --resume, or name another")
        return
    if again:
        raise FolderError(f"{folder} holds nothing to go on with; leave out --resume")
    if folder.exists() and any(folder.iterdir()):
        raise FolderError(f"{folder} is there already and not empty; name another with --out")
    folder.mkdir(parents=True, exist_ok=True)
    files.write(path, json.dumps(mine, indent=1).encode())


# --- many points --------------------------------------------------------------------------------


def measure_all(
    points: Sequence[Point], asked: Sequence[Asked], first_seed: int, folder: Path,
    done: Done, still_open: Open | None = None, threads: int | None = None, eager: bool = False,
) -> list[Measured]:  # fmt: skip
    """All points, those that are there read, the others measured and written. In their order.

    `done` is told how many there are. An interrupt loses at most the points under way.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files.remove_partial(folder)
    found = {each.name: load(folder, each.name) for each in points}
    missing = [each for each in points if found[each.name] is None]
    count = len(points) - len(missing)
    done(count)
    stopping = threading.Event()
    pool = ThreadPoolExecutor(threads or cpu_count() or 1, thread_name_prefix="zwerm")

    def work(point: Point) -> Measured:
        return measured(point, asked, first_seed, still_open, stopping, eager)

    try:
        for each in _as_done(pool, work, missing, SPARE * (threads or cpu_count() or 1)):
            save(folder, each)
            found[each.name] = each
            count += 1
            done(count)
    finally:
        stopping.set()
        pool.shutdown(wait=False, cancel_futures=True)
    return [each for point in points if (each := found[point.name]) is not None]


def _as_done(
    pool: ThreadPoolExecutor, work: Callable[[Point], Measured], points: Sequence[Point], room: int
) -> Iterator[Measured]:
    """What is done, in the order in which it is; never more handed in than there is room for."""
    from concurrent.futures import FIRST_COMPLETED, Future, wait

    waiting = iter(points)
    under_way: set[Future[Measured]] = set()
    while True:
        while len(under_way) < room and (point := next(waiting, None)) is not None:
            under_way.add(pool.submit(work, point))
        if not under_way:
            return
        finished, under_way = wait(under_way, return_when=FIRST_COMPLETED)
        for each in finished:
            yield each.result()
