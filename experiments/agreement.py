"""Do the settings of a study agree? What each alone allows and together makes no sense."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments.overrides import OWN_LINES, PANELS
from experiments.results import KINDS
from sim.configuration import Configuration
from sim.measures import NAMES
from sim.parameters import ParameterError, nearest

if TYPE_CHECKING:
    from scenarios.panel import Panel

# What `experiments.figures.draw` may draw; a name stands for all that begin with it.
FIGURES = ("fan", "levels", "lag", "organisation", "organisation-effort", "organisation-value")
PANEL_KEYS = ("units", "first_start", "last_start")


def check_figures(wanted: Iterable[str]) -> None:
    """Raise ParameterError unless every figure that is wanted can be drawn."""
    for name in wanted:
        if name not in FIGURES:
            raise ParameterError(
                f"scenario.figures: no figure is called {name!r}; {nearest(name, list(FIGURES))}"
            )


def check_measure(name: str) -> str:
    """The name of a measure. Raises ParameterError."""
    if name not in NAMES:
        raise ParameterError(f"unknown measure {name!r}; {nearest(name, list(NAMES))}")
    return name


def check_measures(wanted: Iterable[str]) -> None:
    """Raise ParameterError unless every measure that is wanted is taken."""
    for name in wanted:
        try:
            check_measure(name)
        except ParameterError as error:
            raise ParameterError(f"scenario.measures: {error}") from None


def check_list(structure: str, scenario: str, arms: Sequence[Configuration]) -> None:
    """Raise ParameterError where an org list meets another structure, of all arms or of one."""
    if structure not in ("tree", "chart"):
        raise ParameterError(OWN_LINES)
    if any(told.structure != "chart" for told in arms):
        raise ParameterError(
            f"scenario {scenario} compares structures, and an org list brings its own reporting "
            f"lines; leave out organisation.chart, or choose another scenario"
        )


def agreed_panel(
    content: Mapping[str, Any] | None, scenario: str, arms: Mapping[str, Configuration]
) -> "Panel | None":
    """The panel that the arms are kinds of, None if none is set. Raises ParameterError."""
    from scenarios.panel import Panel

    if not content:
        return None
    if "panels" in content:
        raise ParameterError(PANELS)
    for key in content:
        if key not in PANEL_KEYS:
            raise ParameterError(f"unknown scenario.panel.{key}; {nearest(key, list(PANEL_KEYS))}")
    if not arms.keys() & set(KINDS):
        raise ParameterError(
            f"scenario {scenario} is no panel (none of its arms is called {' or '.join(KINDS)}); "
            f"leave out scenario.panel, or type scenario=aegon"
        )
    if any("surveys" in told.off for told in arms.values()):
        raise ParameterError("a panel reads the surveys; leave them on: take surveys out of off")
    try:
        return Panel(kinds=arms, **content)
    except ParameterError as error:
        raise ParameterError(f"scenario.{error}") from None
