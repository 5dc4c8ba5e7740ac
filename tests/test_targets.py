"""Are rows judged as the rule says, and has every row a pattern that can fail, or a reason?"""

import math

import numpy as np
import pytest

from experiments.validate.baseline import accept, accepted, worsened, worsened_text
from experiments.validate.running import Row, measure_all
from experiments.validate.words import by_status, note, number, share_of, share_text
from scenarios.targets import pattern, patterns, targets, unmeasured
from scenarios.targets.judging import (
    BOOTSTRAPS,
    Hit,
    distance_of,
    interval,
    judge,
    together,
    wilson,
)
from scenarios.targets.organisation import break_even, crossing
from scenarios.targets.panels import months_behind
from scenarios.targets.pattern import (
    Pattern,
    change_of,
    checked_settings,
    scenario_arm,
    scenario_base,
    told,
)
from scenarios.targets.target import Curve, Falling, Status, aim_of, chosen_of, target_of
from sim.parameters import ParameterError

BAND = aim_of("X1", {"value": 0.5, "tolerance": 0.1})


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


# --- judging, by hand -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "hit"),
    [((0.50, 0.50, 0.50), Hit.YES), ((0.41, 0.41), Hit.YES), ((0.9, 0.91, 0.9), Hit.NO),
     ((0.3, 0.7), Hit.UNDECIDED), ((0.59, 0.63, 0.57), Hit.UNDECIDED), ((0.5,), Hit.UNDECIDED)],
)  # fmt: skip
def test_within_limits_outside_and_across_an_edge(values: tuple[float, ...], hit: Hit):
    assert judge(column(*values), BAND).hit is hit


def test_the_interval_is_students_and_a_lone_number_has_none():
    # mean 2, SD 1, n 3: 2 ± 2.920 / sqrt(3)
    assert interval(np.array([1.0, 2.0, 3.0])) == pytest.approx((0.31415, 3.68585), abs=1e-4)
    assert all(math.isnan(each) for each in interval(np.array([1.0])))


def test_a_number_that_no_seed_moves_stands_for_itself():
    found = judge(column(0.55), BAND, draws=False).parts[0]
    assert (found.low, found.high, found.hit) == (0.55, 0.55, Hit.YES)
    assert judge(column(0.61), BAND, draws=False).hit is Hit.NO


def test_a_limit_itself_is_a_hit_and_zero_is_no_sign():
    assert judge(column(2.0), aim_of("X", {"at_least": 2.0}), draws=False).hit is Hit.YES
    assert judge(column(0.0), aim_of("X", {"above": 0.0}), draws=False).hit is Hit.NO
    assert judge(column(1e-9), aim_of("X", {"above": 0.0}), draws=False).hit is Hit.YES
    assert judge(column(0.0), aim_of("X", {"below": 0.0}), draws=False).hit is Hit.NO
    assert judge(column(0.0), aim_of("X", {"value": 0, "tolerance": 0}), draws=False).hit is Hit.YES


def test_a_share_has_wilsons_interval():
    # 9 of 10 at 90 %: (.9 + 1.35277 / 10 ± 1.64485 sqrt(.009 + .67639 / 1000)) / 1.270554
    assert wilson(9, 10) == pytest.approx((0.65247, 0.97721), abs=2e-4)
    assert wilson(0, 5)[0] == 0.0
    assert wilson(5, 5)[1] == 1.0
    asked = aim_of("X", {"at_least": 0.5, "share": True})
    assert judge(column(*[1.0] * 9, 0.0), asked).hit is Hit.YES
    assert judge(column(1.0, 1.0, 0.0), asked).hit is Hit.UNDECIDED
    assert judge(column(*[0.0] * 20), asked).hit is Hit.NO


def test_what_falls_has_to_fall_at_every_step():
    falls = aim_of("X", {"falling": ["high", "middle", "low"]})
    assert isinstance(falls, Falling)
    rows = np.array([[3.0, 2.0, 1.0], [3.1, 2.0, 0.8], [2.9, 2.1, 1.1]])
    found = judge(rows, falls)
    assert found.hit is Hit.YES
    assert [each.name for each in found.parts] == ["high less middle", "middle less low"]
    assert judge(rows[:, [0, 2, 1]], falls).hit is Hit.NO
    assert judge(rows[:, [0, 1, 1]], falls).hit is Hit.NO


def test_a_curve_is_held_against_its_rmse():
    curve = aim_of("X", {"curve": {"one": 0.0, "two": 0.0}, "rmse": 0.1})
    assert isinstance(curve, Curve)
    near = judge(np.array([[0.06, 0.0], [0.0, 0.08]]), curve)  # mean .03, .04: RMSE .035355
    assert near.parts[0].value == pytest.approx(math.sqrt((0.03**2 + 0.04**2) / 2))
    assert near.distance == pytest.approx(near.parts[0].value / 0.1)
    assert near.hit is Hit.YES
    assert judge(np.array([[0.3, 0.3], [0.31, 0.3]]), curve).hit is Hit.NO
    assert judge(np.array([[math.nan, 0.0], [math.nan, 0.0]]), curve).hit is Hit.NO
    assert BOOTSTRAPS > 100


