# SPDX-License-Identifier: Apache-2.0
"""The kernels of kernels.conf: which there are, and one of them unpacked with its modules and vmlinux.

Knows nothing about booting.
"""

import dataclasses
import lzma
import pathlib
import shutil
import subprocess
import zlib

from . import apt, paths, tools
from .say import Trouble, say

MAGICS = [(b"\x1f\x8b\x08", "gzip"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"\x02\x21\x4c\x18", "lz4")]


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of kernels.conf."""
    name: str
    packages: list
    suites: list


@dataclasses.dataclass(frozen=True)
class Kernel:
    """A kernel in the cache. `base` holds boot/ and lib/modules/RELEASE; `label` is its packages with their versions."""
    line: str
    release: str
    base: pathlib.Path
    label: str

    @property
    def version(self):
        return self.label.split()[0].partition("=")[2]

    @property
    def vmlinux(self):
        return self.base / "vmlinux"

    @property
    def vmlinuz(self):
        return self.base / "boot" / f"vmlinuz-{self.release}"

    @property
    def modules(self):
        return self.base / "lib" / "modules" / self.release


def lines():
    found = []
    for number, text in enumerate((paths.VMTEST / "kernels.conf").read_text().splitlines(), 1):
        words = text.split("#")[0].split()
        if words and len(words) != 3:
            raise Trouble(f"kernels.conf:{number}: three columns expected: line, packages, suites")
        if words:
            found.append(Line(words[0], words[1].split(","), words[2].split(",")))
    return found


def get(name, *, refresh=False):
    """The newest kernel of a line, fetched if it is not in the cache (or if refresh asks for the newest)."""
    line = next((line for line in lines() if line.name == name), None)
    if line is None:
        raise Trouble(f"no kernel line '{name}'; kernels.conf has: {', '.join(line.name for line in lines())}")
    base = paths.cache() / "kernels" / name
    with paths.filling_the_cache():
        if refresh or not (base / "ready").exists():
            _fetch(line, base)
    release, label = (base / "ready").read_text().strip().split(None, 1)
    return Kernel(name, release, base, label)


def _fetch(line, base):
    state = apt.state(line.suites)
    chosen = [state.newest(pattern) for pattern in line.packages]
    label = " ".join(f"{package}={version}" for package, version in chosen)
    if (base / "ready").exists() and (base / "ready").read_text().split(None, 1)[1].strip() == label:
        say(f"kernel {line.name}: {label} is the newest and already here")
        return
    say(f"kernel {line.name}: fetching {label}")
    shutil.rmtree(base, ignore_errors=True)
    state.unpack([f"{package}={version}" for package, version in chosen], base)
    if (base / "usr/lib/modules").is_dir():
        (base / "lib").mkdir(exist_ok=True)
        shutil.move(base / "usr/lib/modules", base / "lib/modules")
    release = next((base / "lib/modules").iterdir()).name
    _decompress_modules(base / "lib/modules")
    depmod = tools.program("kmod", "depmod")
    subprocess.run([depmod, "-b", base, release], check=True, env=tools.environment("kmod"))
    image = next(path for path in base.rglob("vmlinuz*") if path.is_file())
    (base / "vmlinux").write_bytes(_elf_of(image.read_bytes()))
    (base / "ready").write_text(f"{release} {label}\n")


def _decompress_modules(folder):
    """busybox and virtme-ng's initramfs load plain modules only."""
    for packed in folder.rglob("*.ko.xz"):
        packed.with_suffix("").write_bytes(lzma.decompress(packed.read_bytes()))
        packed.unlink()


def _elf_of(image):
    """The uncompressed kernel inside a bzImage: starts three times as fast under emulation."""
    for magic, kind in MAGICS:
        at = image.find(magic, 0x4000)
        while at >= 0:
            elf = _unpacked(kind, image[at:])
            if elf[:4] == b"\x7fELF":
                return elf
            at = image.find(magic, at + 1)
    raise Trouble("found no compressed ELF inside the kernel image")


def _unpacked(kind, data):
    try:
        if kind == "gzip":
            return zlib.decompressobj(31).decompress(data)
        if kind == "xz":
            return lzma.LZMADecompressor().decompress(data)
    except (lzma.LZMAError, zlib.error):
        return b""
    tool = shutil.which(kind)
    if not tool:
        return b""
    return subprocess.run([tool, "-dcf"], input=data, capture_output=True, check=False).stdout

