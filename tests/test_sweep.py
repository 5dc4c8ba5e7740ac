"""Is every run of a sweep done once, with the numbers of a single run, and is a bad one named?"""

import errno
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sweeping import RUNS, SMALL, TINY, Pool, faulty, in_order, left_behind, quiet, same

from experiments.cli import main
from experiments.settings import compose
from experiments.sweep import executors, files, parts, runner
from experiments.sweep.base import Base
from experiments.sweep.chunk import Ran
from experiments.sweep.plan import Chunk, Plan, name_of, planned, with_length
from sim.measures import NAMES
from sim.runs import simulate


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def work() -> runner.Work:
    return runner.work_of(compose([*SMALL, "engine.chunk=3"]))


@pytest.fixture(scope="module")
def whole(work: runner.Work, tmp_path_factory) -> pa.Table:
    """What an undisturbed sweep gives."""
    folder = tmp_path_factory.mktemp("whole") / "sweep"
    assert runner.run_sweep(work, folder, say=quiet).complete
    return in_order(folder)


# --- the plan -------------------------------------------------------------------------------


def test_every_run_stands_once_and_beside_those_that_share_its_state(work: runner.Work):
    order = work.plan
    point, arm, seed = order.at(np.arange(order.runs))
    keys = set(zip(point.tolist(), arm.tolist(), seed.tolist(), strict=True))
    assert len(keys) == order.runs == RUNS
    states = [(work.base.spin_up_group(work.design.point(p)), s)
              for p, s in zip(point.tolist(), seed.tolist(), strict=True)]  # fmt: skip
    changes = sum(one != other for one, other in pairwise(states))
    assert changes == len(set(states)) - 1 == 3
    every = order.places(np.arange(order.points))
    point, arm, seed = order.at(every)
    assert np.array_equal(np.lexsort((seed, arm, point)), np.arange(order.runs))


def test_chunks_have_names_of_their_own_that_stay(work: runner.Work):
    names = [work.name(number) for number in range(work.plan.chunks)]
    assert len(set(names)) == work.plan.chunks == 6
    again = runner.work_of(compose([*SMALL, "engine.chunk=3", "engine.threads=1"]))
    assert [again.name(number) for number in range(6)] == names
    other = runner.work_of(compose([*SMALL, "engine.chunk=3", "engine.first_seed=5"]))
    assert not set(names) & {other.name(number) for number in range(6)}
    assert sum(work.chunk(number).point.size for number in range(6)) == RUNS


def test_a_plan_of_ten_million_runs_is_as_small_as_its_design():
    tracemalloc.start()
    order = Plan(np.arange(1000, dtype=np.int32), np.array([0, 1000]), 2, 5000, 1, 50)
    assert order.runs == 10_000_000
    assert order.chunks == 200_000
    assert len({name_of(order, "x", number) for number in range(0, 200_000, 5000)}) == 40
    point, arm, seed = order.at(np.arange(*order.span(199_999)))
    assert (point[-1], arm[-1], seed[-1]) == (999, 1, 5000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_chunks_take_seconds_in_a_long_sweep_and_are_many_in_a_small_one():
    usual = ["sweep=timing", "organisation.people=100", "organisation.customers=1000"]
    long = runner.work_of(compose([*usual, "engine.seeds=1000"])).plan
    assert 1.0 < 0.02 * long.length < 5.0
    large = runner.work_of(compose([*usual, "organisation.customers=5000000"])).plan
    assert large.length == 1
    small = runner.work_of(compose([*SMALL, "engine.seeds=100"])).plan
    assert 8 < small.chunks < 64


# --- the rows -------------------------------------------------------------------------------


def test_rows_are_means_of_what_a_single_run_gives(work: runner.Work, whole: pa.Table):
    for row in (0, 5, RUNS - 1):
        found = whole.slice(row, 1).to_pylist()[0]
        told = work.base.told(found["arm"], work.design.point(found["point"]))
        weekly = simulate(told, found["seed"]).weekly
        for column, name in enumerate(NAMES):
            known = weekly[:, column][~np.isnan(weekly[:, column])]
            expected = known.sum() / known.size if known.size else np.nan
            assert np.isclose(found[f"last_{name}"], expected, rtol=1e-12, equal_nan=True)
        effort = weekly[:, NAMES.index("effort")]
        assert found["series_effort"] == [np.float32(effort.mean())]
    assert whole.schema.field("last_nps").metadata[b"unit"] == b"points"


def test_means_leave_out_weeks_without_a_survey():
    weekly = np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan], [5.0, 7.0]])
    found = parts.means(weekly, [0, 2])
    assert np.array_equal(found, [[1.0, np.nan], [4.0, 7.0]], equal_nan=True)
    assert parts.quarters(520) == 40
    assert parts.quarters(4) == 1
    rows = parts.Rows(1, (), 70)
    rows.done(0, np.arange(70.0 * len(NAMES)).reshape(70, -1))
    assert rows.last[0, 0] == np.arange(18, 70).mean() * len(NAMES)


