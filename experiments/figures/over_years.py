"""How do the arms of a study go over the years? Median and 5 to 95 % band over seeds."""

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments import bands
from experiments.figures.levers import draw_levers, lanes
from experiments.figures.numbers import SMALLEST_EFFECT, compared, weekly_difference
from experiments.figures.style import (
    BLUE,
    FAINT,
    MUTED,
    TOO_FEW,
    UNITS,
    Sheet,
    back_to_front,
    canvas,
    colours,
    label_ends,
    small,
    styled,
    thin,
    title_of,
)
from experiments.results import Floats, Study, band
from experiments.summary import mean_known
from sim.measures import COLUMN
from sim.parameters import WEEKS_PER_YEAR

MEASURES = ("nps", "enps", "effort_front")
ROUND = 4  # weeks that are averaged where a series is long
LONG = 208  # weeks
SURVEYED = {"nps": "nps_true", "enps": "enps_true"}  # asked of a sample: what all would say
# Axes span at least this much, so that a null result looks like one.
LEAST_SPAN = {"points": 20.0, "customers": 100.0, "contacts": 100.0, "people": 10.0}
LEAST_SHARE = 0.2


def fan(
    study: Study,
    measures: Sequence[str] = MEASURES,
    style: str = "paper",
    *,
    difference: bool = True,
    levers: bool = True,
    note: bool = True,
) -> Figure:
    """Small multiples over the years, one arm a colour, with the levers on a strip below.

    `nps` and `enps` are drawn as lines of what everybody would say, with dots for what the
    surveys of one seed read. With `difference`, a panel shows NPS of the main arm minus that of
    the arm it is compared with, seed by seed; `note` says below what lines, bands and dots are.
    Raises ValueError for an unknown measure.
    """
    unknown = [name for name in measures if name not in COLUMN]
    if unknown:
        raise ValueError(f"no measure is called {unknown[0]!r}; see sim.measures.MEASURES")
    drawn: list[str | None] = list(measures)
    if difference and compared(study):
        drawn.insert(1, None)
    with styled(style) as sheet:
        strips = sum(lanes(study)) if levers else 0.0
        figure, panels, below = _grid(sheet, len(drawn), strips, note)
        for axes, measure in zip(panels, drawn, strict=True):
            if measure is None:
                draw_difference(axes, study)
            else:
                draw_measure(axes, study, measure)
        figure.align_ylabels(panels)
        for axes in below:
            draw_levers(axes, study)
        _years(panels, below, sheet, max(each.weekly.shape[1] for each in study.arms))
        if note:
            _say_what_is_drawn(figure, study, measures, sheet)
        _name_lines(figure, panels, drawn, study)
    return figure


