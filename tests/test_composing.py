"""Is what is composed once, and merged part by part, what Hydra makes of it each time?"""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from omegaconf import DictConfig, OmegaConf

from experiments.composing import _of_files, composed
from experiments.differences import LISTS, plain, shared_of, with_differences
from experiments.listing import listed
from experiments.schema import register
from experiments.settings import arm_settings, compose, resolved, restored
from scenarios.library import CONF
from sim.parameters import ParameterError


def test_a_file_that_is_edited_is_composed_anew(tmp_path: Path, monkeypatch):
    folder = tmp_path / "conf"
    shutil.copytree(CONF, folder, ignore=shutil.ignore_patterns("text", "story", "*.csv"))
    monkeypatch.setattr("experiments.composing.CONF", folder)
    assert compose(["scenario=copy_of_a_copy"]).years == 5
    scenario = folder / "scenario" / "copy_of_a_copy.yaml"
    scenario.write_text(scenario.read_text("utf-8").replace("years: 5", "years: 7"), "utf-8")
    assert compose(["scenario=copy_of_a_copy"]).years == 7


def test_files_below_a_group_count_and_lock_files_do_not(tmp_path: Path, monkeypatch):
    folder = tmp_path / "conf"
    shutil.copytree(CONF, folder, ignore=shutil.ignore_patterns("text", "story", "*.csv"))
    monkeypatch.setattr("experiments.composing.CONF", folder)
    (folder / "scenario" / "mine").mkdir()
    base = folder / "scenario" / "mine" / "base.yaml"
    base.write_text("title: before\n", "utf-8")
    (folder / "scenario" / "zz.yaml").write_text("defaults: [mine/base@_here_, _self_]\n", "utf-8")
    (folder / "scenario" / ".#zz.yaml").symlink_to(tmp_path / "nowhere")
    assert composed(["scenario=zz"]).scenario.title == "before"
    base.write_text("title: and after\n", "utf-8")
    assert composed(["scenario=zz"]).scenario.title == "and after"


def test_a_broken_file_of_ones_own_is_named_with_its_line(tmp_path: Path, monkeypatch):
    folder = tmp_path / "conf"
    shutil.copytree(CONF, folder, ignore=shutil.ignore_patterns("text", "story", "*.csv"))
    for module in ("experiments.composing", "scenarios.library"):
        monkeypatch.setattr(f"{module}.CONF", folder)
    mine = folder / "scenario" / "mine.yaml"
    mine.write_text("scenario:\n  name: mine\n  main\n  against: x\n", "utf-8")
    for reading in (lambda: compose(["scenario=mine"]), lambda: listed("scenarios")):
        with pytest.raises(ParameterError) as refused:
            reading()
        assert str(refused.value).startswith(f"{mine}, line 4: this is not valid YAML")
    mine.write_text("", "utf-8")
    with pytest.raises(ParameterError, match="holds no settings"):
        listed("scenarios")
    mine.write_text("# @package _global_\nscenario:\n  title: mine\n", "utf-8")
    with pytest.raises(ParameterError, match="has no name; write name: ours"):
        compose(["scenario=mine"])


def test_several_may_compose_at_once(monkeypatch):
    monkeypatch.setattr("experiments.composing._of_files", _of_files.__wrapped__)
    chosen = ["retail", "insurance", "default", "hotel"] * 2
    with ThreadPoolExecutor(4) as pool:
        names = list(pool.map(lambda name: composed([f"organisation={name}"]), chosen))
    assert [each.organisation.name for each in names] == chosen


@pytest.mark.parametrize("arm", [{"off": [["mood"]]}, {"rivals": [3]}, {"actions": ["example"]}])
def test_what_cannot_stand_in_a_list_is_refused(arm: dict[str, Any]):
    with pytest.raises(ParameterError, match="; write"):
        with_differences(shared_of(compose(["scenario=rivals"])), arm)


def test_what_is_composed_twice_is_not_shared():
    first, second = compose(["organisation=retail"]), compose(["organisation=retail"])
    first.leading.pull = 0.123
    first.off = ["culture"]
    assert second.leading.pull != 0.123
    assert second.off == []
    assert compose(["organisation=retail"]) == second


@pytest.mark.parametrize(
    "settings",
    [
        ["scenario=zappos", "years=3", "off=[mood]", "leading.pull=0.4"],
        ["leading.pull=0.4", "scenario=rivals", "leading.pull=0.5", "engine=quick"],
        ["actions=[{lever: words, strength: 0.2}]", "scenario={main: nothing}", "scenario=bol"],
        ["sweep=timing", "++sweep.factors={leading.pull: {low: 0.3, high: 0.4}}"],
    ],
)
def test_settings_are_put_together_as_hydra_does(settings: list[str]):
    register()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        expected = hydra_compose("config", overrides=settings)
    assert composed(settings) == expected
    assert str(composed(settings)) == str(expected)


@pytest.mark.parametrize("name", ["zappos", "copy_of_a_copy", "means_or_consequence", "rivals"])
def test_an_arm_is_what_all_share_with_its_differences_merged(name: str):
    cfg = compose([f"scenario={name}", "off=[surveys]"])
    for arm, node in cfg.scenario.arms.items():
        differences = {key: node[key] for key in node if key != "about"}
        for key in set(LISTS) & differences.keys():
            differences[key] = [*cfg[key], *differences[key]]
        whole = plain(cast(DictConfig, OmegaConf.merge(cfg, differences)))
        about, told = with_differences(shared_of(cfg), node)
        assert about == node.about
        assert {part: told[part] for part in whole} == whole, arm


def test_a_value_that_stands_for_another_follows_what_an_arm_changes():
    linked = "actions=[{lever: example, strength: ${leading.pull}}]"
    arm = "++scenario.arms={one: {leading: {pull: 0.125}}, other: {}}"
    cfg = composed([linked, arm])
    one, other = (told["actions"][0]["strength"] for _, told in arm_settings(cfg).values())
    assert (one, other) == (0.125, cfg.leading.pull)


def test_what_is_restored_twice_is_not_shared():
    kept = resolved(compose(["organisation=retail"]))
    first, second = restored(kept), restored(kept)
    first.leading.pull = 0.123
    assert second == restored(kept)
    assert second.leading.pull != 0.123
    kept["leading"]["pull"] = 0.25
    assert restored(kept).leading.pull == 0.25
