"""How is a user's own organisation read from a file, and written to one? `organisation=mine.yaml`.

A file holds what differs from the default, under the names of `zwerm list parameters`, and plain
values only: nothing in it is run or looked up. Hydra gets it under a name made of its content, in
the group of the presets, so a scenario and the command line are stronger than the file, as with
any other preset.
"""

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml
from hydra.core.config_store import ConfigStore

from experiments.schema import declared
from experiments.sweep.files import digest
from scenarios.library import CONF, names
from sim.configuration import STRUCTURES, Configuration, Organisation, Parameters
from sim.parameters import ParameterError, check, declarations, nearest

SUFFIXES = (".yaml", ".yml")
LARGEST = 2**20  # bytes that such a file may have
ORGANISATION = "organisation"
TEXTS = ("name", "about", "structure", "chart")  # of an organisation, beside its numbers
YES_OR_NO = "chart_repair"
GROUPS = (ORGANISATION, *(each.name for each in fields(Parameters)))
NAME = re.compile(r"[^\W\d][\w-]{0,39}")
HEADING = re.compile(r"(\w+):\s*(#.*)?$")
COMMENTED = re.compile(r"  (\w+):\s[^#]*#\s*(.+)$")


class _Loader(yaml.SafeLoader):
    """Plain values only; a name that stands twice is refused."""


OF_A_RUN = (  # what stands in no file of an organisation
    "years", "weeks", "actions", "switches", "off", "rivals", "scenario", "engine", "sweep",
)  # fmt: skip


