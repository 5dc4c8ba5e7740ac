"""What do the claims H13 to H24 imply: hiring, reward, judging, well-being, leave, who goes?"""

from scenarios.claims.hypothesis import (
    PEOPLE,
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
from scenarios.claims.vera_arms import (
    BOTTLENECK,
    CALLS,
    CARE,
    CIRCLES,
    CONTROL,
    FRONT,
    HELD_HIGH,
    HELD_LOW,
    HIGH_TURNOVER,
    KPI,
    LATE,
    NO_LINK,
    NOTHING,
    ONE_LAYER,
    PROGRAMME,
    RARE_CONTACT,
    STRONG_LINK,
    THIRTY_SCRIPTS,
    TO_CIRCLES,
    TOO_FEW,
    TRAINING,
    UNAWARE,
    interaction,
    smaller,
)
from sim.levers import Action
from sim.parameters import WEEKS_PER_YEAR

PEERS = acting(Action("peer_reward", 1.0))
AWARE = acting(Action("context", 1.0))
DRAWS_NOBODY = {"staffing": {"attraction": 0.0}}
HONEST = {"culture": {"reciprocity": 0.3}}
TRADING = {"culture": {"reciprocity": 0.9}}
ALL_FOR_CUSTOMERS = tuple(
    Action(lever, 1.0) for lever in ("moments", "gifts", "closed_loop", "empathy")
)


def gone(arms: Arms) -> Floats:
    """Share of staff who leave in the year after the switch, circles less tree."""
    more = arms["circles"].mean("quits", 1, 2) - arms["tree"].mean("quits", 1, 2)
    return WEEKS_PER_YEAR * more / PEOPLE


STAFF: tuple[Judged, ...] = (
    Hypothesis(
        claim="H13",
        implies="Hiring for attitude raises what people practise.",
        measures="mean practised value with hiring for values minus without, years 3 to 5, 0 to 1",
        unit="0 to 1",
        arms={"for skill": NOTHING, "for values": acting(Action("hiring_for_values", 1.0))},
        statistic=difference("value", "for values", "for skill", *LATE),
        expects=Expects.ABOVE,
        least=0.03,
        own=parameters(staffing={"picking": 0.0}),
        elsewhere={"high turnover": HIGH_TURNOVER, "one layer": ONE_LAYER},
        note="Newcomers are open to those around them, so what hiring brings in is partly lost; "
        "places stay empty longer, which is not in the statistic. Hiring has one value to pick on.",
    ),
    Hypothesis(
        claim="H14",
        implies="Process figures cost NPS, and rewards by colleagues raise it.",
        measures="NPS, years 3 to 5: the smaller of what is lost by figures and what is gained by "
        "rewards of colleagues",
        unit="NPS points",
        arms={"neither": NOTHING, "figures": KPI, "colleagues": PEERS},
        statistic=smaller(
            difference("nps_true", "neither", "figures", *LATE),
            difference("nps_true", "colleagues", "neither", *LATE),
        ),
        expects=Expects.ABOVE,
        own=parameters(serving={"kpi_pull": 0.0}, culture={"thanks": 0.0}),
        elsewhere={"high turnover": HIGH_TURNOVER},
        note="Both halves have to matter. A reward moves the values of those who give most and "
        "nothing else; reward by customers is no lever.",
    ),
    Untested(
        "H15",
        "A person has one practised value and not a list: neither ten values nor their dilution "
        "can be told apart.",
    ),
    Hypothesis(
        claim="H16",
        implies="Training in values reaches customers only where people know why it matters.",
        measures="NPS gained by training, years 3 to 5: where everybody knows why minus where "
        "nobody does",
        unit="NPS points",
        arms={
            "aware": AWARE,
            "aware, trained": acting(*AWARE.actions, *TRAINING.actions),
            "unaware": UNAWARE,
            "unaware, trained": acting(*UNAWARE.actions, *TRAINING.actions),
        },
        statistic=interaction(
            "nps_true", ("aware, trained", "aware"), ("unaware, trained", "unaware"), *LATE
        ),
        expects=Expects.ABOVE,
        own=parameters(culture={"course": 0.0}),
        elsewhere={"circles": CIRCLES},
        note="Training is multiplied by knowing why, so without it nothing can come: put in.",
    ),
    Hypothesis(
        claim="H17",
        implies="Letting customers judge does more for NPS than inspecting conduct inside.",
        measures="NPS with calls to customers who were let down minus with inspection of conduct, "
        "years 3 to 5",
        unit="NPS points",
        arms={"customers judge": CALLS, "inspection": CONTROL},
        statistic=difference("nps_true", "customers judge", "inspection", *LATE),
        expects=Expects.ABOVE,
        own=parameters(
            remembering={"call_success": 0.0}, listening={"lesson": 0.0, "by_calls": 0.0}
        ),
        elsewhere={"contact is rare": RARE_CONTACT, "one layer": ONE_LAYER},
        note="Inspection moves what everybody shows, and peers and routines with it, for as long "
        "as it lasts; calls reach failures only. A sample of all contacts held against values is "
        "not modelled.",
    ),
    Hypothesis(
        claim="H18",
        implies="Rewards by colleagues raise effort, unless they are given back as a trade.",
        measures="effort of the front gained by rewards, years 3 to 5: at a reciprocity of .3 "
        "minus at .9, share of capacity",
        unit="share of capacity",
        arms={
            "honest": Change(parameters=HONEST),
            "honest, rewards": Change(parameters=HONEST, actions=PEERS.actions),
            "trading": Change(parameters=TRADING),
            "trading, rewards": Change(parameters=TRADING, actions=PEERS.actions),
        },
        statistic=interaction(
            "effort_front", ("honest, rewards", "honest"), ("trading, rewards", "trading"), *LATE
        ),
        expects=Expects.ABOVE,
        least=0.01,
        own=parameters(culture={"thanks": 0.0}),
        elsewhere={"circles": CIRCLES},
        note="How skewed the rewards are is not measured.",
    ),
    Hypothesis(
        claim="H19",
        implies="Where too much is asked, people who wear out serve worse than if they did not.",
        measures="NPS of people who wear out minus of people who cannot, years 3 to 5, where more "
        "is asked than there are hours",
        unit="NPS points",
        arms={
            "wear out": parameters(mood={"build": 0.2}),
            "cannot": parameters(mood={"build": 0.0}),
        },
        statistic=difference("nps_true", "wear out", "cannot", *LATE),
        expects=Expects.BELOW,
        base=TOO_FEW,
        own=parameters(serving={"strain_cost": 0.0}),
        elsewhere={
            "enough people": Change(organisation={"inside_share": 0.25}),
            "good rest": parameters(mood={"recover": 0.5}),
        },
        note="Its own rule is that strained people read needs worse; what is left without it goes "
        "through engagement, effort and leaving.",
    ),
    Hypothesis(
        claim="H20",
        implies="At the same freedom, not having to ask upwards raises NPS.",
        measures="NPS of circles minus of circles below managers, years 3 to 5, half of decisions "
        "left to the front in both",
        unit="NPS points",
        arms={
            "managers are asked": Change(structure="hybrid"),
            "nobody is asked": Change(
                structure="circles", parameters={"deciding": {"discretion_circles": 0.5}}
            ),
        },
        statistic=difference("nps_true", "nobody is asked", "managers are asked", *LATE),
        expects=Expects.ABOVE,
        base=Change(organisation=FRONT),
        own=parameters(deciding={"deny": 0.0, "pause": 0.0, "decision_hours": 0.05}),
        elsewhere={"low values": HELD_LOW, "thirty scripts": THIRTY_SCRIPTS},
        note="Hours for customers are equal; in circles they are those of former managers, too, "
        "who give more effort. What stays without the cost of asking is theirs. Initiatives of a "
        "team are not modelled.",
    ),
    Hypothesis(
        claim="H21",
        implies="Keeping those who put the customer first speeds a programme up.",
        measures="mean practised value under a programme, years 1 to 3: with care to keep them "
        "minus without, 0 to 1",
        unit="0 to 1",
        arms={
            "programme": PROGRAMME,
            "programme, keeping": acting(*PROGRAMME.actions, Action("keeping", 1.0)),
        },
        statistic=difference("value", "programme, keeping", "programme", 1, 3),
        expects=Expects.ABOVE,
        least=0.01,
        own=parameters(staffing={"keeping": 0.0}),
        elsewhere={"high turnover": HIGH_TURNOVER, "one layer": ONE_LAYER},
        note="Few leave in three years, and values in a firm differ little, so there is little to "
        "keep.",
    ),
    Hypothesis(
        claim="H22",
        implies="A firm that its people like draws applicants who put the customer first.",
        measures="mean practised value gained by thanks and equality, years 3 to 5: where eNPS "
        "draws applicants minus where it does not, 0 to 1",
        unit="0 to 1",
        arms={
            "draws": NOTHING,
            "draws, care": CARE,
            "does not": Change(parameters=DRAWS_NOBODY),
            "does not, care": Change(parameters=DRAWS_NOBODY, actions=CARE.actions),
        },
        statistic=interaction(
            "value", ("draws, care", "draws"), ("does not, care", "does not"), *LATE
        ),
        expects=Expects.ABOVE,
        least=0.01,
        own=parameters(staffing={"attraction": 0.0}),
        elsewhere={
            "eNPS attracts much more": parameters(staffing={"attraction": 0.2}),
            "high turnover": HIGH_TURNOVER,
        },
        note="Care also moves the values of those who are there; only what applicants add is "
        "counted. Places are filled equally fast whatever eNPS is.",
    ),
    Hypothesis(
        claim="H23",
        implies="Going over to circles makes those leave who like a ladder: more people go.",
        measures="share of staff who leave in the year after the switch: circles minus tree",
        unit="share of staff",
        arms={"tree": NOTHING, "circles": TO_CIRCLES},
        statistic=gone,
        expects=Expects.ABOVE,
        least=0.02,
        base=Change(organisation=FRONT),
        own=parameters(mood={"career": 0.0}),
        elsewhere={
            "an exit offer to all": acting(Action("exit_offer", 1.0, start=52, end=56)),
            "high values": HELD_HIGH,
        },
        note="Freedom holds everybody while the lost ladder drives a part away. Who of them left, "
        "by taste, is not measured; an exit offer is taken by taste whatever the structure, and "
        "applicants do not choose by it.",
    ),
    Hypothesis(
        claim="H24",
        implies="A firm of unhappy people that does all else for customers stays below an "
        "ordinary one.",
        measures="NPS of an unhappy firm with help in time, gifts, calls and empathy minus NPS of "
        "an ordinary firm, years 3 to 5",
        unit="NPS points",
        arms={
            "ordinary": NOTHING,
            "unhappy, all for customers": Change(
                parameters={"people": {"engagement": 0.35}}, actions=ALL_FOR_CUSTOMERS
            ),
        },
        statistic=difference("nps_true", "unhappy, all for customers", "ordinary", *LATE),
        expects=Expects.BELOW,
        own=NO_LINK,
        elsewhere={"a strong link": STRONG_LINK, "the weakest strength decides": BOTTLENECK},
        note="One pair of firms; whether the corner of high NPS and low eNPS is empty in many is "
        "for a panel to show.",
    ),
)
