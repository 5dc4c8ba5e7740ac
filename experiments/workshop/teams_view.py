"""Which view sets teams against each other? Plans, budgets, predictions; then the results."""

from dataclasses import replace
from typing import Any

from nicegui import background_tasks, run, ui

from experiments.workshop import dialogs, offered
from experiments.workshop.desk import axis_of, in_sight, moved, rows_of
from experiments.workshop.parts import Levers, Shape, one_more
from experiments.workshop.room import Room, checked
from experiments.workshop.said import RoomError, decimals, number_of
from experiments.workshop.teams import (
    CHOSEN,
    MOST,
    Contest,
    Result,
    Team,
    budget_of,
    play,
    room_for,
    spent_by,
)
from experiments.workshop.teams_results import COLOURS, ResultsView
from experiments.workshop.visit import Visit
from experiments.workshop.waiting import Waiting

BRIEF = 2  # teams to begin with
LONGEST = 24  # letters of a team's name


class TeamsView:
    """First the plans; once all teams have been run, the results and the debrief."""

    def __init__(self, visit: Visit) -> None:
        """Build it into the element that is open."""
        self.visit, self.at = visit, 0
        if not visit.teams:
            visit.teams = tuple(self._new(number) for number in range(BRIEF))
        self.page = ui.element("section").classes("teams")
        self.results: ResultsView | None = None
        self.extra: dict[int, list[str]] = {}  # further levers in sight, by team
        if found := visit.results():
            self._results(found)
        else:
            self._plans()

    def _new(self, number: int) -> Team:
        return Team(self.visit.say("teams.team", number=number + 1))

    def leave(self) -> None:
        """Stop a replay."""
        if self.results is not None:
            self.results.leave()

    def key(self, key: str) -> None:
        """No keys of its own."""

    def show(self) -> None:
        """Follow the room."""
        self.leave()
        self._plans()

    # --- plans ----------------------------------------------------------------------------------

    def _plans(self) -> None:
        self.leave()
        self.page.clear()
        with self.page:
            with ui.element("div").classes("teams-bar"):
                self._tabs()
                ui.element("span").classes("gap")
                self._measure()
                self.go = ui.button(self.visit.say("teams.play"), on_click=self._play)
                self.go.props("unelevated no-caps").props("data-testid=play-teams")
            if not self.visit.warming.is_ready:
                self.go.set_enabled(False)
                Waiting(self.visit, lambda: self.go.set_enabled(True))
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
        self.extra.pop(len(self.visit.teams), None)
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
        self._levers()
        self._facts()

    def _levers(self) -> None:
        visit, team, words = self.visit, self.team, self.visit.words
        extra = self.extra.get(self.at, [])
        self.plan.clear()
        with self.plan.style(f"--side: {COLOURS[self.at]}"):
            Levers(
                rows_of(visit, team.moves, extra), visit.room.years, words["levers_words"],
                visit.room.language, moving=lambda told: None, moved=self._moved,
                asked=lambda lever: dialogs.lever_dialog(visit, lever),
            )  # fmt: skip
            with ui.element("div").classes("below-levers"):
                self.shape = Shape(words["structure"], visit.room.language, visit.room.years,
                                   team.structure, team.switch, self._shaped)  # fmt: skip
                shown = in_sight(team.moves, extra)
                one_more(words, [name for name in CHOSEN if name not in shown], self._more)

    def _more(self, lever: str) -> None:
        self.extra.setdefault(self.at, []).append(lever)
        self._levers()

    def _shaped(self, kind: str, week: int) -> None:
        visit, changed = self.visit, replace(self.team, structure=kind, switch=week)
        contest = Contest(visit.room, visit.teams)
        try:
            checked(room_for(contest, changed))
            spent_by(contest, changed, visit.owns)  # a list of people keeps its own structure
        except RoomError as error:
            visit.complain(error)
            changed = self.team
        self._put(changed)
        self.shape.show(changed.structure, changed.switch)
        self._tell()

    def _moved(self, told: dict[str, Any]) -> None:
        room = moved(self._room(), "first", told)
        if room is None:
            return
        try:
            checked(room)
        except RoomError as error:
            self.visit.complain(error)
            self._levers()
            return
        self._put(replace(self.team, moves=room.first))
        self._tell()

    def _facts(self) -> None:
        """Name, budget and prediction of the team that is open."""
        visit = self.visit
        self.facts.clear()
        with self.facts:
            name = ui.input(visit.say("teams.name"), value=self.team.name,
                            on_change=lambda event: self._name(event.value))  # fmt: skip
            name.props(f"outlined dense maxlength={LONGEST} debounce=300").props(
                "data-testid=team-name"
            )
            ui.label(visit.say("teams.budget")).classes("why-title")
            self.meters = ui.element("div").classes("team-facts")
            axis = axis_of(visit, visit.room.measure)
            guess = self.team.prediction
            ui.label(visit.say("teams.guess", measure=axis.name)).classes("why-title")
            language = visit.room.language
            field = ui.input(
                value="" if guess is None else decimals(language, guess * axis.factor, 1),
                on_change=lambda event: self._guess(event.value, axis.factor),
                validation={visit.say("teams.no_number"): self._is_guess},
            )  # fmt: skip
            field.props["suffix"] = axis.unit
            field.props["aria-label"] = visit.say("teams.guess", measure=axis.name)
            field.props("outlined dense debounce=300 inputmode=decimal").classes("guess-field")
            field.props("data-testid=team-guess")
        self._tell()

    def _tell(self) -> None:
        """What the open plan spends; what is being typed beside it stays."""
        visit = self.visit
        contest = Contest(visit.room, visit.teams)
        try:
            most = budget_of(visit.room, visit.owns)
            spent = spent_by(contest, self.team, visit.owns)
        except RoomError as error:
            visit.complain(error)
            return
        self.meters.clear()
        with self.meters:
            self._meter("teams.spent_hours", spent.hours, most.hours)
            self._meter("teams.spent_euros", spent.euros, most.euros)
            if spent.hours > most.hours or spent.euros > most.euros:
                ui.label(visit.say("teams.too_much")).classes("warn").props("role=alert")
            if self.team.structure:
                ui.label(visit.say("teams.costs_hours")).classes("small")

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

    def _is_guess(self, value: Any) -> bool:
        """Whether it is empty or a number."""
        text = str(value or "").strip()
        return not text or number_of(text, self.visit.room.language) is not None

    def _guess(self, value: Any, factor: float) -> None:
        number = number_of(str(value or ""), self.visit.room.language)
        self._put(replace(self.team, prediction=None if number is None else number / factor))

    # --- running --------------------------------------------------------------------------------

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
                visit.played = contest, found
                self._results(found)

    def _results(self, found: tuple[Result, ...]) -> None:
        self.page.clear()
        with self.page:
            self.results = ResultsView(self.visit, found, self._back)

    def _back(self) -> None:
        self.visit.played = None
        self._plans()
