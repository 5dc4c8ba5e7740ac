"""What can be shown to somebody? One self-contained page about a few studies.

No script, no outside address: it opens from a stick, prints, and turns dark with the reader's
setting. Every sentence about a result is made from the numbers of the run.
"""

import html
import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from string import Template

from experiments.figures.numbers import SMALLEST_EFFECT
from experiments.figures.style import write_whole
from experiments.page.inline import anchor
from experiments.page.sections import section
from experiments.page.sentences import Words, answer, number, seeds_words
from experiments.page.words import WORDS
from experiments.results import Study
from sim.compiled import kernel_hash
from sim.parameters import WEEKS_PER_YEAR

__all__ = ["FIRST", "WORDS", "write"]

FIRST = ("copy_of_a_copy", "zappos", "aegon")  # these in this order, then the others
PACKAGES = ("zwerm", "numpy", "numba", "matplotlib")

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
<a class="skip" href="#studies">$skip</a>
<div class="wrap">
<header>
<div class="mark">$mark<span>Zwerm</span></div>
<p class="kicker">$kicker</p>
<h1>$title</h1>
<p class="lead">$lead</p>
</header>
<section class="short" aria-labelledby="short">
<h3 id="short">$short</h3>
<ol>
$answers
</ol>
<div class="reading"><h3>$reading</h3><p>$reading_text</p></div>
</section>
<main id="studies">
$sections
</main>
<footer>
<h2>$made</h2>
<p>$made_text</p>
<dl>
$facts
</dl>
</footer>
</div>
</body>
</html>
""")

ANSWER = Template("""<li><p><a href="#$name">$title</a></p><p>$sentence</p>
<span class="chip $key">$chip</span></li>""")


def write(studies: Sequence[Study], folder: Path, words: Words | None = None) -> Path:
    """Write `index.html` about these studies into the folder, whole or not at all; its path.

    `words` replaces any of WORDS. The same studies give the same bytes.
    """
    spoken = {**WORDS, **(words or {})}
    ordered = _in_order(studies)
    text = PAGE.substitute(
        {name: html.escape(spoken[name]) for name in _plain_words()},
        style=Path(__file__).with_name("page.css").read_text(encoding="utf-8"),
        mark=mark(),
        answers="\n".join(_answer(study, spoken) for study in ordered),
        reading_text=html.escape(
            spoken["reading_text"].format(smallest=number(SMALLEST_EFFECT, 0))
        ),
        sections="\n".join(
            section(study, place, spoken) for place, study in enumerate(ordered, start=1)
        ),
        facts="\n".join(_facts(ordered, spoken)),
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "index.html"
    write_whole(path, text.encode("utf-8"))
    return path


def _plain_words() -> list[str]:
    """Words that go into the page as they are."""
    return [name for name in PAGE.get_identifiers() if name in WORDS and name != "reading_text"]


def _in_order(studies: Sequence[Study]) -> list[Study]:
    """The first three first, the others as they came."""
    rank = {name: place for place, name in enumerate(FIRST)}
    return sorted(studies, key=lambda study: rank.get(study.name, len(FIRST)))


def mark() -> str:
    """Seven bees."""
    places = ((12, 12), (12, 4), (19, 8), (19, 16), (12, 20), (5, 16), (5, 8))
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="2.6"/>' for x, y in places)
    return f'<svg viewBox="0 0 24 24" aria-hidden="true">{dots}</svg>'


def _answer(study: Study, words: Words) -> str:
    key, sentence = answer(study, words)
    return ANSWER.substitute(
        name=anchor(study.name), title=html.escape(study.title), key=key,
        sentence=html.escape(sentence), chip=html.escape(words[f"chip.{key}"]),
    )  # fmt: skip


def _facts(studies: Sequence[Study], words: Words) -> list[str]:
    """What one needs to repeat it: sizes, seeds, versions, kernels and the command."""
    facts = [(study.title, _run(study, words)) for study in studies]
    versions = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            versions.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:  # run from a checkout that is not installed
            continue
    facts.append((words["versions"], ", ".join(versions)))
    rows = [f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>" for name, text in facts]
    for name, code in ((words["kernels"], kernel_hash()), (words["repeat"], words["command"])):
        rows.append(f"<dt>{html.escape(name)}</dt><dd><code>{html.escape(code)}</code></dd>")
    return rows


def _run(study: Study, words: Words) -> str:
    """The size of a study: people, customers, years, seeds."""
    told = study.arm(study.main).told
    count, seeds = seeds_words(len(study.seeds), words), list(study.seeds)
    if seeds == list(range(seeds[0], seeds[0] + len(seeds))) and len(seeds) > 1:
        listed = f"{seeds[0]} … {seeds[-1]}"
    else:
        listed = ", ".join(str(seed) for seed in seeds)
    return words["run"].format(
        people=told.organisation.people, customers=told.organisation.customers,
        years=f"{told.weeks / WEEKS_PER_YEAR:.3g}", seeds=f"{count} ({listed})",
    )  # fmt: skip
