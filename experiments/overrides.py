"""Is what somebody typed a setting? If not: one sentence with the nearest right name or range."""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, Override, QuotedString
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import (
    ConfigAttributeError,
    ConfigKeyError,
    MissingMandatoryValue,
    OmegaConfBaseException,
)

from experiments.own_file import chosen, is_file
from experiments.schema import leaves
from experiments.sweep.factors import WORDS
from scenarios.library import names
from sim.levers import NAMES as LEVERS
from sim.parameters import Declaration, ParameterError, check, nearest

GROUPS = ("organisation", "scenario", "engine", "sweep")  # folders of `conf/`
# No fixed names below these.
FREE = ("scenario.arms.", "scenario.panel.", "actions.", "switches.", "off.", "rivals.")
FACTORS = "sweep.factors"
KEPT = 1024  # settings that were typed
TEXTS = ("organisation.chart", "engine.output", "sweep.file")  # a path may hold any character
EXAMPLE = "write name=value, for instance scenario=copy_of_a_copy or leading.pull=0.4"
EXAMPLE_FACTORS = (
    "write 'sweep.factors={leading.pull: {low: 0.3, high: 0.4}}' "
    "or 'sweep.factors.leading.pull=[0.3, 0.4]'"
)

PANELS = "scenario.panel.panels is taken from the seeds; type engine.seeds=20 for twenty panels"
RIVALS = (
    "rivals is a list of differences in braces; type for instance "
    "'rivals=[{actions: [{lever: example, strength: 0.9}]}, {}]', where {} is a twin"
)
OWN_LINES = "an org list brings its own reporting lines; leave out organisation.structure"

INSTEAD = {  # a piece of OmegaConf's message -> what to type
    "to Integer": "type a whole number",
    "to Float": "type a number",
    "valid bool": "type true or false",
    "not Optional": "give it a value",
    "not a ListConfig": "write a list in brackets, for instance [culture]",
    "Dict[": "write names and values in braces, for instance {units: 22}",
    "not a subclass": "write names and values in braces, for instance {name: value}",
}


def checked_override(
    text: str, schema: DictConfig, declared: Mapping[str, Declaration], sweep: bool = False
) -> str:
    """The setting as Hydra takes it, or ParameterError with one sentence.

    `parameters.leading.pull` means `leading.pull`. Only with `sweep` may there be several values.
    """
    key, equals, raw = text.strip().partition("=")
    key = key.strip().removeprefix("parameters.")
    if not equals or not key or key[0] in "+~-":
        raise ParameterError(f"{text!r} is not a setting; {EXAMPLE}")
    if sweep and key.startswith(("hydra.", "hydra/")):
        return text
    if key == FACTORS or key.startswith(f"{FACTORS}."):
        return _factors(key, raw, sweep)
    if key == "organisation" and is_file(raw):
        return f"{key}={chosen(raw)}"
    if key not in GROUPS:
        _known(key, schema)
    override = _read(key, raw)
    if override.is_sweep_override() and not sweep:
        raise ParameterError(
            f"{key} takes one value, not {raw!r}; `zwerm compare scenario=a,b` compares, "
            f"`python -m experiments.run -m` runs every combination"
        )
    return _with_checked_values(key, raw, override, declared)


def _factors(key: str, raw: str, sweep: bool) -> str:
    """Factors as Hydra adds them: a name with dots is one key between braces.

    `sweep.factors.leading.pull.low=0.3` means `sweep.factors={leading.pull: {low: 0.3}}`.
    """
    name = key.removeprefix(FACTORS).removeprefix(".")
    value = raw.strip() or "null"
    head, _, word = name.rpartition(".")
    if head and word in WORDS:
        name, value = head, f"{{{word}: {value}}}"
    if name:
        value = f"{{{name}: {value}}}"
    try:
        override = parsed(f"++{FACTORS}={value}")
    except HydraException:
        override = None
    if override is None or (override.is_sweep_override() and not sweep):
        raise ParameterError(f"{key}={raw} cannot be read; {EXAMPLE_FACTORS}")
    if not override.is_sweep_override() and not isinstance(override.value(), dict):
        raise ParameterError(f"{key}={raw} names no factor; {EXAMPLE_FACTORS}")
    return f"++{FACTORS}={value}"


def check_together(overrides: list[str]) -> None:
    """Raise ParameterError for what an org list gives and is typed all the same."""
    typed: dict[str, str] = {}
    for text in overrides:
        key, _, value = text.strip().partition("=")
        typed[key.strip().removeprefix("parameters.")] = value.strip()
    if typed.get("organisation.chart", "null") == "null":
        return
    if "organisation.people" in typed:
        raise ParameterError("the people are those of the org list; leave out organisation.people")
    if typed.get("organisation.structure", "chart") != "chart":
        raise ParameterError(OWN_LINES)


@lru_cache(maxsize=KEPT)
def parsed(text: str) -> Override:
    """What Hydra reads in a setting, for nobody to change. Raises HydraException."""
    return _parser().parse_override(text)


