"""What does `zwerm lab` do? Plays public-goods games and holds them against published ones.

The folder: rounds.csv, replies.csv, lab.json, a figure for each question (PNG and SVG),
index.html, manifest.json.
"""

import json
import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.listing import NARROWEST, described, sentence, table, width
from sim.parameters import ParameterError, declarations

if TYPE_CHECKING:
    from experiments.lab_rounds import Arm, Experiment
    from sim.lab_games import Game

DEFAULT_SEEDS, MOST_SEEDS = 40, 5000
OWN = "own game"
HELP = """\
settings:
  size=4 groups=300 rounds=10 endowment=20 marginal_return=.4
  leader=none|fixed|rotating|voluntary   matching=strangers|partners
  power=none|exclusion|reward            pay=none|moderate|high, or endowments a round
  method=free|strategy                   frame=giving|taking
  identities=1,1,2                       a label for each seat; the first seat leads first
  leading.lead_bonus=.2                  any number of people, contributing, leading, leadership

examples:
  zwerm lab
  zwerm lab fischbacher_gaechter_2010
  zwerm lab leader_or_none size=6 --seeds 100
  zwerm lab groups=500 size=4 leader=rotating matching=partners
  zwerm lab leader=fixed --types cc=.3,fr=.5,tri=.1,other=.1
"""


# --- playing ----------------------------------------------------------------------------------


def experiment(
    name: str = "", settings: Mapping[str, Any] | None = None, seeds: int = DEFAULT_SEEDS,
    done: Callable[[float], None] | None = None,
) -> "Experiment":  # fmt: skip
    """Play a preset, or with no name one game of your own, on seeds 1 to `seeds`.

    Raises ParameterError with one sentence.
    """
    from experiments.lab_rounds import played

    about, games = asked(name, settings or {})
    return played(about, games, range(1, checked_seeds(seeds) + 1), done)


def asked(
    name: str, settings: Mapping[str, Any]
) -> tuple[tuple[str, str, str, str], "dict[str, Game]"]:
    """Name, title, about and source of what is asked, and its games. Raises ParameterError."""
    from scenarios.laboratory_games import game_of, preset

    if name:
        found = preset(name)
        return (found.name, found.title, found.about, found.source), found.games(settings)
    about = "A game of your own, with the rules and types of the model unless you set others."
    return ("own", "A game of your own", about, ""), {OWN: game_of(settings)}


def checked_seeds(seeds: int) -> int:
    """The number of seeds. Raises ParameterError."""
    if isinstance(seeds, bool) or not isinstance(seeds, int) or not 2 <= seeds <= MOST_SEEDS:
        raise ParameterError(f"--seeds {seeds} is out of range; type 2 to {MOST_SEEDS}")
    return seeds


# --- words ------------------------------------------------------------------------------------


def rows_of(found: "Experiment") -> list[tuple[str, ...]]:
    """A row for each arm: all rounds, first, last, zeros, leader, followers, ratio, earnings."""
    from experiments.lab_rounds import copy_ratio, known_mean, over_all

    rows = []
    for arm in found.arms:
        gave = arm.rounds["contribution"]
        means = (
            known_mean(gave), known_mean(gave[:, 0]), known_mean(gave[:, -1]),
            known_mean(arm.rounds["zero"][:, -1]), known_mean(arm.rounds["leader"]),
            known_mean(arm.rounds["followers"]), copy_ratio(arm),
            known_mean(over_all(arm, "earnings")),
        )  # fmt: skip
        rows.append((arm.name, *(f"{each:.3f}" if math.isfinite(each) else "" for each in means)))
    return rows


HEAD = ("arm", "given", "round 1", "last", "zeros last", "leader", "followers", "ratio",
        "earnings")  # fmt: skip


def sentences(found: "Experiment") -> list[str]:
    """What the numbers say: against published means, and each arm against the first."""
    return [*against_published(found), *against_first(found)]


def against_published(found: "Experiment") -> list[str]:
    """How far each arm lies from published means, for each measure that was published."""
    several = len(found.arms) > 1
    return [
        told
        for arm in found.arms
        for told in _apart(found, arm, f" of “{arm.name}”" if several else "")
    ]


def _apart(found: "Experiment", arm: "Arm", where: str) -> list[str]:
    from experiments.lab_rounds import known_mean

    said = []
    for measure, name in (("contribution", "Contributions"), ("belief", "Beliefs"),
                          ("zero", "Shares of zeros"), ("leader", "First moves")):  # fmt: skip
        theirs = found.published.get(measure)
        ours = np.array([known_mean(each) for each in arm.rounds[measure].T])
        if theirs is None or ours.size != theirs.size:
            continue
        apart = ours - theirs
        worst = int(np.abs(apart).argmax())
        said.append(
            f"{name}{where} lie {math.sqrt(float(np.mean(apart**2))):.3f} from the published means "
            f"(root of the mean square over rounds); most in round {worst + 1}: {ours[worst]:.3f} "
            f"against {theirs[worst]:.3f}."
        )
    return said


