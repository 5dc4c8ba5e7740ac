"""How is one outcome of a sweep told? Its effects, pictures, and the points at both ends."""

import html
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from experiments.figures import sweeps as draw
from experiments.figures.style import svg, title_of
from experiments.page.inline import anchor, inline
from experiments.page.sentences import DECIMALS, Words, number, seeds_words
from experiments.results import Floats
from experiments.store import FolderError
from experiments.summary import mean_known
from experiments.sweep.effects import (
    Cells,
    Effect,
    Kind,
    cells,
    effects,
    kind_of,
    luck,
    point_means,
    tied,
    unexplained,
)
from experiments.sweep.report_html import figure, table
from experiments.sweep.results import ABOUT, Sweep

MOST_PANELS, MOST_ALONE, MOST_ROWS = 9, 6, 20  # factors that are drawn
MOST_PAIRS = 4  # panels of named by numeric factors
ENDS = 10  # points at each end of a list
MOST_COLUMNS = 6  # factors in it
VALUE = "people.value"  # how much value is shared: what structures are said to need


class Outcome:
    """What is told: a measure in the main arm, or its paired difference from another arm."""

    def __init__(self, sweep: Sweep, measure: str, *, difference: bool = False) -> None:
        self.sweep, self.measure, self.difference = sweep, measure, difference
        self.unit = sweep.units.get(measure, "")
        self.decimals = DECIMALS.get(self.unit, 2)

    @property
    def key(self) -> str:
        """`level` or `difference`."""
        return "difference" if self.difference else "level"

    @property
    def title(self) -> str:
        """What stands above it."""
        return title_of(self.measure)

    @property
    def column(self) -> str:
        """What stands above a column of it."""
        return f"{self.sweep.main} − {self.sweep.against}" if self.difference else self.title

    @property
    def about(self) -> str:
        """What the measure is."""
        told = ABOUT.get(self.measure, self.measure)
        return told[:1].upper() + told[1:]

    @cached_property
    def values(self) -> Floats:
        """[points, seeds]; NaN where a run failed or is not there."""
        if self.difference:
            return self.sweep.paired(self.measure).to_numpy()
        return self.sweep.values(self.measure)

    @cached_property
    def means(self) -> Floats:
        """Means over seeds, [points]."""
        return point_means(self.values)[0]

    def check(self) -> None:
        """Raises FolderError if there is nothing to tell."""
        if np.isnan(self.means).all():
            raise FolderError(
                f"{self.sweep.folder} holds no {self.measure} of {self.sweep.main} yet; run the "
                f"sweep first, or look at its failures"
            )

    @cached_property
    def kind(self) -> Kind:
        """How the points lie."""
        return kind_of(self.sweep.design, self.sweep.method)

    @cached_property
    def effects(self) -> list[Effect]:
        """Of every factor, the strongest first."""
        return effects(self.sweep.design, self.values, self.kind)

    def say(self, value: float, signed: bool | None = None) -> str:
        """A value of this outcome, for reading."""
        return number(value, self.decimals, self.difference if signed is None else signed)


def percent(share: float, words: Words) -> str:
    """A share for reading: `34 %`."""
    return words["missing"] if np.isnan(share) else f"{100 * share:.0f} %"


def outcome_section(outcome: Outcome, place: int, words: Words) -> str:
    """One outcome, as HTML."""
    sweep = outcome.sweep
    said = {"title": outcome.title, "arm": sweep.main, "main": sweep.main,
            "against": sweep.against or "", "about": outcome.about, "unit": outcome.unit,
            "weeks": min(sweep.weeks or 52, 52)}  # fmt: skip
    title = words[f"section.{outcome.key}"].format(**said)
    question = words[f"question.{outcome.key}"].format(**said)
    pictures = [
        together(_strengths(outcome, words), _years(outcome, words)), _panels(outcome, words),
        together(_heat(outcome, words), *_lines(outcome, words)),
    ]  # fmt: skip
    return "\n".join([
        f'<section class="study" id="{outcome.key}" aria-labelledby="{outcome.key}-title">',
        f'<div class="number"><span>{place}</span></div>',
        f'<h2 id="{outcome.key}-title">{html.escape(title)}</h2>',
        f'<p class="question">{html.escape(question)}</p>',
        *(each for each in pictures if each),
        effects_table(outcome, words),
        *ends(outcome, words),
        "</section>",
    ])  # fmt: skip


