"""Is the model in the EMA workbench the model that `zwerm run` runs?"""

import importlib
import json
import logging
import os
import pickle
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

with warnings.catch_warnings():  # it says that an evaluator is missing which nobody asked for
    warnings.filterwarnings("ignore", "ipyparallel not installed", UserWarning)
    import ema_workbench
    from ema_workbench import (
        IntegerParameter,
        RealParameter,
        Sample,
        SequentialEvaluator,
        perform_experiments,
    )
    from ema_workbench.em_framework import LHSSampler
    from ema_workbench.util import EMAError

import zwerm
from experiments import ema
from experiments.ema import ZwermModel, full_name, identifier
from experiments.sweep.factors import declared_numbers, numbers
from experiments.sweep.parts import means
from sim.levers import LEVERS
from sim.measures import MEASURES
from sim.parameters import Kind, ParameterError

ROOT = Path(__file__).resolve().parent.parent
TINY = ("organisation=small", "weeks=65", "engine.seeds=2")
EXAMPLE, PULL = "levers__example__strength", "leading__pull"
NOBODY, ACTS = Sample("nobody"), Sample("acts", **{EXAMPLE: 0.9})


def performed(model: ZwermModel, **wanted: Any) -> Any:
    """Experiments and outcomes, without a progress bar."""
    found: Any = perform_experiments(
        model, evaluator=SequentialEvaluator(model), log_progress=True, **wanted
    )
    return found


@pytest.fixture
def model() -> ZwermModel:
    return ZwermModel(*TINY, uncertainties=["leading.pull"], levers=["example"], series=["enps"])


def test_uncertainties_levers_and_outcomes_are_those_declared():
    model = ZwermModel(*TINY)
    uncertain = {
        identifier(name): each
        for name, each in declared_numbers().items()
        if each.kind == Kind.UNCERTAIN
    }
    assert [each.name for each in model.uncertainties] == list(uncertain)
    for each in model.uncertainties:
        declared = uncertain[each.name]
        assert (each.lower_bound, each.upper_bound) == (declared.low, declared.high)
        whole = isinstance(declared.default, int)
        assert type(each) is (IntegerParameter if whole else RealParameter)
        assert model.factors[each.name].unit == declared.unit
    found = {each.name: (each.lower_bound, each.upper_bound) for each in model.levers}
    assert found == {f"levers__{each.name}__strength": (each.low, each.high) for each in LEVERS}
    scalars = [each.name for each in model.outcomes if each.name.startswith("last_")]
    assert scalars == [f"last_{each.name}" for each in MEASURES]


def test_names_go_both_ways():
    known = [*numbers(520), "organisation.structure"]
    assert [full_name(identifier(name)) for name in known] == known
    assert all(identifier(name).isidentifier() for name in known)


def test_the_numbers_are_those_of_zwerm_run(model):
    scenarios = [Sample("as it is"), Sample("weak", **{PULL: 0.25})]
    experiments, outcomes = performed(model, scenarios=scenarios, policies=[NOBODY, ACTS])
    assert list(experiments["policy"]) == ["nobody", "nobody", "acts", "acts"]
    acting = "actions=[{lever: example, strength: 0.9}]"
    told = [(), ("leading.pull=0.25",), (acting,), ("leading.pull=0.25", acting)]
    for row, settings in enumerate(told):
        arm = zwerm.run("nothing", *TINY, *settings).arms[0]
        for measure in ("nps_true", "effort_front", "vacancies"):
            last = means(arm.series(measure)[:, -52:].T, [0])[0]
            assert outcomes[f"last_{measure}"][row] == last.mean()
            plain = np.nanmean(arm.series(measure)[:, -52:], axis=1).mean()
            assert last.mean() == pytest.approx(plain, rel=1e-12)
        quarters = means(arm.series("enps").T, range(0, 65, 13)).T.mean(axis=0)
        assert np.array_equal(outcomes["series_enps"][row], quarters, equal_nan=True)
    assert len({*outcomes["last_effort_front"]}) == 4


