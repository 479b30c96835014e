# SPDX-License-Identifier: Apache-2.0
"""SIGHUP: a configuration is taken over as a whole, or not at all.

The daemon looks at an empty cgroup of the test's own: where a fault made it enforce after all, nobody would be hurt.
"""

import contextlib
import os
import pathlib
import re
import signal
import sys
import tempfile
import time
import unittest
import urllib.request

from wedged import free_port

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from daemon import Daemon  # noqa: E402  pylint: disable=wrong-import-position
from needs import need_kernel  # noqa: E402  pylint: disable=wrong-import-position
from own_cgroup import Cgroup, need_cgroups  # noqa: E402  pylint: disable=wrong-import-position

WAIT = 60  # seconds; for a machine under load, not a promise


def setUpModule():
    need_kernel()
    need_cgroups()


class Reload(unittest.TestCase):
    def setUp(self):
        cleanups = contextlib.ExitStack()
        self.addCleanup(cleanups.close)
        self.folder = pathlib.Path(cleanups.enter_context(tempfile.TemporaryDirectory(prefix="wedged-reload-")))
        self.port, cgroup = free_port(), Cgroup("reload")
        cleanups.callback(cgroup.remove)
        self.daemon = Daemon(self.folder, self.config("1s", False, self.no_place()), web=True, more=cgroup.scope)
        cleanups.callback(self.daemon.stop)
        self.daemon.wait_until_it_watches(WAIT)

    def no_place(self):
        """Where no ledger can be: beneath a file."""
        (self.folder / "file").write_text("", encoding="utf-8")
        return self.folder / "file" / "ledger.json"

    def config(self, interval, enforce, ledger):
        return (f"scan: {{ interval: {interval} }}\nweb: {{ listen_address: '127.0.0.1:{self.port}' }}\n"
                f"policy: {{ enforce: {str(enforce).lower()}, ledger: '{ledger}' }}\n")

    def reload(self, text):
        """What the daemon tells of it, from the signal on."""
        (self.folder / "wedged.new").write_text(text, encoding="utf-8")
        os.rename(self.folder / "wedged.new", self.folder / "wedged.yaml")
        before = len(self.daemon.seen())
        self.daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(self.daemon.wait_for(
            lambda events: any(event["event"] in ("reloaded", "reload_failed") for event in events[before:]), WAIT))
        return {event["event"]: event for event in self.daemon.seen()[before:]}

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=WAIT) as answer:
            return float(re.search(rf"(?m)^{name} (\S+)$", answer.read().decode())[1])

    def interval_in_force(self):
        """As the scan after the next one tells it: one may be under way."""
        until, enough = time.monotonic() + WAIT, self.metric("wedged_scans_total") + 2
        while self.metric("wedged_scans_total") < enough:
            self.assertLess(time.monotonic(), until, "it does not scan")
            time.sleep(0.1)
        return self.metric("wedged_scan_interval_seconds")

    def test_what_cannot_be_carried_out_changes_nothing(self):
        told = self.reload(self.config("3s", True, self.folder / "ledger.json"))
        self.assertIn(str(self.folder / "file"), told["reload_failed"]["message"])
        self.assertNotIn("restart_needed", told)
        self.assertEqual(self.interval_in_force(), 1)

    def test_a_ledger_stays_where_it_is_until_a_restart_and_the_rest_is_taken_over(self):
        told = self.reload(self.config("3s", False, self.folder / "ledger.json"))
        self.assertIn("policy.ledger", told["restart_needed"]["message"])
        self.assertIn("reloaded", told)
        self.assertEqual(self.interval_in_force(), 3)


if __name__ == "__main__":
    unittest.main()
