"""Are claims judged by what was declared, and can all that is declared be run?"""

import math
from typing import Any

import numpy as np
import pytest
from claiming import EXAMPLE, hypothesis

from scenarios.claims import claims, judged
from scenarios.claims.building import Where, cells, circumstances, configuration, laid
from scenarios.claims.hypothesis import (
    Change,
    Expects,
    Hypothesis,
    Runs,
    Untested,
    acting,
    parameters,
)
from scenarios.claims.verdict import (
    Effect,
    Expected,
    Miss,
    Verdict,
    effect_of,
    judge,
    missed,
)
from sim.levers import Action
from sim.measures import LEVEL_MEASURES, MEASURES
from sim.parameters import ParameterError

ABOVE, BELOW = Expected(Expects.ABOVE, 2.0), Expected(Expects.BELOW, 2.0)
NEAR, WITHIN = Expected(Expects.NEAR_ZERO, 2.0), Expected(Expects.WITHIN, 0.0, 1.0, 4.0)


def effect(mean: float, half: float = 0.5) -> Effect:
    return Effect(mean, mean - half, mean + half, (mean,) * 3)


# --- verdicts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "expected", "miss"),
    [
        (effect(3.0), ABOVE, None),
        (effect(2.0), ABOVE, None),  # as much as was asked
        (effect(1.9), ABOVE, Miss.SMALL),
        (effect(3.0, 3.5), ABOVE, Miss.UNCLEAR),
        (effect(0.0, 0.0), ABOVE, Miss.SMALL),
        (effect(0.5, 1.0), ABOVE, Miss.SMALL),  # whatever it is, it is too small
        (effect(-3.0), ABOVE, Miss.OPPOSITE),
        (effect(-1.0), ABOVE, Miss.SMALL),
        (effect(math.nan), ABOVE, Miss.UNKNOWN),
        (effect(-3.0), BELOW, None),
        (effect(3.0), BELOW, Miss.OPPOSITE),
        (effect(-3.0, 3.5), BELOW, Miss.UNCLEAR),
        (effect(0.0, 2.0), NEAR, None),
        (effect(1.0, 1.5), NEAR, Miss.UNCLEAR),
        (effect(2.5, 0.1), NEAR, Miss.AWAY),
        (effect(1.0, 9.0), WITHIN, None),  # its mean is what counts
        (effect(4.1), WITHIN, Miss.OUTSIDE),
        (effect(0.9), WITHIN, Miss.OUTSIDE),
    ],
)
def test_how_an_effect_misses(found: Effect, expected: Expected, miss: Miss | None) -> None:
    assert missed(found, expected) is miss


@pytest.mark.parametrize(
    ("default", "own", "elsewhere", "verdict", "constructed", "depends"),
    [
        (3.0, None, {}, Verdict.EMERGES, None, ()),
        (3.0, 3.0, {"a": 3.0}, Verdict.EMERGES, False, ()),
        (3.0, 0.0, {"a": 3.0}, Verdict.CONSTRUCTED, True, ()),
        (3.0, None, {"a": 3.0, "b": 0.0}, Verdict.DEPENDS, None, ("b",)),
        (3.0, 0.0, {"a": 0.0}, Verdict.DEPENDS, True, ("a",)),
        (3.0, 3.0, {"a": -3.0}, Verdict.DEPENDS, False, ("a",)),
        (0.0, 0.0, {"a": 3.0, "b": 0.0}, Verdict.DEPENDS, None, ("a",)),
        (0.0, 3.0, {"a": 0.0}, Verdict.FAILS, None, ()),
        (-3.0, None, {}, Verdict.FAILS, None, ()),
        (math.nan, 3.0, {"a": 3.0}, Verdict.UNTESTED, None, ()),
        (3.0, math.nan, {}, Verdict.CONSTRUCTED, True, ()),  # without the rule no such number
        (3.0, None, {"a": math.nan}, Verdict.DEPENDS, None, ("a",)),
    ],
)
def test_every_verdict_can_be_reached(
    default: float,
    own: float | None,
    elsewhere: dict[str, float],
    verdict: Verdict,
    constructed: bool | None,
    depends: tuple[str, ...],
) -> None:
    around = {name: effect(mean) for name, mean in elsewhere.items()}
    off = None if own is None else effect(own)
    found = judge(ABOVE, effect(default), off, around)
    assert found.verdict is verdict
    assert found.by_construction is constructed
    assert found.depends_on == depends
    assert found.holds == (missed(effect(default), ABOVE) is None)


def test_an_interval_is_student_s() -> None:
    found = effect_of(np.array([1.0, 2.0, 3.0, 4.0]))
    half = 3.182446 * np.std([1, 2, 3, 4], ddof=1) / 2.0  # t of 3 degrees, from tables
    assert found[:3] == pytest.approx((2.5, 2.5 - half, 2.5 + half), rel=1e-6)
    assert found.by_seed == (1.0, 2.0, 3.0, 4.0)


def test_seeds_without_a_number() -> None:
    half = effect_of(np.array([1.0, 3.0, np.nan, np.inf]))
    assert half.mean == 2.0
    assert half.known == 2
    assert math.isnan(half.by_seed[3])
    fewer = effect_of(np.array([1.0, 3.0, np.nan, np.nan, np.nan]))
    assert math.isnan(fewer.mean)
    assert math.isnan(effect_of(np.array([1.0])).mean)


# --- building -------------------------------------------------------------------------------


