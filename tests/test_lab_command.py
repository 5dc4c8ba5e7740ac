"""`zwerm lab`: a game becomes a folder whose page, tables and answers say what the numbers say."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import zwerm
from experiments.cli import main
from experiments.lab_rounds import (
    MEASURES,
    by_round,
    copy_ratio,
    played,
    replies,
    replies_text,
    rounds_text,
)
from scenarios.laboratory_games import game_of
from sim.lab import play_game
from sim.parameters import ParameterError

ABOUT = ("own", "A game", "About it.", "")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The folder of the preset with a published game."""
    target = tmp_path_factory.mktemp("lab") / "out"
    words = ["lab", "fischbacher_gaechter_2010", "--seeds", "6", "--out", str(target)]
    assert main([*words, "--json", str(target.parent / "also.json")]) == 0
    return target


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_the_folder_holds_figures_tables_numbers_and_a_page(folder):
    names = {path.name for path in folder.iterdir()}
    figures = {f"{name}.{kind}" for name in ("contribution", "belief", "zero", "reply")
               for kind in ("png", "svg")}  # fmt: skip
    assert names == figures | {"index.html", "rounds.csv", "replies.csv", "lab.json",
                               "manifest.json"}  # fmt: skip
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert page.count('role="img"') == 4
    assert "http" not in page
    assert "$" not in page.partition("</style>")[2]
    assert "What this cannot show" in page
    assert "zwerm lab fischbacher_gaechter_2010 --seeds 6" in page
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seeds"] == [1, 2, 3, 4, 5, 6]
    also = json.loads((folder.parent / "also.json").read_text(encoding="utf-8"))
    assert also == json.loads((folder / "lab.json").read_text(encoding="utf-8"))


def test_the_table_holds_what_the_games_gave(folder):
    rows = read(folder / "rounds.csv")
    assert len(rows) == 2 * len(MEASURES) * 10  # both arms
    third = next(r for r in rows if r["measure"] == "contribution" and r["round"] == "3")
    game = game_of({"groups": 35})
    means = [play_game(game, seed).contribution[2].mean() for seed in range(1, 7)]
    assert float(third["mean"]) == pytest.approx(np.mean(means), rel=1e-5)
    assert float(third["low_5"]) == pytest.approx(np.percentile(means, 5), rel=1e-5)
    assert third["published"] == "0.31285"
    assert {r["mean"] for r in rows if r["measure"] == "leader"} == {""}
    numbers = json.loads((folder / "lab.json").read_text(encoding="utf-8"))
    ours = numbers["arms"]["nobody leads"]["by_round"]["contribution"][2]
    assert ours == pytest.approx(np.mean(means), rel=1e-5)


def test_the_answers_are_told_beside_the_published_ones(folder, tmp_path, capsys):
    rows = read(folder / "replies.csv")
    assert [row["leader_gives"] for row in rows][:3] == ["0", "0.05", "0.1"]
    assert rows[-1]["published"] == "0.4675"
    out = tmp_path / "x"
    assert main(["lab", "leader_or_none", "groups=10", "--seeds", "5", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "Partners of four without a leader" in told, "what is played is said"
    for arm in ("fixed leader", "leader may exclude"):
        line = next(each for each in told.splitlines() if each.startswith(f"“{arm}” gives "))
        assert line.replace("'", "&#x27;") in page
    assert (out / "followers.svg").is_file()


def test_measures_by_hand():
    """Two groups of two partners: who leads gives first, the other follows."""
    game = game_of({"groups": 2, "size": 2, "matching": "partners", "leader": "fixed"})
    play = play_game(game, 4)
    found = by_round(game, play)
    gave = play.contribution
    assert found["leader"] == pytest.approx(gave[:, [0, 2]].mean(axis=1))
    assert found["followers"] == pytest.approx(gave[:, [1, 3]].mean(axis=1))
    assert found["led"].tolist() == [1.0] * 10
    assert found["zero"] == pytest.approx((gave == 0).mean(axis=1))
    total, count = replies(game, play)
    assert count.sum() == 20
    assert total.sum() == pytest.approx(gave[:, [1, 3]].sum())
    place = round(gave[0, 0] * 20)
    at = [gave[r, 1] for r in range(10) if round(gave[r, 0] * 20) == place]
    at += [gave[r, 3] for r in range(10) if round(gave[r, 2] * 20) == place]
    assert total[place] == pytest.approx(sum(at))


def test_bands_and_ratio_come_from_every_seed():
    game = game_of({"groups": 20, "leader": "fixed"})
    found = played(ABOUT, {"one": game}, (3, 4, 5))
    plays = [play_game(game, seed) for seed in (3, 4, 5)]
    ratio = (np.mean([p.contribution[p.role == 2].mean() for p in plays])
             / np.mean([p.contribution[p.role == 1].mean() for p in plays]))  # fmt: skip
    assert copy_ratio(found.arms[0]) == pytest.approx(ratio)
    assert found.arms[0].rounds["contribution"].shape == (3, 10)
    assert rounds_text(found) == rounds_text(played(ABOUT, {"one": game}, (3, 4, 5)))
    assert replies_text(found).startswith("arm,leader_gives,answer,cases,published\n")


def test_from_python():
    found = zwerm.lab("leader_or_none", "groups=12", seeds=3, size=5)
    assert [arm.name for arm in found.arms][:2] == ["nobody leads", "fixed leader"]
    assert found.arm("fixed leader").game.laboratory.size == 5
    own = zwerm.lab(leader="voluntary", groups=12, seeds=2, identities=(1, 1, 2, 2))
    assert own.arms[0].game.identities == (1, 1, 2, 2)
    with pytest.raises(ParameterError, match="did you mean leader_pay"):
        zwerm.lab("leader_pya")


def test_lists(capsys):
    assert main(["lab"]) == 0
    assert "drouvelis_nosenzo_2013" in capsys.readouterr().out
    assert main(["lab", "--list"]) == 0
    told = capsys.readouterr().out
    for word in ("volunteer_belief", "marginal_return", "ASSUMED", "Source"):
        assert word in told


BAD = [
    (["lab", "leader_or_non"], "did you mean leader_or_none?"),
    (["lab", "leader_pay", "leader_or_none"], "one preset at a time"),
    (["lab", "leder=fixed"], "did you mean leader?"),
    (["lab", "leader=fixd"], "did you mean fixed?"),
    (["lab", "leader=rotating"], "matching=partners"),
    (["lab", "size=1"], "out of range"),
    (["lab", "size=2", "--seeds", "1"], "type 2 to 5000"),
    (["lab", "size=2", "--types", "cc=2"], "between 0 and 1"),
    (["lab", "size=2", "--json", "nowhere/x.json"], "there is no folder nowhere"),
]


@pytest.mark.parametrize(("words", "says"), BAD)
def test_what_cannot_be_used_is_refused_in_one_sentence(tmp_path, monkeypatch, capsys, words, says):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
