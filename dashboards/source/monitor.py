# SPDX-License-Identifier: Apache-2.0
"""The monitor itself: does it look, in time, with all its parts, and at which cost."""

from source.dashboard import dashboard
from source.foreign import DOWN, OF_HOSTS, of_daemons, of_scrapes
from source.panels import (BAD_FROM_ONE, GREEN, NEUTRAL, RED, WARN_FROM_ONE, YELLOW, bars, column, graph, stat, states, table,
                           value_map)

LAST_SCAN = "time() - (wedged_last_scan_timestamp_seconds{<S>} > 0)"


def numbers():
    return [
        stat("Down", "Targets of the job that cannot be scraped.", f"count({DOWN}) or vector(0)", size=(4, 4)),
        stat("Oldest last scan", "Of the host that looked longest ago.", f"max({LAST_SCAN})", "s",
             ((None, GREEN), (15, YELLOW), (40, RED)), graph="none"),
        stat("Programs not attached", "BPF programs, over all hosts: some hangs are not found without them. The log of the start says why.",
             "count(wedged_bpf_program_attached{<S>} == 0) or vector(0)", steps=WARN_FROM_ONE, graph="none"),
        stat("Reload failed", "Hosts on which a changed configuration was refused and the one before it is in effect.",
             "count(wedged_config_last_reload_successful{<S>} == 0) or vector(0)", steps=WARN_FROM_ONE, graph="none"),
        stat("Observations lost", "In the time that is shown, over all hosts and reasons.",
             "sum(increase(wedged_observation_losses_total{<S>}[$__range]))", steps=WARN_FROM_ONE, graph="none"),
        stat("CPU of scans", "Of one CPU: the mean over the hosts of what a scan takes, with all that follows from it, per interval.",
             "avg(wedged_last_scan_cpu_seconds{<S>} / (wedged_scan_interval_seconds{<S>} > 0))", "percentunit",
             ((None, GREEN), (0.02, YELLOW), (0.1, RED)), none="not watched", graph="none"),
    ]


def scans():
    return [
        graph("Age of the last scan", "Rises until the next scan; a slope that goes on is a monitor that does not look.",
              [(LAST_SCAN, "{{instance}}")], "s", (8, 8)),
        graph("Duration of scans", "Against the configured interval, which it should be far below.",
              [("wedged_last_scan_duration_seconds{<S>}", "{{instance}}"),
               ("min(wedged_scan_interval_seconds{<S>})", "interval")], "s", (8, 8), log=True),
        graph("Scans late or failed", "Late: the monitor did not run or the host stood still; that time counts in no finding. A failed "
              "scan raises and resolves nothing.",
              [("sum by (instance) (increase(wedged_scans_late_total{<S>}[$__rate_interval])) > 0", "{{instance}} late"),
               ("sum by (instance) (increase(wedged_scan_failures_total{<S>}[$__rate_interval])) > 0", "{{instance}} failed")],
              "short", (8, 8), bars=True),
    ]


def more_scans():
    return [
        graph("Scans", "Scans a second.", [("rate(wedged_scans_total{<S>}[$__rate_interval])", "{{instance}}")], "ops", (8, 7)),
        graph("Threads looked at", "In each scan; findings that are too many to be told, which are in no other panel; and 1 where the cgroup or "
              "the processes that the monitor was started for are not there, so that it looks at nobody.",
              [("wedged_threads_scanned{<S>}", "{{instance}}"), ("wedged_findings_untold{<S>}", "{{instance}} findings not told"),
               ("wedged_scope_missing{<S>}", "{{instance}} scope missing")],
              "short", (8, 7)),
        graph("Discounted time", "Seconds a second that count in no finding, because the monitor itself did not run.",
              [("rate(wedged_discounted_seconds_total{<S>}[$__rate_interval])", "{{instance}}")], "percentunit", (8, 7)),
    ]


