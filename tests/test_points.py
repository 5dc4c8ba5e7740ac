"""Is a run told what its point says?"""

import dataclasses
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from designing import arms_told, base, design, refusal, told
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.settings import compose
from experiments.sweep.base import Base
from experiments.sweep.factors import numbers
from sim.configuration import Configuration, Switch, structure_of
from sim.levers import Action
from sim.parameters import ParameterError

# --- the base -------------------------------------------------------------------------------


# presets and levers, a panel, changes of structure, mechanisms off, parameters by arm
KINDS_OF_SCENARIO = ["copy_of_a_copy", "aegon", "zappos_switch", "ablations", "rival_memory"]


@pytest.mark.parametrize("scenario", KINDS_OF_SCENARIO)
def test_an_empty_point_is_the_base(scenario: str):
    ready = base(f"scenario={scenario}")
    for arm, expected in arms_told(f"scenario={scenario}").items():
        assert ready.told(arm, {}) == expected
        assert ready.told(arm, {"leading.pull": None, "organisation": ""}) == expected
        assert ready.weeks == expected.weeks


ALIKE = [
    ({"leading.pull": 0.3, "people.value": 0.7}, ["leading.pull=.3", "people.value=.7"]),
    ({"organisation.people": 57}, ["organisation.people=57"]),
    ({"organisation.people": 57.0, "organisation.span": "3"},
     ["organisation.people=57", "organisation.span=3"]),
    ({"organisation.people": np.int64(57), "leading.pull": np.float64(0.3)},
     ["organisation.people=57", "leading.pull=.3"]),
    ({"organisation": "retail"}, ["organisation=retail"]),
    ({"organisation": "retail", "organisation.customers": 900, "remembering.churn_slope": 5.0},
     ["organisation=retail", "organisation.customers=900", "remembering.churn_slope=5"]),
]  # fmt: skip


@pytest.mark.parametrize(("point", "overrides"), ALIKE)
@pytest.mark.parametrize("scenario", ["copy_of_a_copy", "zappos"])
def test_a_point_is_told_like_typed_settings(
    scenario: str, point: dict[str, Any], overrides: list[str]
):
    ready = base(f"scenario={scenario}", "sweep.factors.organisation=[retail]")
    for arm, expected in arms_told(f"scenario={scenario}", *overrides).items():
        assert ready.told(arm, point) == expected


def test_what_is_typed_is_stronger_than_a_preset_even_where_it_is_the_default():
    several = ("retail", "insurance", "small")
    said = f"sweep.factors.organisation=[{','.join(several)}]"
    ready = base(said, "serving.digital_share=0.2")
    for name in several:
        made = ready.told("chosen", {"organisation": name})
        assert made == told(f"organisation={name}", "serving.digital_share=0.2")


def test_a_preset_may_not_change_what_all_points_share(tmp_path: Path, monkeypatch):
    from experiments import composing
    from scenarios.library import CONF

    folder = tmp_path / "conf"
    for path in CONF.rglob("*.yaml"):
        target = folder / path.relative_to(CONF)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    shop = folder / "organisation" / "retail.yaml"
    shop.write_text(shop.read_text("utf-8") + "years: 3\n", encoding="utf-8")
    monkeypatch.setattr(composing, "CONF", folder)
    sentence = refusal("sweep.method=grid", "sweep.factors.organisation=[retail]")
    assert "organisation retail sets years" in sentence
    assert design("sweep.method=grid", "sweep.factors.organisation=[retail]", "years=2").size == 1


def test_levers_change_the_action_that_is_there_or_add_one():
    ready = base("scenario=copy_of_a_copy", "sweep.arms=[nothing, example]")
    assert ready.arms == ("example", "nothing")
    point = {
        "levers.example.start": 26.0, "levers.example.ramp": 4,
        "levers.words.strength": 0.5, "levers.words.end": 60,
    }  # fmt: skip
    assert ready.told("example", point).actions == (
        Action("example", 0.9, 26, 4),
        Action("words", 0.5, 0, 0, 60),
    )
    assert ready.told("nothing", point).actions == ()
    assert ready.told("broadcast", point).actions[0].start == 52
    alone = base("scenario=copy_of_a_copy", "sweep.arms=[words]")
    assert alone.told("words", {"levers.words.strength": 0.1}).actions[0].strength == 0.1


