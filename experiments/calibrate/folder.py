"""What does a calibration leave behind? A folder, and with --accept the set in `conf/`.

index.html        the page, which opens without internet
findings.json     all that was found
plausible.csv     a row for each set of parameters that was not ruled out
plausible.yaml    how it was made
identity.json     what its numbers depend on; a folder with another one is not gone on with
wave-N.json       the points of each wave; of a walk they follow from the seed and what was measured
points/           what each point gave, a file a point
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from experiments import store
from experiments.calibrate.findings import (
    FEWEST,
    covered,
    hit_by_set,
    in_conflict,
    kept,
    left_over,
    narrowed,
    ruled,
    settings_of,
    stricter,
    worth,
)
from experiments.calibrate.rows import TOO_DEAR
from experiments.calibrate.waves import Outcome
from experiments.figures.style import write_whole
from experiments.summary import number
from scenarios.matching import CUT, DISCREPANCY, WORST, calibrated_rows, left_out
from scenarios.plausible import ABOUT, TABLE, table_text
from scenarios.targets import targets

PAGE, JSON = "index.html", "findings.json"
NOTE = (
    "Rows that the calibration could not rule out. A row is no estimate: all are possible as far "
    "as the targets can tell. The discrepancy is assumed."
)

WAVES = (
    "Latin hypercube over the ranges of sweep uncertain; later waves where emulators do not rule "
    "out"
)
WALKERS = (
    "walkers from a Latin hypercube over the ranges of sweep uncertain, under a threshold of "
    "implausibility that falls to the cut"
)


def about(outcome: Outcome, table: str, command: str) -> dict[str, Any]:
    """How the set was made, as plain values."""
    told = outcome.told
    matters = [each for each in narrowed(outcome) if each.matters]
    return {
        "about": NOTE,
        "sha256": hashlib.sha256(table.encode()).hexdigest(),
        "rows": len(kept(outcome)),
        "left_in": left_over(outcome),
        "is_small": left_over(outcome) < FEWEST,
        "made": store.now(),
        "command": f"zwerm {command}",
        **store.circumstances(),
        "design": {"method": WALKERS if told.walkers else WAVES, "seed": told.design_seed,
                   "around": told.space.around,
                   "points": [len(wave.points) for wave in outcome.waves]},
        "seeds": {"first": told.first_seed,
                  "of_a_row": {each.row: each.replicates for each in told.asked}},
        "rule": {"cut": CUT, "which_worst": WORST, "discrepancy_in_tolerances": DISCREPANCY,
                 "discrepancy_grade": "ASSUMED"},
        "targets": {
            each.name: {"asked": each.limits.text, "aim": number(each.aim),
                        "tolerance": number(each.tolerance),
                        "source": targets()[each.row].source} for each in outcome.parts
        },
        "not_used": _not_used(outcome),
        **({"walk": _walk(outcome)} if outcome.walked else {}),
        "waves": _waves(outcome),
        "other_rules": stricter(outcome),
        "declared_numbers": {name: number(each) for name, each in outcome.declared.items()},
        "parameters": {"varied": len(told.space.names),
                       "matter": sorted(each.name for each in matters),
                       "narrowed": sorted(each.name for each in narrowed(outcome)
                                          if each.is_narrowed),
                       "share_of_range_covered": {
                           name: number(each) for name, each in covered(outcome).items()}},
    }  # fmt: skip


def _walk(outcome: Outcome) -> dict[str, Any]:
    """What came of walkers."""
    walked = outcome.walked
    assert walked is not None
    draws = worth(outcome)
    return {
        "walkers": outcome.told.walkers,
        "ended": walked.ended,
        "founders": walked.founders,
        "worth_draws": {"least": number(draws.min()), "median": number(float(np.median(draws)))},
        "seconds_about": {"measured": number(walked.spent), "all_rows": number(walked.whole)},
        "rounds": [{**each._asdict(), "threshold": number(each.threshold)}
                   for each in walked.rounds],
        "hit": {name: number(each) for name, each in hit_by_set(outcome).items()},
    }  # fmt: skip


def _not_used(outcome: Outcome) -> dict[str, str]:
    """Rows of this status that had no say, with the reason."""
    used = set(outcome.row_names)
    others = {name: TOO_DEAR.get(name, "left out by who ran it") for name in calibrated_rows()
              if name not in used}  # fmt: skip
    return {**others, **left_out()}


def _waves(outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {
            "points": len(wave.points), "candidates": wave.tried, "failed": wave.failed,
            "left_in": int(wave.left_in.sum()),
            "rows": {each.row: {"measured": each.measured, "ruled_out": number(each.out),
                                "by_it_alone": number(each.alone), "hit": number(each.hit)}
                     for each in rows},
        }
        for wave, rows in zip(outcome.waves, ruled(outcome), strict=True)
    ]  # fmt: skip


def findings(outcome: Outcome, told: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that was found, as JSON takes it."""
    made = zip(outcome.parts, outcome.waves[-1].made, strict=True)
    return {
        **told,
        "parameters_in_full": [
            {"name": each.name, "unit": each.unit, "low": each.low, "high": each.high,
             "set_low": number(each.set_low), "median": number(each.middle),
             "set_high": number(each.set_high), "slope": number(each.slope), "p": number(each.p),
             "covers": number(each.left), "worth_draws": number(each.draws),
             "matters": each.matters, "narrowed": each.is_narrowed}
            for each in narrowed(outcome)
        ],
        "conflicts": [each._asdict() for each in in_conflict(outcome)],
        "emulators": {
            part.name: None if each is None else
            {"explained": number(each.explained), "beyond_three_sigma": number(each.beyond),
             "active": [outcome.told.space.names[at] for at in each.active]}
            for part, each in made
        },
    }  # fmt: skip


def fill(outcome: Outcome, folder: Path, command: str) -> dict[str, Any]:
    """Write what was found beside the points; what it says."""
    import yaml

    from experiments.calibrate import page

    table = table_text(settings_of(outcome))
    told = about(outcome, table, command)
    write_whole(folder / TABLE, table.encode())
    write_whole(folder / ABOUT, yaml.safe_dump(told, sort_keys=False, allow_unicode=True).encode())
    found = findings(outcome, told)
    write_whole(folder / JSON, json_text(found).encode())
    write_whole(folder / PAGE, page.text(outcome, told, command).encode())
    return found


def json_text(found: Mapping[str, Any]) -> str:
    """What was found, as JSON."""
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def accept(folder: Path, into: Path) -> None:
    """Put the set of a folder in place of the one in `conf/`; the description last."""
    for name in (TABLE, ABOUT):
        write_whole(into / name, (folder / name).read_bytes())
