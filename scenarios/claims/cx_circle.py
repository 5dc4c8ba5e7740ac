"""CX Circle, an evening of citizenM, bol.com, KPN and Aegon: who begins, and who is happy first.

Here C21 to C28; C01 to C10 stand in `cx_circle_firm.py`, C11 to C20 in `cx_circle_moments.py`.
"""

from itertools import pairwise

import numpy as np

from scenarios.claims.cx_circle_firm import FIRM
from scenarios.claims.cx_circle_moments import MOMENTS
from scenarios.claims.hypothesis import (
    Arms,
    Change,
    Expects,
    Floats,
    Hypothesis,
    Judged,
    Untested,
    acting,
    difference,
    parameters,
)
from scenarios.claims.programmes import (
    AT_USE,
    CALLS,
    LEADERS,
    LONG_MEMORY,
    NO_LINK,
    NOBODY_JOINS_IN,
    NOTHING,
    ONE_WAY,
    PEAKS,
    RARE_CONTACT,
    together,
)
from scenarios.claims.reading import (
    lag_of_countries,
)
from sim.levers import Action

LATE = (4.0, 5.0)  # years in which a coalition has spread as far as it goes
SHARES = {"a tenth": 0.1, "a fifth": 0.2, "three tenths": 0.3, "two fifths": 0.4}
CLUSTERED = parameters(culture={"clustered": 1})
HIGH_NPS, LOW_ENPS = 26.0, 0.0  # middle of published means of industries (9 to 43); no balance
PANEL_YEARS = 10.0
STARTS = (26, 83, 140, 198, 255, 312)  # weeks in which countries begin, evenly over six years
INSURER = parameters(
    serving={"contacts_per_year": 1.5, "digital_share": 0.3, "offer_spread": 0.06},
    mood={"climate_spread": 0.03},
)
CUT = parameters(  # every path from how staff feel to what customers get
    contributing={"drive_from_engagement": 0.0},
    staffing={"slope": 0.0, "strained": 0.0},
    serving={"strain_cost": 0.0},
    mood={"customers": 0.0, "results": 0.0},
)
SERVED_WELL = acting(
    *(Action(name, 1.0) for name in ("moments", "routing", "empathy", "barriers", "closed_loop")),
    Action("discretion", 0.4),
)


def of_staff(share: float) -> Change:
    """A coalition of this share of staff."""
    return acting(Action("coalition", share))


def from_week(start: int) -> Change:
    """Aegon's programme, as the scenario of that name assumes it, from this week."""
    levers = (("recognition", 1.0), ("example", 0.9), ("attention", 4.0))
    return acting(*(Action(name, strength, start, ramp=26) for name, strength in levers))


def joined_by(arms: Arms, arm: str, share: float) -> Floats:
    """Share of those outside the coalition who do as it does."""
    return (arms[arm].mean("adopted", *LATE) - share) / (1.0 - share)


def jump(arms: Arms) -> Floats:
    """What a coalition of .3 wins over one of .2, less the larger of the steps beside it."""
    joined = [joined_by(arms, name, share) for name, share in SHARES.items()]
    before, at, after = (higher - lower for lower, higher in pairwise(joined))
    return at - max(before, after, key=lambda each: float(each.mean()))


def high_without(arms: Arms) -> Floats:
    """Share of the firms with a low eNPS that have a high NPS, year 5; NaN where none is low."""
    nps = np.array([runs.mean("nps_true", *LATE) for runs in arms.values()])
    low = np.array([runs.mean("enps_true", *LATE) for runs in arms.values()]) < LOW_ENPS
    count = low.sum(axis=0)
    both = ((nps >= HIGH_NPS) & low).sum(axis=0)
    return np.where(count > 0, both / np.maximum(count, 1), np.nan)


