"""What lies ready in `conf/`: names and descriptions, read as plain YAML and never run.

Composing them, with whatever is typed on top, is the work of `experiments.settings`.
"""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from sim.parameters import ParameterError

CONF = Path(__file__).resolve().parent.parent / "conf"
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where it is there: ten times


class Entry(NamedTuple):
    """A scenario, an organisation or a sweep that can be named on the command line."""

    name: str
    title: str  # empty for organisations
    about: str
    arms: tuple[str, ...]  # of a scenario
    organisation: str  # that a scenario brings along; empty = the default
    scenario: str  # that a sweep brings along; empty = none
    method: str  # of a sweep
    factors: tuple[str, ...]  # of a sweep
    sources: tuple[str, ...]
    assumed: tuple[str, ...]
    measures: tuple[str, ...]  # of a scenario, that tell its story beside NPS
    compared: tuple[str, str]  # of a scenario: the arm that it is about, and against which
    differences: dict[str, Any]  # of an organisation: full name of a parameter -> value


def names(group: str) -> list[str]:
    """What may be typed for `organisation=`, `scenario=`, `engine=` or `sweep=`, sorted."""
    return sorted(path.stem for path in (CONF / group).glob("*.yaml"))


def content_of(group: str, name: str) -> dict[str, Any]:
    """What a file says, read once for as long as nobody writes it; for nobody to change.

    Raises OSError if it cannot be read, ParameterError if it is not YAML.
    """
    path = CONF / group / f"{name}.yaml"
    about = path.stat()
    return _read(path, about.st_mtime_ns, about.st_size)


@cache
def _read(path: Path, written: int, size: int) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParameterError(not_yaml(error, path)) from None
    if not isinstance(content, dict):
        raise ParameterError(f"{path} holds no settings; write name: value, or remove the file")
    return content


def not_yaml(error: Exception, path: Path) -> str:
    """A sentence about a file that is not valid YAML, with the line if it is known."""
    mark = getattr(error, "problem_mark", None)
    where = f", line {mark.line + 1}" if mark else ""
    return f"{path}{where}: this is not valid YAML; mend or remove the file"


def entry(group: str, name: str) -> Entry:
    """One of them. Raises OSError or ParameterError for a file that cannot be read."""
    content = content_of(group, name)
    node = content.get(group, {})
    chosen = [each for each in content.get("defaults", []) if isinstance(each, dict)]
    arms = tuple(node.get("arms", ()))
    return Entry(
        name=name,
        title=node.get("title", ""),
        about=" ".join(node.get("about", "").split()),
        arms=arms,
        organisation=_brought("organisation", chosen),
        scenario=_brought("scenario", chosen),
        method=node.get("method", ""),
        factors=tuple(node.get("factors", ())),
        sources=tuple(node.get("sources", ())),
        assumed=tuple(node.get("assumed", ())),
        measures=tuple(node.get("measures", ())),
        compared=(node.get("main", ""), node.get("against", "")) if arms else ("", ""),
        differences=_differences(content) if group == "organisation" else {},
    )


def entries(group: str) -> list[Entry]:
    """Everything in a group, by name."""
    return [entry(group, name) for name in names(group)]


def _brought(group: str, chosen: list[dict[str, Any]]) -> str:
    """What a file chooses from another group, empty if nothing."""
    wanted = f"override /{group}"
    return next((each[wanted] for each in chosen if wanted in each), "")


def _differences(content: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{part}.{name}": value
        for part, values in content.items()
        if isinstance(values, dict)
        for name, value in values.items()
        if name not in ("name", "about")
    }
