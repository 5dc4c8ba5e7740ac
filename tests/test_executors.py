"""Do threads and dask's workers give the same bits, and does nobody's death lose a run?"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from experiments.settings import Engine, compose, engine_of
from experiments.sweep import cluster, executors, parts, runner
from experiments.sweep.chunk import Job, Ran, place, ran
from experiments.sweep.executors import GivenUp, Lost, Threads, results
from experiments.sweep.plan import Chunk
from sim.parameters import ParameterError

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = [
    "organisation.people=10", "organisation.customers=20", "weeks=8", "engine.seeds=4",
    "engine.chunk=4", "sweep.method=grid", "sweep.name=small", "sweep.measures=[nps]",
    "sweep.factors={levers.example.strength: [0.2, 0.6], leading.pull: [0.3, 0.4]}",
]  # fmt: skip
quiet_dask = pytest.mark.filterwarnings("ignore")  # what dask says of its own loops and sockets


@pytest.fixture(scope="module")
def work() -> runner.Work:
    return runner.work_of(compose(SETTINGS))


@pytest.fixture(scope="module")
def expected(work: runner.Work) -> dict[int, str]:
    """The bits of each chunk."""
    return {number: parts.bits(ran(work.job, work.chunk(number)).table) for number in range(4)}


def on(work: runner.Work, **changes: Any) -> Engine:
    return work.engine._replace(**changes)


def chunks(work: runner.Work, count: int = 4) -> Iterator[Chunk]:
    return (work.chunk(number % 4)._replace(number=number) for number in range(count))


def bits(pool: executors.Pool, work: runner.Work, count: int = 4) -> dict[int, str]:
    found = {}
    try:
        for done in results(pool, chunks(work, count)):
            assert isinstance(done, Ran), done
            found[done.number] = parts.bits(done.table)
    finally:
        pool.close()
    return found


def quiet(text: str) -> None:
    pass


def dead(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return True
    return False


# --- threads --------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_any_number_of_threads_gives_the_same_bits(threads: int, work, expected):
    assert bits(Threads(threads, work.job), work) == expected


def test_threads_stop_between_two_runs(work: runner.Work):
    pool = Threads(1, work.job)
    for chunk in chunks(work, 2):
        pool.submit(chunk)
    pool.close()
    pool.pool.shutdown()
    with pytest.raises(executors.Stopped):
        pool.finished(0.1)


def test_a_chunk_is_given_up_after_two_tries(work: runner.Work, monkeypatch):
    tried: list[int] = []

    def failing(job: Job, chunk: Chunk, stopping: object = None) -> Ran:
        tried.append(chunk.number)
        if chunk.number == 1:
            raise MemoryError("none left")
        return ran(job, chunk)

    monkeypatch.setattr(executors, "ran", failing)
    found = list(results(Threads(2, work.job), chunks(work)))
    lost = [each for each in found if isinstance(each, GivenUp)]
    assert [each.chunk.number for each in lost] == [1]
    assert sorted(tried) == [0, 1, 1, 2, 3]


# --- dask -----------------------------------------------------------------------------------


@quiet_dask
def test_processes_of_this_machine_give_the_same_bits_and_survive_a_death(work, expected):
    pytest.importorskip("distributed")
    import dask.config

    # Whatever a dead worker had is lost to dask at once: the chunk has to be handed in again.
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        pool = cluster.Workers(on(work, executor="dask", workers=2), work.job, quiet)
    workers = pool.client.scheduler_info()["workers"]
    assert all(each.startswith("tcp://127.0.0.1:") for each in [pool.where, *workers])
    assert {each.address for each in pool.cluster.scheduler.services.values()} == {"127.0.0.1"}
    found, seen, killed = {}, set(), 0
    for done in results(pool, chunks(work, 20)):
        assert isinstance(done, Ran)
        found[done.number] = parts.bits(done.table)
        seen.add(done.about["process"])
        if len(found) == 6:
            killed = done.about["process"]
            os.kill(killed, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    assert found == {number: expected[number % 4] for number in range(20)}
    assert os.getpid() not in seen
    pool.close()
    assert all(dead(each) for each in seen)
    sent = cluster.ran_there(pool.settings, pool.job.measures, pool.job.chart, work.chunk(2))
    assert parts.bits(cluster.read_back(sent).table) == expected[2]


def test_a_cluster_that_closes_slowly_is_no_failure():
    asked = []

    class Slow:
        def close(self, timeout: float) -> None:
            asked.append(timeout)
            raise TimeoutError(f"timed out after {timeout} s.")

    said: list[str] = []
    pool: Any = object.__new__(cluster.Workers)
    pool.under_way, pool.client, pool.cluster, pool.say = {}, Slow(), Slow(), said.append
    pool.close()
    assert asked == [cluster.CLOSING, cluster.CLOSING]
    assert "look whether some still run" in said[0]


def test_workers_are_ended_whatever_the_client_does():
    ended = []

    class Broken:
        def close(self, timeout: float) -> None:
            raise OSError("the socket is gone")

    class Cluster:
        def close(self, timeout: float) -> None:
            ended.append(timeout)

    pool: Any = object.__new__(cluster.Workers)
    pool.under_way, pool.client, pool.cluster = {}, Broken(), Cluster()
    with pytest.raises(OSError, match="socket"):
        pool.close()
    assert ended


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler of its own and a worker, as one starts them on a cluster."""
    pytest.importorskip("distributed")
    folder = tmp_path_factory.mktemp("scheduler")
    told = folder / "scheduler.json"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_TEMPORARY_DIRECTORY": str(folder)}

    def start(*words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", *words, "--no-dashboard"], env=env, cwd=folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    started = [start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
                     "--scheduler-file", str(told))]  # fmt: skip
    deadline = time.monotonic() + 60
    while not told.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    import json

    address = json.loads(told.read_text())["address"]
    started.append(start("distributed.cli.dask_worker", address, "--nworkers", "1",
                         "--nthreads", "1", "--host", "127.0.0.1"))  # fmt: skip
    try:
        yield address, started
    finally:
        for each in reversed(started):
            each.terminate()
        for each in started:
            each.wait(timeout=20)


