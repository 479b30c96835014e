#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`wedged top` in tmux while a process deadlocks itself: what the screen shows, keys, sizes, the end.

It looks at what this test starts alone: a screen has few lines, and others provoke hangs on this host, too.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(SOURCE / "tests/support"))
from injected import BINARY as INJECT  # noqa: E402
from needs import need, need_kernel  # noqa: E402
from own_cgroup import Cgroup, need_cgroups  # noqa: E402

BINARY = os.environ.get("WEDGED_BINARY", str(SOURCE / "build/release/userspace/wedged"))
DEADLINE = 60  # seconds; for a machine under load, not a promise
SOCKET = f"wedged-top-{os.getpid()}"
COLOUR = re.compile(r"\x1b\[[\d;]*m|[\x0e\x0f]")
REVERSED = re.compile(r"\x1b\[(?:\d+;)*7(?:;\d+)*m(?:\x1b\[[\d;]*m)*([^\x1b]+)")
# Some thousand calls a second, a part of which fails.
CALLER = """
import ctypes, os, time
ctypes.CDLL(None).prctl(15, b"caller_of_close", 0, 0, 0)
while True:
    for _ in range(100):
        os.getppid()
        try:
            os.close(-1)
        except OSError:
            pass
    time.sleep(0.01)
"""


def tmux(*words):
    return subprocess.run(["tmux", "-L", SOCKET, *words], capture_output=True, text=True, check=True).stdout


def top_of(cgroup):
    return f"{BINARY} top --cgroup {cgroup.name}"


def until(*wanted):
    """The screen that has all of this."""
    ends = time.monotonic() + DEADLINE
    while time.monotonic() < ends:
        screen = tmux("capture-pane", "-p", "-t", "0")
        if all(word in screen for word in wanted):
            return screen
        time.sleep(0.2)
    raise AssertionError(f"no screen with {wanted} within {DEADLINE} s, but:\n{screen}")


def press(*keys):
    tmux("send-keys", "-t", "0", *keys)


def until_holds(what, holds):
    """The screen, and the texts on it that stand out as selected ones do, of which this holds."""
    ends = time.monotonic() + DEADLINE
    while time.monotonic() < ends:
        drawn = tmux("capture-pane", "-e", "-p", "-t", "0")
        screen, selected = COLOUR.sub("", drawn), [text.strip() for text in REVERSED.findall(drawn)]
        if holds(screen, selected):
            return
        time.sleep(0.2)
    raise AssertionError(f"not within {DEADLINE} s: {what}; selected is {selected} of\n{screen}")


def until_selected(*beginnings):
    """The tab of a view, and a row if two are given."""
    def holds(_, selected):
        return len(selected) >= len(beginnings) and all(map(str.startswith, selected, beginnings))
    until_holds(f"{beginnings} are selected", holds)


def until_without(unwanted, *wanted):
    """The screen that has all of the one and nothing of the other."""
    until_holds(f"{wanted} without {unwanted}", lambda screen, _: unwanted not in screen and all(word in screen for word in wanted))


def until_row(name, is_wanted):
    """The words of the first row with this name that are what is wanted."""
    ends = time.monotonic() + DEADLINE
    while time.monotonic() < ends:
        rows = [line.split() for line in until(name).splitlines() if line.startswith(name)]
        if rows and is_wanted([word.replace("-", "0") for word in rows[0]]):
            return rows[0]
        time.sleep(0.2)
    raise AssertionError(f"no such row of {name} within {DEADLINE} s, but: {rows}")


def check_top(cgroup):
    tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "sh")
    tmux("send-keys", "-t", "0", f"echo before; {top_of(cgroup)}; echo left=$?", "Enter")
    until("self_deadlock", "F10")
    tmux("send-keys", "-t", "0", "\\", "self_dead", "Enter")
    until("filter: self_dead")
    tmux("send-keys", "-t", "0", "Enter")
    until("self_deadlock", "chain", "Esc Back")
    tmux("send-keys", "-t", "0", "q")
    until("filter: self_dead")
    tmux("send-keys", "-t", "0", "\\", "Escape")
    for key, heading in (("2", "LONGEST"), ("3", "P99 <"), ("4", "PID"), ("5", "VICTIMS"), ("1", "CAUSE")):
        tmux("send-keys", "-t", "0", key)
        until(heading)
    check_processes(cgroup)
    for columns, rows in ((60, 15), (200, 50)):
        tmux("resize-window", "-t", "0", "-x", str(columns), "-y", str(rows))
        screen = until("F10", "CAUSE", "self_deadlock")
        assert screen.count("CAUSE") == 1, screen
    tmux("send-keys", "-t", "0", "q")
    assert "CERTAIN" not in until("before", "left=0")
    tmux("send-keys", "-t", "0", "clear", "Enter")
    tmux("send-keys", "-t", "0", f"{BINARY} list --cgroup {cgroup.name} --watch 1s; echo left=$?", "Enter")
    until("wedged list,", "self_deadlock")
    tmux("send-keys", "-t", "0", "C-c")
    until("left=0")


