# SPDX-License-Identifier: Apache-2.0
"""`wedged config check|show` on files, without root: every error at once, each with its place."""

import os
import re
import shutil
import unittest

from wedged import INVALID_CONFIG, OK, SOURCE, config, open_folder, wedged, wedged_as_nobody

GOOD = """\
scan:
  interval: 500ms
policy:
  rules:
    - name: kill-stuck-writers
      match: { cause: uninterruptible_wait, lasting: 30s, comm: "postgres" }
      ladder:
        - signal: TERM
          grace: 5s
        - signal: KILL
"""

# Three errors: an unknown key, a duration that is none, a signal that is none.
BAD = """\
scan:
  intervall: 1s
thresholds:
  unkillable: soon
policy:
  rules:
    - name: kill-stuck-writers
      match: { cause: unkillable }
      ladder:
        - signal: MAIM
"""


class ConfigCheck(unittest.TestCase):
    def assert_refused(self, done, *parts):
        self.assertEqual(done.returncode, INVALID_CONFIG, done)
        for part in parts:
            self.assertIn(str(part), done.stderr + done.stdout)

    def test_a_good_file_passes(self):
        with config(GOOD) as path:
            done = wedged("config", "check", "--config", path)
        self.assertEqual(done.returncode, OK, done)

    def test_the_packaged_example_passes(self):
        done = wedged("config", "check", "--config", SOURCE / "packaging/wedged.yaml")
        self.assertEqual(done.returncode, OK, done)

    def test_the_packaged_example_says_what_the_defaults_are(self):
        with config("") as empty:
            defaults = wedged("config", "show", "--config", empty)
        example = wedged("config", "show", "--config", SOURCE / "packaging/wedged.yaml")
        self.assertEqual((defaults.returncode, example.returncode), (OK, OK))
        before_rules = [text.stdout.split("rules:")[0] for text in (defaults, example)]
        self.assertEqual(*before_rules)

    def test_all_errors_are_told_at_once_with_line_and_column(self):
        with config(BAD) as path:
            self.assert_refused(wedged("config", "check", "--config", path),
                                f"{path}:2:3:", "intervall", f"{path}:4:15:", "soon", f"{path}:10:19:", "MAIM")

    def test_broken_yaml_is_told_with_line_and_column(self):
        with config("scan:\n  interval: [1s\npolicy:\n") as path:
            self.assertRegex(wedged("config", "check", "--config", path).stderr, rf"{path}:\d+:\d+: ")

    def test_a_file_that_cannot_be_read_is_refused_by_name(self):
        with open_folder() as folder:
            self.assert_refused(wedged("config", "check", "--config", folder / "missing.yaml"), folder / "missing.yaml")
            self.assert_refused(wedged("config", "check", "--config", folder), folder)

    def test_a_file_closed_to_this_user_is_refused_by_name(self):
        with config(GOOD) as path:
            os.chmod(path, 0)
            self.assert_refused(wedged_as_nobody("config", "check", "--config", path), path, "ermission")

    def test_run_refuses_a_bad_file_as_check_does(self):
        with config(BAD) as path:
            check = wedged("config", "check", "--config", path)
            run = wedged("run", "--config", path)
        self.assert_refused(run, *[line for line in (check.stderr + check.stdout).splitlines() if str(path) in line])


DOUBTFUL = """\
policy:
  rules:
    - name: slow
      match: { cause: slow_syscall, certainty: certain }
      ladder: [ { signal: TERM }, { signal: KILL } ]
"""


