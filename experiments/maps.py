"""What does `zwerm map` do? Runs the cells of a map and leaves figures, a table and a page.

The folder: NAME.csv (a row for each panel and cell: mean, 95 % interval over seeds), a figure for
each panel (PNG and SVG), index.html, manifest.json.
"""

import csv
import html
import io
import json
import math
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.claims.hypothesis import Arms, Runs
from scenarios.maps import MAPS, Cell, Map, cells, known
from sim.compiled import kernel_hash
from sim.configuration import Configuration
from sim.measures import Record
from sim.parameters import ParameterError
from sim.runs import Task, simulate_many

Floats = NDArray[np.float64]
CONFIDENCE = 0.95
MOST_SEEDS = 1000
BATCH = 64  # cells whose records are held at once

EXAMPLES = """\
examples:
  zwerm map circles_or_tree
  zwerm map coalition coalition_withdrawn --seeds 16
  zwerm map --list
"""


@dataclass(frozen=True)
class Drawn:
    """A map that has been run."""

    of: Map
    seeds: int
    mean: dict[str, Floats]  # by panel, [up, across]
    sure: dict[str, Floats]  # half widths of the 95 % interval over seeds, [up, across]


def number_of_runs(chosen: Sequence[Map], seeds: int | None) -> int:
    """Runs that these maps ask for; equal ones of a map are made once."""
    return sum(len(_configurations(cells(each))) * (seeds or each.seeds) for each in chosen)


def _configurations(places: Sequence[Cell]) -> list[Configuration]:
    """Every configuration once, those with the same state at week 0 behind each other."""
    found = dict.fromkeys(told for place in places for told in place.arms.values())
    keys = {told: (told.organisation, told.parameters, told.structure) for told in found}
    order = {key: place for place, key in enumerate(dict.fromkeys(keys.values()))}
    return sorted(found, key=lambda told: order[keys[told]])


def drawn(
    each: Map, seeds: int | None = None, done: Callable[[float], None] | None = None
) -> Drawn:
    """Run a map. `done` is told the number of finished runs."""
    count = seeds or each.seeds
    places = cells(each)
    shape = (len(each.up.values), len(each.across.values))
    mean = {panel: np.full(shape, np.nan) for panel in each.panels}
    sure = {panel: np.full(shape, np.nan) for panel in each.panels}
    finished = 0
    for begin in range(0, len(places), BATCH):
        some = places[begin : begin + BATCH]
        told = _configurations(some)
        tasks = [Task(one, seed) for one in told for seed in range(1, count + 1)]
        before = finished
        records = simulate_many(
            tasks, done=(lambda share, before=before: done(before + share)) if done else None
        )
        finished += len(tasks)
        by_told = {one: records[n * count : (n + 1) * count] for n, one in enumerate(told)}
        for place in some:
            found = each.statistic(_arms(place, by_told))
            mean[place.panel][place.row, place.column] = found.mean()
            sure[place.panel][place.row, place.column] = half_width(found)
    return Drawn(each, count, mean, sure)


def _arms(place: Cell, by_told: dict[Configuration, list[Record]]) -> Arms:
    return {
        name: Runs(
            np.stack([record.weekly for record in by_told[told]]),
            np.stack([record.levels for record in by_told[told]]),
        )
        for name, told in place.arms.items()
    }


def half_width(found: Floats) -> float:
    """Half of the 95 % interval of a mean over seeds; NaN for fewer than two."""
    from scipy.stats import t

    if found.size < 2:
        return math.nan
    return float(t.ppf(0.5 + CONFIDENCE / 2, found.size - 1) * found.std(ddof=1) / found.size**0.5)


# --- writing --------------------------------------------------------------------------------


def table_text(found: Drawn) -> str:
    """The cells as CSV."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    each = found.of
    rows.writerow(["panel", each.across.name, each.up.name, "mean", "half_width_95", "seeds"])
    for panel, mean in found.mean.items():
        for row, column in np.ndindex(mean.shape):
            values = (each.across.values[column], each.up.values[row])
            numbers = (mean[row, column], found.sure[panel][row, column])
            rows.writerow([panel, *values, *(f"{n:.6g}" for n in numbers), found.seeds])
    return out.getvalue()


def sentence(found: Drawn, panel: str, least: float = 2.0) -> str:
    """What a panel of differences shows, from its numbers; empty for others."""
    each, mean, sure = found.of, found.mean[panel], found.sure[panel]
    if not each.is_difference:
        return f"From {np.nanmin(mean):.2g} to {np.nanmax(mean):.2g} {each.of}."
    least = least if "NPS" in each.of else 0.0
    above, below = (mean - sure > 0) & (mean >= least), (mean + sure < 0) & (mean <= -least)
    total = mean.size
    limit = f", counted from {least:g} points" if least else ""
    return (
        f"Above nothing in {int(above.sum())} of {total} cells, below in {int(below.sum())}, not "
        f"told from nothing in {total - int(above.sum()) - int(below.sum())} "
        f"(95 % interval over {found.seeds} seeds{limit})."
    )


def _pictures(found: Drawn, folder: Path, style: str) -> dict[str, str]:
    """A figure for each panel, written as PNG and SVG; the SVG text by panel."""
    from experiments.figures.style import save
    from experiments.figures.sweeps import heat
    from experiments.sweep.effects import Bins, Cells

    each, texts = found.of, {}
    for number, (panel, mean) in enumerate(found.mean.items(), start=1):
        across, up = (
            Bins(np.zeros(0, dtype=np.int64), np.array(axis.values, dtype=float), (), True)
            for axis in (each.across, each.up)
        )
        points = np.full(mean.shape, found.seeds)
        known_cells = Cells(each.across.name, each.up.name, across, up, mean,
                            found.sure[panel], points)  # fmt: skip
        figure = heat(
            known_cells, (each.across.unit, each.up.unit), each.of,
            difference=each.is_difference, style=style,
        )  # fmt: skip
        stem = each.name if len(found.mean) == 1 else f"{each.name}-{number}"
        save(figure, folder, stem, style)
        texts[panel] = (folder / f"{stem}.svg").read_text(encoding="utf-8")
    return texts


PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Zwerm: maps</title>
<style>
$style</style>
</head>
<body>
<div class="wrap">
<header>
<div class="mark">$mark<span>Zwerm</span></div>
<p class="kicker">Maps</p>
<h1>The region, not a winner</h1>
<p class="lead">Two factors at a time; a cell is the mean over seeds. What follows if these rules
hold: many of their numbers are assumed, and a border may run elsewhere with others.</p>
</header>
<main>
$sections
</main>
<footer>
<h2>How this was made</h2>
<dl><dt>Kernels</dt><dd><code>$kernels</code></dd>
<dt>Again</dt><dd><code>$command</code></dd></dl>
</footer>
</div>
</body>
</html>
""")


