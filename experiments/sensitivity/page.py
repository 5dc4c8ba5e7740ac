"""What can be shown of a sensitivity analysis? One page without scripts or outside addresses."""

import html
from collections.abc import Sequence

from experiments.claims.words import decimals_of
from experiments.page.inline import inline
from experiments.sensitivity import words
from experiments.sensitivity.morris import Screened
from experiments.sensitivity.study import Of, Study
from experiments.short_page import page_text, section
from experiments.sweep.report_html import figure, items, table

SHOWN = 12  # single factors in the table; the CSV has all
SCREENED = ("mu*", "95 %", "mu", "sigma", "95 %", "effects")
SHARED = ("alone", "95 %", "total", "95 %")
CAPTIONS = {
    "tornado": "Bars: share of the variance that a parameter moves in total, with a 95 % interval. "
    "Diamonds: alone. What lies between the two it does together with others.",
    "plane": "Each dot a parameter, moved alone: how far it moves the result (mu*), how unevenly "
    "(sigma), with 95 % intervals of the strongest. Above the dashed line it matters most by what "
    "the others are.",
    "heat": "The two parameters with the largest total share: means over points, others vary.",
    "box": "Red: what the first box leaves of a range. Within it the result is dense in cases: ",
}


def text(
    studies: Sequence[Study], pictures: dict[str, str], asked: str, command: str
) -> str:  # fmt: skip
    """The page; `pictures` are SVG by the name that `folder` gives them."""
    sections = [
        section(place, each.space.headline.title, each.space.headline.about, _study(each, pictures))
        for place, each in enumerate(studies, start=1)
    ]
    limits = f'<section class="box"><h2>What this does not show</h2>{items(words.LIMITS)}</section>'
    return page_text(
        "sensitivity", "What the results hang on", f"{words.HOW} {asked}",
        [f"{of.number.title}: {_short(of)}" for each in studies for of in each.numbers],
        [*sections, limits], command,
    )  # fmt: skip


def _short(of: Of) -> str:
    base = f"{words.plain(of.base)} {of.number.unit} at the defaults"
    if of.shares is not None and of.shares.of:
        named = [f"{each.name} ({words.percent(each.total)})" for each in of.shares.of[:3]]
        return f"{base}; in total most of the variance is with {', '.join(named)}."
    strongest = [each.name for each in of.singles[:3]]
    return f"{base}; moved most by {', '.join(strongest)}." if strongest else f"{base}."


def _study(study: Study, pictures: dict[str, str]) -> str:
    runs = sum(each.runs for each in study.rows.values())
    failed = sum(each.failed for each in study.rows.values())
    size = (
        f"{len(study.space.factors)} parameters varied, {runs:,} runs, {failed:,} of them failed. "
        f"Claims: {', '.join(study.space.headline.claims)}."
    )
    parts = [f'<p class="aside">{html.escape(size)}</p>']
    return "\n".join([*parts, *(_number(study, each, pictures) for each in study.numbers)])


def _number(study: Study, of: Of, pictures: dict[str, str]) -> str:
    name = of.number.name
    parts = [f"<h3>{html.escape(of.number.title)}</h3>", items(list(words.sentences(study, of)))]

    def drawn(kind: str, caption: str) -> None:
        key = f"{study.space.headline.name}-{name}-{kind}"
        if key in pictures:
            spoken = f"{of.number.title}. {caption}"
            parts.append(figure([inline(pictures[key], key, spoken)], caption))

    drawn("tornado", CAPTIONS["tornado"])
    if of.shares is not None and of.shares.of:
        lines = [words.share_row(each) for each in of.shares.of]
        parts.append(_table(f"Shares of the variance: {of.number.title}", SHARED, lines))
    drawn("plane", CAPTIONS["plane"])
    if of.singles:
        parts.append(_screened(f"Moved alone, the {SHOWN} strongest", of.singles[:SHOWN]))
    parts.append(_screened("Moved with all of its mechanism", of.groups))
    drawn("heat", CAPTIONS["heat"])
    for place, each in enumerate(of.found):
        parts.append(items(words.found_text(each)))
        drawn(f"box{place + 1}", f"{CAPTIONS['box']}{each.case}.")
    return "\n".join(parts)


def _screened(caption: str, found: Sequence[Screened]) -> str:
    known = [each.mu_star for each in found if each.mu_star == each.mu_star]
    decimals = decimals_of(*known)
    return _table(caption, SCREENED, [words.screened_row(each, decimals) for each in found])


def _table(caption: str, head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    heads = [("parameter", ""), *((each, "") for each in head)]
    return table(caption, heads, [[(cell, "") for cell in line] for line in lines])
