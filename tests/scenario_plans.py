"""What tests of scenarios share: what each of them tells its arms."""

from functools import cache

from experiments.settings import Plan, compose, study_plan
from scenarios.library import names
from sim.configuration import Configuration

SCENARIOS = names("scenario")
ASKING = [name for name in SCENARIOS if name != "nothing"]


@cache
def plan(name: str) -> Plan:
    return study_plan(compose([f"scenario={name}"]))


def told(name: str) -> dict[str, Configuration]:
    return {arm.name: arm.told for arm in plan(name).arms}
