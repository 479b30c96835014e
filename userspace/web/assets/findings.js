// SPDX-License-Identifier: Apache-2.0
// What is stuck now: one card for each finding, changed in place as long as the finding holds.
import { fillFrom, h, inStep, keepInStep, setAttribute, setText } from "./dom.js";
import { clock, count, duration, plural } from "./format.js";
import { decisionList } from "./decisions.js";
import { tick } from "./ticking.js";

const certainties = {
  certain: "cannot make progress, whatever happens",
  likely: "almost surely stuck",
  possible: "may be as it should",
};

export function keyOf(finding) {
  const { pid, start_boottime_ns: start } = finding.process;
  return [finding.cause, pid, start, finding.thread.tid].join("/");
}

export function who(process) {
  return `${process.comm ?? "?"}[${process.pid}]`;
}

function thread(one) {
  return `${one.comm ?? "?"}[${one.tid}]`;
}

// The thread has ended, and another one of its process stands for it.
function isGone(finding) {
  return Boolean(finding.told_by) && finding.threads.some(({ tid, state }) => tid === finding.thread.tid && state === "dead");
}

// Whose state, call and stacks are shown, where they are of another thread: " of main[123], which is left".
export function whose(finding) {
  if (!finding.told_by) return "";
  return ` of ${thread(finding.told_by)}, ${isGone(finding) && finding.state !== "dead" ? "which is left" : "another thread"}`;
}

export function badges(finding) {
  return [
    h("span", { class: `cause ${finding.certainty}` }, finding.cause),
    h("span", { class: "certainty", title: certainties[finding.certainty] }, finding.certainty),
  ];
}

function behind(victims) {
  return victims > 0 ? h("span", { class: "waiting" }, `${plural(victims, "thread waits", "threads wait")} behind it`) : null;
}

function facts(finding) {
  const { process } = finding;
  const place = process.container ? `${process.container.runtime ?? "container"} ${process.container.id ?? ""}` : null;
  return [
    ["Process", who(process)],
    ["Thread", thread(finding.thread)],
    ["Program", process.exe],
    ["Unit", process.unit],
    ["Container", place],
    ["Pod", process.container?.pod],
    ["User id", process.uid],
    [`State${whose(finding)}`, finding.state],
    [`Call${whose(finding)}`, finding.syscall?.text ?? finding.syscall?.name],
    [`File${whose(finding)}`, finding.file?.path],
  ].filter(([, value]) => value !== null && value !== undefined && value !== "");
}

function factList(entries) {
  return entries.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, String(value))));
}

// Of a thread that has ended the first link tells itself.
function startOf(finding) {
  if (isGone(finding)) return { what: "process", detail: who(finding.process) };
  return { what: "stuck thread", detail: thread(finding.told_by ?? finding.thread) };
}

// From the start to the root: each box says what it is to the one before.
function chainBoxes(boxes) {
  return boxes.map(({ what, detail }, at) => {
    const root = at > 0 && at === boxes.length - 1;
    return h("li", { class: root ? "box root" : at === 0 ? "box first" : "box" },
      h("span", { class: "what" }, what), h("span", { class: "detail" }, detail),
      root ? h("span", { class: "tag" }, "root") : null);
  });
}

function frames(stack) {
  return stack.frames.map((frame, at) => {
    const name = frame.function ? `${frame.function}+${frame.offset}` : frame.address;
    return h("li", {}, h("span", { class: "number" }, `#${at}`), h("span", {}, h("code", {}, name ?? "?"),
      frame.module ? h("span", { class: "quiet" }, ` ${frame.module.split("/").pop()}`) : null));
  });
}

function userStack(stack) {
  if (!stack) return h("p", { class: "quiet" }, "Not read: the process was not inspected, or not yet.");
  const incomplete = stack.complete ? null : h("p", { class: "quiet" }, stack.missing.join("; ") || "There may be more frames further out.");
  if (stack.frames.length === 0) return incomplete ?? h("p", { class: "quiet" }, "Could not be read.");
  return [h("ol", { class: "stack", tabindex: "0", "aria-label": "User stack" }, frames(stack)), incomplete];
}

function kernelStack(stack) {
  if (stack.length === 0) return h("p", { class: "quiet" }, "Not known: the thread runs, or has ended.");
  return h("ol", { class: "stack", tabindex: "0", "aria-label": "Kernel stack" },
    stack.map((line, at) => h("li", {}, h("span", { class: "number" }, `#${at}`), h("code", {}, line))));
}

const mostListed = 200;

// Made once and changed in place: what threads wait for changes at each scan, and somebody may be reading.
function threadTable() {
  const head = h("tr", {}, ["Thread", "Process", "Call", "Waits for"].map((name) => h("th", { scope: "col" }, name)));
  return [h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Threads" },
    h("table", {}, h("thead", {}, head), h("tbody"))), h("p", { class: "quiet" })];
}

function threadRow() {
  return h("tr", {}, h("td", { class: "mono" }), h("td", { class: "mono" }), h("td"), h("td"));
}

