"""What do all figures share? Style sheets, one colour for each arm, and files with stable bytes."""

import io
import os
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from experiments.results import Floats, Study
from sim.measures import LEVEL_MEASURES, MEASURES

HERE = Path(__file__).parent

INK, MUTED, FAINT = "#20262c", "#5a646d", "#e3e6e8"
# Okabe & Ito 2008: told apart by the colour blind.
BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9",
)  # fmt: skip
# The same hues dark enough for small words on white (contrast 4.5 and more).
WORDS = {
    VERMILION: "#b34a00", GREEN: "#00755a", PURPLE: "#9c4578", ORANGE: "#8a5f00", SKY: "#1b6e9e",
}  # fmt: skip
COMPARED = MUTED  # the arm that others are compared with
OTHERS = (VERMILION, GREEN, PURPLE, ORANGE, SKY)
# Ten steps, pale to dark, of even lightness (sampled from ColorBrewer's YlGnBu).
STEPS = (
    "#f3fac3", "#dbf1b2", "#b7e3b6", "#85d0bb", "#57bec1",
    "#31a4c2", "#2182b8", "#225ea8", "#243c98", "#14246b",
)  # fmt: skip

UNITS = {each.name: each.unit for each in (*LEVEL_MEASURES, *MEASURES)}
TOO_FEW = "not shown: too few people"  # of an org list
TITLES = {
    "share": "Share of the market",
    "nps": "Relationship NPS",
    "enps": "Employee NPS",
    "nps_true": "Relationship NPS",
    "enps_true": "Employee NPS",
    "nps_transactional": "NPS after a contact",
    "effort": "Visible effort",
    "effort_front": "Effort of front staff",
    "value": "Practised value",
    "doing": "What the top does",
    "system": "Teams' systems",
    "expectation": "What customers expect",
    "attitude": "What customers remember",
    "satisfaction": "Satisfaction with a contact",
    "quality": "Quality of a contact",
    "heard": "Told news that reaches the top",
    "believed": "What the top believes of customers",
    "known": "Needs that the top knows",
    "adopted": "Who does what is new",
    "shown": "Value shown",
    "compliance": "Value shown under control",
    "cynicism": "Disbelief in what is claimed",
    "credibility": "How far the top is believed",
    "discretion": "What the front decides",
    "waiting": "Wait for a decision",
    "allowed": "Need that the front may meet",
    "load": "Managers' load of decisions",
    "structural": "Gone because of the structure",
    "quits": "People leaving, a week",
    "utilisation": "Hours asked over hours there",
    "complaints": "Complaints, a week",
    "value_spread": "How much values differ",
    "revenue": "Revenue, a week",
    "margin": "Profit over revenue",
    "customers": "Active customers",
}


class Sheet(NamedTuple):
    """A style sheet and the sizes that go with it, inches."""

    name: str
    width: float  # of a column
    wide: float  # of a figure over the whole page
    height: float  # of a figure on a slide; 0 = as high as its rows need
    row: float  # height of a panel
    columns: int  # of small multiples


SHEETS = {
    each.name: each
    for each in (
        Sheet("paper", 3.5, 7.2, 0.0, 1.55, 1),
        Sheet("beamer", 13.333, 13.333, 7.5, 3.0, 2),
    )
}


@contextmanager
def styled(style: str) -> Iterator[Sheet]:
    """The sheet in force and nothing of a user's own settings. Raises ValueError if unknown."""
    if style not in SHEETS:
        raise ValueError(f"unknown style {style!r}; type one of: {', '.join(SHEETS)}")
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        sheet = matplotlib.rc_params_from_file(
            HERE / f"{style}.mplstyle", use_default_template=False
        )
        matplotlib.rcParams.update(sheet)
        yield SHEETS[style]


def small() -> float:
    """Size of small text in the sheet in force, points."""
    return float(matplotlib.rcParams["axes.labelsize"])


def thin() -> float:
    """Width of thin lines in the sheet in force, points."""
    return float(matplotlib.rcParams["axes.linewidth"])


