"""A market: how do organisations that do different things share the customers of one market?

Every rival is a whole organisation: staff, leaders, a schedule of its own. Each is brought to its
do-nothing state alone; at week 0 their customers' places are laid side by side, so that anybody can
become a customer of anybody. From then on, every week:

    draw_j                   = share_j * join_j * exp(slope_j * choice_j * (reputation_j - usual_j))
    chance to come to firm j = draw_j / max(1, sum of all draws)
    what rivals gained       = mean over rivals of (reputation - reputation at week 0),
                               weighted with their customers

The first is asked of those whom nobody serves, in the week of the year in which they choose, so
leavers are shared by reputation: who comes at all chooses as in a logit (McFadden 1974). The shares
are what makes doing nothing stay as it is, constants of each alternative (Train 2009): as many come
to a firm at its usual reputation as are expected to leave it at week 0. The second is what
customers compare with when they stay or go (`remembering.comparing`). A shift of power is the
market's: rivals that say nothing of it have the one of the organisation.

A market of one is the run alone, bit for bit: the same draws, asked in the same order. All
organisations go through a week part by part (`sim.week.part`): nobody chooses before all are known.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from sim.compiled import entry, quick
from sim.configuration import Configuration, Rules, rules_of, seed_of
from sim.levers import POWER_SHIFT, REST, timetable
from sim.measures import Record
from sim.mechanisms.remembering import Remembering, attraction, begin, leaving, usually
from sim.parameters import WEEKS_PER_YEAR
from sim.randomness import RENEWAL, RIVAL, Integers, uniforms
from sim.start import at_week_zero, room_for
from sim.state import BLOCK, Blocks, Customers, Firm, Floats, Moment, World
from sim.switching import due, record_of, restructured
from sim.week import CHOOSING, NOWHERE, PARTS, SUMS
from sim.week import act as act_in_order

MEASURED = PARTS + 2  # behind the last part of a week and its measures
NOBODY = -1

act = quick(act_in_order)


@entry
def draw_chances(seed: np.uint64, week: int, who: Integers, generations: Integers) -> Floats:
    """One uniform number for each of these customers' places."""
    chances = np.empty(who.size)
    for row in range(who.size):
        chances[row] = uniforms(seed, RENEWAL, week, who[row], generations[row])[0]
    return chances


@entry
def draw_of(firm: Firm, p: Remembering, levers: Floats, week: int) -> float:
    """Chance that somebody who waits comes this year, if there were nobody else; unbounded."""
    choice = 1.0 + p.more_choice * levers[POWER_SHIFT]
    return attraction(firm.reputation[0] - usually(firm, p, week), choice, p)


