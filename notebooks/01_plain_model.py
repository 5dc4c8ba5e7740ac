# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
"""# What is in the model, without any machinery?

**You will learn** who the agents are, what they do in a week, and how one rule makes effort travel
from leaders to customers. `plain_model.py`, in this folder, holds the core rules as ordinary Mesa
agents, in fewer lines than a short story. It is slow and it can be read; the engine behind `zwerm`
is fast and does more.

1. Look at the people.
2. Let a year go by.
3. Change what leaders do.
4. Change one number.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from plain_model import RULES, Person, PlainModel

model = PlainModel(staff=57, customers=400, rng=1)
print(f"{len(model.staff)} people, of whom {len(model.front)} serve {len(model.customers)} places")

# %% [markdown]
"""## 1. Look at the people

Everybody is of a kind, known from public-goods games: conditional cooperators give more when others
give more, free riders give nothing of themselves, a triangle gives most in the middle. `schedule`
says what somebody *would* give if the others gave this much.
"""

# %%
given = np.linspace(0.0, 1.0, 41)
shown: dict[str, Person] = {}
for person in model.staff:
    shown.setdefault(person.kind, person)

figure, axes = plt.subplots(figsize=(6, 3.5))
for kind, person in shown.items():
    axes.plot(given, [person.schedule(each) for each in given], label=kind)
mean = [np.mean([person.schedule(each) for person in model.staff]) for each in given]
axes.plot(given, mean, "k--", label="mean of everybody")
axes.plot(given, given, ":", color="grey", label="as much as others")
axes.set(xlabel="what others give", ylabel="what this person says to give", ylim=(0, 1))
axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
"""Follow the dashed line: from where on does it lie below the dotted one? There, people who copy
each other lose a little each time.

## 2. Let a year go by

A step is a week: people contribute, customers meet them and remember, surveys ask.
"""


# %%
def year(model: PlainModel, weeks: int = 52) -> PlainModel:
    """The same model, some weeks later."""
    for _ in range(weeks):
        model.step()
    return model


calm = year(model).datacollector.get_model_vars_dataframe()
axes = calm[["visible_effort", "quality", "attitude"]].plot(figsize=(6, 3.5), ylim=(0, 1))
axes.set(xlabel="week", ylabel="share (0 to 1)")
plt.show()

# %% [markdown]
"""Everybody starts from the same first guess, which is why the first weeks drift: the engine
throws such weeks away before it begins to count. Quality jumps from week to week, attitude does
not. Customers remember; a week of luck is soon forgotten.

## 3. Change what leaders do

In this model leaders do as they are told: `doing` is what their people see. Let all of them work
visibly harder. One seed is one draw of luck, so take a few.
"""


# %%
def with_leaders_at(doing: float, seed: int) -> PlainModel:
    """A year under leaders who show this much effort."""
    firm = PlainModel(staff=57, customers=400, rng=seed)
    for person in firm.staff:
        if person.followers:
            person.doing = doing
    return year(firm)


def effort_of_front(firm: PlainModel) -> float:
    """What those who serve visibly give, on average."""
    return float(np.mean([person.visible_effort for person in firm.front]))


seeds, levels = range(1, 4), (0.3, 0.5, 0.9)
end = np.array([[effort_of_front(with_leaders_at(level, each)) for each in seeds]
                for level in levels])  # fmt: skip

figure, axes = plt.subplots(figsize=(5, 3.5))
axes.plot(levels, end, "o", color="#0072b2", alpha=0.5)
axes.plot(levels, end.mean(axis=1), color="#0072b2")
axes.axline((0, 0), slope=1, color="grey", ls=":", label="a perfect copy")
axes.set(xlabel="what leaders show", ylabel="effort of the front", xlim=(0, 1), ylim=(0, 1))
axes.legend(frameon=False)
plt.show()

slope = (end[-1].mean() - end[0].mean()) / (levels[-1] - levels[0])
print(f"of each step that leaders take, the front takes {slope:.2f}")

# %% [markdown]
"""Look at the slope, not at the height. A slope below one is *a copy that fades*.

## 4. Change one number

`RULES` holds every number; any of them can be given to the model by name. What if what was promised
weighs on what customers expect?
"""

# %%
print("loss ratio:", RULES.loss_ratio, " promise:", RULES.promise)
figure, axes = plt.subplots(figsize=(6, 3.5))
for promise, colour in ((0.0, "#5a646d"), (1.0, "#d55e00")):
    runs = [year(PlainModel(57, 7, 400, rng=seed, promise=promise)) for seed in seeds]
    lines = [each.datacollector.get_model_vars_dataframe()["attitude"] for each in runs]
    axes.plot(np.transpose(lines), color=colour, alpha=0.4)
    axes.plot(np.mean(lines, axis=0), color=colour, lw=2, label=f"promise {promise:g}")
axes.set(xlabel="week", ylabel="attitude of customers")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
"""## Exercises

**1.** How steep is the copy if leaders are not believed? Hint: every person has a `credibility`.

<details><summary>Answer</summary>

Where a leader is not believed, one's own belief about the others takes that place. If nobody is
believed nothing arrives: those who serve look at each other only.

```python
def slope_at(credibility: float) -> float:
    ends = []
    for doing in (0.3, 0.9):
        firm = PlainModel(staff=57, customers=400, rng=1)
        for person in firm.staff:
            person.credibility = credibility
            if person.followers:
                person.doing = doing
        ends.append(effort_of_front(year(firm)))
    return (ends[1] - ends[0]) / 0.6


print({each: round(slope_at(each), 2) for each in (0.0, 0.5, 1.0)})
```

</details>

**2.** Customers feel losses more than gains. Set `loss_ratio` to one and to three. Which line of
step 2 moves, and why does it not move for ever?

<details><summary>Answer</summary>

Attitude falls with a larger ratio, because quality scatters around what is expected and the bad
half weighs more. Expectations follow quality, not satisfaction, so the gap settles.

```python
for ratio in (1.0, 3.0):
    firm = year(PlainModel(57, 7, 400, loss_ratio=ratio))
    print(ratio, firm.datacollector.get_model_vars_dataframe()["attitude"].iloc[-13:].mean())
```

</details>

**3.** Run step 4 with one seed instead of three. Would you have come to the same conclusion?

<details><summary>Answer</summary>

Perhaps, and you could not know. This plain model draws all its luck from one stream, so a changed
rule changes everybody's luck as well. The engine gives each person, week and purpose a number of
their own: two runs then differ by the rule alone. The next notebook uses that.

</details>
"""
