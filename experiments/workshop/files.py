"""How does somebody take a state along? By a link, as a session file, or exported."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nicegui import run, ui
from nicegui.events import UploadEventArguments

from experiments.workshop import exports, sessions
from experiments.workshop.choosing import chosen_title
from experiments.workshop.dialogs import sheet
from experiments.workshop.live import Live
from experiments.workshop.own import Own
from experiments.workshop.room import SIDES, Room
from experiments.workshop.said import RoomError
from experiments.workshop.teams import Contest
from experiments.workshop.visit import Visit

MEDIA = {  # of an export
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "html": "text/html",
    "png": "image/png",
    "svg": "image/svg+xml",
    "csv": "text/csv",
    "folder": "application/zip",
}
NAME = "zwerm-workshop"  # of a session file


def share_dialog(visit: Visit) -> None:
    """The link to this state."""
    with sheet(visit, visit.say("share.title")):
        ui.label(visit.say("share.own" if visit.room.is_own else "share.said"))
        field = ui.input(value=visit.address()).props("outlined readonly").props("data-testid=link")
        field.props["aria-label"] = visit.say("share.title")
        copy = ui.button(visit.say("share.copy"), on_click=lambda: _copied(visit))
        copy.props("unelevated no-caps").props("data-testid=copy-link")


def _copied(visit: Visit) -> None:
    ui.clipboard.write(visit.address())
    ui.notify(visit.say("share.copied"), type="positive", position="top")


def save_dialog(visit: Visit) -> None:
    """Save the session, or open one."""
    with sheet(visit, visit.say("save.open")) as dialog:
        save = ui.button(visit.say("save.session"), on_click=lambda: _save(visit))
        save.props("unelevated no-caps").props("data-testid=save-session")
        ui.label(visit.say("save.load")).classes("sheet-heading")
        large = visit.say("errors.refused", size=sessions.LARGEST // 2**20, kinds=".json")
        upload = ui.upload(
            label=visit.say("save.drop"), auto_upload=True, max_file_size=sessions.LARGEST,
            on_upload=lambda event: _open(visit, event, dialog.close),
            on_rejected=lambda: ui.notify(large, type="warning", position="top"),
        )  # fmt: skip
        upload.props("accept='.json' flat bordered").classes("upload").props(
            "data-testid=open-session"
        )


def _save(visit: Visit) -> None:
    contest = Contest(visit.room, visit.teams) if visit.teams else None
    rooms = (*visit.past, visit.room)
    try:
        content = sessions.saved(sessions.Session(NAME, rooms, visit.owns, contest))
    except RoomError as error:
        visit.complain(error)
        return
    ui.download.content(content, f"{NAME}.json", "application/json")


async def _open(visit: Visit, event: UploadEventArguments, close: Callable[[], Any]) -> None:
    content = await event.file.read()
    event.sender.reset()  # pyright: ignore[reportAttributeAccessIssue]
    try:
        session = await run.io_bound(sessions.opened, content)
    except RoomError as error:
        visit.complain(error, "errors.session")
        return
    if session is None or not session.rooms:
        return
    close()
    visit.owns = dict(session.owns)
    visit.teams = session.contest.teams if session.contest else ()
    language = visit.room.language
    visit.open(replace(session.rooms[-1], language=language), session.rooms[:-1])
    ui.notify(visit.say("save.loaded"), type="positive", position="top")


def export_dialog(visit: Visit) -> None:
    """What can be taken along."""
    with sheet(visit, visit.say("export.title")):
        ui.label(chosen_title(visit)).classes("lead")
        with ui.element("div").classes("kinds"):
            for kind in MEDIA:
                _kind(visit, kind)
        ui.label(visit.say("export.said")).classes("small")


def _kind(visit: Visit, kind: str) -> None:
    button = ui.button(visit.say(f"export.{kind}")).props("outline no-caps").classes("kind")
    button.props(f"data-testid=export-{kind}")

    async def make() -> None:
        button.props("loading")
        try:
            await _made(visit, kind)
        finally:
            button.props(remove="loading")

    button.on_click(make)


async def _made(visit: Visit, kind: str) -> None:
    if not await visit.warming.ready():
        return
    try:
        content = await run.io_bound(_content, visit.live, visit.room, dict(visit.owns), kind)
    except RoomError as error:
        visit.complain(error)
        return
    if content is not None:
        with visit.client:
            ui.download.content(content, exports.file_name(kind), MEDIA[kind])


def _content(live: Live, room: Room, owns: dict[str, Own], kind: str) -> bytes:
    """The file, from the fine fans of both sides."""
    first, second = (live.fans(room, side, True, owns) for side in SIDES)
    return exports.exported(exports.Taken(room, first, second, owns), kind)
