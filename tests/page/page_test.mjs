// SPDX-License-Identifier: Apache-2.0
// The status page as a person meets it: hangs appear and go while it is open, names stay names, and it says when it
// does not know. One daemon that watches what hangs here, and one that watches this test alone, where nothing is stuck.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test, { after, before } from "node:test";

import { Cgroup, freePort, injectBinary, missing, ownFolder, patience, startBrowser, startDaemon, startHang, until } from "./machine.mjs";

const lacking = missing();
if (lacking) {
  const required = Boolean(process.env.WEDGED_REQUIRE_KERNEL);
  console.log(`${required ? "FAILED" : "SKIPPED"}: needs ${lacking}`);
  process.exit(required ? 1 : 0);
}

// Only one hang matches the rule: a second one would be held back by limits.
const ours = `page-${process.pid}`;
const config = `
thresholds: { lock_wait: 2s, uninterruptible_wait: 2s, unkillable: 2s }
policy:
  enforce: false
  rules:
    - name: end-deadlocked
      match: { cause: self_deadlock, certainty: certain, lasting: 3s, comm: ["${ours}"] }
      ladder: [{ signal: TERM }]
`;
const screenshots = process.env.WEDGED_SCREENSHOTS;
const running = [];
let folder, cgroup, daemon, quiet, browser, page;
let complaints = []; // of the page: errors, refused loads, dialogs

function watch(opened) {
  opened.setDefaultTimeout(patience);
  opened.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  opened.on("pageerror", (error) => complaints.push(String(error)));
  opened.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  return opened;
}

const cardOf = (hang, of = page) => of.locator("article.card", { hasText: `[${hang.pid}]` });
const rowOf = (hang) => page.locator("table.past tbody tr", { hasText: `[${hang.pid}]` });
const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const groundOf = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const lightnessOf = (colour) => colour.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;

// Until the tile of this title has such a value and such words below it; `mood`: the class of its colour.
function tileSays(title, value, more, mood = "") {
  const has = (selector, hasText) => ({ has: page.locator(selector, { hasText }) });
  return page.locator(`#tiles .tile${mood && `.${mood}`}`, has("h3", new RegExp(`^${title}$`))).filter(has(".value", value)).filter(has(".quiet", more)).waitFor();
}

// Answers come as they are again, when those under way have come: one that is taken back half-way is an error.
const alterNothing = () => page.unrouteAll({ behavior: "wait" });

async function shoot(name) {
  if (!screenshots) return;
  fs.mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage: true });
}

// It is ended in the end, whether or not it has begun.
function begin(words, options) {
  const started = cgroup.start(words, options);
  running.push(started);
  return startHang(started);
}

function inject(cause) {
  return begin([injectBinary, cause, "--for", "300s"]);
}

before(async () => {
  folder = ownFolder();
  cgroup = new Cgroup();
  daemon = await startDaemon(folder, await freePort(), config, cgroup.scope);
  quiet = await startDaemon(folder, await freePort(), config, ["--pid", String(process.pid)]);
  browser = await startBrowser(folder, { viewport: { width: 1280, height: 900 }, colorScheme: "light" });
  page = watch(await browser.newPage());
});

after(async () => {
  await browser?.close();
  for (const started of [...running, daemon, quiet]) await started?.end();
  await cgroup?.remove();
  if (folder) fs.rmSync(folder, { recursive: true, force: true });
});

test("where nothing is stuck a calm sentence says so, and when it looked", async () => {
  await page.goto(quiet.url);
  await page.getByText(`Nothing is stuck in process ${process.pid}.`).waitFor();
  await page.getByText(/threads? looked at, last at \d\d:\d\d:\d\d/).waitFor();
  await page.locator("#contact.good", { hasText: "live" }).waitFor();
  await shoot("calm");
});

