# SPDX-License-Identifier: Apache-2.0
"""A real daemon's events in a real journal: one entry each, found by its fields. A journald that stands still holds up no scan."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import journald  # noqa: E402
from daemon import BINARY, CONFIG  # noqa: E402
from injected import BINARY as INJECT, LASTS, Provoked  # noqa: E402
from needs import need, need_kernel  # noqa: E402
from own_cgroup import Cgroup, need_cgroups  # noqa: E402
from schemas import complaints, jsonschema, validator_of_event  # noqa: E402
from wedged import free_port  # noqa: E402

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
POLICY = "policy: { rules: [ { name: notice, match: { certainty: possible }, ladder: [ { log: true } ] } ] }"
LONG = 120  # seconds; for a machine under load, not a promise
STARTED = "MESSAGE_ID=2597e77d7c984a1a95c830a5d8c7303f"
RAISED = "MESSAGE_ID=f082178ab6254cc9b59f98825de27872"
OUTCOME = "MESSAGE_ID=513b82ec550945ab875ef68b4fda349c"
RESOLVED = "MESSAGE_ID=493d819b2331416fbd916298171cab30"


def until(what, holds):
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        value = holds()
        if value:
            return value
        time.sleep(0.3)
    raise AssertionError(f"not within {LONG} s: {what}")


class Service:
    """The daemon as systemd starts it: standard output and error are streams of the journal. It looks at one cgroup alone."""

    def __init__(self, folder, log, cgroup):
        self.port = free_port()
        config = CONFIG.replace("policy: { enforce: false }", POLICY)
        assert POLICY in config
        (folder / "wedged.yaml").write_text(config + f"web: {{ listen_address: '127.0.0.1:{self.port}' }}\n", encoding="utf-8")
        stream, named = log.stream()
        self.process = subprocess.Popen([BINARY, "run", "--config", folder / "wedged.yaml", *cgroup.scope], stdin=subprocess.DEVNULL,
                                        stdout=stream, stderr=stream, env={**os.environ, **named})
        stream.close()

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=LONG) as answer:
            return float(re.search(rf"(?m)^{re.escape(name)} (\S+)$", answer.read().decode())[1])

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


class InTheJournal(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wedged-journald-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.journal = journald.Journald(self.folder / "journald.log")
        self.addCleanup(self.journal.stop)
        self.cgroup = Cgroup("journald")
        self.addCleanup(self.cgroup.remove)
        self.service = Service(self.folder, self.journal, self.cgroup)
        self.addCleanup(self.service.stop)
        until("the daemon has started", lambda: self.journal.entries(STARTED))

    def hang(self):
        hang = Provoked(*self.cgroup.words(INJECT, "self_deadlock", "--for", f"{LASTS}s"))
        self.addCleanup(hang.end)
        return hang, f"WEDGED_PID={hang.began().pid}"

    def test_each_event_is_one_entry_with_its_fields(self):
        hang, mine = self.hang()
        entry, = until("the hang is told", lambda: self.journal.entries(RAISED, mine))
        self.assertEqual(entry["WEDGED_CAUSE"], "self_deadlock")
        self.assertEqual(entry["WEDGED_CERTAINTY"], "certain")
        self.assertEqual(entry["PRIORITY"], "3")
        self.assertEqual(entry["SYSLOG_IDENTIFIER"], "wedged")
        self.assertEqual(entry["_PID"], str(self.service.process.pid))
        self.assertTrue(entry["MESSAGE"].startswith("STUCK    self_deadlock (certain): "), entry["MESSAGE"])
        event = json.loads(entry["WEDGED_EVENT"])
        if jsonschema:
            self.assertEqual(complaints(validator_of_event("finding_raised"), event), [])
        hang.end()
        until("its end is told", lambda: self.journal.entries(RESOLVED, mine))
        self.service.stop()
        self.assertEqual(len(self.journal.entries(RAISED, mine)), 1)
        self.assertEqual(len(self.journal.entries(RESOLVED, mine)), 1)
        printed = [entry["MESSAGE"] for entry in self.journal.entries("_TRANSPORT=stdout")]
        self.assertEqual([line for line in printed if "STUCK" in line or "STARTED" in line], [], "the same a second time, as text")

    def test_the_commands_of_the_docs_print_events_of_any_size(self):
        need("jq", shutil.which("jq"))
        _, mine = self.hang()
        pid = mine.partition("=")[2]
        outcome, = until("the outcome is told", lambda: self.journal.entries(OUTCOME, mine))
        self.assertGreater(len(outcome["WEDGED_EVENT"]), 4096, "what journalctl leaves out without --all")
        for name, expected in (("events.md", f"[{pid}]"), ("operations.md", '"notice","log","dry_run"')):
            command, = re.findall(r"(?m)^ {4}(journalctl .*\| jq .*)$", (DOCS / name).read_text(encoding="utf-8"))
            command = command.replace("-u wedged", "SYSLOG_IDENTIFIER=wedged")  # there is no systemd here
            done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False, timeout=LONG)
            self.assertEqual((done.returncode, done.stderr), (0, ""), command)
            self.assertIn(expected, done.stdout, command)

    def test_a_journald_that_stands_still_holds_up_no_scan_and_gets_everything_later(self):
        self.journal.process.send_signal(signal.SIGSTOP)
        try:
            _, mine = self.hang()
            until("the hang is found", lambda: self.service.metric('wedged_stuck_threads{cause="self_deadlock"}') >= 1)
            for _ in range(800):  # more than the queue of its socket takes
                self.service.process.send_signal(signal.SIGHUP)
                time.sleep(0.005)
            before = self.service.metric("wedged_scans_total")
            until("scans go on", lambda: self.service.metric("wedged_scans_total") >= before + 3)
        finally:
            self.journal.process.send_signal(signal.SIGCONT)
        until("it is told in the end", lambda: self.journal.entries(RAISED, mine))
        self.assertEqual(self.service.metric('wedged_observation_losses_total{reason="event_output"}'), 0)


if __name__ == "__main__":
    try:
        need_kernel()
        need_cgroups()
        need("systemd-journald, journalctl and unshare", journald.is_here())
    except unittest.SkipTest:
        sys.exit(0)
    journald.enter()
    unittest.main()
