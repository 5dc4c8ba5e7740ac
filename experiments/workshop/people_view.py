"""Which view shows people and customers? Dots and flowers in the colour of a quarter, played on."""

from typing import TYPE_CHECKING, Any

import numpy as np
from nicegui import background_tasks, run, ui
from nicegui.events import EChartPointClickEventArguments

from experiments.figures.style import FAINT, INK, MUTED, STEPS
from experiments.workshop.charts import FONT
from experiments.workshop.room import SIDES
from experiments.workshop.said import RoomError, decimals
from experiments.workshop.visit import Visit
from experiments.workshop.waiting import hold
from sim.parameters import WEEKS_PER_YEAR
from sim.state import Floats

if TYPE_CHECKING:
    from experiments.workshop.seen import Layout, Seen

PIXELS = 560  # of the square in which an organisation stands
REACH = 1.06  # of the axes, a little beyond the radius of 1
PACE = 0.45  # seconds a quarter takes when it is played
COLOURS = ("value", "effort")
UNSHOWN = "#b9c0c6"  # nobody there, or a group too small to show
GOLDEN = np.pi * (3 - np.sqrt(5))  # the angle between seeds of a sunflower
PETALS = 5
LEAST = 0.0005  # of a term that is shown: smaller ones would read 0.000


class PeopleView:
    """The organisation of one side beside a sample of its customers."""

    def __init__(self, visit: Visit) -> None:
        """Build it into the element that is open."""
        self.visit, self.side, self.colour, self.point = visit, visit.side, COLOURS[0], 0
        self.seen: Seen | None = None
        self.layout: Layout | None = None
        self.playing = ui.timer(PACE, self._next, active=False)
        with ui.element("section").classes("people"):
            self._bar()
            with ui.element("div").classes("people-charts") as place:
                with ui.element("div").classes("square"):
                    self.people = ui.echart(_square(), on_point_click=self._clicked)
                    self._describe(self.people, "people.organisation")
                with ui.element("div").classes("square field"):
                    self.flowers = ui.echart(_square())
                    self._describe(self.flowers, "people.field")
                self.beside = ui.element("aside").classes("why")
            self.told = ui.label("").classes("apart")
            self.told.props["role"] = "status"
            self._scale()
        with self.beside:
            self._ask()
        hold(visit, place)
        self.show()

    def leave(self) -> None:
        """Stop playing."""
        self.playing.deactivate()

    def key(self, key: str) -> None:
        """A key that was pressed."""
        if key in ("a", "b"):
            self._set_side(SIDES["ab".index(key)])

    def show(self) -> None:
        """Follow the room."""
        background_tasks.create(self._look(), name="people")

    # --- controls -------------------------------------------------------------------------------

    def _bar(self) -> None:
        visit = self.visit
        with ui.element("div").classes("people-bar"):
            self.play = ui.button(visit.say("people.play"), icon="play_arrow", on_click=self._play)
            self.play.props("unelevated no-caps").props("data-testid=play")
            self.slider = ui.slider(min=0, max=1, step=1, value=0, on_change=self._slide)
            self.slider.classes("quarters").props("data-testid=quarters")
            self.slider.props["aria-label"] = visit.say("people.time")
            self.when = ui.label("").classes("when")
            sides = {side: visit.say(f"side.{side}") for side in SIDES}
            self.sides = ui.toggle(sides, value=self.side,
                                   on_change=lambda: self._set_side(self.sides.value))  # fmt: skip
            self.sides.props("unelevated no-caps").props["aria-label"] = visit.say("side.label")
            names = {name: visit.say(f"people.{name}") for name in COLOURS}
            self.colours = ui.select(names, value=self.colour, label=visit.say("people.colour"),
                                     on_change=self._set_colour)  # fmt: skip
            self.colours.props("dense outlined options-dense").classes("colour")

    def _scale(self) -> None:
        """What the colours mean."""
        with ui.element("div").classes("scale"):
            ui.label(self.visit.say("people.low"))
            colours = ", ".join(STEPS)
            ui.element("div").classes("ramp").style(
                f"background: linear-gradient(90deg, {colours})"
            )
            ui.label(self.visit.say("people.high"))
            ui.element("div").classes("ramp nobody").style(f"background: {UNSHOWN}")
            ui.label(self.visit.say("people.unshown"))
            ui.label(self.visit.say("people.flowers_said"))

    def _describe(self, chart: ui.echart, path: str) -> None:
        chart.props["role"] = "img"
        chart.props["aria-label"] = self.visit.say(path)

    def _set_side(self, side: str) -> None:
        if side in SIDES and side != self.side:
            self.side = side
            self.sides.set_value(side)
            self.show()

    def _set_colour(self) -> None:
        if self.colours.value in COLOURS:
            self.colour = self.colours.value
            self._draw()

    def _play(self) -> None:
        going = not self.playing.active
        if going and self.seen is not None and self.point >= len(self.seen.weeks) - 1:
            self.slider.set_value(0)
        self.playing.active = going
        self.play.set_text(self.visit.say("people.pause" if going else "people.play"))
        self.play.props(f"icon={'pause' if going else 'play_arrow'}")

    def _next(self) -> None:
        if self.seen is None or self.point >= len(self.seen.weeks) - 1:
            self._play()
        else:
            self.slider.set_value(self.point + 1)

    def _slide(self) -> None:
        if self.seen is not None:
            self.point = max(0, min(len(self.seen.weeks) - 1, int(self.slider.value or 0)))
            self._draw()

    # --- looking --------------------------------------------------------------------------------

    async def _look(self) -> None:
        from experiments.workshop.seen import seen

        visit = self.visit
        if not await visit.warming.ready():
            return
        try:
            found = await run.io_bound(seen, visit.live, visit.room, self.side, dict(visit.owns))
        except RoomError as error:
            visit.complain(error)
            return
        if found is None or self.people.is_deleted:
            return
        with visit.client:
            self.seen, self.layout = found, None
            self.point = min(self.point, len(found.weeks) - 1)
            self.slider.props["max"] = len(found.weeks) - 1
            self.slider.update()
            self._draw()

    def _draw(self) -> None:
        if self.seen is None:
            return
        layout = self.seen.layout(self.point)
        colour = (self.seen.value if self.colour == "value" else self.seen.effort)[self.point]
        people = _people(layout, colour)
        if layout is not self.layout:
            self.layout = layout
            self.people.options["series"] = [*people, _lines(layout)]
            self.people.options["graphic"] = _hoops(layout)
            self.people.update()
            self.flowers.options["series"] = [_field(self.seen.flowers[self.point])]
            self.flowers.update()
        else:
            self.people.run_chart_method("setOption", {"series": people})
            flowers = [_field(self.seen.flowers[self.point])]
            self.flowers.run_chart_method("setOption", {"series": flowers})
        self._tell(colour)

    def _tell(self, colour: Floats) -> None:
        """The picture in words."""
        visit, week = self.visit, int(self.seen.weeks[self.point]) if self.seen else 0
        year, quarter = divmod(week - 1, WEEKS_PER_YEAR)
        self.when.set_text(visit.say("people.quarter", year=year + 1, quarter=quarter // 13 + 1))

        def percent(values: Floats) -> str:
            known = values[np.isfinite(values)]
            value = 100 * known.mean() if known.size else float("nan")
            return decimals(visit.room.language, value, 0) if known.size else "–"

        customers = self.seen.flowers[self.point] if self.seen else np.empty(0)
        here = int(np.isfinite(customers).sum())
        self.told.set_text(
            visit.say("people.told", colour=visit.say(f"people.{self.colour}"),
                      mean=percent(colour), attitude=percent(customers), count=here)
        )  # fmt: skip

    # --- why ------------------------------------------------------------------------------------

    def _ask(self) -> None:
        visit = self.visit
        ui.label(visit.say("people.why")).classes("why-title")
        ui.label(visit.say("people.click")).classes("small")
        with ui.element("div").classes("ask"):
            self.number = ui.number(visit.say("people.choose"), value=0, min=0, precision=0)
            self.number.props("dense outlined").props("data-testid=person")
            ask = ui.button(icon="search", on_click=lambda: self._why(self.number.value))
            ask.props("flat").props["aria-label"] = visit.say("people.why")
            ask.props("data-testid=ask-person")
        self.answer = ui.element("div").classes("results").props("aria-live=polite")

    async def _clicked(self, event: EChartPointClickEventArguments) -> None:
        data = event.data
        if isinstance(data, list) and len(data) > 4:
            await self._why(data[4])

    async def _why(self, person: Any) -> None:
        from experiments.workshop.seen import why_of

        visit = self.visit
        if self.seen is None or not isinstance(person, int | float) or not np.isfinite(person):
            return
        week = int(self.seen.weeks[self.point])
        about = "value" if self.colour == "value" else "effort"
        self.answer.clear()
        with self.answer:
            ui.label(visit.say("loading"))
        try:
            found = await run.io_bound(why_of, visit.live, visit.room, self.side, int(person),
                                       week, about, dict(visit.owns))  # fmt: skip
        except RoomError as error:
            self.answer.clear()
            visit.complain(error)
            return
        if found is None or self.answer.is_deleted:
            return
        self.answer.clear()
        with self.answer:
            self._ledger(int(person), found)

    def _ledger(self, person: int, found: Any) -> None:
        """The terms of one change."""
        visit, language = self.visit, self.visit.room.language
        level = int(self.layout.level[person]) + 1 if self.layout is not None else 1  # 1 = top
        ui.label(visit.say("people.person", person=person, level=level)).classes("why-title")
        ui.label(f"{found.title[:1].upper()}{found.title[1:]}").classes("small")
        acting = [row for row in found.rows if abs(row.amount) >= LEAST]
        with ui.element("table"), ui.element("tbody"):
            for row in acting:
                with ui.element("tr"):
                    with ui.element("td"):
                        ui.label(row.label)
                    with ui.element("td").classes("number"):
                        ui.label(decimals(language, row.amount, 3, sign=True))
        silent = len(found.rows) - len(acting)
        if silent:
            ui.label(visit.say("people.silent", count=silent)).classes("small")
        ui.label(visit.say("people.one_run")).classes("small")


# --- pictures -----------------------------------------------------------------------------------


def _square() -> dict[str, Any]:
    """An empty square with the colours of all pictures."""
    hidden = {"type": "value", "min": -REACH, "max": REACH, "show": False}
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT, "color": INK},
        "grid": {"left": 0, "right": 0, "top": 0, "bottom": 0},
        "xAxis": hidden, "yAxis": dict(hidden),
        # What lies below the range is drawn as not shown; ECharts does so only if the range
        # begins above `min`.
        "visualMap": {"show": False, "seriesIndex": 0, "min": -LEAST, "max": 1, "range": [0, 1],
                      "dimension": 2, "inRange": {"color": list(STEPS)},
                      "outOfRange": {"color": UNSHOWN}},
        "series": [],
    }  # fmt: skip


