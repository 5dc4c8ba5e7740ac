"""What does a difference consist of? A waterfall by mechanism, with bands."""

import textwrap
from typing import NamedTuple

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.ablation import Row, Why
from experiments.figures.style import (
    BLUE,
    FAINT,
    INK,
    MUTED,
    ORANGE,
    VERMILION,
    Sheet,
    canvas,
    small,
    styled,
    thin,
    title_of,
)

BAR, BELOW = 0.46, 0.36  # height of a bar and how far below its middle its lines are, in rows
ROW, AROUND, LINE = 0.27, 0.62, 0.145  # inches: a row, title and axis, a line at the foot
PALE = "#b3bac1"  # under a line in ink
HATCH = "/////"  # of the interaction: told apart without colours, too
NAME = 19  # characters of a name
SHARE = 0.53  # width of a character, of its size


class Step(NamedTuple):
    """A row of the figure, from where the one above it ended."""

    row: Row
    start: float
    colour: str
    hatch: str = ""


def waterfall(found: Why, style: str = "paper") -> Figure:
    """Bars from nothing to the difference, each beginning where the one above ended.

    Blue adds, vermilion takes away. Below a bar its 95 % interval of the mean (line) and 5 to
    95 % of seeds (pale). Raises ValueError for an unknown style.
    """
    steps = _steps(found)
    with styled(style) as sheet:
        foot = _foot(found, sheet)
        height = sheet.height or ROW * len(steps) + AROUND + LINE * (foot.count("\n") + 1)
        figure = canvas(sheet.width, height)
        axes = figure.add_subplot()
        for place, step in enumerate(steps):
            _draw(axes, place, step, place < len(steps) - 2)
        _name(axes, steps, found)
        _title(figure, found, sheet)
        figure.supxlabel(foot, x=0.01, ha="left", size=small(), color=MUTED)
    return figure


def _steps(found: Why) -> list[Step]:
    """Every row with its start and its colour, the difference last."""
    steps, reached = [], 0.0
    for row in found.rows:
        colour, hatch = BLUE if row.mean >= 0 else VERMILION, ""
        if row is found.remaining:
            colour = MUTED
        if row is found.interaction:
            colour, hatch = ORANGE, HATCH
        steps.append(Step(row, reached, colour, hatch))
        reached += row.mean
    return [*steps, Step(found.difference, 0.0, INK)]


def _draw(axes: Axes, place: int, step: Step, goes_on: bool) -> None:
    """One bar, its lines, and the thread to the next bar."""
    row, start = step.row, step.start
    axes.barh(
        place, row.mean, BAR, start, color=step.colour if not step.hatch else FAINT,
        edgecolor=step.colour, hatch=step.hatch, lw=0.0, zorder=2,
    )  # fmt: skip
    if goes_on:
        end = start + row.mean
        axes.plot([end, end], [place, place + 1], color=MUTED, lw=thin(), zorder=1)
    for (low, high), colour, times in ((row.band, PALE, 6.0), (row.interval, INK, 1.8)):
        axes.plot(
            [start + low, start + high], [place + BELOW] * 2, color=colour, lw=times * thin(),
            solid_capstyle="butt", zorder=3,
        )  # fmt: skip


def _name(axes: Axes, steps: list[Step], found: Why) -> None:
    """Names on the left, numbers on the right, the unit below."""
    names = [textwrap.fill(step.row.name, NAME) for step in steps]
    axes.set_yticks(range(len(steps)), names, color=INK, linespacing=0.95)
    axes.set_ylim(len(steps) - 0.3, -0.5)
    for place, step in enumerate(steps):
        axes.text(
            1.02, place, found.number(step.row.mean).replace("-", "−"), color=INK, size=small(),
            va="center", ha="left", transform=axes.get_yaxis_transform(),
        )  # fmt: skip
    axes.axhline(len(steps) - 1.38, color=MUTED, lw=thin())
    axes.axvline(0.0, color=MUTED, lw=thin(), zorder=1)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axes.set_xlabel(f"{title_of(found.measure)}, {found.unit}")


def _characters(sheet: Sheet, size: float) -> int:
    """Characters of this size on a line of the figure."""
    return int(sheet.width * 72 / (SHARE * size))


def _title(figure: Figure, found: Why, sheet: Sheet) -> None:
    """What less what, and when."""
    size = float(matplotlib.rcParams["axes.titlesize"])
    text = textwrap.fill(
        f"Year {found.year}: {found.arms[0]} − {found.arms[1]}", _characters(sheet, 1.15 * size)
    )
    figure.suptitle(text, x=0.01, ha="left", size=size, weight="bold", color=INK)


def _foot(found: Why, sheet: Sheet) -> str:
    """What is drawn, and what stayed on."""
    said = (
        f"{len(found.seeds)} seeds. Below each bar: 95 % interval of the mean (line), 5 to 95 % "
        f"of seeds (pale)."
    )
    if found.kept_on:
        said += f" Stayed on: {', '.join(found.kept_on)}."
    return textwrap.fill(said, _characters(sheet, small()))
