"""What do the claims H01 to H12 imply: comparing, machines and people, selling, listening?"""

from dataclasses import replace

import numpy as np

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
from scenarios.claims.vera_arms import (
    AUTOMATED,
    CALLS,
    CIRCLES,
    COSTLY_SWITCHING,
    EVERYTHING_SEEN,
    FREE,
    IN_TROUBLE,
    LATE,
    NO_WAITING,
    NOTHING,
    RARE_CONTACT,
    TOO_FEW,
    UNMANNED,
    leaving,
    minus,
    part,
    smaller,
)
from sim.levers import Action

SELLING = acting(Action("selling", 1.0))


def _facing_a_rival(comparing: float) -> Change:
    """Worse contacts than those of the one rival, whose customers compare as ours do."""
    alike = parameters(remembering={"comparing": comparing})
    return replace(IN_TROUBLE, parameters=alike.parameters, rivals=(alike,))


def best_between(arms: Arms) -> Floats:
    """NPS of some bots less that of the better of none and of bots only, late."""
    ends = [arms[name].mean("nps_true", *LATE) for name in ("no more bots", "bots only")]
    return arms["some bots"].mean("nps_true", *LATE) - np.max(ends, axis=0)


CUSTOMERS: tuple[Judged, ...] = (
    Hypothesis(
        claim="H01",
        implies="The more customers compare, the further apart good and bad service drive the "
        "shares of two firms of one market.",
        measures="share of the market that a firm with worse contacts keeps, years 3 to 5: nobody "
        "compares minus everybody compares fully",
        unit="share of the market",
        base=parameters(remembering={"join": 1.0}),
        arms={"nobody compares": _facing_a_rival(0.0), "all compare": _facing_a_rival(1.0)},
        statistic=difference("share", "nobody compares", "all compare", *LATE),
        expects=Expects.ABOVE,
        least=0.02,
        own=parameters(remembering={"churn": 0.0}),
        elsewhere={
            "switching is costly": COSTLY_SWITCHING,
            "what is said of firms is known at once": parameters(
                remembering={"reputation_months": 1.0}
            ),
        },
        note="How much customers compare is put in (remembering.comparing); what is asked is "
        "whether it shows in shares. What moves them is that the rival's customers stay when they "
        "see us fall. Nobody goes with the rule of leaving off.",
    ),
    Untested(
        "H02",
        "Contacts have no channel and no hour, and customers no preference for either: there is "
        "nothing to ask about or to get wrong.",
    ),
    Untested(
        "H03",
        "How often contact happens is a setting of the branch, and no rule makes it too much: the "
        "fall after the best intensity could not appear.",
    ),
    Hypothesis(
        claim="H04",
        implies="Where more is asked than people have hours for, machines raise NPS.",
        measures="NPS with bots for two contacts in five more minus without, years 3 to 5",
        unit="NPS points",
        arms={"people": NOTHING, "more bots": AUTOMATED},
        statistic=difference("nps_true", "more bots", "people", *LATE),
        expects=Expects.ABOVE,
        base=TOO_FEW,
        own=NO_WAITING,
        elsewhere={
            "enough people": Change(organisation={"inside_share": 0.25}),
            "nobody behind the bots": acting(Action("people_behind", 0.0)),
        },
        note="Hours of the day are not modelled: being there at night is read as being there when "
        "there are too few people. Relief also reaches mood and strain, which stay without the "
        "rule.",
    ),
    Hypothesis(
        claim="H05",
        implies="Some bots do better than none and better than bots only.",
        measures="NPS of two contacts in five more with bots minus the better of no more bots and "
        "bots only, nobody behind them, years 3 to 5",
        unit="NPS points",
        arms={
            "no more bots": NOTHING,
            "some bots": UNMANNED,
            "bots only": acting(Action("automation", 0.8), Action("people_behind", 0.0)),
        },
        statistic=best_between,
        expects=Expects.ABOVE,
        own=parameters(serving={"rare_share": 0.0}),
        elsewhere={
            "too few people": TOO_FEW,
            "good bots": parameters(serving={"bot_base": 0.4}),
        },
        note="A fifth of contacts goes to bots in all arms. A bot does not choose which needs it "
        "gets, so the best share need not be that of routine needs.",
    ),
    Hypothesis(
        claim="H06",
        implies="Pressure to sell brings revenue at once and drives customers away later.",
        measures="the smaller of the share by which revenue is higher in the first year and the "
        "share more of customers who leave in a year, years 3 to 5",
        unit="share",
        arms={"no pressure": NOTHING, "pressure": SELLING},
        statistic=smaller(
            part("revenue", "pressure", "no pressure", 0, 1),
            minus(leaving("pressure", *LATE), leaving("no pressure", *LATE)),
        ),
        expects=Expects.ABOVE,
        least=0.01,
        own=parameters(serving={"selling_cost": 0.0}),
        elsewhere={"switching is costly": COSTLY_SWITCHING, "contact is rare": RARE_CONTACT},
        note="Both signs are put in; the sizes and that the second outlasts feedback are results.",
    ),
    Hypothesis(
        claim="H07",
        implies="A firm that pushes is ahead at first and behind one that helps in the end.",
        measures="revenue: the smaller of the share by which pushing is ahead in the first year "
        "and helping is ahead in years 8 to 10",
        unit="share of revenue",
        arms={"pushes": SELLING, "helps": acting(Action("moments", 1.0))},
        statistic=smaller(
            part("revenue", "pushes", "helps", 0, 1), part("revenue", "helps", "pushes", 8, 10)
        ),
        expects=Expects.ABOVE,
        least=0.01,
        own=parameters(serving={"selling_cost": 0.0, "moment_share": 0.0}),
        elsewhere={"switching is costly": COSTLY_SWITCHING, "contact is rare": RARE_CONTACT},
        years=10.0,
        note="Firms choose once. What help costs is in the accounts and not in revenue.",
    ),
    Hypothesis(
        claim="H08",
        implies="A top that walks among customers and has staff thanked raises NPS.",
        measures="NPS with walks and recognition minus without, years 3 to 5",
        unit="NPS points",
        arms={
            "minds other things": NOTHING,
            "minds people": acting(Action("walks", 1.0), Action("recognition", 1.0)),
        },
        statistic=difference("nps_true", "minds people", "minds other things", *LATE),
        expects=Expects.ABOVE,
        own=parameters(
            listening={"by_walks": 0.0}, contributing={"walk_reach": 0.0}, mood={"recognition": 0.0}
        ),
        elsewhere={
            "the top leads by example": acting(Action("example", 0.9)),
            "many levels": Change(organisation={"span": 3}),
        },
        note="IT, marketing and HR as a top's three hands are not modelled.",
    ),
    Untested(
        "H09",
        "Nothing is launched and improved in rounds here: no lever sets how long a round takes.",
    ),
    Hypothesis(
        claim="H10",
        implies="Using what failed contacts tell, the firm knows better what customers need.",
        measures="how well the top knows what customers need with calls after failures minus "
        "without, years 3 to 5, 0 to 1",
        unit="0 to 1",
        arms={"not used": NOTHING, "used": CALLS},
        statistic=difference("known", "used", "not used", *LATE),
        expects=Expects.ABOVE,
        least=0.05,
        own=parameters(listening={"by_calls": 0.0}),
        elsewhere={
            "reviews everybody sees": EVERYTHING_SEEN,
            "needs drift fast": parameters(listening={"drift": 0.1}),
        },
        note="What the firm knows is of customers at large; guessing what one of them will need "
        "next is not modelled.",
    ),
    Hypothesis(
        claim="H11",
        implies="Machines for routine with people behind them raise NPS: people have time.",
        measures="NPS with bots for two contacts in five more, people behind them, minus without, "
        "years 3 to 5",
        unit="NPS points",
        arms={"people": NOTHING, "more bots": AUTOMATED},
        statistic=difference("nps_true", "more bots", "people", *LATE),
        expects=Expects.ABOVE,
        own=NO_WAITING,
        elsewhere={
            "too few people": TOO_FEW,
            "good bots": parameters(serving={"bot_base": 0.4}),
        },
        note="Time helps only people who are busier than usual; paperwork without a customer is "
        "not modelled.",
    ),
    Hypothesis(
        claim="H12",
        implies="People who learn to read what a customer needs raise NPS.",
        measures="NPS with empathy minus without, years 3 to 5",
        unit="NPS points",
        arms={"as they are": NOTHING, "empathy": acting(Action("empathy", 1.0))},
        statistic=difference("nps_true", "empathy", "as they are", *LATE),
        expects=Expects.ABOVE,
        own=parameters(deciding={"reading": 0.0}),
        elsewhere={"circles": CIRCLES, "the front decides half": FREE},
        note="In a tree the front decides a tenth, so there is little that reading people well can "
        "change. Passion is effort in the model and no part of this lever.",
    ),
)
