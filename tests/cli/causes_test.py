# SPDX-License-Identifier: Apache-2.0
"""docs/causes.md states each cause as the program does: it has a section for each, with the very predicate."""

import json
import re
import unittest

from wedged import SOURCE, wedged


def known_causes():
    return json.loads(wedged("why", "--explain", "all", "--json").stdout)["causes"]


def sections():
    """Name of the cause -> (what stands behind it in the heading, the text below)."""
    text = (SOURCE / "docs/causes.md").read_text(encoding="utf-8")
    found = re.findall(r"^## (\w+) — ([^\n]+)\n(.*?)(?=^#|\Z)", text, re.M | re.S)
    return {name: (certainty, body) for name, certainty, body in found}


def quoted(body):
    """The predicate as it stands in the quotation: one line, without its capital and its full stop."""
    lines = re.findall(r"^> (.*)$", body, re.M)
    text = " ".join(" ".join(lines).split()).removesuffix(".")
    return text if text.split(" ")[0].isupper() else text[:1].lower() + text[1:]


class CausesDocument(unittest.TestCase):
    def test_every_cause_has_a_section_and_every_section_a_cause(self):
        self.assertEqual(sorted(sections()), sorted(cause["cause"] for cause in known_causes()))

    def test_every_predicate_stands_there_word_for_word(self):
        for cause in known_causes():
            with self.subTest(cause["cause"]):
                predicate = cause["predicate"]
                expected = predicate if predicate.split(" ")[0].rstrip(",").isupper() else predicate[:1].lower() + predicate[1:]
                self.assertEqual(quoted(sections()[cause["cause"]][1]), expected)

    def test_every_section_says_what_to_do_and_most_what_is_not_flagged(self):
        for name, (certainty, body) in sections().items():
            with self.subTest(name):
                self.assertTrue(certainty)
                self.assertIn("*What to do.*", body)
        self.assertGreater(sum("Not flagged:" in body for _, body in sections().values()), 7)


if __name__ == "__main__":
    unittest.main()
