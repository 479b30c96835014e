// SPDX-License-Identifier: Apache-2.0
// The status page: asks the monitor every two seconds and shows what it says.
import { choice, fillFrom, h, setAttribute, setText } from "./dom.js";
import { clock, count, duration, plural } from "./format.js";
import { Contact, get } from "./contact.js";
import { History } from "./history.js";
import { Monitor } from "./monitor.js";
import { showCalls } from "./charts.js";
import { showFindings } from "./findings.js";
import { startTicking } from "./ticking.js";

const at = (id) => document.getElementById(id);
const history = new History({ timeline: at("timeline"), past: at("past"), rangeButtons: at("ranges") });
const monitor = new Monitor({ tiles: at("tiles"), troubles: at("troubles") });
const known = { findings: null, monitor: null, started: null, revision: null, syscalls: null, syscallsAt: -Infinity };
const calls = { waiting: false, all: false };
const callsAtFirst = 12;
const cardsAtFirst = 100;
const syscallsEvery = 10e3;
let allCards = false;
let silent = false; // there is no contact
let heardAt = Date.now();

function lostContact(contact) {
  return contact.failures > 0 && (contact.lastSuccess === null || Date.now() - contact.lastSuccess > 4000);
}

// "on this host", "in cgroup /a/b", "in process 5", "in processes 5, 6 in cgroup /a".
function placeOf(scope) {
  if (!scope) return "on this host";
  const processes = scope.pids.length === 0 ? [] : [`${scope.pids.length === 1 ? "process" : "processes"} ${scope.pids.join(", ")}`];
  return `in ${[...processes, ...(scope.cgroup === null ? [] : [`cgroup ${scope.cgroup}`])].join(" in ")}`;
}

function bannersOf(contact) {
  const banners = [];
  const state = known.monitor;
  if (lostContact(contact)) {
    const since = contact.lastSuccess === null ? "No contact with the monitor" : `No contact with the monitor since ${clock(contact.lastSuccess)}`;
    banners.push(["bad", since, contact.lastSuccess === null ? contact.why : `${contact.why}. What is below is how it was then.`]);
  } else if (known.findings?.stale && known.findings.last_scan) {
    banners.push(["bad", "The monitor answers, but it does not look", `Its last scan was at ${clock(known.findings.last_scan.time)}; what is below was so then and may be over.`]);
  }
  if (known.findings?.scope?.missing)
    banners.push(["bad", "The monitor looks at nobody", `It looks ${placeOf(known.findings.scope)} alone, and ${known.findings.scope.missing}.`]);
  if (state?.suspension)
    banners.push(["bad", `Enforcement suspended since ${clock(state.suspension.since)}`, `${state.suspension.reason}. Nothing is carried out until the configuration is loaded again.`]);
  if (state?.config && !state.config.ok)
    banners.push(["warn", "The configuration file was refused", "The settings before it stay in force; wedged config check says what is wrong."]);
  return banners;
}

function showBanners(contact) {
  fillFrom(at("banners"), bannersOf(contact), (banners) =>
    banners.map(([mood, title, text]) => h("div", { class: `banner ${mood}` }, h("p", {}, h("strong", {}, title)), h("p", {}, text))));
}

function showLamp(contact) {
  const stale = known.findings?.stale ?? true;
  const [mood, text] = lostContact(contact) ? ["bad", "no contact"] : known.findings === null ? ["", "connecting"] : stale ? ["warn", "stale"] : ["good", "live"];
  setAttribute(at("contact"), "class", `contact ${mood}`);
  setText(at("contact-text"), text);
}

function showVerdict(document) {
  const { findings, untold, last_scan: scan, stale, scope } = document;
  const number = findings.length;
  const mood = !scan || stale || scope?.missing ? "unknown" : number === 0 ? "calm" : "stuck";
  setAttribute(at("verdict"), "class", `verdict ${mood}`);
  const processes = new Set(findings.map((one) => one.process.pid)).size;
  const more = untold > 0 ? `, and ${count(untold)} more, not told` : "";
  if (!scan) setText(at("verdict-text"), "The monitor has not looked yet.");
  else if (scope?.missing) setText(at("verdict-text"), `Nobody ${stale ? "was" : "is"} looked at: ${scope.missing}.`);
  else if (stale) setText(at("verdict-text"), number === 0 ? "Nothing was stuck when the monitor last looked." : `${plural(number, "finding")}${more} when the monitor last looked.`);
  else if (number === 0) setText(at("verdict-text"), `Nothing is stuck ${placeOf(scope)}.`);
  else setText(at("verdict-text"), `${plural(number, "finding")} in ${plural(processes, "process", "processes")}${more}.`);
  setText(at("verdict-detail"), scan ? `${plural(scan.threads, "thread")} looked at, last at ${clock(scan.time)}` : "");
}

