"""What came of every claim when somebody last accepted it? `conf/verdicts.yaml`, read only.

A verdict belongs to the engine that gave it: `engine_text` says which, where that is not this one.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from scenarios.claims import judged
from scenarios.claims.hypothesis import Untested
from scenarios.claims.verdict import Miss, Verdict
from scenarios.library import CONF, LOADER
from sim.compiled import kernel_hash

FILE = CONF / "verdicts.yaml"
MISSES: Mapping[Miss, str] = {
    Miss.OPPOSITE: "it comes out the other way round",
    Miss.SMALL: "the effect is too small to matter",
    Miss.UNCLEAR: "seeds do not agree: the interval reaches over zero",
    Miss.AWAY: "it is not near zero",
    Miss.OUTSIDE: "it lies outside the limits",
    Miss.UNKNOWN: "too few runs have such a number",
}


class Found(NamedTuple):
    """What came of a claim. Numbers are None where there is none."""

    verdict: Verdict
    effect: float | None = None  # mean over seeds
    low: float | None = None  # of the 95 % interval of the mean
    high: float | None = None
    unit: str = ""
    seeds: int = 0  # 0 = not run
    depends_on: tuple[str, ...] = ()  # circumstances in which it turns out otherwise
    missed: Miss | None = None  # how it misses by default
    share: float | None = None  # of rows of the plausible set in which it holds; None = not run
    rows_of_the_set: int = 0


class Accepted(NamedTuple):
    """The file: how it was made, and what came of each claim, by id."""

    made: Mapping[str, Any]
    claims: Mapping[str, Found]

    @property
    def engine(self) -> str:
        """The kernel hash that the verdicts were made with."""
        return str(self.made.get("kernels", ""))

    @property
    def is_outdated(self) -> bool:
        """Whether they were made with another engine than this one."""
        return bool(self.claims) and self.engine != kernel_hash()


def accepted(path: Path | None = None) -> Accepted:
    """What was accepted; nothing if the file is not there."""
    path = path or FILE
    return read(path) if path.is_file() else Accepted({}, {})


@cache
def read(path: Path) -> Accepted:
    """The file, read once."""
    content = yaml.load(path.read_text(encoding="utf-8"), LOADER)
    return Accepted(
        content["made"], {name: found(each) for name, each in content["claims"].items()}
    )


def found(content: Mapping[str, Any]) -> Found:
    """A row of the file. Raises KeyError or ValueError for one that is none."""
    missed = content.get("missed")
    return Found(
        Verdict(content["verdict"]), *(content.get(name) for name in ("effect", "low", "high")),
        unit=content.get("unit", ""), seeds=content.get("seeds", 0),
        depends_on=tuple(content.get("depends_on", ())), missed=Miss(missed) if missed else None,
        share=content.get("share"), rows_of_the_set=content.get("rows_of_the_set", 0),
    )  # fmt: skip


# --- words ----------------------------------------------------------------------------------


def reason_of(missed: Miss | None, depends_on: tuple[str, ...]) -> str:
    """Why a claim that was run is judged as it is, one sentence; empty where that says all."""
    missing = MISSES[missed] if missed else ""
    if depends_on:
        where = "; ".join(depends_on)
        if not missed:
            return f"Holds by default, but not with: {where}."
        return f"Does not hold by default ({missing}), but does with: {where}."
    return f"{missing[:1].upper()}{missing[1:]}." if missing else ""


def entry_of(name: str, each: Found) -> dict[str, Any]:
    """A claim as far as `claims.json` of a folder says the same."""
    told, around = judged().get(name), ", ".join(each.depends_on)
    untested = told.because if isinstance(told, Untested) else ""
    return {
        "id": name, "verdict": each.verdict.value,
        "verdict_in_full": f"{each.verdict.value}: {around}" if around else each.verdict.value,
        "reason": untested or reason_of(each.missed, each.depends_on), "effect": each.effect,
        "low": each.low, "high": each.high, "unit": each.unit, "seeds": each.seeds,
        "share": each.share, "rows_of_the_set": each.rows_of_the_set,
    }  # fmt: skip


def effect_text(entry: Mapping[str, Any]) -> str:
    """The effect of an entry with unit and interval; empty where there is none."""
    if entry.get("effect") is None:
        return ""
    return f"{entry['effect']:.3g} {entry['unit']} ({entry['low']:.3g} to {entry['high']:.3g})"


def set_text(entry: Mapping[str, Any]) -> str:
    """In how much of the plausible set an entry holds: `85 % of 20 rows`; empty if not run."""
    if entry.get("share") is None:
        return ""
    return f"{100 * entry['share']:.0f} % of {entry['rows_of_the_set']} rows"


def engine_text() -> str:
    """With which engine the verdicts were made, where it is not this one; else empty."""
    told = accepted()
    if not told.is_outdated:
        return ""
    return (
        f"Verdicts were made with engine {told.engine}; this one is {kernel_hash()}. Judge a claim "
        "anew with `zwerm claims ID` before you quote it."
    )


def made_text() -> str:
    """How the verdicts were made, one sentence; empty if there are none."""
    told = accepted()
    if not told.claims:
        return ""
    made = told.made
    return (
        f"Made on {str(made['finished'])[:10]} by `{made['command']}`: {made['runs']:,} runs, "
        f"{made['seeds']} seeds as each claim declares, engine {told.engine}, "
        f"Zwerm {made['zwerm']}, numpy {made['numpy']}, numba {made['numba']}."
    )
