"""Running a study: every arm on every seed, side by side on threads, stoppable at any moment.

`python -m experiments.run scenario=…` is the entry point for Hydra; with `-m` it runs every
combination of the values given. The command `zwerm run` does the same for a single study.
"""

import dataclasses
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments import bands
from experiments.results import Arm, Floats, Study, costs_of
from experiments.settings import (
    SMALLEST_GROUP,
    Engine,
    Plan,
    PlannedArm,
    engine_of,
    resolved,
    study_plan,
)
from sim.configuration import Configuration, structure_of
from sim.large import is_large
from sim.market import Market
from sim.measures import COLUMN, Record
from sim.runs import Task, simulate_many, simulate_markets
from sim.start import at_week_zero
from sim.structure import Structure
from sim.switching import record_of, run_through

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from scenarios.panel import Panel

COMPILE_SECONDS = 40  # measured on two cores
LARGEST_DRAWN = 5000  # people of an organisation that is still worth drawing
TICK = 0.1  # seconds between two looks at the keyboard

Done = Callable[[float], None]  # told how many runs are finished, parts of a large one included


class Stopped(Exception):
    """Raised among the runs when somebody stopped the study."""


class Performed(NamedTuple):
    """A study and the folder it was written to."""

    study: Study
    folder: Path
    undrawn: str = ""  # why there are no figures, if drawing them failed


def run_study(plan: Plan, engine: Engine, progress: Done | None = None) -> Study:
    """All arms on the same seeds, and the panel if there is one. Answers Ctrl-C at once."""
    bands.check({arm.name: arm.told for arm in plan.arms}, engine.plausible)
    tasks = [Task(arm.told, seed) for arm in plan.arms for seed in engine.seeds]
    records = interruptibly(lambda done: _records(plan, engine, tasks, done), progress)
    size = len(engine.seeds)
    arms = tuple(
        _arm(planned, records[place * size : (place + 1) * size])
        for place, planned in enumerate(plan.arms)
    )
    extra: dict[str, Any] = {}
    if plan.panel is not None:
        shifted = (lambda count: progress(len(tasks) + count)) if progress else None
        extra["panel"] = _panel(plan.panel, engine, shifted)
    if engine.plausible:
        before = number_of_runs(plan, engine) - _row_runs(plan, engine)
        extra[bands.KEY] = interruptibly(
            lambda done: bands.run_rows({arm.name: arm.told for arm in plan.arms},
                                        engine.plausible, engine.seeds, engine.threads, done),
            (lambda count: progress(before + count)) if progress else None,
        )  # fmt: skip
    drawn = not plan.figures or any(each.startswith("organisation") for each in plan.figures)
    if engine.figures and drawn and plan.market is None:
        extra["snapshots"] = _snapshots(plan, engine)
    return Study(
        name=plan.name, title=plan.title, about=plan.about, arms=arms, main=plan.main,
        against=plan.against, seeds=engine.seeds, measures=plan.measures, extra=extra,
    )  # fmt: skip


def _records(plan: Plan, engine: Engine, tasks: Sequence[Task], done: Done) -> list[Record]:
    """What the tasks leave, in their order; of a market all firms at once."""
    if plan.market is None:
        return simulate_many(tasks, engine.threads, done)
    firms = len(plan.arms)
    own = [Task(plan.market, seed) for seed in engine.seeds]
    found = simulate_markets(own, engine.threads, lambda count: done(count * firms))
    return [records[firm] for firm in range(firms) for records in found]


def number_of_runs(plan: Plan, engine: Engine) -> int:
    """Runs that a study takes, those of its panel and of the plausible set included."""
    units = 0 if plan.panel is None else plan.panel.units
    return len(plan.arms) * len(engine.seeds) * (1 + units) + _row_runs(plan, engine)


def _row_runs(plan: Plan, engine: Engine) -> int:
    """Runs over rows of the plausible set."""
    return len(plan.arms) * len(engine.seeds) * engine.plausible


def _panel(panel: "Panel", engine: Engine, progress: Done | None) -> dict[str, Any]:
    """The arms as kinds of a panel, repeated once for each seed."""
    from scenarios.panel import run_panel

    repeated = dataclasses.replace(panel, panels=len(engine.seeds))
    return interruptibly(
        lambda done: run_panel(repeated, engine.seeds[0], engine.threads, done), progress
    )


def _snapshots(plan: Plan, engine: Engine) -> dict[str, Any]:
    """The two arms that are compared, person by person after the last week of the first seed.

    For drawing only: never stored, and never shown by person for an imported list.
    """
    arms = [arm for arm in plan.arms if arm.name in (plan.main, plan.against)]
    small = [
        arm
        for arm in arms
        if arm.told.organisation.people <= LARGEST_DRAWN and not is_large(arm.told)
    ]
    return interruptibly(
        lambda _: {arm.name: _snapshot(arm.told, engine.seeds[0]) for arm in small}, None
    )


def _snapshot(told: Configuration, seed: int) -> dict[str, Any]:
    if told.rivals:
        market = Market(told, seed)
        market.run()
        world = market.own.world
    else:
        world = run_through(at_week_zero(told, seed), told, seed, record_of(told))
    there = world.staff.vacancy == 0
    return {
        "structure": world.structure,
        "circles": bool(world.firm.approvals[0] == 0.0),
        "visible_effort": np.where(there, world.staff.visible_effort, np.nan),
        "value": np.where(there, world.staff.value, np.nan),
    }


