"""Are fans the runs of the model, whatever is kept, and are A and B the same runs?"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agents import why, why_mood, why_value
from experiments.workshop import offered
from experiments.workshop.ledger_words import row_label
from experiments.workshop.live import Fans, Live, compare, lots_of, verdict
from experiments.workshop.own import Own, own_of
from experiments.workshop.points import QUARTER, names_of, points_of, weeks_of
from experiments.workshop.room import SIDES, Move, Room
from experiments.workshop.said import RoomError, words
from experiments.workshop.seen import seen, why_of
from experiments.workshop.told import told_of
from experiments.workshop.turns import Superseded
from sim.measures import COLUMN, empty_record
from sim.runs import simulate

SMALL = Room(
    people=20, customers=100, years=1,
    first=(Move("example", 0.9, 15, 4), Move("words", 0.5, 30, 0, 40), Move("kpi", 0.5, 14)),
)  # fmt: skip
BOSSES = [-1, *[0] * 6, *[1] * 6, *[2] * 3]  # teams of six, six and three


@pytest.fixture(scope="module")
def live() -> Live:
    return Live()


def own_list() -> Own:
    return own_of("ours", "list", {"bosses": BOSSES, "departments": [0] * len(BOSSES)})


def directly(live: Live, room: Room, side: str, lot: tuple[int, int]) -> np.ndarray:
    """A run of the model with nothing kept and nothing left out, [measures, points]."""
    told = live.on_row(told_of(room, side), lot[0])
    return points_of(told, simulate(told, lot[1]))


@pytest.mark.parametrize("strength", [0.9, 0.8])
def test_what_is_kept_changes_no_bit(live: Live, strength: float) -> None:
    room = replace(SMALL, first=(replace(SMALL.first[0], strength=strength), *SMALL.first[1:]))
    fans = live.fans(room, "first")
    for at in (0, fans.runs - 1):
        mine = np.array([fans.values[name][at] for name in fans.values])
        np.testing.assert_array_equal(mine, directly(live, room, "first", fans.lots[at]))


def test_a_change_of_structure_changes_no_bit_either(live: Live) -> None:
    room = replace(SMALL, structure_first="circles", switch_first=20)
    fans = live.fans(room, "first")
    mine = np.array([fans.values[name][0] for name in fans.values])
    np.testing.assert_array_equal(mine, directly(live, room, "first", fans.lots[0]))
    assert (fans.values["value"] != live.fans(SMALL, "first").values["value"]).any()


def test_one_thread_and_two_agree() -> None:
    one, two = (Live(threads).fans(SMALL, "first") for threads in (1, 2))
    for name in one.values:
        np.testing.assert_array_equal(one.values[name], two.values[name])


def test_fine_begins_with_the_coarse_runs_and_counts_rows_and_seeds() -> None:
    told, bounds = told_of(SMALL, "first"), offered.content()["live"]
    coarse, fine = (lots_of(SMALL, told, each) for each in (False, True))
    assert fine[: len(coarse)] == coarse
    assert len(set(fine)) == len(fine)
    assert len(coarse) == bounds["rows"] * bounds["seeds"]
    assert len(fine) == bounds["fine_rows"] * bounds["fine_seeds"] >= 64


def test_a_warm_start_counts_what_this_machine_can_do(monkeypatch: pytest.MonkeyPatch) -> None:
    bounds, told = offered.content()["live"], list[float]()
    for seconds, rows in ((1e6, bounds["most_rows"]), (1e-6, bounds["rows"])):
        monkeypatch.setitem(bounds, "drag_seconds", seconds)
        fresh = Live()
        fresh.warm(SMALL, progress=told.append)
        assert fresh.coarse_rows == rows
        assert fresh.fans(SMALL, "first").rows == rows
    assert told[-1] == 1.0


def test_the_largest_room_is_run_less_often_and_coarse_smaller() -> None:
    people, customers, years = (
        offered.bound(name).high for name in ("people", "customers", "years")
    )
    large = Room(people=people, customers=customers, years=years)
    told, small = told_of(large, "first"), told_of(large, "first", coarse=True)
    bounds = offered.content()["live"]
    assert bounds["rows"] <= len(lots_of(large, told, fine=True)) < bounds["fine_rows"]
    assert small.organisation.people == bounds["people"]
    assert small.organisation.customers == bounds["customers"]


def test_sides_that_do_the_same_do_not_differ(live: Live) -> None:
    same = replace(SMALL, second=SMALL.first)
    found = compare(*(live.fans(same, side) for side in SIDES))
    assert all((np.nan_to_num(each) == 0.0).all() for each in found.values.values())
    other = compare(*(live.fans(SMALL, side) for side in SIDES))
    assert (other.values["effort_0"] != 0.0).any()


def test_sides_that_were_not_run_alike_are_not_compared(live: Live) -> None:
    first = live.fans(SMALL, "first")
    with pytest.raises(ValueError, match="ask for both again"):
        compare(first, live.fans(replace(SMALL, seed=2), "second"))


def test_who_no_longer_waits_is_not_served(live: Live) -> None:
    with pytest.raises(Superseded):
        live.fans(replace(SMALL, seed=77), "first", stop=lambda: True)


def test_what_is_kept_is_bounded() -> None:
    small = Live(1)
    small._runs.most = 4
    small.fans(SMALL, "first")
    assert len(small._runs.held) <= 4
    assert small._runs.size <= 4


def test_points_show_nothing_before_it_happened() -> None:
    record, told = empty_record(52, 3), told_of(SMALL, "first")
    record.weekly[:] = 1.0
    record.weekly[:, COLUMN["nps"]] = np.nan
    record.weekly[[0, 13, 39], COLUMN["nps"]] = 10.0, 20.0, 40.0
    record.weekly[:, COLUMN["value"]] = np.arange(52)
    record.weekly[:, COLUMN["customers"]] = np.repeat([100.0, 110.0], 26)
    record.weekly[:, COLUMN["profit"]] = 20.0
    found = dict(zip(names_of(told), points_of(told, record), strict=True))
    assert found["nps"].tolist() == [10.0, 20.0, 20.0, 40.0]
    assert found["value"].tolist() == [6.0, 19.0, 32.0, 45.0]
    assert found["customers"].tolist() == pytest.approx([100.0, 100.0, 110.0, 110.0])
    assert found["profit"].tolist() == [52.0] * 4  # 20 euro a week of 20 people
    assert weeks_of(4).tolist() == [13, 26, 39, 52]


def test_a_verdict_by_hand() -> None:
    values = np.array([[1.0] * 4, [3.0] * 4, [5.0] * 4, [-4.0] * 4])
    found = verdict(difference_of("nps_true", values), "nps_true")
    assert (found.middle, found.above, found.below, found.runs) == (2.0, 2, 1, 4)


def difference_of(name: str, values: np.ndarray) -> Fans:
    """A difference with these runs, [runs, points]."""
    nothing: dict[str, np.ndarray] = {}
    lots = tuple((0, seed) for seed in range(len(values)))
    return Fans(weeks_of(4), {name: values}, nothing, nothing, nothing, lots, 20, 100, False, False)


# --- person by person ---------------------------------------------------------------------------


def test_what_is_seen_is_the_first_run_of_the_fans(live: Live) -> None:
    found = seen(live, SMALL, "first")
    told = live.on_row(told_of(SMALL, "first"), found.row)
    weekly = simulate(told, found.seed).weekly
    ends = np.arange(QUARTER - 1, 52, QUARTER)
    np.testing.assert_allclose(np.nanmean(found.value, axis=1), weekly[ends, COLUMN["value"]])
    np.testing.assert_allclose(np.nanmean(found.effort, axis=1), weekly[ends, COLUMN["effort"]])
    assert (found.row, found.seed) == live.fans(SMALL, "first").lots[0]
    assert np.hypot(found.layouts[0].x, found.layouts[0].y).max() <= 1.0


def test_a_change_of_structure_moves_everybody(live: Live) -> None:
    room = replace(SMALL, structure_first="circles", switch_first=20)
    found = seen(live, room, "first")
    assert [(each.first, each.kind) for each in found.layouts] == [(0, "tree"), (1, "circles")]
    told = live.on_row(told_of(room, "first"), found.row)
    weekly = simulate(told, found.seed).weekly
    np.testing.assert_allclose(np.nanmean(found.value[-1]), weekly[-1, COLUMN["value"]])


def test_of_a_list_only_groups_of_five_are_shown(live: Live) -> None:
    own = own_list()
    room, owns = replace(SMALL, organisation=own.key), {own.key: own}
    found = seen(live, room, "first", owns)
    team = found.layouts[0].team
    small = np.flatnonzero(np.bincount(team[team >= 0]) < 5)
    assert found.groups_only
    assert small.size == 1
    assert np.isnan(found.value[:, team == small[0]]).all()
    assert np.isnan(found.value[:, 0]).all()
    shown = found.value[-1, team == team[1]]
    assert np.isfinite(shown).all()
    assert np.unique(shown).size == 1
    assert np.isnan(live.fans(room, "first", owns=owns).values["effort_0"]).all()
    with pytest.raises(RoomError) as caught:
        why_of(live, room, "first", 3, 52, owns=owns)
    assert caught.value.key == "listed"


def test_somebody_says_why_in_both_languages(live: Live) -> None:
    for about in ("effort", "belief", "value", "engagement"):
        english, dutch = (
            why_of(live, replace(SMALL, language=language), "first", 7, 52, about)
            for language in ("en", "nl")
        )
        assert english.number == pytest.approx(english.total)
        assert [row.amount for row in english.rows] == [row.amount for row in dutch.rows]
        pairs = zip(english.rows, dutch.rows, strict=True)
        assert all(one.label != other.label for one, other in pairs), about
        assert english.title != dutch.title


def test_every_row_of_the_ledgers_has_words() -> None:
    known = words("nl")["ledger"]
    for module in (why, why_mood, why_value):
        code = Path(str(module.__file__)).read_text(encoding="utf-8")
        for label in re.findall(r"""(?:Row\(|^\s+\(|label = )f?"([^"]+)\"""", code, re.M):
            plain = re.sub(r" ?\([^)]*\)", "", label)
            assert plain in known, plain


def test_a_row_without_words_stays_as_it_is() -> None:
    assert row_label("what nobody foresaw (1.25)", "nl") == "what nobody foresaw (1.25)"
    told = row_label("leader's deeds (0.914, believed 0.50)", "nl")
    assert told == "daden van de leider (0,91, geloofd 0,50)"


@pytest.mark.parametrize(
    ("person", "week", "key"), [(20, 52, "nobody"), (-1, 52, "nobody"), (3, 0, "why_week")]
)
def test_nobody_is_asked_who_is_not_there(live: Live, person: int, week: int, key: str) -> None:
    with pytest.raises(RoomError) as caught:
        why_of(live, SMALL, "first", person, week)
    assert caught.value.key == key
