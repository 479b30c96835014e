# SPDX-License-Identifier: Apache-2.0
"""`wedged why` and `wedged list` on real hangs: without a daemon, on processes stuck before, also in a PID namespace.

Needs root: else it is skipped, or fails with WEDGED_REQUIRE_KERNEL=1.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from injected import LASTS  # noqa: E402  pylint: disable=wrong-import-position
from own_cgroup import Cgroup, need_cgroups  # noqa: E402  pylint: disable=wrong-import-position

PATIENCE = 60  # seconds; for a machine under load, not a promise
BINARY, INJECT = os.environ["WEDGED_BINARY"], os.environ["WEDGED_INJECT"]


def setUpModule():
    if os.geteuid() == 0 and os.path.exists("/sys/kernel/btf/vmlinux"):
        return
    if os.environ.get("WEDGED_REQUIRE_KERNEL"):
        raise AssertionError("needs root and a kernel with BTF")
    print("SKIPPED: needs root and a kernel with BTF")
    raise unittest.SkipTest("needs root and a kernel with BTF")


def wedged(*words):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=PATIENCE, check=False)


def names_a_function(finding):
    return any(frame["function"] for frame in (finding["user_stack"] or {"frames": []})["frames"])


def repeated(look, holds):
    """What the first look that holds has seen; else the last one: a look is short, and a machine under load shows it little."""
    until = time.monotonic() + PATIENCE
    while not holds(seen := look()) and time.monotonic() < until:
        time.sleep(0.2)
    return seen


class Why(unittest.TestCase):
    def provoke(self, cause, variant, *before):
        """Ids as its own namespace has them: {"pid": ..., "tid": ..., ...}."""
        process = subprocess.Popen([*before, INJECT, cause, "--variant", variant, "--for", f"{LASTS}s"], stdout=subprocess.PIPE,
                                   text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)  # what it provoked dies with it
        self.addCleanup(process.stdout.close)
        line = process.stdout.readline().split()
        self.assertEqual(line[0], "began", line)
        return {name: value for name, value in (word.split("=") for word in line[2:])}

    def explained(self, *words):
        done = wedged("why", *words, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def found(self, *words, holds=lambda finding: True):
        """The one finding."""
        [finding] = repeated(lambda: self.explained(*words)["findings"], lambda findings: findings and holds(findings[0]))
        return finding

    def test_a_process_stuck_before_is_explained_at_once(self):
        began = self.provoke("self_deadlock", "mutex")
        finding = self.found(began["pid"], holds=names_a_function)
        self.assertEqual((finding["cause"], finding["certainty"]), ("self_deadlock", "certain"))
        self.assertIn("accept_new_conns", finding["summary"])
        self.assertTrue(finding["advice"])

    def test_a_healthy_process_is_told_to_be_well_and_what_its_threads_do(self):
        began = self.provoke("healthy", "pool")
        why = self.explained(began["pid"])
        self.assertEqual(why["findings"], [])
        self.assertIn("Nothing is stuck.", " ".join(why["verdict"]))
        self.assertEqual(len(why["threads"]), 17)

    def test_the_other_process_of_a_cycle_through_shared_memory_is_followed(self):
        began = self.provoke("lock_cycle", "shared")
        finding = self.found(began["pid"], holds=lambda finding: finding["cause"] == "lock_cycle")
        self.assertEqual(finding["cause"], "lock_cycle")
        self.assertIn(began["owner"], finding["summary"])

    def test_owners_are_understood_in_another_pid_namespace(self):
        need_cgroups()
        cgroup = Cgroup("why")
        self.addCleanup(cgroup.remove)
        began = self.provoke("dead_owner", "mutex", *cgroup.words("unshare", "--pid", "--fork", "--mount-proc", "--kill-child"))
        self.assertLess(int(began["pid"]), 10, "ids begin anew there")
        found = repeated(lambda: json.loads(wedged("list", "--at-least", "100ms", *cgroup.scope, "--json").stdout)["findings"],
                         lambda findings: "dead_owner" in {finding["cause"] for finding in findings})
        owners = [finding for finding in found if finding["cause"] == "dead_owner"
                  and f"thread {began['owner']}, which no longer exists" in finding["summary"]]
        self.assertEqual(len(owners), 1, [finding["summary"] for finding in found])
        self.assertEqual(owners[0]["certainty"], "certain")

    def test_what_was_recorded_is_judged_alike_later(self):
        began = self.provoke("fork_inherited_lock", "tz")
        with tempfile.TemporaryDirectory() as folder:
            record = pathlib.Path(folder) / "hang"
            live = self.found(began["pid"], "--record", record, holds=names_a_function)
            later = self.found("--replay", record)
        self.assertEqual((live["cause"], live["summary"]), ("fork_inherited_lock", later["summary"]))
        self.assertEqual(live["user_stack"], later["user_stack"])

    def test_who_does_not_exist_is_said_not_to(self):
        for words in (["4194304"], ["no_such_name"]):
            done = wedged("why", *words)
            self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
            self.assertIn("there is no process", done.stderr)


if __name__ == "__main__":
    unittest.main()
