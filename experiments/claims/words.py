"""What was expected, what was found and what it depends on, in words: for tables and the page."""

import math
from collections.abc import Iterable, Iterator, Mapping

from experiments.claims.running import Judgement, Outcome
from experiments.claims.verdicts import reason_of
from experiments.page.sentences import number
from scenarios.claims.building import Where
from scenarios.claims.hypothesis import Expects, Hypothesis, Untested
from scenarios.claims.verdict import Effect, Expected, Miss, Verdict, expected_of, missed

ORDER = (Verdict.EMERGES, Verdict.CONSTRUCTED, Verdict.DEPENDS, Verdict.FAILS, Verdict.UNTESTED)
MEANING: Mapping[Verdict, str] = {
    Verdict.EMERGES: "It holds, and no rule was made for it; or it still holds with that rule off.",
    Verdict.CONSTRUCTED: "It holds, and no longer does with the rule off that was made for it. It "
    "was put in, so that it is no finding.",
    Verdict.DEPENDS: "It holds by default but not under each of the circumstances it was looked at "
    "again, or the other way round. The circumstances are named.",
    Verdict.FAILS: "What it implies here did not come out, by default or elsewhere.",
    Verdict.UNTESTED: "No run would be an honest test, and the reason is given.",
}
MODEL_ONLY = (
    "A verdict is about this model and not about the world. A claim that fails here may be true, "
    "and one that holds here may be false: the run shows what follows from these rules, most of "
    "whose numbers are assumed."
)
HOW = (
    "What a claim implies, which number is looked at, what is expected of it and how large it has "
    "to be to matter are declared in the code, apart from any run. All arms of a claim run on the "
    "same seeds. An effect holds if its mean over seeds is at least the smallest size of interest, "
    "on the predicted side of zero, and its 95 % interval (Student's t over seeds) lies on that "
    "side, too. With so many claims, some intervals miss by chance: the smallest size of interest "
    "is what guards against it. More seeds make intervals narrower, not the rules truer."
)


def decimals_of(*sizes: float) -> int:
    """Decimals that leave three digits of the largest of some numbers, at most four."""
    largest = max((abs(size) for size in sizes if math.isfinite(size)), default=0.0)
    if largest == 0.0:
        return 1
    return min(4, max(0, 2 - math.floor(math.log10(largest))))


def expected_text(expected: Expected, unit: str = "") -> str:
    """What was predicted: `2 or more above zero`."""
    expects, least, low, high = expected
    behind = f" {unit}" if unit else ""
    if expects is Expects.WITHIN:
        return f"{_short(low)} to {_short(high)}{behind}"
    if expects is Expects.NEAR_ZERO:
        return f"within ±{_short(least)}{behind}"
    side = "above" if expects is Expects.ABOVE else "below"
    return f"{_short(least)}{behind} or more {side} zero" if least > 0.0 else f"{side} zero"


def _short(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def numbers(effect: Effect, others: Iterable[Effect] = ()) -> tuple[str, str]:
    """Mean, and interval, with decimals that suit this effect and the others beside it."""
    sizes = [size for each in (effect, *others) for size in each[:3]]
    decimals = decimals_of(*sizes)
    mean, low, high = (number(each, decimals, signed=True) for each in effect[:3])
    return mean, f"{low} to {high}"


def verdict_text(judgement: Judgement) -> str:
    """The verdict with the circumstances it depends on."""
    finding = judgement.finding
    if finding is None or not finding.depends_on:
        return judgement.verdict.value
    return f"{judgement.verdict.value}: {', '.join(finding.depends_on)}"


def reason(judgement: Judgement) -> str:
    """Why it is as it is, one sentence; empty where the verdict says all."""
    judged, finding = judgement.judged, judgement.finding
    if isinstance(judged, Untested):
        return judged.because
    if finding is None:
        return ""
    return reason_of(finding.missed, finding.depends_on)


def construction(judgement: Judgement) -> str:
    """What becomes of it with its own rule off, one sentence."""
    judged, finding = judgement.judged, judgement.finding
    if not isinstance(judged, Hypothesis) or finding is None:
        return ""
    if judged.own is None:
        return "No rule was made for it."
    if finding.by_construction is None:
        if finding.own is not None and missed(finding.own, expected_of(judged)) is None:
            return "It does not hold with the rule that was made for it, but does with that off."
        return "A rule was made for it; it does not hold even with that rule on."
    if finding.by_construction:
        return "With the rule off that was made for it, it no longer holds: that much was put in."
    return "With the rule off that was made for it, it still holds."


def share_text(judgement: Judgement) -> str:
    """In how much of the plausible set it holds: `85 % of 20 rows`; empty if not looked at."""
    found = judgement.share
    if found is None or not found.rows:
        return ""
    return f"{found.share:.0%} of {found.rows} rows"


def rows(judgement: Judgement) -> Iterator[tuple[str, Effect, Miss | None]]:
    """Each circumstance with its effect and how that misses what was expected."""
    judged, finding = judgement.judged, judgement.finding
    if not isinstance(judged, Hypothesis) or finding is None:
        return
    found = {Where.DEFAULT.value: finding.default}
    if finding.own is not None:
        found[Where.OWN_OFF.value] = finding.own
    expected = expected_of(judged)
    for name, effect in {**found, **finding.elsewhere}.items():
        yield name, effect, missed(effect, expected)


def counts(judgements: Iterable[Judgement]) -> dict[Verdict, int]:
    """How many claims got which verdict, in the order of the page."""
    found = [each.verdict for each in judgements]
    return {verdict: found.count(verdict) for verdict in ORDER}


def stopped_text(outcome: Outcome) -> str:
    """What an interrupt left undone, empty if nothing."""
    if not outcome.stopped:
        return ""
    if len(outcome.judgements) == outcome.chosen:
        return "Stopped by somebody before the plausible set was through: no shares are given."
    return (
        f"Stopped by somebody after {len(outcome.judgements)} of {outcome.chosen} claims; the "
        f"others were not judged."
    )