def canvas(width: float, height: float) -> Figure:
    """An empty figure, inches, outside pyplot's list of open figures."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def save(figure: Figure, folder: Path, name: str, style: str) -> list[Path]:
    """`name`.png and `name`.svg in the folder, whole or not at all: the same bytes every time.

    Settles the layout, so that both are the same picture.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.png", folder / f"{name}.svg"]
    with styled(style):
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        for path in paths:
            held = io.BytesIO()
            figure.savefig(held, format=path.suffix[1:], metadata=_no_dates(path.suffix))
            write_whole(path, held.getvalue())
    return paths


def svg(figure: Figure, style: str = "paper") -> str:
    """The figure as SVG text on a transparent ground, text as text."""
    held = io.StringIO()
    with styled(style):
        figure.savefig(held, format="svg", transparent=True, metadata=_no_dates(".svg"))
    return held.getvalue()


def write_whole(path: Path, content: bytes) -> None:
    """Write under a temporary name, then rename: a reader never sees half a file."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _no_dates(suffix: str) -> dict[str, str | None]:
    if suffix == ".png":
        return {"Software": None}
    return dict.fromkeys(("Date", "Creator", "Format", "Type"))


def colours(study: Study) -> dict[str, str]:
    """A colour for each arm: blue for the main one, grey for what it is compared with."""
    rest = [each.name for each in study.arms if each.name not in (study.main, study.against)]
    found = {name: OTHERS[place % len(OTHERS)] for place, name in enumerate(rest)}
    return {**found, study.against: COMPARED, study.main: BLUE}


def back_to_front(study: Study) -> list[str]:
    """Names of the arms in the order of drawing: the main one last, on top."""
    rest = [each.name for each in study.arms if each.name not in (study.main, study.against)]
    named = {each.name for each in study.arms}
    return [name for name in dict.fromkeys((study.against, *rest, study.main)) if name in named]


def title_of(measure: str) -> str:
    """What stands above a panel."""
    about = {each.name: each.about for each in (*LEVEL_MEASURES, *MEASURES)}
    plain = about.get(measure, measure)
    return TITLES.get(measure, plain[:1].upper() + plain[1:])


def keep_apart(
    places: Floats, heights: Floats | float, low: float = 0.0, high: float = 1.0
) -> Floats:
    """Places moved as little as need be so that names of these heights do not touch, in limits."""
    order = np.argsort(places, kind="stable")
    moved = np.array(places, dtype=float)
    tall = np.broadcast_to(np.asarray(heights, dtype=float), moved.shape)[order]
    gap = (tall[:-1] + tall[1:]) / 2
    for _ in range(200):
        close = np.diff(moved[order]) - gap
        if (close >= -1e-9).all():
            break
        push = np.where(close < 0, -close / 2, 0.0)
        moved[order[:-1]] -= push
        moved[order[1:]] += push
    excess = max(0.0, moved.max() - high) - max(0.0, low - moved.min())
    return moved - excess


def label_ends(axes: Axes, ends: Sequence[tuple[float, str, str]]) -> None:
    """Names beside the ends of lines: (height in data, text, colour), none over another."""
    if not ends:
        return
    low, high = axes.get_ylim()
    figure = axes.get_figure(root=True)
    inches = axes.get_position().height * (figure.get_figheight() if figure else 1.0)
    names = [textwrap.fill(text, 13) for _, text, _ in ends]
    lines = np.array([name.count("\n") + 1.0 for name in names])
    tall = np.minimum(1.15 * small() / 72 / max(inches, 0.1), 1.0 / lines.sum()) * lines
    places = keep_apart((np.array([each[0] for each in ends]) - low) / (high - low), tall)
    for place, name, (_, _, colour) in zip(places, names, ends, strict=True):
        axes.text(
            1.015, place, name, color=WORDS.get(colour, colour), size=small(), va="center",
            ha="left", linespacing=1.0, transform=axes.transAxes,
        )  # fmt: skip
