"""Which random number falls to whom? Random numbers as a function of who, when and what for.

A draw depends on nothing but (seed, stream, week, agent, generation). So it does not matter which
thread asks, in which order, or what else is switched on, and two scenarios with the same seed give
the same person the same luck (common random numbers).

The function is Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy
as 1, 2, 3", SC'11, doi:10.1145/2063384.2063405): a counter of four 32-bit words, here (agent, week,
stream, generation), scrambled in ten rounds under a key of two, here the halves of the seed.

Words of 32 bits travel in uint64. Every constant that meets one is a typed np.uint64, because
``np.uint64 + 1`` is int64 in numba: compiled and plain Python then give identical bits.
"""

import math
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import inlined, kernel

# Streams: one number for each kind of draw. Append; never reuse or renumber, or every result
# changes. One (stream, week, agent, generation) gives four numbers, no more.
PERSON_TYPE = 1  # which type of contributor a person is
PERSON_SLOPE = 2  # how strongly a person answers what others give
PERSON_DRIVE = 3  # own motivation
PERSON_VALUE = 4  # own values
PERSON_MOOD = 5  # base level of mood
PERSON_STYLE = 6  # how a person uses the scale of a survey
PERSON_START = 7  # state at the start: tenure, what has not shown yet
PERSON_LEANING = 8  # taste for hierarchy, threshold for what is new, rank in a coalition
EFFORT = 10  # a person's effort this round
VALUE_NOISE = 11  # what else moves a person's values this round
HEART = 12  # whether somebody who started alone goes on
QUIT = 20  # whether a person leaves this week
BOARD = 21  # whether the board replaces the top, and by whom
CUSTOMER_TRAITS = 30  # lasting traits of a customer
CUSTOMER_START = 31  # a customer's state at the start
CONTACT = 32  # whether a customer has contact this week, with whom, and how it goes
RECOVERY = 33  # whether a failure is put right
RENEWAL = 34  # whether a customer stays when the choice comes up
OFFER = 35  # the week's news in price and product
MOOD_NOISE = 40  # the week's news that moves everybody's mood
NPS_SAMPLE = 50  # who answers the customer survey, and how
ENPS_SAMPLE = 51  # who answers the staff survey, and how
TNPS_SAMPLE = 52  # which contacts are asked about
LAB = 60  # draws within a round of the public-goods laboratory
LAB_START = 61  # who sits in the laboratory, and in which group
EXTRA = 70  # draws of mechanisms that a user adds to the Mesa model
UNIT = 71  # the seed and the dates of one unit of a panel
RIVAL = 72  # the seed of a rival in the same market

STREAMS = MappingProxyType(
    {
        name: number
        for name, number in list(globals().items())
        if name.isupper() and isinstance(number, int)
    }
)  # name -> number, for documentation and tests; collected here, before any other constant

WEEK_ORIGIN = 520  # [weeks] earliest week is -WEEK_ORIGIN: ten years of history before the run
POISSON_LARGEST = 30.0  # largest mean that `poisson` takes

_LOW_32 = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
# Multipliers and key increments: Salmon et al. (2011), section 3.3 and their Random123 library.
_MULTIPLY_0 = np.uint64(0xD2511F53)
_MULTIPLY_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)  # golden ratio
_WEYL_1 = np.uint64(0xBB67AE85)  # square root of three, less one
_CELL = 2.0**-32  # width of the interval that one 32-bit word stands for
_ROUNDS = 10

CENTRAL = 0.425  # distance from the middle in which one ratio of polynomials does (AS 241)

type Four[T] = tuple[T, T, T, T]
type Whole = int | np.integer[Any]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@inlined
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> Four[np.uint64]:
    """Philox4x32-10: four random 32-bit words for a counter (c0..c3) under a key (k0, k1).

    All words in and out are np.uint64 below 2**32. One round, with hi and lo the upper and lower
    half of a 64-bit product:

        c0, c1, c2, c3 = hi(M1 c2) ^ c1 ^ k0,  lo(M1 c2),  hi(M0 c0) ^ c3 ^ k1,  lo(M0 c0)
        k0, k1         = k0 + W0,  k1 + W1     (mod 2**32)
    """
    for _ in range(_ROUNDS):
        p0 = _MULTIPLY_0 * c0
        p1 = _MULTIPLY_1 * c2
        c0 = (p1 >> _32) ^ c1 ^ k0
        c1 = p1 & _LOW_32
        c2 = (p0 >> _32) ^ c3 ^ k1
        c3 = p0 & _LOW_32
        k0 = (k0 + _WEYL_0) & _LOW_32
        k1 = (k1 + _WEYL_1) & _LOW_32
    return c0, c1, c2, c3


@inlined
def _words(
    seed: np.uint64, stream: int, week: Whole, agent: Whole, generation: Whole
) -> Four[np.uint64]:
    """The four 32-bit words that belong to one draw."""
    key = np.uint64(seed)
    return philox(
        np.uint64(agent) & _LOW_32,
        np.uint64(week + WEEK_ORIGIN) & _LOW_32,
        np.uint64(stream) & _LOW_32,
        np.uint64(generation) & _LOW_32,
        key & _LOW_32,
        key >> _32,
    )