def test_chunk_length_changes_no_number(work: runner.Work, whole, elsewhere: Path):
    for length in (1, 7, 100):
        work = work._replace(plan=with_length(work.plan, length))
        assert runner.run_sweep(work, elsewhere / str(length), say=quiet).complete
        assert same(elsewhere / str(length), whole)


def test_a_sweep_of_two_arms_of_which_one_stays_what_it_is(elsewhere: Path):
    factors = "sweep.factors={levers.example.strength: [0.6, 0.9], levers.example.start: [0, 2]}"
    cfg = compose([*TINY, "weeks=60", "scenario=copy_of_a_copy", "sweep.method=grid", factors,
                   "sweep.arms=[example,nothing]"])  # fmt: skip
    outcome = runner.sweep(cfg, elsewhere / "arms", quiet)
    table = in_order(outcome.folder).to_pandas()
    nothing = table[table.arm == "nothing"].groupby("seed").last_effort.nunique()
    assert (nothing == 1).all()
    assert table[table.arm == "example"].last_effort.nunique() == 8


def test_dates_of_a_change_of_structure_are_swept_like_anything_else(elsewhere: Path):
    """Runs that share a state at week 0 in one chunk leave it alone when they change structure."""
    cfg = compose([*TINY, "weeks=60", "sweep.method=grid", "engine.seeds=1",
                   "switches=[{to: circles, week: 30}]",
                   "sweep.factors={switches.circles.week: [0, 20, 40, 59]}"])  # fmt: skip
    outcome = runner.sweep(cfg, elsewhere / "dates", quiet)
    assert outcome.complete
    base, table = Base.of(cfg), in_order(outcome.folder).to_pandas()
    assert table.last_clarity.nunique() == 4
    for row in table.itertuples():
        told = base.told(base.arms[0], {"switches.circles.week": [0, 20, 40, 59][row.point]})
        weekly = simulate(told, row.seed).weekly
        assert row.last_clarity == weekly[-52:, NAMES.index("clarity")].mean()
        assert row.last_effort == pytest.approx(weekly[-52:, NAMES.index("effort")].mean())


# --- failures -------------------------------------------------------------------------------


def test_a_thousand_rows_of_which_twenty_are_bad(elsewhere: Path, capsys):
    good = [f"{0.001 * row:.3f},{row % 4},0.3" for row in range(1000)]
    bad = {"7,0,0.3": "out of range", "nan,0,0.3": "number", "0.5,x,0.3": "not a number",
           "0.5,1.5,0.3": "whole", "0.5,0,": ""}  # fmt: skip
    texts = list(bad)[:4]
    for place in range(20):
        good[place * 50 + 7] = texts[place % 4]
    header = "levers.example.strength,levers.example.start,leading.pull\n"
    (elsewhere / "points.csv").write_text(header + "\n".join(good))
    words = [*TINY, "weeks=4", "engine.seeds=1", "sweep=rows", "sweep.file=points.csv"]
    assert main(["sweep", *words, "--out", "mine"]) == 1
    printed, said = capsys.readouterr()
    assert "980 of 1,000 runs are done in mine" in printed
    assert "20 runs failed" in said
    assert "point 7, arm chosen, seed 1: levers.example.strength = 7 is out of range" in said
    assert "Traceback" not in said
    table = in_order(elsewhere / "mine").to_pandas()
    failed = table[table.reason != ""]
    assert failed.point.tolist() == [place * 50 + 7 for place in range(20)]
    assert failed.last_effort.isna().all()
    for place, reason in enumerate(failed.reason):
        assert bad[texts[place % 4]] in reason
    assert table[table.reason == ""].last_effort.notna().all()
    before = parts.bits(in_order(elsewhere / "mine"))
    assert main(["sweep", *words, "--out", "mine"]) == 1  # nothing is left, and still 20 failed
    assert parts.bits(in_order(elsewhere / "mine")) == before


