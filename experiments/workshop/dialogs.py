"""What stands one click away? The card of a lever, why to believe this, and what it is not."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from nicegui import ui

from experiments.workshop import why_believe
from experiments.workshop.said import decimals
from experiments.workshop.visit import Visit
from sim.compiled import kernel_hash
from sim.levers import NAMES


@contextmanager
def sheet(visit: Visit, title: str) -> Iterator[ui.dialog]:
    """An open dialog with a title and a way out."""
    with visit.client, ui.dialog(value=True) as dialog, ui.card().classes("sheet") as card:
        if visit.room.beamer:  # it stands outside the page
            card.classes("beamer")
        dialog.on("hide", dialog.delete)
        ui.label(title).classes("sheet-title").props("role=heading aria-level=2")
        yield dialog
        with ui.element("div").classes("sheet-buttons"):
            close = ui.button(visit.say("card.close"), on_click=dialog.close)
            close.props("flat no-caps").props("data-testid=close-sheet")


def heading(text: str) -> None:
    """A heading inside a dialog."""
    ui.label(text).classes("sheet-heading").props("role=heading aria-level=3")


def rows(content: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> None:
    """A table of texts; columns in `numbers` stand to the right."""
    with ui.element("table"), ui.element("tbody"):
        for row in content:
            with ui.element("tr"):
                for place, text in enumerate(row):
                    with ui.element("td").classes("number" if place in numbers else ""):
                        ui.label(text)


def lever_dialog(visit: Visit, lever: str) -> None:
    """What a lever is, who claims what, source, grade and cost."""
    lever = lever.partition(".")[0]
    if lever not in NAMES:
        return
    language = visit.room.language
    card = why_believe.card(lever, language)
    with sheet(visit, card.name):
        ui.label(f"{card.about[:1].upper()}{card.about[1:]}.").classes("lead")
        heading(visit.say("card.claims"))
        if card.claims:
            rows([_claim(visit, each) for each in card.claims])
            _engine(visit)
        else:
            ui.label(visit.say("card.no_claims")).classes("small")
        heading(visit.say("card.cost"))
        ui.label(
            visit.say("card.cost_said", hours=decimals(language, card.hours, 1),
                      who=visit.say(f"card.who.{card.who}"),
                      euros=decimals(language, card.euros, 0))
        )  # fmt: skip
        heading(visit.say("card.source"))
        ui.label(f"{card.source} · {_grade(visit, card.grade)}")
        heading(visit.say("card.read_by"))
        known = visit.told_elsewhere["mechanisms"]
        ui.label(known.get(card.read_by, card.read_by))


def _claim(visit: Visit, each: why_believe.Said) -> tuple[str, str, str]:
    verdict = visit.words["verdicts"].get(each.verdict, visit.say("card.not_run"))
    return each.name, f"{each.text} — {each.source}", verdict


def _engine(visit: Visit) -> None:
    """With which engine verdicts were made, where it is not this one."""
    then = why_believe.engine()
    if then:
        ui.label(visit.say("card.outdated", then=then, now=kernel_hash())).classes("small")


def _grade(visit: Visit, grade: str) -> str:
    return visit.words["card"]["grade"].get(grade.upper(), grade)


def believe_dialog(visit: Visit) -> None:
    """Validation by status, misses in full."""
    language = visit.room.language
    with sheet(visit, visit.say("believe.title")):
        ui.label(visit.say("believe.lead")).classes("lead")
        if why_believe.is_outdated():
            ui.label(visit.say("believe.outdated")).classes("small")
        told = [
            (share.name, share.meaning,
             visit.say("believe.undecided" if share.open else "believe.of", hits=share.hit,
                       all=share.rows, count=share.open))
            for share in why_believe.validation(language)
        ]  # fmt: skip
        rows(told, numbers=(2,))
        missed = why_believe.misses()
        if missed:
            with ui.expansion(f"{visit.say('believe.misses')} ({len(missed)})").classes("missed"):
                rows([(each.name, each.measured, each.source) for each in missed])


def isnot_dialog(visit: Visit) -> None:
    """What this is not."""
    with sheet(visit, visit.say("isnot.title")), ui.element("ul").classes("isnot"):
        for text in why_believe.is_not(visit.room.language):
            with ui.element("li"):
                ui.label(text)