def _people(layout: "Layout", colour: Floats) -> list[dict[str, Any]]:
    """Everybody as a dot: x, y, colour, diameter, number. −1 is nobody, or a group too small."""
    shown = np.where(np.isfinite(colour), colour, -1.0)
    rows = np.column_stack([layout.x, layout.y, shown, layout.dot]).round(4).tolist()
    data = [[*row, person] for person, row in enumerate(rows)]
    return [
        {
            "id": "people", "type": "scatter", "data": data, "z": 3,
            ":symbolSize": f"value => Math.max(3, value[3] * {PIXELS / (2 * REACH):.1f})",
            "itemStyle": {"borderColor": MUTED, "borderWidth": 0.6},
            "emphasis": {"itemStyle": {"borderColor": INK, "borderWidth": 2}},
        }
    ]  # fmt: skip


def _lines(layout: "Layout") -> dict[str, Any]:
    """Who reports to whom: one line with gaps."""
    data: list[list[Any]] = []
    for x, y, u, v in layout.lines.round(4).tolist():
        data += [[x, y], [u, v], ["-", "-"]]
    return {
        "id": "lines", "type": "line", "data": data, "symbol": "none", "silent": True, "z": 1,
        "lineStyle": {"color": MUTED, "width": 0.8, "opacity": 0.55}, "connectNulls": False,
    }  # fmt: skip