def test_distances_are_one_at_the_limit():
    assert distance_of(0.6, BAND[0]) == pytest.approx(1.0)  # type: ignore[index]
    assert distance_of(0.7, BAND[0]) == pytest.approx(2.0)  # type: ignore[index]
    one_sided = aim_of("X", {"at_most": 0.25, "scale": 0.5})
    for value, away in ((0.25, 1.0), (0.75, 2.0), (0.0, 0.5), (-1.0, 0.0)):
        assert distance_of(value, one_sided[0]) == pytest.approx(away)  # type: ignore[index]
    bare = aim_of("X", {"above": 0.0})
    assert math.isnan(distance_of(1.0, bare[0]))  # type: ignore[index]


def test_a_row_of_several_is_hit_if_all_are_and_missed_if_any_is():
    assert together([Hit.YES, Hit.UNDECIDED]) is Hit.UNDECIDED
    assert together([Hit.UNDECIDED, Hit.NO]) is Hit.NO
    assert together([Hit.YES, Hit.YES]) is Hit.YES


def test_too_few_numbers_are_a_miss_and_too_many_values_an_error():
    nan = math.nan
    assert judge(column(nan, nan, 0.5), BAND).hit is Hit.NO
    assert judge(column(nan, 0.5, 0.5), BAND).hit is Hit.YES
    with pytest.raises(ValueError, match="2 numbers a seed and the target has 1"):
        judge(np.zeros((3, 2)), BAND)


# --- the table --------------------------------------------------------------------------------


def test_every_row_has_a_pattern_or_a_reason():
    assert set(patterns()) | set(unmeasured()) == set(targets())
    assert not set(patterns()) & set(unmeasured())
    assert all(why.endswith(".") for why in unmeasured().values())


def test_every_row_is_sourced_and_every_pattern_says_how():
    for row in targets().values():
        assert row.measured
        assert row.source
        assert row.grade
        assert row.unit
    for each in patterns().values():
        assert each.how
        assert each.replicates >= 1
        assert each.seconds > 0.0
    assert len([each for each in targets().values() if each.status is Status.CHECK]) >= 20


@pytest.mark.parametrize(
    ("row", "said"),
    [({"status": "checked"}, "did you mean check"), ({"sources": "x"}, "did you mean source"),
     ({"status": "check", "aim": {"exactly": 3}}, "is no target; type value and tolerance")],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_told_in_a_sentence(row: dict, said: str):
    with pytest.raises(ParameterError, match=said):
        target_of("X1", {"aim": {"above": 0}, **row})


def test_ids_are_chosen_by_name_or_by_letters():
    assert chosen_of(["t13", "N01"]) == ["N01", "T13"]
    assert chosen_of(["aps"]) == [f"APS{place:02}" for place in range(1, 13)]
    assert chosen_of([]) == list(targets())
    with pytest.raises(ParameterError, match="no target is called 'T99'"):
        chosen_of(["T99"])


# --- patterns ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "settings"),
    [("T09", {"deciding.decision_hours": 0.1}), ("N12", {"serving.noise": 0.3}),
     ("N08", {"serving.noise": 0.02}), ("N17", {"surveys.customer_base": 4.0})],
)  # fmt: skip
def test_settings_change_what_a_pattern_gives(name: str, settings: dict[str, float]):
    usual, other = (pattern(name).measured(each, 1, 2) for each in ({}, settings))
    assert usual.shape == other.shape
    assert not np.array_equal(usual, other)
    again = pattern(name).measured({}, 1, 2)
    assert np.array_equal(usual, again)


def test_settings_lie_above_presets_and_below_what_makes_an_arm():
    preset = told({}, 1, preset="insurance").parameters.serving
    chosen = told({"serving.contacts_per_year": 3.0}, 1, preset="insurance").parameters.serving
    assert (preset.contacts_per_year, chosen.contacts_per_year) == (1.5, 3.0)
    arm = scenario_arm("aegon", "placebo")
    cut = told({"contributing.drive_from_engagement": 0.3}, 1, arm).parameters.contributing
    assert cut.drive_from_engagement == 0.0
    base = scenario_base("aegon")
    spread = told({"serving.offer_spread": 0.1}, 1, base=base).parameters.serving
    assert spread.offer_spread == 0.1
    assert told({}, 1, base=base).parameters.serving.offer_spread == 0.06
    assert change_of({"organisation.people": 57}).organisation == {"people": 57}


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"remembering.least_gian": 0.1}, "did you mean remembering.least_gain"),
     ({"gain": 0.1}, "unknown parameter 'gain'"),
     ({"remembering.least_gain": 3.0}, "out of range")],
)  # fmt: skip
def test_settings_that_cannot_be_used_are_told_in_a_sentence(settings: dict, said: str):
    with pytest.raises(ParameterError, match=said):
        checked_settings(settings)
    with pytest.raises(ParameterError, match=said):
        pattern("T09").measured(settings)


