"""What are the rivals of a market told? All of their settings, worked out once for many arms."""

from collections.abc import Iterator, Mapping
from typing import Any

from omegaconf import OmegaConf

from experiments.composing import explained
from experiments.differences import (
    GROUPS,
    LISTS,
    RIVAL_KEYS,
    WITH_RIVALS,
    Content,
    Shared,
    plain,
    told_of,
    with_differences,
)
from scenarios.chart import Chart
from sim.configuration import Configuration
from sim.parameters import ParameterError


def complete_rivals(shared: Shared, arms: Mapping[str, tuple[str, Content]]) -> None:
    """Write all settings of every rival into the arms, worked out once for those that are alike.

    What an arm switches off is off in the whole market; what else it differs in is its own.
    """
    if not any(content["rivals"] for _, content in arms.values()):
        return
    alike = _alike(shared)
    known: dict[str, Content] = {}
    for name, (_, content) in arms.items():
        complete = []
        for number, node in enumerate(content["rivals"], start=1):
            key = str(node)
            if key not in known:
                with explained(f"arm {name}: " if shared.cfg.scenario.arms else ""):
                    known[key] = _rival(alike, number, node)
            off = list(dict.fromkeys([*content["off"], *known[key]["off"]]))
            complete.append({**known[key], "off": off})
        content["rivals"] = complete


def _alike(shared: Shared) -> Shared:
    """What the rivals of a market share: what all arms do, and doing nothing."""
    parts = [str(part) for part in shared.cfg if part != "scenario"]  # which may be long
    cfg = OmegaConf.masked_copy(shared.cfg, parts)
    OmegaConf.set_struct(cfg, True)
    for each in LISTS:
        cfg[each] = []
    if cfg.organisation.structure == "chart":
        cfg.organisation.structure = "tree"
    return Shared(cfg, plain(cfg, WITH_RIVALS), shared.linked)


def _rival(alike: Shared, number: int, node: Any) -> Content:
    """All that a rival is told. Raises ParameterError."""
    with explained(f"rival {number}: "):
        about, content = with_differences(alike, node, RIVAL_KEYS)
        if content["organisation"]["structure"] == "chart":
            raise ParameterError("it has no org list; type structure: tree, circles or hybrid")
    return {"about": about, **{part: content[part] for part in (*RIVAL_KEYS[1:], *GROUPS)}}


def rivals_of(content: Content, weeks: int, chart: Chart | None) -> Iterator[Configuration]:
    """Those of the same market, complete as `complete_rivals` leaves them."""
    for number, rival in enumerate(content["rivals"], start=1):
        size = {} if chart is None else {"people": len(chart.people)}
        own = {**rival, "organisation": {**rival["organisation"], **size}}
        with explained(f"rival {number}: "):
            yield told_of(own, weeks, None)
