"""How long until something happens: the first start, which compiles, and any later one.

Each start is a process of its own, timed by the clock from before it starts until it says that
its first week has been simulated. The cold one finds an empty cache folder, the others what it
left there.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from benchmarks.timing import Spread, say, spread

READY = "first week simulated"
ROOT = Path(__file__).resolve().parent.parent

# The smallest thing to do with the engine alone.
ENGINE = f"""
from sim.configuration import Configuration, Organisation
from sim.runs import simulate

simulate(Configuration(Organisation(people=30, customers=40), weeks=1), 1)
print({READY!r}, flush=True)
"""

# `zwerm run` itself: settings, progress and all. It says when its first run is done.
COMMAND = f"""
import sys
from sim import runs

inner = runs.simulate

def simulate(*task):
    record = inner(*task)
    print({READY!r}, flush=True)
    return record

runs.simulate = simulate
from experiments.cli import main
sys.exit(main(sys.argv[1:]))
"""
SETTINGS = ("weeks=1", "engine.seeds=1", "engine.figures=false")


class CannotStart(Exception):
    """A process ended without having simulated a week; the message is its last line."""


class Started(NamedTuple):
    """Seconds by the clock from before a process starts."""

    ready: float  # until the first week was simulated
    ended: float  # until the process ended


def _start(code: str, cache: Path | None, arguments: tuple[str, ...] = ()) -> Started:
    """Run code in a process of its own. Raises CannotStart."""
    command = [sys.executable, "-c", code, *arguments]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
    if cache is not None:
        surroundings["ZWERM_CACHE"] = str(cache)
    with tempfile.TemporaryFile("w+") as complaints:
        began, ready = perf_counter(), None
        process = subprocess.Popen(
            command, env=surroundings, cwd=ROOT, stdout=subprocess.PIPE, stderr=complaints,
            text=True,
        )  # fmt: skip
        with process:
            assert process.stdout is not None
            for line in process.stdout:
                if ready is None and line.strip() == READY:
                    ready = perf_counter() - began
        ended = perf_counter() - began
        if process.returncode == 0 and ready is not None:
            return Started(ready, ended)
        complaints.seek(0)
        last = complaints.read().strip().splitlines()[-1:] or ["it said nothing"]
    raise CannotStart(last[0])


class Starts(NamedTuple):
    """Seconds by the clock; None where it was not measured or does not run."""

    cold: float | None  # engine alone, nothing compiled yet
    engine: Spread  # engine alone, compiled
    command: Spread | None  # `zwerm run` until its first week, compiled
    command_ended: Spread | None  # `zwerm run` with one week and one seed, until it is over
    note: str


def measure(repeats: int, cold: bool) -> Starts:
    """Cold and warm starts. Without `cold` the compiled kernels of this user are used."""
    with _cache(fresh=cold) as cache:
        first = None
        if cold:
            say("Cold start: compiling everything, about half a minute")
            first = _start(ENGINE, cache).ready
        engine: list[float] = []
        command: list[Started] = []
        note = ""
        for number in range(1, repeats + 1):
            say(f"Warm starts: {number} of {repeats}")
            engine.append(_start(ENGINE, cache).ready)
            if not note:
                try:
                    command.append(_zwerm_run(cache))
                except CannotStart as reason:
                    note = f"`zwerm run` does not run, so its start is not measured: {reason}"
    return Starts(
        first,
        spread(engine),
        None if note else spread([each.ready for each in command]),
        None if note else spread([each.ended for each in command]),
        note,
    )


def _zwerm_run(cache: Path | None) -> Started:
    with tempfile.TemporaryDirectory(prefix="zwerm-run-", ignore_cleanup_errors=True) as folder:
        return _start(COMMAND, cache, ("run", *SETTINGS, "--out", str(Path(folder) / "run")))


@contextmanager
def _cache(fresh: bool) -> Iterator[Path | None]:
    """An empty folder for compiled kernels, which goes afterwards; None for that of this user."""
    if not fresh:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="zwerm-cache-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
