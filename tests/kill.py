"""Does a sweep lose a run when it is killed? `python -m tests.kill --times 50`

A small sweep is disturbed at a random moment: the process that runs it, or one of its workers, is
killed with -9, or the disk fills up. It is then resumed until it is done. Every run has to be there
once, with the bits of a sweep that nobody disturbed. Exit code 1 if one is not.

Where `mount` is allowed a disk that fills up is a small tmpfs; elsewhere a limit on the size of a
file stands in for it (RLIMIT_FSIZE: writing fails, but later parts may still fit).
"""

import argparse
import contextlib
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from experiments.cli import main as zwerm
from experiments.settings import compose
from experiments.sweep import checking, files, parts, runner

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = [
    "organisation.people=10", "organisation.customers=20", "weeks=26", "engine.seeds=4",
    "engine.chunk=3", "engine.threads=2", "sweep.method=latin", "sweep.name=kill",
    "sweep.points=24", "sweep.measures=[nps,effort]",
    "sweep.factors={leading.pull: null, levers.example.strength: null}",
]  # fmt: skip
ON_DASK = ["engine.executor=dask", "engine.workers=2"]
KINDS = {"runner": 0.6, "disk": 0.25, "worker": 0.15}  # how often each is chosen
LONGEST = 120  # seconds that a disturbed sweep may take
MOST_KILLS = 3  # of one sweep, before it is left alone
LOADING = 1.0  # seconds that a new process takes to load the model, about
EARLY = 0.2  # share of kills at any moment before the first new part
ROOM = 40_000  # bytes that a disk has at least: the design, the settings, the manifest
PLENTY = "64m"


class Expected(NamedTuple):
    """What an undisturbed sweep gave."""

    runs: int
    bits: str
    seconds: float
    parts: list[int]  # bytes of each part


# --- a sweep that nobody disturbs -----------------------------------------------------------


def quietly(folder: Path, *more: str) -> tuple[int, str]:
    """The command, run to its end in this process: exit code and what was said."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = zwerm(["sweep", *SETTINGS, *more, "--out", str(folder)])
    return code, said.getvalue()


def bits_of(folder: Path) -> tuple[int, str]:
    """How many runs a folder holds, and the bits of all, in order."""
    table = parts.runs_table(folder)
    return len(table), parts.bits(table.sort_by([("point", "ascending"), ("seed", "ascending")]))


def undisturbed(folder: Path) -> Expected:
    """Run the sweep once from beginning to end."""
    code, said = quietly(folder)  # compiles, if need be
    if code:
        raise SystemExit(f"the sweep fails by itself: {said}")
    shutil.rmtree(folder)
    began = time.monotonic()
    quietly(folder)
    seconds = time.monotonic() - began
    sizes = [path.stat().st_size for path in (folder / "parts").iterdir()]
    return Expected(*bits_of(folder), seconds, sizes)


# --- disturbing -----------------------------------------------------------------------------


def started(folder: Path, *more: str) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "experiments.cli", "sweep", *SETTINGS, *more, "--out", str(folder)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def there(folder: Path) -> int:
    """How many parts are there."""
    return len(list(folder.glob("parts/*.parquet")))


def wait_for(found: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Until something is there, or the process ended."""
    deadline = time.monotonic() + LONGEST
    while not found() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)


def kill_runner(folder: Path, expected: Expected, random: Random) -> str:
    """Kill the process at a random moment, up to three times: mostly while parts are written."""
    kills = random.choice([1, 1, 2, MOST_KILLS])
    told = [there(folder)]
    for _ in range(kills):
        process = started(folder)
        if random.random() < EARLY:
            wait_for((folder / "lock").exists, process)
            time.sleep(random.uniform(0.0, LOADING))
        else:
            wait_for(lambda: there(folder) > told[-1], process)
            time.sleep(random.uniform(0.0, 0.7 * expected.seconds / kills))
        process.kill()
        process.communicate()
        told.append(there(folder))
    return f"killed with {', '.join(map(str, told[1:]))} parts there"


def kill_worker(folder: Path, expected: Expected, random: Random) -> str:
    """Kill a worker at a random moment; the sweep has to finish all the same."""
    import psutil

    process = started(folder, *ON_DASK)
    wait_for(lambda: there(folder) > 0, process)
    time.sleep(random.uniform(0.0, 0.5 * expected.seconds))
    done = there(folder)
    workers = []
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(process.pid).children(recursive=True):
            if "spawn_main" in " ".join(child.cmdline()):
                workers.append(child)
    if workers:
        with contextlib.suppress(psutil.Error):
            random.choice(workers).kill()
    _, said = process.communicate(timeout=LONGEST)
    if process.returncode:
        raise AssertionError(f"the sweep did not survive its worker: {said.splitlines()[-1]}")
    return f"killed with {done} parts there" if workers else "had finished already"


