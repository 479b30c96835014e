# SPDX-License-Identifier: Apache-2.0
"""A real systemd-journald of the test's own, in a mount namespace whose /run nobody else sees. Judges nothing.

Call enter() first: it runs the program again in such a namespace. The host's journal is neither read nor written.
"""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

DAEMON = "/lib/systemd/systemd-journald"
FOLDER = pathlib.Path("/run/systemd/journal")
ENTRIES = pathlib.Path("/run/log/journal")
INSIDE = "WEDGED_TEST_OWN_RUN"
SETTINGS = """[Journal]
Storage=volatile
ReadKMsg=no
Audit=no
ForwardToWall=no
ForwardToConsole=no
ForwardToKMsg=no
ForwardToSyslog=no
"""


def is_here():
    return os.geteuid() == 0 and os.path.exists(DAEMON) and bool(shutil.which("journalctl") and shutil.which("unshare"))


def enter():
    """Returns inside only; outside it ends with the exit status of the inside."""
    if os.environ.get(INSIDE):
        for words in (["--make-rprivate", "/"], ["-t", "tmpfs", "tmpfs", "/run"], ["-t", "tmpfs", "tmpfs", "/etc/systemd"]):
            subprocess.run(["mount", *words], check=True)
        pathlib.Path("/etc/systemd/journald.conf").write_text(SETTINGS, encoding="utf-8")
        return
    sys.exit(subprocess.run(["unshare", "--mount", sys.executable, "-B", *sys.argv], env={**os.environ, INSIDE: "1"}, check=False).returncode)


class Journald:
    """With nothing in its journal yet."""

    def __init__(self, log):
        if not os.environ.get(INSIDE):
            raise AssertionError("this would delete the host's journal: call enter() first")
        for left_by_another in (FOLDER, ENTRIES):
            shutil.rmtree(left_by_another, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        with open(log, "wb") as out:
            self.process = subprocess.Popen([DAEMON], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        until = time.monotonic() + 60
        while not self.listens():
            if time.monotonic() > until or self.process.poll() is not None:
                raise AssertionError("journald does not start: " + log.read_text(errors="replace"))
            time.sleep(0.05)

    @staticmethod
    def listens():
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            return (FOLDER / "socket").exists() and probe.connect_ex(str(FOLDER / "stdout")) == 0

    @staticmethod
    def stream():
        """What systemd gives a service for its standard output, and the variable that says so."""
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        stream.connect(str(FOLDER / "stdout"))
        stream.sendall(b"wedged\n\n6\n1\n0\n0\n0\n")  # identifier, unit, priority, prefixes, forwarding
        status = os.fstat(stream.fileno())
        return stream, {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}

    @staticmethod
    def entries(*matches):
        done = subprocess.run(["journalctl", "--no-pager", "--output=json", "--all", *matches], capture_output=True, text=True, check=False,
                              timeout=60)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def stop(self):
        self.process.kill()
        self.process.wait()