function updateThreadRow(row, one) {
  [thread(one), one.pid, one.syscall ?? "–", one.waits_for ?? "–"].forEach((text, at) => setText(row.cells[at], text));
}

function list(lines) {
  return lines.map((line) => h("li", {}, line));
}

function fold(name, summary) {
  const title = h("span", { "data-part": `${name}-title` }, summary);
  return h("details", { "data-part": name }, h("summary", {}, title, " ", h("span", { class: "amount" })),
    h("div", { "data-part": `${name}-body` }));
}

function block(name, title, tag) {
  return h("div", { class: "block", "data-part": `${name}-block` }, h("h4", {}, title), h(tag, { "data-part": name }));
}

export function makeCard(finding) {
  const card = h("article", { class: `card ${finding.certainty}`, tabindex: "-1" },
    h("div", { class: "card-head" }, h("div", { class: "badges", "data-part": "badges" }),
      h("p", { class: "since" }, h("span", { "data-part": "lasted", class: "lasted" }), h("span", { "data-part": "since", class: "quiet" }))),
    h("h3", { "data-part": "summary" }),
    h("ol", { class: "chain", "data-part": "chain", "aria-label": "Who waits for what, the root last" }),
    h("div", { class: "columns" },
      block("advice", "What to do", "ul"), block("evidence", "Evidence", "ul"), block("policy", "What the policy decided", "div")),
    h("dl", { class: "facts", "data-part": "facts" }),
    h("div", { class: "folds" }, fold("user-stack", "User stack"), fold("kernel-stack", "Kernel stack"),
      fold("threads", "Stuck threads"), fold("victims", "Threads that wait for it")));
  return card;
}

function updateFold(part, name, amount, shown, value, build) {
  const node = part(name);
  node.hidden = !shown;
  setText(node.querySelector(".amount"), amount);
  fillFrom(part(`${name}-body`), value, build);
}

function updateThreads(part, name, threads, total, shown) {
  updateFold(part, name, count(total), shown, null, threadTable);
  const body = part(`${name}-body`);
  const listed = threads.slice(0, mostListed);
  inStep(body.querySelector("tbody"), listed, threadRow, updateThreadRow);
  body.lastElementChild.hidden = total <= listed.length;
  setText(body.lastElementChild, `and ${count(total - listed.length)} more`);
}

function updateTime(part, finding, age, stale) {
  const prefix = finding.since_exact ? "for " : "for at least ";
  if (stale) {
    part("lasted").classList.remove("ticking");
    setText(part("lasted"), prefix + duration(finding.lasted_seconds));
  } else {
    tick(part("lasted"), finding.lasted_seconds + age, prefix);
  }
  setText(part("since"), `since ${clock(finding.since)}`);
}

// `context`: age of the scan in seconds, stale, rungs (how many the policy has; 0: no rules).
export function updateCard(card, finding, context) {
  const parts = card.parts ??= new Map([...card.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
  const part = (name) => parts.get(name);
  setAttribute(card, "class", `card ${finding.certainty}`);
  fillFrom(part("badges"), [finding.cause, finding.certainty, finding.victims_total], () => [...badges(finding), behind(finding.victims_total)]);
  updateTime(part, finding, context.age, context.stale);
  setText(part("summary"), finding.summary);
  fillFrom(part("facts"), facts(finding), factList);
  fillFrom(part("chain"), [startOf(finding), ...finding.chain], chainBoxes);
  part("chain").hidden = finding.chain.length === 0;
  fillFrom(part("advice"), finding.advice, list);
  part("advice-block").hidden = finding.advice.length === 0;
  inStep(part("evidence"), finding.evidence, () => h("li"), setText); // mostly durations, which grow
  part("evidence-block").hidden = finding.evidence.length === 0;
  fillFrom(part("policy"), [finding.decisions ?? [], context.rungs], ([decisions, rungs]) => decisionList(decisions, rungs));
  setText(part("user-stack-title"), `User stack${whose(finding)}`);
  updateFold(part, "user-stack", finding.user_stack ? plural(finding.user_stack.frames.length, "frame") : "", !finding.process.kernel_thread,
    finding.user_stack, userStack);
  setText(part("kernel-stack-title"), `Kernel stack${whose(finding)}`);
  updateFold(part, "kernel-stack", plural(finding.kernel_stack.length, "frame"), true, finding.kernel_stack, kernelStack);
  const { threads, threads_total: stuck, victims, victims_total: waiting } = finding;
  updateThreads(part, "threads", threads, stuck, stuck > 1);
  updateThreads(part, "victims", victims, waiting, waiting > 0);
}

const order = ["certain", "likely", "possible"];

// The surest and oldest first, `most` of them: thousands of cards, as after a dead file server, no browser draws in time.
export function showFindings(parent, findings, context, most = Infinity) {
  const sorted = [...findings].sort((left, right) =>
    order.indexOf(left.certainty) - order.indexOf(right.certainty) || right.lasted_seconds - left.lasted_seconds);
  keepInStep(parent, sorted.slice(0, most), keyOf, makeCard, (card, finding) => updateCard(card, finding, context));
}
