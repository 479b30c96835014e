# SPDX-License-Identifier: Apache-2.0
"""The measurements: calls under each observer in interleaved rounds, scans, the daemon at rest. Returns plain values
and judges none; table.py does."""

import contextlib
import json
import os
import re
import statistics
import subprocess
import time
import urllib.request

import observers

WORKLOADS = ("getppid_call", "pipe_round_trip")


def calls_in_rounds(build, candidates, effort, cpus, neighbours, note):
    """{observer's name: {workload: [one median per round]}} and {name: why it is left out}.

    A round measures every observer once, so whatever disturbs the machine for longer than that disturbs all alike.
    """
    results, missing = {}, {}
    for number in range(effort.rounds):
        for observer in candidates:
            if observer.name in missing:
                continue
            note(f"round {number + 1} of {effort.rounds}: {observer.name}")
            try:
                medians = neighbours.undisturbed(lambda still, who=observer: calls_under(build, who, effort, cpus, still))
            except observers.Unavailable as reason:
                missing[observer.name] = str(reason)
                results.pop(observer.name, None)
                continue
            for workload in WORKLOADS:
                samples = results.setdefault(observer.name, {}).setdefault(workload, [])
                samples.append(medians[of_workload(medians, workload)]["value"])
    return results, missing


def calls_under(build, observer, effort, cpus, still):
    with observers.running(observer, cpus.observer), still():
        return benchmark(build, "bench_calls", cpus.workload, effort.calls)


def of_workload(medians, workload):
    return next(name for name in medians if name.startswith(workload))


def benchmark(build, binary, cpu, arguments):
    """{benchmark: {value in ns, counters}}: medians of a Google Benchmark binary pinned to a CPU."""
    command = [f"{build}/tests/bench/{binary}", "--benchmark_format=json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False,
                          preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))
    if done.returncode != 0:
        raise RuntimeError(f"{binary} failed: {done.stderr.strip()[-400:]}")
    samples = {}
    for entry in json.loads(done.stdout)["benchmarks"]:
        if entry.get("error_occurred"):
            raise RuntimeError(f"{entry['name']}: {entry['error_message']}")
        if entry["run_type"] == "iteration":
            samples.setdefault(entry["run_name"], []).append(entry)
    return {name: median_of(entries) for name, entries in samples.items()}


def median_of(entries):
    first = entries[0]
    field = "real_time" if "manual_time" in first["run_name"] else "cpu_time"
    unit = {"ns": 1, "us": 1e3, "ms": 1e6}[first["time_unit"]]
    return {"value": statistics.median(entry[field] for entry in entries) * unit, "threads": first.get("threads_seen")}


@contextlib.contextmanager
def idle_threads(build, number):
    process = subprocess.Popen([f"{build}/tests/bench/bench_idle_threads", str(number)], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    try:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{number} idle threads: {process.stderr.read().strip()}")
        yield
    finally:
        process.kill()
        process.communicate()


def daemon_at_rest(daemon, cpu, port, seconds):
    """Share of one CPU, resident bytes and scans' CPU time of the daemon while it only scans; scraped once meanwhile."""
    with observers.running(daemon, cpu) as process:
        time.sleep(2.5)  # the first scans adopt all threads
        before, began = cpu_seconds(process.pid), time.monotonic()
        time.sleep(seconds / 2)
        metrics = scrape(port)
        time.sleep(seconds / 2)
        used, lasted = cpu_seconds(process.pid) - before, time.monotonic() - began
        return {"share": used / lasted, "resident": resident_bytes(process.pid), "threads": value_of(metrics, "wedged_threads_scanned")}


def cpu_seconds(pid):
    """All threads of another process, to the nanosecond: the clock that clock_getcpuclockid(3) names, CPUCLOCK_SCHED."""
    return time.clock_gettime((~pid << 3) | 2)


def resident_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(r"^VmRSS:\s+(\d+) kB", status.read(), re.M).group(1)) * 1024


def scrape(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        return answer.read().decode()


def value_of(metrics, name):
    found = re.search(rf"^{name}(?:{{[^}}]*}})? (\S+)$", metrics, re.M)
    return float(found.group(1)) if found else None
