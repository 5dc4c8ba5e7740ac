# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
"""# What do your own surveys and your own organisation say?

**You will learn** to read a lag in surveys of your own and what it is worth, to make the model look
like your organisation, and to use an org list without looking at single people.

Everything here is **made up**, drawn by the first cell, so that the notebook runs. Replace the
files by your own: nothing leaves your machine.

1. A file of surveys.
2. What it says, and how far chance gets.
3. An organisation like yours.
4. An org list.
"""

# %%
from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt
import numpy as np

import zwerm
from experiments.figures.over_years import fan
from experiments.lag import about, reported, said
from scenarios.series import read_series

room = Path(mkdtemp())
chance = np.random.default_rng(7)

# %% [markdown]
"""## 1. A file of surveys

One row for each unit and wave. Twelve branches, ten years, made up: staff's mood drifts, and
customers follow one wave later, with noise.
"""

# %%
rows = ["unit,wave,eNPS,NPS,n"]
for unit in range(12):
    mood = np.zeros(12)
    for wave in range(1, 12):
        mood[wave] = 0.8 * mood[wave - 1] + chance.normal(0, 8)
    enps, nps = mood[1:11] + chance.normal(0, 3, 10), 0.7 * mood[:10] + chance.normal(0, 4, 10)
    level = chance.normal(0, 15)
    rows += [
        f"branch {unit + 1},{2014 + wave},{enps[wave]:.1f},{level + nps[wave]:.1f},250"
        for wave in range(10)
    ]
surveys = room / "branches.csv"
surveys.write_text("\n".join(rows), encoding="utf-8")
print("\n".join(rows[:4]))

# %% [markdown]
"""## 2. What it says, and how far chance gets

`reported` is what `zwerm lag branches.csv` says in a terminal. No model is in it.
"""

# %%
series = read_series(surveys)
report = reported(series)
print(about(report))
for heading, sentences in said(report).items():
    print(f"\n{heading}")
    for sentence in sentences:
        print(" ", sentence)

# %%
figure, panels = plt.subplots(1, 2, figsize=(9, 3.3), sharey=True)
for axes, lag, title in zip(
    panels, (report.levels, report.differences), ("levels", "differences"), strict=True
):
    axes.fill_between(lag.lags, lag.low, lag.high, color="#dddddd", label="chance")
    axes.plot(lag.lags, lag.correlation, "o-", color="#0072b2")
    axes.axhline(0, color="grey", lw=0.8)
    axes.set(title=title, xlabel="waves NPS is later")
panels[0].set_ylabel("correlation within branches")
panels[0].legend(frameon=False)
plt.show()

# %% [markdown]
"""Here we *know* how the numbers were made, so the lag it should find is known, too. Does it? With
your own file nobody knows. Then read "Error of the surveys" first: if the luck of who answered may
be all there is, stop.

## 3. An organisation like yours

A preset is a file with what differs from the default. `zwerm organisation new` makes one from
twelve answers and searches the numbers that nobody can answer; here it is written by hand.
"""

# %%
ours = room / "ours.yaml"
ours.write_text("""\
organisation:
  name: ours
  people: 120
  customers: 1500
  span: 6
serving:
  contacts_per_year: 3.0
""", encoding="utf-8")  # fmt: skip

settings = (f"organisation={ours}", "years=5", "engine.seeds=6")
study = zwerm.run("copy_of_a_copy", *settings)
fan(study, ("enps", "nps"))

# %% [markdown]
"""Look at the level of the lines in year zero. Is it yours? If not, the preset is not you yet, and
`zwerm organisation new` will look for it. Differences between arms are worth more than levels
either way.

## 4. An org list

One row a person: `person`, `manager`, and if you like `department`. Names are only ids. The list
below is made up.
"""

# %%
lines = ["person,manager,department", "p0,,board"]
for row in range(1, 64):
    department = "board" if row < 4 else ("north", "south", "service")[row % 3]
    lines.append(f"p{row},p{(row - 1) // 4},{department}")
people = room / "people.csv"
people.write_text("\n".join(lines), encoding="utf-8")

firm = zwerm.organisation(f"organisation.chart={people}", "organisation.customers=800")
firm.run_for(104)
groups = {number: [each for each in firm.employees if each.department == number]
          for number in sorted({each.department for each in firm.employees})}  # fmt: skip
print({number: len(members) for number, members in groups.items()}, "people by department")

# %%
from agents.views import PrivacyError

shown = {}
for number, members in groups.items():
    try:
        shown[number] = firm.group(members, "engagement", "strain")
    except PrivacyError as error:
        print(f"department {number}: {error}")

figure, axes = plt.subplots(figsize=(5, 3))
for name, shift in (("engagement", -0.2), ("strain", 0.2)):
    heights = [found[name] for found in shown.values()]
    axes.bar(np.arange(len(shown)) + shift, heights, width=0.4, label=name)
axes.set_xticks(range(len(shown)), [f"department {number}" for number in shown])
axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=2)
plt.show()

# %% [markdown]
"""One department is refused: with real names, the mood of fewer than five people is nobody's
business, and neither is that of a single one. Nobody in this picture is a person anyway. They are
the model's people, in your reporting lines.

## Exercises

**1.** Break the link in the made-up surveys (customers' own drift instead of `mood`). How often
does the report still call a lag more than chance?

<details><summary>Answer</summary>

About as often as its test promises, if it is honest.

```python
from scenarios.lags import lag_in_differences

called = 0
for _ in range(40):
    drift = chance.normal(0, 8, (2, 12, 11)).cumsum(axis=2) * 0.5
    called += lag_in_differences(drift[0], drift[1], times=99).holds
print(called, "of 40")
```

</details>

**2.** Use four branches instead of twelve. What does the report add, and why?

<details><summary>Answer</summary>

```python
few = room / "few.csv"
few.write_text("\n".join(rows[:41]), encoding="utf-8")
for sentence in said(reported(read_series(few)))["Lag"]:
    print(sentence)
```

With few units there is nothing to shuffle between, so chance is drawn from blocks of waves. That is
rougher; a report that hid this would be worth less.

</details>

**3.** Ask one person on the org list why they are engaged. What happens?

<details><summary>Answer</summary>

A refusal, with what to do instead.

```python
try:
    firm.employees[3].why("engagement")
except PrivacyError as error:
    print(error)
```

</details>
"""
