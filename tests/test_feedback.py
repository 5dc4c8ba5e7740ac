"""Loops amplify and do not run away: values, effort, mood and customers feed each other.

Bands: means over SEEDS paired runs. The limits are far from what is measured (see each test), so
that chance does not decide; seeds are fixed, so the verdict is always the same one.
"""

from dataclasses import replace

import numpy as np
from conftest import small, with_parameters

from sim.configuration import Configuration, rules_of, seed_of
from sim.levers import Action, timetable
from sim.measures import COLUMN, empty_record
from sim.runs import Task, simulate_many
from sim.start import at_week_zero
from sim.week import run

SEEDS = range(1, 13)
YEAR = 52


def means(told: Configuration, measure: str, years: tuple[int, int]) -> np.ndarray:
    """Mean of a measure over these years, by seed."""
    records = simulate_many([Task(told, seed) for seed in SEEDS])
    first, last = years
    column = COLUMN[measure]
    return np.array([np.nanmean(r.weekly[first * YEAR : last * YEAR, column]) for r in records])


def after_a_pulse(told: Configuration, seed: int, pulse: float) -> np.ndarray:
    """Mean practised value by week after everybody's value is raised once."""
    world = at_week_zero(told, seed)
    world.staff.value[:] = np.minimum(1.0, world.staff.value + pulse)
    record = empty_record(told.weeks, int(world.structure.level.max()) + 1)
    run(world, rules_of(told), timetable((), told.weeks), seed_of(seed), 0, record)
    return record.weekly[:, COLUMN["value"]]


def test_a_pulse_of_values_dies_away():
    """Loop gain below one: of what was given a tenth is left after ten years; a fifth would do."""
    told = small(10 * YEAR)
    left = [after_a_pulse(told, s, 0.2) - after_a_pulse(told, s, 0.0) for s in SEEDS]
    path = np.mean(left, axis=0)
    assert path[0] > 0.1
    assert abs(path[-YEAR:].mean()) < 0.2 * path[0]


def test_a_programme_levels_off():
    """Values gain less in years 8 to 10 than in years 1 to 3."""
    acts = tuple(Action(n, s, 13, 13) for n, s in (("example", 0.9), ("attention", 4.0)))
    told, idle = small(10 * YEAR, actions=acts), small(10 * YEAR)
    at = {
        years: (means(told, "value", years) - means(idle, "value", years)).mean()
        for years in ((0, 1), (3, 4), (7, 8), (9, 10))
    }
    assert at[9, 10] - at[7, 8] < at[3, 4] - at[0, 1]
    assert at[9, 10] > at[3, 4] > 0.02


def test_the_link_between_mood_and_effort_amplifies():
    """Recognition moves effort through engagement, and not at all with the link cut."""
    cared = small(3 * YEAR, actions=(Action("recognition", 1.0, 0),))
    linked = means(cared, "effort", (2, 3)) - means(small(3 * YEAR), "effort", (2, 3))
    cut = {"contributing": {"drive_from_engagement": 0.0}, "staffing": {"slope": 0.0}}
    told, idle = (with_parameters(each, **cut) for each in (cared, small(3 * YEAR)))
    unlinked = means(told, "effort", (2, 3)) - means(idle, "effort", (2, 3))
    assert linked.mean() > 0.01
    assert abs(unlinked.mean()) < 0.2 * linked.mean()


def test_leader_pull_changes_what_an_example_does_to_values():
    """Values follow leaders only through that pull and through systems that leaders work on."""
    acts = (Action("example", 0.9, 0), Action("coaching", 1.0, 0))
    told, idle = small(4 * YEAR, actions=acts), small(4 * YEAR)
    pulled = means(told, "value", (3, 4)) - means(idle, "value", (3, 4))
    off = {"culture": {"from_leader": 0.0}}
    alone = means(with_parameters(told, **off), "value", (3, 4)) - means(
        with_parameters(idle, **off), "value", (3, 4)
    )
    assert pulled.mean() > 0.02
    assert abs(alone.mean()) < 0.25 * pulled.mean()


def test_what_is_off_from_week_0_leaves_the_past_alone():
    told = small(30)
    one, other = (at_week_zero(each, 1) for each in (told, replace(told, off=("culture",))))
    assert all(np.array_equal(a, b) for a, b in zip(one.staff, other.staff, strict=True))
