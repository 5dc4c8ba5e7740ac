"""Has everything with a name a page that says what it is and who says so?"""

import re

import pytest

from experiments.explain import explain_command, explained, matches, things
from experiments.explain_facts import (
    claims,
    claims_in,
    levers_of,
    meanings,
    patterns,
    statuses,
)
from experiments.odd import schedule
from experiments.schema import declared
from scenarios.library import entry, names
from sim.configuration import MECHANISMS
from sim.levers import LEVERS, NAMES
from sim.measures import MEASURES
from sim.parameters import Grade, Kind, ParameterError


def flat(text: str) -> str:
    """A text without its line ends."""
    return " ".join(text.split())


def page(kind: str, name: str) -> str:
    return flat(explained(f"{kind}:{name}"))


@pytest.mark.parametrize("name", MECHANISMS)
def test_mechanism(name: str):
    said = page("mechanism", name)
    part = next(each for each in schedule() if each.name == name)
    assert "<-" in said or " = " in said  # an equation
    assert all(column in said for column in part.writes)
    assert all(lever in said for lever in levers_of(name))
    for full, number in declared().items():
        if full.startswith(f"{name}."):
            assert flat(f"{full} = ") in said
            assert flat(number.source) in said


@pytest.mark.parametrize("name", NAMES)
def test_lever(name: str):
    said, lever = page("lever", name), NAMES[name]
    assert flat(lever.source) in said
    assert flat(lever.about[1:]) in said
    assert lever.read_by in said
    assert name in levers_of(lever.read_by)


@pytest.mark.parametrize("name", list(declared()))
def test_parameter(name: str):
    said, number = page("parameter", name), declared()[name]
    assert flat(f"Source: {number.source}.") in said
    assert flat(number.about[1:]) in said
    assert number.unit in said
    assert f"{number.grade.value}: {meanings(Grade)[number.grade.value]}" in said
    assert f"Kind: {number.kind.value}" in said


@pytest.mark.parametrize("name", names("organisation"))
def test_organisation(name: str):
    said, known = page("organisation", name), entry("organisation", name)
    assert all(f"{full} = " in said for full in known.differences)
    assert "No source is given" not in said
    assert "declared default" in said
    if known.differences:
        assert re.search("READ|ASSUMED|COMPUTED|RECALLED", said)


@pytest.mark.parametrize("name", names("scenario"))
def test_scenario(name: str):
    said, known = page("scenario", name), entry("scenario", name)
    assert flat(known.about) in said
    assert all(arm in said for arm in known.arms)
    assert all(flat(each) in said for each in (*known.sources, *known.assumed))


def test_scenarios_say_what_all_arms_share_and_when_structures_change():
    assert "In all arms: example to 0.9 from week 52" in page("scenario", "ablations")
    assert "culture off" in page("scenario", "ablations")
    said = page("scenario", "zappos_switch")
    assert "circles from week 104; hybrid from week 104 once NPS has fallen by 5" in said
    assert "exit_offer to 1 from week 104 to 108" in said
    assert "once values reach 0.6" in page("scenario", "means_or_consequence")
    assert "ablations" in page("lever", "recognition")


@pytest.mark.parametrize("name", [each.name for each in MEASURES])
def test_measure(name: str):
    said = page("measure", name)
    unit = next(each.unit for each in MEASURES if each.name == name)
    assert unit in said
    assert "Source:" in said


@pytest.mark.parametrize("name", list(claims()))
def test_claim(name: str):
    theme, said, where = claims()[name]
    assert all(flat(each) in page("claim", name.lower()) for each in (theme, said, where))


def test_claims_that_are_named_are_there():
    assert len(claims()) == 136
    named = re.findall(r"\b[A-Z]\d\d\b", " ".join(each.source for each in LEVERS))
    assert set(named) == set(claims_in(each.source for each in LEVERS))
    assert claims_in(["claims C25, B06 and Z99", "D06"]) == ["B06", "C25", "D06"]
    assert "aegon" in explained("C25")
    assert "example" in explained("b06")
    assert "says nothing about it" in flat(explained("V33"))
    assert "says nothing about it" not in flat(explained("C25"))
    assert "zwerm claims C25" in flat(explained("C25"))


def test_what_is_read_off_the_docs_is_there():
    assert {"put in", "fitted", "calibrated", "tested", "exact", "claim"} <= set(statuses())
    assert len(patterns()) > 20
    assert set(meanings(Kind)) == {each.value for each in Kind}
    assert "calibrated" in page("mechanism", "leading")
    assert "part 8" in page("mechanism", "staffing")


def test_a_name_with_several_meanings_lists_them():
    said = explained("recognition")
    assert "zwerm explain lever:recognition" in said
    assert "zwerm explain mood.recognition" in said
    assert {each.kind for each in matches("zappos")} == {"organisation", "scenario"}
    for each in things():  # what a list says to type leads to one page
        assert matches(each.typed) == [each]


def test_an_unknown_name_is_answered_with_the_nearest():
    for word, wanted in (
        ("leadng", "did you mean leading"),
        ("leading.pul", "did you mean leading.pull"),
        ("pul_weight", "did you mean pull_weight"),
        ("lever:exampel", "did you mean example"),
        ("leverage:example", "did you mean lever"),
        ("xqzxqz", "zwerm list parameters"),
    ):
        with pytest.raises(ParameterError, match=wanted) as caught:
            explained(word)
        assert "\n" not in str(caught.value)


def test_the_command_is_as_wide_as_the_terminal(capsys, monkeypatch):
    for columns in (60, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        assert explain_command(["people", "behind"]) == 0
        said = capsys.readouterr().out
        assert said.startswith("people_behind: a lever")
        assert columns * 0.8 < max(map(len, said.splitlines())) <= columns