def _grid(
    sheet: Sheet, count: int, strips: float, note: bool
) -> tuple[Figure, list[Axes], list[Axes]]:
    """Axes for the panels and, below every column, one for the levers; all share the years."""
    columns = min(sheet.columns, count)
    rows = -(-count // columns)
    text = 0.15 * sheet.row / 1.55  # inches, a line of small text
    strip = text * (strips + 1.0) if strips else 0.0
    height = sheet.height or rows * sheet.row + strip + 0.25 + (0.3 if note else 0.0)
    ratios = [sheet.row] * rows + ([strip] if strips else [])
    if sheet.height and strips:  # a slide has no more room: the panels give way
        ratios = [(sheet.height - strip) / rows] * rows + [strip]
    figure = canvas(sheet.width, height)
    grid = figure.add_gridspec(len(ratios), columns, height_ratios=ratios)
    panels: list[Axes] = []
    for number in range(count):
        shared = panels[0] if panels else None
        panels.append(figure.add_subplot(grid[number // columns, number % columns], sharex=shared))
    below = []
    if strips:
        below = [figure.add_subplot(grid[rows, each], sharex=panels[0]) for each in range(columns)]
    return figure, panels, below


def _years(panels: list[Axes], below: list[Axes], sheet: Sheet, weeks: int) -> None:
    """Years under the lowest axes of each column only."""
    columns = min(sheet.columns, len(panels))
    lowest = below or panels[-columns:]
    for axes in panels + below:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], min_n_ticks=2))
        axes.tick_params(labelbottom=axes in lowest)
        if axes in lowest:
            axes.set_xlabel("years")
    panels[0].set_xlim(0.0, weeks / WEEKS_PER_YEAR)


def _say_what_is_drawn(figure: Figure, study: Study, measures: Sequence[str], sheet: Sheet) -> None:
    """One line at the foot: what the lines, bands and dots are."""
    text = legend_words(study, measures)
    width = int(sheet.width * 72 / (0.53 * small()))
    figure.supxlabel(textwrap.fill(text, width), x=0.01, ha="left", size=small(), color=MUTED)


def legend_words(study: Study, measures: Sequence[str]) -> str:
    """What lines, bands and dots are, in one line."""
    seeds = len(study.seeds)
    words = f"Lines: median of {seeds} seeds; bands: 5 to 95 %." if seeds > 1 else "One seed."
    if (rows := bands.of(study)) is not None:
        words += f" Pale bands: {rows.count} rows of the plausible set and all seeds, 5 to 95 %."
    dots = any(name in SURVEYED for name in measures)
    return words + (f" Dots: surveys in one seed, {study.main}." if dots else "")


def _name_lines(figure: Figure, panels: list[Axes], drawn: list[str | None], study: Study) -> None:
    """Names at the ends of the lines, placed once the layout is known."""
    figure.draw_without_rendering()
    for axes, measure in zip(panels, drawn, strict=True):
        if measure is not None:
            label_ends(axes, _ends(study, measure))


def coarse(weeks: Floats, values: Floats) -> tuple[Floats, Floats]:
    """A long weekly series as means of four weeks, (weeks, values [seeds, weeks]).

    Series with weeks that nobody knows (surveys) and short ones stay as they are.
    """
    if values.shape[1] < LONG or np.isnan(values).any():
        return weeks, values
    rounds = values.shape[1] // ROUND
    cut = values[:, : rounds * ROUND].reshape(values.shape[0], rounds, ROUND)
    return weeks[: rounds * ROUND].reshape(rounds, ROUND).mean(axis=1), mean_known(cut, axis=2)


def over_seeds(values: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """(years, median, low, high) where anything is known; values [seeds, weeks]."""
    weeks, values = coarse(np.arange(values.shape[1], dtype=float), values)
    middle, low, high = band(values)
    known = ~np.isnan(middle)
    return weeks[known] / WEEKS_PER_YEAR, middle[known], low[known], high[known]


def _ends(study: Study, measure: str) -> list[tuple[float, str, str]]:
    """Where each arm's line ends: (height, name, colour)."""
    ends = []
    for name in back_to_front(study):
        _, middle, _, _ = over_seeds(study.arm(name).series(SURVEYED.get(measure, measure)))
        if middle.size:
            ends.append((float(middle[-1]), name, colours(study)[name]))
    return ends


def draw_measure(axes: Axes, study: Study, measure: str) -> None:
    """One measure of every arm."""
    known = False
    for name in back_to_front(study):
        colour, main = colours(study)[name], name == study.main
        arm = study.arm(name)
        years, middle, low, high = over_seeds(arm.series(SURVEYED.get(measure, measure)))
        if not years.size:
            continue
        known = True
        _rows(axes, study, name, SURVEYED.get(measure, measure), colour)
        axes.fill_between(years, low, high, color=colour, alpha=0.2 if main else 0.13, lw=0)
        dot = "o" if years.size == 1 else ""
        axes.plot(years, middle, color=colour, marker=dot, zorder=3 if main else 2.5)
        if measure in SURVEYED and main:
            _surveys_of_one(axes, arm.series(measure)[0], colour)
    axes.set_title(title_of(measure))
    axes.set_ylabel(UNITS[measure])
    if not known:
        veiled = measure == "effort_front" and study.arms[0].told.structure == "chart"
        why = TOO_FEW if veiled else "not measured in this run"
        axes.text(0.5, 0.5, why, transform=axes.transAxes, ha="center")
    open_up(axes, UNITS[measure])


def _rows(axes: Axes, study: Study, arm: str, measure: str, colour: str) -> None:
    """What numbers nobody knows add: 5 to 95 % over rows of the plausible set and seeds."""
    rows = bands.of(study)
    if rows is None:
        return
    years, _, low, high = over_seeds(rows.series(arm, measure))
    axes.fill_between(years, low, high, color=colour, alpha=0.08, lw=0, zorder=1)


def _surveys_of_one(axes: Axes, surveyed: Floats, colour: str) -> None:
    """What the surveys of one seed read: the scatter that a firm lives with."""
    weeks = np.flatnonzero(~np.isnan(surveyed))
    axes.plot(
        weeks / WEEKS_PER_YEAR, surveyed[weeks], ls="", marker="o", color=colour, mew=0, alpha=0.55,
        ms=small() * 0.28, zorder=2.7, clip_on=False,
    )  # fmt: skip


def open_up(axes: Axes, unit: str) -> None:
    """Widen the vertical axis to the least span of its unit, about its middle."""
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    low, high = axes.get_ylim()
    missing = LEAST_SPAN.get(unit, LEAST_SHARE) - (high - low)
    if missing > 0:
        axes.set_ylim(low - missing / 2, high + missing / 2)


def draw_difference(axes: Axes, study: Study) -> None:
    """NPS of the main arm minus that of the other, with what is too small to care about."""
    years, middle, low, high = over_seeds(weekly_difference(study, "nps_true"))
    axes.axhspan(-SMALLEST_EFFECT, SMALLEST_EFFECT, color=FAINT, lw=0, zorder=0.5)
    axes.axhline(0.0, color=MUTED, lw=thin())
    axes.fill_between(years, low, high, color=BLUE, alpha=0.2, lw=0)
    axes.plot(years, middle, color=BLUE, marker="o" if years.size == 1 else "", zorder=3)
    axes.set_title(f"NPS: {study.main} − {study.against}")
    axes.set_ylabel("points")
    open_up(axes, "points")
    axes.text(
        1.015, 0.0, "too small\nto matter", color=MUTED, size=small(),
        va="center", ha="left", linespacing=1.0, transform=axes.get_yaxis_transform(),
    )  # fmt: skip
