"""What do the claims V17 to V25 imply: freedom, care, values on paper and in practice, training?"""

from scenarios.claims.hypothesis import (
    Change,
    Expects,
    Hypothesis,
    Judged,
    acting,
    difference,
    parameters,
)
from scenarios.claims.vera_arms import (
    CARE,
    CIRCLES,
    CONTROL,
    FREE,
    HELD,
    HELD_LOW,
    HIGH_TURNOVER,
    KPI,
    LATE,
    NO_LINK,
    NOTHING,
    ONE_LAYER,
    ONE_WAY,
    PROGRAMME,
    PROMISE,
    RULES_HARDLY_LOSE,
    STRONG_LINK,
    THIRTY_SCRIPTS,
    TRAINING,
    UNAWARE,
    VALUE_HIGH,
    VALUE_LOW,
    VALUES_HARDLY_COUNT,
    interaction,
)
from scenarios.claims.vera_outside import NEEDS_ALIKE, NEEDS_UNLIKE
from sim.levers import Action

EMPATHY = (Action("empathy", 1.0),)

INSIDE: tuple[Judged, ...] = (
    Hypothesis(
        claim="V17",
        implies="Freedom at the front pays more, the more customers' needs differ.",
        measures="NPS gained by discretion, years 3 to 5: where needs differ much minus where they "
        "differ little",
        unit="NPS points",
        arms={
            "alike": Change(parameters=NEEDS_ALIKE),
            "alike, free": Change(parameters=NEEDS_ALIKE, actions=FREE.actions),
            "unlike": Change(parameters=NEEDS_UNLIKE),
            "unlike, free": Change(parameters=NEEDS_UNLIKE, actions=FREE.actions),
        },
        statistic=interaction(
            "nps_true", ("unlike, free", "unlike"), ("alike, free", "alike"), *LATE
        ),
        expects=Expects.ABOVE,
        own=RULES_HARDLY_LOSE,
        elsewhere={"low values": HELD_LOW},
        note="The half of the claim about values is V19.",
    ),
    Hypothesis(
        claim="V18",
        implies="Care for staff, whatever they do for customers, comes back as NPS.",
        measures="NPS with thanks and equality minus without, years 3 to 5",
        unit="NPS points",
        arms={"as usual": NOTHING, "care": CARE},
        statistic=difference("nps_true", "care", "as usual", *LATE),
        expects=Expects.ABOVE,
        own=NO_LINK,
        elsewhere={"a strong link": STRONG_LINK, "nothing comes back": ONE_WAY},
    ),
    Hypothesis(
        claim="V19",
        implies="Freedom at the front gains more where values are shared.",
        measures="NPS gained by discretion, years 3 to 5: at values held at .70 minus at .35",
        unit="NPS points",
        arms={
            "low": Change(parameters=VALUE_LOW),
            "low, free": Change(parameters=VALUE_LOW, actions=FREE.actions),
            "high": Change(parameters=VALUE_HIGH),
            "high, free": Change(parameters=VALUE_HIGH, actions=FREE.actions),
        },
        statistic=interaction("nps_true", ("high, free", "high"), ("low, free", "low"), *LATE),
        expects=Expects.ABOVE,
        base=HELD,
        own=VALUES_HARDLY_COUNT,
        elsewhere={"thirty scripts": THIRTY_SCRIPTS},
        note="A tree's tenth of freedom is raised to six tenths, which need not hurt anybody. "
        "That people of other values misuse it is put in, and cannot be switched off altogether: a "
        "tenth of the rule stays. What is left then comes of effort and routines, which values "
        "move and which make being allowed worth more.",
    ),
    Hypothesis(
        claim="V20",
        implies="Claiming more than is practised makes staff less happy with the firm.",
        measures="eNPS with a full promise minus without, years 3 to 5",
        unit="eNPS points",
        arms={"no claims": NOTHING, "claims": PROMISE},
        statistic=difference("enps_true", "claims", "no claims", *LATE),
        expects=Expects.BELOW,
        own=parameters(culture={"doubt": 0.0}),
        elsewhere={"nothing comes back": ONE_WAY, "circles": CIRCLES},
        note="How large gaps between paper and practice are in most firms is not a result.",
    ),
    Hypothesis(
        claim="V21",
        implies="The same programme moves values further where nothing more is claimed.",
        measures="mean practised value under a programme, years 2 to 5: without minus with a full "
        "promise beside it, 0 to 1",
        unit="0 to 1",
        arms={
            "congruent": PROGRAMME,
            "promised too": acting(*PROGRAMME.actions, *PROMISE.actions),
        },
        statistic=difference("value", "congruent", "promised too", 2, 5),
        expects=Expects.ABOVE,
        least=0.01,
        own=parameters(culture={"doubt": 0.0}),
        elsewhere={"one layer": ONE_LAYER, "high turnover": HIGH_TURNOVER},
        note="Newcomers are not followed one by one; their share of the mean is what can be seen.",
    ),
    Hypothesis(
        claim="V22",
        implies="Customs that take newcomers in bring people's values closer together.",
        measures="spread of practised values with rituals minus without, years 3 to 5, 0 to 1 (SD)",
        unit="0 to 1 (SD)",
        arms={"none": NOTHING, "rituals": acting(Action("rituals", 1.0))},
        statistic=difference("value_spread", "rituals", "none", *LATE),
        expects=Expects.BELOW,
        least=0.005,
        own=parameters(culture={"close": 0.0, "slow": 0.0}),
        elsewhere={"high turnover": HIGH_TURNOVER, "circles": CIRCLES},
        note="A budget for an own desk and feeling at home are not modelled; rituals stand for "
        "them. They also loosen the hold of routines, which are what keeps values together here.",
    ),
    Hypothesis(
        claim="V23",
        implies="Courses in values that never stop reach customers.",
        measures="NPS with training minus without, years 3 to 5",
        unit="NPS points",
        arms={"none": NOTHING, "training": TRAINING},
        statistic=difference("nps_true", "training", "none", *LATE),
        expects=Expects.ABOVE,
        own=parameters(culture={"course": 0.0}),
        elsewhere={"circles": CIRCLES, "nobody knows why": UNAWARE},
        note="Training in skill is no lever, so the best mix of both cannot be looked for.",
    ),
    Hypothesis(
        claim="V24",
        implies="Learning to read customers gains more where their needs differ more.",
        measures="NPS gained by empathy, years 3 to 5: where needs differ much minus where they "
        "differ little",
        unit="NPS points",
        arms={
            "alike": Change(parameters=NEEDS_ALIKE),
            "alike, empathy": Change(parameters=NEEDS_ALIKE, actions=EMPATHY),
            "unlike": Change(parameters=NEEDS_UNLIKE),
            "unlike, empathy": Change(parameters=NEEDS_UNLIKE, actions=EMPATHY),
        },
        statistic=interaction(
            "nps_true", ("unlike, empathy", "unlike"), ("alike, empathy", "alike"), *LATE
        ),
        expects=Expects.ABOVE,
        own=parameters(deciding={"reading": 0.0}),
        elsewhere={"the front decides half": FREE},
        note="Empathy lowers how often people misread a need, and that does not depend on how much "
        "needs differ: only scripts suffer from variety.",
    ),
    Hypothesis(
        claim="V25",
        implies="Looking at conduct by values moves values more than looking at procedures.",
        measures="mean practised value with inspection of conduct minus with process figures, "
        "years 3 to 5, 0 to 1",
        unit="0 to 1",
        arms={"conduct": CONTROL, "procedures": KPI},
        statistic=difference("value", "conduct", "procedures", *LATE),
        expects=Expects.ABOVE,
        least=0.02,
        own=parameters(culture={"habit": 0.0}),
        elsewhere={"one layer": ONE_LAYER, "nobody knows why": UNAWARE},
        note="Its own rule is that what is shown under control becomes habit. What is shown under "
        "control also pulls peers and routines, which is where most of the effect can come from.",
    ),
)
