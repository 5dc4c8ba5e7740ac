"""What does the reference of the site say? A page for everything that has a name, from its source.

Nothing here is written down twice: declarations, docstrings, presets and hypotheses are read, and
an address such as `reference/parameters.html#parameter-leading-pull` leads to each of them.
"""

import contextlib
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from experiments import odd
from experiments.ablation import CARRIED_BY
from experiments.explain_facts import (
    arms,
    claims_in,
    docstring,
    levers_of,
    meanings,
    patterns,
    remarks,
    shared,
)
from experiments.explain_pages import told, using
from experiments.listing import figure, sentence
from experiments.schema import declared
from experiments.sources import prose
from scenarios.library import CONF, Entry, entries
from sim.configuration import MECHANISMS
from sim.levers import LEVERS, Lever
from sim.parameters import Declaration, Grade, Kind, declarations

FOLDER = "reference"
SPECIAL = re.compile(r"(`[^`]*`)|([\\*_<>\[\]#$~])")


# --- marking up -----------------------------------------------------------------------------


def plain(text: str) -> str:
    """A text in which only what stands between backticks is marked."""
    return SPECIAL.sub(lambda found: found[1] or f"\\{found[2]}", text)


def address(page: str, name: str) -> str:
    """The anchor of something with a name on a page of the reference."""
    return f"{page.removesuffix('s')}-{name.lower().replace('.', '-')}"


def named(page: str, name: str, about: str, *facts: str) -> str:
    """Something with a name: its anchor, what it is, and facts in a line each."""
    lines = "\n".join(f"  {each}\\" for each in (about, *facts) if each).removesuffix("\\")
    return f"[`{name}`]{{#{address(page, name)}}}\n: {lines.strip()}"


def link(page: str, names: Iterable[str]) -> str:
    """Names that lead to where they are described."""
    return ", ".join(f"[`{name}`]({page}.md#{address(page, name)})" for name in names)


def fact(label: str, text: str) -> str:
    """`Label: text`, nothing if there is no text."""
    return f"*{label}:* {text}" if text else ""


# --- numbers --------------------------------------------------------------------------------


def parameters() -> str:
    """Every number that can be set, group by group."""
    blocks = [
        "# Parameters",
        "Every number of the model with its default, its range, where it comes from and how well "
        "it is known. `zwerm list parameters` shows the same in a terminal; each can be set by "
        "its name, for instance `zwerm run leading.pull=0.4`.",
        "## Grades", *(f"- **{name}**: {plain(about)}" for name, about in meanings(Grade).items()),
        odd.grades_table(),
        "## Kinds", *(f"- **{name}**: {plain(about)}" for name, about in meanings(Kind).items()),
    ]  # fmt: skip
    shown = {path: {f"{path}.{each.name}": each for each in declarations(group)}
             for path, group in [*odd.groups(), *odd.LABORATORY]}  # fmt: skip
    known = {name for numbers in shown.values() for name in numbers}
    shown["runs and sweeps"] = {name: each for name, each in declared().items()
                                if name not in known}  # fmt: skip
    for path, numbers in shown.items():
        blocks.append(f"## {path}")
        blocks += [_parameter(name, each) for name, each in numbers.items()]
    return "\n\n".join(blocks)


