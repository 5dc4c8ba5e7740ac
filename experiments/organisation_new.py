"""What does `zwerm organisation new` do? Twelve answers become a preset that fits them.

Asked one by one at a terminal, or typed as name=value, or read from a file. What is asked stands in
`scenarios/own_questions.py`, how parameters are found in `scenarios/own_organisation.py`.
"""

import argparse
import json
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from experiments import own_file, store
from experiments.listing import table
from experiments.own_file import differences, preset_text
from experiments.summary import number
from experiments.sweep.files import write
from scenarios.own_organisation import (
    OUTCOMES,
    SOUGHT,
    Look,
    described,
    looked_at,
    many_seeds,
    value_of,
    year_zero,
)
from scenarios.own_questions import (
    AUTONOMY,
    NAMES,
    QUESTIONS,
    Answers,
    Question,
    answer_to,
    answered,
    declaration_of,
    layers_of,
    question,
    size_name,
)
from scenarios.own_search import Found, Search, found_for, steady
from sim.compiled import kernel_hash
from sim.configuration import Configuration
from sim.parameters import Grade, ParameterError

ABOUT = "A preset for your own organisation, from twelve answers."
HELP = f"""\
questions: {", ".join(NAMES)}
A question left empty keeps what the preset has (--like; default: default).

examples:
  zwerm organisation new
  zwerm organisation new --name ours --like insurance --out ours.yaml
  zwerm organisation new staff=120 customers=9000 enps=5 nps=-10 turnover=.18
  zwerm organisation new --answers answers.yaml --json ours.json
  zwerm run organisation=./ours.yaml scenario=copy_of_a_copy
"""
SOLVED = "solved"
NOBODY_MEASURED = f"{Grade.ASSUMED}: sought in the model, measured by nobody"
Ask = Callable[[str], str]


class Made(NamedTuple):
    """An organisation that fits its answers, and how it was found."""

    name: str
    like: str
    answers: Answers
    found: Found
    looks: list[Look]


def organisation_command(words: list[str]) -> int:
    """`zwerm organisation new`: exit code. Raises ParameterError."""
    if words and words[0] not in ("new", "-h", "--help"):
        raise ParameterError(f"unknown word {words[0]!r}; type zwerm organisation new")
    typed = _parser().parse_intermixed_args(words[1:] if words[:1] == ["new"] else ["--help"])
    from experiments.cli import OK

    out = typed.out or Path(f"{typed.name or 'mine'}.yaml")
    name = own_file.check_name(typed.name or out.stem, "--name")
    _check_out(out)
    made = perform(name, typed.like, _given(typed))
    command = shlex.join(["zwerm", "organisation", *words])
    if typed.json:
        content = json.dumps(plain(made), indent=2, ensure_ascii=False, allow_nan=False)
        write(typed.json, f"{content}\n".encode())
    write(out, file_text(made, command).encode())
    print(told(made))
    print(f"\nWritten to {out}\nUse it: zwerm run organisation={_typed_path(out)}")
    return OK


def _parser() -> argparse.ArgumentParser:
    from experiments.cli import command_parser, folder_type

    parser = command_parser("organisation new", ABOUT, HELP)
    parser.add_argument("words", nargs="*", metavar="name=value", help="answers")
    parser.add_argument("--answers", type=folder_type, metavar="FILE.yaml",
                        help="answers by the name of their question")  # fmt: skip
    parser.add_argument("--name", default="", help="of the organisation; default that of the file")
    parser.add_argument("--like", default="default", metavar="PRESET",
                        help="where to start; see `zwerm list organisations`")  # fmt: skip
    parser.add_argument("--out", type=folder_type, metavar="FILE.yaml", help="must be new")
    parser.add_argument("--json", type=folder_type, metavar="FILE", help="the numbers, too")
    return parser


def _check_out(out: Path) -> None:
    """Raise ParameterError unless a preset can be written there."""
    if out.suffix.lower() not in own_file.SUFFIXES:
        raise ParameterError(f"--out {out} is no YAML file; type {out}.yaml")
    if out.exists():
        raise ParameterError(f"{out} is there already; give another name with --out")
    if not out.absolute().parent.is_dir():
        raise ParameterError(f"{out.parent} is no folder; make it, or give another --out")


def _typed_path(out: Path) -> str:
    return shlex.quote(str(out) if out.is_absolute() or out.parent != Path() else f"./{out}")


