"""What tests of bundles share: a small made-up project, and a folder that stands for an index."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest

from experiments import bundle
from experiments.bundle_wheels import MACHINES

LINUX, WINDOWS, MACOS = (MACHINES[each] for each in ("linux", "windows", "macos"))
TAGS = {"linux": "cp312-cp312-manylinux_2_17_x86_64", "windows": "cp312-cp312-win_amd64",
        "macos": "cp312-cp312-macosx_11_0_arm64"}  # fmt: skip
BACKEND = """
import os, sys, zipfile
sys.path.insert(0, os.path.dirname(__file__))
from recipe import FILES, NAME

def build_wheel(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(os.path.join(folder, NAME), "w") as wheel:
        for name, text in FILES.items():
            wheel.writestr(name, text)
    return NAME
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "zwerm"
version = "0.1.0"
[tool.uv]
constraint-dependencies = ["speedy==2.0", "pure==1.1", "paint==3.0 ; sys_platform == 'win32'"]
"""
NEEDS = ["speedy>=1", "pure ; extra == 'workshop'", "paint ; sys_platform == 'win32'"]
OWN = {  # what the start file calls, in the place of the model
    "experiments/__init__.py": "",
    "experiments/bundle_start.py": "print('warm')\n",
    "experiments/cli.py": "import sys, speedy, pure\nprint('opened', *sys.argv[1:])\n",
}


def wheel_files(name: str, version: str, requires: list[str], tag: str, more: dict[str, str]):
    """Name of a wheel and what is in it."""
    info = f"{name}-{version}.dist-info"
    asked = "".join(f"Requires-Dist: {each}\n" for each in requires)
    extras = "Provides-Extra: workshop\n" if name == "zwerm" else ""
    files = {
        **more,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        f"{extras}{asked}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        f"Tag: {tag}\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{each},,\n" for each in [*files, f"{info}/RECORD"])
    return f"{name}-{version}-{tag}.whl", files


def save_wheel(folder: Path, name: str, version: str, requires: list[str], tag: str = "") -> Path:
    found, files = wheel_files(name, version, requires, tag or "py3-none-any", {f"{name}.py": ""})
    with zipfile.ZipFile(folder / found, "w") as wheel:
        for each, text in files.items():
            wheel.writestr(each, text)
    return folder / found


def save_source(folder: Path, name: str, files: dict[str, str], project: str) -> Path:
    """Sources that build into a wheel of these files, without fetching anything."""
    folder.mkdir()
    (folder / "pyproject.toml").write_text(project)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "recipe.py").write_text(f"NAME = {name!r}\nFILES = {files!r}\n")
    return folder


def save_project(tmp_path: Path) -> Path:
    """The project that stands for ours."""
    name, files = wheel_files("zwerm", "0.1.0", NEEDS, "py3-none-any", OWN)
    return save_source(tmp_path / "source", name, files, PROJECT)


def save_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What can be fetched: `speedy` for each system, `pure` as source only, an installer."""
    folder = tmp_path / "index"
    folder.mkdir()
    for tag in TAGS.values():
        save_wheel(folder, "speedy", "2.0", ["pure>=1"], tag)
    save_wheel(folder, "speedy", "9.0", ["pure>=1"])  # newer than what was tested
    save_wheel(folder, "paint", "3.0", [])
    name, files = wheel_files("pure", "1.1", [], "py3-none-any", {"pure.py": ""})
    made = save_source(tmp_path / "pure-1.1", name, files, PROJECT)
    (made / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: pure\nVersion: 1.1\n")
    shutil.make_archive(str(folder / "pure-1.1"), "gztar", tmp_path, "pure-1.1")
    shutil.copy(installer(), folder)
    for each in ("PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def installer() -> Path:
    """The wheel of pip that comes with Python."""
    import ensurepip

    found = sorted((Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"))
    if not found:
        pytest.skip("this Python brings no wheel of pip")
    return found[-1]


def made(tmp_path: Path, source: Path, machine=LINUX) -> Path:
    folder = tmp_path / f"for {machine.name}"
    folder.mkdir()
    bundle.filled(folder, machine, source, lambda _: None)
    return folder
