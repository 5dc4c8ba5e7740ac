"""What do the claims V01, V02 and V26 to V33 imply: circles, levels, size, ties?"""

from scenarios.claims.hypothesis import (
    Change,
    Expects,
    Hypothesis,
    Judged,
    Untested,
    acting,
    difference,
    parameters,
)
from scenarios.claims.vera_arms import (
    BOTTLENECK,
    COPYING,
    EXAMPLE,
    FREE,
    FRONT,
    HELD,
    LATE,
    NOTHING,
    THIRTY_SCRIPTS,
    TO_CIRCLES,
    VALUE_HIGH,
    VALUE_LOW,
    VALUES_HARDLY_COUNT,
    interaction,
    smaller,
)
from sim.levers import Action

BY_VALUES = {
    "low": Change(parameters=VALUE_LOW),
    "low, circles": Change(parameters=VALUE_LOW, switches=TO_CIRCLES.switches),
    "high": Change(parameters=VALUE_HIGH),
    "high, circles": Change(parameters=VALUE_HIGH, switches=TO_CIRCLES.switches),
}
SMALL = {"people": 57.0, "customers": 570.0}
LARGE = {"people": 400.0, "customers": 4000.0}
OPEN = {"serving": {"silo": 0.0}}
SILOS = {"serving": {"silo": 1.0}}

