"""How long does it take, measured so that others on the machine count for little?

What is compared is measured in turn (A, B, A, B, …) and the ratio taken pair by pair: a machine
that is slow for a while is slow for both. Work on one thread is timed in seconds of the
processor, which stand still while others run; anything with threads or processes of its own by
the clock.
"""

import sys
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

type Work = Callable[[], float]  # does something and returns the seconds that count


class Spread(NamedTuple):
    """Smallest, middle and largest of several measurements."""

    low: float
    middle: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    """The spread of some measurements."""
    return Spread(min(values), median(values), max(values))


def ratio(above: Sequence[float], below: Sequence[float]) -> Spread:
    """The spread of ratios, pair by pair."""
    return spread([a / b for a, b in zip(above, below, strict=True)])


def in_turn(label: str, works: Sequence[Work], repeats: int) -> list[list[float]]:
    """Seconds of each piece of work, [work][repeat], measured alternately."""
    rounds: list[list[float]] = []
    for number in range(1, repeats + 1):
        say(f"{label}: {number} of {repeats}")
        rounds.append([work() for work in works])
    return [list(column) for column in zip(*rounds, strict=True)]


def say(text: str) -> None:
    """Progress, on the standard error: the standard output is for results."""
    print(text, file=sys.stderr, flush=True)
