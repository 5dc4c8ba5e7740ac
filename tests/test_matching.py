"""Is a set ruled out for what was declared, read back bit for bit, and refused when it is wrong?"""

import math
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scenarios import matching, plausible
from scenarios.claims.building import configuration
from scenarios.claims.hypothesis import parameters
from scenarios.matching import CUT, Part, Seen, by_row, distances, hits, implausibility, seen, worst
from scenarios.plausible import ABOUT, TABLE, below, read, table_text, uncertain
from scenarios.targets import targets
from scenarios.targets.target import Limits, Status
from sim.parameters import ParameterError

TWO = Part("N11", Limits("", 2.0, 4.0, 1.0))
LEAST = Part("N01", Limits("", 0.5, math.inf, 0.1))
MOST = Part("T13", Limits("left", -math.inf, 0.25, 0.25))
OTHER = Part("T13", Limits("half", 4.0, 12.0, 4.0))


def one(mean: float, part: Part, variance: float = 0.0, discrepancy: float = 0.0) -> float:
    found = Seen(np.array([[mean]]), np.array([[variance]]))
    return float(implausibility(found, (part,), discrepancy)[0, 0])


# --- implausibility, by hand ----------------------------------------------------------------


def test_implausibility_is_distance_over_the_root_of_three_variances() -> None:
    assert one(6.0, TWO) == 3.0
    assert one(6.0, TWO, variance=3.0) == pytest.approx(3.0 / 2.0)
    assert one(6.0, TWO, variance=2.75, discrepancy=0.5) == pytest.approx(3.0 / 2.0)


def test_one_limit_counts_from_the_limit_on() -> None:
    assert one(0.9, LEAST) == 0.0
    assert one(0.3, LEAST) == pytest.approx(2.0)
    assert one(-3.0, MOST) == 0.0
    assert one(0.75, MOST) == pytest.approx(2.0)


def test_what_does_not_exist_is_ruled_out_and_what_was_not_measured_is_not() -> None:
    assert one(math.inf, LEAST) == math.inf
    assert math.isnan(one(math.nan, TWO))


@given(st.floats(-50, 50), st.floats(0, 20), st.floats(0, 20))
def test_more_variance_never_rules_out_more(mean: float, less: float, more: float) -> None:
    assert one(mean, TWO, less + more) <= one(mean, TWO, less)


def test_mean_variance_and_missing_numbers_come_from_seeds() -> None:
    points = [
        {"N11": np.array([[1.0], [3.0]]), "T13": np.array([[0.1, 6.0], [0.3, np.nan]])},
        {"T13": np.array([[0.1, np.nan], [0.3, np.nan]])},
    ]
    found = seen(points, (TWO, MOST, OTHER))
    np.testing.assert_array_equal(found.mean, [[2.0, 0.2, 6.0], [np.nan, 0.2, np.inf]])
    np.testing.assert_allclose(found.variance[0], [1.0, 0.01, 0.0])


def test_one_seed_has_the_luck_of_the_declared_numbers() -> None:
    found = seen([{"N11": np.array([[3.0]])}], (TWO,), np.array([0.7]))
    assert found.variance[0, 0] == 0.7


def test_a_share_of_seeds_that_agree_is_not_certain() -> None:
    part = Part("N01", Limits("", 0.5, math.inf, 0.15, False, True))
    found = seen([{"N01": np.ones((4, 1))}], (part,))
    assert found.mean[0, 0] == 1.0
    assert found.variance[0, 0] == pytest.approx(5 / 6 * 1 / 6 / 4)


def test_a_row_is_as_implausible_as_its_worst_number() -> None:
    parts = (TWO, MOST, OTHER)
    found = np.array([[1.0, 2.0, 5.0], [np.nan, 4.0, np.nan], [7.0, np.nan, np.nan]])
    names, rows = by_row(found, parts)
    assert names == ["N11", "T13"]
    np.testing.assert_array_equal(rows, [[1.0, 5.0], [np.nan, 4.0], [7.0, np.nan]])
    np.testing.assert_array_equal(worst(rows, 1), [5.0, 4.0, 7.0])
    np.testing.assert_array_equal(worst(rows, 2), [1.0, 0.0, 0.0])
    np.testing.assert_array_equal(worst(rows, 3), [0.0, 0.0, 0.0])


def test_hits_are_within_the_published_limits() -> None:
    mean = np.array([[2.0, 0.2, 5.0], [4.1, 0.2, 3.9], [3.0, 0.3, 5.0]])
    found = hits(Seen(mean, np.zeros_like(mean)), (TWO, MOST, OTHER))
    np.testing.assert_array_equal(found, [[True, True], [False, False], [True, False]])


