"""Does the command answer in one sentence, stop at once and import only what it needs?"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import TINY

from experiments import cli
from experiments.cli import main

ROOT = Path(__file__).resolve().parent.parent
STARTED = 60  # seconds within which a process has to come to its first run


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(cli.DEBUG, raising=False)
    return tmp_path


def command(*words: str, module: str = "experiments.cli") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", module, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def one_sentence(captured: str) -> str:
    lines = [line for line in captured.splitlines() if line.startswith("zwerm: ")]
    assert len(lines) == 1
    assert "Traceback" not in captured
    return lines[0]


# --- running --------------------------------------------------------------------------------


def test_run_and_repeat(capsys, elsewhere: Path):
    assert main(["run", "scenario=copy_of_a_copy", *TINY]) == 0
    printed, progress = capsys.readouterr()
    folder = Path(printed.splitlines()[-1].removeprefix("Written to "))
    assert folder.parent == Path("runs")
    assert folder.name.startswith("copy_of_a_copy-")
    assert "broadcast" in printed
    assert "8/8" in progress
    assert main(["run", "--from", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("Bit-identical")
    assert main(["run", "--from", str(folder), "--out", "again"]) == 0
    assert (elsewhere / "again" / "manifest.json").is_file()
    assert main(["run", "--from", str(folder), "years=2"]) == 2
    assert "leave out years=2" in one_sentence(capsys.readouterr().err)


def test_settings_and_options_mix(capsys, elsewhere: Path):
    assert main(["run", TINY[0], "--out", "mine", *TINY[1:]]) == 0
    assert (elsewhere / "mine" / "summary.json").is_file()
    assert main(["run", *TINY, "--out", "mine"]) == 2
    assert "not empty" in one_sentence(capsys.readouterr().err)
    assert main(["run", *TINY, "engine.output=here/too"]) == 0
    assert (elsewhere / "here" / "too" / "summary.json").is_file()


def test_not_bit_identical_is_said_and_is_no_success(capsys, monkeypatch):
    assert main(["run", *TINY, "--out", "mine"]) == 0
    monkeypatch.setattr("experiments.store.bits_of", lambda study: "other")
    assert main(["run", "--from", "mine"]) == 1
    assert "Not bit-identical" in capsys.readouterr().out


def test_org_list(capsys, elsewhere: Path):
    rows = "a,\nb,a\nc,zz\nd,b\ne,a\nf,a\n"
    (elsewhere / "people.csv").write_text("person,manager\n" + rows, encoding="utf-8")
    given = ["run", "organisation.chart=people.csv", *TINY[1:]]
    assert main(given) == 2
    assert "line 4 c" in capsys.readouterr().err
    assert not (elsewhere / "runs").exists()
    assert main([*given, "organisation.chart_repair=true"]) == 0
    told = capsys.readouterr()
    assert "now reports to the head a" in told.err
    assert "people a week" in told.out
    assert "fewer than five people of the list" in told.out
    assert main(["run", *TINY]) == 0
    assert "fewer than five" not in capsys.readouterr().out


# --- comparing ------------------------------------------------------------------------------


def test_compare_arms_of_one_scenario(capsys):
    assert main(["compare", "scenario=copy_of_a_copy", *TINY, "--measure", "effort_front"]) == 0
    printed = capsys.readouterr().out
    assert "effort_front" in printed
    assert printed.count("difference") == 3
    assert "hours a year" in printed


def test_compare_scenarios_is_repeatable(capsys):
    wanted = "scenario=copy_of_a_copy:words,zappos"
    assert main(["compare", wanted, *TINY, "--out", "both"]) == 0
    assert "zappos" in capsys.readouterr().out
    assert main(["run", "--from", "both"]) == 0


def test_compared_arms_are_those_of_the_scenarios():
    from experiments.compare import compared
    from experiments.settings import compose, study_plan

    plan = study_plan(compared(["scenario=copy_of_a_copy:words,zappos", *TINY]))
    words = study_plan(compose(["scenario=copy_of_a_copy", *TINY])).arms[-1]
    zappos = study_plan(compose(["scenario=zappos", *TINY]))
    circles = next(arm for arm in zappos.arms if arm.name == zappos.main)
    assert plan.arms[0].told == words.told
    assert plan.arms[1].told == circles.told
    assert (plan.main, plan.against) == ("copy_of_a_copy:words", "zappos")
    assert plan.measures == ("allowed", "waiting", "inside")


def test_compared_arms_keep_their_changes_of_structure():
    from experiments.compare import compared
    from experiments.settings import study_plan

    wanted = "scenario=zappos_switch:circles and offer,means_or_consequence:circles once high"
    plan = study_plan(compared([wanted, "years=8", *TINY[:2]]))
    (dated,), (waiting,) = (arm.told.switches for arm in plan.arms)
    assert (dated.to, dated.week, dated.at_value) == ("circles", 104, None)
    assert (waiting.to, waiting.at_value) == ("circles", 0.6)
    assert {each.lever for each in plan.arms[0].told.actions} == {"exit_offer"}


def test_what_a_scenario_measures_is_printed(capsys):
    settings = [*TINY, "scenario=disney", "organisation.people=57", "years=2"]
    assert main(["run", *settings, "--out", "mine"]) == 0
    printed = capsys.readouterr().out
    assert all(f"\n{name} " in printed for name in ("nps", "heard", "believed", "known"))


BAD_COMPARISONS = [
    (["scenario=zappos,nothing"], "different years"),
    (["scenario=zappos:tree"], "name two different ones"),
    (["scenario=zappos,zappos"], "name two different ones"),
    (["scenario=zappos:tre,zappos"], "did you mean tree?"),
    (["scenario=zapos,nothing"], "did you mean zappos?"),
    (["scenario=nothing"], "there is nothing to compare; name two (scenario=nothing,zappos)"),
    ([], "name what to compare"),
    (["scenario=zappos", "--measure", "npz"], "did you mean nps?"),
]


@pytest.mark.parametrize(("words", "expected"), BAD_COMPARISONS)
def test_bad_comparisons(capsys, words: list[str], expected: str):
    assert main(["compare", *words]) == 2
    assert expected in one_sentence(capsys.readouterr().err)


# --- lists and help -------------------------------------------------------------------------

LISTS = [
    ("scenarios", ["copy_of_a_copy", "zappos", "Fine words first"]),
    ("organisations", ["insurance", "serving.contacts_per_year 1.5"]),
    ("levers", ["example", "share of capacity", "ASSUMED"]),
    ("parameters", ["leading.pull", "0.25 to 0.49", "COMPUTED", "Andreozzi"]),
]


@pytest.mark.parametrize(("what", "expected"), LISTS)
def test_lists(capsys, what: str, expected: list[str]):
    assert main(["list", what]) == 0
    printed = capsys.readouterr().out
    for each in expected:
        assert each in printed


def test_a_list_can_be_narrowed(capsys):
    assert main(["list", "parameters", "lead_bonus"]) == 0
    assert "leading.pull " not in capsys.readouterr().out
    assert main(["list", "scenarios", "c25"]) == 0
    printed = capsys.readouterr().out
    assert "aegon" in printed
    assert "Assumed" in printed
    assert "Arms: true link" in printed
    assert "disney" not in printed
    for what, word, held, other in (
        ("levers", "disney", "walks", "rituals"),
        ("organisations", "PARK", "theme_park", "zappos"),
        ("sweeps", "timing", "timing", "one_at_a_time"),
    ):
        assert main(["list", what, word]) == 0
        told = capsys.readouterr().out
        assert held in told
        assert other not in told
        assert main(["list", what, "nonsense"]) == 0
        assert "holds 'nonsense'" in capsys.readouterr().out
    assert main(["list", "scenarios", "nonsense"]) == 0
    assert capsys.readouterr().out == "No scenario holds 'nonsense'.\n"


def test_help_and_version(capsys):
    for words in ([], ["--help"], ["-h"], ["run", "--help"], ["compare", "-h"], ["demo", "-h"]):
        assert main(words) == 0
        assert "zwerm" in capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("zwerm 0")


# --- bad input ------------------------------------------------------------------------------

BAD = [
    (["rn"], "did you mean run?"),
    (["list", "lever"], "did you mean levers?"),
    (["list"], "--help"),
    (["run", "--form", "x"], "unrecognized arguments"),
    (["run", "scenario=zapos"], "did you mean zappos?"),
    (["run", "leading.pul=.4"], "did you mean leading.pull?"),
    (["run", "leading.pull=4"], "allowed is 0.25 to 0.49"),
    (["run", "leading.pull=nan"], "not a finite number"),
    (["run", "organisation.people=-3"], "out of range"),
    (["run", "actions=[{lever: words, strength: 1, start: 9, end: 3}]"], "before it starts"),
    (["run", "switches=[{to: circle, week: 9}]"], "did you mean circles?"),
    (["run", "scenario.measures=[npz]"], "scenario.measures: unknown measure 'npz'; did you mean"),
    (["run", "--from", "nowhere"], "is no folder"),
    (["run", "--from", ""], "names no folder; type its path, for instance runs/mine"),
    (["run", *TINY, "--out", " "], "names no folder; type its path"),
    (["run", "scenario=aegon", "scenario.panel.units=abc"], "type a whole number from 3 to 500"),
    (["run", "scenario.panel={units: 3}"], "this scenario is no panel"),
    (["run", *TINY, "--out", "taken/below"], "write elsewhere with --out FOLDER"),
    (["run", *TINY, "--out", "taken"], "is a file"),
]


@pytest.mark.parametrize(("words", "expected"), BAD)
def test_bad_input(capsys, elsewhere: Path, words: list[str], expected: str):
    (elsewhere / "taken").write_text("a file", encoding="utf-8")
    assert main(words) == 2
    assert expected in one_sentence(capsys.readouterr().err)
    assert [path.name for path in elsewhere.iterdir()] == ["taken"]


def test_a_full_disk_is_one_sentence(capsys, elsewhere: Path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("experiments.store.save_tables", full)
    assert main(["run", *TINY]) == 1
    assert "No space left" in one_sentence(capsys.readouterr().err)
    assert list(elsewhere.iterdir()) == []


def test_what_nobody_foresaw_is_one_sentence(capsys, elsewhere: Path, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("first line\nsecond line")

    monkeypatch.setattr("experiments.store.save_tables", broken)
    assert main(["run", *TINY]) == 1
    assert "first line. Set ZWERM_DEBUG=1" in one_sentence(capsys.readouterr().err)
    assert list(elsewhere.iterdir()) == []
    monkeypatch.setenv(cli.DEBUG, "1")
    with pytest.raises(RuntimeError):
        main(["run", *TINY])


def unable(*_, **__):
    raise ValueError("no ink\nat all")


def test_a_run_outlives_its_figures(capsys, elsewhere: Path, monkeypatch):
    from experiments import store

    monkeypatch.setattr("experiments.figures.draw", unable)
    drawn = [*TINY[:-1], "scenario=copy_of_a_copy", "scenario.figures=[fan]"]
    assert main(["run", *drawn, "--out", "mine"]) == 1
    printed, errors = capsys.readouterr()
    assert printed.endswith("Written to mine\n")
    assert one_sentence(errors).endswith(
        "The figures failed (ValueError: no ink); the numbers are whole, in mine."
    )
    assert "weeks.parquet" in store.verified(elsewhere / "mine")["files"]
    assert not (elsewhere / "mine" / "figures").exists()
    assert main(["run", "--from", "mine", "--out", "again"]) == 1
    printed, errors = capsys.readouterr()
    assert printed.startswith("Bit-identical")
    assert "in again." in one_sentence(errors)


def test_a_demo_outlives_its_page(capsys, elsewhere: Path, monkeypatch):
    monkeypatch.setattr("experiments.page.write", unable)
    monkeypatch.setattr(cli, "DEMO", {"copy_of_a_copy": []})
    assert main(["demo", *TINY, "--out", "shown"]) == 1
    printed, errors = capsys.readouterr()
    assert "Open" not in printed
    assert "no ink); the numbers are whole, in " in one_sentence(errors)
    assert (elsewhere / "shown" / "copy_of_a_copy" / "manifest.json").is_file()


# --- demo -----------------------------------------------------------------------------------


def test_demo_ends_with_a_page(capsys, elsewhere: Path, monkeypatch):
    small = [each for each in TINY if not each.startswith("years")]
    panel = ["scenario.panel.units=4"]
    years = {"copy_of_a_copy": ["years=2"], "zappos": ["years=1"], "aegon": panel}
    monkeypatch.setattr(cli, "DEMO", years)
    assert main(["demo", *small, "--out", "shown"]) == 0
    page = Path(capsys.readouterr().out.splitlines()[-1].removeprefix("Open ").strip())
    assert page.suffix == ".html"
    assert page.is_file()
    assert {path.name for path in (elsewhere / "shown").iterdir()} >= {"aegon", "zappos"}
    assert main(["run", "scenario=aegon", *small, *panel, "--out", "panel"]) == 0
    assert '"best_lag_share"' in (elsewhere / "panel" / "summary.json").read_text("utf-8")


# --- processes ------------------------------------------------------------------------------

HEAVY = {"mesa", "matplotlib", "pandas", "pyarrow", "hydra", "scipy.stats"}


@pytest.mark.parametrize(
    ("words", "unwanted"),
    [
        (["--help"], HEAVY | {"numpy", "numba", "yaml"}),
        (["--version"], HEAVY | {"numpy", "numba", "yaml"}),
        (["list", "scenarios"], HEAVY | {"numpy", "numba"}),
        (["list", "levers"], HEAVY),
        (["run", *TINY, "weeks=1"], {"mesa", "matplotlib", "pandas"}),
    ],
)
def test_imports_are_late(words: list[str], unwanted: set[str]):
    script = (
        "import sys; from experiments.cli import main; code = main(sys.argv[1:]);"
        "print(*sorted(sys.modules), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0
    loaded = set(done.stderr.split())
    assert "experiments.cli" in loaded
    assert loaded & unwanted == set()


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_an_interrupt_stops_at_once_and_leaves_nothing(elsewhere: Path):
    running = command("run", "engine.seeds=10000", "organisation.customers=5000")
    limit = time.monotonic() + STARTED
    while not list(elsewhere.glob("runs/.*.partial")) and time.monotonic() < limit:
        time.sleep(0.05)
    time.sleep(1.0)
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=20)  # thousands of runs would take far longer
    assert running.returncode == 130
    assert one_sentence(errors) == "zwerm: Stopped; nothing was written."
    assert list(elsewhere.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_reader_who_leaves_is_no_error():
    script = f"{sys.executable} -m experiments.cli list parameters | head -n 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script}"], capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_hydra_runs_every_combination(elsewhere: Path):
    running = command(
        "-m", "scenario=copy_of_a_copy,zappos", "leading.lead_bonus=.05,.1", *TINY,
        module="experiments.run",
    )  # fmt: skip
    _, errors = running.communicate(timeout=120)
    assert running.returncode == 0, errors
    made = sorted(path.parent.name for path in elsewhere.glob("runs/sweep-*/*/manifest.json"))
    assert made == ["0-copy_of_a_copy", "1-copy_of_a_copy", "2-zappos", "3-zappos"]
    bad = command("-m", "leading.lead_bonus=.05,9", module="experiments.run")
    assert "out of range" in one_sentence(bad.communicate(timeout=60)[1])
    assert bad.returncode == 2


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_is_there_and_in_the_help(command: str):
    assert callable(cli.answer_of(command))
    assert f"\n  {command} " in cli.HELP
