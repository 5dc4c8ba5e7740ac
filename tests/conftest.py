"""What many tests share: small organisations, and a look at every column of a world."""

import gc
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from sim.configuration import Configuration, Organisation, Parameters, Switch
from sim.levers import Action
from sim.measures import Record
from sim.state import World

TINY = [  # settings of a study that runs at once
    "organisation.people=15", "organisation.customers=60", "years=2", "engine.seeds=2",
    "engine.figures=false",
]  # fmt: skip
# Tests that never run the model. One that does and stands here still works, but carries the wait.
WITHOUT_RUNS = frozenset(
    f"test_{each}"
    for each in (
        "bundle", "chart", "claims", "composing", "design", "design_points", "explain",
        "figures_places", "house", "levers", "matching", "odd", "points", "points_rows",
        "scenario_files", "series", "settings", "settings_refused", "story_page", "structure",
        "sweep_results", "workshop_room",
    )
)  # fmt: skip
LONGEST_COMPILE = 600  # seconds
compiled_here: list[bool] = []  # in this process
settings.register_profile("untimed", deadline=None)  # a busy machine is no mistake
settings.load_profile("untimed")
TABLES = ("staff", "teams", "customers", "contacts", "firm")


def columns(world: World) -> dict[str, np.ndarray]:
    """Every column that may change, by `table.column`, copied."""
    return {
        f"{table}.{name}": column.copy()
        for table in TABLES
        for name, column in zip(getattr(world, table)._fields, getattr(world, table), strict=True)
    }


def same(first: Record, second: Record) -> bool:
    """Whether two records agree bit by bit."""
    return all(
        np.array_equal(a.view(np.uint64), b.view(np.uint64))
        for a, b in zip(first, second, strict=True)
    )


def small(weeks: int = 104, **changes: object) -> Configuration:
    """57 people, 400 customers."""
    told = Configuration(organisation=Organisation(people=57, customers=400), weeks=weeks)
    return replace(told, **changes)


BUSY_ACTIONS = (
    Action("example", 0.9, 4, 8),
    Action("words", 0.3, 4, 8),
    Action("broadcast", 1.0, 8, 8),
    Action("attention", 4.0, 4, 8),
    Action("recognition", 1.0, 12, 8),
    Action("discretion", 0.3, 16, 8),
    Action("context", 0.8, 16, 0),
    Action("pay", 0.2, 20, 0),
    Action("automation", 0.2, 24, 8),
    Action("people_behind", 0.5, 24, 8),
    Action("promise", 0.5, 28, 8),
    Action("hiring_for_values", 0.5, 4, 8),
    Action("training", 0.5, 4, 8),
    Action("coaching", 0.5, 4, 8),
    Action("guiding", 0.5, 4, 8),
    Action("spotlight", 1.0, 4, 8),
    Action("rituals", 0.5, 4, 8),
    Action("manifesto", 1.0, 8, 8),
    Action("participation", 0.7, 4, 8),
    Action("control", 0.7, 8, 8),
    Action("coalition", 0.3, 2, 4),
    Action("compliments", 0.5, 4, 4),
    Action("peer_reward", 1.0, 4, 8),
    Action("barriers", 1.0, 4, 0),
    Action("closed_loop", 0.5, 4, 8),
    Action("walks", 0.5, 4, 8),
    Action("contact_duty", 0.5, 4, 8),
    Action("change_agent", 1.0, 4, 8),
    Action("new_top", 1.0, 20),
    Action("board", 1.0, 0),
    Action("kpi", 0.5, 4, 8),
    Action("moments", 0.5, 4, 8),
    Action("gifts", 0.5, 4, 8),
    Action("routing", 0.5, 4, 8),
    Action("precedence", 0.5, 4, 8),
    Action("selling", 0.3, 4, 8),
    Action("cross_visits", 0.5, 4, 8),
    Action("empathy", 0.5, 4, 8),
    Action("equality", 0.5, 4, 8),
    Action("exit_offer", 0.5, 20, 0, 30),
    Action("keeping", 0.5, 4, 8),
    Action("reaction", 0.5, 24, 0, 30),
    Action("crisis", 0.7, 22, 0, 30),
    Action("power_shift", 0.5, 10, 8),
)


