"""What does a page of `zwerm explain` say? One function for each kind of thing, then the layout."""

import inspect
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from experiments import odd
from experiments.ablation import CARRIED_BY
from experiments.claims import verdicts
from experiments.explain_facts import (
    arms,
    claims,
    claims_in,
    docstring,
    levers_of,
    meanings,
    patterns,
    remarks,
    shared,
    statuses,
)
from experiments.listing import NARROWEST, figure, sentence, width
from experiments.schema import declared
from scenarios.library import CONF, content_of, entries, entry, names
from sim import measures
from sim.configuration import MECHANISMS
from sim.levers import LEVERS, NAMES, Lever
from sim.parameters import Declaration, Grade, Kind

CANNOT = (
    "It shows what follows if these rules and numbers hold, as bands and differences. It is no "
    "forecast and no proof that the world works so."
)


def _mechanism(name: str) -> str:
    part = next(each for each in odd.schedule() if each.name == name)
    order = [each.name for each in odd.schedule()].index(name) + 1
    numbers = [(full, each) for full, each in declared().items() if full.startswith(f"{name}.")]
    grades = Counter(each.grade.value for _, each in numbers)
    counted = ", ".join(f"{count} {grade}" for grade, count in grades.most_common())
    served = claims_in(NAMES[each].source for each in levers_of(name))
    measured = [each for each, by in CARRIED_BY.items() if name in by]
    return "\n\n".join(_known(
        title(name, f"{article('mechanism')}, number {order} of the week"),
        _prose(docstring(name).partition(": ")[2]),
        item("Acts", f"{part.when}. Off from week 0 with 'off=[{name}]'."),
        item("Reads levers", ", ".join(levers_of(name)) or "none"),
        item("Writes", ", ".join(part.writes)),
        item("Carries", f"{', '.join(measured)}; without it these stand still"
             if measured else ""),
        _claims("Claims served by its levers", served),
        _list(f"Numbers: {counted}", (_number(full, each) for full, each in numbers)),
        _meant(grades),
        _list("What it is held against, and how", _held(name)),
        item("Left out", "docs/odd.md, part 8, says what is not modelled and what is simplified"),
        _paragraph(CANNOT),
    ))  # fmt: skip


def _held(name: str) -> Iterator[str]:
    """Patterns that are looked for in a mechanism, with their status and what it means."""
    for ids, pattern, status, where in patterns():
        if name in where:
            meaning = "; ".join(statuses()[each] for each in statuses() if each in status)
            yield f"{ids}, {status}: {pattern} ({meaning})" if meaning else f"{ids}, {status}"


def _lever(name: str) -> str:
    lever = NAMES[name]
    readers = [each for each in MECHANISMS if name in levers_of(each)]
    far = lever.high if lever.high - lever.rest >= lever.rest - lever.low else lever.low
    middle = figure((lever.rest + far) / 2)
    return "\n\n".join(_known(
        title(name, article("lever")),
        _paragraph(f"{lever.about}."),
        item("Values", f"{figure(lever.low)} to {figure(lever.high)} {lever.unit}; {lever.rest:g} "
              "when nobody acts"),
        item("Costs", _cost(lever)),
        item("Source", f"{lever.source}."),
        _claims("Claims served", claims_in([lever.source])),
        item("Read by", f"{', '.join(readers)}: `zwerm explain {lever.read_by}` has the equations"),
        item("Used in", ", ".join(using(name)) or "no scenario of its own"),
        item("Type", f"zwerm run 'actions=[{{lever: {name}, strength: {middle}, start: 52}}]'"),
        _paragraph(f"What it does is what these rules say. {CANNOT}"),
    ))  # fmt: skip


def _cost(lever: Lever) -> str:
    return (
        f"{lever.hours:g} hours a week of {lever.who} and {lever.euros:g} euro a week per "
        f"employee at full strength; {lever.grade.value}: {meanings(Grade)[lever.grade.value]}"
    )


def using(lever: str) -> list[str]:
    """Scenarios in whose arms a lever moves."""
    return [
        scenario
        for scenario in names("scenario")
        if any(each["lever"] == lever for arm in (shared(scenario), *arms(scenario).values())
               for each in arm.get("actions") or ())
    ]  # fmt: skip


def _parameter(name: str) -> str:
    number, group = declared()[name], name.rpartition(".")[0]
    used = odd.kernel_value(number)
    mechanism = f"`zwerm explain {group}` has its equations." if group in MECHANISMS else ""
    command = "sweep" if group == "sweep" else "run"
    return "\n\n".join(_known(
        title(name, article("parameter")),
        _paragraph(f"{number.about}. {mechanism}"),
        item("Default", f"{figure(number.default)}, {_range(number)}"),
        item("In the kernel", used if used != "–" else ""),
        item("Source", f"{number.source}."),
        _meant([number.grade.value]),
        item("Kind", f"{number.kind.value}: {meanings(Kind)[number.kind.value]}"),
        _list("Set by presets", _set_by(name)),
        _claims("Claims", claims_in([number.source])),
        item("Type", f"zwerm {command} {name}={figure(number.default).replace(',', '')}"),
    ))  # fmt: skip


