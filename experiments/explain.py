"""What is it? The command `zwerm explain`: a page on anything that has a name.

Everything is read off what is there: declarations, docstrings, presets in `conf/`, and the
statuses in `docs/odd/` where that folder lies beside the code.
"""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from experiments.explain_facts import claims, docstring
from experiments.explain_pages import PAGES, article, item
from experiments.schema import declared
from scenarios.library import entry, names
from sim import measures
from sim.configuration import MECHANISMS
from sim.levers import NAMES
from sim.parameters import ParameterError, nearest

HELP = """\
WORD is a mechanism, lever, parameter, measure, organisation, scenario, or the id of a claim.
Where two things have one name, put what is meant in front: lever:recognition.

examples:
  zwerm explain contributing
  zwerm explain leading.pull
  zwerm explain nps_true
  zwerm explain C25
"""


class Thing(NamedTuple):
    """Something with a name."""

    kind: str
    name: str

    @property
    def typed(self) -> str:
        """What to type to get this and nothing else."""
        return self.name if "." in self.name else f"{self.kind}:{self.name}"


# --- finding --------------------------------------------------------------------------------


def explain_command(words: list[str]) -> int:
    """The command `zwerm explain`. Raises ParameterError for a name that is none."""
    from experiments.cli import OK, command_parser

    parser = command_parser("explain", "What is it, what is it made of, who says so?", HELP)
    parser.add_argument("word", nargs="+", metavar="WORD", help="a name, or kind:name")
    print(explained("_".join(parser.parse_args(words).word)))
    return OK


def explained(word: str) -> str:
    """The page on a name, or what it may mean if it means several. Raises ParameterError."""
    found = matches(word)
    if len(found) == 1:
        kind, name = found[0]
        return PAGES[kind](name)
    meant = "\n".join(item(f"zwerm explain {each.typed}", brief(each)) for each in found)
    return f"{word} may mean several things:\n\n{meant}"


def matches(word: str) -> list[Thing]:
    """Everything of this name. Raises ParameterError with the nearest name if there is nothing."""
    kind, _, name = word.strip().rpartition(":")
    if kind and kind not in PAGES:
        raise ParameterError(f"there is no kind {kind!r}; {nearest(kind, list(PAGES))}")
    there = [each for each in things() if kind in ("", each.kind)]
    exact = [each for each in there if each.name.lower() == name.lower()]
    inside = [each for each in there
              if "." in each.name and each.name.rpartition(".")[2] == name.lower()]  # fmt: skip
    if exact or inside:
        return [*exact, *inside]
    known = list(dict.fromkeys([each.name for each in there]))
    known += [each.rpartition(".")[2] for each in known if "." in each]
    wanted = nearest(name.lower(), known)
    if not wanted.startswith("did you mean"):
        wanted = "`zwerm list parameters` shows names, also: levers, scenarios, organisations"
    raise ParameterError(f"nothing is called {word!r}; {wanted}")


@cache
def things() -> tuple[Thing, ...]:
    """Everything that can be explained."""
    groups = dict.fromkeys(name.rpartition(".")[0] for name in declared())
    by_kind: dict[str, Iterable[str]] = {
        "mechanism": MECHANISMS,
        "lever": NAMES,
        "measure": measures.NAMES,
        "organisation": names("organisation"),
        "scenario": names("scenario"),
        "group": [each for each in groups if each and each not in MECHANISMS],
        "claim": claims(),
        "parameter": declared(),
    }
    return tuple(Thing(kind, name) for kind, those in by_kind.items() for name in those)


def brief(thing: Thing) -> str:
    """A thing in one line."""
    kind, name = thing
    match kind:
        case "mechanism":
            about = docstring(name).partition("\n\n")[0].partition(": ")[2]
        case "lever":
            about = NAMES[name].about
        case "measure":
            about = measures.MEASURES[measures.COLUMN[name]].about
        case "claim":
            about = claims()[name][1]
        case "parameter":
            about = declared()[name].about
        case "group":
            about = f"numbers about {name}"
        case _:
            known = entry(kind, name)
            about = known.title or known.about
    return f"{article(kind)}: {about}"
