// SPDX-License-Identifier: Apache-2.0
// Small charts: latency of each system call over the last hour on a logarithmic scale, and plain curves of the
// monitor itself. Pointer and arrow keys move a cursor whose figures replace the newest ones.
import { h, keepInStep, setAttribute, setText, svg } from "./dom.js";
import { clock, latency, rate } from "./format.js";

const wide = 300;
const high = 64;

// A path over those points that have a value; a gap where there is none, a dot where a point stands alone.
function pathOf(values, x, y) {
  let path = "";
  let drawing = false;
  values.forEach((value, at) => {
    if (value === null || value === undefined) {
      drawing = false;
      return;
    }
    const alone = !drawing && (values[at + 1] === null || values[at + 1] === undefined);
    const place = alone ? Math.min(x(at), wide - 2) : x(at); // a dot at the edge is seen
    path += `${drawing ? "L" : "M"}${place.toFixed(1)} ${y(value).toFixed(1)}${alone ? "h1.5" : ""}`;
    drawing = true;
  });
  return path;
}

// The newest point is at the right edge. All points fill the width, but they are never spread wider than five minutes would be.
function placesOf(count) {
  const spaces = Math.max(count, 30) - 1;
  return (at) => wide - ((count - 1 - at) / spaces) * wide;
}

// Decades around all values: [least exponent, greatest exponent].
function decades(...columns) {
  const values = columns.flat().filter((value) => value > 0);
  if (values.length === 0) return [-6, -5];
  const low = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  return [low, Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9))];
}

// Lets pointer and keys choose a point. Calls back with its number, or null for none, and says what it is told.
function cursor(plot, countOf, xOf, onMove) {
  const line = plot.querySelector(".cursor");
  let at = null;
  const move = (to) => {
    at = to;
    line.style.visibility = to === null ? "hidden" : "visible";
    if (to !== null) {
      line.setAttribute("x1", xOf()(to));
      line.setAttribute("x2", xOf()(to));
    }
    const words = onMove(to);
    setAttribute(plot, "aria-valuemax", Math.max(0, countOf() - 1));
    setAttribute(plot, "aria-valuenow", to ?? Math.max(0, countOf() - 1));
    setAttribute(plot, "aria-valuetext", words || "the newest");
  };
  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    const wanted = ((event.clientX - box.left) / box.width) * wide;
    let best = null;
    for (let one = 0; one < countOf(); ++one)
      if (best === null || Math.abs(xOf()(one) - wanted) < Math.abs(xOf()(best) - wanted)) best = one;
    move(best);
  });
  plot.addEventListener("pointerleave", () => move(null));
  plot.addEventListener("blur", () => move(null));
  plot.addEventListener("keydown", (event) => {
    const last = countOf() - 1;
    if (at !== null && at > last) at = null;
    const to = { ArrowLeft: Math.max(0, (at ?? last + 1) - 1), ArrowRight: Math.min(last, (at ?? last) + 1), Home: 0, End: last }[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    move(to);
  });
  // Where it is now: points have come since, or all have gone with the daemon.
  return () => {
    if (at !== null && at >= countOf()) at = null;
    line.style.visibility = at === null ? "hidden" : "visible";
    if (at !== null) for (const end of ["x1", "x2"]) line.setAttribute(end, xOf()(at));
    return at;
  };
}

