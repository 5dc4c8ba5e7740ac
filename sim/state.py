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
    engagement: Floats  # commitment to the firm, 0 to 1
    strain: Floats  # wear without recovery, 0 to 1
    quality: Floats  # expected quality of a contact with this person, 0 to 1
    served: Integers  # contacts handled this week
    thanks: Floats  # sum of the satisfaction met this week


class Teams(NamedTuple):
    """One row per team: its leader's doing and saying, and how things are done there."""

    doing: Floats  # leader's visible effort, a mean and never a noisy draw
    saying: Floats  # what the leader says, share of capacity
    credibility: Floats  # how far the leader is believed, 0 to 1
    weeks_led: Floats  # weeks since the leader took over
    system: Floats  # routines, rules, tools: the effort they make normal, 0 to 1
    shown: Floats  # mean visible effort of the followers who are there


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


class Firm(NamedTuple):
    """What there is one of; every field has length one."""

    contacts: Integers  # contacts this week
    active: Integers  # customers now, prospects not counted
    system: Floats  # mean of the teams' systems
    utilisation: Floats  # hours asked of front staff over hours there
    hours_per_contact: Floats  # derived so that baseline utilisation is as declared
    capacity: Floats  # hours a week of one front position for customers
    offer: Floats  # price and product against rivals, on the scale of quality
    climate: Floats  # what moves everybody's mood from outside
    reputation: Floats  # what prospects hear, on the scale of attitude
    usual_satisfaction: Floats  # what staff are used to from customers
    usual_customers: Floats  # active customers that staffing was made for
    quits: Integers  # this week
    hires: Integers  # this week
    joined: Integers  # customers, this week
    left: Integers  # customers, this week
    praise: Floats  # share of customers with something good to tell (rating 7 or more)
    nps: Floats  # last measured relationship NPS
    nps_true: Floats  # the same from all customers
    nps_transactional: Floats  # last measured after contacts
    enps: Floats  # last measured
    enps_true: Floats  # the same from all staff


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
    )  # fmt: skip
