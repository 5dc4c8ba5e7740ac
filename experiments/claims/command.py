"""What is typed and answered: `zwerm claims`."""

import argparse
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.listing import NARROWEST, described, width
from scenarios.claims import claims, judged
from scenarios.claims.hypothesis import Hypothesis, Judged
from sim.parameters import ParameterError, nearest

if TYPE_CHECKING:
    from experiments.claims.running import Judgement, Outcome
    from scenarios.targets.pattern import Settings

NAME = "claims"
HELP = """\
An ID is that of a claim, as in `zwerm explain B06`, or the letter of a source: V, H, B, C or D.
Without one, all are run. docs/claims.md says how to read a verdict.

examples:
  zwerm claims
  zwerm claims B06 C25
  zwerm claims B --seeds 8 --out runs/brouwer
  zwerm claims B06 --plausible 20
  zwerm claims --list
  zwerm claims --accept                 all, and keep the verdicts in conf/verdicts.yaml
  zwerm claims --accept runs/claims     the same from a folder, without running anything
"""


def claims_command(words: list[str]) -> int:
    """The command `zwerm claims`. Raises ParameterError or FolderError."""
    from experiments import store
    from experiments.cli import OK

    typed = _parser().parse_intermixed_args(words)
    _check(typed)
    if isinstance(typed.accept, Path):
        return _accepted(typed.accept)
    chosen, rows = chosen_of(typed.ids), rows_of(typed.plausible)
    if typed.list:
        print(listed(chosen))
        return OK
    seeds = [] if typed.seeds is None else [f"--seeds={typed.seeds}"]
    drawn = [f"--plausible={len(rows)}"] if rows else []
    command = " ".join([NAME, *typed.ids, *seeds, *drawn])
    target = typed.out or store.new_folder(NAME)
    code = perform(chosen, typed.seeds, target, typed.json, command, rows)
    return _accepted(target) if typed.accept and code == OK else code


def _parser() -> argparse.ArgumentParser:
    from experiments.cli import command_parser, folder_type

    about = "Run the claims of the sources as hypotheses and judge them."
    parser = command_parser(NAME, about, HELP)
    parser.usage = (
        "zwerm claims [ID ...] [--json FILE] [--out FOLDER] [--seeds N] [--plausible N] [--list] "
        "[--accept [FOLDER]]"
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="a claim, or the letter of a source")
    parser.add_argument("--json", type=folder_type, metavar="FILE",
                        help="write the verdicts there, too")  # fmt: skip
    parser.add_argument("--out", type=folder_type, metavar="FOLDER",
                        help="where to write; must be new")  # fmt: skip
    parser.add_argument("--seeds", type=int, metavar="N",
                        help="runs of each arm, in place of what each claim declares")  # fmt: skip
    parser.add_argument("--plausible", type=int, default=0, metavar="N",
                        help="also the share of N plausible rows that agree")  # fmt: skip
    parser.add_argument("--list", action="store_true", help="show what is tested and run nothing")
    parser.add_argument("--accept", nargs="?", const=True, type=folder_type, metavar="FOLDER",
                        help="write conf/verdicts.yaml, from FOLDER without running")  # fmt: skip
    return parser


def _check(typed: argparse.Namespace) -> None:
    """Raises ParameterError for what does not go together with --accept."""
    if not typed.accept:
        return
    if typed.ids:
        raise ParameterError("--accept needs all claims; leave out the ids")
    if typed.seeds is not None:
        raise ParameterError("--accept goes by the declared seeds; leave out --seeds")
    if typed.list:
        raise ParameterError("--list runs nothing and --accept writes; type one of the two")
    if isinstance(typed.accept, Path) and (typed.out or typed.json or typed.plausible):
        raise ParameterError(
            f"--accept {typed.accept} runs nothing; leave out --out, --json and --plausible"
        )


def _accepted(folder: Path) -> int:
    """Keep the verdicts of a folder; the exit code. Raises FolderError."""
    from experiments.claims.accepting import accept
    from experiments.cli import OK

    print(accept(folder))
    return OK


def rows_of(count: int) -> "Sequence[Settings]":
    """So many rows of the plausible set, none for 0. Raises ParameterError."""
    if count == 0:
        return ()
    from scenarios.plausible import draws

    return draws(count)


def chosen_of(ids: Sequence[str]) -> dict[str, Judged]:
    """The claims of these ids, in the order of conf/claims.yaml; all without an id.

    Raises ParameterError with the nearest id.
    """
    known = judged()
    wanted: set[str] = set()
    for word in ids:
        name = word.strip().upper()
        found = [each for each in known if each == name or (len(name) == 1 and each[0] == name)]
        if not found:
            padded = f"{name[:1]}{name[1:]:0>2}"  # B6
            close = nearest(padded if padded in known else name, list(known))
            if not close.startswith("did you mean"):
                close = "`zwerm claims --list` shows all ids"
            raise ParameterError(f"no claim is called {word!r}; {close}")
        wanted.update(found)
    return {name: each for name, each in known.items() if not ids or name in wanted}


