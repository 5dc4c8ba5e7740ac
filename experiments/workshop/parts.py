"""Which parts of a page are our own? A timeline of levers, a structure, and a chart to draw in."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from experiments.workshop.plans import year_text
from experiments.workshop.room import SHAPES
from experiments.workshop.said import number_of
from sim.parameters import WEEKS_PER_YEAR

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

    def compare(self, nobody: Sequence[float | None]) -> None:
        """Put another B beside what is drawn."""
        self._props["nobody"] = list(nobody)
        self.update()

    def reveal(self, shown: Mapping[str, list[float]]) -> None:
        """Send the model's answer: low, middle and high."""
        self._props["shown"] = dict(shown)
        self.update()

    def erase(self) -> None:
        """Take what was drawn away."""
        self._props["value"] = None
        self.run_method("erase")


class Shape:
    """Which structure, and from which year on."""

    def __init__(
        self, words: Mapping[str, str], language: str, years: int, kind: str, week: int,
        chosen: Callable[[str, int], Any],
    ) -> None:  # fmt: skip
        """`chosen` hears of a kind ("" = as the organisation is) and the week of the change."""
        self.years, self.chosen, self._silent = years, chosen, False
        self.language = language
        kinds = {each: words[each or "as_is"] for each in SHAPES}
        self.kind = ui.select(kinds, value=kind, label=words["label"], on_change=self._told)
        self.kind.props("dense outlined options-dense").classes("structure")
        self.kind.props("data-testid=structure")
        self.week = ui.input(words["from"], value=year_text(week, language), on_change=self._told)
        self.week.props("dense outlined debounce=400 inputmode=decimal").classes("from-year")
        self.week.props("data-testid=from-year")

    def show(self, kind: str, week: int) -> None:
        """Put another structure on the screen, without telling."""
        self._silent = True
        self.kind.set_value(kind)
        self.week.set_value(year_text(week, self.language))
        self._silent = False

    def _told(self) -> None:
        if self._silent:
            return
        kind = str(self.kind.value or "")
        year = number_of(str(self.week.value or ""), self.language)
        last = self.years * WEEKS_PER_YEAR - 1
        week = max(0, min(last, round((year or 0.0) * WEEKS_PER_YEAR)))
        self.chosen(kind, week if kind else 0)


def one_more(
    words: Mapping[str, Any], levers: Sequence[str], chosen: Callable[[str], Any]
) -> ui.select:
    """A list of levers from which one more is put in sight."""
    names = {name: words["levers"][name]["name"] for name in levers}

    def taken(value: Any) -> None:
        if value in names:
            more.set_value(None)
            chosen(value)

    more = ui.select(names, label=words["levers_words"]["more"],
                     on_change=lambda event: taken(event.value))  # fmt: skip
    more.props("dense outlined options-dense").classes("more").props("data-testid=more")
    return more


def _dict(event: GenericEventArguments) -> dict[str, Any]:
    content = content_of_event(event)
    return content if isinstance(content, dict) else {}


def _list(event: GenericEventArguments) -> list[Any]:
    args = event.args
    nested = isinstance(args, list) and len(args) == 1 and isinstance(args[0], list)
    found = args[0] if nested else args
    return found if isinstance(found, list) else []
