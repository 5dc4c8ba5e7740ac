"""Do agents show the engine's own week: same bits, same sums, and nobody's private matters?"""

import math
from dataclasses import replace

import mesa
import numpy as np
import pytest

from agents.ledger import Ledger
from agents.organisation import Organisation, after
from agents.views import Customer, Employee, Leader, PrivacyError, documented
from sim.choosing import Choosing
from sim.configuration import Configuration, Parameters, Switch
from sim.configuration import Organisation as Size
from sim.levers import NAMES as LEVERS
from sim.levers import Action
from sim.measures import NAMES
from sim.mechanisms.contributing import Contributing
from sim.parameters import ParameterError
from sim.runs import simulate
from sim.start import at_week_zero
from sim.state import Staff, Teams, World
from sim.structure import Structure, circles, tree
from sim.switching import record_of, run_through

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
HYBRID = Configuration(organisation=SMALL, weeks=WEEKS, actions=BUSY, structure="hybrid")
SWITCHES = (
    Switch("hybrid", week=6), Switch("circles", week=20), Switch("tree", week=30, at_value=0.0),
    Switch("circles", week=40, if_nps_falls=200.0),  # waits in vain
)  # fmt: skip
SWITCHING = Configuration(organisation=SMALL, weeks=WEEKS, actions=BUSY, switches=SWITCHES)
CASES = {
    "quiet": QUIET, "tree": TREE, "circles": CIRCLES, "hybrid": HYBRID, "off": OFF,
    "switching": SWITCHING,
}  # fmt: skip


def chart(weeks: int = 12) -> Configuration:
    """The small tree again, as if read from a list of people."""
    bosses = tuple(int(boss) for boss in tree(57, 7).boss)
    return Configuration(organisation=SMALL, weeks=weeks, structure="chart", bosses=bosses)


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
