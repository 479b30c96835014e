# SPDX-License-Identifier: Apache-2.0
"""Many hosts, from the recorded aggregates of rules/fleet.yml: as quick with 100,000 hosts as with ten.

Only the tables of the worst hosts ask for series by host.
"""

from source.dashboard import TO_HOST, dashboard, variable
from source.panels import BAD_FROM_ONE, GREEN, NEUTRAL, RED, WARN_FROM_ONE, YELLOW, column, graph, stat, table

F = '{job=~"$job", cluster=~"$cluster"}'
OF_HOSTS = '{<S>, cluster=~"$cluster"}'


def numbers():
    return [
        stat("Hosts with stuck threads", "Hosts on which at least one thread is stuck now.",
             f"sum(cluster_job:wedged_hosts_stuck:count{F})"),
        stat("Stuck threads", "Over all hosts, each thread once, those that wait for a stuck one included.",
             f"sum(cluster_job:wedged_unit_stuck_threads:sum{F})"),
        stat("Unkillable processes", "Killed longer ago than the threshold, and there still.",
             f"sum(cluster_job:wedged_unkillable_processes:sum{F})"),
        stat("Suspended", "Hosts whose enforcement has suspended itself.", f"sum(cluster_job:wedged_enforcement_suspended:sum{F})",
             graph="none"),
        stat("Down", "Hosts that are not watched, because their wedged cannot be scraped.",
             f"sum(cluster_job:wedged_hosts_down:count{F})", steps=WARN_FROM_ONE),
        stat("Hosts", "Hosts that are watched.", f"sum(cluster_job:wedged_hosts:count{F})", steps=NEUTRAL),
    ]


def by_cause():
    names = {"cause": "Cause", "Value #A": "Hosts", "Value #B": "Processes", "Value #C": "Threads", "Value #D": "Oldest"}
    queries = [f"sum by (cause) (cluster_job_cause:wedged_hosts_stuck:count{F}) > 0",
               f"sum by (cause) (cluster_job_cause:wedged_stuck_processes:sum{F}) > 0",
               f"sum by (cause) (cluster_job_cause:wedged_stuck_threads:sum{F}) > 0",
               f"max by (cause) (cluster_job_cause:wedged_oldest_finding:age_seconds_max{F})"]
    return [
        table("Causes now", "What is stuck now over all hosts. One cause on many hosts at once is one reason: a deployment, a server "
              "that all of them mount, a kernel.", queries, names,
              [column("Hosts", steps=BAD_FROM_ONE, width=80), column("Oldest", "s")], (12, 9), "Hosts"),
        table("Worst hosts", "The 20 hosts with the most stuck threads now; empty where only aggregates are kept.",
              [f"topk(20, sum by (instance) (wedged_unit_stuck_threads{OF_HOSTS}) > 0)"], {"instance": "Host", "Value": "Threads"},
              [column("Host", links=[TO_HOST]), column("Threads", steps=BAD_FROM_ONE, width=90)], (12, 9), "Threads"),
    ]


def history():
    return [
        graph("Hosts with stuck threads by cause", "How far each cause has spread.",
              [(f"sum by (cause) (cluster_job_cause:wedged_hosts_stuck:count{F}) > 0", "{{cause}}")], "short", (12, 8), stack=True),
        graph("Findings an hour", "New hangs by cause and certainty, at the rate of the last five minutes.",
              [(f"sum by (cause, certainty) (cluster_job_cause_certainty:wedged_findings:rate5m{F}) * 3600 > 0",
                "{{cause}}, {{certainty}}")], "short", (12, 8), stack=True),
    ]


