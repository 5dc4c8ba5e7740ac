"""Do values change, copy, tip and fade as the sources say? T03, T13 to T15, T18, T20 to T22,
T24 to T26.
"""

from collections.abc import Callable

import numpy as np

from scenarios.claims.brouwer_numbers import error, slope
from scenarios.claims.de_haan_phases import PHASES, in_phases
from scenarios.claims.hypothesis import Change, Runs, acting
from scenarios.claims.reading import jackknife, share_of_means
from scenarios.targets.pattern import (
    Floats,
    Pattern,
    Settings,
    scenario_arm,
    scenario_base,
    told,
)
from scenarios.targets.running import arms_of, on_threads
from sim.configuration import Configuration, rules_of
from sim.levers import NAMES, Action, at_rest
from sim.parameters import WEEKS_PER_MONTH, WEEKS_PER_YEAR
from sim.start import at_week_zero
from sim.state import Moment, copy_tables
from sim.week import week

NOTHING = Change()
HALF_YEAR = 26  # weeks
SMALL = Change(organisation={"people": 57, "customers": 400})


def over_seeds(read: Callable[..., float], *series: Floats) -> Floats:
    """Pseudo-values of what only the mean over seeds tells; itself with a single seed."""
    if series[0].shape[0] == 1:
        return np.array([read(*series)])
    return jackknife(read, *series)


def gain(runs: dict[str, Runs], arm: str, measure: str, first: float, last: float) -> Floats:
    """What an arm gains over nothing, week by week, [seeds, weeks]."""
    return runs[arm].of(measure, first, last) - runs["nothing"].of(measure, first, last)


# --- fading and lasting -------------------------------------------------------------------------

TRAINED = acting(Action("training", 1.0, start=0, end=HALF_YEAR))
LED = acting(
    Action("example", 0.9, ramp=13),
    Action("attention", 4.0, ramp=13),
    Action("walks", 1.0, ramp=13),
)
THREE_YEARS = 3 * WEEKS_PER_YEAR
ANSWERS, SURE = 120, 1.96  # staff who answer a survey of values; 95 %


def _t13(settings: Settings, first_seed: int, replicates: int) -> Floats:
    """Share of the gain left 36 months after the course; months until half of it is gone."""
    years = (HALF_YEAR + THREE_YEARS + 4) / WEEKS_PER_YEAR
    runs = arms_of(
        settings, {"nothing": NOTHING, "trained": TRAINED}, years, first_seed, replicates
    )
    found = gain(runs, "trained", "value", 0, years)
    return np.stack([over_seeds(left_of, found), over_seeds(months_to_half, found)], axis=1)


def left_of(found: Floats) -> float:
    """Mean gain three years after the end of the course over that at its end."""
    mean = found.mean(axis=0)
    return float(mean[HALF_YEAR + THREE_YEARS :].mean() / mean[HALF_YEAR])


def months_to_half(found: Floats) -> float:
    """Months after the end of the course until half of the mean gain is gone; NaN if never."""
    mean = found.mean(axis=0)[HALF_YEAR:]
    below = np.flatnonzero(mean < mean[0] / 2.0)
    return float(below[0]) / WEEKS_PER_MONTH if below.size else np.nan


def _t14(settings: Settings, first_seed: int, replicates: int) -> Floats:
    """Months until values have changed by more than the error between two surveys of staff."""
    runs = arms_of(settings, {"nothing": NOTHING, "led": LED}, 8, first_seed, replicates)
    found = gain(runs, "led", "value", 0, 8)
    spread = runs["led"].mean("value_spread", 0, 8)
    wanted = SURE * np.sqrt(2.0 / ANSWERS) * spread
    return np.array([_first(row >= least) for row, least in zip(found, wanted, strict=True)])


def _first(reached: np.ndarray) -> float:
    """Months until the first week from which on it stays so for a quarter."""
    quarter = np.convolve(reached, np.ones(13), mode="valid") == 13
    at = np.flatnonzero(quarter)
    return float(at[0]) / WEEKS_PER_MONTH if at.size else np.nan


# --- copying ------------------------------------------------------------------------------------


def _t15(settings: Settings, first_seed: int, replicates: int) -> Floats:
    """Slope of what values gain by level in the second year; with a broadcast over without."""
    shown = acting(Action("example", 0.9, ramp=13), Action("broadcast", 1.0, ramp=13))
    arms = {"nothing": NOTHING, "example": acting(Action("example", 0.9, ramp=13)), "shown": shown}
    runs = arms_of(settings, arms, 2.5, first_seed, replicates)
    plain, direct = (
        slope(runs[arm].level("value", 1.5, 2.5) - runs["nothing"].level("value", 1.5, 2.5))
        for arm in ("example", "shown")
    )
    return np.stack([plain, over_seeds(_slope_left, direct, plain)], axis=1)


