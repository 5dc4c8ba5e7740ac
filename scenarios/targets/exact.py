"""Do single rules give what a formula or a published calculation gives? Called by themselves.

T01, T02 thresholds (Granovetter 1978); T04 screens (Sah & Stiglitz 1986); T05 discretion (form of
Dessein 2002); T06 clustered needs; T09 a queue; T27 what levers may not do; N16 the error of a
survey; N18 the lag of one stage; N20 necessary conditions.
"""

import math
from functools import cache

import numpy as np

from scenarios.lags import lag_in_levels, peak_of_one_stage
from scenarios.necessary import line, staircase
from scenarios.series import error_of
from scenarios.targets.pattern import Floats, Pattern, Settings, parameters_of, told
from sim.configuration import rules_of
from sim.levers import LEVERS, at_rest
from sim.measures import MEASURES, empty_record
from sim.mechanisms.culture import joins_in
from sim.mechanisms.deciding import (
    Deciding,
    accepted,
    freedom_loses,
    load_of,
    mixed_loss,
    rules_lose,
    sojourn,
)
from sim.mechanisms.surveys import score
from sim.parameters import Calendar, kernel_values
from sim.start import at_week_zero
from sim.state import Moment
from sim.week import look, week

EVEN = 4000  # people of a crowd that stands for a continuum
NEEDS, SEED = 12_000, 5  # customers whose needs are clustered, and their seed
GOOD, BAD = 0.8, 0.3  # chances that one screen accepts a good and a bad project
SPANS = (7, 12)
DRIVER, STAGE = 60.0, 24.0  # months of the process, and of what follows it
MONTHS, UNITS = 2400, 40
SURVEYS, ANSWERS, PROMOTERS, DETRACTORS = 20_000, 400, 0.4, 0.2
WEEKS_WATCHED = 8


def deciding_with(settings: Settings) -> Deciding:
    """The numbers of deciding as kernels read them."""
    return kernel_values(parameters_of(settings).deciding, Calendar())


# --- thresholds ---------------------------------------------------------------------------------


def crowd(thresholds: Floats) -> float:
    """Share of a crowd that ends up joining, everybody seeing everybody; zeros begin."""
    joined = thresholds <= 0.0
    while True:
        share = float(joined.mean())
        now = np.array([t <= 0.0 or joins_in(share, float(t), 0.0) for t in thresholds])
        if (now == joined).all():
            return share
        joined = now


def riots() -> tuple[float, float]:
    """Adopters among 100 with thresholds 0 to 99, and when 1 becomes 2."""
    thresholds = np.arange(100) / 100.0
    first = crowd(thresholds) * 100.0
    thresholds[1] = 0.02
    return first, crowd(thresholds) * 100.0


def normal_crowd(spread: float) -> float:
    """Share of an even crowd that adopts, thresholds normal around .25."""
    from scipy.special import ndtri

    chances = (np.arange(EVEN) + 0.5) / EVEN
    return crowd(0.25 + spread * ndtri(chances))


# --- deciding -----------------------------------------------------------------------------------


def screened() -> tuple[float, float, float, float]:
    """Good and bad projects accepted by two screens: all agree (both), any agrees (both)."""
    chances = (accepted(chance, 2, everybody) for everybody in (True, False)
               for chance in (GOOD, BAD))  # fmt: skip
    good_all, bad_all, good_any, bad_any = chances
    return good_all, bad_all, good_any, bad_any


def best_discretion(value: float, p: Deciding) -> float:
    """The discretion with the smallest loss, found on a grid."""
    rules, freedom = rules_lose(p), freedom_loses(value, 0.0, p)
    grid = np.linspace(0.0, 1.0, 2001)
    return float(grid[np.argmin([mixed_loss(float(d), rules, freedom) for d in grid])])


def formula_of_discretion(value: float, p: Deciding) -> float:
    """Discretion s / (s + v + B^2 (1 - x)^2) for what rules leave s, misreading v and bias B."""
    rules = rules_lose(p)
    return rules / (rules + p.variance + p.bias**2 * (1.0 - value) ** 2)


@cache
def clustered(scripts: int, dimensions: int) -> float:
    """What is left of normal needs around their nearest of so many scripts, a dimension."""
    from scipy.cluster.vq import kmeans2

    needs = np.random.default_rng(SEED).normal(size=(NEEDS, dimensions))
    centres, nearest = kmeans2(needs, scripts, minit="++", iter=60, rng=np.random.default_rng(SEED))
    return float(((needs - centres[nearest]) ** 2).mean())


def slope_of_clusters() -> float:
    """Log-log slope of what clustering leaves, from 10 to 100 scripts in six dimensions."""
    return math.log(clustered(100, 6) / clustered(10, 6)) / math.log(10.0)


def slope_of_scripts(p: Deciding) -> float:
    """The same of the rule that the model uses."""
    few, many = (rules_lose(p._replace(scripts=count)) for count in (10, 100))  # type: ignore[attr-defined]
    return math.log(many / few) / math.log(10.0)


def waits(p: Deciding) -> float:
    """Days until a manager of twelve has decided, over those of a manager of seven."""
    seven, twelve = (sojourn(load_of(span, 0.0, 1.0, p), p) for span in SPANS)
    return twelve / seven


# --- surveys, lags, ceilings --------------------------------------------------------------------


def error_of_surveys() -> tuple[float, float]:
    """SD of NPS at n = 400, promoters .4 and detractors .2: by formula, and of drawn surveys."""
    chance = np.random.Generator(np.random.Philox(SEED))
    shares = [PROMOTERS, DETRACTORS, 1.0 - PROMOTERS - DETRACTORS]
    counts = chance.multinomial(ANSWERS, shares, size=SURVEYS)
    drawn = [score(int(up), int(down), ANSWERS) for up, down, _ in counts]
    formula = error_of(np.array(PROMOTERS), np.array(DETRACTORS), np.array(ANSWERS))
    return float(formula), float(np.std(drawn))


