"""What tests of sweeps share: a small sweep, and a pool that fails as it is told."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from experiments.sweep import files, parts
from experiments.sweep.chunk import Job, Ran, ran
from experiments.sweep.plan import Chunk

ROOT = Path(__file__).resolve().parent.parent
TINY = ["organisation.people=10", "organisation.customers=20", "weeks=8", "engine.seeds=2"]
SMALL = [
    *TINY, "sweep.method=grid", "sweep.name=small", "sweep.measures=[nps,effort]",
    "sweep.factors={levers.example.strength: [0.2, 0.6], levers.example.start: [0, 2], "
    "leading.pull: [0.3, 0.4]}",
]  # fmt: skip
RUNS = 8 * 2  # of SMALL


def quiet(text: str) -> None:
    pass


def in_order(folder: Path) -> pa.Table:
    table = parts.runs_table(folder)
    place = table.schema.get_field_index("arm")
    table = table.set_column(place, "arm", table.column("arm").cast(pa.string()))
    return table.sort_by([("point", "ascending"), ("arm", "ascending"), ("seed", "ascending")])


def same(folder: Path, table: pa.Table) -> bool:
    return parts.bits(in_order(folder)) == parts.bits(table)


def left_behind(folder: Path) -> list[Path]:
    return list(folder.rglob(f"*{files.PARTIAL}"))


class Pool:
    """Runs chunks at once, and fails as it is told: by the number of the chunk."""

    def __init__(self, job: Job, faults: dict[int, list[BaseException]] | None = None) -> None:
        self.job, self.faults = job, faults or {}
        self.back: list[tuple[Chunk, Ran | Exception]] = []
        self.handed_in: list[int] = []
        self.closed = False

    def room(self) -> int:
        return 2 - len(self.back)

    def submit(self, chunk: Chunk) -> None:
        self.handed_in.append(chunk.number)
        fault = self.faults.get(chunk.number)
        if not fault:
            self.back.append((chunk, ran(self.job, chunk)))
        elif isinstance(fault[0], Exception):
            self.back.append((chunk, fault.pop(0)))  # pyright: ignore[reportArgumentType]
        else:
            raise fault.pop(0)

    def finished(self, seconds: float) -> list[tuple[Chunk, Ran | Exception]]:
        found, self.back = self.back, []
        return found

    def close(self) -> None:
        self.closed = True


def faulty(**faults: Sequence[BaseException]) -> Callable[[Any, Job, Any], Pool]:
    """What makes a pool that fails at chunk_N."""
    by_number = {int(name.removeprefix("chunk_")): list(each) for name, each in faults.items()}
    return lambda engine, job, say: Pool(job, by_number)
