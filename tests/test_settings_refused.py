"""Is whatever is wrong with a setting told in one sentence?"""

import re

import pytest
from typed import refusal

from experiments.settings import (
    compose,
    study_plan,
)
from sim.parameters import ParameterError

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
