"""De Haan, D01 to D08: being or doing, whose business it is, hearing what goes wrong, and words.

Smallest effects of interest are assumed: 2 points of NPS, a fiftieth of scales from 0 to 1. Where
an aim was written down before (half the error, a quarter left), that is what is asked.
"""

import numpy as np

from scenarios.claims.hypothesis import (
    Arms,
    Change,
    Expects,
    Floats,
    Hypothesis,
    Judged,
    Runs,
    Untested,
    acting,
    difference,
    parameters,
)
from scenarios.claims.programmes import (
    ATTENTION,
    CIRCLES,
    COPYING,
    EXAMPLE,
    LEADERS,
    LOW_VALUES,
    MANY_LEAVE,
    NOTHING,
    OF_INTEREST,
    ONE_LAYER,
    PEAKS,
    RARE_CONTACT,
    WALKS,
    YEAR,
)
from scenarios.claims.reading import HALF_YEAR, interaction, kept
from sim.levers import Action

WITHDRAWN = 2 * YEAR
SMALL, LARGE = 57, 400  # people of full trees of span 7


def lost(arms: Arms, arm: str) -> Floats:
    """Values shown that are gone two years after an arm's programme ended."""
    then = difference("shown", arm, "nothing", 1.75, 2.0)(arms)
    return then - difference("shown", arm, "nothing", 3.75, 4.0)(arms)


def lost_by_control(arms: Arms) -> Floats:
    """The same, control less leaders."""
    return lost(arms, "control") - lost(arms, "leaders")


def heard(arms: Arms) -> Floats:
    """Part of what the floor hears that reaches the top."""
    return arms["as it is"].mean("heard", 3, 5)


def error(runs: Runs) -> Floats:
    """How far the top's belief is from customers' attitude, years 4 and 5."""
    return np.abs(runs.of("believed", 3, 5) - runs.of("attitude", 3, 5)).mean(axis=1)


def error_gone(arms: Arms) -> Floats:
    """Part of the error that walks take away."""
    return 1.0 - error(arms["walks"]) / error(arms["nothing"])


def turning_inward(arms: Arms) -> Floats:
    """Elasticity of hours for customers to size."""
    outside = [1.0 - arms[name].mean("inside", 3, 5) for name in ("large", "small")]
    return np.log(outside[0] / outside[1]) / np.log(LARGE / SMALL)


