"""How is a kernel compiled? In one piece with the entry that calls it, from a cache never stale.

A kernel is ordinary Python until compiled code calls it. The few functions that Python calls in
compiled form are entries: parts of a week, a whole run, the first tables, the laboratory. How the
one becomes part of the other is in `sim/pieces.py`.

numba keeps compiled functions on disk (``cache=True``) and checks only the file one stands in.
When a function imported from *another* module changes, numba does not notice and silently returns
the results of the old code (``tests/test_compiled.py`` shows it). So:

* the cache folder is named after a hash of every kernel source below this folder and of the
  versions of Python, numba, llvmlite and numpy: a change anywhere means another folder;
* an entry is compiled without the cache when that hash does not vouch for it: it stands outside
  this folder, a source was edited while the process ran, or ``NUMBA_BOUNDSCHECK`` is set (numba's
  cache ignores that setting as well).

The cache stands in ``<user cache folder>/zwerm``; the variable ``ZWERM_CACHE`` names another user
cache folder. The five most recently used folders are kept, the others removed.
"""

import contextlib
import hashlib
import os
import platform
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import numba
import numpy as np
from numba.core import config
from numba.extending import register_jitable

from sim.pieces import OfEntry, OfKernel

__all__ = ["entry", "inlined", "kernel", "kernel_hash", "maker", "plain", "quick"]

KEPT = 5
MARKER = "zwerm-kernels"  # an empty file in each folder of ours; its time is the last use

# No code that C could call: that would unpack every column once more.
_COMMON: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
_PIECE: dict[str, Any] = {"pipeline_class": OfKernel, **_COMMON}

_SETTINGS: Any = config  # numba fills this module when it is imported: no checker sees its names

_ROOT = Path(__file__).resolve().parent


def _sources() -> list[Path]:
    """Every Python file below this folder, sorted by its name within it."""
    # Editors leave hidden lock files that look like sources.
    found = (path for path in _ROOT.rglob("*.py") if not path.name.startswith("."))
    return sorted(found, key=lambda path: path.relative_to(_ROOT).as_posix())


def _stamps(sources: list[Path]) -> list[tuple[int, int]]:
    """Time of change and size of every source: a cheap sign that one was edited."""
    stats = [path.stat() for path in sources]
    return [(stat.st_mtime_ns, stat.st_size) for stat in stats]


def _hash(sources: list[Path]) -> str:
    """Sixteen hexadecimal digits for these sources and the versions that compile them."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    parts = [python, numba.__version__, version("llvmlite"), np.__version__]
    contents = [part.encode() for part in parts]
    for path in sources:
        contents += [path.relative_to(_ROOT).as_posix().encode(), path.read_bytes()]
    digest = hashlib.sha256()
    for content in contents:
        digest.update(len(content).to_bytes(8, "little") + content)
    return digest.hexdigest()[:16]


def _user_cache() -> Path:
    """The folder for caches of this user, as the platform has it."""
    chosen = os.environ.get("ZWERM_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/AppData/Local"))
    if sys.platform == "darwin":
        return Path(os.path.expanduser("~/Library/Caches"))
    xdg = os.environ.get("XDG_CACHE_HOME", "")
    return Path(xdg if os.path.isabs(xdg) else os.path.expanduser("~/.cache"))


def _usable(folder: Path) -> bool:
    """Whether the folder exists (made if need be), is this user's own and can be written to."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Compiled code is loaded from here: never from a folder that somebody else laid out.
        if hasattr(os, "getuid") and folder.lstat().st_uid != os.getuid():
            return False
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def _cache_home() -> Path:
    """The folder that holds one folder for each hash: the user's, else a temporary one."""
    wanted = _user_cache() / "zwerm"
    if _usable(wanted):
        return wanted
    user = os.getuid() if hasattr(os, "getuid") else "user"
    instead = Path(tempfile.gettempdir()) / f"zwerm-{user}"
    if not _usable(instead):
        instead = Path(tempfile.mkdtemp(prefix="zwerm-"))
    warnings.warn(
        f"cannot write to {wanted}; compiled kernels go to {instead}. "
        "To choose a folder, set the environment variable ZWERM_CACHE.",
        stacklevel=2,
    )
    return instead


