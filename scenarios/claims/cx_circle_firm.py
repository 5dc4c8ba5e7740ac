"""CX Circle, C01 to C10: the whole firm, staff first, and what it is for.

Smallest effects of interest are assumed: 2 points of NPS, a fiftieth of scales from 0 to 1.
"""

import numpy as np

from scenarios.claims.hypothesis import (
    Arms,
    Expects,
    Floats,
    Hypothesis,
    Judged,
    Untested,
    acting,
    difference,
    mean_known,
    parameters,
)
from scenarios.claims.programmes import (
    CARE,
    CIRCLES,
    COPYING,
    HIGH_VALUES,
    LEADERS,
    NO_LINK,
    NOTHING,
    OF_INTEREST,
    ONE_LAYER,
    RARE_CONTACT,
    TRAINING,
    YEAR,
)
from scenarios.claims.reading import (
    interaction,
    jackknife,
    months_until,
    path,
)
from scenarios.lags import averaged, changes, within
from sim.levers import Action

STAFF_DO = ("effort_front", "allowed")  # what staff give and what they may do
OTHERS = ("offer", "system", "utilisation")  # price and product, ways of working, load
AS_MUCH_FOR_CUSTOMERS = acting(Action("moments", 0.84))  # 15 euro a week per employee, as CARE
HALF, FULL = acting(Action("coalition", 0.3)), acting(Action("coalition", 0.6))
YEARS = 8.0


def behind_values(values: Floats, nps: Floats) -> float:
    """Months by which NPS comes halfway later than values do."""
    return months_until(0.5, nps) - months_until(0.5, values)


def nps_after_values(arms: Arms) -> Floats:
    """The same, by seed."""
    gains = [
        path(arms["leaders"], name, YEARS) - path(arms["nothing"], name, YEARS)
        for name in ("value", "nps_true")
    ]
    return jackknife(behind_values, *gains)


def staff_before_the_rest(arms: Arms) -> Floats:
    """What staff moved in NPS beyond the largest other source, points in a year that moved.

    Yearly means within units; slopes are pooled over all units. Of the years in which NPS rose and
    those in which it fell, the ones with the smaller number, so that it has to hold in both.
    """
    runs = arms["as it is"]
    names = ("nps_true", *STAFF_DO, *OTHERS)
    yearly = [within(averaged(runs.of(name, 0, YEARS), YEAR)) for name in names]
    nps, sources = yearly[0], np.stack(yearly[1:], axis=-1)
    slopes = np.linalg.lstsq(sources.reshape(nps.size, -1), nps.ravel(), rcond=None)[0]
    moved, by_source = changes(nps), np.diff(sources, axis=1) * slopes
    staff = by_source[..., : len(STAFF_DO)].sum(axis=-1)
    found = []
    for sign in (1.0, -1.0):
        such = np.where(sign * moved > 0.0, 1.0, np.nan)
        by_staff = sign * mean_known(staff * such)
        rest = sign * mean_known(by_source[..., len(STAFF_DO) :] * such[..., None])
        found.append(by_staff - rest[:, int(np.argmax(np.nanmean(rest, axis=0)))])
    return min(found, key=lambda each: float(np.nanmean(each)))


def bend(arms: Arms) -> Floats:
    """NPS gained with half as many teams, less half of what all those gain, years 4 and 5."""
    half = difference("nps_true", "half", "nothing", 3, 5)(arms)
    return half - 0.5 * difference("nps_true", "full", "nothing", 3, 5)(arms)


