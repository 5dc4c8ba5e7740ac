"""What does a contest look like? A heat map: rows of targets down, rules across."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from experiments.contest.running import Cell
from experiments.figures.portrait import UNSHOWN
from experiments.figures.style import INK, STEPS, canvas, small, styled

WIDTH, ROW, AROUND = 4.6, 0.2, 0.9  # inches: the picture, a row of targets, what is around
DARK = 5  # steps from which words are white


def picture(cells: Sequence[Cell], style: str = "paper") -> Figure:
    """Share of the set that passes, in percent; a dot where a rule gives the same as ours."""
    rows, rules = (list(dict.fromkeys(names)) for names in
                   ((each.row for each in cells), (each.rule for each in cells)))  # fmt: skip
    shares = np.full((len(rows), len(rules)), np.nan)
    for each in cells:
        shares[rows.index(each.row), rules.index(each.rule)] = each.share
    with styled(style):
        figure = canvas(WIDTH, ROW * len(rows) + AROUND)
        axes = figure.add_subplot()
        colours = ListedColormap(STEPS).with_extremes(bad=UNSHOWN)
        axes.imshow(shares, cmap=colours, vmin=0.0, vmax=1.0, aspect="auto")
        for each in cells:
            row, column = rows.index(each.row), rules.index(each.rule)
            if not each.measured:
                continue
            step = min(len(STEPS) - 1, int(each.share * len(STEPS)))
            is_dot = each.is_ours and column > 0
            axes.text(column, row, "·" if is_dot else f"{100 * each.share:.0f}", size=small(),
                      color="#ffffff" if step >= DARK else INK, ha="center",
                      va="center")  # fmt: skip
        axes.set_yticks(range(len(rows)), rows)
        axes.set_xticks(range(len(rules)), rules)
        axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
    return figure
