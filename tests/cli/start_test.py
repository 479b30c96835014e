# SPDX-License-Identifier: Apache-2.0
"""How the daemon starts, refuses to start, and stops. The refusals need no root; the starts load BPF into this kernel."""

import contextlib
import json
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.request

from wedged import ADDRESS, BINARY, DEADLINE, DENIED, OK, SOURCE, config, free_port, need_kernel, taken_port, wedged, wedged_as_nobody


class Refusals(unittest.TestCase):
    def test_without_root_the_daemon_says_what_it_lacks(self):
        for words in (["run", "--no-web"], ["list", "--local"]):
            with self.subTest(words):
                done = wedged_as_nobody(*words)
                self.assertEqual(done.returncode, DENIED, done)
                self.assertRegex(done.stderr, r"root|CAP_")

    def test_a_port_in_use_is_told_by_its_address(self):
        need_kernel()
        with taken_port() as port, config("") as path:
            done = wedged("run", "--config", path, "--web.listen-address", f"127.0.0.1:{port}")
        self.assertEqual(done.returncode, ADDRESS, done)
        self.assertIn(f"127.0.0.1:{port}", done.stderr)


@contextlib.contextmanager
def running(*words, before=()):
    """The daemon with an empty configuration, its address, and its end."""
    port = free_port()
    with config("") as path:
        daemon = subprocess.Popen([*before, BINARY, "run", "--config", path, "--web.listen-address", f"127.0.0.1:{port}", *words],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            yield daemon, f"http://127.0.0.1:{port}"
        finally:
            daemon.kill()
            daemon.communicate()


def answer(daemon, address):
    """What the daemon answers there, as soon as it answers."""
    deadline = time.monotonic() + DEADLINE
    while daemon.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=DEADLINE) as response:
            return response.read().decode()
        time.sleep(0.05)
    raise AssertionError(f"no answer from {address}; the daemon's exit status is {daemon.poll()}")


def packaged_capabilities():
    """setpriv's word for the capabilities that the packaged unit leaves to the daemon."""
    unit = (SOURCE / "packaging/wedged.service").read_text(encoding="utf-8")
    [names] = re.findall(r"^CapabilityBoundingSet=(.+)$", unit, re.M)
    return "-all," + ",".join("+" + name.removeprefix("CAP_").lower() for name in names.split())


class PackagedUnit(unittest.TestCase):
    def test_it_may_write_where_the_daemon_writes_by_default(self):
        unit = (SOURCE / "packaging/wedged.service").read_text(encoding="utf-8")
        shown = wedged("config", "show", "--config", "/dev/null").stdout
        for place, key in (("ledger", "RuntimeDirectory"), ("directory", "StateDirectory")):
            [path] = re.findall(rf'\b{place}: "?(/[^",\s]+)', shown)
            [folder] = re.findall(rf"^{key}=(.+)$", unit, re.M)
            base = {"RuntimeDirectory": "/run", "StateDirectory": "/var/lib"}[key]
            self.assertEqual(path.split("/")[:len(base.split("/")) + 1], [*base.split("/"), folder])


class Starts(unittest.TestCase):
    def setUp(self):
        need_kernel()

    def test_the_daemon_becomes_healthy_exports_metrics_and_stops_when_told(self):
        with running() as (daemon, address):
            answer(daemon, address + "/healthz")
            self.assertIn("wedged_stuck_threads{", answer(daemon, address + "/metrics"))
            daemon.send_signal(signal.SIGTERM)
            daemon.communicate(timeout=DEADLINE)
            self.assertEqual(daemon.returncode, OK)

    def test_the_packaged_units_capabilities_are_enough(self):
        confined = ["setpriv", "--no-new-privs", f"--bounding-set={packaged_capabilities()}"]
        with running(before=confined) as (daemon, address):
            answer(daemon, address + "/healthz")

    def test_a_service_manager_is_told_that_it_is_ready_when_it_has_looked(self):
        with tempfile.TemporaryDirectory(prefix="wedged-start-") as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(f"{folder}/notify")
            manager.settimeout(DEADLINE)
            with running(before=["env", f"NOTIFY_SOCKET={folder}/notify", "WATCHDOG_USEC=1000000"]) as (_, address):
                while not (told := manager.recv(4096).decode()).startswith("READY=1\n"):
                    self.assertTrue(told.startswith("WATCHDOG=1\n"), told)
                with urllib.request.urlopen(address + "/healthz", timeout=DEADLINE) as response:
                    self.assertEqual(response.status, 200)
            self.assertIn("\nWATCHDOG_USEC=3000000", told)  # a scan each second

    def test_with_json_each_line_is_an_event_from_started_to_stopping(self):
        with running("--json") as (daemon, address):
            answer(daemon, address + "/healthz")
            daemon.send_signal(signal.SIGTERM)
            out, _ = daemon.communicate(timeout=DEADLINE)
        events = [json.loads(line) for line in out.splitlines()]
        self.assertEqual((events[0]["event"], events[-1]["event"]), ("started", "stopping"))
        self.assertTrue(all(event["schema"] == 1 and event["time"].endswith("Z") for event in events))


if __name__ == "__main__":
    unittest.main()
