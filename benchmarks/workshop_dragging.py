"""How long from dragging a lever to the chart that follows? Measured in a real Chromium.

    python -m benchmarks.workshop_dragging [--drags 20] [--sessions 8]

Prints the median of the drags of one session, then of several sessions that all drag at once, the
slowest, and how many never led to a picture.
"""

import argparse
import asyncio
import statistics
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.workshop_browser import CHROMIUM, DRAWN, FLAGS, serving

# Moves a slider as a hand does and waits for the large chart to hold other numbers, painted.
DRAG = """async ([lever, strength]) => {
  const box = document.querySelector('.large-chart .fan');
  const chart = getElement(Number(box.id.slice(1))).chart;
  const slider = document.querySelector(`[data-lever="${lever}.0"] input[type=range]`);
  const series = () => chart.getModel().getSeries().find(each => each.id === 'first-middle');
  const points = () => series().getData().mapArray('y', value => value).join();
  const before = points();
  const began = performance.now();
  return await new Promise((resolve) => {
    const leave = (found) => { chart.off('rendered', look); clearTimeout(late); resolve(found); };
    const look = () => { if (points() !== before) leave(performance.now() - began); };
    const late = setTimeout(() => leave(null), 10000);
    chart.on('rendered', look);
    slider.value = strength;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  });
}"""


async def dragged(page: Any, drags: int, offset: float) -> list[float | None]:
    """Milliseconds from each drag to its picture; None if none came within ten seconds."""
    found = []
    for number in range(drags):
        strength = round(0.55 + 0.02 * (number % 20) + offset, 3)
        found.append(await page.evaluate(DRAG, ["example", strength]))
        await page.wait_for_timeout(120)
    return found


async def opened(browser: Any, address: str) -> Any:
    """A page of its own, once its first fine fans are there."""
    page = await (await browser.new_context(viewport={"width": 1440, "height": 900})).new_page()
    await page.goto(f"{address}/?a=example~0.5001~52~13~0&m=effort")
    await page.wait_for_function(DRAWN, timeout=90_000)
    await page.wait_for_timeout(8_000)
    return page


async def measure(address: str, drags: int, sessions: int) -> None:
    """One session, then several at once."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = await opened(browser, address)
        told("one session", await dragged(page, drags, 0.0))
        pages = [page, *[await opened(browser, address) for _ in range(sessions - 1)]]
        together = await asyncio.gather(
            *(dragged(each, drags, 0.001 * place) for place, each in enumerate(pages))
        )
        told(f"{sessions} sessions", [value for each in together for value in each])
        await browser.close()


def told(name: str, values: list[float | None]) -> None:
    """Print median, slowest and failures."""
    known = [value for value in values if value is not None]
    print(
        f"{name}: median {statistics.median(known):.0f} ms, slowest {max(known):.0f} ms, "
        f"{len(values) - len(known)} of {len(values)} without a picture"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drags", type=int, default=20)
    parser.add_argument("--sessions", type=int, default=8)
    typed = parser.parse_args()
    with serving() as (address, _):
        asyncio.run(measure(address, typed.drags, typed.sessions))
