# SPDX-License-Identifier: Apache-2.0
"""The daemon as these tests run it: host-wide, observing only, its events kept as they come. Judges nothing."""

import json
import os
import pathlib
import subprocess
import threading
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("WEDGED_BINARY", str(SOURCE / "build/release/userspace/wedged"))
THRESHOLD = 2  # seconds
# Without `starved`: on a machine under load it is the truth that somebody healthy gets no CPU for two seconds.
THRESHOLDS = ("lock_wait", "uninterruptible_wait", "unkillable", "kernel_loop", "event_loop_spin", "lost_leader", "stopped")
CONFIG = f"""
thresholds: {{ {", ".join(f"{cause}: {THRESHOLD}s" for cause in THRESHOLDS)} }}
slow_syscall: {{ default: {THRESHOLD}s }}
policy: {{ enforce: false }}
"""


def key_of(event):
    return event["cause"], event["process"]["pid"], event["thread"]["tid"]


def resolved(events):
    return {key_of(event) for event in events if event["event"] == "finding_resolved"}


class Daemon:
    """Its events go to a file: a pipe takes 64 KiB, and what a slow reader leaves there makes the daemon drop events."""

    def __init__(self, folder, config=CONFIG, web=False, more=()):
        (folder / "wedged.yaml").write_text(config, encoding="utf-8")
        self.log, self.out = folder / "daemon.log", folder / "events"
        self.events, self.news = [], threading.Condition()
        with open(self.log, "wb") as log, open(self.out, "wb") as out:
            self.process = subprocess.Popen([BINARY, "run", "--config", folder / "wedged.yaml", "--json", *([] if web else ["--no-web"]),
                                             *more],
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=log)
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        rest, over = b"", False
        with open(self.out, "rb") as out:
            while not over:
                over = self.process.poll() is not None  # asked first: what comes after the answer is nothing
                *lines, rest = (rest + out.read()).split(b"\n")
                with self.news:
                    self.events += map(json.loads, lines)
                    self.news.notify_all()
                time.sleep(0.05)

    def wait_for(self, holds, seconds):
        """True as soon as holds(events); False if it does not within the time or the daemon ends."""
        until = time.monotonic() + seconds
        with self.news:
            while not holds(self.events):
                if time.monotonic() > until or self.process.poll() is not None:
                    return False
                self.news.wait(0.2)
        return True

    def wait_until_it_watches(self, seconds):
        if not self.wait_for(lambda events: any(event["event"] == "started" for event in events), seconds):
            raise AssertionError("the daemon does not start: " + self.stop()[1])

    def seen(self):
        with self.news:
            return list(self.events)

    def stop(self):
        """Its exit status and what it wrote besides events."""
        self.process.terminate()
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.reader.join()
        return status, self.log.read_text(errors="replace")
