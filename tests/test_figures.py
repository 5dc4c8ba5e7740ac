"""Are figures whole, honest and the same every time?"""

import dataclasses
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from drawing import PANEL, WEEKS, kind, made, simulated, snapshot

from experiments import figures
from experiments.agreement import FIGURES
from experiments.figures import levers, numbers, portrait, style
from experiments.figures.over_years import coarse as coarse_of
from scenarios.library import entries
from sim.configuration import Switch
from sim.measures import COLUMN
from sim.structure import tree


def test_everything_is_drawn_whole(tmp_path: Path) -> None:
    study = simulated()
    wanted = {"fan", "levels", "lag", "organisation-effort", "organisation-value"}
    for sheet, behind in (("paper", ""), ("beamer", "-beamer")):
        paths = figures.draw(study, tmp_path, sheet)
        assert wanted <= set(FIGURES)
        assert {each.stem for each in paths} == {name + behind for name in wanted}
        for path in paths:
            content = path.read_bytes()
            if path.suffix == ".png":
                assert content.startswith(b"\x89PNG")
            else:
                assert "<text" in content.decode()  # text stays text
                assert ET.fromstring(content).tag == "{http://www.w3.org/2000/svg}svg"
    assert not list(tmp_path.glob("*.part"))


def test_same_bytes_whatever_the_reader_has_set(tmp_path: Path) -> None:
    study = made([3.0] * 6, panel=PANEL)
    first = [path.read_bytes() for path in figures.draw(study, tmp_path / "one")]
    with matplotlib.rc_context({"lines.linewidth": 9.0, "font.size": 30.0, "svg.hashsalt": "x"}):
        again = [path.read_bytes() for path in figures.draw(study, tmp_path / "two")]
    assert first == again
    assert not any(b"dc:date" in each for each in first)


def test_settings_of_the_reader_stay_as_they_were() -> None:
    before = dict(matplotlib.rcParams)
    figures.fan(made([1.0]))
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("sheet", ["paper", "beamer"])
def test_every_axis_has_its_unit(sheet: str) -> None:
    figure = figures.fan(simulated(), style=sheet)
    for axes in figure.axes:
        assert axes.get_ylabel() or not axes.yaxis.get_visible()
    assert "years" in {axes.get_xlabel() for axes in figure.axes}
    for figure in (figures.levels(simulated(), sheet), figures.lag(PANEL, sheet)):
        assert all(axes.get_xlabel() for axes in figure.axes)


def test_what_was_never_surveyed_is_said() -> None:
    study = made([3.0] * 5)
    for arm in study.arms:
        arm.weekly[:, :, COLUMN["enps"]] = np.nan
        arm.weekly[:, :, COLUMN["enps_true"]] = np.nan
    assert "not measured in this run" in style.svg(figures.fan(study))


def test_what_would_tell_of_too_few_people_is_said_to_be_hidden() -> None:
    study = made([3.0] * 5)
    arms = []
    for arm in study.arms:
        told = dataclasses.replace(arm.told)
        object.__setattr__(told, "structure", "chart")  # of a list that this test does not need
        arms.append(dataclasses.replace(arm, told=told))
        arm.weekly[:, :, COLUMN["effort_front"]] = np.nan
        arm.levels[:] = np.nan
    study = dataclasses.replace(study, arms=tuple(arms))
    for figure in (figures.fan(study), figures.levels(study)):
        drawn = style.svg(figure)
        assert style.TOO_FEW in drawn
        assert "not measured" not in drawn
    people = tree(30, 5)
    effort = np.full(30, 0.5)
    assert "empty place" not in style.svg(figures.organisation(people, effort))
    effort[7] = np.nan
    assert "(grey: an empty place)" in style.svg(figures.organisation(people, effort))


@pytest.mark.parametrize("weeks", [1, 6, WEEKS])
def test_one_seed_and_few_weeks(weeks: int) -> None:
    study = made([3.0])
    short = tuple(
        dataclasses.replace(each, weekly=each.weekly[:, :weeks], levels=each.levels[:, :weeks])
        for each in study.arms
    )
    study = dataclasses.replace(study, arms=short)
    for figure in (figures.fan(study), figures.levels(study)):
        assert ET.fromstring(style.svg(figure)).tag.endswith("svg")


