"""Are the stored grids of the stories those of the model as it is? A point of each is run again."""

import pytest

from experiments.settings import compose
from experiments.story import grid
from experiments.story.definition import settings_of, story, story_names
from experiments.story.stored import read
from experiments.sweep.parts import Rows
from experiments.sweep.runner import work_of
from sim.runs import Task, simulate_many

STORIES = [name for name in story_names() if not story(name).is_panel]


@pytest.mark.parametrize("name", STORIES)
def test_a_point_run_again_is_the_one_that_is_stored(name: str):
    """By the code of today, whatever its hash: otherwise `zwerm story NAME --fresh --keep`."""
    each = story(name)
    found = read(each)
    assert found is not None
    work = work_of(compose(settings_of(each, [])))
    point = work.design.size - 1
    told = work.base.told(work.base.arms[0], work.design.point(point))
    rows = Rows(len(found["seeds"]), work.measures, work.base.weeks)
    for row, record in enumerate(simulate_many([Task(told, seed) for seed in found["seeds"]])):
        rows.done(row, record.weekly)
    for measure, series in zip(work.measures, rows.series, strict=True):
        if measure not in found["series"]:
            continue
        kept = found["series"][measure]
        ours = grid.packed(grid.half_years(series, each.weeks)[None], kept["scale"])
        count = len(ours["median"])
        for part in ("median", "below", "above"):
            assert kept[part][point * count : (point + 1) * count] == ours[part]
