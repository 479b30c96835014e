# SPDX-License-Identifier: Apache-2.0
"""A real daemon that only observes, and real hangs for it to find: provoked, waited for, ended. Judges nothing.

All of them are in a cgroup of their own, and the daemon looks at that alone: others provoke hangs on this host, too.
"""

import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from daemon import THRESHOLD, THRESHOLDS, Daemon, resolved  # noqa: E402  pylint: disable=wrong-import-position
from injected import BINARY, LASTS, Provoked  # noqa: E402  pylint: disable=wrong-import-position
from own_cgroup import Cgroup  # noqa: E402  pylint: disable=wrong-import-position

PATIENCE = 60  # seconds; for a machine under load, not a promise
LASTING = ("self_deadlock", "lock_cycle", "dead_owner", "event_loop_spin", "waits_for_stuck", "unkillable", "uninterruptible_wait")
# Of the rule `seldom` the second step is one too many, so there are refusals.
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
WRITER = """
import os, sys, time
with open(sys.argv[1], "wb") as file:
    while True:
        file.write(b".")
        file.flush()
        os.fsync(file)
        time.sleep(0.2)
"""  # durable writes, a few a second


class Hangs:
    """What is started is ended by `cleanups`, whatever happens."""

    def __init__(self, folder, port, cleanups):
        thresholds = ", ".join(f"{cause}: {THRESHOLD}s" for cause in THRESHOLDS)
        self.cleanups, self.runs, self.folder = cleanups, [], folder
        self.cgroup = Cgroup("dashboards")
        cleanups.callback(self.cgroup.remove)
        config = CONFIG.format(thresholds=thresholds, port=port, ledger=folder / "ledger.json")
        self.daemon = Daemon(folder, config, web=True, more=self.cgroup.scope)
        cleanups.callback(self.daemon.stop)
        self.daemon.wait_until_it_watches(PATIENCE)

    def _begin(self, cause, lasts=f"{LASTS}s"):
        run = Provoked(*self.cgroup.words(BINARY, cause, "--for", lasts))
        self.cleanups.callback(run.end)
        return run, run.began()

    def provoke(self):
        """All of them, and one that is over soon; until each is found."""
        writer = subprocess.Popen(self.cgroup.words(sys.executable, "-c", WRITER, self.folder / "durable"), stdin=subprocess.DEVNULL)
        self.cleanups.callback(writer.wait)
        self.cleanups.callback(writer.terminate)
        short, began = self._begin("self_deadlock")
        self._wait_until_found({began.pid})
        short.end()
        for cause in LASTING:
            self.runs.append(self._begin(cause))
        self._wait_until_found({began.pid for _, began in self.runs if began.cause != "waits_for_stuck"})
        self._wait_until(resolved, "the hang that ended is not resolved")
        self._wait_until(lambda events: any(event.get("refusal") for event in events), "nothing was refused")

    def _wait_until(self, holds, otherwise):
        if not self.daemon.wait_for(holds, PATIENCE):
            raise AssertionError(f"{otherwise}; {self.daemon.log.read_text(errors='replace')}")

    def _wait_until_found(self, pids):
        def found(events):
            return {event["process"]["pid"] for event in events if event["event"] == "finding_raised"}
        self._wait_until(lambda events: pids <= found(events), f"not all found of {pids}")

    def reload(self):
        """As systemctl reload does."""
        os.kill(self.daemon.process.pid, signal.SIGHUP)
        self._wait_until(lambda events: any(event["event"] == "reloaded" for event in events), "the configuration was not loaded again")

    def end(self):
        for run, _ in self.runs:
            run.end()
