"""Which rows are games of the laboratory? Those that `scenarios/laboratory.py` measures."""

from scenarios.laboratory import MEASURED
from scenarios.targets.pattern import Pattern

REPLICATES, SECONDS = 40, 1.0
HOW = "players of the laboratory, by the rules of the organisation"


def games() -> tuple[Pattern, ...]:
    """A pattern for each row that is measured."""
    return tuple(Pattern(id, each, REPLICATES, SECONDS, HOW) for id, each in MEASURED.items())
