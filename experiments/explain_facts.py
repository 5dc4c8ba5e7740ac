"""What is known about a name, read off declarations, docstrings, presets and the docs."""

import ast
import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from experiments import odd
from experiments.sources import comments, file_of, source
from scenarios.library import CONF, content_of
from sim import levers, parameters
from sim.levers import LEVERS

DUTCH = CONF / "claims_nl.yaml"
CLAIM = re.compile(r"\b[VHBCD]\d\d\b")


@cache
def claims() -> dict[str, tuple[str, str, str]]:
    """What practitioners say, by id: (theme, claim, where it was said)."""
    content = yaml.safe_load((CONF / "claims.yaml").read_text(encoding="utf-8"))
    return {
        name: (theme, text, content["sources"][name[0]])
        for name, (theme, text) in content["claims"].items()
    }


@cache
def claims_in_dutch() -> dict[str, tuple[str, str]]:
    """The same in Dutch, by id: (claim, where it was said)."""
    content = yaml.safe_load(DUTCH.read_text(encoding="utf-8"))
    return {name: (text, content["sources"][name[0]]) for name, text in content["claims"].items()}


def claims_in(texts: Iterable[str]) -> list[str]:
    """The ids of claims that texts name, sorted, each once."""
    return sorted({found for text in texts for found in CLAIM.findall(text) if found in claims()})


@cache
def meanings(kind: type[StrEnum]) -> dict[str, str]:
    """What each grade or kind means, from the comment behind it."""
    path = file_of(parameters)
    body = next(n for n in source(path).body
                if isinstance(n, ast.ClassDef) and n.name == kind.__name__).body  # fmt: skip
    lines = [node.lineno for node in body if isinstance(node, ast.Assign)]
    return {each.value: comments(path)[line] for each, line in zip(kind, lines, strict=True)}


@cache
def patterns() -> tuple[tuple[str, str, str, str], ...]:
    """What the model is held against: (ids, pattern, status, where it is looked for)."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", _part("1-purpose"), re.M)
    return tuple(row for row in rows if row[0] not in ("id", "---"))


@cache
def statuses() -> dict[str, str]:
    """What it means that a pattern is put in, fitted, tested and so on."""
    return dict(re.findall(r"^- \*\*(.+?)\*\*: (.+?)[;.]$", _part("1-purpose"), re.M))


def _part(name: str) -> str:
    """A part of docs/odd/, empty where the docs were not installed."""
    path = odd.PARTS / f"{name}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def docstring(mechanism: str) -> str:
    """What a mechanism's file says first: its name, a sentence, equations."""
    return ast.get_docstring(source(odd.MECHANISMS / f"{mechanism}.py")) or ""


@cache
def levers_of(mechanism: str) -> tuple[str, ...]:
    """The levers that a mechanism reads: those whose numbers its file imports."""
    imported = [
        getattr(levers, alias.name)
        for node in source(odd.MECHANISMS / f"{mechanism}.py").body
        if isinstance(node, ast.ImportFrom) and node.module == "sim.levers"
        for alias in node.names
    ]
    numbers = {each for each in imported if isinstance(each, int)}
    return tuple(each.name for each in LEVERS if each.number in numbers)


def remarks(path: Path) -> dict[str, str]:
    """The comment behind each number of a preset, by its full name."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found: dict[str, str] = {}

    def walk(node: yaml.Node, above: str) -> None:
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            full = f"{above}{key.value}"
            walk(value, f"{full}.")
            behind = lines[value.end_mark.line] if value.end_mark.line < len(lines) else ""
            comment = behind[value.end_mark.column :].partition("#")[2].strip()
            if isinstance(value, yaml.ScalarNode) and comment:
                found[full] = comment

    root = yaml.compose("\n".join(lines), yaml.SafeLoader)
    if root is not None:
        walk(root, "")
    return found


def arms(scenario: str) -> dict[str, dict[str, Any]]:
    """The arms of a scenario as its file has them: differences only."""
    return content_of("scenario", scenario)["scenario"].get("arms", {})


def shared(scenario: str) -> dict[str, Any]:
    """What leaders do in all arms of a scenario, how its structure changes, and its rivals."""
    content = content_of("scenario", scenario)
    return {
        key: content[key] for key in ("actions", "switches", "off", "rivals") if content.get(key)
    }
