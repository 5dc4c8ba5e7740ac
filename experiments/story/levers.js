// A story of levers: a grid of settings, a slider for each factor.

const KEPT = Object.fromEntries(Object.entries(GRID.series).map(([name, told]) => {
  const real = (place, sign, other) =>
    (told.median[place] + sign * (other ? other[place] : 0)) / told.scale;
  return [name, { real, told, low: told.low / told.scale, high: told.high / told.scale }];
}));
const TIMES = GRID.years.map((year, place) => year - (GRID.years[1] - GRID.years[0]) / 2);
const MAIN = STORY.measures[0];
const shownLevels = STORY.sliders.map((slider) => slider.shown);
Object.assign(state, {
  guess: TIMES.map(() => null), levels: shownLevels.slice(), before: null, measure: MAIN,
});
const chart = new Chart(true);
const below = element("div", { id: "readout", "aria-live": "polite" });
pictures.append(chart.figure, below);

function point(levels) {
  return STORY.sliders.reduce((found, slider, place) =>
    found * slider.values.length + levels[place], 0);
}

// What a setting is compared with; and the same circumstances with nobody doing anything.
function resting(levels) {
  return STORY.sliders.map((slider, place) => (slider.compared ? slider.rest : levels[place]));
}

function idle(levels) {
  return STORY.sliders.map((slider, place) => (slider.chosen ? slider.rest : levels[place]));
}

// NPS in points, everything else out of 100.
function shownAs(measure) {
  const points = KEPT[measure].told.scale === 10;
  return { factor: points ? 1 : 100, decimals: points ? 1 : 0, unit: words().measures[measure].unit };
}

function series(measure, levels) {
  const { real, told } = KEPT[measure];
  const { factor } = shownAs(measure);
  const first = point(levels) * TIMES.length;
  const line = (sign, other) => TIMES.map((_, place) => real(first + place, sign, other) * factor);
  return { median: line(0), low: line(-1, told.below), high: line(1, told.above) };
}

function axes(measure) {
  const { factor, unit } = shownAs(measure);
  const together = [measure, ...(measure in STORY.beside ? [STORY.beside[measure]] : [])];
  const low = Math.min(...together.map((name) => KEPT[name].low)) * factor;
  const high = Math.max(...together.map((name) => KEPT[name].high)) * factor;
  const limits = room(low, high, 10);
  const years = [...Array(Math.round(GRID.years[GRID.years.length - 1]) + 1).keys()];
  return {
    x: { limits: [0, years[years.length - 1]], ticks: years, label: words().years,
         format: (at) => number(at, 0) },
    y: { limits, ticks: ticks(...limits, 7), label: words().measures[measure].axis,
         format: (at) => number(at, 0) + (unit === "%" ? "%" : "") },
    from: { at: STORY.begins, label: words().starts },
  };
}

function line(measure, levels, colour, label, extra) {
  return { kind: "line", x: TIMES, y: series(measure, levels).median, colour, label, ...extra };
}

function banded(measure, levels, colour, label) {
  const { low, high } = series(measure, levels);
  return [{ kind: "band", x: TIMES, low, high, colour }, line(measure, levels, colour, label)];
}

// The line that is drawn in the same chart, such as what the top does.
function besides(measure, levels) {
  const other = STORY.beside[measure];
  return other ? [line(other, levels, "other", words().measures[other].name)] : [];
}

const FIRST = TIMES.findIndex((time) => time > STORY.begins);

function layers(step) {
  const rest = resting(shownLevels);
  const quiet = (levels, measure) => line(measure, resting(levels), "quiet", own().nothing);
  if (step === "see") return [quiet(shownLevels, MAIN), ...besides(MAIN, rest)];
  if (step === "predict") {
    const known = line(MAIN, rest, "quiet", words().so_far);
    known.y = known.y.map((value, place) => (place <= FIRST - 1 ? value : null));
    return [...besides(MAIN, shownLevels), known];
  }
  if (step === "reveal") {
    const drawn = state.guess.some((value) => value !== null);
    return [...banded(MAIN, shownLevels, "model", words().model), quiet(shownLevels, MAIN),
            ...besides(MAIN, shownLevels),
            ...(drawn ? [{ kind: "line", x: TIMES, y: state.guess, colour: "guess",
                           label: words().your_guess, dash: "dashed" }] : [])];
  }
  const before = state.before ? [line(state.measure, state.before, "ghost", words().before,
                                      { dash: "dotted" })] : [];
  return [...banded(state.measure, state.levels, "model", words().now), ...before,
          quiet(state.levels, state.measure), ...besides(state.measure, state.levels)];
}

