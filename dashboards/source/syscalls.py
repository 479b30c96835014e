# SPDX-License-Identifier: Apache-2.0
"""How long system calls take, time asleep included: which are slow, which fail, which are called how often."""

from source.dashboard import dashboard, variable
from source.panels import GREEN, NEUTRAL, RED, bars, column, graph, heatmap, stat, table

OF = '{<S>, syscall=~"$syscall"}'
CALLS = f"rate(wedged_syscall_duration_seconds_count{OF}[$__rate_interval])"
SECONDS = f"rate(wedged_syscall_duration_seconds_sum{OF}[$__rate_interval])"
BUCKETS = f"rate(wedged_syscall_duration_seconds_bucket{OF}[$__rate_interval])"
ERRORS = f"rate(wedged_syscall_errors_total{OF}[$__rate_interval])"
MEAN = f"sum by (syscall) ({SECONDS}) / (sum by (syscall) ({CALLS}) > 0)"
DURABLE = 'wedged_syscall_duration_seconds_bucket{<S>, syscall=~"fsync|fdatasync|msync|sync_file_range|syncfs"}'


def quantile(share):
    """In a call's buckets that nothing fell into the quantile is NaN, which the comparison leaves out."""
    return f"histogram_quantile({share}, sum by (syscall, le) ({BUCKETS})) >= 0"


def numbers():
    return [
        stat("Durable writes, p99", "The 99th percentile of fsync and its kin, whatever calls are chosen: databases commit at that "
             "speed.", f"histogram_quantile(0.99, sum by (le) (rate({DURABLE}[$__rate_interval]))) >= 0", "s",
             ((None, GREEN), (0.1, "yellow"), (1, RED)), (6, 4), none="none", graph="none"),
        stat("Longest in flight", "The longest running call of the chosen ones now. Calls made to wait run for days on healthy hosts.",
             f"max(time() - wedged_syscall_oldest_in_flight_start_timestamp_seconds{OF})", "s", NEUTRAL, (6, 4), none="none",
             graph="none"),
        stat("Calls", "The chosen system calls a second, over the chosen hosts.", f"sum({CALLS})", "ops", NEUTRAL, (6, 4)),
        stat("Errors", "The share of the chosen calls that returns an error.", f"sum({ERRORS}) / sum({CALLS})", "percentunit", NEUTRAL,
             (6, 4)),
    ]


def latency():
    return [
        graph("99th percentile", "Of each call, time asleep included; the ten slowest. The buckets are a factor of four apart, so "
              "this is an order of magnitude.", [(f"topk(10, {quantile(0.99)})", "{{syscall}}")], "s", (12, 9), log=True,
              legend="table"),
        heatmap("Distribution", "How many of the chosen calls took how long.",
                f"sum by (le) (increase(wedged_syscall_duration_seconds_bucket{OF}[$__rate_interval]))", "s", (12, 9)),
    ]


def more_latency():
    return [
        graph("Mean", "Of each call, the ten slowest.", [(f"topk(10, {MEAN})", "{{syscall}}")], "s", (12, 8), log=True, legend="table"),
        graph("Median", "Of each call, the ten slowest.", [(f"topk(10, {quantile(0.5)})", "{{syscall}}")], "s", (12, 8), log=True,
              legend="table"),
    ]


def rates():
    return [
        graph("Calls", "The ten most frequent.", [(f"topk(10, sum by (syscall) ({CALLS}))", "{{syscall}}")], "ops", (12, 8),
              legend="table"),
        graph("Errors", "The ten with the most. Many are normal (EAGAIN, ENOENT); a jump is not.",
              [(f"topk(10, sum by (syscall) ({ERRORS}))", "{{syscall}}")], "ops", (12, 8), legend="table"),
    ]


def all_calls():
    names = {"syscall": "Call", "Value #A": "Calls a second", "Value #B": "Mean", "Value #C": "p99", "Value #D": "Errors",
             "Value #E": "Time a second"}
    columns = [column("Calls a second", "ops"), column("Mean", "s"), column("p99", "s"), column("Errors", "percentunit"),
               column("Time a second", "s")]
    queries = [f"sum by (syscall) ({CALLS}) > 0", MEAN, quantile(0.99),
               f"sum by (syscall) ({ERRORS}) / (sum by (syscall) ({CALLS}) > 0)", f"sum by (syscall) ({SECONDS}) > 0"]
    in_flight = f"topk(15, max by (syscall) (time() - wedged_syscall_oldest_in_flight_start_timestamp_seconds{OF}))"
    return [
        table("All calls", "Each call now. Time a second is what all its callers together spend in it; of calls that wait, that is no "
              "work.", queries, names, columns, (16, 10), "Calls a second"),
        bars("Longest in flight", "Of each call the one that has run longest.", in_flight, "{{syscall}}", "s", (8, 10)),
    ]


def hosts():
    return [
        graph("Durable writes by host, p99", "fsync and its kin: one host that differs has another disk problem than all.",
              [(f"histogram_quantile(0.99, sum by (instance, le) (rate({DURABLE}[$__rate_interval]))) >= 0", "{{instance}}")], "s",
              (12, 8), log=True),
        graph("Calls by host", "The chosen calls a second.", [(f"sum by (instance) ({CALLS})", "{{instance}}")], "ops", (12, 8)),
    ]


def made():
    rows = ["Latency", numbers(), latency(), more_latency(), "Rates", rates(), all_calls(), "Hosts", hosts()]
    query = 'label_values(wedged_syscall_duration_seconds_count{job=~"$job", instance=~"$instance"}, syscall)'
    return dashboard("wedged-syscalls", "wedged / System calls", "How long system calls take, how often they are made and fail.", rows,
                     [variable("syscall", "Call", query, description="System call")], since="now-1h")