def against_first(found: "Experiment") -> list[str]:
    """How much more each further arm gives than the first, with its interval over seeds."""
    from experiments.lab_rounds import over_all
    from experiments.maps import half_width

    said, first = [], found.arms[0]
    for arm in found.arms[1:]:
        more = over_all(arm, "contribution") - over_all(first, "contribution")
        if not more.any():
            said.append(f"“{arm.name}” gives the same as “{first.name}” on every seed.")
            continue
        mean, half = float(more.mean()), half_width(more)
        told = "" if abs(mean) > half else ", which is not told from nothing"
        said.append(
            f"“{arm.name}” gives {mean:+.3f} of the endowment against “{first.name}” (95 % "
            f"interval {mean - half:+.3f} to {mean + half:+.3f} over {len(found.seeds)} "
            f"seeds){told}."
        )
    return said


# --- the command ------------------------------------------------------------------------------


def listed() -> str:
    """The presets, and every setting that needs no group in front."""
    from scenarios.laboratory_games import presets
    from sim.lab_games import Laboratory
    from sim.lab_leading import Leadership

    games = [
        (name, str(len(each.arms)), f"{sentence(each.title)} {each.about} Source: {each.source}.")
        for name, each in presets().items()
    ]
    settings = [
        (each.name, f"{each.default:g}", f"{each.low:g} to {each.high:g}", each.unit,
         each.grade.value, f"{each.about}. Source: {each.source}.")
        for group in (Laboratory, Leadership)
        for each in declarations(group)
    ]  # fmt: skip
    return "\n\n".join([
        described(("preset", "arms"), games),
        described(("setting", "default", "range", "unit", "grade"), settings),
        "Use: `zwerm lab PRESET [name=value …]`, or `zwerm lab name=value …` for a game of your "
        "own; `zwerm lab --help` has the words.",
    ])  # fmt: skip


def short_list() -> str:
    """The presets, a line each."""
    from scenarios.laboratory_games import presets

    rows = [(name, str(len(each.arms)), each.title) for name, each in presets().items()]
    use = "Use: `zwerm lab PRESET`; `zwerm lab --list` says more and shows every setting."
    return f"{table(('preset', 'arms', 'title'), rows)}\n\n{use}"


def lab_command(words: list[str]) -> int:
    """`zwerm lab [PRESET] [name=value …]`: exit code."""
    from experiments.cli import OK, command_parser, folder_type

    about = "Public-goods games with the rule for effort that moves the organisation."
    parser = command_parser("lab", about, HELP)
    parser.add_argument("words", nargs="*", metavar="PRESET|name=value", help="see --list")
    parser.add_argument("--seeds", type=int, metavar="N", help="games of each arm, or replicates")
    parser.add_argument("--types", default="", metavar="cc=.5,fr=.3,…", help="shares of types")
    parser.add_argument("--json", type=folder_type, metavar="FILE",
                        help="write the numbers there, too")  # fmt: skip
    parser.add_argument("--out", type=folder_type, metavar="FOLDER",
                        help="where to write; must be new")  # fmt: skip
    parser.add_argument("--list", action="store_true", help="show presets and settings")
    typed = parser.parse_intermixed_args(words)
    if typed.list or not (typed.words or typed.types):
        print(listed() if typed.list else short_list())
        return OK
    name, settings = split(typed.words)
    if typed.types:
        settings["types"] = typed.types
    seeds = checked_seeds(DEFAULT_SEEDS if typed.seeds is None else typed.seeds)
    return _answered(name, settings, seeds, typed.out, typed.json, " ".join(["zwerm lab", *words]))


def split(words: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """The preset, empty if none, and the settings of what was typed. Raises ParameterError."""
    names = [each for each in words if "=" not in each]
    if len(names) > 1:
        raise ParameterError(f"one preset at a time; leave out {names[1]}, or write name=value")
    pairs = (each.partition("=") for each in words if "=" in each)
    return (names[0] if names else ""), {key.strip(): value.strip() for key, _, value in pairs}


def _answered(
    name: str, settings: dict[str, Any], seeds: int, out: Path | None, also: Path | None,
    command: str,
) -> int:  # fmt: skip
    from experiments import store
    from experiments.cli import OK
    from experiments.lab_page import write
    from experiments.lab_rounds import summary
    from experiments.run import interruptibly

    if also is not None and not also.absolute().parent.is_dir():
        raise ParameterError(f"there is no folder {also.parent} for {also.name}; make it first")
    asked(name, settings)
    target = out or store.new_folder("lab")
    with store.writing(target) as partial:
        found = interruptibly(lambda done: experiment(name, settings, seeds, done), None)
        write(found, partial, command)
        if also is not None:
            from experiments.figures.style import write_whole

            write_whole(also, json.dumps(summary(found), indent=2, allow_nan=False).encode())
    about = f"{sentence(found.title)} {found.about}"
    print(textwrap.fill(about, max(NARROWEST, width())))
    print(f"\nShares of the endowment, {seeds} seeds.\n")
    print(table(HEAD, rows_of(found)))
    print("\n".join(["", *sentences(found)]))
    print(f"\nOpen {target / 'index.html'}")
    return OK
