"""Which numbers may the uncertain parameters have together? The plausible set, read and drawn from.

`conf/plausible.csv` has a row for each set of numbers that `zwerm calibrate` could not rule out, a
column for each parameter; `conf/plausible.yaml` says how it was made. A row is no estimate: all are
possible as far as the targets can tell, and how they differ is what nobody knows.
"""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from scenarios.library import CONF, LOADER
from scenarios.rivals import followed
from scenarios.targets.pattern import Settings
from sim.configuration import Configuration, Parameters
from sim.parameters import Declaration, Kind, ParameterError, check, declarations, nearest

TABLE, ABOUT = "plausible.csv", "plausible.yaml"
MAKE = "make it with `zwerm calibrate`"


@dataclass(frozen=True)
class PlausibleSet:
    """Rows of parameters, and how they came to be."""

    rows: tuple[Settings, ...]
    about: Mapping[str, Any]  # what conf/plausible.yaml says
    sum: str  # SHA-256 of the table

    def draws(self, count: int, seed: int = 1) -> list[Settings]:
        """Different rows, drawn at random; the same for the same seed. Raises ParameterError.

        The first of more draws are those of fewer.
        """
        if isinstance(count, bool) or not 1 <= count <= len(self.rows):
            raise ParameterError(
                f"{count} rows of the plausible set cannot be drawn; type 1 to {len(self.rows)}"
            )
        order = np.random.Generator(np.random.Philox(seed)).permutation(len(self.rows))
        return [self.rows[place] for place in order[:count]]


@cache
def plausible() -> PlausibleSet:
    """The set in `conf/`. Raises ParameterError if it is not there, not whole or out of date."""
    return read(CONF / TABLE, CONF / ABOUT)


def draws(count: int, seed: int = 1) -> list[Settings]:
    """Rows of the set in `conf/`, see `PlausibleSet.draws`."""
    return plausible().draws(count, seed)


# --- reading ------------------------------------------------------------------------------------


@cache
def uncertain() -> dict[str, Declaration]:
    """Every uncertain parameter by its full name."""
    return {
        f"{group.name}.{each.name}": each
        for group in fields(Parameters)
        for each in declarations(group.type)
        if each.kind is Kind.UNCERTAIN
    }


def read(table: Path, about: Path) -> PlausibleSet:
    """A plausible set from its two files. Raises ParameterError with one sentence."""
    for path in (table, about):
        if not path.is_file():
            raise ParameterError(f"there is no {path.name} in {path.parent}; {MAKE}")
    content = table.read_bytes()
    told = _told(about)
    found = hashlib.sha256(content).hexdigest()
    if told.get("sha256") != found:
        raise ParameterError(
            f"{table} is not the table that {about.name} describes (its SHA-256 differs); put "
            f"both files back, or {MAKE}"
        )
    return PlausibleSet(tuple(rows_of(content.decode("utf-8"), table.name)), told, found)


def _told(about: Path) -> Mapping[str, Any]:
    try:
        told = yaml.load(about.read_text(encoding="utf-8"), LOADER)
    except (yaml.YAMLError, ValueError):
        told = None
    if not isinstance(told, dict):
        raise ParameterError(f"{about} cannot be read; put it back, or {MAKE}")
    return told


def rows_of(text: str, name: str = TABLE) -> list[Settings]:
    """Settings from a table, checked. Raises ParameterError."""
    lines = csv.reader(io.StringIO(text))
    head = next(lines, [])
    known = uncertain()
    for each in head:
        if each not in known:
            close = nearest(each, list(known))
            instead = f"{close} Or {MAKE}" if close.startswith("did you mean") else MAKE
            raise ParameterError(f"{name}: {each!r} is no uncertain parameter; {instead}")
    if not head or len(set(head)) < len(head):
        raise ParameterError(f"{name} has no columns, or one of them twice; {MAKE}")
    found = [_row(each, head, f"{name}, line {at}") for at, each in enumerate(lines, start=2)]
    if not found:
        raise ParameterError(f"{name} has no rows; {MAKE}")
    return found


def _row(cells: Sequence[str], head: Sequence[str], where: str) -> Settings:
    if len(cells) != len(head):
        raise ParameterError(f"{where} has {len(cells)} cells and needs {len(head)}; {MAKE}")
    known, row = uncertain(), {}
    for name, cell in zip(head, cells, strict=True):
        group, _, _ = name.partition(".")
        try:
            value: Any = float(cell)
        except ValueError:
            value = cell
        try:
            row[name] = check(group, known[name], value)
        except ParameterError as error:
            raise ParameterError(f"{where}: {error}") from None
    return row


def table_text(rows: Sequence[Settings]) -> str:
    """Rows as the table holds them: `rows_of` gives them back, bit for bit."""
    held = io.StringIO()
    lines = csv.writer(held, lineterminator="\n")
    names = list(rows[0]) if rows else []
    lines.writerow(names)
    lines.writerows([f"{row[name]!r}" for name in names] for row in rows)
    return held.getvalue()


# --- laying a row below what somebody set -------------------------------------------------------


def below(arms: Mapping[str, Configuration], row: Settings) -> dict[str, Configuration]:
    """Arms with a row in place of what nobody set: declared defaults that all of them share."""
    free = [name for name in row if all(_is_default(told, name) for told in arms.values())]
    return {name: _with(told, {each: row[each] for each in free}) for name, told in arms.items()}


def _is_default(told: Configuration, name: str) -> bool:
    group, _, last = name.partition(".")
    return getattr(getattr(told.parameters, group), last) == uncertain()[name].default


def _with(told: Configuration, row: Settings) -> Configuration:
    groups: dict[str, dict[str, float]] = {}
    for full, value in row.items():
        group, _, last = full.partition(".")
        groups.setdefault(group, {})[last] = value
    parameters: Any = told.parameters
    changed = {name: replace(getattr(parameters, name), **values)
               for name, values in groups.items()}  # fmt: skip
    return followed(told, replace(told, parameters=replace(parameters, **changed)))
