# SPDX-License-Identifier: Apache-2.0
"""Dashboards, rules and runbooks fit together: what is named exists, what is committed is what the sources make.

Needs neither root nor Prometheus.
"""

import copy
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import linting
from boards import DASHBOARDS, RUNBOOKS, SOURCE, dashboards, documented_metrics, metrics_in, panels, queries, rules

# Not wedged's: Prometheus makes them, or every exporter has them.
STANDARD = {"up", "scrape_duration_seconds", "scrape_samples_scraped", "ALERTS", "process_cpu_seconds_total", "process_open_fds",
            "process_resident_memory_bytes", "process_max_fds"}
HEADINGS = ("What it means", "Look at first", "Who is to blame", "What to do", "When it is a false alarm")


def known_metrics():
    series = set()
    for name, kind in documented_metrics().items():
        series |= {f"{name}_{part}" for part in ("bucket", "sum", "count")} if kind == "histogram" else {name}
    return series | STANDARD | {rule.name for rule in rules() if not rule.is_alert}


def anchors_of(page):
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def causes():
    """{cause: how certain it may be} of docs/causes.md."""
    text = (SOURCE / "docs" / "causes.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| \[`(\w+)`\].* \| ([^|]+) \|$", text, re.MULTILINE))


def alerts():
    return [rule for rule in rules() if rule.is_alert]


def of(kind, dashboard):
    return next(panel for panel in panels(dashboard) if panel["type"] == kind)


def expr(old, new):
    def change(dashboard):
        panel = next(panel for panel in panels(dashboard) if any(old in target["expr"] for target in panel["targets"]))
        for target in panel["targets"]:
            target["expr"] = target["expr"].replace(old, new)
    return change


def in_variable(variable, **fields):
    return lambda dashboard: linting.variable(dashboard, variable).update(fields)


# What breaks each rule, in the dashboard of the hosts: a rule that finds nothing in any broken dashboard would be none.
BREAKS = {
    "template_datasource_rule": in_variable("datasource", query="loki"),
    "template_job_rule": in_variable("job", multi=False),
    "template_instance_rule": in_variable("instance", allValue=""),
    "template_label_promql_rule": in_variable("instance", query="instances"),
    "template_on_time_change_reload_rule": in_variable("job", refresh=1),
    "panel_datasource_rule": lambda dashboard: of("stat", dashboard)["targets"][0]["datasource"].update(uid="mine"),
    "panel_title_description_rule": lambda dashboard: of("stat", dashboard).update(description=""),
    "panel_units_rule": lambda dashboard: of("stat", dashboard)["fieldConfig"]["defaults"].update(unit="seconds"),
    "panel_no_targets_rule": lambda dashboard: of("stat", dashboard).update(targets=[]),
    "target_rate_interval_rule": expr("$__rate_interval", "5m"),
    "target_counter_agg_rule": expr("increase(wedged_findings_total", "sum(wedged_findings_total"),
    "target_job_rule": expr('job=~"$job", ', ""),
    "target_instance_rule": expr('{job=~"$job", instance=~"$instance"}', '{job=~"$job"}'),
    "foreign_rule": expr("== 0 and on (job) (", "== 0 unless on (job) ("),
    "uneditable_dashboard_rule": lambda dashboard: dashboard.update(editable=True),
    "ids_rule": lambda dashboard: of("stat", dashboard).update(id=1),
    "layout_rule": lambda dashboard: of("table", dashboard)["gridPos"].update(w=13),
    "legend_rule": lambda dashboard: of("timeseries", dashboard)["targets"][0].update(legendFormat="__auto"),
    "present_rule": lambda dashboard: next(panel for panel in panels(dashboard) if panel["title"] == "Oldest finding")["targets"][0].update(
        instant=False),
    "table_rule": lambda dashboard: of("table", dashboard)["fieldConfig"]["overrides"][0]["matcher"].update(options="Hosst"),
    "link_rule": lambda dashboard: dashboard.update(links=[]),
}


