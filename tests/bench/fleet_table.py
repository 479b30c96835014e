#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From what tests/bench/fleet measured (fleet.json) to the tables of docs/fleet.md: one host, and many. Measures nothing.

Prints them; --write puts them into the page, --check fails if the page has others.
"""

import json
import math
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs/fleet.md"
HOSTS, INTERVALS = (100, 10_000, 100_000), (15, 30, 60)
MEMORY = 64e9  # bytes, of the machine that one Prometheus is given
SPARE = 2  # as much again for queries, rules, compaction and the collector of garbage
DAYS = 15  # Prometheus's default retention
MERGED_SECONDS = 36 * 3600  # of a block after compaction, a tenth of the retention; each has an index of all series


def tables(measured):
    busy, whole, lean = measured["host"]["under_load"], measured["prometheus"], measured["prometheus_without_buckets"]
    return {"host": host_table(measured), "prometheus": prometheus_table(whole, lean),
            "fleet-all": fleet_table(costs_of(whole), busy["series"], busy["gzip_bytes"]),
            "fleet-without-buckets": fleet_table(costs_of(lean), busy["series"] - busy["bucket_series"], busy["gzip_bytes"])}


def host_table(measured):
    rest, busy = measured["host"]["at_rest"], measured["host"]["under_load"]
    rows = [("system calls seen so far", "syscalls", str), ("series", "series", amount), ("of these buckets", "bucket_series", amount),
            ("page", "page_bytes", size), ("page, gzip", "gzip_bytes", size), ("CPU of the daemon", "cpu_percent", lambda x: f"{x:.1f} % of one"),
            ("resident", "resident_bytes", size), ("BPF maps", "map_bytes", size)]
    return markdown(("one host", "before our load", "under it"), [(title, say(rest[key]), say(busy[key])) for title, key, say in rows])


def costs_of(seen):
    """Of one Prometheus: bytes of memory, empty and per series, CPU seconds and bytes per sample, bytes of index per series and block."""
    return {"empty": seen["empty_bytes"], "memory": seen["resident_bytes"] / seen["series"], "cpu": seen["cpu_seconds"] / seen["samples"],
            "sample": seen["chunk_bytes"] / seen["block_samples"], "index": seen["index_bytes"] / seen["series"]}


def prometheus_table(*runs):
    says = {"hosts, seconds between scrapes": lambda seen, _: f"{seen['hosts']}, {seen['scrape_interval_seconds']}",
            "series": lambda seen, _: amount(seen["series"]), "samples": lambda seen, _: amount(seen["samples"]),
            "memory for a series": lambda _, costs: f"{costs['memory'] / 1e3:.1f} kB",
            "disk for a sample": lambda _, costs: f"{costs['sample']:.1f} bytes",
            "disk for a series in each block's index": lambda _, costs: f"{costs['index']:.0f} bytes",
            "CPU for a million samples": lambda _, costs: f"{costs['cpu'] * 1e6:.1f} s",
            "memory when empty": lambda _, costs: size(costs["empty"])}
    return markdown(("one Prometheus", "everything", "without buckets"),
                    [(title, *(say(seen, costs_of(seen)) for seen in runs)) for title, say in says.items()])


def fleet_table(costs, per_host, page):
    rows = [row(costs, per_host, page, hosts, seconds) for hosts in HOSTS for seconds in INTERVALS]
    return markdown(("hosts", "every", "series", "samples/s", "network, gzip", "memory", "CPUs", f"disk, {DAYS} days", "machines"), rows)


def row(costs, per_host, page, hosts, seconds):
    series = hosts * per_host
    rate = series / seconds
    cpus = rate * costs["cpu"]
    memory = costs["empty"] + series * costs["memory"]
    blocks = DAYS * 86400 / MERGED_SECONDS
    disk = rate * DAYS * 86400 * costs["sample"] + blocks * series * costs["index"]
    return (f"{hosts:,}", f"{seconds} s", amount(series), amount(rate), size(hosts * page / seconds) + "/s", size(memory),
    f"{cpus:.2g}" if cpus < 10 else f"{cpus:.0f}", size(disk), str(math.ceil(SPARE * memory / MEMORY)))


def amount(value):
    for unit, name in ((1e9, " billion"), (1e6, " million")):
        if value >= unit:
            return f"{value / unit:.3g}{name}"
    return f"{value:,.0f}"


def size(value):
    names = ("bytes", "kB", "MB", "GB", "TB", "PB")
    power = min(int(math.log(max(value, 1), 1000)), len(names) - 1)
    scaled = value / 1000**power
    return f"{scaled:.3g} {names[power]}" if scaled < 100 else f"{scaled:.0f} {names[power]}"


def markdown(header, rows):
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    texts = [" | ".join(cell.ljust(width) for cell, width in zip(line, widths)) for line in [header, ["-" * width for width in widths], *rows]]
    return "\n".join(f"| {text} |" for text in texts)


def renewed(page, measured):
    """The page with each table in its place, between `<!-- NAME -->` and `<!-- end -->`."""
    for name, table in tables(measured).items():
        page, number = re.subn(rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda found, text=table: f"{found[1]}{text}\n{found[2]}", page, flags=re.S)
        if number != 1:
            raise SystemExit(f"{PAGE.name}: {number} places for the table '{name}'")
    return page


def main(words):
    measured = json.loads((HERE / "fleet.json").read_text(encoding="utf-8"))
    if words not in (["--write"], ["--check"]):
        print("\n\n".join(tables(measured).values()))
        return 0
    page = PAGE.read_text(encoding="utf-8")
    new = renewed(page, measured)
    if words == ["--write"]:
        PAGE.write_text(new, encoding="utf-8")
    elif new != page:
        print(f"{PAGE} has other tables than tests/bench/fleet_table.py makes: run it with --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