def _set_by(name: str) -> Iterator[str]:
    """Presets that change a parameter, and to what."""
    group, _, last = name.rpartition(".")
    for kind in ("organisation", "scenario"):
        for known in names(kind):
            content = content_of(kind, known)
            if last in (content.get(group) or {}):
                yield f"{kind} {known}: {content[group][last]}"
            for arm, changes in arms(known).items() if kind == "scenario" else ():
                if last in (changes.get(group) or {}):
                    yield f"scenario {known}, arm {arm}: {changes[group][last]}"


def _group(name: str) -> str:
    numbers = [(full, each) for full, each in declared().items()
               if full.rpartition(".")[0] == name]  # fmt: skip
    shown = [_number(full, each) for full, each in numbers]
    grades = Counter(each.grade.value for _, each in numbers)
    return "\n\n".join([title(name, article("group")), _list("Numbers", shown), _meant(grades)])


def _measure(name: str) -> str:
    each = measures.MEASURES[measures.COLUMN[name]]
    by = CARRIED_BY.get(name, ())
    levels = any(name == other.name for other in measures.LEVEL_MEASURES)
    when = "in weeks of a survey" if "surveys" in by else "every week"
    return "\n\n".join(_known(
        title(name, article("measure")),
        _paragraph(f"{each.about}, in {each.unit}."),
        item("Recorded", f"{when}{', also level by level' if levels else ''}"),
        item("Carried by", f"{', '.join(by)}: without it this stands still" if by else ""),
        item("Source", "sim/measures.py reads it off the state; measures never write"),
        item("Type", f"zwerm why copy_of_a_copy nothing years=3 --measure {name}"),
        _paragraph(CANNOT),
    ))  # fmt: skip


def _organisation(name: str) -> str:
    known, said = entry("organisation", name), remarks(CONF / "organisation" / f"{name}.yaml")
    changes = [
        f"{full} = {value}, by default {figure(declared()[full].default)} "
        f"({_range(declared()[full])}). {said.get(full, 'No source is given')}."
        if full in declared()
        else f"{full} = {value}"
        for full, value in known.differences.items()
    ]
    bringing = [each.name for each in entries("scenario") if each.organisation == name]
    return "\n\n".join(_known(
        title(name, article("organisation")),
        _paragraph(f"{known.about}."),
        _list("Differs from the declared defaults in", changes),
        _paragraph("" if changes else "Every number is the declared default, each with a source of "
                   "its own: `zwerm list parameters`."),
        item("Brought by", ", ".join(f"scenario {each}" for each in bringing)),
        _meant(_grades(said.values())),
        item("Type", f"zwerm run organisation={name}"),
        _paragraph(f"A preset is a kind of organisation, no portrait of a firm. {CANNOT}"),
    ))  # fmt: skip


def _scenario(name: str) -> str:
    known, said = entry("scenario", name), remarks(CONF / "scenario" / f"{name}.yaml")
    node = content_of("scenario", name)["scenario"]
    arm_lines = [f"{arm}: {told(changes)}" for arm, changes in arms(name).items()]
    main, against = node.get("main"), node.get("against")
    named = claims_in([*known.sources, *known.assumed])
    return "\n\n".join(_known(
        title(name, article("scenario")),
        _paragraph(f"{sentence(known.title)} {known.about}"),
        item("Organisation", known.organisation or "default"),
        item("In all arms", told(shared(name))),
        _list("Arms", arm_lines),
        item("Compares", f"{main} with {against}" if main and against else ""),
        _list("Sources", known.sources),
        _list("Assumed", known.assumed),
        _claims("Claims", named),
        _meant(_grades(said.values())),
        item("Type", f"zwerm run scenario={name}"),
        _paragraph(CANNOT),
    ))  # fmt: skip


def told(changes: dict[str, Any]) -> str:
    """What an arm is about, what leaders do in it and what else differs."""
    done = [
        f"{each['lever']} to {each['strength']:g} from week {each.get('start', 0)}"
        + (f" to {each['end']}" if each.get("end") else "")
        for each in changes.get("actions") or ()
    ]
    done += [f"{each['to']} {_when(each)}" for each in changes.get("switches") or ()]
    done += [f"{each} off" for each in changes.get("off") or ()]
    done += [f"a rival ({told(each) or 'as we are'})" for each in changes.get("rivals") or ()]
    numbers = [
        f"{group}.{name} = {value}"
        for group, values in changes.items()
        if isinstance(values, dict)
        for name, value in values.items()
    ]
    return "; ".join(_known(changes.get("about", ""), *done, *numbers))


def _when(switch: dict[str, Any]) -> str:
    """When a structure changes."""
    week = f"from week {switch.get('week', 0)}"
    if switch.get("at_value") is not None:
        return f"{week} once values reach {switch['at_value']:g}"
    if switch.get("if_nps_falls") is not None:
        return f"{week} once NPS has fallen by {switch['if_nps_falls']:g}"
    return week


