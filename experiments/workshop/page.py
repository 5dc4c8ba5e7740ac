"""How is the page laid out? A header with four views, one of them open, and a footer."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nicegui import ui
from nicegui.events import KeyEventArguments

from experiments.page import mark
from experiments.workshop import dialogs, files
from experiments.workshop.choosing import choose_dialog, chosen_title
from experiments.workshop.desk_view import DeskView
from experiments.workshop.difference_view import DifferenceView
from experiments.workshop.people_view import PeopleView
from experiments.workshop.teams_view import TeamsView
from experiments.workshop.visit import Visit
from experiments.workshop.words import LANGUAGES, words_of

VIEWS: dict[str, Callable[[Visit], Any]] = {
    "desk": DeskView, "people": PeopleView, "difference": DifferenceView, "teams": TeamsView,
}  # fmt: skip
FIRST = "desk"


class Page:
    """The page of one visitor; it is built anew when the language changes, the visit stays."""

    def __init__(self, visit: Visit) -> None:
        """For a visit."""
        self.visit = visit
        self.open: Any = None  # the view on the screen
        visit.told, visit.begun = self.show, self._begun

    def build(self, trouble: Exception | None = None) -> None:
        """Everything from the top."""
        visit = self.visit
        ui.colors(primary="#0072b2", secondary="#5a646d", accent="#d55e00", warning="#8a5f00")
        ui.keyboard(on_key=self._key, ignore=["input", "select", "textarea"])
        self.body = ui.element("div").classes("workshop")
        self._fill()
        if trouble is not None:
            visit.complain(trouble, "errors.link")
        visit.calculate(fine=True)

    def _fill(self) -> None:
        with self.visit.client:  # what was clicked may be on its way out
            self._fill_body()

    def _fill_body(self) -> None:
        visit = self.visit
        visit.clear_drawers()
        visit.hidden = False
        self.body.clear()
        self.body.classes(toggle="beamer") if self._is_out_of_step() else None
        language = visit.room.language
        ui.run_javascript(f"document.documentElement.lang = '{language}'")
        with self.body:
            skip = ui.element("a").classes("skip")
            skip.props["href"] = "#view"
            with skip:
                ui.label(visit.say("skip"))
            with ui.element("header").classes("top"):
                self._header()
            self.main = ui.element("main").classes("view")
            self.main.props["id"] = "view"
            with ui.element("footer").classes("bottom"):
                ui.label(visit.say("footer"))
                ui.label(visit.say("keys")).classes("keys")
        self._open_view()

    def _is_out_of_step(self) -> bool:
        return self.visit.room.beamer != ("beamer" in self.body.classes)

    # --- header ---------------------------------------------------------------------------------

    def _header(self) -> None:
        visit = self.visit
        with ui.element("div").classes("brand"):
            ui.html(mark(), sanitize=False)
            ui.label("Zwerm").classes("name")
        self.title = ui.button(chosen_title(visit), on_click=self._choose, color=None)
        self.title.props("flat no-caps icon-right=expand_more").classes("chosen").props(
            "data-testid=choose"
        )
        self.title.props["aria-label"] = visit.say("choose.open")
        with ui.element("nav").classes("views") as nav:
            nav.props["aria-label"] = visit.say("views.label")
            self.tabs = {name: self._tab(name) for name in VIEWS}
        with ui.element("div").classes("tools"):
            self._menu()
            for language in LANGUAGES:
                self._language(language)

    def _tab(self, name: str) -> ui.button:
        button = ui.button(
            self.visit.say(f"views.{name}"), on_click=lambda: self.go(name), color=None
        )
        return button.props("flat no-caps").classes("tab").props(f"data-testid=view-{name}")

    def _language(self, language: str) -> None:
        button = ui.button(language.upper(), on_click=lambda: self._speak(language), color=None)
        button.props("flat dense").classes("language").props(f"data-testid=language-{language}")
        button.props["aria-label"] = words_of(language)["name"]
        button.props["aria-pressed"] = "true" if language == self.visit.room.language else "false"
        button.props["lang"] = language

    def _menu(self) -> None:
        visit = self.visit
        with ui.button(icon="more_horiz", color=None).props("flat dense") as button, ui.menu():
            button.props["aria-label"] = visit.say("menu")
            button.props("data-testid=menu")
            ui.menu_item(visit.say("share.open"), lambda: files.share_dialog(visit))
            ui.menu_item(visit.say("save.open"), lambda: files.save_dialog(visit))
            ui.menu_item(visit.say("export.open"), lambda: files.export_dialog(visit))
            ui.separator()
            ui.menu_item(visit.say("beamer_off" if visit.room.beamer else "beamer"), self._beamer)
            ui.separator()
            ui.menu_item(visit.say("believe.open"), lambda: dialogs.believe_dialog(visit))
            ui.menu_item(visit.say("isnot.open"), lambda: dialogs.isnot_dialog(visit))

    # --- what happens ---------------------------------------------------------------------------

    def go(self, view: str) -> None:
        """Open a view."""
        if view != self._view():
            self.visit.room = replace(self.visit.room, view="" if view == FIRST else view)
            self.visit.write_link()
            self._open_view()

    def _view(self) -> str:
        return self.visit.room.view if self.visit.room.view in VIEWS else FIRST

    def _open_view(self) -> None:
        self.visit.clear_drawers()
        self.visit.hidden = False
        if self.open is not None:
            self.open.leave()
        self.main.clear()
        for name, button in self.tabs.items():
            button.props["aria-current"] = "page" if name == self._view() else "false"
        with self.main:
            self.open = VIEWS[self._view()](self.visit)
        self.visit.draw()

    def show(self) -> None:
        """Follow the room after a change that did not come from the view itself."""
        with self.visit.client:
            self.title.set_text(chosen_title(self.visit))
            self.open.show()

    def _choose(self) -> None:
        choose_dialog(self.visit, self._begun)

    def _begun(self) -> None:
        """Another organisation, story or length: every view begins anew."""
        self.visit.before, self.visit.fans = None, {}
        self._fill()
        if self.visit.room.story and isinstance(self.open, DeskView):
            self.open.predict_first()
        self.visit.calculate(fine=True)

    def _speak(self, language: str) -> None:
        self.visit.room = replace(self.visit.room, language=language)
        self.visit.write_link()
        self._fill_again()

    def _beamer(self) -> None:
        self.visit.room = replace(self.visit.room, beamer=not self.visit.room.beamer)
        self.visit.write_link()
        self._fill_again()

    def _fill_again(self) -> None:
        """The same in other words or sizes; a guess that is open stays open."""
        visit, guess = self.visit, getattr(self.open, "guess", None)
        fans = visit.fans
        if guess is not None:
            visit.fans = {}  # nothing of the answer is sent while the page is built
        self._fill()
        if guess is not None:
            with visit.client:
                self.open.predict_first(guess.points)
            visit.fans = fans
            visit.draw()
            if guess.revealed:
                with visit.client:
                    self.open.guess.reveal()

    def _key(self, event: KeyEventArguments) -> None:
        if not event.action.keydown or event.action.repeat:
            return
        key, visit = event.key.name, self.visit
        if event.modifiers.ctrl or event.modifiers.meta:
            if key.lower() == "z":
                visit.redo() if event.modifiers.shift else visit.undo()
        elif key in "1234" and len(key) == 1:
            self.go(list(VIEWS)[int(key) - 1])
        else:
            self.open.key(key.lower())
