// SPDX-License-Identifier: Apache-2.0
// Durations that go on between two answers of the monitor. They are counted from what it told, by a clock
// that nobody sets: the browser's time of day does not matter.
import { setText } from "./dom.js";
import { duration } from "./format.js";

const running = new WeakMap();

// The node shows prefix + duration from now on; `seconds` is what it is at this moment.
export function tick(node, seconds, prefix = "") {
  node.classList.add("ticking");
  running.set(node, { seconds, since: performance.now(), prefix });
  show(node);
}

function show(node) {
  const { seconds, since, prefix } = running.get(node);
  setText(node, prefix + duration(seconds + (performance.now() - since) / 1000, true));
}

// Not while nobody knows whether it still is so.
export function startTicking(mayTick) {
  setInterval(() => {
    if (!document.hidden && mayTick()) document.querySelectorAll(".ticking").forEach(show);
  }, 1000);
}
