"""Who follows whom: trees, circles and org charts as index arrays.

A person is a row, and stays that row whatever the structure: person 17 of the tree is person 17
of the circles. A team is what one leader leads; every person but the head follows in exactly one.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.compiled import inlined, kernel

Rows = NDArray[np.int64]
SHAPES = 32  # trees, and circles, that are kept: only ever read

NAMED_ROWS = 10  # rows an error names before it says how many more there are


class Structure(NamedTuple):
    """Reporting lines. Teams are numbered from the top down: `above[team] < team`."""

    boss: Rows  # [people] row of the person one reports to, -1 for the head
    level: Rows  # [people] hops to the head, 0 at the head
    team: Rows  # [people] team in which this person follows, -1 for the head
    front: NDArray[np.uint8]  # [people] 1 = serves customers
    department: Rows  # [people] from 0
    leader: Rows  # [teams] row of the person who leads the team
    above: Rows  # [teams] team in which that leader follows, -1 for the head's team(s)
    member_start: Rows  # [teams + 1] members of a team are members[member_start[t] : [t + 1]]
    members: Rows  # [people - 1] followers, team after team, rows ascending within a team
    front_staff: Rows  # [front staff] rows of those who serve
    leads: Rows  # [people] a team that this person leads, -1 for who leads nobody


@lru_cache(maxsize=SHAPES)
def tree(people: int, span: int) -> Structure:
    """A complete tree filled level by level: row 0 heads it and row r reports to (r - 1) // span.

    Front staff are those who lead nobody; a department is what stands under one direct report of
    the head, who counts in department 0. 400 people of span 7 are 1 + 7 + 49 + 343.
    """
    _at_least("people", people, 1, "an organisation has a head")
    _at_least("span", span, 1, "a manager leads somebody")
    return from_bosses((np.arange(people, dtype=np.int64) - 1) // span)


@lru_cache(maxsize=SHAPES)
def circles(people: int, size: int) -> Structure:
    """Circles of about `size`, lead links in circles of lead links, up to one led by row 0.

    Everybody serves, in a base circle. Of n members dealt over k circles, row r sits in circle
    r mod k and rows 0 .. k - 1 are the lead links; these k are dealt over the circles above. So
    sizes in one layer differ by at most one, the lowest rows (a tree's managers) become lead links
    first, and those left over are spread. Who leads a circle of lead links still leads the base
    circle too: one person, several teams. A department is a branch under the top circle.
    """
    _at_least("people", people, 1, "an organisation has a head")
    _at_least("size", size, 2, "a circle has a lead link and somebody to lead")
    counts = _circle_counts(people, size)
    boss = np.full(people, -1, dtype=np.int64)
    team = np.full(people, -1, dtype=np.int64)
    members = people
    for layer, count in enumerate(counts):
        followers = np.arange(count, members)
        boss[followers] = followers % count
        team[followers] = sum(counts[layer + 1 :]) + followers % count
        members = count
    leader = np.concatenate([np.arange(0), *(np.arange(count) for count in reversed(counts))])
    branches = counts[-2] if len(counts) > 1 else 1
    row = np.arange(people)
    _, department = _climb(np.where(row < branches, row, boss))
    return _assemble(boss, team, leader, department, everyone_serves=True)


def from_bosses(
    boss: ArrayLike, department: ArrayLike | None = None, everyone_serves: bool = False
) -> Structure:
    """The structure of `boss[people]`: rows in any order, -1 for the head.

    Without `department[people]` a department is what stands under one direct report of the head,
    in the order of their rows; the head counts in department 0.
    Raises ValueError, naming rows, unless there is one head and every line leads to it.
    """
    boss = np.asarray(boss)
    _check_bosses(boss)
    boss = boss.astype(np.int64)
    row = np.arange(boss.size)
    level, _ = _climb(np.where(boss < 0, row, boss))
    leader = np.unique(boss[boss >= 0])
    leader = leader[np.argsort(level[leader], kind="stable")]
    led = np.full(boss.size, -1, dtype=np.int64)
    led[leader] = np.arange(leader.size)
    team = np.where(boss < 0, -1, led[boss])
    if department is None:
        numbers = _branch_under_head(boss, level)
    else:
        numbers = np.asarray(department, dtype=np.int64)
    if numbers.shape != boss.shape:
        raise ValueError(f"department has shape {numbers.shape}, boss {boss.shape}: one each")
    return _assemble(boss, team, leader, numbers, everyone_serves)


def describe(structure: Structure) -> dict[str, int | float]:
    """Figures for a listing. A span is all who report to one person, over every team led."""
    people = structure.boss.size
    spans = np.bincount(structure.boss[structure.boss >= 0], minlength=people)
    spans = spans[spans > 0]
    return {
        "people": people,
        "levels": int(structure.level.max()) + 1,
        "teams": structure.leader.size,
        "managers": spans.size,
        "mean_span": float(spans.mean()) if spans.size else 0.0,
        "largest_span": int(spans.max(initial=0)),
        "front_share": float(structure.front.mean()),
    }


# Word of mouth: a small world (Watts & Strogatz 1998, Nature 393:440), four neighbours each.
#   neighbour w of customer c = c + (-2, -1, +1, +2)[w] on a ring, or with probability `rewiring`
#   any other customer.
# Nothing is stored: both choices are a hash of (c, w), so the network is the same in every week,
# run and scenario, and links run one way (whom c hears from). The hash is the 32-bit finaliser of
# MurmurHash3 (Appleby 2011, public domain). 32 bits held in 64 cannot overflow, so plain Python
# needs no wrap-around; every operand is a typed uint64 because np.uint64 + 1 is int64 in numba.

_LOW_32 = np.uint64(0xFFFFFFFF)
_WEYL = np.uint64(0x9E3779B9)  # 2**32 / golden ratio: keeps key 0 from hashing to 0
_MIX_1 = np.uint64(0x85EBCA6B)
_MIX_2 = np.uint64(0xC2B2AE35)
_SHIFT_13 = np.uint64(13)
_SHIFT_16 = np.uint64(16)
_SHIFT_32 = np.uint64(32)
_NEIGHBOURS = np.uint64(4)
_TWO_TO_32 = 4294967296.0


@kernel
def largest(numbers: Rows) -> int:
    """The largest of a column that is not empty."""
    found = numbers[0]
    for number in numbers:
        found = max(found, number)
    return int(found)


@inlined
def mix32(key: np.uint64) -> np.uint64:
    """MurmurHash3's finaliser: a bijection of 0 .. 2**32 - 1 in which every bit counts."""
    key = key ^ (key >> _SHIFT_16)
    key = (key * _MIX_1) & _LOW_32
    key = key ^ (key >> _SHIFT_13)
    key = (key * _MIX_2) & _LOW_32
    return key ^ (key >> _SHIFT_16)


@inlined
def neighbour(customer: int, which: int, customers: int, rewiring: float) -> np.int64:
    """Row of neighbour `which` (0 .. 3) of `customer` (0 .. customers - 1, at most 2**30).

    `rewiring` is the probability of a far neighbour. Nobody is their own neighbour from three
    customers on; with one or two the row is still in range.
    """
    # Both kinds of neighbour, then the one that holds: no branch to guess.
    key = np.uint64(customer) * _NEIGHBOURS + np.uint64(which)
    chance = mix32((key + _WEYL) & _LOW_32)
    draw = mix32((chance + _WEYL) & _LOW_32)
    far = 1 + np.int64((draw * np.uint64(customers - 1)) >> _SHIFT_32)
    near = np.int64(which - 2) if which < 2 else np.int64(which - 1)
    row = customer + (far if np.float64(chance) < rewiring * _TWO_TO_32 else near)
    row = row - customers if row >= customers else row
    row = row + customers if row < 0 else row
    return np.int64(min(max(row, 0), customers - 1))  # in range with one or two customers, too


def _assemble(
    boss: Rows, team: Rows, leader: Rows, department: Rows, everyone_serves: bool
) -> Structure:
    """Levels, front and the list of members that follow from bosses and teams."""
    row = np.arange(boss.size)
    level, _ = _climb(np.where(boss < 0, row, boss))
    front = np.ones(boss.size, dtype=np.uint8)
    if not everyone_serves:
        front[leader] = 0
    followers = np.flatnonzero(team >= 0)
    sizes = np.bincount(team[followers], minlength=leader.size)
    leads = np.full(boss.size, -1, dtype=np.int64)
    leads[leader] = np.arange(leader.size)  # the last one of those who lead several
    return Structure(
        boss=boss,
        level=level,
        team=team,
        front=front,
        department=department,
        leader=leader,
        above=team[leader],
        member_start=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)]),
        members=followers[np.argsort(team[followers], kind="stable")],
        front_staff=np.flatnonzero(front),
        leads=leads,
    )


