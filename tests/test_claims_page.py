"""Does the page of the claims say what came out, by itself and in plain words?"""

import dataclasses
import math
import re
import xml.etree.ElementTree as ET

import pytest
from claiming import UNTESTED, MadeUp, hypothesis, judged_by
from test_page import Checked

from experiments.claims import page
from experiments.claims.folder import csv_text, entry, json_text
from experiments.claims.picture import picture, regions
from experiments.claims.running import Judgement, Outcome
from experiments.claims.verdicts import MISSES
from experiments.claims.words import (
    MEANING,
    ORDER,
    construction,
    decimals_of,
    expected_text,
    numbers,
    reason,
    verdict_text,
)
from experiments.figures.style import svg
from scenarios.claims import Claim
from scenarios.claims.hypothesis import Change, Expects, acting, parameters
from scenarios.claims.verdict import Effect, Expected, Finding, Miss, Verdict
from sim.levers import Action

SETTINGS = {"command": "claims B --seeds=4", "claims": [], "seeds": 4}


def outcome() -> Outcome:
    """One claim of each verdict that made-up runs can give."""
    opposite = acting(Action("example", 0.9), Action("words", 0.5))
    return judged_by(
        MadeUp(),
        UNTESTED,
        hypothesis("B09", note="Mind this."),
        hypothesis("B10", own=None),
        hypothesis("B11", elsewhere={"leaders who do nothing": Change(off=("leading",))}),
        hypothesis("B12", expects=Expects.BELOW),
        hypothesis("B13", arms={"nothing": Change(), "example": opposite}, own=None),
    )


def text_of(found: Outcome) -> str:
    pictures = {
        each.claim.name: svg(picture(each)) for each in found.judgements if each.finding is not None
    }
    return page.text(found, pictures, SETTINGS)


@pytest.fixture(scope="module")
def shown() -> str:
    return text_of(outcome())


def test_the_page_stands_alone(shown: str) -> None:
    checked = Checked(shown)
    assert not re.search(r"https?:|//[a-z]|@import|javascript:", shown)
    assert not checked.tags & {"script", "link", "img", "iframe", "object", "base", "image"}
    assert all(link.startswith("#") for link in checked.links)
    assert {link[1:] for link in checked.links} <= set(checked.ids)
    assert len(checked.ids) == len(set(checked.ids))


def test_pictures_are_xml_and_speak(shown: str) -> None:
    pictures = re.findall(r"<svg\b.*?</svg>", shown, re.DOTALL)
    assert len(pictures) == 1 + 5
    for each in pictures[1:]:
        assert ET.fromstring(each).get("aria-label", "").startswith("Effects of B")


def test_every_colour_has_a_name_in_both_lights(shown: str) -> None:
    style = shown[shown.index("<style>") : shown.index("</style>")]
    named = set(re.findall(r"--([a-z0-9-]+):", style))
    assert set(re.findall(r"var\(--([a-z0-9-]+)", shown)) - {"arm"} <= named


def test_it_says_first_what_a_verdict_means(shown: str) -> None:
    opening = shown[: shown.index("In short")]
    assert "A verdict is about this model and not about the world." in opening
    for verdict in Verdict:
        assert verdict.value in opening
        assert MEANING[verdict] in opening


def test_every_claim_stands_with_its_verdict(shown: str) -> None:
    found = outcome()
    verdicts = [each.verdict for each in found.judgements]
    assert set(verdicts) == set(Verdict)
    for each in found.judgements:
        article = shown[shown.index(f'id="{each.claim.name}"') :]
        article = article[: article.index("</article>")]
        assert f">{each.verdict.value}</span>" in article
        assert each.claim.text in article
    assert "There is no pay here." in shown
    assert "Holds by default, but not with: leaders who do nothing." in shown
    assert "It comes out the other way round." in shown
    assert "Mind this." in shown
    assert "5 of 6 claims were run: " in shown
    assert f"{sum(each.finding is not None for each in found.judgements)} of 6" in shown


def test_numbers_that_do_not_exist_are_no_words(shown: str) -> None:
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", shown, flags=re.DOTALL).lower()
    nowhere = judged_by(MadeUp(gain=math.nan), hypothesis("B09"))
    assert nowhere.judgements[0].verdict is Verdict.UNTESTED
    text = text_of(nowhere)
    assert "Too few runs have such a number." in text
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL).lower()
    assert '"effect": null' in json_text(nowhere.judgements)


