# SPDX-License-Identifier: Apache-2.0
"""One QEMU run: command line, deadline, and what its exit status means. Knows nothing about cases."""

import dataclasses
import functools
import os
import re
import signal
import subprocess
import time

from . import tools
from .say import Trouble

# A guest that ends through isa-debug-exit makes QEMU exit with (status << 1) | 1.
# 0 is a guest that rebooted (panic=-1 and -no-reboot): a panic. a guest that
# says nothing for too long is killed.
LOST_PANIC = "the guest panicked or reset itself"
LOST_SILENT = "the guest said nothing for too long"


@dataclasses.dataclass(frozen=True)
class Ending:
    """`status` is the guest's own exit status; None when the VM was lost, and `lost` says how."""
    status: int | None
    lost: str = ""


@functools.cache
def version():
    words = subprocess.run([*command(), "--version"], capture_output=True, text=True, check=True, env=environment()).stdout
    return tuple(int(part) for part in re.search(r"version (\d+)\.(\d+)", words).groups())


def command():
    folder = tools.bundle("qemu") / "usr" / "share"
    return [str(tools.program("qemu", "qemu-system-x86_64")), "-L", str(folder / "qemu"), "-L", str(folder / "seabios")]


def environment():
    return tools.environment("qemu")


def accelerator(kvm):
    """QEMU below 8 goes on executing stale code after BPF patched the kernel's text, with one thread per CPU."""
    if kvm:
        return ["-accel", "kvm", "-cpu", "host"]
    thread = "single" if version() < (8, 0) else "multi"
    return ["-accel", f"tcg,thread={thread}", "-cpu", "max"]


def arguments(kernel, image, *, kvm, append=""):
    # -vga none and -nic none: nothing to probe; 8250 serial ports and the exit device need no driver.
    return [
        *command(), "-machine", "q35", *accelerator(kvm), "-smp", "2", "-m", "768", "-nodefaults", "-display", "none", "-no-reboot",
        "-device", "isa-debug-exit,iobase=0xf4,iosize=1", "-kernel", str(kernel.vmlinux), "-initrd", str(image),
        "-append", f"console=ttyS0 panic=-1 mitigations=off quiet {append}".strip(),
    ]


def run(words, patience, heard=lambda: False):
    """Runs QEMU to its end, or until heard() was false for `patience` seconds."""
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          env=environment(), start_new_session=True) as vm:
        if not ended_in_time(vm, patience, heard):
            return Ending(None, LOST_SILENT)
        errors = vm.stderr.read().decode(errors="replace").strip()
    if vm.returncode == 0:
        return Ending(None, LOST_PANIC)
    if vm.returncode < 0 or not vm.returncode & 1 or (vm.returncode == 1 and errors):
        return Ending(None, f"QEMU ended with status {vm.returncode}: {errors[-300:]}")
    return Ending(vm.returncode >> 1)


_groups = set()


def leave_no_vm_behind():
    """On a signal that ends the harness the VMs end too; they are process groups of their own."""
    def stop(number, _frame):
        for leader in _groups:
            os.killpg(leader, signal.SIGKILL)
        os._exit(128 + number)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def ended_in_time(process, patience, heard):
    """Waits for a process group's leader; kills the group when nothing was heard for too long."""
    _groups.add(process.pid)
    last = time.monotonic()
    try:
        while time.monotonic() - last <= patience:
            try:
                process.wait(timeout=0.2)
                heard()
                return True
            except subprocess.TimeoutExpired:
                last = time.monotonic() if heard() else last
        os.killpg(process.pid, signal.SIGKILL)
        return False
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    finally:
        _groups.discard(process.pid)


def shell(words):
    """QEMU with the guest's console on this terminal."""
    done = subprocess.run([*words, "-serial", "mon:stdio"], env=environment(), check=False)
    if done.returncode not in (0, 1):
        raise Trouble(f"QEMU ended with status {done.returncode}")