def _hoops(layout: "Layout") -> list[dict[str, Any]]:
    """The circles of an organisation of circles."""
    scale = PIXELS / (2 * REACH)
    return [
        {
            "type": "circle", "silent": True, "z": 0,
            "shape": {"cx": round((x + REACH) * scale, 1), "cy": round((REACH - y) * scale, 1),
                      "r": round(radius * scale, 1)},
            "style": {"fill": "none", "stroke": FAINT, "lineWidth": 1.5},
        }
        for x, y, radius in layout.hoops.tolist()
    ]  # fmt: skip


def flower() -> str:
    """The outline of a flower, as ECharts takes a symbol."""
    angles = 2 * np.pi * np.arange(PETALS) / PETALS - np.pi / 2
    petals = [(50 + 27 * np.cos(angle), 50 + 27 * np.sin(angle), 21) for angle in angles]
    return "path://" + "".join(
        f"M{x - r:.1f} {y:.1f}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0Z"
        for x, y, r in petals
    )


def _field(attitude: Floats) -> dict[str, Any]:
    """Customers as flowers, laid out as the seeds of a sunflower."""
    place = np.arange(attitude.size)
    radius, angle = np.sqrt((place + 0.5) / max(attitude.size, 1)), place * GOLDEN
    shown = np.where(np.isfinite(attitude), attitude, -1.0)
    rows = np.column_stack([radius * np.cos(angle), radius * np.sin(angle), shown]).round(4)
    size = max(8.0, 0.62 * PIXELS / max(1.0, np.sqrt(attitude.size)))
    return {
        "id": "flowers", "type": "scatter", "symbol": flower(), "symbolSize": round(size, 1),
        "silent": True, "data": rows.tolist(),
        "itemStyle": {"borderColor": MUTED, "borderWidth": 0.7},
    }  # fmt: skip
