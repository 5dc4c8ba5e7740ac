"""De Haan on his book: rituals, a joint promise, coaches, newcomers, boards, and a few who begin.

Here D27 to D34. D01 to D08 stand in `de_haan_listening.py`, D09 to D16 in `de_haan_obstacles.py`,
D17 to D26 in `de_haan_phases.py`.
"""

from scenarios.claims.de_haan_listening import LISTENING
from scenarios.claims.de_haan_obstacles import OBSTACLES
from scenarios.claims.de_haan_phases import PHASED
from scenarios.claims.hypothesis import (
    Arms,
    Expects,
    Floats,
    Hypothesis,
    Judged,
    acting,
    difference,
    parameters,
)
from scenarios.claims.programmes import (
    ATTENTION,
    CIRCLES,
    COPYING,
    HIGH_VALUES,
    LEADERS,
    LONG_MEMORY,
    MANY_LEAVE,
    NEW_TOP,
    NOBODY_JOINS_IN,
    NOTHING,
    ONE_LAYER,
    YEAR,
    together,
)
from scenarios.claims.reading import (
    HALF_YEAR,
    interaction,
    jackknife,
    less_the_highest,
    share_of_means,
)
from sim.levers import Action

LISTENS = acting(Action("walks", 1.0), Action("contact_duty", 1.0))
STAGE = Action("spotlight", 1.0)
TURN = 3 * YEAR  # from coaching to guiding


def kept_by_rituals(arms: Arms) -> Floats:
    """Part of a course's gain that is left a year later, with rituals less without."""
    found = []
    for course, without in (("course and rituals", "rituals"), ("course", "nothing")):
        gained = difference("value", course, without, 0.42, 0.54)(arms)
        left = difference("value", course, without, 1.42, 1.58)(arms)
        found.append(jackknife(share_of_means, left, gained))
    return found[0] - found[1]


def dip_and_gain(arms: Arms) -> Floats:
    """Points of eNPS lost in the first half-year, or of NPS won in year 5: the smaller."""
    dip = difference("enps_true", "stays", "new", 1.0, 1.5)(arms)
    gain = difference("nps_true", "new", "stays", 4, 5)(arms)
    return dip if dip.mean() < gain.mean() else gain


def adopted(arms: Arms) -> Floats:
    """Share of staff who do what is new in year 5."""
    return arms["a quarter"].mean("adopted", 4, 5)


