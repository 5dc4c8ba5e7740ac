// A story of panels: the same picture from three kinds of panels, and a game of telling them apart.

const KINDS = GRID.kinds;
const LAGS = GRID.lags;
const SHOWN = { countries: STORY.shown.countries, years: STORY.shown.years };
Object.assign(state, { guess: LAGS.map(() => null), ...SHOWN, deal: null, right: 0, dealt: 0 });
const charts = KINDS.map(() => new Chart(false));
const alone = new Chart(true);
const FIRST_LAG = 0;

function setting(chosen) {
  return GRID.settings[`${STORY.countries[chosen.countries]} ${STORY.years[chosen.years]}`];
}

function curve(values) {
  return values.map((value) => (value === null ? null : value / GRID.scale));
}

function axes() {
  const years = ticks(LAGS[0], LAGS[LAGS.length - 1], 7);
  return {
    x: { limits: [LAGS[0], LAGS[LAGS.length - 1]], ticks: years, label: own().lag,
         format: (at) => number(at, 0) },
    y: { limits: [-1, 1], ticks: [-1, -0.5, 0, 0.5, 1], label: own().together,
         format: (at) => number(at, 1) },
    zero: true,
  };
}

function guessed() {
  return state.guess.some((value) => value !== null)
    ? [{ kind: "line", x: LAGS, y: state.guess, colour: "guess", dash: "dashed",
         label: words().your_guess }] : [];
}

// The curve of a kind with its band, and what shuffled countries show.
function banded(found) {
  return [
    { kind: "band", x: LAGS, low: curve(found.null_low), high: curve(found.null_high),
      colour: "quiet" },
    { kind: "band", x: LAGS, low: curve(found.low), high: curve(found.high), colour: "model" },
    { kind: "line", x: LAGS, y: curve(found.correlation), colour: "model", label: words().model },
  ];
}

function percent(share) { return `${number(share * 100, 0)}%`; }

function two(found) { return found.best["2"]; }

function bestText(kind) {
  return filled(own().best, { share: percent(two(setting(state)[kind])) });
}

// What a curve says, for those who cannot see it.
function described(name, values) {
  const known = values.map((_, place) => place).filter((place) => values[place] !== null);
  const best = known.reduce((one, other) => (values[other] > values[one] ? other : one));
  return filled(own().chart, { name, lag: number(LAGS[best], 1), r: number(values[best], 2) });
}

function threeCharts(step) {
  const found = setting(step === "reveal" ? SHOWN : state);
  const dealt = step === "try" && state.deal;
  const order = dealt ? dealt.order : KINDS.map((_, place) => place);
  pictures.replaceChildren(element("div", { class: "three" }, order.map((kind, place) => {
    const told = found[KINDS[kind]];
    const hidden = dealt && dealt.chosen === null;
    const name = hidden ? "ABC"[place] : (dealt ? `${"ABC"[place]}: ` : "") + own().kinds[kind];
    const single = dealt ? curve(told.panels[dealt.panel]) : null;
    const layers = dealt
      ? [{ kind: "line", x: LAGS, y: single, colour: "model", label: own().one_panel }]
      : [...banded(told), ...(step === "reveal" ? guessed() : [])];
    charts[place].draw({ ...axes(), layers,
                         described: described(name, single || curve(told.correlation)) });
    return element("div", {}, element("h3", {}, name), charts[place].figure,
      dealt ? choice(place, kind) : element("p", { class: "share" },
        filled(own().best, { share: percent(two(told)) })));
  })));
}

function choice(place, kind) {
  if (state.deal.chosen === null) {
    return element("p", { class: "share" }, element("button", {
      type: "button", onclick: () => choose(place, kind),
    }, filled(own().choose, { name: "ABC"[place] })));
  }
  const best = setting(state)[KINDS[kind]].best_of[state.deal.panel];
  return element("p", { class: "share" }, filled(own().best_here, { lag: best === null ? "-"
    : number(best, 0) }));
}

function deal() {
  const order = KINDS.map((_, place) => place);
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  state.deal = { order, panel: Math.floor(Math.random() * GRID.seeds.length), chosen: null };
  show();
}

