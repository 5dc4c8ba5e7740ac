"""`python -m benchmarks`: how fast is the model, and compared with what?

Prints a table; `--json FILE` writes the medians. `--quick` runs everything tiny, to see whether
it works: its figures mean nothing, and it leaves out the cold start. `--large` adds an organisation
with 30 million customers, which takes minutes. What each figure means: `docs/benchmarks.md`.
"""

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np

from benchmarks import large, overhead, reduced, starts, whole
from benchmarks.chain import Start
from benchmarks.large import Asked, Large, NotMeasured
from benchmarks.numpy_chain import against_numpy
from benchmarks.reduced import Compared, Sizes
from benchmarks.timing import Spread

CHAIN = Sizes(400, 2000, 12.0, weeks=1040, repeats=7, plain_weeks=52)
WHOLE = Sizes(400, 20000, 12.0, weeks=520, repeats=7)
RUNS = 8  # on one thread and on two
STARTS = 5
TINY_RUNS, TINY_REPEATS = 1000, 5  # of which the overhead is measured
LARGE, QUICK_LARGE = Asked(), Asked(2000, 0.1)
QUICK_CHAIN = Sizes(57, 200, 12.0, weeks=52, repeats=2, plain_weeks=4)
QUICK_WHOLE = Sizes(57, 200, 12.0, weeks=52, repeats=2)
DIGITS = 4  # that the JSON file keeps


class Figure(NamedTuple):
    """A row of the table, and a key of the JSON file if it has one."""

    name: str
    spread: Spread | None
    about: str
    key: bool = True


def scaled(times: Spread, factor: float) -> Spread:
    """The same in another unit."""
    return Spread(*(factor * each for each in times))


def once(value: float | None) -> Spread | None:
    """A figure that was measured once."""
    return None if value is None else Spread(value, value, value)


def against_agentpy(begun: Start, sizes: Sizes) -> Compared:
    """Time a week of AgentPy over that of the engine, if AgentPy is here."""
    try:
        from benchmarks import agentpy_chain
    except ImportError as reason:
        return Compared(None, f"Not compared with AgentPy: {reason}; `uv sync --extra benchmarks`.")
    return agentpy_chain.against_agentpy(begun, sizes)


def measure(quick: bool) -> tuple[list[Figure], list[str]]:
    """All figures and the sentences that go with them."""
    chain, model = (QUICK_CHAIN, QUICK_WHOLE) if quick else (CHAIN, WHOLE)
    begun = reduced.begin(chain)
    mesa, c = reduced.against_plain(begun, chain), reduced.against_c(begun, chain)
    agentpy, arrays = against_agentpy(begun, chain), against_numpy(begun, chain)
    costs = whole.costs(model)
    threads = whole.thread_ratio(model, 2 if quick else RUNS)
    began = starts.measure(1 if quick else STARTS, cold=not quick)
    besides = overhead.measure(*((12, 2) if quick else (TINY_RUNS, TINY_REPEATS)))
    in_bytes = whole.bytes_per_customer(model)
    size = f"{model.staff} staff, {model.customers:,} customers"
    same_work = f"reduced chain, {chain.staff} staff, {chain.customers:,} customers"
    return [
        Figure("mesa_ratio", mesa.times, f"times as long in plain Mesa agents ({same_work})"),
        Figure("agentpy_ratio", agentpy.times, "times as long in AgentPy (same rules)"),
        Figure("numpy_ratio", arrays.times, "times as long in vectorised NumPy (same rules)"),
        Figure("c_ratio", c.times, "times as long as in C (same work, same bits)"),
        Figure("ns_per_contact", scaled(costs.contact, 1e9),
               f"ns: (run of {size} - run with {whole.FEW}) / {costs.contacts:,} contacts"),
        Figure("staff_us_per_week", scaled(costs.staff_week, 1e6),
               f"µs: a week of the whole model with {whole.FEW} customers"),
        Figure("thread_ratio", threads, "times as long on one thread as on two"),
        Figure("cold_compile_s", once(began.cold),
               "s: a process with an empty cache, until its first week is simulated"),
        Figure("warm_start_s", began.command or began.engine,
               "s: `zwerm run`, until its first week is simulated" if began.command else
               "s: a process that uses the engine alone, until its first week is simulated"),
        Figure("  engine alone", began.engine, "s: the same without the command line", key=False),
        Figure("  zwerm run, all", began.command_ended, "s: one week, until it ends", key=False),
        Figure("overhead_ms_per_run", scaled(besides.ours, 1e3),
               "ms: a tiny run of a sweep, less what is compiled (one thread)"),
        Figure("batch_run_ms", scaled(besides.mesa, 1e3), "ms: the same by mesa.batch_run"),
        Figure("ema_ms", scaled(besides.ema, 1e3) if besides.ema else None,
               "ms: the same by the EMA workbench's sequential evaluator"),
        Figure("bytes_per_customer", once(in_bytes), "bytes: tables of customers and contacts"),
    ], [each for each in (mesa.note, agentpy.note, arrays.note, c.note, began.note, besides.note)
        if each]  # fmt: skip


def machine() -> dict[str, str | int | None]:
    """What the figures were measured on."""
    return {
        "processor": _processor(), "cores": os.cpu_count(), "system": platform.system(),
        "python": platform.python_version(), "numba": numba.__version__, "numpy": np.__version__,
    }  # fmt: skip


def _processor() -> str:
    """The processor's model, as the system has it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not a Linux
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def table(figures: list[Figure]) -> str:
    """The figures as they are printed."""
    rows = [f"{'':20}{'min':>10}{'median':>10}{'max':>10}"]
    for each in figures:
        shown = [_number(value) for value in each.spread] if each.spread else ["-"] * 3
        rows.append(f"{each.name:20}{''.join(f'{text:>10}' for text in shown)}  {each.about}")
    return "\n".join(rows)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def as_json(figures: list[Figure]) -> dict[str, Any]:
    """Medians by key; null where there is nothing to compare with, or it was not measured."""
    medians = {
        each.name: float(f"{each.spread.middle:.{DIGITS}g}") if each.spread else None
        for each in figures
        if each.key
    }
    return medians | {"machine": machine()}


def measure_large(asked: Asked) -> tuple[Large | None, str]:
    """The large organisation, and a sentence about it."""
    try:
        found = large.large(asked)
    except NotMeasured as reason:
        return None, f"The large organisation was not measured: {reason}."
    return found, f"Large: {found.text()}."


def main(argv: list[str] | None = None) -> int:
    """Measure, print, write. The exit code: 0, or 2 with a sentence on the standard error."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the medians here")
    parser.add_argument("--quick", action="store_true", help="tiny; to see whether it works")
    parser.add_argument("--large", action="store_true", help="30 million customers too; minutes")
    typed = parser.parse_args(argv)
    try:
        if typed.json:
            typed.json.touch()  # before minutes of work, not after
        figures, notes = measure(typed.quick)
        content = as_json(figures)
        if typed.large:
            found, note = measure_large(QUICK_LARGE if typed.quick else LARGE)
            content["large"] = found.as_json() if found else None
            notes.append(note)
        if typed.json:
            typed.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    print(table(figures))
    print("\n" + "\n".join(notes))
    print("\n" + ", ".join(f"{name} {value}" for name, value in machine().items()))
    if typed.quick:
        print("These are figures of a tiny run that mean nothing.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