# --- pictures ---------------------------------------------------------------------------------


Picture = tuple[str, str]  # SVG, caption


def together(*pictures: Picture | None) -> str:
    """Pictures in one frame, their captions one after the other; empty if there is none."""
    there = [each for each in pictures if each]
    captions = dict.fromkeys(caption.strip() for _, caption in there)
    return figure([drawn for drawn, _ in there], " ".join(captions)) if there else ""


def over(outcome: Outcome, words: Words) -> str:
    """What the intervals of means are taken over."""
    return words["over.points" if outcome.kind is Kind.SPREAD else "over.seeds"]


def _strengths(outcome: Outcome, words: Words) -> Picture:
    """How strong each factor is, in one picture."""
    found, name = outcome.effects[:MOST_ROWS], f"{outcome.key}-shares"
    hidden = len(outcome.effects) - len(found)
    more = words["more"].format(count=hidden) if hidden else ""
    if outcome.kind is Kind.ALONE:
        listed = ", ".join(f"{each.factor} {outcome.say(each.swing, False)}" for each in found)
        drawn = draw.swings(found, outcome.unit)
        spoken = words["alt.swings"].format(title=outcome.title, list=listed)
        return inline(svg(drawn), name, spoken), words["caption.swings"].format(more=more)
    listed = ", ".join(f"{each.factor} {percent(each.share, words)}" for each in found)
    drawn = draw.shares(found, (words["left"], unexplained(outcome.effects)))
    spoken = words["alt.shares"].format(title=outcome.title, list=listed)
    pairs = ", ".join(
        words["tied.one"].format(one=one, other=other, size=number(size))
        for one, other, size in tied(outcome.sweep.design)[:3]
    )
    by_luck = luck(outcome.values)
    caption = words["caption.shares"].format(
        bins=_to({each.bins.size for each in found}),
        resampled=words[f"resampled.{outcome.kind.value}"], more=more,
        luck="" if np.isnan(by_luck) else words["luck"].format(share=percent(by_luck, words)),
        tied=words["tied"].format(pairs=pairs) if pairs else "",
    )  # fmt: skip
    return inline(svg(drawn), name, spoken), caption


def _to(counts: set[int]) -> str:
    """`8`, or `2 to 10`."""
    return f"{min(counts)} to {max(counts)}" if len(counts) > 1 else str(*counts)


def _panels(outcome: Outcome, words: Words) -> str:
    """A small panel for each of the strongest factors."""
    alone = outcome.kind is Kind.ALONE
    found = outcome.effects[: MOST_ALONE if alone else MOST_PANELS]
    limits, made = draw.span(found), []
    for each in found:
        note = effect_note(each, outcome, words)
        unit = unit_words(outcome.sweep.factor_units[each.factor], words)
        drawn = draw.effect(each, unit, outcome.unit, note, limits)
        spoken = words["alt.effect"].format(
            title=outcome.title, factor=each.factor, note=note, first=outcome.say(each.mean[0]),
            last=outcome.say(each.mean[-1]),
        )  # fmt: skip
        made.append(inline(svg(drawn), f"{outcome.key}-{anchor(each.factor)}", spoken))
    caption = words["caption.effects.alone" if alone else "caption.effects"]
    return figure(made, caption.format(over=over(outcome, words)), small=True)


def effect_note(found: Effect, outcome: Outcome, words: Words) -> str:
    """How strong an effect is, in a few words."""
    if np.isnan(found.share):
        return words["effect.swing"].format(
            size=f"{outcome.say(found.swing, False)} {outcome.unit}"
        )
    bare = np.isnan(found.share_low)
    return words["effect.share.bare" if bare else "effect.share"].format(
        share=f"{100 * found.share:.0f}", low=f"{100 * np.nan_to_num(found.share_low):.0f}",
        high=f"{100 * np.nan_to_num(found.share_high):.0f}",
    )  # fmt: skip


