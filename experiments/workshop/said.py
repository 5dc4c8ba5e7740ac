"""How is it said in the language of the page? Words of `conf/text/`, and errors that know theirs.

An error of the workshop carries the key of its sentence and the values in it, so that a page says
it in its own language; as text it is English.
"""

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from scenarios.library import content_of
from sim.levers import NAMES
from sim.parameters import ParameterError

LANGUAGES = ("nl", "en")
KEY = "exports"  # of conf/text/LANGUAGE.yaml
TYPED = re.compile(r"[-+]?\d{1,9}(\.\d{0,9})?", re.ASCII)
LONGEST_QUOTE = 40  # letters of a value that an error repeats


class RoomError(ParameterError):
    """What cannot be used: `key` below `exports.errors`, and the `values` of its sentence."""

    def __init__(self, key: str, **values: Any) -> None:
        self.key, self.values = key, {name: quoted(each) for name, each in values.items()}
        super().__init__(told("en", key, self.values))


def quoted(value: Any) -> Any:
    """A value as an error repeats it: long texts are cut, and what cannot be seen is left out."""
    if not isinstance(value, str):
        return value
    seen = "".join(letter for letter in value if letter.isprintable())
    return seen if len(seen) <= LONGEST_QUOTE else seen[: LONGEST_QUOTE - 1] + "…"


def words(language: str) -> dict[str, Any]:
    """All words of this part of the package in one language."""
    return content_of("text", language)[KEY]


def sentence(language: str, path: str, **values: Any) -> str:
    """The text at a path such as `errors.broken`, with values in its braces. Raises KeyError."""
    found: Any = words(language)
    for part in path.split("."):
        found = found[part]
    return str(found).format(**values) if values else str(found)


def said(error: Exception, language: str) -> str:
    """An error in the language of the page; in English, and saying so, if it knows no other."""
    if isinstance(error, RoomError):
        return told(language, error.key, error.values)
    if language == "en":
        return str(error)
    return sentence(language, "errors.only_english", text=str(error))


def told(language: str, key: str, values: Mapping[str, Any]) -> str:
    """The sentence of an error: levers and sizes by their names, numbers as the language does."""
    spoken = dict(values)
    for name, value in values.items():
        if name == "lever" and value in NAMES:
            spoken[name] = lever_name(language, value)
        elif name == "what":
            spoken[name] = sentence(language, f"sizes.{value}")
        elif isinstance(value, int | float) and isfinite(value):
            places = 0 if value == round(value) else 2
            spoken[name] = decimals(language, value, places)
    return sentence(language, f"errors.{key}", **spoken)


def lever_name(language: str, lever: str) -> str:
    """What a lever is called."""
    return str(content_of("text", language)["workshop"]["levers"][lever]["name"])


def measure_name(language: str, measure: str) -> str:
    """What a measure is called."""
    return str(content_of("text", language)["workshop"]["measures"][measure]["name"])


def unit_name(language: str, measure: str, difference: bool = False) -> str:
    """What stands behind a number of a measure, or behind a difference of two."""
    told = content_of("text", language)["workshop"]["measures"][measure]
    return str(told["apart" if difference else "unit"])


def counted_in(language: str, measure: str) -> str:
    """What the numbers of a measure are: points, or what its axis says."""
    unit = unit_name(language, measure).strip()
    axis = str(content_of("text", language)["workshop"]["measures"][measure]["axis"])
    return unit if unit and unit in axis.split(", ") else axis


def decimals(language: str, value: float, places: int, sign: bool = False) -> str:
    """A number as the language writes it: a comma and dots in Dutch, a minus sign in both."""
    value = round(value, places) + 0.0  # no minus before nothing
    text = f"{value:{'+' if sign and value else ''},.{places}f}".replace("-", "\N{MINUS SIGN}")
    return text.translate(str.maketrans(",.", ".,")) if language == "nl" else text


def number_of(text: str, language: str) -> float | None:
    """The number that somebody typed, None if it is none.

    Comma and point both stand before decimals, except where the language writes thousands so.
    """
    group, point = (".", ",") if language == "nl" else (",", ".")
    typed = text.strip().replace("\N{MINUS SIGN}", "-")
    thousands = rf"[-+]?[1-9]\d{{0,2}}(\{group}\d{{3}})+(\{point}\d*)?"
    if re.fullmatch(thousands, typed, re.ASCII):
        typed = typed.replace(group, "")
    typed = typed.replace(",", ".")
    return float(typed) if TYPED.fullmatch(typed) else None
