"""Does the workshop give and take files in a real browser, and say what goes wrong?"""

import csv
import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from experiments.workshop.said import told
from tests.workshop_browser import (
    ACTS,
    EN,
    IN_A_BROWSER,
    NL,
    PATIENCE,
    SMALL,
    Watched,
    marked,
    notified,
    serving,
    settled,
    until,
)

pytestmark = IN_A_BROWSER


def menu(page: Any, text: str) -> None:
    """Choose something from the menu."""
    marked(page, "menu").click()
    page.locator(".q-menu .q-item", has_text=text).click()


def downloaded(page: Any, press: Any) -> bytes:
    """What pressing something downloads."""
    with page.expect_download() as waiting:
        press.click()
    return Path(waiting.value.path()).read_bytes()


def test_exports_open(address: str, watched: Watched, tmp_path: Path) -> None:
    from PIL import Image
    from pptx import Presentation

    page = watched.open(f"{address}/?{ACTS}")
    settled(page)
    menu(page, NL["export"]["open"])
    files = {
        kind: downloaded(page, marked(page, f"export-{kind}"))
        for kind in ("pptx", "html", "png", "svg", "csv", "folder")
    }
    assert len(Presentation(io.BytesIO(files["pptx"])).slides) > 1
    assert Image.open(io.BytesIO(files["png"])).size[0] > 500
    assert files["svg"].lstrip().startswith(b"<?xml")
    assert len(list(csv.reader(files["csv"].decode().splitlines()))) > 20
    names = zipfile.ZipFile(io.BytesIO(files["folder"])).namelist()
    assert any(name.endswith("manifest.json") for name in names)
    (tmp_path / "taken.html").write_bytes(files["html"])
    other = Watched(page.context.browser)
    other.page.goto((tmp_path / "taken.html").as_uri())
    other.page.wait_for_load_state("networkidle")
    assert NL["measures"]["nps_true"]["name"] in other.page.inner_text("body")
    assert other.outside == []
    assert other.errors == []
    assert not re.search(rb"(src|href)=[\"']https?:", files["html"])
    other.context.close()


def test_a_session_is_saved_and_opened_again(
    address: str, watched: Watched, tmp_path: Path
) -> None:
    page = watched.open(f"{address}/?{ACTS}")
    settled(page)
    menu(page, NL["save"]["open"])
    content = downloaded(page, marked(page, "save-session"))
    kept = tmp_path / "session.json"
    kept.write_bytes(content)
    watched.open(f"{address}/?{SMALL}")
    settled(page)
    slider = page.locator('[data-lever="example.0"] input[type=range]')
    assert slider.input_value() != "0.9"
    menu(page, NL["save"]["open"])
    page.locator('input[type="file"]').set_input_files(kept)
    page.wait_for_function("() => location.search.includes('example~0.9')")
    settled(page)
    until(page, lambda: slider.input_value() == "0.9")


def test_answers_can_be_brought_along(address: str, watched: Watched, tmp_path: Path) -> None:
    page = watched.open(f"{address}/?{SMALL}&m=effort")
    before = settled(page)
    answers = tmp_path / "Onze bakkerij.yaml"
    answers.write_text("staff: 24\nspan: 4\nstructure: circles\ncontacts: 6\n", encoding="utf-8")
    marked(page, "choose").click()
    page.get_by_text(NL["choose"]["own"]).click()
    page.locator('input[type="file"][accept*=yaml]').set_input_files(answers)
    used = NL["choose"]["own_used"].format(people=24)
    notified(page, used)
    marked(page, "begin").click()
    page.get_by_test_id("choose").filter(has_text="Onze bakkerij").wait_for()
    assert settled(page, before) != before  # other people, another curve
    assert "Onze bakkerij" in marked(page, "choose").inner_text()
    assert "p=24" in page.url  # as many people as were answered


# --- what goes wrong --------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    "query",
    [
        "a=example~9~52~13~0",
        "a=%00%ff",
        "o=" + "x" * 500,
        "y=99999",
        "zz=1",
        "s=" + "é" * 500,
        "o=own-12345678",
    ],
)
def test_a_broken_link_gets_a_sentence_in_the_language_of_the_page(
    address: str, watched: Watched, language: str, query: str
) -> None:
    page = watched.page
    page.goto(f"{address}/?{query}&l={language}")
    words = NL if language == "nl" else EN
    beginning = words["errors"]["link"].partition("{")[0]
    told = notified(page, beginning)
    assert told.startswith(beginning)
    assert len(told) < 400
    assert page.locator(".levers").count() == 1


