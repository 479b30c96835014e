# SPDX-License-Identifier: Apache-2.0
"""Who else traces this host: other people's BPF programs slow every call down and spoil a comparison. Only looks."""

import contextlib
import ctypes
import os
import struct
import time

TRIES = 3
# enum bpf_prog_type: kprobe, tracepoint, perf_event, raw_tracepoint, raw_tracepoint_writable, tracing, lsm
TRACING = {2, 5, 7, 17, 24, 26, 29}


class Neighbours:
    """Those that were there at the start are taken as part of the host and named under the table; others are waited for."""

    def __init__(self, patience):
        self.patience = patience  # seconds
        self.permanent = {}
        self.disturbed = 0
        if not self.gone():
            self.permanent = tracing_programs()

    def gone(self):
        """Waits until no new ones are loaded; says whether that came true."""
        deadline = time.monotonic() + self.patience
        while tracing_programs().keys() - self.permanent.keys():
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.1)
        return True

    def undisturbed(self, measure):
        """What `measure(still)` returns; done again if somebody came in the part that it runs inside of `with still():`."""
        for _ in range(TRIES if self.patience else 1):
            calm = [self.gone()]
            result = measure(lambda calm=calm: watched(calm))
            if all(calm):
                return result
        self.disturbed += 1
        return result

    def remark(self):
        names = sorted(set(self.permanent.values()))
        text = f"; attached by others throughout: {', '.join(names)}" if names else ""
        return text + (f"; {self.disturbed} measurements disturbed by others' BPF programs" if self.disturbed else "")


@contextlib.contextmanager
def watched(calm):
    before = tracing_programs()
    yield
    calm.append(tracing_programs().keys() == before.keys())


def tracing_programs():
    """{id: name} of the loaded programs that can slow a call down. Not by way of bpftool, which loads one itself."""
    libbpf, number, found = ctypes.CDLL("libbpf.so.1"), ctypes.c_uint32(0), {}
    while libbpf.bpf_prog_get_next_id(number, ctypes.byref(number)) == 0:
        fd = libbpf.bpf_prog_get_fd_by_id(number)
        if fd < 0:
            continue  # unloaded meanwhile
        info, length = ctypes.create_string_buffer(256), ctypes.c_uint32(256)
        known = libbpf.bpf_obj_get_info_by_fd(fd, info, ctypes.byref(length)) == 0
        os.close(fd)
        # struct bpf_prog_info: the type is its first word, the name begins at byte 64.
        if known and struct.unpack_from("I", info)[0] in TRACING:
            found[number.value] = info.raw[64:80].split(b"\0")[0].decode(errors="replace")
    return found
