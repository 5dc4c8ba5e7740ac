"""What does a run of a sweep cost besides the run? Ours, Mesa's `batch_run` and the EMA workbench.

All three do the same tiny runs, one after the other, on one thread, each from what it is told to a
mean of every measure:

    overhead = (time by the clock - time in compiled runs and in what comes before week 0) / runs

Settings are read and models made beforehand. What each leaves behind differs, see
`docs/benchmarks.md`. `ours` is the only place that knows the machinery of sweeps.
"""

import multiprocessing
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import Spread, Work, in_turn, say, spread
from sim import start, switching
from sim.configuration import rules_of, seed_of
from sim.levers import timetable
from sim.measures import COLUMN, empty_record
from sim.start import spin_up
from sim.state import copy_tables
from sim.week import run

TINY = ("organisation.people=30", "organisation.customers=40", "weeks=52", "engine.seeds=1")
SEED = 1  # the first, where nothing else is said
STRENGTH = "levers.example.strength"
SHOWN = "effort_front"  # the measure by which tests see that all three ran the same
RUN, STRETCH = "run", "_stretch"  # compiled weeks: of a whole run, between changes of structure
BEFORE = "spin_up"  # what leads up to week 0
DIGITS = 12  # of the strengths, as a sweep spreads them

Floats = NDArray[np.float64]
type Runner = Callable[[], Floats]  # does all runs: SHOWN over the last year, by strength


class Overheads(NamedTuple):
    """Seconds a run; None where the library is not there."""

    ours: Spread
    mesa: Spread
    ema: Spread | None
    note: str


