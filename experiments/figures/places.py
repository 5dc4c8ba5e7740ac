"""Where does everybody stand in a picture? Radial trees and packed circles, as arrays."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.results import Floats
from sim.structure import Rows, Structure

LARGEST = 0.14  # diameter of a dot
RING = 0.3  # share of the radius that the ring of those who lead nobody may take
DOT = 0.82  # share of the room for a dot that it fills
BESIDE = 1.06  # distance of neighbours in a circle, in diameters
MARGIN = 1.18  # room that an outer neighbour takes to the rim, in radii
BETWEEN = 1.2  # gap between branches, in dots


class Places(NamedTuple):
    """A picture in which all of it fits in a circle of radius 1."""

    xy: Floats  # [people, 2]
    dot: Floats  # [people] diameters
    start: Floats  # [lines, 2] of the reporting lines; none in circles
    bend: Floats  # [lines, 4] two points that bend them
    end: Floats  # [lines, 2]
    hoops: Floats  # [circles, 3] x, y, radius of the circles; none in a tree


def radial(structure: Structure) -> Places:
    """The head in the middle, every level a ring, each branch as wide as it has ends.

    Those of a level who lead nobody stand in as many rows as make their dots a good size.
    """
    boss, level = structure.boss, structure.level
    leads = np.zeros(boss.size, dtype=bool)
    leads[structure.leader] = True
    angle, width = _angles(boss, level, leads)
    radius, dot = level / max(int(level.max()), 1), np.full(boss.size, LARGEST)
    for each in range(1, int(level.max()) + 1):
        here = level == each
        ring, gap = each / level.max(), 1.0 / level.max()
        unit = 2 * np.pi * ring / width.max()  # room of one who leads nobody
        rows, room = _rows(unit, RING if each == level.max() else min(RING, 0.6 * gap))
        alone = here & ~leads
        order = np.argsort(np.argsort(angle[alone], kind="stable"), kind="stable")
        radius[alone] += DOT * room * (order % rows)
        dot[alone] = DOT * room
        room = DOT * unit * np.maximum(width[here & leads], 0.4 * rows) / (0.7 * LARGEST)
        # Sizes in steps of a third of an octave: few collections to draw.
        dot[here & leads] = 0.7 * LARGEST * 2.0 ** np.minimum(0.0, np.floor(3 * np.log2(room)) / 3)
    scale = 1.0 / max(float((radius + dot / 2).max()), 0.5)
    return _with_lines(boss, level, angle, radius * scale, dot * scale)


def _rows(unit: float, depth: float) -> tuple[int, float]:
    """How many rows of dots fit in a ring of this depth, and the room for a dot."""
    rows = max(1, int(np.sqrt(depth / unit)))
    return rows, min(0.7 * LARGEST, rows * unit)


def _with_lines(boss: Rows, level: Rows, angle: Floats, radius: Floats, dot: Floats) -> Places:
    """Reporting lines leave and arrive along the radius; from the head they are straight."""
    follows = np.flatnonzero(boss >= 0)
    half = (radius[follows] + radius[boss[follows]]) / 2
    leave = np.where(level[follows] == 1, angle[follows], angle[boss[follows]])
    return Places(
        xy=_polar(radius, angle),
        dot=dot,
        start=_polar(radius[boss[follows]], angle[boss[follows]]),
        bend=np.hstack([_polar(half, leave), _polar(half, angle[follows])]),
        end=_polar(radius[follows], angle[follows]),
        hoops=np.zeros((0, 3)),
    )


def _polar(radius: Floats, angle: Floats) -> Floats:
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)


def _angles(boss: Rows, level: Rows, leads: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Everybody's sector: its middle, radians, and its width, in ends and gaps between branches."""
    gap = np.where(leads, BETWEEN, 0.0)
    width = np.where(leads, BETWEEN, 1.0)
    deepest = int(level.max())
    for each in range(deepest, 0, -1):
        rows = np.flatnonzero(level == each)
        np.add.at(width, boss[rows], width[rows])
    first = np.zeros(boss.size)
    for each in range(1, deepest + 1):
        rows = np.flatnonzero(level == each)
        rows = rows[np.argsort(boss[rows], kind="stable")]
        before = np.cumsum(width[rows]) - width[rows]
        opens = np.searchsorted(boss[rows], boss[rows], side="left")
        first[rows] = first[boss[rows]] + gap[boss[rows]] / 2 + before - before[opens]
    return 2 * np.pi * (first + width / 2) / width.max(), width


