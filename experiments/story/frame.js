// Which step is shown, in which language? What all stories share; `play` is the story's own part.

const CONTENT = JSON.parse(document.getElementById("content").textContent);
const { story: STORY, grid: GRID } = CONTENT;
const STEPS = ["see", "predict", "reveal", "try", "why", "not", "talk"];
const PICTURED = 4; // steps that have a chart
const COUNTS = 2; // NPS points: the smallest difference that counts
const state = { step: 0, language: CONTENT.language, guess: null };

const pictures = document.getElementById("pictures");
const text = document.getElementById("text");

function words() { return CONTENT.words[state.language]; }

function own() { return words().story; }

// A text with numbers in its braces.
function filled(said, values) {
  return said.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

// A number as the language writes it, with so many decimals.
function number(value, decimals, signed) {
  const format = new Intl.NumberFormat(state.language === "nl" ? "nl-NL" : "en-GB", {
    minimumFractionDigits: decimals, maximumFractionDigits: decimals,
  });
  const clean = Number(value.toFixed(decimals)) + 0;
  const said = format.format(Math.abs(clean));
  if (clean < 0) return `\u2212${said}`;
  return signed && clean > 0 ? `+${said}` : said;
}

function paragraphs(said, values) {
  return said.map((each) => element("p", {}, filled(each, values)));
}

function small(said, values) {
  return said.map((each) => element("p", { class: "small" }, filled(each, values)));
}

function bullets(said, values) {
  return element("ul", { class: "bullets" },
                 said.map((each) => element("li", {}, filled(each, values))));
}

function heading() {
  const name = words().steps[STEPS[state.step]];
  return element("h2", {}, element("span", { class: "count" }, `${state.step + 1}`), name);
}

// What every text may name.
function facts() {
  const { people, customers, seeds, runs } = GRID;
  return {
    people: number(people, 0), customers: number(customers, 0), seeds: number(seeds.length, 0),
    runs: number(runs, 0), counts: number(COUNTS, 0), ...play.facts(),
  };
}

// --- the same steps for every story -----------------------------------------------------------

// The guess beside what the model gives: how far on the whole, and how often in the band.
function distance(values, median, low, high, unit, decimals) {
  const known = values.map((_, place) => place)
    .filter((place) => values[place] !== null && median[place] !== null);
  if (!known.length) return paragraphs([words().reveal.none], {});
  const away = known.map((place) => values[place] - median[place]);
  const mean = away.reduce((sum, each) => sum + each, 0) / known.length;
  const size = away.reduce((sum, each) => sum + Math.abs(each), 0) / known.length;
  const inside = known.filter((place) =>
    values[place] >= low[place] && values[place] <= high[place]).length;
  const side = inside >= 0.8 * known.length ? "close" : Math.abs(mean) < 0.5 * size ? "mixed"
    : mean > 0 ? "high" : "low";
  return paragraphs([words().reveal.distance, words().reveal[side]], {
    size: number(size, decimals) + unit, inside: number(inside, 0),
    count: number(known.length, 0),
  });
}

function mechanismRows() {
  const found = GRID.why;
  const left = { ...found.remaining, name: "" };
  const largest = Math.max(...[...found.rows, left].map((row) => Math.abs(row.mean)), 1e-9);
  const measure = words().measures[found.measure];
  const [factor, decimals] = found.measure.includes("nps") ? [1, 1] : [100, 1];
  const clear = found.rows.filter((row) => row.low * row.high > 0).slice(0, 5);
  return element("div", { class: "mechanisms" },
    small([words().why.read, clear.length ? words().why.rows : words().why.no_rows], {
      first: own().arms.first, second: own().arms.second, measure: measure.name,
      year: number(found.year, 0), seeds: number(found.seeds, 0),
      difference: number(found.difference.mean * factor, decimals, true) + measure.apart,
      low: number(found.difference.low * factor, decimals, true),
      high: number(found.difference.high * factor, decimals, true),
    }),
    element("ul", { class: "bars" }, [...clear, left].map((row) => {
      const bar = element("span", { class: `bar ${row.mean < 0 ? "down" : "up"}` });
      bar.style.width = `${(Math.abs(row.mean) / largest) * 100}%`;
      return element("li", {}, element("span", { class: "of" }, row.name
        ? words().mechanisms[row.name] : words().why.left),
        element("span", { class: "track" }, bar),
        element("span", { class: "size" }, number(row.mean * factor, decimals, true)));
    })),
    found.kept_on.length ? small([words().why.kept_on], {
      kept: found.kept_on.map((name) => words().mechanisms[name]).join(", "),
    }) : []);
}

function claimRows() {
  const said = words();
  return element("table", { class: "claims" },
    element("caption", {}, said.why.claims),
    element("tbody", {}, STORY.claims.map((name) => {
      const found = GRID.claims[name];
      const on = found.depends_on && found.depends_on.length
        ? ` ${filled(said.why.depends, { on: number(found.depends_on.length, 0) })}` : "";
      return element("tr", {}, element("th", { scope: "row" }, name),
        element("td", {}, own().claims[name]),
        element("td", {}, element("b", { class: `verdict ${found.verdict}` },
          said.verdicts[found.verdict]), on));
    })));
}

function why() {
  return [heading(), paragraphs(own().why, facts()), GRID.why ? mechanismRows() : play.why(),
          claimRows(), element("p", { class: "small" }, words().why.model_only)];
}

function limits() {
  return [heading(), bullets(own().not, facts()),
          bullets(words().not, { ...facts(), kernels: GRID.made.kernels.slice(0, 12) }),
          element("p", { class: "small" }, GRID.own.length
            ? filled(words().with_settings, { settings: GRID.own.join(" ") }) : "")];
}

function talk() {
  return [heading(), element("ol", { class: "questions" },
    own().talk.map((each) => element("li", {}, each)))];
}

// --- the frame --------------------------------------------------------------------------------

function show() {
  const focused = document.activeElement.id;
  const step = STEPS[state.step];
  document.documentElement.lang = state.language;
  document.title = `Zwerm: ${own().title}`;
  document.body.dataset.step = step;
  document.querySelector("h1").textContent = own().title;
  document.querySelector(".skip").textContent = words().skip;
  const body = { why, not: limits, talk }[step];
  document.body.classList.toggle("spread", Boolean(play.spread && play.spread(step)));
  pictures.hidden = state.step >= PICTURED;
  text.replaceChildren(...(body ? body() : [heading(), ...play.text(step)]).flat());
  if (!pictures.hidden) play.draw(step);
  navigation();
  languages();
  const again = focused && document.getElementById(focused);
  if (again && again !== document.activeElement) again.focus({ preventScroll: true });
}

// The address ends in the number of the step, so that a page can be opened at it, and gone on to.
function begin() {
  const asked = Number(window.location.hash.slice(1)) - 1;
  if (asked in STEPS) state.step = asked;
  show();
}

window.addEventListener("hashchange", begin); // typed into the address; `go` makes none

function go(step) {
  state.step = Math.min(STEPS.length - 1, Math.max(0, step));
  window.history.replaceState(null, "", `#${state.step + 1}`);
  show();
  text.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function navigation() {
  const said = words();
  const steps = element("ol", {}, STEPS.map((name, place) => element("li", {},
    element("button", { type: "button", id: `step${place + 1}`, "aria-label": said.steps[name],
                        title: said.steps[name], "aria-current": place === state.step ? "step" : null,
                        onclick: () => go(place) },
      element("b", {}, `${place + 1}`), element("span", {}, said.steps[name])))));
  const nav = document.querySelector("nav");
  nav.setAttribute("aria-label", said.navigation);
  nav.replaceChildren(
    element("button", { type: "button", class: "move", disabled: state.step === 0,
                        onclick: () => go(state.step - 1) }, `\u2190 ${said.previous}`),
    steps,
    element("button", { type: "button", class: "move next",
                        disabled: state.step === STEPS.length - 1,
                        onclick: () => go(state.step + 1) }, `${said.next} \u2192`));
  document.querySelector("footer").replaceChildren(
    element("span", {}, filled(said.footer, facts())),
    element("span", { class: "keys" }, said.keys));
}

function languages() {
  const group = document.querySelector(".languages");
  group.setAttribute("aria-label", words().language);
  group.replaceChildren(...Object.keys(CONTENT.words).map((name) => element("button", {
    type: "button", id: `language-${name}`, lang: name, "aria-pressed": String(name === state.language),
    onclick: () => { state.language = name; show(); },
  }, CONTENT.words[name].name)));
}

// Arrows and space turn the page, except where something else is being operated.
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const busy = event.target.closest && event.target.closest("input, .area");
  const pressed = event.target.closest && event.target.closest("button");
  if (busy || (pressed && event.key === " ")) return;
  const moves = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 };
  if (event.key in moves) {
    event.preventDefault();
    go(state.step + (event.shiftKey && event.key === " " ? -1 : moves[event.key]));
  }
});

// Paper shows every step, one after the other, with the chart as it is now.
window.addEventListener("beforeprint", () => {
  const now = state.step;
  const pages = STEPS.map((_, place) => {
    state.step = place;
    show();
    const chart = pictures.hidden ? [] : [...pictures.children].map((each) => each.cloneNode(true));
    return element("section", { class: "page" },
      [...text.children].map((each) => each.cloneNode(true)), chart);
  });
  state.step = now;
  show();
  document.body.append(element("div", { id: "paper" }, pages));
});
window.addEventListener("afterprint", () => {
  const paper = document.getElementById("paper");
  if (paper) paper.remove();
});