test("a deadlock appears without a reload, is decided about, and is over when it is over", async () => {
  await page.goto(daemon.url);
  await page.locator("#contact.good").waitFor();
  await page.evaluate(() => (window.since = "the beginning"));
  fs.copyFileSync(injectBinary, path.join(folder, ours));
  const hang = await begin([path.join(folder, ours), "self_deadlock", "--for", "300s"]);
  const card = cardOf(hang);
  await card.waitFor();
  await card.locator(".cause", { hasText: "self_deadlock" }).waitFor();
  await card.locator(".certainty", { hasText: "certain" }).waitFor();
  assert.match(await card.locator("h3").innerText(), /waits for a lock that it holds itself/);
  await card.locator(".chain .box.root", { hasText: "itself" }).waitFor();
  assert.ok(await card.locator(".chain .box").count() >= 3);
  await card.locator(".decisions", { hasText: "SIGTERM" }).filter({ hasText: "dry run" }).waitFor();
  await card.locator("details", { hasText: "User stack" }).locator("summary").click();
  await card.getByText("accept_new_conns+").first().waitFor();
  await staysAsItIs(card);
  await shoot("deadlock");
  await hang.end();
  await card.waitFor({ state: "detached" });
  await rowOf(hang).first().waitFor();
  await until("the row says how long it lasted", async () => !(await rowOf(hang).first().innerText()).includes("still stuck"));
  assert.match(await rowOf(hang).first().innerText(), /self_deadlock[^]*SIGTERM: dry run/);
  assert.equal(await page.evaluate(() => window.since), "the beginning", "it is the same page");
  assert.deepEqual(complaints, []);
});

// Answers come, durations go on, and what the reader has opened, focused and scrolled stays.
async function staysAsItIs(card) {
  const summary = card.locator("details[open] summary");
  await summary.focus();
  await page.evaluate(() => scrollTo({ top: 120, behavior: "instant" }));
  const lasted = await card.locator(".lasted").innerText();
  await until("the duration goes on", async () => (await card.locator(".lasted").innerText()) !== lasted);
  await page.waitForResponse(/findings/);
  await page.waitForResponse(/findings/);
  assert.equal(await card.locator("details[open]").count(), 1);
  assert.ok(await summary.evaluate((node) => node === document.activeElement), "the focus stays");
  assert.equal(await page.evaluate(() => scrollY), 120);
}

// The kernel keeps 15 bytes of a program's name and nearly any byte in its path.
async function startHostile() {
  const place = path.join(folder, "hostile");
  const odd = Buffer.concat([Buffer.from("\"'&lt;\n\t<svg onload=alert(1)>\u202egnp.\u200f"), Buffer.from([0xff])]);
  const inside = Buffer.concat([Buffer.from(`${place}/`), odd]);
  fs.mkdirSync(place);
  fs.mkdirSync(inside);
  fs.copyFileSync(injectBinary, Buffer.concat([inside, Buffer.from("/<img src=x onerror=alert(1)>")]));
  return begin(["bash", "-c", "exec ./*/* self_deadlock --for 300s"], { cwd: place });
}

test("what ended before the hours that are shown leaves the table, though nothing happens", async () => {
  await page.goto(daemon.url);
  const rows = page.locator("table.past tbody tr");
  await rows.first().waitFor();
  await page.route("**/api/v1/monitor", async (route) => {
    const document = await (await route.fetch()).json();
    await route.fulfill({ json: { ...document, time: new Date(Date.parse(document.time) + 2 * 3600e3).toISOString() } });
  });
  await rows.first().waitFor({ state: "detached" });
  await alterNothing();
  await rows.first().waitFor();
});

test("it may be opened with a user and a password in its address", async () => {
  await page.goto(quiet.url.replace("//", "//me:secret@"));
  await page.locator("#contact.good", { hasText: "live" }).waitFor();
});

test("names that other processes chose are text and nothing else", async () => {
  await page.goto(daemon.url);
  const hang = await startHostile();
  const card = cardOf(hang);
  await card.waitFor();
  await card.getByText("<img src=x oner[").first().waitFor();
  const facts = card.locator(".facts");
  await until("its path is told", async () => (await facts.innerText()).includes("<svg onload=alert(1)>"));
  const told = await facts.innerText();
  assert.ok(told.includes("\"'&lt;\\n\\t<svg onload=alert(1)>\\u202egnp.\\u200f\ufffd/<img src=x onerror=alert(1)>"), told);
  for (const fold of await card.locator("details:visible > summary").all()) await fold.click();
  assert.equal(await card.locator("img, svg, script, iframe").count(), 0);
  await rowOf(hang).first().waitFor();
  assert.equal(await page.locator("#past img, #past svg, #timeline img").count(), 0);
  await shoot("hostile");
  assert.deepEqual(complaints, []);
});

