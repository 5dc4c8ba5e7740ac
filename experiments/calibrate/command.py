"""What is typed and answered: `zwerm calibrate`."""

import argparse
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.parameters import ParameterError

if TYPE_CHECKING:
    from experiments.calibrate.waves import Outcome, Told

NAME = "calibrate"
LEAST_POINTS, MOST_POINTS, MOST_WAVES = 2, 100_000, 10
POINTS, WAVES = 1000, 5
LEAST_WALKERS, MOST_WALKERS = 10, 5_000
HELP = """\
N points are measured in all, spread over the waves; or N walkers look for what is left in over the
whole ranges, which gives many more rows. Ctrl-C keeps what is measured; the same command with
--resume and --out FOLDER goes on. docs/calibration.md says how to read what comes out.

examples:
  zwerm calibrate --points 40 --rows N11,N17,T13
  zwerm calibrate --out runs/calibration
  zwerm calibrate --out runs/calibration --resume
  zwerm calibrate --walk 400 --out runs/walk # a set of about so many rows
  zwerm calibrate --parameters 'mood.*,staffing.*'
  zwerm calibrate --data surveys.csv         # your own surveys; --data --help says more
"""


def calibrate_command(words: list[str]) -> int:
    """The command `zwerm calibrate`. Raises ParameterError or FolderError."""
    from experiments.cli import command_parser, folder_type

    if any(word == "--data" or word.startswith("--data=") for word in words):
        from experiments.own_series import own_command

        return own_command(words)
    about = "Rule out numbers of the uncertain parameters that the targets do not allow."
    parser = command_parser(NAME, about, HELP)
    parser.add_argument(
        "--points", type=int, metavar="N", help=f"in all; default {POINTS}"
    )  # fmt: skip
    parser.add_argument("--waves", type=int, metavar="N", help=f"default {WAVES}")
    parser.add_argument("--walk", type=int, metavar="N",
                        help="walkers, in place of waves; about as many rows")  # fmt: skip
    parser.add_argument("--rows", default="", metavar="ID,…", help="of status `calibrated on`; "
                        "default all that are measured")  # fmt: skip
    parser.add_argument("--parameters", default="", metavar="glob,…",
                        help="those that are varied; default all uncertain ones")  # fmt: skip
    parser.add_argument("--around", type=float, default=1.0, metavar="SHARE",
                        help="of each range, around the declared number; default 1")  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the design")
    parser.add_argument("--threads", type=int, metavar="N", help="default one a processor")
    parser.add_argument("--out", type=folder_type, metavar="FOLDER", help="where to write")
    parser.add_argument("--resume", action="store_true", help="go on in the folder of --out")
    parser.add_argument("--json", type=folder_type, metavar="FILE",
                        help="write what was found there, too")  # fmt: skip
    parser.add_argument("--accept", action="store_true",
                        help="write the set to conf/plausible.csv and .yaml, too")  # fmt: skip
    typed = parser.parse_args(words)
    _fill(typed)
    _check(typed)
    return perform(_told(typed), typed, _command(typed))


def _fill(typed: argparse.Namespace) -> None:
    """What was not typed. Raises ParameterError for words that do not go together."""
    if typed.walk is not None and (typed.points, typed.waves) != (None, None):
        raise ParameterError("--walk goes on until it is through; leave out --points and --waves")
    typed.points = POINTS if typed.points is None else typed.points
    typed.waves = WAVES if typed.waves is None else typed.waves


