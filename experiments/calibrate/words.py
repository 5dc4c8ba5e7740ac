"""What did a calibration find, in sentences made from its numbers?"""

from collections.abc import Mapping
from statistics import median
from typing import Any

from experiments.calibrate.findings import FEWEST
from scenarios.matching import CUT, DISCREPANCY, WORST

MODEL_ONLY = (
    "That a row of parameters is not ruled out does not make it true: few targets are published, "
    "some are claims, and rows of the same table were used to set the declared numbers."
)
ALLOWED = {1: "no row of targets may exceed it", 2: "one row of targets may exceed it"}
CONFLICT = 0.5  # of what chance alone would let through: below it two rows are called in conflict
SHOWN = 5


def rule() -> str:
    """What rules out, one sentence."""
    allowed = ALLOWED.get(WORST, f"{WORST - 1} rows of targets may exceed it")
    return (
        f"Implausible: |measured - target| over the root of tolerance², Monte Carlo variance and "
        f"discrepancy² ({DISCREPANCY:g} tolerances, assumed); the cut is {CUT:g}, and {allowed}."
    )


def sentences(found: Mapping[str, Any]) -> list[str]:
    """How much is left, what was narrowed, what is in conflict, what had no say."""
    return [each for each in (
        rule(), left(found), walked(found), declared(found), others(found), narrowed(found),
        reaching(found), conflicts(found), failed(found), unused(found), MODEL_ONLY,
    ) if each]  # fmt: skip


def left(found: Mapping[str, Any]) -> str:
    """How many points are left in."""
    points = sum(each["points"] for each in found["waves"])
    if "walk" in found:
        told = found["walk"]
        said = (
            f"Left in: {found['left_in']} of {told['ended']} places where {told['walkers']} "
            f"walkers ended, after {points} points; {found['rows']} make the set."
        )
        return said + (_small() if found["is_small"] else "")
    by_wave = ", ".join(
        f"wave {at} {each['left_in']} of {each['points']}"
        for at, each in enumerate(found["waves"], start=1)
    )
    said = f"Left in: {found['left_in']} of {points} points ({by_wave})"
    said += f"; {found['rows']} make the set." if found["rows"] < found["left_in"] else "."
    if found["is_small"]:
        said += _small()
    return said


def _small() -> str:
    return f" That is fewer than {FEWEST}: more points are needed, or the targets conflict."


def walked(found: Mapping[str, Any]) -> str:
    """How walkers came to be where they are, and what that is worth; empty without."""
    if "walk" not in found:
        return ""
    told = found["walk"]
    spent, whole = told["seconds_about"]["measured"], told["seconds_about"]["all_rows"]
    rounds, draws = told["rounds"], told["worth_draws"]
    tries, yes = (sum(each[name] for each in rounds) for name in ("tried", "accepted"))
    return (
        f"The threshold fell to the cut in {len(rounds)} rounds; of {tries} tries {yes} were "
        f"accepted. Cheap rows came first, on one seed until the end, and none after one that "
        f"ruled out: about {spent / whole:.0%} of the seconds that all rows on all seeds take at "
        f"these points. The set descends from "
        f"{told['founders']} points of the start and is worth {draws['median']:.0f} independent "
        f"draws of a number (median; {draws['least']:.0f} of the one drawn anew least often)."
    )


def reaching(found: Mapping[str, Any]) -> str:
    """How much of the ranges the set covers."""
    told = found["parameters"]["share_of_range_covered"]
    known = {name: each for name, each in told.items() if each is not None}
    if not known:
        return ""
    least = ", ".join(f"{name} {known[name]:.0%}" for name in list(known)[:SHOWN])
    return (
        f"The set covers {median(known.values()):.0%} of the whole range of a parameter (median; "
        f"its middle 90 % over 90 % of the range); least: {least}."
    )


def shown_waves(found: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Waves that a table has room for, by name and place: all, or the start and end of a walk."""
    count = len(found["waves"])
    if "walk" not in found:
        return [(f"wave {at + 1}", at) for at in range(count)]
    return [("start", 0)] + ([("last round", count - 1)] if count > 1 else [])


def hit(found: Mapping[str, Any], row: str) -> float | None:
    """Share within the published limits: in the last wave, or in the set of a walk."""
    if "walk" in found:
        return found["walk"]["hit"][row]
    return found["waves"][-1]["rows"][row]["hit"]


def declared(found: Mapping[str, Any]) -> str:
    """Whether the declared numbers themselves are left in."""
    told = found["declared_numbers"]
    beyond = [name for name, each in told.items() if each is None or each > CUT]
    is_out = len(beyond) >= WORST
    said = f"The declared numbers themselves are {'ruled out' if is_out else 'left in'}"
    return f"{said}; beyond the cut: {', '.join(beyond) or 'no row'}."


def others(found: Mapping[str, Any]) -> str:
    """How many there would be by other rules."""
    told = "; ".join(f"{name} {count}" for name, count in found["other_rules"].items())
    points = found["waves"][0]["points"]
    return f"Of the {points} points of wave 1 the rows that cost little leave in, by: {told}."


def narrowed(found: Mapping[str, Any]) -> str:
    """Which parameters the targets say anything about."""
    told = found["parameters"]
    said = (
        f"{told['varied']} parameters were varied; {len(told['matter'])} move a target by a tenth "
        f"of a standard deviation or more, and {len(told['narrowed'])} are narrowed"
    )
    if told["narrowed"]:
        said += f": {', '.join(told['narrowed'])}"
    return f"{said}. All others stay as wide as they were declared."


def conflicts(found: Mapping[str, Any]) -> str:
    """Which rows are hard to have together."""
    worst = [each for each in found["conflicts"] if each["ratio"] < CONFLICT]
    if not worst:
        return "No two rows exclude each other much more than chance would."
    told = "; ".join(
        f"{each['one']} and {each['other']} (together {each['both']:.1%}, by chance "
        f"{each['first'] * each['second']:.1%})"
        for each in worst[:SHOWN]
    )
    return f"Rows in conflict, of points spread over all of space: {told}."


def failed(found: Mapping[str, Any]) -> str:
    """Points that could not be measured."""
    count = sum(each["failed"] for each in found["waves"])
    return f"{count} points had a row that could not be measured; they are not in." if count else ""


def unused(found: Mapping[str, Any]) -> str:
    """Rows of this status that had no say."""
    if not found["not_used"]:
        return ""
    told = "; ".join(f"{name} ({why.rstrip('.')})" for name, why in found["not_used"].items())
    return f"Of status `calibrated on` but not used: {told}."
