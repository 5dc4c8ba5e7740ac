"""Which twelve questions describe an organisation, what may be answered, and which shapes fit?

An answer sets a parameter, or it is an outcome (eNPS, turnover, ...) for which a parameter is
sought (`scenarios/own_organisation.py`). A question left empty keeps what the preset has.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sim.configuration import Configuration, Organisation, shape_of
from sim.parameters import Declaration, ParameterError, declarations, nearest

Answer = float | int | str
Answers = Mapping[str, Answer]  # by the name of the question; unanswered ones are not in it

STRUCTURES = ("tree", "circles", "hybrid")
MOST_LAYERS = 17  # a span of two over 100,000 people
SHARE = "share, 0 to 1"
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)\s*(%?)")
WITH_SEPARATORS = re.compile(r"\d{1,3}([., ]\d{3})+")
AUTONOMY = {  # which share of decisions a structure leaves to the front
    "tree": "deciding.discretion",
    "hybrid": "deciding.discretion_hybrid",
    "circles": "deciding.discretion_circles",
}


@dataclass(frozen=True)
class Question:
    """One question and what may be answered."""

    name: str
    asks: str
    unit: str
    low: float = 0.0
    high: float = 0.0
    whole: bool = False
    choices: tuple[str, ...] = ()
    is_outcome: bool = False  # a parameter is sought for it

    @property
    def allowed(self) -> str:
        """What may be typed, in words."""
        if self.choices:
            return ", ".join(self.choices)
        return f"{self.low:,.10g} to {self.high:,.10g}"


def declaration_of(name: str) -> Declaration:
    """What `sim/` declares about a parameter, by its full name."""
    group, _, last = name.partition(".")
    kind: Any = Organisation
    if group != "organisation":
        kind = getattr(Configuration().parameters, group)
    return next(each for each in declarations(kind) if each.name == last)


def _set(name: str, asks: str, parameter: str) -> Question:
    """A question whose answer is a parameter, in that parameter's range."""
    told = declaration_of(parameter)
    whole = isinstance(told.default, int)
    return Question(name, asks, told.unit, told.low, told.high, whole)


QUESTIONS: tuple[Question, ...] = (
    _set("staff", "How many people work there?", "organisation.people"),
    Question("structure", "Is it a tree, circles, or circles below managers (hybrid)?", "-",
             choices=STRUCTURES),
    Question("layers", "How many layers are there, from the head to the front, both counted?",
             "layers", 2, MOST_LAYERS, whole=True),
    _set("span", "How many people report to one manager (with circles: sit in one circle)?",
         "organisation.span"),
    _set("customers", "How many customers are there?", "organisation.customers"),
    _set("contacts", "How many contacts has a customer in a year?", "serving.contacts_per_year"),
    _set("autonomy", "Which share of decisions about a customer does the front make itself?",
         "deciding.discretion"),
    Question("enps", "What is the eNPS of staff?", "points", -100, 100, is_outcome=True),
    Question("nps", "What is the NPS of customers?", "points", -100, 100, is_outcome=True),
    Question("turnover", "Which share of staff leaves in a year?", SHARE, 0, 1, is_outcome=True),
    Question("customers_lost", "Which share of customers leaves in a year?", SHARE, 0, 1,
             is_outcome=True),
    Question("focus", "How far do people put the customer first, as staff see it (0 not, 1 fully)?",
             "0 to 1", 0, 1, is_outcome=True),
)  # fmt: skip
NAMES = tuple(each.name for each in QUESTIONS)


def question(name: str) -> Question:
    """The question of this name. Raises ParameterError."""
    found = next((each for each in QUESTIONS if each.name == name), None)
    if found is None:
        raise ParameterError(f"there is no question {name!r}; {nearest(name, list(NAMES))}")
    return found


def answered(given: Mapping[str, Any]) -> Answers:
    """Answers as they were typed or stand in a file, checked; what is empty is left out.

    Raises ParameterError: one sentence that says what to type.
    """
    answers = {str(name): answer_to(question(str(name)), value) for name, value in given.items()}
    return {name: value for name, value in answers.items() if value is not None}


