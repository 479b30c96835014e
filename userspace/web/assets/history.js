// SPDX-License-Identifier: Apache-2.0
// Findings of the last hours: a timeline with one lane for each cause, and a table.
import { choice, fillFrom, h, svg } from "./dom.js";
import { clock, count, duration, plural } from "./format.js";
import { decisionList, decisionWord } from "./decisions.js";
import { badges, who } from "./findings.js";

const hour = 3600e3;
const ranges = [[1 * hour, "1 h"], [6 * hour, "6 h"], [24 * hour, "24 h"]];
const steps = [10, 20, 30, 60, 120, 180, 240, 360, 480].map((minutes) => minutes * 60e3);
const lane = 26;
const axis = 22;
const rowsAtFirst = 10;

export class History {
  constructor({ timeline, past, rangeButtons }) {
    this.timeline = timeline.appendChild(h("div"));
    this.past = past;
    this.range = hour;
    this.rows = rowsAtFirst;
    this.opened = new Set();
    choice(rangeButtons, ranges, this.range, (range) => {
      this.range = range;
      this.draw();
    });
    new ResizeObserver(() => this.drawTimeline()).observe(this.timeline);
  }

  // `started`: when this daemon was started.
  show(document, started) {
    this.document = document;
    this.started = started;
    this.now = Date.parse(document.time);
    this.draw();
  }

  // What has moved on since is shown where it is now, without asking again.
  goOn(now) {
    this.now = now;
    this.draw();
  }

  shown() {
    const begin = this.now - this.range;
    return this.document.findings.filter((one) => one.ended === null || Date.parse(one.ended) >= begin);
  }

  draw() {
    if (!this.document) return;
    this.drawTimeline();
    this.drawTable();
  }

  drawTimeline() {
    const width = Math.floor(this.timeline.clientWidth);
    if (!this.document || width < 50) return;
    const findings = this.shown();
    const minute = Math.floor(this.now / 10e3);
    fillFrom(this.timeline, [findings, this.range, width, minute], () =>
      findings.length === 0 ? this.nothing() : drawLanes(findings, this.now, this.range, width));
  }

  nothing() {
    const hours = this.range / hour;
    return h("p", { class: "quiet empty" }, `No thread was found stuck in the last ${hours === 1 ? "hour" : `${hours} hours`}, as far as this daemon has run.`);
  }

  drawTable() {
    const findings = this.shown();
    const unknown = this.unknown();
    fillFrom(this.past, [findings, this.rows, unknown], () => { // what is folded out is so already
      const note = unknown && h("p", { class: "quiet" }, unknown);
      if (findings.length === 0) return [note];
      const head = h("tr", {}, ["Finding", "Process", "Began", "Lasted", "Policy"].map((name) => h("th", { scope: "col" }, name)));
      const body = findings.slice(0, this.rows).map((one) => this.row(one));
      return [h("table", { class: "past" }, h("thead", {}, head), h("tbody", {}, body)), this.more(findings.length), note];
    });
  }

  row(one) {
    const lasted = one.ended === null ? h("span", { class: "open" }, "still stuck") : lastedText(one);
    const notes = one.decisions.length === 0 ? decisionWord(one.decisions) : this.folded(one);
    return h("tr", {},
      h("td", { "data-label": "Finding" }, h("div", { class: "badges" }, badges(one)), h("p", { class: "summary" }, one.summary)),
      h("td", { "data-label": "Process" }, h("span", { class: "mono" }, who(one.process)), one.process.unit ? h("p", { class: "quiet" }, one.process.unit) : null),
      h("td", { "data-label": "Began", class: "nowrap" }, beganText(one)),
      h("td", { "data-label": "Lasted", class: "nowrap" }, lasted),
      h("td", { "data-label": "Policy" }, notes));
  }

  folded(one) {
    const key = [one.cause, one.process.pid, one.thread.tid, one.raised].join("/");
    const details = h("details", { open: this.opened.has(key) }, h("summary", {}, decisionWord(one.decisions)), decisionList(one.decisions, 1));
    details.addEventListener("toggle", () => (details.open ? this.opened.add(key) : this.opened.delete(key)));
    return details;
  }

  more(total) {
    if (total <= this.rows) return null;
    const button = h("button", { type: "button", class: "plain" }, `Show all ${count(total)}`);
    button.addEventListener("click", () => {
      this.rows = Infinity;
      this.drawTable();
    });
    return h("p", {}, button);
  }

  // Of what part of the range it does not know what ended: that is no peace. Null: of none.
  unknown() {
    const { findings, forgotten, kept_findings: most } = this.document;
    const ended = findings.filter((one) => one.ended !== null); // last ended first
    const begin = this.now - this.range;
    const oldest = Date.parse(ended.at(-1)?.ended);
    if (forgotten > 0 && ended.length >= most && oldest > begin) return `What ended before ${clock(oldest)} had to make room.`;
    return this.started > begin ? `Nothing is known of the time before ${clock(this.started)}, when this daemon was started.` : null;
  }
}

// Where nothing tells when it began, it was so at the latest.
function beganText(one) {
  return (one.since_exact ? "" : "by ") + clock(one.since);
}

function lastedText(one) {
  return (one.since_exact ? "" : "at least ") + duration(one.lasted_seconds);
}

function tickTimes(now, range, width) {
  const most = Math.max(2, Math.floor(width / 90));
  const step = steps.find((one) => range / one <= most) ?? steps.at(-1);
  const zone = new Date(now).getTimezoneOffset() * 60e3;
  const times = [];
  for (let at = Math.ceil((now - range - zone) / step) * step + zone; at <= now; at += step) times.push(at);
  return times;
}

function drawLanes(findings, now, range, width) {
  const causes = [...new Set(findings.map((one) => one.cause))].sort();
  const left = width > 560 ? 170 : 0; // narrow: the name stands above its lane
  const high = left > 0 ? lane : lane + 16;
  const height = causes.length * high + axis;
  const x = (time) => left + ((Math.max(time, now - range) - (now - range)) / range) * (width - left - 4);
  const marks = tickTimes(now, range, width - left).map((time) => svg("g", { class: "tick" },
    svg("line", { x1: x(time), x2: x(time), y1: 0, y2: height - axis + 4 }),
    svg("text", { x: Math.min(Math.max(x(time), left + 18), width - 18), y: height - 5, "text-anchor": "middle" }, new Date(time).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" }))));
  const names = causes.map((cause, at) => svg("text", { class: "lane", x: 0, y: at * high + (left > 0 ? 17 : 13) }, cause));
  const bars = [...findings].reverse().map((one) => {
    const begin = x(Date.parse(one.since));
    const end = one.ended === null ? width - 4 : x(Date.parse(one.ended));
    const y = causes.indexOf(one.cause) * high + (left > 0 ? 5 : 20);
    const text = `${one.cause} of ${who(one.process)}, ${beganText(one)}, ${one.ended === null ? "still stuck" : `lasted ${lastedText(one)}`}`;
    return svg("rect", { class: `bar ${one.certainty}${one.ended === null ? " open" : ""}`, x: begin, y, width: Math.max(4, end - begin), height: 16, rx: 3 },
      svg("title", {}, text));
  });
  const label = `${plural(findings.length, "finding")}; the table below has them all`;
  return svg("svg", { role: "img", "aria-label": label, width, height, viewBox: `0 0 ${width} ${height}` }, marks, names, bars);
}
