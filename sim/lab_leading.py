"""Who leads in the laboratory, what a leader may do about others, and what being paid changes?

A leader is nobody, always the same member, each member in turn, or somebody who volunteers:

    chance to volunteer = base + cooperative * [conditional cooperator] + by belief * belief
                          + pay * (by pay + selfish * [free rider, or somebody who gave up])
    credibility of the example = 1 - doubt * max(0, pay - accepted)
    what followers give more = threat of exclusion, or hope of reward

Of several volunteers one is drawn; without one the round is played without a leader. A leader with
the power to exclude shuts out the follower who gave least, if that is less than the leader gave,
for one round; with the power to reward, the follower who gave most gets extra tokens. Followers
expect it. Directions after Gueth et al. 2007 and Eichenseer 2023 (power), Rivas & Sutter 2011
(volunteers, exclusion above reward) and Cappelen et al. 2016 (pay); every size is assumed.
"""

from dataclasses import dataclass

from sim.compiled import kernel
from sim.parameters import Grade, Kind, parameter
from sim.people import CC, ERODED, FREE_RIDER, clip

NOBODY, FIXED, ROTATING, VOLUNTARY = 0, 1, 2, 3  # who leads
POWERLESS, EXCLUSION, REWARD = 0, 1, 2  # what a leader may do
MEMBER, LEADER, FOLLOWER, EXCLUDED = 0, 1, 2, 3  # what a player is in a round

ASSUMED = Grade.ASSUMED
NONE_FOUND = "no measurement found"
CHOICE = "a choice of the experiment"
EXCLUDING = "direction from Güth et al. 2007 and Eichenseer 2023"
VOLUNTEERS = "direction from Rivas & Sutter 2011"
PAID = "direction from Cappelen et al. 2016"


@dataclass(frozen=True)
class Leadership:
    """What leaders in the laboratory may do, what they are paid and who volunteers."""

    # fmt: off
    power: int = parameter(
        0, 0, 2, "0, 1 or 2", ASSUMED, CHOICE,
        "0 = none, 1 = may exclude the lowest for a round, 2 = may reward the highest",
        kind=Kind.SETTING)
    exclusion_threat: float = parameter(
        0.10, 0.0, 0.3, "share of endowment", ASSUMED, EXCLUDING,
        "what followers give more because the lowest may be shut out")
    reward_hope: float = parameter(
        0.05, 0.0, 0.3, "share of endowment", ASSUMED, EXCLUDING + "; less than exclusion",
        "what followers give more because the highest may be rewarded")
    reward_size: float = parameter(
        0.25, 0.0, 2.0, "endowments", ASSUMED, NONE_FOUND,
        "what the rewarded follower gets from outside the group")
    pay: float = parameter(
        0.0, 0.0, 2.0, "endowments a round", ASSUMED, CHOICE,
        "what the leader is paid for leading", kind=Kind.SETTING)
    pay_accepted: float = parameter(
        0.3, 0.0, 2.0, "endowments a round", ASSUMED, PAID,
        "pay up to which an example is believed as without")
    pay_doubt: float = parameter(
        0.6, 0.0, 1.0, "share per endowment", ASSUMED, PAID,
        "belief in the example that pay above what is accepted takes away")
    volunteer_base: float = parameter(
        0.05, 0.0, 0.3, "chance a round", ASSUMED, "few are willing to lead: Eichenseer 2023",
        "chance to volunteer of a free rider who expects nothing")
    volunteer_cooperative: float = parameter(
        0.15, 0.0, 0.5, "chance a round", ASSUMED, VOLUNTEERS,
        "chance that a conditional cooperator adds")
    volunteer_belief: float = parameter(
        0.2, 0.0, 0.6, "chance per endowment", ASSUMED, VOLUNTEERS,
        "chance that a belief in full contributions adds")
    volunteer_pay: float = parameter(
        0.4, 0.0, 1.0, "chance per endowment", ASSUMED, PAID + ": set so that it helps",
        "chance that pay adds for everybody")
    volunteer_selfish: float = parameter(
        0.6, 0.0, 1.0, "chance per endowment", ASSUMED, PAID + ": high pay draws free riders",
        "chance that pay adds for free riders on top")
    voluntary_weight: float = parameter(
        0.1, 0.0, 0.3, "share", ASSUMED, VOLUNTEERS + ": stronger reply",
        "weight that a leader who volunteered has on top")
    pull: float = parameter(
        0.0, 0.0, 1.0, "share", ASSUMED,
        "off: beliefs alone already lower the next lead by some .4 per unit of shortfall",
        "part of leading.pull that acts on a leader here, beside what beliefs do")
    # fmt: on


@kernel
def volunteer_chance(kind: int, belief: float, p: Leadership) -> float:
    """How likely somebody of this type and belief offers to lead this round."""
    chance = p.volunteer_base + p.volunteer_belief * belief + p.volunteer_pay * p.pay
    if kind == CC:
        chance += p.volunteer_cooperative
    if kind in (FREE_RIDER, ERODED):
        chance += p.volunteer_selfish * p.pay
    return clip(chance)


@kernel
def example_credibility(p: Leadership) -> float:
    """How far the example of a leader with this pay is believed."""
    return clip(1.0 - p.pay_doubt * max(0.0, p.pay - p.pay_accepted))


@kernel
def expected_power(p: Leadership) -> float:
    """What followers give more because of what their leader may do."""
    if p.power == EXCLUSION:
        return p.exclusion_threat
    if p.power == REWARD:
        return p.reward_hope
    return 0.0
