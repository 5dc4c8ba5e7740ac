"""How fast is the reduced chain as AgentPy agents?

The rules of `notebooks/plain_model.py`, written as an AgentPy user would: agents with a `setup`,
`AgentList`s that are told what to do, the model's own `random`, which is quick at single draws, and
`record` in `update`. One thing is quicker than usual: AgentPy's `self.p` takes a call of Python at
every look-up, so that agents read a plain copy of it, `model.rules`. Numbers come from the engine's
declarations. It draws its own random numbers, so it agrees with the engine in distribution
(`tests/test_contests.py`). Importing this file needs AgentPy (the extra `benchmarks`).

Start reading at `ChainModel.step`.
"""

import math
from bisect import bisect_right
from itertools import accumulate
from statistics import fmean
from time import process_time
from types import SimpleNamespace
from typing import Any

import agentpy as ap
import numpy as np
from scipy.special import betaincinv, ndtr

from benchmarks.chain import Start
from benchmarks.numpy_chain import (
    CONDITIONAL,
    DETRACTOR,
    FIRST_GUESS,
    MEASURED,
    MOST_TRIES,
    OTHER,
    PROMOTER,
    TRIANGLE,
    contest,
    declared,
)
from benchmarks.reduced import SPAN, Compared, Sizes
from sim.parameters import WEEKS_PER_MONTH, WEEKS_PER_YEAR
from sim.people import SLOPE_QUANTILES, SLOPE_SHARES


def clip(number: float) -> float:
    """The number, kept between 0 and 1."""
    return min(1.0, max(0.0, number))


def nps(answers: list[int]) -> float:
    """Net promoter score in points, NaN without answers."""
    if not answers:
        return math.nan
    net = sum((each >= PROMOTER) - (each <= DETRACTOR) for each in answers)
    return 100.0 * net / len(answers)


