"""What can be shown of judged claims? One page without scripts or outside addresses.

It says first what a verdict means, then what came out in short, then every claim by its source.
"""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from experiments import page, store
from experiments.claims.running import Judgement, Outcome
from experiments.claims.verdicts import MISSES
from experiments.claims.words import (
    HOW,
    MEANING,
    MODEL_ONLY,
    ORDER,
    construction,
    counts,
    expected_text,
    numbers,
    reason,
    rows,
    share_text,
    stopped_text,
)
from experiments.page.inline import inline
from experiments.sweep.report_html import STYLE, facts, table
from scenarios.claims.hypothesis import CUSTOMERS, PEOPLE, Hypothesis, Untested
from scenarios.claims.verdict import Verdict, expected_of

CODE = ("python", "zwerm", "numpy", "numba", "llvmlite")
KEYS = {  # the class of each verdict in the page
    Verdict.EMERGES: "emerges",
    Verdict.CONSTRUCTED: "constructed",
    Verdict.DEPENDS: "depends",
    Verdict.FAILS: "fails",
    Verdict.UNTESTED: "untested",
}
MORE_STYLE = """
.chip.emerges { color: var(--green-words); }
.chip.constructed { color: var(--blue); }
.chip.depends { color: var(--orange-words); }
.chip.fails { color: var(--vermilion-words); }
.meanings { grid-template-columns: minmax(0, 13rem) minmax(0, 1fr); align-items: baseline; }
.meanings .chip { justify-self: start; }
.index { margin: 0 0 1.1rem; line-height: 2; }
.index b { display: block; font: 600 0.88rem/1.6 var(--sans); }
.index a { text-decoration: none; }
.stopped { border-left: 0.3rem solid var(--accent); padding-left: 1rem; }
.claim { padding: 2.2rem 0 0; }
.claim .number { margin-bottom: 0.6rem; }
.claim h3 { font: 500 1.3rem/1.35 var(--serif); max-width: 40rem; text-wrap: balance; }
.claim .why { font: 600 0.95rem/1.5 var(--sans); max-width: 46rem; margin: 0 0 1rem; }
.claim dl { margin: 0 0 1.4rem; }
.claim figure { margin: 0 0 1.4rem; }
.claim svg { max-width: 36rem; }
.panels.one { grid-template-columns: minmax(0, 36rem); }
@media print { .claim, .claim figure { break-inside: avoid; } .claim { padding-top: 1rem; } }
"""

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Zwerm: claims, run and judged</title>
<style>
$style</style>
</head>
<body>
<a class="skip" href="#claims">To the claims</a>
<div class="wrap">
<header>
<div class="mark">$mark<span>Zwerm</span></div>
<p class="kicker">$kicker</p>
<h1>Claims, run and judged</h1>
<p class="lead">$lead</p>
</header>
<section class="short" aria-labelledby="short">
<h3 id="short">What a verdict means</h3>
<dl class="meanings">
$meanings
</dl>
<div class="reading"><h3>How a verdict is made</h3><p>$how</p></div>
</section>
$stopped<section class="study" aria-labelledby="counts">
<h2 id="counts">In short</h2>
<p class="question">$size</p>
$counts
$index
</section>
<main id="claims">
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

SECTION = Template("""<section class="study" id="source-$letter" aria-labelledby="title-$letter">
<h2 id="title-$letter">$source</h2>
<p class="question">$summary</p>
$claims
</section>""")

CLAIM = Template("""<article class="claim" id="$name" aria-labelledby="claim-$name">
<div class="number"><span>$name · $theme</span><span class="chip $key">$verdict</span></div>
<h3 id="claim-$name">$text</h3>
$why$facts$figure$table</article>""")


def text(outcome: Outcome, pictures: Mapping[str, str], settings: Mapping[str, Any]) -> str:
    """The page; `pictures` are SVG by the id of a claim. The same outcome gives the same text."""
    judgements = outcome.judgements
    stopped = stopped_text(outcome)
    style = Path(page.__file__).with_name("page.css").read_text(encoding="utf-8")
    by_source: dict[str, list[Judgement]] = {}
    for each in judgements:
        by_source.setdefault(each.claim.source, []).append(each)
    return PAGE.substitute(
        style=style + STYLE + MORE_STYLE,
        mark=page.mark(),
        kicker=f"{len(judgements)} claims of practitioners, in our own words",
        lead=html.escape(MODEL_ONLY),
        meanings="\n".join(_meaning(verdict) for verdict in ORDER),
        how=html.escape(HOW),
        stopped=f'<p class="stopped">{html.escape(stopped)}</p>\n' if stopped else "",
        size=html.escape(_size(outcome)),
        counts=_counts(by_source),
        index="\n".join(_index(*each) for each in by_source.items()),
        sections="\n".join(_section(*each, pictures) for each in by_source.items()),
        facts=_made(outcome, settings),
    )


def _chip(verdict: Verdict) -> str:
    return f'<span class="chip {KEYS[verdict]}">{verdict.value}</span>'


def _meaning(verdict: Verdict) -> str:
    return f"<dt>{_chip(verdict)}</dt><dd>{html.escape(MEANING[verdict])}</dd>"


def _size(outcome: Outcome) -> str:
    """How much was run."""
    run = sum(each.finding is not None for each in outcome.judgements)
    seeds = sorted({each.seeds for each in outcome.judgements if each.finding is not None})
    named = " or ".join(str(each) for each in seeds)
    if not run:
        return "None of these claims was run; why not stands with each."
    return (
        f"{run} of {len(outcome.judgements)} claims were run: {outcome.runs:,} runs on {named} "
        f"seeds, of an organisation of {PEOPLE} people and {CUSTOMERS:,} customers unless a claim "
        f"needs another."
    )


