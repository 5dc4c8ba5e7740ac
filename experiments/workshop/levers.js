// Which lever, how strong, from when to when? Rows with a slider and a bar on a timeline.

const STEP = 4; // weeks, of an arrow key
const YEAR = 52; // weeks, after which a lever starts that nobody has dated
const LEAP = 26; // weeks, of page up and page down
const FIRST = { ramp: 13, end: 0 }; // of a lever that is touched for the first time

export default {
  template: `
    <div class="levers" role="group" :aria-label="words.group">
      <div class="lever lever-head" aria-hidden="true">
        <span>{{ words.lever }}</span><span>{{ words.strength }}</span><span></span>
        <div class="lever-years">
          <span v-for="year in years" :key="year"
                :style="{ left: 100 * year / years + '%' }">{{ year }}</span>
        </div>
      </div>
      <div v-for="row in own" :key="row.key" class="lever" :class="{ acts: acts(row) }"
           :data-lever="row.key">
        <button type="button" class="lever-name" @click="$emit('asked', row.lever)"
                :aria-label="row.name + ': ' + words.about">{{ row.name }}</button>
        <input type="range" :min="row.low" :max="row.high" :step="row.step" :value="row.strength"
               :aria-label="row.name + ', ' + words.strength" :aria-valuetext="said(row)"
               @input="strong(row, $event, false)" @change="strong(row, $event, true)">
        <output class="lever-said">{{ said(row) }}</output>
        <div class="lever-track">
          <span v-for="year in years - 1" :key="year" class="lever-tick"
                :style="{ left: 100 * year / years + '%' }"></span>
          <template v-if="acts(row)">
            <div class="lever-bar" :style="bar(row)" @pointerdown="hold($event, row, 'whole')">
              <div class="lever-shape" :style="shape(row)"></div>
            </div>
            <button v-for="part in parts" :key="part" type="button" role="slider"
                    class="lever-grip" :class="'lever-' + part"
                    :style="{ left: 100 * place(row, part) / weeks + '%' }"
                    :aria-label="row.name + ', ' + words[part]" aria-valuemin="0"
                    :aria-valuemax="weeks" :aria-valuenow="place(row, part)"
                    :aria-valuetext="when(row, part)" :title="words[part] + ' ' + when(row, part)"
                    @pointerdown="hold($event, row, part)" @keydown="key($event, row, part)">
            </button>
          </template>
        </div>
      </div>
    </div>`,
  props: { rows: Array, years: Number, words: Object, language: String },
  emits: ["moving", "moved", "asked"],
  data() {
    return { own: this.copied(), parts: ["start", "ramp", "end"], turn: 0, held: null };
  },
  watch: {
    rows() { if (!this.held) this.own = this.copied(); },
  },
  computed: {
    weeks() { return this.years * YEAR; },
  },
  methods: {
    copied() { return this.rows.map((row) => ({ ...row })); },
    acts(row) { return Math.abs(row.strength - row.rest) > 1e-9; },
    number(value, decimals) {
      return value.toLocaleString(this.language === "nl" ? "nl-NL" : "en-GB", {
        minimumFractionDigits: decimals, maximumFractionDigits: decimals,
      }).replace("-", "\u2212");
    },
    said(row) { return this.number(row.strength * row.shown, row.decimals) + row.unit; },
    last(row) { return row.end > 0 ? Math.min(row.end, this.weeks) : this.weeks; },
    full(row) { return Math.min(row.start + row.ramp, this.last(row)); },
    place(row, part) {
      return { start: row.start, ramp: this.full(row), end: this.last(row) }[part];
    },
    when(row, part) {
      if (part === "end" && !row.end) return this.words.stays;
      return this.words.after + " " + this.number(this.place(row, part) / YEAR, 1);
    },
    bar(row) {
      const from = 100 * row.start / this.weeks;
      return { left: from + "%", width: 100 * this.last(row) / this.weeks - from + "%" };
    },
    shape(row) {
      const length = Math.max(1, this.last(row) - row.start);
      const up = 100 * (this.full(row) - row.start) / length;
      const size = Math.abs(row.strength - row.rest);
      const most = Math.max(row.high - row.rest, row.rest - row.low, 1e-9);
      const top = 100 - Math.max(18, 100 * size / most);
      const points = `0 100%, ${up}% ${top}%, 100% ${top}%, 100% 100%`;
      return { clipPath: `polygon(${points})` };
    },
    tell(row, done) {
      this.turn += 1;
      const { key, strength, start, ramp, end } = row;
      this.$emit(done ? "moved" : "moving", { key, strength, start, ramp, end, turn: this.turn });
    },
    strong(row, event, done) {
      row.strength = Number(event.target.value);
      if (row.fresh) {
        Object.assign(row, FIRST, { start: Math.min(YEAR, this.weeks / 2), fresh: false });
      }
      this.held = done ? null : row.key;
      this.tell(row, done);
    },
    put(row, part, week) {
      const at = Math.round(Math.max(0, Math.min(this.weeks, week)));
      const end = this.last(row);
      if (part === "start") {
        const full = Math.max(this.full(row), at);
        row.start = Math.min(at, end - 1);
        row.ramp = Math.max(0, Math.min(full, end) - row.start);
      } else if (part === "ramp") {
        row.ramp = Math.max(0, Math.min(at, end) - row.start);
      } else if (part === "end") {
        row.end = at >= this.weeks ? 0 : Math.max(row.start + 1, at);
        row.ramp = Math.min(row.ramp, this.last(row) - row.start);
      } else {
        const length = end - row.start;
        const most = row.end ? this.weeks - length : this.weeks - 1;
        row.start = Math.min(at, Math.max(0, most));
        if (row.end) row.end = row.start + length >= this.weeks ? 0 : row.start + length;
        row.ramp = Math.min(row.ramp, this.last(row) - row.start);
      }
    },
    hold(event, row, part) {
      if (event.button) return;
      event.preventDefault();
      const target = event.currentTarget;
      if (part !== "whole") target.focus();
      const track = target.closest(".lever-track").getBoundingClientRect();
      const week = (x) => (x - track.left) / track.width * this.weeks;
      const away = part === "whole" ? week(event.clientX) - row.start : 0;
      this.held = row.key;
      const move = (other) => {
        this.put(row, part, week(other.clientX) - away);
        this.tell(row, false);
      };
      const leave = () => {
        window.removeEventListener("pointermove", move);
        window.removeEventListener("pointerup", leave);
        window.removeEventListener("pointercancel", leave);
        this.held = null;
        this.tell(row, true);
      };
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", leave);
      window.addEventListener("pointercancel", leave);
    },
    key(event, row, part) {
      const step = {
        ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP,
        PageDown: -LEAP, PageUp: LEAP, Home: -this.weeks, End: this.weeks,
      }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      this.put(row, part, this.place(row, part) + step);
      this.tell(row, true);
    },
  },
};
