# SPDX-License-Identifier: Apache-2.0
"""All hosts at a glance: is anything stuck, where, by what, since when, and what is being done about it."""

from source.dashboard import TO_HOST, dashboard
from source.foreign import DOWN
from source.panels import (BAD_FROM_ONE, GREEN, NEUTRAL, RED, YELLOW, bars, column, graph, stat, states, table)

# Neither unkillable, which ends when a server answers, nor fork_inherited_lock, which may be merely possible.
NEVER_ENDS = "self_deadlock|lock_cycle|dead_owner|died_in_kernel|crashed_thread"
AGE = ((None, GREEN), (1, YELLOW), (60, RED))
STUCK = [{"options": {"0": {"color": GREEN, "index": 0, "text": "well"}}, "type": "value"},
         {"options": {"from": 1, "result": {"color": RED, "index": 1}, "to": None}, "type": "range"}]


def numbers():
    return [
        stat("Stuck threads", "Threads that are stuck now, those that wait for them included, each counted once.",
             "sum(wedged_unit_stuck_threads{<S>})"),
        stat("Cannot recover", "Processes stuck by what never ends by itself, one with two such causes twice: "
             f"{NEVER_ENDS.replace('|', ', ')}.",
             f'sum(wedged_stuck_processes{{<S>, cause=~"{NEVER_ENDS}"}})'),
        stat("Hosts with stuck threads", "Hosts on which at least one thread is stuck now.",
             "count(sum by (job, instance) (wedged_unit_stuck_threads{<S>}) > 0) or vector(0)"),
        stat("Oldest finding", "For how long the oldest finding that holds now has lasted.",
             "max(time() - wedged_oldest_finding_start_timestamp_seconds{<S>} >= 0)", "s", AGE, none="none", graph="none"),
        stat("Not watched", "Hosts whose wedged cannot be scraped, or whose last scan is older than 30 s and ten intervals.",
             f"count({DOWN} or (time() - wedged_last_scan_timestamp_seconds{{<S>}} > 30 + 10 * wedged_scan_interval_seconds{{<S>}}))"
             " or vector(0)", size=(4, 4)),
        stat("Hosts", "Hosts that are watched.", "count(wedged_build_info{<S>})", steps=NEUTRAL, graph="none"),
    ]


def now():
    names = {"instance": "Host", "cause": "Cause", "Value #A": "Threads", "Value #B": "Processes", "Value #C": "Since"}
    columns = [column("Host", links=[TO_HOST]), column("Threads", steps=BAD_FROM_ONE, width=90), column("Processes", width=90),
               column("Since", "s", width=110)]
    queries = ["sum by (instance, cause) (wedged_stuck_threads{<S>}) > 0",
               "sum by (instance, cause) (wedged_stuck_processes{<S>}) > 0",
               "max by (instance, cause) (time() - wedged_oldest_finding_start_timestamp_seconds{<S>}) >= 0"]
    return table("Stuck now", "What is stuck now, by host and cause. waits_for_stuck: those that wait for one of the others. Run "
                 "`wedged list` on the host for names, `wedged why PID` for stacks and the chain.", queries, names, columns,
                 (12, 9), "Since")


def course():
    return [
        states("Hosts over time", "On which hosts something was stuck when; the number is of threads.",
               [("sum by (instance) (wedged_unit_stuck_threads{<S>})", "{{instance}}")], STUCK, (12, 9)),
    ]


def history():
    return [
        graph("Stuck threads by cause", "Threads that are stuck, over all hosts. A thread with several causes counts in each.",
              [("sum by (cause) (wedged_stuck_threads{<S>}) > 0", "{{cause}}")], "short", stack=True),
        graph("Findings raised", "How many hangs began, by cause and certainty: short ones that nobody saw are in here, too.",
              [("sum by (cause, certainty) (increase(wedged_findings_total{<S>}[$__rate_interval])) > 0",
                "{{cause}}, {{certainty}}")], "short", bars=True),
    ]


def counted_or_told(counted, told):
    """Of each host the kernel's own count where there is something to it, else the reports, as the alerts have it: not every kernel
    counts, and not every log can be read. Nought where one of them says so."""
    count, reports = (f"increase({name}{{<S>}}[$__rate_interval])" for name in (counted, told))
    return f"{count} > 0 or {reports} or {count}"


def units_and_kernel():
    return [
        bars("Units with stuck threads", "The systemd units and containers with the most stuck threads now, over all hosts.",
             "topk(10, sum by (unit) (wedged_unit_stuck_threads{<S>}) > 0)", "{{unit}}", size=(8, 8), steps=((None, RED),)),
        graph("Processes that were killed and exist still", "SIGKILL has been pending for longer than the threshold.",
              [("wedged_unkillable_processes{<S>}", "{{instance}}")], "short", (8, 8)),
        graph("The kernel in trouble", "Oopses, lockups, stalls and hung tasks as the kernel counts or logs them; older kernels do "
              "not count all of them.",
              [(f"sum({counted_or_told('wedged_kernel_oopses_total', 'wedged_kernel_oops_reports_total')})", "oopses"),
               (f"sum({counted_or_told('wedged_kernel_hung_tasks_total', 'wedged_kernel_hung_task_reports_total')})", "hung tasks"),
               *((f"sum(increase({name}{{<S>}}[$__rate_interval]))", legend) for name, legend in (
                   ("wedged_kernel_warnings_total", "warnings"),
                   ("wedged_kernel_soft_lockups_total", "soft lockups"),
                   ("wedged_kernel_hard_lockups_total", "hard lockups"),
                   ("wedged_kernel_rcu_stalls_total", "RCU stalls")))], "short", (8, 8), bars=True),
    ]


def policy():
    return [
        stat("Enforcing", "Hosts on which the policy's actions are carried out.", "sum(wedged_enforcing{<S>})", steps=NEUTRAL,
             size=(4, 8), graph="none"),
        stat("Suspended", "Hosts whose enforcement has suspended itself: nothing is acted on there until the configuration is loaded "
             "again.", "sum(wedged_enforcement_suspended{<S>})", size=(4, 8), graph="none"),
        graph("Actions", "What the rules did, and what came of it. dry_run: enforcement is off, nothing was done.",
              [("sum by (rule, action, result) (increase(wedged_actions_total{<S>}[$__rate_interval])) > 0",
                "{{rule}}: {{action}}, {{result}}")], "short", (8, 8), bars=True),
        graph("Refusals", "Rules that matched and were not carried out, by reason.",
              [("sum by (reason) (increase(wedged_action_refusals_total{<S>}[$__rate_interval])) > 0", "{{reason}}")], "short",
              (8, 8), bars=True),
    ]


def made():
    rows = ["Now", numbers(), [now(), *course()], "What happened", history(), units_and_kernel(), "Policy", policy()]
    return dashboard("wedged-hosts", "wedged / Hosts", "What hangs on these hosts, by what, since when.", rows)