def busy(weeks: int = 78) -> Configuration:
    """A small organisation in which every rule has something to do."""
    base = Parameters()
    parameters = replace(
        base,
        deciding=replace(base.deciding, scripts=20, manager_week=28.0),
        listening=replace(base.listening, obstacle_hours=8.0),
        culture=replace(base.culture, reciprocity=0.8),
        choosing=replace(base.choosing, motive=0.9, hurdle=30.0, hurdle_months=6.0),
        leading=replace(base.leading, board_hazard=0.1),
        contributing=replace(base.contributing, erosion=0.5, identity=0.5),
        serving=replace(
            base.serving, contacts_per_year=30.0, usual_utilisation=0.95, digital_share=0.3
        ),
        remembering=replace(base.remembering, failure=0.3, churn=0.3),
        staffing=replace(base.staffing, quits=0.4),
        surveys=replace(base.surveys, nps_sample=60, enps_sample=20),
    )
    return small(weeks, parameters=parameters, actions=BUSY_ACTIONS)


def with_parameters(told: Configuration, **groups: dict[str, float]) -> Configuration:
    """The same with other numbers: `with_parameters(told, mood={"support": 0.0})`."""
    changed = {
        name: replace(getattr(told.parameters, name), **values) for name, values in groups.items()
    }
    return replace(told, parameters=replace(told.parameters, **changed))


def in_circles(weeks: int = 78) -> Configuration:
    """The busy organisation that goes over to circles, and back under managers."""
    told = busy(weeks)
    return replace(told, switches=(Switch("circles", 4), Switch("hybrid", weeks - 14)))


def with_rival_rules(weeks: int = 78) -> Configuration:
    """The busy organisation under rival rules, with few who begin what is new."""
    few = tuple(each for each in BUSY_ACTIONS if each.lever != "coalition")
    told = replace(busy(weeks), actions=(*few, Action("coalition", 0.05, 2)))
    return with_parameters(told, contributing={"copying": 1}, remembering={"memory": 2},
                           culture={"losing_heart": 0.4})  # fmt: skip


def under_a_board(weeks: int = 78) -> Configuration:
    """An organisation whose customers turn away from happy staff, and may bring the top down."""
    doings = ("board", 1.0), ("promise", 1.0), ("selling", 1.0), ("recognition", 1.0)
    actions = tuple(Action(lever, strength, 1) for lever, strength in doings)
    watching = {"board_hazard": 0.09, "watched": 1}
    return with_parameters(small(weeks, actions=actions), leading=watching)


def compile_once(folder: Path) -> None:
    """Compile (or load) the model. Of workers side by side one does it, and the others wait."""
    from sim.runs import simulate

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "alone")  # the same in every worker
    begun, done = folder / f"{run}.begun", folder / f"{run}.done"
    try:
        begun.touch(exist_ok=run == "alone")
    except FileExistsError:
        limit = time.monotonic() + LONGEST_COMPILE
        while not done.exists() and time.monotonic() < limit:
            time.sleep(0.2)
    try:
        simulate(small(1), 1)
    finally:
        done.touch()


@pytest.fixture(scope="module", autouse=True)
def compiled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    """So that no test carries the wait."""
    if request.path.stem not in WITHOUT_RUNS and not compiled_here:
        own = tmp_path_factory.getbasetemp()
        compile_once(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)
        compiled_here.append(True)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Of a workshop that all tests in a browser share."""
    from tests.workshop_browser import serving

    with serving() as (found, _):
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser for a file: no other may have an event loop of its own while it is open."""
    from tests.workshop_browser import chromium

    with chromium() as found:
        yield found


@pytest.fixture
def watched(browser: Any) -> Iterator[Any]:
    """A page that asks nothing of others and complains of nothing."""
    from tests.workshop_browser import Watched

    found = Watched(browser)
    yield found
    found.context.close()
    assert found.outside == []
    assert found.errors == []


def pytest_configure() -> None:
    """Ctrl-C works in commands that tests start, even if pytest itself runs in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so a shell starts what ends in &
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What was loaded so far stays: the collector of garbage need not look through it again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that run no model first: one worker does them while the other compiles it."""
    items.sort(key=lambda item: item.path.stem not in WITHOUT_RUNS)
