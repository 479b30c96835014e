// SPDX-License-Identifier: Apache-2.0
// The monitor itself: does it look, what does it cost, what can it not see.
import { fillFrom, h, setAttribute, setText } from "./dom.js";
import { clock, count, duration, latency, percent, plural } from "./format.js";
import { curve } from "./charts.js";

function tile(parent, title, plot = null) {
  const value = h("p", { class: "value" });
  const more = h("p", { class: "quiet" });
  const node = h("div", { class: "panel tile" }, h("h3", {}, title), value, more, plot);
  parent.append(node);
  let told = "";
  if (plot) plot.onread = (text) => setText(more, text ?? told);
  return (text, detail, mood = "") => {
    told = detail;
    setText(value, text);
    setText(more, detail);
    setAttribute(node, "class", `panel tile ${mood}`);
  };
}

export class Monitor {
  constructor({ tiles, troubles }) {
    this.troubles = troubles;
    this.cost = curve(latency);
    this.cpu = curve(percent);
    this.lastScan = tile(tiles, "Last scan");
    this.scanTime = tile(tiles, "Time of a scan", this.cost);
    this.cpuShare = tile(tiles, "CPU of the scans", this.cpu);
    this.policy = tile(tiles, "Policy");
    this.config = tile(tiles, "Configuration");
    this.programs = tile(tiles, "BPF programs");
    this.losses = tile(tiles, "Not seen");
    this.uptime = tile(tiles, "Running");
  }

  show(monitor) {
    const { last_scan: scan } = monitor;
    if (!scan) {
      this.lastScan("none yet", monitor.reason ?? "");
      return;
    }
    const freshFor = 5; // seconds
    this.lastScan(monitor.stale || scan.age_seconds >= freshFor ? `${duration(scan.age_seconds)} ago` : "just now",
      `${plural(scan.threads, "thread")}; one scan every ${duration(monitor.scan_interval_seconds)}`, monitor.stale ? "bad" : "good");
    this.showCost(monitor, scan);
    this.showPolicy(monitor);
    this.showPrograms(monitor);
    this.uptime(duration(monitor.uptime_seconds), `since ${clock(monitor.started)}; ${plural(monitor.scans, "scan")}` +
      (monitor.failed_scans > 0 ? `, ${count(monitor.failed_scans)} failed` : "") + (monitor.late_scans > 0 ? `, ${count(monitor.late_scans)} late` : ""),
      monitor.failed_scans > 0 ? "warn" : "");
    fillFrom(this.troubles, [monitor.programs.filter((one) => !one.attached), monitor.losses, monitor.inspector, monitor.kernel_log_heard], () => troublesOf(monitor));
  }

  showCost(monitor, scan) {
    const { series } = monitor;
    const span = duration(Math.max(10, monitor.scan_interval_seconds)); // of a point: ten seconds, or one scan
    this.scanTime(latency(scan.duration_seconds), `wall time of the last one; the curve: the longest in ${span}`);
    const share = series.cpu_share.at(-1);
    this.cpuShare(share === undefined ? "–" : percent(share), share === undefined ? `measured after ${span}` : `of one CPU, over the last ${span}`);
    this.cost.update("Time of a scan", series.times, series.longest_scan_seconds);
    this.cpu.update("CPU of the scans", series.times, series.cpu_share);
  }

  showPolicy(monitor) {
    const { suspension, config, ledger_write_errors: unwritten } = monitor;
    const jobs = monitor.jobs_running > 0 ? `; ${plural(monitor.jobs_running, "action")} under way` : "";
    if (suspension) this.policy("suspended", `since ${clock(suspension.since)}${jobs}`, "bad");
    else if (monitor.enforcing && unwritten > 0)
      this.policy("enforcing", `${plural(unwritten, "attempt")} to write the ledger failed since the start: while it cannot be written, nothing is touched${jobs}`, "warn");
    else if (monitor.enforcing) this.policy("enforcing", `what the rules decide is carried out${jobs}`, "good");
    else this.policy("observing only", monitor.rungs_configured > 0 ? "decisions are made, none is carried out" : "there are no rules");
    this.config(config.ok ? "as in its file" : "file refused", config.ok ? `loaded ${clock(config.loaded)}` : `the one loaded ${clock(config.loaded)} stays in force`,
      config.ok ? "" : "bad");
  }

  showPrograms(monitor) {
    const missing = monitor.programs.filter((one) => !one.attached).length;
    const lost = Object.values(monitor.losses).reduce((sum, one) => sum + one, 0);
    this.programs(missing === 0 ? "all attached" : `${count(missing)} not attached`, `of ${count(monitor.programs.length)}`, missing === 0 ? "good" : "warn");
    this.losses(lost === 0 ? "nothing lost" : plural(lost, "loss", "losses"), "records that the kernel side could not tell, since the start", lost === 0 ? "good" : "warn");
  }
}

function table(title, heads, rows) {
  if (rows.length === 0) return null;
  return h("div", { class: "panel" }, h("h3", {}, title), h("table", {},
    h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, at) => h("td", at === 0 ? { class: "mono" } : {}, cell)))))));
}

const ofInspector = [
  ["deadlines_missed", "answers that came too late: a process hung while it was read"],
  ["crashes", "times that it crashed, over what it read"],
  ["unkillable", "of its processes that hang themselves, over what they read"],
];

function troublesOf(monitor) {
  const missing = monitor.programs.filter((one) => !one.attached).map((one) => [one.name, one.reason ?? ""]);
  const lost = Object.entries(monitor.losses).filter(([, number]) => number > 0).map(([reason, number]) => [reason, count(number)]);
  const inspector = ofInspector.filter(([name]) => monitor.inspector[name] > 0).map(([name, what]) => [count(monitor.inspector[name]), what]);
  return [
    table("Programs that are not attached", ["Program", "Why"], missing),
    table("Losses", ["What", "How often"], lost),
    table("The inspector, which reads other processes", ["How many", "What"], inspector),
    monitor.kernel_log_heard ? null : h("p", { class: "quiet" }, "The kernel's log cannot be read: findings lack its own reports."),
  ];
}
