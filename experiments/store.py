"""The folder of a run: written whole or not at all, and repeated from what stands in it.

    config.yaml          every setting, resolved
    weeks.parquet, .csv  one row for each arm, seed and week, one column for each measure
    weeks.units.csv      the unit of each column (in the Parquet file they are in the schema)
    levels.parquet       one row for each arm, seed, week and level
    plausible.parquet    last year's means over the plausible set, if it was run
    summary.json         last year's means over seeds, the paired difference, what levers cost
    figures/             PNG and SVG
    manifest.json        versions, kernel hash, processor, seeds, SHA-256 of every file

What is in the tables, and why, stands in `experiments/tables.py`.
"""

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

import numpy as np

from experiments import bands
from experiments.results import Study
from experiments.summary import summary_of
from experiments.tables import save_tables
from sim.compiled import kernel_hash

MADE_BY = "zwerm"
FORMAT = 1
PACKAGES = ("zwerm", "numpy", "numba", "llvmlite")  # of which another version may move bits
MANIFEST, CONFIG, SUMMARY = "manifest.json", "config.yaml", "summary.json"
LARGEST_TEXT = 16 * 2**20  # bytes of a manifest or a configuration that is still believable
RUNS = Path("runs")
INSTEAD = "write elsewhere with --out FOLDER or engine.output=FOLDER"


class FolderError(ValueError):
    """A folder cannot be used: one sentence that says why and what to do."""


class WriteError(OSError):
    """Writing failed on the way, for instance because the disk is full; nothing is left behind."""


class Repetition(NamedTuple):
    """What came out of running a folder's study again."""

    study: Study
    settings: dict[str, Any]
    identical: bool  # every number, bit for bit
    reasons: tuple[str, ...]  # why it may not be


# --- writing --------------------------------------------------------------------------------


