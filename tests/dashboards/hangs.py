# SPDX-License-Identifier: Apache-2.0
"""A real daemon that only observes, and real hangs for it to find: provoked, waited for, ended. Judges nothing."""

import os
import pathlib
import signal
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from daemon import THRESHOLD, THRESHOLDS, Daemon, resolved  # noqa: E402  pylint: disable=wrong-import-position
from injected import Injected  # noqa: E402  pylint: disable=wrong-import-position

PATIENCE = 60  # seconds; for a machine under load, not a promise
LASTING = ("self_deadlock", "lock_cycle", "dead_owner", "event_loop_spin", "waits_for_stuck", "unkillable", "uninterruptible_wait")
# What others provoke on this host meanwhile is found, too: no limit may be used up by them. Of the rule `seldom` the second step
# is always one too many, so there are refusals.
CONFIG = """
thresholds: {{ {thresholds} }}
web: {{ listen_address: "127.0.0.1:{port}" }}
policy:
  enforce: false
  ledger: {ledger}
  limits: {{ actions: 1000, window: 10m, cool_down: 0s }}
  unit_limits: {{ actions: 1000, window: 10m, cool_down: 0s }}
  brake: {{ decisions: 1000, window: 1m }}
  rules:
    - name: hung
      match: {{ cause: [self_deadlock, dead_owner], certainty: likely }}
      ladder: [ {{ signal: TERM, grace: 1s }}, {{ signal: KILL }} ]
      limits: {{ actions: 1000, window: 10m, cool_down: 0s }}
    - name: seldom
      match: {{ cause: [lock_cycle], certainty: likely }}
      ladder: [ {{ signal: TERM, grace: 1s }}, {{ signal: KILL }} ]
      limits: {{ actions: 1, window: 10m, cool_down: 0s }}
"""


class Writer:
    """Writes durably, a few times a second: calls that the host might otherwise not make."""

    def __init__(self, folder):
        self.over, self.file = threading.Event(), open(folder / "durable", "wb")  # pylint: disable=consider-using-with
        self.thread = threading.Thread(target=self._write)
        self.thread.start()

    def _write(self):
        while not self.over.wait(0.2):
            self.file.write(b".")
            self.file.flush()
            os.fsync(self.file)

    def end(self):
        self.over.set()
        self.thread.join()
        self.file.close()


class Hangs:
    """What is started is ended by `cleanups`, whatever happens."""

    def __init__(self, folder, port, cleanups):
        thresholds = ", ".join(f"{cause}: {THRESHOLD}s" for cause in THRESHOLDS)
        self.cleanups, self.runs, self.folder = cleanups, [], folder
        self.daemon = Daemon(folder, CONFIG.format(thresholds=thresholds, port=port, ledger=folder / "ledger.json"), web=True)
        cleanups.callback(self.daemon.stop)
        self.daemon.wait_until_it_watches(PATIENCE)

    def _begin(self, cause, variant=None, lasts="300s"):
        run = Injected(cause, variant, lasts)
        self.cleanups.callback(run.end)
        return run, run.began()

    def provoke(self):
        """All of them, and one that is over soon; until each is found."""
        self.cleanups.callback(Writer(self.folder).end)
        short, began = self._begin("self_deadlock")
        self._wait_until_found({began.pid})
        short.end()
        for cause in LASTING:
            self.runs.append(self._begin(cause))
        self._wait_until_found({began.pid for _, began in self.runs if began.cause != "waits_for_stuck"})
        if not self.daemon.wait_for(lambda events: resolved(events), PATIENCE):
            raise AssertionError("the hang that ended is not resolved")

    def _wait_until_found(self, pids):
        def found(events):
            return {event["process"]["pid"] for event in events if event["event"] == "finding_raised"}
        if not self.daemon.wait_for(lambda events: pids <= found(events), PATIENCE):
            raise AssertionError(f"of {pids} not found: {pids - found(self.daemon.seen())}; {self.daemon.log.read_text()}")

    def reload(self):
        """As systemctl reload does."""
        os.kill(self.daemon.process.pid, signal.SIGHUP)
        if not self.daemon.wait_for(lambda events: any(event["event"] == "reloaded" for event in events), PATIENCE):
            raise AssertionError("the configuration was not loaded again")

    def end(self):
        for run, _ in self.runs:
            run.end()
