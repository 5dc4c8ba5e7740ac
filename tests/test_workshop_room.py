"""Does a link hold a room exactly, and is whatever is broken said in both languages?"""

import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.story.words import paths
from experiments.workshop import offered
from experiments.workshop.own import SIGNS
from experiments.workshop.room import FRONT, MORE, SHAPES, SIDES, Move, Room, query_of, room_of
from experiments.workshop.said import LANGUAGES, RoomError, decimals, number_of, said, words
from experiments.workshop.told import told_of, with_story
from sim.levers import NAMES
from sim.parameters import ParameterError

WORKSHOP = Path(__file__).resolve().parent.parent / "experiments" / "workshop"


@st.composite
def moves(draw: st.DrawFn, weeks: int) -> tuple[Move, ...]:
    """Moves of different levers, all within bounds."""
    found = []
    for name in draw(st.lists(st.sampled_from(sorted(NAMES)), unique=True, max_size=4)):
        lever, start = NAMES[name], draw(st.integers(0, weeks - 1))
        strength = draw(st.floats(lever.low, lever.high, allow_nan=False))
        end = draw(st.one_of(st.just(0), st.integers(start + 1, 520))) if start < 520 else 0
        found.append(Move(name, strength, start, draw(st.integers(0, 104)), end))
    return tuple(found)


@st.composite
def rooms(draw: st.DrawFn) -> Room:
    """Rooms within bounds."""
    years = draw(st.integers(1, 10))
    size: Any = {
        name: draw(st.integers(*offered.bound(name)[1:])) for name in ("people", "customers")
    }
    shapes: Any = {f"structure_{side}": draw(st.sampled_from(SHAPES)) for side in SIDES}
    switches: Any = {f"switch_{side}": draw(st.integers(0, years * 52 - 1)) for side in SIDES}
    return Room(
        organisation=draw(st.sampled_from(offered.organisations())), years=years,
        first=draw(moves(years * 52)), second=draw(moves(years * 52)),
        seed=draw(st.integers(1, 1000)), measure=draw(st.sampled_from(list(offered.measures()))),
        language=draw(st.sampled_from(LANGUAGES)), beamer=draw(st.booleans()),
        view=draw(st.sampled_from(("", "flowers"))),
        guess=tuple(draw(st.lists(st.floats(-100, 100), max_size=12))),
        **size, **shapes, **switches,
    )  # fmt: skip


@given(rooms())
def test_a_link_gives_the_room_back(room: Room) -> None:
    assert room_of(query_of(room)) == room


def test_a_room_as_it_is_at_first_needs_no_words_in_a_link() -> None:
    assert query_of(Room()) == {}
    assert room_of({}) == Room()


BROKEN = {
    "x": ({"x": "1"}, "broken"),
    "years": ({"y": "11"}, "size"),
    "no number": ({"y": "five"}, "broken"),
    "digits of another script": ({"y": "٥"}, "broken"),
    "too many people": ({"p": "2001"}, "size"),
    "organisation": ({"o": "retial"}, "organisation"),
    "own": ({"o": "own-../../x"}, "broken"),
    "story": ({"s": "nope"}, "story"),
    "lever": ({"a": "exmaple~0.9~52~13~0"}, "lever"),
    "half a move": ({"a": "example~0.9~52"}, "broken"),
    "strength": ({"a": "example~1.5~52~13~0"}, "strength"),
    "no strength": ({"a": "example~nan~52~13~0"}, "broken"),
    "start": ({"a": "example~0.9~260~13~0"}, "week"),
    "end": ({"a": "example~0.9~52~13~52"}, "end"),
    "overlap": ({"a": "example~0.9~52~13~0~example~0.8~60~0~0"}, "overlap"),
    "too many": ({"a": "~".join(f"example~0.9~{week}~0~{week + 1}" for week in range(25))},
                 "too_many"),
    "measure": ({"m": "happiness"}, "measure"),
    "language": ({"l": "fr"}, "language"),
    "structure": ({"ta": "star"}, "shape"),
    "switch": ({"ta": "circles", "wa": "260"}, "switch_week"),
    "beamer": ({"z": "yes"}, "broken"),
    "view": ({"w": "<script>"}, "broken"),
    "guess": ({"g": "~".join(["1"] * 45)}, "broken"),
    "500 letters": ({"o": "x" * 500}, "organisation"),
    "endless": ({"a": "example~0.9~52~13~0~" * 300}, "link_long"),
}  # fmt: skip