JUDGED: tuple[Judged, ...] = (
    *FIRM,
    *MOMENTS,
    Hypothesis(
        claim="C21",
        implies="Others join a coalition all at once, when it grows from a fifth of staff to "
        "three tenths.",
        measures="share of others who join in, step from .2 to .3 less the larger step beside it",
        unit="share of staff",
        arms={name: of_staff(share) for name, share in SHARES.items()},
        statistic=jump,
        expects=Expects.ABOVE,
        least=0.1,
        own=NOBODY_JOINS_IN,
        elsewhere={
            "people who judge by two years": LONG_MEMORY,
            "whole teams begin": CLUSTERED,
            "everybody sees everybody": parameters(culture={"far": 1.0}),
            "people much alike": parameters(people={"threshold_spread": 0.03}),
        },
        note="Where people begin to join in is put in (on average at a quarter of those around "
        "them); whether it comes as a jump, and there, is not. People differ, and those who need "
        "little to join begin a chain long before a quarter is reached.",
    ),
    Hypothesis(
        claim="C22",
        implies="What is new spreads further from whole teams than from people here and there.",
        measures="share of staff who do what is new in year 5, whole teams less people anywhere",
        unit="share of staff",
        arms={
            "whole teams": Change(parameters=CLUSTERED.parameters, actions=of_staff(0.2).actions),
            "people anywhere": of_staff(0.2),
        },
        statistic=difference("adopted", "whole teams", "people anywhere", *LATE),
        expects=Expects.ABOVE,
        least=0.05,
        own=parameters(culture={"far": 1.0}),
        elsewhere={
            "people hard to win": parameters(people={"threshold": 0.4}),
            "people easy to win": parameters(people={"threshold": 0.15}),
            "people who judge by two years": LONG_MEMORY,
        },
        note="Whole teams are taken from the top down, so their leaders are in. Who stands next to "
        "whom is not recorded: no map, and no test of clusters in space.",
    ),
    Hypothesis(
        claim="C23",
        implies="Thanking those who begin and those who follow first brings more to join in.",
        measures="share of staff who do what is new in year 5, with thanks less without",
        unit="share of staff",
        arms={
            "a tenth": of_staff(0.1),
            "thanked": acting(Action("coalition", 0.1), Action("compliments", 1.0)),
        },
        statistic=difference("adopted", "thanked", "a tenth", *LATE),
        expects=Expects.ABOVE,
        least=0.05,
        own=parameters(culture={"first": 0.0, "thanked": 0.0}),
        elsewhere={
            "whole teams begin": CLUSTERED,
            "people who judge by two years": LONG_MEMORY,
            "people hard to win": parameters(people={"threshold": 0.4}),
        },
        note="How much thanks lower what holds people back is assumed.",
    ),
    Hypothesis(
        claim="C24",
        implies="No firm whose staff would warn others off has a high score from customers, "
        "whatever it does.",
        measures="share of firms with eNPS below 0 that have an NPS of 26 or more, year 5",
        unit="share of firms",
        arms={
            "nothing": NOTHING,
            "served well": SERVED_WELL,
            "leaders": LEADERS,
            "served well by leaders": together(SERVED_WELL, LEADERS),
        },
        statistic=high_without,
        expects=Expects.NEAR_ZERO,
        least=0.05,
        base=parameters(people={"engagement": 0.4}),
        elsewhere={
            "strengths do not make up for weaknesses": parameters(serving={"exponent": -6.0}),
            "mood reaches effort strongly": parameters(
                contributing={"drive_from_engagement": 0.45}
            ),
        },
        note="Staff who are hard to please, and what a firm can do beside pleasing them. One "
        "firm refutes what is said never to happen; how many there are is not in a model. "
        "Help at use, free hands and better routines make up for staff's mood here.",
    ),
    Hypothesis(
        claim="C25",
        implies="In a panel of countries that start one after the other, NPS follows eNPS by some "
        "two years.",
        measures="lag with the highest correlation of eNPS and NPS within countries, as surveyed",
        unit="months",
        arms={f"from week {week}": from_week(week) for week in STARTS},
        statistic=lag_of_countries("enps", "nps", PANEL_YEARS),
        expects=Expects.WITHIN,
        low=18.0,
        high=30.0,
        base=INSURER,
        own=CUT,
        elsewhere={
            "no path from staff to customers, one programme for both": CUT,
            "customers and results do not move staff": ONE_WAY,
            "12 contacts a year": parameters(serving={"contacts_per_year": 12.0}),
        },
        years=PANEL_YEARS,
        note="Own rule off: nothing leads from how staff feel to customers, only the programme "
        "moves both. The lag that is told shows there as well, and rather, so it is no sign of a "
        "cause and proves nothing. The share of memory that a contact overwrites was set with this "
        "claim in view. All runs are countries of one panel; what chance does to a panel of 22 is "
        "in the scenario `aegon`.",
    ),
    Hypothesis(
        claim="C26",
        implies="In the long run work on one's own people wins more than work on customers.",
        measures="true NPS in years 7 and 8, work inside less work outside for the same money",
        unit="NPS points",
        arms={"inside": LEADERS, "outside": together(AT_USE, CALLS)},
        statistic=difference("nps_true", "inside", "outside", 6, 8),
        expects=Expects.ABOVE,
        years=8.0,
        elsewhere={
            "mood does not reach effort": NO_LINK,
            "1.5 contacts a year": RARE_CONTACT,
            "what stands out is kept": PEAKS,
        },
        note="Inside: the top goes first and managers change how things are done. Outside: help at "
        "use, and calls to those who were let down. Prices of both are assumed.",
    ),
    Untested(
        "C27",
        "Departments have no trades, so marketing and staff matters cannot be given a joint task; "
        "joint work of all departments is C01.",
    ),
    Hypothesis(
        claim="C28",
        implies="Few and large surprises win more than frequent and small ones of the same worth.",
        measures="true NPS in years 4 and 5, help that is rare and large less frequent and small",
        unit="NPS points",
        arms={
            "rare": Change(
                parameters={"serving": {"moment_share": 0.15, "surprise": 0.3}},
                actions=AT_USE.actions,
            ),
            "frequent": Change(
                parameters={"serving": {"moment_share": 0.5, "surprise": 0.09}},
                actions=AT_USE.actions,
            ),
        },
        statistic=difference("nps_true", "rare", "frequent", 3, 5),
        expects=Expects.ABOVE,
        own=parameters(remembering={"theta": 0.0}),
        elsewhere={
            "what stands out is kept": PEAKS,
            "losses do not count more": parameters(remembering={"loss_ratio": 1.0}),
        },
        note="The same sum of help, spread otherwise. Customers expect an average and no "
        "pattern: a rule that they see through is not modelled. Whoever got more once is let "
        "down by the usual the next time.",
    ),
)
