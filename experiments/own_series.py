"""What does `zwerm calibrate --data FILE.csv` do? A user's own surveys beside rows of parameters.

The folder: own.json (everything), rows.csv (each row, its distance, whether it was kept),
statistics.csv (yours beside those of the rows), narrowed.csv, manifest.json and lag/, what
`zwerm lag` says of the same file. How rows are matched stands in `scenarios/own_series.py`.
"""

import csv
import hashlib
import io
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments import store
from experiments.compare import short
from experiments.lag import Report, rate_of, reported, said
from experiments.lag import about as about_series
from experiments.listing import table
from experiments.summary import number
from experiments.sweep.files import write
from experiments.sweep.rows import read_rows
from scenarios.claims.hypothesis import CUSTOMERS, PEOPLE
from scenarios.own_narrowing import Narrowing, narrowed
from scenarios.own_organisation import changed, value_of
from scenarios.own_series import GROUPS, Fit, Row, matched, shape_of, too_short
from scenarios.series import read_series
from sim.configuration import Configuration
from sim.parameters import ParameterError, nearest

WEIGHT = "weight"
USUAL = [f"organisation.people={PEOPLE}", f"organisation.customers={CUSTOMERS}"]
FEW = 20  # kept rows below which nothing is said of parameters (ASSUMED)
SHOWN = 12  # parameters in the table
NO_CAUSE = (
    "Kept means not ruled out, under these rules and with every unit one and the same "
    "organisation. It proves neither the rules nor a cause."
)
HELP = f"""\
the file: one row for each unit and wave, columns unit, wave, eNPS, NPS and, if known, n
groups of statistics: {", ".join(GROUPS)}; --match names those that decide

examples:
  zwerm calibrate --data countries.csv
  zwerm calibrate --data countries.csv organisation=./ours.yaml --match lags,within
  zwerm calibrate --data branches.csv --rows rows.csv --points 100 --out runs/branches
"""


class Rows(NamedTuple):
    """Rows of parameters and where they come from."""

    rows: list[Row]
    weights: np.ndarray
    source: str


@dataclass(frozen=True)
class Own:
    """What the surveys say, and what they say of the rows; or why they say nothing of them."""

    lag: Report
    told: Configuration
    rows: Rows | None
    fit: Fit | None
    narrowings: list[Narrowing]
    refusal: str
    notes: tuple[str, ...]


def own_command(words: list[str]) -> int:
    """`zwerm calibrate --data FILE.csv`: exit code. Raises ParameterError."""
    from experiments.cli import OK, command_parser, folder_type

    about = "Your own surveys beside rows of parameters: their lag, and what they narrow."
    parser = command_parser("calibrate", about, HELP)
    parser.add_argument("settings", nargs="*", metavar="name=value",
                        help="the organisation that every unit is, and what it does")  # fmt: skip
    parser.add_argument("--data", required=True, metavar="FILE.csv", help="your surveys")
    parser.add_argument("--rows", type=folder_type, metavar="FILE.csv",
                        help="rows of parameters; default the plausible set")  # fmt: skip
    parser.add_argument("--points", type=int, metavar="N", help="rows at most, evenly picked")
    parser.add_argument("--match", default=",".join(GROUPS), metavar="GROUPS",
                        help="groups of statistics that decide; default all")  # fmt: skip
    parser.add_argument("--waves-per-year", type=float, metavar="N",
                        help="where the file does not say")  # fmt: skip
    parser.add_argument("--json", type=folder_type, metavar="FILE", help="the numbers, too")
    parser.add_argument("--out", type=folder_type, metavar="FOLDER",
                        help="where to write; must be new")  # fmt: skip
    asks = any(word in ("-h", "--help") for word in words)
    typed = parser.parse_intermixed_args(["--help"] if asks else words)
    groups = groups_of(typed.match)
    series = read_series(typed.data)
    lag = reported(series, rate_of(typed.waves_per_year, series.waves_per_year))
    told = base_of(typed.settings)
    rows = rows_of(typed.rows, told, typed.points)
    target = typed.out or store.new_folder("calibrate")
    with store.writing(target) as folder:
        own = answer(lag, told, rows, groups)
        command = " ".join(["zwerm calibrate", *words])
        save(own, folder, Path(typed.data), command)
    if typed.json:
        write(typed.json, json_text(own).encode())
    print(text(own))
    print(f"\nWritten to {target}")
    return OK


