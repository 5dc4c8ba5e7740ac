"""The model for the EMA workbench: uncertainties, levers and outcomes from their declarations.

    from ema_workbench import perform_experiments
    from experiments.ema import ZwermModel

    model = ZwermModel("organisation=small", levers=["example"])
    experiments, outcomes = perform_experiments(model, scenarios=100, policies=4)

The workbench wants identifiers, so a dot is written as two underscores: `leading__pull` is
`leading.pull`, `levers__example__strength` the strength of a lever. Outcomes are `last_nps_true`
(mean over the last year) and `series_nps_true` (mean of every quarter), of a run, or their means
over seeds. Runs are those of `zwerm run` with the same settings, number for number. More in
`docs/ema.md`. Importing this file needs the EMA workbench (the extra `sensitivity`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.run import veil  # what an org list may show, as in a study
from experiments.settings import compose, engine_of, resolved
from experiments.sweep.base import Base
from experiments.sweep.design import kept
from experiments.sweep.factors import ALL_UNCERTAIN, LEVER, PRESET, Factor, factors_of
from experiments.sweep.parts import LAST, LAST_WEEKS, QUARTER, SERIES, means
from sim.configuration import Configuration, structure_of
from sim.levers import NAMES as LEVERS
from sim.measures import COLUMN
from sim.measures import NAMES as MEASURES
from sim.parameters import ParameterError, nearest
from sim.runs import simulate

try:
    from ema_workbench import (
        CategoricalParameter,
        IntegerParameter,
        RealParameter,
        Sample,
        ScalarOutcome,
        TimeSeriesOutcome,
    )
    from ema_workbench.em_framework.model import Replicator
    from ema_workbench.em_framework.parameters import Parameter
    from ema_workbench.em_framework.points import ExperimentReplication
    from ema_workbench.util import ExperimentError
except ImportError as error:
    raise ImportError(
        "experiments.ema needs the EMA workbench; install it with `uv sync --extra sensitivity`"
    ) from error

type Factors = Iterable[str] | Mapping[str, Any]  # names and patterns, or what is said of each

SEED = "seed"
DOT = "__"  # what stands for a dot in a name of the workbench


def identifier(name: str) -> str:
    """The name under which the workbench knows a factor: `leading__pull` for `leading.pull`."""
    return name.replace(".", DOT)


def full_name(name: str) -> str:
    """The name under which we know it."""
    return name.replace(DOT, ".")


def mean_of_seeds(values: Sequence[float]) -> float:
    """A figure's mean over the seeds of an experiment."""
    return float(np.mean(values))


