"""What is typed and answered: `zwerm validate`."""

import argparse
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments.listing import NARROWEST, described, width
from scenarios.targets import patterns, targets, unmeasured
from scenarios.targets.target import chosen_of
from sim.parameters import ParameterError

if TYPE_CHECKING:
    from experiments.validate.running import Outcome, Row
    from scenarios.targets.pattern import Settings

NAME = "validate"
HELP = """\
An ID is that of a row, as N01 or T13, or the letters that ids begin with: FG, APS, N, T. Without
one, all are measured. docs/validation.md says how to read it.

examples:
  zwerm validate
  zwerm validate N T13 --out runs/mine
  zwerm validate N11 T13 --plausible 20
  zwerm validate --strict
  zwerm validate --list
"""


def validate_command(words: list[str]) -> int:
    """The command `zwerm validate`. Raises ParameterError or FolderError."""
    from experiments.cli import OK, command_parser, folder_type

    about = "Hold the model against what was published, row by row."
    parser = command_parser(NAME, about, HELP)
    parser.usage = (
        "zwerm validate [ID ...] [--json FILE] [--csv FILE] [--out FOLDER] [--strict] [--accept] "
        "[--document] [--replicates N] [--plausible N] [--list]"
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="a row, or the letters of several")
    parser.add_argument(
        "--json", type=folder_type, metavar="FILE", help="write the rows there, too"
    )
    parser.add_argument("--csv", type=folder_type, metavar="FILE", help="the same as a table")
    parser.add_argument("--out", type=folder_type, metavar="FOLDER",
                        help="where to write; must be new")  # fmt: skip
    parser.add_argument("--strict", action="store_true",
                        help="exit 1 if a row that was hit when accepted is not hit")  # fmt: skip
    parser.add_argument("--accept", action="store_true",
                        help="write conf/validated.yaml, which --strict compares with")  # fmt: skip
    parser.add_argument("--document", action="store_true", help="write docs/validation.md")
    parser.add_argument("--replicates", type=int, metavar="N",
                        help="seeds of each row, in place of what it declares")  # fmt: skip
    parser.add_argument("--plausible", type=_rows_type, metavar="N",
                        help="also share hit and numbers over N plausible rows")  # fmt: skip
    parser.add_argument("--list", action="store_true", help="show the rows and run nothing")
    typed = parser.parse_intermixed_args(words)
    chosen = chosen_of(typed.ids)
    _check(typed, chosen)
    rows = rows_of(typed.plausible)
    if typed.list:
        print(listed(chosen))
        return OK
    return perform(chosen, typed, rows)