def test_what_is_wrong_with_the_machine_is_tried_twice(work: runner.Work, whole, elsewhere: Path):
    once = faulty(chunk_2=[MemoryError("small")], chunk_4=[OSError(errno.EIO, "bad")])
    outcome = runner.run_sweep(work, elsewhere / "once", quiet, once)
    assert outcome.complete
    assert same(elsewhere / "once", whole)
    said: list[str] = []
    twice = faulty(chunk_2=[MemoryError("small"), MemoryError("small")])
    outcome = runner.run_sweep(work, elsewhere / "twice", said.append, twice)
    assert (outcome.done, outcome.given_up, outcome.stopped) == (RUNS - 3, 3, "")
    assert said == ["3 runs failed twice together and are left for later: MemoryError: small"]
    assert runner.run_sweep(work, elsewhere / "twice", quiet).complete
    assert same(elsewhere / "twice", whole)


def test_a_sweep_that_fails_everywhere_ends(elsewhere: Path):
    work = runner.work_of(compose([*SMALL, "engine.chunk=1", "engine.seeds=20"]))
    faults = {f"chunk_{n}": [MemoryError(), MemoryError()] for n in range(100)}
    outcome = runner.run_sweep(work, elsewhere / "mine", quiet, faulty(**faults))
    assert outcome.stopped == "20 chunks in a row failed"
    assert outcome.done == 0


def test_a_full_disk_ends_it_and_loses_nothing(work, whole, elsewhere: Path, monkeypatch):
    folder, real, left = elsewhere / "mine", files.write, [3]

    def full(path: Path, content: bytes) -> None:
        if path.parent.name == parts.PARTS:
            left[0] -= 1
            if left[0] < 0:
                with files.writing(path) as opened:
                    opened.write(content[:100])
                    raise OSError(errno.ENOSPC, "No space left on device")
        real(path, content)

    monkeypatch.setattr(files, "write", full)
    outcome = runner.run_sweep(work, folder, quiet)
    assert "is full (No space left on device): free some space" in outcome.stopped
    assert outcome.done == 9
    assert not left_behind(folder)
    monkeypatch.undo()
    assert runner.run_sweep(work, folder, quiet).complete
    assert same(folder, whole)


def test_unknown_factor_and_other_mistakes_are_one_sentence(capsys):
    for words, expected in (
        (["sweep.method=grid", "sweep.factors={leading.pul: [0.3]}"], "leading.pull"),
        (["sweep=timings"], "timing"),
        (["statsu", "x"], "did you mean status?"),
        (["status", "nowhere"], "no folder"),
        (["sweep=timing", "engine.executor=dusk"], "dask"),
    ):
        assert main(["sweep", *words]) == 2
        said = capsys.readouterr().err.splitlines()
        assert len(said) == 1, said
        assert expected in said[0]


def test_a_dry_run_writes_nothing(elsewhere: Path, capsys):
    assert main(["sweep", *SMALL, "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert "8 points x 1 arms x 2 seeds = 16 runs" in printed
    assert "tried here" in printed
    assert not list(elsewhere.iterdir())


def test_help_names_all_there_is(capsys):
    assert main(["sweep", "--help"]) == 0
    printed = capsys.readouterr().out
    for word in ("status", "verify", "compact", "report", "export", "power", "--dry-run", "--out"):
        assert word in printed


# --- memory ---------------------------------------------------------------------------------


def peak(work: runner.Work, seeds: int, folder: Path) -> int:
    """Bytes that a sweep needs at most, with numbers that cost nothing."""
    work = work._replace(plan=replace(work.plan, seeds=seeds))

    class Idle(Pool):
        def submit(self, chunk: Chunk) -> None:
            rows = parts.Rows(chunk.point.size, work.measures, 8)
            table = rows.table(chunk.point, chunk.arm, chunk.seed, work.base.arms)
            self.back.append((chunk, Ran(chunk.number, table, {"seconds": 0, "processor": "x"})))

    tracemalloc.start()
    assert runner.run_sweep(work, folder, quiet, lambda engine, job, say: Idle(job)).complete
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def test_memory_stays_flat_as_runs_grow(work: runner.Work, elsewhere: Path):
    peak(work, 1, elsewhere / "warm")
    few, many = peak(work, 6, elsewhere / "few"), peak(work, 60, elsewhere / "many")
    assert many < 1.3 * few + 100_000


def test_no_more_chunks_are_made_than_there_is_room_for(work: runner.Work):
    made: list[int] = []

    def chunks() -> Iterator[Chunk]:
        for number in range(work.plan.chunks):
            made.append(number)
            yield work.chunk(number)

    for count, _ in enumerate(executors.results(Pool(work.job), chunks()), start=1):
        assert len(made) <= count + 2


def test_planning_takes_arms_seeds_and_groups(work: runner.Work):
    order = planned(work.base, work.design, range(5, 9), 3)
    assert (order.seeds, order.first_seed, order.runs) == (4, 5, 32)
    assert with_length(order, 7).chunks == 5
