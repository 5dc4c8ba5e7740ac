"""What do surveys of many units say? N01 to N04, N06, N09, N19, N21: panels as in scenario `aegon`.

Twenty units of 120 people are surveyed for eight years. In a panel with a programme they begin it
at dates of their own; in a quiet one nobody acts and units differ by chance only. Sizes and arms
are those of `conf/scenario/aegon.yaml`, the trade is that of a preset; how much outside news and
offers differ between units is the scenario's, in quiet panels the preset's.
"""

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from scenarios.claims.hypothesis import Change
from scenarios.cross_lagged import cross_lagged
from scenarios.lags import SURE, averaged, best_lag, correlations, shuffled, within
from scenarios.panel import ANNUAL_LAGS, Panel, unit_task
from scenarios.targets.pattern import (
    Floats,
    Pattern,
    Settings,
    scenario_arm,
    scenario_base,
    told,
)
from sim.measures import COLUMN
from sim.parameters import WEEKS_PER_MONTH, WEEKS_PER_YEAR
from sim.runs import simulate_many

SCENARIO, LINK, PLACEBO, QUIET = "aegon", "true link", "placebo", ""
UNITS, YEARS = 20, 8.0
PANELS, FEWER = 32, 12
FOUR_WEEKS, FURTHEST = 4, 52  # grid of a lag in months, and how many of its steps are looked at
KEPT_PANELS = 128  # of a third of a megabyte each
SHUFFLES = 199  # of units, to tell a lag from chance
KEPT = ("enps", "nps", "engagement", "attitude", "satisfaction")
APART = (1, 3, 5)  # years between two surveys of engagement


class Seen(NamedTuple):
    """What units showed week by week: of several panels, [panels, units, weeks] each."""

    enps: Floats
    nps: Floats
    engagement: Floats
    attitude: Floats
    satisfaction: Floats


class Kind(NamedTuple):
    """A kind of panel whose best annual lags are counted."""

    name: str
    preset: str
    arm: str
    row: str  # of conf/targets.yaml, which says what is claimed of it


KINDS = (
    Kind("insurance-like", "insurance", LINK, "N01"),
    Kind("retail-like", "retail", LINK, "N02"),
    Kind("placebo", "insurance", PLACEBO, "N19"),
)


def seen(settings: Settings, preset: str, arm: str, first_seed: int, panels: int) -> Seen:
    """Panels of one trade and one arm. Each is kept for the patterns that read it again."""
    key = tuple(sorted(settings.items()))
    found = [_panel(key, preset, arm, first_seed + place) for place in range(panels)]
    return Seen(*(np.stack(column) for column in zip(*found, strict=True)))


@lru_cache(maxsize=KEPT_PANELS)
def _panel(settings: tuple[tuple[str, float], ...], preset: str, arm: str, seed: int) -> Seen:
    """One panel, [units, weeks] each."""
    acts = scenario_arm(SCENARIO, arm) if arm else Change()
    base = scenario_base(SCENARIO)
    if not arm:
        base = replace(base, parameters={})
    configured = told(dict(settings), YEARS, acts, preset=preset, base=base)
    panel = Panel({arm: configured}, units=UNITS, panels=1)
    tasks = [unit_task(configured, panel, seed, unit) for unit in range(UNITS)]
    kept = [COLUMN[name] for name in KEPT]
    weekly = np.stack([each.weekly[:, kept] for each in simulate_many(tasks)])
    return Seen(*(weekly[:, :, at] for at in range(len(kept))))


def annual(series: Floats) -> Floats:
    """Yearly means of one panel, [units, years]."""
    return averaged(series, WEEKS_PER_YEAR)


def best_annual_lags(found: Seen) -> list[int | None]:
    """The lag in years at which NPS moves most like eNPS, within units, by panel."""
    pairs = zip(found.enps, found.nps, strict=True)
    return [best_lag(within(annual(e)), within(annual(n)), ANNUAL_LAGS) for e, n in pairs]


def more_than_chance(found: Seen, seed: int) -> list[bool]:
    """Whether the largest correlation is beyond 95 % of what shuffled units show, by panel."""
    said = []
    for at, (enps, nps) in enumerate(zip(found.enps, found.nps, strict=True)):
        first, second = within(annual(enps)), within(annual(nps))
        largest = np.nan_to_num(correlations(first, second, ANNUAL_LAGS), nan=-1.0).max()
        chance = shuffled(first, second, ANNUAL_LAGS, SHUFFLES, seed + at)
        beyond = (np.nan_to_num(chance, nan=-1.0).max(axis=1) >= largest).sum()
        said.append(bool((1 + beyond) / (1 + SHUFFLES) <= SURE))
    return said


def across_units(found: Seen) -> Floats:
    """Correlation of eNPS and NPS across units in the last year, [panels]."""
    pairs = zip(found.enps, found.nps, strict=True)
    return np.array([np.corrcoef(annual(e)[:, -1], annual(n)[:, -1])[0, 1] for e, n in pairs])


