"""What `zwerm sweep` does: run a sweep, look how far it is, check it, take results out of it.

Exit codes: 0 every run is done; 1 runs failed (each with its reason in its row), or the sweep
could not finish and the same command goes on; 2 something typed cannot be used; 130 paused.
"""

import argparse
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.cli import (
    FAILED,
    OK,
    STOPPED,
    command_parser,
    complain,
    folder_type,
    with_settings,
)
from sim.parameters import ParameterError, nearest

if TYPE_CHECKING:
    from experiments.sweep.runner import Outcome

README = "README.md"

HELP = """\
more commands, each with a folder:
  zwerm sweep status FOLDER        how far it is: done, failed, left, runs a second
  zwerm sweep verify FOLDER        is every run there once, as written? --rerun N repeats some
  zwerm sweep compact FOLDER       all parts into one file, runs.parquet
  zwerm sweep report FOLDER        a page with figures and tables
  zwerm sweep export FOLDER FILE   one .csv or .nc (netCDF) for other programs
  zwerm sweep power FOLDER         how many seeds a difference of some size needs

more settings:
  sweep=NAME                       a sweep in conf/sweep; or sweep.method=, sweep.factors=
  sweep.points=1000                of a latin or sobol design; sweep.levels of a grid
  sweep.arms=[…]                   arms of the scenario that are run beside each other
  engine.seeds=20                  runs of each point and arm; engine.first_seed
  engine=dask engine.workers=8     on processes of this machine; engine=cluster, engine=slurm

Ctrl-C pauses. The same command goes on; without --out its folder has the same name each time.
Runs that fail are kept with their reason, and the exit code is then 1.

examples:
  zwerm sweep sweep=timing --dry-run
  zwerm sweep sweep=timing engine.seeds=20
  zwerm sweep sweep=rows sweep.file=points.csv --out runs/mine
  zwerm sweep verify runs/mine --rerun 3
"""


def sweep(words: list[str]) -> int:
    """The command `zwerm sweep`."""
    if words and words[0] in VERBS:
        return VERBS[words[0]](words[1:])
    if words and "=" not in words[0] and not words[0].startswith("-"):
        raise ParameterError(
            f"unknown command sweep {words[0]!r}; {nearest(words[0], [*VERBS])} "
            f"A sweep is started with settings: zwerm sweep sweep=NAME"
        )
    parser = with_settings(
        command_parser("sweep", "Run many points of a design, and never lose a run.", HELP),
        "where to write; a folder that is there goes on",
    )
    parser.add_argument("--dry-run", action="store_true", help="how many runs, how long; no folder")
    typed = parser.parse_intermixed_args(words)
    from experiments.settings import compose
    from experiments.sweep.runner import sweep as run

    cfg = compose(typed.settings)
    if typed.dry_run:
        from experiments.sweep.forecast import forecast, told

        print(told(forecast(cfg, typed.out)))
        return OK
    return _told(run(cfg, typed.out, command=shlex.join(["zwerm", "sweep", *words])))


def _told(outcome: "Outcome") -> int:
    """Say what came of it; the exit code."""
    done = outcome.done - outcome.failed
    print(f"{done:,} of {outcome.runs:,} runs are done in {outcome.folder}")
    if outcome.failed:
        first = "\n".join(f"  {which}: {why}" for why, which in outcome.reasons.items())
        complain(f"{outcome.failed:,} runs failed; each row holds its reason. Among them:\n{first}")
    left = outcome.runs - outcome.done
    if outcome.interrupted:
        complain(f"Paused with {left:,} runs left; the same command goes on.")
        return STOPPED
    if outcome.stopped:
        complain(f"{outcome.stopped}; {left:,} runs are left, and the same command goes on.")
    elif outcome.given_up:
        complain(f"{outcome.given_up:,} runs could not be done here; the same command tries again.")
    return OK if outcome.complete and not outcome.failed else FAILED


# --- with a folder --------------------------------------------------------------------------


def _folder_parser(command: str, about: str, examples: str = "") -> argparse.ArgumentParser:
    parser = command_parser(f"sweep {command}", about, examples)
    parser.add_argument("folder", type=folder_type, metavar="FOLDER", help="of a sweep")
    return parser


