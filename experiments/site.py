"""How is the documentation site made? The command `zwerm docs`.

The pages in docs/ are copied to a folder that is thrown away, the reference is written beside them
from what is declared, and Sphinx turns all of it into a folder of HTML that needs no network. A
warning of Sphinx is an error.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from experiments import odd, site_api, store
from sim.parameters import ParameterError

DOCS = odd.ROOT / "docs"
TARGET = odd.ROOT / "build" / "docs"
FIRST = "index.html"
INVENTORY = "objects.inv"  # what Sphinx leaves in every site: by this we know our own
INDEX, LAST = DOCS / "index.md", "how-to/cite-and-publish"  # the list of how-tos and its end
BESIDE = ("VISION.md", "CHANGELOG.md")  # pages of the site that stand in the first folder
UPWARDS = re.compile(rf"\]\(((?:\.\./)*)\.\./({'|'.join(BESIDE)})")
NEEDED = ("sphinx", "myst_parser", "furo")
HELP = """\
Without --out the site stands in build/docs, in place of the one before. It can be opened from the
disk and works without a network.

examples:
  zwerm docs
  zwerm docs --out site
  zwerm docs --claims runs/claims       with other verdicts than those of conf/verdicts.yaml
"""


def docs_command(words: list[str]) -> int:
    """The command `zwerm docs`. Raises ParameterError or FolderError."""
    from experiments.cli import FAILED, OK, command_parser, folder_type

    parser = command_parser("docs", "Build the documentation site.", HELP)
    parser.add_argument("--out", type=folder_type, metavar="FOLDER",
                        help="where to write; must be new")  # fmt: skip
    parser.add_argument("--claims", type=folder_type, metavar="FOLDER",
                        help="judged claims, in place of conf/verdicts.yaml")  # fmt: skip
    typed = parser.parse_args(words)
    check()
    print("Building the site; this takes about a minute.", file=sys.stderr, flush=True)
    wrong = build(typed.out, typed.claims)
    if wrong:
        print(wrong, file=sys.stderr)
        return FAILED
    print(f"Open {(typed.out or TARGET) / FIRST}")
    return OK


def check() -> None:
    """Raise ParameterError unless there is something to build and to build it with."""
    if not (DOCS / "conf.py").is_file():
        raise ParameterError(
            "the pages of the site are not part of an installed package; type `zwerm docs` in a "
            "copy of the repository"
        )
    missing = [each for each in NEEDED if find_spec(each) is None]
    if missing:
        raise ParameterError(
            f"the site needs {', '.join(missing)}; type `uv sync` in the repository, which brings "
            "it along"
        )


def build(out: Path | None = None, claims: Path | None = None) -> str:
    """Build the site into a new folder, or in place of the last one; what Sphinx complains about.

    Nothing is left behind if there is any complaint. Raises FolderError.
    """
    target = out or TARGET
    fresh = target if out else target.with_name(f".{target.name}.{os.getpid()}.new")
    if out is None and target.exists() and not (target / INVENTORY).is_file():
        raise store.FolderError(f"{target} is not a site of ours; remove it, or type --out FOLDER")
    try:
        with tempfile.TemporaryDirectory(prefix="zwerm-docs-") as made, store.writing(fresh) as to:
            write_sources(Path(made), claims)
            _run_sphinx(Path(made), to)
    except _Complaint as complaint:
        return str(complaint)
    if out is None:
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    return ""


class _Complaint(Exception):
    """What Sphinx wrote about pages that it does not take."""


def write_sources(folder: Path, claims: Path | None = None) -> None:
    """Everything that Sphinx reads: the pages by hand, and those that are generated."""
    from experiments import site_claims, site_pages

    for path in sorted(DOCS.rglob("*")):
        if path.is_file() and not path.is_relative_to(odd.PARTS) and path.suffix != ".pyc":
            _put(folder / path.relative_to(DOCS), path.read_bytes())
    for name in BESIDE:
        _put(folder / name, (odd.ROOT / name).read_bytes())
    _put(folder / INDEX.name, complete(INDEX.read_text(encoding="utf-8")).encode())
    pages = {f"{site_pages.FOLDER}/{name}.md": made() for name, made in site_pages.PAGES.items()}
    pages[f"{site_pages.FOLDER}/claims.md"] = site_claims.page(claims)
    for name, text in (pages | site_api.pages()).items():
        _put(folder / name, f"{text.rstrip()}\n".encode())


def complete(index: str) -> str:
    """The first page, with pages of docs/ that it does not list at the end of the how-tos."""
    listed = set(index.split())
    names = (path.stem for path in sorted(DOCS.glob("*.md")) if path != INDEX)
    others = "\n".join(name for name in names if name not in listed)
    return index.replace(f"\n{LAST}\n", f"\n{LAST}\n{others}\n" if others else f"\n{LAST}\n")


def _put(path: Path, content: bytes) -> None:
    """A page; links to what stands above docs/ lead to the copy beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".md":
        content = UPWARDS.sub(r"](\1\2", content.decode("utf-8")).encode("utf-8")
    path.write_bytes(content)


def _run_sphinx(source: Path, to: Path) -> None:
    """Raise _Complaint with every warning, unless there is none."""
    words = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-n", "-W", "--keep-going",
             "-d", str(source / ".doctrees"), str(source), str(to)]  # fmt: skip
    around = {**os.environ, "PYTHONPATH": str(odd.ROOT), "PYTHONHASHSEED": "0"}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=around)
    shutil.rmtree(to / ".doctrees", ignore_errors=True)
    if done.returncode:
        raise _Complaint((done.stderr or done.stdout).replace(f"{source}{os.sep}", "").strip())
