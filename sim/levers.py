"""What a leader can choose: each lever with its range, its cost and the rule that reads it.

A scenario is a list of dated actions (start, ramp, end, strength). `timetable` turns it into
one array [week, lever] that kernels index by the constants below. A lever that no rule reads
is not listed; a test holds every lever to changing something it should.
"""

from typing import NamedTuple

import numpy as np

from sim.parameters import Grade, ParameterError, nearest
from sim.state import Floats

EXAMPLE, WORDS, BROADCAST, ATTENTION, RECOGNITION, DISCRETION = 0, 1, 2, 3, 4, 5
CONTEXT, PAY, AUTOMATION, PEOPLE_BEHIND, PROMISE, HIRING = 6, 7, 8, 9, 10, 11
TRAINING, COACHING, GUIDING, SPOTLIGHT, RITUALS, MANIFESTO = 12, 13, 14, 15, 16, 17
PARTICIPATION, CONTROL, COALITION, COMPLIMENTS, PEER_REWARD = 18, 19, 20, 21, 22
BARRIERS, CLOSED_LOOP, WALKS, CONTACT_DUTY, CHANGE_AGENT, NEW_TOP, BOARD_LOOKS = (
    23, 24, 25, 26, 27, 28, 29)  # fmt: skip
KPI, MOMENTS, GIFTS, ROUTING, SELLING, CROSS_VISITS, EMPATHY = 30, 31, 32, 33, 34, 35, 36
EQUALITY, EXIT_OFFER, KEEPING, REACTION, CRISIS, POWER_SHIFT = 37, 38, 39, 40, 41, 42
PRECEDENCE = 43


TOP, ALL, WORLD_OUTSIDE = "the top", "every leader", "nobody: an event"


class Lever(NamedTuple):
    """One choice of a leader. Costs are at full strength."""

    number: int
    name: str
    rest: float  # value when nobody acts
    low: float
    high: float
    unit: str
    hours: float  # hours a week, of each leader who takes part
    who: str  # which leaders take part: TOP or ALL
    euros: float  # euro a week, per employee
    read_by: str  # the mechanism whose rule reads it
    grade: Grade  # of the cost
    source: str
    about: str


