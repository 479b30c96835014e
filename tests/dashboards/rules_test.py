# SPDX-License-Identifier: Apache-2.0
"""Alert and recording rules: promtool finds them valid, and its own tests of them pass and cover each alert both ways.

Needs promtool (Debian: prometheus); without it it is skipped, or fails with WEDGED_REQUIRE_KERNEL=1.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from boards import DASHBOARDS, RULES, dashboards, foreign_metrics_in, queries, rules
from prometheus import PROMTOOL, promtool

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from needs import need  # noqa: E402  pylint: disable=wrong-import-position

TESTS = sorted((DASHBOARDS / "rules" / "tests").glob("*.yml"))
CHECKED = re.compile(r"""expr: 'ALERTS\{alertname="(\w+)",alertstate="firing"\}'\n\s+exp_samples:( \[\])?""")

RECORDED = re.compile(r"expr: ([\w:]+)(?:\{[^{}]*\})?\n\s+exp_samples:(?! \[\])")
AGGREGATES = ("sum", "count", "max", "min", "avg")
AGGREGATE = re.compile(rf"(?<![\w:])(?:{'|'.join(AGGREGATES)})(?= (?:by|without) \()")
ONES = "wedged_build_info"  # always 1: to count them and to sum them up is the same

# What four samples a minute rise by, on each host: the kernel's own count and the reports, or None of it; and the sum in a minute.
KERNELS = (([(1, None), (None, 2), (4, 4), (0, 8)], 60), ([(0, 0), (0, None), (None, 0)], 0), ([(None, None)], None))
# With all jobs chosen: two daemons, one of which is gone since the third minute, and two of another job that have the same metrics.
# By title and legend of a panel what it shows then, of the job or over all.
OF_ALL_JOBS = {
    ("Down", ""): ("{}", 1), ("Not watched", ""): ("{}", 1), ("CPU", "{{instance}}"): ("job", 1), ("Memory", "{{instance}}"): ("job", 1),
    ("Open descriptors", "{{instance}}"): ("job", 1), ("Open descriptors", "limit"): ("{}", 500),
    ("Scrapes", "{{instance}}"): ("job", 2), ("Series", "{{instance}}"): ("job", 2)}


def setUpModule():
    need("promtool", PROMTOOL)


def aggregated_by(rule, other):
    """The text of a recorded series with another aggregate in the place of its first, if it has one and that makes a difference."""
    if rule.is_alert or (ONES in rule.text and other == "sum"):
        return rule.text
    return AGGREGATE.sub(other, rule.text, count=1)


class Rules(unittest.TestCase):
    def assert_passes(self, done):
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_promtool_finds_all_rules_valid(self):
        self.assertEqual([file.name for file in RULES], ["alerts.yml", "fleet.yml", "recording.yml"])
        done = promtool("check", "rules", *RULES)
        self.assert_passes(done)
        self.assertEqual(sum(map(int, re.findall(r"(\d+) rules found", done.stdout))), len(list(rules())), "boards.py reads other rules")

    def test_promtools_tests_pass(self):
        self.assertGreater(len(TESTS), 4)
        self.assert_passes(promtool("test", "rules", *TESTS))

    def test_each_alert_is_tested_to_fire_and_not_to_fire(self):
        firing, silent = set(), set()
        for file in TESTS:
            for name, empty in CHECKED.findall(file.read_text(encoding="utf-8")):
                (silent if empty else firing).add(name)
        alerts = {rule.name for rule in rules() if rule.is_alert}
        self.assertEqual((alerts - firing, alerts - silent), (set(), set()))

    def test_each_recorded_series_is_tested(self):
        tested = {name for file in TESTS for name in RECORDED.findall(file.read_text(encoding="utf-8"))}
        self.assertEqual({rule.name for rule in rules() if not rule.is_alert} - tested, set())

    def test_another_aggregate_than_the_recorded_one_fails(self):
        """The tests' hosts differ by enough to tell a sum from a maximum. What a rule has second is the nought where nothing is."""
        told = 0
        for name in ("recording.yml", "fleet.yml"):  # apart: the one is made of the other
            for other in AGGREGATES:
                text = (DASHBOARDS / "rules" / name).read_text(encoding="utf-8")
                wrong = {rule for rule in rules() if rule.text in text and aggregated_by(rule, other) != rule.text}
                for rule in wrong:
                    text = text.replace(rule.text, aggregated_by(rule, other))
                failed = self.failed_with(name, text)
                with self.subTest(name, aggregate=other):
                    self.assertEqual({rule.name for rule in wrong} - failed, set())
                told += len(wrong)
        self.assertGreater(told, 90)

    def failed_with(self, name, text):
        """The expressions that fail in promtool's tests of what is recorded if a file of the rules has this text."""
        with tempfile.TemporaryDirectory() as folder:
            copies = shutil.copytree(DASHBOARDS / "rules", pathlib.Path(folder) / "rules")
            (copies / name).write_text(text, encoding="utf-8")
            done = promtool("test", "rules", copies / "tests" / "recording.yml")
            return set(re.findall(r'^ +expr: "([\w:]+)["{]', done.stdout + done.stderr, re.MULTILINE))

    def test_a_wrong_expectation_fails(self):
        text = (DASHBOARDS / "rules" / "tests" / "texts.yml").read_text(encoding="utf-8").replace("../", f"{DASHBOARDS / 'rules'}/")
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "texts.yml"
            for spoilt in (text.replace("cause: lock_cycle", "cause: dead_owner"), text.replace("pgbouncer.service: 3", "nginx.service: 9")):
                self.assertNotEqual(spoilt, text)
                file.write_text(spoilt, encoding="utf-8")
                self.assertNotEqual(promtool("test", "rules", file).returncode, 0)

    def test_the_readme_tells_how_to_rename_the_job(self):
        """Its own command, on copies of the files that it names."""
        page = (DASHBOARDS / "README.md").read_text(encoding="utf-8")
        command = re.search(r"^    (sed -i .*/job=.*)$", page, re.MULTILINE).group(1)
        with tempfile.TemporaryDirectory() as folder:
            copies = [pathlib.Path(shutil.copy(file, folder)) for file in RULES]
            self.assertIn(" /etc/prometheus/rules/", command)
            subprocess.run(["bash", "-c", command.replace("/etc/prometheus/rules", folder)], check=True, timeout=60)
            for before, copy in zip(RULES, copies):
                text = before.read_text(encoding="utf-8")
                self.assertEqual(copy.read_text(encoding="utf-8"), text.replace('job="wedged"', 'job="my-job"'), copy.name)
            self.assertIn('job="my-job"', "".join(copy.read_text(encoding="utf-8") for copy in copies))
            self.assert_passes(promtool("check", "rules", *copies))

    def test_the_example_configuration_is_valid(self):
        self.assert_passes(promtool("check", "config", DASHBOARDS / "prometheus.yml"))

    def test_every_expression_of_every_panel_is_valid(self):
        """As rules of a file of its own: that way promtool parses them."""
        lines = ["groups:", "  - name: panels", "    rules:"]
        for dashboard in dashboards().values():
            for asked in queries(dashboard):
                expr = re.sub(r"\$\{?__\w+\}?", "1m", asked.expr).replace("'", "''")
                lines += [f"      - record: panel:{len(lines)}", f"        expr: '{expr}'"]
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "panels.yml"
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")
            self.assert_passes(promtool("check", "rules", file))

    def test_with_all_jobs_chosen_nothing_of_other_jobs_is_shown(self):
        of_all = {"up": "{}x40", "scrape_duration_seconds": "1x40", "scrape_samples_scraped": "9x40"}
        of_process = {"process_cpu_seconds_total": "0+1x{}", "process_resident_memory_bytes": "1x{}", "process_open_fds": "5x{}"}
        series = {}
        for job, instance, lasts in (("wedged", "well", 40), ("wedged", "gone", 11), ("node", "well", 40), ("node", "gone", 11)):
            own = {**of_process, "process_max_fds": "500x{}" if job == "wedged" else "9x{}"}
            if job == "wedged":
                own |= {"wedged_build_info": "1x{}", "wedged_last_scan_timestamp_seconds": "0+15x{}", "wedged_scan_interval_seconds": "1x{}"}
            labels = f'{{job="{job}",instance="{instance}"}}'
            series |= {name + labels: values.format(lasts) + (" stale" if lasts < 40 else "") for name, values in own.items()}
            series |= {name + labels: values.format(1 if lasts == 40 else 0) for name, values in of_all.items()}
        checks = []
        for asked in (asked for dashboard in dashboards().values() for asked in queries(dashboard) if foreign_metrics_in(asked.expr)):
            with self.subTest(str(asked)):
                of, wanted = OF_ALL_JOBS[asked.title, asked.legend.replace("__auto", "")]
                expr = self.chosen(asked.expr, ".+")
                labels = '{job="wedged"}' if of == "job" else of
                checks.append({"expr": f"count by (job) ({expr})" if of == "job" else expr, "eval_time": "9m",
                               "exp_samples": [{"labels": labels, "value": wanted}]})
        self.assertEqual(len(checks), len(OF_ALL_JOBS))
        self.assert_shown("15s", series, checks)

    def test_a_host_that_is_down_is_told_after_days_and_when_little_time_is_shown(self):
        """The only one that is chosen, of a daemon that has been gone for a while."""
        for title, asked in ((asked.title, asked) for dashboard in dashboards().values() for asked in queries(dashboard)):
            if title in ("Down", "Not watched") and asked.uid != "wedged-fleet":
                for at, shown in (("2d", "7d"), ("20h", "5m")):
                    with self.subTest(title, shown=shown):
                        labels = '{job="wedged",instance="gone"}'
                        self.assert_shown("5m", {"up" + labels: "1x10 0x800", "wedged_build_info" + labels: "1x10 stale"},
                                          [{"expr": self.chosen(asked.expr, "gone", shown), "eval_time": at,
                                            "exp_samples": [{"labels": "{}", "value": 1}]}])

    def chosen(self, expr, instance, shown="5m"):
        """With all jobs."""
        return expr.replace("$__rate_interval", "1m").replace("$__range", shown).replace("$job", ".+").replace("$instance", instance)

    def assert_shown(self, interval, series, checks):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "panels.yml"
            file.write_text(json.dumps({"evaluation_interval": interval, "tests": [{
                "interval": interval, "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": checks}]}), encoding="utf-8")
            self.assert_passes(promtool("test", "rules", file))

    def test_troubles_of_a_kernel_are_shown_by_its_count_or_else_by_its_reports(self):
        panel = {asked.legend: asked.expr for asked in queries(dashboards()["wedged-hosts"]) if asked.title == "The kernel in trouble"}
        for legend, count, reports in (("oopses", "oopses", "oops_reports"), ("hung tasks", "hung_tasks", "hung_task_reports")):
            expr = self.chosen(panel[legend], ".+")
            for made, wanted in KERNELS:
                series = [(f"wedged_kernel_{name}_total", host, rise) for host, rises in enumerate(made)
                          for name, rise in zip((count, reports), rises) if rise is not None]
                with self.subTest(legend, made=made):
                    self.assert_shown("15s", {f'{name}{{job="wedged",instance="{host}"}}': f"0+{rise}x40" for name, host, rise in series},
                                      [{"expr": expr, "eval_time": "5m",
                                        "exp_samples": [] if wanted is None else [{"labels": "{}", "value": wanted}]}])


if __name__ == "__main__":
    unittest.main()
