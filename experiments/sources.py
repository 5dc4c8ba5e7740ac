"""What does a source file say: its functions, its comments, its numbers, when it acts?"""

import ast
import inspect
import io
import re
import tokenize
from functools import cache
from pathlib import Path
from types import ModuleType

from sim.parameters import Calendar, declarations

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


def every(test: ast.expr) -> str:
    """`moment.week % x` in a test as words, or nothing."""
    for node in ast.walk(test):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            name = ast.unparse(node.right)
            weeks = {d.name: d.default for d in declarations(Calendar)}.get(name)
            return f"every {weeks} weeks (`calendar.{name}`)" if weeks else ""
    return ""


def timing(module: ast.Module, called: list[str]) -> str:
    """When a mechanism acts, read off the kernels by which the week calls it."""
    kernels = {node.name for node in module.body if isinstance(node, ast.FunctionDef)}
    own: dict[str, list[str]] = {}  # beat -> what acts to it
    weekly = False
    for name in called:
        for node in function(module, name).body:
            if isinstance(node, ast.If) and (beat := every(node.test)):
                if any(isinstance(inner, ast.Return) for inner in node.body):
                    own.setdefault(beat, []).append(name)
                    break
                calls = [n.func.id for n in ast.walk(node)
                         if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]  # fmt: skip
                own.setdefault(beat, []).extend(each for each in calls if each in kernels)
            elif not isinstance(node, ast.Assign | ast.Expr):
                weekly = True
    if len(called) == 1 and list(own.values()) == [called]:
        return next(iter(own))
    parts = [
        ", ".join(f"`{name}`" for name in names) + f" {beat}"
        for beat, names in own.items()
        if names
    ]
    return "; ".join(
        [*parts, "the rest every week"] if parts and weekly else parts or ["every week"]
    )


def prose(doc: str) -> str:
    """A docstring as markdown: its indented blocks become text blocks."""
    doc, blocks = doc[:1].upper() + doc[1:].replace("see docs/odd.md", "see below"), []
    for block in re.split(r"\n\s*\n", inspect.cleandoc(doc)):
        lines = block.split("\n")
        if all(line.startswith("    ") for line in lines):
            text = inspect.cleandoc("\n" + block)
            blocks.append(f"```text\n{text}\n```")
        else:
            blocks.append(" ".join(line.strip() for line in lines))
    return "\n\n".join(blocks)
