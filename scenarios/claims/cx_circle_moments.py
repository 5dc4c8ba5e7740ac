"""CX Circle, C11 to C20: what is hygiene, what surprises, what is learnt, and where to begin."""

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
    CIRCLES,
    GIFTS,
    HIGH_VALUES,
    NOTHING,
    OF_INTEREST,
    PEAKS,
    RARE_CONTACT,
    STEADY,
    YEAR,
)
from sim.levers import Action

FRONT = 103.0  # front positions of a tree of 120 people with span 7
WEEKLY = parameters(serving={"contacts_per_year": 52.0})
BEFORE_THE_SALE = acting(Action("routing", 1.0), Action("empathy", 1.0))  # costs what AT_USE does
FROM_OUTSIDE = ("closed_loop", "walks"), ("barriers",), ("attention",), ("example",)
FULL = {"attention": 4.0, "example": 0.9}  # others at 1


def in_steps(*steps: tuple[str, ...]) -> Change:
    """Levers that begin a year after each other and stay."""
    return acting(
        *(
            Action(lever, FULL.get(lever, 1.0), start=YEAR * step)
            for step, levers in enumerate(steps)
            for lever in levers
        )
    )


def won_by_hours(arms: Arms) -> Floats:
    """NPS won by enough hours over too few, less that by ample over enough, years 4 and 5."""
    enough = difference("nps_true", "enough", "too few", 3, 5)(arms)
    return enough - difference("nps_true", "ample", "enough", 3, 5)(arms)


def a_gift(arms: Arms, first: float, last: float) -> Floats:
    """Satisfaction that gifts add, for each contact that brought one."""
    gained = difference("satisfaction", "gifts", "nothing", first, last)(arms)
    given = arms["gifts"].mean("gifts", first, last) / arms["gifts"].mean("contacts", first, last)
    return gained / given


def better_judged(arms: Arms) -> Floats:
    """What a gift adds in years 4 and 5 less what it added in the first half-year."""
    return a_gift(arms, 3, 5) - a_gift(arms, 0, 0.5)


def wearing_off(arms: Arms) -> Floats:
    """NPS gained in years 4 and 5 less that gained from the third to the twelfth month."""
    late = difference("nps_true", "surprise", "nothing", 3, 5)(arms)
    return late - difference("nps_true", "surprise", "nothing", 0.25, 1.0)(arms)


