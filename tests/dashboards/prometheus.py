# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus of the test's own: scrapes one target each second, evaluates the project's rules each second. It has other jobs,
too: itself, and a target that is down.

The rules are a copy in which every `for` and `interval` is a second, since a test does not wait for minutes; nothing else of
them is changed.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

BINARY = shutil.which("prometheus")
PROMTOOL = shutil.which("promtool")
PATIENCE = 60  # seconds; for a machine under load, not a promise
NOBODY = "127.0.0.1:1"  # no port that is given to anybody who asks for a free one
CONFIG = """
global: {{ scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }}
rule_files: [ "{rules}/*.yml" ]
scrape_configs:
  - job_name: wedged
    static_configs: [ {{ targets: [ "{target}" ], labels: {{ cluster: test }} }} ]
  - job_name: prometheus
    static_configs: [ {{ targets: [ "{itself}" ] }} ]
  - job_name: gone
    static_configs: [ {{ targets: [ "{nobody}" ] }} ]
"""


def hurried(text):
    return re.sub(r"^( +(?:for|interval): )\S+$", r"\g<1>1s", text, flags=re.MULTILINE)


class Prometheus:
    def __init__(self, folder, port, target, rules):
        self.address, copies = f"http://127.0.0.1:{port}", folder / "rules"
        copies.mkdir()
        for file in rules:
            (copies / file.name).write_text(hurried(file.read_text(encoding="utf-8")), encoding="utf-8")
        config, self.log = folder / "prometheus.yml", folder / "prometheus.log"
        config.write_text(CONFIG.format(rules=copies, target=target, itself=f"127.0.0.1:{port}", nobody=NOBODY), encoding="utf-8")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([BINARY, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
                                             f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder)

    def ask(self, path, **parameters):
        """The answer's data; what it says if it is an error."""
        url = f"{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters, doseq=True)}"
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as response:
                return json.load(response)["data"]
        except urllib.error.HTTPError as error:
            if error.code == 503:  # not ready yet
                raise
            raise AssertionError(f"{path} {parameters}: {error.read().decode()}") from error

    def instant(self, expr):
        return self.ask("query", query=expr)

    def range(self, expr, seconds, step):
        now = time.time()
        return self.ask("query_range", query=expr, start=now - seconds, end=now, step=step)

    def wait_for(self, holds, what):
        """Until holds() is true, or no more than the patience."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if holds():
                    return
            except (OSError, ValueError):
                pass  # not up yet
            if self.process.poll() is not None:
                break
            time.sleep(0.3)
        raise AssertionError(f"{what} did not come true; Prometheus's log: {self.log.read_text(errors='replace')}")

    def wait_until_it_scrapes(self):
        self.wait_for(lambda: [one["value"][1] for one in self.instant('up{job="wedged"}')["result"]] == ["1"], "a first scrape")

    def firing(self):
        """The labels of alerts that fire now, with their annotations."""
        return [alert for alert in self.ask("alerts")["alerts"] if alert["state"] == "firing"]

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def promtool(*words, text=None):
    return subprocess.run([PROMTOOL, *map(str, words)], input=text, capture_output=True, text=True, timeout=PATIENCE, check=False)


def scraped(target):
    with urllib.request.urlopen(f"http://{target}/metrics", timeout=PATIENCE) as response:
        return response.read().decode()


def folder_for(name):
    """Below the build folder, or where this is run from."""
    place = pathlib.Path(os.environ.get("WEDGED_TEST_FOLDER", "build/release/tests/dashboards"))
    place.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix=name, dir=place.resolve())
