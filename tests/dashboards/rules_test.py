# SPDX-License-Identifier: Apache-2.0
"""Alert and recording rules: promtool finds them valid, and its own tests of them pass and cover each alert both ways.

Needs promtool (Debian: prometheus); without it it is skipped, or fails with WEDGED_REQUIRE_KERNEL=1.
"""

import pathlib
import re
import sys
import tempfile
import unittest

from boards import DASHBOARDS, RULES, dashboards, queries, rules
from prometheus import PROMTOOL, promtool

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from needs import need  # noqa: E402  pylint: disable=wrong-import-position

TESTS = sorted((DASHBOARDS / "rules" / "tests").glob("*.yml"))
CHECKED = re.compile(r"""expr: 'ALERTS\{alertname="(\w+)",alertstate="firing"\}'\n\s+exp_samples:( \[\])?""")


def setUpModule():
    need("promtool", PROMTOOL)


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

    def test_a_wrong_expectation_fails(self):
        text = (DASHBOARDS / "rules" / "tests" / "texts.yml").read_text(encoding="utf-8").replace("../", f"{DASHBOARDS / 'rules'}/")
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "texts.yml"
            for spoilt in (text.replace("cause: lock_cycle", "cause: dead_owner"), text.replace("pgbouncer.service: 3", "nginx.service: 9")):
                self.assertNotEqual(spoilt, text)
                file.write_text(spoilt, encoding="utf-8")
                self.assertNotEqual(promtool("test", "rules", file).returncode, 0)

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


if __name__ == "__main__":
    unittest.main()
