"""How much of what comes out is numbers nobody knows, and how much is chance?

With `engine.plausible=N` every arm is run again, over N rows of the plausible set, each on the
study's seeds. Parameters that somebody set, or in which arms differ, stay what they are. One-way
analysis of variance with rows as groups (Searle, Casella & McCulloch 1992) takes both apart:

    within  = mean over rows of the variance over seeds
    between = variance over rows of their means - within / seeds, not below 0
    share   = between / (between + within)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.results import Floats, Study
from experiments.summary import mean_known, number
from sim.configuration import Configuration
from sim.measures import COLUMN, MEASURES
from sim.parameters import WEEKS_PER_YEAR, ParameterError
from sim.runs import Task, simulate_many

KEY = "plausible"  # of a study's extras
TABLE = "plausible.parquet"
HEADLINE = "nps_true"


@dataclass(frozen=True)
class Rows:
    """Arms over rows of the plausible set."""

    arms: dict[str, NDArray[np.float32]]  # by name, [rows, seeds, weeks, measures]
    sum: str  # SHA-256 of the set

    @property
    def count(self) -> int:
        """Rows of the set."""
        return next(iter(self.arms.values())).shape[0]

    def series(self, arm: str, measure: str) -> Floats:
        """One measure of an arm, [rows x seeds, weeks]."""
        found = self.arms[arm][..., COLUMN[measure]]
        return found.reshape(-1, found.shape[-1]).astype(np.float64)


class Parted(NamedTuple):
    """A variance taken apart."""

    between: float  # over rows: what nobody knows
    within: float  # over seeds: chance

    @property
    def share(self) -> float:
        """Share of what nobody knows; NaN if nothing varies."""
        total = self.between + self.within
        return self.between / total if total > 0.0 else float("nan")


def check(arms: dict[str, Configuration], count: int) -> None:
    """Raises ParameterError before anything is run for what cannot be run over the set."""
    if not count:
        return
    if any(told.structure == "chart" for told in arms.values()):
        raise ParameterError(
            "engine.plausible is not for an org list, of which little may be shown; leave it out"
        )
    from scenarios.plausible import draws

    draws(count)


def run_rows(
    arms: dict[str, Configuration], count: int, seeds: Sequence[int], threads: int | None,
    done: Callable[[float], None],
) -> Rows:  # fmt: skip
    """Every arm on every row and seed. Raises ParameterError for too many rows."""
    from scenarios.plausible import below, plausible

    known = plausible()
    told = [below(arms, row) for row in known.draws(count)]
    tasks = [Task(each[name], seed) for each in told for name in arms for seed in seeds]
    records = simulate_many(tasks, threads, done)
    weekly = np.stack([each.weekly.astype(np.float32) for each in records])
    shaped = weekly.reshape(count, len(arms), len(seeds), *weekly.shape[1:])
    return Rows({name: shaped[:, at] for at, name in enumerate(arms)}, known.sum)


def parted(values: Floats) -> Parted:
    """Variance between rows and within them, [rows, seeds]; NaN with one row or one seed."""
    rows, seeds = values.shape
    if rows < 2 or seeds < 2:
        return Parted(float("nan"), float("nan"))
    within = float(values.var(axis=1, ddof=1).mean())
    between = float(values.mean(axis=1).var(ddof=1)) - within / seeds
    return Parted(max(0.0, between), within)


def last_year(rows: Rows, arm: str) -> Floats:
    """Means over the last 52 weeks, [rows, seeds, measures]."""
    return mean_known(rows.arms[arm][:, :, -WEEKS_PER_YEAR:].astype(np.float64), axis=2)


def of(study: Study) -> Rows | None:
    """The rows of a study, None if it has none."""
    return study.extra.get(KEY)


def summary(study: Study) -> dict[str, Any] | None:
    """What summary.json says: for each arm, and their difference, every measure taken apart."""
    rows = of(study)
    if rows is None:
        return None
    found = {name: last_year(rows, name) for name in rows.arms}
    told = {name: _measures(values) for name, values in found.items()}
    if study.main != study.against:
        told["difference"] = _measures(found[study.main] - found[study.against])
    return {"rows": rows.count, "set": rows.sum, "about": sentence(study), "measures": told}


def _measures(values: Floats) -> dict[str, Any]:
    out = {}
    for at, each in enumerate(MEASURES):
        mine = values[..., at]
        if not np.isfinite(mine).all():
            continue
        low, middle, high = np.percentile(mine, [5.0, 50.0, 95.0])
        apart = parted(mine)
        out[each.name] = {
            "median": number(middle), "low": number(low), "high": number(high),
            "variance_between_rows": number(apart.between),
            "variance_within_rows": number(apart.within), "share_between": number(apart.share),
        }  # fmt: skip
    return out


def sentence(study: Study) -> str:
    """What the rows say of NPS in the last year; empty without rows."""
    rows = of(study)
    if rows is None:
        return ""
    column = COLUMN[HEADLINE]
    values, what = last_year(rows, study.main)[..., column], f"NPS of {study.main}"
    if study.main != study.against:
        values = values - last_year(rows, study.against)[..., column]
        what = f"NPS of {study.main} less {study.against}"
    low, high = np.percentile(values, [5.0, 95.0])
    said = (
        f"Over {rows.count} rows of the plausible set and {values.shape[1]} seeds each, {what} in "
        f"the last year lies between {low:+.1f} and {high:+.1f} (5 to 95 %)"
    )
    share = parted(values).share
    if np.isnan(share):
        return f"{said}."
    return f"{said}; {share:.0%} of the variance is numbers nobody knows, {1 - share:.0%} chance."


def save(study: Study, folder: Path) -> None:
    """Last year's means, a line for each arm, row of the set and seed; nothing without rows."""
    rows = of(study)
    if rows is None:
        return
    import pyarrow as pa
    from pyarrow import parquet

    tables = []
    for name in rows.arms:
        values = last_year(rows, name)
        count, seeds, _ = values.shape
        columns: dict[str, Any] = {
            "arm": [name] * (count * seeds),
            "row": np.repeat(np.arange(count), seeds),
            "seed": np.tile(np.array(study.seeds, dtype=np.uint64), count),
        }
        flat = values.reshape(count * seeds, -1)
        columns |= {each.name: flat[:, at] for at, each in enumerate(MEASURES)}
        tables.append(pa.table(columns))
    parquet.write_table(pa.concat_tables(tables), folder / TABLE, compression="zstd")
