"""Can all that is declared be set, does the stronger setting win, and are errors sentences?"""

import re
from pathlib import Path

import pytest
import yaml

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


def told(*overrides: str, arm: int = 0) -> Configuration:
    return study_plan(compose(list(overrides))).arms[arm].told


def refusal(*overrides: str) -> str:
    def set_all() -> None:
        cfg = compose(list(overrides))
        study_plan(cfg)
        engine_of(cfg)

    with pytest.raises(ParameterError) as caught:
        set_all()
    return str(caught.value)


def test_nothing_set_is_the_declared_default():
    assert told() == Configuration()


def test_every_declared_number_has_its_place_and_default():
    for name, declaration in declared().items():
        node = schema()
        for part in name.split("."):
            node = node[part]
        assert name == "weeks" or node == declaration.default, name


@pytest.mark.parametrize("name", sorted(set(declared()) - {"weeks", "years"}))
def test_every_declared_number_can_be_set(name: str):
    declaration = declared()[name]
    value = declaration.high if declaration.default != declaration.high else declaration.low
    group, _, last = name.partition(".")
    cfg = compose([f"{name}={int(value) if isinstance(declaration.default, int) else value}"])
    assert cfg[group][last] == value


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
    plan = study_plan(compose([f"scenario={name}"]))
    assert plan.name == name
    assert plan.title
    assert plan.about
    assert {plan.main, plan.against} <= {arm.name for arm in plan.arms}
    assert all(arm.about for arm in plan.arms)


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
    held = [settings.organisation.front_capacity for _, settings in arm_settings(cfg).values()]
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


# --- bad input ------------------------------------------------------------------------------

BAD = [
    (["scenario=zapos"], "unknown scenario 'zapos'; did you mean zappos?"),
    (["organisation=insurence"], "did you mean insurance?"),
    (["engine=fast"], "unknown engine 'fast'"),
    (["leading.pul=.4"], "unknown setting leading.pul; did you mean leading.pull?"),
    (["leadng.pull=.4"], "did you mean leading.pull?"),
    (["pull=.4"], "did you mean leading.pull?"),
    (["example=.9"], "example is a lever"),
    (["zzzqqq=1"], "zwerm list parameters"),
    (["leading.pull=4"], "out of range; allowed is 0.25 to 0.49 (share a round)"),
    (["leading={pull: 4}"], "out of range; allowed is 0.25 to 0.49"),
    (["leading={pul: 0.4}"], "did you mean leading.pull?"),
    (["leading=4"], "write names and values in braces"),
    (["leading.pull=nan"], "not a finite number; type one from 0.25 to 0.49"),
    (["leading.pull=inf"], "not a finite number"),
    (["leading.pull=null"], "leading.pull = None is not a number"),
    (["leading.pull=high"], "leading.pull = 'high' is not a number; type one from"),
    (["leading.pull=true"], "leading.pull = True is not a number"),
    (["leading.pull="], "is not a number"),
    (["leading.pull=[1]"], "is not a number"),
    (["leading.pull=.3,.4"], "takes one value"),
    (["scenario=zappos,nothing"], "zwerm compare"),
    (["organisation.people=-5"], "out of range; allowed is 3 to"),
    (["organisation.customers=-1"], "out of range; allowed is 20 to"),
    (["organisation.people=12.5"], "must be a whole number from 3 to"),
    (["organisation.structure=circle"], "did you mean circles?"),
    (["organisation.structure=chart"], "add organisation.chart=FILE.csv"),
    (["organisation.name=null"], "give it a value"),
    (["weeks=-1"], "allowed is 1 to 5200"),
    (["weeks=1.5"], "must be a whole number"),
    (["years=nan"], "not a finite number"),
    (["years=-1"], "out of range"),
    (["years=1000"], "out of range"),
    (["engine.seeds=0"], "allowed is 1 to 10000 (runs)"),
    (["engine.first_seed=-1"], "out of range"),
    (["engine.style=papr"], "did you mean paper?"),
    (["engine.figures=maybe"], "type true or false"),
    (["engine.output=${nowhere}"], "Interpolation key 'nowhere' not found"),
    (["off=[cultur]"], "unknown mechanism 'cultur'; did you mean culture?"),
    (["off=culture"], "write a list in brackets"),
    (["switches=[{to: circels, week: 5}]"], "'circels' to switch to; did you mean circles?"),
    (["switches=[{to: chart, week: 5}]"], "unknown structure 'chart' to switch to"),
    (["switches=[{to: circles, week: 520}]"], "comes after the run ends in week 520"),
    (["switches=[{to: circles, week: -1}]"], "week = -1 must be 0 to 5200"),
    (["switches=[{to: circles, week: 1.5}]"], "type a whole number"),
    (["switches=[{to: circles, week: 9}, {to: tree, week: 3}]"], "in the order of their weeks"),
    (["switches=[{to: circles, at_value: 2}]"], "at_value = 2.0 must be a number, 0 to 1"),
    (["switches=[{to: circles, at_value: x}]"], "type a number"),
    (["switches=[{to: circles, at_value: 0.6, if_nps_falls: 3}]"], "one of the two"),
    (["switches=[{too: circles}]"], "did you mean to?"),
    (["switches=[{week: 5}]"], "to is missing"),
    (["switches=3"], "write a list in brackets"),
    (["scenario.measures=[npss]"], "scenario.measures: unknown measure 'npss'; did you mean nps?"),
    (["actions=3"], "write a list in brackets"),
    (["actions=[3]"], "write names and values in braces"),
    (["actions=[{lever: exmple, strength: 1}]"], "unknown lever 'exmple'; did you mean example?"),
    (["actions=[{lever: example}]"], "strength is missing"),
    (["actions=[{lever: example, strenght: 1}]"], "did you mean strength?"),
    (["actions=[{lever: example, strength: 2}]"], "allowed is 0 to 1"),
    (["actions=[{lever: example, strength: nan}]"], "out of range"),
    (["actions=[{lever: example, strength: 1, start: 1.5}]"], "type a whole number"),
    (["actions=[{lever: example, strength: 1, start: 9, end: 3}]"], "before it starts in week 9"),
    (["actions=[{lever: example, strength: 1, start: 600}]"], "after the run ends in week 520"),
    (["scenario=copy_of_a_copy", "years=1"], "after the run ends in week 52"),
    (["scenario=zappos", "scenario.main=cirkles"], "did you mean circles"),
    (["scenario=zappos", "scenario.same_front_as=tre"], "did you mean tree?"),
    (["scenario=zappos", "scenario.arms.tre.structure=tree"], "did you mean tree?"),
    (["scenario.arms={a: {}}"], "scenario.arms.a is not there"),
    (["people.conditional=.65", "people.free_riders=.3", "people.triangle=.15"], "more than 1"),
    (["serving.exponent=0"], "serving.exponent = 0 is not defined"),
    (["zappos"], "'zappos' is not a setting; write name=value"),
    (["~leading"], "is not a setting"),
    (["+leading.pull=.3"], "is not a setting"),
    (["leading.pull=(3"], "cannot be read"),
    (["hydra.run.dir=x"], "unknown setting hydra.run.dir"),
    (["scenario.figures=[lags]"], "no figure is called 'lags'; did you mean lag?"),
    (["scenario.same_front_as=x"], "scenario.same_front_as = 'x' is no arm"),
    (["organisation.chart="], "type organisation.chart=FILE.csv"),
    (["organisation.chart=x.csv", "organisation.people=9"], "leave out organisation.people"),
    (["organisation.chart=x.csv", "organisation.structure=circles"], "own reporting lines"),
    (["scenario.panel={units: 3}"], "this scenario is no panel; leave it out or type scenario="),
    (["scenario.panel.units=3"], "this scenario is no panel"),
    (["scenario=zappos", "scenario.panel={units: 3}"], "this scenario is no panel"),
]
BAD_PANELS = [
    ("scenario.panel.units=abc", "scenario.panel.units = 'abc' cannot be used; type a whole"),
    ("scenario.panel.units=null", "units = None cannot be used; type a whole number from 3 to 500"),
    ("scenario.panel.units=3.5", "units = 3.5 cannot be used"),
    ("scenario.panel.units=true", "units = True cannot be used"),
    ("scenario.panel.units=2", "units = 2 cannot be used"),
    ("scenario.panel.units={a: 1}", "cannot be used"),
    ("scenario.panel=3", "write names and values in braces"),
    ("scenario.panel.unts=3", "did you mean units?"),
    ("scenario.panel={unts: 3}", "did you mean units?"),
    ("scenario.panel.panels=3", "type engine.seeds=20"),
    ("scenario.panel={panels: 3}", "type engine.seeds=20"),
    ("scenario.panel.first_start=400", "first_start = 400 lies after panel.last_start = 312"),
    ("scenario.panel.last_start=520", "ends in week 520; type an earlier week"),
    ("years=5", "ends in week 260"),
    ("off=[surveys]", "a panel reads the surveys; leave them on"),
]
BAD += [(["scenario=aegon", typed], expected) for typed, expected in BAD_PANELS]


