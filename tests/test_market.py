"""A market of rivals: alone as without it, nobody served twice, nothing moves by nothing."""

import dataclasses

import numpy as np
import pytest

from agents.organisation import Organisation as MesaOrganisation
from experiments.ablation import UNITS, ask
from experiments.cli import main
from experiments.compare import compared
from experiments.run import run_study
from experiments.settings import compose, engine_of, study_plan, with_market
from experiments.sweep import chunk
from experiments.sweep.base import Base
from scenarios.claims.building import configuration
from scenarios.claims.hypothesis import Change, acting
from scenarios.plausible import below
from scenarios.rivals import followed
from sim.configuration import Configuration, Organisation, Parameters
from sim.levers import POWER_SHIFT, Action
from sim.market import Market
from sim.measures import COLUMN
from sim.mechanisms.remembering import Remembering
from sim.mechanisms.staffing import Staffing
from sim.parameters import ParameterError
from sim.runs import Task, simulate, simulate_many, simulate_markets

QUICK = Parameters(remembering=Remembering(join=1.0, churn=0.3))
ALONE = Configuration(Organisation(people=40, customers=400), QUICK, weeks=120)
SMALL = ["organisation.people=40", "organisation.customers=300", "engine.seeds=2", "years=2"]
PUSH = (Action("example", 0.9), Action("attention", 4.0))
BETTER = dataclasses.replace(ALONE, actions=PUSH)
SHARE, CUSTOMERS = COLUMN["share"], COLUMN["customers"]


def among(*rivals: Configuration, own: Configuration = ALONE) -> Configuration:
    return dataclasses.replace(own, rivals=rivals)


@pytest.mark.parametrize("seed", [1, 7])
def test_a_market_of_one_is_the_run_alone(seed: int) -> None:
    told = dataclasses.replace(BETTER, switches=())
    (record,) = Market(told, seed).run()
    alone = simulate(told, seed)
    assert record.weekly.tobytes() == alone.weekly.tobytes()
    assert record.levels.tobytes() == alone.levels.tobytes()


def test_nobody_is_served_twice_and_shares_add_up() -> None:
    market = Market(among(BETTER, ALONE), 3)
    records = market.run()
    taken = np.sum([one.world.customers.active for one in market.firms], axis=0, dtype=int)
    assert taken.max() == 1
    counted = [int(one.world.firm.active[0]) for one in market.firms]
    assert counted == [int(one.world.customers.active.sum()) for one in market.firms]
    assert np.allclose(sum(record.weekly[:, SHARE] for record in records), 1.0)
    for record, size in zip(records, counted, strict=True):
        assert record.weekly[-1, SHARE] == size / sum(counted)


def test_rivals_reach_a_firm_through_its_customers_only() -> None:
    """Where nobody comes and nobody compares, what a rival does moves no bit of the firm."""
    deaf = Parameters(remembering=Remembering(join=0.0, comparing=0.0))
    told = dataclasses.replace(ALONE, parameters=deaf)
    acting_rival = dataclasses.replace(told, actions=PUSH)
    one, other = (simulate(among(rival, own=told), 5) for rival in (told, acting_rival))
    theirs = [name for name in COLUMN if name != "share"]
    columns = [COLUMN[name] for name in theirs]
    assert one.weekly[:, columns].tobytes() == other.weekly[:, columns].tobytes()
    assert not np.array_equal(one.weekly[:, SHARE], other.weekly[:, SHARE])


def test_doing_nothing_moves_no_share() -> None:
    """Two sizes, twelve seeds: the mean drift of five years stays within .03 (three SE)."""
    large = dataclasses.replace(ALONE, organisation=Organisation(people=40, customers=800))
    told = dataclasses.replace(among(large), weeks=260)
    found = simulate_many([Task(told, seed) for seed in range(1, 13)])
    drift = [
        record.weekly[-52:, SHARE].mean() - record.weekly[:13, SHARE].mean() for record in found
    ]
    assert abs(np.mean(drift)) < 0.03
    assert np.mean([record.weekly[0, SHARE] for record in found]) == pytest.approx(1 / 3, abs=0.02)


def test_leavers_are_shared_by_reputation() -> None:
    """The better rival wins share, the more so the more customers compare."""
    shares = {}
    for comparing in (0.0, 1.0):
        p = dataclasses.replace(
            QUICK, remembering=Remembering(join=1.0, churn=0.3, comparing=comparing)
        )
        own = dataclasses.replace(ALONE, parameters=p, weeks=416)
        told = among(own, own=dataclasses.replace(own, actions=PUSH))
        found = simulate_many([Task(told, seed) for seed in range(1, 17)])
        shares[comparing] = np.array([record.weekly[-52:, SHARE].mean() for record in found])
    assert (shares[0.0] > 0.5).sum() >= 12  # by chance alone in 4 % of cases
    assert (shares[1.0] > shares[0.0]).sum() >= 12


