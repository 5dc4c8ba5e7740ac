"""Does a model written from the text of `docs/odd.md` agree with the engine?

`notebooks/plain_model.py` has other code, other random numbers and another order of draws, so the
two can agree in distribution only. Both run the reduced chain (contributing, serving,
remembering, surveys) from the first guess that comes before the pilot. A run is boiled down to some
outcomes; of each, the means are compared by Welch's test and the distributions by that of
Kolmogorov and Smirnov. If the models agree, all comparisons in this file together raise a false
alarm with a probability of FALSE_ALARM at most (Bonferroni; Welch's test takes outcomes for nearly
normal). Seeds are fixed, so the verdict is always the same one. That it could have been the other
one is checked with engines that are wrong on purpose.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import ks_2samp, ttest_ind

from notebooks import plain_model
from notebooks.plain_model import KINDS, RULES, PlainModel
from sim.configuration import Configuration, Organisation, Parameters, rules_of, seed_of
from sim.levers import Action, timetable
from sim.measures import COLUMN, Record, empty_record
from sim.start import PILOT_WEEKS, SPIN_UP_WEEKS, build
from sim.state import Floats, World
from sim.week import run

PEOPLE, SPAN, CUSTOMERS, WEEKS = 57, 7, 400, 60
LATE = 13  # last weeks of which all contacts are kept
PLAIN_RUNS, ENGINE_RUNS = 40, 120  # the slow model's few runs make up most of the error
OFF = ("listening", "leading", "culture", "deciding", "mood", "staffing", "accounts")
FALSE_ALARM = 1e-3
COMPARISONS = 256  # at least: 4 cases of 27 outcomes and the start, with 2 tests each
LITTLE = 0.025  # effort that rounds to 0 of 20

USED_OF = {"noise": "serving"}  # culture has a noise of its own, and no part in the plain model

type Outcomes = Mapping[str, float]
type Numbers = Mapping[str, Mapping[str, float]]  # by the file that declares them


@dataclass(frozen=True)
class Case:
    """What both models are told beside their defaults."""

    numbers: Numbers = field(default_factory=dict)
    promise: float = 0.0  # the lever
    top: float = 0.5  # doing of the head
    managers: float = 0.5  # doing of all others who lead


# Far from the defaults, so that rules bite which do little at rest: late and failing contacts,
# second failures, loud neighbours, newcomers, several contacts a week, bots, leaders' words.
STRAINED: Numbers = {
    "people": {"drive_spread": 0.1, "free_riders": 0.15, "value_spread": 0.4},
    "leading": {"new_credibility": 0.4},
    "contributing": {"leader_words": 0.8, "weight_later": 0.2, "weight_months": 12.0}
    | {"other_slope": 0.2, "precision": 2.5, "persistence": 0.7, "visible_weeks": 6.0}
    | {"drive_from_engagement": 0.5, "drive_from_values": 0.4},
    "serving": {"contacts_per_year": 40.0, "digital_share": 0.5, "rare_share": 0.4}
    | {"usual_utilisation": 0.95, "late": 1.5, "exponent": -3.0, "willing_floor": 0.15}
    | {"skill_gap": 0.6, "skill_months": 18.0, "offer_spread": 0.1, "noise": 0.2},
    "remembering": {"theta": 0.6, "failure": 0.35, "recovery": 1.0, "forgiving_months": 6.0}
    | {"first_gain": 0.5, "settling_contacts": 6.0, "least_gain": 0.05, "hearing": 0.1}
    | {"far_share": 0.5, "churn": 0.4, "churn_slope": 8.0, "new_spread": 0.2},
    "staffing": {"quits": 0.6},
    "surveys": {"nps_sample": 60, "response": 0.1, "response_slope": 4.0},
}
CASES = {
    "at rest": Case(),
    "promise": Case(promise=1.0),
    "top shows more, managers less": Case(top=0.9, managers=0.1),
    "strained": Case(STRAINED, promise=1.0, top=0.9),
}


def parameters(numbers: Numbers) -> Parameters:
    """The engine's parameters with some other numbers."""
    default = Parameters()
    changed = {name: replace(getattr(default, name), **part) for name, part in numbers.items()}
    return replace(default, **changed)


