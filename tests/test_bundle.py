"""Does a bundle hold all that a machine without the internet needs, and does it start there?

A small made-up project stands for Zwerm, with made-up packages in a folder that pip is told to look
into instead of an index. The start file for Linux is then run for real in a network namespace with
nothing in it (`unshare`), where the machine allows that, and always against a proxy that refuses.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bundling import (
    LINUX,
    NEEDS,
    TAGS,
    WINDOWS,
    installer,
    made,
    save_index,
    save_project,
    save_wheel,
)
from packaging.requirements import Requirement

from experiments import bundle, bundle_files, bundle_start, bundle_wheels
from experiments.bundle_wheels import INSTALLER, MACHINES, FetchError, lacking, pip_here
from experiments.cli import main
from sim.parameters import ParameterError

NOBODY = "http://127.0.0.1:9"  # a proxy at a port where nobody listens


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return save_project(tmp_path)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return save_index(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle for Linux, which several tests copy: filling one takes pip some seconds."""
    here = tmp_path_factory.mktemp("bundle")
    with pytest.MonkeyPatch.context() as settings:
        save_index(here, settings)
        return made(here, save_project(here))


@pytest.fixture
def linux(filled: Path, tmp_path: Path) -> Path:
    return shutil.copytree(filled, tmp_path / filled.name)


def wheels(folder: Path) -> set[str]:
    return {each.name for each in (folder / "wheels").iterdir()}


@pytest.mark.slow
def test_the_tested_version_for_the_asked_system_and_what_has_no_wheel_is_built(
    tmp_path: Path, linux: Path, source: Path, index: Path
):
    assert wheels(linux) == {
        installer().name, "zwerm-0.1.0-py3-none-any.whl", f"speedy-2.0-{TAGS['linux']}.whl",
        "pure-1.1-py3-none-any.whl",
    }  # fmt: skip
    windows = made(tmp_path, source, WINDOWS)
    assert wheels(windows) - wheels(linux) == {
        f"speedy-2.0-{TAGS['windows']}.whl", "paint-3.0-py3-none-any.whl",
    }  # fmt: skip
    assert not (source / "build").exists()
    manifest = json.loads((linux / "manifest.json").read_text())
    there = {each.relative_to(linux).as_posix() for each in linux.rglob("*") if each.is_file()}
    assert set(manifest["files"]) == there - {"manifest.json"}
    assert {"start.sh", "README.txt", "LEESMIJ.txt"} <= there
    for name, told in manifest["files"].items():
        content = (linux / name).read_bytes()
        assert told == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


@pytest.mark.parametrize("machine", MACHINES.values(), ids=list(MACHINES))
def test_what_is_lacking_is_found(tmp_path: Path, machine):
    roots, folder = ["zwerm[workshop]", INSTALLER], tmp_path / "wheels"
    folder.mkdir()
    save_wheel(folder, "zwerm", "0.1.0", NEEDS)
    save_wheel(folder, "speedy", "2.0", ["pure>=1"], TAGS[machine.name])
    save_wheel(folder, "pure", "1.1", [])
    save_wheel(folder, INSTALLER, "26.0", [])
    if machine is WINDOWS:
        assert [each.name for each in lacking(folder, roots, machine)] == ["paint"]
        save_wheel(folder, "paint", "3.0", [])
    assert lacking(folder, roots, machine) == []
    for other in MACHINES.values():
        if other is not machine:
            assert "speedy" in {each.name for each in lacking(folder, roots, other)}
    for each in sorted(folder.iterdir()):
        away = each.rename(tmp_path / each.name)
        assert lacking(folder, roots, machine), f"{each.name} is not missed"
        away.rename(each)


def test_versions_and_extras_count(tmp_path: Path):
    save_wheel(tmp_path, "one", "1.0", ["two>=2", "three ; extra == 'more'"])
    save_wheel(tmp_path, "two", "1.9", [])
    assert lacking(tmp_path, ["one"], LINUX) == [Requirement("two>=2")]
    save_wheel(tmp_path, "two", "2.0", ["one[more]"])  # a circle, and an extra asked later
    assert [each.name for each in lacking(tmp_path, ["one"], LINUX)] == ["three"]


