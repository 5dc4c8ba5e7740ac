"""What is measured, every week: each measure with its unit. Measures read and never write state.

Figures that a survey yields are NaN in weeks without that survey.
"""

from typing import NamedTuple

import numpy as np

from sim.compiled import kernel, maker
from sim.configuration import Rules
from sim.state import BLOCK, TOP_TEAM, Floats, Moment, Staff, World
from sim.structure import Structure


class Measure(NamedTuple):
    """A column of the record."""

    name: str
    unit: str
    about: str


MEASURES: tuple[Measure, ...] = (
    Measure("nps", "points", "relationship NPS as surveyed"),
    Measure("nps_true", "points", "relationship NPS if every customer answered"),
    Measure("nps_transactional", "points", "NPS asked after a contact"),
    Measure("enps", "points", "eNPS as surveyed"),
    Measure("enps_true", "points", "eNPS if everybody answered"),
    Measure("effort", "share of capacity", "mean visible effort of those who are there"),
    Measure("effort_front", "share of capacity", "mean visible effort of front staff"),
    Measure("value", "0 to 1", "mean practised value"),
    Measure("engagement", "0 to 1", "mean engagement"),
    Measure("strain", "0 to 1", "mean strain"),
    Measure("system", "0 to 1", "mean of the teams' systems"),
    Measure("doing", "share of capacity", "what the top visibly does"),
    Measure("saying", "share of capacity", "what the top says"),
    Measure("credibility", "0 to 1", "how far the top is believed"),
    Measure("quality", "0 to 1", "mean quality of this week's contacts"),
    Measure("satisfaction", "0 to 1", "mean satisfaction with this week's contacts"),
    Measure("attitude", "0 to 1", "mean attitude of customers"),
    Measure("expectation", "0 to 1", "mean expectation of customers"),
    Measure("customers", "customers", "active customers"),
    Measure("joined", "customers", "customers who came this week"),
    Measure("left", "customers", "customers who left this week"),
    Measure("contacts", "contacts", "contacts this week"),
    Measure("utilisation", "share", "hours asked of front staff over hours there"),
    Measure("vacancies", "people", "places that are empty"),
    Measure("quits", "people", "people who left this week"),
    Measure("offer", "quality", "price and product against rivals"),
    Measure("climate", "engagement", "what moves everybody's mood from outside"),
    Measure("reputation", "0 to 1", "what prospects hear"),
    Measure("pleased", "share", "customers with something good to tell (7 or more)"),
    Measure("value_spread", "0 to 1 (SD)", "how much practised values differ"),
    Measure("shown", "0 to 1", "mean value shown, compliance included"),
    Measure("compliance", "0 to 1", "mean value shown under control only"),
    Measure("adopted", "share of staff", "those who do what a coalition began"),
    Measure("cynicism", "0 to 1", "staff's disbelief in what is claimed"),
    Measure("safety", "0 to 1", "mean safety to speak up"),
    Measure("heard", "share", "part of what the floor tells that reaches the top"),
    Measure("believed", "0 to 1", "what the top believes customers' attitude to be"),
    Measure("known", "0 to 1", "how well the top knows what customers need"),
    Measure("discretion", "share of decisions", "what the front decides"),
    Measure("clarity", "0 to 1", "how clear roles are"),
    Measure("inside", "share of hours", "hours that stay inside"),
    Measure("waiting", "days", "wait for a decision or for advice"),
    Measure("denied", "share", "requests that managers refuse"),
    Measure("load", "share", "managers' hours asked for decisions over those they have"),
    Measure("allowed", "0 to 1", "share of a need that the front may meet, mean"),
    Measure("complaints", "complaints", "expected from this week's contacts"),
    Measure("gifts", "gifts", "given this week"),
    Measure("structural", "people", "leavers so far because of the structure, expected"),
    Measure("revenue", "euro", "revenue of the week"),
    Measure("cost", "euro", "cost of the week"),
    Measure("profit", "euro", "profit of the week"),
    Measure("margin", "share of revenue", "profit over revenue"),
    Measure("loyal", "share", "customers nearly sure to buy again (ACSI curve), expected"),
    Measure("share", "share", "part of its market's customers; 1 without rivals"),
)
NAMES: tuple[str, ...] = tuple(each.name for each in MEASURES)
COLUMN: dict[str, int] = {name: column for column, name in enumerate(NAMES)}

