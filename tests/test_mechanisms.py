"""The contract that every mechanism keeps."""

import importlib
from dataclasses import fields, replace
from functools import cache
from typing import Any, cast

import numpy as np
import pytest
from conftest import (
    busy,
    columns,
    in_circles,
    small,
    under_a_board,
    with_parameters,
    with_rival_rules,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.configuration import (
    MECHANISMS,
    Configuration,
    Organisation,
    Parameters,
    Switches,
    rules_of,
)
from sim.levers import LEVERS, WORLD_OUTSIDE, Lever, at_rest, timetable
from sim.levers import NAMES as NAMED
from sim.market import Market
from sim.measures import COLUMN, MEASURES, NAMES
from sim.parameters import Kind, ParameterError, declarations
from sim.runs import simulate
from sim.start import at_week_zero, build
from sim.state import Floats, Moment
from sim.structure import from_bosses
from sim.switching import record_of, run_through
from sim.week import steps, week

GROUPS = [each.name for each in fields(Parameters())]
DUST = {"rtol": 1e-9, "atol": 1e-12, "equal_nan": True}  # what rounding alone may leave


def writes(name: str) -> tuple[str, ...]:
    return importlib.import_module(f"sim.mechanisms.{name}").WRITES


def test_every_mechanism_is_in_the_week():
    assert Switches._fields == MECHANISMS == tuple(steps())


@cache
def written_by(told: Configuration, clarity: float = 1.0) -> dict[str, set[str]]:
    """Columns that each mechanism changes in a run, stepped one mechanism at a time."""
    world, rules, table = at_week_zero(told, 5), rules_of(told), timetable(told.actions, told.weeks)
    world.firm.clarity[0] = clarity
    written: dict[str, set[str]] = {name: set() for name in MECHANISMS}
    one_by_one, before = steps(), columns(world)
    for number in range(told.weeks):
        for name, step in one_by_one.items():
            step(world, rules, table[number], Moment(np.uint64(5), number))
            after = columns(world)
            written[name] |= {c for c in after if not np.array_equal(before[c], after[c], True)}
            before = after
    return written


@pytest.mark.parametrize("name", MECHANISMS)
def test_writes_what_it_declares_and_nothing_else(name: str):
    written = set(written_by(busy())[name])
    if name == "leading":
        written |= written_by(under_a_board())[name]
    if name == "staffing":
        growing = with_parameters(busy(), staffing={"expands": 1.0}, remembering={"join": 1.0})
        written |= written_by(growing)[name]
    if name == "deciding":  # queues that overflow; circles whose roles are not clear yet
        full = with_parameters(busy(40), deciding={"hours_for_decisions": 8.0})
        written |= written_by(full)[name]
        written |= written_by(replace(busy(40), structure="circles"), clarity=0.5)[name]
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


def among_rivals(weeks: int) -> Configuration:
    """In one market with a rival that does as much."""
    return replace(busy(weeks), rivals=(busy(weeks),))


@cache
def outcome(told: Configuration) -> np.ndarray:
    """A run's record and its last tables, as one array of numbers."""
    if told.rivals:
        market = Market(told, 2)
        record, world = market.run()[0], market.own.world
    else:
        record = record_of(told)
        world = run_through(at_week_zero(told, 2), told, 2, record)
    parts = [record.weekly, *columns(world).values()]
    return np.concatenate([np.asarray(part, dtype=float).ravel() for part in parts])


CASES = (busy(40), in_circles(40), with_rival_rules(40), under_a_board(110), among_rivals(60))


def matters(told: Configuration, group: str, name: str, value: float) -> bool:
    """Whether a run changes when this one number does."""
    try:
        other = with_parameters(told, **{group: {name: value}})
    except ParameterError:  # fine alone, not together with the others
        return False
    found, usual = outcome(other), outcome(told)
    return found.shape != usual.shape or not np.allclose(found, usual, **DUST)


@pytest.mark.parametrize("group", GROUPS)
def test_every_parameter_matters_somewhere_in_its_range(group: str):
    for each in declarations(getattr(Parameters(), group)):
        ends = [int(end) if isinstance(each.default, int) else end for end in (each.low, each.high)]
        tried = ((told, end) for told in CASES for end in ends)
        found = any(matters(told, group, each.name, end) for told, end in tried)
        assert found, f"{group}.{each.name} changes nothing at {each.low} or {each.high}"


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


# What a lever needs beside it to have anything to work on.
COMPANY = {
    "guiding": {"spotlight": 1.0},
    "participation": {"manifesto": 1.0},
    "compliments": {"coalition": 0.1},
    "reaction": {"crisis": 1.0},
    "board": {"words": 1.0, "promise": 1.0, "selling": 1.0},
    "people_behind": {"automation": 0.5},
}


def pulled(name: str, company: dict[str, float]) -> Floats:
    """Lever values with one at its far end, or at rest for the name ""."""
    row = at_rest()
    for other, value in company.items():
        row[NAMED[other].number] = value
    if name:
        lever = NAMED[name]
        upward = lever.high - lever.rest >= lever.rest - lever.low
        row[lever.number] = lever.high if upward else lever.low
    return row


@pytest.mark.parametrize("lever", LEVERS, ids=lambda each: each.name)
def test_every_lever_changes_something_and_never_values_in_its_own_week(lever: Lever):
    """Target T27: culture is influenced, never set."""
    told = with_parameters(small(), staffing={"quits": 0.4}, people={"value": 0.95})
    if lever.name == "board":  # acts where things go down
        told = under_a_board()
    rules, company = rules_of(told), COMPANY.get(lever.name, {})
    one, other = at_week_zero(told, 4), at_week_zero(told, 4)
    changed: set[str] = set()
    for number in range(110 if lever.name == "board" else 60):  # a board looks once a year
        week(one, rules, pulled("", company), Moment(np.uint64(4), number))
        week(other, rules, pulled(lever.name, company), Moment(np.uint64(4), number))
        if number == 0:
            assert one.staff.value.mean() == other.staff.value.mean()
        before, after = columns(one), columns(other)
        changed |= {c for c in before if not np.array_equal(before[c], after[c], True)}
    assert changed & set(writes(lever.read_by)), f"{lever.name} is not read by {lever.read_by}"


@pytest.mark.parametrize("structure", ["tree", "circles"])
def test_all_levers_together_leave_mean_values_alone_in_their_first_week(structure: str):
    """Target T27 where many people come and go: neither values nor who is there may answer."""
    told = with_parameters(small(structure=structure), staffing={"quits": 0.5})
    rules, everything = rules_of(told), at_rest()
    for lever in LEVERS:
        everything = np.where(np.arange(everything.size) == lever.number, pulled(lever.name, {}),
                              everything)  # fmt: skip
    for seed in range(12):
        one, other = at_week_zero(told, seed), at_week_zero(told, seed)
        week(one, rules, at_rest(), Moment(np.uint64(seed), 0))
        week(other, rules, everything, Moment(np.uint64(seed), 0))
        assert np.array_equal(one.staff.value, other.staff.value)
        assert np.array_equal(one.staff.generation, other.staff.generation)


def test_whatever_somebody_chooses_costs_something_and_events_nothing():
    for lever in LEVERS:
        costs = lever.hours > 0 or lever.euros > 0
        assert costs == (lever.who != WORLD_OUTSIDE), lever.name


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
    rules = rules._replace(
        culture=cast(Any, rules.culture)._replace(noise=0.0)
    )  # chance falls to rows
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
