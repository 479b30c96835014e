# SPDX-License-Identifier: Apache-2.0
"""The journal's message catalog has an entry for every kind of event, with fields that this kind has."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from needs import need  # noqa: E402
from schemas import SOURCE, samples  # noqa: E402

CATALOG = SOURCE / "packaging/wedged.catalog"


def entries():
    """By message id."""
    pieces = re.split(r"(?m)^-- ([0-9a-f]{32})\n", CATALOG.read_text(encoding="utf-8"))
    return dict(zip(pieces[1::2], pieces[2::2]))


class Catalog(unittest.TestCase):
    def setUp(self):
        self.ids = dict(line.split() for line in samples("kinds"))
        self.fields = {words[0]: set(words[1:]) for words in map(str.split, samples("journal"))}

    def test_ids_are_there_once_and_no_others(self):
        self.assertEqual(len(set(self.ids.values())), len(self.ids))
        self.assertEqual(set(entries()), set(self.ids.values()))

    def test_every_entry_has_a_subject_and_a_text(self):
        for text in entries().values():
            head, _, body = text.partition("\n\n")
            self.assertEqual([line.partition(":")[0] for line in head.splitlines()], ["Subject", "Defined-By", "Documentation"])
            self.assertGreater(len(body.strip()), 40)

    def test_fields_in_a_text_are_those_of_its_kind(self):
        self.assertEqual(set(self.fields), set(self.ids))
        found = 0
        for kind, identity in self.ids.items():
            for name in re.findall(r"@(\w+)@", entries()[identity]):
                found += 1
                self.assertIn(name, self.fields[kind], kind)
        self.assertGreater(found, 10)

    def test_the_page_about_events_has_every_id_and_every_field(self):
        page = (SOURCE / "docs/events.md").read_text(encoding="utf-8")
        for kind, identity in self.ids.items():
            self.assertRegex(page, rf"(?m)^\| `{kind}` \|.*`{identity}`")
        for name in set().union(*self.fields.values()):
            self.assertIn(f"`{name}`", page)

    def test_nothing_asks_journald_to_look_at_a_stuck_process(self):
        self.assertNotIn("OBJECT_PID", set().union(*self.fields.values()))

    def test_systemd_takes_it(self):
        need("journalctl", shutil.which("journalctl"))
        with tempfile.TemporaryDirectory(prefix="wedged-catalog-") as name:
            root = pathlib.Path(name)
            (root / "usr/lib/systemd/catalog").mkdir(parents=True)
            shutil.copy(CATALOG, root / "usr/lib/systemd/catalog")
            (root / "var/lib/systemd/catalog").mkdir(parents=True)
            done = subprocess.run(["journalctl", f"--root={root}", "--update-catalog"], capture_output=True, text=True, check=False,
                                  timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertGreater((root / "var/lib/systemd/catalog/database").stat().st_size, 1000)


if __name__ == "__main__":
    unittest.main()
