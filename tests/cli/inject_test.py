# SPDX-License-Identifier: Apache-2.0
"""wedged-inject: each variant looks in /proc as its cause says, and nothing of it is left when its time is over."""

import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import time
import unittest

from wedged import DENIED, NOBODY, OK, USAGE, open_folder

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from injected import BINARY, DEADLINE, HEALTHY_LOOPS, LASTS, Injected, listed, stat_of  # noqa: E402  pylint: disable=wrong-import-position

FUTEX, OPENAT, READ, WAIT4 = {"x86_64": (202, 257, 0, 61), "aarch64": (98, 56, 63, 260)}[platform.machine()]
NEEDS_ROOT = {"uninterruptible_wait", "slow_syscall", "unkillable", "kernel_loop", "starved", ("stopped", "cgroup")}
EXPECTED = {"uninterruptible_wait": ("D", READ), "slow_syscall": ("S", OPENAT), "unkillable": ("D", OPENAT),
            ("lock_cycle", "wait"): ("S", WAIT4)}
STATES = {"kernel_loop": "R", "event_loop_spin": "R", "starved": "R", "lost_leader": "Z", ("stopped", "signal"): "T",
          ("stopped", "traced"): "t", ("stopped", "cgroup"): "S"}  # where the call is not what counts
COMPANIONS = {"no_waker": 4, "waits_for_stuck": 6, "self_deadlock": 1, "crashed_thread": 3, "starved": 2, "lost_leader": 1,
              "event_loop_spin": 1}  # at least, beside the stuck thread
HOGS = {"kernel_loop", "event_loop_spin", "starved", *HEALTHY_LOOPS}  # take what CPU there is, or all of one
LOST = {("event_loop_spin", "closed")}  # makes a loop spin, and is open in another process only


def call_of(pid, tid):
    """Number of the call that a sleeping thread is in."""
    word = pathlib.Path(f"/proc/{pid}/task/{tid}/syscall").read_text(encoding="ascii").split()[0]
    return int(word) if word.lstrip("-").isdigit() else None


def threads_of(pid):
    try:
        return {int(tid) for tid in os.listdir(f"/proc/{pid}/task")}
    except OSError:
        return set()


def comes_true(holds):
    """Threads that spin with one epoll sleep now and then: it has a mutex."""
    until = time.monotonic() + DEADLINE
    while not (held := holds()) and time.monotonic() < until:
        time.sleep(0.002)
    return held


