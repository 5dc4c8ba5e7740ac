"""How is a fan drawn? Options of ECharts for a measure: A, B, bands, and what was before.

A band is two stacked series, its low end and its height. `stackStrategy: all` stacks them whatever
their signs, so a band that crosses zero is right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.figures.style import BLUE, FAINT, GREEN, INK, MUTED, SKY, VERMILION
from sim.parameters import WEEKS_PER_YEAR
from sim.state import Floats

FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
BAND = 0.18  # opacity
BEAMER = 1.25  # how much larger words are on a beamer
LEVELS = 8  # of an organisation, at most in a chart
SIDES = ("first", "second")
COLOURS = {"first": BLUE, "second": VERMILION, "apart": GREEN}
LOCALES = {"nl": "nl-NL", "en": "en-GB"}
PIECES = ("low", "band", "middle")  # series of a side, in this order
RACE_PIXELS, NAME_PIXELS = 400, 19  # of the axis of a race, and from one name to the next
NAME_WIDTH, NAME_GAP = 150, 8  # right of a race, and between a line and its name


@dataclass(frozen=True)
class Axis:
    """A measure as it stands on the screen."""

    measure: str
    name: str
    about: str  # what its numbers are
    unit: str  # behind a number
    low: float
    high: float
    factor: float  # from the model's numbers to those on the screen
    decimals: int


@dataclass(frozen=True)
class Line:
    """A fan of one side as it stands on the screen; arrays [points]."""

    low: Floats
    middle: Floats
    high: Floats


def said(value: float, decimals: int, language: str, signed: bool = False) -> str:
    """A number as the language writes it."""
    clean = round(float(value), decimals) + 0.0
    text = f"{abs(clean):,.{decimals}f}"
    if language == "nl":
        text = text.replace(",", " ").replace(".", ",").replace(" ", ".")
    sign = "−" if clean < 0 else "+" if signed and clean > 0 else ""
    return sign + text


def fan(
    axis: Axis, years: int, words: Mapping[str, Any], language: str, large: bool,
    beamer: bool = False,
) -> Any:  # fmt: skip
    """Options of an empty chart."""
    size = round((15 if large else 11) * (BEAMER if beamer else 1))
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT, "fontSize": size, "color": INK},
        "grid": _grid(large),
        "tooltip": _tooltip(axis, words, language) if large else {"show": False},
        "xAxis": _years(years, words, size, large),
        "yAxis": _values(axis, language, size, large),
        "series": [
            *(each for side in ("apart", *SIDES[::-1]) for each in _side(side, large)),
            *(_level(level, large) for level in range(LEVELS)),
            _line("before", MUTED, 1.5, "dashed"),
        ],
    }


def _level(level: int, large: bool) -> dict[str, Any]:
    """A level of the organisation on side A: the further down, the thicker."""
    line = _line(f"level-{level}", SKY, 1.2 + 0.6 * level, "solid")
    if large:
        line["endLabel"] = {"show": True, "formatter": "", "color": MUTED, "fontSize": 14}
    return line


def _grid(large: bool) -> dict[str, Any]:
    if large:
        return {"left": 68, "right": 84, "top": 16, "bottom": 48}
    return {"left": 44, "right": 12, "top": 8, "bottom": 24}


def _years(years: int, words: Mapping[str, Any], size: int, large: bool) -> dict[str, Any]:
    step = 1 if years <= 6 or large else 2
    return {
        "type": "value", "min": 0, "max": years, "interval": step,
        "name": words["years"] if large else "", "nameLocation": "middle", "nameGap": 30,
        "axisLabel": {"fontSize": size, "color": MUTED, "showMaxLabel": years % step == 0},
        "axisLine": {"onZero": False, "lineStyle": {"color": MUTED}},
        "axisTick": {"show": False}, "splitLine": {"show": False},
    }  # fmt: skip


def _values(axis: Axis, language: str, size: int, large: bool) -> dict[str, Any]:
    compact = "" if abs(axis.high) < 10_000 else ", {notation: 'compact'}"
    written = (
        f"value => value.toLocaleString('{LOCALES[language]}'{compact}).replace('-', '\\u2212')"
    )
    low, high = axis.low * axis.factor, axis.high * axis.factor
    return {
        "type": "value", "min": low, "max": high, "splitNumber": 5,
        **({} if large else {"interval": (high - low) / 2}),
        "axisLabel": {":formatter": written, "fontSize": size, "color": MUTED},
        "axisLine": {"show": False}, "axisTick": {"show": False},
        "splitLine": {"lineStyle": {"color": FAINT}},
    }  # fmt: skip


def _tooltip(axis: Axis, words: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What stands beside the pointer: each side's middle and band."""
    number = (
        f"const say = value => value.toLocaleString('{LOCALES[language]}', "
        f"{{maximumFractionDigits: {axis.decimals}}}).replace('-', '\\u2212');"
    )
    rows = (
        "const all = Object.fromEntries(found.map(each => [each.seriesId, each.value[1]]));"
        "return [['A', 'first'], ['B', 'second'], ['A \\u2212 B', 'apart']]"
        ".filter(([, side]) => side + '-middle' in all)"
        ".map(([name, side]) => `<b>${name}</b> ${say(all[side + '-middle'])}${unit} "
        "<small>${say(all[side + '-low'])} \\u2013 "
        "${say(all[side + '-low'] + all[side + '-band'])}</small>`)"
    )
    return {
        "trigger": "axis",
        "confine": True,
        "backgroundColor": "#ffffff",
        "textStyle": {"color": INK, "fontFamily": FONT, "fontSize": 14},
        ":formatter": (
            f"found => {{ {number} const unit = {axis.unit!r}; "
            f"const at = {words['year']!r} + ' ' + found[0].value[0].toLocaleString("
            f"'{LOCALES[language]}', {{maximumFractionDigits: 1}}); "
            f"const lines = (() => {{ {rows} }})(); return [at, ...lines].join('<br>'); }}"
        ),
    }


