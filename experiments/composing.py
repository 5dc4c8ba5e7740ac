"""How is a choice of files in `conf/` composed once, and used again for as long as they are alike?

Hydra takes a tenth of a second to find out what an organisation, a scenario, an engine and a sweep
make together. That is kept, for the files as they stand: one that is edited is composed anew. What
is typed as a number or a list is put on top each time.
"""

import os
import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from experiments.overrides import GROUPS, explain, parsed
from experiments.schema import ALONE, declared, register, schema
from scenarios.library import CONF, not_yaml
from sim.parameters import ParameterError

KEPT = 256  # choices of files; each takes about 40 kB
Stamp = tuple[tuple[str, int, int], ...]  # of each file its name, when it was written, its bytes


@contextmanager
def explained(where: str = "") -> Iterator[None]:
    """Whatever is wrong with a setting becomes a ParameterError with one sentence."""
    try:
        yield
    except ParameterError as error:
        raise ParameterError(f"{where}{error}") from error
    except (HydraException, OmegaConfBaseException) as error:
        raise ParameterError(f"{where}{explain(error, schema(), declared())}") from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ParameterError(not_yaml(error, Path(mark.name if mark else CONF))) from error


def composed(texts: Iterable[str]) -> DictConfig:
    """What these settings make, all checked one by one before. Raises ParameterError.

    Files are chosen first and values put on top in their order, as Hydra does it.
    """
    choices, values = [], []
    for text in texts:
        override = parsed(text)
        (choices if _is_choice(override) else values).append((text, override))
    with explained(), ALONE:
        cfg = unpacked(_of_files(tuple(text for text, _ in choices), _stamp()))
        for _, override in values:
            key, value = override.key_or_group, override.value()
            OmegaConf.update(cfg, key, value, merge=True, force_add=override.is_force_add())
    return cfg


def _is_choice(override: Override) -> bool:
    """Whether it names a file and no values."""
    return override.key_or_group in GROUPS and not isinstance(override.value(), dict)


@lru_cache(maxsize=KEPT)
def _of_files(choices: tuple[str, ...], stamp: Stamp) -> bytes:
    """What the files make that are chosen, packed. `stamp` tells apart what they said when."""
    register()
    with initialize_config_dir(str(CONF), job_name="zwerm", version_base="1.3"):
        return packed(hydra_compose("config", overrides=list(choices)))


def _stamp() -> Stamp:
    """The same for as long as nobody touches a file that Hydra may read."""
    found = []
    for group in GROUPS:
        for folder, _, names in os.walk(CONF / group):
            found += [os.path.join(folder, name) for name in names]
    found += [entry.path for entry in os.scandir(CONF)]
    return tuple(sorted(_stamps(found)))


def _stamps(paths: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    for path in paths:
        # Editors leave hidden lock files that point nowhere.
        if path.endswith(".yaml") and not os.path.basename(path).startswith("."):
            with suppress(FileNotFoundError):  # a moment ago
                about = os.stat(path)
                yield path, about.st_mtime_ns, about.st_size


# --- copies -------------------------------------------------------------------------------------


def packed(cfg: DictConfig) -> bytes:
    """Settings as bytes."""
    return pickle.dumps(cfg, pickle.HIGHEST_PROTOCOL)


def unpacked(content: bytes) -> DictConfig:
    """The settings that were packed: new ones, and much quicker than a deep copy."""
    return pickle.loads(content)


def copied(cfg: DictConfig) -> DictConfig:
    """The same settings once more."""
    return unpacked(packed(cfg))
