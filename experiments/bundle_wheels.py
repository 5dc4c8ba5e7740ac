"""Which wheels does a machine without the internet need, and are they all in a folder?

Every package stands at the version it was tested with (`constraint-dependencies` of
pyproject.toml), so nothing has to be solved: read what a wheel requires, with the markers of the
machine it is for, and go on with those until nothing is lacking. `lacking` is that walk. It drives
the fetching, and it is what says whether a folder is complete.
"""

import email
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from experiments.store import WriteError
from sim.parameters import ParameterError

PYTHON = (3, 12)
INSTALLER = "pip"  # comes along, because not every Python has one; any version will do
NOT_SOURCES = ("build", "dist", "runs", "outputs", "multirun", "__pycache__", "*.egg-info", ".*")
NETWORK = ("Retrying (", "connection broken", "Could not fetch URL", "ReadTimeout", "ProxyError")
FULL = "No space left on device"
UNKNOWN = re.compile(r"No matching distribution found for ([\w.-]+)")

Say = Callable[[str], None]


class FetchError(WriteError):
    """What is needed could not be fetched or built: one sentence."""


class Machine(NamedTuple):
    """What a bundle is for."""

    name: str
    about: str
    platforms: tuple[str, ...]  # of wheels, the best first
    markers: Mapping[str, str]  # what requirements ask about it
    start: str  # the file that starts the workshop


def _markers(platform: str, system: str, machine: str, os_name: str) -> dict[str, str]:
    version = ".".join(str(each) for each in PYTHON)
    return {
        "sys_platform": platform, "platform_system": system, "platform_machine": machine,
        "os_name": os_name, "python_version": version, "python_full_version": f"{version}.0",
        "implementation_name": "cpython", "implementation_version": f"{version}.0",
        "platform_python_implementation": "CPython", "platform_release": "",
        "platform_version": "",
    }  # fmt: skip


_GLIBC = tuple(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1))
_OLD_GLIBC = ("manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64", "linux_x86_64")
MACHINES = {
    each.name: each
    for each in (
        Machine("linux", "Linux on x86-64, glibc 2.28 or later", _GLIBC + _OLD_GLIBC,
                _markers("linux", "Linux", "x86_64", "posix"), "start.sh"),
        Machine("windows", "Windows on x86-64", ("win_amd64",),
                _markers("win32", "Windows", "AMD64", "nt"), "start.bat"),
        Machine("macos", "macOS 14 or later on Apple silicon",
                tuple(mac_platforms((14, 0), "arm64")),
                _markers("darwin", "Darwin", "arm64", "posix"), "start.command"),
    )
}  # fmt: skip


# --- what is there ----------------------------------------------------------------------------


def tags_of(machine: Machine) -> frozenset[Tag]:
    """Every tag of a wheel that the machine can install."""
    platforms = list(machine.platforms)
    own = cpython_tags(PYTHON, abis=["cp312"], platforms=platforms)
    return frozenset([*own, *compatible_tags(PYTHON, "cp312", platforms)])


def wheels_in(folder: Path, machine: Machine) -> dict[str, tuple[Version, Path]]:
    """The wheels in a folder that the machine can install, by normalised name."""
    tags, found = tags_of(machine), {}
    for path in sorted(folder.glob("*.whl")):
        name, version, _, its = parse_wheel_filename(path.name)
        if its & tags:
            found[str(name)] = (version, path)
    return found


def requirements_in(wheel: Path) -> list[Requirement]:
    """What the metadata of a wheel require, whatever their markers say."""
    try:
        with zipfile.ZipFile(wheel) as opened:
            name = next(each for each in opened.namelist()
                        if re.fullmatch(r"[^/]+\.dist-info/METADATA", each))  # fmt: skip
            told = email.message_from_bytes(opened.read(name))
    except (zipfile.BadZipFile, StopIteration, OSError) as error:
        raise FetchError(f"{wheel.name} is no whole wheel; make the bundle again") from error
    return [Requirement(each) for each in told.get_all("Requires-Dist", [])]


def lacking(folder: Path, roots: Sequence[str], machine: Machine) -> list[Requirement]:
    """What the roots need, directly or by others, that no wheel of the folder gives."""
    wheels, found = wheels_in(folder, machine), []
    waiting = [Requirement(each) for each in roots]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        name = str(canonicalize_name(wanted.name))
        version, path = wheels.get(name, (None, None))
        if path is None or not wanted.specifier.contains(str(version), prereleases=True):
            found.append(wanted)
            continue
        new = [each for each in ("", *wanted.extras) if (name, each) not in seen]
        seen |= {(name, each) for each in new}
        waiting += [
            each
            for extra in new
            for each in requirements_in(path)
            if _asked(each, machine, extra)
        ]  # fmt: skip
    return found


def _asked(wanted: Requirement, machine: Machine, extra: str) -> bool:
    """Whether the machine needs it, for this extra; what needs no extra came before."""
    if wanted.marker is None:
        return not extra
    here = {**machine.markers, "extra": extra}
    always = wanted.marker.evaluate({**machine.markers, "extra": ""})
    return always if not extra else wanted.marker.evaluate(here) and not always


def tested_versions(project: Mapping[str, Any], machine: Machine) -> dict[str, str]:
    """The version of each package that was tested, by normalised name."""
    try:
        lines = project["tool"]["uv"]["constraint-dependencies"]
        told = [Requirement(each) for each in lines]
    except (KeyError, InvalidRequirement):
        raise ParameterError(
            "pyproject.toml names no tested versions (constraint-dependencies of [tool.uv]); take "
            "a fresh copy of the source"
        ) from None
    return {
        str(canonicalize_name(each.name)): str(each.specifier).removeprefix("==")
        for each in told
        if each.marker is None or each.marker.evaluate({**machine.markers, "extra": ""})
    }