FIRM: tuple[Judged, ...] = (
    Hypothesis(
        claim="C01",
        implies="Departments that work with each other serve customers better.",
        measures="true NPS in years 4 and 5, departments that visit each other less nothing",
        unit="NPS points",
        arms={"nothing": NOTHING, "visits": acting(Action("cross_visits", 1.0))},
        statistic=difference("nps_true", "visits", "nothing", 3, 5),
        expects=Expects.ABOVE,
        own=parameters(serving={"silo_cost": 0.0}),
        elsewhere={
            "high walls": parameters(serving={"silo": 0.9}),
            "much work across": parameters(serving={"across": 0.8}),
        },
        note="Departments share what they know at a stroke: how knowledge of customers "
        "spreads between them, and how unevenly, is not modelled. At usual walls there is "
        "little to take down.",
    ),
    Hypothesis(
        claim="C02",
        implies="At equal mean values, a firm whose people are alike serves better.",
        measures="true NPS in years 4 and 5, people of like values less people of unlike ones",
        unit="NPS points",
        arms={
            "alike": parameters(people={"value_spread": 0.05}),
            "unlike": parameters(people={"value_spread": 0.30}),
        },
        statistic=difference("nps_true", "alike", "unlike", 3, 5),
        expects=Expects.ABOVE,
        elsewhere={"in circles": CIRCLES, "the front decides": acting(Action("discretion", 0.7))},
        note="Who applies differs from the start; those who are there grow alike by "
        "themselves. Rules decide most of what customers get, whoever applies them.",
    ),
    Untested(
        "C03",
        "It says what is to be called care for customers, which no run can refute; and nothing in "
        "the model moves the values of the back office alone.",
    ),
    Hypothesis(
        claim="C04",
        implies="Under leaders who go first, values inside move first and NPS comes after.",
        measures="months by which NPS has come halfway later than values have",
        unit="months",
        arms={"nothing": NOTHING, "leaders": LEADERS},
        statistic=nps_after_values,
        expects=Expects.ABOVE,
        least=3.0,
        years=YEARS,
        elsewhere={
            "1.5 contacts a year": RARE_CONTACT,
            "effort copies the leader": COPYING,
            "people held by no system": ONE_LAYER,
        },
        note="Order in time is no cause. Effort is inside, too, and answers leaders long before "
        "values do.",
    ),
    Hypothesis(
        claim="C05",
        implies="Where nobody acts, staff move NPS more than offer, ways of working or load do, in "
        "years of gain as in years of loss.",
        measures="what staff moved in NPS beyond the largest other source, a year",
        unit="NPS points",
        arms={"as it is": NOTHING},
        statistic=staff_before_the_rest,
        expects=Expects.ABOVE,
        least=0.5,
        years=YEARS,
        seeds=48,
        elsewhere={
            "offers that differ (.06)": parameters(serving={"offer_spread": 0.06}),
            "offers that differ much (.12)": parameters(serving={"offer_spread": 0.12}),
        },
        note="Shares of what happens to move. How far offers differ from rivals' is assumed and "
        "decides the answer. Word of mouth passes on and moves no mean of its own; skill is not "
        "recorded. Of the firm's NPS, not of single customers.",
    ),
    Hypothesis(
        claim="C06",
        implies="With half as many teams taking part, less than half of the effect comes.",
        measures="true NPS gained by three teams in ten less half of what six in ten gain",
        unit="NPS points",
        arms={"nothing": NOTHING, "half": HALF, "full": FULL},
        statistic=bend,
        expects=Expects.BELOW,
        base=parameters(culture={"clustered": 1}),
        own=parameters(serving={"across": 0.0}),
        elsewhere={
            "all work across": parameters(serving={"across": 1.0}),
            "strengths do not make up for weaknesses": parameters(serving={"exponent": -6.0}),
            "nobody joins in": parameters(people={"threshold": 0.6, "threshold_spread": 0.0}),
        },
        note="Levers reach everybody; only a coalition can be of some teams, six in ten at most. "
        "Whole teams, from the top down, stand for coverage. Departments that need each other "
        "multiply (a geometric mean); that alone lets no weakest one decide.",
    ),
    Hypothesis(
        claim="C07",
        implies="Training works where people know what it is for, and not where they do not.",
        measures="true NPS gained by training with full context less that with none",
        unit="NPS points",
        arms={
            "context, training": acting(Action("context", 1.0), *TRAINING.actions),
            "context": acting(Action("context", 1.0)),
            "training": acting(Action("context", 0.0), *TRAINING.actions),
            "neither": acting(Action("context", 0.0)),
        },
        statistic=interaction(
            "nps_true", "context, training", "training", "context", "neither", 3, 5
        ),
        expects=Expects.ABOVE,
        own=parameters(culture={"course": 0.0}),
        elsewhere={"people held by no system": ONE_LAYER, "applicants of high values": HIGH_VALUES},
        note="Put in: the rule multiplies training by context. What the run adds is the size.",
    ),
    Hypothesis(
        claim="C08",
        implies="Without privileges staff give more.",
        measures="effort of the front in years 4 and 5, equality less nothing",
        unit="share of capacity",
        arms={"nothing": NOTHING, "equality": acting(Action("equality", 1.0))},
        statistic=difference("effort_front", "equality", "nothing", 3, 5),
        expects=Expects.ABOVE,
        least=OF_INTEREST,
        own=parameters(mood={"status_gap": 0.0}),
        elsewhere={"mood does not reach effort": NO_LINK, "effort copies the leader": COPYING},
        note="The size of what privileges cost is assumed; that it reaches effort is the test.",
    ),
    Hypothesis(
        claim="C09",
        implies="Money spent on staff does more for customers than money spent on customers.",
        measures="true NPS in years 4 and 5, care for staff less help at use for the same money",
        unit="NPS points",
        arms={"staff": CARE, "customers": AS_MUCH_FOR_CUSTOMERS},
        statistic=difference("nps_true", "staff", "customers", 3, 5),
        expects=Expects.ABOVE,
        own=parameters(mood={"recognition": 0.0}),
        elsewhere={
            "1.5 contacts a year": RARE_CONTACT,
            "mood reaches effort strongly": parameters(
                contributing={"drive_from_engagement": 0.45}
            ),
        },
        note="Prices of both are assumed, and so is the outcome as far as they decide it. "
        "Care for staff reaches customers only as far as mood reaches effort.",
    ),
    Untested(
        "C10",
        "A run has one organisation; practices do not travel between firms, so there is nobody to "
        "look at.",
    ),
)
