"""Faults that must not become numbers: another org list, a passing fault, runs of another chunk."""

from pathlib import Path

import pytest
from sweeping import RUNS, SMALL, quiet

from experiments.settings import compose
from experiments.store import FolderError
from experiments.sweep import chunk, parts, runner
from experiments.sweep.rows import read_rows

LISTED = [
    "sweep.method=grid", "sweep.factors={people.value: [0.3, 0.6]}", "organisation.customers=20",
    "organisation.chart=people.csv", "weeks=4", "engine.seeds=1", "engine.chunk=1",
]  # fmt: skip


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(people: int) -> runner.Work:
    rows = [f"p{row},p0,A" for row in range(1, people)]
    Path("people.csv").write_text("\n".join(["person,manager,department", "p0,,A", *rows]) + "\n")
    return runner.work_of(compose(LISTED))


def numbers(folder: Path) -> list[float]:
    return parts.runs_table(folder).column("last_effort").to_pylist()


def test_another_org_list_at_the_same_path_is_read_anew():
    small, large = Path("small"), Path("large")
    assert runner.run_sweep(listed(12), small, quiet).complete
    assert runner.run_sweep(listed(30), large, quiet).complete
    assert numbers(small) != numbers(large)


def test_a_folder_is_not_gone_on_with_by_another_org_list():
    folder = Path("mine")
    runner.run_sweep(listed(12), folder, quiet)
    listed(30)
    with pytest.raises(FolderError, match="not the org list"):
        runner.opened(folder)


def test_a_passing_fault_is_no_failed_run(monkeypatch):
    work, usual, faults = runner.work_of(compose(SMALL)), chunk.spin_up, [ImportError("once")]

    def now_and_then(*told):
        if faults:
            raise faults.pop()
        return usual(*told)

    monkeypatch.setattr(chunk, "spin_up", now_and_then)
    outcome = runner.run_sweep(work, Path("mine"), quiet)
    assert (outcome.done, outcome.failed, faults) == (RUNS, 0, [])


def test_runs_of_another_chunk_are_set_aside_and_repeated():
    work, folder = runner.work_of(compose([*SMALL, "engine.chunk=3"])), Path("mine")
    runner.run_sweep(work, folder, quiet)
    one, other = (parts.load(folder, work.name(number), work.schema) for number in (0, 1))
    parts.save(folder, work.name(0), other.table, one.about)
    said: list[str] = []
    assert runner.run_sweep(work, folder, said.append).complete
    assert "not those of its chunk" in said[0]
    assert parts.load(folder, work.name(0), work.schema).table.equals(one.table)


def test_a_line_of_separators_is_a_point_like_the_base():
    Path("rows.csv").write_text("leading.pull;people.value\n;\n0,3;0,5\n;\n\n")
    found = read_rows(Path("rows.csv"))
    assert found.columns["leading.pull"] == [None, "0,3"]
