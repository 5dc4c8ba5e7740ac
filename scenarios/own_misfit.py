"""Which answers about an organisation do not fit together, and which are the nearest that do?

An outcome that is missed although its parameter is at an end of its range gives way: the others are
sought again without it, and what it then shows is the nearest. Then it is kept, and the answer
whose parameter moves it most gives way instead.
"""

from collections.abc import Mapping

import numpy as np

from scenarios.own_organisation import OUTCOMES, SOUGHT, Sought, Values
from scenarios.own_search import AT_END, STEP, Search, Solution, solve, stuck


def misfit(search: Search, wanted: Mapping[str, float], solution: Solution) -> str:
    """Which answers do not fit together, and the nearest that do: one sentence for each miss."""
    pinned: dict[str, float] = {}
    dropped: list[Sought] = []
    while True:
        ends = stuck(solution, pinned) or [SOUGHT[name] for name in solution.misses]
        for each in ends:
            dropped.append(each)
            pinned[each.parameter] = _end(each, solution.values[each.parameter])
        rest = {name: value for name, value in wanted.items() if SOUGHT[name] not in dropped}
        free = [SOUGHT[name] for name in rest]
        solution = solve(search, rest, free, pinned, solution.values)
        if not solution.misses:
            break
    sentences = []
    for each in dropped:
        first = _sentence(each, wanted, solution, pinned)
        sentences.append(first + _otherwise(search, each, wanted, solution, pinned))
    return "; ".join(sentences)


def _end(each: Sought, value: float) -> float:
    """The end of the range that a value is at, or the value itself."""
    share = each.share_of(value)
    return each.low if share <= AT_END else each.high if share >= 1.0 - AT_END else value


def told_as(each: Sought, value: float) -> str:
    """An outcome as it may be typed."""
    return f"{round(value, each.digits) + 0.0:.{each.digits}f}"


def _sentence(each: Sought, wanted: Mapping[str, float], solution: Solution, pinned: Values) -> str:
    got, asked = solution.got[each.outcome], wanted[each.outcome]
    near = told_as(each, got)
    bound = "lowest" if pinned[each.parameter] == each.low else "highest"
    if pinned[each.parameter] not in (each.low, each.high):
        bound = "nearest"
    others = " and ".join(
        f"{name} = {value:g}" for name, value in wanted.items() if name != each.outcome
    )
    beside = f" beside {others}" if others else ""
    return (
        f"{each.outcome} = {asked:g} is not reached{beside}: with {each.parameter} = "
        f"{pinned[each.parameter]:g}, its {bound}, {each.outcome} is {near}; type "
        f"{each.outcome}={near}"
    )


def _otherwise(
    search: Search, each: Sought, wanted: Mapping[str, float], solution: Solution, pinned: Values
) -> str:
    """The other answer that may give way instead: the one whose parameter moves this outcome most.

    Empty if none does.
    """
    others = [SOUGHT[name] for name in wanted if SOUGHT[name].parameter not in pinned]
    if not others:
        return ""
    place, here = OUTCOMES.index(each.outcome), solution.values
    tried = []
    for other in others:
        share = other.share_of(here[other.parameter])
        step = STEP if share + STEP <= 1.0 else -STEP
        tried.append({**here, other.parameter: other.at(share + step)})
    moved = np.abs(search.outcomes(tried)[:, place] - solution.got[each.outcome])
    other = others[int(np.argmax(moved))]
    rest = {name: value for name, value in wanted.items() if name != other.outcome
            and (name == each.outcome or SOUGHT[name].parameter not in pinned)}  # fmt: skip
    free = [SOUGHT[name] for name in wanted if SOUGHT[name].parameter not in pinned]
    again = solve(search, rest, free, pinned, here)
    if again.misses:
        return ""
    return f", or keep it and type {other.outcome}={told_as(other, again.got[other.outcome])}"
