"""What does a page of few sections look like? One frame, for calibrations and contests."""

import html
from collections.abc import Sequence
from pathlib import Path
from string import Template

from experiments import page, store
from experiments.claims.page import CODE
from experiments.sweep.report_html import STYLE, facts, items

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Zwerm: $title</title>
<style>
$style
</style>
</head>
<body>
<a class="skip" href="#found">To what was found</a>
<div class="wrap">
<header>
<div class="mark">$mark<span>Zwerm</span></div>
<p class="kicker">$kicker</p>
<h1>$heading</h1>
<p class="lead">$lead</p>
</header>
<section class="short" aria-labelledby="short">
<h3 id="short">In short</h3>
$short
</section>
<main id="found">
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

SECTION = Template("""<section class="study" aria-labelledby="part-$number">
<h2 id="part-$number">$title</h2>
<p class="question">$about</p>
$content
</section>""")


def page_text(
    title: str, heading: str, lead: str, short: Sequence[str], sections: Sequence[str], command: str
) -> str:
    """The page; `short` are sentences, `sections` HTML."""
    style = Path(page.__file__).with_name("page.css").read_text(encoding="utf-8")
    return PAGE.substitute(
        style=style + STYLE, mark=page.mark(), title=html.escape(title), kicker=html.escape(title),
        heading=html.escape(heading), lead=html.escape(lead), short=items(short, "plain"),
        sections="\n".join(sections), facts=_made(command),
    )  # fmt: skip


def section(number: int, title: str, about: str, content: str) -> str:
    """One section; `content` is HTML."""
    return SECTION.substitute(
        number=number, title=html.escape(title), about=html.escape(about), content=content
    )


def _made(command: str) -> str:
    """What one needs to repeat it."""
    around = store.circumstances()
    versions = ", ".join(f"{name} {around[name]}" for name in CODE if name in around)
    return facts([
        ("versions", versions, False), ("code of the model", around["kernels"], True),
        ("repeat it with", f"zwerm {command}", True),
    ])  # fmt: skip
