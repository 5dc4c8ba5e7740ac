"""Which view says why A and B differ? A waterfall by mechanism, and what a survey would see."""

from threading import Event
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, run, ui

from experiments.workshop import charts
from experiments.workshop.desk import axis_of, tidy
from experiments.workshop.live import Superseded
from experiments.workshop.said import RoomError, decimals
from experiments.workshop.visit import Visit
from experiments.workshop.waiting import Waiting

if TYPE_CHECKING:
    from experiments.workshop.difference import Difference

ASKED = ("nps_true", "enps_true", "value", "effort", "effort_front", "quality", "cynicism")
TICK = 0.3  # seconds between two looks at how far it is


class DifferenceView:
    """One question, one button, one picture."""

    def __init__(self, visit: Visit) -> None:
        """Build it into the element that is open."""
        self.visit, self.done, self.all = visit, 0.0, 0  # runs
        self.stopping = Event()
        self.timer = ui.timer(TICK, self._tick, active=False)
        with ui.element("section").classes("difference"):
            ui.label(visit.say("difference.title")).classes("view-title")
            with ui.element("div").classes("difference-bar"):
                self._controls()
            self.progress = ui.linear_progress(0.0, show_value=False).classes("progress")
            self.progress.props["aria-label"] = visit.say("loading")
            self.progress.set_visibility(False)
            self.steps = ui.label("").classes("small").props("data-testid=steps")
            self.steps.set_visibility(False)
            self.answer = ui.element("div").classes("difference-answer")
            self.answer.props["aria-live"] = "polite"
            with self.answer:
                ui.label(visit.say("difference.waiting")).classes("small")
            if not visit.warming.is_ready:
                self.start.set_enabled(False)
                Waiting(visit, lambda: self.start.set_enabled(True))

    def leave(self) -> None:
        """Stop what runs."""
        self.stopping.set()

    def key(self, key: str) -> None:
        """No keys of its own."""

    def show(self) -> None:
        """Follow the room: what is on the screen belongs to another one."""
        self.stopping.set()
        self.answer.clear()

    def _controls(self) -> None:
        visit = self.visit
        names = {name: axis_of(visit, name).name for name in ASKED}
        chosen = visit.room.measure if visit.room.measure in names else ASKED[0]
        self.measure = ui.select(names, value=chosen, label=visit.say("difference.measure"))
        self.measure.props("outlined dense options-dense").classes("asked").props(
            "data-testid=asked"
        )
        years = {year: str(year) for year in range(1, visit.room.years + 1)}
        self.year = ui.select(years, value=visit.room.years, label=visit.say("difference.year"))
        self.year.props("outlined dense options-dense").classes("asked-year").props(
            "data-testid=asked-year"
        )
        self.start = ui.button(visit.say("difference.start"), on_click=self._begin)
        self.start.props("unelevated no-caps").props("data-testid=find-out")
        self.stop = ui.button(visit.say("difference.stop"), on_click=lambda: self.stopping.set())
        self.stop.props("flat no-caps").props("data-testid=stop")
        self.stop.set_visibility(False)

    def _begin(self) -> None:
        self.stopping = Event()
        self._busy(True)
        background_tasks.create(self._find_out(self.stopping), name="difference")

    def _busy(self, going: bool) -> None:
        if going:
            self.done, self.all = 0.0, 0
        self.progress.set_visibility(going)
        self.steps.set_visibility(going)
        self._tick()
        self.stop.set_visibility(going)
        self.start.set_enabled(not going)
        self.timer.active = going

    def _tick(self) -> None:
        self.progress.set_value(self.done / self.all if self.all else 0.0)
        language = self.visit.room.language
        done, total = (decimals(language, each, 0) for each in (int(self.done), self.all))
        self.steps.set_text(
            self.visit.say("difference.steps", done=done, all=total)
            if self.all else self.visit.say("loading")
        )  # fmt: skip

    def _tell(self, done: float, total: int) -> None:
        self.done, self.all = done, total

    async def _find_out(self, stopping: Event) -> None:
        from experiments.workshop.difference import difference

        visit, found = self.visit, None
        said = ""
        try:
            found = await run.io_bound(
                difference, visit.live, visit.room, str(self.measure.value),
                int(self.year.value or 0), dict(visit.owns), self._tell, stopping.is_set,
            )  # fmt: skip
        except Superseded:
            said = visit.say("difference.stopped")
        except RoomError as error:
            visit.complain(error)
        if self.answer.is_deleted:
            return
        with visit.client:
            self._busy(False)
            self.answer.clear()
            with self.answer:
                if found is not None:
                    self._draw(found)
                elif said:
                    ui.label(said)

    def _draw(self, found: "Difference") -> None:
        visit, language = self.visit, self.visit.room.language
        axis = axis_of(visit, str(self.measure.value))

        def told(row: Any) -> str:
            mean, (low, high) = row.mean * axis.factor, row.interval
            numbers = (mean, low * axis.factor, high * axis.factor)
            texts = [
                decimals(language, tidy(each, axis), axis.decimals, sign=True) for each in numbers
            ]
            return f"{texts[0]}  ({texts[1]} … {texts[2]})"

        whole = found.why.difference
        rows = [(found.label(row, language), row.mean * axis.factor, told(row))
                for row in found.why.rows if any((row.mean, *row.interval))]  # fmt: skip
        rows.append((visit.say("difference.whole"), whole.mean * axis.factor, told(whole)))
        options = charts.waterfall(rows, language, axis.about)
        chart = ui.echart(options).classes("waterfall").style(f"height: {3.1 * len(rows) + 4}rem")
        chart.props["role"] = "img"
        chart.props["aria-label"] = "; ".join(f"{name}: {text}" for name, _, text in rows)
        ui.label(visit.say("difference.read", seeds=len(found.why.seeds))).classes("small")
        ui.label(visit.say("difference.survey")).classes("why-title")
        ui.label(found.survey(language)).classes("survey").props("data-testid=survey")
