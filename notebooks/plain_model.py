"""What does the core of the model look like as ordinary Mesa agents?

    uv run python notebooks/plain_model.py     (some seconds; prints a small table)

Written from the text of `docs/odd.md` (sections 2, 5, 7.3, 7.6, 7.7, 7.10), not from the engine's
code, with random numbers of its own: as far as both agree in distribution, the text says what the
engine does (`tests/test_docking.py`). Left out: listening, leading, culture, deciding, mood,
staffing and accounts, so that leaders, systems, what is allowed, engagement, eNPS and staff stay as
they start, and equal systems make every chain of departments as good as each; all levers but
context and promise; identity, giving up, rival rules, complaints; pilot, spin-up; NPS after
contacts. Start reading at `PlainModel.step`.
"""

import math
import time
from itertools import islice
from statistics import fmean
from types import SimpleNamespace

import numpy as np
from mesa import Agent, DataCollector, Model
from scipy.special import betaincinv, ndtr

YEAR, MONTH = 52, 365.25 / 12 / 7  # weeks
FIRST_GUESS = 0.5  # of effort, quality and attitude, before anybody knows better
KINDS = ("conditional", "free rider", "triangle", "other")
SLOPE_SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)  # of conditional cooperators, and ...
SLOPE_QUANTILES = (0.013, 0.089, 0.396, 0.929, 1.0, 1.076, 1.429)  # ... their own slopes

# Names and numbers of `docs/odd.md`, where units, ranges, sources and grades stand.
# To change some: `PlainModel(loss_ratio=2.0, promise=1.0)`. Levers are context and promise.
# fmt: off
RULES = SimpleNamespace(
    # people (yearly quits say only how long they have been there)
    conditional=0.55, free_riders=0.23, triangle=0.12, drive=0.128, drive_spread=0.04, quits=0.105,
    value=0.5, value_spread=0.15, engagement=0.55, engagement_spread=0.12, new_credibility=0.7,
    # contributing, then serving
    round_weeks=4, belief_base=0.0059, belief_peers=0.415, belief_own=0.569,
    leader_words=0.3, weight_new=0.8, weight_later=0.4, weight_months=3.0,
    conditional_start=-0.01, triangle_peak=0.5, triangle_height=0.275,
    other_start=0.386, other_slope=0.106, precision=1.45, persistence=0.95, visible_weeks=13.0,
    effort_base=-0.0237, effort_schedule=0.242, effort_reference=0.666, context=0.5,
    drive_from_engagement=0.15, engagement_zero=0.55, drive_from_values=0.15, value_zero=0.5,
    contacts_per_year=12.0, digital_share=0.2, rare_share=0.2, bot_base=0.2, bot_system=0.45,
    usual_utilisation=0.8, slack_weight=1.5, late=0.5, offer_spread=0.02, offer_months=24.0,
    willing_floor=0.2, skill_gap=0.4, skill_months=8.0, system_share=0.4, noise=0.12,
    willing_weight=0.3, able_weight=0.35, allowed_weight=0.35, exponent=-1.0,
    # remembering, surveys (a pilot would measure the usual satisfaction)
    promise=0.0, promise_weight=0.1, theta=0.3, loss_ratio=1.13, usual_satisfaction=FIRST_GUESS,
    first_gain=0.3, settling_contacts=2.0, least_gain=0.1, adaptation=0.3,
    failure=0.2, recovery=0.5, forgiving_months=20.0, hearing=0.02, far_share=0.1,
    reputation_months=6.0, churn=0.1, join=0.5, churn_slope=4.0, new_spread=0.05,
    nps_weeks=13, nps_sample=400, response=0.3, response_slope=1.0,
    customer_base=4.7, customer_scale=6.0, customer_style=1.5,
)
# fmt: on
def clip(number: float) -> float:
    """The number, kept between 0 and 1."""
    return min(1.0, max(0.0, number))


def nps(answers: list[int]) -> float:
    """Net promoter score in points: share of 9 and 10 less share of 0 to 6."""
    return 100.0 * fmean([(each >= 9) - (each <= 6) for each in answers] or [math.nan])