LEVERS: tuple[Lever, ...] = (
    Lever(EXAMPLE, "example", 0.5, 0.0, 1.0, "share of capacity", 4.0, TOP, 0.0, "leading",
          Grade.ASSUMED, "claims B06, B09, B10; Eichenseer 2023 for the effect",
          "what the top intends to do itself where others can see it"),
    Lever(WORDS, "words", 0.0, 0.0, 1.0, "share of capacity", 1.0, TOP, 2.0, "leading",
          Grade.ASSUMED, "claims B07, D07; Simons 2002 for the effect",
          "how much more the top says than it does"),
    Lever(BROADCAST, "broadcast", 0.0, 0.0, 1.0, "share", 2.0, TOP, 5.0, "contributing",
          Grade.ASSUMED, "claims B11, B12",
          "how far the top's own example reaches everybody without passing the levels"),
    Lever(ATTENTION, "attention", 0.0, 0.0, 8.0, "hours a week", 8.0, ALL, 0.0, "culture",
          Grade.ASSUMED, "claims B14, B15, D08",
          "hours a week each manager spends on changing how things are done"),
    Lever(RECOGNITION, "recognition", 0.0, 0.0, 1.0, "share", 1.0, ALL, 8.0, "mood",
          Grade.ASSUMED, "claims V18, H19, C09",
          "thanks and care for staff, whatever they do for customers"),
    Lever(DISCRETION, "discretion", 0.0, -0.5, 0.7, "share of decisions", 2.0, ALL, 4.0, "deciding",
          Grade.ASSUMED, "claims V17, V19, B16; Dessein 2002 for the effect",
          "decisions given to the front, on top of what the structure gives"),
    Lever(CONTEXT, "context", 0.5, 0.0, 1.0, "share", 1.0, ALL, 3.0, "contributing",
          Grade.ASSUMED, "claims C07, C18, D14",
          "how well people know why their work matters to the customer"),
    Lever(PAY, "pay", 0.0, 0.0, 2.0, "serious piece rates", 0.5, ALL, 120.0, "contributing",
          Grade.ASSUMED, "claim H14; Gneezy & Rustichini 2000 for the effect",
          "contingent pay for effort; 1 is a serious piece rate"),
    Lever(AUTOMATION, "automation", 0.0, 0.0, 1.0, "share of contacts", 0.0, ALL, 10.0, "serving",
          Grade.ASSUMED, "claims V12, H04",
          "contacts moved to a bot, on top of those that are digital already"),
    Lever(PEOPLE_BEHIND, "people_behind", 1.0, 0.0, 1.0, "share", 0.0, ALL, 6.0, "serving",
          Grade.ASSUMED, "claims H05, D16",
          "how often a person takes over where a bot fails"),
    Lever(PROMISE, "promise", 0.0, 0.0, 1.0, "share", 0.5, TOP, 15.0, "remembering",
          Grade.ASSUMED, "claims V20, D07",
          "how much the brand promises beyond what is delivered"),
    Lever(HIRING, "hiring_for_values", 0.0, 0.0, 1.0, "share", 1.0, ALL, 3.0, "staffing",
          Grade.ASSUMED, "claims H13, V19",
          "how much hiring picks on values, at the price of time"),
    Lever(TRAINING, "training", 0.0, 0.0, 1.0, "share", 0.0, ALL, 25.0, "culture",
          Grade.ASSUMED, "claims D07, D08, V23",
          "courses in values; nothing else changes"),
    Lever(COACHING, "coaching", 0.0, 0.0, 1.0, "share", 4.0, ALL, 0.0, "culture",
          Grade.ASSUMED, "claim D29",
          "leaders coach: people's values follow their own leader more"),
    Lever(GUIDING, "guiding", 0.0, 0.0, 1.0, "share", 2.0, ALL, 0.0, "culture",
          Grade.ASSUMED, "claim D29",
          "leaders give the stage to examples; works once values are shared widely"),
    Lever(SPOTLIGHT, "spotlight", 0.0, 0.0, 1.0, "share", 1.0, TOP, 4.0, "culture",
          Grade.ASSUMED, "claim B12 (AFAS)",
          "colleagues who act on the values are shown to everybody, every month"),
    Lever(RITUALS, "rituals", 0.0, 0.0, 1.0, "share", 0.5, ALL, 5.0, "culture",
          Grade.ASSUMED, "claims D27, V22",
          "customs in which people tell each other what they do for customers"),
    Lever(MANIFESTO, "manifesto", 0.0, 0.0, 1.0, "share", 1.0, TOP, 3.0, "culture",
          Grade.ASSUMED, "claim D28",
          "a written promise to each other, with a list of what to drop"),
    Lever(PARTICIPATION, "participation", 0.0, 0.0, 1.0, "share of staff", 0.5, ALL, 6.0,
          "culture", Grade.ASSUMED, "claim D28",
          "how many took part in writing the manifesto"),
    Lever(CONTROL, "control", 0.0, 0.0, 1.0, "share", 2.0, ALL, 2.0, "culture",
          Grade.ASSUMED, "claims D01, V25",
          "inspection of whether people show the wanted behaviour"),
    Lever(COALITION, "coalition", 0.0, 0.0, 0.6, "share of staff", 1.0, TOP, 6.0, "culture",
          Grade.ASSUMED, "claims C21, C22, D34; Centola et al. 2018 for the effect",
          "people who do what is new whatever others do"),
    Lever(COMPLIMENTS, "compliments", 0.0, 0.0, 1.0, "share", 0.5, ALL, 1.0, "culture",
          Grade.ASSUMED, "claim C23",
          "those who begin, and those who follow first, are thanked where others see it"),
    Lever(PEER_REWARD, "peer_reward", 0.0, 0.0, 1.0, "share of 50 dollars a month", 0.0, ALL, 11.0,
          "culture", Grade.ASSUMED, "claim H18 (Zappos)",
          "everybody may give a colleague who helped 50 dollars a month"),
    Lever(BARRIERS, "barriers", 0.0, 0.0, 1.0, "asks a month", 1.0, ALL, 0.0, "listening",
          Grade.ASSUMED, "claims B14, B15",
          "managers ask the front what stands in its way"),
    Lever(CLOSED_LOOP, "closed_loop", 0.0, 0.0, 1.0, "share of failures", 0.0, ALL, 12.0,
          "listening", Grade.ASSUMED, "claim D20",
          "customers who were let down are called back"),
    Lever(WALKS, "walks", 0.0, 0.0, 1.0, "share of days", 5.0, TOP, 0.0, "listening",
          Grade.ASSUMED, "claim B13 (Disney)",
          "the top walks among customers and front staff"),
    Lever(CONTACT_DUTY, "contact_duty", 0.0, 0.0, 1.0, "days a month", 2.0, ALL, 0.0, "listening",
          Grade.ASSUMED, "claim D06",
          "everybody who leads serves customers one day a month"),
    Lever(CHANGE_AGENT, "change_agent", 0.0, 0.0, 1.0, "share of a job", 0.0, TOP, 4.0, "leading",
          Grade.ASSUMED, "claim D11",
          "a customer experience manager without power, who has to win the top"),
    Lever(NEW_TOP, "new_top", 0.0, 0.0, 1.0, "0 or 1", 2.0, TOP, 3.0, "leading",
          Grade.ASSUMED, "claims D31, D24",
          "somebody else takes over at the top when this goes up"),
    Lever(BOARD_LOOKS, "board", 0.0, 0.0, 1.0, "share", 1.0, TOP, 1.0, "leading",
          Grade.ASSUMED, "claim D32",
          "a supervisory board looks at NPS and eNPS once a year, and may replace the top"),
    Lever(KPI, "kpi", 0.0, 0.0, 1.0, "share", 1.0, ALL, 2.0, "serving",
          Grade.ASSUMED, "claims V15, H14, C12; Holmstroem & Milgrom 1991 for the effect",
          "people are judged by figures of the process, such as handling time"),
    Lever(MOMENTS, "moments", 0.0, 0.0, 1.0, "share", 0.0, ALL, 18.0, "serving",
          Grade.ASSUMED, "claims C13, C14",
          "help at the moment of use, after the sale"),
    Lever(GIFTS, "gifts", 0.0, 0.0, 1.0, "share", 0.0, ALL, 2.0, "serving",
          Grade.ASSUMED, "claims C15, C16, C28",
          "the front may surprise customers as it sees fit"),
    Lever(ROUTING, "routing", 0.0, 0.0, 1.0, "share", 0.0, ALL, 8.0, "serving",
          Grade.ASSUMED, "claim V08",
          "rare needs are seen early and go to a person at once"),
    Lever(SELLING, "selling", 0.0, 0.0, 1.0, "share", 0.5, ALL, 5.0, "serving",
          Grade.ASSUMED, "claims H06, H07",
          "pressure to sell at every contact"),
    Lever(CROSS_VISITS, "cross_visits", 0.0, 0.0, 1.0, "share", 0.5, ALL, 6.0, "serving",
          Grade.ASSUMED, "claims C01, C27",
          "departments work with each other and share what they know of customers"),
    Lever(EMPATHY, "empathy", 0.0, 0.0, 1.0, "share", 0.0, ALL, 10.0, "deciding",
          Grade.ASSUMED, "claims H12, V24",
          "people learn to read what a customer needs"),
    Lever(EQUALITY, "equality", 0.0, 0.0, 1.0, "share", 0.5, ALL, 6.0, "mood",
          Grade.ASSUMED, "claim C08 (citizenM)",
          "no privileges: same entrance, same lunch"),
    Lever(EXIT_OFFER, "exit_offer", 0.0, 0.0, 1.0, "0 or 1", 1.0, TOP, 0.0, "staffing",
          Grade.READ, "at least three months' pay (Business Insider on Zappos 2015)",
          "whoever does not want the change may go with three months' pay"),
    Lever(KEEPING, "keeping", 0.0, 0.0, 1.0, "share", 0.5, ALL, 6.0, "staffing",
          Grade.ASSUMED, "claim H21",
          "care to keep those who put the customer first"),
    Lever(REACTION, "reaction", 0.0, 0.0, 1.0, "share", 1.0, TOP, 1.0, "remembering",
          Grade.ASSUMED, "claim D17",
          "the top answers for a crisis in public"),
    Lever(CRISIS, "crisis", 0.0, 0.0, 1.0, "share", 0.0, WORLD_OUTSIDE, 0.0, "remembering",
          Grade.ASSUMED, "claims D16, D17 (Bunq)",
          "an event: something goes badly wrong with what is sold"),
    Lever(POWER_SHIFT, "power_shift", 0.0, 0.0, 1.0, "share", 0.0, WORLD_OUTSIDE, 0.0,
          "remembering", Grade.ASSUMED, "claims V04, V05, H01",
          "an event: customers compare more and switch more easily"),
    Lever(PRECEDENCE, "precedence", 0.0, 0.0, 1.0, "share", 0.0, ALL, 6.0, "serving",
          Grade.ASSUMED, "claim V08",
          "whom scarce people serve: customers who were let down reach a person, others a bot"),
)  # fmt: skip