# --- starting ---------------------------------------------------------------------------------


def started(folder: Path, *words: str, without_network: tuple[str, ...] = (), **settings: str):
    path = f"{Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin"
    environment = {"PATH": path, "HOME": str(folder.parent), "https_proxy": NOBODY, **settings}
    return subprocess.run(
        [*without_network, "sh", str(folder / "start.sh"), *words], capture_output=True, text=True,
        env=environment, cwd="/", check=False,
    )  # fmt: skip


def no_network() -> tuple[str, ...]:
    """A command in front that takes the network away, empty where that is not allowed."""
    for each in (("unshare", "-n"), ("unshare", "-rn")):
        if shutil.which("unshare"):
            tried = subprocess.run([*each, "true"], capture_output=True, check=False)
            if tried.returncode == 0:
                return each
    return ()


linux_only = pytest.mark.skipif(
    sys.platform != "linux" or sys.version_info[:2] != bundle_wheels.PYTHON,
    reason="the start file is tried on Linux with the Python that bundles are for",
)


@linux_only
@pytest.mark.slow
def test_it_installs_and_starts_with_the_network_off(tmp_path: Path, linux: Path):
    folder, off = linux, no_network()
    first = started(folder, "--port", "8080", without_network=off)
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[-2:] == ["warm", "opened workshop --port 8080"]
    again = started(folder, without_network=off)
    assert again.stdout.splitlines() == ["opened workshop"]
    moved = folder.rename(tmp_path / "elsewhere")
    assert "Installing" in started(moved, without_network=off).stdout
    print("network taken away by", " ".join(off) or "a proxy that refuses")


@linux_only
@pytest.mark.slow
def test_it_installs_elsewhere_and_says_what_is_lacking(tmp_path: Path, linux: Path):
    folder = linux
    kept = tmp_path / "kept"
    (kept / "mine").mkdir(parents=True)
    assert started(folder, ZWERM_HOME=str(kept)).returncode == 0
    assert (kept / "mine").is_dir()
    assert not (folder / bundle_files.HOME).exists()
    (folder / "wheels" / "pure-1.1-py3-none-any.whl").unlink()
    broken = started(folder)
    assert broken.returncode != 0
    assert "pure" in broken.stderr
    assert "opened" not in broken.stdout


@linux_only
def test_no_python_is_a_sentence_in_two_languages(tmp_path: Path):
    bundle_files.save_files(tmp_path, LINUX, "zwerm", "pip.whl")
    tools = tmp_path / "tools"
    tools.mkdir()
    for each in ("sh", "dirname", "cat"):
        (tools / each).symlink_to(shutil.which(each) or "")
    done = started(tmp_path, PATH=str(tools))
    assert done.returncode == 1
    for told in ("Python 3.12 is not on this machine", "staat niet op deze machine"):
        assert told in done.stderr


def test_the_bar_goes_by_the_clock(capsys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bundle_start, "LOOK", 0.01)
    with bundle_start.clock(9):
        time.sleep(1.2)
    said = capsys.readouterr().err
    assert "0 of about 9 seconds" in said
    assert "1 of about 9 seconds" in said


@pytest.mark.parametrize("ready", [True, False])
def test_it_is_compiled_once(ready: bool, monkeypatch: pytest.MonkeyPatch):
    called: list[int] = []
    monkeypatch.setattr(bundle_start, "model_is_compiled", lambda: ready)
    monkeypatch.setattr(bundle_start, "compile_model", lambda: called.append(1))
    assert bundle_start.main() == 0
    assert len(called) == (0 if ready else 1)


@pytest.mark.parametrize("machine", MACHINES.values(), ids=list(MACHINES))
def test_files_are_filled_in_and_end_lines_as_the_system_does(tmp_path: Path, machine):
    bundle_files.save_files(tmp_path, machine, "zwerm[workshop]==0.1.0", "pip-1.whl")
    start = (tmp_path / machine.start).read_bytes()
    assert b"zwerm[workshop]==0.1.0" in start
    assert b"pip-1.whl" in start
    assert b"--no-index" in start
    for each in tmp_path.iterdir():
        content = each.read_bytes()
        assert b"@" not in content.replace(b'"$@"', b"").replace(b"@echo off", b"")
        assert (b"\r\n" in content) == (machine is WINDOWS)
        if machine is WINDOWS:
            assert content.count(b"\n") == content.count(b"\r\n")
    if machine is WINDOWS:
        start.decode("ascii")  # a console of another code page would garble anything else
        for label in ("find", "install", "start", "failed"):
            assert f"\r\n:{label}\r\n".encode() in start
    else:
        assert os.access(tmp_path / machine.start, os.X_OK)


