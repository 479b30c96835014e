# SPDX-License-Identifier: Apache-2.0
"""What packaging/kubernetes says, as values."""

import pathlib

import yaml

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FOLDER = SOURCE / "packaging/kubernetes"


def read(name):
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def pod():
    return read("daemon-set.yaml")["spec"]["template"]["spec"]


def container():
    [one] = pod()["containers"]
    return one


def capabilities():
    return container()["securityContext"]["capabilities"]["add"]


def arguments():
    """Those of the container, less its address."""
    words = list(container()["args"])
    at = words.index("--web.listen-address")
    return words[:at] + words[at + 2:]
