"""What does somebody need to know who is given a sweep's folder and nothing else?"""

from pathlib import Path

from experiments.sweep.parts import ENDS, LAST, PARTS, QUARTER, RUNS, SERIES
from experiments.sweep.reading import NAMED
from experiments.sweep.report_factors import known_factors
from experiments.sweep.report_words import WORDS
from experiments.sweep.results import ABOUT, Sweep, open_sweep

CODE = ("kernels", "zwerm", "python", "numpy", "numba", "llvmlite", "processor")

README = """\
# {name}

{about}

A sweep by Zwerm {version}, an agent-based simulation of customer-centric organisations: {points:,}
points of a design x {arms} arms ({arm_names}) x {seeds} seeds ({seed_names}) = {planned:,} runs of
{weeks} weeks. {state}

## Files

| file | what it holds |
|---|---|
| `design.parquet` | one row a point, one column a factor; units in the field metadata |
| `{runs}` | one row a run: which one, why it failed, means of all measures, quarters of some |
| `config.yaml` | every setting of the base, resolved |
| `manifest.json` | identity, arms, seeds, kernel hash, versions, checksums |
| `report*.html` | a page about one measure; opens without internet |
| `lock` | held while a process works here; empty |

## Columns of the runs

| column | type | unit | what it is |
|---|---|---|---|
| `point` | int32 | - | row of the design: joins to `point` in design.parquet |
| `arm` | text | name | way of doing it; the main one is {main} |
| `seed` | int64 | - | seed of the run; the same seeds at every point and in every arm |
| `reason` | text | - | why the run failed, one sentence; empty = it is done |
{columns}

Numbers of runs that failed are null. `last_*` is the mean over the last {last} weeks, without weeks
that have no survey; `series_*` holds the mean of each 13 weeks, the last may be shorter.

## Factors

{how}

| factor | unit | varied | allowed | base | grade |
|---|---|---|---|---|---|
{factors}

Grades say how well a number is known (READ in a source, COMPUTED, RECALLED, ASSUMED); a
setting describes an organisation, a choice is its leaders'. An empty cell in the design means: as
in the base. Factors that begin with `levers.` act on the main arm only.

## Read it

```python
import zwerm

sweep = zwerm.opened("{folder}")
sweep.frame(["nps_true"])  # pandas, factors first, units in .attrs
sweep.dataset()  # xarray: point, arm, seed, quarter
sweep.failures()
```

Any reader of Parquet does, too; `zwerm sweep export FOLDER` writes CSV or netCDF.

## Repeat it

```
{command}
```

All of it, from this folder and, if `organisation.chart` names one, the org list it was run with
(which is not in the folder; its SHA-256 stands in the manifest):

```python
import shutil
from pathlib import Path

import zwerm

Path("again").mkdir()
for name in ("config.yaml", "design.parquet", "manifest.json"):
    shutil.copy(f"{folder}/{{name}}", "again")
zwerm.sweep(folder="again")
```

It was run with

{code}
The same settings, code, versions and type of processor give the same bits, on any number of
threads or machines, run in one go or resumed.
"""


def command(sweep: Sweep) -> str:
    """What to type to run the sweep again."""
    return str(
        sweep.manifest.get("command") or f"uv run zwerm sweep verify {sweep.folder.name} --rerun 3"
    )


def readme(folder: Path | str) -> str:
    """Text for README.md of a sweep's folder. Raises FolderError."""
    sweep = open_sweep(folder)
    state = "All runs are there" if sweep.complete else f"Only {sweep.done:,} runs are there"
    state += f"; {sweep.failed:,} of them failed." if sweep.failed else ", none failed."
    told = {name: sweep.manifest.get(name) for name in CODE}
    return README.format(
        name=sweep.name, about=" ".join(str(sweep.manifest.get("about") or "").split()),
        version=sweep.manifest.get("zwerm") or "", points=len(sweep.design), arms=len(sweep.arms),
        arm_names=", ".join(sweep.arms), seeds=len(sweep.seeds), planned=sweep.planned,
        seed_names=f"{sweep.seeds[0]} to {sweep.seeds[-1]}" if sweep.seeds else "",
        weeks=sweep.weeks, state=state, main=sweep.main, columns=_columns(sweep),
        runs=_runs(sweep), last=min(sweep.weeks or 52, 52), how=_how(sweep),
        factors=_factors(sweep), folder=sweep.folder.name, command=command(sweep),
        code="\n".join(f"- {name}: {said}" for name, said in told.items() if said) + "\n",
    )  # fmt: skip


def _runs(sweep: Sweep) -> str:
    return RUNS if (sweep.folder / RUNS).is_file() else f"{PARTS}/*{ENDS}"


def _how(sweep: Sweep) -> str:
    return f"Method: {WORDS.get(f'method.{sweep.method}', sweep.method)}."


def _columns(sweep: Sweep) -> str:
    """A row for each measure."""
    quarters = -(-(sweep.weeks or 0) // QUARTER)
    rows = [f"| `{LAST}{name}` | float64 | {unit} | {ABOUT.get(name, name)} |"
            for name, unit in sweep.units.items()]  # fmt: skip
    rows += [
        f"| `{SERIES}{name}` | {quarters} x float32 | {sweep.units[name]} | "
        f"{ABOUT.get(name, name)}, quarter by quarter |"
        for name in sweep.kept
    ]
    return "\n".join(rows)


def _factors(sweep: Sweep) -> str:
    """A row for each factor."""
    rows = []
    for each in known_factors(sweep):
        grade = ", ".join(filter(None, (each.grade, f"a {each.choice}" if each.choice else "")))
        unit = "names" if each.unit == NAMED else each.unit
        rows.append(f"| `{each.name}` | {unit} | {each.sampled} | {each.allowed} | {each.base} | "
                    f"{grade} |")  # fmt: skip
    return "\n".join(rows)