SCRIPT = """
import json, sys, warnings
warnings.filterwarnings("ignore", "ipyparallel not installed", UserWarning)
from ema_workbench import MultiprocessingEvaluator, Sample
from experiments.ema import ZwermModel

if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    model = ZwermModel(*told["settings"], uncertainties=["leading.pull"], levers=["example"])
    scenarios = [Sample(**each) for each in told["scenarios"]]
    with MultiprocessingEvaluator(model, n_processes=2) as evaluator:
        _, outcomes = evaluator.perform_experiments(
            scenarios, [Sample(**each) for each in told["policies"]], log_progress=True)
    print(json.dumps({name: values.tolist() for name, values in outcomes.items()}))
"""


def test_two_processes_give_the_same_bits(tmp_path):
    scenarios, policies = [{PULL: 0.25}, {PULL: 0.45}], [{EXAMPLE: 0.2}, {EXAMPLE: 0.9}]
    told = {"settings": TINY, "scenarios": scenarios, "policies": policies}
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), json.dumps(told)], capture_output=True, text=True,
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    model = ZwermModel(*TINY, uncertainties=["leading.pull"], levers=["example"])
    _, here = performed(
        model,
        scenarios=[Sample(**each) for each in scenarios],
        policies=[Sample(**each) for each in policies],
    )
    there = json.loads(done.stdout)
    assert there.keys() == here.keys()
    for name, values in here.items():
        assert np.array_equal(values, np.array(there[name], dtype=float), equal_nan=True), name


def test_a_model_can_be_sent_elsewhere(model):
    sent = pickle.loads(pickle.dumps(model))
    ours, theirs = (performed(each, policies=[ACTS])[1] for each in (model, sent))
    assert ours["last_nps_true"] == theirs["last_nps_true"]


def test_what_cannot_be_run_is_masked_and_the_others_go_on(caplog):
    shares = ["people.conditional", "people.free_riders", "people.triangle"]
    model = ZwermModel(*TINY, uncertainties=shares, levers=[])
    most = dict(zip(map(identifier, shares), (0.65, 0.3, 0.15), strict=True))
    usual = dict(zip(map(identifier, shares), (0.55, 0.23, 0.12), strict=True))
    with caplog.at_level(logging.WARNING):
        _, outcomes = performed(
            model, scenarios=[Sample("a", **usual), Sample("b", **most), Sample("c", **usual)]
        )
    found = outcomes["last_nps_true"]
    assert found.mask.tolist() == [False, True, False]
    assert found[0] == found[2]
    assert any("is more than 1; lower one" in each.message for each in caplog.records)


def test_levers_alone():
    model = ZwermModel(*TINY, uncertainties=[], levers=["example", "levers.example.start"])
    levers: Any = model.levers
    policies = list(LHSSampler().generate_samples(levers, 3))
    experiments, outcomes = performed(model, policies=policies)
    assert len(set(outcomes["last_effort_front"])) == 3
    assert experiments[EXAMPLE].between(0.0, 1.0).all()
    assert experiments["levers__example__start"].between(0, 64).all()


def test_both_are_sampled(model):
    experiments, outcomes = performed(model, scenarios=2, policies=2)
    assert experiments[PULL].nunique() == experiments[EXAMPLE].nunique() == 2
    assert len(set(outcomes["last_effort_front"])) == 4


def test_a_name_that_nobody_knows_is_refused(model, caplog):
    with caplog.at_level(logging.CRITICAL), pytest.raises(EMAError, match=f"did you mean {PULL}"):
        performed(model, scenarios=[Sample("typo", leading_pull=0.1)])


def test_an_outcome_that_nobody_knows_is_refused(model, caplog):
    model.outcomes = [ema_workbench.ScalarOutcome("last_npss")]
    with caplog.at_level(logging.CRITICAL), pytest.raises(EMAError, match="did you mean last_nps"):
        performed(model, policies=[ACTS])