def chain(driver: float = DRIVER, stage: float = STAGE) -> tuple[Floats, Floats]:
    """A slow process and one stage that follows it, by month, [units, months] each."""
    chance = np.random.Generator(np.random.Philox(3))
    cause, effect = np.zeros((UNITS, MONTHS)), np.zeros((UNITS, MONTHS))
    keeps, moves = math.exp(-1.0 / driver), 1.0 - math.exp(-1.0 / stage)
    for month in range(1, MONTHS):
        cause[:, month] = keeps * cause[:, month - 1] + chance.standard_normal(UNITS)
        effect[:, month] = effect[:, month - 1] + moves * (cause[:, month] - effect[:, month - 1])
    return cause, effect


def beyond_the_formula() -> float:
    """Months by which the lag that is found exceeds the formula's."""
    best = lag_in_levels(*chain(), times=2).best
    return math.nan if best is None else best - peak_of_one_stage(DRIVER, STAGE)


def known_points() -> tuple[Floats, Floats]:
    """The fixed sample of which the effect sizes are known, x and y [100]."""
    chance = np.random.default_rng(1)
    x, y = chance.random(100), chance.random(100)
    return x, y * np.minimum(1.0, x + 0.1)


# --- what levers may not do ---------------------------------------------------------------------


def breaches(settings: Settings, seed: int) -> tuple[float, float, float]:
    """With every lever at its far end from week 0.

    How far anybody's values differ after that week from doing nothing, at most, among those who
    were there before it and still are: who leaves or is hired moves nobody else's; measures out of
    bounds in eight weeks; measures of a second such run that differ.
    """
    configured = told(settings, 1)
    rules, weeks = rules_of(configured), range(WEEKS_WATCHED)
    before = at_week_zero(configured, seed)
    levels = int(before.structure.level.max()) + 1
    rows, values, stayed = [], [], before.staff.vacancy == 0
    for levers in (at_rest(), _far_ends(), _far_ends()):
        world, record = at_week_zero(configured, seed), empty_record(WEEKS_WATCHED, levels)
        for number in weeks:
            moment = Moment(np.uint64(seed), number)
            week(world, rules, levers, moment)
            look(world, rules, moment, record.weekly[number], record.levels[number])
            if number == 0:
                values.append(world.staff.value.copy())
                stayed &= world.staff.vacancy == 0
                stayed &= world.staff.generation == before.staff.generation
        rows.append(record.weekly)
    bounded = [at for at, each in enumerate(MEASURES) if each.unit in ("0 to 1", "share of staff")]
    outside = (rows[1][:, bounded] < 0.0) | (rows[1][:, bounded] > 1.0)
    differ = ~((rows[1] == rows[2]) | (np.isnan(rows[1]) & np.isnan(rows[2])))
    change = np.abs(values[1] - values[0])[stayed].max(initial=0.0)
    return float(change), float(outside.sum()), float(differ.sum())


def _far_ends() -> Floats:
    """Every lever as far from rest as it goes."""
    row = at_rest()
    for each in LEVERS:
        upward = each.high - each.rest >= each.rest - each.low
        row[each.number] = each.high if upward else each.low
    return row


# --- patterns -----------------------------------------------------------------------------------


def _t05(settings: Settings, first_seed: int, replicates: int) -> Floats:
    p = deciding_with(settings)
    away = [best_discretion(x, p) - formula_of_discretion(x, p) for x in (0.2, 0.5, 0.8)]
    return np.array([[away[int(np.argmax(np.abs(away)))]]])


def _t06(settings: Settings, first_seed: int, replicates: int) -> Floats:
    return np.array([[slope_of_clusters(), slope_of_scripts(deciding_with(settings))]])


def _t27(settings: Settings, first_seed: int, replicates: int) -> Floats:
    seeds = range(first_seed, first_seed + replicates)
    return np.array([breaches(settings, seed) for seed in seeds])


def _n20(settings: Settings, first_seed: int, replicates: int) -> Floats:
    points = known_points()
    return np.array([[staircase(*points).effect, line(*points).effect]])


_KERNEL = "the rule itself is called"
EXACT: tuple[Pattern, ...] = (
    Pattern("N16", lambda s, f, n: np.array([error_of_surveys()]), 1, 1,
            "the formula of `zwerm lag`, and 20,000 drawn surveys scored by the rule", False),
    Pattern("N18", lambda s, f, n: np.array([[beyond_the_formula()]]), 1, 1,
            "a simulated chain of one stage, read by the estimator of `zwerm lag`", False),
    Pattern("N20", _n20, 1, 1, "the fixed sample, drawn again from its seed", False),
    Pattern("T01", lambda s, f, n: np.array([riots()]), 1, 1, _KERNEL, False),
    Pattern("T02", lambda s, f, n: np.array([[normal_crowd(0.122), normal_crowd(0.125)]]), 1, 1,
            f"{_KERNEL}, on 4,000 evenly spaced thresholds", False),
    Pattern("T04", lambda s, f, n: np.array([screened()]), 1, 1, _KERNEL, False),
    Pattern("T05", _t05, 1, 1, f"{_KERNEL} on a grid; the largest difference at values .2, .5, .8",
            False),
    Pattern("T06", _t06, 1, 4, "clustered normal needs, and the rule that stands for them", False),
    Pattern("T09", lambda s, f, n: np.array([[waits(deciding_with(s))]]), 1, 1, _KERNEL, False),
    Pattern("T27", _t27, 4, 2, "an organisation of 120 with all levers at once, week by week"),
)  # fmt: skip
