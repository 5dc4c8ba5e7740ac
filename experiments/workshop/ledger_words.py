"""How is a ledger of `agents/` said in another language? Row by row, its numbers kept.

A row that has no words yet stays in English: nothing is left out.
"""

import re
from dataclasses import replace

from agents.ledger import Ledger
from experiments.workshop.said import decimals, words

ASIDE = re.compile(r" ?\(([^)]*)\)")
NUMBER = re.compile(r"-?\d+\.\d+")


def in_language(found: Ledger, language: str) -> Ledger:
    """The ledger with title, unit and rows in the language; amounts as they are."""
    if language == "en":
        return found
    rows = tuple(row._replace(label=row_label(row.label, language)) for row in found.rows)
    return replace(found, title=_title(found.title, language), rows=rows,
                   unit=_said(found.unit, language))  # fmt: skip


def row_label(label: str, language: str) -> str:
    """What a row is called, with what stands in brackets behind it."""
    plain = ASIDE.sub("", label)
    told = words(language)["ledger"].get(plain)
    if told is None:
        return label
    asides = [_aside(each, language) for each in ASIDE.findall(label)]
    return f"{told} ({'; '.join(asides)})" if asides else str(told)


def _aside(text: str, language: str) -> str:
    """Numbers and single words in brackets."""
    text = NUMBER.sub(lambda at: decimals(language, float(at[0]), 2), text)
    parts = re.split(r",(?= )", text)
    return ",".join(_aside_part(part, language) for part in parts)


def _aside_part(part: str, language: str) -> str:
    for english, told in words(language)["ledger_aside"].items():
        part = part.replace(english, told)
    return part


def _title(title: str, language: str) -> str:
    """`effort of employee 3, round of week 48`, in the language."""
    kind = re.split(r" of employee ", title)[0]
    found = re.search(r"employee (\d+)\b.*week (\d+)", title)
    told = words(language)["ledger_titles"].get(kind)
    if told is None or found is None:
        return title
    return str(told).format(person=found[1], week=found[2])


def _said(text: str, language: str) -> str:
    return str(words(language)["ledger"].get(text, text))