def _last_used(folder: Path) -> float:
    """Time of last use of a cache folder of ours; minus one if it is gone or not ours."""
    if folder.is_symlink() or not re.fullmatch(r"[0-9a-f]{16}", folder.name):
        return -1.0
    try:
        return (folder / MARKER).lstat().st_mtime
    except OSError:
        return -1.0


def _prune(home: Path, current: str) -> None:
    """Remove all but the `KEPT` most recently used folders, never the current one.

    Safe beside other processes: numba makes a missing folder anew and recompiles what is gone.
    """
    used = {path: _last_used(path) for path in home.iterdir() if path.name != current}
    ours = sorted((path for path in used if used[path] >= 0), key=lambda path: -used[path])
    for folder in ours[KEPT - 1 :]:
        if _last_used(folder) != used[folder]:  # another process took it up, or removed it
            continue
        # The marker goes last: what an interruption leaves is still recognised as ours.
        for inside in folder.iterdir():
            if inside.name != MARKER:
                shutil.rmtree(inside, ignore_errors=True)
        (folder / MARKER).unlink(missing_ok=True)
        folder.rmdir()


def _prepare() -> str:
    """Make and mark the folder for the present sources, prune the others; return its path."""
    home = _cache_home()
    folder = home / _HASH
    folder.mkdir(exist_ok=True)
    (folder / MARKER).touch()
    with contextlib.suppress(OSError):  # another process is pruning as well
        _prune(home, _HASH)
    return str(folder)


_SOURCES = _sources()
_SOURCE_NAMES = {str(path) for path in _SOURCES}
_STAMPS = _stamps(_SOURCES)  # before the hash: an edit in between then counts as an edit
_HASH = _hash(_SOURCES)
_FOLDER = _prepare()
_edited = False


def _vouched_for(function: Callable[..., Any]) -> bool:
    """Whether the hash in the folder's name covers everything this entry can be made of."""
    global _edited
    try:
        # Once edited, always edited: code loaded meanwhile may live on in a kernel compiled later.
        _edited = _edited or _stamps(_SOURCES) != _STAMPS
    except OSError:  # a source was removed
        _edited = True
    known = os.path.realpath(function.__code__.co_filename) in _SOURCE_NAMES
    return known and not _edited and not _SETTINGS.BOUNDSCHECK


def kernel_hash() -> str:
    """The hash of all kernel sources and of the versions that compile them, for manifests.

    Sixteen hexadecimal digits, as the sources stood when this process started.
    """
    return _HASH


def kernel[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """A function that compiled code calls: compiled as part of it, plain Python from Python.

    Division by zero gives inf or nan as in numpy (``error_model="numpy"``) in compiled code. It
    makes no array and is handed none that another kernel made, except as an argument: nothing in
    it counts who refers to an array (``_nrt=False``), which took most of the time of a week of
    few people. A kernel that does make arrays is a `maker`.
    """
    return register_jitable(**_PIECE, _nrt=False)(function)


def maker[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """A kernel that makes arrays, or is given back one that a maker made.

    Keep it short and do the work in a `kernel`: see there.
    """
    return register_jitable(**_PIECE, _nrt=True)(function)


def inlined[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """A small kernel copied into its callers, so that the processor can do several at once."""
    return register_jitable(**_PIECE, forceinline=True, _nrt=False)(function)


def entry[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function that Python calls, with all kernels it needs, on its first call.

    Cached, without the interpreter lock. Only entries get the code that unpacks every column of
    their tables from Python objects.
    """
    _SETTINGS.CACHE_DIR = _FOLDER
    compiled = numba.njit(pipeline_class=OfEntry, cache=_vouched_for(function), **_COMMON)(function)
    return cast(Callable[P, R], compiled)


def plain[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """The pure Python version of an entry, with all kernels it calls: same numbers, but slow."""
    return cast(Callable[P, R], getattr(function, "py_func", function))


def quick[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """An entry that is called very often, always with arguments of the same types.

    numba looks at the type of every column of every table at every call, which takes five times as
    long as handing them over. Once the entry is compiled for one set of types, calls go past that
    look, so they have to fit: what they are is not checked any more.
    """
    compiled: dict[Any, Any] = getattr(function, "overloads", {})
    known: list[Callable[..., R]] = []

    def called(*arguments: P.args, **named: P.kwargs) -> R:
        if known and not named:
            return known[0](*arguments)
        result = function(*arguments, **named)
        if not known and len(compiled) == 1:
            known.extend(each.entry_point for each in compiled.values())
        return result

    return called
