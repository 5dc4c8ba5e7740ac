"""A room as one HTML file: no script, no outside address; it opens from a stick and prints."""

import html
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from experiments import page
from experiments.page.inline import inline
from experiments.sweep.report_html import STYLE, facts, figure, items, table
from experiments.workshop import exports_words as say
from experiments.workshop import offered
from experiments.workshop.exports_picture import panels_of, svg_text
from experiments.workshop.said import decimals, measure_name, unit_name, words

if TYPE_CHECKING:
    from experiments.workshop.exports import Taken

PAGE = Template("""<!doctype html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Zwerm: $title</title>
<style>
$style.panels.one { grid-template-columns: minmax(0, 1fr); }
.panels.one svg { max-width: none; }
main > h2 { margin-top: 3rem; }
</style>
</head>
<body>
<div class="wrap">
<header>
<div class="mark">$mark<span>Zwerm</span></div>
<p class="kicker">$kicker</p>
<h1>$title</h1>
<p class="lead">$lead</p>
</header>
<section class="short">
$differences
</section>
<main class="study">
<h2>$moves_title</h2>
$moves
<h2>$charts_title</h2>
$charts
<h2>$numbers_title</h2>
$numbers
<section class="box"><h2>$not_title</h2>
$is_not
</section>
</main>
<footer>
<h2>$made_title</h2>
$made
</footer>
</div>
<script type="application/json" id="manifest">$manifest</script>
</body>
</html>
""")


def text(taken: "Taken", told: dict[str, Any]) -> str:
    """The page, its manifest inside as JSON."""
    from experiments.workshop.exports import manifest_text

    css = Path(page.__file__).with_name("page.css").read_text(encoding="utf-8")
    said = {name: html.escape(taken.said(name)) for name in ("kicker", "title")}
    titles = {f"{name}_title": html.escape(taken.said(name))
              for name in ("moves", "charts", "numbers", "made")}  # fmt: skip
    return PAGE.substitute(
        **said, **titles,
        lang=taken.language, style=css + STYLE, mark=page.mark(),
        lead=html.escape(say.lead(taken)), differences=items(say.differences(taken), "plain"),
        moves=_moves(taken), charts=_charts(taken), numbers=_numbers(taken),
        not_title=html.escape(taken.said("not_title")),
        is_not=items([str(each) for each in words(taken.language)["is_not"]]),
        made=facts([(name, what, False) for name, what in say.made(taken, told)]),
        manifest=manifest_text(told).replace("<", "\\u003c"),
    )  # fmt: skip


def _moves(taken: "Taken") -> str:
    parts = []
    for name, side in (("A", "first"), ("B", "second")):
        rows = say.moves(taken, side)
        head = [(each, "") for each in say.move_head(taken)]
        shape = say.structure(taken, side)
        if rows:
            cells = [[(cell, "") for cell in row] for row in rows]
            parts.append(table(name, head, cells, text=(0, 1)))
        if shape or not rows:
            parts.append(f"<p>{name}: {html.escape(shape or taken.said('nothing'))}</p>")
    return "\n".join(parts)


def _charts(taken: "Taken") -> str:
    shown = panels_of(taken.room.measure)
    ends = []
    for name in shown:
        measure, unit = offered.measures()[name], unit_name(taken.language, name)
        first, second = (
            decimals(taken.language, float(fans.middle[name][-1]) * measure.factor, measure.places)
            + unit
            for fans in (taken.first, taken.second)
        )
        ends.append(taken.said("chart", name=measure_name(taken.language, name),
                               years=taken.room.years, first=first, second=second))  # fmt: skip
    told = " ".join(ends)
    return figure([inline(svg_text(taken, shown), "fans", told)], told)


def _numbers(taken: "Taken") -> str:
    head = [(taken.said("measure"), ""), ("A", ""), ("B", ""), (taken.said("difference"), "")]
    rows = [[(cell, "") for cell in row] for row in say.table(taken)]
    return table(taken.said("numbers"), head, rows, text=(0,))