def _claim(name: str) -> str:
    theme, said, where = claims()[name]
    served = [each.name for each in LEVERS if name in claims_in([each.source])]
    rules = {reader for reader in MECHANISMS for each in served if each in levers_of(reader)}
    tried = [each.name for each in entries("scenario")
             if name in claims_in([*each.sources, *each.assumed])]  # fmt: skip
    nothing = "No lever or scenario names it, so this model says nothing about it by itself."
    return "\n\n".join(_known(
        title(name, f"{article('claim')} about {theme}"),
        _paragraph(said),
        item("Source", f"{where}, in our own words"),
        item("Levers that serve it", ", ".join(served)),
        item("Rules behind them", ", ".join(each for each in MECHANISMS if each in rules)),
        item("Scenarios", ", ".join(tried)),
        _paragraph("" if served or tried else nothing),
        *_verdict(name),
        item("Status", f"claim, {statuses().get('claim', 'what practitioners say')}"),
        item("Type", f"`zwerm claims {name}` runs it and judges it, or says why it is not run"),
        _paragraph(CANNOT),
    ))  # fmt: skip


def _verdict(name: str) -> Iterator[str]:
    """What came of a claim when verdicts were last accepted, and by which engine."""
    found = verdicts.accepted().claims.get(name)
    if found is None:
        return
    entry = verdicts.entry_of(name, found)
    effect = verdicts.effect_text(entry)
    seeds = f"{effect}; mean and 95 % interval of {found.seeds} seeds" if effect else ""
    yield item("Verdict", entry["verdict"])
    yield item("Effect", seeds)
    yield item("Plausible set", verdicts.set_text(entry))
    yield item("Why", entry["reason"])
    yield _paragraph(f"{verdicts.made_text()} {verdicts.engine_text()}")


PAGES: dict[str, Callable[[str], str]] = {
    "mechanism": _mechanism, "lever": _lever, "parameter": _parameter, "measure": _measure,
    "organisation": _organisation, "scenario": _scenario, "claim": _claim, "group": _group,
}  # fmt: skip


# --- laying out -----------------------------------------------------------------------------


def article(kind: str) -> str:
    """What a kind is called in a sentence."""
    names = {"group": "a group of parameters", "organisation": "an organisation"}
    return names.get(kind, f"a {kind}")


def title(name: str, what: str) -> str:
    """The head of a page."""
    return f"{name}: {what}\n{'-' * (len(name) + len(what) + 2)}"


def _known(*blocks: str) -> Iterator[str]:
    """The blocks that say something."""
    return (each for each in blocks if each)


def fill(text: str, first: str = "", rest: str = "") -> str:
    """A text in lines as wide as the terminal."""
    return textwrap.fill(
        text, max(NARROWEST, width()), initial_indent=first, subsequent_indent=rest,
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip


def _paragraph(text: str) -> str:
    return fill(text[:1].upper() + text[1:])


def item(label: str, text: str) -> str:
    """`Label: text`, nothing if there is no text."""
    return fill(f"{label}: {text}", rest="  ") if text else ""


def _list(label: str, texts: Iterable[str]) -> str:
    """A label with a line for each text, nothing if there is none."""
    lines = [fill(each, "  - ", "    ") for each in texts]
    return "\n".join([f"{label}:", *lines]) if lines else ""


def _prose(text: str) -> str:
    """A docstring: paragraphs wrapped, equations as they are."""
    blocks = re.split(r"\n\s*\n", inspect.cleandoc(text[:1].upper() + text[1:]))
    return "\n\n".join(
        block if block.startswith("    ") else fill(" ".join(block.split())) for block in blocks
    )


def _range(number: Declaration) -> str:
    return f"{figure(number.low)} to {figure(number.high)} {number.unit}"


def _number(name: str, number: Declaration) -> str:
    return (
        f"{name} = {figure(number.default)} ({_range(number)}; {number.grade.value}, "
        f"{number.kind.value}): {number.about}. Source: {number.source}."
    )


def _grades(texts: Iterable[str]) -> list[str]:
    """The grades that texts name, in the order of Grade."""
    said = " ".join(texts)
    return [each.value for each in Grade if each.value in said]


def _meant(grades: Iterable[str]) -> str:
    """What these grades mean."""
    return _list("Grades", (f"{each}: {meanings(Grade)[each]}" for each in grades))


def _claims(label: str, names: list[str]) -> str:
    """Claims with their verdicts, and by which engine if not by this one."""
    listed = _list(label, map(_claim_line, names))
    engine = _paragraph(verdicts.engine_text()) if names else ""
    return "\n".join(_known(listed, engine))


def _claim_line(name: str) -> str:
    theme, said, _ = claims()[name]
    found = verdicts.accepted().claims.get(name)
    judged = f" [{found.verdict.value}]" if found else ""
    return f"{name} ({theme}): {said}{judged}"
