"""What do slides and page say of a room? Sentences and tables, from numbers, in its language."""

from typing import TYPE_CHECKING

import numpy as np

from experiments.workshop import offered
from experiments.workshop.live import Fans, verdict
from experiments.workshop.said import (
    counted_in,
    decimals,
    lever_name,
    measure_name,
    unit_name,
    words,
)
from scenarios.claims.hypothesis import NPS_OF_INTEREST
from sim.levers import NAMES

if TYPE_CHECKING:
    from experiments.workshop.exports import Taken


def lead(taken: "Taken") -> str:
    """What was run: the organisation, its size, and what line and band are."""
    said, fans = taken.language, taken.first
    text = taken.said(
        "lead", organisation=taken.organisation, people=decimals(said, fans.people, 0),
        customers=decimals(said, fans.customers, 0), years=taken.room.years, runs=fans.runs,
        rows=fans.rows, seeds=fans.seeds,
    )  # fmt: skip
    if not fans.reduced:
        return text
    smaller = taken.said("reduced", people=fans.people, customers=fans.customers)
    return f"{text} {smaller}"


def moves(taken: "Taken", side: str) -> list[tuple[str, ...]]:
    """A row for each move of a side: lever, strength with its unit, start, ramp, end."""
    language, units = taken.language, words(taken.language)["units"]
    rows: list[tuple[str, ...]] = []
    for each in taken.room.moves(side):
        strength = f"{decimals(language, each.strength, 2)} ({units[NAMES[each.lever].unit]})"
        rows.append((lever_name(language, each.lever), strength, str(each.start), str(each.ramp),
                     str(each.end or "–")))  # fmt: skip
    return rows


def move_head(taken: "Taken") -> tuple[str, ...]:
    """What the columns of `moves` are."""
    return tuple(taken.said(name) for name in ("lever", "strength", "start", "ramp", "end"))


def structure(taken: "Taken", side: str) -> str:
    """The structure that a side chose; empty if it kept its own."""
    kind, week = taken.room.shape(side)
    return taken.said("structure", kind=taken.said(f"shapes.{kind}"), week=week) if kind else ""


def differences(taken: "Taken") -> list[str]:
    """The last year of A less B, a sentence for each measure that everybody looks at."""
    found, language = taken.difference, taken.language
    sentences = []
    for name in dict.fromkeys([taken.room.measure, "nps_true", "enps_true"]):
        shown, told = offered.measures()[name], verdict(found, name)
        numbers = [decimals(language, each * shown.factor, shown.places, sign=True)
                   for each in (told.middle, told.low, told.high)]  # fmt: skip
        text = taken.said("told", name=measure_name(language, name),
                          value=numbers[0] + unit_name(language, name, difference=True),
                          low=numbers[1], high=numbers[2])  # fmt: skip
        if shown.unit == "points":
            least = decimals(language, NPS_OF_INTEREST, 0)
            text += " " + taken.said("beyond", least=least, above=told.above, below=told.below,
                                     runs=told.runs)  # fmt: skip
        sentences.append(text)
    return sentences


def table(taken: "Taken") -> list[tuple[str, ...]]:
    """The last year: measure and its unit, A, B and A less B, each a median with its band."""
    rows = []
    for name in offered.measures():
        unit = counted_in(taken.language, name)
        cells = [f"{measure_name(taken.language, name)} – {unit}"]
        for fans in (taken.first, taken.second, taken.difference):
            cells.append(_band(taken.language, fans, name, fans is taken.difference))
        rows.append(tuple(cells))
    return rows


def _band(language: str, fans: Fans, name: str, sign: bool) -> str:
    """Median and band of the last year; a dash where nothing is known or shown."""
    told = verdict(fans, name)
    if not np.isfinite(told[:3]).all():
        return "–"
    shown = offered.measures()[name]
    middle, low, high = (
        decimals(language, each * shown.factor, shown.places, sign) for each in told[:3]
    )
    return f"{middle} ({low} … {high})"


def made(taken: "Taken", told: dict[str, object]) -> list[tuple[str, str]]:
    """How it was made: names and what they are."""
    versions = ", ".join(f"{name} {told[name]}" for name in ("zwerm", "python", "numpy", "numba"))
    lots = ", ".join(f"({row}, {seed})" for row, seed in taken.first.lots)
    return [
        (taken.said("repeat"), taken.said("repeat_said")),
        (taken.said("link"), str(told["link"])),
        (taken.said("kernels"), str(told["kernels"])),
        (taken.said("set"), str(told["plausible_set"])[:16]),
        (taken.said("versions"), versions),
        (taken.said("lots"), lots),
    ]