# --- what goes wrong --------------------------------------------------------------------------


def fake_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    """A pip that only complains."""
    path = tmp_path / "pip"
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "{said}" >&2\nexit 1\n')
    path.chmod(0o755)
    monkeypatch.setattr(bundle, "pip_here", lambda: [str(path)])


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "the disk is full"),
        ("WARNING: Retrying (Retry(total=1)) after connection broken", "does not answer"),
        ("ERROR: backend 'x' is odd", "could not be built: backend 'x' is odd"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="the pip that complains is a shell script")
def test_what_pip_meets_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys, source: Path, said: str, told: str
):
    fake_pip(tmp_path, monkeypatch, said)
    monkeypatch.setattr(bundle, "SOURCE", source)
    out = tmp_path / "new" / "stick"
    assert main(["bundle", "--for", "windows", "--out", str(out)]) == 1
    complaint = capsys.readouterr().err.strip().splitlines()[-1]
    assert told in complaint
    assert "Traceback" not in complaint
    assert not out.parent.exists()


def test_neither_pip_nor_uv(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bundle_wheels, "find_spec", lambda _: None)
    monkeypatch.setattr(bundle_wheels.shutil, "which", lambda _: None)
    with pytest.raises(ParameterError, match="install uv"):
        pip_here()


def test_uv_is_used_where_it_is_all_there_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\nexit 0\n")
    uv.chmod(0o755)
    monkeypatch.setattr(bundle_wheels, "find_spec", lambda _: None)
    monkeypatch.setattr(
        bundle_wheels.shutil, "which", lambda name: str(uv) if name == "uv" else None
    )
    assert pip_here() == [str(uv), "tool", "run", "pip"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--for", "window"], "did you mean windows"),
        (["--for", "linux", "--out", "{taken}"], "there already and not empty"),
        (["--for", "linux", "--out", " "], "names no folder"),
        (["--fro", "linux"], "--help"),
    ],
)
def test_what_is_typed_wrongly_is_one_sentence(tmp_path: Path, capsys, words, told: str):
    (tmp_path / "file").touch()
    assert main(["bundle", *(each.format(taken=tmp_path) for each in words)]) == 2
    assert told in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_without_sources_it_says_where_they_are(tmp_path: Path):
    with pytest.raises(ParameterError, match="uv run zwerm bundle"):
        bundle.filled(tmp_path, LINUX, tmp_path, lambda _: None)


def test_a_version_that_nobody_tested_is_refused(tmp_path: Path, source: Path, index: Path):
    project = source / "pyproject.toml"
    project.write_text(project.read_text().replace('"speedy==2.0", ', ""))
    with pytest.raises(FetchError, match=r"speedy>=1 is needed .* no tested version"):
        made(tmp_path, source)


def test_a_package_without_a_wheel_for_that_system_is_refused(
    tmp_path: Path, source: Path, index: Path
):
    (index / f"speedy-2.0-{TAGS['windows']}.whl").unlink()
    with pytest.raises(FetchError, match=r"speedy==2\.0 has no wheel"):
        made(tmp_path, source, WINDOWS)


def test_every_requirement_of_ours_has_a_tested_version_for_every_system():
    """What `fetched` would refuse, looked at without fetching."""
    project = bundle_wheels.project_of(bundle.SOURCE)
    told = project["project"]
    wanted = [*told["dependencies"], *told["optional-dependencies"][bundle.EXTRA]]
    for machine in MACHINES.values():
        versions = bundle_wheels.tested_versions(project, machine)
        for each in map(Requirement, wanted):
            if each.marker is None or each.marker.evaluate(dict(machine.markers)):
                assert "==" in bundle_wheels.pinned(each, versions)
