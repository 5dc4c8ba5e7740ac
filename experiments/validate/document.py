"""How does docs/validation.md come about? From the results of `zwerm validate`, with few words.

`zwerm validate --document` writes it from what was just measured; `python -m
experiments.validate.document FOLDER` from the folder of an earlier validation of all rows. What is
no result (where papers disagree) stands in conf/validation_notes.yaml.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from experiments.validate import set_words
from experiments.validate.folder import JSON
from experiments.validate.words import (
    DEPENDENT,
    MEANING,
    ONLY_CHECKS,
    ORDER,
    RULE,
    Share,
    share_text,
)
from scenarios.library import CONF, LOADER
from scenarios.targets.judging import Hit
from scenarios.targets.target import Status, targets
from sim.parameters import ParameterError

DOCUMENT = CONF.parent / "docs" / "validation.md"
NOTES = CONF / "validation_notes.yaml"
HEADINGS: Mapping[str, tuple[Status, ...]] = {
    "Truly tested": (Status.CHECK,),
    "Calibrated": (Status.CALIBRATED,),
    "Fitted": (Status.FITTED,),
    "Put in": (Status.INPUT, Status.CONSTRUCTED),
    "Verified against formulas": (Status.EXACT,),
    "Claimed, assumed, explored": (Status.CLAIM, Status.ASSUMED, Status.EXPLORATORY),
}
Entry = Mapping[str, Any]


def write(entries: Sequence[Entry], path: Path | None = None) -> Path:
    """Write the document; where it stands."""
    from experiments.figures.style import write_whole

    path = path or DOCUMENT
    write_whole(path, text(entries).encode())
    return path


def text(entries: Sequence[Entry]) -> str:
    """The document. Raises ParameterError for results that lack rows."""
    lacking = [name for name in targets() if name not in {each["id"] for each in entries}]
    if lacking:
        raise ParameterError(
            f"these results lack {', '.join(lacking[:5])}; run `zwerm validate` without ids"
        )
    entries = [{**each, **_explained(each["id"])} for each in entries]
    notes = yaml.load(NOTES.read_text(encoding="utf-8"), LOADER)
    tests = share_text(_share(entries, (Status.CHECK,)))
    parts = [
        "# Validation: what the model does that was measured, and what not",
        _prose(notes["opening"]),
        f"{ONLY_CHECKS} **{tests}** {DEPENDENT}",
        f"{RULE} Distance is in tolerances, 1 at the limit.",
        _statuses(entries),
    ]
    for heading, statuses in HEADINGS.items():
        rows = [each for each in entries if each["status"] in statuses]
        if rows:
            parts += [f"## {heading}", _meanings(statuses, rows), _table(rows)]
    parts += _over_set(entries)
    parts += ["## Misses", _prose(notes["misses"]), *_misses(entries)]
    unmeasured = [each for each in entries if each["hit"] == Hit.UNMEASURED.value]
    if unmeasured:
        parts += ["## Not measured", _listed((each["id"], each["note"]) for each in unmeasured)]
    for section in notes["sections"]:
        parts += [f"## {section['title']}", _bullets(section["points"])]
    return "\n\n".join(parts) + "\n"


def _explained(name: str) -> dict[str, str]:
    """What the table says of a row today, whenever it was measured."""
    row = targets()[name]
    return {
        "measured": row.measured, "source": row.source, "expected_miss": row.expected_miss,
        "reading": row.reading, "mend": row.mend,
    }  # fmt: skip


def _prose(said: str) -> str:
    return " ".join(said.split())


def _bullets(points: Sequence[str]) -> str:
    return "\n".join(f"- {_prose(each)}" for each in points)


def _listed(pairs: Any) -> str:
    return "\n".join(f"- **{name}** {said}" for name, said in pairs)


def _share(entries: Sequence[Entry], statuses: tuple[Status, ...]) -> Share:
    found = [each["hit"] for each in entries if each["status"] in statuses]
    return Share(*(found.count(hit) for hit in (Hit.YES, Hit.NO, Hit.UNDECIDED, Hit.UNMEASURED)))


def _statuses(entries: Sequence[Entry]) -> str:
    lines = ["| status | hit | missed | undecided | not measured |", "|---|---|---|---|---|"]
    for status in ORDER:
        share = _share(entries, (status,))
        if sum(share):
            cells = " | ".join(str(each) for each in share)
            lines.append(f"| {status.value} | {cells} |")
    return "\n".join(lines)


def _meanings(statuses: tuple[Status, ...], rows: Sequence[Entry]) -> str:
    there = {each["status"] for each in rows}
    return " ".join(
        f"*{status.value[:1].upper()}{status.value[1:]}*: {MEANING[status]}"
        for status in statuses
        if status.value in there
    )


def _table(rows: Sequence[Entry]) -> str:
    lines = [
        "| row | what | found | asked | distance | verdict | source |",
        "|---|---|---|---|---|---|---|",
    ]
    for each in rows:
        distance = "" if each["distance"] is None else f"{each['distance']:.1f}"
        cells = (
            each["id"], each["measured"], _found(each), f"{each['target']} ({each['unit']})",
            distance, each["hit"], each["source"],
        )  # fmt: skip
        lines.append("| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |")
    return "\n".join(lines)


def _found(each: Entry) -> str:
    """The numbers of a row, with their intervals."""
    several = len(each["parts"]) > 1
    said = []
    for part in each["parts"]:
        name = f"{part['of']}: " if several else ""
        if part["value"] is None:
            said.append(f"{name}none")
        elif part["low"] is None or part["low"] == part["high"]:
            said.append(f"{name}{part['value']:.3g}")
        else:
            said.append(f"{name}{part['value']:.3g} ({part['low']:.3g} to {part['high']:.3g})")
    return "; ".join(said)


def _over_set(entries: Sequence[Entry]) -> list[str]:
    """What the plausible set says; nothing if nobody asked."""
    parts = []
    if found := set_words.lines(entries):
        parts += [set_words.summary(entries), _markdown(set_words.HEAD, found)]
    if panels := set_words.panel_lines(entries):
        parts += [f"### {set_words.PANELS_TITLE}", set_words.PANELS_RULE,
                  _markdown(set_words.panel_head(entries), panels),
                  _listed(set_words.claimed(entries))]  # fmt: skip
    if left := set_words.left_out(entries):
        parts += ["### Rows without a share of the set", _listed(left)]
    return [f"## {set_words.TITLE}", set_words.RULE, *parts] if parts else []


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "/") for cell in each) + " |" for each in lines
    )


def _misses(entries: Sequence[Entry]) -> list[str]:
    """Each row that is not hit, why, and what may mend it."""
    said = []
    for each in entries:
        if each["hit"] not in (Hit.NO.value, Hit.UNDECIDED.value):
            continue
        lines = [f"**{each['id']}** ({each['status']}, {each['hit']}). {each['measured']}: found "
                 f"{_found(each)}, asked {each['target']}."]  # fmt: skip
        if each["expected_miss"]:
            lines.append(f"Declared beforehand: {each['expected_miss']}")
        lines.append(each["reading"] or "No explanation yet.")
        if each["mend"]:
            lines.append(f"What may mend it: {each['mend']}")
        said.append(" ".join(lines))
    return said


def main(words: Sequence[str]) -> int:
    """What `python -m experiments.validate.document FOLDER` does."""
    from experiments.cli import OK, answering

    def work() -> int:
        if len(words) != 1:
            raise ParameterError("type the folder of one validation, for instance runs/validate-1")
        path = Path(words[0]) / JSON
        if not path.is_file():
            raise ParameterError(f"{path} is not there; type a folder that `zwerm validate` made")
        print(write(json.loads(path.read_text(encoding="utf-8"))))
        return OK

    return answering(work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
