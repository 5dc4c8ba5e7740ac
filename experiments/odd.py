"""What does the model do, in words and equations? The ODD protocol (Grimm et al. 2020), written.

    python -m experiments.odd            write docs/odd.md
    python -m experiments.odd --check    exit 1 unless docs/odd.md is what would be written

What can be read off the model is read off it: the schedule from `sim/week.py`, state variables
from `sim/state.py`, numbers from their declarations, equations from the docstring of each
mechanism. The rest is written by hand in `docs/odd/`, one file per element; a line
`<!-- generated: NAME -->` in such a file is replaced by what `GENERATED[NAME]` returns.
"""

import argparse
import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, NamedTuple

from experiments.sources import (
    comments,
    definitions,
    file_of,
    function,
    prose,
    source,
    timing,
)
from sim import (
    choosing,
    encounters,
    lab,
    lab_leading,
    levers,
    market,
    measures,
    parameters,
    people,
    randomness,
    start,
    state,
    switching,
    week,
)
from sim.configuration import MECHANISMS as ORDER
from sim.configuration import Configuration, Organisation, Parameters, structure_of
from sim.parameters import Calendar, Declaration, Grade, declarations, per_week
from sim.structure import describe

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "docs" / "odd"
TARGET = ROOT / "docs" / "odd.md"
ELEMENTS = ("0-title", "1-purpose", "2-entities", "3-process", "4-concepts", "5-initialization",
            "6-input", "7-submodels", "8-limits", "9-literature")  # fmt: skip
MECHANISMS = ROOT / "sim" / "mechanisms"
BESIDE = MappingProxyType({"serving": (file_of(encounters),)})  # where a part of its work is done
LABORATORY = (("laboratory", lab.Laboratory), ("leadership", lab_leading.Leadership))
MARKER = re.compile(r"^<!-- generated: (.+) -->$", re.MULTILINE)

KEPT = MappingProxyType(
    {"Floats": "float64", "Floats32": "float32", "Integers": "int64", "Whole32": "int32"}
)
COUNTED = MappingProxyType({"hires": "people"})  # what is counted and not measured
# What a comment in sim/state.py says about a unit, first match first.
UNITS = (
    (r"standard normal", "standard normal"),
    (r"^sums? ", "0 and up"),
    (r"^1 = ", "0 or 1"),
    (r"own reply", "ratio"),
    (r"^(active customers|customers now)", "customers"),
    (r"^value of each lever", "as the lever"),
    (r"^asks for", "asks"),
    (r"^days\b", "days"),
    (r"NPS", "points"),
    (r"^euro a customer", "euro a week"),
    (r"^euro", "euro"),
    (r"on the scale of quality", "quality"),
    (r"share of capacity", "share of capacity"),
    (r"0 to 1", "0 to 1"),
    (r"\beffort\b", "share of capacity"),
    (r"\b(attitude|satisfaction|quality|system)\b", "0 to 1"),
    (r"^hours a week", "hours a week"),
    (r"^derived so that", "hours"),
    (r"\bweeks\b", "weeks"),
    (r"^(the )?week\b", "week"),
    (r"^(share|hours asked)", "share"),
    (r"^row of", "row"),
)


class Part(NamedTuple):
    """One call in the week: a mechanism, when it acts and what it writes."""

    name: str
    when: str
    writes: tuple[str, ...]


def rows(head: tuple[str, ...], body: list[tuple[Any, ...]]) -> str:
    """A table in GitHub's markdown."""
    lines = [head, tuple("---" for _ in head), *body]
    cells = (" | ".join(str(cell).replace("|", "\\|") for cell in line) for line in lines)
    return "\n".join(f"| {line} |" for line in cells)


