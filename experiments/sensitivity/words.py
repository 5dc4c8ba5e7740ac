"""What was found of a result, in sentences that are made from its numbers."""

from collections.abc import Iterator

import numpy as np

from experiments.claims.words import decimals_of
from experiments.page.sentences import number
from experiments.results import Floats
from experiments.sensitivity.boxes import Box, Found, Limit
from experiments.sensitivity.morris import Screened
from experiments.sensitivity.sobol import Share
from experiments.sensitivity.study import BASE, GROUPS, SHARES, SINGLES, Of, Study

HOW = (
    "A result is run again at many points of what nobody knows, each time all arms on the same "
    "seeds. Screening moves the parameters of one mechanism at a time, then one parameter at a "
    "time, along random paths; mu* is the mean size of the change, for a whole range. Among the "
    "parameters that matter most the variance of the result is shared out: what one explains "
    "alone, and in total, with the others. All others then stay at their default. At last a box "
    "says where in their space the result is too small to matter or turns round."
)
LIMITS = (
    "Shares depend on the ranges. Most ranges are assumed; with others, others would matter.",
    "What holds over the parameters that matter most, with all others at their default, need not "
    "hold over everything at once; the line on all of them at once is a coarse look at that.",
    "The luck of seeds is part of the variance. Where it is large, totals are too high for every "
    "parameter, and mu* is above zero for those that do nothing but roll the dice again.",
    "All points share the same few seeds. How high a result lies over points is how high it lies "
    "on these; at the defaults more seeds are run, and the two may differ.",
    "A box is a description of these points, not a law; its limits are as coarse as they are few.",
)
PERCENT = 100.0
CALLED = {
    GROUPS: "points of the coarse grid", SINGLES: "points of screening",
    SHARES: "points of shares",
}  # fmt: skip


def plain(value: float) -> str:
    """A number alone, with decimals that suit it."""
    return number(value, decimals_of(value))


def ends(low: float, high: float, decimals: int) -> str:
    """An interval."""
    return f"{number(low, decimals)} to {number(high, decimals)}"


def percent(share: float) -> str:
    """A share in words."""
    return f"{number(PERCENT * share, 0)} %"


def spread(of: Of, value: Floats, where: str) -> str:
    """How a number lies over points, and how often it is what the claims say."""
    known = value[np.isfinite(value)]
    if not known.size:
        return f"{where} there is no number at any point."
    low, middle, high = np.percentile(known, [5, 50, 95])
    decimals = decimals_of(low, middle, high)
    side = "above" if of.number.expects > 0 else "below"
    signed = of.number.expects * known
    least = plain(of.number.expects * of.number.least)
    return (
        f"{where} the median is {number(middle, decimals)} and 9 of 10 points lie between "
        f"{number(low, decimals)} and {number(high, decimals)}; {percent((signed > 0).mean())} are "
        f"{side} zero, as the claims say, and {percent((signed >= of.number.least).mean())} are at "
        f"{least} or further."
    )


def sentences(study: Study, of: Of) -> Iterator[str]:
    """What is known of a number, a sentence or two each."""
    base = f"{plain(of.base)} {of.number.unit}" if of.base == of.base else "no number"
    seeds = study.rows[BASE].runs // len(study.space.headline.arms)
    yield f"At the defaults: {base} (on {seeds} seed{'s' if seeds > 1 else ''})."
    groups = study.rows[GROUPS].answers[of.number.name]
    everything = len(study.space.factors)
    yield spread(of, groups.value, f"Over all {everything} parameters at once, on a coarse grid,")
    if SHARES in study.rows:
        where = f"Over the {len(study.kept)} parameters that matter most"
        yield spread(of, study.values(of.number), f"{where}, others at their default,")
    yield from _screening(study, of)
    yield from _shares(of)
    for step, called in CALLED.items():
        if step in study.rows:
            yield from _doubts(study, of, step, called)


def _screening(study: Study, of: Of) -> Iterator[str]:
    dead = sum(each.is_dead for each in of.singles)
    tried = len(of.singles)
    left = [each.name for each in of.groups if each.name not in study.apart]
    if left:
        yield (
            f"Not taken apart, because moving a whole mechanism moved it by less than a tenth of "
            f"what the strongest did: {', '.join(left)}."
        )
    if tried:
        said = f"each of the {tried} parameters that were moved alone moved it at some point"
        if dead:
            said = f"{dead} of the {tried} parameters that were moved alone never moved it at all"
        yield f"{said[:1].upper()}{said[1:]}."


def _shares(of: Of) -> Iterator[str]:
    if of.shares is None:
        return
    if not of.shares.of:
        yield (
            f"No share is told: {of.shares.blocks} blocks of points have a number everywhere, "
            f"which is too few, or nothing moved."
        )
        return
    first = of.shares.of[0]
    said = [f"{each.name} ({percent(each.total)})" for each in of.shares.of[1:3]]
    behind = f", then {' and '.join(said)}" if said else ""
    yield (
        f"It hangs most on {first.name}: {percent(first.total)} of the variance in total "
        f"({ends(PERCENT * first.total_low, PERCENT * first.total_high, 0)}){behind}. What "
        f"they do only together, and what is luck, is {percent(of.shares.together)}."
    )


def _doubts(study: Study, of: Of, step: str, called: str) -> Iterator[str]:
    answers = study.rows[step].answers[of.number.name]
    luck = (
        f"other seeds would move {percent(answers.luck)} of the variance"
        if answers.luck == answers.luck
        else "one seed cannot tell how much is luck"
    )
    missing = f"every one of the {called} has a number"
    if answers.missing:
        share = number(PERCENT * answers.missing, 1)
        missing = f"{share} % of the {called} have no number ({of.number.undefined})"
    yield f"{missing[:1].upper()}{missing[1:]}; {luck}."


# --- tables -----------------------------------------------------------------------------------


def screened_row(found: Screened, decimals: int) -> list[str]:
    """mu*, its interval, mu, sigma and its interval."""
    return [
        found.name, number(found.mu_star, decimals),
        ends(found.mu_star_low, found.mu_star_high, decimals),
        number(found.mu, decimals, signed=True), number(found.sigma, decimals),
        ends(found.sigma_low, found.sigma_high, decimals), str(found.effects),
    ]  # fmt: skip


def share_row(found: Share) -> list[str]:
    """First order and total with their intervals."""
    return [
        found.name, number(found.first), ends(found.first_low, found.first_high, 2),
        number(found.total), ends(found.total_low, found.total_high, 2),
    ]  # fmt: skip


def limit_text(limit: Limit) -> str:
    """What a box says of a factor: the ends that are restricted, with quasi-p."""
    said = []
    if limit.p_low == limit.p_low:
        said.append(f"above {plain(limit.low)} (quasi-p {limit.p_low:.1g})")
    if limit.p_high == limit.p_high:
        said.append(f"below {plain(limit.high)} (quasi-p {limit.p_high:.1g})")
    return f"{limit.name} {' and '.join(said)}"


def box_text(found: Found, box: Box) -> str:
    """A box in one sentence."""
    limits = "; ".join(limit_text(each) for each in box.limits)
    return (
        f"{limits}. There {percent(box.density)} of the points are such cases (everywhere "
        f"{percent(found.share)}), and {percent(box.coverage)} of all cases lie there."
    )


def found_text(found: Found) -> list[str]:
    """What PRIM says of one kind of case, one sentence a box."""
    case = f"{found.case[:1].upper()}{found.case[1:]}"
    if not found.boxes:
        return [f"{case}. No box: {found.why}."]
    return [f"{case}. Where {box_text(found, each)}" for each in found.boxes]
