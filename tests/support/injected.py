# SPDX-License-Identifier: Apache-2.0
"""wedged-inject, and programs that speak like it, as the tests use them: started, heard, ended.

Knows nothing about what a variant should look like.
"""

import os
import pathlib
import re
import select
import signal
import subprocess
import time
from typing import NamedTuple, Optional

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("WEDGED_INJECT", str(SOURCE / "build/release/userspace/wedged-inject"))
DEADLINE = 60  # seconds; for a machine under load, not a promise
LASTS = 600  # seconds, longer than any test looks: each ends what it provoked
# Of wedged-inject, those that turn fast and take all the CPU that nobody else wants.
HEALTHY_LOOPS = {("healthy", variant) for variant in
                 ("timer_loop", "busy_receiver", "edge_triggered", "handing_over", "one_shot", "busy_wait")}
BEGAN = re.compile(r"began (\d+) pid=(\d+) tid=(\d+) cause=(\w+) variant=(\w+)(?: owner=(\d+))?(?: descriptor=(\d+))?")


class Began(NamedTuple):
    """What a line says."""
    ms: int  # CLOCK_MONOTONIC
    pid: int
    tid: int
    cause: str
    variant: str
    owner: Optional[int]
    descriptor: Optional[int] = None

    @staticmethod
    def of(line):
        found = BEGAN.fullmatch(line)
        if not found:
            raise AssertionError(f"not a line that tells of a beginning: {line!r}")
        ms, pid, tid, cause, variant, owner, descriptor = found.groups()
        return Began(int(ms), int(pid), int(tid), cause, variant, int(owner) if owner else None,
                     int(descriptor) if descriptor else None)


def listed():
    """All (cause, variant), as --list tells them."""
    text = subprocess.run([BINARY, "--list"], capture_output=True, text=True, check=True, timeout=DEADLINE).stdout
    found, cause = [], None
    for line in text.splitlines():
        if line.startswith(" "):
            found.append((cause, line.split()[0]))
        else:
            cause = line
    return found


class Provoked:
    """One run, in a session of its own so that all its processes can be told from others."""

    def __init__(self, *words):
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        start_new_session=True)
        self.rest = b""

    def line(self, seconds=DEADLINE):
        """The next line; empty at the end of the output."""
        until = time.monotonic() + seconds
        while b"\n" not in self.rest:
            if not select.select([self.process.stdout], [], [], max(0, until - time.monotonic()))[0]:
                raise AssertionError(f"{self.process.args} said nothing for {seconds} s")
            data = os.read(self.process.stdout.fileno(), 4096)
            if not data:
                return ""
            self.rest += data
        line, self.rest = self.rest.split(b"\n", 1)
        return line.decode()

    def began(self):
        line = self.line()
        if not line:
            raise AssertionError(f"{self.process.args} ended: {self.process.stderr.read().decode()}")
        return Began.of(line)

    def processes(self):
        """All processes of this run that exist."""
        return processes_of_session(self.process.pid)

    def wait(self):
        return self.process.wait(DEADLINE)

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.wait()
        self.process.stdout.close()
        self.process.stderr.close()


class Injected(Provoked):
    """One run of wedged-inject."""

    def __init__(self, cause, variant=None, lasts=f"{LASTS}s"):
        super().__init__(BINARY, cause, "--for", lasts, *(["--variant", variant] if variant else []))


def stat_of(pid, tid=None):
    """The fields of /proc/PID/stat after the name, from the state on; empty if there is none."""
    try:
        return pathlib.Path(f"/proc/{pid}/task/{tid}/stat" if tid else f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def session_of(pid):
    stat = stat_of(pid)
    return int(stat[3]) if stat else None


def processes_of_session(session):
    return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if session_of(pid) == session]
