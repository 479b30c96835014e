// SPDX-License-Identifier: Apache-2.0
// How the page words numbers and whose what is, and what it makes of text that is not what it seems. No browser.
import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";

// By its text, and that of what it imports, since older versions of node take a file of that suffix for something else.
function address(name) {
  const text = fs.readFileSync(new URL(`../../userspace/web/assets/${name}`, import.meta.url), "utf8");
  return `data:text/javascript,${encodeURIComponent(text.replace(/ from "\.\/([^"]+)"/g, (_, other) => ` from "${address(other)}"`))}`;
}
const asset = (name) => import(address(name));
const { visible } = await asset("dom.js");
const { whose } = await asset("findings.js");
const { duration, latency, percent, plural, rate } = await asset("format.js");

test("durations are those of the other reports", () => {
  const words = { 0: "0 ms", 0.35: "350 ms", 12.34: "12.3 s", 60: "1 min", 200: "3 min 20 s", 7500: "2 h 5 min", 356400: "4 d 3 h" };
  for (const [seconds, text] of Object.entries(words)) assert.equal(duration(Number(seconds)), text);
});

test("what ticks ticks in whole seconds", () => {
  assert.equal(duration(0.9, true), "0 s");
  assert.equal(duration(12.9, true), "12 s");
  assert.equal(duration(119.9, true), "1 min 59 s");
});

test("latencies have three digits and their unit", () => {
  const words = { 8.5e-7: "850 ns", 1.25e-6: "1.25 µs", 0.0345: "34.5 ms", 2: "2 s", 137: "137 s" };
  for (const [seconds, text] of Object.entries(words)) assert.equal(latency(Number(seconds)), text);
  assert.equal(latency(0.9999), "1 s");
});

test("rates, shares and numbers of things are short", () => {
  assert.deepEqual([0, 0.001, 0.25, 12, 4360, 2.5e6].map(rate), ["0/s", "<0.01/s", "0.25/s", "12/s", "4.36k/s", "2.5M/s"]);
  assert.deepEqual([0, 0.00001, 0.0012, 0.5].map(percent), ["0 %", "<0.01 %", "0.12 %", "50 %"]);
  assert.deepEqual([plural(1, "thread"), plural(2, "process", "processes"), plural(12345, "scan")], ["1 thread", "2 processes", "12,345 scans"]);
});

test("state, call and stacks of another thread than the finding's are said to be of that one", () => {
  const thread = { tid: 124, comm: "worker" };
  const of = (state, more) => ({ thread, state, told_by: { tid: 123, comm: "main" }, threads: [{ ...thread, state: "dead" }], ...more });
  assert.equal(whose(of("sleeping")), " of main[123], which is left");
  assert.equal(whose(of("dead")), " of main[123], another thread");
  assert.equal(whose(of("uninterruptible", { threads: [{ ...thread, state: "killable" }, { tid: 123, state: "uninterruptible" }] })),
    " of main[123], another thread");
  assert.equal(whose(of("sleeping", { told_by: { tid: 123, comm: null } })), " of ?[123], which is left");
  assert.equal(whose(of("dead", { told_by: null })), "");
});

test("what cannot be seen or turns the direction is written out", () => {
  assert.equal(visible("a\nb\tc"), "a\\nb\\tc");
  assert.equal(visible("gnp\u202egnp.\u2066x\u200f"), "gnp\\u202egnp.\\u2066x\\u200f");
  assert.equal(visible("\u0000\u001b[2J\u009b\ufeff"), "\\u0000\\u001b[2J\\u009b\\ufeff");
  assert.equal(visible("root\u{e0041}\u{e007f}"), "root\\ue0041\\ue007f");
  assert.equal(visible("<b>\"&' \ufffd é 日本 שלום 😀"), "<b>\"&' \ufffd é 日本 שלום 😀");
});
