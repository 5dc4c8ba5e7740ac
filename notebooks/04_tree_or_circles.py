# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
"""# Does a firm serve better as a tree or as circles?

**You will learn** to compare structures fairly, to see what each of them costs, and to ask *under
which circumstances* instead of *which one wins*.

1. Look at both.
2. Let them run side by side.
3. Turn the circumstance: shared values.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

import zwerm
from agents.organisation import Organisation
from experiments.figures.over_years import fan

SMALL = ("organisation.people=120", "organisation.customers=1200")

# %% [markdown]
"""## 1. Look at both

The same people. A square leads somebody. Colour is visible effort, dark for little.
"""


# %%
def looked_at(structure: str) -> Organisation:
    """The firm that the scenario is about, after a year."""
    firm = zwerm.organisation("organisation=zappos", *SMALL, f"organisation.structure={structure}")
    firm.run_for(52)
    return firm


figure, panels = plt.subplots(1, 2, figsize=(9, 4))
for axes, structure in zip(panels, ("tree", "circles"), strict=True):
    firm = looked_at(structure)
    for person in firm.employees:
        drawn = person.portrayal()
        axes.scatter(drawn["x"], drawn["y"], c=drawn["color"], marker=drawn["marker"],
                     s=drawn["size"], edgecolors="grey", linewidths=0.4)  # fmt: skip
    front = sum(person.front for person in firm.employees)
    axes.set_title(f"{firm.structure}: {front} of {len(firm.employees)} serve customers")
    axes.axis("off")
plt.show()

# %% [markdown]
"""Read the titles: a structure also changes *who serves*. A comparison that forgets this may find
that one of them wins by having more hands. The scenario therefore holds the hours of the front
equal (`same_front_as`).

## 2. Side by side
"""

# %%
study = zwerm.run("zappos", "engine.seeds=8", *SMALL)
fan(study, ("nps", "waiting", "inside", "allowed"), difference=False)

# %%
for arm in study.arms:
    print(f"{arm.name:28}", end="")
    for name in ("waiting", "inside", "allowed"):
        print(f"{name} {np.nanmean(arm.series(name)[:, -52:]):.2f}", end="   ")
    print()

# %% [markdown]
"""Three things to look for: the wait for a decision, the hours that stay inside (meetings), and how
much of an unforeseen need the front may meet. The arm *circles without discretion* shows the shape
alone: what remains of the difference is not the circles.

## 3. The circumstance

Free people read a need well if they share the firm's values, and otherwise each in a way of their
own. So turn the values. Every point is a seed: NPS with circles less NPS as a tree.
"""


# %%
def gap(value: float) -> list[float]:
    """NPS of circles less NPS of the tree in the last year, by seed."""
    settings = (*SMALL, f"people.value={value}", "engine.seeds=6")
    found = zwerm.compare("zappos:circles", "zappos:tree", overrides=settings)
    return np.nanmean(found.difference("nps_true")[:, -52:], axis=1).tolist()


values = (0.2, 0.4, 0.6, 0.8)
gaps = [gap(value) for value in values]
figure, axes = plt.subplots(figsize=(6, 3.5))
axes.axhspan(-2, 2, color="#eeeeee", label="too small to matter")
axes.plot(values, gaps, "o", color="#0072b2", alpha=0.5)
axes.plot(values, np.mean(gaps, axis=1), color="#0072b2")
axes.set(xlabel="practised values at the start", ylabel="NPS: circles − tree")
axes.legend(frameon=False)
plt.show()
print({value: round(float(np.mean(each)), 1) for value, each in zip(values, gaps, strict=True)})

# %% [markdown]
"""Does the line cross the band? Then the honest answer to the title is "it depends", and you know
on what. Remember what is assumed: how much discretion each structure gives is put in, and so is
what free people misread.

## Exercises

**1.** Which number decides more here, the structure or the discretion? Use the arm *circles without
discretion*.

<details><summary>Answer</summary>

```python
tree = np.nanmean(study.arm("tree").series("nps_true")[:, -52:])
for name in ("circles", "circles without discretion"):
    print(f"{name:28} {np.nanmean(study.arm(name).series('nps_true')[:, -52:]) - tree:+.1f}")
```

The first line has both, the second the shape alone.

</details>

**2.** What happens to `waiting` if managers have fewer hours for decisions? Predict the shape
before you run it: a straight line?

<details><summary>Answer</summary>

A queue is not a straight line: the busier a manager is, the more each further hour costs.

```python
for hours in (24, 20, 16, 12):
    busy = zwerm.run("zappos", f"deciding.hours_for_decisions={hours}", "engine.seeds=2", *SMALL)
    tree = busy.arm("tree")
    told = {name: np.nanmean(tree.series(name)[:, -52:]) for name in ("load", "waiting")}
    print(f"{hours} hours: load {told['load']:.2f}, wait {told['waiting']:.2f} days")
```

</details>

**3.** How sure is the crossing of step 3? Give each point its standard error.

<details><summary>Answer</summary>

```python
for value, each in zip(values, gaps, strict=True):
    error = np.std(each, ddof=1) / np.sqrt(len(each))
    print(f"values {value}: {np.mean(each):+.1f} (standard error {error:.1f})")
```

Which of these differ from nothing by two standard errors? `zwerm sweep power` says how many seeds
would settle the others.

</details>
"""