def outside_in(found: Seen) -> Floats:
    """Slope from customers to staff less that from staff to customers, a year on, [panels]."""
    rows = []
    for enps, nps in zip(found.enps, found.nps, strict=True):
        both = cross_lagged(annual(enps), annual(nps))
        known = both.forward is not None and both.backward is not None
        rows.append(both.backward.slope - both.forward.slope if known else np.nan)  # type: ignore[union-attr]
    return np.array(rows)


def likeness(found: Seen) -> Floats:
    """Correlation of engagement with itself 1, 3 and 5 years later over units, [panels, 3]."""
    surveyed = found.engagement[:, :, ::WEEKS_PER_YEAR]
    return np.array([
        [np.corrcoef(each[:, :-apart].ravel(), each[:, apart:].ravel())[0, 1] for apart in APART]
        for each in surveyed
    ])  # fmt: skip


def months_behind(first: Floats, second: Floats) -> float:
    """Months by which the second series of a panel follows the first, within units.

    The largest correlation on a grid of four weeks, with a parabola through its neighbours.
    """
    one, two = (within(averaged(each, FOUR_WEEKS)) for each in (first, second))
    found = correlations(one, two, list(range(FURTHEST + 1)))
    at = int(np.nanargmax(found))
    lag = float(at)
    if 0 < at < FURTHEST:
        before, here, after = found[at - 1 : at + 2]
        lag += 0.5 * (before - after) / (before - 2.0 * here + after)
    return lag * FOUR_WEEKS / WEEKS_PER_MONTH


# --- patterns -----------------------------------------------------------------------------------


def _n01(settings: Settings, first_seed: int, replicates: int) -> Floats:
    found = best_annual_lags(seen(settings, "insurance", LINK, first_seed, replicates))
    return np.array([each == 2 for each in found], dtype=np.float64)


def _n02(settings: Settings, first_seed: int, replicates: int) -> Floats:
    found = best_annual_lags(seen(settings, "retail", LINK, first_seed, replicates))
    return np.array([each in (0, 1) for each in found], dtype=np.float64)


def _n03(settings: Settings, first_seed: int, replicates: int) -> Floats:
    return across_units(seen(settings, "retail", LINK, first_seed, replicates))


def _n04(settings: Settings, first_seed: int, replicates: int) -> Floats:
    return across_units(seen(settings, "insurance", LINK, first_seed, replicates))


def _n06(settings: Settings, first_seed: int, replicates: int) -> Floats:
    return outside_in(seen(settings, "retail", QUIET, first_seed, replicates))


def _n09(settings: Settings, first_seed: int, replicates: int) -> Floats:
    return likeness(seen(settings, "public_body", QUIET, first_seed, replicates))


def _n19(settings: Settings, first_seed: int, replicates: int) -> Floats:
    found = seen(settings, "insurance", PLACEBO, first_seed, replicates)
    best = best_annual_lags(found)
    shares = [[float(each == lag) for each in best] for lag in ANNUAL_LAGS]
    pairs = zip(found.enps, found.nps, strict=True)
    sizes = [
        np.abs(correlations(within(annual(e)), within(annual(n)), ANNUAL_LAGS)).mean()
        for e, n in pairs
    ]
    return np.stack([*shares, sizes], axis=1)


def _n21(settings: Settings, first_seed: int, replicates: int) -> Floats:
    columns = []
    for preset in ("insurance", "retail"):
        found = seen(settings, preset, LINK, first_seed, replicates)
        for later in (found.satisfaction, found.attitude):
            pairs = zip(found.engagement, later, strict=True)
            columns.append([months_behind(staff, customers) for staff, customers in pairs])
    return np.array(columns).T


WAVES = "20 units of 120 people, 8 yearly waves"
PROGRAMME = "with the programme of scenario aegon at dates of their own"
PANEL: tuple[Pattern, ...] = (
    Pattern("N01", _n01, PANELS, 90, f"{WAVES}, preset insurance, {PROGRAMME}"),
    Pattern("N04", _n04, PANELS, 1, "the panels of N01, across units in the last year"),
    Pattern("N02", _n02, FEWER, 40, f"{WAVES} (three show no lag but none), preset retail, "
            f"{PROGRAMME}"),
    Pattern("N03", _n03, FEWER, 1, "the panels of N02, across units in the last year"),
    Pattern("N21", _n21, FEWER, 3, "panels of N01 and N02 by four weeks; engagement stands for "
            "eNPS, satisfaction with contacts and attitude for both kinds of NPS"),
    Pattern("N06", _n06, FEWER, 40, f"{WAVES}, preset retail, where nobody acts"),
    Pattern("N09", _n09, FEWER, 40, f"{WAVES}, preset public_body, where nobody acts; one look at "
            "engagement a year"),
    Pattern("N19", _n19, PANELS, 90, f"{WAVES}, preset insurance, placebo arm of scenario aegon"),
)  # fmt: skip
