"""What is typed and answered: `zwerm contest`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sim.parameters import ParameterError

if TYPE_CHECKING:
    from experiments.contest.running import Cell, Told

NAME = "contest"
ROWS = 20
HELP = """\
An ID is that of a row of targets of status check, calibrated on or claim. Without one, all that do
not take long are run. docs/calibration.md says how to read it.

examples:
  zwerm contest
  zwerm contest N10 T15 --rows 50
  zwerm contest --rows 0      the declared numbers in place of the plausible set
  zwerm contest --out runs/contest --resume
"""


def contest_command(words: list[str]) -> int:
    """The command `zwerm contest`. Raises ParameterError or FolderError."""
    from experiments.cli import command_parser, folder_type

    parser = command_parser(NAME, "Hold rival rules against the same targets.", HELP)
    parser.add_argument("ids", nargs="*", metavar="ID", help="a row of targets")
    parser.add_argument("--rows", type=int, default=ROWS, metavar="N",
                        help=f"of the plausible set; default {ROWS}")  # fmt: skip
    parser.add_argument("--threads", type=int, metavar="N", help="default one a processor")
    parser.add_argument("--out", type=folder_type, metavar="FOLDER", help="where to write")
    parser.add_argument("--resume", action="store_true", help="go on in the folder of --out")
    parser.add_argument("--json", type=folder_type, metavar="FILE",
                        help="write what was found there, too")  # fmt: skip
    typed = parser.parse_intermixed_args(words)
    _check(typed)
    told, left = _told(typed)
    return perform(told, left, typed)


def _check(typed: argparse.Namespace) -> None:
    """Raises ParameterError for what cannot be used."""
    if typed.rows < 0:
        raise ParameterError(f"--rows {typed.rows} is out of range; type 0 or more")
    if typed.threads is not None and typed.threads < 1:
        raise ParameterError(f"--threads {typed.threads} is out of range; type 1 or more")
    if typed.resume and typed.out is None:
        raise ParameterError("--resume goes on in a folder; add --out FOLDER")
    if typed.json is not None and not typed.json.absolute().parent.is_dir():
        raise ParameterError(
            f"there is no folder {typed.json.parent} for {typed.json.name}; make it first"
        )


def _told(typed: argparse.Namespace) -> "tuple[Told, list[str]]":
    from experiments.contest.running import Told, asked
    from scenarios.contest import rows_of
    from scenarios.plausible import plausible

    chosen, left = asked(rows_of([each.upper() for each in typed.ids]), bool(typed.ids))
    if typed.rows == 0:
        return Told(chosen, ({},), ""), left
    known = plausible()
    return Told(chosen, tuple(known.draws(typed.rows)), known.sum), left


def perform(told: "Told", left: list[str], typed: argparse.Namespace) -> int:
    """Measure, write and say what came out; the exit code. Raises FolderError."""
    from experiments import store
    from experiments.cli import STOPPED, complain, drawn
    from experiments.contest.folder import PAGE, fill, json_text
    from experiments.figures.style import write_whole
    from experiments.points import begin
    from experiments.sweep.files import locked

    command = " ".join([NAME, *typed.ids, f"--rows {typed.rows}"])
    folder = typed.out or store.new_folder(NAME)
    begin(told.identity(), folder, typed.resume)
    try:
        with locked(folder):
            cells = _contest(told, folder, typed.threads)
    except KeyboardInterrupt:
        complain(f"Paused; go on with `zwerm {command} --out {folder} --resume`.")
        return STOPPED
    undrawn = fill(told, cells, left, folder, command)
    if typed.json is not None:
        write_whole(typed.json, json_text(told, cells, left, command).encode())
    print(text(told, cells, left))
    print(f"\nOpen {folder / PAGE}")
    return drawn(undrawn, folder)


def _contest(told: "Told", folder: Path, threads: int | None) -> "list[Cell]":
    from experiments.contest.running import contest
    from experiments.run import shown

    with shown(f"{NAME}, points", len(told.points)) as progress:
        return contest(told, folder / "points", progress, threads)


def text(told: "Told", cells: "list[Cell]", left: list[str]) -> str:
    """A table of rules and rows, and what was found in sentences."""
    from experiments.contest.words import sentences
    from experiments.listing import table
    from scenarios.targets import targets

    rules = [each.name for each in told.rules]
    lines = []
    for each in told.asked:
        mine = {cell.rule: cell for cell in cells if cell.row == each.row}
        shares = [f"{mine[name].share:.0%}" if mine[name].measured else "-" for name in rules]
        lines.append([each.row, targets()[each.row].status.value, *shares])
    return "\n\n".join([table(["row", "status", *rules], lines), *sentences(told, cells, left)])