def groups_of(text: str) -> tuple[str, ...]:
    """The groups of statistics that were named. Raises ParameterError."""
    named = [each.strip() for each in text.split(",") if each.strip()]
    for each in named:
        if each not in GROUPS:
            raise ParameterError(f"--match {each}: no such group; {nearest(each, list(GROUPS))}")
    if not named:
        raise ParameterError(f"--match names no group; type for instance {GROUPS[0]},{GROUPS[1]}")
    return tuple(each for each in GROUPS if each in named)


def base_of(settings: list[str]) -> Configuration:
    """What every unit is, from settings as `zwerm run` takes them. Raises ParameterError."""
    from experiments.settings import compose, study_plan

    sized = any(each.strip().startswith("organisation") for each in settings)
    plan = study_plan(compose([*([] if sized else USUAL), *settings]))
    return next(arm.told for arm in plan.arms if arm.name == plan.main)


def rows_of(path: Path | None, told: Configuration, most: int | None = None) -> Rows | None:
    """Rows of parameters from a file, or the plausible set; None if there is none.

    Raises ParameterError: the row, the name and what to type.
    """
    if most is not None and most < 2:
        raise ParameterError(f"--points {most} is too few; type 2 or more")
    found = _plausible(told) if path is None else _typed(path, told)
    if found is None or most is None or most >= len(found.rows):
        return found
    picked = np.unique(np.round(np.linspace(0, len(found.rows) - 1, most)).astype(int)).tolist()
    return Rows([found.rows[place] for place in picked], found.weights[picked], found.source)


def _plausible(told: Configuration) -> Rows | None:
    """The plausible set, without what the organisation itself sets; None if it is not made yet."""
    from scenarios import plausible

    if not (plausible.CONF / plausible.TABLE).is_file():
        return None
    found = plausible.plausible().rows
    free = [
        name for name in found[0] if value_of(told, name) == plausible.uncertain()[name].default
    ]
    rows: list[Row] = [{name: row[name] for name in free} for row in found]
    return Rows(rows, np.ones(len(rows)), "the plausible set")


def _typed(found: Path, told: Configuration) -> Rows:
    """Rows that somebody gives: every column counts, whatever the organisation sets."""
    if not found.is_file():
        raise ParameterError(f"--rows {found} is not there; type the path of a CSV file")
    columns = read_rows(found)
    numbers = {name: columns.numbers(name) for name in columns.columns}
    rows: list[dict[str, float]] = []
    for place in range(len(next(iter(numbers.values())))):
        row = {name: _cell(found, place, name, each[place]) for name, each in numbers.items()}
        if WEIGHT in row and not row[WEIGHT] > 0.0:
            raise ParameterError(f"{found}, row {place + 2}: weight has to be above 0")
        rows.append(row)
    weights = np.array([row.pop(WEIGHT, 1.0) for row in rows])
    if not rows[0]:
        raise ParameterError(f"{found} names no parameter; its first line is leading.pull,…")
    for place, row in enumerate(rows):
        try:
            changed(told, row)
        except ParameterError as error:
            raise ParameterError(f"{found}, row {place + 2}: {error}") from None
    return Rows(list(rows), weights, found.name)


def _cell(path: Path, place: int, name: str, value: str | float | None) -> float:
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if value.is_integer() and name != WEIGHT else value
    raise ParameterError(f"{path}, row {place + 2}: {name} = {value or ''!r} is no number")


