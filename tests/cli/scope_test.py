# SPDX-License-Identifier: Apache-2.0
"""A daemon that watches a cgroup or some processes alone: for whom it vouches, and what it says when nobody is left to watch."""

import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from injected import BINARY, Provoked  # noqa: E402
from own_cgroup import Cgroup, need_cgroups  # noqa: E402
from wedged import DEADLINE, OK, config, free_port, need_kernel, wedged  # noqa: E402

import daemon  # noqa: E402

WARNING, CRITICAL, UNKNOWN = 1, 2, 3


def warnings_in(events):
    return [event["message"] for event in events if event["event"] == "warning"]


class ScopeCase(unittest.TestCase):
    def setUp(self):
        need_kernel()
        need_cgroups()
        self.address = f"127.0.0.1:{free_port()}"

    def watch(self, *scope):
        """A daemon that looks at this alone."""
        folder = tempfile.TemporaryDirectory(prefix="wedged-scope-")
        self.addCleanup(folder.cleanup)
        self.config = pathlib.Path(folder.name) / "wedged.yaml"
        text = daemon.CONFIG + f"web: {{ listen_address: '{self.address}' }}\n"
        one = daemon.Daemon(pathlib.Path(folder.name), text, web=True, more=tuple(map(str, scope)))
        self.addCleanup(one.stop)
        one.wait_until_it_watches(DEADLINE)
        self.until(lambda: self.page()["last_scan"])
        return one

    def cgroup(self, name):
        cgroup = Cgroup(name)
        self.addCleanup(cgroup.remove)
        return cgroup

    def sleeper(self, *before):
        process = subprocess.Popen([*before, "sleep", "300"])
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def until(self, holds):
        deadline = time.monotonic() + DEADLINE
        while not holds():
            self.assertLess(time.monotonic(), deadline, "it does not become so")
            time.sleep(0.1)

    def asked(self, path):
        try:
            with urllib.request.urlopen(f"http://{self.address}{path}", timeout=DEADLINE) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def metric(self):
        return [line for line in self.asked("/metrics")[1].splitlines() if line.startswith("wedged_scope_missing")]

    def page(self):
        return json.loads(self.asked("/api/v1/findings")[1])

    def check(self, *words):
        done = wedged("check", "--config", self.config, "--timeout", "30s", *words)
        return done.returncode, done.stdout


class NobodyLeft(ScopeCase):
    def test_a_cgroup_that_is_removed_is_missed_and_watched_when_it_is_made_again(self):
        cgroup = self.cgroup("made-again")
        watching = self.watch(*cgroup.scope)
        self.assertEqual(self.asked("/healthz"), (200, "ok\n"))
        self.assertEqual(self.page()["scope"], {"pids": [], "cgroup": cgroup.name, "missing": None})
        self.assertEqual(self.metric(), ["wedged_scope_missing 0"])
        self.assertEqual(self.check("--no-local", "--cgroup", cgroup.name)[0], OK)
        cgroup.path.rmdir()
        gone = f"cgroup {cgroup.name} does not exist"
        self.until(lambda: self.asked("/healthz") == (503, f"nobody is looked at: {gone}\n"))
        self.assertEqual(self.page()["scope"]["missing"], gone)
        self.assertEqual(self.metric(), ["wedged_scope_missing 1"])
        status, line = self.check("--url", f"http://{self.address}", "--cgroup", cgroup.name)
        self.assertEqual(status, UNKNOWN)
        self.assertIn(gone, line)
        self.assertTrue(watching.wait_for(lambda events: warnings_in(events) == [f"nobody is looked at: {gone}"], DEADLINE), watching.seen())
        cgroup.path.mkdir()
        hang = Provoked(*cgroup.words(BINARY, "self_deadlock", "--for", "300s"))
        self.addCleanup(hang.end)
        pid = hang.began().pid
        found = watching.wait_for(lambda events: any(event.get("cause") == "self_deadlock" and event["process"]["pid"] == pid
                                                     for event in events), DEADLINE)
        self.assertTrue(found, watching.seen())
        self.assertEqual(self.asked("/healthz"), (200, "ok\n"))
        self.assertEqual(self.metric(), ["wedged_scope_missing 0"])
        self.assertEqual(warnings_in(watching.seen()), [f"nobody is looked at: {gone}", f"cgroup {cgroup.name} is there again and is looked at"])
        self.assertEqual(self.check("--no-local", "--cgroup", cgroup.name)[0], CRITICAL)

    def test_processes_that_have_all_ended_are_missed_once(self):
        sleepers = [self.sleeper(), self.sleeper()]
        watching = self.watch(*(word for one in sleepers for word in ("--pid", one.pid)))
        for one in sleepers:
            self.assertEqual(self.asked("/healthz"), (200, "ok\n"))
            one.kill()
            one.wait()
        pids = ", ".join(str(pid) for pid in sorted(one.pid for one in sleepers))
        self.until(lambda: self.asked("/healthz") == (503, f"nobody is looked at: processes {pids} have ended\n"))
        time.sleep(2 * daemon.THRESHOLD)
        self.assertEqual(warnings_in(watching.seen()), [f"nobody is looked at: processes {pids} have ended"])

    def test_screens_that_go_on_say_so(self):
        cgroup = self.cgroup("screens")
        for words in (["list", "--watch", "1s"], ["top", "--batch", "--interval", "1s"]):
            with self.subTest(words), config("") as path, tempfile.TemporaryFile() as out:
                one = subprocess.Popen([daemon.BINARY, *words, "--config", path, *cgroup.scope], stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=subprocess.STDOUT)
                self.addCleanup(one.wait)
                self.addCleanup(one.kill)

                def said(text):
                    out.seek(0)
                    return text in out.read().decode()
                self.until(lambda: said(f" in cgroup {cgroup.name}"))
                cgroup.path.rmdir()
                self.until(lambda: said(f"nobody is looked at: cgroup {cgroup.name} does not exist"))
                cgroup.path.mkdir()


