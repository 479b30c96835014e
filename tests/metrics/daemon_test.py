# SPDX-License-Identifier: Apache-2.0
"""The page of metrics of a real daemon: promtool takes it, it keeps to its bound, and what it says of itself is true."""

import os
import pathlib
import re
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from daemon import CONFIG, Daemon  # noqa: E402
from needs import need, need_kernel  # noqa: E402
from page_test import figure  # noqa: E402
from pages import PAGE, complaints_of_promtool, has_promtool, printed, series  # noqa: E402
from wedged import free_port  # noqa: E402

LONG = 120  # seconds; for a machine under load, not a promise


def values(page):
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in series(page))}


class RealDaemon(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        need_kernel()
        port = free_port()
        with tempfile.TemporaryDirectory(prefix="wedged-metrics-") as folder:
            daemon = Daemon(pathlib.Path(folder), CONFIG + f"web: {{ listen_address: '127.0.0.1:{port}' }}\n", web=True)
            try:
                daemon.wait_until_it_watches(LONG)
                cls.pid = daemon.process.pid
                cls.page = cls.scraped(port)
                cls.descriptors = len(os.listdir(f"/proc/{cls.pid}/fd"))
                cls.threads = pathlib.Path(f"/proc/{cls.pid}/status").read_text(encoding="utf-8")
            finally:
                daemon.stop()

    @staticmethod
    def scraped(port):
        """After some scans."""
        until = time.monotonic() + LONG
        while True:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=LONG) as answer:
                page = answer.read().decode()
            if values(page)["wedged_scans_total"] >= 3 or time.monotonic() > until:
                return page
            time.sleep(0.2)

    def test_promtool_has_nothing_to_say(self):
        need("promtool", has_promtool())
        self.assertEqual(complaints_of_promtool(self.page), [])

    def test_it_has_no_metric_that_the_table_does_not_have(self):
        table = set(re.findall(r"^\| `(\w+)`", printed("table"), re.M))
        self.assertLessEqual(set(re.findall(r"(?m)^# TYPE (\w+) ", self.page)), table)

    def test_it_keeps_to_its_bound(self):
        text = PAGE.read_text(encoding="utf-8")
        lines = series(self.page)
        calls = len(set(re.findall(r'syscall="(\w+)"', self.page)))
        rest = [line for line in lines if "syscall=" not in line and not line.startswith("wedged_unit_")]
        print(f"{len(lines)} series, {len(self.page)} bytes, {calls} system calls, {len(rest)} others")
        self.assertGreater(calls, 10)
        self.assertLessEqual(len(rest), figure(text, "everything else"))
        self.assertLessEqual(len(lines), figure(text, "each system call that was seen") * calls + figure(text, "units") + len(rest))

    def test_what_it_says_of_itself_is_true(self):
        told = values(self.page)
        resident = int(re.search(r"VmRSS:\s+(\d+) kB", self.threads)[1]) * 1024
        self.assertLess(abs(told["process_resident_memory_bytes"] - resident), resident)
        self.assertLess(abs(told["process_open_fds"] - self.descriptors), 10)  # connections come and go
        self.assertLess(abs(time.time() - told["process_start_time_seconds"]), 2 * LONG)
        self.assertGreater(told["process_cpu_seconds_total"], 0)


if __name__ == "__main__":
    unittest.main()
