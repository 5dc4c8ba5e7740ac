"""What stands around the outcomes in a report? What was run, in short, failures, limits."""

import html
from collections.abc import Sequence

import numpy as np

from experiments.figures.numbers import SMALLEST_EFFECT
from experiments.page.sentences import Words, number, seeds_words
from experiments.sweep.effects import Kind, half_width, unexplained
from experiments.sweep.report_factors import Known, known_factors
from experiments.sweep.report_html import facts, items, table
from experiments.sweep.report_outcome import Outcome, percent, unit_words, value_words
from experiments.sweep.results import Sweep
from sim.parameters import WEEKS_PER_YEAR

FEW = 3  # factors that a sentence names
WORTH = 0.03  # share of the variance that is worth a word
MOST_REASONS = 12
CODE = ("python", "zwerm", "numpy", "numba", "llvmlite")


# --- what was run -----------------------------------------------------------------------------


def lead(sweep: Sweep, words: Words) -> str:
    """What was varied, on what base, in a sentence; behind it what the sweep says of itself."""
    count = len(sweep.factors)
    preset = (sweep.settings.get("organisation") or {}).get("name") or ""
    about = " ".join(str(sweep.manifest.get("about") or "").split())
    said = words["lead"].format(
        factors=words["factors.1"] if count == 1 else words["factors"].format(count=count),
        points=f"{len(sweep.design):,}", scenario=sweep.manifest.get("scenario") or "",
        organisation=words["lead.organisation"].format(name=preset) if preset else "",
    )  # fmt: skip
    return f"{about} {said}".strip()


def run_facts(sweep: Sweep, outcome: Outcome, words: Words) -> str:
    """What was run, as a list of facts."""
    size, weeks = sweep.settings.get("organisation") or {}, sweep.weeks or 0
    missing = sweep.planned - sweep.done
    runs = words["run.runs.text"].format(
        points=f"{len(sweep.design):,}", arms=_arms(sweep, words),
        seeds=seeds_words(len(sweep.seeds), words), planned=f"{sweep.planned:,}",
        done=f"{sweep.done - sweep.failed:,}", failed=f"{sweep.failed:,}",
    )  # fmt: skip
    if missing:
        runs += words["run.runs.missing"].format(missing=f"{missing:,}")
    arms = ", ".join(sweep.arms)
    if sweep.against:
        arms = words["run.arms.main"].format(main=sweep.main, against=sweep.against)
    rows = [
        (words["run.design"], words.get(f"method.{sweep.method}", sweep.method)),
        (words["run.arms"], arms),
        (words["run.runs"], runs),
        (words["run.seeds"], words["run.seeds.text"].format(seeds=_listed(sweep.seeds))),
        (words["run.outcome"], words["run.outcome.text"].format(
            about=outcome.about, measure=outcome.measure, unit=outcome.unit,
            weeks=min(weeks or WEEKS_PER_YEAR, WEEKS_PER_YEAR))),
    ]  # fmt: skip
    if {"people", "customers"} <= size.keys():
        length = words["run.length.text"].format(
            people=size["people"], customers=size["customers"], weeks=weeks
        )
        rows.insert(2, (words["run.length"], length))
    return facts([(name, said, False) for name, said in rows if said])


def made_facts(sweep: Sweep, command: str, words: Words) -> str:
    """What one needs to repeat it."""
    told = sweep.manifest
    versions = ", ".join(f"{name} {told[name]}" for name in CODE if told.get(name))
    rows = [
        (words["run.when"], str(told.get("started") or ""), False),
        (words["run.processor"], str(told.get("processor") or ""), False),
        (words["versions"], versions, False),
        (words["kernels"], str(told.get("kernels") or ""), True),
        (words["repeat"], command, True),
    ]
    return facts([row for row in rows if row[1]])


def _arms(sweep: Sweep, words: Words) -> str:
    count = len(sweep.arms)
    return words["arms.1"] if count == 1 else words["arms"].format(count=count)


def _listed(seeds: Sequence[int]) -> str:
    """`1 … 20`, or each."""
    if len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[0] + len(seeds))):
        return f"{seeds[0]} … {seeds[-1]}"
    return ", ".join(str(each) for each in seeds)


# --- in short ---------------------------------------------------------------------------------


def in_short(outcomes: Sequence[Outcome], words: Words) -> str:
    """What came out, a sentence an item."""
    said = []
    for each in outcomes:
        said += [_range(each, words), _strongest(each, words)]
    sweep = outcomes[0].sweep
    if sweep.failed:
        said.append(words["short.failed"].format(failed=sweep.failed, done=sweep.done))
    if not sweep.complete:
        missing = f"{sweep.planned - sweep.done:,}"
        said.append(words["short.missing"].format(missing=missing, planned=f"{sweep.planned:,}"))
    return items(said, "plain")


