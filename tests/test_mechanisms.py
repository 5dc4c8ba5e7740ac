"""The contract that every mechanism keeps."""

import importlib
from dataclasses import fields, replace

import numpy as np
import pytest
from conftest import busy, columns, small
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.configuration import MECHANISMS, Organisation, Parameters, Switches, rules_of
from sim.levers import LEVERS, at_rest, timetable
from sim.measures import COLUMN, MEASURES, NAMES, empty_record
from sim.parameters import Kind, ParameterError, declarations
from sim.runs import simulate
from sim.start import at_week_zero, build
from sim.state import Moment
from sim.structure import from_bosses
from sim.week import run, steps, week

GROUPS = [each.name for each in fields(Parameters())]
DUST = {"rtol": 1e-9, "atol": 1e-12, "equal_nan": True}  # what rounding alone may leave


def writes(name: str) -> tuple[str, ...]:
    return importlib.import_module(f"sim.mechanisms.{name}").WRITES


def test_every_mechanism_is_in_the_week():
    assert Switches._fields == MECHANISMS == tuple(steps())


@pytest.mark.parametrize("name", MECHANISMS)
def test_writes_what_it_declares_and_nothing_else(name: str):
    told = busy()
    world, rules, table = at_week_zero(told, 5), rules_of(told), timetable(told.actions, told.weeks)
    one_by_one = steps()
    written: set[str] = set()
    for number in range(told.weeks):
        for each, step in one_by_one.items():
            before = columns(world)
            step(world, rules, table[number], Moment(np.uint64(5), number))
            if each == name:
                after = columns(world)
                written |= {
                    column
                    for column in after
                    if not np.array_equal(before[column], after[column], equal_nan=True)
                }
    assert written == set(writes(name))


@pytest.mark.parametrize("name", MECHANISMS)
def test_off_means_off(name: str):
    told = busy(40)
    own = set(writes(name))
    rivals = {each for each in MECHANISMS if own & set(writes(each))}  # write the same columns
    world = at_week_zero(told, 3)
    before = columns(world)
    rules = rules_of(replace(told, off=tuple(rivals | {name})))
    for number in range(told.weeks):
        row = timetable(told.actions, told.weeks)[number]
        week(world, rules, row, Moment(np.uint64(3), number))
    after = columns(world)
    assert all(np.array_equal(before[each], after[each], equal_nan=True) for each in own)


@pytest.mark.parametrize("group", GROUPS)
def test_every_parameter_is_declared_in_full(group: str):
    for each in declarations(getattr(Parameters(), group)):
        assert all((each.unit, each.source, each.about)), each.name
        assert each.low < each.high, f"{group}.{each.name} has no range: a definition?"


def outcome(told):
    """A run's record and its last tables, as one array of numbers."""
    world = at_week_zero(told, 2)
    record = empty_record(told.weeks, int(world.structure.level.max()) + 1)
    run(world, rules_of(told), timetable(told.actions, told.weeks), np.uint64(2), 0, record)
    parts = [record.weekly, *columns(world).values()]
    return np.concatenate([np.asarray(part, dtype=float).ravel() for part in parts])


@pytest.mark.parametrize("group", GROUPS)
def test_every_parameter_matters_somewhere_in_its_range(group: str):
    told = busy(40)
    usual = outcome(told)
    for each in declarations(getattr(told.parameters, group)):
        for value in (each.low, each.high):
            value = int(value) if isinstance(each.default, int) else value
            changed = replace(getattr(told.parameters, group), **{each.name: value})
            try:
                other = replace(told, parameters=replace(told.parameters, **{group: changed}))
            except ParameterError:  # fine alone, not together with the others
                continue
            found = outcome(other)
            if found.shape != usual.shape or not np.allclose(found, usual, **DUST):
                break
        else:
            pytest.fail(f"{group}.{each.name} changes nothing at {each.low} or {each.high}")


@pytest.mark.parametrize("name", [each.name for each in declarations(Organisation())])
def test_every_setting_of_an_organisation_matters(name: str):
    told = busy(40)
    if name == "circle_size":
        told = replace(told, structure="circles")
    usual = outcome(told)
    values = {"people": 100, "customers": 500, "front_capacity": 30.0, "planned_front": 30.0}
    declared = next(each for each in declarations(Organisation()) if each.name == name)
    value = values.get(name, declared.high)
    found = outcome(replace(told, organisation=replace(told.organisation, **{name: value})))
    assert found.shape != usual.shape or not np.allclose(found, usual, **DUST)


def test_more_hours_for_customers_make_the_front_less_busy():
    told = small(52, structure="circles")
    fewer = replace(told, organisation=replace(told.organisation, front_capacity=40.0))
    busyness = [simulate(each, 1).weekly[:, COLUMN["utilisation"]].mean() for each in (told, fewer)]
    assert busyness[1] / busyness[0] == pytest.approx(57 / 40, rel=0.1)


