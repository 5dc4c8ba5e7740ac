"""What is known about each factor of a sweep: its range, its bounds, and on what evidence."""

from typing import Any, NamedTuple

import numpy as np

from experiments.sweep.effects import is_named
from experiments.sweep.factors import ACTS, named_values, numbers
from experiments.sweep.reading import NAMED
from experiments.sweep.results import Sweep
from sim.parameters import Declaration, Grade, Kind

LONG = 5200  # weeks: any part of a lever is declared for runs of this length


class Known(NamedTuple):
    """One factor and what its declaration says."""

    name: str
    unit: str
    about: str
    sampled: str  # from – to, or the names
    allowed: str
    base: str  # its value in the base; empty if the settings do not say
    grade: str  # a Grade; empty for names, parts of a lever and dates of a change
    source: str
    choice: str  # `choice` of a leader, `setting` of an organisation, or empty

    @property
    def assumed(self) -> bool:
        """Whether nobody has a source for it."""
        return self.grade == Grade.ASSUMED


def known_factors(sweep: Sweep) -> list[Known]:
    """The factors of a sweep in the order of its design."""
    declared = numbers(sweep.weeks or LONG)
    return [_known(sweep, name, declared.get(name)) for name in sweep.factors]


def _known(sweep: Sweep, name: str, declared: Declaration | None) -> Known:
    base = _in_base(sweep.settings, name)
    if declared is None:
        allowed = ", ".join(named_values(name))
        return Known(name, NAMED, "", _sampled(sweep, name), allowed, base, "", "", "choice")
    acts = name.startswith(ACTS)
    if acts:
        base = f"{declared.default:g} at rest" if declared.name == "strength" else ""
    return Known(
        name, sweep.factor_units[name], declared.about, _sampled(sweep, name),
        f"{declared.low:g} – {declared.high:g}", base, "" if acts else str(declared.grade),
        "" if acts else declared.source,
        "choice" if acts else "setting" if declared.kind is Kind.SETTING else "",
    )  # fmt: skip


def _sampled(sweep: Sweep, name: str) -> str:
    """The values a factor took, in words."""
    values = sweep.design[name].to_numpy()
    if is_named(values):
        return ", ".join(sorted({str(each) for each in values if each}))
    known = values[~np.isnan(values.astype(float))]
    if not known.size:
        return ""
    asked = next((each for each in (sweep.manifest.get("design") or {}).get("factors") or ()
                  if each["name"] == name and not each["values"]), None)  # fmt: skip
    if asked and asked["low"] is not None and sweep.method != "rows":
        return f"{asked['low']:.4g} – {asked['high']:.4g}"
    different = np.unique(known)
    if different.size <= 3:
        return ", ".join(f"{each:.4g}" for each in different)
    return f"{different[0]:.4g} – {different[-1]:.4g}"


def _in_base(settings: dict[str, Any], name: str) -> str:
    """A factor's value in the resolved settings."""
    node: Any = settings
    for part in name.split("."):
        node = node.get(part) if isinstance(node, dict) else None
    if isinstance(node, dict):
        node = node.get("name")
    return f"{node:g}" if isinstance(node, int | float) else str(node or "")
