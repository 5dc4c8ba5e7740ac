"""Are effects what the known function has, and does the report say so, to everybody?"""

import re
from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sweep_folders import GRID, REFUSED, SIZE, additive, spread, written
from test_page import Checked

import zwerm
from experiments.figures import sweeps as draw
from experiments.figures.style import svg
from experiments.page.inline import NAMES
from experiments.store import FolderError
from experiments.sweep import report
from experiments.sweep.effects import (
    AS_BASE,
    Kind,
    binned,
    cells,
    effects,
    half_width,
    kind_of,
    luck,
    share_explained,
    tied,
    unexplained,
)
from experiments.sweep.report_factors import known_factors
from experiments.sweep.report_outcome import Outcome
from experiments.sweep.results import open_sweep
from sim.measures import MEASURES
from sim.parameters import ParameterError


def together(point: Mapping[str, Any], arm: str, seed: int) -> float:
    """Value works in circles only; the lever acts on the main arm; luck is shared by the arms."""
    circles = point["organisation.structure"] == "circles"
    level = 20.0 * point["people.value"] * circles + seed / 5
    return level + (10.0 * (point["levers.example.strength"] - 0.5) if arm == "example" else 0.0)


def refusing(point: Mapping[str, Any], arm: str, seed: int) -> float:
    """The same, but a point with a large pull cannot be run."""
    return np.nan if point["leading.pull"] > 0.47 else together(point, arm, seed)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("report") / "mixed"
    return written(target, spread(), refusing, seeds=(1, 2, 3))


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    path = report.write(folder)
    assert path == folder / "report.html"
    return path.read_text(encoding="utf-8")


# --- effects ----------------------------------------------------------------------------------


def test_shares_of_an_additive_grid_by_hand(tmp_path: Path):
    """Sums of squares over six points: pull 16, structure 37.5; luck leaves 0.1^2/6/... each.

    Seeds 1 to 4 add 0.1 each: variance 1/60, squared error of a point's mean 1/240.
    """
    sweep = open_sweep(written(tmp_path / "grid", GRID, additive, method="grid"))
    kind = kind_of(sweep.design, sweep.method)
    assert kind is Kind.GRID
    first, second = effects(sweep.design, sweep.values("nps_true"), kind)
    assert (first.factor, second.factor) == ("organisation.structure", "leading.pull")
    assert first.share == pytest.approx((37.5 - 1 / 240) / 53.5, abs=1e-12)
    assert second.share == pytest.approx((16.0 - 2 / 240) / 53.5, abs=1e-12)
    assert first.share_low <= first.share <= first.share_high
    assert first.bins.names == ("circles", "tree")
    assert first.swing == pytest.approx(5.0)
    assert second.mean == pytest.approx(np.array([2.0, 4.0, 6.0]) + 2.5 + 3.0 + 0.25)
    assert unexplained([first, second]) == pytest.approx(3 / 240 / 53.5)


def test_the_correction_for_bins_by_hand():
    """Groups 1, 3 and 5, 7: between 16, within 4 on 2 degrees of freedom, in all 20."""
    which, outcome = np.array([0, 0, 1, 1]), np.array([1.0, 3.0, 5.0, 7.0])
    assert share_explained(which, outcome) == pytest.approx((16 - 2) / 20)
    assert share_explained(which, outcome, noise=0.0) == pytest.approx(16 / 20)
    assert np.isnan(share_explained(which, np.ones(4))).all()
    assert np.isnan(share_explained(np.arange(4), outcome)).all()
    weight = np.array([[1.0, 1.0, 1.0, 1.0], [2.0, 0.0, 0.0, 2.0]])
    found = share_explained(which, outcome, weight)
    assert found == pytest.approx([0.7, 1.0])  # twice 1 and twice 7: nothing within
    both = np.stack([outcome, outcome[::-1] * 2], axis=1)
    assert share_explained(which, both) == pytest.approx([0.7, 0.7])


def test_shares_of_a_random_design_hold_the_truth():
    """Y = 6 a + 3 b + c of uniforms: shares 36, 9 and 1 of 46; intervals of 95 %.

    With four factors in three designs 12 intervals; more than 3 of them missing has a chance
    below 0.3 %, if they hold what they say.
    """
    missed = 0
    for seed in (1, 2, 3):
        unit = np.random.default_rng(seed).random((300, 4))
        design = pd.DataFrame(unit, columns=pd.Index(list("abcd")))
        outcome = (unit @ np.array([6.0, 3.0, 1.0, 0.0]))[:, np.newaxis]
        found = {each.factor: each for each in effects(design, outcome, Kind.SPREAD)}
        for name, share in zip("abcd", np.array([36, 9, 1, 0]) / 46, strict=True):
            each = found[name]
            missed += not each.share_low - 0.01 <= share <= each.share_high + 0.01
            assert each.share == pytest.approx(share, abs=0.12)
    assert missed <= 3


