# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
"""# What does a first run look like, in ten lines?

**You will learn** to run a scenario, to read a band, to look at a paired difference, and to ask one
employee why. The first run on a machine compiles the model once, in about a minute; after that it
answers in seconds.

## 1. Ten lines
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

import zwerm

small = ("organisation.people=120", "organisation.customers=1200")
study = zwerm.run("copy_of_a_copy", "engine.seeds=8", *small)

figure, axes = plt.subplots(figsize=(6, 3.5))
for arm in study.arms:
    effort = arm.series("effort_front")  # [seeds, weeks]
    axes.plot(np.arange(effort.shape[1]) / 52, np.median(effort, axis=0), label=arm.name)
axes.set(xlabel="years", ylabel="effort of front staff")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
"""Each line is an *arm*, one way of doing it: nobody acts, the top sets an example, it broadcasts,
it only talks. A line is the middle of eight *seeds*: organisations that are alike but for luck.

## 2. What is an arm?

An arm knows what it was told, and holds every measure, week by week.
"""

# %%
for arm in study.arms:
    print(f"{arm.name:10} {arm.about}")
print(study.arm("example").told.actions)
print("shape of a measure:", study.arm("example").series("nps").shape, "= seeds, weeks")

# %% [markdown]
"""`zwerm list levers` and `zwerm list scenarios` in a terminal say what there is to choose from.

## 3. A band, and a paired difference

`fan` draws lines, bands over seeds and the levers. NPS is also drawn as a difference. Compare the
band around a line with the band around a difference, and see which is narrower.
"""

# %%
from experiments.figures.over_years import fan

fan(study, ("nps", "effort_front"))

# %%
apart = np.nanmean(study.difference("nps_true")[:, -52:], axis=1)  # NaN between two surveys
alone = np.nanmean(study.arm(study.main).series("nps_true")[:, -52:], axis=1)
print(f"NPS in the last year scatters by {alone.std(ddof=1):.1f} points over seeds")
print(f"its difference from '{study.against}' by {apart.std(ddof=1):.1f}")

# %% [markdown]
"""All arms run on the same seeds: the same people fall ill in the same week. Taking the difference
seed by seed takes that luck away. Always compare that way.

## 4. Ask somebody why

`zwerm.organisation` gives a Mesa model with people to look at.
"""

# %%
firm = zwerm.organisation(*small, seed=1)
firm.run_for(52)
ledger = firm.employees[40].why()
print(ledger)

# %%
causes = [row for row in ledger.rows if abs(row.amount) > 1e-4]
figure, axes = plt.subplots(figsize=(7, 0.35 * len(causes) + 1))
axes.barh([row.label for row in causes], [row.amount for row in causes], color="#0072b2")
axes.invert_yaxis()
axes.axvline(0, color="grey", lw=0.8)
axes.set(xlabel="share of capacity", title="why this effort?")
plt.show()

# %% [markdown]
"""The rows add up to the effort that was given. One row is chance: another seed would have drawn
another number.

## Exercises

**1.** Which arm changes `credibility` most? Guess before you look.

<details><summary>Answer</summary>

Look for the arm in which saying and doing part.

```python
for arm in study.arms:
    believed = arm.series("credibility")
    print(f"{arm.name:10} {believed[:, :52].mean():.2f} -> {believed[:, -52:].mean():.2f}")
```

</details>

**2.** Run the same scenario with 57 people instead of 120. Does the example arrive as strongly? Why
would the number of people matter at all?

<details><summary>Answer</summary>

Fewer people under the same span make one level less, and each level copies a copy.

```python
smaller = zwerm.run("copy_of_a_copy", "engine.seeds=8", "organisation.people=57",
                    "organisation.customers=1200")
for each in (study, smaller):
    print(each.arms[0].levels.shape[2], "levels:",
          f"{each.difference('effort_front')[:, -52:].mean():+.3f}")
```

</details>

**3.** Mistype a scenario on purpose. What does the message tell you?

<details><summary>Answer</summary>

One sentence: what is wrong and what you may have meant.

```python
try:
    zwerm.run("copy_of_a_cop")
except ValueError as error:
    print(error)
```

</details>
"""