function choose(place, kind) {
  state.deal.chosen = place;
  state.dealt += 1;
  if (kind === 0) state.right += 1;
  show();
}

function oneChart(step) {
  pictures.replaceChildren(alone.figure);
  const layers = step === "see"
    ? [{ kind: "line", x: LAGS, y: LAGS.map(() => 0), colour: "quiet", label: own().nothing }] : [];
  const told = { ...axes(), layers, described: own().empty };
  if (step === "predict") {
    told.guess = {
      x: LAGS, values: state.guess, first: FIRST_LAG, label: words().draw_label, start: 0,
      changed: () => {},
      told: (place, value) => `${own().lag} ${number(LAGS[place], 1)}: ` +
        (value === null ? words().nothing_drawn : number(value, 2)),
    };
  }
  alone.draw(told);
}

function chooser(name, values) {
  const said = own()[name];
  return element("div", { class: "slider" },
    element("label", { for: name }, said),
    element("input", { type: "range", id: name, min: 0, max: values.length - 1, step: 1,
                       value: state[name], "aria-valuetext": number(values[state[name]], 0),
                       onchange: (event) => { state[name] = Number(event.target.value); show(); } }),
    element("output", { for: name }, number(values[state[name]], 0)));
}

function score() {
  if (!state.dealt) return paragraphs([own().game], {});
  const chosen = state.deal && state.deal.chosen !== null
    ? [own()[state.deal.order[state.deal.chosen] === 0 ? "right" : "wrong"]] : [];
  return paragraphs([...chosen, own().score], {
    right: number(state.right, 0), dealt: number(state.dealt, 0),
  });
}

// How often each kind reads each lag, in whole years.
function shares() {
  const found = setting(SHOWN);
  return element("table", {}, element("caption", {}, own().shares),
    element("thead", {}, element("tr", {}, element("td", {}),
      GRID.annual.map((lag) => element("th", { scope: "col" },
        filled(own().years_later, { lag: number(lag, 0) }))))),
    element("tbody", {}, KINDS.map((kind, place) => element("tr", {},
      element("th", { scope: "row" }, own().kinds[place]),
      GRID.annual.map((lag) => element("td", {}, percent(found[kind].best[lag])))))));
}

const play = {
  facts() {
    const found = setting(SHOWN);
    return {
      countries: number(STORY.countries[SHOWN.countries], 0),
      years: number(STORY.years[SHOWN.years], 0), points: number(9, 0),
      panels: number(GRID.seeds.length, 0),
      link: percent(two(found[KINDS[0]])), common: percent(two(found[KINDS[1]])),
      placebo: percent(two(found[KINDS[2]])),
    };
  },
  spread(step) { return step === "reveal" || step === "try"; },
  draw(step) {
    const three = step === "reveal" || step === "try";
    if (three) threeCharts(step);
    else oneChart(step);
  },
  text(step) {
    if (step === "see") return paragraphs(own().see, facts());
    if (step === "predict") {
      return [paragraphs(own().predict, facts()),
              element("p", { class: "small" }, words().draw_how),
              element("button", { type: "button", class: "plain",
                                  onclick: () => { state.guess.fill(null); show(); } },
                      words().erase)];
    }
    if (step === "reveal") {
      const found = setting(SHOWN)[KINDS[0]];
      return [distance(state.guess, curve(found.correlation), curve(found.low), curve(found.high),
                       "", 2),
              paragraphs(own().reveal, facts()),
              element("p", { class: "small" }, filled(own().band, facts()))];
    }
    return [paragraphs([own().try], facts()),
            chooser("countries", STORY.countries), chooser("years", STORY.years),
            element("div", { class: "buttons" },
              element("button", { type: "button", class: "plain", onclick: deal },
                      state.dealt ? own().deal_again : own().deal),
              element("button", { type: "button", class: "plain",
                                  onclick: () => { state.deal = null; Object.assign(state, SHOWN);
                                                   show(); } }, own().all_panels)),
            element("div", { "aria-live": "polite" }, score())];
  },
  why() { return shares(); },
};

begin();