def _range(outcome: Outcome, words: Words) -> str:
    """Where the points lie."""
    known = outcome.means[~np.isnan(outcome.means)]
    if not known.size:
        return ""
    low, middle, high = np.percentile(known, [5.0, 50.0, 95.0])
    said = {"title": outcome.title, "arm": outcome.sweep.main, "main": outcome.sweep.main,
            "against": outcome.sweep.against, "median": outcome.say(middle), "unit": outcome.unit,
            "low": outcome.say(low), "high": outcome.say(high)}  # fmt: skip
    if not outcome.difference:
        return words["short.range"].format(**said)
    points = outcome.unit == "points"
    least = SMALLEST_EFFECT if points else 0.0
    up, down = float(np.mean(known > least)), float(np.mean(known < -least))
    return words["short.difference" if points else "short.difference.any"].format(
        **said, smallest=number(least, 0), up=percent(up, words), down=percent(down, words),
        within=percent(1.0 - up - down, words),
    )  # fmt: skip


def _strongest(outcome: Outcome, words: Words) -> str:
    """Which factors matter most."""
    found = outcome.effects[:FEW]
    if outcome.kind is Kind.ALONE:
        others = ", ".join(
            words["short.swing.one"].format(name=each.factor, size=outcome.say(each.swing, False))
            for each in found[1:]
        )
        return words["short.swing" if others else "short.swing.alone"].format(
            name=found[0].factor, title=outcome.title, unit=outcome.unit, others=others,
            size=outcome.say(found[0].swing, False),
        )  # fmt: skip
    named = [
        words["short.strongest.one"].format(name=each.factor, share=percent(each.share, words))
        for place, each in enumerate(found)
        if each.share >= (WORTH if place else 0.0)
    ]
    if not named:
        return ""
    key = "short.strongest.difference" if outcome.difference else "short.strongest"
    return words[key].format(
        title=outcome.title, names=", ".join(named),
        left=percent(unexplained(outcome.effects), words),
    )  # fmt: skip


# --- failures ---------------------------------------------------------------------------------


def failures(sweep: Sweep, words: Words) -> str:
    """The runs that failed, by reason."""
    title = f"<h2>{html.escape(words['failures'])}</h2>"
    found = sweep.failures()
    if not len(found):
        return f'{title}\n<p class="question">{html.escape(words["failures.none"])}</p>'
    said = words["failures.text"].format(
        failed=f"{len(found):,}", done=f"{sweep.done:,}", points=f"{found['point'].nunique():,}"
    )
    counted = found["reason"].value_counts()
    rows = []
    for reason in counted.index[:MOST_REASONS]:
        here = found[found["reason"] == reason]
        first = here.iloc[0]
        where = ", ".join(f"{name} {value_words(first[name], words)}" for name in sweep.factors[:6])
        points = len(set(here["point"].tolist()))
        cells = (str(reason), f"{len(here):,}", f"{points:,}", f"{int(first['point'])}: {where}")
        rows.append([(each, "") for each in cells])
    head = [(words[f"head.{each}"], "") for each in ("reason", "runs", "points", "example")]
    more = ""
    if counted.size > MOST_REASONS:
        told = words["failures.more"].format(count=counted.size - MOST_REASONS)
        more = f'\n<p class="aside">{html.escape(told)}</p>'
    return (
        f'{title}\n<p class="question">{html.escape(said)}</p>\n'
        f"{table(words['failures.table'], head, rows, text=(0, 3))}{more}"
    )


# --- limits -----------------------------------------------------------------------------------


def limits(outcomes: Sequence[Outcome], words: Words) -> str:
    """The box: what this does not show, and how well each factor is known."""
    sweep = outcomes[0].sweep
    known = known_factors(sweep)
    said = words["limits.text"].split("\n")
    assumed = sum(each.assumed for each in known)
    if assumed:
        said.append(words["limits.assumed"].format(count=assumed, all=len(known)))
    choices = [each.name for each in known if each.choice]
    if choices:
        said.append(words["limits.choices"].format(names=", ".join(choices)))
    said.append(_seeds(outcomes[-1], words))
    left = unexplained(outcomes[-1].effects)
    if outcomes[-1].kind is Kind.ALONE:
        said.append(words["limits.alone"])
    elif not np.isnan(left):
        said.append(words["limits.corner"].format(left=percent(left, words)))
    return (
        f'<section class="box" aria-labelledby="limits"><h2 id="limits">'
        f"{html.escape(words['limits'])}</h2>\n{items(said)}\n"
        f"{_known_table(known, words)}</section>"
    )


def _seeds(outcome: Outcome, words: Words) -> str:
    """How sure a single point is."""
    widths = np.array([half_width(row[~np.isnan(row)]) for row in outcome.values])
    widths = widths[~np.isnan(widths)]
    seeds = seeds_words(len(outcome.sweep.seeds), words)
    if not widths.size:
        return words["limits.one"].format(seeds=seeds)
    half = outcome.say(float(np.median(widths)), False)
    return words["limits.few"].format(seeds=seeds, half=half, unit=outcome.unit)


def _known_table(known: Sequence[Known], words: Words) -> str:
    heads = ("factor", "unit", "sampled", "allowed", "base", "grade", "source")
    head = [(words[f"head.{each}"], "") for each in heads]
    rows = []
    for each in known:
        choice = words[each.choice] if each.choice else ""
        grade, below = (each.grade, choice) if each.grade else (choice, "")
        base = each.base or words["missing"]
        rows.append([
            (each.name, each.about), (unit_words(each.unit, words), ""), (each.sampled, ""),
            (each.allowed, ""), (base, ""), (grade, below), (each.source, ""),
        ])  # fmt: skip
    return table(words["limits.table"], head, rows, text=(0, 1, 6))
