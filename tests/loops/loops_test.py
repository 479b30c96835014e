# SPDX-License-Identifier: Apache-2.0
"""The daemon on this machine's own kernel: every loop that spins is found with its descriptor, no fast one is.

Its events are judged when the run is over. Needs root: else it is skipped, or fails with WEDGED_REQUIRE_KERNEL=1.
"""

import contextlib
import pathlib
import tempfile
import unittest

from loops import Loops, findings_of, seconds_after, starts_of_injected, starts_of_servers
from forms import FAST_SERVERS, FORMS, IN_ITS_LOOP, SPINNING_SERVERS
from injected import HEALTHY_LOOPS
from needs import need_kernel

WATCHED = 12  # seconds that the fast ones are given: twice the threshold
EXPLAINED = "reset"  # with fewer beside it, as `wedged why` needs a CPU, too
BOUND = 30  # seconds from the beginning to the finding; for a machine under load, six are expected


def setUpModule():
    need_kernel()


def events_of(names):
    return {name.removeprefix("E") for name in names}


def measured(loops):
    """How long each took, for the log."""
    for began in loops.spinning:
        for finding in loops.found(began)[:1]:
            loop = finding["loop"]
            yield (f"  {began.variant:15} found after {seconds_after(began, finding):.1f} s, {loop['ready_per_second']:.0f} ready, "
                   f"{loop['fruitless_per_second']:.0f} fruitless, {loop['productive_per_second']:.0f} productive a second")


class SpinningLoops(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(prefix="wedged-loops-") as folder, contextlib.ExitStack() as cleanups:
            cls.loops = Loops(pathlib.Path(folder), cleanups)
            cls.loops.run(starts_of_injected(lambda cause, variant: cause == "event_loop_spin" and variant != EXPLAINED))
            cls.loops.run(starts_of_servers(SPINNING_SERVERS) + starts_of_injected(lambda _, variant: variant == EXPLAINED),
                          meanwhile=lambda: cls.explain(EXPLAINED))
            cls.loops.run(starts_of_servers(FAST_SERVERS), WATCHED)
            cls.loops.run(starts_of_injected(lambda *one: one in HEALTHY_LOOPS), WATCHED)
            cls.loops.end()
        print(f"{len(cls.loops.spinning)} spin, {len(cls.loops.healthy)} do not", *measured(cls.loops), sep="\n")

    @classmethod
    def explain(cls, variant):
        cls.explained, cls.explanation = cls.loops.why(variant)

    def judge(self, check):
        """check(began, form, finding) of each that spins and was found."""
        for began in self.loops.spinning:
            with self.subTest(began):
                for finding in self.loops.found(began):
                    check(began, FORMS[began.variant], finding)

    def culprit(self, began, finding):
        """Of the descriptors that are told, the one that makes it spin."""
        return [one for one in finding["loop"]["descriptors"] if one["descriptor"] == began.descriptor]

    def test_each_is_found_once_by_its_cause_and_nothing_else_is_said(self):
        for began in self.loops.spinning:
            with self.subTest(began):
                found = findings_of(began, self.loops.raised)
                self.assertEqual([finding["cause"] for finding in found], ["event_loop_spin"],
                                 [finding["summary"] for finding in found])

    def test_it_is_as_certain_as_promised(self):
        self.judge(lambda _, form, finding: self.assertEqual(finding["certainty"], form.certainty, finding["summary"]))

    def test_it_is_found_soon(self):
        self.judge(lambda began, _, finding: self.assertLess(seconds_after(began, finding), BOUND))

    def test_the_call_that_it_waits_with_is_named(self):
        def check(_, form, finding):
            said = finding["loop"]["wait_call"]
            self.assertIn(said, form.waits or {None})
        self.judge(check)

    def test_the_descriptor_is_named_with_what_it_is_and_the_events_asked_for_and_reported(self):
        def check(began, form, finding):
            if not form.waits:
                return
            [culprit] = self.culprit(began, finding)
            self.assertTrue((culprit["file"] or "").startswith(form.file), culprit)
            self.assertEqual((events_of(culprit["asked"]), events_of(culprit["reported"])),
                             (set(form.asked.split()), set(form.reported.split())), culprit)
            self.assertEqual((culprit["used"], culprit["edge_triggered"]), (0, False), culprit)
            self.assertGreater(culprit["returned"], 1000, culprit)
            if began.descriptor is not None:
                self.assertIn(f"descriptor {began.descriptor}", finding["summary"])
        self.judge(check)

    def test_the_descriptor_that_requests_come_through_is_not_blamed(self):
        def check(began, form, finding):
            if form.waits:
                self.assertEqual([one for one in finding["loop"]["descriptors"] if one["used"] == 0], self.culprit(began, finding))
        self.judge(check)

    def test_the_call_that_fails_alike_is_named_with_its_error_and_descriptor(self):
        def check(began, form, finding):
            failing = finding["loop"]["failing"]
            if not form.failing:
                self.assertIsNone(failing)
                return
            call, error = form.failing
            self.assertEqual((failing["syscall"], failing["descriptor"]), (call, began.descriptor))
            if error:
                self.assertEqual(failing["error"], error)
        self.judge(check)

    def test_useful_requests_are_seen_beside_it(self):
        def check(_, form, finding):
            if form.answers == IN_ITS_LOOP:
                self.assertGreater(finding["loop"]["productive_per_second"], 0)
        self.judge(check)

    def test_the_stack_of_the_loop_is_shown(self):
        self.judge(lambda began, form, _: self.assertIn(form.function, self.loops.stacks.get(began.pid, [])))

    def test_threads_that_spin_with_one_epoll_are_one_finding(self):
        [began] = [one for one in self.loops.spinning if one.variant == "threads"]
        [finding] = self.loops.found(began)
        self.assertEqual(finding["threads_total"], 4)

    def test_why_names_the_descriptor_and_the_function(self):
        words = " ".join(self.explanation.split())
        self.assertIn(f"descriptor {self.explained.descriptor} ", words)
        self.assertIn(" event_loop+", words)

    def test_of_fast_loops_nothing_is_said(self):
        for began in self.loops.healthy:
            with self.subTest(began):
                self.assertEqual([finding["summary"] for finding in findings_of(began, self.loops.raised)], [])

    def test_each_finding_is_resolved_when_its_process_is_gone(self):
        self.assertEqual(self.loops.unresolved, set())

    def test_the_daemon_ended_well(self):
        self.assertEqual(self.loops.status, 0, self.loops.log)


if __name__ == "__main__":
    unittest.main()
