"""What does the folder of `zwerm lag` hold? Figures, tables, numbers and one page."""

import csv
import hashlib
import html
import io
import json
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import Locator, MaxNLocator, MultipleLocator

from experiments import store
from experiments.figures.style import (
    BLUE,
    FAINT,
    INK,
    MUTED,
    VERMILION,
    WORDS,
    canvas,
    save,
    small,
    styled,
    thin,
    write_whole,
)
from experiments.lag import MONTHS, Report, about, said
from experiments.page import mark
from experiments.page.inline import inline
from experiments.sweep.report_html import STYLE, figure, items, table
from scenarios.lags import Floats, Lag
from scenarios.necessary import Necessity, bottleneck

MOST_POINTS = 3_000  # drawn; more are thinned
HEIGHT = 2.5  # inches

CANNOT = (
    "A lag is no cause. Something that moves both surveys, staff sooner than customers, draws the "
    "same picture; only a change that was made in some units and not in others can tell.",
    "Within units: what differs lastingly between units is taken off, so a good unit that stays "
    "good says nothing here.",
    "What all units go through together (a year of crisis) is in the band as well when there are "
    "six units or more; with fewer it is not, and looks like a link.",
    "An empty corner is not a law. It is as empty as the cases that were measured; a single new "
    "one may fill it. And what is necessary is not therefore enough.",
    "No correlation that stands out is no proof that there is no link.",
)

