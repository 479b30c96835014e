# SPDX-License-Identifier: Apache-2.0
"""Pages of metrics as the tests read them: what the test program prints, and what promtool says of a page."""

import os
import pathlib
import shutil
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("WEDGED_METRIC_PAGES", str(SOURCE / "build/release/tests/metrics/metric_pages"))
PAGE = SOURCE / "docs/metrics.md"


def printed(what):
    return subprocess.run([PROGRAM, what], capture_output=True, text=True, check=True, timeout=60).stdout


def series(page):
    """The samples of a page, each one series to Prometheus."""
    return [line for line in page.splitlines() if line and not line.startswith("#")]


def has_promtool():
    return shutil.which("promtool") is not None


def complaints_of_promtool(page):
    done = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, text=True, check=False, timeout=60)
    said = (done.stdout + done.stderr).splitlines()
    return said if done.returncode or said else []