def plain_start(case: Case, seed: int) -> PlainModel:
    """The plain model before its first week."""
    numbers = {name: value for part in case.numbers.values() for name, value in part.items()}
    model = PlainModel(PEOPLE, SPAN, CUSTOMERS, seed, **numbers | {"promise": case.promise})
    for each in model.staff:
        each.doing = case.managers if each.boss else case.top
    return model


def engine_start(case: Case, seed: int) -> tuple[Configuration, World]:
    """The engine as it stands before the pilot, with customers' clocks set to week 0."""
    told = Configuration(
        organisation=Organisation(people=PEOPLE, span=SPAN, customers=CUSTOMERS),
        parameters=parameters(case.numbers),
        actions=(Action("promise", case.promise, 0, 0),) if case.promise else (),
        off=OFF,
        weeks=WEEKS,
    )
    world = build(told, seed)
    world.customers.next_contact[:] += PILOT_WEEKS + SPIN_UP_WEEKS
    world.teams.doing[:] = case.managers
    world.teams.doing[0] = case.top
    return told, world


def boiled_down(
    weekly: Mapping[str, Floats],
    effort: Floats,
    belief: Floats,
    attitude: Floats,
    expectation: Floats,
    quality: Floats,
    satisfaction: Floats,
    reputation: float,
) -> Outcomes:
    """The outcomes of a run, from weeks, and from people, customers and contacts at its end."""
    surveyed = ~np.isnan(weekly["nps_true"][1:])
    nps, nps_true = weekly["nps"][1:][surveyed], weekly["nps_true"][1:][surveyed]
    return {
        "effort after a quarter": weekly["effort"][LATE],
        "effort": weekly["effort"][-LATE:].mean(),
        "effort of the head": effort[0],
        "effort near the top": effort[: SPAN + 1].mean(),  # the head and who reports to the head
        "spread of effort": effort.std(),
        "share of little effort": (effort < LITTLE).mean(),
        "share of full effort": (effort > 1.0 - LITTLE).mean(),
        "belief": belief.mean(),
        "spread of beliefs": belief.std(),
        "quality": quality.mean(),
        "spread of quality": quality.std(),
        "spread of satisfaction": satisfaction.std(),
        "satisfaction less quality": (satisfaction - quality).mean(),
        "attitude": attitude.mean(),
        "spread of attitude": attitude.std(),
        "expectation": expectation.mean(),
        "spread of expectation": expectation.std(),
        "attitude with expectation": np.corrcoef(attitude, expectation)[0, 1],
        "reputation": reputation,
        "contacts a week": weekly["contacts"].mean(),
        "spread of weekly contacts": weekly["contacts"].std(),
        "active customers": weekly["customers"][-1],
        "joined": weekly["joined"].sum(),
        "left": weekly["left"].sum(),
        "NPS at the start": weekly["nps_true"][0],
        "true NPS": nps_true.mean(),
        "surveyed less true NPS": (nps - nps_true).mean(),
    }


def plain_run(case: Case, seed: int) -> Outcomes:
    """One run of the plain model."""
    model = plain_start(case, seed)
    late: list[tuple[float, float]] = []
    for week in range(WEEKS):
        model.step()
        late += model.contacts if week >= WEEKS - LATE else []
    quality, satisfaction = np.array(late).T
    seen = model.datacollector.get_model_vars_dataframe()
    weekly = {name: seen[name].to_numpy(dtype=float) for name in seen.columns}
    return boiled_down(
        weekly | {"effort": weekly["visible_effort"]},
        np.array([each.effort for each in model.staff]),
        np.array([each.belief for each in model.staff if each.boss]),
        np.array([each.attitude for each in model.active()]),
        np.array([each.expectation for each in model.active()]),
        quality,
        satisfaction,
        model.reputation,
    )


