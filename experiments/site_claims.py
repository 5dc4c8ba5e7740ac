"""What do practitioners claim, and what came of it? The page of the site about claims.

Verdicts come from a folder that `zwerm claims` left, or else from `conf/verdicts.yaml`; without
either the page says what is tested and that it was not run. Where another engine gave them than
this one, the page says which.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from experiments.claims import verdicts as stored
from experiments.claims.folder import JSON
from experiments.claims.words import MEANING, MODEL_ONLY, expected_text
from experiments.site_pages import fact, link, named, plain
from experiments.store import MANIFEST, FolderError
from scenarios.claims import Claim, claims, judged
from scenarios.claims.hypothesis import Hypothesis, Untested
from scenarios.claims.verdict import expected_of
from sim.compiled import kernel_hash
from sim.levers import LEVERS

NOT_RUN = (
    "**No verdicts in this copy of the site.** It was built without judged claims. "
    "`zwerm claims --accept` judges all of them and keeps the verdicts for the site."
)
OTHER_RULES = (
    "**The model has changed since these verdicts were taken** (then engine `{then}`, now "
    "`{now}`). Judge a claim anew with `zwerm claims ID` before you quote it."
)

Found = Mapping[str, Any]  # a claim as `claims.json` has it


class Verdicts(NamedTuple):
    """What was judged, by id, with which engine, and how it was made in one sentence."""

    found: Mapping[str, Found]
    engine: str
    made: str


def verdicts(folder: Path | None) -> Verdicts:
    """The verdicts of a folder; without one those that were accepted. Raises FolderError."""
    if folder is None:
        told = stored.accepted()
        found = {name: stored.entry_of(name, each) for name, each in told.claims.items()}
        return Verdicts(found, told.engine, stored.made_text())
    try:
        found = json.loads((folder / JSON).read_text(encoding="utf-8"))
        made = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        by_id = {each["id"]: each for each in found if each["verdict"]}
        how = f"Made on {made['finished'][:10]} by `zwerm {made['command']}`."
        return Verdicts(by_id, made["kernels"], how)
    except (OSError, ValueError, KeyError, TypeError):
        raise FolderError(
            f"{folder} holds no judged claims; make some with `zwerm claims --out {folder}`"
        ) from None


def page(folder: Path | None) -> str:
    """Every claim by its source, with what is tested and the verdict."""
    found, engine, made = verdicts(folder)
    now = kernel_hash()
    blocks = [
        "# Claims",
        f"What practitioners say, in our own words. {MODEL_ONLY} "
        "[Claims, run and judged](../claims.md) says how they are turned into hypotheses.",
        "" if found else NOT_RUN,
        plain(made),
        OTHER_RULES.format(then=engine, now=now) if found and engine != now else "",
        "\n".join(f"- **{verdict.value}**: {plain(about)}" for verdict, about in MEANING.items()),
        _counted(found),
    ]
    for source in dict.fromkeys(each.source for each in claims().values()):
        blocks.append(f"## {plain(source[:1].upper() + source[1:])}")
        blocks += [_claim(each, found.get(each.name)) for each in claims().values()
                   if each.source == source]  # fmt: skip
    return "\n\n".join(each for each in blocks if each)


def _counted(found: Mapping[str, Found]) -> str:
    """How many claims got which verdict."""
    told = [each["verdict"] for each in found.values()]
    rows = [f"| {verdict.value} | {told.count(verdict.value)} |" for verdict in MEANING]
    return "\n".join(["| verdict | claims |", "|---|---|", *rows]) if found else ""


def _claim(each: Claim, found: Found | None) -> str:
    about = f"**{plain(each.text)}** ({plain(each.theme)})"
    return named("claims", each.name, about, *_facts(each, found))


def _facts(each: Claim, found: Found | None) -> Iterator[str]:
    tested = judged().get(each.name)
    levers = [lever.name for lever in LEVERS if each.name in lever.source]
    if found is not None:
        effect = plain(stored.effect_text(found))
        yield fact("Verdict", f"**{plain(found['verdict_in_full'])}** {effect}".strip())
        yield fact("Plausible set", plain(stored.set_text(found)))
        yield plain(found["reason"])
    if isinstance(tested, Hypothesis):
        yield fact("Here", plain(tested.implies))
        asked = expected_text(expected_of(tested), tested.unit)
        yield fact("Looked at", f"{plain(tested.measures)}; expected {plain(asked)}")
        yield fact("Also under", plain("; ".join(tested.elsewhere)))
    elif isinstance(tested, Untested) and found is None:
        yield fact("Not run", plain(tested.because))
    yield fact("Levers", link("levers", levers))
