"""Does each way of choosing points give those it promises?"""

import dataclasses

import numpy as np
import pytest
from designing import base, design, points_of

from experiments.settings import compose
from experiments.sweep.base import Base
from experiments.sweep.design import design_of


def test_a_grid_has_every_combination():
    made = design(
        "sweep.method=grid", "sweep.levels=3",
        "sweep.factors={organisation.structure: null, leading.lead_bonus: null,"
        " organisation.span: {low: 2, high: 3}, people.value: {levels: 5}}",
    )  # fmt: skip
    assert made.size == 3 * 3 * 2 * 5
    found = {tuple(point.values()) for point in points_of(made)}
    assert len(found) == made.size
    assert sorted(set(made.columns["leading.lead_bonus"])) == [0.0, 0.15, 0.3]
    assert sorted(set(made.columns["people.value"])) == [0.0, 0.25, 0.5, 0.75, 1.0]
    first, second = made.point(0), made.point(1)
    assert [name for name in first if first[name] != second[name]] == ["people.value"]
    assert first["organisation.structure"] == "tree"
    assert type(first["organisation.span"]) is int


def test_values_of_a_grid_are_round_and_within():
    factor = "sweep.factors={leading.credibility_loss: {levels: 9}}"
    values = design("sweep.method=grid", factor).columns["leading.credibility_loss"]
    assert list(values) == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]


def test_a_latin_hypercube_has_one_point_in_each_slice():
    made = design("sweep.method=latin", "sweep.points=40", "sweep.factors={leading.*: null}")
    for factor in made.factors:
        column = np.asarray(made.columns[factor.name])
        share = (column - factor.low) / (factor.high - factor.low)
        assert sorted(np.floor(share * 40).astype(int)) == list(range(40))


def test_a_sobol_design_is_balanced():
    made = design("sweep.method=sobol", "sweep.points=64", "sweep.factors={leading.*: null}")
    for factor in made.factors:
        column = np.asarray(made.columns[factor.name])
        share = (column - factor.low) / (factor.high - factor.low)
        assert sorted(np.floor(share * 64).astype(int)) == list(range(64))


@pytest.mark.parametrize("method", ["latin", "sobol"])
def test_what_is_counted_gets_equal_shares(method: str):
    made = design(
        f"sweep.method={method}", "sweep.points=64",
        "sweep.factors={organisation.structure: [tree, circles], leading.pull: [0.3, 0.4],"
        " organisation: [retail, zappos, small, grocery], organisation.span: {low: 2, high: 9}}",
    )  # fmt: skip
    for name, different in (
        ("organisation.structure", 2), ("organisation", 4), ("leading.pull", 2),
        ("organisation.span", 8),
    ):  # fmt: skip
        values, counts = np.unique(np.asarray(made.columns[name]), return_counts=True)
        assert values.size == different
        assert set(counts) == {64 // different}


@pytest.mark.parametrize("method", ["latin", "sobol"])
def test_a_design_seed_gives_one_design(method: str):
    said = [f"sweep.method={method}", "sweep.points=32", "sweep.factors={culture.*: null}"]
    one, again = design(*said), design(*said)
    other = design(*said, "sweep.design_seed=2")
    for name in one.columns:
        assert np.asarray(one.columns[name]).tobytes() == np.asarray(again.columns[name]).tobytes()
        assert not np.array_equal(one.columns[name], other.columns[name])


@pytest.mark.parametrize("method", ["grid", "latin", "sobol", "one_at_a_time"])
def test_points_are_plain_and_within_range(method: str):
    names = [
        "leading.pull",
        "leading.persuasion",
        "organisation.span",
        "levers.example.strength",
        "levers.example.ramp",
    ]
    said = ", ".join(f"{name}: null" for name in names)
    made = design(f"sweep.method={method}", "sweep.levels=2", f"sweep.factors={{{said}}}")
    for point in points_of(made)[:200]:
        for factor in made.factors:
            value = point[factor.name]
            assert type(value) is (int if factor.whole else float)
            assert factor.low <= value <= factor.high


def test_one_at_a_time_begins_with_the_base():
    made = design(
        "sweep.method=one_at_a_time", "sweep.levels=2", "scenario=copy_of_a_copy", "weeks=200",
        "leading.pull=0.4", "sweep.factors={leading.pull: null, levers.example.strength: null,"
        " levers.example.end: [150], levers.words.strength: [0.2], organisation.structure: null}",
    )  # fmt: skip
    usual = {
        "leading.pull": 0.4, "levers.example.strength": 0.9, "levers.example.end": 200,
        "levers.words.strength": 0.0, "organisation.structure": "tree",
    }  # fmt: skip
    assert made.point(0) == usual
    assert made.size == 1 + 2 + 2 + 1 + 1 + 3
    for point in points_of(made)[1:]:
        assert sum(point[name] != usual[name] for name in usual) <= 1
    ready = base("scenario=copy_of_a_copy", "weeks=200", "leading.pull=0.4")
    arm = ready.told("example", made.point(0))
    plain = ready.told("example", {})
    assert arm.actions[0] == plain.actions[0]._replace(end=200)
    assert dataclasses.replace(arm, actions=()) == dataclasses.replace(plain, actions=())


def test_one_kind_of_organisation_at_a_time_keeps_its_own_numbers():
    said = "sweep.factors={organisation: [retail, insurance], serving.digital_share: [0.1]}"
    cfg = compose(["sweep.method=one_at_a_time", said])
    made, ready = design_of(cfg), Base.of(cfg)
    assert made.point(0) == {"organisation": "default", "serving.digital_share": 0.2}
    assert made.point(2) == {"organisation": "insurance", "serving.digital_share": None}
    assert ready.told("chosen", made.point(2)).parameters.serving.digital_share == 0.3