def answer(
    lag: Report, told: Configuration, rows: Rows | None, groups: Sequence[str] = GROUPS
) -> Own:
    """The lag, and the rows beside the surveys where that is possible. Answers Ctrl-C at once."""
    from experiments.run import interruptibly, shown

    refusal = _refusal(lag, rows)
    if refusal or rows is None or lag.per_year is None:
        return Own(lag, told, rows, None, [], refusal, ())
    per_year, series, listed = lag.per_year, lag.series, rows.rows
    shape = shape_of(series, per_year)

    def working(done: Callable[[float], None]) -> Fit:
        return matched(listed, series, told, per_year, groups, done=done)

    with shown("rows", len(listed) * shape.units) as progress:
        fit = interruptibly(working, progress)
    narrowings = narrowed(listed, fit.kept, rows.weights) if fit.kept.sum() >= FEW else []
    return Own(lag, told, rows, fit, narrowings, "", shape.notes)


def _refusal(lag: Report, rows: Rows | None) -> str:
    """Why no rows are matched; empty if they can be."""
    short_of = too_short(lag.series)
    if short_of:
        return f"{short_of[:1].upper()}{short_of[1:]}."
    if lag.per_year is None:
        return "The waves do not say how far apart they are; add --waves-per-year N."
    if rows is None:
        return "There is no plausible set here; give rows of parameters with --rows FILE.csv."
    return ""


# --- words ------------------------------------------------------------------------------------


def text(own: Own) -> str:
    """What came out, for a terminal."""
    parts = [about_series(own.lag), *own.lag.series.notes]
    for heading, sentences in said(own.lag).items():
        parts.append("\n".join([f"\n{heading}", *(f"  {each}" for each in sentences)]))
    parts.append("\nWhat the surveys narrow")
    return "\n".join([*parts, *(f"  {each}" for each in sentences_of(own)), *_tables(own)])


def sentences_of(own: Own) -> list[str]:
    """What the surveys say of the rows."""
    if own.fit is None or own.rows is None:
        return [own.refusal]
    fit, count = own.fit, int(own.fit.kept.sum())
    told = own.told.organisation
    found = [
        *own.notes,
        f"Each unit was simulated as {told.people:,} people and {told.customers:,} places of "
        f"customers; {_programme(own)}.",
        f"Of {len(own.rows.rows)} rows ({own.rows.source}) {count} are kept: distance at most "
        f"{fit.measured.tolerance:.2f} over {', '.join(fit.measured.matched)}, "
        f"from the sampling error of your own. A true row is kept in about nine of ten cases.",
    ]
    if count == 0:
        found.append(_why_none(fit))
    elif count < FEW:
        found.append(f"Fewer than {FEW} rows are too few to say anything of single parameters.")
    elif count == len(own.rows.rows):
        found.append("No row is ruled out: these surveys narrow nothing.")
    else:
        named = [each.parameter for each in own.narrowings if each.is_narrowed]
        if named:
            found.append(f"Narrowed or shifted by more than chance: {', '.join(named)}.")
        rest = len(own.narrowings) - len(named)
        found.append(f"Not narrowed: {'the other ' if named else 'any of the '}{rest} parameters.")
    return [*found, NO_CAUSE]


def _programme(own: Own) -> str:
    if not own.told.actions and not own.told.switches:
        return "nobody acts in them"
    return "each begins what the scenario says on a date of its own"


def _why_none(fit: Fit) -> str:
    alone = ", ".join(f"{group} {share:.0%}" for group, share in fit.alone.items())
    passing = [group for group, share in fit.alone.items() if share > 0.0]
    hint = f"; to match some only, add --match {','.join(passing)}" if passing else ""
    return f"No row fits. Rows that would be kept by one group alone: {alone}{hint}."


def _tables(own: Own) -> list[str]:
    if own.fit is None:
        return []
    found = ["", table(("statistic", "yours", "error", "rows, 5 to 95 %", "kept, 5 to 95 %",
                        "decides"), [_words(row) for row in statistic_rows(own.fit)])]  # fmt: skip
    if own.narrowings:
        rows = [
            (each.parameter, _three(each.before), _three(each.after), f"{each.p:.3f}",
             "narrowed" if each.is_narrowed else "not narrowed")
            for each in own.narrowings[:SHOWN]
        ]  # fmt: skip
        head = ("parameter", "all rows: 5, 50, 95 %", "kept", "p", "")
        found += ["", table(head, rows)]
        if len(own.narrowings) > SHOWN:
            found.append(f"and {len(own.narrowings) - SHOWN} more in narrowed.csv")
    return found


