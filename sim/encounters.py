"""Encounters: who meets whom this week, and what comes of it? Customers, the front and bots.

Every customer has an own clock with exponential gaps. Who is due meets a person of the front by a
seeded draw, or the own account holder, or a bot; who is away is stood in for by the next who is
there. What people and bots are worth is settled before (`sim/mechanisms/serving.py`), and so is
how contacts are handled this week: `Ways`. Nothing here knows a parameter.
"""

from math import log
from typing import NamedTuple

import numpy as np

from sim.compiled import kernel, maker
from sim.randomness import CONTACT, fill_normals, fill_uniforms
from sim.state import (
    BLOCK,
    MOST_CONTACTS,
    Blocks,
    Contacts,
    Customers,
    Floats,
    Integers,
    Moment,
    Whole32,
)

NOBODY = -1  # a bot's contact
BATCH = 256  # contacts whose draws are made together: for speed only
FEW = 16  # customers that are looked at together: for speed only


class Ways(NamedTuple):
    """How contacts are handled this week."""

    by_bot: float  # share of contacts
    preferred: float  # the same for customers let down lately
    others: float  # and for the others
    helped: float  # share of bots' failures that a person takes over
    routine: float  # a bot's quality on a routine need
    rare: float  # share of a bot's contacts that are rare needs
    shift: float  # what the offer, lateness, selling and a crisis add to every contact
    helps: float  # part of a person's contacts in which help at the moment of use surprises
    gives: float  # the same, and gifts
    surprise: float  # what help in time adds
    gift: float  # what a gift adds
    failing: float  # quality of a bot on a rare need
    noise: float  # luck of a contact, quality (SD)
    holders: int  # 1 = every customer has an own account holder
    gap: float  # weeks between two contacts of a customer, on average
    recent: float  # weeks within which a failure counts as lately


@kernel
def stand_ins(vacancy: Integers, front: Integers, found: Integers) -> None:
    """For each front position the person who is there, or the next one. Writes found [front]."""
    following = NOBODY  # of the last position: the first who is there, once round
    for position in range(front.size - 1, -1, -1):
        if vacancy[front[position]] == 0:
            following = front[position]
    for position in range(front.size - 1, -1, -1):
        if vacancy[front[position]] == 0:
            following = front[position]
        found[position] = following


@maker
def serve_blocks(
    vacancy: Integers, quality_of: Floats, front: Integers, customers: Customers,
    contacts: Contacts, blocks: Blocks, ways: Ways, moment: Moment, first: int, past: int,
) -> None:  # fmt: skip
    """This week's contacts of these blocks; `vacancy` and `quality_of` are columns of staff.

    Writes customers.next_contact, customers.contacts, contacts, blocks.
    """
    people = np.empty(front.size, np.int64)
    stand_ins(vacancy, front, people)
    draws, keys = np.empty((5, BATCH)), np.empty((3, BATCH), np.int64)
    for block in range(first, past):
        served = blocks.served[block]
        served[:] = 0
        begin, end = block * BLOCK, min((block + 1) * BLOCK, customers.active.size)
        low, high = blocks.room[block], blocks.room[block + 1]
        made, with_person, gifts, let_down = meet(
            customers, begin, end, contacts, low, high, quality_of, served, people, draws,
            keys, ways, moment,
        )  # fmt: skip
        blocks.contacts[block], blocks.with_person[block] = made, with_person
        blocks.gifts[block], blocks.let_down[block] = gifts, let_down


@kernel
def close_up(contacts: Contacts, blocks: Blocks) -> int:
    """Move the blocks' contacts together, so that the first rows count; how many there are."""
    made = 0
    for block in range(blocks.contacts.size):
        blocks.start[block] = made
        for row in range(blocks.room[block], blocks.room[block] + blocks.contacts[block]):
            if row > made:
                contacts.customer[made] = contacts.customer[row]
                contacts.employee[made] = contacts.employee[row]
                contacts.number[made] = contacts.number[row]
                contacts.quality[made] = contacts.quality[row]
            made += 1
    return made


