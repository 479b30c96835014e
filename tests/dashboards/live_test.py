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

from boards import RULES, columns_of, dashboards, documented_metrics, foreign_metrics_in, metrics_in, panels, queries, rules
from hangs import LASTING, PATIENCE, Hangs
from prometheus import BINARY, PROMTOOL, Prometheus, folder_for, promtool, scraped

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from needs import need, need_kernel  # noqa: E402  pylint: disable=wrong-import-position
from own_cgroup import need_cgroups  # noqa: E402  pylint: disable=wrong-import-position

STEP, RATE_INTERVAL, RANGE = 2, 6, 60  # seconds; Grafana's rate interval is a step and a scrape, four scrapes at least
LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# What the running kernel may not have; absent from the scraped page, and only then, may the query be empty.
MAY_BE_ABSENT = {
    "wedged_kernel_oopses_total": "counted since v6.2", "wedged_kernel_warnings_total": "counted since v6.2",
    "wedged_kernel_oops_reports_total": "absent where the log cannot be read",
    "wedged_kernel_hung_tasks_total": "counted since v6.13", "wedged_kernel_soft_lockups_total": "counted since v6.16",
    "wedged_kernel_hard_lockups_total": "counted since v6.16", "wedged_kernel_rcu_stalls_total": "counted since v6.16"}
# What shows only troubles that no test should make on this machine: as it is it may be empty, without its last `> 0` it must not.
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
    need_cgroups()


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


def is_empty_when_well(asked):
    return (asked.uid, asked.title) in EMPTY_WHEN_WELL and asked.expr.endswith(" > 0")


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
        """Why the series of this expression may be missing: the page lacks a metric of each of its alternatives."""
        lacking = [[MAY_BE_ABSENT[name] for name in metrics_in(part) if name in MAY_BE_ABSENT and f"\n{name}" not in self.page]
                   for part in expr.split(" or ")]
        return lacking if all(lacking) else []

    def result_of(self, asked, instance):
        expr = substituted(asked.expr, instance)
        result = self.answer_to(asked, expr)
        if not is_empty_when_well(asked):
            return result
        self.check_labels(asked, result)  # should there be trouble
        return self.answer_to(asked, expr.removesuffix(" > 0"))

    def answer_to(self, asked, expr):
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
        print(f"\n{counted} queries returned data; {left_out} are about what this kernel does not have")
        self.assertGreater(counted, 150)

    def test_with_all_jobs_chosen_nothing_of_other_jobs_is_shown(self):
        """Neither of a target that is down nor of one that has the same metrics."""
        self.prometheus.wait_for(lambda: self.of_other_jobs("up") == {("prometheus", 1), ("gone", 0)}, "one job up, one down")
        shown = 0
        for dashboard in dashboards().values():
            for asked in queries(dashboard):
                for name in foreign_metrics_in(asked.expr) - {"up"}:
                    with self.subTest(str(asked)):
                        self.prometheus.wait_for(lambda: self.of_other_jobs(name), f"another job's {name}")  # noqa: B023
                        shown += self.shows_only_wedged(asked)
                if "up" in foreign_metrics_in(asked.expr):
                    with self.subTest(str(asked)):  # 1 for a moment, should a scrape of the daemon take too long
                        self.prometheus.wait_for(lambda: self.counted(asked) == [0], "that nobody is down")  # noqa: B023
                        shown += 1
        self.assertGreater(shown, 7)

    def of_other_jobs(self, name):
        result = self.prometheus.instant(f'{name}{{job!="wedged"}}')["result"]
        return {(series["metric"]["job"], float(series["value"][1])) for series in result}

    def shows_only_wedged(self, asked):
        """A number over all that is shown has no job: it is then the same as that of the chosen host."""
        expr = substituted(asked.expr, None)
        jobs = {series["metric"].get("job") for series in self.prometheus.range(expr, RANGE, STEP)["result"]}
        if jobs == {None}:
            self.assertEqual(*({numbers(series)[-1] for series in self.prometheus.instant(one)["result"]}
                               for one in (expr, substituted(asked.expr, self.target))))
        else:
            self.assertEqual(jobs, {"wedged"})
        return 1

    def counted(self, asked):
        return [number for series in self.prometheus.instant(substituted(asked.expr, None))["result"] for number in numbers(series)]

    def test_what_is_empty_when_all_is_well_is_still_there(self):
        there = {(asked.uid, asked.title) for dashboard in dashboards().values() for asked in queries(dashboard)
                 if is_empty_when_well(asked)}
        self.assertEqual(there, set(EMPTY_WHEN_WELL))

    def test_labels_of_columns_exist_in_some_query_of_the_table(self):
        for dashboard in dashboards().values():
            for panel in panels(dashboard):
                if panel["type"] == "table" and (dashboard["uid"], panel["title"]) not in EMPTY_WHEN_WELL:
                    with self.subTest(panel["title"]):
                        self.prometheus.wait_for(lambda: set(columns_of(panel)) <= self.labels_of(panel), panel["title"])  # noqa: B023

    def labels_of(self, panel):
        results = [self.prometheus.instant(substituted(target["expr"], self.target))["result"] for target in panel["targets"]]
        return {label for result in results for series in result for label in series["metric"]}

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
        for name, (label, value) in FIRE.items():
            with self.subTest(name):
                alert = self.alert_of(name, label, value)
                said = alert["annotations"]
                self.assertEqual(alert["labels"]["instance"], self.target)
                self.assertIn(self.target, said["description"])
                self.assertIn("wedged why", said["description"])
                self.assertRegex(said["units"], r"^\S+: \d+; ")
                self.assertNotRegex(" ".join(said.values()), r"error|<no value>|\{\{")

    def alert_of(self, name, label, value):
        """The only one. It is gone for a moment where a scrape took too long."""
        found = []

        def fires_once():
            found[:] = [one for one in self.prometheus.firing() if one["labels"]["alertname"] == name and one["labels"][label] == value]
            return len(found) == 1
        self.prometheus.wait_for(fires_once, f"that {name} fires once")
        return found[0]

    def test_other_alerts_are_silent(self):
        """What is stuck stays so: an alert that follows from it stays, too. One of a scrape that took too long does not."""
        self.prometheus.wait_for(lambda: not self.names_of_firing() & SILENT, "that other alerts are silent")

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
