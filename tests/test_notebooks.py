"""Do the notebooks run: every cell, every hidden answer, every figure?

Each is executed as a student would: from its folder, top to bottom, with nothing defined. They take
turns in one kernel, which is emptied in between: starting one takes longer than many a cell. The
code of an answer that folds out runs right after its exercise. How long it took is printed (`-s`)
and put into the properties of the test, never asserted.
"""

import ast
import re
import time
import warnings
from pathlib import Path

import pytest

jupytext = pytest.importorskip("jupytext")
nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")
KernelManager = pytest.importorskip("jupyter_client").KernelManager

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(each.stem for each in FOLDER.glob("[0-9]*.py"))
ANSWER = re.compile(r"<details>.*?</details>", re.S)
CODE = re.compile(r"```python\n(.*?)```", re.S)
DRAWS = ("subplots(", ".plot(figsize=", "fan(")  # what a cell that draws calls
SECONDS = 60  # a student waits no longer on two cores that do nothing else
LONGEST = 600  # of a cell, however busy the machine


def cells_of(name: str) -> list:
    return jupytext.read(FOLDER / f"{name}.py").cells


def sources(name: str, kind: str) -> list[str]:
    return [each.source for each in cells_of(name) if each.cell_type == kind]


def with_answers(name: str):
    """The notebook with the code of its hidden answers as cells."""
    notebook = jupytext.read(FOLDER / f"{name}.py")
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "markdown":
            for answer in ANSWER.findall(cell.source):
                cells += [nbformat.v4.new_code_cell(each, metadata={"answer": True})
                          for each in CODE.findall(answer)]  # fmt: skip
    notebook.cells = cells
    return notebook


# Nothing that one notebook defined, drew or set is left for the next.
EMPTY = """
import sys as _sys
if "matplotlib" in _sys.modules:
    import matplotlib.pyplot as _plt
    _plt.close("all")
    _plt.rcdefaults()
%reset -f
%matplotlib inline
"""


@pytest.fixture(scope="module")
def kernel():
    """A kernel that all notebooks run in, one after the other."""
    with warnings.catch_warnings():  # of the kernel's own making: its sockets and channels
        warnings.simplefilter("ignore")
        manager = KernelManager(kernel_name="python3")
        manager.start_kernel(cwd=str(FOLDER))
        yield manager
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


def executed(notebook, kernel):
    notebook.cells.insert(0, nbformat.v4.new_code_cell(EMPTY))
    client = nbclient.NotebookClient(
        notebook, km=kernel, timeout=LONGEST, record_timing=True,
        resources={"metadata": {"path": str(FOLDER)}},
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            client.execute(cleanup_kc=False)
        finally:
            client.kc.stop_channels()
    del notebook.cells[0]
    return notebook


def pictures(cell) -> int:
    return sum("image/png" in each.get("data", {}) for each in cell.outputs)


def printed(cell) -> str:
    return "".join(each.text for each in cell.outputs if each.get("name") == "stdout")


def seconds(cells) -> float:
    """What the kernel took for these cells, by its own clock."""
    from datetime import datetime

    total = 0.0
    for cell in cells:
        told = cell.metadata.get("execution", {})
        begun, done = told.get("iopub.execute_input"), told.get("shell.execute_reply")
        if begun and done:
            total += (datetime.fromisoformat(done) - datetime.fromisoformat(begun)).total_seconds()
    return total


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_cell_and_every_answer_runs(name: str, kernel, record_property):
    before, begun = set(FOLDER.iterdir()), time.monotonic()
    code = [each for each in executed(with_answers(name), kernel).cells if each.cell_type == "code"]
    lesson = [each for each in code if not each.metadata.get("answer")]
    took = seconds(lesson)
    record_property("seconds", round(took, 1))
    record_property("seconds_with_answers", round(time.monotonic() - begun, 1))
    late = "" if took <= SECONDS else f", more than {SECONDS}"
    print(f"{name}: {took:.0f} seconds{late}")
    drawing = [each for each in lesson if any(call in each.source for call in DRAWS)]
    assert len(drawing) >= 3
    for cell in drawing:
        assert pictures(cell) == 1, f"no figure, or two, from: {cell.source}"
    for cell in code:
        assert not re.search(r"\bnan\b", printed(cell)), f"a number is missing in: {printed(cell)}"
    assert set(FOLDER.iterdir()) - before <= {FOLDER / "__pycache__"}


def test_an_error_in_a_cell_would_be_seen(kernel):
    broken = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="ZeroDivisionError"):
        executed(broken, kernel)


def test_nothing_is_left_for_the_next_notebook(kernel):
    written = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("mine = 1")])
    executed(written, kernel)
    asked = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("mine")])
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="NameError"):
        executed(asked, kernel)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_says_what_one_learns_and_hides_two_answers(name: str):
    told = "\n\n".join(sources(name, "markdown"))
    dutch = name.endswith("_nl")
    assert told.splitlines()[0].startswith("# ")
    assert told.splitlines()[0].endswith("?")
    assert ("**Je leert**" if dutch else "**You will learn**") in told
    assert ("## Oefeningen" if dutch else "## Exercises") in told
    assert 2 <= len(ANSWER.findall(told)) <= 3
    assert told.count("<details>") == told.count("</details>") == len(ANSWER.findall(told))
    for code in CODE.findall(told):
        ast.parse(code)


def test_dutch_is_the_same_lesson():
    """The same headings, cells, figures and answers."""
    shapes = []
    for name in ("01_plain_model", "01_plain_model_nl"):
        cells = cells_of(name)
        told = "\n".join(sources(name, "markdown"))
        shapes.append((
            [each.cell_type for each in cells], len(re.findall(r"^#+ ", told, re.M)),
            len(ANSWER.findall(told)), len(CODE.findall(told)),
            sum("subplots(" in each for each in sources(name, "code")),
        ))  # fmt: skip
    assert shapes[0] == shapes[1]


def test_the_list_of_notebooks_is_whole():
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    named = {each.removesuffix(".py") for each in re.findall(r"`(\d\d_\w+\.py)`", told)}
    assert named == set(NOTEBOOKS)
    for name in NOTEBOOKS:
        if not name.endswith("_nl"):
            title = sources(name, "markdown")[0].splitlines()[0].removeprefix("# ")
            assert title in told
