"""De Haan, D09 to D16: what stands in the way, who has to be won, and what pressure does."""

from typing import Any

import numpy as np

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
    CIRCLES,
    COPYING,
    HIGH_VALUES,
    HOURS,
    LONG_MEMORY,
    MANY_LEAVE,
    NOBODY_JOINS_IN,
    NOTHING,
    OF_INTEREST,
    ONE_LAYER,
    RARE_CONTACT,
    WALKS,
    YEAR,
    together,
)
from scenarios.claims.reading import HALF_YEAR, interaction, lowest_less
from sim.levers import Action

TURNED = 2 * YEAR
SHARES = (0.05, 0.15, 0.25)  # of a coalition, on the way up and on the way down
STEP = 0.1  # between two of them
BESIDE = ("mood", "silos", "fear", "load", "hours inside")
AGENT = acting(Action("change_agent", 1.0))
COMPANY = acting(Action("coalition", 0.25))
CRISIS = acting(Action("crisis", 1.0, start=HALF_YEAR, end=YEAR))
BEGIN = 4 * YEAR
FRONT = 103.0  # front positions of a tree of 120 people with span 7


def gap_of_thresholds(arms: Arms) -> Floats:
    """Area between the ways down and up: how much later a coalition's effect goes than it came."""
    apart = [
        difference("adopted", f"down to {share:g}", f"up to {share:g}", 5, 6)(arms)
        for share in SHARES
    ]
    return STEP * np.sum(apart, axis=0)


def led(*before: Action, organisation: dict[str, float] | None = None, **groups: Any) -> Change:
    """Leaders who take part from year 4 on, after these actions and with these obstacles."""
    return acting(
        *before,
        Action("example", 0.9, start=BEGIN),
        Action("attention", 4.0, start=BEGIN),
        organisation=organisation or {},
        parameters=groups,
    )


def up_to(share: float) -> Change:
    """A coalition of this share from the start."""
    return acting(Action("coalition", share))


def down_to(share: float) -> Change:
    """A coalition of half of staff for two years, then of this share."""
    return acting(Action("coalition", 0.5, end=TURNED), Action("coalition", share, start=TURNED))


