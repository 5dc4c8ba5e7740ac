"""When does which lever move? A strip of bars under the years."""

import numpy as np
from matplotlib.axes import Axes

from experiments.figures.style import INK, MUTED, back_to_front, colours, small
from experiments.results import Floats, Study
from sim.levers import LEVERS, NAMES, Lever, timetable
from sim.parameters import WEEKS_PER_YEAR

TEXT, LANE = 1.0, 0.75  # heights, in lines of small text


def moved(study: Study) -> dict[str, list[str]]:
    """Levers that any arm moves, in the order of the list, with the arms that move them."""
    found: dict[str, list[str]] = {}
    for lever in LEVERS:
        arms = [
            each.name
            for each in study.arms
            if any(action.lever == lever.name for action in each.told.actions)
        ]
        if arms:
            found[lever.name] = arms
    return found


def lanes(study: Study) -> list[float]:
    """The height of each lever on the strip, in lines of small text; empty if none moves."""
    return [TEXT + LANE * len(arms) for arms in moved(study).values()]


def strength(study: Study, lever: Lever) -> str:
    """From where to where a lever goes, in words: `example: 0.5 to 0.9 share of capacity`."""
    ends = [
        action.strength
        for arm in study.arms
        for action in arm.told.actions
        if action.lever == lever.name
    ]
    to = " or ".join(f"{end:g}" for end in dict.fromkeys(ends))
    return f"{lever.name.replace('_', ' ')}: {lever.rest:g} to {to} {lever.unit}"


def draw_levers(axes: Axes, study: Study) -> None:
    """One row a lever, in it one bar an arm; the bar rises as the lever ramps up."""
    heights = lanes(study)
    top = sum(heights)
    shown = colours(study)
    for (name, arms), height in zip(moved(study).items(), heights, strict=True):
        lever = NAMES[name]
        axes.text(
            0.0, top - TEXT * 0.55, strength(study, lever), color=INK, size=small(), va="center",
            transform=axes.get_yaxis_transform(),
        )  # fmt: skip
        in_order = [each for each in back_to_front(study)[::-1] if each in arms]
        for lane, arm in enumerate(in_order):
            use = _use(study, arm, lever)
            floor = top - TEXT - LANE * (lane + 1) + 0.1
            years = np.arange(use.size + 1) / WEEKS_PER_YEAR
            roof = floor + (LANE - 0.15) * np.append(use, use[-1:])
            on = np.append(use, use[-1:]) > 0
            axes.fill_between(years, floor, roof, where=on.tolist(), color=shown[arm], lw=0)
        top -= height
    axes.set_ylim(0.0, sum(heights))
    axes.yaxis.set_visible(False)
    axes.grid(visible=False)
    axes.spines["bottom"].set_color(MUTED)


def _use(study: Study, name: str, lever: Lever) -> Floats:
    """How far a lever is moved from rest, share of the farthest any arm moves it, [weeks]."""
    moves = {
        each.name: np.abs(
            timetable(each.told.actions, each.told.weeks)[:, lever.number] - lever.rest
        )
        for each in study.arms
    }
    farthest = max(float(move.max()) for move in moves.values())
    return moves[name] / farthest if farthest > 0 else moves[name]
