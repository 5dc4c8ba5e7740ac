"""What tests of designs share: a design, its points and its base from typed settings."""

from functools import cache
from typing import Any

import pytest

from experiments.settings import compose, study_plan
from experiments.sweep.base import Base
from experiments.sweep.design import Design, design_of
from sim.configuration import Configuration
from sim.parameters import ParameterError

WEEKS = 520
PULL = "sweep.factors={leading.pull: null}"


@cache
def base(*overrides: str) -> Base:
    return Base.of(compose(list(overrides)))


def design(*overrides: str) -> Design:
    return design_of(compose(list(overrides)))


def refusal(*overrides: str) -> str:
    with pytest.raises(ParameterError) as caught:
        design(*overrides)
    return str(caught.value)


def points_of(made: Design) -> list[dict[str, Any]]:
    return [made.point(place) for place in range(made.size)]


@cache
def arms_told(*overrides: str) -> dict[str, Configuration]:
    """What `zwerm run` would tell each arm."""
    return {each.name: each.told for each in study_plan(compose(list(overrides))).arms}


def told(*overrides: str) -> Configuration:
    """What it would tell the first arm."""
    return next(iter(arms_told(*overrides).values()))
