"""Does the page say what the numbers say, by itself and to everybody?"""

import dataclasses
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import ClassVar

import numpy as np
import pytest
from drawing import PANEL, kind, made, simulated

from experiments.page import WORDS, write
from experiments.page.inline import anchor, inline
from experiments.page.sentences import (
    copy_sentence,
    cost_sentence,
    ends_sentence,
    findings,
    lag_findings,
    lag_sentence,
    left_sentence,
    number,
    one_shape,
    verdict_sentence,
)
from experiments.results import Study
from scenarios.library import entry
from sim.compiled import kernel_hash
from sim.configuration import Switch
from sim.measures import COLUMN


class Checked(HTMLParser):
    """Whether every tag is closed in order; gathers ids, links and texts."""

    EMPTY: ClassVar[set[str]] = {"meta", "circle", "path", "use", "br"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)
        if tag not in self.EMPTY or tag == "path":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.EMPTY and tag != "path":
            return
        assert self.open.pop() == tag

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "xlink:href", "action", "data", "poster", "srcset"):
                self.links.append(value or "")


def text_of(study: Study, folder: Path, **words: str) -> str:
    return write([study], folder, words).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page about a study that has everything, and one by hand."""
    folder = tmp_path_factory.mktemp("page")
    path = write([made([3.0] * 6, name="aegon", panel=PANEL), simulated()], folder)
    assert [each.name for each in folder.iterdir()] == ["index.html"]
    return path.read_text(encoding="utf-8")


def test_the_page_stands_alone(page: str) -> None:
    checked = Checked(page)
    assert not re.search(r"https?:|//[a-z]|@import|javascript:", page)
    assert not checked.tags & {"script", "link", "img", "iframe", "object", "base", "image"}
    assert all(link.startswith("#") for link in checked.links)
    assert {link[1:] for link in checked.links} <= set(checked.ids)
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(checked.ids)
    assert len(re.findall(r"url\(", page)) == len(re.findall(r"url\(#", page))


def test_no_id_stands_twice(page: str) -> None:
    ids = Checked(page).ids
    assert len(ids) == len(set(ids))


def test_pictures_are_xml_and_speak(page: str) -> None:
    pictures = re.findall(r"<svg\b.*?</svg>", page, re.DOTALL)
    assert len(pictures) > 8
    for each in pictures:
        head = ET.fromstring(each)
        assert head.get("aria-hidden") == "true" or (
            head.get("role") == "img" and head.get("aria-label")
        )
        assert "var(--" in each or head.get("aria-hidden") == "true"


def test_every_colour_has_a_name_in_both_lights(page: str) -> None:
    style = page[page.index("<style>") : page.index("</style>")]
    assert set(re.findall(r"var\(--([a-z0-9-]+)", page)) - {"arm"} <= set(
        re.findall(r"--([a-z0-9-]+):", style)
    )


def test_same_studies_same_bytes(tmp_path: Path) -> None:
    studies = [made([3.0] * 6, panel=PANEL)]
    assert (
        write(studies, tmp_path / "a").read_bytes() == write(studies, tmp_path / "b").read_bytes()
    )


def test_it_says_how_to_repeat_it(page: str) -> None:
    assert kernel_hash() in page
    assert "uv run zwerm demo" in page
    assert "6 seeds (0 … 5)" in page
    assert re.search(r"numpy \d", page)


def test_known_studies_come_first(tmp_path: Path) -> None:
    studies = [made([1.0], name=name) for name in ("other", "aegon", "zappos", "copy_of_a_copy")]
    text = write(studies, tmp_path).read_text(encoding="utf-8")
    found = re.findall(r'<section class="study" id="([^"]+)"', text)
    assert found == ["copy_of_a_copy", "zappos", "aegon", "other"]


def test_nothing_from_outside_becomes_markup(tmp_path: Path) -> None:
    nasty = '<b onclick="x">&\'{seeds}$name\\1</b>'
    study = made([3.0] * 5)
    arms = (study.arms[0], dataclasses.replace(study.arms[1], name=nasty, about=nasty))
    study = dataclasses.replace(study, arms=arms, main=nasty, title=nasty, about=nasty, name=nasty)
    text = text_of(study, tmp_path, lead=nasty)
    checked = Checked(text)
    assert "<b onclick" not in text
    assert "{seeds}$name" in text
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", each) for each in checked.ids)


def test_words_can_be_replaced(tmp_path: Path) -> None:
    text = text_of(made([3.0] * 5), tmp_path, lang="nl", shows="Wat het laat zien")
    assert '<html lang="nl">' in text
    assert "Wat het laat zien" in text
    assert WORDS["shows"] not in text


def test_every_brace_in_the_words_is_a_name() -> None:
    for key, words in WORDS.items():
        for _, field, _, _ in Formatter().parse(words):
            assert field is None or field.split(":")[0].isidentifier(), key


# What the sentences say


@pytest.mark.parametrize(
    ("effects", "says"),
    [
        ([3.0] * 10, "3.0 points higher with “example” than with “nothing” (3.0 to 3.0). In 10 of"),
        ([-5.0] * 10, "5.0 points lower with “example” than with “nothing” (5.0 to 5.0). In 10 of"),
        ([0.4] * 10, "A null result: NPS in the last year with “example” differs"),
        ([0.0] * 10, "by 0.0 points (0.0 to 0.0). In 10 of 10 seeds that is 2 points or less"),
        ([4.0] * 5 + [-4.0] * 3 + [0.0] * 2, "Unclear"),
        ([4.0] * 5 + [-4.0] * 3 + [0.0] * 2, "higher in 5 of 10 seeds, more than 2 lower in 3, "),
        ([4.0] * 3, "3 seeds do not allow a verdict"),
        ([4.0], "1 seed do"),
    ],
)
def test_a_changed_result_changes_the_verdict(effects: list[float], says: str) -> None:
    assert says in verdict_sentence(made(effects), WORDS)


def test_a_verdict_stands_on_the_page(tmp_path: Path) -> None:
    effect, null = (text_of(made([size] * 6), tmp_path) for size in (3.0, 0.3))
    assert 'class="chip higher">An effect<' in effect
    assert "beyond ±2 in 6 of 6 seeds" in effect
    assert "beyond ±2 in 0 of 6 seeds" in null
    assert 'class="chip null">A null result<' in null


def test_what_is_left_of_an_example_is_said_by_level() -> None:
    study = made([3.0] * 5)
    assert copy_sentence(study, WORDS).endswith(
        "1\u00a0down: +0.08 (+0.08 to +0.08); 2\u00a0down: +0.02 (+0.02 to +0.02)."
    )
    assert left_sentence(study, WORDS) == WORDS["copy.left"].format(share="6", depth=2)
    same = dataclasses.replace(study, arms=(study.arms[1], study.arms[1]), main="example")
    same = dataclasses.replace(same, against="nothing")
    still = (dataclasses.replace(study.arms[1], name="nothing"), study.arms[1])
    assert left_sentence(dataclasses.replace(same, arms=still), WORDS) == WORDS["copy.nothing"]
    growing = [study.arms[0], dataclasses.replace(study.arms[1])]
    growing[1].levels[:, :, -1, 0] = 0.9
    assert (
        left_sentence(dataclasses.replace(study, arms=tuple(growing)), WORDS)
        == (WORDS["copy.grown"])
    )


def test_levels_of_different_shapes_are_not_compared() -> None:
    study = made([3.0] * 5)
    other = dataclasses.replace(
        study.arms[1], told=dataclasses.replace(study.arms[1].told, structure="circles")
    )
    assert left_sentence(dataclasses.replace(study, arms=(study.arms[0], other)), WORDS) is None


def test_levels_of_a_structure_that_changes_are_not_compared() -> None:
    study = made([3.0] * 5)
    assert one_shape(study)
    told = dataclasses.replace(study.arms[1].told, switches=(Switch("hybrid", 50),))
    changing = dataclasses.replace(study.arms[1], told=told)
    study = dataclasses.replace(study, arms=(study.arms[0], changing))
    assert not one_shape(study)
    assert left_sentence(study, WORDS) is None


def test_a_lag_is_reported_with_all_three_panels_and_proves_nothing(page: str) -> None:
    said = lag_sentence(PANEL, WORDS)
    assert "two years comes out in 62 % of panels with the true link, in 58 %" in said
    assert "20 % of placebos. A lag proves no cause." in said
    assert said in page
    assert "These panels are test data" in page
    assert 'class="chip lag">No proof of a cause<' in page


def test_panels_change_what_is_said_about_them() -> None:
    alike = lag_findings(PANEL, WORDS)
    assert any("cannot tell which" in each for each in alike)
    kinds = {**PANEL["kinds"], "common cause only": kind(0, 0.1, (0.6, 0.2, 0.1, 0.1))}
    assert not any("cannot tell" in each for each in lag_findings({"kinds": kinds}, WORDS))
    kinds["true link"] = kind(0, 0.1, (0.4, 0.3, 0.2, 0.1))
    rare = lag_findings({"kinds": kinds}, WORDS)
    assert any("no year" in each for each in rare)
    assert any("No lag holds even half" in each for each in rare)
    assert lag_findings({"kinds": {"placebo": {}}}, WORDS) == [WORDS["lag.none"]]


def test_mass_at_the_longest_lag_is_explained_only_where_it_is_there() -> None:
    def said(shares: tuple[float, ...], sizes: tuple[float | None, ...]) -> str:
        placebo = {**kind(0, 0.0, shares), "mean_abs_r": dict(zip("0123", sizes, strict=True))}
        return ends_sentence({"kinds": {"placebo": placebo}}, WORDS)

    sizes = (0.06, 0.06, 0.07, 0.09)
    explained = said((0.3, 0.2, 0.1, 0.4), sizes)
    assert "three years is best in 40 % of placebos (25 % if lags were alike)" in explained
    assert "fewer waves overlap there" in explained
    assert said((0.4, 0.2, 0.2, 0.2), sizes) == ""
    assert said((0.3, 0.2, 0.1, 0.4), (0.1, 0.06, 0.07, 0.09)) == ""
    assert said((0.3, 0.2, 0.1, 0.4), (0.1, 0.06, 0.07, None)) == ""
    assert ends_sentence(PANEL, WORDS) == ends_sentence({}, WORDS) == ""


def test_what_is_put_in_is_said_to_be(tmp_path: Path) -> None:
    zappos = text_of(made([3.0] * 5, name="zappos"), tmp_path / "zappos")
    assert "is assumed, and which structure comes out ahead hangs on it" in zappos
    assert "How much each structure leaves to the front is put in, not found" in zappos
    assert "bonus" not in zappos
    aegon = text_of(made([3.0] * 5, name="aegon", panel=PANEL), tmp_path / "aegon")
    assert "(remembering.least_gain) was set with that claim in view" in aegon
    assert "is no test of the claim" in aegon
    assert "in the second every path between staff’s mood and customers is cut" in aegon
    assert "“circles without discretion”" in zappos
    assert "circles without discretion" in entry("scenario", "zappos").arms


def test_costs_are_said_where_there_are_any() -> None:
    assert cost_sentence(made([1.0]), WORDS) == (
        "In the last year the levers of “example” take 8 hours a week of leaders together."
    )
    alone = dataclasses.replace(made([1.0]), main="nothing")
    assert cost_sentence(alone, WORDS) is None


def test_chance_is_named_when_it_is_larger_than_the_choice() -> None:
    assert any("Chance is large" in each for each in findings(made([0.0, 9.0] * 5), WORDS))
    assert not any("Chance is large" in each for each in findings(made([3.0] * 5), WORDS))


@pytest.mark.parametrize("measures", [("nps_true",), ("nps", "nps_true", "enps", "enps_true")])
def test_runs_without_a_survey_in_the_last_year(measures: tuple[str, ...], tmp_path: Path) -> None:
    study = made([3.0] * 5)
    for arm in study.arms:
        for measure in measures:
            arm.weekly[:, 1:, COLUMN[measure]] = np.nan
    shorter = tuple(dataclasses.replace(each, weekly=each.weekly[:, :80]) for each in study.arms)
    text = text_of(dataclasses.replace(study, arms=shorter), tmp_path)
    assert WORDS["no_surveys"] in text
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL).lower()


def test_one_arm_alone(tmp_path: Path) -> None:
    study = dataclasses.replace(made([3.0] * 5), against="example")
    study = dataclasses.replace(study, arms=study.arms[1:])
    text = text_of(study, tmp_path)
    assert "Nothing to compare" in text
    assert "seed by seed</th>" not in text
    assert WORDS["since"] in text


def test_numbers_are_set_with_care() -> None:
    assert number(-1234.56, 1) == "−1,234.6"
    assert number(0.5, 1, signed=True) == "+0.5"
    assert number(-0.04, 1, signed=True) == "0.0"
    assert number(float("nan")) == "–"


# Everybody can read it


def test_a_figure_becomes_part_of_a_page() -> None:
    drawn = (
        '<?xml version="1.0"?><svg xmlns="http://x" viewBox="0 0 9 9"><metadata>m</metadata>'
        '<defs><style type="text/css">*{a}</style></defs><g id="axes_1">'
        '<path id="m1" style="fill: #0072b2; stroke: #123456"/><use xlink:href="#m1"/></g></svg>'
    )
    assert inline(drawn, "a b", 'say "hi"') == (
        '<svg viewBox="0 0 9 9" role="img" aria-label="say &quot;hi&quot;"><g>'
        '<path id="a-b-m1" style="fill: var(--blue, #0072b2); stroke: #123456"/>'
        '<use href="#a-b-m1"/></g></svg>'
    )
    assert anchor("a b<c>") == "a-b-c-"
    with pytest.raises(ValueError, match="no SVG"):
        inline("<p>", "a", "b")


def contrast(one: str, other: str) -> float:
    """Ratio of WCAG 2.2, 1 to 21."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_words_stand_out_in_both_lights(page: str) -> None:
    style = page[page.index("<style>") : page.index("</style>")]
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    for block in (light, dark):
        named = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", block))
        for words in [each for each in named if each.endswith("-words")] + [
            "ink", "muted", "accent", "blue",
        ]:  # fmt: skip
            for ground in ("paper", "ground"):
                assert contrast(named[words], named[ground]) >= 4.5, (words, ground)
        for line in ("blue", "vermilion", "green"):
            assert contrast(named[line], named["paper"]) >= 3.0, line
