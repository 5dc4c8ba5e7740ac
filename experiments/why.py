"""Why do two scenarios differ? The command `zwerm why`: a table, JSON and a figure.

What is switched off and what adds up to what stands in `experiments/ablation.py`, how to read the
answer in `docs/why.md`.
"""

import dataclasses
import json
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from experiments import store
from experiments.ablation import (
    EXAMPLE,
    MOST_WAVES,
    POWER,
    YEAR,
    Question,
    Row,
    Why,
    answer,
    ask,
    run_all,
)
from experiments.compare import short
from experiments.listing import NARROWEST, table, width
from experiments.summary import number
from sim.parameters import WEEKS_PER_YEAR, ParameterError

CHAINED = 0.8  # share of the difference that a link of a chain takes at least
DIRECT = 0.2  # share that is worth a word when it is left with all off
ANSWER, TEXT, FIGURE = "why.json", "why.txt", "waterfall"
FOOT = (
    "This holds in the model and by its rules: what a mechanism contributes here is what is lost "
    "without it, all others as they are, and no proof of a cause anywhere else."
)
HELP = """\
A name is scenario or scenario:arm. Each mechanism is switched off in both from week 0, on the
same seeds; what the difference loses is its contribution. docs/why.md says how to read it.

examples:
  zwerm why copy_of_a_copy nothing years=5
  zwerm why zappos:circles zappos:tree --measure enps_true --year 5 engine.seeds=8
  zwerm why nothing:chosen nothing:nothing years=3 'actions=[{lever: attention, strength: 4.0}]'
"""


class Performed(NamedTuple):
    """An answer and the folder it was written to."""

    found: Why
    folder: Path
    undrawn: str  # why there is no figure, if drawing it failed


def why(
    first: str, second: str, *settings: str, measure: str = "nps_true", year: int | None = None
) -> Why:
    """Ask, run and answer without writing anything. Raises ParameterError."""
    question = ask(first, second, settings, measure, year)
    return answer(run_all(question), measure, question.year)


def why_command(words: list[str]) -> int:
    """The command `zwerm why`. Raises ParameterError for what cannot be asked."""
    from experiments.cli import command_parser, drawn, folder_type

    about = "Why do two scenarios differ? Mechanism by mechanism, with bands."
    parser = command_parser("why", about, HELP)
    parser.usage = "zwerm why A B [--measure NAME] [--year N] [--json] [--out FOLDER] [settings]"
    parser.add_argument("words", nargs="*", metavar="A B, name=value",
                        help="the two to tell apart, and any settings of `zwerm run`")  # fmt: skip
    parser.add_argument("--out", type=folder_type, metavar="FOLDER",
                        help="where to write; must be new")  # fmt: skip
    parser.add_argument("--measure", default="nps_true", metavar="NAME",
                        help="what differs; default nps_true")  # fmt: skip
    parser.add_argument(
        "--year", type=int, metavar="N", help=f"from 1; default {YEAR}, or the last one"
    )
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    typed = parser.parse_intermixed_args(words)
    names = [word for word in typed.words if "=" not in word]
    settings = [word for word in typed.words if "=" in word]
    if len(names) != 2 or any(word.startswith("scenario=") for word in settings):
        raise ParameterError(f"name the two to tell apart, without scenario=: {EXAMPLE}")
    question = ask(names[0], names[1], settings, typed.measure, typed.year)
    done = perform(question, ["why", *words], typed.out)
    print(json_text(done.found) if typed.json else f"{text(done.found)}\n")
    if not typed.json:
        print(f"Written to {done.folder}")
    return drawn(done.undrawn, done.folder)


# --- running and writing --------------------------------------------------------------------


def perform(question: Question, words: Sequence[str], out: Path | None = None) -> Performed:
    """Run, answer and leave a folder that `zwerm run --from` repeats: all of it, or nothing."""
    from experiments.run import number_of_runs, say, shown
    from experiments.settings import engine_of, resolved

    plan, engine = question.plan, engine_of(question.cfg)
    for note in plan.notes:
        say(note)
    target = out or engine.output or store.new_folder(f"why-{plan.name}")
    started = store.now()
    with store.writing(target) as folder:
        with shown("why", number_of_runs(plan, engine)) as progress:
            study = run_all(question, progress)
        found = answer(study, question.measure, question.year)
        (folder / ANSWER).write_text(json_text(found) + "\n", encoding="utf-8")
        (folder / TEXT).write_text(text(found) + "\n", encoding="utf-8")
        undrawn = _draw(found, folder / "figures", engine.style) if engine.figures else ""
        settings = resolved(question.cfg)
        settings["engine"]["figures"] = False  # one for each of so many arms shows nothing
        store.save(study, folder, settings, words, started)
    return Performed(found, target, undrawn)


def _draw(found: Why, folder: Path, style: str) -> str:
    """Draw the waterfall; why it failed, if it did: the numbers are kept all the same."""
    try:
        from experiments.figures.style import save
        from experiments.figures.waterfall import waterfall

        behind = "" if style == "paper" else f"-{style}"
        save(waterfall(found, style), folder, FIGURE + behind, style)
    except Exception as error:  # whatever it is, the runs are finished
        shutil.rmtree(folder, ignore_errors=True)
        return store.reason(error)
    return ""