class OnlyForItsOwn(ScopeCase):
    """Somebody outside is stopped, which the daemon does not see."""

    def setUp(self):
        super().setUp()
        self.inside = self.cgroup("inside")
        self.member = self.sleeper(*self.inside.words())
        self.stranger = self.sleeper()
        self.stranger.send_signal(signal.SIGSTOP)
        self.until(lambda: "0::" + self.inside.name in pathlib.Path(f"/proc/{self.member.pid}/cgroup").read_text(encoding="ascii"))
        self.stopped = time.monotonic()

    def test_what_is_outside_of_its_cgroup_it_is_not_asked(self):
        self.watch(*self.inside.scope)
        self.others_are_looked_for(f"cgroup {self.inside.name}")
        for words in (["--pid", self.member.pid], ["--cgroup", self.inside.name], ["--cgroup", self.inside.name, "--pid", self.member.pid]):
            with self.subTest(words):
                status, line = self.check("--no-local", *words)
                self.assertEqual(status, OK, line)
        status, line = self.check("--no-local", "--cgroup", "/")
        self.assertEqual(status, UNKNOWN, line)

    def test_nor_what_is_outside_of_its_processes(self):
        self.watch("--pid", self.member.pid)
        self.others_are_looked_for(f"process {self.member.pid}")
        self.assertEqual(self.check("--no-local", "--pid", self.member.pid)[0], OK)
        self.assertEqual(self.check("--no-local", "--cgroup", self.inside.name)[0], UNKNOWN)

    def others_are_looked_for(self, scope):
        alone = f"the daemon at http://{self.address} watches {scope} alone"
        for words in ([], ["--pid", self.stranger.pid], ["--pid", self.stranger.pid, "--pid", self.member.pid]):
            with self.subTest(words):
                self.assertEqual(self.check("--no-local", *words)[0], UNKNOWN)
                self.assertIn(alone, self.check("--no-local", *words)[1])
                self.assertEqual(self.check("--url", f"http://{self.address}", *words)[0], UNKNOWN)
        time.sleep(max(0, self.stopped + daemon.THRESHOLD + 1 - time.monotonic()))
        status, line = self.check("--pid", self.stranger.pid)
        self.assertEqual(status, WARNING, line)  # stopped is possible only
        self.assertRegex(line, rf"sleep\[{self.stranger.pid}\] stopped .*\({re.escape(alone)}: looked now\)")
        listed = wedged("list", "--config", self.config)
        self.assertRegex(listed.stdout, rf"(?m)^stopped +{self.stranger.pid}/")
        self.assertIn(alone, listed.stderr)


if __name__ == "__main__":
    unittest.main()
