"""Which view is open first? Levers and fans; or, before an answer, a guess to draw."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from nicegui import ui
from numpy.typing import NDArray

from experiments.workshop import dialogs, offered
from experiments.workshop.desk import (
    FanPanel,
    LeverPanel,
    axis_of,
    band_sentence,
    line_of,
)
from experiments.workshop.parts import Guess
from experiments.workshop.points import QUARTER, weeks_of
from experiments.workshop.room import SIDES
from experiments.workshop.said import decimals
from experiments.workshop.visit import Visit
from experiments.workshop.waiting import Waiting, hold


class DeskView:
    """Levers on the left, fans on the right, one primary action: predict first."""

    def __init__(self, visit: Visit) -> None:
        """Build it into the element that is open."""
        self.visit = visit
        self.guess: GuessPanel | None = None
        with ui.element("section").classes("desk"):
            with ui.element("div").classes("left"):
                self._sides()
                self.levers = LeverPanel(visit, lambda lever: dialogs.lever_dialog(visit, lever))
            self.right = ui.element("div").classes("right")
        self._charts()

    def leave(self) -> None:
        """Nothing runs on behind it."""

    def predict_first(self, drawn: Sequence[object] = ()) -> None:
        """Open the guess, with what was drawn before; show nothing else."""
        self._predict(drawn)

    def show(self) -> None:
        """Follow the room."""
        self.levers.show()
        self._mark_side()
        if self.guess is not None and not self.guess.revealed:
            self._predict(self.guess.points)

    def key(self, key: str) -> None:
        """A key that was pressed."""
        if key in ("a", "b"):
            self._set_side(SIDES["ab".index(key)])
        elif key == "p" and self.guess is None:
            self._predict()
        elif key == "escape" and self.guess is not None:
            self._close_guess()

    # --- left -----------------------------------------------------------------------------------

    def _sides(self) -> None:
        visit = self.visit
        with ui.element("div").classes("sides"):
            with ui.element("div").classes("side-choice") as group:
                group.props["role"] = "group"
                group.props["aria-label"] = visit.say("side.label")
                self.buttons = {side: self._side(side) for side in SIDES}
            self._tool("content_copy", "side.copy", self._copy, "copy")
            ui.element("span").classes("gap")
            self._tool("undo", "undo", visit.undo, "undo")
            self._tool("redo", "redo", visit.redo, "redo")
            self._tool("restart_alt", "reset", self._reset, "reset")
        self._mark_side()

    def _side(self, side: str) -> ui.button:
        button = ui.button(
            self.visit.say(f"side.{side}"), on_click=lambda: self._set_side(side), color=None
        )
        return button.props("flat").classes(f"side {side}").props(f"data-testid=side-{side}")

    def _tool(self, icon: str, path: str, act: Callable[[], Any], marker: str) -> None:
        with ui.button(icon=icon, on_click=act, color=None).props("flat dense round") as button:
            ui.tooltip(self.visit.say(path))
        button.props["aria-label"] = self.visit.say(path)
        button.props(f"data-testid={marker}")

    def _mark_side(self) -> None:
        for side, button in self.buttons.items():
            button.props["aria-pressed"] = "true" if side == self.visit.side else "false"

    def _set_side(self, side: str) -> None:
        self.visit.side = side
        self._mark_side()
        self.levers.show()

    def _copy(self) -> None:
        room = self.visit.room
        self.visit.change(
            replace(room, second=room.first, structure_second=room.structure_first,
                    switch_second=room.switch_first)
        )  # fmt: skip

    def _reset(self) -> None:
        plain = {"first": (), "second": (), "structure_first": "", "structure_second": "",
                 "switch_first": 0, "switch_second": 0, "story": ""}  # fmt: skip
        self.levers.extra.clear()
        self.visit.change(replace(self.visit.room, **plain))

    # --- right ----------------------------------------------------------------------------------

    def _charts(self) -> None:
        visit = self.visit
        self.guess, visit.hidden = None, False
        visit.clear_drawers()
        self.right.clear()
        with self.right:
            with ui.element("div").classes("over-chart"):
                names = {name: axis_of(visit, name).name for name in offered.measures()}
                self.select = ui.select(names, value=visit.room.measure, on_change=self._choose)
                self.select.props("dense borderless options-dense").classes("measure")
                self.select.props("data-testid=measure")
                with ui.element("ul").classes("key") as self.key_of_lines:
                    for name in ("first", "second", "before"):
                        with ui.element("li").classes(name):
                            path = "charts.before" if name == "before" else f"side.{name}"
                            ui.label(visit.say(path))
                both = {"": visit.say("charts.both"), "apart": visit.say("charts.apart")}
                self.mode = ui.toggle(both, value="", on_change=self._set_mode)
                self.mode.props("flat no-caps dense").classes("mode").props("data-testid=mode")
                ui.element("span").classes("gap")
                predict = ui.button(visit.say("predict.open"), on_click=lambda: self._predict())
                predict.props("unelevated no-caps").props("data-testid=predict")
            self.about = ui.label("").classes("about-measure")
            with ui.element("div").classes("fans") as place:
                self.fans = FanPanel(visit, self._measure_changed)
            hold(visit, place)
            self.band = ui.label("").classes("band-said")
        self._measure_changed()
        visit.drawers.append(self._tell)

    def _measure_changed(self) -> None:
        self.about.set_text(axis_of(self.visit, self.visit.room.measure).about)
        if self.select.value != self.visit.room.measure:
            self.select.set_value(self.visit.room.measure)
        self._tell()

    def _choose(self) -> None:
        measure = self.select.value
        if measure in offered.measures() and measure != self.visit.room.measure:
            self.fans.choose(measure)

    def _set_mode(self) -> None:
        apart = self.mode.value == "apart"
        self.key_of_lines.set_visibility(not apart)  # there is one line, and the button names it
        self.fans.show_apart(apart)

    def _tell(self) -> None:
        self.band.set_text(band_sentence(self.visit))

    # --- predicting -----------------------------------------------------------------------------

    def _predict(self, drawn: Sequence[object] = ()) -> None:
        visit = self.visit
        visit.hidden = True
        visit.clear_drawers()
        self.right.clear()
        with self.right:
            self.guess = GuessPanel(visit, self._close_guess, drawn)
        visit.drawers.append(self.guess.follow)

    def _close_guess(self) -> None:
        self._charts()
        self.visit.draw()


class GuessPanel:
    """Draw how A goes on beside B; the model's A is sent once it is asked for."""

    def __init__(
        self, visit: Visit, close: Callable[[], Any], drawn: Sequence[object] = ()
    ) -> None:
        """`close` goes on to the levers; `drawn` is what was drawn before, a value a quarter."""
        self.visit, self.revealed = visit, False
        axis = self.axis = axis_of(visit, visit.room.measure)
        self.drawn: list[float] = []
        self.points: list[object] = list(drawn) if len(drawn) == self.weeks.size else []
        self._draw(self.points)
        ui.label(visit.say("predict.title", measure=axis.name)).classes("predict-title")
        ui.label(visit.say("predict.how")).classes("predict-how")
        ui.label(axis.about).classes("about-measure")
        self.chart = Guess(self._content(), self._draw)
        self.said = ui.label(visit.say("predict.hidden")).classes("apart")
        self.said.props["role"] = "status"
        with ui.element("div").classes("predict-buttons"):
            self.show = ui.button(visit.say("predict.reveal"), on_click=self.reveal)
            self.show.props("unelevated no-caps").props("data-testid=reveal")
            self.wipe = ui.button(visit.say("predict.erase"), on_click=self._erase)
            self.wipe.props("flat no-caps").props("data-testid=erase")
            leave = ui.button(visit.say("predict.close"), on_click=close)
            leave.props("flat no-caps data-testid=close-guess")
        self.show.set_enabled(visit.is_drawn)
        if not visit.warming.is_ready:
            Waiting(visit, lambda: None)

    def follow(self) -> None:
        """Put B as it is now beside what was drawn; A can be shown. Nothing moves once it is."""
        if not self.revealed:
            self.chart.compare(self._b())
            self.show.set_enabled(self.visit.is_drawn)

    @property
    def weeks(self) -> NDArray[np.int64]:
        """Ends of quarters."""
        return weeks_of(self.visit.room.weeks // QUARTER)

    def _b(self) -> list[float | None]:
        """The middle of B; nothing where it is not known, or that of a room of another length."""
        fans = self.visit.fans
        if not fans or fans["second"].weeks.size != self.weeks.size:
            return [None] * self.weeks.size
        b = line_of(fans["second"], self.axis).middle
        return [None if np.isnan(value) else round(float(value), 3) for value in b]

    def _content(self) -> dict[str, object]:
        """What may be sent before the answer: the frame, and B."""
        visit, axis = self.visit, self.axis
        words = visit.words
        moves = [each.start for each in visit.room.first]
        return {
            "weeks": self.weeks.tolist(),
            "years": visit.room.years, "begins": min(moves, default=0),
            "nobody": self._b(),
            "low": axis.low * axis.factor, "high": axis.high * axis.factor,
            "words": {**words["predict"], **words["charts"]}, "language": visit.room.language,
            "value": self.points or None, "shown": None,
        }  # fmt: skip

    def _draw(self, values: list[object]) -> None:
        self.points, weeks = values, self.weeks
        known = [(int(week), float(value)) for week, value in zip(weeks, values, strict=False)
                 if isinstance(value, int | float) and np.isfinite(value)]  # fmt: skip
        if known:
            at, drawn = zip(*known, strict=True)
            told = np.interp(weeks, np.array(at), np.array(drawn))
            low, high = self.axis.low * self.axis.factor, self.axis.high * self.axis.factor
            self.drawn = [round(float(each), 3) for each in np.clip(told, low, high)]

    def _erase(self) -> None:
        self.drawn, self.points = [], []
        self.chart.erase()

    def reveal(self) -> None:
        """Put the model's A beside what was drawn, if it is there."""
        visit, axis = self.visit, self.axis
        self.show.set_enabled(visit.is_drawn)
        if not visit.is_drawn:  # `follow` comes with the fans of this room
            return
        line = line_of(visit.fans["first"], axis)
        self.revealed = True
        self.chart.reveal({name: [round(float(each), 3) for each in np.nan_to_num(part)]
                           for name, part in zip(("low", "middle", "high"),
                                                 (line.low, line.middle, line.high),
                                                 strict=True)})  # fmt: skip
        self.said.set_text(self._distance(line.low, line.middle, line.high))
        self.show.set_visibility(False)
        self.wipe.set_visibility(False)

    def _distance(self, low: np.ndarray, middle: np.ndarray, high: np.ndarray) -> str:
        if len(self.drawn) != middle.size:
            return self.visit.say("predict.no_guess")
        begins = min((each.start for each in self.visit.room.first), default=0)
        after = (self.visit.fans["first"].weeks >= begins) & np.isfinite(middle)
        guess = np.array(self.drawn)[after]
        inside = ((guess >= low[after]) & (guess <= high[after])).sum()
        size = np.abs(guess - middle[after]).mean()
        language = self.visit.room.language
        return self.visit.say("predict.distance", inside=int(inside), count=int(after.sum()),
                              size=decimals(language, float(size), 1)
                              + self.visit.say(f"measures.{self.axis.measure}.apart"))  # fmt: skip
