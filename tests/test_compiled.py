"""Can a kernel ever give the results of code that is no longer there? And is the cache kept tidy?

Each test lays out a tiny package the way the model is laid out (the real ``compiled.py``, a kernel,
and a kernel in another module that it calls) and runs it in processes of its own.
"""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from numba.core.codegen import JITCodeLibrary
from numba.core.runtime.nrt import rtsys

from sim import compiled, pieces
from sim.compiled import entry, kernel, kernel_hash, plain
from sim.configuration import Configuration, Organisation
from sim.runs import simulate

CALLEE = "from sim.compiled import kernel\n\n@kernel\ndef inner(x):\n    return x + {}\n"
CALLER = (
    "from sim.callee import inner\nfrom sim.compiled import entry\n\n"
    "@entry\ndef outer(x):\n    return 10 * inner(x)\n"
)
RUN = (
    "import json\nfrom sim.caller import outer\nfrom sim.compiled import kernel_hash\n"
    "answer = outer(0)\n"
    "print(json.dumps([answer, kernel_hash(), sum(outer.stats.cache_hits.values())]))"
)
# What everybody would write: the same decorator, with numba's cache left to itself.
MERE_NUMBA = (
    "import numba\n\ndef kernel(f):\n    return numba.njit(cache=True)(f)\n\nentry = kernel\n\n"
    "def kernel_hash():\n    return ''\n"
)


class Package:
    """A tiny model in a folder of its own, beside its own cache."""

    def __init__(self, folder: Path, mere_numba: bool = False) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        self.sim = folder / "sim"
        self.sim.mkdir(parents=True)
        (self.sim / "__init__.py").touch()
        (self.sim / "caller.py").write_text(CALLER)
        self.edit_callee(1)
        if mere_numba:
            (self.sim / "compiled.py").write_text(MERE_NUMBA)
        else:
            for module in (compiled, pieces):
                shutil.copy(str(module.__file__), self.sim)

    def edit_callee(self, number: int) -> None:
        (self.sim / "callee.py").write_text(CALLEE.format(number))

    def start(self, code: str = RUN, **variables: str) -> subprocess.Popen[str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")
        }
        # No .pyc files: Python itself takes an edit of equal length within a second for no edit.
        own = {"PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        own |= {"ZWERM_CACHE": str(self.cache)}
        return subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=self.folder,
            env=inherited | own | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str = RUN, **variables: str) -> str:
        return finish(self.start(code, **variables))[0]


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out, err


@pytest.fixture
def package(tmp_path: Path) -> Package:
    return Package(tmp_path / "package")


@pytest.mark.slow
def test_an_edited_callee_is_noticed_and_an_unchanged_one_is_reused(package: Package) -> None:
    first, first_hash, _ = json.loads(package.run())
    assert first == 10
    package.edit_callee(2)
    edited, edited_hash, hits = json.loads(package.run())
    assert (edited, hits) == (20, 0)
    assert edited_hash != first_hash
    package.edit_callee(1)
    assert json.loads(package.run()) == [10, first_hash, 1]  # so the cache is used at all


@pytest.mark.slow
def test_numbas_own_cache_would_be_stale(tmp_path: Path) -> None:
    """The control: without our key the same edit goes unnoticed. If this fails, numba improved."""
    package = Package(tmp_path / "package", mere_numba=True)
    cache = str(package.cache)
    assert json.loads(package.run(NUMBA_CACHE_DIR=cache))[0] == 10
    package.edit_callee(2)
    assert json.loads(package.run(NUMBA_CACHE_DIR=cache))[0] == 10


@pytest.mark.slow
def test_an_edit_while_the_process_runs_leaves_nothing_behind(package: Package) -> None:
    edit = (
        "import sim.compiled\nfrom pathlib import Path\n"
        f"Path('sim/callee.py').write_text({CALLEE.format(7)!r})\n"
    )
    answer, during, hits = json.loads(package.run(edit + RUN))
    assert (answer, hits) == (70, 0)
    package.edit_callee(1)
    answer, after, hits = json.loads(package.run())
    assert after == during  # the very folder that the edited code could have gone into
    assert (answer, hits) == (10, 0)


@pytest.mark.slow
def test_a_bounds_check_is_not_lost_in_the_cache(package: Package) -> None:
    look = "from sim.compiled import entry\n\n@entry\ndef look(values, i):\n    return values[i]\n"
    (package.sim / "look.py").write_text(look)
    code = "import numpy\nfrom sim.look import look\nlook(numpy.zeros(1), {})"
    package.run(code.format(0))
    process = package.start(code.format(1), NUMBA_BOUNDSCHECK="1")
    assert "IndexError" in process.communicate(timeout=120)[1]


def marked(folder: Path, age: float) -> Path:
    """A cache folder as another version of the model would have left it, some seconds ago."""
    (folder / "sim_abc").mkdir(parents=True)
    (folder / "sim_abc" / "kernel.nbi").touch()
    marker = folder / compiled.MARKER
    marker.touch()
    then = marker.stat().st_mtime - age
    os.utime(marker, (then, then))
    return folder


