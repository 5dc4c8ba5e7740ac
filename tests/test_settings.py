"""Can all that is declared be set, does the stronger setting win, and are errors sentences?"""

from pathlib import Path

import pytest
import yaml
from scenario_plans import plan
from typed import refusal, told

from experiments.settings import (
    arm_settings,
    compose,
    declared,
    engine_of,
    resolved,
    restored,
    schema,
    study_plan,
)
from scenarios.chart import ChartError
from scenarios.library import CONF, entries, entry, names
from sim.configuration import Configuration, Switch, structure_of
from sim.parameters import ParameterError

ALONE = {"weeks", "years"}  # in no group; `test_length` sets them


def test_nothing_set_is_the_declared_default():
    assert told() == Configuration()


def test_every_declared_number_has_its_place_and_default():
    for name, declaration in declared().items():
        node = schema()
        for part in name.split("."):
            node = node[part]
        assert name == "weeks" or node == declaration.default, name


def other_than_default(name: str) -> float:
    """An end of the declared range, whole where the number is."""
    number = declared()[name]
    value = number.high if number.default != number.high else number.low
    return int(value) if isinstance(number.default, int) else value


@pytest.mark.parametrize("group", sorted({name.partition(".")[0] for name in declared()} - ALONE))
def test_every_declared_number_can_be_set(group: str):
    """All numbers of a group at once: composing is what takes the time."""
    wanted = {name: other_than_default(name) for name in declared()
              if name.partition(".")[0] == group}  # fmt: skip
    cfg = compose([f"{name}={value}" for name, value in wanted.items()])
    for name, value in wanted.items():
        assert cfg[group][name.partition(".")[2]] == value, name


def test_a_value_arrives_in_the_configuration():
    assert told("leading.pull=.4").parameters.leading.pull == 0.4
    assert told("parameters.leading.pull=.4").parameters.leading.pull == 0.4
    assert told("organisation.customers=1e6").organisation.customers == 1_000_000
    assert told("leading={pull: 0.3}").parameters.leading.pull == 0.3


def test_length():
    assert told("years=2").weeks == 104
    assert told("years=2", "weeks=30").weeks == 30
    assert resolved(compose(["years=2"]))["weeks"] == 104


def test_organisation_is_weaker_than_scenario_and_command_line():
    assert told("organisation=insurance").parameters.serving.contacts_per_year == 1.5
    assert told("scenario=zappos").organisation.people == 1500
    assert told("scenario=zappos", "organisation=small").organisation.people == 5
    both = told("organisation=insurance", "serving.contacts_per_year=3")
    assert both.parameters.serving.contacts_per_year == 3.0
    assert told("scenario=copy_of_a_copy").weeks == 260
    assert told("scenario=copy_of_a_copy", "years=3").weeks == 156


def test_composing_does_not_depend_on_where_one_stands(tmp_path: Path, monkeypatch):
    before = told("scenario=zappos")
    monkeypatch.chdir(tmp_path)
    assert told("scenario=zappos") == before


@pytest.mark.parametrize("name", names("organisation"))
def test_every_organisation_composes_and_says_what_it_is(name: str):
    cfg = compose([f"organisation={name}"])
    study_plan(cfg)
    assert cfg.organisation.name == name
    assert cfg.organisation.about


@pytest.mark.parametrize("name", names("scenario"))
def test_every_scenario_composes_and_says_what_it_is(name: str):
    found = plan(name)
    assert found.name == name
    assert found.title
    assert found.about
    assert {found.main, found.against} <= {arm.name for arm in found.arms}
    assert all(arm.about for arm in found.arms)


@pytest.mark.parametrize("name", names("engine"))
def test_every_engine_composes(name: str):
    assert engine_of(compose([f"engine={name}"])).seeds[0] == 1


def test_every_number_of_a_preset_says_where_it_comes_from():
    for path in (CONF / "organisation").glob("*.yaml"):
        numbers = [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if line.startswith("  ") and line.split("#")[0].rstrip()[-1:].isdigit()
        ]
        graded = ("READ", "COMPUTED", "RECALLED", "ASSUMED")
        assert all(any(f"# {grade}" in line for grade in graded) for line in numbers), path


def test_configuration_files_run_no_code():
    for path in CONF.rglob("*.yaml"):
        assert "_target_" not in path.read_text(encoding="utf-8"), path


def test_library_reads_without_composing():
    assert {each.name for each in entries("scenario")} == set(names("scenario"))
    zappos = entry("scenario", "zappos")
    assert zappos.organisation == "zappos"
    assert "circles" in zappos.arms
    small = entry("organisation", "small")
    assert small.differences["organisation.people"] == 5


# --- arms -----------------------------------------------------------------------------------


def test_an_arm_gets_its_differences_on_top():
    plan = study_plan(compose(["scenario=zappos", "leading.pull=.4"]))
    arms = {arm.name: arm.told for arm in plan.arms}
    assert arms["tree"].structure == "tree"
    assert arms["circles"].structure == "circles"
    assert all(each.parameters.leading.pull == 0.4 for each in arms.values())


def test_shared_actions_come_on_top_of_an_arms_own():
    shared = "actions=[{lever: context, strength: 0.9}]"
    plan = study_plan(compose(["scenario=copy_of_a_copy", shared]))
    levers = {arm.name: {each.lever for each in arm.told.actions} for arm in plan.arms}
    assert levers["nothing"] == {"context"}
    assert levers["broadcast"] == {"context", "example", "broadcast"}