test("on a phone nothing is wider than the screen, in light and in dark", async () => {
  await inject("lock_cycle");
  await inject("uninterruptible_wait");
  const root = await inject("waits_for_stuck");
  await page.locator("article .cause", { hasText: "uninterruptible_wait" }).first().waitFor();
  await page.locator("article .cause", { hasText: "lock_cycle" }).first().waitFor();
  await page.locator("article .waiting", { hasText: /\d threads wait behind it/ }).first().waitFor();
  await page.locator("article", { hasText: `[${root.pid}]` }).first().waitFor();
  await page.locator("#syscalls").scrollIntoViewIfNeeded();
  await page.locator("figure.chart").first().waitFor();
  const grounds = {};
  for (const [name, width] of [["phone", 360], ["desk", 1280]]) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate(() => document.querySelectorAll("article details").forEach((fold) => (fold.open = true)));
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await until(`no overflow at ${width}`, async () => (await overflow()) <= 0);
      grounds[colorScheme] = lightnessOf(await groundOf());
      await shoot(`${name}-${colorScheme}`);
    }
  }
  assert.ok(grounds.light > 200 && grounds.dark < 50, `light is ${grounds.light} of 255, dark ${grounds.dark}`);
  assert.deepEqual(complaints, []);
});

test("charts can be read with the keyboard", async () => {
  const plot = page.locator("figure.chart .plot").first();
  await plot.focus();
  await page.keyboard.press("End");
  await page.locator("figure.chart .when", { hasText: /\d\d:\d\d:\d\d/ }).first().waitFor();
  assert.match(await plot.getAttribute("aria-valuetext"), /^\d\d:\d\d:\d\d: p50 .+, p99 /);
  assert.match(await plot.getAttribute("aria-label"), /^Latency of \w+: median .+, 99th percentile/);
});

test("a monitor that answers but does not look is said to be stale", async () => {
  await page.route("**/api/v1/findings", async (route) => {
    const document = await (await route.fetch()).json();
    await route.fulfill({ json: { ...document, stale: true } });
  });
  await page.goto(quiet.url);
  await page.locator("#banners", { hasText: "it does not look" }).waitFor();
  await page.locator("#contact", { hasText: "stale" }).waitFor();
  await page.getByText("Nothing was stuck when the monitor last looked.").waitFor();
  await alterNothing();
  await page.locator("#contact.good").waitFor();
});

test("suspended enforcement stands at the top, its reason as text", async () => {
  await page.route("**/api/v1/monitor", async (route) => {
    const document = await (await route.fetch()).json();
    await route.fulfill({ json: { ...document, suspension: { since: document.time, reason: "<b>21</b> decisions in 1 min" } } });
  });
  await page.goto(quiet.url);
  await page.locator("#banners", { hasText: "Enforcement suspended since" }).filter({ hasText: "<b>21</b> decisions" }).waitFor();
  await alterNothing();
  await page.locator("#banners", { hasText: "Enforcement suspended" }).getByRole("paragraph").first().waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
});

test("tiles say how the monitor itself is", async () => {
  await page.goto(quiet.url);
  const { programs } = await (await fetch(`${quiet.url}api/v1/monitor`)).json();
  await tileSays("Last scan", /^just now$/, /^[\d,]+ threads?; one scan every \d.* m?s$/, "good");
  await tileSays("Time of a scan", /^[\d.]+ (s|ms|µs)$/, /^wall time of the last one; the curve: the longest in 10 s$/);
  await tileSays("CPU of the scans", /^<?[\d.]+ %$/, /^of one CPU, over the last 10 s$/);
  await tileSays("Policy", /^observing only$/, /^decisions are made, none is carried out$/);
  await tileSays("Configuration", /^as in its file$/, /^loaded .*\d\d:\d\d:\d\d$/);
  const missing = programs.filter((one) => !one.attached).length;
  await tileSays("BPF programs", missing ? `${missing} not attached` : /^all attached$/, new RegExp(`^of ${programs.length}$`), missing ? "warn" : "good");
  await tileSays("Not seen", /^(nothing lost|[\d,]+ loss(es)?)$/, /^records that the kernel side could not tell, since the start$/);
  await tileSays("Running", /^[\d.]+ \w+/, /^since .*\d\d:\d\d:\d\d; [\d,]+ scans?/);
  assert.equal(await page.locator("#tiles .tile").count(), 8);
  assert.deepEqual(complaints, []);
});