def test_hours_follow_growth_where_staffing_expands() -> None:
    grown = {}
    for expands in (0.0, 1.0):
        p = dataclasses.replace(QUICK, staffing=Staffing(expands=expands))
        market = Market(among(ALONE, own=dataclasses.replace(BETTER, parameters=p, weeks=200)), 2)
        market.own.world.firm.usual_customers[0] /= 2  # as if it had doubled
        market.run()
        firm = market.own.world.firm
        grown[expands] = (float(firm.hands[0]), float(firm.utilisation[0]), float(firm.cost[0]))
    assert grown[0.0][0] == 1.0
    assert grown[1.0][0] > 1.7
    assert grown[1.0][1] < grown[0.0][1]
    assert grown[1.0][2] > grown[0.0][2]


def test_nobody_is_shut_out_by_chance() -> None:
    """A firm that nobody happens to wait for at week 0 has its constant all the same."""
    few = Configuration(Organisation(people=10, customers=20), weeks=30)
    for seed in range(1, 9):
        shares = [each.share for each in Market(among(few, own=few), seed).known]
        assert sum(shares) == pytest.approx(1.0)
        assert min(shares) > 0.2
        assert Market(few, seed).run()[0].weekly.tobytes() == simulate(few, seed).weekly.tobytes()


def test_a_shift_of_power_is_the_market_s() -> None:
    shifted = dataclasses.replace(ALONE, actions=(Action("power_shift", 1.0),))
    market = Market(among(ALONE, own=shifted), 1)
    assert market.firms[1].table[:, POWER_SHIFT].min() == 1.0
    own = dataclasses.replace(ALONE, actions=(Action("power_shift", 0.5),))
    assert Market(among(own, own=shifted), 1).firms[1].table[0, POWER_SHIFT] == 0.5


def test_a_twin_stays_a_twin() -> None:
    """Under a row of the plausible set, and at a point of a sweep; what differs stays."""
    other = dataclasses.replace(ALONE, parameters=Parameters(staffing=Staffing(quits=0.3)))
    told = among(ALONE, other)
    for changed in (
        dataclasses.replace(told, organisation=Organisation(people=60, customers=400)),
        dataclasses.replace(told, parameters=Parameters(staffing=Staffing(quits=0.2, expands=1.0))),
        dataclasses.replace(told, structure="circles"),
    ):
        twin, differing = followed(told, changed).rivals
        assert twin == dataclasses.replace(changed, rivals=())
        assert differing.parameters.staffing.quits == 0.3
        assert differing.organisation == changed.organisation
        assert differing.structure == changed.structure
    row = below({"": among(ALONE)}, {"mood.support": 0.4, "staffing.slope": 3.0})[""]
    assert row.rivals[0] == dataclasses.replace(row, rivals=())


def test_a_sweep_moves_rivals_along_and_runs_their_market() -> None:
    point = {"remembering.join": 0.2, "staffing.slope": 3.0}
    factors = "sweep.factors={remembering.join: [0.2, 1.0], staffing.slope: [3.0, 4.0]}"
    swept = Base.of(compose(["scenario=rivals", "sweep.method=grid", factors, *SMALL]))
    arm = swept.arms[0]
    told = swept.told(arm, point)
    assert {each.parameters.remembering.join for each in (told, *told.rivals)} == {0.2}
    assert {each.parameters.staffing.slope for each in (told, *told.rivals)} == {3.0}
    along = chunk._Arm()
    along.tell(swept, arm, 0, point)
    found, record = along.run(told, 1), simulate(told, 1)
    assert np.array_equal(found, record.weekly, equal_nan=True)
    assert 0.0 < found[-1, SHARE] < 1.0


def test_rivals_are_those_that_all_arms_share() -> None:
    """Arms that differ in structure meet the same rivals; what is off is off for all."""
    typed = ["scenario=zappos", "rivals=[{}]", *SMALL]
    arms = {arm.name: arm.told for arm in study_plan(compose(typed)).arms}
    assert len({arm.structure for arm in arms.values()}) > 1
    assert len({arm.rivals for arm in arms.values()}) == 1
    off = study_plan(compose(["off=[culture]", "rivals=[{off: [mood]}]", *SMALL])).arms[0].told
    assert off.rivals[0].off == ("culture", "mood")


def test_why_leaves_a_market_standing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [each for each in UNITS if {"remembering", "mood"} & set(each.mechanisms)]
    monkeypatch.setattr("experiments.ablation.UNITS", tuple(asked))
    question = ask("rivals:culture", "rivals:nothing", SMALL, "share", 2)
    assert {len(arm.told.rivals) for arm in question.plan.arms} == {2}
    assert not any("remembering" in arm.told.off for arm in question.plan.arms)