# --- fetching ---------------------------------------------------------------------------------


def pip_here() -> list[str]:
    """How pip is called on this machine. Raises ParameterError if there is none."""
    found = [[sys.executable, "-m", "pip"]] if find_spec("pip") else []
    found += [[path] for path in map(shutil.which, ("pip3", "pip")) if path]
    if uv := shutil.which("uv"):
        found.append([uv, "tool", "run", "pip"])
    for each in found:
        if subprocess.run([*each, "--version"], capture_output=True, check=False).returncode == 0:
            return each
    raise ParameterError(
        "neither pip nor uv is on this machine, and one of them has to fetch the wheels; type "
        "`python -m ensurepip`, or install uv"
    )


def ran(command: Sequence[str]) -> str:
    """What a call of pip complained of, empty if all went well. Raises FetchError."""
    quiet = ["--disable-pip-version-check", "--quiet", "--retries", "2", "--timeout", "20"]
    done = subprocess.run([*command, *quiet], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    said = done.stderr + done.stdout
    if FULL in said:
        raise FetchError("the disk is full; make room (some 600 MB are needed) and try again")
    if any(each in said for each in NETWORK):
        raise FetchError(
            "the package index does not answer; make the bundle on a machine with the internet, "
            "or try again later"
        )
    return said


def own_wheel(source: Path, folder: Path, pip: Sequence[str]) -> Path:
    """Build the wheel of the sources, from a copy, so that nothing is left among them."""
    with tempfile.TemporaryDirectory() as room:
        copy = Path(room) / "source"
        shutil.copytree(source, copy, ignore=shutil.ignore_patterns(*NOT_SOURCES))
        built = Path(room) / "built"
        said = ran([*pip, "wheel", "--no-deps", "--wheel-dir", str(built), str(copy)])
        made = sorted(built.glob("*.whl"))
        if said or not made:
            raise FetchError(f"the wheel of Zwerm could not be built: {_last(said)}")
        return Path(shutil.copy(made[0], folder))


def fetched(
    folder: Path, roots: Sequence[str], machine: Machine, versions: Mapping[str, str],
    pip: Sequence[str], say: Say,
) -> None:  # fmt: skip
    """Fill the folder until nothing that the roots need is lacking. Raises FetchError."""
    before: set[str] = set()
    while wanted := {pinned(each, versions) for each in lacking(folder, roots, machine)}:
        if wanted <= before:
            raise FetchError(
                f"{', '.join(sorted(wanted))} did not come as a wheel for {machine.name}; look "
                "whether the tested version has one"
            )
        say(f"Fetching {', '.join(sorted(wanted))}")
        _fetch(sorted(wanted), folder, machine, pip)
        before |= wanted


def pinned(wanted: Requirement, versions: Mapping[str, str]) -> str:
    """The requirement at its tested version. Raises FetchError if there is none."""
    name = str(canonicalize_name(wanted.name))
    if name == INSTALLER:
        return name
    if name not in versions or not wanted.specifier.contains(versions[name], prereleases=True):
        raise FetchError(
            f"{wanted} is needed and pyproject.toml names no tested version of it that fits; "
            "renew constraint-dependencies as its comment says"
        )
    return f"{name}=={versions[name]}"


def _fetch(wanted: list[str], folder: Path, machine: Machine, pip: Sequence[str]) -> None:
    """Wheels as they are published; what has none is built here."""
    where = [part for each in machine.platforms for part in ("--platform", each)]
    version = ".".join(str(each) for each in PYTHON)
    command = [*pip, "download", "--no-deps", "--only-binary=:all:", "--dest", str(folder), *where,
               "--python-version", version, "--implementation", "cp"]  # fmt: skip
    for abi in ("cp312", "abi3", "none"):
        command += ["--abi", abi]
    left = list(wanted)
    while left and (said := ran([*command, *left])):
        found = UNKNOWN.search(said)
        name = str(canonicalize_name(found[1].partition("=")[0])) if found else ""
        unpublished = [each for each in left if each.partition("==")[0] == name]
        if not unpublished:
            raise FetchError(f"pip could not fetch {', '.join(left)}: {_last(said)}")
        left.remove(unpublished[0])
        _build(unpublished[0], folder, machine, pip)


def _build(wanted: str, folder: Path, machine: Machine, pip: Sequence[str]) -> None:
    """A wheel of a package that is published as source only. Raises FetchError unless pure."""
    with tempfile.TemporaryDirectory() as room:
        said = ran([*pip, "wheel", "--no-deps", "--wheel-dir", room, wanted])
        made = sorted(Path(room).glob("*.whl"))
        if said or not made:
            raise FetchError(f"{wanted} has no wheel and could not be built: {_last(said)}")
        if not parse_wheel_filename(made[0].name)[3] & tags_of(machine):
            raise FetchError(
                f"{wanted} has no wheel for {machine.name}, and one built here fits this machine "
                f"only; make the bundle on {machine.name}"
            )
        shutil.copy(made[0], folder)


def _last(said: str) -> str:
    """The last line of what pip said that says something."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["pip did not say why"])[-1].removeprefix("ERROR: ")


def project_of(source: Path) -> dict[str, Any]:
    """pyproject.toml of the sources. Raises ParameterError if they are not there."""
    try:
        return tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        raise ParameterError(
            f"{source} does not hold the sources of Zwerm (no readable pyproject.toml); a bundle "
            "is made from a copy of the source, with `uv run zwerm bundle`"
        ) from None