@pytest.mark.parametrize(("query", "key"), BROKEN.values(), ids=BROKEN)
def test_a_broken_link_is_said_in_both_languages(query: dict[str, str], key: str) -> None:
    with pytest.raises(RoomError) as caught:
        room_of(query)
    assert caught.value.key == key
    told = [said(caught.value, language) for language in LANGUAGES]
    assert told[0] != told[1]
    assert all(len(text) < 400 and "{" not in text and "\n" not in text for text in told)


def test_an_error_of_the_model_says_that_it_speaks_english() -> None:
    told = said(ParameterError("years = 11 is out of range"), "nl")
    assert "years = 11 is out of range" in told
    assert told != "years = 11 is out of range"


def test_an_error_names_levers_and_numbers_as_the_page_does() -> None:
    error = RoomError("strength", lever="example", value=1.25, low=0.0, high=1.0)
    assert "1,25" in said(error, "nl")
    assert "example" not in said(error, "nl")
    assert "1.25" in str(error)


def test_twelve_levers_in_front_and_every_other_under_more() -> None:
    assert len(set(FRONT)) == 12
    assert {*FRONT, *MORE} == {*NAMES, "structure"}
    assert not set(FRONT) & set(MORE)
    assert all(name in MORE for others in offered.beside().values() for name in others)


@pytest.mark.parametrize("name", sorted(offered.stories()))
def test_a_story_fills_a_room_that_a_link_holds(name: str) -> None:
    room = with_story(Room(), name)
    assert room_of(query_of(room)) == room
    assert told_of(room, "first") != told_of(room, "second")


def test_a_story_is_the_scenario_of_its_name() -> None:
    from experiments.settings import compose, study_plan

    arms = {arm.name: arm.told for arm in study_plan(compose(["scenario=washing"])).arms}
    room, told = with_story(Room(), "washing"), offered.stories()["washing"]
    for side, arm in zip(SIDES, (told.first, told.second), strict=True):
        mine = told_of(room, side)
        assert (mine.actions, mine.switches) == (arms[arm].actions, arms[arm].switches)
        assert (mine.weeks, mine.parameters) == (arms[arm].weeks, arms[arm].parameters)


def test_both_languages_have_the_same_words_with_the_same_braces() -> None:
    dutch, english = (paths(words(language)) for language in LANGUAGES)
    assert dutch.keys() == english.keys()

    def braces(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert {key: braces(text) for key, text in dutch.items()} == {
        key: braces(text) for key, text in english.items()
    }


def test_every_error_has_its_sentence_and_every_sentence_its_error() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in WORKSHOP.glob("*.py"))
    used = set(re.findall(r"RoomError\(\s*['\"](\w+)['\"]", code))
    used |= set(SIGNS.values()) | {"only_english", "list_broken"}
    assert used == set(words("en")["errors"])


def test_numbers_are_written_as_the_language_does() -> None:
    assert decimals("nl", -1234.56, 1) == "\N{MINUS SIGN}1.234,6"
    assert decimals("en", 1234.56, 1, sign=True) == "+1,234.6"
    assert decimals("nl", -0.001, 1, sign=True) == "0,0"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_is_read_with_a_comma_and_with_a_point(language: str) -> None:
    for text, value in (("3,5", 3.5), ("3.5", 3.5), ("-2", -2.0), (" +0,25 ", 0.25), ("7,", 7.0)):
        assert number_of(text, language) == value
    for text in ("", "drie", "3,5,1", "1e9", "nan", "3 %", "-", "9" * 500):
        assert number_of(text, language) is None


def test_thousands_are_read_as_the_language_writes_them() -> None:
    assert number_of("1.500", "nl") == number_of("1,500", "en") == 1500.0
    assert number_of("1,500", "nl") == number_of("1.500", "en") == 1.5
    assert number_of("-12.500,5", "nl") == -12500.5
    for language in LANGUAGES:
        for value in (-1234.5, 0.0, 12.3, 2e6):
            assert number_of(decimals(language, value, 1), language) == value
