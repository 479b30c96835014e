# SPDX-License-Identifier: Apache-2.0
"""The stacks of a process as wedged and as gdb tell them, and how often they agree. Starts and judges nothing."""

import json
import os
import pathlib
import re
import subprocess
from typing import NamedTuple, Optional

from daemon import BINARY

SCRIPT = pathlib.Path(__file__).resolve().parent / "gdb_stacks.py"
GDB = ["gdb", "-nx", "-batch", "-iex", "set auto-load off", "-iex", "set debuginfod enabled off", "-iex", "set pagination off"]
PATIENCE = 120  # seconds; for a machine under load, not a promise


class Frame(NamedTuple):
    address: int
    function: Optional[str]
    begin: Optional[int]  # of the function


def said_of(pid, words):
    """What a command says of a process; nothing if there is none."""
    asked = subprocess.run(words, capture_output=True, text=True, check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL,
                           env={**os.environ, "LC_ALL": "C"})
    if asked.returncode != 0 and os.path.exists(f"/proc/{pid}"):
        raise AssertionError(f"{words}: {asked.stderr}")
    return asked.stdout if asked.returncode == 0 else ""


def stacks_of_wedged(pid):
    """{tid: [Frame]}"""
    said = said_of(pid, [BINARY, "why", str(pid), "--json", "--all-stacks"])
    return {thread["tid"]: list(map(frame_of_wedged, thread["user_stack"]["frames"]))
            for thread in json.loads(said or '{"threads": []}')["threads"] if thread["user_stack"]}


def frame_of_wedged(frame):
    address, offset = int(frame["address"], 16), int(frame["offset"], 16)
    begin = address - offset if frame["function"] and offset else None  # 0: the name of what jumped here
    return Frame(address, frame["function"], begin)


def stacks_of_gdb(pid):
    """{tid: [Frame]}, without frames that the stack does not have."""
    said = said_of(pid, [*GDB, "-p", str(pid), "-x", SCRIPT])
    threads = [json.loads(line[6:]) for line in said.splitlines() if line.startswith("STACK ")]
    return {thread["tid"]: [Frame(*frame[:3]) for frame in thread["frames"] if not frame[3]] for thread in threads}


def plain(name):
    """Without parameters, template arguments, version, the compiler's endings and the C library's beginnings."""
    name = name.replace("(anonymous namespace)", "{anonymous}")
    while (shorter := re.sub(r"<[^<>]*>", "", name)) != name:
        name = shorter
    name = re.sub(r"\(.*", "", name).split("@")[0].split(" ")[-1]
    name = re.sub(r"(\.(part|isra|constprop|cold|lto_priv|localalias|\d+))+$", "", name)
    return re.sub(r"^(__GI_)?_*", "", name)


def same_frame(ours, theirs):
    if ours is None or not ours.function or ours.address != theirs.address:
        return False
    return plain(ours.function) == plain(theirs.function) or (ours.begin is not None and ours.begin == theirs.begin)


class Count(NamedTuple):
    threads: int = 0
    left_out: int = 0  # of these: it moved, or only one of the two has its stack
    frames: int = 0
    same: int = 0
    different: tuple = ()  # (tid, index, gdb's frame, ours)

    def __add__(self, other):
        return Count(*(left + right for left, right in zip(tuple(self), tuple(other))))


def compare_thread(tid, ours, theirs):
    """Frame by frame, of those that gdb can name."""
    if not ours or not theirs or ours[0].address != theirs[0].address:
        return Count(threads=1, left_out=1)
    rows = [(tid, index, frame, ours[index] if index < len(ours) else None)
            for index, frame in enumerate(theirs) if frame.function]
    different = tuple(row for row in rows if not same_frame(row[3], row[2]))
    return Count(1, 0, len(rows), len(rows) - len(different), different)


def compare(ours, theirs):
    """{tid: Count} of each thread that one of the two has."""
    return {tid: compare_thread(tid, ours.get(tid), theirs.get(tid)) for tid in sorted(ours.keys() | theirs.keys())}