@pytest.mark.parametrize("extra", [(), (lambda organisation: None,)])
def test_mesa_steps_the_same_market(extra: tuple) -> None:
    told = among(BETTER, own=dataclasses.replace(ALONE, weeks=60))
    organisation = MesaOrganisation(told, seed=4, extra=extra)
    organisation.run_for(60)
    record = simulate(told, 4)
    assert organisation.record.weekly.tobytes() == record.weekly.tobytes()
    ledger = organisation.why_week()
    assert sum(row.amount for row in ledger.rows) == pytest.approx(ledger.number, abs=1e-6)


def test_a_change_of_structure_happens_in_a_market_too() -> None:
    from sim.configuration import Switch

    told = among(ALONE, own=dataclasses.replace(ALONE, switches=(Switch("circles", week=26),)))
    market = Market(told, 1)
    market.run()
    assert market.own.world.firm.approvals[0] == 0.0
    assert market.firms[1].world.firm.approvals[0] == 1.0


def test_records_do_not_hang_on_threads() -> None:
    tasks = [
        Task(among(BETTER, own=dataclasses.replace(ALONE, weeks=30)), seed) for seed in (1, 2, 3)
    ]
    one, three = simulate_markets(tasks, 1), simulate_markets(tasks, 3)
    for some, others in zip(one, three, strict=True):
        assert [r.weekly.tobytes() for r in some] == [r.weekly.tobytes() for r in others]
    assert simulate_many(tasks)[1].weekly.tobytes() == one[1][0].weekly.tobytes()


def test_rivals_run_as_long_as_the_organisation() -> None:
    late = dataclasses.replace(ALONE, weeks=500, actions=(Action("example", 0.9, 300),))
    told = among(late)
    assert told.rivals[0].weeks == ALONE.weeks
    assert told.rivals[0].actions == ()
    assert dataclasses.replace(told, weeks=50).rivals[0].weeks == 50


@pytest.mark.parametrize(
    ("rivals", "said"),
    [
        ((among(ALONE),), "rivals of its own"),
        ((ALONE,) * 10, "up to 9 rivals"),
        ((dataclasses.replace(ALONE, off=("remembering",)),), "do not choose"),
    ],
)
def test_what_is_no_market_is_refused(rivals: tuple[Configuration, ...], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        among(*rivals)


def test_a_claim_may_have_rivals() -> None:
    told = configuration(2, Change(rivals=(Change(), acting(*PUSH))), acting(*PUSH))
    assert [len(each.actions) for each in told.rivals] == [0, 2]
    assert len(told.actions) == 2


def test_a_market_firm_by_firm() -> None:
    cfg = with_market(compose(["scenario=rivals", *SMALL]), "promise")
    plan = study_plan(cfg)
    assert [arm.name for arm in plan.arms] == ["our firm", "rival 1", "rival 2"]
    study = run_study(plan, engine_of(cfg))
    shares = sum(arm.series("share") for arm in study.arms)
    assert np.allclose(shares, 1.0)


def test_the_command_leaves_a_folder_that_can_be_repeated(tmp_path, capsys) -> None:
    folder = tmp_path / "market"
    words = ["market", *SMALL, "engine.figures=false", "--out", str(folder)]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "rival 2: a rival that advertises" in said
    assert main(["run", "--from", str(folder)]) == 0
    assert "Bit-identical" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["market", "scenario=nothing"], "has no rivals"),
        (["market", "--arm", "cultur"], "did you mean culture"),
        (["market", "rivals=[{remembring: {join: 1}}]"], "a rival cannot set 'remembring'"),
        (["market", "rivals=[{remembering: {join: 7}}]"], "rival 1: remembering.join"),
        (["market", "rivals=[{rivals: [{}]}]"], "a rival cannot set 'rivals'"),
        (["market", "engine.plausible=3"], "leave it out"),
        (["market", "rivals=3"], "a list of differences in braces"),
        (["market", "rivals=[null]"], "a list of differences in braces"),
        (["market", "rivals=[{actions: 3}]"], "write it in brackets"),
        (["market", "rivals=[{organisation: {structure: chart}}]"], "it has no org list"),
        (["market", "rivals=[{organisation: {customers: 50000000}}]"], "or fewer"),
    ],
)
def test_bad_input_gets_a_sentence(words: list[str], said: str, capsys) -> None:
    assert main([*words, *SMALL]) == 2
    complaint = capsys.readouterr().err
    assert said in complaint
    assert "Traceback" not in complaint


def test_rivals_can_be_typed_and_compared() -> None:
    cfg = compared(["scenario=rivals:culture,rivals:nothing", *SMALL])
    plan = study_plan(cfg)
    assert all(len(arm.told.rivals) == 2 for arm in plan.arms)
    typed = study_plan(compose(["rivals=[{actions: [{lever: example, strength: 0.9}]}]", *SMALL]))
    assert all(len(arm.told.rivals) == 1 for arm in typed.arms)
