"""Do kernels that were made quick still give what the plain way of saying them gives?"""

from math import exp

import numpy as np
import pytest

from sim.configuration import Configuration, Organisation
from sim.encounters import stand_ins
from sim.mechanisms.surveys import (
    DETRACTOR,
    MOST_TRIES,
    PROMOTER,
    Surveys,
    ask_customers,
    ask_staff,
    customer_rating,
    staff_rating,
)
from sim.parameters import Calendar, kernel_values
from sim.randomness import ENPS_SAMPLE, NPS_SAMPLE, fill_pairs, uniforms
from sim.start import build
from sim.state import Moment, World

SEED, WEEK = np.uint64(7), 26
SAMPLE = 20


@pytest.fixture(scope="module")
def world() -> World:
    """An organisation in which people and customers feel differently, and some are gone."""
    found = build(Configuration(Organisation(people=40, customers=300)), 1)
    luck = np.random.default_rng(1)
    found.customers.attitude[:] = luck.random(300)
    found.customers.active[:] = luck.random(300) < 0.8
    found.staff.engagement[:] = luck.random(40)
    found.staff.vacancy[::7] = 1
    return found


def scored(answers: list[int]) -> float:
    """NPS of these answers."""
    above, below = (sum(a >= PROMOTER for a in answers), sum(a <= DETRACTOR for a in answers))
    return 100.0 * (above - below) / len(answers)


def rules(**changes: float) -> Surveys:
    return kernel_values(Surveys(nps_sample=SAMPLE, enps_sample=SAMPLE, **changes), Calendar())


@pytest.mark.parametrize(
    ("response", "slope"), [(0.3, 1.0), (0.3, 0.0), (0.1, -4.0), (0.9, 4.0), (0.02, -2.0)]
)
def test_customers_are_asked_one_by_one_until_enough_answer(
    world: World, response: float, slope: float
):
    p, customers = rules(response=response, response_slope=slope), world.customers
    answers: list[int] = []
    for draw in range(SAMPLE * MOST_TRIES):
        who, chance, _, _ = uniforms(SEED, NPS_SAMPLE, WEEK, draw, 0)
        customer = int(who * customers.attitude.size)
        level = float(customers.attitude[customer])
        likely = response * exp(slope * (level - float(world.firm.usual_satisfaction[0])))
        if customers.active[customer] == 1 and chance < likely and len(answers) < SAMPLE:
            answers.append(customer_rating(level, float(customers.style[customer]), p))
    ask_customers(customers, world.firm, p, Moment(SEED, WEEK))
    assert (len(answers) == SAMPLE) == (response > 0.05)  # too few answer in the last case
    assert world.firm.nps[0] == scored(answers)


def test_staff_are_drawn_without_repeats_and_everybody_is_asked_without_error(world: World):
    p, staff = rules(), world.staff
    there = [int(person) for person in np.flatnonzero(staff.vacancy == 0)]
    for draw in range(len(there)):  # the whole shuffle, though only the first are the sample
        chance = uniforms(SEED, ENPS_SAMPLE, WEEK, draw, 0)[0]
        pick = draw + int(chance * (len(there) - draw))
        there[draw], there[pick] = there[pick], there[draw]
    answers = [
        staff_rating(each, int(staff.generation[each]), float(staff.engagement[each]), p, SEED)
        for each in there
    ]
    ask_staff(staff, world.firm, p, Moment(SEED, WEEK))
    assert world.firm.enps[0] == scored(answers[:SAMPLE])
    assert world.firm.enps_true[0] == scored(answers)


def test_pairs_are_the_first_two_of_the_four():
    draws = np.empty((2, 5))
    fill_pairs(SEED, NPS_SAMPLE, WEEK, 250, draws)
    for column in range(5):
        four = uniforms(SEED, NPS_SAMPLE, WEEK, 250 + column, 0)
        assert tuple(draws[:, column]) == four[:2]


@pytest.mark.parametrize(
    ("vacancy", "found"),
    [
        ([0, 0, 0], [4, 2, 1]),
        ([0, 1, 0], [4, 2, 4]),  # person 1 is gone: the first of the front stands in, once round
        ([1, 1, 0], [2, 2, 2]),
        ([1, 1, 1], [-1, -1, -1]),
    ],
)
def test_the_next_who_is_there_stands_in(vacancy: list[int], found: list[int]):
    front = np.array([4, 2, 1])
    empty = np.ones(5, np.int64)
    empty[[4, 1, 2]] = vacancy  # of persons 4, 1 and 2
    people = np.zeros(3, np.int64)
    stand_ins(empty, front, people)
    assert people.tolist() == found
