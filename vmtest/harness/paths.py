# SPDX-License-Identifier: Apache-2.0
"""Where things are. Owns the folder layout; knows nothing about what is in the folders."""

import contextlib
import fcntl
import os
import pathlib
import threading

VMTEST = pathlib.Path(__file__).resolve().parent.parent
ROOT = VMTEST.parent


def cache():
    """Kernels, tools and run folders: build/vm unless WEDGED_VM_CACHE says otherwise."""
    folder = pathlib.Path(os.environ.get("WEDGED_VM_CACHE") or ROOT / "build" / "vm").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def built_tree(given):
    """The tree that holds the built daemon: the given one, or the newer of build/release and build/dev."""
    if given:
        return pathlib.Path(given).absolute()
    trees = [ROOT / "build" / name for name in ("release", "dev")]
    found = [tree for tree in trees if daemon_of(tree)]
    return max(found, key=lambda tree: daemon_of(tree).stat().st_mtime, default=trees[0])


def daemon_of(tree):
    """The wedged binary of a built tree, or None."""
    for place in ("wedged", "userspace/wedged", "bin/wedged"):
        if (tree / place).is_file():
            return tree / place
    return None


_in_this_process = threading.RLock()
_depth = 0


@contextlib.contextmanager
def filling_the_cache():
    """Only one thread of one process at a time fills the cache; who does so already may go on."""
    global _depth
    with _in_this_process, open(cache() / "fill.lock", "w", encoding="ascii") as lock:
        if _depth == 0:
            fcntl.flock(lock, fcntl.LOCK_EX)
        _depth += 1
        try:
            yield
        finally:
            _depth -= 1
