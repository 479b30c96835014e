// SPDX-License-Identifier: Apache-2.0
// Asking the monitor, again and again: not while nobody looks, and less often while it does not answer.

const interval = 2000;
const longestPause = 30000;
const patience = 8000;
const late = `No answer within ${patience / 1000} s`;
const schema = 1; // of all documents

// What went wrong, in words for whoever looks at the page.
class Trouble extends Error {}

// Without the user and the password that may stand in the page's own address: a browser makes no request with those,
// and sends what it was given for the page all the same.
function addressOf(path) {
  const page = new URL(document.baseURI);
  page.username = page.password = "";
  return new URL(path, page);
}

async function answerTo(path) {
  try {
    return await fetch(addressOf(path), { signal: AbortSignal.timeout(patience), cache: "no-store" });
  } catch (error) {
    throw new Trouble(error.name === "TimeoutError" ? late : "Nobody answers there");
  }
}

async function documentIn(response, refused) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "TimeoutError") throw new Trouble(late);
    throw new Trouble(response.ok ? `${refused}: what answers there is not the monitor` : refused);
  }
}

// The document, also where the monitor says with it that it has not looked yet (503). Whatever else answers there, a
// proxy or a newer daemon than this page is of, is not taken for one.
export async function get(path) {
  const response = await answerTo(path);
  const refused = `${path}: ${response.status} ${response.statusText}`.trim();
  if (!response.ok && response.status !== 503) throw new Trouble(refused);
  const document = await documentIn(response, refused);
  if (document?.schema === schema) return document;
  throw new Trouble(document?.wedged ? `The monitor is of another version (${document.wedged}): load this page again` : `${refused}: what answers there is not the monitor`);
}

export class Contact {
  // `round` asks and shows; `changed(contact)` is told of success and failure.
  constructor(round, changed) {
    this.round = round;
    this.changed = changed;
    this.failures = 0;
    this.lastSuccess = null;
    this.why = "";
    this.timer = null;
    this.asking = false;
    document.addEventListener("visibilitychange", () => this.now());
    addEventListener("online", () => this.now());
  }

  now() {
    clearTimeout(this.timer);
    if (document.hidden || this.asking) return;
    this.ask();
  }

  async ask() {
    this.asking = true;
    try {
      await this.round();
      this.failures = 0;
      this.lastSuccess = Date.now();
    } catch (error) {
      this.failures += 1;
      this.why = error instanceof Trouble ? error.message : "The page does not understand the answer";
      if (!(error instanceof Trouble)) console.warn(error);
    }
    this.asking = false;
    // First of all: whatever goes wrong below, it goes on.
    const pause = this.failures === 0 ? interval : Math.min(longestPause, interval * 2 ** (this.failures - 1));
    this.timer = setTimeout(() => this.now(), pause);
    this.changed(this);
  }
}
