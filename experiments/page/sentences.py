"""What do the numbers of a study say? Sentences made from them, so that they change with them."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from experiments.figures.by_level import level_name
from experiments.figures.lags import kinds_of, shares_of
from experiments.figures.numbers import (
    SMALLEST_EFFECT,
    Spread,
    Verdict,
    compared,
    difference,
    last_year,
    level_at,
    level_difference,
    spread,
    verdict,
)
from experiments.figures.style import UNITS
from experiments.results import Arm, Floats, Study
from experiments.summary import mean_known

Words = Mapping[str, str]

FEEBLE = 0.05  # share of capacity: a smaller difference at the top is nothing to copy
ALIKE = 0.75  # a common cause reads a lag nearly as often from this share of the true link's
DECIMALS = {"points": 1, "customers": 0, "contacts": 0, "people": 2}


def number(value: float, decimals: int = 2, signed: bool = False) -> str:
    """A number for reading: a real minus, no minus before a zero, an en dash for NaN."""
    if math.isnan(value):
        return "–"
    text = f"{value:{'+' if signed else ''},.{decimals}f}"
    if float(text.replace(",", "")) == 0.0:
        text = text.lstrip("+-")
    return text.replace("-", "−")


def spread_words(values: Spread, decimals: int, signed: bool = False) -> dict[str, str]:
    """A spread for the braces of a sentence."""
    return {name: number(value, decimals, signed) for name, value in values._asdict().items()}


def seeds_words(count: int, words: Words) -> str:
    """`1 seed`, `20 seeds`."""
    return words["seeds.1"] if count == 1 else words["seeds"].format(count=count)


def years_words(count: int, words: Words) -> str:
    """`two years`."""
    return words.get(f"year.{count}") or words["years"].format(count=count)


def verdict_key(study: Study) -> str:
    """Which verdict a study gets: a Verdict's value, or `alone` with nothing to compare."""
    return verdict(difference(study, "nps_true")).value if compared(study) else "alone"


def verdict_sentence(study: Study, words: Words) -> str:
    """What the choice does to NPS in the last year, a null result said to be one."""
    if not compared(study):
        values = spread_words(spread(last_year(study.arm(study.main), "nps_true")), 1)
        return words["verdict.alone"].format(main=study.main, **values)
    found = difference(study, "nps_true")
    known = found[~np.isnan(found)]
    if not known.size:
        return words["no_surveys"]
    which, over = verdict(found), spread(found)
    up = int(np.count_nonzero(known > SMALLEST_EFFECT))
    down = int(np.count_nonzero(known < -SMALLEST_EFFECT))
    count = seeds_words(known.size, words) if which is Verdict.FEW else str(known.size)
    flipped = which is Verdict.LOWER
    if flipped:  # “5 points lower (3 to 7)”
        over = Spread(-over.median, -over.high, -over.low)
    signed = which not in (Verdict.HIGHER, Verdict.LOWER)
    return words[f"verdict.{which.value}"].format(
        main=study.main, against=study.against, smallest=number(SMALLEST_EFFECT, 0),
        size=number(abs(over.median), 1), up=up, down=down, within=known.size - up - down,
        seeds=count, **spread_words(over, 1, signed),
    )  # fmt: skip


def moved_sentence(study: Study, measure: str, key: str, words: Words) -> str:
    """How far a measure moved against the other arm, or from start to end if there is none."""
    found, versus = _since_start(study, measure), words["since"]
    if compared(study):
        found = difference(study, measure)
        versus = words["versus"].format(against=study.against)
    over = spread(found)
    if math.isnan(over.median):
        return words["no_surveys"]
    still = over.low <= 0.0 <= over.high
    decimals = DECIMALS.get(UNITS[measure], 2)
    return words[f"{key}.{'still' if still else 'moved'}"].format(
        versus=versus, **spread_words(over, decimals, signed=True)
    )


