"""Are figures whole, honest and the same every time?"""

import dataclasses
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest

from experiments import figures
from experiments.agreement import FIGURES
from experiments.figures import levers, numbers, places, portrait, style
from experiments.figures.over_years import coarse as coarse_of
from experiments.results import Arm, Study
from scenarios.library import entries
from sim.configuration import Configuration, Organisation, Switch, structure_of
from sim.levers import Action, costs, timetable
from sim.measures import COLUMN, LEVEL_MEASURES, MEASURES
from sim.runs import Task, simulate_many
from sim.structure import circles, from_bosses, tree

SMALL = Organisation(people=57, customers=400)
WEEKS = 104
EXAMPLE = (Action("example", 0.9, start=20, ramp=13),)


def kind(peak: float, height: float, shares: tuple[float, ...]) -> dict[str, Any]:
    """Test data for one kind of panel; no model was run for it."""
    lags = np.arange(-24, 61, 6)
    line = height * np.exp(-(((lags - peak) / 25.0) ** 2))
    wide = np.full(lags.size, 0.2)
    years = dict(zip("0123", shares, strict=True))
    return {
        "lags_months": lags, "correlation": line, "low": line - wide, "high": line + wide,
        "null_low": -wide, "null_high": wide, "best_lag_share": years,
        "best_lag_share_differences": dict(zip("0123", shares[1:] + shares[:1], strict=True)),
    }  # fmt: skip


PANEL = {
    "test_data": True,
    "kinds": {
        "true link": kind(24, 0.6, (0.02, 0.25, 0.62, 0.11)),
        "common cause only": kind(22, 0.5, (0.04, 0.28, 0.58, 0.10)),
        "placebo": kind(0, 0.0, (0.31, 0.21, 0.20, 0.28)),
    },
}


def run_arm(name: str, told: Configuration, seeds: tuple[int, ...]) -> Arm:
    """An arm from the engine."""
    records = simulate_many([Task(told, seed) for seed in seeds])
    table = timetable(told.actions, told.weeks)
    return Arm(
        name, f"about {name}", told, np.stack([each.weekly for each in records]),
        np.stack([each.levels for each in records]), costs(table, 8, told.organisation.people),
    )  # fmt: skip


def snapshot(arm: Arm) -> dict[str, Any]:
    """Test data for a snapshot: effort by level with noise."""
    structure = structure_of(arm.told)
    noise = np.random.default_rng(1).random(structure.boss.size)
    return {"structure": structure, "visible_effort": noise, "value": 1.0 - noise}


@cache
def simulated(seeds: int = 4, extra: bool = True) -> Study:
    """A small study from the engine: a tree that does nothing, one with an example, circles."""
    told = Configuration(organisation=SMALL, weeks=WEEKS)
    row = tuple(range(seeds))
    arms = (
        run_arm("nothing", told, row),
        run_arm("example", dataclasses.replace(told, actions=EXAMPLE), row),
        run_arm("circles", dataclasses.replace(told, structure="circles"), row),
    )
    held = {"snapshots": {each.name: snapshot(each) for each in arms}, "panel": PANEL}
    return Study(
        "small", "Small", "A small study.", arms, "example", "nothing", row, held if extra else {}
    )


def made(
    effects: list[float], name: str = "made", levels: int = 3, noise: float = 0.0, **extra: Any
) -> Study:
    """A study by hand: NPS 10 in one arm, 10 plus an effect of its own in each seed of the other.

    Effort is .4 everywhere, and .4 + .32, .08, .02 from the top down in the other.
    """
    told = Configuration(organisation=SMALL, weeks=WEEKS)
    seeds = len(effects)
    weekly = np.full((seeds, WEEKS, len(MEASURES)), 0.4)
    weekly[:, :, [COLUMN[each] for each in ("nps", "nps_true", "enps", "enps_true")]] = np.nan
    draws = np.random.default_rng(2).normal(0.0, noise, (seeds, WEEKS)) if noise else 0.0
    for measure in ("nps", "nps_true", "enps", "enps_true"):
        weekly[:, ::13, COLUMN[measure]] = 10.0 + np.broadcast_to(draws, (seeds, WEEKS))[:, ::13]
    other = weekly.copy()
    for measure in ("nps", "nps_true"):
        other[:, ::13, COLUMN[measure]] += np.array(effects)[:, np.newaxis]
    low = np.full((seeds, WEEKS, levels, len(LEVEL_MEASURES)), 0.4)
    fading = 0.25 ** np.arange(levels, dtype=np.float64)
    high = low + 0.32 * fading[:, np.newaxis]
    high[:, :10] = 0.4
    paid = np.zeros((WEEKS, 2))
    arms = (
        Arm("nothing", "as it is", told, weekly, low, paid),
        Arm("example", "the top goes first", dataclasses.replace(told, actions=EXAMPLE), other,
            high, np.full((WEEKS, 2), (8.0, 0.0))),
    )  # fmt: skip
    return Study(
        name, "Made by hand", "For a test.", arms, "example", "nothing", tuple(range(seeds)), extra
    )


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


