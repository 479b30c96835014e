// SPDX-License-Identifier: Apache-2.0
// The status page as a person meets it: hangs appear and go while it is open, names stay names, and it says when it
// does not know. One daemon that watches the whole host, and one that watches this test alone, where nothing is stuck.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test, { after, before } from "node:test";

import { freePort, inject, injectBinary, missing, ownFolder, patience, startBrowser, startDaemon, startHang, Started, until } from "./machine.mjs";

const lacking = missing();
if (lacking) {
  const required = Boolean(process.env.WEDGED_REQUIRE_KERNEL);
  console.log(`${required ? "FAILED" : "SKIPPED"}: needs ${lacking}`);
  process.exit(required ? 1 : 0);
}

// Only this test's own process matches the rule, whatever else runs on the machine: limits are of the whole host.
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
let folder, daemon, quiet, browser, page;
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

async function shoot(name) {
  if (!screenshots) return;
  fs.mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage: true });
}

async function begin(starting) {
  const hang = await starting;
  running.push(hang);
  return hang;
}

before(async () => {
  folder = ownFolder();
  daemon = await startDaemon(folder, await freePort(), config);
  quiet = await startDaemon(folder, await freePort(), config, ["--pid", String(process.pid)]);
  browser = await startBrowser(folder, { viewport: { width: 1280, height: 900 }, colorScheme: "light" });
  page = watch(await browser.newPage());
});

after(async () => {
  await browser?.close();
  for (const started of [...running, daemon, quiet]) await started?.end();
  if (folder) fs.rmSync(folder, { recursive: true, force: true });
});

test("where nothing is stuck a calm sentence says so, and when it looked", async () => {
  await page.goto(quiet.url);
  await page.getByText("Nothing is stuck on this host.").waitFor();
  await page.getByText(/threads? looked at, last at \d\d:\d\d:\d\d/).waitFor();
  await page.locator("#contact.good", { hasText: "live" }).waitFor();
  await shoot("calm");
});

test("a deadlock appears without a reload, is decided about, and is over when it is over", async () => {
  await page.goto(daemon.url);
  await page.locator("#contact.good").waitFor();
  await page.evaluate(() => (window.since = "the beginning"));
  fs.copyFileSync(injectBinary, path.join(folder, ours));
  const hang = await begin(startHang(new Started(path.join(folder, ours), ["self_deadlock", "--for", "300s"])));
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
  return startHang(new Started("bash", ["-c", "exec ./*/* self_deadlock --for 300s"], { cwd: place }));
}

test("names that other processes chose are text and nothing else", async () => {
  await page.goto(daemon.url);
  const hang = await begin(startHostile());
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
  await begin(inject("lock_cycle"));
  await begin(inject("uninterruptible_wait"));
  const root = await begin(inject("waits_for_stuck"));
  await page.locator("article .cause", { hasText: "uninterruptible_wait" }).first().waitFor();
  await page.locator("article .cause", { hasText: "lock_cycle" }).first().waitFor();
  await page.locator("article .waiting", { hasText: /\d threads wait behind it/ }).first().waitFor();
  await page.locator("article", { hasText: `[${root.pid}]` }).first().waitFor();
  await page.locator("#syscalls").scrollIntoViewIfNeeded();
  await page.locator("figure.chart").first().waitFor();
  for (const [name, width] of [["phone", 360], ["desk", 1280]]) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate(() => document.querySelectorAll("article details").forEach((fold) => (fold.open = true)));
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await until(`no overflow at ${width}`, async () => (await overflow()) <= 0);
      await shoot(`${name}-${colorScheme}`);
    }
  }
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
  await page.unroute("**/api/v1/findings");
  await page.locator("#contact.good").waitFor();
});

test("suspended enforcement stands at the top, its reason as text", async () => {
  await page.route("**/api/v1/monitor", async (route) => {
    const document = await (await route.fetch()).json();
    await route.fulfill({ json: { ...document, suspension: { since: document.time, reason: "<b>21</b> decisions in 1 min" } } });
  });
  await page.goto(quiet.url);
  await page.locator("#banners", { hasText: "Enforcement suspended since" }).filter({ hasText: "<b>21</b> decisions" }).waitFor();
  await page.unroute("**/api/v1/monitor");
  await page.locator("#banners", { hasText: "Enforcement suspended" }).getByRole("paragraph").first().waitFor({ state: "detached" });
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