APART = "main > section { padding-top: 2.2rem; }\nmain li { max-width: 46rem; }\n"

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Zwerm: lag</title>
<style>
$style</style>
</head>
<body>
<div class="wrap">
<header>
<div class="mark">$mark<span>Zwerm</span></div>
<p class="kicker">$file</p>
<h1>Do customers follow staff, and how late?</h1>
<p class="lead">$about No model is in this: only the numbers of the file.</p>
</header>
<main>
$sections
<section class="box"><h2>What this cannot show</h2>
$cannot
</section>
</main>
<footer>
<h2>How this was made</h2>
<dl><dt>Again</dt><dd><code>$command</code></dd></dl>
</footer>
</div>
</body>
</html>
""")


# --- figures ----------------------------------------------------------------------------------


def lag_figure(found: Lag, title: str, per_year: float | None, style: str = "paper") -> Figure:
    """Correlation by lag above the band of shuffled series."""
    scale = MONTHS / per_year if per_year else 1.0
    lags = np.array(found.lags) * scale
    with styled(style) as sheet:
        shape = canvas(sheet.width, sheet.height or HEIGHT)
        axes = shape.add_subplot()
        axes.fill_between(lags, found.low, found.high, color=FAINT, lw=0, zorder=0.5)
        axes.text(lags[0], found.low[0], " shuffled", color=MUTED, size=small(), va="bottom")
        axes.axhline(0.0, color=MUTED, lw=thin(), zorder=1)
        axes.axvline(0.0, color=MUTED, lw=thin(), zorder=1)
        axes.plot(lags, found.correlation, color=BLUE, marker="o", ms=3.0)
        if found.best is not None:
            place = found.lags.index(found.best)
            filled = VERMILION if found.holds else "none"
            axes.plot(
                lags[place], found.correlation[place], "o", ms=7.0, mec=VERMILION, mfc=filled,
                mew=1.2, zorder=4,
            )  # fmt: skip
        axes.set_title(title)
        axes.set_ylabel("correlation")
        axes.set_xlabel(f"{'months' if per_year else 'waves'} NPS comes after eNPS")
        axes.xaxis.set_major_locator(_ticks(float(np.ptp(lags)), bool(per_year)))
    return shape


def _ticks(reach: float, in_months: bool) -> Locator:
    """Whole years where the lags reach over two; else whole numbers."""
    if in_months and reach > 2 * MONTHS:
        return MultipleLocator(MONTHS * np.ceil(reach / MONTHS / 7))
    return MaxNLocator(nbins=7, integer=True)


def ceiling_figure(x: Floats, y: Floats, found: Necessity, style: str = "paper") -> Figure:
    """Every unit and wave, with both ceilings and what lies empty above the staircase."""
    if found.stairs is None or found.line is None:
        raise ValueError("there is no ceiling to draw")
    scope = found.stairs.scope
    known = np.isfinite(x) & np.isfinite(y)
    thinned = slice(None, None, 1 + int(known.sum()) // MOST_POINTS)
    with styled(style) as sheet:
        shape = canvas(sheet.width, sheet.height or HEIGHT)
        axes = shape.add_subplot()
        peers = found.stairs.peers
        across = np.append(peers[:, 0], scope.right)
        up = np.append(peers[:, 1], scope.top)
        axes.fill_between(across, up, scope.top, step="post", color=FAINT, lw=0, zorder=0.5)
        axes.plot(x[known][thinned], y[known][thinned], "o", color=BLUE, alpha=0.5, ms=2.6, mew=0)
        axes.step(across, up, where="post", color=INK, lw=1.2, label="CE-FDH")
        if found.line.slope > 0:
            ends = np.array([scope.left, scope.right])
            heights = found.line.intercept + found.line.slope * ends
            axes.plot(ends, heights, color=VERMILION, ls="--", lw=1.2, label="CR-FDH")
        _limits(axes, scope.left, scope.right, scope.bottom, scope.top)
        axes.set_title("Upper left corner")
        axes.set_xlabel("eNPS, points")
        axes.set_ylabel("NPS, points, same wave")
        axes.legend(loc="lower right", frameon=False, labelcolor=[INK, WORDS[VERMILION]])
    return shape


def _limits(axes: Axes, left: float, right: float, bottom: float, top: float) -> None:
    wide, high = 0.04 * (right - left), 0.04 * (top - bottom)
    axes.set_xlim(left - wide, right + wide)
    axes.set_ylim(bottom - high, top + high)


# --- numbers ----------------------------------------------------------------------------------


def lags_text(found: Report) -> str:
    """Correlation and band by lag, as CSV."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["reading", "lag_waves", "correlation", "low_5", "high_95", "pairs"])
    for name, lag in (("levels", found.levels), ("differences", found.differences)):
        for place, waves in enumerate(lag.lags):
            curves = (lag.correlation[place], lag.low[place], lag.high[place])
            rows.writerow([name, waves, *(f"{each:.6g}" for each in curves), lag.pairs[place]])
    return out.getvalue()


def plain(found: Any) -> Any:
    """Tuples with names as mappings, arrays as lists, NaN and infinity as None: for JSON."""
    if hasattr(found, "_asdict"):
        return {name: plain(each) for name, each in found._asdict().items()}
    if isinstance(found, dict):
        return {name: plain(each) for name, each in found.items()}
    if isinstance(found, list | tuple | np.ndarray):
        return [plain(each) for each in found]
    if isinstance(found, np.generic):
        found = found.item()
    return None if isinstance(found, float) and not np.isfinite(found) else found


def numbers(found: Report) -> dict[str, Any]:
    """Everything that was computed."""
    return {
        "about": about(found), "units": len(found.series.units), "waves": len(found.series.waves),
        "waves_per_year": found.per_year, "notes": list(found.series.notes),
        "levels": {**plain(found.levels), "holds": found.levels.holds},
        "differences": {**plain(found.differences), "holds": found.differences.holds},
        "cross_lagged": plain(found.paths),
        "necessary": {name: {**plain(each), "excess": plain(each.excess)}
                      for name, each in found.necessary.items()},
        "error": plain(found.noise), "step": found.step, "half_times": plain(found.half),
        "said": said(found),
    }  # fmt: skip


# --- the page ---------------------------------------------------------------------------------