def _words(row: Sequence[Any]) -> tuple[str, ...]:
    name, _, value, error, low, high, kept_low, kept_high, decides = row
    return (name, short(value), short(error), f"{short(low)} to {short(high)}",
            f"{short(kept_low)} to {short(kept_high)}", "yes" if decides else "no")  # fmt: skip


def _three(values: tuple[float, float, float]) -> str:
    return ", ".join(short(each) for each in values)


# --- the folder -------------------------------------------------------------------------------

STATISTICS = ("statistic", "group", "measured", "error", "rows_5", "rows_95", "kept_5", "kept_95",
              "decides")  # fmt: skip


def statistic_rows(fit: Fit) -> list[tuple[Any, ...]]:
    """A row for each statistic, in the order of `STATISTICS`."""
    rows = []
    for place, each in enumerate(fit.measured.statistics):
        column = fit.found[:, place]
        spans = []
        for some in (column, column[fit.kept]):
            known = some[np.isfinite(some)]
            spans += np.percentile(known, [5, 95]).tolist() if known.size else [np.nan, np.nan]
        rows.append((each.name, each.group, float(fit.measured.values[place]),
                     float(fit.measured.error[place]), *spans,
                     each.group in fit.measured.matched))  # fmt: skip
    return rows


def plain(own: Own) -> dict[str, Any]:
    """Everything that came out, as JSON takes it."""
    from experiments import lag_page

    found: dict[str, Any] = {
        "lag": lag_page.numbers(own.lag), "said": sentences_of(own), "refusal": own.refusal,
    }  # fmt: skip
    if own.fit is None or own.rows is None:
        return found
    fit = own.fit
    return {
        **found,
        "rows": len(own.rows.rows), "source": own.rows.source, "kept": int(fit.kept.sum()),
        "matched": list(fit.measured.matched), "tolerance": number(fit.measured.tolerance),
        "kept_by_one_group": {name: number(share) for name, share in fit.alone.items()},
        "statistics": [
            {name: number(cell) if isinstance(cell, float) else cell
             for name, cell in zip(STATISTICS, row, strict=True)}
            for row in statistic_rows(fit)
        ],
        "parameters": [
            {"parameter": each.parameter, "before": [number(one) for one in each.before],
             "after": [number(one) for one in each.after], "p": number(each.p),
             "narrowed": each.is_narrowed}
            for each in own.narrowings
        ],
    }  # fmt: skip


def json_text(own: Own) -> str:
    """The same as text."""
    return json.dumps(plain(own), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _csv(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode()


def save(own: Own, folder: Path, file: Path, command: str) -> None:
    """Tables, numbers, the page of the lag and a manifest into a folder that is there."""
    from experiments import lag_page

    (folder / "lag").mkdir()
    lag_page.write(own.lag, folder / "lag", file, command)
    (folder / "own.json").write_text(json_text(own), encoding="utf-8")
    if own.fit is not None and own.rows is not None:
        names = list(own.rows.rows[0])
        rows = [
            (*(row[name] for name in names), f"{distance:.6g}", int(kept))
            for row, distance, kept in zip(
                own.rows.rows, own.fit.distance, own.fit.kept, strict=True
            )
        ]
        (folder / "rows.csv").write_bytes(_csv([*names, "distance", "kept"], rows))
        (folder / "statistics.csv").write_bytes(_csv(STATISTICS, statistic_rows(own.fit)))
        narrow = [(each.parameter, *each.before, *each.after, each.p, each.is_narrowed)
                  for each in own.narrowings]  # fmt: skip
        head = ("parameter", "all_5", "all_50", "all_95", "kept_5", "kept_50", "kept_95", "p",
                "narrowed")  # fmt: skip
        (folder / "narrowed.csv").write_bytes(_csv(head, narrow))
    manifest = {
        "made_by": store.MADE_BY, "started": store.now(), "command": command, "file": file.name,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(), **store.circumstances(),
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2), encoding="utf-8")