class Linted(unittest.TestCase):
    def test_each_dashboard_keeps_each_rule(self):
        self.assertEqual(set(dashboards()), {"wedged-fleet", "wedged-host", "wedged-hosts", "wedged-monitor", "wedged-syscalls"})
        for uid, dashboard in dashboards().items():
            for rule in linting.ALL:
                with self.subTest(uid, rule=rule.__name__):
                    self.assertEqual(list(rule(dashboard)), [])

    def test_each_rule_finds_what_breaks_it(self):
        for rule in linting.ALL:
            with self.subTest(rule.__name__):
                broken = copy.deepcopy(dashboards()["wedged-hosts"])
                BREAKS[rule.__name__](broken)
                self.assertNotEqual(list(rule(broken)), [])

    def test_variables_are_labelled_as_the_linter_wants_it(self):
        for name in ("datasource", "job", "instance"):
            with self.subTest(name):
                broken = copy.deepcopy(dashboards()["wedged-hosts"])
                in_variable(name, label="Host")(broken)
                self.assertNotEqual(list(getattr(linting, f"template_{name}_rule")(broken)), [])


class Consistent(unittest.TestCase):
    def test_what_is_committed_is_what_the_sources_make(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-B", DASHBOARDS / "generate.py", folder], check=True, timeout=60)
            made = {file.name: file.read_text(encoding="utf-8") for file in pathlib.Path(folder).iterdir()}
        there = {file.name: file.read_text(encoding="utf-8") for file in (DASHBOARDS / "grafana").glob("*.json")}
        self.assertEqual(set(made), set(there))
        for name in made:
            self.assertEqual(made[name], there[name], "stale: run dashboards/generate.py")

    def test_metrics_are_found_in_expressions(self):
        self.assertEqual(metrics_in('sum by (a) (rate(b_total{c="d"}[5m])) / on (e) max(f) or 0 * g:h:i unless j == 1 offset 5m'),
                         {"b_total", "f", "g:h:i", "j"})

    def test_each_metric_that_is_asked_for_exists(self):
        known = known_metrics()
        for asked in [asked for dashboard in dashboards().values() for asked in queries(dashboard)] + list(rules()):
            with self.subTest(str(asked)):
                self.assertTrue(metrics_in(asked.expr))
                self.assertEqual(metrics_in(asked.expr) - known, set())

    def test_each_documented_metric_is_shown_or_alerted_on(self):
        used = set()
        for asked in [asked for dashboard in dashboards().values() for asked in queries(dashboard)] + alerts():
            used |= {re.sub(r"_(bucket|sum|count)$", "", name) for name in metrics_in(asked.expr)}
        self.assertEqual({name for name in documented_metrics() if name.startswith("wedged_")} - used, set())

    def test_each_recorded_series_is_used(self):
        used = set().union(*(metrics_in(asked.expr) for dashboard in dashboards().values() for asked in queries(dashboard)),
                           *(metrics_in(rule.expr) for rule in rules()))
        spare = {"instance_syscall:wedged_syscall_duration_seconds:mean5m", "instance_syscall:wedged_syscall_errors:ratio_rate5m"}
        self.assertEqual({rule.name for rule in rules() if not rule.is_alert} - used, spare, "spare ones are for your own alerts")

    def test_links_lead_to_dashboards_that_exist(self):
        text = "".join(file.read_text(encoding="utf-8") for file in (*(DASHBOARDS / "grafana").glob("*.json"),
                                                                       DASHBOARDS / "rules" / "alerts.yml"))
        linked = set(re.findall(r"/d/([a-z-]+)", text))
        self.assertTrue(linked)
        self.assertEqual(linked - set(dashboards()), set())


class Alerts(unittest.TestCase):
    def judge(self, check):
        self.assertGreater(len(alerts()), 30)
        for alert in alerts():
            with self.subTest(alert.name):
                check(alert)

    def test_names_begin_alike_and_are_unique(self):
        self.judge(lambda alert: self.assertRegex(alert.name, r"^Wedged[A-Z][A-Za-z]+$"))
        self.assertEqual(len(alerts()), len({alert.name for alert in alerts()}))

    def test_each_has_a_severity(self):
        self.judge(lambda alert: self.assertIn(alert.field("severity"), ("critical", "warning", "info")))

    def test_the_summary_is_a_sentence_that_never_changes(self):
        def check(alert):
            self.assertRegex(alert.field("summary"), r"^[A-Z][^{}]+\.$")
        self.judge(check)

    def test_the_description_names_the_host_and_what_to_do_next(self):
        def check(alert):
            said = alert.field("description")
            where = {"WedgedMonitorAbsent": "Prometheus scrapes no wedged at all", "WedgedManyHostsStuck": "$labels.cluster"}
            self.assertIn(where.get(alert.name, "{{ $labels.instance }}"), said)
            self.assertRegex(said, r"`wedged (list|why|probe|config)|dmesg|journalctl|[Rr]eboot|iostat|Status, Targets")
        self.judge(check)

    def test_a_cause_that_the_expression_leaves_open_is_named(self):
        def check(alert):
            if re.search(r"cause=~", alert.expr) or alert.name == "WedgedHangsRecur":
                self.assertIn("{{ $labels.cause }}", alert.field("description"))
        self.judge(check)

    def test_each_has_a_runbook_that_says_all_there_is_to_say(self):
        def check(alert):
            self.assertEqual(alert.field("runbook_url"), f"docs/runbooks/{alert.name}.md")
            page = (SOURCE / alert.field("runbook_url")).read_text(encoding="utf-8")
            self.assertTrue(page.startswith(f"# {alert.name}\n"))
            self.assertIn(f"**{alert.field('severity')}**", page)
            self.assertEqual([line[3:] for line in page.splitlines() if line.startswith("## ")], list(HEADINGS))
        self.judge(check)

    def test_nobody_is_woken_by_a_cause_that_may_be_merely_possible(self):
        """Neither by an alert nor by what is recorded for it: what is stuck is not told by certainty."""
        possible = {cause for cause, certainty in causes().items() if "possible" in certainty}
        self.assertGreater(len(possible), 4)
        recorded = {rule.name: rule.expr for rule in rules() if not rule.is_alert}
        judged = set()

        def check(alert):
            if alert.field("severity") == "critical":
                for text in (alert.expr, alert.field("causes"), *(recorded.get(name, "") for name in metrics_in(alert.expr))):
                    for equal, names in re.findall(r'cause(=~?|!~)\\?"([\w|]+)', text):
                        judged.add(equal)
                        self.assertEqual(possible & set(names.split("|")), set() if equal != "!~" else possible)
        self.judge(check)
        self.assertEqual(judged, {"=", "=~", "!~"})

    def test_there_is_no_runbook_of_an_alert_that_is_not(self):
        pages = {file.stem for file in RUNBOOKS.glob("*.md")} - {"README"}
        self.assertEqual(pages, {alert.name for alert in alerts()})

    def test_pages_refer_to_files_and_headings_that_exist(self):
        for page in (*RUNBOOKS.glob("*.md"), DASHBOARDS / "README.md"):
            for target, heading in re.findall(r"\]\(([^)#:]+)(?:#([^)]*))?\)", page.read_text(encoding="utf-8")):
                with self.subTest(page.name, target=target):
                    there = page.parent / target
                    self.assertTrue(there.exists())
                    if heading:
                        self.assertIn(heading, anchors_of(there))

    def test_every_cause_has_an_alert(self):
        self.assertGreater(len(causes()), 10)
        spoken_of = " ".join(alert.expr for alert in alerts()) + " unkillable"  # which has a metric of its own
        self.assertEqual({cause for cause in causes() if cause not in spoken_of}, set())


if __name__ == "__main__":
    unittest.main()
