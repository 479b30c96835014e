# SPDX-License-Identifier: Apache-2.0
"""One daemon and many loops at once: those that spin, on bare calls and in libraries, and those that are only fast.

Collects; the test judges.
"""

import datetime
import functools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.request

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / folder) for folder in ("support", "cli")]
from daemon import BINARY, Daemon, key_of, resolved  # noqa: E402  pylint: disable=wrong-import-position
from injected import LASTS, Injected, Provoked, listed  # noqa: E402  pylint: disable=wrong-import-position
from wedged import free_port  # noqa: E402  pylint: disable=wrong-import-position

PROGRAMS = pathlib.Path(os.environ.get("WEDGED_LOOP_SERVERS", "build/release/tests/loops"))
SOURCES = pathlib.Path(__file__).resolve().parent / "servers"
PATIENCE = 60  # seconds; for a machine under load, not a promise


def words_of(program):
    """What starts it; nothing if it is not here."""
    if program.endswith(".java"):
        java = shutil.which("java") and shutil.which("javac")  # what compiles is with javac
        return ["nice", "-n", "10", "java", "-Xmx64m", SOURCES / program] if java else []
    return [PROGRAMS / program] if (PROGRAMS / program).exists() else []


def findings_of(began, events):
    return [event for event in events if event["event"] == "finding_raised" and event["process"]["pid"] == began.pid]


def found_of(began, events):
    return [finding for finding in findings_of(began, events) if finding["cause"] == "event_loop_spin"]


def functions_of(stack):
    return [frame["function"] for frame in stack["frames"]] if stack else []


def starts_of_injected(wanted):
    """What starts each (cause, variant) of wedged-inject that is wanted."""
    return [functools.partial(Injected, *one) for one in listed() if wanted(*one)]


def starts_of_servers(servers):
    return [functools.partial(Provoked, *words_of(program), variant, str(LASTS))
            for program, variants in servers.items() if words_of(program) for variant in variants]


class Loops:
    """`spinning` and `healthy`: Began of each. What is started is ended by `cleanups`, whatever happens."""

    def __init__(self, folder, cleanups):
        self.cleanups, self.port = cleanups, free_port()
        config = f"policy: {{ enforce: false }}\nweb: {{ listen_address: '127.0.0.1:{self.port}' }}\n"  # thresholds by default
        self.daemon = Daemon(folder, config, web=True)
        cleanups.callback(self.daemon.stop)
        self.daemon.wait_until_it_watches(PATIENCE)
        self.spinning, self.healthy, self.raised, self.stacks = [], [], [], {}

    def run(self, starts, seconds=0, meanwhile=lambda: None):
        """Until those that spin are found and so long at least, and what is to be done meanwhile is. No more than 16 should
        spin at a time: so many does the daemon look at closely.
        """
        runs, began = [], []  # one after the other: a JVM beside loops that turn takes a minute to start
        for start in starts:
            runs.append(start())
            self.cleanups.callback(runs[-1].end)
            began.append(runs[-1].began())
        enough = time.monotonic() + seconds
        spinning = [one for one in began if one.cause == "event_loop_spin"]
        self.spinning += spinning
        self.healthy += [one for one in began if one.cause == "healthy"]
        self.daemon.wait_for(lambda events: all(found_of(one, events) for one in spinning), PATIENCE)
        self.wait_for_stacks({one.pid for one in spinning})
        time.sleep(max(0.0, enough - time.monotonic()))
        meanwhile()
        self.raised = [event for event in self.daemon.seen() if event["event"] == "finding_raised"]
        for run in runs:
            run.end()

    def wait_for_stacks(self, pids):
        """A finding is told without its stack where the CPUs that the loops leave do not suffice to read it at once."""
        until = time.monotonic() + PATIENCE
        while pids - self.stacks.keys() and time.monotonic() < until:
            self.stacks |= {finding["process"]["pid"]: functions for finding in self.findings()
                            if finding["cause"] == "event_loop_spin" and (functions := functions_of(finding["user_stack"]))}
            time.sleep(0.5)

    def findings(self):
        """As the daemon has them now."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/findings", timeout=PATIENCE) as answer:
            return json.load(answer)["findings"]

    def found(self, began):
        return found_of(began, self.raised)

    def why(self, variant):
        """(Began, what it says of that process)."""
        [began] = [one for one in self.spinning if one.variant == variant]
        said = subprocess.run([BINARY, "why", str(began.pid)], capture_output=True, text=True, check=True, timeout=PATIENCE,
                              stdin=subprocess.DEVNULL)
        return began, said.stdout

    def end(self):
        """Gives the daemon time to say that all is over, and ends it."""
        ours = {began.pid for began in self.spinning}
        raised = {key_of(event) for event in self.raised if event["process"]["pid"] in ours}
        self.daemon.wait_for(lambda events: raised <= resolved(events), PATIENCE)
        self.unresolved = raised - resolved(self.daemon.seen())
        self.status, self.log = self.daemon.stop()


def seconds_after(began, finding):
    """From the beginning to the finding: two clocks, so a few milliseconds more or less."""
    told = datetime.datetime.fromisoformat(finding["time"].replace("Z", "+00:00")).timestamp()
    return told - (time.time() - time.clock_gettime(time.CLOCK_MONOTONIC)) - began.ms / 1000