MOMENTS: tuple[Judged, ...] = (
    Hypothesis(
        claim="C11",
        implies="Hours that end lateness win far more than as many hours beyond.",
        measures="true NPS won by enough hours over too few less that by ample over enough hours",
        unit="NPS points",
        arms={
            "too few": Change(organisation={"planned_front": FRONT * 1.3}),
            "enough": NOTHING,
            "ample": Change(organisation={"planned_front": FRONT / 1.3}),
        },
        statistic=won_by_hours,
        expects=Expects.ABOVE,
        own=parameters(serving={"late": 0.0}),
        elsewhere={
            "as late, without haste": parameters(serving={"slack_weight": 0.0}),
            "neither late nor hasty": parameters(serving={"late": 0.0, "slack_weight": 0.0}),
        },
        note="Too few hours make people late, hasty and strained at once; own rule off takes "
        "lateness away and leaves the rest.",
    ),
    Hypothesis(
        claim="C12",
        implies="Judging people by figures of the process costs NPS.",
        measures="true NPS in years 4 and 5, process figures less nothing",
        unit="NPS points",
        arms={"nothing": NOTHING, "figures": acting(Action("kpi", 1.0))},
        statistic=difference("nps_true", "figures", "nothing", 3, 5),
        expects=Expects.BELOW,
        own=parameters(serving={"kpi_pull": 0.0}),
        elsewhere={
            "too few hours": Change(organisation={"planned_front": FRONT * 1.3}),
            "room to spare": Change(organisation={"planned_front": FRONT / 1.3}),
        },
        note="Figures also make contacts shorter. That firms spend most of their hours so is a "
        "count of firms and is not tested.",
    ),
    Untested(
        "C13",
        "Every contact is felt, remembered and asked about alike: there is no part of the journey "
        "that is lived and not measured.",
    ),
    Hypothesis(
        claim="C14",
        implies="Help at the moment of use wins more than as much money spent on contact before.",
        measures="true NPS in years 4 and 5, help at use less better contact for the same money",
        unit="NPS points",
        arms={"at use": AT_USE, "before": BEFORE_THE_SALE},
        statistic=difference("nps_true", "at use", "before", 3, 5),
        expects=Expects.ABOVE,
        own=parameters(serving={"moment_share": 0.0}),
        elsewhere={
            "1.5 contacts a year": RARE_CONTACT,
            "the front decides": acting(Action("discretion", 0.7)),
        },
        note="Prices of both are assumed. Before the sale: rare needs reach a person at once, and "
        "people learn to read needs.",
    ),
    Hypothesis(
        claim="C15",
        implies="Where the front may surprise, more customers have something good to tell.",
        measures="share of customers with something good to tell, gifts less nothing, years "
        "4 and 5",
        unit="share of customers",
        arms={"nothing": NOTHING, "gifts": GIFTS},
        statistic=difference("pleased", "gifts", "nothing", 3, 5),
        expects=Expects.ABOVE,
        least=0.01,
        own=parameters(serving={"surprise": 0.0}),
        elsewhere={
            "what stands out is kept": PEAKS,
            "1.5 contacts a year": RARE_CONTACT,
            "customers who adapt fast": parameters(remembering={"adaptation": 0.8}),
        },
        note="Whoever was surprised tells no more often than others here: talk has one speed.",
    ),
    Hypothesis(
        claim="C16",
        implies="A gift does more once staff have learnt where it helps.",
        measures="satisfaction that a gift adds, years 4 and 5 less the first half-year",
        unit="0 to 1",
        arms={"nothing": NOTHING, "gifts": GIFTS},
        statistic=better_judged,
        expects=Expects.ABOVE,
        least=OF_INTEREST,
        own=parameters(serving={"surprise": 0.0}),
        elsewhere={
            "staff who learn slowly": parameters(serving={"gift_months": 36.0}),
            "customers who adapt fast": parameters(remembering={"adaptation": 0.8}),
        },
        note="Put in: staff learn by giving. The learning cannot be switched off, so the gift's "
        "worth is. Nobody is stopped from throwing money about.",
    ),
    Hypothesis(
        claim="C17",
        implies="Where people tell each other what they do for customers, values rise.",
        measures="mean practised value in years 4 and 5, rituals less nothing",
        unit="0 to 1",
        arms={"nothing": NOTHING, "rituals": acting(Action("rituals", 1.0))},
        statistic=difference("value", "rituals", "nothing", 3, 5),
        expects=Expects.ABOVE,
        least=OF_INTEREST,
        own=parameters(culture={"close": 0.0}),
        elsewhere={
            "colleagues in the spotlight": acting(Action("spotlight", 1.0)),
            "people who differ": parameters(people={"value_spread": 0.3}),
        },
        note="Here colleagues pull both ways, down as well as up, so stories make people alike; "
        "skill is learnt alone.",
    ),
    Untested(
        "C18",
        "The model knows whether people understand why (context) and has no second gate for "
        "feeling it, so that both are needed cannot be seen.",
    ),
    Hypothesis(
        claim="C19",
        implies="A surprise that is always the same wears off as customers come to expect it.",
        measures="true NPS gained by help at use, years 4 and 5 less months 4 to 12",
        unit="NPS points",
        arms={"nothing": NOTHING, "surprise": AT_USE},
        statistic=wearing_off,
        expects=Expects.BELOW,
        own=parameters(remembering={"adaptation": 0.0}),
        elsewhere={
            "weekly contact": WEEKLY,
            "surprise counts double": parameters(remembering={"theta": 0.6}),
            "memory that does not settle": STEADY,
        },
        note="The claim advises to go beyond every time; that this has to grow for ever is what is "
        "tested of it. Expectations rise, but memory of good contacts takes longer to fill.",
    ),
    Hypothesis(
        claim="C20",
        implies="Beginning with what customers meet and going inward gets further than beginning "
        "with the leaders.",
        measures="true NPS over five years, from outside in less from inside out",
        unit="NPS points",
        arms={
            "outside in": in_steps(*FROM_OUTSIDE),
            "inside out": in_steps(*reversed(FROM_OUTSIDE)),
        },
        statistic=difference("nps_true", "outside in", "inside out", 0, 5),
        expects=Expects.ABOVE,
        own=parameters(culture={"aim_floor": 1.0}),
        elsewhere={
            "what misses its aim is lost": parameters(culture={"aim_floor": 0.0}),
            "applicants of high values": HIGH_VALUES,
            "in circles": CIRCLES,
        },
        note="The source speaks of the order of thought; a run has only an order of acts, a "
        "year each. The leaders' example works soon and on all that follows, so beginning "
        "with it pays.",
    ),
)
