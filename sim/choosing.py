"""Choosing: what leaders do this week. The schedule, unless a programme was given up.

    lever now = rest + going_on * (scheduled - rest)

going_on is 1. Only a leader who acts for money looks, after the time that the hurdle grants, at
what NPS has gained as surveyed, and falls back to `motive` if that is less than the hurdle asks.
Nobody gives up or chooses an event (a crisis, a shift of power).

Last week's values stay at hand: values and who comes and goes answer to them, so that no lever
moves mean practised values within its own week.
"""

from dataclasses import dataclass

from sim.compiled import kernel
from sim.levers import EVENTS, REST
from sim.parameters import Grade, Kind, Turns, parameter
from sim.state import Choices, Firm, Floats, Moment

ASSUMED = Grade.ASSUMED


@dataclass(frozen=True)
class Choosing:
    """What drives those who choose."""

    # fmt: off
    motive: float = parameter(
        1.0, 0.0, 1.0, "share", ASSUMED, "claims B02, B03: a choice of the scenario",
        "what is left of a programme whose first results disappoint; 1 = goes on regardless, "
        "0 = acts for money and stops", kind=Kind.SETTING)
    hurdle_months: float = parameter(
        12.0, 3.0, 48.0, "months", ASSUMED, "claim B02: a business case of a year",
        "time within which a programme has to show something", kind=Kind.SETTING,
        turns=Turns.MONTHS_TO_WEEKS)
    hurdle: float = parameter(
        5.0, 0.0, 40.0, "points of NPS", ASSUMED, "a margin of error at 400 answers is 7",
        "gain that counts as showing something", kind=Kind.SETTING)
    # fmt: on


@kernel
def gives_up(since: int, then: float, nps: float, week: int, p: Choosing) -> bool:
    """Whether the hurdle has come and the gain is too small."""
    return p.motive < 1.0 and week - since == int(p.hurdle_months) and nps - then < p.hurdle


@kernel
def choose(choices: Choices, firm: Firm, p: Choosing, levers: Floats, moment: Moment) -> None:
    """This week's levers from the scheduled ones, once a week. Writes choices."""
    if choices.week[0] == moment.week:
        return
    choices.week[0] = moment.week
    acting = False
    for lever in range(levers.size):
        choices.before[lever] = choices.now[lever]
        acting = acting or (levers[lever] != REST[lever] and not EVENTS[lever])
    if not acting:
        choices.since[0], choices.stopped[0] = -1, 0
    elif choices.since[0] < 0:
        choices.since[0], choices.nps_then[0] = moment.week, firm.nps[0]
    elif gives_up(choices.since[0], choices.nps_then[0], firm.nps[0], moment.week, p):
        choices.stopped[0] = 1
    going_on = p.motive if choices.stopped[0] == 1 else 1.0
    for lever in range(levers.size):
        kept = 1.0 if EVENTS[lever] else going_on
        choices.now[lever] = REST[lever] + kept * (levers[lever] - REST[lever])
