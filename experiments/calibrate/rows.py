"""On how many seeds is a row measured at a point? Few: chance is part of its implausibility.

What a point costs is what all rows cost on their seeds, a thousand times: a row that needs many
seeds before it says anything is left out unless it is named, with its reason.
"""

from experiments.points import Asked
from scenarios.matching import checked_rows
from scenarios.targets import pattern

SEEDS = {  # so that chance is below a tolerance, where that can be paid; a panel is one seed
    "N09": 1, "N11": 2, "N17": 8, "T10": 4, "T13": 4, "T14": 4,
}  # fmt: skip
ORDER = ("N11", "T10", "T13", "N17", "T14")  # what rules out most for its seconds, behind games
OTHERS = 4
SECONDS = {  # of one processor for these seeds at a point, measured once, so that cheap rows can
    "N09": 1.15, "N11": 0.11, "N17": 0.19, "N22": 0.17, "N23": 0.01, "T10": 0.43, "T13": 0.13,
    "T14": 0.24,
}  # go first; N23 reads the runs of N22  # fmt: skip
OTHER_SECONDS = 0.015  # a game of the laboratory
DEAR = 1.5  # seconds that the seeds of a row take, above which it is measured last
TOO_DEAR = {
    "N01": "a share of panels says nothing with fewer than some twenty of them, a minute a point",
    "N03": "one panel of 20 units scatters by two tolerances; ten would take half a minute a point",
}


def asked(ids: list[str]) -> tuple[Asked, ...]:
    """These rows, or all that can be paid. Raises ParameterError."""
    found = []
    for name in checked_rows(ids):
        if not ids and name in TOO_DEAR:
            continue
        each = pattern(name)
        count = min(each.replicates, SEEDS.get(name, OTHERS))
        found.append(Asked(name, count, each.seconds * count / each.replicates > DEAR))
    return tuple(sorted(found, key=lambda each: _place(each.row)))


def seconds(each: Asked) -> float:
    """What a row takes at one point, about."""
    whole = SECONDS.get(each.row, OTHER_SECONDS)
    return whole * each.replicates / SEEDS.get(each.row, OTHERS)


def _place(row: str) -> int:
    """Games of the laboratory take no time, so they come first."""
    return ORDER.index(row) if row in ORDER else -1