def number(value: float) -> str:
    """A number as a table shows it."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


# Entities


def unit_of(name: str, kind: str, comment: str) -> str:
    """The unit that the comment or a measure of the same name states; whole numbers are counts."""
    stated = next((unit for pattern, unit in UNITS if re.search(pattern, comment)), "")
    measured = {each.name: each.unit for each in measures.MEASURES}
    whole = "int" in kind.lower() or "Whole" in kind
    return stated or COUNTED.get(name) or measured.get(name) or ("number" if whole else "0 to 1")


def meaning_of(name: str, comment: str) -> str:
    """What the comment says, with the name in front of one that relies on it."""
    if not comment and f"{name}s" in state.World._fields:
        return f"row of {name}s"
    short = len(comment.split()) < 4 and name not in comment
    return f"{name.replace('_', ' ')}: {comment}" if short and comment else comment


def state_tables() -> str:
    """Every table of the state with its variables: name, unit, how it is kept, meaning."""
    path, blocks = file_of(state), []
    said = comments(path)
    for node in source(path).body:
        if not isinstance(node, ast.ClassDef) or node.name in ("Tables", "World", "Moment"):
            continue
        body = []
        for field in node.body:
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                name, kind = field.target.id, ast.unparse(field.annotation)
                comment = said.get(field.lineno, "")
                kept = KEPT.get(kind, kind.rpartition(".")[2].strip("]"))
                label = f"`{node.name.lower()}.{name}`"
                unit, meaning = unit_of(name, kind, comment), meaning_of(name, comment)
                body.append((label, unit, kept, meaning))
        table = rows(("variable", "unit", "kept as", "meaning"), body)
        blocks.append(f"**{node.name}.** {ast.get_docstring(node)}\n\n{table}")
    return "\n\n".join(blocks)


def measures_table() -> str:
    """What is recorded every week."""
    weekly = [(f"`{m.name}`", m.unit, m.about) for m in measures.MEASURES]
    level = [(f"`{m.name}` by level", m.unit, m.about) for m in measures.LEVEL_MEASURES]
    return rows(("measure", "unit", "what it is"), weekly + level)


# Scheduling


def called_by_week() -> dict[str, list[str]]:
    """The kernels of each mechanism that `sim.week.part` calls, in the order of the week."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(function(source(file_of(week)), "part")):
        on = isinstance(node, ast.If) and ast.unparse(node.test)
        if isinstance(node, ast.If) and on and on.startswith("on."):
            calls = [n.value.func.id for n in node.body
                     if isinstance(n, ast.Expr) and isinstance(n.value, ast.Call)
                     and isinstance(n.value.func, ast.Name)]  # fmt: skip
            found.setdefault(on.removeprefix("on."), []).extend(calls)
    return {name: found[name] for name in ORDER}


@cache
def schedule() -> tuple[Part, ...]:
    """The mechanisms in the order of `sim.week.part`."""
    parts = []
    for name, called in called_by_week().items():
        module = source(MECHANISMS / f"{name}.py")
        writes = next(
            ast.literal_eval(n.value)
            for n in module.body
            if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "WRITES"
        )
        parts.append(Part(name, timing(module, called), writes))
    return tuple(parts)


def schedule_table() -> str:
    """The order of a week."""
    body = [
        (place, f"`{part.name}`", part.when, ", ".join(f"`{each}`" for each in part.writes))
        for place, part in enumerate(schedule(), start=1)
    ]
    order = re.search(r"^ {4}levers ->.*?(?=\n\n)", week.__doc__ or "", re.S | re.M)
    text = inspect.cleandoc(order.group(0)) if order else ""
    return f"```text\n{text}\n```\n\n" + rows(("", "mechanism", "acts", "writes"), body)


# Numbers


def kernel_value(declared: Declaration) -> str:
    """What the default becomes in the kernel, or a dash when it stays as it is."""
    weeks = next(d.default for d in declarations(Calendar) if d.name == "round_weeks")
    used = per_week(declared.default, declared.turns, int(weeks))
    return "–" if used == declared.default else f"{declared.turns.value}: {used:.5g}"


def parameters_table(path: str, group: type) -> str:
    """Every parameter of a group, from its declaration."""
    head = ("parameter", "default", "range", "unit", "what it is", "in the kernel", "kind",
            "grade", "source")  # fmt: skip
    body = [
        (f"`{path}.{d.name}`", number(d.default), f"{d.low:g} to {d.high:g}", d.unit, d.about,
         kernel_value(d), d.kind.value, d.grade.value, d.source)
        for d in declarations(group)
    ]  # fmt: skip
    return rows(head, body)


def groups() -> Iterator[tuple[str, type]]:
    """Every group of parameters by its path."""
    yield "organisation", Organisation
    for field in fields(Parameters):
        yield field.name, type(getattr(Parameters(), field.name))


def levers_table() -> str:
    """What a leader can choose, with its cost."""
    head = ("lever", "at rest", "range", "unit", "what it is", "read by", "hours a week of",
            "each", "euro a week per employee", "grade of cost", "source")  # fmt: skip
    body = [
        (f"`{e.name}`", number(e.rest), f"{e.low:g} to {e.high:g}", e.unit, e.about,
         f"`{e.read_by}`", e.who, number(e.hours), number(e.euros), e.grade.value, e.source)
        for e in levers.LEVERS
    ]  # fmt: skip
    return rows(head, body)


def definitions_table(path: Path) -> str:
    """The same as a table, or nothing."""
    found = definitions(path)
    return rows(("constant", "value", "what it is"), found) if found else ""


def streams_table() -> str:
    """Every stream of random numbers and the files that draw from it."""
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "sim").rglob("*.py"))
        if path.name not in ("randomness.py", "lab.py")
    }
    body = []
    for name, stream in randomness.STREAMS.items():
        users = [f"`{path}`" for path, text in texts.items() if re.search(rf"\b{name}\b", text)]
        body.append((f"`{name}`", stream, ", ".join(users) or "not in the week"))
    return rows(("stream", "number", "drawn in"), body)


