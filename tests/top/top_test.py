#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`wedged top` in tmux while a process deadlocks itself: what the screen shows, keys, sizes, the end."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("WEDGED_BINARY", str(SOURCE / "build/release/userspace/wedged"))
INJECT = os.environ.get("WEDGED_INJECT", str(SOURCE / "build/release/userspace/wedged-inject"))
DEADLINE = 60  # seconds; for a machine under load, not a promise
SOCKET = f"wedged-top-{os.getpid()}"


def tmux(*words):
    return subprocess.run(["tmux", "-L", SOCKET, *words], capture_output=True, text=True, check=True).stdout


def until(*wanted):
    """The screen that has all of this."""
    ends = time.monotonic() + DEADLINE
    while time.monotonic() < ends:
        screen = tmux("capture-pane", "-p", "-t", "0")
        if all(word in screen for word in wanted):
            return screen
        time.sleep(0.2)
    raise AssertionError(f"no screen with {wanted} within {DEADLINE} s, but:\n{screen}")


def check_top():
    tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "sh")
    tmux("send-keys", "-t", "0", f"echo before; {BINARY} top; echo left=$?", "Enter")
    until("self_deadlock", "F10")
    tmux("send-keys", "-t", "0", "\\", "self_dead", "Enter")
    until("filter: self_dead")
    tmux("send-keys", "-t", "0", "Enter")
    until("self_deadlock", "chain", "Esc Back")
    tmux("send-keys", "-t", "0", "q")
    until("filter: self_dead")
    tmux("send-keys", "-t", "0", "\\", "Escape")
    for key, heading in (("2", "AGE"), ("3", "CALLS/S"), ("4", "STUCK THREADS"), ("1", "CAUSE")):
        tmux("send-keys", "-t", "0", key)
        until(heading)
    for columns, rows in ((60, 15), (200, 50)):
        tmux("resize-window", "-t", "0", "-x", str(columns), "-y", str(rows))
        screen = until("F10", "CAUSE", "self_deadlock")
        assert screen.count("CAUSE") == 1, screen
    tmux("send-keys", "-t", "0", "q")
    assert "CERTAIN" not in until("before", "left=0")
    tmux("send-keys", "-t", "0", "clear", "Enter")
    tmux("send-keys", "-t", "0", f"{BINARY} list --watch 1s; echo left=$?", "Enter")
    until("wedged list,", "self_deadlock")
    tmux("send-keys", "-t", "0", "C-c")
    until("left=0")


def check_end(number):
    """Told to end, it gives the screen back."""
    with tempfile.TemporaryDirectory() as folder:
        note = pathlib.Path(folder) / "pid"
        tmux("send-keys", "-t", "0", "clear; echo before", "Enter")
        tmux("send-keys", "-t", "0", f"sh -c 'echo $$ >{note}; exec {BINARY} top'; echo left=$?", "Enter")
        until("F10", "CAUSE")
        os.kill(int(note.read_text(encoding="ascii")), number)
    assert "CAUSE" not in until("before", "left=0")


def main():
    missing = "" if os.geteuid() == 0 else "not root"
    missing = missing or ("" if os.path.exists("/sys/kernel/btf/vmlinux") else "no BTF")
    missing = missing or ("" if shutil.which("tmux") else "no tmux")
    if missing:
        print(f"SKIPPED: {missing}")
        return 1 if os.environ.get("WEDGED_REQUIRE_KERNEL") else 0
    with subprocess.Popen([INJECT, "self_deadlock", "--for", "290s"], stdout=subprocess.DEVNULL) as injected:
        try:
            check_top()
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                check_end(number)
        finally:
            subprocess.run(["tmux", "-L", SOCKET, "kill-server"], check=False)
            injected.terminate()
    print("top and list --watch: looked at in tmux")
    return 0


if __name__ == "__main__":
    sys.exit(main())
