# SPDX-License-Identifier: Apache-2.0
"""The manual pages render without a warning and name every command and flag that the programs have."""

import re
import shutil
import subprocess
import unittest

from wedged import SOURCE, wedged

PAGES = SOURCE / "packaging/man"


def plain(page):
    """The page's source with the dashes as a person types them."""
    return (PAGES / page).read_text(encoding="utf-8").replace("\\-", "-")


class Manual(unittest.TestCase):
    @unittest.skipUnless(shutil.which("groff"), "no groff here")
    def test_pages_render_without_a_warning(self):
        pages = sorted(PAGES.glob("*.[1-9]"))
        self.assertEqual([page.name for page in pages], ["wedged-inject.8", "wedged.8", "wedged.yaml.5"])
        for page in pages:
            with self.subTest(page.name):
                done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z", page], capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_every_flag_of_every_command_is_in_the_manual(self):
        text = plain("wedged.8")
        for words in (["run"], ["list"], ["why"], ["check"], ["probe"], ["config", "check"], ["config", "show"],
                      ["config", "test"]):
            help_text = wedged(*words, "--help").stdout
            for flag in re.findall(r"--[a-z][a-z.-]+", help_text):
                with self.subTest(flag):
                    self.assertIn(flag if flag != "--help" else "wedged", text)
            self.assertIn("wedged " + " ".join(words), text)

    def test_every_exit_code_is_in_the_manual(self):
        codes = re.findall(r"^  (\d)  ", wedged("--help").stdout, re.M)
        self.assertGreater(len(codes), 5)
        for code in codes:
            self.assertIn(f"\n.B {code}\n", plain("wedged.8"))


if __name__ == "__main__":
    unittest.main()
