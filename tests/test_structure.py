"""Do trees, circles and org charts hold together as index arrays?"""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.compiled import entry
from sim.structure import Structure, circles, describe, from_bosses, mix32, neighbour, tree


def check(made: Structure) -> None:
    """What every structure promises, whatever its shape."""
    people, teams = made.boss.size, made.leader.size
    head = np.flatnonzero(made.boss == -1)
    follows = made.boss >= 0
    assert head.size == 1
    assert made.level[head[0]] == 0
    assert made.team[head[0]] == -1
    assert np.array_equal(made.level[follows], made.level[made.boss[follows]] + 1)
    assert np.array_equal(made.leader[made.team[follows]], made.boss[follows])
    assert np.array_equal(made.above, made.team[made.leader])
    assert np.all(made.above < np.arange(teams))
    assert made.member_start.size == teams + 1
    assert made.member_start[0] == 0
    assert made.member_start[-1] == made.members.size == people - 1
    for team in range(teams):
        members = made.members[made.member_start[team] : made.member_start[team + 1]]
        assert np.array_equal(members, np.flatnonzero(made.team == team))
        assert members.size > 0
    assert np.array_equal(made.front_staff, np.flatnonzero(made.front == 1))
    assert set(np.unique(made.department)) == set(range(int(made.department.max()) + 1))
    for name, array in zip(Structure._fields, made, strict=True):
        assert array.dtype == (np.uint8 if name == "front" else np.int64), name


@st.composite
def bosses(draw: st.DrawFn) -> list[int]:
    """A tree of up to 60 people in any row order."""
    people = draw(st.integers(1, 60))
    above = [draw(st.integers(0, row - 1)) for row in range(1, people)]
    new = draw(st.permutations(range(people)))
    boss = [-1] * people
    for row, up in enumerate(above, start=1):
        boss[new[row]] = new[up]
    return boss


def test_tree_of_five_by_hand() -> None:
    made = tree(5, 7)
    check(made)
    assert made.boss.tolist() == [-1, 0, 0, 0, 0]
    assert made.front.tolist() == [0, 1, 1, 1, 1]
    assert made.department.tolist() == [0, 0, 1, 2, 3]
    assert made.members.tolist() == [1, 2, 3, 4]


