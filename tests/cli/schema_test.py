# SPDX-License-Identifier: Apache-2.0
"""The schema that editors use says the same as `config check`: the same keys, words, defaults, and verdicts.

Files are written as JSON, which is YAML too. What the readers know is learned from what they say of a wrong word.
"""

import copy
import json
import re
import unittest

from wedged import INVALID_CONFIG, OK, SOURCE, need, open_folder, wedged

try:
    import jsonschema
except ImportError:
    jsonschema = None

MAIN = SOURCE / "packaging/wedged.schema.json"
DROP_IN = SOURCE / "packaging/wedged-drop-in.schema.json"
NO_WORD = "q" * 40  # far from every word, so that all that are known are listed
RULE = {"name": "x", "match": {}, "ladder": [{"log": True}]}
# Keys whose items have keys themselves: "[]" in a path.
LISTS = ("rules", "ladder")


def schema(path=MAIN):
    return json.loads(path.read_text(encoding="utf-8"))


def check(document, drop_in=None):
    with open_folder() as folder:
        (folder / "wedged.yaml").write_text(json.dumps(document), encoding="utf-8")
        if drop_in is not None:
            (folder / "wedged.d").mkdir()
            (folder / "wedged.d/x.yaml").write_text(json.dumps(drop_in), encoding="utf-8")
        return wedged("config", "check", "--config", folder / "wedged.yaml")


def shown(document):
    with open_folder() as folder:
        (folder / "wedged.yaml").write_text(json.dumps(document), encoding="utf-8")
        done = wedged("config", "show", "--config", folder / "wedged.yaml")
    assert done.returncode == OK, done
    return done.stdout


def nodes(node, path=()):
    """(path, schema) of each value that a file may have, the file itself first; lists have the path of their items."""
    whole = schema()
    while "$ref" in node:
        node = whole["definitions"][node["$ref"].rpartition("/")[2]]
    yield path, node
    for key, child in node.get("properties", {}).items():
        yield from nodes(child, (*path, key))
    if path and path[-1] in LISTS:
        yield from nodes(node["items"], (*path, "[]"))


def document_with(path, value):
    """A file with this value at the end of the path."""
    for key in reversed(path):
        value = [value] if key == "[]" else {key: value}
    return value


def words_in(text):
    return set(re.split(r", | or ", text))


class Schema(unittest.TestCase):
    def test_it_has_exactly_the_keys_that_the_readers_know(self):
        maps = [(path, node) for path, node in nodes(schema()) if "properties" in node]
        self.assertGreater(len(maps), 12)
        for path, node in maps:
            with self.subTest(".".join(path)):
                said = check(document_with((*path, NO_WORD), {})).stderr
                known = re.search(rf"unknown key '{NO_WORD}' in [^;]*; it may have (.*)", said)
                self.assertIsNotNone(known, said)
                self.assertEqual(words_in(known[1]), set(node["properties"]))
                self.assertIs(node["additionalProperties"], False)

    def test_it_has_exactly_the_words_that_the_readers_know(self):
        found = 0
        for path, node in nodes(schema()):
            ways = (node, *node.get("anyOf", ()), *map(resolved, node.get("oneOf", ())))
            words = next((way["enum"] for way in ways if "enum" in way), None)
            if words is None:
                continue
            found += 1
            with self.subTest(".".join(path)):
                step = {"signal": "TERM", path[-1]: NO_WORD} if path[-1] == "to" else {path[-1]: NO_WORD}
                said = check(document_with(path[:-1], step)).stderr
                known = re.search(rf"{path[-1]} (?:must|can only) be (.*), not '{NO_WORD[:30]}", said)
                self.assertIsNotNone(known, said)
                self.assertEqual(words_in(known[1]), set(words))
        self.assertGreater(found, 8)

    def test_every_key_is_described(self):
        for path, node in nodes(schema()):
            if path and path[-1] != "[]":
                parent = next(n for p, n in nodes(schema()) if p == path[:-1])
                self.assertIn("description", parent["properties"][path[-1]], path)

    def test_every_key_is_in_the_manual_and_every_one_of_a_policy_in_its_page(self):
        manual = (SOURCE / "packaging/man/wedged.yaml.5").read_text(encoding="utf-8").replace("\\-", "-")
        page = (SOURCE / "docs/policy.md").read_text(encoding="utf-8")
        for path, _ in nodes(schema()):
            keys = [key for key in path if key != "[]"]
            if not keys:
                continue
            with self.subTest(".".join(path)):
                self.assertRegex(manual, rf"(?m)^\.BR? {keys[-1]}( |$)|^\.SH SECTION {keys[-1].upper()}$")
                if path[0] == "policy" and len(keys) > 1:
                    self.assertRegex(page, rf"\| `([a-z_]+\.)?{keys[-1]}[.`]")

    def test_its_defaults_are_those_of_the_daemon(self):
        self.assertEqual(shown(defaults_below(())), shown({}))
        rules = ("policy", "rules", "[]")
        rung = (*rules, "ladder", "[]")
        given = {**defaults_below(rules), "name": "x", "match": defaults_below((*rules, "match")),
                 "ladder": [{"signal": "KILL", **defaults_below(rung)},
                            {"hook": {"command": ["/a"], **defaults_below((*rung, "hook"))}}]}
        bare = {"name": "x", "match": {}, "ladder": [{"signal": "KILL"}, {"hook": {"command": ["/a"]}}]}
        self.assertEqual(shown({"policy": {"rules": [given]}}), shown({"policy": {"rules": [bare]}}))


