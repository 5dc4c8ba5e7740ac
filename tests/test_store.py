"""Is a run folder whole, honest and repeatable, and is nothing left when something goes wrong?"""

import csv
import errno
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from conftest import TINY
from pyarrow import parquet

from experiments import store
from experiments.results import Study
from experiments.run import perform, run_study
from experiments.settings import compose, engine_of, study_plan
from sim.measures import COLUMN, LEVEL_MEASURES, MEASURES

SETTINGS = ["scenario=copy_of_a_copy", *TINY]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Study, Path]:
    folder = tmp_path_factory.mktemp("runs") / "one"
    done = perform(compose(SETTINGS), SETTINGS, folder)
    return done.study, done.folder


@pytest.fixture
def copied(made, tmp_path: Path) -> Path:
    shutil.copytree(made[1], tmp_path / "copy")
    return tmp_path / "copy"


def fill(folder: Path) -> None:
    (folder / "inside.txt").write_text("x", encoding="utf-8")


# --- what is in it --------------------------------------------------------------------------


def test_the_folder_holds_what_is_promised(made):
    found = {path.name for path in made[1].iterdir()}
    assert found == {
        "config.yaml", "manifest.json", "summary.json", "weeks.parquet", "weeks.csv",
        "weeks.units.csv", "levels.parquet",
    }  # fmt: skip
    assert [path.name for path in made[1].parent.iterdir()] == ["one"]


def test_weeks_are_tidy_and_every_column_has_a_unit(made):
    study, folder = made
    table = parquet.read_table(folder / "weeks.parquet")
    assert table.column_names == ["arm", "seed", "week", *(each.name for each in MEASURES)]
    assert table.num_rows == len(study.arms) * 2 * 104
    assert all(field.metadata[b"unit"] for field in table.schema)
    assert table.schema.field("nps").metadata[b"unit"] == b"points"
    chosen = [
        row["effort"]
        for row in table.to_pylist()
        if row["arm"] == "words" and row["seed"] == 2 and row["week"] == 77
    ]
    assert chosen == [study.arm("words").weekly[1, 77, COLUMN["effort"]]]
    assert table["nps"].null_count == table.num_rows - len(study.arms) * 2 * 8


def test_csv_says_the_same_as_parquet(made):
    rows = parquet.read_table(made[1] / "weeks.parquet").to_pylist()
    with (made[1] / "weeks.csv").open(encoding="utf-8", newline="") as opened:
        texts = list(csv.DictReader(opened))
    assert len(texts) == len(rows)
    for text, row in zip(texts[:300], rows[:300], strict=True):
        assert text["arm"] == row["arm"]
        for each in MEASURES:
            assert (float(text[each.name]) if text[each.name] else None) == row[each.name]
    with (made[1] / "weeks.units.csv").open(encoding="utf-8", newline="") as opened:
        assert [row["column"] for row in csv.DictReader(opened)] == list(rows[0])


def test_levels_are_tidy(made):
    study, folder = made
    table = parquet.read_table(folder / "levels.parquet")
    levels = study.arms[0].levels.shape[2]
    assert table.num_rows == len(study.arms) * 2 * 104 * levels
    row = table.slice((104 + 30) * levels + 1, 1).to_pylist()[0]
    assert (row["arm"], row["seed"], row["week"], row["level"]) == ("nothing", 2, 30, 1)
    assert row["effort"] == study.arms[0].levels[1, 30, 1, 0]
    assert [each.name for each in LEVEL_MEASURES] == table.column_names[-len(LEVEL_MEASURES) :]


