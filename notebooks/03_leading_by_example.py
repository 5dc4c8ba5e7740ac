# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
"""# Does leading by example work, in the laboratory and in the firm?

**You will learn** what a leader changes in a public-goods game, how the very same rule works in an
organisation with several levels, and why the answer fades on the way down.

1. A published game without a leader.
2. The same game with one.
3. The rule in a firm: a copy of a copy.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

import zwerm
from experiments.figures.over_years import fan
from experiments.results import band

# %% [markdown]
"""## 1. Nobody leads

Four strangers, ten rounds: what you give to the pot grows and is shared. Published means lie beside
ours. Round one was *put in*; what follows comes from the rule.
"""

# %%
game = zwerm.lab("fischbacher_gaechter_2010", seeds=40)
middle, low, high = band(game.arms[0].rounds["contribution"])
rounds = np.arange(1, middle.size + 1)

figure, axes = plt.subplots(figsize=(6, 3.5))
axes.fill_between(rounds, low, high, alpha=0.2, lw=0)
axes.plot(rounds, middle, label="model")
axes.plot(rounds, game.published["contribution"], "ko", label="published means")
axes.set(xlabel="round", ylabel="given, share of endowment", ylim=(0, 1))
axes.legend(frameon=False)
plt.show()

# %% [markdown]
"""Nobody turned selfish on the way. Where does the fall come from? Look back at the schedules of
notebook 01: most people answer what others give with a bit less.

## 2. Somebody goes first
"""

# %%
led = zwerm.lab("leader_or_none", seeds=20)
figure, axes = plt.subplots(figsize=(6, 3.5))
for arm in led.arms:
    middle, low, high = band(arm.rounds["contribution"])
    axes.plot(np.arange(1, middle.size + 1), middle, label=arm.name)
axes.set(xlabel="round", ylabel="given, share of endowment", ylim=(0, 1))
axes.legend(frameon=False, ncols=2)
plt.show()

fixed = led.arm("fixed leader").rounds
given, followed = np.nanmean(fixed["leader"]), np.nanmean(fixed["followers"])
print(
    f"a fixed leader gives {given:.2f}, followers {followed:.2f}: a ratio of {followed / given:.2f}"
)

# %% [markdown]
"""Followers follow, and give less than they were shown. That ratio is the heart of what comes
next. What a leader may *do* beyond giving (exclude, reward) has assumed strengths; the order of
those lines is worth less than their distance to "nobody leads".

## 3. The same rule in a firm

The top begins to work visibly harder. Managers are followers of the level above and are followed in
turn.
"""

# %%
study = zwerm.run("copy_of_a_copy", "engine.seeds=8", "organisation.people=400",
                  "organisation.customers=1200")  # fmt: skip
fan(study, ("doing", "effort_front", "nps"))

# %%
acting, resting = study.arm("example"), study.arm("nothing")
risen = (acting.levels - resting.levels)[:, -52:, :, 0].mean(axis=1)  # [seeds, levels], effort

figure, axes = plt.subplots(figsize=(5, 3.5))
places = np.arange(risen.shape[1])
axes.plot(places, risen.T, color="#0072b2", alpha=0.25)
axes.plot(places, risen.mean(axis=0), "o-", color="#0072b2")
axes.axhline(0, color="grey", lw=0.8)
axes.set(xlabel="level, from the top", ylabel="more effort than without", xticks=places)
plt.show()

for place, rise in enumerate(risen.mean(axis=0)):
    print(f"level {place}: {rise:+.3f}")

# %% [markdown]
"""Read it from left to right. How much of the top's step is left at the front? That soberness is
the point: an example alone is a weak lever in a deep organisation, and the rest of the levers exist
because of it.

## Exercises

**1.** Which is stronger at the front, `example` or `broadcast`? What does broadcasting skip?

<details><summary>Answer</summary>

Broadcasting shows the top to everybody directly, so the copies in between do not fade it.

```python
for name in ("example", "broadcast", "words"):
    more = study.arm(name).series("effort_front") - resting.series("effort_front")
    print(f"{name:10} {more[:, -52:].mean():+.3f}")
```

</details>

**2.** Give the followers in the game a flatter world: all of them free riders. What is left of
leadership?

<details><summary>Answer</summary>

```python
alone = zwerm.lab(leader="fixed", types="cc=0,fr=1,tri=0,other=0", matching="partners", seeds=20)
print(np.nanmean(alone.arms[0].rounds["followers"]), "against", followed)
```

Not nothing: a free rider's *schedule* is flat, but what people do also depends on what they see
(the reference has a weight of its own). Whether you believe that is a question about the rule.

</details>

**3.** Cut the rule in the firm: `leading.lead_bonus=0`. Leaders then give no more than their
followers would. Does the example survive?

<details><summary>Answer</summary>

```python
small = ("engine.seeds=6", "organisation.people=120", "organisation.customers=1200")
for bonus in ("0", "0.1", "0.3"):
    found = zwerm.run("copy_of_a_copy", f"leading.lead_bonus={bonus}", *small)
    more = found.difference("effort_front")[:, -52:].mean(axis=1)
    error = more.std(ddof=1) / np.sqrt(more.size)
    print(f"{bonus:4} {more.mean():+.3f}, standard error {error:.3f}")
```

Before you explain a difference between two of these lines, compare it with the standard errors.

</details>
"""
