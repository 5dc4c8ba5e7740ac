"""Which stories are there, and what does each vary? Read from `conf/story/`, data only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple

from scenarios.library import content_of, names
from sim.parameters import WEEKS_PER_YEAR, ParameterError, nearest

GROUP = "story"
ACTS = ("levers.", "switches.")  # what somebody chooses
QUARTER = 13  # weeks, what a sweep keeps


class Slider(NamedTuple):
    """A factor of the grid, and a slider of the page."""

    name: str
    values: tuple[float, ...]
    rest: int  # place among the values when nobody acts
    shown: int  # place among the values in the setting that the story shows first
    compared: bool  # whether it is at rest in what a setting is compared with

    @property
    def is_chosen(self) -> bool:
        """Whether somebody chooses it: a lever or a change of structure, no circumstance."""
        return self.name.startswith(ACTS)


class Asked(NamedTuple):
    """Two arms that `zwerm why` tells apart."""

    first: str
    second: str
    measure: str
    year: int


@dataclass(frozen=True)
class Story:
    """What a story varies, keeps and refers to."""

    name: str
    scenario: str  # whose sources and assumptions hold for the story
    claims: tuple[str, ...]
    content: Mapping[str, Any]  # the file as it stands
    sliders: tuple[Slider, ...] = ()
    measures: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)  # measure -> drawn in the same chart
    begins: float = 0.0  # year from which something is done
    why: Asked | None = None

    @property
    def is_panel(self) -> bool:
        """Whether it reads panels of countries instead of a grid of levers."""
        return "panels" in self.content

    @property
    def points(self) -> int:
        """Settings that can be chosen."""
        return prod(len(each.values) for each in self.sliders)

    @property
    def weeks(self) -> int:
        """Weeks that are shown."""
        return int(self.content["years"] * WEEKS_PER_YEAR)

    @property
    def kept(self) -> tuple[str, ...]:
        """Measures of the grid, those drawn beside others last."""
        return tuple(dict.fromkeys([*self.measures, *self.beside.values()]))

    def place(self, levels: list[int]) -> int:
        """The point of the grid with these levels; the last slider changes fastest."""
        found = 0
        for slider, level in zip(self.sliders, levels, strict=True):
            found = found * len(slider.values) + level
        return found

    @property
    def rest(self) -> int:
        """The point at which nobody acts."""
        return self.place([each.rest for each in self.sliders])

    def rests(self) -> list[int]:
        """For each point the one that it is compared with, [points]."""
        found = [0]
        for each in self.sliders:
            levels = range(len(each.values))
            kept = [each.rest if each.compared else level for level in levels]
            found = [before * len(levels) + level for before in found for level in kept]
        return found

    @property
    def shown(self) -> int:
        """The point that the story shows first."""
        return self.place([each.shown for each in self.sliders])


def story_names() -> list[str]:
    """The stories that can be told."""
    return names(GROUP)


def story(name: str) -> Story:
    """A story. Raises ParameterError with the nearest name."""
    if name not in story_names():
        raise ParameterError(
            f"no story is called {name!r}; {nearest(name, story_names())} "
            f"(`zwerm story --list` shows them)"
        )
    content = content_of(GROUP, name)
    why, compared = content.get("why"), content.get("compared")
    return Story(
        name=name,
        scenario=content["scenario"],
        claims=tuple(content["claims"]),
        content=content,
        sliders=tuple(
            Slider(
                factor,
                tuple(told["values"]),
                told["rest"],
                told["shown"],
                factor.startswith(ACTS) if compared is None else factor in compared,
            )
            for factor, told in content.get("factors", {}).items()
        ),
        measures=tuple(content.get("measures", ())),
        beside=content.get("beside", {}),
        begins=float(content.get("begins", 0.0)),
        why=None if why is None else Asked(**why),
    )


def settings_of(each: Story, own: list[str]) -> list[str]:
    """What `zwerm sweep` would be typed for the grid of a story, the user's own settings last."""
    content = each.content
    factors = ", ".join(f"{slider.name}: {list(slider.values)}" for slider in each.sliders)
    typed = [
        f"weeks={each.weeks + QUARTER}",
        f"organisation.people={content['people']}",
        f"organisation.customers={content['customers']}",
        f"actions={_listed(content.get('actions', []))}",
        f"switches={_listed(content.get('switches', []))}",
        f"sweep.name=story_{each.name}",
        "sweep.method=grid",
        f"sweep.factors={{{factors}}}",
        f"sweep.measures=[{', '.join(each.kept)}]",
        f"sweep.same_front={str(content.get('same_front', False)).lower()}",
        f"engine.seeds={content['seeds']}",
    ]
    named = {text.partition("=")[0] for text in own}
    return [text for text in typed if text.partition("=")[0] not in named] + own


def _listed(several: list[Mapping[str, Any]]) -> str:
    """Actions or changes of structure as they are typed."""
    each = ("{" + ", ".join(f"{key}: {value}" for key, value in one.items()) + "}"
            for one in several)  # fmt: skip
    return "[" + ", ".join(each) + "]"
