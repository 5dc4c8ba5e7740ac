"""What is the model held against? The rows of `conf/targets.yaml`, in a typed form.

A row asks for one number or several. Each lies within limits (`value` and `tolerance`; `range`), on
one side of one (`at_least`, `at_most`) or of zero (`above`, `below`), or several lie near a curve
(`curve` and `rmse`) or fall from the first to the last (`falling`). `share: true` says that numbers
are 0 or 1 and their mean a share. `scale` gives one-sided rows a unit of distance; no verdict hangs
on it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

import yaml

from scenarios.library import CONF, LOADER
from sim.parameters import ParameterError, nearest

FILE = "targets.yaml"


class Status(StrEnum):
    """What a row may be called evidence of. Only a check is a test."""

    CHECK = "check"
    CALIBRATED = "calibrated on"
    FITTED = "in-sample fit"
    INPUT = "input"
    CONSTRUCTED = "by construction"
    EXACT = "exact"
    CLAIM = "claim"
    ASSUMED = "assumed"
    EXPLORATORY = "exploratory"


class Limits(NamedTuple):
    """Where one number is to lie."""

    name: str  # which of several; empty if there is one
    low: float  # -inf = any
    high: float  # inf = any
    scale: float  # a distance of one, in the unit of the row; NaN if there is none
    open: bool = False  # the limits themselves are no hits
    share: bool = False  # numbers are 0 or 1, and their mean counts
    text: str = ""  # the limits in words


class Curve(NamedTuple):
    """Several numbers that lie near published ones."""

    names: tuple[str, ...]
    values: tuple[float, ...]
    rmse: float  # largest root mean square of what lies between


class Falling(NamedTuple):
    """Several numbers, each above the next."""

    names: tuple[str, ...]
    scale: float


Aim = tuple[Limits, ...] | Curve | Falling


@dataclass(frozen=True)
class Target:
    """A row of the table."""

    id: str
    area: str
    measured: str  # under which condition, and which statistic
    aim: Aim
    unit: str
    source: str
    grade: str  # how the number is known
    status: Status
    expected_miss: str = ""  # declared before anything was run
    reading: str = ""  # why it is missed, as far as understood
    mend: str = ""  # which rule or parameter would mend it, it is believed


@cache
def targets() -> dict[str, Target]:
    """All rows by id, in the order of the file."""
    content = yaml.load((CONF / FILE).read_text(encoding="utf-8"), LOADER)
    return {name: target_of(name, row) for name, row in content["targets"].items()}


def chosen_of(ids: list[str]) -> list[str]:
    """Ids that were typed, or the letters that ids begin with, in the order of the table.

    All without any. Raises ParameterError with the nearest id.
    """
    known = list(targets())
    wanted: set[str] = set()
    for word in ids:
        name = word.strip().upper()
        found = [each for each in known if each == name]
        found = found or [each for each in known if name and each.rstrip("0123456789") == name]
        if not found:
            close = nearest(name, known)
            if not close.startswith("did you mean"):
                close = "`zwerm validate --list` shows all ids"
            raise ParameterError(f"no target is called {word!r}; {close}")
        wanted.update(found)
    return [each for each in known if not ids or each in wanted]


# --- reading ------------------------------------------------------------------------------------

KEYS = ("area", "measured", "aim", "unit", "source", "grade", "status", "expected_miss", "reading",
        "mend")  # fmt: skip


def target_of(name: str, row: Mapping[str, Any]) -> Target:
    """One row. Raises ParameterError for what cannot be read."""
    for key in row:
        if key not in KEYS:
            raise ParameterError(f"target {name}: unknown {key!r}; {nearest(str(key), list(KEYS))}")
    status = row.get("status")
    if status not in [each.value for each in Status]:
        near = nearest(str(status), [each.value for each in Status])
        raise ParameterError(f"target {name}: unknown status {status!r}; {near}")
    told = {key: " ".join(str(row.get(key, "")).split()) for key in KEYS if key != "aim"}
    return Target(id=name, aim=aim_of(name, row["aim"]), **{**told, "status": Status(status)})


def aim_of(name: str, node: Any) -> Aim:
    """What a row asks for. Raises ParameterError."""
    if isinstance(node, list):
        return tuple(_limits(name, each) for each in node)
    if "curve" in node:
        values = tuple(float(each) for each in node["curve"].values())
        return Curve(tuple(str(each) for each in node["curve"]), values, float(node["rmse"]))
    if "falling" in node:
        return Falling(tuple(node["falling"]), float(node.get("scale", math.nan)))
    return (_limits(name, node),)


def _limits(name: str, node: Mapping[str, Any]) -> Limits:
    of = str(node.get("of", ""))
    scale, share = float(node.get("scale", math.nan)), bool(node.get("share", False))
    match node:
        case {"value": value, "tolerance": tolerance}:
            said = f"{value:.7g} ± {tolerance:.3g}"
            said = said.replace("-", "−") if value < 0.0 else said
            return Limits(of, value - tolerance, value + tolerance, tolerance, False, share, said)
        case {"range": [low, high]}:
            said = f"{low:g} to {high:g}"
            return Limits(of, low, high, (high - low) / 2.0, False, share, said)
        case {"at_least": low}:
            return Limits(of, low, math.inf, scale, False, share, f"at least {low:g}")
        case {"at_most": high}:
            return Limits(of, -math.inf, high, scale, False, share, f"at most {high:g}")
        case {"above": low}:
            return Limits(of, low, math.inf, scale, True, share, f"above {low:g}")
        case {"below": high}:
            return Limits(of, -math.inf, high, scale, True, share, f"below {high:g}")
    raise ParameterError(
        f"target {name}: {dict(node)} is no target; type value and tolerance, range, at_least, "
        f"at_most, above, below, curve and rmse, or falling"
    )
