"""What does `zwerm story` do? Writes one HTML file that plays in any browser, without a network."""

import shlex
from pathlib import Path
from typing import Any

from experiments.story.definition import Story, story, story_names
from experiments.story.words import LANGUAGES, title_of
from sim.parameters import ParameterError, nearest

HELP = """\
Without --fresh the page is made in a second from the grid that comes with the package. --fresh runs
it anew, in minutes; after a stop the same command goes on. Settings need --fresh. docs/stories.md
says how to use a story with a group.

examples:
  zwerm story --list
  zwerm story washing --out washing.html
  zwerm story copy_of_a_copy --language en --out copy.html
  zwerm story washing --fresh organisation=retail --out retail.html
"""
SET_BY_THE_STORY = ("scenario", "years", "weeks", "actions", "switches", "sweep")


def story_command(words: list[str]) -> int:
    """The command `zwerm story`. Raises ParameterError or FolderError."""
    from experiments.cli import OK, command_parser, folder_type

    about = "A story in one HTML file: predict, look, try, and talk about it."
    parser = command_parser("story", about, HELP)
    parser.usage = ("zwerm story NAME --out FILE.html [--language nl|en] [--fresh [settings]] "
                    "[--list]")  # fmt: skip
    parser.add_argument("words", nargs="*", metavar="NAME, name=value",
                        help="the story, and settings for --fresh")  # fmt: skip
    parser.add_argument("--out", type=folder_type, metavar="FILE", help="default NAME.html")
    parser.add_argument("--language", default=LANGUAGES[0], metavar="|".join(LANGUAGES),
                        help="in which the page opens; it can be changed there")  # fmt: skip
    parser.add_argument("--fresh", action="store_true", help="run the grid anew")
    parser.add_argument("--keep", action="store_true",
                        help="with --fresh: put the grid in the package's place")  # fmt: skip
    parser.add_argument("--list", action="store_true", help="show the stories")
    typed = parser.parse_intermixed_args(words)
    if typed.list:
        print(listed())
        return OK
    names = [word for word in typed.words if "=" not in word]
    own = [word for word in typed.words if "=" in word]
    _check(names, own, typed)
    each = story(names[0])
    target = typed.out or Path(f"{each.name}.html")
    check_target(target)
    grid = _grid(each, own, typed.fresh, typed.keep)
    return _write(each, grid, target, typed.language, shlex.join(["zwerm", "story", *words]))


def _check(names: list[str], own: list[str], typed: Any) -> None:
    """Raise ParameterError for words that cannot be used together."""
    if len(names) != 1:
        raise ParameterError(
            f"name one story, for instance zwerm story {story_names()[0]} --out story.html "
            f"(`zwerm story --list` shows them)"
        )
    if typed.language not in LANGUAGES:
        raise ParameterError(
            f"--language {typed.language!r} is not spoken here; "
            f"{nearest(typed.language, list(LANGUAGES))}"
        )
    if own and not typed.fresh:
        raise ParameterError(f"{own[0]} needs runs of its own; add --fresh, or leave it out")
    if typed.keep and (own or not typed.fresh):
        raise ParameterError("--keep goes with --fresh and without settings; type --fresh --keep")
    for text in own:
        if text.partition("=")[0].partition(".")[0] in SET_BY_THE_STORY:
            raise ParameterError(
                f"{text.partition('=')[0]} is what the story itself sets; leave it out, or use "
                f"zwerm run"
            )


def check_target(target: Path) -> None:
    """Raise ParameterError for a place where no page can be written."""
    if target.suffix.lower() not in (".html", ".htm"):
        raise ParameterError(f"--out {target} is no page; give a name that ends in .html")
    if target.is_dir():
        raise ParameterError(f"--out {target} is a folder; give a file, such as story.html")
    if not target.absolute().parent.is_dir():
        raise ParameterError(f"there is no folder {target.parent} for {target.name}; make it first")


def listed() -> str:
    """The stories, a line each, with their titles in both languages."""
    width = max(map(len, story_names()))
    return "\n".join(
        f"{name:<{width}}  {title_of('en', name)} / {title_of('nl', name)}"
        for name in story_names()
    )


def _grid(each: Story, own: list[str], fresh: bool, keep: bool) -> dict[str, Any]:
    """The grid that comes with the package, or a new one."""
    from experiments.run import say
    from experiments.story import stored

    if not fresh:
        grid = stored.read(each)
        if grid is not None:
            _tell_age(grid)
            return grid
        say(f"No grid comes with {each.name}: it is run now.")
    grid = run(each, own)
    if keep:
        from experiments.figures.style import write_whole

        write_whole(stored.path_of(each), stored.text_of(grid))
        say(f"Kept in {stored.path_of(each)}.")
    return grid


def run(each: Story, own: list[str]) -> dict[str, Any]:
    """Run the grid, what carries it and its claims; say how long it takes."""
    import time

    from experiments.cli import FAILED, STOPPED, complain
    from experiments.run import say
    from experiments.story.evidence import evidence
    from experiments.story.grid import Unfinished, grid_of
    from experiments.story.panels import panels_of
    from experiments.sweep.forecast import duration

    began = time.monotonic()
    try:
        made = panels_of(each, own) if each.is_panel else grid_of(each, own)
    except Unfinished as unfinished:
        complain(str(unfinished))
        raise SystemExit(STOPPED if unfinished.interrupted else FAILED) from None
    say("Now what carries it, and its claims.")
    found = {**made, **evidence(each, own)}
    say(f"All of it took {duration(time.monotonic() - began)}.")
    return found


def _tell_age(grid: dict[str, Any]) -> None:
    """Say if the model has changed since the grid was run."""
    from experiments.run import say
    from sim.compiled import kernel_hash

    if grid["made"]["kernels"] != kernel_hash():
        say("The model has changed since this grid was run; --fresh runs it anew.")


def _write(each: Story, grid: dict[str, Any], target: Path, language: str, command: str) -> int:
    from experiments.cli import OK
    from experiments.figures.style import write_whole
    from experiments.story.page import text_of

    content = text_of(each, grid, language, command).encode()
    write_whole(target, content)
    print(f"Open {target} ({len(content) / 1e6:.1f} MB); it needs no network.")
    return OK
