"""Maps: what they declare can be run, equal runs are made once, and folders hold what they say."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from experiments.cli import main
from experiments.maps import drawn, half_width, number_of_runs, sentence, table_text, write
from scenarios.claims import claims
from scenarios.maps import MAPS, SPAN, WASHING, Axis, Map, cells, known
from sim.measures import NAMES
from sim.parameters import ParameterError


def tiny(each: Map) -> Map:
    """The lower left corner of a map, on a small organisation."""
    few = replace(each.base, organisation={**each.base.organisation, "people": 57,
                                           "customers": 100})  # fmt: skip
    panel = dict([next(iter(each.panels.items()))])
    across, up = (axis._replace(values=axis.values[:2]) for axis in (each.across, each.up))
    return replace(each, across=across, up=up, base=few, panels=panel, seeds=2)


@pytest.mark.parametrize("each", MAPS.values(), ids=list(MAPS))
def test_every_cell_can_be_told_and_no_two_arms_of_a_map_are_the_same(each: Map):
    places = cells(each)
    assert len(places) == len(each.panels) * len(each.across.values) * len(each.up.values)
    assert any(len(set(place.arms.values())) == len(each.arms) for place in places)
    assert len({tuple(place.arms.values()) for place in places}) == len(places)
    assert set(each.claims) <= set(claims())


def test_the_wait_grows_with_the_span():
    """Seven hold what the formula says; a span of 12 waits longer (target T09)."""
    axis = Axis("span", "people", (6, 12), SPAN.across.change)
    up = SPAN.up._replace(values=(0.4,))
    found = drawn(replace(SPAN, across=axis, up=up, seeds=2))
    short, long = found.mean[""][0]
    assert long > 2 * short > 0.5


def test_doing_nothing_is_the_corner_that_differs_by_nothing():
    found = drawn(tiny(WASHING))
    assert found.mean[""][0, 0] == 0.0
    assert found.mean[""].shape == (2, 2)
    assert not (found.mean[""][1:] == 0.0).any()


def test_equal_runs_are_counted_and_made_once():
    small = tiny(WASHING)
    told = {told for place in cells(small) for told in place.arms.values()}
    assert number_of_runs([small], 2) == 2 * len(told) < 2 * 2 * 4
    counted: list[float] = []
    drawn(small, 2, counted.append)
    assert max(counted) == number_of_runs([small], 2)


def test_half_width_is_that_of_student():
    assert half_width(np.array([1.0, 2.0, 3.0])) == pytest.approx(4.3027 / 3**0.5, rel=1e-4)
    assert np.isnan(half_width(np.array([1.0])))


def test_a_sentence_counts_only_what_is_large_and_sure():
    found = drawn(tiny(WASHING))
    made = replace(found, mean={"": np.array([[0.0, 1.0], [5.0, -5.0]])},
                   sure={"": np.array([[1.0, 0.5], [6.0, 1.0]])})  # fmt: skip
    assert sentence(made, "").startswith("Above nothing in 0 of 4 cells, below in 1, not told")


def test_a_folder_holds_table_figures_page_and_manifest(tmp_path):
    found = drawn(tiny(WASHING))
    write([found], tmp_path, "zwerm map washing")
    rows = list(csv.DictReader(io.StringIO(table_text(found))))
    assert len(rows) == 4
    assert float(rows[-1]["mean"]) == pytest.approx(found.mean[""][1, 1], rel=1e-5)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "Promise and practice" in page
    assert "<svg" in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert json.loads((tmp_path / "manifest.json").read_text())["maps"]["washing"]["seeds"] == 2
    assert {"washing.csv", "washing.png", "washing.svg"} <= {p.name for p in tmp_path.iterdir()}


def test_wrong_words_get_a_sentence(capsys):
    assert main(["map", "washin"]) == 2
    assert "did you mean washing" in capsys.readouterr().err
    assert main(["map", "washing", "--seeds", "1"]) == 2
    assert "type 2 to" in capsys.readouterr().err
    assert main(["map", "--list"]) == 0
    assert "circles_or_tree" in capsys.readouterr().out
    with pytest.raises(ParameterError, match="did you mean span"):
        known(["spam"])


def test_statistics_name_measures_that_exist():
    assert {"nps_true", "adopted", "waiting"} <= set(NAMES)
