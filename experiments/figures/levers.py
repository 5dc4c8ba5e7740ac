"""When does which lever move, and when the structure? A strip of bars under the years."""

import numpy as np
from matplotlib.axes import Axes

from experiments.figures.style import INK, MUTED, back_to_front, colours, small
from experiments.results import Floats, Study
from sim.levers import LEVERS, NAMES, Lever, timetable
from sim.parameters import WEEKS_PER_YEAR

TEXT, LANE = 1.0, 0.75  # heights, in lines of small text
LEAST_DROP = 1e-6  # of clarity within a week: by itself it only grows


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


def restructured(study: Study) -> list[str]:
    """Arms whose structure changes within the run."""
    return [each.name for each in study.arms if each.told.switches]


def lanes(study: Study) -> list[float]:
    """The height of each row of the strip, in lines of small text; empty if nothing moves."""
    rows = [*moved(study).values(), restructured(study)]
    return [TEXT + LANE * len(arms) for arms in rows if arms]


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


def shapes(study: Study) -> str:
    """From which structure to which, in words: `structure: tree to circles or hybrid`."""
    arms = [arm.told for arm in study.arms if arm.told.switches]
    begin = " or ".join(dict.fromkeys(told.structure for told in arms))
    end = " or ".join(dict.fromkeys(each.to for told in arms for each in told.switches))
    return f"structure: {begin} to {end}"


def draw_levers(axes: Axes, study: Study) -> None:
    """One row a lever, in it one bar an arm; the bar rises as the lever ramps up.

    A last row shows the share of seeds in which the structure has changed.
    """
    top = sum(lanes(study))
    for name, arms in moved(study).items():
        lever = NAMES[name]
        bars = {arm: _use(study, arm, lever) for arm in arms}
        top = _row(axes, study, top, strength(study, lever), bars)
    if restructured(study):
        bars = {arm: _changed(study, arm) for arm in restructured(study)}
        _row(axes, study, top, shapes(study), bars)
    axes.set_ylim(0.0, sum(lanes(study)))
    axes.yaxis.set_visible(False)
    axes.grid(visible=False)
    axes.spines["bottom"].set_color(MUTED)


def _row(axes: Axes, study: Study, top: float, text: str, bars: dict[str, Floats]) -> float:
    """A text and below it a bar for each arm, [weeks] from 0 to 1; where the next row begins."""
    axes.text(
        0.0, top - TEXT * 0.55, text, color=INK, size=small(), va="center",
        transform=axes.get_yaxis_transform(),
    )  # fmt: skip
    shown = colours(study)
    in_order = [each for each in back_to_front(study)[::-1] if each in bars]
    for lane, arm in enumerate(in_order):
        use = bars[arm]
        floor = top - TEXT - LANE * (lane + 1) + 0.1
        years = np.arange(use.size + 1) / WEEKS_PER_YEAR
        roof = floor + (LANE - 0.15) * np.append(use, use[-1:])
        on = np.append(use, use[-1:]) > 0
        axes.fill_between(years, floor, roof, where=on.tolist(), color=shown[arm], lw=0)
    return top - TEXT - LANE * len(bars)


def _changed(study: Study, name: str) -> Floats:
    """Share of seeds in which the structure has changed, [weeks]: roles are less clear then."""
    clarity = study.arm(name).series("clarity")
    before = np.hstack([np.ones((clarity.shape[0], 1)), clarity[:, :-1]])
    return np.maximum.accumulate(clarity < before - LEAST_DROP, axis=1).mean(axis=0)


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
