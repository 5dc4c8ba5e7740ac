"""Which parts of a page are our own? A timeline of levers and a chart to draw a guess in."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

Told = Callable[[dict[str, Any]], Any]
OFTEN = 0.05  # seconds between two messages of a lever that is dragged


def content_of_event(event: GenericEventArguments) -> Any:
    """What the browser sent with an event, alone or in a list."""
    args = event.args
    return args[0] if isinstance(args, list) and len(args) == 1 else args


class Levers(Element, component="levers.js"):
    """Rows of levers with a slider and a bar on the timeline."""

    def __init__(
        self, rows: Sequence[Mapping[str, Any]], years: int, words: Mapping[str, Any],
        language: str, *, moving: Told, moved: Told, asked: Callable[[str], Any],
    ) -> None:  # fmt: skip
        """`moving` hears of a drag under way, `moved` of its end, `asked` of a name clicked."""
        super().__init__()
        self._props.update(rows=list(rows), years=years, words=dict(words), language=language)
        self.on("moving", lambda event: moving(_dict(event)), throttle=OFTEN)
        self.on("moved", lambda event: moved(_dict(event)))
        self.on("asked", lambda event: asked(str(content_of_event(event))))

    def show(self, rows: Sequence[Mapping[str, Any]], years: int) -> None:
        """Put other rows on the screen."""
        self._props.update(rows=list(rows), years=years)
        self.update()


class Guess(Element, component="guess.js"):
    """A chart in which somebody draws how it will go on."""

    def __init__(self, content: Mapping[str, Any], drawn: Callable[[list[Any]], Any]) -> None:
        """`content` is what guess.js takes; nothing of the model's answer may stand in it yet."""
        super().__init__()
        self._props.update(content)
        self.on("drawn", lambda event: drawn(list(_list(event))))

    def reveal(self, shown: Mapping[str, list[float]]) -> None:
        """Send the model's answer: low, middle and high."""
        self._props["shown"] = dict(shown)
        self.update()

    def erase(self) -> None:
        """Take what was drawn away."""
        self._props["value"] = None
        self.run_method("erase")


def _dict(event: GenericEventArguments) -> dict[str, Any]:
    content = content_of_event(event)
    return content if isinstance(content, dict) else {}


def _list(event: GenericEventArguments) -> list[Any]:
    args = event.args
    nested = isinstance(args, list) and len(args) == 1 and isinstance(args[0], list)
    found = args[0] if nested else args
    return found if isinstance(found, list) else []
