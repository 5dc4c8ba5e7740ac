"""Does a model written from the text of `docs/odd.md` agree with the engine?

`notebooks/plain_model.py` has other code, other random numbers and another order of draws, so the
two can agree in distribution only. Both run the reduced chain (contributing, serving,
remembering, surveys) from the same first guess. A run is boiled down to a few outcomes; each
outcome's mean is compared by Welch's test and its whole distribution by that of Kolmogorov and
Smirnov. All comparisons of this file together raise a false alarm with probability FALSE_ALARM at
most (Bonferroni), if the models agree; seeds are fixed, so they always say the same. That they
would not say so whatever the engine did is checked with engines that are wrong on purpose.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.stats import ks_2samp, ttest_ind

from notebooks.plain_model import RULES, PlainModel
from sim.configuration import Configuration, Organisation, Parameters, rules_of, seed_of
from sim.levers import Action, at_rest, timetable
from sim.measures import COLUMN, empty_record
from sim.start import PILOT_WEEKS, SPIN_UP_WEEKS, build
from sim.state import Floats
from sim.week import run

PEOPLE, SPAN, CUSTOMERS, WEEKS, LATE = 57, 7, 400, 60, 13  # LATE weeks at the end are looked at
PLAIN_RUNS, ENGINE_RUNS = 60, 300
OFF = ("leading", "culture", "deciding", "mood", "staffing")
FALSE_ALARM = 1e-3
LITTLE = 0.025  # effort that rounds to 0 of 20


class Seen(NamedTuple):
    """What a run shows: the last week's people and customers, late contacts, weekly counts."""

    visible: Floats  # mean visible effort, [weeks]
    effort: Floats  # [people]
    belief: Floats  # [people who follow]
    attitude: Floats  # [active customers]
    expectation: Floats  # [active customers]
    quality: Floats  # [late contacts]
    satisfaction: Floats  # [late contacts]
    contacts: Floats  # [weeks]
    joined: Floats  # [weeks]
    left: Floats  # [weeks]
    nps: Floats  # [surveys]
    nps_true: Floats  # [surveys]
    reputation: float
