"""What are the pieces of a report's page? Figures, tables and lists, as HTML."""

import html
from collections.abc import Sequence

Cell = tuple[str, str]  # what it says, and small below

STYLE = """
.panels.one { grid-template-columns: minmax(0, 29rem); }
.panels.two { align-items: center; }
.panels.many { grid-template-columns: repeat(auto-fill, minmax(min(100%, 16.5rem), 1fr)); }
.facts { border-top: 2px solid var(--ink); padding: 1.2rem 0 2.2rem; }
.facts dl { margin-top: 0; }
.aside { font: 0.88rem/1.5 var(--sans); color: var(--muted); max-width: 46rem; margin: 0 0 2rem; }
.box { border: 1px solid var(--rule); border-left: 0.3rem solid var(--accent); border-radius: 4px; background: var(--paper); padding: 1.2rem 1.6rem 0.4rem; margin: clamp(3rem, 7vw, 5.5rem) 0 0; }
.box h2 { font-size: 1.5rem; margin-bottom: 0.8rem; }
.box ul { margin: 0 0 1.6rem; padding-left: 1.1rem; }
.box li { padding: 0.2rem 0; max-width: 46rem; text-wrap: pretty; }
.box td.text:last-child { min-width: 15rem; }
.short .plain { margin: 0; padding: 0; }
.short .plain li { display: block; max-width: 52rem; }
td.text, th.text { text-align: left; }
table { margin-bottom: 0.4rem; }
th, td { padding-left: 0.9rem; }
thead th small { display: block; color: var(--muted); font-size: 0.78rem; font-weight: 400; }
td:not(.text) { white-space: nowrap; }
@media print { .facts, .box { break-inside: avoid; } .box { border-left-width: 2px; } }
"""  # noqa: E501


def figure(pictures: Sequence[str], caption: str, small: bool = False) -> str:
    """Pictures side by side, small ones three in a row, and what is to be seen."""
    kind = "many" if small else "two" if len(pictures) > 1 else "one"
    panels = "\n".join(f"<div>{each}</div>" for each in pictures)
    return (
        f'<figure>\n<div class="panels {kind}">\n{panels}\n</div>\n'
        f"<figcaption>{html.escape(caption)}</figcaption>\n</figure>"
    )


def table(
    caption: str, head: Sequence[Cell], rows: Sequence[Sequence[Cell]], text: Sequence[int] = ()
) -> str:
    """A table that scrolls by itself where it is too wide; columns in `text` are set left."""
    spoken = html.escape(caption, quote=True)
    heads = "".join(_head(place, *cell, text) for place, cell in enumerate(head))
    lines = "\n".join(
        "<tr>" + "".join(_cell(place, *cell, text) for place, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{spoken}">\n'
        f"<table><caption>{html.escape(caption)}</caption>\n"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{lines}\n</tbody></table>\n</div>"
    )


def _kind(place: int, text: Sequence[int]) -> str:
    return ' class="text"' if place in text else ""


def _head(place: int, said: str, below: str, text: Sequence[int]) -> str:
    """A heading that may break behind a dot or an underscore."""
    shown = html.escape(said).replace(".", ".<wbr>").replace("_", "_<wbr>")
    more = f" <small>{html.escape(below)}</small>" if below else ""
    return f'<th scope="col"{_kind(place, text)}>{shown}{more}</th>'


def _cell(place: int, said: str, below: str, text: Sequence[int]) -> str:
    more = f" <small>{html.escape(below)}</small>" if below else ""
    tag = "th" if place == 0 else "td"
    scope = ' scope="row"' if place == 0 else ""
    return f"<{tag}{scope}{_kind(place, text)}>{html.escape(said)}{more}</{tag}>"


def items(said: Sequence[str], kind: str = "") -> str:
    """A list."""
    marked = f' class="{kind}"' if kind else ""
    lines = "\n".join(f"<li>{html.escape(each)}</li>" for each in said if each)
    return f"<ul{marked}>\n{lines}\n</ul>"


def facts(rows: Sequence[tuple[str, str, bool]]) -> str:
    """Names and what they are; True for code."""
    lines = "\n".join(
        f"<dt>{html.escape(name)}</dt><dd>"
        + (f"<code>{html.escape(said)}</code>" if code else html.escape(said))
        + "</dd>"
        for name, said, code in rows
    )
    return f"<dl>\n{lines}\n</dl>"
