# SPDX-License-Identifier: Apache-2.0
"""The dashboards against Grafana's published types (npm: @grafana/schema): each is compiled as a value of them.

A wrong or unknown field is an error of the compiler; that it is, is shown by dashboards that were spoiled on purpose. Needs node
and what tests/dashboards/package.json names, in build/npm/dashboards.
"""

import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from boards import SOURCE, dashboards, panels

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from needs import need  # noqa: E402  pylint: disable=wrong-import-position

PATIENCE = 400  # seconds; for a machine under load, not a promise
HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = pathlib.Path(os.environ.get("WEDGED_NPM", SOURCE / "build/npm/dashboards"))
COMPILER = PACKAGES / "node_modules/typescript/bin/tsc"
SETTINGS = {"compilerOptions": {"strict": True, "noEmit": True, "skipLibCheck": True, "module": "esnext", "target": "es2022",
                                "moduleResolution": "bundler", "types": [], "noErrorTruncation": True},
            "include": ["*.ts"]}


def setUpModule():
    need("node, and the packages of tests/dashboards/package.json: scripts/install-npm tests/dashboards",
         shutil.which("node") and COMPILER.exists() and (PACKAGES / "node_modules/@grafana/schema").exists())


def compiled(boards):
    """{name: what the compiler says against it} of those that it refuses."""
    with tempfile.TemporaryDirectory(prefix="check-", dir=PACKAGES) as name:
        folder = pathlib.Path(name)
        shutil.copy(HERE / "grafana.ts", folder)
        (folder / "tsconfig.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
        for name, board in boards.items():
            text = f"import type {{ Board }} from './grafana';\nexport const board: Board = {json.dumps(board, indent=1)};\n"
            (folder / f"{name}.ts").write_text(text, encoding="utf-8")
        done = subprocess.run(["node", COMPILER, "--project", folder, "--pretty", "false"], capture_output=True, text=True, timeout=PATIENCE,
                              stdin=subprocess.DEVNULL, cwd=folder, check=False)
    refused = {}
    for name, said in re.findall(r"^(\S+)\.ts\(\d+,\d+\): (error .*)$", done.stdout, re.MULTILINE):
        refused.setdefault(name, said)
    if done.returncode != 0 and not refused:
        raise AssertionError(done.stdout + done.stderr)
    return refused


def first(board, kind):
    return next(panel for panel in panels(board) if panel["type"] == kind)


def spoilers():
    """{what: change of a dashboard}; each must be refused."""
    def of(kind, *path, **fields):
        def spoil(board):
            place = first(board, kind)
            for step in path:
                place = place[step]
            place.update(fields)
        return spoil

    return {
        "unknown_field": lambda board: board.update(sparkle=True),
        "number_as_text": lambda board: board.update(schemaVersion="42"),
        "no_schema_version": lambda board: board.pop("schemaVersion"),
        "unknown_tooltip": lambda board: board.update(graphTooltip=7),
        "unknown_kind_of_panel": of("stat", type="singlestat"),
        "width_as_text": of("stat", "gridPos", w="4"),
        "no_place": lambda board: first(board, "stat").pop("gridPos"),
        "unknown_option_of_a_stat": of("stat", "options", sparkle=True),
        "unknown_colour_mode": of("stat", "options", colorMode="rainbow"),
        "unknown_line": of("timeseries", "fieldConfig", "defaults", "custom", drawStyle="dots"),
        "unknown_setting_of_a_graph": of("timeseries", "fieldConfig", "defaults", "custom", sparkle=1),
        "option_of_another_panel": of("timeseries", "options", graphMode="area"),
        "unknown_legend": of("timeseries", "options", "legend", displayMode="grid"),
        "unknown_cell": of("table", "fieldConfig", "defaults", "custom", "cellOptions", type="sparkles"),
        "unknown_mapping": of("state-timeline", "fieldConfig", "defaults", "mappings", 0, type="guess"),
        "threshold_without_colour": lambda board: first(board, "stat")["fieldConfig"]["defaults"]["thresholds"]["steps"][0].pop("color"),
        "unknown_field_of_a_query": of("stat", "targets", 0, sparkle=True),
        "query_without_id": lambda board: first(board, "stat")["targets"][0].pop("refId"),
        "unknown_refresh_of_a_variable": lambda board: board["templating"]["list"][1].update(refresh=9),
        "unknown_kind_of_variable": lambda board: board["templating"]["list"][1].update(type="guess"),
        "unknown_field_of_a_link": lambda board: board["links"][0].update(sparkle=True),
        "annotation_without_colour": lambda board: board["annotations"]["list"][0].pop("iconColor"),
        "unknown_transformation": of("table", "transformations", 0, id="sparkle"),
        "row_without_state": lambda board: first({"panels": [panel | {"panels": [panel]} for panel in board["panels"]
                                                             if panel["type"] == "row"]}, "row").pop("collapsed"),
    }


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.good = dashboards()
        cls.spoilt = {}
        for what, spoil in spoilers().items():
            cls.spoilt[what] = copy.deepcopy(cls.good["wedged-hosts"])
            spoil(cls.spoilt[what])
        cls.refused = compiled(cls.good | cls.spoilt)

    def test_each_dashboard_is_one_by_grafanas_types(self):
        for uid in self.good:
            with self.subTest(uid):
                self.assertIsNone(self.refused.get(uid))

    def test_each_spoilt_dashboard_is_refused(self):
        for what in self.spoilt:
            with self.subTest(what):
                self.assertIn(what, self.refused)

    def test_nothing_else_is_wrong(self):
        self.assertEqual(set(self.refused), set(self.spoilt))


if __name__ == "__main__":
    unittest.main()