def answer_to(asked: Question, given: Any) -> Answer | None:
    """The answer, None if it was left empty. Raises ParameterError."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if asked.choices:
        word = str(given).strip().lower()
        if word not in asked.choices:
            raise ParameterError(
                f"{asked.name} = {given!r} is unknown; {nearest(word, list(asked.choices))}"
            )
        return word
    value = _number(asked, given)
    if not asked.low <= value <= asked.high:
        instead = f"type a number from {asked.low:,.10g} to {asked.high:,.10g}"
        if asked.unit == SHARE and 1 < value <= 100:
            instead = f"for {value:g} percent type {value / 100:g}"
        raise ParameterError(f"{asked.name} = {value:g} is out of range; {instead}")
    if not asked.whole:
        return value
    if value != int(value):
        raise ParameterError(f"{asked.name} = {value:g} is no whole number; type {round(value)}")
    return int(value)


def _number(asked: Question, given: Any) -> float:
    """The number that was typed: a decimal comma and, of a share, a percent sign are understood."""
    sentence = f"{asked.name} = {given!r} is not a number; type one from {asked.allowed}"
    if isinstance(given, int | float) and not isinstance(given, bool):
        return float(given)
    if not isinstance(given, str):
        raise ParameterError(sentence)
    text = given.strip().replace("−", "-")
    if asked.whole and WITH_SEPARATORS.fullmatch(text):
        plain = re.sub(r"\D", "", text)
        raise ParameterError(f"{asked.name} = {given!r} can be read in two ways; type {plain}")
    found = NUMBER.fullmatch(text)
    if not found or (found[3] and asked.unit not in (SHARE, "share of decisions")):
        raise ParameterError(sentence)
    value = float(text.removesuffix("%").strip().replace(",", "."))
    return value / 100.0 if found[3] else value


# --- shape ------------------------------------------------------------------------------------


def layers_of(told: Configuration) -> int:
    """Layers from the head to the front, both counted."""
    return int(shape_of(told, told.structure).level.max()) + 1


def size_name(structure: str) -> str:
    """The parameter that an answer about span sets."""
    return "circle_size" if structure == "circles" else "span"


def shaped(told: Configuration, answers: Answers) -> Configuration:
    """The organisation with the answers about people, structure, layers and span.

    Raises ParameterError where these do not fit together, with the nearest that do.
    """
    structure = str(answers.get("structure", told.structure))
    if structure not in STRUCTURES:
        raise ParameterError("an org list brings its own shape; start from another organisation")
    people = int(answers.get("staff", told.organisation.people))
    size = replace(told.organisation, people=people)
    told = replace(told, organisation=size, structure=structure)
    if "span" in answers:
        told = _sized(told, int(answers["span"]))
    wanted = answers.get("layers")
    if wanted is None or layers_of(told) == wanted:
        return told
    fitting = _sizes_with(told, int(wanted))
    if fitting and "span" not in answers:
        usual = getattr(told.organisation, size_name(structure))
        return _sized(told, min(fitting, key=lambda each: abs(each - usual)))
    raise ParameterError(_misfit(told, int(wanted), fitting, "span" in answers))


def _sized(told: Configuration, number: int) -> Configuration:
    """The same with this span, or with circles of this size."""
    name = size_name(told.structure)
    declared = declaration_of(f"organisation.{name}")
    if not declared.low <= number <= declared.high:
        raise ParameterError(
            f"span = {number} is out of range; with {told.structure} type {declared.low:g} to "
            f"{declared.high:g}"
        )
    return replace(told, organisation=replace(told.organisation, **{name: number}))


def _sizes_with(told: Configuration, layers: int) -> list[int]:
    """Spans (or sizes of circles) that give so many layers."""
    declared = declaration_of(f"organisation.{size_name(told.structure)}")
    sizes = range(int(declared.low), int(declared.high) + 1)
    return [each for each in sizes if layers_of(_sized(told, each)) == layers]


def _misfit(told: Configuration, wanted: int, fitting: list[int], has_span: bool) -> str:
    """What does not fit, and the nearest that does."""
    size, real = told.organisation, layers_of(told)
    usual = getattr(size, size_name(told.structure))
    kind = "circles of" if told.structure == "circles" else "a span of"
    if not has_span:
        possible = _possible_layers(told)
        near = min(possible, key=lambda each: abs(each - wanted))
        return (
            f"{size.people} staff do not make {wanted} layers with any span; type layers={near}, "
            f"or another number of staff"
        )
    instead = [f"layers={real}"]
    if fitting:
        near = min(fitting, key=lambda each: abs(each - usual))
        instead.append(f"span={near}")
    people = _nearest_people(told, wanted)
    if people is not None:
        instead.append(f"staff={people}")
    return (
        f"staff = {size.people}, span = {usual} and layers = {wanted} do not fit: {size.people} "
        f"people with {kind} {usual} make {real} layers; type {' or '.join(instead)}"
    )


def _possible_layers(told: Configuration) -> list[int]:
    declared = declaration_of(f"organisation.{size_name(told.structure)}")
    sizes = range(int(declared.low), int(declared.high) + 1)
    return sorted({layers_of(_sized(told, each)) for each in sizes})


def _nearest_people(told: Configuration, layers: int) -> int | None:
    """The number of people nearest to the present one that gives so many layers, or None."""
    declared = declaration_of("organisation.people")
    low, high = int(declared.low), int(declared.high)

    def count(people: int) -> int:
        return layers_of(replace(told, organisation=replace(told.organisation, people=people)))

    if not count(low) <= layers <= count(high):
        return None
    more = count(told.organisation.people) < layers
    # Layers never fall as people are added: bisect the first number with at least so many (more),
    # or the last with at most so many.
    first, last = (told.organisation.people, high) if more else (low, told.organisation.people)
    while last - first > 1:
        middle = (first + last) // 2
        enough = count(middle) >= layers if more else count(middle) > layers
        first, last = (first, middle) if enough else (middle, last)
    near = last if more else first
    return near if count(near) == layers else None
