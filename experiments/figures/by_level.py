"""How far does an example arrive? Effort and value by level, at the start and at the end."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.numbers import level_at
from experiments.figures.over_years import LEAST_SHARE
from experiments.figures.style import (
    FAINT,
    INK,
    MUTED,
    TITLES,
    TOO_FEW,
    back_to_front,
    canvas,
    colours,
    styled,
    thin,
)
from experiments.results import Arm, Study, band
from sim.measures import LEVEL_MEASURES

MEASURES = ("effort", "value")
COLUMNS = {each.name: column for column, each in enumerate(LEVEL_MEASURES)}
NAMES = ("top", "1 down", "2 down", "3 down")


def levels(study: Study, style: str = "paper", measures: tuple[str, ...] = MEASURES) -> Figure:
    """A row a level, from the top down, and in it a line for every arm.

    A ring is the median of the first four weeks, a dot that of the last year, a bar the 5 to
    95 % band of the last year over seeds.
    """
    with styled(style) as sheet:
        rows = most_levels(study)
        lane = 0.125 * sheet.row / 1.55
        tall = rows * max(0.3, lane * (len(study.arms) + 1)) + 0.62
        columns = min(sheet.columns, len(measures))
        stacked = -(-len(measures) // columns)
        figure = canvas(sheet.width, sheet.height or tall * stacked + 0.28)
        panels = figure.subplots(stacked, columns, squeeze=False, sharey=True).flat
        for axes, measure in zip(panels, measures, strict=False):
            _draw(axes, study, measure)
        _key(figure, study)
    return figure


def most_levels(study: Study) -> int:
    """Levels of the deepest arm."""
    return max(each.levels.shape[2] for each in study.arms)


def level_name(level: int) -> str:
    """The name of a level: hops to the top."""
    return NAMES[level] if level < len(NAMES) else f"{level} down"


def _draw(axes: Axes, study: Study, measure: str) -> None:
    """All arms of one measure, side by side within the row of a level."""
    rows, names = most_levels(study), back_to_front(study)[::-1]
    for row in range(1, rows, 2):
        axes.axhspan(row - 0.5, row + 0.5, color=FAINT, alpha=0.45, lw=0, zorder=0)
    for place, name in enumerate(names):
        shift = (place + 1) / (len(names) + 1) - 0.5
        _draw_arm(axes, study.arm(name), COLUMNS[measure], shift, colours(study)[name])
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks(range(rows), [level_name(row) for row in range(rows)])
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    if all(np.isnan(each.levels[:, :, :, COLUMNS[measure]]).all() for each in study.arms):
        axes.set_xlim(0.0, 1.0)
        axes.text(0.5, 0.5, TOO_FEW, transform=axes.transAxes, ha="center")
    low, high = axes.get_xlim()
    missing = max(0.0, LEAST_SHARE - (high - low)) / 2
    axes.set_xlim(low - missing, high + missing)
    axes.set_title(TITLES[measure])
    axes.set_xlabel(LEVEL_MEASURES[COLUMNS[measure]].unit)
    axes.set_ylabel("level")


def _draw_arm(axes: Axes, arm: Arm, column: int, shift: float, colour: str) -> None:
    start, _, _ = band(level_at(arm, column, end=False))
    end, low, high = band(level_at(arm, column, end=True))
    rows = np.arange(end.size) + shift
    axes.hlines(rows, low, high, color=colour, lw=5 * thin(), alpha=0.25, zorder=2)
    axes.hlines(rows, start, end, color=colour, lw=1.6 * thin(), zorder=2.5)
    axes.plot(start, rows, ls="", marker="o", mfc="white", mec=colour, mew=1.6 * thin(), zorder=3)
    axes.plot(end, rows, ls="", marker="o", mfc=colour, mec=colour, mew=1.6 * thin(), zorder=3.5)


def _key(figure: Figure, study: Study) -> None:
    """Arms by colour, and what ring, dot and bar are."""
    axes = figure.axes[0]
    handles = []
    for name in back_to_front(study)[::-1]:
        colour = colours(study)[name]
        handles += axes.plot([], [], ls="", marker="o", color=colour, label=name)
    handles += axes.plot(
        [],
        [],
        ls="",
        marker="o",
        mfc="white",
        mec=MUTED,
        mew=1.6 * thin(),
        label="first four weeks",
    )
    handles += axes.plot(
        [], [], marker="o", color=MUTED, lw=5 * thin(), label="last year, 5–95 % of seeds"
    )
    figure.legend(
        handles=handles, loc="outside lower left", ncols=2, frameon=False, labelcolor=INK,
        handlelength=1.4, columnspacing=1.2, handletextpad=0.5, borderpad=0.0,
    )  # fmt: skip
