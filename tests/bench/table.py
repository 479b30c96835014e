# SPDX-License-Identifier: Apache-2.0
"""From measured values to the rows of one table, each with its budget and whether it is kept. Pure: reads and runs nothing."""

import dataclasses
import statistics

NOTHING, EMPTY, CALLS, SCAN = "nothing attached", "two empty programs", "wedged --observe calls", "wedged --observe scan"
WORKLOAD_TITLES = {"getppid_call": "getppid", "pipe_round_trip": "pipe round-trip"}
HEADER = ("what", "measured", "added", "x empty", "x bpftrace", "budget", "met")
MIB = 1 << 20


@dataclasses.dataclass(frozen=True)
class Row:
    what: str
    measured: str
    added: str = ""
    to_empty: str = ""
    to_bpftrace: str = ""
    budget: str = ""
    met: str = ""

    def cells(self):
        return dataclasses.astuple(self)


def call_rows(results, missing=()):
    """Of each workload and observer: CPU time, what it adds to nothing (median, quartiles), and the ratios of that."""
    rows = []
    for workload, title in WORKLOAD_TITLES.items():
        added = {name: added_per_round(results, name, workload) for name in results}
        medians = {name: statistics.median(values) for name, values in added.items()}
        for name in results:
            row = Row(f"{title}: {name}", f"{statistics.median(results[name][workload]):.0f} ns")
            if name != NOTHING:
                verdict = call_budget(name, workload, medians)
                row = dataclasses.replace(row, added=spread(added[name]), to_empty=ratio(medians, name, EMPTY),
                                          to_bpftrace=ratio(medians, name, "bpftrace"), **verdict)
            rows.append(row)
        rows += [Row(f"{title}: {name}", "skipped") for name in missing]
    return rows


def added_per_round(results, name, workload):
    """Against nothing attached in the same round, so that a slow round is slow for both."""
    return [value - base for value, base in zip(results[name][workload], results[NOTHING][workload])]


def spread(values, unit="ns", digits=0):
    low, _, high = statistics.quantiles(values, n=4) if len(values) > 1 else (values[0],) * 3
    return f"{statistics.median(values):.{digits}f} {unit} ({low:.{digits}f} to {high:.{digits}f})"


def ratio(medians, name, to):
    return f"{max(medians[name] / medians[to], 0):.2f}" if medians.get(to, 0) > 0 else ""


def call_budget(name, workload, medians):
    """Of the daemon alone: at most 1.5 times the empty pair (of the two tracepoints: getppid does not switch), at most
    half of what others add for the same histogram."""
    if name != CALLS:
        return {}
    limits = {EMPTY: 1.5} if workload == "getppid_call" else {}
    limits.update({other: 0.5 for other in medians if other.startswith(("bpftrace", "bcc"))})
    limits = {other: limit for other, limit in limits.items() if medians.get(other, 0) > 0}
    missed = [f"{medians[name] / medians[other]:.2f} x {short(other)}" for other, limit in limits.items()
              if medians[name] > limit * medians[other]]
    return {"budget": ", ".join(f"<= {limit} x {short(other)}" for other, limit in limits.items()),
            "met": "no: " + ", ".join(missed) if missed else "yes"}


def short(name):
    return {EMPTY: "empty"}.get(name, name.split()[0])


def server_rows(results, missing=()):
    """Of each server and observer: requests per second of the server's CPU time, and the share lost to nothing attached."""
    rows = []
    for server, rates in results.items():
        for name, values in rates.items():
            row = Row(f"{server}: {name}", f"{statistics.median(values):,.0f} requests/s")
            if name != NOTHING:
                lost = [100 * (1 - value / base) for value, base in zip(values, rates[NOTHING])]
                limit = 3 if name == CALLS else None
                row = dataclasses.replace(row, added=spread(lost, "% lost", 1), **judged(statistics.median(lost), limit, "% lost"))
            rows.append(row)
    return rows + [Row(f"{name}: throughput", "skipped") for name in missing]


def scan_rows(threads, medians):
    """One scan in CPU time of the scanning thread."""
    titles = {"scan/calls": CALLS, "scan/scan": SCAN, "census": "the census of `wedged top`, beside its scan",
              "proc_walk": "reading /proc/*/task/*/stat"}
    rows = []
    for benchmark, title in titles.items():
        entry = medians[benchmark]
        limit_ms = scan_limit_ms(threads) if benchmark.startswith("scan/") else None
        took_ms = entry["value"] / 1e6
        rows.append(Row(f"one scan, {threads:,} threads: {title}", f"{took_ms:.2f} ms", **judged(took_ms, limit_ms, "ms of CPU")))
    return rows


def scan_limit_ms(threads):
    return {10_000: 5, 100_000: 60}.get(threads)


def daemon_rows(threads, rest):
    what = f"daemon, one scan a second, {threads:,} threads"
    limits = (0.5, 40) if threads == 10_000 else (None, None)
    share, resident = 100 * rest["share"], rest["resident"] / MIB
    return [Row(f"{what}: CPU", f"{share:.2f} % of one", **judged(share, limits[0], "%")),
            Row(f"{what}: resident", f"{resident:.1f} MiB", **judged(resident, limits[1], "MiB"))]


def judged(value, limit, unit):
    return {} if limit is None else {"budget": f"<= {limit} {unit}", "met": "yes" if value <= limit else "no"}


def render(rows):
    """A Markdown table whose columns stand under each other."""
    lines = [HEADER, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
    rule = ["-" * width for width in widths]
    texts = [[cell.ljust(width) for cell, width in zip(line, widths)] for line in lines]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [texts[0], rule, *texts[1:]])
