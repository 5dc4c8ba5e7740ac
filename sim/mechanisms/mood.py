"""Mood: engagement follows resources and demands, strain builds up without recovery.

Every week, for each person:

    target     = disposition + climate + weather
                 + support * (credibility * leader's doing - usual support)
                 + autonomy * (discretion - usual discretion)
                 + recognition (lever) * recognition + status gap * equality (lever)
                 - tape * (inside share - usual inside share) - paper * cynicism
                 + customers * met
                 + results * (customers now / usual customers - 1)
                 - load * max(0, utilisation - usual utilisation) - strained * strain
                 - career * (taste for hierarchy - usual taste)     (where nobody asks upwards)
    engagement <- engagement + rate * (target - engagement)            (4 months)
    strain     <- strain + build * max(0, utilisation - usual) * (1 - strain) - recover * strain
    met        <- met + rate * (satisfaction met - usual satisfaction - met)    (12 months)
    climate    <- kept * climate + spread * sqrt(1 - kept^2) * normal  (outside news, 94 months)
    weather    <- the same with its own spread and 3 months

The order of resources and demands follows the job demands-resources view (recalled); support
from the leader counts only as far as the leader is believed. Paths from customers and results
back to staff are on, at modest strength. A new top unsettles
everybody once. (Zablah et al. 2016 find the paths from customers the larger direction.)
"""

from dataclasses import dataclass
from math import sqrt

from sim.compiled import kernel
from sim.levers import EQUALITY, RECOGNITION
from sim.parameters import Grade, Kind, Turns, parameter
from sim.people import clip
from sim.randomness import MOOD_NOISE, normal
from sim.state import TOP_TEAM, Firm, Floats, Moment, Staff, Teams
from sim.structure import Structure

WRITES = (
    "staff.engagement", "staff.strain", "staff.engagement_before", "staff.strain_before",
    "staff.met", "firm.climate", "firm.weather",
)  # fmt: skip

ASSUMED = Grade.ASSUMED
NONE_FOUND = "no measurement found"


@dataclass(frozen=True)
class Mood:
    """What makes people engaged or strained."""

    # fmt: off
    engagement_months: float = parameter(
        4.0, 1.0, 9.0, "months", ASSUMED, NONE_FOUND,
        "how fast engagement follows circumstances", turns=Turns.MONTHS_TO_WEEK)
    support: float = parameter(
        0.30, 0.0, 0.8, "engagement", ASSUMED, "direction from Simons 2002",
        "a full point of believed doing by the own leader")
    usual_support: float = parameter(
        0.45, 0.0, 1.0, "share of capacity", ASSUMED, "a leader's doing at rest",
        "believed doing that adds and takes nothing", kind=Kind.FIXED)
    autonomy: float = parameter(
        0.05, 0.0, 0.4, "engagement", ASSUMED, "direction from Seibert et al. 2011",
        "a full point of discretion")
    usual_discretion: float = parameter(
        0.1, 0.0, 1.0, "share of decisions", ASSUMED, "a tree's",
        "discretion that adds and takes nothing", kind=Kind.FIXED)
    recognition: float = parameter(
        0.08, 0.0, 0.4, "engagement", ASSUMED, NONE_FOUND, "full use of the recognition lever")
    customers: float = parameter(
        0.08, 0.0, 1.0, "engagement", ASSUMED, "direction from Zablah et al. 2016, Getta 2011; "
        "size calibrated to r(eNPS, NPS) across units (FitzGerald 2018)",
        "a full point of satisfaction met above the usual; the reverse path")
    customers_months: float = parameter(
        12.0, 0.5, 36.0, "months", ASSUMED, "Zablah et al. 2016 and Getta 2011 find it a year on",
        "over how long somebody takes in what customers make of it", turns=Turns.MONTHS_TO_WEEK)
    status_gap: float = parameter(
        0.05, 0.0, 0.3, "engagement", ASSUMED, "claim C08: direction only",
        "what privileges of some cost everybody")
    tape: float = parameter(
        0.3, 0.0, 1.0, "engagement", ASSUMED, "claim V29: direction only",
        "a full share of hours inside above the usual")
    usual_inside: float = parameter(
        0.25, 0.0, 0.8, "share of hours", ASSUMED, "the usual share",
        "share of hours inside that adds and takes nothing", kind=Kind.FIXED)
    paper: float = parameter(
        0.3, 0.0, 1.0, "engagement", ASSUMED, "claim V20: direction only", "full cynicism")
    career: float = parameter(
        0.15, 0.0, 0.5, "engagement", ASSUMED, "claim H23: direction only",
        "a full point of taste for hierarchy where there is none")
    usual_taste: float = parameter(
        0.4, 0.0, 1.0, "taste", ASSUMED, "the mean of Beta(2, 3)",
        "taste for hierarchy that neither likes nor misses it", kind=Kind.FIXED)
    unsettled: float = parameter(
        0.05, 0.0, 0.2, "engagement", ASSUMED, NONE_FOUND, "a new top, once")
    results: float = parameter(
        0.10, 0.0, 0.5, "engagement", ASSUMED, "direction from Schneider et al. 2003",
        "a doubling of customers; the reverse path")
    load: float = parameter(
        0.30, 0.0, 1.0, "engagement", ASSUMED, NONE_FOUND,
        "a full point of utilisation above the usual")
    strained: float = parameter(
        0.30, 0.0, 1.0, "engagement", ASSUMED, "direction from the NHS panel (r = -.55)",
        "full strain")
    build: float = parameter(
        0.20, 0.0, 0.6, "per month", ASSUMED, NONE_FOUND,
        "strain from a full point of extra utilisation", turns=Turns.MONTHLY_TO_WEEK)
    recover: float = parameter(
        0.15, 0.02, 0.5, "per month", ASSUMED, NONE_FOUND,
        "strain that wears off", turns=Turns.MONTHLY_TO_WEEK)
    climate_spread: float = parameter(
        0.02, 0.0, 0.15, "engagement (SD)", ASSUMED, "to be calibrated on the NHS panel",
        "how far outside news moves everybody", kind=Kind.SETTING)
    climate_months: float = parameter(
        94.0, 6.0, 240.0, "months", Grade.COMPUTED,
        "NHS trusts 2012-2018: r .69, .53 and .42 after 1, 3 and 5 years, so .88 a year",
        "how long outside news lasts", turns=Turns.MONTHS_TO_WEEK)
    weather_spread: float = parameter(
        0.01, 0.0, 0.15, "engagement (SD)", ASSUMED, "the same panel: a fifth of the variance does "
        "not last a year",
        "how far passing news moves everybody", kind=Kind.SETTING)
    weather_months: float = parameter(
        3.0, 0.5, 12.0, "months", ASSUMED, NONE_FOUND, "how long passing news lasts",
        turns=Turns.MONTHS_TO_WEEK)
    # fmt: on


