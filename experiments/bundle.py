"""What does `zwerm bundle` do? Fills a folder for a stick: the workshop without the internet.

    wheels/            Zwerm and everything the workshop needs, at the tested versions
    start.sh, .bat or .command    installs beside itself the first time, then opens the workshop
    README.txt, LEESMIJ.txt       what to do, in English and in Dutch
    manifest.json      what it is for, versions, SHA-256 and size of every file

Which wheels those are: `experiments/bundle_wheels.py`. The words of the files: `bundle_files.py`.
"""

import hashlib
import json
import platform
from pathlib import Path
from typing import Any

from experiments.bundle_wheels import (
    INSTALLER,
    MACHINES,
    PYTHON,
    FetchError,
    Machine,
    Say,
    fetched,
    lacking,
    own_wheel,
    pip_here,
    project_of,
    tested_versions,
    wheels_in,
)
from sim.parameters import ParameterError, nearest

SOURCE = Path(__file__).resolve().parent.parent
EXTRA = "workshop"
WHEELS = "wheels"
SYSTEMS = {"Linux": "linux", "Windows": "windows", "Darwin": "macos"}
HELP = """\
Run it on a machine with the internet. The machine that the folder is for needs Python 3.12 and
nothing else. docs/bundle.md says more.

examples:
  zwerm bundle --for windows --out E:/zwerm
  zwerm bundle --for linux --out /media/stick/zwerm
"""


def bundle_command(words: list[str]) -> int:
    """`zwerm bundle`: exit code. Raises ParameterError, FolderError or FetchError."""
    from experiments import store
    from experiments.cli import OK, command_parser, folder_type
    from experiments.run import say

    about = "A folder for a stick: the workshop on a machine without the internet."
    parser = command_parser("bundle", about, HELP)
    parser.add_argument("--for", dest="machine", metavar="|".join(MACHINES),
                        help="the system of that machine; default this one's")  # fmt: skip
    parser.add_argument("--out", type=folder_type, metavar="FOLDER",
                        help="where to write; must be new")  # fmt: skip
    typed = parser.parse_args(words)
    machine = machine_of(typed.machine)
    target = typed.out or store.new_folder(f"bundle-{machine.name}")
    with store.writing(target) as folder:
        manifest = filled(folder, machine, SOURCE, say)
    size = sum(each["bytes"] for each in manifest["files"].values()) / 1e6
    print(f"{len(manifest['files'])} files, {size:.0f} MB, for {machine.about}: {target}")
    print(f"There, open {machine.start}; README.txt says how.")
    return OK


def machine_of(name: str | None) -> Machine:
    """The machine of this name, or one like this. Raises ParameterError."""
    told = name or SYSTEMS.get(platform.system(), "")
    if told not in MACHINES:
        raise ParameterError(f"--for {told!r} is no system; {nearest(told, list(MACHINES))}")
    return MACHINES[told]


def filled(folder: Path, machine: Machine, source: Path, say: Say) -> dict[str, Any]:
    """Fill an empty folder from the sources of Zwerm; its manifest."""
    from experiments.bundle_files import save_files

    project = project_of(source)
    versions, pip = tested_versions(project, machine), pip_here()
    wheels = folder / WHEELS
    wheels.mkdir()
    say("Building the wheel of Zwerm")
    own_wheel(source, wheels, pip)
    name = project["project"]["name"]
    roots = [f"{name}[{EXTRA}]", INSTALLER]
    fetched(wheels, roots, machine, versions, pip, say)
    if left := lacking(wheels, roots, machine):
        raise FetchError(f"the bundle is not complete: {', '.join(map(str, left))} is lacking")
    there = wheels_in(wheels, machine)
    save_files(folder, machine, f"{name}[{EXTRA}]=={there[name][0]}", there[INSTALLER][1].name)
    return save_manifest(folder, machine, str(there[name][0]))


def save_manifest(folder: Path, machine: Machine, version: str) -> dict[str, Any]:
    """Write manifest.json about everything else in the folder."""
    from experiments import store

    content: dict[str, Any] = {
        "made_by": store.MADE_BY,
        "format": store.FORMAT,
        "bundle_for": machine.name,
        "about": machine.about,
        "python": ".".join(str(each) for each in PYTHON),
        "version": version,
        "finished": store.now(),
        "files": {
            path.relative_to(folder).as_posix(): {
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    (folder / store.MANIFEST).write_text(text, encoding="utf-8")
    return content
