"""What does `zwerm lag` do? Reads surveys of staff and customers and says what their lag is worth.

The folder: index.html, lag.json (every number), lags.csv (correlation and band by lag), figures
(PNG and SVG), manifest.json. What is computed stands in `scenarios/lags.py`,
`scenarios/cross_lagged.py` and `scenarios/necessary.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scenarios.cross_lagged import Arrow, CrossLagged, cross_lagged
from scenarios.lags import (
    NO_PROOF,
    WHOLE_SERIES,
    Floats,
    HalfTime,
    Lag,
    asked,
    half_time,
    lag_in_differences,
    lag_in_levels,
    meaning,
    times_for,
    within,
)
from scenarios.necessary import Necessity, necessity, size_of
from scenarios.series import Series, error_of, largest_error, read_series, smallest_error
from sim.parameters import ParameterError, nearest

MONTHS = 12.0
FIRST, SECOND = "eNPS", "NPS"

FEW = (
    "With fewer than six units chance is drawn from blocks of waves. That band is too narrow for "
    "slow series: of unrelated ones, up to one in five stands out in levels."
)

EXAMPLES = """\
the file: one row for each unit and wave, columns unit, wave, eNPS, NPS and, if known, n

examples:
  zwerm lag countries.csv
  zwerm lag branches.csv --waves-per-year 4 --out runs/branches
  zwerm lag firm.csv --step 2021Q3
