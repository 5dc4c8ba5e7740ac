"""Can the workshop be used while its model is still being compiled, and does it say if that fails?

No test compiles anything here: a compiler of the tests' own (`tests/workshop_late.py`) waits for a
file, so that what happens before the model is ready never depends on how fast a machine is.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from experiments.workshop.warming import COMPILER, ENDED, READY
from tests.workshop_browser import (
    EN,
    HOST,
    IN_A_BROWSER,
    LOOK,
    NL,
    PATIENCE,
    SMALL,
    Watched,
    free_port,
    heard,
    marked,
    middle,
    running,
    settled,
    until,
)

pytestmark = IN_A_BROWSER


OPENS_AT_ONCE = f"""
import socket, sys
from experiments.workshop import command
from tests import workshop_late

def say(text):
    if text.startswith("Open http"):
        with socket.socket() as visitor:
            refused = visitor.connect_ex(({HOST!r}, int(sys.argv[1])))
        print("refused" if refused else "opened", flush=True)
    print(text, flush=True)

command._say = say
sys.exit(workshop_late.main())
"""


class Late(NamedTuple):
    """A workshop that waits for its model."""

    address: str
    server: "subprocess.Popen[str]"
    said: list[str]
    file: Path

    def answer(self, text: str) -> None:
        """Let the compiler end: `READY`, or why it failed."""
        whole = self.file.with_suffix(".whole")
        whole.write_text(text)
        whole.rename(self.file)

    def compiler_lives(self) -> bool:
        """Whether the process of the compiler is there."""
        try:
            os.kill(int(self.file.with_suffix(".pid").read_text()), 0)
        except ProcessLookupError:
            return False
        return True


@contextmanager
def late(folder: Path, code: str = "") -> Iterator[Late]:
    """A workshop that can be opened; its model comes when the test says so."""
    port, file = free_port(), folder / "told.txt"
    words = ["-m", "tests.workshop_late", str(port), str(file), *([code] if code else [])]
    with _ending(file), running(*words) as (server, said):
        heard(server, said, "Stop it with")
        _begun(file.with_suffix(".pid"))
        yield Late(f"http://{HOST}:{port}", server, said, file)


@contextmanager
def _ending(file: Path) -> Iterator[None]:
    """End the compiler of the tests, which unlike the real one does not see its workshop end."""
    try:
        yield
    finally:
        note = file.with_suffix(".pid")
        with suppress(FileNotFoundError, ProcessLookupError, ValueError):
            os.kill(int(note.read_text()), signal.SIGTERM)


def _begun(note: Path) -> None:
    """Wait until the compiler has written down its process id."""
    end = time.monotonic() + PATIENCE
    while not (note.exists() and note.read_text()):
        assert time.monotonic() < end, "the compiler never began"
        time.sleep(LOOK / 1000)


def begins(words: dict[str, Any], name: str) -> str:
    """The words of a line until its first number."""
    return words["waiting"][name].partition("{")[0]


def test_the_page_works_before_the_model_is_ready(watched: Watched, tmp_path: Path) -> None:
    with late(tmp_path) as workshop:
        page = watched.page
        page.goto(f"{workshop.address}/?{SMALL}&m=effort")
        line = page.locator(".waiting").first
        line.filter(has_text=begins(NL, "compiling")).wait_for()
        assert middle(page) == []
        slider = page.locator('[data-lever="example.0"] input[type=range]')
        slider.focus()
        slider.press("End")
        page.wait_for_function("() => location.search.includes('example~1~')")
        page.locator('[data-lever="example.0"] .lever-name').click()
        page.locator(".sheet", has_text=NL["card"]["cost"]).wait_for()
        page.keyboard.press("Escape")
        page.locator(".sheet").wait_for(state="detached")
        for key, view in (("2", "people"), ("3", "difference"), ("4", "teams")):
            page.locator("body").press(key)
            page.locator(f".view .{view} .waiting").wait_for()
        assert marked(page, "play-teams").is_disabled()
        page.locator("body").press("1")
        _draw_a_guess(page)
        assert marked(page, "reveal").is_disabled()
        assert page.locator(".guess-nobody").get_attribute("points") == ""
        assert not any(said.startswith("The model is ready") for said in workshop.said)
        workshop.answer(READY)
        heard(workshop.server, workshop.said, "The model is ready")
        until(page, lambda: marked(page, "reveal").is_enabled())
        until(page, lambda: page.locator(".guess-nobody").get_attribute("points") != "")
        until(page, lambda: page.locator(".waiting").count() == 0)
        marked(page, "close-guess").click()
        shown = settled(page)  # what was moved meanwhile counts
        assert settled(watched.open(page.url)) == shown
        assert shown[-1][1] != settled(watched.open(f"{workshop.address}/?{SMALL}&m=effort"))[-1][1]


def _draw_a_guess(page: Any) -> None:
    """Two points, by the keys."""
    page.keyboard.press("p")
    picture = page.locator(".guess svg")
    for key in ("ArrowUp", "ArrowRight", "ArrowUp"):
        picture.press(key)
    own = page.locator(".guess-own")
    until(page, lambda: len((own.get_attribute("points") or "").split()) == 2)


def test_a_page_can_be_opened_once_the_address_is_said(tmp_path: Path) -> None:
    """Whoever opens it at that very moment is answered."""
    port, file = free_port(), tmp_path / "told.txt"
    words = ("-c", OPENS_AT_ONCE, str(port), str(file))
    with _ending(file), running(*words) as (server, said):
        heard(server, said, "Stop it with")
        _begun(file.with_suffix(".pid"))
        assert "opened" in said


def test_fans_come_by_themselves_in_the_language_of_the_page(
    watched: Watched, tmp_path: Path
) -> None:
    with late(tmp_path) as workshop:
        page = watched.page
        page.goto(f"{workshop.address}/?{SMALL}&l=en")
        page.locator(".waiting", has_text=begins(EN, "compiling")).wait_for()
        workshop.answer(READY)
        assert len(settled(page)) > 3
        until(page, lambda: page.locator(".waiting").count() == 0)


def test_a_compiler_that_fails_is_said_on_the_page_and_ends_the_command(
    browser: Any, tmp_path: Path
) -> None:
    with late(tmp_path, "ABCDEF") as workshop:
        visitor = Watched(browser, locale="nl-NL")
        page = visitor.page
        page.goto(f"{workshop.address}/")
        page.get_by_label(NL["code"]["label"]).fill("abcdef")  # the door works meanwhile
        page.get_by_role("button").click()
        page.locator(".waiting", has_text=begins(NL, "compiling")).wait_for()
        workshop.answer("No room on the disk.")
        page.locator(".waiting", has_text=begins(NL, "failed") + "No room on the disk").wait_for()
        assert workshop.server.wait(PATIENCE) == 1
        until(page, lambda: any("No room on the disk" in said for said in workshop.said))
        assert not any("Traceback" in said for said in workshop.said)
        visitor.context.close()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_while_compiling_leaves_nothing_behind(tmp_path: Path) -> None:
    with late(tmp_path) as workshop:
        assert workshop.compiler_lives()
        workshop.server.send_signal(signal.SIGINT)
        assert workshop.server.wait(PATIENCE) == 130
        assert not workshop.compiler_lives()
    assert not any("Traceback" in said for said in workshop.said)


def test_a_compiler_ends_when_its_workshop_has_ended() -> None:
    done = subprocess.run(COMPILER, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False)
    assert done.returncode == ENDED


def test_a_compiler_that_fails_says_why_in_its_last_line() -> None:
    full = ("import sys, sim.runs; from experiments.workshop import warming\n"
            "def simulate(*_): raise OSError('no room on the disk')\n"
            "sim.runs.simulate = simulate; sys.exit(warming.main())")  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, "-c", full], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    lines = child.stdout.read().splitlines()  # its standard input stays open
    assert child.wait(PATIENCE) == 1
    assert lines[-1] == "OSError: no room on the disk"
    child.communicate()
