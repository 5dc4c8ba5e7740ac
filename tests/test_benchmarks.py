"""Does the benchmark compare like with like, and does it say so when it cannot? Never how fast."""

import json
import math
import shutil
from dataclasses import replace

import numpy as np
import pytest
from conftest import busy

from benchmarks import __main__, chain, reduced, starts, whole
from benchmarks.chain import OFF, SEED, Start, compiled_chain, differences, run_engine, start
from benchmarks.timing import Spread, in_turn, ratio
from sim.choosing import Choosing
from sim.configuration import Configuration, Organisation, Parameters
from sim.levers import Action
from sim.measures import COLUMN
from sim.mechanisms.contributing import Contributing
from sim.mechanisms.remembering import Remembering
from sim.mechanisms.serving import Serving
from sim.parameters import ParameterError
from sim.start import build

KEYS = {
    "mesa_ratio", "c_ratio", "ns_per_contact", "staff_us_per_week", "thread_ratio",
    "cold_compile_s", "warm_start_s", "bytes_per_customer", "machine",
    "agentpy_ratio", "numpy_ratio", "overhead_ms_per_run", "batch_run_ms", "ema_ms",
}  # fmt: skip
MOST_BYTES = 40.0  # a customer may take

needs_c = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler is here")


def begun(told: Configuration) -> Start:
    told = replace(told, off=OFF)
    return Start(told, build(told, int(SEED)))


def holders() -> Configuration:
    """Account holders, and so many contacts that the week's room for them runs out at first."""
    told = busy(60)
    serving = replace(told.parameters.serving, account_holders=1, contacts_per_year=104.0)
    return replace(told, parameters=replace(told.parameters, serving=serving))


@needs_c
@pytest.mark.parametrize("told", [Configuration(weeks=60), busy(78), holders()])
def test_c_and_the_engine_end_in_the_same_state(told):
    told = replace(told, organisation=replace(told.organisation, people=57, customers=400))
    here = begun(told)
    with compiled_chain(here) as compiled:
        assert differences(run_engine(here), compiled.run(here)) == {}


# Every lever that a mechanism of the chain reads, and a crisis that the top first keeps silent on.
LEVERS = (
    Action("broadcast", 0.5, 3), Action("walks", 1.0, 3), Action("context", 0.9, 4),
    Action("pay", 0.3, 5), Action("automation", 0.3, 6), Action("people_behind", 0.4, 6),
    Action("promise", 0.8, 7), Action("kpi", 1.0, 8), Action("moments", 1.0, 9),
    Action("gifts", 1.0, 10), Action("routing", 0.7, 11), Action("precedence", 0.6, 11),
    Action("selling", 0.8, 12),
    Action("cross_visits", 0.5, 13), Action("closed_loop", 0.9, 14), Action("crisis", 1.0, 20, 4),
    Action("reaction", 0.6, 26), Action("power_shift", 0.8, 15),
)  # fmt: skip
EVERYTHING = Configuration(
    Organisation(people=57, customers=400),
    Parameters(
        choosing=Choosing(motive=0.4, hurdle=40.0, hurdle_months=8.0),
        serving=Serving(silo=0.7, across=0.6, exponent=-2.5, contacts_per_year=30.0),
        remembering=Remembering(memory=2, rival_pace=0.03, failure=0.35),
    ),
    actions=LEVERS, weeks=80,
)  # fmt: skip
RIVALS = replace(
    EVERYTHING,
    parameters=Parameters(
        contributing=Contributing(copying=1), remembering=Remembering(memory=1),
        serving=Serving(across=0.0),
    ),
)  # fmt: skip


@needs_c
@pytest.mark.parametrize("told", [EVERYTHING, RIVALS], ids=["everything", "rivals"])
@pytest.mark.parametrize("structure", ["tree", "circles", "hybrid"])
def test_every_lever_and_unequal_departments_too(told: Configuration, structure: str, monkeypatch):
    here = begun(replace(told, structure=structure))
    here.world.teams.system[:] = np.linspace(0.9, 0.1, here.world.teams.system.size)
    # From week 0, so that years count and a programme may be given up.
    here.world.customers.next_contact[:] -= chain.FIRST_WEEK
    monkeypatch.setattr(chain, "FIRST_WEEK", 0)
    with compiled_chain(here) as compiled:
        engine = run_engine(here)
        assert differences(engine, compiled.run(here)) == {}
    weekly = engine.record.weekly
    assert weekly[:, COLUMN["gifts"]].sum() > 0.0
    assert np.ptp(weekly[:, COLUMN["complaints"]]) > 0.0
    assert engine.world.choices.stopped[0] == (told is EVERYTHING)