def test_a_foreign_session_and_a_list_with_a_cycle_get_a_sentence(
    address: str, watched: Watched, tmp_path: Path
) -> None:
    page = watched.open(f"{address}/?{SMALL}")
    foreign = tmp_path / "foreign.json"
    foreign.write_text('{"a": 1}', encoding="utf-8")
    menu(page, NL["save"]["open"])
    page.locator('input[type="file"]').set_input_files(foreign)
    beginning = NL["errors"]["session"].partition("{")[0]
    assert notified(page, beginning).startswith(beginning)
    marked(page, "close-sheet").click()
    cycle = tmp_path / "cycle.csv"
    cycle.write_text("person,manager\na,\nb,c\nc,b\nd,a\ne,a\n", encoding="utf-8")
    marked(page, "choose").click()
    page.get_by_text(NL["choose"]["own"]).click()
    page.locator('input[type="file"][accept*=csv]').set_input_files(cycle)
    own = NL["errors"]["own"].partition("{")[0]
    assert "kring" in notified(page, own)


def test_a_list_of_people_keeps_its_structure_and_the_room_as_it_was(
    address: str, watched: Watched, tmp_path: Path
) -> None:
    page = watched.open(f"{address}/?{SMALL}")
    people = tmp_path / "ours.csv"
    rows = [f"p{number},{'' if not number else f'p{(number - 1) // 4}'}" for number in range(21)]
    people.write_text("\n".join(["person,manager", *rows]), encoding="utf-8")
    marked(page, "choose").click()
    page.get_by_text(NL["choose"]["own"]).click()
    page.locator('input[type="file"][accept*=csv]').set_input_files(people)
    notified(page, NL["choose"]["own_used"].format(people=21))
    marked(page, "begin").click()
    page.wait_for_function("() => location.search.includes('o=own-')")
    link = page.url
    marked(page, "structure").click()
    page.get_by_role("option", name=NL["structure"]["circles"], exact=True).click()
    notified(page, told("nl", "list_shape", {}))
    until(page, lambda: NL["structure"]["as_is"] in page.locator(".structure").inner_text())
    assert page.url == link


def test_a_port_in_use_and_a_port_that_is_none_get_one_sentence(address: str) -> None:
    for port, said in ((address.rpartition(":")[2], "is in use"), ("x" * 500, "is no number")):
        command = [sys.executable, "-m", "experiments.cli", "workshop", "--port", port]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 2
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_a_shared_workshop_asks_for_the_room_code(browser: Any) -> None:
    with serving("--share") as (address, said):
        code = re.search(r"room code (\w+)", "\n".join(said))
        assert code
        visitor = Watched(browser, locale="en-GB")
        page = visitor.page
        page.goto(address)
        assert page.locator(".levers").count() == 0
        page.get_by_label(EN["code"]["label"]).fill("WRONG1")
        page.get_by_role("button").click()
        page.get_by_text(EN["code"]["wrong"]).wait_for()
        page.get_by_label(EN["code"]["label"]).fill(code[1].lower())
        page.get_by_role("button").click()
        page.locator(".levers").wait_for()
        assert visitor.outside == []
        visitor.context.close()


@pytest.mark.parametrize("name", ["washing", "two_years"])
def test_a_story_opens_its_guess_from_disk(name: str, browser: Any, tmp_path: Path) -> None:
    from experiments.cli import main

    target = tmp_path / "story.html"
    assert main(["story", name, "--out", str(target)]) == 0
    watched = Watched(browser)
    page = watched.page
    page.goto(target.as_uri())
    page.keyboard.press("ArrowRight")
    page.locator('body[data-step="predict"]').wait_for()
    assert not page.locator(".line.guess").first.get_attribute("d")
    page.locator(".area").focus()
    for key in ("ArrowUp", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    drawn = page.locator(".line.guess").first.get_attribute("d") or ""
    assert drawn.count("L") + drawn.count("M") == 2  # two points
    assert page.locator("body").get_attribute("data-step") == "predict"  # keys that draw stay here
    assert watched.outside == []
    assert watched.errors == []
    watched.context.close()


def test_a_story_runs_to_its_end_from_disk(browser: Any, tmp_path: Path) -> None:
    from experiments.cli import main

    target = tmp_path / "story.html"
    assert main(["story", "washing", "--out", str(target)]) == 0
    watched = Watched(browser)
    page = watched.page
    page.goto(target.as_uri())
    seen: list[str] = []
    for _ in range(6):
        before = page.locator("body").get_attribute("data-step")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("before => document.body.dataset.step !== before", arg=before)
        seen.append(page.locator("body").get_attribute("data-step") or "")
    assert seen[-1] == "talk"
    assert len(set(seen)) == 6
    assert watched.outside == []
    assert watched.errors == []
    watched.context.close()
