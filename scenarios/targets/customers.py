"""Do customers answer, complain and tell as published? N08, N12 to N15, N17, N22, N23.

Answers are those of customers to this month's contacts in a running organisation. The model asks
nobody whether they will buy again: the answer to whether they would recommend stands in for it.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from scenarios.claims.hypothesis import Change
from scenarios.targets.pattern import Floats, Measure, Pattern, Settings, parameters_of, told
from scenarios.targets.running import arms_of, on_threads
from sim.configuration import rules_of
from sim.levers import at_rest
from sim.mechanisms.remembering import COMPLAINING, complains, rates_a_contact, satisfaction_with
from sim.mechanisms.surveys import customer_rating, sure_to_buy_again
from sim.parameters import Calendar, kernel_values
from sim.start import at_week_zero
from sim.state import Moment
from sim.week import week

CUSTOMERS = Change(organisation={"people": 120, "customers": 4000})
MONTH = 4  # weeks whose contacts are looked at
DRAWN = 4000  # customers of whom a year of contacts is drawn
DECILES = 10
ANSWERED = (7, 8, 9, 10)  # answers about satisfaction


class Met(NamedTuple):
    """Contacts of a month, one row each."""

    quality: Floats
    satisfaction: Floats
    expected: Floats  # before the contact
    attitude: Floats  # after the week
    style: Floats
    mood: Floats  # engagement of the employee; NaN if there was none


def met(settings: Settings, seed: int) -> Met:
    """What customers met within a month of an organisation in which nobody acts."""
    return _met(tuple(sorted(settings.items())), seed)


@lru_cache(maxsize=64)
def _met(settings: tuple[tuple[str, float], ...], seed: int) -> Met:
    configured = told(dict(settings), 1, CUSTOMERS)
    world, rules = at_week_zero(configured, seed), rules_of(configured)
    weeks = []
    for number in range(MONTH):
        expected = world.customers.expectation.astype(np.float64)
        week(world, rules, at_rest(), Moment(np.uint64(seed), number))
        rows = slice(0, int(world.firm.contacts[0]))
        who, served = world.contacts.customer[rows], world.contacts.employee[rows]
        mood = np.where(served >= 0, world.staff.engagement[np.maximum(served, 0)], np.nan)
        weeks.append(Met(
            world.contacts.quality[rows].astype(np.float64),
            world.contacts.satisfaction[rows].astype(np.float64),
            expected[who], world.customers.attitude[who].astype(np.float64),
            world.customers.style[who].astype(np.float64), mood,
        ))  # fmt: skip
    return Met(*(np.concatenate(column) for column in zip(*weeks, strict=True)))


def answers(level: Floats, style: Floats, settings: Settings) -> Floats:
    """What customers of these styles answer about these levels, 0 to 10."""
    p = kernel_values(parameters_of(settings).surveys, Calendar())
    pairs = zip(level.tolist(), style.tolist(), strict=True)
    return np.array([customer_rating(each, own, p) for each, own in pairs], dtype=np.float64)


def effect_of_mood(found: Met) -> float:
    """Standardised effect of engagement on satisfaction with quality held equal."""
    known = np.isfinite(found.mood)
    columns = [each[known] for each in (found.quality, found.mood, found.satisfaction)]
    quality, mood, felt = ((each - each.mean()) / each.std() for each in columns)
    slopes = np.linalg.lstsq(np.stack([quality, mood], axis=1), felt, rcond=None)[0]
    return float(slopes[1])


def loss_ratio(found: Met) -> float:
    """Slope of satisfaction on what falls short over that on what exceeds expectations."""
    beyond = found.quality - found.expected
    columns = np.ones_like(beyond), found.expected, np.maximum(0, beyond), np.minimum(0, beyond)
    slopes = np.linalg.lstsq(np.stack(columns, axis=1), found.satisfaction, rcond=None)[0]
    return float(slopes[3] / slopes[2])


def certain_by_answer(found: Met, settings: Settings) -> Floats:
    """Share who are nearly sure to buy again, by their answer about satisfaction, [4]."""
    felt = answers(found.attitude, found.style, settings)
    sure = np.array([sure_to_buy_again(int(each)) for each in felt])
    shares = [sure[felt == each] for each in ANSWERED]
    return np.array([each.mean() if each.size else np.nan for each in shares])


def correlations_of_answers(found: Met, settings: Settings) -> Floats:
    """Satisfaction with recommending, and expectation with satisfaction, [2]."""
    hoped, felt, kept = (
        answers(each, found.style, settings)
        for each in (found.expected, found.satisfaction, found.attitude)
    )
    return np.array([np.corrcoef(felt, kept)[0, 1], np.corrcoef(hoped, felt)[0, 1]])


def complaint_curve(settings: Settings, seed: int) -> Floats:
    """Share of customers who complain within a year, by overall satisfaction 1 to 10, [10].

    Overall satisfactions are drawn evenly; contacts scatter around them as luck makes them.
    """
    parameters = parameters_of(settings)
    yearly = parameters.serving.contacts_per_year
    p = kernel_values(parameters.remembering, Calendar())
    rates, count = np.empty(COMPLAINING.size), max(1, round(yearly))
    rates_a_contact(yearly, rates)
    chance = np.random.Generator(np.random.Philox(seed))
    level = chance.random(DRAWN)
    quality = level[:, None] + parameters.serving.noise * chance.standard_normal((DRAWN, count))
    felt = np.vectorize(lambda q, x: satisfaction_with(q, x, p))(quality, level[:, None])
    silent = 1.0 - np.vectorize(lambda s: complains(s, rates))(felt)
    complained = 1.0 - silent.prod(axis=1)
    decile = np.minimum(9.0, 9.0 * felt.mean(axis=1) + 0.5).astype(np.int64)
    return np.array([
        complained[decile == each].mean() if (decile == each).any() else np.nan
        for each in range(DECILES)
    ])  # fmt: skip


# --- patterns -----------------------------------------------------------------------------------


def _n08(settings: Settings, first_seed: int, replicates: int) -> Floats:
    return np.array(on_threads(lambda seed: effect_of_mood(met(settings, seed)), first_seed,
                               replicates))  # fmt: skip


def _n12(settings: Settings, first_seed: int, replicates: int) -> Floats:
    return np.array(on_threads(lambda seed: complaint_curve(settings, seed), first_seed,
                               replicates))  # fmt: skip


def _n13(settings: Settings, first_seed: int, replicates: int) -> Floats:
    return np.array(on_threads(
        lambda seed: certain_by_answer(met(settings, seed), settings), first_seed, replicates
    ))  # fmt: skip


def _n14(settings: Settings, first_seed: int, replicates: int) -> Floats:
    return np.array(on_threads(lambda seed: loss_ratio(met(settings, seed)), first_seed,
                               replicates))  # fmt: skip


def _n15(settings: Settings, first_seed: int, replicates: int) -> Floats:
    return np.array(on_threads(
        lambda seed: correlations_of_answers(met(settings, seed), settings), first_seed, replicates
    ))  # fmt: skip


def _n17(settings: Settings, first_seed: int, replicates: int) -> Floats:
    runs = arms_of(settings, {"nothing": Change()}, 2, first_seed, replicates)["nothing"]
    pleased = runs.mean("pleased", 0, 2)
    return pleased / np.maximum(1e-9, 1.0 - pleased)


def _level(measure: str) -> Measure:
    """The level of a measure in the first two years of the default organisation at rest."""

    def found(settings: Settings, first_seed: int, replicates: int) -> Floats:
        runs = arms_of(settings, {"nothing": Change()}, 2, first_seed, replicates)["nothing"]
        return runs.mean(measure, 0, 2)

    return found


RUNNING = "contacts of four weeks in a running organisation of 120 people and 4,000 customers"
STAND_IN = "recommending stands in for buying again, which nobody is asked"
CURVES: tuple[Pattern, ...] = (
    Pattern("N08", _n08, 8, 2, RUNNING),
    Pattern("N12", _n12, 4, 3, "the rules for complaints and satisfaction, called with a drawn "
            "year of contacts around overall satisfactions that are drawn evenly"),
    Pattern("N13", _n13, 8, 2, f"{RUNNING}; the curve is put in"),
    Pattern("N14", _n14, 8, 1, f"{RUNNING}, by the regression of the source"),
    Pattern("N15", _n15, 8, 1, f"{RUNNING}; {STAND_IN}"),
    Pattern("N17", _n17, 24, 4, "a running organisation; customers who would answer 7 or more tell "
            "good things, the others bad ones"),
    Pattern("N22", _level("nps_true"), 24, 4, "a running organisation; every customer answers"),
    Pattern("N23", _level("enps_true"), 24, 4, "a running organisation; everybody answers"),
)  # fmt: skip
