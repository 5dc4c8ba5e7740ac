"""How do indices look? A tornado of totals, the plane of mu* and sigma, the limits of a box."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.style import (
    BLUE,
    FAINT,
    INK,
    MUTED,
    ORANGE,
    VERMILION,
    WORDS,
    canvas,
    keep_apart,
    small,
    styled,
    thin,
)
from experiments.sensitivity.boxes import Box
from experiments.sensitivity.morris import Screened
from experiments.sensitivity.sobol import Share
from experiments.sweep.factors import Factor

WIDE, ROW, AROUND = 4.4, 0.26, 0.75  # inches
PLANE = (4.4, 3.2)
NAMED = 8  # factors whose names stand in the plane
BAR = 0.5


def tornado(shares: Sequence[Share], style: str = "paper") -> Figure:
    """Total shares as bars with 95 % intervals, the largest on top; diamonds: first order."""
    with styled(style):
        figure = canvas(WIDE, AROUND + ROW * len(shares))
        axes = figure.add_subplot()
        rows = np.arange(len(shares))
        axes.barh(rows, [each.total for each in shares], height=BAR, color=BLUE, alpha=0.28,
                  label="total")  # fmt: skip
        for row, each in enumerate(shares):
            axes.hlines(row, each.total_low, each.total_high, color=BLUE, lw=2.2 * thin())
            axes.hlines(row + BAR / 2, each.first_low, each.first_high, color=ORANGE, lw=thin())
        axes.plot([each.first for each in shares], rows + BAR / 2, "D", color=ORANGE, ms=3.6,
                  label="alone")  # fmt: skip
        axes.axvline(0.0, color=MUTED, lw=thin(), zorder=1)
        axes.set_yticks(rows, [each.name for each in shares])
        axes.tick_params("y", labelcolor=INK)
        axes.set_ylim(len(shares) - 0.3, -0.6)
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        axes.set_xlabel("share of the variance")
        figure.legend(loc="outside lower right", ncols=2, frameon=False, labelcolor=INK,
                      borderpad=0.0)  # fmt: skip
    return figure


def plane(found: Sequence[Screened], unit: str, style: str = "paper") -> Figure:
    """mu* against sigma with 95 % intervals; the strongest by name.

    On the dashed line sigma is as large as mu*: above it a factor does as much with others, or
    by turning round, as by itself.
    """
    known = [each for each in found if np.isfinite([each.mu_star, each.sigma]).all()]
    with styled(style):
        figure = canvas(*PLANE)
        axes = figure.add_subplot()
        across = np.array([each.mu_star for each in known])
        up = np.array([each.sigma for each in known])
        axes.axline((0.0, 0.0), slope=1.0, color=MUTED, lw=thin(), ls=(0, (4, 3)), zorder=1)
        axes.plot(across[NAMED:], up[NAMED:], "o", color=MUTED, ms=2.6, alpha=0.6, mew=0.0)
        for each in known[:NAMED]:
            axes.hlines(each.sigma, each.mu_star_low, each.mu_star_high, color=BLUE, lw=thin())
            axes.vlines(each.mu_star, each.sigma_low, each.sigma_high, color=BLUE, lw=thin())
        axes.plot(across[:NAMED], up[:NAMED], "o", color=BLUE, ms=4.0)
        high = 1.08 * max([*up.tolist(), 1e-9, *(each.sigma_high for each in known[:NAMED])])
        heights = keep_apart(up[:NAMED] / high, 1.25 * small() / 72 / 2.4) if known else up
        for each, height in zip(known, heights, strict=False):
            axes.annotate(
                each.name, (each.mu_star, each.sigma), (1.04, height), size=small(), color=INK,
                va="center", textcoords="axes fraction", annotation_clip=False, zorder=0.5,
                arrowprops={"arrowstyle": "-", "color": FAINT, "lw": thin(), "shrinkB": 3.0},
            )  # fmt: skip
        wide = max([*across.tolist(), 1e-9, *(each.mu_star_high for each in known[:NAMED])])
        axes.set_xlim(0.0, 1.05 * wide)
        axes.set_ylim(0.0, high)
        axes.set_xlabel(f"mu*, {unit} for a whole range")
        axes.set_ylabel("sigma")
    return figure


def limits(box: Box, factors: Sequence[Factor], style: str = "paper") -> Figure:
    """What a box leaves of each factor's range; the numbers are the ends that it restricts."""
    ranges = {each.name: each for each in factors}
    with styled(style):
        figure = canvas(WIDE, 0.45 + ROW * 1.3 * len(box.limits))
        axes = figure.add_subplot()
        for row, each in enumerate(box.limits):
            whole = ranges[each.name]
            size = whole.high - whole.low
            low, high = (each.low - whole.low) / size, (each.high - whole.low) / size
            low, high = (
                (0.0 if each.p_low != each.p_low else low),
                (1.0 if each.p_high != each.p_high else high),
            )
            axes.barh(row, 1.0, height=BAR, color=FAINT)
            axes.barh(row, high - low, left=low, height=BAR, color=VERMILION, alpha=0.55)
            for at, value, p in ((low, each.low, each.p_low), (high, each.high, each.p_high)):
                if p == p:
                    axes.text(at, row - 0.32, f"{value:.3g}", size=small(), ha="center",
                              va="bottom", color=WORDS[VERMILION])  # fmt: skip
        names = [f"{each.name}\n{ranges[each.name].low:g} to {ranges[each.name].high:g}"
                 for each in box.limits]  # fmt: skip
        axes.set_yticks(range(len(names)), names, size=small())
        axes.tick_params("y", labelcolor=INK)
        axes.set_ylim(len(names) - 0.5, -0.85)
        axes.set_xlim(-0.02, 1.02)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
        axes.set_xlabel("place within the range")
        axes.grid(visible=False)
    return figure
