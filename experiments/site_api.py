"""What does the reference of the code say? Pages made from docstrings as they stand.

Docstrings of this house are plain text: a word between backticks is code, an indented block is an
equation or an example. Sphinx reads them as reStructuredText, in which stars, bars and trailing
underscores mean something else, so they are marked up on their way in.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from experiments import odd
from experiments.sources import comments, source

FOLDER, FACADE = "api", "zwerm"
# What its functions give back, and where that is described.
RETURNED = (
    "experiments.results", "experiments.sweep.results", "experiments.lab_rounds",
    "experiments.validate.running",
)  # fmt: skip
PACKAGES = ("scenarios", "agents", "sim")
INDENT = 4  # spaces from which on a line of a docstring is an equation or an example
ALIAS = "Alias for field number"  # what Python says about a field of a named tuple
CODE = re.compile(r"(``.+?``|`[^`]+`)")
SPECIAL = re.compile(r"[\\*|]|(?<=\w)_(?!\w)")


# --- pages ----------------------------------------------------------------------------------


def modules(package: str) -> list[str]:
    """The modules of a package by name, those within packages within it too."""
    found = []
    for path in sorted((odd.ROOT / package).rglob("*.py")):
        parts = list(path.relative_to(odd.ROOT).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        if not any(part.startswith("_") for part in parts):
            found.append(".".join(parts))
    return sorted(found)


def groups() -> dict[str, list[str]]:
    """The modules on each page: those that a notebook needs, then package by package.

    A page a module is what readers are used to, but triples the time that a build takes.
    """
    found = {FACADE: [FACADE, *RETURNED]}
    for package in PACKAGES:
        names = modules(package)
        owners = [each for each in names if any(one.startswith(f"{each}.") for one in names)]
        for name in names:
            owner = name if name in owners else name.rpartition(".")[0]
            found.setdefault(owner, []).append(name)
    return found


def pages() -> dict[str, str]:
    """The pages of the reference of the code by path."""
    said = {f"{FOLDER}/{name}.rst": page(name, those) for name, those in groups().items()}
    return said | {f"{FOLDER}/index.md": index()}


def page(title: str, names: list[str]) -> str:
    """Modules and their public names, reStructuredText."""
    heading = f"{title} for notebooks" if title == FACADE else f"Package {title}"
    parts = [f"{heading}\n{'=' * len(heading)}", *(_module(name) for name in names)]
    return "\n\n".join(parts) + "\n"


def _module(name: str) -> str:
    """One of them; names that a module within it has, too, are left to that."""
    inner = [each.rpartition(".")[2] for each in modules(name.split(".")[0])
             if each.rpartition(".")[0] == name]  # fmt: skip
    left = f"   :exclude-members: {', '.join(inner)}\n" if inner else ""
    return f"{name}\n{'-' * len(name)}\n\n.. automodule:: {name}\n   :members:\n{left}"


def index() -> str:
    """The first page of the reference of the code."""
    names = "\n".join(groups())
    return (
        "# Code\n\nWhat can be imported, from the docstrings. `zwerm` is what a notebook needs; "
        "the packages behind it may change between versions. Kernels of `sim` are shown as the "
        f"plain Python that they are.\n\n```{{toctree}}\n:maxdepth: 2\n\n{names}\n```\n"
    )


# --- docstrings -----------------------------------------------------------------------------


def connect(app: Any) -> None:
    """Have Sphinx hand over every docstring before it is read."""
    app.connect("autodoc-process-docstring", _processed, priority=900)


def _processed(
    app: Any, what: str, name: str, found: Any, options: Any, lines: list[str]
) -> None:  # fmt: skip
    if lines and lines[0].startswith(ALIAS):
        module, _, rest = name.rpartition(".")[0].rpartition(".")
        lines[:] = [field_comment(module, rest, name.rpartition(".")[2])]
    lines[:] = marked_up("\n".join(lines)).split("\n")


def field_comment(module: str, owner: str, field: str) -> str:
    """The comment behind a field of a class, empty if there is none."""
    path = odd.ROOT / Path(*module.split(".")).with_suffix(".py")
    if not path.is_file():
        return ""
    import ast

    said = comments(path)
    for node in ast.walk(source(path)):
        if isinstance(node, ast.ClassDef) and node.name == owner:
            for each in node.body:
                if isinstance(each, ast.AnnAssign) and ast.unparse(each.target) == field:
                    return said.get(each.lineno, "")
    return ""


def marked_up(text: str) -> str:
    """A docstring in plain text as reStructuredText."""
    blocks: list[str] = []
    for literal, block in _blocks(text):
        if literal:
            blocks.append("::\n\n" + "\n".join(block))
        elif block[0].startswith(("* ", "- ")):
            blocks.append("\n".join(f"{line[:2]}{_escaped(line[2:])}" for line in block))
        else:
            blocks.append("\n".join(_escaped(line.strip()) for line in block))
    return "\n\n".join(blocks) + "\n"


def _blocks(text: str) -> Iterator[tuple[bool, list[str]]]:
    """Runs of lines that are code or prose; blank lines part prose."""
    held: list[str] = []
    kinds = []
    for line in text.expandtabs().split("\n"):
        kind = "blank" if not line.strip() else "code" if _indented(line) else "prose"
        kinds.append((kind, line))
    for place, (kind, line) in enumerate(kinds):  # blank lines within code belong to it
        if kind == "blank" and held == ["code"]:
            after = next((each for each, _ in kinds[place:] if each != "blank"), "")
            kinds[place] = (after if after == "code" else "blank", line)
        elif kind != "blank":
            held = [kind]
    for kind, run in groupby(kinds, key=lambda each: each[0]):
        lines = [line.rstrip() for _, line in run]
        if kind != "blank":
            yield kind == "code", lines


def _indented(line: str) -> bool:
    return len(line) - len(line.lstrip()) >= INDENT


def _escaped(text: str) -> str:
    """A line of prose in which only code is marked."""
    if text.startswith((":", "..")):  # what napoleon made of a section
        return text
    parts = CODE.split(text)
    for place, part in enumerate(parts):
        code = place % 2 == 1
        parts[place] = f"``{part.strip('`')}``" if code else SPECIAL.sub(r"\\\g<0>", part)
    return "".join(parts)
