# SPDX-License-Identifier: Apache-2.0
"""Every query of every panel against a real Prometheus that scrapes a real daemon during real hangs; and the alerts.

Needs root and a kernel with BTF, and Prometheus: else it is skipped, or fails with WEDGED_REQUIRE_KERNEL=1.
"""

import contextlib
import math
import pathlib
import re
import socket
import sys
import time
import unittest

from boards import RULES, columns_of, dashboards, documented_metrics, metrics_in, panels, queries, rules
from hangs import LASTING, PATIENCE, Hangs, unified_hierarchy
from prometheus import BINARY, PROMTOOL, Prometheus, folder_for, promtool, scraped

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from needs import need, need_kernel  # noqa: E402  pylint: disable=wrong-import-position

STEP, RATE_INTERVAL, RANGE = 2, 6, 60  # seconds; Grafana's rate interval is a step and a scrape, four scrapes at least
LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")
OWN = {name: "a daemon without metrics of its own process" for name in
       ("process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_max_fds")}
# What the running kernel may not have; absent from the scraped page, and only then, may the query be empty.
MAY_BE_ABSENT = OWN | {
    "wedged_kernel_oopses_total": "counted since v6.2", "wedged_kernel_warnings_total": "counted since v6.2",
    "wedged_kernel_oops_reports_total": "absent where the log cannot be read",
    "wedged_kernel_hung_tasks_total": "counted since v6.13", "wedged_kernel_soft_lockups_total": "counted since v6.16",
    "wedged_kernel_hard_lockups_total": "counted since v6.16", "wedged_kernel_rcu_stalls_total": "counted since v6.16"}
# What shows only troubles that no test should make on this machine: asked without its last `> 0`, which must bring something.
EMPTY_WHEN_WELL = {("wedged-monitor", "Scans late or failed"): "nothing holds up the monitor",
                   ("wedged-monitor", "Observations lost"): "nothing is lost",
                   ("wedged-host", "Taint of the kernel"): "the kernel is well"}
# Alerts of the hangs that are provoked, and of each a label.
FIRE = {"WedgedDeadlock": ("cause", "self_deadlock"), "WedgedLockHolderGone": ("cause", "dead_owner"),
        "WedgedEventLoopSpin": ("cause", "event_loop_spin"), "WedgedUnkillableProcess": ("severity", "critical"),
        "WedgedUninterruptibleWait": ("cause", "uninterruptible_wait")}
# Of what was provoked nothing else follows. (Neither ScansLate, which the load of this host may bring, nor ManyVictims.)
SILENT = {"WedgedMonitorDown", "WedgedMonitorAbsent", "WedgedScanStale", "WedgedConfigReloadFailed", "WedgedEnforcementSuspended",
          "WedgedActed", "WedgedActionsFailing", "WedgedThreadDiedInKernel", "WedgedThreadCrashed", "WedgedKernelLoop",
          "WedgedUninterruptibleWaitLong", "WedgedLostLeader", "WedgedProcessStopped"}


def setUpModule():
    need_kernel()
    need("Prometheus and promtool", BINARY and PROMTOOL)
    need("a unified hierarchy of cgroups to make one in", unified_hierarchy())


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def substituted(expr, instance):
    """As Grafana does it, for one chosen host or for all."""
    every = instance is None
    values = {"job": ".+" if every else "wedged", "instance": ".+" if every else re.escape(instance), "cluster": ".*" if every else "test",
              "syscall": ".+", "__rate_interval": f"{RATE_INTERVAL}s", "__interval": f"{STEP}s", "__range": f"{RANGE}s"}
    done = re.sub(r"\$\{?(\w+)\}?", lambda found: values[found.group(1)].replace("\\", "\\\\"), expr)
    return done


def numbers(series):
    pairs = series["values"] if "values" in series else [series["value"]]
    return [float(value) for _, value in pairs]


def is_in_place(result):
    return any(math.isfinite(number) for series in result for number in numbers(series))


