"""What was published, and how the model is held against it. Start with `target.py`.

target.py       rows of conf/targets.yaml, typed
pattern.py      something that can be measured on seeds, under any settings
judging.py      interval, distance and verdict
running.py      runs on threads, shared among patterns
exact.py customers.py panels.py organisation.py culture.py laboratory.py    the patterns
"""

from functools import cache

from scenarios.targets.pattern import Pattern
from scenarios.targets.target import Target, targets

__all__ = ["Pattern", "Target", "pattern", "patterns", "targets", "unmeasured"]


@cache
def patterns() -> dict[str, Pattern]:
    """All patterns by id, in the order in which they share runs best.

    Raises ValueError for one that is there twice or stands for no row.
    """
    from scenarios.targets.culture import CULTURE
    from scenarios.targets.customers import CURVES
    from scenarios.targets.exact import EXACT
    from scenarios.targets.laboratory import games
    from scenarios.targets.organisation import STRUCTURE
    from scenarios.targets.panels import PANEL

    found: dict[str, Pattern] = {}
    for each in (*EXACT, *games(), *CURVES, *STRUCTURE, *CULTURE, *PANEL):
        if each.id in found:
            raise ValueError(f"pattern {each.id} is there twice; leave one of the two")
        if each.id not in targets():
            raise ValueError(f"pattern {each.id} is no row of conf/targets.yaml; add one")
        found[each.id] = each
    return found


def pattern(name: str) -> Pattern:
    """One pattern. Raises ParameterError for an id that has none."""
    from sim.parameters import ParameterError, nearest

    if name in patterns():
        return patterns()[name]
    if name in targets():
        raise ParameterError(f"target {name} cannot be measured: {unmeasured()[name]}")
    raise ParameterError(f"no target is called {name!r}; {nearest(name, list(patterns()))}")


@cache
def unmeasured() -> dict[str, str]:
    """Why a row has no pattern, by id, in the order of the table."""
    from scenarios.laboratory import CANNOT

    return {name: CANNOT[name] for name in targets() if name not in patterns()}