def _rows_type(text: str) -> int:
    """A number of rows that was typed."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no number of rows of the plausible set; type a whole number, as 20"
        ) from None


def rows_of(count: int | None) -> "Sequence[Settings]":
    """So many rows of the plausible set, none without a number. Raises ParameterError."""
    if count is None:
        return ()
    from scenarios.plausible import draws

    return draws(count)


def _check(typed: argparse.Namespace, chosen: Sequence[str]) -> None:
    """Raises ParameterError for what does not go together."""
    for name in ("strict", "accept"):
        if getattr(typed, name) and typed.replicates is not None:
            raise ParameterError(
                f"--{name} goes by the declared replicates; leave out --replicates"
            )
    if typed.strict and typed.accept:
        raise ParameterError("--strict compares and --accept replaces; type one of the two")
    if typed.document and len(chosen) < len(targets()):
        raise ParameterError("--document needs all rows; leave out the ids")
    for name in ("json", "csv"):
        path = getattr(typed, name)
        if path is not None and not path.absolute().parent.is_dir():
            raise ParameterError(f"there is no folder {path.parent} for {path.name}; make it first")
    if typed.strict:
        from experiments.validate.baseline import accepted

        accepted()


def perform(
    chosen: Sequence[str], typed: argparse.Namespace, rows: "Sequence[Settings]" = ()
) -> int:
    """Measure, write the folder and print the table; the exit code.

    What is measured when somebody stops it is kept. Raises ParameterError, FolderError or, before
    anything is measured, KeyboardInterrupt.
    """
    from experiments import store
    from experiments.cli import FAILED, STOPPED, complain, drawn
    from experiments.validate.baseline import accepted, worsened, worsened_text
    from experiments.validate.folder import PAGE, fill

    target, started = typed.out or store.new_folder(NAME), store.now()
    seeds = [] if typed.replicates is None else [f"--replicates={typed.replicates}"]
    drawn_rows = [f"--plausible={len(rows)}"] if rows else []
    command = " ".join([NAME, *typed.ids, *seeds, *drawn_rows])
    settings = {"command": command, "rows": list(chosen), "replicates": typed.replicates}
    if rows:
        from scenarios.plausible import plausible

        settings |= {"rows_of_the_set": len(rows), "set": plausible().sum}
    with store.writing(target) as partial:
        outcome = _measured(chosen, typed.replicates)
        if outcome.stopped and all(each.judged is None for each in outcome.rows):
            raise KeyboardInterrupt
        if rows and not outcome.stopped:
            _over_set(outcome, rows)
        undrawn = fill(outcome, settings, started, partial)
    _write(typed, outcome)
    print(text(outcome))
    print(f"\nOpen {target / PAGE}")
    code = drawn(undrawn, target)
    if typed.strict:
        names = worsened(outcome.rows, accepted())
        if names:
            complain(worsened_text(names))
            code = FAILED
    return STOPPED if outcome.stopped else code


def _write(typed: argparse.Namespace, outcome: "Outcome") -> None:
    """What was asked for beside the folder."""
    from experiments.figures.style import write_whole
    from experiments.validate import baseline, document
    from experiments.validate.folder import csv_text, entry, json_text

    for path, content in ((typed.json, json_text), (typed.csv, csv_text)):
        if path is not None:
            write_whole(path, content(outcome.rows).encode())
    if outcome.stopped:
        return
    if typed.accept:
        baseline.accept(outcome.rows)
    if typed.document:
        document.write([entry(each) for each in outcome.rows])


def _measured(chosen: Sequence[str], replicates: int | None) -> "Outcome":
    """The rows measured, with progress, answering an interrupt at once."""
    from experiments.run import COMPILE_SECONDS, interruptibly, model_is_compiled, say
    from experiments.validate.running import measure_all

    if not model_is_compiled():
        say(f"Compiling the model, about {COMPILE_SECONDS} seconds, once.")

    def report(row: "Row", done: int, of: int, left: float) -> None:
        said = f"{row.hit.value}, {row.seconds:.1f} s; {_left(left)} left"
        say(f"{done} of {of}: {row.target.id} {said}")

    return measure_all(
        chosen, replicates, report=report,
        worked=lambda work: interruptibly(lambda done: work(), None),
    )  # fmt: skip


def _over_set(outcome: "Outcome", rows: "Sequence[Settings]") -> None:
    """The rows measured again over the set, with progress; an interrupt leaves what is through."""
    from experiments.run import interruptibly, say
    from experiments.validate.over_set import measure_over, seconds_for

    about = seconds_for([each.target.id for each in outcome.rows], len(rows))
    say(f"Over {len(rows)} rows of the plausible set, {_left(about)} about; Ctrl-C keeps the rows "
        f"that are through.")  # fmt: skip

    def report(done: int, of: int, left: float) -> None:
        say(f"row {done} of {of} of the plausible set; {_left(left)} left")

    measure_over(outcome, rows, report, lambda work: interruptibly(lambda done: work(), None))


def _left(seconds: float) -> str:
    return f"{seconds / 60.0:.0f} min" if seconds > 90.0 else f"{seconds:.0f} s"


# --- words --------------------------------------------------------------------------------------


def listed(chosen: Sequence[str]) -> str:
    """What is measured of each row, or why nothing is."""
    from experiments.validate.words import asked_text

    rows = []
    for name in chosen:
        each = targets()[name]
        said = patterns()[name].how if name in patterns() else unmeasured()[name]
        rows.append((name, each.status.value, f"{each.measured}: {asked_text(each.aim)} "
                     f"({each.unit}). {each.source}. Here: {said}"))  # fmt: skip
    return described(("row", "status"), rows)


def text(outcome: "Outcome") -> str:
    """The rows as tables by status, and what may be counted."""
    from experiments.validate.words import (
        MEANING,
        ONLY_CHECKS,
        RULE,
        by_status,
        share_of,
        share_text,
        stopped_text,
        test_text,
    )

    said: list[str] = []
    for status, rows in by_status(outcome.rows).items():
        head = ("row", "verdict", "found", "90 % interval", "asked", "distance")
        lines = [line for each in rows for line in _lines(each)]
        said.append(f"{status.value.upper()}. {MEANING[status]}")
        said += [described(head, lines), share_text(share_of(rows))]
    if outcome.seconds:
        said.append(f"{len(outcome.rows)} rows in {outcome.seconds:,.0f} seconds. {RULE}")
    said += [stopped_text(outcome), *_set_text(outcome), ONLY_CHECKS, test_text(outcome.rows)]
    return "\n\n".join(each if "\n" in each else _wrapped(each) for each in said if each)


def _set_text(outcome: "Outcome") -> list[str]:
    """What the plausible set says, as tables; nothing if nobody asked."""
    from experiments.listing import table
    from experiments.validate import set_words
    from experiments.validate.folder import entry

    if not outcome.set_done:
        return []
    entries = [entry(each) for each in outcome.rows]
    said = [f"{set_words.TITLE.upper()}. {set_words.RULE}"]
    if lines := set_words.lines(entries):
        said += [table(set_words.HEAD, lines), set_words.summary(entries)]
    if panels := set_words.panel_lines(entries):
        said += [f"{set_words.PANELS_TITLE}. {set_words.PANELS_RULE}",
                 table(set_words.panel_head(entries), panels)]  # fmt: skip
    pairs = [*set_words.claimed(entries), *set_words.left_out(entries)]
    return said + [f"{name}: {told}" for name, told in pairs]


def _lines(row: "Row") -> list[tuple[str, ...]]:
    """A line for each number of a row, and what is to be known below the last."""
    from experiments.validate.words import (
        asked_text,
        distance_text,
        interval_text,
        note,
        number,
    )
    from scenarios.targets.target import Curve, Falling

    name, aim = row.target.id, row.target.aim
    if row.judged is None:
        return [(name, row.hit.value, "", "", asked_text(aim), "", note(row))]
    lines = []
    for at, each in enumerate(row.judged.parts):
        whole = isinstance(aim, Curve | Falling)
        asked = asked_text(aim) if whole else asked_text((aim[at],))
        lines.append((
            name if at == 0 else "", each.hit.value, number(each.value), interval_text(each),
            asked, distance_text(each.distance), "",
        ))  # fmt: skip
    return [*lines[:-1], (*lines[-1][:-1], note(row))]


def _wrapped(said: str) -> str:
    return textwrap.fill(said, max(NARROWEST, width()))
