"""Does every scenario compose, differ in its arms, and say who says so and what is made up?"""

import re
from pathlib import Path

import pytest
import yaml
from scenario_plans import ASKING, SCENARIOS, plan, told

from experiments import scenario_table
from experiments.explain_facts import CLAIM, claims, remarks
from scenarios.library import CONF, content_of, entry, names
from sim.levers import NAMES as LEVERS

GRADES = ("READ", "COMPUTED", "RECALLED", "ASSUMED")
LONGEST = 100  # lines of a file


def text(name: str) -> str:
    return (CONF / "scenario" / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ASKING)
def test_every_arm_differs_from_every_other(name: str):
    arms = list(told(name).items())
    assert len(arms) > 1
    assert plan(name).main != plan(name).against
    for place, (one, configuration) in enumerate(arms):
        for other, another in arms[:place]:
            assert configuration != another, f"{one} is {other}"


@pytest.mark.parametrize("name", ASKING)
def test_sources_and_what_is_assumed_are_named(name: str):
    known = entry("scenario", name)
    assert known.sources
    assert known.assumed
    assert known.title
    assert known.about
    assert set(known.compared) <= set(known.arms)


@pytest.mark.parametrize("name", SCENARIOS)
def test_claims_that_are_named_are_there(name: str):
    assert set(CLAIM.findall(text(name))) <= set(claims())


def test_a_claim_that_is_no_claim_would_be_noticed():
    assert CLAIM.findall("claims V99, C25 and D4") == ["V99", "C25"]
    assert "V99" not in claims()


@pytest.mark.parametrize("name", SCENARIOS)
def test_names_can_be_typed(name: str):
    content = content_of("scenario", name)["scenario"]
    assert content["name"] == name == name.lower()
    for arm in content.get("arms", ()):
        assert not set(",:={}[]'\"") & set(arm), arm
        assert arm.isascii()


def numbers(node: yaml.Node, above: str = "") -> dict[str, yaml.Node]:
    """Every number of a file by its full name, those in lists by their place."""
    if isinstance(node, yaml.MappingNode):
        children = [(str(key.value), value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = [(str(place), value) for place, value in enumerate(node.value)]
    else:
        is_number = node.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
        return {above: node} if is_number else {}
    found: dict[str, yaml.Node] = {}
    for key, value in children:
        found |= numbers(value, f"{above}.{key}" if above else key)
    return found


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_number_has_its_grade(name: str):
    lines = text(name).splitlines()
    for full, node in numbers(yaml.compose(text(name), yaml.SafeLoader)).items():
        if full in ("years", "weeks"):  # a choice of the run
            continue
        remark = lines[node.end_mark.line].partition("#")[2]
        assert any(grade in remark for grade in GRADES), f"{full}: {lines[node.end_mark.line]}"
        assert not re.search(r"READ\W*$", remark), f"{full} is READ, but where?"


def test_every_number_is_looked_at():
    """The test above would notice a number in a list, in braces and behind an anchor."""
    node = yaml.compose("a: &x [{b: 1}]\nc: {d: .5}\ne: *x\nf: text 3\n", yaml.SafeLoader)
    assert set(numbers(node)) == {"a.0.b", "c.d", "e.0.b"}


@pytest.mark.parametrize("name", names("organisation"))
def test_every_organisation_says_where_its_numbers_come_from(name: str):
    said = remarks(CONF / "organisation" / f"{name}.yaml")
    known = entry("organisation", name)
    for full, value in known.differences.items():
        if not isinstance(value, str):
            assert any(grade in said.get(full, "") for grade in GRADES), full
    assert known.name == name.lower()


@pytest.mark.parametrize("name", SCENARIOS)
def test_files_are_short(name: str):
    lines = text(name).splitlines()
    assert len(lines) <= LONGEST
    assert max(map(len, lines)) <= 100


def test_every_lever_is_used_somewhere():
    used = {action.lever for name in SCENARIOS for arm in plan(name).arms
            for action in arm.told.actions}  # fmt: skip
    assert used == set(LEVERS)


def test_the_page_is_what_would_be_generated():
    assert scenario_table.main(["--check"]) == 0


def test_an_outdated_page_is_refused_in_one_sentence(tmp_path: Path, monkeypatch, capsys):
    page = tmp_path / "scenarios.md"
    page.write_text("a\n<!-- begin: scenarios -->\n<!-- end: scenarios -->\nb\n", encoding="utf-8")
    monkeypatch.setattr(scenario_table, "TARGET", page)
    assert scenario_table.main(["--check"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert scenario_table.main([]) == 0
    assert scenario_table.main(["--check"]) == 0
    written = page.read_text(encoding="utf-8")
    assert written.startswith("a\n")
    assert "`zappos_switch`" in written
