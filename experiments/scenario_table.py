"""Which scenarios and organisations are there? The tables in docs/scenarios.md, made from conf/.

    python -m experiments.scenario_table            write them anew
    python -m experiments.scenario_table --check    exit 1 unless they are what would be written

Between the lines `<!-- begin: NAME -->` and `<!-- end: NAME -->` of that file stands what
`TABLES[NAME]` returns; the rest is written by hand.
"""

import argparse
import re
import sys
from collections.abc import Callable

from experiments.explain_facts import claims, claims_in
from experiments.listing import sentence
from scenarios.library import CONF, Entry, entries

TARGET = CONF.parent / "docs" / "scenarios.md"


def claims_of(scenario: Entry) -> list[str]:
    """The ids of the claims that a scenario's sources or assumptions name."""
    return claims_in([*scenario.sources, *scenario.assumed])


def scenarios() -> str:
    """A row for each scenario: its question, the claims it is about, its arms."""
    rows = []
    for each in entries("scenario"):
        main, against = each.compared
        arms = [f"**{name}**" if name == main else name for name in each.arms]
        told = ", ".join(f"{name} (compared with)" if arm == against else name
                         for arm, name in zip(each.arms, arms, strict=True))  # fmt: skip
        rows.append(
            f"| `{each.name}` | {sentence(each.title)} {each.about} | "
            f"{', '.join(claims_of(each)) or '–'} | {told or 'what you set'} |"
        )
    return "\n".join(["| scenario | question | claims | arms |", "|---|---|---|---|", *rows])


def organisations() -> str:
    """A row for each organisation, with the scenarios that bring it along."""
    brought = {each.name: each.organisation for each in entries("scenario")}
    rows = [
        f"| `{each.name}` | {each.about} | "
        f"{', '.join(f'`{name}`' for name in brought if brought[name] == each.name) or '–'} |"
        for each in entries("organisation")
    ]
    return "\n".join(["| organisation | what it is | scenarios |", "|---|---|---|", *rows])


def without_scenario() -> str:
    """The claims that no scenario names."""
    named = {claim for each in entries("scenario") for claim in claims_of(each)}
    rows = [f"- {name} ({theme}): {said}" for name, (theme, said, _) in claims().items()
            if name not in named]  # fmt: skip
    return "\n".join(rows)


TABLES: dict[str, Callable[[], str]] = {
    "scenarios": scenarios, "organisations": organisations, "without": without_scenario,
}  # fmt: skip


def render(text: str) -> str:
    """The page with every table made anew."""
    for name, table in TABLES.items():
        begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
        made = f"{begin}\n{table()}\n{end}"
        text = re.sub(f"{begin}.*?{end}", lambda _, made=made: made, text, flags=re.DOTALL)
    return text


def main(arguments: list[str] | None = None) -> int:
    """Write the tables, or check that they are up to date; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m experiments.scenario_table")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if outdated")
    check, text = parser.parse_args(arguments).check, TARGET.read_text(encoding="utf-8")
    if render(text) == text:
        return 0
    if check:
        again = "python -m experiments.scenario_table"
        print(f"{TARGET.name} is out of date; run: {again}", file=sys.stderr)
        return 1
    TARGET.write_text(render(text), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
