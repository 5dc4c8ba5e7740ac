"""What is done, and under which circumstances: arms that hypotheses of several sources share.

Equal changes give equal configurations, which are run once. Strengths and dates are assumed; they
were chosen before anything was run.
"""

from scenarios.claims.hypothesis import Change, acting, parameters
from sim.levers import Action
from sim.parameters import WEEKS_PER_YEAR

YEAR = WEEKS_PER_YEAR
QUARTER = YEAR // 4
OF_INTEREST = 0.02  # of effort, values and other scales from 0 to 1: a fiftieth, assumed

# what is done
NOTHING = Change()
GOES_FIRST = Action("example", 0.9, ramp=QUARTER)
HOURS = Action("attention", 4.0, ramp=QUARTER)
EXAMPLE = acting(GOES_FIRST)
ATTENTION = acting(HOURS)
LEADERS = acting(GOES_FIRST, HOURS)  # the top goes first, managers change how things are done
WALKS = acting(Action("walks", 1.0))
CALLS = acting(Action("closed_loop", 1.0))
TRAINING = acting(Action("training", 1.0))
CARE = acting(Action("recognition", 1.0))
AT_USE = acting(Action("moments", 1.0))
GIFTS = acting(Action("gifts", 1.0))
FREEDOM = acting(Action("discretion", 0.4))
NEW_TOP = Action("new_top", 1.0, start=YEAR)

# where it is looked at again
RARE_CONTACT = parameters(serving={"contacts_per_year": 1.5})  # an insurer's
LOW_VALUES = parameters(people={"value": 0.3})  # of applicants; those who are there come near .44
HIGH_VALUES = parameters(people={"value": 0.7})  # and near .52
HELD_LOW = parameters(  # values stay where they are put: no pull of leaders and routines
    culture={"from_leader": 0.0, "layers": 1}, people={"value": 0.35}
)
ONE_WAY = parameters(  # customers and results do not move staff
    mood={"customers": 0.0, "results": 0.0}, staffing={"follows": 0.0, "attraction": 0.0}
)
NO_LINK = parameters(contributing={"drive_from_engagement": 0.0})
COPYING = parameters(contributing={"copying": 1})  # rival rule of effort
ONE_LAYER = parameters(culture={"layers": 1})  # rival rule of culture
PEAKS = parameters(remembering={"memory": 2})  # rival rule of memory
STEADY = parameters(remembering={"memory": 1})  # rival rule of memory
CIRCLES = Change(structure="circles")
LONG_MEMORY = parameters(culture={"memory_months": 24.0})
MANY_LEAVE = parameters(staffing={"quits": 0.4})
NOBODY_JOINS_IN = parameters(people={"threshold": 0.6, "threshold_spread": 0.0})


def together(*changes: Change) -> Change:
    """The actions of several changes in one."""
    return acting(*(action for each in changes for action in each.actions))
