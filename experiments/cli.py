"""The command `zwerm`: what is typed, what is answered, and with which exit code.

0 all is well, 2 something typed cannot be used, 130 stopped by Ctrl-C, 1 anything else (of a
sweep also: runs failed, each with its reason in its row). Nothing is imported before it is
needed: help and lists answer at once.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import NoReturn

from sim.parameters import ParameterError, nearest

OK, FAILED, BAD_INPUT, STOPPED = 0, 1, 2, 130
DEBUG = "ZWERM_DEBUG"
PAGE = "index.html"  # of the demo
LONGEST_SENTENCE = 300  # characters of an error that nobody foresaw
BAD_INPUT_ERRORS = (  # by name, so that saying what is wrong imports nothing
    ("sim.parameters", "ParameterError"),
    ("scenarios.chart", "ChartError"),
    ("experiments.store", "FolderError"),
)
DEMO = {  # scenario -> what makes it small
    "copy_of_a_copy": ["engine.seeds=10", "organisation.customers=4000"],
    "zappos": ["engine.seeds=6", "organisation.people=300", "organisation.customers=3000"],
    "aegon": ["engine.seeds=4"],
}

HELP = """\
usage: zwerm COMMAND [settings]

How leaders, employees and customers change each other, week after week.

commands:
  demo          run the first scenarios small and end with one page to look at
  run           run a scenario and leave a folder with its numbers and figures
  compare       two scenarios, or the arms of one, on the same seeds
  market        an organisation among its rivals: whose share of the customers grows
  why           which mechanisms carry the difference between two scenarios
  map           two factors at a time: where circles, promises or a coalition pay
  workshop      the model live before a room, in a browser, without the internet
  story         one HTML file for a room: predict, look, try, talk
  sweep         many runs over a design: stoppable, on threads or a cluster
  sensitivity   which unknown numbers a result hangs on
  claims        run what the sources claim and judge it
  validate      hold the model against what was published
  calibrate     rule out numbers that the targets, or your own surveys, do not allow
  contest       rival rules on the same targets
  lab           public-goods games beside published ones: leaders, power, pay, identity
  lag           your own eNPS and NPS: which lag, and what it is worth
  organisation  `organisation new`: a preset for your own organisation, from twelve answers
  list          scenarios, levers, parameters or organisations to choose from
  explain       a mechanism, lever, parameter, measure, scenario or claim: rule and sources
  docs          build the documentation site, for reading without a network
  bundle        a folder for a stick: the workshop on a machine without the internet

A setting is a name and a value; `zwerm COMMAND --help` says more.

examples:
  zwerm demo
  zwerm run scenario=copy_of_a_copy
  zwerm compare scenario=zappos --measure nps
  zwerm sweep sweep=timing --dry-run
  zwerm list levers
"""
RUN_HELP = """\
more settings:
  years=10 (or weeks=520)        how long
  actions=[…] off=[…]            what leaders do; mechanisms switched off
  engine.seeds=20                runs of each arm; engine.first_seed, engine.threads
  engine.figures=false           no figures; engine.style=beamer for slides
  organisation.structure=circles

examples:
  zwerm run scenario=copy_of_a_copy engine=quick
  zwerm run scenario=zappos organisation=retail years=3
  zwerm run leading.pull=0.4 'actions=[{lever: example, strength: 0.9, start: 52}]'
  zwerm run organisation.chart=people.csv organisation.chart_repair=true
  zwerm run --from runs/copy_of_a_copy-20250101-120000
"""
COMPARE_HELP = """\
examples:
  zwerm compare scenario=copy_of_a_copy
  zwerm compare scenario=copy_of_a_copy:example,copy_of_a_copy:broadcast --measure effort_front
  zwerm compare scenario=copy_of_a_copy,nothing years=5 engine=quick
"""
MARKET_HELP = """\
examples:
  zwerm market
  zwerm market --arm promise --measure customers
  zwerm market scenario=picnic 'rivals=[{actions: [{lever: example, strength: 0.9}]}, {}]'
"""
MARKET_SCENARIO = "scenario=rivals"  # unless another is named


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are sentences like all others."""

    def error(self, message: str) -> NoReturn:
        raise ParameterError(f"{message}; `{self.prog} --help` says what is possible")


