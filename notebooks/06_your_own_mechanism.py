# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
"""# What changes if you add a rule of your own?

**You will learn** to write a mechanism in plain Python, to put it into the week, and to see two
organisations part by nothing but your rule.

1. A rule that does nothing.
2. Ten lines that do something.
3. Two lines diverge.
4. Luck of your own.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

import zwerm
from agents.organisation import Extra, Organisation, after

SMALL = ("organisation.people=120", "organisation.customers=1200", "years=2")


def lived(*rules: Extra, seed: int = 1) -> Organisation:
    """Two years of an organisation with these rules in every week."""
    firm = zwerm.organisation(*SMALL, seed=seed, extra=list(rules), explain=False)
    firm.run_for(104)
    return firm


def weekly(firm: Organisation, name: str) -> np.ndarray:
    """A measure of the model, week by week."""
    return firm.datacollector.get_model_vars_dataframe()[name].to_numpy(dtype=float)


# %% [markdown]
"""## 1. A rule that does nothing

A rule is a function of the organisation. It is called once a week. One that changes nothing has to
leave every bit as it was; try that first, always.
"""


# %%
def nothing(firm: Organisation) -> None:
    """Look, and touch nothing."""


plain, watched = lived(), lived(nothing)
for name in ("effort", "enps_true", "nps_true"):
    same = np.array_equal(weekly(plain, name), weekly(watched, name), equal_nan=True)
    print(f"{name:10} identical: {same}")

# %% [markdown]
"""## 2. Ten lines that do something

Every month somebody brings cake to the team that had the hardest time. Cake lifts engagement a
little. `after("mood")` says where in the week it happens. (How much a cake lifts is assumed, by
you.)
"""

# %%
CAKE = 0.15  # of engagement: our assumption


@after("mood")
def cake(firm: Organisation) -> None:
    """Every fourth week the most strained team gets cake."""
    if firm.week % 4:
        return
    leaders = list(firm.leaders)
    strain = [leader.followers.agg("strain", np.mean) for leader in leaders]
    for person in leaders[int(np.argmax(strain))].followers:
        person.engagement = min(1.0, person.engagement + CAKE)


# %% [markdown]
"""## 3. Two lines diverge

Both organisations have the same seed: the same people, the same customers, the same luck. Whatever
differs comes from cake.
"""

# %%
baked = lived(cake)
figure, panels = plt.subplots(1, 3, figsize=(11, 3.2))
for axes, name in zip(panels, ("engagement", "effort_front", "nps_true"), strict=True):
    for firm, label, colour in ((plain, "as it was", "#5a646d"), (baked, "with cake", "#d55e00")):
        values = weekly(firm, name)
        known = ~np.isnan(values)
        axes.plot(np.flatnonzero(known), values[known], color=colour, label=label)
    axes.set(title=name, xlabel="week")
panels[0].legend(frameon=False)
plt.show()

apart = np.abs(weekly(baked, "engagement") - weekly(plain, "engagement"))
print("first week in which they differ:", int(np.flatnonzero(apart > 0)[0]))
print("largest difference of engagement:", f"{apart.max():.4f}")

# %% [markdown]
"""Where do the lines part first, and where last? And how much of it reaches customers? A single
seed shows *that* a rule matters. For *how much*, take several.
"""

# %%
seeds = range(1, 4)
gaps = {name: [] for name in ("engagement", "effort_front", "nps_true")}
for seed in seeds:
    one, other = lived(cake, seed=seed), lived(seed=seed)
    for name, found in gaps.items():
        found.append(np.nanmean((weekly(one, name) - weekly(other, name))[-52:]))

figure, axes = plt.subplots(figsize=(6, 2.6))
axes.plot(gaps["engagement"], gaps["effort_front"], "o", color="#0072b2")
axes.set(xlabel="more engagement with cake", ylabel="more effort of the front")
plt.show()
for name, found in gaps.items():
    print(f"{name:13} {np.mean(found):+.4f} (each seed: {', '.join(f'{x:+.4f}' for x in found)})")

# %% [markdown]
"""## 4. Luck of your own

Never use `random` in a rule: it would depend on how often it was asked before. `firm.draw(agent)`
gives the same number whenever this agent asks in this week, and touches no other draw of the model.
"""


# %%
@after("mood")
def sometimes_cake(firm: Organisation) -> None:
    """Anybody may get a piece, one week in fifty."""
    for person in firm.employees:
        if firm.draw(person) < 0.02:
            person.engagement = min(1.0, person.engagement + CAKE)


once, again = [weekly(lived(sometimes_cake), "engagement") for _ in range(2)]
print("the same twice:", np.array_equal(once, again))

figure, axes = plt.subplots(figsize=(6, 3))
axes.plot(weekly(plain, "engagement"), color="#5a646d", label="as it was")
axes.plot(weekly(baked, "engagement"), color="#d55e00", label="cake for the strained")
axes.plot(once, color="#0072b2", label="cake by luck")
axes.set(xlabel="week", ylabel="engagement")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
"""## Exercises

**1.** Give the cake to the *least* strained team. Is it worth the same?

<details><summary>Answer</summary>

```python
@after("mood")
def cake_for_the_rested(firm: Organisation) -> None:
    if firm.week % 4:
        return
    leaders = list(firm.leaders)
    strain = [leader.followers.agg("strain", np.mean) for leader in leaders]
    for person in leaders[int(np.argmin(strain))].followers:
        person.engagement = min(1.0, person.engagement + CAKE)


rested = lived(cake_for_the_rested)
for label, firm in (("strained", baked), ("rested", rested)):
    print(label, f"{np.nanmean(weekly(firm, 'engagement')[-52:]):.4f}")
```

Look at who leads: a team of managers and a team of the front are not the same size.

</details>

**2.** Let a rule act on customers: everyone whose attitude is below a third gets flowers, which
lift it by .01. Customers outside the sample are no agents; use the table itself.

<details><summary>Answer</summary>

```python
def flowers(firm: Organisation) -> None:
    attitude = firm.world.customers.attitude
    attitude[attitude < 1 / 3] += 0.01


flowered = lived(flowers)
gained = weekly(flowered, "nps_true") - weekly(plain, "nps_true")
print(f"{np.nanmean(gained[-52:]):+.2f} points of NPS")
```

</details>

**3.** Cut the link from mood to effort (`contributing.drive_from_engagement=0`). What does cake
still do?

<details><summary>Answer</summary>

```python
cut = ("contributing.drive_from_engagement=0",)
pair = [zwerm.organisation(*SMALL, *cut, extra=rules, explain=False) for rules in ([cake], [])]
for firm in pair:
    firm.run_for(104)
for name in ("engagement", "effort_front", "quits"):
    more = weekly(pair[0], name) - weekly(pair[1], name)
    print(f"{name:13} {np.nanmean(more[-52:]):+.4f}")
```

People are happier and leave less. Whether effort still moves tells you if there is another path.

</details>
"""
