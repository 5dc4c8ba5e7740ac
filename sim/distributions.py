"""Effort around its mean: Beta quantiles, tabulated once and read by interpolation.

Effort is Beta(precision * mean, precision * (1 - mean)), read at a persistent standard normal.
The regularised incomplete beta function is the continued fraction of Press et al., Numerical
Recipes, section 6.4 (modified Lentz); the quantile is found by bisection.
"""

from functools import lru_cache
from math import erfc, exp, lgamma, log, sqrt

import numpy as np

from sim.compiled import entry, kernel
from sim.state import Floats

MEANS = 101  # rows: mean 0, .01, ... 1
LATENT_LIMIT = 4.5  # columns: latent -4.5 ... 4.5
LATENT_STEP = 0.05
COLUMNS = round(2 * LATENT_LIMIT / LATENT_STEP) + 1

TINY = 1e-300
BISECTIONS = 60
FRACTIONS = 300


@kernel
def continued_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function."""
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > TINY else TINY)
    total = d
    for m in range(1, FRACTIONS):
        for odd in range(2):
            if odd == 0:
                term = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
            else:
                term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
            d = 1.0 + term * d
            d = 1.0 / (d if abs(d) > TINY else TINY)
            c = 1.0 + term / c
            c = c if abs(c) > TINY else TINY
            total *= d * c
        if abs(d * c - 1.0) < 1e-15:
            break
    return total


@kernel
def beta_share(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1.0 - x))
    if x < (a + 1.0) / (a + b + 2.0):
        return front * continued_fraction(a, b, x) / a
    return 1.0 - front * continued_fraction(b, a, 1.0 - x) / b


@kernel
def beta_quantile(a: float, b: float, share: float) -> float:
    """The x with I_x(a, b) = share, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if beta_share(a, b, middle) < share:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@entry
def fill_effort_table(precision: float, table: Floats) -> None:
    """Write the quantiles [mean, latent] into the table."""
    rows, columns = table.shape
    for column in range(columns):
        latent = column * LATENT_STEP - LATENT_LIMIT
        share = 0.5 * erfc(-latent / sqrt(2.0))
        table[0, column], table[rows - 1, column] = 0.0, 1.0
        for row in range(1, rows - 1):
            mean = row / (rows - 1)
            table[row, column] = beta_quantile(precision * mean, precision * (1.0 - mean), share)


@lru_cache(maxsize=32)
def effort_table(precision: float) -> Floats:
    """Quantiles of effort for a precision, [mean, latent]; read only."""
    table = np.zeros((MEANS, COLUMNS))
    fill_effort_table(precision, table)
    table.setflags(write=False)
    return table


@kernel
def effort_at(mean: float, latent: float, table: Floats) -> float:
    """Effort with this mean at this latent normal, interpolated in the table."""
    rows, columns = table.shape
    across = min(max(mean, 0.0), 1.0) * (rows - 1)
    along = (min(max(latent, -LATENT_LIMIT), LATENT_LIMIT) + LATENT_LIMIT) / LATENT_STEP
    row = min(int(across), rows - 2)
    column = min(int(along), columns - 2)
    down, right = across - row, along - column
    low = table[row, column] * (1.0 - right) + table[row, column + 1] * right
    high = table[row + 1, column] * (1.0 - right) + table[row + 1, column + 1] * right
    return low * (1.0 - down) + high * down