class Dashboards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cleanups = contextlib.ExitStack()
        try:
            cls.folder = pathlib.Path(cls.cleanups.enter_context(folder_for("live-")))
            port = free_port()
            cls.target = f"127.0.0.1:{port}"
            cls.hangs = Hangs(cls.folder, port, cls.cleanups)
            cls.prometheus = Prometheus(cls.folder, free_port(), cls.target, RULES)
            cls.cleanups.callback(cls.prometheus.stop)
            cls.prometheus.wait_until_it_scrapes()
            cls.hangs.provoke()
            cls.hangs.reload()
            cls.prometheus.wait_for(lambda: set(FIRE) <= cls.names_of_firing(), "that all alerts of the provoked hangs fire")
            cls.page = scraped(cls.target)
        except BaseException:
            cls.cleanups.close()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.cleanups.close()

    @classmethod
    def names_of_firing(cls):
        return {alert["labels"]["alertname"] for alert in cls.prometheus.firing()}

    def absent(self, expr):
        """Why the series of this expression may be missing: the page has no such metric."""
        return [MAY_BE_ABSENT[name] for name in metrics_in(expr) if name in MAY_BE_ABSENT and f"\n{name}" not in self.page]

    def result_of(self, asked, instance):
        expr = substituted(asked.expr, instance)
        if (asked.uid, asked.title) in EMPTY_WHEN_WELL:
            expr = expr.removesuffix(" > 0")
        data = self.prometheus.instant(expr) if asked.instant else self.prometheus.range(expr, RANGE, STEP)
        self.assertIn(data["resultType"], {True: ("vector", "scalar"), False: ("matrix",)}[asked.instant], expr)
        return data["result"]

    def awaited(self, asked, instance, until):
        """What came last may not be scraped or recorded yet."""
        while not is_in_place(result := self.result_of(asked, instance)) and time.monotonic() < until:
            time.sleep(0.5)
        return result

    def check_labels(self, asked, result):
        wanted = set(LABEL.findall(asked.legend)) | set(asked.columns)
        for series in result:
            self.assertLessEqual(wanted, set(series["metric"]), f"{asked}: {series['metric']}")
        if asked.format == "heatmap":
            self.assertGreater(len({series["metric"]["le"] for series in result}), 5)

    def test_each_query_of_each_panel_returns_data_of_its_shape(self):
        counted = left_out = 0
        until = time.monotonic() + PATIENCE
        for dashboard in dashboards().values():
            for asked in queries(dashboard):
                for instance in (self.target, None):
                    with self.subTest(str(asked), instance=instance):
                        if self.absent(asked.expr):
                            left_out += 1
                            self.result_of(asked, instance)  # it is a valid query all the same
                            continue
                        result = self.awaited(asked, instance, until)
                        self.assertTrue(is_in_place(result), f"{asked}: {result}")
                        self.check_labels(asked, result)
                        counted += 1
        print(f"\n{counted} queries returned data; {left_out} are about what this kernel or daemon does not have")
        self.assertGreater(counted, 150)

    def test_labels_of_columns_exist_in_some_query_of_the_table(self):
        for dashboard in dashboards().values():
            for panel in panels(dashboard):
                if panel["type"] == "table":
                    seen = set()
                    for target in panel["targets"]:
                        for series in self.prometheus.instant(substituted(target["expr"], self.target))["result"]:
                            seen |= set(series["metric"])
                    with self.subTest(panel["title"]):
                        if (dashboard["uid"], panel["title"]) not in EMPTY_WHEN_WELL:
                            self.assertLessEqual(set(columns_of(panel)), seen)

    def test_each_variable_has_values(self):
        for dashboard in dashboards().values():
            for variable in dashboard["templating"]["list"]:
                if variable["type"] != "query":
                    continue
                selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]).groups()
                values = self.prometheus.ask(f"label/{label}/values", **{"match[]": substituted(selector, self.target)})
                with self.subTest(dashboard["uid"], variable=variable["name"]):
                    self.assertTrue(values)

    def test_annotations_mark_the_reload_and_the_alerts(self):
        for dashboard in dashboards().values():
            for annotation in dashboard["annotations"]["list"]:
                expr = substituted(annotation["target"]["expr"], self.target)
                with self.subTest(dashboard["uid"], annotation=annotation["name"]):
                    self.prometheus.wait_for(lambda: is_in_place(self.prometheus.range(expr, RANGE, STEP)["result"]), expr)

    def test_each_recording_rule_has_recorded(self):
        for rule in rules():
            if not rule.is_alert:
                with self.subTest(rule.name):
                    self.prometheus.wait_for(lambda: is_in_place(self.prometheus.range(rule.name, RANGE, STEP)["result"]), rule.name)

    def test_rules_are_evaluated_without_errors(self):
        for group in self.prometheus.ask("rules")["groups"]:
            for rule in group["rules"]:
                with self.subTest(rule["name"]):
                    self.assertEqual((rule["health"], rule.get("lastError", "")), ("ok", ""))

    def test_alerts_of_the_provoked_hangs_fire_and_say_what_is_to_be_known(self):
        firing = self.prometheus.firing()
        for name, (label, value) in FIRE.items():
            with self.subTest(name):
                [alert] = [one for one in firing if one["labels"]["alertname"] == name and one["labels"][label] == value]
                said = alert["annotations"]
                self.assertEqual(alert["labels"]["instance"], self.target)
                self.assertIn(self.target, said["description"])
                self.assertIn("wedged why", said["description"])
                self.assertRegex(said["units"], r"^\S+: \d+; ")
                self.assertNotRegex(" ".join(said.values()), r"error|<no value>|\{\{")

    def test_other_alerts_are_silent(self):
        self.assertEqual(self.names_of_firing() & SILENT, set())

    def test_what_is_scraped_is_clean_and_documented(self):
        done = promtool("check", "metrics", text=self.page)
        self.assertEqual((done.returncode, done.stdout, done.stderr.strip()), (0, "", ""), "promtool check metrics")
        described = set(re.findall(r"^# TYPE (\w+)", self.page, re.MULTILINE))
        self.assertEqual({name for name in described if name.startswith("wedged_")} - set(documented_metrics()), set())

    def test_zz_the_alerts_resolve_when_the_hangs_end(self):
        """Last, by its name: afterwards nothing is stuck any more."""
        self.hangs.end()
        self.prometheus.wait_for(lambda: not set(FIRE) & self.names_of_firing(), "that the alerts of the provoked hangs resolve")

    def test_every_lasting_hang_has_been_provoked(self):
        self.assertEqual({began.cause for _, began in self.hangs.runs}, set(LASTING))


if __name__ == "__main__":
    unittest.main()