def _pictures(found: Report, folder: Path, style: str) -> dict[str, str]:
    """Figures written as PNG and SVG; by name the SVG for the page."""
    drawn: dict[str, tuple[Figure, str]] = {}
    for name, lag in (("levels", found.levels), ("differences", found.differences)):
        if lag.lags:
            spoken = f"Correlation of eNPS and NPS by lag, {name}, with the band of chance"
            drawn[name] = lag_figure(lag, name.capitalize(), found.per_year, style), spoken
    first = next(iter(found.necessary.values()))
    if first.stairs is not None:
        picture = ceiling_figure(found.series.enps, found.series.nps, first, style)
        drawn["ceiling"] = picture, "NPS against eNPS with the ceiling lines"
    texts = {}
    for name, (picture, spoken) in drawn.items():
        save(picture, folder, name, style)
        text = (folder / f"{name}.svg").read_text(encoding="utf-8")
        texts[name] = inline(text, name, spoken)
    return texts


def _sections(found: Report, pictures: dict[str, str]) -> str:
    parts = [f'<p class="aside">{html.escape(each)}</p>' for each in found.series.notes]
    for heading, sentences in said(found).items():
        parts.append(f"<section>\n<h2>{html.escape(heading)}</h2>\n{items(sentences)}")
        if heading == "Lag":
            curves = [pictures[name] for name in ("levels", "differences") if name in pictures]
            caption = (
                "Correlation within units by lag. Grey: 5 to 95 % of series that were shuffled; by "
                "chance one lag in ten lies outside it. Ring: the largest; full if it is more "
                "than chance over all lags."
            )
            parts += [figure(curves, caption)] if curves else []
        if "ceiling" in pictures and heading.startswith("No high"):
            caption = (
                "Each point a unit and wave. Grey: empty above the staircase (CE-FDH); dashed: "
                "the line (CR-FDH), which some points exceed."
            )
            parts += [figure([pictures["ceiling"]], caption), _bottlenecks(found)]
        parts.append("</section>")
    return "\n".join(parts)


def _bottlenecks(found: Report) -> str:
    """The least eNPS that goes with each height of NPS, as measured."""
    first = next(iter(found.necessary.values()))
    if first.stairs is None or first.line is None:
        return ""
    rows = []
    for steps, straight in zip(bottleneck(first.stairs), bottleneck(first.line), strict=True):
        cells = [_needed(each.condition, each.reachable) for each in (steps, straight)]
        rows.append([(f"{steps.outcome:+.0f}", f"{steps.level} % of the range"), *cells])
    head = [("NPS at least", ""), ("eNPS by the staircase", ""), ("by the line", "")]
    return table("The least eNPS that was seen with each NPS, as measured", head, rows)


def _needed(condition: float | None, reachable: bool) -> tuple[str, str]:
    if not reachable:
        return "beyond", ""
    return ("any", "") if condition is None else (f"{condition:+.0f}", "")


def write(found: Report, folder: Path, file: Path, command: str, style: str = "paper") -> None:
    """Figures, numbers, page and manifest into a folder that is there."""
    pictures = _pictures(found, folder, style)
    sheet = Path(store.__file__).with_name("page") / "page.css"
    page = PAGE.substitute(
        style=sheet.read_text(encoding="utf-8") + STYLE + APART, mark=mark(),
        about=html.escape(about(found)),
        file=html.escape(file.name), sections=_sections(found, pictures), cannot=items(CANNOT),
        command=html.escape(command),
    )  # fmt: skip
    write_whole(folder / "index.html", page.encode())
    write_whole(folder / "lags.csv", lags_text(found).encode())
    write_whole(folder / "lag.json", _json(numbers(found)))
    write_whole(
        folder / "manifest.json",
        _json({
            "made_by": store.MADE_BY, "started": store.now(), "command": command,
            "file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            **store.circumstances(),
        }),
    )  # fmt: skip


def _json(content: Any) -> bytes:
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False).encode()