def test_the_date_of_a_change_of_structure_is_that_of_the_first_arm():
    ready = base("scenario=zappos_switch", "sweep.arms=[halfway back, circles, tree]")
    point = {"switches.circles.week": 30.0, "switches.hybrid.week": 60}
    alone = base("scenario=zappos_switch", "sweep.arms=[halfway back]")
    assert [each.week for each in alone.told("halfway back", point).switches] == [30, 60]
    assert alone.value("switches.hybrid.week") == 204
    assert ready.arms[0] == "halfway back"
    assert ready.told("circles", point) == ready.told("circles", {})
    assert ready.spin_up_group(point) == ready.spin_up_group({})
    for wrong, says in (
        ({"switches.circles.week": 300}, "must stand in the order of their weeks"),
        ({"switches.tree.week": 30}, "does not change to tree; known names: circles, hybrid"),
        ({"switches.circles.week": 1.5}, "must be a whole number"),
        ({"switches.circle.week": 3}, "did you mean switches.circles.week?"),
    ):
        with pytest.raises(ParameterError, match=re.escape(says)):
            alone.told("halfway back", wrong)


def test_a_scenario_without_arms_has_two():
    ready = base("sweep.arms=[nothing, chosen]")
    point = {"levers.example.strength": 1.0}
    assert ready.arms == ("chosen", "nothing")
    assert ready.told("chosen", point).actions == (Action("example", 1.0),)
    assert ready.told("nothing", point) == Configuration()
    acting = base("actions=[{lever: words, strength: 0.4, start: 5}]")
    assert acting.arms == ("chosen",)
    assert len(acting.told("chosen", point).actions) == 2


def test_front_capacity_stays_that_of_the_scenarios_arm():
    ready = base("scenario=zappos", "sweep.arms=[tree, circles]")
    for people, span in ((57, 7), (300, 4)):
        point = {"organisation.people": people, "organisation.span": span}
        front = structure_of(ready.told("tree", point)).front_staff.size
        held = {ready.told(arm, point).organisation.front_capacity for arm in ready.arms}
        assert held == {front}
    alone = base("scenario=zappos")
    as_tree = alone.told("circles", {"organisation.structure": "tree", "organisation.people": 57})
    assert as_tree.organisation.front_capacity == structure_of(as_tree).front_staff.size
    own = {"organisation.people": 57, "organisation.front_capacity": 9.0}
    assert ready.told("circles", own).organisation.front_capacity == 9.0


def test_front_capacity_can_be_held_equal_over_structures():
    ready = base("sweep=structure_by_values")
    for size in ({}, {"organisation.people": 57}):
        found = {
            structure: ready.told("chosen", {"organisation.structure": structure, **size})
            for structure in ("tree", "circles")
        }
        front = structure_of(found["tree"]).front_staff.size
        assert structure_of(found["circles"]).front_staff.size > front
        assert {each.organisation.front_capacity for each in found.values()} == {front}
    given = base("sweep=structure_by_values", "organisation.front_capacity=300")
    assert given.told("chosen", {"organisation.structure": "circles"}) == told(
        "organisation.structure=circles", "organisation.front_capacity=300"
    )


BAD_POINTS = [
    ({"leading.pull": 3}, "leading.pull = 3 is out of range; allowed is 0.25 to 0.49"),
    ({"leading.pull": float("nan")}, "not a finite number"),
    ({"leading.pull": np.float64("inf")}, "not a finite number"),
    ({"leading.pull": "high"}, "leading.pull = 'high' is not a number"),
    ({"leading.pull": "nan"}, "is not a number"),
    ({"leading.pull": True}, "leading.pull = True is not a number"),
    ({"leading.pull": [0.3]}, "is not a number"),
    ({"leading.pul": 0.3}, "did you mean leading.pull?"),
    ({"organisation.people": 57.5}, "must be a whole number"),
    ({"organisation.structure": "tre"}, "did you mean tree?"),
    ({"organisation.structure": "chart"}, "unknown organisation.structure 'chart'"),
    ({"organisation": "shop"}, "organisation 'shop' is none of this sweep"),
    ({"organisation": 3}, "organisation '3' is none of this sweep"),
    ({"levers.example.strength": 3}, "levers.example.strength = 3 is out of range"),
    ({"levers.words.start": 3}, "levers.words.start needs a strength: the base does not use words"),
    ({"levers.words.strength": 0.1, "levers.words.start": 9, "levers.words.end": 3},
     "before it starts"),
    ({"people.conditional": 0.65, "people.free_riders": 0.3, "people.triangle": 0.15},
     "is more than 1; lower one"),
    ({"serving.exponent": 0.0}, "serving.exponent = 0 is not defined"),
    ({"scenario": "zappos"}, "scenario is no factor"),
]  # fmt: skip