def series_of_seeds(values: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """A series' mean over the seeds of an experiment, [quarters]."""
    return np.mean(values, axis=0)


class CannotRun(ExperimentError):
    """An experiment whose values do not go together; the others go on."""

    def __str__(self) -> str:
        return self.message  # and not all values


class ZwermModel(Replicator):
    """One arm of a scenario as a model of the EMA workbench.

    `settings` are those of `zwerm run` ("organisation=small", "years=5"); levers act on the
    scenario's main arm, or on the one that "sweep.arms=[name]" names. `uncertainties` and `levers`
    are names or patterns of factors as `zwerm sweep` takes them ("leading.*"), or a mapping from
    them to {"low": …, "high": …} or to a list of values; None is the whole declared range. A
    lever's plain name is its strength. `series` names the measures whose quarters are kept.

    What is not sampled stays as the settings have it. Every experiment is run on the seeds of the
    settings (`engine.seeds`, `engine.first_seed`), the same for all, and its outcomes are means
    over them. Raises ParameterError with one sentence.
    """

    def __init__(
        self,
        *settings: str,
        name: str = "zwerm",
        uncertainties: Factors = (ALL_UNCERTAIN,),
        levers: Factors = tuple(LEVERS),
        series: Sequence[str] = (),
    ) -> None:
        super().__init__(name)
        cfg = compose(list(settings))
        self.settings = resolved(cfg)
        self._base: Base | None = Base.of(cfg)
        self.factors: dict[str, Factor] = {}  # unit, range and meaning, by the workbench's name
        self.uncertainties = self._parameters(_said(uncertainties))
        self.levers = self._parameters(
            {f"{LEVER}{key}.strength" if key in LEVERS else key: value
             for key, value in _said(levers).items()}
        )  # fmt: skip
        self.outcomes = [
            *(ScalarOutcome(f"{LAST}{each}", function=mean_of_seeds) for each in MEASURES),
            *(TimeSeriesOutcome(f"{SERIES}{each}", function=series_of_seeds)
              for each in kept(list(series))),
        ]  # fmt: skip
        self.replications = len(engine_of(cfg).seeds)

    @property
    def replications(self) -> list[Any]:
        """A dictionary with the seed for each run of an experiment.

        May be set to such a list, or to a number of seeds that follow `engine.first_seed`.
        """
        return self._replications

    @replications.setter
    def replications(self, replications: int | list[dict[str, Any]]) -> None:
        if isinstance(replications, int):
            first = self.settings["engine"]["first_seed"]
            replications = [{SEED: first + place} for place in range(replications)]
        for each in replications:
            if set(each) != {SEED}:
                raise ParameterError(f"{each!r} is no replication; write {{'{SEED}': 1}}")
        Replicator.replications.__set__(self, replications)

    def run_model(self, scenario: Sample, policy: Sample, constants: Sample) -> None:
        """Run an experiment on every seed.

        A combination that cannot be run makes a failed experiment, masked in the results, with a
        warning that says why. Raises ParameterError for a name that nobody knows.
        """
        # Left where it is, it would be taken for the outcome of an experiment that failed.
        self._outcomes_output = {}
        self._keep_own(scenario, [each.name for each in self.uncertainties])
        self._keep_own(policy, [each.name for each in self.levers])
        try:
            super().run_model(scenario, policy, constants)
        except ParameterError as error:
            raise CannotRun(str(error), scenario) from error

    def run_experiment(self, experiment: ExperimentReplication) -> dict[str, Any]:
        """One run: the variables that outcomes are made of."""
        point = {full_name(key): value for key, value in experiment.items() if key != SEED}
        told = self.base.told(self.base.arms[0], point)
        weekly = _weekly(told, int(experiment[SEED]))
        wanted = [variable for outcome in self.outcomes for variable in outcome.variable_name]
        return _variables(wanted, weekly)

    @property
    def base(self) -> Base:
        """The settings, ready to have a point put into them."""
        if self._base is None:
            self._base = Base.restored(self.settings)
        return self._base

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs: it makes its own base from the settings."""
        return self.__dict__ | {"_base": None}

    def _parameters(self, said: Mapping[str, Any]) -> list[Parameter]:
        factors = factors_of(said, self.base.weeks, self.base.taken())
        self.base.check([*self.factors.values(), *factors])
        for each in factors:
            if identifier(each.name) in self.factors:
                raise ParameterError(f"{each.name} is named twice; leave one out")
            self.factors[identifier(each.name)] = each
        return [_parameter(each) for each in factors]

    def _keep_own(self, sample: Sample, names: list[str]) -> None:
        """Keep what is meant by a sample, and refuse what nobody knows.

        Where results are stored, the workbench (3.0.0) adds the policy's values to the scenario.
        What it does not know it would leave out without a word.
        """
        for name in sample:
            if name not in names and name not in self.factors:
                wanted = nearest(name, list(self.factors))
                if not wanted.startswith("did you mean"):
                    wanted = "its uncertainties and levers say what there is"
                raise ParameterError(f"the model has no {name!r}; {wanted}")
        sample.data = {name: sample[name] for name in names if name in sample}


def _said(factors: Factors) -> dict[str, Any]:
    """What is said of each factor, None = nothing."""
    return dict(factors) if isinstance(factors, Mapping) else dict.fromkeys(factors)


def _parameter(factor: Factor) -> Parameter:
    """A factor as the workbench's parameter."""
    name = identifier(factor.name)
    if factor.name == PRESET:
        raise ParameterError("organisation is chosen in the settings; make a model of each")
    if len(factor.values) == 1:
        value = factor.values[0]
        raise ParameterError(f"{factor.name} has one value; type {factor.name}={value} instead")
    if factor.values:
        return CategoricalParameter(name, factor.values)
    if factor.whole:
        return IntegerParameter(name, int(factor.low), int(factor.high))
    return RealParameter(name, factor.low, factor.high)


def _weekly(told: Configuration, seed: int) -> NDArray[np.float64]:
    """The record of a run, [weeks, measures], as `zwerm run` has it."""
    record = simulate(told, seed)
    if told.structure == "chart":
        veil(structure_of(told), record.weekly[np.newaxis], record.levels[np.newaxis])
    return record.weekly


def _variables(names: Iterable[str], weekly: NDArray[np.float64]) -> dict[str, Any]:
    """Means over the last year (numbers) and of all quarters ([quarters]) of measures."""
    last = means(weekly[-LAST_WEEKS:], [0])[0].tolist()
    quarters = means(weekly, range(0, len(weekly), QUARTER)).T
    known = {f"{LAST}{name}": last[at] for name, at in COLUMN.items()}
    known |= {f"{SERIES}{name}": quarters[at] for name, at in COLUMN.items()}
    found: dict[str, Any] = {}
    for name in names:
        if name not in known:
            raise KeyError(f"no variable {name!r}; {nearest(name, list(known))}")
        found[name] = known[name]
    return found
