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


TOP, ALL = "the top", "every leader"


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
)  # fmt: skip

NAMES: dict[str, Lever] = {each.name: each for each in LEVERS}


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
    return np.array([each.rest for each in LEVERS])


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
    rest = at_rest()
    span = np.array([max(each.high - each.rest, each.rest - each.low) for each in LEVERS])
    taking_part = np.array([1 if each.who == TOP else leaders for each in LEVERS])
    use = (table - rest) / span
    hours = use @ (np.array([each.hours for each in LEVERS]) * taking_part)
    euros = use @ (np.array([each.euros for each in LEVERS]) * people)
    return np.stack([hours, euros], axis=1)
