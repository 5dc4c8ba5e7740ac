"""Do the arms of every scenario do anything, and does a change of structure come when it should?"""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml
from scenario_plans import ASKING, told

from experiments import store
from experiments.results import Study
from experiments.run import perform, run_study
from experiments.settings import compose, engine_of, restored, study_plan
from scenarios.panel import Panel, unit_task
from sim.configuration import Configuration, Switch
from sim.measures import COLUMN
from sim.switching import LOOK_WEEKS

OWN_SIZE = ("picnic",)  # whose arms set how many people there are
BY_CHANCE = ("another_top", "money_motive")  # where boards and hurdles act in some seeds only
BOOKS = ("revenue", "cost", "profit", "margin")
SMALL = ["organisation.people=57", "organisation.customers=400", "engine.figures=false"]
TINY = ["organisation.people=15", "organisation.customers=60", "engine.figures=false"]


def run(*settings: str) -> Study:
    cfg = compose([*settings])
    return run_study(study_plan(cfg)._replace(panel=None), engine_of(cfg))


# --- what comes out ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", [each for each in ASKING if each not in OWN_SIZE])
def test_every_arm_does_something(name: str):
    """Beyond its bill: some measure of every arm moves away from the arm it is compared with."""
    study = run(f"scenario={name}", f"engine.seeds={8 if name in BY_CHANCE else 1}", *SMALL)
    beyond = [column for measure, column in COLUMN.items() if measure not in BOOKS]
    there = study.arm(study.against).weekly[:, :, beyond]
    for arm in study.arms:
        if arm.name not in (study.against, "accounts off", "as it is"):
            assert not np.array_equal(arm.weekly[:, :, beyond], there, equal_nan=True), arm.name


def test_accounts_move_nothing_but_the_books():
    study = run("scenario=ablations", "engine.seeds=1", "years=2", *TINY)
    one, other = study.arm("as it is"), study.arm("accounts off")
    for measure in COLUMN:
        same = np.array_equal(one.series(measure), other.series(measure), equal_nan=True)
        assert same == (measure not in BOOKS), measure


def test_sizes_set_by_arms_stay():
    sizes = {name: each.organisation.people for name, each in told("picnic").items()}
    assert sizes == {"small": 57, "large": 2000, "large with contact duty": 2000}


def test_ablations_share_a_programme_that_can_be_left_out():
    assert all(len(each.actions) == 3 for each in told("ablations").values())
    bare = study_plan(compose(["scenario=ablations", "actions=[]"]))
    assert all(arm.told.actions == () for arm in bare.arms)


# --- changes of structure ---------------------------------------------------------------------


@cache
def switching() -> Study:
    settings = ["scenario=zappos_switch", "years=5", "engine.seeds=2"]
    return run(*settings, *SMALL)


def test_a_dated_switch_happens_at_its_date():
    study = switching()
    tree, over = study.arm("tree"), study.arm("circles")
    for measure in COLUMN:
        before = over.series(measure)[:, :104]
        assert np.array_equal(before, tree.series(measure)[:, :104], equal_nan=True), measure
    assert (over.series("clarity")[:, 103] == 1.0).all()
    assert (over.series("clarity")[:, 104] < 0.6).all()
    assert (over.series("clarity")[:, 200] > over.series("clarity")[:, 104]).all()
    assert (over.series("discretion")[:, 200] > tree.series("discretion")[:, 200] + 0.5).all()


def test_a_second_switch_follows_the_first():
    back, over = (switching().arm(name) for name in ("halfway back", "circles and offer"))
    first = np.array_equal(back.weekly[:, :204], over.weekly[:, :204], equal_nan=True)
    assert first
    assert (over.series("discretion")[:, 203] > 0.7).all()
    assert (back.series("discretion")[:, 210] < 0.6).all()