def kernel_side():
    return [
        states("Programs", "BPF programs that are attached or not, host by host.",
               [("min by (instance, program) (wedged_bpf_program_attached{<S>})", "{{instance}} {{program}}")],
               value_map({"0": ("not attached", RED), "1": ("attached", GREEN)}), (12, 11)),
        graph("Observations lost", "By reason: storage_create, storage_missing, ring_full, stack and memory are the kernel side's, "
              "event_output is a reader of the events that does not read, processes_not_watched are too many that wait for locks.",
              [("sum by (instance, reason) (increase(wedged_observation_losses_total{<S>}[$__rate_interval])) > 0",
                "{{instance}} {{reason}}")], "short", (12, 11), bars=True),
    ]


def inspector():
    return [
        graph("Inspector", "Processes whose memory and files were to be read, and what went wrong with that.",
              [("sum by (instance) (rate(wedged_inspector_requests_total{<S>}[$__rate_interval]))", "{{instance}} requests"),
               ("sum by (instance) (rate(wedged_inspector_deadlines_missed_total{<S>}[$__rate_interval]))",
                "{{instance}} deadlines missed"),
               ("sum by (instance) (rate(wedged_inspector_crashes_total{<S>}[$__rate_interval]))", "{{instance}} crashes")],
              "ops", (8, 8)),
        bars("Inspectors held in the kernel", "They were killed and exist still; with three of them nobody is inspected any more.",
             "max by (instance) (wedged_inspector_unkillable{<S>})", "{{instance}}", "short", (8, 8), BAD_FROM_ONE),
        graph("Jobs running, ledger errors", "Hooks, dumps and restarts that go on; and failed attempts to write the ledger, while which "
              "nothing is touched.",
              [("sum by (instance) (wedged_jobs_running{<S>})", "{{instance}} jobs"),
               ("sum by (instance) (increase(wedged_ledger_write_errors_total{<S>}[$__rate_interval]))", "{{instance}} ledger errors")],
              "short", (8, 8)),
    ]


def cost():
    return [
        graph("CPU", "Of the whole daemon, with its inspector's requests not counted; of one CPU.",
              [(f"rate(process_cpu_seconds_total{{<S>}}[$__rate_interval]) {OF_HOSTS}", "{{instance}}"),
               ("wedged_last_scan_cpu_seconds{<S>} / (wedged_scan_interval_seconds{<S>} > 0)", "{{instance}} scans")], "percentunit", (8, 8)),
        graph("Memory", "Resident memory of the daemon.", [(of_daemons("process_resident_memory_bytes"), "{{instance}}")], "bytes",
              (8, 8)),
        graph("Open descriptors", "Against the most that it may have.",
              [(of_daemons("process_open_fds"), "{{instance}}"), (f"min({of_daemons('process_max_fds')})", "limit")], "short", (8, 8),
              log=True),
    ]


def scraping():
    return [
        graph("Scrapes", "How long Prometheus waits for the metrics.", [(of_scrapes("scrape_duration_seconds"), "{{instance}}")], "s",
              (8, 8)),
        graph("Series", "What one scrape brings; docs/metrics.md says what bounds it.",
              [(of_scrapes("scrape_samples_scraped"), "{{instance}}")], "short", (8, 8)),
        table("Versions and configuration", "Which version runs where, and when the configuration in effect was loaded.",
              ["max by (instance, version) (wedged_build_info{<S>})",
               "max by (instance) (wedged_config_last_reload_success_timestamp_seconds{<S>}) * 1000",
               "sum by (instance) (wedged_config_reloads_total{<S>, result=\"success\"})",
               "sum by (instance) (wedged_config_reloads_total{<S>, result=\"failure\"})"],
              {"instance": "Host", "version": "Version", "Value #B": "Loaded", "Value #C": "Reloads", "Value #D": "Refused",
               "Value #A": "Watched"},
              [column("Loaded", "dateTimeFromNow"), column("Reloads", width=80), column("Watched", width=80),
               column("Refused", steps=WARN_FROM_ONE, width=80)],
              (8, 8)),
    ]


def made():
    rows = ["Does it look?", numbers(), scans(), more_scans(), "With all its parts?", kernel_side(), inspector(), "At which cost?", cost(),
            scraping()]
    return dashboard("wedged-monitor", "wedged / The monitor itself", "Whether wedged looks, in time, with all its parts, and what it "
                     "costs.", rows)