LISTENING: tuple[Judged, ...] = (
    Hypothesis(
        claim="D01",
        implies="When a programme ends, what control made people show goes, and what they took "
        "over from leaders stays.",
        measures="value shown that is lost in the two years after, control less leaders",
        unit="0 to 1",
        arms={
            "nothing": NOTHING,
            "control": acting(Action("control", 1.0, end=WITHDRAWN)),
            "leaders": acting(
                Action("example", 0.9, end=WITHDRAWN), Action("attention", 4.0, end=WITHDRAWN)
            ),
        },
        statistic=lost_by_control,
        expects=Expects.ABOVE,
        least=OF_INTEREST,
        own=Change(off=("culture",)),
        elsewhere={
            "control that becomes a habit": parameters(culture={"habit": 0.1}),
            "people held by no system": ONE_LAYER,
            "many leave": MANY_LEAVE,
        },
        note="Put in: compliance goes with control. Nothing less than all of culture switches that "
        "off.",
    ),
    Hypothesis(
        claim="D02",
        implies="Managers' work on how things are done wins more where the top goes first itself.",
        measures="true NPS won by managers' hours, with the top going first less without",
        unit="NPS points",
        arms={"both": LEADERS, "top": EXAMPLE, "managers": ATTENTION, "nothing": NOTHING},
        statistic=interaction("nps_true", "both", "top", "managers", "nothing", 3, 5),
        expects=Expects.ABOVE,
        elsewhere={
            "applicants of low values": LOW_VALUES,
            "effort copies the leader": COPYING,
            "in circles": CIRCLES,
        },
        note="No rule was written for who owns a programme; managers set what they change by what "
        "they do themselves.",
    ),
    Untested(
        "D03",
        "That a model has been in use for seven years, and that firms get stuck, is a report; how "
        "long change takes is D22.",
    ),
    Hypothesis(
        claim="D04",
        implies="Through four levels less than half of what the floor hears reaches the top.",
        measures="part of what the floor hears that reaches the top, years 4 and 5",
        unit="share",
        arms={"as it is": NOTHING},
        statistic=heard,
        expects=Expects.WITHIN,
        low=0.0,
        high=0.5,
        own=parameters(listening={"passes": 1.0, "usual_safety": 1.0}),
        elsewhere={
            "safe to speak": parameters(listening={"usual_safety": 1.0}),
            "three levels": Change(organisation={"span": 30}),
            "in circles": CIRCLES,
        },
        note="Put in: each level keeps a part to itself, how much is assumed. That nothing is "
        "mended unheard is D33.",
    ),
    Hypothesis(
        claim="D05",
        implies="A top that meets customers in person comes close to what they think; a score "
        "that it has anyway does not do that.",
        measures="part of the top's error about customers that daily walks take away",
        unit="share",
        arms={"nothing": NOTHING, "walks": WALKS},
        statistic=error_gone,
        expects=Expects.ABOVE,
        least=0.5,
        own=parameters(listening={"by_walks": 0.0}),
        elsewhere={
            "a top that goes by the score": parameters(listening={"by_survey": 0.5}),
            "a top that likes to believe": parameters(listening={"optimism": 0.4}),
        },
        note="Stories are put in as stronger than numbers. Whether the top then does anything is "
        "D12.",
    ),
    Hypothesis(
        claim="D06",
        implies="The larger a firm, the smaller the part of its hours that customers get.",
        measures="elasticity of hours for customers to size, 57 to 400 people",
        unit="elasticity",
        arms={
            "small": Change(organisation={"people": SMALL, "customers": 10 * SMALL}),
            "large": Change(organisation={"people": LARGE, "customers": 10 * LARGE}),
        },
        statistic=turning_inward,
        expects=Expects.BELOW,
        least=0.02,
        own=parameters(deciding={"tie_hours": 0.0, "level_meetings": 0.0}),
        elsewhere={"in circles": CIRCLES},
        seeds=8,
        note="Firms of two sizes, not one that grows. More ties and reports in larger firms are "
        "put in; their hours are assumed. -.02 is 1.4 % fewer hours for each doubling.",
    ),
    Hypothesis(
        claim="D07",
        implies="Large promises and a course, with nothing changed, leave a firm worse off.",
        measures="true NPS in the third year, promises and a course of half a year less nothing",
        unit="NPS points",
        arms={
            "nothing": NOTHING,
            "washing": acting(Action("promise", 1.0), Action("training", 1.0, end=HALF_YEAR)),
        },
        statistic=difference("nps_true", "washing", "nothing", 2, 3),
        expects=Expects.BELOW,
        own=parameters(remembering={"promise_weight": 0.0}, culture={"claim": 0.0}),
        elsewhere={
            "1.5 contacts a year": RARE_CONTACT,
            "people held by no system": ONE_LAYER,
            "what stands out is kept": PEAKS,
        },
        note="Put in: promises raise what customers expect and what staff doubt.",
    ),
    Hypothesis(
        claim="D08",
        implies="Of what a course of half a year changes, at most a quarter is left after three "
        "years.",
        measures="part of the gain in values that is left 36 months after a course",
        unit="share",
        arms={"nothing": NOTHING, "course": acting(Action("training", 1.0, end=HALF_YEAR))},
        statistic=kept("value", "course", "nothing", (0.42, 0.54), (3.25, 3.75)),
        expects=Expects.WITHIN,
        low=-0.25,
        high=0.25,
        own=ONE_LAYER,
        elsewhere={
            "leaders take part": LEADERS,
            "many leave": MANY_LEAVE,
            "in circles": CIRCLES,
        },
        note="How people are held by how things are done was set with this claim in view.",
    ),
)
