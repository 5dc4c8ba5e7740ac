"""What was set: from `conf/` and typed settings to configurations.

What may be set stands in `experiments.schema`. Stronger wins: organisation < scenario < sweep <
command line; what makes an arm differ is applied last, and on top of it a point of a sweep.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.errors import HydraException
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from experiments.agreement import agreed_panel, check_figures, check_list, check_measures
from experiments.overrides import check_together, checked_override, explain
from experiments.schema import EXECUTORS, STYLES, Effort, declared, register, schema
from experiments.schema import ScenarioNode as ScenarioNode  # for those who make a scenario
from scenarios.chart import Chart, read_chart
from scenarios.library import CONF
from sim.configuration import (
    Configuration,
    Organisation,
    Parameters,
    Switch,
    structure_of,
)
from sim.levers import Action
from sim.parameters import (
    WEEKS_PER_YEAR,
    ParameterError,
    check,
    declarations,
    nearest,
)

if TYPE_CHECKING:
    from scenarios.panel import Panel

OURS = "our firm"  # in a market, firm by firm
SMALLEST_GROUP = 5  # people of an org list of whom a mean may be shown
LISTS = (
    "actions",
    "switches",
    "off",
    "rivals",
)  # an arm's own come on top of those that all arms share
ARM_KEYS = ("about", "organisation", *LISTS)  # beside the groups of parameters
RIVAL_KEYS = tuple(key for key in ARM_KEYS if key != "rivals")
GROUPS = tuple(each.name for each in fields(Parameters))


class Engine(NamedTuple):
    """How a study is computed and where it goes."""

    seeds: tuple[int, ...]
    threads: int | None  # None = one for each processor
    output: Path | None  # None = a new folder below runs/
    style: str  # one of STYLES
    figures: bool
    executor: str = EXECUTORS[0]  # of a sweep
    workers: int | None = None  # of a sweep's cluster, None = one for each processor
    address: str | None = None  # of a scheduler that is there already
    slurm: Mapping[str, Any] = {}  # what a job asks Slurm for, as in `SlurmNode`
    chunk: int = 0  # runs in one part of a sweep, 0 = what takes a few seconds
    plausible: int = 0  # rows of the plausible set on which each arm is run, too


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
    measures: tuple[str, ...]  # that tell its story, beside NPS
    notes: tuple[str, ...]  # what was read and mended in an org list
    market: Configuration | None = None  # whose firms the arms are, in their order


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
        cfg = hydra_compose("config", overrides=texts)
        if is_sweep(cfg):
            _add_presets(cfg, texts)
    return cfg


def is_sweep(cfg: DictConfig) -> bool:
    """Whether anything is said about a sweep."""
    return cfg.sweep != schema().sweep


def refuse_sweep(cfg: DictConfig) -> None:
    """Raise ParameterError if these settings are those of many points, where one is run."""
    if is_sweep(cfg):
        name = cfg.sweep.name or "NAME"
        raise ParameterError(
            f"a sweep is many runs; type `zwerm sweep sweep={name} …` (`zwerm list sweeps`)"
        )


def _add_presets(cfg: DictConfig, texts: list[str]) -> None:
    """What each organisation that points of a sweep name changes, so that no run composes it."""
    from experiments.sweep.design import presets_named

    others = [text for text in texts if not text.startswith("organisation=")]
    changed = {}
    for name in presets_named(cfg):
        other = hydra_compose("config", overrides=[*others, f"organisation={name}"])
        changed[name] = _changed(name, cfg, other)
    cfg.sweep.presets = changed


def _changed(name: str, cfg: DictConfig, other: DictConfig) -> dict[str, Any]:
    """What an organisation's preset changes, with the same scenario and settings on top."""
    changed: dict[str, Any] = {}
    for part in schema():
        before, after = cfg[part], other[part]
        if before == after or part == "sweep":
            continue
        if part != "organisation" and part not in {each.name for each in fields(Parameters)}:
            raise ParameterError(
                f"organisation {name} sets {part}, which all points of a sweep share; type {part}=…"
            )
        changed[str(part)] = {key: after[key] for key in after if before[key] != after[key]}
    return changed


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
    if not is_sweep(cfg):
        del content["sweep"]
    return {**content, "years": weeks / WEEKS_PER_YEAR, "weeks": weeks}


def refuse_overruled(cfg: DictConfig, arm: str, overrides: Iterable[str]) -> None:
    """Raise ParameterError for a typed setting that an arm of the scenario puts aside."""
    own = cfg.scenario.arms.get(arm) or {}
    for text in overrides:
        name = text.partition("=")[0].strip().removeprefix("parameters.")
        group, _, last = name.partition(".")
        if last and last in (own.get(group) or {}) and group not in LISTS:
            raise ParameterError(
                f"arm {arm} of scenario {cfg.scenario.name} has its own {name} "
                f"({own[group][last]}), which puts yours aside; type scenario.main=… for another "
                f"arm ({', '.join(map(str, cfg.scenario.arms))}), or leave out the scenario"
            )