function showFound(document) {
  known.findings = document;
  const age = document.last_scan?.age_seconds ?? 0;
  const { length } = document.findings;
  showVerdict(document);
  showFindings(at("findings"), document.findings, { age, stale: document.stale, rungs: known.monitor?.rungs_configured }, allCards ? length : cardsAtFirst);
  at("more-findings").hidden = length <= cardsAtFirst;
  setText(at("more-findings"), allCards ? `Show the first ${cardsAtFirst}` : `Show all ${count(length)}`);
}

function showMonitor(state) {
  known.monitor = state;
  monitor.show(state);
  const host = state.host ?? location.host;
  setText(at("host"), host);
  setText(at("version"), `wedged ${state.wedged}${state.started ? `, running since ${clock(state.started)}` : ""}`);
  const number = known.findings?.findings.length ?? 0;
  document.title = `${number > 0 ? `(${number}) ` : ""}wedged on ${host}`;
}

function showSyscalls() {
  const state = known.syscalls;
  if (!state) return;
  const ofKind = state.syscalls.filter((call) => call.made_to_wait === calls.waiting);
  const shown = calls.all ? ofKind : ofKind.slice(0, callsAtFirst);
  const point = Math.max(state.spacing_seconds, state.scan_interval_seconds ?? 0);
  const span = duration(point + Math.max(0, Date.parse(state.times.at(-1)) - Date.parse(state.times[0])) / 1000);
  const none = state.times.length === 0 ? `Measured after ${duration(point)}.` : ofKind.length === 0 ? `No such call was followed in the last ${span}.` : "";
  const what = calls.waiting ? "Calls that may wait for somebody else: long ones are no fault of theirs." : "Calls that work for their caller.";
  setText(at("syscalls-note"), none || `${what} Latency of finished calls over the last ${span}, by the time spent in them; logarithmic, to within a factor of two.`);
  showCalls(at("charts"), shown, state);
  at("more-calls").hidden = ofKind.length <= callsAtFirst;
  setText(at("more-calls"), calls.all ? "Show fewer" : `Show all ${ofKind.length}`);
}

let syscallsInSight = false;

async function askForSyscalls() {
  const due = performance.now() - known.syscallsAt > syscallsEvery;
  if (!due || !syscallsInSight) return;
  known.syscalls = await get("/api/v1/syscalls");
  known.syscallsAt = performance.now();
  showSyscalls();
}

async function askForHistory() {
  if (!known.monitor.last_scan) return;
  if (known.revision === known.monitor.history_revision) {
    history.goOn(Date.parse(known.monitor.time));
    return;
  }
  const document = await get("/api/v1/history");
  known.revision = document.revision;
  history.show(document, Date.parse(known.monitor.started));
}

// Whether the daemon was restarted. Its start is reckoned anew with each scan, to within milliseconds; before the first one it
// is not told.
function isAnother(started) {
  return known.started && started && Math.abs(Date.parse(known.started) - Date.parse(started)) > 500;
}

async function round() {
  const state = await get("/api/v1/monitor");
  const found = await get("/api/v1/findings");
  if (isAnother(state.started)) known.revision = null;
  known.started = state.started ?? known.started;
  known.monitor = state;
  showFound(found);
  showMonitor(state);
  await askForHistory();
  await askForSyscalls();
}

// What was true when the monitor was heard last is told as that.
function goSilent() {
  if (!known.findings) return;
  showFound({ ...known.findings, stale: true });
  const { last_scan: scan } = known.monitor;
  const age = scan ? scan.age_seconds + Math.max(0, (Date.now() - heardAt) / 1000) : 0;
  monitor.show({ ...known.monitor, stale: true, last_scan: scan && { ...scan, age_seconds: age } });
}

function changed(contact) {
  silent = lostContact(contact);
  if (contact.failures === 0) heardAt = contact.lastSuccess;
  if (silent) goSilent();
  const stale = silent || (known.findings?.stale ?? false);
  document.body.classList.toggle("stale", stale && known.findings !== null);
  showBanners(contact);
  showLamp(contact);
}

choice(at("kinds"), [[false, "that work"], [true, "that may wait"]], false, (waiting) => {
  calls.waiting = waiting;
  showSyscalls();
});
at("more-calls").addEventListener("click", () => {
  calls.all = !calls.all;
  showSyscalls();
});
at("more-findings").addEventListener("click", () => {
  allCards = !allCards;
  showFound(known.findings);
});
startTicking(() => !silent && !(known.findings?.stale ?? true));
const contact = new Contact(round, changed);
// Hidden, asleep, or still waiting for an answer: what was heard last is not told as of now.
const freshFor = 6000;
function noticeAge() {
  const old = contact.lastSuccess !== null && Date.now() - contact.lastSuccess > freshFor;
  if (document.hidden || silent || !old || (known.findings?.stale ?? true)) return;
  goSilent();
  document.body.classList.add("stale");
  showLamp(contact);
}
setInterval(noticeAge, 1000);
document.addEventListener("visibilitychange", noticeAge);
new IntersectionObserver(([entry]) => {
  syscallsInSight = entry.isIntersecting;
  if (syscallsInSight) contact.now();
}, { rootMargin: "200px" }).observe(at("syscalls"));
contact.now();
