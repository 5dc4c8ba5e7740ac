"""How is the workshop served? One page, one guard in front of it, nothing from elsewhere."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from fastapi import Request
from nicegui import Client, app, ui

from experiments.page import mark
from experiments.workshop.guard import Guard
from experiments.workshop.live import Live
from experiments.workshop.page import Page
from experiments.workshop.room import Room, room_of
from experiments.workshop.said import RoomError
from experiments.workshop.visit import Visit
from experiments.workshop.words import LANGUAGES

HERE = Path(__file__).parent
MOST_VISITORS = 40
PATIENCE = 20.0  # seconds for a page to be built, and for a browser to come back
QUICKEST = 0.1  # seconds between two looks of bound values


def serve(
    live: Live, host: str, port: int, code: str, browser: bool, ready: Callable[[], None]
) -> None:
    """Serve until Ctrl-C; `ready` is called once it can be opened."""
    app.add_middleware(Guard, code=code)
    app.on_startup(ready)
    ui.page("/", title="Zwerm", response_timeout=PATIENCE, reconnect_timeout=PATIENCE)(
        partial(_index, live)
    )
    ui.run(
        host=host, port=port, show=browser, title="Zwerm", favicon=mark(), reload=False,
        tailwind=False, show_welcome_message=False, binding_refresh_interval=QUICKEST,
    )  # fmt: skip


async def _index(live: Live, request: Request, client: Client) -> None:
    """The page for a visitor."""
    query = dict(request.query_params)
    language = query.get("l", LANGUAGES[0])
    trouble: RoomError | None = None
    try:
        room = room_of(query)
    except RoomError as error:
        trouble, room = error, Room(language=language if language in LANGUAGES else LANGUAGES[0])
    ui.add_css(HERE / "workshop.css")
    visit = Visit(live, room, client)
    if len(Client.instances) > MOST_VISITORS:
        ui.label(visit.say("errors.many", most=MOST_VISITORS)).classes("alone")
        return
    Page(visit).build(trouble)