LEVEL_MEASURES: tuple[Measure, ...] = (
    Measure("effort", "share of capacity", "mean visible effort at a level"),
    Measure("value", "0 to 1", "mean practised value at a level"),
    Measure("engagement", "0 to 1", "mean engagement at a level"),
)


class Record(NamedTuple):
    """What a run leaves behind, preallocated."""

    weekly: Floats  # [weeks, measures]
    levels: Floats  # [weeks, levels, level measures]


def empty_record(weeks: int, levels: int) -> Record:
    """A record to be filled, all NaN."""
    return Record(
        np.full((weeks, len(MEASURES)), np.nan),
        np.full((weeks, levels, len(LEVEL_MEASURES)), np.nan),
    )


@kernel
def measure_surveys(world: World, rules: Rules, moment: Moment, row: Floats) -> None:
    """The columns that surveys fill; NaN in other weeks."""
    firm, calendar = world.firm, rules.calendar
    if rules.on.surveys == 0:
        return
    if moment.week % calendar.nps_weeks == 0:
        row[0] = firm.nps[0]
        row[1] = firm.nps_true[0]
        row[2] = firm.nps_transactional[0]
        row[28] = firm.praise[0]
        row[52] = firm.loyal[0]
    if moment.week % calendar.enps_weeks == 0:
        row[3] = firm.enps[0]
        row[4] = firm.enps_true[0]


@maker
def measure_staff(staff: Staff, structure: Structure, row: Floats, levels: Floats) -> None:
    """Means over those who are there, in all and by level."""
    average(staff, structure, row, levels, np.empty(levels.shape[0]))


@kernel
def average(
    staff: Staff, structure: Structure, row: Floats, levels: Floats, counted: Floats
) -> None:
    """The same. Writes counted [levels] as well."""
    levels[:], counted[:] = 0.0, 0.0
    front_effort, front, strain, empty, allowed = 0.0, 0, 0.0, 0, 0.0
    squares, compliance, adopted = 0.0, 0.0, 0.0
    for person in range(staff.effort.size):
        if staff.vacancy[person] > 0:
            empty += 1
            continue
        level = structure.level[person]
        counted[level] += 1.0
        levels[level, 0] += staff.visible_effort[person]
        levels[level, 1] += staff.value[person]
        levels[level, 2] += staff.engagement[person]
        strain += staff.strain[person]
        squares += staff.value[person] ** 2
        compliance += staff.compliance[person]
        adopted += staff.adopted[person]
        if structure.front[person] == 1:
            front_effort += staff.visible_effort[person]
            allowed += staff.allowed[person]
            front += 1
    there = staff.effort.size - empty
    effort, value, engagement = 0.0, 0.0, 0.0
    for level in range(levels.shape[0]):
        effort += levels[level, 0]
        value += levels[level, 1]
        engagement += levels[level, 2]
        for column in range(levels.shape[1]):
            few = counted[level] == 0.0
            levels[level, column] = np.nan if few else levels[level, column] / counted[level]
    row[5] = effort / there if there > 0 else np.nan
    row[6] = front_effort / front if front > 0 else np.nan
    row[7] = value / there if there > 0 else np.nan
    row[8] = engagement / there if there > 0 else np.nan
    row[9] = strain / there if there > 0 else np.nan
    row[23] = empty
    row[29] = np.sqrt(max(0.0, squares / there - row[7] ** 2)) if there > 0 else np.nan
    row[30] = row[7] + (compliance / there if there > 0 else np.nan)
    row[31] = compliance / there if there > 0 else np.nan
    row[32] = adopted / there if there > 0 else np.nan
    row[44] = allowed / front if front > 0 else np.nan


