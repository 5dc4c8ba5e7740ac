"""How is a sweep run, stopped and gone on with, without losing a run?

What is there is done: a part stands under its name only when all of it lies on the disk, and one
process writes them all, wherever the runs are computed. To go on is to look which parts are there.
"""

import contextlib
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.run import COMPILE_SECONDS, model_is_compiled, say
from experiments.settings import Engine, engine_of, resolved
from experiments.store import INSTEAD, RUNS, FolderError
from experiments.sweep import files, manifest, parts, plan
from experiments.sweep.base import Base
from experiments.sweep.chunk import Job, Ran
from experiments.sweep.design import Design, design_of, kept
from experiments.sweep.executors import GivenUp, Lost, Pool, pool_of, results
from experiments.sweep.plan import Chunk, Plan

if TYPE_CHECKING:
    from omegaconf import DictConfig

KEYS = ["point", "arm", "seed", "reason"]
REASONS = 3  # different ones that are told at the end
MOST_GIVEN_UP = 20  # chunks in a row that failed as a whole, before the sweep ends
PAUSE_TERMINAL, PAUSE_LOG = 0.1, 10.0  # seconds between two lines of progress

Say = Callable[[str], None]


class Work(NamedTuple):
    """A sweep, ready to be run."""

    base: Base
    design: Design
    told: manifest.Told
    measures: tuple[str, ...]
    plan: Plan
    engine: Engine
    identity: str  # that its chunks are named after: of the code that began it
    command: str = ""  # that was typed

    @property
    def job(self) -> Job:
        """What all chunks share."""
        return Job(json.dumps(self.told.settings), self.measures, self.told.chart)

    @property
    def schema(self) -> Any:
        """The columns of its table of runs."""
        return parts.schema(self.measures, parts.quarters(self.base.weeks))

    def chunk(self, number: int) -> Chunk:
        """One chunk."""
        return plan.chunk_of(self.plan, self.design, self.identity, number)

    def name(self, number: int) -> str:
        """The id of a chunk."""
        return plan.name_of(self.plan, self.identity, number)

    def check_keys(self, number: int, table: Any) -> None:
        """Raise BrokenPart unless a part holds just the runs of its chunk, each once."""
        point, arm, seed = self.plan.at(np.arange(*self.plan.span(number)))
        same = (
            np.array_equal(table.column("point").to_numpy(), point)
            and table.column("arm").to_pylist() == np.array(self.base.arms)[arm].tolist()
            and np.array_equal(table.column("seed").to_numpy(), seed)
        )
        if not same:
            raise parts.BrokenPart("its runs are not those of its chunk")


@dataclass
class Outcome:
    """What came of running a sweep."""

    folder: Path
    runs: int
    done: int = 0  # in this folder now, those that failed included
    failed: int = 0
    given_up: int = 0  # runs of chunks that failed as a whole
    reasons: dict[str, str] = field(default_factory=dict)  # some, and the first run of each
    stopped: str = ""  # why it ended early, one sentence
    interrupted: bool = False

    @property
    def complete(self) -> bool:
        """Whether every run is there."""
        return self.done == self.runs


# --- beginning ------------------------------------------------------------------------------


def work_of(cfg: "DictConfig", length: int = 0) -> Work:
    """A sweep from its settings; `length` is the number of runs in a chunk, 0 = chosen.

    Raises ParameterError, ChartError or FolderError.
    """
    base, design, engine = Base.of(cfg), design_of(cfg), engine_of(cfg)
    told = manifest.told_of(resolved(cfg), design)
    order = plan.planned(base, design, engine.seeds, length or engine.chunk)
    measures = kept(list(cfg.sweep.measures))
    return Work(base, design, told, measures, order, engine, told.identity)


def opened(folder: Path) -> tuple[Work, dict[str, Any]]:
    """The sweep of a folder, and its manifest. Raises FolderError."""
    from experiments.settings import restored

    found = manifest.read(folder)
    settings = manifest.settings(folder, found)
    cfg = restored(settings)
    base, design, engine = Base.of(cfg), manifest.read_design(folder), engine_of(cfg)
    if manifest.sum_of_chart(settings) != found["chart"]:
        chart = settings["organisation"]["chart"]
        raise FolderError(
            f"{chart} is not the org list that {folder} was begun with; put that one back"
        )
    told = manifest.Told(settings, found["design"]["sum"], found["chart"], manifest.code())
    order = plan.planned(base, design, engine.seeds, found["chunk"])
    measures = tuple(found["measures"])
    return Work(base, design, told, measures, order, engine, found["identity"]), found