def test_front_capacity_can_be_held_equal():
    cfg = compose(["scenario=zappos", "organisation.people=57"])
    front = structure_of(told("organisation.people=57")).front_staff.size
    assert cfg.scenario.same_front_as == "tree"
    held = [told["organisation"]["front_capacity"] for _, told in arm_settings(cfg).values()]
    assert held == [front] * len(held)


def test_shared_switches_come_before_an_arms_own():
    shared = "switches=[{to: circles, week: 10}]"
    plan = study_plan(compose(["scenario=zappos_switch", shared]))
    told = {arm.name: [each.to for each in arm.told.switches] for arm in plan.arms}
    assert told["tree"] == ["circles"]
    assert told["halfway back"] == ["circles", "circles", "hybrid"]


def test_switches_beside_doing_nothing():
    plan = study_plan(compose(["switches=[{to: hybrid, week: 10, if_nps_falls: 4}]"]))
    assert [arm.name for arm in plan.arms] == ["chosen", "nothing"]
    assert plan.arms[0].told.switches == (Switch("hybrid", 10, None, 4.0),)
    assert plan.arms[1].told == Configuration()


def test_without_arms_what_is_set_stands_beside_doing_nothing():
    plan = study_plan(compose(["actions=[{lever: example, strength: 0.9}]"]))
    assert [arm.name for arm in plan.arms] == ["chosen", "nothing"]
    assert (plan.main, plan.against) == ("chosen", "nothing")
    assert plan.arms[1].told == Configuration()
    assert study_plan(compose(["off=[culture]"])).main == "chosen"


def test_an_arm_can_be_changed_from_the_command_line():
    changed = "scenario.arms.example.actions.0.strength=0.7"
    plan = study_plan(compose(["scenario=copy_of_a_copy", changed]))
    example = next(arm for arm in plan.arms if arm.name == "example")
    assert example.told.actions[0].strength == 0.7


def test_what_is_stored_gives_the_same_plan():
    cfg = compose(["scenario=zappos", "organisation.people=57", "engine.seeds=3"])
    content = yaml.safe_load(yaml.safe_dump(resolved(cfg), sort_keys=False))
    again = restored(content)
    assert study_plan(again) == study_plan(cfg)
    assert engine_of(again) == engine_of(cfg)


def test_a_panel_has_the_arms_as_its_kinds():
    plan = study_plan(compose(["scenario=aegon", "scenario.panel.units=4"]))
    assert plan.panel is not None
    assert plan.panel.units == 4
    assert dict(plan.panel.kinds) == {arm.name: arm.told for arm in plan.arms}
    assert study_plan(compose(["scenario=aegon", "scenario.panel=null"])).panel is None


# --- org lists ------------------------------------------------------------------------------


def org_list(folder: Path, text: str) -> str:
    path = folder / "people (new), 2.csv"
    path.write_text("person,manager,department\n" + text, encoding="utf-8")
    return f"organisation.chart={path}"


def test_an_org_list_takes_the_place_of_the_tree(tmp_path: Path):
    given = org_list(tmp_path, "a,,x\nb,a,x\nc,a,y\nd,b,y\ne,b,y\nf,b,y\n")
    plan = study_plan(compose([given]))
    assert plan.arms[0].told.structure == "chart"
    assert plan.arms[0].told.bosses == (-1, 0, 0, 1, 1, 1)
    assert plan.arms[0].told.departments == (0, 0, 1, 1, 1, 1)
    assert "6 people in 2 departments" in plan.notes[0]
    shared = study_plan(compose([given, "scenario=copy_of_a_copy"]))
    assert {arm.told.structure for arm in shared.arms} == {"chart"}
    assert {arm.told.organisation.people for arm in shared.arms} == {6}


def test_an_org_list_meets_no_other_structure(tmp_path: Path):
    given = org_list(tmp_path, "a,,x\nb,a,x\nc,a,y\nd,b,y\ne,b,y\nf,b,y\n")
    assert "scenario zappos compares structures" in refusal(given, "scenario=zappos")
    assert "leave out organisation.structure" in refusal(given, "organisation.structure=tree")
    switch = "switches=[{to: circles, week: 5}]"
    assert "an org list has one structure; leave out switches" in refusal(given, switch)
    assert "leave out organisation.people" in refusal(given, "organisation.people=6")
    assert told(given, "organisation.structure=chart").structure == "chart"
    assert told("organisation.chart=null", "organisation.people=9").organisation.people == 9
    cfg = compose([given])
    cfg.organisation.structure = "circles"
    with pytest.raises(ParameterError, match=r"leave out organisation\.structure"):
        study_plan(cfg)


def test_an_org_list_is_mended_only_when_asked(tmp_path: Path):
    given = org_list(tmp_path, "a,,x\nb,a,x\nc,zz,x\nd,a,x\ne,a,x\n")
    with pytest.raises(ChartError, match="line 4 c"):
        study_plan(compose([given]))
    plan = study_plan(compose([given, "organisation.chart_repair=true"]))
    assert any("reports to the head a" in note for note in plan.notes)


def test_fewer_than_five_people_are_refused(tmp_path: Path):
    given = org_list(tmp_path, "a,,x\nb,a,x\nc,a,x\nd,a,x\n")
    assert "fewer than 5" in refusal(given)


def test_a_missing_org_list_is_named(tmp_path: Path):
    with pytest.raises(ChartError, match="is not there"):
        study_plan(compose([f"organisation.chart={tmp_path / 'none.csv'}"]))
