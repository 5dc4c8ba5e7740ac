"""Are verdicts kept whole, from a folder that may be believed, and shown wherever a claim is?"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from experiments import site_claims
from experiments.claims import accepting, command, verdicts
from experiments.claims.running import judge_all
from experiments.cli import BAD_INPUT, main
from experiments.explain import explained
from experiments.explain_facts import claims_in_dutch
from experiments.store import FolderError
from experiments.sweep.files import sealed
from experiments.workshop import why_believe
from scenarios.claims import claims, judged
from scenarios.claims.hypothesis import Hypothesis
from scenarios.claims.verdict import Verdict
from sim.compiled import kernel_hash
from sim.levers import LEVERS

MISSED = {"name": "by default", "missed": "too uncertain"}
QUICK = ("D26", "D08")  # few short runs, and far from what would turn the verdict
Change = Callable[[dict[str, Any], list[dict[str, Any]]], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All claims as if they had been run: every hypothesis fails, for it moves nothing."""
    entries = []
    for name, told in judged().items():
        each: dict[str, Any] = {"id": name, "verdict": "cannot be tested here", "seeds": 0,
                                "effect": None, "low": None, "high": None}  # fmt: skip
        if isinstance(told, Hypothesis):
            each |= {"verdict": "fails", "seeds": told.seeds, "effect": 0.0, "low": -0.1,
                     "high": 0.1, "unit": told.unit, "measures": told.measures,
                     "implies": told.implies, "expects": told.expects.value, "depends_on": [],
                     "circumstances": [MISSED]}  # fmt: skip
        if name == "B06":
            each |= {"share": 0.0, "rows_of_the_set": 4}
        entries.append(each)
    manifest = {
        "made_by": "zwerm", "kind": "claims", "stopped": False, "command": "claims", "runs": 9,
        "finished": "2026-01-31T12:00:00+00:00", "kernels": "0123456789abcdef", "zwerm": "0",
        "numpy": "0", "numba": "0",
    }  # fmt: skip
    return written(tmp_path / "judged", manifest, entries)


def written(folder: Path, manifest: dict[str, Any], entries: list[dict[str, Any]]) -> Path:
    folder.mkdir(exist_ok=True)
    text = json.dumps(entries)
    (folder / "claims.json").write_text(text)
    files = {"claims.json": hashlib.sha256(text.encode()).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(sealed({**manifest, "files": files})))
    return folder


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text())


