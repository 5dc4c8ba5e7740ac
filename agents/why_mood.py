"""Why did this employee's engagement change in the last week? Resources, demands, a new top.

The equation at the head of `sim/mechanisms/mood.py`, term by term: what a path adds is what is
lost when its weight is nothing. A change of structure at the start of the week, after which
somebody leads nobody any more, has a row of its own.
"""

from agents.before import Before
from agents.ledger import Ledger, Reason, Row
from agents.why import PLACED, TOLERANCE, bounds, presence, with_values
from sim.mechanisms.mood import Mood, shared, suited, target
from sim.state import TOP_TEAM, Firm, World

CAUSE, CHANCE, RULE = Reason.CAUSE, Reason.CHANCE, Reason.RULE

# What everybody shares: the weight of each path, and where it comes from.
PATHS = {
    "autonomy: discretion, against the usual": ("autonomy", "deciding"),
    "recognition": ("recognition", "mood"),
    "equality: no privileges": ("status_gap", "mood"),
    "red tape: hours inside, against the usual": ("tape", "deciding"),
    "cynicism about what is claimed": ("paper", "culture"),
    "results: customers, against the usual": ("results", "remembering"),
}


def _met(found: World, person: int) -> float:
    """Satisfaction met above the usual: somebody's own customers', else everybody's."""
    staff, usual = found.staff, float(found.firm.usual_satisfaction[0])
    if staff.served[person] > 0:
        return float(staff.thanks[person] / staff.served[person]) - usual
    thanks, served = 0.0, 0
    for each in found.structure.front_staff:
        thanks += float(staff.thanks[each])
        served += int(staff.served[each])
    return thanks / served - usual if served > 0 else 0.0


def _shared_rows(found: World, settled: Firm, p: Mood) -> list[Row]:
    """What moves everybody alike, with this week's news in `settled`."""
    levers = found.choices.now
    around = shared(settled, p, levers)
    rows = [
        Row(label, around - shared(settled, with_values(p, **{weight: 0.0}), levers), CAUSE, source)
        for label, (weight, source) in PATHS.items()
    ]
    before = float(found.firm.climate[0] + found.firm.weather[0])
    after = float(settled.climate[0] + settled.weather[0])
    return [
        *rows,
        Row("outside news until last week", before, CAUSE, "mood"),
        Row("outside news of this week", after - before, CHANCE, "mood"),
    ]


def _mood_rows(before: Before, found: World, now: World, person: int) -> list[Row]:
    rules, p = before.rules, before.rules.mood
    staff, teams, rate = found.staff, found.teams, p.engagement_months
    team = int(found.structure.team[person])
    team = team if team >= 0 else TOP_TEAM
    supported = float(teams.credibility[team] * teams.doing[team])
    met = staff.met[person] + p.customers_months * (_met(found, person) - staff.met[person])
    load = max(0.0, float(found.firm.utilisation[0]) - rules.serving.usual_utilisation)
    felt, strain = float(staff.engagement[person]), float(staff.strain[person])
    lasting, taste = float(staff.disposition[person]), float(staff.taste[person])
    own = suited(lasting, taste, float(found.firm.approvals[0]), p)
    settled = found.firm._replace(climate=now.firm.climate, weather=now.firm.weather)
    # fmt: off
    parts = [
        Row(f"own disposition ({lasting:.3f}), against engagement so far ({felt:.3f})",
            lasting - felt, CAUSE, "staffing"),
        Row(f"taste for hierarchy ({taste:.2f}) where there is none", own - lasting, CAUSE,
            "deciding"),
        Row("support: leader's doing as far as believed", p.support * (supported - p.usual_support),
            CAUSE, "leading"),
        Row("satisfaction met with customers of late", p.customers * met, CAUSE, "remembering"),
        Row("load above the usual", -p.load * load, CAUSE, "serving"),
        Row("strain", -p.strained * strain, CAUSE, "mood"),
        *_shared_rows(found, settled, p),
    ]
    # fmt: on
    rows = [row._replace(amount=rate * row.amount) for row in parts]
    around = shared(settled, p, found.choices.now)
    aim = target(own, supported, strain, around, met, load, p)
    rows += bounds(rows, aim, "mood", rate, felt)
    if found.firm.replaced[0] > 0.0:
        moved = felt + rate * (aim - felt)
        shaken = max(0.0, moved - p.unsettled) - moved
        rows.append(Row("a new top unsettles", shaken, CAUSE, "leading"))
    return rows


def _after_change(before: Before, person: int) -> list[Row]:
    """What a change of structure at the start of the week took."""
    lost = float(before.start.staff.engagement[person] - before.engagement[person])
    return [Row("leads nobody any more: status lost", lost, CAUSE, "deciding")] if lost else []


def engagement(before: Before, now: World, person: int) -> Ledger:
    """Why somebody's engagement changed in the last week, by resource and demand."""
    found = before.found_by("mood")
    number = float(now.staff.engagement[person] - before.engagement[person])
    title = f"change of engagement of employee {person}, week {before.moment.week}"
    if presence(found, now, person) == PLACED:
        rows = [Row("somebody else has the place now", number, RULE, "staffing")]
    else:
        rows = _after_change(before, person)
        if found.staff.vacancy[person] > 0 or not before.rules.on.mood:
            rows.append(Row("nothing moved it", 0.0, RULE, "mood"))
        else:
            rows += _mood_rows(before, found, now, person)
    return Ledger(title, number, "engagement", tuple(rows)).closed(TOLERANCE)
