"""Are indices those of published functions?"""

import numpy as np
import pytest

from experiments.results import Floats
from experiments.sensitivity import morris, sobol
from experiments.sensitivity.boxes import discovered
from experiments.sensitivity.rows import luck

pytest.importorskip("SALib")

NAMES = ["first", "second", "third", "dead"]
# Ishigami & Homma 1990 with a = 7, b = .1; first order and total in closed form (Saltelli 2008).
FIRST, TOTAL = (0.3139, 0.4424, 0.0, 0.0), (0.5576, 0.4424, 0.2437, 0.0)


def ishigami(unit: Floats) -> Floats:
    x = (2 * unit - 1) * np.pi
    wave = np.sin(x[:, 0])
    return wave + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * wave


# --- indices --------------------------------------------------------------------------------


def test_sobol_indices_of_ishigami_are_those_published():
    found = sobol.shares(NAMES, ishigami(sobol.sampled(4, 2048, seed=1)))
    by_name = {each.name: each for each in found.of}
    for name, first, total in zip(NAMES, FIRST, TOTAL, strict=True):
        assert by_name[name].first == pytest.approx(first, abs=0.02)
        assert by_name[name].total == pytest.approx(total, abs=0.02)
    assert [each.name for each in found.of] == ["first", "second", "third", "dead"]
    assert found.together == pytest.approx(0.2437, abs=0.04)
    assert (found.blocks, found.left_out) == (2048, 0)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    inside = []
    for seed in range(1, 21):
        found = sobol.shares(NAMES, ishigami(sobol.sampled(4, 256, seed)))
        for each in found.of:
            place = NAMES.index(each.name)
            if TOTAL[place]:
                inside.append(each.total_low <= TOTAL[place] <= each.total_high)
    # 60 intervals of 95 %; fewer than 48 hits have a chance below 1e-8 if they are right.
    assert sum(inside) >= 48


def test_a_point_without_a_number_costs_its_block_only():
    value = ishigami(sobol.sampled(4, 1024, seed=1))
    value[[3, 4, 500]] = np.nan
    found = sobol.shares(NAMES, value)
    assert (found.blocks, found.left_out) == (1022, 2)
    assert found.of[0].total == pytest.approx(0.5576, abs=0.04)


def test_no_index_is_told_where_nothing_moves_or_too_little_is_known():
    assert sobol.shares(NAMES, np.full(6 * 64, 0.1 + 0.2)).of == ()
    few = sobol.shares(NAMES, ishigami(sobol.sampled(4, 8, seed=1)))
    assert (few.of, few.blocks) == ((), 8)
    assert np.isnan(few.together)


def test_rows_of_boxes_share_no_value():
    unit = sobol.sampled(3, 16, seed=1)[sobol.independent(16 * 5, 3)]
    assert unit.shape == (32, 3)
    assert all(np.unique(unit[:, place]).size == 32 for place in range(3))


def test_screening_is_that_of_salib_where_all_is_known():
    from SALib.analyze import morris as library

    unit = morris.sampled(NAMES, 40, seed=2)
    value = ishigami(unit)
    problem = {"num_vars": 4, "names": NAMES, "bounds": [[0.0, 1.0]] * 4}
    theirs = library.analyze(problem, unit, value, num_levels=morris.LEVELS)
    theirs_a_step = morris.LEVELS / (2 * (morris.LEVELS - 1))  # from end to end of each range
    ours = {each.name: each for each in screened(unit, NAMES, value)}
    for place, name in enumerate(NAMES):
        for kind in ("mu", "mu_star", "sigma"):
            effect = float(theirs[kind][place]) * theirs_a_step / morris.STEP
            assert getattr(ours[name], kind) == pytest.approx(effect, abs=1e-9)


def screened(unit: Floats, groups: list[str], value: Floats) -> list[morris.Screened]:
    return morris.screened(morris.elementary_effects(unit, groups, value), groups)


