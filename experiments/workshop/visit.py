"""What does one visitor see and undo? A room, its fans, and the calculation that keeps up with it.

Every browser tab has a visit of its own; nothing of it is shared but the model.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from nicegui import Client, background_tasks, run, ui

from experiments.workshop import offered
from experiments.workshop.live import Fans, Live, Superseded
from experiments.workshop.own import Own
from experiments.workshop.room import SIDES, Room, checked, query_of
from experiments.workshop.said import RoomError, said
from experiments.workshop.teams import Contest, Result, Team
from experiments.workshop.told import told_of
from experiments.workshop.warming import Warming
from experiments.workshop.words import filled, words_of
from scenarios.library import content_of

MOST_UNDO = 100
A_MOMENT = 0.03  # seconds
KEPT = ("language", "view", "beamer")  # not a matter of undo


class Visit:
    """The state of one browser tab."""

    def __init__(self, warming: Warming, room: Room, client: Client) -> None:
        """With a room that is checked."""
        self.warming, self.room, self.client = warming, room, client
        self.owns: dict[str, Own] = {}  # organisations of one's own, by key
        self.side = SIDES[0]  # that the levers set
        self.fans: dict[str, Fans] = {}
        self.fans_of = room  # whose fans these are
        self.before: Fans | None = None  # side A before the last change
        self.past: list[Room] = []
        self.future: list[Room] = []
        self.teams: tuple[Team, ...] = ()
        self.played: tuple[Contest, tuple[Result, ...]] | None = None  # whose results are open
        self.hidden = False  # the answer stays here until a guess is revealed
        self.drawers: list[Callable[[], None]] = []  # draw what was calculated
        self.later: list[Callable[[], None]] = []  # what may come a moment later
        self.told: Callable[[], None] = lambda: None  # hears of a change of the room
        self.begun: Callable[[], None] = lambda: None  # hears of another room altogether
        self._wanted: bool | None = None  # fine or coarse; None = nothing to do
        self._busy = False
        self._settled: Room | None = None

    @property
    def live(self) -> Live:
        """The model; wait until `warming` is ready."""
        return self.warming.live

    # --- words ----------------------------------------------------------------------------------

    @property
    def words(self) -> dict[str, Any]:
        """All words of the page."""
        return words_of(self.room.language)

    @property
    def told_elsewhere(self) -> dict[str, Any]:
        """Words that the stories share: what mechanisms are called, among others."""
        return content_of("text", self.room.language)["story"]

    def say(self, path: str, **values: Any) -> str:
        """The words at a path such as `predict.open`, with values in their braces."""
        found: Any = self.words
        for part in path.split("."):
            found = found[part]
        return filled(found, values)

    def complain(self, error: Exception, path: str = "errors.wrong") -> None:
        """Say what went wrong, in the language of the page."""
        with self.client:
            ui.notify(self.say(path, reason=said(error, self.room.language)), type="warning",
                      position="top", timeout=9000, close_button=self.say("choose.close"),
                      multi_line=True)  # fmt: skip

    # --- changing -------------------------------------------------------------------------------

    def change(self, room: Room) -> bool:
        """Take a room that somebody chose; False, and a sentence, if it cannot be used."""
        try:
            room = checked(room)
            if room.is_own:  # a list of people keeps its structure
                for side in SIDES:
                    told_of(room, side, self.owns)
        except RoomError as error:
            self.complain(error)
            self.told()
            return False
        last = self._settled or self.room
        if room != last:
            self.past = [*self.past[-MOST_UNDO:], last]
            self.future = []
        self._take(room)
        return True

    def drag(self, room: Room) -> None:
        """Take a room while a lever is being dragged: coarse, and nothing to undo yet."""
        try:
            room = checked(room)
        except RoomError:
            return  # where the drag ends is what counts
        if self._settled is None:
            self._settled = self.room
            self._keep_before()
        self.room = room
        self.calculate(fine=False)

    def undo(self) -> None:
        """Back to the room before."""
        if self.past:
            self.future.append(self.room)
            self._take(self.past.pop())

    def redo(self) -> None:
        """Forward again."""
        if self.future:
            self.past.append(self.room)
            self._take(self.future.pop())

    def open(self, room: Room, past: Sequence[Room]) -> None:
        """Take a room and its past from a session file."""
        self.past, self.future = list(past), []
        self._settled = None
        self.room = room
        self.before = None
        self.write_link()
        self.begun()

    def _take(self, room: Room) -> None:
        if self._settled is None:
            self._keep_before()
        self.room = replace(room, **{name: getattr(self.room, name) for name in KEPT})
        self._settled = None
        self.told()
        self.write_link()
        self.calculate(fine=True)

    def _keep_before(self) -> None:
        self.before = self.fans.get(SIDES[0])

    def keep(self, own: Own) -> None:
        """Keep an organisation of the visitor's own. Raises RoomError if there are too many."""
        most = offered.content()["kept"]["organisations"]
        if own.key not in self.owns and len(self.owns) >= most:
            raise RoomError("own_many", most=most)
        self.owns[own.key] = own

    def results(self) -> tuple[Result, ...]:
        """The results that are open, if they are of the teams and the room as they are now."""
        if self.played is None:
            return ()
        contest, results = self.played
        looks = {name: getattr(contest.room, name) for name in KEPT}
        as_it_is = Contest(replace(self.room, **looks), self.teams)
        return results if contest == as_it_is else ()

    def write_link(self) -> None:
        """Put the room into the address, so that a link or a reload brings it back."""
        with self.client:
            ui.navigate.history.replace(self.link())

    def link(self) -> str:
        """The address of this room, without the machine."""
        return link_of(self.room)

    def drawn(self) -> str:
        """What is on the screen: the link of the room whose fans are drawn, and how finely."""
        fine = bool(self.fans) and self.fans["first"].fine
        return f"{link_of(self._calculated())} {'fine' if fine else 'coarse'}"

    @property
    def is_drawn(self) -> bool:
        """Whether the fans are those of the room as it is now."""
        return bool(self.fans) and self._calculated() == self.room

    def _calculated(self) -> Room:
        """The room whose fans there are, as this visitor looks at it."""
        looks = {name: getattr(self.room, name) for name in (*KEPT, "measure")}
        return replace(self.fans_of, **looks)

    def address(self) -> str:
        """The link with the name under which this browser knows the machine."""
        request = self.client.request
        return f"{request.url.scheme}://{request.headers.get('host', '')}{self.link()}"

    # --- calculating ----------------------------------------------------------------------------

    def calculate(self, fine: bool) -> None:
        """See that the fans follow the room; a newer wish takes the place of an older one.

        While the model is not ready the wish waits.
        """
        self._wanted = fine
        if not self._busy:
            self._busy = True
            background_tasks.create(self._keep_up(), name="fans")

    async def _keep_up(self) -> None:
        try:
            while self._wanted is not None and await self.warming.ready():
                fine, self._wanted = self._wanted, None
                await self._once(fine=False)
                if fine and self._wanted is None:
                    await self._once(fine=True)
        except RoomError as error:
            self.complain(error)
        finally:
            self._busy = False

    async def _once(self, fine: bool) -> None:
        """Calculate both sides and draw them; a fine one gives way to a newer wish."""
        room, found = self.room, {}
        stop = self._superseded if fine else None
        try:
            for side in SIDES:
                found[side] = await run.io_bound(
                    self.live.fans, room, side, fine, dict(self.owns), stop
                )
        except Superseded:
            return
        if all(each is not None for each in found.values()):  # None: the workshop is stopped
            self.fans, self.fans_of = found, room
            self.draw(later=False)
            await asyncio.sleep(A_MOMENT)  # so that the large picture is sent first
            if self._wanted is None or not fine:
                self._draw_all(self.later)

    def _superseded(self) -> bool:
        return self._wanted is not None

    def draw(self, later: bool = True) -> None:
        """Draw what was calculated."""
        self._draw_all([*self.drawers, *self.later] if later else self.drawers)

    def _draw_all(self, drawers: Sequence[Callable[[], None]]) -> None:
        if self.fans and not self.client.is_deleted:
            with self.client:
                for drawer in drawers:
                    drawer()

    def clear_drawers(self) -> None:
        """Nothing is on the screen that follows the fans."""
        self.drawers.clear()
        self.later.clear()


def link_of(room: Room) -> str:
    """The address of a room, without the machine."""
    query = urlencode(query_of(room), safe="~")
    return f"/?{query}" if query else "/"