@pytest.fixture
def kept(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that comes of the folder, in place of the accepted one."""
    path, page = tmp_path / "verdicts.yaml", tmp_path / "claims.md"
    page.write_text(f"before\n{accepting.BEGIN}\nlast year's\n{accepting.END}\nafter\n")
    monkeypatch.setattr(verdicts, "FILE", path)
    monkeypatch.setattr(accepting, "PAGE", page)
    assert main(["claims", "--accept", str(folder)]) == 0
    return path


# --- accepting ------------------------------------------------------------------------------


def test_a_whole_folder_becomes_the_file(kept: Path) -> None:
    told = verdicts.accepted()
    assert list(told.claims) == list(claims())
    assert told.engine == "0123456789abcdef"
    assert told.is_outdated
    assert "0123456789abcdef" in verdicts.engine_text()
    assert "zwerm claims" in verdicts.made_text()
    assert verdicts.entry_of("B06", told.claims["B06"])["reason"].startswith("Seeds do not agree")
    assert told.claims["B06"].share == 0.0
    assert told.claims["B10"].share is None
    told_of_it = verdicts.entry_of("B06", told.claims["B06"])
    assert verdicts.set_text(told_of_it) == "0 % of 4 rows"
    page = (kept.parent / "claims.md").read_text()
    assert page.startswith("before\n")
    assert page.endswith("after\n")
    assert "last year's" not in page
    fails = sum(isinstance(each, Hypothesis) for each in judged().values())
    assert f"| fails | {fails} | 0 % (0 to 0 %) |" in page


def test_without_a_folder_all_claims_are_run_first(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def run(chosen: Any, seeds: Any, out: Path, *others: Any) -> int:
        asked.extend([list(chosen), seeds])
        shutil.copytree(folder, out)
        return 0

    path = tmp_path / "kept.yaml"
    monkeypatch.setattr(command, "perform", run)
    monkeypatch.setattr(verdicts, "FILE", path)
    monkeypatch.setattr(accepting, "PAGE", tmp_path / "none.md")
    assert main(["claims", "--accept", "--out", str(tmp_path / "run")]) == 0
    assert asked == [list(claims()), None]
    assert list(verdicts.accepted().claims) == list(claims())


def _edit(entries: list[dict[str, Any]], **changes: Any) -> None:
    next(each for each in entries if each["id"] == "B06").update(changes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda manifest, entries: entries.pop(), "not every one"),
        (lambda manifest, entries: manifest.update(stopped=True), "not every one"),
        (lambda manifest, entries: entries.append(entries[0]), "not every one"),
        (lambda manifest, entries: _edit(entries, seeds=2), "2 seeds of B06"),
        (lambda manifest, entries: _edit(entries, measures="x"), "B06 has been declared"),
        (lambda manifest, entries: manifest.update(kind="run"), "holds no judged claims"),
    ],
)
def test_what_is_not_whole_is_refused(folder: Path, tmp_path: Path, change: Change, said: str):
    manifest, entries = read(folder, "manifest.json"), read(folder, "claims.json")
    change(manifest, entries)
    written(folder, manifest, entries)
    with pytest.raises(FolderError, match=said):
        accepting.accept(folder, tmp_path / "kept.yaml")
    assert not (tmp_path / "kept.yaml").exists()


def test_what_was_changed_by_hand_is_refused(folder: Path, tmp_path: Path):
    path = folder / "claims.json"
    path.write_text(path.read_text().replace("fails", "emerges", 1))
    with pytest.raises(FolderError, match="was changed"):
        accepting.accept(folder, tmp_path / "kept.yaml")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["B06", "--accept"], "leave out the ids"),
        (["--seeds", "2", "--accept"], "leave out --seeds"),
        (["--accept", "--list"], "type one of the two"),
        (["--accept", "nowhere", "--plausible", "3"], "runs nothing"),
        (["--accept", "nowhere"], "nowhere holds no judged claims"),
    ],
)
def test_what_does_not_go_together(words: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    assert main(["claims", *words]) == BAD_INPUT
    assert said in capsys.readouterr().err


# --- what was accepted ----------------------------------------------------------------------


def test_the_file_is_whole_and_made_by_one_run_of_everything() -> None:
    content = yaml.safe_load(verdicts.FILE.read_text(encoding="utf-8"))
    assert {"command", "seeds", "kernels", "numpy", "numba", "zwerm", "finished"} <= set(
        content["made"]
    )
    assert content["made"]["command"].startswith("zwerm claims")
    told = verdicts.accepted().claims
    assert list(told) == list(judged()) == list(claims())
    for name, each in judged().items():
        found = told[name]
        if not isinstance(each, Hypothesis):
            assert found.verdict is Verdict.UNTESTED
            assert found.effect is None
            continue
        assert found.seeds >= each.seeds
        assert found.unit == each.unit
        assert (found.verdict is Verdict.DEPENDS) == bool(found.depends_on)
        assert set(found.depends_on) <= set(each.elsewhere)
        if found.effect is not None:
            assert found.low is not None
            assert found.high is not None
            assert found.low <= found.effect <= found.high


def test_the_page_counts_what_was_accepted() -> None:
    page = accepting.PAGE.read_text(encoding="utf-8")
    assert accepting.with_counts(page) == page
    counted = re.findall(r"^\| [\w ]+ \| (\d+) \| ", accepting.counts_table(), re.M)
    assert sum(map(int, counted)) == len(claims())


def test_claims_that_are_run_again_give_the_accepted_verdict() -> None:
    told = verdicts.accepted()
    outcome = judge_all({name: judged()[name] for name in QUICK})
    for each in outcome.judgements:
        found = told.claims[each.claim.name]
        assert each.verdict is found.verdict, "type `zwerm claims --accept` if this is meant"
        assert each.finding is not None
        if told.engine == kernel_hash():
            assert each.finding.default.mean == pytest.approx(found.effect, rel=1e-4)


# --- what shows them ------------------------------------------------------------------------


def test_every_claim_is_said_in_dutch_too() -> None:
    dutch = claims_in_dutch()
    assert list(dutch) == list(claims())
    for name, (text, source) in dutch.items():
        assert text.endswith((".", "?")), name
        assert text != claims()[name].text
        assert source != claims()[name].source
        assert not re.search(r"\b(u|uw|je|jij|jouw)\b", text.lower()), name
    assert len({text for text, _ in dutch.values()}) == len(dutch)


def test_pages_say_the_verdict_and_whose_it_is(kept: Path) -> None:
    page = " ".join(explained("claim:B06").split())
    assert "Verdict: fails" in page
    assert "0 share of capacity a level (-0.1 to 0.1)" in page
    assert "0123456789abcdef" in page
    assert "[fails]" in explained("lever:example")
    assert "[fails]" in explained("mechanism:leading")
    site = site_claims.page(None)
    assert site.count("*Verdict:*") == len(claims())
    assert "0123456789abcdef" in site
    assert site_claims.NOT_RUN not in site


def test_cards_of_levers_say_claims_and_verdicts_in_both_languages(kept: Path) -> None:
    shown: set[str] = set()
    for lever in LEVERS:
        dutch, english = (why_believe.card(lever.name, each).claims for each in ("nl", "en"))
        assert [each.name for each in dutch] == [each.name for each in english]
        for one, other in zip(dutch, english, strict=True):
            assert (one.text, one.source) == claims_in_dutch()[one.name]
            assert other.text == claims()[one.name].text
            assert one.verdict == other.verdict in ("fails", "untested")
            shown.add(one.name)
    assert len(shown) > len(LEVERS)
    assert why_believe.engine() == "0123456789abcdef"


def test_without_verdicts_nothing_is_made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(verdicts, "FILE", tmp_path / "none.yaml")
    assert verdicts.engine_text() == verdicts.made_text() == ""
    assert "Verdict" not in explained("claim:B06")
    assert why_believe.claim("B06", "nl").verdict == ""
    assert site_claims.NOT_RUN in site_claims.page(None)
