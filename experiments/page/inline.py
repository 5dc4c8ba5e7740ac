"""How does a figure become part of a page? Its SVG without ids that clash, in its colours."""

import html
import re

from experiments.figures import style
from experiments.figures.portrait import UNSHOWN

AXIS = "#9aa3ab"  # as in the style sheets
# Colours of the figures and the names the page gives them, so that it can turn dark.
NAMES: dict[str, str] = {
    style.INK: "ink",
    style.MUTED: "muted",
    style.FAINT: "faint",
    AXIS: "axis",
    UNSHOWN: "unshown",
    "#ffffff": "paper",
    style.BLUE: "blue",
    style.VERMILION: "vermilion",
    style.GREEN: "green",
    style.PURPLE: "purple",
    style.ORANGE: "orange",
    style.SKY: "sky",
    style.WORDS[style.VERMILION]: "vermilion-words",
    style.WORDS[style.GREEN]: "green-words",
    style.WORDS[style.PURPLE]: "purple-words",
    style.WORDS[style.ORANGE]: "orange-words",
    style.WORDS[style.SKY]: "sky-words",
    **{colour: f"step-{place}" for place, colour in enumerate(style.STEPS)},
}

_PAINT = re.compile(r"(fill|stroke): (#[0-9a-f]{6})")
_FONT = re.compile(r"font-family: [^;\"]*;? ?")
_HEAD = re.compile(r"<svg\b[^>]*\bviewBox=\"([^\"]+)\"[^>]*>")
_DROPPED = re.compile(
    r"<metadata>.*?</metadata>|<defs>\s*<style\b.*?</style>\s*</defs>|<title>.*?</title>", re.DOTALL
)


def anchor(name: str) -> str:
    """A name as an id in the page."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)


def inline(svg: str, name: str, alternative: str) -> str:
    """The SVG for a page: no addresses, ids that start with `name`, colours by name.

    `alternative` is read out to who cannot see it.
    """
    name = anchor(name)
    head = _HEAD.search(svg)
    if head is None:
        raise ValueError("this is no SVG with a viewBox")
    body = _DROPPED.sub("", svg[head.end() :])
    used = set(re.findall(r"(?:url\(#|xlink:href=\"#)([^)\"]+)", body))
    body = re.sub(r' id="([^"]+)"', lambda at: _id(at[1], used, name), body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", body)
    body = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{name}-\1"', body)
    body = _PAINT.sub(_paint, _FONT.sub("", body))
    body = re.sub(r"\n\s*", "\n", body)
    spoken = html.escape(alternative, quote=True)
    return f'<svg viewBox="{head[1]}" role="img" aria-label="{spoken}">{body.strip()}'


def _id(found: str, used: set[str], name: str) -> str:
    return f' id="{name}-{found}"' if found in used else ""


def _paint(at: re.Match[str]) -> str:
    name = NAMES.get(at[2])
    return f"{at[1]}: var(--{name}, {at[2]})" if name else at[0]
