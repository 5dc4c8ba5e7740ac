"""Who does what where? The organisation as a tree or as circles, everybody in their colour."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import EllipseCollection
from matplotlib.colors import BoundaryNorm, ListedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from experiments.figures.places import Places, packed, radial
from experiments.figures.style import FAINT, INK, MUTED, STEPS, canvas, styled, thin
from experiments.results import Floats, Study
from experiments.settings import SMALLEST_GROUP
from sim.structure import Structure

ROUND_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
UNSHOWN = "#b9c0c6"  # nobody there, or a group too small to show
COLOUR_TITLES = {
    "visible_effort": "visible effort, share of capacity",
    "value": "practised value, 0 to 1",
}


class Picture(NamedTuple):
    """One organisation at one moment."""

    title: str
    structure: Structure
    colour: Floats  # [people], NaN = nobody there
    circles: bool = False  # draw packed circles, else a radial tree


def organisation(
    structure: Structure,
    colour: Floats,
    unit: str = COLOUR_TITLES["visible_effort"],
    style: str = "paper",
    *,
    title: str = "",
    circles: bool = False,
    groups_only: bool = False,
    limits: tuple[float, float] | None = None,
) -> Figure:
    """One organisation; see `organisations`."""
    pictures = [Picture(title, structure, colour, circles)]
    return organisations(pictures, unit, style, groups_only=groups_only, limits=limits)


def organisations(
    pictures: Sequence[Picture],
    unit: str = COLOUR_TITLES["visible_effort"],
    style: str = "paper",
    *,
    groups_only: bool = False,
    limits: tuple[float, float] | None = None,
) -> Figure:
    """Organisations side by side on one colour scale, `unit` what it measures.

    With `groups_only`, for lists of real people, everybody has the colour of the mean of their
    team (those with the same boss), and teams of fewer than five, and the head, have none.
    Raises ValueError if colours and people differ in number.
    """
    for each in pictures:
        if each.colour.shape != each.structure.boss.shape:
            raise ValueError(
                f"{each.colour.size} colours for {each.structure.boss.size} people: give one each"
            )
    if groups_only:
        unit += f" (grey: fewer than {SMALLEST_GROUP})"
        pictures = [each._replace(colour=team_means(each)) for each in pictures]
    elif any(np.isnan(each.colour).any() for each in pictures):
        unit += " (grey: an empty place)"
    limits = limits or colour_limits(pictures)
    with styled(style) as sheet:
        width = sheet.wide if len(pictures) > 1 else sheet.width
        height = sheet.height or width / len(pictures) + (0.95 if len(pictures) > 1 else 0.8)
        figure = canvas(width, height)
        panels = figure.subplots(1, len(pictures), squeeze=False)[0]
        for axes, picture in zip(panels, pictures, strict=True):
            _draw(axes, picture, _colours(limits))
        _scale(figure, list(panels), limits, unit)
    return figure


def pictures_of(study: Study, measure: str) -> list[Picture]:
    """What the study compares, side by side, as far as its snapshots hold the measure."""
    snapshots = study.extra.get("snapshots") or {}
    wanted = [name for name in dict.fromkeys((study.against, study.main)) if name in snapshots]
    return [
        Picture(
            title=name,
            structure=snapshots[name]["structure"],
            colour=np.asarray(snapshots[name][measure], dtype=float),
            circles=snapshots[name].get("circles", study.arm(name).told.structure == "circles"),
        )
        for name in wanted or list(snapshots)[:2]
        if measure in snapshots[name]
    ]


def is_chart(study: Study) -> bool:
    """Whether any arm is an imported list of real people."""
    return any(each.told.structure == "chart" for each in study.arms)


def team_means(picture: Picture) -> Floats:
    """Everybody's team's mean, [people]; NaN in teams of fewer than five and for the head."""
    team, known = picture.structure.team, ~np.isnan(picture.colour)
    counted = known & (team >= 0)
    teams = picture.structure.leader.size
    count = np.bincount(team[counted], minlength=teams)
    total = np.bincount(team[counted], picture.colour[counted], minlength=teams)
    mean = np.where(count >= SMALLEST_GROUP, total / np.maximum(count, 1), np.nan)
    return np.where(team >= 0, mean[team] if teams else np.nan, np.nan)


def colour_limits(pictures: Sequence[Picture]) -> tuple[float, float]:
    """Limits that hold all that is shown in steps of a round size; 0 to 1 if nothing is."""
    known = np.concatenate([each.colour for each in pictures])
    known = known[np.isfinite(known)]
    if not known.size:
        return 0.0, 1.0
    for step in ROUND_STEPS:
        low, length = np.floor(known.min() / step + 1e-9) * step, step * len(STEPS)
        if known.min() >= 0.0 and known.max() <= 1.0:  # shares end at 1
            low = max(0.0, min(low, 1.0 - length))
        if low + length >= known.max() - 1e-9:
            return float(low), float(low + length)
    return float(known.min()), float(known.max())


def _colours(limits: tuple[float, float]) -> ScalarMappable:
    edges = np.linspace(*limits, len(STEPS) + 1).tolist()
    return ScalarMappable(BoundaryNorm(edges, len(STEPS)), ListedColormap(STEPS))


def _draw(axes: Axes, picture: Picture, colours: ScalarMappable) -> None:
    places = packed(picture.structure) if picture.circles else radial(picture.structure)
    axes.spines[:].set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_aspect("equal")
    axes.set_xlim(-1.02, 1.02)
    axes.set_ylim(-1.02, 1.02)
    axes.set_title(picture.title, loc="center")
    _lines(axes, places)
    _hoops(axes, places)
    known = ~np.isnan(picture.colour)
    face = np.array([to_rgba(UNSHOWN)] * known.size)
    face[known] = colours.to_rgba(picture.colour[known])
    leads = np.zeros(known.size, dtype=bool)
    leads[picture.structure.leader] = True
    for size in np.unique(places.dot):
        for ringed in (False, True):
            rows = (places.dot == size) & (leads == ringed)
            _dots(axes, places.xy[rows], float(size), face[rows], ringed)


def _dots(axes: Axes, xy: Floats, size: float, face: Floats, ringed: bool) -> None:
    """People of one size at once; who leads has a ring."""
    axes.add_collection(
        EllipseCollection(
            [size], [size], [0.0], units="xy", offsets=xy, offset_transform=axes.transData,
            facecolors=face, edgecolors=INK if ringed else MUTED,
            linewidths=(min(1.4, 24 * size) if ringed else min(0.4, 12 * size)) * thin(), zorder=3,
        ),
        autolim=False,
    )  # fmt: skip


def _lines(axes: Axes, places: Places) -> None:
    """All reporting lines as one curve of many pieces."""
    if not places.start.size:
        return
    points = np.stack(
        [places.start, places.bend[:, :2], places.bend[:, 2:], places.end], axis=1
    ).reshape(-1, 2)
    codes = np.tile([Outline.MOVETO] + [Outline.CURVE4] * 3, len(places.start))
    axes.add_patch(
        PathPatch(Outline(points, codes), fc="none", ec=UNSHOWN, lw=0.8 * thin(), zorder=1)
    )


def _hoops(axes: Axes, places: Places) -> None:
    """All circles at once, the outer ones below."""
    if not places.hoops.size:
        return
    diameters = 2 * places.hoops[:, 2]
    axes.add_collection(
        EllipseCollection(
            diameters, diameters, np.zeros(diameters.size), units="xy",
            offsets=places.hoops[:, :2], offset_transform=axes.transData, facecolors=FAINT,
            edgecolors=UNSHOWN, linewidths=0.8 * thin(), alpha=0.55,
            zorder=1,
        ),
        autolim=False,
    )  # fmt: skip


def _scale(figure: Figure, panels: list[Axes], limits: tuple[float, float], unit: str) -> None:
    """The colour bar below all panels."""
    colours = _colours(limits)
    bar = figure.colorbar(
        colours, ax=panels, orientation="horizontal", shrink=0.8 if len(panels) == 1 else 0.45,
        aspect=32, pad=0.02, drawedges=False,
    )  # fmt: skip
    bar.set_label(unit)
    bar.outline.set_visible(False)
    low, high = limits
    ticks = np.linspace(low, high, len(STEPS) + 1)[::2]
    bar.set_ticks(ticks.tolist(), labels=[f"{tick:.3g}" for tick in ticks])
