"""The reduced chain in C: compiling `chain.c`, running it on a world, comparing bit by bit.

The engine's declarations (tables, rules, streams, levers, measures) become a C header, so the C
code never depends on the order of a column. The C code reads and writes the arrays of the world
it is given, as a kernel does.
"""

import ctypes
import os
import shlex
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

import numpy as np

from sim import people, randomness
from sim.configuration import Configuration, Organisation, Rules, rules_of
from sim.distributions import LATENT_LIMIT, LATENT_STEP
from sim.encounters import NOBODY
from sim.levers import EVENTS, LEVERS, REST, timetable
from sim.measures import LEVEL_MEASURES, MEASURES, Record, empty_record
from sim.mechanisms.remembering import COMPLAINING, LONG_AGO, NEIGHBOURS
from sim.mechanisms.serving import LEAST
from sim.mechanisms.surveys import BUYING_AGAIN, MOST_TRIES
from sim.parameters import WEEKS_PER_YEAR
from sim.start import PILOT_WEEKS, SPIN_UP_WEEKS, build
from sim.state import MOST_CONTACTS, TOP_TEAM, World, copy_tables
from sim.week import run

OFF = ("listening", "leading", "culture", "deciding", "mood", "staffing", "accounts")
FIRST_WEEK = -(PILOT_WEEKS + SPIN_UP_WEEKS)  # when customers' clocks start in a fresh world
SEED = np.uint64(1)
SOURCE = Path(__file__).with_name("chain.c")
FLAGS = ("-O3", "-ffp-contract=off", "-shared", "-fPIC")
NATIVE = "-march=native"  # for this very processor, as numba does; not every compiler has it

TABLES = ("staff", "teams", "customers", "contacts", "firm", "choices", "structure")
C_TYPES = {
    "float64": "double", "float32": "float", "int64": "int64_t", "int32": "int32_t",
    "int16": "int16_t", "uint16": "uint16_t", "uint8": "uint8_t",
}  # fmt: skip


class NoCompiler(Exception):
    """No C compiler is here, or it refuses the code; the message says which."""


class Start(NamedTuple):
    """Where the chain starts: the same for every implementation that works on tables."""

    told: Configuration
    world: World

    @property
    def levels(self) -> int:
        """Levels of the organisation."""
        return int(self.world.structure.level.max()) + 1


class Ended(NamedTuple):
    """Where the chain ended, and how long its weeks took."""

    world: World
    record: Record
    seconds: float  # of the processor


def start(staff: int, customers: int, weeks: int, **serving: float) -> Start:
    """A fresh organisation with the chain's mechanisms on; `serving` changes rules of serving."""
    told = Configuration(Organisation(people=staff, customers=customers), off=OFF, weeks=weeks)
    changed = replace(told.parameters.serving, **serving)
    told = replace(told, parameters=replace(told.parameters, serving=changed))
    return Start(told, build(told, int(SEED)))


def run_engine(begun: Start) -> Ended:
    """The chain by the engine, on tables of its own."""
    told, world = begun.told, copy_tables(begun.world)
    record = empty_record(told.weeks, begun.levels)
    table = timetable(told.actions, told.weeks)
    rules, began = rules_of(told), process_time()
    run(world, rules, table, SEED, FIRST_WEEK, record)
    return Ended(world, record, process_time() - began)


# --- the engine's declarations in C ---------------------------------------------------------


def _numbers() -> dict[str, float]:
    """Every number that has a name in the engine's code."""
    numbers: dict[str, float] = {
        f"STREAM_{name}": int(stream) for name, stream in randomness.STREAMS.items()
    }
    numbers |= {f"LEVER_{each.name.upper()}": each.number for each in LEVERS}
    numbers |= {f"MEASURE_{each.name.upper()}": at for at, each in enumerate(MEASURES)}
    return numbers | {
        "KIND_CC": people.CC, "KIND_TRIANGLE": people.TRIANGLE, "KIND_OTHER": people.OTHER,
        "KIND_ERODED": people.ERODED, "LEVERS": len(LEVERS), "MEASURES": len(MEASURES),
        "LEVEL_MEASURES": len(LEVEL_MEASURES), "TOP_TEAM": TOP_TEAM,
        "WEEK_ORIGIN": int(randomness.WEEK_ORIGIN), "WEEKS_PER_YEAR": WEEKS_PER_YEAR,
        "LATENT_LIMIT": LATENT_LIMIT, "LATENT_STEP": LATENT_STEP, "NEIGHBOURS": NEIGHBOURS,
        "LONG_AGO": LONG_AGO, "MOST_CONTACTS": MOST_CONTACTS, "MOST_TRIES": MOST_TRIES,
        "LEAST": LEAST, "NOBODY": NOBODY, "ANSWERS": COMPLAINING.size,
    }  # fmt: skip


def _arrays() -> str:
    """The lists of numbers that have a name there."""
    lists = {
        "REST[LEVERS]": REST,
        "EVENTS[LEVERS]": EVENTS,
        "COMPLAINING[ANSWERS]": COMPLAINING,
        "BUYING_AGAIN[ANSWERS]": BUYING_AGAIN,
    }
    return "".join(
        f"static const double {name} = {{{', '.join(repr(float(each)) for each in numbers)}}};\n"
        for name, numbers in lists.items()
    )


def _sizes(world: World) -> dict[str, int]:
    """What C cannot ask an array for."""
    rows, columns = world.tables.effort.shape
    return {
        "effort_rows": rows, "effort_columns": columns, "people": world.staff.kind.size,
        "team_count": world.teams.doing.size, "places": world.customers.attitude.size,
        "room": world.contacts.customer.size, "front": world.structure.front_staff.size,
        "levels": int(world.structure.level.max()) + 1,
        "departments": int(world.structure.department.max()) + 1,
    }  # fmt: skip