def fill_disk(folder: Path, expected: Expected, random: Random) -> str:
    """Run out of room after a random number of parts, then make room."""
    room = ROOM + int(random.uniform(0.0, 0.9) * sum(expected.parts))
    folder.parent.mkdir(exist_ok=True)
    if not mounted(folder.parent, room):
        return limit_files(folder, expected, random)
    code, said = quietly(folder)
    if (code, "is full" in said) != (1, True):
        raise AssertionError(f"a full disk gave exit code {code}: {said.splitlines()[-1]}")
    if left := [path.name for path in folder.rglob(f"*{files.PARTIAL}")]:
        raise AssertionError(f"a full disk left {left}")
    subprocess.run(["mount", "-o", f"remount,size={PLENTY}", str(folder.parent)], check=True)
    return f"tmpfs of {room // 1000} kB full with {there(folder)} parts there"


def mounted(folder: Path, room: int) -> bool:
    """Whether a small disk could be put there."""
    if os.name == "nt" or os.getuid() or not shutil.which("mount"):
        return False
    asked = ["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(folder)]
    return subprocess.run(asked, stderr=subprocess.DEVNULL).returncode == 0


def limit_files(folder: Path, expected: Expected, random: Random) -> str:
    """The stand-in: files may not grow beyond the size of one of the parts."""
    if os.name == "nt":
        return "was not tried on this system"
    import resource

    limit = random.choice(expected.parts)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        code, said = quietly(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    if code not in (0, 1):
        raise AssertionError(f"a full disk gave exit code {code}: {said.splitlines()[-1]}")
    return f"stand-in, files up to {limit / 1000:.1f} kB, {there(folder)} parts there"


DISTURB: dict[str, Callable[[Path, Expected, Random], str]] = {
    "runner": kill_runner, "disk": fill_disk, "worker": kill_worker,
}  # fmt: skip


# --- judging --------------------------------------------------------------------------------


@contextlib.contextmanager
def place(where: Path) -> Iterator[Path]:
    """A folder for one sweep; gone afterwards, also if a disk was put there."""
    where.mkdir()
    try:
        yield where / "disk" / "sweep"
    finally:
        disk = where / "disk"
        if os.path.ismount(disk):
            subprocess.run(["umount", str(disk)], check=True)
        shutil.rmtree(where)


def fault(folder: Path, expected: Expected) -> str:
    """What is wrong with a sweep after it was resumed; empty if nothing is."""
    code, said = quietly(folder)
    if code:
        return f"it was not resumed (exit code {code}): {said.splitlines()[-1]}"
    runs, bits = bits_of(folder)
    if runs != expected.runs:
        return f"{runs} runs instead of {expected.runs}"
    if bits != expected.bits:
        return "other bits"
    work, told = runner.opened(folder)
    verdict = checking.verify(work, told, folder)
    return "; ".join(verdict.faults)


def once(number: int, kind: str, expected: Expected, random: Random, where: Path) -> bool:
    """Disturb a sweep, resume it and judge; whether all is well. Prints one line."""
    began = time.monotonic()
    with place(where) as folder:
        if kind != "disk":
            folder.parent.mkdir()
        try:
            how = DISTURB[kind](folder, expected, random)
            wrong = fault(folder, expected)
        except (AssertionError, subprocess.TimeoutExpired) as error:
            how, wrong = "", str(error)
    verdict = wrong or f"{expected.runs} runs once, same bits"
    print(f"{number:4} {kind:6} {how}; {verdict} ({time.monotonic() - began:.1f} s)", flush=True)
    return not wrong


def main() -> int:
    """Disturb as often as was asked for; 1 if a single run was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--times", type=int, default=50, help="sweeps that are disturbed")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    parser.add_argument("--only", choices=[*KINDS], help="one kind of disturbance")
    typed = parser.parse_args()
    random, bad, kinds = Random(typed.seed), 0, Counter[str]()
    began = time.monotonic()
    compose(SETTINGS)
    with tempfile.TemporaryDirectory(prefix="zwerm-kill-") as made:
        expected = undisturbed(Path(made) / "whole")
        print(f"undisturbed: {expected.runs} runs in {expected.seconds:.1f} s", flush=True)
        for number in range(1, typed.times + 1):
            kind = typed.only or random.choices([*KINDS], [*KINDS.values()])[0]
            kinds[kind] += 1
            bad += not once(number, kind, expected, random, Path(made) / str(number))
    listed = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    print(f"{typed.times} times ({listed}) in {time.monotonic() - began:.0f} s: {bad} went wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