@entry
def receive(
    who: Integers, customers: Customers, blocks: Blocks, firm: Firm, p: Remembering, gap: float,
    moment: Moment,
) -> None:  # fmt: skip
    """These come. Writes customers, blocks.joined."""
    for customer in who:
        begin(customer, customers, firm.reputation[0], gap, moment, p)
        blocks.joined[customer // BLOCK] += 1


@entry
def expected_leavers(customers: Customers, firm: Firm, p: Remembering) -> float:
    """Customers who are expected to leave within a year as things are at week 0."""
    usual, leavers = usually(firm, p, 0), 0.0
    for customer in range(customers.active.size):
        if customers.active[customer] == 1:
            leavers += leaving(np.float64(customers.attitude[customer]) - usual, 1.0, p)
    return leavers


_draw_chances, _draw_of, _receive = quick(draw_chances), quick(draw_of), quick(receive)


class Known(NamedTuple):
    """What an organisation is at week 0, for its market."""

    share: float  # constant by which those who wait are shared
    reputation: float


class Competitor:
    """One organisation of a market: its tables, its schedule and what it leaves behind."""

    def __init__(self, told: Configuration, seed: int) -> None:
        self.told, self.key = told, seed_of(seed)
        self.world = at_week_zero(told, seed)
        self.rules = waiting(rules_of(told))
        self.table = timetable(told.actions, told.weeks)
        self.record = record_of(told)
        self.switches = list(told.switches)

    def prepare(self, week: int) -> None:
        """Change the structure if a change is due."""
        while self.switches and due(self.switches[0], week, self.record):
            self.world = restructured(self.world, self.told, self.switches.pop(0).to)

    def go(self, begin_at: int, end: int, week: int) -> None:
        """Parts of the week, from `begin_at` to `end`."""
        moment, blocks = Moment(self.key, week), self.world.blocks.contacts.size
        into = (self.record.weekly[week], self.record.levels[week])
        act(begin_at, end, self.world, self.rules, self.table[week], moment, 0, blocks, *into)


def waiting(rules: Rules) -> Rules:
    """Rules under which nobody comes by themselves: the market sends them."""
    return rules._replace(remembering=rules.remembering._replace(join=0.0))  # type: ignore[attr-defined]


def rival_seed(seed: int, number: int) -> int:
    """The seed of a rival; the organisation itself, number 0, keeps its own."""
    if number == 0:
        return seed
    one, other, _, _ = uniforms(seed_of(seed), RIVAL, 0, number, 0)
    return int(one * 2**32) * 2**32 + int(other * 2**32)


class Market:
    """The organisation of a configuration among its rivals, from week 0, a week at a time.

    `firms` are the organisation itself and its rivals, in their order. Raises ParameterError for a
    seed that is none.
    """

    def __init__(self, told: Configuration, seed: int) -> None:
        each = enumerate((told, *told.rivals))
        self.firms = [Competitor(one, rival_seed(seed, number)) for number, one in each]
        self.key = seed_of(seed)
        self._stepped = False  # by Mesa: somebody's own code may have changed tables
        self._joining = [rules_of(one.told).remembering for one in self.firms]
        parts = [_leavers_a_prospect(one, p) for one, p in self._pairs()]
        if not any(parts):  # nobody leaves or nobody comes
            parts = [1.0] * len(parts)
        self.known = [
            Known(part / sum(parts), float(one.world.firm.reputation[0]))
            for part, one in zip(parts, self.firms, strict=True)
        ]
        for rival in self.firms[1:]:
            if not (rival.table[:, POWER_SHIFT] != REST[POWER_SHIFT]).any():
                rival.table[:, POWER_SHIFT] = self.own.table[:, POWER_SHIFT]
        self.awaited = [0.0] * len(self.firms)  # customers expected to come this week, by firm
        self._lay_side_by_side()
        self._count_shares()

    def _pairs(self) -> Iterator[tuple[Competitor, Remembering]]:
        return zip(self.firms, self._joining, strict=True)

    @property
    def own(self) -> Competitor:
        """The organisation itself."""
        return self.firms[0]

    def run(self) -> list[Record]:
        """All weeks: the records of all, in their order."""
        for week in range(self.own.told.weeks):
            for one in self.firms:
                one.prepare(week)
            self._through(week, partial(self.own.go, week=week))
            self.own.go(SUMS, MEASURED, week)
        return [one.record for one in self.firms]

    def week(self, world: World, rules: Rules, levers: Floats, moment: Moment) -> None:
        """What `sim.week.week` does, for the organisation itself, with its rivals beside it."""
        blocks = world.blocks.contacts.size
        self.own.world, self._stepped = world, True

        def own(begin_at: int, end: int) -> None:
            act_in_order(begin_at, end, world, waiting(rules), levers, moment, 0, blocks, *NOWHERE)

        for rival in self.firms[1:]:
            rival.prepare(moment.week)
        self._through(moment.week, own)

    def _through(self, week: int, own: Callable[[int, int], None]) -> None:
        """A week of all, by parts; only the organisation itself is not measured yet."""
        rivals = [partial(each.go, week=week) for each in self.firms[1:]]
        everybody = (own, *rivals)
        for go in everybody:
            go(0, CHOOSING)
        self._compare()
        free, which = self._where_they_go(week)
        for go in everybody:
            go(CHOOSING, CHOOSING + 1)
        for number in range(len(self.firms)):
            self._send(number, free[which == number], week)
        for go in everybody:
            go(CHOOSING + 1, PARTS)
        self._count_shares()
        for go in rivals:
            go(SUMS, MEASURED)

    def _send(self, number: int, who: Integers, week: int) -> None:
        """These customers' places come to one of the firms."""
        one = self.firms[number]
        world, gap = one.world, WEEKS_PER_YEAR / one.rules.serving.contacts_per_year
        moment, p = Moment(one.key, week), self._joining[number]
        take = receive if number == 0 and self._stepped else _receive
        take(who, world.customers, world.blocks, world.firm, p, gap, moment)

    def _compare(self) -> None:
        """What each firm's customers could have elsewhere by now. Writes firm.elsewhere."""
        firms = [one.world.firm for one in self.firms]
        sizes = [int(firm.active[0]) for firm in firms]
        gains = [
            float(firm.reputation[0]) - known.reputation
            for firm, known in zip(firms, self.known, strict=True)
        ]
        for number, firm in enumerate(firms):
            others = [other for other in range(len(firms)) if other != number]
            customers = sum(sizes[other] for other in others)
            if customers > 0:
                gained = sum(sizes[other] * gains[other] for other in others)
                firm.elsewhere[0] = gained / customers

    def _where_they_go(self, week: int) -> tuple[Integers, Integers]:
        """Places that nobody serves and whose week it is; the number of the firm each comes to."""
        size = self.own.world.customers.active.size
        turn = slice(week % WEEKS_PER_YEAR, size, WEEKS_PER_YEAR)
        tables = [one.world.customers for one in self.firms]
        served = np.zeros(len(range(*turn.indices(size))), dtype=bool)
        before = np.zeros(served.size, dtype=np.int64)
        for customers in tables:
            served |= customers.active[turn] == 1
            before += customers.generation[turn]
        free = np.arange(turn.start, size, WEEKS_PER_YEAR)[~served]
        chances = _draw_chances(self.key, week, free, before[~served])
        pulls = np.array([
            known.share * self._draw_of(number)(one.world.firm, p, one.world.choices.now, week)
            for number, ((one, p), known) in enumerate(zip(self._pairs(), self.known, strict=True))
        ])  # fmt: skip
        pulls /= max(1.0, pulls.sum())
        self.awaited = (pulls * free.size).tolist()
        bounds = np.cumsum(pulls)
        which = np.searchsorted(bounds, chances, side="right")
        return free, np.where(which < bounds.size, which, NOBODY)

    def _draw_of(self, number: int) -> Callable[[Firm, Remembering, Floats, int], float]:
        return draw_of if number == 0 and self._stepped else _draw_of

    def _count_shares(self) -> None:
        """Who serves how many of all. Writes firm.share."""
        sizes = [int(one.world.firm.active[0]) for one in self.firms]
        everybody = max(1, sum(sizes))
        for size, one in zip(sizes, self.firms, strict=True):
            one.world.firm.share[0] = size / everybody

    def _lay_side_by_side(self) -> None:
        """Places for all customers in every firm's tables, its own where its turn comes."""
        sizes = [one.world.customers.active.size for one in self.firms]
        first = 0
        for size, one in zip(sizes, self.firms, strict=True):
            if size < sum(sizes):
                one.world = widened(one.world, first, sum(sizes), one.told)
            first += size


def _leavers_a_prospect(one: Competitor, p: Remembering) -> float:
    """How many wait at rest: those who leave in a year over the share of prospects who come."""
    if p.join <= 0.0:
        return 0.0
    return expected_leavers(one.world.customers, one.world.firm, p) / p.join


def widened(world: World, first: int, places: int, told: Configuration) -> World:
    """The same organisation with its customers from place `first` among `places`; others empty."""
    yearly = told.parameters.serving.contacts_per_year
    customers, contacts, blocks = room_for(places, told.organisation.people, yearly)
    for column, old in zip(customers, world.customers, strict=True):
        column[first : first + old.size] = old
    return world._replace(customers=customers, contacts=contacts, blocks=blocks)