def _struct(name: str, fields: dict[str, str]) -> str:
    inside = "".join(f"    {kind} {field};\n" for field, kind in fields.items())
    return f"typedef struct {{\n{inside}}} {name};\n"


def header(world: World, rules: Rules) -> str:
    """The text of `tables.h`. Every field of a struct takes eight bytes."""
    parts = ["#include <stdint.h>\n"]
    parts += [f"#define {name} ({number!r})\n" for name, number in _numbers().items()]
    parts.append(_arrays())
    for name in TABLES:
        columns = getattr(world, name)._asdict()
        fields = {each: f"{C_TYPES[column.dtype.name]} *" for each, column in columns.items()}
        parts.append(_struct(name.capitalize(), fields))
    for name, group in rules._asdict().items():
        types = {int: "int64_t", float: "double"}
        fields = {each: types[type(value)] for each, value in group._asdict().items()}
        parts.append(_struct(name.capitalize(), fields))
    fields = {name: name.capitalize() for name in TABLES} | {"effort_table": "const double *"}
    parts.append(_struct("World", fields | dict.fromkeys(_sizes(world), "int64_t")))
    parts.append(_struct("Rules", {name: name.capitalize() for name in Rules._fields}))
    return "".join(parts)


def _world_bytes(world: World) -> bytes:
    """The struct World: addresses of columns, in the order of the header, then sizes."""
    columns = [column for name in TABLES for column in getattr(world, name)]
    for column in (*columns, world.tables.effort):
        assert column.flags.c_contiguous, "C reads columns without gaps only"
    addresses = [column.ctypes.data for column in (*columns, world.tables.effort)]
    sizes = list(_sizes(world).values())
    return struct.pack(f"={len(addresses)}Q{len(sizes)}q", *addresses, *sizes)


def _rules_bytes(rules: Rules) -> bytes:
    """The struct Rules: eight bytes a number, whole or not."""
    groups: Any = rules  # named tuples of numbers, typed as what they are declared by
    numbers = [number for group in groups for number in group]
    kinds = "".join("q" if isinstance(number, int) else "d" for number in numbers)
    return struct.pack(f"={kinds}", *numbers)


# --- compiling and running ------------------------------------------------------------------


def compiler() -> list[str]:
    """The C compiler: the command of the variable CC, else cc. Raises NoCompiler."""
    command = shlex.split(os.environ.get("CC", "")) or ["cc"]
    if shutil.which(command[0]) is None:
        raise NoCompiler(f"there is no C compiler {command[0]!r} here; set the variable CC")
    return command


class Chain:
    """`chain.c`, compiled for the tables of one start."""

    def __init__(self, begun: Start, folder: Path) -> None:
        (folder / "tables.h").write_text(header(begun.world, rules_of(begun.told)))
        built = folder / "chain.so"
        basic = [*compiler(), *FLAGS, f"-I{folder}", "-o", str(built), str(SOURCE), "-lm"]
        # The first that works: for this processor, then for any.
        for extra in ([NATIVE], []):
            done = subprocess.run([*basic, *extra], capture_output=True, text=True, check=False)
            self.flags = " ".join([*FLAGS[:2], *extra])
            if done.returncode == 0:
                break
        else:
            raise NoCompiler(f"{compiler()[0]} refuses chain.c: {done.stderr.strip()}")
        self._run: Any = ctypes.CDLL(str(built)).run_chain
        self._run.restype = ctypes.c_int

    def run(self, begun: Start) -> Ended:
        """The chain by C, on tables of its own."""
        told, world = begun.told, copy_tables(begun.world)
        record = empty_record(told.weeks, begun.levels)
        table = timetable(told.actions, told.weeks)
        given = (
            _world_bytes(world), _rules_bytes(rules_of(told)), _address(table),
            ctypes.c_int64(told.weeks), ctypes.c_uint64(int(SEED)), ctypes.c_int64(FIRST_WEEK),
            _address(record.weekly), _address(record.levels),
        )  # fmt: skip
        began = process_time()
        failed = self._run(*given)
        seconds = process_time() - began
        if failed:
            raise MemoryError("chain.c could not reserve its few kilobytes")
        return Ended(world, record, seconds)


def _address(array: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


@contextmanager
def compiled_chain(begun: Start) -> Iterator[Chain]:
    """The chain in C, in a temporary folder that goes when the context ends."""
    with tempfile.TemporaryDirectory(prefix="zwerm-c-", ignore_cleanup_errors=True) as folder:
        yield Chain(begun, Path(folder))


# --- comparing ------------------------------------------------------------------------------


def differences(one: Ended, other: Ended) -> dict[str, float]:
    """Columns whose bits differ, with the largest difference relative to the largest value."""
    first, second = _columns(one), _columns(other)
    return {
        name: _apart(first[name], second[name])
        for name in first
        if first[name].tobytes() != second[name].tobytes()
    }


def _columns(ended: Ended) -> dict[str, np.ndarray]:
    """Every column that may change. Of the contacts those that were made: the rest is room."""
    made = int(ended.world.firm.contacts[0])
    found = {
        f"{table}.{name}": column[:made] if table == "contacts" else column
        for table in TABLES[:-1]
        for name, column in getattr(ended.world, table)._asdict().items()
    }
    return found | {"weekly": ended.record.weekly, "levels": ended.record.levels}


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    if one.shape != other.shape or not np.array_equal(np.isnan(one), np.isnan(other)):
        return float("inf")
    if not np.isfinite(one).any():
        return 0.0
    return float(np.nanmax(np.abs(one - other)) / max(np.nanmax(np.abs(one)), 1e-300))