def _once(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key, value in node.value:
        name = loader.construct_object(key, deep=True)
        if isinstance(name, list | dict):
            raise ParameterError(f"{name!r} is no name; write name: value")
        if name in found:
            raise ParameterError(f"{name} stands twice (line {key.start_mark.line + 1}); leave one")
        found[name] = loader.construct_object(value, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _once)


def is_file(choice: str) -> bool:
    """Whether `organisation=CHOICE` names a file and no preset."""
    return unquoted(choice).lower().endswith(SUFFIXES)


def unquoted(text: str) -> str:
    """A path without the quotes around it."""
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text


def chosen(choice: str) -> str:
    """The name under which Hydra finds the file that was typed. Raises ParameterError."""
    content = read_organisation(Path(unquoted(choice)).expanduser())
    name = f"own-{digest(content)[:12]}"
    ConfigStore.instance().store(
        group=ORGANISATION, name=name, node=content, package="_global_", provider="zwerm"
    )
    return name


# --- reading ----------------------------------------------------------------------------------


def plain_yaml(path: Path) -> dict[Any, Any]:
    """The names and plain values in a file. Raises ParameterError with one sentence."""
    try:
        if path.stat().st_size > LARGEST:
            raise ParameterError(f"{path} is too large; an organisation takes a page of YAML")
        text = path.read_text(encoding="utf-8-sig")
        content = yaml.load(text, _Loader)
    except FileNotFoundError:
        raise ParameterError(f"{path} is not there; type the path of a YAML file") from None
    except OSError as error:
        raise ParameterError(
            f"{path} cannot be read ({error.strerror}); type the path of a YAML file"
        ) from None
    except UnicodeDecodeError:
        raise ParameterError(f"{path} is not in UTF-8; save it as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise ParameterError(f"{path}{where}: this is not valid YAML; write name: value") from None
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from None
    if not isinstance(content, dict) or not content:
        raise ParameterError(f"{path} holds no names and values; write name: value")
    return content


def read_organisation(path: Path) -> dict[str, dict[str, Any]]:
    """What a user's file sets, checked name by name and value by value. Raises ParameterError."""
    found: dict[str, dict[str, Any]] = {}
    for group, values in plain_yaml(path).items():
        if group not in GROUPS:
            raise ParameterError(f"{path}: {_unknown_group(str(group))}")
        if not isinstance(values, dict):
            raise ParameterError(
                f"{path}: below {group}: stand no names; write name: value, indented, below it"
            )
        try:
            found[group] = {str(name): _value(group, str(name), values[name]) for name in values}
        except ParameterError as error:
            raise ParameterError(f"{path}: {error}") from None
    own = found.setdefault(ORGANISATION, {})
    own.setdefault("name", path.stem)
    check_name(own["name"], f"{path}: organisation.name")
    own.setdefault("about", f"an organisation of one's own, from {path.name}")
    _check_whole(found, path)
    return found


def _unknown_group(name: str) -> str:
    if name == "defaults" or name.startswith("_"):
        return f"{name} cannot stand in such a file; it holds names and plain values only"
    if name in OF_A_RUN:
        return (
            f"{name} is not what an organisation is but what a run does; take it out and type "
            f"{name}=… on the command line"
        )
    same = [full for full in declared() if full.rpartition(".")[2] == name]
    if same:
        group, _, last = same[0].partition(".")
        return f"{name} stands under no group; write {last} below {group}:"
    return f"unknown group {name!r}; {nearest(name, list(GROUPS))}"


def _value(group: str, name: str, value: Any) -> Any:
    """The value of one name, checked. Raises ParameterError."""
    full = f"{group}.{name}"
    if group == ORGANISATION and name in TEXTS:
        if not isinstance(value, str) or "${" in value:
            raise ParameterError(f"{full} = {value!r} is no plain text; write a text")
        if name == "structure" and value not in STRUCTURES:
            raise ParameterError(f"unknown structure {value!r}; {nearest(value, [*STRUCTURES])}")
        return value
    if full == f"{ORGANISATION}.{YES_OR_NO}":
        if not isinstance(value, bool):
            raise ParameterError(f"{full} = {value!r} cannot be used; type true or false")
        return value
    if full not in declared():
        known = [each.partition(".")[2] for each in declared() if each.startswith(f"{group}.")]
        known += [*TEXTS, YES_OR_NO] if group == ORGANISATION else []
        same = [each for each in declared() if each.rpartition(".")[2] == name]
        wanted = f"did you mean {same[0]}?" if same else nearest(name, known)
        raise ParameterError(f"unknown name {full}; {wanted}")
    return check(group, declared()[full], value)


def check_name(name: str, where: str) -> str:
    """The name of an own organisation. Raises ParameterError."""
    if not NAME.fullmatch(name):
        raise ParameterError(
            f"{where} = {name!r} cannot be used; type a letter and then letters, digits, _ or -"
        )
    if name in names(ORGANISATION):
        raise ParameterError(f"{where} = {name} is the name of a preset; give another")
    return name


def _check_whole(found: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    """Values that are fine alone but not together."""
    size = {each.name for each in declarations(Organisation)}
    groups: dict[str, Any] = {
        name: type(getattr(Parameters(), name))(**values)
        for name, values in found.items()
        if name != ORGANISATION
    }
    own = {name: value for name, value in found[ORGANISATION].items() if name in size}
    try:
        Configuration(organisation=Organisation(**own), parameters=Parameters(**groups))
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from None


# --- writing ----------------------------------------------------------------------------------


def comments_of(preset: str) -> dict[str, str]:
    """What stands behind each number of a preset, by its full name."""
    path = Path(unquoted(preset)) if is_file(preset) else CONF / ORGANISATION / f"{preset}.yaml"
    found: dict[str, str] = {}
    group = ""
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        heading = HEADING.match(line)
        group = heading[1] if heading else group
        comment = COMMENTED.match(line)
        if comment:
            found[f"{group}.{comment[1]}"] = comment[2].strip()
    return found


def differences(told: Configuration) -> dict[str, Any]:
    """Every number in which a configuration differs from the default, by full name."""
    usual = Configuration()
    found: dict[str, Any] = {}
    if told.structure != usual.structure:
        found[f"{ORGANISATION}.structure"] = told.structure
    for group in GROUPS:
        one, other = (
            each.organisation if group == ORGANISATION else getattr(each.parameters, group)
            for each in (told, usual)
        )
        for each in declarations(one):
            if getattr(one, each.name) != getattr(other, each.name):
                found[f"{group}.{each.name}"] = getattr(one, each.name)
    return found


def preset_text(
    told: Configuration, name: str, about: str, reasons: Mapping[str, str], header: list[str]
) -> str:
    """The file: differences only, each with its reason behind it, after comments for a header."""
    lines = ["# @package _global_", *(f"# {each}".rstrip() for each in header)]
    lines += [f"{ORGANISATION}:", f"  name: {name}", f"  about: {_scalar(about)}"]
    group = ORGANISATION
    for full, value in differences(told).items():
        path, _, last = full.partition(".")
        if path != group:
            lines.append(f"{path}:")
            group = path
        lines.append(f"  {last}: {_scalar(value)} # {reasons[full]}")
    return "\n".join(lines) + "\n"


def _scalar(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, width=1000).splitlines()[0]
