"""Which numbers do the claims B01 to B17 come down to? Statistics: one number a seed."""

import numpy as np

from scenarios.claims.hypothesis import Arms, Floats, Runs, difference, mean_known
from scenarios.claims.reading import jackknife
from sim.parameters import WEEKS_PER_YEAR

QUARTER = WEEKS_PER_YEAR // 4


def slope(gains: Floats) -> Floats:
    """Slope of gains by level, [seeds], of gains [seeds, levels]; a level is a step down."""
    steps = np.arange(gains.shape[1]) - (gains.shape[1] - 1) / 2.0
    return (gains * steps).sum(axis=1) / (steps**2).sum()


def gains_by_level(arms: Arms, arm: str, measure: str) -> Floats:
    """What an arm gains over nothing at each level, years 4 and 5, [seeds, levels]."""
    return arms[arm].level(measure, 3, 5) - arms["nothing"].level(measure, 3, 5)


def fading(arms: Arms) -> Floats:
    """Slope of the gain in effort."""
    return slope(gains_by_level(arms, "example", "effort"))


def slope_left(arms: Arms) -> Floats:
    """Slope of the gain in values with a symbol over that without (jackknife pseudo-values)."""
    with_it = slope(gains_by_level(arms, "symbol", "value"))
    without = slope(gains_by_level(arms, "example", "value"))
    return jackknife(_ratio, with_it, without)


def _ratio(part: Floats, whole: Floats) -> float:
    """Mean of one over the mean of the other; NaN if that does not fall from level to level."""
    total = float(whole.mean())
    return float(part.mean()) / total if total < 0.0 else float("nan")


def below_the_leader(arms: Arms) -> Floats:
    """Effort of those who follow the head, less what the head does."""
    followers = arms["example"].level("effort", 3, 5)[:, 1]
    return followers - arms["example"].mean("doing", 3, 5)


def error(runs: Runs) -> Floats:
    """How far the top's belief is from what customers think, years 2 to 5."""
    apart = np.abs(runs.of("believed", 1, 5) - runs.of("reputation", 1, 5))
    return apart.mean(axis=1)


def error_left(arms: Arms) -> Floats:
    """Error with walks over that without."""
    return error(arms["walks"]) / error(arms["nothing"])


def worth_of_freedom(arms: Arms) -> Floats:
    """NPS gained by discretion where needs vary, less where they do not."""
    varied = difference("nps_true", "varied, free", "varied", 3, 5)(arms)
    return varied - difference("nps_true", "alike, free", "alike", 3, 5)(arms)


def more_than_the_sum(arms: Arms) -> Floats:
    """NPS gained by both together, less what each gains alone."""
    both, room, help_ = (
        difference("nps_true", each, "nothing", 3, 5)(arms) for each in ("both", "room", "help")
    )
    return both - room - help_


def quarters(values: Floats) -> Floats:
    """Means of quarters, [seeds, quarters]; a survey comes once in each."""
    seeds, weeks = values.shape
    return mean_known(values.reshape(-1, QUARTER)).reshape(seeds, weeks // QUARTER)


def correlation(one: Floats, other: Floats) -> Floats:
    """Of two series, by seed, [seeds]; NaN where one of them does not move."""
    one = one - one.mean(axis=1, keepdims=True)
    other = other - other.mean(axis=1, keepdims=True)
    size = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    moves = size > 0.0
    return np.where(moves, (one * other).sum(axis=1) / np.where(moves, size, 1.0), np.nan)


def profit_follows(arms: Arms) -> Floats:
    """Correlation of NPS with profit a year later, or by how much it is above that at once.

    Of both the smaller, so that both have to be there. By quarter, over ten years.
    """
    runs = arms["as it is"]
    nps, profit = (quarters(runs.of(name, 0, 10)) for name in ("nps_true", "profit"))
    later = correlation(nps[:, :-4], profit[:, 4:])
    return np.minimum(later, later - correlation(nps[:, :-4], profit[:, :-4]))


def customers_gained(arms: Arms) -> Floats:
    """Customers with such a culture over those without, less one."""
    with_it, without = (arms[name].mean("customers", 8, 10) for name in ("culture", "nothing"))
    return with_it / without - 1.0