def engine_run(case: Case, seed: int, wrong: Callable[[World], None] | None = None) -> Outcomes:
    """One run of the engine; `wrong` tampers with its start."""
    told, world = engine_start(case, seed)
    if wrong:
        wrong(world)
    rules, key = rules_of(told), seed_of(seed)
    levers = timetable(told.actions, WEEKS)
    record = empty_record(WEEKS, int(world.structure.level.max()) + 1)
    quality, satisfaction, first = list[Floats](), list[Floats](), 0
    for end in range(WEEKS - LATE, WEEKS + 1):  # all at once, then week by week
        part = Record(record.weekly[first:end], record.levels[first:end])
        run(world, rules, levers[first:end], key, first, part)
        count, first = int(world.firm.contacts[0]), end
        quality.append(world.contacts.quality[:count].astype(float))
        satisfaction.append(world.contacts.satisfaction[:count].astype(float))
    active = world.customers.active == 1
    return boiled_down(
        {name: record.weekly[:, column] for name, column in COLUMN.items()},
        world.staff.effort,
        world.staff.belief[1:],
        world.customers.attitude[active].astype(float),
        world.customers.expectation[active].astype(float),
        np.concatenate(quality[1:]),
        np.concatenate(satisfaction[1:]),
        float(world.firm.reputation[0]),
    )


def compare(plain: Floats, engine: Floats) -> tuple[float, float]:
    """The z of the difference of the means, and the smaller p-value of the two tests."""
    error = np.sqrt(plain.var(ddof=1) / plain.size + engine.var(ddof=1) / engine.size)
    chances: Any = (ttest_ind(plain, engine, equal_var=False)[1], ks_2samp(plain, engine)[1])
    return float((plain.mean() - engine.mean()) / error), float(min(chances))


def differences(plain: list[Outcomes], engine: list[Outcomes]) -> list[str]:
    """Outcomes in which the models differ by more than chance, with the numbers."""
    found: list[str] = []
    for name in plain[0]:
        ours = np.array([each[name] for each in plain])
        theirs = np.array([each[name] for each in engine])
        z, chance = compare(ours, theirs)
        if chance < FALSE_ALARM / COMPARISONS:
            found.append(
                f"{name}: {ours.mean():.4f}, {theirs.mean():.4f}, z {z:.1f}, p {chance:.0g}"
            )
    return found


@cache
def plain_runs(name: str) -> list[Outcomes]:
    """Runs of the plain model, kept: several tests look at them."""
    return [plain_run(CASES[name], seed) for seed in range(PLAIN_RUNS)]


@cache
def engine_runs(name: str) -> list[Outcomes]:
    """Runs of the engine, kept likewise."""
    return [engine_run(CASES[name], seed) for seed in range(ENGINE_RUNS)]


@pytest.mark.parametrize("name", CASES)
def test_same_outcomes(name: str) -> None:
    engine = engine_runs(name)
    found = differences(plain_runs(name), engine)
    assert not found, "\n".join(found)
    assert len(CASES) * len(engine[0]) * 2 + 2 * len(STARTS) <= COMPARISONS


@pytest.mark.parametrize("name", [name for name in CASES if name != "at rest"])
def test_what_the_models_are_told_matters(name: str) -> None:
    assert differences(plain_runs(name), engine_runs("at rest"))


def all_new(world: World) -> None:
    world.staff.tenure[:] = 0.0


def in_step(world: World) -> None:
    world.customers.next_contact[:] = 0.0


