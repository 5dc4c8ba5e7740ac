"""Is nothing of fewer than five listed people kept, and is a summary right by hand?"""

from pathlib import Path

import numpy as np
import pytest
from conftest import TINY
from pyarrow import parquet

from experiments import store
from experiments.run import hidden_levels, perform, veil
from experiments.settings import compose
from experiments.summary import mean_known, number, yearly
from sim.measures import COLUMN, LEVEL_MEASURES, MEASURES
from sim.structure import from_bosses

# --- org lists ------------------------------------------------------------------------------


@pytest.fixture
def org_list(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    bosses = {0: "", **dict.fromkeys(range(1, 5), "p0")}
    bosses |= {row: f"p{1 + row % 4}" for row in range(5, 14)}
    rows = [f"p{row},{boss}" for row, boss in bosses.items()]
    path.write_text("person,manager\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_nothing_is_shown_of_fewer_than_five_listed_people(org_list: Path, tmp_path: Path):
    settings = [f"organisation.chart={org_list}", *TINY[1:]]
    done = perform(compose(settings), settings, tmp_path / "run")
    arm = done.study.arms[0]
    counts = np.bincount(from_bosses(np.array(arm.told.bosses)).level)
    assert list(counts) == [1, 4, 9]
    assert np.isnan(arm.levels[:, :, :2]).all()
    assert not np.isnan(arm.levels[:, :, 2]).all()
    rows = parquet.read_table(done.folder / "levels.parquet").to_pylist()
    assert all(row["effort"] is None for row in rows if row["level"] < 2)
    for path in done.folder.rglob("*"):
        assert path.is_dir() or b"p13" not in path.read_bytes(), path


def test_few_hidden_people_hide_the_next_level_too(tmp_path: Path):
    rows = ["p0,", "p1,p0", "p2,p0", *(f"p{row},p{1 + row % 2}" for row in range(3, 12))]
    (tmp_path / "people.csv").write_text("person,manager\n" + "\n".join(rows), encoding="utf-8")
    settings = [f"organisation.chart={tmp_path / 'people.csv'}", *TINY[1:-1]]
    done = perform(compose(settings), settings, tmp_path / "run")
    arm = done.study.arms[0]
    assert np.isnan(arm.levels).all()
    assert np.isnan(arm.series("effort_front")).all()
    assert not np.isnan(arm.series("effort")).any()
    assert done.undrawn == ""


def test_hidden_levels_by_hand():
    for people, expected in (
        ([1, 4, 9], [True, True, False]),
        ([1, 2, 9], [True, True, True]),
        ([1, 7, 30], [True, True, False]),
        ([1, 7, 7, 30], [True, True, False, False]),
        ([5, 6, 7], [False, False, False]),
        ([4, 0, 3, 20], [True, True, True, False]),
    ):
        assert hidden_levels(np.array(people)).tolist() == expected, people


def test_nothing_about_fewer_than_five_can_be_worked_out():
    chance = np.random.default_rng(3)
    shown = 0
    for _ in range(300):
        told = np.sort(chance.integers(0, 4, chance.integers(5, 40)))
        levels = np.unique(told, return_inverse=True)[1].astype(np.int32)
        front = np.flatnonzero(chance.random(levels.size) < (levels + 1) / levels.max(initial=1))
        structure = from_bosses(np.arange(levels.size) - 1)._replace(
            level=levels, front_staff=front.astype(np.int32)
        )
        weekly = np.zeros((1, 1, len(MEASURES)))
        means = np.zeros((1, 1, levels.max() + 1, len(LEVEL_MEASURES)))
        veil(structure, weekly, means)
        known = [levels == each for each in np.flatnonzero(~np.isnan(means[0, 0, :, 0]))]
        hidden = ~np.any(known, axis=0) if known else np.ones(levels.size, dtype=bool)
        known += [hidden] if hidden.any() else []
        assert all(each.sum() >= 5 for each in known)
        if np.isnan(weekly[0, 0, COLUMN["effort_front"]]):
            continue
        shown += 1
        serves = np.isin(np.arange(levels.size), front)
        for some in range(2 ** len(known)):
            together = np.zeros(levels.size, dtype=bool)
            for place, each in enumerate(known):
                together |= each & bool(some >> place & 1)
            assert (serves ^ together).sum() == 0 or (serves ^ together).sum() >= 5
    assert shown > 30


def test_a_changed_org_list_is_noticed(org_list: Path, tmp_path: Path):
    settings = [f"organisation.chart={org_list}", *TINY[1:]]
    folder = perform(compose(settings), settings, tmp_path / "run").folder
    assert store.repeat(folder).identical
    org_list.write_text(org_list.read_text(encoding="utf-8") + "p14,p1\n", encoding="utf-8")
    with pytest.raises(store.FolderError, match="not the org list it was"):
        store.repeat(folder)


# --- summaries by hand ----------------------------------------------------------------------


def test_mean_known_by_hand():
    values = np.array([[1.0, np.nan, 3.0], [np.nan, np.nan, np.nan]])
    assert mean_known(values, axis=1)[0] == 2.0
    assert np.isnan(mean_known(values, axis=1)[1])


def test_yearly_by_hand():
    series = np.concatenate([np.full(52, 2.0), np.full(10, 5.0)])[np.newaxis]
    assert yearly(series).tolist() == [[2.0, 5.0]]


def test_number():
    assert number(float("nan")) is None
    assert number(1 / 3) == 0.333333
