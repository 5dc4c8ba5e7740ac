"""Do the models that the engine is timed against follow its rules? Never how fast.

The AgentPy and the NumPy model draw their own random numbers, so they can agree with the engine in
distribution only. It is looked for as in `tests/test_docking.py`, with the same cases, outcomes and
tests: if the models agree, all comparisons in this file together raise a false alarm with a
probability of FALSE_ALARM at most (Bonferroni). Seeds are fixed, so the verdict is always the same
one. That it could have been the other one is checked with models that are wrong on purpose.
"""

import json
import multiprocessing
import sys
from functools import cache
from typing import Any

import numpy as np
import pytest
from test_docking import (
    CASES,
    CUSTOMERS,
    ENGINE_RUNS,
    FALSE_ALARM,
    LATE,
    PEOPLE,
    SPAN,
    WEEKS,
    WRONG,
    Case,
    Outcomes,
    boiled_down,
    compare,
    engine_run,
    engine_runs,
)

from benchmarks import __main__, large, overhead, reduced
from benchmarks.agentpy_chain import ChainModel, against_agentpy, agentpy_chain
from benchmarks.numpy_chain import (
    NumpyChain,
    against_numpy,
    declared,
    effort_at,
    effort_table,
)
from benchmarks.reduced import Sizes
from notebooks.plain_model import RULES
from sim.distributions import effort_at as engine_effort_at
from sim.distributions import effort_table as engine_effort_table
from sim.parameters import ParameterError

AGENTPY_RUNS, NUMPY_RUNS = 20, 30
COMPARISONS = 270  # 5 pairs of a model and a case, of 27 outcomes, with 2 tests each
TINY = Sizes(15, 40, 12.0, weeks=26, repeats=2, plain_weeks=13)


def numbers_of(case: Case) -> dict[str, float]:
    """What a model of this case is told beside its sizes."""
    numbers = {name: value for part in case.numbers.values() for name, value in part.items()}
    return numbers | {"promise": case.promise}


def agentpy_start(case: Case, seed: int) -> ChainModel:
    model = agentpy_chain(PEOPLE, SPAN, CUSTOMERS, seed, **numbers_of(case))
    for each in model.staff:
        each.doing = case.managers if each.boss else case.top
    return model


def numpy_start(case: Case, seed: int) -> NumpyChain:
    model = NumpyChain(PEOPLE, SPAN, CUSTOMERS, seed, **numbers_of(case))
    model.doing[:] = case.managers
    model.doing[0] = case.top
    return model


def agentpy_run(case: Case, seed: int) -> Outcomes:
    """One run of the AgentPy model."""
    model = agentpy_start(case, seed)
    late: list[tuple[float, float]] = []
    for week in range(WEEKS):
        model.sim_step()
        late += model.met if week >= WEEKS - LATE else []
    quality, satisfaction = np.array(late).T
    weekly = {name: np.array(column, dtype=float) for name, column in model.log.items()}
    return boiled_down(
        weekly | {"effort": weekly["visible_effort"]},
        np.array([each.effort for each in model.staff]),
        np.array([each.belief for each in model.staff if each.boss]),
        np.array([each.attitude for each in model.active()]),
        np.array([each.expectation for each in model.active()]),
        quality,
        satisfaction,
        model.reputation,
    )


def numpy_run(case: Case, seed: int) -> Outcomes:
    """One run of the NumPy model."""
    model = numpy_start(case, seed)
    late: list[tuple[np.ndarray, np.ndarray]] = []
    for week in range(WEEKS):
        model.step()
        late += [(model.quality, model.satisfaction)] if week >= WEEKS - LATE else []
    weekly = {name: np.array(column) for name, column in model.weekly.items()}
    return boiled_down(
        weekly | {"effort": weekly["visible_effort"]},
        model.effort,
        model.belief[1:],
        model.attitude[model.active],
        model.expectation[model.active],
        np.concatenate([quality for quality, _ in late]),
        np.concatenate([satisfaction for _, satisfaction in late]),
        model.reputation,
    )


def differences(ours: list[Outcomes], theirs: list[Outcomes]) -> list[str]:
    """Outcomes in which two models differ by more than chance, with the numbers."""
    found: list[str] = []
    for name in ours[0]:
        one, other = (np.array([each[name] for each in runs]) for runs in (ours, theirs))
        z, chance = compare(one, other)
        if chance < FALSE_ALARM / COMPARISONS:
            found.append(f"{name}: {one.mean():.4f}, {other.mean():.4f}, z {z:.1f}, p {chance:.0g}")
    return found


# The strained case has a promise too. Agents are slow, so they play two cases only.
PAIRS = [
    ("numpy", "at rest"), ("numpy", "top shows more, managers less"), ("numpy", "strained"),
    ("agentpy", "at rest"), ("agentpy", "strained"),
]  # fmt: skip
# Three of the engines that are wrong on purpose there.
MISTAKES = ("losses loom large", "effort scatters less", "everybody is new")


@cache
def runs_of(model: str, name: str) -> list[Outcomes]:
    """Runs of a model, kept; with no seeds of the engine's."""
    run, size = {"agentpy": (agentpy_run, AGENTPY_RUNS), "numpy": (numpy_run, NUMPY_RUNS)}[model]
    return [run(CASES[name], 1000 + seed) for seed in range(size)]


@pytest.mark.parametrize(("model", "name"), PAIRS)
def test_same_outcomes_as_the_engine(model: str, name: str) -> None:
    ours = runs_of(model, name)
    found = differences(ours, engine_runs(name))
    assert not found, "\n".join(found)
    assert len(PAIRS) * len(ours[0]) * 2 <= COMPARISONS