@quiet_dask
def test_a_scheduler_that_is_there_already_and_then_is_gone(
    scheduler, work: runner.Work, expected, tmp_path: Path, monkeypatch
):
    address, processes = scheduler
    ours = work._replace(engine=on(work, executor="dask", address=address))
    assert runner.run_sweep(ours, tmp_path / "sweep", quiet).complete
    for number in range(4):
        part = parts.load(tmp_path / "sweep", work.name(number), work.schema)
        assert parts.bits(part.table) == expected[number]
        assert part.about["process"] != os.getpid()
    pool = cluster.Workers(ours.engine, work.job, quiet)
    endless = results(pool, chunks(work, 10_000))
    assert isinstance(next(endless), Ran)
    processes[0].kill()
    with pytest.raises(Lost, match=f"the scheduler at {address} is gone"):
        list(endless)
    pool.close()
    monkeypatch.setattr(cluster, "CONNECT", 0.3)
    outcome = runner.run_sweep(ours, tmp_path / "other", quiet)
    assert outcome.stopped.startswith(f"no scheduler answers at {address}; start one with")
    assert runner.run_sweep(work, tmp_path / "other", quiet).complete


def test_other_code_on_a_worker_is_refused(work: runner.Work, tmp_path: Path):
    class Older(Threads):
        def finished(self, seconds: float) -> list[tuple[Chunk, Ran | Exception]]:
            return [
                (chunk, done._replace(about={**done.about, "numba": "0.1"}))
                for chunk, done in super().finished(seconds)
                if isinstance(done, Ran)
            ]

    outcome = runner.run_sweep(
        work, tmp_path / "sweep", quiet, lambda engine, job, say: Older(1, job)
    )
    assert "a worker runs other code than this process: numba is 0.1 there" in outcome.stopped
    assert outcome.done == 0
    assert place()["numba"] in outcome.stopped


def test_without_dask_a_sentence_says_what_to_install(work: runner.Work, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ParameterError, match=r"pip install 'zwerm\[cluster\]'"):
        cluster.Workers(on(work, executor="dask"), work.job, quiet)


@quiet_dask
def test_slurm_is_asked_for_what_was_set():
    pytest.importorskip("dask_jobqueue")
    asked = (
        "{queue: short, account: abc, walltime: '01:30:00', memory: 3GB, "
        "prologue: ['export ZWERM_CACHE=/scratch/me'], extra: ['--constraint=zen4']}"
    )
    engine = engine_of(compose(["engine=slurm", f"engine.slurm={asked}"]))
    assert (engine.executor, engine.workers) == ("slurm", 50)
    made = cluster.slurm_cluster(engine)
    try:
        script = made.job_script()
    finally:
        made.close()
    for line in ("#SBATCH -p short", "#SBATCH -A abc", "#SBATCH -t 01:30:00", "#SBATCH --mem=3G",
                 "#SBATCH -n 1", "#SBATCH --cpus-per-task=1", "#SBATCH --constraint=zen4",
                 "export ZWERM_CACHE=/scratch/me"):  # fmt: skip
        assert line in script.splitlines(), script
    assert "--nthreads 1" in script


def test_conf_names_each_way():
    assert engine_of(compose(["engine=dask", "engine.workers=3"])).workers == 3
    assert engine_of(compose(["engine=cluster"])).address == "tcp://127.0.0.1:8786"
    with pytest.raises(ParameterError, match="did you mean threads"):
        engine_of(compose(["engine.executor=thread"]))
