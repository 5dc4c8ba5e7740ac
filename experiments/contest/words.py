"""What did a contest find, in sentences made from its numbers?"""

from collections.abc import Sequence

from experiments.contest.running import Cell, Told, scores
from scenarios.targets.target import Status

LEAD = (
    "Where the field disagrees, rival rules are run on the same rows of the plausible set and the "
    "same seeds. The set was found under our own rules, so that rivals play away: one that passes "
    "less often may need numbers of its own, and one that passes as often is not told apart."
)
CAPTION = (
    "Percent of the rows of the plausible set whose mean lies within the published limits; a dot "
    "where a rule gives the very numbers of ours, so that the row says nothing of it."
)


def sentences(told: Told, cells: Sequence[Cell], left: Sequence[str]) -> list[str]:
    """How much was run, the scores, what was not run."""
    count = len(told.rows)
    base = f"{count} rows of the plausible set" if told.set_sum else "the declared numbers"
    spoken_of = {each.row for each in cells if not each.is_ours}
    said = [
        f"{len(told.rules)} rules on {len(told.asked)} rows of targets, over {base}; "
        f"{len(spoken_of)} rows are moved by a rival at all."
    ]
    for status in dict.fromkeys(each.status for each in scores(cells)):
        mine = [each for each in scores(cells) if each.status is status]
        shares = ", ".join(f"{each.rule} {each.mean:.0%}" for each in mine)
        what = "tests" if status is Status.CHECK else f"rows of status `{status.value}`"
        said.append(f"Mean share that passes, {what} ({mine[0].rows}): {shares}.")
    if left:
        said.append(f"Not run, because they take long (name them to run them): {', '.join(left)}.")
    failed = [each for each in cells if each.measured < count]
    if failed:
        said.append(f"{len(failed)} cells could not be measured on every row of the set.")
    return said


def spoken(cells: Sequence[Cell]) -> str:
    """The heat map in words."""
    rows = dict.fromkeys(each.row for each in cells)
    told = "; ".join(
        f"{row}: " + ", ".join(f"{each.rule} {each.share:.0%}" for each in cells if each.row == row)
        for row in rows
    )
    return f"Share of the set that passes each row under each rule. {told}."