@kernel
def target(
    disposition: float, supported: float, strain: float, around: float, met: float, load: float,
    p: Mood,
) -> float:  # fmt: skip
    """Engagement that a person's circumstances point to, 0 to 1.

    `disposition` includes how the structure suits the person; `supported` is the leader's doing as
    far as believed, `around` what everybody shares, `met` satisfaction met of late above the usual,
    `load` extra utilisation.
    """
    return clip(
        disposition
        + around
        + p.support * (supported - p.usual_support)
        + p.customers * met
        - p.load * load
        - p.strained * strain
    )


@kernel
def shared(firm: Firm, p: Mood, levers: Floats) -> float:
    """What moves everybody's engagement alike."""
    usual = firm.usual_customers[0]
    growth = firm.active[0] / usual - 1.0 if usual > 0.0 else 0.0
    freedom = firm.discretion[0] - p.usual_discretion
    return (
        firm.climate[0]
        + firm.weather[0]
        + p.autonomy * freedom
        + p.recognition * levers[RECOGNITION]
        + p.results * growth
        + p.status_gap * levers[EQUALITY]
        - p.tape * (firm.inside[0] - p.usual_inside)
        - p.paper * firm.cynicism[0]
    )


@kernel
def next_news(news: float, fades: float, spread: float, chance: float) -> float:
    """Outside news a week on: a first-order autoregression with this spread in the long run."""
    kept = 1.0 - fades
    return kept * news + spread * sqrt(1.0 - kept * kept) * chance


@kernel
def suited(disposition: float, taste: float, approvals: float, p: Mood) -> float:
    """A person's disposition in this structure."""
    return disposition - p.career * (taste - p.usual_taste) * (1.0 - approvals)


@kernel
def mood(
    staff: Staff, teams: Teams, firm: Firm, structure: Structure, p: Mood,
    usual_utilisation: float, levers: Floats, moment: Moment,
) -> None:  # fmt: skip
    """Engagement and strain a week on. Writes staff, firm.climate."""
    for person in range(staff.engagement.size):
        staff.engagement_before[person] = staff.engagement[person]
        staff.strain_before[person] = staff.strain[person]
    lasting = normal(moment.seed, MOOD_NOISE, moment.week, 0, 0)
    passing = normal(moment.seed, MOOD_NOISE, moment.week, 1, 0)
    firm.climate[0] = next_news(firm.climate[0], p.climate_months, p.climate_spread, lasting)
    firm.weather[0] = next_news(firm.weather[0], p.weather_months, p.weather_spread, passing)
    around = shared(firm, p, levers)
    load = max(0.0, firm.utilisation[0] - usual_utilisation)
    thanks, served = 0.0, 0
    for person in structure.front_staff:
        thanks += staff.thanks[person]
        served += staff.served[person]
    usual = firm.usual_satisfaction[0]
    everywhere = thanks / served - usual if served > 0 else 0.0
    for person in range(staff.engagement.size):
        if staff.vacancy[person] > 0:
            continue
        met = everywhere
        if staff.served[person] > 0:
            met = staff.thanks[person] / staff.served[person] - usual
        staff.met[person] += p.customers_months * (met - staff.met[person])
        team = structure.team[person]
        team = team if team >= 0 else TOP_TEAM
        supported = teams.credibility[team] * teams.doing[team]
        strain = staff.strain[person]
        own = suited(staff.disposition[person], staff.taste[person], firm.approvals[0], p)
        aim = target(own, supported, strain, around, staff.met[person], load, p)
        staff.engagement[person] += p.engagement_months * (aim - staff.engagement[person])
        if firm.replaced[0] > 0.0:
            staff.engagement[person] = max(0.0, staff.engagement[person] - p.unsettled)
        built = p.build * load * (1.0 - strain)
        staff.strain[person] = clip(strain + built - p.recover * strain)
