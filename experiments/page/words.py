"""What does the page say? Every word of it; numbers go into the braces.

`write(..., words=...)` replaces any of these, for another language or another reader. A study has
entries under its own name; one that has none is told by its title and `about`. Lines are items.
"""

WORDS: dict[str, str] = {
    "lang": "en",
    "command": "uv run zwerm demo",
    "title": "What follows, if these rules hold",
    "kicker": "Thought experiments on leaders, employees and customers",
    "lead": (
        "Zwerm simulates a company as a swarm. Leaders, employees and customers watch each other "
        "week after week and change a little by what they see. It is a tool to think with: it "
        "shows what follows from rules that are written down, each with its source and its grade "
        "of evidence. It is not a forecast, it knows nothing about your firm, and it cannot prove "
        "that its rules are true. Where it finds nothing, this page says so."
    ),
    "short": "In short",
    "reading": "How to read the pictures",
    "reading_text": (
        "Every way of doing it is run on the same seeds. A seed is one throw of the dice for all "
        "that is chance: who was hired, who called, who left. A line is the median over seeds; a "
        "band holds 5 to 95 % of them. Differences are taken seed by seed, so that chance which "
        "both share drops out. A difference in NPS counts from {smallest} points, a size fixed "
        "beforehand, in 9 of 10 seeds or more; with enough seeds anything becomes significant."
    ),
    "arms": "Compared",
    "shows": "What it shows",
    "shows_not": "What it does not show",
    "numbers": "The numbers",
    "table_caption": "Last year: median over seeds (5 to 95 %)",
    "difference": "{main} − {against}, seed by seed",
    "made": "How this was made",
    "made_text": (
        "Everything here can be repeated bit for bit on the same type of processor with the same "
        "versions. No company’s figures went in."
    ),
    "skip": "Skip to the studies",
    "repeat": "Repeat it",
    "kernels": "Kernel hash",
    "versions": "Versions",
    "run": "{people:,} people, {customers:,} customers’ places, {years} years, {seeds}",
    # verdicts
    "chip.higher": "An effect",
    "chip.lower": "An effect",
    "chip.null": "A null result",
    "chip.unclear": "Unclear",
    "chip.few": "Too few seeds",
    "chip.alone": "Nothing to compare",
    "chip.lag": "No proof of a cause",
    "verdict.higher": (
        "NPS in the last year is {size} points higher with “{main}” than with “{against}” "
        "({low} to {high}). In {up} of {seeds} seeds it is more than {smallest} points higher."
    ),
    "verdict.lower": (
        "NPS in the last year is {size} points lower with “{main}” than with “{against}” "
        "({low} to {high}). In {down} of {seeds} seeds it is more than {smallest} points lower."
    ),
    "verdict.null": (
        "A null result: NPS in the last year with “{main}” differs from “{against}” by {median} "
        "points ({low} to {high}). In {within} of {seeds} seeds that is {smallest} points or less, "
        "too small to care about."
    ),
    "verdict.unclear": (
        "Unclear: NPS in the last year with “{main}” minus “{against}” is {median} points "
        "({low} to {high}). It is more than {smallest} points higher in {up} of {seeds} seeds, "
        "more than {smallest} lower in {down}, and in between in {within}."
    ),
    "verdict.few": (
        "NPS in the last year with “{main}” minus “{against}” is {median} points "
        "({low} to {high}), but {seeds} do not allow a verdict."
    ),
    "verdict.alone": "NPS in the last year is {median} ({low} to {high}) with “{main}”.",
    # sentences
    "level_now": "NPS ends at {main_value} with “{main}” and at {against_value} with “{against}”.",
    "level_alone": "NPS ends at {main_value} with “{main}”.",
    "enps.moved": "eNPS moved by {median} points ({low} to {high}) {versus}.",
    "enps.still": "eNPS did not clearly move: {median} points ({low} to {high}) {versus}.",
    "front.moved": "The front’s effort moved by {median} of capacity ({low} to {high}) {versus}.",
    "front.still": (
        "The front’s effort did not clearly move: {median} of capacity ({low} to {high}) {versus}."
    ),
    "versus": "against “{against}”",
    "since": "since the first year",
    "no_surveys": "No survey fell in the last year.",
    "copy": (
        "In the last year effort at the top differs by {top} ({top_low} to {top_high}) between "
        "“{main}” and “{against}”. {steps}"
    ),
    "copy.step": "{level}: {median} ({low} to {high})",
    "copy.left": (
        "Of what the top does more, {share} % is left {depth} levels down: a copy of a copy."
    ),
    "copy.grown": (
        "The difference at the top is not smaller further down: no copy of a copy is seen here."
    ),
    "copy.nothing": "There is hardly a difference at the top to be copied.",
    "levels.alone": "Effort ends at {top} at the top and at {bottom} on the lowest level.",
    "chance": (
        "Chance is large: seeds of “{main}” alone lie {width} NPS points apart (5 to 95 %), "
        "against {size} that the choice makes in the median."
    ),
    "cost": "In the last year the levers of “{main}” take {cost}.",
    "cost.hours": "{hours} hours a week of leaders together",
    "cost.euros": "€ {euros} a week",
    "and": " and ",
    "beyond": "beyond ±{smallest} in {count} of {seeds}",
    "lag": (
        "A best lag of {years} comes out in {true} of panels with the true link, in {common} with "
        "a common cause only and in {placebo} of placebos. A lag proves no cause."
    ),
    "lag.same": (
        "With the link cut, a common cause alone draws nearly the same picture: whoever sees "
        "{years} in a panel cannot tell which of the two it came from."
    ),
    "lag.differ": (
        "In these panels the true link and the common cause differ in how often they read "
        "{years}; that helps only who already knows which of the two there is."
    ),
    "lag.rare": "No lag holds even half of the panels with the true link: {years} is the most "
    "frequent, and not more.",
    "lag.differences": (
        "Taken in yearly differences instead of levels, the best lag with the true link is "
        "{years} in {share} of panels: the lag depends on how it is measured."
    ),
    "lag.ends": (
        "The longest lag gets extra mass from chance: {years} is best in {share} of placebos "
        "({even} if lags were alike), because fewer waves overlap there and correlations by chance "
        "are larger."
    ),
    "lag.none": "The panels’ lags were not computed. A lag proves no cause in any case.",
    "lag.test_data": "These panels are test data, not a result.",
    "year.0": "no year",
    "year.1": "one year",
    "year.2": "two years",
    "year.3": "three years",
    "years": "{count} years",
    "seeds.1": "1 seed",
    "seeds": "{count} seeds",
    "not_known": "an unknown share",
    "missing": "–",
    # captions
    "caption.organisation": (
        "Everybody in the colour of their smoothed effort, at the end of one seed; who leads has "
        "a ring. {levels}"
    ),
    "caption.organisation_groups": (
        "Everybody in the colour of their team’s mean effort, never their own; grey where a team "
        "is smaller than five. {levels}"
    ),
    "caption.organisation_means": "Mean effort ends at {main_value} with “{main}” and at "
    "{against_value} with “{against}”.",
    "caption.levels": "{copy} Ring: first four weeks. Dot and bar: last year.",
    "caption.years": "{ends} {enps} Dots: what surveys read in one seed of “{main}”.",
    "caption.lag": "{lag} Grey: what comes out when countries are shuffled. {ends}",
    # alternative texts: what stands in a picture, for who cannot see it
    "alt.nps": "NPS over {years} years with the levers below. {verdict}",
    "alt.staff": "eNPS and effort of front staff over {years} years. {front} {enps}",
    "alt.levels": "{measure} by level at the start and in the last year. {copy}",
    "alt.organisation": "“{arm}”: {people} people, {shape}, coloured by effort.",
    "alt.tree": "as a tree",
    "alt.circles": "in circles",
    "alt.lag": "Correlation of eNPS with later NPS by lag, {kind}. Best annual lag: {shares}.",
    "measure.effort": "Visible effort",
    "measure.value": "Practised value",
    # rows of the table
    "row.nps_true": "NPS, if every customer answered",
    "row.nps": "NPS, as surveyed",
    "row.enps_true": "eNPS, if everybody answered",
    "row.effort_front": "Effort of front staff",
    "row.value": "Practised value",
    "row.quality": "Quality of contacts",
    "row.customers": "Active customers",
    "row.quits": "People leaving, a week",
    "row.lag": "Share of panels by best annual lag, in years",
    "row.levels": "levels",
    "row.differences": "yearly differences",
    # for every study
    "not": (
        "What will happen anywhere. It is what follows for a made-up organisation if the rules "
        "hold.\n"
        "How sure we are. The bands are chance between seeds; that nobody knows the rules and "
        "their numbers exactly comes on top."
    ),
    # the studies
    "copy_of_a_copy.question": (
        "A leader at the top sets an example. How much of it arrives at the front?"
    ),
    "copy_of_a_copy.not": (
        "That example is the best or the only lever. Only these ways were compared, at these "
        "strengths.\n"
        "That copies fade at a measured rate. No constant makes them fade: each level answers the "
        "level above by one rule, taken from laboratory games with small groups."
    ),
    "zappos.question": (
        "The same people, customers and hours of the front, in a pyramid and in circles: do "
        "customers notice?"
    ),
    "zappos.not": (
        "Which structure suits you. Real reorganisations change people, customers and capacity "
        "too; here these are held equal.\n"
        "That one structure is better. A pyramid asks upwards what its rules do not foresee and "
        "waits; circles decide alone, take advice and meet more. What each of these gains and "
        "costs is assumed, and which structure comes out ahead hangs on it.\n"
        "That people who may decide serve better. How much each structure leaves to the front is "
        "put in, not found: “circles without discretion” shows what is left of circles without it."
    ),
    "aegon.question": (
        "Customers follow employees by years, it is said. Does such a lag show that the one causes "
        "the other? In the first two panels all programmes are the same, and in the second every "
        "path between staff’s mood and customers is cut. The placebo’s programme touches staff "
        "only, and no path leads from staff’s mood to customers."
    ),
    "aegon.not": (
        "That happy employees make happy customers, or that they do not. A lag proves no cause: "
        "look at the panel in which the link is cut.\n"
        "How long it takes in your firm. What comes out depends on how often customers have "
        "contact, on how fast they forget and on how the lag is measured.\n"
        "That the claim of some two years is right. No lag is written in, but the share of memory "
        "that a contact overwrites (remembering.least_gain) was set with that claim in view, in "
        "the literature behind the default: agreement of about two years is no test of the claim."
    ),
}
