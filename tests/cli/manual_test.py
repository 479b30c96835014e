# SPDX-License-Identifier: Apache-2.0
"""The manual pages render without a warning; they and bash's completions have every command and flag of --help, and no other."""

import json
import os
import re
import shutil
import subprocess
import unittest

from wedged import SOURCE, need, wedged

PAGES = SOURCE / "packaging/man"
COMPLETIONS = SOURCE / "packaging/completions"
INJECT = os.environ.get("WEDGED_INJECT", str(SOURCE / "build/release/userspace/wedged-inject"))
COMMANDS = (("run",), ("list",), ("top",), ("why",), ("check",), ("probe",), ("config", "check"), ("config", "show"), ("config", "test"))
FLAG = r"(?<![\w-])--?[a-z][a-z.-]*"


def plain(page):
    """The page's source with the dashes as a person types them, and without its fonts."""
    text = (PAGES / page).read_text(encoding="utf-8").replace("\\-", "-")
    return re.sub(r"\\f[A-Z]", "", text)


def section(page, name):
    return plain(page).split(f".SH {name}\n")[1].split("\n.SH ")[0]


def flags_of(help_text):
    """Those that --help has at the beginnings of its lines, both forms."""
    lines = re.findall(r"^  (-\S+)", help_text, re.M)
    return {flag for line in lines for flag in line.split(",")}


def flags_in_synopsis(page):
    """Program and commands to the flags that the page shows with them."""
    found = {}
    for form in section(page, "SYNOPSIS").split("\n.br\n"):
        text = " ".join(re.sub(r"^\.[A-Z]+ ", "", line) for line in form.splitlines()).replace('"', "")
        words = re.match(r"[a-z -]+?(?= --| -[a-z]| \[| [A-Z]|$)", text).group().split()
        found.setdefault(tuple(words), set()).update(re.findall(FLAG, text[len(" ".join(words)):]))
    return found


def flags_in_options(page):
    """Of the lines behind .TP."""
    heads = re.findall(r"^\.TP\n(\..+)$", section(page, "OPTIONS"), re.M)
    return {flag for head in heads for flag in re.findall(FLAG, head)}


def complete(program, *words):
    """What bash offers for the last of the words."""
    script = f'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _{program.replace("-", "_")}; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", script, "bash", COMPLETIONS / program, *words], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


class Manual(unittest.TestCase):
    def test_pages_render_without_a_warning(self):
        need("groff", shutil.which("groff"))
        pages = sorted(PAGES.glob("*.[1-9]"))
        self.assertEqual([page.name for page in pages], ["wedged-inject.8", "wedged.8", "wedged.yaml.5"])
        for page in pages:
            with self.subTest(page.name):
                done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z", page], capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_synopsis_of_each_command_has_its_flags_and_no_other(self):
        shown = flags_in_synopsis("wedged.8")
        self.assertEqual(set(shown), {("wedged", *words) for words in COMMANDS})
        for words in COMMANDS:
            with self.subTest(words):
                self.assertEqual(shown["wedged", *words], flags_of(wedged(*words, "--help").stdout) - {"-h", "--help"})

    def test_every_flag_is_explained_and_no_other(self):
        helps = [wedged(*words, "--help").stdout for words in ((), *COMMANDS)]
        self.assertEqual(flags_in_options("wedged.8"), set().union(*map(flags_of, helps)))

    def test_so_it_is_for_wedged_inject(self):
        flags = flags_of(wedged("--help", binary=INJECT).stdout)
        self.assertIn("--variant", flags)
        self.assertEqual(flags_in_options("wedged-inject.8"), flags)
        self.assertEqual(set().union(*flags_in_synopsis("wedged-inject.8").values()), flags - {"-h", "--help"})

    def test_commands_are_described(self):
        described = set(re.findall(r"^\.TP\n\.B (.+)$", section("wedged.8", "COMMANDS"), re.M))
        self.assertEqual(described, {" ".join(words) for words in COMMANDS})

    def test_every_exit_code_is_in_the_manual(self):
        codes = re.findall(r"^  (\d)  ", wedged("--help").stdout, re.M)
        self.assertGreater(len(codes), 5)
        for code in codes:
            self.assertIn(f"\n.B {code}\n", plain("wedged.8"))


@unittest.skipUnless(shutil.which("bash"), "no bash here")
class Completion(unittest.TestCase):
    def test_of_each_command_offers_its_flags_and_no_other(self):
        for words in ((), *COMMANDS):
            with self.subTest(words):
                self.assertEqual(complete("wedged", "wedged", *words, "-"), flags_of(wedged(*words, "--help").stdout) - {"-h"})

    def test_offers_the_commands(self):
        self.assertEqual(complete("wedged", "wedged", ""), {words[0] for words in COMMANDS})
        self.assertEqual(complete("wedged", "wedged", "config", ""), {words[1] for words in COMMANDS if len(words) > 1})
        self.assertEqual(complete("wedged", "wedged", "pr"), {"probe"})

    def test_offers_values(self):
        causes = {one["cause"] for one in json.loads(wedged("why", "--explain", "all", "--json").stdout)["causes"]}
        self.assertEqual(complete("wedged", "wedged", "why", "--explain", ""), causes | {"all"})
        self.assertEqual(complete("wedged", "wedged", "run", "--observe", ""), {"calls", "scan"})
        self.assertEqual(complete("wedged", "wedged", "run", "--observe", "=", "c"), {"calls"})
        self.assertEqual(complete("wedged", "wedged", "check", "--critical-certainty", "l"), {"likely"})
        self.assertEqual(complete("wedged", "wedged", "run", "--config", ""), set(), "bash completes names of files")

    def test_so_it_does_for_wedged_inject(self):
        self.assertEqual(complete("wedged-inject", INJECT, "-"), flags_of(wedged("--help", binary=INJECT).stdout) - {"-h"})
        causes = set(re.findall(r"^([a-z]\S+)$", wedged("--list", binary=INJECT).stdout, re.M))
        self.assertGreater(len(causes), 10)
        self.assertEqual(complete("wedged-inject", INJECT, ""), causes)
        self.assertEqual(complete("wedged-inject", INJECT, "lock_cycle", "--variant", ""), {"two", "five", "shared", "join", "rwlock", "wait"})


if __name__ == "__main__":
    unittest.main()
