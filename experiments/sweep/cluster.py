"""How are chunks run on dask's workers: of this machine, of a scheduler that is there, of Slurm?

A chunk goes out as small plain data and comes back as bytes of Arrow; no worker needs to see the
folder of the sweep. Dask runs the chunks of a worker that died on another one.
"""

import logging
import queue
import signal
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from os import cpu_count
from typing import Any

from experiments.settings import Engine
from experiments.sweep.chunk import Job, Ran, ran
from experiments.sweep.executors import SPARE, Lost
from experiments.sweep.plan import Chunk
from sim.parameters import ParameterError

HERE = "127.0.0.1"  # nobody else can reach a local cluster
LOOK = 2.0  # seconds between two counts of the workers
PATIENCE = 10  # seconds without a worker before something is said
CONNECT = 15  # seconds to find a scheduler
CLOSING = 15  # seconds
INSTALL = "dask is not installed; type pip install 'zwerm[cluster]', or use engine.executor=threads"
Result = tuple[int, bytes, dict[str, Any]]


def ran_there(settings: bytes, measures: tuple[str, ...], chart: str, chunk: Chunk) -> Result:
    """Run a chunk on a worker: its number, its table as bytes, and where it was run."""
    import pyarrow as pa

    done = ran(Job(zlib.decompress(settings).decode(), measures, chart), chunk)
    target = pa.BufferOutputStream()
    with pa.ipc.new_stream(target, done.table.schema) as stream:
        stream.write_table(done.table)
    return done.number, target.getvalue().to_pybytes(), done.about


def dask_setup(worker: Any) -> None:
    """Called by dask in each worker of this machine: Ctrl-C is for the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def read_back(result: Result) -> Ran:
    """A chunk as a worker sent it."""
    import pyarrow as pa

    number, content, about = result
    with pa.ipc.open_stream(content) as stream:
        return Ran(number, stream.read_all(), about)


class Workers:
    """Chunks on the workers of a dask scheduler."""

    def __init__(self, engine: Engine, job: Job, say: Callable[[str], None]) -> None:
        try:
            import distributed
        except ImportError as error:
            raise ParameterError(INSTALL) from error
        self.distributed, self.say = distributed, say
        self.settings, self.job = zlib.compress(job.settings.encode()), job
        self.back: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.under_way: dict[str, tuple[Chunk, Any]] = {}  # by key; holding a future keeps it
        self.serial, self.cores = 0, 0
        self.counted = self.seen = 0.0
        self.told = False
        for name in [*logging.root.manager.loggerDict]:
            if name.partition(".")[0] == "distributed":  # each has a level of its own
                logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            self.cluster: Any = None if engine.address else _cluster(engine)
        except (OSError, RuntimeError) as error:
            raise Lost(f"no workers could be started ({error})") from error
        self.where = engine.address or str(self.cluster.scheduler_address)
        try:
            self.client = distributed.Client(
                self.cluster or engine.address, timeout=CONNECT, set_as_default=False
            )
        except (OSError, ValueError) as error:
            self._end_cluster()
            raise Lost(
                f"no scheduler answers at {self.where}; start one with `dask scheduler`, or give "
                f"its address: engine.address=tcp://…"
            ) from error
        self.seen = time.monotonic()

    def room(self) -> int:
        """How many more chunks may be handed in: it grows and shrinks with the workers."""
        now = time.monotonic()
        if now - self.counted > LOOK:
            self.cores, self.counted = self._cores(), now
            if self.cores:
                self.seen, self.told = now, False
            elif now - self.seen > PATIENCE and not self.told:
                self.say(f"Waiting for workers of {self.where}; there are none.")
                self.told = True
        return max(1, self.cores * SPARE) - len(self.under_way)

    def _cores(self) -> int:
        try:
            threads: Any = self.client.nthreads()
            return sum(threads.values())
        except Exception as error:
            raise self._lost() from error

    def submit(self, chunk: Chunk) -> None:
        """Hand in a chunk."""
        self.serial += 1
        key = f"zwerm-{chunk.name}-{self.serial}"
        future = self.client.submit(
            ran_there, self.settings, self.job.measures, self.job.chart, chunk, key=key, pure=False
        )
        self.under_way[key] = chunk, future
        future.add_done_callback(lambda done: self.back.put(done.key))

    def finished(self, seconds: float) -> list[tuple[Chunk, Ran | Exception]]:
        """What has finished since; waits so long for the first. Raises Lost."""
        try:
            keys = [self.back.get(timeout=seconds)]
        except queue.Empty:
            if self.client.status != "running":
                raise self._lost() from None
            return []
        while not self.back.empty():
            keys.append(self.back.get())
        found: list[tuple[Chunk, Ran | Exception]] = []
        for key in keys:
            chunk, future = self.under_way.pop(key)
            found.append((chunk, self._outcome(future)))
        return found

    def _outcome(self, future: Any) -> Ran | Exception:
        """A result, or why there is none. A worker that died again and again is such a reason."""
        if future.cancelled() or self.client.status != "running":
            raise self._lost()
        try:
            return read_back(future.result(timeout=None))
        except Exception as error:
            if future.cancelled() or self.client.status != "running":
                raise self._lost() from error
            if isinstance(error, ModuleNotFoundError):
                raise Lost(
                    f"the workers of {self.where} cannot import {error.name}; install the same "
                    f"version of zwerm for them"
                ) from error
            return error

    def _lost(self) -> Lost:
        return Lost(f"the scheduler at {self.where} is gone")

    def close(self) -> None:
        """End what is under way, without waiting for it."""
        self.under_way.clear()
        try:
            with suppress(TimeoutError):  # a busy machine is no reason to fail
                self.client.close(timeout=CLOSING)
        finally:
            self._end_cluster()

    def _end_cluster(self) -> None:
        if self.cluster is not None:
            try:
                self.cluster.close(timeout=CLOSING)
            except TimeoutError:
                self.say(f"workers did not end within {CLOSING} s; look whether some still run")


def _cluster(engine: Engine) -> Any:
    if engine.executor == "slurm":
        cluster = slurm_cluster(engine)
        jobs = engine.workers or 1
        cluster.adapt(minimum_jobs=jobs, maximum_jobs=jobs)  # also once their time is over
        return cluster
    from distributed import LocalCluster

    told: dict[str, Any] = {
        "dashboard_address": None,  # no page; what answers instead does so here, on any port
        "scheduler_kwargs": {"dashboard_address": f"{HERE}:0"},
        "memory_limit": 0,  # none
        "preload": [__name__],  # calls `dask_setup`
    }
    return LocalCluster(
        n_workers=engine.workers or cpu_count() or 1,
        threads_per_worker=1,
        processes=True,
        host=HERE,
        silence_logs=logging.CRITICAL,
        **told,
    )


def slurm_cluster(engine: Engine) -> Any:
    """A cluster whose workers are jobs of Slurm; none is started yet. Raises ParameterError."""
    try:
        from dask_jobqueue import SLURMCluster  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise ParameterError(
            "dask-jobqueue is not installed; type pip install 'zwerm[cluster]'"
        ) from error
    asked = engine.slurm
    return SLURMCluster(
        queue=asked["queue"],
        account=asked["account"],
        cores=asked["cores"],
        processes=asked["cores"],  # one run at a time each
        memory=asked["memory"],
        walltime=asked["walltime"],
        interface=asked["interface"],
        job_script_prologue=list(asked["prologue"]),
        job_extra_directives=list(asked["extra"]),
        job_name="zwerm",
        scheduler_options={"dashboard": False, "dashboard_address": f"{HERE}:0"},
    )
