"""What tests of stories share: the grids that come along, the pages made of them."""

import json
import re
from pathlib import Path

from experiments.story import page, stored
from experiments.story.definition import story, story_names

STORIES = story_names()
HERE = Path(page.__file__).parent


def grid(name: str) -> dict:
    found = stored.read(story(name))
    assert found is not None, f"run `zwerm story {name} --fresh --keep`"
    return found


def written(name: str, language: str = "nl", content: dict | None = None) -> str:
    return page.text_of(story(name), content or grid(name), language, f"zwerm story {name}")


def embedded(text: str) -> dict:
    found = re.search(r'<script id="content" type="application/json">(.*?)</script>', text)
    assert found
    return json.loads(found[1])
