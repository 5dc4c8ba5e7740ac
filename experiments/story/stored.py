"""How is what a story shows kept? One small JSON file of whole numbers beside its definition.

    series[measure]  {scale, low, high, median, below, above}: whole numbers, flat [points, times];
                     median / scale is the value, (median - below) / scale the 5 % end of the band
    against          the last year less what a point is compared with, seed by seed: median, low,
                     high [points]

A file that was made for another definition is refused.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from experiments.store import MADE_BY, FolderError
from experiments.story.definition import GROUP, Story
from scenarios.library import CONF

FORMAT = 1


def identity(each: Story) -> str:
    """16 hexadecimal digits of what was asked; what is shown first is no part of it."""
    content = dict(each.content)
    factors = content.get("factors", {}).items()
    content["factors"] = {name: [told["values"], told["rest"]] for name, told in factors}
    for name in ("shown", "begins"):
        content.pop(name, None)
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def path_of(each: Story) -> Path:
    """Where the grid lies that comes with the package."""
    return CONF / GROUP / f"{each.name}.json"


def text_of(grid: dict[str, Any]) -> bytes:
    """The grid as it is written: one line for each part, so that changes can be read."""
    return (_lines(grid, 2) + "\n").encode()


def _lines(content: Any, depth: int) -> str:
    if depth == 0 or not isinstance(content, dict) or not content:
        return json.dumps(content, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    parts = (f"{json.dumps(key)}:{_lines(value, depth - 1)}" for key, value in content.items())
    return "{\n" + ",\n".join(parts) + "\n}"


def read(each: Story) -> dict[str, Any] | None:
    """The grid that comes with the package, None if there is none.

    Raises FolderError for a file that is not what this story asks.
    """
    path = path_of(each)
    again = f"type zwerm story {each.name} --fresh to run it anew"
    try:
        grid = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise FolderError(f"{path} cannot be read; {again}") from None
    if not isinstance(grid, dict) or grid.get("made_by") != MADE_BY or grid.get("format") != FORMAT:
        raise FolderError(f"{path} is no grid of a story that this version reads; {again}")
    if grid.get("asked") != identity(each):
        raise FolderError(f"{path} was made for another definition of {each.name}; {again}")
    return grid