def _status(words: list[str]) -> int:
    typed = _folder_parser("status", "How far a sweep is.").parse_args(words)
    from experiments.sweep.checking import status
    from experiments.sweep.forecast import duration

    found = status(typed.folder)
    share = found.done / found.runs
    print(f"{found.name}: {found.done:,} of {found.runs:,} runs ({share:.1%})")
    print(f"done {found.done - found.failed:,}, failed {found.failed:,}, left {found.left:,}")
    if found.rate == found.rate:
        rest = f"; the rest takes {duration(found.left / found.rate)} at that" if found.left else ""
        print(f"{found.rate:.3g} runs a second while it ran{rest}")
    if found.broken:
        print(f"{found.broken} parts are broken; the sweep repeats them when it goes on")
    if found.compacted:
        print("compacted: all runs stand in runs.parquet")
    print("a process is at it now" if found.running else "no process is at it now")
    return OK


def _verify(words: list[str]) -> int:
    parser = _folder_parser("verify", "Is every run there once, as it was written?")
    parser.add_argument("--rerun", type=int, default=0, metavar="N", help="chunks to run again")
    typed = parser.parse_args(words)
    if typed.rerun < 0:
        raise ParameterError("--rerun takes how many chunks to run again, 0 or more")
    from experiments.sweep.checking import told_verdict, verify
    from experiments.sweep.runner import opened

    work, manifest = opened(typed.folder)
    with _progress("verify", work.plan.runs) as progress:
        verdict = verify(work, manifest, typed.folder, typed.rerun, progress)
    print(told_verdict(verdict, typed.folder))
    return OK if verdict.whole else FAILED


def _compact(words: list[str]) -> int:
    typed = _folder_parser("compact", "All parts into one file, runs.parquet.").parse_args(words)
    from experiments.sweep import files
    from experiments.sweep.compacting import compact
    from experiments.sweep.runner import opened

    work, _ = opened(typed.folder)
    try:
        with files.locked(typed.folder), _progress("compact", work.plan.runs) as progress:
            path = compact(work, typed.folder, progress)
    except OSError as error:
        if not files.is_full(error):
            raise
        complain(f"The disk of {typed.folder} is full: free some space; every part is still there.")
        return FAILED
    print(f"All {work.plan.runs:,} runs stand in {path}")
    return OK


def _report(words: list[str]) -> int:
    parser = _folder_parser("report", "A page with figures and tables, and a README beside it.")
    parser.add_argument("--measure", default="", help="the page is about; default nps_true")
    typed = parser.parse_args(words)
    from experiments.sweep import files, report

    page = report.write(typed.folder, typed.measure or report.MEASURE)
    files.write(typed.folder / README, report.readme(typed.folder).encode("utf-8"))
    print(f"Open {page}")
    return OK


def _export(words: list[str]) -> int:
    parser = _folder_parser(
        "export",
        "One file for other programs: .csv or .nc (netCDF), by how its name ends.",
        "example:\n  zwerm sweep export runs/mine mine.csv\n",
    )
    parser.add_argument("target", type=folder_type, metavar="FILE", help="ends in .csv or .nc")
    typed = parser.parse_args(words)
    from experiments.sweep import export

    kinds: dict[str, Callable[[Path, Path], Path]] = {".csv": export.csv, ".nc": export.netcdf}
    if typed.target.suffix not in kinds:
        raise ParameterError(f"{typed.target} ends in neither .csv nor .nc; choose one")
    print(f"Written to {kinds[typed.target.suffix](typed.folder, typed.target)}")
    return OK


def _power(words: list[str]) -> int:
    parser = _folder_parser("power", "How many seeds a mean of some precision needs.")
    parser.add_argument("--measure", default="nps_true", help="default nps_true")
    parser.add_argument(
        "--half-width", type=float, metavar="X", help="wanted, in the unit of the measure"
    )
    parser.add_argument("--confidence", type=float, default=0.95, help="default 0.95")
    typed = parser.parse_args(words)
    from experiments.sweep import power

    print(power.text(typed.folder, typed.measure, typed.half_width, typed.confidence))
    return OK


VERBS: dict[str, Callable[[list[str]], int]] = {
    "status": _status, "verify": _verify, "compact": _compact, "report": _report,
    "export": _export, "power": _power,
}  # fmt: skip


@contextmanager
def _progress(label: str, runs: int) -> Iterator[Callable[[int], None]]:
    """Progress on the standard error."""
    from tqdm import tqdm

    with tqdm(total=runs, desc=label, unit="run", file=sys.stderr, leave=False) as bar:

        def progress(runs: int) -> None:
            bar.update(runs)

        yield progress
