"""The same reduced chain by the engine, by ordinary Mesa agents and by C.

Contributing, serving, remembering and surveys are on; listening, leading, culture, deciding, mood,
staffing and accounts off. The engine and C work on copies of the same tables and have to end in
the same state, or there is no figure. The Mesa model (`notebooks/plain_model.py`) draws an
organisation of its own with the same rules and sizes; it too collects what is measured every week.
"""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, median
from time import process_time
from typing import Any, NamedTuple

from benchmarks.chain import (
    Ended,
    NoCompiler,
    Start,
    compiled_chain,
    differences,
    run_engine,
    start,
)
from benchmarks.timing import Spread, in_turn, ratio, say
from sim.measures import COLUMN

PLAIN = Path(__file__).resolve().parent.parent / "notebooks" / "plain_model.py"
SPAN = 7
CLOSE = 1e-12  # relative difference that another library's exp, log and pow may make


class Sizes(NamedTuple):
    """How much work: an organisation, and weeks and repeats to run it."""

    staff: int
    customers: int
    contacts_per_year: float
    weeks: int  # each repeat, by the engine and by C
    repeats: int
    plain_weeks: int = 0  # each repeat, by the Mesa model; a whole year has every kind of week


class Compared(NamedTuple):
    """The other's time over the engine's or the reverse, and a sentence that goes with it."""

    times: Spread | None  # None if there is nothing to compare with
    note: str


class Disagreement(Exception):
    """C computes something else than the engine: their times mean nothing."""


def begin(sizes: Sizes) -> Start:
    """What the engine and C start from; the engine is compiled, or loaded."""
    say("Reduced chain: getting ready")
    begun = start(
        sizes.staff, sizes.customers, sizes.weeks, contacts_per_year=sizes.contacts_per_year
    )
    run_engine(begun)
    return begun


def agreement(one: Ended, other: Ended) -> str:
    """How well two ends agree, in words. Raises Disagreement if they do not."""
    apart = differences(one, other)
    worst = max(apart.values(), default=0.0)
    if worst > CLOSE:
        names = ", ".join(f"{name} by {by:.1g}" for name, by in apart.items())
        raise Disagreement(f"chain.c differs from the engine in {names}; mend it first")
    return f"to {worst:.0e} of the largest value" if apart else "bit for bit"


def against_c(begun: Start, sizes: Sizes) -> Compared:
    """Time of the engine over time of C."""
    try:
        with compiled_chain(begun) as chain:
            same = agreement(run_engine(begun), chain.run(begun))
            works = [lambda: run_engine(begun).seconds, lambda: chain.run(begun).seconds]
            engine, c = in_turn("Reduced chain, engine and C", works, sizes.repeats)
    except (NoCompiler, Disagreement) as reason:
        return Compared(None, f"Not compared with C: {reason}.")
    return Compared(
        ratio(engine, c),
        f"C ({chain.flags}) and the engine agree {same} after {sizes.weeks} weeks; a week takes "
        f"{_micro(c, sizes.weeks)} in C, {_micro(engine, sizes.weeks)} in the engine.",
    )


def against_plain(begun: Start, sizes: Sizes) -> Compared:
    """Time a week of the Mesa model over that of the engine."""
    if not PLAIN.is_file():
        return Compared(None, f"Not compared with Mesa: {PLAIN} is not there.")
    model = _plain_model()(
        staff=sizes.staff, span=SPAN, customers=sizes.customers,
        contacts_per_year=sizes.contacts_per_year, rng=1,
    )  # fmt: skip
    contacts: list[int] = []

    def plain() -> float:
        began = process_time()
        for _ in range(sizes.plain_weeks):
            model.step()
            contacts.append(len(model.contacts))
        return process_time() - began

    works = [plain, lambda: run_engine(begun).seconds]
    slow, fast = in_turn("Reduced chain, Mesa and engine", works, sizes.repeats)
    a_week = ratio([t / sizes.plain_weeks for t in slow], [t / sizes.weeks for t in fast])
    made = run_engine(begun).record.weekly[:, COLUMN["contacts"]].mean()
    return Compared(
        a_week,
        f"A week has {fmean(contacts):.0f} contacts in Mesa, {made:.0f} in the engine; it takes "
        f"{_micro(slow, sizes.plain_weeks)} in Mesa.",
    )


def _plain_model() -> Callable[..., Any]:
    spec = importlib.util.spec_from_file_location("plain_model", PLAIN)
    assert spec is not None, f"{PLAIN} is no Python file"
    assert spec.loader is not None, f"{PLAIN} is no Python file"
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PlainModel


def _micro(seconds: list[float], weeks: int) -> str:
    return f"{1e6 * median(seconds) / weeks:,.0f} µs"
