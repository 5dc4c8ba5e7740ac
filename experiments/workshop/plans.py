"""What does a team plan, in words, and what came of all? Steps by week; facts for the debrief."""

from collections.abc import Sequence
from typing import NamedTuple

from experiments.workshop.said import decimals, lever_name
from experiments.workshop.teams import Result, Team, debrief
from experiments.workshop.words import filled, words_of
from sim.levers import NAMES
from sim.parameters import WEEKS_PER_YEAR

HOURS = "hours a week"  # the unit of a lever


class Step(NamedTuple):
    """A part of a plan."""

    week: int  # in which it begins
    text: str  # with the year


def steps(team: Team, language: str) -> list[Step]:
    """The change of structure and the moves of a team, by week."""
    found = [Step(each.start, _move(team, at, language)) for at, each in enumerate(team.moves)]
    if team.structure:
        found.append(Step(team.switch, shape_text(team, language, dated=True)))
    return sorted(found)


def plan_text(team: Team, language: str) -> str:
    """The whole plan in one line."""
    told = "; ".join(each.text for each in steps(team, language))
    return told or str(words_of(language)["teams"]["does_nothing"])


def shape_text(team: Team, language: str, dated: bool = False) -> str:
    """The structure that a team chose, with the year if asked; empty if it kept its own."""
    if not team.structure:
        return ""
    words = words_of(language)
    kind = words["structure"][team.structure]
    if not dated:
        return str(kind)
    key = "shape_from" if team.switch else "shape_always"
    return filled(words["teams"][key], {"kind": kind, "year": year_text(team.switch, language)})


def year_text(week: int, language: str) -> str:
    """How many years have gone by in a week: `1`, `1,5` or `1,25`."""
    years = week / WEEKS_PER_YEAR
    places = next((few for few in (0, 1) if round(years, few) == round(years, 2)), 2)
    return decimals(language, years, places)


def debrief_texts(results: Sequence[Result], measure: str, language: str) -> list[str]:
    """What is said of all teams before the questions, a sentence each. Raises ValueError."""
    facts, several = debrief(results, measure), len(results) > 1
    words, told = words_of(language)["teams"], list[str]()
    if facts.idle:
        told.append(words["idle"])
    elif several and facts.alike:
        told.append(words["alike"])
    elif not facts.furthest:
        told.append(words["none_better"])
    for path, names in (("furthest", facts.furthest), ("closest", facts.closest),
                        ("thriftiest", facts.thriftiest)):  # fmt: skip
        if names:
            told.append(filled(words[path], {"name": ", ".join(names)}))
    if several and facts.furthest:
        told.append(words["apart" if facts.told_apart else "not_apart"])
    return told


def _move(team: Team, at: int, language: str) -> str:
    move, words = team.moves[at], words_of(language)["teams"]
    share = NAMES[move.lever].high <= 1
    value = decimals(language, move.strength * (100 if share else 1), 0 if share else 1)
    if share:
        value += "%"
    elif NAMES[move.lever].unit == HOURS:
        value = filled(words["hours"], {"value": value})
    said = {"lever": lever_name(language, move.lever), "value": value,
            "year": year_text(move.start, language),
            "end": year_text(move.end, language)}  # fmt: skip
    key = "step_until" if move.end else "step" if move.start else "step_always"
    return filled(words[key], said)
