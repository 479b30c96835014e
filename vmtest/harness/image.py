# SPDX-License-Identifier: Apache-2.0
"""What a guest sees: the payload (daemon, wedged-inject, faults, tools, cases) and, for emulation, an initramfs around it.

Knows nothing about booting.
"""

import os
import pathlib
import shutil
import stat
import subprocess

from . import module, paths, tools
from .say import Trouble

MODULES = ["dm-mod", "dm-zero", "dm-delay", "brd", "loop", "fuse", "ext4", "nfs", "nfsv3", "nfsv4", "nbd"]
GUEST_TOOLS = ["jq", "dmsetup", "mkfs.ext4"]
FLAGS = ["-static", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread"]


def compile_programs():
    """The static programs of faults/ and guest/: {name: path}, compiled where the source is newer."""
    into = paths.cache() / "programs"
    into.mkdir(exist_ok=True)
    sources = sorted([*(paths.VMTEST / "faults").glob("*.c"), *(paths.VMTEST / "guest").glob("*.c")])
    with paths.filling_the_cache():
        return {source.stem: _compiled(source, into / source.stem) for source in sources}


def _compiled(source, program):
    newest = max(path.stat().st_mtime for path in [source, *source.parent.glob("*.h")])
    if not program.exists() or program.stat().st_mtime < newest:
        done = subprocess.run(["cc", *FLAGS, "-o", program, source], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Trouble(f"{source.name} does not compile:\n{done.stderr}")
    return program


def payload(folder, kernel, daemon, cases):
    """Fills a folder with everything a guest needs beside its kernel."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "bin").mkdir(parents=True)
    (folder / "lib").mkdir()
    for name in ("guest", "cases"):
        shutil.copytree(paths.VMTEST / name, folder / name)
    for name, program in compile_programs().items():
        shutil.copy2(program, folder / "bin" / name)
    shutil.copy2(tools.program("guest", "busybox"), folder / "bin" / "busybox")
    for name in GUEST_TOOLS:
        with_libraries(tools.program("guest", name), folder, "guest", name=name)
    if daemon:
        for program in (daemon, daemon.with_name("wedged-inject")):
            if not program.exists():
                raise Trouble(f"no {program.name} beside {daemon}: build it too")
            with_libraries(program, folder, name=program.name)
        tests = daemon.parents[1] / "tests/kernel/kernel_tests"  # the case `walk` needs them
        if tests.exists():
            with_libraries(tests, folder, name=tests.name)
    _test_module(folder, kernel)
    (folder / "kernel").write_text(kernel.release + "\n")
    (folder / "plan").write_text("\n".join(cases) + "\n")
    return folder


def _test_module(folder, kernel):
    built = module.get(kernel)
    if built.path:
        shutil.copy2(built.path, folder / "lib" / built.path.name)
    else:
        (folder / "lib" / "no_module").write_text(built.why + "\n")


def with_libraries(program, folder, *bundles, name):
    """Copies a program into bin/ of a payload, and what it loads into lib/."""
    shutil.copy2(os.path.realpath(program), folder / "bin" / name)
    for library, path in tools.libraries(program, *bundles):
        if not (folder / "lib" / library).exists():
            shutil.copy2(os.path.realpath(path), folder / "lib" / library)


def initramfs(folder, kernel, image, more=None):
    """The payload, busybox, the modules the cases need and our init, as one cpio archive. `more` adds to its root."""
    root = image.with_suffix(".root")
    shutil.rmtree(root, ignore_errors=True)
    for name in ("bin", "dev", "proc", "sys", "tmp", "run", "root", "etc", "lib64", "usr", "var/tmp"):
        (root / name).mkdir(parents=True, exist_ok=True)
    shutil.copytree(folder, root / "vm", symlinks=True)
    shutil.copy2(folder / "bin" / "busybox", root / "bin" / "busybox")
    shutil.copy2(folder / "guest" / "init", root / "init")
    (root / "init").chmod(0o755)
    for loader in (root / "vm" / "lib").glob("ld-linux*"):
        (root / "lib64" / loader.name).symlink_to(f"/vm/lib/{loader.name}")
    # The daemon starts its inspector without any environment: the loader must find the libraries by itself.
    (root / "usr" / "lib").symlink_to("/vm/lib")
    (root / "etc" / "passwd").write_text("root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n")
    (root / "etc" / "group").write_text("root:x:0:\nnogroup:x:65534:\n")
    _modules(kernel, root)
    if more:
        more(root)
    image.write_bytes(cpio(root))
    shutil.rmtree(root)
    return image


def _modules(kernel, root):
    """The modules asked for and what they depend on, with a modules.dep that says so."""
    depends = {}
    for line in (kernel.modules / "modules.dep").read_text().splitlines():
        module, needs = line.split(":")
        depends[module] = needs.split()
    by_name = {pathlib.Path(module).name.split(".")[0]: module for module in depends}
    chosen = {module for name in MODULES if name in by_name for module in (by_name[name], *depends[by_name[name]])}
    place = root / "lib" / "modules" / kernel.release
    for module in chosen:
        (place / module).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(kernel.modules / module, place / module)
    lines = [" ".join([module + ":", *depends[module]]) for module in chosen]
    (place / "modules.dep").write_text("\n".join(lines) + "\n")
    shutil.copy2(kernel.modules / "modules.builtin", place / "modules.builtin")


def cpio(root):
    """A folder as a `newc` archive, which is what the kernel unpacks."""
    parts, number = [], 0
    for path in [root, *sorted(root.rglob("*"))]:
        status = path.lstat()
        data = b""
        if stat.S_ISLNK(status.st_mode):
            data = os.readlink(path).encode()
        elif stat.S_ISREG(status.st_mode):
            data = path.read_bytes()
        number += 1
        parts.append(_entry(str(path.relative_to(root)).encode(), number, status.st_mode, data))
    parts.append(_entry(b"TRAILER!!!", 0, 0, b""))
    return b"".join(parts)


def _entry(name, number, mode, data):
    fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name + b"\0"
    return _padded(head) + _padded(data)


def _padded(data):
    return data + b"\0" * (-len(data) % 4)
