// SPDX-License-Identifier: Apache-2.0
// What the tests of the page start on this machine and end again: the daemon, hangs, a browser. Judges nothing.
import { spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";

export const patience = 60_000; // ms; for a machine under load, not a promise
const source = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "../..");
const daemonBinary = process.env.WEDGED_BINARY ?? path.join(source, "build/release/userspace/wedged");
export const injectBinary = process.env.WEDGED_INJECT ?? path.join(source, "build/release/userspace/wedged-inject");
const packages = process.env.WEDGED_NPM ?? path.join(source, "build/npm/page");
const chromiumBinary = "/usr/bin/chromium";

// Where it is mounted, if groups can be made there.
function unifiedHierarchy() {
  const mounts = fs.readFileSync("/proc/self/mounts", "utf8").split("\n").map((line) => line.split(" "));
  return mounts.filter((mount) => mount[2] === "cgroup2").map((mount) => mount[1]).find((place) => {
    try {
      fs.accessSync(place, fs.constants.W_OK);
      return true;
    } catch {
      return false;
    }
  });
}

// What is missing, in words; nothing if the tests can run.
export function missing() {
  if (process.geteuid() !== 0 || !fs.existsSync("/sys/kernel/btf/vmlinux")) return "root and a kernel with BTF";
  if (!unifiedHierarchy()) return "a unified hierarchy of cgroups to make one in";
  if (!fs.existsSync(chromiumBinary)) return chromiumBinary;
  if (!fs.existsSync(path.join(packages, "node_modules/playwright-core"))) return "the packages of scripts/install-npm tests/page";
  return null;
}

export async function until(what, holds) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${patience / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export class Started {
  constructor(command, words, options = {}) {
    this.output = "";
    this.child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"], ...options });
    this.ended = new Promise((resolve) => this.child.once("close", resolve));
    this.child.once("error", (error) => (this.output += error.message));
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on("data", (data) => (this.output += data));
  }

  get running() {
    return this.child.exitCode === null && this.child.signalCode === null && this.child.pid !== undefined;
  }

  async end() {
    if (!this.running) return;
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), patience / 2);
    await this.ended;
    clearTimeout(timer);
  }
}

// A daemon that only observes; `words`: more of its command line.
export async function startDaemon(folder, port, config, words = []) {
  const file = path.join(folder, `wedged-${port}.yaml`);
  fs.writeFileSync(file, config);
  const daemon = new Started(daemonBinary, ["run", "--config", file, "--web.listen-address", `127.0.0.1:${port}`, ...words]);
  daemon.url = `http://127.0.0.1:${port}/`;
  await until("the daemon looks", async () => {
    if (!daemon.running) throw new Error(`the daemon has ended: ${daemon.output}`);
    return fetch(`${daemon.url}healthz`).then((response) => response.ok, () => false);
  });
  return daemon;
}

// `began`: what it says as soon as the hang is real.
export async function startHang(started) {
  const found = await until("the hang is there", () => {
    if (!started.running) throw new Error(`it has ended: ${started.output}`);
    return /^began .*pid=(\d+) tid=(\d+)/m.exec(started.output);
  });
  started.pid = Number(found[1]);
  started.tid = Number(found[2]);
  return started;
}

// One of this test's own, so that its daemon looks at that alone: others provoke hangs on this host, too.
export class Cgroup {
  constructor() {
    this.name = `/wedged-page-${process.pid}`;
    this.path = path.join(unifiedHierarchy(), this.name);
    fs.mkdirSync(this.path, { recursive: true });
  }

  get scope() {
    return ["--cgroup", this.name];
  }

  start(words, options) {
    return new Started("sh", ["-c", 'echo $$ >"$0" && exec "$@"', path.join(this.path, "cgroup.procs"), ...words], options);
  }

  // When all that was started in it has ended.
  remove() {
    return until("the cgroup is empty", () => {
      try {
        fs.rmdirSync(this.path);
        return true;
      } catch (error) {
        return error.code === "ENOENT";
      }
    });
  }
}

// A browser that is nobody's: its profile is a folder that goes with it.
export async function startBrowser(folder, options) {
  const { chromium } = createRequire(path.join(packages, "package.json"))("playwright-core");
  return chromium.launchPersistentContext(fs.mkdtempSync(path.join(folder, "profile-")), {
    executablePath: chromiumBinary,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
    timeout: patience,
    ...options,
  });
}

export function ownFolder() {
  return fs.mkdtempSync(path.join(os.tmpdir(), "wedged-page-"));
}
