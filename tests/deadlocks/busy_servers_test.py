# SPDX-License-Identifier: Apache-2.0
"""Of real servers nothing is said, be they idle or at work, though a lock may be waited for no longer than two seconds.

One daemon watches all of them at once, with their clients. It only observes.
"""

import contextlib
import pathlib
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from daemon import THRESHOLD, Daemon  # noqa: E402  pylint: disable=wrong-import-position
from load import Load  # noqa: E402  pylint: disable=wrong-import-position
from needs import need, need_kernel  # noqa: E402  pylint: disable=wrong-import-position
from servers import Servers  # noqa: E402  pylint: disable=wrong-import-position

PATIENCE = 60  # seconds; for a machine under load, not a promise
WATCHED = 15  # seconds idle, and as long at work: several times the threshold of waits for locks
# All else by default: a disk that is busy with others' files makes a server wait for two seconds, too.
CONFIG = f"thresholds: {{ lock_wait: {THRESHOLD}s }}\npolicy: {{ enforce: false }}\n"


def setUpModule():
    need_kernel()


class Watch:
    """`pids`: {pid: server} of every process that was there for long enough to be told."""

    def __init__(self, folder, cleanups):
        self.daemon = Daemon(folder, CONFIG)
        cleanups.callback(self.daemon.stop)
        self.daemon.wait_until_it_watches(PATIENCE)
        self.servers, self.pids = Servers(folder), {}
        cleanups.callback(self.servers.stop)
        self.silent = self.servers.wait_until_all_answer(PATIENCE)
        self.look(WATCHED)
        self.before = {server.name: server.answers for server in self.servers.all}
        self.load = Load(self.servers.all, WATCHED)
        self.look(WATCHED)
        self.load.wait()
        self.pids.update(self.load.clients)
        self.raised = [event for event in self.daemon.seen() if event["event"] == "finding_raised"]
        self.status, self.log = self.daemon.stop()

    def look(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for server in self.servers.all:
                self.pids.update(dict.fromkeys(server.pids(), server.name))
            time.sleep(0.5)

    def answers(self):
        return {server.name: server.answers - self.before[server.name] for server in self.servers.all}


class BusyServers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(prefix="wedged-servers-") as folder, contextlib.ExitStack() as cleanups:
            cls.watch = Watch(pathlib.Path(folder), cleanups)
        need("a server", cls.watch.pids)
        print(f"{len(cls.watch.pids)} processes, answers under load: {cls.watch.answers()}, {len(cls.watch.load.clients)} "
              f"runs of clients with at best {cls.watch.load.rates} a second; {len(cls.watch.raised)} findings on this host")

    def test_of_no_server_and_no_client_anything_is_said(self):
        said = {event["summary"]: self.watch.pids[event["process"]["pid"]] for event in self.watch.raised
                if event["process"]["pid"] in self.watch.pids and event["cause"] != "starved"}  # nor is that wrong, under load
        self.assertEqual(said, {})

    def test_every_server_answered_when_idle_and_at_work(self):
        self.assertEqual((self.watch.silent, self.watch.load.failed), ([], []))
        for name, answers in self.watch.answers().items():
            with self.subTest(name):
                self.assertGreater(answers, 0)

    def test_the_daemon_ended_well(self):
        self.assertEqual(self.watch.status, 0, self.watch.log)


if __name__ == "__main__":
    unittest.main()