def test_noise_explains_nothing():
    rng = np.random.default_rng(1)
    design = pd.DataFrame({"a": rng.random(200), "b": rng.choice(["x", "y"], 200)})
    for each in effects(design, rng.normal(size=(200, 3)), Kind.SPREAD):
        assert each.share < 0.08
        assert each.share_low == pytest.approx(0.0, abs=0.02)


def test_one_at_a_time_gives_swings(tmp_path: Path):
    columns = {"leading.pull": [0.3, 0.1, 0.5, 0.3, 0.3], "people.value": [0.5] * 3 + [0.0, 1.0]}

    def outcome(point: Mapping[str, Any], arm: str, seed: int) -> float:
        return 10.0 * point["leading.pull"] + 20.0 * point["people.value"]

    folder = written(tmp_path / "one", columns, outcome, arms=["only"], method="one_at_a_time")
    sweep = open_sweep(folder)
    kind = kind_of(sweep.design, sweep.method)
    assert kind is Kind.ALONE
    first, second = effects(sweep.design, sweep.values("nps_true"), kind)
    assert (first.factor, first.swing) == ("people.value", pytest.approx(20.0))
    assert (second.factor, second.swing) == ("leading.pull", pytest.approx(4.0))
    assert second.bins.centre.tolist() == [0.1, 0.3, 0.5]
    assert np.isnan(first.share)
    said = report.write(folder).read_text(encoding="utf-8")
    assert "Moved alone, people.value moves Relationship NPS most, by 20.0 points" in said
    assert "leading.pull = 0.5" in said


def test_bins():
    few = binned(np.array([1, 2, 2, 1, 3, 3]))
    assert (few.centre.tolist(), few.exact) == ([1.0, 2.0, 3.0], True)
    many = binned(np.linspace(0.0, 1.0, 64))
    assert many.size == 8
    assert np.bincount(many.which).tolist() == [8] * 8
    names = binned(np.array(["b", None, "a", ""], dtype=object))
    assert names.names == tuple(sorted((AS_BASE, "a", "b")))
    holed = binned(np.array([0.0, np.nan, 1.0, 0.0, 1.0]))
    assert holed.which.tolist() == [0, -1, 1, 0, 1]
    assert binned(np.full(4, np.nan)).size == 0


def test_half_width_by_hand():
    """SD of 1, 2, 3 is 1; t(2) at 95 % is 4.3027."""
    assert half_width(np.array([1.0, 2.0, 3.0])) == pytest.approx(4.3027 / np.sqrt(3), abs=1e-4)
    assert np.isnan(half_width(np.array([1.0])))


def test_luck_by_hand():
    """Points' means 0 and 2, variance 2; seeds ±1 leave variance 2/2 = 1 in each: one half."""
    assert luck(np.array([[-1.0, 1.0], [1.0, 3.0]])) == pytest.approx(0.5)
    assert np.isnan(luck(np.array([[1.0], [2.0]])))


def test_factors_that_are_tied_are_named():
    rising = np.arange(20.0)
    design = pd.DataFrame({"a": rising, "b": -rising, "c": ["x"] * 20, "d": rising % 2})
    assert tied(design) == [("a", "b", pytest.approx(-1.0))]


def test_cells_are_means(tmp_path: Path):
    columns = {"leading.pull": [0.1, 0.1, 0.2, 0.2] * 2, "people.value": [0.0, 1.0] * 4}
    design = pd.DataFrame(columns)
    outcome = (design["leading.pull"] + design["people.value"]).to_numpy()[:, np.newaxis]
    found = cells(design, outcome, Kind.SPREAD, "leading.pull", "people.value")
    assert found.mean == pytest.approx(np.array([[0.1, 0.2], [1.1, 1.2]]))
    assert found.points.tolist() == [[2, 2], [2, 2]]
    empty = cells(design.iloc[[0, 3, 4, 7]], outcome[[0, 3, 4, 7]], Kind.SPREAD, *columns)
    assert np.isnan(empty.mean[0, 1])


# --- figures ----------------------------------------------------------------------------------