function plotArea(lines) {
  return h("div", { class: "plot", tabindex: "0", role: "slider", "aria-valuemin": 0, "aria-valuemax": 0, "aria-valuenow": 0, "aria-valuetext": "the newest" },
    svg("svg", { viewBox: `0 0 ${wide} ${high}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("g", { class: "grid" }), lines.map((name) => svg("path", { class: name })),
      svg("line", { class: "cursor", y1: 0, y2: high, x1: 0, x2: 0 })),
    h("span", { class: "most", "aria-hidden": "true" }), h("span", { class: "least", "aria-hidden": "true" }));
}

function makeCall(call) {
  const figure = h("figure", { class: "panel chart" },
    h("figcaption", {}, h("span", { class: "mono name" }, call.syscall), h("span", { class: "quiet rates" })),
    plotArea(["p99", "p50"]),
    h("p", { class: "legend", "aria-live": "off" }, h("span", { class: "key p50" }, "p50 ", h("b")), h("span", { class: "key p99" }, "p99 ", h("b")), h("span", { class: "quiet when" })));
  figure.readCursor = cursor(figure.querySelector(".plot"), () => figure.data.times.length, () => figure.data.x, () => readOut(figure));
  return figure;
}

function newest(values) {
  return values.findLastIndex((value) => value !== null);
}

// The figures of the point under the cursor, or the newest ones; in words, too.
function readOut(figure) {
  const { call, times } = figure.data;
  const chosen = figure.readCursor?.() ?? null;
  const at = chosen ?? newest(call.p50_seconds);
  const shown = (value) => (value === null || value === undefined ? "–" : latency(value));
  const [p50, p99] = figure.querySelectorAll(".legend b");
  setText(p50, shown(call.p50_seconds[at]));
  setText(p99, shown(call.p99_seconds[at]));
  setText(figure.querySelector(".when"), chosen === null ? "" : clock(times[chosen]));
  const last = chosen ?? times.length - 1;
  const errors = call.errors_per_second[last];
  const rates = rate(call.calls_per_second[last] ?? 0) + (errors > 0 ? `, ${rate(errors)} errors` : "");
  setText(figure.querySelector(".rates"), rates);
  return chosen === null ? "" : `${clock(times[chosen])}: p50 ${p50.textContent}, p99 ${p99.textContent}, ${rates}`;
}

function updateCall(figure, call, document) {
  const { times } = document;
  const x = placesOf(times.length);
  const [low, top] = decades(call.p50_seconds, call.p99_seconds);
  const y = (value) => high - 3 - ((Math.log10(Math.max(value, 1e-12)) - low) / (top - low)) * (high - 6);
  figure.data = { call, times, x };
  setAttribute(figure.querySelector("svg .p50"), "d", pathOf(call.p50_seconds, x, y));
  setAttribute(figure.querySelector("svg .p99"), "d", pathOf(call.p99_seconds, x, y));
  const lines = [];
  for (let exponent = low; exponent <= top; ++exponent) lines.push(svg("line", { x1: 0, x2: wide, y1: y(10 ** exponent), y2: y(10 ** exponent) }));
  figure.querySelector(".grid").replaceChildren(...lines);
  setText(figure.querySelector(".most"), latency(10 ** top));
  setText(figure.querySelector(".least"), latency(10 ** low));
  readOut(figure);
  const at = newest(call.p50_seconds);
  const label = at < 0 ? "no calls" : `median ${latency(call.p50_seconds[at])}, 99th percentile ${latency(call.p99_seconds[at])}`;
  setAttribute(figure.querySelector(".plot"), "aria-label", `Latency of ${call.syscall}: ${label}. Arrow keys read earlier points.`);
}

export function showCalls(parent, calls, document) {
  keepInStep(parent, calls, (call) => call.syscall, makeCall, (figure, call) => updateCall(figure, call, document));
}

// A plain curve from zero; `format` words a value. Without axes: the greatest value is told.
export function curve(format) {
  const node = h("div", { class: "curve" }, plotArea(["line"]));
  const plot = node.firstElementChild;
  let data = { times: [], values: [], x: placesOf(0) };
  const readCursor = cursor(plot, () => data.values.length, () => data.x, () => {
    node.onread?.(text());
    return text();
  });
  const text = () => {
    const at = readCursor();
    return at === null ? null : `${format(data.values[at])} at ${clock(data.times[at])}`;
  };
  node.update = (name, times, values) => {
    const x = placesOf(values.length);
    const greatest = Math.max(...values, 0);
    data = { times, values, x };
    setAttribute(node.querySelector(".line"), "d", pathOf(values, x, (value) => high - 3 - (greatest > 0 ? value / greatest : 0) * (high - 6)));
    setText(node.querySelector(".most"), values.length > 0 ? format(greatest) : "");
    setAttribute(plot, "aria-label", `${name}` + (values.length > 0 ? `, at most ${format(greatest)}` : ""));
    node.onread?.(text()); // what is being read stays
  };
  return node;
}
