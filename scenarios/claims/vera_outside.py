"""What do the claims V03 to V16 imply: customers, procedures, attention, bots, figures?"""

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
    ASKING_IS_FREE,
    AUTOMATED,
    COMPENSATING,
    COSTLY_SWITCHING,
    EVERYTHING_SEEN,
    FREE,
    HELD_LOW,
    IN_TROUBLE,
    KPI,
    LATE,
    NOTHING,
    RARE_CONTACT,
    RULES_HARDLY_LOSE,
    SHIFTED,
    SHIFTED_IN_TROUBLE,
    TOO_FEW,
    TROUBLE,
    UNMANNED,
    interaction,
    leaving,
    minus,
    misjudged,
    part,
)
from sim.levers import Action

SLOW_TALK = {"remembering": {"reputation_months": 24.0, "hearing": 0.0}}
FAST_TALK = {"remembering": {"reputation_months": 1.0, "hearing": 0.1}}
TROUBLE_LATER = tuple(each._replace(start=52) for each in TROUBLE)
ROUTINE = {"deciding": {"deviating": 0.0}}
UNUSUAL = {"deciding": {"deviating": 0.4}}
SCRIPT = (Action("discretion", -0.1),)  # a tree's tenth is taken back: nothing is left to the front
HALF = (Action("discretion", 0.4),)  # half of what is decided
NEEDS_ALIKE = {"deciding": {"variety": 0.6}}
NEEDS_UNLIKE = {"deciding": {"variety": 1.4}}

