"""What does a sweep show? Effects of factors, shares of variance, two factors at once, the years.

Every figure is one panel, so that a page can set them side by side and a paper can take one out.
"""

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.portrait import UNSHOWN
from experiments.figures.style import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    SKY,
    STEPS,
    VERMILION,
    canvas,
    small,
    styled,
    thin,
)
from experiments.results import Floats
from experiments.sweep.effects import Cells, Effect

PANEL = (2.75, 2.0)  # inches
WIDE = 3.7
ROW = 0.22  # inches, of a factor in a list
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
MARKS = ("o", "s", "^", "D", "v", "P")  # told apart without colours, too
# Vermilion, white, blue: told apart by the colour blind; fixed, so that white stays nothing.
DIVERGING = (
    "#8c3d00", "#bf5a12", "#e08b51", "#f0b98f", "#f9e2d0",
    "#d4e6f2", "#9fcbe6", "#5ea9d3", "#2180b8", "#00527f",
)  # fmt: skip
ON_PALE, ON_DARK = "#20262d", "#fefefe"  # words on DIVERGING, which no page repaints
ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)  # sizes of a step
LINE = 16  # characters of a name on an axis


class Years(NamedTuple):
    """One arm, quarter by quarter, over all points."""

    name: str
    end: Floats  # [quarters], years
    median: Floats
    low: Floats
    high: Floats


# --- one factor -------------------------------------------------------------------------------


def span(found: Sequence[Effect]) -> tuple[float, float]:
    """From the lowest to the highest that any of these effects shows, with some room."""
    parts = [np.concatenate([each.low, each.high, each.mean]) for each in found]
    known = np.concatenate(parts)
    known = known[np.isfinite(known)]
    if not known.size:
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    room = 0.06 * (high - low) or max(abs(high), 1.0) * 0.05
    return low - room, high + room


def effect(
    found: Effect, unit: str, of: str, note: str = "", limits: tuple[float, float] | None = None,
    style: str = "paper",
) -> Figure:  # fmt: skip
    """An outcome over one factor: dots, 95 % interval of the mean; band, 5 to 95 % of points.

    `unit` is the factor's, `of` the outcome's.
    """
    with styled(style):
        figure = canvas(*PANEL)
        axes = figure.add_subplot()
        place = found.bins.centre
        if found.bins.names:
            axes.vlines(place, found.low, found.high, color=BLUE, alpha=0.16, lw=14)
            _names(axes, found.bins.names)
        else:
            axes.fill_between(place, found.low, found.high, color=BLUE, alpha=0.16, lw=0)
            axes.plot(place, found.mean, color=BLUE, lw=1.1)
            axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
        axes.errorbar(place, found.mean, found.sure, color=BLUE, fmt="o", ms=3.6, elinewidth=1.1)
        _outcome_axis(axes, of, limits or span([found]))
        if not found.bins.names:
            axes.set_xlabel(unit)
        _title(axes, found.factor, note)
    return figure


def _outcome_axis(axes: Axes, unit: str, limits: tuple[float, float]) -> None:
    axes.set_ylim(*limits)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    axes.set_ylabel(unit)
    if limits[0] < 0.0 < limits[1]:
        axes.axhline(0.0, color=MUTED, lw=thin(), zorder=1)


def _names(axes: Axes, names: Sequence[str]) -> None:
    """Names along the lower axis, broken into lines, those of a crowd aslant."""
    crowded = len(names) > 4
    shown = names if crowded else [textwrap.fill(each.replace("_", " "), LINE) for each in names]
    axes.set_xticks(range(len(names)), shown)
    if crowded:
        axes.tick_params("x", labelrotation=40)
        for label in axes.get_xticklabels():
            label.set_horizontalalignment("right")
            label.set_rotation_mode("anchor")
    axes.set_xlim(-0.6, len(names) - 0.4)


def _title(axes: Axes, name: str, note: str) -> None:
    """The name, and below it a note, small."""
    axes.set_title(name, pad=19 if note else 5)
    if note:
        axes.text(0.0, 1.055, note, color=MUTED, size=small(), transform=axes.transAxes)


# --- all factors ------------------------------------------------------------------------------


