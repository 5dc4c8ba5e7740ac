"""How is the workshop served? One page, one guard in front of it, nothing from elsewhere."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from fastapi import Request
from nicegui import Client, app, background_tasks, ui
from nicegui.server import Server

from experiments.page import mark
from experiments.workshop.guard import Guard
from experiments.workshop.page import Page
from experiments.workshop.room import Room, room_of
from experiments.workshop.said import RoomError
from experiments.workshop.visit import Visit
from experiments.workshop.warming import Warming
from experiments.workshop.words import LANGUAGES

HERE = Path(__file__).parent
MOST_VISITORS = 40
PATIENCE = 20.0  # seconds for a page to be built, and for a browser to come back
QUICKEST = 0.1  # seconds between two looks of bound values
SOON = 0.02  # seconds between two looks whether it listens
GRACE = 4.0  # seconds in which pages can say that the model will not come


def serve(
    warming: Warming, host: str, port: int, code: str, browser: bool, opened: Callable[[], None],
    ready: Callable[[], None],
) -> None:  # fmt: skip
    """Serve until Ctrl-C, or until the model cannot be made ready.

    `opened` is called once pages can be opened, `ready` once the model is ready.
    """

    async def follow() -> None:
        while not Server.instance.started:  # start-up ends before anything listens
            await asyncio.sleep(SOON)
        opened()
        if await warming.ready():
            ready()
        else:
            await asyncio.sleep(GRACE)
            app.shutdown()

    def started() -> None:
        background_tasks.create(follow(), name="warming")

    app.add_middleware(Guard, code=code)
    app.on_startup(started)
    ui.page("/", title="Zwerm", response_timeout=PATIENCE, reconnect_timeout=PATIENCE)(
        partial(_index, warming)
    )
    ui.run(
        host=host, port=port, show=browser, title="Zwerm", favicon=mark(), reload=False,
        tailwind=False, show_welcome_message=False, binding_refresh_interval=QUICKEST,
    )  # fmt: skip


async def _index(warming: Warming, request: Request, client: Client) -> None:
    """The page for a visitor."""
    query = dict(request.query_params)
    language = query.get("l", LANGUAGES[0])
    trouble: RoomError | None = None
    try:
        room = room_of(query)
        if room.is_own:  # a visit begins without any
            raise RoomError("own_missing")
    except RoomError as error:
        trouble, room = error, Room(language=language if language in LANGUAGES else LANGUAGES[0])
    ui.add_css(HERE / "workshop.css")
    visit = Visit(warming, room, client)
    if len(Client.instances) > MOST_VISITORS:
        ui.label(visit.say("errors.many", most=MOST_VISITORS)).classes("alone")
        return
    Page(visit).build(trouble)