def _given(typed: argparse.Namespace) -> dict[str, Any] | None:
    """What was typed or stands in a file; None if questions are to be asked."""
    found: dict[str, Any] = {}
    if typed.answers is not None:
        found = {str(name): value for name, value in own_file.plain_yaml(typed.answers).items()}
    for word in typed.words:
        name, equals, value = word.partition("=")
        if not equals:
            raise ParameterError(f"{word!r} is no answer; write name=value, for instance staff=120")
        found[question(name.strip()).name] = value
    if found or typed.answers is not None:
        return found
    if not sys.stdin.isatty():
        raise ParameterError(
            "there is no terminal to ask at; type answers as name=value, for instance "
            "staff=120 enps=5, or give --answers FILE.yaml"
        )
    return None


def perform(name: str, like: str, given: Mapping[str, Any] | None, ask: Ask = input) -> Made:
    """Ask if nothing is given, search, and look again on other seeds. Raises ParameterError."""
    from tqdm import tqdm

    from experiments.run import COMPILE_SECONDS, interruptibly, model_is_compiled, say

    base = base_of(like)
    answers = answered(given) if given is not None else None
    if answers is not None:
        described(base, answers)  # what does not fit is said before anything is run
    if not model_is_compiled():
        say(f"Compiling the model, about {COMPILE_SECONDS} seconds, once.")
    if answers is None:
        say("What is usual there? A moment.")
        answers = asked(base, _usual_outcomes(base), ask)
    chosen = answers
    search = Search(described(base, chosen)[0])
    with tqdm(desc="search", unit="run", file=sys.stderr) as bar:

        def working(done: Callable[[float], None]) -> tuple[Found, list[Look]]:
            def report(runs: int) -> None:
                done(runs)
                bar.update(runs - bar.n)

            search.report = report
            found = found_for(base, chosen, search)
            bar.set_description("look again")
            return found, looked_at(found.told, chosen)

        found, looks = interruptibly(working, None)
    return Made(name, like, chosen, found, looks)


def base_of(like: str) -> Configuration:
    """The organisation to start from, doing nothing. Raises ParameterError."""
    from experiments.settings import compose, study_plan

    told = study_plan(compose([f"organisation={like}", "years=1"])).arms[-1].told
    if told.structure == "chart":
        raise ParameterError(f"--like {like} is an org list; start from another organisation")
    return told


# --- asking -----------------------------------------------------------------------------------


