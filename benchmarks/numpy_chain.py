"""How fast is the reduced chain in NumPy, written for arrays from the start?

The rules are those of `docs/odd.md`, as `notebooks/plain_model.py` has them for agents. Each
variable is an array, each rule an expression on whole arrays; no Python loop passes over people or
customers. A customer who has several contacts in a week has them in rounds, everybody's first,
then everybody's second, and so on. Effort is looked up in a table of Beta quantiles that is made
once, as the engine does. Numbers come from the engine's declarations. It draws its own random
numbers, so it agrees with the engine in distribution (`tests/test_contests.py`).

Start reading at `NumpyChain.step`.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache
from statistics import fmean, median
from time import process_time
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr

from benchmarks.chain import Start, run_engine
from benchmarks.reduced import SPAN, Compared, Sizes
from benchmarks.timing import in_turn, ratio
from sim.configuration import Parameters
from sim.levers import NAMES as LEVER
from sim.measures import COLUMN
from sim.parameters import WEEKS_PER_MONTH, WEEKS_PER_YEAR, ParameterError, declarations, nearest
from sim.people import SLOPE_QUANTILES, SLOPE_SHARES

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

FIRST_GUESS = 0.5  # of effort, quality and attitude, before anybody knows better
CONDITIONAL, FREE_RIDER, TRIANGLE, OTHER = range(4)
MEANS, LATENTS, LATENT_LIMIT = 101, 181, 4.5  # of the table of effort
MOST_TRIES = 30  # places asked per answer wanted before a survey gives up
PROMOTER, DETRACTOR = 9, 6
# Whose numbers the chain knows. Other groups have numbers of the same name.
GROUPS = (
    "calendar", "people", "leading", "contributing", "serving", "remembering", "staffing",
    "surveys",
)  # fmt: skip
MEASURED = (
    "effort", "visible_effort", "quality", "satisfaction", "attitude", "expectation", "customers",
    "contacts", "joined", "left", "nps", "nps_true",
)  # fmt: skip


def declared(**changes: float) -> SimpleNamespace:
    """Every number of the engine by its own name, levers at rest; some of them changed."""
    parameters = Parameters()
    groups = [getattr(parameters, name) for name in GROUPS]
    numbers = {each.name: each.default for group in groups for each in declarations(group)}
    numbers |= {name: LEVER[name].rest for name in ("context", "promise")}
    numbers |= {"usual_satisfaction": FIRST_GUESS}
    for name in changes:
        if name not in numbers:
            raise ParameterError(f"unknown number {name!r}; {nearest(name, list(numbers))}")
    return SimpleNamespace(**numbers | changes)


def clip(values: Array) -> Array:
    """The values, kept between 0 and 1."""
    return np.minimum(1.0, np.maximum(0.0, values))


def mean(values: Array) -> float:
    """The mean, NaN of nothing."""
    return float(values.mean()) if values.size else math.nan


@cache
def effort_table(precision: float) -> Array:
    """Quantiles of Beta(precision * mean, precision * (1 - mean)), [mean, latent]; read only."""
    means = np.linspace(0.0, 1.0, MEANS)[1:-1, np.newaxis]
    chances = ndtr(np.linspace(-LATENT_LIMIT, LATENT_LIMIT, LATENTS))
    inside = betaincinv(precision * means, precision * (1.0 - means), chances)
    return np.vstack([np.zeros(LATENTS), inside, np.ones(LATENTS)])


def effort_at(means: Array, latents: Array, table: Array) -> Array:
    """Effort with these means at these latent normals, interpolated in the table."""
    across = means * (MEANS - 1)
    along = (np.minimum(LATENT_LIMIT, np.maximum(-LATENT_LIMIT, latents)) + LATENT_LIMIT) * (
        (LATENTS - 1) / (2.0 * LATENT_LIMIT)
    )
    row = np.minimum(across.astype(np.int64), MEANS - 2)
    column = np.minimum(along.astype(np.int64), LATENTS - 2)
    down, right = across - row, along - column
    low = table[row, column] * (1.0 - right) + table[row, column + 1] * right
    high = table[row + 1, column] * (1.0 - right) + table[row + 1, column + 1] * right
    return low * (1.0 - down) + high * down


class NumpyChain:
    """A tree of staff and its customers as arrays; one step is a week.

    Staff are [staff], row 0 the head; `doing`, `saying`, `credibility` and `weeks_led` of somebody
    who leads nobody mean nothing. Customers' places are [customers]. `changes` are to declared
    numbers. Raises ParameterError for a number that is not declared.
    """

    def __init__(
        self, staff: int = 400, span: int = SPAN, customers: int = 2000, seed: int = 1,
        **changes: float,
    ) -> None:  # fmt: skip
        self.rules = declared(**changes)
        self.rng = np.random.default_rng(seed)
        self.week, self.gap = 0, WEEKS_PER_YEAR / self.rules.contacts_per_year
        self.offer, self.reputation = 0.0, FIRST_GUESS
        self.utilisation = self.rules.usual_utilisation
        self.handled = self.joined = self.left = 0
        self.nps = self.nps_true = math.nan
        self.quality = self.satisfaction = np.empty(0)  # of this week's contacts
        self.weekly: dict[str, list[float]] = {name: [] for name in MEASURED}
        self.table = effort_table(self.rules.precision)
        self._hire(staff, span)
        self._enrol(customers)
        by_people = 1.0 - self.rules.digital_share * (1.0 - self.rules.rare_share)
        self.usual_load = np.count_nonzero(self.active) / self.gap * by_people  # contacts a week

    def _hire(self, size: int, span: int) -> None:
        """Who is on the staff, and how they stand at the first guess."""
        rules, rng = self.rules, self.rng
        self.boss = (np.arange(1, size) - 1) // span  # of rows 1 and up
        followers = np.bincount(self.boss, minlength=size)
        self.front = np.flatnonzero(followers == 0)
        self.peers = followers[self.boss] - 1
        shares = np.cumsum([rules.conditional, rules.free_riders, rules.triangle])
        self.kind = np.searchsorted(shares, rng.random(size), side="right")
        self.of_kind = [np.flatnonzero(self.kind[1:] == each) for each in range(4)]
        self.slope = np.interp(rng.random(size), SLOPE_SHARES, SLOPE_QUANTILES)
        self.drive = np.maximum(0.0, rng.normal(rules.drive, rules.drive_spread, size))
        self.value = clip(rng.normal(rules.value, rules.value_spread, size))
        self.engagement = clip(rng.normal(rules.engagement, rules.engagement_spread, size))
        weekly_quits = 1.0 - (1.0 - rules.quits) ** (1.0 / WEEKS_PER_YEAR)
        self.tenure = rng.exponential(1.0 / weekly_quits, size)  # weeks
        self.latent = rng.standard_normal(size)
        self.belief, self.effort, self.visible_effort, self.doing, self.saying = np.full(
            (5, size), FIRST_GUESS
        )
        self.weeks_led = self.tenure.copy()
        self.credibility = np.full(size, float(rules.new_credibility))

    def _enrol(self, size: int) -> None:
        """Who is a customer, with what behind them and whom around them."""
        rules, rng = self.rules, self.rng
        rows = np.arange(size)[:, np.newaxis]
        far = rng.random((size, 4)) < rules.far_share
        steps = np.where(far, rng.integers(1, size, (size, 4)), np.array([-2, -1, 1, 2]))
        self.neighbours = np.ascontiguousarray(((rows + steps) % size).T)
        self.active = rng.random(size) * (rules.join + rules.churn) <= rules.join
        if rules.join == 0.0:
            self.active[:] = True
        self.attitude, self.expectation = np.full((2, size), FIRST_GUESS)
        self.next_contact = rng.exponential(self.gap, size)
        years = rng.exponential(min(1.0 / max(rules.churn, 0.02), 50.0), size)  # a customer so far
        self.contacts = np.floor(years * rules.contacts_per_year)
        self.last_failure = np.full(size, -math.inf)
        self.style = rng.standard_normal(size)

    def step(self) -> None:
        """One week, in the order of `docs/odd.md`."""
        rules, in_round = self.rules, self.week % self.rules.round_weeks == 0
        if in_round:
            self.contribute()
        seen = 2.0 / (rules.visible_weeks + 1.0)
        self.visible_effort += seen * (self.effort - self.visible_effort)
        kept = math.exp(-1.0 / (rules.offer_months * WEEKS_PER_MONTH))
        shock = rules.offer_spread * math.sqrt(1.0 - kept**2) * self.rng.standard_normal()
        self.offer = kept * self.offer + shock
        self.serve()
        if in_round:
            self.talk()
        self.renew()
        self.nps = self.nps_true = math.nan
        if self.week % rules.nps_weeks == 0:
            self.ask()
        self.measure()
        self.week += 1

    def contribute(self) -> None:
        """This round's beliefs and efforts: Beta around the intended, by a slow draw."""
        rules, boss = self.rules, self.boss
        latent_kept = rules.persistence
        shocks = math.sqrt(1.0 - latent_kept**2) * self.rng.standard_normal(self.latent.size)
        self.latent = latent_kept * self.latent + shocks
        doing = self.doing[boss]
        seen = self.visible_effort[1:]
        total = np.bincount(boss, seen, minlength=self.doing.size)[boss]
        shown = np.where(self.peers > 0, (total - seen) / np.maximum(self.peers, 1), doing)
        belief = clip(
            rules.belief_base + rules.belief_peers * shown + rules.belief_own * self.belief[1:]
        )
        self.belief[1:] = belief
        signal = rules.leader_words * self.saying[boss] + (1.0 - rules.leader_words) * doing
        credibility = self.credibility[boss]
        signal = credibility * signal + (1.0 - credibility) * belief
        novelty = np.exp(-self.weeks_led[boss] / (rules.weight_months * WEEKS_PER_MONTH))
        weight = rules.weight_later + (rules.weight_new - rules.weight_later) * novelty
        reference = weight * signal + (1.0 - weight) * belief
        drive = self.drive[1:] * rules.context
        drive += rules.drive_from_engagement * (self.engagement[1:] - rules.engagement_zero)
        drive += rules.drive_from_values * (self.value[1:] - rules.value_zero)
        answer = rules.effort_base + rules.effort_schedule * self.schedule(reference)
        intended = np.empty_like(self.effort)
        intended[0] = self.doing[0]
        intended[1:] = clip(answer + rules.effort_reference * reference + drive)
        self.effort = effort_at(intended, self.latent, self.table)

    def schedule(self, reference: Array) -> Array:
        """What each follower's kind says to give at these references."""
        rules, peak = self.rules, self.rules.triangle_peak
        planned = np.zeros_like(reference)
        rows = self.of_kind[CONDITIONAL]
        planned[rows] = clip(rules.conditional_start + self.slope[1:][rows] * reference[rows])
        rows = self.of_kind[TRIANGLE]
        sides = np.minimum(reference[rows] / peak, (1.0 - reference[rows]) / (1.0 - peak))
        planned[rows] = rules.triangle_height * sides
        rows = self.of_kind[OTHER]
        planned[rows] = np.minimum(1.0, rules.other_start + rules.other_slope * reference[rows])
        return planned

    def prepare(self) -> Array:
        """Expected quality of a contact with each front person: willing, able and allowed."""
        rules, r = self.rules, self.rules.exponent
        willing = np.maximum(rules.willing_floor, self.visible_effort[self.front])
        months = self.tenure[self.front] / (rules.skill_months * WEEKS_PER_MONTH)
        skill = 1.0 - rules.skill_gap * np.exp(-months)
        slack = 1.0 - rules.slack_weight * (self.utilisation - rules.usual_utilisation)
        tools = 1.0 - rules.system_share + rules.system_share * FIRST_GUESS
        able = np.maximum(0.01, skill * (min(1.0, slack) * tools))
        weights = rules.willing_weight + rules.able_weight + rules.allowed_weight
        given = rules.allowed_weight * FIRST_GUESS**r
        if r == -1.0:  # the default, without the slow powers
            return weights / (rules.willing_weight / willing + rules.able_weight / able + given)
        total = rules.willing_weight * willing**r + rules.able_weight * able**r + given
        return (total / weights) ** (1.0 / r)

    def serve(self) -> None:
        """This week's contacts, in rounds: in one round no customer comes twice."""
        rules, rng, until = self.rules, self.rng, self.week + 1
        quality_of = self.prepare()
        routine = rules.bot_base + rules.bot_system * FIRST_GUESS
        shift = self.offer - rules.late * max(0.0, self.utilisation - 1.0)
        handled, qualities, satisfactions = 0, list[Array](), list[Array]()
        due = np.flatnonzero(self.active & (self.next_contact < until))
        while due.size:
            how = rng.random(due.size)
            # Behind a bot that meets a rare need stands a person.
            bots = (how >= rules.digital_share * rules.rare_share) & (how < rules.digital_share)
            quality = quality_of[rng.integers(self.front.size, size=due.size)]
            quality[bots] = routine
            quality += shift + rules.noise * rng.standard_normal(due.size)
            quality = clip(quality)
            handled += due.size - np.count_nonzero(bots)
            qualities.append(quality)
            satisfactions.append(self.remember(due, quality))
            self.next_contact[due] += rng.exponential(self.gap, due.size)
            due = due[self.next_contact[due] < until]
        self.quality = np.concatenate(qualities) if qualities else np.empty(0)
        self.satisfaction = np.concatenate(satisfactions) if satisfactions else np.empty(0)
        self.handled = handled
        self.utilisation = rules.usual_utilisation * handled / self.usual_load

    def remember(self, who: Rows, quality: Array) -> Array:
        """What these customers make of a contact each, and keep of it."""
        rules = self.rules
        attitude, expectation = self.attitude[who], self.expectation[who]
        deviation = quality - (expectation + rules.promise_weight * rules.promise)
        worse = rules.loss_ratio * (1.0 + rules.theta) - 1.0
        theta = np.where(deviation < 0.0, worse, rules.theta)
        satisfaction = clip(quality + theta * deviation)
        failed = np.flatnonzero(quality < rules.failure)
        if failed.size:
            rows = who[failed]
            since = self.week - self.last_failure[rows]
            forgiven = since > rules.forgiving_months * WEEKS_PER_MONTH
            forgiven &= self.rng.random(failed.size) < rules.recovery
            mended = failed[forgiven]
            satisfaction[mended] = np.maximum(satisfaction[mended], attitude[mended])
            self.last_failure[rows] = self.week
        before = self.contacts[who]
        shrinking = rules.first_gain * rules.settling_contacts / (rules.settling_contacts + before)
        gain = np.maximum(rules.least_gain, shrinking)
        self.attitude[who] = attitude + gain * (satisfaction - attitude)
        self.expectation[who] = expectation + rules.adaptation * (quality - expectation)
        self.contacts[who] = before + 1.0
        return satisfaction

    def talk(self) -> None:
        """Reputation follows what customers think; each hears one neighbour."""
        rules = self.rules
        known = self.attitude.copy()
        round_months = rules.round_weeks / WEEKS_PER_MONTH
        followed = 1.0 - math.exp(-round_months / rules.reputation_months)
        self.reputation += followed * (mean(known[self.active]) - self.reputation)
        other = self.neighbours[self.week // rules.round_weeks % 4]
        told = np.flatnonzero(self.active & self.active[other])
        share = 1.0 - (1.0 - rules.hearing) ** round_months
        self.attitude[told] += share * (known[other[told]] - known[told])

    def renew(self) -> None:
        """Those whose week of the year it is stay or go, come or wait."""
        rules, rng = self.rules, self.rng
        rows = np.arange(self.week % WEEKS_PER_YEAR, self.active.size, WEEKS_PER_YEAR)
        here, luck = self.active[rows], rng.random(rows.size)
        better = self.attitude[rows] - rules.usual_satisfaction
        going = here & (luck < rules.churn * np.exp(-rules.churn_slope * better))
        known = rules.churn_slope * (self.reputation - rules.usual_satisfaction)
        coming = ~here & (luck < rules.join * math.exp(known))
        self.active[rows[going]] = False
        new = rows[coming]
        self.active[new] = True
        self.contacts[new] = 0.0
        self.last_failure[new] = -math.inf
        self.attitude[new] = clip(rng.normal(self.reputation, rules.new_spread, new.size))
        self.expectation[new] = self.attitude[new]
        self.style[new] = rng.standard_normal(new.size)
        self.next_contact[new] = self.week + 1 + rng.exponential(self.gap, new.size)
        self.joined, self.left = new.size, int(np.count_nonzero(going))

    def score(self, who: Rows) -> float:
        """Net promoter score of these customers in points; halves of a rating round up."""
        rules = self.rules
        points = rules.customer_base + rules.customer_scale * self.attitude[who]
        answers = np.floor(points + rules.customer_style * self.style[who] + 0.5)
        net = np.count_nonzero(answers >= PROMOTER) - np.count_nonzero(answers <= DETRACTOR)
        return 100.0 * net / who.size if who.size else math.nan

    def ask(self) -> None:
        """NPS if everybody answers, and from a sample: places drawn until there are enough."""
        rules, rng, wanted = self.rules, self.rng, int(self.rules.nps_sample)
        self.nps_true = self.score(np.flatnonzero(self.active))
        block = 5 * wanted  # of places that are asked at once
        answered, found = list[Rows](), 0
        for _ in range(MOST_TRIES * wanted // block):
            asked = rng.integers(self.active.size, size=block)
            happier = self.attitude[asked] - rules.usual_satisfaction
            likely = rules.response * np.exp(rules.response_slope * happier)
            answered.append(asked[self.active[asked] & (rng.random(block) < likely)])
            found += answered[-1].size
            if found >= wanted:
                break
        self.nps = self.score(np.concatenate(answered)[:wanted])

    def measure(self) -> None:
        """Write down what is measured every week."""
        here = self.active
        values = (
            self.effort.mean(), self.visible_effort.mean(), mean(self.quality),
            mean(self.satisfaction), mean(self.attitude[here]), mean(self.expectation[here]),
            np.count_nonzero(here), self.quality.size, self.joined, self.left, self.nps,
            self.nps_true,
        )  # fmt: skip
        for name, value in zip(MEASURED, values, strict=True):
            self.weekly[name].append(float(value))


# --- the contest ----------------------------------------------------------------------------


def contest(
    name: str, work: Callable[[], Sequence[float]], begun: Start, sizes: Sizes, weeks: int
) -> Compared:
    """Time a week of another model over that of the engine; `work` is what it takes for `weeks`.

    `work` returns the seconds of the processor and the contacts that its weeks had.
    """
    contacts: list[float] = []

    def other() -> float:
        seconds, made = work()
        contacts.append(made / weeks)
        return seconds

    works = [other, lambda: run_engine(begun).seconds]
    slow, fast = in_turn(f"Reduced chain, {name} and engine", works, sizes.repeats)
    made = run_engine(begun).record.weekly[:, COLUMN["contacts"]].mean()
    return Compared(
        ratio([each / weeks for each in slow], [each / sizes.weeks for each in fast]),
        f"A week has {fmean(contacts):.0f} contacts in {name}, {made:.0f} in the engine; it takes "
        f"{1e6 * median(slow) / weeks:,.0f} µs in {name}.",
    )


def against_numpy(begun: Start, sizes: Sizes) -> Compared:
    """Time a week in NumPy over that in the engine; both run the same weeks of a new start."""

    def work() -> tuple[float, float]:
        model = NumpyChain(
            sizes.staff, SPAN, sizes.customers, contacts_per_year=sizes.contacts_per_year
        )
        began = process_time()
        for _ in range(sizes.weeks):
            model.step()
        return process_time() - began, sum(model.weekly["contacts"])

    return contest("NumPy", work, begun, sizes, sizes.weeks)