def perform(
    chosen: Mapping[str, Judged], seeds: int | None, out: Path | None, also: Path | None,
    command: str = NAME, rows: "Sequence[Settings]" = (),
) -> int:  # fmt: skip
    """Run, write the folder and print the table; the exit code.

    What is judged when somebody stops it is kept. Raises ParameterError, FolderError or, before
    anything is judged, KeyboardInterrupt.
    """
    from experiments import store
    from experiments.claims.folder import PAGE, fill, json_text
    from experiments.cli import STOPPED, drawn

    if also is not None and not also.absolute().parent.is_dir():
        raise ParameterError(f"there is no folder {also.parent} for {also.name}; make it first")
    target, started = out or store.new_folder(NAME), store.now()
    settings: dict[str, Any] = {"command": command, "claims": list(chosen), "seeds": seeds}
    if rows:
        from scenarios.plausible import plausible

        settings |= {"rows_of_the_set": len(rows), "set": plausible().sum}
    with store.writing(target) as partial:
        outcome = _judged(chosen, seeds)
        if outcome.stopped and not outcome.judgements:
            raise KeyboardInterrupt
        if rows and not outcome.stopped:
            _over_set(outcome, chosen, rows)
        undrawn = fill(outcome, settings, started, partial)
    if also is not None:
        from experiments.figures.style import write_whole

        write_whole(also, json_text(outcome.judgements).encode())
    print(text(outcome))
    print(f"\nOpen {target / PAGE}")
    code = drawn(undrawn, target)
    return STOPPED if outcome.stopped else code


def _judged(chosen: Mapping[str, Judged], seeds: int | None) -> "Outcome":
    """The claims judged, with progress, answering an interrupt at once."""
    from contextlib import ExitStack

    from experiments.claims.running import Done, judge_all
    from experiments.run import interruptibly, shown
    from sim.runs import simulate_many

    with ExitStack() as stack:

        def begin(runs: int) -> Done:
            return stack.enter_context(shown(NAME, runs))

        return judge_all(
            chosen, seeds, shown=begin,
            run_many=lambda tasks, done: interruptibly(
                lambda counted: simulate_many(tasks, None, counted), done
            ),
        )  # fmt: skip


def _over_set(outcome: "Outcome", chosen: Mapping[str, Judged], rows: "Sequence[Settings]") -> None:
    """The share of these rows in which each claim holds, beside its verdict.

    An interrupt leaves the verdicts.
    """
    from experiments.claims.over_set import shares, with_shares
    from experiments.claims.running import judge_all
    from experiments.run import interruptibly, shown
    from sim.runs import simulate_many

    with shown("plausible set, rows", len(rows)) as progress:
        done = iter(range(1, len(rows) + 1))

        def judging(some: Mapping[str, Judged], seeds: int) -> "Outcome":
            found = judge_all(some, seeds, run_many=lambda tasks, counted: interruptibly(
                lambda each: simulate_many(tasks, None, each), counted))  # fmt: skip
            progress(next(done))
            return found

        try:
            with_shares(outcome, shares(chosen, rows, judging))
        except KeyboardInterrupt:
            outcome.stopped = True


# --- words ----------------------------------------------------------------------------------


def listed(chosen: Mapping[str, Judged]) -> str:
    """What is tested of each claim, or why nothing is."""
    rows = []
    for name, each in chosen.items():
        claim = claims()[name]
        if isinstance(each, Hypothesis):
            size = f"{len(each.arms)} arms, {each.years:g} years, {each.seeds} seeds"
            said = f"{claim.text} Here: {each.implies} Looked at: {each.measures}."
        else:
            size, said = "not run", f"{claim.text} Not run: {each.because}"
        rows.append((name, claim.theme, size, said))
    return described(("claim", "theme", "how"), rows)


def text(outcome: "Outcome") -> str:
    """The verdicts as a table, how many of each, and what a verdict is."""
    from experiments.claims.words import MODEL_ONLY, counts, stopped_text

    rows = [_row(each) for each in outcome.judgements]
    head: tuple[str, ...] = ("claim", "verdict", "effect", "95 % interval", "unit", "expected")
    if any(each.share for each in outcome.judgements):
        head, rows = (*head, "share"), [_with_share(*pair) for pair in zip(
            rows, outcome.judgements, strict=True)]  # fmt: skip
    several = counts(outcome.judgements).items()
    summed = ", ".join(f"{verdict.value} {count}" for verdict, count in several if count)
    if outcome.runs:
        summed += f". {outcome.runs:,} runs in {outcome.seconds:,.0f} seconds."
    said = [described(head, rows), summed, stopped_text(outcome), MODEL_ONLY]
    return "\n\n".join([said[0], *(_wrapped(each) for each in said[1:] if each)])


def _with_share(row: tuple[str, ...], judgement: "Judgement") -> tuple[str, ...]:
    """A row with the share of the plausible set before its reason."""
    from experiments.claims.words import share_text

    return (*row[:-1], share_text(judgement), row[-1])


def _row(judgement: "Judgement") -> tuple[str, ...]:
    """A row, and below it why it is as it is."""
    from experiments.claims.words import expected_text, numbers, reason
    from scenarios.claims.verdict import expected_of

    judged_, finding = judgement.judged, judgement.finding
    name, verdict, why = judgement.claim.name, judgement.verdict.value, reason(judgement)
    if not isinstance(judged_, Hypothesis) or finding is None:
        return (name, verdict, "", "", "", "", why)
    mean, interval = numbers(finding.default)
    return (name, verdict, mean, interval, judged_.unit, expected_text(expected_of(judged_)), why)


def _wrapped(said: str) -> str:
    return textwrap.fill(said, max(NARROWEST, width()))