NAMES: dict[str, Lever] = {each.name: each for each in LEVERS}
REST = np.array([each.rest for each in LEVERS])  # [levers]
SPAN = np.array([max(each.high - each.rest, each.rest - each.low) for each in LEVERS])  # [levers]
HOURS_TOP = np.array([each.hours if each.who == TOP else 0.0 for each in LEVERS])  # at full use
HOURS_ALL = np.array([each.hours if each.who == ALL else 0.0 for each in LEVERS])  # each leader
EUROS = np.array([each.euros for each in LEVERS])  # a week, per employee
EVENTS = np.array([each.who == WORLD_OUTSIDE for each in LEVERS])  # what nobody chooses


class Action(NamedTuple):
    """A dated use of a lever. Weeks count from the start of the run."""

    lever: str
    strength: float
    start: int = 0
    ramp: int = 0  # weeks from rest to full strength
    end: int | None = None  # None = to the end of the run


def checked_action(action: Action) -> Action:
    """The action, or ParameterError with one sentence that says what to type instead."""
    if action.lever not in NAMES:
        raise ParameterError(
            f"unknown lever {action.lever!r}; {nearest(action.lever, list(NAMES))}"
        )
    lever = NAMES[action.lever]
    strength = action.strength
    where = f"lever {lever.name}"
    if isinstance(strength, bool) or not isinstance(strength, int | float):
        raise ParameterError(f"{where}: strength {strength!r} is not a number")
    if not lever.low <= strength <= lever.high:  # NaN fails here too
        raise ParameterError(
            f"{where}: strength {strength:g} is out of range; "
            f"allowed is {lever.low:g} to {lever.high:g} ({lever.unit})"
        )
    for name in ("start", "ramp", "end"):
        week = getattr(action, name)
        if name == "end" and week is None:
            continue
        if isinstance(week, bool) or not isinstance(week, int) or not 0 <= week <= 5200:
            raise ParameterError(f"{where}: {name} = {week!r} must be a whole week, 0 to 5200")
    if action.end is not None and action.end <= action.start:
        raise ParameterError(
            f"{where}: the action ends in week {action.end}, before it starts in week "
            f"{action.start}; give an end later than its start"
        )
    return action._replace(strength=float(strength))


