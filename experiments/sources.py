"""What does a source file say: its functions, its comments, the numbers that it names?"""

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path
from types import ModuleType

NUMBERS = re.compile(r"[-\d.()*/+, ]+|np\.array\(\[.*\]\)?[-\d.()*/+ ]*")  # a constant's value


@cache
def source(path: Path) -> ast.Module:
    """A source file, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def comments(path: Path) -> dict[int, str]:
    """The comments of a source file, by line."""
    reader = io.StringIO(path.read_text(encoding="utf-8")).readline
    found = (token for token in tokenize.generate_tokens(reader) if token.type == tokenize.COMMENT)
    return {token.start[0]: token.string.lstrip("# ") for token in found}


def file_of(module: ModuleType) -> Path:
    """Where a module stands."""
    return Path(str(module.__file__))


def function(module: ast.Module, name: str) -> ast.FunctionDef:
    """A function of a source file by name."""
    return next(n for n in module.body if isinstance(n, ast.FunctionDef) and n.name == name)


def definitions(path: Path) -> list[tuple[str, str, str]]:
    """Named numbers of a file that are no parameters: name, value, what the comment says."""
    said, found = comments(path), []
    lines = path.read_text(encoding="utf-8").split("\n")
    for node in source(path).body:
        if not isinstance(node, ast.Assign):
            continue
        name, value = (ast.unparse(each).strip("()") for each in (node.targets[0], node.value))
        if re.fullmatch(r"[A-Z][A-Z0-9_, ]*", name) and NUMBERS.fullmatch(value):
            value = re.sub(r"np\.array\((\[.*\])\)?", r"\1", value)
            above = node.lineno - 1 if lines[node.lineno - 2].startswith("#") else 0
            about = said.get(node.lineno) or said.get(above, "as its name says")
            found.append((f"`{name}`", value, about))
    return found