def test_figures_have_the_same_bytes_and_known_colours(folder: Path):
    sweep = open_sweep(folder)
    outcome = Outcome(sweep, "nps_true")
    found = outcome.effects
    pair = cells(sweep.design, outcome.values, Kind.SPREAD, "people.value", "leading.pull")
    lines = cells(sweep.design, outcome.values, Kind.SPREAD, "people.value",
                  "organisation.structure")  # fmt: skip
    makers = [
        lambda: draw.effect(found[0], "share", "points", "a note"),
        lambda: draw.shares(found, ("left", 0.2)),
        lambda: draw.swings(found, "points"),
        lambda: draw.heat(pair, ("share", "share"), "points"),
        lambda: draw.lines(lines, "share", "points"),
    ]
    for make in makers:
        text = svg(make())
        assert text == svg(make())
        used = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", text))
        assert used <= set(NAMES) | {"#000000"}
    assert "−" in svg(draw.heat(pair._replace(mean=-pair.mean), ("a", "b"), "points"))


def test_differences_are_coloured_about_nothing():
    edges = draw._edges(np.array([[-1.0, 7.0]]), True)
    assert edges[5] == pytest.approx(0.0)
    assert edges[0] <= -7.0
    assert edges[-1] >= 7.0
    assert np.diff(draw._edges(np.array([[-40.0, 28.0]]), False)) == pytest.approx(8.0)
    assert np.isfinite(draw._edges(np.array([[np.nan]]), False)).all()
    assert np.isfinite(draw._edges(np.array([[2.0]]), True)).all()


# --- the page ---------------------------------------------------------------------------------


def test_the_page_stands_alone(page: str):
    checked = Checked(page.replace("<wbr>", ""))
    assert not re.search(r"https?:|//[a-z]|@import|javascript:", page)
    assert not checked.tags & {"script", "link", "img", "iframe", "object", "base", "image"}
    assert all(link.startswith("#") for link in checked.links)
    assert {link[1:] for link in checked.links} <= set(checked.ids)
    assert len(checked.ids) == len(set(checked.ids))
    assert "nan" not in re.sub(r"<[^>]*>", " ", page).lower().split()


def test_the_page_says_what_was_run(page: str):
    assert "60 points × 2 arms × 3 seeds = 360" in page
    assert "example (main), compared with nothing" in page
    assert "scenario “copy_of_a_copy” and organisation “small”" in page
    assert "0" * 16 in page
    assert "zwerm sweep verify known" in page or "zwerm sweep verify mixed" in page


def test_the_page_finds_what_was_put_in(page: str):
    """Level: structure and value. Difference: the lever alone, 0 to 5 points."""
    level, difference = page.split('id="difference"', 1)
    order = re.findall(r'<th scope="row">([a-z.]+)', level)
    assert set(order[:2]) == {"people.value", "organisation.structure"}
    order = re.findall(r'<th scope="row">([a-z.]+)', difference)
    assert order[0] == "levers.example.strength"
    assert "levers.example.strength explains 98 %" in page or "explains 99 %" in page
    assert "“example” less “nothing” is +2.5 points" in page


def test_failures_stand_with_their_reason(page: str):
    failed = open_sweep_points()
    assert REFUSED in page
    assert f"{failed * 6} of 360 runs failed, at {failed} points" in page


def open_sweep_points() -> int:
    """Points of the design that cannot be run."""
    return int(np.count_nonzero(np.linspace(0.1, 0.5, SIZE) > 0.47))


