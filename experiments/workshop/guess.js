// How do you think it goes on? A chart to draw in; the model appears when it is sent, not before.

const WIDE = 1000, HIGH = 460, LEFT = 74, RIGHT = 24, TOP = 18, BOTTOM = 52;

export default {
  template: `
    <div class="guess">
      <svg :viewBox="'0 0 ' + ${WIDE} + ' ' + ${HIGH}" role="slider" tabindex="0" ref="picture"
           :aria-label="words.draw" aria-orientation="vertical" :aria-valuemin="low"
           :aria-valuemax="high" :aria-valuenow="drawn[at] ?? middle" :aria-valuetext="spoken"
           @pointerdown="begin" @pointermove="draw" @pointerup="finish" @pointercancel="finish"
           @keydown="key">
        <g class="guess-grid">
          <template v-for="tick in ticks" :key="'y' + tick">
            <line :x1="${LEFT}" :x2="${WIDE - RIGHT}" :y1="y(tick)" :y2="y(tick)"
                  :class="{ zero: tick === 0 }"/>
            <text :x="${LEFT - 10}" :y="y(tick) + 6" text-anchor="end">{{ number(tick) }}</text>
          </template>
          <text v-for="year in years + 1" :key="'x' + year" :x="x((year - 1) * 52)"
                :y="${HIGH - BOTTOM + 26}" text-anchor="middle">{{ year - 1 }}</text>
          <text :x="${(WIDE + LEFT - RIGHT) / 2}" :y="${HIGH - 6}" text-anchor="middle"
                class="guess-name">{{ words.years }}</text>
        </g>
        <rect v-if="begins > 0" class="guess-before" :x="x(0)" :y="${TOP}" :width="x(begins) - x(0)"
              :height="${HIGH - TOP - BOTTOM}"/>
        <polyline class="guess-nobody" :points="line(weeks, nobody)"/>
        <g v-if="shown" class="guess-shown">
          <polygon :points="area(shown)"/>
          <polyline :points="line(weeks, shown.middle)"/>
        </g>
        <polyline class="guess-own" :points="line(weeks, drawn)"/>
        <line v-if="focused && !shown" class="guess-at" :x1="x(weeks[at])" :x2="x(weeks[at])"
              y1="${TOP}" y2="${HIGH - BOTTOM}"/>
      </svg>
      <ul class="guess-key">
        <li class="nobody">{{ words.nobody }}</li><li class="own">{{ words.own }}</li>
        <li v-if="shown" class="model">{{ words.model }}</li>
      </ul>
    </div>`,
  props: {
    weeks: Array, years: Number, begins: Number, nobody: Array, low: Number, high: Number,
    value: Array, shown: Object, words: Object, language: String,
  },
  emits: ["drawn"],
  data() {
    return { drawn: this.value ? [...this.value] : this.weeks.map(() => null), at: this.first(), from: null,
             focused: false };
  },
  mounted() {
    this.$refs.picture.addEventListener("focus", () => { this.focused = true; });
    this.$refs.picture.addEventListener("blur", () => { this.focused = false; });
  },
  watch: {
    value(given) { if (this.from === null) this.drawn = given ?? this.weeks.map(() => null); },
  },
  computed: {
    middle() { return (this.low + this.high) / 2; },
    ticks() {
      const rough = (this.high - this.low) / 5;
      const power = 10 ** Math.floor(Math.log10(rough));
      const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
      const found = [];
      for (let tick = Math.ceil(this.low / step); tick * step <= this.high + 1e-9; tick += 1) {
        found.push(Number((tick * step).toPrecision(10)));
      }
      return found;
    },
    spoken() {
      const value = this.drawn[this.at];
      const year = this.number(this.weeks[this.at] / 52);
      return `${this.words.year} ${year}: ${value === null ? this.words.none : this.number(value)}`;
    },
  },
  methods: {
    erase() { this.drawn = this.weeks.map(() => null); this.at = this.first(); },
    number(value) {
      return value.toLocaleString(this.language === "nl" ? "nl-NL" : "en-GB",
                                  { maximumFractionDigits: 1 }).replace("-", "\u2212");
    },
    first() {
      const found = this.weeks.findIndex((week) => week >= this.begins);
      return Math.max(0, found);
    },
    x(week) { return LEFT + (WIDE - LEFT - RIGHT) * week / (this.years * 52); },
    y(value) {
      const share = (value - this.low) / (this.high - this.low);
      return HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * Math.max(0, Math.min(1, share));
    },
    line(weeks, values) {
      return weeks.map((week, place) => [week, values[place]])
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([week, value]) => `${this.x(week)},${this.y(value)}`).join(" ");
    },
    area(fan) {
      const there = this.weeks.map((week, place) => `${this.x(week)},${this.y(fan.high[place])}`);
      const back = this.weeks.map((week, place) => `${this.x(week)},${this.y(fan.low[place])}`);
      return [...there, ...back.reverse()].join(" ");
    },
    spot(event) {
      const box = this.$refs.picture.getScreenCTM().inverse();
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(box);
      const week = (point.x - LEFT) / (WIDE - LEFT - RIGHT) * this.years * 52;
      const share = (HIGH - BOTTOM - point.y) / (HIGH - TOP - BOTTOM);
      const value = this.low + Math.max(0, Math.min(1, share)) * (this.high - this.low);
      let place = this.first();
      this.weeks.forEach((each, other) => {
        if (other >= this.first() && Math.abs(each - week) < Math.abs(this.weeks[place] - week)) {
          place = other;
        }
      });
      return { place, value };
    },
    begin(event) {
      if (this.shown || event.button) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      this.from = this.spot(event);
      this.drawn[this.from.place] = this.from.value;
    },
    draw(event) {
      if (this.from === null) return;
      const to = this.spot(event);
      const steps = Math.max(1, Math.abs(to.place - this.from.place));
      for (let step = 0; step <= steps; step += 1) {
        const share = step / steps;
        const place = Math.round(this.from.place + share * (to.place - this.from.place));
        this.drawn[place] = this.from.value + share * (to.value - this.from.value);
      }
      this.from = to;
    },
    finish() {
      if (this.from === null) return;
      this.from = null;
      this.$emit("drawn", [...this.drawn]);
    },
    key(event) {
      const step = (this.high - this.low) / 50;
      const before = this.drawn[this.at] ?? this.drawn[this.at - 1] ?? this.nobody[this.at]
        ?? this.middle;
      if (this.shown) return;
      if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
        const by = event.key === "ArrowRight" ? 1 : -1;
        this.at = Math.max(this.first(), Math.min(this.weeks.length - 1, this.at + by));
      } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
        const by = event.key === "ArrowUp" ? step : -step;
        this.drawn[this.at] = Math.max(this.low, Math.min(this.high, before + by));
        this.$emit("drawn", [...this.drawn]);
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    },
  },
};
