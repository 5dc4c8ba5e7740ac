# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
"""# Wat zit er in het model, zonder alle techniek?

**Je leert** wie de agenten zijn, wat ze in een week doen en hoe één regel de inzet van
leidinggevenden bij klanten brengt. In `plain_model.py`, in deze map, staan de kernregels als gewone
Mesa-agenten, in minder regels dan een kort verhaal. Dat is traag, maar je kunt het lezen; de motor
achter `zwerm` is snel en doet meer.

1. Kijk naar de mensen.
2. Laat een jaar voorbijgaan.
3. Verander wat leidinggevenden doen.
4. Verander één getal.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np
from plain_model import RULES, Person, PlainModel

model = PlainModel(staff=57, customers=400, rng=1)
print(len(model.staff), "mensen, van wie", len(model.front), "klanten helpen;",
      len(model.customers), "plaatsen voor klanten")  # fmt: skip

# %% [markdown]
"""## 1. Kijk naar de mensen

Iedereen is van een bepaald slag, bekend uit spellen om een gezamenlijke pot: wie voorwaardelijk
meewerkt geeft meer als anderen meer geven, een meelifter geeft uit zichzelf niets, een 'driehoek'
geeft het meest in het midden. `schedule` zegt wat iemand *zou* geven als de anderen zoveel gaven.
"""

# %%
WOORDEN = {"conditional": "voorwaardelijk", "free rider": "meelifter", "triangle": "driehoek",
           "other": "anders"}  # fmt: skip
gegeven = np.linspace(0.0, 1.0, 41)
voorbeelden: dict[str, Person] = {}
for persoon in model.staff:
    voorbeelden.setdefault(persoon.kind, persoon)

figuur, assen = plt.subplots(figsize=(6, 3.5))
for slag, persoon in voorbeelden.items():
    assen.plot(gegeven, [persoon.schedule(each) for each in gegeven], label=WOORDEN[slag])
gemiddeld = [np.mean([persoon.schedule(each) for persoon in model.staff]) for each in gegeven]
assen.plot(gegeven, gemiddeld, "k--", label="gemiddelde van iedereen")
assen.plot(gegeven, gegeven, ":", color="grey", label="evenveel als anderen")
assen.set(xlabel="wat anderen geven", ylabel="wat deze persoon zegt te geven", ylim=(0, 1))
assen.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
"""Volg de streepjeslijn: vanaf waar ligt die onder de stippellijn? Daar verliezen mensen die elkaar
nadoen er elke keer iets bij.

## 2. Laat een jaar voorbijgaan

Een stap is een week: mensen spannen zich in, klanten komen hen tegen en onthouden dat, enquêtes
vragen ernaar.
"""


# %%
def jaar(model: PlainModel, weken: int = 52) -> PlainModel:
    """Hetzelfde model, een aantal weken later."""
    for _ in range(weken):
        model.step()
    return model


rustig = jaar(model).datacollector.get_model_vars_dataframe()
rustig = rustig.rename(
    columns={"visible_effort": "inzet", "quality": "kwaliteit", "attitude": "oordeel"}
)
assen = rustig[["inzet", "kwaliteit", "oordeel"]].plot(figsize=(6, 3.5), ylim=(0, 1))
assen.set(xlabel="week", ylabel="aandeel (0 tot 1)")
plt.show()

# %% [markdown]
"""Iedereen begint met dezelfde eerste gok, daarom lopen de eerste weken scheef. De motor gooit
zulke weken weg voordat hij begint te tellen. De kwaliteit springt van week tot week, het oordeel
niet. Klanten onthouden; een week geluk is zo vergeten.

## 3. Verander wat leidinggevenden doen