def _side(side: str, large: bool) -> list[dict[str, Any]]:
    """Low end, height of the band, middle. The band of A is filled, that of B has thin edges."""
    filled = side != "second"
    edge = {"opacity": 0} if filled else {"opacity": 0.7, "width": 1.0, "type": "dotted"}
    stacked = {"stack": side, "stackStrategy": "all"}
    area = {"areaStyle": {"color": COLOURS[side], "opacity": BAND if filled else BAND / 4}}
    low, band = (
        _line(f"{side}-low", COLOURS[side], 1, "solid"),
        _line(f"{side}-band", COLOURS[side], 1, "solid"),
    )
    for each in (low, band):
        each["lineStyle"] |= edge
        each |= stacked
    return [low, band | area, _line(f"{side}-middle", COLOURS[side], 3.5 if large else 2.2,
                                    [8, 4] if side == "second" else "solid")]  # fmt: skip


def _line(name: str, colour: str, width: float, kind: str | list[int]) -> dict[str, Any]:
    return {
        "id": name, "type": "line", "data": [], "symbol": "none", "silent": True,
        "lineStyle": {"color": colour, "width": width, "type": kind},
        "itemStyle": {"color": colour},
    }  # fmt: skip


def fill(
    options: dict[str, Any],
    weeks: Sequence[int] | NDArray[np.int64],
    lines: Mapping[str, Line],
    before: Floats | None = None,
    levels: Sequence[tuple[str, Floats]] = (),
) -> None:
    """Put numbers into a chart: of each side that is given (or `apart`, their difference), of
    the levels by name, and the middle of what was before.
    """
    years = np.round(np.asarray(weeks, dtype=float) / WEEKS_PER_YEAR, 3)
    content: dict[str, Any] = {"before": _points(years, before)}
    names: dict[str, str] = {}
    for side in (*SIDES, "apart"):
        line = lines.get(side)
        low = None if line is None else line.low
        height = None if line is None else line.high - line.low
        middle = None if line is None else line.middle
        for piece, values in zip(PIECES, (low, height, middle), strict=True):
            content[f"{side}-{piece}"] = _points(years, values)
    for level in range(LEVELS):
        name, values = levels[level] if level < len(levels) else ("", None)
        content[f"level-{level}"] = _points(years, values)
        names[f"level-{level}"] = name
    moved = nudges([_last(values) for _, values in levels], options["yAxis"])
    offsets = {f"level-{level}": [0.0, by] for level, by in enumerate(moved)}
    for series in options["series"]:
        series["data"] = content[series["id"]]
        if "endLabel" in series:
            series["endLabel"]["formatter"] = names[series["id"]]
            series["endLabel"]["offset"] = offsets.get(series["id"], [0.0, 0.0])


def _points(years: Floats, values: Floats | None) -> list[list[float]]:
    """Pairs as ECharts takes them; none for what is not there."""
    if values is None:
        return []
    pairs = zip(years, np.round(np.asarray(values, dtype=float), 3), strict=True)
    return [[float(year), float(value)] for year, value in pairs if np.isfinite(value)]


def race(
    options: dict[str, Any], lines: Sequence[tuple[str, str, Line]], weeks: NDArray[np.int64],
    marks: Sequence[Sequence[tuple[float, str]]] = (),
) -> dict[str, Any]:  # fmt: skip
    """Several fans in the frame of a large one: name, colour and line of each, named at the end.

    `marks` has for each line the years at which a stroke stands, and what is said there.
    """
    at = np.round(np.asarray(weeks, dtype=float) / WEEKS_PER_YEAR, 3)
    series = []
    nudged = nudges([_last(line.middle) for *_, line in lines], options["yAxis"])
    for number, (name, colour, line) in enumerate(lines):
        marked = marks[number] if number < len(marks) else ()
        key = f"team-{number}"  # two may have one name
        hidden = {"lineStyle": {"opacity": 0}, "stack": key, "stackStrategy": "all"}
        area = {"areaStyle": {"color": colour, "opacity": BAND / 2}}
        named = {"endLabel": {"show": True, "formatter": name, "color": colour, "fontSize": 15,
                              "fontWeight": "bold", "distance": NAME_GAP,
                              "width": NAME_WIDTH - NAME_GAP, "overflow": "truncate",
                              "offset": [0, nudged[number]]}}  # fmt: skip
        series += [
            {**_line(f"{key}-low", colour, 0, "solid"), **hidden, "data": _points(at, line.low)},
            {**_line(f"{key}-band", colour, 0, "solid"), **hidden, **area,
             "data": _points(at, line.high - line.low)},
            {**_line(key, colour, 3.5, "solid"), **named, "data": _points(at, line.middle),
             "markLine": _strokes(marked, colour)},
        ]  # fmt: skip
    return options | {"series": series, "tooltip": {"show": False},
                      "grid": {**_grid(True), "right": NAME_WIDTH}}  # fmt: skip


