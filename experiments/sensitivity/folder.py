"""What does a sensitivity analysis leave behind? Sweeps, tables, figures, a page, a manifest.

RESULT-STEP/     a sweep for each step (base, groups, singles, shares), as `zwerm sweep` leaves it
index.html       the page, which opens without internet
indices.csv      one row for each number, step and parameter
boxes.csv        one row for each limit of a box
summary.json     the same as JSON, with what was not found
figures/         PNG and SVG
config.yaml      what was asked for
manifest.json    versions, kernel hash, identity of every sweep, SHA-256 of every file
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments import store
from experiments.sensitivity import page, words
from experiments.sensitivity.boxes import Found
from experiments.sensitivity.morris import Screened
from experiments.sensitivity.sobol import Share
from experiments.sensitivity.study import GROUPS, SHARES, SINGLES, Asked, Of, Study
from experiments.summary import number
from experiments.sweep import files
from sim.parameters import ParameterError

KIND, FORMAT = "sensitivity", 1
PAGE, INDICES, BOXES, JSON, FIGURES = (
    "index.html", "indices.csv", "boxes.csv", "summary.json", "figures",
)  # fmt: skip
KEYS = ("result", "number", "step", "parameter", "low", "high", "unit")
FOUND = (
    "mu", "mu_star", "mu_star_low", "mu_star_high", "sigma", "sigma_low", "sigma_high", "effects",
    "first", "first_low", "first_high", "total", "total_low", "total_high",
)  # fmt: skip
LIMITS = ("result", "number", "case", "box", "parameter", "low", "high", "quasi_p_low",
          "quasi_p_high", "density", "coverage", "mass", "share_everywhere")  # fmt: skip


# --- beginning ------------------------------------------------------------------------------


def settings_of(names: Sequence[str], asked: Asked) -> dict[str, Any]:
    """What was asked for, as config.yaml holds it."""
    return {"kind": KIND, "results": list(names), **asked._asdict()}


def folder_of(settings: Mapping[str, Any]) -> Path:
    """The folder of an analysis for which none was named: the same each time."""
    from experiments.sweep.manifest import code

    return store.RUNS / f"{KIND}-{files.digest([settings, code()])[:8]}"


def begin(folder: Path, settings: Mapping[str, Any]) -> None:
    """Make the folder, or take up the one that is there. Raises FolderError."""
    from experiments.sweep.manifest import config_text

    path, wanted = folder / store.CONFIG, config_text(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = path.read_text(encoding="utf-8") if path.is_file() else ""
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not readable"
        raise store.FolderError(f"cannot use the folder {folder} ({why}); {INSTEAD}") from error
    if there and there != wanted:
        raise store.FolderError(f"{folder} was begun for something else; {INSTEAD}")
    if not there:
        if any(folder.iterdir()):
            raise store.FolderError(f"{folder} is there already and not empty; {INSTEAD}")
        files.write(path, wanted.encode())


INSTEAD = "name another one with --out FOLDER"


# --- tables ---------------------------------------------------------------------------------


def rows_of(study: Study) -> Iterator[dict[str, Any]]:
    """A row for each number, step and parameter (or group)."""
    for of in study.numbers:
        about = {"result": study.space.headline.name, "number": of.number.name}
        steps: list[tuple[str, Sequence[Screened | Share]]] = [
            (GROUPS, of.groups), (SINGLES, of.singles), (SHARES, of.shares.of if of.shares else ()),
        ]  # fmt: skip
        ranges = {each.name: each for each in study.space.factors}
        for step, found in steps:
            for each in found:
                factor = ranges.get(each.name)
                where = (
                    {"low": factor.low, "high": factor.high, "unit": factor.unit} if factor else {}
                )
                told = {name: getattr(each, name) for name in FOUND if hasattr(each, name)}
                yield {**about, "step": step, "parameter": each.name, **where, **told}


def limits_of(study: Study) -> Iterator[dict[str, Any]]:
    """A row for each limit of each box."""
    for of in study.numbers:
        for found in of.found:
            for place, box in enumerate(found.boxes, start=1):
                for limit in box.limits:
                    yield {
                        "result": study.space.headline.name, "number": of.number.name,
                        "case": found.case, "box": place, "parameter": limit.name,
                        "low": limit.low, "high": limit.high, "quasi_p_low": limit.p_low,
                        "quasi_p_high": limit.p_high, "density": box.density,
                        "coverage": box.coverage, "mass": box.mass,
                        "share_everywhere": found.share,
                    }  # fmt: skip


def csv_text(names: Sequence[str], rows: Iterator[dict[str, Any]]) -> str:
    """Rows as CSV; what a row has not is empty."""
    held = io.StringIO()
    table = csv.DictWriter(held, names, lineterminator="\n")
    table.writeheader()
    for row in rows:
        table.writerow({name: _plain(value) for name, value in row.items()})
    return held.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return "" if value != value else f"{value:.6g}"
    return value


def entry(study: Study) -> dict[str, Any]:
    """What was found of a result, as JSON takes it."""
    return {
        "result": study.space.headline.name,
        "title": study.space.headline.title,
        "claims": list(study.space.headline.claims),
        "parameters": len(study.space.factors),
        "taken_apart": study.apart,
        "kept": study.kept,
        "steps": {name: {"points": len(next(iter(each.columns.values()))), "runs": each.runs,
                         "failed": each.failed, "seconds": round(each.seconds, 1)}
                  for name, each in study.rows.items()},
        "numbers": [_number(study, each) for each in study.numbers],
    }  # fmt: skip


def _number(study: Study, of: Of) -> dict[str, Any]:
    mine = [_known(row) for row in rows_of(study) if row["number"] == of.number.name]
    answers = {name: each.answers[of.number.name] for name, each in study.rows.items()}
    return {
        "name": of.number.name, "title": of.number.title, "unit": of.number.unit,
        "least": of.number.least, "expects": of.number.expects, "at_defaults": number(of.base),
        "said": list(words.sentences(study, of)),
        "missing": {name: number(each.missing) for name, each in answers.items()},
        "luck": {name: number(each.luck) for name, each in answers.items()},
        "blocks": None if of.shares is None else of.shares.blocks,
        "blocks_left_out": None if of.shares is None else of.shares.left_out,
        "indices": mine, "cases": [_found(each) for each in of.found],
    }  # fmt: skip


def _found(found: Found) -> dict[str, Any]:
    boxes = [
        {"density": number(each.density), "coverage": number(each.coverage),
         "mass": number(each.mass), "limits": [_known(one._asdict()) for one in each.limits]}
        for each in found.boxes
    ]  # fmt: skip
    return {"case": found.case, "cases": found.cases, "points": found.points, "why": found.why,
            "boxes": boxes}  # fmt: skip


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: number(each) if isinstance(each, float) else each for name, each in row.items()}


def json_text(studies: Sequence[Study]) -> str:
    """All results as JSON, a list."""
    content = [entry(each) for each in studies]
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


# --- writing --------------------------------------------------------------------------------


def fill(
    studies: Sequence[Study], folder: Path, settings: Mapping[str, Any], started: str, command: str
) -> str:  # fmt: skip
    """Tables, figures, page and manifest. Why there are no figures, if drawing failed: "" = are."""
    files.write(folder / INDICES, csv_text((*KEYS, *FOUND), _all(map(rows_of, studies))).encode())
    files.write(folder / BOXES, csv_text(LIMITS, _all(map(limits_of, studies))).encode())
    files.write(folder / JSON, json_text(studies).encode())
    pictures, undrawn = drawn(studies, folder / FIGURES)
    text = page.text(studies, pictures, asked_text(settings), command)
    files.write(folder / PAGE, text.encode())
    content = _manifest(studies, folder, started, command)
    told = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    files.write(folder / store.MANIFEST, f"{told}\n".encode())
    return undrawn


def _all(parts: Iterator[Iterator[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    for each in parts:
        yield from each


def asked_text(settings: Mapping[str, Any]) -> str:
    """Which ranges, in a sentence."""
    if settings["ranges"] == "plausible":
        return "Ranges are those that the plausible set leaves, where it says anything."
    return "Ranges are those that are declared (`zwerm list parameters`)."


def drawn(studies: Sequence[Study], folder: Path) -> tuple[dict[str, str], str]:
    """The figures on the disk and as SVG by name; and why there are none."""
    try:
        from experiments.figures.style import save

        pictures: dict[str, str] = {}
        for study in studies:
            for name, figure in figures_of(study):
                save(figure, folder, name, "paper")
                pictures[name] = (folder / f"{name}.svg").read_text(encoding="utf-8")
    except Exception as error:  # whatever it is, the numbers are there
        return {}, store.reason(error)
    return pictures, ""


def figures_of(study: Study) -> Iterator[tuple[str, Any]]:
    """What can be drawn of a result, by name."""
    from experiments.sensitivity import picture

    for of in study.numbers:
        stem = f"{study.space.headline.name}-{of.number.name}"
        if of.singles:
            yield f"{stem}-plane", picture.plane(of.singles, of.number.unit)
        if of.shares is not None and of.shares.of:
            yield f"{stem}-tornado", picture.tornado(of.shares.of)
            if len(of.shares.of) > 1:
                yield f"{stem}-heat", _heat(study, of)
        for place, found in enumerate(of.found, start=1):
            if found.boxes:
                yield f"{stem}-box{place}", picture.limits(found.boxes[0], study.space.factors)


def _heat(study: Study, of: Of) -> Any:
    """Means over the two parameters with the largest totals."""
    from experiments.figures.sweeps import heat
    from experiments.sweep.effects import Kind, cells

    assert of.shares is not None
    across, up = (each.name for each in of.shares.of[:2])
    found = cells(study.design(), study.values(of.number)[:, None], Kind.SPREAD, across, up)
    units = {each.name: each.unit for each in study.space.factors}
    signs = study.values(of.number)
    turns = bool((signs < 0).any() and (signs > 0).any())
    return heat(found, (units[across], units[up]), of.number.unit, difference=turns)


def _manifest(
    studies: Sequence[Study], folder: Path, started: str, command: str
) -> dict[str, Any]:  # fmt: skip
    from experiments.sweep import manifest

    written = [folder / name for name in (PAGE, INDICES, BOXES, JSON, store.CONFIG)]
    written += sorted((folder / FIGURES).glob("*")) if (folder / FIGURES).is_dir() else []
    sweeps = {
        rows.folder.name: manifest.read(rows.folder)["identity"]
        for study in studies
        for rows in study.rows.values()
    }
    return files.sealed(
        {
            "made_by": store.MADE_BY, "kind": KIND, "format": FORMAT, "started": started,
            "finished": store.now(), "command": f"zwerm {command}", **store.circumstances(),
            "sweeps": sweeps,
            "files": {path.relative_to(folder).as_posix(): _sum(path) for path in written},
        }
    )  # fmt: skip


def _sum(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def checked_json(path: Path | None) -> None:
    """Raise ParameterError if there is no folder for the file that was asked for."""
    if path is not None and not path.absolute().parent.is_dir():
        raise ParameterError(f"there is no folder {path.parent} for {path.name}; make it first")
