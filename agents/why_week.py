"""Why did customers change their mind this week, on average? Contacts, talk, leaving, coming.

The mean over those who were customers moves by what contacts and word of mouth did to them; then
the mean moves because other people make it up. Who leaves and who comes is a draw around the
hazards of `sim.mechanisms.remembering`: what the hazards lead one to expect is the cause, the rest
chance. Which customers had contact this week, and with whom, is a draw too; it is not taken apart.
"""

import numpy as np

from agents.before import Before
from agents.ledger import Ledger, Reason, Row
from agents.why_customers import TOLERANCE, UNIT, Moved, contact_moves, rows_of, stages
from sim.levers import POWER_SHIFT
from sim.mechanisms.remembering import coming, leaving, usually
from sim.parameters import WEEKS_PER_YEAR
from sim.state import Floats, World

CAUSE, CHANCE = Reason.CAUSE, Reason.CHANCE


def mean_attitude(world: World) -> float:
    """Mean attitude of active customers, 0 to 1."""
    return _mean(world.customers.attitude[world.customers.active == 1].astype(np.float64))


def _mean(attitudes: Floats) -> float:
    if attitudes.size == 0:
        raise ValueError("the firm has no customers left: there is no mean attitude to explain")
    return float(np.sum(attitudes) / attitudes.size)


def week_ledger(before: Before, now: World) -> Ledger:
    """Why the mean attitude of active customers changed this week."""
    found = before.found_by("remembering")
    count = int(np.count_nonzero(found.customers.active))
    total = Moved()
    for _, moved in contact_moves(before, range(found.firm.contacts[0])):
        total = Moved(*(so_far + more for so_far, more in zip(total, moved, strict=True)))
    contacted, talked = stages(before)
    were = found.customers.active == 1
    heard = float(np.sum((talked.astype(np.float64) - contacted)[were])) / max(count, 1)
    rows = rows_of(total, "contacts: ", max(count, 1))
    rows.append(Row("word of mouth", heard, CAUSE, "remembering"))
    if before.rules.on.remembering:
        attitudes = talked.astype(np.float64)
        rows += _left(before, found, now, attitudes) + _came(before, found, now, attitudes)
    number = mean_attitude(now) - mean_attitude(before.start)
    title = f"change of the mean attitude of customers, week {before.moment.week}"
    return Ledger(title, number, UNIT, tuple(rows)).closed(TOLERANCE)


def _turn(before: Before, size: int) -> slice:
    """The rows whose yearly choice falls in this week."""
    return slice(before.moment.week % WEEKS_PER_YEAR, size, WEEKS_PER_YEAR)


def _usual(before: Before, found: World) -> tuple[float, float]:
    """The attitude that going and coming are compared with, and how much attitude counts."""
    p, shift = before.rules.remembering, float(found.choices.now[POWER_SHIFT])
    return float(usually(found.firm, p, before.moment.week)), 1.0 + p.more_choice * shift


def _left(before: Before, found: World, now: World, talked: Floats) -> list[Row]:
    """The mean of those who stayed, against that of all."""
    p, (usual, choice) = before.rules.remembering, _usual(before, found)
    usual += p.comparing * float(now.firm.elsewhere[0])  # what rivals gained until this week
    were = found.customers.active == 1
    stayed = were & (now.customers.active == 1)
    turn = _turn(before, talked.size)
    choosing = talked[turn][were[turn]]
    hazard = np.array([leaving(float(attitude) - usual, choice, p) for attitude in choosing])
    everybody = talked[were]
    mean = _mean(everybody)
    remaining = everybody.size - float(np.sum(hazard))
    expected = (float(np.sum(everybody)) - float(np.sum(hazard * choosing))) / remaining - mean
    change = _mean(talked[stayed]) - mean
    gone = everybody.size - int(np.count_nonzero(stayed))
    return [
        Row("customers who left, as was to be expected", expected, CAUSE, "remembering"),
        Row(f"customers who left ({gone}): who", change - expected, CHANCE, "remembering"),
    ]


def _came(before: Before, found: World, now: World, talked: Floats) -> list[Row]:
    """The mean with those who came, against that of those who stayed."""
    p, (usual, choice) = before.rules.remembering, _usual(before, found)
    were, are = found.customers.active == 1, now.customers.active == 1
    reputation = float(now.firm.reputation[0])
    turn = _turn(before, talked.size)
    come = coming(reputation - usual, choice, p)
    newcomers = come * int(np.count_nonzero(~were[turn])) + sum(before.awaited)
    stayed = talked[were & are]
    mean = _mean(stayed)
    expected = (float(np.sum(stayed)) + newcomers * reputation) / (stayed.size + newcomers) - mean
    change = mean_attitude(now) - mean
    arrived = int(np.count_nonzero(are & ~were))
    return [
        Row("customers who came, as was to be expected", expected, CAUSE, "remembering"),
        Row(f"customers who came ({arrived}): who", change - expected, CHANCE, "remembering"),
    ]
