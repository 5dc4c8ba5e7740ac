"""The contract that every mechanism keeps."""

import importlib
from dataclasses import fields, replace

import numpy as np
import pytest
from conftest import busy, columns, small

from sim.configuration import MECHANISMS, Parameters, Switches, rules_of
from sim.levers import LEVERS, at_rest, timetable
from sim.measures import MEASURES, NAMES, empty_record
from sim.parameters import Kind, ParameterError, declarations
from sim.runs import simulate
from sim.start import at_week_zero
from sim.state import Moment
from sim.week import run, steps, week

GROUPS = [each.name for each in fields(Parameters())]


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
            if found.shape != usual.shape or not np.array_equal(found, usual, equal_nan=True):
                break
        else:
            pytest.fail(f"{group}.{each.name} changes nothing at {each.low} or {each.high}")


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