@pytest.mark.parametrize(("point", "expected"), BAD_POINTS, ids=lambda each: str(each)[:50])
def test_bad_points_get_one_sentence(point: dict[str, Any], expected: str):
    with pytest.raises(ParameterError) as caught:
        base().told("chosen", point)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_arm_is_named():
    with pytest.raises(ParameterError, match=r"no arm is called 'chosn'; did you mean chosen\?"):
        base().told("chosn", {})


READY = base(
    "scenario=copy_of_a_copy", "sweep.arms=[nothing, example]", "switches=[{to: circles, week: 60}]"
)


@st.composite
def some_points(draw: st.DrawFn) -> dict[str, Any]:
    """Points of a few factors, some of them a little out of range."""
    chosen = draw(st.lists(st.sampled_from([*numbers(READY.weeks)]), max_size=6, unique=True))
    point: dict[str, Any] = {}
    for name in chosen:
        declared = numbers(READY.weeks)[name]
        share = draw(st.sampled_from([0.0, 0.01, 0.5, 0.99, 1.0, 1.01]))
        value = declared.low + share * (declared.high - declared.low)
        point[name] = round(value) if isinstance(declared.default, int) else float(value)
    if draw(st.booleans()):
        point["organisation.structure"] = draw(st.sampled_from(["tree", "hybrid", "tre"]))
    return point


@given(some_points())
@settings(deadline=None, max_examples=150)
def test_a_point_that_can_be_run_is_a_checked_configuration(point: dict[str, Any]):
    try:
        made = READY.told("example", point)
    except ParameterError:
        return
    assert repr(dataclasses.replace(made)) == repr(made)  # everything checked, whole numbers whole
    for name, value in point.items():
        if name == "switches.circles.week":
            assert made.switches == (Switch("circles", value),)
        elif not name.startswith(("levers.", "organisation.structure")):
            group, _, last = name.partition(".")
            place = (
                made.organisation if group == "organisation" else getattr(made.parameters, group)
            )
            assert getattr(place, last) == value


@given(some_points(), some_points())
@settings(deadline=None, max_examples=150)
def test_a_group_is_what_shares_the_state_at_week_zero(one: dict[str, Any], other: dict[str, Any]):
    found = []
    for arm, point in (("example", one), ("example", other), ("nothing", one)):
        try:
            told = READY.told(arm, point)
            state = dataclasses.replace(told, actions=(), switches=(), off=(), weeks=1)
        except ParameterError:
            continue
        found.append((state, READY.spin_up_group(point, arm)))
    for state, group in found:
        for another, its_group in found:
            assert (state == another) == (group == its_group)


def test_a_group_does_not_depend_on_what_was_run_before():
    said = ["sweep.factors.organisation=[retail]"]
    point = {"organisation": "retail", "serving.contacts_per_year": 12.0}
    fresh, used = (Base.of(compose(said)) for _ in range(2))
    used.told("chosen", point)
    assert fresh.spin_up_group(point) == used.spin_up_group(point)
    assert fresh.spin_up_group(point) == fresh.spin_up_group({"organisation": "retail"})
    assert fresh.spin_up_group({"organisation": "nowhere"}) != fresh.spin_up_group({})


def test_a_base_can_be_sent_elsewhere():
    ready = base("sweep=timing", "sweep.factors.organisation=[retail]")
    point = {"organisation": "retail", "levers.example.start": 4}
    sent = pickle.loads(pickle.dumps(ready))
    assert sent.told("example", point) == ready.told("example", point)


# --- org lists ------------------------------------------------------------------------------


def test_an_org_list_keeps_its_people_and_structure(tmp_path: Path):
    rows = "person,manager\na,\nb,a\nc,a\nd,b\ne,b\nf,b\n"
    (tmp_path / "people.csv").write_text(rows, encoding="utf-8")
    given = f"organisation.chart={tmp_path / 'people.csv'}"
    ready = base(given)
    made = ready.told("chosen", {"leading.pull": 0.3, "organisation.customers": 90})
    assert made == told(given, "leading.pull=.3", "organisation.customers=90")
    for name, value in (("organisation.people", 9), ("organisation.structure", "tree")):
        sentence = refusal("sweep.method=grid", f"sweep.factors.{name}=", given)
        assert f"{name} is given by the org list" in sentence
        with pytest.raises(ParameterError, match="given by the org list"):
            ready.told("chosen", {name: value})