def with_market(cfg: DictConfig, arm: str = "") -> DictConfig:
    """The same settings, showing the market of one arm firm by firm; by default the main arm."""
    arms = list(arm_settings(cfg))
    if arm:
        _known_arm("--arm", arm, arms)
    shown = cfg.copy()
    shown.scenario.market = arm or _roles(cfg, arms)[0]
    shown.scenario.measures = list(dict.fromkeys(["share", *cfg.scenario.measures]))
    return shown


def engine_of(cfg: DictConfig) -> Engine:
    """How to compute. Raises ParameterError."""
    node = cfg.engine
    with explained():
        for each in declarations(Effort):
            check("engine", each, node[each.name])
        if node.style not in STYLES:
            wanted = nearest(node.style, list(STYLES))
            raise ParameterError(f"unknown engine.style {node.style!r}; {wanted}")
        if node.executor not in EXECUTORS:
            wanted = nearest(node.executor, list(EXECUTORS))
            raise ParameterError(f"unknown engine.executor {node.executor!r}; {wanted}")
        if node.plausible and is_sweep(cfg):
            raise ParameterError(
                "engine.plausible is of `zwerm run` and `compare`: a sweep has points of its own; "
                "leave it out"
            )
        return Engine(
            seeds=tuple(range(node.first_seed, node.first_seed + node.seeds)),
            threads=node.threads or None,
            output=Path(node.output).expanduser() if node.output else None,
            style=node.style,
            figures=node.figures,
            executor=node.executor,
            workers=node.workers or None,
            address=node.address or None,
            slurm=cast(Any, OmegaConf.to_container(node.slurm)),
            chunk=node.chunk,
            plausible=node.plausible,
        )


# --- planning -------------------------------------------------------------------------------


def study_plan(cfg: DictConfig) -> Plan:
    """Every arm with its configuration. Raises ParameterError or ChartError."""
    refuse_sweep(cfg)
    node = cfg.scenario
    chart = _chart(cfg)
    with explained():
        check_figures(node.figures)
        check_measures(node.measures)
        shared = cfg.copy()
        shared.rivals = []
        _configuration(shared, chart)  # what is wrong for all arms is said once
    arms = arm_settings(cfg, chart)
    planned: list[PlannedArm] = []
    for name, (about, settings) in arms.items():
        with explained(f"arm {name}: "):
            planned.append(PlannedArm(name, about, _configuration(settings, chart)))
    main, against = _roles(cfg, list(arms))
    if chart is not None:
        check_list(cfg.organisation.structure, node.name, [arm.told for arm in planned])
    market = None
    if node.market:
        with explained():
            planned, market = _firms(cfg, planned, arms)
        main, against = planned[0].name, planned[1].name
    with explained():
        content = OmegaConf.to_container(node.panel, resolve=True) if node.panel else None
        told = {arm.name: arm.told for arm in planned}
        return Plan(
            name=node.name, title=node.title or node.name, about=" ".join(node.about.split()),
            arms=tuple(planned), main=main, against=against,
            panel=agreed_panel(cast(Any, content), node.name, told), figures=tuple(node.figures),
            measures=tuple(node.measures), notes=_notes(cfg, chart), market=market,
        )  # fmt: skip


def arm_settings(cfg: DictConfig, chart: Chart | None = None) -> dict[str, tuple[str, DictConfig]]:
    """For each arm what it is about and all of its settings. Raises ParameterError."""
    arms = {} if cfg.scenario.arms else _armless(cfg)
    for name, node in cfg.scenario.arms.items():
        with explained(f"arm {name}: "):
            arms[str(name)] = _with_differences(cfg, node or {})
    _complete_rivals(cfg, arms)
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
    nothing.actions, nothing.switches, nothing.off = [], [], []
    arms = {"nothing": ("nobody does anything", nothing)}
    if cfg.actions or cfg.switches or cfg.off:
        arms = {"chosen": ("what was set", cfg.copy()), **arms}
    return arms


def _with_differences(
    cfg: DictConfig, node: Any, keys: tuple[str, ...] = ARM_KEYS
) -> tuple[str, DictConfig]:
    """What an arm or a rival is about, and all of its settings. Raises ParameterError."""
    if not isinstance(node, DictConfig | dict):
        raise ParameterError(f"{node!r} is no list of differences; write name: value")
    allowed = [*keys, *GROUPS]
    whose = "an arm" if keys is ARM_KEYS else "a rival"
    for key in node:
        if key is False:
            raise ParameterError('YAML reads off as false; write "off" in quotes')
        if key not in allowed:
            raise ParameterError(f"{whose} cannot set {key!r}; {nearest(str(key), allowed)}")
    differences = {key: node[key] for key in node if key != "about"}
    for key in set(LISTS) & differences.keys():
        own = differences[key]
        if own is not None and not isinstance(own, ListConfig | list | tuple):
            raise ParameterError(f"{key} = {own!r} is no list; write it in brackets")
        differences[key] = [*cfg[key], *(own or [])]
    merged = OmegaConf.merge(cfg, differences)
    return str(node.get("about") or ""), cast(DictConfig, merged)