@inlined
def uniforms(
    seed: np.uint64, stream: int, week: Whole, agent: Whole, generation: Whole
) -> Four[float]:
    """Four independent uniform numbers, float64, strictly between 0 and 1.

    ``seed`` is any np.uint64; ``week`` counts from -520; ``stream``, ``agent`` and ``generation``
    (how often this place was filled anew) from 0. All but the seed stay below 2**32, unchecked.
    Of a word x the number is (x + 1/2) / 2**32, so a multiple of 2**-33. Kept as float32 it can
    become exactly 1.
    """
    x0, x1, x2, x3 = _words(seed, stream, week, agent, generation)
    return (
        (np.float64(x0) + 0.5) * _CELL,
        (np.float64(x1) + 0.5) * _CELL,
        (np.float64(x2) + 0.5) * _CELL,
        (np.float64(x3) + 0.5) * _CELL,
    )


@kernel
def uniform(seed: np.uint64, stream: int, week: Whole, agent: Whole, generation: Whole) -> float:
    """The first of the four numbers of `uniforms`."""
    return uniforms(seed, stream, week, agent, generation)[0]


@kernel
def fill_uniforms(
    seed: np.uint64, stream: int, weeks: Integers, agents: Integers, generations: Integers,
    draws: Floats,
) -> None:  # fmt: skip
    """`uniforms` for many agents at once, about three times as fast.

    Row by row of draws, [4 or more, agents or more].
    """
    for row in range(agents.size):
        first, second, third, fourth = uniforms(
            seed, stream, weeks[row], agents[row], generations[row]
        )
        draws[0, row], draws[1, row] = first, second
        draws[2, row], draws[3, row] = third, fourth


@kernel
def fill_pairs(seed: np.uint64, stream: int, week: int, first: int, draws: Floats) -> None:
    """The first two numbers of `uniforms` for the agents from `first` on, as fast as that.

    Column by column of draws, [2, agents].
    """
    for column in range(draws.shape[1]):
        one, other, _, _ = uniforms(seed, stream, week, first + column, 0)
        draws[0, column], draws[1, column] = one, other


@inlined
def _central(q: float) -> float:
    """The standard normal number with probability 0.5 + q below it, for |q| <= CENTRAL."""
    r = 0.180625 - q * q
    # fmt: off
    above = (((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r
                  + 6.7265770927008700853e4) * r + 4.5921953931549871457e4) * r
                + 1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r
              + 1.3314166789178437745e2) * r + 3.3871328727963666080e0)
    below = (((((((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r
                  + 3.9307895800092710610e4) * r + 2.1213794301586595867e4) * r
                + 5.3941960214247511077e3) * r + 6.8718700749205790830e2) * r
              + 4.2313330701600911252e1) * r + 1.0)
    # fmt: on
    return q * above / below


@kernel
def fill_normals(chances: Floats, numbers: Floats) -> None:
    """`normal_quantile` of many chances at once: the common range first, then the tails."""
    for row in range(chances.size):
        numbers[row] = _central(chances[row] - 0.5)
    for row in range(chances.size):
        if abs(chances[row] - 0.5) > CENTRAL:
            numbers[row] = normal_quantile(chances[row])


@kernel
def normal_quantile(u: float) -> float:
    """The standard normal number with probability u (0 < u < 1) below it.

    Wichura (1988), algorithm AS 241, PPND16, Applied Statistics 37, 477-484: a ratio of two
    polynomials of degree seven for each of three ranges, relative error about 1e-16.
    """
    q = u - 0.5
    if abs(q) <= CENTRAL:
        return _central(q)
    tail = u if q < 0.0 else 1.0 - u
    # math.log, not np.log: outside compiled code NumPy's own vector version may differ in a bit.
    r = math.sqrt(-math.log(tail))
    if r <= 5.0:
        r -= 1.6
        # fmt: off
        above = (((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r
                      + 2.41780725177450611770e-1) * r + 1.27045825245236838258e0) * r
                    + 3.64784832476320460504e0) * r + 5.76949722146069140550e0) * r
                  + 4.63033784615654529590e0) * r + 1.42343711074968357734e0)
        below = (((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r
                      + 1.51986665636164571966e-2) * r + 1.48103976427480074590e-1) * r
                    + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0) * r
                  + 2.05319162663775882187e0) * r + 1.0)
        # fmt: on
    else:
        r -= 5.0
        # fmt: off
        above = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r
                      + 1.24266094738807843860e-3) * r + 2.65321895265761230930e-2) * r
                    + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0) * r
                  + 5.46378491116411436990e0) * r + 6.65790464350110377720e0)
        below = (((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r
                      + 1.84631831751005468180e-5) * r + 7.86869131145613259100e-4) * r
                    + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r
                  + 5.99832206555887937690e-1) * r + 1.0)
        # fmt: on
    return -above / below if q < 0.0 else above / below


@kernel
def normal(seed: np.uint64, stream: int, week: Whole, agent: Whole, generation: Whole) -> float:
    """A standard normal number, from the first of the four numbers of `uniforms`."""
    return normal_quantile(uniform(seed, stream, week, agent, generation))


@kernel
def exponential(u: float) -> float:
    """An exponential number with mean one: -log(u), for 0 < u < 1."""
    return -math.log(u)


@kernel
def poisson(u: float, mean: float) -> int:
    """A Poisson count by inversion: the smallest n with P(N <= n) >= u. Mean from 0 to 30.

    Takes about ``mean`` steps. Raises ValueError outside that range, where u (a multiple of
    2**-33) and repeated addition would still do but a faster method is due.
    """
    if not 0.0 <= mean <= POISSON_LARGEST:
        raise ValueError("poisson: the mean must be between 0 and 30")
    n = 0
    probability = math.exp(-mean)
    below = probability
    while u > below and probability > 0.0:
        n += 1
        probability *= mean / n
        below += probability
    return n
