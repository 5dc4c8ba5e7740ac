"""Brouwer (B01 to B17): leaders who go first, copies that fade, clearing the way, and money.

Where an aim was written down before (half the slope, half the error), that is what is asked.
Smallest sizes of interest are assumed: 2 points of NPS, a fiftieth of the scale of effort and of
values, half of what a new leader is believed, a twentieth of the customers.
"""

from scenarios.claims.brouwer_numbers import (
    below_the_leader,
    customers_gained,
    error_left,
    fading,
    more_than_the_sum,
    profit_follows,
    slope_left,
    worth_of_freedom,
)
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
from scenarios.claims.programmes import (
    CIRCLES,
    EXAMPLE,
    LEADERS,
    NOTHING,
    OF_INTEREST,
    QUARTER,
    RARE_CONTACT,
    YEAR,
)
from sim.levers import Action

# What the source asks of leaders: to go first, to walk about, to clear the way, to point to others.
WHOLE = tuple(
    Action(lever, strength, ramp=2 * QUARTER)
    for lever, strength in (("example", 0.9), ("walks", 1.0), ("barriers", 1.0), ("spotlight", 1.0))
)
ROOM = Action("discretion", 0.4, ramp=QUARTER)
HELP = Action("barriers", 1.0, ramp=QUARTER)
OWN_SAKE = {"for its own sake": parameters(choosing={"motive": 1.0}),
            "for money": parameters(choosing={"motive": 0.0})}  # fmt: skip
NO_HOURS = parameters(deciding={"decision_hours": 2.0, "hours_for_decisions": 36.0})
IN_FULL = parameters(contributing={"copying": 1, "copy_ratio": 1.0})
SWAYED = parameters(leading={"pull_weight": 1.0, "commitment": 0.2})
COMPENSATING = parameters(serving={"exponent": 1.0})
A_THIRD_LEAVES = parameters(staffing={"quits": 0.33})
PATIENT = parameters(choosing={"hurdle_months": 24.0})
DEEP = Change(organisation={"span": 3})

