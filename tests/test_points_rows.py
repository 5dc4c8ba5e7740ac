"""Are rows of points read from any spreadsheet, and is what is wrong with them told?"""

import re
from pathlib import Path

import numpy as np
import pytest
from designing import PULL, base, design, points_of, refusal, told

from experiments.settings import compose
from experiments.sweep.base import Base
from experiments.sweep.design import design_of
from experiments.sweep.rows import read_rows
from sim.parameters import ParameterError


def written(folder: Path, content: str | bytes, name: str = "my points.csv") -> str:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return f"sweep.file={path}"


def test_rows_of_a_spreadsheet(tmp_path: Path):
    text = (
        "\ufefforganisation.structure; leading.pull;organisation.people;;\r\n"
        'tree;0,3;57;;\r\n\r\ncircles;"0.35";;;\r\n;3;5e1;;\r\ntre;veel;0,5;;\r\n'
    )
    cfg = compose(["sweep=rows", written(tmp_path, text)])
    made, ready = design_of(cfg), Base.of(cfg)
    assert points_of(made) == [
        {"organisation.structure": "tree", "leading.pull": 0.3, "organisation.people": 57},
        {"organisation.structure": "circles", "leading.pull": 0.35, "organisation.people": None},
        {"organisation.structure": None, "leading.pull": 3, "organisation.people": 50},
        {"organisation.structure": "tre", "leading.pull": "veel", "organisation.people": 0.5},
    ]
    assert ready.told("chosen", made.point(0)) == told("leading.pull=.3", "organisation.people=57")
    circles = ["organisation.structure=circles", "leading.pull=.35"]
    assert ready.told("chosen", made.point(1)) == told(*circles)
    for place, expected in ((2, "leading.pull = 3 is out of range"), (3, "did you mean tree?")):
        with pytest.raises(ParameterError, match=re.escape(expected)):
            ready.told("chosen", made.point(place))


def test_rows_that_are_numbers_are_arrays(tmp_path: Path):
    made = design("sweep=rows", written(tmp_path, "leading.pull,organisation.span\n.3,7\n0.4,8\n"))
    assert [np.asarray(each).dtype.kind for each in made.columns.values()] == ["f", "i"]
    assert [type(each) for each in made.point(0).values()] == [float, int]


def test_rows_may_name_organisations(tmp_path: Path):
    given = written(tmp_path, "organisation,leading.pull\nretail,.3\nnone,.3\n,.3\n")
    ready = base("sweep=rows", given)
    retail = ready.told("chosen", {"organisation": "retail"})
    assert retail == told("organisation=retail")
    with pytest.raises(ParameterError, match="organisation 'none' is none of this sweep"):
        ready.told("chosen", {"organisation": "none"})


BAD_ROWS = [
    ("", "is empty; its first line names factors"),
    ("\n\n", "is empty"),
    ("leading.pull\n", "has a header and no rows"),
    ("leading.pull\n\n  \n", "has a header and no rows"),
    ("leading.pull,leading.pull\n.3,.4\n", "has leading.pull twice in its header"),
    (",leading.pull\n1,.3\n", "column 1 has no name"),
    (
        "leading.pull,people.value\n0,3,0,5\n",
        "line 2: the header has 2 columns and this line 4; put semicolons",
    ),
    ("leading.pull,people.value\n0.3\n", "line 2: the header has 2 columns and this line 1"),
    (b"PK\x03\x04whatever", "is no text; open it in a spreadsheet and save it as CSV"),
    (b"leading.pull\n\xff\xfe\n", "is not in UTF-8; save it as CSV (UTF-8)"),
    (b"leading.pull\n\x00\n", "is no text"),
    ('leading.pull\n"' + "3" * 200_000 + '"\n', "line 2: field larger than field limit"),
]


@pytest.mark.parametrize(("content", "expected"), BAD_ROWS, ids=lambda each: str(each)[:30])
def test_bad_files_get_one_sentence(content: str | bytes, expected: str, tmp_path: Path):
    path = Path(written(tmp_path, content).removeprefix("sweep.file="))
    with pytest.raises(ParameterError) as caught:
        read_rows(path)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


BAD_HEADERS = [
    ("leading.pul\n.3\n", "unknown factor leading.pul; did you mean leading.pull?"),
    ("years\n3\n", "years is no factor"),
    ("levers.words.start\n3\n", "add levers.words.strength"),
    ("leading.pull\n", "has a header and no rows"),
]


@pytest.mark.parametrize(("content", "expected"), BAD_HEADERS)
def test_headers_are_checked_at_once(content: str, expected: str, tmp_path: Path):
    assert expected in refusal("sweep=rows", written(tmp_path, content))


def test_files_that_are_none(tmp_path: Path):
    for path, expected in (
        (tmp_path / "none.csv", "is not there; sweep.file names a CSV"),
        (tmp_path, "cannot be read"),
        (tmp_path / "points.xlsx", "is no CSV; open it in a spreadsheet"),
    ):
        with pytest.raises(ParameterError, match=expected):
            read_rows(path)
    given = written(tmp_path, "leading.pull\n.3\n")
    assert "takes its factors from the file" in refusal("sweep=rows", given, PULL)
