"""What does the laboratory give for each published row? One number a replicate of the experiment.

    MEASURED[id](settings, first_seed, replicates)  ->  [replicates]
    CANNOT[id]                                      ->  why the laboratory cannot express it

`settings` are parameters by dotted name, {"leading.lead_bonus": 0.1}, on top of the row's preset.
A replicate has the size of the preset in `conf/laboratory.yaml`; seeds follow each other, and the
arms of a replicate share its seed. A row that asks for an order gives a difference that lies above
0 where the published order holds; what was published stands in conf/targets.yaml. Erosion and
round 1 are as in the preset.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from scenarios.laboratory_games import Floats, preset
from sim.lab import Play, play_game, schedules
from sim.lab_games import Game
from sim.lab_leading import EXCLUDED, FOLLOWER, LEADER
from sim.parameters import ParameterError
from sim.people import CC, ERODED, FREE_RIDER

Settings = Mapping[str, float]
Measure = Callable[[Settings, int, int], NDArray[np.float64]]
Arms = Mapping[str, tuple[Game, Play]]  # of one replicate

MOST_REPLICATES = 100_000
FG, APS = "fischbacher_gaechter_2010", "andreozzi_ploner_saral_2020"
DN, LEAD, PAY = "drouvelis_nosenzo_2013", "leader_or_none", "leader_pay"
TOKENS = np.arange(21) / 20.0  # what the strategy method of Fischbacher & Gaechter asks about
LEADS = np.array([0.0, 0.5, 1.0])  # what a first mover of Andreozzi, Ploner & Saral may give
LATER = range(5, 10)  # rounds 6 to 10, counted from 0
SMALL_PAY = 0.1  # serious piece rates: the 10 cents of Gneezy & Rustichini against 1 dollar

CANNOT: dict[str, str] = {
    "DKR01": "The laboratory has no free-choice period: drive is 0 by convention, and a reward "
    "that wears drive down can only be looked at in the organisation (contributing.pay_wear).",
    "DKR02": "The laboratory has no feedback and no free-choice period; praise acts on engagement "
    "in the organisation (mood), not on a contribution.",
    "SI01": "Profit as a share of revenue needs customers and accounts, and the laboratory has "
    "neither.",
}


# --- playing ----------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def played(game: Game, seed: int) -> Play:
    """A game that was played, kept for rows that look at the same ones; do not write to it."""
    return play_game(game, seed)


def measured(
    name: str, arms: Sequence[str], statistic: Callable[[Arms], float], settings: Settings,
    first_seed: int, replicates: int,
) -> Floats:  # fmt: skip
    """A statistic of arms of a preset, [replicates]. Raises ParameterError."""
    if not 1 <= replicates <= MOST_REPLICATES:
        raise ParameterError(f"{replicates} replicates; type 1 to {MOST_REPLICATES}")
    games = {arm: game for arm, game in preset(name).games(settings).items() if arm in arms}
    found = np.array([
        statistic({arm: (game, played(game, seed)) for arm, game in games.items()})
        for seed in range(first_seed, first_seed + replicates)
    ])  # fmt: skip
    if not np.isfinite(found).all():
        raise ParameterError(
            "a replicate has nothing to measure this row on; ask for more groups, or for types "
            "nearer to the published ones"
        )
    return found


# --- reading a play ---------------------------------------------------------------------------


def others_mean(play: Play) -> Floats:
    """What the others in the own group gave on average, [rounds, players]."""
    found = np.zeros_like(play.contribution)
    for round_, (gave, group) in enumerate(zip(play.contribution, play.group, strict=True)):
        there = (play.role[round_] != EXCLUDED).astype(float)
        total, count = np.bincount(group, gave * there), np.bincount(group, there)
        found[round_] = (total[group] - gave * there) / (count[group] - there)
    return found


def slopes(y: Floats, *x: Floats) -> Floats:
    """Least-squares coefficients of y on the columns x, without the constant."""
    columns = np.column_stack([np.ones(y.size), *x])
    return np.linalg.lstsq(columns, y, rcond=None)[0][1:]


def answers(game: Game, play: Play, round_: int) -> Floats:
    """Answers to a first move of nothing, half and all, whole tokens, [players, 3], shares."""
    tokens = game.laboratory.endowment
    return np.floor(schedules(play, game, LEADS, round_) * tokens + 0.5) / tokens


def selfish(game: Game, play: Play, round_: int) -> NDArray[np.bool_]:
    """Who answers nothing whatever the first mover gives, [players]."""
    return answers(game, play, round_).max(axis=1) == 0.0


def role_mean(play: Play, role: int, round_: int | None = None) -> float:
    """Mean contribution of leaders or followers, of one round or of all."""
    rows = slice(None) if round_ is None else slice(round_, round_ + 1)
    return float(play.contribution[rows][play.role[rows] == role].mean())


# --- Fischbacher & Gaechter 2010 ---------------------------------------------------------------


def _only(arms: Arms) -> tuple[Game, Play]:
    return next(iter(arms.values()))


def _given(arms: Arms, round_: int) -> float:
    game, play = _only(arms)
    return float(play.contribution[round_].mean() * game.laboratory.endowment)


def _expected(arms: Arms, round_: int) -> float:
    game, play = _only(arms)
    return float(play.belief[round_].mean() * game.laboratory.endowment)


def _zeros(arms: Arms, round_: int) -> float:
    _, play = _only(arms)
    return float((play.contribution[round_] == 0.0).mean())


def _decline(arms: Arms) -> float:
    game, play = _only(arms)
    means = play.contribution.mean(axis=1) * game.laboratory.endowment
    return float(slopes(means, np.arange(1.0, means.size + 1.0))[0])


def _share(arms: Arms, kind: int) -> float:
    return float((_only(arms)[1].kind == kind).mean())


def _schedule_slope(arms: Arms, cooperators: bool) -> float:
    game, play = _only(arms)
    asked = schedules(play, game, TOKENS)
    some = play.kind == CC if cooperators else np.ones(play.kind.size, dtype=bool)
    return float(slopes(asked[some].mean(axis=0), TOKENS)[0])


def _belief_update(arms: Arms, place: int) -> float:
    _, play = _only(arms)
    seen = others_mean(play)
    found = slopes(play.belief[1:].ravel(), seen[:-1].ravel(), play.belief[:-1].ravel())
    return float(found[place])


# --- Andreozzi, Ploner & Saral 2020 --------------------------------------------------------------


def _lead(arms: Arms, round_: int) -> float:
    return 100.0 * role_mean(_only(arms)[1], LEADER, round_)


def _answer(arms: Arms, place: int) -> float:
    game, play = _only(arms)
    rounds = range(play.contribution.shape[0])
    return float(100.0 * np.mean([answers(game, play, r)[:, place].mean() for r in rounds]))


def _answer_slope(arms: Arms, round_: int) -> float:
    means = answers(*_only(arms), round_).mean(axis=0)
    return float(slopes(means, LEADS)[0])


def _selfish_share(arms: Arms, round_: int) -> float:
    return float(selfish(*_only(arms), round_).mean())


def _turning(arms: Arms, exploited: bool) -> float:
    """How many of those who cooperate answer nothing in the next round."""
    game, play = _only(arms)
    more = play.contribution > others_mean(play)
    count, turned = 0, 0
    for round_ in range(play.contribution.shape[0] - 1):
        cooperates = (play.kinds[round_] == CC) & ~selfish(game, play, round_)
        looked = cooperates & (more[round_] == exploited)
        count += int(looked.sum())
        turned += int((looked & (play.kinds[round_ + 1] == ERODED)).sum())
    return turned / count if count else np.nan


def _lowering(arms: Arms) -> float:
    """Change of the next first move on the shortfall of the reply, who led twice on end."""
    _, play = _only(arms)
    gave, short = play.contribution, play.contribution - others_mean(play)
    again = (play.role[:-1] == LEADER) & (play.role[1:] == LEADER)
    return float(slopes((gave[1:] - gave[:-1])[again], short[:-1][again])[0])


# --- leaders ------------------------------------------------------------------------------------


def _mean(arms: Arms, arm: str) -> float:
    return float(arms[arm][1].contribution.mean())


def _copy_ratio(arms: Arms) -> float:
    """What followers give of what leaders give, mean over all arms with a leader."""
    return float(np.mean([
        role_mean(play, FOLLOWER) / role_mean(play, LEADER) for _, play in arms.values()
    ]))  # fmt: skip


def _difference(arms: Arms, more: str, less: str) -> float:
    return _mean(arms, more) - _mean(arms, less)


def _leader_earns(arms: Arms) -> float:
    """Earnings of a fixed leader less those of an average player without, endowments."""
    (game, led), (_, free) = arms["fixed leader"], arms["nobody leads"]
    tokens = float(led.earnings[led.role == LEADER].mean() - free.earnings.mean())
    return tokens / game.laboratory.endowment


def _ratio(arms: Arms, arm: str) -> float:
    return _mean(arms, arm) / _mean(arms, "no identity")


def weights(play: Play, size: int) -> tuple[float, float, float]:
    """Weight of the leader in round 1, of the leader later, of other followers' past later.

    For a fixed leader in the first seat. Round 1: followers' contributions on the leader's and
    on the own belief. Rounds 6 to 10: on the leader's and on what the other followers gave in
    the round before.
    """
    gave = play.contribution.reshape(play.contribution.shape[0], -1, size)
    leader = np.repeat(gave[:, :, 0], size - 1, axis=1)
    follow = gave[:, :, 1:].reshape(leader.shape)
    total = gave[:, :, 1:].sum(axis=2, keepdims=True)
    peers = ((total - gave[:, :, 1:]) / (size - 2)).reshape(leader.shape)
    belief = play.belief[0].reshape(-1, size)[:, 1:].ravel()
    first = slopes(follow[0], leader[0], belief)
    later = slopes(
        follow[LATER].ravel(), leader[LATER].ravel(), peers[[r - 1 for r in LATER]].ravel()
    )
    return float(first[0]), float(later[0]), float(later[1])


def _fading(arms: Arms, below_peers: bool) -> float:
    """How far the leader's weight later is below that of round 1, or below that of others' past."""
    game, play = arms["fixed leader"]
    first, later, peers = weights(play, game.laboratory.size)
    return (peers if below_peers else first) - later


def _small_pay(settings: Settings, first_seed: int, replicates: int) -> Floats:
    """What small contingent pay takes away, share of unpaid contributions; rounds 2 to 10."""

    def kept(arms: Arms) -> float:
        return float(_only(arms)[1].contribution[1:].mean())

    pay = {**settings, "laboratory.piece_rate": SMALL_PAY}
    unpaid = measured(FG, ARMS[FG], kept, settings, first_seed, replicates)
    return 1.0 - measured(FG, ARMS[FG], kept, pay, first_seed, replicates) / unpaid


# --- the rows -----------------------------------------------------------------------------------

ARMS: dict[str, tuple[str, ...]] = {
    FG: ("nobody leads",),
    APS: ("first mover",),
}
WITH_LEADER = (
    "fixed leader", "rotating leader", "voluntary leader", "leader may exclude",
    "leader may reward",
)  # fmt: skip


def _row(name: str, statistic: Callable[..., float], *arms: str, **given: object) -> Measure:
    """The measure of a row: a statistic of these arms, or of those that the preset usually has."""
    return partial(measured, name, arms or ARMS[name], partial(statistic, **given))


def _weaker(one: Measure, other: Measure) -> Measure:
    """Where two differences are asked for: the one that is smaller on average over replicates."""

    def both(settings: Settings, first_seed: int, replicates: int) -> Floats:
        found = [each(settings, first_seed, replicates) for each in (one, other)]
        return min(found, key=lambda values: float(values.mean()))

    return both


def _more(name: str, more: str, less: str) -> Measure:
    """How much more an arm of a preset gives than another, share of the endowment."""
    return _row(name, _difference, more, less, more=more, less=less)


MEASURED: dict[str, Measure] = {
    "FG01": _row(FG, _given, round_=0),
    "FG02": _row(FG, _given, round_=4),
    "FG03": _row(FG, _given, round_=9),
    "FG04": _row(FG, _decline),
    "FG05": _row(FG, _expected, round_=0),
    "FG06": _row(FG, _expected, round_=9),
    "FG07": _row(FG, _zeros, round_=0),
    "FG08": _row(FG, _zeros, round_=9),
    "FG09": _row(FG, _share, kind=CC),
    "FG10": _row(FG, _share, kind=FREE_RIDER),
    "FG11": _row(FG, _schedule_slope, cooperators=False),
    "FG12": _row(FG, _schedule_slope, cooperators=True),
    "FG13": _row(FG, _belief_update, place=0),
    "FG14": _row(FG, _belief_update, place=1),
    "APS01": _row(APS, _lead, round_=0),
    "APS02": _row(APS, _lead, round_=9),
    "APS03": _row(APS, _answer, place=0),
    "APS04": _row(APS, _answer, place=1),
    "APS05": _row(APS, _answer, place=2),
    "APS06": _row(APS, _answer_slope, round_=0),
    "APS07": _row(APS, _answer_slope, round_=9),
    "APS08": _row(APS, _selfish_share, round_=0),
    "APS09": _row(APS, _selfish_share, round_=9),
    "APS10": _row(APS, _turning, exploited=True),
    "APS11": _row(APS, _turning, exploited=False),
    "APS12": _row(APS, _lowering),
    "EI01": _row(LEAD, _copy_ratio, *WITH_LEADER),
    "EI02": _more(LEAD, "fixed leader", "nobody leads"),
    "EI04": _weaker(
        _more(LEAD, "leader may exclude", "fixed leader"),
        _more(LEAD, "leader may reward", "fixed leader"),
    ),
    "EI05": _row(LEAD, _leader_earns, "fixed leader", "nobody leads"),
    "DN01": _row(DN, _ratio, "no identity", "all share", arm="all share"),
    "DN02": _row(DN, _ratio, "no identity", "one follower shares", arm="one follower shares"),
    "DN03": _row(DN, _ratio, "no identity", "followers share another",
                 arm="followers share another"),
    "GR01": _weaker(
        _row(LEAD, _fading, "fixed leader", below_peers=False),
        _row(LEAD, _fading, "fixed leader", below_peers=True),
    ),
    "CA01": _weaker(
        _more(PAY, "moderate pay", "no pay"), _more(PAY, "moderate pay", "high pay")
    ),
    "GRU01": _small_pay,
}  # fmt: skip
