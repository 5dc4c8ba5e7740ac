"""What stands on the first view? Levers on a timeline beside fans of what follows from them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from nicegui import ui

from experiments.workshop import charts, offered
from experiments.workshop.charts import Axis, Line
from experiments.workshop.live import Fans, compare
from experiments.workshop.parts import Levers, Shape, one_more
from experiments.workshop.plans import HOURS
from experiments.workshop.room import FRONT, MORE, Move, Room
from experiments.workshop.said import decimals
from experiments.workshop.visit import Visit
from sim.levers import NAMES
from sim.state import Floats

FINEST = 100  # steps of a slider
SMALL = ("nps_true", "nps", "enps", "value", "effort", "cynicism", "cost", "profit")
APART_REACH = 0.15  # of the length of an axis, each way, for A minus B
LEVELS = "effort"  # the measure that is drawn level by level
REST = 1e-9
WEEKS = ("start", "ramp", "end")


# --- what a measure is on the screen ------------------------------------------------------------


def axis_of(visit: Visit, measure: str) -> Axis:
    """The measure with its fixed axis and its words."""
    shown, words = offered.measures()[measure], visit.words["measures"][measure]
    return Axis(measure, words["name"], words["axis"], words["unit"], shown.low, shown.high,
                shown.factor, shown.places)  # fmt: skip


def line_of(fans: Fans, axis: Axis) -> Line:
    """The fan of a measure as it stands on the screen."""
    name = axis.measure
    parts = (fans.low[name], fans.middle[name], fans.high[name])
    return Line(*(part * axis.factor for part in parts))


def tidy(value: float, axis: Axis) -> float:
    """The number as it is shown, without a minus before a zero."""
    return round(value, axis.decimals) + 0.0


def last_of(values: Floats) -> float:
    """The last known number, NaN if there is none."""
    known = values[np.isfinite(values)]
    return float(known[-1]) if known.size else float("nan")


# --- levers -------------------------------------------------------------------------------------


def rows_of(visit: Visit, moves: Sequence[Move], extra: Sequence[str] = ()) -> list[dict[str, Any]]:
    """A row for each lever in sight, and one for each further move of the same lever."""
    shown = in_sight(moves, extra)
    found = []
    for lever in shown:
        own = [each for each in moves if each.lever == lever]
        for number, move in enumerate(own or [None]):
            found.append(_row(visit, lever, number, move))
    return found


def _row(visit: Visit, lever: str, number: int, move: Move | None) -> dict[str, Any]:
    it, words = NAMES[lever], visit.words["levers"][lever]
    share = it.high <= 1
    name = words["name"] + (f" ({number + 1})" if number else "")
    hours = visit.say("levers_words.hours") if it.unit == HOURS else ""
    return {
        "key": f"{lever}.{number}", "lever": lever, "name": name, "low": it.low, "high": it.high,
        "rest": it.rest, "step": (it.high - it.low) / FINEST, "shown": 100 if share else 1,
        "unit": "%" if share else hours, "decimals": 0 if share else 1, "fresh": move is None,
        "strength": it.rest if move is None else move.strength,
        "start": move.start if move else 0, "ramp": move.ramp if move else 0,
        "end": move.end if move else 0,
    }  # fmt: skip


def in_sight(moves: Sequence[Move], extra: Sequence[str] = ()) -> list[str]:
    """The front levers, those that moves use, and those somebody asked for."""
    used = [each.lever for each in moves]
    front = [name for name in FRONT if name in NAMES]
    return list(dict.fromkeys([*front, *used, *extra]))


def moved(room: Room, side: str, told: dict[str, Any]) -> Room | None:
    """The room after what the browser tells of one row; None if that is no move."""
    try:
        lever, _, number = str(told["key"]).partition(".")
        move = Move(lever, float(told["strength"]), *(int(told[name]) for name in WEEKS))
        place, rest = int(number), NAMES[lever].rest
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    own = [each for each in room.moves(side) if each.lever == lever]
    if not 0 <= place <= len(own):
        return None
    own[place : place + 1] = [] if abs(move.strength - rest) < REST else [move]
    others = [each for each in room.moves(side) if each.lever != lever]
    moves = tuple(sorted([*others, *own], key=lambda each: (_place(each.lever), each.start)))
    return replace(room, first=moves) if side == "first" else replace(room, second=moves)


def _place(lever: str) -> int:
    return list(NAMES).index(lever)


class LeverPanel:
    """The levers of one side, its structure, and further levers on demand."""

    def __init__(self, visit: Visit, asked: Callable[[str], Any]) -> None:
        """`asked` opens the card of a lever."""
        self.visit, self.extra, self.turn = visit, [], 0
        room, words = visit.room, visit.words
        self.levers = Levers(
            self._rows(), room.years, words["levers_words"], room.language,
            moving=self._moving, moved=self._moved, asked=asked,
        )  # fmt: skip
        with ui.element("div").classes("below-levers"):
            kind, week = room.shape(visit.side)
            self.shape = Shape(words["structure"], room.language, room.years, kind, week,
                               self._shaped)  # fmt: skip
            one_more(words, [name for name in MORE if name in NAMES], self._more)

    def _rows(self) -> list[dict[str, Any]]:
        return rows_of(self.visit, self.visit.room.moves(self.visit.side), self.extra)

    def show(self) -> None:
        """Follow the room."""
        room = self.visit.room
        self.levers.show(self._rows(), room.years)
        self.shape.show(*room.shape(self.visit.side))

    def _moving(self, told: dict[str, Any]) -> None:
        if isinstance(turn := told.get("turn"), int) and turn < self.turn:
            return  # told late: the drag has ended since
        room = moved(self.visit.room, self.visit.side, told)
        if room is not None:
            self.visit.drag(room)

    def _moved(self, told: dict[str, Any]) -> None:
        self.turn = turn if isinstance(turn := told.get("turn"), int) else self.turn
        room = moved(self.visit.room, self.visit.side, told)
        if room is not None:
            self.visit.change(room)

    def _more(self, lever: str) -> None:
        self.extra.append(lever)
        self.show()

    def _shaped(self, kind: str, week: int) -> None:
        side = self.visit.side
        changed = {f"structure_{side}": kind, f"switch_{side}": week}
        self.visit.change(replace(self.visit.room, **changed))


# --- fans ---------------------------------------------------------------------------------------


class FanPanel:
    """One large chart and a row of small ones; a small one becomes the large one when chosen."""

    def __init__(self, visit: Visit, chosen: Callable[[], Any]) -> None:
        """`chosen` hears that another measure stands in the large chart."""
        self.visit, self.chosen = visit, chosen
        self.apart = False  # whether the large chart shows A minus B
        self.large = ui.element("div").classes("large-chart")
        self._large()
        self.said = ui.label("").classes("apart")
        self.said.props["role"] = "status"
        with ui.element("div").classes("small-charts"):
            self.small = [self._small(name) for name in SMALL if name in offered.measures()]
        visit.drawers.append(self.draw)
        visit.later.append(self.draw_small)

    def _large(self) -> None:
        axis = axis_of(self.visit, self.visit.room.measure)
        self.main_axis = axis
        reach = (axis.high - axis.low) * APART_REACH
        shown = replace(axis, low=-reach, high=reach) if self.apart else axis
        with self.large:
            self.main = self._chart(shown, True)

    def _chart(self, axis: Axis, large: bool) -> ui.echart:
        visit = self.visit
        options = charts.fan(axis, visit.room.years, visit.words["charts"], visit.room.language,
                             large, visit.room.beamer)  # fmt: skip
        chart = ui.echart(options).classes("fan")
        chart.props["role"] = "img"
        chart.props["aria-label"] = axis.name
        chart.props["data-measure"] = axis.measure
        return chart

    def _small(self, measure: str) -> tuple[Axis, ui.echart]:
        axis = axis_of(self.visit, measure)
        with ui.element("button").classes("small-chart") as card:
            card.props["type"] = "button"
            card.props["aria-label"] = self.visit.say("charts.enlarge", measure=axis.name)
            card.on("click", lambda: self.choose(measure))
            ui.label(axis.name).classes("small-name")
            chart = self._chart(axis, False)
        return axis, chart

    def choose(self, measure: str) -> None:
        """Put another measure into the large chart."""
        self.visit.room = replace(self.visit.room, measure=measure)
        self.visit.write_link()
        self.large.clear()
        self._large()
        self.chosen()
        self.draw()

    def show_apart(self, apart: bool) -> None:
        """Show A minus B in the large chart, or both."""
        self.apart = apart
        self.large.clear()
        self._large()
        self.draw()

    def draw(self) -> None:
        """Draw the large fan."""
        if self.visit.hidden or not self.visit.fans:
            return
        if self.apart:
            self._fill_apart()
        else:
            self._fill(self.main_axis, self.main)
        self.said.set_text(apart_sentence(self.visit, self.main_axis))

    def draw_small(self) -> None:
        """Draw the small fans."""
        if not self.visit.hidden and self.visit.fans:
            for axis, chart in self.small:
                self._fill(axis, chart)

    def _fill_apart(self) -> None:
        """A minus B, run by run."""
        apart = difference_of(self.visit)
        if apart is None:
            return
        line = line_of(apart, self.main_axis)
        options = self.main.options
        reach = options["yAxis"]["max"]
        largest = float(np.nanmax(np.abs([line.low, line.high, np.zeros_like(line.low)])))
        while reach < largest:
            reach *= 2  # the axis is fixed, and doubles before anything would leave it
        options["yAxis"]["min"], options["yAxis"]["max"] = -reach, reach
        charts.fill(options, apart.weeks, {"apart": line})
        self.main.props["aria-label"] = apart_sentence(self.visit, self.main_axis)
        self.main.props["data-of"] = self.visit.drawn()
        self.main.update()

    def _levels(self, axis: Axis, fans: Fans) -> list[tuple[str, Floats]]:
        """The levels of side A, by name, where the measure is drawn level by level."""
        if axis.measure != LEVELS:
            return []
        last, found = fans.levels - 1, []
        for level in range(min(fans.levels, charts.LEVELS)):
            path = "top" if level == 0 else "front" if level == last else "middle_level"
            name = self.visit.say(f"charts.{path}", level=level + 1)
            found.append((name, fans.middle[f"{LEVELS}_{level}"] * axis.factor))
        return found

    def _fill(self, axis: Axis, chart: ui.echart) -> None:
        visit = self.visit
        lines = {side: line_of(fans, axis) for side, fans in visit.fans.items()}
        fans, before = visit.fans["first"], visit.before
        ghost = None
        if before is not None and len(before.weeks) == len(fans.weeks):
            ghost = before.middle[axis.measure] * axis.factor
        charts.fill(chart.options, fans.weeks, lines, ghost, self._levels(axis, fans))
        chart.props["aria-label"] = self._told(axis, lines)
        chart.props["data-of"] = visit.drawn()
        chart.update()

    def _told(self, axis: Axis, lines: dict[str, Line]) -> str:
        """The chart in a sentence, for who cannot see it."""

        def number(values: Floats) -> str:
            shown = tidy(last_of(values), axis)
            return decimals(self.visit.room.language, shown, axis.decimals) + axis.unit

        a, b = lines["first"], lines["second"]
        return self.visit.say(
            "charts.said_both", measure=axis.name, year=self.visit.room.years,
            value=number(a.middle), low=number(a.low), high=number(a.high),
            value_b=number(b.middle), low_b=number(b.low), high_b=number(b.high),
        )  # fmt: skip


def difference_of(visit: Visit) -> Fans | None:
    """A minus B, run by run; None while there is nothing to compare."""
    if not visit.fans:
        return None
    try:
        return compare(visit.fans["first"], visit.fans["second"])
    except ValueError:  # one side has gone on to finer runs
        return None


def apart_sentence(visit: Visit, axis: Axis) -> str:
    """How far A is from B in the last year, run by run, and whether that can be told from luck."""
    apart = difference_of(visit)
    if apart is None:
        return ""
    line = line_of(apart, axis)
    middle, low, high = (last_of(each) for each in (line.middle, line.low, line.high))
    if not np.isfinite(middle):
        return ""
    if low == high == 0:
        return visit.say("side.same")
    judged = "higher" if low > 0 else "lower" if high < 0 else "unclear"

    def number(value: float) -> str:
        return decimals(visit.room.language, tidy(value, axis), axis.decimals, sign=True)

    unit = visit.say(f"measures.{axis.measure}.apart")
    told = visit.say("side.compared", measure=axis.name, year=visit.room.years,
                     value=number(middle) + unit, low=number(low),
                     high=number(high))  # fmt: skip
    return f"{told} {visit.say(f'side.{judged}')}" if apart.fine else told


def band_sentence(visit: Visit) -> str:
    """What line and band are, with the runs counted."""
    if not visit.fans:
        return ""
    fans = visit.fans["first"]
    said = visit.say("charts.band", runs=fans.runs, draws=fans.rows, seeds=fans.seeds)
    return said if fans.fine else f"{said} {visit.say('charts.coarse')}"
