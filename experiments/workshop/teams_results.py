"""What came of all teams? A race that can be replayed, a table with the plans, and the debrief."""

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

from experiments.figures.style import BLUE, GREEN, MUTED, PURPLE, VERMILION
from experiments.workshop import charts
from experiments.workshop.desk import axis_of, line_of
from experiments.workshop.live import Fans
from experiments.workshop.plans import debrief_texts, plan_text, shape_text, steps, year_text
from experiments.workshop.said import decimals
from experiments.workshop.teams import Result
from experiments.workshop.visit import Visit
from sim.parameters import WEEKS_PER_YEAR

COLOURS = (BLUE, VERMILION, GREEN, PURPLE)
QUESTIONS = 4  # of the debrief
PACE = 0.25  # seconds a quarter takes in a replay


class ResultsView:
    """The results of one contest, built into the element that is open."""

    def __init__(self, visit: Visit, results: Sequence[Result], back: Callable[[], Any]) -> None:
        """`back` leads to the plans."""
        self.visit, self.results = visit, results
        self.axis = axis_of(visit, visit.room.measure)
        self.replay: ui.timer | None = None
        ui.label(f"{visit.say('teams.results')}: {self.axis.name}").classes("view-title")
        with ui.element("div").classes("team-results"):
            with ui.element("div") as self.place:
                self.chart = ui.echart(self._race(len(results[0].fans.weeks)))
                self.chart.classes("race").props["role"] = "img"
                self.chart.props["aria-label"] = self.axis.name
                self.begun = ui.label("").classes("begun").props("data-testid=begun")
                self.begun.props["role"] = "status"
                ui.label(self._band(results[0].fans)).classes("small")
            with ui.element("div").classes("results"):
                self._table()
                self._debrief()
        with ui.element("div").classes("sheet-buttons"):
            button = ui.button(visit.say("teams.back"), on_click=back)
            button.props("unelevated no-caps").props("data-testid=back")
            again = ui.button(visit.say("teams.replay"), icon="replay", on_click=self._replay)
            again.props("flat no-caps").props("data-testid=replay")

    def leave(self) -> None:
        """Stop a replay."""
        if self.replay is not None:
            self.replay.deactivate()

    def _band(self, fans: Fans) -> str:
        return self.visit.say("charts.band", runs=fans.runs, draws=fans.rows, seeds=fans.seeds)

    def _race(self, points: int) -> Any:
        """The chart up to a quarter, with a stroke where a structure has changed by then."""
        visit, room, weeks = self.visit, self.visit.room, self.results[0].fans.weeks[:points]
        lines, marks = [], []
        for result, colour in zip(self.results, COLOURS, strict=False):
            line, team = line_of(result.fans, self.axis), result.team
            cut = charts.Line(line.low[:points], line.middle[:points], line.high[:points])
            lines.append((team.name, colour, cut))
            changed = team.structure and 0 < team.switch <= weeks[-1]
            said = shape_text(team, room.language)
            marks.append([(team.switch / WEEKS_PER_YEAR, said)] if changed else [])
        words = visit.words["charts"]
        frame = charts.fan(self.axis, room.years, words, room.language, True, room.beamer)
        return charts.race(frame, lines, weeks, marks)

    def _replay(self) -> None:
        """Draw the results again, quarter by quarter, and say what begins."""
        weeks, shown = self.results[0].fans.weeks, [1]
        self.leave()

        def step() -> None:
            shown[0] += 1
            week = int(weeks[min(shown[0], len(weeks)) - 1])
            self.chart.options["series"] = self._race(shown[0])["series"]
            self.chart.update()
            self.begun.set_text(self._so_far(week))
            if shown[0] >= len(weeks) and self.replay is not None:
                self.replay.deactivate()

        with self.place:
            self.replay = ui.timer(PACE, step)

    def _so_far(self, week: int) -> str:
        """What teams have begun by a week, the latest first."""
        visit = self.visit
        language = visit.room.language
        done = [(each.week, result.team.name, each.text) for result in self.results
                for each in steps(result.team, language) if each.week <= week]  # fmt: skip
        done.sort(key=lambda each: -each[0])
        said = "; ".join(visit.say("teams.begins", name=name, step=text) for _, name, text in done)
        return visit.say("teams.so_far", year=year_text(week, language), steps=said)

    def _table(self) -> None:
        visit, language, axis = self.visit, self.visit.room.language, self.axis

        def number(value: float | None, sign: bool = True) -> str:
            if value is None:
                return "–"
            return decimals(language, value * axis.factor, axis.decimals, sign=sign)

        heads = ["", *(visit.say(f"teams.{name}") for name in ("guessed", "found", "band", "cost"))]
        unit = visit.say(f"measures.{axis.measure}.apart").strip() or axis.about
        ui.label(visit.say("teams.shown", unit=unit)).classes("small")
        with ui.element("table"):
            with ui.element("thead"), ui.element("tr"):
                for head in heads:
                    with ui.element("th").props("scope=col").classes("number" if head else ""):
                        ui.label(head)
            with ui.element("tbody"):
                for result, colour in zip(self.results, (*COLOURS, MUTED), strict=False):
                    change = result.change
                    cells = (number(result.team.prediction), number(change.middle),
                             f"{number(change.low)} … {number(change.high)}",
                             f"€ {decimals(language, result.spent.euros, 0)}")  # fmt: skip
                    self._line(result, colour, cells)

    def _line(self, result: Result, colour: str, cells: Sequence[str]) -> None:
        plan = plan_text(result.team, self.visit.room.language)
        with ui.element("tr"):
            with ui.element("th").props("scope=row").style(f"border-left: 6px solid {colour}"):
                ui.label(result.team.name).classes("team-name")
                ui.label(f"{self.visit.say('teams.plan')}: {plan}").classes("small team-did")
            for cell in cells:
                with ui.element("td").classes("number"):
                    ui.label(cell)

    def _debrief(self) -> None:
        visit = self.visit
        ui.label(visit.say("teams.debrief")).classes("why-title")
        with ui.element("ul").classes("isnot"):
            measure, language = visit.room.measure, visit.room.language
            for text in debrief_texts(self.results, measure, language):
                self._item(text)
            for number in range(1, QUESTIONS + 1):
                self._item(visit.say(f"teams.question.{number}"))

    def _item(self, text: str) -> None:
        with ui.element("li"):
            ui.label(text)
