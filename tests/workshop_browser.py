"""How do tests open the workshop? A server of its own on a free port, and Debian's Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from scenarios.library import content_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 240  # seconds for a server to be ready: the model may have to be compiled first
SMALL = "y=3&p=15&c=60"  # a room that runs at once
HOST = "127.0.0.1"
ACTS = f"{SMALL}&a=example~0.9~52~13~0"
NL, EN = (content_of("text", language)["workshop"] for language in ("nl", "en"))
IN_A_BROWSER = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine; apt install chromium"),
]


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(*words: str) -> Iterator[tuple[str, list[str]]]:
    """A workshop that runs: its address, and the lines it said."""
    port = free_port()
    command = [sys.executable, "-m", "experiments.cli", "workshop", "--port", str(port),
               "--no-browser", *words]  # fmt: skip
    own = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=own,
        start_new_session=True,
    )  # fmt: skip
    said: list[str] = []
    try:
        _wait(server, said)
        yield f"http://{HOST}:{port}", said
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        assert server.stdout is not None
        server.stdout.close()


def _wait(server: "subprocess.Popen[str]", said: list[str]) -> None:
    """Until the server says that it is ready."""
    assert server.stdout is not None
    until = time.monotonic() + PATIENCE
    for line in server.stdout:
        said.append(line.rstrip())
        if line.startswith("Stop it with"):
            return
        assert time.monotonic() < until, said
    raise AssertionError(f"the workshop ended at once: {said}")


@contextmanager
def chromium() -> Iterator[Any]:
    """Debian's Chromium through Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


class Watched:
    """A page and everything it asked for or complained of."""

    def __init__(self, browser: Any, **context: Any) -> None:
        """In a context of its own, as another person's browser."""
        self.context = browser.new_context(
            viewport={"width": 1440, "height": 900}, accept_downloads=True, **context
        )
        self.page = self.context.new_page()
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((f"http://{HOST}", "data:", "blob:", "file:")):
            self.outside.append(request.url)

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def open(self, address: str) -> Any:
        """Open an address and wait until the first fans are drawn."""
        self.page.goto(address)
        self.page.wait_for_function(DRAWN, timeout=60_000)
        return self.page


# The points of the middle of A in the large chart, as the browser holds them.
MIDDLE = """() => {
  const box = document.querySelector('.large-chart .fan');
  const chart = box && mounted_app ? getElement(Number(box.id.slice(1)))?.chart : null;
  if (!chart || !chart.getOption()) return [];
  const found = chart.getOption().series.find(each => each.id === 'first-middle');
  return found ? found.data : [];
}"""
DRAWN = f"() => ({MIDDLE})().length > 0"


def middle(page: Any) -> list[list[float]]:
    """Points of the middle of side A in the large chart."""
    return page.evaluate(MIDDLE)


def drag(page: Any, lever: str, share: float, steps: int = 1) -> None:
    """Drag the strength of a lever to a share of its way, without letting go."""
    slider = page.locator(f'[data-lever="{lever}.0"] input[type=range]')
    box = slider.bounding_box()
    page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2, steps=steps)


def marked(page: Any, name: str) -> Any:
    """An element by the name that tests know it by."""
    return page.locator(f'[data-testid="{name}"]').first


def notified(page: Any) -> str:
    """The last message of the page."""
    note = page.locator(".q-notification__message").last
    note.wait_for(timeout=15_000)
    return note.inner_text()


def settled(page: Any, before: list[list[float]] | None = None) -> list[list[float]]:
    """The middle of A once the full set of runs is drawn."""
    page.wait_for_function(
        "() => document.querySelector('.large-chart .fan')?.dataset.of "
        "=== location.pathname + location.search + ' fine'",
        timeout=60_000,
    )
    page.wait_for_timeout(150)
    found = middle(page)
    assert before is None or found != before
    return found
