"""What tests of calibrations share: patterns that are made up in no time, from settings alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
import pytest

from experiments import points
from experiments.points import Asked
from scenarios.matching import Floats
from scenarios.targets.pattern import Settings
from sim.parameters import ParameterError

SUPPORT, RESULTS, MONTHS = "mood.support", "mood.results", "mood.engagement_months"


@dataclass
class MadeUp:
    """Stands in for the patterns of three rows.

    N11 is at its target with `mood.support` at .2, N17 at .25; T13 hangs on another number. If
    asked to, all fail above a support of .7, as a run that cannot be done would.
    """

    stop_after: int | None = None
    failing: bool = False
    asked: list[tuple[str, float]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def pattern(self, row: str) -> "_Row":
        return _Row(self, row)


@dataclass
class _Row:
    made_up: MadeUp
    row: str

    def measured(self, settings: Settings, first_seed: int, replicates: int) -> Floats:
        with self.made_up.lock:
            if len(self.made_up.asked) == self.made_up.stop_after:
                raise KeyboardInterrupt
            self.made_up.asked.append((self.row, settings.get(SUPPORT, np.nan)))
        chance = np.random.Generator(np.random.Philox(first_seed)).normal(size=(replicates, 1))
        support = settings.get(SUPPORT, 0.3)
        if self.made_up.failing and support > 0.7:
            raise ParameterError("it cannot be run")
        if self.row == "N11":
            return 0.14 + (support - 0.2) + 0.005 * chance
        if self.row == "N17":
            return 3.0 + 10.0 * (0.25 - support) + 0.05 * chance
        half = 8.0 + 20.0 * (settings.get(RESULTS, 0.0) - 0.5) + 0.1 * chance
        return np.concatenate([np.full((replicates, 1), 0.2), half], axis=1)


ASKED = (Asked("N11", 2), Asked("N17", 2))


def put_in(monkeypatch: pytest.MonkeyPatch) -> MadeUp:
    """Patterns that are made up, in place of real ones."""
    made = MadeUp()
    monkeypatch.setattr(points, "pattern", made.pattern)
    return made


def plain(found: Mapping[str, Floats]) -> dict[str, list[list[float]]]:
    """Numbers by row as plain lists."""
    return {row: values.tolist() for row, values in found.items()}
