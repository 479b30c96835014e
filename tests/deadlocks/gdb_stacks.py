# SPDX-License-Identifier: Apache-2.0
"""Runs inside gdb: prints the stacks of the attached process, one JSON object a thread, after the word STACK.

A frame is [address, function or null, begin of the function or null, whether it is known from DWARF alone]. Knows nothing about wedged.
"""

import json
import re

import gdb  # pylint: disable=import-error

MOST_FRAMES = 64  # as many as wedged shows


def begin_of(frame):
    """By the symbol before the address; gdb may know the function by DWARF alone, which splits some: then it is unknown."""
    symbol = re.match(r"\S.*? (?:\+ (\d+) )?in section", gdb.execute(f"info symbol {frame.pc()}", to_string=True))
    return frame.pc() - int(symbol.group(1) or 0) if symbol else None


def frames_of_selected():
    frame, frames = gdb.newest_frame(), []
    while frame is not None and len(frames) < 4 * MOST_FRAMES:
        added = frame.type() in (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME)
        frames.append((frame.pc(), frame.name(), None if added else begin_of(frame), added))
        try:
            frame = frame.older()
        except gdb.error:  # what it would be is not in memory
            break
    return frames


for thread in gdb.selected_inferior().threads():
    thread.switch()
    print("STACK", json.dumps({"tid": thread.ptid[1], "frames": frames_of_selected()}))