test("what the monitor cannot see is told, and why", async () => {
  const well = (document) => ({ ...document, programs: document.programs.map((one) => ({ ...one, attached: true, reason: null })), losses: { ring_full: 0, stack: 0 },
    inspector: { ...document.inspector, deadlines_missed: 0, crashes: 0, unkillable: 0 }, kernel_log_heard: true });
  const ill = ({ programs: [first, ...others], ...document }) => ({ ...document, programs: [{ ...first, attached: false, reason: "<i>refused</i> here" }, ...others],
    losses: { ring_full: 1234, stack: 0 }, inspector: { ...document.inspector, deadlines_missed: 2 }, kernel_log_heard: false,
    config: { ...document.config, ok: false } });
  let altered = well;
  await page.route("**/api/v1/monitor", async (route) => route.fulfill({ json: altered(await (await route.fetch()).json()) }));
  await page.goto(quiet.url);
  await tileSays("BPF programs", /^all attached$/, /^of \d+$/, "good");
  await tileSays("Not seen", /^nothing lost$/, /since the start$/, "good");
  assert.equal(await page.locator("#troubles > *").count(), 0);
  altered = (document) => ill(well(document));
  await tileSays("BPF programs", /^1 not attached$/, /^of \d+$/, "warn");
  await tileSays("Not seen", /^1,234 losses$/, /since the start$/, "warn");
  await tileSays("Configuration", /^file refused$/, /^the one loaded .*\d\d:\d\d:\d\d stays in force$/, "bad");
  const [{ name }] = (await (await fetch(`${quiet.url}api/v1/monitor`)).json()).programs;
  const troubles = page.locator("#troubles > .panel");
  await until("all of it is told", async () => (await troubles.count()) === 3);
  assert.deepEqual(await Promise.all((await troubles.all()).map((one) => one.locator("h3, td").allTextContents())), [
    ["Programs that are not attached", name, "<i>refused</i> here"],
    ["Losses", "ring_full", "1,234"],
    ["The inspector, which reads other processes", "2", "answers that came too late: a process hung while it was read"]]);
  await page.locator("#troubles > p", { hasText: "The kernel's log cannot be read: findings lack its own reports." }).waitFor();
  altered = well;
  await until("none of it is told any more", async () => (await page.locator("#troubles > *").count()) === 0);
  await alterNothing();
  assert.deepEqual(complaints, []);
});

// As after a file server that died under every process of a large host.
function aFinding(at, time) {
  return { cause: "uninterruptible_wait", certainty: "likely", since: time, since_exact: true, lasted_seconds: 60 + at, summary: `worker[${at}] waits`,
    process: { pid: at, comm: "worker", start_boottime_ns: at }, thread: { tid: at, comm: "worker" }, state: "uninterruptible", chain: [], advice: [],
    evidence: [], decisions: [], kernel_stack: ["nfs_wait+0x1/0x2"], user_stack: null, threads: [], threads_total: 1, victims: [], victims_total: 0 };
}

