"""Zwerm in a notebook: run a scenario, compare, look at an organisation.

    import zwerm
    study = zwerm.run("copy_of_a_copy", "engine.seeds=8")
    zwerm.compare("copy_of_a_copy").difference("nps_true")      # [seeds, weeks]
    zwerm.organisation("organisation=small").employees
    zwerm.lab("leader_or_none").arm("fixed leader").rounds["contribution"]   # [seeds, rounds]
    zwerm.validate("N10", "T22").rows[0].judged              # held against published numbers
    zwerm.sweep("timing", "engine.seeds=4").frame()             # or zwerm.opened("runs/FOLDER")

The packages `sim`, `agents`, `scenarios` and `experiments` lie at the top level. Other software
installs packages of the same names (openai-agents has an `agents`), so this module looks first
whether the ones that Python would import are ours, and says what to do if they are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agents.organisation import Organisation
    from experiments.lab_rounds import Experiment
    from experiments.results import Study
    from experiments.sweep.results import Sweep
    from experiments.validate.running import Outcome

__version__ = "0.1.0"

PACKAGES = ("sim", "agents", "scenarios", "experiments")
HOME = Path(__file__).resolve().parent


def _strangers() -> list[str]:
    """Packages of our names that Python would import from somewhere else, with where."""
    found = []
    for name in PACKAGES:
        spec = find_spec(name)
        if spec is None or not spec.origin:
            found.append(f"{name} (not found)")
        elif Path(spec.origin).resolve().parent.parent != HOME:
            found.append(f"{name} ({spec.origin})")
    return found


if _elsewhere := _strangers():
    raise ImportError(
        f"zwerm: these packages are not Zwerm's own: {', '.join(_elsewhere)}. Another "
        "distribution installs the same names (openai-agents installs `agents`). Use an "
        f"environment of Zwerm's own, or put {HOME} first on the path."
    )


def run(scenario: str = "nothing", *overrides: str) -> Study:
    """Run a scenario with overrides as on the command line, for example "leading.pull=.3".

    Returns every arm on every seed, week by week. Raises ParameterError with one sentence.
    """
    from experiments.settings import compose

    return _study(compose([f"scenario={scenario}", *overrides]))


def compare(*scenarios: str, overrides: tuple[str, ...] = ()) -> Study:
    """Scenarios side by side on the same seeds, or the arms of one; "name:arm" picks an arm.

    `study.difference("nps_true")` is the paired difference of the first named and the last.
    Raises ParameterError with one sentence.
    """
    from experiments.compare import compared

    return _study(compared([*overrides, f"scenario={','.join(scenarios)}"]))


def market(scenario: str = "rivals", *overrides: str, arm: str = "") -> Study:
    """The market of one arm firm by firm, beside each other: our firm, and its rivals.

    `study.arm("rival 1").series("share")` is [seeds, weeks]. Raises ParameterError with one
    sentence, for a scenario without rivals too.
    """
    from experiments.settings import compose, with_market

    return _study(with_market(compose([*overrides, f"scenario={scenario}"]), arm))


def _study(settings: Any) -> Study:
    from experiments.run import run_study
    from experiments.settings import engine_of, study_plan

    return run_study(study_plan(settings), engine_of(settings))


def organisation(*overrides: str, seed: int = 1, **more: Any) -> Organisation:
    """A Mesa model of one organisation, to step, look at and ask why.

    Of a scenario it is the arm that it is about. Raises ParameterError with one sentence, for a
    setting too that this arm has a value of its own for.
    """
    from agents.organisation import Organisation
    from experiments.settings import compose, refuse_overruled, study_plan

    settings = compose(list(overrides))
    plan = study_plan(settings)
    refuse_overruled(settings, plan.main, overrides)
    told = next(arm.told for arm in plan.arms if arm.name == plan.main)
    return Organisation(told, seed=seed, **more)


def lab(preset: str = "", *settings: str, seeds: int = 40, **more: Any) -> Experiment:
    """Play public-goods games: a preset of `zwerm lab`, or with no name a game of your own.

    Settings as on the command line ("size=6") or by name (size=6, leader="rotating"). Every arm
    holds its measures by seed and round. Raises ParameterError with one sentence.
    """
    from experiments.lab import experiment, split

    name, typed = split([*([preset] if preset else []), *settings])
    return experiment(name, {**typed, **more}, seeds)


def validate(*rows: str, settings: Mapping[str, float] | None = None) -> Outcome:
    """Hold the model against published numbers: these rows, or all of them.

    `settings` are parameters by full name, for instance {"mood.customers": 0.1}. Every row holds
    its numbers, interval, distance and verdict. Raises ParameterError with one sentence.
    """
    from experiments.validate.running import measure_all
    from scenarios.targets.target import chosen_of

    return measure_all(chosen_of(list(rows)), settings=settings)


def sweep(name: str = "", *overrides: str, folder: Path | str | None = None) -> Sweep:
    """Run a sweep of conf/sweep, or what is missing of it, and open it.

    Without a name `overrides` say everything, for example "sweep.method=latin" and
    "sweep.factors={leading.pull: null}". The same call finds the same folder, and goes on in it;
    `folder` names another. A `folder` alone goes on with the sweep that was begun there. A sweep
    that was stopped opens, too: look at its `note`. Raises ParameterError or FolderError with one
    sentence.
    """
    from experiments.run import say
    from experiments.settings import compose
    from experiments.sweep import runner

    target = Path(folder).expanduser() if folder else None
    if target and not name and not overrides:
        work, _ = runner.opened(target)
        outcome = runner.run_sweep(work, target)
    else:
        chosen = [f"sweep={name}"] if name else []
        outcome = runner.sweep(compose([*chosen, *overrides]), target)
    if outcome.stopped:
        say(f"{outcome.stopped}; the same call goes on.")
    return opened(outcome.folder)


def opened(folder: Path | str) -> Sweep:
    """The results of a sweep, from its folder: frames, datasets, paired differences, failures.

    Raises FolderError with one sentence.
    """
    from experiments.sweep.results import open_sweep

    return open_sweep(folder)
