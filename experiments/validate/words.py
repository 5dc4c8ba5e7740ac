"""What was asked and found, and what may be counted, in words: for tables, page and document."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from experiments.validate.running import Outcome, Row
from scenarios.targets.judging import Found, Hit, wilson
from scenarios.targets.target import Aim, Curve, Falling, Status

ORDER = tuple(Status)
MEANING: Mapping[Status, str] = {
    Status.CHECK: "Measured by somebody else, and not used for any number here: a test.",
    Status.CALIBRATED: "A number of the model was set so that this comes out: hitting it shows "
    "that it can.",
    Status.FITTED: "The rules were estimated from these very data: hitting it is no test.",
    Status.INPUT: "Put in. That it comes out shows that nothing was lost on the way.",
    Status.CONSTRUCTED: "Follows from how a rule is written.",
    Status.EXACT: "A formula or a calculation of others: shows that the code does what it says.",
    Status.CLAIM: "Said in a seed article, not measured: missing it refutes neither.",
    Status.ASSUMED: "No measurement is known; the limits are assumed.",
    Status.EXPLORATORY: "An earlier calculation of ours, with simpler rules.",
}
ONLY_CHECKS = (
    "Only rows of status check are tests. Everything else shows what was put in, fitted, set, or "
    "follows from the rules, and hitting it is no evidence for them."
)
RULE = (
    "Hit: the whole 90 % interval lies within the limits; missed: the whole interval lies outside; "
    "undecided: it reaches over a limit. Limits are as published and are not widened."
)
DEPENDENT = "Rows share rules and data, so that the interval is too narrow."
MINUS = "−"


class Share(NamedTuple):
    """How many of the rows of a status are hit."""

    hit: int
    missed: int
    undecided: int
    unmeasured: int

    @property
    def measured(self) -> int:
        """Rows with a verdict; undecided ones are not hits."""
        return self.hit + self.missed + self.undecided

    @property
    def interval(self) -> tuple[float, float]:
        """90 % interval of the share that is hit; NaN without a row."""
        return wilson(self.hit, self.measured) if self.measured else (math.nan, math.nan)


def share_of(rows: Iterable[Row]) -> Share:
    """Count verdicts."""
    found = [each.hit for each in rows]
    return Share(*(found.count(hit) for hit in (Hit.YES, Hit.NO, Hit.UNDECIDED, Hit.UNMEASURED)))


def by_status(rows: Sequence[Row]) -> dict[Status, list[Row]]:
    """Rows of each status that has any, tests first."""
    found = {status: [each for each in rows if each.target.status is status] for status in ORDER}
    return {status: each for status, each in found.items() if each}


def share_text(share: Share) -> str:
    """How many are hit, one sentence."""
    if not share.measured:
        return f"None of {share.unmeasured} was measured."
    low, high = share.interval
    parts = [f"{share.hit} of {share.measured} hit ({share.hit / share.measured:.0%}, 90 % "
             f"interval {low:.0%} to {high:.0%})"]  # fmt: skip
    for count, said in ((share.missed, "missed"), (share.undecided, "undecided")):
        if count:
            parts.append(f"{count} {said}")
    if share.unmeasured:
        parts.append(f"{share.unmeasured} not measured")
    return ", ".join(parts) + "."


def test_text(rows: Sequence[Row]) -> str:
    """What the tests say."""
    checks = [each for each in rows if each.target.status is Status.CHECK]
    if not checks:
        return "No row here is a test."
    return f"Tests: {share_text(share_of(checks))} {DEPENDENT}"


def number(value: float) -> str:
    """A number with the digits that matter."""
    if math.isnan(value):
        return "none"
    if value == 0.0:
        return "0"
    decimals = min(4, max(0, 2 - math.floor(math.log10(abs(value)))))
    return f"{value:.{decimals}f}".replace("-", MINUS)


def distance_text(distance: float) -> str:
    """A distance in tolerances; empty if there is none."""
    return "" if math.isnan(distance) else f"{distance:.1f}"


def asked_text(aim: Aim) -> str:
    """What a row asks for, all numbers of it."""
    if isinstance(aim, Curve):
        return f"RMSE at most {aim.rmse:g} from {', '.join(f'{each:g}' for each in aim.values)}"
    if isinstance(aim, Falling):
        return " > ".join(aim.names)
    return "; ".join(f"{each.name}: {each.text}" if each.name else each.text for each in aim)


def found_text(row: Row) -> str:
    """The numbers of a row, with names where there are several."""
    if row.judged is None:
        return ""
    return "; ".join(_part(each, len(row.judged.parts) > 1) for each in row.judged.parts)


def _part(found: Found, named: bool) -> str:
    return f"{found.name}: {number(found.value)}" if named else number(found.value)


def interval_text(found: Found) -> str:
    """The 90 % interval of a number; empty where there is none."""
    if math.isnan(found.low) or found.low == found.high:
        return ""
    return f"{number(found.low)} to {number(found.high)}"


def how(row: Row) -> str:
    """How a row was measured, one sentence."""
    if row.pattern is None:
        return ""
    seeds = f"; {row.replicates} seeds" if row.pattern.draws else ""
    return f"{row.pattern.how[:1].upper()}{row.pattern.how[1:]}{seeds}."


def note(row: Row) -> str:
    """What else is to be known of a row: why it is not measured, or why it is missed."""
    if row.judged is None:
        return row.why_not
    said = []
    if row.target.expected_miss:
        begins = "A miss was expected and did not come" if row.hit is Hit.YES else "Expected"
        said.append(f"{begins}: {row.target.expected_miss}")
    if row.hit is not Hit.YES:
        said += [row.target.reading]
    return " ".join(each for each in said if each)


def stopped_text(outcome: Outcome) -> str:
    """What an interrupt left undone, empty if nothing."""
    if not outcome.stopped:
        return ""
    if outcome.set_asked:
        kept = "what follows is of these" if outcome.set_done else "no shares of it are given"
        return (
            f"Stopped by somebody after {outcome.set_done} of {outcome.set_asked} rows of the "
            f"plausible set: {kept}."
        )
    return (
        f"Stopped by somebody after {len(outcome.rows)} of {outcome.chosen} rows; the others were "
        f"not measured."
    )