def folder_of(work: Work) -> Path:
    """The folder of a sweep for which none was named: the same each time."""
    return RUNS / f"sweep-{work.design.name}-{work.identity[:8]}"


def begin(work: Work, folder: Path) -> Work:
    """Make the folder of a sweep, or take up the one that is there. Raises FolderError.

    The chunks are as long as when the folder was begun.
    """
    if (folder / manifest.MANIFEST).exists():
        found = manifest.read(folder)
        manifest.refuse_other(folder, found, work.told)
        if found["chunk"] != work.plan.length:
            work = work._replace(plan=plan.with_length(work.plan, found["chunk"]))
    else:
        there = {path.name for path in folder.iterdir()} - {files.LOCK, parts.DESIGN}
        there -= {manifest.CONFIG, parts.PARTS}
        if any(not name.endswith(files.PARTIAL) for name in there) or any(
            (folder / parts.PARTS).glob(f"*{parts.ENDS}")
        ):
            raise FolderError(f"{folder} is there already and holds no sweep; {INSTEAD}")
        content = manifest.manifest_of(work.base, work.design, work.plan, work.told, work.measures)
        if work.command:
            content = files.sealed({**content, "command": work.command})
        manifest.write(folder, content, work.told.settings, work.design)
    files.remove_partial(folder)
    (folder / parts.PARTS).mkdir(exist_ok=True)
    files.remove_partial(folder / parts.PARTS)
    return work


