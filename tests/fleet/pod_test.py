# SPDX-License-Identifier: Apache-2.0
"""The daemon as packaging/kubernetes/daemon-set.yaml runs it: the manifest's arguments, configuration, capabilities and read-only
root, on this machine's kernel, as far as that goes without a container engine (pod.py). It must look, and find.

Needs root: else it is skipped, or fails with WEDGED_REQUIRE_KERNEL=1.
"""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import manifests
import pod
from manifests import FOLDER, SOURCE

sys.path.insert(0, str(SOURCE / "tests/support"))
import injected  # noqa: E402
from needs import need, need_kernel  # noqa: E402

# By number, capabilities(7); of these, those a pod has are told by its status.
NUMBERS = {"DAC_READ_SEARCH": 2, "KILL": 5, "SYS_PTRACE": 19, "SYSLOG": 34, "PERFMON": 38, "BPF": 39, "CHECKPOINT_RESTORE": 40}
# Soon, but else as the ConfigMap has it.
SOON = "\nthresholds: { lock_wait: 2s, uninterruptible_wait: 2s }\n"
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
DENIED, UNSUPPORTED = 4, 5


def setUpModule():
    need_kernel()
    need("unshare and setpriv", shutil.which("unshare") and shutil.which("setpriv"))


def functions_of(finding):
    return [frame["function"] for frame in finding["user_stack"]["frames"]]


class PodTest(unittest.TestCase):
    def setUp(self):
        self.cleanups = contextlib.ExitStack()
        self.addCleanup(self.cleanups.close)

    def folder(self):
        folder = pathlib.Path(self.cleanups.enter_context(tempfile.TemporaryDirectory(prefix="wedged-pod-")))
        folder.chmod(0o755)
        return folder

    def run_pod(self, without=()):
        config = (FOLDER / "wedged.yaml").read_text(encoding="utf-8") + SOON
        one = pod.Pod(self.folder(), set(manifests.capabilities()) - set(without), config, [*manifests.arguments(), "--json"])
        self.cleanups.callback(one.stop)
        return one

    def healthy_pod(self, without=()):
        one = self.run_pod(without)
        self.assertTrue(one.healthy(), one.said())
        return one

    def self_deadlock(self, program=injected.BINARY, before=()):
        one = injected.Provoked(*before, program, "self_deadlock", "--for", f"{injected.LASTS}s")
        self.cleanups.callback(one.end)
        return one.began().pid

    def assert_named(self, one, pid):
        """The functions of its stack."""
        self.assertTrue(one.finding_of(pid, "self_deadlock", lambda finding: "maxconns_handler" in functions_of(finding)), one.said())

    def assert_nameless(self, one, pid):
        finding = one.finding_of(pid, "self_deadlock", lambda finding: None in functions_of(finding))
        self.assertIsNotNone(finding, one.said())
        self.assertNotIn("maxconns_handler", functions_of(finding))


class AsTheManifestSays(PodTest):
    def test_it_looks_finds_and_ends_well_with_exactly_these_capabilities(self):
        one = self.healthy_pod()
        expected = sum(1 << NUMBERS[name] for name in manifests.capabilities())
        self.assertEqual(hex(one.effective_capabilities()), hex(expected))
        self.assert_named(one, self.self_deadlock())
        counted = re.compile(r'(?m)^wedged_stuck_processes\{cause="self_deadlock"\} [1-9]')
        self.assertTrue(one.wait_for(lambda: counted.search(one.get("/metrics")[1])), "the page of a scan comes after its events")
        self.assertNotRegex(one.get("/metrics")[1], r"(?m)^wedged_bpf_program_attached\{.*\} 0$")
        self.assertEqual(one.stop(), 0)

    def test_a_program_that_only_its_owner_may_read_has_names(self):
        folder = self.folder()
        own = folder / "own"
        shutil.copy(injected.BINARY, own)
        own.chmod(0o700)
        os.chown(own, 65534, 65534)
        self.assert_named(self.healthy_pod(), self.self_deadlock(own, NOBODY))

    def test_a_program_that_was_replaced_while_it_runs_has_names(self):
        one, replaced = self.healthy_pod(), self.folder() / "replaced"
        shutil.copy(injected.BINARY, replaced)
        pid = self.self_deadlock(replaced)
        replaced.unlink()
        self.assert_named(one, pid)


class WithoutOne(PodTest):
    """Each is needed: what docs/fleet.md says fails without it, does. Else it would not be in the manifest."""

    def test_without_bpf_or_perfmon_it_does_not_start_and_names_it(self):
        for name in ("BPF", "PERFMON"):
            with self.subTest(name):
                one = self.run_pod({name})
                self.assertEqual(one.process.wait(pod.DEADLINE), DENIED)
                self.assertIn("CAP_" + name, one.said())

    def test_without_the_hosts_processes_it_does_not_start_and_says_why(self):
        done = subprocess.run(["unshare", "--pid", "--fork", "--mount", "--mount-proc", pod.BINARY, "run", "--config", FOLDER / "wedged.yaml",
                               "--no-web"], capture_output=True, text=True, timeout=pod.DEADLINE, check=False)
        self.assertEqual(done.returncode, UNSUPPORTED, done)
        self.assertIn("PID namespace", done.stderr)

    def test_without_ptrace_there_is_no_stack_of_the_user_side(self):
        one = self.healthy_pod({"SYS_PTRACE"})
        held = injected.Provoked(injected.BINARY, "uninterruptible_wait", "--for", f"{injected.LASTS}s")
        self.cleanups.callback(held.end)
        finding = one.finding_of(held.began().pid, "uninterruptible_wait", lambda finding: True)
        self.assertIsNotNone(finding, one.said())
        self.assertEqual(finding["user_stack"]["frames"], [])

    def test_without_dac_read_search_a_program_that_only_its_owner_may_read_has_none(self):
        own = self.folder() / "own"
        shutil.copy(injected.BINARY, own)
        own.chmod(0o700)
        os.chown(own, 65534, 65534)
        self.assert_nameless(self.healthy_pod({"DAC_READ_SEARCH"}), self.self_deadlock(own, NOBODY))

    def test_without_checkpoint_restore_a_program_that_was_replaced_has_none(self):
        one, replaced = self.healthy_pod({"CHECKPOINT_RESTORE"}), self.folder() / "replaced"
        shutil.copy(injected.BINARY, replaced)
        pid = self.self_deadlock(replaced)
        replaced.unlink()
        self.assert_nameless(one, pid)


if __name__ == "__main__":
    unittest.main()
