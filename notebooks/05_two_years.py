# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
"""# Why does NPS follow eNPS by two years, and why does that prove no cause?

**You will learn** to read a lag between two surveys, and to distrust it: of three worlds two draw
much the same picture, and only one of them has a link from staff to customers.

1. Three worlds.
2. The picture that convinces boards.
3. What would tell them apart.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

import zwerm
from scenarios.lags import peak_of_one_stage

# %% [markdown]
"""## 1. Three worlds

A group of countries; each starts the same programme on a date of its own. eNPS is surveyed twice a
year and NPS four times.

- **true link**: engaged people give more effort, and customers notice.
- **common cause only**: every path between staff's mood and customers is cut; the programme moves
  both by itself.
- **placebo**: neither.

Before you run it: in which of them do you expect NPS to follow eNPS?
"""

# %%
study = zwerm.run("aegon", "engine.seeds=2", "engine.figures=false", "scenario.panel.units=12")
panel = study.extra["panel"]
kinds = panel["kinds"]
for arm in study.arms:
    print(f"{arm.name:18} {arm.about}")

# %% [markdown]
"""## 2. The picture that convinces boards

The correlation, within countries, of eNPS now with NPS so many months later. The grey band is what
shuffled countries show: chance.
"""

# %%
figure, panels = plt.subplots(1, 3, figsize=(10, 3.2), sharey=True)
for axes, (name, found) in zip(panels, kinds.items(), strict=True):
    months = found["lags_months"]
    axes.fill_between(
        months, found["null_low"], found["null_high"], color="#dddddd", label="chance"
    )
    axes.plot(months, found["correlation"], color="#0072b2")
    axes.axhline(0, color="grey", lw=0.8)
    axes.axvline(24, color="grey", ls=":", label="two years")
    axes.set(title=name, xlabel="months NPS is later")
panels[0].set_ylabel("correlation")
panels[0].legend(frameon=False)
plt.show()

for name, found in kinds.items():
    known = np.array(found["correlation"], dtype=float)
    print(f"{name:18} peaks at {found['lags_months'][int(np.nanargmax(known))]:+.0f} months")

# %% [markdown]
"""Cover the titles with your hand. Which is which? A board sees one such picture, without a title.

Two panels are few (they were chosen to be quick): `zwerm run scenario=aegon engine.seeds=20` says
how often each world peaks at which lag.

Where does so long a delay come from, if nobody put it in? A stage that follows slowly shifts the
peak, and several stages in a row shift it further: mood, effort, what customers remember.
"""

# %%
stage = np.linspace(1, 36, 60)
figure, axes = plt.subplots(figsize=(6, 3.5))
for driver in (6, 24, 120):
    peaks = [peak_of_one_stage(driver, months) for months in stage]
    axes.plot(stage, peaks, label=f"driver turns in {driver} months")
axes.set(xlabel="months that a stage takes to follow", ylabel="months until the peak")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
"""This one is a formula, not a simulation: the lag depends on how slowly the *driver* turns as
well. So there is no such thing as "the" lag between two surveys.

## 3. What would tell them apart

Not a longer series and not a stronger correlation. An intervention would: move staff's mood
*alone* in some countries, and look at customers. In a model that is one line; the lever
`recognition` is for staff, whatever they do for customers.
"""

# %%
SMALL = (
    "organisation=insurance",
    "organisation.people=120",
    "organisation.customers=1500",
    "years=8",
)
THANKS = "actions=[{lever: recognition, strength: 1.0, start: 52, ramp: 26}]"
CUT = ("contributing.drive_from_engagement=0", "staffing.slope=0", "staffing.strained=0",
       "staffing.attraction=0", "serving.strain_cost=0", "leading.urgency=0", "mood.customers=0",
       "mood.results=0", "mood.load=0", "mood.strained=0")  # fmt: skip

figure, panels = plt.subplots(1, 2, figsize=(9, 3.5))
for label, cut, colour in (("link", (), "#0072b2"), ("link cut", CUT, "#d55e00")):
    treated = zwerm.run("nothing", "engine.seeds=8", *SMALL, THANKS, *cut)
    for axes, measure in zip(panels, ("enps_true", "nps_true"), strict=True):
        more = treated.difference(measure).mean(axis=0)
        known = ~np.isnan(more)
        axes.plot(np.flatnonzero(known) / 52, more[known], color=colour, label=label)
        axes.set(title=f"{measure}: thanked − not", xlabel="years")
        axes.axhline(0, color="grey", lw=0.8)
panels[0].set_ylabel("points")
panels[0].legend(frameon=False)
plt.show()

# %% [markdown]
"""On the left both move: staff are happier. On the right look for the line that stays flat. *That*
picture tells a link from a common cause; the lag did not.

## Exercises

**1.** Say in one sentence what the lag of two years does prove.

<details><summary>Answer</summary>

That something moves staff's answers sooner than customers' answers. It may be staff; it may be
anything that reaches staff first.

</details>

**2.** Differences from year to year are said to be safer than levels. Draw step 2 again with
`found["differences"]`. Which world is unmasked?

<details><summary>Answer</summary>

```python
for name, found in kinds.items():
    known = np.array(found["differences"]["correlation"], dtype=float)
    months = found["lags_months"][int(np.nanargmax(known))]
    print(f"{name:18} {np.nanmax(known):+.2f} at {months:+.0f} months")
```

Compare the first two rows. Differences protect against slow drifts, not against a programme that
moves both.

</details>

**3.** In your own firm eNPS rose and NPS rose two years later. Name three things other than
engagement that may have done both.

<details><summary>Answer</summary>

A new top that changes how things are done; a hiring wave (less load, shorter queues); a merger that
is over. Each reaches staff first. None of them is engagement.

</details>
"""
