"""What the plausible set says of rows, in words and tables: for the terminal, page and document."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments.validate.words import number
from scenarios.targets.judging import Hit

if TYPE_CHECKING:
    from experiments.validate.over_set import OverSet

NONE = "none"  # a panel without a best lag
Entry = Mapping[str, Any]  # of validate.json
TITLE = "Over the plausible set"
PANELS_TITLE = "Best annual lag over the plausible set, one panel a row"
HEAD = ("row", "status", "asked", "declared numbers", "verdict", "median of the set", "5 to 95 %",
        "hit in the set", "seeds")  # fmt: skip
RULE = (
    "At each row of the plausible set (conf/plausible.csv) a number is measured again with the "
    "parameters of that row, on a few seeds of its own; it is hit there if the mean lies within "
    "the limits as it stands. Between 5 and 95 % lie both what nobody knows and chance: on one "
    "seed, as of panels, chance alone makes misses. The set was made with rows of status "
    "calibrated on: only rows of status check are tested by it."
)
PANELS_RULE = (
    "A panel is 20 units over 8 years; its best lag is that of the largest correlation of yearly "
    "eNPS and NPS within units, which every panel has unless a survey does not move. In the lines "
    "`more than chance` a panel counts as none unless that correlation is beyond 95 % of what it "
    "is when units are shuffled. What is claimed stands in conf/targets.yaml."
)


def set_note(found: "OverSet") -> str:
    """Why there is no share, or at how many rows of the set it could not be measured."""
    said = [found.why_not] if found.why_not else []
    if found.failed:
        rows = "row" if found.failed == 1 else "rows"
        said.append(f"at {found.failed} {rows} of the set it could not be measured")
    return "; ".join(said)


def of_the_set(entries: Sequence[Entry]) -> list[Entry]:
    """Rows with a share of the set."""
    return [each for each in entries if each.get("rows_of_set")]


def lines(entries: Sequence[Entry]) -> list[list[str]]:
    """Cells under HEAD, a line for each number of a row that was measured over the set."""
    out = []
    for each in of_the_set(entries):
        edges = [_listed(each[f"set_{name}"]) for name in ("median", "low", "high")]
        for at, (part, median, low, high) in enumerate(zip(each["parts"], *edges, strict=True)):
            named = f" {part['of']}" if part["of"] else ""
            first = at == 0
            out.append([
                f"{each['id']}{named}", each["status"], each["target"] if first else "",
                _found(part), part["hit"], _number(median), f"{_number(low)} to {_number(high)}",
                share_text(each) if first else "", str(each["seeds_of_set"]) if first else "",
            ])  # fmt: skip
    return out


def share_text(each: Entry) -> str:
    """In how much of the set a row is hit: `27 of 40 (68%, 55% to 78%)`; empty without a share."""
    count = each.get("rows_of_set")
    if not count:
        return ""
    share, low, high = (each[f"share_of_set{end}"] for end in ("", "_low", "_high"))
    return f"{round(share * count)} of {count} ({share:.0%}, {low:.0%} to {high:.0%})"


def band_text(each: Entry) -> str:
    """Median and edges of every number of a row, one sentence; empty without any."""
    if not each.get("rows_of_set"):
        return set_sentence(each)
    edges = [_listed(each[f"set_{name}"]) for name in ("median", "low", "high")]
    said = []
    for part, median, low, high in zip(each["parts"], *edges, strict=True):
        named = f"{part['of']}: " if len(each["parts"]) > 1 else ""
        said.append(f"{named}{_number(median)} ({_number(low)} to {_number(high)})")
    return (
        f"hit at {share_text(each)}; median and 5 to 95 %: {'; '.join(said)}; "
        f"{each['seeds_of_set']} seeds a row. {set_sentence(each)}"
    ).strip()


def set_sentence(each: Entry) -> str:
    """Why there is no share, as a sentence; empty if there is nothing to say."""
    said = each.get("set_note", "")
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def left_out(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Reasons and the ids of the rows that have no share of their own, or too few rows."""
    found: dict[str, list[str]] = {}
    for each in entries:
        if each.get("set_note"):
            found.setdefault(set_sentence(each), []).append(each["id"])
    return [(", ".join(ids), said) for said, ids in found.items()]


def summary(entries: Sequence[Entry]) -> str:
    """How many rows are hit in most of the set, of those that are tests and of all; a sentence."""
    found = of_the_set(entries)
    if not found:
        return ""
    checks = [each for each in found if each["status"] == "check"]
    said = [_most(found, "rows measured over the set")]
    if checks:
        said.append(_most(checks, "that are tests"))
    draws = max(each["rows_of_set"] for each in found)
    return f"{draws} rows of the set. Hit in more than half of them: {', '.join(said)}."


def _most(entries: Sequence[Entry], named: str) -> str:
    most = sum(each["share_of_set"] > 0.5 for each in entries)
    here = sum(each["hit"] == Hit.YES.value for each in entries)
    return f"{most} of {len(entries)} {named} ({here} with declared numbers)"


# --- panels -------------------------------------------------------------------------------------


def panel_head(entries: Sequence[Entry]) -> list[str]:
    """Heads of the table of panels; empty without panels."""
    found = _panels(entries)
    if not found:
        return []
    lags = [name if name == NONE else f"{name} year{'' if name == '1' else 's'}"
            for name in found[0]["panels"]["best_lag"]]  # fmt: skip
    return ["panel", "counted", *lags]


def panel_lines(entries: Sequence[Entry]) -> list[list[str]]:
    """Cells under these heads, two lines for each kind of panel."""
    return [
        [each["panels"]["kind"], counted, *map(str, each["panels"][key].values())]
        for each in _panels(entries)
        for key, counted in (("best_lag", "best lag"), ("more_than_chance", "more than chance"))
    ]


def claimed(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Kinds of panel; what is said of each by others, and what all panels together give here."""
    out = []
    for each in _panels(entries):
        panels, several = each["panels"], len(each["panels"]["parts"]) > 1
        found = [f"{part['of']} {_found(part)}" if several else _found(part)
                 for part in panels["parts"]]  # fmt: skip
        said = f"{each['id']}. {each['measured']}: {each['target']} ({each['source']})"
        here = f"Here, {panels['panels']} panels together: {'; '.join(found)}: {panels['hit']}"
        out.append((panels["kind"], f"{said}. {here}."))
    return out


def _panels(entries: Sequence[Entry]) -> list[Entry]:
    return [each for each in entries if each.get("panels")]


# --- numbers ------------------------------------------------------------------------------------


def _found(part: Entry) -> str:
    if part["low"] is None or part["low"] == part["high"]:
        return _number(part["value"])
    return f"{_number(part['value'])} ({_number(part['low'])} to {_number(part['high'])})"


def _number(value: float | None) -> str:
    return "none" if value is None else number(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
