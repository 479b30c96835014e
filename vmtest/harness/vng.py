# SPDX-License-Identifier: Apache-2.0
"""Boots a kernel through virtme-ng, on this machine's own root file system (read-only, with overlays).

Owns the folder of wrappers that makes the unpacked virtme-ng find its parts. Knows nothing about cases.
"""

import os
import shlex
import shutil
import subprocess

from . import qemu, tools
from .say import Trouble

PYTHON = "usr/lib/python3/dist-packages"


def run(kernel, command, folder, output, console, *, kvm, patience, heard):
    """Runs a shell command in the guest; its output goes to the file `output`, virtme-ng's and the kernel's words to `console`.

    `folder` is for the wrappers, and no other run's.
    """
    words = ["vng", "--run", str(kernel.vmlinuz), "--cpus", "2", "--memory", "1G"]
    if not kvm:
        words += ["--disable-kvm", f"--qemu-opts={shlex.join(_accelerator_alone())}"]
    words += ["--verbose", "--", command]
    with open(output, "wb") as out, open(console, "wb") as log:
        # Through a pipe: QEMU opens the file behind its standard output again and would truncate it.
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=_environment(folder),
                              start_new_session=True) as vm, subprocess.Popen(["cat"], stdin=vm.stdout, stdout=out):
            if not qemu.ended_in_time(vm, patience, heard):
                return qemu.Ending(None, qemu.LOST_SILENT)
    heard()
    if vm.returncode in (0, 1):
        return qemu.Ending(vm.returncode)
    return qemu.Ending(None, f"virtme-ng ended with status {vm.returncode}")


def _accelerator_alone():
    """virtme-ng chooses the CPU model itself."""
    return qemu.accelerator(False)[:2]


def _environment(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    virtme, python = tools.bundle("virtme"), tools.bundle("virtme-python")
    shutil.copytree(virtme / PYTHON, folder / "python")
    _without_udev(folder / "python" / "virtme" / "guest" / "virtme-init")
    modules = f"PYTHONPATH={folder / 'python'}:{python / PYTHON}"
    for name in ("vng", "virtme-run", "virtme-mkinitramfs", "virtme-prep-kdir-mods"):
        _wrapper(folder / name, [modules, "/usr/bin/python3", str(virtme / "usr/bin" / name)])
    _wrapper(folder / "qemu-system-x86_64", [_libraries("qemu"), *qemu.command()])
    _wrapper(folder / "virtiofsd", _virtiofsd())
    for name in ("depmod", "modprobe", "insmod", "lsmod", "modinfo"):
        _wrapper(folder / name, [_libraries("kmod"), str(tools.program("kmod", name))])
    # `file` must say "statically linked" of busybox; of a link it says something else.
    magic = python / "usr/lib/file/magic.mgc"
    knowledge = [f"MAGIC={magic}"] if magic.exists() else []
    _wrapper(folder / "file", [_libraries("virtme-python"), *knowledge, str(python / "usr/bin/file")])
    shutil.copy2(tools.program("guest", "busybox"), folder / "busybox")
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}:/usr/sbin:/sbin"}


def _without_udev(script):
    """virtme-init waits 10 to 20 s for udev under emulation and needs of it only the names of its own ports."""
    names = ('udevd=; mkdir -p /dev/virtio-ports; for port in /sys/class/virtio-ports/*; do '
             'ln -sf "/dev/${port##*/}" "/dev/virtio-ports/$(cat "$port/name")"; done\n')
    mark = "# Try to get udevd to coldplug everything.\n"
    text = script.read_text()
    if mark not in text:
        raise Trouble(f"this virtme-ng's {script.name} is of an unknown shape: no line '{mark.strip()}'")
    script.write_text(text.replace(mark, names + mark))


def _libraries(bundle):
    return f"LD_LIBRARY_PATH={tools.environment(bundle)['LD_LIBRARY_PATH']}"


def _virtiofsd():
    """trixie's virtiofsd, run by trixie's loader with trixie's libraries."""
    folder = tools.bundle("virtiofsd")
    loader = next(folder.glob("usr/lib*/ld-linux*"))
    places = ":".join(str(place) for place in sorted((folder / "usr/lib").glob("*-linux-gnu")))
    return [str(loader), "--library-path", places, str(folder / "usr/libexec/virtiofsd")]


def _wrapper(path, words):
    path.write_text(f'#!/bin/sh\nexec env {shlex.join(words)} "$@"\n')
    path.chmod(0o755)
