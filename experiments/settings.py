"""What was set: from `conf/` and typed settings to configurations.

What may be set stands in `experiments.schema`. Stronger wins: organisation < scenario < sweep <
command line; what makes an arm differ is applied last, and on top of it a point of a sweep.
"""

import pickle
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from omegaconf import DictConfig, OmegaConf

from experiments.agreement import agreed_panel, check_figures, check_list, check_measures
from experiments.composing import composed, copied, explained, packed, unpacked
from experiments.differences import (
    GROUPS,
    LISTS,
    Content,
    Shared,
    plain,
    shared_of,
    told_of,
    weeks_of,
    with_differences,
)
from experiments.overrides import check_together, checked_override
from experiments.rivals import complete_rivals, rivals_of
from experiments.schema import EXECUTORS, STYLES, Effort, declared, schema
from experiments.schema import ScenarioNode as ScenarioNode  # for those who make a scenario
from scenarios.chart import Chart, read_chart
from sim.configuration import Configuration, structure_of
from sim.parameters import WEEKS_PER_YEAR, ParameterError, check, declarations, nearest

if TYPE_CHECKING:
    from scenarios.panel import Panel

CHOSEN, NOTHING = "chosen", "nothing"  # the arms of a scenario that has none
KEPT = 64  # settings that were restored; each takes about 40 kB
OURS = "our firm"  # in a market, firm by firm
SMALLEST_GROUP = 5  # people of an org list of whom a mean may be shown


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


def compose(overrides: list[str]) -> DictConfig:
    """Settings from `conf/` with these on top. Raises ParameterError with one sentence."""
    texts = [checked_override(text, schema(), declared()) for text in overrides]
    check_together(overrides)
    cfg = composed(texts)
    if OmegaConf.is_missing(cfg.scenario, "name"):
        raise ParameterError(
            "the scenario has no name; write name: ours below scenario: in its file"
        )
    with explained():
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
        other = composed([*others, f"organisation={name}"])
        changed[name] = _changed(name, cfg, other)
    cfg.sweep.presets = changed


def _changed(name: str, cfg: DictConfig, other: DictConfig) -> dict[str, Any]:
    """What an organisation's preset changes, with the same scenario and settings on top."""
    changed: dict[str, Any] = {}
    for part in schema():
        before, after = cfg[part], other[part]
        if before == after or part == "sweep":
            continue
        if part != "organisation" and part not in GROUPS:
            raise ParameterError(
                f"organisation {name} sets {part}, which all points of a sweep share; type {part}=…"
            )
        changed[str(part)] = {key: after[key] for key in after if before[key] != after[key]}
    return changed


def restored(content: Mapping[str, Any]) -> DictConfig:
    """Settings that were written to a file, checked like typed ones. Raises ParameterError."""
    return unpacked(_restored(pickle.dumps(dict(content))))


@lru_cache(maxsize=KEPT)
def _restored(content: bytes) -> bytes:
    """The same, packed: merging hundreds of numbers takes ten times as long as a copy."""
    merged = copied(schema())
    with explained():
        merged.merge_with(pickle.loads(content))
    OmegaConf.set_struct(merged, True)
    return packed(merged)


def resolved(cfg: DictConfig) -> dict[str, Any]:
    """The settings as plain values, complete: what a run folder keeps."""
    with explained():
        content = cast(dict[str, Any], OmegaConf.to_container(cfg, resolve=True))
    weeks = weeks_of(cfg)
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
    arms = list(map(str, cfg.scenario.arms)) or list(arm_settings(cfg))
    if arm:
        _known_arm("--arm", arm, arms)
    shown = copied(cfg)
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
    chart, weeks = _chart(cfg), weeks_of(cfg)
    with explained():
        check_figures(node.figures)
        check_measures(node.measures)
        told_of(plain(cfg), weeks, chart)  # what is wrong for all arms is said once
    arms = arm_settings(cfg, chart)
    planned: list[PlannedArm] = []
    for name, (about, content) in arms.items():
        with explained(f"arm {name}: "):
            planned.append(PlannedArm(name, about, _configuration(content, weeks, chart)))
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


def arm_settings(cfg: DictConfig, chart: Chart | None = None) -> dict[str, tuple[str, Content]]:
    """For each arm what it is about and all that it is told. Raises ParameterError."""
    with explained():
        shared = shared_of(cfg)
    arms = {} if cfg.scenario.arms else _armless(shared)
    for name, node in cfg.scenario.arms.items():
        with explained(f"arm {name}: "):
            arms[str(name)] = with_differences(shared, node or {})
    complete_rivals(shared, arms)
    reference = cfg.scenario.same_front_as
    if reference:
        _known_arm("scenario.same_front_as", reference, list(arms))
        with explained():
            told = _configuration(arms[reference][1], weeks_of(cfg), chart)
        front = float(structure_of(told).front_staff.size)
        for _, content in arms.values():
            content["organisation"] = {**content["organisation"], "front_capacity": front}
    return arms


def _armless(shared: Shared) -> dict[str, tuple[str, Content]]:
    """What is set, beside doing nothing if anything is done or switched off."""
    chosen, doing = shared.content, ("actions", "switches", "off")
    arms = {NOTHING: ("nobody does anything", {**chosen, **{each: [] for each in doing}})}
    if any(chosen[each] for each in doing):
        arms = {CHOSEN: ("what was set", {**chosen}), **arms}
    return arms


def _roles(cfg: DictConfig, arms: list[str]) -> tuple[str, str]:
    """The arm that it is about and the one it is compared with."""
    main, against = cfg.scenario.main or arms[0], cfg.scenario.against or arms[-1]
    _known_arm("scenario.main", main, arms)
    _known_arm("scenario.against", against, arms)
    return main, against


def _firms(
    cfg: DictConfig, planned: list[PlannedArm], arms: dict[str, tuple[str, Content]]
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
    about = [str(node.get("about") or "") for node in arms[wanted][1]["rivals"]]
    rivals = zip(about, own.told.rivals, strict=True)
    firms = [
        PlannedArm(f"rival {number}", said, told)
        for number, (said, told) in enumerate(rivals, start=1)
    ]
    return [PlannedArm(OURS, own.about, own.told), *firms], own.told


def _known_arm(setting: str, name: str, arms: list[str]) -> None:
    if name not in arms:
        raise ParameterError(f"{setting} = {name!r} is no arm; {nearest(name, arms)}")


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


def _configuration(content: Content, weeks: int, chart: Chart | None) -> Configuration:
    """What the engine is told, rivals included."""
    return told_of(content, weeks, chart, tuple(rivals_of(content, weeks, chart)))
