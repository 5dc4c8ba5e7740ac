"""What does the report of a sweep say? Every word of it; numbers go into the braces.

`report.write(..., words=...)` replaces any of these. Words that the page of studies has too come
from there.
"""

from experiments.page.words import WORDS as PAGE_WORDS

WORDS: dict[str, str] = {
    **{name: PAGE_WORDS[name] for name in ("lang", "made", "kernels", "versions", "repeat",
                                           "missing", "short", "seeds", "seeds.1")},
    "kicker": "A sweep: one model, many settings",
    "lead": (
        "{factors} varied over {points} points, on the base of scenario “{scenario}”{organisation}."
    ),
    "lead.organisation": " and organisation “{name}”",
    "skip": "Skip to the results",
    "made_text": (
        "Everything here can be repeated bit for bit on the same type of processor with the same "
        "versions. Every number is in the folder that this page stands in; README.md there says "
        "what is where."
    ),
    # what was run
    "run": "What was run",
    "run.design": "Design",
    "run.arms": "Arms",
    "run.arms.main": "{main} (main), compared with {against}",
    "run.length": "Each run",
    "run.length.text": "{people:,} people, {customers:,} customers’ places, {weeks} weeks",
    "run.runs": "Runs",
    "run.runs.text": "{points} points × {arms} × {seeds} = {planned}; {done} done, {failed} failed",
    "run.runs.missing": ", {missing} not run yet",
    "run.seeds": "Seeds",
    "run.seeds.text": "{seeds}; the same at every point and in every arm",
    "run.outcome": "Outcome",
    "run.outcome.text": "{about} ({measure}, {unit}), mean of the last {weeks} weeks",
    "run.processor": "Processor",
    "run.when": "Begun",
    "arms": "{count} arms",
    "arms.1": "1 arm",
    "factors": "{count} factors",
    "factors.1": "One factor",
    "method.grid": "full grid: every combination once",
    "method.latin": "Latin hypercube: all factors vary together, each spread evenly",
    "method.sobol": "Sobol sequence: all factors vary together, each spread evenly",
    "method.one_at_a_time": "one at a time: each factor alone, all others as in the base",
    "method.rows": "rows of a file, as they were given",
    # in short
    "short.range": "{title} of “{arm}” is {median} {unit} at the median point; 9 of 10 points lie "
    "between {low} and {high}.",
    "short.difference": (
        "“{main}” less “{against}” is {median} {unit} at the median point ({low} to {high} for 9 "
        "of 10). It is more than {smallest} {unit} higher at {up} of the points, more than "
        "{smallest} lower at {down}, and in between at {within}."
    ),
    "short.difference.any": (
        "“{main}” less “{against}” is {median} ({unit}) at the median point ({low} to {high} for 9 "
        "of 10). It is above zero at {up} of the points and below at {down}."
    ),
    "short.strongest": (
        "Of the variance of {title} over points, {names} alone. {left} are left for what factors "
        "do together and for luck."
    ),
    "short.strongest.one": "{name} explains {share}",
    "short.strongest.difference": (
        "Of the variance of that difference over points, {names} alone; {left} are left."
    ),
    "short.swing": "Moved alone, {name} moves {title} most, by {size} {unit}; then {others}.",
    "short.swing.alone": "Moved alone, {name} moves {title} by {size} {unit}.",
    "short.swing.one": "{name} ({size})",
    "short.failed": "{failed} of {done} runs failed; they are left out and listed below.",
    "short.missing": "This sweep is not finished: {missing} of {planned} runs are not there yet.",
    # a section
    "section.level": "{title} with “{arm}”",
    "section.difference": "{title}: “{main}” less “{against}”",
    "question.level": "{about}, {unit}; mean of the last {weeks} weeks.",
    "question.difference": (
        "{about}, {unit}; mean of the last {weeks} weeks, one arm less the other on the same "
        "seed, so that the luck which both share drops out."
    ),
    "left": "no factor alone",
    "caption.shares": (
        "Shares: of the variance over points, what each factor explains alone, with its 95 % "
        "interval: the correlation ratio, a first-order index estimated from {bins} bins and "
        "corrected for their number. {resampled} What factors do only together is in no share; "
        "grey: what no factor explains alone. {luck}{tied}{more}"
    ),
    "resampled.grid": "The interval comes from drawing seeds anew.",
    "resampled.spread": "The interval comes from drawing points anew.",
    "luck": "The luck of seeds makes {share} of the variance. ",
    "tied": (
        "Careful: the design ties factors together ({pairs}), so that one stands in for the other. "
    ),
    "tied.one": "{one} with {other}, rank correlation {size}",
    "more": "{count} weaker factors are in the table only. ",
    "caption.swings": (
        "Where the outcome goes when one factor alone is moved, all others as in the base, with "
        "the factor at its lowest and its highest value; bar: all values tried. Shares of "
        "variance are not defined for such a design. {more}"
    ),
    "caption.effects": (
        "The outcome over each factor, the strongest first, all on one scale. Dots: mean of the "
        "points in a bin, with its 95 % interval over {over}. Band: 5 to 95 % of the points, "
        "whatever the other factors are."
    ),
    "caption.effects.alone": (
        "The outcome over each factor, the strongest first, all on one scale. Dots: the mean over "
        "seeds at one value with its 95 % interval, all other factors as in the base."
    ),
    "effect.share": "{share} % of variance ({low} to {high})",
    "effect.share.bare": "{share} % of variance",
    "effect.swing": "moves it by {size}",
    "caption.heat": (
        "Cells: mean over all points with these values of the two strongest factors with numbers; "
        "what the other factors do is averaged over. Grey: no point. Half the 95 % interval of a "
        "cell’s mean, over {over}, is {sure} {unit} in the median."
    ),
    "over.points": "points",
    "over.seeds": "seeds",
    "caption.lines": (
        "Lines: means of the points in a bin, with their 95 % intervals over {over}; where "
        "lines run parallel, the two factors do not change each other’s effect."
    ),
    "caption.years": (
        "Over the years{surveyed}: median of the points’ means over seeds, and 5 to 95 % of the "
        "points."
    ),
    "caption.years.surveyed": " (as surveyed)",
    "years": "Over the years",
    # tables
    "table.effects": "Every factor: share of the variance alone, and how far the means lie apart",
    "table.effects.alone": "Every factor: how far the outcome moves when it is moved alone",
    "head.factor": "factor",
    "head.share": "share of variance",
    "head.swing": "largest less smallest mean",
    "head.at_low": "mean at low end",
    "head.at_high": "mean at high end",
    "table.highest": "The {count} highest of {points} points: mean over seeds (5 to 95 % of seeds)",
    "table.lowest": "The {count} lowest of {points} points: mean over seeds (5 to 95 % of seeds)",
    "table.cut": "; the {count} strongest factors are shown",
    "table.warning": (
        "The ends of a long list are partly luck: run again with other seeds, they lie nearer to "
        "the middle."
    ),
    "head.point": "point",
    "head.moved": "what differs from the base",
    "as_base": "as in the base",
    # failures
    "failures": "Runs that failed",
    "failures.none": "No run failed.",
    "failures.text": (
        "{failed} of {done} runs failed, at {points} points. They are in no mean and in no figure: "
        "if they crowd into a corner of the design, what is said here does not hold there."
    ),
    "failures.table": "Reasons, the most frequent first",
    "failures.more": "and {count} more reasons; `zwerm.opened(FOLDER).failures()` lists all",
    "head.reason": "reason",
    "head.runs": "runs",
    "head.points": "points",
    "head.example": "first point, with its factors",
    # limits
    "limits": "What this does not show",
    "limits.text": (
        "What will happen anywhere. It is what follows for a made-up organisation if the rules "
        "hold.\n"
        "Anything outside the ranges below. Shares of variance belong to these ranges: a factor "
        "that was varied twice as far adds about four times the variance.\n"
        "What the other numbers do. Everything that is not in the table is as in the base.\n"
        "Causes outside the model. Every effect here was put in by a rule; docs/odd.md says on "
        "what evidence."
    ),
    "limits.assumed": (
        "How things are. {count} of {all} factors have an ASSUMED grade: no source gives their "
        "value or their range, so that neither the range nor how points lie in it is a finding."
    ),
    "limits.choices": (
        "{names}: settings of an organisation or choices of its leaders, not things that nobody "
        "knows. Their ranges are what was tried."
    ),
    "limits.few": "A verdict at single points: {seeds} leave {half} {unit} either way (95 %).",
    "limits.one": "How much of a point is luck: {seeds} cannot say.",
    "limits.alone": "What factors do together: only one of them was moved at a time.",
    "limits.corner": (
        "What factors do only together, beyond the pairs shown; {left} of the variance lie there "
        "or in luck."
    ),
    "limits.table": "What was varied, and how well it is known",
    "head.unit": "unit",
    "head.source": "source",
    "head.sampled": "varied",
    "head.allowed": "allowed",
    "head.base": "base",
    "head.grade": "grade",
    "choice": "a choice",
    "setting": "a setting",
    "no_unit": "no unit",
    # alternative texts
    "alt.shares": "Shares of the variance of {title} over points: {list}.",
    "alt.swings": "How far {title} moves with each factor alone: {list}.",
    "alt.effect": "{title} over {factor}: mean from {first} to {last}. {note}",
    "alt.heat": "{title} by {across} and {up}: cell means from {low} to {high} {unit}.",
    "alt.lines": "{title} by {across}, a line for each {up}: {list}.",
    "alt.years": "{title} over the years: the median point ends at {list}.",
}  # fmt: skip
