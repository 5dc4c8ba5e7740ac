"""The tables of a running organisation: named tuples of arrays, one row per position.

Staff has one row per position, Teams one per team led, Customers one per customer's place,
Contacts one per contact of the week. Firm holds what there is one of, as arrays of length
one. Only mechanisms write, and each declares what (see `WRITES` in its file).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.structure import Structure

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Integers = NDArray[np.int64]
Whole32 = NDArray[np.int32]

MOST_CONTACTS = 65535  # what a customer's count of contacts can hold (16 bits)
BLOCK = 262144  # customers' places that are handled and summed together, whatever the threads
TOP_TEAM = 0  # teams are numbered from the top down; the head leads team 0


class Staff(NamedTuple):
    """Positions, one row each; a newcomer takes over the row and a new generation."""

    # who holds the position: drawn from (seed, row, generation)
    generation: Integers  # people who held it before
    kind: Integers  # type in the public-goods game: CC, FR, TRI, OTHER, ERODED
    slope: Floats  # a conditional cooperator's own reply to the reference
    drive: Floats  # intrinsic drive, share of capacity at full context
    value: Floats  # practised value, 0 to 1
    disposition: Floats  # engagement at reference circumstances, 0 to 1
    taste: Floats  # taste for hierarchy and career, 0 to 1
    threshold: Floats  # share of others who do what is new, from which one joins in
    rank: Floats  # place in the order in which people join a coalition, 0 to 1
    # how they are
    tenure: Floats  # weeks in the job
    vacancy: Integers  # weeks until the position is filled, 0 = somebody is there
    belief: Floats  # expected effort of peers, share of capacity
    reference: Floats  # what the last round's effort answered to, share of capacity
    latent: Floats  # persistent standard normal behind the effort draw
    intended_effort: Floats  # mean of this round's effort, share of capacity
    effort: Floats  # this round's draw, share of capacity
    visible_effort: Floats  # what others see: running mean, share of capacity
    allowed: Floats  # share of a need that may be met
    compliance: Floats  # value shown under control on top of one's own, 0 to 1
    adopted: Integers  # 1 = does what the coalition began
    exposure: Floats  # share of those around who did so lately, 0 to 1
    heartless: Integers  # 1 = was of the coalition, found no follower and gave up
    engagement: Floats  # commitment to the firm, 0 to 1
    strain: Floats  # wear without recovery, 0 to 1
    engagement_before: Floats  # commitment as of last week, by which people leave, 0 to 1
    strain_before: Floats  # wear as of last week, 0 to 1
    quality: Floats  # expected quality of a contact with this person, 0 to 1
    served: Integers  # contacts handled this week
    thanks: Floats  # sum of the satisfaction met this week
    met: Floats  # satisfaction met above the usual: running mean


class Teams(NamedTuple):
    """One row per team: its leader's doing and saying, and how things are done there."""

    doing: Floats  # leader's visible effort, a mean and never a noisy draw
    saying: Floats  # what the leader says, share of capacity
    credibility: Floats  # how far the leader is believed, 0 to 1
    weeks_led: Floats  # weeks since the leader took over
    system: Floats  # routines, rules, tools: the effort they make normal, 0 to 1
    shown: Floats  # mean visible effort of the followers who are there
    seen_doing: Floats  # leader's doing as of last round, which values answer to
    seen_system: Floats  # the system as of then, 0 to 1
    seen_credibility: Floats  # how far the leader was believed then, 0 to 1
    safety: Floats  # how safe it is to speak up, 0 to 1
    chain: Floats  # what a contact finds behind the front: own system and other departments'
    unkept: Floats  # asks for obstacles that came to nothing, since the last disappointment
    hours_left: Floats  # hours a week that the leader has for other things than decisions


class Customers(NamedTuple):
    """Customers' places, one row each; float32 because there may be millions."""

    attitude: Floats32  # what is remembered, 0 to 1
    expectation: Floats32  # what is expected of the next contact, 0 to 1
    heard: Floats32  # attitude as neighbours last knew it
    next_contact: Floats32  # week of the next contact
    style: Floats32  # how somebody uses a scale, standard normal
    contacts: NDArray[np.uint16]  # contacts so far
    generation: NDArray[np.uint16]  # customers who held the place before
    last_failure: NDArray[np.int16]  # week of the last failed contact
    active: NDArray[np.uint8]  # 1 = customer, 0 = prospect


class Contacts(NamedTuple):
    """This week's contacts in the order they happened; the first `firm.contacts` rows count."""

    customer: NDArray[np.int32]
    employee: Whole32  # row of staff, -1 = no person was involved
    number: Whole32  # the customer's how-manieth contact this is
    quality: Floats32  # what was delivered, 0 to 1
    satisfaction: Floats32  # what the customer made of it


class Blocks(NamedTuple):
    """Customers in blocks of `BLOCK`, one row per block: what threads may fill side by side.

    Sums over customers are made in a block and then over the blocks in this order, so that they
    do not depend on how many threads share the work.
    """

    room: Integers  # first row of the contacts that the block may write, [blocks + 1]
    start: Integers  # first row of its contacts once they are closed up
    contacts: Integers  # this week
    with_person: Integers  # contacts that a person handled, this week
    served: NDArray[np.int64]  # contacts handled this week, [blocks, people]
    thanks: Floats  # sum of the satisfaction met this week, [blocks, people]
    told: Floats  # sum of the attitudes of active customers, before they talk
    joined: Integers  # this week
    left: Integers  # this week
    answers: Integers  # active customers, [blocks, (all, promoters, detractors, pleased)]
    felt: Floats  # sums over active customers, [blocks, (attitude, expectation)]
    met: Floats  # sums over this week's contacts, [blocks, (quality, satisfaction)]
    complaints: Floats  # expected from this week's contacts
    gifts: Integers  # given this week
    loyal: Floats  # customers nearly sure to buy again, expected
    let_down: Integers  # contacts of customers let down lately, this week; counted on demand


