"""How does a story become one file? Template, style, scripts, words and grid, all inside.

No request leaves the page: nothing in it names an address, and its content security policy
allows only the two scripts and the style that stand in it, by their SHA-256.
"""

import base64
import hashlib
import html
import json
from pathlib import Path
from string import Template
from typing import Any

from experiments.page import mark
from experiments.story.definition import Story
from experiments.story.words import LANGUAGES, title_of, words_of

HERE = Path(__file__).parent
STYLE = "story.css"
CHARTS = "chart.js"


def scripts_of(each: Story) -> tuple[str, ...]:
    """The scripts of a story, in order."""
    return (CHARTS, "frame.js", "panels.js" if each.is_panel else "levers.js")


def text_of(each: Story, grid: dict[str, Any], language: str, command: str) -> str:
    """The page as text."""
    script = "\n".join(_file(name) for name in scripts_of(each))
    style = _file(STYLE)
    content = {
        "language": language,
        "command": command,
        "story": definition_of(each),
        "grid": grid,
        "words": {other: words_of(other, each.name) for other in LANGUAGES},
    }
    policy = (
        f"default-src 'none'; script-src {digest(script)}; style-src {digest(style)}; "
        f"img-src data:; base-uri 'none'; form-action 'none'"
    )
    return Template(_file("story.html")).substitute(
        language=language,
        title=html.escape(title_of(language, each.name)),
        policy=html.escape(policy),
        style=style,
        script=script,
        mark=mark(),
        content=embedded(content),
        nothing=html.escape(" ".join(words_of(other, each.name)["needs_script"]
                                     for other in LANGUAGES)),
    )  # fmt: skip


def definition_of(each: Story) -> dict[str, Any]:
    """What the page needs to know of the definition."""
    return {
        "name": each.name,
        "sliders": [{"name": slider.name, "values": slider.values, "rest": slider.rest,
                     "shown": slider.shown, "chosen": slider.is_chosen, "compared": slider.compared}
                    for slider in each.sliders],
        "measures": each.measures,
        "beside": each.beside,
        "begins": each.begins,
        "claims": each.claims,
        "countries": each.content.get("countries"),
        "years": each.content.get("years"),
        "shown": each.content.get("shown"),
    }  # fmt: skip


def embedded(content: Any) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"),
                         ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):  # fmt: skip
        text = text.replace(sign, escape)
    return text


def digest(text: str) -> str:
    """What a content security policy calls an element with this text."""
    found = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{found}'"


def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