def now() -> str:
    """The time as manifests give it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def new_folder(name: str) -> Path:
    """A folder below runs/ that is not there yet, named after the scenario and the time."""
    stem = re.sub(r"[^\w.-]+", "-", f"{name}-{datetime.now():%Y%m%d-%H%M%S}")
    taken = 1
    folder = RUNS / stem
    while folder.exists():
        taken += 1
        folder = RUNS / f"{stem}-{taken}"
    return folder


@contextlib.contextmanager
def writing(target: Path) -> Iterator[Path]:
    """A folder to fill; it takes the name `target` when all is well and vanishes when it is not.

    Raises FolderError before anything is run if the folder cannot be made, WriteError if it
    cannot be filled.
    """
    target = target.absolute()
    made = _parents(target)
    try:
        partial = Path(mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent))
    except OSError as error:
        _forget(made)
        raise FolderError(
            f"cannot write in {target.parent} ({error.strerror}); {INSTEAD}"
        ) from error
    try:
        yield partial
        partial.chmod(0o777 & ~_umask())
        _settle(partial, target)
    except BaseException as error:
        with _undisturbed():
            shutil.rmtree(partial, ignore_errors=True)
            _forget(made)
        if isinstance(error, OSError) and not isinstance(error, WriteError | BrokenPipeError):
            raise WriteError(f"{target} could not be written: {error.strerror or error}") from error
        raise


def _parents(target: Path) -> list[Path]:
    """Make what is missing above the target; what was made. Raises FolderError."""
    missing: list[Path] = []
    try:
        if target.is_dir() and any(target.iterdir()):
            raise FolderError(f"{target} is there already and not empty; give another name")
        if target.exists() and not target.is_dir():
            raise FolderError(f"{target} is a file; name a folder that is not there yet")
        missing = [each for each in target.parents if not each.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _forget(missing)
        raise FolderError(
            f"cannot make the folder {target} ({error.strerror}); {INSTEAD}"
        ) from error
    return missing


def _forget(made: list[Path]) -> None:
    """Remove the folders that were made, unless something else has come to stand in them."""
    with contextlib.suppress(OSError):
        for folder in made:
            folder.rmdir()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Whoever presses Ctrl-C twice still gets a clean stop."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _settle(partial: Path, target: Path) -> None:
    """Everything onto the disk, then the final name in one step."""
    for path in sorted(partial.rglob("*"), reverse=True):
        _to_disk(path)
    _to_disk(partial)
    if target.is_dir():
        target.rmdir()  # empty: it was looked at before
    partial.rename(target)
    _to_disk(target.parent)


def _to_disk(path: Path) -> None:
    if path.is_dir() and os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def save(
    study: Study, folder: Path, settings: Mapping[str, Any], overrides: Sequence[str], started: str
) -> str:
    """Fill the folder with a study; `settings` are resolved.

    Returns why there are no figures if drawing them failed: numbers are kept all the same.
    """
    import yaml

    text = yaml.safe_dump(dict(settings), sort_keys=False, allow_unicode=True)
    (folder / CONFIG).write_text(text, encoding="utf-8")
    save_tables(study, folder)
    bands.save(study, folder)
    told = summary_of(study)
    if bands.of(study) is not None:
        told["plausible"] = bands.summary(study)
    _save_json(folder / SUMMARY, told)
    undrawn = ""
    if settings["engine"]["figures"]:
        try:
            _save_figures(study, folder / "figures", settings)
        except Exception as error:  # whatever it is, the study is finished
            shutil.rmtree(folder / "figures", ignore_errors=True)
            undrawn = reason(error)
    _save_json(folder / MANIFEST, _manifest(study, folder, settings, overrides, started))
    return undrawn


def reason(error: Exception) -> str:
    """An error that discards nothing in a few words; where it arose, too, for who debugs."""
    from experiments.cli import DEBUG

    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _save_figures(study: Study, folder: Path, settings: Mapping[str, Any]) -> None:
    from experiments import figures

    folder.mkdir()
    wanted = tuple(settings["scenario"]["figures"])
    for path in figures.draw(study, folder, settings["engine"]["style"]):
        if wanted and not path.name.startswith(wanted):
            path.unlink()


def _save_json(path: Path, content: Any) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


# --- manifest -------------------------------------------------------------------------------


def bits_of(study: Study) -> str:
    """SHA-256 of every number of a study: the arrays themselves, not the files they are in."""
    digest = hashlib.sha256(repr(study.seeds).encode())
    for arm in study.arms:
        for array in (arm.weekly, arm.levels):
            digest.update(f"{arm.name} {array.shape} {array.dtype.str}".encode())
            digest.update(np.where(np.isnan(array), np.nan, array).tobytes())
    digest.update(json.dumps(study.extra.get("panel"), sort_keys=True).encode())
    if (rows := bands.of(study)) is not None:
        for name, array in rows.arms.items():
            digest.update(f"{name} {array.shape} {rows.sum}".encode())
            digest.update(np.where(np.isnan(array), np.nan, array).tobytes())
    return digest.hexdigest()


def circumstances() -> dict[str, str]:
    """What a result may depend on beside its settings: code, versions, processor."""
    import llvmlite.binding

    found = {"kernels": kernel_hash(), "python": platform.python_version()}
    for name in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    found["processor"] = llvmlite.binding.get_host_cpu_name()
    found["machine"] = f"{platform.system()} {platform.machine()}"
    return found


def _manifest(
    study: Study, folder: Path, settings: Mapping[str, Any], overrides: Sequence[str], started: str
) -> dict[str, Any]:
    content: dict[str, Any] = {
        "made_by": MADE_BY,
        "format": FORMAT,
        "scenario": study.name,
        "arms": [arm.name for arm in study.arms],
        "seeds": list(study.seeds),
        "overrides": list(overrides),
        "started": started,
        "finished": now(),
        **circumstances(),
        "bits": bits_of(study),
    }
    chart = settings["organisation"]["chart"]
    if chart:
        content["chart"] = _sha256(Path(chart).expanduser())
    content["files"] = {
        path.relative_to(folder).as_posix(): _sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return {**content, "manifest": _seal(content)}


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _seal(content: Mapping[str, Any]) -> str:
    """SHA-256 of a manifest without its seal."""
    unsealed = {name: value for name, value in content.items() if name != "manifest"}
    return hashlib.sha256(json.dumps(unsealed, sort_keys=True).encode()).hexdigest()


# --- repeating ------------------------------------------------------------------------------


def repeat(folder: Path) -> Repetition:
    """Run the study of a folder again and compare every number.

    Raises FolderError for a folder that is not one of ours, not whole or edited.
    """
    from experiments.run import number_of_runs, run_study, shown
    from experiments.settings import engine_of, restored, study_plan

    manifest = verified(folder)
    settings = _settings(folder)
    cfg = restored(settings)
    plan, engine = study_plan(cfg), engine_of(cfg)
    chart = settings["organisation"].get("chart")
    if chart and _sha256(Path(chart).expanduser()) != manifest.get("chart"):
        raise FolderError(f"{chart} is not the org list it was; the study cannot be repeated")
    with shown(plan.name, number_of_runs(plan, engine)) as progress:
        study = run_study(plan, engine, progress)
    return Repetition(study, settings, bits_of(study) == manifest["bits"], _changes(manifest))


def verified(folder: Path) -> dict[str, Any]:
    """The manifest of a run folder in which every file is as it was written."""
    if not folder.is_dir():
        raise FolderError(f"{folder} is no folder; give one that `zwerm run` left behind")
    manifest = _manifest_in(folder)
    for name, expected in manifest["files"].items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise FolderError(f"{folder} lists {name}, which lies outside; it is not one of ours")
        if not path.is_file():
            raise FolderError(f"{folder} is not whole: {name} is missing")
        if _sha256(path) != expected:
            raise FolderError(f"{path} is not what was written (its SHA-256 differs)")
    if CONFIG not in manifest["files"]:
        raise FolderError(f"{folder} is not whole: {CONFIG} is missing")
    return manifest


def _manifest_in(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        content = json.loads(_text(path))
    except FileNotFoundError:
        raise FolderError(f"{folder} has no {MANIFEST}; it is no run folder") from None
    except ValueError:
        raise FolderError(f"{path} is not whole or not ours: it cannot be read") from None
    if not isinstance(content, dict) or content.get("made_by") != MADE_BY:
        raise FolderError(f"{path} was not made by {MADE_BY}")
    if content.get("kind") == "sweep":
        again = f"zwerm sweep verify {folder} --rerun 3"
        raise FolderError(f"{folder} is a sweep; `{again}` runs parts of it again")
    if "format" not in content:
        again = f"; it was made by: {content['command']}" if content.get("command") else ""
        raise FolderError(f"{folder} was not left behind by `zwerm run`{again}")
    if content.get("format") != FORMAT:
        raise FolderError(
            f"{path} has format {content.get('format')!r}; this version reads {FORMAT}"
        )
    whole = isinstance(content.get("files"), dict) and isinstance(content.get("bits"), str)
    if not whole or content.get("manifest") != _seal(content):
        raise FolderError(f"{path} is not what was written (its SHA-256 differs)")
    return content


def _settings(folder: Path) -> dict[str, Any]:
    """The settings in a folder, as plain values: nothing in them is run or looked up."""
    import yaml

    path = folder / CONFIG
    try:
        text = _text(path)
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        raise FolderError(f"{path} is not a readable configuration") from None
    if not isinstance(content, dict) or "${" in text:
        raise FolderError(f"{path} is not a resolved configuration")
    return content


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST_TEXT:
        raise FolderError(f"{path} is too large to be one of ours")
    return path.read_text(encoding="utf-8")


def _changes(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """What is not as it was when the folder was written."""
    names = {"kernels": "the code of the model", "processor": "the processor type"}
    return tuple(
        f"{names.get(name, name)} was {manifest.get(name)} and is {value}"
        for name, value in circumstances().items()
        if manifest.get(name) != value
    )
