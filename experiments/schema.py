"""Every name that may be set, with its type and default: made from the declarations in `sim/`.

A parameter that is added there can be set under its own name (`leading.pull`).
"""

from dataclasses import dataclass, field, fields, make_dataclass
from functools import cache
from threading import RLock
from typing import Any, cast

from hydra.core.config_store import ConfigStore
from omegaconf import MISSING, DictConfig, OmegaConf

from experiments.sweep.factors import Sampling
from sim.configuration import LONGEST, SHORTEST, Organisation, Parameters
from sim.parameters import Declaration, Grade, Kind, declarations, parameter

STYLES = ("paper", "beamer")  # of figures
EXECUTORS = ("threads", "dask", "slurm")  # where the runs of a sweep are computed
ASSUMED, FIXED = Grade.ASSUMED, Kind.FIXED
ALONE = RLock()  # Hydra's state is one for the whole process, and the classes are made once


@dataclass(frozen=True)
class Length:
    """How long a run lasts."""

    # fmt: off
    years: float = parameter(
        10.0, 0.02, 100.0, "years", ASSUMED, "a choice of the run",
        "length of a run, unless `weeks` gives it", kind=FIXED)
    weeks: int = parameter(
        520, SHORTEST, LONGEST, "weeks", ASSUMED, "a choice of the run",
        "length of a run, stronger than `years`", kind=FIXED)
    # fmt: on


@dataclass(frozen=True)
class Effort:
    """How much is computed."""

    # fmt: off
    seeds: int = parameter(
        20, 1, 10000, "runs", ASSUMED, "a choice of the run", "runs of each arm", kind=FIXED)
    first_seed: int = parameter(
        1, 0, 2**62, "-", ASSUMED, "a choice of the run", "seed of the first run; the next follow",
        kind=FIXED)
    threads: int = parameter(
        0, 0, 1024, "threads", ASSUMED, "a choice of the run",
        "runs side by side; 0 = one for each processor", kind=FIXED)
    workers: int = parameter(
        0, 0, 100000, "workers", ASSUMED, "a choice of the run",
        "workers of a sweep's cluster; 0 = one for each processor", kind=FIXED)
    plausible: int = parameter(
        0, 0, 10000, "rows", ASSUMED, "a choice of the run",
        "rows of the plausible set on which each arm is run, too; 0 = none", kind=FIXED)
    chunk: int = parameter(
        0, 0, 1000000, "runs", ASSUMED, "a choice of the run",
        "runs in one part of a sweep; 0 = what takes a few seconds", kind=FIXED)
    # fmt: on


@dataclass
class ActionNode:
    """A dated use of a lever, as it is typed."""

    lever: str = MISSING
    strength: float = MISSING
    start: int = 0
    ramp: int = 0
    end: int | None = None


@dataclass
class SwitchNode:
    """A change of structure within a run, as it is typed."""

    to: str = MISSING
    week: int = 0
    at_value: float | None = None
    if_nps_falls: float | None = None


@dataclass
class SlurmNode:
    """What each job of a sweep asks Slurm for; one job is one worker."""

    queue: str | None = None  # partition
    account: str | None = None
    cores: int = 1
    memory: str = "2GB"
    walltime: str = "04:00:00"
    interface: str | None = None  # network by which jobs reach this machine, for instance ib0
    prologue: list[str] = field(default_factory=list)  # lines of shell before a worker starts
    extra: list[str] = field(default_factory=list)  # more options of sbatch


@dataclass
class ScenarioNode:
    """What a scenario is about, and its arms: name -> differences."""

    name: str = MISSING
    title: str = ""
    about: str = ""
    sources: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    arms: dict[str, Any] = field(default_factory=dict)
    main: str = ""
    against: str = ""
    market: str = ""  # the arm whose market is shown firm by firm; empty = arms beside each other
    same_front_as: str = ""  # the arm whose front capacity every arm gets; empty = its own
    panel: dict[str, Any] | None = field(default_factory=dict)  # empty = none
    figures: list[str] = field(default_factory=list)  # that tell its story; none named = all
    measures: list[str] = field(default_factory=list)  # that tell its story, beside NPS


def _node(group: type, *more: tuple[str, Any, Any]) -> type:
    """A group of declared parameters as plain typed fields, and more fields behind them."""
    declared = [(each.name, type(each.default), each.default) for each in declarations(group)]
    made = [(name, kind, _with(default)) for name, kind, default in [*declared, *more]]
    return _known(make_dataclass(f"{group.__name__}Node", made))


def _known(made: type) -> type:
    """The same class, found under its name in this file: so settings can be pickled."""
    globals()[made.__name__] = made
    return made


def _with(default: Any) -> Any:
    """A field with a default: a value, or what makes one."""
    return field(default_factory=default) if callable(default) else field(default=default)


def schema() -> DictConfig:
    """Every name that may be set, with its type and default."""
    with ALONE:
        return _schema()


@cache
def _schema() -> DictConfig:
    ready = {
        "organisation": _node(
            Organisation, ("name", str, "default"), ("about", str, ""), ("structure", str, "tree"),
            ("chart", str | None, None), ("chart_repair", bool, False)),
        **{each.name: _node(cast(type, each.type)) for each in fields(Parameters)},
        "scenario": ScenarioNode,
        "engine": _node(
            Effort, ("output", str | None, None), ("style", str, STYLES[0]),
            ("figures", bool, True), ("executor", str, EXECUTORS[0]),
            ("address", str | None, None), ("slurm", SlurmNode, SlurmNode)),
        "sweep": _node(
            Sampling, ("name", str, ""), ("about", str, ""), ("method", str, ""),
            ("factors", dict[str, Any], dict), ("file", str | None, None),
            ("arms", list[str], list), ("measures", list[str], list), ("same_front", bool, False),
            ("presets", dict[str, Any], dict)),  # made by `compose`: preset -> what it changes
    }  # fmt: skip
    parts: list[Any] = [(name, node, field(default_factory=node)) for name, node in ready.items()]
    parts += [
        ("years", float, field(default=Length.years)),
        ("weeks", int | None, field(default=None)),
        ("actions", list[ActionNode], field(default_factory=list)),
        ("switches", list[SwitchNode], field(default_factory=list)),
        ("rivals", list[dict[str, Any]], field(default_factory=list)),
        ("off", list[str], field(default_factory=list)),
    ]
    return OmegaConf.structured(_known(make_dataclass("Settings", parts)))


@cache
def leaves() -> tuple[str, ...]:
    """Full names of everything that may be set."""
    found: list[str] = []
    for name in schema():
        node = schema()._get_node(name)
        inside = node if isinstance(node, DictConfig) else ()
        found += [f"{name}.{leaf}" for leaf in inside] or [str(name)]
    return tuple(found)


@cache
def declared() -> dict[str, Declaration]:
    """Every number that may be set, by its full name."""
    groups: list[tuple[str, Any]] = [
        ("organisation.", Organisation), ("engine.", Effort), ("sweep.", Sampling)
    ]  # fmt: skip
    groups += [(f"{each.name}.", each.type) for each in fields(Parameters)]
    groups.append(("", Length))
    return {f"{path}{each.name}": each for path, group in groups for each in declarations(group)}


def register() -> None:
    """Make the schema known to Hydra, once."""
    store = ConfigStore.instance()
    if "schema.yaml" not in store.repo:
        store.store(name="schema", node=schema(), provider="zwerm")