def _last(values: Floats) -> float:
    """The last known number; NaN without one."""
    known = values[np.isfinite(values)]
    return float(known[-1]) if known.size else float("nan")


def nudges(values: Sequence[float], axis: Mapping[str, Any]) -> list[float]:
    """How far down names at the ends of lines go, in pixels, so that none covers another.

    They stay in the order of their lines; those that would touch spread about their middle.
    """
    length = axis["max"] - axis["min"]
    at = [RACE_PIXELS * (axis["max"] - float(each)) / length for each in np.nan_to_num(values)]
    groups: list[list[int]] = []
    for each in sorted(range(len(at)), key=lambda number: at[number]):
        groups.append([each])
        while len(groups) > 1 and _top(groups[-1], at) < _top(groups[-2], at) + NAME_PIXELS * len(
            groups[-2]
        ):
            groups[-2:] = [groups[-2] + groups[-1]]
    found = [0.0] * len(at)
    for group in groups:
        for place, number in enumerate(group):
            found[number] = round(_top(group, at) + NAME_PIXELS * place - at[number], 1)
    return found


def _top(group: Sequence[int], at: Sequence[float]) -> float:
    """Where the first name of a group stands, if the group is spread about its middle."""
    middle = sum(at[number] for number in group) / len(group)
    return middle - NAME_PIXELS * (len(group) - 1) / 2


def _strokes(marked: Sequence[tuple[float, str]], colour: str) -> dict[str, Any]:
    """Dashed strokes from top to bottom: year, and what is said there."""
    label = {"color": colour, "fontSize": 14, "position": "insideEndTop"}
    data = [{"xAxis": year, "label": {**label, "formatter": text}} for year, text in marked]
    line = {"color": colour, "type": "dashed", "width": 2}
    return {"symbol": "none", "silent": True, "animation": False, "lineStyle": line, "data": data}


def waterfall(rows: Sequence[tuple[str, float, str]], language: str, unit: str) -> Any:
    """Bars lying down, each from where the last one ended: name, size, what is said beside it.

    The last row is the whole; it begins at zero.
    """
    sizes = np.array([size for _, size, _ in rows])
    ends = np.append(np.cumsum(sizes[:-1]), sizes[-1])
    begins = np.append(np.append(0.0, ends[:-2]), 0.0)
    left, height = np.minimum(begins, ends), np.abs(ends - begins)
    colours = [BLUE if size >= 0 else VERMILION for size in sizes[:-1]] + [INK]
    written = f"value => value.toLocaleString('{LOCALES[language]}').replace('-', '\\u2212')"
    hidden = {"itemStyle": {"color": "transparent"}, "silent": True}
    stacked = {"type": "bar", "stack": "all", "stackStrategy": "all", "barMaxWidth": 34}
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT, "fontSize": 15, "color": INK},
        "grid": {"left": 310, "right": 230, "top": 10, "bottom": 50},
        "xAxis": {"type": "value", "name": unit, "nameLocation": "middle", "nameGap": 30,
                  "axisLabel": {":formatter": written, "color": MUTED, "fontSize": 14},
                  "splitLine": {"lineStyle": {"color": FAINT}}},
        "yAxis": [
            _names([name for name, *_ in rows], "left", INK, 290),
            _names([told for *_, told in rows], "right", MUTED, 210),
        ],
        "series": [
            {**stacked, **hidden, "data": left.round(4).tolist()},
            {**stacked, "data": [{"value": round(float(size), 4), "itemStyle": {"color": colour}}
                                 for size, colour in zip(height, colours, strict=True)]},
            {"type": "bar", "yAxisIndex": 1, "data": [0] * len(rows), **hidden},
        ],
    }  # fmt: skip


def _names(names: Sequence[str], place: str, colour: str, width: int) -> dict[str, Any]:
    """An axis of names."""
    return {
        "type": "category", "data": list(names), "inverse": True, "position": place,
        "axisTick": {"show": False}, "axisLine": {"show": False},
        "axisLabel": {"fontSize": 15, "color": colour, "width": width, "overflow": "break"},
    }  # fmt: skip
