# SPDX-License-Identifier: Apache-2.0
"""One daemon and everything at once: what is provoked, what is healthy, real servers. Collects; the test judges."""

import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from daemon import THRESHOLD, Daemon, key_of, resolved  # noqa: E402  pylint: disable=wrong-import-position
from expectations import FOREIGN, FOUND, NOT_BESIDE_OTHERS, is_found, verdict  # noqa: E402  pylint: disable=wrong-import-position
from injected import LASTS, Injected, Provoked, listed  # noqa: E402  pylint: disable=wrong-import-position
from servers import Servers  # noqa: E402  pylint: disable=wrong-import-position

TARGETS = pathlib.Path(os.environ.get("WEDGED_TEST_TARGETS", "build/release/tests/targets"))
PATIENCE = 60  # seconds; for a machine under load, not a promise


def findings_of(began, events, kind="finding_raised"):
    """Of a circle through two processes either may be named."""
    pids = {began.pid, began.owner} if began.cause == "lock_cycle" else {began.pid}
    return [event for event in events if event["event"] == kind and event["process"]["pid"] in pids]


def all_found(runs, events):
    return all(is_found(began, {finding["cause"] for finding in findings_of(began, events)})
               for began, how in runs if how == FOUND)


class Everything:
    """`runs`: (Began, how it should end). What is started is ended by `cleanups`, whatever happens."""

    def __init__(self, folder, cleanups):
        self.daemon = Daemon(folder)
        cleanups.callback(self.daemon.stop)
        self.daemon.wait_until_it_watches(PATIENCE)
        self.servers = Servers(folder)
        cleanups.callback(self.servers.stop)
        self.provoked = []
        for cause, variant in listed():
            if {cause, (cause, variant)} & NOT_BESIDE_OTHERS:
                continue
            self._start(cleanups, verdict(cause, variant), Injected(cause, variant))
        for program, cause, variant, how in FOREIGN:
            if (TARGETS / program).exists():
                self._start(cleanups, how, Provoked(TARGETS / program, cause, variant, str(LASTS)))
        self.runs = [(run.began(), how) for run, how in self.provoked]
        self.silent_servers = self.servers.wait_until_all_answer(PATIENCE)
        self.servers.keep_asking()

    def _start(self, cleanups, how, run):
        cleanups.callback(run.end)
        self.provoked.append((run, how))

    def watch(self):
        """Until all that should be found is, and all that should not be has had six times the threshold for it."""
        enough = time.monotonic() + 6 * THRESHOLD
        self.daemon.wait_for(lambda events: all_found(self.runs, events), PATIENCE)
        time.sleep(max(0.0, enough - time.monotonic()))
        self.of_servers = {server.name: server.pids() for server in self.servers.all}
        self.raised = [event for event in self.daemon.seen() if event["event"] == "finding_raised"]

    def end(self):
        """Ends all, and gives the daemon time to say that it is over."""
        for run, _ in self.provoked:
            run.end()
        self.servers.stop()
        ours = {pid for began, _ in self.runs for pid in (began.pid, began.owner)}
        raised = {key_of(event) for event in self.raised if event["process"]["pid"] in ours}
        self.daemon.wait_for(lambda events: raised <= resolved(events), PATIENCE)
        self.events = self.daemon.seen()
        self.unresolved = raised - resolved(self.events)
        self.status, self.log = self.daemon.stop()
