"""What stands where the answer will come while the model is not ready? One quiet line."""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from experiments.workshop.visit import Visit
from experiments.workshop.warming import SECONDS

LOOK = 0.5  # seconds between two looks


class Waiting:
    """A line in the element that is open; it goes away by itself."""

    def __init__(self, visit: Visit, then: Callable[[], Any]) -> None:
        """`then` is called once the model is ready and the line is gone."""
        self.visit, self.then = visit, then
        with ui.element("div").classes("waiting").props("data-testid=waiting") as self.line:
            self.said = ui.label("").classes("waiting-said")
            self.bar = ui.linear_progress(0.0, show_value=False).props("size=6px rounded")
            self.bar.props["aria-label"] = visit.say("waiting.label")
            self.meanwhile = ui.label(visit.say("waiting.meanwhile")).classes("small")
            self.timer = ui.timer(LOOK, self._look)
        self._tell()

    def _look(self) -> None:
        """Go on, or tell how far it is."""
        warming = self.visit.warming
        if warming.is_ready:
            self.timer.deactivate()
            with self.visit.client:
                self.line.delete()
                self.then()
        else:
            self._tell()

    def _tell(self) -> None:
        warming = self.visit.warming
        seconds = round(warming.seconds)
        left = SECONDS - seconds
        if warming.failed:
            self.said.set_text(self.visit.say("waiting.failed", reason=warming.failed))
            self.said.props["role"] = "alert"
            self.bar.set_visibility(False)
            self.meanwhile.set_visibility(False)
        elif not warming.compiling:
            self.said.set_text(self.visit.say("waiting.loading"))
        elif left > 0:
            self.said.set_text(self.visit.say("waiting.compiling", seconds=left))
        else:
            self.said.set_text(self.visit.say("waiting.longer", seconds=seconds))
        self.bar.set_value(min(0.97, seconds / SECONDS))


def hold(visit: Visit, place: ui.element) -> None:
    """Keep a place empty, but for the line, until the model is ready."""
    if not visit.warming.is_ready:
        with place.classes("pending"):
            Waiting(visit, lambda: place.classes(remove="pending"))
