"""What do practitioners claim, and what came of it? The page of the site about claims.

Verdicts come from the folder that `zwerm claims` left; without one the page says what is tested
and that it was not run.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

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
    "**No verdicts in this copy of the site.** It was built without a folder of judged claims. "
    "`zwerm claims --out runs/claims` judges them, and `zwerm docs --claims runs/claims` builds "
    "the site with what came out."
)
OTHER_RULES = (
    "**The model has changed since these verdicts were taken.** Judge the claims anew before you "
    "quote one."
)

Found = Mapping[str, Any]  # a claim as `claims.json` has it


def verdicts(folder: Path | None) -> tuple[dict[str, Found], bool]:
    """What was judged, by id, and whether by the rules of today; nothing without a folder.

    Raises FolderError.
    """
    if folder is None:
        return {}, True
    try:
        found = json.loads((folder / JSON).read_text(encoding="utf-8"))
        made = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        by_id = {each["id"]: each for each in found if each["verdict"]}
        return by_id, made["kernels"] == kernel_hash()
    except (OSError, ValueError, KeyError, TypeError):
        raise FolderError(
            f"{folder} holds no judged claims; make some with `zwerm claims --out {folder}`"
        ) from None


def page(folder: Path | None) -> str:
    """Every claim by its source, with what is tested and, from a folder, the verdict."""
    found, fresh = verdicts(folder)
    blocks = [
        "# Claims",
        f"What practitioners say, in our own words. {MODEL_ONLY} "
        "[Claims, run and judged](../claims.md) says how they are turned into hypotheses.",
        "" if found else NOT_RUN,
        "" if fresh else OTHER_RULES,
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
        effect = ""
        if found.get("effect") is not None:
            effect = (f" {found['effect']:.3g} {found['unit']} ({found['low']:.3g} to "
                      f"{found['high']:.3g})")  # fmt: skip
        yield fact("Verdict", f"**{plain(found['verdict_in_full'])}**{plain(effect)}")
        yield plain(found["reason"])
    if isinstance(tested, Hypothesis):
        yield fact("Here", plain(tested.implies))
        asked = expected_text(expected_of(tested), tested.unit)
        yield fact("Looked at", f"{plain(tested.measures)}; expected {plain(asked)}")
        yield fact("Also under", plain("; ".join(tested.elsewhere)))
    elif isinstance(tested, Untested) and found is None:
        yield fact("Not run", plain(tested.because))
    yield fact("Levers", link("levers", levers))
