"""De Haan, D17 to D26: silence, reviews and calls; the order of phases, and how long it takes."""

from scenarios.claims.hypothesis import (
    Arms,
    Change,
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
    CALLS,
    CIRCLES,
    COPYING,
    FREEDOM,
    HELD_LOW,
    HIGH_VALUES,
    LEADERS,
    LOW_VALUES,
    MANY_LEAVE,
    NEW_TOP,
    NOTHING,
    OF_INTEREST,
    ONE_LAYER,
    ONE_WAY,
    QUARTER,
    RARE_CONTACT,
    WALKS,
    YEAR,
    together,
)
from scenarios.claims.reading import (
    HALF_YEAR,
    jackknife,
    months_until,
    path,
    share_of_means,
)
from sim.levers import LEVERS, Action

EVERYTHING = acting(*(Action(each.name, each.high, start=YEAR) for each in LEVERS))
UNMOVED = parameters(mood={"customers": 0.0, "results": 0.0})  # by customers and results
OUTBREAK, THREE_WEEKS, QUARTER_LATER = YEAR, YEAR + 3, YEAR + QUARTER
PHASES = (
    (Action("walks", 1.0),),
    (Action("closed_loop", 1.0),),
    (Action("manifesto", 1.0), Action("participation", 1.0)),
    (Action("attention", 4.0), Action("example", 0.9)),
)  # awareness, listening, vision, work


def in_phases(*phases: tuple[Action, ...]) -> Change:
    """Levers that begin half a year after each other and stay."""
    return acting(
        *(
            each._replace(start=HALF_YEAR * step)
            for step, phase in enumerate(phases)
            for each in phase
        )
    )


def crisis(answered: int) -> Change:
    """A quarter of crisis, answered by the top in this week."""
    return acting(
        Action("crisis", 1.0, start=OUTBREAK, end=QUARTER_LATER),
        Action("reaction", 1.0, start=answered),
    )


def customers_lost(arms: Arms) -> Floats:
    """Customers lost by silence, percent, in the year after the crisis."""
    kept = arms["three weeks"].mean("customers", 1.25, 2.25)
    return 100.0 * (1.0 - kept / arms["at once"].mean("customers", 1.25, 2.25))


def months_to_most(gain: Floats) -> float:
    """Months to 63 % of the change."""
    return months_until(0.63, gain)


def time_of_change(arms: Arms) -> Floats:
    """The same, by seed."""
    gain = path(arms["leaders"], "value", 10) - path(arms["nothing"], "value", 10)
    return jackknife(months_to_most, gain)


def gain_of_loop(arms: Arms) -> Floats:
    """Part of what leaders win that comes back: one less the effect without over that with."""
    heard = difference("nps_true", "leaders", "nothing", 3, 5)(arms)
    alone = difference("nps_true", "leaders, unmoved", "unmoved", 3, 5)(arms)
    return 1.0 - jackknife(share_of_means, alone, heard)


def at_once(arms: Arms) -> Floats:
    """Change of mean values in the week in which everything begins."""
    week = (YEAR / YEAR, (YEAR + 1) / YEAR)
    return difference("value", "everything", "nothing", *week)(arms)


