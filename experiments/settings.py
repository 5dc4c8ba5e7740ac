"""What may be set, and what was set: from `conf/` and typed settings to configurations.

The schema is made from the declarations in `sim/`, so a parameter that is added there can be set
here under its own name (`leading.pull`). Stronger wins: organisation < scenario < command line;
what makes an arm of a scenario differ is applied last.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, make_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException
from omegaconf import MISSING, DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from experiments.agreement import agreed_panel, check_figures, check_list
from experiments.overrides import check_together, checked_override, explain
from scenarios.chart import Chart, read_chart
from scenarios.library import CONF
from sim.configuration import (
    LONGEST,
    SHORTEST,
    Configuration,
    Organisation,
    Parameters,
    structure_of,
)
from sim.levers import Action
from sim.parameters import (
    WEEKS_PER_YEAR,
    Declaration,
    Grade,
    Kind,
    ParameterError,
    check,
    declarations,
    nearest,
    parameter,
)

if TYPE_CHECKING:
    from scenarios.panel import Panel

STYLES = ("paper", "beamer")  # of figures
SMALLEST_GROUP = 5  # people of an org list of whom a mean may be shown
ARM_KEYS = ("about", "organisation", "actions", "off")  # beside the groups of parameters
ASSUMED, FIXED = Grade.ASSUMED, Kind.FIXED


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
    # fmt: on


class Engine(NamedTuple):
    """How a study is computed and where it goes."""

    seeds: tuple[int, ...]
    threads: int | None  # None = one for each processor
    output: Path | None  # None = a new folder below runs/
    style: str  # one of STYLES
    figures: bool


class PlannedArm(NamedTuple):
    """One way of doing it."""

    name: str
    about: str
    told: Configuration


class Plan(NamedTuple):
    """A scenario, ready to run."""

    name: str
    title: str
    about: str
    arms: tuple[PlannedArm, ...]
    main: str
    against: str
    panel: "Panel | None"  # the arms as its kinds; repeated once for each seed when it is run
    figures: tuple[str, ...]  # those wanted, () = all that suit
    notes: tuple[str, ...]  # what was read and mended in an org list


# --- schema ---------------------------------------------------------------------------------


@dataclass
class ActionNode:
    """A dated use of a lever, as it is typed."""

    lever: str = MISSING
    strength: float = MISSING
    start: int = 0
    ramp: int = 0
    end: int | None = None


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
    same_front_as: str = ""  # the arm whose front capacity every arm gets; empty = its own
    panel: dict[str, Any] | None = field(default_factory=dict)  # empty = none
    figures: list[str] = field(default_factory=list)  # that tell its story; none named = all


def _node(group: type, *more: tuple[str, Any, Any]) -> type:
    """A group of declared parameters as plain typed fields, and more fields behind them."""
    declared = [(each.name, type(each.default), each.default) for each in declarations(group)]
    made = [(name, kind, field(default=default)) for name, kind, default in [*declared, *more]]
    return make_dataclass(f"{group.__name__}Node", made)


@cache
def schema() -> DictConfig:
    """Every name that may be set, with its type and default."""
    ready = {
        "organisation": _node(
            Organisation, ("name", str, "default"), ("about", str, ""), ("structure", str, "tree"),
            ("chart", str | None, None), ("chart_repair", bool, False)),
        **{each.name: _node(cast(type, each.type)) for each in fields(Parameters)},
        "scenario": ScenarioNode,
        "engine": _node(
            Effort, ("output", str | None, None), ("style", str, STYLES[0]),
            ("figures", bool, True)),
    }  # fmt: skip
    parts: list[Any] = [(name, node, field(default_factory=node)) for name, node in ready.items()]
    parts += [
        ("years", float, field(default=Length.years)),
        ("weeks", int | None, field(default=None)),
        ("actions", list[ActionNode], field(default_factory=list)),
        ("off", list[str], field(default_factory=list)),
    ]
    return OmegaConf.structured(make_dataclass("Settings", parts))


@cache
def declared() -> dict[str, Declaration]:
    """Every number that may be set, by its full name."""
    groups: list[tuple[str, Any]] = [("organisation.", Organisation), ("engine.", Effort)]
    groups += [(f"{each.name}.", each.type) for each in fields(Parameters)]
    groups.append(("", Length))
    return {f"{path}{each.name}": each for path, group in groups for each in declarations(group)}


def register() -> None:
    """Make the schema known to Hydra."""
    ConfigStore.instance().store(name="schema", node=schema(), provider="zwerm")


# --- composing ------------------------------------------------------------------------------


@contextmanager
def explained(where: str = "") -> Iterator[None]:
    """Whatever is wrong with a setting becomes a ParameterError with one sentence."""
    try:
        yield
    except ParameterError as error:
        raise ParameterError(f"{where}{error}") from error
    except (HydraException, OmegaConfBaseException) as error:
        raise ParameterError(f"{where}{explain(error, schema(), declared())}") from error
    except YAMLError as error:
        raise ParameterError(f"a file in {CONF} is not valid YAML: {error}") from error


def compose(overrides: list[str]) -> DictConfig:
    """Settings from `conf/` with these on top. Raises ParameterError with one sentence."""
    texts = [checked_override(text, schema(), declared()) for text in overrides]
    check_together(overrides)
    register()
    with explained(), initialize_config_dir(str(CONF), job_name="zwerm", version_base="1.3"):
        return hydra_compose("config", overrides=texts)


def restored(content: Mapping[str, Any]) -> DictConfig:
    """Settings that were written to a file, checked like typed ones."""
    with explained():
        merged = OmegaConf.merge(schema(), content)
    OmegaConf.set_struct(merged, True)
    return cast(DictConfig, merged)


def resolved(cfg: DictConfig) -> dict[str, Any]:
    """The settings as plain values, complete: what a run folder keeps."""
    with explained():
        content = cast(dict[str, Any], OmegaConf.to_container(cfg, resolve=True))
    weeks = _weeks(cfg)
    return {**content, "years": weeks / WEEKS_PER_YEAR, "weeks": weeks}


def engine_of(cfg: DictConfig) -> Engine:
    """How to compute. Raises ParameterError."""
    node = cfg.engine
    with explained():
        for each in declarations(Effort):
            check("engine", each, node[each.name])
        if node.style not in STYLES:
            wanted = nearest(node.style, list(STYLES))
            raise ParameterError(f"unknown engine.style {node.style!r}; {wanted}")
        return Engine(
            seeds=tuple(range(node.first_seed, node.first_seed + node.seeds)),
            threads=node.threads or None,
            output=Path(node.output).expanduser() if node.output else None,
            style=node.style,
            figures=node.figures,
        )


# --- planning -------------------------------------------------------------------------------


def study_plan(cfg: DictConfig) -> Plan:
    """Every arm with its configuration. Raises ParameterError or ChartError."""
    node = cfg.scenario
    chart = _chart(cfg)
    with explained():
        check_figures(node.figures)
        _configuration(cfg, chart)  # what is wrong for all arms is said once
    arms = arm_settings(cfg, chart)
    planned: list[PlannedArm] = []
    for name, (about, settings) in arms.items():
        with explained(f"arm {name}: "):
            planned.append(PlannedArm(name, about, _configuration(settings, chart)))
    main, against = _roles(cfg, list(arms))
    if chart is not None:
        check_list(cfg.organisation.structure, node.name, [arm.told for arm in planned])
    with explained():
        content = OmegaConf.to_container(node.panel, resolve=True) if node.panel else None
        told = {arm.name: arm.told for arm in planned}
        return Plan(
            name=node.name, title=node.title or node.name, about=" ".join(node.about.split()),
            arms=tuple(planned), main=main, against=against,
            panel=agreed_panel(cast(Any, content), node.name, told), figures=tuple(node.figures),
            notes=_notes(cfg, chart),
        )  # fmt: skip


def arm_settings(cfg: DictConfig, chart: Chart | None = None) -> dict[str, tuple[str, DictConfig]]:
    """For each arm what it is about and all of its settings. Raises ParameterError."""
    arms = {} if cfg.scenario.arms else _armless(cfg)
    for name, node in cfg.scenario.arms.items():
        with explained(f"arm {name}: "):
            arms[str(name)] = _with_differences(cfg, node or {})
    reference = cfg.scenario.same_front_as
    if reference:
        _known_arm("scenario.same_front_as", reference, list(arms))
        with explained():
            front = structure_of(_configuration(arms[reference][1], chart)).front_staff.size
        for _, settings in arms.values():
            settings.organisation.front_capacity = float(front)
    return arms


def _armless(cfg: DictConfig) -> dict[str, tuple[str, DictConfig]]:
    """What is set, beside doing nothing if anything is done or switched off."""
    nothing = cfg.copy()
    nothing.actions, nothing.off = [], []
    arms = {"nothing": ("nobody does anything", nothing)}
    if cfg.actions or cfg.off:
        arms = {"chosen": ("what was set", cfg.copy()), **arms}
    return arms


def _with_differences(cfg: DictConfig, node: Any) -> tuple[str, DictConfig]:
    if not isinstance(node, DictConfig | dict):
        raise ParameterError(f"{node!r} is no list of differences; write name: value")
    allowed = [*ARM_KEYS, *(each.name for each in fields(Parameters))]
    for key in node:
        if key not in allowed:
            raise ParameterError(f"an arm cannot set {key!r}; {nearest(str(key), allowed)}")
    differences = {key: node[key] for key in node if key != "about"}
    for key in {"actions", "off"} & differences.keys():  # on top of those that all arms share
        differences[key] = [*cfg[key], *(differences[key] or [])]
    merged = OmegaConf.merge(cfg, differences)
    return str(node.get("about") or ""), cast(DictConfig, merged)


def _roles(cfg: DictConfig, arms: list[str]) -> tuple[str, str]:
    """The arm that it is about and the one it is compared with."""
    main, against = cfg.scenario.main or arms[0], cfg.scenario.against or arms[-1]
    _known_arm("scenario.main", main, arms)
    _known_arm("scenario.against", against, arms)
    return main, against


def _known_arm(setting: str, name: str, arms: list[str]) -> None:
    if name not in arms:
        raise ParameterError(f"{setting} = {name!r} is no arm; {nearest(name, arms)}")


def _weeks(cfg: DictConfig) -> int:
    if cfg.weeks is not None:
        return cfg.weeks
    return max(1, round(check("", declared()["years"], cfg.years) * WEEKS_PER_YEAR))


def _chart(cfg: DictConfig) -> Chart | None:
    path = cfg.organisation.chart
    if path is not None and not path.strip():
        raise ParameterError("organisation.chart names no file; type organisation.chart=FILE.csv")
    if path is None:
        if cfg.organisation.structure == "chart":
            raise ParameterError("structure chart needs a list; add organisation.chart=FILE.csv")
        return None
    chart = read_chart(Path(path).expanduser(), cfg.organisation.chart_repair)
    if len(chart.people) < SMALLEST_GROUP:
        raise ParameterError(
            f"{path} lists {len(chart.people)} people; nothing is shown for fewer than "
            f"{SMALLEST_GROUP}"
        )
    return chart


def _notes(cfg: DictConfig, chart: Chart | None) -> tuple[str, ...]:
    if chart is None:
        return ()
    read = (
        f"{cfg.organisation.chart}: {len(chart.people)} people in "
        f"{len(chart.department_names)} departments."
    )
    return read, *chart.mended


def _configuration(cfg: DictConfig, chart: Chart | None) -> Configuration:
    """What the engine is told. A list takes the place of the tree and gives the people."""
    size = {each.name: cfg.organisation[each.name] for each in declarations(Organisation)}
    structure = cfg.organisation.structure
    reporting: dict[str, tuple[int, ...]] = {}
    if chart is not None:
        size["people"] = len(chart.people)
        if structure in ("tree", "chart"):
            structure = "chart"
            reporting = {
                "bosses": tuple(chart.boss.tolist()),
                "departments": tuple(chart.department.tolist()),
            }
    groups = {each.name: cast(Any, each.type)(**cfg[each.name]) for each in fields(Parameters)}
    return Configuration(
        organisation=Organisation(**size),
        parameters=Parameters(**groups),
        structure=structure,
        actions=tuple(Action(**each) for each in cfg.actions),
        off=tuple(cfg.off),
        weeks=_weeks(cfg),
        **reporting,
    )
