"""What many tests share: small organisations, and a look at every column of a world."""

from dataclasses import replace

import numpy as np
import pytest

from sim.configuration import Configuration, Organisation, Parameters
from sim.levers import Action
from sim.measures import Record
from sim.state import World

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
)


def busy(weeks: int = 78) -> Configuration:
    """A small organisation in which every rule has something to do."""
    base = Parameters()
    parameters = replace(
        base,
        deciding=replace(base.deciding, scripts=20),
        contributing=replace(base.contributing, erosion=0.5, identity=0.5),
        serving=replace(
            base.serving, contacts_per_year=30.0, usual_utilisation=0.95, digital_share=0.3
        ),
        remembering=replace(base.remembering, failure=0.3, churn=0.3),
        staffing=replace(base.staffing, quits=0.4),
        surveys=replace(base.surveys, nps_sample=60, enps_sample=20),
    )
    return small(weeks, parameters=parameters, actions=BUSY_ACTIONS)


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """Compile (or load) the model once, so that no test carries the wait."""
    from sim.runs import simulate

    simulate(small(1), 1)
