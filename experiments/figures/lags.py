"""At which lag do employees and customers move together, and does that say anything?

A lag proves no cause: the same picture is drawn for panels with the link, for panels where the
link is cut and only a common cause is left, and for a placebo with neither.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator, PercentFormatter

from experiments.figures.style import (
    BLUE,
    FAINT,
    INK,
    MUTED,
    PURPLE,
    VERMILION,
    WORDS,
    Sheet,
    canvas,
    small,
    styled,
    thin,
)
from experiments.results import KINDS, Floats

COLOURS = {"true link": BLUE, "common cause only": VERMILION, "placebo": PURPLE}
SHARES = {
    "best_lag_share": "levels",
    "best_lag_share_differences": "yearly differences",
}
NULL_WORDS = "countries shuffled"
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # shares of panels

Kind = Mapping[str, Any]


def lag(panel: Mapping[str, Any], style: str = "paper", only: str | None = None) -> Figure:
    """The kinds of panel side by side on shared axes, or `only` one of them.

    `panel["kinds"]` maps "true link", "common cause only" and "placebo" (others are drawn after
    these) to statistics over many panels, of which any may be missing:

    * lags_months [L]: months by which NPS comes after eNPS (negative: before);
    * correlation [L], low [L], high [L]: median and 5 to 95 % over panels;
    * null_low [L], null_high [L]: 5 to 95 % when the countries are shuffled;
    * best_lag_share, best_lag_share_differences: {"0": share, ... "3": share} of panels whose
      highest correlation on annual waves is at that many years, in levels and in yearly
      differences.

    `panel["test_data"]`, if true, has the page say so. Raises ValueError if there is nothing to
    draw.
    """
    kinds = kinds_of(panel)
    drawn = [name for name in kinds if only in (None, name)]
    if not drawn:
        raise ValueError(f"no kind of panel to draw; there are: {', '.join(kinds) or 'none'}")
    with styled(style) as sheet:
        figure, panels = _grid(sheet, len(drawn))
        for place, name in enumerate(drawn):
            above, below = panels[0][place], panels[1][place]
            draw_correlations(above, kinds[name], name)
            draw_shares(below, kinds[name], name)
            above.set_ylim(*_limits(kinds.values()))
            below.set_ylim(0.0, _highest_share(kinds.values()))
        _finish(figure, panels)
    return figure


def kinds_of(panel: Mapping[str, Any]) -> dict[str, Kind]:
    """The kinds of panel there are, the known ones first."""
    found: Mapping[str, Kind] = panel.get("kinds") or {}
    return {name: found[name] for name in dict.fromkeys((*KINDS, *found)) if name in found}


def shares_of(kind: Kind, key: str) -> dict[int, float]:
    """Share of panels by best lag in years; empty if not computed."""
    found = {int(years): float(share) for years, share in (kind.get(key) or {}).items()}
    return {years: found[years] for years in sorted(found)}


def _grid(sheet: Sheet, count: int) -> tuple[Figure, list[list[Axes]]]:
    """Correlations above, shares below; one column a kind."""
    width = sheet.wide if count > 1 or sheet.height else sheet.wide / 3 + 0.3
    figure = canvas(width, sheet.height or 3.65)
    grid = figure.add_gridspec(2, count, height_ratios=[1.55, 1.0])
    panels: list[list[Axes]] = [[], []]
    for row in range(2):
        for column in range(count):
            shared = panels[row][0] if column else None
            axes = figure.add_subplot(grid[row, column], sharex=shared, sharey=shared)
            axes.tick_params(labelleft=column == 0)
            panels[row].append(axes)
    return figure, panels


def _series(kind: Kind, *names: str) -> list[Floats] | None:
    """The named series as arrays as long as the lags; None unless all are there."""
    lags = np.asarray(kind.get("lags_months", ()), dtype=float)
    found = [np.asarray(kind.get(name, ()), dtype=float) for name in names]
    return found if lags.size and all(each.shape == lags.shape for each in found) else None


def draw_correlations(axes: Axes, kind: Kind, name: str) -> None:
    """Correlation by lag with its band over panels, above the band of shuffled panels."""
    colour = COLOURS.get(name, INK)
    null = _series(kind, "lags_months", "null_low", "null_high")
    if null:
        axes.fill_between(null[0], null[1], null[2], color=FAINT, lw=0, zorder=0.5)
        axes.text(
            null[0][0],
            null[1][0],
            f" {NULL_WORDS}",
            color=MUTED,
            size=small(),
            va="bottom",
            ha="left",
        )
    axes.axhline(0.0, color=MUTED, lw=thin(), zorder=1)
    spread = _series(kind, "lags_months", "low", "high")
    if spread:
        axes.fill_between(spread[0], spread[1], spread[2], color=colour, alpha=0.2, lw=0)
    line = _series(kind, "lags_months", "correlation")
    if line:
        axes.plot(*line, color=colour)
    else:
        axes.text(0.5, 0.6, "not computed", transform=axes.transAxes, ha="center", color=MUTED)
    axes.set_title(name, color=WORDS.get(colour, colour))
    axes.set_xlabel("months NPS comes after eNPS")


def draw_shares(axes: Axes, kind: Kind, name: str) -> None:
    """Share of panels by their best annual lag: full bars in levels, open ones in differences."""
    colour = COLOURS.get(name, INK)
    styles = ({"color": colour, "lw": 0.0}, {"fc": "none", "ec": colour, "lw": 1.5 * thin()})
    for shift, key, looks in zip((-0.19, 0.19), SHARES, styles, strict=True):
        shares = shares_of(kind, key)
        years, heights = np.array(list(shares), dtype=float), list(shares.values())
        axes.bar(years + shift, heights, width=0.34, label=SHARES[key], **looks)
        for year, share in shares.items():
            axes.text(
                year + shift, share, f"{share * 100:.0f}", ha="center", va="bottom",
                color=INK, size=0.85 * small(),
            )  # fmt: skip
    axes.xaxis.set_major_locator(MultipleLocator(1.0))
    axes.set_xlabel("best lag on annual waves, years")


def _limits(kinds: Sequence[Kind] | Any) -> tuple[float, float]:
    """Limits of the correlation that fit every kind, so that kinds can be compared."""
    names = ("correlation", "low", "high", "null_low", "null_high")
    found = [np.ravel(np.asarray(kind.get(each, ()), float)) for kind in kinds for each in names]
    known = np.concatenate(found)
    known = known[np.isfinite(known)]
    low, high = (known.min(), known.max()) if known.size else (0.0, 0.0)
    return min(-0.3, 1.08 * low), max(0.5, 1.08 * high)


def _highest_share(kinds: Sequence[Kind] | Any) -> float:
    found = [share for kind in kinds for key in SHARES for share in shares_of(kind, key).values()]
    return 1.22 * max(0.4, *found, 0.0)


def _finish(figure: Figure, panels: list[list[Axes]]) -> None:
    """Labels at the left, ticks in years of months, and below all what full and open bars are."""
    panels[0][0].set_ylabel("correlation")
    panels[1][0].set_ylabel("% of panels")
    panels[1][0].set_yticks([tick for tick in TICKS if tick <= panels[1][0].get_ylim()[1]])
    panels[1][0].yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=""))
    panels[0][0].xaxis.set_major_locator(MultipleLocator(24.0))
    figure.legend(
        *panels[1][0].get_legend_handles_labels(), loc="outside lower left", ncols=2,
        frameon=False, handlelength=1.0, handletextpad=0.5, columnspacing=1.0, borderpad=0.2,
        labelcolor=MUTED,
    )  # fmt: skip