def checked_schedule(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """All actions checked; two actions on one lever may not overlap in time."""
    actions = tuple(checked_action(each) for each in actions)
    for position, one in enumerate(actions):
        for other in actions[position + 1 :]:
            if one.lever != other.lever:
                continue
            first, second = sorted((one, other), key=lambda each: each.start)
            if first.end is None or first.end > second.start:
                raise ParameterError(
                    f"lever {one.lever}: an action from week {first.start} and one from week "
                    f"{second.start} overlap; end the first by week {second.start}"
                )
    return actions


def at_rest() -> Floats:
    """The lever values when nobody acts, [lever]."""
    return REST.copy()


def timetable(actions: tuple[Action, ...], weeks: int) -> Floats:
    """The value of every lever in every week, [weeks, levers]."""
    table = np.tile(at_rest(), (weeks, 1))
    for each in checked_schedule(actions):
        lever = NAMES[each.lever]
        end = weeks if each.end is None else min(each.end, weeks)
        passed = np.arange(max(end - each.start, 0))
        share = np.minimum(1.0, (passed + 1.0) / each.ramp) if each.ramp > 0 else 1.0
        table[each.start : end, lever.number] = lever.rest + share * (each.strength - lever.rest)
    return table


def costs(table: Floats, leaders: int, people: int) -> Floats:
    """What the levers cost, [weeks, (hours a week, euro a week)].

    The price is proportional to the distance from rest, counted from rest to the far end of the
    lever's range; going to the other side of rest saves as much. Hours are those of all leaders
    who take part.
    """
    use = (table - REST) / SPAN
    hours = use @ (HOURS_TOP + HOURS_ALL * leaders)
    euros = use @ (EUROS * people)
    return np.stack([hours, euros], axis=1)