def test_more_leave_while_the_offer_stands():
    offer, without = (switching().arm(name) for name in ("circles and offer", "circles"))
    window = slice(105, 109)  # the offer acts a week later
    assert (
        offer.series("quits")[:, window].sum() > 2 * without.series("quits")[:, window].sum()
    ).all()
    assert (offer.series("structural")[:, -1] > 0).all()
    assert (without.series("structural") == 0).all()


ACTING = "actions=[{lever: example, strength: 1.0}, {lever: attention, strength: 8.0}]"


def first_week_of_circles(study: Study) -> list[int]:
    """For each seed the first week in which roles are not clear; -1 if there is none."""
    unclear = study.arm("chosen").series("clarity") < 1.0
    return [int(np.argmax(row)) if row.any() else -1 for row in unclear]


def test_a_threshold_switch_happens_at_the_first_look_at_which_values_are_high():
    shared = [ACTING, "years=6", "engine.seeds=3", *SMALL]
    never = run(*shared).arm("chosen").series("value")
    looks = np.arange(LOOK_WEEKS, never.shape[1], LOOK_WEEKS)
    reached = 0.55
    expected = [int(looks[row[looks - 1] >= reached][0]) for row in never]
    study = run(*shared, f"switches=[{{to: circles, at_value: {reached}}}]")
    assert first_week_of_circles(study) == expected
    assert min(expected) > LOOK_WEEKS
    high = run(*shared, "switches=[{to: circles, at_value: 0.99}]")
    assert first_week_of_circles(high) == [-1, -1, -1]


def test_a_switch_back_waits_for_customers_to_be_less_happy():
    worse = "actions=[{lever: crisis, strength: 1.0, start: 60}]"
    shared = [worse, "years=4", "engine.seeds=3", *SMALL]
    never = run(*shared).arm("chosen").series("nps")
    study = run(*shared, "switches=[{to: circles, week: 26, if_nps_falls: 15}]")
    for row, found in zip(never, first_week_of_circles(study), strict=True):
        asked = {week: row[week] for week in range(26, row.size) if not np.isnan(row[week])}
        start = asked[min(asked)]
        looks = [week for week in range(26, row.size) if week % LOOK_WEEKS == 0 and
                 any(week > each for each in asked)]  # fmt: skip
        fallen = [week for week in looks if len([each for each in asked if each < week]) > 1
                  and start - asked[max(each for each in asked if each < week)] >= 15]  # fmt: skip
        assert found == (fallen[0] if fallen else -1)
        assert found > 60


def test_units_of_a_panel_move_switches_to_their_own_date():
    kind = Configuration(switches=(Switch("circles", 10), Switch("hybrid", 300)))
    panel = Panel({"true link": kind}, units=3, first_start=250, last_start=250)
    moved = unit_task(kind, panel, 1, 0).told
    assert moved.switches == (Switch("circles", 260),)  # the other would come after the end


def test_a_run_with_switches_is_repeated_bit_by_bit(tmp_path: Path):
    settings = ["scenario=zappos_switch", "engine.seeds=2", "years=5", *SMALL]
    done = perform(compose(settings), settings, tmp_path / "run")
    kept = yaml.safe_load((done.folder / "config.yaml").read_text(encoding="utf-8"))
    assert kept["scenario"]["arms"]["halfway back"]["switches"][1]["to"] == "hybrid"
    assert study_plan(restored(kept)) == study_plan(compose(settings))
    again = store.repeat(done.folder)
    assert again.identical
    assert again.reasons == ()


def test_switches_of_the_command_line_are_repeated_bit_by_bit(tmp_path: Path):
    settings = [ACTING, "switches=[{to: circles, at_value: 0.5}, {to: hybrid, week: 100}]",
                "years=3", "engine.seeds=2", *SMALL]  # fmt: skip
    done = perform(compose(settings), settings, tmp_path / "run")
    chosen = done.study.arm("chosen")
    assert [each.to for each in chosen.told.switches] == ["circles", "hybrid"]
    assert store.repeat(done.folder).identical
