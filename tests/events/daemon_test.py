# SPDX-License-Identifier: Apache-2.0
"""A real daemon's events and its page of findings, about a real hang, are what their schemas say.

And of one hang it tells once when it begins and once when it ends.
"""

import contextlib
import json
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
from injected import BINARY, LASTS, Provoked  # noqa: E402
from needs import need, need_kernel  # noqa: E402
from own_cgroup import Cgroup, need_cgroups  # noqa: E402
from schemas import FINDINGS, complaints, jsonschema, validator, validator_of_event  # noqa: E402
from wedged import free_port  # noqa: E402

LONG = 120  # seconds; for a machine under load, not a promise
POLICY = "policy: { enforce: false, rules: [{ name: watch, match: { comm: ['wedged-inject'] }, ladder: [{ hook: { command: [/bin/true] } }] }] }"


class OneHang(unittest.TestCase):
    """The only one that the daemon sees: others on this host would use up what its limits allow."""

    def test_is_told_twice_and_as_the_schema_says(self):
        need_kernel()
        need_cgroups()
        need("python3-jsonschema", jsonschema)
        self.port = free_port()
        config = CONFIG.replace("policy: { enforce: false }", POLICY) + f"web: {{ listen_address: '127.0.0.1:{self.port}' }}\n"
        with tempfile.TemporaryDirectory(prefix="wedged-events-") as folder, contextlib.ExitStack() as cleanups:
            cgroup = Cgroup("events")
            cleanups.callback(cgroup.remove)
            daemon = Daemon(pathlib.Path(folder), config, web=True, more=cgroup.scope)
            cleanups.callback(daemon.stop)
            daemon.wait_until_it_watches(LONG)
            hang = Provoked(*cgroup.words(BINARY, "self_deadlock", "--for", f"{LASTS}s"))
            cleanups.callback(hang.end)
            began = hang.began()
            page = self.during(daemon, began)
            hang.end()
            self.assertTrue(daemon.wait_for(lambda events: self.of(events, began, "finding_resolved"), LONG))
            status, log = daemon.stop()
        self.assertEqual(status, 0, log)
        self.judge(daemon.seen(), began, page)

    def during(self, daemon, began):
        self.assertTrue(daemon.wait_for(lambda events: self.of(events, began, "finding_raised"), LONG), daemon.seen())
        self.assertTrue(daemon.wait_for(lambda events: any(event.get("result") == "dry_run" for event in events), LONG))
        self.wait_for_scans(3)  # which have nothing new to tell
        return json.loads(self.asked("/api/v1/findings"))

    def asked(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=LONG) as answer:
            return answer.read().decode()

    def scans(self):
        return float(re.search(r"(?m)^wedged_scans_total (\S+)$", self.asked("/metrics"))[1])

    def wait_for_scans(self, more):
        until, before = time.monotonic() + LONG, self.scans()
        while self.scans() < before + more:
            self.assertLess(time.monotonic(), until, "it does not scan")
            time.sleep(0.2)

    @staticmethod
    def of(events, began, kind):
        return [event for event in events if event["event"] == kind and event.get("process", {}).get("pid") == began.pid
                and event["cause"] == "self_deadlock"]

    def judge(self, events, began, page):
        for event in events:
            with self.subTest(event["event"]):
                self.assertEqual(complaints(validator_of_event(event["event"]), event), [])
        kinds = {event["event"] for event in events}
        self.assertLessEqual({"started", "stopping", "finding_raised", "finding_resolved", "outcome", "decision"}, kinds)
        self.assertEqual(len(self.of(events, began, "finding_raised")), 1)
        self.assertEqual(len(self.of(events, began, "finding_resolved")), 1)
        results = [event["result"] for event in events if event["event"] == "outcome" and event["finding"]["process"]["pid"] == began.pid]
        self.assertEqual(results, ["dry_run"], "a dry run has one outcome, though it looks beside the loop whether it could be done")
        self.assertEqual(complaints(validator(FINDINGS), page), [])
        self.assertIn(began.pid, [finding["process"]["pid"] for finding in page["findings"]])


if __name__ == "__main__":
    unittest.main()