OBSTACLES: tuple[Judged, ...] = (
    Hypothesis(
        claim="D09",
        implies="What a coalition has brought about stays with fewer people than it took.",
        measures="share of staff that brings it about less the share below which it goes",
        unit="share of staff",
        arms={
            **{f"up to {share:g}": up_to(share) for share in SHARES},
            **{f"down to {share:g}": down_to(share) for share in SHARES},
        },
        statistic=gap_of_thresholds,
        expects=Expects.ABOVE,
        least=0.03,
        elsewhere={
            "people hard to win, all alike": NOBODY_JOINS_IN,
            "people who judge by two years": LONG_MEMORY,
            "people who differ more": parameters(people={"threshold_spread": 0.2}),
        },
        years=6.0,
        note="The area between the way up and the way down, at coalitions of .05, .15 and .25. "
        "Four years after it was made smaller.",
    ),
    Hypothesis(
        claim="D10",
        implies="Among what stands in the way of leaders, the values that are there cost most.",
        measures="true NPS three to five years after leaders begin, the worst other obstacle less "
        "values that were led down",
        unit="NPS points",
        arms={
            "values": led(Action("example", 0.1, end=BEGIN), HOURS._replace(end=BEGIN)),
            "mood": led(people={"engagement": 0.375}),
            "silos": led(serving={"silo": 0.65}),
            "fear": led(listening={"usual_safety": 0.35}),
            "load": led(serving={"usual_utilisation": 0.875}),
            "hours inside": led(organisation={"inside_share": 0.525}),
        },
        statistic=lowest_less("nps_true", "values", BESIDE, 7, 9),
        expects=Expects.ABOVE,
        elsewhere={
            "the front decides": acting(Action("discretion", 0.7)),
            "1.5 contacts a year": RARE_CONTACT,
        },
        years=9.0,
        note="Values that a bad top and its managers led down for four years, before others begin. "
        "The other obstacles are set halfway from their default to the worse end of their declared "
        "range, so this ranks assumed ranges. Hours that stay inside are taken from customers, and "
        "no culture makes up for hours that are not there.",
    ),
    Hypothesis(
        claim="D11",
        implies="A manager for customers without power wins more in the company of a coalition.",
        measures="true NPS won by a change agent, with a coalition of a quarter less without",
        unit="NPS points",
        arms={
            "both": together(AGENT, COMPANY),
            "agent": AGENT,
            "coalition": COMPANY,
            "nothing": NOTHING,
        },
        statistic=interaction("nps_true", "both", "agent", "coalition", "nothing", 3, 5),
        expects=Expects.ABOVE,
        own=parameters(leading={"company": 0.0}),
        elsewhere={
            "managers act, too": ATTENTION,
            "a top that is easy to persuade": parameters(leading={"persuasion": 0.2}),
        },
        note="How much company helps is assumed. Alone such a manager wins little against a top "
        "that goes first (D24), so company has little to multiply.",
    ),
    Hypothesis(
        claim="D12",
        implies="A top that begins to listen comes to act of itself, and values follow.",
        measures="mean practised value in years 7 and 8, a top that walks less nothing",
        unit="0 to 1",
        arms={"nothing": NOTHING, "walks": WALKS},
        statistic=difference("value", "walks", "nothing", 6, 8),
        expects=Expects.ABOVE,
        least=OF_INTEREST,
        own=parameters(leading={"urgency": 0.0}),
        elsewhere={
            "managers act, too": ATTENTION,
            "a top that takes it to heart": parameters(leading={"urgency": 1.0}),
        },
        years=8.0,
        note="That a board wants to hear is given; what follows of itself is the test. A top "
        "that knows does a little more itself, and little of that is left four levels down.",
    ),
    Hypothesis(
        claim="D13",
        implies="Years after the top was replaced, values still show how it led.",
        measures="mean practised value 3 to 5 years after, good less bad former top",
        unit="0 to 1",
        arms={
            "led well": acting(
                Action("example", 0.9, end=3 * YEAR),
                HOURS._replace(end=3 * YEAR),
                Action("new_top", 1.0, start=3 * YEAR),
            ),
            "led badly": acting(
                Action("example", 0.1, end=3 * YEAR),
                HOURS._replace(end=3 * YEAR),
                Action("new_top", 1.0, start=3 * YEAR),
            ),
        },
        statistic=difference("value", "led well", "led badly", 6, 8),
        expects=Expects.ABOVE,
        least=OF_INTEREST,
        own=parameters(leading={"imprint": 0.0}),
        elsewhere={
            "people held by no system": ONE_LAYER,
            "many leave": MANY_LEAVE,
            "effort copies the leader": COPYING,
        },
        years=8.0,
        note="The new top does what is usual. How much slower the old one would have changed "
        "is D30.",
    ),
    Hypothesis(
        claim="D14",
        implies="Trouble with customers moves a top more that sees it.",
        measures="what the top does in the year after a crisis begins, rise where it walks "
        "among customers less rise where it does not",
        unit="share of capacity",
        arms={
            "seen": together(CRISIS, WALKS),
            "crisis": CRISIS,
            "walks": WALKS,
            "nothing": NOTHING,
        },
        statistic=interaction("doing", "seen", "crisis", "walks", "nothing", 0.5, 1.5),
        expects=Expects.ABOVE,
        least=OF_INTEREST,
        own=parameters(leading={"urgency": 0.0}),
        elsewhere={
            "a top that takes it to heart": parameters(leading={"urgency": 1.0}),
            "reviews that everybody sees": parameters(listening={"reviews": 1.0}),
        },
        note="Of the top, which answers trouble weakly at the strength assumed. That staff give "
        "more who know why is a rule of its own (context, C07).",
    ),
    Hypothesis(
        claim="D15",
        implies="Under pressure people wear out.",
        measures="mean strain in years 4 and 5, half as much again to do less as usual",
        unit="0 to 1",
        arms={
            "usual": NOTHING,
            "pressed": Change(organisation={"planned_front": FRONT * 1.5}),
        },
        statistic=difference("strain", "pressed", "usual", 3, 5),
        expects=Expects.ABOVE,
        least=0.1,
        own=parameters(mood={"build": 0.0}),
        elsewhere={
            "more of what managers decide": Change(organisation={"span": 12}),
            "circles, where nobody orders": CIRCLES,
        },
        note="Put in: load wears people out. The share near a breakdown that the survey names is "
        "not simulated, no cut-off is known, and a steep hierarchy strains nobody here.",
    ),
    Hypothesis(
        claim="D16",
        implies="Where bots answer half of the customers, a person behind them keeps NPS up.",
        measures="true NPS in years 4 and 5, with people behind bots less without",
        unit="NPS points",
        arms={
            "people behind": acting(Action("automation", 0.5)),
            "nobody": acting(Action("automation", 0.5), Action("people_behind", 0.0)),
        },
        statistic=difference("nps_true", "people behind", "nobody", 3, 5),
        expects=Expects.ABOVE,
        own=parameters(serving={"rare_share": 0.0}),
        elsewhere={
            "1.5 contacts a year": RARE_CONTACT,
            "applicants of high values": HIGH_VALUES,
            "rare needs are seen early": acting(Action("routing", 1.0)),
        },
        note="Put in: a bot fails on rare needs. That the cases are the severe ones is not known.",
    ),
)
