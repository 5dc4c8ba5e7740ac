"""Which view sets teams against each other? Plans, budgets, predictions, results, debrief."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nicegui import background_tasks, run, ui

from experiments.figures.style import BLUE, GREEN, MUTED, PURPLE, VERMILION
from experiments.workshop import charts, dialogs, offered
from experiments.workshop.desk import axis_of, line_of, moved, rows_of
from experiments.workshop.live import Fans
from experiments.workshop.parts import Levers
from experiments.workshop.room import Room, checked
from experiments.workshop.said import RoomError, decimals
from experiments.workshop.teams import (
    MOST,
    Contest,
    Result,
    Team,
    budget_of,
    debrief,
    play,
    spent_by,
)
from experiments.workshop.visit import Visit

COLOURS = (BLUE, VERMILION, GREEN, PURPLE)
BRIEF = 2  # teams to begin with
QUESTIONS = 4  # of the debrief
PACE = 0.25  # seconds a quarter takes in a replay
LONGEST = 24  # letters of a team's name


class TeamsView:
    """First the plans; once all teams have been run, the results and the debrief."""

    def __init__(self, visit: Visit) -> None:
        """Build it into the element that is open."""
        self.visit, self.at = visit, 0
        if not visit.teams:
            visit.teams = tuple(self._new(number) for number in range(BRIEF))
        self.page = ui.element("section").classes("teams")
        self.replay: ui.timer | None = None
        self._plans()

    def _new(self, number: int) -> Team:
        return Team(self.visit.say("teams.team", number=number + 1))

    def leave(self) -> None:
        """Stop a replay."""
        if self.replay is not None:
            self.replay.deactivate()

    def key(self, key: str) -> None:
        """No keys of its own."""

    def show(self) -> None:
        """Follow the room."""
        self.leave()
        self._plans()

    # --- plans ----------------------------------------------------------------------------------

    def _plans(self) -> None:
        self.page.clear()
        with self.page:
            with ui.element("div").classes("teams-bar"):
                self._tabs()
                ui.element("span").classes("gap")
                self._measure()
                self.go = ui.button(self.visit.say("teams.play"), on_click=self._play)
                self.go.props("unelevated no-caps").props("data-testid=play-teams")
            with ui.element("div").classes("team-plan"):
                self.plan = ui.element("div").classes("left")
                self.facts = ui.element("div").classes("team-facts")
        self._plan()

    def _tabs(self) -> None:
        visit = self.visit
        for number, team in enumerate(visit.teams):
            button = ui.button(team.name, color=None, on_click=lambda _, at=number: self._open(at))
            button.props("flat no-caps").classes(f"side team team-{number}").props(
                f"data-testid=team-{number}"
            )
            button.props["aria-pressed"] = "true" if number == self.at else "false"
        if len(visit.teams) < MOST:
            self._tool("add", "teams.add", self._add, "add-team")
        if len(visit.teams) > 1:
            self._tool("remove", "teams.remove", self._remove, "remove-team")

    def _tool(self, icon: str, path: str, act: Any, marker: str) -> None:
        with ui.button(icon=icon, on_click=act, color=None).props("flat dense round") as button:
            ui.tooltip(self.visit.say(path))
        button.props["aria-label"] = self.visit.say(path)
        button.props(f"data-testid={marker}")

    def _measure(self) -> None:
        names = {name: axis_of(self.visit, name).name for name in offered.measures()}
        select = ui.select(names, value=self.visit.room.measure,
                           label=self.visit.say("teams.measure"),
                           on_change=lambda event: self._about(event.value))  # fmt: skip
        select.props("outlined dense options-dense").classes("asked")

    def _about(self, measure: Any) -> None:
        if measure in offered.measures():
            self.visit.room = replace(self.visit.room, measure=measure)
            self.visit.write_link()
            self._plan()

    def _open(self, number: int) -> None:
        self.at = number
        self._plans()

    def _add(self) -> None:
        self.visit.teams = (*self.visit.teams, self._new(len(self.visit.teams)))
        self._open(len(self.visit.teams) - 1)

    def _remove(self) -> None:
        self.visit.teams = self.visit.teams[:-1]
        self._open(min(self.at, len(self.visit.teams) - 1))

    @property
    def team(self) -> Team:
        """The team whose plan is open."""
        return self.visit.teams[self.at]

    def _put(self, team: Team) -> None:
        teams = list(self.visit.teams)
        teams[self.at] = team
        self.visit.teams = tuple(teams)

    def _room(self) -> Room:
        return replace(self.visit.room, first=self.team.moves)

    def _plan(self) -> None:
        visit, team = self.visit, self.team
        self.plan.clear()
        with self.plan.style(f"--side: {COLOURS[self.at]}"):
            Levers(
                rows_of(visit, team.moves), visit.room.years, visit.words["levers_words"],
                visit.room.language, moving=lambda told: None, moved=self._moved,
                asked=lambda lever: dialogs.lever_dialog(visit, lever),
            )  # fmt: skip
        self._tell()

    def _moved(self, told: dict[str, Any]) -> None:
        room = moved(self._room(), "first", told)
        if room is None:
            return
        try:
            checked(room)
        except RoomError as error:
            self.visit.complain(error)
            self._plan()
            return
        self._put(replace(self.team, moves=room.first))
        self._tell()

    def _tell(self) -> None:
        """Name, budget and prediction of the team that is open."""
        visit = self.visit
        contest = Contest(visit.room, visit.teams)
        try:
            most = budget_of(visit.room, visit.owns)
            spent = spent_by(contest, self.team, visit.owns)
        except RoomError as error:
            visit.complain(error)
            return
        self.facts.clear()
        with self.facts:
            name = ui.input(visit.say("teams.name"), value=self.team.name,
                            on_change=lambda event: self._name(event.value))  # fmt: skip
            name.props(f"outlined dense maxlength={LONGEST} debounce=300").props(
                "data-testid=team-name"
            )
            ui.label(visit.say("teams.budget")).classes("why-title")
            self._meter("teams.spent_hours", spent.hours, most.hours)
            self._meter("teams.spent_euros", spent.euros, most.euros)
            if spent.hours > most.hours or spent.euros > most.euros:
                ui.label(visit.say("teams.too_much")).classes("warn").props("role=alert")
            axis = axis_of(visit, visit.room.measure)
            guess = self.team.prediction
            ui.label(visit.say("teams.guess", measure=axis.name)).classes("why-title")
            field = ui.number(
                format="%.1f", suffix=axis.unit,
                value=None if guess is None else guess * axis.factor,
                on_change=lambda event: self._guess(event.value, axis.factor),
            )  # fmt: skip
            field.props["aria-label"] = visit.say("teams.guess", measure=axis.name)
            field.props("outlined dense debounce=300").classes("guess-field").props(
                "data-testid=team-guess"
            )

    def _meter(self, path: str, spent: float, most: float) -> None:
        language = self.visit.room.language
        ui.label(self.visit.say(path, spent=decimals(language, spent, 0),
                                budget=decimals(language, most, 0)))  # fmt: skip
        share = min(1.0, spent / most) if most else 0.0
        color = "accent" if spent > most else "primary"
        ui.linear_progress(share, show_value=False, color=color).props("size=10px rounded")

    def _name(self, value: Any) -> None:
        name = str(value or "").strip()[:LONGEST]
        if name:
            self._put(replace(self.team, name=name))

    def _guess(self, value: Any, factor: float) -> None:
        known = isinstance(value, int | float)
        self._put(replace(self.team, prediction=float(value) / factor if known else None))

    # --- results --------------------------------------------------------------------------------

    def _play(self) -> None:
        self.go.set_enabled(False)
        self.go.set_text(self.visit.say("loading"))
        background_tasks.create(self._run(), name="teams")

    async def _run(self) -> None:
        visit, found = self.visit, None
        contest = Contest(visit.room, visit.teams)
        try:
            found = await run.io_bound(play, visit.live, contest, True, dict(visit.owns))
        except RoomError as error:
            visit.complain(error)
        if self.page.is_deleted:
            return
        with visit.client:
            if found is None:
                self._plans()
            else:
                self._results(found)

    def _results(self, results: Sequence[Result]) -> None:
        visit = self.visit
        axis = axis_of(visit, visit.room.measure)
        self.page.clear()
        with self.page:
            ui.label(f"{visit.say('teams.results')}: {axis.name}").classes("view-title")
            with ui.element("div").classes("team-results"):
                with ui.element("div"):
                    self.chart = ui.echart(self._race(results, len(results[0].fans.weeks)))
                    self.chart.classes("race").props["role"] = "img"
                    self.chart.props["aria-label"] = axis.name
                    ui.label(self._band(results[0].fans)).classes("small")
                with ui.element("div").classes("results"):
                    self._table(results, axis)
                    self._debrief(results)
            with ui.element("div").classes("sheet-buttons"):
                back = ui.button(visit.say("teams.back"), on_click=self._plans)
                back.props("unelevated no-caps").props("data-testid=back")
                again = ui.button(visit.say("teams.replay"), icon="replay",
                                  on_click=lambda: self._replay(results))  # fmt: skip
                again.props("flat no-caps").props("data-testid=replay")

    def _band(self, fans: Fans) -> str:
        return self.visit.say("charts.band", runs=fans.runs, draws=fans.rows, seeds=fans.seeds)

    def _race(self, results: Sequence[Result], points: int) -> Any:
        visit = self.visit
        axis = axis_of(visit, visit.room.measure)
        lines = []
        for result, colour in zip(results, COLOURS, strict=False):
            line = line_of(result.fans, axis)
            cut = charts.Line(line.low[:points], line.middle[:points], line.high[:points])
            lines.append((result.team.name, colour, cut))
        room = visit.room
        frame = charts.fan(
            axis, room.years, visit.words["charts"], room.language, True, room.beamer
        )
        return charts.race(frame, lines, results[0].fans.weeks[:points])

    def _replay(self, results: Sequence[Result]) -> None:
        """Draw the results again, quarter by quarter."""
        most, shown = len(results[0].fans.weeks), [1]
        self.leave()

        def step() -> None:
            shown[0] += 1
            self.chart.options["series"] = self._race(results, shown[0])["series"]
            self.chart.update()
            if shown[0] >= most and self.replay is not None:
                self.replay.deactivate()

        with self.page:
            self.replay = ui.timer(PACE, step)

    def _table(self, results: Sequence[Result], axis: charts.Axis) -> None:
        visit, language = self.visit, self.visit.room.language

        def number(value: float | None, sign: bool = True) -> str:
            if value is None:
                return "–"
            return decimals(language, value * axis.factor, axis.decimals, sign=sign)

        heads = ["", *(visit.say(f"teams.{name}") for name in ("guessed", "found", "band", "cost"))]
        with ui.element("table"):
            with ui.element("thead"), ui.element("tr"):
                for head in heads:
                    with ui.element("th").props("scope=col").classes("number" if head else ""):
                        ui.label(head)
            with ui.element("tbody"):
                for result, colour in zip(results, (*COLOURS, MUTED), strict=False):
                    change = result.change
                    cells = (number(result.team.prediction), number(change.middle),
                             f"{number(change.low)} … {number(change.high)}",
                             f"€ {decimals(language, result.spent.euros, 0)}")  # fmt: skip
                    self._line(result.team.name, colour, cells)

    def _line(self, name: str, colour: str, cells: Sequence[str]) -> None:
        with ui.element("tr"):
            with ui.element("th").props("scope=row").style(f"border-left: 6px solid {colour}"):
                ui.label(name).classes("team-name")
            for cell in cells:
                with ui.element("td").classes("number"):
                    ui.label(cell)

    def _debrief(self, results: Sequence[Result]) -> None:
        visit = self.visit
        facts = debrief(results, visit.room.measure)
        ui.label(visit.say("teams.debrief")).classes("why-title")
        with ui.element("ul").classes("isnot"):
            for path, name in (("furthest", facts.furthest), ("closest", facts.closest),
                               ("thriftiest", facts.thriftiest)):  # fmt: skip
                if name:
                    self._item(visit.say(f"teams.{path}", name=name))
            if len(results) > 1:
                self._item(visit.say("teams.apart" if facts.told_apart else "teams.not_apart"))
            for number in range(1, QUESTIONS + 1):
                self._item(visit.say(f"teams.question.{number}"))

    def _item(self, text: str) -> None:
        with ui.element("li"):
            ui.label(text)