JUDGED: tuple[Judged, ...] = (
    Hypothesis(
        claim="B01",
        implies="What the top begins reaches customers in full only if managers put hours into how "
        "things are done.",
        measures="true NPS in years 4 and 5, example with managers' hours less example alone",
        unit="NPS points",
        arms={"top alone": EXAMPLE, "managers, too": LEADERS},
        statistic=difference("nps_true", "managers, too", "top alone", 3, 5),
        expects=Expects.ABOVE,
        own=parameters(
            culture={"from_system": 0.0}, serving={"system_share": 0.0, "bot_system": 0.0}
        ),
        elsewhere={
            "managers without an hour left": NO_HOURS,
            "in circles": CIRCLES,
            "strengths make up for weaknesses": COMPENSATING,
        },
        note="How evenly customers are served is not recorded: this is the half about managers.",
    ),
    Hypothesis(
        claim="B02",
        implies="A leader who acts for money gives the programme up before customers have noticed.",
        measures="true NPS in years 4 and 5, for money less for its own sake",
        unit="NPS points",
        base=Change(actions=WHOLE),
        arms=OWN_SAKE,
        statistic=difference("nps_true", "for money", "for its own sake", 3, 5),
        expects=Expects.BELOW,
        own=parameters(choosing={"motive": 1.0}),
        elsewhere={
            "half a year's patience": parameters(choosing={"hurdle_months": 6.0}),
            "two years' patience": PATIENT,
            "15 points are asked": parameters(choosing={"hurdle": 15.0}),
            "customers come 1.5 times a year": RARE_CONTACT,
        },
        note="How most firms begin is not shown; only what such a motive leads to.",
    ),
    Hypothesis(
        claim="B03",
        implies="When a bad year comes, firms end better whose leader does not act for money.",
        measures="true NPS in years 4 and 5 after a crisis in the first, for its own sake less for "
        "money",
        unit="NPS points",
        base=Change(actions=(*WHOLE, Action("crisis", 0.5, start=QUARTER, end=5 * QUARTER))),
        arms=OWN_SAKE,
        statistic=difference("nps_true", "for its own sake", "for money", 3, 5),
        expects=Expects.ABOVE,
        own=parameters(choosing={"motive": 1.0}),
        elsewhere={
            "two years' patience": PATIENT,
            "any gain will do": parameters(choosing={"hurdle": 0.0}),
            "customers come 52 times a year": parameters(serving={"contacts_per_year": 52.0}),
        },
        note="Whom people admire is not in the model.",
    ),
    Hypothesis(
        claim="B04",
        implies="Profit goes up and down after NPS does, not with it.",
        measures="correlation of quarterly true NPS with profit a year later, or what it is above "
        "that at once, the smaller of both, over ten years in which nobody acts",
        unit="correlation",
        arms={"as it is": NOTHING},
        statistic=profit_follows,
        expects=Expects.ABOVE,
        least=0.1,
        years=10,
        elsewhere={
            "customers who do not leave for it": parameters(remembering={"churn_slope": 0.0}),
            "customers come 1.5 times a year": RARE_CONTACT,
            "nobody new comes": parameters(remembering={"join": 0.0}),
            "staffing follows nothing": parameters(staffing={"follows": 0.0}),
        },
        note="Nobody acts, so that no lever costs anything: both move by chance alone. A first "
        "version looked at a programme that ends, and found mostly its costs.",
    ),
    Hypothesis(
        claim="B05",
        implies="An hour a week for four years does more than the same hours in one year.",
        measures="true NPS in year 5, an hour a week less four hours in the first year",
        unit="NPS points",
        base=EXAMPLE,
        arms={
            "each week": acting(Action("attention", 1.0, end=4 * YEAR)),
            "at once": acting(Action("attention", 4.0, end=YEAR)),
        },
        statistic=difference("nps_true", "each week", "at once", 4, 5),
        expects=Expects.ABOVE,
        own=parameters(culture={"improvement": 0.0}),
        elsewhere={
            "turnover of a third": A_THIRD_LEAVES,
            "systems move fast": parameters(culture={"system_rate": 0.15}),
            "managers without an hour left": NO_HOURS,
        },
        note="Year 5 is after both; what was gained earlier by doing it at once is not counted.",
    ),
    Hypothesis(
        claim="B06",
        implies="Of what the top does more, each level shows less.",
        measures="slope of the gain in effort by level, example less nothing, years 4 and 5",
        unit="share of capacity a level",
        arms={"nothing": NOTHING, "example": EXAMPLE},
        statistic=fading,
        expects=Expects.BELOW,
        least=OF_INTEREST,
        elsewhere={
            "everybody copies in full": IN_FULL,
            "every leader is looked at": parameters(leading={"lead_bonus": 0.3}),
            "leaders count for most": parameters(contributing={"weight_later": 0.8}),
            "spans of three": DEEP,
            "in circles": CIRCLES,
        },
        note="No constant makes copies fade: managers follow by the rule by which all do.",
    ),
    Hypothesis(
        claim="B07",
        implies="A top that says .4 more than it does loses at least half of the belief that a new "
        "leader gets.",
        measures="how far the top is believed in years 4 and 5, words less nothing",
        unit="0 to 1",
        arms={"nothing": NOTHING, "words": acting(Action("words", 0.4, ramp=QUARTER))},
        statistic=difference("credibility", "words", "nothing", 3, 5),
        expects=Expects.BELOW,
        least=0.35,
        own=Change(off=("leading",)),
        elsewhere={
            "people who do not notice": parameters(leading={"tolerance": 0.2}),
            "people who forgive": parameters(
                leading={"tolerance": 0.2, "credibility_loss": 0.1, "credibility_gain": 0.15}
            ),
            "a new top every other year": acting(
                Action("new_top", 1.0, start=104, end=130), Action("new_top", 1.0, start=208)
            ),
        },
    ),
    Untested(
        claim="B08",
        because="What each person earns by giving less is not part of an organisation here. The "
        "rule for effort was fitted to people who played this very game, so that a laboratory in "
        "which giving declines would only repeat them.",
    ),
    Hypothesis(
        claim="B09",
        implies="The front gives more after the top gave first where others see it.",
        measures="effort of the front in years 4 and 5, example less nothing",
        unit="share of capacity",
        arms={"nothing": NOTHING, "example": EXAMPLE},
        statistic=difference("effort_front", "example", "nothing", 3, 5),
        expects=Expects.ABOVE,
        least=OF_INTEREST,
        own=Change(off=("leading",)),
        elsewhere={
            "leaders count for little": parameters(
                contributing={"weight_new": 0.5, "weight_later": 0.2}
            ),
            "more free riders": parameters(people={"conditional": 0.45, "free_riders": 0.3}),
            "tops who are swayed": SWAYED,
            "spans of three": DEEP,
            "in circles": CIRCLES,
        },
    ),
    Hypothesis(
        claim="B10",
        implies="Those who follow the head directly give less than the head shows.",
        measures="effort of the head's followers less what the head does, years 4 and 5",
        unit="share of capacity",
        arms={"example": EXAMPLE},
        statistic=below_the_leader,
        expects=Expects.BELOW,
        least=OF_INTEREST,
        own=IN_FULL,
        elsewhere={
            "people with drive of their own": parameters(people={"drive": 0.4}),
            "one identity": parameters(contributing={"identity": 1.0, "identity_gain": 0.25}),
            "tops who are swayed": SWAYED,
        },
        note="That people answer with less than they see was measured in a laboratory and put in.",
    ),
    Hypothesis(
        claim="B11",
        implies="With a symbol that all see, the gain in values falls at most half as fast from "
        "level to level.",
        measures="slope of the gain in practised value by level, with a symbol over without, years "
        "4 and 5",
        unit="share of the slope",
        arms={
            "nothing": NOTHING,
            "example": EXAMPLE,
            "symbol": acting(*EXAMPLE.actions, Action("broadcast", 1.0, ramp=QUARTER)),
        },
        statistic=slope_left,
        expects=Expects.WITHIN,
        low=-0.5,
        high=0.5,
        own=parameters(contributing={"broadcast_reach": 0.0}),
        elsewhere={
            "symbols that reach twice as far": parameters(contributing={"broadcast_reach": 0.6}),
            "values move effort more": parameters(contributing={"drive_from_values": 0.4}),
            "spans of three": DEEP,
        },
        note="A symbol reaches effort directly and values only by what one's own leader then does.",
    ),
    Hypothesis(
        claim="B12",
        implies="Colleagues in the light raise the values of all.",
        measures="mean practised value in years 4 and 5, spotlight less nothing",
        unit="0 to 1",
        arms={"nothing": NOTHING, "spotlight": acting(Action("spotlight", 1.0, ramp=QUARTER))},
        statistic=difference("value", "spotlight", "nothing", 3, 5),
        expects=Expects.ABOVE,
        least=OF_INTEREST,
        own=parameters(culture={"stage": 0.0}),
        elsewhere={
            "hardly anybody to show": parameters(people={"value_spread": 0.03}),
            "values that are high already": parameters(people={"value": 0.8}),
            "turnover of a third": A_THIRD_LEAVES,
            "no system that holds people": parameters(culture={"layers": 1}),
        },
    ),
    Hypothesis(
        claim="B13",
        implies="A top that walks about errs at most half as much on what customers think.",
        measures="mean error of the top's belief, with walks over without, years 2 to 5",
        unit="share of the error",
        arms={"nothing": NOTHING, "walks": acting(Action("walks", 1.0, ramp=QUARTER))},
        statistic=error_left,
        expects=Expects.WITHIN,
        low=0.0,
        high=0.5,
        own=parameters(listening={"by_walks": 0.0}),
        elsewhere={
            "everybody reads reviews": parameters(listening={"reviews": 1.0}),
            "everybody dares to speak": parameters(
                listening={"passes": 1.0, "usual_safety": 1.0, "by_complaints": 0.6}
            ),
            "a top that believes little of it": parameters(listening={"by_walks": 0.1}),
            "a top that expects nothing": parameters(listening={"optimism": 0.0}),
        },
    ),
    Hypothesis(
        claim="B14",
        implies="Asking the front each month what stands in its way, and mending it, pays.",
        measures="true NPS in years 4 and 5, asking less not asking",
        unit="NPS points",
        arms={"nothing": NOTHING, "asking": acting(HELP)},
        statistic=difference("nps_true", "asking", "nothing", 3, 5),
        expects=Expects.ABOVE,
        own=parameters(listening={"obstacle_gain": 0.0, "safety_gain": 0.0}),
        elsewhere={
            "managers without an hour left": NO_HOURS,
            "obstacles that take a day": parameters(listening={"obstacle_hours": 8.0}),
            "systems hardly matter": parameters(serving={"system_share": 0.1}),
        },
    ),
    Hypothesis(
        claim="B15",
        implies="Freedom at the front is worth more where needs differ more from what rules "
        "foresee.",
        measures="NPS gained by discretion where needs vary most less where they vary least, years "
        "4 and 5",
        unit="NPS points",
        arms={
            name: Change(
                parameters={"deciding": {"variety": variety}},
                actions=(ROOM,) if "free" in name else (),
            )
            for name, variety in (
                ("alike", 0.4),
                ("alike, free", 0.4),
                ("varied", 1.6),
                ("varied, free", 1.6),
            )
        },
        statistic=worth_of_freedom,
        expects=Expects.ABOVE,
        own=Change(off=("deciding",)),
        elsewhere={
            "people who want something else": parameters(people={"value": 0.2}),
            "a hundred scripts": parameters(deciding={"scripts": 100}),
            "managers without an hour left": NO_HOURS,
        },
        note="What only a manager can change is the claim B14.",
    ),
    Hypothesis(
        claim="B16",
        implies="Room and help together give more than the sum of what each gives.",
        measures="NPS gained by both less what room and help gain alone, years 4 and 5",
        unit="NPS points",
        arms={
            "nothing": NOTHING,
            "room": acting(ROOM),
            "help": acting(HELP),
            "both": acting(ROOM, HELP),
        },
        statistic=more_than_the_sum,
        expects=Expects.ABOVE,
        elsewhere={
            "strengths make up for weaknesses": COMPENSATING,
            "the weakest link decides": parameters(serving={"exponent": -6.0}),
            "managers with little time": parameters(
                deciding={"decision_hours": 1.0, "hours_for_decisions": 30.0}
            ),
        },
    ),
    Hypothesis(
        claim="B17",
        implies="In a market with a rival, a firm with such a culture ends with more customers "
        "than without it.",
        measures="customers in years 9 and 10 over those of nothing, less one",
        unit="share of customers",
        base=Change(
            parameters={"remembering": {"join": 1.0}, "staffing": {"expands": 1.0}},
            rivals=(NOTHING,),
        ),
        arms={"nothing": NOTHING, "culture": Change(actions=WHOLE)},
        statistic=customers_gained,
        expects=Expects.ABOVE,
        least=0.05,
        years=10,
        elsewhere={
            "a second rival with the same culture": Change(rivals=(Change(actions=WHOLE),)),
            "nobody compares": parameters(remembering={"comparing": 0.0}),
            "switching is costly": parameters(remembering={"churn_slope": 1.0}),
            "nobody is hired for growth": parameters(staffing={"expands": 0.0}),
            "managers without an hour left": NO_HOURS,
        },
        note="The rival is as large and does nothing; it does not answer when it loses customers.",
    ),
)
