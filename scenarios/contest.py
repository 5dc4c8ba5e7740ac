"""Which rival rules are there, and which rows can be held against all of them?

Ours and its rivals differ in one setting each; all else is a row of the plausible set. That set was
found under our rules, so that the rivals play away: a rival that passes less often may need numbers
of its own. Scenarios rival_effort, rival_culture and rival_memory show the same rules.
"""

from typing import NamedTuple

import numpy as np

from scenarios.matching import Floats
from scenarios.targets import patterns, targets
from scenarios.targets.judging import Hit, judge
from scenarios.targets.pattern import Settings
from scenarios.targets.target import Status
from sim.parameters import ParameterError, nearest

STATUSES = (Status.CHECK, Status.CALIBRATED, Status.CLAIM)


class Rule(NamedTuple):
    """One way in which people or customers may work."""

    name: str
    settings: Settings  # in which it differs from ours
    about: str


RULES = (
    Rule("ours", {}, "people answer others, two layers of culture, each further contact weighs "
         "less"),
    Rule("copying", {"contributing.copying": 1}, "everybody copies a share of the own leader"),
    Rule("one layer", {"culture.layers": 1}, "people are held by each other and by no system"),
    Rule("constant", {"remembering.memory": 1}, "each contact weighs the same"),
    Rule("peaks", {"remembering.memory": 2}, "what stands out weighs more"),
)  # fmt: skip
OURS = RULES[0].name


def rows_of(ids: list[str]) -> list[str]:
    """Rows that a contest is about, in the order of the table. Raises ParameterError."""
    known = [
        name for name, each in targets().items()
        if each.status in STATUSES and name in patterns() and patterns()[name].draws
    ]  # fmt: skip
    for name in ids:
        if name in known:
            continue
        if name in targets():
            raise ParameterError(
                f"{name} is no row of a contest: status {targets()[name].status}, or nothing in it "
                f"depends on a rule; leave it out"
            )
        raise ParameterError(f"no target is called {name!r}; {nearest(name, known)}")
    return [name for name in known if not ids or name in ids]


def passes(row: str, values: Floats) -> bool:
    """Whether the mean over seeds, [seeds, values], lies within the published limits."""
    known = np.isfinite(values).any(axis=0).all()
    return bool(known) and judge(values, targets()[row].aim, draws=False).hit is Hit.YES