def test_summary_is_what_the_numbers_say(made):
    study, folder = made
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert set(summary["arms"]) == {arm.name for arm in study.arms}
    last = {arm.name: arm.series("effort")[:, -52:].mean(axis=1) for arm in study.arms}
    found = summary["arms"]["example"]["measures"]["effort"]
    assert found["median"] == pytest.approx(np.median(last["example"]), rel=1e-5)
    difference = summary["difference"]
    assert (difference["of"], difference["minus"]) == ("example", "nothing")
    paired = last["example"] - last["nothing"]
    effort = difference["measures"]["effort"]
    assert effort["median"] == pytest.approx(np.median(paired), rel=1e-5)
    assert effort["low"] == pytest.approx(np.percentile(paired, 5), rel=1e-5)
    assert effort["share_above_zero"] == (paired > 0).mean()
    costs = summary["arms"]["example"]["levers_cost"]
    assert costs["hours"] == pytest.approx(study.arm("example").costs[:, 0].sum(), rel=1e-5)
    assert costs["hours_a_year"] == pytest.approx(costs["hours"] / 2, rel=1e-5)


def test_manifest_says_what_the_bits_depend_on(made):
    manifest = store.verified(made[1])
    assert manifest["seeds"] == [1, 2]
    assert manifest["overrides"] == SETTINGS
    for name in ("kernels", "python", "numpy", "numba", "processor", "started", "finished"):
        assert manifest[name]
    assert set(manifest["files"]) == {path.name for path in made[1].iterdir()} - {"manifest.json"}


def test_config_is_resolved_and_complete(made):
    content = yaml.safe_load((made[1] / "config.yaml").read_text(encoding="utf-8"))
    assert content["weeks"] == 104
    assert content["leading"]["pull"] == 0.37
    assert "${" not in (made[1] / "config.yaml").read_text(encoding="utf-8")


def test_only_figures_that_tell_the_story_are_kept(tmp_path: Path):
    settings = ["scenario=copy_of_a_copy", *TINY[:-1], "scenario.figures=[fan]"]
    folder = perform(compose(settings), settings, tmp_path / "drawn").folder
    assert {path.name for path in (folder / "figures").iterdir()} == {"fan.png", "fan.svg"}
    store.verified(folder)


# --- all or nothing -------------------------------------------------------------------------


def test_writing_takes_the_name_at_the_end(tmp_path: Path):
    target = tmp_path / "a" / "b"
    with store.writing(target) as partial:
        fill(partial)
        assert not target.exists()
        assert partial.parent == target.parent
    assert [path.name for path in target.iterdir()] == ["inside.txt"]
    assert [path.name for path in target.parent.iterdir()] == ["b"]