@needs_c
def test_circles_too():
    here = begun(replace(busy(30), structure="circles"))
    with compiled_chain(here) as compiled:
        assert differences(run_engine(here), compiled.run(here)) == {}


@needs_c
def test_c_is_refused_when_it_computes_something_else(monkeypatch, tmp_path):
    wrong = tmp_path / "chain.c"
    wrong.write_text(chain.SOURCE.read_text().replace("p->adaptation *", "0.5 * p->adaptation *"))
    monkeypatch.setattr(chain, "SOURCE", wrong)
    sizes = reduced.Sizes(15, 40, 12.0, weeks=20, repeats=1)
    compared = reduced.against_c(reduced.begin(sizes), sizes)
    assert compared.times is None
    assert "customers.expectation" in compared.note


def test_without_a_compiler_there_is_a_sentence(monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler")
    sizes = reduced.Sizes(15, 40, 12.0, weeks=4, repeats=1)
    compared = reduced.against_c(reduced.begin(sizes), sizes)
    assert compared.times is None
    assert "no-such-compiler" in compared.note


def test_without_the_mesa_model_there_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(reduced, "PLAIN", tmp_path / "plain_model.py")
    sizes = reduced.Sizes(15, 40, 12.0, weeks=4, repeats=1)
    compared = reduced.against_plain(reduced.begin(sizes), sizes)
    assert compared.times is None
    assert "plain_model.py" in compared.note


def test_differences_are_found_and_sized():
    here = start(15, 40, 8)
    one, other = run_engine(here), run_engine(here)
    assert differences(one, other) == {}
    other.world.staff.belief[3] += 1e-3
    other.record.weekly[2, :] = np.nan
    found = differences(one, other)
    assert found.keys() == {"staff.belief", "weekly"}
    assert 1e-3 < found["staff.belief"] < 1e-2
    assert found["weekly"] == np.inf


def test_the_engine_does_the_same_work_each_time_and_leaves_the_start_alone():
    here = start(15, 40, 30)
    before = here.world.customers.attitude.copy()
    assert differences(run_engine(here), run_engine(here)) == {}
    assert np.array_equal(here.world.customers.attitude, before)


def test_a_customer_takes_few_bytes():
    assert whole.bytes_per_customer(__main__.WHOLE) <= MOST_BYTES


def test_work_is_measured_in_turn_and_compared_pair_by_pair():
    order: list[str] = []

    def work(name: str, seconds: float):
        return lambda: (order.append(name), seconds * len(order))[1]

    one, other = in_turn("test", [work("a", 4.0), work("b", 1.0)], 3)
    assert order == ["a", "b", "a", "b", "a", "b"]
    assert (one, other) == ([4.0, 12.0, 20.0], [2.0, 4.0, 6.0])
    assert ratio(one, other) == Spread(2.0, 3.0, 20.0 / 6.0)


def test_a_process_that_fails_says_why():
    with pytest.raises(starts.CannotStart, match="nothing to see"):
        starts._start("raise SystemExit('nothing to see')", None)


def test_quick_writes_every_key(tmp_path, capsys):
    file = tmp_path / "figures.json"
    assert __main__.main(["--quick", "--json", str(file)]) == 0
    figures = json.loads(file.read_text())
    assert figures.keys() == KEYS
    assert figures["cold_compile_s"] is None
    assert (figures["c_ratio"] is None) == (shutil.which("cc") is None)
    known = [name for name in KEYS if name not in ("cold_compile_s", "c_ratio", "machine")]
    differences = {"ns_per_contact", "overhead_ms_per_run", "batch_run_ms", "ema_ms"}
    assert all(math.isfinite(figures[name]) for name in known)
    assert all(figures[name] > 0.0 for name in known if name not in differences)
    assert {"processor", "cores", "python", "numba", "numpy"} <= figures["machine"].keys()
    printed = capsys.readouterr().out
    assert all(name in printed for name in KEYS - {"machine"})


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path, capsys):
    assert __main__.main(["--quick", "--json", str(tmp_path / "missing" / "f.json")]) == 2
    assert capsys.readouterr().err.startswith("benchmarks: ")


def test_sizes_are_checked_like_any_configuration():
    with pytest.raises(ParameterError, match="customers"):
        start(15, 4, 8)
