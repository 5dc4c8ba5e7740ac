"""Do agents show the engine's own week: same bits, same sums, and nobody's private matters?"""

import math

import mesa
import numpy as np
import pytest

from agents.ledger import Ledger
from agents.organisation import Organisation, after
from agents.views import Customer, Employee, Leader, PrivacyError, documented
from sim.configuration import Configuration, Parameters, rules_of, seed_of
from sim.configuration import Organisation as Size
from sim.levers import Action, timetable
from sim.measures import NAMES, empty_record
from sim.mechanisms.contributing import Contributing
from sim.parameters import ParameterError
from sim.runs import simulate
from sim.start import at_week_zero
from sim.state import Staff, Teams, World
from sim.structure import circles, tree
from sim.week import run

SMALL = Size(people=57, customers=400)
WEEKS = 60
BUSY = (
    Action("example", 0.9, start=2, ramp=8), Action("words", 0.4, start=4),
    Action("broadcast", 0.8, start=6), Action("pay", 0.7, start=12, end=30),
    Action("context", 0.9, start=10), Action("promise", 1.0, start=8),
    Action("automation", 0.3, start=16), Action("recognition", 1.0, start=20),
    Action("discretion", 0.3, start=18), Action("people_behind", 0.5, start=14),
)  # fmt: skip
ERODING = Parameters(contributing=Contributing(erosion=0.5, identity=0.6))

QUIET = Configuration(organisation=SMALL, weeks=WEEKS)
TREE = Configuration(organisation=SMALL, weeks=WEEKS, actions=BUSY, parameters=ERODING)
CIRCLES = Configuration(organisation=SMALL, weeks=WEEKS, actions=BUSY, structure="circles")
OFF = Configuration(
    organisation=SMALL, weeks=WEEKS, off=("contributing", "remembering"), actions=BUSY
)
CASES = {"quiet": QUIET, "tree": TREE, "circles": CIRCLES, "off": OFF}


def chart(weeks: int = 12) -> Configuration:
    """The small tree again, as if read from a list of people."""
    bosses = tuple(int(boss) for boss in tree(57, 7).boss)
    return Configuration(organisation=SMALL, weeks=weeks, structure="chart", bosses=bosses)