class Firm(NamedTuple):
    """What there is one of; every field has length one."""

    contacts: Integers  # contacts this week
    active: Integers  # customers now, prospects not counted
    system: Floats  # mean of the teams' systems
    utilisation: Floats  # hours asked of front staff over hours there
    hours_per_contact: Floats  # derived so that baseline utilisation is as declared
    capacity: Floats  # hours a week of one front position for customers
    offer: Floats  # price and product against rivals, on the scale of quality
    climate: Floats  # what moves everybody's mood from outside, for years
    weather: Floats  # the same, for weeks
    reputation: Floats  # what prospects hear, on the scale of attitude
    elsewhere: Floats  # what rivals' reputation has gained since week 0, on the scale of attitude
    share: Floats  # of the active customers of its market, 0 to 1
    usual_satisfaction: Floats  # what staff are used to from customers
    usual_customers: Floats  # active customers that staffing was made for
    usual_value: Floats  # mean value shown before anybody acted, 0 to 1
    full_hours: Floats  # hours a week of one front position, inside hours included
    hands: Floats  # people that a front position stands for; more than 1 after growth
    meetings: Floats  # share of hours that structure and size keep inside, objections apart
    approvals: Floats  # 1 = what rules do not foresee is asked upwards, 0 = nobody is asked
    round_table: Floats  # 1 = circles with their meetings, 0 = meetings of a tree
    freedom: Floats  # decisions that the structure leaves to the front, 0 to 1
    discretion: Floats  # decisions that the front takes, 0 to 1
    clarity: Floats  # how clear roles are, 0 to 1; lost at a change of structure
    inside: Floats  # share of hours that stay inside
    waiting: Floats  # days that a case waits for a decision, mean of those that do
    denied: Floats  # share of the cases asked about that are refused
    load: Floats  # managers' hours asked for decisions over those they have
    complaints: Floats  # complaints this week, expected from how contacts went
    heard: Floats  # share of what the floor tells that reaches the top
    believed: Floats  # what the top believes customers' attitude to be
    known: Floats  # how well the top knows what customers need, 0 to 1
    cynicism: Floats  # staff's disbelief in what is claimed, 0 to 1
    gap: Floats  # values claimed over values shown
    chain: Floats  # geometric mean of the departments' systems
    gift_sense: Floats  # how well staff judge where a gift helps, 0 to 1
    gifts: Floats  # this week
    let_down: Floats  # last week's contacts of customers let down lately, share; counted on demand
    replaced: Floats  # 1 = the top was replaced this week
    newness: Floats  # what the board's choice of a top adds to the example, share of capacity
    nps_then: Floats  # NPS at the board's last yearly look
    enps_then: Floats  # eNPS at the board's last yearly look
    structural: Floats  # leavers so far who left because of the structure, expected
    took_offer: Floats  # leavers this week who took an exit offer, expected
    fee: Floats  # euro a customer pays in a week
    revenue: Floats  # euro this week
    cost: Floats  # euro this week
    profit: Floats  # euro this week
    quits: Integers  # this week
    hires: Integers  # this week
    joined: Integers  # customers, this week
    left: Integers  # customers, this week
    praise: Floats  # share of customers with something good to tell (rating 7 or more)
    loyal: Floats  # share of customers nearly sure to buy again, expected
    nps: Floats  # last measured relationship NPS
    nps_true: Floats  # the same from all customers
    nps_transactional: Floats  # last measured after contacts
    enps: Floats  # last measured
    enps_true: Floats  # the same from all staff


class Choices(NamedTuple):
    """What leaders choose, and what becomes of it. Kept by `sim.choosing`, not by a mechanism."""

    now: Floats  # value of each lever this week
    before: Floats  # value of each lever last week
    week: Integers  # the week that `now` belongs to, length one
    since: Integers  # week in which the present programme began, -1 = nobody acts
    nps_then: Floats  # NPS when it began
    stopped: Integers  # 1 = the programme was given up for want of results


class Tables(NamedTuple):
    """What is computed once for a configuration and only read."""

    effort: Floats  # [mean, latent] quantiles of the effort distribution


class World(NamedTuple):
    """Everything a kernel may look at."""

    staff: Staff
    teams: Teams
    customers: Customers
    contacts: Contacts
    blocks: Blocks
    firm: Firm
    choices: Choices
    structure: Structure
    tables: Tables


class Moment(NamedTuple):
    """Whose random numbers, and when. Weeks before 0 are spin-up."""

    seed: np.uint64
    week: int


def copy_tables(world: World) -> World:
    """A world with state arrays of its own; what is only read is shared."""

    def copied(table: Any) -> Any:
        return type(table)(*(column.copy() for column in table))

    return world._replace(
        staff=copied(world.staff), teams=copied(world.teams), customers=copied(world.customers),
        contacts=copied(world.contacts), blocks=copied(world.blocks), firm=copied(world.firm),
        choices=copied(world.choices),
    )  # fmt: skip
