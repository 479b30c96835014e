#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes dashboards/grafana/*.json from dashboards/source/; a test tells when somebody has forgotten to.

Usage: dashboards/generate.py [FOLDER]     default: grafana beside this file
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
from source import fleet, host, hosts, monitor, syscalls  # noqa: E402  pylint: disable=wrong-import-position


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "grafana"
    folder.mkdir(parents=True, exist_ok=True)
    for part in (fleet, host, hosts, monitor, syscalls):
        made = part.made()
        (folder / f"{made['uid']}.json").write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