test("of thousands of findings the first are shown, and all to who wants to see them", async () => {
  const number = 3000;
  await page.route("**/api/v1/findings", async (route) => {
    const document = await (await route.fetch()).json();
    await route.fulfill({ json: { ...document, findings: Array.from({ length: number }, (_, at) => aFinding(at + 1, document.time)) } });
  });
  await page.goto(quiet.url);
  await page.getByText("3,000 findings in 3,000 processes.").waitFor();
  assert.equal(await page.locator("article.card").count(), 100);
  await page.locator("article.card", { hasText: `worker[${number}] waits` }).waitFor();
  await page.getByRole("button", { name: "Show all 3,000" }).click();
  await until("all are there", async () => (await page.locator("article.card").count()) === number);
  await page.getByRole("button", { name: "Show the first 100" }).click();
  await until("the rest is gone", async () => (await page.locator("article.card").count()) === 100);
  await alterNothing();
  await page.getByText(`Nothing is stuck in process ${process.pid}.`).waitFor();
  assert.equal(await page.locator("#more-findings").isVisible(), false);
  assert.deepEqual(complaints, []);
});

// At each answer they have waited longer, and the evidence says so.
function crowded(round, time) {
  const victims = Array.from({ length: 60 }, (_, at) => ({ tid: 100 + at, pid: 7, comm: "worker", syscall: "futex", waits_for: `a mutex, for ${round} s`,
    waiting_seconds: round, in_call_seconds: round }));
  return [{ ...aFinding(7, time), evidence: [`waiting for ${round} s`, "its owner is gone"], victims, victims_total: 61 }];
}

test("what somebody reads in a card stays where it is, though times in it go on", async () => {
  let round = 0;
  await page.route("**/api/v1/findings", async (route) => {
    const document = await (await route.fetch()).json();
    round += 1;
    await route.fulfill({ json: { ...document, findings: crowded(round, document.time) } });
  });
  await page.goto(quiet.url);
  const card = page.locator("article.card");
  await card.locator("details", { hasText: "Threads that wait for it" }).locator("summary").click();
  const scroll = card.locator("[data-part=victims-body] .scroll");
  assert.equal(await scroll.locator("tbody tr").count(), 60);
  await card.locator("[data-part=victims-body]").getByText("and 1 more").waitFor();
  await scroll.focus();
  await scroll.evaluate((node) => (node.scrollTop = 200));
  const line = await card.locator("[data-part=evidence] li").first().elementHandle();
  const seen = round;
  await until("newer times are told", async () => (await scroll.locator("tbody tr").first().innerText()).includes(`for ${seen + 2} s`));
  assert.ok(await scroll.evaluate((node) => node === document.activeElement && node.scrollTop === 200), "focus and place stay");
  assert.ok(await line.evaluate((node) => node.isConnected && /^waiting for \d+ s$/.test(node.textContent)), "a selection would stay");
  await alterNothing();
  await page.getByText(`Nothing is stuck in process ${process.pid}.`).waitFor();
  assert.deepEqual(complaints, []);
});

test("while an answer is awaited, what was heard before does not pass for live", async () => {
  await page.goto(quiet.url);
  await page.locator("#contact.good").waitFor();
  let goOn;
  const late = new Promise((resolve) => (goOn = resolve));
  await page.route("**/api/v1/findings", async (route) => {
    await late;
    await route.continue().catch(() => {}); // the page may have given up on it
  });
  try {
    await page.locator("#contact:not(.good)").waitFor();
    await page.getByText("Nothing was stuck when the monitor last looked.").waitFor();
  } finally {
    goOn();
  }
  await alterNothing();
  await page.locator("#contact.good", { hasText: "live" }).waitFor();
  await page.getByText(`Nothing is stuck in process ${process.pid}.`).waitFor();
  complaints = []; // an answer that was given up
});

test("the history says what it does not know", async () => {
  const ended = (at, time, more) => ({ ...aFinding(at, time), raised: time, ended: time, lasted_seconds: 12, ...more });
  await page.route("**/api/v1/history", async (route) => {
    const document = await (await route.fetch()).json();
    const time = document.time;
    await route.fulfill({ json: { ...document, forgotten: 5, kept_findings: 2, findings: [ended(1, time, { since_exact: false }), ended(2, time, {})] } });
  });
  await page.goto(quiet.url);
  const rows = page.locator("table.past tbody tr");
  await until("both are there", async () => (await rows.count()) === 2);
  assert.match(await rows.first().innerText(), /by [^]*\d\d:\d\d:\d\d[^]*at least 12 s/);
  assert.doesNotMatch(await rows.last().innerText(), /at least/);
  await page.getByText(/^What ended before .*\d\d:\d\d:\d\d had to make room\.$/).waitFor();
  await alterNothing();
  await page.goto(quiet.url);
  await page.getByText(/^Nothing is known of the time before .*\d\d:\d\d:\d\d, when this daemon was started\.$/).waitFor();
  assert.deepEqual(complaints, []);
});

