"""What do an arm and a rival of the market differ in, and what is the engine told of one?

Both are written as differences: an arm from the settings that all arms share, a rival from the
organisation of its market.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, NamedTuple, cast

from omegaconf import DictConfig, ListConfig, OmegaConf

from experiments.composing import copied, packed
from experiments.schema import declared
from scenarios.chart import Chart
from sim.configuration import Configuration, Organisation, Parameters, Switch
from sim.levers import Action
from sim.parameters import WEEKS_PER_YEAR, ParameterError, check, declarations, nearest

LISTS = ("actions", "switches", "off", "rivals")  # an arm's own come on top of the shared ones
ARM_KEYS = ("about", "organisation", *LISTS)  # beside the groups of parameters
RIVAL_KEYS = tuple(key for key in ARM_KEYS if key != "rivals")
GROUPS = tuple(each.name for each in fields(Parameters))
TOLD = ("organisation", *GROUPS, "actions", "switches", "off")
WITH_RIVALS = (*TOLD, "rivals")
Content = dict[str, Any]  # part by part, plain values


class Shared(NamedTuple):
    """What all arms share, or all rivals of a market."""

    cfg: DictConfig
    content: Content
    linked: bool  # whether a value may stand for another, which an arm may change


def shared_of(cfg: DictConfig) -> Shared:
    """Settings as what all arms share. Raises OmegaConfBaseException for what is missing."""
    return Shared(cfg, plain(cfg, WITH_RIVALS), b"${" in packed(cfg))


def plain(cfg: DictConfig, parts: tuple[str, ...] = TOLD) -> Content:
    """What one organisation is told, as plain values."""
    return {part: _values(cfg[part]) for part in parts}


def _values(node: Any) -> Any:
    return OmegaConf.to_container(node, resolve=True, throw_on_missing=True)


def with_differences(
    shared: Shared, node: Any, keys: tuple[str, ...] = ARM_KEYS
) -> tuple[str, Content]:
    """What an arm or a rival is about, and all that it is told. Raises ParameterError."""
    if not isinstance(node, DictConfig | dict):
        raise ParameterError(f"{node!r} is no list of differences; write name: value")
    allowed = [*keys, *GROUPS]
    whose = "an arm" if keys is ARM_KEYS else "a rival"
    for key in node:
        if key is False:
            raise ParameterError('YAML reads off as false; write "off" in quotes')
        if key not in allowed:
            raise ParameterError(f"{whose} cannot set {key!r}; {nearest(str(key), allowed)}")
    differences = {str(key): node[key] for key in node if key != "about"}
    for key in set(LISTS) & differences.keys():
        own = differences[key]
        if own is not None and not isinstance(own, ListConfig | list | tuple):
            raise ParameterError(f"{key} = {own!r} is no list; write it in brackets")
        _check(key, own or [])
        differences[key] = [*shared.content[key], *(own or [])]
    return str(node.get("about") or ""), {**shared.content, **_merged(shared, differences)}


def _check(key: str, own: Iterable[Any]) -> None:
    """Raise ParameterError for what cannot stand in this list."""
    for each in own:
        if key == "off" and not isinstance(each, str):
            raise ParameterError(f"off: {each!r} is no mechanism; write its name, as [mood]")
        if key != "off" and not isinstance(each, DictConfig | dict):
            raise ParameterError(f"{key}: {each!r} is no set of settings; write name: value")


def _merged(shared: Shared, differences: Mapping[str, Any]) -> Content:
    """The parts that differ, checked: each for itself, or all at once where that may matter."""
    if shared.linked or not all(map(_is_whole, differences.values())):
        whole = copied(shared.cfg)
        whole.merge_with(differences)
        return plain(whole, WITH_RIVALS)
    return {
        key: [_dict(each) for each in value]
        if key == "rivals" and all(isinstance(each, DictConfig | dict) for each in value)
        else _values(OmegaConf.merge(shared.cfg[key], value))
        for key, value in differences.items()
    }


def _is_whole(value: Any) -> bool:
    return isinstance(value, DictConfig | dict | list)


def _dict(node: Any) -> Any:
    return _values(node) if isinstance(node, DictConfig) else node


def told_of(
    content: Content, weeks: int, chart: Chart | None,
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


def weeks_of(cfg: DictConfig) -> int:
    """How long a run is."""
    if cfg.weeks is not None:
        return cfg.weeks
    return max(1, round(check("", declared()["years"], cfg.years) * WEEKS_PER_YEAR))
