# SPDX-License-Identifier: Apache-2.0
"""The committed dashboards and rules as the tests read them. Judges nothing."""

import json
import pathlib
import re
from typing import NamedTuple

SOURCE = pathlib.Path(__file__).resolve().parents[2]
DASHBOARDS = SOURCE / "dashboards"
RULES = sorted((DASHBOARDS / "rules").glob("*.yml"))
RUNBOOKS = SOURCE / "docs" / "runbooks"
STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
METRIC = re.compile(r"(?<![\w:.$])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])")
KEYWORDS = {"by", "without", "on", "ignoring", "group_left", "group_right", "or", "and", "unless", "bool", "offset", "inf", "nan"}


def dashboards():
    """{uid: dashboard}"""
    files = sorted((DASHBOARDS / "grafana").glob("*.json"))
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}


def panels(dashboard):
    """All panels that show something: rows are looked into."""
    for panel in dashboard["panels"]:
        yield from panel["panels"] if panel["type"] == "row" else [panel]


class Asked(NamedTuple):
    """One query, and where it stands."""
    uid: str
    title: str
    kind: str
    expr: str
    format: str
    instant: bool
    legend: str
    columns: tuple = ()

    def __str__(self):
        return f"{self.uid}, {self.title}: {self.expr}"


def columns_of(panel):
    """The labels that a table promises to show."""
    for step in panel.get("transformations", ()):
        if step["id"] == "organize":
            yield from (name for name in step["options"]["renameByName"] if not name.startswith("Value"))


def queries(dashboard):
    for panel in panels(dashboard):
        for target in panel["targets"]:
            yield Asked(dashboard["uid"], panel["title"], panel["type"], target["expr"], target["format"], target["instant"],
                        target["legendFormat"], tuple(columns_of(panel)) if len(panel["targets"]) == 1 else ())


def metrics_in(expr):
    """The names of metrics in an expression."""
    bare = re.sub(r"\{[^{}]*\}", "{}", STRINGS.sub('""', expr))
    bare = re.sub(r"\[[^\]]*\]", "[]", GROUPING.sub(" ", bare))
    return {name for name in METRIC.findall(bare) if name.lower() not in KEYWORDS}


class Rule(NamedTuple):
    """An alert or a recorded series as the file has it; text alone, since Python has no YAML of its own."""
    name: str
    is_alert: bool
    text: str

    def field(self, name):
        """A scalar, folded ones in one line; empty if it is not there."""
        found = re.search(rf"^ +{name}: (?:&\w+ )?(>-\n)?(.*(?:\n {{12,}}.*)*)", self.text, re.MULTILINE)
        if not found:
            return ""
        return " ".join(found.group(2).split()) if found.group(1) else found.group(2).splitlines()[0].strip()

    @property
    def expr(self):
        """Folded, it is indented by ten: deeper than its key."""
        found = re.search(r"^ {8}expr: (?:>-\n((?: {10,}.*\n?)+)|(.*))", self.text, re.MULTILINE)
        return " ".join((found.group(1) or found.group(2)).split())


def rules():
    for file in RULES:
        for part in re.split(r"^ {6}- (?=alert|record)", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            kind, name = re.match(r"(alert|record): (\S+)", part).groups()
            yield Rule(name, kind == "alert", part)


def foreign_metrics_in(expr):
    """Those of them that every program has that Prometheus scrapes: neither wedged's own nor recorded."""
    return {name for name in metrics_in(expr) if not name.startswith("wedged_") and ":" not in name}


def documented_metrics():
    """{name: type} of docs/metrics.md."""
    text = (SOURCE / "docs" / "metrics.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", text, re.MULTILINE))