def json_text(found: Why) -> str:
    """The answer as JSON: rows with their seeds, the survey, the sentences."""
    content = _plain(dataclasses.asdict(found))
    content |= {"notes": list(notes(found)), "survey_says": survey_text(found), "caveat": FOOT}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)


def _plain(content: Any) -> Any:
    """The same as JSON takes it, six digits a number."""
    if isinstance(content, dict):
        return {key: _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(each) for each in content]
    return number(content) if isinstance(content, float) else content


# --- words ----------------------------------------------------------------------------------


def text(found: Why) -> str:
    """The answer for a terminal: one table, then what to keep in mind."""
    first, second = found.arms
    said = (
        f"{found.measure} in year {found.year} ({found.unit}, {len(found.seeds)} seeds): {first} "
        f"{short(found.levels[0])}, {second} {short(found.levels[1])}. What the difference loses "
        f"when a mechanism is off in both from week 0:"
    )
    rows = [_cells(row, found) for row in found.rows]
    rows += [(name, *("-",) * 5, f"stays on: it carries {found.measure}") for name in found.kept_on]
    rows.append(_cells(found.difference, found))
    head = ("", found.unit, "95 % of the mean", "5 to 95 % of seeds", "left", "base", "remark")
    below = [
        f"left: the difference without it; base: how far {second!r} itself moves without it. The "
        f"rows add up to the difference.",
        *notes(found), survey_text(found), FOOT,
    ]  # fmt: skip
    return "\n\n".join([_wrapped(said), table(head, rows), *map(_wrapped, below)])


def _wrapped(said: str) -> str:
    return textwrap.fill(said, max(NARROWEST, width()))


def _cells(row: Row, found: Why) -> tuple[str, ...]:
    """A row of the table."""
    left, base = "", ""
    if row.base is not None:
        whole = found.difference.mean
        left = found.number(row.mean if row is found.remaining else whole - row.mean)
        base = found.number(row.base)
    between = [
        f"{found.number(low)} to {found.number(high)}" for low, high in (row.interval, row.band)
    ]
    return (row.name, found.number(row.mean), *between, left, base, _remark(row, found))


def _remark(row: Row, found: Why) -> str:
    if len(row.off_in) == len(found.arms):
        return "off in both"
    if row.off_in:
        return f"off in {row.off_in[0]} anyway"
    return "another organisation without it" if _moves_base(row, found) else ""


def _moves_base(row: Row, found: Why) -> bool:
    """Whether the second arm moves by more than the difference when it is off."""
    return row.base is not None and abs(row.base) > abs(found.difference.mean)


def notes(found: Why) -> Iterator[str]:
    """What to keep in mind with these rows."""
    size = abs(found.difference.mean)
    if found.weeks < WEEKS_PER_YEAR:
        yield f"Year {found.year} has {found.weeks} weeks only."
    if not any(found.difference.by_seed):
        yield f"The two do not differ in {found.measure}."
        return
    chain = [row.name for row in found.mechanisms
             if row.mean * found.difference.mean >= CHAINED * size**2]  # fmt: skip
    if len(chain) > 1:
        yield (
            f"Without any one of {', '.join(chain)} little or nothing is left: they are links of "
            f"one chain. Each counts it whole and the interaction takes it back, so read these "
            f"rows as needed or not needed, never as shares."
        )
    moved = [row.name for row in found.mechanisms if _moves_base(row, found)]
    if moved:
        yield (
            f"Without {' or '.join(moved)} {found.arms[1]!r} itself moves by more than the "
            f"difference: that is another organisation, so lean less on these rows."
        )
    if abs(found.remaining.mean) > DIRECT * size and found.kept_on and not found.apart:
        yield (
            f"{found.number(found.remaining.mean)} is left with all off: it reaches "
            f"{found.measure} by {' and '.join(found.kept_on)} alone, which stay on."
        )
    if found.apart:
        yield (
            f"The two differ before week 0 already (in {', '.join(found.apart)}), and until then "
            f"everything acts. What that left behind stays when a mechanism stops: it is in "
            f"{found.remaining.name!r}."
        )


def survey_text(found: Why) -> str:
    """Would a survey see the difference, and after how many waves?"""
    asked, difference = found.survey, found.difference.mean
    if asked is None:
        return f"No survey asks a sample for {found.measure} beside its true value."
    one, other = asked.answers
    answers = f"{one:,}" if one == other else f"{one:,} and {other:,}"
    said = (
        f"Would a survey see it? One wave of {answers} answers in each has a standard error of "
        f"{short(asked.error)} points, from {asked.source}. It shows {found.number(difference)} "
        f"with a chance of {asked.chance:.0%} (5 % two-sided): "
    )
    if asked.chance >= POWER:
        return f"{said}one wave is enough."
    if asked.waves is None:
        return f"{said}not in one wave, nor in {MOST_WAVES:,}."
    years = asked.waves * asked.every_weeks / WEEKS_PER_YEAR
    return (
        f"{said}not in one wave. A chance of {POWER:.0%} takes {asked.waves:,} waves, "
        f"{short(years)} years at one every {asked.every_weeks} weeks; and here both have the same "
        f"luck, which two firms have not."
    )