def _section(found: Drawn, pictures: dict[str, str]) -> str:
    from experiments.page.inline import inline
    from experiments.sweep.report_html import figure

    each = found.of
    parts = [f"<h2>{html.escape(each.title)}</h2>", f"<p>{html.escape(each.about)}</p>"]
    for number, (panel, text) in enumerate(pictures.items(), start=1):
        said = f"{panel[:1].upper()}{panel[1:]}. " if panel else ""
        picture = inline(text, f"{each.name}{number}", f"{each.title}. {said}")
        parts.append(figure([picture], said + sentence(found, panel)))
    parts.append(f"<p>{html.escape(each.read)} Claims: {', '.join(each.claims)}.</p>")
    return f'<section id="{html.escape(each.name)}">\n' + "\n".join(parts) + "\n</section>"


def write(found: Sequence[Drawn], folder: Path, command: str, style: str = "paper") -> None:
    """Tables, figures, page and manifest of these maps into a folder that is there."""
    from experiments import store
    from experiments.figures.style import write_whole
    from experiments.page import mark
    from experiments.sweep.report_html import STYLE

    sections = []
    for each in found:
        write_whole(folder / f"{each.of.name}.csv", table_text(each).encode())
        sections.append(_section(each, _pictures(each, folder, style)))
    sheet = Path(store.__file__).with_name("page") / "page.css"
    page = PAGE.substitute(
        style=sheet.read_text(encoding="utf-8") + STYLE, mark=mark(), kernels=kernel_hash(),
        sections="\n".join(sections), command=html.escape(command),
    )  # fmt: skip
    write_whole(folder / "index.html", page.encode())
    about: dict[str, Any] = {
        "made_by": store.MADE_BY, "started": store.now(), "kernels": kernel_hash(),
        "python": platform.python_version(), "command": command,
        "maps": {each.of.name: {"seeds": each.seeds, "runs": number_of_runs([each.of], each.seeds)}
                 for each in found},
    }  # fmt: skip
    write_whole(folder / "manifest.json", json.dumps(about, indent=2).encode())


def listed() -> str:
    """The maps, a line each."""
    width = max(map(len, MAPS))
    return "\n".join(f"{name:<{width}}  {each.title}: {each.of}" for name, each in MAPS.items())


def map_command(words: list[str]) -> int:
    """`zwerm map [NAME …]`: exit code."""
    from experiments.cli import OK, command_parser, folder_type

    about = "Two factors at a time: where does what pay? Without a name all maps."
    parser = command_parser("map", about, EXAMPLES)
    parser.add_argument("names", nargs="*", metavar="NAME", help="see --list")
    parser.add_argument("--seeds", type=int, help="runs of each arm in each cell")
    parser.add_argument("--list", action="store_true", help="say which maps there are")
    parser.add_argument(
        "--out", type=folder_type, metavar="FOLDER", help="where to write; must be new"
    )
    typed = parser.parse_intermixed_args(words)
    if typed.list:
        print(listed())
        return OK
    if typed.seeds is not None and not 2 <= typed.seeds <= MOST_SEEDS:
        raise ParameterError(f"--seeds {typed.seeds} is out of range; type 2 to {MOST_SEEDS}")
    return _mapped(known(typed.names), typed.seeds, typed.out, " ".join(["zwerm map", *words]))


def _mapped(chosen: list[Map], seeds: int | None, out: Path | None, command: str) -> int:
    from experiments import store
    from experiments.cli import OK
    from experiments.run import interruptibly, shown

    target = out or store.new_folder("map")
    with store.writing(target) as partial:
        total, before, found = number_of_runs(chosen, seeds), 0, []
        with shown("map", total) as progress:
            for each in chosen:
                found.append(interruptibly(
                    lambda done, each=each: drawn(each, seeds, done),
                    lambda count, before=before: progress(before + count),
                ))  # fmt: skip
                before += number_of_runs([each], seeds)
        write(found, partial, command)
    for each in found:
        print(f"{each.of.title}:")
        for panel in each.mean:
            print(f"  {panel + ': ' if panel else ''}{sentence(each, panel)}")
    print(f"\nOpen {target / 'index.html'}")
    return OK
