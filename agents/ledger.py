"""How is a number accounted for? A ledger: rows that add up to it, chance apart from cause."""

import html
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

SHOWN = 4  # decimals of a printed amount
OUTSIDE = "written from outside the mechanisms (an extra, or by hand)"


class Reason(StrEnum):
    """What sort of reason a row gives."""

    CAUSE = "cause"  # a rule of the model acting on the state of things
    CHANCE = "chance"  # a draw: another seed would have drawn another number
    RULE = "rule"  # bookkeeping of the model: bounds, places that are empty


class Row(NamedTuple):
    """One line of a ledger."""

    label: str
    amount: float  # in the unit of the number explained
    kind: Reason
    source: str  # the mechanism it comes from


@dataclass(frozen=True, repr=False)
class Ledger:
    """Rows that add up to a number of the model.

    `number` is what stands in the tables, `total` what the rows add up to; they agree but for
    rounding. Printing leaves out rows of nothing.
    """

    title: str
    number: float
    unit: str
    rows: tuple[Row, ...]

    @property
    def total(self) -> float:
        """Sum of the rows, in the unit of the number."""
        return math.fsum(row.amount for row in self.rows)

    def by_kind(self) -> dict[Reason, float]:
        """What cause, chance and rules of bookkeeping add, each in all."""
        return {
            kind: math.fsum(row.amount for row in self.rows if row.kind is kind) for kind in Reason
        }

    def closed(self, tolerance: float) -> "Ledger":
        """The same ledger; what the mechanisms do not account for gets a row that says so."""
        rest = self.number - self.total
        if abs(rest) <= tolerance:
            return self
        row = Row(OUTSIDE, rest, Reason.CAUSE, "extra")
        return Ledger(self.title, self.number, self.unit, (*self.rows, row))

    def __str__(self) -> str:
        lines = self._told()
        width = max([len(row.label) for row in lines], default=0)
        width = max(width, len("together"))
        text = [self.title]
        for row in lines:
            amount = _signed(row.amount)
            text.append(f"  {row.label:<{width}}  {amount}  {row.kind:<6}  {row.source}")
        text.append(f"  {'together':<{width}}  {_signed(self.total)}  {self.unit}")
        return "\n".join([*text, f"  of which {self._split()}"])

    __repr__ = __str__

    def _told(self) -> list[Row]:
        """The rows worth printing: those of nothing only if there are no others."""
        return [row for row in self.rows if row.amount != 0.0] or list(self.rows)

    def _split(self) -> str:
        kinds = self.by_kind().items()
        return ", ".join(f"{kind} {_signed(amount).strip()}" for kind, amount in kinds)

    def _repr_html_(self) -> str:
        """The table as a notebook shows it."""
        body = "".join(
            f"<tr><td style='text-align:left'>{html.escape(row.label)}</td>"
            f"<td>{_signed(row.amount)}</td><td>{row.kind}</td><td>{html.escape(row.source)}</td></tr>"
            for row in self._told()
        )
        return (
            f"<table><caption>{html.escape(self.title)}</caption>"
            f"<tr><th>what</th><th>{html.escape(self.unit)}</th><th>kind</th><th>from</th></tr>"
            f"{body}<tr><th>together</th><th>{_signed(self.total)}</th>"
            f"<td colspan='2'>{self._split()}</td></tr></table>"
        )


def _signed(amount: float) -> str:
    """An amount as printed; one too small for the decimals is printed with its power of ten."""
    tiny = 0.0 < abs(amount) < 0.5 * 10.0**-SHOWN
    return f"{amount:+{SHOWN + 4}.0e}" if tiny else f"{amount:+{SHOWN + 4}.{SHOWN}f}"
