"""Do views of agents show the rows of the tables, and nobody's private matters?"""

import math
from dataclasses import replace

import numpy as np
import pytest
from organisations import CIRCLES, HYBRID, QUIET, SMALL

from agents.ledger import Ledger
from agents.organisation import Organisation
from agents.views import Customer, Employee, Leader, PrivacyError, documented
from sim.configuration import Configuration, Switch
from sim.parameters import ParameterError
from sim.state import Staff, Teams
from sim.structure import Structure, circles, tree


def chart(weeks: int = 12) -> Configuration:
    """The small tree again, as if read from a list of people."""
    bosses = tuple(int(boss) for boss in tree(57, 7).boss)
    return Configuration(organisation=SMALL, weeks=weeks, structure="chart", bosses=bosses)


# Views and agent sets


def test_views_are_rows_of_the_tables():
    organisation = Organisation(QUIET)
    person, buyer = organisation.employee(20), organisation.customer(399)
    assert set(documented(Staff)) == set(Staff._fields) <= set(dir(Employee))
    assert set(Teams._fields) <= set(dir(Leader))
    assert {"taste", "compliance", "adopted", "exposure"} <= set(dir(Employee))
    assert {"safety", "hours_left", "seen_doing"} <= set(dir(Leader))
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


def assert_placed(organisation: Organisation, structure: Structure) -> None:
    """Everybody's view shows this structure."""
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
        assert person.front == structure.front[person.row]


@pytest.mark.parametrize("told", [QUIET, CIRCLES, HYBRID], ids=["tree", "circles", "hybrid"])
def test_place_in_the_structure(told: Configuration):
    organisation = Organisation(told)
    assert_placed(organisation, circles(57, 8) if told == CIRCLES else tree(57, 7))
    head = organisation.employee(0)
    assert isinstance(head, Leader)
    head.saying = 0.9
    assert organisation.world.teams.saying[0] == 0.9


def test_views_follow_a_change_of_structure():
    switches = (Switch("circles", week=3), Switch("tree", week=5), Switch("hybrid", week=6))
    organisation = Organisation(replace(QUIET, switches=switches), collect=["effort"])
    views, leaders = organisation.employees.to_list(), organisation.leaders
    numbers, drawn = [each.unique_id for each in views], organisation.across.copy()
    shapes = [tree(57, 7)] * 3 + [circles(57, 8)] * 2 + [tree(57, 7)] * 3
    kinds = ["tree"] * 3 + ["circles"] * 2 + ["tree"] + ["hybrid"] * 2
    joined = None
    for structure, kind in zip(shapes, kinds, strict=True):
        organisation.step()
        assert (organisation.structure, organisation.in_circles) == (kind, kind == "circles")
        assert organisation.employees.to_list() == views
        assert [each.unique_id for each in views] == numbers
        assert organisation.leaders is leaders
        assert leaders.get("row") == sorted(set(structure.leader.tolist()))
        by_type = organisation.agents_by_type
        assert set(by_type[Leader]) == set(leaders)
        assert set(by_type[Leader]) | set(by_type[Employee]) == set(views)
        assert_placed(organisation, structure)
        assert np.array_equal(organisation.across, drawn) == (kind != "circles")
        place = organisation.employee(55).portrayal()
        flat = math.hypot(place["x"], place["y"]) == pytest.approx(organisation.employee(55).level)
        assert flat == (kind == "circles")
        joined = organisation.employee(7) if kind == "circles" else joined
    assert joined is organisation.employee(7)
    assert len(organisation.agents) == 57 + 200
    table = organisation.datacollector.get_agent_vars_dataframe()
    kept = table["effort"].dropna().reset_index().groupby("AgentID")["Step"].apply(list).to_dict()
    assert set(numbers) == set(kept)
    assert all(steps == list(range(1, len(shapes) + 1)) for steps in kept.values())


def test_whoever_leads_no_more_has_no_teams_to_look_at():
    told = replace(QUIET, switches=(Switch("circles", week=1),), weeks=3)
    organisation = Organisation(replace(told, organisation=replace(SMALL, circle_size=20)))
    organisation.step()
    was = list(organisation.leaders)
    assert isinstance(was[5], Leader)
    organisation.step()
    assert isinstance(was[0], Leader)
    assert 0.0 <= was[0].safety <= 1.0
    assert type(was[5]) is Employee
    assert was[5].leads == ()
    with pytest.raises(AttributeError):
        _ = was[5].safety


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


# Privacy


def test_listed_people_are_shown_in_groups_only():
    organisation = Organisation(chart())
    organisation.run_for(9)
    person = organisation.employee(20)
    for name in (
        "engagement", "strain", "engagement_before", "strain_before", "disposition", "vacancy",
        "generation", "tenure", "taste", "heartless",
    ):  # fmt: skip
        with pytest.raises(PrivacyError, match=r"organisation\.group\(\.\.\.\)"):
            getattr(person, name)
    for about in ("engagement", "value"):
        with pytest.raises(PrivacyError):
            person.why(about)
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
