"""What does a point change in what leaders do, and in when the structure changes?

Both act on the first arm only: `levers.example.strength` on its action of that lever, or on a new
one, and `switches.circles.week` on its change to that structure.
"""

from collections.abc import Collection, Mapping
from typing import Any

from experiments.sweep.factors import LEVER, SWITCH
from sim.configuration import Switch
from sim.levers import NAMES as LEVERS
from sim.levers import Action
from sim.parameters import ParameterError, nearest


def acted(
    actions: tuple[Action, ...], levers: Mapping[str, Mapping[str, Any]]
) -> tuple[Action, ...]:
    """The schedule with these parts of its actions changed, or with an action added."""
    for lever, parts in levers.items():
        used = [place for place, each in enumerate(actions) if each.lever == lever]
        if len(used) > 1:
            raise ParameterError(_several(lever))
        if used:
            place = used[0]
            changed = actions[place]._replace(**parts)
            actions = (*actions[:place], changed, *actions[place + 1 :])
        elif "strength" in parts:
            actions = (*actions, Action(lever, **parts))
        else:
            part = next(iter(parts))
            raise ParameterError(f"{LEVER}{lever}.{part} needs a strength: {_unused(lever)}")
    return actions


def switched(switches: tuple[Switch, ...], weeks: Mapping[str, int]) -> tuple[Switch, ...]:
    """The changes of structure with other weeks, by what they change to."""
    for kind, week in weeks.items():
        place = _only_switch(switches, kind)
        switches = (
            *switches[:place], switches[place]._replace(week=week), *switches[place + 1 :],
        )  # fmt: skip
    return switches


def week_of(switches: tuple[Switch, ...], name: str) -> int:
    """The week that a factor of a change of structure has. Raises ParameterError if none."""
    return switches[_only_switch(switches, name.split(".")[1])].week


def check_acting(
    names: Collection[str], actions: tuple[Action, ...], switches: tuple[Switch, ...]
) -> None:
    """Raise ParameterError for factors that have nothing to act on."""
    for name in names:
        if name.startswith(SWITCH):
            _only_switch(switches, name.split(".")[1])
        if not name.startswith(LEVER):
            continue
        lever = name.split(".")[1]
        used = sum(each.lever == lever for each in actions)
        if used > 1:
            raise ParameterError(_several(lever))
        if not used and f"{LEVER}{lever}.strength" not in names:
            raise ParameterError(f"{name} needs a strength: {_unused(lever)}")


def _only_switch(switches: tuple[Switch, ...], kind: str) -> int:
    """The place of the one change to this structure. Raises ParameterError."""
    places = [place for place, each in enumerate(switches) if each.to == kind]
    name = f"{SWITCH}{kind}.week"
    if not places:
        others = [each.to for each in switches]
        wanted = nearest(kind, others) if others else f"choose one with switches: [{{to: {kind}}}]"
        raise ParameterError(f"{name}: the arm does not change to {kind}; {wanted}")
    if len(places) > 1:
        raise ParameterError(
            f"the arm changes to {kind} more than once, so {name} could mean either; "
            f"choose an arm with one such change"
        )
    return places[0]


def _several(lever: str) -> str:
    return (
        f"the scenario uses {lever} more than once, so {LEVER}{lever} could mean either; "
        f"choose an arm with one action of it"
    )


def _unused(lever: str) -> str:
    about = LEVERS[lever]
    return (
        f"the base does not use {lever}; add {LEVER}{lever}.strength "
        f"({about.low:g} to {about.high:g}) to the factors"
    )
