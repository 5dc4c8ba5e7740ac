"""Is the house in order: what is packaged, whose modules are imported, what sim may know?"""

import ast
import importlib.util
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PROJECT["tool"]["setuptools"]["packages"]
CODE = [name for name in PACKAGES if name != "conf"]


def imported_names(path: Path) -> set[str]:
    """Top-level names that a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


def requirement_name(requirement: str) -> str:
    """The normalised name in front of extras, versions and markers."""
    return re.split(r"[\[<>=!~ ;]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_every_folder_with_code_is_packaged():
    tops = {name.partition(".")[0] for name in CODE}
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for top in tops
        for path in (ROOT / top).rglob("*.py")
    }
    assert found == set(CODE)


@pytest.mark.parametrize("name", [*CODE, "zwerm"])
def test_modules_are_ours(name: str):
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).resolve().is_relative_to(ROOT), f"a stranger's {name}: {spec.origin}"


def test_sim_imports_only_itself_numpy_numba_and_the_standard_library():
    allowed = {"sim", "numpy", "numba", *sys.stdlib_module_names}
    strangers = {
        str(path.relative_to(ROOT)): names
        for path in (ROOT / "sim").rglob("*.py")
        if (names := imported_names(path) - allowed)
    }
    assert strangers == {}


def test_every_requirement_has_a_tested_version():
    named = [*PROJECT["project"]["dependencies"]]
    for extra in PROJECT["project"]["optional-dependencies"].values():
        named += extra
    for group in PROJECT["dependency-groups"].values():
        named += group
    constraints = PROJECT["tool"]["uv"]["constraint-dependencies"]
    assert all("==" in line for line in constraints)
    tested = {requirement_name(line) for line in constraints}
    assert {requirement_name(line) for line in named} <= tested


def test_one_version_everywhere():
    version = PROJECT["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == version
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
