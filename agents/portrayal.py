"""Where does each agent stand in a drawing, and in which colour?

Trees hang from their head; circles lie in rings around it. Nobody has more room than the people
below need. Customers stand in a row under a tree, or in a ring around circles. Units: levels.
"""

from typing import TYPE_CHECKING, TypedDict

import numpy as np

from sim.state import Floats
from sim.structure import Structure

if TYPE_CHECKING:
    from agents.views import Customer, Employee

LOW, MIDDLE, HIGH = (42, 77, 126), (150, 150, 140), (245, 190, 60)  # told apart without green, red
EMPTY = "#ffffff"


class Portrayal(TypedDict):
    """How to draw an agent; names as Mesa's own drawings have them."""

    x: float
    y: float
    color: str
    marker: str
    size: float
    tooltip: dict[str, float]


def colour(value: float) -> str:
    """A colour for 0 to 1, from dark blue over grey to amber; white if there is no value."""
    if not np.isfinite(value):
        return EMPTY
    place = min(1.0, max(0.0, value)) * 2.0
    low, high, share = (LOW, MIDDLE, place) if place < 1.0 else (MIDDLE, HIGH, place - 1.0)
    mixed = (round(a + share * (b - a)) for a, b in zip(low, high, strict=True))
    return "#" + "".join(f"{each:02x}" for each in mixed)


def across(structure: Structure) -> Floats:
    """Place of everybody across the drawing, 0 to 1: in the middle above those below; [people]."""
    boss, order = structure.boss, np.argsort(structure.level, kind="stable")
    leaves = np.zeros(boss.size)
    for row in order[::-1]:
        leaves[row] = max(leaves[row], 1.0)
        if boss[row] >= 0:
            leaves[boss[row]] += leaves[row]
    left, room = np.zeros(boss.size), np.zeros(boss.size)
    for row in order:  # bosses come before their followers
        if boss[row] >= 0:
            left[row] = left[boss[row]] + room[boss[row]]
            room[boss[row]] += leaves[row]
    return (left + 0.5 * leaves) / leaves.max()


def place(share: float, depth: float, round_about: bool) -> tuple[float, float]:
    """Where `share` of the way across and `depth` levels from the head is; in levels."""
    if not round_about:
        return share * 10.0, -depth
    angle = 2.0 * np.pi * share
    return float(depth * np.cos(angle)), float(depth * np.sin(angle))


def portray_employee(employee: "Employee", by: str) -> Portrayal:
    """A dot, larger for who leads."""
    model, value = employee.model, getattr(employee, by)
    x, y = place(float(model.across[employee.row]), float(employee.level), model.in_circles)
    leads = bool(employee.leads)
    return Portrayal(
        x=x, y=y, color=colour(value), marker="s" if leads else "o", size=60.0 if leads else 25.0,
        tooltip={"employee": employee.row, by: value},
    )  # fmt: skip


def portray_customer(customer: "Customer", by: str) -> Portrayal:
    """A small dot, white for who is no customer now."""
    model, value = customer.model, getattr(customer, by)
    share = (customer.row + 0.5) / model.world.customers.attitude.size
    outside = float(model.world.structure.level.max()) + 1.0
    x, y = place(share, outside, model.in_circles)
    return Portrayal(
        x=x, y=y, color=colour(value) if customer.active else EMPTY, marker="o", size=8.0,
        tooltip={"customer": customer.row, by: value},
    )  # fmt: skip