def _numeric(outcome: Outcome) -> list[str]:
    """Factors with numbers, the strongest first."""
    return [each.factor for each in outcome.effects if not each.bins.names]


def _heat(outcome: Outcome, words: Words) -> Picture | None:
    """The two strongest factors with numbers, if both vary together."""
    strongest = _numeric(outcome)[:2]
    if len(strongest) < 2 or outcome.kind is Kind.ALONE:
        return None
    found = cells(outcome.sweep.design, outcome.values, outcome.kind, *strongest)
    units = outcome.sweep.factor_units
    named = (unit_words(units[found.across], words), unit_words(units[found.up], words))
    drawn = draw.heat(found, named, outcome.unit, difference=outcome.difference)
    known = found.mean[~np.isnan(found.mean)]
    spoken = words["alt.heat"].format(
        title=outcome.title, across=found.across, up=found.up, unit=outcome.unit,
        low=outcome.say(known.min()) if known.size else "",
        high=outcome.say(known.max()) if known.size else "",
    )  # fmt: skip
    sure = found.sure[~np.isnan(found.sure)]
    caption = words["caption.heat"].format(
        sure=outcome.say(float(np.median(sure)) if sure.size else np.nan, False),
        unit=outcome.unit, over=over(outcome, words),
    )  # fmt: skip
    return inline(svg(drawn), f"{outcome.key}-heat", spoken), caption


def _pairs(outcome: Outcome) -> list[Cells]:
    """Named factors by numeric ones: shared value where it was varied, and the strongest."""
    if outcome.kind is Kind.ALONE:
        return []
    design = outcome.sweep.design
    named = [each.factor for each in outcome.effects if each.bins.names]
    numeric = sorted(_numeric(outcome), key=lambda name: name != VALUE)[:2]
    pairs = [(across, up) for up in named for across in numeric][:MOST_PAIRS]
    return [cells(design, outcome.values, outcome.kind, across, up) for across, up in pairs]


def _lines(outcome: Outcome, words: Words) -> list[Picture]:
    """Named factors by numeric ones."""
    made = []
    for place, found in enumerate(_pairs(outcome)):
        unit = unit_words(outcome.sweep.factor_units[found.across], words)
        drawn = draw.lines(found, unit, outcome.unit)
        ends = "; ".join(
            f"{name} {outcome.say(row[0])} to {outcome.say(row[-1])}"
            for name, row in zip(found.y.names, found.mean, strict=True)
        )
        spoken = words["alt.lines"].format(
            title=outcome.title, across=found.across, up=found.up, list=ends
        )
        made.append((inline(svg(drawn), f"{outcome.key}-lines-{place}", spoken),
                     words["caption.lines"].format(over=over(outcome, words))))  # fmt: skip
    return made


def _years(outcome: Outcome, words: Words) -> Picture | None:
    """All points over the years, if quarters were kept; as surveyed if those of all were not."""
    sweep = outcome.sweep
    asked = outcome.measure.removesuffix("_true")
    kept = next((each for each in (outcome.measure, asked) if each in sweep.kept), None)
    if kept is None:
        return None
    series = sweep.series(kept)
    arms = {name: series.sel(arm=name).to_numpy() for name in sweep.arms}
    if outcome.difference and sweep.against:
        name = f"{sweep.main} − {sweep.against}"
        arms = {name: arms[sweep.main] - arms[sweep.against]}
    made = []
    for name, values in arms.items():
        points = mean_known(values.astype(float), axis=1)
        quarters = np.flatnonzero(~np.isnan(points).all(axis=0))
        if quarters.size:
            low, middle, high = np.nanpercentile(points[:, quarters], [5.0, 50.0, 95.0], axis=0)
            year = series["year"].to_numpy()[quarters]
            made.append(draw.Years(name, year, middle, low, high))
    if not made:
        return None
    drawn = draw.years(made, outcome.unit, words["years"])
    listed = ", ".join(f"{outcome.say(each.median[-1])} ({each.name})" for each in made)
    spoken = words["alt.years"].format(title=outcome.title, list=listed)
    surveyed = words["caption.years.surveyed"] if kept != outcome.measure else ""
    caption = words["caption.years"].format(surveyed=surveyed)
    return inline(svg(drawn), f"{outcome.key}-years", spoken), caption