@pytest.mark.parametrize("problem", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_when_something_goes_wrong(tmp_path: Path, problem):
    def work() -> None:
        with store.writing(tmp_path / "a" / "b") as partial:
            fill(partial)
            raise problem

    with pytest.raises(problem):
        work()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(parquet, "write_table", full)
    with pytest.raises(store.WriteError, match="No space left"):
        perform(compose(SETTINGS), SETTINGS, tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_taken(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    with store.writing(tmp_path / "empty") as partial:
        fill(partial)
    assert (tmp_path / "empty" / "inside.txt").is_file()


def test_what_is_there_is_never_overwritten(tmp_path: Path):
    fill(tmp_path)
    with pytest.raises(store.FolderError, match="not empty"), store.writing(tmp_path):
        pytest.fail("not reached")
    with (
        pytest.raises(store.FolderError, match="is a file"),
        store.writing(tmp_path / "inside.txt"),
    ):
        pytest.fail("not reached")
    below = tmp_path / "inside.txt" / "deep" / "er"
    with pytest.raises(store.FolderError, match="cannot"), store.writing(below):
        pytest.fail("not reached")
    assert [path.name for path in tmp_path.iterdir()] == ["inside.txt"]


def test_an_unwritable_folder_is_refused_before_anything_runs(tmp_path: Path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(store, "mkdtemp", refuse)
    monkeypatch.setattr("experiments.run.run_study", lambda *_: pytest.fail("not reached"))
    with pytest.raises(
        store.FolderError, match=r"Permission denied.*--out FOLDER or engine.output="
    ):
        perform(compose(SETTINGS), SETTINGS, tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_new_folders_do_not_collide(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = store.new_folder("a:b c")
    first.mkdir(parents=True)
    assert ":" not in first.name
    assert " " not in first.name
    assert store.new_folder("a:b c") != first


# --- repeating ------------------------------------------------------------------------------


def test_a_repeated_study_is_bit_identical(made):
    again = store.repeat(made[1])
    assert again.identical
    assert again.reasons == ()
    assert store.bits_of(again.study) == store.bits_of(made[0])


def test_threads_and_figures_do_not_move_a_bit(made):
    cfg = compose([*SETTINGS, "engine.threads=1"])
    assert store.bits_of(run_study(study_plan(cfg), engine_of(cfg))) == store.bits_of(made[0])


def test_another_bit_is_noticed(made):
    study = made[0]
    weekly = study.arms[0].weekly.copy()
    weekly[0, 5, 5] = np.nextafter(weekly[0, 5, 5], 1.0)
    before = store.bits_of(study)
    study.arms[0].weekly[...], weekly[...] = weekly.copy(), study.arms[0].weekly.copy()
    try:
        assert store.bits_of(study) != before
    finally:
        study.arms[0].weekly[...] = weekly


def reseal(folder: Path, **changes: object) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8")) | changes
    manifest["manifest"] = store._seal(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_why_numbers_may_differ_is_said(copied: Path):
    reseal(copied, bits="0" * 64, kernels="older", processor="i386")
    again = store.repeat(copied)
    assert not again.identical
    assert any("code of the model was older" in reason for reason in again.reasons)
    assert any("processor type was i386" in reason for reason in again.reasons)


def edit_weeks(folder: Path) -> None:
    with (folder / "weeks.csv").open("a", encoding="utf-8") as opened:
        opened.write("\n")


def truncate(name: str):
    def cut(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])

    return cut


def edit_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace("copy_of", "part_of"), encoding="utf-8"
    )


SPOILED = [
    (edit_weeks, "weeks.csv is not what was written"),
    (truncate("weeks.parquet"), "weeks.parquet is not what was written"),
    (truncate("config.yaml"), "config.yaml is not what was written"),
    (truncate("manifest.json"), "manifest.json is not whole"),
    (edit_manifest, "manifest.json is not what was written"),
    (lambda folder: (folder / "summary.json").unlink(), "summary.json is missing"),
    (lambda folder: (folder / "manifest.json").unlink(), "it is no run folder"),
    (lambda folder: (folder / "manifest.json").write_text("[1]"), "was not made by zwerm"),
    (lambda folder: (folder / "manifest.json").write_text("{}"), "was not made by zwerm"),
    (lambda folder: reseal(folder, made_by="other"), "was not made by zwerm"),
    (lambda folder: reseal(folder, kind="sweep"), "is a sweep; `zwerm sweep verify"),
    (
        lambda folder: (folder / "manifest.json").write_text(
            '{"made_by": "zwerm", "command": "zwerm lab leader_or_none"}'
        ),
        "was not left behind by `zwerm run`; it was made by: zwerm lab leader_or_none",
    ),
    (lambda folder: reseal(folder, format=99), "has format 99; this version reads 1"),
    (lambda folder: reseal(folder, files={}), "config.yaml is missing"),
    (lambda folder: reseal(folder, files={"../x": "0"}), "lies outside"),
    (lambda folder: (folder / "manifest.json").write_bytes(b"\xff\xfe\x00"), "is not whole"),
]


@pytest.mark.parametrize(("spoil", "expected"), SPOILED)
def test_a_spoiled_folder_is_refused(copied: Path, spoil, expected: str):
    spoil(copied)
    with pytest.raises(store.FolderError) as caught:
        store.repeat(copied)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_configuration_is_read_and_never_run(copied: Path):
    for text, expected in (
        ("!!python/object/apply:os.system [echo]", "not a readable configuration"),
        ("leading: {pull: '${oc.env:HOME}'}", "not a resolved configuration"),
        ("- 1", "not a resolved configuration"),
    ):
        (copied / "config.yaml").write_text(text, encoding="utf-8")
        files = {"config.yaml": store._sha256(copied / "config.yaml")}
        reseal(copied, files=files)
        with pytest.raises(store.FolderError, match=expected):
            store.repeat(copied)


def test_no_folder_is_refused(tmp_path: Path):
    with pytest.raises(store.FolderError, match="is no folder"):
        store.repeat(tmp_path / "none")