@pytest.mark.slow
def test_only_old_folders_of_ours_are_removed(package: Package, tmp_path: Path) -> None:
    home = package.cache / "zwerm"
    ours = [marked(home / f"{age:016x}", age) for age in range(1, 9)]
    unmarked = home / "0123456789abcdef"
    unmarked.mkdir()
    elsewhere = marked(tmp_path / "elsewhere", 1000)
    link = home / "fedcba9876543210"
    link.symlink_to(elsewhere, target_is_directory=True)
    strangers = [marked(home / name, 1000) for name in ("photos", "ABCDEF0123456789", "0" * 17)]

    digest = json.loads(package.run())[1]
    assert [folder.exists() for folder in ours] == [True] * (compiled.KEPT - 1) + [False] * 4
    assert (home / digest).is_dir()
    for kept in [unmarked, link, elsewhere / "sim_abc" / "kernel.nbi", *strangers]:
        assert kept.exists()


@pytest.mark.slow
def test_processes_that_remove_each_others_folders_still_give_their_own_results(
    tmp_path: Path,
) -> None:
    shared = tmp_path / "shared"
    for age in range(compiled.KEPT + 1):  # used "in the future": all others are always too old
        marked(shared / "zwerm" / f"{age:016x}", -1e6 - age)
    packages = [Package(tmp_path / f"package{number}") for number in range(3)]
    for number, package in enumerate(packages):
        package.edit_callee(number)
    running = [package.start(ZWERM_CACHE=str(shared)) for package in packages]
    assert [json.loads(finish(process)[0])[0] for process in running] == [0, 10, 20]


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_replaced_with_a_word(package: Package) -> None:
    wanted = package.folder / "file"
    wanted.touch()
    (package.folder / "tmp").mkdir()
    variables = {"ZWERM_CACHE": str(wanted), "TMPDIR": str(package.folder / "tmp")}
    out, err = finish(package.start(**variables))
    assert json.loads(out)[0] == 10
    assert f"cannot write to {wanted}" in err
    assert "ZWERM_CACHE" in err
    assert list((package.folder / "tmp").glob("zwerm-*/*/sim_*/*.nbi"))


@kernel
def _reciprocal(x: float) -> float:
    return 1.0 / x


@entry
def _twice_reciprocal(x: float) -> float:
    """Two over x."""
    return 2.0 * _reciprocal(x)


def test_a_kernel_keeps_its_name_and_divides_as_numpy_does() -> None:
    assert _twice_reciprocal.__name__ == "_twice_reciprocal"
    assert _twice_reciprocal.__doc__ == "Two over x."
    assert _twice_reciprocal(4.0) == 0.5
    assert _twice_reciprocal(0.0) == np.inf


def test_machine_code_is_made_once_for_an_entry_and_all_kernels_below(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    usual = JITCodeLibrary._finalize_specific

    def counted(library: JITCodeLibrary) -> None:
        made.append(library.name)
        usual(library)

    monkeypatch.setattr(JITCodeLibrary, "_finalize_specific", counted)

    @kernel
    def half(x: float) -> float:
        return 0.5 * x

    @kernel
    def quarter(x: float) -> float:
        return half(half(x))

    @entry
    def eighth(x: float) -> float:
        return half(quarter(x))

    assert eighth(8.0) == 1.0
    assert len([name for name in made if "eighth" in name]) == 1
    assert not [name for name in made if "half" in name or "quarter" in name]

    @numba.njit
    def of_a_user(x: float) -> float:  # no entry, and finds what its kernels call
        return quarter(x)

    assert of_a_user(8.0) == 2.0


def test_plain_is_python_all_the_way_down() -> None:
    python = plain(_twice_reciprocal)
    assert python(4.0) == 0.5
    with pytest.raises(ZeroDivisionError):  # a compiled `_reciprocal` would have given inf
        python(0.0)
    assert plain(python) is python


def test_a_kernel_outside_the_model_is_not_cached() -> None:
    _twice_reciprocal(1.0)
    assert _twice_reciprocal.stats.cache_path is None  # type: ignore[attr-defined]


def test_the_hash_is_sixteen_hexadecimal_digits() -> None:
    assert re.fullmatch("[0-9a-f]{16}", kernel_hash())


def test_a_run_gives_back_every_array_that_it_made() -> None:
    """Kernels count no references: a maker's array that one of them kept would never be freed."""
    told = Configuration(Organisation(people=57, customers=400), weeks=60)
    simulate(told, 1)
    runtime: Any = importlib.import_module("numba.core.runtime._nrt_python")
    runtime.memsys_enable_stats()
    before = rtsys.get_allocation_stats()
    simulate(told, 1)
    after = rtsys.get_allocation_stats()
    runtime.memsys_disable_stats()
    assert after.mi_alloc - before.mi_alloc > 60
    assert after.mi_alloc - before.mi_alloc == after.mi_free - before.mi_free
