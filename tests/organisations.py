"""What tests of agents share: small organisations in which much happens."""

from sim.configuration import Configuration, Parameters, Switch
from sim.configuration import Organisation as Size
from sim.levers import Action
from sim.mechanisms.contributing import Contributing

SMALL = Size(people=57, customers=400)
WEEKS = 60
BUSY = (
    Action("example", 0.9, start=2, ramp=8), Action("words", 0.4, start=4),
    Action("broadcast", 0.8, start=6), Action("pay", 0.7, start=12, end=30),
    Action("context", 0.9, start=10), Action("promise", 1.0, start=8),
    Action("automation", 0.3, start=16), Action("recognition", 1.0, start=20),
    Action("discretion", 0.3, start=18), Action("people_behind", 0.5, start=14),
)  # fmt: skip
ERODING = Parameters(contributing=Contributing(erosion=0.5, identity=0.6))

QUIET = Configuration(organisation=SMALL, weeks=WEEKS)
TREE = Configuration(organisation=SMALL, weeks=WEEKS, actions=BUSY, parameters=ERODING)
CIRCLES = Configuration(organisation=SMALL, weeks=WEEKS, actions=BUSY, structure="circles")
OFF = Configuration(
    organisation=SMALL, weeks=WEEKS, off=("contributing", "remembering"), actions=BUSY
)
HYBRID = Configuration(organisation=SMALL, weeks=WEEKS, actions=BUSY, structure="hybrid")
SWITCHES = (
    Switch("hybrid", week=6), Switch("circles", week=20), Switch("tree", week=30, at_value=0.0),
    Switch("circles", week=40, if_nps_falls=200.0),  # waits in vain
)  # fmt: skip
SWITCHING = Configuration(organisation=SMALL, weeks=WEEKS, actions=BUSY, switches=SWITCHES)
CASES = {
    "quiet": QUIET, "tree": TREE, "circles": CIRCLES, "hybrid": HYBRID, "off": OFF,
    "switching": SWITCHING,
}  # fmt: skip
