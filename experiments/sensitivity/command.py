"""What is typed and answered: `zwerm sensitivity`."""

import argparse
import shlex
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.listing import NARROWEST, described, width
from scenarios.headlines import Headline, known
from sim.parameters import ParameterError, nearest

if TYPE_CHECKING:
    from experiments.sensitivity.study import Asked, Study

NAME = "sensitivity"
MOST_SEEDS = 1000
HELP = """\
Without a RESULT, all of them. Three methods, each with those before it: morris screens every
uncertain parameter, sobol shares the variance out among the K that matter most, prim looks for the
region in which the result is too small to matter or turns round. docs/sensitivity.md says more.

Ctrl-C pauses. The same command goes on; without --out its folder has the same name each time.

examples:
  zwerm sensitivity --list
  zwerm sensitivity copy --method morris
  zwerm sensitivity circles --points 128 --keep 8 --dry-run
  zwerm sensitivity --out runs/sensitivity --json indices.json
"""


def sensitivity_command(words: list[str]) -> int:
    """The command `zwerm sensitivity`. Raises ParameterError or FolderError."""
    from experiments.cli import OK

    typed = _parser().parse_intermixed_args(words)
    chosen = known(typed.results)
    if typed.list:
        print(listed(chosen))
        return OK
    asked = asked_of(typed)
    if typed.dry_run:
        print(dry(chosen, asked))
        return OK
    return perform(chosen, asked, typed.out, typed.json, shlex.join([NAME, *words]))


def _parser() -> argparse.ArgumentParser:
    from experiments.cli import command_parser, folder_type

    about = "On which unknown parameters do the results hang, and where do they turn round?"
    parser = command_parser(NAME, about, HELP)
    parser.add_argument("results", nargs="*", metavar="RESULT", help="see --list")
    parser.add_argument("--method", default="prim", metavar="morris|sobol|prim",
                        help="how far to go; default prim, which is all")  # fmt: skip
    parser.add_argument("--points", type=int, metavar="N",
                        help="paths (morris), or blocks of points, a power of two")  # fmt: skip
    parser.add_argument("--keep", type=int, metavar="K",
                        help="parameters among which variance is shared out")  # fmt: skip
    parser.add_argument("--seeds", type=int, metavar="N", help="runs of each arm at each point")
    parser.add_argument("--ranges", default="declared", metavar="declared|plausible",
                        help="of parameters; plausible: what the plausible set leaves")  # fmt: skip
    parser.add_argument("--out", type=folder_type, metavar="FOLDER",
                        help="where to write; a folder that is there goes on")  # fmt: skip
    parser.add_argument("--json", type=folder_type, metavar="FILE",
                        help="write what was found there, too")  # fmt: skip
    parser.add_argument("--list", action="store_true", help="show the results and run nothing")
    parser.add_argument("--dry-run", action="store_true", help="how many runs, how long; no folder")
    return parser


def asked_of(typed: argparse.Namespace) -> "Asked":
    """What was typed, checked. Raises ParameterError with one sentence."""
    from experiments.sensitivity.space import RANGES
    from experiments.sensitivity.study import (
        KEEP,
        METHODS,
        MOST_KEPT,
        MOST_POINTS,
        MOST_TRAJECTORIES,
        Asked,
    )

    for option, value, allowed in (
        ("--method", typed.method, METHODS), ("--ranges", typed.ranges, RANGES),
    ):  # fmt: skip
        if value not in allowed:
            raise ParameterError(f"unknown {option} {value!r}; {nearest(value, list(allowed))}")
    keep = KEEP if typed.keep is None else typed.keep
    screening = typed.method == METHODS[0]
    if screening and typed.keep is not None:
        raise ParameterError("--keep is for shares of the variance; type --method sobol, or leave "
                             "it out")  # fmt: skip
    _within("--keep", keep, 2, MOST_KEPT)
    if typed.seeds is not None:
        _within("--seeds", typed.seeds, 1, MOST_SEEDS)
    if typed.points is not None:
        _within("--points", typed.points, 2, MOST_TRAJECTORIES if screening else MOST_POINTS)
        if not screening and typed.points & (typed.points - 1):
            lower = 1 << (typed.points.bit_length() - 1)
            raise ParameterError(
                f"--points {typed.points}: Saltelli's points are balanced at powers of two only; "
                f"type {lower} or {2 * lower}"
            )
    return Asked(typed.method, typed.points, keep, typed.ranges, typed.seeds)