def shares(found: Sequence[Effect], left: tuple[str, float], style: str = "paper") -> Figure:
    """How much of the variance each factor explains alone, with 95 % intervals; strongest on top.

    `left` is the name and the size of what no factor explains alone.
    """
    with styled(style):
        names = [*(each.factor for each in found), left[0]]
        sizes = 100.0 * np.array([*(each.share for each in found), left[1]])
        axes, figure = _list(names)
        rows = np.arange(len(names))
        axes.barh(rows[:-1], sizes[:-1], height=0.5, color=BLUE, alpha=0.28)
        axes.barh(rows[-1:], sizes[-1:], height=0.5, color=UNSHOWN)
        for row, each in enumerate(found):
            axes.hlines(row, 100 * each.share_low, 100 * each.share_high, color=BLUE, lw=1.3)
            axes.plot([100 * each.share], [row], "o", color=BLUE, ms=4)
        axes.set_xlim(0.0, 100.0)
        axes.set_xlabel("% of the variance over points")
    return figure


def swings(found: Sequence[Effect], of: str, style: str = "paper") -> Figure:
    """For factors that were moved one at a time: where the outcome goes; ends say to what value."""
    with styled(style):
        axes, figure = _list([each.factor for each in found])
        for row, each in enumerate(found):
            known = np.flatnonzero(~np.isnan(each.mean))
            if not known.size:
                continue
            axes.hlines(row, each.mean[known].min(), each.mean[known].max(), color=UNSHOWN, lw=4)
            for end, colour, mark in ((known[0], ORANGE, "o"), (known[-1], BLUE, "D")):
                axes.plot([each.mean[end]], [row], mark, color=colour, ms=4)
        for label, colour, mark in (("lowest value", ORANGE, "o"), ("highest value", BLUE, "D")):
            axes.plot([], [], mark, color=colour, ms=4, label=label)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
        axes.set_xlabel(of)
        figure.legend(
            loc="outside lower right", ncols=2, frameon=False, labelcolor=INK, handletextpad=0.2,
            columnspacing=1.0, borderpad=0.0,
        )  # fmt: skip
    return figure


def _list(names: Sequence[str]) -> tuple[Axes, Figure]:
    """Axes with a row a name, from the top."""
    figure = canvas(WIDE, 0.6 + ROW * len(names))
    axes = figure.add_subplot()
    axes.set_yticks(range(len(names)), names)
    axes.tick_params("y", labelcolor=INK)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    return axes, figure


# --- two factors ------------------------------------------------------------------------------


def heat(
    found: Cells, units: tuple[str, str], of: str, *, difference: bool = False,
    style: str = "paper",
) -> Figure:  # fmt: skip
    """Means over two numeric factors; the number in a cell is its mean, grey has no point."""
    with styled(style):
        figure = canvas(WIDE, 3.0)
        axes = figure.add_subplot()
        edges = _edges(found.mean, difference)
        steps, dark = (DIVERGING, (0, 1, 8, 9)) if difference else (STEPS, range(5, len(STEPS)))
        pale_words, dark_words = (ON_PALE, ON_DARK) if difference else (INK, "#ffffff")
        digits = _digits(found.mean)
        size = small() - (1.5 if max(found.mean.shape) > 5 else 0.0)
        for row, column in np.ndindex(found.mean.shape):
            value = found.mean[row, column]
            step = None if np.isnan(value) else int(np.searchsorted(edges[1:-1], value, "right"))
            face = UNSHOWN if step is None else steps[step]
            axes.fill([column - 0.5, column + 0.5, column + 0.5, column - 0.5],
                      [row - 0.5, row - 0.5, row + 0.5, row + 0.5], color=face, lw=0.3)  # fmt: skip
            if step is not None:
                word = dark_words if step in dark else pale_words
                text = _short(float(value), digits, difference)
                axes.text(column, row, text, color=word, size=size, ha="center",
                          va="center")  # fmt: skip
        _ticks(axes, found)
        axes.set_xlabel(f"{found.across}, {units[0]}")
        axes.set_ylabel(f"{found.up}, {units[1]}")
        colours = ScalarMappable(BoundaryNorm(edges.tolist(), len(steps)), ListedColormap(steps))
        bar = figure.colorbar(colours, ax=axes, aspect=28, pad=0.02, drawedges=False)
        bar.outline.set_visible(False)
        bar.set_label(of)
        shown = edges[1::2].tolist() if difference else edges[::2].tolist()  # nothing among them
        bar.set_ticks(shown, labels=[_plain(each) for each in shown])
        bar.minorticks_off()
    return figure


