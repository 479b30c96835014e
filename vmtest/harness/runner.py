# SPDX-License-Identifier: Apache-2.0
"""Runs cases on one kernel: chooses the way to boot, boots, repeats what a lost VM left undone, writes the results down."""

import dataclasses
import json
import pathlib
import shutil
import time

from . import cases, image, kernels, kvm, paths, qemu, systemd, vng
from .say import say

BOOTS = 2  # A lost VM is started once more, for the cases that it still owes.
PATIENCE = 60  # Seconds a guest may be silent beyond its longest case.
BUSY_HOST = 3  # So many times its limit is a case given, as guest/start does it.


@dataclasses.dataclass(frozen=True)
class Job:
    """What to run: cases on a kernel line. `boot` is auto, emulation or vng; `init` the only process 1 of the cases, if it was
    chosen; `label` names the results."""
    line: str
    cases: list
    boot: str
    daemon: pathlib.Path | None
    results: pathlib.Path
    refresh: bool = False
    init: str | None = None

    @property
    def label(self):
        usual = ("auto", None, cases.INITS[0])
        return "-".join([self.line, *(word for word in (self.boot, self.init) if word not in usual)])


@dataclasses.dataclass(frozen=True)
class Way:
    """How to boot here, and why so."""
    through_vng: bool
    kvm: bool
    why: str
    init: str = cases.INITS[0]

    def __str__(self):
        image_of = "own initramfs" if self.init == cases.INITS[0] else f"own initramfs with {self.init}"
        return ("virtme-ng" if self.through_vng else image_of) + (" under KVM" if self.kvm else " in emulation")


def way_to_boot(job, kernel):
    found = kvm.probe(kernel)
    if job.boot == "vng":
        return Way(True, found.works, f"asked for virtme-ng; {found.why}")
    if job.boot == "emulation":
        return Way(False, False, "asked for emulation")
    return Way(found.works, found.works, found.why)


def run(job):
    """All results of a job, in the order of its cases."""
    kernel = kernels.get(job.line, refresh=job.refresh)
    way = way_to_boot(job, kernel)
    say(f"{job.label}: kernel {kernel.release}, {way} ({way.why}), {len(job.cases)} cases")
    place = job.results / job.label
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    results = []
    for init in cases.INITS:
        names = [name for name in job.cases if cases.init(name) == init]
        guest = way if init == cases.INITS[0] else dataclasses.replace(way, through_vng=False, init=init)
        found = _booted(job, kernel, guest, names, place) if names else []
        for result in found:
            _write(place, job, kernel, guest, result)
        results += found
    return results


def _booted(job, kernel, way, names, place):
    """The results of cases that share a boot."""
    done, missing = {}, names
    for attempt in range(1, BOOTS + 1):
        done |= _boot(job, kernel, way, missing, place, attempt)
        missing = [name for name in names if name not in done]
        missing += [name for name, result in done.items() if result.verdict == "lost"]  # the suspect comes last
        if not missing:
            break
        say(f"{job.label}: lost the VM with {len(missing)} cases undone" + (", once more" if attempt < BOOTS else ""))
    return [done.get(name) or cases.Result(name) for name in names]


def _boot(job, kernel, way, names, place, attempt):
    folder = paths.cache() / "run" / job.label
    folder.mkdir(parents=True, exist_ok=True)
    payload = image.payload(folder / "payload", kernel, job.daemon, names)
    label = attempt if way.init == cases.INITS[0] else f"{way.init}-{attempt}"
    output, console = place / f"output-{label}.log", place / f"console-{label}.log"
    follower = cases.Follower(output, lambda result: tell(job.label, result))
    patience = PATIENCE + BUSY_HOST * max(cases.limit(name) for name in names)
    began = time.monotonic()
    if way.through_vng:
        command = f"{payload}/bin/busybox sh {payload}/guest/start 2>&1"
        ending = vng.run(kernel, command, folder / "vng-bin", output, console, kvm=way.kvm, patience=patience, heard=follower.poll)
    else:
        more, append = (systemd.add, "vmtest.systemd") if way.init == "systemd" else (None, "")
        archive = image.initramfs(payload, kernel, folder / "image.cpio", more)
        words = qemu.arguments(kernel, archive, kvm=way.kvm, append=append)
        words += ["-serial", f"file:{console}", "-serial", f"file:{output}"]
        ending = qemu.run(words, patience, follower.poll)
    took = time.monotonic() - began
    say(f"{job.label}: boot {label} ended after {took:.1f} s: {ending.lost or f'status {ending.status}'}")
    if ending.lost:
        say(f"{job.label}: the console's last words are in {console}")
    return follower.results


def _write(place, job, kernel, way, result):
    head = f"case {result.case} on {kernel.release}, {way}: {result.verdict.upper()} after {result.seconds:.1f} s\n"
    if result.verdict == "lost":
        head += f"the VM was lost before the case ended; see {place}/console-*.log\n"
    (place / f"{result.case}.log").write_text(head + "\n".join(result.lines) + "\n")
    facts = {"case": result.case, "kernel": kernel.release, "boot": str(way), "verdict": result.verdict, "seconds": result.seconds}
    (place / f"{result.case}.json").write_text(json.dumps(facts) + "\n")


def tell(label, result):
    say(f"{label}: {result.verdict.upper():5} {result.case} ({result.seconds:.1f} s)")
    interesting = ("measured", "checks:") if result.verdict == "pass" else ("",)
    for line in result.lines:
        if line.startswith(interesting):
            print(f"    {line}", flush=True)