# --- tables -----------------------------------------------------------------------------------


def effects_table(outcome: Outcome, words: Words) -> str:
    """Every factor in numbers."""
    alone = outcome.kind is Kind.ALONE
    head = [(words["head.factor"], ""), *([] if alone else [(words["head.share"], "95 %")]),
            *((words[each], outcome.unit) for each in ("head.swing", "head.at_low",
                                                       "head.at_high"))]  # fmt: skip
    rows = []
    for each in outcome.effects:
        interval = f"{percent(each.share_low, words)} to {percent(each.share_high, words)}"
        cell = [(percent(each.share, words), "" if np.isnan(each.share_low) else interval)]
        ends = [(words["missing"], "")] * 2 if each.bins.names else [
            (outcome.say(each.mean[end]), value_words(each.bins.centre[end], words))
            for end in (0, -1)
        ]  # fmt: skip
        unit = unit_words(outcome.sweep.factor_units[each.factor], words)
        rows.append([(each.factor, unit), *([] if alone else cell),
                     (outcome.say(each.swing, False), ""), *ends])  # fmt: skip
    return table(words["table.effects.alone" if alone else "table.effects"], head, rows)


def ends(outcome: Outcome, words: Words) -> list[str]:
    """The points at the top and at the bottom, with what their factors are."""
    known = np.flatnonzero(~np.isnan(outcome.means))
    order = known[np.argsort(-outcome.means[known], kind="stable")]
    count = min(ENDS, order.size // 2)
    if not count:
        return []
    alone = outcome.kind is Kind.ALONE
    shown = [] if alone else [each.factor for each in outcome.effects[:MOST_COLUMNS]]
    units = outcome.sweep.factor_units
    head = [(words["head.point"], ""), (outcome.column, outcome.unit),
            *((name, unit_words(units[name], words)) for name in shown)]  # fmt: skip
    head += [(words["head.moved"], "")] if alone else []
    cut = len(outcome.effects) > len(shown) and not alone
    made = []
    for key, points in (("highest", order[:count]), ("lowest", order[::-1][:count])):
        caption = words[f"table.{key}"].format(count=count, points=order.size)
        caption += words["table.cut"].format(count=len(shown)) if cut else ""
        made.append(table(f"{caption}.", head, [_row(outcome, at, shown, words) for at in points]))
    return [*made, f'<p class="aside">{html.escape(words["table.warning"])}</p>']


def _row(outcome: Outcome, at: int, shown: Sequence[str], words: Words) -> list[tuple[str, str]]:
    """A point: its number, its outcome with the band over seeds, its factors."""
    values = outcome.values[at]
    known = values[~np.isnan(values)]
    low, high = np.percentile(known, [5.0, 95.0]).tolist()
    design = outcome.sweep.design
    spread = f"{outcome.say(low)} to {outcome.say(high)}"
    if known.size == 1:
        spread = seeds_words(1, words)
    told = [value_words(design[name].to_numpy()[at], words) for name in shown]
    if outcome.kind is Kind.ALONE:
        told = [_moved(outcome, at, words)]
    return [(str(design.index[at]), ""), (outcome.say(outcome.means[at]), spread),
            *((each, "") for each in told)]  # fmt: skip


def _moved(outcome: Outcome, at: int, words: Words) -> str:
    """What differs from the base, which stands first."""
    design = outcome.sweep.design
    for name in design.columns:
        base, here = design[name].to_numpy()[[0, at]]
        if value_words(here, words) not in (value_words(base, words), words["as_base"]):
            return f"{name} = {value_words(here, words)}"
    return words["head.base"]


def value_words(value: object, words: Words) -> str:
    """A factor's value for reading."""
    if isinstance(value, str) and value:
        return value
    if value is None or value == "" or value != value:
        return words["as_base"]
    return f"{value:.3g}".replace("-", "−")


def unit_words(unit: str, words: Words) -> str:
    """A unit for reading."""
    return words["no_unit"] if unit == "-" else unit
