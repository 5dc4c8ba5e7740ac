"""Does a sensitivity analysis say what its runs say, and does it answer what is typed?"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.cli import main
from experiments.results import Floats
from experiments.sensitivity import folder, morris, sobol, space, study, words
from experiments.sensitivity.rows import Unfinished
from experiments.store import FolderError
from experiments.sweep.factors import declared_numbers
from scenarios import headlines
from scenarios.headlines import HEADLINES, Headline, Number, gain, known, months_behind, passed_on
from sim.measures import COLUMN
from sim.parameters import Kind, ParameterError
from sim.runs import simulate

pytest.importorskip("SALib")

# --- numbers of headlines -------------------------------------------------------------------


def flat(height: float, quarters: int = 20) -> Floats:
    return np.full((2, quarters), height)


def test_what_is_passed_on_is_a_share_of_the_top_s_own_rise():
    found = {
        "example": {"doing": flat(0.9), "effort_front": flat(0.55)},
        "nothing": {"doing": flat(0.5), "effort_front": flat(0.50)},
    }
    assert passed_on(found) == pytest.approx(0.125)
    found["example"]["doing"] = flat(0.52)
    assert np.isnan(passed_on(found))
    assert gain(found, "effort_front", "example", "nothing") == pytest.approx(0.05)


def relaxing(months: float, size: float) -> Floats:
    waves = np.arange(32) - headlines.STEP // headlines.QUARTER
    way = 1 - np.exp(-np.maximum(waves + 1, 0) * headlines.QUARTER / 4.345 / months)
    return np.tile(size * way, (2, 1))


@pytest.mark.parametrize(("staff", "customers"), [(3.0, 12.0), (12.0, 3.0), (6.0, 6.0)])
def test_months_behind_are_those_of_two_relaxations(staff: float, customers: float):
    found = {
        "chosen": {"enps_true": relaxing(staff, 20.0), "nps_true": relaxing(customers, 8.0)},
        "nothing": {"enps_true": flat(0.0, 32), "nps_true": flat(0.0, 32)},
    }
    assert months_behind(found) == pytest.approx((customers - staff) * np.log(2), abs=1.0)


def test_there_is_no_lag_behind_what_does_not_rise():
    for size in (0.5, -8.0, 0.0):
        found = {
            "chosen": {"enps_true": relaxing(3, 20.0), "nps_true": relaxing(9, size)},
            "nothing": {"enps_true": flat(0.0, 32), "nps_true": flat(0.0, 32)},
        }
        assert np.isnan(months_behind(found))


@pytest.mark.parametrize("headline", HEADLINES.values(), ids=list(HEADLINES))
def test_headlines_vary_everything_uncertain_on_arms_that_exist(headline: Headline):
    found = space.space_of(headline)
    uncertain = {name for name, each in declared_numbers().items() if each.kind is Kind.UNCERTAIN}
    assert {each.name for each in found.factors} == uncertain - found.base.taken()
    assert set(found.base.arms) == set(headline.arms)
    assert list(found.cfg.sweep.measures) == list(headline.measures)


# --- from the first run to the page ---------------------------------------------------------

PULL, WEIGHT, IDLE = "leading.pull", "contributing.weight_later", "accounts.selling_gain"
TINY = Headline(
    name="tiny", title="What the top does", about="Ten people, half a year.",
    settings=("organisation.people=10", "organisation.customers=20", "weeks=26",
              "actions=[{lever: example, strength: 0.9, start: 0}]"),
    arms=("chosen", "nothing"), measures=("doing",),
    numbers=(
        Number("rise", "Rise of what the top does", "share of capacity",
               lambda found: gain(found, "doing", "chosen", "nothing"), 1, 0.3, "a run failed"),
    ),
    claims=("B06",), seeds=2,
)  # fmt: skip
ASKED = study.Asked(points=16, keep=2, seeds=1)


@pytest.fixture(scope="module")
def tiny() -> space.Space:
    found = space.space_of(TINY)
    return found._replace(factors=found.named([PULL, "leading.commitment", WEIGHT, IDLE]))


@pytest.fixture(scope="module")
def done(tiny: space.Space, tmp_path_factory: pytest.TempPathFactory) -> tuple[study.Study, Path]:
    target = tmp_path_factory.mktemp("sensitivity") / "tiny"
    settings = folder.settings_of(["tiny"], ASKED)
    folder.begin(target, settings)
    found = study.studied(tiny, ASKED, target, told=lambda text: None)
    assert folder.fill([found], target, settings, "now", "sensitivity tiny") == ""
    return found, target


def test_an_analysis_ends_with_tables_figures_and_a_page(done: tuple[study.Study, Path]):
    found, target = done
    with (target / folder.INDICES).open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    steps = {(row["step"], row["parameter"]) for row in rows}
    assert (study.SINGLES, PULL) in steps
    shares = [row for row in rows if row["step"] == study.SHARES]
    assert {row["parameter"] for row in shares} == set(found.kept)
    assert all(float(row["total"]) >= -0.1 for row in shares)
    idle = next(row for row in rows if row["parameter"] == "accounts")
    assert float(idle["mu_star"]) == 0.0  # what the top does cannot hang on it
    assert (study.SINGLES, IDLE) not in steps
    page = (target / folder.PAGE).read_text(encoding="utf-8")
    assert "What the results hang on" in page
    assert PULL in page
    assert "<script" not in page
    kinds = {path.name for path in (target / folder.FIGURES).glob("*.svg")}
    assert {"tiny-rise-plane.svg", "tiny-rise-tornado.svg", "tiny-rise-heat.svg"} <= kinds
    told = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    assert set(told["sweeps"]) == {f"tiny-{name}" for name in found.rows}
    listed = {name for name in told["files"] if (target / name).is_file()}
    assert listed == set(told["files"])
    summary = json.loads((target / folder.JSON).read_text(encoding="utf-8"))
    assert summary[0]["numbers"][0]["said"] == list(words.sentences(found, found.numbers[0]))


def test_the_default_point_is_the_base_itself(done: tuple[study.Study, Path]):
    found, _ = done
    weekly = {arm: simulate(found.space.base.told(arm, {}), 1).weekly for arm in TINY.arms}
    means = {arm: each[:, COLUMN["doing"]].mean() for arm, each in weekly.items()}
    assert found.numbers[0].base == pytest.approx(means["chosen"] - means["nothing"], abs=1e-6)


def test_the_same_folder_goes_on_without_a_run(
    done: tuple[study.Study, Path], monkeypatch: pytest.MonkeyPatch
):
    from experiments.sweep import runner

    found, target = done

    def refuse(*_: object) -> None:
        raise AssertionError("nothing was left to run")

    monkeypatch.setattr(runner, "_run", refuse)
    again = study.studied(found.space, ASKED, target, told=lambda text: None)
    assert folder.json_text([again]) == folder.json_text([found])


def test_a_stop_is_told_and_leaves_what_is_done(
    tiny: space.Space, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from experiments.sweep import runner

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "_run", stop)
    with pytest.raises(Unfinished, match="runs of base left") as stopped:
        study.studied(tiny, ASKED, tmp_path, told=lambda text: None)
    assert stopped.value.paused


def test_a_folder_of_something_else_is_refused(tmp_path: Path):
    settings = folder.settings_of(["copy"], study.Asked())
    folder.begin(tmp_path / "mine", settings)
    folder.begin(tmp_path / "mine", settings)  # goes on
    with pytest.raises(FolderError, match="begun for something else"):
        folder.begin(tmp_path / "mine", folder.settings_of(["lag"], study.Asked()))
    (tmp_path / "letter.txt").write_text("x")
    with pytest.raises(FolderError, match="not empty"):
        folder.begin(tmp_path, settings)


# --- ranges ---------------------------------------------------------------------------------


def test_ranges_narrow_to_what_most_plausible_rows_hold():
    factors = space.space_of(TINY).named([PULL, WEIGHT, "leading.lead_bonus"])
    rows = {PULL: np.linspace(0.3, 0.4, 201), WEIGHT: np.full(201, 0.4)}
    found = {each.name: each for each in space.narrowed(factors, rows)}
    assert (found[PULL].low, found[PULL].high) == pytest.approx((0.3025, 0.3975))
    declared = {each.name: each for each in factors}
    assert found[WEIGHT] == declared[WEIGHT]  # one value is no range
    assert found["leading.lead_bonus"] == declared["leading.lead_bonus"]


def test_points_stay_in_range_and_whole_numbers_are_whole():
    factors = space.space_of(TINY).named([PULL, "staffing.hiring_weeks"])
    unit = np.random.default_rng(1).random((2000, 2))
    unit[0], unit[1] = 0.0, 1.0
    found = space.columns(unit, factors)
    weeks, pull = np.asarray(found["staffing.hiring_weeks"]), np.asarray(found[PULL])
    assert weeks.dtype.kind == "i"
    assert (weeks.min(), weeks.max(), np.unique(weeks).size) == (0, 52, 53)
    assert (pull.min(), pull.max()) == (factors[0].low, factors[0].high)


# --- what is typed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["copi"], "no result is called 'copi'; did you mean copy?"),
        (["--method", "sobel"], "unknown --method 'sobel'; did you mean sobol?"),
        (["--ranges", "declare"], "unknown --ranges 'declare'; did you mean declared?"),
        (["--points", "100"], "powers of two only; type 64 or 128"),
        (["--points", "0"], "--points 0 is out of range; type 2 to 65536"),
        (["--method", "morris", "--points", "5000"], "type 2 to 1000"),
        (["--method", "morris", "--keep", "4"], "--keep is for shares of the variance"),
        (["--keep", "1"], "--keep 1 is out of range; type 2 to 40"),
        (["--seeds", "0"], "--seeds 0 is out of range; type 1 to 1000"),
        (["--points", "many"], "invalid int value"),
        (["--json", "no/such/place.json"], "there is no folder no/such"),
    ],
)
def test_bad_input_is_answered_with_a_sentence(
    typed: list[str], said: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["sensitivity", *typed]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told


def test_a_missing_extra_is_answered_with_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "SALib.sample", None)
    for sampled in (lambda: sobol.sampled(2, 4, 1), lambda: morris.sampled(["a"], 2, 1)):
        with pytest.raises(ParameterError, match="uv sync --extra sensitivity"):
            sampled()


def test_lists_and_forecasts_run_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    assert main(["sensitivity", "--list"]) == 0
    listed = capsys.readouterr().out
    assert all(each.title in listed or each.name in listed for each in HEADLINES.values())
    target = tmp_path / "none"
    assert main(["sensitivity", "copy", "--points", "4", "--dry-run", "--out", str(target)]) == 0
    assert "singles" in capsys.readouterr().out
    assert not target.exists()
    assert known([]) == list(HEADLINES.values())
