"""How do tests open the workshop? A server of its own on a free port, and Debian's Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

import pytest

from scenarios.library import content_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
COMPILING = 600  # seconds for a model to be ready: it may have to be compiled first
PATIENCE = 180  # seconds for whatever a page does; nothing waits longer than it has to
LOOK = 50  # milliseconds between two looks
FIRST_PORT, LAST_PORT, PORTS = 20_000, 32_000, 500  # the last: for one worker
ASKED = count()
SMALL = "y=3&p=15&c=60"  # a room that runs at once
HOST = "127.0.0.1"
ACTS = f"{SMALL}&a=example~0.9~52~13~0"
NL, EN = (content_of("text", language)["workshop"] for language in ("nl", "en"))
IN_A_BROWSER = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine; apt install chromium"),
    pytest.mark.flaky(reruns=1),  # a browser is not ours; who was tried twice is listed at the end
]


def free_port() -> int:
    """A port that nobody uses, and that nobody is given by chance until it is used.

    Below those that systems hand out; each worker of the tests has a range of its own.
    """
    worker = int("".join(filter(str.isdigit, os.environ.get("PYTEST_XDIST_WORKER", ""))) or 0)
    for port in range(FIRST_PORT + PORTS * worker + next(ASKED), LAST_PORT):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise AssertionError("no port is free")


@contextmanager
def serving(*words: str) -> Iterator[tuple[str, list[str]]]:
    """A workshop with a model that is ready: its address, and the lines it said."""
    port = free_port()
    words = ("-m", "experiments.cli", "workshop", "--port", str(port), "--no-browser", *words)
    with running(*words) as (server, said):
        heard(server, said, "The model is ready")
        yield f"http://{HOST}:{port}", said


@contextmanager
def running(*words: str) -> Iterator[tuple["subprocess.Popen[str]", list[str]]]:
    """Python with these words on its command line, and the lines it says. It is ended."""
    own = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    server = subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=own, start_new_session=True,
    )  # fmt: skip
    said: list[str] = []
    reader = threading.Thread(target=_read, args=(server, said), daemon=True)
    reader.start()
    try:
        yield server, said
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        reader.join(PATIENCE)
        assert server.stdout is not None
        server.stdout.close()


def _read(server: "subprocess.Popen[str]", said: list[str]) -> None:
    """Keep the lines that a server says."""
    assert server.stdout is not None
    said.extend(line.rstrip() for line in server.stdout)


def heard(server: "subprocess.Popen[str]", said: list[str], words: str) -> None:
    """Wait for a line that begins with these words."""
    end = time.monotonic() + COMPILING
    while not any(line.startswith(words) for line in said):
        assert server.poll() is None, f"it ended at once: {said}"
        assert time.monotonic() < end, said
        time.sleep(LOOK / 1000)


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
        self.context.set_default_timeout(1000 * PATIENCE)
        self.context.add_init_script(LISTENING)
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
        self.page.wait_for_function(DRAWN)
        return self.page


# A message of the page closes after some seconds; every one is written down when it comes.
LISTENING = """(() => {
  window.messages = [];
  const found = '.q-notification__message';
  new MutationObserver(changes => {
    for (const { addedNodes } of changes) for (const node of addedNodes) {
      if (!node.querySelectorAll) continue;
      const inside = [...node.querySelectorAll(found), ...(node.matches(found) ? [node] : [])];
      window.messages.push(...inside.map(each => each.textContent));
    }
  }).observe(document, { childList: true, subtree: true });
})()"""
# The points of the middle of A in the large chart, as the browser holds them.
MIDDLE = """() => {
  const box = document.querySelector('.large-chart .fan');
  const chart = box && mounted_app ? getElement(Number(box.id.slice(1)))?.chart : null;
  if (!chart || !chart.getOption()) return [];
  const found = chart.getOption().series.find(each => each.id === 'first-middle');
  return found ? found.data : [];
}"""
DRAWN = f"() => ({MIDDLE})().length > 0"
# Whether the full set of runs of the room in the address was sent, and is what the chart holds.
SETTLED = f"""() => {{
  const box = document.querySelector('.large-chart .fan');
  if (box?.dataset.of !== location.pathname + location.search + ' fine') return false;
  const sent = mounted_app.elements[Number(box.id.slice(1))].props.options.series;
  const middle = sent.find(each => each.id === 'first-middle')?.data ?? [];
  return JSON.stringify(middle) === JSON.stringify(({MIDDLE})());
}}"""


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


def until(page: Any, holds: Callable[[], bool]) -> None:
    """Wait until something holds, and stays so when it is looked at again."""
    end = time.monotonic() + PATIENCE
    while not (holds() and holds()):
        assert time.monotonic() < end, f"still not so after {PATIENCE} s"
        page.wait_for_timeout(LOOK)


def notified(page: Any, words: str) -> str:
    """The first message of the page with these words, though it may have closed since."""
    first = "words => window.messages.find(each => each.includes(words))"
    return str(page.wait_for_function(first, arg=words).json_value())


def settled(page: Any, before: list[list[float]] | None = None) -> list[list[float]]:
    """The middle of A once the full set of runs is drawn."""
    page.wait_for_function(SETTLED)
    found = middle(page)
    assert before is None or found != before
    return found