def clusters():
    names = {"cluster": "Cluster", "job": "Job", "Value #A": "Hosts", "Value #B": "With stuck threads", "Value #C": "Down",
             "Value #D": "Enforcing", "Value #E": "Threads"}
    queries = [f"sum by (cluster, job) ({name}{F})" for name in (
        "cluster_job:wedged_hosts:count", "cluster_job:wedged_hosts_stuck:count", "cluster_job:wedged_hosts_down:count",
        "cluster_job:wedged_enforcing:sum", "cluster_job:wedged_threads_scanned:sum")]
    return [
        table("Clusters", "By cluster and scrape job; without a label `cluster` there is one row for each job.", queries, names,
              [column("With stuck threads", steps=BAD_FROM_ONE), column("Down", steps=WARN_FROM_ONE)], (12, 8), "With stuck threads"),
        table("Kernels in trouble", "Hosts by what taints their kernels: died is an oops, soft_lockup a CPU that hung, warned a "
              "warning.", [f'sum by (flag) (cluster_job_flag:wedged_kernel_tainted:sum{F[:-1]}, '
                           'flag=~"died|soft_lockup|warned|bad_page|machine_check"})'], {"flag": "Flag", "Value": "Hosts"},
              [column("Hosts", steps=WARN_FROM_ONE)], (6, 8), "Hosts"),
        table("Versions", "Hosts by the version that runs there.",
              [f"sum by (version) (cluster_job_version:wedged_hosts:count{F})"], {"version": "Version", "Value": "Hosts"}, (), (6, 8), "Hosts"),
    ]


def calls():
    of = f"{F[:-1]}, syscall=~\"fsync|fdatasync|openat|read|write|unlinkat|futex\"}}"
    return [
        graph("99th percentile of some calls", "Time asleep included.",
              [(f"histogram_quantile(0.99, sum by (syscall, le) (cluster_job_syscall_le:wedged_syscall_duration_seconds_bucket:rate5m"
                f"{of})) >= 0", "{{syscall}}")], "s", (12, 8), log=True),
        graph("System calls", "A second, the ten most frequent.",
              [(f"topk(10, sum by (syscall) (cluster_job_syscall:wedged_syscall_duration_seconds_count:rate5m{F}))", "{{syscall}}")],
              "ops", (6, 8)),
        graph("Errors of calls", "A second, the ten most frequent.",
              [(f"topk(10, sum by (syscall) (cluster_job_syscall:wedged_syscall_errors:rate5m{F}))", "{{syscall}}")], "ops", (6, 8)),
    ]


def monitors():
    return [
        graph("Actions", "A second, by what came of them.",
              [(f"sum by (action, result) (cluster_job_action_result:wedged_actions:rate5m{F}) > 0", "{{action}}, {{result}}")], "ops",
              (6, 8)),
        graph("Refusals", "A second, by reason.",
              [(f"sum by (reason) (cluster_job_reason:wedged_action_refusals:rate5m{F}) > 0", "{{reason}}")], "ops", (6, 8)),
        graph("Slowest and oldest scans", "Of the worst host each.",
              [(f"max(cluster_job:wedged_last_scan_duration_seconds:max{F})", "duration"),
               (f"max(cluster_job:wedged_last_scan:age_seconds_max{F})", "age")], "s", (6, 8)),
        graph("Observations lost", "A second, by reason.",
              [(f"sum by (reason) (cluster_job_reason:wedged_observation_losses:rate5m{F})", "{{reason}}")], "ops", (6, 8)),
    ]


def cost():
    return [
        stat("CPU of scans", "Of one CPU, the mean over the hosts.", f"sum(cluster_job:wedged_scan_cpu:ratio_avg{F} * cluster_job:wedged_hosts:count{F}) / sum(cluster_job:wedged_hosts:count{F})",
             "percentunit",
             ((None, GREEN), (0.02, YELLOW), (0.1, RED)), (12, 4)),
        stat("Time in calls", "Seconds a second that threads of all hosts spend in system calls, those that wait included.",
             f"sum(cluster_job_syscall:wedged_syscall_duration_seconds_sum:rate5m{F})", "short", NEUTRAL, (12, 4)),
    ]


def made():
    rows = ["Now", numbers(), by_cause(), "What happened", history(), clusters(), "System calls", calls(), "Policy and monitors", monitors(),
            cost()]
    cluster = variable("cluster", "Cluster", "label_values(cluster_job:wedged_hosts:count, cluster)", ".*", "Where your series have it")
    return dashboard("wedged-fleet", "wedged / Fleet", "Many hosts; needs the rules of rules/recording.yml and rules/fleet.yml.", rows,
                     [cluster], (), "now-24h", "1m")
