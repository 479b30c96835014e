# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/fleet.md are those that tests/bench/fleet_table.py makes of what was measured, and they add up."""

import json
import re
import subprocess
import sys
import unittest

from manifests import SOURCE

sys.path.insert(0, str(SOURCE / "tests/bench"))
import fleet_table  # noqa: E402

MEASURED = json.loads((SOURCE / "tests/bench/fleet.json").read_text(encoding="utf-8"))
COSTS = {"empty": 0, "memory": 3000, "cpu": 1e-6, "sample": 2, "index": 0}


class Tables(unittest.TestCase):
    def test_the_page_has_the_tables_of_what_was_measured(self):
        done = subprocess.run([sys.executable, "-B", SOURCE / "tests/bench/fleet_table.py", "--check"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_page_with_another_figure_is_noticed(self):
        page = fleet_table.PAGE.read_text(encoding="utf-8")
        changed = re.sub(r"(<!-- fleet-all -->.*?\| )100( )", r"\g<1>101\2", page, count=1, flags=re.S)
        self.assertNotEqual(changed, page)
        self.assertEqual(fleet_table.renewed(changed, MEASURED), page)

    def test_a_row_is_the_product_of_its_figures(self):
        hosts, every, series, samples, network, memory, cpus, disk, machines = fleet_table.row(COSTS, 1000, 20_000, 10_000, 20)
        self.assertEqual((hosts, every, series, samples), ("10,000", "20 s", "10 million", "500,000"))
        self.assertEqual((network, memory, cpus), ("10 MB/s", "30 GB", "0.5"))
        self.assertEqual(disk, fleet_table.size(500_000 * 2 * 15 * 86400))
        self.assertEqual(machines, "1")

    def test_the_page_says_how_many_buckets_a_call_has(self):
        busy = MEASURED["host"]["under_load"]
        self.assertEqual(busy["bucket_series"], 15 * busy["syscalls"])


if __name__ == "__main__":
    unittest.main()
