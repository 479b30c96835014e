# SPDX-License-Identifier: Apache-2.0
"""The daemon on this machine's own kernel: every deadlock that can be provoked is found and named, nothing healthy is.

Its events are judged when the run is over. Needs root: else it is skipped, or fails with WEDGED_REQUIRE_KERNEL=1.
"""

import contextlib
import json
import pathlib
import tempfile
import unittest

from everything import Everything, findings_of
from expectations import FOUND, NOT_FOUND, besides, certainty, right_causes
from needs import need_kernel


def setUpModule():
    need_kernel()


def words_of(finding):
    """What it says for people, without the fields that name its threads."""
    return json.dumps([finding["summary"], finding["evidence"], finding["chain"]])


def said_by(findings):
    """Of somebody healthy. That it starves is not wrong where others take the CPUs."""
    return [finding["summary"] for finding in findings if finding["cause"] != "starved"]


class Deadlocks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(prefix="wedged-deadlocks-") as folder, contextlib.ExitStack() as cleanups:
            cls.everything = Everything(pathlib.Path(folder), cleanups)
            cls.everything.watch()
            cls.everything.end()
        print(f"{len(cls.everything.runs)} provoked, servers: {' '.join(cls.everything.of_servers)}; "
              f"{len(cls.everything.raised)} findings on this host")

    def judge(self, hows, check):
        """check(began, findings) of each that should end so."""
        for began in [began for began, how in self.everything.runs if how in hows]:
            with self.subTest(began):
                check(began, findings_of(began, self.everything.raised))

    def judge_one(self, cause, variant):
        [began] = [began for began, _ in self.everything.runs if (began.cause, began.variant) == (cause, variant)]
        return began, findings_of(began, self.everything.raised)

    def whole(self, cause, variant):
        """As of its last scan: where the CPUs are busy a finding may be told before its stack is read."""
        began, _ = self.judge_one(cause, variant)
        [end] = findings_of(began, self.everything.events, "finding_resolved")
        return end

    def test_each_deadlock_is_found_once_by_its_cause_and_nothing_else_is_said(self):
        def check(began, findings):
            right = [finding["cause"] for finding in findings if finding["cause"] not in besides(began)]
            self.assertEqual(len(right), 1, [finding["summary"] for finding in findings])
            self.assertIn(right[0], right_causes(began))
        self.judge([FOUND], check)

    def test_its_certainty_is_as_promised(self):
        def check(began, findings):
            for finding in findings:
                if finding["cause"] in right_causes(began):
                    self.assertEqual(finding["certainty"], certainty(began), finding["summary"])
        self.judge([FOUND], check)

    def test_the_stuck_thread_and_the_owner_are_named(self):
        def check(began, findings):
            for finding in findings:
                if finding["cause"] not in right_causes(began):
                    continue
                if began.cause in ("self_deadlock", "dead_owner", "fork_inherited_lock"):
                    self.assertEqual(finding["thread"]["tid"], began.tid)
                elif began.cause in ("lock_cycle", "crashed_thread"):
                    self.assertIn(str(began.tid), words_of(finding))
                erased = "says that its owner died" in words_of(finding)  # musl: the mark has taken the id's place
                if began.owner and not erased:
                    self.assertIn(str(began.owner), words_of(finding))
        self.judge([FOUND], check)

    def test_who_waits_for_somebody_stuck_is_a_victim_in_the_finding_of_its_root(self):
        began, [finding] = self.judge_one("waits_for_stuck", "self_deadlock")
        self.assertEqual(finding["thread"]["tid"], began.owner)
        # Of the end: who came last may have waited for less than the threshold when the root was found.
        [end] = findings_of(began, self.everything.events, "finding_resolved")
        victims = {victim["tid"] for victim in end["victims"]}
        self.assertEqual(len(victims), 5)
        self.assertIn(began.tid, victims)

    def test_the_user_stack_shows_both_acquisitions_of_a_self_deadlock(self):
        finding = self.whole("self_deadlock", "mutex")
        stack = " ".join(frame["function"] or "?" for frame in finding["user_stack"]["frames"])
        self.assertIn("accept_new_conns maxconns_handler accept_new_conns", stack)

    def test_the_function_that_hangs_after_a_fork_is_named(self):
        finding = self.whole("fork_inherited_lock", "tz")
        self.assertIn("write_log_line", words_of(finding))

    def test_a_lock_that_a_crashed_thread_left_is_told_when_somebody_wants_it(self):
        began, findings = self.judge_one("crashed_thread", "then_dead_owner")
        causes = {finding["cause"] for finding in findings}
        self.assertEqual(causes, {"crashed_thread", "dead_owner"})
        for finding in findings:
            self.assertIn(str(began.tid), words_of(finding))

    def test_of_what_is_healthy_nothing_is_said_and_of_locks_without_owner_nothing_wrong(self):
        self.judge([NOT_FOUND], lambda _, findings: self.assertEqual(said_by(findings), []))

    def test_real_servers_are_well(self):
        self.assertEqual(self.everything.silent_servers, [])
        for name, pids in self.everything.of_servers.items():
            with self.subTest(name):
                self.assertTrue(pids, "it runs")
                said = said_by(event for event in self.everything.raised if event["process"]["pid"] in pids)
                self.assertEqual(said, [])

    def test_each_finding_is_resolved_when_its_process_is_gone(self):
        self.assertEqual(self.everything.unresolved, set())

    def test_the_daemon_ended_well(self):
        self.assertEqual(self.everything.status, 0, self.everything.log)


if __name__ == "__main__":
    unittest.main()