@pytest.mark.parametrize("name", MISTAKES)
def test_a_model_of_other_rules_is_found_out(name: str) -> None:
    numbers, wrong = WRONG[name]
    seeds = range(ENGINE_RUNS, 2 * ENGINE_RUNS)
    engine = [engine_run(Case(numbers), seed, wrong) for seed in seeds]
    for model in ("numpy", "agentpy"):
        assert differences(runs_of(model, "at rest"), engine), model


def test_the_tables_of_effort_are_the_same() -> None:
    table, theirs = effort_table(1.45), engine_effort_table(1.45)
    assert table.shape == theirs.shape
    assert np.abs(table - theirs).max() < 1e-7
    means, latents = np.random.default_rng(1).random((2, 200)) * [[1.0], [10.0]] - [[0.0], [5.0]]
    looked_up = [engine_effort_at(*each, theirs) for each in zip(means, latents, strict=True)]
    assert np.allclose(effort_at(means, latents, table), looked_up, atol=1e-7)


def test_the_numbers_are_those_of_the_plain_model() -> None:
    ours = vars(declared())
    assert {name: ours[name] for name in vars(RULES)} == vars(RULES)


@pytest.mark.parametrize("start", [agentpy_chain, NumpyChain])
def test_a_number_that_is_not_there_is_refused(start) -> None:
    with pytest.raises(ParameterError, match="loss_ratio"):
        start(15, 7, 40, los_ratio=2.0)


def test_one_seed_one_run() -> None:
    for run in (agentpy_run, numpy_run):
        first, again, other = (run(CASES["at rest"], seed) for seed in (3, 3, 4))
        assert first == again
        assert first != other


@pytest.mark.parametrize("against", [against_agentpy, against_numpy])
def test_the_same_work_is_timed(against) -> None:
    compared = against(reduced.begin(TINY), TINY)
    assert compared.times.low > 0.0
    assert "contacts in" in compared.note


# --- the cost of a run besides the run ------------------------------------------------------


def test_all_three_ways_run_the_same() -> None:
    here, mesa, ema = (way(5)() for way in (overhead.ours, overhead.by_mesa, overhead.by_ema))
    assert np.array_equal(here, mesa)
    assert np.array_equal(here, ema)
    assert np.unique(here).size == 5


class Clock:
    """Time that passes only when somebody says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(overhead, "perf_counter", made)
    return made


def test_what_is_compiled_is_left_out_of_the_overhead(clock, monkeypatch) -> None:
    def runner() -> np.ndarray:
        clock.passes(3.0)
        compiled: Any = overhead.run
        for _ in range(2):
            compiled(40.0)
        return np.empty(0)

    monkeypatch.setattr(overhead, "run", clock.passes)
    assert overhead.overhead(runner, 2) == 1.5
    assert overhead.run == clock.passes  # everything is as it was


def test_runs_that_are_not_seen_are_no_overhead() -> None:
    with pytest.raises(AssertionError, match="only 0 of 3 runs"):
        overhead.overhead(lambda: np.empty(0), 3)


def test_what_is_inside_is_not_counted_twice(clock) -> None:
    inside = overhead.Inside()
    weeks = inside.timed("run", clock.passes)
    before = inside.timed("spin_up", lambda: weeks(5.0))
    before()
    assert (inside.runs, inside.seconds) == (0, 5.0)
    weeks(2.0)
    assert (inside.runs, inside.seconds) == (1, 7.0)


def test_without_the_workbench_there_is_a_sentence(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    found = overhead.measure(3, 1)
    assert found.ema is None
    assert found.ours.low > 0.0 < found.mesa.low
    assert "EMA workbench" in found.note


def test_mesa_leaves_processes_as_they_were() -> None:
    before = multiprocessing.get_start_method(allow_none=True)
    overhead.by_mesa(2)()
    assert multiprocessing.get_start_method(allow_none=True) == before


def test_without_agentpy_there_is_a_sentence(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "benchmarks.agentpy_chain", None)
    monkeypatch.delattr("benchmarks.agentpy_chain")
    compared = __main__.against_agentpy(reduced.begin(TINY), TINY)
    assert compared.times is None
    assert "--extra benchmarks" in compared.note


# --- millions of customers ------------------------------------------------------------------

FAILS = """
import sim.large

def run_large(*told):
    raise MemoryError("no room for 30 million customers")

sim.large.run_large = run_large
"""


def test_a_large_organisation_is_measured_in_a_process_of_its_own(tmp_path, capsys) -> None:
    file = tmp_path / "large.json"
    assert large.main(["--customers", "500", "--years", "0.5", "--json", str(file)]) == 0
    found = json.loads(file.read_text())["large"]
    assert (found["customers"], found["years"], found["threads"]) == (500, 0.5, 2)
    parts = found["spin_up_seconds"] + found["run_seconds"]
    assert min(found["spin_up_seconds"], found["run_seconds"]) > 0.0
    assert found["seconds"] == pytest.approx(parts, abs=0.01)
    assert 0.01 < found["peak_gb"] < 10.0
    assert "500 customers, 0.5 years" in capsys.readouterr().out


def test_a_large_organisation_that_cannot_be_is_one_sentence(monkeypatch, capsys) -> None:
    assert large.main(["--customers", "2"]) == 2
    assert "organisation.customers = 2 is out of range" in capsys.readouterr().err
    monkeypatch.setattr(large, "CHILD", FAILS + large.CHILD)
    found, note = __main__.measure_large(large.Asked())
    assert found is None
    assert "no room for 30 million customers" in note
    monkeypatch.setattr(large, "CHILD", "import os; os._exit(9)")
    assert "ended with code 9" in __main__.measure_large(large.Asked())[1]
