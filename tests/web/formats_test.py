# SPDX-License-Identifier: Apache-2.0
"""The metrics of a real daemon in each form that is asked for: OpenMetrics by its strict parser, compressed, elsewhere."""

import gzip
import pathlib
import subprocess
import sys
import tempfile
import unittest

from served import Served, until
from needs import need, need_kernel

OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
TEXT = "text/plain; version=0.0.4; charset=utf-8"
# What Prometheus sends.
PROMETHEUS = ("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
              "text/plain;version=0.0.4;q=0.5,*/*;q=0.1")
JUDGE = """
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
print(len(families), sum(len(family.samples) for family in families))
print(*sorted(family.type + ' ' + family.name for family in families), sep='\\n')
"""


def setUpModule():
    need_kernel()


def python_with_the_parser():
    """Debian's package belongs to Debian's Python."""
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import prometheus_client.openmetrics.parser"], capture_output=True, check=False).returncode == 0:
            return python
    return None


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="wedged-web-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.served = Served(pathlib.Path(cls.folder.name), ", telemetry_path: /own/metrics")
        cls.addClassCleanup(cls.served.stop)
        until(lambda: "syscall=\"read\"" in cls.metrics().text)

    @classmethod
    def metrics(cls, **headers):
        return cls.served.get("/own/metrics", {name.replace("_", "-"): value for name, value in headers.items()})

    def test_prometheus_gets_open_metrics_that_its_strict_parser_takes(self):
        python = python_with_the_parser()
        need("python3-prometheus-client", python)
        reply = self.metrics(Accept=PROMETHEUS)
        self.assertEqual(reply.headers["Content-Type"], OPEN_METRICS)
        judged = subprocess.run([python, "-c", JUDGE], input=reply.text, capture_output=True, text=True, check=False)
        self.assertEqual(judged.returncode, 0, judged.stderr)
        counts, *families = judged.stdout.splitlines()
        print("families and samples:", counts)
        self.assertGreater(int(counts.split()[1]), 200)
        for family in ("counter wedged_scans", "gauge wedged_stuck_threads", "histogram wedged_syscall_duration_seconds"):
            self.assertIn(family, families)

    def test_both_formats_have_the_same_series(self):
        def names(text):
            return {line.split(" ")[0].split("{")[0] for line in text.splitlines() if not line.startswith("#")}
        def same():
            """Twice asked is asked at two times: what is there since then only the second has."""
            return names(self.metrics(Accept=PROMETHEUS).text) == names(self.metrics().text)
        self.assertTrue(until(same))

    def test_who_asks_for_nothing_gets_plain_text(self):
        for accept in ("*/*", "text/html", ""):
            self.assertEqual(self.metrics(Accept=accept).headers["Content-Type"], TEXT)

    def test_it_is_compressed_for_who_takes_that(self):
        reply, plain = self.metrics(Accept_Encoding="gzip"), self.metrics(Accept_Encoding="identity")
        self.assertEqual(reply.headers["Content-Encoding"], "gzip")
        self.assertIsNone(plain.headers["Content-Encoding"])
        self.assertIn(b"\nwedged_build_info{", gzip.decompress(reply.body))
        self.assertIn("Accept-Encoding", plain.headers["Vary"])
        print(f"{len(plain.body)} bytes, compressed {len(reply.body)}")
        self.assertLess(len(reply.body), len(plain.body) / 3)

    def test_the_metrics_are_where_they_were_wished_and_nowhere_else(self):
        self.assertEqual(self.metrics().status, 200)
        other = self.served.get("/metrics")
        self.assertEqual(other.status, 404)
        self.assertIn("/own/metrics", other.text)
        self.assertIn("/own/metrics", self.served.get("/").text)


if __name__ == "__main__":
    unittest.main()