def _climb(step: Rows) -> tuple[Rows, Rows]:
    """Steps from each row until `step[row] == row`, and the row where one then stands.

    Jumps of 1, 2, 4, ... steps: n log n work however long the chain. On a cycle nobody comes to
    stand; the number of steps then means nothing, and the rows stood on are all of the cycle.
    """
    steps = (step != np.arange(step.size)).astype(np.int64)
    place = step
    for _ in range(step.size.bit_length()):
        steps = steps + steps[place]
        place = place[place]
    return steps, place


def _branch_under_head(boss: Rows, level: Rows) -> Rows:
    """Number of the head's direct report above each row; 0 for the head."""
    _, top = _climb(np.where(level <= 1, np.arange(boss.size), boss))
    number = np.zeros(boss.size, dtype=np.int64)
    reports = np.flatnonzero(level == 1)
    number[reports] = np.arange(reports.size)
    return number[top]


def _circle_counts(people: int, size: int) -> list[int]:
    """Circles in each layer from the base up to one; nobody sits in a circle alone."""
    counts: list[int] = []
    members = people
    while members > 1:
        members = max(1, min(members // 2, (members + size // 2) // size))
        counts.append(members)
    return counts


def _check_bosses(boss: NDArray[np.generic]) -> None:
    if boss.ndim != 1 or boss.size == 0 or not np.issubdtype(boss.dtype, np.integer):
        raise ValueError(
            f"boss has shape {boss.shape} of {boss.dtype}: give one whole number per person"
        )
    bosses = boss.astype(np.int64)
    outside = np.flatnonzero((bosses < -1) | (bosses >= boss.size))
    if outside.size:
        raise ValueError(
            f"boss of {_named(outside)} is no row: give 0 to {boss.size - 1}, or -1 for the head"
        )
    heads = np.flatnonzero(bosses == -1)
    if heads.size > 1:
        raise ValueError(f"{_named(heads)} have boss -1: leave one head")
    _, place = _climb(np.where(bosses < 0, np.arange(boss.size), bosses))
    caught = np.unique(place[bosses[place] >= 0])
    if caught.size:
        raise ValueError(
            f"{_named(caught)}: reporting lines run in a cycle and never reach a head; give one "
            f"of them another boss (-1 makes the head)"
        )


def _named(rows: Rows) -> str:
    """Rows as an error names them."""
    text = ", ".join(str(row) for row in rows[:NAMED_ROWS])
    more = f" and {rows.size - NAMED_ROWS} more" if rows.size > NAMED_ROWS else ""
    return f"row{'s' if rows.size > 1 else ''} {text}{more}"


def _at_least(name: str, number: int, least: int, why: str) -> None:
    if number < least:
        raise ValueError(f"{name}={number}: {why}; give {least} or more")
