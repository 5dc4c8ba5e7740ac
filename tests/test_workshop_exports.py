"""Do exports open, say how they were made, and can their runs be repeated?"""

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import numpy as np
import pytest

from experiments import store
from experiments.workshop import exports_words, offered
from experiments.workshop.exports import KINDS, RUN, Taken, exported, file_name
from experiments.workshop.live import Live, verdict
from experiments.workshop.own import Own, from_answers, own_of
from experiments.workshop.room import SIDES, Move, Room, room_of
from experiments.workshop.said import (
    LANGUAGES,
    RoomError,
    counted_in,
    decimals,
    measure_name,
)

SMALL = Room(
    people=20, customers=100, years=1, first=(Move("example", 0.9, 13, 4, 40),),
    structure_second="circles", switch_second=20,
)  # fmt: skip


@pytest.fixture(scope="module")
def taken() -> Taken:
    return taken_from(SMALL, {})


def taken_from(room: Room, owns: dict[str, Own]) -> Taken:
    """Both sides of a room, coarse."""
    live = Live()
    first, second = (live.fans(room, side, owns=owns) for side in SIDES)
    return Taken(room, first, second, owns)


def test_a_manifest_opens_the_same_room(taken: Taken) -> None:
    told = manifest_in(exported(taken, "html").decode())
    assert room_of(dict(parse_qsl(urlsplit(told["link"]).query))) == SMALL
    assert told["runs"] == [list(lot) for lot in taken.first.lots]


def manifest_in(page: str) -> dict[str, str]:
    """What stands in the page."""
    found = re.search(r'<script type="application/json" id="manifest">(.*?)</script>', page, re.S)
    assert found is not None
    return json.loads(found[1])


def test_a_page_has_no_outside_address(taken: Taken) -> None:
    page = exported(taken, "html").decode()
    assert not re.search(r"(?:https?:)?//[a-z]", re.sub(r'xmlns(:\w+)?="[^"]*"', "", page))
    assert '<html lang="nl">' in page
    assert "<svg" in page
    assert "Wat dit niet is" in page


def test_slides_open_and_pictures_have_words(taken: Taken) -> None:
    from pptx import Presentation

    deck = Presentation(io.BytesIO(exported(taken, "pptx")))
    assert len(deck.slides) >= 6
    assert all(slide.shapes.title is not None for slide in deck.slides)
    pictures = [each for slide in deck.slides for each in slide.shapes if each.shape_type == 13]
    assert pictures
    assert all(each._element.xpath(".//p:cNvPr/@descr") for each in pictures)
    notes = deck.slides[len(deck.slides) - 1].notes_slide.notes_text_frame
    assert notes is not None
    assert json.loads(notes.text)["made_by"] == "zwerm workshop export"


def test_pictures_open_and_hold_their_manifest(taken: Taken) -> None:
    from PIL import Image

    with Image.open(io.BytesIO(exported(taken, "png"))) as picture:
        assert picture.size[0] > 600
        assert json.loads(picture.info["Description"])["runs"]
    drawn = exported(taken, "svg").decode()
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert "plausible_set" in drawn


def test_numbers_are_those_of_the_fans(taken: Taken) -> None:
    lines = list(csv.DictReader(io.StringIO(exported(taken, "csv").decode())))
    for side, fans in (("A", taken.first), ("A less B", taken.difference)):
        mine = [float(each["median"]) for each in lines
                if each["side"] == side and each["measure"] == "value"]  # fmt: skip
        np.testing.assert_allclose(mine, fans.middle["value"], rtol=1e-5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_of_a_page_are_those_of_the_screen_with_their_units(
    taken: Taken, language: str
) -> None:
    spoken = Taken(replace(taken.room, language=language), taken.first, taken.second, {})
    told = {row[0].partition(" – ")[0]: row for row in exports_words.table(spoken)}
    for name, shown in offered.measures().items():
        label, first, _, _ = told[measure_name(language, name)]
        assert label.endswith(counted_in(language, name))
        last = 100.0 if shown.unit == "share" else 1.0
        middle = last * verdict(taken.first, name).middle
        assert first.startswith(decimals(language, middle, shown.places) + " (")
    assert counted_in("nl", "nps_true") == "punten"
    assert counted_in("en", "profit") == "euro a year for each employee"


def unpacked(taken: Taken, place: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(exported(taken, "folder"))) as packed:
        packed.extractall(place)
    return place


def test_the_folder_is_repeated_and_has_the_runs_of_the_fans(taken: Taken, tmp_path: Path) -> None:
    from pyarrow import parquet

    place = unpacked(taken, tmp_path)
    assert {file_name(kind) for kind in KINDS if kind != "folder"} <= {
        each.name for each in place.iterdir()
    }
    assert store.repeat(place / RUN).identical
    rows = parquet.read_table(place / RUN / "plausible.parquet").to_pydict()
    mine = [value for arm, value in zip(rows["arm"], rows["value"], strict=True) if arm == "A"]
    fans = taken.first.values["value"].mean(axis=1)
    np.testing.assert_allclose(sorted(mine), sorted(fans), rtol=1e-5)


def test_an_organisation_of_answers_is_repeated_too(tmp_path: Path) -> None:
    own = from_answers("ours", {"staff": 20, "contacts": "6", "span": 4})
    room = Room(organisation=own.key, people=20, customers=100, years=1)
    place = unpacked(taken_from(room, {own.key: own}), tmp_path)
    settings = (place / RUN / "config.yaml").read_text(encoding="utf-8")
    assert "span: 4" in settings
    assert "contacts_per_year: 6.0" in settings
    assert store.verified(place / RUN)["scenario"] == "workshop"


def test_of_a_list_there_is_no_run_folder() -> None:
    own = own_of("ours", "list", {"bosses": [-1, 0, 0, 0, 0, 0], "departments": [0] * 6})
    room = Room(organisation=own.key, customers=100, years=1)
    content = exported(taken_from(room, {own.key: own}), "folder")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert not [name for name in packed.namelist() if name.startswith(f"{RUN}/")]
        assert "organisatielijst" in packed.read("README.txt").decode()


def test_an_unknown_kind_is_refused(taken: Taken) -> None:
    with pytest.raises(RoomError) as caught:
        exported(taken, "docx")
    assert caught.value.key == "export_kind"
