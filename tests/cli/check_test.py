# SPDX-License-Identifier: Apache-2.0
"""`wedged check` as a health check runs it: without a daemon, with one, and with somebody else at its port."""

import json
import os
import pathlib
import re
import socket
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from injected import Injected  # noqa: E402
from wedged import DEADLINE, config, free_port, need, need_kernel, wedged, wedged_as_nobody  # noqa: E402

import daemon  # noqa: E402

OK, WARNING, CRITICAL, UNKNOWN = range(4)
LINE = re.compile(r"WEDGED (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+( \| findings=\d+;;;0 threads=\d+;;;0 oldest=\d+s;;;0)?\n")


class CheckCase(unittest.TestCase):
    def check(self, status, *words, run=wedged):
        """One line of the convention with this status; returns it."""
        done = run("check", *words)
        self.assertEqual(done.returncode, status, done)
        self.assertRegex(done.stdout, LINE)
        self.assertEqual(done.stdout.split()[1], ("OK", "WARNING", "CRITICAL", "UNKNOWN")[status])
        self.assertEqual(" | " in done.stdout, status != UNKNOWN, done.stdout)
        return done.stdout


class Usage(CheckCase):
    def test_bad_usage_is_unknown_and_told_where_the_plug_ins_reader_looks(self):
        for words in (["--pid", "x"], ["--pid"], ["--nonsense"], ["--lasting", "soon"], ["--critical-certainty", "sure"],
                      ["--container", "docker:12"], ["--unit", ""], ["--local", "--no-local"]):
            with self.subTest(words):
                self.assertIn("usage", self.check(UNKNOWN, *words))

    def test_a_configuration_that_cannot_be_used_is_unknown_with_its_place(self):
        with config("nonsense: 1\n") as path:
            self.assertIn(f"{path}:1:1", self.check(UNKNOWN, "--config", path))

    def test_who_does_not_exist_is_unknown(self):
        with config("") as path:
            self.assertIn("no such process 4194304", self.check(UNKNOWN, "--config", path, "--pid", 4194304))
            self.assertIn("no-such", self.check(UNKNOWN, "--config", path, "--cgroup", "no-such.slice"))

    def test_a_url_that_is_none_is_unknown(self):
        for url in ("node1:9974", "ftp://node1:9974", "https://"):
            self.assertIn("--url: must be http://HOST:PORT or https://HOST:PORT", self.check(UNKNOWN, "--url", url))

    def test_a_password_on_the_command_line_is_refused_and_not_repeated(self):
        line = self.check(UNKNOWN, "--url", "https://alice:secret@node1:9974")
        self.assertIn("--user NAME --password-file FILE", line)
        self.assertNotIn("secret", line)

    def test_flags_of_access_that_do_not_go_together_are_unknown(self):
        for words in (["--user", "alice"], ["--cert-file", "c"], ["--insecure", "--ca-file", "f"],
                      ["--insecure", "--user", "a", "--password-file", "p"]):
            self.assertIn("usage: --", self.check(UNKNOWN, *words))
        self.assertIn("must be https://", self.check(UNKNOWN, "--url", "http://node1", "--ca-file", "f"))

    def test_without_a_daemon_and_without_root_it_is_unknown(self):
        line = self.check(UNKNOWN, "--web.listen-address", f"127.0.0.1:{free_port()}", run=wedged_as_nobody)
        self.assertRegex(line, "nobody listens.*(root|CAP_)")

    def test_with_nobody_to_ask_and_no_look_allowed_it_is_unknown(self):
        self.assertIn("nobody listens", self.check(UNKNOWN, "--no-local", "--web.listen-address", f"127.0.0.1:{free_port()}"))


class Strangers(CheckCase):
    """Somebody else listens where the daemon should."""

    def test_who_says_nothing_is_given_up_within_the_time(self):
        with socket.create_server(("127.0.0.1", 0)) as mute:
            begin = time.monotonic()
            line = self.check(UNKNOWN, "--timeout", "1s", "--url", f"http://127.0.0.1:{mute.getsockname()[1]}")
            self.assertLess(time.monotonic() - begin, 1 + DEADLINE / 4)
        self.assertIn("no answer in time", line)

    def test_a_handshake_that_never_ends_is_given_up_within_the_time(self):
        with socket.create_server(("127.0.0.1", 0)) as mute:
            line = self.check(UNKNOWN, "--timeout", "1s", "--url", f"https://127.0.0.1:{mute.getsockname()[1]}")
        self.assertIn("TLS: no answer in time", line)

    def test_a_name_server_that_says_nothing_is_given_up_and_named_as_the_reason(self):
        need("root, to give the command a resolv.conf of its own", os.geteuid() == 0)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute, config("nameserver 127.97.4.74\n") as resolver:
            mute.bind(("127.97.4.74", 53))
            other = ["unshare", "--mount", "sh", "-c", f'mount --bind {resolver} "$(realpath /etc/resolv.conf)" && exec "$@"', "sh"]
            line = self.check(UNKNOWN, "--timeout", "1s", "--url", "https://db1.example:9974", run=lambda *words: wedged(*words, before=other))
        self.assertIn("db1.example: no name server tells its address in time; give the address", line)

    def test_a_daemon_that_hangs_is_not_replaced_by_an_own_look(self):
        with socket.create_server(("127.0.0.1", 0)) as mute:
            address = f"127.0.0.1:{mute.getsockname()[1]}"
            self.assertIn(address, self.check(UNKNOWN, "--timeout", "200ms", "--web.listen-address", address))


