"""Do agents show the engine's own week: the same bits and the same sums?"""

import math
from dataclasses import replace

import mesa
import numpy as np
import pytest
from organisations import CASES, QUIET, SMALL, WEEKS

from agents.organisation import Organisation, after
from sim.choosing import Choosing
from sim.configuration import Configuration, Parameters
from sim.levers import NAMES as LEVERS
from sim.levers import Action
from sim.measures import NAMES
from sim.parameters import ParameterError
from sim.runs import simulate
from sim.start import at_week_zero
from sim.state import World
from sim.switching import record_of, run_through


def same_tables(one: World, other: World) -> bool:
    """Whether every column of every table has the same bits."""
    return all(
        mine.tobytes() == theirs.tobytes()
        for table in (
            "staff",
            "teams",
            "customers",
            "contacts",
            "blocks",
            "firm",
            "choices",
            "structure",
        )
        for mine, theirs in zip(getattr(one, table), getattr(other, table), strict=True)
    )


# The same bits as the engine


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("extra", [(), (lambda organisation: None,)], ids=["whole", "by_mechanism"])
def test_stepping_gives_the_bits_of_the_compiled_run(case: str, extra: tuple):
    told = CASES[case]
    organisation = Organisation(told, seed=3, extra=extra)
    organisation.run_for(WEEKS)
    record = simulate(told, 3)
    assert organisation.record.weekly.tobytes() == record.weekly.tobytes()
    assert organisation.record.levels.tobytes() == record.levels.tobytes()
    world = run_through(at_week_zero(told, 3), told, 3, record_of(told))
    assert same_tables(organisation.world, world)


def test_looking_changes_nothing():
    told, looked, left = QUIET, Organisation(QUIET), Organisation(QUIET, explain=False)
    for _ in range(9):
        looked.step()
        left.step()
        looked.employees.shuffle_do("why")
        looked.employees.do(lambda each: each.why("engagement"))
        looked.employees.do(lambda each: each.why("value"))
        looked.customers.do("why")
        looked.customer(399).why()
        looked.why_week()
        looked.draw(looked.employee(3))
    assert same_tables(looked.world, left.world)
    assert told == QUIET


def test_time_runs_as_mesa_has_it_and_the_run_ends():
    organisation = Organisation(Configuration(organisation=SMALL, weeks=3))
    assert (organisation.time, organisation.week) == (0.0, -1)
    assert math.isnan(organisation.measured("effort"))
    with pytest.raises(ParameterError, match="did you mean effort_front"):
        organisation.measured("effort_frontt")
    organisation.step()
    assert repr(organisation).endswith("week 0>")
    organisation.run_for(2)
    assert (organisation.time, organisation.week, organisation.running) == (3.0, 2, False)
    with pytest.raises(ValueError, match=r"after its 3 weeks; make one with more: .*years="):
        organisation.step()


def test_weeks_to_come_may_be_steered():
    steered, scheduled = (
        Organisation(Configuration(organisation=SMALL, weeks=12, actions=actions))
        for actions in ((), (Action("example", 1.0, start=5),))
    )
    steered.run_for(5)
    steered.timetable[5:, 0] = 1.0
    steered.run_for(7)
    scheduled.run_for(12)
    assert same_tables(steered.world, scheduled.world)


def test_levers_are_those_that_leaders_use_and_not_those_of_the_schedule():
    given_up = Parameters(choosing=Choosing(motive=0.25, hurdle_months=3.0, hurdle=40.0))
    actions = (Action("recognition", 1.0, start=2),)
    told = replace(QUIET, parameters=given_up, actions=actions)
    organisation, number = Organisation(told), LEVERS["recognition"].number
    with pytest.raises(ValueError, match=r"call step\(\) first"):
        _ = organisation.scheduled
    assert organisation.levers[number] == 0.0
    organisation.run_for(14)
    assert (organisation.scheduled[number], organisation.levers[number]) == (1.0, 1.0)
    organisation.run_for(3)
    assert (organisation.scheduled[number], organisation.levers[number]) == (1.0, 0.25)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"seed": -1}, "seed = -1"),
        ({"customer_sample": -1}, "customer_sample"),
        ({"collect": ["efforts"]}, "did you mean effort"),
        ({"extra": [3]}, "give a function"),
    ],
)
def test_wrong_arguments_are_refused(wrong: dict, says: str):
    with pytest.raises(ParameterError, match=says):
        Organisation(QUIET, **wrong)


