"""How is one study told? Its question, pictures, what it shows and does not, and a table."""

import html
from string import Template

import numpy as np

from experiments.figures import fan, lag, levels
from experiments.figures.by_level import MEASURES as LEVEL_MEASURES
from experiments.figures.by_level import most_levels
from experiments.figures.lags import SHARES, kinds_of, shares_of
from experiments.figures.numbers import (
    SMALLEST_EFFECT,
    Spread,
    beyond,
    compared,
    difference,
    last_year,
    level_difference,
    spread,
)
from experiments.figures.over_years import SURVEYED
from experiments.figures.portrait import (
    colour_limits,
    is_chart,
    organisation,
    pictures_of,
    team_means,
)
from experiments.figures.style import UNITS, colours, svg
from experiments.page.inline import NAMES, anchor, inline
from experiments.page.sentences import (
    DECIMALS,
    Words,
    answer,
    cell,
    copy_sentence,
    ends_sentence,
    findings,
    lag_sentence,
    level_sentence,
    limits,
    moved_sentence,
    number,
    one_shape,
    panel_of,
    percent,
    seeds_words,
    verdict_sentence,
)
from experiments.results import Study
from sim.parameters import WEEKS_PER_YEAR

ROWS = ("nps_true", "nps", "enps_true", "effort_front", "value", "quality", "customers", "quits")

SECTION = Template("""<section class="study" id="$name" aria-labelledby="$name-title">
<div class="number"><span>$place</span><span class="chip $key">$chip</span></div>
<h2 id="$name-title">$title</h2>
<p class="question">$question</p>
<ul class="arms" aria-label="$compared">
$arms
</ul>
$figures
<div class="sides">
<div><h3>$shows</h3><ul>
$findings
</ul></div>
<div><h3>$shows_not</h3><ul>
$limits
</ul></div>
</div>
<h3>$numbers</h3>
$tables
</section>""")


def section(study: Study, place: int, words: Words) -> str:
    """One study, as HTML."""
    key, _ = answer(study, words)
    said = {
        "name": anchor(study.name),
        "place": str(place),
        "key": key,
        "chip": words[f"chip.{key}"],
        "title": study.title,
        "question": words.get(f"{study.name}.question", study.about),
        "compared": words["arms"],
        "shows": words["shows"],
        "shows_not": words["shows_not"],
        "numbers": words["numbers"],
    }
    return SECTION.substitute(
        {name: html.escape(text) for name, text in said.items()},
        arms="\n".join(_arms(study)),
        figures="\n".join(_figures(study, words)),
        findings="\n".join(f"<li>{html.escape(each)}</li>" for each in findings(study, words)),
        limits="\n".join(f"<li>{html.escape(each)}</li>" for each in limits(study, words)),
        tables="\n".join(_tables(study, words)),
    )


def _arms(study: Study) -> list[str]:
    shown = colours(study)
    return [
        f'<li style="--arm: var(--{NAMES[shown[arm.name]]})">'
        f"<b>{html.escape(arm.name)}</b> {html.escape(arm.about)}</li>"
        for arm in study.arms
    ]


def _figures(study: Study, words: Words) -> list[str]:
    """What is special about a study first, then the years."""
    found = [_lag(study, words), _organisation(study, words), _levels(study, words)]
    return [each for each in found if each] + [_years(study, words)]


def _figure(pictures: list[str], caption: str) -> str:
    width = "three" if len(pictures) == 3 else "two"
    panels = "\n".join(f"<div>{each}</div>" for each in pictures)
    return (
        f'<figure>\n<div class="panels {width}">\n{panels}\n</div>\n'
        f"<figcaption>{html.escape(caption)}</figcaption>\n</figure>"
    )


def _years(study: Study, words: Words) -> str:
    """NPS with its difference, and staff, over the years."""
    told = verdict_sentence(study, words)
    front = moved_sentence(study, "effort_front", "front", words)
    enps = moved_sentence(study, SURVEYED["enps"], "enps", words)
    years = f"{study.arm(study.main).weekly.shape[1] / WEEKS_PER_YEAR:.3g}"
    alternatives = (
        words["alt.nps"].format(years=years, verdict=told),
        words["alt.staff"].format(years=years, front=front, enps=enps),
    )
    drawn = (
        fan(study, ("nps",), note=False),
        fan(study, ("enps", "effort_front"), difference=False, note=False),
    )
    pictures = [
        inline(svg(each), f"{study.name}-years-{place}", alternative)
        for place, (each, alternative) in enumerate(zip(drawn, alternatives, strict=True))
    ]
    caption = words["caption.years"].format(
        ends=level_sentence(study, words), enps=enps, main=study.main
    )
    return _figure(pictures, caption)


def _levels(study: Study, words: Words) -> str | None:
    """Effort and value by level, where there are levels to compare and no panel."""
    unlike = level_difference(study, 0) is None or not one_shape(study)
    if most_levels(study) < 3 or unlike or panel_of(study):
        return None
    pictures = []
    for column, measure in enumerate(LEVEL_MEASURES):
        alternative = words["alt.levels"].format(
            measure=words[f"measure.{measure}"], copy=copy_sentence(study, words, column)
        )
        drawn = svg(levels(study, measures=(measure,)))
        pictures.append(inline(drawn, f"{study.name}-levels-{measure}", alternative))
    return _figure(pictures, words["caption.levels"].format(copy=copy_sentence(study, words)))


