"""Can a sweep be stopped, killed, looked at, checked and compacted without losing a run?"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from sweeping import ROOT, RUNS, SMALL, TINY, Pool, faulty, in_order, left_behind, quiet, same

from experiments.cli import main
from experiments.settings import compose
from experiments.store import FolderError
from experiments.sweep import checking, compacting, files, manifest, parts, runner


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def work() -> runner.Work:
    return runner.work_of(compose([*SMALL, "engine.chunk=3"]))


@pytest.fixture(scope="module")
def whole(work: runner.Work, tmp_path_factory) -> pa.Table:
    """What an undisturbed sweep gives."""
    folder = tmp_path_factory.mktemp("whole") / "sweep"
    assert runner.run_sweep(work, folder, say=quiet).complete
    return in_order(folder)


# --- stopping and going on ------------------------------------------------------------------


def test_ctrl_c_pauses_and_the_same_call_goes_on(work: runner.Work, whole, elsewhere: Path):
    folder = elsewhere / "mine"
    outcome = runner.run_sweep(work, folder, quiet, faulty(chunk_3=[KeyboardInterrupt()]))
    assert outcome.interrupted
    assert 0 < outcome.done < RUNS
    assert len(list((folder / "parts").iterdir())) == outcome.done // 3
    again = runner.run_sweep(work, folder, quiet)
    assert again.complete
    assert same(folder, whole)
    pools: list[Pool] = []
    third = runner.run_sweep(work, folder, quiet, lambda *_: pools.append(Pool(work.job)))  # pyright: ignore
    assert third.complete
    assert not pools  # nothing was left to do


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_pauses_the_command(which: int, elsewhere: Path):
    if sys.platform == "win32":
        pytest.skip("signals between processes are another matter there")
    words = [*SMALL, "engine.seeds=10000", "engine.chunk=5"]
    command = [sys.executable, "-m", "experiments.cli", "sweep", *words]
    started = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list(Path("runs").glob("*/parts/*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.05)
    started.send_signal(which)
    printed, said = started.communicate(timeout=30)
    assert started.returncode == 130, said
    assert "the same command goes on" in said.splitlines()[-1]
    folder = next(Path("runs").iterdir())
    assert folder.name.startswith("sweep-small-")
    assert str(folder) in printed
    assert not left_behind(folder)
    assert checking.status(folder).done % 5 == 0
    assert not checking.status(folder).running


def test_broken_parts_are_set_aside_and_repeated(work: runner.Work, whole, elsewhere: Path):
    folder = elsewhere / "mine"
    runner.run_sweep(work, folder, quiet)
    first, second, third = (parts.path_of(folder, work.name(number)) for number in (0, 1, 2))
    first.write_bytes(first.read_bytes()[:-200])
    content = bytearray(second.read_bytes())
    content[200] ^= 1
    second.write_bytes(content)
    third.write_bytes(parts.path_of(folder, work.name(3)).read_bytes())
    (folder / "parts" / f".x{files.PARTIAL}").write_bytes(b"half")
    said: list[str] = []
    assert runner.run_sweep(work, folder, said.append).complete
    assert [each.split(" ")[0] for each in said] == [
        f"{path.name}.broken" for path in (first, second, third)
    ]
    assert "truncated or damaged" in said[0]
    assert "it holds chunk" in said[2]
    assert same(folder, whole)
    assert not left_behind(folder)
    first.write_bytes(b"")
    runner.run_sweep(work, folder, quiet)
    assert first.with_name(f"{first.name}.1.broken").exists()
    assert same(folder, whole)


def test_a_folder_of_something_else_is_refused_with_the_differences(
    work: runner.Work, elsewhere: Path, monkeypatch
):
    folder = elsewhere / "mine"
    runner.run_sweep(work, folder, quiet)
    for words, expected in (
        (["engine.seeds=20"], "engine.seeds was 2 and is 20"),
        (["leading.lead_bonus=0.2"], "leading.lead_bonus was 0.14 and is 0.2"),
        (["sweep.factors={leading.pull: [0.3, 0.45]}"], "sweep.factors"),
    ):
        other = runner.work_of(compose([*SMALL, *words]))
        with pytest.raises(FolderError, match=expected):
            runner.run_sweep(other, folder, quiet)
    told = replace(work.told, code={**work.told.code, "kernels": "0123456789abcdef"})
    with pytest.raises(FolderError, match=r"the code of the model was .* and is 0123456789abcdef"):
        runner.run_sweep(work._replace(told=told), folder, quiet)
    for unrelated in ("engine.threads=1", "engine.style=beamer", "sweep.about=else"):
        assert runner.run_sweep(
            runner.work_of(compose([*SMALL, unrelated])), folder, quiet
        ).complete
    (elsewhere / "full").mkdir()
    (elsewhere / "full" / "thesis.txt").write_text("mine")
    with pytest.raises(FolderError, match="holds no sweep"):
        runner.run_sweep(work, elsewhere / "full", quiet)
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace('"runs": 16', '"runs": 15'))
    with pytest.raises(FolderError, match="not what was written"):
        runner.run_sweep(work, folder, quiet)


def test_without_a_name_the_folder_is_the_same_each_time(capsys):
    assert main(["sweep", *SMALL]) == 0
    assert main(["sweep", *SMALL, "engine.threads=1"]) == 0
    assert len(list(Path("runs").iterdir())) == 1
    capsys.readouterr()
    assert main(["sweep", *SMALL, "engine.seeds=1"]) == 0
    assert "was begun otherwise: engine.seeds was 2 and is 1" in capsys.readouterr().err
    assert len(list(Path("runs").iterdir())) == 2


def test_a_folder_that_was_only_begun_goes_on(work: runner.Work, whole, elsewhere: Path):
    folder = elsewhere / "mine"
    folder.mkdir()
    (folder / "lock").touch()
    (folder / "design.parquet").write_bytes(b"half of it")
    (folder / ".config.yaml.partial").write_bytes(b"")
    assert runner.run_sweep(work, folder, quiet).complete
    assert same(folder, whole)
    assert not left_behind(folder)


def test_one_process_at_a_time(work: runner.Work, elsewhere: Path, monkeypatch):
    folder = elsewhere / "mine"
    runner.run_sweep(work, folder, quiet)
    holding = subprocess.Popen(
        [sys.executable, "-c", "import sys, time; from pathlib import Path\n"
         "from experiments.sweep import files\nwith files.locked(Path(sys.argv[1])):\n"
         "    print('mine', flush=True); time.sleep(60)", str(folder)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert holding.stdout is not None
    with holding.stdout:
        assert holding.stdout.readline() == "mine\n"
        assert checking.status(folder).running
        with pytest.raises(FolderError, match="another process is working in"):
            runner.run_sweep(work, folder, quiet)
        holding.kill()
        holding.wait()
    assert not checking.status(folder).running  # nothing stale is left
    assert runner.run_sweep(work, folder, quiet).complete


# --- looking, checking, compacting ----------------------------------------------------------


def test_status_and_verify_say_what_is_missing(work: runner.Work, elsewhere: Path, capsys):
    folder = elsewhere / "mine"
    runner.run_sweep(work, folder, quiet, faulty(chunk_3=[KeyboardInterrupt()]))
    found = checking.status(folder)
    assert (found.runs, found.done, found.left, found.failed) == (RUNS, 6, RUNS - 6, 0)
    assert main(["sweep", "status", str(folder)]) == 0
    assert "done 6, failed 0, left 10" in capsys.readouterr().out
    assert main(["sweep", "verify", str(folder)]) == 1
    assert "10 runs are missing" in capsys.readouterr().out
    runner.run_sweep(work, folder, quiet)
    assert main(["sweep", "verify", str(folder), "--rerun", "3"]) == 0
    assert "3 chunks run again gave the same bits" in capsys.readouterr().out


def test_verify_finds_what_was_changed(work: runner.Work, elsewhere: Path, monkeypatch):
    folder = elsewhere / "mine"
    runner.run_sweep(work, folder, quiet)
    opened, told = runner.opened(folder)
    assert checking.verify(opened, told, folder, 2).whole
    path = parts.path_of(folder, work.name(1))
    before = path.read_bytes()
    # somebody who writes a correct file with other numbers
    part = parts.load(folder, work.name(1), work.schema)
    place = part.table.schema.get_field_index("last_effort")
    field = part.table.schema.field(place)
    changed = part.table.set_column(place, field, pa.array([0.5, 0.5, 0.5]))
    parts.save(folder, work.name(1), changed, part.about)
    assert not checking.verify(opened, told, folder, 6).whole
    about = {**part.about, "processor": "another"}
    parts.save(folder, work.name(1), part.table, about)
    verdict = checking.verify(opened, told, folder)
    assert verdict.whole
    assert "2 types of processor" in verdict.notes[0]
    (folder / "parts" / "stranger.parquet").write_bytes(before)
    assert "stranger.parquet is no part of this sweep" in str(
        checking.verify(opened, told, folder).faults
    )
    design = folder / "design.parquet"
    design.write_bytes(design.read_bytes()[:-1])
    with pytest.raises(FolderError, match=r"design\.parquet"):
        runner.opened(folder)


def test_compacted_runs_are_in_order_and_the_sweep_knows(
    work: runner.Work, whole, elsewhere: Path, capsys, monkeypatch
):
    folder = elsewhere / "mine"
    runner.run_sweep(work, folder, quiet, faulty(chunk_3=[KeyboardInterrupt()]))
    assert main(["sweep", "compact", str(folder)]) == 2
    assert "10 of 16 runs are missing" in capsys.readouterr().err
    runner.run_sweep(work, folder, quiet)
    monkeypatch.setattr(compacting, "ROWS", 5)  # several pieces
    kept = parts.path_of(folder, work.name(2)).read_bytes()
    assert main(["sweep", "compact", str(folder)]) == 0
    table = parts.runs_table(folder)
    assert parts.bits(table) == parts.bits(whole)
    assert not list((folder / "parts").iterdir())
    assert main(["sweep", "verify", str(folder), "--rerun", "2"]) == 0
    assert main(["sweep", "status", str(folder)]) == 0
    assert "compacted" in capsys.readouterr().out
    parts.path_of(folder, work.name(2)).write_bytes(kept)  # as if killed while parts go
    assert runner.run_sweep(work, folder, quiet).complete
    assert not list((folder / "parts").iterdir())
    content = bytearray((folder / "runs.parquet").read_bytes())
    content[300] ^= 1
    (folder / "runs.parquet").write_bytes(content)
    assert main(["sweep", "verify", str(folder)]) == 1


def test_compacting_a_broken_part_removes_nothing(work: runner.Work, elsewhere: Path):
    folder = elsewhere / "mine"
    runner.run_sweep(work, folder, quiet)
    path = parts.path_of(folder, work.name(4))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(FolderError, match="is broken"):
        compacting.compact(work, folder)
    assert len(list((folder / "parts").iterdir())) == 6
    assert not (folder / "runs.parquet").exists()
    assert not left_behind(folder)


def test_the_design_comes_back_as_it_was(elsewhere: Path):
    (elsewhere / "p.csv").write_text(
        "levers.example.strength,organisation.structure\n0.1,tree\n,circles\nnan,\nabc,tree\n"
    )
    work = runner.work_of(compose([*TINY, "sweep=rows", "sweep.file=p.csv"]))
    runner.run_sweep(work, elsewhere / "mine", quiet)
    opened, _ = runner.opened(elsewhere / "mine")
    for point in range(4):
        for arm in work.base.arms:
            results = []
            for each in (work, opened):
                try:
                    results.append(each.base.told(arm, each.design.point(point)))
                except ValueError as error:
                    results.append(str(error))
            assert results[0] == results[1]
    assert manifest.design_sum(manifest.design_table(opened.design)) == work.told.design


def test_a_folder_of_older_code_can_be_looked_at_but_not_gone_on_with(
    work: runner.Work, whole, elsewhere: Path, monkeypatch
):
    folder = elsewhere / "mine"
    runner.run_sweep(work, folder, quiet)
    newer = {**manifest.code(), "numba": "99"}
    monkeypatch.setattr(manifest, "code", lambda: newer)
    opened, told = runner.opened(folder)
    with pytest.raises(FolderError, match=r"numba was .* and is 99"):
        runner.run_sweep(opened, folder, quiet)
    assert checking.verify(opened, told, folder).whole
    repeated = checking.verify(opened, told, folder, 1)
    assert "nothing was run again: numba was" in repeated.faults[0]
    compacting.compact(opened, folder)
    assert same(folder, whole)