def _slope_left(direct: Floats, plain: Floats) -> float:
    return share_of_means(-direct, -plain)


TALL = Change(organisation={"people": 400, "customers": 2000})


def _t22(settings: Settings, first_seed: int, replicates: int) -> Floats:
    """Share of what the floor hears that is known at the top; its error with walks over without."""
    arms = {"nothing": TALL, "walks": Change(None, TALL.organisation, {}, (Action("walks", 1.0),))}
    runs = arms_of(settings, arms, 5, first_seed, replicates)
    return np.stack(
        [runs["nothing"].mean("heard", 1, 5), error(runs["walks"]) / error(runs["nothing"])], axis=1
    )


# --- tipping ------------------------------------------------------------------------------------

GROUP = Change(organisation={"people": 24, "customers": 200, "span": 23})
SUCCESS = 0.75  # share of the group that does what is new
SHARES = tuple(round(0.03 * step, 2) for step in range(14))
TURN = 3 * WEEKS_PER_YEAR


def _with_minority(settings: Settings, share: float, first: int, count: int) -> Floats:
    change = Change(None, GROUP.organisation, {}, (Action("coalition", share),))
    runs = arms_of(settings, {"": change}, 5, first, count)[""]
    return (runs.mean("adopted", 4.5, 5) >= SUCCESS).astype(np.float64)


def _t03(settings: Settings, first_seed: int, replicates: int) -> Floats:
    return np.stack(
        [_with_minority(settings, each, first_seed, replicates) for each in (0.21, 0.33)], axis=1
    )


def _t18(settings: Settings, first_seed: int, replicates: int) -> Floats:
    """Coalition from which most join, less that below which most stop again."""
    up, down = [], []
    for share in SHARES:
        begun = acting(Action("coalition", share)) if share > 0.0 else NOTHING
        full = Action("coalition", 0.6, end=TURN)
        rest = (Action("coalition", share, start=TURN),) if share > 0.0 else ()
        arms = {"up": _small(begun), "down": _small(acting(full, *rest))}
        runs = arms_of(settings, arms, 6, first_seed, replicates)
        up.append(runs["up"].mean("adopted", 5.5, 6) > 0.5)
        down.append(runs["down"].mean("adopted", 5.5, 6) > 0.5)
    return _threshold(np.array(up)) - _threshold(np.array(down))


def _small(change: Change) -> Change:
    return Change(None, SMALL.organisation, {}, change.actions)


def _threshold(most: np.ndarray) -> Floats:
    """The smallest share with which most do it, [shares, seeds] to [seeds]; else one step more."""
    steps = np.array([*SHARES, SHARES[-1] + SHARES[1]])
    return steps[np.where(most.any(axis=0), most.argmax(axis=0), len(SHARES))]


# --- words and deeds ----------------------------------------------------------------------------

WASHING = acting(Action("promise", 1.0), Action("words", 0.4))
HALFWAY = 0.5  # of the range of each lever, for one trait of a manager
TRAITS = ("example", "attention", "recognition", "coaching", "barriers", "walks", "spotlight")


def _t20(settings: Settings, first_seed: int, replicates: int) -> Floats:
    """NPS below doing nothing after 24 months; cynicism above (0 or 1 each)."""
    arms = {"nothing": NOTHING, "claims": WASHING}
    runs = arms_of(settings, arms, 2.5, first_seed, replicates)
    lost = runs["claims"].mean("nps_true", 1.75, 2.25) - runs["nothing"].mean(
        "nps_true", 1.75, 2.25
    )
    doubts = runs["claims"].mean("cynicism", 1.75, 2.25)
    usual = runs["nothing"].mean("cynicism", 1.75, 2.25)
    return np.stack([lost < 0.0, doubts > usual], axis=1).astype(np.float64)


def _t21(settings: Settings, first_seed: int, replicates: int) -> Floats:
    """Effect of a gap between words and deeds on engagement, less the largest other trait's."""
    runs = arms_of(
        settings, {"nothing": NOTHING, **{name: _half(name) for name in ("words", *TRAITS)}}, 3,
        first_seed, replicates,
    )  # fmt: skip
    sizes = {
        name: np.abs(gain(runs, name, "engagement", 1, 3).mean(axis=1)) for name in runs
        if name != "nothing"
    }  # fmt: skip
    largest = max(TRAITS, key=lambda name: float(sizes[name].mean()))
    return sizes["words"] - sizes[largest]


def _half(name: str) -> Change:
    lever = NAMES[name]
    return acting(Action(name, lever.rest + HALFWAY * (lever.high - lever.rest)))


# --- why customers changed their minds ----------------------------------------------------------

FEW = Change(organisation={"people": 57, "customers": 250})
STAFF, PROCESS = ("willing", "able", "allowed"), ("bot", "late")


