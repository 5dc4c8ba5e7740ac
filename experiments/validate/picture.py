"""How far is each row from what was asked? A dot a row, in tolerances, grouped by status."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.style import (
    BLUE,
    FAINT,
    INK,
    MUTED,
    ORANGE,
    VERMILION,
    canvas,
    small,
    styled,
    thin,
)
from experiments.validate.running import Row
from experiments.validate.words import by_status
from scenarios.targets.judging import Hit

WIDTH, LINE, AROUND = 4.6, 0.155, 0.6  # inches: the picture, a row, the axis
FURTHEST = 4.0  # tolerances; what lies further stands there with an arrow
COLOURS = {Hit.YES: BLUE, Hit.NO: VERMILION, Hit.UNDECIDED: ORANGE}
MARKS = {Hit.YES: "o", Hit.NO: "D", Hit.UNDECIDED: "s"}  # told apart without colour
SIZE = 3.6


def picture(rows: Sequence[Row], style: str = "paper") -> Figure:
    """Distances by status, tests on top. Raises ValueError if nothing was measured."""
    groups = {
        status: [each for each in found if each.judged is not None]
        for status, found in by_status(rows).items()
    }
    groups = {status: found for status, found in groups.items() if found}
    if not groups:
        raise ValueError("nothing was measured; there is nothing to draw")
    lines = sum(len(found) + 1 for found in groups.values())
    with styled(style):
        figure = canvas(WIDTH, LINE * lines + AROUND)
        axes = figure.add_subplot()
        axes.axvspan(0.0, 1.0, color=FAINT, zorder=0, lw=0.0)
        axes.axvline(1.0, color=MUTED, lw=thin(), zorder=1)
        place, names = 0, []
        for status, found in groups.items():
            axes.text(
                0.03, place, status.value, color=INK, size=small(), weight="bold", va="center"
            )
            for at, row in enumerate(found, start=place + 1):
                _draw(axes, at, row)
                names.append((at, row.target.id))
            place += len(found) + 1
        axes.set_yticks([at for at, _ in names], [name for _, name in names], size=0.85 * small())
        axes.set_ylim(place - 0.5, -0.7)
        axes.set_xlim(0.0, FURTHEST + 0.25)
        axes.set_xticks(range(int(FURTHEST) + 1))
        axes.grid(visible=False)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("distance in tolerances; up to 1 is within the limits")
    return figure


def _draw(axes: Axes, place: int, row: Row) -> None:
    """One row: its distance, an arrow if it lies beyond, hollow if it has no scale."""
    judged = row.judged
    if judged is None:
        return
    distance, colour = judged.distance, COLOURS[judged.hit]
    known = not math.isnan(distance)
    at = min(distance, FURTHEST) if known else FURTHEST if judged.hit is Hit.NO else 0.0
    axes.plot([0.0, at], [place] * 2, color=colour, lw=thin(), alpha=0.6, zorder=1.5)
    beyond = known and distance > FURTHEST
    axes.plot(
        [at], [place], ">" if beyond else MARKS[judged.hit], color=colour, markersize=SIZE,
        mfc=colour if known else "none", mew=0.8, zorder=3, clip_on=False,
    )  # fmt: skip