OUTSIDE: tuple[Judged, ...] = (
    Hypothesis(
        claim="V03",
        implies="Where what is said of a firm travels faster, trouble costs it customers sooner.",
        measures="customers lost to a year and more of worse contacts, in the two years after it "
        "begins: share where talk is fast minus share where it is slow",
        unit="share of customers",
        arms={
            "fast": Change(parameters=FAST_TALK),
            "fast, trouble": Change(parameters=FAST_TALK, actions=TROUBLE_LATER),
            "slow": Change(parameters=SLOW_TALK),
            "slow, trouble": Change(parameters=SLOW_TALK, actions=TROUBLE_LATER),
        },
        statistic=minus(
            part("customers", "slow, trouble", "slow", 1, 3),
            part("customers", "fast, trouble", "fast", 1, 3),
        ),
        expects=Expects.ABOVE,
        least=0.01,
        own=parameters(remembering={"reputation_months": 6.0, "hearing": 0.02}),
        elsewhere={"switching is costly": COSTLY_SWITCHING, "contact is rare": RARE_CONTACT},
        note="How fast word travels is put in as the arms' only difference.",
    ),
    Hypothesis(
        claim="V04",
        implies="Once customers choose more freely, worse contacts drive more of them away.",
        measures="share of customers who leave in a year, years 2 to 5: what worse contacts add "
        "after a shift of power minus what they add without one",
        unit="share a year",
        arms={
            "as it was": NOTHING,
            "worse": IN_TROUBLE,
            "shift": SHIFTED,
            "shift, worse": SHIFTED_IN_TROUBLE,
        },
        statistic=minus(
            minus(leaving("shift, worse", 2, 5), leaving("shift", 2, 5)),
            minus(leaving("worse", 2, 5), leaving("as it was", 2, 5)),
        ),
        expects=Expects.ABOVE,
        least=0.01,
        own=parameters(remembering={"more_choice": 0.0}),
        elsewhere={"switching is costly": COSTLY_SWITCHING},
        note="The shift is put in as a steeper answer to attitude; only its size after feedback is "
        "a result.",
    ),
    Hypothesis(
        claim="V05",
        implies="A top that does not go and listen believes customers happier than they are.",
        measures="what the top believes minus what is said of the firm, years 3 to 5: without "
        "minus with walks and calls, on the scale of attitude",
        unit="attitude, 0 to 1",
        arms={
            "stays in": NOTHING,
            "listens": acting(Action("walks", 1.0), Action("closed_loop", 1.0)),
        },
        statistic=minus(misjudged("stays in", *LATE), misjudged("listens", *LATE)),
        expects=Expects.ABOVE,
        least=0.05,
        own=parameters(listening={"optimism": 0.0}),
        elsewhere={
            "reviews everybody sees": EVERYTHING_SEEN,
            "many levels": Change(organisation={"span": 3}),
        },
        note="The top misjudges how happy customers are; it holds no belief about how freely they "
        "choose.",
    ),
    Hypothesis(
        claim="V06",
        implies="The more needs differ, the worse is service by a fixed set of scripts.",
        measures="NPS where needs differ much minus NPS where they differ little, years 3 to 5",
        unit="NPS points",
        arms={
            "alike": Change(parameters=NEEDS_ALIKE),
            "unlike": Change(parameters=NEEDS_UNLIKE),
        },
        statistic=difference("nps_true", "unlike", "alike", *LATE),
        expects=Expects.BELOW,
        own=RULES_HARDLY_LOSE,
        elsewhere={
            "a thousand scripts": parameters(deciding={"scripts": 1000}),
            "the front decides half": FREE,
        },
        note="What ten scripts leave unmet is computed for needs in six dimensions and put in; "
        "that ever more scripts help ever less is the formula's. Writing them costs nothing here.",
    ),
    Untested(
        "V07",
        "Customers of the model have contacts and no journey: there is no path to lay out or to "
        "leave open.",
    ),
    Hypothesis(
        claim="V08",
        implies="With the same people, placing them where it matters (rare needs, and customers "
        "who were let down lately) raises NPS.",
        measures="NPS with routing and precedence minus without, years 3 to 5",
        unit="NPS points",
        arms={
            "as they come": NOTHING,
            "placed": acting(Action("routing", 1.0), Action("precedence", 1.0)),
        },
        statistic=difference("nps_true", "placed", "as they come", *LATE),
        expects=Expects.ABOVE,
        own=parameters(serving={"digital_share": 0.0}),
        elsewhere={"more bots": AUTOMATED, "more bots, nobody behind them": UNMANNED},
        note="Where people stand behind the bots they take over what fails anyway, so routing only "
        "swaps contacts; it can help where nobody does. What a customer is worth, or how much a "
        "moment matters to somebody, is not modelled.",
    ),
    Untested(
        "V09",
        "Nobody who serves remembers a customer: an account holder is the same stranger every "
        "time, so a history could not show.",
    ),
    Untested(
        "V10",
        "Readiness to leave at a given attitude is a declared constant without a trend; finding no "
        "trend in a run would repeat the assumption.",
    ),
    Hypothesis(
        claim="V11",
        implies="With fewer links between the floor and the top, the top sees trouble sooner.",
        measures="what the top believes minus what is said of the firm, in the two years after "
        "contacts became worse: many levels minus few, on the scale of attitude",
        unit="attitude, 0 to 1",
        arms={
            "few levels": Change(organisation={"span": 10}),
            "many levels": Change(organisation={"span": 3}),
        },
        statistic=minus(misjudged("many levels", 1, 3), misjudged("few levels", 1, 3)),
        expects=Expects.ABOVE,
        least=0.03,
        base=acting(*TROUBLE_LATER),
        own=parameters(listening={"passes": 1.0, "usual_safety": 1.0}),
        elsewhere={
            "reviews everybody sees": EVERYTHING_SEEN,
            "unsafe to speak up": parameters(listening={"usual_safety": 0.2}),
        },
        note="News fades at each level and loses no time; the delay of a chain of desks is not "
        "modelled.",
    ),
    Hypothesis(
        claim="V12",
        implies="Bots with people behind them keep customers happier than bots instead of people.",
        measures="NPS of bots with people behind minus bots without, years 3 to 5",
        unit="NPS points",
        arms={"beside people": AUTOMATED, "instead of people": UNMANNED},
        statistic=difference("nps_true", "beside people", "instead of people", *LATE),
        expects=Expects.ABOVE,
        own=parameters(serving={"rare_share": 0.0}),
        elsewhere={"too few people": TOO_FEW, "contact is rare": RARE_CONTACT},
        note="The staff stay in both arms; who gets the hours that bots set free is not modelled, "
        "and below the usual utilisation more time makes nobody better.",
    ),
    Untested(
        "V13",
        "A contact has a quality and no kind, so the variety of what people do for customers "
        "cannot be measured.",
    ),
    Untested(
        "V14",
        "Nobody tries practices out: levers follow a schedule, and no rule keeps what worked.",
    ),
    Hypothesis(
        claim="V15",
        implies="Judging people by figures of the process costs NPS.",
        measures="NPS with process figures minus without, years 3 to 5",
        unit="NPS points",
        arms={"no figures": NOTHING, "figures": KPI},
        statistic=difference("nps_true", "figures", "no figures", *LATE),
        expects=Expects.BELOW,
        own=parameters(serving={"kpi_pull": 0.0}),
        elsewhere={"too few people": TOO_FEW, "strengths make up": COMPENSATING},
        note="The pull on effort and the shorter contacts are both put in; the run weighs them, "
        "and where hours are short the shorter contacts may weigh more.",
    ),
    Hypothesis(
        claim="V16",
        implies="Going by the script costs more where needs are unusual than where they are "
        "routine.",
        measures="NPS of pure scripts minus of a front that decides half, years 3 to 5: where two "
        "needs in five are unforeseen minus where none is",
        unit="NPS points",
        arms={
            "unusual, script": Change(parameters=UNUSUAL, actions=SCRIPT),
            "unusual, free": Change(parameters=UNUSUAL, actions=HALF),
            "routine, script": Change(parameters=ROUTINE, actions=SCRIPT),
            "routine, free": Change(parameters=ROUTINE, actions=HALF),
        },
        statistic=interaction(
            "nps_true",
            ("unusual, script", "unusual, free"),
            ("routine, script", "routine, free"),
            *LATE,
        ),
        expects=Expects.BELOW,
        own=ASKING_IS_FREE,
        elsewhere={"low values": HELD_LOW},
        note="Scripts cost because they do not fit or have to be asked about; that customers sense "
        "one and dislike it as such is not modelled.",
    ),
)
