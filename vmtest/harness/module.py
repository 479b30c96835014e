# SPDX-License-Identifier: Apache-2.0
"""The test module of module/, built for one kernel with that kernel's own headers.

Owns the headers' and the module's folders in the cache. Nothing of it is installed or shipped. Knows nothing about booting.
"""

import dataclasses
import os
import pathlib
import re
import shutil
import subprocess

from . import apt, kernels, paths
from .say import Trouble, say

NAME = "wedged_hang"


@dataclasses.dataclass(frozen=True)
class Module:
    """The built module, or why there is none."""
    path: pathlib.Path | None
    why: str = ""


def get(kernel):
    """Cases that need the module fail with the reason where it cannot be built; the others run all the same."""
    try:
        with paths.filling_the_cache():
            return Module(_built(kernel, _headers(kernel)))
    except Trouble as trouble:
        say(f"kernel {kernel.line}: no test module: {trouble}")
        return Module(None, str(trouble))


def _headers(kernel):
    """The folder of the kernel's headers, fetched if those in the cache are another kernel's."""
    folder = paths.cache() / "headers" / kernel.line
    ready = folder / "ready"
    if not ready.exists() or ready.read_text().strip() != kernel.label:
        say(f"kernel {kernel.line}: fetching its headers")
        shutil.rmtree(folder, ignore_errors=True)
        state = apt.state(next(line.suites for line in kernels.lines() if line.name == kernel.line))
        state.unpack(_packages(state, kernel), folder)
        _move_in(folder)
        ready.write_text(kernel.label + "\n")
    return folder / "usr" / "src" / f"linux-headers-{kernel.release}"


def _packages(state, kernel):
    """The headers of exactly this kernel, and of what they depend on the two that are a part of them."""
    own = f"linux-headers-{kernel.release}={kernel.version}"
    parts = re.findall(r"(linux-(?:headers|kbuild)-[^ ,]+)(?: \(= ([^)]+)\))?", state.depends(own))
    return [own, *(f"{name}={version}" if version else name for name, version in parts)]


def _move_in(folder):
    """Their makefile names the other half of the headers by its place in an installed system."""
    for makefile in folder.glob("usr/src/linux-headers-*/Makefile"):
        text = makefile.read_text()
        makefile.write_text(re.sub(r"(?<=[ =])/usr/src/", "../", text))


def _built(kernel, headers):
    place = paths.cache() / "module" / kernel.line
    module = place / f"{NAME}.ko"
    source = paths.VMTEST / "module"
    newest = max(path.stat().st_mtime for path in [*source.iterdir(), headers.parents[2] / "ready"])
    if not module.exists() or module.stat().st_mtime < newest:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(source, place)
        _make(headers, place)
    return module


def _make(headers, place):
    """Without BTF of its own, which would need pahole: nothing attaches to the module's functions."""
    words = ["make", "-C", headers, f"M={place}", "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules"]
    clean = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "CC", "ARCH")}
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=clean)
    except FileNotFoundError as error:
        raise Trouble(f"{error.filename} is missing; install what scripts/packages lists") from error
    if done.returncode:
        raise Trouble(f"the module {NAME} does not compile:\n{done.stderr.strip()}")
