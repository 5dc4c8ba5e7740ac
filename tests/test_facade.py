"""The facade: what a notebook types."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import zwerm
from experiments.store import FolderError
from sim.parameters import ParameterError

ROOT = Path(__file__).parent.parent
LOSSES = {"remembering.loss_ratio": 2.0}
TINY = ("organisation.people=57", "organisation.customers=200", "engine.seeds=2", "years=1",
        "engine.figures=false")  # fmt: skip


def test_run_and_difference():
    study = zwerm.run("nothing", *TINY, "actions=[{lever: promise, strength: 1.0}]")
    assert study.arm(study.main).weekly.shape[:2] == (2, 52)
    assert np.nanmean(study.difference("expectation")) == pytest.approx(
        np.nanmean(study.arm(study.main).series("expectation"))
        - np.nanmean(study.arm(study.against).series("expectation"))
    )
    with pytest.raises(KeyError, match="no arm"):
        study.arm("nobody")


def test_compare_two_scenarios():
    study = zwerm.compare("zappos:circles", "nothing", overrides=TINY)
    assert study.difference("nps_true").shape == (2, 52)


def test_an_organisation_to_step_and_ask():
    firm = zwerm.organisation("organisation=small", seed=3)
    firm.run_for(8)
    ledger = firm.employees[1].why()
    assert ledger.total == pytest.approx(firm.employees[1].effort, abs=1e-12)


def test_bad_names_are_refused():
    with pytest.raises(ParameterError, match="did you mean zappos"):
        zwerm.run("zapos")


def test_a_strangers_package_is_refused_clearly(tmp_path: Path):
    """As if another distribution had installed `agents` ahead of ours."""
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "__init__.py").write_text("")
    code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]; import zwerm"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode != 0
    assert "not Zwerm's own: agents" in done.stderr
    assert "openai-agents" in done.stderr


def test_a_sweep_runs_goes_on_and_opens(tmp_path: Path):
    settings = ("sweep.method=grid", "sweep.factors={leading.pull: [0.3, 0.4]}", *TINY[:3],
                "weeks=4", "sweep.measures=[effort]")  # fmt: skip
    sweep = zwerm.sweep("", *settings, folder=tmp_path / "tiny")
    assert sweep.complete
    assert sweep.frame(["effort"]).shape == (4, 5)
    again = zwerm.sweep("", *settings, folder=tmp_path / "tiny")
    assert again.frame(["effort"]).equals(sweep.frame(["effort"]))
    (tmp_path / "copy").mkdir()
    for name in ("config.yaml", "design.parquet", "manifest.json"):
        shutil.copy(tmp_path / "tiny" / name, tmp_path / "copy")
    repeated = zwerm.sweep(folder=tmp_path / "copy")
    assert repeated.frame().equals(sweep.frame())
    assert zwerm.opened(tmp_path / "tiny").series("effort").sizes["quarter"] == 1


def test_a_bad_sweep_is_refused(tmp_path: Path):
    with pytest.raises(ParameterError, match="did you mean timing"):
        zwerm.sweep("timing_", folder=tmp_path / "x")
    with pytest.raises(FolderError, match="is no folder"):
        zwerm.opened(tmp_path / "x")


def test_rows_are_measured_with_other_numbers():
    usual = zwerm.validate("T05").rows[0]
    assert usual.hit == "hit"
    found = [zwerm.validate("N14", settings=each).rows[0].judged for each in ({}, LOSSES)]
    assert found[0] != found[1]
    with pytest.raises(ParameterError, match="N12"):
        zwerm.validate("N1222")


def test_a_game_is_played():
    played = zwerm.lab("leader_or_none", seeds=2)
    assert played.arm("fixed leader").rounds["contribution"].shape[0] == 2


def test_a_setting_that_the_scenario_puts_aside_is_refused():
    with pytest.raises(ParameterError, match=r"has its own organisation\.structure"):
        zwerm.organisation("scenario=zappos", "organisation.structure=tree")
    assert zwerm.organisation("organisation.structure=circles", "weeks=4").structure == "circles"


def test_a_market_holds_every_firm():
    small = ("organisation.people=40", "organisation.customers=300", "years=2", "engine.seeds=2")
    study = zwerm.market("rivals", *small, arm="nothing")
    assert [arm.name for arm in study.arms] == ["our firm", "rival 1", "rival 2"]
    assert study.arm("rival 2").series("share").shape == (2, 104)