def grades_table() -> str:
    """How many numbers of each group have which grade; costs of levers as a group."""
    graded = [(path, [d.grade for d in declarations(group)]) for path, group in groups()]
    for name, group in LABORATORY:
        graded.append((name, [d.grade for d in declarations(group)]))
    graded.append(("costs of levers", [each.grade for each in levers.LEVERS]))
    graded.append(("**all**", [grade for _, found in graded for grade in found]))
    body = [(name, *(found.count(grade) for grade in Grade)) for name, found in graded]
    return rows(("numbers of", *(grade.value for grade in Grade)), body)


def organisation_figures() -> str:
    """What the default organisation looks like."""
    told = Configuration()
    found = [(name.replace("_", " "), number(value))
             for name, value in describe(structure_of(told)).items()]  # fmt: skip
    return rows(("the default tree", "value"), found)


# Submodels


def kernels_table(path: Path) -> str:
    """The kernels of a file, in their order, with what each says of itself."""
    body = [
        (f"`{node.name}`", (ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " "))
        for node in source(path).body
        if isinstance(node, ast.FunctionDef)
    ]
    return rows(("kernel", "what it does"), body)


def submodel(place: int, part: Part) -> str:
    """One mechanism: equations, facts that its docstring does not say, numbers."""
    path, group = MECHANISMS / f"{part.name}.py", dict(groups())[part.name]
    paths = (path, *BESIDE.get(part.name, ()))
    used = [f"`{each.name}`" for each in levers.LEVERS if each.read_by == part.name]
    facts = [f"Acts: {part.when}.", f"Levers: {', '.join(used) or 'none'}."]
    blocks = [
        f"### 7.{place} {part.name.capitalize()}",
        " ".join(facts),
        prose((ast.get_docstring(source(path)) or "").partition(": ")[2]),
        read(f"7-{part.name}"),
        parameters_table(part.name, group),
        *(definitions_table(each) for each in paths),
        *(f"<details><summary>Kernels of <code>{each.relative_to(ROOT).as_posix()}</code></summary>"
          f"\n\n{kernels_table(each)}\n\n</details>" for each in paths),
    ]  # fmt: skip
    return "\n\n".join(block for block in blocks if block)


def beside(module: ModuleType, group: type | None = None) -> str:
    """A part of the week, or between weeks, that is no mechanism."""
    name, path = module.__name__.rpartition(".")[2], file_of(module)
    blocks = [
        prose((module.__doc__ or "").partition(": ")[2]),
        read(f"7-{name}"),
        parameters_table(name, group) if group else "",
        definitions_table(path),
    ]
    return "\n\n".join(block for block in blocks if block)


def submodels() -> str:
    """Every mechanism in the order of the week."""
    return "\n\n".join(submodel(place, part) for place, part in enumerate(schedule(), start=1))


def laboratory() -> str:
    """The public-goods laboratory, which plays with the kernels of the organisation."""
    path, text = file_of(lab), (lab.__doc__ or "").partition(": ")[2]
    blocks = [prose(text), parameters_table("laboratory", lab.Laboratory), definitions_table(path)]
    leading, about = file_of(lab_leading), lab_leading.__doc__ or ""
    blocks += [prose(about), parameters_table("leadership", lab_leading.Leadership)]
    return "\n\n".join([*blocks, definitions_table(leading)])


# Markers in the parts, and what takes their place
GENERATED: MappingProxyType[str, Callable[[], str]] = MappingProxyType({
    "state": state_tables,
    "measures": measures_table,
    "schedule": schedule_table,
    "streams": streams_table,
    "levers": levers_table,
    "organisation": organisation_figures,
    "calendar parameters": lambda: parameters_table("calendar", Calendar),
    "organisation parameters": lambda: parameters_table("organisation", Organisation),
    "people parameters": lambda: parameters_table("people", people.People),
    "people definitions": lambda: definitions_table(file_of(people)),
    "start definitions": lambda: definitions_table(file_of(start)),
    "time definitions": lambda: definitions_table(file_of(parameters)),
    "grades": grades_table,
    "choosing": lambda: beside(choosing, choosing.Choosing),
    "switching": lambda: beside(switching),
    "market": lambda: beside(market),
    "submodels": submodels,
    "laboratory": laboratory,
})  # fmt: skip


def read(name: str) -> str:
    """A part that is written by hand."""
    return (PARTS / f"{name}.md").read_text(encoding="utf-8").strip()


def render() -> str:
    """The whole protocol as markdown."""
    text = "\n\n".join(read(name) for name in ELEMENTS)
    return MARKER.sub(lambda found: GENERATED[found.group(1)](), text) + "\n"


def write(path: Path = TARGET) -> Path:
    """Write the protocol to `path` and return it."""
    path.write_text(render(), encoding="utf-8", newline="\n")
    return path


def main(arguments: list[str] | None = None) -> int:
    """Write docs/odd.md, or check that it is up to date; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m experiments.odd", description="docs/odd.md")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if outdated")
    if not parser.parse_args(arguments).check:
        print(write().relative_to(ROOT))
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == render():
        return 0
    print("docs/odd.md is out of date; run: python -m experiments.odd", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