"""


class Noise(NamedTuple):
    """How much of what one survey shows may be the luck of who answered."""

    survey: str
    answers: float  # median over unit-waves; NaN if unknown
    error: float  # points, root mean square over unit-waves
    least: float  # lower bound of it; the same if the shares are known
    is_bound: bool  # the shares of promoters and detractors are not known
    spread: float  # SD of the waves within units, points

    @property
    def share(self) -> float:
        """Of the variance within units, at most 1; NaN if unknown."""
        return float(min(1.0, (self.error / self.spread) ** 2)) if self.spread > 0 else np.nan


@dataclass(frozen=True)
class Report:
    """What the surveys of some units say."""

    series: Series
    per_year: float | None
    levels: Lag
    differences: Lag
    paths: CrossLagged
    necessary: dict[str, Necessity]  # by how it was read
    noise: tuple[Noise, Noise]
    step: str  # the wave in which something began; empty if none was given
    half: tuple[HalfTime, HalfTime] | None


def reported(series: Series, per_year: float | None = None, step: str = "") -> Report:
    """Read the lag in every way. Raises ParameterError for a step that is no wave."""
    enps, nps = series.enps, series.nps
    times = times_for(enps)
    levels = lag_in_levels(enps, nps, times)
    half = None
    if step:
        at = _wave_at(series, step)
        half = half_time(enps, at), half_time(nps, at)
    return Report(
        series, per_year or series.waves_per_year, levels, lag_in_differences(enps, nps, times),
        cross_lagged(enps, nps), dict(_necessities(enps, nps, levels)),
        (_noise(series, FIRST), _noise(series, SECOND)), step, half,
    )  # fmt: skip


def _wave_at(series: Series, step: str) -> int:
    if step not in series.waves:
        known = [wave for wave in series.waves if wave]
        raise ParameterError(f"--step {step} is no wave of the file; {nearest(step, known)}")
    return series.waves.index(step)


def _necessities(enps: Floats, nps: Floats, levels: Lag) -> Iterator[tuple[str, Necessity]]:
    """As measured, within units, and at the lag if one holds."""
    yield "as measured, same wave", necessity(enps, nps, times_for(enps))
    if enps.shape[0] == 1:
        own = enps, nps
    else:
        known = np.isfinite(enps).any(axis=1) & np.isfinite(nps).any(axis=1)
        own = within(enps[known]), within(nps[known])
        yield "within units, same wave", _within(*own)
    lag = levels.best if levels.holds else None
    if lag is not None and lag > 0:
        said = f"NPS {lag} wave{'s' if lag > 1 else ''} later"
        yield f"within units, {said}", _within(own[0][:, :-lag], own[1][:, lag:])


def _within(x: Floats, y: Floats) -> Necessity:
    """Few units of several waves have no test as measured; within they are one long series."""
    if 1 < x.shape[0] < WHOLE_SERIES:
        return necessity(x.reshape(1, -1), y.reshape(1, -1), times_for(x))
    return necessity(x, y, times_for(x))


def _noise(series: Series, survey: str) -> Noise:
    is_nps = survey == SECOND
    score, answers = (series.nps, series.n_nps) if is_nps else (series.enps, series.n_enps)
    known = np.isfinite(score) & np.isfinite(answers)
    moving = np.isfinite(score).sum(axis=1) > 1
    left = within(score[moving])
    free = int(np.isfinite(left).sum()) - left.shape[0]
    spread = float(np.sqrt(np.nansum(left**2) / free)) if free > 0 else np.nan
    if not known.any():
        return Noise(survey, np.nan, np.nan, np.nan, True, spread)
    shares = known & np.isfinite(series.promoters) & np.isfinite(series.detractors)
    score, answers = score[known], answers[known]
    error, least = largest_error(score, answers), smallest_error(score, answers)
    is_bound = not (is_nps and shares[known].all())
    if not is_bound:
        error = least = error_of(
            series.promoters[known] / 100.0, series.detractors[known] / 100.0, answers
        )
    sizes = [float(np.sqrt(np.mean(each**2))) for each in (error, least)]
    return Noise(survey, float(np.median(answers)), sizes[0], sizes[1], is_bound, spread)


# --- words ------------------------------------------------------------------------------------


def span(lag: float, per_year: float | None) -> str:
    """A lag in words: "2 waves (24 months)"."""
    size = abs(lag)
    waves = f"{size:.3g} wave{'' if size == 1 else 's'}"
    return f"{waves} ({size * MONTHS / per_year:.3g} months)" if per_year else waves


def about(found: Report) -> str:
    """How much there is."""
    series = found.series
    units = f"{len(series.units)} unit{'s' if len(series.units) > 1 else ''}"
    waves = f"{len(series.waves)} wave{'s' if len(series.waves) > 1 else ''}"
    if len(series.waves) > 1:
        waves += f", {series.waves[0]} to {series.waves[-1]}"
    rate = f", {found.per_year:g} a year" if found.per_year else ""
    return f"{units}, {waves}{rate}."


def lag_sentences(found: Report) -> list[str]:
    """The lag in levels and in differences, and what both together say."""
    said = []
    for name, lag in (("Levels", found.levels), ("Differences", found.differences)):
        words = "" if lag.best is None else span(lag.best, found.per_year)
        told = _lower(meaning(lag, FIRST, SECOND, words))
        once = told.removesuffix(f" {NO_PROOF}") if found.levels.holds and said else told
        said.append(f"{name}: {once}")
    holds = found.levels.holds or found.differences.holds
    if holds and asked(found.series.enps, found.series.nps)[0].shape[0] < WHOLE_SERIES:
        said.append(FEW)
    if found.levels.holds and not found.differences.holds:
        said.append("Only the levels show it: two slow drifts would look the same.")
    elif found.differences.holds and not found.levels.holds:
        said.append("Only the differences show it: what drifts slowly hides it in levels.")
    elif found.levels.holds and found.levels.best != found.differences.best:
        said.append("Levels and differences give two lags: there is no such thing as the lag.")
    return said


def _lower(text: str) -> str:
    """Without the capital of a sentence; names keep theirs."""
    return text if text.startswith((FIRST, SECOND)) else text[:1].lower() + text[1:]


def path_sentences(found: Report) -> list[str]:
    """Both directions."""
    forward, backward = found.paths.forward, found.paths.backward
    if forward is None or backward is None:
        return [f"Nothing can be said about directions: {found.paths.refusal}."]
    sure = forward.is_sure, backward.is_sure
    said = {
        (True, True): "Each says something about the other's next wave.",
        (True, False): "eNPS says something about the next NPS; the other way nothing is seen.",
        (False, True): "NPS says something about the next eNPS; the other way nothing is seen.",
        (False, False): "Neither says anything about the other's next wave that is seen here.",
    }
    paths = f"eNPS to NPS {_path(forward)}, NPS to eNPS {_path(backward)}"
    return [
        f"{paths} (standard deviations a wave later, 95 % interval).",
        f"{said[sure]} Something that moves both, or noise in a survey, draws such slopes too.",
    ]


def _path(path: Arrow) -> str:
    return f"{path.slope:+.2f} ({path.low:+.2f} to {path.high:+.2f})"


def necessity_sentence(found: Necessity) -> str:
    """What one reading says."""
    if found.stairs is None or found.line is None:
        return f"nothing can be said: {found.refusal}."
    size = found.stairs.effect
    said = f"d = {size:.2f} ({size_of(size)}; by the line {found.line.effect:.2f})"
    if np.isnan(found.p_stairs):
        return f"{said}; {found.refusal or 'there are too few units for a test'}."
    said += f"; {found.p_stairs:.1%} of shuffled series show as much"
    said += f". A correlation of {found.correlation:.2f} alone gives {found.expected:.2f}"
    beyond = f"{found.excess:+.2f} (p = {found.p_excess:.2g})"
    if found.p_excess <= 0.05:
        return f"{said}; the excess of {beyond} is more than that: the corner is emptier."
    return f"{said}; the excess is {beyond}: no more than any such correlation leaves empty."


def noise_sentence(noise: Noise) -> str:
    """What the luck of who answered may do."""
    if np.isnan(noise.error):
        return f"{noise.survey}: the error is unknown, because the file has no number of answers."
    bound = "from the shares in the file"
    if noise.is_bound:
        bound = f"upper bound, as if nobody were passive; at least {noise.least:.1f}"
    said = f"{noise.survey}: {noise.error:.1f} points a wave ({bound}; n = {noise.answers:g})"
    if np.isnan(noise.share):
        return f"{said}."
    at_most = "at most " if noise.is_bound else ""
    if noise.share >= 1.0:
        return f"{said}. All movement within units ({noise.spread:.1f} points) may be that."
    return f"{said}: {at_most}{noise.share:.0%} of the variance of waves within units."


def half_sentences(found: Report) -> list[str]:
    """How fast both went half way after the step; none if no step was given."""
    if found.half is None:
        return []
    said = []
    for name, half in zip((FIRST, SECOND), found.half, strict=True):
        if half.refusal:
            said.append(f"{name} has no half-time: {half.refusal}.")
            continue
        moving = "; it still moves, so the true one is longer" if half.still_moving else ""
        change = f"{half.change:+.1f} points"
        said.append(f"{name} ({change}): {span(half.waves, found.per_year)}{moving}.")
    return said


def said(found: Report) -> dict[str, list[str]]:
    """Every sentence by its heading."""
    sections = {
        "Lag": lag_sentences(found),
        "Which way": path_sentences(found),
        "No high NPS without high eNPS?": [
            f"{name[:1].upper()}{name[1:]}: {necessity_sentence(each)}"
            for name, each in found.necessary.items()
        ],
        "Error of the surveys": [noise_sentence(each) for each in found.noise],
    }
    if found.half is not None:
        sections[f"Half-time after wave {found.step}"] = half_sentences(found)
    return sections


# --- the command ------------------------------------------------------------------------------


def lag_command(words: list[str]) -> int:
    """`zwerm lag FILE.csv`: exit code."""
    from experiments.cli import command_parser, folder_type

    what = "The lag between eNPS and NPS in your own surveys, and what it is worth."
    parser = command_parser("lag", what, EXAMPLES)
    parser.add_argument("file", metavar="FILE.csv", help="unit, wave, eNPS, NPS, n")
    parser.add_argument(
        "--out", type=folder_type, metavar="FOLDER", help="where to write; must be new"
    )
    parser.add_argument(
        "--waves-per-year", type=float, metavar="N", help="where the file does not say"
    )
    parser.add_argument(
        "--step", default="", metavar="WAVE", help="when something began: half-times after it"
    )
    typed = parser.parse_args(words)
    series = read_series(typed.file)
    per_year = rate_of(typed.waves_per_year, series.waves_per_year)
    return _answered(reported(series, per_year, typed.step), typed.file, typed.out, words)


def rate_of(typed: float | None, read: float | None) -> float | None:
    """Waves in a year."""
    if typed is None:
        return read
    if not 0.05 <= typed <= 366:
        raise ParameterError(f"--waves-per-year {typed:g} is out of range; type 0.05 to 366")
    if read is not None and abs(typed - read) > 0.01:
        raise ParameterError(
            f"--waves-per-year {typed:g} is not what the waves of the file say ({read:g}); leave "
            f"it out, or number the waves 1, 2, 3"
        )
    return typed


def _answered(found: Report, file: str, out: Path | None, words: list[str]) -> int:
    from experiments import store
    from experiments.cli import OK
    from experiments.lag_page import write

    target = out or store.new_folder("lag")
    with store.writing(target) as partial:
        write(found, partial, Path(file), " ".join(["zwerm lag", *words]))
    print(about(found))
    for note in found.series.notes:
        print(note)
    for heading, sentences in said(found).items():
        print(f"\n{heading}")
        for each in sentences:
            print(f"  {each}")
    print(f"\nOpen {target / 'index.html'}")
    return OK