PHASED: tuple[Judged, ...] = (
    Hypothesis(
        claim="D17",
        implies="Three weeks of silence in a crisis cost customers.",
        measures="customers lost by an answer after three weeks instead of at once, a year on",
        unit="% of customers",
        arms={"at once": crisis(OUTBREAK), "three weeks": crisis(THREE_WEEKS)},
        statistic=customers_lost,
        expects=Expects.ABOVE,
        least=1.0,
        own=parameters(remembering={"silence": 0.0}),
        elsewhere={
            "customers switch easily": parameters(remembering={"churn_slope": 8.0}),
            "a reputation that lasts": parameters(remembering={"reputation_months": 18.0}),
        },
        years=3.0,
        note="Silence costs reputation by its own rule; that this costs customers is the test. "
        "Those who are there go by their own memory, so it can cost newcomers only.",
    ),
    Hypothesis(
        claim="D18",
        implies="Leaving more to the front than to procedures wins NPS.",
        measures="true NPS in years 4 and 5, decisions given to the front less nothing",
        unit="NPS points",
        arms={"nothing": NOTHING, "front decides": FREEDOM},
        statistic=difference("nps_true", "front decides", "nothing", 3, 5),
        expects=Expects.ABOVE,
        own=Change(off=("deciding",)),
        elsewhere={
            "values held low": HELD_LOW,
            "needs that rules foresee": parameters(deciding={"scripts": 1000}),
            "circles under managers": Change(structure="hybrid"),
        },
        note="Where much is left to the front already there is less to win.",
    ),
    Hypothesis(
        claim="D19",
        implies="Reviews that everybody can read change nothing by themselves.",
        measures="true NPS in years 4 and 5, reviews that everybody sees less none",
        unit="NPS points",
        arms={
            "seen": parameters(listening={"reviews": 1.0}),
            "none": parameters(listening={"reviews": 0.0}),
        },
        statistic=difference("nps_true", "seen", "none", 3, 5),
        expects=Expects.NEAR_ZERO,
        own=parameters(listening={"by_reviews": 0.0}),
        elsewhere={
            "a top that takes it to heart": parameters(leading={"urgency": 1.0}),
            "managers act": ATTENTION,
        },
        note="Near zero with the rule off is no merit. Customers do not choose by reviews here, "
        "only by reputation.",
    ),
    Hypothesis(
        claim="D20",
        implies="Calling those who were let down wins NPS; going by the score does not.",
        measures="true NPS in years 4 and 5, calls less a top that goes by the score",
        unit="NPS points",
        arms={"asking": parameters(listening={"by_survey": 0.5}), "calling": CALLS},
        statistic=difference("nps_true", "calling", "asking", 3, 5),
        expects=Expects.ABOVE,
        own=parameters(
            remembering={"call_success": 0.0}, listening={"lesson": 0.0, "by_calls": 0.0}
        ),
        elsewhere={
            "calls teach nobody": parameters(listening={"lesson": 0.0}),
            "1.5 contacts a year": RARE_CONTACT,
            "most failures are put right": parameters(remembering={"recovery": 0.9}),
        },
    ),
    Hypothesis(
        claim="D21",
        implies="Waking up, listening, choosing and then acting ends in better values than acting "
        "first.",
        measures="mean practised value in the last half-year of five, in order less reversed",
        unit="0 to 1",
        arms={"in order": in_phases(*PHASES), "reversed": in_phases(*reversed(PHASES))},
        statistic=difference("value", "in order", "reversed", 4.5, 5),
        expects=Expects.ABOVE,
        least=OF_INTEREST,
        own=parameters(culture={"aim_floor": 1.0, "fatigue": 0.0}),
        elsewhere={
            "what misses its aim is lost": parameters(culture={"aim_floor": 0.0}),
            "applicants of high values": HIGH_VALUES,
            "people held by no system": ONE_LAYER,
        },
        note="Half a year for each phase, and every phase goes on: whoever acts first acts a year "
        "and a half longer. Nothing bars a phase before the one that should precede it.",
    ),
    Hypothesis(
        claim="D22",
        implies="Under leaders who take part, values take three to four years to change.",
        measures="months to 63 % of the change of mean values that ten years bring",
        unit="months",
        arms={"nothing": NOTHING, "leaders": LEADERS},
        statistic=time_of_change,
        expects=Expects.WITHIN,
        low=30.0,
        high=60.0,
        own=parameters(culture={"system_rate": 0.15}),
        elsewhere={
            "people held by no system": ONE_LAYER,
            "many leave": MANY_LEAVE,
            "in circles": CIRCLES,
        },
        years=10.0,
        note="The speed of how things are done was set with this claim in view; own rule off makes "
        "it as fast as it may be. When a survey would first see the change is not asked.",
    ),
    Hypothesis(
        claim="D23",
        implies="Where customers cannot leave, listening leaders still win better service.",
        measures="true NPS in years 4 and 5, leaders who listen less nothing",
        unit="NPS points",
        arms={"nothing": NOTHING, "leaders": together(LEADERS, WALKS)},
        statistic=difference("nps_true", "leaders", "nothing", 3, 5),
        expects=Expects.ABOVE,
        base=parameters(remembering={"churn": 0.0, "join": 0.0}),
        elsewhere={
            "customers do not move staff": ONE_WAY,
            "applicants of low values": LOW_VALUES,
            "1.5 contacts a year": RARE_CONTACT,
        },
        note="A public body is one without a market here; politics and an ombudsman are not in it.",
    ),
    Hypothesis(
        claim="D24",
        implies="With another top that goes first, values rise without any other programme.",
        measures="mean practised value in years 4 and 5, a new top less the old one",
        unit="0 to 1",
        arms={"old": NOTHING, "new": acting(NEW_TOP, Action("example", 0.9, start=YEAR))},
        statistic=difference("value", "new", "old", 4, 5),
        expects=Expects.ABOVE,
        least=OF_INTEREST,
        own=parameters(culture={"from_leader": 0.0}),
        elsewhere={
            "seven levels": Change(organisation={"span": 2}),
            "effort copies the leader": COPYING,
            "people held by no system": ONE_LAYER,
        },
        note="Four years on. A lag above zero is put in, as nothing moves values within its week.",
    ),
    Hypothesis(
        claim="D25",
        implies="What customers give back adds to what leaders win, without running away.",
        measures="gain of the loop: part of the effect on NPS that comes back from customers",
        unit="share",
        arms={
            "nothing": NOTHING,
            "leaders": LEADERS,
            "unmoved": UNMOVED,
            "leaders, unmoved": Change(parameters=UNMOVED.parameters, actions=LEADERS.actions),
        },
        statistic=gain_of_loop,
        expects=Expects.WITHIN,
        low=0.05,
        high=0.9,
        own=UNMOVED,
        elsewhere={
            "mood reaches effort strongly": parameters(
                contributing={"drive_from_engagement": 0.45}
            ),
            "1.5 contacts a year": RARE_CONTACT,
        },
        seeds=48,
        note="Echoes from customers and from results to staff's mood only. At the strengths "
        "assumed it is little.",
    ),
    Hypothesis(
        claim="D26",
        implies="Whatever leaders begin, mean values are the same in the week in which it begins.",
        measures="change of mean values in the week in which every lever goes to full",
        unit="0 to 1",
        arms={"nothing": NOTHING, "everything": EVERYTHING},
        statistic=at_once,
        expects=Expects.NEAR_ZERO,
        least=1e-12,
        elsewhere={"in circles": CIRCLES, "many leave": MANY_LEAVE},
        years=2.0,
        note="A constraint that was built in, in a week in which values do move; the run only "
        "finds a breach. Who leaves in a week is decided by last week's mood, for the same reason.",
    ),
)
