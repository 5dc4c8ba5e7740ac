"""What does a story say? Both languages, from `conf/text/`, with the same keys in each."""

from collections.abc import Mapping
from typing import Any

from scenarios.library import content_of

LANGUAGES = ("nl", "en")
KEY = "story"  # of conf/text/LANGUAGE.yaml


def words_of(language: str, name: str) -> dict[str, Any]:
    """The words that all stories share, and those of one under `story`."""
    told = content_of("text", language)[KEY]
    shared = {key: value for key, value in told.items() if key != "stories"}
    return {**shared, "story": told["stories"][name]}


def title_of(language: str, name: str) -> str:
    """The title of a story."""
    return str(content_of("text", language)[KEY]["stories"][name]["title"])


def paths(content: Any, path: str = "") -> dict[str, str]:
    """Every text by its path: names and numbers joined by dots. Raises TypeError for a stranger."""
    if isinstance(content, str):
        return {path: content}
    if isinstance(content, Mapping):
        inside = content.items()
    elif isinstance(content, list):
        inside = enumerate(content)
    else:
        raise TypeError(f"{path} is {content!r} and no text; put it in quotes")
    found: dict[str, str] = {}
    for key, value in inside:
        found |= paths(value, f"{path}.{key}" if path else str(key))
    return found
