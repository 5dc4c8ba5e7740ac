"""Which rows are games of the laboratory? Those that `scenarios/laboratory.py` measures.

It gives MEASURED, a function for each id, and CANNOT, a sentence for each id that no game here
could express.
"""

import importlib
import importlib.util
from collections.abc import Mapping

from scenarios.targets.pattern import Measure, Pattern

MODULE = "scenarios.laboratory"
REPLICATES, SECONDS = 40, 1.0
HOW = "players of the laboratory, by the rules of the organisation"


def _found(name: str) -> Mapping[str, object]:
    """What the laboratory lists under this name; empty as long as there is none."""
    if importlib.util.find_spec(MODULE) is None:
        return {}
    return getattr(importlib.import_module(MODULE), name, {})


def games() -> tuple[Pattern, ...]:
    """A pattern for each row that is measured."""
    measured: Mapping[str, Measure] = _found("MEASURED")  # type: ignore[assignment]
    return tuple(Pattern(id, each, REPLICATES, SECONDS, HOW) for id, each in measured.items())


def no_games() -> dict[str, str]:
    """Why other rows are not: by id."""
    return {name: str(why) for name, why in _found("CANNOT").items()}