class ConfigExplain(unittest.TestCase):
    def test_each_rule_is_said_in_a_sentence_and_their_order_as_well(self):
        with config(GOOD) as path:
            done = wedged("config", "check", "--config", path)
        self.assertIn("\nkill-stuck-writers: a process named postgres that is likely or certainly stuck by "
                      "uninterruptible_wait for 30 s gets SIGTERM, after 5 s SIGKILL; at most 5 actions in 10 min", done.stdout)
        self.assertIn("the first that matches counts", done.stdout)
        self.assertEqual((done.returncode, done.stderr), (OK, ""))

    def test_a_warning_names_the_place_and_is_no_error(self):
        with config(DOUBTFUL) as path:
            done = wedged("config", "check", "--config", path)
        self.assertEqual(done.returncode, OK, done)
        self.assertEqual(done.stderr, f"{path}:3:7: warning: rule slow can never match: slow_syscall is never surer than "
                                      "possible, and `certainty` asks for certain\n")

    def test_the_packaged_example_gives_no_warning(self):
        self.assertEqual(wedged("config", "check", "--config", SOURCE / "packaging/wedged.yaml").stderr, "")

    def test_the_packaged_drop_ins_give_no_warning(self):
        with config("") as path:
            shutil.copytree(SOURCE / "packaging/examples/wedged.d", path.with_suffix(".d"))
            done = wedged("config", "check", "--config", path)
        self.assertEqual((done.returncode, done.stderr), (OK, ""))
        self.assertIn("10-postgresql.yaml: valid", done.stdout)

    def test_the_example_of_the_docs_gives_no_warning(self):
        text = (SOURCE / "docs/policy.md").read_text(encoding="utf-8")
        examples = re.findall(r"^```yaml\n(.*?)^```$", text, re.M | re.S)
        self.assertGreater(len(examples), 0)
        for example in examples:
            with config(example) as path:
                done = wedged("config", "check", "--config", path)
            self.assertEqual((done.returncode, done.stderr), (OK, ""))


class DropIns(unittest.TestCase):
    def test_they_are_read_beside_the_file_and_named(self):
        with config(GOOD) as path:
            folder = path.with_suffix(".d")
            folder.mkdir()
            (folder / "10-slow.yaml").write_text(DOUBTFUL, encoding="utf-8")
            done = wedged("config", "check", "--config", path)
            shown = wedged("config", "show", "--config", path)
        self.assertEqual(done.returncode, OK, done)
        self.assertIn(f"{path}: valid, 2 rules", done.stdout)
        self.assertIn(f"{folder}/10-slow.yaml: valid", done.stdout)
        self.assertIn(f"{folder}/10-slow.yaml:3:7: warning: ", done.stderr)
        self.assertLess(shown.stdout.index("kill-stuck-writers"), shown.stdout.index('name: "slow"'))

    def test_what_is_wrong_names_the_drop_in(self):
        with config(GOOD) as path:
            folder = path.with_suffix(".d")
            folder.mkdir()
            (folder / "a.yaml").write_text("policy: { enforce: true }\n", encoding="utf-8")
            done = wedged("config", "check", "--config", path)
        self.assertEqual(done.returncode, INVALID_CONFIG, done)
        self.assertIn(f"{folder}/a.yaml:1:11: unknown key 'enforce'", done.stderr)

    def test_a_folder_closed_to_this_user_is_refused_by_name(self):
        with config(GOOD) as path:
            folder = path.with_suffix(".d")
            folder.mkdir()
            os.chmod(folder, 0)
            done = wedged_as_nobody("config", "check", "--config", path)
            os.chmod(folder, 0o755)
        self.assertEqual(done.returncode, INVALID_CONFIG, done)
        self.assertIn(f"{folder}: drop-ins cannot be listed: Permission denied", done.stderr)


class ConfigShow(unittest.TestCase):
    def test_what_is_shown_is_a_good_file_that_shows_the_same(self):
        with config(GOOD) as path:
            shown = wedged("config", "show", "--config", path)
        self.assertEqual(shown.returncode, OK, shown)
        self.assertIn("kill-stuck-writers", shown.stdout)
        with config(shown.stdout) as path:
            self.assertEqual(wedged("config", "show", "--config", path).stdout, shown.stdout)


if __name__ == "__main__":
    unittest.main()