function drawChart(step) {
  const measure = step === "try" ? state.measure : MAIN;
  const { factor, decimals, unit } = shownAs(measure);
  const told = { ...axes(measure), layers: layers(step),
                 described: filled(words().chart, { measure: words().measures[measure].name,
                                                    now: ending(measure, step) }) };
  if (step === "predict") {
    told.guess = {
      x: TIMES, values: state.guess, first: FIRST, label: words().draw_label,
      start: series(MAIN, resting(shownLevels)).median[FIRST - 1],
      changed: () => {},
      told: (place, value) => `${words().years} ${number(TIMES[place], 1)}: ` +
        (value === null ? words().nothing_drawn : number(value, decimals) + unit),
    };
  }
  chart.draw(told);
  below.replaceChildren(...(step === "try" || step === "reveal" ? readout(step) : []));
}

// How it ends, in words: for those who cannot see the chart.
function ending(measure, step) {
  const levels = step === "try" ? state.levels : step === "reveal" ? shownLevels
    : resting(shownLevels);
  const { decimals, unit } = shownAs(measure);
  const last = TIMES.length - 1;
  const { median, low, high } = series(measure, levels);
  return filled(words().ends, { value: number(median[last], decimals) + unit,
    low: number(low[last], decimals), high: number(high[last], decimals),
    year: number(GRID.years[last], 0) });
}

// --- try it -----------------------------------------------------------------------------------

function slid(place, level) {
  if (level === state.levels[place]) return;
  state.before = state.levels.slice();
  state.levels = state.levels.map((now, other) => (other === place ? level : now));
  refresh();
}

// The chart and what is read off it; the sliders stay, so that one can go on sliding.
function refresh() {
  drawChart("try");
  STORY.sliders.forEach((slider, place) => {
    const input = document.getElementById(`slider${place}`);
    const said = own().sliders[place].levels[state.levels[place]];
    input.value = state.levels[place];
    input.setAttribute("aria-valuetext", said);
    input.parentElement.querySelector("output").textContent = said;
  });
}

function sliderRow(slider, place) {
  const said = own().sliders[place];
  const now = state.levels[place];
  return element("div", { class: "slider" },
    element("label", { for: `slider${place}` }, said.label),
    element("input", { type: "range", id: `slider${place}`, min: 0,
                       max: slider.values.length - 1, step: 1, value: now,
                       "aria-valuetext": said.levels[now],
                       oninput: (event) => slid(place, Number(event.target.value)) }),
    element("output", { for: `slider${place}` }, said.levels[now]));
}

// The last year: how it ends, against nobody acting, and whether that counts.
function readout(step) {
  const [measure, levels] = step === "try" ? [state.measure, state.levels] : [MAIN, shownLevels];
  const { factor } = shownAs(measure);
  const found = GRID.against[measure];
  const { scale } = KEPT[measure].told;
  const at = point(levels);
  const [median, low, high] = ["median", "low", "high"].map((name) =>
    (found[name][at] / scale) * factor);
  const counts = scale === 10;
  const same = at === point(resting(levels));
  const judged = same ? "nobody" : low <= 0 && high >= 0 ? "unclear"
    : counts && Math.abs(median) < COUNTS ? "small" : median > 0 ? "higher" : "lower";
  const signed = (value) => number(value, 1, true);
  return [
    element("p", {}, ending(measure, step)),
    same ? "" : element("p", {}, filled(words().against, {
      nothing: own().nothing,
      value: signed(median) + words().measures[measure].apart, low: signed(low), high: signed(high) })),
    element("p", { class: `judged ${judged}` }, filled(words().judged[judged], { ...facts(), nothing: own().nothing })),
  ].filter((each) => each !== "");
}

function tabs() {
  return element("div", { class: "tabs", role: "group", "aria-label": words().measure },
    STORY.measures.map((name) => element("button", {
      type: "button", id: `measure-${name}`, "aria-pressed": String(name === state.measure),
      onclick: () => { state.measure = name; show(); },
    }, words().measures[name].name)));
}

function set(levels) {
  state.before = state.levels.slice();
  state.levels = levels.slice();
  refresh();
}

const play = {
  facts() {
    const last = GRID.years[GRID.years.length - 1];
    return { points: number(STORY.sliders.reduce((all, each) => all * each.values.length, 1), 0),
             years: number(last, 0) };
  },
  draw: drawChart,
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
      const { median, low, high } = series(MAIN, shownLevels);
      const { decimals, unit } = shownAs(MAIN);
      return [distance(state.guess, median, low, high, unit, decimals),
              paragraphs(own().reveal, facts()),
              element("p", { class: "small" }, filled(words().band, facts()))];
    }
    return [tabs(), element("div", { class: "sliders" }, STORY.sliders.map(sliderRow)),
            element("div", { class: "buttons" },
              element("button", { type: "button", class: "plain",
                                  onclick: () => set(idle(shownLevels)) }, words().reset),
              element("button", { type: "button", class: "plain",
                                  onclick: () => set(shownLevels) }, words().as_shown)),
            element("p", { class: "small" }, own().try)];
  },
  why() { return []; },
};

begin();