@pytest.mark.parametrize(("overrides", "expected"), BAD, ids=lambda each: str(each)[:50])
def test_bad_input_gets_one_sentence(overrides: list[str], expected: str):
    sentence = refusal(*overrides)
    assert expected in sentence
    assert "\n" not in sentence
    assert len(sentence) < 300


BAD_ARMS = [
    ({"engine": {"seeds": 3}}, "arm a: an arm cannot set 'engine'"),
    ({"leadin": {"pull": 0.3}}, "arm a: an arm cannot set 'leadin'; did you mean leading?"),
    ({"leading": {"pul": 0.3}}, "arm a: unknown setting leading.pul; did you mean leading.pull?"),
    ({"leading": {"pull": 3}}, "arm a: leading.pull = 3 is out of range"),
    ({"leading": {"pull": None}}, "arm a: leading.pull = None is not a number"),
    ({"actions": [{"lever": "words", "strength": 1, "end": 0}]}, "arm a: lever words: the action"),
    (3, "arm a: 3 is no list of differences"),
    ({False: ["culture"]}, 'arm a: YAML reads off as false; write "off" in quotes'),
    (
        {"switches": [{"to": "tee"}]},
        "arm a: unknown structure 'tee' to switch to; did you mean tree",
    ),
]


@pytest.mark.parametrize(("differences", "expected"), BAD_ARMS)
def test_a_bad_arm_is_named(differences: object, expected: str):
    cfg = compose([])
    cfg.scenario.arms = {"a": differences, "b": {}}
    with pytest.raises(ParameterError) as caught:
        study_plan(cfg)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_panel_is_checked_in_a_file_as_on_the_command_line():
    cfg = compose(["scenario=zappos"])
    for panel, expected in (
        ({"units": 3}, "none of its arms is called true link"),
        ({"unts": 3}, "unknown scenario.panel.unts; did you mean units?"),
        ({"panels": 3}, "engine.seeds"),
    ):
        cfg.scenario.panel = panel
        with pytest.raises(ParameterError, match=re.escape(expected)):
            study_plan(cfg)


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
