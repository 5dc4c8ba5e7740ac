# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
"""# On what does a result hang, and how do you find out?

**You will learn** to let many numbers vary at once, to read which of them move a result, and to say
for which part of what nobody knows the result holds.

1. Design a sweep.
2. Look at every point.
3. Rank the factors.
4. Where does it hold?
"""

# %%
from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt
import numpy as np

import zwerm
from experiments.sweep.effects import Kind, effects

# %% [markdown]
"""## 1. Design a sweep

The question: how much does the top's example lift effort at the front? The scenario has two arms
for it, so the answer is a difference on the same seeds. Four numbers that nobody knows well vary at
once, each over its declared range, in a Latin hypercube. The last factor is a lever: how strong the
example is, from what the top does at rest to all it can.

A sweep lives in a folder. Stop it and call it again: it goes on. (Here the folder is a temporary
one; leave `folder` out and it stands below `runs/`.)
"""

# %%
folder = Path(mkdtemp()) / "copy"
factors = ("leading.lead_bonus", "leading.commitment", "contributing.drive_from_engagement",
           "mood.support", "levers.example.strength")  # fmt: skip
ranges = ", ".join(f"{name}: null" for name in factors[:-1])
ranges += f", {factors[-1]}: {{low: 0.5, high: 1.0}}"
found = zwerm.sweep(
    "", "scenario=copy_of_a_copy", "sweep.arms=[example, nothing]",
    "sweep.method=latin", "sweep.points=48", f"sweep.factors={{{ranges}}}",
    "engine.seeds=2", "years=3", "organisation.people=57", "organisation.customers=400",
    folder=folder,
)  # fmt: skip
print(found)
print(found.design.describe().loc[["min", "max"]].T.to_string())

# %% [markdown]
"""`null` takes the range that is declared beside the parameter; give `{low: .1, high: .3}` for
your own. `zwerm explain leading.lead_bonus` says where a range comes from. Most are assumed, and
that will matter in step 3.

## 2. Look at every point

`paired` is the arm the scenario is about less the other, seed by seed, in the last year.
"""

# %%
lifted = found.paired("effort_front").to_numpy()  # [points, seeds]
means = lifted.mean(axis=1)

figure, panels = plt.subplots(1, len(factors), figsize=(13, 2.8), sharey=True)
for axes, name in zip(panels, factors, strict=True):
    axes.plot(found.design[name], means, "o", ms=4, alpha=0.6, color="#0072b2")
    axes.axhline(0, color="grey", lw=0.8)
    axes.set_xlabel(name.split(".", 1)[1])
panels[0].set_ylabel("more effort at the front")
plt.show()

# %% [markdown]
"""A cloud without slope: this number hardly matters *while all the others vary*. Which panels lean?

## 3. Rank the factors

The share of the variance over points that goes with one factor alone, with its interval. An
interval that reaches zero says: not shown with this many points.
"""

# %%
ranked = effects(found.design, lifted, Kind.SPREAD)
places = np.arange(len(ranked))[::-1]
shares = np.array([each.share for each in ranked])
reach = np.array([[each.share - each.share_low, each.share_high - each.share] for each in ranked])

figure, axes = plt.subplots(figsize=(6, 2.8))
axes.barh(places, shares, xerr=np.maximum(reach.T, 0), color="#56b4e9", ecolor="#5a646d")
axes.set_yticks(places, [each.factor for each in ranked])
axes.axvline(0, color="grey", lw=0.8)
axes.set_xlabel("share of variance alone")
plt.show()
print(f"all together explain {shares.sum():.2f} alone; what is left is luck and working together")

# %% [markdown]
"""**Ranges make shares.** A factor with a wide assumed range takes much of the variance; halve its
range and it falls. So a ranking is a statement about our ignorance as much as about the world.

## 4. Where does it hold?

Say beforehand what would matter: a lift of .05 (assumed). Then count.
"""

# %%
MATTERS = 0.05
holds = means > MATTERS
strongest, second = ranked[0].factor, ranked[1].factor

figure, axes = plt.subplots(figsize=(5, 4))
for chosen, colour, label in ((holds, "#0072b2", "matters"), (~holds, "#d55e00", "too small")):
    axes.scatter(
        found.design[strongest][chosen], found.design[second][chosen], c=colour, label=label
    )
axes.set(xlabel=strongest, ylabel=second)
axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, 1.15), ncols=2)
plt.show()
print(f"the example matters in {holds.mean():.0%} of the points; worst {means.min():+.3f}, "
      f"best {means.max():+.3f}")  # fmt: skip

# %% [markdown]
"""Is there a corner with one colour only? That corner is a sentence you may say aloud: "it works
where ... ". `zwerm sensitivity` does all this over *all* parameters, with interactions (Sobol) and
boxes (PRIM); `zwerm sweep report FOLDER` makes a page of it.

## Exercises

**1.** Are 48 points enough? Take every second point and rank again. Does the order stay?

<details><summary>Answer</summary>

```python
half = effects(found.design.iloc[::2], lifted[::2], Kind.SPREAD)
for whole, part in zip(ranked, half, strict=True):
    print(f"{whole.factor:38} {whole.share:+.2f}    {part.factor:38} {part.share:+.2f}")
```

If the order changes, you have learned that the order was luck. More points, before more seeds.

</details>

**2.** Ask the same of customers: NPS instead of effort. Is the ranking the same? Are the intervals
wider, and what would make them so?

<details><summary>Answer</summary>

```python
moved = found.paired("nps_true").to_numpy()
for each in effects(found.design, moved, Kind.SPREAD):
    print(f"{each.factor:38} {each.share:+.2f} ({each.share_low:+.2f} to {each.share_high:+.2f})")
```

What stands between effort and NPS (who meets whom, what customers expected, who answers) adds luck
to every point.

</details>

**3.** Leave the lever as the scenario has it and rank what is left. Which question does that
answer?

<details><summary>Answer</summary>

Then the design asks "if we really do it, what decides whether it works?" instead of "what decides
the outcome, our own resolve included?".

```python
others = ", ".join(f"{name}: null" for name in factors[:-1])
resolved = zwerm.sweep(
    "", "scenario=copy_of_a_copy", "sweep.arms=[example, nothing]", "sweep.method=latin",
    "sweep.points=32", f"sweep.factors={{{others}}}", "engine.seeds=2", "years=3",
    "organisation.people=57", "organisation.customers=400", folder=Path(mkdtemp()) / "resolved",
)
for each in effects(resolved.design, resolved.paired("effort_front").to_numpy(), Kind.SPREAD):
    print(f"{each.factor:38} {each.share:+.2f}")
```

</details>
"""