def _made(folder: Path) -> None:
    """Raises FolderError if the folder cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise FolderError(f"{folder} is a file; name a folder that is not there yet") from None
    except OSError as error:
        raise FolderError(
            f"cannot make the folder {folder} ({error.strerror}); {INSTEAD}"
        ) from error


def there(work: Work, folder: Path, outcome: Outcome, say: Say) -> NDArray[np.bool_]:
    """Which chunks are done. A part that is broken is set aside and counts as not done."""
    from experiments.sweep import compacting

    if compacting.is_compacted(folder):
        compacting.finish(work, folder)
        outcome.done = work.plan.runs
        for table in parts.pieces(folder / parts.RUNS, KEYS):
            _count(outcome, table)
        return np.ones(work.plan.chunks, dtype=bool)
    done = np.zeros(work.plan.chunks, dtype=bool)
    names = {path.name for path in (folder / parts.PARTS).glob(f"*{parts.ENDS}")}
    for number in _looking(range(work.plan.chunks if names else 0)):
        name = work.name(number)
        if f"{name}{parts.ENDS}" not in names:
            continue
        try:
            table = parts.load(folder, name, work.schema).table
            work.check_keys(number, table)
        except parts.BrokenPart as broken:
            aside = files.set_aside(parts.path_of(folder, name))
            say(f"{aside.name} is set aside and its runs are repeated: {broken}.")
            continue
        done[number] = True
        outcome.done += len(table)
        _count(outcome, table)
    return done


def _count(outcome: Outcome, table: Any) -> None:
    """Add the failures of a table."""
    failed = parts.failed(table)
    outcome.failed += failed
    if failed and len(outcome.reasons) < REASONS:
        for row in table.select(KEYS).to_pylist():
            why = row.pop("reason")
            if why and why not in outcome.reasons and len(outcome.reasons) < REASONS:
                outcome.reasons[why] = "point {point}, arm {arm}, seed {seed}".format(**row)


# --- running --------------------------------------------------------------------------------


def sweep(
    cfg: "DictConfig", folder: Path | None = None, say: Say = say, command: str = ""
) -> Outcome:
    """Run what is not there yet. Raises ParameterError, ChartError or FolderError.

    An interrupt, a full disk or a lost scheduler end it early; the outcome says so, and the same
    call goes on.
    """
    work = work_of(cfg)._replace(command=command)
    target = folder or work.engine.output
    if target is None:
        _tell_others(work, say)
    return run_sweep(work, target, say)


def run_sweep(
    work: Work,
    folder: Path | None = None,
    say: Say = say,
    pool_of: Callable[[Engine, Job, Say], Pool] = pool_of,
) -> Outcome:
    """The same for a sweep that is ready."""
    target = folder or folder_of(work)
    outcome = Outcome(target, work.plan.runs)
    _made(target)
    try:
        with _stoppable(), files.locked(target) as certain:
            if not certain:
                say(f"{target} is on a disk without locks: run one sweep at a time in it.")
            work = begin(work, target)
            done = there(work, target, outcome, say)
            if not done.all():
                _run(work, target, done, outcome, say, pool_of)
    except KeyboardInterrupt:
        outcome.interrupted = True
        outcome.stopped = "Paused"
    except Lost as lost:
        outcome.stopped = str(lost)
    except OSError as error:
        outcome.stopped = _unusable(target, error)
    return outcome


def _tell_others(work: Work, say: Say) -> None:
    """Say if a folder was begun under this name with other settings or code."""
    mine = folder_of(work)
    if mine.exists():
        return
    for folder in sorted(RUNS.glob(f"sweep-{work.design.name}-*")):
        try:
            manifest.refuse_other(folder, manifest.read(folder), work.told)
        except FolderError as other:
            said = str(other).removesuffix(f"; {INSTEAD}")
            say(f"{said}. This sweep goes to {mine}.")
            return


def _unusable(folder: Path, error: OSError) -> str:
    if files.is_full(error):
        return f"the disk of {folder} is full ({error.strerror}): free some space"
    return f"{folder} cannot be used ({error.strerror or error})"


def _run(
    work: Work, folder: Path, done: NDArray[np.bool_], outcome: Outcome, say: Say,
    pool_of: Callable[[Engine, Job, Say], Pool],
) -> None:  # fmt: skip
    if not work.engine.address and not model_is_compiled():
        say(f"Compiling the model, about {COMPILE_SECONDS} seconds, once.")
        _compile(work)
    missing = np.flatnonzero(~done)
    chunks = (work.chunk(int(number)) for number in missing)
    in_a_row = 0
    with _shown(work, outcome) as progress:
        pool = pool_of(work.engine, work.job, say)
        try:
            for result in results(pool, chunks):
                if isinstance(result, GivenUp):
                    in_a_row += 1
                    _give_up(result, outcome, say)
                    if in_a_row == MOST_GIVEN_UP:
                        outcome.stopped = f"{in_a_row} chunks in a row failed"
                        return
                    continue
                in_a_row = 0
                _keep(work, folder, result)
                outcome.done += len(result.table)
                _count(outcome, result.table)
                progress(len(result.table), outcome.failed)
        finally:
            pool.close()


def _keep(work: Work, folder: Path, result: Ran) -> None:
    """Write the part of a chunk. Raises Lost if it was run by other code than this."""
    for name, value in work.told.code.items():
        if name in result.about and result.about[name] != value:
            raise Lost(
                f"a worker runs other code than this process: "
                f"{manifest.CALLED.get(name, name)} is {result.about[name]} there and {value} "
                f"here; install the same version for both"
            )
    parts.save(folder, work.name(result.number), result.table, result.about)


def _give_up(result: GivenUp, outcome: Outcome, say: Say) -> None:
    runs = result.chunk.point.size
    outcome.given_up += runs
    said = " ".join(f"{type(result.error).__name__}: {result.error}".split())[:200]
    if outcome.given_up == runs:
        say(f"{runs} runs failed twice together and are left for later: {said}")


def _compile(work: Work) -> None:
    """Compile once, before many processes would do it side by side."""
    from sim.configuration import Configuration, Organisation
    from sim.runs import simulate

    simulate(Configuration(organisation=Organisation(people=10, customers=20), weeks=1), 1)


def _looking(numbers: range) -> Iterable[int]:
    """The numbers, with progress if it takes long to look at each."""
    from tqdm import tqdm

    return tqdm(numbers, desc="what is there", unit="part", file=sys.stderr, delay=3, leave=False)


@contextlib.contextmanager
def _shown(work: Work, outcome: Outcome) -> Iterator[Callable[[int, int], None]]:
    """Progress on the standard error: runs, rate, time left, failures."""
    from tqdm import tqdm

    pause = PAUSE_TERMINAL if sys.stderr.isatty() else PAUSE_LOG
    bar = tqdm(total=outcome.runs, initial=outcome.done, desc=work.design.name, unit="run",
               mininterval=pause, file=sys.stderr)  # fmt: skip

    def progress(runs: int, failed: int) -> None:
        if failed:
            bar.set_postfix_str(f"{failed:,} failed", refresh=False)
        bar.update(runs)

    with bar:
        if outcome.failed:
            bar.set_postfix_str(f"{outcome.failed:,} failed")
        yield progress


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """While this lasts, a signal to terminate is the same as Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