def _within(option: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ParameterError(f"{option} {value} is out of range; type {low} to {high}")


def perform(
    chosen: Sequence[Headline], asked: "Asked", out: Path | None, also: Path | None, command: str
) -> int:
    """Run what is not there yet, write the folder, say what came of it; the exit code."""
    from experiments import store
    from experiments.cli import FAILED, STOPPED, complain, drawn
    from experiments.sensitivity import folder
    from experiments.sensitivity.rows import Unfinished
    from experiments.sensitivity.space import space_of
    from experiments.sensitivity.study import studied

    folder.checked_json(also)
    spaces = [space_of(each, asked.ranges) for each in chosen]
    settings = folder.settings_of([each.name for each in chosen], asked)
    target, started = out or folder.folder_of(settings), store.now()
    folder.begin(target, settings)
    studies: list[Study] = []
    try:
        for space in spaces:
            studies.append(studied(space, asked, target, command=f"zwerm {command}"))
    except Unfinished as unfinished:
        complain(f"{unfinished}; the same command goes on.")
        return STOPPED if unfinished.paused else FAILED
    undrawn = folder.fill(studies, target, settings, started, command)
    if also is not None:
        from experiments.sweep.files import write

        write(also, folder.json_text(studies).encode())
    print(text(studies))
    print(f"\nOpen {target / folder.PAGE}")
    return drawn(undrawn, target)


# --- words ----------------------------------------------------------------------------------


def listed(chosen: Sequence[Headline]) -> str:
    """The results: what is compared, and the numbers that are looked at."""
    rows = []
    for each in chosen:
        numbers = "; ".join(
            f"{one.title} ({one.unit}; it matters from {one.least:g}; the claims say "
            f"{'above' if one.expects > 0 else 'below'} zero)"
            for one in each.numbers
        )
        said = f"{each.about} Looked at: {numbers}. Arms: {', '.join(each.arms)}."
        rows.append((each.name, f"{each.seeds}", ", ".join(each.claims), said))
    return described(("result", "seeds", "claims"), rows)


def dry(chosen: Sequence[Headline], asked: "Asked") -> str:
    """How many runs each step takes, and about how long. Nothing is run."""
    from experiments.sensitivity.space import space_of
    from experiments.sensitivity.study import forecast
    from experiments.sweep.forecast import duration

    rows, seconds = [], 0.0
    for each in chosen:
        for step in forecast(space_of(each, asked.ranges), asked):
            most = "at most " if step.at_most else ""
            said = f"{most}{duration(step.seconds)} of one processor"
            rows.append((each.name, step.name, f"{step.points:,}", f"{step.runs:,}", said))
            seconds += step.seconds
    table = described(("result", "step", "points", "runs"), rows)
    return (
        f"{table}\n\nAt most {duration(seconds)} of one processor, by formula; nothing was tried."
    )


def text(studies: Sequence["Study"]) -> str:
    """What was found, number by number."""
    from experiments.sensitivity import words

    lines: list[str] = []
    for study in studies:
        for of in study.numbers:
            found = [line for each in of.found for line in words.found_text(each)]
            lines += ["", f"{of.number.title}:"]
            lines += [_wrapped(each) for each in (*words.sentences(study, of), *found)]
    return "\n".join(lines).lstrip("\n")


def _wrapped(said: str) -> str:
    return textwrap.fill(
        said, max(NARROWEST, width()), initial_indent="  ", subsequent_indent="    "
    )