WRONG: dict[str, tuple[Numbers, Callable[[World], None] | None]] = {
    "losses loom large": ({"remembering": {"loss_ratio": 2.0}}, None),
    "more is overwritten": ({"remembering": {"least_gain": 0.25}}, None),
    "beliefs last": ({"contributing": {"belief_own": 0.641}}, None),
    "beliefs fade": ({"contributing": {"belief_own": 0.497}}, None),
    "peers count for more": ({"contributing": {"belief_peers": 0.455}}, None),
    "effort scatters less": ({"contributing": {"precision": 3.0}}, None),
    "louder neighbours": ({"remembering": {"hearing": 0.1}}, None),
    "more leave": ({"remembering": {"churn": 0.15}}, None),
    "bots are better": ({"serving": {"bot_base": 0.35}}, None),
    "everybody is new": ({}, all_new),
    "clocks start together": ({}, in_step),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_engine_is_found_out(name: str) -> None:
    numbers, wrong = WRONG[name]
    case = Case(numbers)
    engine = [engine_run(case, ENGINE_RUNS + seed, wrong) for seed in range(ENGINE_RUNS)]
    assert differences(plain_runs("at rest"), engine)


STARTS: dict[str, tuple[Callable[[PlainModel], Any], Callable[[World], Any]]] = {
    "kind": (lambda m: [KINDS.index(each.kind) for each in m.staff], lambda w: w.staff.kind),
    "slope": (lambda m: m.staff.get("slope"), lambda w: w.staff.slope),
    "drive": (lambda m: m.staff.get("drive"), lambda w: w.staff.drive),
    "value": (lambda m: m.staff.get("value"), lambda w: w.staff.value),
    "engagement": (lambda m: m.staff.get("engagement"), lambda w: w.staff.engagement),
    "tenure": (lambda m: m.staff.get("tenure"), lambda w: w.staff.tenure),
    "latent": (lambda m: m.staff.get("latent"), lambda w: w.staff.latent),
    "weeks led": (
        lambda m: [each.weeks_led for each in m.staff if each.followers],
        lambda w: w.teams.weeks_led,
    ),
    "active": (lambda m: m.customers.get("active"), lambda w: w.customers.active),
    "contacts so far": (lambda m: m.customers.get("contacts"), lambda w: w.customers.contacts),
    "next contact": (
        lambda m: m.customers.get("next_contact"),
        lambda w: w.customers.next_contact,
    ),
    "style": (lambda m: m.customers.get("style"), lambda w: w.customers.style),
}


@cache
def starts() -> tuple[list[PlainModel], list[World]]:
    """Both models before their first week, with different seeds."""
    case = CASES["at rest"]
    plain = [plain_start(case, seed) for seed in range(PLAIN_RUNS)]
    return plain, [engine_start(case, PLAIN_RUNS + seed)[1] for seed in range(PLAIN_RUNS)]


@pytest.mark.parametrize("name", STARTS)
def test_same_start(name: str) -> None:
    of_plain, of_engine = STARTS[name]
    plain, engine = starts()
    ours = np.concatenate([np.asarray(of_plain(model), dtype=float) for model in plain])
    theirs = np.concatenate([np.asarray(of_engine(world), dtype=float) for world in engine])
    z, chance = compare(ours, theirs)
    assert chance > FALSE_ALARM / COMPARISONS, f"{ours.mean()}, {theirs.mean()}, z {z}"


def test_the_numbers_are_those_declared() -> None:
    declared = Parameters()
    sections = {each.name: getattr(declared, each.name) for each in fields(declared)}
    levers = {"context": 0.5, "promise": 0.0, "usual_satisfaction": 0.5}
    for name, value in vars(RULES).items():
        used = [sections[USED_OF[name]]] if name in USED_OF else sections.values()
        found = {getattr(section, name) for section in used if hasattr(section, name)}
        assert found == {value} or levers.get(name) == value, name


def test_a_number_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no such rules: \\['los_ratio'\\]"):
        PlainModel(los_ratio=2.0)


def test_one_seed_one_run() -> None:
    first, again, other = (plain_run(CASES["at rest"], seed) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_it_can_be_read_in_one_sitting() -> None:
    assert len(Path(plain_model.__file__).read_text().splitlines()) < 300
