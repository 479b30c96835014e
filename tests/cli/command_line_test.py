# SPDX-License-Identifier: Apache-2.0
"""Flags, help and version, without root: what a person types first."""

import json
import os
import subprocess
import unittest

from wedged import BINARY, FAILED, OK, SOURCE, USAGE, wedged, wedged_as_nobody


class CommandLine(unittest.TestCase):
    def assert_usage_error(self, *words, names):
        done = wedged(*words)
        self.assertEqual(done.returncode, USAGE, done)
        self.assertEqual(done.stdout, "", "an error belongs on stderr")
        self.assertIn(names, done.stderr)

    def test_help_names_each_command_and_the_exit_codes(self):
        done = wedged("--help")
        self.assertEqual((done.returncode, done.stderr), (OK, ""))
        for word in ("run", "list", "why", "probe", "config", "--version", "xit"):
            self.assertIn(word, done.stdout)

    def test_each_command_has_help(self):
        for words in (["run"], ["list"], ["why"], ["probe"], ["config"], ["config", "check"], ["config", "show"]):
            with self.subTest(words):
                done = wedged(*words, "--help")
                self.assertEqual((done.returncode, done.stderr), (OK, ""))
                self.assertIn("--help", done.stdout)

    def test_the_help_of_run_names_its_flags(self):
        text = wedged("run", "--help").stdout
        for flag in ("--config", "--pid", "--cgroup", "--observe", "--interval", "--web.listen-address", "--web.telemetry-path", "--web.config.file", "--json", "--no-web"):
            self.assertIn(flag, text)

    def test_the_help_of_why_names_its_flags(self):
        text = wedged("why", "--help").stdout
        for flag in ("PID|NAME", "--config", "--json", "--all-stacks", "--record", "--replay", "--explain"):
            self.assertIn(flag, text)

    def test_why_without_a_process_is_a_usage_error(self):
        self.assert_usage_error("why", names="PID or a NAME")

    def test_why_explains_a_cause_without_root(self):
        done = wedged_as_nobody("why", "--explain", "self_deadlock")
        self.assertEqual((done.returncode, done.stderr), (OK, ""))
        self.assertTrue(done.stdout.startswith("self_deadlock\n"), done.stdout)
        self.assertNotIn("\x1b", done.stdout, "no colour where no terminal is")

    def test_why_explains_all_causes_as_json(self):
        causes = json.loads(wedged("why", "--explain", "all", "--json").stdout)["causes"]
        self.assertIn("dead_owner", [cause["cause"] for cause in causes])
        self.assertTrue(all(cause["predicate"] and cause["meaning"] and cause["advice"] for cause in causes))

    def test_why_explains_the_process_of_a_recording_that_is_meant(self):
        recording = SOURCE / "tests/replay/lock_cycle.jsonl"
        for target in ([], ["6651"], ["wedged-inject"]):
            done = wedged("why", "--replay", recording, "--json", *target)
            self.assertEqual((done.returncode, done.stderr), (OK, ""), target)
            self.assertEqual(json.loads(done.stdout)["findings"][0]["cause"], "lock_cycle")

    def test_why_tells_whom_a_recording_has_that_does_not_have_who_is_meant(self):
        recording = SOURCE / "tests/replay/lock_cycle.jsonl"
        for target, words in (("1", "process 1"), ("mysqld", "a process named 'mysqld'")):
            done = wedged("why", "--replay", recording, target)
            self.assertEqual((done.returncode, done.stdout), (FAILED, ""), target)
            self.assertEqual(done.stderr, f"wedged: {recording} does not have {words}; it has 6651 (wedged-inject)\n")

    def test_an_unknown_cause_is_a_usage_error_that_names_a_near_one(self):
        self.assert_usage_error("why", "--explain", "self_deadlok", names="did you mean 'self_deadlock'?")

    def test_what_cannot_be_written_is_no_success(self):
        for words in (["--help"], ["why", "--explain", "all"], ["config", "show", "--config", "/dev/null"]):
            with self.subTest(words), open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([BINARY, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
                self.assertEqual((done.returncode, done.stderr), (FAILED, "wedged: standard output cannot be written\n"))

    def test_the_version_is_the_projects(self):
        done = wedged("--version")
        self.assertEqual((done.returncode, done.stderr), (OK, ""))
        self.assertIn(os.environ.get("WEDGED_VERSION", "0."), done.stdout)

    def test_an_unknown_flag_is_a_usage_error_that_names_it(self):
        self.assert_usage_error("run", "--no-such-flag", names="--no-such-flag")

    def test_an_unknown_command_is_a_usage_error_that_names_it(self):
        self.assert_usage_error("rum", names="rum")

    def test_no_command_is_a_usage_error(self):
        self.assertEqual(wedged().returncode, USAGE)

    def test_a_value_out_of_its_range_is_a_usage_error_that_names_its_flag(self):
        for flag, value in (("--interval", "5parsecs"), ("--interval", "0s"), ("--observe", "sometimes"), ("--pid", "-4"),
                            ("--pid", "init"), ("--web.listen-address", "127.0.0.1:99999"), ("--web.listen-address", "nowhere")):
            with self.subTest(flag=flag, value=value):
                self.assert_usage_error("run", f"{flag}={value}", names=flag)


if __name__ == "__main__":
    unittest.main()
