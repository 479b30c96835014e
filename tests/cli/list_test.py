# SPDX-License-Identifier: Apache-2.0
"""`wedged list` beside a daemon, which knows what no single look can see, and without one."""

import json
import pathlib
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from injected import BINARY, LASTS, Provoked  # noqa: E402
from own_cgroup import Cgroup, need_cgroups  # noqa: E402
from wedged import DEADLINE, OK, config, free_port, need_kernel, wedged, wedged_as_nobody  # noqa: E402

import daemon  # noqa: E402


class BesideADaemon(unittest.TestCase):
    """A crash is over within a moment: who looks later can only be told of it."""

    @classmethod
    def setUpClass(cls):
        need_kernel()
        need_cgroups()
        cls.folder = tempfile.TemporaryDirectory(prefix="wedged-list-")
        cls.address = f"127.0.0.1:{free_port()}"
        cls.cgroup = Cgroup("list")
        text = daemon.CONFIG + f"web: {{ listen_address: '{cls.address}' }}\n"
        cls.daemon = daemon.Daemon(pathlib.Path(cls.folder.name), text, web=True, more=cls.cgroup.scope)
        cls.daemon.wait_until_it_watches(DEADLINE)
        cls.hang = Provoked(*cls.cgroup.words(BINARY, "crashed_thread", "--for", f"{LASTS}s"))
        cls.began = cls.hang.began()
        if not cls.daemon.wait_for(lambda events: any(event.get("cause") == "crashed_thread" for event in events), DEADLINE):
            raise AssertionError(f"the crash is not found: {cls.daemon.stop()}")

    @classmethod
    def tearDownClass(cls):
        cls.hang.end()
        cls.daemon.stop()
        cls.cgroup.remove()
        cls.folder.cleanup()

    def listed(self, *words, run=wedged):
        done = run("list", "--config", pathlib.Path(self.folder.name) / "wedged.yaml", *words)
        self.assertEqual(done.returncode, OK, done)
        return done

    def told(self, *words):
        """By the daemon: one that is late, or whose last scan is old, is not waited for, and the command looks itself and says so."""
        until = time.monotonic() + DEADLINE
        while (done := self.listed(*words)).stderr and time.monotonic() < until:
            time.sleep(0.2)
        self.assertEqual(done.stderr, "")
        return done

    def test_it_tells_what_the_daemon_knows(self):
        done = self.told(*self.cgroup.scope)
        self.assertRegex(done.stdout, rf"(?m)^crashed_thread +{self.began.pid}/\d+ ")
        self.assertRegex(done.stdout, rf"\(\d+ threads looked at in cgroup {self.cgroup.name} by the daemon at {self.address}, [^ ]+ m?s ago\)\n$")

    def test_its_json_is_the_daemons(self):
        document = json.loads(self.told("--json", *self.cgroup.scope).stdout)
        [finding] = [one for one in document["findings"] if one["cause"] == "crashed_thread"]
        self.assertEqual((document["schema"], finding["process"]["pid"]), (1, self.began.pid))
        self.assertIn("decisions", finding)

    def test_to_look_itself_can_be_asked_for_and_needs_no_daemon(self):
        for words in (["--local", *self.cgroup.scope], ["--at-least", "1s", *self.cgroup.scope], ["--pid", str(self.began.pid)]):
            with self.subTest(words):
                done = self.listed(*words)
                self.assertNotIn("crashed_thread", done.stdout)
                self.assertRegex(done.stdout, r"\(\d+ threads looked at in (cgroup|process) \S+\)\n$")


class WithoutADaemon(unittest.TestCase):
    def test_it_looks_itself_and_says_what_it_cannot_tell(self):
        need_kernel()
        port = free_port()
        with config(f"web: {{ listen_address: '127.0.0.1:{port}' }}\n") as path:
            done = wedged("list", "--config", path)
        self.assertEqual(done.returncode, OK, done)
        self.assertRegex(done.stdout, r"\(\d+ threads looked at\)\n$")
        self.assertIn(f"nobody listens at http://127.0.0.1:{port}, so this is one look of its own: it can tell no crashed_thread", done.stderr)

    def test_without_rights_it_says_both(self):
        with config(f"web: {{ listen_address: '127.0.0.1:{free_port()}' }}\n") as path:
            done = wedged_as_nobody("list", "--config", path)
        self.assertNotEqual(done.returncode, OK)
        self.assertRegex(done.stderr, r"(?s)nobody listens.*(root|CAP_)")


if __name__ == "__main__":
    unittest.main()