def test_nothing_from_outside_becomes_markup() -> None:
    nasty = '<b onclick="x">&{seeds}$name'
    found = judged_by(
        MadeUp(),
        hypothesis("B09", implies=nasty, measures=nasty, unit=nasty, note=nasty,
                   arms={nasty: Change(), "example": acting(Action("example", 0.9))},
                   statistic=lambda arms: arms["example"].mean("nps", 0, 1),
                   elsewhere={nasty: parameters(mood={"load": 0.1})}),
    )  # fmt: skip
    claim = Claim("B09", nasty, nasty, nasty)
    changed = [dataclasses.replace(each, claim=claim) for each in found.judgements]
    text = text_of(dataclasses.replace(found, judgements=changed))
    Checked(text)
    assert "<b onclick" not in text
    assert "{seeds}$name" in text


def test_the_same_outcome_gives_the_same_page() -> None:
    found = outcome()
    assert text_of(found) == text_of(found)


# --- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "says", "region"),
    [
        (Expected(Expects.ABOVE, 2.0), "2 points or more above zero", (2.0, 9.0)),
        (Expected(Expects.ABOVE, 0.0), "above zero", (0.0, 9.0)),
        (Expected(Expects.BELOW, 0.02), "0.02 points or more below zero", (-9.0, -0.02)),
        (Expected(Expects.NEAR_ZERO, 2.0), "within ±2 points", (-2.0, 2.0)),
        (Expected(Expects.WITHIN, 2.0, -0.5, 0.5), "−0.5 to 0.5 points", (-0.5, 0.5)),
    ],
)
def test_what_was_expected(expected: Expected, says: str, region: tuple[float, float]) -> None:
    assert expected_text(expected, "points") == says
    assert regions(expected, -9.0, 9.0) == [region]


def test_every_way_to_miss_and_every_verdict_has_words() -> None:
    assert set(MISSES) == set(Miss)
    assert set(MEANING) == set(ORDER) == set(Verdict) == set(page.KEYS)


def test_numbers_have_three_digits() -> None:
    assert [decimals_of(size) for size in (1234.0, 123.0, 12.3, 1.23, 0.123, 0.00123, 0.0)] == [
        0, 0, 1, 2, 3, 4, 1,
    ]  # fmt: skip
    assert numbers(Effect(-12.345, -13.0, -11.0, ())) == ("−12.3", "−13.0 to −11.0")
    assert numbers(Effect(0.0214, 0.01, 0.03, ()), [Effect(5.0, 4.0, 6.0, ())])[0] == "+0.02"
    assert numbers(Effect(math.nan, math.nan, math.nan, ())) == ("–", "– to –")


@pytest.mark.parametrize(
    ("own", "constructed", "says"),
    [
        (None, None, "No rule was made for it."),
        (Change(off=("mood",)), True, "it no longer holds: that much was put in."),
        (Change(off=("mood",)), False, "it still holds."),
        (Change(off=("mood",)), None, "it does not hold even with that rule on."),
        (Change(off=("mood",)), None, "but does with that off."),
    ],
)
def test_whose_doing_it_is(own: Change | None, constructed: bool | None, says: str) -> None:
    effect = Effect(1.0, 0.5, 1.5, (1.0, 1.0))
    off = effect if says.startswith("but") else Effect(0.0, 0.0, 0.0, (0.0, 0.0))
    finding = Finding(Verdict.EMERGES, effect, off, by_construction=constructed)
    claim = Claim("B09", "theme", "text", "source")
    assert construction(Judgement(claim, hypothesis(own=own), finding)).endswith(says)


def test_a_dependence_is_named_both_ways() -> None:
    claim, effect = Claim("B09", "theme", "text", "source"), Effect(1.0, 0.5, 1.5, (1.0, 1.0))
    finding = Finding(Verdict.DEPENDS, effect, depends_on=("one", "two"))
    here = Judgement(claim, hypothesis(), finding)
    assert verdict_text(here) == "depends on: one, two"
    assert reason(here) == "Holds by default, but not with: one; two."
    finding = dataclasses.replace(finding, missed=Miss.SMALL)
    there = "Does not hold by default (the effect is too small to matter), but does with: one; two."
    assert reason(dataclasses.replace(here, finding=finding)) == there


def test_tables_hold_what_the_page_says() -> None:
    found = outcome().judgements
    lines = csv_text(found).splitlines()
    assert len(lines) == 1 + len(found)
    assert "leaders who do nothing" in lines[1 + [e.claim.name for e in found].index("B11")]
    told = entry(found[1])
    assert told["verdict"] == found[1].verdict.value
    assert [each["name"] for each in told["circumstances"]] == [
        "by default", "own rule off", "nobody looks",
    ]  # fmt: skip
    assert len(told["circumstances"][0]["by_seed"]) == 4
