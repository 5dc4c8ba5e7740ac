"""How is a room drawn for a report? Bands of A and B on the page's fixed axes, and A less B."""

import io
import json
from collections.abc import Mapping, Sequence
from textwrap import fill
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.figures.style import BLUE, MUTED, VERMILION, canvas, label_ends, styled, svg
from experiments.workshop import offered
from experiments.workshop.live import Fans
from experiments.workshop.said import counted_in, decimals, measure_name
from sim.parameters import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from experiments.workshop.exports import Taken

PANELS = ("nps_true", "enps_true", "value", "effort_front", "profit")
COLOURS = {"A": BLUE, "B": VERMILION}  # as on the page
LONGEST_LINE = 20  # letters, beside an axis
DOTS = 160  # an inch of a PNG
LEAST_REACH = {"points": 10.0, "share": 0.1, "euro_head": 2000.0, "of_start": 10.0, "hours": 5.0}
_drawing = Lock()  # matplotlib's settings are shared by all threads


def panels_of(measure: str) -> tuple[str, ...]:
    """The measures of a picture: the one that is looked at first."""
    return tuple(dict.fromkeys([measure, *PANELS]))[: len(PANELS)]


def drawn(taken: "Taken", kind: str, told: Mapping[str, Any]) -> bytes:
    """The picture as PNG or SVG, its manifest inside."""
    with _drawing:
        figure = picture(taken, panels_of(taken.room.measure), "paper")
        held = io.BytesIO()
        about = {"Description": json.dumps(told), "Title": taken.said("title")}
        dates: dict[str, Any] = {"Date": None} if kind == "svg" else {}
        with styled("paper"):
            figure.savefig(held, format=kind, dpi=DOTS, metadata=about | dates)
    return held.getvalue()


def svg_text(taken: "Taken", measures: Sequence[str]) -> str:
    """The picture for a page: text as text, on a transparent ground."""
    with _drawing:
        return svg(picture(taken, measures, "paper"))


def slide_png(taken: "Taken", measures: Sequence[str]) -> bytes:
    """The picture for a slide."""
    with _drawing:
        figure = picture(taken, measures, "beamer")
        held = io.BytesIO()
        with styled("beamer"):
            figure.savefig(held, format="png", dpi=110)
    return held.getvalue()


def picture(taken: "Taken", measures: Sequence[str], style: str) -> "Figure":
    """A panel for each measure with A and B, then A less B in the first of them."""
    with styled(style) as sheet:
        columns = 3 if style == "paper" else 2
        rows = -(-(len(measures) + 1) // columns)
        height = sheet.height * 0.8 if sheet.height else 0.4 + rows * sheet.row * 1.25
        figure = canvas(sheet.wide, height)
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        for each, name in zip(axes, measures, strict=False):
            _panel(each, taken, name)
        _difference(axes[len(measures)], taken, measures[0])
        for each in axes[len(measures) + 1 :]:
            each.set_visible(False)
    return figure


def _panel(axes: "Axes", taken: "Taken", name: str) -> None:
    shown = offered.measures()[name]
    sides = {"A": taken.first, "B": taken.second}
    for side, fans in reversed(sides.items()):
        _band(axes, fans, name, COLOURS[side])
    axes.set_ylim(shown.low * shown.factor, shown.high * shown.factor)
    label_ends(axes, [(float(fans.middle[name][-1]) * shown.factor, side, COLOURS[side])
                      for side, fans in sides.items()
                      if np.isfinite(fans.middle[name][-1])])  # fmt: skip
    _frame(axes, taken, name, measure_name(taken.language, name))


def _difference(axes: "Axes", taken: "Taken", name: str) -> None:
    fans = taken.difference
    _band(axes, fans, name, BLUE)
    shown = offered.measures()[name]
    known = np.concatenate([fans.low[name], fans.high[name]])
    known = np.abs(known[np.isfinite(known)])
    reach = max(LEAST_REACH[shown.unit], 1.1 * float(known.max(initial=0.0))) * shown.factor
    axes.set_ylim(-reach, reach)
    axes.axhline(0.0, color=MUTED, lw=0.8, zorder=1)
    title = f"{taken.said('difference')}: {measure_name(taken.language, name)}"
    _frame(axes, taken, name, title)


def _band(axes: "Axes", fans: Fans, name: str, colour: str) -> None:
    years, factor = fans.weeks / WEEKS_PER_YEAR, offered.measures()[name].factor
    low, middle, high = (each[name] * factor for each in (fans.low, fans.middle, fans.high))
    axes.fill_between(years, low, high, color=colour, alpha=0.2, lw=0)
    axes.plot(years, middle, color=colour)


def _frame(axes: "Axes", taken: "Taken", name: str, title: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_title(title)
    axes.set_xlim(0, taken.room.years)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    low, high = axes.get_ylim()
    places = 0 if high - low > 10 else 2 if high - low <= 1 else 1
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: decimals(taken.language, value + 0.0, places))
    )
    axes.set_xlabel(taken.said("years"))
    axes.set_ylabel(fill(counted_in(taken.language, name), LONGEST_LINE))
