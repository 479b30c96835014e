# SPDX-License-Identifier: Apache-2.0
"""docs/metrics.md has the table that the code has, and the bound of series that a full state has; promtool takes every page.

With --write it writes the table into the page instead.
"""

import pathlib
import re
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from needs import need  # noqa: E402
from pages import PAGE, complaints_of_promtool, has_promtool, printed, series  # noqa: E402

BEGIN, END = "<!-- generated: tests/metrics/page_test.py --write -->\n", "<!-- end of what is generated -->\n"
TABLE = re.compile(re.escape(BEGIN) + "(.*?)" + re.escape(END), re.S)


def with_table(text, table):
    return TABLE.sub(lambda _: BEGIN + table + END, text)


def figure(text, what):
    return int(re.search(rf"(?m)^\| {re.escape(what)} \| ([0-9,]+) \|", text)[1].replace(",", ""))


class Page(unittest.TestCase):
    def setUp(self):
        self.text = PAGE.read_text(encoding="utf-8")

    def test_its_table_is_that_of_the_code(self):
        written = TABLE.search(self.text)
        self.assertIsNotNone(written)
        self.assertEqual(written[1], printed("table"), "run python3 tests/metrics/page_test.py --write")

    def test_another_table_would_be_noticed(self):
        self.assertNotEqual(TABLE.search(with_table(self.text, "| x |\n"))[1], printed("table"))

    def test_every_metric_in_its_text_exists(self):
        known = set(re.findall(r"^\| `(\w+)`", printed("table"), re.M))
        for name in set(re.findall(r"\b(?:wedged|process)_[a-z_]+", self.text)):
            with self.subTest(name):
                self.assertIn(re.sub(r"_(bucket|sum|count)$", "", name), known)


class Bound(unittest.TestCase):
    """One host has no more series than the page says."""

    def setUp(self):
        self.text = PAGE.read_text(encoding="utf-8")
        self.full = series(printed("full"))

    def of(self, *names):
        return sum(1 for line in self.full if re.split(r"[{ ]", line)[0] in names)

    def test_series_of_one_call(self):
        calls = ("wedged_syscall_duration_seconds_bucket", "wedged_syscall_duration_seconds_sum",
                 "wedged_syscall_duration_seconds_count", "wedged_syscall_errors_total",
                 "wedged_syscall_oldest_in_flight_start_timestamp_seconds")
        each = figure(self.text, "each system call that was seen")
        of_fsync = sum(1 for line in self.full if 'syscall="fsync"' in line)
        self.assertEqual(of_fsync, each)
        self.assertLessEqual(self.of(*calls), each * (int(printed("calls")) + 2))

    def test_series_of_rules_programs_and_units(self):
        self.assertEqual(self.of("wedged_actions_total"), 2 * figure(self.text, "each pair of a rule and an action"))
        self.assertEqual(self.of("wedged_unit_stuck_threads"), figure(self.text, "units"))

    def test_everything_else_together(self):
        counted = sum(1 for line in self.full if "syscall=" not in line and not line.startswith(("wedged_actions_total", "wedged_unit_")))
        self.assertLessEqual(counted, figure(self.text, "everything else"))
        self.assertGreater(counted, figure(self.text, "everything else") - 25, "the page says more than there is")

    def test_the_most_that_a_host_can_have(self):
        most = figure(self.text, "the most there can be, with 100 pairs of rules and actions")
        pair = figure(self.text, "each pair of a rule and an action")
        self.assertLessEqual(len(self.full) + 98 * pair, most)

    def test_no_series_is_there_twice(self):
        names = [line.rpartition(" ")[0] for line in self.full]
        self.assertEqual(len(names), len(set(names)))


class Promtool(unittest.TestCase):
    def setUp(self):
        need("promtool", has_promtool())

    def test_it_has_nothing_to_say(self):
        for what in ("empty", "full"):
            with self.subTest(what):
                self.assertEqual(complaints_of_promtool(printed(what)), [])

    def test_it_would_complain_of_a_bad_name(self):
        page = printed("empty").replace("wedged_scans_total", "wedged_scans")
        self.assertNotEqual(complaints_of_promtool(page), [])


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), printed("table")), encoding="utf-8")
    else:
        unittest.main()
