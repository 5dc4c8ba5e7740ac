"""What does a sweep say? One self-contained page in its folder, and a README for who opens it.

    write("runs/first_look")                       report.html, about nps_true
    write("runs/first_look", "effort_front")       report-effort_front.html

No script, no outside address, every sentence made from the numbers. The same folder gives the
same bytes.
"""

import html
from pathlib import Path
from string import Template

from experiments import page
from experiments.page.sentences import Words
from experiments.sweep import files
from experiments.sweep.report_frame import failures, in_short, lead, limits, made_facts, run_facts
from experiments.sweep.report_html import STYLE
from experiments.sweep.report_outcome import Outcome, outcome_section
from experiments.sweep.report_readme import command, readme
from experiments.sweep.report_words import WORDS
from experiments.sweep.results import open_sweep
from sim.parameters import ParameterError, nearest

__all__ = ["MEASURE", "WORDS", "name_of", "readme", "write"]

MEASURE = "nps_true"  # unless another is asked for

PAGE = Template("""<!doctype html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Zwerm: $title</title>
<style>
$style</style>
</head>
<body>
<a class="skip" href="#results">$skip</a>
<div class="wrap">
<header>
<div class="mark">$mark<span>Zwerm</span></div>
<p class="kicker">$kicker</p>
<h1>$title</h1>
<p class="lead">$lead</p>
</header>
<section class="facts" aria-labelledby="run">
<h3 id="run">$run</h3>
$run_facts
</section>
<section class="short" aria-labelledby="short">
<h3 id="short">$short</h3>
$in_short
</section>
<main id="results">
$sections
<section class="study" aria-label="$failures">
<div class="number"><span>$last</span></div>
$failed
</section>
$limits
</main>
<footer>
<h2>$made</h2>
<p>$made_text</p>
$made_facts
</footer>
</div>
</body>
</html>
""")


def name_of(measure: str) -> str:
    """The file name of a report about this measure."""
    return "report.html" if measure == MEASURE else f"report-{measure}.html"


def _title(name: str) -> str:
    """A name as a heading."""
    return f"{name[:1].upper()}{name[1:]}".replace("_", " ")


def write(
    folder: Path | str,
    measure: str = MEASURE,
    target: Path | str | None = None,
    words: Words | None = None,
) -> Path:
    """Write the page about one measure, whole or not at all; its path.

    Into the sweep's folder unless a `target` file is named. `words` replaces any of WORDS. A
    report that is there is replaced: nothing in it is not in the folder. Raises FolderError, and
    ParameterError for a measure that is none or that no run has.
    """
    spoken = {**WORDS, **(words or {})}
    sweep = open_sweep(folder)
    if measure not in sweep.measures:
        raise ParameterError(
            f"unknown measure {measure!r}; {nearest(measure, list(sweep.measures))}"
        )
    outcomes = [Outcome(sweep, measure)]
    if sweep.against is not None:
        outcomes.append(Outcome(sweep, measure, difference=True))
    for each in outcomes:
        each.check()
    plain = ("lang", "skip", "kicker", "run", "short", "failures", "made", "made_text")
    text = PAGE.substitute(
        {name: html.escape(spoken[name]) for name in plain},
        title=html.escape(_title(sweep.name)),
        mark=page.mark(),
        style=Path(page.__file__).with_name("page.css").read_text(encoding="utf-8") + STYLE,
        lead=html.escape(lead(sweep, spoken)),
        run_facts=run_facts(sweep, outcomes[0], spoken),
        in_short=in_short(outcomes, spoken),
        sections="\n".join(
            outcome_section(each, place, spoken) for place, each in enumerate(outcomes, start=1)
        ),
        last=len(outcomes) + 1,
        failed=failures(sweep, spoken),
        limits=limits(outcomes, spoken),
        made_facts=made_facts(sweep, command(sweep), spoken),
    )
    path = Path(target).expanduser() if target else sweep.folder / name_of(measure)
    files.write(path, text.encode("utf-8"))
    return path