class WithoutADaemon(CheckCase):
    def setUp(self):
        need_kernel()

    def test_it_looks_by_itself_and_says_so(self):
        hang = Injected("self_deadlock")
        self.addCleanup(hang.end)
        began = hang.began()
        with config("thresholds: { lock_wait: 1s }") as path:
            words = ["--config", path, "--web.listen-address", f"127.0.0.1:{free_port()}", "--timeout", "30s"]
            line = wait_for(lambda: wedged("check", *words, "--pid", began.pid), CRITICAL)
            self.assertIn(f"[{began.pid}] self_deadlock for ", line)
            self.assertIn("(no daemon: looked now)", line)
            wait_for(lambda: wedged("check", *words, "--local", "--cgroup", "/"), CRITICAL)
            self.check(OK, *words, "--pid", os.getpid())
            self.check(OK, *words, "--pid", began.pid, "--lasting", "1h")


class WithADaemon(CheckCase):
    @classmethod
    def setUpClass(cls):
        need_kernel()
        cls.folder = tempfile.TemporaryDirectory(prefix="wedged-check-")
        cls.address = f"127.0.0.1:{free_port()}"
        text = daemon.CONFIG + f"web: {{ listen_address: '{cls.address}' }}\n"
        cls.daemon = daemon.Daemon(pathlib.Path(cls.folder.name), text, web=True)
        cls.daemon.wait_until_it_watches(DEADLINE)
        cls.hang = Injected("self_deadlock")
        cls.began = cls.hang.began()
        if not cls.daemon.wait_for(lambda events: any(event.get("cause") == "self_deadlock" and
                                                      event["process"]["pid"] == cls.began.pid for event in events), DEADLINE):
            raise AssertionError(f"the hang is not found: {cls.daemon.stop()}")

    @classmethod
    def tearDownClass(cls):
        cls.hang.end()
        cls.daemon.stop()
        cls.folder.cleanup()

    def asked(self, status, *words):
        return self.check(status, "--no-local", "--web.listen-address", self.address, *words, run=patient(wedged))

    def test_a_process_that_hangs_is_critical(self):
        line = self.asked(CRITICAL, "--pid", self.began.pid)
        self.assertRegex(line, rf"wedged-inject\[{self.began.pid}\] self_deadlock for (\d+ min )?\d+ s \(certain\)")
        self.assertNotIn("looked", line)

    def test_another_process_is_ok(self):
        self.asked(OK, "--pid", os.getpid())

    def test_it_is_found_by_its_cgroup_too(self):
        path = pathlib.Path(f"/proc/{self.began.pid}/cgroup").read_text(encoding="utf-8")
        cgroup = re.search(r"^0::(.+)$", path, re.M).group(1)
        self.asked(CRITICAL, "--cgroup", cgroup)
        self.asked(CRITICAL, "--pid", os.getpid(), "--cgroup", cgroup)

    def test_levels_and_age_decide_what_counts(self):
        pid = ["--pid", self.began.pid]
        self.asked(OK, *pid, "--lasting", "1h")
        self.asked(CRITICAL, *pid, "--critical-certainty", "certain")

    def test_nobody_needs_rights_to_ask(self):
        line = self.check(CRITICAL, "--url", f"http://{self.address}", "--pid", self.began.pid, run=patient(wedged_as_nobody))
        self.assertIn("self_deadlock", line)

    def test_with_json_the_exit_code_is_the_same(self):
        done = patient(wedged)("check", "--json", "--url", f"http://{self.address}", "--pid", self.began.pid)
        value = json.loads(done.stdout)
        self.assertEqual((done.returncode, value["exit_code"], value["status"]), (CRITICAL, CRITICAL, "CRITICAL"))
        self.assertEqual(value["findings"][0]["process"]["pid"], self.began.pid)

    def page(self):
        with urllib.request.urlopen(f"http://{self.address}/api/v1/findings", timeout=DEADLINE) as response:
            return json.load(response)

    def test_its_findings_are_served_as_json(self):
        until = time.monotonic() + DEADLINE
        while (page := self.page())["stale"] and time.monotonic() < until:
            time.sleep(0.2)
        self.assertEqual((page["schema"], page["stale"], page["enforcing"]), (1, False, False))
        [finding] = [one for one in page["findings"] if one["process"]["pid"] == self.began.pid]
        self.assertEqual((finding["cause"], finding["threads"][0]["tid"]), ("self_deadlock", self.began.tid))


def patient(run):
    """Once more while a daemon gives no verdict: it may be late, or its last scan too old to tell anything."""
    def repeated(*words):
        until = time.monotonic() + DEADLINE
        while (done := run(*words, "--timeout", "30s")).returncode == UNKNOWN and time.monotonic() < until:
            time.sleep(0.2)
        return done
    return repeated


def wait_for(run, status):
    """The first output with that exit status."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        done = run()
        if done.returncode == status:
            return done.stdout
        time.sleep(0.2)
    raise AssertionError(done)


if __name__ == "__main__":
    unittest.main()