# Places


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6, 7, 8, 13, 30, 61])
def test_circles_packed_together_do_not_overlap(count: int) -> None:
    spots = places.together(count)
    assert spots.shape == (count, 2)
    away = np.hypot(*(spots[:, np.newaxis] - spots).T) + 2 * np.eye(count)
    assert away.min() >= 1 - 1e-9


@pytest.mark.parametrize("people", [1, 2, 5, 12, 57, 400])
def test_everybody_has_a_place_of_their_own(people: int) -> None:
    for made_of, drawn in (
        (tree(people, 7), places.radial(tree(people, 7))),
        (circles(people, 8), places.packed(circles(people, 8))),
    ):
        assert drawn.xy.shape == (people, 2)
        assert np.hypot(*drawn.xy.T).max() <= 1.0
        assert len(drawn.start) in (0, made_of.boss.size - 1)
        away = np.hypot(*(drawn.xy[:, np.newaxis] - drawn.xy).T) + 9 * np.eye(people)
        touching = (drawn.dot[:, np.newaxis] + drawn.dot) / 2
        assert (away >= 0.9 * touching).all()


def test_circles_lie_within_the_circles_above() -> None:
    structure = circles(400, 8)
    drawn = places.packed(structure)
    inside = places._home_of_teams(structure)
    for team in np.flatnonzero(inside >= 0):
        inner, outer = drawn.hoops[team], drawn.hoops[inside[team]]
        assert np.hypot(*(inner[:2] - outer[:2])) + inner[2] <= outer[2] + 1e-9


def test_two_thousand_people_are_drawn_as_collections() -> None:
    colour = np.random.default_rng(1).random(2000)
    figure = figures.organisations(
        [
            portrait.Picture("tree", tree(2000, 7), colour),
            portrait.Picture("circles", circles(2000, 8), colour, circles=True),
        ]
    )
    assert sum(len(axes.collections) + len(axes.patches) for axes in figure.axes) < 100


# Real people


def chart() -> portrait.Picture:
    """Row 0 leads 1 and 2; 1 leads five, 2 leads four."""
    structure = from_bosses([-1, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2])
    return portrait.Picture("list", structure, np.arange(12) / 12)


def test_only_teams_of_five_have_a_colour() -> None:
    means = portrait.team_means(chart())
    assert means[3:8] == pytest.approx(np.full(5, 5.0 / 12))
    assert np.isnan(np.delete(means, np.arange(3, 8))).all()


def test_nobody_can_be_read_from_a_chart() -> None:
    picture = chart()
    shuffled = picture.colour.copy()
    shuffled[3:8] = shuffled[3:8][::-1]  # within a team of five
    shuffled[[0, 1, 2, 8, 9, 10, 11]] = 0.99  # the head, and teams that are too small
    one, two = (
        style.svg(figures.organisation(picture.structure, colour, groups_only=True))
        for colour in (picture.colour, shuffled)
    )
    assert one == two
    assert "fewer than 5" in one


def test_a_team_with_an_empty_place_may_be_too_small() -> None:
    picture = chart()
    picture.colour[3] = np.nan
    assert np.isnan(portrait.team_means(picture)).all()


def test_imported_lists_are_always_drawn_by_team(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = Configuration(
        organisation=Organisation(people=12, customers=50), structure="chart", weeks=10,
        bosses=tuple(chart().structure.boss.tolist()),
    )  # fmt: skip
    study = made([1.0], snapshots={"example": {"structure": chart().structure,
                                               "visible_effort": chart().colour}})  # fmt: skip
    arms = tuple(dataclasses.replace(each, told=told) for each in study.arms)
    asked: list[bool] = []
    original = figures.organisations

    def watched(*arguments: Any, **named: Any) -> Any:
        asked.append(named["groups_only"])
        return original(*arguments, **named)

    monkeypatch.setattr(figures, "organisations", watched)
    figures.draw(dataclasses.replace(study, arms=arms), tmp_path)
    assert asked == [True]


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
