"""How often does each rule pass each row? Every rule on the same rows of the set, and seeds."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from experiments.points import Asked, Measured, Point, measure_all
from scenarios.contest import OURS, RULES, Rule, passes
from scenarios.targets import pattern, targets
from scenarios.targets.judging import wilson
from scenarios.targets.pattern import Settings
from scenarios.targets.target import Status

SEEDS = 4  # of a row of targets at each row of the set, fewer where a pattern takes fewer
DEAR = 1.0  # seconds of these, above which a row of targets is run only if it was named
BORROWING = ("N03", "N04")  # read the panels of other rows, without which they are dear


class Cell(NamedTuple):
    """One rule on one row of targets."""

    rule: str
    row: str
    passed: int  # rows of the set
    measured: int
    is_ours: bool  # every number is what our own rules give: the row says nothing of this rule

    @property
    def share(self) -> float:
        """Share of the set that passes; NaN if nothing could be measured."""
        return self.passed / self.measured if self.measured else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """90 % interval of the share (Wilson)."""
        nothing = float("nan"), float("nan")
        return wilson(self.passed, self.measured) if self.measured else nothing


@dataclass(frozen=True)
class Told:
    """What a contest is asked for."""

    asked: tuple[Asked, ...]
    rows: tuple[Settings, ...]  # of the plausible set; one empty row = the declared numbers
    set_sum: str  # SHA-256 of the set; empty for declared numbers
    rules: tuple[Rule, ...] = RULES
    first_seed: int = 1

    def identity(self) -> dict[str, object]:
        """What its numbers depend on, as plain values."""
        from experiments.store import circumstances

        return {
            "asked": [asdict(each) for each in self.asked],
            "rows": [dict(row) for row in self.rows],
            "set": self.set_sum, "rules": {each.name: dict(each.settings) for each in self.rules},
            "first_seed": self.first_seed, **circumstances(),
        }  # fmt: skip

    @property
    def points(self) -> list[Point]:
        """Every row of the set under every rule; a rule is stronger than a row."""
        return [
            Point(f"{rule.name.replace(' ', '-')}-{at:03d}", {**row, **rule.settings})
            for at, row in enumerate(self.rows)
            for rule in self.rules
        ]


def asked(rows: Sequence[str], named: bool) -> tuple[tuple[Asked, ...], list[str]]:
    """Rows with their seeds, and those left out because they take long and nobody named them."""
    found, left = [], []
    for name in rows:
        each = pattern(name)
        count = min(each.replicates, SEEDS)
        dear = name in BORROWING or each.seconds * count / each.replicates > DEAR
        if dear and not named:
            left.append(name)
        else:
            found.append(Asked(name, count))
    return tuple(found), left


def contest(
    told: Told, folder: Path, done: Callable[[float], None], threads: int | None = None
) -> list[Cell]:
    """All cells, row by row of targets. What is in the folder is not measured again."""
    points = told.points
    measured = measure_all(points, told.asked, told.first_seed, folder, done, threads=threads)
    by_rule: dict[str, list[Measured]] = {rule.name: [] for rule in told.rules}
    for place, each in enumerate(measured):
        by_rule[told.rules[place % len(told.rules)].name].append(each)
    return [
        _cell(rule.name, each.row, by_rule[rule.name], by_rule[OURS])
        for each in told.asked
        for rule in told.rules
    ]


def _cell(rule: str, row: str, mine: Sequence[Measured], ours: Sequence[Measured]) -> Cell:
    known = [each.values[row] for each in mine if row in each.values]
    same = all(
        row in one.values and row in other.values
        and np.array_equal(one.values[row], other.values[row], equal_nan=True)
        for one, other in zip(mine, ours, strict=True)
    )  # fmt: skip
    return Cell(rule, row, sum(passes(row, each) for each in known), len(known), same)


class Score(NamedTuple):
    """One rule over all rows of one status that any rival can move."""

    rule: str
    status: Status
    rows: int
    mean: float  # of the shares of the set that pass


def scores(cells: Sequence[Cell]) -> list[Score]:
    """Every rule by status. Rows that no rival moves are left out: they speak to nobody."""
    spoken = {each.row for each in cells if not each.is_ours}
    found = []
    for status in dict.fromkeys(targets()[each.row].status for each in cells):
        for rule in dict.fromkeys(each.rule for each in cells):
            shares = [each.share for each in cells if each.rule == rule and each.row in spoken
                      and targets()[each.row].status is status and each.measured]  # fmt: skip
            if shares:
                found.append(Score(rule, status, len(shares), float(np.mean(shares))))
    return found