def test_outcomes_of_ones_own(model):
    model.outcomes.clear()
    model.outcomes = [
        ema_workbench.ScalarOutcome("worst_nps", variable_name="last_nps_true", function=min),
        ema_workbench.ArrayOutcome("nps_by_seed", variable_name="last_nps_true"),
    ]
    _, outcomes = performed(model, policies=[ACTS])
    assert outcomes.keys() == {"worst_nps", "nps_by_seed"}
    assert outcomes["nps_by_seed"].shape == (1, 2)
    assert outcomes["worst_nps"][0] == outcomes["nps_by_seed"].min()


def test_seeds_are_replications(model):
    assert model.replications == [{"seed": 1}, {"seed": 2}]
    model.replications = 3
    assert model.replications == [{"seed": 1}, {"seed": 2}, {"seed": 3}]
    model.replications = [{"seed": 7}]
    _, outcomes = performed(model, policies=[ACTS])
    settings = (
        "engine.seeds=1",
        "engine.first_seed=7",
        "actions=[{lever: example, strength: 0.9}]",
    )
    arm = zwerm.run("nothing", *TINY, *settings).arms[0]
    last = means(arm.series("nps_true")[:, -52:].T, [0])
    assert outcomes["last_nps_true"][0] == last[0, 0]
    with pytest.raises(ParameterError, match="'seed': 1"):
        model.replications = [{"speed": 1}]


def test_an_org_list_shows_no_more_than_elsewhere(tmp_path):
    rows = ["top,", "a,top", "b,top", "c,a", "d,a", "e,b", "f,b", "g,b"]
    people = tmp_path / "people.csv"
    people.write_text("person,manager\n" + "\n".join(rows), encoding="utf-8")
    settings = (f"organisation.chart={people}", *TINY[1:], "organisation.customers=60")
    model = ZwermModel(*settings, levers=["example"])
    _, outcomes = performed(model, policies=[ACTS])
    assert np.isnan(zwerm.run("nothing", *settings).arms[0].series("effort_front")).all()
    assert np.isnan(outcomes["last_effort_front"]).all()
    assert not np.isnan(outcomes["last_nps_true"]).any()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"uncertainties": ["leading.pul"]}, "did you mean leading.pull"),
        ({"uncertainties": ["organisation"]}, "make a model of each"),
        ({"uncertainties": {"leading.pull": [0.3]}}, "type leading.pull=0.3 instead"),
        ({"uncertainties": {"leading.pull": {"low": 0.3, "high": 9.0}}}, "is out of range"),
        ({"levers": ["levers.example.start"]}, "needs a strength"),
        ({"levers": ["leading.pull"], "uncertainties": ["leading.pull"]}, "named twice"),
        ({"series": ["npss"]}, "did you mean nps"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(told, said):
    with pytest.raises(ParameterError, match=said):
        ZwermModel(*TINY, **told)


def test_values_become_categories():
    told = {"leading.pull": [0.3, 0.4], "organisation.structure": None}
    model = ZwermModel(*TINY, uncertainties=told, levers=[])
    found: Any = model.uncertainties
    structures = found["organisation__structure"].categories
    assert [each.value for each in structures] == ["tree", "circles", "hybrid"]
    experiments, _ = performed(model, scenarios=4)
    assert set(experiments[PULL]) <= {0.3, 0.4}


def test_nothing_else_needs_the_workbench(monkeypatch):
    listed = "import sys, experiments.run, zwerm; print('ema_workbench' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", listed], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert said.stdout.strip() == "False"
    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    monkeypatch.delitem(sys.modules, "experiments.ema")
    with pytest.raises(ImportError, match="uv sync --extra sensitivity"):
        importlib.import_module("experiments.ema")
    monkeypatch.undo()
    assert importlib.import_module("experiments.ema") is ema