def command_parser(command: str, about: str, examples: str = "") -> _Parser:
    """The parser of `zwerm COMMAND`."""
    return _Parser(
        prog=f"zwerm {command}", description=about, epilog=examples, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip


def with_settings(parser: _Parser, out: str = "where to write; must be new") -> _Parser:
    """The same with settings and --out, explained by `out`."""
    parser.add_argument(
        "settings",
        nargs="*",
        metavar="name=value",
        help="scenario=, organisation=, engine=, or any name in `zwerm list parameters`",
    )
    parser.add_argument("--out", type=folder_type, metavar="FOLDER", help=out)
    return parser


def folder_type(text: str) -> Path:
    """A path that was typed."""
    if not text.strip():
        raise argparse.ArgumentTypeError("names no folder; type its path, for instance runs/mine")
    return Path(text)


# --- commands -------------------------------------------------------------------------------


def _run(words: list[str]) -> int:
    parser = with_settings(command_parser("run", "Run a scenario and leave a folder.", RUN_HELP))
    parser.add_argument(
        "--from",
        dest="source",
        type=folder_type,
        metavar="FOLDER",
        help="repeat what an earlier run left and say whether every number is the same",
    )
    typed = parser.parse_intermixed_args(words)
    if typed.source is not None:
        if typed.settings:
            raise ParameterError(f"--from repeats a run as it was: leave out {typed.settings[0]}")
        return _repeat(typed.source, typed.out)
    from experiments.compare import headlines_text
    from experiments.run import perform
    from experiments.settings import compose

    done = perform(compose(typed.settings), typed.settings, typed.out)
    print(headlines_text(done.study))
    print(f"\nWritten to {done.folder}")
    return drawn(done.undrawn, done.folder)


def _repeat(source: Path, out: Path | None) -> int:
    from experiments import store

    started, undrawn = store.now(), ""
    if out is None:
        again = store.repeat(source)
    else:
        with store.writing(out) as partial:
            again = store.repeat(source)
            typed = [f"--from={source}"]
            undrawn = store.save(again.study, partial, again.settings, typed, started)
    if again.identical:
        print(f"Bit-identical: every number is what {source} holds.")
        return drawn(undrawn, out or source)
    why = "; ".join(again.reasons) or "nothing that was recorded has changed, so this is a fault"
    print(f"Not bit-identical to {source}. Likely why: {why}.")
    drawn(undrawn, out or source)
    return FAILED


def _compare(words: list[str]) -> int:
    about = "Compare scenarios, or the arms of one, on the same seeds."
    parser = with_settings(command_parser("compare", about, COMPARE_HELP))
    parser.add_argument("--measure", default="nps", help="of the table; default nps")
    typed = parser.parse_intermixed_args(words)
    from experiments.compare import check_measure, compared, yearly_text
    from experiments.run import perform

    measure = check_measure(typed.measure)
    done = perform(compared(typed.settings), typed.settings, typed.out)
    print(yearly_text(done.study, measure))
    print(f"\nWritten to {done.folder}")
    return drawn(done.undrawn, done.folder)


def _market(words: list[str]) -> int:
    about = "Show the market of one arm of a scenario firm by firm: shares, NPS and profit of all."
    parser = with_settings(command_parser("market", about, MARKET_HELP))
    parser.add_argument("--arm", default="", help="whose market; default what it is about")
    parser.add_argument("--measure", default="share", help="of the table; default share")
    typed = parser.parse_intermixed_args(words)
    from experiments.compare import check_measure, headlines_text, yearly_text
    from experiments.run import perform
    from experiments.settings import compose, with_market

    measure = check_measure(typed.measure)
    cfg = with_market(compose([MARKET_SCENARIO, *typed.settings]), typed.arm)
    done = perform(cfg, [MARKET_SCENARIO, *typed.settings], typed.out)
    print(
        "\n".join(f"{arm.name}: {arm.about or 'nothing is said of it'}" for arm in done.study.arms)
    )
    print(f"\n{yearly_text(done.study, measure)}")
    print(f"\n{headlines_text(done.study)}\n\nWritten to {done.folder}")
    return drawn(done.undrawn, done.folder)


def _demo(words: list[str]) -> int:
    about = "Run the first scenarios small and end with one page to look at."
    typed = with_settings(command_parser("demo", about)).parse_intermixed_args(words)
    from experiments import store
    from experiments.run import fill, say
    from experiments.settings import compose
    from scenarios.library import entry, names

    shown = [name for name in DEMO if name in names("scenario")]
    target = typed.out or store.new_folder("demo")
    with store.writing(target) as partial:
        made = []
        for place, name in enumerate(shown, start=1):
            say(f"{place} of {len(shown)}: {entry('scenario', name).title}")
            settings = [f"scenario={name}", *DEMO[name], *typed.settings]
            (partial / name).mkdir()
            made.append(fill(compose(settings), settings, partial / name))
        undrawn = next((each.undrawn for each in made if each.undrawn), "")
        try:
            from experiments import page

            page.write([each.study for each in made], partial)
        except Exception as error:  # the studies are finished all the same
            undrawn = store.reason(error)
    if (target / PAGE).is_file():
        print(f"Open {target / PAGE}")
    return drawn(undrawn, target)


def _list(words: list[str]) -> int:
    from experiments.listing import LISTS, listed

    parser = command_parser("list", "Show what can be chosen.")
    parser.add_argument("what", metavar="|".join(LISTS))
    parser.add_argument("word", nargs="?", default="", help="only what holds this word")
    typed = parser.parse_args(words)
    if typed.what not in LISTS:
        raise ParameterError(f"no list of {typed.what!r}; {nearest(typed.what, list(LISTS))}")
    print(listed(typed.what, typed.word))
    return OK


ELSEWHERE = {  # who answers, imported when asked
    "why": "experiments.why:why_command",
    "sweep": "experiments.sweep.commands:sweep",
    "claims": "experiments.claims.command:claims_command",
    "validate": "experiments.validate.command:validate_command",
    "calibrate": "experiments.calibrate.command:calibrate_command",
    "contest": "experiments.contest.command:contest_command",
    "sensitivity": "experiments.sensitivity.command:sensitivity_command",
    "organisation": "experiments.organisation_new:organisation_command",
    "map": "experiments.maps:map_command",
    "lag": "experiments.lag:lag_command",
    "lab": "experiments.lab:lab_command",
    "story": "experiments.story.command:story_command",
    "workshop": "experiments.workshop.command:workshop_command",
    "explain": "experiments.explain:explain_command",
    "docs": "experiments.site:docs_command",
    "bundle": "experiments.bundle:bundle_command",
}
HERE: dict[str, Callable[[list[str]], int]] = {
    "demo": _demo, "run": _run, "compare": _compare, "market": _market, "list": _list,
}  # fmt: skip
COMMANDS = (*HERE, *ELSEWHERE)


def answer_of(command: str) -> Callable[[list[str]], int]:
    """What answers a command that there is."""
    return HERE[command] if command in HERE else resolve_name(ELSEWHERE[command])


# --- answering ------------------------------------------------------------------------------


def answering(work: Callable[[], int]) -> int:
    """Do the work; whatever goes wrong becomes one sentence and an exit code."""
    try:
        code = work()
        sys.stdout.flush()
    except KeyboardInterrupt:
        complain("Stopped; nothing was written.")
        return STOPPED
    except BrokenPipeError:  # somebody read enough, as `zwerm list parameters | head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except SystemExit as leaving:  # --help of a command
        return leaving.code if isinstance(leaving.code, int) else FAILED
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        return _answer(error)
    return code


def _answer(error: Exception) -> int:
    """Say what went wrong."""
    if _is_bad_input(error):
        complain(str(error))
        return BAD_INPUT
    hint = f"Set {DEBUG}=1 to see where."
    if isinstance(error, OSError) and str(error):
        complain(f"{error}. {hint}")
    else:
        said = f"{type(error).__name__}: {error}".splitlines()[0][:LONGEST_SENTENCE]
        complain(f"Something went wrong: {said}. {hint}")
    return FAILED


def drawn(undrawn: str, folder: Path) -> int:
    """OK, or FAILED and a sentence if there is a reason why figures could not be drawn."""
    if not undrawn:
        return OK
    why = undrawn[:LONGEST_SENTENCE]
    complain(f"The figures failed ({why}); the numbers are whole, in {folder}.")
    return FAILED


def _is_bad_input(error: Exception) -> bool:
    loaded = [(sys.modules[module], name) for module, name in BAD_INPUT_ERRORS
              if module in sys.modules]  # fmt: skip
    return any(isinstance(error, getattr(module, name)) for module, name in loaded)


def complain(sentence: str) -> None:
    """One sentence on the standard error."""
    print(f"zwerm: {sentence}", file=sys.stderr, flush=True)


def leave(code: int) -> int:
    """The exit code of a process; when somebody stopped it, without waiting for its threads."""
    if code == STOPPED:
        sys.stdout.flush()
        os._exit(code)  # a run under way may take long; its numbers are wanted by nobody
    return code


def _command(words: list[str]) -> int:
    first = words[0] if words else "--help"
    if first in ("-h", "--help", "help"):
        print(HELP, end="")
        return OK
    if first in ("-V", "--version"):
        from importlib.metadata import version

        print(f"zwerm {version('zwerm')}")
        return OK
    if first not in COMMANDS:
        raise ParameterError(f"unknown command {first!r}; {nearest(first, list(COMMANDS))}")
    return answer_of(first)(words[1:])


def main(argv: list[str] | None = None) -> int:
    """What `zwerm` does: run a command, return its exit code."""
    words = sys.argv[1:] if argv is None else argv
    code = answering(lambda: _command(words))
    return leave(code) if argv is None else code


if __name__ == "__main__":
    sys.exit(main())
