# SPDX-License-Identifier: Apache-2.0
"""Every kind of event, and the page of findings, is what its schema says: no field more, none less."""

import copy
import json
import pathlib
import re
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from needs import need  # noqa: E402
from schemas import (EVENT, FINDINGS, SOURCE, complaints, jsonschema, samples, schema, validator,  # noqa: E402
                     validator_of_event)

DEFINITIONS = schema(EVENT)["definitions"]


def resolved(node, definitions=DEFINITIONS):
    """The definition behind a reference, also where null may stand for it."""
    for part in (node, *node.get("allOf", ()), *node.get("oneOf", ())):
        if "$ref" in part:
            return definitions[part["$ref"].rpartition("/")[2]]
    return node


def filled(value, node, path, found):
    """Adds the path of everything in the value that is not null."""
    if value is None:
        return
    found.add(path)
    node = resolved(node)
    if isinstance(value, dict):
        for key, child in value.items():
            filled(child, node["properties"][key], (*path, key), found)
    elif isinstance(value, list):
        for child in value:
            filled(child, node.get("items", {}), path, found)


def declared(node, path=()):
    node = resolved(node)
    yield path
    for key, child in node.get("properties", {}).items():
        yield from declared(child, (*path, key))
    if "items" in node:
        yield from (inner for inner in declared(node["items"], path) if inner != path)


class Events(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        need("python3-jsonschema", jsonschema)
        cls.events = [json.loads(line) for line in samples("events")]

    def test_every_event_is_valid(self):
        self.assertGreater(len(self.events), 80)
        whole = validator(EVENT)
        for event in self.events:
            with self.subTest(event["event"]):
                self.assertEqual(complaints(validator_of_event(event["event"]), event), [])
        self.assertEqual(complaints(whole, self.events[0]), [])

    def test_there_is_a_sample_and_a_definition_of_every_kind(self):
        kinds = {line.split()[0] for line in samples("kinds")}
        self.assertEqual(kinds, {event["event"] for event in self.events})
        self.assertEqual(kinds, {name.removeprefix("event_") for name in DEFINITIONS if name.startswith("event_")})
        self.assertEqual({part["$ref"] for part in schema(EVENT)["oneOf"]}, {f"#/definitions/event_{kind}" for kind in kinds})

    def test_every_field_of_the_schema_is_filled_by_some_event(self):
        for kind in {event["event"] for event in self.events}:
            found = set()
            for event in self.events:
                if event["event"] == kind:
                    filled(event, DEFINITIONS[f"event_{kind}"], (), found)
            wanted = set(declared(DEFINITIONS[f"event_{kind}"]))
            if kind in ("decision", "outcome"):  # their finding is the one of finding_raised
                wanted = {path for path in wanted if len(path) < 2}
            with self.subTest(kind):
                self.assertEqual(wanted - found, set())

    def test_a_field_more_or_less_is_not_valid(self):
        for event in {event["event"]: event for event in self.events}.values():
            judge = validator_of_event(event["event"])
            self.assertTrue(complaints(judge, {**event, "new": 1}))
            for key in event:
                with self.subTest(f"{event['event']} without {key}"):
                    self.assertTrue(complaints(judge, {name: value for name, value in event.items() if name != key}))

    def test_a_field_more_deep_inside_is_not_valid(self):
        judge = validator_of_event("finding_raised")
        tried = 0
        for event in self.events:
            if event["event"] != "finding_raised":
                continue
            for changed in with_a_field_more(event):
                tried += 1
                self.assertTrue(complaints(judge, changed))
        self.assertGreater(tried, 100)

    def test_another_version_or_an_unknown_word_is_not_valid(self):
        judge = validator(EVENT)
        for change in ({"schema": 2}, {"event": "unheard_of"}, {"cause": "unheard_of"}, {"time": "yesterday"}):
            self.assertTrue(complaints(judge, {**self.events[0], **change}))

    def test_the_page_about_events_names_every_kind_and_every_field(self):
        page = (SOURCE / "docs/events.md").read_text(encoding="utf-8")
        for kind in {event["event"] for event in self.events}:
            self.assertRegex(page, rf"(?m)^\| `{kind}` \|")
        names = {key for path in declared(DEFINITIONS["event_finding_raised"]) for key in path[:1]}
        names |= {key for kind in ("decision", "outcome", "enforcement_suspended", "enforcement_resumed", "kernel_oops")
                  for path in declared(DEFINITIONS[f"event_{kind}"]) for key in path[:1]}
        for name in sorted(names):
            with self.subTest(name):
                self.assertIn(f"`{name}`", page)

    def test_every_notice_of_the_daemon_is_a_kind_with_a_message_only(self):
        source = "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "userspace/daemon").glob("*.cpp"))
        told = set(re.findall(r"\bnotice\(EventKind::(\w+)", source))
        self.assertGreater(len(told), 6)
        for kind in told:
            self.assertEqual(set(DEFINITIONS[f"event_{kind}"]["properties"]), {"event", "time", "schema", "message"}, kind)


def with_a_field_more(value):
    """The value once for each object in it, with a key more in that object."""
    paths = []

    def walk(node, path):
        if isinstance(node, dict):
            paths.append(path)
            for key, child in node.items():
                walk(child, (*path, key))
        elif isinstance(node, list):
            for at, child in enumerate(node):
                walk(child, (*path, at))
    walk(value, ())
    for path in paths:
        changed = copy.deepcopy(value)
        inner = changed
        for key in path:
            inner = inner[key]
        inner["new"] = None
        yield changed


class FindingsPage(unittest.TestCase):
    def setUp(self):
        need("python3-jsonschema", jsonschema)

    def test_it_is_valid_before_the_first_scan_and_with_findings(self):
        judge = validator(FINDINGS)
        pages = [json.loads(line) for line in samples("findings")]
        self.assertEqual(len(pages), 3)
        for page in pages:
            self.assertEqual(complaints(judge, page), [])
        self.assertIsNone(pages[0]["last_scan"])
        self.assertGreater(len(pages[2]["findings"]), 20)

    def test_a_field_more_or_less_is_not_valid(self):
        judge = validator(FINDINGS)
        page = json.loads(samples("findings")[2])
        page["findings"] = page["findings"][:1]
        self.assertTrue(complaints(judge, {**page, "new": 1}))
        self.assertTrue(complaints(judge, {key: value for key, value in page.items() if key != "stale"}))
        for changed in with_a_field_more(page["findings"][0]):
            self.assertTrue(complaints(judge, {**page, "findings": [changed]}))

    def test_a_finding_there_has_the_fields_of_one_in_an_event(self):
        inner = schema(FINDINGS)["definitions"]["open_finding"]
        self.assertEqual(set(inner["properties"]) - {"decisions"}, set(DEFINITIONS["finding"]["properties"]))
        self.assertEqual(set(inner["required"]) - {"decisions"}, set(DEFINITIONS["finding"]["required"]))


if __name__ == "__main__":
    unittest.main()
