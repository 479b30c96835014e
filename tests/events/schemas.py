# SPDX-License-Identifier: Apache-2.0
"""The schemas of packaging/ as validators, and the samples that the test program prints. Judges nothing."""

import json
import os
import pathlib
import subprocess

try:
    import jsonschema
except ImportError:
    jsonschema = None

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = os.environ.get("WEDGED_EVENT_SAMPLES", str(SOURCE / "build/release/tests/events/event_samples"))
EVENT = SOURCE / "packaging/wedged-event.schema.json"
FINDINGS = SOURCE / "packaging/wedged-findings.schema.json"


def schema(path):
    return json.loads(path.read_text(encoding="utf-8"))


def validator(path):
    """In one piece: what it refers to in the other file is among its definitions."""
    whole = json.loads(path.read_text(encoding="utf-8").replace(f"{EVENT.name}#/", "#/"))
    whole["definitions"] = {**schema(EVENT)["definitions"], **whole["definitions"]}
    jsonschema.Draft7Validator.check_schema(whole)
    return jsonschema.Draft7Validator(whole)


def validator_of_event(name):
    """That of one kind: what it says is about the one field that is wrong, and not about all kinds."""
    whole = schema(EVENT)
    part = {**whole["definitions"][f"event_{name}"], "definitions": whole["definitions"]}
    return jsonschema.Draft7Validator(part)


def samples(what):
    done = subprocess.run([SAMPLES, what], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()


def complaints(checker, value):
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in checker.iter_errors(value)]
