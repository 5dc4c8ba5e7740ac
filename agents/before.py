"""What did the tables look like before? Copies kept so that a number can be explained.

Each step begins with a copy of the tables (a quarter of a millisecond at the default size, 27
bytes a customer; two are kept, the last week's and the last round's). What a mechanism found
when its turn came is worked out when somebody asks, by running the mechanisms before it once
more from that copy: random numbers depend on who and when only, so the same bits come out. Weeks
with mechanisms of the user's own are not run again; there the copies are made as the week goes
by.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sim.configuration import Rules
from sim.state import Floats, Moment, World, copy_tables
from sim.week import steps

# Mechanisms that `why` looks into. What leaders choose stands before the first of them.
EXPLAINED = ("contributing", "culture", "serving", "remembering", "mood")


@dataclass(frozen=True)
class Before:
    """A week: what it started from, its levers, and what mechanisms found in it."""

    start: World  # tables before the week, in the structure that the week runs in
    engagement: Floats  # [people] before the week, and before a change of structure
    rules: Rules
    scheduled: Floats  # value of each lever that the schedule asks for this week
    moment: Moment
    off: tuple[str, ...]  # mechanisms switched off
    found: dict[str, World] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)  # what accounts work out once
    awaited: list[float] = field(default_factory=list)  # customers a market was to send this week

    def keep(self, mechanism: str, world: World) -> None:
        """Keep a copy of what this mechanism finds now."""
        self.found[mechanism] = copy_tables(world)
        self.results.clear()

    def found_by(self, mechanism: str) -> World:
        """The tables as this mechanism found them, with the head start of those before it.

        Its `choices.now` are the levers that leaders use this week, `choices.before` last week's.
        """
        if mechanism not in self.found:
            world = copy_tables(self.start)
            for name, step in steps(self.off).items():
                if name == mechanism:
                    break
                step(world, self.rules, self.scheduled, self.moment)
            self.found[mechanism] = world
        return self.found[mechanism]

    def once[Result](self, name: str, work_out: Callable[["Before"], Result]) -> Result:
        """What `work_out` makes of this week; under the same name it is worked out once."""
        if name not in self.results:
            self.results[name] = work_out(self)
        return self.results[name]