class Person(ap.Agent):
    """Somebody on the staff. Who has followers leads, who has none serves."""

    model: "ChainModel"

    def setup(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Traits; the model says who follows whom."""
        p, random = self.model.rules, self.model.random
        shares = list(accumulate([p.conditional, p.free_riders, p.triangle]))
        self.kind = bisect_right(shares, random.random())
        self.slope = float(np.interp(random.random(), SLOPE_SHARES, SLOPE_QUANTILES))
        self.drive = max(0.0, random.gauss(p.drive, p.drive_spread))
        self.value = clip(random.gauss(p.value, p.value_spread))
        self.engagement = clip(random.gauss(p.engagement, p.engagement_spread))
        self.tenure = random.expovariate(1.0 - (1.0 - p.quits) ** (1.0 / WEEKS_PER_YEAR))
        self.latent = random.gauss(0.0, 1.0)
        self.belief = self.effort = self.visible_effort = self.doing = self.saying = FIRST_GUESS
        self.weeks_led, self.credibility = self.tenure, p.new_credibility
        self.boss: Person | None = None
        self.followers: Any = ap.AgentList(self.model)

    def schedule(self, reference: float) -> float:
        """What somebody of this kind says to give at this reference."""
        p = self.model.rules
        if self.kind == CONDITIONAL:
            return clip(p.conditional_start + self.slope * reference)
        if self.kind == TRIANGLE:
            peak = p.triangle_peak
            return p.triangle_height * min(reference / peak, (1.0 - reference) / (1.0 - peak))
        if self.kind == OTHER:
            return min(1.0, p.other_start + p.other_slope * reference)
        return 0.0

    def intended(self, boss: "Person") -> float:
        """Mean effort of a follower, from what peers and leader show and from the own drive."""
        p = self.model.rules
        peers = len(boss.followers) - 1
        shown = (boss.shown - self.visible_effort) / peers if peers else boss.doing
        self.belief = clip(p.belief_base + p.belief_peers * shown + p.belief_own * self.belief)
        signal = p.leader_words * boss.saying + (1.0 - p.leader_words) * boss.doing
        signal = boss.credibility * signal + (1.0 - boss.credibility) * self.belief
        novelty = math.exp(-boss.weeks_led / (p.weight_months * WEEKS_PER_MONTH))
        weight = p.weight_later + (p.weight_new - p.weight_later) * novelty
        reference = weight * signal + (1.0 - weight) * self.belief
        drive = self.drive * p.context
        drive += p.drive_from_engagement * (self.engagement - p.engagement_zero)
        drive += p.drive_from_values * (self.value - p.value_zero)
        answer = p.effort_base + p.effort_schedule * self.schedule(reference)
        return clip(answer + p.effort_reference * reference + drive)

    def look(self) -> None:
        """What all followers together visibly do."""
        self.shown = sum(self.followers.visible_effort)

    def contribute(self) -> None:
        """This round's effort: Beta around the intended, by a draw that changes slowly."""
        kept, precision = self.model.rules.persistence, self.model.rules.precision
        self.latent = kept * self.latent + self.model.random.gauss(0.0, math.sqrt(1.0 - kept**2))
        self.effort = middle = self.intended(self.boss) if self.boss else self.doing
        if 0.0 < middle < 1.0:
            first, second = precision * middle, precision * (1.0 - middle)
            self.effort = float(betaincinv(first, second, ndtr(self.latent)))

    def be_seen(self) -> None:
        """What others see, every week: a running mean of effort."""
        step = 2.0 / (self.model.rules.visible_weeks + 1.0)
        self.visible_effort += step * (self.effort - self.visible_effort)

    def quality(self) -> float:
        """Expected quality of a contact with this person: willing, able and allowed."""
        p, utilisation = self.model.rules, self.model.utilisation
        r, willing, allowed = p.exponent, max(p.willing_floor, self.visible_effort), FIRST_GUESS
        skill = 1.0 - p.skill_gap * math.exp(-self.tenure / (p.skill_months * WEEKS_PER_MONTH))
        slack = 1.0 - p.slack_weight * (utilisation - p.usual_utilisation)
        tools = 1.0 - p.system_share + p.system_share * FIRST_GUESS
        able = max(0.01, skill * min(1.0, slack) * tools)
        total = p.willing_weight * willing**r + p.able_weight * able**r
        weights = p.willing_weight + p.able_weight + p.allowed_weight
        return ((total + p.allowed_weight * allowed**r) / weights) ** (1.0 / r)


class Customer(ap.Agent):
    """A customer's place, taken by a customer or free for a prospect."""

    model: "ChainModel"

    def setup(self, row: int) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Who is there, with what behind them; the model says who are neighbours."""
        p, random, model = self.model.rules, self.model.random, self.model
        self.row = row
        self.active = random.random() * (p.join + p.churn) <= p.join or p.join == 0.0
        self.attitude = self.expectation = FIRST_GUESS
        self.next_contact = random.expovariate(1.0 / model.gap)
        years = random.expovariate(1.0 / min(1.0 / max(p.churn, 0.02), 50.0))  # a customer so far
        self.contacts = int(years * p.contacts_per_year)
        self.last_failure, self.style = -math.inf, random.gauss(0.0, 1.0)

    def come(self) -> None:
        """All contacts that fall due this week."""
        model, until = self.model, self.model.week + 1
        while self.active and self.next_contact < until:
            self.remember(model.deliver())
            self.next_contact += model.random.expovariate(1.0 / model.gap)

    def remember(self, quality: float) -> None:
        """Make something of a contact of this quality, and keep it."""
        p, week = self.model.rules, self.model.week
        deviation = quality - (self.expectation + p.promise_weight * p.promise)
        theta = p.theta if deviation >= 0.0 else p.loss_ratio * (1.0 + p.theta) - 1.0
        satisfaction = clip(quality + theta * deviation)
        if quality < p.failure:
            first = week - self.last_failure > p.forgiving_months * WEEKS_PER_MONTH
            if first and self.model.random.random() < p.recovery:
                satisfaction = max(satisfaction, self.attitude)
            self.last_failure = week
        settled = p.settling_contacts / (p.settling_contacts + self.contacts)
        gain = max(p.least_gain, p.first_gain * settled)
        self.attitude += gain * (satisfaction - self.attitude)
        self.expectation += p.adaptation * (quality - self.expectation)
        self.contacts += 1
        self.model.met.append((quality, satisfaction))

    def hear(self, known: list[float | None], share: float, turn: int) -> None:
        """Move towards one neighbour's attitude as it is known; None is a prospect's."""
        other = known[self.neighbours[turn]]
        if self.active and other is not None:
            self.attitude += share * (other - self.attitude)

    def renew(self) -> None:
        """Once a year a customer stays or goes, a prospect comes or waits."""
        p, model, random = self.model.rules, self.model, self.model.random
        level = (self.attitude if self.active else model.reputation) - p.usual_satisfaction
        if self.active and random.random() < p.churn * math.exp(-p.churn_slope * level):
            self.active = False
            model.left += 1
        elif not self.active and random.random() < p.join * math.exp(p.churn_slope * level):
            self.active, self.contacts, self.last_failure = True, 0, -math.inf
            self.attitude = self.expectation = clip(random.gauss(model.reputation, p.new_spread))
            self.style = random.gauss(0.0, 1.0)
            self.next_contact = model.week + 1 + random.expovariate(1.0 / model.gap)
            model.joined += 1

    def answer(self) -> int:
        """How likely the customer is to recommend the firm, 0 to 10; halves round up."""
        p = self.model.rules
        points = p.customer_base + p.customer_scale * self.attitude + p.customer_style * self.style
        return min(10, max(0, math.floor(points + 0.5)))

    def responds(self) -> bool:
        """Whether there is an answer when asked: from the happy a little more often."""
        p = self.model.rules
        happier = math.exp(p.response_slope * (self.attitude - p.usual_satisfaction))
        return self.active and self.model.random.random() < p.response * happier


class ChainModel(ap.Model):
    """A tree of staff and its customers; one step is a week.

    Parameters, beside those that `declared` gives: staff, span, customers, seed.
    """

    def setup(self) -> None:
        """Everybody, before the first week."""
        p = self.rules = SimpleNamespace(**self.p)
        self.week = 0
        self.gap = WEEKS_PER_YEAR / p.contacts_per_year
        self.offer, self.reputation, self.utilisation = 0.0, FIRST_GUESS, p.usual_utilisation
        self.staff: Any = ap.AgentList(self, p.staff, Person)  # says nothing of its types
        for row, person in enumerate(self.staff[1:]):
            person.boss = self.staff[row // p.span]
            person.boss.followers.append(person)
        self.leaders: Any = self.staff.select([len(each.followers) > 0 for each in self.staff])
        self.front: Any = self.staff.select([len(each.followers) == 0 for each in self.staff])
        self.places: Any = ap.AgentList(
            self, p.customers, Customer, row=ap.AttrIter(list(range(p.customers)))
        )
        for place in self.places:
            place.neighbours = [self._neighbour(place.row, step) for step in (-2, -1, 1, 2)]
        by_people = 1.0 - p.digital_share * (1.0 - p.rare_share)
        self.usual_load = len(self.active()) / self.gap * by_people  # contacts a week

    def _neighbour(self, row: int, step: int) -> int:
        """Who lives so many places on, or anywhere else."""
        size = self.rules.customers
        if self.random.random() < self.rules.far_share:
            step = self.random.randrange(1, size)
        return (row + step) % size

    def active(self) -> list[Customer]:
        """Customers, without prospects."""
        return [each for each in self.places if each.active]

    def step(self) -> None:
        """One week, in the order of `docs/odd.md`."""
        p = self.rules
        self.week = week = self.t - 1  # AgentPy counts steps from 1
        self.met: list[tuple[float, float]] = []  # quality, satisfaction
        self.handled = self.joined = self.left = 0
        self.nps = self.nps_true = math.nan
        in_round = week % p.round_weeks == 0
        if in_round:
            self.leaders.look()
            self.staff.contribute()
        self.staff.be_seen()
        kept = math.exp(-1.0 / (p.offer_months * WEEKS_PER_MONTH))
        shock = self.random.gauss(0.0, p.offer_spread * math.sqrt(1.0 - kept**2))
        self.offer = kept * self.offer + shock
        self.places.come()
        self.utilisation = p.usual_utilisation * self.handled / self.usual_load
        if in_round:
            self.talk()
        for place in self.places[week % WEEKS_PER_YEAR :: WEEKS_PER_YEAR]:
            place.renew()
        if week % p.nps_weeks == 0:
            self.ask()

    def update(self) -> None:
        """Record what is measured every week."""
        if self.t == 0:
            return
        here = self.active()
        self.effort = fmean(self.staff.effort)
        self.visible_effort = fmean(self.staff.visible_effort)
        self.quality = fmean([each for each, _ in self.met] or [math.nan])
        self.satisfaction = fmean([each for _, each in self.met] or [math.nan])
        self.attitude = fmean([each.attitude for each in here])
        self.expectation = fmean([each.expectation for each in here])
        self.customers, self.contacts = len(here), len(self.met)
        self.record(MEASURED)

    def deliver(self) -> float:
        """Quality of one contact. Behind a bot that meets a rare need stands a person."""
        p, random = self.rules, self.random
        how = random.random()
        if p.digital_share * p.rare_share <= how < p.digital_share:
            quality = p.bot_base + p.bot_system * FIRST_GUESS
        else:
            quality = random.choice(self.front).quality()
            self.handled += 1
        late = p.late * max(0.0, self.utilisation - 1.0)
        return clip(quality + self.offer - late + random.gauss(0.0, p.noise))

    def talk(self) -> None:
        """Reputation follows what customers think; each hears one neighbour."""
        p = self.rules
        months = p.round_weeks / WEEKS_PER_MONTH
        followed = 1.0 - math.exp(-months / p.reputation_months)
        mean = fmean([each.attitude for each in self.active()])
        self.reputation += followed * (mean - self.reputation)
        known = [each.attitude if each.active else None for each in self.places]
        self.places.hear(known, 1.0 - (1.0 - p.hearing) ** months, self.week // p.round_weeks % 4)

    def ask(self) -> None:
        """NPS if everybody answers, and from a sample: places drawn until there are enough."""
        self.nps_true = nps([each.answer() for each in self.active()])
        wanted, answers = self.rules.nps_sample, list[int]()
        for _ in range(MOST_TRIES * wanted):
            asked = self.random.choice(self.places)
            if asked.responds():
                answers.append(asked.answer())
                if len(answers) == wanted:
                    break
        self.nps = nps(answers)


def agentpy_chain(
    staff: int = 400, span: int = SPAN, customers: int = 2000, seed: int = 1, **changes: float
) -> ChainModel:
    """The model before its first week. Raises ParameterError for a number that is not declared."""
    sizes = {"staff": staff, "span": span, "customers": customers}
    model = ChainModel(vars(declared(**changes)) | sizes)
    model.sim_setup(seed=seed)
    return model


def against_agentpy(begun: Start, sizes: Sizes) -> Compared:
    """Time a week of AgentPy over that of the engine."""
    model = agentpy_chain(
        sizes.staff, SPAN, sizes.customers, contacts_per_year=sizes.contacts_per_year
    )

    def work() -> tuple[float, float]:
        began, contacts = process_time(), 0
        for _ in range(sizes.plain_weeks):
            model.sim_step()
            contacts += model.contacts
        return process_time() - began, contacts

    return contest("AgentPy", work, begun, sizes, sizes.plain_weeks)
