// SPDX-License-Identifier: Apache-2.0
// Asking the monitor, again and again: not while nobody looks, and less often while it does not answer.

const interval = 2000;
const longestPause = 30000;
const patience = 8000;

// The document, also where the monitor says with it that it has not looked yet (503).
export async function get(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(patience), cache: "no-store" });
  if (!response.ok && response.status !== 503) throw new Error(`${path}: ${response.status} ${response.statusText}`);
  return response.json();
}

function wordsFor(error) {
  if (error.name === "TimeoutError") return `No answer within ${patience / 1000} s`;
  return error instanceof TypeError ? "Nobody answers there" : error.message;
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
      this.why = wordsFor(error);
      if (!(error instanceof TypeError || error.name === "TimeoutError")) console.warn(error);
    }
    this.asking = false;
    this.changed(this);
    const pause = this.failures === 0 ? interval : Math.min(longestPause, interval * 2 ** (this.failures - 1));
    this.timer = setTimeout(() => this.now(), pause);
  }
}