@kernel
def sum_customers(world: World, first: int, past: int) -> None:
    """Sums over the customers and this week's contacts of these blocks. Writes blocks."""
    customers, contacts, blocks = world.customers, world.contacts, world.blocks
    attitudes, expectations, here = customers.attitude, customers.expectation, customers.active
    qualities, satisfactions = contacts.quality, contacts.satisfaction
    for block in range(first, past):
        attitude, expectation, quality, satisfaction = 0.0, 0.0, 0.0, 0.0
        for customer in range(block * BLOCK, min((block + 1) * BLOCK, attitudes.size)):
            counts = np.float64(here[customer])  # 0 or 1: no branch to guess
            attitude += counts * np.float64(attitudes[customer])
            expectation += counts * np.float64(expectations[customer])
        start = blocks.start[block]
        for row in range(start, start + blocks.contacts[block]):
            quality += np.float64(qualities[row])
            satisfaction += np.float64(satisfactions[row])
        blocks.felt[block, 0], blocks.felt[block, 1] = attitude, expectation
        blocks.met[block, 0], blocks.met[block, 1] = quality, satisfaction


@kernel
def measure_customers(world: World, row: Floats) -> None:
    """Means over customers and over this week's contacts, from the sums over blocks."""
    blocks, active, made = world.blocks, world.firm.active[0], world.firm.contacts[0]
    attitude, expectation, quality, satisfaction = 0.0, 0.0, 0.0, 0.0
    for block in range(blocks.contacts.size):
        attitude += blocks.felt[block, 0]
        expectation += blocks.felt[block, 1]
        quality += blocks.met[block, 0]
        satisfaction += blocks.met[block, 1]
    row[16] = attitude / active if active > 0 else np.nan
    row[17] = expectation / active if active > 0 else np.nan
    row[14] = quality / made if made > 0 else np.nan
    row[15] = satisfaction / made if made > 0 else np.nan


@kernel
def measure(world: World, rules: Rules, moment: Moment, row: Floats, levels: Floats) -> None:
    """Write one week into the record, in the order of MEASURES; customers are summed already."""
    measure_surveys(world, rules, moment, row)
    measure_staff(world.staff, world.structure, row, levels)
    measure_customers(world, row)
    measure_firm(world, row)


@kernel
def measure_firm(world: World, row: Floats) -> None:
    """What the tables hold as it is."""
    teams, firm = world.teams, world.firm
    row[10] = firm.system[0]
    row[11] = teams.doing[TOP_TEAM]
    row[12] = teams.saying[TOP_TEAM]
    row[13] = teams.credibility[TOP_TEAM]
    row[18] = firm.active[0]
    row[19] = firm.joined[0]
    row[20] = firm.left[0]
    row[21] = firm.contacts[0]
    row[22] = firm.utilisation[0]
    row[24] = firm.quits[0]
    row[25] = firm.offer[0]
    row[26] = firm.climate[0]
    row[27] = firm.reputation[0]
    row[33] = firm.cynicism[0]
    row[34] = teams.safety.mean()
    row[35] = firm.heard[0]
    row[36] = firm.believed[0]
    row[37] = firm.known[0]
    row[38] = firm.discretion[0]
    row[39] = firm.clarity[0]
    row[40] = firm.inside[0]
    row[41] = firm.waiting[0]
    row[42] = firm.denied[0]
    row[43] = firm.load[0]
    row[45] = firm.complaints[0]
    row[46] = firm.gifts[0]
    row[47] = firm.structural[0]
    row[48] = firm.revenue[0]
    row[49] = firm.cost[0]
    row[50] = firm.profit[0]
    row[53] = firm.share[0]
    row[51] = firm.profit[0] / firm.revenue[0] if firm.revenue[0] > 0.0 else np.nan