// A thread that has crashed, with one that is left standing for it; and one of two that are stuck, with the other.
function toldByOthers(time) {
  const thread = { tid: 9, comm: "worker" };
  const told = { told_by: { tid: 8, comm: "<b>main</b>" }, syscall: { name: "epoll_wait", text: null }, kernel_stack: ["do_epoll_wait+0x1/0x2"],
    user_stack: { frames: [{ function: "epoll_wait", offset: "0x1", module: "/usr/lib/libc.so.6" }], complete: true, missing: [] } };
  const chain = [{ what: "waits in", detail: "a call" }];
  return [{ ...aFinding(8, time), ...told, cause: "crashed_thread", summary: "it crashed", thread, state: "sleeping", chain, threads: [{ ...thread, pid: 8, state: "dead" }] },
    { ...aFinding(10, time), ...told, cause: "unkillable", summary: "it stays", thread, chain, threads: [{ ...thread, pid: 10, state: "killable" }] },
    { ...aFinding(11, time), told_by: null, summary: "it waits", thread }];
}

test("the stacks of one that is left do not pass for the place of a crash", async () => {
  await page.route("**/api/v1/findings", async (route) => {
    const document = await (await route.fetch()).json();
    await route.fulfill({ json: { ...document, findings: toldByOthers(document.time) } });
  });
  await page.goto(quiet.url);
  const labels = async (summary) => {
    const card = page.locator("article.card", { hasText: summary });
    await card.waitFor();
    return [...await card.locator(".facts dt").allTextContents(), ...await card.locator("summary [data-part$=-stack-title]").allTextContents()];
  };
  const start = (summary) => page.locator("article.card", { hasText: summary }).locator(".box.first .detail").textContent();
  const of = " of <b>main</b>[8], ";
  const headed = (words) => ["Process", "Thread", ...["State", "Call", "User stack", "Kernel stack"].map((what) => what + of + words)];
  assert.deepEqual(await labels("it crashed"), headed("which is left"));
  assert.equal(await start("it crashed"), "worker[8]"); // the process: the thread is what its chain tells first
  assert.deepEqual(await labels("it stays"), headed("another thread"));
  assert.equal(await start("it stays"), "<b>main</b>[8]");
  assert.deepEqual(await labels("it waits"), ["Process", "Thread", "State", "User stack", "Kernel stack"]);
  await alterNothing();
  await page.getByText(`Nothing is stuck in process ${process.pid}.`).waitFor();
  assert.deepEqual(complaints, []);
});

test("what is no answer of the monitor is said to be none, and ends nothing", async () => {
  await page.goto(quiet.url);
  await page.locator("#contact.good").waitFor();
  await page.route("**/api/v1/findings", (route) => route.fulfill({ json: {} }));
  await page.locator("#banners", { hasText: "what answers there is not the monitor" }).waitFor();
  await page.getByText("Nothing was stuck when the monitor last looked.").waitFor();
  await alterNothing();
  await page.locator("#contact.good", { hasText: "live" }).waitFor();
  assert.deepEqual(complaints, []);
});

test("a lost contact is said with its time, and found again by itself", async () => {
  await page.goto(quiet.url);
  await page.locator("#contact.good").waitFor();
  const port = Number(new URL(quiet.url).port);
  await quiet.end();
  await page.locator("#banners", { hasText: /No contact with the monitor since \d\d:\d\d:\d\d/ }).waitFor();
  await page.locator("#contact.bad", { hasText: "no contact" }).waitFor();
  await page.getByText("Nothing was stuck when the monitor last looked.").waitFor();
  await shoot("no-contact");
  quiet = await startDaemon(folder, port, config, ["--pid", String(process.pid)]);
  await page.locator("#contact.good").waitFor();
  assert.equal(await page.locator("#banners .banner").count(), 0);
});