@kernel
def queue_due(customers: Customers, begin: int, end: int, due: float, queue: Whole32) -> int:
    """Write those of customers `begin` to `end` whose contact is due into the queue; how many."""
    next_contact, active = customers.next_contact[begin:end], customers.active[begin:end]
    last, found, week_end = queue.size - 1, 0, np.float32(due)
    for first in range(0, active.size, FEW):
        contact, here = next_contact[first : first + FEW], active[first : first + FEW]
        some = 0
        for at in range(here.size):
            some += (contact[at] < week_end) & (here[at] == 1)
        if some == 0:
            continue
        for at in range(here.size):
            # Overwritten unless it counts: no branch to guess.
            queue[min(found, last)] = begin + first + at
            found += (contact[at] < week_end) & (here[at] == 1)
    return min(found, last)


@kernel
def draw(
    who: Whole32, customers: Customers, seed: np.uint64, keys: Integers, draws: Floats
) -> None:
    """The draws of up to BATCH contacts, each of another customer. Writes keys and draws.

    A column of keys: how-manieth contact, customer, generation. A column of draws: the four
    numbers of `uniforms` (whom, luck, wait, how), and luck as a standard normal number.
    """
    so_far, generations = customers.contacts, customers.generation
    for row in range(who.size):
        customer = np.int64(who[row])
        keys[0, row] = so_far[customer]
        keys[1, row] = customer
        keys[2, row] = generations[customer]
    size = who.size
    fill_uniforms(seed, CONTACT, keys[0, :size], keys[1, :size], keys[2, :size], draws)
    fill_normals(draws[1, :size], draws[4, :size])


@kernel
def meet(
    customers: Customers, begin: int, end: int, contacts: Contacts, low: int, high: int,
    quality_of: Floats, served: Integers, people: Integers, draws: Floats, keys: Integers,
    ways: Ways, moment: Moment,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Every contact that falls due before the week is over.

    Returns how many, how many with a person, gifts, and how many of customers let down lately, who
    are counted as long as they take precedence.

    Of customers `begin` to `end`, written into rows `low` to `high`. `quality_of` is a column of
    staff, `people` who is there for each position, `draws` [5, BATCH] and `keys` [3, BATCH] are
    room to work. The contacts themselves are the queue: a
    customer whose next contact falls in the same week joins its end. What finds no room stays
    due next week.
    """
    next_contact, so_far = customers.next_contact, customers.contacts
    who, by = contacts.customer[low:high], contacts.employee[low:high]
    numbers, qualities = contacts.number[low:high], contacts.quality[low:high]
    size, room, due = people.size, who.size, moment.week + 1.0
    start, stop, with_person = 0, queue_due(customers, begin, end, due, who), 0
    failures, gifts, let_down, bots = customers.last_failure, 0, 0, ways.by_bot
    choosy = ways.preferred < ways.by_bot
    while start < stop:
        last = stop
        for row in range(start, stop):
            at = (row - start) % BATCH
            if at == 0:
                batch = who[row : min(row + BATCH, stop)]
                draw(batch, customers, moment.seed, keys, draws)
            customer, number = np.int64(who[row]), keys[0, at]
            so_far[customer] = min(MOST_CONTACTS, number + 1)
            whom, wait, how, luck = draws[0, at], draws[2, at], draws[3, at], draws[4, at]
            when = np.float64(next_contact[customer]) - ways.gap * log(wait)
            next_contact[customer] = when
            if choosy:
                recent = moment.week - np.int64(failures[customer]) <= ways.recent
                bots = ways.preferred if recent else ways.others
                let_down += int(recent)
            gives = bots + (1.0 - bots) * ways.gives
            employee = NOBODY
            quality = ways.failing  # unless somebody or something serves this need
            if how >= bots:
                if ways.holders == 1:
                    whom = customer / next_contact.size  # neighbours share a holder
                employee = people[int(whom * size)]
            elif how >= bots * ways.rare:
                quality = ways.routine
            elif how < bots * ways.rare * ways.helped:
                employee = people[int(whom * size)]
            if employee != NOBODY:
                quality = quality_of[employee]
                served[employee] += 1
                with_person += 1
                if how >= bots and how < gives:
                    helped = how < bots + (1.0 - bots) * ways.helps
                    quality += ways.surprise if helped else ways.gift
                    gifts += not helped
            quality += ways.shift + ways.noise * luck
            by[row], numbers[row] = employee, number
            qualities[row] = min(1.0, max(0.0, quality))
            if when < due and last < room:
                who[last] = customer
                last += 1
        start, stop = stop, last
    return stop, with_person, gifts, let_down
