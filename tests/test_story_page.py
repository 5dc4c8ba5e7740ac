"""Stories: does a page hold the numbers of its grid, ask nothing of a network, and work?"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from telling import HERE, STORIES, embedded, grid, written

from experiments.cli import BAD_INPUT, OK, main
from experiments.story import page
from experiments.story.definition import story
from experiments.story.words import LANGUAGES, words_of

LARGEST_PAGE = 3_000_000  # bytes
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
               None)  # fmt: skip


# --- the page -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STORIES)
def test_no_request_leaves_the_page(name: str):
    text = written(name)
    assert len(text.encode()) < LARGEST_PAGE
    assert not re.search(r"https?:|//[a-z]+\.|@import|url\(|\bimport\b *\(|fetch\(|XMLHttp", text)
    assert not re.findall(
        r"<(?:script|img|iframe|link|object|embed|video|audio)\b[^>]*\bsrc=", text
    )
    assert re.findall(r'\bhref="([^"]*)"', text) == ["#text"]
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    told = policy[1].replace("&#x27;", "'")
    assert told.startswith("default-src 'none';")
    script = re.search(r"<script>(.*)</script>", text, re.DOTALL)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert script
    assert style
    assert page.digest(script[1]) in told
    assert page.digest(style[1]) in told
    assert "unsafe" not in told


@pytest.mark.parametrize("name", STORIES)
def test_the_page_holds_the_numbers_of_the_grid(name: str):
    found = embedded(written(name, "en"))
    assert found["grid"] == grid(name)
    assert found["language"] == "en"
    assert set(found["words"]) == set(LANGUAGES)


def test_nothing_that_is_told_ends_its_element():
    content = grid("washing") | {"own": ["</script><img src=x onerror=alert(1)>&<!--"]}
    text = written("washing", content=content)
    assert "<img" not in text
    assert text.count("</script>") == 2
    assert embedded(text)["grid"]["own"] == content["own"]


# --- the command ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (["wash"], "no story is called 'wash'; did you mean washing?"),
        ([], "name one story"),
        (["washing", "coalition"], "name one story"),
        (["washing", "--language", "de"], "--language 'de' is not spoken here"),
        (["washing", "organisation=retail"], "add --fresh"),
        (["washing", "--fresh", "years=3"], "years is what the story itself sets"),
        (["washing", "--keep"], "type --fresh --keep"),
        (["washing", "--out", "page.pdf"], "give a name that ends in .html"),
        (["washing", "--out", "nowhere/page.html"], "there is no folder nowhere"),
        (["washing", "--colour"], "--help"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence(
    typed, sentence, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(["story", *typed]) == BAD_INPUT
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_the_command_writes_a_page_from_the_grid(tmp_path: Path, capsys):
    target = tmp_path / "verhaal.html"
    assert main(["story", "coalition", "--out", str(target), "--language", "en"]) == OK
    assert "it needs no network" in capsys.readouterr().out
    text = target.read_text("utf-8")
    assert embedded(text)["grid"] == grid("coalition")
    assert [path.name for path in tmp_path.iterdir()] == ["verhaal.html"]


def test_the_list_tells_every_story(capsys):
    assert main(["story", "--list"]) == OK
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == STORIES


# --- in a browser ---------------------------------------------------------------------------

DRIVER = """
const said = {};
go(1);
const area = document.querySelector(".area");
area.focus();
for (const key of ["ArrowUp", "ArrowRight", "ArrowUp", "ArrowRight"]) {
  area.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}
said.drawn = state.guess.filter((value) => value !== null).length;
const drawing = typeof chart === "undefined" ? alone : chart;
const spot = document.querySelector(".spot").getBoundingClientRect();
const at = drawing.inside({ clientX: spot.x + spot.width / 2, clientY: spot.y + spot.height / 2 });
said.away = Math.hypot(drawing.across(at.x) - drawing.spot.getAttribute("cx"),
                       drawing.up(at.y) - drawing.spot.getAttribute("cy"));
drawing.between(at, { x: at.x + 1.01, y: at.y });
said.swept = state.guess.filter((value) => value !== null).length;
said.step = state.step;
document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
said.after = state.step;
said.reveal = document.getElementById("text").textContent;
said.bands = document.querySelectorAll(".band").length;
go(3);
const input = document.querySelector("#text input");
input.value = input.value === "0" ? 1 : 0;
input.dispatchEvent(new Event(STORY.sliders.length ? "input" : "change"));
said.ghosts = document.querySelectorAll(".line.ghost").length;
said.readout = pictures.textContent;
document.querySelectorAll(".languages button")[1].click();
said.english = document.querySelector("h2").textContent;
said.lang = document.documentElement.lang;
window.history.replaceState(null, "", "#5");
window.dispatchEvent(new HashChangeEvent("hashchange"));
said.typed = state.step;
for (const place of [4, 5, 6]) { go(place); said[place] = text.textContent; }
document.body.dataset.said = JSON.stringify(said);
"""


def driven(name: str, tmp_path: Path, monkeypatch) -> dict:
    """What a page said after somebody drew, slid and changed the language."""
    assert BROWSER
    last = HERE / page.scripts_of(story(name))[-1]
    whole = last.read_text("utf-8") + DRIVER
    read = page._file
    monkeypatch.setattr(page, "_file", lambda each: whole if each == last.name else read(each))
    target = tmp_path / f"{name}.html"
    target.write_text(written(name), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=1000",
               "--window-size=1900,600",
               f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]  # fmt: skip
    done = subprocess.run([BROWSER, *options, target.as_uri()], capture_output=True, text=True,
                          timeout=60, check=True)  # fmt: skip
    found = re.search(r'data-said="([^"]*)"', done.stdout)
    assert found, done.stderr[-2000:]
    return json.loads(found[1].replace("&quot;", '"').replace("&amp;", "&"))


@pytest.mark.flaky(reruns=1)
@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("name", ["washing", "two_years"])
def test_a_browser_draws_slides_and_changes_the_language(name: str, tmp_path: Path, monkeypatch):
    said = driven(name, tmp_path, monkeypatch)
    nl, en = (words_of(language, name) for language in LANGUAGES)
    assert (said["drawn"], said["step"], said["after"]) == (3, 1, 2)
    assert said["typed"] == 4  # "#5" behind the address is step five, on an open page too
    assert said["away"] < 0.5  # a pointer draws where it is, on a screen of any shape
    assert said["swept"] == 5
    assert "5" in said["reveal"]
    assert nl["reveal"]["none"] not in said["reveal"]
    assert said["bands"] >= 1
    assert en["steps"]["try"] in said["english"]
    assert said["lang"] == "en"
    for claim in story(name).claims:
        assert en["story"]["claims"][claim] in said["4"]
    assert en["story"]["talk"][0] in said["6"]
    assert "{" not in said["4"] + said["5"] + said["6"] + said["reveal"] + said["readout"]
    if name == "washing":
        assert said["ghosts"] == 1
        assert re.search(r"\d,\d", said["readout"])  # a decimal comma in Dutch
