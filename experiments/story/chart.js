"use strict";
// How is a chart drawn, and how does somebody draw a guess on it? SVG by hand: no library.

const NAMESPACE = document.querySelector(".mark svg").namespaceURI;

function shape(name, attributes, parent, text) {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== ""));
  return made;
}

// Ticks at 1, 2 or 5 times a power of ten, about so many.
function ticks(low, high, about) {
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1e6; at += step) {
    found.push(Math.round(at / step) * step);
  }
  return found;
}

// Limits that leave room around the values.
function room(low, high, least) {
  const middle = (low + high) / 2;
  const half = Math.max((high - low) * 0.56, least / 2);
  return [middle - half, middle + half];
}

// Heights with at least a gap between each two, in the order that they have.
function apart(heights, gap, high) {
  const order = heights.map((_, place) => place).sort((one, two) => heights[one] - heights[two]);
  const moved = heights.slice();
  let floor = -Infinity;
  for (const place of order) {
    moved[place] = Math.max(moved[place], floor + gap);
    floor = moved[place];
  }
  let ceiling = high + gap;
  for (const place of order.reverse()) {
    moved[place] = Math.min(moved[place], ceiling - gap);
    ceiling = moved[place];
  }
  return moved;
}

class Chart {
  constructor(wide) {
    const [width, height, right] = wide ? [1000, 620, 205] : [560, 410, 24];
    Object.assign(this, { width, height, wide });
    this.box = { left: 106, right: width - right, top: 26, bottom: height - 84 };
    this.svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, class: "chart" });
    this.key = element("ul", { class: "key" });
    this.figure = element("figure", {}, this.svg, this.key);
    this.cursor = 0;
  }

  across(value) {
    const { left, right } = this.box;
    const [low, high] = this.told.x.limits;
    return left + ((value - low) / (high - low)) * (right - left);
  }

  up(value) {
    const { top, bottom } = this.box;
    const [low, high] = this.told.y.limits;
    return bottom - ((value - low) / (high - low)) * (bottom - top);
  }

  // told: x and y {limits, ticks, label, format}, layers, from {at, label}, zero, described
  draw(told) {
    this.told = told;
    this.svg.replaceChildren();
    this.svg.setAttribute("role", "img");
    this.svg.setAttribute("aria-label", told.described);
    this.axes();
    for (const layer of told.layers) this.layer(layer);
    this.labels(told.layers.filter((layer) => layer.label && layer.kind === "line"));
    if (told.guess) this.drawable(told.guess);
  }

  axes() {
    const { left, right, top, bottom } = this.box;
    const { x, y } = this.told;
    for (const at of y.ticks) {
      const zero = this.told.zero && at === 0;
      shape("line", { x1: left, x2: right, y1: this.up(at), y2: this.up(at),
                      class: zero ? "zero" : "grid" }, this.svg);
      shape("text", { x: left - 12, y: this.up(at) + 8, class: "tick end" }, this.svg,
            y.format(at));
    }
    for (const at of x.ticks) {
      shape("line", { x1: this.across(at), x2: this.across(at), y1: bottom, y2: bottom + 8,
                      class: "axis" }, this.svg);
      shape("text", { x: this.across(at), y: bottom + 34, class: "tick middle" }, this.svg,
            x.format(at));
    }
    shape("line", { x1: left, x2: right, y1: bottom, y2: bottom, class: "axis" }, this.svg);
    shape("text", { x: (left + right) / 2, y: this.height - 12, class: "name middle" }, this.svg,
          x.label);
    shape("text", { x: 22, y: (top + bottom) / 2, class: "name middle",
                    transform: `rotate(-90 22 ${(top + bottom) / 2})` }, this.svg, y.label);
    if (this.told.from) {
      const at = this.across(this.told.from.at);
      shape("line", { x1: at, x2: at, y1: top, y2: bottom, class: "from" }, this.svg);
      shape("text", { x: at + 9, y: top + 20, class: "note" }, this.svg, this.told.from.label);
    }
  }

  // Pieces of a line between gaps.
  path(x, y) {
    let text = "";
    let pen = "M";
    y.forEach((value, place) => {
      if (value === null) pen = "M";
      else {
        text += `${pen}${this.across(x[place]).toFixed(1)} ${this.up(value).toFixed(1)}`;
        pen = "L";
      }
    });
    return text;
  }

  layer(layer) {
    const { kind, x, low, high, y, colour, dash, size } = layer;
    if (kind === "band") {
      const known = x.map((_, place) => place)
        .filter((place) => low[place] !== null && high[place] !== null);
      const there = known.map((place) => `${this.across(x[place])} ${this.up(high[place])}`);
      const back = known.map((place) => `${this.across(x[place])} ${this.up(low[place])}`);
      const d = known.length ? `M${there.join("L")}L${back.reverse().join("L")}Z` : "";
      shape("path", { d, class: `band ${colour}` }, this.svg);
    } else if (kind === "line") {
      shape("path", { d: this.path(x, y), class: `line ${colour} ${dash || ""} ${size || ""}` },
            this.svg);
    }
  }

  // Names at the ends of lines where there is room, else in a list below.
  labels(lines) {
    this.key.replaceChildren(...(this.wide || lines.length < 2 ? [] : lines).map((line) =>
      element("li", { class: `${line.colour} ${line.dash || ""}` }, line.label)));
    if (!this.wide) return;
    const ends = lines.map((line) => {
      const last = line.y.reduce((found, value, place) => (value === null ? found : place), -1);
      return last < 0 ? null : { line, x: line.x[last], y: this.up(line.y[last]) };
    }).filter((each) => each !== null);
    const cut = ends.map((end) => wrapped(end.line.label, 15));
    const most = Math.max(1, ...cut.map((each) => each.length));
    const moved = apart(ends.map((end) => end.y), 24 * most + 4, this.box.bottom);
    ends.forEach((end, place) => {
      cut[place].forEach((text, row) => {
        const y = moved[place] + 7 + 24 * (row - (cut[place].length - 1) / 2);
        shape("text", { x: this.box.right + 14, y, class: `label ${end.line.colour}` }, this.svg,
              text);
      });
    });
  }

  // guess: {x, values, first, changed, label, told(place)}: a pointer or the arrow keys draw it.
  drawable(guess) {
    const { left, right, top, bottom } = this.box;
    this.guess = guess;
    this.cursor = Math.max(this.cursor, guess.first);
    this.drawn = shape("path", { class: "line guess" }, this.svg);
    this.spot = shape("circle", { r: 9, class: "spot", visibility: "hidden" }, this.svg);
    const area = shape("rect", {
      x: left, y: top, width: right - left, height: bottom - top, class: "area", tabindex: 0,
      role: "slider", "aria-label": guess.label, "aria-orientation": "vertical",
      "aria-valuemin": this.told.y.limits[0].toFixed(2),
      "aria-valuemax": this.told.y.limits[1].toFixed(2), "aria-valuenow": 0,
    }, this.svg);
    this.area = area;
    let last = null;
    const put = (event) => {
      const at = this.inside(event);
      if (last === null) last = at;
      this.between(last, at);
      last = at;
      event.preventDefault();
    };
    area.addEventListener("pointerdown", (event) => {
      last = null;
      area.setPointerCapture(event.pointerId);
      put(event);
    });
    area.addEventListener("pointermove", (event) => {
      if (area.hasPointerCapture(event.pointerId)) put(event);
    });
    area.addEventListener("keydown", (event) => this.typed(event));
    area.addEventListener("focus", () => this.redrawn());
    this.redrawn();
  }

  // Where a pointer is, in the units of the axes.
  inside(event) {
    const { left, right, top, bottom } = this.box;
    const { x, y } = new DOMPoint(event.clientX, event.clientY)
      .matrixTransform(this.svg.getScreenCTM().inverse());
    const { x: one, y: other } = this.told;
    const share = Math.min(1, Math.max(0, (bottom - y) / (bottom - top)));
    return {
      x: one.limits[0] + ((x - left) / (right - left)) * (one.limits[1] - one.limits[0]),
      y: other.limits[0] + share * (other.limits[1] - other.limits[0]),
    };
  }

  // Every moment between two places of the pointer takes a value.
  between(one, two) {
    const { x, values, first } = this.guess;
    const nearest = (at) => x.reduce((best, each, place) =>
      (Math.abs(each - at) < Math.abs(x[best] - at) ? place : best), 0);
    const [from, to] = [nearest(one.x), nearest(two.x)];
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    for (let place = Math.max(low, first); place <= high; place += 1) {
      const share = from === to ? 1 : (place - from) / (to - from);
      values[place] = one.y + share * (two.y - one.y);
    }
    this.cursor = Math.max(to, first);
    this.changed();
  }

  typed(event) {
    const { values, first, x } = this.guess;
    const [low, high] = this.told.y.limits;
    const step = (high - low) / (event.shiftKey ? 20 : 100);
    const moves = { ArrowLeft: -1, ArrowRight: 1 };
    const lifts = { ArrowUp: step, ArrowDown: -step, PageUp: 10 * step, PageDown: -10 * step };
    if (event.key in moves) {
      const before = this.cursor;
      this.cursor = Math.min(x.length - 1, Math.max(first, before + moves[event.key]));
      if (values[this.cursor] === null) values[this.cursor] = values[before];
    } else if (event.key in lifts) {
      const now = values[this.cursor] === null ? this.guess.start : values[this.cursor];
      values[this.cursor] = Math.min(high, Math.max(low, now + lifts[event.key]));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      values.fill(null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
    this.changed();
  }

  changed() {
    this.guess.changed();
    this.redrawn();
  }

  redrawn() {
    const { x, values } = this.guess;
    this.drawn.setAttribute("d", this.path(x, values));
    const now = values[this.cursor];
    const at = now === null ? this.guess.start : now;
    this.spot.setAttribute("cx", this.across(x[this.cursor]));
    this.spot.setAttribute("cy", this.up(at));
    const here = document.activeElement === this.area || now !== null;
    this.spot.setAttribute("visibility", here ? "visible" : "hidden");
    this.area.setAttribute("aria-valuenow", at.toFixed(2));
    this.area.setAttribute("aria-valuetext", this.guess.told(this.cursor, now));
  }
}

// A text in lines of at most so many letters.
function wrapped(text, most) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (line && line.length + word.length >= most) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines;
}