def check_processes(cgroup):
    """Who calls, at what rate, with what errors and for how long; its threads, and whether one of them is stuck."""
    with subprocess.Popen(cgroup.words(sys.executable, "-c", CALLER)) as caller:
        try:
            tmux("send-keys", "-t", "0", "4", "\\", "caller_of_close", "Enter")
            row = until_row("caller_of_close", lambda words: float(words[2]) > 0 and float(words[3]) > 0)
            assert int(row[1]) == caller.pid, row
            row = until_row("caller_of_close", lambda words: words[4] != "0")
            assert float(row[4]) > 0 and row[5] in ("us", "ms"), row  # MEAN; it sleeps after each hundred calls
            tmux("send-keys", "-t", "0", "Enter")
            until(f"caller_of_close[{caller.pid}]", "1 thread,", "errors/s, mean ", "CALLS/S")
        finally:
            caller.kill()
    tmux("send-keys", "-t", "0", "Escape", "\\", "Escape", "2")
    until("LONGEST")
    tmux("send-keys", "-t", "0", "\\", "futex", "Enter", "Enter")
    until("futex: threads that are in it now", "self_deadlock")
    tmux("send-keys", "-t", "0", "Escape", "\\", "Escape", "1")
    until("CAUSE")


def check_special_keys(cgroup):
    """Those that a terminal sends as several characters, or that have a letter besides. Two hangs: there is something to select."""
    with subprocess.Popen(cgroup.words(INJECT, "dead_owner", "--for", "290s"), stdout=subprocess.DEVNULL) as injected:
        try:
            tmux("resize-window", "-t", "0", "-x", "80", "-y", "16")
            press("clear; echo before", "Enter")
            press(f"{top_of(cgroup)}; echo left=$?", "Enter")
            until("self_deadlock", "dead_owner", "F10")
            check_help()
            check_views()
            check_rows()
        finally:
            injected.terminate()
    press("F1")
    until("wedged top shows what is stuck on this host.")
    press("F10")
    assert "CERTAIN" not in until("before", "left=0")


def check_help():
    first, last = "wedged top shows what is stuck on this host.", "Enter on a call, process or unit lists its threads."
    press("F1")
    until_without(last, first, "F6 < > s", "Esc Back")
    press("Down")
    until_holds("the help has gone up by a line", lambda screen, _: first not in screen and last not in screen)
    press("Up")
    until(first)
    press("End")
    until_without(first, last)
    press("Home")
    until(first)
    press("Escape")
    until("CAUSE", "self_deadlock")


def check_views():
    """One after the other, and the first again."""
    for key, tab, heading in (("Tab", "2 Calls", "LONGEST"), ("F2", "3 Syscalls", "P99 <"), ("Tab", "4 Processes", "CALLS/S"),
                              ("Tab", "5 Units", "VICTIMS"), ("Tab", "1 Stuck", "CAUSE")):
        press(key)
        until_selected(tab)
        until(heading)


def check_rows():
    press("F3", "self_dead")
    until("Search: self_dead_")
    press("Enter")
    until_selected("1 Stuck", "self_deadlock")
    press("F3", "dead_own", "Enter")
    until_selected("1 Stuck", "dead_owner")
    press("Home")
    until_selected("1 Stuck", above := first_row())
    below = ({"self_deadlock", "dead_owner"} - {above}).pop()
    press("Down")
    until_selected("1 Stuck", below)
    press("Up")
    until_selected("1 Stuck", above)
    press("F4", "dead_own")
    until_without("self_deadlock", "Filter: dead_own_", "dead_owner")
    press("Enter")
    until("filter: dead_own")
    press("Escape")
    until("self_deadlock", "dead_owner", "FORv")
    press("F6")
    until_without("FORv", "CERTAIN^", "self_deadlock")


def first_row():
    """Of which cause it is; who has waited longest stands there."""
    lines = until("CAUSE", "self_deadlock", "dead_owner").splitlines()
    return lines[[line.startswith("CAUSE") for line in lines].index(True) + 1].split()[0]


def check_suspension(cgroup):
    """Ctrl-Z gives the terminal to the shell, fg takes it again."""
    tmux("send-keys", "-t", "0", "clear; echo before", "Enter")
    tmux("send-keys", "-t", "0", top_of(cgroup), "Enter")
    until("self_deadlock", "F10")
    tmux("send-keys", "-t", "0", "C-z")
    assert "F10" not in until("before", "Stopped")
    tmux("send-keys", "-t", "0", "fg", "Enter")
    until("self_deadlock", "F10")
    tmux("send-keys", "-t", "0", "q")
    until("before", "Stopped")
    tmux("send-keys", "-t", "0", "echo left=$?", "Enter")
    until("left=0")


def check_end(cgroup, number):
    """Told to end, it gives the screen back."""
    with tempfile.TemporaryDirectory() as folder:
        note = pathlib.Path(folder) / "pid"
        tmux("send-keys", "-t", "0", "clear; echo before", "Enter")
        tmux("send-keys", "-t", "0", f"sh -c 'echo $$ >{note}; exec {top_of(cgroup)}'; echo left=$?", "Enter")
        until("F10", "CAUSE")
        os.kill(int(note.read_text(encoding="ascii")), number)
    assert "CAUSE" not in until("before", "left=0")


def check(cgroup):
    try:
        check_top(cgroup)
        check_special_keys(cgroup)
        check_suspension(cgroup)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            check_end(cgroup, number)
    finally:
        subprocess.run(["tmux", "-L", SOCKET, "kill-server"], check=False)


def main():
    try:
        need_kernel()
        need_cgroups()
        need("tmux", shutil.which("tmux"))
    except unittest.SkipTest:
        return 0
    cgroup = Cgroup("top")
    with subprocess.Popen(cgroup.words(INJECT, "self_deadlock", "--for", "290s"), stdout=subprocess.DEVNULL) as injected:
        try:
            check(cgroup)
        finally:
            injected.terminate()
    cgroup.remove()
    print("top and list --watch: looked at in tmux")
    return 0


if __name__ == "__main__":
    sys.exit(main())
