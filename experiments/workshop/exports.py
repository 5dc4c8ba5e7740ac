"""What can be taken along? Slides, a page, pictures, numbers, and a folder that is run again.

Each file says inside how it was made: the link of the room, the runs behind the bands and the
versions (`manifest_of`). `folder` has all of them, and `run/`, which `zwerm run --from run`
repeats bit for bit on the same type of processor with the same versions.
"""

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from experiments.store import circumstances, now
from experiments.workshop import offered
from experiments.workshop.live import Fans, compare
from experiments.workshop.own import Own
from experiments.workshop.room import Room, query_of
from experiments.workshop.said import RoomError, sentence
from experiments.workshop.turns import turn
from scenarios.library import content_of
from scenarios.plausible import plausible
from sim.parameters import WEEKS_PER_YEAR

SINGLE = ("pptx", "html", "png", "svg", "csv")
KINDS = (*SINGLE, "folder")
MADE_BY, FORMAT = "zwerm workshop export", 1
MANIFEST, README, RUN = "manifest.json", "README.txt", "run"


@dataclass(frozen=True)
class Taken:
    """What is taken along: a room and what came of it, both sides on the same runs."""

    room: Room
    first: Fans
    second: Fans
    owns: Mapping[str, Own] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The language of the room."""
        return self.room.language

    @cached_property
    def difference(self) -> Fans:
        """First less second, run by run."""
        return compare(self.first, self.second)

    @property
    def organisation(self) -> str:
        """What the organisation is called."""
        if self.room.is_own:
            return self.owns[self.room.organisation].name
        names = content_of("text", self.language)["workshop"]["organisations"]
        return str(names.get(self.room.organisation, self.room.organisation))

    def said(self, path: str, **values: Any) -> str:
        """A text below `exports.page` in the language of the room."""
        return sentence(self.language, f"page.{path}", **values)


def file_name(kind: str) -> str:
    """What a file is called. Raises RoomError for an unknown kind."""
    if kind not in KINDS:
        raise RoomError("export_kind", name=kind)
    return f"zwerm-workshop.{'zip' if kind == 'folder' else kind}"


def exported(taken: Taken, kind: str) -> bytes:
    """A file of one of KINDS. Blocks; a folder runs what it holds, some seconds. Raises RoomError.

    Two exports may run at once: what matplotlib shares is locked.
    """
    from experiments.workshop import exports_page, exports_picture, exports_slides

    file_name(kind)
    if kind == "folder":
        return folder(taken)
    told = manifest_of(taken)
    if kind == "csv":
        return bands_csv(taken)
    if kind == "html":
        return exports_page.text(taken, told).encode()
    if kind == "pptx":
        return exports_slides.deck(taken, told)
    return exports_picture.drawn(taken, kind, told)


def manifest_of(taken: Taken) -> dict[str, Any]:
    """How it was made, as JSON takes it: enough to open the same room and run the same runs."""
    room = taken.room
    return {
        "made_by": MADE_BY,
        "format": FORMAT,
        "made": now(),
        "link": "/?" + urlencode(query_of(room)),
        "organisation": taken.organisation,
        "people": taken.first.people,
        "customers": taken.first.customers,
        "reduced": taken.first.reduced,
        "years": room.years,
        "runs": [list(lot) for lot in taken.first.lots],
        "plausible_set": plausible().sum,
        **circumstances(),
    }


def manifest_text(told: Mapping[str, Any]) -> str:
    """The manifest as it stands in a file."""
    return json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


# --- numbers ------------------------------------------------------------------------------------


def bands_csv(taken: Taken) -> bytes:
    """Bands of A, B and A less B: a line for each measure and quarter; points as decimals."""
    held = io.StringIO()
    lines = csv.writer(held, lineterminator="\n")
    lines.writerow(["side", "measure", "unit", "week", "low_5", "median", "high_95", "runs"])
    sides = {"A": taken.first, "B": taken.second, "A less B": taken.difference}
    for side, fans in sides.items():
        for name in fans.values:
            unit = offered.measures()[name].unit if name in offered.measures() else "share"
            for at, week in enumerate(fans.weeks.tolist()):
                band = (each[name][at] for each in (fans.low, fans.middle, fans.high))
                lines.writerow([side, name, unit, week, *(f"{x:.6g}" for x in band), fans.runs])
    return held.getvalue().encode()


def runs_csv(taken: Taken) -> bytes:
    """Every run of A and B: a line for each measure, run and quarter."""
    held = io.StringIO()
    lines = csv.writer(held, lineterminator="\n")
    lines.writerow(["side", "measure", "plausible_row", "seed", "week", "value"])
    for side, fans in (("A", taken.first), ("B", taken.second)):
        for name, values in fans.values.items():
            for (row, seed), run in zip(fans.lots, values, strict=True):
                for week, value in zip(fans.weeks.tolist(), run, strict=True):
                    lines.writerow([side, name, row, seed, week, f"{value:.6g}"])
    return held.getvalue().encode()


# --- the folder ---------------------------------------------------------------------------------


def folder(taken: Taken) -> bytes:
    """All files and `run/` as a ZIP; of an org list without `run/`, and README says so."""
    files = {file_name(kind): exported(taken, kind) for kind in SINGLE}
    files["runs.csv"] = runs_csv(taken)
    own = taken.owns.get(taken.room.organisation)
    is_list = own is not None and own.is_list
    if not is_list:
        files |= run_folder(taken)
    files[README] = (taken.said("not_folder" if is_list else "folder") + "\n").encode()
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files[MANIFEST] = manifest_text({**manifest_of(taken), "files": sums}).encode()
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return held.getvalue()


def run_folder(taken: Taken) -> dict[str, bytes]:
    """The files of a run folder of A and B, by path: the same rows and seeds as the fans."""
    from experiments import store
    from experiments.run import run_study
    from experiments.settings import engine_of, resolved, study_plan

    overrides = settings_of(taken)
    cfg = _settings(taken, overrides)
    started = store.now()
    with turn():
        study = run_study(study_plan(cfg), engine_of(cfg))
    with tempfile.TemporaryDirectory() as held:
        place = Path(held)
        store.save(study, place, resolved(cfg), overrides, started)
        return {
            f"{RUN}/{path.relative_to(place).as_posix()}": path.read_bytes()
            for path in sorted(place.rglob("*"))
            if path.is_file()
        }


def settings_of(taken: Taken) -> list[str]:
    """What both sides share, as it is typed for `zwerm run`."""
    room, fans = taken.room, taken.first
    own = taken.owns.get(room.organisation)
    base = [f"organisation={room.organisation}"] if own is None else _differing(own)
    return [
        *base,
        f"organisation.people={room.people}",
        f"organisation.customers={room.customers}",
        f"weeks={room.years * WEEKS_PER_YEAR}",
        f"engine.seeds={fans.seeds}",
        f"engine.first_seed={room.seed}",
        f"engine.plausible={max(1, len(fans.lots) // fans.seeds)}",
        "engine.figures=false",
    ]


def _differing(own: Own) -> list[str]:
    """What an organisation of one's own sets, as it is typed."""
    from dataclasses import fields

    from sim.configuration import Configuration, Parameters

    usual, told = Configuration(), own.told
    found = [f"organisation.structure={told.structure}"]
    groups = [("organisation", usual.organisation, told.organisation)]
    for group in fields(Parameters):
        groups.append((group.name, getattr(usual.parameters, group.name),
                       getattr(told.parameters, group.name)))  # fmt: skip
    for name, before, after in groups:
        for each in fields(before):
            value = getattr(after, each.name)
            sized = name == "organisation" and each.name in ("people", "customers")
            if value != getattr(before, each.name) and not sized:
                found.append(f"{name}.{each.name}={value!r}")
    return found


def _settings(taken: Taken, overrides: list[str]) -> Any:
    """The settings of a study of two arms, A and B."""
    from experiments.settings import compose
    from experiments.workshop.told import composing

    with composing:
        cfg = compose(overrides)
    cfg.scenario.name = "workshop"
    cfg.scenario.title = "A against B, from the workshop"
    cfg.scenario.about = "What was chosen in a room of the workshop."
    cfg.scenario.main, cfg.scenario.against = "A", "B"
    cfg.scenario.arms = {"A": _arm(taken.room, "first"), "B": _arm(taken.room, "second")}
    return cfg


def _arm(room: Room, side: str) -> dict[str, Any]:
    kind, week = room.shape(side)
    moves = [
        {"lever": each.lever, "strength": each.strength, "start": each.start, "ramp": each.ramp}
        | ({"end": each.end} if each.end else {})
        for each in room.moves(side)
    ]
    arm: dict[str, Any] = {"actions": moves}
    if kind and week:
        arm["switches"] = [{"to": kind, "week": week}]
    elif kind:
        arm["organisation"] = {"structure": kind}
    return arm