def test_tree_of_thirteen_by_hand() -> None:
    made = tree(13, 3)
    check(made)
    assert made.boss.tolist() == [-1, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert made.level.tolist() == [0] + [1] * 3 + [2] * 9
    assert made.department.tolist() == [0, 0, 1, 2, 0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert made.leader.tolist() == [0, 1, 2, 3]
    assert made.above.tolist() == [-1, 0, 0, 0]
    assert made.member_start.tolist() == [0, 3, 6, 9, 12]
    assert made.front_staff.tolist() == list(range(4, 13))


def test_circles_of_thirteen_by_hand() -> None:
    """Three base circles of 5, 4 and 4; their lead links 0, 1 and 2 form the top circle."""
    made = circles(13, 4)
    check(made)
    assert made.leader.tolist() == [0, 0, 1, 2]  # top circle, then the base circles
    assert made.above.tolist() == [-1, -1, 0, 0]
    assert made.team.tolist() == [-1, 0, 0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1]
    assert made.boss.tolist() == [-1, 0, 0, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0]
    assert made.level.tolist() == [0, 1, 1, 1, 2, 2, 1, 2, 2, 1, 2, 2, 1]
    assert made.department.tolist() == [0, 1, 2] * 4 + [0]
    assert made.front.tolist() == [1] * 13


def test_five_people_are_one_circle() -> None:
    made = circles(5, 8)
    check(made)
    assert made.boss.tolist() == [-1, 0, 0, 0, 0]
    assert made.department.tolist() == [0] * 5


def test_default_tree_has_four_full_levels() -> None:
    made = tree(400, 7)
    check(made)
    assert np.bincount(made.level).tolist() == [1, 7, 49, 343]
    assert np.bincount(made.department).tolist() == [58] + [57] * 6
    assert describe(made) == {
        "people": 400,
        "levels": 4,
        "teams": 57,
        "managers": 57,
        "mean_span": 7.0,
        "largest_span": 7,
        "front_share": 343 / 400,
    }


@pytest.mark.parametrize("made", [tree(1, 7), circles(1, 8), from_bosses([-1])])
def test_one_person_serves(made: Structure) -> None:
    check(made)
    assert made.front.tolist() == [1]
    assert describe(made)["mean_span"] == 0.0


@given(people=st.integers(1, 300), span=st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_trees(people: int, span: int) -> None:
    made = tree(people, span)
    check(made)
    followers = np.bincount(made.boss[1:], minlength=people)
    assert np.count_nonzero((followers > 0) & (followers < span)) <= 1  # complete but for one team
    assert np.all(np.diff(made.level) >= 0)  # filled level by level
    assert np.array_equal(made.front == 1, followers == 0)


@given(people=st.integers(1, 600), size=st.integers(2, 15))
@settings(max_examples=60, deadline=None)
def test_circles(people: int, size: int) -> None:
    made = circles(people, size)
    check(made)
    assert np.all(made.front == 1)
    assert made.boss[0] == -1
    layer = np.cumsum(made.leader == 0)  # row 0 leads the first circle of every layer
    sizes = np.diff(made.member_start) + 1
    for number in np.unique(layer):
        in_layer = sizes[layer == number]
        assert np.ptp(in_layer) <= 1
        assert in_layer.min() >= 2
        assert in_layer.max() <= 1.5 * size + 1
        assert made.leader[layer == number].tolist() == list(range(in_layer.size))
        if in_layer.size > 1:
            assert in_layer.min() >= size * 2 / 3
    if people > 1:
        base = layer == layer.max()
        assert sizes[base].sum() == people
        assert sizes[layer == 1].size == 1


@given(bosses())
@settings(deadline=None)
def test_any_chart(boss: list[int]) -> None:
    made = from_bosses(boss)
    check(made)
    assert made.boss.tolist() == boss
    leads = set(boss)
    assert made.front.tolist() == [int(row not in leads) for row in range(len(boss))]
    assert from_bosses(boss, everyone_serves=True).front.all()
    for row, up in enumerate(boss):
        if up >= 0 and boss[up] >= 0:
            assert made.department[row] == made.department[up]


@given(boss=bosses(), data=st.data())
@settings(deadline=None)
def test_relabelling_moves_rows_and_changes_nothing_else(
    boss: list[int], data: st.DataObject
) -> None:
    new = np.array(data.draw(st.permutations(range(len(boss)))))
    old = np.array(boss)
    moved = np.full(len(boss), -1)
    moved[new] = np.where(old < 0, -1, new[old])
    before, after = from_bosses(boss), from_bosses(moved)
    assert np.array_equal(after.level[new], before.level)
    assert np.array_equal(after.front[new], before.front)
    follows = old >= 0  # the head counts in whichever department is number 0
    for numbered, again in (
        (before.team[follows], after.team[new][follows]),
        (before.department[follows], after.department[new][follows]),
    ):
        pairs = set(zip(numbered.tolist(), again.tolist(), strict=True))
        assert len(pairs) == np.unique(numbered).size == np.unique(again).size


def test_a_chain_of_100_000_needs_no_recursion() -> None:
    boss = np.arange(1, 100_001)
    boss[-1] = -1
    made = from_bosses(boss)
    assert made.level[0] == 99_999
    assert made.leader[:2].tolist() == [99_999, 99_998]


def test_departments_given_are_kept() -> None:
    made = from_bosses([1, -1, 1], department=[2, 0, 1])
    assert made.department.tolist() == [2, 0, 1]
    with pytest.raises(ValueError, match=r"shape \(2,\)"):
        from_bosses([1, -1, 1], department=[0, 1])


@pytest.mark.parametrize(
    ("boss", "says"),
    [
        ([1, 2, 1, -1], "rows 1, 2: reporting lines run in a cycle"),
        ([-1, 1, 1], "row 1: reporting lines run in a cycle"),
        ([1, 0], "rows 0, 1: reporting lines run in a cycle"),
        ([-1, 0, -1], "rows 0, 2 have boss -1"),
        ([-1, 3, 0], "boss of row 1 is no row"),
        ([-1, -2], "boss of row 1 is no row"),
        ([], "one whole number per person"),
        ([-1.0, 0.0], "one whole number per person"),
        ([-1] * 14, "rows 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 4 more"),
    ],
)
def test_what_is_no_tree_is_refused_with_its_rows(boss: list[int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        from_bosses(boss)


def test_sizes_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="people=0"):
        tree(0, 7)
    with pytest.raises(ValueError, match="span=0"):
        tree(5, 0)
    with pytest.raises(ValueError, match="size=1"):
        circles(5, 1)


# Word of mouth


_neighbour = entry(neighbour)


@entry
def every_neighbour(customers: int, rewiring: float) -> np.ndarray:
    found = np.empty((customers, 4), np.int64)
    for customer in range(customers):
        for which in range(4):
            found[customer, which] = neighbour(customer, which, customers, rewiring)
    return found


def test_mixer_gives_the_published_values() -> None:
    """MurmurHash3 x86_32 of the empty text is its finaliser applied to the seed."""
    assert mix32(np.uint64(0)) == 0
    assert mix32(np.uint64(1)) == 0x514E28B7
    assert mix32(np.uint64(0xFFFFFFFF)) == 0x81F16F39


@given(
    customers=st.one_of(st.integers(1, 12), st.integers(13, 2**30)),
    which=st.integers(0, 3),
    rewiring=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    data=st.data(),
)
@settings(deadline=None)
def test_neighbour_is_in_range_and_the_same_without_the_compiler(
    customers: int, which: int, rewiring: float, data: st.DataObject
) -> None:
    customer = data.draw(st.integers(0, customers - 1))
    found = _neighbour(customer, which, customers, rewiring)
    assert 0 <= found < customers
    assert customers < 3 or found != customer
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert neighbour(customer, which, customers, rewiring) == found


def test_without_rewiring_the_network_is_the_ring() -> None:
    assert every_neighbour(7, 0.0)[0].tolist() == [5, 6, 1, 2]
    assert every_neighbour(7, 0.0)[6].tolist() == [4, 5, 0, 1]


def test_share_and_spread_of_far_neighbours() -> None:
    """No seed: one fixed network. Bounds of 5 standard errors would fail 1 network in 10**6."""
    customers = 200_000
    near = every_neighbour(customers, 0.0)
    far = every_neighbour(customers, 1.0)
    share = np.mean(every_neighbour(customers, 0.1) != near)
    assert abs(share - 0.1) < 5 * np.sqrt(0.09 / (4 * customers))
    heard = np.bincount(far.ravel(), minlength=customers)  # Poisson(4): variance 4
    assert abs(heard.var() - 4.0) < 5 * np.sqrt((4 + 2 * 16) / customers)
    for which in range(4):
        shift = (far[:, which] - np.arange(customers)) % customers / customers
        assert abs(shift.mean() - 0.5) < 5 * np.sqrt(1 / 12 / customers)