def drop_in_schema():
    """In one piece: what it refers to in the other file is among its definitions."""
    text = DROP_IN.read_text(encoding="utf-8").replace(f"{MAIN.name}#/", "#/definitions/main/")
    return {**json.loads(text), "definitions": {**schema()["definitions"], "main": schema()}}


def resolved(node):
    return schema()["definitions"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node


def defaults_below(path):
    """All values that have a default, of the map at this path; none of the lists below it."""
    document = {}
    for at, node in nodes(schema()):
        below = at[len(path):]
        if at[:len(path)] != path or not below or "[]" in below or "default" not in node:
            continue
        inner = document
        for key in below[:-1]:
            inner = inner.setdefault(key, {})
        inner[below[-1]] = node["default"]
    if path[-1:] == ("[]",):
        document.pop("match", None)
        document.pop("hook", None)
    return document


def policy(**parts):
    return {"policy": parts}


def rule(**parts):
    return policy(rules=[{**RULE, **parts}])


def match(**parts):
    return rule(match=parts)


def step(**parts):
    return rule(ladder=[parts])


VALID = {
    "nothing": {},
    "sections without a value": {"scan": None, "thresholds": None, "slow_syscall": None, "web": None, "policy": None},
    "no limits of calls": {"slow_syscall": {"default": "none", "limits": {"fsync": "2m", "openat": "none"}}},
    "no web": {"web": {"listen_address": "none"}},
    "metrics elsewhere": {"web": {"telemetry_path": "/own/metrics"}},
    "a policy's bounds": policy(enforce=True, order="all", allow_reboot=True, protect=["sshd", "/opt/*"],
                                limits={"actions": 1000, "window": "168h", "cool_down": "0s"}, unit_limits={"actions": 1},
                                brake={"decisions": 10000, "window": "1s"}, dumps={"directory": "/a", "quota": "1MiB"},
                                ledger="/run/a", rules=[]),
    "no rules": policy(rules=None, protect=None),
    "words alone": match(cause="unkillable", certainty="certain", lasting="1m", role="victim", unit="a", cgroup="/a", exe="/a",
                         container="*:0*", pod="*", comm="a", user="root", syscall="fsync", device="sda", mount="server:/a"),
    "lists": match(cause=["unkillable", "starved"], unit=["a", "b"], user=["root", 0, 4294967294], syscall=["fsync", "write"],
                   comm=["a*", "[b-d]?"], device=["dm-0"], mount=["/a", "/b"]),
    "each step": policy(allow_reboot=True, rules=[{**RULE, "enforce": False, "limits": {"cool_down": "1s"}, "ladder": [
        {"dump": "stacks"}, {"dump": "core", "grace": "0s"}, {"signal": "SIGABRT"}, {"signal": "TERM", "to": "group"},
        {"signal": "KILL", "to": "unit", "grace": "24h"}, {"restart_unit": True},
        {"hook": {"command": ["/a", "b", ""], "timeout": "100ms", "memory": "16MiB"}}, {"log": True}, {"reboot": "sysrq"}]}]),
}

INVALID = {
    "a list": [],
    "an unknown section": {"scann": {}},
    "an unknown key": {"scan": {"intervall": "1s"}},
    "a duration without a unit": {"scan": {"interval": "1"}},
    "a duration with a blank": {"thresholds": {"stopped": "1 s"}},
    "an unknown mode": {"scan": {"observe": "all"}},
    "a path that is none": {"web": {"telemetry_path": "metrics"}},
    "a path of something else": {"web": {"telemetry_path": "/api/v1/metrics"}},
    "a web configuration by a relative path": {"web": {"config_file": "web.yaml"}},
    "a call limit without a unit": {"slow_syscall": {"limits": {"fsync": "5"}}},
    "a call that cannot be": {"slow_syscall": {"limits": {"FSYNC!": "5s"}}},
    "a word for enforce": policy(enforce="yes"),
    "an unknown order": policy(order="last"),
    "a word for protect": policy(protect="sshd"),
    "an empty glob": policy(protect=[""]),
    "no actions": policy(limits={"actions": 0}),
    "too many actions": policy(unit_limits={"actions": 1001}),
    "a brake that never works": policy(brake={"decisions": 10001}),
    "a relative folder": policy(dumps={"directory": "dumps"}),
    "a quota in bytes": policy(dumps={"quota": "1000"}),
    "a ledger that is a folder": policy(ledger="/run/"),
    "a rule that is a word": policy(rules=["x"]),
    "a rule without a name": policy(rules=[{"match": {}, "ladder": [{"log": True}]}]),
    "a rule without a match": policy(rules=[{"name": "x", "ladder": [{"log": True}]}]),
    "a rule without a ladder": policy(rules=[{"name": "x", "match": {}}]),
    "a rule's name in upper case": rule(name="X"),
    "a rule's name that is too long": rule(name="x" * 65),
    "a match of nothing": rule(match=None),
    "a ladder of nothing": rule(ladder=[]),
    "a ladder of eleven": rule(ladder=[{"log": True}] * 11),
    "an unknown cause": match(cause="unkilable"),
    "no cause": match(cause=[]),
    "an unknown certainty": match(certainty="sure"),
    "an unknown role": match(role="holder"),
    "an empty name": match(comm=["a", ""]),
    "no user's number": match(user=-1),
    "a number beyond users": match(user=4294967295),
    "a map for a unit": match(unit={"a": "b"}),
    "a step that is a word": rule(ladder=["KILL"]),
    "a step without an action": step(grace="5s"),
    "a step with two actions": step(log=True, dump="core"),
    "an unknown signal": step(signal="STOP"),
    "a signal's number": step(signal=9),
    "a log of false": step(log=False),
    "a restart by name": step(restart_unit="db.service"),
    "an unknown dump": step(dump="cores"),
    "an unknown reach": step(signal="KILL", to="all"),
    "a reach without a signal": step(log=True, to="unit"),
    "a hook of nothing": step(hook=None),
    "a hook without a command": step(hook={"timeout": "1s"}),
    "a hook that is a line": step(hook={"command": "/a b"}),
    "a hook without words": step(hook={"command": []}),
    "a hook found by PATH": step(hook={"command": ["fence"]}),
    "a hook of too many words": step(hook={"command": ["/a"] * 65}),
    "a reboot named once": step(reboot="sysrq"),
    "a reboot denied": policy(allow_reboot=False, rules=[{**RULE, "ladder": [{"reboot": "sysrq"}]}]),
    "a reboot by another way": policy(allow_reboot=True, rules=[{**RULE, "ladder": [{"reboot": "now"}]}]),
}

# Only the daemon can know these.
BEYOND = {
    "a duration out of range": {"scan": {"interval": "2h"}},
    "a call that there is not": match(syscall="fsink"),
    "a user that there is not": match(user="no such user"),
    "a broken glob": match(comm="a[b"),
    "a name that is too long": match(comm="a" * 16),
    "a signal after KILL": rule(ladder=[{"signal": "KILL"}, {"signal": "TERM"}]),
    "a rule's name twice": policy(rules=[RULE, RULE]),
}


class Verdicts(unittest.TestCase):
    def setUp(self):
        need("python3-jsonschema", jsonschema)

    def errors(self, document, path=MAIN):
        whole = schema(path) if path == MAIN else drop_in_schema()
        return [error.message for error in jsonschema.Draft7Validator(whole).iter_errors(document)]

    def assert_same(self, document, expected, drop_in=None):
        errors = self.errors(document) if drop_in is None else self.errors(drop_in, DROP_IN)
        done = check(document, drop_in)
        self.assertEqual(done.returncode, expected, done)
        self.assertEqual(errors == [], expected == OK, errors)

    def test_they_are_schemas(self):
        for path in (MAIN, DROP_IN):
            jsonschema.Draft7Validator.check_schema(schema(path))

    def test_what_is_valid_is_valid_to_both(self):
        for name, document in VALID.items():
            with self.subTest(name):
                self.assert_same(document, OK)

    def test_what_is_wrong_is_wrong_to_both(self):
        for name, document in INVALID.items():
            with self.subTest(name):
                self.assert_same(document, INVALID_CONFIG)

    def test_what_only_the_daemon_can_know_is_left_to_it(self):
        for name, document in BEYOND.items():
            with self.subTest(name):
                self.assertEqual(self.errors(document), [])
                self.assertEqual(check(document).returncode, INVALID_CONFIG)

    def test_a_drop_in_has_a_schema_of_its_own(self):
        self.assert_same({}, OK, {"policy": {"rules": [RULE], "protect": ["a"]}})
        self.assert_same({}, OK, {})
        self.assert_same({}, OK, {"policy": None})
        self.assert_same({}, INVALID_CONFIG, {"policy": {"enforce": True}})
        self.assert_same({}, INVALID_CONFIG, {"scan": {}})
        self.assert_same({}, INVALID_CONFIG, {"policy": {"rules": [{**copy.deepcopy(RULE), "ladder": [{"signal": "STOP"}]}]}})


if __name__ == "__main__":
    unittest.main()
