"""Scenarios or arms beside each other on the same seeds: paired differences, year by year."""

from collections.abc import Sequence
from math import isnan
from typing import NamedTuple

import numpy as np
from omegaconf import DictConfig, OmegaConf

from experiments import bands
from experiments.agreement import check_measure as check_measure  # for those who ask for one
from experiments.differences import LISTS, Content, weeks_of
from experiments.listing import table
from experiments.results import Arm, Study, band
from experiments.settings import ScenarioNode, arm_settings, compose
from experiments.summary import last_year, yearly
from sim.measures import COLUMN, MEASURES
from sim.parameters import WEEKS_PER_YEAR, ParameterError, nearest

HEADLINES = ("nps", "enps", "effort_front", "value", "satisfaction", "customers", "quits")
OF_A_WEEK = (
    "joined", "left", "contacts", "quits", "complaints", "gifts", "revenue", "cost", "profit",
)  # sums of a week, not a state  # fmt: skip
VEILED = (
    "-: not shown; with what else is told it would give away fewer than five people of the list."
)
DUST = 9  # digits behind the point that still mean something
PREFIX = "scenario="


class Picked(NamedTuple):
    """One of those that are compared."""

    about: str
    cfg: DictConfig  # of its scenario
    content: Content  # all that it is told


def compared(overrides: list[str]) -> DictConfig:
    """Settings of a study whose arms are the scenarios named in `scenario=a,b`, or `a:arm,b`.

    A scenario stands for the arm that it is about. One scenario alone gives all of its arms.
    Differences are taken from the last one named. Raises ParameterError.
    """
    named = [text for text in overrides if text.strip().startswith(PREFIX)]
    others = [text for text in overrides if text not in named]
    if not named:
        raise ParameterError("name what to compare, for instance scenario=copy_of_a_copy,zappos")
    wanted = named[-1].strip().removeprefix(PREFIX).split(",")
    if len(wanted) == 1 and ":" not in wanted[0]:
        cfg = compose([*others, f"{PREFIX}{wanted[0]}"])
        cfg.scenario.panel = None
        if len(arm_settings(cfg)) < 2:
            raise ParameterError(
                f"scenario {wanted[0]} has one arm, so there is nothing to compare; name two "
                f"(scenario={wanted[0]},zappos) or add what is done, for instance "
                f"'actions=[{{lever: example, strength: 0.9}}]'"
            )
        return cfg
    if len(set(wanted)) < max(2, len(wanted)):
        raise ParameterError(f"{named[-1]} names one thing to compare; name two different ones")
    picked = {name: _picked(name, others) for name in wanted}
    return _side_by_side(picked)


def _picked(name: str, others: list[str]) -> Picked:
    """What `scenario` or `scenario:arm` is about, and its settings."""
    scenario, _, arm = name.partition(":")
    cfg = compose([*others, f"{PREFIX}{scenario}"])
    arms = arm_settings(cfg)
    arm = arm or cfg.scenario.main or next(iter(arms))
    if arm not in arms:
        raise ParameterError(f"scenario {scenario} has no arm {arm!r}; {nearest(arm, list(arms))}")
    about, content = arms[arm]
    return Picked(f"{cfg.scenario.title or scenario}: {about or arm}", cfg, content)


def _side_by_side(picked: dict[str, Picked]) -> DictConfig:
    """One study with an arm for each, whose differences are all of its settings."""
    names = list(picked)
    lengths = {name: weeks_of(each.cfg) for name, each in picked.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {weeks / WEEKS_PER_YEAR:g}" for name, weeks in lengths.items())
        raise ParameterError(f"these run for different years ({told}); add for instance years=5")
    cfg, first = picked[names[0]].cfg, picked[names[0]].content
    cfg.merge_with({part: [] if part in LISTS else first[part] for part in first})
    shown = [measure for each in picked.values() for measure in each.cfg.scenario.measures]
    cfg.scenario = OmegaConf.structured(
        ScenarioNode(
            name="-".join(name.replace(":", "-") for name in names),
            title=" against ".join(names),
            about="Side by side on the same seeds.",
            arms={name: {"about": each.about, **each.content} for name, each in picked.items()},
            main=names[0],
            against=names[-1],
            measures=list(dict.fromkeys(shown)),
        )
    )
    return cfg


def yearly_text(study: Study, measure: str) -> str:
    """For each arm the measure and its difference from `study.against`, year by year."""
    described = MEASURES[COLUMN[measure]]
    reference = study.arm(study.against)
    others = [arm for arm in study.arms if arm.name != study.against] or [reference]
    parts = [
        f"{measure}: {described.about} ({described.unit}), {len(study.seeds)} seeds\n"
        "the year's mean, its median over seeds; arms are compared seed by seed"
    ]
    parts += [_yearly_table(arm, reference, measure) for arm in others]
    return "\n\n".join([*parts, _costs(study.arms), *filter(None, [bands.sentence(study)])])


def _yearly_table(arm: Arm, reference: Arm, measure: str) -> str:
    one, other = yearly(arm.series(measure)), yearly(reference.series(measure))
    middle, low, high = band(one - other)
    ones, others = band(one)[0], band(other)[0]
    rows = [
        (
            str(year + 1), short(ones[year]), short(others[year]), short(middle[year], "+"),
            f"{short(low[year], '+')} to {short(high[year], '+')}",
            f"{(one > other)[:, year].mean():.0%}",
        )
        for year in range(middle.size)
    ]  # fmt: skip
    head = ("year", arm.name, reference.name, "difference", "5 to 95 % of seeds", "above 0")
    return table(head, rows)


def short(value: float, sign: str = "") -> str:
    """Three digits, without the dust that rounding leaves near zero."""
    return "-" if isnan(value) else f"{round(value, DUST) + 0.0:{sign}.3g}"


def _costs(arms: Sequence[Arm]) -> str:
    years = arms[0].costs.shape[0] / WEEKS_PER_YEAR
    rows = [
        (arm.name, *(f"{spent / years:,.0f}" for spent in arm.costs.sum(axis=0))) for arm in arms
    ]
    return table(("what its levers cost", "hours a year", "euro a year"), rows)


def headlines_text(study: Study) -> str:
    """The last year of every arm in a few measures: the median over seeds."""
    rows = []
    for name in dict.fromkeys((*HEADLINES, *study.measures)):
        medians = [band(last_year(arm)[:, COLUMN[name]])[0] for arm in study.arms]
        unit = MEASURES[COLUMN[name]].unit + (" a week" if name in OF_A_WEEK else "")
        rows.append((name, unit, *(short(float(median)) for median in medians)))
    said = table(("last year", "unit", *(arm.name for arm in study.arms)), rows)
    veiled = any(
        arm.told.structure == "chart" and np.isnan(arm.series("effort_front")).all()
        for arm in study.arms
    )
    return "\n\n".join(filter(None, [said, VEILED if veiled else "", bands.sentence(study)]))
