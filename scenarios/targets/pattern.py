"""What is a pattern? Something of the model that is measured as often as wanted, one number a time.

A pattern is measured on seeds: `measure(settings, first_seed, replicates)` gives [replicates], or
[replicates, values] where a row of the table has several numbers. `settings` are parameters by
dotted name ({"remembering.least_gain": 0.1}) that hold in every run of the pattern: above what the
declared defaults, a preset and a scenario say, below what makes the pattern what it is (an ablation
stays one). Raises ParameterError for a name or a value that cannot be used.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.claims.building import configuration
from scenarios.claims.hypothesis import Change
from scenarios.library import content_of, entry
from sim.configuration import Configuration, Organisation, Parameters, Switch
from sim.levers import Action
from sim.parameters import ParameterError, declarations, nearest

Floats = NDArray[np.float64]
Settings = Mapping[str, float]
Measure = Callable[[Settings, int, int], Floats]
MOST_REPLICATES = 1000
GROUPS = tuple(each.name for each in fields(Parameters))


@dataclass(frozen=True)
class Pattern:
    """One row of the table of targets, ready to be measured."""

    id: str
    measure: Measure
    replicates: int  # seeds that it takes to judge it
    seconds: float  # that they take on two slow cores, about
    how: str  # what is run, or which rule is called, one sentence
    draws: bool = True  # False = the same number whatever the seed: measured once

    def measured(
        self, settings: Settings | None = None, first_seed: int = 1, replicates: int | None = None
    ) -> Floats:
        """The numbers, [replicates, values]. Raises RuntimeError for a pattern of another shape."""
        wanted = replicates_of(self, replicates)
        checked = checked_settings(settings or {})
        found = np.asarray(self.measure(checked, first_seed, wanted), dtype=np.float64)
        if found.ndim not in (1, 2) or found.shape[0] != wanted:
            raise RuntimeError(f"pattern {self.id} gives {found.shape}; it has to give {wanted}")
        return found.reshape(wanted, -1)


def replicates_of(pattern: Pattern, wanted: int | None) -> int:
    """Seeds that a pattern is measured on."""
    if not pattern.draws:
        return 1
    if wanted is None:
        return pattern.replicates
    if isinstance(wanted, bool) or not 1 <= wanted <= MOST_REPLICATES:
        raise ParameterError(
            f"replicates = {wanted} cannot be used; type a whole number from 1 to {MOST_REPLICATES}"
        )
    return wanted


# --- settings -----------------------------------------------------------------------------------


def known_names() -> list[str]:
    """Full names of everything that settings may hold."""
    organisation = [f"organisation.{each.name}" for each in declarations(Organisation)]
    parameters = Parameters()
    return organisation + [
        f"{group}.{each.name}" for group in GROUPS for each in declarations(
            getattr(parameters, group))
    ]  # fmt: skip


def checked_settings(settings: Settings) -> dict[str, float]:
    """The same settings. Raises ParameterError for a name or a value that cannot be used."""
    known = known_names()
    for name in settings:
        if name not in known:
            raise ParameterError(f"unknown parameter {name!r}; {nearest(name, known)}")
    configuration(1, change_of(settings))
    return dict(settings)


def change_of(settings: Mapping[str, Any]) -> Change:
    """Settings by dotted name as a change."""
    organisation: dict[str, float] = {}
    parameters: dict[str, dict[str, float]] = {}
    for full, value in settings.items():
        group, _, name = full.partition(".")
        into = organisation if group == "organisation" else parameters.setdefault(group, {})
        into[name] = value
    return Change(organisation=organisation, parameters=parameters)


def parameters_of(settings: Settings) -> Parameters:
    """Every number of the model with these settings, for rules that are called by themselves."""
    return configuration(1, change_of(settings)).parameters


# --- what a pattern runs ------------------------------------------------------------------------


def told(
    settings: Settings, years: float, *changes: Change, preset: str = "", base: Change | None = None
) -> Configuration:
    """A configuration: usual organisation < preset < base < settings < changes."""
    below = [preset_change(preset)] if preset else []
    return configuration(years, *below, base or Change(), change_of(settings), *changes)


def preset_change(name: str) -> Change:
    """What an organisation in `conf/organisation` differs in from the default."""
    return change_of(entry("organisation", name).differences)


def scenario_base(name: str) -> Change:
    """What a scenario in `conf/scenario` says of all its arms: sizes and parameters."""
    content = content_of("scenario", name)
    return _change(content)


def scenario_arm(name: str, arm: str) -> Change:
    """What makes an arm of a scenario differ from the others."""
    return _change(content_of("scenario", name)["scenario"]["arms"][arm] or {})


def _change(node: Mapping[str, Any]) -> Change:
    return Change(
        organisation=dict(node.get("organisation", {})),
        parameters={group: dict(node[group]) for group in GROUPS if group in node},
        actions=tuple(Action(**each) for each in _listed(node, "actions")),
        switches=tuple(Switch(**each) for each in _listed(node, "switches")),
        rivals=tuple(_change(each) for each in _listed(node, "rivals")),
    )


def _listed(node: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    return node.get(name) or ()
