"""What the sources claim, each as a hypothesis that a run can refute, or with a reason why not.

Start with `hypothesis.py`; every source has a file. The claims themselves stand in
`conf/claims.yaml`.
"""

import importlib
from functools import cache
from typing import NamedTuple

import yaml

from scenarios.claims.hypothesis import Judged
from scenarios.library import CONF

MODULES = ("vera", "hr", "brouwer", "cx_circle", "de_haan")  # a source each, in order


class Claim(NamedTuple):
    """What somebody says, in our words."""

    name: str  # its id; the first letter tells the source
    theme: str
    text: str
    source: str


@cache
def claims() -> dict[str, Claim]:
    """All claims, by id, in the order of `conf/claims.yaml`."""
    content = yaml.safe_load((CONF / "claims.yaml").read_text(encoding="utf-8"))
    return {
        name: Claim(name, theme, text, content["sources"][name[0]])
        for name, (theme, text) in content["claims"].items()
    }


@cache
def judged() -> dict[str, Judged]:
    """What is tested of each claim, by id, in the order of the claims.

    Raises ValueError for a claim that is judged twice, or that nobody makes.
    """
    found: dict[str, Judged] = {}
    for name in MODULES:
        module = importlib.import_module(f"scenarios.claims.{name}")
        for each in module.JUDGED:
            if each.claim in found:
                raise ValueError(f"claim {each.claim} is judged twice; leave one of the two")
            if each.claim not in claims():
                raise ValueError(f"{name} judges {each.claim}, which conf/claims.yaml has not")
            found[each.claim] = each
    return {name: found[name] for name in claims() if name in found}