def _arm(planned: PlannedArm, records: Sequence[Record]) -> Arm:
    told = planned.told
    weekly = np.stack([record.weekly for record in records])
    levels = np.stack([record.levels for record in records])
    if told.structure == "chart":
        veil(structure_of(told), weekly, levels)
    return Arm(planned.name, planned.about, told, weekly, levels, costs_of(told))


def veil(structure: Structure, weekly: Floats, levels: Floats) -> None:
    """NaN for what an org list would show of fewer than five people, alone or by subtraction."""
    people = np.bincount(structure.level, minlength=levels.shape[2])
    front = np.bincount(structure.level[structure.front_staff], minlength=people.size)
    hidden = hidden_levels(people)
    levels[:, :, hidden] = np.nan
    # Of hidden levels the whole firm gives away their sum only: one block.
    blocks = np.append(people[~hidden], people[hidden].sum())
    serving = np.append(front[~hidden], front[hidden].sum())
    # The front is nearest to some blocks together; whom the two differ by can be worked out.
    if 0 < np.minimum(serving, blocks - serving).sum() < SMALLEST_GROUP:
        weekly[:, :, COLUMN["effort_front"]] = np.nan


def hidden_levels(people: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Levels of which nothing may be shown, [levels], from the people on each.

    Those with fewer than five; and if these are fewer than five together, which the mean of all
    would give away, the next smallest too.
    """
    hidden = people < SMALLEST_GROUP
    while 0 < people[hidden].sum() < SMALLEST_GROUP and not hidden.all():
        hidden[np.argmin(np.where(hidden, people.max() + 1, people))] = True
    return hidden


def interruptibly[Result](work: Callable[[Done], Result], progress: Done | None) -> Result:
    """Do the work on another thread, so that this one can answer an interrupt.

    The runs that are under way end by themselves; no further one starts.
    """
    stopping = threading.Event()
    results: list[Result] = []
    errors: list[BaseException] = []

    def done(count: float) -> None:
        if stopping.is_set():
            raise Stopped
        if progress:
            progress(count)

    def working() -> None:
        try:
            results.append(work(done))
        except BaseException as error:  # handed to the thread that waits
            errors.append(error)

    worker = threading.Thread(target=working, daemon=True)
    worker.start()
    try:
        while worker.is_alive():
            worker.join(TICK)
    except BaseException:
        stopping.set()
        raise
    if errors:
        raise errors[0]
    return results[0]


def model_is_compiled() -> bool:
    """Whether the whole run lies compiled on disk, so that it need not be compiled now."""
    from sim.week import run

    folder = Path(getattr(run, "stats").cache_path or os.devnull)  # noqa: B009
    return any(folder.glob("week.run-*.nbi"))


def say(text: str) -> None:
    """A line for the person who waits; results go to the standard output, this does not."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def shown(label: str, runs: int) -> Iterator[Done]:
    """Progress on the standard error: runs done, rate, time left."""
    from tqdm import tqdm

    if not model_is_compiled():
        say(f"Compiling the model, about {COMPILE_SECONDS} seconds, once.")
    pause = 0.1 if sys.stderr.isatty() else 5.0  # a log gets a line now and then
    bar = tqdm(total=runs, desc=label, unit="run", mininterval=pause, file=sys.stderr)

    def done(count: float) -> None:
        bar.n = round(count, 2)
        bar.update(0)

    with bar:
        yield done


def fill(cfg: "DictConfig", overrides: list[str], folder: Path) -> Performed:
    """Run a study and write it into a folder that is there."""
    from experiments import store

    plan, engine = study_plan(cfg), engine_of(cfg)
    for note in plan.notes:
        say(note)
    started = store.now()
    with shown(plan.name, number_of_runs(plan, engine)) as progress:
        study = run_study(plan, engine, progress)
    undrawn = store.save(study, folder, resolved(cfg), overrides, started)
    return Performed(study, folder, undrawn)


def perform(cfg: "DictConfig", overrides: list[str], folder: Path | None = None) -> Performed:
    """Run a study and leave its folder: all of it, or nothing if anything goes wrong."""
    from experiments import store

    target = folder or engine_of(cfg).output or store.new_folder(cfg.scenario.name)
    with store.writing(target) as partial:
        done = fill(cfg, overrides, partial)
    return done._replace(folder=target)


# --- Hydra ----------------------------------------------------------------------------------


def _job(cfg: "DictConfig") -> None:
    """One job of Hydra's: a single study, or one of a sweep."""
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    from experiments.cli import answering, drawn

    hydra = HydraConfig.get()
    folder = None
    if hydra.mode == RunMode.MULTIRUN:
        folder = Path(hydra.runtime.output_dir) / f"{hydra.job.num}-{cfg.scenario.name}"

    def work() -> int:
        done = perform(cfg, list(hydra.overrides.task), folder)
        print(done.folder)
        return drawn(done.undrawn, done.folder)

    code = answering(work)
    if code:
        raise SystemExit(code)


def main() -> int:
    """What `python -m experiments.run` does; settings are checked before Hydra sees them."""
    import hydra

    from experiments.cli import answering, leave
    from experiments.overrides import check_together, checked_override
    from experiments.schema import declared, register, schema
    from scenarios.library import CONF

    def work() -> int:
        checked = [
            checked_override(text, schema(), declared(), True)
            if "=" in text and not text.startswith("-")
            else text
            for text in sys.argv[1:]
        ]
        check_together(checked)
        sys.argv[1:] = checked
        register()
        hydra.main(version_base="1.3", config_path=str(CONF), config_name="config")(_job)()
        return 0

    return leave(answering(work))


if __name__ == "__main__":
    sys.exit(main())
