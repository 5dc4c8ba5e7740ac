"""`python -m benchmarks.large`: how long does an organisation with millions of customers take?

One organisation, the preset of an insurer (1.5 contacts a year), in a process of its own, so that
its peak of memory is its own too. Seconds are by the clock, without starting the process and
without compiling. It takes minutes.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from benchmarks.timing import say
from sim.parameters import WEEKS_PER_YEAR

ROOT = Path(__file__).resolve().parent.parent
CUSTOMERS, YEARS, THREADS, SEED = 30_000_000, 10.0, 2, 1
PRESET = "insurance"
FEW = ("organisation.people=30", "organisation.customers=40", "weeks=1")  # to compile with
CHILD = "from benchmarks.large import child; child()"
GIGA = 1e9  # bytes
FAILED = "failed"  # the key of a sentence that stands where a result should


class NotMeasured(Exception):
    """There is no result; the message says why."""


class Asked(NamedTuple):
    """What is run."""

    customers: int = CUSTOMERS
    years: float = YEARS
    threads: int = THREADS


class Large(NamedTuple):
    """What came of it."""

    customers: int
    years: float
    threads: int
    spin_up_seconds: float  # until week 0
    run_seconds: float  # from then on
    seconds: float  # both
    peak_gb: float | None  # of the process; None where the system does not say

    def as_json(self) -> dict[str, Any]:
        """What the JSON file keeps."""
        return {
            name: round(value, 3) if isinstance(value, float) else value
            for name, value in self._asdict().items()
        }

    def text(self) -> str:
        """What is printed."""
        peak = "unknown" if self.peak_gb is None else f"{self.peak_gb:.2f} GB"
        return (
            f"{self.customers:,} customers, {self.years:g} years, {self.threads} threads: "
            f"{self.seconds:,.1f} seconds (spin-up {self.spin_up_seconds:,.1f}, run "
            f"{self.run_seconds:,.1f}), peak of memory {peak}"
        )


def large(asked: Asked) -> Large:
    """Measure in a process of its own. Raises NotMeasured."""
    say(f"Large organisation: {asked.customers:,} customers, {asked.years:g} years")
    done = subprocess.run(
        [sys.executable, "-c", CHILD, json.dumps(asked._asdict())],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
        check=False,
    )  # fmt: skip
    lines = done.stdout.strip().splitlines()
    if not lines:
        raise NotMeasured(f"its process ended with code {done.returncode} and said nothing")
    found = json.loads(lines[-1])
    if FAILED in found:
        raise NotMeasured(found[FAILED])
    return Large(**found)


# --- in the process -------------------------------------------------------------------------


def child() -> None:
    """What the process does: run what its argument asks, print the result as a line of JSON."""
    asked = Asked(**json.loads(sys.argv[1]))
    try:
        found = measured(asked)._asdict()
    except Exception as error:  # for the process that waits to say
        found = {FAILED: str(error) or type(error).__name__}
    print(json.dumps(found), flush=True)


def measured(asked: Asked) -> Large:
    """Run it here. Raises ParameterError."""
    from experiments.settings import compose, study_plan
    from sim.large import run_large
    from sim.start import PILOT_WEEKS, SPIN_UP_WEEKS

    def told(*settings: str) -> Any:
        return study_plan(compose([f"organisation={PRESET}", *settings])).arms[0].told

    chosen = told(f"organisation.customers={asked.customers}", f"years={asked.years}")
    run_large(told(*FEW), SEED, asked.threads)  # compiled from here on
    before = PILOT_WEEKS + SPIN_UP_WEEKS
    weeks = before + chosen.weeks
    began, at_zero = perf_counter(), 0.0

    def weekly(share: float) -> None:
        """Told the share of all weeks that are done, those before week 0 included."""
        nonlocal at_zero
        done = round(share * weeks)
        if done == before:
            at_zero = perf_counter()
        if done % WEEKS_PER_YEAR == 0:
            say(f"{done:,} of {weeks:,} weeks after {perf_counter() - began:,.0f} seconds")

    run_large(chosen, SEED, asked.threads, weekly)
    ended = perf_counter()
    return Large(*asked, at_zero - began, ended - at_zero, ended - began, _peak())


def _peak() -> float | None:
    """The most memory that this process had, in GB."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / GIGA


def main(argv: list[str] | None = None) -> int:
    """Measure, print, write. The exit code: 0, or 2 with a sentence on the standard error."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large", description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS, metavar="NUMBER")
    parser.add_argument("--years", type=float, default=YEARS, metavar="YEARS")
    parser.add_argument("--threads", type=int, default=THREADS, metavar="NUMBER")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    typed = parser.parse_args(argv)
    try:
        if typed.json:
            typed.json.touch()  # before minutes of work, not after
        found = large(Asked(typed.customers, typed.years, typed.threads))
        if typed.json:
            content = json.dumps({"large": found.as_json()}, indent=2) + "\n"
            typed.json.write_text(content, encoding="utf-8")
    except (NotMeasured, OSError) as error:
        print(f"benchmarks.large: {error}", file=sys.stderr)
        return 2
    print(found.text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