def same_tables(one: World, other: World) -> bool:
    """Whether every column of every table has the same bits."""
    return all(
        mine.tobytes() == theirs.tobytes()
        for table in ("staff", "teams", "customers", "contacts", "firm")
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
    world = at_week_zero(told, 3)
    levels = int(world.structure.level.max()) + 1
    table = timetable(told.actions, WEEKS)
    run(world, rules_of(told), table, seed_of(3), 0, empty_record(WEEKS, levels))
    assert same_tables(organisation.world, world)


def test_looking_changes_nothing():
    told, looked, left = QUIET, Organisation(QUIET), Organisation(QUIET, explain=False)
    for _ in range(9):
        looked.step()
        left.step()
        looked.employees.shuffle_do("why")
        looked.employees.do(lambda each: each.why("engagement"))
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
    organisation.step()
    organisation.run_for(2)
    assert (organisation.time, organisation.week, organisation.running) == (3.0, 2, False)
    with pytest.raises(ValueError, match=r"has 3 weeks; give Configuration\(weeks"):
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

    organisation = Organisation(QUIET, extra=[Late(), early])
    organisation.run_for(2)
    assert seen == ["early 0 False", "late 0", "early 1 False", "late 1"]


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


# Views and agent sets


def test_views_are_rows_of_the_tables():
    organisation = Organisation(QUIET)
    person, buyer = organisation.employee(20), organisation.customer(399)
    assert set(documented(Staff)) == set(Staff._fields) <= set(dir(Employee))
    assert set(Teams._fields) <= set(dir(Leader))
    assert all(documented(Staff).values())
    assert vars(Employee)["effort"].__doc__ == "this round's draw, share of capacity"
    for name in Staff._fields:
        assert getattr(person, name) == getattr(organisation.world.staff, name)[20]
    person.value = 0.25
    assert organisation.world.staff.value[20] == 0.25
    assert isinstance(person.kind, int)
    assert buyer.attitude == float(organisation.world.customers.attitude[399])
    with pytest.raises(ValueError, match="finite number"):
        person.value = math.nan
    with pytest.raises(ValueError, match="whole number"):
        person.vacancy = 0.5
    with pytest.raises(AttributeError):
        _ = person.efforts


@pytest.mark.parametrize("told", [QUIET, CIRCLES], ids=["tree", "circles"])
def test_place_in_the_structure(told: Configuration):
    organisation = Organisation(told)
    structure = (tree if told.structure == "tree" else circles)(57, 7 if told == QUIET else 8)
    assert len(organisation.employees) == 57
    assert {each.row for each in organisation.leaders} == set(structure.leader.tolist())
    for person in organisation.employees:
        boss = person.boss
        assert (boss.row if boss else -1) == structure.boss[person.row]
        assert person.level == structure.level[person.row]
        mates = np.flatnonzero(structure.team == person.team) if person.team >= 0 else []
        assert {each.row for each in person.peers} == set(mates) - {person.row}
        led = np.flatnonzero(structure.boss == person.row)
        assert {each.row for each in person.followers} == set(led.tolist())
        assert isinstance(person, Leader) == bool(person.leads)
    head = organisation.employee(0)
    assert isinstance(head, Leader)
    head.saying = 0.9
    assert organisation.world.teams.saying[0] == 0.9


def test_agent_sets_select_group_aggregate_and_do():
    organisation = Organisation(QUIET)
    organisation.run_for(4)
    employees, effort = organisation.employees, organisation.world.staff.effort
    assert employees.agg("effort", np.mean) == pytest.approx(effort.mean(), abs=1e-15)
    assert employees.get("effort") == effort.tolist()
    fronts = employees.select(lambda each: each.front)
    assert {each.row for each in fronts} == set(organisation.world.structure.front_staff.tolist())
    assert len(employees.select(agent_type=Leader)) == len(organisation.leaders) == 8
    counts = employees.groupby("level").count()
    assert counts == {0: 1, 1: 7, 2: 49}
    assert employees.groupby("team").agg("effort", max)[0] == effort[1:8].max()
    shuffled = employees.shuffle()
    assert set(shuffled) == set(employees)
    assert [each.row for each in employees] == list(range(57))
    best = employees.sort("effort")
    assert best.to_list()[0].effort == effort.max()
    employees.do(lambda each: setattr(each, "value", each.value / 2))
    assert all(isinstance(ledger, Ledger) for ledger in employees.map("why"))
    assert organisation.agents_by_type.keys() == {Employee, Leader, Customer}


def test_customers_are_a_sample_and_any_can_be_asked():
    organisation = Organisation(QUIET, customer_sample=30)
    assert len(organisation.customers) == 30
    inside = organisation.customers.to_list()[0]
    assert organisation.customer(inside.row) is inside
    outside = next(row for row in range(400) if row not in organisation.customers.get("row"))
    assert organisation.customer(outside) is organisation.customer(outside)
    assert organisation.customer(outside) not in organisation.agents
    assert len(Organisation(QUIET, customer_sample=1000).customers) == 400
    with pytest.raises(IndexError, match="0 to 399"):
        organisation.customer(400)


def test_portrayals_place_and_colour():
    organisation = Organisation(QUIET)
    places, size = {}, 0.0
    for person in organisation.employees:
        drawn = person.portrayal("value")
        places[person.row] = (drawn["x"], drawn["y"])
        assert drawn["color"].startswith("#")
        size = drawn["size"]
        assert drawn["tooltip"] == {"employee": person.row, "value": person.value}
    assert len(set(places.values())) == 57
    assert places[0] == (pytest.approx(5.0), 0.0)
    assert places[20][1] == -2
    around = Organisation(CIRCLES).employee(55)
    drawn = around.portrayal()
    assert math.hypot(drawn["x"], drawn["y"]) == pytest.approx(around.level)
    assert organisation.customer(0).portrayal()["size"] < size


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


# Privacy


def test_listed_people_are_shown_in_groups_only():
    organisation = Organisation(chart())
    organisation.run_for(9)
    person = organisation.employee(20)
    for name in ("engagement", "strain", "disposition", "vacancy", "generation", "tenure"):
        with pytest.raises(PrivacyError, match=r"organisation\.group\(\.\.\.\)"):
            getattr(person, name)
    with pytest.raises(PrivacyError):
        person.why("engagement")
    with pytest.raises(PrivacyError):
        organisation.employees.agg("strain", max)
    with pytest.raises(PrivacyError):
        Organisation(chart(), collect=["engagement"])
    with pytest.raises(PrivacyError, match="fewer than 5"):
        organisation.group(organisation.employees.select(at_most=4), "strain")
    assert person.portrayal()["tooltip"].keys() == {"employee", "visible_effort"}


def test_groups_are_means_of_those_who_are_there():
    for told in (chart(), QUIET):
        organisation = Organisation(told)
        organisation.run_for(9)
        staff = organisation.world.staff
        here = staff.vacancy == 0
        group = organisation.group(organisation.employees)
        assert group["strain"] == pytest.approx(staff.strain[here].mean(), abs=1e-15)
        assert group["people"] == 57
        assert group["empty"] == 57 - here.sum()
    assert organisation.group([organisation.employee(3)], "strain")["people"] == 1
    with pytest.raises(ParameterError, match="did you mean strain"):
        organisation.group(organisation.employees, "strane")
