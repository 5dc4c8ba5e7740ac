"""Which figures suit a study? Drawn as PNG and SVG, the same bytes every time.

Import late: this brings matplotlib, which takes half a second.
"""

from pathlib import Path

from experiments.figures.by_level import levels, most_levels
from experiments.figures.lags import kinds_of, lag
from experiments.figures.over_years import MEASURES, fan
from experiments.figures.portrait import (
    COLOUR_TITLES,
    is_chart,
    organisation,
    organisations,
    pictures_of,
)
from experiments.figures.style import save
from experiments.results import Study

__all__ = ["draw", "fan", "lag", "levels", "organisation", "organisations", "save"]


def draw(study: Study, folder: Path, style: str = "paper") -> list[Path]:
    """Save what suits the study: always a fan, and levels, lag and organisation where there are.

    Names are `fan.png`, `fan.svg` and so on, with the style behind unless it is `paper`. Imported
    org lists are coloured by team, never by person. Raises ValueError for an unknown style.
    """
    told = ("nps", *study.measures) if study.measures else MEASURES
    made = {"fan": fan(study, told, style)}
    if most_levels(study) > 2:
        made["levels"] = levels(study, style)
    panel = study.extra.get("panel") or {}
    if kinds_of(panel):
        made["lag"] = lag(panel, style)
    for measure, title in COLOUR_TITLES.items():
        pictures = pictures_of(study, measure)
        if pictures:
            made[f"organisation-{measure.removeprefix('visible_')}"] = organisations(
                pictures, title, style, groups_only=is_chart(study)
            )
    behind = "" if style == "paper" else f"-{style}"
    return [
        path for name, figure in made.items() for path in save(figure, folder, name + behind, style)
    ]