# Mechanisms of the user's own


def test_extras_act_where_they_say():
    seen: list[str] = []

    @after("leading")
    def early(organisation: Organisation) -> None:
        before = organisation.last_week.start.staff.belief
        changed = not np.array_equal(before, organisation.world.staff.belief)
        seen.append(f"early {organisation.week} {changed}")

    class Late:
        def __call__(self, organisation: Organisation) -> None:
            seen.append(f"late {organisation.week}")

    @after("listening")
    def first(organisation: Organisation) -> None:
        seen.append(f"first {organisation.week}")

    organisation = Organisation(QUIET, extra=[Late(), early, first])
    organisation.run_for(2)
    assert seen == ["first 0", "early 0 False", "late 0", "first 1", "early 1 False", "late 1"]


def test_an_extra_after_listening_comes_before_leaders_act():
    @after("listening")
    def everybody_is_happy(organisation: Organisation) -> None:
        organisation.world.firm.believed[0] = 1.0  # nothing is urgent

    told = replace(QUIET, actions=(Action("walks", 1.0),))
    calm, urgent = Organisation(told, extra=[everybody_is_happy]), Organisation(told)
    for _ in range(9):
        calm.step()
        urgent.step()
    assert calm.measured("believed") == 1.0
    assert calm.measured("doing") < urgent.measured("doing")


def test_an_extra_may_write_and_is_measured():
    @after("contributing")
    def everybody_works(organisation: Organisation) -> None:
        organisation.employees.set("visible_effort", 1.0)

    organisation = Organisation(QUIET, extra=[everybody_works])
    organisation.step()
    assert organisation.measured("effort") == 1.0
    assert organisation.employee(40).visible_effort == 1.0


def test_an_extra_after_nothing_known_is_refused():
    @after("moods")
    def lost(organisation: Organisation) -> None:
        pass

    with pytest.raises(
        ParameterError, match=r"extra lost comes after 'moods', .* did you mean mood"
    ):
        Organisation(QUIET, extra=[lost])


def test_draws_of_extras_depend_on_who_when_and_what_for():
    one, other = Organisation(QUIET, seed=5), Organisation(QUIET, seed=5)
    one.run_for(3)
    other.run_for(3)
    person, buyer = one.employee(3), one.customer(3)
    keys = [(person, 0), (person, 1), (buyer, 0), (None, 0), (one.employee(4), 0)]
    first = [one.draw(*key) for key in keys]
    assert len(set(first)) == len(keys)
    assert all(0.0 < chance < 1.0 for chance in first)
    assert other.draw(other.employee(3)) == first[0]
    one.step()
    assert one.draw(person) != first[0]
    with pytest.raises(ValueError, match="0 to 16383"):
        one.draw(person, purpose=-1)


# Data collection


def test_the_data_collector_keeps_every_measure_and_what_is_asked():
    organisation = Organisation(QUIET, seed=2, customer_sample=10, collect=["effort", "attitude"])
    organisation.run_for(14)
    table = organisation.datacollector.get_model_vars_dataframe()
    assert list(table.columns) == list(NAMES)
    kept = table.to_numpy(dtype=float)
    assert np.array_equal(kept, organisation.record.weekly[:14], equal_nan=True)
    agents = organisation.datacollector.get_agent_vars_dataframe()
    assert len(agents) == 14 * (57 + 10)
    efforts = agents["effort"].dropna().to_list()
    assert efforts[-57:] == organisation.employees.get("effort")
    assert len(agents["attitude"].dropna()) == 14 * 10
    assert isinstance(organisation, mesa.Model)
