"""Which organisation, which story, how large and how long? The dialog in which a room is chosen."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nicegui import run, ui
from nicegui.events import UploadEventArguments

from experiments.workshop import offered
from experiments.workshop.own import Own, from_answers, from_list
from experiments.workshop.room import Room
from experiments.workshop.said import RoomError, decimals
from experiments.workshop.told import with_story
from experiments.workshop.visit import Visit
from sim.parameters import ParameterError

SIZES = ("years", "people", "customers", "seed")
SHORT_NAME = 24  # letters in the header


def organisation_name(visit: Visit, key: str) -> str:
    """What an organisation is called on the screen."""
    own = visit.owns.get(key)
    return own.name if own else visit.words["organisations"].get(key, key)


def story_name(visit: Visit, story: str) -> str:
    """What a story is called; empty is no story."""
    return visit.words["stories"][story] if story else visit.say("choose.no_story")


def chosen_title(visit: Visit) -> str:
    """What stands in the header."""
    name, story = organisation_name(visit, visit.room.organisation), visit.room.story
    return f"{name} · {story_name(visit, story)}" if story else name


class Choosing:
    """The dialog."""

    def __init__(self, visit: Visit, begun: Callable[[], Any]) -> None:
        """`begun` is called when another room has been taken."""
        self.visit, self.begun = visit, begun
        self.room = visit.room
        with ui.dialog(value=True) as self.dialog, ui.card().classes("sheet"):
            self.dialog.on("hide", self.dialog.delete)
            ui.label(visit.say("choose.title")).classes("sheet-title")
            self._story()
            self._organisation()
            self._sizes()
            with ui.element("div").classes("sheet-buttons"):
                begin = ui.button(visit.say("choose.start"), on_click=self._begin)
                begin.props("unelevated no-caps").props("data-testid=begin")
                close = ui.button(visit.say("choose.close"), on_click=self.dialog.close)
                close.props("flat no-caps")

    def _story(self) -> None:
        visit = self.visit
        stories = {"": visit.say("choose.no_story")}
        stories |= {name: story_name(visit, name) for name in offered.stories()}
        self.story = ui.select(stories, value=self.room.story, label=visit.say("choose.story"),
                               on_change=self._set_story)  # fmt: skip
        self.story.props("outlined options-dense").props("data-testid=story")
        ui.label(visit.say("choose.story_sets")).classes("small")

    def _organisation(self) -> None:
        visit = self.visit
        self.organisation = ui.select(self._names(), value=self.room.organisation,
                                      label=visit.say("choose.organisation"))  # fmt: skip
        self.organisation.props("outlined options-dense").props("data-testid=organisation")
        with ui.expansion(visit.say("choose.own")).classes("own"):
            ui.label(visit.say("choose.own_stays")).classes("small")
            self._upload("own_list", ".csv,.txt", _read_list)
            self._upload("own_preset", ".yaml,.yml", _read_answers)

    def _names(self) -> dict[str, str]:
        visit = self.visit
        known = [*visit.owns, *offered.organisations()]
        return {key: organisation_name(visit, key) for key in known}

    def _upload(self, words: str, kinds: str, read: Callable[[str, bytes], Own]) -> None:
        most = offered.content()["upload"]
        large = self.visit.say("errors.refused", size=most // 1_000_000, kinds=kinds)
        upload = ui.upload(
            label=self.visit.say(f"choose.{words}"), max_file_size=most, auto_upload=True,
            on_upload=lambda event: self._read(event, read),
            on_rejected=lambda: ui.notify(large, type="warning", position="top"),
        )  # fmt: skip
        upload.props(f"accept='{kinds}' flat bordered").classes("upload").props(
            f"data-testid={words}"
        )

    async def _read(self, event: UploadEventArguments, read: Callable[[str, bytes], Own]) -> None:
        content = await event.file.read()
        event.sender.reset()  # pyright: ignore[reportAttributeAccessIssue]
        busy = ui.notification(
            self.visit.say("loading"), spinner=True, timeout=None, position="top"
        )
        try:
            ready = await self.visit.warming.ready()  # a search for the numbers runs the model
            own = await run.io_bound(read, event.file.name, content) if ready else None
            if own is None:
                return
            self.visit.keep(own)
        except RoomError as error:
            self.visit.complain(error, "errors.own")
            return
        finally:
            busy.dismiss()
        self.organisation.set_options(self._names(), value=own.key)
        count, bound = own.told.organisation.people, offered.bound("people")
        self.sizes["people"].set_value(max(bound.low, min(bound.high, count)))
        people = decimals(self.visit.room.language, count, 0)
        ui.notify(self.visit.say("choose.own_used", people=people), type="positive",
                  position="top")  # fmt: skip

    def _sizes(self) -> None:
        with ui.expansion(self.visit.say("choose.size")).classes("sizes"):
            self.sizes = {name: self._size(name) for name in SIZES}

    def _size(self, name: str) -> ui.number:
        bound = offered.bound(name)
        words = self.visit.say(f"choose.{name}")
        language = self.visit.room.language
        limits = f"{decimals(language, bound.low, 0)} – {decimals(language, bound.high, 0)}"
        field = ui.number(f"{words} ({limits})", value=getattr(self.room, name), min=bound.low,
                          max=bound.high, precision=0)  # fmt: skip
        return field.props("outlined dense").classes("size").props(f"data-testid={name}")

    def _set_story(self) -> None:
        """Show what a story brings along."""
        if not self.story.value:
            self.room = replace(self.room, story="")
            return
        try:
            self.room = with_story(self.room, str(self.story.value))
        except RoomError as error:
            self.visit.complain(error)
            return
        self.organisation.set_value(self.room.organisation)
        self.sizes["years"].set_value(self.room.years)

    def _begin(self) -> None:
        changed: Room = replace(
            self.room, story=self.story.value or "", organisation=str(self.organisation.value),
            **{name: _whole(field.value) for name, field in self.sizes.items()},
        )  # fmt: skip
        if self.visit.change(clamped(changed)):
            self.dialog.close()
            self.begun()


def clamped(room: Room) -> Room:
    """The room without what begins after its last week."""
    weeks = room.weeks
    kept = {side: tuple(each for each in room.moves(side) if each.start < weeks)
            for side in ("first", "second")}  # fmt: skip
    late = {name: 0 for name in ("switch_first", "switch_second") if getattr(room, name) >= weeks}
    shapes = {f"structure_{name.partition('_')[2]}": "" for name in late}
    return replace(room, **kept, **late, **shapes)


def _whole(value: Any) -> Any:
    """A whole number where one was typed; `checked` says what is wrong with anything else."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _read_list(name: str, content: bytes) -> Own:
    return from_list(_short(name), content)


def _read_answers(name: str, content: bytes) -> Own:
    import yaml

    try:
        answers = yaml.safe_load(content.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        raise RoomError("own_broken", text="YAML") from None
    if not isinstance(answers, dict) or len(answers) > 100:
        raise RoomError("own_broken", text="YAML")
    try:
        return from_answers(_short(name), answers)
    except (ParameterError, AttributeError) as error:
        if isinstance(error, RoomError):
            raise
        raise RoomError("own_broken", text=str(error)) from None


def _short(name: str) -> str:
    """The name of a file as the name of an organisation."""
    return name.rpartition("/")[2].rpartition(".")[0][: offered.content()["name"]] or "?"


def choose_dialog(visit: Visit, begun: Callable[[], Any]) -> None:
    """Open the dialog."""
    with visit.client:
        Choosing(visit, begun)