def _parameter(name: str, each: Declaration) -> str:
    used = odd.kernel_value(each)
    default = f"**{figure(each.default)}**, {figure(each.low)} to {figure(each.high)} {each.unit}"
    return named(
        "parameters",
        name,
        f"{plain(sentence(_capital(each.about)))}",
        f"{plain(default).replace(chr(92) + '*', '*')}; {each.grade.value}, {each.kind.value}"
        + (f"; in the kernel {used}" if used != "–" else ""),
        fact("Source", plain(each.source)),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def measures() -> str:
    """What is recorded."""
    return (
        "# Measures\n\nWhat is read off the model every week; surveys give numbers in the weeks in "
        "which they are held. Measures never write. Each is a column of `weeks.parquet` in a run "
        f"folder, with its unit.\n\n{odd.measures_table()}"
    )


# --- mechanisms and levers ------------------------------------------------------------------


def mechanisms() -> str:
    """Every rule in the order of the week."""
    blocks = [
        "# Mechanisms",
        "A week of the model, in its order. Each mechanism is one file of `sim/mechanisms/`, and "
        "what stands here is what the file says. The [ODD protocol](../odd.md) has all of it in "
        "one document, with the kernels.",
        *(_mechanism(each) for each in odd.schedule()),
    ]
    return "\n\n".join(blocks)


def _mechanism(part: odd.Part) -> str:
    name = part.name
    own = [full for full in declared() if full.startswith(f"{name}.")]
    counted = Counter(declared()[full].grade.value for full in own)
    grades = ", ".join(f"{count} {grade}" for grade, count in counted.most_common())
    held = [f"- {ids}, {status}: {plain(pattern)}" for ids, pattern, status, where in patterns()
            if name in where]  # fmt: skip
    blocks = [
        f"({address('mechanisms', name)})=\n## {name.capitalize()}",
        prose(docstring(name).partition(": ")[2]),
        f"*Acts:* {part.when}. *Off:* `off=[{name}]`.",
        fact("Levers", link("levers", levers_of(name)) or "none"),
        fact("Writes", ", ".join(f"`{each}`" for each in part.writes)),
        fact("Carries", ", ".join(f"`{each}`" for each, by in CARRIED_BY.items() if name in by)),
        fact(f"Numbers ({grades})", link("parameters", own)),
        "*What it is held against:*\n\n" + "\n".join(held) if held else "",
    ]
    return "\n\n".join(each for each in blocks if each)


def levers() -> str:
    """What a leader can choose, and what it costs."""
    body = (
        "# Levers\n\nWhat leaders can choose, with a date, a run-up and an end. Most costs are "
        "assumed. A choice that no rule reads is not offered. A lever is typed as "
        "`'actions=[{lever: example, strength: 0.9, start: 52, ramp: 13}]'`, in weeks."
    )
    return "\n\n".join([body, *(_lever(each) for each in LEVERS)])


def _lever(each: Lever) -> str:
    readers = [name for name in MECHANISMS if each.name in levers_of(name)]
    hours = "hour" if each.hours == 1.0 else "hours"
    return named(
        "levers", each.name,
        plain(sentence(_capital(each.about))),
        f"{figure(each.low)} to {figure(each.high)} {plain(each.unit)}; {figure(each.rest)} when "
        "nobody acts",
        fact("Cost", f"{each.hours:g} {hours} a week of {each.who} and {each.euros:g} euro a week "
             f"per employee at full strength ({each.grade.value})"),
        fact("Source", plain(each.source)),
        fact("Read by", link("mechanisms", readers)),
        fact("Claims", link("claims", claims_in([each.source]))),
        fact("Scenarios", link("scenarios", using(each.name))),
    )  # fmt: skip


# --- presets --------------------------------------------------------------------------------


def scenarios() -> str:
    """Every scenario, arm by arm."""
    head = (
        "# Scenarios\n\nQuestions with two or more ways of doing it, on the same seeds. "
        "[Scenarios and organisations](../scenarios.md) says how to use them, and shows them in "
        "one table. A scenario that bears a firm's name is no portrait of it."
    )
    return "\n\n".join([head, *(_scenario(each) for each in entries("scenario"))])


def _scenario(each: Entry) -> str:
    main, against = each.compared
    kind = link("organisations", [each.organisation or "default"])
    return "\n\n".join(_known(
        f"({address('scenarios', each.name)})=\n## `{each.name}`",
        f"**{plain(sentence(each.title))}** {plain(each.about)}",
        fact("Organisation", kind),
        fact("In all arms", plain(told(shared(each.name)))),
        "\n".join(f"- **{plain(arm)}**: {plain(told(changes))}"
                  for arm, changes in arms(each.name).items()),
        fact("Compares", f"{plain(main)} with {plain(against)}" if main and against else ""),
        fact("Sources", plain("; ".join(each.sources))),
        fact("Assumed", plain("; ".join(each.assumed))),
        fact("Claims", link("claims", claims_in([*each.sources, *each.assumed]))),
    ))  # fmt: skip


def organisations() -> str:
    """Every kind of organisation, with what differs from the declared defaults."""
    head = (
        "# Organisations\n\nKinds of organisation that a scenario can start from; none is a "
        "portrait of a firm. `zwerm run organisation=NAME` takes one, and "
        "[your own](../own.md) can be made from twelve answers."
    )
    return "\n\n".join([head, *(_organisation(each) for each in entries("organisation"))])


def _organisation(each: Entry) -> str:
    said = remarks(CONF / "organisation" / f"{each.name}.yaml")
    changed = [f"- {_set(full, value)}. {plain(said.get(full, ''))}"
               for full, value in each.differences.items()]  # fmt: skip
    bringing = [one.name for one in entries("scenario") if one.organisation == each.name]
    return "\n\n".join(_known(
        f"({address('organisations', each.name)})=\n## `{each.name}`",
        plain(sentence(_capital(each.about))),
        "\n".join(changed) or "Every number is the declared default.",
        fact("Brought by", link("scenarios", bringing)),
    ))  # fmt: skip


def _set(full: str, value: Any) -> str:
    if full not in declared():
        return f"`{full}` = {plain(str(value))}"
    usual = figure(declared()[full].default)
    return f"{link('parameters', [full])} = {plain(str(value))}, by default {usual}"


def _known(*blocks: str) -> Iterable[str]:
    return (each for each in blocks if each)


# --- commands -------------------------------------------------------------------------------


def commands() -> str:
    """What `zwerm COMMAND --help` says, command by command."""
    from experiments.cli import COMMANDS, HELP

    blocks = ["# Commands", "What `zwerm --help` and `zwerm COMMAND --help` say.", _text(HELP)]
    for name in sorted(COMMANDS):
        blocks += [f"## zwerm {name}", _text(help_of(name))]
    return "\n\n".join(blocks)


def help_of(*words: str) -> str:
    """What a command says of itself; empty if it has nothing to say."""
    from experiments.cli import main

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        main([*words, "--help"])
    return said.getvalue().strip()


def _text(content: str) -> str:
    return f"```text\n{content.strip()}\n```"


PAGES: Mapping[str, Callable[[], str]] = {
    "parameters": parameters, "mechanisms": mechanisms, "levers": levers, "measures": measures,
    "scenarios": scenarios, "organisations": organisations, "commands": commands,
}  # fmt: skip