JUDGED: tuple[Judged, ...] = (
    *LISTENING,
    *OBSTACLES,
    *PHASED,
    Hypothesis(
        claim="D27",
        implies="With rituals more is left of what a course began.",
        measures="part of the gain in values left a year after a course, with rituals less without",
        unit="share",
        arms={
            "nothing": NOTHING,
            "course": acting(Action("training", 1.0, end=HALF_YEAR)),
            "rituals": acting(Action("rituals", 1.0)),
            "course and rituals": acting(
                Action("training", 1.0, end=HALF_YEAR), Action("rituals", 1.0)
            ),
        },
        statistic=kept_by_rituals,
        expects=Expects.ABOVE,
        least=0.05,
        own=parameters(culture={"close": 0.0, "slow": 0.0}),
        elsewhere={"many leave": MANY_LEAVE, "people held by no system": ONE_LAYER},
        note="Put in: rituals loosen the hold of how things were done. How much is assumed.",
    ),
    Hypothesis(
        claim="D28",
        implies="A promise that all have written does more for customers than one that is imposed.",
        measures="true NPS in years 4 and 5, written together less imposed",
        unit="NPS points",
        arms={
            "imposed": acting(Action("manifesto", 1.0)),
            "together": acting(Action("manifesto", 1.0), Action("participation", 1.0)),
        },
        statistic=difference("nps_true", "together", "imposed", 3, 5),
        expects=Expects.ABOVE,
        own=parameters(culture={"commitment": 0.0, "claim": 0.0}),
        elsewhere={
            "people held by no system": ONE_LAYER,
            "applicants of high values": HIGH_VALUES,
        },
        note="The list of what to drop works either way here, imposed or not.",
    ),
    Hypothesis(
        claim="D29",
        implies="Coaching first and giving the stage later does more than either for good.",
        measures="true NPS in years 5 and 6, coach then guide less the better of the two alone",
        unit="NPS points",
        arms={
            "coach": acting(Action("coaching", 1.0)),
            "guide": acting(Action("guiding", 1.0)),
            "coach, then guide": acting(
                Action("coaching", 1.0, end=TURN), Action("guiding", 1.0, start=TURN)
            ),
        },
        statistic=less_the_highest("nps_true", "coach, then guide", ("coach", "guide"), 4, 6),
        expects=Expects.ABOVE,
        base=acting(*LEADERS.actions, STAGE),
        own=parameters(culture={"coach": 0.0, "guide": 0.0}),
        elsewhere={
            "applicants of high values": HIGH_VALUES,
            "a stage that pulls": parameters(culture={"stage": 0.05}),
        },
        years=6.0,
        note="The turn comes after three years, not when values have come far enough. Beside "
        "leaders who go first and examples in the spotlight. The spotlight, which is all that "
        "guiding adds to, moves values little.",
    ),
    Hypothesis(
        claim="D30",
        implies="With the same intent a newcomer at the top gets further in two years than the one "
        "who made the culture.",
        measures="true NPS in the first two years of change, newcomer less incumbent",
        unit="NPS points",
        arms={
            "incumbent": acting(Action("example", 0.9, start=YEAR)),
            "newcomer": acting(NEW_TOP, Action("example", 0.9, start=YEAR)),
        },
        statistic=difference("nps_true", "newcomer", "incumbent", 1, 3),
        expects=Expects.ABOVE,
        own=parameters(leading={"imprint": 0.0}),
        elsewhere={
            "a deep imprint": parameters(leading={"imprint": 0.9}),
            "newcomers are not believed": parameters(leading={"new_credibility": 0.4}),
        },
        note="That leaders think too well of their power is not modelled: nobody here judges "
        "their own. A newcomer has yet to be believed, which costs about what the "
        "imprint does.",
    ),
    Hypothesis(
        claim="D31",
        implies="Another top of the kind that boards pick costs calm at first and wins later.",
        measures="eNPS lost in the first half-year or NPS won in year 5, the smaller, points",
        unit="points",
        arms={
            "stays": NOTHING,
            "new": acting(NEW_TOP, Action("example", 0.65, start=YEAR)),
        },
        statistic=dip_and_gain,
        expects=Expects.ABOVE,
        own=parameters(mood={"unsettled": 0.0}),
        elsewhere={
            "newcomers are not believed": parameters(leading={"new_credibility": 0.4}),
            "effort copies the leader": COPYING,
            "in circles": CIRCLES,
        },
        note="That the newcomer sets a better example (.65 for .5) is assumed; a wrong choice is "
        "not looked at.",
    ),
    Hypothesis(
        claim="D32",
        implies="Under a bad top a board that watches both scores gets customers better served.",
        measures="true NPS in years 7 and 8, board that watches less board that does not",
        unit="NPS points",
        arms={"sleeps": NOTHING, "watches": acting(Action("board", 1.0))},
        statistic=difference("nps_true", "watches", "sleeps", 6, 8),
        expects=Expects.ABOVE,
        base=acting(Action("example", 0.2)),
        own=parameters(leading={"board_hazard": 0.0}),
        elsewhere={
            "a board that acts": parameters(leading={"board_hazard": 0.1}),
            "scores of everybody": parameters(
                surveys={"nps_sample": 5000, "enps_sample": 5000, "response": 1.0}
            ),
        },
        years=8.0,
        note="Of customers, staff and supervisors only the last can make a top go here. Their "
        "choice adds to the bad example that was set. It looks once a year and seldom acts, "
        "in many runs never.",
    ),
    Hypothesis(
        claim="D33",
        implies="Managers' work on how things are done wins more where the top has listened.",
        measures="true NPS won by managers' hours, with listening less without, years 4 and 5",
        unit="NPS points",
        arms={
            "both": together(LISTENS, ATTENTION),
            "listens": LISTENS,
            "acts": ATTENTION,
            "nothing": NOTHING,
        },
        statistic=interaction("nps_true", "both", "listens", "acts", "nothing", 3, 5),
        expects=Expects.ABOVE,
        own=parameters(culture={"aim_floor": 1.0, "fatigue": 0.0}),
        elsewhere={
            "what misses its aim is lost": parameters(culture={"aim_floor": 0.0}),
            "the top goes first": acting(Action("example", 0.9)),
        },
        note="Walks of the top and a day a month of every leader among customers. From "
        "complaints and reviews a top knows a good deal anyway.",
    ),
    Hypothesis(
        claim="D34",
        implies="When a quarter of staff do what is new whatever others do, most end up doing it.",
        measures="share of staff who do what is new in year 5",
        unit="share of staff",
        arms={"a quarter": acting(Action("coalition", 0.25))},
        statistic=adopted,
        expects=Expects.WITHIN,
        low=0.5,
        high=1.0,
        own=NOBODY_JOINS_IN,
        elsewhere={
            "people hard to win": parameters(people={"threshold": 0.4}),
            "people who judge by two years": LONG_MEMORY,
            "whole teams begin": parameters(culture={"clustered": 1}),
        },
        note="As long as they keep at it; where people begin to join in is put in.",
    ),
)