def contributions(configured: Configuration, seed: int) -> Floats:
    """What moved each customer in a year: staff, offer, process, word of mouth, in all, [., 5]."""
    from agents.before import Before
    from agents.why_customers import contact_moves, stages

    world, rules, key = at_week_zero(configured, seed), rules_of(configured), np.uint64(seed)
    moves = np.zeros((world.customers.attitude.size, 4))
    before, who = world.customers.attitude.astype(np.float64), world.customers.generation.copy()
    for number in range(WEEKS_PER_YEAR):
        moment, levers = Moment(key, number), at_rest()
        start = copy_tables(world)
        kept = Before(start, start.staff.engagement, rules, levers, moment, ())
        found = kept.found_by("remembering")
        rows = range(int(found.firm.contacts[0]))
        customers = found.contacts.customer[: len(rows)]
        for customer, (_, moved) in zip(customers, contact_moves(kept, rows), strict=True):
            moves[customer, 0] += sum(getattr(moved, name) for name in STAFF)
            moves[customer, 1] += moved.offer
            moves[customer, 2] += sum(getattr(moved, name) for name in PROCESS)
        contacted, talked = stages(kept)
        moves[:, 3] += talked.astype(np.float64) - contacted
        week(world, rules, levers, moment)
    same = (world.customers.generation == who) & (world.customers.active == 1)
    change = world.customers.attitude - before
    return np.column_stack([moves, change])[same]


def _t24(settings: Settings, first_seed: int, replicates: int) -> Floats:
    """Staff's part less the largest other one: of those who gained, and of those who lost."""
    configured = told(settings, 1, FEW)
    rows = []
    for found in on_threads(lambda seed: contributions(configured, seed), first_seed, replicates):
        ahead = []
        for sign in (1.0, -1.0):
            parts = sign * found[sign * found[:, 4] > 0.0, :4].mean(axis=0)
            ahead.append(parts[0] - parts[1:].max())
        rows.append(ahead)
    return np.array(rows)


# --- motives and order --------------------------------------------------------------------------


def _t25(settings: Settings, first_seed: int, replicates: int) -> Floats:
    """NPS gained in the end by a leader for money over that by one who goes on regardless."""
    arms = {
        name: scenario_arm("money_motive", name) for name in ("nothing", "regardless", "for money")
    }
    runs = arms_of(settings, arms, 8, first_seed, replicates, "insurance",
                   scenario_base("money_motive"))  # fmt: skip
    usual = runs["nothing"].mean("nps_true", 6, 8)
    gains = [runs[arm].mean("nps_true", 6, 8) - usual for arm in ("for money", "regardless")]
    return over_seeds(share_of_means, *gains)


def _t26(settings: Settings, first_seed: int, replicates: int) -> Floats:
    arms = {"in order": in_phases(*PHASES), "act first": in_phases(*reversed(PHASES))}
    runs = arms_of(settings, arms, 5, first_seed, replicates)
    ahead = runs["in order"].mean("value", 4.5, 5) - runs["act first"].mean("value", 4.5, 5)
    return (ahead > 0.0).astype(np.float64)


USUAL = "a running organisation of 120"
CULTURE: tuple[Pattern, ...] = (
    Pattern("T03", _t03, 40, 4, "the rule of adoption in a running group of 24 in one team, "
            "thresholds around .25; success = three quarters do it in the fifth year"),
    Pattern("T13", _t13, 24, 2, f"{USUAL}, half a year of courses and nothing else"),
    Pattern("T14", _t14, 40, 4, f"{USUAL}, example, managers' hours and walks; the error is that "
            "between two surveys of 120 staff"),
    Pattern("T15", _t15, 24, 2, f"{USUAL} on three levels, the top's example with and without a "
            "broadcast, second year"),
    Pattern("T18", _t18, 6, 6, "a running organisation of 57; coalitions in steps of .03, up from "
            "nobody and down from .6; most = over half, after three years or more"),
    Pattern("T20", _t20, 26, 2, f"{USUAL}, a full promise and words .4 above deeds"),
    Pattern("T21", _t21, 48, 8, f"{USUAL}, each lever halfway up its range; which sizes compare is "
            "assumed"),
    Pattern("T22", _t22, 8, 2, "a running organisation of 400 on four levels"),
    Pattern("T24", _t24, 12, 14, "a running organisation of 57 and 250 customers, every contact of "
            "a year taken apart; luck and memory belong to nobody and are left out"),
    Pattern("T25", _t25, 60, 12, "preset insurance, arms of scenario money_motive, years 7 and 8"),
    Pattern("T26", _t26, 26, 3, f"{USUAL}, arms of claim D21: phases half a year apart, in order "
            "and reversed"),
)  # fmt: skip