def _counts(by_source: Mapping[str, Sequence[Judgement]]) -> str:
    """Verdicts by source."""
    head = [("source", ""), *((verdict.value, "") for verdict in ORDER), ("all", "")]
    lines = []
    everybody = [each for judgements in by_source.values() for each in judgements]
    for source, judgements in [*by_source.items(), ("all", everybody)]:
        found = counts(judgements)
        cells = [(f"{found[verdict]}", "") for verdict in ORDER]
        lines.append([(source, ""), *cells, (f"{len(judgements)}", "")])
    return table("How many claims of each source got which verdict", head, lines, text=(0,))


def _index(source: str, judgements: Sequence[Judgement]) -> str:
    """Links to the claims of one source, in the colours of their verdicts."""
    links = " ".join(
        f'<a class="chip {KEYS[each.verdict]}" href="#{each.claim.name}" '
        f'title="{each.verdict.value}">{each.claim.name}</a>'
        for each in judgements
    )
    return f'<p class="index"><b>{html.escape(_title(source))}</b> {links}</p>'


def _title(source: str) -> str:
    return f"{source[:1].upper()}{source[1:]}"


def _section(source: str, judgements: Sequence[Judgement], pictures: Mapping[str, str]) -> str:
    """The claims of one source."""
    found = counts(judgements)
    said = ", ".join(f"{found[verdict]} {verdict.value}" for verdict in ORDER if found[verdict])
    return SECTION.substitute(
        letter=judgements[0].claim.name[0],
        source=html.escape(_title(source)),
        summary=html.escape(f"{len(judgements)} claims: {said}."),
        claims="\n".join(_claim(each, pictures.get(each.claim.name, "")) for each in judgements),
    )


def _claim(judgement: Judgement, picture: str) -> str:
    """One claim: what was said, what it implies here, what came out."""
    claim, judged = judgement.claim, judgement.judged
    why = reason(judgement)
    why = f'<p class="why">{html.escape(why)}</p>\n' if why else ""
    figure = ""
    if picture:
        drawn = inline(picture, f"picture-{claim.name}", _spoken(judgement))
        caption = (
            "Dots: seeds. Diamond and bar: their mean and its 95 % interval; blue holds, vermilion "
            "does not. Grey: what was predicted of the mean."
        )
        figure = (
            f'<figure>\n<div class="panels one">\n<div>{drawn}</div>\n</div>\n'
            f"<figcaption>{caption}</figcaption>\n</figure>\n"
        )
    return CLAIM.substitute(
        name=claim.name, theme=html.escape(claim.theme), key=KEYS[judgement.verdict],
        verdict=judgement.verdict.value, text=html.escape(claim.text), why=why, figure=figure,
        facts=_facts(judgement), table="" if isinstance(judged, Untested) else _table(judgement),
    )  # fmt: skip


def _facts(judgement: Judgement) -> str:
    """What it implies, what is looked at, what was expected, and what to keep in mind."""
    judged, finding = judgement.judged, judgement.finding
    if not isinstance(judged, Hypothesis) or finding is None:
        return ""
    mean, interval = numbers(finding.default)
    found = f"{mean} {judged.unit}".strip() + f" ({interval})"
    described = [
        ("it implies here", judged.implies),
        ("looked at", judged.measures),
        ("expected", expected_text(expected_of(judged), judged.unit)),
        ("found by default", found),
        ("over the plausible set", share_text(judgement)),
        ("its own rule", construction(judgement)),
        ("run", _run(judged, judgement)),
        ("keep in mind", judged.note),
    ]
    return facts([(name, said, False) for name, said in described if said]) + "\n"


def _run(judged: Hypothesis, judgement: Judgement) -> str:
    arms = "; ".join(judged.arms)
    return f"{judgement.seeds} seeds, {judged.years:g} years; arms: {arms}"


def _table(judgement: Judgement) -> str:
    """Every circumstance in numbers."""
    found = list(rows(judgement))
    effects = [effect for _, effect, _ in found]
    lines = []
    for name, effect, miss in found:
        mean, interval = numbers(effect, effects)
        known = f"{effect.known} of {len(effect.by_seed)}"
        outcome = "holds" if miss is None else f"does not hold: {MISSES[miss]}"
        lines.append([(name, ""), (mean, ""), (interval, ""), (known, ""), (outcome, "")])
    head = [(each, "") for each in ("circumstance", "effect", "95 % interval", "seeds", "")]
    return table(f"{judgement.claim.name} by circumstance", head, lines, text=(0, 4)) + "\n"


def _spoken(judgement: Judgement) -> str:
    """The picture in words."""
    found = list(rows(judgement))
    effects = [effect for _, effect, _ in found]
    said = [
        f"{name} {numbers(effect, effects)[0]} ({'holds' if miss is None else 'does not hold'})"
        for name, effect, miss in found
    ]
    return f"Effects of {judgement.claim.name} by circumstance: {'; '.join(said)}."


def _made(outcome: Outcome, settings: Mapping[str, Any]) -> str:
    """What one needs to repeat it."""
    around = store.circumstances()
    versions = ", ".join(f"{name} {around[name]}" for name in CODE if name in around)
    described = [
        ("runs", f"{outcome.runs:,}", False),
        ("versions", versions, False),
        ("code of the model", around["kernels"], True),
        ("repeat it with", f"zwerm {settings['command']}", True),
    ]
    return facts(described)