def _check(typed: argparse.Namespace) -> None:
    """Raises ParameterError for what cannot be used."""
    asked = {"points": (LEAST_POINTS * typed.waves, MOST_POINTS), "waves": (1, MOST_WAVES),
             "walk": (LEAST_WALKERS, MOST_WALKERS), "seed": (0, 10**9),
             "threads": (1, 1000)}  # fmt: skip
    for name, (low, high) in asked.items():
        value = getattr(typed, name)
        if value is not None and not low <= value <= high:
            raise ParameterError(f"--{name} {value} is out of range; type {low} to {high}")
    if not 0.0 < typed.around <= 1.0:
        raise ParameterError(f"--around {typed.around:g} is out of range; type 0.1 to 1")
    if find_spec("sklearn") is None:
        raise ParameterError(
            "zwerm calibrate needs scikit-learn; install it with `pip install scikit-learn`"
        )
    if typed.resume and typed.out is None:
        raise ParameterError("--resume goes on in a folder; add --out FOLDER")
    if typed.json is not None and not typed.json.absolute().parent.is_dir():
        raise ParameterError(
            f"there is no folder {typed.json.parent} for {typed.json.name}; make it first"
        )


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _told(typed: argparse.Namespace) -> "Told":
    from experiments.calibrate.rows import asked
    from experiments.calibrate.space import space_of
    from experiments.calibrate.waves import Told

    each, more = divmod(typed.points, typed.waves)
    points = tuple(each + (1 if at < more else 0) for at in range(typed.waves))
    rows = asked([name.upper() for name in _listed(typed.rows)])
    space = space_of(_listed(typed.parameters), typed.around)
    if typed.walk is not None:
        return Told(space, rows, (typed.walk,), design_seed=typed.seed, walkers=typed.walk)
    return Told(space, rows, points, design_seed=typed.seed)


def _command(typed: argparse.Namespace) -> str:
    """What makes the same again."""
    words = [NAME]
    if typed.walk is None:
        words += [f"--points {typed.points}", f"--waves {typed.waves}"]
    else:
        words += [f"--walk {typed.walk}"]
    words += [f"--rows {typed.rows}"] if typed.rows else []
    words += [f"--parameters '{typed.parameters}'"] if typed.parameters else []
    words += [f"--around {typed.around:g}"] if typed.around < 1.0 else []
    return " ".join([*words, f"--seed {typed.seed}"])


def perform(told: "Told", typed: argparse.Namespace, command: str) -> int:
    """Measure, write and say what came out; the exit code. Raises FolderError."""
    from experiments import store
    from experiments.calibrate.folder import PAGE, accept, fill, json_text
    from experiments.cli import OK, STOPPED, complain
    from experiments.figures.style import write_whole
    from experiments.points import begin
    from experiments.sweep.files import locked

    folder = typed.out or store.new_folder(NAME)
    begin(told.identity(), folder, typed.resume)
    try:
        with locked(folder):
            outcome = _calibrated(told, folder, typed.threads)
    except KeyboardInterrupt:
        complain(f"Paused; go on with `zwerm {command} --out {folder} --resume`.")
        return STOPPED
    found = fill(outcome, folder, command)
    if typed.json is not None:
        write_whole(typed.json, json_text(found).encode())
    print(text(found))
    if typed.accept:
        _accepted(outcome, folder, accept)
    print(f"\nOpen {folder / PAGE}")
    return OK


def _accepted(outcome: "Outcome", folder: Path, accept: Callable[[Path, Path], None]) -> None:
    from experiments.calibrate.findings import kept
    from scenarios.library import CONF

    if not kept(outcome).size:
        raise ParameterError("nothing is left in, so there is no set to accept; see the page")
    accept(folder, CONF)
    print(f"Written to {CONF}.")


def _calibrated(told: "Told", folder: Path, threads: int | None) -> "Outcome":
    """All waves, or all rounds of walkers, with progress on the standard error."""
    from experiments.calibrate.walking import walk
    from experiments.calibrate.waves import calibrate
    from experiments.run import shown

    way = walk if told.walkers else calibrate
    return way(told, folder, lambda name, count: shown(f"{name}, points", count), threads)


# --- words --------------------------------------------------------------------------------------


def text(found: dict[str, Any]) -> str:
    """Rows by wave as a table, and what was found in sentences."""
    from experiments.calibrate.words import hit, sentences, shown_waves
    from experiments.listing import table

    shown = shown_waves(found)
    head = ["row", *(f"out, {name}" for name, _ in shown), "by it alone", "hit"]
    rows = []
    for name in found["waves"][0]["rows"]:
        mine = [found["waves"][at]["rows"][name] for _, at in shown]
        shares = [*(each["ruled_out"] for each in mine), mine[0]["by_it_alone"], hit(found, name)]
        rows.append([name, *(share(each) for each in shares)])
    return "\n\n".join([table(head, rows), *sentences(found)])


def share(value: float | None) -> str:
    """A share in percent; a dash where nothing was measured."""
    return "-" if value is None else f"{value:.0%}"
