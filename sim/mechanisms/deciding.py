"""Deciding: how much of a customer's need the front may meet. In this version a constant.

Rules lose what no script foresaw, discretion loses what people misread or bend:

    need loss = (1 - d)^2 * residual + d^2 * (variance + bias^2 * (1 - x)^2)
    residual  = residual at ten scripts * (scripts / 10)^(-2 / 6)
    allowed   = 1 - need loss

d is the discretion that the structure gives plus the lever, x the person's practised value
(form of Dessein 2002; residual computed by clustering needs). Approvals and queues, advice,
clarity after a switch and their hours come with a later version; until then each structure has
a declared discretion and a declared share of hours that stay inside.
"""

from dataclasses import dataclass

from sim.compiled import kernel
from sim.levers import DISCRETION
from sim.parameters import Grade, Kind, parameter
from sim.state import Floats, Moment, Staff

WRITES = ("staff.allowed",)

COMPUTED, ASSUMED = Grade.COMPUTED, Grade.ASSUMED
REFERENCE_SCRIPTS = 10.0  # where `residual` was computed, by definition
NEED_DIMENSIONS = 6.0  # ways in which customers' needs differ, by definition
ROUND = "computed: residual of clustered normal needs"


@dataclass(frozen=True)
class Deciding:
    """What rules and discretion lose."""

    # fmt: off
    discretion: float = parameter(
        0.3, 0.0, 1.0, "share of decisions", ASSUMED, "no measurement found",
        "decisions that the structure leaves to the front", kind=Kind.SETTING)
    scripts: int = parameter(
        10, 1, 1000, "scripts", ASSUMED, "a service desk's handful",
        "ready answers that the rules offer", kind=Kind.SETTING)
    residual: float = parameter(
        0.56, 0.1, 0.9, "share of a need", COMPUTED, ROUND,
        "need that ten scripts leave unmet when needs differ in six ways")
    variance: float = parameter(
        0.15, 0.02, 0.4, "share of a need", ASSUMED, "at middling competence",
        "need lost because people misread it")
    bias: float = parameter(
        1.0, 0.3, 1.5, "-", ASSUMED, "the scale of the formula",
        "need lost because people want something else")
    # fmt: on


@kernel
def need_loss(discretion: float, value: float, p: Deciding) -> float:
    """Share of a need that is lost at this discretion and practised value."""
    residual = p.residual * (p.scripts / REFERENCE_SCRIPTS) ** (-2.0 / NEED_DIMENSIONS)
    freedom = p.variance + p.bias * p.bias * (1.0 - value) ** 2
    return (1.0 - discretion) ** 2 * min(1.0, residual) + discretion**2 * freedom


@kernel
def deciding(staff: Staff, p: Deciding, round_weeks: int, levers: Floats, moment: Moment) -> None:
    """What everybody may do for a customer this round. Writes staff.allowed."""
    if moment.week % round_weeks != 0:
        return
    discretion = min(1.0, max(0.0, p.discretion + levers[DISCRETION]))
    for person in range(staff.allowed.size):
        loss = need_loss(discretion, staff.value[person], p)
        staff.allowed[person] = min(1.0, max(0.0, 1.0 - loss))
