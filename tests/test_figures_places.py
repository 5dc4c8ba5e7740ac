"""Has everybody a place in the picture, and can nobody real be told from it?"""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawing import made

from experiments import figures
from experiments.figures import places, portrait, style
from sim.configuration import Configuration, Organisation
from sim.structure import circles, from_bosses, tree

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
