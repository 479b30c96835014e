// SPDX-License-Identifier: Apache-2.0
// How the page asks: what it takes for an answer, and that it never stops asking. No browser; answers and timers are
// the test's own.
import assert from "node:assert/strict";
import fs from "node:fs";
import test, { afterEach } from "node:test";

const text = fs.readFileSync(new URL("../../userspace/web/assets/contact.js", import.meta.url), "utf8");
globalThis.document = { addEventListener() {}, hidden: false, baseURI: "http://host/wedged/" };
globalThis.addEventListener = () => {};
const warnings = [];
console.warn = (error) => warnings.push(error);
const timers = [];
globalThis.setTimeout = (callback, pause) => timers.push({ callback, pause });
globalThis.clearTimeout = () => {};
const { Contact, get } = await import(`data:text/javascript,${encodeURIComponent(text)}`);

function answer(status, body, statusText = "") {
  globalThis.fetch = async () => ({ status, statusText, ok: status >= 200 && status < 300, json: async () => JSON.parse(body) });
}

function failWith(error) {
  globalThis.fetch = async () => {
    throw error;
  };
}

function named(name) {
  return Object.assign(new Error(name), { name });
}

afterEach(() => {
  timers.length = 0;
  warnings.length = 0;
});

test("a document of the monitor is one, also before it has looked", async () => {
  for (const status of [200, 503]) {
    answer(status, '{"schema":1,"findings":[]}');
    assert.deepEqual(await get("/api/v1/findings"), { schema: 1, findings: [] });
  }
});

test("the page may have been opened with a user and a password in its address", async () => {
  globalThis.document.baseURI = "https://me:secret@host:9974/below/";
  let asked;
  globalThis.fetch = async (address) => {
    asked = String(address);
    return { status: 200, statusText: "", ok: true, json: async () => ({ schema: 1 }) };
  };
  await get("api/v1/findings");
  assert.equal(asked, "https://host:9974/below/api/v1/findings");
  globalThis.document.baseURI = "http://host/wedged/";
});

test("what is none is not taken for one, and is told", async () => {
  const told = {
    "": /^\/x: 200 OK: what answers there is not the monitor$/,
    "<html>": /not the monitor/,
    "null": /not the monitor/,
    "[]": /not the monitor/,
    "{}": /not the monitor/,
    '{"schema":2,"wedged":"9.0"}': /of another version \(9\.0\): load this page again/,
  };
  for (const [body, words] of Object.entries(told)) {
    answer(200, body, "OK");
    await assert.rejects(get("/x"), (error) => words.test(error.message), body);
  }
  answer(503, "too many passwords are being checked\n", "Service Unavailable");
  await assert.rejects(get("/x"), (error) => error.message === "/x: 503 Service Unavailable");
  answer(401, "", "Unauthorized");
  await assert.rejects(get("/x"), (error) => error.message === "/x: 401 Unauthorized");
  failWith(named("TimeoutError"));
  await assert.rejects(get("/x"), (error) => error.message === "No answer within 8 s");
  failWith(new TypeError("fetch failed"));
  await assert.rejects(get("/x"), (error) => error.message === "Nobody answers there");
});

test("it is asked again, whatever goes wrong in asking or in showing", async () => {
  const contact = new Contact(
    () => {
      throw new TypeError("undefined has no length");
    },
    () => {
      throw new TypeError("nor has null");
    });
  for (const pause of [2000, 4000, 8000, 16000, 30000, 30000]) {
    await assert.rejects(contact.ask(), /nor has null/);
    assert.deepEqual(timers.splice(0).map((one) => one.pause), [pause]);
  }
  assert.equal(contact.why, "The page does not understand the answer");
  assert.equal(contact.asking, false);
  assert.equal(warnings.length, 6);
});