def _since_start(study: Study, measure: str) -> Floats:
    arm = study.arm(study.main)
    return last_year(arm, measure) - mean_known(arm.series(measure)[:, :52], axis=1)


def level_sentence(study: Study, words: Words) -> str:
    """Where NPS ends."""
    key = "level_now" if compared(study) else "level_alone"
    return words[key].format(
        main=study.main, against=study.against,
        main_value=number(spread(last_year(study.arm(study.main), "nps_true")).median, 1),
        against_value=number(spread(last_year(study.arm(study.against), "nps_true")).median, 1),
    )  # fmt: skip


def copy_sentence(study: Study, words: Words, column: int = 0) -> str:
    """What of a difference at the top arrives on each level below."""
    found = level_difference(study, column)
    if found is None:
        ends = level_at(study.arm(study.main), column, end=True)
        over = [number(spread(ends[:, level]).median) for level in (0, -1)]
        return words["levels.alone"].format(top=over[0], bottom=over[1])
    over = [spread(found[:, level]) for level in range(found.shape[1])]
    steps = [
        words["copy.step"].format(
            level=_whole(level_name(level)), **spread_words(each, 2, signed=True)
        )
        for level, each in enumerate(over)
    ]
    top = spread_words(over[0], 2, signed=True)
    return words["copy"].format(
        main=study.main, against=study.against, top=top["median"], top_low=top["low"],
        top_high=top["high"], steps="; ".join(steps[1:]) + "." if steps[1:] else "",
    ).strip()  # fmt: skip


def one_shape(study: Study) -> bool:
    """Whether what is compared has one structure throughout, so that levels can be compared."""
    main, against = study.arm(study.main).told, study.arm(study.against).told
    return main.structure == against.structure and not main.switches and not against.switches


def _whole(text: str) -> str:
    """With spaces at which no line breaks."""
    return text.replace(" ", "\u00a0")


def left_sentence(study: Study, words: Words) -> str | None:
    """How much of the top's difference is left at the bottom; None if shapes differ."""
    found = level_difference(study, 0)
    if found is None or found.shape[1] < 2 or not one_shape(study):
        return None
    top, bottom = spread(found[:, 0]).median, spread(found[:, -1]).median
    if not abs(top) >= FEEBLE:
        return words["copy.nothing"]
    share = bottom / top
    if share >= 1.0:
        return words["copy.grown"]
    return words["copy.left"].format(
        share=number(100 * max(share, 0.0), 0), depth=found.shape[1] - 1
    )


def chance_sentence(study: Study, words: Words) -> str | None:
    """Whether chance within the main arm is larger than what the choice makes; None if not."""
    alone = spread(last_year(study.arm(study.main), "nps_true"))
    width = alone.high - alone.low
    size = abs(spread(difference(study, "nps_true")).median) if compared(study) else math.nan
    if not width > size:
        return None
    return words["chance"].format(main=study.main, width=number(width, 1), size=number(size, 1))


def cost_sentence(study: Study, words: Words) -> str | None:
    """What the main arm's levers take in the last year; None if nothing."""
    costs = study.arm(study.main).costs[-52:]
    spent = dict(zip(("hours", "euros"), costs.mean(axis=0) if costs.size else (), strict=False))
    parts = [
        words[f"cost.{kind}"].format(**{kind: number(float(cost), 0)})
        for kind, cost in spent.items()
        if cost >= 0.5
    ]
    return words["cost"].format(main=study.main, cost=words["and"].join(parts)) if parts else None


# Panels


def panel_of(study: Study) -> Mapping[str, Any] | None:
    """The panel's statistics, if the study has any."""
    panel = study.extra.get("panel") or {}
    return panel if kinds_of(panel) else None


def best_lag(panel: Mapping[str, Any], key: str = "best_lag_share") -> int | None:
    """The most frequent best annual lag with the true link, years."""
    shares = shares_of(kinds_of(panel).get("true link", {}), key)
    return max(shares, key=lambda years: shares[years]) if shares else None