def test_conflict_is_less_together_than_by_chance() -> None:
    low, high = np.zeros(20), np.full(20, 9.0)
    apart = np.stack([np.concatenate([low, high]), np.concatenate([high, low])], axis=1)
    (found,) = matching.conflicts(["A", "B"], apart)
    assert (found.first, found.second, found.both, found.ratio) == (0.5, 0.5, 0.0, 0.0)
    free = np.stack([np.tile([0.0, 9.0], 20), np.repeat([0.0, 9.0], 20)], axis=1)
    assert matching.conflicts(["A", "B"], free)[0].ratio == pytest.approx(1.0)
    assert matching.conflicts(["A", "B"], np.full((20, 2), 9.0)) == []


# --- rows of the table ----------------------------------------------------------------------


def test_only_rows_of_that_status_are_calibrated_on() -> None:
    known = matching.calibrated_rows()
    assert {targets()[name].status for name in known} == {Status.CALIBRATED}
    assert {"N11", "N17", "T13"} <= set(known)
    parts = matching.parts_of(known)
    assert all(each.tolerance > 0.0 and math.isfinite(each.aim) for each in parts)
    assert next(each for each in parts if each.row == "N11").aim == pytest.approx(0.14)


@pytest.mark.parametrize(
    ("name", "said"),
    [("N10", "would use it up as a test"), ("N99", "no target is called"), ("n11", "N11")],
)
def test_other_rows_are_refused(name: str, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        matching.checked_rows([name])


def test_tolerances_are_the_published_ones() -> None:
    for each in matching.parts_of(matching.calibrated_rows()):
        low, high = each.limits.low, each.limits.high
        half = (high - low) / 2.0
        assert each.tolerance == (half if math.isfinite(half) else each.limits.scale)
        inside = np.array([[low if math.isfinite(low) else high]])
        assert distances(inside, (each,))[0, 0] <= 1.0 + 1e-9


# --- the set --------------------------------------------------------------------------------

ROWS = [{"mood.support": 0.1 + at / 7.0, "staffing.hiring_weeks": 4 + at} for at in range(5)]


def written(folder: Path, text: str, **more: object) -> tuple[Path, Path]:
    import hashlib

    table, about = folder / TABLE, folder / ABOUT
    table.write_text(text, encoding="utf-8")
    told = {"sha256": hashlib.sha256(text.encode()).hexdigest(), **more}
    about.write_text(yaml.safe_dump(told), encoding="utf-8")
    return table, about


def test_rows_come_back_bit_for_bit(tmp_path: Path) -> None:
    found = read(*written(tmp_path, table_text(ROWS)))
    assert list(found.rows) == ROWS
    assert isinstance(found.rows[0]["staffing.hiring_weeks"], int)


def test_draws_are_different_rows_and_the_same_for_the_same_seed(tmp_path: Path) -> None:
    found = read(*written(tmp_path, table_text(ROWS)))
    assert found.draws(5, 3) == found.draws(5, 3)
    assert found.draws(5, 3)[:2] == found.draws(2, 3)
    assert sorted(each["mood.support"] for each in found.draws(5)) == [
        each["mood.support"] for each in ROWS
    ]
    assert any(found.draws(1, seed) != found.draws(1, 1) for seed in range(2, 9))
    for count in (0, 6):
        with pytest.raises(ParameterError, match="type 1 to 5"):
            found.draws(count)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mood.supports\n0.1\n", "did you mean mood.support"),
        ("mood.support\n11\n", "line 2: mood.support = 11 is out of range"),
        ("mood.support\nmuch\n", "is not a number"),
        ("mood.support\n0.1,0.2\n", "has 2 cells and needs 1"),
        ("mood.support,mood.support\n0.1,0.2\n", "twice"),
        ("mood.support\n", "has no rows"),
        ("organisation.people\n5\n", "is no uncertain parameter"),
    ],
)
def test_a_wrong_table_is_refused_with_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        read(*written(tmp_path, text))


def test_an_edited_table_is_refused(tmp_path: Path) -> None:
    table, about = written(tmp_path, table_text(ROWS))
    table.write_text(table_text(ROWS[:-1]), encoding="utf-8")
    with pytest.raises(ParameterError, match="SHA-256 differs"):
        read(table, about)
    about.unlink()
    with pytest.raises(ParameterError, match="there is no plausible"):
        read(table, about)


def test_a_row_lies_below_what_somebody_set() -> None:
    row = {"mood.support": 0.123, "mood.recognition": 0.05}
    arms = {"set": configuration(1, parameters(mood={"support": 0.4})), "free": configuration(1)}
    found = below(arms, row)
    usual = arms["free"].parameters.mood.support
    assert [each.parameters.mood.support for each in found.values()] == [0.4, usual]
    assert [each.parameters.mood.recognition for each in found.values()] == [0.05, 0.05]
    assert below({"free": arms["free"]}, row)["free"].parameters.mood.support == 0.123


def test_the_set_in_conf_is_whole() -> None:
    if not (plausible.CONF / TABLE).is_file():
        pytest.skip("no set was made yet")
    found = plausible.plausible()
    assert found.about["rows"] == len(found.rows)
    assert found.about["rule"]["cut"] == CUT
    assert set(found.rows[0]) <= set(uncertain())