class Inside:
    """Seconds that were spent in compiled runs and before week 0, and how many runs there were."""

    def __init__(self) -> None:
        self.seconds, self.runs = 0.0, 0
        self._here = threading.local()
        self._lock = threading.Lock()

    def timed(self, name: str, inner: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, its time added up; what it calls of the kind is not counted twice."""

        def outer(*args: Any) -> Any:
            if getattr(self._here, "busy", False):
                return inner(*args)
            self._here.busy, began = True, perf_counter()
            try:
                return inner(*args)
            finally:
                self._here.busy = False
                with self._lock:
                    self.seconds += perf_counter() - began
                    self.runs += name in (RUN, STRETCH)

        return outer


@contextmanager
def counted() -> Iterator[Inside]:
    """Count what is spent inside, from wherever it is called here."""
    from experiments.sweep import chunk

    inside = Inside()
    here = sys.modules[__name__]
    places = [
        (chunk, RUN), (chunk, BEFORE), (here, RUN), (switching, STRETCH), (start, BEFORE),
    ]  # fmt: skip
    before = [(module, name, getattr(module, name)) for module, name in places]
    for module, name, inner in before:
        setattr(module, name, inside.timed(name, inner))
    try:
        yield inside
    finally:
        for module, name, inner in before:
            setattr(module, name, inner)


def overhead(runner: Runner, count: int) -> float:
    """Seconds a run outside compiled code. Raises AssertionError if runs escaped the count."""
    with counted() as inside:
        began = perf_counter()
        runner()
        passed = perf_counter() - began
    assert inside.runs >= count, f"only {inside.runs} of {count} runs were seen"
    return (passed - inside.seconds) / count


def strengths(count: int) -> list[float]:
    """The strengths of the lever, from nothing to full."""
    return np.linspace(0.0, 1.0, count).round(DIGITS).tolist()


# --- three ways of doing it -----------------------------------------------------------------


def ours(count: int) -> Runner:
    """A sweep on one thread, up to files that lie on the disk."""
    from experiments.settings import compose
    from experiments.sweep.parts import LAST, runs_table
    from experiments.sweep.runner import sweep

    settings = compose(
        [*TINY, "engine.threads=1", "sweep.method=grid", f"sweep.factors={{{STRENGTH}: null}}",
         f"sweep.levels={count}"]
    )  # fmt: skip

    def runner() -> Floats:
        with tempfile.TemporaryDirectory(prefix="zwerm-sweep-") as folder:
            target = Path(folder) / "sweep"
            outcome = sweep(settings, target, lambda _: None)
            assert outcome.complete, f"the sweep of a benchmark stopped: {outcome.stopped}"
            assert not outcome.failed, f"runs of a benchmark failed: {outcome.reasons}"
            table = runs_table(target, ["point", f"{LAST}{SHOWN}"])
        found = np.empty(count)
        found[table.column(0).to_numpy()] = table.column(1).to_numpy()
        return found

    return runner


def by_mesa(count: int) -> Runner:
    """`mesa.batch_run` over a model whose one step is a whole run."""
    from mesa import batch_run

    model, parameters = _whole_run_model(), {"strength": strengths(count)}

    def runner() -> Floats:
        before = multiprocessing.get_start_method(allow_none=True)
        try:
            rows = batch_run(
                model, parameters, number_processes=1, rng=[SEED], display_progress=False
            )
        finally:  # `batch_run` sets it for the whole process
            multiprocessing.set_start_method(before, force=True)
        return np.array([row[SHOWN] for row in rows])

    return runner


def _whole_run_model() -> type:
    """A model of Mesa's that prepares a run and measures it as a sweep does."""
    from mesa import DataCollector, Model

    from experiments.settings import compose
    from experiments.sweep.base import Base
    from experiments.sweep.parts import LAST_WEEKS, means

    base = Base.of(compose(list(TINY)))
    arm = base.arms[0]
    at_week_zero = spin_up(base.told(arm, {}), SEED)
    levels = int(at_week_zero.structure.level.max()) + 1
    columns = COLUMN.items()
    reporters = {name: lambda model, at=column: model.last[at] for name, column in columns}

    class WholeRun(Model):
        def __init__(self, strength: float, rng: int) -> None:
            super().__init__(rng=rng)
            self.told, self.number = base.told(arm, {STRENGTH: strength}), rng
            self.datacollector = DataCollector(reporters)

        def step(self) -> None:
            told = self.told
            record, table = empty_record(told.weeks, levels), timetable(told.actions, told.weeks)
            run(copy_tables(at_week_zero), rules_of(told), table, seed_of(self.number), 0, record)
            self.last = means(record.weekly[-LAST_WEEKS:], [0])[0]
            self.datacollector.collect(self)
            self.running = False

    return WholeRun


def by_ema(count: int) -> Runner:
    """The workbench's sequential evaluator over its model. Raises ImportError."""
    with warnings.catch_warnings():  # it says that an evaluator is missing which nobody asked for
        warnings.filterwarnings("ignore", "ipyparallel not installed", UserWarning)
        from ema_workbench import Sample, SequentialEvaluator

    from experiments.ema import ZwermModel, identifier

    model = ZwermModel(*TINY, uncertainties=[], levers=[STRENGTH])
    policies = [Sample(**{identifier(STRENGTH): each}) for each in strengths(count)]

    def runner() -> Floats:
        with SequentialEvaluator(model) as evaluator:
            found: Any = evaluator.perform_experiments(policies=policies, log_progress=True)
        return found[1][f"last_{SHOWN}"]

    return runner


def measure(count: int, repeats: int) -> Overheads:
    """Overheads of so many runs, measured in turn."""
    say("Overhead: getting ready")
    runners, note = [ours(count), by_mesa(count)], ""
    try:
        runners.append(by_ema(count))
    except ImportError as reason:
        note = f"Not compared with the EMA workbench: {reason}."
    for each in (ours(2), *runners[1:]):
        each()  # everything is imported and compiled, and the state at week 0 is kept
    works: list[Work] = [lambda each=each: overhead(each, count) for each in runners]
    found = [spread(seconds) for seconds in in_turn("Overhead", works, repeats)]
    return Overheads(found[0], found[1], found[2] if len(found) > 2 else None, note)
