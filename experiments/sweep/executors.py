"""Where are chunks run? Behind one small interface: threads here, dask's workers in `cluster.py`.

`results` hands out chunks, never more than there is room for, and yields what comes back in the
order in which it comes. A chunk that failed as a whole is run once more, wherever that may be.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from os import cpu_count
from typing import NamedTuple, Protocol

from experiments.settings import Engine
from experiments.sweep.chunk import Job, Ran, Stopped, ran
from experiments.sweep.plan import Chunk

TICK = 0.2  # seconds between two looks at the keyboard
SPARE = 2  # chunks handed in for each that can be run at once, so that nobody is idle
TRIES = 2


class Lost(Exception):
    """The machines that ran the chunks are gone, or were never there; one sentence."""


class GivenUp(NamedTuple):
    """A chunk that failed as a whole each time; its runs are still to be done."""

    chunk: Chunk
    error: Exception


class Pool(Protocol):
    """Something that runs chunks."""

    def room(self) -> int:
        """How many more chunks may be handed in."""
        ...

    def submit(self, chunk: Chunk) -> None:
        """Hand in a chunk."""
        ...

    def finished(self, seconds: float) -> list[tuple[Chunk, Ran | Exception]]:
        """What has finished since; waits so long for the first. Raises Lost."""
        ...

    def close(self) -> None:
        """End what is under way, without waiting for it."""
        ...


def results(pool: Pool, chunks: Iterator[Chunk]) -> Iterator[Ran | GivenUp]:
    """Run all chunks; each once, or twice if it failed as a whole. Raises Lost."""
    again: deque[Chunk] = deque()
    tries: dict[int, int] = {}  # of those that failed, and are not done yet
    under_way = 0
    while True:
        while pool.room() > 0:
            chunk = again.popleft() if again else next(chunks, None)
            if chunk is None:
                break
            pool.submit(chunk)
            under_way += 1
        if not under_way:
            return
        for chunk, result in pool.finished(TICK):
            under_way -= 1
            if isinstance(result, Ran):
                tries.pop(chunk.number, None)
                yield result
                continue
            tries[chunk.number] = tries.get(chunk.number, 0) + 1
            if tries[chunk.number] < TRIES:
                again.append(chunk)
            else:
                del tries[chunk.number]
                yield GivenUp(chunk, result)


def pool_of(engine: Engine, job: Job, say: Callable[[str], None]) -> Pool:
    """What the settings choose. Raises ParameterError or Lost."""
    if engine.executor == "threads":
        return Threads(engine.threads or cpu_count() or 1, job)
    from experiments.sweep.cluster import Workers

    return Workers(engine, job, say)


class Threads:
    """Chunks side by side on threads of this process: kernels release the interpreter's lock."""

    def __init__(self, threads: int, job: Job) -> None:
        self.job = job
        self.most = threads * SPARE
        self.under_way = 0
        self.stopping = threading.Event()
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="zwerm")
        self.back: queue.SimpleQueue[tuple[Chunk, Future[Ran]]] = queue.SimpleQueue()

    def room(self) -> int:
        """How many more chunks may be handed in."""
        return self.most - self.under_way

    def submit(self, chunk: Chunk) -> None:
        """Hand in a chunk."""
        self.under_way += 1
        future = self.pool.submit(ran, self.job, chunk, self.stopping)
        future.add_done_callback(lambda done: self.back.put((chunk, done)))

    def finished(self, seconds: float) -> list[tuple[Chunk, Ran | Exception]]:
        """What has finished since; waits so long for the first."""
        try:
            found = [self.back.get(timeout=seconds)]
        except queue.Empty:
            return []
        while not self.back.empty():
            found.append(self.back.get())
        self.under_way -= len(found)
        return [(chunk, outcome(future)) for chunk, future in found]

    def close(self) -> None:
        """End after the run that is under way on each thread."""
        self.stopping.set()
        self.pool.shutdown(wait=False, cancel_futures=True)


def outcome(future: "Future[Ran]") -> Ran | Exception:
    """What a future holds: a result, or why there is none. Raises Stopped."""
    try:
        return future.result()
    except Stopped:
        raise
    except Exception as error:
        return error
