"""Culture: how things are done here. In this version the slow layer only, a team's system.

Every round, for each team with leader's doing a, followers' mean visible effort E and the
system z_above of the team in which its leader follows:

    z <- z + rate * [h * (a - z) + u * (z_above - z) + y * (E - z)]

h is the share of reference hours that managers spend on changing how things are done (a
lever). Nothing pulls z when nobody acts except neighbours and behaviour that is already there,
so doing nothing keeps it. Two layers rather than one: a single layer cannot give both the quick
fading of training and the slow success of leaders (see docs/odd.md).

The person's layer (practised values that move, thresholds, compliance) comes with a later
version; until then a practised value is what a person brought along when hired.
"""

from dataclasses import dataclass

import numpy as np

from sim.compiled import kernel
from sim.levers import ATTENTION
from sim.parameters import Grade, Kind, Turns, parameter
from sim.state import Firm, Floats, Moment, Teams
from sim.structure import Structure

WRITES = ("teams.system", "firm.system")

ASSUMED = Grade.ASSUMED


@dataclass(frozen=True)
class Culture:
    """How fast routines, rules and tools change, and with whom."""

    # fmt: off
    system_rate: float = parameter(
        0.06, 0.02, 0.15, "per month", ASSUMED, "tuned to culture that takes three to four years",
        "speed of a team's system at full pull", turns=Turns.MONTHLY_TO_ROUND)
    reference_hours: float = parameter(
        4.0, 1.0, 8.0, "hours a week", ASSUMED, "no measurement found",
        "manager's hours that count as full attention", kind=Kind.FIXED)
    from_above: float = parameter(
        0.1, 0.0, 0.5, "share", ASSUMED, "no measurement found",
        "pull of the system one level up")
    from_behaviour: float = parameter(
        0.3, 0.0, 0.6, "share", ASSUMED, "no measurement found",
        "pull of what the team shows")
    # fmt: on


@kernel
def next_system(
    system: float, above: float, doing: float, shown: float, hours: float, p: Culture
) -> float:
    """A team's system one round on, 0 to 1."""
    pull = (
        hours * (doing - system)
        + p.from_above * (above - system)
        + p.from_behaviour * (shown - system)
    )
    return min(1.0, max(0.0, system + p.system_rate * pull))


@kernel
def culture(
    teams: Teams, firm: Firm, structure: Structure, p: Culture, round_weeks: int,
    levers: Floats, moment: Moment,
) -> None:  # fmt: skip
    """Move every team's system one round on. Writes teams, firm."""
    if moment.week % round_weeks != 0:
        return
    hours = min(1.0, levers[ATTENTION] / p.reference_hours)
    moved = np.empty(teams.system.size)
    for team in range(teams.system.size):
        above = structure.above[team]
        above = above if above >= 0 else team
        own, around = teams.system[team], teams.system[above]
        moved[team] = next_system(own, around, teams.doing[team], teams.shown[team], hours, p)
    total = 0.0
    for team in range(moved.size):
        teams.system[team] = moved[team]
        total += moved[team]
    firm.system[0] = total / moved.size
