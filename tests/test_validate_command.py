"""Does `zwerm validate` answer, keep what is done and say what no longer passes?"""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from experiments.cli import BAD_INPUT, FAILED, OK, STOPPED, main
from experiments.validate import baseline, document
from experiments.validate.folder import COLUMNS, entry
from experiments.validate.running import Row
from scenarios.targets import patterns, targets, unmeasured
from scenarios.targets.judging import judge
from scenarios.targets.pattern import Pattern

QUICK = ["T01", "T04", "T09", "N16", "N20"]


def made_up(monkeypatch: pytest.MonkeyPatch, name: str, value: float) -> None:
    fake = Pattern(name, lambda s, f, n: np.full(n, value), 2, 1.0, "made up")
    monkeypatch.setitem(patterns(), name, fake)


def test_a_validation_leaves_a_folder_and_a_table(tmp_path: Path, capsys):
    out, more, table = tmp_path / "out", tmp_path / "rows.json", tmp_path / "rows.csv"
    asked = [*QUICK, *list(unmeasured())[:1]]
    words = ["validate", *asked, "--out", str(out), "--json", str(more), "--csv", str(table)]
    assert main(words) == OK
    said = capsys.readouterr()
    assert "Only rows of status check are tests" in " ".join(said.out.split())
    assert "EXACT." in said.out
    assert "5 of 5" in said.err
    names = {"validate.html", "validate.json", "validate.csv", "distances.svg", "distances.png",
             "config.yaml", "manifest.json"}  # fmt: skip
    assert {path.name for path in out.iterdir()} == names
    rows = json.loads(more.read_text(encoding="utf-8"))
    assert [each["id"] for each in rows] == [name for name in targets() if name in asked]
    lines = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert tuple(lines[0]) == COLUMNS
    t01 = next(each for each in rows if each["id"] == "T01")
    assert t01["value"] == pytest.approx([100.0, 1.0])
    assert t01["hit"] == "hit"
    page = (out / "validate.html").read_text(encoding="utf-8")
    assert page.count("<article") == len(asked)
    assert "<script" not in page
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["files"]) == names - {"manifest.json"}


def test_the_list_runs_nothing(capsys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Pattern, "measured", lambda *_: pytest.fail("it ran"))
    assert main(["validate", "--list"]) == OK
    said = capsys.readouterr().out
    assert all(name in said for name in targets())


@pytest.mark.parametrize(
    ("words", "said"),
    [(["T99"], "no target is called 'T99'"), (["--replicates", "0"], "whole number from 1"),
     (["--strict", "--replicates", "3"], "leave out --replicates"),
     (["--strict", "--accept"], "type one of the two"),
     (["T01", "--document"], "--document needs all rows"),
     (["T01", "--json", "nowhere/at/all.json"], "there is no folder"),
     (["--bogus"], "unrecognized arguments")],
)  # fmt: skip
def test_what_cannot_be_used_is_told_in_a_sentence(words: list[str], said: str, tmp_path, capsys,
                                                   monkeypatch: pytest.MonkeyPatch):  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["validate", *words]) == BAD_INPUT
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_strict_names_a_row_that_passed_and_no_longer_does(
    tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(baseline, "FILE", tmp_path / "validated.yaml")
    monkeypatch.chdir(tmp_path)
    assert main(["validate", "N11", "--strict"]) == BAD_INPUT
    assert "zwerm validate --accept" in capsys.readouterr().err
    made_up(monkeypatch, "N11", 0.14)
    assert main(["validate", "N11", "T01", "--accept"]) == OK
    assert main(["validate", "N11", "--strict"]) == OK
    made_up(monkeypatch, "N11", 0.2)
    capsys.readouterr()
    assert main(["validate", "N11", "T01", "--strict"]) == FAILED
    assert "row N11 passed before and does no longer" in capsys.readouterr().err
    assert main(["validate", "N11"]) == OK  # a miss by itself is no fault


def test_a_stop_keeps_what_was_measured_and_accepts_nothing(
    tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(baseline, "FILE", tmp_path / "validated.yaml")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(patterns(), "T09", Pattern("T09", stop, 1, 1.0, "made up"))  # type: ignore[arg-type]
    out = tmp_path / "out"
    assert main(["validate", "T01", "T04", "T09", "--accept", "--out", str(out)]) == STOPPED
    rows = json.loads((out / "validate.json").read_text(encoding="utf-8"))
    assert [each["id"] for each in rows] == ["T01", "T04"]
    assert "Stopped by somebody after 2 of 3 rows" in capsys.readouterr().out
    assert not (tmp_path / "validated.yaml").exists()
    assert main(["validate", "T09", "--out", str(tmp_path / "none")]) == STOPPED
    assert not (tmp_path / "none").exists()


def everything() -> list[dict]:
    """A made-up result for every row: what is asked of a check is missed, all else is not run."""
    rows = []
    for name, target in targets().items():
        if name == "N11":
            judged = judge(np.array([0.3, 0.31]), target.aim)
            rows.append(entry(Row(target, patterns()[name], judged, 2, 0.1)))
        else:
            rows.append(entry(Row(target, why_not="It was not run here.")))
    return rows


def test_the_document_holds_every_row_its_miss_and_the_notes(tmp_path: Path):
    path = document.write(everything(), tmp_path / "validation.md")
    said = path.read_text(encoding="utf-8")
    assert "0.305 (" in said
    assert "**N11** (calibrated on, missed)" in said
    assert all(f"| {name} |" in said for name in targets())
    for heading in ("Truly tested", "Put in", "Misses", "Not measured",
                    "Where papers and articles disagree"):  # fmt: skip
        assert f"\n## {heading}\n" in said


def test_the_document_from_a_folder(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(document, "DOCUMENT", tmp_path / "validation.md")
    (tmp_path / "validate.json").write_text(json.dumps(everything()), encoding="utf-8")
    assert document.main([str(tmp_path)]) == OK
    assert (tmp_path / "validation.md").is_file()
    assert document.main([str(tmp_path / "none")]) == BAD_INPUT
    (tmp_path / "validate.json").write_text(json.dumps(everything()[:3]), encoding="utf-8")
    assert document.main([str(tmp_path)]) == BAD_INPUT
    assert "these results lack" in capsys.readouterr().err