@pytest.mark.parametrize("lever", LEVERS, ids=lambda each: each.name)
def test_every_lever_changes_something_and_never_values_in_its_own_week(lever):
    told = small()
    rules = rules_of(told)
    far = lever.high if lever.high - lever.rest >= lever.rest - lever.low else lever.low
    used = at_rest()
    used[lever.number] = far
    if lever.name == "people_behind":
        used[lever.number] = 0.0
    one, other = at_week_zero(told, 4), at_week_zero(told, 4)
    changed: set[str] = set()
    for number in range(26):
        week(one, rules, at_rest(), Moment(np.uint64(4), number))
        week(other, rules, used, Moment(np.uint64(4), number))
        if number == 0:
            assert one.staff.value.mean() == other.staff.value.mean()
        before, after = columns(one), columns(other)
        changed |= {c for c in before if not np.array_equal(before[c], after[c], equal_nan=True)}
    assert changed & set(writes(lever.read_by)), f"{lever.name} is not read by {lever.read_by}"
    assert lever.hours > 0 or lever.euros > 0, f"{lever.name} costs nothing"


def test_kinds_are_used_as_meant():
    kinds = {each.kind for group in GROUPS for each in declarations(getattr(Parameters(), group))}
    assert kinds == set(Kind)


def test_states_stay_in_bounds_under_every_lever():
    record = simulate(busy(), 9)
    for each in MEASURES:
        if each.unit in ("0 to 1", "share of capacity"):
            series = record.weekly[:, NAMES.index(each.name)]
            assert np.nanmin(series) >= 0.0, each.name
            assert np.nanmax(series) <= 1.0, each.name


SHARES = ("belief", "reference", "intended_effort", "effort", "visible_effort", "allowed",
          "engagement", "strain", "quality", "value", "disposition")  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_everybody_stays_in_bounds_whatever_the_parameters(data: st.DataObject):
    """Any uncertain parameter anywhere in its range, any lever anywhere in its own."""
    parameters = Parameters()
    for group in GROUPS:
        drawn = {
            each.name: data.draw(st.floats(each.low, each.high), label=f"{group}.{each.name}")
            for each in declarations(getattr(parameters, group))
            if each.kind == Kind.UNCERTAIN and isinstance(each.default, float)
        }
        changed = replace(getattr(parameters, group), **drawn)
        parameters = replace(parameters, **{group: changed})
    people = parameters.people
    if people.conditional + people.free_riders + people.triangle > 1.0:
        parameters = replace(parameters, people=replace(people, triangle=0.05))
    assume(abs(parameters.serving.exponent) > 0.01)
    row = np.array([data.draw(st.floats(each.low, each.high)) for each in LEVERS])
    told = small(30, parameters=parameters)
    world, rules = build(told, 1), rules_of(told)
    for number in range(30):
        week(world, rules, row, Moment(np.uint64(1), number))
    for name in SHARES:
        column = getattr(world.staff, name)
        assert column.min() >= 0.0, name
        assert column.max() <= 1.0, name
    for column in (*world.teams, world.customers.attitude, world.customers.expectation):
        assert column.min() >= 0.0
    assert world.customers.attitude.max() <= 1.0
    assert world.teams.credibility.max() <= 1.0


def test_contacts_thanks_and_positions_are_conserved():
    told = busy(30)
    world, rules = at_week_zero(told, 2), rules_of(told)
    table = timetable(told.actions, told.weeks)
    for number in range(30):
        week(world, rules, table[number], Moment(np.uint64(2), number))
        made = world.firm.contacts[0]
        by = world.contacts.employee[:made]
        front = world.structure.front_staff
        assert world.staff.served[front].sum() == (by >= 0).sum()
        met = world.contacts.satisfaction[:made][by >= 0].astype(float).sum()
        assert world.staff.thanks[front].sum() == pytest.approx(met, rel=1e-6)
        assert (world.customers.active == 1).sum() == world.firm.active[0]
        assert (world.staff.vacancy >= 0).all()


def test_the_rules_do_not_care_which_row_is_whose():
    """Relabelled people with relabelled states move to the relabelled result."""
    told = small()
    rules, start = rules_of(told), build(told, 1)
    chance = np.random.default_rng(3)
    for column in (start.staff.visible_effort, start.staff.belief, start.staff.intended_effort):
        column[:] = chance.random(column.size)
    order = chance.permutation(57)  # the new row of each old one
    boss = np.full(57, -1)
    for old, above in enumerate(start.structure.boss):
        boss[order[old]] = order[above] if above >= 0 else -1
    moved = start._replace(structure=from_bosses(boss), staff=start.staff._replace(
        **{n: _moved(getattr(start.staff, n), order) for n in start.staff._fields}),
        teams=type(start.teams)(*(np.full_like(c, 0.5) for c in start.teams)))  # fmt: skip
    first = start._replace(teams=type(start.teams)(*(np.full_like(c, 0.5) for c in start.teams)))
    on = Switches(*(int(n in ("leading", "culture")) for n in Switches._fields))
    for each in (first, moved):
        for number in range(0, 12, 4):
            week(each, rules._replace(on=on), at_rest(), Moment(np.uint64(1), number))
    for name in ("doing", "system", "shown"):
        led = {int(order[p]): v for p, v in zip(
            first.structure.leader, getattr(first.teams, name), strict=True)}  # fmt: skip
        found = dict(zip(moved.structure.leader.tolist(), getattr(moved.teams, name), strict=True))
        assert found == pytest.approx(led), name


def _moved(column: np.ndarray, order: np.ndarray) -> np.ndarray:
    out = np.empty_like(column)
    out[order] = column
    return out
