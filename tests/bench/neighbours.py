# SPDX-License-Identifier: Apache-2.0
"""Who else traces this host: other people's BPF programs slow every call down and spoil a comparison. Only looks."""

import json
import shutil
import subprocess
import time

PATIENCE = 10  # seconds
TRACING = {"tracing", "tracepoint", "raw_tracepoint", "raw_tracepoint_writable", "kprobe", "perf_event", "lsm"}


class Neighbours:
    """Those that were there at the start stay, and are named under the table; others are waited for."""

    def __init__(self):
        self.permanent = {}
        self.disturbed = 0
        if not self.gone():
            self.permanent = tracing_programs()

    def gone(self):
        """Waits until no new ones are loaded; says whether that came true."""
        deadline = time.monotonic() + PATIENCE
        while newcomers := tracing_programs().keys() - self.permanent.keys():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return True

    def undisturbed(self, measure):
        """The result of `measure`, which is repeated if somebody came meanwhile; counts what could not be avoided."""
        for _ in range(3):
            alone = self.gone()
            result = measure()
            if alone and tracing_programs().keys() <= self.permanent.keys():
                return result
        self.disturbed += 1
        return result

    def remark(self):
        names = sorted(set(filter(None, self.permanent.values())))
        text = f"; attached by others throughout: {', '.join(names)}" if names else ""
        return text + (f"; {self.disturbed} measurements disturbed by others' BPF programs" if self.disturbed else "")


def tracing_programs():
    """{id: name}; empty where bpftool is missing."""
    if not shutil.which("bpftool"):
        return {}
    done = subprocess.run(["bpftool", "--json", "prog", "show"], capture_output=True, text=True, timeout=30, check=False)
    programs = json.loads(done.stdout) if done.returncode == 0 else []
    return {program["id"]: program.get("name", "?") for program in programs if program["type"] in TRACING}
