"""What can be shown of a validation? One page without scripts or outside addresses.

It says first what may be counted, then shows how far every row is from what was asked, then every
row by its status.
"""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from experiments import page, store
from experiments.claims.page import CODE
from experiments.page.inline import inline
from experiments.sweep.report_html import STYLE, facts, figure, table
from experiments.validate import set_words
from experiments.validate.folder import entry
from experiments.validate.running import Outcome, Row
from experiments.validate.words import (
    MEANING,
    ONLY_CHECKS,
    RULE,
    asked_text,
    by_status,
    distance_text,
    found_text,
    how,
    interval_text,
    number,
    share_of,
    share_text,
    stopped_text,
    test_text,
)
from scenarios.targets.judging import Hit
from scenarios.targets.target import Status

KEYS = {Hit.YES: "yes", Hit.NO: "no", Hit.UNDECIDED: "undecided", Hit.UNMEASURED: "unmeasured"}
MORE_STYLE = """
.chip.yes { color: var(--blue); }
.chip.no { color: var(--vermilion-words); }
.chip.undecided { color: var(--orange-words); }
.stopped { border-left: 0.3rem solid var(--accent); padding-left: 1rem; }
.row { padding: 2.2rem 0 0; }
.row .number { margin-bottom: 0.6rem; }
.row h3 { font: 500 1.2rem/1.35 var(--serif); max-width: 40rem; text-wrap: balance; }
.row dl { margin: 0 0 1.2rem; }
.meanings { grid-template-columns: minmax(0, 9rem) minmax(0, 1fr); align-items: baseline; }
.panels.one svg { max-width: 36rem; }
.panels.one { grid-template-columns: minmax(0, 36rem); }
@media print { .row { break-inside: avoid; padding-top: 1rem; } }
"""

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Zwerm: validation</title>
<style>
$style</style>
</head>
<body>
<a class="skip" href="#rows">To the rows</a>
<div class="wrap">
<header>
<div class="mark">$mark<span>Zwerm</span></div>
<p class="kicker">$kicker</p>
<h1>Does the model do what was measured?</h1>
<p class="lead">$lead</p>
</header>
<section class="short" aria-labelledby="short">
<h3 id="short">What a row is worth</h3>
<dl class="meanings">
$meanings
</dl>
<div class="reading"><h3>How a row is judged</h3><p>$rule</p></div>
</section>
$stopped<section class="study" aria-labelledby="counts">
<h2 id="counts">In short</h2>
<p class="question">$tests</p>
$counts
$figure
</section>
$over_set<main id="rows">
$sections
</main>
<footer>
<h2>How this was made</h2>
$facts
</footer>
</div>
</body>
</html>
""")

OVER_SET = Template("""<section class="study" aria-labelledby="set">
<h2 id="set">$title</h2>
<p class="question">$rule $summary</p>
$rows
$panels
$left
</section>
""")

SECTION = Template("""<section class="study" aria-labelledby="$key">
<h2 id="$key">$title</h2>
<p class="question">$meaning $summary</p>
$rows
</section>""")

ROW = Template("""<article class="row" id="$name" aria-labelledby="row-$name">
<div class="number"><span>$name · $area</span><span class="chip $key">$verdict</span></div>
<h3 id="row-$name">$measured</h3>
$facts
$table</article>""")


def text(outcome: Outcome, picture: str, settings: Mapping[str, Any]) -> str:
    """The page; `picture` is SVG. The same outcome gives the same text but for its seconds."""
    rows, stopped = outcome.rows, stopped_text(outcome)
    style = Path(page.__file__).with_name("page.css").read_text(encoding="utf-8")
    groups = by_status(rows)
    return PAGE.substitute(
        style=style + STYLE + MORE_STYLE,
        mark=page.mark(),
        kicker=f"{len(rows)} published numbers, formulas and claims",
        lead=html.escape(ONLY_CHECKS),
        meanings="\n".join(
            f"<dt>{status.value}</dt><dd>{html.escape(MEANING[status])}</dd>" for status in groups
        ),
        rule=html.escape(RULE),
        stopped=f'<p class="stopped">{html.escape(stopped)}</p>\n' if stopped else "",
        tests=html.escape(test_text(rows)),
        counts=_counts(groups),
        figure=_figure(picture, rows),
        over_set=_over_set(rows),
        sections="\n".join(_section(*each) for each in groups.items()),
        facts=_made(outcome, settings),
    )


def _counts(groups: Mapping[Status, Sequence[Row]]) -> str:
    """Verdicts by status."""
    head = [("status", ""), ("hit", ""), ("missed", ""), ("undecided", ""), ("not measured", "")]
    lines = [
        [(status.value, ""), *((f"{count}", "") for count in share_of(rows))]
        for status, rows in groups.items()
    ]
    return table("How many rows of each status are hit", head, lines, text=(0,))


def _figure(picture: str, rows: Sequence[Row]) -> str:
    if not picture:
        return ""
    measured = [each for each in rows if each.judged is not None]
    spoken = "; ".join(
        f"{each.target.id} {distance_text(each.judged.distance) or 'no distance'}, {each.hit.value}"
        for each in measured
        if each.judged is not None
    )
    drawn = inline(picture, "distances", f"Distance of each row in tolerances: {spoken}.")
    caption = (
        "How far each row is from what was asked, in tolerances; grey: within the limits. Blue dot "
        "hit, vermilion diamond missed, orange square undecided; an arrow lies further than shown, "
        "a hollow mark has no unit of distance. Of a row of several numbers the furthest counts."
    )
    return figure([drawn], caption)


def _over_set(rows: Sequence[Row]) -> str:
    """What the plausible set says; nothing if nobody asked."""
    if all(each.over_set is None for each in rows):
        return ""
    entries = [entry(each) for each in rows]
    lines, panels = set_words.lines(entries), set_words.panel_lines(entries)
    left, shown = set_words.left_out(entries), ""
    if panels:
        said = [(name, told, False) for name, told in set_words.claimed(entries)]
        counts = _cells(set_words.PANELS_TITLE, set_words.panel_head(entries), panels, (0, 1))
        shown = f"{counts}\n<p>{html.escape(set_words.PANELS_RULE)}</p>\n{facts(said)}"
    return OVER_SET.substitute(
        title=set_words.TITLE,
        rule=html.escape(set_words.RULE),
        summary=html.escape(set_words.summary(entries)),
        rows=_cells(set_words.TITLE, set_words.HEAD, lines, (0, 1, 2, 4)) if lines else "",
        panels=shown,
        left=facts([("no share", f"{ids}: {said}", False) for ids, said in left]) if left else "",
    )


def _cells(
    caption: str, head: Sequence[str], lines: Sequence[Sequence[str]], text: Sequence[int]
) -> str:
    """A table of plain cells."""
    return table(
        caption, [(each, "") for each in head], [[(cell, "") for cell in row] for row in lines],
        text=text,
    )  # fmt: skip


def _section(status: Status, rows: Sequence[Row]) -> str:
    return SECTION.substitute(
        key=f"status-{status.name.lower()}",
        title=html.escape(status.value[:1].upper() + status.value[1:]),
        meaning=html.escape(MEANING[status]),
        summary=html.escape(share_text(share_of(rows))),
        rows="\n".join(_row(each) for each in rows),
    )


def _row(row: Row) -> str:
    """One row: what it is, where it comes from, what was found and why it is missed."""
    target = row.target
    described = [
        ("asked", f"{asked_text(target.aim)} ({target.unit})"),
        ("found", found_text(row)),
        ("distance", distance_text(row.judged.distance) if row.judged else ""),
        ("source", f"{target.source} ({target.grade})"),
        ("how", how(row)),
        ("not measured", row.why_not),
        ("over the plausible set", set_words.band_text(entry(row)) if row.over_set else ""),
        ("expected", target.expected_miss and f"A miss: {target.expected_miss}"),
        ("reading", target.reading if row.hit is not Hit.YES else ""),
        ("what may mend it", target.mend if row.hit is not Hit.YES else ""),
    ]
    return ROW.substitute(
        name=target.id, area=html.escape(target.area), key=KEYS[row.hit], verdict=row.hit.value,
        measured=html.escape(target.measured), table=_table(row),
        facts=facts([(name, said, False) for name, said in described if said]),
    )  # fmt: skip


def _table(row: Row) -> str:
    """Every number of a row that has several, or an interval."""
    if row.judged is None or not row.pattern or not row.pattern.draws:
        return ""
    head = [(each, "") for each in ("", "mean", "90 % interval", "distance", "")]
    lines = [
        [
            (each.name or row.target.id, ""),
            (number(each.value), ""),
            (interval_text(each), ""),
            (distance_text(each.distance), ""),
            (each.hit.value, ""),
        ]
        for each in row.judged.parts
    ]
    return table(f"{row.target.id} in numbers", head, lines, text=(0, 4)) + "\n"


def _made(outcome: Outcome, settings: Mapping[str, Any]) -> str:
    """What one needs to repeat it."""
    around = store.circumstances()
    versions = ", ".join(f"{name} {around[name]}" for name in CODE if name in around)
    described = [
        ("seconds", f"{outcome.seconds:,.0f}", False),
        ("versions", versions, False),
        ("code of the model", around["kernels"], True),
        ("repeat it with", f"zwerm {settings['command']}", True),
    ]
    return facts(described)