class Person(Agent["PlainModel"]):
    """Somebody on the staff. Who has followers leads (doing to weeks_led), who has none serves."""

    def __init__(self, model: "PlainModel", boss: "Person | None") -> None:
        super().__init__(model)
        rules, rng, self.boss, self.followers = model.rules, model.rng, boss, list[Person]()
        if boss:
            boss.followers.append(self)
        shares = np.cumsum([rules.conditional, rules.free_riders, rules.triangle])
        self.kind = KINDS[np.searchsorted(shares, rng.random(), side="right")]
        self.slope = float(np.interp(rng.random(), SLOPE_SHARES, SLOPE_QUANTILES))
        self.drive = max(0.0, rng.normal(rules.drive, rules.drive_spread))
        self.value = clip(rng.normal(rules.value, rules.value_spread))
        self.engagement = clip(rng.normal(rules.engagement, rules.engagement_spread))
        self.tenure = rng.exponential(1.0 / (1.0 - (1.0 - rules.quits) ** (1.0 / YEAR)))  # weeks
        self.belief = self.effort = self.visible_effort = self.doing = self.saying = FIRST_GUESS
        self.weeks_led, self.credibility = self.tenure, rules.new_credibility
        self.latent = rng.standard_normal()

    def schedule(self, reference: float) -> float:
        """What somebody of this kind says to give at this reference."""
        rules, peak = self.model.rules, self.model.rules.triangle_peak
        triangle = rules.triangle_height * min(reference / peak, (1.0 - reference) / (1.0 - peak))
        other = rules.other_start + rules.other_slope * reference
        own = rules.conditional_start + self.slope * reference
        return clip({"conditional": own, "triangle": triangle, "other": other}.get(self.kind, 0.0))

    def intended(self, boss: "Person") -> float:
        """Mean effort of a follower, from what peers and leader show and from the own drive."""
        rules = self.model.rules
        peers = [peer.visible_effort for peer in boss.followers if peer is not self]
        shown = fmean(peers or [boss.doing])
        belief = rules.belief_base + rules.belief_peers * shown + rules.belief_own * self.belief
        self.belief = clip(belief)
        signal = rules.leader_words * boss.saying + (1.0 - rules.leader_words) * boss.doing
        signal = boss.credibility * signal + (1.0 - boss.credibility) * self.belief
        novelty = math.exp(-boss.weeks_led / (rules.weight_months * MONTH))
        weight = rules.weight_later + (rules.weight_new - rules.weight_later) * novelty
        reference = weight * signal + (1.0 - weight) * self.belief
        drive = self.drive * rules.context
        drive += rules.drive_from_engagement * (self.engagement - rules.engagement_zero)
        drive += rules.drive_from_values * (self.value - rules.value_zero)
        effort = rules.effort_base + rules.effort_schedule * self.schedule(reference)
        return clip(effort + rules.effort_reference * reference + drive)

    def contribute(self) -> None:
        """This round's effort: Beta around the intended, by a draw that changes slowly."""
        kept, precision = self.model.rules.persistence, self.model.rules.precision
        self.latent = kept * self.latent + math.sqrt(1.0 - kept**2) * self.rng.standard_normal()
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
        rules, r = self.model.rules, self.model.rules.exponent
        willing, allowed = max(rules.willing_floor, self.visible_effort), FIRST_GUESS
        skill = 1.0 - rules.skill_gap * math.exp(-self.tenure / (rules.skill_months * MONTH))
        slack = 1.0 - rules.slack_weight * (self.model.utilisation - rules.usual_utilisation)
        tools = 1.0 - rules.system_share + rules.system_share * FIRST_GUESS
        able = max(0.01, skill * min(1.0, slack) * tools)
        total = rules.willing_weight * willing**r + rules.able_weight * able**r
        weights = rules.willing_weight + rules.able_weight + rules.allowed_weight
        return ((total + rules.allowed_weight * allowed**r) / weights) ** (1.0 / r)


