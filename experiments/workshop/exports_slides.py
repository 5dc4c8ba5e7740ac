"""A room as slides: what was done, what came of it, what it is not, and how to repeat it."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from experiments.figures.style import BLUE, INK, MUTED
from experiments.workshop import exports_words as say
from experiments.workshop.exports_picture import panels_of, slide_png
from experiments.workshop.said import measure_name, words

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide

    from experiments.workshop.exports import Taken

WIDE, HIGH, EDGE = 13.333, 7.5, 0.7  # inches
TITLE_ONLY = 5  # of the layouts that python-pptx brings
TITLE, BODY, SMALL = 32, 20, 12  # points


def deck(taken: "Taken", told: dict[str, Any]) -> bytes:
    """The slides; the manifest stands in the notes of the last one."""
    from pptx import Presentation
    from pptx.util import Inches

    from experiments.workshop.exports import manifest_text

    made = Presentation()
    made.slide_width, made.slide_height = Inches(WIDE), Inches(HIGH)
    made.core_properties.title = taken.said("title")
    made.core_properties.author = "Zwerm"
    made.core_properties.language = taken.language
    _slide(made, f"{taken.said('title')}: {taken.organisation}", [say.lead(taken)])
    _slide(made, taken.said("moves"), [*_done(taken, "A", "first"), *_done(taken, "B", "second")])
    shown = panels_of(taken.room.measure)
    for at in (slice(0, 3), slice(2, 5)):
        _picture(made, taken, shown[at])
    _slide(made, f"{taken.said('difference')}: {taken.said('numbers').lower()}",
           say.differences(taken))  # fmt: skip
    is_not = [str(each) for each in words(taken.language)["is_not"]]
    _slide(made, taken.said("not_title"), is_not, size=17)
    facts = [f"{name}: {what}" for name, what in say.made(taken, told)]
    last = _slide(made, taken.said("made"), facts, size=SMALL)
    notes = last.notes_slide.notes_text_frame
    if notes is not None:
        notes.text = manifest_text(told)
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def _done(taken: "Taken", name: str, side: str) -> list[str]:
    """What a side does, a line for each move."""
    head = say.move_head(taken)
    lines = [
        f"{name}: {lever}, {strength}; {head[2].lower()} {start}, {head[3].lower()} {ramp}, "
        f"{head[4].lower()} {end}"
        for lever, strength, start, ramp, end in say.moves(taken, side)
    ]
    shape = say.structure(taken, side)
    return [*lines, *([f"{name}: {shape}"] if shape else [])] or [
        f"{name}: {taken.said('nothing')}"
    ]


def _titled(made: "Presentation", title: str) -> "Slide":
    from pptx.dml.color import RGBColor
    from pptx.util import Inches, Pt

    slide = made.slides.add_slide(made.slide_layouts[TITLE_ONLY])
    shape = slide.shapes.title
    assert shape is not None
    shape.left, shape.top = Inches(EDGE), Inches(0.45)
    shape.width, shape.height = Inches(WIDE - 2 * EDGE), Inches(0.9)
    shape.text_frame.text = title
    line = shape.text_frame.paragraphs[0]
    line.alignment = None
    line.font.size, line.font.bold = Pt(TITLE), True
    line.font.color.rgb = RGBColor.from_string(BLUE[1:].upper())
    return slide


def _slide(made: "Presentation", title: str, lines: Sequence[str], size: int = BODY) -> "Slide":
    """A title, and below it lines as they are."""
    from pptx.dml.color import RGBColor
    from pptx.util import Inches, Pt

    slide = _titled(made, title)
    box = slide.shapes.add_textbox(
        Inches(EDGE), Inches(1.6), Inches(WIDE - 2 * EDGE), Inches(HIGH - 2.1)
    )
    frame = box.text_frame
    frame.word_wrap = True
    small = size if len(lines) <= 10 else SMALL
    for at, text in enumerate(lines):
        line = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        line.text = text
        line.space_after = Pt(0.5 * small)
        line.font.size = Pt(small)
        colour = MUTED if size == SMALL else INK
        line.font.color.rgb = RGBColor.from_string(colour[1:].upper())
    return slide


def _picture(made: "Presentation", taken: "Taken", measures: Sequence[str]) -> None:
    from pptx.util import Inches

    said = ", ".join(measure_name(taken.language, name) for name in measures)
    slide = _titled(made, said)
    content = io.BytesIO(slide_png(taken, measures))
    picture = slide.shapes.add_picture(content, Inches(EDGE), Inches(1.5), Inches(WIDE - 2 * EDGE))
    picture.name = said
    told = picture._element.xpath("./p:nvPicPr/p:cNvPr")[0]
    told.set("descr", f"{taken.said('title')}: {said}")
