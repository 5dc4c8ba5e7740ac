"""Who people are: traits drawn from a position and a generation, never from anything else.

A newcomer is a new generation in the same position, so who would come next is the same person
in every scenario with the same seed. Types and slopes: Fischbacher & Gaechter 2010.
"""

from dataclasses import dataclass

import numpy as np

from sim.compiled import kernel
from sim.parameters import Grade, Kind, parameter
from sim.randomness import (
    PERSON_DRIVE,
    PERSON_LEANING,
    PERSON_MOOD,
    PERSON_SLOPE,
    PERSON_START,
    PERSON_TYPE,
    PERSON_VALUE,
    normal,
    normal_quantile,
    uniforms,
)
from sim.state import Staff

CC, FREE_RIDER, TRIANGLE, OTHER, ERODED = 0, 1, 2, 3, 4
KINDS = ("conditional cooperator", "free rider", "triangle", "other", "eroded")

# Slopes of conditional cooperators' own schedules, quantiles (Fischbacher & Gaechter 2010).
SLOPE_SHARES = np.array([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])
SLOPE_QUANTILES = np.array([0.013, 0.089, 0.396, 0.929, 1.0, 1.076, 1.429])

BISECTIONS = 30  # halvings of the unit interval, by definition

COMPUTED, ASSUMED = Grade.COMPUTED, Grade.ASSUMED
FG = "Fischbacher & Gächter 2010"
NONE_FOUND = "no measurement found"


@dataclass(frozen=True)
class People:
    """Who applies and who is there."""

    # fmt: off
    conditional: float = parameter(
        0.55, 0.45, 0.65, "share of people", COMPUTED, FG + ": 77 of 140",
        "conditional cooperators")
    free_riders: float = parameter(
        0.23, 0.15, 0.30, "share of people", COMPUTED, FG + ": 32 of 140", "free riders")
    triangle: float = parameter(
        0.12, 0.05, 0.15, "share of people", COMPUTED, FG + ": 17 of 140",
        "people who give more only up to a point; the rest are other types")
    drive: float = parameter(
        0.128, 0.0, 0.4, "share of capacity", ASSUMED,
        "half of it (.064, at the usual context) puts followers at .79 of a leader at .5",
        "mean intrinsic drive of people who know exactly why their work matters")
    drive_spread: float = parameter(
        0.04, 0.0, 0.1, "share of capacity (SD)", ASSUMED, NONE_FOUND,
        "how much people differ in drive")
    value: float = parameter(
        0.5, 0.0, 1.0, "practised value", ASSUMED, "the middle of the scale",
        "how customer-centric people and applicants are on average", kind=Kind.SETTING)
    value_spread: float = parameter(
        0.15, 0.0, 0.4, "practised value (SD)", ASSUMED, NONE_FOUND, "how much people differ")
    engagement: float = parameter(
        0.55, 0.2, 0.9, "engagement", ASSUMED, "puts eNPS near 14, the mean of published surveys",
        "engagement of an average person at reference circumstances", kind=Kind.SETTING)
    engagement_spread: float = parameter(
        0.12, 0.0, 0.3, "engagement (SD)", ASSUMED, NONE_FOUND,
        "how much people differ in engagement")
    threshold: float = parameter(
        0.25, 0.05, 0.6, "share of others", Grade.READ,
        "Granovetter 1978: mean .25; Centola et al. 2018: tipping near 25 %",
        "mean share of others from which people join what is new")
    threshold_spread: float = parameter(
        0.1, 0.0, 0.3, "share of others (SD)", Grade.READ, "Granovetter 1978: jump near .12",
        "how much people differ in it")
    # fmt: on


@kernel
def clip(value: float) -> float:
    """The value, kept between 0 and 1."""
    return min(1.0, max(0.0, value))


@kernel
def kind_at(chance: float, p: People) -> int:
    """The type that this uniform number stands for."""
    if chance < p.conditional:
        return CC
    if chance < p.conditional + p.free_riders:
        return FREE_RIDER
    if chance < p.conditional + p.free_riders + p.triangle:
        return TRIANGLE
    return OTHER


@kernel
def slope_at(chance: float) -> float:
    """The slope of a conditional cooperator's schedule at this uniform number."""
    for piece in range(1, SLOPE_SHARES.size):
        if chance <= SLOPE_SHARES[piece]:
            low, high = SLOPE_SHARES[piece - 1], SLOPE_SHARES[piece]
            share = (chance - low) / (high - low)
            return SLOPE_QUANTILES[piece - 1] * (1.0 - share) + SLOPE_QUANTILES[piece] * share
    return SLOPE_QUANTILES[-1]


@kernel
def taste_at(chance: float) -> float:
    """The taste for hierarchy at this uniform number: quantile of Beta(2, 3), by bisection."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if 6.0 * middle**2 - 8.0 * middle**3 + 3.0 * middle**4 < chance:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def arrive(person: int, staff: Staff, seed: np.uint64, value: float, p: People) -> None:
    """Draw who now holds this position. `value` is the mean of those who are picked from."""
    generation = staff.generation[person]
    staff.kind[person] = kind_at(uniforms(seed, PERSON_TYPE, 0, person, generation)[0], p)
    staff.slope[person] = slope_at(uniforms(seed, PERSON_SLOPE, 0, person, generation)[0])
    drive = normal(seed, PERSON_DRIVE, 0, person, generation)
    staff.drive[person] = max(0.0, p.drive + p.drive_spread * drive)
    own = normal(seed, PERSON_VALUE, 0, person, generation)
    staff.value[person] = clip(value + p.value_spread * own)
    mood = normal(seed, PERSON_MOOD, 0, person, generation)
    staff.disposition[person] = clip(p.engagement + p.engagement_spread * mood)
    staff.engagement[person] = staff.disposition[person]
    staff.engagement_before[person] = staff.disposition[person]
    staff.strain_before[person] = 0.0
    staff.latent[person] = normal_quantile(uniforms(seed, PERSON_START, 0, person, generation)[1])
    leaning, taste, place, _ = uniforms(seed, PERSON_LEANING, 0, person, generation)
    staff.threshold[person] = p.threshold + p.threshold_spread * normal_quantile(leaning)
    staff.taste[person] = taste_at(taste)
    staff.rank[person] = place
    staff.compliance[person] = 0.0
    staff.adopted[person] = 0
    staff.exposure[person] = 0.0
    staff.heartless[person] = 0
    staff.strain[person] = 0.0
    staff.tenure[person] = 0.0