In dit model doen leidinggevenden wat hun gezegd wordt: `doing` is wat hun mensen zien. Laat ze
allemaal zichtbaar harder werken. Eén toevalsgetal is één keer geluk of pech, neem er dus een paar.
"""


# %%
def met_leiders_op(inzet: float, toeval: int) -> PlainModel:
    """Een jaar onder leidinggevenden die zoveel inzet tonen."""
    bedrijf = PlainModel(staff=57, customers=400, rng=toeval)
    for persoon in bedrijf.staff:
        if persoon.followers:
            persoon.doing = inzet
    return jaar(bedrijf)


def inzet_front(bedrijf: PlainModel) -> float:
    """Wat de mensen aan het front gemiddeld laten zien."""
    return float(np.mean([persoon.visible_effort for persoon in bedrijf.front]))


toeval, standen = range(1, 4), (0.3, 0.5, 0.9)
eind = np.array([[inzet_front(met_leiders_op(stand, keer)) for keer in toeval]
                 for stand in standen])  # fmt: skip

figuur, assen = plt.subplots(figsize=(5, 3.5))
assen.plot(standen, eind, "o", color="#0072b2", alpha=0.5)
assen.plot(standen, eind.mean(axis=1), color="#0072b2")
assen.axline((0, 0), slope=1, color="grey", ls=":", label="een volmaakte kopie")
assen.set(xlabel="wat leidinggevenden laten zien", ylabel="inzet aan het front", xlim=(0, 1),
          ylim=(0, 1))  # fmt: skip
assen.legend(frameon=False)
plt.show()

helling = (eind[-1].mean() - eind[0].mean()) / (standen[-1] - standen[0])
print(f"van elke stap van leidinggevenden zet het front er {helling:.2f}".replace(".", ","))

# %% [markdown]
"""Kijk naar de helling, niet naar de hoogte. Een helling onder de één is *een kopie die verbleekt*.

## 4. Verander één getal

In `RULES` staan alle getallen; elk ervan kun je het model bij naam meegeven. Wat gebeurt er als een
belofte meeweegt in wat klanten verwachten?
"""

# %%
print("verliesverhouding:", RULES.loss_ratio, " belofte:", RULES.promise)
figuur, assen = plt.subplots(figsize=(6, 3.5))
for belofte, kleur in ((0.0, "#5a646d"), (1.0, "#d55e00")):
    runs = [jaar(PlainModel(57, 7, 400, rng=keer, promise=belofte)) for keer in toeval]
    lijnen = [each.datacollector.get_model_vars_dataframe()["attitude"] for each in runs]
    assen.plot(np.transpose(lijnen), color=kleur, alpha=0.4)
    assen.plot(np.mean(lijnen, axis=0), color=kleur, lw=2, label=f"belofte {belofte:g}")
assen.set(xlabel="week", ylabel="oordeel van klanten")
assen.legend(frameon=False)
plt.show()

# %% [markdown]
"""## Oefeningen

**1.** Hoe steil is de kopie als leidinggevenden niet geloofd worden? Tip: iedere persoon heeft een
`credibility`.

<details><summary>Antwoord</summary>

Geloof je een leider niet, dan komt je eigen idee over de anderen daarvoor in de plaats. Wordt
niemand geloofd, dan komt er niets aan: wie klanten helpt, kijkt alleen naar de anderen naast zich.

```python
def helling_bij(geloof: float) -> float:
    einden = []
    for inzet in (0.3, 0.9):
        bedrijf = PlainModel(staff=57, customers=400, rng=1)
        for persoon in bedrijf.staff:
            persoon.credibility = geloof
            if persoon.followers:
                persoon.doing = inzet
        einden.append(inzet_front(jaar(bedrijf)))
    return (einden[1] - einden[0]) / 0.6


print({each: round(helling_bij(each), 2) for each in (0.0, 0.5, 1.0)})
```

</details>

**2.** Klanten voelen verlies sterker dan winst. Zet `loss_ratio` op één en op drie. Welke lijn uit
stap 2 verschuift, en waarom niet eindeloos?

<details><summary>Antwoord</summary>

Bij een grotere verhouding daalt het oordeel: de kwaliteit schommelt om de verwachting en de
slechte helft telt zwaarder. De verwachting volgt de kwaliteit en niet de tevredenheid, dus het
verschil komt tot rust.

```python
for verhouding in (1.0, 3.0):
    bedrijf = jaar(PlainModel(57, 7, 400, loss_ratio=verhouding))
    verloop = bedrijf.datacollector.get_model_vars_dataframe()["attitude"]
    print(verhouding, verloop.iloc[-13:].mean())
```

</details>

**3.** Doe stap 4 met één toevalsgetal in plaats van drie. Had je dezelfde conclusie getrokken?

<details><summary>Antwoord</summary>

Misschien, en je had het niet kunnen weten. Dit eenvoudige model haalt al zijn toeval uit één
stroom, dus met de regel verandert ook ieders geluk. De motor geeft elke persoon, week en
aanleiding een eigen getal: dan verschillen twee runs alleen door de regel. Het volgende notebook
(in het Engels) maakt daar gebruik van.

</details>
"""
