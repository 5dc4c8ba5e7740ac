"""How does a file of a sweep come onto the disk? Whole or not at all, and by one process only."""

import contextlib
import errno
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from experiments.store import FolderError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK = "lock"
PARTIAL = ".partial"  # how the name of a file ends that is still being written
LOOK_AGAIN = 0.05  # seconds between two looks at a lock
BUSY = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}
NO_SYNC = {errno.EINVAL, errno.EOPNOTSUPP}  # of folders, on some disks of a network
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # the disk, somebody's share of it, a file


def write(path: Path, content: bytes) -> None:
    """The file under its final name, onto the disk, in one step. Leaves nothing if it fails."""
    with writing(path) as opened:
        opened.write(content)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A file to fill; it takes its name when all of it lies on the disk, else it vanishes."""
    partial = path.with_name(f".{path.name}{PARTIAL}")
    try:
        with partial.open("wb") as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        partial.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    names_to_disk(path.parent)


def names_to_disk(folder: Path) -> None:
    """The names in a folder onto the disk."""
    if sys.platform == "win32":  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in NO_SYNC:
            raise
    finally:
        os.close(handle)


def remove_partial(folder: Path) -> None:
    """Remove what a process left that was ended while it wrote."""
    for path in folder.glob(f".*{PARTIAL}"):
        path.unlink(missing_ok=True)


def set_aside(path: Path) -> Path:
    """A broken file under a name that nothing reads; which one."""
    taken = 0
    aside = path.with_name(f"{path.name}.broken")
    while aside.exists():
        taken += 1
        aside = path.with_name(f"{path.name}.{taken}.broken")
    path.rename(aside)
    return aside


def is_full(error: OSError) -> bool:
    """Whether there was no room left for what was to be written."""
    return error.errno in FULL


def digest(content: Any) -> str:
    """SHA-256 of plain values, the same whatever the order of their names."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest with a SHA-256 over everything else in it."""
    unsealed = {name: value for name, value in content.items() if name != "manifest"}
    text = json.dumps(unsealed, sort_keys=True)
    return {**unsealed, "manifest": hashlib.sha256(text.encode()).hexdigest()}


@contextlib.contextmanager
def locked(folder: Path, patience: float = 1.0) -> Iterator[bool]:
    """The folder for this process alone; False where the file system knows no locks.

    The system gives the lock back when the process ends, however it ends. Raises FolderError if
    another process still holds it after `patience` seconds.
    """
    deadline = time.monotonic() + patience  # somebody may only be looking, as `is_locked` does
    with (folder / LOCK).open("a+b") as opened:
        while True:
            try:
                _lock(opened)
                certain = True
                break
            except OSError as error:
                if error.errno in NO_LOCKS:
                    certain = False
                    break
                if error.errno not in BUSY:
                    raise
                if time.monotonic() >= deadline:
                    raise FolderError(
                        f"another process is working in {folder}; wait for it, or stop it first"
                    ) from error
                time.sleep(LOOK_AGAIN)
        yield certain


def is_locked(folder: Path) -> bool:
    """Whether a process is working in the folder now."""
    if not (folder / LOCK).is_file():
        return False
    try:
        with locked(folder, patience=0.0):
            return False
    except FolderError:
        return True
    except OSError:  # somebody else's folder, to be read only
        return False


if sys.platform == "win32":

    def _lock(opened: IO[bytes]) -> None:
        opened.seek(0)
        msvcrt.locking(opened.fileno(), msvcrt.LK_NBLCK, 1)

else:

    def _lock(opened: IO[bytes]) -> None:
        fcntl.flock(opened.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
