# SPDX-License-Identifier: Apache-2.0
"""The snippets of docs/fleet.md that leave fewer series, each in a real Prometheus that scrapes the real daemon.

Needs root: else it is skipped, or fails with WEDGED_REQUIRE_KERNEL=1.
"""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

import yaml

from pod import BINARY, DEADLINE, SOURCE, free_port

sys.path.insert(0, str(SOURCE / "tests/support"))
from needs import need, need_kernel  # noqa: E402

HISTOGRAM = "wedged_syscall_duration_seconds"
CALLS = ("fsync", "fdatasync", "futex")
SETTLED = 3  # seconds ago: no scrape from before that is under way any more


def setUpModule():
    need_kernel()
    need("prometheus", shutil.which("prometheus"))


def snippets():
    """In the order of the page."""
    text = (SOURCE / "docs/fleet.md").read_text(encoding="utf-8")
    blocks = [block for block in text.split("\n\n") if block.startswith("    metric_relabel_configs:")]
    return [yaml.safe_load("\n".join(line[4:] for line in block.splitlines()))["metric_relabel_configs"] for block in blocks]


@contextlib.contextmanager
def running(*words, log):
    with open(log, "wb") as out:
        process = subprocess.Popen(list(map(str, words)), stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(DEADLINE)


class FewerSeries(unittest.TestCase):
    moment = None  # now

    @classmethod
    def setUpClass(cls):
        cls.cleanups = contextlib.ExitStack()
        cls.addClassCleanup(cls.cleanups.close)
        folder = pathlib.Path(cls.cleanups.enter_context(tempfile.TemporaryDirectory(prefix="wedged-fleet-")))
        daemon, cls.port = free_port(), free_port()
        (folder / "wedged.yaml").write_text("", encoding="utf-8")
        cls.cleanups.enter_context(running(BINARY, "run", "--config", folder / "wedged.yaml", "--web.listen-address", f"127.0.0.1:{daemon}",
                                           log=folder / "daemon.log"))
        jobs = {"whole": [], **{f"snippet-{number}": rules for number, rules in enumerate(snippets())}}
        (folder / "prometheus.yml").write_text(json.dumps({
            "global": {"scrape_interval": "1s"}, "scrape_configs": [
                {"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{daemon}"]}], "metric_relabel_configs": rules}
                for name, rules in jobs.items()]}), encoding="utf-8")
        cls.cleanups.enter_context(running("prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                                           f"--web.listen-address=127.0.0.1:{cls.port}", log=folder / "prometheus.log"))
        cls.jobs = list(jobs)
        cls.make_calls(folder / "file")
        cls.wait_for_all()

    @classmethod
    def make_calls(cls, path):
        """Those that are asked for below: a call has no series before it was made while the daemon looks."""
        cls.wait_until(lambda: len(cls.result(f"{HISTOGRAM}_count > 0")) > 0)
        with open(path, "wb") as file:
            file.write(b"x")
            os.fsync(file.fileno())
            os.fdatasync(file.fileno())

    @classmethod
    def wait_for_all(cls):
        """From then on all is asked of that moment: a scrape that takes too long, on a machine under load, changes nothing then."""
        def all_there():
            cls.moment = time.time() - SETTLED
            names = [cls.names_of(job) for job in cls.jobs]
            return (all(len(cls.result(f'{HISTOGRAM}_count{{syscall="{call}"}} > 0')) == len(cls.jobs) for call in CALLS)
                    and all(names[0] - {HISTOGRAM + "_bucket"} <= of_job for of_job in names))
        cls.wait_until(all_there)

    @classmethod
    def names_of(cls, job):
        return {one["metric"]["__name__"] for one in cls.result(f'count by (__name__) ({{job="{job}"}})')}

    @staticmethod
    def wait_until(holds):
        until = time.monotonic() + DEADLINE
        while not holds():
            if time.monotonic() > until:
                raise AssertionError("Prometheus does not get the daemon's page")
            time.sleep(0.5)

    @classmethod
    def result(cls, query):
        asked = urllib.parse.urlencode({"query": query, **({"time": cls.moment} if cls.moment else {})})
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{cls.port}/api/v1/query?{asked}", timeout=DEADLINE) as answer:
            return json.load(answer)["data"]["result"]
        return []

    def buckets(self, job):
        return [one["metric"] for one in self.result(f'{HISTOGRAM}_bucket{{job="{job}"}}')]

    def test_there_are_three_snippets_and_all_leave_the_rest_alone(self):
        self.assertEqual(len(self.jobs), 4)
        [whole, *others] = [self.names_of(job) for job in self.jobs]
        self.assertIn(HISTOGRAM + "_bucket", whole)
        for names in others:
            self.assertEqual(whole - names - {HISTOGRAM + "_bucket"}, set())

    def test_the_first_leaves_no_bucket(self):
        self.assertEqual(self.buckets("snippet-0"), [])

    def test_the_second_leaves_those_of_some_calls(self):
        kept = self.buckets("snippet-1")
        self.assertEqual({one["syscall"] for one in kept} & set(CALLS), {"fsync", "fdatasync"})
        self.assertEqual(len([one for one in kept if one["syscall"] == "fsync"]), 15)
        self.assertFalse([label for one in kept for label in one if label.startswith("__tmp")])

    def test_the_third_leaves_every_call_five(self):
        kept = self.buckets("snippet-2")
        calls = {one["syscall"] for one in kept}
        self.assertIn("futex", calls)
        for call in calls:
            self.assertEqual(sorted(one["le"] for one in kept if one["syscall"] == call)[0], "+Inf")
            self.assertEqual(len([one for one in kept if one["syscall"] == call]), 5)

    def test_of_what_is_left_a_quantile_can_be_told(self):
        for job in ("snippet-1", "snippet-2"):
            [one] = self.result(f'histogram_quantile(0.99, sum by (le) ({HISTOGRAM}_bucket{{job="{job}",syscall="fsync"}}))')
            self.assertGreater(float(one["value"][1]), 0)


if __name__ == "__main__":
    unittest.main()
