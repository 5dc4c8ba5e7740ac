"""What tests of settings share: what they tell a run, or the sentence that refuses them."""

import pytest

from experiments.settings import (
    compose,
    engine_of,
    study_plan,
)
from sim.configuration import Configuration
from sim.parameters import ParameterError


def told(*overrides: str, arm: int = 0) -> Configuration:
    return study_plan(compose(list(overrides))).arms[arm].told


def refusal(*overrides: str) -> str:
    def set_all() -> None:
        cfg = compose(list(overrides))
        study_plan(cfg)
        engine_of(cfg)

    with pytest.raises(ParameterError) as caught:
        set_all()
    return str(caught.value)
