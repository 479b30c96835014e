# SPDX-License-Identifier: Apache-2.0
"""Whether KVM really works here. /dev/kvm being there says nothing: only a guest that ran does."""

import dataclasses
import os

from . import image, paths, qemu

PROBE_STATUS = 42
PROBE_SECONDS = 15


@dataclasses.dataclass(frozen=True)
class Verdict:
    works: bool
    why: str


def probe(kernel):
    """Boots a guest whose only program ends it at once."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return Verdict(False, "/dev/kvm is missing or not accessible")
    with paths.filling_the_cache():
        ended = qemu.run(qemu.arguments(kernel, _image(), kvm=True), PROBE_SECONDS)
    if ended.status == PROBE_STATUS:
        return Verdict(True, "a probe guest ran under KVM")
    return Verdict(False, f"/dev/kvm is there, but a probe guest failed: {ended.lost or f'status {ended.status}'}".splitlines()[0])


def _image():
    root = paths.cache() / "kvm-probe" / "root"
    root.mkdir(parents=True, exist_ok=True)
    (root / "init").write_bytes(image.compile_programs()["vm_exit"].read_bytes())
    (root / "init").chmod(0o755)
    archive = root.parent / "image.cpio"
    archive.write_bytes(image.cpio(root))
    return archive