def _usual_outcomes(base: Configuration) -> dict[str, float]:
    """What the preset shows by itself, to stand in brackets."""
    run = steady(base)
    means = year_zero([run], 1, many_seeds(base) // 4).mean(axis=(0, 1))
    found: dict[str, float] = dict(zip(OUTCOMES, means.tolist(), strict=True))
    count = base.organisation.customers / run.organisation.customers
    return {**found, "customers": found["customers"] * count}


def asked(base: Configuration, outcomes: Mapping[str, float], ask: Ask = input) -> Answers:
    """The answers that somebody types; an empty line keeps what is usual."""
    answers: Answers = {}
    print(f"{len(QUESTIONS)} questions. Enter alone keeps what stands in brackets.")
    for place, each in enumerate(QUESTIONS, start=1):
        unit = "" if each.unit == "-" or each.allowed == each.unit else f" {each.unit}"
        unit = "" if "0 to 1" in each.unit else unit
        print(f"\n{place} of {len(QUESTIONS)}. {each.asks} ({each.allowed}{unit})")
        while True:
            try:
                text = ask(f"  {each.name} [{_usual(each, base, answers, outcomes)}]: ")
                value = answer_to(each, text)
                trial = answers if value is None else {**answers, each.name: value}
                described(base, trial)
            except EOFError:
                raise KeyboardInterrupt from None
            except ParameterError as error:
                print(f"  {error}")
                continue
            answers = trial
            break
    return answers


def _usual(
    each: Question, base: Configuration, answers: Answers, outcomes: Mapping[str, float]
) -> str:
    """What an empty answer means, as it may be typed."""
    if each.name in outcomes:
        digits = SOUGHT[each.name].digits if each.name in SOUGHT else 0
        return f"{round(outcomes[each.name], digits) + 0.0:.{digits}f}"
    told = described(base, answers)[0]
    size = told.organisation
    usual: dict[str, Any] = {
        "staff": size.people,
        "structure": told.structure,
        "layers": layers_of(told),
        "span": getattr(size, size_name(told.structure)),
        "contacts": told.parameters.serving.contacts_per_year,
        "autonomy": value_of(told, AUTONOMY[told.structure]),
    }
    return str(usual[each.name])


# --- telling ----------------------------------------------------------------------------------


def outcome_rows(looks: Sequence[Look]) -> list[tuple[str, ...]]:
    """Asked and got, a row for each outcome."""
    rows = []
    for each in looks:
        digits = SOUGHT[each.outcome].digits + 1 if each.outcome in SOUGHT else 0

        def shown(value: float, digits: int = digits) -> str:
            return f"{round(value, digits) + 0.0:,.{digits}f}"

        within = f"{each.tolerance:.0%}" if each.outcome == "customers" else f"{each.tolerance:g}"
        verdict = "" if each.asked is None else "yes" if each.is_met else "NO"
        rows.append((
            each.outcome, "-" if each.asked is None else f"{each.asked:,g}", shown(each.got),
            shown(each.error), f"{shown(each.low)} to {shown(each.high)}", within, verdict,
        ))  # fmt: skip
    return rows


def reasons_of(made: Made) -> dict[str, str]:
    """Where each number of the file comes from, with its grade, by full name."""
    before = own_file.comments_of(made.like)
    found: dict[str, str] = {}
    for full in differences(made.found.told):
        if full in made.found.solved:
            outcome = made.found.solved[full]
            said = f"SOLVED for {outcome} = {made.answers[outcome]:g}; {NOBODY_MEASURED}"
        elif full in made.found.set:
            name = made.found.set[full]
            said = f"ANSWERED: {name} = {made.answers[name]}"
            if full == "organisation.customers":
                said += ", and places of prospects"
        else:
            said = f"as in {made.like} ({before.get(full, 'no reason given there')})"
        found[full] = said
    return found


def parameter_rows(made: Made) -> list[tuple[str, ...]]:
    """The parameters that answers gave, with what the preset has and their grade."""
    base = base_of(made.like)
    rows = []
    for full, name in {**made.found.set, **made.found.solved}.items():
        is_solved = full in made.found.solved
        value, before = value_of(made.found.told, full), value_of(base, full)
        words = [each if isinstance(each, str) else f"{each:,g}" for each in (value, before)]
        allowed, grade = "", "answer"
        if is_solved:
            declared = declaration_of(full)
            allowed, grade = f"{declared.low:g} to {declared.high:g}", f"{SOLVED}, {Grade.ASSUMED}"
        rows.append((full, *words, allowed, name, grade))
    return rows


def notes(made: Made) -> list[str]:
    """What a reader has to know."""
    said = [
        f"Year zero of {many_seeds(made.found.told)} organisations alike, with other seeds than "
        f"those of the search: got is their mean, the band what single ones show.",
        "Many parameters would give these outcomes; one was sought for each. That NPS is laid to "
        "how customers rate is assumed: NPS does not say what is behind it.",
    ]
    misses = [each.outcome for each in made.looks if not each.is_met]
    if misses:
        said.append(f"Not within its tolerance on other seeds: {', '.join(misses)}.")
    return said


def told(made: Made) -> str:
    """Tables for a terminal."""
    head = ("outcome", "asked", "got", "s.e.", "one organisation", "tolerance", "within")
    parts = [table(head, outcome_rows(made.looks))]
    rows = parameter_rows(made)
    if rows:
        head = ("parameter", "value", made.like, "declared range", "from", "grade")
        parts.append(table(head, rows))
    return "\n\n".join([*parts, "\n".join(notes(made))])


def file_text(made: Made, command: str) -> str:
    """The preset as YAML."""
    size = made.found.told.organisation
    about = (
        f"{size.people} people, {made.answers.get('customers', size.customers)} customers, after "
        f"{len(made.answers)} answers"
    )
    header = [
        f"Made by: {' '.join(command.split())}",
        f"Zwerm {store.circumstances().get('zwerm', '')}, kernels {kernel_hash()}, "
        f"{store.now()}; {made.found.runs} runs in the search.",
        "ANSWERED: what was said. SOLVED: sought so that a do-nothing year shows what was said.",
    ]
    head = ("outcome", "asked", "got", "s.e.", "one organisation", "tolerance", "within")
    header += [f"  {line}" for line in table(head, outcome_rows(made.looks)).splitlines()]
    return preset_text(made.found.told, made.name, about, reasons_of(made), header)


def plain(made: Made) -> dict[str, Any]:
    """Everything that was answered and found, as JSON takes it."""
    return {
        "name": made.name, "like": made.like, "answers": made.answers,
        "outcomes": {
            each.outcome: {
                "asked": each.asked, "got": number(each.got), "standard_error": number(each.error),
                "one_low_5": number(each.low), "one_high_95": number(each.high),
                "tolerance": each.tolerance, "within": each.is_met,
            }
            for each in made.looks
        },
        "parameters": {
            full: {"value": value_of(made.found.told, full), "for": name,
                   "how": SOLVED if full in made.found.solved else "answered"}
            for full, name in {**made.found.set, **made.found.solved}.items()
        },
        "differences": differences(made.found.told),
        "runs": made.found.runs, "notes": notes(made), "kernels": kernel_hash(),
    }  # fmt: skip