def test_an_id_without_a_pattern_and_bad_replicates_are_told_in_a_sentence():
    with pytest.raises(ParameterError, match="no target is called 'T131'; did you mean T13"):
        pattern("T131")
    with pytest.raises(ParameterError, match="whole number from 1"):
        pattern("N17").measured({}, 1, 0)
    wrong = Pattern("T09", lambda s, f, n: np.zeros(n + 1), 2, 1.0, "made up")
    with pytest.raises(RuntimeError, match="it has to give 2"):
        wrong.measured()


def test_seeds_follow_the_first_seed():
    one, two = (pattern("N17").measured({}, first, 2) for first in (1, 2))
    assert one[1] == two[0]


def test_a_crossing_and_a_return_by_hand():
    places = np.array([0.0, 0.5, 1.0])
    assert crossing(places, np.array([-1.0, 1.0, 2.0])) == pytest.approx(0.25)
    assert math.isnan(crossing(places, np.array([1.0, 1.0, 2.0])))
    course = np.full(39, 0.9)
    assert break_even(course) == 156
    course[5:] = 1.01
    course[2] = 0.8
    assert break_even(course) == 20


def test_a_lag_in_months_is_found():
    chance = np.random.Generator(np.random.Philox(2))
    slow = chance.standard_normal((20, 700)).cumsum(axis=1)
    assert months_behind(slow[:, 40:456], slow[:, 0:416]) == pytest.approx(40 / 4.345, abs=0.7)


# --- running and counting ---------------------------------------------------------------------


def row_of(name: str, hit: Hit) -> Row:
    target = targets()[name]
    value = {Hit.YES: 0.5, Hit.NO: 5.0, Hit.UNDECIDED: 0.6}[hit]
    spread = 0.1 if hit is Hit.UNDECIDED else 0.0
    judged = judge(column(value - spread, value + spread), BAND)
    assert judged.hit is hit
    return Row(target, patterns()[name], judged, 2, 0.1)


def test_a_pattern_that_fails_is_a_row_with_a_reason_and_the_others_go_on(monkeypatch):
    from scenarios.targets import patterns as found

    broken = Pattern("T01", lambda s, f, n: 1 / 0, 1, 1.0, "made up", False)  # type: ignore[arg-type]
    monkeypatch.setitem(found(), "T01", broken)
    told: list[str] = []
    outcome = measure_all(["T01", "T04", "N16"], report=lambda row, *_: told.append(row.target.id))
    rows = {each.target.id: each for each in outcome.rows}
    assert rows["T01"].hit is Hit.UNMEASURED
    assert "ZeroDivisionError" in note(rows["T01"])
    assert rows["T04"].hit is Hit.YES
    assert list(rows) == ["N16", "T01", "T04"]
    assert sorted(told) == ["N16", "T01", "T04"]


def test_an_interrupt_keeps_what_was_measured():
    calls: list[int] = []

    def worked(work):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return work()

    outcome = measure_all(["T01", "T02", "T04", "T09"], worked=worked)
    assert outcome.stopped
    assert [each.target.id for each in outcome.rows] == ["T01", "T02"]


def test_only_checks_are_counted_as_tests_and_undecided_is_no_hit():
    rows = [row_of("N02", Hit.YES), row_of("N04", Hit.NO), row_of("N15", Hit.UNDECIDED),
            row_of("T13", Hit.YES)]  # fmt: skip
    groups = by_status(rows)
    assert list(groups) == [Status.CHECK, Status.CALIBRATED]
    share = share_of(groups[Status.CHECK])
    assert (share.hit, share.missed, share.undecided, share.measured) == (1, 1, 1, 3)
    assert share_text(share).startswith("1 of 3 hit (33%, 90 % interval ")
    assert number(-0.01234) == "−0.0123"
    assert number(123.4) == "123"


def test_what_was_accepted_is_compared_with(tmp_path):
    path = tmp_path / "validated.yaml"
    with pytest.raises(ParameterError, match="zwerm validate --accept"):
        accepted(path)
    accept([row_of("N02", Hit.YES), row_of("N04", Hit.NO), row_of("T13", Hit.YES)], path)
    before = accepted(path)
    assert before["N02"] == {"verdict": "hit", "found": [0.5]}
    now = [row_of("N02", Hit.UNDECIDED), row_of("N04", Hit.NO), row_of("T13", Hit.YES)]
    assert worsened(now, before) == ["N02"]
    assert worsened([Row(targets()["N02"], why_not="It failed.")], before) == ["N02"]
    assert worsened([row_of("N04", Hit.YES)], before) == []
    assert worsened_text(["N02"]).startswith("row N02 passed before and does no longer")
    accept([row_of("N04", Hit.YES)], path)
    assert accepted(path)["N02"]["verdict"] == accepted(path)["N04"]["verdict"] == "hit"
