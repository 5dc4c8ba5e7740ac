"""What does the workshop say? Both languages, from `conf/text/`, with the same keys in each."""

from collections.abc import Mapping
from typing import Any

from experiments.workshop.said import LANGUAGES
from scenarios.library import content_of

__all__ = ["LANGUAGES", "filled", "words_of"]

KEY = "workshop"  # of conf/text/LANGUAGE.yaml


def words_of(language: str) -> dict[str, Any]:
    """All words of the pages in a language."""
    return content_of("text", language)[KEY]


def filled(text: str, values: Mapping[str, Any]) -> str:
    """The text with its braces filled; a brace that nobody fills stays."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text
