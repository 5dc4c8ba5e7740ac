"""What does the folder of `zwerm lab` hold? Figures beside published means, tables and one page."""

import html
import json
from collections.abc import Sequence
from pathlib import Path
from string import Template

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments import store
from experiments.figures.style import (
    BLUE,
    COMPARED,
    INK,
    MUTED,
    OTHERS,
    WORDS,
    canvas,
    label_ends,
    save,
    styled,
    thin,
    write_whole,
)
from experiments.lab import HEAD, rows_of, sentences
from experiments.lab_rounds import (
    MEASURES,
    Arm,
    Experiment,
    is_schedule,
    known_mean,
    replies_text,
    rounds_text,
    summary,
)
from experiments.page import mark
from experiments.page.inline import inline
from experiments.results import band
from experiments.sweep.report_html import STYLE, figure, items, table

HEIGHT = 2.6  # inches
FEWEST_CASES = 30  # of a point of the reply
PUBLISHED = "published"

TITLES = {
    "contribution": "Contributions", "belief": "Beliefs about the others",
    "zero": "Share who give nothing", "leader": "What leaders give",
    "followers": "What followers give",
}  # fmt: skip
CANNOT = (
    "A laboratory of strangers is not a firm: one round stands for four weeks in the model, and "
    "that is assumed.",
    "Round 1 is put in and the coefficients come from Fischbacher & Gächter 2010, so the fit to "
    "their rounds is in-sample; only other people's games test anything.",
    "What leaders do with power, who volunteers and what pay does has a direction from the "
    "literature and an assumed size: such arms show what follows, not what is.",
    "The marginal return moves earnings only. Communication, punishment by members and reputation "
    "are not in it.",
)
APART = "main > section { padding-top: 2.2rem; }\nmain li { max-width: 46rem; }\n"

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Zwerm: laboratory</title>
<style>
$style</style>
</head>
<body>
<div class="wrap">
<header>
<div class="mark">$mark<span>Zwerm</span></div>
<p class="kicker">Laboratory</p>
<h1>$title</h1>
<p class="lead">$about</p>
</header>
<main>
$sections
<section class="box"><h2>What this cannot show</h2>
$cannot
</section>
</main>
<footer>
<h2>How this was made</h2>
<dl><dt>Source</dt><dd>$source</dd><dt>Kernels</dt><dd><code>$kernels</code></dd>
<dt>Again</dt><dd><code>$command</code></dd></dl>
</footer>
</div>
</body>
</html>
""")


# --- figures ----------------------------------------------------------------------------------


def arm_colours(found: Experiment) -> dict[str, str]:
    """A colour for each arm: blue alone; else grey for the first, which others are held against."""
    if len(found.arms) == 1:
        return {found.arms[0].name: BLUE}
    rest = [each.name for each in found.arms[1:]]
    palette = (BLUE, *OTHERS)
    later = {name: palette[place % len(palette)] for place, name in enumerate(rest)}
    return {found.arms[0].name: COMPARED, **later}


def rounds_figure(found: Experiment, measure: str, style: str = "paper") -> Figure:
    """A measure round by round: mean and 5 to 95 % of seeds, published means as rings."""
    colours = arm_colours(found)
    with styled(style) as sheet:
        shape = canvas(sheet.width, sheet.height or HEIGHT)
        axes = shape.add_subplot()
        ends: list[tuple[float, str, str]] = []
        for arm in found.arms:
            values = arm.rounds[measure]
            means = np.array([known_mean(column) for column in values.T])
            if not np.isfinite(means).any():
                continue
            across = np.arange(1, means.size + 1)
            _, low, high = band(values)
            axes.fill_between(across, low, high, color=colours[arm.name], alpha=0.15, lw=0)
            axes.plot(across, means, color=colours[arm.name], marker="o", ms=2.4)
            last = int(np.flatnonzero(np.isfinite(means))[-1])
            ends.append((float(means[last]), arm.name, colours[arm.name]))
        _published_rounds(axes, found, measure)
        axes.set_title(TITLES[measure])
        axes.set_xlabel("round")
        axes.set_ylabel(MEASURES[measure][0])
        axes.set_ylim(0.0, max(axes.get_ylim()[1], 0.1))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        if len(found.arms) > 1:
            shape.draw_without_rendering()
            label_ends(axes, ends)
    return shape


def _published_rounds(axes: Axes, found: Experiment, measure: str) -> None:
    """Published means as rings, with two standard errors where they are known."""
    theirs = found.published.get(measure)
    if theirs is None:
        return
    error = found.published.get(f"{measure}_error")
    if measure == "contribution" and "spread" in found.published:
        error = found.published["spread"] / np.sqrt(found.published["subjects"])
    across = np.arange(1, theirs.size + 1)
    axes.errorbar(
        across, theirs, yerr=None if error is None else 2.0 * error, fmt="o", ms=4.0, mfc="none",
        mec=INK, mew=0.9, ecolor=INK, elinewidth=thin(), zorder=4, label=PUBLISHED,
    )  # fmt: skip
    axes.legend(loc="best", frameon=False, labelcolor=[INK])


def reply_figure(found: Experiment, style: str = "paper") -> Figure:
    """What is given at each lead, or at each mean of the others, with the line of equals."""
    colours = arm_colours(found)
    with styled(style) as sheet:
        shape = canvas(sheet.width, sheet.height or HEIGHT)
        axes = shape.add_subplot()
        axes.plot([0, 1], [0, 1], color=MUTED, lw=thin(), ls="--", zorder=1)
        shown = _replying(found)
        for arm in shown:
            enough = arm.reply.cases >= FEWEST_CASES
            axes.plot(
                arm.reply.at[enough], arm.reply.gives[enough], color=colours[arm.name], marker="o",
                ms=2.4, label=arm.name,
            )  # fmt: skip
        known = found.published.get("schedule")
        if known:
            axes.plot(known["at"], known["gives"], "o", ms=4.0, mfc="none", mec=INK, mew=0.9,
                      label=PUBLISHED, zorder=4)  # fmt: skip
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(0.0, 1.03)
        axes.set_title(_reply_title(found))
        axes.set_xlabel("leader gives, share of endowment" if _led(found) else
                        "the others give on average, share of endowment")  # fmt: skip
        axes.set_ylabel("answer")
        words = [WORDS.get(colours[arm.name], colours[arm.name]) for arm in shown]
        axes.legend(loc="upper left", frameon=False, labelcolor=[*words, INK][: len(shown) + 1])
    return shape


def _led(found: Experiment) -> bool:
    return any(arm.game.laboratory.leader for arm in found.arms)


def _replying(found: Experiment) -> list[Arm]:
    """Arms whose reply is drawn: those with a leader, where there is one at all."""
    return [arm for arm in found.arms if arm.game.laboratory.leader or not _led(found)]


def _reply_title(found: Experiment) -> str:
    if not _led(found):
        return "What people say they would give"
    return "Followers' answers" if is_schedule(_replying(found)[0]) else "Followers and leader"


def drawn_measures(found: Experiment) -> list[str]:
    """Which measures are worth a figure."""
    wanted = ["contribution"]
    wanted += [each for each in ("belief", "zero") if each in found.published]
    return [*wanted, *(["leader", "followers"] if _led(found) else [])]


# --- the page ---------------------------------------------------------------------------------


def _pictures(found: Experiment, folder: Path, style: str) -> dict[str, str]:
    """Figures written as PNG and SVG; by name the SVG for the page."""
    drawn = {name: rounds_figure(found, name, style) for name in drawn_measures(found)}
    drawn["reply"] = reply_figure(found, style)
    texts = {}
    for name, picture in drawn.items():
        save(picture, folder, name, style)
        text = (folder / f"{name}.svg").read_text(encoding="utf-8")
        spoken = _reply_title(found) if name == "reply" else f"{TITLES[name]} round by round"
        texts[name] = inline(text, name, spoken)
    return texts


def _sections(found: Experiment, pictures: dict[str, str]) -> str:
    seeds = len(found.seeds)
    rounds = [pictures[name] for name in drawn_measures(found)]
    caption = f"Mean and 5 to 95 % of {seeds} seeds of the experiment's own size."
    if found.published:
        caption += f" Rings: published means ({found.source}), with two standard errors if known."
    under = (
        "What people say they would give at each mean contribution of the others (strategy method)."
        if not _led(found)
        else "Mean answer of followers at each contribution of the leader, all rounds; points with "
        f"{FEWEST_CASES} cases and more."
    )
    said = sentences(found)
    return "\n".join([
        "<section>\n<h2>Round by round</h2>", figure(rounds, caption, small=len(rounds) > 2),
        items(said) if said else "", "</section>",
        "<section>\n<h2>The copy</h2>",
        figure([pictures["reply"]], f"{under} Dashed: as much as the leader or the others."),
        "</section>", "<section>\n<h2>Numbers</h2>", _numbers(found), "</section>",
    ])  # fmt: skip


def _numbers(found: Experiment) -> str:
    head: Sequence[tuple[str, str]] = [(each, "") for each in HEAD]
    rows = [[(cell or "–", "") for cell in row] for row in rows_of(found)]
    caption = f"Shares of the endowment, means over {len(found.seeds)} seeds; ratio: followers "
    caption += "over leaders; earnings in endowments a round. Who is excluded gives nothing"
    return table(caption, head, rows)


def write(found: Experiment, folder: Path, command: str, style: str = "paper") -> None:
    """Figures, tables, numbers, page and manifest into a folder that is there."""
    pictures = _pictures(found, folder, style)
    about = store.circumstances()
    sheet = Path(store.__file__).with_name("page") / "page.css"
    page = PAGE.substitute(
        style=sheet.read_text(encoding="utf-8") + STYLE + APART, mark=mark(),
        title=html.escape(found.title), about=html.escape(found.about),
        source=html.escape(found.source or "no published game"), kernels=about["kernels"],
        sections=_sections(found, pictures), cannot=items(CANNOT), command=html.escape(command),
    )  # fmt: skip
    write_whole(folder / "index.html", page.encode())
    write_whole(folder / "rounds.csv", rounds_text(found).encode())
    write_whole(folder / "replies.csv", replies_text(found).encode())
    write_whole(folder / "lab.json", _json(summary(found)))
    write_whole(folder / "manifest.json", _json({
        "made_by": store.MADE_BY, "started": store.now(), "command": command,
        "seeds": list(found.seeds), **about,
    }))  # fmt: skip


def _json(content: object) -> bytes:
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False).encode()