def test_arms_may_differ_in_levels_and_stand_alone(tmp_path: Path) -> None:
    deep, flat = made([3.0] * 3, levels=5), made([3.0] * 3, levels=2)
    both = dataclasses.replace(deep, arms=(flat.arms[0], deep.arms[1]))
    assert numbers.level_difference(both, 0) is None
    assert len(figures.levels(both).axes[0].get_yticks()) == 5
    alone = dataclasses.replace(deep, arms=deep.arms[:1], main="nothing", against="nothing")
    assert not any("−" in axes.get_title() for axes in figures.fan(alone).axes)
    assert {each.stem for each in figures.draw(flat, tmp_path)} == {"fan"}


def test_a_scenario_says_which_measures_tell_its_story(tmp_path: Path) -> None:
    study = dataclasses.replace(made([3.0] * 5, levels=2), measures=("heard", "believed"))
    figures.draw(study, tmp_path)
    drawn = (tmp_path / "fan.svg").read_text(encoding="utf-8")
    assert "Told news that reaches the top" in drawn
    assert "Relationship NPS" in drawn
    assert "Employee NPS" not in drawn


def test_who_went_over_to_circles_is_drawn_in_circles() -> None:
    study = made([3.0] * 5)
    shown = snapshot(study.arms[0])
    arms = {"nothing": {**shown, "circles": False}, "example": {**shown, "circles": True}}
    study = dataclasses.replace(study, extra={"snapshots": arms})
    drawn = {each.title: each.circles for each in portrait.pictures_of(study, "value")}
    assert drawn == {"nothing": False, "example": True}


def test_a_strip_shows_when_structures_change() -> None:
    study = made([3.0, 3.0])
    told = dataclasses.replace(study.arms[1].told, switches=(Switch("circles", at_value=0.5),))
    arm = dataclasses.replace(study.arms[1], told=told)
    arm.weekly[:, :, COLUMN["clarity"]] = 1.0
    arm.weekly[1, 40:, COLUMN["clarity"]] = 0.5  # in one of two seeds, from week 40 on
    study = dataclasses.replace(study, arms=(study.arms[0], arm))
    assert levers.restructured(study) == ["example"]
    assert len(levers.lanes(study)) == 2
    share = levers._changed(study, "example")
    assert share[[39, 40, 103]].tolist() == [0.0, 0.5, 0.5]
    assert "structure: tree to circles" in style.svg(figures.fan(study))
    assert "structure:" not in style.svg(figures.fan(made([3.0])))


def test_every_title_of_a_scenario_fits_its_panel() -> None:
    shown = {measure for each in entries("scenario") for measure in each.measures}
    assert all(len(style.title_of(measure)) <= 35 for measure in shown)


def test_a_null_result_looks_like_one() -> None:
    for axes in figures.fan(made([0.1] * 8)).axes[:2]:
        low, high = axes.get_ylim()
        assert high - low >= 19.9


def test_a_long_series_is_drawn_by_the_round() -> None:
    values = np.arange(2 * 520.0).reshape(2, 520)
    weeks, drawn = coarse_of(np.arange(520.0), values)
    assert drawn.shape == (2, 130)
    assert weeks[0] == 1.5
    assert drawn[0, 0] == 1.5
    values[0, 3] = np.nan
    assert coarse_of(np.arange(520.0), values)[1] is values


def test_names_are_kept_apart_and_dollars_are_dollars() -> None:
    moved = style.keep_apart(np.array([0.5, 0.52, 0.51]), 0.1)
    assert np.diff(np.sort(moved)).min() >= 0.0999
    assert np.argsort(moved).tolist() == [0, 2, 1]
    moved = style.keep_apart(np.array([0.5, 0.52, 0.51]), np.array([0.1, 0.1, 0.3]))
    assert np.diff(np.sort(moved)) == pytest.approx([0.2, 0.2], abs=1e-3), "a tall one in between"
    study = made([1.0])
    arms = (study.arms[0], dataclasses.replace(study.arms[1], name="$5 & $6"))
    drawn = style.svg(figures.fan(dataclasses.replace(study, arms=arms, main="$5 & $6")))
    assert "$5 &amp; $6" in drawn


def test_words_about_unknown_things() -> None:
    with pytest.raises(ValueError, match="paper, beamer"):
        figures.fan(made([1.0]), style="poster")
    with pytest.raises(ValueError, match="no measure is called 'npz'"):
        figures.fan(made([1.0]), ("npz",))
    with pytest.raises(ValueError, match="no kind of panel"):
        figures.lag({})
    with pytest.raises(ValueError, match="4 colours for 5 people"):
        figures.organisation(tree(5, 7), np.zeros(4))


