"""What does an effect look like? One claim: a dot a seed, mean and interval, what was predicted."""

import math
import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.claims.running import Judgement
from experiments.claims.words import rows
from experiments.figures.style import (
    BLUE,
    FAINT,
    INK,
    MUTED,
    VERMILION,
    canvas,
    small,
    styled,
    thin,
)
from scenarios.claims.hypothesis import Expects, Hypothesis
from scenarios.claims.verdict import Effect, Expected, Miss, expected_of

WIDTH, ROW, AROUND = 4.6, 0.36, 0.5  # inches: the picture, a circumstance, the axis
NAME = 21  # characters on a line of a name
SPREAD = 0.26  # height over which dots are spread, in rows
GOLDEN = 0.6180339887498949  # its multiples spread dots evenly, the same way every time
BEYOND = 0.06  # of the width of the numbers, left free on each side


def picture(judgement: Judgement, style: str = "paper") -> Figure:
    """Effects by circumstance, the default on top. Raises ValueError if there are none.

    Blue holds, vermilion does not; the grey region is what was predicted of the mean.
    """
    judged, found = judgement.judged, list(rows(judgement))
    if not isinstance(judged, Hypothesis) or not found:
        raise ValueError(f"{judgement.claim.name} was not run; there is nothing to draw")
    expected = expected_of(judged)
    with styled(style):
        figure = canvas(WIDTH, ROW * len(found) + AROUND)
        axes = figure.add_subplot()
        low, high = _limits([effect for _, effect, _ in found], expected)
        for first, last in regions(expected, low, high):
            axes.axvspan(first, last, color=FAINT, zorder=0, lw=0.0)
        axes.axvline(0.0, color=MUTED, lw=thin(), zorder=1)
        for place, (_, effect, miss) in enumerate(found):
            _draw(axes, place, effect, miss)
        names = [textwrap.fill(name, NAME) for name, _, _ in found]
        axes.set_yticks(range(len(found)), names, color=INK, linespacing=0.95, size=small())
        axes.set_ylim(len(found) - 0.5, -0.5)
        axes.set_xlim(low, high)
        axes.grid(visible=False)
        axes.tick_params(axis="y", length=0)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
        if judged.unit:
            axes.set_xlabel(judged.unit)
    return figure


def regions(expected: Expected, low: float, high: float) -> list[tuple[float, float]]:
    """Where the mean was predicted to lie, within the limits of the axis."""
    match expected.expects:
        case Expects.ABOVE:
            return [(expected.least, max(high, expected.least))]
        case Expects.BELOW:
            return [(min(low, -expected.least), -expected.least)]
        case Expects.NEAR_ZERO:
            return [(-expected.least, expected.least)]
        case _:
            return [(expected.low, expected.high)]


def _limits(effects: list[Effect], expected: Expected) -> tuple[float, float]:
    """Limits of the axis: all dots and intervals, zero, and an edge of what was predicted."""
    edges = [0.0]
    match expected.expects:
        case Expects.WITHIN:
            edges += [expected.low, expected.high]
        case Expects.NEAR_ZERO:
            edges += [-expected.least, expected.least]
        case Expects.ABOVE:
            edges.append(1.2 * expected.least)
        case Expects.BELOW:
            edges.append(-1.2 * expected.least)
    for each in effects:
        edges += [value for value in (*each[:3], *each.by_seed) if math.isfinite(value)]
    low, high = min(edges), max(edges)
    room = BEYOND * (high - low) if high > low else 1.0
    return low - room, high + room


def _draw(axes: Axes, place: int, effect: Effect, miss: Miss | None) -> None:
    """One circumstance: dots, and the mean with its interval on top."""
    colour = BLUE if miss is None else VERMILION
    values = np.array(effect.by_seed)
    known = np.flatnonzero(np.isfinite(values))
    heights = place + SPREAD * (2.0 * ((known + 1) * GOLDEN % 1.0) - 1.0)
    axes.plot(
        values[known], heights, "o", color=colour, alpha=0.5, markersize=3.2, mew=0.0, zorder=2
    )
    if math.isfinite(effect.mean):
        axes.plot([effect.low, effect.high], [place] * 2, color=INK, lw=2.4 * thin(), zorder=3)
        axes.plot(
            [effect.mean], [place], "D", color=colour, markersize=5.0, mec=INK, mew=thin(), zorder=4
        )
