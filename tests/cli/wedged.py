# SPDX-License-Identifier: Apache-2.0
"""The built daemon as the command line tests see it. Owns how it is started; knows nothing about what it should say."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from needs import need, need_kernel  # noqa: E402, F401  for those that import this

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("WEDGED_BINARY", str(SOURCE / "build/release/userspace/wedged"))
NOBODY = 65534
DEADLINE = 60  # seconds; for a machine under load, not a promise

OK, FAILED, USAGE, INVALID_CONFIG, DENIED, UNSUPPORTED, ADDRESS = range(7)


def wedged(*words, before=(), binary=BINARY):
    """Runs it to its end."""
    return subprocess.run([*before, str(binary), *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=DEADLINE, check=False)


def wedged_as_nobody(*words):
    """Without root. The binary is copied, since its build folder may be closed to others."""
    with open_folder() as folder:
        copy = folder / "wedged"
        shutil.copy(BINARY, copy)
        copy.chmod(0o755)
        drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
        return wedged(*words, before=drop, binary=copy)


@contextlib.contextmanager
def open_folder():
    """A folder that everybody may enter."""
    with tempfile.TemporaryDirectory(prefix="wedged-cli-") as name:
        os.chmod(name, 0o755)
        yield pathlib.Path(name)


@contextlib.contextmanager
def config(text):
    """A configuration file with this text."""
    with open_folder() as folder:
        path = folder / "wedged.yaml"
        path.write_text(text, encoding="utf-8")
        yield path


@contextlib.contextmanager
def taken_port():
    """A loopback port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
