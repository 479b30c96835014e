// SPDX-License-Identifier: Apache-2.0
// Numbers and times for people.

const parts = [[86400, "d", 3600, "h"], [3600, "h", 60, "min"], [60, "min", 1, "s"]];

// "350 ms", "12.3 s", "3 min 20 s", "2 h 5 min". With `whole`: "12 s", for what ticks.
export function duration(seconds, whole = false) {
  if (seconds < 1 && !whole) return `${Math.max(0, Math.floor(seconds * 1000))} ms`;
  for (const [large, largeName, small, smallName] of parts) {
    if (seconds < large) continue;
    const rest = Math.floor((seconds % large) / small);
    return `${Math.floor(seconds / large)} ${largeName}` + (rest > 0 ? ` ${rest} ${smallName}` : "");
  }
  return whole ? `${Math.max(0, Math.floor(seconds))} s` : `${Math.floor(seconds * 10) / 10} s`;
}

function threeDigits(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1).replace(/\.0$/, "") : value.toFixed(2).replace(/\.?0+$/, "");
}

// "850 ns", "1.25 µs", "34 ms", "2.1 s"
export function latency(seconds) {
  for (const [unit, scale] of [["s", 1], ["ms", 1e-3], ["µs", 1e-6]]) {
    if (seconds >= scale * 0.9995) return `${threeDigits(seconds / scale)} ${unit}`;
  }
  return `${threeDigits(seconds / 1e-9)} ns`;
}

export function count(number) {
  return Number(number).toLocaleString("en");
}

// "12.3k/s", "0.2/s"
export function rate(perSecond) {
  if (perSecond === 0) return "0/s";
  if (perSecond >= 1e6) return `${threeDigits(perSecond / 1e6)}M/s`;
  if (perSecond >= 1e3) return `${threeDigits(perSecond / 1e3)}k/s`;
  return perSecond < 0.01 ? "<0.01/s" : `${threeDigits(perSecond)}/s`;
}

export function percent(share) {
  return share > 0 && share < 0.0001 ? "<0.01 %" : `${threeDigits(share * 100)} %`;
}

// Of the browser's day: "14:03:22", or with the date if it is another day.
export function clock(when) {
  const date = new Date(when);
  const time = date.toLocaleTimeString("en-GB");
  const today = date.toDateString() === new Date().toDateString();
  return today ? time : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}

export function plural(number, one, many = one + "s") {
  return `${count(number)} ${number === 1 ? one : many}`;
}
