"""Are the random numbers the published ones, uniform, independent, and the same in plain Python?

Statistical tests use fixed seeds, so they pass or fail for good. FALSE_ALARM is the chance that one
of them would fail for a perfect generator, had the seed been drawn anew; there are about 150.
"""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from sim import randomness
from sim.compiled import entry
from sim.randomness import (
    STREAMS,
    WEEK_ORIGIN,
    exponential,
    normal,
    normal_quantile,
    philox,
    poisson,
    uniform,
    uniforms,
)

FALSE_ALARM = 1e-6
N = 1 << 17
SEED = 20_240_229
AXES = ("seed", "seed, upper half", "stream", "week", "agent", "generation")

word = st.integers(0, 2**32 - 1)
weeks = st.integers(-WEEK_ORIGIN, 2**32 - 1 - WEEK_ORIGIN)
seeds = st.integers(0, 2**64 - 1).map(np.uint64)
open_unit = st.floats(0.0, 1.0, exclude_min=True, exclude_max=True)
draw = st.tuples(seeds, word, weeks, word, word)


_philox, _uniforms, _normal = entry(philox), entry(uniforms), entry(normal)
_normal_quantile, _exponential = entry(normal_quantile), entry(exponential)
_poisson = entry(poisson)


@entry
def _fill(
    seed: NDArray[np.uint64],
    stream: NDArray[np.int64],
    week: NDArray[np.int64],
    agent: NDArray[np.int64],
    generation: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    for i in range(seed.size):
        out[:, i] = uniforms(seed[i], stream[i], week[i], agent[i], generation[i])


def along(axis: str, n: int = N) -> NDArray[np.float64]:
    """Four numbers for each of n neighbours along one argument [4, n], the others held fixed."""
    steps = np.arange(n)
    held = {"stream": 32, "week": 7, "agent": 12_345, "generation": 0}
    arguments = {name: np.full(n, value) for name, value in held.items()}
    if axis in arguments:
        arguments[axis] = steps - (WEEK_ORIGIN if axis == "week" else 0)
    seed = np.full(n, SEED, dtype=np.uint64)
    if axis == "seed":
        seed = steps.astype(np.uint64)
    elif axis == "seed, upper half":
        seed = steps.astype(np.uint64) << np.uint64(32)
    out = np.empty((4, n))
    stream, week, agent, generation = arguments.values()
    _fill(seed, stream, week, agent, generation, out)
    return out


def chi_square_p(cells: NDArray[np.int64], number: int) -> float:
    """Probability of counts at least as uneven as these, if all cells are equally likely."""
    return float(stats.chisquare(np.bincount(cells, minlength=number)).pvalue)


def adjacent_p(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Probability of pairs spread at least as unevenly over 16 x 16 squares, if independent."""
    return chi_square_p((a * 16).astype(np.int64) * 16 + (b * 16).astype(np.int64), 256)


def correlation_p(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Probability of a correlation at least this far from none (normal for large n)."""
    return 2.0 * float(stats.norm.sf(abs(np.corrcoef(a, b)[0, 1]) * np.sqrt(a.size)))


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000",
         "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
         "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
         "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", [entry(philox), philox], ids=["compiled", "python"])
def test_published_answers(
    version: Callable[..., tuple[np.uint64, ...]], counter: str, key: str, expected: str
) -> None:
    """The known-answer vectors of Random123 for philox4x32-10."""
    words = [np.uint64(int(text, 16)) for text in (counter + " " + key).split()]
    assert " ".join(f"{int(x):08x}" for x in version(*words)) == expected


@settings(deadline=None)  # the first call compiles
@given(draw)
def test_uniforms_are_philox_of_who_when_and_what_for(
    arguments: tuple[np.uint64, int, int, int, int],
) -> None:
    seed, stream, week, agent, generation = arguments
    low, high = int(seed) % 2**32, int(seed) // 2**32
    words = [agent, week + WEEK_ORIGIN, stream, generation, low, high]
    expected = philox(*[np.uint64(x) for x in words])
    assert uniforms(*arguments) == tuple((int(x) + 0.5) / 2**32 for x in expected)
    assert uniform(*arguments) == uniforms(*arguments)[0]


@settings(deadline=None)  # the first call compiles
@given(draw)
def test_compiled_is_plain_python_bit_for_bit(
    arguments: tuple[np.uint64, int, int, int, int],
) -> None:
    assert _uniforms(*arguments) == uniforms(*arguments)
    assert _normal(*arguments) == normal(*arguments)


@settings(deadline=None)  # the first call compiles
@given(open_unit, st.floats(0.0, randomness.POISSON_LARGEST))
def test_compiled_transforms_are_plain_python_bit_for_bit(u: float, mean: float) -> None:
    assert _normal_quantile(u) == normal_quantile(u)
    assert _exponential(u) == exponential(u)
    assert _poisson(u, mean) == poisson(u, mean)


@settings(deadline=None)  # the first call compiles
@given(st.tuples(*[word] * 6))
def test_philox_gives_words_of_32_bits(words: tuple[int, ...]) -> None:
    arguments = [np.uint64(x) for x in words]
    assert _philox(*arguments) == philox(*arguments)
    assert all(0 <= int(x) < 2**32 for x in philox(*arguments))


def test_integer_types_of_arrays_give_the_same_numbers() -> None:
    expected = uniforms(np.uint64(3), 32, -520, 1000, 2)
    assert uniforms(np.uint64(3), np.int32(32), np.int64(-520), np.int32(1000), 2) == expected  # type: ignore[arg-type]
    assert uniforms(np.uint64(3), 32, np.int16(-520), np.uint32(1000), np.uint8(2)) == expected
    assert uniforms(3, 32, -520, 1000, 2) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("axis", AXES)
def test_uniform_along_every_argument(axis: str) -> None:
    for u in along(axis):
        assert u.min() > 0.0
        assert u.max() < 1.0
        words = (u * 2.0**32).astype(np.int64)
        assert stats.kstest(u, "uniform").pvalue > FALSE_ALARM
        assert chi_square_p(words >> 22, 1024) > FALSE_ALARM
        assert chi_square_p(words & 0xFF, 256) > FALSE_ALARM  # the lowest bits are as good


@pytest.mark.parametrize("axis", AXES)
def test_neighbours_along_every_argument_are_independent(axis: str) -> None:
    for u in along(axis):
        assert adjacent_p(u[0::2], u[1::2]) > FALSE_ALARM
        assert correlation_p(u[:-1], u[1:]) > FALSE_ALARM


@pytest.mark.parametrize("axis", AXES)
def test_the_four_numbers_of_a_draw_are_independent(axis: str) -> None:
    for a, b in combinations(along(axis), 2):
        assert adjacent_p(a, b) > FALSE_ALARM
        assert correlation_p(a, b) > FALSE_ALARM


def test_one_flipped_bit_of_input_flips_half_the_bits_of_output() -> None:
    """Avalanche, from each of 192 bits of counter and key to each of 128 bits of output.

    A rate over n trials has standard deviation 1/(2 sqrt(n)); with 24,576 rates, one of them more
    than seven deviations off has probability below 1e-7.
    """
    n = 2000
    start = np.random.default_rng(SEED).integers(0, 2**32, size=(6, n), dtype=np.uint64)
    rate = np.empty((192, 128))
    for bit in range(192):
        flipped = start.copy()
        flipped[bit // 32] ^= np.uint64(1 << bit % 32)
        changed = _philox_of(start) ^ _philox_of(flipped)
        bits = changed[:, None, :] >> np.arange(32, dtype=np.uint64)[None, :, None]
        rate[bit] = (bits & np.uint64(1)).reshape(128, n).mean(axis=1)
    assert np.abs(rate - 0.5).max() < 7 * 0.5 / np.sqrt(n)


@entry
def _philox_of(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Philox of each column: [6, n] -> [4, n]."""
    out = np.empty((4, words.shape[1]), np.uint64)
    for i in range(words.shape[1]):
        out[:, i] = philox(
            words[0, i], words[1, i], words[2, i], words[3, i], words[4, i], words[5, i]
        )
    return out


def test_never_zero_or_one() -> None:
    """The extreme words, through the same arithmetic as `uniforms`."""
    smallest, largest = (0 + 0.5) * 2.0**-32, (2**32 - 1 + 0.5) * 2.0**-32
    assert 0.0 < smallest < largest < 1.0
    assert np.isfinite([normal_quantile(u) for u in (smallest, largest)]).all()
    assert normal_quantile(smallest) == -normal_quantile(largest)
    assert 0.0 < exponential(largest) < exponential(smallest) < 23.0


def test_streams_are_distinct_and_keep_their_numbers() -> None:
    assert len(set(STREAMS.values())) == len(STREAMS)
    assert all(0 <= number < 2**32 for number in STREAMS.values())
    assert all(getattr(randomness, name) == number for name, number in STREAMS.items())
    assert "WEEK_ORIGIN" not in STREAMS
    # A number that changes, changes every result; this list only grows.
    first = "1 2 3 4 5 6 7 10 20 30 31 32 33 34 35 40 50 51 52 60 61 70 71"
    assert {int(number) for number in first.split()} <= set(STREAMS.values())


def test_normal_quantile_against_scipy() -> None:
    tails = np.logspace(-300, -1, 3000)
    u = np.concatenate([tails, 1 - tails[tails > 1e-16], np.linspace(0.001, 0.999, 4001)])
    ours = np.array([normal_quantile(x) for x in u])
    np.testing.assert_allclose(ours, stats.norm.ppf(u), rtol=1e-13, atol=1e-15)
    assert normal_quantile(0.5) == 0.0


def test_normal_numbers_are_normal() -> None:
    z = np.array([normal(np.uint64(SEED), 40, 0, agent, 0) for agent in range(20_000)])
    assert stats.kstest(z, "norm").pvalue > FALSE_ALARM


def test_exponential_numbers_are_exponential() -> None:
    x = np.array([exponential(u) for u in along("agent", 20_000)[0]])
    assert stats.kstest(x, "expon").pvalue > FALSE_ALARM
    assert abs(x.mean() - 1.0) < 5.0 / np.sqrt(x.size)


@pytest.mark.parametrize("mean", [0.0, 0.01, 0.5, 1.0, 7.3, 30.0])
def test_poisson_is_the_inverse_of_its_distribution(mean: float) -> None:
    u = along("agent", 20_000)[1]
    counts = np.array([poisson(x, mean) for x in u])
    assert (counts == stats.poisson.ppf(u, mean)).all()
    # Five standard errors of the mean and of the variance (fourth moment: mean + 3 mean^2).
    assert abs(counts.mean() - mean) <= 5 * np.sqrt(mean / u.size)
    assert abs(counts.var() - mean) <= 5 * np.sqrt((mean + 2 * mean**2) / u.size)


def test_poisson_ends_at_the_edge_and_refuses_other_means() -> None:
    assert poisson(np.nextafter(1.0, 0.0), 30.0) < 200
    assert poisson(np.nextafter(1.0, 0.0), 0.0) == 0
    for mean in (-0.1, 30.1, np.inf, np.nan):
        with pytest.raises(ValueError, match="between 0 and 30"):
            poisson(0.5, mean)