def _organisation(study: Study, words: Words) -> str | None:
    """Everybody, in what is compared and in the main arm, on one scale."""
    found = pictures_of(study, "visible_effort")
    if not found:
        return None
    groups = is_chart(study)
    if groups:  # limits from means, not from a person's own
        scale = colour_limits([each._replace(colour=team_means(each)) for each in found])
    else:
        scale = colour_limits(found)
    pictures = []
    for place, each in enumerate(found):
        drawn = organisation(
            each.structure, each.colour, title=each.title, circles=each.circles,
            groups_only=groups, limits=scale,
        )  # fmt: skip
        alternative = words["alt.organisation"].format(
            arm=each.title, people=each.colour.size,
            shape=words["alt.circles" if each.circles else "alt.tree"],
        )  # fmt: skip
        pictures.append(inline(svg(drawn), f"{study.name}-organisation-{place}", alternative))
    key = "caption.organisation_groups" if groups else "caption.organisation"
    return _figure(pictures, words[key].format(levels=_means(study, words)))


def _means(study: Study, words: Words) -> str:
    """Where mean effort ends, in both arms."""
    if not compared(study):
        return ""
    ends = [spread(last_year(study.arm(each), "effort")) for each in (study.main, study.against)]
    return words["caption.organisation_means"].format(
        main=study.main, against=study.against, main_value=number(ends[0].median),
        against_value=number(ends[1].median),
    )  # fmt: skip


def _lag(study: Study, words: Words) -> str | None:
    """The kinds of panel side by side."""
    panel = panel_of(study)
    if not panel:
        return None
    pictures = []
    for place, (name, kind) in enumerate(kinds_of(panel).items()):
        shares = ", ".join(
            f"{years}: {percent(share, words)}"
            for years, share in shares_of(kind, "best_lag_share").items()
        )
        alternative = words["alt.lag"].format(kind=name, shares=shares or words["missing"])
        drawn = svg(lag(panel, only=name))
        pictures.append(inline(drawn, f"{study.name}-lag-{place}", alternative))
    caption = (
        words["caption.lag"]
        .format(lag=lag_sentence(panel, words), ends=ends_sentence(panel, words))
        .strip()
    )
    if panel.get("test_data"):
        caption = f"{words['lag.test_data']} {caption}"
    return _figure(pictures, caption)


def _tables(study: Study, words: Words) -> list[str]:
    panel = panel_of(study)
    made = [_lag_table(study, words)] if panel else []
    return [*made, _measures_table(study, words)]


def _measures_table(study: Study, words: Words) -> str:
    """The last year of every arm, and the paired difference."""
    head = [arm.name for arm in study.arms]
    if compared(study):
        head.append(words["difference"].format(main=study.main, against=study.against))
    rows = []
    for measure in ROWS:
        unit, decimals = UNITS[measure], DECIMALS.get(UNITS[measure], 2)
        cells = [_cell(cell(arm, measure), decimals) for arm in study.arms]
        if compared(study):
            note = _beyond(study, words) if measure == "nps_true" else ""
            cells.append(_cell(spread(difference(study, measure)), decimals, True, note))
        title = f"{html.escape(words[f'row.{measure}'])} <small>{html.escape(unit)}</small>"
        rows.append((title, cells))
    return _table(words["table_caption"], head, rows)


def _lag_table(study: Study, words: Words) -> str:
    """Share of panels by best lag, levels and yearly differences, for each kind."""
    kinds = kinds_of(panel_of(study) or {})
    found = [(key, name, kind) for key in SHARES for name, kind in kinds.items()]
    years = sorted({year for key, _, kind in found for year in shares_of(kind, key)})
    rows = []
    for key, name, kind in found:
        shares = shares_of(kind, key)
        if shares:
            cells = [
                f"<td>{percent(shares.get(year, np.nan), words)}</td>" if year in shares
                else f"<td>{words['missing']}</td>"
                for year in years
            ]  # fmt: skip
            kept = words["row.levels" if key == "best_lag_share" else "row.differences"]
            rows.append((f"{html.escape(name)} <small>{html.escape(kept)}</small>", cells))
    return _table(words["row.lag"], [str(year) for year in years], rows)


def _beyond(study: Study, words: Words) -> str:
    """In how many seeds the difference in NPS is large enough to care about."""
    found = difference(study, "nps_true")
    return words["beyond"].format(
        smallest=number(SMALLEST_EFFECT, 0), count=beyond(found),
        seeds=seeds_words(int(np.count_nonzero(~np.isnan(found))), words),
    )  # fmt: skip


def _cell(values: Spread, decimals: int, signed: bool = False, note: str = "") -> str:
    median, low, high = (number(value, decimals, signed) for value in values)
    mark = ' class="strong"' if signed else ""
    more = f" <small>{html.escape(note)}</small>" if note else ""
    return f"<td{mark}>{median} <small>{low} to {high}</small>{more}</td>"


def _table(caption: str, head: list[str], rows: list[tuple[str, list[str]]]) -> str:
    """A table that scrolls by itself where it is too wide; rows are (title, cells) in HTML."""
    spoken = html.escape(caption, quote=True)
    heads = "".join(f'<th scope="col">{html.escape(each)}</th>' for each in head)
    lines = "\n".join(
        f'<tr><th scope="row">{title}</th>{"".join(cells)}</tr>' for title, cells in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{spoken}">\n'
        f"<table><caption>{html.escape(caption)}</caption>\n"
        f"<thead><tr><td></td>{heads}</tr></thead>\n<tbody>\n{lines}\n</tbody></table>\n</div>"
    )