def run(*words, before=(), binary=BINARY):
    return subprocess.run([*before, binary, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE,
                          check=False)


class CommandLine(unittest.TestCase):
    def assert_usage_error(self, *words, names):
        done = run(*words)
        self.assertEqual((done.returncode, done.stdout), (USAGE, ""), done)
        for name in names:
            self.assertIn(name, done.stderr)

    def test_help_names_flags_causes_and_what_is_printed(self):
        done = run("--help")
        self.assertEqual((done.returncode, done.stderr), (OK, ""))
        for word in ("--for", "--variant", "--list", "began", *{cause for cause, _ in listed()}):
            self.assertIn(word, done.stdout)

    def test_an_unknown_cause_is_a_usage_error_with_the_nearest_and_all(self):
        self.assert_usage_error("self_deadlok", names=["did you mean 'self_deadlock'?", "lock_cycle", "healthy"])
        self.assert_usage_error("xyzzy", names=["xyzzy", "lock_cycle"])
        self.assertNotIn("did you mean", run("xyzzy").stderr)

    def test_an_unknown_variant_is_a_usage_error_with_all_of_that_cause(self):
        self.assert_usage_error("lock_cycle", "--variant", "fiv", names=["did you mean 'five'?", "rwlock"])

    def test_no_cause_and_bad_durations_are_usage_errors(self):
        self.assert_usage_error(names=["a cause is missing"])
        for bad in ("5", "5parsecs", "0s", "-1s", "25h", "soon", ""):
            with self.subTest(bad):
                self.assert_usage_error("self_deadlock", "--for=" + bad, names=["--for"])

    def test_without_root_a_fault_in_the_kernel_says_what_it_lacks(self):
        with open_folder() as folder:
            binary = shutil.copy(BINARY, folder / "wedged-inject")
            drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
            done = run("unkillable", before=drop, binary=binary)
        self.assertEqual((done.returncode, done.stdout), (DENIED, ""), done)
        self.assertIn("not permitted", done.stderr)


def possible():
    """All (cause, variant) that whoever runs this may provoke."""
    return [one for one in listed() if os.geteuid() == 0 or not NEEDS_ROOT & {one[0], one}]


class Variants(unittest.TestCase):
    def provoke(self, cause, variant=None):
        one = Injected(cause, variant)
        self.addCleanup(one.end)
        return one

    def assert_stuck(self, began):
        if began.cause == "crashed_thread":
            self.assertNotIn(began.tid, threads_of(began.pid))
            self.assertTrue(comes_true(lambda: stat_of(began.pid)[0] == "S"), "the process lives")
            return
        state = STATES.get((began.cause, began.variant), STATES.get(began.cause))
        if state:
            self.assertTrue(comes_true(lambda: stat_of(began.pid, began.tid)[0] == state), state)
            return
        state, call = EXPECTED.get((began.cause, began.variant), EXPECTED.get(began.cause, ("S", FUTEX)))
        self.assertEqual((stat_of(began.pid, began.tid)[0], call_of(began.pid, began.tid)), (state, call))

    def assert_descriptor(self, began):
        self.assertEqual(began.descriptor is not None,
                         began.cause == "event_loop_spin" and (began.cause, began.variant) not in LOST)
        if began.descriptor is not None:
            self.assertTrue(os.path.islink(f"/proc/{began.pid}/fd/{began.descriptor}"))

    def assert_owner(self, began):
        own = threads_of(began.pid)
        if began.cause == "self_deadlock":
            self.assertEqual(began.owner, began.tid)
        elif began.cause == "dead_owner" and began.variant == "leader":
            self.assertEqual((began.owner, stat_of(began.pid)[0]), (began.pid, "Z"))
        elif began.cause in ("dead_owner", "fork_inherited_lock") and began.variant != "tz":
            self.assertTrue(began.owner and began.owner not in own)
        elif began.cause == "lock_cycle" and began.variant in ("shared", "wait"):  # of two processes
            self.assertEqual(threads_of(began.owner), {began.owner})
            self.assertEqual(call_of(began.owner, began.owner), FUTEX)
        elif began.cause in ("lock_cycle", "waits_for_stuck"):
            self.assertIn(began.owner, own - {began.tid})
            self.assertEqual(call_of(began.pid, began.owner), FUTEX)
        else:
            self.assertIsNone(began.owner)

    def assert_as_it_says(self, cause, variant, one):
        with self.subTest(cause=cause, variant=variant):
            began = one.began()
            self.assertEqual((began.cause, began.variant), (cause, variant))
            if cause != "healthy":
                self.assert_stuck(began)
                self.assert_owner(began)
            self.assert_descriptor(began)
            self.assertGreaterEqual(len(threads_of(began.pid)), COMPANIONS.get(cause, 0) + (cause != "crashed_thread"))
            self.assertLess(abs(time.clock_gettime(time.CLOCK_MONOTONIC) * 1000 - began.ms), 1000 * LASTS)

    def assert_ends(self, cause, variant, one):
        with self.subTest("ends", cause=cause, variant=variant):
            self.assertIsNone(one.process.poll(), "it has ended by itself")
            one.process.send_signal(signal.SIGTERM)
            self.assertEqual(one.wait(), OK)
            self.assertIn("told to stop", one.line())
            self.assertEqual(one.processes(), [])

    def test_each_is_what_it_says_and_leaves_nothing(self):
        """All are started at once and looked at one after the other."""
        runs = {(cause, variant): self.provoke(cause, variant) for cause, variant in possible() if not HOGS & {cause, (cause, variant)}}
        for of, one in runs.items():
            self.assert_as_it_says(*of, one)
        self.look_at_what_comes_later(runs["crashed_thread", "then_dead_owner"])
        for of, one in runs.items():
            self.assert_ends(*of, one)

    def test_likewise_each_that_takes_the_cpus(self):
        """Not for long, so that others get them again."""
        for cause, variant in possible():
            if HOGS & {cause, (cause, variant)}:
                one = self.provoke(cause, variant)
                self.assert_as_it_says(cause, variant, one)
                self.assert_ends(cause, variant, one)

    def look_at_what_comes_later(self, one):
        later = one.began()
        self.assertEqual(later.cause, "dead_owner")
        self.assert_stuck(later)
        self.assert_owner(later)

    def test_who_is_forked_with_a_lock_has_one_thread_and_a_parent_with_more(self):
        one = self.provoke("fork_inherited_lock")
        began = one.began()
        self.assertEqual(threads_of(began.pid), {began.tid})
        self.assertGreater(len(threads_of(int(stat_of(began.pid)[1]))), 1)


class Ends(unittest.TestCase):
    def begun(self):
        one = Injected("lock_cycle", "shared")
        self.addCleanup(one.end)
        began = one.began()
        self.assertEqual(len(one.processes()), 3)
        return one, began

    def assert_nothing_left(self, one):
        until = time.monotonic() + DEADLINE
        while one.processes() and time.monotonic() < until:
            time.sleep(0.02)
        self.assertEqual(one.processes(), [])

    def test_when_told(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(number):
                one, _ = self.begun()
                one.process.send_signal(number)
                self.assertEqual(one.wait(), OK)
                self.assert_nothing_left(one)

    def test_when_its_time_is_over(self):
        one = Injected("lock_cycle", "shared", "1s")
        self.addCleanup(one.end)
        one.began()
        self.assertEqual(one.wait(), OK)
        self.assertIn("its time is over", one.line())
        self.assertEqual(one.processes(), [])

    def test_when_its_supervisor_is_killed(self):
        one, _ = self.begun()
        one.process.kill()
        one.wait()
        self.assert_nothing_left(one)

    def test_when_somebody_else_ends_the_stuck_process(self):
        one, began = self.begun()
        os.kill(began.pid, signal.SIGKILL)
        self.assertEqual(one.wait(), OK)
        self.assertIn("killed by signal 9", one.line())
        self.assert_nothing_left(one)


if __name__ == "__main__":
    unittest.main()