STRUCTURE: tuple[Judged, ...] = (
    Hypothesis(
        claim="V01",
        implies="In circles what has to be asked is answered sooner than in a tree.",
        measures="days that a case waits which waits at all, years 2 to 5: circles minus tree",
        unit="days",
        arms={"tree": NOTHING, "circles": TO_CIRCLES},
        statistic=difference("waiting", "circles", "tree", 2, 5),
        expects=Expects.BELOW,
        least=0.1,
        base=Change(organisation=FRONT),
        elsewhere={
            "spans of fourteen": Change(organisation={"span": 14}),
            "advice within hours": parameters(deciding={"advice_days": 0.3}),
        },
        note="An adviser takes a day and a manager with hours left half of one, both assumed; that "
        "the front of circles decides more is put in and so not tested here.",
    ),
    Hypothesis(
        claim="V02",
        implies="Circles lose to the tree where values are not shared and win where they are.",
        measures="NPS, years 3 to 5, two years after the switch: the smaller of what the tree is "
        "ahead at values held at .35 and what circles are ahead at .70",
        unit="NPS points",
        arms=BY_VALUES,
        statistic=smaller(
            difference("nps_true", "low", "low, circles", *LATE),
            difference("nps_true", "high, circles", "high", *LATE),
        ),
        expects=Expects.ABOVE,
        base=HELD,
        own=VALUES_HARDLY_COUNT,
        elsewhere={
            "thirty scripts": THIRTY_SCRIPTS,
            "most cases touch other roles": parameters(deciding={"across": 0.75}),
        },
        note="Front capacity is held equal. Where the lines cross hangs on assumed losses of rules "
        "and freedom; the rule for values cannot be switched off altogether: a tenth of it stays.",
    ),
    Hypothesis(
        claim="V26",
        implies="As a firm grows, its top's example brings customers less.",
        measures="NPS gained by the top's example, years 3 to 5: at 57 people minus at 400",
        unit="NPS points",
        arms={
            "small": Change(organisation=SMALL),
            "small, example": Change(organisation=SMALL, actions=EXAMPLE.actions),
            "large": Change(organisation=LARGE),
            "large, example": Change(organisation=LARGE, actions=EXAMPLE.actions),
        },
        statistic=interaction(
            "nps_true", ("small, example", "small"), ("large, example", "large"), *LATE
        ),
        expects=Expects.ABOVE,
        elsewhere={
            "everybody sees the top": acting(Action("broadcast", 1.0)),
            "fixed copying": COPYING,
        },
        note="Firms of two sizes are compared: none grows within a run. Trees have one level more "
        "at 400.",
    ),
    Hypothesis(
        claim="V27",
        implies="Freedom at the front gains less where departments keep to themselves.",
        measures="NPS gained by discretion, years 3 to 5: without silos minus with full silos",
        unit="NPS points",
        arms={
            "open": Change(parameters=OPEN),
            "open, free": Change(parameters=OPEN, actions=FREE.actions),
            "silos": Change(parameters=SILOS),
            "silos, free": Change(parameters=SILOS, actions=FREE.actions),
        },
        statistic=interaction("nps_true", ("open, free", "open"), ("silos, free", "silos"), *LATE),
        expects=Expects.ABOVE,
        own=parameters(serving={"silo_cost": 0.0}),
        elsewhere={
            "the weakest strength decides": BOTTLENECK,
            "much hangs on the system": parameters(serving={"system_share": 0.8}),
        },
        note="A back office is what the other departments make of a contact; it has no procedures "
        "of its own. Full silos take a fifth off two fifths of ability: that is a cost, and no "
        "gate.",
    ),
    Hypothesis(
        claim="V28",
        implies="The more levels, the more requests to treat somebody differently are refused.",
        measures="share of what is asked that is refused, years 3 to 5: spans of 3 (five levels) "
        "minus spans of 14 (three)",
        unit="share",
        arms={
            "many levels": Change(organisation={"span": 3}),
            "few levels": Change(organisation={"span": 14}),
        },
        statistic=difference("denied", "many levels", "few levels", *LATE),
        expects=Expects.ABOVE,
        least=0.05,
        own=parameters(deciding={"deny": 0.0}),
        elsewhere={
            "needs deviate more": parameters(deciding={"deviating": 0.4}),
            "two have to agree": parameters(deciding={"screens": 2}),
        },
        note="A request goes to one manager, not up a chain. Refusals rise with a manager's load, "
        "and at a given size more levels mean fewer people for each.",
    ),
    Hypothesis(
        claim="V29",
        implies="The larger a firm, the more of its hours stay inside.",
        measures="share of hours that stay inside, years 3 to 5: 400 people minus 57",
        unit="share of hours",
        arms={"small": Change(organisation=SMALL), "large": Change(organisation=LARGE)},
        statistic=difference("inside", "large", "small", *LATE),
        expects=Expects.ABOVE,
        least=0.02,
        own=parameters(deciding={"tie_hours": 0.0, "level_meetings": 0.0}),
        elsewhere={"circles": Change(structure="circles")},
        note="Ties that grow with size are put in, at an assumed half hour each.",
    ),
    Hypothesis(
        claim="V30",
        implies="Going over to circles hurts more, and for longer, where values are not shared.",
        measures="NPS of going over minus staying, in the year after the switch: at values held at "
        ".35 minus at .70",
        unit="NPS points",
        arms=BY_VALUES,
        statistic=interaction("nps_true", ("low, circles", "low"), ("high, circles", "high"), 1, 2),
        expects=Expects.BELOW,
        base=HELD,
        own=parameters(deciding={"clarity_lost": 0.0}),
        elsewhere={"thirty scripts": THIRTY_SCRIPTS},
        note="Lost clarity takes freedom back for a while, so in the first year both dip alike and "
        "values begin to tell later; whether the loss lasts is the first half of V02.",
    ),
    Hypothesis(
        claim="V31",
        implies="Ties beyond the own team make what a coalition began spread faster.",
        measures="share of staff who do what a fifth began, years 1 to 3: with many ties beyond "
        "the team minus with few",
        unit="share of staff",
        arms={
            "few ties": parameters(culture={"far": 0.1}),
            "many ties": parameters(culture={"far": 0.5}),
        },
        statistic=difference("adopted", "many ties", "few ties", 1, 3),
        expects=Expects.ABOVE,
        least=0.05,
        base=acting(Action("coalition", 0.2)),
        own=parameters(culture={"far": 0.1}),
        elsewhere={
            "whole teams begin": parameters(culture={"clustered": 1}),
            "low thresholds": parameters(people={"threshold": 0.15}),
        },
        note="Living, learning and sharing around the firm are not modelled; the ties they bring "
        "are the arm itself.",
    ),
    Untested("V32", "It says that the outcome is unknown, which no run can contradict."),
    Untested(
        "V33", "It is about when a firm noticed something, years ago: history and no mechanism."
    ),
)