def test_lag_is_drawn_from_what_there_is() -> None:
    for missing in ("correlation", "low", "null_low", "lags_months", "best_lag_share"):
        kinds = {
            name: {key: value for key, value in each.items() if key != missing}
            for name, each in PANEL["kinds"].items()
        }
        drawn = style.svg(figures.lag({"kinds": kinds}, only="placebo"))
        assert ("not computed" in drawn) == (missing in ("correlation", "lags_months"))
    assert len(figures.lag({"kinds": {"placebo": {}, "our own": {}}}).axes) == 4
    whole = figures.lag({"kinds": {"placebo": kind(0, 0.0, (1.0, 0.0, 0.0, 0.0))}})
    assert max(whole.axes[1].get_yticks()) == 1.0, "no tick above 100 % of panels"


def test_kinds_of_panel_can_be_compared() -> None:
    alone = [figures.lag(PANEL, only=name).axes[0].get_ylim() for name in PANEL["kinds"]]
    assert len(set(alone)) == 1


@pytest.mark.parametrize("sheet", ["paper", "beamer"])
@pytest.mark.parametrize("only", [None, "placebo"])
def test_the_legend_of_a_panel_lies_outside_all_axes(sheet: str, only: str | None) -> None:
    kinds = {**PANEL["kinds"], "placebo": kind(0, 0.0, (0.9, 0.0, 0.0, 0.1))}
    figure = figures.lag({"kinds": kinds}, sheet, only)
    with style.styled(sheet):
        figure.draw_without_rendering()
    boxes = [axes.get_tightbbox() for axes in figure.axes]
    (legend,) = figure.legends
    assert {text.get_text() for text in legend.get_texts()} == {"levels", "yearly differences"}
    found = legend.get_window_extent()
    assert figure.bbox.x0 <= found.x0
    assert found.x1 <= figure.bbox.x1
    assert not any(box and found.overlaps(box) for box in boxes)
    assert not any(axes.get_legend() for axes in figure.axes)


# Numbers


def test_verdicts_by_hand() -> None:
    verdict = numbers.verdict
    assert verdict(np.full(10, 2.5)) is numbers.Verdict.HIGHER
    assert verdict(np.full(10, -2.5)) is numbers.Verdict.LOWER
    assert verdict(np.full(10, 1.9)) is numbers.Verdict.NULL
    assert verdict(np.array([5.0, -5.0] * 5)) is numbers.Verdict.UNCLEAR
    assert verdict(np.array([2.5] * 9 + [1.0])) is numbers.Verdict.HIGHER
    assert verdict(np.array([2.5] * 8 + [1.0] * 2)) is numbers.Verdict.UNCLEAR
    assert verdict(np.full(4, 9.0)) is numbers.Verdict.FEW
    assert verdict(np.array([9.0] * 4 + [np.nan] * 6)) is numbers.Verdict.FEW


def test_last_year_and_levels_by_hand() -> None:
    study = made([1.0, 2.0, 3.0])
    assert numbers.difference(study, "nps_true") == pytest.approx([1.0, 2.0, 3.0])
    found = numbers.level_difference(study, 0)
    assert found is not None
    assert found[0] == pytest.approx([0.32, 0.08, 0.02])


def test_limits_are_round_and_shares_end_at_one() -> None:
    def limits(*values: float) -> tuple[float, float]:
        colour = np.array(values)
        return portrait.colour_limits([portrait.Picture("", tree(1, 2), colour)])

    assert limits(0.31, 0.88) == pytest.approx((0.0, 1.0))
    assert limits(0.97, 0.99) == pytest.approx((0.9, 1.0))
    assert limits(0.42, 0.45) == pytest.approx((0.42, 0.52))
    assert limits(np.nan) == (0.0, 1.0)


def test_nothing_is_left_of_a_file_that_failed(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        style.write_whole(tmp_path / "nowhere" / "a.svg", b"")
    target = tmp_path / "a.svg"
    target.mkdir()
    (target / "in the way").touch()
    with pytest.raises(OSError, match="irectory"):
        style.write_whole(target, b"x")
    assert [each.name for each in tmp_path.iterdir()] == ["a.svg"]