def test_the_page_names_its_limits(page: str):
    box = page.split("What this does not show", 1)[1]
    for name in ("leading.pull", "people.value", "organisation.structure"):
        assert name in box
    assert "ASSUMED" in box
    assert "COMPUTED" in box
    assert "a choice" in box
    assert "Fischbacher" in box or "Ploner" in box


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two factors, few points: quick to draw."""
    return written(tmp_path_factory.mktemp("plain") / "grid", GRID, additive, method="grid")


def test_the_same_folder_gives_the_same_bytes(plain: Path):
    first = report.write(plain).read_bytes()
    assert report.write(plain).read_bytes() == first


def test_other_measures_and_words_get_a_page_of_their_own(plain: Path, tmp_path: Path):
    assert report.write(plain, "effort_front").name == "report-effort_front.html"
    words = {"short": "Kort <gezegd>"}
    target = report.write(plain, "quits", tmp_path / "quits.html", words)
    assert target == tmp_path / "quits.html"
    said = target.read_text(encoding="utf-8")
    assert "above zero at" in said
    assert "Kort &lt;gezegd&gt;" in said
    with pytest.raises(ParameterError, match="did you mean effort_front"):
        report.write(plain, "effort_fron")


def test_one_arm_one_seed_few_points_and_unfinished(tmp_path: Path):
    columns = {"people.value": [0.1, 0.9, 0.4]}
    folder = written(tmp_path / "few", columns, lambda point, arm, seed: point["people.value"],
                     arms=["only"], seeds=(5,), files=1, left_out=1)  # fmt: skip
    said = report.write(folder).read_text(encoding="utf-8")
    assert "This sweep is not finished: 1 of 3 runs" in said
    assert "One factor varied over 3 points" in said
    assert 'id="difference"' not in said
    assert "No run failed" in said


def test_a_sweep_without_a_result_has_no_page(tmp_path: Path):
    folder = written(tmp_path / "none", GRID, lambda point, arm, seed: np.nan)
    with pytest.raises(FolderError, match="holds no nps_true of example yet"):
        report.write(folder)
    assert not (folder / "report.html").exists()


def test_every_word_is_used_and_whole():
    sources = "".join(
        each.read_text(encoding="utf-8")
        for each in Path(report.__file__).parent.glob("report*.py")
        if each.name != "report_words.py"
    )
    literal = set(re.findall(r"""[\"']([a-z_]+(?:\.[a-z_0-9]+)*)[\"']""", sources))
    families = set(re.findall(r'f"([a-z_.]+)\.\{', sources))
    bare = {"choice", "setting", "seeds", "seeds.1", "lang"}
    for name, text in report.WORDS.items():
        list(Formatter().parse(text))  # braces are whole
        assert name in literal | bare or name.rpartition(".")[0] in families, name


def test_factors_know_their_evidence(folder: Path):
    found = {each.name: each for each in known_factors(open_sweep(folder))}
    assert found["leading.pull"].grade == "COMPUTED"
    assert found["leading.pull"].base == "0.3"
    assert found["people.value"].choice == "setting"
    assert found["levers.example.strength"].choice == "choice"
    assert found["levers.example.strength"].base == "0.5 at rest"
    assert found["organisation.structure"].sampled == "circles, tree"


def test_a_readme_tells_a_reviewer_everything(folder: Path):
    text = report.readme(folder)
    assert "## Columns of the runs" in text
    assert "| `last_nps_true` | float64 | points |" in text
    assert "| `series_enps_true` | 8 x float32 | points |" in text
    assert "| `leading.pull` | share |" in text
    assert "kernels: 0000000000000000" in text
    assert 'shutil.copy(f"mixed/{name}", "again")' in text
    assert "None" not in text


def test_the_guide_lists_every_column():
    """docs/results.md names each measure with the unit and the words that the model declares."""
    guide = (Path(report.__file__).parents[2] / "docs" / "results.md").read_text(encoding="utf-8")
    for each in MEASURES:
        assert f"| `last_{each.name}` | {each.unit} | {each.about} |" in guide
    assert len(re.findall(r"\| `last_\w+`", guide)) == len(MEASURES)


# --- the real thing ---------------------------------------------------------------------------


def test_a_real_sweep_from_a_notebook(tmp_path: Path):
    settings = ("sweep.method=grid", "scenario=copy_of_a_copy", "sweep.arms=[example,nothing]",
                "sweep.factors={levers.example.strength: [0.6, 1.0], "
                "organisation.structure: [tree, circles], people.conditional: [0.5, 0.65]}",
                "sweep.measures=[nps_true]", "organisation.people=30", "organisation.customers=60",
                "weeks=104", "engine.seeds=2", "people.free_riders=0.3")  # fmt: skip
    sweep = zwerm.sweep("", *settings, folder=tmp_path / "real")
    assert sweep.complete
    failed = sweep.failures()
    assert set(failed["people.conditional"]) == {0.65}  # with the others it is more than everybody
    assert failed["reason"].str.contains("is more than 1").all()
    found = sweep.dataset(grid=True)
    told = found["effort_front"].sel({"people.conditional": 0.5})
    assert not np.isnan(told).any()
    assert found["series_nps_true"].sizes["quarter"] == 8
    gain = sweep.paired("doing")
    strong = (gain["levers.example.strength"] == 1.0) & (gain["people.conditional"] == 0.5)
    assert (gain[strong] > 0.1).all()
    said = report.write(sweep.folder, "doing").read_text(encoding="utf-8")
    assert "levers.example.strength" in said
    assert "16 of 32 runs failed, at 4 points" in said
    assert zwerm.sweep("", *settings, folder=tmp_path / "real").done == 32
    assert "zwerm.opened" in report.readme(sweep.folder)