class Customer(Agent["PlainModel"]):
    """A customer's place, taken by a customer or free for a prospect."""

    def __init__(self, model: "PlainModel", row: int, places: int) -> None:
        super().__init__(model)
        rules, rng, self.row = model.rules, model.rng, row
        far = rng.random(4) < rules.far_share
        steps = np.where(far, rng.integers(1, places, 4), (-2, -1, 1, 2))
        self.neighbours = [int(row + step) % places for step in steps]
        self.active = rng.random() * (rules.join + rules.churn) <= rules.join or rules.join == 0.0
        self.attitude = self.expectation = FIRST_GUESS
        self.next_contact = rng.exponential(model.gap)
        years = rng.exponential(min(1.0 / max(rules.churn, 0.02), 50.0))  # a customer so far
        self.contacts = int(years * rules.contacts_per_year)
        self.last_failure, self.style = -math.inf, rng.standard_normal()

    def meet(self, quality: float) -> None:
        """Make something of a contact of this quality, and remember it."""
        rules, week = self.model.rules, self.model.week
        deviation = quality - (self.expectation + rules.promise_weight * rules.promise)
        theta = rules.theta if deviation >= 0.0 else rules.loss_ratio * (1 + rules.theta) - 1
        satisfaction = clip(quality + theta * deviation)
        if quality < rules.failure:
            first = week - self.last_failure > rules.forgiving_months * MONTH
            if first and self.rng.random() < rules.recovery:
                satisfaction = max(satisfaction, self.attitude)
            self.last_failure = week
        settled = rules.settling_contacts / (rules.settling_contacts + self.contacts)
        gain = max(rules.least_gain, rules.first_gain * settled)
        self.attitude += gain * (satisfaction - self.attitude)
        self.expectation += rules.adaptation * (quality - self.expectation)
        self.contacts += 1
        self.next_contact += self.rng.exponential(self.model.gap)
        self.model.contacts.append((quality, satisfaction))

    def hear(self, known: list[float | None]) -> None:
        """Move towards one neighbour's attitude as it is known; None is a prospect's."""
        rules = self.model.rules
        other = known[self.neighbours[self.model.week // rules.round_weeks % 4]]
        if self.active and other is not None:
            share = 1.0 - (1.0 - rules.hearing) ** (rules.round_weeks / MONTH)
            self.attitude += share * (other - self.attitude)

    def renew(self) -> None:
        """Once a year a customer stays or goes, a prospect comes or waits."""
        rules, model, rng = self.model.rules, self.model, self.rng
        if (self.row - model.week) % YEAR:
            return
        level = (self.attitude if self.active else model.reputation) - rules.usual_satisfaction
        if self.active and rng.random() < rules.churn * math.exp(-rules.churn_slope * level):
            self.active = False
            model.left += 1
        elif not self.active and rng.random() < rules.join * math.exp(rules.churn_slope * level):
            self.active, self.contacts, self.last_failure = True, 0, -math.inf
            self.attitude = clip(rng.normal(model.reputation, rules.new_spread))
            self.expectation, self.style = self.attitude, rng.standard_normal()
            self.next_contact = model.week + 1 + rng.exponential(model.gap)
            model.joined += 1

    def answer(self) -> int:
        """How likely the customer is to recommend the firm, 0 to 10; halves round up."""
        rules = self.model.rules
        points = rules.customer_base + rules.customer_scale * self.attitude
        return min(10, max(0, math.floor(points + rules.customer_style * self.style + 0.5)))

    def responds(self) -> bool:
        """Whether there is an answer when asked: from the happy a little more often."""
        rules = self.model.rules
        happier = math.exp(rules.response_slope * (self.attitude - rules.usual_satisfaction))
        return self.active and self.rng.random() < rules.response * happier


class PlainModel(Model):
    """A tree of staff and its customers; one step is a week. `changes` are to numbers of RULES."""

    def __init__(
        self, staff: int = 400, span: int = 7, customers: int = 2000, rng: int = 1, **changes: float
    ) -> None:
        super().__init__(rng=rng)
        if unknown := changes.keys() - vars(RULES).keys():
            raise ValueError(f"no such rules: {sorted(unknown)}; there are {sorted(vars(RULES))}")
        self.rules = rules = SimpleNamespace(**vars(RULES) | changes)
        self.week, self.gap = 0, YEAR / rules.contacts_per_year
        self.offer, self.reputation, self.utilisation = 0.0, FIRST_GUESS, rules.usual_utilisation
        people: list[Person] = []
        for row in range(staff):
            people.append(Person(self, people[(row - 1) // span] if row else None))
        Customer.create_agents(self, customers, list(range(customers)), customers)
        self.staff, self.customers = self.agents_by_type[Person], self.agents_by_type[Customer]
        self.head, self.front = people[0], [each for each in people if not each.followers]
        by_people = 1.0 - rules.digital_share * (1.0 - rules.rare_share)
        self.usual_load = len(self.active()) / self.gap * by_people  # contacts a week
        self.datacollector = DataCollector(
            {
                "effort": lambda m: fmean(m.staff.get("effort")),
                "visible_effort": lambda m: fmean(m.staff.get("visible_effort")),
                "quality": lambda m: fmean([quality for quality, _ in m.contacts] or [math.nan]),
                "satisfaction": lambda m: fmean([each for _, each in m.contacts] or [math.nan]),
                "attitude": lambda m: fmean(each.attitude for each in m.active()),
                "expectation": lambda m: fmean(each.expectation for each in m.active()),
                "customers": lambda m: len(m.active()),
                "contacts": lambda m: len(m.contacts),
            }
            | {name: name for name in ("joined", "left", "nps", "nps_true")}
        )

    def active(self) -> list[Customer]:
        """Customers, without prospects."""
        return [each for each in self.customers if each.active]

    def step(self) -> None:
        """One week, in the order of `docs/odd.md`."""
        self.contacts: list[tuple[float, float]] = []  # quality, satisfaction
        self.handled = self.joined = self.left = 0
        self.nps = self.nps_true = math.nan
        rules, in_round = self.rules, self.week % self.rules.round_weeks == 0
        if in_round:
            self.staff.do("contribute")
        self.staff.do("be_seen")
        kept = math.exp(-1.0 / (rules.offer_months * MONTH))
        shock = rules.offer_spread * math.sqrt(1.0 - kept**2) * self.rng.standard_normal()
        self.offer = kept * self.offer + shock
        for customer in self.active():
            while customer.next_contact < self.week + 1:
                customer.meet(self.deliver())
        self.utilisation = rules.usual_utilisation * self.handled / self.usual_load
        if in_round:
            share = 1.0 - math.exp(-rules.round_weeks / (rules.reputation_months * MONTH))
            self.reputation += share * (fmean(c.attitude for c in self.active()) - self.reputation)
            self.customers.do("hear", [c.attitude if c.active else None for c in self.customers])
        self.customers.do("renew")
        if self.week % rules.nps_weeks == 0:
            self.ask()
        self.datacollector.collect(self)
        self.week += 1

    def deliver(self) -> float:
        """Quality of one contact. Behind a bot that meets a rare need stands a person."""
        rules, draw = self.rules, self.rng.random()
        if rules.digital_share * rules.rare_share <= draw < rules.digital_share:
            quality = rules.bot_base + rules.bot_system * FIRST_GUESS
        else:
            quality = self.front[self.rng.integers(len(self.front))].quality()
            self.handled += 1
        late = rules.late * max(0.0, self.utilisation - 1.0)
        return clip(quality + self.offer - late + rules.noise * self.rng.standard_normal())

    def ask(self) -> None:
        """NPS if everybody answers, and from a sample."""
        places, size = list(self.customers), self.rules.nps_sample
        self.nps_true = nps([each.answer() for each in self.active()])
        asked = (places[row] for row in self.rng.integers(len(places), size=30 * size))
        self.nps = nps(list(islice((each.answer() for each in asked if each.responds()), size)))


if __name__ == "__main__":
    model, started = PlainModel(), time.perf_counter()
    for _ in range(79):
        model.step()
    print(model.datacollector.get_model_vars_dataframe()[::13].round(3).to_string())
    print(f"{1000.0 * (time.perf_counter() - started) / model.week:.0f} milliseconds a week")
