# SPDX-License-Identifier: Apache-2.0
"""Programs the harness needs that a machine may not have: QEMU, virtme-ng, kmod and what goes into the guest.

Each bundle is unpacked into the cache, nothing is installed. Knows nothing about kernels or booting.
"""

import os
import shutil
import subprocess

from . import apt, paths
from .say import Trouble, say

BOOKWORM = ["bookworm", "bookworm-security", "bookworm-backports"]
TRIXIE = ["trixie"]
LIBRARY_FOLDERS = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "lib/aarch64-linux-gnu"]
LIBRARY_FOLDERS += [f"{folder}/systemd" for folder in LIBRARY_FOLDERS]  # its own are in a folder of their own
PROGRAM_FOLDERS = ["usr/bin", "usr/sbin", "bin", "sbin", "usr/libexec", "lib/systemd"]

# name: (suites, packages, with dependencies, release preferred over the others). The virtiofsd that virtme-ng
# needs exists in trixie only and wants trixie's C library: so it comes with all of its dependencies.
BUNDLES = {
    "kmod": (BOOKWORM, ["kmod"], True, None),
    "guest": (BOOKWORM, ["busybox-static", "jq", "dmsetup", "e2fsprogs"], True, None),
    "qemu": (BOOKWORM, ["qemu-system-x86"], True, "bookworm-backports"),
    "systemd": (BOOKWORM, ["systemd", "libsystemd-shared", "dbus", "dbus-daemon", "dbus-system-bus-common"], True, None),
    "virtme": (TRIXIE, ["virtme-ng"], False, None),
    "virtme-python": (BOOKWORM, ["python3-requests", "python3-argcomplete", "python3-pkg-resources", "file"], True, None),
    "virtiofsd": (TRIXIE, ["virtiofsd"], True, None),
}


def bundle(name, *, refresh=False):
    """The folder a bundle is unpacked in."""
    suites, packages, closure, release = BUNDLES[name]
    folder = paths.cache() / "tools" / name
    with paths.filling_the_cache():
        if refresh or not (folder / "ready").exists():
            say(f"tools: fetching {' '.join(packages)}")
            shutil.rmtree(folder, ignore_errors=True)
            _state(name, suites).unpack(packages, folder, closure=closure, release=release)
            _relink(folder)
            (folder / "ready").touch()
    return folder


def _relink(folder):
    """Absolute links (/sbin/depmod -> /bin/kmod) must stay inside the folder."""
    for path in folder.rglob("*"):
        if path.is_symlink() and os.readlink(path).startswith("/"):
            inside = folder / os.readlink(path).lstrip("/")
            path.unlink()
            path.symlink_to(inside)


def _state(name, suites):
    """virtiofsd is unpacked as if nothing were installed: its libraries are of another release than the system's."""
    if name != "virtiofsd":
        return apt.state(suites)
    nothing = paths.cache() / "nothing-installed"
    nothing.touch()
    return apt.state(suites, status=nothing)


def program(bundle_name, name):
    """A program's path in a bundle."""
    folder = bundle(bundle_name)
    for place in PROGRAM_FOLDERS:
        if (folder / place / name).exists():
            return folder / place / name
    raise Trouble(f"{name} is not in the unpacked bundle '{bundle_name}'; remove {folder} and run again")


def environment(*bundle_names):
    """The environment in which the bundles' programs find their libraries."""
    places = [str(bundle(name) / place) for name in bundle_names for place in LIBRARY_FOLDERS if (bundle(name) / place).is_dir()]
    before = os.environ.get("LD_LIBRARY_PATH")
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(places + ([before] if before else []))}


def libraries(path, *bundle_names):
    """What `ldd` says a program loads: [(name in the guest, path here)]. A static program loads nothing."""
    listed = subprocess.run(["ldd", path], capture_output=True, text=True, check=False, env=environment(*bundle_names))
    found = []
    for line in listed.stdout.splitlines():
        words = line.split()
        if "not found" in line:
            raise Trouble(f"{path} needs {words[0]}, which is not on this machine")
        if "=>" in words:
            found.append((words[0], words[2]))
        elif words and words[0].startswith("/"):
            found.append((os.path.basename(words[0]), words[0]))
    return found
