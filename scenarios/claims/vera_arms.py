"""Which arms, circumstances and statistics do the claims V and H share?

Circumstances are other worlds a claim is looked at in. Practised values cannot be chosen through
applicants: whatever `people.value` is, leaders, peers and routines bring it near .48. To compare at
equal values they are held where they are put, by cutting leaders' and routines' pull (`HELD`).
"""

import numpy as np

from scenarios.claims.hypothesis import Arms, Change, Floats, Statistic, acting, parameters
from sim.configuration import Switch
from sim.levers import Action
from sim.parameters import WEEKS_PER_YEAR

LATE = (3.0, 5.0)  # years in which most of what is done has worked through
FRONT = {"front_capacity": 103.0}  # front positions of 120 people in a tree of span 7

# Arms
NOTHING = Change()
EXAMPLE = acting(Action("example", 0.9))
PROGRAMME = acting(Action("example", 0.8), Action("attention", 4.0))
PROMISE = acting(Action("promise", 1.0))
KPI = acting(Action("kpi", 1.0))
CONTROL = acting(Action("control", 1.0))
TRAINING = acting(Action("training", 1.0))
CARE = acting(Action("recognition", 1.0), Action("equality", 1.0))
CALLS = acting(Action("closed_loop", 1.0))
FREE = acting(Action("discretion", 0.5))
AUTOMATED = acting(Action("automation", 0.4))  # people stand behind the bots, as at rest
UNMANNED = acting(Action("automation", 0.4), Action("people_behind", 0.0))
TROUBLE = (Action("crisis", 0.5), Action("reaction", 1.0))  # worse contacts, answered for in public
IN_TROUBLE = acting(*TROUBLE)
SHIFTED = acting(Action("power_shift", 1.0))
SHIFTED_IN_TROUBLE = acting(*TROUBLE, Action("power_shift", 1.0))
TO_CIRCLES = Change(switches=(Switch("circles", week=52),))

# Circumstances
CIRCLES = Change(structure="circles", organisation=FRONT)
RARE_CONTACT = parameters(serving={"contacts_per_year": 1.5})
ONE_WAY = parameters(mood={"customers": 0.0, "results": 0.0}, staffing={"follows": 0.0})
ONE_LAYER = parameters(culture={"layers": 1})
COPYING = parameters(contributing={"copying": 1})
NO_LINK = parameters(contributing={"drive_from_engagement": 0.0})
STRONG_LINK = parameters(contributing={"drive_from_engagement": 0.6})
BOTTLENECK = parameters(serving={"exponent": -6.0})
COMPENSATING = parameters(serving={"exponent": 1.0})
COSTLY_SWITCHING = parameters(remembering={"churn_slope": 1.0})
HIGH_TURNOVER = parameters(staffing={"quits": 0.35})
TOO_FEW = Change(organisation={"inside_share": 0.4})  # utilisation settles near 1.07
THIRTY_SCRIPTS = parameters(deciding={"scripts": 30})
EVERYTHING_SEEN = parameters(listening={"reviews": 1.0})
UNAWARE = acting(Action("context", 0.0))
HELD = Change(
    organisation=FRONT,
    parameters={"culture": {"from_leader": 0.0, "layers": 1}},
)
VALUE_LOW = {"people": {"value": 0.35}}
VALUE_HIGH = {"people": {"value": 0.70}}
HELD_LOW = Change(parameters={**HELD.parameters, **VALUE_LOW})
HELD_HIGH = Change(parameters={**HELD.parameters, **VALUE_HIGH})

# What takes rules away
VALUES_HARDLY_COUNT = parameters(deciding={"bias": 0.3})  # the least it may be: 9 % of the rule
RULES_HARDLY_LOSE = parameters(deciding={"residual": 0.1})  # the least it may be: 18 %
ASKING_IS_FREE = parameters(deciding={"deny": 0.0, "waiting_cost": 0.0})
NO_WAITING = parameters(serving={"late": 0.0, "slack_weight": 0.0})

Pair = tuple[str, str]


def interaction(measure: str, one: Pair, other: Pair, first: float, last: float) -> Statistic:
    """(one arm - its own comparison) - (other arm - its own comparison), of a measure."""

    def statistic(arms: Arms) -> Floats:
        here, there = (
            arms[pair[0]].mean(measure, first, last) - arms[pair[1]].mean(measure, first, last)
            for pair in (one, other)
        )
        return here - there

    return statistic


def smaller(*several: Statistic) -> Statistic:
    """The smallest of several statistics, seed by seed: above zero only if all of them are."""

    def statistic(arms: Arms) -> Floats:
        return np.min([each(arms) for each in several], axis=0)

    return statistic


def minus(one: Statistic, other: Statistic) -> Statistic:
    """One statistic less another, seed by seed."""

    def statistic(arms: Arms) -> Floats:
        return one(arms) - other(arms)

    return statistic


def part(measure: str, one: str, other: str, first: float, last: float) -> Statistic:
    """By what share of the other arm's value one arm lies above the other."""

    def statistic(arms: Arms) -> Floats:
        return arms[one].mean(measure, first, last) / arms[other].mean(measure, first, last) - 1.0

    return statistic


def leaving(arm: str, first: float, last: float) -> Statistic:
    """Share of customers who leave in a year."""

    def statistic(arms: Arms) -> Floats:
        runs = arms[arm]
        there = runs.mean("customers", first, last)
        return WEEKS_PER_YEAR * runs.mean("left", first, last) / there

    return statistic


def misjudged(arm: str, first: float, last: float) -> Statistic:
    """How far the top believes customers' attitude to be above what is said of the firm."""

    def statistic(arms: Arms) -> Floats:
        runs = arms[arm]
        return runs.mean("believed", first, last) - runs.mean("reputation", first, last)

    return statistic