def test_effects_of_a_plane_are_its_slopes_and_hold_no_doubt():
    slopes = np.array([3.0, -2.0, 0.5, 0.0])
    unit = morris.sampled(NAMES, 10, seed=1)
    found = {each.name: each for each in screened(unit, NAMES, unit @ slopes)}
    for name, slope in zip(NAMES, slopes, strict=True):
        each = found[name]
        assert (each.mu, each.mu_star) == pytest.approx((slope, abs(slope)), abs=1e-9)
        assert (each.sigma, each.sigma_high) == pytest.approx((0.0, 0.0), abs=1e-9)
        assert each.is_dead == (name == "dead")
    assert morris.matter([list(found.values())], keep=9) == ["first", "second", "third"]


def test_a_missing_point_costs_the_two_steps_that_touch_it():
    unit = morris.sampled(NAMES, 5, seed=1)
    value = ishigami(unit)
    value[2] = np.nan  # inside the first trajectory
    found = screened(unit, NAMES, value)
    assert sum(each.effects for each in found) == 5 * 4 - 2
    assert all(np.isfinite(each.mu_star) for each in found)


def test_groups_move_together_and_have_no_sign():
    groups = ["people", "people", "mood", "idle"]
    unit = morris.sampled(groups, 30, seed=1)
    assert unit.shape == (30 * 4, 4)
    assert np.unique(unit).tolist() == [0.125, 0.375, 0.625, 0.875]
    found = {each.name: each for each in screened(unit, groups, ishigami(unit))}
    assert set(found) == {"people", "mood", "idle"}
    assert found["people"].mu_star > found["mood"].mu_star > 0.0
    assert np.isnan(found["people"].mu)
    assert found["idle"].is_dead
    assert morris.not_negligible([list(found.values())], 0.1) == ["people", "mood"]


def test_what_matters_for_any_number_is_kept():
    weak = [morris.Screened(name, 0, size, size, size, 0, 0, 0, 5)
            for name, size in (("a", 100.0), ("b", 90.0), ("c", 1.0))]  # fmt: skip
    other = [morris.Screened(name, 0, size, size, size, 0, 0, 0, 5)
             for name, size in (("a", 0.0), ("b", 0.001), ("c", 0.01))]  # fmt: skip
    assert set(morris.matter([weak, other], keep=2)) == {"a", "c"}


def test_luck_is_what_seeds_do_to_points_apart():
    draw = np.random.default_rng(1)
    truth, noise = draw.normal(0, 1, 4000), draw.normal(0, 1, (4000, 4))
    for of_seed, share in ((0.0, 0.2), (5.0, 0.2)):  # what a seed does to all is no luck
        seeds = truth[:, None] + noise + of_seed * np.arange(4)
        without = (seeds.sum(axis=1, keepdims=True) - seeds) / 3
        assert luck(seeds.mean(axis=1), without) == pytest.approx(share, abs=0.02)
    assert np.isnan(luck(truth, np.full((4000, 1), np.nan)))


# --- boxes ----------------------------------------------------------------------------------


def test_a_planted_box_is_found_with_its_limits():
    pd = pytest.importorskip("pandas")
    pytest.importorskip("ema_workbench")
    design = pd.DataFrame(np.random.default_rng(1).random((400, 4)), columns=list("abcd"))
    inside = ((design["a"] > 0.6) & (design["b"] < 0.4)).to_numpy()
    found = discovered(design, np.where(inside, -1.0, 1.0), inside, "below zero")
    box = found.boxes[0]
    assert {each.name for each in box.limits} == {"a", "b"}
    limits = {each.name: each for each in box.limits}
    assert limits["a"].low == pytest.approx(0.6, abs=0.05)
    assert limits["b"].high == pytest.approx(0.4, abs=0.05)
    assert limits["a"].p_low < 1e-6
    assert np.isnan(limits["a"].p_high)
    assert box.density > 0.9
    assert box.coverage > 0.9


def test_no_box_is_told_of_chance_of_few_cases_or_of_all():
    pd = pytest.importorskip("pandas")
    pytest.importorskip("ema_workbench")
    draw = np.random.default_rng(3)
    design = pd.DataFrame(draw.random((200, 3)), columns=list("abc"))
    value = draw.normal(size=200)
    assert "the least" in discovered(design, value, value > 9, "rare").why
    assert "no border" in discovered(design, value, value > -9, "all").why
    value[:190] = np.nan
    assert discovered(design, value, value > -9, "unknown").points == 10