def test_changes_are_laid_on_each_other() -> None:
    below = Change(
        "circles", {"people": 60}, {"mood": {"load": 0.1, "paper": 0.2}}, EXAMPLE.actions,
        off=("mood",),
    )  # fmt: skip
    above = Change(None, {"span": 5}, {"mood": {"load": 0.4}, "people": {"value": 0.3}},
                   (Action("words", 0.1),), off=("surveys",))  # fmt: skip
    both = laid(below, above)
    assert both.structure == "circles"
    assert both.organisation == {"people": 60, "span": 5}
    assert both.parameters == {"mood": {"load": 0.4, "paper": 0.2}, "people": {"value": 0.3}}
    assert [each.lever for each in both.actions] == ["example", "words"]
    told = configuration(2, both)
    assert (told.weeks, told.structure, told.off) == (104, "circles", ("mood", "surveys"))
    assert (told.organisation.people, told.organisation.customers) == (60, 1200)
    assert (told.parameters.mood.load, told.parameters.people.value) == (0.4, 0.3)


def test_an_arm_stays_what_it_is_elsewhere_and_a_rule_that_is_off_is_off_in_all() -> None:
    motive = {
        "goes on": parameters(choosing={"motive": 1.0}),
        "stops": parameters(choosing={"motive": 0.0}),
    }
    told = cells(
        hypothesis(
            arms=motive,
            own=parameters(choosing={"motive": 1.0}),
            elsewhere={"other": parameters(choosing={"motive": 0.5, "hurdle": 9.0})},
        )
    )
    found = {cell: each.parameters.choosing for cell, each in told.items()}
    assert [found[Where.DEFAULT, arm].motive for arm in motive] == [1.0, 0.0]
    assert [found[Where.OWN_OFF, arm].motive for arm in motive] == [1.0, 1.0]
    assert [found["other", arm].motive for arm in motive] == [1.0, 0.0]
    assert {found["other", arm].hurdle for arm in motive} == {9.0}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (parameters(moood={"load": 0.1}), "unknown group of parameters 'moood'; did you mean mood"),
        (parameters(mood={"laod": 0.1}), "unknown parameter mood.laod; did you mean load?"),
        (parameters(mood={"load": 7.0}), "mood.load = 7 is out of range; allowed is 0 to 1"),
        (Change(organisation={"peple": 9}), "unknown parameter organisation.peple"),
        (acting(Action("exampel", 0.9)), "unknown lever 'exampel'; did you mean example?"),
        (Change(off=("mod",)), "unknown mechanism 'mod'; did you mean mood?"),
        (Change("tre"), "unknown structure 'tre'; did you mean tree?"),
    ],
)
def test_a_name_that_is_none_is_told_in_one_sentence(change: Change, says: str) -> None:
    with pytest.raises(ParameterError) as error:
        cells(hypothesis(arms={"arm": change}))
    assert str(error.value).startswith("hypothesis B09, arm 'arm', by default: ")
    assert says in str(error.value)


def test_runs_say_what_was_not_measured() -> None:
    runs = Runs(np.ones((2, 52, len(MEASURES))), np.ones((2, 52, 3, len(LEVEL_MEASURES))))
    assert runs.mean("nps", 0, 1).tolist() == [1.0, 1.0]
    assert runs.level("value", 0, 1).shape == (2, 3)
    with pytest.raises(ParameterError, match="unknown measure 'npss'; did you mean nps"):
        runs.mean("npss", 0, 1)
    with pytest.raises(ParameterError, match="unknown measure 'nps'"):
        runs.level("nps", 0, 1)
    with pytest.raises(ParameterError, match="years 0 to 2 are not within a run of 1 years"):
        runs.of("nps", 0, 2)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"arms": {}}, "has no arms"),
        ({"least": -1.0}, "least = -1.0 is a size"),
        ({"least": math.nan}, "least = nan is a size"),
        ({"expects": Expects.WITHIN}, "WITHIN needs low and high"),
        ({"expects": Expects.WITHIN, "low": 2.0, "high": 1.0}, "WITHIN needs low and high"),
    ],
)
def test_a_hypothesis_that_cannot_be_judged(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        hypothesis(**changes)


# --- the claims -----------------------------------------------------------------------------


def test_every_claim_is_judged_once() -> None:
    assert list(judged()) == list(claims())
    assert len(claims()) == 136


HYPOTHESES = [each for each in judged().values() if isinstance(each, Hypothesis)]


@pytest.mark.parametrize("each", HYPOTHESES, ids=[each.claim for each in HYPOTHESES])
def test_a_hypothesis_can_be_run(each: Hypothesis) -> None:
    told = cells(each)
    default = {arm: made for (where, arm), made in told.items() if where == Where.DEFAULT}
    assert len(set(default.values())) == len(each.arms), "two arms are the same"
    for circumstance in circumstances(each)[1:]:
        here = {arm: made for (where, arm), made in told.items() if where == circumstance.name}
        assert here != default, f"{circumstance.name} changes nothing"
    names = [circumstance.name for circumstance in circumstances(each)]
    assert len(names) == len(set(names))
    assert each.implies.endswith(".")
    assert each.seeds >= 2


@pytest.mark.parametrize("each", HYPOTHESES, ids=[each.claim for each in HYPOTHESES])
def test_a_statistic_gives_a_number_a_seed(each: Hypothesis) -> None:
    weeks, rng = round(each.years * 52), np.random.default_rng(1)
    arms = {
        name: Runs(
            rng.uniform(0.1, 0.9, (each.seeds, weeks, len(MEASURES))),
            rng.uniform(0.1, 0.9, (each.seeds, weeks, 4, len(LEVEL_MEASURES))),
        )
        for name in each.arms
    }
    with np.errstate(all="ignore"):
        values = each.statistic(arms)
    assert np.shape(values) == (each.seeds,)


def test_what_is_not_run_has_a_reason() -> None:
    for each in judged().values():
        if isinstance(each, Untested):
            assert len(each.because) > 30
            assert each.because.endswith(".")