def _roles(cfg: DictConfig, arms: list[str]) -> tuple[str, str]:
    """The arm that it is about and the one it is compared with."""
    main, against = cfg.scenario.main or arms[0], cfg.scenario.against or arms[-1]
    _known_arm("scenario.main", main, arms)
    _known_arm("scenario.against", against, arms)
    return main, against


def _firms(
    cfg: DictConfig, planned: list[PlannedArm], arms: dict[str, tuple[str, DictConfig]]
) -> tuple[list[PlannedArm], Configuration]:
    """The organisation of one arm and its rivals, beside each other; what the market is told."""
    wanted = cfg.scenario.market
    _known_arm("scenario.market", wanted, list(arms))
    own = next(each for each in planned if each.name == wanted)
    if not own.told.rivals:
        raise ParameterError(
            f"arm {wanted} has no rivals; take scenario=rivals, or add for instance "
            "'rivals=[{actions: [{lever: example, strength: 0.9}]}]'"
        )
    if cfg.engine.plausible:
        raise ParameterError("engine.plausible is not of a market firm by firm; leave it out")
    about = [str(node.get("about") or "") for node in arms[wanted][1].rivals]
    rivals = zip(about, own.told.rivals, strict=True)
    firms = [
        PlannedArm(f"rival {number}", said, told)
        for number, (said, told) in enumerate(rivals, start=1)
    ]
    return [PlannedArm(OURS, own.about, own.told), *firms], own.told


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
    """What the engine is told, rivals included."""
    return _told(cast(Any, cfg), _weeks(cfg), chart, tuple(_rivals(cfg, chart)))


def _told(
    content: Mapping[str, Any], weeks: int, chart: Chart | None,
    rivals: tuple[Configuration, ...] = (),
) -> Configuration:  # fmt: skip
    """One organisation. A list takes the place of the tree and gives the people."""
    organisation = content["organisation"]
    size = {each.name: organisation[each.name] for each in declarations(Organisation)}
    structure = organisation["structure"]
    reporting: dict[str, tuple[int, ...]] = {}
    if chart is not None:
        size["people"] = len(chart.people)
        if structure in ("tree", "chart"):
            structure = "chart"
            reporting = {
                "bosses": tuple(chart.boss.tolist()),
                "departments": tuple(chart.department.tolist()),
            }
    groups = {each.name: cast(Any, each.type)(**content[each.name]) for each in fields(Parameters)}
    return Configuration(
        organisation=Organisation(**size),
        parameters=Parameters(**groups),
        structure=structure,
        actions=tuple(Action(**each) for each in content["actions"]),
        switches=tuple(Switch(**each) for each in content["switches"]),
        off=tuple(content["off"]),
        rivals=rivals,
        weeks=weeks,
        **reporting,
    )


def _rival(cfg: DictConfig, number: int, node: Any) -> dict[str, Any]:
    """All settings of a rival: of what all arms share, doing nothing, with its own differences."""
    with explained(f"rival {number}: "):
        alike = cfg.copy()
        for each in LISTS:
            alike[each] = []
        if alike.organisation.structure == "chart":
            alike.organisation.structure = "tree"
        about, settings = _with_differences(alike, node, RIVAL_KEYS)
        if settings.organisation.structure == "chart":
            raise ParameterError("it has no org list; type structure: tree, circles or hybrid")
        content = cast(dict[str, Any], OmegaConf.to_container(settings, resolve=True))
    return {"about": about, **{key: content[key] for key in (*RIVAL_KEYS[1:], *GROUPS)}}


def _complete_rivals(cfg: DictConfig, arms: dict[str, tuple[str, DictConfig]]) -> None:
    """Write all settings of every rival into the arms, worked out once for those that are alike.

    What an arm switches off is off in the whole market; what else it differs in is its own.
    """
    known: dict[str, dict[str, Any]] = {}
    for name, (_, settings) in arms.items():
        complete = []
        for number, node in enumerate(settings.rivals, start=1):
            key = str(node)
            if key not in known:
                with explained(f"arm {name}: " if cfg.scenario.arms else ""):
                    known[key] = _rival(cfg, number, node)
            off = list(dict.fromkeys([*settings.off, *known[key]["off"]]))
            complete.append({**known[key], "off": off})
        if complete:
            settings.rivals = complete


def _rivals(cfg: DictConfig, chart: Chart | None) -> Iterator[Configuration]:
    """Those of the same market, complete as `_rival` leaves them."""
    for number, node in enumerate(cfg.rivals, start=1):
        content = cast(dict[str, Any], OmegaConf.to_container(node))
        if chart is not None:
            content["organisation"]["people"] = len(chart.people)
        with explained(f"rival {number}: "):
            yield _told(content, _weeks(cfg), None)
