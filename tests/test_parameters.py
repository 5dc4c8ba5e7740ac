"""Is every number looked at once, and again as soon as it was changed?"""

import dataclasses
import pickle

import numpy as np
import pytest

from sim.configuration import Configuration, Parameters
from sim.mechanisms.leading import Leading
from sim.parameters import ParameterError, check, checked, declarations

PULL = next(each for each in declarations(Leading) if each.name == "pull")
WEEKS = next(
    each
    for each in declarations(Configuration().parameters.contributing)
    if each.name == "visible_weeks"
)


@pytest.mark.parametrize("value", [PULL.low, PULL.default, PULL.high, np.float64(PULL.default)])
def test_a_number_inside_its_range_comes_back(value):
    found = check("leading", PULL, value)
    assert type(found) is float
    assert found == value


@pytest.mark.parametrize("value", [13, 13.0, np.float64(13)])
def test_a_whole_number_comes_back_whole(value):
    found = check("contributing", WEEKS, value)
    assert type(found) is int
    assert found == 13


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -1e-9, 2.0, True, "0.3", None, np.float64("nan")]
)
def test_what_is_no_number_or_outside_is_refused(value):
    with pytest.raises(ParameterError, match=r"leading\.pull"):
        check("leading", PULL, value)


@pytest.mark.parametrize("value", [13.5, 3, 53, True, float("nan")])
def test_what_is_not_whole_or_outside_is_refused(value):
    with pytest.raises(ParameterError, match=r"contributing\.visible_weeks"):
        check("contributing", WEEKS, value)


def test_a_group_that_was_checked_is_itself_and_a_changed_copy_is_checked_again():
    group = checked("leading", Leading())
    assert checked("leading", group) is group
    for wrong in (float("nan"), 9.0, True):
        with pytest.raises(ParameterError, match=r"leading\.pull"):
            checked("leading", dataclasses.replace(group, pull=wrong))


def test_a_configuration_checks_what_was_changed_in_one_that_was_checked():
    told = Configuration()
    bad = dataclasses.replace(told.parameters.leading, pull=float("nan"))
    with pytest.raises(ParameterError, match=r"leading\.pull"):
        dataclasses.replace(
            told, parameters=dataclasses.replace(told.parameters, leading=bad), weeks=5
        )


def test_whether_a_group_was_checked_shows_nowhere():
    seen, new = checked("leading", Leading()), Leading()
    assert seen == new
    assert hash(seen) == hash(new)
    assert repr(seen) == repr(new)
    assert dataclasses.asdict(seen) == dataclasses.asdict(new)
    assert pickle.loads(pickle.dumps(seen)) == new
    assert Configuration(parameters=Parameters(leading=seen)) == Configuration()