def lag_share(panel: Mapping[str, Any], kind: str, years: int) -> float:
    """Share of the panels of a kind whose best lag is so many years; NaN if not computed."""
    return shares_of(kinds_of(panel).get(kind, {}), "best_lag_share").get(years, math.nan)


def percent(share: float, words: Words) -> str:
    """`62 %`."""
    return words["not_known"] if math.isnan(share) else f"{number(100 * share, 0)} %"


def lag_sentence(panel: Mapping[str, Any], words: Words) -> str:
    """How often the true link's most frequent lag comes out, in each kind of panel."""
    years = best_lag(panel)
    if years is None:
        return words["lag.none"]
    kinds = {"true": "true link", "common": "common cause only", "placebo": "placebo"}
    shares = {key: percent(lag_share(panel, kind, years), words) for key, kind in kinds.items()}
    return words["lag"].format(years=years_words(years, words), **shares)


def ends_sentence(panel: Mapping[str, Any], words: Words) -> str:
    """That the longest lag gets extra mass from chance in a placebo; empty where it does not.

    It does where more than an even share of placebos read it and chance makes larger correlations
    there than at every shorter lag.
    """
    placebo = kinds_of(panel).get("placebo", {})
    shares = shares_of(placebo, "best_lag_share")
    sizes = {int(years): size for years, size in (placebo.get("mean_abs_r") or {}).items()}
    longest = max(shares, default=0)
    shorter = [size for years, size in sizes.items() if years != longest and size is not None]
    largest = sizes.get(longest)
    if not shorter or largest is None or largest <= max(shorter):
        return ""
    if shares[longest] <= 1.0 / len(shares):
        return ""
    return words["lag.ends"].format(
        years=years_words(longest, words), share=percent(shares[longest], words),
        even=percent(1.0 / len(shares), words),
    )  # fmt: skip


def lag_findings(panel: Mapping[str, Any], words: Words) -> list[str]:
    """What the three panels together say."""
    years = best_lag(panel)
    if years is None:
        return [words["lag.none"]]
    spoken = years_words(years, words)
    true = lag_share(panel, "true link", years)
    common = lag_share(panel, "common cause only", years)
    said = [lag_sentence(panel, words)]
    if not math.isnan(common):
        alike = common >= ALIKE * true
        said.append(words["lag.same" if alike else "lag.differ"].format(years=spoken))
    if true < 0.5:
        said.append(words["lag.rare"].format(years=spoken))
    other = best_lag(panel, "best_lag_share_differences")
    if other is not None and other != years:
        share = shares_of(kinds_of(panel)["true link"], "best_lag_share_differences")[other]
        said.append(
            words["lag.differences"].format(
                years=years_words(other, words), share=percent(share, words)
            )
        )
    return said


# Together


def answer(study: Study, words: Words) -> tuple[str, str]:
    """A study in one sentence or two, and its chip: (chip's key, sentence)."""
    panel = panel_of(study)
    if panel:
        return "lag", lag_sentence(panel, words)
    return verdict_key(study), verdict_sentence(study, words)


def findings(study: Study, words: Words) -> list[str]:
    """What a study shows, a sentence an item."""
    panel = panel_of(study)
    said: list[str | None] = list(lag_findings(panel, words)) if panel else []
    said += [
        verdict_sentence(study, words),
        left_sentence(study, words) if not panel else None,
        moved_sentence(study, "effort_front", "front", words),
        chance_sentence(study, words),
        cost_sentence(study, words),
    ]
    return [each for each in said if each]


def limits(study: Study, words: Words) -> list[str]:
    """What a study does not show, a sentence an item."""
    own = words.get(f"{study.name}.not", "")
    return [line for line in (*own.split("\n"), *words["not"].split("\n")) if line]


def cell(arm: Arm, measure: str) -> Spread:
    """A number of the table."""
    return spread(last_year(arm, measure))