def _edges(values: Floats, difference: bool) -> Floats:
    """Ten steps of a round size over all values; about nothing if they are differences."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    if difference:
        half = max(abs(low), abs(high), 1e-9)
        step = _round_up(half / 5)
        low = -5 * step
    else:
        step = _round_up(max(high - low, 1e-9) / len(STEPS))
        low = np.floor(low / step) * step
        if low + len(STEPS) * step < high:
            step = _round_up(step * 1.01)
            low = np.floor(low / step) * step
    return np.asarray(low + step * np.arange(len(STEPS) + 1), dtype=np.float64)


def _round_up(step: float) -> float:
    """The next round size of a step."""
    scale = 10.0 ** np.floor(np.log10(step))
    return float(scale * min(size for size in ROUND if size * scale >= step * (1 - 1e-9)))


def _digits(values: Floats) -> int:
    """Digits behind the point with which these values differ."""
    known = values[np.isfinite(values)]
    width = float(np.ptp(known)) if known.size else 0.0
    return int(np.clip(1 - np.floor(np.log10(width)), 0, 4)) if width > 0 else 1


def _plain(edge: float) -> str:
    return f"{round(edge, 9):.4g}".replace("-", "−")


def _short(value: float, digits: int, signed: bool) -> str:
    text = f"{value:{'+' if signed else ''}.{digits}f}"
    return (text.lstrip("+-") if float(text) == 0.0 else text).replace("-", "−")


def _ticks(axes: Axes, found: Cells) -> None:
    """The values of the bins along both axes, no lines."""
    for axis, bins in ((axes.xaxis, found.x), (axes.yaxis, found.y)):
        step = max(1, -(-bins.size // 6))
        places = range(0, bins.size, step)
        axis.set_ticks(list(places), [f"{bins.centre[each]:.3g}" for each in places])
        axis.set_tick_params(size=0)
    axes.set_xlim(-0.5, found.x.size - 0.5)
    axes.set_ylim(-0.5, found.y.size - 0.5)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def lines(found: Cells, unit: str, of: str, style: str = "paper") -> Figure:
    """A line over a numeric factor for each name of another, with 95 % intervals of the means."""
    with styled(style):
        figure = canvas(WIDE, 2.55)
        axes = figure.add_subplot()
        shift = 0.006 * (float(np.ptp(found.x.centre)) or 1.0)
        for row, name in enumerate(found.y.names):
            colour, mark = COLOURS[row % len(COLOURS)], MARKS[row % len(MARKS)]
            place = found.x.centre + shift * (row - (len(found.y.names) - 1) / 2)
            axes.errorbar(
                place, found.mean[row], found.sure[row], color=colour, marker=mark, ms=3.8,
                elinewidth=0.9, label=name,
            )  # fmt: skip
        reach = np.concatenate([found.mean - np.nan_to_num(found.sure),
                                found.mean + np.nan_to_num(found.sure)])  # fmt: skip
        known = reach[np.isfinite(reach)]
        low, high = (known.min(), known.max()) if known.size else (0.0, 1.0)
        room = 0.06 * (high - low) or 1.0
        _outcome_axis(axes, of, (float(low - room), float(high + room)))
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
        axes.set_xlabel(f"{found.across}, {unit}")
        axes.set_title(found.up)
        figure.legend(
            loc="outside lower left", ncols=3, frameon=False, labelcolor=INK, handlelength=1.6,
            columnspacing=1.2, handletextpad=0.5, borderpad=0.0,
        )  # fmt: skip
    return figure


# --- over the years ---------------------------------------------------------------------------


def years(arms: Sequence[Years], of: str, title: str, style: str = "paper") -> Figure:
    """The points of a sweep over the years: median and 5 to 95 % band of points, main arm blue."""
    with styled(style):
        figure = canvas(WIDE, 2.55)
        axes = figure.add_subplot()
        for place, each in enumerate(arms):
            colour = BLUE if place == 0 else MUTED if place == 1 else COLOURS[place % len(COLOURS)]
            over = len(arms) - place
            axes.fill_between(each.end, each.low, each.high, color=colour, alpha=0.16, lw=0)
            axes.plot(each.end, each.median, color=colour, zorder=2 + over / 10, label=each.name,
                      marker="o" if each.end.size == 1 else "")  # fmt: skip
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], min_n_ticks=2))
        axes.set_xlabel("years")
        axes.set_ylabel(of)
        axes.set_title(title)
        if len(arms) > 1:
            figure.legend(
                loc="outside lower left", ncols=3, frameon=False, labelcolor=INK, handlelength=1.6,
                columnspacing=1.2, handletextpad=0.5, borderpad=0.0,
            )  # fmt: skip
    return figure