@cache
def _parser() -> OverridesParser:
    return OverridesParser.create()


def _read(key: str, raw: str) -> Override:
    try:
        return parsed(f"{key}={raw}")
    except HydraException:
        if key in TEXTS:
            return parsed(f"{key}={_quoted(raw)}")
        raise ParameterError(
            f"{key}={raw} cannot be read; {EXAMPLE}, and put quotes around a list: "
            f"'actions=[{{lever: example, strength: 0.9}}]'"
        ) from None


def _quoted(raw: str) -> str:
    return "'" + raw.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _with_checked_values(
    key: str, raw: str, override: Override, declared: Mapping[str, Declaration]
) -> str:
    """The setting, with every value that can be checked alone checked."""
    values = list(_values(override))
    if key in GROUPS:
        for value in values:
            known = names(key)
            if str(value) not in known:
                raise ParameterError(f"unknown {key} {value!r}; {nearest(str(value), known)}")
    elif key in declared and values:
        path, _, _ = key.rpartition(".")
        numbers = [check(path, declared[key], value) for value in values]
        # 1e6 is a whole number to people, not to Hydra.
        return f"{key}={','.join(repr(number) for number in numbers)}"
    elif key == "rivals" and not override.is_sweep_override():
        given = override.value()
        if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
            raise ParameterError(RIVALS)
    elif key in TEXTS and not override.is_sweep_override():
        text = override.value()
        return f"{key}=null" if text is None else f"{key}={_quoted(str(text))}"
    return f"{key}={raw}"


def _values(override: Override) -> Iterator[Any]:
    """The values that are spelled out; those of a range or a function are checked in their run."""
    found = override._value
    if isinstance(found, ChoiceSweep):
        yield from (each.text if isinstance(each, QuotedString) else each for each in found.list)
    elif not override.is_sweep_override():
        yield override.value()


def _known(key: str, schema: DictConfig) -> None:
    """Raise ParameterError unless this may be set."""
    if key not in leaves() and key not in schema and not key.startswith(FREE):
        raise ParameterError(_unknown(key, schema))


def _unknown(key: str, schema: DictConfig) -> str:
    """The sentence for a name that is none."""
    group, _, last = key.rpartition(".")
    if key.startswith("scenario.panel."):
        return f"{key} is not there: this scenario is no panel; leave it out or type scenario=aegon"
    if key.startswith(FREE):
        return f"{key} is not there; arms and their differences stand in the scenario's file"
    if key in LEVERS:
        return f"{key} is a lever; write 'actions=[{{lever: {key}, strength: …, start: 52}}]'"
    same = [leaf for leaf in leaves() if leaf.rpartition(".")[2] == last]
    if same:
        return f"unknown setting {key}; did you mean {same[0]}?"
    if group in schema:
        siblings = [leaf for leaf in leaves() if leaf.startswith(f"{group}.")]
        return f"unknown setting {key}; {nearest(key, siblings)}"
    wanted = nearest(key, [*leaves(), *map(str, schema)])
    if not wanted.startswith("did you mean"):
        wanted = "`zwerm list parameters` shows what can be set"
    return f"unknown setting {key}; {wanted}"


def explain(error: BaseException, schema: DictConfig, declared: Mapping[str, Declaration]) -> str:
    """One sentence for what Hydra or OmegaConf found wrong."""
    inner: BaseException | None = error
    while inner is not None and not isinstance(inner, OmegaConfBaseException):
        inner = inner.__cause__ or inner.__context__
    if inner is None:
        return _first_line(error)
    key = (inner.full_key or str(inner.key or "")).replace("[", ".").replace("]", "")
    if isinstance(inner, ConfigKeyError | ConfigAttributeError):
        return _unknown_below(key, inner, schema)
    if isinstance(inner, MissingMandatoryValue):
        return f"{key} is missing; give it a value"
    value = getattr(inner, "value", None)
    if key in declared:
        path, _, _ = key.rpartition(".")
        try:
            check(path, declared[key], value)
        except ParameterError as sentence:
            return str(sentence)
    return f"{key} = {value!r} cannot be used; {_wanted(inner)}" if key else _first_line(inner)


def _wanted(error: BaseException) -> str:
    """What to type instead, from OmegaConf's own words."""
    said = _first_line(error)
    return next((instead for words, instead in INSTEAD.items() if words in said), said)


def _unknown_below(key: str, error: OmegaConfBaseException, schema: DictConfig) -> str:
    """The sentence for an unknown name, with the names that stand beside it where there are any."""
    if key == "scenario.panel.panels":
        return PANELS
    parent = error.parent_node
    beside = [str(each) for each in parent] if isinstance(parent, DictConfig) else []
    if not beside and error.object_type not in (None, Any, dict):
        beside = [str(each) for each in OmegaConf.structured(error.object_type)]
    if not beside or (key.partition(".")[0] in schema and key.count(".") < 2):
        return _unknown(key, schema)
    return f"unknown name {key}; {nearest(key.rpartition('.')[2], beside)}"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
