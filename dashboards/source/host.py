# SPDX-License-Identifier: Apache-2.0
"""The hangs of one host: which causes, which units, since when, what the calls in flight are, what the policy did."""

from source.dashboard import dashboard
from source.hosts import AGE, now
from source.panels import (BAD_FROM_ONE, BLUE, GREEN, NEUTRAL, RED, WARN_FROM_ONE, YES_IS_BAD, bars, column, graph, stat, states,
                           table)

NUMBER = [{"options": {"from": 1, "result": {"color": RED, "index": 0}, "to": None}, "type": "range"}]


def numbers():
    return [
        stat("Stuck threads", "Threads that are stuck now, those that wait for them included, each counted once.",
             "sum(wedged_unit_stuck_threads{<S>})", none="not watched", graph="none"),
        stat("Roots", "Processes with a finding of their own; one that is stuck for two causes counts twice.",
             'sum(wedged_stuck_processes{<S>, cause!="waits_for_stuck"})', none="not watched", graph="none"),
        stat("Victims", "Threads that are healthy themselves and wait for one that is stuck.",
             'sum(wedged_stuck_threads{<S>, cause="waits_for_stuck"})', steps=WARN_FROM_ONE, none="not watched",
             graph="none"),
        stat("Unkillable", "Processes that were killed longer ago than the threshold and exist still.",
             "sum(wedged_unkillable_processes{<S>})", none="not watched", graph="none"),
        stat("Oldest finding", "For how long the oldest finding that holds now has lasted.",
             "max(time() - wedged_oldest_finding_start_timestamp_seconds{<S>} >= 0)", "s", AGE, none="none", graph="none"),
        stat("Last scan", "How old the last scan is: everything here was true then.",
             "max(time() - (wedged_last_scan_timestamp_seconds{<S>} > 0))", "s", ((None, GREEN), (15, "yellow"), (40, RED)), graph="none"),
    ]


def course():
    return [
        states("Causes over time", "What was stuck when, by cause; the number is of threads.",
               [("sum by (instance, cause) (wedged_stuck_threads{<S>}) > 0", "{{instance}} {{cause}}")], NUMBER, (12, 9)),
    ]


def findings():
    return [
        graph("Age of the oldest finding", "A slope that does not break is one hang that lasts.",
              [("max by (instance, cause) (time() - wedged_oldest_finding_start_timestamp_seconds{<S>}) >= 0",
                "{{instance}} {{cause}}")], "s", (8, 8)),
        graph("Stuck threads by unit", "By systemd unit or container; other: beyond the 20 with the most; unknown: no unit known.",
              [("sum by (instance, unit) (wedged_unit_stuck_threads{<S>}) > 0", "{{instance}} {{unit}}")], "short", (8, 8), stack=True),
        graph("Findings raised and resolved", "Raised above the line, resolved below it.",
              [("sum by (cause) (increase(wedged_findings_total{<S>}[$__rate_interval])) > 0", "{{cause}}"),
               ("-sum by (cause) (increase(wedged_findings_resolved_total{<S>}[$__rate_interval])) < 0", "{{cause}} resolved")],
              "short", (8, 8), bars=True, minimum=None),
    ]


def calls():
    in_flight = "time() - wedged_syscall_oldest_in_flight_start_timestamp_seconds{<S>}"
    return [
        bars("Longest calls in flight", "Of each system call the one that has run longest. Calls made to wait (epoll_wait, futex, ...) "
             "are long on healthy hosts: look for those that are not, such as fsync, openat, unlinkat.",
             f"topk(15, max by (syscall) ({in_flight}))", "{{syscall}}", "s", (12, 10)),
        graph("Errors of calls", "System calls that return an error, the ten most frequent. Many are normal (EAGAIN, ENOENT); a jump "
              "is not.", [("topk(10, sum by (syscall) (rate(wedged_syscall_errors_total{<S>}[$__rate_interval])))", "{{syscall}}")],
              "ops", (12, 10), legend="table"),
    ]


def kernel():
    tainted = table("Taint of the kernel", "died: an oops happened, reboot; soft_lockup: a CPU hung; warned: a warning was logged. "
                    "Modules and the like are told, too.", ["sum by (instance, flag) (wedged_kernel_tainted{<S>}) > 0"],
                    {"instance": "Host", "flag": "Flag", "Value": "Set"},
                    [column("Set", width=80, texts={"1": ("set", BLUE)})], (8, 8))
    return [
        graph("The kernel's own counts", "Since boot, where this kernel counts them; the reports since wedged's start.",
              [(f"max by (instance) ({name}{{<S>}})", "{{instance}} " + legend) for name, legend in (
                  ("wedged_kernel_oopses_total", "oopses"),
                  ("wedged_kernel_oops_reports_total", "oopses in the log"),
                  ("wedged_kernel_warnings_total", "warnings"),
                  ("wedged_kernel_hung_tasks_total", "hung tasks"),
                  ("wedged_kernel_hung_task_reports_total", "hung tasks reported"),
                  ("wedged_kernel_soft_lockups_total", "soft lockups"),
                  ("wedged_kernel_hard_lockups_total", "hard lockups"),
                  ("wedged_kernel_rcu_stalls_total", "RCU stalls"))], "short", (16, 8), legend="table"),
        tainted,
    ]


def policy():
    names = {"instance": "Host", "rule": "Rule", "action": "Action", "result": "Result", "Value": "Times"}
    return [
        stat("Enforcing", "Whether the policy's actions are carried out. no: they are decided and counted only.",
             "max(wedged_enforcing{<S>})", "none", NEUTRAL, (4, 8), {"0": ("no", BLUE), "1": ("yes", GREEN)}, graph="none"),
        stat("Suspended", "Whether enforcement has suspended itself until the configuration is loaded again.",
             "max(wedged_enforcement_suspended{<S>})", "none", BAD_FROM_ONE, (4, 8), YES_IS_BAD, graph="none"),
        table("Actions in this time", "What each rule did in the time that is shown. dry_run: enforcement was off, nothing was done. "
              "failed and timed_out: what it was for probably still hangs.",
              ["sum by (instance, rule, action, result) (increase(wedged_actions_total{<S>}[$__range])) > 0"], names,
              [column("Times", "short", 80)], (8, 8), "Times"),
        table("Refusals in this time", "Rules that matched and were not carried out, by reason; docs/policy.md explains them.",
              ["sum by (instance, reason) (increase(wedged_action_refusals_total{<S>}[$__range])) > 0"],
              {"instance": "Host", "reason": "Reason", "Value": "Times"}, [column("Times", "short", 80)], (8, 8), "Times"),
    ]


def made():
    rows = ["Now", numbers(), [now(), *course()], "Findings", findings(), "System calls", calls(), "Kernel", kernel(),
            "Policy", policy()]
    return dashboard("wedged-host", "wedged / One host", "The hangs of one host. For names and stacks: its status page, or "
                     "`wedged list` and `wedged why PID` there.", rows)