def packed(structure: Structure) -> Places:
    """Circles within the circles their lead links sit in; everybody in the circle they work in."""
    people, teams = structure.boss.size, structure.leader.size
    inside = _home_of_teams(structure)
    home = structure.team.copy()
    home[structure.leader] = np.arange(teams)  # of several teams led, the lowest comes last
    if not teams:
        return _alone()
    radius = np.zeros(teams)
    offset = np.zeros((teams, 2))
    dots = np.zeros((people, 2))
    for team in range(teams - 1, -1, -1):  # from the bottom up
        within = np.flatnonzero(inside == team)
        staff = np.flatnonzero(home == team)
        # People who work beside circles take a place as large as a circle.
        size = max(float(radius[within].max(initial=0.0)), 1.0)
        spots = together(within.size + staff.size) * 2 * size * BESIDE
        dots[staff] = spots[: staff.size]
        offset[within] = spots[staff.size :]
        radius[team] = np.hypot(*spots.T).max(initial=0.0) + size * MARGIN
    for team in range(teams):  # from the top down
        offset[team] += offset[inside[team]] if inside[team] >= 0 else 0.0
    scale = 1.0 / radius[inside < 0].max()
    return _alone()._replace(
        xy=(dots + offset[home]) * scale,
        dot=np.full(people, 2.0 * scale),
        hoops=np.column_stack([offset * scale, radius * scale]),
    )


def _alone() -> Places:
    none = np.zeros((0, 2))
    return Places(np.zeros((1, 2)), np.full(1, 0.5), none, np.zeros((0, 4)), none, np.zeros((0, 3)))


def _home_of_teams(structure: Structure) -> Rows:
    """The team in which a team's circle is drawn, -1 for the outermost.

    Who leads several circles sits with the lower one in the higher one.
    """
    inside = structure.above.copy()
    last: dict[int, int] = {}
    for team, leader in enumerate(structure.leader.tolist()):
        inside[team] = last.get(leader, int(inside[team]))
        last[leader] = team
    return inside


def together(count: int) -> Floats:
    """Centres of `count` circles of diameter 1, packed about (0, 0), [count, 2].

    The tightest of: one ring, rings about an inner few, and pieces of a hexagonal lattice.
    """
    tries = [_rings(count, inner) for inner in (1, 0, 2, 3, 4, 5) if inner <= count]
    tries += [_hexagons(count, middle) for middle in ((0.0, 0.0), (0.5, 0.0), (0.5, 3**0.5 / 6))]
    return min(tries, key=lambda each: round(float(np.hypot(*each.T).max(initial=0.0)), 9))


def _rings(count: int, inner: int) -> Floats:
    """`inner` circles in the middle and the others on one ring around them."""
    middle = _ring(inner, 0.0 if inner < 2 else 0.5 / np.sin(np.pi / inner))
    outer = count - inner
    touching = 0.0 if outer < 2 else 0.5 / np.sin(np.pi / outer)
    around = float(np.hypot(*middle.T).max(initial=-1.0)) + 1.0
    return np.concatenate([middle, _ring(outer, max(touching, around))])


def _ring(count: int, radius: float) -> Floats:
    return _polar(np.full(count, radius), 2 * np.pi * np.arange(count) / max(count, 1))


def _hexagons(count: int, middle: tuple[float, float]) -> Floats:
    """The places of a hexagonal lattice that are closest to a point of it."""
    reach = int(np.sqrt(count)) + 3
    row, column = np.mgrid[-reach : reach + 1, -reach : reach + 1].reshape(2, -1)
    moved = np.column_stack([column + row / 2, row * np.sqrt(3) / 2]) - middle
    away = np.round(np.hypot(*moved.T), 9)
    return moved[np.lexsort((np.arctan2(*moved.T), away))][:count]
