# SPDX-License-Identifier: Apache-2.0
"""A cgroup of a test's own, so that its daemon looks at that alone: others provoke hangs on this host, too. Judges nothing."""

import contextlib
import os
import pathlib
import time

from needs import need

PATIENCE = 60  # seconds; for a machine under load, not a promise


def unified_hierarchy():
    """Where it is mounted, if groups can be made there."""
    mounts = [line.split() for line in pathlib.Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    places = [pathlib.Path(target) for _, target, kind, *_ in mounts if kind == "cgroup2"]
    return next((place for place in places if os.access(place, os.W_OK)), None)


def need_cgroups():
    need("a unified hierarchy of cgroups to make one in", unified_hierarchy())


class Cgroup:
    """Made, joined by what is started in it, removed when all of that is gone."""

    def __init__(self, of):
        self.name = f"/wedged-{of}-{os.getpid()}"
        self.path = unified_hierarchy() / self.name[1:]
        self.path.mkdir(exist_ok=True)

    @property
    def scope(self):
        """What makes a daemon look at it alone."""
        return "--cgroup", self.name

    def words(self, *words):
        """What runs the words inside."""
        return ["sh", "-c", 'echo $$ >"$0" && exec "$@"', self.path / "cgroup.procs", *words]

    def remove(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                self.path.rmdir()
                return
            time.sleep(0.1)
