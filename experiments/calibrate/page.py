"""What can be shown of a calibration? One page: rows, parameters, conflicts, emulators."""

from collections.abc import Mapping
from typing import Any

from experiments.calibrate.findings import Narrowed, in_conflict, narrowed
from experiments.calibrate.waves import Outcome
from experiments.calibrate.words import MODEL_ONLY, hit, sentences, shown_waves
from experiments.short_page import page_text, section
from experiments.sweep.report_html import table
from experiments.validate.words import number
from scenarios.targets import targets

Cell = tuple[str, str]
LEAD = (
    "Uncertain parameters are given any numbers that are declared possible. What is published then "
    "rules numbers out; what is left is kept whole, as a set."
)
MOST_SHOWN = 24  # parameters of a table, conflicts


def text(outcome: Outcome, told: Mapping[str, Any], command: str) -> str:
    """The page of a calibration; `told` is what the description of the set says."""
    from experiments.calibrate.folder import findings

    found = findings(outcome, told)
    sections = [
        section(1, "Which rows rule out how much?",
                "Of the points on which a row was measured: all in wave 1, later those that no row "
                "before it had ruled out.", _rows(outcome, told)),
        section(2, "Which parameters are narrowed?",
                "Those first of which the set says most. Slope: the most that a parameter moves "
                "any number by, in standard deviations.", _parameters(outcome)),
        section(3, "Which rows are hard to have together?",
                "Shares of the points of wave 1, which are spread over all of space.",
                _conflicts(outcome)),
        section(4, "How good are the emulators?",
                "They choose where to look and never what is kept. Each point is predicted from "
                "all others.", _emulators(found)),
        section(5, "How far does the set reach?",
                "The middle 90 % of the set over 90 % of the whole declared range, those first of "
                "which it covers least. Worth: so many independent draws of that number.",
                _reached(outcome)),
        *([section(6, "How did the walkers get there?",
                   "Each threshold is what half of the walkers keep; those beyond it take the "
                   "place of others and walk on from there.", _rounds(outcome))]
          if outcome.walked else []),
    ]  # fmt: skip
    short = [each for each in sentences(found) if each != MODEL_ONLY]
    return page_text(
        "Calibration", "What cannot be ruled out?", f"{LEAD} {MODEL_ONLY}", short, sections, command
    )


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def _rows(outcome: Outcome, told: Mapping[str, Any]) -> str:
    """Ruled out by row and wave."""
    shown = shown_waves(told)
    head: list[Cell] = [("row", ""), ("what", ""), ("asked", "")]
    head += [(f"out, {name}", f"of {len(outcome.waves[at].points)}") for name, at in shown]
    head += [("by it alone", shown[0][0]), ("hit", "the set" if "walk" in told else shown[-1][0]),
             ("seeds", "")]  # fmt: skip
    lines = []
    for name in outcome.row_names:
        mine = [told["waves"][at]["rows"][name] for _, at in shown]
        asked = "; ".join(each.limits.text for each in outcome.parts if each.row == name)
        lines.append([
            (name, ""), (targets()[name].measured, ""), (asked, targets()[name].unit),
            *((_share(each["ruled_out"]), "") for each in mine),
            (_share(mine[0]["by_it_alone"]), ""), (_share(hit(told, name)), ""),
            (str(told["seeds"]["of_a_row"][name]), ""),
        ])  # fmt: skip
    return table("Share of points that each row rules out", head, lines, text=(0, 1, 2))


def _parameters(outcome: Outcome) -> str:
    found = narrowed(outcome)
    shown = [each for each in found if each.is_narrowed]
    shown += [each for each in found if each.matters and not each.is_narrowed]
    head = [("parameter", ""), ("declared", ""), ("5 % of the set", ""), ("median", ""),
            ("95 %", ""), ("width left", ""), ("slope", ""), ("narrowed", "")]  # fmt: skip
    lines = [_parameter(each) for each in shown[:MOST_SHOWN]]
    return table("Parameters in the set", head, lines, text=(0,))


def _parameter(each: Narrowed) -> list[Cell]:
    return [
        (each.name, each.unit), (f"{number(each.low)} to {number(each.high)}", ""),
        (number(each.set_low), ""), (number(each.middle), ""), (number(each.set_high), ""),
        (_share(each.left), ""), (number(each.slope), ""),
        ("yes" if each.is_narrowed else "no", ""),
    ]  # fmt: skip


def _conflicts(outcome: Outcome) -> str:
    head = [("rows", ""), ("first let through", ""), ("second", ""), ("both", ""),
            ("both, over chance", "")]  # fmt: skip
    lines = [
        [(f"{each.one} and {each.other}", ""), (f"{each.first:.0%}", ""),
         (f"{each.second:.0%}", ""), (f"{each.both:.1%}", ""), (f"{each.ratio:.2f}", "")]
        for each in in_conflict(outcome)[:MOST_SHOWN]
    ]  # fmt: skip
    return table("Pairs of rows, those first that exclude each other most", head, lines, text=(0,))


def _emulators(found: Mapping[str, Any]) -> str:
    head = [("number", ""), ("variance explained", ""), ("beyond three sigmas", ""),
            ("parameters in the process", "")]  # fmt: skip
    lines = []
    for name, each in found["emulators"].items():
        if each is None:
            lines.append([(name, ""), ("none", "too few points, or all alike"), ("", ""), ("", "")])
            continue
        lines.append([(name, ""), (_share(each["explained"]), ""),
                      (_share(each["beyond_three_sigma"]), ""),
                      (", ".join(each["active"]), "")])  # fmt: skip
    return table("Emulators after the last wave", head, lines, text=(0, 3))


def _reached(outcome: Outcome) -> str:
    """Every parameter that was varied."""
    head = [("parameter", ""), ("declared", ""), ("5 % of the set", ""), ("95 %", ""),
            ("covered", ""), ("worth", "draws")]  # fmt: skip
    lines = [
        [(each.name, each.unit), (f"{number(each.low)} to {number(each.high)}", ""),
         (number(each.set_low), ""), (number(each.set_high), ""), (_share(each.left), ""),
         (f"{each.draws:.0f}", "")]
        for each in sorted(narrowed(outcome), key=lambda each: (each.left, each.name))
    ]  # fmt: skip
    return table("Share of every range that the set covers", head, lines, text=(0,))


def _rounds(outcome: Outcome) -> str:
    assert outcome.walked is not None
    head = [("threshold", "implausibility"), ("rows", "of targets"), ("within it", "walkers"),
            ("tried", "points"), ("accepted", ""), ("moved", "of those that tried")]  # fmt: skip
    lines = [
        [(f"{each.threshold:.2f}", ""), (str(each.rows), ""), (str(each.alive), ""),
         (str(each.tried), ""), (_share(each.accepted / max(1, each.tried)), ""),
         (_share(each.moved / max(1, each.moving)), "")]
        for each in outcome.walked.rounds
    ]  # fmt: skip
    return table("Rounds", head, lines, text=())
